// exec_chain DIR [PROGRAM]...: fsyncs DIR/a.bin and DIR/b.bin, says how it went and how wide its pointers are: `64 bits: fsync a.bin: ok`, `64 bits: fsync
// b.bin: ok`, and executes the first PROGRAM with DIR and the rest, which may be this one with pointers of another width.
#include "testee.h"

int main(int count, char **arguments)
{
    watchdog();
    if (count < 2) {
        dprintf(STDERR_FILENO, "usage: exec_chain DIR [PROGRAM]...\n");
        return 2;
    }
    for (const char *const *name = (const char *const[]){"a.bin", "b.bin", NULL}; *name; name++) {
        int fd = open_file(arguments[1], *name);
        say("%zu bits: fsync %s: %s", 8 * sizeof(void *), *name, outcome_name(fsync(fd)));
        close(fd);
    }
    if (count == 2)
        return 0;
    char *next = arguments[2];
    arguments[2] = arguments[1];
    arguments[1] = next;
    execv(next, arguments + 1);
    give_up("execv %s", next);
}

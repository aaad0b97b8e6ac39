// undumpable DIR: makes itself undumpable, so that its /proc files belong to root, then msyncs and fsyncs DIR/a.bin and opens it by its path:
// `dumpable: 0`, `msync a.bin: ok`, `fsync a.bin: ok`, `open a.bin: ok`.
#include "testee.h"
#include <sys/prctl.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: undumpable DIR\n");
        return 2;
    }
    int fd = open_file(arguments[1], "a.bin");
    char *map = map_file(arguments[1], "a.bin", NULL);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/a.bin", arguments[1]);
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        give_up("PR_SET_DUMPABLE");
    say("dumpable: %d", prctl(PR_GET_DUMPABLE));
    say("msync a.bin: %s", outcome(msync(map, FILE_LENGTH, MS_SYNC)));
    say("fsync a.bin: %s", outcome(fsync(fd)));
    int again = open(path, O_RDWR | O_CLOEXEC);
    say("open a.bin: %s", outcome(again < 0 ? -1 : 0));
    return 0;
}

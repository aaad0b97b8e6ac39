// same_number DIR: three children, one after the other, each msync DIR/a.bin and fsync DIR/b.bin: `child 1: msync: ok`, `child 1: fsync: ok`. All have the same
// pid, which takes a writable /proc/sys/kernel/ns_last_pid: `the same number: yes`.
#include "testee.h"

static void choose(pid_t next)
{
    int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    dprintf(fd, "%d", (int)next - 1);
    close(fd);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: same_number DIR\n");
        return 2;
    }
    pid_t first = 0;
    int same = 1;
    for (int number = 1; number <= 3; number++) {
        if (first)
            choose(first);
        pid_t child = fork();
        if (child < 0)
            give_up("fork");
        if (child == 0) {
            watchdog();
            int fd = open_file(arguments[1], "b.bin");
            char *map = map_file(arguments[1], "a.bin", NULL);
            say("child %d: msync: %s", number, outcome_name(msync(map, FILE_LENGTH, MS_SYNC)));
            say("child %d: fsync: %s", number, outcome_name(fsync(fd)));
            _exit(0);
        }
        reap(child);
        first = first ? first : child;
        same &= child == first;
    }
    say("the same number: %s", same ? "yes" : "no");
    return 0;
}

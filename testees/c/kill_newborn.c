// kill_newborn N: N times a child is made, by fork and by a raw clone in turn, and killed by SIGKILL at once, often before its first
// instruction; every tenth child kills itself right after it made a child of its own. `killed: N of N`.
#include "testee.h"
#include <sys/syscall.h>

static pid_t child_that_waits(int raw)
{
    pid_t child = raw ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) : fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        alarm(10);
        for (;;)
            pause();
    }
    return child;
}

// A parent that is killed right after its clone: nobody may hear of the child from it.
static pid_t parent_that_dies(void)
{
    pid_t middle = fork();
    if (middle < 0)
        give_up("fork");
    if (middle == 0) {
        pid_t self = (pid_t)syscall(SYS_getpid);
        pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
        if (child == 0)
            _exit(0);
        signal_process(self, SIGKILL);
        _exit(96);
    }
    return middle;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: kill_newborn N\n");
        return 2;
    }
    int wanted = atoi(arguments[1]), killed = 0;
    for (int i = 0; i < wanted; i++) {
        pid_t child;
        if (i % 10 == 9) {
            child = parent_that_dies();
        } else {
            child = child_that_waits(i % 2);
            signal_process(child, SIGKILL);
        }
        killed += reap(child) == 128 + SIGKILL;
    }
    say("killed: %d of %d", killed, wanted);
    return 0;
}

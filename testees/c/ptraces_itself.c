// ptraces_itself: asks to be traced by its parent: `PTRACE_TRACEME: ok`, or EPERM if somebody traces it already. A debugger in small: a child
// that asks, stops and is continued: `child stopped: yes`, `child exited: 3`, or `child: EPERM`.
#include "testee.h"
#include <sys/ptrace.h>

int main(void)
{
    watchdog();
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        watchdog();
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            say("child: %s", outcome_name(-1));
            _exit(1);
        }
        raise(SIGSTOP);
        _exit(3);
    }
    int status;
    if (waitpid(child, &status, 0) != child)
        give_up("waitpid");
    if (WIFSTOPPED(status)) {
        say("child stopped: yes");
        if (ptrace(PTRACE_CONT, child, NULL, NULL) != 0)
            give_up("PTRACE_CONT");
        say("child exited: %d", reap(child));
    }
    // Last: from here on any signal would stop this program before the parent that knows nothing of it.
    say("PTRACE_TRACEME: %s", outcome_name(ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
    return 0;
}

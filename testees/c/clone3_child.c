// clone3_child DIR: a child made by a raw clone3 maps and msyncs DIR/a.bin and DIR/b.bin and exits 6: `clone3 child: msync a.bin: ok`, …,
// `exited 6`. Without clone3 in the kernel, `clone3: ENOSYS`.
#include "testee.h"
#include <linux/sched.h>
#include <sys/syscall.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: clone3_child DIR\n");
        return 2;
    }
    hold_back_sigchld();
    struct clone_args request = {.exit_signal = SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    if (child < 0) {
        say("clone3: %s", outcome_name(-1));
        return 1;
    }
    if (child == 0) {
        watchdog();
        map_and_msync_both("clone3 child", arguments[1]);
        _exit(6);
    }
    say("exited %d", reap(child));
    return 0;
}

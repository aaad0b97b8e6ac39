// clone3_untraced DIR: a child made by a raw clone3 with CLONE_UNTRACED, so that a debugger of its parent does not get it, msyncs DIR/a.bin and
// DIR/b.bin, fsyncs DIR/c.bin and exits 6: `child: msync a.bin: ok`, …, `child: fsync c.bin: ok`, `exited 6`.
#include "testee.h"
#include <linux/sched.h>
#include <sys/syscall.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: clone3_untraced DIR\n");
        return 2;
    }
    struct clone_args request = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    if (child < 0)
        give_up("clone3");
    if (child == 0) {
        watchdog();
        map_and_msync_both("child", arguments[1]);
        say("child: fsync c.bin: %s", outcome(fsync(open_file(arguments[1], "c.bin"))));
        _exit(6);
    }
    say("exited %d", reap(child));
    return 0;
}

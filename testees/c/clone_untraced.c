// clone_untraced DIR: a child made by a raw clone with CLONE_UNTRACED, so that a debugger of its parent does not get it, msyncs DIR/a.bin and
// DIR/b.bin, fsyncs DIR/c.bin and exits 6: `child: msync a.bin: ok`, …, `child: fsync c.bin: ok`, `exited 6`.
#include "testee.h"
#include <linux/sched.h>
#include <sys/syscall.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: clone_untraced DIR\n");
        return 2;
    }
    // The flags come first and the stack second on x86_64, aarch64 and i386 alike; no stack: a copy of this one.
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child < 0)
        give_up("clone");
    if (child == 0) {
        watchdog();
        map_and_msync_both("child", arguments[1]);
        say("child: fsync c.bin: %s", outcome(fsync(open_file(arguments[1], "c.bin"))));
        _exit(6);
    }
    say("exited %d", reap(child));
    return 0;
}

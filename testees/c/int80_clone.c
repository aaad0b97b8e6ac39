// int80_clone DIR: x86_64 code that clones with CLONE_UNTRACED by int 0x80, which reads the low half of rbx; the high half holds
// something. The child msyncs DIR/a.bin and DIR/b.bin: `child: msync a.bin: ok`, …, `exited 6`, `rbx: kept`. Elsewhere `unsupported`.
#include "testee.h"
#include <linux/sched.h>

#define HIGH 0x5eed123400000000ul

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: int80_clone DIR\n");
        return 2;
    }
#ifdef __x86_64__
    unsigned long flags = HIGH | CLONE_UNTRACED | SIGCHLD;
    unsigned long before = flags;
    long child;
    // 120 of arch/x86/entry/syscalls/syscall_32.tbl; no stack: a copy of this one.
    __asm__ volatile("int $0x80"
                     : "=a"(child), "+b"(flags)
                     : "a"(120l), "c"(0l), "d"(0l), "S"(0l), "D"(0l)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    if (child < 0) {
        errno = (int)-child;
        give_up("clone");
    }
    if (child == 0) {
        watchdog();
        map_and_msync_both("child", arguments[1]);
        _exit(6);
    }
    say("exited %d", reap((pid_t)child));
    say("rbx: %s", flags == before ? "kept" : "changed");
#else
    (void)arguments;
    say("unsupported");
#endif
    return 0;
}

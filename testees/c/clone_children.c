// clone_children DIR: three children by raw clones, one after the other, each of which msyncs DIR/a.bin and DIR/b.bin: a copy, one that shares
// descriptors and working directory, and one whose end sends no signal: `copy: msync a.bin: ok`, …, `copy: exited 1`; then `sharing`
// (exits 2) and `silent` (3).
#include "testee.h"
#include <linux/sched.h>
#include <sys/syscall.h>

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        unsigned long flags;
    } kinds[] = {{"copy", SIGCHLD}, {"sharing", CLONE_FILES | CLONE_FS | SIGCHLD}, {"silent", 0}};

    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: clone_children DIR\n");
        return 2;
    }
    hold_back_sigchld();
    for (int i = 0; i < 3; i++) {
        // The flags come first and the stack second on x86_64, aarch64 and i386 alike; no stack: a copy of this one.
        pid_t child = (pid_t)syscall(SYS_clone, kinds[i].flags, NULL, NULL, NULL, NULL);
        if (child < 0)
            give_up("clone");
        if (child == 0) {
            watchdog();
            map_and_msync_both(kinds[i].name, arguments[1]);
            _exit(i + 1);
        }
        say("%s: exited %d", kinds[i].name, reap(child));
    }
    return 0;
}

// real_enosys: calls that really answer ENOSYS, because there is no such number (9999, -1, -2) or because the kernel has only the number
// (nfsservctl), then a thousand rounds, or ROUNDS, of these mixed with calls that answer otherwise:
// `syscall 9999: ENOSYS`, `syscall -1: ENOSYS`, `syscall -2: ENOSYS`, `nfsservctl: ENOSYS`, `getppid: right`, `fsync -1: EBADF`, `mixed: 3000 ENOSYS, 1000 EBADF, 1000 parents`.
#include "testee.h"
#include <sys/syscall.h>

int main(int count, char **words)
{
    int rounds = count > 1 ? atoi(words[1]) : 1000;
    watchdog();
    say("syscall 9999: %s", outcome_name(syscall(9999)));
    say("syscall -1: %s", outcome_name(syscall(-1)));
    say("syscall -2: %s", outcome_name(syscall(-2)));
    say("nfsservctl: %s", outcome_name(syscall(SYS_nfsservctl)));
    pid_t parent = getppid();
    say("getppid: %s", syscall(SYS_getppid) == parent ? "right" : "wrong");
    say("fsync -1: %s", outcome_name(syscall(SYS_fsync, -1)));
    int missing = 0, bad = 0, parents = 0;
    for (int i = 0; i < rounds; i++) {
        missing += syscall(9999) == -1 && errno == ENOSYS;
        bad += syscall(SYS_fsync, -1) == -1 && errno == EBADF;
        missing += syscall(-1) == -1 && errno == ENOSYS;
        parents += syscall(SYS_getppid) == parent;
        missing += syscall(SYS_nfsservctl) == -1 && errno == ENOSYS;
    }
    say("mixed: %d ENOSYS, %d EBADF, %d parents", missing, bad, parents);
    return 0;
}

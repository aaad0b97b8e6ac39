// seccomp_mode questions: asks the kernel what it knows of seccomp, as libraries do, by calls that must fail:
// `strict with flags: EINVAL`, `TSYNC: EFAULT`, `LOG: EFAULT`, `NEW_LISTENER: EFAULT`.
// seccomp_mode strict: goes into strict mode: `strict: ok`, or `strict: EINVAL` where a filter is installed.
#include "testee.h"
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void ask(const char *what, unsigned operation, unsigned flags)
{
    say("%s: %s", what, outcome_name(syscall(SYS_seccomp, operation, flags, NULL)));
}

int main(int count, char **arguments)
{
    watchdog();
    if (count == 2 && strcmp(arguments[1], "questions") == 0) {
        ask("strict with flags", SECCOMP_SET_MODE_STRICT, 1);
        ask("TSYNC", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC);
        ask("LOG", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG);
        ask("NEW_LISTENER", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER);
        return 0;
    }
    if (count != 2 || strcmp(arguments[1], "strict") != 0) {
        dprintf(STDERR_FILENO, "usage: seccomp_mode questions|strict\n");
        return 2;
    }
    const char *said = prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0 ? "strict: ok\n"
                       : errno == EINVAL                              ? "strict: EINVAL\n"
                                                                      : "strict: another error\n";
    // In strict mode there are read, write, exit and sigreturn.
    if (write(STDOUT_FILENO, said, strlen(said)) < 0)
        syscall(SYS_exit, 1);
    syscall(SYS_exit, 0);
}

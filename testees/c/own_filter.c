// own_filter MODE DIR: installs a seccomp filter of its own, then makes calls on DIR/a.bin: `msync: ok`, `fsync: ok`, `openat: EACCES`.
// errno: openat fails with EACCES. trap: openat raises SIGSYS, whose handler answers EPERM: `SIGSYS handled: 1, call openat: yes`.
// kill: a list of allowed calls, all others kill the process: it prints msync and fsync, then dies of SIGSYS by openat.
// survive: that list, and openat is not tried: `survived`, exits 0. Any call that the list lacks kills it.
#include "testee.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#else
#error "which AUDIT_ARCH, and which register holds the result?"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ALLOW(number) UNLESS((number), 1), RETURN(SECCOMP_RET_ALLOW)

static volatile sig_atomic_t handled, openat_seen;

static void on_sigsys(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    handled++;
    openat_seen = info->si_syscall == SYS_openat && info->si_code == 1 /* SYS_SECCOMP */;
    RESULT((ucontext_t *)context) = -EPERM;
}

static void install(struct sock_filter *filter, size_t length)
{
    struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        give_up("PR_SET_NO_NEW_PRIVS");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        give_up("PR_SET_SECCOMP");
}

static void deny_openat(unsigned answer)
{
    struct sock_filter filter[] = {
        LOAD(arch), UNLESS(ARCHITECTURE, 3), LOAD(nr), UNLESS(SYS_openat, 1), RETURN(answer), RETURN(SECCOMP_RET_ALLOW),
    };
    install(filter, sizeof filter / sizeof *filter);
}

static void allow_few(void)
{
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        ALLOW(SYS_msync),
        ALLOW(SYS_fsync),
        ALLOW(SYS_write),
        ALLOW(SYS_exit_group),
        // A signal handler's way back: nothing here needs it, a debugger's user might.
        ALLOW(SYS_rt_sigreturn),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    install(filter, sizeof filter / sizeof *filter);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: own_filter errno|trap|kill|survive DIR\n");
        return 2;
    }
    const char *mode = arguments[1];
    int fd = open_file(arguments[2], "a.bin");
    char *map = map_file(arguments[2], "a.bin", NULL);
    if (strcmp(mode, "errno") == 0) {
        deny_openat(SECCOMP_RET_ERRNO | EACCES);
    } else if (strcmp(mode, "trap") == 0) {
        struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
        sigaction(SIGSYS, &action, NULL);
        deny_openat(SECCOMP_RET_TRAP);
    } else {
        allow_few();
    }
    say("msync: %s", outcome_name(msync(map, FILE_LENGTH, MS_SYNC)));
    say("fsync: %s", outcome_name(fsync(fd)));
    if (strcmp(mode, "survive") == 0) {
        say("survived");
        _exit(0);
    }
    say("openat: %s", outcome_name(openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC)));
    if (strcmp(mode, "trap") == 0)
        say("SIGSYS handled: %d, call openat: %s", (int)handled, openat_seen ? "yes" : "no");
    _exit(0);
}

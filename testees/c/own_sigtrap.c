// own_sigtrap: handles SIGTRAP, which it raises in four ways, none of which is a debugger's: `raise: handled 1, code SI_TKILL`,
// then `kill: …, code SI_USER`, `sigqueue: …, code SI_QUEUE`, `breakpoint: …` (int3 on x86: SI_KERNEL; brk on aarch64: TRAP_BRKPT).
#include "testee.h"
#include <ucontext.h>

static volatile sig_atomic_t handled, code;

static void on_sigtrap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    handled++;
    code = info->si_code;
#ifdef __aarch64__
    // brk leaves the program counter at itself; int3 leaves it behind.
    if (info->si_code == TRAP_BRKPT)
        ((ucontext_t *)context)->uc_mcontext.pc += 4;
#endif
}

static void tell(const char *how)
{
    const char *name = code == SI_TKILL    ? "SI_TKILL"
                       : code == SI_USER   ? "SI_USER"
                       : code == SI_QUEUE  ? "SI_QUEUE"
                       : code == SI_KERNEL ? "SI_KERNEL"
                       : code == TRAP_BRKPT ? "TRAP_BRKPT"
                                           : "another";
    say("%s: handled %d, code %s", how, (int)handled, name);
    handled = 0;
    code = 9999;
}

int main(void)
{
    watchdog();
    struct sigaction action = {.sa_sigaction = on_sigtrap, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &action, NULL);
    raise(SIGTRAP);
    tell("raise");
    signal_process(getpid(), SIGTRAP);
    tell("kill");
    sigqueue(getpid(), SIGTRAP, (union sigval){.sival_int = 5});
    tell("sigqueue");
#if defined __x86_64__ || defined __i386__
    __asm__ volatile("int3");
    tell("breakpoint");
#elif defined __aarch64__
    __asm__ volatile("brk #0");
    tell("breakpoint");
#else
    say("breakpoint: unsupported");
#endif
    return 0;
}

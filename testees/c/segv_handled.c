// segv_handled: takes SIGSEGV as a language runtime does: a hundred times by opening a protected page and going on, a hundred times by
// jumping out of a read at address 8: `protected page: handled 100, address right 100`, `null: handled 100, address right 100`.
#include "testee.h"
#include <setjmp.h>

static volatile sig_atomic_t handled, right;
static char *volatile expected;
static volatile sig_atomic_t jump;
static sigjmp_buf back;
static size_t page;

static void on_sigsegv(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    handled++;
    right += info->si_addr == expected && info->si_code == (jump ? SEGV_MAPERR : SEGV_ACCERR);
    if (jump)
        siglongjmp(back, 1);
    if (mprotect(expected, page, PROT_READ | PROT_WRITE) != 0)
        _exit(96);
}

static void tell(const char *what)
{
    say("%s: handled %d, address right %d", what, (int)handled, (int)right);
    handled = right = 0;
}

int main(void)
{
    watchdog();
    page = (size_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = on_sigsegv, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    char *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        give_up("mmap");
    expected = map;
    for (int i = 0; i < 100; i++) {
        mprotect(map, page, PROT_NONE);
        *(volatile char *)map = (char)i;
    }
    tell("protected page");
    jump = 1;
    expected = (char *)8;
    for (int i = 0; i < 100; i++) {
        if (sigsetjmp(back, 1) == 0)
            (void)*(volatile char *)expected;
    }
    tell("null");
    return 0;
}

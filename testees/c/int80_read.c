// int80_read eintr|restart: x86_64 code that reads a pipe by int 0x80 while SIGALRM comes every 50 ms. eintr: the handler ends it, `read 1: EINTR`; restart: it
// has SA_RESTART, and writes a byte the third time, `read 1: ok`. Then a read that nothing interrupts: `read 2: ok`. Elsewhere `unsupported`.
#include "testee.h"
#include <sys/time.h>

#ifdef __x86_64__
static int ends[2], ticks, restarts;

static void on_tick(int signal)
{
    (void)signal;
    if (++ticks == 3 && restarts && write(ends[1], "x", 1) != 1)
        _exit(97);
}

static void tick_every(long microseconds)
{
    setitimer(ITIMER_REAL, &(struct itimerval){{0, microseconds}, {0, microseconds}}, NULL);
}

// The number of arch/x86/entry/syscalls/syscall_32.tbl, and a buffer that 32 bits can address.
static long read32(int fd, char *buffer)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(3l), "b"((long)fd), "c"(buffer), "d"(1l)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    if (result < 0)
        errno = (int)-result;
    return result < 0 ? -1 : 0;
}
#endif

int main(int count, char **arguments)
{
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: int80_read eintr|restart\n");
        return 2;
    }
#ifdef __x86_64__
    restarts = strcmp(arguments[1], "restart") == 0;
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED || pipe(ends) != 0)
        give_up("mmap or pipe");
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = restarts ? SA_RESTART : 0};
    sigaction(SIGALRM, &action, NULL);
    tick_every(50000);
    say("read 1: %s", outcome_name(read32(ends[0], low)));
    tick_every(0);
    if (write(ends[1], "y", 1) != 1)
        give_up("write");
    say("read 2: %s", outcome_name(read32(ends[0], low)));
#else
    (void)arguments;
    say("unsupported");
#endif
    return 0;
}

// int80 [FILE]: x86_64 code that makes 32-bit calls by int 0x80: `getpid: the same`, `write by int 0x80` (which that write wrote), `write: ok`,
// and with FILE `fsync: ok`; an error that is not negative in all 64 bits of the result is `not an error: …`. Elsewhere `unsupported`; on a kernel without 32-bit calls it dies of SIGSEGV.
#include "testee.h"

#ifdef __x86_64__
// The numbers of arch/x86/entry/syscalls/syscall_32.tbl.
enum { WRITE32 = 4, GETPID32 = 20, FSYNC32 = 118 };

static long int80(long number, long first, long second, long third)
{
    long result;
    // Since Linux 4.17 r8 to r11 survive; before, they were zeroed.
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(first), "c"(second), "d"(third)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    if (result < 0 && result >= -4095)
        return result;
    // Nothing here returns more than 31 bits.
    if (result != (int)result)
        say("not an error: %#lx", result);
    return (int)result;
}
#endif

int main(int count, char **arguments)
{
    watchdog();
#ifdef __x86_64__
    static const char line[] = "write by int 0x80\n";
    // The call sees 32 bits of the address.
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        give_up("mmap");
    memcpy(low, line, sizeof line);
    say("getpid: %s", int80(GETPID32, 0, 0, 0) == getpid() ? "the same" : "another");
    long result = int80(WRITE32, STDOUT_FILENO, (long)low, sizeof line - 1);
    if (result < 0)
        errno = (int)-result;
    say("write: %s", outcome_name(result == sizeof line - 1 ? 0 : -1));
    if (count > 1) {
        int fd = open(arguments[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        result = int80(FSYNC32, fd, 0, 0);
        errno = result < 0 ? (int)-result : 0;
        say("fsync: %s", outcome_name(result < 0 ? -1 : 0));
    }
#else
    (void)count;
    (void)arguments;
    say("unsupported");
#endif
    return 0;
}

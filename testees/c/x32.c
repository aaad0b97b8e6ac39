// x32: x86_64 code that makes a call of the 32-bit-pointer ABI, fsync of no descriptor: `fsync: EBADF`, or `fsync: ENOSYS` on a kernel without
// CONFIG_X86_X32_ABI. Elsewhere `unsupported`.
#include "testee.h"
#include <sys/syscall.h>

int main(void)
{
    watchdog();
#ifdef __x86_64__
    // __X32_SYSCALL_BIT of arch/x86/include/uapi/asm/unistd.h.
    say("fsync: %s", outcome_name(syscall(0x40000000 | SYS_fsync, -1)));
#else
    say("unsupported");
#endif
    return 0;
}

// Ends the qemu around an aarch64 guest with a status: `semihosting-exit STATUS`.
//
// The call is SYS_EXIT of "Semihosting for AArch32 and AArch64" (Arm, 2.0), which qemu serves from user space where
// `-semihosting-config userspace=on` allows it.
#include <stdlib.h>

enum { SYS_EXIT = 0x18 };

int main(int count, char **words)
{
    // ADP_Stopped_ApplicationExit, and the status.
    static unsigned long block[2] = { 0x20026, 0 };
    if (count != 2)
        return 2;
    block[1] = strtoul(words[1], NULL, 10);
    register unsigned long operation __asm__("x0") = SYS_EXIT;
    register unsigned long *parameter __asm__("x1") = block;
    __asm__ volatile("hlt #0xf000" : : "r"(operation), "r"(parameter) : "memory");
    return 1;
}

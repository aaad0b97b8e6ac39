// registers [NUMBER]: fills every register that a call must leave alone with a pattern, makes the call, compares: `fsync: EBADF, preserved`, for
// fsync, msync, pread64, readv and getppid (`getppid: ok, preserved`), or for NUMBER alone. Else the registers that changed: `fsync: EBADF, changed: rbx r12`.
// The first argument is a bad descriptor and a bad address.
#include "registers.h"

static void check(const char *name, long number)
{
    reg in[COUNT];
    fill_registers(in);
    char changed[256];
    long result = compare_registers(number, in, in[0], changed);
    const char *how = outcome_name(result == -1 ? -1 : 0);
    if (changed[0] == '\0')
        say("%s: %s, preserved", name, how);
    else
        say("%s: %s, changed:%s", name, how, changed);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count > 1) {
        check("call", strtol(arguments[1], NULL, 0));
        return 0;
    }
    check("fsync", SYS_fsync);
    check("msync", SYS_msync);
    check("pread64", SYS_pread64);
    check("readv", SYS_readv);
    check("getppid", SYS_getppid);
    return 0;
}

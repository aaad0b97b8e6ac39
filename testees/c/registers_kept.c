// registers_kept DIR: calls that have something to do, each with a pattern in every register that is no argument of it; all of them must be as they were:
// `read: returned 16, preserved`, and of what it did: `read: abcdefghijklmnop`. The calls are read, readv, write and writev of DIR/file, openat of it,
// fsync, and getppid, whose result is `right`. A handler for SIGUSR1 is there.
#include "registers.h"
#include <sys/uio.h>

#define LENGTH 16

static void on_signal(int signal)
{
    (void)signal;
}

// Makes the call, and says whether the registers are as before, arguments too.
static long check(const char *name, long number, int count, const reg *arguments)
{
    reg in[COUNT];
    fill_registers(in);
    reg first = in[0];
    for (int i = 0; i < count; i++)
        set_argument(in, &first, i, arguments[i]);
    char changed[256];
    long result = compare_registers(number, in, first, changed);
    char how[64];
    if (number == SYS_getppid)
        snprintf(how, sizeof how, "%s", result != -1 && result == getppid() ? "right" : outcome_name(result));
    else if (number == SYS_openat)
        snprintf(how, sizeof how, "%s", outcome_name(result));
    else
        snprintf(how, sizeof how, "%s", outcome(result));
    if (changed[0] == '\0')
        say("%s: %s, preserved", name, how);
    else
        say("%s: %s, changed:%s", name, how, changed);
    return result;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: registers_kept DIR\n");
        return 2;
    }
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal, .sa_flags = SA_RESTART}, NULL);
    char path[PATH_MAX], buffer[LENGTH + 1];
    snprintf(path, sizeof path, "%s/file", arguments[1]);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || pwrite(fd, "abcdefghijklmnop", LENGTH, 0) != LENGTH)
        give_up("make %s", path);
    struct iovec vectors[2] = {{buffer, 6}, {buffer + 6, LENGTH - 6}}, before[2];
    memcpy(before, vectors, sizeof vectors);
    reg file = (reg)fd, plain = (reg)(uintptr_t)buffer, vector = (reg)(uintptr_t)vectors;

    memset(buffer, '.', LENGTH);
    buffer[LENGTH] = '\0';
    check("read", SYS_read, 3, (const reg[]){file, plain, LENGTH});
    say("read: %s", buffer);
    lseek(fd, 0, SEEK_SET);
    memset(buffer, '.', LENGTH);
    check("readv", SYS_readv, 3, (const reg[]){file, vector, 2});
    say("readv: %s", buffer);

    static const struct {
        const char *name;
        long number;
    } writes[] = {{"write", SYS_write}, {"writev", SYS_writev}};
    for (int i = 0; i < 2; i++) {
        memcpy(buffer, "ABCDEFGHIJKLMNOP", LENGTH);
        if (ftruncate(fd, 0) != 0)
            give_up("ftruncate");
        lseek(fd, 0, SEEK_SET);
        check(writes[i].name, writes[i].number, 3, (const reg[]){file, i ? vector : plain, i ? 2 : LENGTH});
        say("%s: %s", writes[i].name, memcmp(buffer, "ABCDEFGHIJKLMNOP", LENGTH) == 0 ? "buffer as before" : "buffer changed");
    }
    say("vectors: %s", memcmp(before, vectors, sizeof vectors) == 0 ? "as before" : "changed");

    char copy[PATH_MAX];
    memcpy(copy, path, sizeof copy);
    check("openat", SYS_openat, 4, (const reg[]){(reg)AT_FDCWD, (reg)(uintptr_t)copy, O_RDONLY | O_CLOEXEC, 0});
    check("fsync", SYS_fsync, 1, (const reg[]){file});
    check("getppid", SYS_getppid, 0, NULL);
    return 0;
}

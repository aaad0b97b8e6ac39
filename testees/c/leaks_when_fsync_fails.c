// leaks_when_fsync_fails DIR: copies a record, writes it to DIR/a.bin and fsyncs that: `fsync: ok`; or it forgets the copy on the way of the error, 4711 bytes:
// `fsync: EIO`. Exits 0 either way, unless LeakSanitizer says otherwise.
#include "testee.h"

#define LENGTH 4711

static __attribute__((noinline)) void keep(const char *directory, const char *record)
{
    int fd = open_file(directory, "a.bin");
    char *copy = malloc(LENGTH);
    if (!copy)
        give_up("malloc");
    memcpy(copy, record, LENGTH);
    if (write(fd, copy, LENGTH) != LENGTH)
        give_up("write");
    if (fsync(fd) != 0) {
        say("fsync: %s", outcome_name(-1));
        close(fd);
        return;
    }
    say("fsync: ok");
    free(copy);
    close(fd);
}

// Nothing that lies about on the stack may pass for a pointer to the copy.
static __attribute__((noinline)) void sweep(void)
{
    volatile char used[16384];
    for (size_t i = 0; i < sizeof used; i++)
        used[i] = 0;
}

int main(int count, char **arguments)
{
    static char record[LENGTH];
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: leaks_when_fsync_fails DIR\n");
        return 2;
    }
    keep(arguments[1], record);
    sweep();
    return 0;
}

// wide_values DIR: calls with values of 64 bits, which a 32-bit program passes in two registers: a write, a read, a preallocation and a new length of
// DIR/a.bin, from 5 GiB on: `pwrite: ok`, `pread: ok`, `fallocate: ok`, `ftruncate: ok`, `lseek: 5368709133`; then a vector, a time and
// a lock, whose members have the width of its longs: `writev: ok`, `clock_nanosleep: ok`, `lock: ok`.
#define _FILE_OFFSET_BITS 64
#include "testee.h"
#include <sys/uio.h>
#include <time.h>

#define FAR (5ll << 30)

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: wide_values DIR\n");
        return 2;
    }
    int fd = open_file(arguments[1], "a.bin");
    char byte;
    say("pwrite: %s", outcome_name(pwrite(fd, "x", 1, FAR)));
    say("pread: %s", outcome_name(pread(fd, &byte, 1, FAR)));
    say("fallocate: %s", outcome_name(fallocate(fd, 1, FAR, 4096)));
    say("ftruncate: %s", outcome_name(ftruncate(fd, FAR + 13)));
    say("lseek: %lld", (long long)lseek(fd, 0, SEEK_END));
    struct iovec vector[] = {{"ab", 2}, {"c", 1}};
    say("writev: %s", outcome_name(writev(fd, vector, 2)));
    errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, 1000000}, NULL);
    say("clock_nanosleep: %s", outcome_name(errno ? -1 : 0));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = FAR, .l_len = 8};
    say("lock: %s", outcome_name(fcntl(fd, F_SETLK, &lock)));
    return 0;
}

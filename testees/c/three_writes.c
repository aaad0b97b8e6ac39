// three_writes DIR: three writes of three bytes to DIR/a.bin and one fsync of it, then what came of them: `write 1: ok`, `write 2: ok`, `write 3: ok`,
// `fsync: ok`, and how long the file is: `9 bytes`. Nothing else is written before.
#include "testee.h"

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: three_writes DIR\n");
        return 2;
    }
    char path[PATH_MAX], told[4][32];
    snprintf(path, sizeof path, "%s/a.bin", arguments[1]);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        say("open: %s", outcome_name(-1));
        return 1;
    }
    for (int i = 0; i < 3; i++)
        snprintf(told[i], sizeof told[i], "%s", outcome_name(write(fd, "abc", 3)));
    snprintf(told[3], sizeof told[3], "%s", outcome_name(fsync(fd)));
    for (int i = 0; i < 3; i++)
        say("write %d: %s", i + 1, told[i]);
    say("fsync: %s", told[3]);
    say("%ld bytes", (long)lseek(fd, 0, SEEK_END));
    return 0;
}

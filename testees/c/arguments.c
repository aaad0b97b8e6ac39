// arguments DIR: calls whose arguments and results differ in what a rule can ask for: `fsync -1: EBADF`, `fsync: ok`, `lseek far: ok`, `lseek back: ok`, `open: ok`,
// `create: ok`, `read: returned 5`, `end: ok`, `read -1: EBADF`. far is beyond 32 bits, back from the end, and end the read behind it. The file is DIR/a.bin, of five bytes,
// and nothing is said before the last call is over.
#include "testee.h"

#define MOST 16
static char lines[MOST][96];
static int told;

static void note(const char *what, const char *how)
{
    snprintf(lines[told++], sizeof lines[0], "%s: %s", what, how);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: arguments DIR\n");
        return 2;
    }
    char path[PATH_MAX], buffer[16];
    snprintf(path, sizeof path, "%s/a.bin", arguments[1]);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || pwrite(fd, "bytes", 5, 0) != 5)
        give_up("make %s", path);
    note("fsync -1", outcome_name(fsync(-1)));
    note("fsync", outcome_name(fsync(fd)));
    note("lseek far", outcome_name(lseek(fd, 0x100000005, SEEK_SET)));
    note("lseek back", outcome_name(lseek(fd, -5, SEEK_END)));
    note("open", outcome_name(open(path, O_RDONLY)));
    note("create", outcome_name(open(path, O_RDWR | O_CREAT, 0644)));
    static const char *const reads[] = {"read", "end"};
    for (int i = 0; i < 2; i++) {
        ssize_t result = read(fd, buffer, 10);
        note(reads[i], result == -1 ? outcome_name(-1) : outcome(result));
    }
    ssize_t result = read(-1, buffer, 10);
    note("read -1", result == -1 ? outcome_name(-1) : outcome(result));
    for (int i = 0; i < told; i++)
        say("%s", lines[i]);
    return 0;
}

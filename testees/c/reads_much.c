// reads_much MEGABYTES: reads so many from /dev/zero by one call, and says how many bytes it was given and how many of them are not zero:
// `read 134217728, not zero 134217728`.
#include "testee.h"
#include <stdlib.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: reads_much MEGABYTES\n");
        return 2;
    }
    size_t length = (size_t)atol(arguments[1]) << 20;
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    char *buffer = malloc(length);
    if (fd < 0 || !buffer)
        give_up("open /dev/zero, or malloc");
    ssize_t got = read(fd, buffer, length);
    size_t other = 0;
    for (ssize_t i = 0; i < got; i++)
        other += buffer[i] != 0;
    say("read %zd, not zero %zu", got, other);
    return 0;
}

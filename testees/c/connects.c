// connects DIR: connects a socket to DIR/nobody, where nobody listens: `connect: ENOENT`. A 32-bit program does so by socketcall, as its libc may or may not.
#include "testee.h"
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

static int connect_to(int fd, const struct sockaddr_un *address)
{
#ifdef __i386__
    // SYS_CONNECT of uapi/linux/net.h.
    return (int)syscall(SYS_socketcall, 3, (unsigned long[]){(unsigned long)fd, (unsigned long)address, sizeof *address});
#else
    return connect(fd, (const struct sockaddr *)address, sizeof *address);
#endif
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: connects DIR\n");
        return 2;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/nobody", arguments[1]);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    say("connect: %s", outcome_name(connect_to(fd, &address)));
    return 0;
}

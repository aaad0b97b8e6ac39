// sockets connect ADDRESS PORT...: connects to each port, and writes to it. sockets send ADDRESS PORT...: sends datagrams to each.
// sockets unix NAME...: is server and client of each NAME, `@` an abstract one, and sends both ways. Prints of each call, with the place of its
// PORT or NAME: `write 0: 4 bytes`, `connect 1: ECONNREFUSED`.
#include "testee.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static void tell(const char *what, int place, long result)
{
    if (result > 0)
        say("%s %d: %ld bytes", what, place, result);
    else
        say("%s %d: %s", what, place, outcome_name(result));
}

static socklen_t internet(const char *text, const char *port, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)atoi(port));
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) {
        errno = EINVAL;
        give_up("%s", text);
    }
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons((uint16_t)atoi(port));
    return sizeof *v6;
}

static int open_socket(int family, int type)
{
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    return fd;
}

static long send_message(int fd, void *address, socklen_t length)
{
    struct iovec part = {.iov_base = "data", .iov_len = 4};
    struct msghdr message = {.msg_name = address, .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static void connects(const char *text, const char *port, int place)
{
    struct sockaddr_storage address;
    socklen_t length = internet(text, port, &address);
    int fd = open_socket(address.ss_family, SOCK_STREAM);
    int result = connect(fd, (struct sockaddr *)&address, length);
    tell("connect", place, result);
    if (result == 0)
        tell("write", place, write(fd, "data", 4));
    close(fd);
}

static void sends(const char *text, const char *port, int place)
{
    struct sockaddr_storage address;
    socklen_t length = internet(text, port, &address);
    int fd = open_socket(address.ss_family, SOCK_DGRAM);
    tell("sendto", place, sendto(fd, "data", 4, 0, (struct sockaddr *)&address, length));
    tell("sendmsg", place, send_message(fd, &address, length));
    if (connect(fd, (struct sockaddr *)&address, length) != 0)
        give_up("connect");
    tell("write", place, write(fd, "data", 4));
    close(fd);
}

static void serves(const char *name, int place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(name) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        give_up("%s", name);
    }
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int listener = open_socket(AF_UNIX, SOCK_STREAM);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0)
        give_up("listen at %s", name);
    int client = open_socket(AF_UNIX, SOCK_STREAM);
    if (connect(client, (struct sockaddr *)&address, length) != 0)
        give_up("connect to %s", name);
    tell("unaccepted write", place, write(client, "data", 4));
    int server = accept(listener, NULL, NULL);
    if (server < 0)
        give_up("accept");
    tell("client write", place, write(client, "data", 4));
    tell("client sendto", place, sendto(client, "data", 4, MSG_NOSIGNAL, NULL, 0));
    tell("server sendmsg", place, send_message(server, NULL, 0));
    close(server);
    close(client);
    close(listener);
}

int main(int count, char **arguments)
{
    watchdog();
    const char *mode = count > 1 ? arguments[1] : "";
    if (strcmp(mode, "unix") == 0) {
        for (int i = 2; i < count; i++)
            serves(arguments[i], i - 2);
    } else if (count > 3 && (strcmp(mode, "connect") == 0 || strcmp(mode, "send") == 0)) {
        for (int i = 3; i < count; i++)
            (strcmp(mode, "send") == 0 ? sends : connects)(arguments[2], arguments[i], i - 3);
    } else {
        dprintf(STDERR_FILENO, "usage: sockets connect|send ADDRESS PORT... | sockets unix NAME...\n");
        return 2;
    }
    return 0;
}

// not_short DIR: reads what is not a stream of bytes: an eventfd, a timerfd, a signalfd, two messages of a datagram socket and of a SOCK_SEQPACKET one, one byte
// of a file, and DIR/direct with O_DIRECT where that is permitted: `eventfd: returned 8, 7`, …, `O_DIRECT: returned 4096`, or `O_DIRECT: not here`.
#include "testee.h"
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

static void packets(const char *name, int type)
{
    int pair[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) != 0)
        give_up("socketpair");
    char first[16] = "", second[16] = "";
    if (send(pair[0], "first", 5, 0) != 5 || send(pair[0], "second", 6, 0) != 6)
        give_up("send");
    if (recv(pair[1], first, sizeof first - 1, 0) < 0 || recv(pair[1], second, sizeof second - 1, 0) < 0)
        give_up("recv");
    say("%s: %s %s", name, first, second);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: not_short DIR\n");
        return 2;
    }
    uint64_t number = 0;
    int fd = eventfd(7, EFD_CLOEXEC);
    ssize_t result = read(fd, &number, sizeof number);
    say("eventfd: %s, %llu", outcome(result), (unsigned long long)number);

    fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    timerfd_settime(fd, 0, &(struct itimerspec){.it_value.tv_nsec = 1}, NULL);
    number = 0;
    result = read(fd, &number, sizeof number);
    say("timerfd: %s, %llu", outcome(result), (unsigned long long)number);

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC);
    raise(SIGUSR1);
    struct signalfd_siginfo info = {0};
    result = read(fd, &info, sizeof info);
    say("signalfd: %s, signal %u", result == (ssize_t)sizeof info ? "whole" : outcome(result), info.ssi_signo);

    packets("datagrams", SOCK_DGRAM);
    packets("packets", SOCK_SEQPACKET);

    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/direct", arguments[1]);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    char byte = 'x';
    if (fd < 0 || ftruncate(fd, 8192) != 0)
        give_up("make %s", path);
    say("one byte: %s", outcome(read(fd, &byte, 1)));
    close(fd);
    fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    void *aligned = NULL;
    if (posix_memalign(&aligned, 4096, 4096) != 0)
        give_up("posix_memalign");
    result = fd < 0 ? -1 : read(fd, aligned, 4096);
    if (fd < 0)
        say("O_DIRECT: not here");
    else
        say("O_DIRECT: %s", outcome(result));
    return 0;
}

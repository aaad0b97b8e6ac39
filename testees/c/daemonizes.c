// daemonizes FILE: forks twice and exits 5 at once; the daemon, in a session of its own, sleeps for half a second, appends a line to FILE and
// fsyncs it: FILE then holds `daemon: written` and `daemon: fsync: ok`. Nothing on standard output.
#include "testee.h"
#include <time.h>

static void be_a_daemon(const char *path)
{
    nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        _exit(1);
    dprintf(fd, "daemon: written\n");
    dprintf(fd, "daemon: fsync: %s\n", outcome(fsync(fd)));
    _exit(0);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: daemonizes FILE\n");
        return 2;
    }
    pid_t middle = fork();
    if (middle < 0)
        give_up("fork");
    if (middle == 0) {
        setsid();
        pid_t daemon = fork();
        if (daemon != 0)
            _exit(daemon < 0);
        watchdog();
        // A pipe that somebody reads to its end must not wait for the daemon.
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd <= 2; fd++)
            dup2(null, fd);
        if (null > 2)
            close(null);
        be_a_daemon(arguments[1]);
    }
    return reap(middle) == 0 ? 5 : 1;
}

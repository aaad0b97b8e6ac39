// falls_together DIR: two processes take turns by pipes, each writing to DIR/steps, a mapping, which turn it has begun, and then making an fsync; for ever. Around
// them live a thread of each, a daemon in a session of its own, and a child made by vfork whose creator waits for it. Whoever sees another one end makes the file
// DIR/saw. Prints `all are here` before the first turn.
#include "testee.h"
#include <pthread.h>
#include <time.h>

static char saw[PATH_MAX];
static volatile long *steps;

static void see(void)
{
    int fd = open(saw, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0)
        close(fd);
}

static void on_child(int signal)
{
    (void)signal;
    see();
}

static _Noreturn void *tick(void *unused)
{
    (void)unused;
    for (;;)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void with_thread(void)
{
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, tick, NULL)) != 0)
        give_up("pthread_create");
}

static _Noreturn void play(int fd, int from, int to, volatile long *mine)
{
    for (long step = 1;; step++) {
        char byte;
        if (read(from, &byte, 1) != 1)
            see();
        *mine = step;
        fsync(fd);
        if (write(to, "", 1) != 1)
            see();
    }
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: falls_together DIR\n");
        return 2;
    }
    snprintf(saw, sizeof saw, "%s/saw", arguments[1]);
    int fd = open_file(arguments[1], "steps"), there[2], back[2];
    steps = (volatile long *)map_file(arguments[1], "steps", NULL);
    steps[0] = 0;
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);

    // A daemon: its parent, which it does not have for long, is not one that is to see nobody end.
    pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        watchdog();
        with_thread();
        tick(NULL);
    }
    reap(child);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child, .sa_flags = SA_RESTART}, NULL);
    if (fork() == 0) {
        // It waits in vfork for a child that never ends, and would see it end.
        watchdog();
        if (vfork() == 0)
            for (;;)
                pause();
        see();
        _exit(0);
    }
    // Only those that play have the ends of the pipes, so that the end of one is the end of a file to the other.
    if (pipe2(there, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0)
        give_up("pipe2");
    if (fork() == 0) {
        watchdog();
        with_thread();
        close(there[1]);
        close(back[0]);
        play(fd, there[0], back[1], steps + 1);
    }
    with_thread();
    close(there[0]);
    close(back[1]);
    say("all are here");
    if (write(there[1], "", 1) != 1)
        give_up("write");
    play(fd, back[0], there[1], steps);
}

// delayed four|killed|ends DIR: an fsync that somebody holds back. four: four processes fsync DIR/1 … DIR/4 at the same time: `1: ok, late` if it took 0.9 s or
// more, `2: ok, in time` otherwise. killed: a child fsyncs DIR/1, and 0.3 s later is killed by SIGKILL. ends: a thread does, and 0.3 s later the
// program exits with 7. Both say `before the end: in time` if all went well within ten seconds.
#include "testee.h"
#include <pthread.h>
#include <time.h>

static const char *directory;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
}

static int file(int number)
{
    char name[16];
    snprintf(name, sizeof name, "%d", number);
    return open_file(directory, name);
}

static void *sync_one(void *unused)
{
    (void)unused;
    fsync(file(1));
    say("it went on");
    return NULL;
}

static void child_of_four(int number, int start)
{
    watchdog();
    int fd = file(number);
    char byte;
    // All at once, when the last end of the pipe is closed.
    if (read(start, &byte, 1) != 0)
        give_up("read");
    double before = now();
    int result = fsync(fd);
    double took = now() - before;
    say("%d: %s, %s", number, outcome_name(result), took >= 0.9 ? "late" : "in time");
    _exit(0);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: delayed four|killed|ends DIR\n");
        return 2;
    }
    directory = arguments[2];
    if (strcmp(arguments[1], "four") == 0) {
        int start[2], failed = 0;
        pid_t children[4];
        if (pipe2(start, O_CLOEXEC) != 0)
            give_up("pipe2");
        for (int i = 0; i < 4; i++) {
            children[i] = fork();
            if (children[i] < 0)
                give_up("fork");
            if (children[i] == 0) {
                close(start[1]);
                child_of_four(i + 1, start[0]);
            }
        }
        close(start[1]);
        for (int i = 0; i < 4; i++)
            failed |= reap(children[i]);
        return failed;
    }
    double before = now();
    if (strcmp(arguments[1], "killed") == 0) {
        pid_t child = fork();
        if (child < 0)
            give_up("fork");
        if (child == 0) {
            watchdog();
            sync_one(NULL);
            _exit(0);
        }
        rest();
        signal_process(child, SIGKILL);
        say("child: %d", reap(child));
        say("before the end: %s", now() - before < 10 ? "in time" : "late");
        return 0;
    }
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, sync_one, NULL)) != 0)
        give_up("pthread_create");
    rest();
    say("before the end: %s", now() - before < 10 ? "in time" : "late");
    _exit(7);
}

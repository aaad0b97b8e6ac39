// breeds DIR MILLISECONDS: for so long eight children at a time, each with two threads that msync DIR/a.bin and fsync it without an end; each has a child by
// vfork and exec, leaves a daemon behind, and ends soon, in one of four ways: by itself, by a thread's exec, by a thread's exit, by SIGKILL.
// One whose fsync or msync gives ENOSYS, as it does under a filter whose listener is gone, says so: `ENOSYS`.
// Prints `breeding` first and `bred` at the end, when all children but the daemons, which live 50 ms, are reaped; exits 6.
#include "testee.h"
#include <pthread.h>
#include <spawn.h>
#include <time.h>

extern char **environ;
static const char *directory;
static char path[PATH_MAX];

static void rest(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static _Noreturn void *sync_for_ever(void *unused)
{
    (void)unused;
    int fd = open_file(directory, "a.bin");
    char *map = map_file(directory, "a.bin", NULL);
    for (;;) {
        if (msync(map, FILE_LENGTH, MS_ASYNC) != 0 && errno == ENOSYS)
            say("ENOSYS");
        if (fsync(fd) != 0 && errno == ENOSYS)
            say("ENOSYS");
    }
}

static _Noreturn void *end_of_a_thread(void *how)
{
    rest(5);
    if (how)
        execv(path, (char *[]){path, "exec", NULL});
    _exit(0);
}

static void leave_a_daemon(void)
{
    if (fork() == 0) {
        alarm(10);
        setsid();
        if (fork() == 0) {
            alarm(10);
            rest(50);
        }
        _exit(0);
    }
}

static _Noreturn void live(unsigned which)
{
    watchdog();
    pthread_t thread;
    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, sync_for_ever, NULL);
    pid_t child;
    if (posix_spawn(&child, path, NULL, NULL, (char *[]){path, "exec", NULL}, environ) == 0)
        waitpid(child, NULL, 0);
    leave_a_daemon();
    switch (which % 4) {
    case 0: rest(5); _exit(0);
    case 1: pthread_create(&thread, NULL, end_of_a_thread, path); break;
    case 2: pthread_create(&thread, NULL, end_of_a_thread, NULL); break;
    case 3: signal_process(getpid(), SIGKILL);
    }
    rest(5000);
    _exit(1);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count == 2)
        return 0;
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: breeds DIR MILLISECONDS\n");
        return 2;
    }
    directory = arguments[1];
    snprintf(path, sizeof path, "%s", own_path());
    say("breeding");
    struct timespec end, now;
    clock_gettime(CLOCK_MONOTONIC, &end);
    long wanted = atol(arguments[2]);
    end.tv_sec += wanted / 1000;
    unsigned born = 0, alive = 0;
    for (;;) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        int late = now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec);
        if (late && alive == 0)
            break;
        if (!late && alive < 8) {
            pid_t child = fork();
            if (child == 0)
                live(born);
            alive += child > 0;
            born++;
            continue;
        }
        if (wait(NULL) > 0)
            alive--;
    }
    say("bred");
    return 6;
}

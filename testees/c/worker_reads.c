// worker_reads FILE N: N preads of one byte each in the main thread, then in a worker thread, a forked child and an exec'd
// child, one after the other: `main: N reads in X ns`, then `worker: …`, `fork child: …`, `exec child: …`.
#include "testee.h"
#include <pthread.h>
#include <time.h>

struct work {
    const char *who;
    const char *path;
    long count;
};

static void *read_all(void *argument)
{
    const struct work *work = argument;
    int fd = open(work->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        give_up("open %s", work->path);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < work->count; i++) {
        char byte;
        if (pread(fd, &byte, 1, 0) != 1)
            give_up("%s: pread %ld", work->who, i);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    close(fd);
    long long elapsed = (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec);
    say("%s: %ld reads in %lld ns", work->who, work->count, elapsed);
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count < 3) {
        dprintf(STDERR_FILENO, "usage: worker_reads FILE N\n");
        return 2;
    }
    struct work work = {.who = "main", .path = arguments[1], .count = strtol(arguments[2], NULL, 10)};
    if (count > 3) {
        work.who = "exec child";
        read_all(&work);
        return 0;
    }
    read_all(&work);

    work.who = "worker";
    pthread_t worker;
    if ((errno = pthread_create(&worker, NULL, read_all, &work)) != 0)
        give_up("pthread_create");
    pthread_join(worker, NULL);

    const char *self = own_path();
    char *const words[] = {arguments[0], arguments[1], arguments[2], "exec", NULL};
    int failed = 0;
    for (int exec = 0; exec < 2; exec++) {
        pid_t child = fork();
        if (child < 0)
            give_up("fork");
        if (child == 0) {
            watchdog();
            if (exec) {
                execv(self, words);
                _exit(97);
            }
            work.who = "fork child";
            read_all(&work);
            _exit(0);
        }
        failed |= reap(child);
    }
    return failed;
}

// blocked_call FILE: one thread blocks for 1.5 s in a read on a pipe while another fsyncs FILE ten times and then wakes it:
// `other: fsync 1: ok`, …, `other: reader still blocked: yes`, `reader: returned 1`, `reader: blocked for a second: yes`.
#include "testee.h"
#include <pthread.h>
#include <time.h>

static int ends[2];
static volatile int returned;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *reader(void *unused)
{
    (void)unused;
    char byte;
    double start = now();
    ssize_t result = read(ends[0], &byte, 1);
    double blocked = now() - start;
    __atomic_store_n(&returned, 1, __ATOMIC_SEQ_CST);
    // The other thread says its last line before it writes, so the order of lines is fixed.
    say("reader: %s", outcome(result));
    say("reader: blocked for a second: %s", blocked >= 1.0 ? "yes" : "no");
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: blocked_call FILE\n");
        return 2;
    }
    int fd = open(arguments[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        give_up("open %s", arguments[1]);
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe2");
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, reader, NULL)) != 0)
        give_up("pthread_create");
    for (int i = 1; i <= 10; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
        say("other: fsync %d: %s", i, outcome(fsync(fd)));
    }
    say("other: reader still blocked: %s", __atomic_load_n(&returned, __ATOMIC_SEQ_CST) ? "no" : "yes");
    if (write(ends[1], "", 1) != 1)
        give_up("write");
    pthread_join(thread, NULL);
    return 0;
}

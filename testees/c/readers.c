// readers THREADS COUNT: so many threads read a byte of /dev/zero COUNT times each, all at the same time. Then, in the order in which they were made,
// the numbers of the reads of each that failed by EIO: `thread 1: 7 31`. Another error ends the program.
#include "testee.h"
#include <pthread.h>

#define MOST 64

static int fd;
static long reads;
static char *failed[MOST];
static pthread_barrier_t barrier;

static void *read_all(void *argument)
{
    char *mine = argument;
    pthread_barrier_wait(&barrier);
    for (long i = 0; i < reads; i++) {
        char byte;
        if (read(fd, &byte, 1) == 1)
            continue;
        if (errno != EIO)
            give_up("read");
        mine[i] = 1;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    long threads = count == 3 ? atol(arguments[1]) : 0;
    if (threads < 1 || threads > MOST) {
        dprintf(STDERR_FILENO, "usage: readers THREADS COUNT\n");
        return 2;
    }
    reads = atol(arguments[2]);
    fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        give_up("open /dev/zero");
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    pthread_t ids[MOST];
    for (long i = 0; i < threads; i++) {
        failed[i] = calloc((size_t)reads, 1);
        if ((errno = pthread_create(&ids[i], NULL, read_all, failed[i])) != 0)
            give_up("pthread_create");
    }
    for (long i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    for (long i = 0; i < threads; i++) {
        char line[4000];
        size_t length = (size_t)snprintf(line, sizeof line, "thread %ld:", i + 1);
        for (long read = 0; read < reads && length < sizeof line - 16; read++) {
            if (failed[i][read])
                length += (size_t)snprintf(line + length, sizeof line - length, " %ld", read + 1);
        }
        say("%s", line);
    }
    return 0;
}

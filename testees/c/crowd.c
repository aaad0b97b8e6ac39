// `crowd FILE THREADS CALLS`: so many threads at once sync the file so many times each, and say how many calls failed.
#include "testee.h"


#include <pthread.h>
#include <stdatomic.h>

static int file;
static long calls;
static atomic_long failed;
static pthread_barrier_t all_are_there;

static void *syncs(void *unused) {
    pthread_barrier_wait(&all_are_there);
    for (long call = 0; call < calls; call++) {
        failed += fsync(file) != 0;
    }
    return unused;
}

int main(int count, char **words) {
    if (count != 4) {
        return 2;
    }
    file = open(words[1], O_RDWR | O_CREAT, 0644);
    long threads = atol(words[2]);
    calls = atol(words[3]);
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    pthread_barrier_init(&all_are_there, NULL, (unsigned)threads);
    for (long thread = 0; thread < threads; thread++) {
        if (pthread_create(&ids[thread], &small, syncs, NULL) != 0) {
            return 3;
        }
    }
    for (long thread = 0; thread < threads; thread++) {
        pthread_join(ids[thread], NULL);
    }
    printf("%ld failed\n", failed);
    return 0;
}

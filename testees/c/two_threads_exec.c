// two_threads_exec DIR: two threads, neither of them the leader, exec this program at the same time; one of them wins:
// `after exec: pid same: yes`, `after exec: msync a.bin: ok`, `after exec: msync b.bin: ok`. Exits 4.
#include "testee.h"
#include <pthread.h>

static pthread_barrier_t start;
static char *words[4];

static void *thread(void *path)
{
    pthread_barrier_wait(&start);
    execv(path, words);
    give_up("execv");
}

int main(int count, char **arguments)
{
    watchdog();
    if (count < 2) {
        dprintf(STDERR_FILENO, "usage: two_threads_exec DIR\n");
        return 2;
    }
    if (count == 3) {
        say("after exec: pid same: %s", atoi(arguments[2]) == getpid() ? "yes" : "no");
        map_and_msync_both("after exec", arguments[1]);
        return 4;
    }
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    words[0] = arguments[0];
    words[1] = arguments[1];
    words[2] = pid;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", own_path());
    pthread_barrier_init(&start, NULL, 2);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        if ((errno = pthread_create(&threads[i], NULL, thread, path)) != 0)
            give_up("pthread_create");
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 1;
}

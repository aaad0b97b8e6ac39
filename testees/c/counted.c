// counted DIR: three fsyncs of DIR/a.bin by the main thread, one after the other, then by a second thread, then by a forked child, then by the program that
// the child executes, which is this one: `main 1: ok`, …, `thread 3: ok`, `child 1: ok`, …, `exec 3: ok`.
#include "testee.h"
#include <pthread.h>

static const char *directory;

static void *sync_thrice(void *who)
{
    int fd = open_file(directory, "a.bin");
    for (int i = 1; i <= 3; i++)
        say("%s %d: %s", (const char *)who, i, outcome_name(fsync(fd)));
    close(fd);
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2 && count != 3) {
        dprintf(STDERR_FILENO, "usage: counted DIR\n");
        return 2;
    }
    directory = arguments[1];
    if (count == 3) {
        sync_thrice("exec");
        return 0;
    }
    sync_thrice("main");
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, sync_thrice, "thread")) != 0)
        give_up("pthread_create");
    pthread_join(thread, NULL);
    const char *self = own_path();
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        watchdog();
        sync_thrice("child");
        execv(self, (char *[]){arguments[0], arguments[1], "again", NULL});
        _exit(97);
    }
    return reap(child);
}

// short_tasks DIR COUNT: COUNT tasks one after another, a process and a thread by turns, each of which fsyncs DIR/a.bin and ends: `COUNT failed` is the number
// of those whose fsync did. Then each of COUNT processes makes the next, fsyncs and ends, if a word `generations` follows: the last says `last`.
#include "testee.h"
#include <pthread.h>
#include <sys/wait.h>

static int fd;

static void *sync_once(void *failed)
{
    *(int *)failed = fsync(fd) != 0;
    return NULL;
}

static int failed_in_a_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(fsync(fd) != 0);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        give_up("fork or waitpid");
    return WEXITSTATUS(status);
}

static int failed_in_a_thread(void)
{
    int failed = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, sync_once, &failed) != 0)
        give_up("pthread_create");
    pthread_join(thread, NULL);
    return failed;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3 && count != 4) {
        dprintf(STDERR_FILENO, "usage: short_tasks DIR COUNT [generations]\n");
        return 2;
    }
    fd = open_file(arguments[1], "a.bin");
    long tasks = atol(arguments[2]);
    if (count == 4) {
        for (long i = 0; i < tasks; i++) {
            fsync(fd);
            pid_t child = fork();
            if (child < 0)
                give_up("fork");
            if (child > 0)
                _exit(0);
            watchdog();
        }
        say("last");
        return 0;
    }
    long failed = 0;
    for (long i = 0; i < tasks; i++)
        failed += i % 2 ? failed_in_a_thread() : failed_in_a_process();
    say("%ld failed", failed);
    return 0;
}

// exec_beside_a_call DIR: the main thread fsyncs DIR/a.bin, which somebody holds back, and while it does a second thread execs this program again: it has the main
// thread's id then, and fsyncs DIR/b.bin and DIR/c.bin: `b.bin: ok`, `c.bin: ok`. Should the first fsync end before, it says `a.bin: ok`.
#include "testee.h"
#include <pthread.h>
#include <time.h>

static const char *directory;

static void sync_file(const char *name)
{
    int fd = open_file(directory, name);
    say("%s: %s", name, outcome_name(fsync(fd)));
    close(fd);
}

static void *exec_again(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    execl(own_path(), "exec_beside_a_call", directory, "again", NULL);
    give_up("exec");
}

int main(int count, char **arguments)
{
    watchdog();
    if (count < 2) {
        dprintf(STDERR_FILENO, "usage: exec_beside_a_call DIR\n");
        return 2;
    }
    directory = arguments[1];
    if (count == 3) {
        sync_file("b.bin");
        sync_file("c.bin");
        return 0;
    }
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, exec_again, NULL)) != 0)
        give_up("pthread_create");
    sync_file("a.bin");
    pause();
    return 1;
}

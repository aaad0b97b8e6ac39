// exec_from_thread DIR: the leader and a second thread each msync DIR/a.bin and DIR/b.bin; then the second thread execs this
// program again, which takes the leader's tid: `after exec: pid same: yes`, `after exec: tid is pid: yes`, and both msyncs.
#include "testee.h"
#include <pthread.h>
#include <sys/syscall.h>

static char *directory;
// The leader has left the call that made the thread: the exec must not end it in there, by chance.
static pthread_barrier_t made;

static void *thread(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&made);
    map_and_msync_both("thread", directory);
    char *const words[] = {"exec_from_thread", directory, NULL};
    execv(own_path(), words);
    give_up("execv");
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: exec_from_thread DIR\n");
        return 2;
    }
    directory = arguments[1];
    const char *before = getenv("PID_BEFORE");
    if (before) {
        say("after exec: pid same: %s", atoi(before) == getpid() ? "yes" : "no");
        say("after exec: tid is pid: %s", syscall(SYS_gettid) == getpid() ? "yes" : "no");
        map_and_msync_both("after exec", directory);
        return 4;
    }
    map_and_msync_both("leader", directory);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    // Not an argument: a log of the execve would then differ from run to run.
    setenv("PID_BEFORE", pid, 1);
    pthread_barrier_init(&made, NULL, 2);
    pthread_t worker;
    if ((errno = pthread_create(&worker, NULL, thread, NULL)) != 0)
        give_up("pthread_create");
    pthread_barrier_wait(&made);
    pthread_join(worker, NULL);
    return 1;
}

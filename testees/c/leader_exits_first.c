// leader_exits_first DIR: the main thread leaves by pthread_exit; when it is a zombie a worker says `leader: gone`, maps and
// msyncs DIR/a.bin and DIR/b.bin, fsyncs a descriptor that the leader opened, opens a file by a relative path, and ends the
// process with status 7: `worker: msync a.bin: ok`, `worker: fsync c.bin: ok`, `worker: open relative.txt: ok`.
#include "testee.h"
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

static int inherited_fd;

static char leader_state(void)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)getpid(), (int)getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return '?';
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    const char *end = strrchr(text, ')');
    return end ? end[2] : '?';
}

static void *worker(void *unused)
{
    (void)unused;
    char state = '?';
    for (int i = 0; i < 2000 && (state = leader_state()) != 'Z'; i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    say("leader: %s", state == 'Z' ? "gone" : "still there");
    map_and_msync_both("worker", ".");
    say("worker: fsync c.bin: %s", outcome(fsync(inherited_fd)));
    int fd = open("relative.txt", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    say("worker: open relative.txt: %s", outcome(fd < 0 ? -1 : 0));
    syscall(SYS_exit_group, 7);
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: leader_exits_first DIR\n");
        return 2;
    }
    if (chdir(arguments[1]) != 0)
        give_up("chdir %s", arguments[1]);
    inherited_fd = open_file(".", "c.bin");
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, worker, NULL)) != 0)
        give_up("pthread_create");
    pthread_exit(NULL);
}

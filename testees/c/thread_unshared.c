// thread_unshared DIR: a thread leaves its process's descriptors and working directory (unshare CLONE_FILES|CLONE_FS): there, descriptor
// 20 and the path `file.bin` mean DIR/there/file.bin, in the main thread DIR/here/file.bin. While both live, each makes the same calls:
// `thread (there): fsync 20: ok`, `thread (there): open file.bin: ok`, then `main (here): …`.
#include "testee.h"
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>

enum { FD = 20 };
static pthread_barrier_t turn;
static char directory[PATH_MAX];

static void make_calls(const char *who)
{
    say("%s: fsync 20: %s", who, outcome(fsync(FD)));
    int fd = open("file.bin", O_RDWR | O_CLOEXEC);
    say("%s: open file.bin: %s", who, outcome(fd < 0 ? -1 : 0));
    if (fd >= 0)
        close(fd);
}

static void enter(const char *name)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        give_up("mkdir %s", path);
    if (chdir(path) != 0)
        give_up("chdir %s", path);
    int fd = open_file(".", "file.bin");
    if (dup2(fd, FD) != FD)
        give_up("dup2");
    close(fd);
}

static void *thread(void *unused)
{
    (void)unused;
    if (unshare(CLONE_FILES | CLONE_FS) != 0)
        give_up("unshare");
    enter("there");
    make_calls("thread (there)");
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: thread_unshared DIR\n");
        return 2;
    }
    if (chdir(arguments[1]) != 0 || !getcwd(directory, sizeof directory))
        give_up("chdir %s", arguments[1]);
    enter("here");
    pthread_barrier_init(&turn, NULL, 2);
    pthread_t worker;
    if ((errno = pthread_create(&worker, NULL, thread, NULL)) != 0)
        give_up("pthread_create");
    pthread_barrier_wait(&turn);
    make_calls("main (here)");
    pthread_barrier_wait(&turn);
    pthread_join(worker, NULL);
    return 0;
}

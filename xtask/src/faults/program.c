// What the rules of `cargo xtask faults` are for. A first process, a thread of it and a child make the same calls on a.bin and
// b.bin, by descriptor, by mapping and by path, some on the sockets a.sock and b.sock, and some on no file. Each task's line says how many of its calls failed.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 2, LENGTH = 4096 };

static const char *const names[2] = {"a.bin", "b.bin"}, *const sockets[2] = {"a.sock", "b.sock"};

// By a single write, so that no line is torn.
static void tell(const char *task, const int failed[2][5], const int others[3])
{
    char line[256];
    int length = snprintf(line, sizeof line,
                          "%s: fsync %d %d, fdatasync %d %d, msync %d %d, truncate %d %d, getsockopt %d %d, getpgid %d, getsid %d, getpriority %d\n",
                          task, failed[0][0], failed[1][0], failed[0][1], failed[1][1], failed[0][2], failed[1][2], failed[0][3],
                          failed[1][3], failed[0][4], failed[1][4], others[0], others[1], others[2]);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(99);
}

// Returns a socket with this name of its own.
static int named(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    unlink(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        _exit(93);
    return fd;
}

static void work(const char *task)
{
    int failed[2][5] = {{0}}, others[3] = {0};
    for (int file = 0; file < 2; file++) {
        int fd = open(names[file], O_RDWR | O_CREAT, 0600);
        if (fd < 0 || ftruncate(fd, LENGTH) != 0)
            _exit(98);
        void *map = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map == MAP_FAILED)
            _exit(97);
        int socket = named(sockets[file]);
        for (int round = 0; round < ROUNDS; round++) {
            int type;
            socklen_t length = sizeof type;
            failed[file][4] += getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) != 0;
            failed[file][0] += fsync(fd) != 0;
            failed[file][1] += fdatasync(fd) != 0;
            failed[file][2] += msync(map, LENGTH, MS_SYNC) != 0;
            failed[file][3] += truncate(names[file], LENGTH) != 0;
        }
        munmap(map, LENGTH);
        close(socket);
        close(fd);
    }
    for (int round = 0; round < ROUNDS; round++) {
        others[0] += getpgid(0) < 0;
        others[1] += getsid(0) < 0;
        others[2] += getpriority(PRIO_PROCESS, 0) < 0;
    }
    tell(task, failed, others);
}

static void *worker(void *unused)
{
    pthread_setname_np(pthread_self(), "worker");
    work("thread");
    return unused;
}

int main(int count, char **words)
{
    if (count > 1) {
        work("child");
        return 5;
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 96;
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", words[0], "child", (char *)NULL);
        _exit(95);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 5)
        return 94;
    work("first");
    return 7;
}

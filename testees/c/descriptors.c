// descriptors DIR: reaches DIR/a.bin by every way that a descriptor can go, and fsyncs it: `opened: ok`, `dup: ok`, `dup2: ok`, `fcntl: ok`,
// `received: ok` (SCM_RIGHTS), `pidfd_getfd: ok`, `opened in a thread: ok`, `deleted: ok`, and also: `same number, other file: ok`,
// `closed: EBADF` (close_range), `out of a set: EBADF` (-1), `with high bits: ok`, `directory: ok` (DIR itself), `pipe: EINVAL`, `memfd: ok`.
#include "testee.h"
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static const char *directory;

static void sync_it(const char *how, int fd)
{
    say("%s: %s", how, outcome_name(fsync(fd)));
}

static int received(int fd)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    char byte = 0;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(ends[0], &message, 0) != 1 || recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC) != 1)
        give_up("SCM_RIGHTS");
    int got;
    memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
    close(ends[0]);
    close(ends[1]);
    return got;
}

static void *open_in_thread(void *fd)
{
    *(int *)fd = open_file(directory, "a.bin");
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: descriptors DIR\n");
        return 2;
    }
    directory = arguments[1];
    int fd = open_file(directory, "a.bin");
    sync_it("opened", fd);
    sync_it("dup", dup(fd));
    sync_it("dup2", dup2(fd, 50));
    sync_it("fcntl", fcntl(fd, F_DUPFD_CLOEXEC, 60));
    sync_it("received", received(fd));
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    int copy = self < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, self, fd, 0);
    // Not everywhere permitted; then it is a plain copy.
    sync_it("pidfd_getfd", copy < 0 ? dup(fd) : copy);
    int other = -1;
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, open_in_thread, &other)) != 0)
        give_up("pthread_create");
    pthread_join(thread, NULL);
    sync_it("opened in a thread", other);

    int kept = dup2(open_file(directory, "b.bin"), 50);
    sync_it("same number, other file", kept);
    if (syscall(SYS_close_range, 60, 60, 0) != 0)
        close(60);
    sync_it("closed", 60);
    sync_it("out of a set", -1);
    // A descriptor is 32 bits wide, whatever stands above.
    say("with high bits: %s", outcome_name(syscall(SYS_fsync, (unsigned long)fd | 0xabcdef0000000000ul)));
    sync_it("directory", open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe2");
    sync_it("pipe", ends[0]);
    sync_it("memfd", memfd_create("a.bin", MFD_CLOEXEC));
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/a.bin", directory);
    if (unlink(path) != 0)
        give_up("unlink");
    sync_it("deleted", fd);
    return 0;
}

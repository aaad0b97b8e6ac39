// moves_bytes DIR: writes the eight bytes 01 02 … 08 to DIR/NAME by each of write, pwrite64 and writev, by writev from one buffer twice, and by write from a
// shared mapping; then reads as many zeros of DIR/zeros by read, pread64 and readv, and gets 01 02 … 08 from a socket by recvmsg. Tells what the program's own memory
// holds afterwards: `write: returned 8, 0102030405060708`, and for what was written what the file holds: `DIR/write: 0102030405060708`.
#include "testee.h"
#include <sys/socket.h>
#include <sys/uio.h>

#define LENGTH 8

static const unsigned char data[LENGTH] = {1, 2, 3, 4, 5, 6, 7, 8};
static unsigned char buffer[LENGTH];

static const char *hex(const unsigned char *bytes, size_t length)
{
    static char text[128];
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

static int make(const char *directory, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        give_up("open %s", path);
    return fd;
}

// By a mapping: no rule of the tests is about that.
static void tell(const char *name, ssize_t result, const unsigned char *own, int fd)
{
    say("%s: %s, %s", name, outcome(result), hex(own, LENGTH));
    off_t length = lseek(fd, 0, SEEK_END);
    unsigned char *file = mmap(NULL, (size_t)length, PROT_READ, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED)
        give_up("mmap");
    say("file %s: %s", name, hex(file, (size_t)length));
    munmap(file, (size_t)length);
    close(fd);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: moves_bytes DIR\n");
        return 2;
    }
    const char *directory = arguments[1];
    memcpy(buffer, data, LENGTH);
    int fd = make(directory, "write");
    tell("write", write(fd, buffer, LENGTH), buffer, fd);
    fd = make(directory, "pwrite64");
    tell("pwrite64", pwrite(fd, buffer, LENGTH, 0), buffer, fd);
    struct iovec parts[] = {{buffer, 3}, {NULL, 0}, {buffer + 3, LENGTH - 3}};
    fd = make(directory, "writev");
    tell("writev", writev(fd, parts, 3), buffer, fd);
    struct iovec twice[] = {{buffer, LENGTH}, {buffer, LENGTH}};
    fd = make(directory, "twice");
    tell("twice", writev(fd, twice, 2), buffer, fd);
    unsigned char *shared = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        give_up("mmap");
    memcpy(shared, data, LENGTH);
    fd = make(directory, "shared");
    tell("shared", write(fd, shared, LENGTH), shared, fd);

    fd = make(directory, "zeros");
    if (ftruncate(fd, LENGTH) != 0)
        give_up("ftruncate");
    ssize_t result = read(fd, buffer, LENGTH);
    say("read: %s, %s", outcome(result), hex(buffer, LENGTH));
    // Half of it lies behind the end: what was not read is left alone.
    memcpy(buffer, data, LENGTH);
    result = pread(fd, buffer, LENGTH, LENGTH / 2);
    say("pread64: %s, %s", outcome(result), hex(buffer, LENGTH));
    memcpy(buffer, data, LENGTH);
    lseek(fd, 0, SEEK_SET);
    result = readv(fd, parts, 3);
    say("readv: %s, %s", outcome(result), hex(buffer, LENGTH));

    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || send(pair[0], data, LENGTH, 0) != LENGTH)
        give_up("socketpair");
    memset(buffer, 0, LENGTH);
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
    result = recvmsg(pair[1], &message, 0);
    say("recvmsg: %s, %s", outcome(result), hex(buffer, LENGTH));
    return 0;
}

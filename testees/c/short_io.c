// short_io DIR: moves the ten bytes 0123456789 by each call that moves data, asking again for the rest until all are moved: `read: right, 1 call`. What the
// program has given to the call must be as before: else `readv: right, 4 calls, vectors changed`. Reads are of DIR/from, writes to DIR/to, those of
// sockets between the two of a pair; read and write also of a pipe. Standard output is written to by nothing but lines.
#include "testee.h"
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define DATA "0123456789"
#define LENGTH ((size_t)10)

static char buffer[LENGTH];
static struct iovec vectors[3], kept_vectors[3];
static struct mmsghdr messages[2];
static int changed;
static int pair[2];

// What is left to move behind `done` bytes, as pieces: four bytes, none, all others.
static void slice(size_t done)
{
    size_t rest = LENGTH - done, head = rest < 4 ? rest : 4;
    vectors[0] = (struct iovec){buffer + done, head};
    vectors[1] = (struct iovec){buffer, 0};
    vectors[2] = (struct iovec){buffer + done + head, rest - head};
    memcpy(kept_vectors, vectors, sizeof vectors);
}

static ssize_t checked(ssize_t result)
{
    int error = errno;
    changed |= memcmp(vectors, kept_vectors, sizeof vectors) != 0;
    errno = error;
    return result;
}

static ssize_t by_read(int fd, size_t done) { return read(fd, buffer + done, LENGTH - done); }
static ssize_t by_pread(int fd, size_t done) { return pread(fd, buffer + done, LENGTH - done, (off_t)done); }
static ssize_t by_write(int fd, size_t done) { return write(fd, buffer + done, LENGTH - done); }
static ssize_t by_pwrite(int fd, size_t done) { return pwrite(fd, buffer + done, LENGTH - done, (off_t)done); }
static ssize_t by_recv(int fd, size_t done) { return recv(fd, buffer + done, LENGTH - done, 0); }
static ssize_t by_send(int fd, size_t done) { return send(fd, buffer + done, LENGTH - done, 0); }
static ssize_t by_readv(int fd, size_t done) { slice(done); return checked(readv(fd, vectors, 3)); }
static ssize_t by_writev(int fd, size_t done) { slice(done); return checked(writev(fd, vectors, 3)); }
static ssize_t by_preadv(int fd, size_t done) { slice(done); return checked(preadv(fd, vectors, 3, (off_t)done)); }
static ssize_t by_pwritev(int fd, size_t done) { slice(done); return checked(pwritev(fd, vectors, 3, (off_t)done)); }
// An offset of -1 is the file's own, and glibc makes another call of flags of 0.
static ssize_t by_preadv2(int fd, size_t done) { slice(done); return checked(preadv2(fd, vectors, 3, -1, RWF_HIPRI)); }
static ssize_t by_pwritev2(int fd, size_t done) { slice(done); return checked(pwritev2(fd, vectors, 3, -1, RWF_DSYNC)); }

// Vectors that the program cannot write, as constants are.
static ssize_t by_constant_vectors(int fd, size_t done)
{
    static struct iovec *page;
    if (!page)
        page = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    slice(done);
    memcpy(page, vectors, sizeof vectors);
    if (mprotect(page, FILE_LENGTH, PROT_READ) != 0)
        give_up("mprotect");
    ssize_t result = readv(fd, page, 3);
    int error = errno;
    changed |= memcmp(page, kept_vectors, sizeof vectors) != 0;
    mprotect(page, FILE_LENGTH, PROT_READ | PROT_WRITE);
    errno = error;
    return result;
}

static ssize_t by_message(int fd, size_t done, ssize_t (*move)(int, struct msghdr *))
{
    slice(done);
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = 3};
    ssize_t result = checked(move(fd, &message));
    changed |= message.msg_iov != vectors || message.msg_iovlen != 3;
    return result;
}

static ssize_t receive(int fd, struct msghdr *message) { return recvmsg(fd, message, 0); }
static ssize_t submit(int fd, struct msghdr *message) { return sendmsg(fd, message, 0); }
static ssize_t by_recvmsg(int fd, size_t done) { return by_message(fd, done, receive); }
static ssize_t by_sendmsg(int fd, size_t done) { return by_message(fd, done, submit); }

// Two messages: the first has the first two pieces, and the second the third.
static ssize_t by_messages(int fd, size_t done, int send)
{
    slice(done);
    memset(messages, 0, sizeof messages);
    messages[0].msg_hdr = (struct msghdr){.msg_iov = vectors, .msg_iovlen = 2};
    messages[1].msg_hdr = (struct msghdr){.msg_iov = vectors + 2, .msg_iovlen = 1};
    int count = vectors[2].iov_len ? 2 : 1;
    int moved = send ? sendmmsg(fd, messages, (unsigned)count, 0) : recvmmsg(fd, messages, (unsigned)count, MSG_WAITFORONE, NULL);
    checked(0);
    changed |= messages[0].msg_hdr.msg_iovlen != 2 || messages[1].msg_hdr.msg_iovlen != 1;
    changed |= messages[0].msg_hdr.msg_iov != vectors || messages[1].msg_hdr.msg_iov != vectors + 2;
    if (moved < 0)
        return -1;
    ssize_t bytes = 0;
    for (int i = 0; i < moved; i++)
        bytes += messages[i].msg_len;
    return bytes;
}

static ssize_t by_recvmmsg(int fd, size_t done) { return by_messages(fd, done, 0); }
static ssize_t by_sendmmsg(int fd, size_t done) { return by_messages(fd, done, 1); }

static const char *directory;

static int open_in(const char *name, int flags)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, flags | O_CLOEXEC, 0644);
    if (fd < 0)
        give_up("open %s", path);
    return fd;
}

// The other file or pipe of those calls that move between two descriptors.
static int other;

static ssize_t by_sendfile(int fd, size_t done) { return sendfile(fd, other, NULL, LENGTH - done); }
static ssize_t by_copy(int fd, size_t done) { return copy_file_range(other, NULL, fd, NULL, LENGTH - done, 0); }
static ssize_t by_splice(int fd, size_t done) { return splice(other, NULL, fd, NULL, LENGTH - done, 0); }

// Calls until all is moved, and says how it went; `fd` is what is read or written.
static void move(const char *name, int fd, ssize_t (*by)(int, size_t), int reads)
{
    changed = 0;
    memcpy(buffer, reads ? "----------" : DATA, LENGTH);
    size_t done = 0;
    int calls = 0;
    while (done < LENGTH) {
        ssize_t moved = by(fd, done);
        if (moved <= 0) {
            say("%s: %s after %zu bytes", name, outcome(moved), done);
            return;
        }
        done += (size_t)moved;
        calls++;
    }
    const char *after = changed ? ", vectors changed" : "";
    say("%s: %s, %d call%s%s", name, memcmp(buffer, DATA, LENGTH) == 0 ? "right" : "wrong", calls, calls == 1 ? "" : "s", after);
}

// What has come out at the other end, byte by byte.
static void expect(const char *name, int fd)
{
    char came[LENGTH + 1] = "";
    size_t length = 0;
    int is_socket = recv(fd, came, 1, MSG_PEEK) == 1;
    if (!is_socket)
        lseek(fd, 0, SEEK_SET);
    // Of a file also what should not be there.
    while (length < LENGTH + !is_socket && (is_socket ? recv(fd, came + length, 1, 0) : read(fd, came + length, 1)) == 1)
        length++;
    if (length != LENGTH || memcmp(came, DATA, LENGTH) != 0)
        say("%s: %zu bytes came, and other ones", name, length);
}

struct way {
    const char *name;
    ssize_t (*by)(int, size_t);
};

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: short_io DIR\n");
        return 2;
    }
    directory = arguments[1];
    int made = open_in("from", O_WRONLY | O_CREAT | O_TRUNC);
    for (size_t i = 0; i < LENGTH; i++) {
        if (pwrite(made, DATA + i, 1, (off_t)i) != 1)
            give_up("pwrite");
    }
    close(made);

    static const struct way reads[] = {{"read", by_read}, {"pread64", by_pread}, {"readv", by_readv}, {"preadv", by_preadv}, {"preadv2", by_preadv2},
                                      {"readv by constants", by_constant_vectors}};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        int from = open_in("from", O_RDONLY);
        move(reads[i].name, from, reads[i].by, 1);
        close(from);
    }
    static const struct way writes[] = {{"write", by_write}, {"pwrite64", by_pwrite}, {"writev", by_writev}, {"pwritev", by_pwritev}, {"pwritev2", by_pwritev2}};
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        int to = open_in("to", O_RDWR | O_CREAT | O_TRUNC);
        move(writes[i].name, to, writes[i].by, 0);
        expect(writes[i].name, to);
        close(to);
    }

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        give_up("socketpair");
    static const struct way sends[] = {{"sendto", by_send}, {"sendmsg", by_sendmsg}, {"sendmmsg", by_sendmmsg}};
    for (size_t i = 0; i < sizeof sends / sizeof *sends; i++) {
        move(sends[i].name, pair[0], sends[i].by, 0);
        expect(sends[i].name, pair[1]);
    }
    static const struct way receives[] = {{"recvfrom", by_recv}, {"recvmsg", by_recvmsg}, {"recvmmsg", by_recvmmsg}};
    for (size_t i = 0; i < sizeof receives / sizeof *receives; i++) {
        for (size_t byte = 0; byte < LENGTH; byte++) {
            if (send(pair[0], DATA + byte, 1, 0) != 1)
                give_up("send");
        }
        move(receives[i].name, pair[1], receives[i].by, 1);
    }

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe2");
    move("write to a pipe", ends[1], by_write, 0);
    move("read of a pipe", ends[0], by_read, 1);

    static const struct way within[] = {{"sendfile", by_sendfile}, {"copy_file_range", by_copy}, {"splice into a pipe", by_splice}, {"splice out of a pipe", by_splice}};
    for (size_t i = 0; i < sizeof within / sizeof *within; i++) {
        int into_pipe = i == 2, out_of_pipe = i == 3;
        int to = into_pipe ? ends[1] : open_in("to", O_RDWR | O_CREAT | O_TRUNC);
        other = out_of_pipe ? ends[0] : open_in("from", O_RDONLY);
        move(within[i].name, to, within[i].by, 0);
        if (!into_pipe)
            expect(within[i].name, to);
    }
    return 0;
}

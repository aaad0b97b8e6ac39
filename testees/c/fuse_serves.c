// Opens files of a FUSE file system that a child of its own serves: what is looked up there waits for the program itself. The
// server makes a call of its own (openat) before it answers, and nothing that it has answered is kept, so that every look-up asks it.
//
// fuse_serves DIR TIMES: mounts on DIR, in which a.dat and b.dat are, opens both so many times, says how it went, unmounts. Of a file that
// it has opened it maps a page, and writes that to /dev/null. `no FUSE: …` and exit 77 where that cannot be had.
#include "testee.h"

#include <linux/fuse.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { PAGE = 4096 };

static const char *const names[] = {"a.dat", "b.dat"};

static void answer(int fuse, uint64_t unique, int error, const void *data, size_t length)
{
    char buffer[8192];
    struct fuse_out_header *header = (struct fuse_out_header *)buffer;
    header->len = sizeof *header + length;
    header->error = -error;
    header->unique = unique;
    memcpy(buffer + sizeof *header, data, length);
    // ENOENT: whoever asked was killed meanwhile.
    if (write(fuse, buffer, header->len) < 0 && errno != ENOENT)
        give_up("answer");
}

// Node 1 is the directory, 2 and 3 are the files.
static struct fuse_attr attributes(uint64_t node)
{
    struct fuse_attr attributes = {.ino = node, .nlink = 1, .uid = getuid(), .gid = getgid(), .blksize = 4096};
    attributes.mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0644;
    attributes.size = node == 1 ? 0 : PAGE;
    return attributes;
}

static void serve(int fuse)
{
    static char request[1 << 17];
    for (;;) {
        ssize_t length = read(fuse, request, sizeof request);
        if (length < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
            continue;
        if (length <= 0)
            _exit(0); // Unmounted.
        // A call that a rule may name: the server waits for havoc while whoever looks something up waits for the server.
        int null = openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);
        if (null >= 0)
            close(null);
        const struct fuse_in_header *in = (const struct fuse_in_header *)request;
        const char *body = request + sizeof *in;
        switch (in->opcode) {
        case FUSE_INIT: {
            struct fuse_init_out out = {.major = 7, .minor = 31, .max_write = 4096};
            answer(fuse, in->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_LOOKUP: {
            int found = -1;
            for (int i = 0; i < 2; i++)
                if (strcmp(body, names[i]) == 0)
                    found = i;
            struct fuse_entry_out out = {.nodeid = found + 2, .attr = attributes(found + 2)};
            answer(fuse, in->unique, found < 0 ? ENOENT : 0, &out, found < 0 ? 0 : sizeof out);
            break;
        }
        case FUSE_GETATTR: {
            struct fuse_attr_out out = {.attr = attributes(in->nodeid)};
            answer(fuse, in->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_OPEN:
        case FUSE_OPENDIR: {
            struct fuse_open_out out = {0};
            answer(fuse, in->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_READ: {
            static const char page[PAGE] = "a page of a served file";
            const struct fuse_read_in *wanted = (const struct fuse_read_in *)body;
            size_t length = wanted->offset >= PAGE ? 0 : PAGE - wanted->offset;
            length = wanted->size < length ? wanted->size : length;
            answer(fuse, in->unique, 0, page + PAGE - length, length);
            break;
        }
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            break;
        case FUSE_RELEASE:
        case FUSE_RELEASEDIR:
        case FUSE_FLUSH:
            answer(fuse, in->unique, 0, NULL, 0);
            break;
        default:
            answer(fuse, in->unique, ENOSYS, NULL, 0);
        }
    }
}

// The page is not there before the write touches it, unless somebody else has had it filled.
static void write_a_page_of(int fd)
{
    void *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (page == MAP_FAILED || null < 0 || write(null, page, PAGE) != PAGE)
        give_up("write a page");
    close(null);
    munmap(page, PAGE);
}

int main(int argc, char **argv)
{
    watchdog();
    if (argc != 3)
        give_up("usage: fuse_serves DIR TIMES");
    int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    char options[100];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fuse, getuid(), getgid());
    if (fuse < 0 || mount("fuse_serves", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0) {
        say("no FUSE: %s", strerror(errno));
        return 77;
    }
    pid_t server = fork();
    if (server < 0)
        give_up("fork");
    if (server == 0) {
        watchdog();
        serve(fuse);
    }
    close(fuse);
    for (int time = 0; time < atoi(argv[2]); time++) {
        for (int i = 0; i < 2; i++) {
            char path[PATH_MAX];
            snprintf(path, sizeof path, "%s/%s", argv[1], names[i]);
            int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
            say("%s: %s", names[i], outcome_name(fd));
            if (fd >= 0) {
                write_a_page_of(fd);
                close(fd);
            }
        }
    }
    if (umount2(argv[1], MNT_DETACH) != 0)
        give_up("umount");
    say("the server: %d", reap(server));
    return 0;
}

// fuse_hangs DIR: mounts a file system of its own (FUSE) on DIR, `ready`, and never answers what it is asked after that: whoever
// opens a file below DIR sleeps in the kernel, where no signal ends it, until this process has ended. `no FUSE: …` and exit 77
// where it cannot be had. Ends after a minute.
#include "testee.h"
#include <linux/fuse.h>
#include <sys/mount.h>

static void answer_first_request(int fd)
{
    static char request[1 << 17];
    if (read(fd, request, sizeof request) <= 0)
        give_up("read /dev/fuse");
    struct {
        struct fuse_out_header header;
        struct fuse_init_out init;
    } answer = {
        .header = {.len = sizeof answer, .unique = ((struct fuse_in_header *)(void *)request)->unique},
        .init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096},
    };
    if (write(fd, &answer, sizeof answer) != sizeof answer)
        give_up("write /dev/fuse");
}

// Of a request that nobody has read the kernel lets the asker go when it is killed.
static void read_and_never_answer(int fd)
{
    static char request[1 << 17];
    for (;;)
        if (read(fd, request, sizeof request) < 0 && errno != EINTR && errno != ENOENT)
            give_up("read /dev/fuse");
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: fuse_hangs DIR\n");
        return 2;
    }
    char options[100];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fd, getuid(), getgid());
    if (fd < 0 || mount("fuse_hangs", arguments[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0) {
        say("no FUSE: %s", strerror(errno));
        return 77;
    }
    answer_first_request(fd);
    say("ready");
    read_and_never_answer(fd);
}

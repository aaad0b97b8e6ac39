// Opens files whose names lie in pages that a thread of its own fills in when they are touched: userfaultfd(2). The thread makes a
// call of its own (openat) before it does.
//
// fills_its_pages TIMES: opens /dev/null and /dev/zero so many times, each name from a page that has yet to be filled. `no userfaultfd: …`
// and exit 77 where that cannot be had.
#include "testee.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static const char *const names[] = {"/dev/null", "/dev/zero"};
static size_t page;
static char *pages;

static void *fill(void *argument)
{
    int faults = *(int *)argument;
    char *source = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (source == MAP_FAILED)
        give_up("mmap");
    for (;;) {
        struct uffd_msg message;
        if (read(faults, &message, sizeof message) != sizeof message)
            give_up("read a fault");
        int null = openat(AT_FDCWD, "/dev/full", O_RDONLY | O_CLOEXEC);
        if (null >= 0)
            close(null);
        size_t nth = (message.arg.pagefault.address - (size_t)pages) / page;
        memset(source, 0, page);
        strcpy(source, names[nth % 2]);
        struct uffdio_copy copy = {.dst = (size_t)pages + nth * page, .src = (size_t)source, .len = page};
        // EEXIST: somebody else has asked for it at the same time.
        if (ioctl(faults, UFFDIO_COPY, &copy) != 0 && errno != EEXIST)
            give_up("fill a page");
    }
    return NULL;
}

int main(int argc, char **argv)
{
    watchdog();
    int times = argc == 2 ? atoi(argv[1]) : 0;
    if (times <= 0)
        give_up("usage: fills_its_pages TIMES");
    page = (size_t)sysconf(_SC_PAGESIZE);
    int faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    if (faults < 0) {
        say("no userfaultfd: %s", strerror(errno));
        return 77;
    }
    struct uffdio_api api = {.api = UFFD_API};
    if (ioctl(faults, UFFDIO_API, &api) != 0)
        give_up("UFFDIO_API");
    pages = mmap(NULL, 2 * (size_t)times * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        give_up("mmap");
    struct uffdio_register area = {
        .range = {.start = (size_t)pages, .len = 2 * (size_t)times * page},
        .mode = UFFDIO_REGISTER_MODE_MISSING,
    };
    if (ioctl(faults, UFFDIO_REGISTER, &area) != 0)
        give_up("UFFDIO_REGISTER");
    pthread_t thread;
    if (pthread_create(&thread, NULL, fill, &faults) != 0)
        give_up("pthread_create");
    for (int i = 0; i < 2 * times; i++) {
        int fd = openat(AT_FDCWD, pages + (size_t)i * page, O_RDONLY | O_CLOEXEC);
        say("%s: %s", names[i % 2], outcome_name(fd));
        if (fd >= 0)
            close(fd);
    }
    return 0;
}

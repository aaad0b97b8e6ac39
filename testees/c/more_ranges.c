// more_ranges DIR: calls that take ranges of memory in ways of their own, on DIR/a.bin: `mmap over a.bin: ok`, `mmap with a hint at a.bin: ok`,
// `mremap onto a.bin: ok`, `mremap grows a.bin: ok`, `remap_file_pages a.bin: ok`, `process_madvise a.bin: ok`, `process_madvise b.bin and a.bin: ok`,
// `mseal a.bin: ok`, `private a.bin: ok`, `a.bin of a closed descriptor: ok`, `memfd: ok`, `shared anonymous: ok`, `second of ten maps: ok`.
// What a kernel does not have says ENOSYS or the like.
#include "testee.h"
#include <sys/syscall.h>
#include <sys/uio.h>

#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

static const char *directory;

static char *map_private(const char *name)
{
    int fd = open_file(directory, name);
    char *map = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        give_up("mmap");
    close(fd);
    map[0] = 1;
    return map;
}

static void tell(const char *what, int failed)
{
    say("%s: %s", what, outcome_name(failed ? -1 : 0));
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: more_ranges DIR\n");
        return 2;
    }
    directory = arguments[1];
    char *a = map_file(directory, "a.bin", NULL), *b = map_file(directory, "b.bin", NULL);

    char *map = mmap(a, FILE_LENGTH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("mmap with a hint at a.bin", map == MAP_FAILED);
    map = mmap(a, FILE_LENGTH / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    tell("mmap over a.bin", map == MAP_FAILED);
    a = map_file(directory, "a.bin", NULL);
    char *anonymous = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    map = mremap(anonymous, FILE_LENGTH, FILE_LENGTH, MREMAP_MAYMOVE | MREMAP_FIXED, a);
    tell("mremap onto a.bin", map == MAP_FAILED);
    a = map_file(directory, "a.bin", NULL);
    map = mremap(a, FILE_LENGTH, 2 * FILE_LENGTH, MREMAP_MAYMOVE);
    tell("mremap grows a.bin", map == MAP_FAILED);
    a = map_file(directory, "a.bin", NULL);
    tell("remap_file_pages a.bin", remap_file_pages(a, FILE_LENGTH / 2, 0, 0, 0) != 0);

    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    struct iovec both[] = {{b, FILE_LENGTH}, {a, FILE_LENGTH}};
    tell("process_madvise a.bin", syscall(SYS_process_madvise, self, &both[1], 1ul, MADV_COLD, 0u) < 0);
    tell("process_madvise b.bin", syscall(SYS_process_madvise, self, &both[0], 1ul, MADV_COLD, 0u) < 0);
    tell("process_madvise b.bin and a.bin", syscall(SYS_process_madvise, self, both, 2ul, MADV_COLD, 0u) < 0);

    tell("private a.bin", msync(map_private("a.bin"), FILE_LENGTH, MS_SYNC) != 0);
    tell("part of a page of a.bin", msync(a, 1, MS_ASYNC) != 0);
    char *memory = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    tell("shared anonymous", msync(memory, FILE_LENGTH, MS_SYNC) != 0);
    int fd = memfd_create("a.bin", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, FILE_LENGTH) != 0)
        give_up("memfd");
    memory = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    tell("memfd", msync(memory, FILE_LENGTH, MS_SYNC) != 0);
    // Of ten maps in a row, the last: whoever counts mappings wrongly takes its neighbour.
    char *maps[10];
    for (int i = 0; i < 10; i++)
        maps[i] = map_file(directory, i == 9 ? "a.bin" : "b.bin", NULL);
    tell("eighth of ten maps", msync(maps[7], FILE_LENGTH, MS_SYNC) != 0);
    tell("last of ten maps", msync(maps[9], FILE_LENGTH, MS_SYNC) != 0);
    tell("mseal a.bin", syscall(SYS_mseal, a, FILE_LENGTH, 0ul) != 0);
    return 0;
}

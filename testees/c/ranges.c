// ranges DIR: maps DIR/a.bin and DIR/b.bin side by side and makes each call that takes a range of addresses on a.bin, on b.bin, across
// the seam, on anonymous memory, on no bytes at all, and on a hole: `msync a.bin: ok`, `msync a.bin and b.bin: ok`, `msync a hole: ENOMEM`.
// Then moves both by mremap, and unmaps all.
#include "testee.h"
#include <sys/syscall.h>

#define PAGES 4

static size_t page;
static char *a, *b, *anonymous, *hole;

static char *map_at(char *place, const char *directory, const char *name)
{
    int fd = open_file(directory, name);
    if (ftruncate(fd, (off_t)(PAGES * page)) != 0)
        give_up("ftruncate");
    char *map = mmap(place, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    if (map == MAP_FAILED)
        give_up("mmap %s", name);
    close(fd);
    map[0]++;
    return map;
}

static long do_msync(char *start, size_t length)
{
    return msync(start, length, MS_SYNC);
}

static long do_madvise(char *start, size_t length)
{
    return madvise(start, length, MADV_NORMAL);
}

static long do_mprotect(char *start, size_t length)
{
    return mprotect(start, length, PROT_READ | PROT_WRITE);
}

static long do_pkey_mprotect(char *start, size_t length)
{
    return syscall(SYS_pkey_mprotect, start, length, PROT_READ | PROT_WRITE, -1);
}

static long do_mlock(char *start, size_t length)
{
    return mlock(start, length);
}

static long do_mlock2(char *start, size_t length)
{
    return syscall(SYS_mlock2, start, length, 0);
}

static long do_munlock(char *start, size_t length)
{
    return munlock(start, length);
}

static long do_mincore(char *start, size_t length)
{
    unsigned char vector[4 * PAGES];
    return mincore(start, length, vector);
}

static long do_mbind(char *start, size_t length)
{
    return syscall(SYS_mbind, start, length, 0 /* MPOL_DEFAULT */, NULL, 0UL, 0U);
}

static const struct {
    const char *name;
    long (*call)(char *, size_t);
} calls[] = {
    {"msync", do_msync},     {"madvise", do_madvise}, {"mprotect", do_mprotect}, {"pkey_mprotect", do_pkey_mprotect},
    {"mlock", do_mlock},     {"mlock2", do_mlock2},   {"munlock", do_munlock},   {"mincore", do_mincore},
    {"mbind", do_mbind},
};

static char *move(const char *name, char *map)
{
    char *place = mmap(NULL, PAGES * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *moved = mremap(map, PAGES * page, PAGES * page, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    say("mremap %s: %s", name, outcome_name(moved == MAP_FAILED ? -1 : 0));
    return moved == MAP_FAILED ? map : moved;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: ranges DIR\n");
        return 2;
    }
    page = (size_t)sysconf(_SC_PAGESIZE);
    // a.bin, b.bin, a hole, anonymous memory, a guard: one reservation, so that nothing else can come in between.
    char *base = mmap(NULL, 5 * PAGES * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        give_up("mmap");
    a = map_at(base, arguments[1], "a.bin");
    b = map_at(base + PAGES * page, arguments[1], "b.bin");
    hole = base + 2 * PAGES * page;
    anonymous = base + 3 * PAGES * page;
    mprotect(anonymous, PAGES * page, PROT_READ | PROT_WRITE);
    munmap(hole, PAGES * page);

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const char *name = calls[i].name;
        say("%s a.bin: %s", name, outcome_name(calls[i].call(a, 2 * page)));
        say("%s b.bin: %s", name, outcome_name(calls[i].call(b, 2 * page)));
        say("%s a.bin and b.bin: %s", name, outcome_name(calls[i].call(b - page, 2 * page)));
        say("%s anonymous: %s", name, outcome_name(calls[i].call(anonymous, 2 * page)));
        say("%s nothing at a.bin: %s", name, outcome_name(calls[i].call(a, 0)));
        say("%s a hole: %s", name, outcome_name(calls[i].call(hole, page)));
        say("%s b.bin and a hole: %s", name, outcome_name(calls[i].call(hole - page, 2 * page)));
    }
    a = move("a.bin", a);
    b = move("b.bin", b);
    anonymous = move("anonymous", anonymous);
    say("msync a.bin moved: %s", outcome_name(msync(a, page, MS_SYNC)));
    say("msync b.bin moved: %s", outcome_name(msync(b, page, MS_SYNC)));
    say("munmap a.bin: %s", outcome_name(munmap(a, PAGES * page)));
    say("munmap b.bin: %s", outcome_name(munmap(b, PAGES * page)));
    say("munmap anonymous: %s", outcome_name(munmap(anonymous, PAGES * page)));
    return 0;
}

// maps_much DIR COUNT: maps two files of DIR by turns, COUNT times, one behind the other, and madvises them all by one call: `madvise: ok`.
#include "testee.h"
#include <stdlib.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: maps_much DIR COUNT\n");
        return 2;
    }
    size_t pages = (size_t)atol(arguments[2]), page = (size_t)sysconf(_SC_PAGESIZE);
    int files[2] = {open_file(arguments[1], "a.bin"), open_file(arguments[1], "b.bin")};
    char *area = mmap(NULL, pages * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED)
        give_up("mmap");
    for (size_t i = 0; i < pages; i++)
        if (mmap(area + i * page, page, PROT_READ, MAP_SHARED | MAP_FIXED, files[i % 2], 0) == MAP_FAILED)
            give_up("mmap of page %zu", i);
    say("madvise: %s", outcome(madvise(area, pages * page, MADV_NORMAL)));
    return 0;
}

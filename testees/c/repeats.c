// repeats DIR N: N times, an msync and an fsync of DIR/a.bin and of DIR/b.bin: `N times`.
#include "testee.h"

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: repeats DIR N\n");
        return 2;
    }
    const char *names[] = {"a.bin", "b.bin"};
    int files[2];
    char *mapped[2];
    for (int i = 0; i < 2; i++) {
        files[i] = open_file(arguments[1], names[i]);
        mapped[i] = map_file(arguments[1], names[i], NULL);
    }
    int times = atoi(arguments[2]);
    for (int n = 0; n < times; n++)
        for (int i = 0; i < 2; i++) {
            msync(mapped[i], FILE_LENGTH, MS_SYNC);
            fsync(files[i]);
        }
    say("%d times", times);
    return 0;
}

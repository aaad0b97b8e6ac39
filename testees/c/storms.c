// storms calm|restart|plain DIR COUNT: COUNT times fsync, msync and pwrite64 of DIR/a.bin, calm or while SIGALRM comes a thousand times a second and is handled,
// with SA_RESTART or plainly without. Then of each how many calls were made, how many of these failed by EIO, and the sum of their places among those that no
// signal had ended: `fsync: 300 made, 43 failed, sum 6493`; and how many a signal ended: `ended by EINTR: 0`, and whether some tens came: `signals: yes`.
#include "testee.h"
#include <sys/time.h>

static volatile sig_atomic_t signals;

static void count_signal(int unused)
{
    (void)unused;
    signals++;
}

static void tick(long microseconds)
{
    struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    if (setitimer(ITIMER_REAL, &timer, NULL) != 0)
        give_up("setitimer");
}

int main(int count, char **arguments)
{
    static const char *const names[] = {"fsync", "msync", "pwrite64"};
    long failed[3] = {0}, sum[3] = {0}, seen[3] = {0}, ended = 0;
    if (count != 4) {
        dprintf(STDERR_FILENO, "usage: storms calm|restart|plain DIR COUNT\n");
        return 2;
    }
    int fd = open_file(arguments[2], "a.bin");
    char *map = map_file(arguments[2], "a.bin", NULL);
    struct sigaction action = {.sa_handler = count_signal};
    action.sa_flags = strcmp(arguments[1], "restart") == 0 ? SA_RESTART : 0;
    if (sigaction(SIGALRM, &action, NULL) != 0)
        give_up("sigaction");
    int calm = strcmp(arguments[1], "calm") == 0;
    tick(calm ? 0 : 1000);
    long times = atol(arguments[3]);
    for (long i = 0; i < times || (!calm && signals < 30); i++) {
        if (i >= times) {
            // Fast as it was, no more of the calls that are counted.
            usleep(1000);
            continue;
        }
        for (int kind = 0; kind < 3; kind++) {
            long result = kind == 0 ? fsync(fd) : kind == 1 ? msync(map, 4096, MS_SYNC) : pwrite(fd, "ab", 2, 0);
            if (result == -1 && errno == EINTR) {
                ended++;
                continue;
            }
            seen[kind]++;
            if (result == -1 && errno != EIO)
                give_up("%s", names[kind]);
            if (result == -1) {
                failed[kind]++;
                sum[kind] += seen[kind];
            }
        }
    }
    tick(0);
    for (int kind = 0; kind < 3; kind++)
        say("%s: %ld made, %ld failed, sum %ld", names[kind], seen[kind], failed[kind], sum[kind]);
    say("ended by EINTR: %ld", ended);
    say("signals: %s", signals >= 30 ? "yes" : "no");
    return 0;
}

// hard_to_end HOW: lives for half a minute, in a way that is easily overlooked, and says `ready`. leaderless: the main thread leaves by pthread_exit, another
// lives on, so that /proc shows a zombie. deaf: a daemon of two forks in a session of its own that ignores all signals it can. vforked: the parent of a
// vforked child, which waits for it where hardly a signal reaches it.
#include "testee.h"
#include <pthread.h>
#include <time.h>

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_sec = 30}, NULL);
}

static void *live_on(void *unused)
{
    say("ready");
    rest();
    _exit(0);
    return unused;
}

static void be_deaf(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    watchdog();
    for (int number = 1; number < NSIG; number++)
        if (number != SIGALRM)
            signal(number, SIG_IGN);
    say("ready");
    for (;;)
        rest();
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: hard_to_end leaderless|deaf|vforked\n");
        return 2;
    }
    if (strcmp(arguments[1], "deaf") == 0) {
        be_deaf();
        rest();
        return 0;
    }
    if (strcmp(arguments[1], "vforked") == 0) {
        if (vfork() == 0) {
            say("ready");
            rest();
            _exit(0);
        }
        return 0;
    }
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, live_on, NULL)) != 0)
        give_up("pthread_create");
    pthread_exit(NULL);
}

// exits code N | exits signal N: ends with that exit status, or by that signal sent to itself with its default disposition. Prints nothing; exits 1
// with `survived` if the signal does not end it.
#include "testee.h"
#include <sys/resource.h>

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: exits code|signal N\n");
        return 2;
    }
    int number = atoi(arguments[2]);
    if (strcmp(arguments[1], "code") == 0)
        return number;
    if (getpid() <= 1)
        give_up("refused to signal pid 1");
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    say("survived");
    return 1;
}

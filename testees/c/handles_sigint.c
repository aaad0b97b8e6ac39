// handles_sigint [N]: prints `ready`, then `got SIGINT (code SI_USER)` for each SIGINT, SIGTERM or SIGHUP, and exits 0 after N (2) of them;
// after 10 s without, `timed out`, exit status 1.
#include "testee.h"
#include <poll.h>
#include <time.h>

static volatile sig_atomic_t last, code;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)context;
    last = signal;
    code = info->si_code;
}

int main(int count, char **arguments)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    watchdog();
    int wanted = count > 1 ? atoi(arguments[1]) : 2;
    // Handled only inside ppoll, one at a time: none is lost, whenever it comes.
    sigset_t set, before;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, &before);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO, .sa_mask = set};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigaction(signals[i], &action, NULL);
        sigdelset(&before, signals[i]);
    }
    say("ready");
    for (int got = 0; got < wanted;) {
        last = 0;
        int result = ppoll(NULL, 0, &(struct timespec){.tv_sec = 10}, &before);
        if (result == 0) {
            say("timed out");
            return 1;
        }
        if (last == 0)
            continue;
        const char *name = code == SI_USER     ? "SI_USER"
                           : code == SI_KERNEL ? "SI_KERNEL"
                           : code == SI_TKILL  ? "SI_TKILL"
                           : code == SI_QUEUE  ? "SI_QUEUE"
                                               : "another";
        say("got SIG%s (code %s)", sigabbrev_np(last), name);
        got++;
    }
    return 0;
}

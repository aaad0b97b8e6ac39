// told_by_signal handled|blocked|ended|restarted DIR: who handles SIGUSR1, and how often. handled: fsyncs DIR/a.bin twice: `fsync: ok`, `fsync: ok`, `handled: 2, SI_KERNEL,
// pid 0`. blocked: with the signal blocked: `fsync: ok`, `handled: 0`, `pending: yes`, and when it is not blocked any more `handled: 1, …`. ended: a read of
// an empty pipe, without SA_RESTART: `read: EINTR`. restarted: with SA_RESTART, the handler writing the byte: `read: returned 1`.
// Without a signal there are no details: `handled: 0`, and of a read, which ends by a timer's SIGALRM then, `read: EINTR`.
#include "testee.h"
#include <sys/time.h>

static volatile sig_atomic_t times, code, sender;
static int ends[2];
static int writes;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    times++;
    code = info->si_code;
    sender = info->si_pid;
    if (writes && write(ends[1], "", 1) != 1)
        _exit(97);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void tell(void)
{
    if (times == 0)
        say("handled: 0");
    else
        say("handled: %d, %s, pid %d", (int)times, code == SI_KERNEL ? "SI_KERNEL" : "another code", (int)sender);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: told_by_signal handled|blocked|ended|restarted DIR\n");
        return 2;
    }
    const char *mode = arguments[1];
    int blocked = strcmp(mode, "blocked") == 0, restarted = strcmp(mode, "restarted") == 0;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    if (blocked)
        sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | (restarted ? SA_RESTART : 0)}, NULL);
    if (strcmp(mode, "ended") == 0 || restarted) {
        if (pipe2(ends, O_CLOEXEC) != 0)
            give_up("pipe2");
        writes = restarted;
        sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_sec = 20, .it_interval.tv_sec = 1}, NULL);
        char byte;
        ssize_t result = read(ends[0], &byte, 1);
        say("read: %s", result == -1 ? outcome_name(-1) : outcome(result));
        tell();
        return 0;
    }
    int fd = open_file(arguments[2], "a.bin");
    for (int i = 0; i < 2; i++)
        say("fsync: %s", outcome_name(fsync(fd)));
    tell();
    if (blocked) {
        sigset_t pending;
        sigpending(&pending);
        say("pending: %s", sigismember(&pending, SIGUSR1) ? "yes" : "no");
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        tell();
    }
    return 0;
}

// rt_signals: queues real-time signals with payloads to itself while they are blocked, some several times, then receives them:
// `RTMIN+1 code SI_QUEUE pid self value 12`, in the order of delivery; one more by sigwaitinfo, SIGUSR1 twice (it arrives once), and one
// each by kill and by raise. Ends with `handled: 9`.
#include "testee.h"

static struct got {
    int signal, code, value;
    pid_t pid;
} got[32];
static volatile sig_atomic_t count;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (count < 32) {
        struct got *slot = &got[count];
        slot->signal = signal;
        slot->code = info->si_code;
        slot->value = info->si_value.sival_int;
        slot->pid = info->si_pid;
        count++;
    }
}

static const char *code_name(int code)
{
    switch (code) {
    case SI_QUEUE: return "SI_QUEUE";
    case SI_USER: return "SI_USER";
    case SI_TKILL: return "SI_TKILL";
    case SI_KERNEL: return "SI_KERNEL";
    default: return "another";
    }
}

static void print(const char *how, const struct got *it)
{
    char name[32];
    if (it->signal >= SIGRTMIN)
        snprintf(name, sizeof name, "RTMIN+%d", it->signal - SIGRTMIN);
    else
        snprintf(name, sizeof name, "SIG%s", sigabbrev_np(it->signal));
    const char *sender = it->pid == getpid() ? "self" : "another";
    if (it->code == SI_QUEUE)
        say("%s%s code %s pid %s value %d", how, name, code_name(it->code), sender, it->value);
    else
        say("%s%s code %s pid %s", how, name, code_name(it->code), sender);
}

static void queue(int signal, int value)
{
    if (getpid() <= 1)
        give_up("refused to signal pid 1");
    if (sigqueue(getpid(), signal, (union sigval){.sival_int = value}) != 0)
        give_up("sigqueue");
}

int main(void)
{
    watchdog();
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    // No handler interrupts another: the order of handling is the order of delivery.
    sigfillset(&action.sa_mask);
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGUSR1);
    sigaction(SIGUSR1, &action, NULL);
    for (int offset = 1; offset <= 5; offset++) {
        sigaddset(&all, SIGRTMIN + offset);
        sigaction(SIGRTMIN + offset, &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &all, NULL);

    queue(SIGRTMIN + 3, 31);
    queue(SIGRTMIN + 1, 11);
    queue(SIGRTMIN + 2, 21);
    queue(SIGRTMIN + 1, 12);
    queue(SIGRTMIN + 1, 11);
    queue(SIGRTMIN + 5, 51);
    queue(SIGRTMIN + 2, -22);
    queue(SIGUSR1, 1);
    queue(SIGUSR1, 2);

    sigset_t waited;
    sigemptyset(&waited);
    sigaddset(&waited, SIGRTMIN + 5);
    siginfo_t info;
    if (sigwaitinfo(&waited, &info) < 0)
        give_up("sigwaitinfo");
    print("waited ", &(struct got){info.si_signo, info.si_code, info.si_value.sival_int, info.si_pid});

    sigprocmask(SIG_UNBLOCK, &all, NULL);
    signal_process(getpid(), SIGRTMIN + 4);
    raise(SIGRTMIN + 4);
    for (int i = 0; i < count; i++)
        print("", &got[i]);
    say("handled: %d", (int)count);
    return 0;
}

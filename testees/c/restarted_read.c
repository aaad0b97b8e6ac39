// restarted_read restart|storm|eintr [siginfo]: three reads on a pipe, each of which a SIGALRM interrupts before its byte comes.
// restart: a tick every 20 ms, three at least per read, SA_RESTART; storm: every millisecond, fifty: `read 1: returned 1, interrupted: yes`.
// eintr: one tick per read and no SA_RESTART: `read 1: Interrupted system call`, `read 1 again: returned 1`. A read that fails otherwise
// says so, and its byte is taken by a readv. The program makes no other read once it runs. siginfo: the handler has SA_SIGINFO, and with it,
// on i386, a frame of another form.
#include "testee.h"
#include <pthread.h>
#include <sys/uio.h>
#include <time.h>

static int ends[2];
static int ticks, round_now, round_written, minimum;

static void on_tick(int signal)
{
    (void)signal;
    __atomic_add_fetch(&ticks, 1, __ATOMIC_SEQ_CST);
}

static void on_tick_with_info(int signal, siginfo_t *info, void *context)
{
    if (info->si_signo == signal && context)
        on_tick(signal);
}

static int get(int *number)
{
    return __atomic_load_n(number, __ATOMIC_SEQ_CST);
}

static void set(int *number, int value)
{
    __atomic_store_n(number, value, __ATOMIC_SEQ_CST);
}

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
}

// Writes one byte a round, after enough ticks.
static void *writer(void *unused)
{
    (void)unused;
    for (int round = 1; round <= 3; round++) {
        while (get(&round_now) < round || get(&ticks) < minimum)
            pause_a_little();
        if (write(ends[1], "", 1) != 1)
            give_up("write");
        set(&round_written, round);
    }
    return NULL;
}

static void arm(timer_t timer, long first, long interval)
{
    struct itimerspec when = {.it_value.tv_nsec = first, .it_interval.tv_nsec = interval};
    if (timer_settime(timer, 0, &when, NULL) != 0)
        give_up("timer_settime");
}

int main(int count, char **arguments)
{
    if (count != 2 && count != 3) {
        dprintf(STDERR_FILENO, "usage: restarted_read restart|storm|eintr [siginfo]\n");
        return 2;
    }
    int restart = strcmp(arguments[1], "eintr") != 0;
    int storm = strcmp(arguments[1], "storm") == 0;
    minimum = storm ? 50 : restart ? 3 : 1;

    // The watchdog here is no alarm, since SIGALRM is handled.
    timer_t watchdog_timer, timer;
    struct sigevent end = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct sigevent tick = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    if (timer_create(CLOCK_MONOTONIC, &end, &watchdog_timer) != 0 || timer_create(CLOCK_MONOTONIC, &tick, &timer) != 0)
        give_up("timer_create");
    timer_settime(watchdog_timer, 0, &(struct itimerspec){.it_value.tv_sec = 60}, NULL);
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe2");

    // Only the main thread takes SIGALRM.
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm_only, NULL);
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, writer, NULL)) != 0)
        give_up("pthread_create");
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = restart ? SA_RESTART : 0};
    if (count == 3) {
        action.sa_flags |= SA_SIGINFO;
        action.sa_sigaction = on_tick_with_info;
    }
    sigaction(SIGALRM, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);

    for (int round = 1; round <= 3; round++) {
        set(&ticks, 0);
        // Without SA_RESTART the writer starts when the read has ended; else the read goes on until it has written.
        if (restart)
            set(&round_now, round);
        long interval = storm ? 1000000 : 20000000;
        arm(timer, interval, restart ? interval : 0);
        char byte;
        ssize_t result = read(ends[0], &byte, 1);
        int error = errno, interrupted = get(&ticks) >= minimum;
        errno = error;
        if (result == 1)
            say("read %d: returned 1, interrupted: %s", round, interrupted ? "yes" : "no");
        else
            say("read %d: %s", round, outcome(result));
        set(&round_now, round);
        // The writer waits for ticks; a read that failed early has not seen them yet.
        while (get(&round_written) < round)
            pause_a_little();
        arm(timer, 0, 0);
        if (result == 1)
            continue;
        if (result == -1 && error == EINTR) {
            result = read(ends[0], &byte, 1);
            say("read %d again: %s", round, outcome(result));
        }
        if (result != 1 && readv(ends[0], &(struct iovec){&byte, 1}, 1) != 1)
            give_up("readv");
    }
    pthread_join(thread, NULL);
    return 0;
}

// group_stop: a child stops itself by SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU in turn, alone and with a second thread (which then is
// the one that stops); its parent sees it stop, watches all its threads for 200 ms, continues it and reaps it:
// `SIGSTOP, 1 thread: stopped by SIGSTOP`, `…: stayed stopped: yes`, `…: continued: yes`, `…: SIGCONT handled: 1 times`,
// `…: exited 3`.
#include "testee.h"
#include <dirent.h>
#include <pthread.h>
#include <time.h>

static volatile sig_atomic_t continued;
static int stopping;

static void on_sigcont(int signal)
{
    (void)signal;
    continued++;
}

static void *stop_from_here(void *unused)
{
    (void)unused;
    raise(stopping);
    return NULL;
}

// The child: stops, waits for a byte from its parent, tells how often it was continued.
static void child(const char *who, int signal, int threads, int gate)
{
    watchdog();
    // A group of its own whose parent is in another one of the session is not orphaned: SIGTSTP would do nothing there.
    setpgid(0, 0);
    struct sigaction action = {.sa_handler = on_sigcont, .sa_flags = SA_RESTART};
    sigaction(SIGCONT, &action, NULL);
    stopping = signal;
    if (threads == 1) {
        stop_from_here(NULL);
    } else {
        pthread_t worker;
        if ((errno = pthread_create(&worker, NULL, stop_from_here, NULL)) != 0)
            give_up("pthread_create");
        pthread_join(worker, NULL);
    }
    char byte;
    if (read(gate, &byte, 1) != 1)
        give_up("read");
    say("%s: SIGCONT handled: %d times", who, (int)continued);
    _exit(3);
}

// Whether every thread of the process is in state T (stopped) or t (stopped, and traced).
static int all_stopped(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return 0;
    int stopped = 1;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char text[512], stat[300];
        snprintf(stat, sizeof stat, "%s/%.20s/stat", path, entry->d_name);
        int fd = open(stat, O_RDONLY | O_CLOEXEC);
        ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        if (fd >= 0)
            close(fd);
        text[length > 0 ? length : 0] = '\0';
        // The name in parentheses may hold anything; the state follows the last one.
        const char *end = strrchr(text, ')');
        stopped &= end && (end[2] == 'T' || end[2] == 't');
    }
    closedir(tasks);
    return stopped;
}

static void check(int signal, int threads)
{
    char who[64];
    snprintf(who, sizeof who, "SIG%s, %d thread%s", sigabbrev_np(signal), threads, threads == 1 ? "" : "s");
    int gate[2];
    if (pipe2(gate, O_CLOEXEC) != 0)
        give_up("pipe2");
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid == 0)
        child(who, signal, threads, gate[0]);

    int status;
    if (waitpid(pid, &status, WUNTRACED) != pid)
        give_up("waitpid");
    if (!WIFSTOPPED(status)) {
        say("%s: did not stop: %#x", who, (unsigned)status);
        return;
    }
    say("%s: stopped by SIG%s", who, sigabbrev_np(WSTOPSIG(status)));
    int stayed = 1;
    for (int i = 0; i < 20; i++) {
        stayed &= all_stopped(pid);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    say("%s: stayed stopped: %s", who, stayed ? "yes" : "no");
    signal_process(pid, SIGCONT);
    if (waitpid(pid, &status, WCONTINUED) != pid)
        give_up("waitpid");
    say("%s: continued: %s", who, WIFCONTINUED(status) ? "yes" : "no");
    if (write(gate[1], "", 1) != 1)
        give_up("write");
    say("%s: exited %d", who, reap(pid));
    close(gate[0]);
    close(gate[1]);
}

int main(void)
{
    static const int signals[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    watchdog();
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        check(signals[i], 1);
        check(signals[i], 2);
    }
    return 0;
}

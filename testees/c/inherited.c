// inherited [FILE]: what the program was started with, read before it changes anything: `SigBlk:\t…` and its sisters of
// /proc/self/status, `fd N -> TARGET flags 0N`, every limit, process group, session, umask, priority, environment (sorted).
// With FILE it then counts SIGCONT while it does a few msyncs and fsyncs on FILE: `SIGCONT handled: 0 times`.
#include "testee.h"
#include <dirent.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

extern char **environ;

static volatile sig_atomic_t continued;

static void on_sigcont(int signal)
{
    (void)signal;
    continued++;
}

// Prints the lines of a /proc file that begin with one of the words; all lines if there are none.
static void print_lines(const char *path, const char *prefix, const char *const *words)
{
    static char text[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        give_up("open %s", path);
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    text[length] = '\0';
    char *rest;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        int wanted = words == NULL;
        for (const char *const *word = words; word && *word; word++)
            wanted |= strncmp(line, *word, strlen(*word)) == 0;
        if (wanted)
            say("%s%s", prefix, line);
    }
}

// Numbers of pipes, sockets and ttys differ from run to run; they are counted by first use, so that one which two
// descriptors share still shows.
static void print_target(int fd, int flags, const char *target)
{
    static char seen[256][64];
    static int count;
    static const char *const kinds[] = {"pipe:[", "socket:[", "/dev/pts/"};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (strncmp(target, kinds[kind], strlen(kinds[kind])) != 0)
            continue;
        int which = 0;
        while (which < count && strncmp(seen[which], target, sizeof seen[0] - 1) != 0)
            which++;
        if (which == count && count < 255)
            strncpy(seen[count++], target, sizeof seen[0] - 1);
        say("fd %d -> %s%d%s flags 0%o", fd, kinds[kind], which + 1, kind < 2 ? "]" : "", (unsigned)flags);
        return;
    }
    say("fd %d -> %s flags 0%o", fd, target, (unsigned)flags);
}

static int by_number(const void *left, const void *right)
{
    return *(const int *)left - *(const int *)right;
}

static void print_descriptors(void)
{
    static int fds[4096];
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        give_up("opendir /proc/self/fd");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL && count < 4096;) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
            fds[count++] = atoi(entry->d_name);
    }
    closedir(directory);
    qsort(fds, (size_t)count, sizeof *fds, by_number);
    for (int i = 0; i < count; i++) {
        char link[64], target[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fds[i]);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length < 0)
            give_up("readlink %s", link);
        target[length] = '\0';
        print_target(fds[i], fcntl(fds[i], F_GETFL), target);
    }
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void print_environment(void)
{
    size_t count = 0;
    while (environ[count])
        count++;
    qsort(environ, count, sizeof *environ, by_text);
    for (size_t i = 0; i < count; i++)
        say("env %s", environ[i]);
}

static void count_sigcont(const char *path)
{
    struct sigaction action = {.sa_handler = on_sigcont, .sa_flags = SA_RESTART};
    sigaction(SIGCONT, &action, NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, FILE_LENGTH) != 0)
        give_up("open %s", path);
    char *map = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        give_up("mmap %s", path);
    for (int i = 0; i < 3; i++) {
        map[0]++;
        say("msync: %s", outcome(msync(map, FILE_LENGTH, MS_SYNC)));
        say("fsync: %s", outcome(fsync(fd)));
    }
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    say("SIGCONT handled: %d times", (int)continued);
}

int main(int count, char **arguments)
{
    static const char *const words[] = {"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "NoNewPrivs:", "Cap", NULL};
    print_lines("/proc/self/status", "", words);
    say("alarm: %u", alarm(60));
    print_descriptors();
    print_lines("/proc/self/limits", "limit ", NULL);
    say("process group: %s", getpgid(0) == getpid() ? "own" : "another's");
    say("process group of the parent: %s", getpgid(0) == getpgid(getppid()) ? "the same" : "another");
    say("session: %s", getsid(0) == getpid() ? "own" : "another's");
    mode_t mask = umask(0);
    umask(mask);
    say("umask: %03o", (unsigned)mask);
    say("nice: %d", getpriority(PRIO_PROCESS, 0));
    say("policy: %d", sched_getscheduler(0));
    say("timer slack: %d ns", prctl(PR_GET_TIMERSLACK));
    cpu_set_t cpus;
    say("cpus: %d", sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : -1);
    say("personality: %#x", (unsigned)personality(0xffffffff));
    say("dumpable: %d", prctl(PR_GET_DUMPABLE));
    int death_signal = -1;
    prctl(PR_GET_PDEATHSIG, &death_signal);
    say("signal at the parent's death: %d", death_signal);
    char cwd[PATH_MAX];
    say("cwd: %s", getcwd(cwd, sizeof cwd) ? cwd : "none");
    say("argument 0: %s", arguments[0]);
    print_environment();
    if (count > 1)
        count_sigcont(arguments[1]);
    return 0;
}

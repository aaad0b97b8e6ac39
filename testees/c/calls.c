// Makes the calls that its arguments name, one after the other, and prints at the end what each returned.
//
//   NAME            makes the call with arguments of our choice: "0: getuid = 0", "0: fsync = EBADF"
//   NAME*N          N times; only how often each result came is said: "0: getuid = 3 times 0, 1 times EIO"
//   timed:NAME      says also whether it took longer than 150 ms
//   [ STEPS ]       a child does them, and is awaited
//   { STEPS }       a thread does them, and is awaited
//   exec:STEP       executes this program anew, to do that step alone
//
// What is printed comes by a single writev(2), so that what is done to write(2) does not change it. Signals 10, 12 and 34
// are handled: "0: signal 10 code 128 from 0".
#include "testee.h"

#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

#define ROOM 65536

// Shared by all processes; one of them writes at a time.
static struct {
    size_t length;
    char text[ROOM];
} *lines;
static __thread char task[64] = "0";

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    size_t left = ROOM - lines->length;
    int length = snprintf(lines->text + lines->length, left, "%s: ", task);
    lines->length += (size_t)length;
    left = ROOM - lines->length;
    va_list arguments;
    va_start(arguments, format);
    length = vsnprintf(lines->text + lines->length, left, format, arguments);
    va_end(arguments);
    lines->length += (size_t)length;
    lines->text[lines->length++] = '\n';
}

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    // Of real senders only that there is one: pids are not the same in every run.
    note("signal %d code %d from %d", signal, info->si_code, info->si_pid == 0 ? 0 : 1);
}

// A result as text. Valid until the thread asks again.
static const char *told(long result)
{
    static __thread char text[64];
    if (result == -1 && errno != 0)
        return outcome_name(-1);
    snprintf(text, sizeof text, "%ld", result);
    return text;
}

static int scratch = -1;

// The file that `write` writes and `pread64` reads: 8 bytes long at first.
static int scratch_file(void)
{
    if (scratch < 0) {
        scratch = open("scratch", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (scratch < 0 || pwrite(scratch, "abcdefgh", 8, 0) != 8)
            give_up("scratch");
    }
    return scratch;
}

static void hexadecimal(const char *what, const unsigned char *bytes, size_t length)
{
    char text[64] = "";
    for (size_t i = 0; i < length && i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    note("%s %s", what, text);
}

static long with_buffer(const char *name, int tells)
{
    unsigned char buffer[8];
    long result;
    memcpy(buffer, "stuvwxyz", sizeof buffer);
    if (strcmp(name, "pread64") == 0) {
        result = syscall(SYS_pread64, scratch_file(), buffer, sizeof buffer, 0L);
        if (tells)
            hexadecimal("buffer", buffer, sizeof buffer);
        return result;
    }
    result = syscall(SYS_write, scratch_file(), buffer, sizeof buffer);
    int error = errno;
    if (tells)
        hexadecimal("buffer", buffer, sizeof buffer);
    unsigned char stored[8] = {0};
    int file = openat(AT_FDCWD, "scratch", O_RDONLY | O_CLOEXEC);
    ssize_t length = readv(file, &(struct iovec){stored, sizeof stored}, 1);
    close(file);
    if (tells)
        hexadecimal("file", stored, length > 0 ? (size_t)length : 0);
    lseek(scratch, 0, SEEK_SET);
    errno = error;
    return result;
}

// A read that waits until a signal with SA_RESTART has come, and then gets its byte.
struct waker {
    int pipe;
    pthread_t reader;
};

static void *wakes(void *argument)
{
    struct waker *waker = argument;
    struct timespec moment = {0, 60000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    pthread_kill(waker->reader, SIGUSR2);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    if (writev(waker->pipe, &(struct iovec){"x", 1}, 1) != 1)
        give_up("writev to a pipe");
    return NULL;
}

static long interrupted_read(void)
{
    int ends[2];
    char byte;
    pthread_t thread;
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe2");
    struct waker waker = {ends[1], pthread_self()};
    if (pthread_create(&thread, NULL, wakes, &waker) != 0)
        give_up("pthread_create");
    errno = 0;
    long result = syscall(SYS_read, ends[0], &byte, 1L);
    int error = errno;
    pthread_join(thread, NULL);
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return result;
}

static long mapped_msync(void)
{
    char *map = map_file(".", "mapped", NULL);
    errno = 0;
    long result = syscall(SYS_msync, map, FILE_LENGTH, (long)MS_SYNC);
    int error = errno;
    munmap(map, FILE_LENGTH);
    errno = error;
    return result;
}

static long opened(const char *path)
{
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644L);
    int error = errno;
    if (file >= 0) {
        close((int)file);
        file = 0;
    }
    errno = error;
    return file;
}

static long synced(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    errno = 0;
    long result = syscall(SYS_fsync, file);
    int error = errno;
    close(file);
    errno = error;
    return result;
}

// Waits for a file by its descriptor, which is in memory, or, for unlinkat, removes it by its name and the descriptor of its directory.
static long waited(const char *name, const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct timespec none = {0, 0};
    struct pollfd polled = {file, POLLIN, 0};
    unsigned long set[16] = {0};
    set[0] = 1UL << file;
    errno = 0;
    long result;
    if (strcmp(name, "ppoll") == 0)
        result = syscall(SYS_ppoll, &polled, 1L, &none, NULL, 0L);
    else if (strcmp(name, "pselect6") == 0)
        result = syscall(SYS_pselect6, file + 1L, NULL, set, NULL, &none, NULL);
    else
        result = syscall(SYS_unlinkat, directory, path, 0L);
    int error = errno;
    close(directory);
    close(file);
    errno = error;
    return result;
}

static long one(const char *name, int tells)
{
    static const struct {
        const char *name;
        long number;
        long arguments[3];
    } plain[] = {
        {"getuid", SYS_getuid, {0}},
        {"geteuid", SYS_geteuid, {0}},
        {"getgid", SYS_getgid, {0}},
        {"getegid", SYS_getegid, {0}},
        {"sched_yield", SYS_sched_yield, {0}},
        {"umask", SYS_umask, {022}},
        {"fsync", SYS_fsync, {-1}},
        {"fdatasync", SYS_fdatasync, {-1}},
        {"dup", SYS_dup, {-1}},
        {"fchdir", SYS_fchdir, {-1}},
        {"close", SYS_close, {-1}},
        {"ftruncate", SYS_ftruncate, {-1, 0}},
        {"lseek", SYS_lseek, {-1, 0, 0}},
        {"personality", SYS_personality, {0xffffffff}},
        {"getpriority", SYS_getpriority, {0, 0}},
        {"inotify_rm_watch", SYS_inotify_rm_watch, {-1, 1}},
        {"madvise", SYS_madvise, {0, 0, 0}},
        // PTRACE_TRACEME
        {"traceme", SYS_ptrace, {0}},
        {"exit_group", SYS_exit_group, {7}},
    };
    errno = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i].name, name) == 0)
            return syscall(plain[i].number, plain[i].arguments[0], plain[i].arguments[1], plain[i].arguments[2]);
    if (strcmp(name, "pread64") == 0 || strcmp(name, "write") == 0)
        return with_buffer(name, tells);
    if (strcmp(name, "chdir") == 0)
        return syscall(SYS_chdir, ".");
    if (strcmp(name, "getcwd") == 0) {
        char path[PATH_MAX];
        return syscall(SYS_getcwd, path, sizeof path) > 0 ? 0 : -1;
    }
    if (strcmp(name, "uname") == 0) {
        struct utsname system = {0};
        long result = syscall(SYS_uname, &system);
        int error = errno;
        if (tells)
            hexadecimal("uname", (unsigned char *)system.sysname, 5);
        errno = error;
        return result;
    }
    if (strcmp(name, "raise") == 0)
        return syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
    if (strcmp(name, "interrupted") == 0)
        return interrupted_read();
    if (strcmp(name, "msync") == 0)
        return mapped_msync();
    if (strncmp(name, "openat:", 7) == 0)
        return opened(name + 7);
    if (strncmp(name, "fsync:", 6) == 0)
        return synced(name + 6);
    if (strncmp(name, "ppoll:", 6) == 0)
        return waited("ppoll", name + 6);
    if (strncmp(name, "pselect6:", 9) == 0)
        return waited("pselect6", name + 9);
    if (strncmp(name, "unlinkat:", 9) == 0)
        return waited("unlinkat", name + 9);
    errno = EINVAL;
    give_up("no step is called %s", name);
}

static void many(const char *name, long times)
{
    // How often each result came, in the order of their first times.
    static __thread struct {
        char text[64];
        long times;
    } results[16];
    size_t count = 0;
    memset(results, 0, sizeof results);
    for (long i = 0; i < times; i++) {
        const char *text = told(one(name, 0));
        size_t at = 0;
        while (at < count && strcmp(results[at].text, text) != 0)
            at++;
        if (at == count && count < 16) {
            snprintf(results[at].text, sizeof results[at].text, "%s", text);
            count++;
        }
        if (at < 16)
            results[at].times++;
    }
    char text[2048] = "";
    for (size_t at = 0; at < count; at++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s %ld times %s", at ? "," : "", results[at].times, results[at].text);
    }
    note("%s =%s", name, text);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char **steps(char **step, const char *end);

struct branch {
    char **step;
    char **behind;
    char task[64];
};

static void *thread_main(void *argument)
{
    struct branch *branch = argument;
    memcpy(task, branch->task, sizeof task);
    branch->behind = steps(branch->step, "}");
    return NULL;
}

// Skips the steps up to the matching end.
static char **skipped(char **step, const char *begin, const char *end)
{
    int depth = 1;
    for (; *step; step++) {
        depth += strcmp(*step, begin) == 0;
        depth -= strcmp(*step, end) == 0;
        if (depth == 0)
            return step + 1;
    }
    give_up("%s is missing", end);
}

static char **branches(char **step, int is_thread)
{
    static int children;
    struct branch branch = {step, NULL, ""};
    snprintf(branch.task, sizeof branch.task, "%.50s.%d", task, ++children);
    char **behind = is_thread ? skipped(step, "{", "}") : skipped(step, "[", "]");
    if (is_thread) {
        pthread_t thread;
        int error = pthread_create(&thread, NULL, thread_main, &branch);
        if (error == 0)
            pthread_join(thread, NULL);
        else
            note("no thread");
        return behind;
    }
    errno = 0;
    pid_t child = fork();
    if (child == 0) {
        memcpy(task, branch.task, sizeof task);
        steps(step, "]");
        _exit(3);
    }
    if (child < 0)
        note("fork = %s", told(-1));
    else
        note("child ended with %d", reap(child));
    return behind;
}

static char **steps(char **step, const char *end)
{
    while (*step) {
        char *word = *step++;
        if (end && strcmp(word, end) == 0)
            return step;
        if (strcmp(word, "[") == 0 || strcmp(word, "{") == 0) {
            step = branches(step, *word == '{');
        } else if (strncmp(word, "timed:", 6) == 0) {
            double begin = seconds();
            const char *result = told(one(word + 6, 0));
            note("%s = %s, %s", word + 6, result, seconds() - begin >= 0.15 ? "late" : "at once");
        } else if (strncmp(word, "exec:", 5) == 0) {
            // What was noted so far would be lost.
            writev(STDOUT_FILENO, &(struct iovec){lines->text, lines->length}, 1);
            lines->length = 0;
            errno = 0;
            execv(own_path(), (char *[]){"calls", word + 5, NULL});
            note("execve = %s", told(-1));
        } else if (strchr(word, '*')) {
            *strchr(word, '*') = '\0';
            many(word, atol(word + strlen(word) + 1));
        } else {
            long result = one(word, 1);
            note("%s = %s", word, told(result));
        }
    }
    return step;
}

int main(int argc, char **argv)
{
    (void)argc;
    watchdog();
    lines = mmap(NULL, sizeof *lines, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (lines == MAP_FAILED)
        give_up("mmap");
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
    int handled[] = {SIGUSR1, SIGUSR2, 34};
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        sigaction(handled[i], &action, NULL);
    steps(argv + 1, NULL);
    struct iovec all = {lines->text, lines->length};
    // Some rules let this fail once.
    for (int tries = 0; tries < 3 && writev(STDOUT_FILENO, &all, 1) < 0; tries++)
        ;
    return 0;
}

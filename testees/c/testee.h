// What the C programs here share: a line is one write(2), a watchdog, errors in words, a file as a mapping.
#ifndef TESTEE_H
#define TESTEE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// Length of every mapped file: a few pages, whatever the page size (4 KiB to 64 KiB).
#define FILE_LENGTH ((size_t)65536)

// Prints one line by a single write, so that lines of several tasks never mix.
__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if ((size_t)length > sizeof line - 2)
        length = sizeof line - 2;
    line[length++] = '\n';
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(99);
}

// Ends the program: the situation could not be set up, so nothing that it prints would mean anything.
__attribute__((format(printf, 1, 2), noreturn)) static inline void give_up(const char *format, ...)
{
    int error = errno;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    dprintf(STDERR_FILENO, "%s: %s\n", text, strerror(error));
    _exit(98);
}

// Ends the task's process by SIGALRM after a minute. A forked child has no alarm: it calls this again.
static inline void watchdog(void)
{
    alarm(60);
}

// "ok" for 0, the error's text for -1, "returned N" for anything else. Valid until the thread asks again.
static inline const char *outcome(long result)
{
    static __thread char text[64];
    if (result == -1)
        return strerror(errno);
    if (result == 0)
        return "ok";
    snprintf(text, sizeof text, "returned %ld", result);
    return text;
}

// "ok" for anything that is not -1, else the error's name, as in "ENOANO".
static inline const char *outcome_name(long result)
{
    static __thread char text[32];
    if (result != -1)
        return "ok";
#ifdef __GLIBC__
    const char *name = strerrorname_np(errno);
    if (name)
        return name;
#endif
    // musl has no names of errors.
    snprintf(text, sizeof text, "errno %d", errno);
    return text;
}

// Opens DIR/NAME for reading and writing and makes it FILE_LENGTH long.
static inline int open_file(const char *directory, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        give_up("open %s", path);
    if (ftruncate(fd, FILE_LENGTH) != 0)
        give_up("ftruncate %s", path);
    return fd;
}

// Maps DIR/NAME shared, at `wanted` if that is free (NULL: anywhere), and makes its first page dirty.
static inline char *map_file(const char *directory, const char *name, void *wanted)
{
    int fd = open_file(directory, name);
    char *map = MAP_FAILED;
    if (wanted)
        map = mmap(wanted, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
    if (map == MAP_FAILED)
        map = mmap(NULL, FILE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        give_up("mmap %s", name);
    close(fd);
    map[0]++;
    return map;
}

// Maps DIR/a.bin and DIR/b.bin, msyncs both: "WHO: msync a.bin: ok" and "WHO: msync b.bin: ok".
static inline void map_and_msync_both(const char *who, const char *directory)
{
    static const char *const names[] = {"a.bin", "b.bin"};
    char *maps[2];
    for (int i = 0; i < 2; i++)
        maps[i] = map_file(directory, names[i], NULL);
    for (int i = 0; i < 2; i++)
        say("%s: msync %s: %s", who, names[i], outcome(msync(maps[i], FILE_LENGTH, MS_SYNC)));
    for (int i = 0; i < 2; i++)
        munmap(maps[i], FILE_LENGTH);
}

// The program's own file, found before a fork or a vfork.
static inline const char *own_path(void)
{
    static char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        give_up("readlink /proc/self/exe");
    path[length] = '\0';
    return path;
}

static inline void change_sigchld(int how, sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(how, &set, before) != 0)
        give_up("sigprocmask");
}

// From now on a child's SIGCHLD comes when it has been reaped, and not before or after by chance. To be called before there are children.
static inline void hold_back_sigchld(void)
{
    change_sigchld(SIG_BLOCK, NULL);
}

// Waits for the child and returns its exit status, or 128 and its signal.
static inline int reap(pid_t child)
{
    int status;
    pid_t reaped;
    do
        reaped = waitpid(child, &status, __WALL);
    while (reaped < 0 && errno == EINTR);
    if (reaped != child)
        give_up("waitpid");
    sigset_t before;
    change_sigchld(SIG_UNBLOCK, &before);
    if (sigismember(&before, SIGCHLD))
        hold_back_sigchld();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Signals a child or the program itself: never pid 1, a group or everybody.
static inline void signal_process(pid_t pid, int signal)
{
    if (pid <= 1) {
        errno = EINVAL;
        give_up("refused to signal pid %d", (int)pid);
    }
    if (kill(pid, signal) != 0)
        give_up("kill");
}

#endif

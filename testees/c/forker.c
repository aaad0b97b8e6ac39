// forker DIR: a parent, a forked child, a vforked and exec'd child and a thread, one after the other, each map DIR/a.bin and
// DIR/b.bin and msync both: `WHO: msync a.bin: ok` or `… No anode`, WHO being `parent`, `fork child`, `vfork child`, `thread`.
// The vfork child maps file B where its parent has file A, and A where that has B; it says first `vfork child: swapped: yes`.
#include "testee.h"
#include <pthread.h>

// Far from where any kernel puts a program, its libraries or its stack, and below 2^39.
#if UINTPTR_MAX > 0xffffffffu
#define FIRST ((void *)0x200000000)
#define SECOND ((void *)0x200100000)
#else
#define FIRST ((void *)0x60000000)
#define SECOND ((void *)0x60100000)
#endif

static void msync_mapped(const char *who, char *a, char *b)
{
    say("%s: msync a.bin: %s", who, outcome(msync(a, FILE_LENGTH, MS_SYNC)));
    say("%s: msync b.bin: %s", who, outcome(msync(b, FILE_LENGTH, MS_SYNC)));
}

static void *thread(void *directory)
{
    map_and_msync_both("thread", directory);
    return NULL;
}

static int vfork_child(const char *directory, const char *parents_a, const char *parents_b)
{
    void *where_a = (void *)(uintptr_t)strtoull(parents_b, NULL, 16);
    void *where_b = (void *)(uintptr_t)strtoull(parents_a, NULL, 16);
    char *a = map_file(directory, "a.bin", where_a);
    char *b = map_file(directory, "b.bin", where_b);
    say("vfork child: swapped: %s", a == where_a && b == where_b ? "yes" : "no");
    msync_mapped("vfork child", a, b);
    return 0;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count == 4)
        return vfork_child(arguments[1], arguments[2], arguments[3]);
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: forker DIR\n");
        return 2;
    }
    hold_back_sigchld();
    char *directory = arguments[1];
    char *a = map_file(directory, "a.bin", FIRST);
    char *b = map_file(directory, "b.bin", SECOND);
    msync_mapped("parent", a, b);

    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        watchdog();
        map_and_msync_both("fork child", directory);
        _exit(0);
    }
    int failed = reap(child);

    char text_a[32], text_b[32];
    snprintf(text_a, sizeof text_a, "%llx", (unsigned long long)(uintptr_t)a);
    snprintf(text_b, sizeof text_b, "%llx", (unsigned long long)(uintptr_t)b);
    const char *self = own_path();
    char *const words[] = {"forker", directory, text_a, text_b, NULL};
    child = vfork();
    if (child < 0)
        give_up("vfork");
    if (child == 0) {
        execv(self, words);
        _exit(97);
    }
    failed |= reap(child);

    pthread_t worker;
    if ((errno = pthread_create(&worker, NULL, thread, directory)) != 0)
        give_up("pthread_create");
    pthread_join(worker, NULL);
    return failed;
}

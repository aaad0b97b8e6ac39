// by_names DIR: an fsync of DIR/a.bin by each of: the main thread, called `first`; a thread called `second`; a child whose main thread is called `third`; the program
// itself, which makes its own call, and libc's. `main: ok`, `thread: ok`, `child: ok`, `own code: ok`, `libc: ok`.
#include "testee.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static int fd;

static long own_fsync(void)
{
    long result;
#if defined __x86_64__
    __asm__ volatile("syscall" : "=a"(result) : "0"((long)SYS_fsync), "D"((long)fd) : "rcx", "r11", "memory");
#elif defined __aarch64__
    register long number __asm__("x8") = SYS_fsync;
    register long first __asm__("x0") = fd;
    __asm__ volatile("svc #0" : "+r"(first) : "r"(number) : "memory");
    result = first;
#else
#error "no call of its own for this architecture yet"
#endif
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

static void name(const char *own)
{
    if (prctl(PR_SET_NAME, own) != 0)
        give_up("prctl");
}

static void *thread_main(void *unused)
{
    (void)unused;
    name("second");
    say("thread: %s", outcome_name(fsync(fd)));
    return NULL;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: by_names DIR\n");
        return 2;
    }
    fd = open_file(arguments[1], "a.bin");
    name("first");
    say("main: %s", outcome_name(fsync(fd)));
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, thread_main, NULL)) != 0)
        give_up("pthread_create");
    pthread_join(thread, NULL);
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        name("third");
        say("child: %s", outcome_name(fsync(fd)));
        _exit(0);
    }
    int failed = reap(child);
    say("own code: %s", outcome_name(own_fsync()));
    say("libc: %s", outcome_name(fsync(fd)));
    return failed;
}

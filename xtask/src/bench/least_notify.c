// least_notify [-m|-d] [-s] [-j N] COMMAND...: the least that a supervisor on SECCOMP_RET_USER_NOTIF has to do. It names msync
// and fsync, and nothing is matched, logged or counted. Options are those of least_ptrace, and
//
//   -j N     so many threads answer, which share nothing but the listener
//   -w       wherever the scheduler likes: without SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#include "least.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

static void wake_up(int number)
{
    (void)number;
}

static int listener = -1, skips;
static enum look look = LOOK_NOT;

// Answers the next call; or tells that there was none.
static int answer(void)
{
    struct seccomp_notif call = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
        return 0;
    look_at(look, call.pid, call.data.args[0]);
    // The id may be another task's by now.
    if (look != LOOK_NOT && ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call.id) != 0)
        return 1;
    struct seccomp_notif_resp answer = {.id = call.id};
    if (skips)
        answer.error = -EIO;
    else
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return 1;
}

static void *answer_beside(void *nothing)
{
    // In a shared table of descriptors each call on one would take longer.
    if (unshare(CLONE_FILES) != 0)
        give_up("unshare");
    for (;;)
        answer();
    return nothing;
}

int main(int count, char **words)
{
    int option, threads = 1, stays = 1;
    while ((option = getopt(count, words, "+mdsj:w")) != -1) {
        switch (option) {
        case 'm': look = LOOK_AT_MAPPING; break;
        case 'd': look = LOOK_AT_DESCRIPTOR; break;
        case 's': skips = 1; break;
        case 'j': threads = atoi(optarg); break;
        case 'w': stays = 0; break;
        default: return 2;
        }
    }
    // Without SA_RESTART: the end of the program interrupts the wait for a notification.
    struct sigaction action = {.sa_handler = wake_up};
    sigaction(SIGCHLD, &action, NULL);
    int told[2];
    if (pipe2(told, O_CLOEXEC) != 0)
        give_up("pipe");
    // Descriptors are shared until the exec, so that the listener need not be sent.
    pid_t root = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (root < 0)
        give_up("clone");
    if (root == 0) {
        unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
        listener = install_filter(SECCOMP_RET_USER_NOTIF, flags);
        if (write(told[1], &listener, sizeof listener) != sizeof listener || listener < 0)
            _exit(126);
        execvp(words[optind], words + optind);
        _exit(127);
    }
    int status;
    if (read(told[0], &listener, sizeof listener) != sizeof listener || listener < 0)
        give_up("install a filter");
    // Since Linux 6.6; without it the answer takes longer.
    if (stays)
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1UL);
    // The end of the program is to interrupt this thread alone.
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, NULL);
    for (pthread_t thread; threads > 1; threads--)
        if ((errno = pthread_create(&thread, NULL, answer_beside, NULL)) != 0)
            give_up("create a thread");
    pthread_sigmask(SIG_UNBLOCK, &child, NULL);
    for (int has_answered = 0;; has_answered = answer()) {
        if (!has_answered && waitpid(root, &status, WNOHANG) == root)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
    }
}

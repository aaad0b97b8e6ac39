// least_ptrace [-m|-d] [-s|-a] COMMAND...: the least that a tracer on ptrace(2) has to do. It names msync and fsync, and
// nothing is matched, logged or counted; what is written is read back, since a fault that the kernel did not take must not
// be told as one.
//
//   -m  looks which file is mapped at the first argument
//   -d  looks which file the first argument is a descriptor of
//   -s  the call is skipped, and fails with EIO
//   -a  it is executed, and then fails with EIO
#include "least.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static long request(int request, pid_t task, uintptr_t address, uintptr_t data)
{
    return ptrace(request, task, (void *)address, (void *)data);
}

// A task that dies meanwhile shows in the next wait.
static void set(pid_t task, size_t offset, long value)
{
    request(PTRACE_POKEUSER, task, offset, (uintptr_t)value);
}

static void verify(pid_t task, size_t offset, long value)
{
    errno = 0;
    if (request(PTRACE_PEEKUSER, task, offset, 0) != value && errno == 0)
        give_up("read back");
}

int main(int count, char **words)
{
    enum look look = LOOK_NOT;
    int option, skips = 0, replaces = 0;
    while ((option = getopt(count, words, "+mdsa")) != -1) {
        switch (option) {
        case 'm': look = LOOK_AT_MAPPING; break;
        case 'd': look = LOOK_AT_DESCRIPTOR; break;
        case 's': skips = 1; break;
        case 'a': replaces = 1; break;
        default: return 2;
        }
    }
    int go[2];
    if (pipe2(go, O_CLOEXEC) != 0)
        give_up("pipe");
    pid_t root = fork();
    if (root < 0)
        give_up("fork");
    if (root == 0) {
        char byte;
        if (read(go[0], &byte, 1) != 1 || install_filter(SECCOMP_RET_TRACE, 0) != 0)
            _exit(126);
        execvp(words[optind], words + optind);
        _exit(127);
    }
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
    if (request(PTRACE_SEIZE, root, 0, options) != 0)
        give_up("seize");
    struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
    if (write(go[1], "!", 1) != 1)
        give_up("write");

    int status, result = 2;
    for (;;) {
        pid_t task = wait4(-1, &status, __WALL, NULL);
        if (task < 0)
            return result;
        if (!WIFSTOPPED(status)) {
            if (task == root)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 2;
            continue;
        }
        int way_on = PTRACE_CONT, event = status >> 16, signal = WSTOPSIG(status);
        struct __ptrace_syscall_info info;
        if (event == PTRACE_EVENT_SECCOMP) {
            request(PTRACE_GET_SYSCALL_INFO, task, sizeof info, (uintptr_t)&info);
            look_at(look, task, info.seccomp.args[0]);
            if (skips) {
                set(task, offsetof(struct user_regs_struct, orig_rax), -1);
                set(task, offsetof(struct user_regs_struct, rax), -EIO);
                verify(task, offsetof(struct user_regs_struct, orig_rax), -1);
                verify(task, offsetof(struct user_regs_struct, rax), -EIO);
            }
            if (replaces)
                way_on = PTRACE_SYSCALL;
        } else if (event == 0 && signal == (SIGTRAP | 0x80)) {
            request(PTRACE_GET_SYSCALL_INFO, task, sizeof info, (uintptr_t)&info);
            set(task, offsetof(struct user_regs_struct, rax), -EIO);
            verify(task, offsetof(struct user_regs_struct, rax), -EIO);
        } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
            way_on = PTRACE_LISTEN;
        }
        int is_delivered = event == 0 && signal != (SIGTRAP | 0x80);
        request(way_on, task, 0, is_delivered ? signal : 0);
    }
}

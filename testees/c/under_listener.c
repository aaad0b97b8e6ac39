// under_listener PROGRAM ARGUMENT...: runs the program under a seccomp filter that asks a supervisor about each fsync, as a
// container's runtime may (SECCOMP_RET_USER_NOTIF). The supervisor lets all go on. Ends with the program's status, after `supervisor: asked 3 times`.
#include "testee.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static int install(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        give_up("PR_SET_NO_NEW_PRIVS");
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0)
        give_up("seccomp");
    return listener;
}

// A message of one byte and one descriptor. unix(7), SCM_RIGHTS.
union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static void send_descriptor(int to, int descriptor)
{
    union control control = {0};
    struct iovec byte = {.iov_base = "!", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    if (sendmsg(to, &message, 0) != 1)
        give_up("sendmsg");
}

static int receive_descriptor(int from)
{
    union control control;
    char byte;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int descriptor;
    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
        give_up("recvmsg");
    memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
    return descriptor;
}

// Until nobody is left under the filter: POLLHUP. Before Linux 6.11 or so a child that nobody has waited for still counts, so
// it is waited for here.
static int supervise(int listener, pid_t child, int *status)
{
    // A newer kernel's structures may be longer than these headers'.
    static union {
        struct seccomp_notif notification;
        char room[1024];
    } request;
    static union {
        struct seccomp_notif_resp response;
        char room[1024];
    } answer;
    struct pollfd ready = {.fd = listener, .events = POLLIN};
    int asked = 0;
    bool is_reaped = false;
    for (;;) {
        if (poll(&ready, 1, is_reaped ? -1 : 50) < 0)
            give_up("poll");
        if (!is_reaped)
            is_reaped = waitpid(child, status, WNOHANG) == child;
        if (is_reaped && ready.revents & POLLHUP)
            return asked;
        if (!(ready.revents & POLLIN))
            continue;
        memset(&request, 0, sizeof request);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
            continue;
        memset(&answer, 0, sizeof answer);
        answer.response.id = request.notification.id;
        answer.response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
        asked++;
    }
}

int main(int count, char **arguments)
{
    watchdog();
    int pair[2];
    if (count < 2) {
        dprintf(STDERR_FILENO, "usage: under_listener PROGRAM ARGUMENT...\n");
        return 2;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        give_up("socketpair");
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        int listener = install();
        send_descriptor(pair[1], listener);
        close(listener);
        execvp(arguments[1], arguments + 1);
        give_up("exec %s", arguments[1]);
    }
    close(pair[1]);
    int status = 0;
    int asked = supervise(receive_descriptor(pair[0]), child, &status);
    say("supervisor: asked %d times", asked);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What the two least loops share: which calls they name, and how they look at a file.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// linux/fs.h, since Linux 6.11: older headers lack it.
struct procmap_query {
    uint64_t size, flags, address, start, end, vma_flags, page_size, offset, inode;
    uint32_t major, minor, name_size, build_id_size;
    uint64_t name, build_id;
};
#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)
#define COVERING_OR_NEXT_VMA 0x10

enum look { LOOK_NOT, LOOK_AT_MAPPING, LOOK_AT_DESCRIPTOR };

static void give_up(const char *what)
{
    fprintf(stderr, "least: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int open_of(pid_t task, const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)task, name);
    return open(path, flags | O_CLOEXEC);
}

// Asks what is mapped at `argument`, or which file it is the descriptor of; and does nothing with the answer.
static void look_at(enum look look, pid_t task, uint64_t argument)
{
    // Threads that look share nothing.
    static _Thread_local int maps = -1, descriptors = -1;
    static _Thread_local pid_t kept = -1;
    char name[4096];
    if (look == LOOK_NOT)
        return;
    for (int times = 0; times < 2; times++) {
        if (kept < 0) {
            close(maps);
            close(descriptors);
            maps = open_of(task, "maps", O_RDONLY);
            descriptors = open_of(task, "fd", O_PATH | O_DIRECTORY);
            kept = task;
        }
        if (look == LOOK_AT_MAPPING) {
            struct procmap_query query = {.size = sizeof query, .flags = COVERING_OR_NEXT_VMA, .address = argument};
            query.name = (uintptr_t)name;
            query.name_size = sizeof name;
            if (ioctl(maps, PROCMAP_QUERY, &query) == 0)
                return;
        } else {
            char number[16];
            snprintf(number, sizeof number, "%d", (int)argument);
            if (readlinkat(descriptors, number, name, sizeof name) >= 0)
                return;
        }
        // Another program, by now.
        kept = -1;
    }
    give_up("look at a file");
}

// Installs a filter that answers msync and fsync with `action`.
static int install_filter(uint32_t action, unsigned flags)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_msync, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, action),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

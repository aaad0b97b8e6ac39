// kills_at_random NAME MILLISECONDS: for so long kills, one after the other, a task chosen at random among the processes called NAME whose parent is called
// NAME too: the root of a tree is spared. `killed some: yes` if there was any. Never a pid of 1 or less.
#include "testee.h"
#include <dirent.h>
#include <sys/syscall.h>
#include <time.h>

static const char *name;

// The name and the parent of a process; 0 if it is none, or dead.
static pid_t parent_if_called(pid_t pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    char *begin = strchr(text, '('), *end = strrchr(text, ')');
    if (!begin || !end || end[2] == 'Z')
        return 0;
    *end = '\0';
    return strcmp(begin + 1, name) == 0 ? (pid_t)atoi(end + 4) : 0;
}

static pid_t choose(const char *directory, int (*suits)(pid_t))
{
    DIR *entries = opendir(directory);
    pid_t chosen = 0;
    int seen = 0;
    for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
        pid_t id = (pid_t)atoi(entry->d_name);
        if (id > 1 && (!suits || suits(id)) && rand() % ++seen == 0)
            chosen = id;
    }
    if (entries)
        closedir(entries);
    return chosen;
}

static int is_inside(pid_t pid)
{
    pid_t parent = parent_if_called(pid);
    return parent > 1 && parent_if_called(parent) > 0;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: kills_at_random NAME MILLISECONDS\n");
        return 2;
    }
    name = arguments[1];
    int killed = 0;
    for (long left = atol(arguments[2]); left > 0; left--) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        pid_t pid = choose("/proc", is_inside);
        char tasks[64];
        snprintf(tasks, sizeof tasks, "/proc/%d/task", (int)pid);
        pid_t tid = pid > 1 ? choose(tasks, NULL) : 0;
        if (tid > 1)
            killed += syscall(SYS_tgkill, pid, tid, SIGKILL) == 0;
    }
    say("killed some: %s", killed > 0 ? "yes" : "no");
    return 0;
}

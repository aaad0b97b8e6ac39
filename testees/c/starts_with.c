// starts_with [ignore N] [default N] [block N] [close FD] [open FD FILE] [umask 0NNN] [files N] [alarm N] ... -- PROGRAM ARGUMENT...: runs the program with
// signals ignored and blocked, descriptors closed and opened, a file mode mask, a limit of open files and an alarm that it did not choose. Prints nothing.
#include "testee.h"
#include <sys/resource.h>
#include <sys/stat.h>

int main(int count, char **arguments)
{
    int at = 1;
    for (; at + 1 < count && strcmp(arguments[at], "--") != 0; at += 2) {
        const char *what = arguments[at];
        int number = (int)strtol(arguments[at + 1], NULL, 0);
        if (strcmp(what, "ignore") == 0) {
            signal(number, SIG_IGN);
        } else if (strcmp(what, "default") == 0) {
            signal(number, SIG_DFL);
        } else if (strcmp(what, "block") == 0) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, number);
            sigprocmask(SIG_BLOCK, &set, NULL);
        } else if (strcmp(what, "close") == 0) {
            close(number);
        } else if (strcmp(what, "open") == 0) {
            int fd = open(arguments[++at + 1], O_RDWR | O_CREAT, 0644);
            if (fd < 0 || dup2(fd, number) != number)
                give_up("open %s", arguments[at + 1]);
            if (fd != number)
                close(fd);
        } else if (strcmp(what, "umask") == 0) {
            umask((mode_t)number);
        } else if (strcmp(what, "files") == 0) {
            setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)number, (rlim_t)number});
        } else if (strcmp(what, "alarm") == 0) {
            alarm((unsigned)number);
        } else {
            errno = EINVAL;
            give_up("%s", what);
        }
    }
    if (at + 1 >= count) {
        dprintf(STDERR_FILENO, "usage: starts_with [WHAT NUMBER]... -- PROGRAM ARGUMENT...\n");
        return 2;
    }
    execvp(arguments[at + 1], arguments + at + 1);
    give_up("exec %s", arguments[at + 1]);
}

// how_it_ends PROGRAM ARGUMENT...: runs the program in a process group of its own, as a shell with job control does, and tells what its parent sees:
// `exited 3`, `killed by SIGSEGV`, `killed by SIGSEGV, core dumped`; a program that stops is continued: `stopped by SIGTSTP` comes before.
#include "testee.h"

static const char *name_of(int signal)
{
    static char text[32];
    const char *name = sigabbrev_np(signal);
    if (name)
        snprintf(text, sizeof text, "SIG%s", name);
    else
        snprintf(text, sizeof text, "SIGRTMIN+%d", signal - SIGRTMIN);
    return text;
}

int main(int count, char **arguments)
{
    watchdog();
    if (count < 2) {
        dprintf(STDERR_FILENO, "usage: how_it_ends PROGRAM ARGUMENT...\n");
        return 2;
    }
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        setpgid(0, 0);
        execvp(arguments[1], arguments + 1);
        give_up("exec %s", arguments[1]);
    }
    setpgid(child, child);
    for (int stops = 0;; stops++) {
        int status;
        if (waitpid(child, &status, WUNTRACED) != child)
            give_up("waitpid");
        if (WIFEXITED(status)) {
            say("exited %d", WEXITSTATUS(status));
            return 0;
        }
        if (WIFSIGNALED(status)) {
            say("killed by %s%s", name_of(WTERMSIG(status)), WCOREDUMP(status) ? ", core dumped" : "");
            return 0;
        }
        say("stopped by %s", name_of(WSTOPSIG(status)));
        if (child <= 1 || stops > 10)
            give_up("refused to continue %d", (int)child);
        // Only the group of the one child.
        killpg(child, SIGCONT);
    }
}

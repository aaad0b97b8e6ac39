// does_not_block COUNT: makes standard error non-blocking, for all that have it open, and closes COUNT times a descriptor that
// is not open. Prints nothing; exits 7.
#include "testee.h"

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: does_not_block COUNT\n");
        return 2;
    }
    int flags = fcntl(STDERR_FILENO, F_GETFL);
    if (flags < 0 || fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK) != 0)
        give_up("O_NONBLOCK");
    for (int left = atoi(arguments[1]); left > 0; left--)
        close(1000000);
    return 7;
}

// io_uring_setup: asks the kernel for the two ways round system calls: `io_uring_setup: ok` (or ENOSYS, EPERM), `io_setup: ok` (or ENOSYS).
#include "testee.h"
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <sys/syscall.h>

int main(void)
{
    watchdog();
    struct io_uring_params parameters;
    memset(&parameters, 0, sizeof parameters);
    say("io_uring_setup: %s", outcome_name(syscall(SYS_io_uring_setup, 4, &parameters)));
    aio_context_t context = 0;
    say("io_setup: %s", outcome_name(syscall(SYS_io_setup, 4, &context)));
    return 0;
}

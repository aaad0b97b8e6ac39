// vdso_time: asks for the time and the CPU by libc, which takes the vDSO and makes no system call, and clock_gettime by a raw call too:
// `clock_gettime: ok`, `gettimeofday: ok`, `time: ok`, `getcpu: ok`, `raw clock_gettime: ok`.
#include "testee.h"
#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

int main(void)
{
    watchdog();
    struct timespec now;
    struct timeval day;
    unsigned cpu, node;
    say("clock_gettime: %s", outcome_name(clock_gettime(CLOCK_MONOTONIC, &now)));
    say("gettimeofday: %s", outcome_name(gettimeofday(&day, NULL)));
    say("time: %s", outcome_name(time(NULL) == (time_t)-1 ? -1 : 0));
    say("getcpu: %s", outcome_name(getcpu(&cpu, &node)));
    say("raw clock_gettime: %s", outcome_name(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now)));
    return 0;
}

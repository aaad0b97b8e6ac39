// One thread calls getppid without pause, ten others call it a hundred times each and must not be kept waiting.
// Prints: "others: done", and at the end "spinner: went on".
#include "testee.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

static atomic_int running = 10;
static atomic_long spins;

static void *spin(void *unused)
{
    while (atomic_load(&running) > 0) {
        syscall(SYS_getppid);
        atomic_fetch_add(&spins, 1);
    }
    return unused;
}

static void *other(void *unused)
{
    for (int call = 0; call < 100; call++)
        syscall(SYS_getppid);
    atomic_fetch_sub(&running, 1);
    return unused;
}

int main(void)
{
    watchdog();
    pthread_t spinner, others[10];
    if (pthread_create(&spinner, NULL, spin, NULL) != 0)
        give_up("pthread_create");
    while (atomic_load(&spins) == 0)
        ;
    for (int index = 0; index < 10; index++)
        if (pthread_create(&others[index], NULL, other, NULL) != 0)
            give_up("pthread_create");
    for (int index = 0; index < 10; index++)
        pthread_join(others[index], NULL);
    say("others: done");
    pthread_join(spinner, NULL);
    say("spinner: %s", atomic_load(&spins) > 0 ? "went on" : "never ran");
    return 0;
}

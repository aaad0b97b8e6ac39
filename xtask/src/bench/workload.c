// workload [OPTION]... OPERATION FILE...: makes one call again and again, times it by itself, and prints
// `NS OPERATIONS ERRORS` for the timed part: nanoseconds per operation, how many there were, and how many failed. The
// operations of one thread are timed in batches of a millisecond; it is the median that is printed.
//
//   getpid   by syscall(2), so that no library answers
//   msync    of the first FILE; all are mapped
//   fsync    of the first FILE; all are open
//   pread    of 64 bytes of the first FILE
//   signal   to this very thread, with a handler that does nothing
//   thread   create and join
//   spawn    posix_spawn(3) of /bin/true, and wait
//
//   -n N     so many operations, or somewhat more; without it, for a quarter of a second
//   -m N     so many more mappings, of the last FILE
//   -t N     so many threads at it; the time is that of an operation of them all together
//   -i N     so many more threads that only sleep
//   -w       a thread other than the first does it
//   -a PID   prints instead the peak of memory, in bytes, of the processes between this one and its ancestor PID
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 8
#define WARM_UP_NS 30000000
#define TIMED_NS 250000000
#define BATCH_NS 1000000
#define MOST_BATCHES 100000

static void *mapped[MOST_FILES];
static int opened[MOST_FILES];
static long page;

static void give_up(const char *what)
{
    fprintf(stderr, "workload: %s: %s\n", what, strerror(errno));
    exit(2);
}

// Answered by the vDSO: no tracer sees it.
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int do_getpid(void)
{
    return syscall(SYS_getpid) < 0;
}

static int do_msync(void)
{
    return msync(mapped[0], page, MS_SYNC) != 0;
}

static int do_fsync(void)
{
    return fsync(opened[0]) != 0;
}

static int do_pread(void)
{
    char bytes[64];
    return pread(opened[0], bytes, sizeof bytes, 0) < 0;
}

static int do_signal(void)
{
    // Asked once: raise(3) would make five calls for one signal.
    static __thread long process, thread;
    if (thread == 0) {
        process = getpid();
        thread = syscall(SYS_gettid);
    }
    return syscall(SYS_tgkill, process, thread, SIGUSR1) != 0;
}

static void *end_at_once(void *nothing)
{
    return nothing;
}

static int do_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, end_at_once, NULL) != 0 || pthread_join(thread, NULL) != 0;
}

static int do_spawn(void)
{
    static char *const arguments[] = {"true", NULL};
    pid_t pid;
    int status;
    if (posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, NULL) != 0)
        return 1;
    return waitpid(pid, &status, 0) != pid || status != 0;
}

static const struct operation {
    const char *name;
    int (*once)(void);
} operations[] = {
    {"getpid", do_getpid}, {"msync", do_msync},   {"fsync", do_fsync}, {"pread", do_pread},
    {"signal", do_signal}, {"thread", do_thread}, {"spawn", do_spawn},
};

static const struct operation *operation;
static long wanted;
static int is_alone;
static pthread_barrier_t all_warm;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Of all threads together, from the first that begins to the last that ends.
static long made, failed;
static int64_t first_begin = INT64_MAX, last_end;

// Nanoseconds per operation, of each batch of the one thread, where there is one.
static double batches[MOST_BATCHES];
static long batch_count;

// One thread's share: warm up, wait for the others, and go on for the time or the number wanted.
static void *work(void *nothing)
{
    int64_t begin = now(), end;
    long count = 0, errors = 0;
    do {
        operation->once();
        count++;
        end = now();
    } while (end - begin < WARM_UP_NS);
    long at_a_time = BATCH_NS * count / (end - begin);
    if (at_a_time < 1)
        at_a_time = 1;
    pthread_barrier_wait(&all_warm);
    count = 0;
    begin = end = now();
    do {
        int64_t batch = end;
        for (long i = 0; i < at_a_time; i++)
            errors += operation->once();
        end = now();
        count += at_a_time;
        if (is_alone && batch_count < MOST_BATCHES)
            batches[batch_count++] = (double)(end - batch) / at_a_time;
    } while (wanted > 0 ? count < wanted : end - begin < TIMED_NS);
    pthread_mutex_lock(&lock);
    made += count;
    failed += errors;
    first_begin = begin < first_begin ? begin : first_begin;
    last_end = end > last_end ? end : last_end;
    pthread_mutex_unlock(&lock);
    return nothing;
}

static int by_size(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

// Of one thread the median batch: what others do on its CPU meanwhile falls on some batches and not on most.
static double per_operation(void)
{
    if (!is_alone)
        return (double)(last_end - first_begin) / made;
    qsort(batches, batch_count, sizeof *batches, by_size);
    return batches[batch_count / 2];
}

static void *sleep_on(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static pthread_t start(void *(*function)(void *))
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    errno = pthread_create(&thread, &small, function, NULL);
    if (errno != 0)
        give_up("pthread_create");
    return thread;
}

static void do_nothing(int number)
{
    (void)number;
}

// Reads a number behind `key` in /proc/PID/status.
static long of_status(long pid, const char *key)
{
    char line[256];
    long number = -1;
    snprintf(line, sizeof line, "/proc/%ld/status", pid);
    FILE *status = fopen(line, "r");
    if (status == NULL)
        give_up(line);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, key, strlen(key)) == 0)
            number = strtol(line + strlen(key), NULL, 10);
    fclose(status);
    return number;
}

static long memory_below(long ancestor)
{
    long kilobytes = 0;
    for (long pid = getppid(); pid > 1 && pid != ancestor; pid = of_status(pid, "PPid:"))
        kilobytes += of_status(pid, "VmHWM:");
    return kilobytes * 1024;
}

int main(int count, char **words)
{
    long mappings = 0, threads = 1, idle = 0, ancestor = 0;
    int option, in_worker = 0;
    while ((option = getopt(count, words, "n:m:t:i:wa:")) != -1) {
        switch (option) {
        case 'n': wanted = atol(optarg); break;
        case 'm': mappings = atol(optarg); break;
        case 't': threads = atol(optarg); break;
        case 'i': idle = atol(optarg); break;
        case 'w': in_worker = 1; break;
        case 'a': ancestor = atol(optarg); break;
        default: return 2;
        }
    }
    for (size_t i = 0; optind < count && i < sizeof operations / sizeof *operations; i++)
        if (strcmp(words[optind], operations[i].name) == 0)
            operation = &operations[i];
    int files = count - optind - 1;
    if (operation == NULL || files < 0 || files > MOST_FILES || threads < 1) {
        fprintf(stderr, "workload: bad arguments\n");
        return 2;
    }
    page = sysconf(_SC_PAGESIZE);
    for (int i = 0; i < files; i++) {
        opened[i] = open(words[optind + 1 + i], O_RDWR | O_CREAT, 0600);
        if (opened[i] < 0 || ftruncate(opened[i], page) != 0)
            give_up(words[optind + 1 + i]);
        mapped[i] = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, opened[i], 0);
        if (mapped[i] == MAP_FAILED)
            give_up("mmap");
    }
    // Each is the same page of the file, so that the kernel cannot make one mapping of two.
    for (long i = 0; i < mappings; i++)
        if (mmap(NULL, page, PROT_READ, MAP_SHARED, opened[files - 1], 0) == MAP_FAILED)
            give_up("mmap");
    signal(SIGUSR1, do_nothing);
    for (long i = 0; i < idle; i++)
        start(sleep_on);

    is_alone = threads == 1;
    pthread_barrier_init(&all_warm, NULL, threads);
    if (threads > 1 || in_worker) {
        pthread_t workers[threads];
        for (long i = 0; i < threads; i++)
            workers[i] = start(work);
        for (long i = 0; i < threads; i++)
            pthread_join(workers[i], NULL);
    } else {
        work(NULL);
    }
    if (ancestor > 0)
        printf("%ld %ld %ld\n", memory_below(ancestor), made, failed);
    else
        printf("%.3f %ld %ld\n", per_operation(), made, failed);
    fflush(stdout);
    // Not one by one: nobody waits for the idle threads.
    _exit(0);
}

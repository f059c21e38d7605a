/* A disk that takes its time: fsync and fdatasync return SLOW_FSYNC_US microseconds after they were called at the
 * earliest, the true call included. To be loaded before a program's own libraries (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void later(struct timespec *moment) {
    const char *text = getenv("SLOW_FSYNC_US");
    moment->tv_nsec += (text ? atol(text) : 5000) * 1000L;
    moment->tv_sec += moment->tv_nsec / 1000000000L;
    moment->tv_nsec %= 1000000000L;
}

static int slowed(const char *name, int file) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    later(&moment);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) != 0) {}
    return result;
}

int fsync(int file) { return slowed("fsync", file); }
int fdatasync(int file) { return slowed("fdatasync", file); }

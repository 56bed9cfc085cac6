#include <stdio.h>
#include <string.h>
#include <time.h>

#include "load.h"

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec at;
    if (clock_gettime(clock, &at) != 0)
        return 0;
    return (uint64_t)at.tv_sec * 1000000000U + (uint64_t)at.tv_nsec;
}

uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t now_wall_ms(void)
{
    return clock_ns(CLOCK_REALTIME) / 1000000;
}

uint64_t process_cpu_ns(uint64_t process)
{
    clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
    if (process != 0 && clock_getcpuclockid((pid_t)process, &clock) != 0)
        return 0;
    return clock_ns(clock);
}

uint64_t process_rss_kib(uint64_t process)
{
    char path[64];
    char text[200];
    unsigned long kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%lu/status", (unsigned long)process);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (fgets(text, sizeof text, file) != NULL)
        if (sscanf(text, "VmRSS: %lu kB", &kib) == 1)
            break;
    fclose(file);
    return kib;
}

void figures_begin(struct figures *figures)
{
    memset(figures->buckets, 0, sizeof figures->buckets);
    figures->latencies = figures->max_us = figures->count = figures->refused = figures->busy = 0;
    figures->server_began_ns = figures->server != 0 ? process_cpu_ns(figures->server) : 0;
    figures->own_began_ns = process_cpu_ns(0);
    figures->began_ns = now_ns();
    figures->open = true;
}

void figures_end(struct figures *figures)
{
    if (!figures->open)
        return;
    figures->ended_ns = now_ns();
    figures->server_ended_ns = figures->server != 0 ? process_cpu_ns(figures->server) : 0;
    figures->own_ended_ns = process_cpu_ns(0);
    figures->open = false;
}

/* 64 buckets for each power of two: within 2 % */
void figures_latency(struct figures *figures, uint64_t ns)
{
    uint64_t us = ns / 1000;
    if (!figures->open)
        return;
    int shift = us < 128 ? 0 : 57 - __builtin_clzll(us);
    size_t place = (size_t)shift * 64 + (size_t)(us >> shift);
    figures->buckets[place < BUCKETS ? place : BUCKETS - 1]++;
    figures->latencies++;
    if (us > figures->max_us)
        figures->max_us = us;
}

double figures_quantile_ms(const struct figures *figures, double part)
{
    uint64_t wanted = (uint64_t)((double)figures->latencies * part);
    uint64_t seen = 0;
    for (size_t place = 0; place < BUCKETS; place++) {
        seen += figures->buckets[place];
        if (seen > wanted || (seen == figures->latencies && seen > 0)) {
            size_t shift = place < 128 ? 0 : place / 64 - 1;
            return (double)((uint64_t)(place - shift * 64) << shift) / 1000;
        }
    }
    return 0;
}

void figures_print(const struct figures *figures, const char *more)
{
    printf("{\"count\": %lu, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
           "\"max_ms\": %.3f, \"cpu_s\": %.6f, \"own_cpu_s\": %.6f, \"refused\": %lu, "
           "\"busy\": %lu%s}\n",
           (unsigned long)figures->count, (double)(figures->ended_ns - figures->began_ns) / 1e9,
           figures_quantile_ms(figures, 0.5), figures_quantile_ms(figures, 0.99),
           (double)figures->max_us / 1000,
           (double)(figures->server_ended_ns - figures->server_began_ns) / 1e9,
           (double)(figures->own_ended_ns - figures->own_began_ns) / 1e9,
           (unsigned long)figures->refused, (unsigned long)figures->busy, more);
    fflush(stdout);
}

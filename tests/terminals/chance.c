#include "terminals/terminals.h"

#include <time.h>

uint64_t chance_next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint32_t chance_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)(chance_next(state) % below);
}

static struct timespec clock_at(clockid_t clock)
{
    struct timespec at = {0};
    (void)clock_gettime(clock, &at);
    return at;
}

uint64_t now_us(void)
{
    struct timespec at = clock_at(CLOCK_MONOTONIC);
    return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

int64_t now_wall_ms(void)
{
    struct timespec at = clock_at(CLOCK_REALTIME);
    return at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

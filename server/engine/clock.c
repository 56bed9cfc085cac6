#include "engine/clock.h"

#include "base/limits.h"

#include <sys/timex.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Setting the clock by hand takes the kernel's word back; so does a time server out of reach. What
 * we read must be what it vouches for: a program may be given another time than the kernel's. */
static bool kernel_vouches(int64_t wall_ms)
{
    enum { AGREES_MS = 1000 };
    struct timex facts = {.modes = 0};
    if (adjtimex(&facts) == TIME_ERROR || (facts.status & STA_UNSYNC) != 0)
        return false;
    int64_t kernel_ms = (int64_t)facts.time.tv_sec * 1000;
    return wall_ms >= kernel_ms - AGREES_MS && wall_ms <= kernel_ms + 2 * AGREES_MS;
}

struct clock_reading clock_read(void)
{
    /* Boot time goes on while the machine sleeps: waking up is no jump. */
    struct clock_reading reading = {read_ms(CLOCK_REALTIME), read_ms(CLOCK_BOOTTIME), false};
    reading.vouched = kernel_vouches(reading.wall_ms);
    return reading;
}

uint64_t clock_loop_ms(void)
{
    return (uint64_t)read_ms(CLOCK_MONOTONIC);
}

uint64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void clock_init(struct clock *clock, struct clock_reading reading)
{
    *clock = (struct clock){.alarmed = false};
    atomic_store(&clock->offset_ms, reading.wall_ms - reading.steady_ms);
    uint8_t start[8];
    random_bytes(start, sizeof start);
    atomic_store(&clock->counter, be64_get(start));
}

static void believe(struct clock *clock, int64_t offset_ms)
{
    atomic_store(&clock->offset_ms, offset_ms);
    atomic_store(&clock->alarmed, false);
    atomic_store(&clock->strayed_ms, 0);
}

static enum clock_news stray(struct clock *clock, int64_t strayed_ms)
{
    atomic_store(&clock->strayed_ms, strayed_ms);
    return atomic_exchange(&clock->alarmed, true) ? CLOCK_SAME : CLOCK_JUMPED;
}

void clock_follow(struct clock *clock, struct clock_reading reading, int64_t ledger_ms)
{
    int64_t ahead_ms = reading.wall_ms - ledger_ms;
    clock_init(clock, reading);
    if (reading.vouched || (ahead_ms >= -CLOCK_JUMP_MS && ahead_ms <= CLOCK_GAP_MS))
        return;
    atomic_store(&clock->offset_ms, ledger_ms - reading.steady_ms);
    stray(clock, ahead_ms);
}

enum clock_news clock_look(struct clock *clock, struct clock_reading reading)
{
    int64_t offset = reading.wall_ms - reading.steady_ms;
    int64_t strayed = offset - atomic_load(&clock->offset_ms);
    bool alarmed = atomic_load(&clock->alarmed);
    if (strayed <= CLOCK_JUMP_MS && strayed >= -CLOCK_JUMP_MS) {
        believe(clock, offset);
        return alarmed ? CLOCK_BACK : CLOCK_SAME;
    }
    if (reading.vouched) {
        believe(clock, offset);
        return CLOCK_ACCEPTED;
    }
    return stray(clock, strayed);
}

void clock_accept(struct clock *clock, struct clock_reading reading)
{
    believe(clock, reading.wall_ms - reading.steady_ms);
}

int64_t clock_at(const struct clock *clock, struct clock_reading reading)
{
    return reading.steady_ms + atomic_load(&clock->offset_ms);
}

int64_t clock_now_ms(const struct clock *clock)
{
    return read_ms(CLOCK_BOOTTIME) + atomic_load(&clock->offset_ms);
}

bool clock_believed(const struct clock *clock)
{
    return !atomic_load(&clock->alarmed);
}

void clock_new_id(struct clock *clock, uint8_t ret_id[COMMAND_ID_SIZE])
{
    uint8_t word[8];
    be64_put(word, (uint64_t)clock_now_ms(clock));
    memcpy(ret_id, word + 2, 6);
    be32_put(ret_id + 6, 0);
    be64_put(word, atomic_fetch_add(&clock->counter, 1));
    memcpy(ret_id + 10, word + 2, 6);
}

#pragma once
/*
 * The clock: wall time that is not believed blindly, and fresh command ids. The ledger itself has
 * no clock: what it knows of time comes from here, with each command.
 *
 *   believed ──wall jumped > 5 min against the steady clock──▶ alarmed
 *      ▲   ◀──wall is back / an hour has passed / clock_accept (HUP)──┘
 *
 * While alarmed the time goes on from before the jump, and no day turns. Slow corrections (up to
 * five minutes between two looks) are followed.
 */
#include "base/bytes.h"
#include "ledger/ledger.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_ALARM_MS (INT64_C(3600) * 1000)

struct clock_reading {
    int64_t wall_ms;
    int64_t steady_ms;
};

struct clock {
    _Atomic int64_t offset_ms; /* believed wall minus steady */
    _Atomic bool alarmed;
    _Atomic int64_t strayed_ms; /* wall minus believed, while alarmed */
    int64_t alarmed_at_ms;      /* steady */
    _Atomic uint64_t counter;   /* of ids */
};

enum clock_news { CLOCK_SAME, CLOCK_JUMPED, CLOCK_BACK, CLOCK_ACCEPTED };

struct clock_reading clock_read(void);
/* The loop's own clock (monotonic milliseconds), from any thread: for deadlines. */
uint64_t clock_loop_ms(void);
/* The same in microseconds: for how long something took. */
uint64_t clock_us(void);

void clock_init(struct clock *clock, struct clock_reading reading);
/* A look at both clocks, each second. */
enum clock_news clock_look(struct clock *clock, struct clock_reading reading);
/* Somebody says the wall clock is right. */
void clock_accept(struct clock *clock, struct clock_reading reading);
int64_t clock_at(const struct clock *clock, struct clock_reading reading);
int64_t clock_now_ms(const struct clock *clock); /* any thread */
bool clock_believed(const struct clock *clock);

/* An id of the server's own: terminal 0. Any thread. */
void clock_new_id(struct clock *clock, uint8_t ret_id[COMMAND_ID_SIZE]);

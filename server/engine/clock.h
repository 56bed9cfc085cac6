#pragma once
/*
 * The clock: wall time that is not believed blindly, and fresh command ids. The ledger itself has
 * no clock: what it knows of time comes from here, with each command.
 *
 *              ──wall jumped > 5 min against the steady clock──▶
 *   believed   ──started behind the ledger, or 3 days after it──▶  alarmed
 *      ▲                                                              │
 *      └──wall is back / the kernel vouches for it (NTP) / clock_accept (HUP)──┘
 *
 * While alarmed the time goes on from before the jump, or from the ledger's newest command, and no
 * day turns. It ends by no lapse of time: a wrong clock does not become right by being wrong for
 * long. Slow corrections (up to five minutes between two looks) are followed.
 */
#include "base/bytes.h"
#include "ledger/ledger.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct clock_reading {
    int64_t wall_ms;
    int64_t steady_ms;
    bool vouched; /* the kernel says that this wall time follows a time server (adjtimex) */
};

struct clock {
    _Atomic int64_t offset_ms; /* believed wall minus steady */
    _Atomic bool alarmed;
    _Atomic int64_t strayed_ms; /* wall minus believed, while alarmed */
    _Atomic uint64_t counter;   /* of ids */
};

enum clock_news { CLOCK_SAME, CLOCK_JUMPED, CLOCK_BACK, CLOCK_ACCEPTED };

struct clock_reading clock_read(void);
/* The loop's own clock (monotonic milliseconds), from any thread: for deadlines. */
uint64_t clock_loop_ms(void);
/* The same in microseconds: for how long something took. */
uint64_t clock_us(void);

void clock_init(struct clock *clock, struct clock_reading reading);
/* At the start: is this wall time one that may follow on the ledger's newest command? */
void clock_follow(struct clock *clock, struct clock_reading reading, int64_t ledger_ms);
/* A look at both clocks, each second. */
enum clock_news clock_look(struct clock *clock, struct clock_reading reading);
/* Somebody says the wall clock is right. */
void clock_accept(struct clock *clock, struct clock_reading reading);
int64_t clock_at(const struct clock *clock, struct clock_reading reading);
int64_t clock_now_ms(const struct clock *clock); /* any thread */
bool clock_believed(const struct clock *clock);

/* An id of the server's own: terminal 0. Any thread. */
void clock_new_id(struct clock *clock, uint8_t ret_id[COMMAND_ID_SIZE]);

#include "slow_readers/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    KIB_EACH_MAX = 128,
    COARSE_KIB_MAX = 512,
    RESYNC_MS_MAX = 15000,
    WORSE_PERCENT_MAX = 120, /* measured */
    CLOCK_US = 1000,         /* news are stamped in ms */
    COARSE_PERCENT_MAX = 300,
    COARSE_US = 2000000, /* and not before this */
};

static bool wrong(char *fault, const char *what, uint64_t one, uint64_t other)
{
    (void)snprintf(fault, SLOW_FAULT_MAX, "%s: %" PRIu64 ", %" PRIu64, what, one, other);
    return false;
}

static bool worse(const struct slow_figures *figures, const uint64_t us[2], uint64_t unsure_us)
{
    if (figures->measured)
        return us[1] * 100 > (us[0] + unsure_us) * WORSE_PERCENT_MAX;
    return us[1] > COARSE_US && us[1] * 100 > us[0] * COARSE_PERCENT_MAX;
}

bool slow_delays_worse(const struct slow_figures *figures)
{
    return worse(figures, figures->reply_p99_us, 0) ||
           worse(figures, figures->news_p99_us, CLOCK_US);
}

bool slow_judge(const struct slow_figures *figures, char ret_fault[SLOW_FAULT_MAX])
{
    if (figures->waited && figures->uncut > 0)
        return wrong(ret_fault, "who does not read is never cut", figures->uncut, figures->slow);
    if (worse(figures, figures->reply_p99_us, 0))
        return wrong(ret_fault, "the healthy wait longer for replies, us", figures->reply_p99_us[1],
                     figures->reply_p99_us[0]);
    if (worse(figures, figures->news_p99_us, CLOCK_US))
        return wrong(ret_fault, "the healthy wait longer for news, us", figures->news_p99_us[1],
                     figures->news_p99_us[0]);
    uint64_t most_kib = figures->measured ? KIB_EACH_MAX : COARSE_KIB_MAX;
    if (figures->kib_each > most_kib)
        return wrong(ret_fault, "who does not read costs too much, KiB", figures->kib_each,
                     most_kib);
    if (figures->resync_ms > RESYNC_MS_MAX)
        return wrong(ret_fault, "reading again, and not exact, ms", figures->resync_ms,
                     RESYNC_MS_MAX);
    if (figures->held < figures->slow)
        return wrong(ret_fault, "not all who did not read were held back", figures->held,
                     figures->slow);
    return true;
}

/* ---- forged figures ---- */

static const struct slow_figures honest = {
    .reply_p99_us = {10000, 11900},
    .news_p99_us = {8000, 10000},
    .kib_each = 90,
    .slow = 200,
    .held = 200,
    .resync_ms = 4000,
    .waited = true,
    .measured = true,
};

static bool found_out(const struct slow_figures *forged, const char *what)
{
    char fault[SLOW_FAULT_MAX] = "";
    if (!slow_judge(forged, fault) && strncmp(fault, what, strlen(what)) == 0)
        return true;
    printf("forged figures are not found out: %s\n", what);
    return false;
}

bool slow_judge_fails(void)
{
    char fault[SLOW_FAULT_MAX] = "";
    struct slow_figures forged[8];
    for (unsigned i = 0; i < 8; i++)
        forged[i] = honest;
    forged[0].held--;
    forged[1].kib_each = 1000;
    forged[2].reply_p99_us[1] = 12100;
    forged[3].news_p99_us[1] = 11000;
    forged[4].uncut = 1;
    forged[5].resync_ms = 15001;
    forged[6].measured = false; /* coarse, but not blind */
    forged[6].reply_p99_us[1] = 2100000;
    forged[7].measured = false;
    if (!slow_judge(&honest, fault) || !slow_judge(&forged[7], fault)) {
        printf("honest figures are refused: %s\n", fault);
        return false;
    }
    return found_out(&forged[0], "not all who did not read were held back") &&
           found_out(&forged[1], "who does not read costs too much") &&
           found_out(&forged[2], "the healthy wait longer for replies") &&
           found_out(&forged[3], "the healthy wait longer for news") &&
           found_out(&forged[4], "who does not read is never cut") &&
           found_out(&forged[5], "reading again, and not exact") &&
           found_out(&forged[6], "the healthy wait longer for replies");
}

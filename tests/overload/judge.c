#include "overload/judge.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

struct judging {
    unsigned faults;
    char *text;
};

static void blame(struct judging *judging, enum overload_fault fault, const char *what, uint64_t is,
                  uint64_t bound)
{
    if (judging->faults == 0)
        (void)snprintf(judging->text, OVERLOAD_FAULT_MAX, "%s: %" PRIu64 ", %" PRIu64, what, is,
                       bound);
    judging->faults |= fault;
}

static void at_most(struct judging *judging, enum overload_fault fault, const char *what,
                    uint64_t is, uint64_t bound)
{
    if (is > bound)
        blame(judging, fault, what, is, bound);
}

/* What was done is there, once, and what was not told done is not. */
static void judge_sums(const struct overload *seen, struct judging *judging)
{
    if (seen->lost > 0)
        blame(judging, OVERLOAD_LOST, "told done and not in the ledger", (uint64_t)seen->lost, 0);
    if (seen->doubled > 0)
        blame(judging, OVERLOAD_DOUBLED, "in the ledger and not told done", (uint64_t)seen->doubled,
              0);
    at_most(judging, OVERLOAD_DOUBLED, "sent again when done, and told something else",
            seen->other_twins, 0);
    at_most(judging, OVERLOAD_UNANSWERED, "commands without an answer", seen->unanswered, 0);
    at_most(judging, OVERLOAD_UNANSWERED, "pings and queries without an answer", seen->untold, 0);
    at_most(judging, OVERLOAD_OTHER, "refused for something else", seen->other, 0);
}

static void judge_busy(const struct overload *seen, struct judging *judging)
{
    if (seen->busy * 4 < seen->sent)
        blame(judging, OVERLOAD_NEVER_BUSY, "hardly ever told busy", seen->busy, seen->sent);
    at_most(judging, OVERLOAD_IN_STEP, "told to come back at once", seen->early, 0);
    at_most(judging, OVERLOAD_IN_STEP, "of 1,000 to come in one ms", seen->same_ms, 200);
}

static void judge_times(const struct overload *seen, const struct overload_bounds *bounds,
                        struct judging *judging)
{
    uint64_t capacity = (seen->before_rate + seen->after_rate) / 2;
    if (capacity == 0 || seen->storm_rate * 100 < capacity * bounds->goodput_percent)
        blame(judging, OVERLOAD_SLOW, "done a second, of what could be", seen->storm_rate,
              capacity);
    at_most(judging, OVERLOAD_LATE, "busy is told late, us", seen->busy_us[1], bounds->busy_us);
    at_most(judging, OVERLOAD_LATE, "what was taken waits, us", seen->done_us[1], bounds->done_us);
    at_most(judging, OVERLOAD_LATE, "pings and queries wait, us", seen->ask_us[1], bounds->ask_us);
    at_most(judging, OVERLOAD_STAYS, "slow when it is over, us", seen->calm_us[1],
            bounds->calm_us + 3 * seen->calm_us[0]);
    at_most(judging, OVERLOAD_STAYS, "what was under way ends late, ms", seen->drained_ms,
            bounds->drained_ms);
}

unsigned overload_judge(const struct overload *seen, const struct overload_bounds *bounds,
                        char ret_fault[OVERLOAD_FAULT_MAX])
{
    struct judging judging = {0, ret_fault};
    ret_fault[0] = '\0';
    judge_sums(seen, &judging);
    judge_busy(seen, &judging);
    if (seen->offered_rate < seen->before_rate * 3)
        blame(&judging, OVERLOAD_OTHER, "this was no overload", seen->offered_rate,
              seen->before_rate);
    if (seen->robbed_percent <= bounds->robbed_percent)
        judge_times(seen, bounds, &judging);
    at_most(&judging, OVERLOAD_GROWS, "the server grows, KiB", seen->grown_kib, bounds->grown_kib);
    return judging.faults;
}

/* ---- forged figures ---- */

static const struct overload_bounds usual = {80, 100000, 300000, 300000, 50000, 1000, 65536, 30};

static struct overload honest(void)
{
    return (struct overload){
        .before_rate = 10000,
        .after_rate = 11000,
        .storm_rate = 10000,
        .offered_rate = 52000,
        .sent = 500000,
        .done = 100000,
        .busy = 400000,
        .same_ms = 30,
        .twins = 1000,
        .busy_us = {5000, 40000},
        .done_us = {120000, 200000},
        .ask_us = {5000, 60000},
        .calm_us = {9000, 12000},
        .drained_ms = 200,
        .grown_kib = 9000,
    };
}

struct forgery {
    size_t at; /* of a uint64_t */
    uint64_t value;
    enum overload_fault fault;
};

#define AT(member) offsetof(struct overload, member)
static const struct forgery forgeries[] = {
    {AT(busy), 1000, OVERLOAD_NEVER_BUSY},     {AT(busy_us[1]), 100001, OVERLOAD_LATE},
    {AT(done_us[1]), 900000, OVERLOAD_LATE},   {AT(ask_us[1]), 900000, OVERLOAD_LATE},
    {AT(storm_rate), 8300, OVERLOAD_SLOW},     {AT(lost), 1, OVERLOAD_LOST},
    {AT(doubled), 1, OVERLOAD_DOUBLED},        {AT(other_twins), 1, OVERLOAD_DOUBLED},
    {AT(unanswered), 1, OVERLOAD_UNANSWERED},  {AT(untold), 1, OVERLOAD_UNANSWERED},
    {AT(grown_kib), 70000, OVERLOAD_GROWS},    {AT(calm_us[1]), 80000, OVERLOAD_STAYS},
    {AT(drained_ms), 1001, OVERLOAD_STAYS},    {AT(early), 1, OVERLOAD_IN_STEP},
    {AT(same_ms), 1000, OVERLOAD_IN_STEP},     {AT(other), 1, OVERLOAD_OTHER},
    {AT(offered_rate), 20000, OVERLOAD_OTHER},
};

bool overload_judge_fails(void)
{
    char text[OVERLOAD_FAULT_MAX];
    struct overload seen = honest();
    bool good = overload_judge(&seen, &usual, text) == OVERLOAD_GOOD;
    if (!good)
        printf("honest figures are refused: %s\n", text);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        seen = honest();
        *(uint64_t *)(void *)((char *)&seen + forgeries[i].at) = forgeries[i].value;
        if (overload_judge(&seen, &usual, text) != forgeries[i].fault) {
            printf("forged figures %zu are not found out: %s\n", i, text);
            good = false;
        }
    }
    return good;
}

#include "many_connections/judge.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

struct judging {
    unsigned faults;
    char *text;
};

static void blame(struct judging *judging, enum conns_fault fault, const char *what, uint64_t is,
                  uint64_t bound)
{
    if (judging->faults == 0)
        (void)snprintf(judging->text, CONNS_FAULT_MAX, "%s: %" PRIu64 ", %" PRIu64, what, is,
                       bound);
    judging->faults |= fault;
}

static void at_most(struct judging *judging, enum conns_fault fault, const char *what, uint64_t is,
                    uint64_t bound)
{
    if (is > bound)
        blame(judging, fault, what, is, bound);
}

static void at_least(struct judging *judging, enum conns_fault fault, const char *what, uint64_t is,
                     uint64_t bound)
{
    if (is < bound)
        blame(judging, fault, what, is, bound);
}

static void judge_step(const struct conns_step *step, const struct conns_bounds *bounds,
                       struct judging *judging)
{
    at_least(judging, CONNS_ABSENT, "terminals with a whole replica", step->exact, step->terminals);
    at_most(judging, CONNS_UNSEEN, "changes that a terminal did not see", step->unseen, 0);
    at_least(judging, CONNS_UNSEEN, "no change was made", step->probes, 1);
    at_most(judging, CONNS_SLOW, "changes arrive late, ms", step->probe_ms[1], bounds->probe_ms);
    at_most(judging, CONNS_SLOW, "sales wait while many arrive, us", step->arriving_us[1],
            bounds->arriving_us);
    at_most(judging, CONNS_SLOW, "sales wait when many are there, us", step->selling_us[1],
            bounds->selling_us);
    at_most(judging, CONNS_LARGE, "KiB a terminal", step->kib_each, bounds->kib_each);
}

static void judge_outside(const struct conns_outside *seen, const struct conns_bounds *bounds,
                          struct judging *judging)
{
    at_most(judging, CONNS_SPINS, "processor time while some are outside, %", seen->cpu_percent,
            bounds->cpu_percent);
    at_most(judging, CONNS_SLOW, "sales wait while some are outside, us", seen->selling_us[1],
            bounds->outside_us);
    at_least(judging, CONNS_SHUT, "let in when there was room", seen->let_in, seen->wanted);
    at_most(judging, CONNS_SHUT, "let in late, ms", seen->let_in_ms, bounds->let_in_ms);
    if (!seen->told)
        blame(judging, CONNS_SILENT, "not a word of it in the log", 0, 0);
}

unsigned conns_judge(const struct conns *seen, const struct conns_bounds *bounds,
                     char ret_fault[CONNS_FAULT_MAX])
{
    struct judging judging = {0, ret_fault};
    ret_fault[0] = '\0';
    if (seen->ended)
        blame(&judging, CONNS_LOST, "the server ended by itself", 0, 0);
    if (seen->crowd_failed)
        blame(&judging, CONNS_UNSEEN, "a terminal saw what may not be", 0, 0);
    for (unsigned i = 0; i < seen->steps; i++)
        judge_step(&seen->step[i], bounds, &judging);
    at_least(&judging, CONNS_ABSENT, "came back", seen->back, seen->gone);
    at_least(&judging, CONNS_UNSEEN, "resumed", seen->resumed, seen->gone);
    judge_outside(&seen->few, bounds, &judging);
    judge_outside(&seen->none, bounds, &judging);
    at_least(&judging, CONNS_ABSENT, "inside, of the places there are", seen->few.inside,
             seen->few.places);
    at_least(&judging, CONNS_SILENT, "turned away, says the status", seen->few.turned_away, 1);
    at_least(&judging, CONNS_GREEDY, "descriptors kept for files", seen->few.kept, bounds->kept);
    at_most(&judging, CONNS_LOST, "connected terminals that were lost", seen->lost, 0);
    at_most(&judging, CONNS_LOST, "sales that were not made", seen->unsold, 0);
    return judging.faults;
}

/* ---- forged figures ---- */

static const struct conns_bounds usual = {48, 2000000, 1000000, 500000, 3000, 60, 5000, 32};

static struct conns honest(void)
{
    const struct conns_step step = {.terminals = 5000,
                                    .exact = 5000,
                                    .arrive_ms = 9000,
                                    .arrive_cpu_ms = 5000,
                                    .kib_each = 24,
                                    .arriving_us = {9000, 400000},
                                    .selling_us = {20000, 300000},
                                    .probes = 10,
                                    .probe_ms = {40, 300}};
    const struct conns_outside outside = {.places = 1000,
                                          .inside = 1000,
                                          .cpu_percent = 12,
                                          .kept = 40,
                                          .turned_away = 3000,
                                          .selling_us = {5000, 20000},
                                          .wanted = 1000,
                                          .let_in = 1000,
                                          .let_in_ms = 900,
                                          .told = true};
    return (struct conns){.alone_us = {4000, 9000},
                          .steps = CONNS_STEPS,
                          .step = {step, step},
                          .gone = 3000,
                          .back = 3000,
                          .resumed = 3000,
                          .few = outside,
                          .none = outside};
}

struct forgery {
    size_t at; /* of a uint64_t */
    uint64_t value;
    enum conns_fault fault;
};

#define AT(member) offsetof(struct conns, member)
static const struct forgery forgeries[] = {
    {AT(step[1].exact), 4999, CONNS_ABSENT},
    {AT(step[0].unseen), 1, CONNS_UNSEEN},
    {AT(step[1].probes), 0, CONNS_UNSEEN},
    {AT(step[1].probe_ms[1]), 9000, CONNS_SLOW},
    {AT(step[0].arriving_us[1]), 3000000, CONNS_SLOW},
    {AT(step[1].selling_us[1]), 3000000, CONNS_SLOW},
    {AT(step[1].kib_each), 49, CONNS_LARGE},
    {AT(back), 2999, CONNS_ABSENT},
    {AT(resumed), 2999, CONNS_UNSEEN},
    {AT(few.cpu_percent), 99, CONNS_SPINS},
    {AT(none.cpu_percent), 99, CONNS_SPINS},
    {AT(few.selling_us[1]), 600000, CONNS_SLOW},
    {AT(few.inside), 999, CONNS_ABSENT},
    {AT(few.kept), 3, CONNS_GREEDY},
    {AT(few.turned_away), 0, CONNS_SILENT},
    {AT(few.let_in), 10, CONNS_SHUT},
    {AT(none.let_in), 0, CONNS_SHUT},
    {AT(none.let_in_ms), 9000, CONNS_SHUT},
    {AT(lost), 1, CONNS_LOST},
    {AT(unsold), 1, CONNS_LOST},
};

static bool caught(const struct conns *seen, enum conns_fault fault, size_t number)
{
    char text[CONNS_FAULT_MAX];
    if (conns_judge(seen, &usual, text) == fault)
        return true;
    printf("forged figures %zu are not found out: %s\n", number, text);
    return false;
}

bool conns_judge_fails(void)
{
    size_t count = sizeof forgeries / sizeof forgeries[0];
    struct conns seen = honest();
    bool good = caught(&seen, CONNS_GOOD, count);
    for (size_t i = 0; i < count; i++) {
        seen = honest();
        *(uint64_t *)(void *)((char *)&seen + forgeries[i].at) = forgeries[i].value;
        good = caught(&seen, forgeries[i].fault, i) && good;
    }
    seen = honest();
    seen.none.told = false;
    good = caught(&seen, CONNS_SILENT, count + 1) && good;
    seen = honest();
    seen.crowd_failed = true;
    good = caught(&seen, CONNS_UNSEEN, count + 2) && good;
    seen = honest();
    seen.ended = true;
    return caught(&seen, CONNS_LOST, count + 3) && good;
}

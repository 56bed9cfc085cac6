#include "feed/judge.h"

#include "base/grow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wrong(char *fault, const char *what, uint32_t customer, uint64_t seq, uint64_t other)
{
    (void)snprintf(fault, FEED_FAULT_MAX, "%s: customer %u, seq %" PRIu64 ", %" PRIu64, what,
                   customer, seq, other);
    return false;
}

static int by_seq(const void *a, const void *b)
{
    uint64_t left = ((const struct change *)a)->seq;
    uint64_t right = ((const struct change *)b)->seq;
    return (left > right) - (left < right);
}

bool truth_sort(struct truth *truth, char ret_fault[FEED_FAULT_MAX])
{
    qsort(truth->changes, truth->count, sizeof truth->changes[0], by_seq);
    for (size_t i = 1; i < truth->count; i++)
        if (truth->changes[i].seq == truth->changes[i - 1].seq)
            return wrong(ret_fault, "two changes at one seq", truth->changes[i].customer,
                         truth->changes[i].seq, 0);
    return true;
}

bool watcher_add(struct watcher *watcher, struct glance glance)
{
    if (!GROW(watcher->glances, watcher->capacity, watcher->count + 1))
        return false;
    watcher->glances[watcher->count++] = glance;
    return true;
}

struct judging {
    const struct truth *truth;
    struct watcher *watcher;
    uint64_t now[FEED_CUSTOMERS]; /* the truth's prints at the place that is looked at */
    uint64_t doubt;               /* customers to compare at the next exact place */
    size_t at;                    /* changes that are behind it */
    char *fault;
};

static bool judge_exact(struct judging *judging, uint64_t seq)
{
    const struct truth *truth = judging->truth;
    for (; judging->at < truth->count && truth->changes[judging->at].seq <= seq; judging->at++) {
        const struct change *change = &truth->changes[judging->at];
        judging->now[change->customer] = change->print;
        judging->doubt |= UINT64_C(1) << change->customer;
    }
    judging->doubt &= judging->watcher->wish;
    for (uint32_t i = 0; i < FEED_CUSTOMERS && judging->doubt != 0; i++)
        if ((judging->doubt >> i & 1) != 0 && judging->watcher->replica[i] != judging->now[i])
            return wrong(judging->fault, "exact, and not the truth", i, seq,
                         judging->watcher->newest[i]);
    judging->doubt = 0;
    return true;
}

static bool judge_row(struct judging *judging, const struct glance *glance)
{
    struct watcher *watcher = judging->watcher;
    if ((watcher->wish >> glance->customer & 1) == 0)
        return wrong(judging->fault, "not asked for", glance->customer, glance->seq, 0);
    if (glance->seq < watcher->newest[glance->customer])
        return true;
    watcher->newest[glance->customer] = glance->seq;
    watcher->replica[glance->customer] = glance->print;
    judging->doubt |= UINT64_C(1) << glance->customer;
    return true;
}

static bool judge_glance(struct judging *judging, const struct glance *glance)
{
    struct watcher *watcher = judging->watcher;
    switch (glance->kind) {
    case GLANCE_ROW:
        return judge_row(judging, glance);
    case GLANCE_EXACT:
        return judge_exact(judging, glance->seq);
    case GLANCE_ANEW:
        memset(watcher->replica, 0, sizeof watcher->replica);
        memset(watcher->newest, 0, sizeof watcher->newest);
        judging->doubt = watcher->wish;
        return true;
    }
    return false;
}

bool feed_judge(const struct truth *truth, struct watcher *watcher, char ret_fault[FEED_FAULT_MAX])
{
    struct judging judging = {
        .truth = truth, .watcher = watcher, .doubt = watcher->wish, .fault = ret_fault};
    memcpy(judging.now, truth->before, sizeof judging.now);
    for (size_t i = 0; i < watcher->count; i++)
        if (!judge_glance(&judging, &watcher->glances[i]))
            return false;
    return judge_exact(&judging, UINT64_MAX);
}

/* ---- forged histories ---- */

enum { FORGED_CHANGES = 20, FORGED_GLANCES = 2 * FORGED_CHANGES, FORGED_CUSTOMERS = 4 };

struct forgery {
    struct truth truth;
    struct change changes[FORGED_CHANGES];
    struct watcher watcher;
    struct glance glances[FORGED_GLANCES];
};

static void honest(struct forgery *forgery)
{
    *forgery = (struct forgery){.truth = {.changes = forgery->changes, .count = FORGED_CHANGES}};
    forgery->watcher =
        (struct watcher){.wish = 15, .glances = forgery->glances, .count = FORGED_GLANCES};
    for (uint32_t i = 0; i < FORGED_CHANGES; i++) {
        uint32_t customer = i * 7 % FORGED_CUSTOMERS;
        forgery->changes[i] = (struct change){100 + i, customer, 5000 + i};
        forgery->glances[2 * i] = (struct glance){GLANCE_ROW, customer, 100 + i, 5000 + i};
        forgery->glances[2 * i + 1] = (struct glance){GLANCE_EXACT, 0, 100 + i, 0};
    }
}

static void skipped_row(struct forgery *forgery)
{
    forgery->glances[10] = (struct glance){GLANCE_EXACT, 0, 104, 0};
}

static void other_figures(struct forgery *forgery)
{
    forgery->glances[10].print++;
}

static void too_new(struct forgery *forgery)
{
    forgery->glances[9].seq = 100 + 19; /* exact at what has not come yet */
}

static void stale_end(struct forgery *forgery)
{
    forgery->watcher.count -= 2;
}

static void anew_without_pages(struct forgery *forgery)
{
    forgery->glances[12].kind = GLANCE_ANEW;
}

static void unasked(struct forgery *forgery)
{
    forgery->watcher.wish = 7;
}

static void ahead_of_durable(struct forgery *forgery)
{
    /* pushed, then lost in a crash: the seq went to another change */
    forgery->changes[8].print = 1;
}

bool feed_judge_fails(void)
{
    static void (*const forge[])(struct forgery *) = {
        skipped_row,        other_figures, too_new,          stale_end,
        anew_without_pages, unasked,       ahead_of_durable,
    };
    static struct forgery forgery;
    char fault[FEED_FAULT_MAX] = "";
    honest(&forgery);
    bool good =
        truth_sort(&forgery.truth, fault) && feed_judge(&forgery.truth, &forgery.watcher, fault);
    if (!good)
        printf("an honest history is refused: %s\n", fault);
    for (size_t i = 0; i < sizeof forge / sizeof forge[0]; i++) {
        honest(&forgery);
        forge[i](&forgery);
        if (feed_judge(&forgery.truth, &forgery.watcher, fault)) {
            printf("forged history %zu is not found out\n", i);
            good = false;
        }
    }
    return good;
}

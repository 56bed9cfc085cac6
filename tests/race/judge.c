#include "race/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_seq(const void *a, const void *b)
{
    uint64_t left = ((const struct race_entry *)a)->seq;
    uint64_t right = ((const struct race_entry *)b)->seq;
    return (left > right) - (left < right);
}

static bool wrong(char fault[RACE_FAULT_MAX], const char *what, uint64_t seq, int64_t told,
                  int64_t right)
{
    (void)snprintf(fault, RACE_FAULT_MAX, "%s at seq %" PRIu64 ": %" PRId64 ", %" PRId64, what, seq,
                   told, right);
    return false;
}

static bool judge_sold(const struct race *race, const struct race_entry *entry,
                       int64_t *available_minor, char fault[RACE_FAULT_MAX])
{
    if (*available_minor < race->unit_minor)
        return wrong(fault, "the limit is exceeded", entry->seq, race->unit_minor,
                     *available_minor);
    *available_minor -= race->unit_minor;
    if (entry->available_minor != *available_minor)
        return wrong(fault, "a sale tells another rest", entry->seq, entry->available_minor,
                     *available_minor);
    return true;
}

static bool judge_refused(const struct race *race, const struct race_entry *entry,
                          int64_t available_minor, char fault[RACE_FAULT_MAX])
{
    int64_t over = race->unit_minor - available_minor;
    if (over <= 0)
        return wrong(fault, "refused what was free", entry->seq, race->unit_minor, available_minor);
    if (!entry->of_limit)
        return wrong(fault, "refused for something else", entry->seq, 0, 0);
    if (entry->over_by_minor != over)
        return wrong(fault, "told another excess", entry->seq, entry->over_by_minor, over);
    if (entry->available_minor != available_minor)
        return wrong(fault, "told another rest", entry->seq, entry->available_minor,
                     available_minor);
    if (entry->pay_now_minor != over)
        return wrong(fault, "not told what to pay", entry->seq, entry->pay_now_minor, over);
    if (entry->part_now_minor != available_minor)
        return wrong(fault, "not told what may go", entry->seq, entry->part_now_minor,
                     available_minor);
    if (!entry->may_raise)
        return wrong(fault, "not told who may raise it", entry->seq, 0, 0);
    return true;
}

static bool judge_entry(const struct race *race, const struct race_entry *entry,
                        int64_t *available_minor, char fault[RACE_FAULT_MAX])
{
    if (entry->told_twice && !entry->told_same)
        return wrong(fault, "one id, two replies", entry->seq, 0, 0);
    if (entry->kind == RACE_SOLD)
        return judge_sold(race, entry, available_minor, fault);
    if (entry->kind == RACE_REFUSED)
        return judge_refused(race, entry, *available_minor, fault);
    *available_minor += entry->amount_minor;
    if (entry->available_minor != *available_minor)
        return wrong(fault, "a payment tells another rest", entry->seq, entry->available_minor,
                     *available_minor);
    return true;
}

static bool judge_end(const struct race *race, int64_t available_minor, uint64_t newest,
                      char fault[RACE_FAULT_MAX])
{
    if (race->last_available_minor != available_minor || available_minor < 0)
        return wrong(fault, "the card tells another rest", race->last_seq,
                     race->last_available_minor, available_minor);
    if (race->last_used_minor != race->limit_minor - available_minor)
        return wrong(fault, "the card tells another sum", race->last_seq, race->last_used_minor,
                     race->limit_minor - available_minor);
    if (newest != 0 && race->last_seq != newest)
        return wrong(fault, "the card is of another seq", race->last_seq, (int64_t)newest, 0);
    return true;
}

/* With no payment among the sales there is one possible number. */
static bool judge_number(const struct race *race, size_t paid, char fault[RACE_FAULT_MAX])
{
    int64_t possible = (race->limit_minor - race->used_minor) / race->unit_minor;
    int64_t sales = (int64_t)(race->count - paid);
    possible = possible < sales ? possible : sales;
    if (paid == 0 && (int64_t)race->sold != possible)
        return wrong(fault, "not the possible number of sales", 0, (int64_t)race->sold, possible);
    return true;
}

bool race_judge(struct race *race, char ret_fault[RACE_FAULT_MAX])
{
    int64_t available_minor = race->limit_minor - race->used_minor;
    uint64_t newest = 0;
    size_t paid = 0;
    race->sold = 0;
    qsort(race->entries, race->count, sizeof race->entries[0], by_seq);
    for (size_t i = 0; i < race->count; i++) {
        const struct race_entry *entry = &race->entries[i];
        if (entry->seq == 0 || (i > 0 && entry->seq == entry[-1].seq))
            return wrong(ret_fault, "two commands at one seq", entry->seq, 0, 0);
        if (!judge_entry(race, entry, &available_minor, ret_fault))
            return false;
        newest = entry->kind == RACE_REFUSED ? newest : entry->seq;
        race->sold += entry->kind == RACE_SOLD;
        paid += entry->kind == RACE_PAID;
    }
    return judge_number(race, paid, ret_fault) &&
           judge_end(race, available_minor, newest, ret_fault);
}

/* ---- forged histories ---- */

enum { UNIT = 100, FORGED_SALES = 8, FORGED_SOLD = 3, FORGED_REST = 40 };

/* Eight terminals, room for three and a rest. */
static void honest(struct race *race)
{
    *race = (struct race){.unit_minor = UNIT,
                          .limit_minor = 1000,
                          .used_minor = 1000 - FORGED_SOLD * UNIT - FORGED_REST,
                          .count = FORGED_SALES,
                          .last_used_minor = 1000 - FORGED_REST,
                          .last_available_minor = FORGED_REST,
                          .last_seq = 10 + FORGED_SOLD - 1};
    for (size_t i = 0; i < FORGED_SALES; i++) {
        struct race_entry *entry = &race->entries[i];
        bool sold = i < FORGED_SOLD;
        int64_t rest = (int64_t)(FORGED_SOLD - 1 - i) * UNIT + FORGED_REST;
        *entry = (struct race_entry){
            .kind = sold ? RACE_SOLD : RACE_REFUSED,
            .seq = 10 + i,
            .available_minor = sold ? rest : FORGED_REST,
            .over_by_minor = sold ? 0 : UNIT - FORGED_REST,
            .pay_now_minor = sold ? 0 : UNIT - FORGED_REST,
            .part_now_minor = sold ? 0 : FORGED_REST,
            .of_limit = !sold,
            .may_raise = !sold,
        };
    }
}

static void sold_once_more(struct race *race)
{
    race->entries[FORGED_SOLD].kind = RACE_SOLD;
    race->entries[FORGED_SOLD].available_minor = FORGED_REST - UNIT;
    race->last_available_minor -= UNIT;
    race->last_used_minor += UNIT;
}

static void refused_too_early(struct race *race)
{
    race->entries[0].seq = 30;
}

static void sold_once_less(struct race *race)
{
    race->entries[FORGED_SOLD - 1] = race->entries[FORGED_SOLD];
    race->entries[FORGED_SOLD - 1].seq = 40;
}

static void one_forgotten(struct race *race)
{
    race->entries[0] = race->entries[--race->count];
}

static void over_by_more(struct race *race)
{
    race->entries[5].over_by_minor++;
}

static void no_way_to_pay(struct race *race)
{
    race->entries[5].pay_now_minor = 0;
}

static void no_part(struct race *race)
{
    race->entries[5].part_now_minor = 0;
}

static void nobody_may_raise(struct race *race)
{
    race->entries[6].may_raise = false;
}

static void other_reason(struct race *race)
{
    race->entries[6].of_limit = false;
}

static void one_seq_twice(struct race *race)
{
    race->entries[6].seq = race->entries[5].seq;
}

static void two_replies(struct race *race)
{
    race->entries[1].told_twice = true;
}

static void other_card(struct race *race)
{
    race->last_available_minor++;
}

static void other_sum(struct race *race)
{
    race->last_used_minor++;
}

static void other_rest(struct race *race)
{
    race->entries[1].available_minor--;
}

static void old_card(struct race *race)
{
    race->last_seq--;
}

static void paid_for_nothing(struct race *race)
{
    race->entries[race->count++] =
        (struct race_entry){.kind = RACE_PAID, .seq = 50, .amount_minor = UNIT};
}

bool race_judge_fails(void)
{
    static void (*const forge[])(struct race *) = {
        sold_once_more, refused_too_early, sold_once_less, one_forgotten,
        over_by_more,   no_way_to_pay,     no_part,        nobody_may_raise,
        other_reason,   one_seq_twice,     two_replies,    other_card,
        other_sum,      other_rest,        old_card,       paid_for_nothing,
    };
    char fault[RACE_FAULT_MAX] = "";
    static struct race race;
    honest(&race);
    bool good = race_judge(&race, fault);
    if (!good)
        printf("an honest history is refused: %s\n", fault);
    for (size_t i = 0; i < sizeof forge / sizeof forge[0]; i++) {
        honest(&race);
        forge[i](&race);
        if (race_judge(&race, fault)) {
            printf("forged history %zu is not found out\n", i);
            good = false;
        }
    }
    return good;
}

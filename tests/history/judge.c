#include "history/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 256 };

struct series {
    char name[NUMBER_TEXT_MAX];
    uint64_t last;
};

struct replay {
    const struct history *history;
    int64_t free_minor[HISTORY_CUSTOMERS];
    struct series series[SERIES_MAX];
    size_t series_count;
    char *fault;
};

static bool wrong(char *fault, const char *what, const struct operation *one, int64_t told,
                  int64_t right)
{
    (void)snprintf(fault, HISTORY_FAULT_MAX,
                   "%s: seq %" PRIu64 ", terminal %u, customer %u, %" PRId64 ", %" PRId64, what,
                   one->seq, one->terminal, one->customer, told, right);
    return false;
}

/* A read speaks of the state after the command of its seq. */
static uint64_t place_of(const struct operation *operation)
{
    return operation->seq * 2 + (operation->kind == OPERATION_READ);
}

static int by_place(const void *a, const void *b)
{
    uint64_t left = place_of(a);
    uint64_t right = place_of(b);
    return (left > right) - (left < right);
}

/* ---- real time ---- */

/* From the end: was anything of a later place heard before this was begun? */
static bool judge_time(const struct history *history, char *fault)
{
    uint64_t least_us = UINT64_MAX;   /* heard, of all places later than this one */
    uint64_t pending_us = UINT64_MAX; /* heard, of this very place */
    for (size_t i = history->count; i-- > 0;) {
        const struct operation *operation = &history->operations[i];
        bool last = i + 1 == history->count;
        if (!last && place_of(operation) != place_of(operation + 1)) {
            least_us = pending_us < least_us ? pending_us : least_us;
            pending_us = UINT64_MAX;
        }
        if (least_us < operation->begun_us)
            return wrong(fault, "begun after a later one was answered", operation,
                         (int64_t)operation->begun_us, (int64_t)least_us);
        pending_us = operation->heard_us < pending_us ? operation->heard_us : pending_us;
    }
    return true;
}

/* ---- numbers of documents ---- */

static struct series *series_of(struct replay *replay, const char *name)
{
    for (size_t i = 0; i < replay->series_count; i++)
        if (strcmp(replay->series[i].name, name) == 0)
            return &replay->series[i];
    if (replay->series_count == SERIES_MAX)
        return NULL;
    struct series *series = &replay->series[replay->series_count++];
    (void)snprintf(series->name, sizeof series->name, "%s", name);
    return series;
}

/* "B3-00017": the series is what stands before the last digits. */
static bool judge_number(struct replay *replay, const struct operation *operation)
{
    char name[NUMBER_TEXT_MAX];
    size_t end = strlen(operation->number);
    while (end > 0 && operation->number[end - 1] >= '0' && operation->number[end - 1] <= '9')
        end--;
    (void)snprintf(name, sizeof name, "%.*s", (int)end, operation->number);
    uint64_t number = strtoull(operation->number + end, NULL, 10);
    struct series *series = series_of(replay, name);
    if (series == NULL || number == 0)
        return wrong(replay->fault, "a number that is none", operation, (int64_t)number, 0);
    if (number != series->last + 1)
        return wrong(replay->fault, "a number out of its series", operation, (int64_t)number,
                     (int64_t)series->last + 1);
    series->last = number;
    return true;
}

/* ---- sums ---- */

static bool judge_told(struct replay *replay, const struct operation *operation)
{
    int64_t right = replay->free_minor[operation->customer];
    if (operation->available_minor != right)
        return wrong(replay->fault, "told another rest", operation, operation->available_minor,
                     right);
    return true;
}

static bool judge_refusal(struct replay *replay, const struct operation *operation)
{
    int64_t over = operation->amount_minor - replay->free_minor[operation->customer];
    if (operation->kind != OPERATION_SALE)
        return wrong(replay->fault, "refused without a wall", operation, 0, 0);
    if (over <= 0)
        return wrong(replay->fault, "refused what was free", operation, over, 0);
    if (operation->over_by_minor != over)
        return wrong(replay->fault, "told another excess", operation, operation->over_by_minor,
                     over);
    return judge_told(replay, operation);
}

static bool judge_write(struct replay *replay, const struct operation *operation)
{
    int64_t *free_minor = &replay->free_minor[operation->customer];
    if (operation->kind == OPERATION_SALE && operation->amount_minor > *free_minor)
        return wrong(replay->fault, "the limit is exceeded", operation, operation->amount_minor,
                     *free_minor);
    *free_minor +=
        operation->kind == OPERATION_SALE ? -operation->amount_minor : operation->amount_minor;
    return judge_told(replay, operation) && judge_number(replay, operation);
}

static bool judge_one(struct replay *replay, const struct operation *operation)
{
    if (!operation->told || operation->seq == 0)
        return wrong(replay->fault, "never answered", operation, 0, 0);
    if (operation->differs)
        return wrong(replay->fault, "one id, two replies", operation, 0, 0);
    if (operation->kind == OPERATION_READ)
        return judge_told(replay, operation);
    return operation->refused ? judge_refusal(replay, operation) : judge_write(replay, operation);
}

static bool judge_sums(struct history *history, struct replay *replay)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct operation *operation = &history->operations[i];
        bool write = operation->kind != OPERATION_READ;
        if (write && i > 0 && place_of(operation) == place_of(operation - 1))
            return wrong(replay->fault, "two commands at one seq", operation, 0, 0);
        if (!judge_one(replay, operation))
            return false;
        history->read += !write;
        history->refused += operation->refused;
        history->sold += operation->kind == OPERATION_SALE && !operation->refused;
        history->paid += operation->kind == OPERATION_PAYMENT;
    }
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++)
        if (history->last_minor[i] != replay->free_minor[i]) {
            struct operation card = {.customer = i};
            return wrong(replay->fault, "the card tells another rest", &card,
                         history->last_minor[i], replay->free_minor[i]);
        }
    return true;
}

bool history_judge(struct history *history, char ret_fault[HISTORY_FAULT_MAX])
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL)
        return false;
    replay->history = history;
    replay->fault = ret_fault;
    memcpy(replay->free_minor, history->limits_minor, sizeof replay->free_minor);
    history->sold = history->refused = history->paid = history->read = 0;
    qsort(history->operations, history->count, sizeof history->operations[0], by_place);
    bool good = judge_sums(history, replay) && judge_time(history, ret_fault);
    free(replay);
    return good;
}

/* ---- forged histories ---- */

enum { FORGED = 60, FORGED_LIMIT = 1000, FORGED_AMOUNT = 300 };

struct forgery {
    struct history history;
    struct operation operations[FORGED];
};

static void honest_one(struct forgery *forgery, size_t i, int64_t *free_minor, unsigned *numbers)
{
    struct operation *operation = &forgery->operations[i];
    *operation = (struct operation){.told = true,
                                    .terminal = (uint32_t)(i % 4 + 1),
                                    .begun_us = 1000 + i * 10,
                                    .heard_us = 1000 + i * 10 + 25,
                                    .seq = 100 + i,
                                    .amount_minor = FORGED_AMOUNT};
    if (i % 7 == 5)
        operation->kind = OPERATION_PAYMENT;
    if (i % 5 == 4) {
        operation->kind = OPERATION_READ;
        operation->seq = 100 + i - 1;
    } else if (operation->kind == OPERATION_PAYMENT) {
        *free_minor += FORGED_AMOUNT;
    } else if (*free_minor >= FORGED_AMOUNT) {
        *free_minor -= FORGED_AMOUNT;
    } else {
        operation->refused = true;
        operation->over_by_minor = FORGED_AMOUNT - *free_minor;
    }
    operation->available_minor = *free_minor;
    if (!operation->refused && operation->kind != OPERATION_READ)
        (void)snprintf(operation->number, sizeof operation->number, "B-%05u", ++*numbers);
}

static void honest(struct forgery *forgery)
{
    int64_t free_minor = FORGED_LIMIT;
    unsigned numbers = 0;
    *forgery = (struct forgery){.history = {.operations = forgery->operations, .count = FORGED}};
    forgery->history.limits_minor[0] = FORGED_LIMIT;
    for (size_t i = 0; i < FORGED; i++)
        honest_one(forgery, i, &free_minor, &numbers);
    forgery->history.last_minor[0] = free_minor;
}

static struct operation *first_that(struct forgery *forgery, enum operation_kind kind, bool refused,
                                    size_t from)
{
    for (size_t i = from; i < FORGED; i++)
        if (forgery->operations[i].kind == kind && forgery->operations[i].refused == refused)
            return &forgery->operations[i];
    return &forgery->operations[0];
}

static void answered_before(struct forgery *forgery)
{
    forgery->operations[30].heard_us = forgery->operations[20].begun_us - 1;
    forgery->operations[30].begun_us = forgery->operations[30].heard_us - 1;
}

static void stale_read(struct forgery *forgery)
{
    struct operation *read = first_that(forgery, OPERATION_READ, false, 20);
    read->begun_us += 500;
    read->heard_us += 500;
}

static void read_of_the_future(struct forgery *forgery)
{
    struct operation *read = first_that(forgery, OPERATION_READ, false, 20);
    read->begun_us = read->heard_us = 1001;
}

static void wrong_read(struct forgery *forgery)
{
    first_that(forgery, OPERATION_READ, false, 20)->available_minor++;
}

static void lost_write(struct forgery *forgery)
{
    *first_that(forgery, OPERATION_SALE, false, 0) = forgery->operations[--forgery->history.count];
}

static void doubled_write(struct forgery *forgery)
{
    forgery->history.last_minor[0] -= FORGED_AMOUNT;
}

static void exceeded(struct forgery *forgery)
{
    struct operation *refused = first_that(forgery, OPERATION_SALE, true, 0);
    refused->refused = false;
    refused->available_minor -= FORGED_AMOUNT;
}

static void refused_for_nothing(struct forgery *forgery)
{
    struct operation *sold = first_that(forgery, OPERATION_SALE, false, 0);
    sold->refused = true;
}

static void other_excess(struct forgery *forgery)
{
    first_that(forgery, OPERATION_SALE, true, 0)->over_by_minor--;
}

static void one_seq(struct forgery *forgery)
{
    first_that(forgery, OPERATION_SALE, true, 3)->seq--;
}

static void number_again(struct forgery *forgery)
{
    memcpy(forgery->operations[2].number, forgery->operations[0].number, NUMBER_TEXT_MAX);
}

static void two_replies(struct forgery *forgery)
{
    forgery->operations[12].differs = true;
}

static void no_answer(struct forgery *forgery)
{
    forgery->operations[12].told = false;
}

bool history_judge_fails(void)
{
    static void (*const forge[])(struct forgery *) = {
        answered_before, stale_read,  read_of_the_future,  wrong_read,   lost_write,
        doubled_write,   exceeded,    refused_for_nothing, other_excess, one_seq,
        number_again,    two_replies, no_answer,
    };
    static struct forgery forgery;
    char fault[HISTORY_FAULT_MAX] = "";
    honest(&forgery);
    bool good = history_judge(&forgery.history, fault);
    if (!good)
        printf("an honest history is refused: %s\n", fault);
    for (size_t i = 0; i < sizeof forge / sizeof forge[0]; i++) {
        honest(&forgery);
        forge[i](&forgery);
        if (history_judge(&forgery.history, fault)) {
            printf("forged history %zu is not found out\n", i);
            good = false;
        }
    }
    return good;
}

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
    struct history *history;
    int64_t available_minor[HISTORY_CUSTOMERS];
    struct series series[SERIES_MAX];
    size_t series_count;
};

static void wrong(struct history *history, const char *what, const struct operation *one,
                  int64_t told, int64_t right)
{
    size_t i = 0;
    while (i < history->fault_count && strcmp(history->faults[i].what, what) != 0)
        i++;
    if (i == HISTORY_FAULTS_MAX)
        return;
    struct history_fault *fault = &history->faults[i];
    if (i == history->fault_count) {
        history->fault_count++;
        *fault = (struct history_fault){.what = what};
        (void)snprintf(fault->first, sizeof fault->first,
                       "seq %" PRIu64 ", terminal %u, customer %u, %" PRId64 ", %" PRId64, one->seq,
                       one->terminal, one->customer, told, right);
    }
    fault->times++;
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
static void judge_time(struct history *history)
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
            wrong(history, "begun after a later one was answered", operation,
                  (int64_t)operation->begun_us, (int64_t)least_us);
        if (operation->told && operation->heard_us < pending_us)
            pending_us = operation->heard_us;
    }
}

/* ---- seqs ---- */

static void judge_seqs(struct history *history)
{
    const struct operation *last = NULL;
    uint64_t nobodys = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct operation *operation = &history->operations[i];
        if (operation->seq > history->last_seq)
            wrong(history, "the ledger ends before what it answered", operation,
                  (int64_t)operation->seq, (int64_t)history->last_seq);
        if (operation->kind == OPERATION_READ || !operation->told)
            continue;
        if (last != NULL && operation->seq == last->seq)
            wrong(history, "two commands at one seq", operation, 0, 0);
        nobodys += last == NULL || operation->seq == last->seq ? 0 : operation->seq - last->seq - 1;
        if (nobodys > history->nobodys_max)
            wrong(history, "a seq that nobody was told of", operation, (int64_t)nobodys, 0);
        last = operation;
    }
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
static void judge_number(struct replay *replay, const struct operation *operation)
{
    char name[NUMBER_TEXT_MAX];
    size_t end = strlen(operation->number);
    while (end > 0 && operation->number[end - 1] >= '0' && operation->number[end - 1] <= '9')
        end--;
    (void)snprintf(name, sizeof name, "%.*s", (int)end, operation->number);
    uint64_t number = strtoull(operation->number + end, NULL, 10);
    struct series *series = series_of(replay, name);
    if (series == NULL || number == 0) {
        wrong(replay->history, "a number that is none", operation, (int64_t)number, 0);
        return;
    }
    if (number != series->last + 1)
        wrong(replay->history, "a number out of its series", operation, (int64_t)number,
              (int64_t)series->last + 1);
    series->last = number;
}

/* ---- sums ---- */

static void judge_told(struct replay *replay, const struct operation *operation)
{
    int64_t right = replay->available_minor[operation->customer];
    if (operation->available_minor != right)
        wrong(replay->history, "told another rest", operation, operation->available_minor, right);
}

static void judge_refusal(struct replay *replay, const struct operation *operation)
{
    int64_t over = operation->amount_minor - replay->available_minor[operation->customer];
    if (operation->kind != OPERATION_SALE)
        wrong(replay->history, "refused without a wall", operation, 0, 0);
    else if (over <= 0)
        wrong(replay->history, "refused what was free", operation, over, 0);
    else if (operation->over_by_minor != over)
        wrong(replay->history, "told another excess", operation, operation->over_by_minor, over);
    judge_told(replay, operation);
}

static void judge_write(struct replay *replay, const struct operation *operation)
{
    int64_t *available_minor = &replay->available_minor[operation->customer];
    if (operation->kind == OPERATION_SALE && operation->amount_minor > *available_minor)
        wrong(replay->history, "the limit is exceeded", operation, operation->amount_minor,
              *available_minor);
    *available_minor +=
        operation->kind == OPERATION_SALE ? -operation->amount_minor : operation->amount_minor;
    judge_told(replay, operation);
    judge_number(replay, operation);
}

static void judge_one(struct replay *replay, const struct operation *operation)
{
    if (!operation->told || operation->seq == 0) {
        wrong(replay->history, "never answered", operation, 0, 0);
        return;
    }
    if (operation->differs)
        wrong(replay->history, "one id, two replies", operation, 0, 0);
    if (operation->kind == OPERATION_READ)
        judge_told(replay, operation);
    else if (operation->refused)
        judge_refusal(replay, operation);
    else
        judge_write(replay, operation);
}

static void judge_sums(struct history *history, struct replay *replay)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct operation *operation = &history->operations[i];
        judge_one(replay, operation);
        history->read += operation->kind == OPERATION_READ;
        history->refused += operation->refused;
        history->sold += operation->kind == OPERATION_SALE && !operation->refused;
        history->paid += operation->kind == OPERATION_PAYMENT;
    }
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++) {
        struct operation card = {.customer = i};
        if (history->last_minor[i] != replay->available_minor[i])
            wrong(history, "the card tells another rest", &card, history->last_minor[i],
                  replay->available_minor[i]);
    }
}

bool history_judge(struct history *history)
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL)
        return false;
    replay->history = history;
    memcpy(replay->available_minor, history->limits_minor, sizeof replay->available_minor);
    history->sold = history->refused = history->paid = history->read = 0;
    history->fault_count = 0;
    qsort(history->operations, history->count, sizeof history->operations[0], by_place);
    judge_seqs(history);
    judge_sums(history, replay);
    judge_time(history);
    free(replay);
    return history->fault_count == 0;
}

/* ---- forged histories ---- */

enum { FORGED = 60, FORGED_LIMIT = 1000, FORGED_AMOUNT = 300 };

struct forgery {
    struct history history;
    struct operation operations[FORGED];
};

static void honest_one(struct forgery *forgery, size_t i, int64_t *available_minor,
                       unsigned *numbers)
{
    struct operation *operation = &forgery->operations[i];
    size_t reads = (i + 1) / 5; /* so far; a read has the seq of the command before it */
    *operation = (struct operation){.told = true,
                                    .terminal = (uint32_t)(i % 4 + 1),
                                    .begun_us = 1000 + i * 10,
                                    .heard_us = 1000 + i * 10 + 25,
                                    .seq = 100 + i - reads,
                                    .amount_minor = FORGED_AMOUNT};
    if (i % 7 == 5)
        operation->kind = OPERATION_PAYMENT;
    if (i % 5 == 4) {
        operation->kind = OPERATION_READ;
    } else if (operation->kind == OPERATION_PAYMENT) {
        *available_minor += FORGED_AMOUNT;
    } else if (*available_minor >= FORGED_AMOUNT) {
        *available_minor -= FORGED_AMOUNT;
    } else {
        operation->refused = true;
        operation->over_by_minor = FORGED_AMOUNT - *available_minor;
    }
    operation->available_minor = *available_minor;
    if (!operation->refused && operation->kind != OPERATION_READ)
        (void)snprintf(operation->number, sizeof operation->number, "B-%05u", ++*numbers);
}

static void honest(struct forgery *forgery)
{
    int64_t available_minor = FORGED_LIMIT;
    unsigned numbers = 0;
    *forgery = (struct forgery){.history = {.operations = forgery->operations, .count = FORGED}};
    forgery->history.limits_minor[0] = FORGED_LIMIT;
    for (size_t i = 0; i < FORGED; i++)
        honest_one(forgery, i, &available_minor, &numbers);
    forgery->history.last_minor[0] = available_minor;
    forgery->history.last_seq = 100 + FORGED;
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

static void nobodys_seq(struct forgery *forgery)
{
    forgery->history.last_seq++;
    for (size_t i = 30; i < FORGED; i++)
        forgery->operations[i].seq++;
}

static void short_ledger(struct forgery *forgery)
{
    forgery->history.last_seq = 120;
}

static bool told_so(const struct history *history, const char *what)
{
    for (size_t i = 0; i < history->fault_count; i++)
        if (strcmp(history->faults[i].what, what) == 0)
            return true;
    printf("a forged history is not found out: %s\n", what);
    return false;
}

bool history_judge_fails(void)
{
    static const struct {
        void (*forge)(struct forgery *);
        const char *what;
    } forged[] = {
        {answered_before, "begun after a later one was answered"},
        {stale_read, "begun after a later one was answered"},
        {read_of_the_future, "begun after a later one was answered"},
        {wrong_read, "told another rest"},
        {lost_write, "told another rest"},
        {doubled_write, "the card tells another rest"},
        {exceeded, "the limit is exceeded"},
        {refused_for_nothing, "refused what was free"},
        {other_excess, "told another excess"},
        {one_seq, "two commands at one seq"},
        {number_again, "a number out of its series"},
        {two_replies, "one id, two replies"},
        {no_answer, "never answered"},
        {nobodys_seq, "a seq that nobody was told of"},
        {short_ledger, "the ledger ends before what it answered"},
    };
    static struct forgery forgery;
    honest(&forgery);
    bool good = history_judge(&forgery.history);
    if (!good)
        printf("an honest history is refused: %s: %s\n", forgery.history.faults[0].what,
               forgery.history.faults[0].first);
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        honest(&forgery);
        forged[i].forge(&forgery);
        good =
            !history_judge(&forgery.history) && told_so(&forgery.history, forged[i].what) && good;
    }
    return good;
}

/*
 * A customer's own terms: a schedule of entries, each with what was said and its days.
 *
 *   set ──▶ (begins) ──▶ in force ──▶ ends, is taken away, or another says the same
 *
 * 1. Of each term that entry holds which began last of those valid on a day; of two that began on
 *    the same day, the newer. When it ends, the one before it holds again.
 * 2. An entry holds only what can hold some day: what a later one says for all its days is taken
 *    out of it, and one that says nothing is gone. So standing terms are few, whatever their number
 *    of changes.
 * 3. Whatever was set is in the history, with the schedule that it made: the newest is in force.
 * 4. Under rules before RULE_LIMITS_ARE_A_SCHEDULE there is one entry, and what is set takes its
 *    place.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

struct schedule {
    Tefter__LimitEntry **entries; /* the one that began last first; room for one more */
    size_t count;
};

static struct key limit_key(uint32_t customer)
{
    return key_customer(customer, TABLE_LIMIT);
}

static struct key limit_history_key(uint32_t customer, uint64_t seq)
{
    struct key key = key_customer(customer, TABLE_LIMIT_HISTORY);
    key_u64(&key, seq);
    return key;
}

static Tefter__LimitRecord *limit_get(struct tx *tx, uint32_t customer)
{
    struct key key = limit_key(customer);
    return tx_shared(tx, &key, &tefter__limit_record__descriptor);
}

static bool has_newer_limit(struct tx *tx, uint32_t customer, uint64_t seq)
{
    if (!tx_recalled(tx))
        return false;
    struct key prefix = key_customer(customer, TABLE_LIMIT_HISTORY);
    struct key from = limit_history_key(customer, seq + 1);
    struct tx_walk walk;
    bool newer = tx_walk_first(tx, &prefix, &from, &walk);
    tx_walk_end(&walk);
    return newer;
}

/* Of a command that was brought back, when there is a newer one, only the history. */
static void limit_put(struct tx *tx, uint32_t customer, const Tefter__LimitRecord *record)
{
    struct key key = limit_key(customer);
    struct key history = limit_history_key(customer, record->seq);
    if (has_newer_limit(tx, customer, record->seq))
        ;
    else if (record->has_withdrawn && record->withdrawn)
        tx_delete(tx, &key);
    else
        tx_put(tx, &key, &record->base);
    tx_put(tx, &history, &record->base);
}

/* ---- rules: the schedule ---- */

/* A copy of what there is, to change. */
static void schedule_begin(struct tx *tx, uint32_t customer, struct schedule *ret_schedule)
{
    size_t count;
    Tefter__LimitEntry **entries = credit_own_terms(tx, customer, &count);
    *ret_schedule = (struct schedule){
        .entries = tx_take(tx, (count + 1) * sizeof(Tefter__LimitEntry *)), .count = count};
    for (size_t i = 0; i < count; i++) {
        Tefter__LimitEntry *entry = tx_new(tx, &tefter__limit_entry__descriptor);
        *entry = *entries[i];
        entry->terms = tx_new(tx, &tefter__limit_terms__descriptor);
        *entry->terms = *entries[i]->terms;
        ret_schedule->entries[i] = entry;
    }
}

/* Entries that are left when those for which `gone` is true are not. */
static void schedule_keep(struct schedule *schedule,
                          bool (*gone)(const Tefter__LimitEntry *entry, uint64_t argument),
                          uint64_t argument)
{
    size_t kept = 0;
    for (size_t i = 0; i < schedule->count; i++)
        if (!gone(schedule->entries[i], argument))
            schedule->entries[kept++] = schedule->entries[i];
    schedule->count = kept;
}

static bool says_nothing(const Tefter__LimitEntry *entry, uint64_t unused)
{
    (void)unused;
    return terms_say_nothing(entry->terms);
}

static bool ended_before(const Tefter__LimitEntry *entry, uint64_t today)
{
    return entry->terms->has_valid_until && entry->terms->valid_until < today;
}

static bool is_of(const Tefter__LimitEntry *entry, uint64_t seq)
{
    return entry->seq == seq;
}

/* Does the newer entry hold on every day from today on on which the other would? */
static bool covers(const Tefter__LimitEntry *newer, const Tefter__LimitEntry *other, uint32_t today)
{
    const Tefter__LimitTerms *ours = newer->terms;
    const Tefter__LimitTerms *theirs = other->terms;
    bool to_its_end = !ours->has_valid_until ||
                      (theirs->has_valid_until && theirs->valid_until <= ours->valid_until);
    return to_its_end && newer->began >= other->began &&
           (newer->began <= today || newer->began == other->began);
}

/* Puts a new entry in its place, and takes out of the others what it says for all their days. */
static void schedule_add(struct schedule *schedule, Tefter__LimitEntry *entry, uint32_t today)
{
    size_t at = 0;
    while (at < schedule->count && schedule->entries[at]->began > entry->began)
        at++;
    for (size_t i = 0; i < schedule->count; i++)
        if (covers(entry, schedule->entries[i], today))
            terms_shadow(schedule->entries[i]->terms, entry->terms);
    memmove(schedule->entries + at + 1, schedule->entries + at,
            (schedule->count - at) * sizeof *schedule->entries);
    schedule->entries[at] = entry;
    schedule->count++;
}

/* ---- rules: what a command makes of it ---- */

/* What may be taken away from a customer. */
enum { CLEARABLE = TERM_BITS_OF_ALL | TERM_BIT(TEFTER__TERM_FIELD__TERM_LIMIT) };

static Tefter__LimitEntry *new_entry(struct tx *tx, Tefter__LimitTerms *terms, uint32_t today)
{
    Tefter__LimitEntry *entry = tx_new(tx, &tefter__limit_entry__descriptor);
    entry->terms = terms;
    entry->began = terms->has_valid_from && terms->valid_from > today ? terms->valid_from : today;
    entry->seq = tx_done_seq(tx);
    return entry;
}

/* Either an entry ends, or all do, or something is said or cleared. */
static Tefter__Refusal *check_form(struct tx *tx, const Tefter__SetCreditLimit *command,
                                   uint32_t today)
{
    bool says = command->terms != NULL && !terms_say_nothing(command->terms);
    if (command->has_ended)
        return command->terms != NULL || command->n_clear > 0 ||
                       !tx_rule(tx, RULE_LIMITS_ARE_A_SCHEDULE)
                   ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "ended")
                   : NULL;
    if (!tx_rule(tx, RULE_LIMITS_ARE_A_SCHEDULE))
        return NULL;
    if (command->terms != NULL && !says && command->n_clear == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "terms.limit_minor");
    if (says && command->terms->has_valid_until && command->terms->valid_until < today)
        return refuse_early(tx, "terms.valid_until", today);
    return NULL;
}

/* The schedule as it would be. Refuses: FIELD_MISSING, NOT_FOUND, NOTHING_TO_CHANGE, TOO_MANY. */
static Tefter__Refusal *look_schedule(struct tx *tx, const Tefter__SetCreditLimit *command,
                                      uint32_t today, struct schedule *ret_schedule)
{
    schedule_begin(tx, command->customer, ret_schedule);
    size_t before = ret_schedule->count;
    if (command->has_ended) {
        schedule_keep(ret_schedule, is_of, command->ended);
        return ret_schedule->count < before ? NULL : refuse_not_found(tx, "ended");
    }
    if (command->terms == NULL && command->n_clear == 0) {
        ret_schedule->count = 0;
        bool opening = customer_get(tx, command->customer)->has_opening_limit_minor;
        return before > 0 || opening ? NULL
                                     : refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");
    }
    if (!tx_rule(tx, RULE_LIMITS_ARE_A_SCHEDULE)) {
        ret_schedule->entries[0] = new_entry(tx, command->terms, today);
        ret_schedule->count = 1;
        return NULL;
    }
    for (size_t i = 0; i < before; i++)
        terms_clear(ret_schedule->entries[i]->terms, TERMS_CLEAR(command));
    if (!terms_say_nothing(command->terms))
        schedule_add(ret_schedule, new_entry(tx, command->terms, today), today);
    schedule_keep(ret_schedule, says_nothing, 0);
    if (ret_schedule->count > LIMIT_ENTRIES_MAX)
        schedule_keep(ret_schedule, ended_before, today);
    if (ret_schedule->count > LIMIT_ENTRIES_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "terms", LIMIT_ENTRIES_MAX);
    return NULL;
}

/* Sets a limit, or says that their groups' or the company's is to hold. */
static bool speaks_of_limit(const Tefter__SetCreditLimit *command)
{
    bool all = !command->has_ended && command->terms == NULL && command->n_clear == 0;
    return all || (command->terms != NULL && terms_name_limit(command->terms)) ||
           terms_cleared(TERMS_CLEAR(command), TEFTER__TERM_FIELD__TERM_LIMIT);
}

/* ---- changes ---- */

static Tefter__LimitRecord *limit_record(struct tx *tx, const Tefter__SetCreditLimit *command,
                                         const struct schedule *schedule)
{
    Tefter__LimitRecord *record = tx_new(tx, &tefter__limit_record__descriptor);
    bool withdrawn = schedule->count == 0;
    record->terms =
        command->terms != NULL ? command->terms : tx_new(tx, &tefter__limit_terms__descriptor);
    FIELD_SET_IF(record, withdrawn, withdrawn, withdrawn);
    record->seq = tx_done_seq(tx);
    record->set_ms = tx_now_ms(tx);
    record->set_by = tx_actor_copy(tx);
    record->reason = command->reason;
    record->clear = command->clear;
    record->n_clear = command->n_clear;
    FIELD_COPY(record, ended, command);
    record->schedule = schedule->entries;
    record->n_schedule = tx_rule(tx, RULE_LIMITS_ARE_A_SCHEDULE) ? schedule->count : 0;
    return record;
}

static Tefter__Refusal *look_customer(struct tx *tx, uint32_t number,
                                      Tefter__CustomerRecord **ret_customer)
{
    Tefter__CustomerRecord *customer = customer_get(tx, number);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    *ret_customer = customer;
    if (customer->customer == company_get(tx)->cash_customer)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    Tefter__Refusal *refusal = customer_check_stands(tx, customer, "customer");
    return refusal != NULL ? refusal : customer_check_home(tx, customer);
}

/* Refuses, in this order: terms (terms_check), clear (terms_check_clear), ended (FIELD_INVALID
 * beside others), reason (field_text); NOT_FOUND customer, FIELD_INVALID customer (cash),
 * CUSTOMER_MERGED, BOUND_TO_BRANCH customer; FIELD_MISSING terms.limit_minor (days alone),
 * DATE_TOO_EARLY terms.valid_until (before today); NOT_FOUND ended; NOTHING_TO_CHANGE terms (no own
 * ones to withdraw); TOO_MANY terms. */
Tefter__Refusal *apply_set_credit_limit(struct tx *tx, const Tefter__SetCreditLimit *command,
                                        Tefter__Done *done)
{
    struct schedule schedule;
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = terms_check(tx, "terms", command->terms);
    if (refusal == NULL)
        refusal = terms_check_clear(tx, TERMS_CLEAR(command), command->terms, CLEARABLE);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = look_customer(tx, command->customer, &customer);
    if (refusal != NULL)
        return refusal;
    uint32_t today = branch_of_actor(tx)->date;
    refusal = check_form(tx, command, today);
    if (refusal == NULL)
        refusal = look_schedule(tx, command, today, &schedule);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    limit_put(tx, command->customer, limit_record(tx, command, &schedule));
    if (speaks_of_limit(command))
        customer_limit_set(tx, customer);
    struct event event = {.kind = TEFTER__EVENT_KIND__LIMIT_CHANGED, .customer = command->customer};
    event_emit(tx, &event);
    struct account *account = account_open(tx, command->customer);
    account_save(tx, account, &event);
    FIELD_SET(done, id, command->customer);
    return NULL;
}

/* ---- services ---- */

void credit_withdraw_terms(struct tx *tx, uint32_t customer)
{
    if (limit_get(tx, customer) == NULL)
        return;
    Tefter__LimitRecord *record = tx_new(tx, &tefter__limit_record__descriptor);
    record->terms = tx_new(tx, &tefter__limit_terms__descriptor);
    FIELD_SET(record, withdrawn, true);
    record->seq = tx_done_seq(tx);
    record->set_ms = tx_now_ms(tx);
    record->set_by = tx_actor_copy(tx);
    limit_put(tx, customer, record);
}

Tefter__LimitEntry **credit_own_terms(struct tx *tx, uint32_t customer, size_t *ret_count)
{
    const Tefter__LimitRecord *record = limit_get(tx, customer);
    *ret_count = record == NULL ? 0 : record->n_schedule > 0 ? record->n_schedule : 1;
    if (record == NULL || record->n_schedule > 0)
        return record == NULL ? NULL : record->schedule;
    Tefter__LimitEntry **entries = tx_take(tx, sizeof *entries);
    entries[0] = tx_new(tx, &tefter__limit_entry__descriptor);
    entries[0]->terms = record->terms;
    entries[0]->began = record->terms->has_valid_from ? record->terms->valid_from : 0;
    entries[0]->seq = record->seq;
    return entries;
}

/* ---- views ---- */

static Tefter__LimitEntry **entries_that_hold(struct tx *tx, uint32_t customer, size_t *ret_count)
{
    struct schedule schedule;
    schedule_begin(tx, customer, &schedule);
    schedule_keep(&schedule, ended_before, branch_of_actor(tx)->date);
    *ret_count = schedule.count;
    return schedule.entries;
}

Tefter__Refusal *view_limits(struct tx *tx, const Tefter__LimitHistory *query,
                             Tefter__LimitsAnswer *answer)
{
    uint64_t last; /* the oldest of the page before */
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (customer_get(tx, query->customer) == NULL)
        return refuse_not_found(tx, "customer");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    if (last == 0)
        answer->own_terms = entries_that_hold(tx, query->customer, &answer->n_own_terms);
    for (size_t i = 0; i < answer->n_own_terms; i++)
        page.bytes += tx_size(&answer->own_terms[i]->base);
    struct key prefix = key_customer(query->customer, TABLE_LIMIT_HISTORY);
    struct key before = limit_history_key(query->customer, last);
    answer->limits = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__LimitRecord *));
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, last != 0 ? &before : NULL, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        Tefter__LimitRecord *limit = tx_walk_record(&walk, &tefter__limit_record__descriptor);
        limit->n_schedule = 0; /* as it was then: what was set tells that */
        if (!page_takes(&page, &limit->base))
            break;
        answer->limits[answer->n_limits++] = limit;
        last = tx_walk_u64(&walk, KEY_CUSTOMER_HEAD);
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

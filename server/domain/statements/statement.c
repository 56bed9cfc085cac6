/*
 * Statements: the records, and making one.
 *
 *   (nothing) ──the job, MakeStatement──▶ being made ──steps──▶ made, for ever
 *
 * 1. opening + debit - credit + moved + joined = closing, and the opening of a statement is the
 *    closing of the one before it.
 * 2. Every paper of a customer stands in one statement: that of its days, or, written later, the
 *    first made after it.
 * 3. Rows are hashed as they were told; made again they have that hash, whatever was written since.
 * 4. Numbers are given out in order, and never twice.
 */
#include "domain/statements/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/org/org.h"
#include "domain/receivables/receivables.h"

#include <string.h>

enum { HASHED_AS = 1, ROWS_AT_ONCE = 128, AGING_BUCKETS = 6 };

/* ---- records ---- */

struct key statement_key(uint32_t customer, uint32_t statement)
{
    struct key key = key_customer(customer, TABLE_STATEMENT);
    key_u32(&key, statement);
    return key;
}

static struct key owner_key(uint32_t statement)
{
    struct key key = key_book(TABLE_STATEMENT_OWNER);
    key_u32(&key, statement);
    return key;
}

static struct key stated_key(uint32_t customer)
{
    return key_customer(customer, TABLE_STATED);
}

Tefter__StatementRecord *statement_get(struct tx *tx, uint32_t statement)
{
    struct key owner = owner_key(statement);
    uint64_t customer = 0;
    if (!tx_get_u64(tx, &owner, &customer))
        return NULL;
    struct key key = statement_key((uint32_t)customer, statement);
    return tx_need(tx, &key, &tefter__statement_record__descriptor);
}

static void statement_save(struct tx *tx, const Tefter__StatementRecord *statement)
{
    struct key key = statement_key(statement->customer, statement->statement);
    tx_put(tx, &key, &statement->base);
}

uint32_t statement_last(struct tx *tx, uint32_t customer)
{
    struct key prefix = key_customer(customer, TABLE_STATEMENT);
    struct tx_walk walk;
    uint32_t last =
        tx_walk_last(tx, &prefix, NULL, &walk) ? tx_walk_u32(&walk, KEY_CUSTOMER_HEAD) : 0;
    tx_walk_end(&walk);
    return last;
}

static const Tefter__StatedRecord *stated_get(struct tx *tx, uint32_t customer)
{
    struct key key = stated_key(customer);
    return tx_get(tx, &key, &tefter__stated_record__descriptor);
}

uint32_t statement_told_until(struct tx *tx, uint32_t customer)
{
    return account_field(tx, customer)->stated_until;
}

/* ---- rules: what it would be ---- */

/* A paper of those days; dates alone are looked at. */
static bool has_papers(struct tx *tx, uint32_t customer, uint32_t from, uint32_t until)
{
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct key key = document_key(document_id(customer, from + 1, 0));
    struct tx_walk walk;
    bool has = tx_walk_first(tx, &prefix, &key, &walk) &&
               document_date(tx_walk_u64(&walk, KEY_CUSTOMER_HEAD)) <= until;
    tx_walk_end(&walk);
    return has;
}

static bool has_late(struct tx *tx, uint32_t customer, uint64_t after)
{
    struct late_walk walk;
    bool has = account_late_first(tx, customer, after, UINT64_MAX - 1, UINT64_MAX, &walk);
    account_late_end(&walk);
    return has;
}

/* Nothing was told of it that is still owed, nothing was owed before, and nothing came. */
static bool part_says_nothing(struct tx *tx, uint32_t customer, const struct statement_order *order)
{
    const Tefter__StatedRecord *stated = stated_get(tx, customer);
    const Tefter__AccountRecord *account = account_field(tx, customer);
    uint32_t from = stated != NULL ? stated->until : order->first_from;
    if (stated != NULL && (stated->closing_minor != 0 || has_late(tx, customer, stated->seq)))
        return false;
    if (account->balance_minor != 0 || account->moved_minor != 0)
        return false;
    return !has_papers(tx, customer, from, order->until);
}

/* The record, those that were merged into it, and those for whom they pay. */
static size_t part_count(const Tefter__CustomerRecord *customer)
{
    return 1 + customer->n_sites;
}

static uint32_t part_at(const Tefter__CustomerRecord *customer, size_t i)
{
    return i == 0 ? customer->customer : customer->sites[i - 1];
}

bool statement_says_nothing(struct tx *tx, const struct statement_order *order)
{
    bool nothing = true;
    for (size_t i = 0; i < part_count(order->customer) && nothing; i++)
        nothing = part_says_nothing(tx, part_at(order->customer, i), order);
    return nothing;
}

/* ---- making: the beginning ---- */

static Tefter__StatementPart *part_new(struct tx *tx, uint32_t customer,
                                       const struct statement_order *order, uint32_t before)
{
    const Tefter__StatedRecord *stated = stated_get(tx, customer);
    Tefter__StatementPart *part = tx_new(tx, &tefter__statement_part__descriptor);
    bool joined = before != 0 && (stated == NULL || stated->statement != before);
    part->customer = customer;
    part->from_date = stated != NULL ? stated->until : order->first_from;
    part->from_seq = stated != NULL ? stated->seq : 0;
    part->opening_minor = stated != NULL ? stated->closing_minor : 0;
    part->closing_minor = part->opening_minor;
    FIELD_SET_IF(part, joined, joined, joined);
    return part;
}

static void take_number(struct tx *tx, Tefter__StatementRecord *statement)
{
    Tefter__CompanyRecord *company = company_shared(tx);
    struct key owner;
    if (!company->has_next_statement)
        FIELD_SET(company, next_statement, 1);
    statement->statement = company_take(tx, company, COUNTS_STATEMENTS);
    statement->number = tx_format(tx, "ST-%05u", statement->statement);
    company_save(tx, company);
    owner = owner_key(statement->statement);
    tx_put_u64(tx, &owner, statement->customer);
}

static void set_next_day(struct tx *tx, Tefter__StatementRecord *statement,
                         const struct statement_order *order)
{
    uint32_t group;
    struct settlement next;
    const Tefter__Cycle *cycle = customer_cycle(tx, order->customer, &group);
    struct workdays workdays = branch_workdays(tx, statement->branch);
    uint32_t after = order->settlement != NULL ? order->settlement->cycle_day : order->until;
    if (cycle != NULL && settlement_next(cycle, &workdays, after, &next))
        FIELD_SET(statement, next_date, next.day);
}

Tefter__StatementRecord *statement_begin(struct tx *tx, const struct statement_order *order)
{
    Tefter__StatementRecord *statement = tx_new(tx, &tefter__statement_record__descriptor);
    struct hash none = {.bytes = {0}};
    const Tefter__CustomerRecord *customer = order->customer;
    uint32_t before = statement_last(tx, customer->customer);
    statement->customer = customer->customer;
    statement->branch = customer_home(customer);
    if (order->settlement != NULL) {
        FIELD_SET(statement, settle_date, order->settlement->day);
        FIELD_SET(statement, cycle_date, order->settlement->cycle_day);
    }
    statement->until = order->until;
    statement->seq = tx_seq(tx);
    statement->made_ms = tx_now_ms(tx);
    statement->actor = tx_actor_copy(tx);
    statement->version = HASHED_AS;
    FIELD_SET_IF(statement, before, before != 0, before);
    statement->n_parts = part_count(customer);
    statement->parts = tx_take(tx, statement->n_parts * sizeof *statement->parts);
    for (size_t i = 0; i < statement->n_parts; i++)
        statement->parts[i] = part_new(tx, part_at(customer, i), order, before);
    statement->from_date = statement->parts[0]->from_date + 1;
    for (size_t i = 0; i < statement->n_parts; i++)
        account_tell_until(tx, statement->parts[i]->customer, order->until);
    statement->hash.len = sizeof none.bytes;
    statement->hash.data = tx_take(tx, sizeof none.bytes);
    set_next_day(tx, statement, order);
    FIELD_SET(statement, making, true);
    take_number(tx, statement);
    return statement;
}

/* ---- making: its rows ---- */

static struct statement_place place_of(const Tefter__StatementRecord *statement)
{
    return (struct statement_place){.part = statement->part,
                                    .late_seq = statement->late_seq,
                                    .document = statement->document,
                                    .in_time = statement->in_time};
}

static void keep_place(Tefter__StatementRecord *statement, const struct statement_place *place)
{
    FIELD_SET_IF(statement, part, place->part != 0, place->part);
    FIELD_SET_IF(statement, late_seq, place->late_seq != 0, place->late_seq);
    FIELD_SET_IF(statement, document, place->document != 0, place->document);
    FIELD_SET_IF(statement, in_time, place->in_time, place->in_time);
}

static void add_row(struct tx *tx, Tefter__StatementRecord *statement, Tefter__StatementPart *part,
                    const Tefter__StatementRow *row)
{
    struct hash hash;
    memcpy(hash.bytes, statement->hash.data, sizeof hash.bytes);
    statement_hash_row(tx, row, &hash);
    memcpy(statement->hash.data, hash.bytes, sizeof hash.bytes);
    part->closing_minor = tx_sum(tx, part->closing_minor, row->amount_minor);
    part->rows++;
    statement->rows++;
    if (row->amount_minor > 0)
        statement->debit_minor = tx_sum(tx, statement->debit_minor, row->amount_minor);
    else
        statement->credit_minor = tx_difference(tx, statement->credit_minor, row->amount_minor);
}

/* What the papers come to that are in no statement yet: those dated later, and those that came
 * late since this one began. */
static int64_t untold(struct tx *tx, const Tefter__StatementRecord *statement, uint32_t customer)
{
    enum { FIELD_BALANCE = 13 };
    struct tx *scratch = tx_scratch_begin(tx);
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct key from = document_key(document_id(customer, statement->until + 1, 0));
    struct tx_walk walk;
    int64_t sum = 0;
    for (bool on = tx_walk_first(scratch, &prefix, &from, &walk); on; on = tx_walk_next(&walk))
        sum = tx_sum(tx, sum, (int64_t)tx_walk_field(&walk, FIELD_BALANCE));
    tx_walk_end(&walk);
    struct late_walk late;
    bool on =
        account_late_first(scratch, customer, statement->seq, UINT64_MAX - 1, UINT64_MAX, &late);
    for (; on; on = account_late_next(&late)) {
        struct key key = document_key(account_late_document(&late));
        sum = tx_sum(tx, sum, (int64_t)tx_field(scratch, &key, FIELD_BALANCE));
    }
    account_late_end(&late);
    tx_scratch_end(scratch);
    return sum;
}

/* All its rows are in. Of a record that was never told what was owed before is what is owed now
 * less all that came. */
static void end_part(struct tx *tx, Tefter__StatementRecord *statement, Tefter__StatementPart *part)
{
    struct key key = stated_key(part->customer);
    const Tefter__AccountRecord *account = account_field(tx, part->customer);
    Tefter__StatedRecord *stated = tx_new(tx, &tefter__stated_record__descriptor);
    if (part->from_seq == 0) {
        int64_t came = part->closing_minor;
        int64_t papers = tx_difference(tx, account->balance_minor, account->moved_minor);
        part->closing_minor = tx_difference(tx, papers, untold(tx, statement, part->customer));
        part->opening_minor = tx_difference(tx, part->closing_minor, came);
    }
    FIELD_SET_IF(part, moved_minor, account->moved_minor != 0, account->moved_minor);
    stated->until = part->from_date > statement->until ? part->from_date : statement->until;
    stated->seq = statement->seq;
    stated->closing_minor = part->closing_minor;
    stated->statement = statement->statement;
    tx_put(tx, &key, &stated->base);
}

/* ---- making: the end ---- */

static size_t bucket_of(int64_t days_late)
{
    static const int64_t bounds[AGING_BUCKETS - 1] = {0, 30, 60, 90, 120};
    size_t i = 0;
    while (i < AGING_BUCKETS - 1 && days_late > bounds[i])
        i++;
    return i;
}

static void age_part(struct tx *tx, Tefter__StatementRecord *statement, uint32_t customer)
{
    enum { FIELD_OPEN = 4 };
    struct key debits = key_customer(customer, TABLE_OPEN_DEBIT);
    struct key credits = key_customer(customer, TABLE_OPEN_CREDIT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &debits, NULL, &walk); on; on = tx_walk_next(&walk)) {
        int64_t open = (int64_t)tx_walk_field(&walk, FIELD_OPEN);
        uint32_t due = tx_walk_u32(&walk, KEY_CUSTOMER_HEAD);
        if (document_date(tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4)) > statement->until)
            continue;
        int64_t *sum = &statement->aging_minor[bucket_of((int64_t)statement->until - due)];
        *sum = tx_sum(tx, *sum, open);
        if (statement->has_next_date && due < statement->next_date)
            statement->due_next_minor = tx_sum(tx, statement->due_next_minor, open);
    }
    tx_walk_end(&walk);
    for (bool on = tx_walk_first(tx, &credits, NULL, &walk); on; on = tx_walk_next(&walk))
        if (document_date(tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4)) <= statement->until)
            statement->unmatched_minor =
                tx_sum(tx, statement->unmatched_minor, (int64_t)tx_walk_field(&walk, FIELD_OPEN));
    tx_walk_end(&walk);
}

static void age(struct tx *tx, Tefter__StatementRecord *statement)
{
    int64_t open = 0;
    statement->n_aging_minor = AGING_BUCKETS;
    statement->aging_minor = tx_take(tx, AGING_BUCKETS * sizeof *statement->aging_minor);
    for (size_t i = 0; i < statement->n_parts; i++) {
        const Tefter__AccountRecord *account = account_field(tx, statement->parts[i]->customer);
        age_part(tx, statement, statement->parts[i]->customer);
        statement->uncleared_minor =
            tx_sum(tx, statement->uncleared_minor,
                   tx_sum(tx, account->waiting_minor, account->uncleared_minor));
    }
    for (size_t i = 0; i < AGING_BUCKETS; i++)
        open = tx_sum(tx, open, statement->aging_minor[i]);
    open = tx_difference(tx, open, statement->unmatched_minor);
    statement->settled_since_minor = tx_difference(tx, statement->closing_minor, open);
    statement->has_unmatched_minor = statement->unmatched_minor != 0;
    statement->has_uncleared_minor = statement->uncleared_minor != 0;
    statement->has_settled_since_minor = statement->settled_since_minor != 0;
    statement->has_due_next_minor = statement->has_next_date;
}

static bool has_part(const Tefter__StatementRecord *statement, uint32_t customer)
{
    for (size_t i = 0; i < statement->n_parts; i++)
        if (statement->parts[i]->customer == customer)
            return true;
    return false;
}

/* What who joined brought, less what who left took along. */
static int64_t joined(struct tx *tx, const Tefter__StatementRecord *statement,
                      const Tefter__StatementRecord *before)
{
    int64_t sum = 0;
    for (size_t i = 0; i < statement->n_parts; i++)
        if (statement->parts[i]->joined)
            sum = tx_sum(tx, sum, statement->parts[i]->opening_minor);
    for (size_t i = 0; i < before->n_parts; i++) {
        const Tefter__StatementPart *part = before->parts[i];
        if (!has_part(statement, part->customer))
            sum = tx_difference(tx, sum, tx_sum(tx, part->closing_minor, part->moved_minor));
    }
    return sum;
}

static void add_up(struct tx *tx, Tefter__StatementRecord *statement)
{
    const Tefter__StatementRecord *before =
        statement->has_before ? statement_get(tx, statement->before) : NULL;
    int64_t came = tx_difference(tx, statement->debit_minor, statement->credit_minor);
    for (size_t i = 0; i < statement->n_parts; i++) {
        const Tefter__StatementPart *part = statement->parts[i];
        statement->closing_minor = tx_sum(tx, statement->closing_minor,
                                          tx_sum(tx, part->closing_minor, part->moved_minor));
    }
    if (before == NULL) {
        statement->opening_minor = tx_difference(tx, statement->closing_minor, came);
        return;
    }
    int64_t others = joined(tx, statement, before);
    int64_t told = tx_sum(tx, tx_sum(tx, before->closing_minor, came), others);
    int64_t moved = tx_difference(tx, statement->closing_minor, told);
    statement->opening_minor = before->closing_minor;
    FIELD_SET_IF(statement, joined_minor, others != 0, others);
    FIELD_SET_IF(statement, moved_minor, moved != 0, moved);
}

static void end_statement(struct tx *tx, Tefter__StatementRecord *statement)
{
    struct event event = {.kind = TEFTER__EVENT_KIND__STATEMENT_MADE,
                          .customer = statement->customer,
                          .about = statement->statement,
                          .number = statement->number};
    add_up(tx, statement);
    age(tx, statement);
    keep_place(statement, &(struct statement_place){0});
    FIELD_SET_IF(statement, making, false, false);
    event_emit(tx, &event);
}

bool statement_go_on(struct tx *tx, Tefter__StatementRecord *statement, uint32_t *work)
{
    Tefter__StatementRow *rows[ROWS_AT_ONCE];
    struct statement_place place = place_of(statement);
    while (*work > 0 && !statement_at_end(statement, &place)) {
        Tefter__StatementPart *part = statement->parts[place.part];
        size_t most = *work < ROWS_AT_ONCE ? *work : ROWS_AT_ONCE;
        size_t count = statement_rows(tx, statement, &place, rows, most);
        for (size_t i = 0; i < count; i++)
            add_row(tx, statement, part, rows[i]);
        if (count == 0)
            end_part(tx, statement, part);
        *work -= count > 0 ? (uint32_t)count : 1;
    }
    bool made = statement_at_end(statement, &place);
    keep_place(statement, &place);
    if (made)
        end_statement(tx, statement);
    statement_save(tx, statement);
    return made;
}

/* ---- changes ---- */

static Tefter__Refusal *look_customer(struct tx *tx, const Tefter__MakeStatement *command,
                                      Tefter__CustomerRecord **ret_customer)
{
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, false, &customer);
    if (refusal != NULL)
        return refusal;
    if (customer->customer == company_cash_customer(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    refusal = customer_check_stands(tx, customer, "customer");
    if (refusal != NULL)
        return refusal;
    *ret_customer = customer;
    if (!customer->has_payer)
        return NULL;
    refusal = refuse(tx, TEFTER__REFUSAL_CODE__PAYER_HAS_PAYER, "customer");
    refusal->payer_code = customer_read(tx, customer->payer)->code;
    return refusal;
}

/* Of a record that was never told: the days of that month before. */
static uint32_t month_before(uint32_t until)
{
    uint32_t first;
    struct civil civil = civil_of_date(until);
    civil.day = 1;
    return date_of_civil(civil, &first) ? first - 1 : DATE_NONE;
}

static Tefter__Refusal *look_until(struct tx *tx, const Tefter__MakeStatement *command,
                                   const Tefter__CustomerRecord *customer, uint32_t *ret_until)
{
    const Tefter__BranchRecord *branch = branch_get(tx, customer_home(customer));
    uint32_t told = statement_told_until(tx, customer->customer);
    Tefter__Refusal *refusal = command->has_until ? field_date(tx, "until", command->until) : NULL;
    *ret_until = command->has_until ? command->until : branch->date - 1;
    if (refusal == NULL && *ret_until > branch->date)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "until");
    if (refusal == NULL && *ret_until <= told)
        refusal = refuse_early(tx, "until", told + 1);
    return refusal;
}

/* Refuses, in this order: RULES_TOO_OLD make_statement; customer_resolve; FIELD_INVALID customer
 * (cash), CUSTOMER_ERASED, CUSTOMER_MERGED; PAYER_HAS_PAYER customer with payer_code (they are told
 * with who pays for them); until (field_date), DATE_IN_FUTURE until (after the business date of the
 * branch that opened them), DATE_TOO_EARLY until (told already). */
Tefter__Refusal *apply_make_statement(struct tx *tx, const Tefter__MakeStatement *command,
                                      Tefter__Done *done)
{
    enum { ROWS_IN_COMMAND = 500 };
    struct statement_order order = {.settlement = NULL};
    if (!tx_rule(tx, RULE_STATEMENTS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "make_statement");
    Tefter__Refusal *refusal = look_customer(tx, command, &order.customer);
    if (refusal == NULL)
        refusal = look_until(tx, command, order.customer, &order.until);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    uint32_t work = ROWS_IN_COMMAND;
    order.first_from = month_before(order.until);
    Tefter__StatementRecord *statement = statement_begin(tx, &order);
    if (!statement_go_on(tx, statement, &work)) {
        Tefter__CompanyRecord *company = company_shared(tx);
        FIELD_SET(done, job, job_start_of_statement(tx, company, statement->statement));
        company_save(tx, company);
    }
    FIELD_SET(done, id, statement->statement);
    done->number = statement->number;
    return NULL;
}

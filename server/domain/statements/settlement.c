/*
 * Who settles, and the proof that nobody was left out.
 *
 *   a day turns ──▶ the job looks at all customers ──▶ a statement, or why there is none
 *   all branches have passed a settlement day ──▶ it is sealed
 *
 * 1. Of each customer and settlement day there is one row: their statement or the reason for none.
 * 2. A statement is made when the business date of the customer's branch reaches the day on which
 *    it has to be ready, of all days before. So its days are over.
 * 3. Days that turn at once make one statement: the earlier settlement days are covered by it.
 * 4. How often the job runs changes nothing: until when a customer was looked at is kept.
 */
#include "domain/statements/inside.h"

#include "base/date.h"
#include "domain/org/org.h"
#include "domain/receivables/receivables.h"

#include <string.h>

enum {
    STEP_WORK = 400,
    MOVED_DAYS_MAX = 60, /* that a settlement day is moved over days without work */
};

/* ---- records ---- */

static struct key due_key(uint32_t day, uint32_t customer)
{
    struct key key = key_book(TABLE_STATEMENT_DUE);
    key_u32(&key, day);
    key_u32(&key, customer);
    return key;
}

static struct key day_key(uint32_t day)
{
    struct key key = key_book(TABLE_STATEMENT_DAY);
    key_u32(&key, day);
    return key;
}

static Tefter__StatementDayRecord *day_get(struct tx *tx, uint32_t date)
{
    struct key key = day_key(date);
    Tefter__StatementDayRecord *day = tx_get(tx, &key, &tefter__statement_day_record__descriptor);
    if (day != NULL)
        return day;
    day = tx_new(tx, &tefter__statement_day_record__descriptor);
    day->settle_date = date;
    day->digest.len = HASH_SIZE;
    day->digest.data = tx_take(tx, HASH_SIZE);
    return day;
}

/* ---- who is due ---- */

struct due {
    Tefter__CustomerRecord *customer;
    const Tefter__Cycle *cycle;
    struct workdays workdays;
    uint32_t today; /* of their branch */
    uint32_t seen;  /* what was to be made until then is */
    uint32_t after; /* the cycle's day that was looked at last */
};

/* false: nobody who ever settles. */
static bool due_begin(struct tx *tx, uint32_t number, struct due *ret_due)
{
    uint32_t group;
    Tefter__CustomerRecord *customer = customer_get(tx, number);
    if (customer == NULL || customer->has_payer || number == company_cash_customer(tx))
        return false;
    const Tefter__Cycle *cycle = customer_cycle(tx, customer, &group);
    if (cycle == NULL)
        return false;
    uint32_t branch = customer_home(customer);
    uint32_t seen = customer_settled_until(tx, number, cycle);
    *ret_due = (struct due){
        .customer = customer,
        .cycle = cycle,
        .workdays = branch_workdays(tx, branch),
        .today = branch_get(tx, branch)->date,
        .seen = seen,
        .after = seen > MOVED_DAYS_MAX ? seen - MOVED_DAYS_MAX : 0,
    };
    return true;
}

/* The next settlement day whose statement is to be made by today, and was not yet. */
static bool due_next(struct due *due, struct settlement *ret_settlement)
{
    while (settlement_next(due->cycle, &due->workdays, due->after, ret_settlement) &&
           ret_settlement->made <= due->today) {
        due->after = ret_settlement->cycle_day;
        if (ret_settlement->made > due->seen)
            return true;
    }
    return false;
}

/* ---- what came of it ---- */

static void note(struct tx *tx, const struct due *due, const struct settlement *settlement,
                 uint32_t statement, Tefter__NoStatement none)
{
    struct key key = due_key(settlement->day, due->customer->customer);
    struct key of_day = day_key(settlement->day);
    struct hash_state state;
    struct hash digest;
    if (tx_has(tx, &key))
        return; /* another day of the cycle was moved to this one, and is told */
    Tefter__StatementDayRecord *day = day_get(tx, settlement->day);
    Tefter__StatementDueRecord *row = tx_new(tx, &tefter__statement_due_record__descriptor);
    row->settle_date = settlement->day;
    row->customer = due->customer->customer;
    FIELD_SET_IF(row, statement, statement != 0, statement);
    FIELD_SET_IF(row, none, statement == 0, none);
    struct slice packed = tx_pack(tx, &row->base);
    hash_begin(&state);
    hash_add(&state, day->digest.data, day->digest.len);
    hash_add(&state, packed.data, packed.size);
    hash_end(&state, &digest);
    day->digest.data = tx_take(tx, HASH_SIZE);
    memcpy(day->digest.data, digest.bytes, HASH_SIZE);
    day->customers++;
    day->statements += statement != 0 ? 1 : 0;
    tx_put(tx, &key, &row->base);
    tx_put(tx, &of_day, &day->base);
}

/* The newest of those days; the others are covered by it. */
static Tefter__StatementRecord *settle(struct tx *tx, struct due *due, struct settlement newest)
{
    struct statement_order order = {.customer = due->customer, .settlement = &newest};
    uint32_t told = statement_told_until(tx, due->customer->customer);
    order.until = newest.made - 1;
    order.first_from = settlement_before(due->cycle, &due->workdays, newest.cycle_day);
    if (due->customer->erased) {
        note(tx, due, &newest, 0, TEFTER__NO_STATEMENT__NO_STATEMENT_ERASED);
    } else if (order.until <= told) {
        note(tx, due, &newest, 0, TEFTER__NO_STATEMENT__NO_STATEMENT_BY_HAND);
    } else if (statement_says_nothing(tx, &order)) {
        note(tx, due, &newest, 0, TEFTER__NO_STATEMENT__NO_STATEMENT_NOTHING);
    } else {
        Tefter__StatementRecord *statement = statement_begin(tx, &order);
        note(tx, due, &newest, statement->statement, 0);
        return statement;
    }
    return NULL;
}

/* Looks at one customer. The statement that is begun of them; NULL: none. */
static Tefter__StatementRecord *look_at(struct tx *tx, uint32_t number, uint32_t *work)
{
    struct due due;
    struct settlement newest;
    struct settlement next;
    uint32_t days = 1;
    if (!due_begin(tx, number, &due) || !due_next(&due, &newest))
        return NULL;
    for (; due_next(&due, &next); days++) {
        note(tx, &due, &newest, 0, TEFTER__NO_STATEMENT__NO_STATEMENT_COVERED);
        newest = next;
    }
    *work -= days < *work ? days : *work;
    customer_settled(tx, number, due.today);
    return settle(tx, &due, newest);
}

/* ---- sealing ---- */

/* Every branch has passed them, so nobody is due on them any more. */
static void seal(struct tx *tx)
{
    enum { DAYS_OPEN_MAX = 500 };
    uint32_t days[DAYS_OPEN_MAX];
    size_t count = 0;
    uint32_t until = branch_earliest_date(tx);
    struct key prefix = key_book(TABLE_STATEMENT_DAY);
    struct key before = day_key(until + 1);
    struct tx_walk walk;
    enum { FIELD_SEALED = 5 };
    for (bool on = tx_walk_last(tx, &prefix, &before, &walk);
         on && count < DAYS_OPEN_MAX && tx_walk_field(&walk, FIELD_SEALED) == 0;
         on = tx_walk_previous(&walk))
        days[count++] = tx_walk_u32(&walk, KEY_BOOK_HEAD);
    tx_walk_end(&walk);
    for (size_t i = 0; i < count; i++) {
        struct key key = day_key(days[i]);
        Tefter__StatementDayRecord *day = day_get(tx, days[i]);
        FIELD_SET(day, sealed, tx_seq(tx));
        tx_put(tx, &key, &day->base);
    }
}

/* ---- the job ---- */

/* true: there is none that is being made any more. */
static bool finish_begun(struct tx *tx, Tefter__JobRecord *job, uint32_t *work)
{
    if (!job->has_statement)
        return true;
    if (!statement_go_on(tx, statement_get(tx, job->statement), work))
        return false;
    FIELD_SET_IF(job, statement, false, 0);
    return true;
}

bool statements_step(struct tx *tx, Tefter__JobRecord *job)
{
    uint32_t work = STEP_WORK;
    if (!finish_begun(tx, job, &work))
        return false;
    if (job->alone)
        return true;
    while (work > 0) {
        uint32_t number = customer_next(tx, job->cursor);
        if (number == 0) {
            seal(tx);
            return true;
        }
        job->cursor = number;
        job->done++;
        work--;
        Tefter__StatementRecord *statement = look_at(tx, number, &work);
        if (statement == NULL)
            continue;
        work = work == 0 ? 1 : work;
        if (statement_go_on(tx, statement, &work))
            continue;
        FIELD_SET(job, statement, statement->statement);
        break;
    }
    return false;
}

/* ---- views ---- */

static Tefter__CustomerRow *row_of(struct tx *tx, uint32_t customer)
{
    return customer_row(tx, customer_read(tx, customer));
}

/* In a list it has its sums, and not what it is made of. */
static Tefter__StatementRecord *short_form(Tefter__StatementRecord *statement)
{
    statement->n_parts = 0;
    return statement;
}

static Tefter__StatementEntry *entry_of(struct tx *tx, uint32_t customer, uint32_t statement)
{
    Tefter__StatementEntry *entry = tx_new(tx, &tefter__statement_entry__descriptor);
    entry->customer = row_of(tx, customer);
    if (statement != 0)
        entry->statement = short_form(statement_get(tx, statement));
    return entry;
}

struct statement_list {
    struct tx *tx;
    struct page page;
    Tefter__StatementsAnswer *answer;
};

/* false: the page is full before it. */
static bool list_add(struct statement_list *list, Tefter__StatementEntry *entry, uint64_t at)
{
    if (list->page.rows >= list->page.rows_most || !page_takes(&list->page, &entry->base)) {
        FIELD_SET(list->answer, next, page_write(list->tx, &at, 1));
        return false;
    }
    list->answer->rows[list->answer->n_rows++] = entry;
    return true;
}

/* Those who were due on a day, by number. `from`: the first of the page. */
static void list_day(struct statement_list *list, uint32_t day, uint64_t from)
{
    struct tx *tx = list->tx;
    struct key prefix = key_book(TABLE_STATEMENT_DUE);
    key_u32(&prefix, day);
    struct key first = due_key(day, (uint32_t)from);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, &first, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__StatementDueRecord *due =
            tx_walk_record(&walk, &tefter__statement_due_record__descriptor);
        Tefter__StatementEntry *entry = entry_of(tx, due->customer, due->statement);
        FIELD_COPY(entry, none, due);
        FIELD_SET(entry, settle_date, day);
        if (!list_add(list, entry, due->customer))
            break;
    }
    tx_walk_end(&walk);
}

/* Newest first: those before `before`, of one customer or (0) of all. */
static void list_newest(struct statement_list *list, uint32_t customer, uint64_t before)
{
    struct tx *tx = list->tx;
    struct key prefix =
        customer != 0 ? key_customer(customer, TABLE_STATEMENT) : key_book(TABLE_STATEMENT_OWNER);
    size_t head = customer != 0 ? KEY_CUSTOMER_HEAD : KEY_BOOK_HEAD;
    struct key end = prefix;
    struct tx_walk walk;
    key_u32(&end, (uint32_t)before);
    for (bool on = tx_walk_last(tx, &prefix, before != 0 ? &end : NULL, &walk); on;
         on = tx_walk_previous(&walk)) {
        uint32_t statement = tx_walk_u32(&walk, head);
        uint32_t owner = customer != 0 ? customer : (uint32_t)tx_walk_number(&walk);
        Tefter__StatementEntry *entry = entry_of(tx, owner, statement);
        if (!list_add(list, entry, (uint64_t)statement + 1))
            break;
    }
    tx_walk_end(&walk);
}

/* Refuses, in this order: customer_resolve (when one is named); FIELD_INVALID page. */
Tefter__Refusal *view_statements(struct tx *tx, const Tefter__StatementList *query,
                                 Tefter__StatementsAnswer *answer)
{
    Tefter__CustomerRecord *customer;
    uint64_t at;
    Tefter__Refusal *refusal = customer_resolve(tx, query->customer, query->code, true, &customer);
    if (refusal != NULL)
        return refusal;
    if (!page_read(query->has_page, query->page, &at, 1) || at > UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct statement_list list = {.tx = tx, .answer = answer};
    list.page.rows_most = page_rows(query->has_rows, query->rows);
    answer->rows = tx_take(tx, list.page.rows_most * sizeof *answer->rows);
    if (query->has_settle_date)
        list_day(&list, query->settle_date, at);
    else
        list_newest(&list, customer != NULL ? customer->customer : 0, at);
    return NULL;
}

/* Those whose statement should be there by now, counted from their cycles alone. */
static uint32_t count_missing(struct tx *tx)
{
    struct tx *scratch = tx_scratch_begin(tx);
    uint32_t missing = 0;
    for (uint32_t number = customer_next(scratch, 0); number != 0;
         number = customer_next(scratch, number)) {
        struct due due;
        struct settlement next;
        missing += due_begin(scratch, number, &due) && due_next(&due, &next) ? 1 : 0;
        tx_scratch_next(scratch);
    }
    tx_scratch_end(scratch);
    return missing;
}

static bool is_working(struct tx *tx)
{
    struct key prefix = key_book(TABLE_JOB);
    struct tx_walk walk;
    bool working = false;
    enum { FIELD_KIND = 2 };
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && !working;
         on = tx_walk_next(&walk))
        working = tx_walk_field(&walk, FIELD_KIND) == TEFTER__JOB_KIND__JOB_MAKE_STATEMENTS;
    tx_walk_end(&walk);
    return working;
}

/* Refuses FIELD_INVALID page. */
Tefter__Refusal *view_statement_days(struct tx *tx, const Tefter__StatementDays *query,
                                     Tefter__StatementDaysAnswer *answer)
{
    uint64_t before;
    if (!page_read(query->has_page, query->page, &before, 1) || before > UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    uint32_t most = page_rows(query->has_rows, query->rows);
    struct key prefix = key_book(TABLE_STATEMENT_DAY);
    struct key end = day_key((uint32_t)before);
    struct tx_walk walk;
    answer->rows = tx_take(tx, most * sizeof *answer->rows);
    bool on = tx_walk_last(tx, &prefix, before != 0 ? &end : NULL, &walk);
    for (; on && answer->n_rows < most; on = tx_walk_previous(&walk)) {
        answer->rows[answer->n_rows++] =
            tx_walk_record(&walk, &tefter__statement_day_record__descriptor);
        before = tx_walk_u32(&walk, KEY_BOOK_HEAD);
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &before, 1));
    if (query->has_page)
        return NULL;
    FIELD_SET(answer, missing, count_missing(tx));
    FIELD_SET(answer, working, is_working(tx));
    return NULL;
}

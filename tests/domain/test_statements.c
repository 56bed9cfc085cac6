/*
 * Statements: made before somebody settles, each paper in one of them, the same years later; and
 * nobody left out, on any day of a year with stops, holidays and late entries.
 */
#include "scenario.h"

#include "base/date.h"
#include "base/prng.h"

#include <stdio.h>
#include <string.h>

/* 2024-10-04, a Friday */
enum { FIRST_DAY = 20000 };

static void as_server(struct scenario *s, const char *command, const char *fields)
{
    Tefter__Actor actor = s->actor;
    scenario_as(s, 0);
    scenario_done(s, command, fields);
    s->actor = actor;
}

/* All jobs there are, to their ends. */
static void work(struct scenario *s)
{
    uint64_t job;
    while (ledger_jobs(s->ledger, &job, 1) > 0)
        as_server(s, "step_job", json("{'job': %llu}", (unsigned long long)job));
}

static void turn(struct scenario *s, uint32_t branch, uint32_t date)
{
    as_server(s, "turn_day", json("{'branch': %u, 'date': %u}", branch, date));
}

/* The head office's day, and what follows from it. */
static void day(struct scenario *s, uint32_t date)
{
    turn(s, 1, date);
    work(s);
}

static const Tefter__StatementAnswer *newest(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "statement", json("{'customer': %u, 'rows': 1000}", customer))
        ->statement;
}

static const Tefter__StatementAnswer *statement(struct scenario *s, uint32_t id)
{
    return scenario_ask(s, "statement", json("{'statement': %u, 'rows': 1000}", id))->statement;
}

static const Tefter__StatementsAnswer *due_on(struct scenario *s, uint32_t date)
{
    return scenario_ask(s, "statements", json("{'settle_date': %u, 'rows': 1000}", date))
        ->statements;
}

static uint64_t pay(struct scenario *s, uint32_t customer, int64_t amount)
{
    return scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'PAYMENT_CASH', 'amount_minor': %lld, "
                              "'money_account': %u}",
                              customer, (long long)amount, scenario_till(s)))
        ->id;
}

static uint64_t sell_on(struct scenario *s, uint32_t customer, uint32_t date, int64_t amount)
{
    return scenario_done(s, "issue_invoice",
                         json("{'customer': %u, 'date': %u, 'due': %u, 'backfill': true, 'lines': "
                              "[{'text': 'late', 'quantity': 1000, 'price': %lld}]}",
                              customer, date, date + 30, (long long)amount * 1000))
        ->id;
}

/* What is told adds up, and the rows are those that were told. */
static void check_sums(const Tefter__StatementAnswer *answer)
{
    const Tefter__StatementRecord *record = answer->statement;
    int64_t rows = 0;
    int64_t closing = 0;
    for (size_t i = 0; i < answer->n_rows; i++)
        rows += answer->rows[i]->amount_minor;
    assert_int_equal(rows, record->debit_minor - record->credit_minor);
    assert_int_equal(record->opening_minor + rows + record->moved_minor + record->joined_minor,
                     record->closing_minor);
    for (size_t i = 0; i < record->n_parts; i++)
        closing += record->parts[i]->closing_minor + record->parts[i]->moved_minor;
    assert_int_equal(closing, record->closing_minor);
    assert_true(answer->has_same && answer->same);
    int64_t open = 0;
    for (size_t i = 0; i < record->n_aging_minor; i++)
        open += record->aging_minor[i];
    assert_int_equal(open - record->unmatched_minor + record->settled_since_minor,
                     record->closing_minor);
}

/* ---- one customer ---- */

static void before_a_customer_settles_their_statement_is_there(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_sell(s, anh, 5000);
    scenario_done(s, "set_cycle",
                  json("{'customer': %u, 'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}", anh));
    day(s, FIRST_DAY + 1);
    scenario_sell(s, anh, 700);
    assert_int_equal(due_on(s, FIRST_DAY + 3)->n_rows, 0);
    day(s, FIRST_DAY + 2); /* Sunday: they settle tomorrow */
    const Tefter__StatementAnswer *first = newest(s, anh);
    assert_int_equal(first->statement->settle_date, FIRST_DAY + 3);
    assert_int_equal(first->statement->until, FIRST_DAY + 1);
    assert_int_equal(first->statement->opening_minor, 0);
    assert_int_equal(first->statement->closing_minor, 5700);
    assert_int_equal(first->n_rows, 2);
    assert_int_equal(first->rows[1]->running_minor, 5700);
    assert_int_equal(first->statement->next_date, FIRST_DAY + 10);
    assert_string_equal(first->statement->number, "ST-00001");
    check_sums(first);
    const Tefter__StatementsAnswer *due = due_on(s, FIRST_DAY + 3);
    assert_int_equal(due->n_rows, 1);
    assert_int_equal(due->rows[0]->statement->statement, 1);

    pay(s, anh, 5000);
    day(s, FIRST_DAY + 9);
    const Tefter__StatementAnswer *second = newest(s, anh);
    assert_int_equal(second->statement->opening_minor, 5700);
    assert_int_equal(second->statement->closing_minor, 700);
    assert_int_equal(second->statement->from_date, FIRST_DAY + 2);
    assert_int_equal(second->statement->before, 1);
    check_sums(second);
    scenario_end(s);
}

static void what_is_written_late_stands_in_the_next_and_the_old_one_stays(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "set_cycle",
                  json("{'customer': %u, 'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}", anh));
    uint64_t bill = scenario_sell(s, anh, 5000)->id;
    day(s, FIRST_DAY + 2);
    sell_on(s, anh, FIRST_DAY - 20, 300);
    sell_on(s, anh, FIRST_DAY + 1, 40);
    scenario_done(
        s, "reverse_document",
        json("{'document': %llu, 'reason': {'value': 'wrong'}}", (unsigned long long)bill));
    const Tefter__StatementAnswer *first = statement(s, 1);
    check_sums(first);
    assert_int_equal(first->n_rows, 1);
    assert_int_equal(first->statement->closing_minor, 5000);
    assert_int_equal(first->since, 2);
    assert_int_equal(first->since_minor, 340);
    day(s, FIRST_DAY + 9);
    const Tefter__StatementAnswer *second = newest(s, anh);
    check_sums(second);
    assert_int_equal(second->n_rows, 3);
    assert_true(second->rows[0]->late && second->rows[1]->late && !second->rows[2]->late);
    assert_int_equal(second->statement->opening_minor, 5000);
    assert_int_equal(second->statement->closing_minor, 340);
    scenario_end(s);
}

static void who_has_none_is_told_why(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t idle = scenario_customer(s, "Idle", 1000000);
    uint32_t hand = scenario_customer(s, "By hand", 1000000);
    uint32_t often = scenario_customer(s, "Often", 1000000);
    uint32_t never = scenario_customer(s, "Never", 1000000);
    scenario_done(s, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 2}}");
    scenario_done(
        s, "set_cycle",
        json("{'customer': %u, 'cycle': {'kind': 'CYCLE_EVERY', 'every': 1, 'from_date': %u}}",
             often, FIRST_DAY));
    scenario_done(s, "set_cycle", json("{'customer': %u, 'cycle': {'kind': 'CYCLE_NONE'}}", never));
    scenario_sell(s, hand, 100);
    scenario_sell(s, often, 100);
    scenario_sell(s, never, 100);
    day(s, FIRST_DAY + 1);
    scenario_done(s, "make_statement", json("{'customer': %u, 'until': %u}", hand, FIRST_DAY + 1));
    scenario_refused(s, "make_statement",
                     json("{'customer': %u, 'until': %u}", hand, FIRST_DAY + 1),
                     TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "until");
    day(s, FIRST_DAY + 4); /* Tuesday: three days at once */
    const Tefter__StatementsAnswer *due = due_on(s, FIRST_DAY + 4);
    assert_int_equal(due->n_rows, 3);
    assert_int_equal(due->rows[0]->customer->customer, idle);
    assert_int_equal(due->rows[0]->none, TEFTER__NO_STATEMENT__NO_STATEMENT_NOTHING);
    assert_int_equal(due->rows[1]->customer->customer, hand);
    assert_non_null(due->rows[1]->statement); /* of the days after that */
    assert_int_equal(due->rows[2]->none, TEFTER__NO_STATEMENT__NO_STATEMENT_COVERED);
    const Tefter__StatementDaysAnswer *days =
        scenario_ask(s, "statement_days", "{}")->statement_days;
    assert_int_equal(days->missing, 0);
    assert_false(days->working);
    assert_int_equal(days->rows[0]->settle_date, FIRST_DAY + 5);
    assert_false(days->rows[0]->has_sealed);
    assert_int_equal(days->rows[1]->settle_date, FIRST_DAY + 4);
    assert_true(days->rows[1]->has_sealed);
    assert_int_equal(days->rows[1]->customers, 3);
    assert_int_equal(days->rows[1]->statements, 1);
    scenario_end(s);
}

static void a_settlement_day_goes_to_a_working_day(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t to = FIRST_DAY + 27; /* the 31st of October, a Thursday */
    scenario_done(s, "set_workdays",
                  json("{'branch': 1, 'weekend': 96, 'holidays': [{'date': %u, 'name': 'Feast'}, "
                       "{'date': %u}]}",
                       to, to + 1));
    scenario_done(s, "set_cycle",
                  json("{'customer': %u, 'cycle': {'kind': 'CYCLE_MONTH', 'days': 1073741824, "
                       "'ready_days': 3, 'move': 'DAY_NEXT'}}",
                       anh));
    scenario_sell(s, anh, 100);
    day(s, to);
    assert_int_equal(due_on(s, to + 4)->n_rows, 0);
    day(s, to + 1);
    assert_int_equal(newest(s, anh)->statement->settle_date, to + 4); /* the Monday */
    assert_int_equal(newest(s, anh)->statement->cycle_date, to);
    assert_int_equal(newest(s, anh)->statement->until, to);
    scenario_refused(s, "set_workdays", "{'branch': 1, 'weekend': 127}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "weekend");
    scenario_refused(
        s, "set_workdays",
        json("{'branch': 1, 'weekend': 0, 'holidays': [{'date': %u}, {'date': %u}]}", to, to),
        TEFTER__REFUSAL_CODE__FIELD_INVALID, "holidays[1].date");
    scenario_end(s);
}

static void a_payer_is_told_with_all_their_sites(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Payer", 1000000);
    uint32_t site = scenario_customer(s, "Site", 1000000);
    uint32_t later = scenario_customer(s, "Later", 1000000);
    scenario_done(s, "set_payer", json("{'customer': %u, 'payer': %u}", site, payer));
    scenario_done(s, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}");
    scenario_sell(s, payer, 100);
    scenario_sell(s, site, 20);
    scenario_sell(s, later, 3);
    scenario_refused(s, "make_statement", json("{'customer': %u}", site),
                     TEFTER__REFUSAL_CODE__PAYER_HAS_PAYER, "customer");
    pay(s, payer, 110); /* ten of it for the site */
    day(s, FIRST_DAY + 2);
    assert_int_equal(due_on(s, FIRST_DAY + 3)->n_rows, 2);
    const Tefter__StatementAnswer *first = newest(s, payer);
    assert_int_equal(first->statement->n_parts, 2);
    assert_int_equal(first->statement->closing_minor, 10);
    check_sums(first);
    scenario_done(s, "set_payer", json("{'customer': %u, 'payer': %u}", later, payer));
    scenario_done(s, "set_payer", json("{'customer': %u}", site));
    scenario_sell(s, later, 4);
    day(s, FIRST_DAY + 9);
    const Tefter__StatementAnswer *second = newest(s, payer);
    check_sums(second);
    assert_int_equal(second->statement->opening_minor, 10);
    check_sums(newest(s, site));
    check_sums(newest(s, later));
    scenario_end(s);
}

static void one_with_many_papers_is_made_in_steps(void **state)
{
    enum { PAPERS = 1500 };
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000000);
    scenario_done(s, "set_cycle",
                  json("{'customer': %u, 'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}", anh));
    for (int i = 0; i < PAPERS; i++)
        scenario_sell(s, anh, 10);
    turn(s, 1, FIRST_DAY + 2);
    for (uint64_t job; ledger_jobs(s->ledger, &job, 1) > 0;) {
        as_server(s, "step_job", json("{'job': %llu}", (unsigned long long)job));
        if (scenario_ask(s, "statements", "{}")->statements->n_rows == 0)
            continue;                      /* it is not begun */
        scenario_sell(s, anh, 1);          /* of today */
        sell_on(s, anh, FIRST_DAY + 1, 2); /* of the days that are being told */
    }
    work(s);
    const Tefter__StatementAnswer *told =
        scenario_ask(s, "statement", json("{'customer': %u, 'rows': 1000}", anh))->statement;
    assert_int_equal(told->statement->rows, PAPERS);
    assert_int_equal(told->statement->closing_minor, PAPERS * 10);
    assert_int_equal(told->n_rows, 500);
    assert_true(told->has_next && told->same);
    assert_true(told->since > 2);
    day(s, FIRST_DAY + 9);
    assert_true(newest(s, anh)->same);
    assert_int_equal(newest(s, anh)->statement->opening_minor, PAPERS * 10);
    scenario_end(s);
}

static void cycles_are_of_a_customer_a_group_the_company(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t group =
        (uint32_t)scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'Gold'}")->id;
    const char *wrong[] = {
        "{'kind': 'CYCLE_WEEK'}",
        "{'kind': 'CYCLE_WEEK', 'weekdays': 128}",
        "{'kind': 'CYCLE_MONTH', 'weekdays': 1}",
        "{'kind': 'CYCLE_MONTH', 'days': 0}",
        "{'kind': 'CYCLE_EVERY', 'every': 0, 'from_date': 20000}",
        "{'kind': 'CYCLE_EVERY', 'every': 7}",
        "{'kind': 'CYCLE_NONE', 'days': 1}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        scenario_refused(s, "set_cycle", json("{'customer': %u, 'cycle': %s}", anh, wrong[i]),
                         TEFTER__REFUSAL_CODE__FIELD_INVALID, "cycle");
    scenario_refused(s, "set_cycle",
                     "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1, 'ready_days': 29}}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "cycle.ready_days");
    scenario_refused(s, "set_cycle", json("{'customer': %u, 'group': %u}", anh, group),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "group");
    scenario_refused(s, "set_cycle", "{'group': 99}", TEFTER__REFUSAL_CODE__NOT_FOUND, "group");
    scenario_refused(s, "set_cycle", json("{'customer': %u}", anh),
                     TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "set_cycle",
                  json("{'group': %u, 'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 2}}", group));
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", anh, group));
    scenario_done(s, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}");
    scenario_sell(s, anh, 5);
    day(s, FIRST_DAY + 3); /* Monday: tomorrow the group settles */
    assert_int_equal(newest(s, anh)->statement->settle_date, FIRST_DAY + 4);
    scenario_end(s);
    s = scenario_begin_at(7);
    scenario_refused(s, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 1}}",
                     TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_cycle");
    scenario_refused(s, "make_statement", "{'customer': 2}", TEFTER__REFUSAL_CODE__RULES_TOO_OLD,
                     "make_statement");
    scenario_refused(s, "set_workdays", "{'branch': 1, 'weekend': 0}",
                     TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_workdays");
    scenario_end(s);
}

/* ---- a year ---- */

enum { CUSTOMERS = 24, DAYS = 370, BRANCHES = 2 };

struct settler {
    uint32_t customer;
    uint32_t branch;
    int kind; /* 0: weekdays, 1: days of the month, 2: each so many */
    uint32_t bits;
    uint32_t ready;
    bool next;       /* moved to the next working day */
    uint32_t looked; /* the settlement day that was due last */
};

struct year {
    struct scenario *s;
    struct prng prng;
    struct settler settlers[CUSTOMERS];
    uint32_t date[BRANCHES + 1];
};

/* Branch 1 works on all days but Sundays and each tenth; branch 2 on all. By counting alone. */
static bool works(uint32_t branch, uint32_t date)
{
    return branch == 2 || ((date + 3) % 7 != 6 && date % 10 != 0);
}

static bool settles_on(const struct settler *settler, uint32_t date)
{
    struct civil civil = civil_of_date(date);
    struct civil tomorrow = civil_of_date(date + 1);
    switch (settler->kind) {
    case 0:
        return settler->bits >> (date + 3) % 7 & 1;
    case 1:
        if (settler->bits >> (civil.day - 1) & 1)
            return true;
        return tomorrow.day == 1 && settler->bits >> civil.day != 0;
    default:
        return date >= FIRST_DAY && (date - FIRST_DAY) % settler->bits == 0;
    }
}

static uint32_t moved(const struct settler *settler, uint32_t date)
{
    while (settler->next && !works(settler->branch, date))
        date++;
    return date;
}

static void settler_new(struct year *year, struct settler *settler)
{
    struct scenario *s = year->s;
    static const char *const kinds[] = {"'kind': 'CYCLE_WEEK', 'weekdays'",
                                        "'kind': 'CYCLE_MONTH', 'days'",
                                        "'kind': 'CYCLE_EVERY', 'from_date': 20000, 'every'"};
    settler->branch = 1 + (uint32_t)prng_below(&year->prng, BRANCHES);
    settler->kind = (int)prng_below(&year->prng, 3);
    settler->bits = settler->kind == 0   ? 1 + (uint32_t)prng_below(&year->prng, 127)
                    : settler->kind == 1 ? UINT32_C(1) << prng_below(&year->prng, 31)
                                         : 1 + (uint32_t)prng_below(&year->prng, 40);
    settler->ready = 1 + (uint32_t)prng_below(&year->prng, 4);
    settler->next = prng_below(&year->prng, 2) == 0;
    scenario_at(s, settler->branch);
    settler->customer = scenario_customer(s, json("S%u", settler->bits), 1000000000);
    scenario_at(s, 1);
    scenario_done(s, "set_cycle",
                  json("{'customer': %u, 'cycle': {%s: %u, 'ready_days': %u, 'move': '%s'}}",
                       settler->customer, kinds[settler->kind], settler->bits, settler->ready,
                       settler->next ? "DAY_NEXT" : "DAY_STAYS"));
    settler->looked = FIRST_DAY - 60;
}

/* Is there a row for each settlement day that is due by now, and for no other? */
static void check_due(struct year *year, struct settler *settler)
{
    for (uint32_t date = settler->looked + 1;
         moved(settler, date) <= year->date[settler->branch] + settler->ready; date++) {
        settler->looked = date;
        if (!settles_on(settler, date) || moved(settler, date) <= FIRST_DAY + settler->ready)
            continue;
        const Tefter__StatementsAnswer *due = due_on(year->s, moved(settler, date));
        bool found = false;
        for (size_t i = 0; i < due->n_rows; i++)
            found = found || due->rows[i]->customer->customer == settler->customer;
        if (!found)
            fail_msg("customer %u is not due on %u", settler->customer, date);
    }
}

static void trade(struct year *year)
{
    struct scenario *s = year->s;
    struct settler *settler = &year->settlers[prng_below(&year->prng, CUSTOMERS)];
    int64_t amount = 1 + (int64_t)prng_below(&year->prng, 5000);
    uint32_t today = year->date[settler->branch];
    scenario_at(s, settler->branch);
    switch (prng_below(&year->prng, 5)) {
    case 0:
        sell_on(s, settler->customer, today - (uint32_t)prng_below(&year->prng, 60), amount);
        break;
    case 1:
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'PAYMENT_TRANSFER', 'amount_minor': %lld, "
                           "'money_account': %u, 'reference': 'R%llu'}",
                           settler->customer, (long long)amount, scenario_bank(s),
                           (unsigned long long)s->seq));
        break;
    default:
        scenario_sell(s, settler->customer, amount);
        break;
    }
    scenario_at(s, 1);
}

/* Each statement of each customer, newest first: a chain in which every paper stands once. */
static void check_chains(struct year *year)
{
    uint32_t all = 0;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        uint32_t customer = year->settlers[i].customer;
        const Tefter__StatementsAnswer *list =
            scenario_ask(year->s, "statements", json("{'customer': %u, 'rows': 1000}", customer))
                ->statements;
        int64_t opening = 0;
        for (size_t k = 0; k < list->n_rows; k++) {
            const Tefter__StatementAnswer *one =
                statement(year->s, list->rows[k]->statement->statement);
            check_sums(one);
            if (k > 0)
                assert_int_equal(one->statement->closing_minor, opening);
            opening = one->statement->opening_minor;
            all++;
        }
    }
    print_message("%u statements\n", all);
    assert_true(all > 300);
}

static void nobody_is_left_out_in_a_year(void **state)
{
    (void)state;
    struct year year = {.s = scenario_begin(), .prng = {2026}};
    struct scenario *s = year.s;
    uint32_t holidays = 0;
    char *text = arena_take(&s->arena, 8000);
    size_t at = 0;
    assert_int_equal(scenario_done(s, "add_branch", "{'code': 'B2', 'name': 'Two'}")->id, 2);
    for (uint32_t date = FIRST_DAY; date < FIRST_DAY + DAYS + 60; date += 10, holidays++)
        at += (size_t)snprintf(text + at, 8000 - at, "%s{'date': %u}", holidays > 0 ? ", " : "",
                               date);
    scenario_done(s, "set_workdays", json("{'branch': 1, 'weekend': 64, 'holidays': [%s]}", text));
    for (size_t i = 0; i < CUSTOMERS; i++)
        settler_new(&year, &year.settlers[i]);
    year.date[1] = year.date[2] = FIRST_DAY;
    while (year.date[1] < FIRST_DAY + DAYS) {
        uint32_t branch = 1 + (uint32_t)prng_below(&year.prng, BRANCHES);
        uint32_t days = prng_below(&year.prng, 12) == 0 ? 6 : 1; /* a stop of some days */
        if (year.date[branch] > year.date[3 - branch] + 3)
            branch = 3 - branch;
        for (uint64_t i = prng_below(&year.prng, 4); i > 0; i--)
            trade(&year);
        year.date[branch] += days;
        turn(s, branch, year.date[branch]);
        if (prng_below(&year.prng, 5) == 0)
            continue; /* the next day turns before anything is made */
        work(s);
        for (size_t i = 0; i < CUSTOMERS; i++)
            check_due(&year, &year.settlers[i]);
        const Tefter__StatementDaysAnswer *now =
            scenario_ask(s, "statement_days", "{'rows': 60}")->statement_days;
        assert_int_equal(now->missing, 0);
        assert_false(now->working);
        for (size_t i = 0; i < now->n_rows; i++) {
            const Tefter__StatementsAnswer *due = due_on(s, now->rows[i]->settle_date);
            uint32_t made = 0;
            for (size_t k = 0; k < due->n_rows; k++) {
                assert_true((due->rows[k]->statement != NULL) != due->rows[k]->has_none);
                made += due->rows[k]->statement != NULL;
            }
            assert_int_equal(now->rows[i]->customers, due->n_rows);
            assert_int_equal(now->rows[i]->statements, made);
            if (i > 8)
                break; /* older ones were looked at before */
        }
    }
    work(s);
    check_chains(&year);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_a_customer_settles_their_statement_is_there),
        cmocka_unit_test(what_is_written_late_stands_in_the_next_and_the_old_one_stays),
        cmocka_unit_test(who_has_none_is_told_why),
        cmocka_unit_test(a_settlement_day_goes_to_a_working_day),
        cmocka_unit_test(a_payer_is_told_with_all_their_sites),
        cmocka_unit_test(one_with_many_papers_is_made_in_steps),
        cmocka_unit_test(cycles_are_of_a_customer_a_group_the_company),
        cmocka_unit_test(nobody_is_left_out_in_a_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

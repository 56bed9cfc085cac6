/*
 * Advice that a refused sale gets: every wall is named, and each way out, taken, leads past all of
 * them. Customers are made from numbers, the same one again for each way.
 */
#include "domain/scenario.h"

#include <stdio.h>

#define WAY(kind) TEFTER__WAY_OUT_KIND__WAY_##kind
#define CODE(word) TEFTER__REFUSAL_CODE__##word

enum { TODAY = 20000, ROUNDS = 160 };

/* ---- customers from numbers ---- */

struct chance {
    uint64_t state;
};

static uint32_t below(struct chance *chance, uint32_t most)
{
    chance->state = chance->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance->state >> 33) % most;
}

struct debtor {
    uint32_t customer;
    uint32_t payer;       /* 0: they pay for themselves */
    uint32_t other;       /* another site of the payer's */
    int64_t amount_minor; /* of the sale that is tried */
};

static void add_terms(struct scenario *s, struct chance *chance, uint32_t customer)
{
    char terms[512];
    size_t size = 0;
    static const char *const policies[] = {"BLOCK", "BLOCK", "APPROVE"};
    size += (size_t)snprintf(terms + size, sizeof terms - size, "'limit_minor': %u, 'policy': '%s'",
                             below(chance, 4) * 1500, policies[below(chance, 3)]);
    if (below(chance, 3) == 0)
        size += (size_t)snprintf(terms + size, sizeof terms - size, ", 'document_max_minor': %u",
                                 200 + below(chance, 800));
    if (below(chance, 3) == 0)
        size += (size_t)snprintf(terms + size, sizeof terms - size, ", 'overdue_days': %u",
                                 below(chance, 40));
    if (below(chance, 3) == 0)
        size += (size_t)snprintf(terms + size, sizeof terms - size, ", 'overdue_minor': %u",
                                 below(chance, 900));
    if (below(chance, 3) == 0)
        (void)snprintf(terms + size, sizeof terms - size, ", 'unpaid_max': %u",
                       1 + below(chance, 4));
    scenario_done(s, "set_credit_limit", json("{'customer': %u, 'terms': {%s}}", customer, terms));
}

/* Whose terms hold for them. */
static uint32_t judged(const struct debtor *debtor)
{
    return debtor->payer != 0 ? debtor->payer : debtor->customer;
}

/* A site of two, mostly with a limit of its own. */
static void add_payer(struct scenario *s, struct chance *chance, struct debtor *debtor)
{
    debtor->payer = scenario_customer(s, "Builder", 0);
    debtor->other = scenario_customer(s, "Other site", 0);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': %u}}", debtor->customer,
                       below(chance, 4) * 800));
    if (below(chance, 3) == 0)
        scenario_done(s, "set_credit_limit", json("{'customer': %u}", debtor->customer));
    scenario_done(s, "set_payer",
                  json("{'customer': %u, 'payer': %u}", debtor->customer, debtor->payer));
    scenario_done(s, "set_payer",
                  json("{'customer': %u, 'payer': %u}", debtor->other, debtor->payer));
}

static uint32_t one_of(struct chance *chance, const struct debtor *debtor)
{
    const uint32_t all[] = {debtor->customer, debtor->payer, debtor->other};
    return debtor->payer != 0 ? all[below(chance, 3)] : debtor->customer;
}

static struct debtor debtor_of(struct scenario *s, uint64_t seed, bool site, uint32_t till,
                               uint32_t bank)
{
    struct chance chance = {.state = seed * 7919 + 1};
    struct debtor debtor = {.customer = scenario_customer(s, "Anh", 0)};
    if (site)
        add_payer(s, &chance, &debtor);
    add_terms(s, &chance, judged(&debtor));
    for (uint32_t bills = below(&chance, 5); bills > 0; bills--)
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'date': %u, 'due': %u, 'backfill': true, 'lines': "
                           "[{'text': 'a', 'quantity': 1000, 'price': %u}]}",
                           one_of(&chance, &debtor), TODAY - 60, TODAY - 55 + below(&chance, 80),
                           (50 + below(&chance, 900)) * 1000));
    if (below(&chance, 2) == 0)
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, 'amount_minor': "
                           "%u, 'reference': 'S-%llu', 'payer': 'x'%s}",
                           one_of(&chance, &debtor), bank, 100 + below(&chance, 2500),
                           (unsigned long long)s->counter,
                           below(&chance, 2) == 0 ? ", 'match': 'OLDEST_DUE'" : ""));
    if (below(&chance, 4) == 0)
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                           "%u}",
                           one_of(&chance, &debtor), till, 10 + below(&chance, 300)));
    if (below(&chance, 6) == 0)
        scenario_done(s, "lock_customer", json("{'customer': %u}", one_of(&chance, &debtor)));
    debtor.amount_minor = 50 + below(&chance, 1500);
    return debtor;
}

static const char *sale_of(const struct debtor *debtor, int64_t amount_minor, const char *more)
{
    return json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, 'price': %lld}]%s}",
                debtor->customer, (long long)amount_minor * 1000, more);
}

/* ---- taking it ---- */

static void confirm_slips_of(struct scenario *s, uint32_t customer)
{
    if (customer == 0)
        return;
    const Tefter__HistoryAnswer *history =
        scenario_ask(s, "history", json("{'customer': %u}", customer))->history;
    scenario_as(s, 0); /* somebody else than who took it */
    for (size_t i = 0; i < history->n_rows; i++)
        if (history->rows[i]->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
            (void)scenario_do(s, "confirm_payment",
                              json("{'payment': %llu, 'confirmed': true}",
                                   (unsigned long long)history->rows[i]->document));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static void confirm_slips(struct scenario *s, const struct debtor *debtor)
{
    confirm_slips_of(s, debtor->customer);
    confirm_slips_of(s, debtor->payer);
    confirm_slips_of(s, debtor->other);
}

/* Whom the way names by their code: the payer; else it is who was asked about. */
static uint32_t whose(const struct debtor *debtor, const Tefter__WayOut *way)
{
    if (way->customer_code == NULL)
        return debtor->customer;
    assert_int_not_equal(debtor->payer, 0);
    assert_string_equal(way->customer_code, json("C-%06u", debtor->payer));
    return debtor->payer;
}

static void change_terms(struct scenario *s, uint32_t customer)
{
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'unlimited': true}, 'clear': ['OVERDUE', "
                       "'DOCUMENT_MAX', 'UNPAID_MAX']}",
                       customer));
}

static void pay(struct scenario *s, uint32_t customer, uint32_t till, int64_t amount_minor,
                const char *more)
{
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                       "%lld%s}",
                       customer, till, (long long)amount_minor, more));
}

static unsigned long long approved(struct scenario *s, const struct debtor *debtor)
{
    unsigned long long approval =
        scenario_done(s, "ask_approval",
                      json("{'customer': %u, 'amount_minor': %lld, 'draft': %s}", debtor->customer,
                           (long long)debtor->amount_minor,
                           sale_of(debtor, debtor->amount_minor, "")))
            ->id;
    scenario_done(s, "decide_approval", json("{'approval': %llu, 'approved': true}", approval));
    return approval;
}

/* Does what the way says; the sale as it is tried after that. */
static const char *take_way(struct scenario *s, const struct debtor *debtor, uint32_t till,
                            const Tefter__WayOut *way, const Tefter__Decision *decision)
{
    switch (way->kind) {
    case WAY(PAY_NOW):
        pay(s, whose(debtor, way), till, way->amount_minor, "");
        break;
    case WAY(PAY_OVERDUE):
        pay(s, whose(debtor, way), till, way->amount_minor, ", 'match': 'OLDEST_DUE'");
        break;
    case WAY(PART_NOW):
        return sale_of(debtor, way->amount_minor, "");
    case WAY(CONFIRM_MONEY):
        confirm_slips(s, debtor);
        break;
    case WAY(RAISE_LIMIT):
        scenario_done(s, "set_credit_limit",
                      json("{'customer': %u, 'terms': {'limit_minor': %lld}}", whose(debtor, way),
                           (long long)((way->customer_code == NULL && debtor->payer != 0
                                            ? decision->site_exposure_minor
                                            : decision->exposure_minor) +
                                       debtor->amount_minor)));
        break;
    case WAY(CHANGE_TERMS):
        change_terms(s, whose(debtor, way));
        if (way->customer_code == NULL && debtor->payer != 0)
            change_terms(s, debtor->payer); /* the site's own limit, and something of the payer's */
        break;
    case WAY(UNLOCK):
        scenario_done(s, "unlock_customer", json("{'customer': %u}", whose(debtor, way)));
        break;
    case WAY(ASK_APPROVAL):
        return sale_of(debtor, debtor->amount_minor,
                       json(", 'approval': %llu", approved(s, debtor)));
    case _TEFTER__WAY_OUT_KIND_IS_INT_SIZE:
        break;
    }
    return sale_of(debtor, debtor->amount_minor, "");
}

struct counts {
    size_t refused;
    size_t ways[512]; /* by kind */
    size_t walls;     /* of those that ran into several */
};

/* Of that customer: each way that is offered. */
static void try_all(struct scenario *s, uint64_t seed, bool site, uint32_t till, uint32_t bank,
                    struct counts *counts)
{
    size_t ways = 1;
    for (size_t i = 0; i < ways; i++) {
        struct debtor debtor = debtor_of(s, seed, site, till, bank);
        const Tefter__Reply *reply =
            scenario_do(s, "issue_invoice", sale_of(&debtor, debtor.amount_minor, ""));
        if (reply->result_case != TEFTER__REPLY__RESULT_REFUSED)
            return;
        const Tefter__Refusal *refusal = reply->refused;
        ways = refusal->n_ways;
        counts->refused += i == 0;
        counts->walls += i == 0 && refusal->decision != NULL && refusal->decision->n_walls > 1;
        if (refusal->code != CODE(CUSTOMER_LOCKED) && refusal->code != CODE(PAYER_LOCKED))
            assert_true(ways > 0);
        if (i >= ways)
            return;
        const Tefter__WayOut *way = refusal->ways[i];
        counts->ways[way->kind]++;
        const char *again = take_way(s, &debtor, till, way, refusal->decision);
        reply = scenario_do(s, "issue_invoice", again);
        if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED)
            fail_msg("seed %llu: way %d of %lld taken, refused with %d", (unsigned long long)seed,
                     (int)way->kind, (long long)way->amount_minor, (int)reply->refused->code);
    }
}

static void every_way_out_leads_out(bool site)
{
    static const Tefter__WayOutKind kinds[] = {
        WAY(PAY_NOW),     WAY(PART_NOW),    WAY(CONFIRM_MONEY), WAY(ASK_APPROVAL),
        WAY(RAISE_LIMIT), WAY(PAY_OVERDUE), WAY(CHANGE_TERMS),  WAY(UNLOCK),
    };
    struct counts counts = {0};
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t bank = scenario_bank(s);
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'own_approval': 'ANYBODY'}");
    for (uint64_t seed = 0; seed < ROUNDS; seed++)
        try_all(s, seed, site, till, bank, &counts);
    assert_true(counts.refused > ROUNDS / 2);
    assert_true(counts.walls > ROUNDS / 8);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (counts.ways[kinds[i]] == 0)
            fail_msg("nobody was offered the way %d", (int)kinds[i]);
    scenario_end(s);
}

static void every_way_out_that_is_offered_leads_out(void **state)
{
    (void)state;
    every_way_out_leads_out(false);
}

/* The payer's limit, rules and lock, the site's own limit and lock, and bills of all of them. */
static void every_way_out_of_a_site_leads_out(void **state)
{
    (void)state;
    every_way_out_leads_out(true);
}

/* ---- what people saw ---- */

static bool has_wall(const Tefter__Refusal *refusal, Tefter__RefusalCode code)
{
    for (size_t i = 0; refusal->decision != NULL && i < refusal->decision->n_walls; i++)
        if (refusal->decision->walls[i] == code)
            return true;
    return false;
}

static const Tefter__WayOut *way_of(const Tefter__Refusal *refusal, Tefter__WayOutKind kind)
{
    for (size_t i = 0; i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == kind)
            return refusal->ways[i];
    return NULL;
}

static void terms(struct scenario *s, uint32_t customer, const char *said)
{
    scenario_done(s, "set_credit_limit", json("{'customer': %u, 'terms': {%s}}", customer, said));
}

static const Tefter__Refusal *sells_not(struct scenario *s, uint32_t customer, int64_t amount_minor,
                                        Tefter__RefusalCode code)
{
    return scenario_refused(s, "issue_invoice",
                            json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, "
                                 "'price': %lld}]}",
                                 customer, (long long)amount_minor * 1000),
                            code, "customer");
}

static void old_bill(struct scenario *s, uint32_t customer, int64_t amount_minor, uint32_t late)
{
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'date': %u, 'due': %u, 'backfill': true, 'lines': "
                       "[{'text': 'a', 'quantity': 1000, 'price': %lld}]}",
                       customer, TODAY - late, TODAY - late, (long long)amount_minor * 1000));
}

/* "Take goods up to 1,000,000", where one invoice may hold 300. */
static void goods_are_offered_up_to_what_every_wall_lets_pass(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    terms(s, anh, "'document_max_minor': 300");
    const Tefter__Refusal *refusal = sells_not(s, anh, 2000, CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER));
    assert_true(has_wall(refusal, CODE(CREDIT_LIMIT_EXCEEDED)));
    assert_int_equal(way_of(refusal, WAY(PART_NOW))->amount_minor, 300);
    assert_int_equal(refusal->most, 300);
    assert_null(way_of(refusal, WAY(PAY_NOW))); /* money does not make it smaller */
    scenario_sell(s, anh, 300);
    scenario_end(s);
}

static void no_goods_are_offered_where_an_old_debt_forbids_them(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    terms(s, anh, "'overdue_days': 30");
    old_bill(s, anh, 400, 50);
    const Tefter__Refusal *refusal = sells_not(s, anh, 700, CODE(OVERDUE_TOO_OLD));
    assert_true(has_wall(refusal, CODE(CREDIT_LIMIT_EXCEEDED)));
    assert_null(way_of(refusal, WAY(PART_NOW)));
    assert_null(way_of(refusal, WAY(RAISE_LIMIT)));
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 400);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 400, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    scenario_sell(s, anh, 700);
    scenario_end(s);
}

static void a_locked_customer_hears_of_the_limit_too(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    scenario_done(s, "lock_customer", json("{'customer': %u}", anh));
    const Tefter__Refusal *refusal = sells_not(s, anh, 150, CODE(CUSTOMER_LOCKED));
    assert_true(has_wall(refusal, CODE(CREDIT_LIMIT_EXCEEDED)));
    assert_null(way_of(refusal, WAY(UNLOCK))); /* unlocked they could not have it either */
    assert_true(refusal->n_roles > 0);
    refusal = sells_not(s, anh, 100, CODE(CUSTOMER_LOCKED));
    assert_non_null(way_of(refusal, WAY(UNLOCK)));
    scenario_end(s);
}

static void a_buyers_cap_is_told_with_the_limit_behind_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 300);
    uint32_t son = (uint32_t)scenario_done(s, "authorise_buyer",
                                           json("{'customer': %u, 'name': 'Son', "
                                                "'cap_sale_minor': 500}",
                                                anh))
                       ->id;
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_invoice",
                         json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': "
                              "1000, 'price': 900000}]}",
                              anh, son),
                         CODE(BUYER_CAP_EXCEEDED), NULL);
    assert_true(has_wall(refusal, CODE(CREDIT_LIMIT_EXCEEDED)));
    assert_int_equal(way_of(refusal, WAY(PART_NOW))->amount_minor, 300);
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 300000}]}",
                       anh, son));
    scenario_end(s);
}

/* ---- overdue: so much in all, and for so long ---- */

static void more_overdue_than_the_amount_stops_credit_however_young_it_is(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    terms(s, anh, "'overdue_days': 30, 'overdue_minor': 500");
    old_bill(s, anh, 501, 3);
    const Tefter__Refusal *refusal = sells_not(s, anh, 10, CODE(OVERDUE_TOO_MUCH));
    assert_false(has_wall(refusal, CODE(OVERDUE_TOO_OLD)));
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 1);
    terms(s, anh, "'overdue_minor': 501");
    scenario_sell(s, anh, 10);
    old_bill(s, anh, 20, 31); /* and now one for too long as well */
    refusal = sells_not(s, anh, 10, CODE(OVERDUE_TOO_OLD));
    assert_true(has_wall(refusal, CODE(OVERDUE_TOO_MUCH)));
    assert_int_equal(refusal->decision->overdue_minor, 521);
    assert_int_equal(refusal->decision->too_old_minor, 20);
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 20);
    scenario_end(s);
}

static void in_an_old_ledger_the_days_keep_the_amount_from_counting(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    terms(s, anh, "'overdue_days': 30, 'overdue_minor': 500");
    old_bill(s, anh, 501, 3);
    scenario_sell(s, anh, 10);
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", json("{'rules_version': %d}", 5));
    scenario_as(s, ROLE_STAFF_OWNER);
    (void)sells_not(s, anh, 10, CODE(OVERDUE_TOO_MUCH));
    scenario_end(s);
}

/* ---- at most so many unpaid bills ---- */

static void one_unpaid_bill_more_than_allowed_is_refused_until_the_oldest_are_paid(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    terms(s, anh, "'unpaid_max': 2");
    old_bill(s, anh, 70, 5);
    old_bill(s, anh, 50, 9);
    old_bill(s, anh, 30, 1); /* three: it already happened */
    const Tefter__Refusal *refusal = sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    assert_int_equal(refusal->decision->unpaid_bills, 3);
    assert_int_equal(refusal->decision->unpaid_max, 2);
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 50 + 70);
    assert_null(way_of(refusal, WAY(PART_NOW)));
    assert_non_null(way_of(refusal, WAY(CHANGE_TERMS)));
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 119, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    refusal = sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 1);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 1, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    scenario_sell(s, anh, 10);
    (void)sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    scenario_end(s);
}

static void the_number_of_unpaid_bills_is_a_term_of_groups_and_the_company_too(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "set_credit_policy", "{'terms': {'unpaid_max': 1}}");
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_sell(s, anh, 10);
    (void)sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    uint32_t group = (uint32_t)scenario_done(s, "add_group",
                                             "{'dimension': 'tier', 'name': 'gold', 'limit': "
                                             "{'unpaid_max': 2}}")
                         ->id;
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", anh, group));
    scenario_sell(s, anh, 10);
    (void)sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    terms(s, anh, json("'unpaid_max': 3, 'valid_from': %d", TODAY + 5)); /* not yet */
    (void)sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    terms(s, anh, "'unpaid_max': 0"); /* any number, whatever the group says */
    scenario_sell(s, anh, 10);
    scenario_done(s, "set_credit_limit", json("{'customer': %u, 'clear': ['UNPAID_MAX']}", anh));
    (void)sells_not(s, anh, 10, CODE(UNPAID_TOO_MANY));
    scenario_done(s, "change_group", json("{'group': %u, 'clear': ['UNPAID_MAX']}", group));
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'clear': ['UNPAID_MAX']}");
    scenario_sell(s, anh, 10);
    scenario_refused(s, "set_credit_limit",
                     json("{'customer': %u, 'terms': {'unpaid_max': 1000001}}", anh),
                     CODE(FIELD_INVALID), "terms.unpaid_max");
    scenario_end(s);
}

static const char *correction_of(unsigned long long bill, uint32_t customer, int64_t amount_minor)
{
    return json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': [{'text': "
                "'a', 'quantity': 1000, 'price': %lld}]}}",
                bill, customer, (long long)amount_minor * 1000);
}

/* Its own bill, corrected, does not count against itself. */
static void a_correction_makes_no_bill_more(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    terms(s, anh, "'unpaid_max': 1");
    unsigned long long bill = scenario_sell(s, anh, 10)->id;
    scenario_done(s, "correct_invoice", correction_of(bill, anh, 12));
    scenario_end(s);
}

/* What of the bill's new total passes is told, and passes; what it was for before always does. */
static void the_advice_of_a_correction_holds_too(void **state)
{
    (void)state;
    static const struct {
        const char *terms;
        uint32_t late; /* days of another bill; 0: there is none */
        int64_t part;
    } cases[] = {
        {"'limit_minor': 1000", 0, 1000},
        {"'limit_minor': 1000, 'document_max_minor': 900", 0, 900},
        {"'limit_minor': 1000, 'document_max_minor': 700", 0, 800},
        {"'limit_minor': 5000, 'overdue_days': 30", 50, 800},
        {"'limit_minor': 700", 0, 800},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario *s = scenario_begin();
        uint32_t anh = scenario_customer(s, "Anh", 100000);
        unsigned long long bill = scenario_sell(s, anh, 800)->id;
        if (cases[i].late > 0)
            old_bill(s, anh, 100, cases[i].late);
        terms(s, anh, cases[i].terms);
        const Tefter__Refusal *refusal =
            scenario_do(s, "correct_invoice", correction_of(bill, anh, 1500))->refused;
        assert_non_null(refusal);
        assert_int_equal(way_of(refusal, WAY(PART_NOW))->amount_minor, cases[i].part);
        assert_null(way_of(refusal, WAY(PAY_OVERDUE)));
        scenario_done(s, "correct_invoice", correction_of(bill, anh, cases[i].part));
        scenario_end(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_out_that_is_offered_leads_out),
        cmocka_unit_test(every_way_out_of_a_site_leads_out),
        cmocka_unit_test(goods_are_offered_up_to_what_every_wall_lets_pass),
        cmocka_unit_test(no_goods_are_offered_where_an_old_debt_forbids_them),
        cmocka_unit_test(a_locked_customer_hears_of_the_limit_too),
        cmocka_unit_test(a_buyers_cap_is_told_with_the_limit_behind_it),
        cmocka_unit_test(more_overdue_than_the_amount_stops_credit_however_young_it_is),
        cmocka_unit_test(in_an_old_ledger_the_days_keep_the_amount_from_counting),
        cmocka_unit_test(one_unpaid_bill_more_than_allowed_is_refused_until_the_oldest_are_paid),
        cmocka_unit_test(the_number_of_unpaid_bills_is_a_term_of_groups_and_the_company_too),
        cmocka_unit_test(a_correction_makes_no_bill_more),
        cmocka_unit_test(the_advice_of_a_correction_holds_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Two records of one customer become one, and two again. */
#include "domain/scenario.h"

#include "base/limits.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word

enum { TODAY = 20000 };

struct shop {
    struct scenario *s;
    uint32_t from;
    uint32_t into;
    uint32_t till;
};

static struct shop begin_at(uint32_t rules, int64_t limit_from, int64_t limit_into)
{
    struct shop shop = {.s = scenario_begin_at(rules)};
    shop.from = scenario_customer(shop.s, "Anh twice", limit_from);
    shop.into = scenario_customer(shop.s, "Anh", limit_into);
    shop.till = scenario_till(shop.s);
    return shop;
}

static struct shop begin(int64_t limit_from, int64_t limit_into)
{
    return begin_at(LEDGER_RULES, limit_from, limit_into);
}

static const char *pair(const struct shop *shop)
{
    return json("{'customer': %u, 'into': %u}", shop->from, shop->into);
}

static void merge(const struct shop *shop)
{
    scenario_done(shop->s, "merge_customers", pair(shop));
}

static const char *undoing(const struct shop *shop)
{
    return json("{'customer': %u}", shop->from);
}

static const char *sale(uint32_t customer, int64_t amount)
{
    return json("{'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, 'price': %lld}]}",
                customer, (long long)amount * 1000);
}

static const char *payment(const struct shop *shop, uint32_t customer, int64_t amount,
                           const char *more)
{
    return json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, 'money_account': %u%s}",
                customer, (long long)amount, shop->till, more);
}

static const Tefter__CustomerCardAnswer *card(const struct shop *shop, uint32_t customer)
{
    return scenario_ask(shop->s, "customer_card", json("{'customer': %u}", customer))
        ->customer_card;
}

static int64_t owed(const struct shop *shop)
{
    return scenario_ask(shop->s, "company", "{}")->company->owed_minor;
}

static void what_both_owe_is_bounded_by_the_limit_that_stays(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    scenario_sell(shop.s, shop.into, 300);
    const Tefter__MergeAnswer *preview =
        scenario_ask(shop.s, "merge_preview", pair(&shop))->merge_preview;
    assert_int_equal(preview->balance_minor, 700);
    assert_int_equal(preview->limit_minor, 1000);
    assert_int_equal(preview->available_minor, 300);
    assert_int_equal(preview->customer->account->balance_minor, 400);
    int64_t before = owed(&shop);
    merge(&shop);
    assert_int_equal(owed(&shop), before);
    const Tefter__AccountRow *row = scenario_account(shop.s, shop.into);
    assert_int_equal(row->available_minor, 300); /* as the preview said */
    assert_int_equal(row->limit_minor, 1000);
    assert_int_equal(row->balance_minor, 700); /* one customer: there is no family to tell of */
    assert_null(row->family);
    assert_int_equal(scenario_account(shop.s, shop.from)->balance_minor, 0);
    scenario_refused(shop.s, "issue_invoice", sale(shop.into, 301), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    scenario_done(shop.s, "issue_invoice", sale(shop.into, 300));
    scenario_end(shop.s);
}

static void the_old_number_leads_on_and_does_no_business(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    char code[64];
    (void)snprintf(code, sizeof code, "%s", card(&shop, shop.from)->row->code);
    merge(&shop);
    const Tefter__Refusal *refusal = scenario_refused(shop.s, "issue_invoice", sale(shop.from, 10),
                                                      CODE(CUSTOMER_MERGED), "customer");
    assert_int_equal(refusal->existing, shop.into);
    assert_string_equal(refusal->existing_number, card(&shop, shop.into)->row->code);
    scenario_refused(shop.s, "take_payment", payment(&shop, shop.from, 10, ""),
                     CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "lock_customer", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "set_credit_limit", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "set_payer", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "ask_approval", json("{'customer': %u, 'amount_minor': 5}", shop.from),
                     CODE(CUSTOMER_MERGED), "customer");
    scenario_done(shop.s, "issue_invoice",
                  json("{'customer_code': '%s', 'lines': [{'text': 'x', 'quantity': 1000, 'price': "
                       "7000}]}",
                       code));
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 7);
    assert_int_equal(scenario_ask(shop.s, "customer_card", json("{'code': '%s'}", code))
                         ->customer_card->row->customer,
                     shop.into);
    assert_int_equal(card(&shop, shop.from)->row->merged_into, shop.into);
    scenario_end(shop.s);
}

static void before_rules_7_a_merge_stands_once_it_was_used(void **state)
{
    (void)state;
    struct shop shop = begin_at(6, 1000, 1000);
    uint64_t old = scenario_sell(shop.s, shop.from, 400)->id;
    scenario_sell(shop.s, shop.into, 300);
    merge(&shop);
    scenario_done(shop.s, "take_payment",
                  payment(&shop, shop.into, 700, ", 'match': 'OLDEST_DUE'"));
    assert_int_equal(
        scenario_ask(shop.s, "document", json("{'document': %llu}", (unsigned long long)old))
            ->document->open_minor,
        0);
    assert_int_equal(scenario_account(shop.s, shop.from)->balance_minor, 0);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 0);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "undo_merge", undoing(&shop), CODE(MERGE_IN_USE), "customer");
    assert_int_equal(refusal->over_by_minor, 400);
    scenario_end(shop.s);
}

static uint64_t paid(const struct shop *shop, uint32_t customer, int64_t amount)
{
    return scenario_done(shop->s, "take_payment", payment(shop, customer, amount, ""))->id;
}

static int64_t open_of(const struct shop *shop, uint64_t document)
{
    return scenario_ask(shop->s, "document",
                        json("{'document': %llu}", (unsigned long long)document))
        ->document->open_minor;
}

static const char *by_hand(uint32_t customer, uint64_t bill, uint64_t money)
{
    return json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", customer,
                (unsigned long long)bill, (unsigned long long)money);
}

/* A bill on each of the two and money on each of them, which then are one. */
struct papers {
    uint64_t old_bill, old_money, bill, money;
};

static struct papers papers_of_both(const struct shop *shop)
{
    struct papers papers = {
        .old_money = paid(shop, shop->from, 100),
        .money = paid(shop, shop->into, 200),
        .old_bill = scenario_sell(shop->s, shop->from, 400)->id,
        .bill = scenario_sell(shop->s, shop->into, 300)->id,
    };
    merge(shop);
    return papers;
}

static void money_of_each_pays_bills_of_both(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    struct papers papers = papers_of_both(&shop);
    const Tefter__PreviewMatchAnswer *preview =
        scenario_ask(shop.s, "preview_match",
                     json("{'match': {'customer': %u, 'order': 'MATCH_OLDEST_DUE'}}", shop.into))
            ->preview_match;
    assert_int_equal(preview->matched_minor, 300);
    assert_int_equal(preview->rest_minor, 0);
    /* named by the old record too */
    uint64_t match =
        scenario_done(shop.s, "match_items", by_hand(shop.from, papers.bill, papers.old_money))
            ->match;
    assert_int_equal(open_of(&shop, papers.bill), 200);
    assert_int_equal(open_of(&shop, papers.old_money), 0);
    const Tefter__Done *rest = scenario_done(
        shop.s, "match_items", json("{'customer': %u, 'order': 'MATCH_OLDEST_DUE'}", shop.into));
    assert_int_equal(rest->matched_minor, 200);
    assert_int_equal(open_of(&shop, papers.old_bill), 200);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 400);
    /* and taken apart by either */
    scenario_done(shop.s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", shop.into, (unsigned long long)match));
    assert_int_equal(open_of(&shop, papers.old_money), 100);
    scenario_refused(shop.s, "undo_match",
                     json("{'customer': %u, 'match': %llu}", shop.from, (unsigned long long)match),
                     CODE(MATCH_UNDONE), "match");
    scenario_end(shop.s);
}

static void one_act_may_spend_money_of_both_and_is_undone_as_one(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    struct papers papers = papers_of_both(&shop);
    const Tefter__Done *done = scenario_done(
        shop.s, "match_items", json("{'customer': %u, 'order': 'MATCH_OLDEST_DUE'}", shop.into));
    assert_int_equal(done->matched_minor, 300);
    assert_int_equal(open_of(&shop, papers.old_money) + open_of(&shop, papers.money), 0);
    done = scenario_done(
        shop.s, "undo_match",
        json("{'customer': %u, 'match': %llu}", shop.into, (unsigned long long)done->match));
    assert_int_equal(done->matched_minor, -300);
    assert_int_equal(open_of(&shop, papers.old_money), 100);
    assert_int_equal(open_of(&shop, papers.money), 200);
    scenario_end(shop.s);
}

static void before_rules_7_their_money_stays_apart(void **state)
{
    (void)state;
    struct shop shop = begin_at(6, 1000, 1000);
    struct papers papers = papers_of_both(&shop);
    scenario_refused(shop.s, "match_items", by_hand(shop.into, papers.bill, papers.old_money),
                     CODE(MATCH_OTHER_CUSTOMER), "parts[0].credit");
    scenario_refused(shop.s, "match_items", by_hand(shop.from, papers.bill, papers.old_money),
                     CODE(MATCH_OTHER_CUSTOMER), "parts[0].debit");
    scenario_end(shop.s);
}

static void what_is_free_on_either_is_paid_out(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    uint64_t old_money = paid(&shop, shop.from, 100);
    paid(&shop, shop.into, 200);
    merge(&shop);
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "refund_money",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 301, 'money_account': %u, "
             "'reason': 'x'}",
             shop.into, shop.till),
        CODE(REFUND_TOO_MUCH), "amount_minor");
    assert_int_equal(refusal->available_minor, 300);
    scenario_done(shop.s, "refund_money",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'x', "
                       "'credits': [%llu]}",
                       shop.into, shop.till, (unsigned long long)old_money));
    assert_int_equal(open_of(&shop, old_money), 0);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, -200);
    scenario_done(shop.s, "refund_money",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'x'}",
                       shop.from, shop.till));
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 0);
    scenario_end(shop.s);
}

/* What the one owes is not paid out of the other's money. */
static void what_is_owed_on_one_is_not_free_on_the_other(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    paid(&shop, shop.from, 100);
    scenario_sell(shop.s, shop.into, 70);
    merge(&shop);
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "refund_money",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 31, 'money_account': %u, "
             "'reason': 'x'}",
             shop.into, shop.till),
        CODE(REFUND_TOO_MUCH), "amount_minor");
    assert_int_equal(refusal->available_minor, 30);
    scenario_end(shop.s);
}

/* Undone: what was matched stays, each owes what is open of theirs, and it can be taken apart. */
static void matches_stay_when_the_merge_is_undone(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    struct papers papers = papers_of_both(&shop);
    uint64_t match =
        scenario_done(shop.s, "match_items", by_hand(shop.into, papers.bill, papers.old_money))
            ->match;
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    assert_int_equal(open_of(&shop, papers.bill), 200);
    assert_int_equal(scenario_account(shop.s, shop.from)->balance_minor, 400);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 0);
    scenario_refused(shop.s, "undo_match",
                     json("{'customer': %u, 'match': %llu}", shop.into, (unsigned long long)match),
                     CODE(NOT_FOUND), "match"); /* it is with whose money it was */
    scenario_done(shop.s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", shop.from, (unsigned long long)match));
    assert_int_equal(scenario_account(shop.s, shop.from)->balance_minor, 300);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 100);
    scenario_end(shop.s);
}

static void one_row_one_list_of_papers_one_aging(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    (void)papers_of_both(&shop);
    const Tefter__CustomersAnswer *list =
        scenario_ask(shop.s, "customers", "{'sort': 'SORT_BALANCE', 'count': true, 'owing': true}")
            ->customers;
    assert_int_equal(list->n_rows, 1);
    assert_int_equal(list->rows[0]->who->customer, shop.into);
    assert_int_equal(list->counts->balance_minor, 400);
    assert_false(list->rows[0]->who->has_sites);
    assert_int_equal(scenario_ask(shop.s, "customers", "{}")->customers->n_rows, 2); /* and cash */
    const Tefter__BillsAnswer *bills =
        scenario_ask(shop.s, "unpaid_bills", json("{'customer': %u}", shop.into))->unpaid_bills;
    assert_int_equal(bills->n_bills, 2);
    assert_int_equal(bills->n_credits, 2);
    assert_int_equal(bills->bills_minor, 700);
    assert_int_equal(bills->credits_minor, 300);
    const Tefter__HistoryAnswer *history =
        scenario_ask(shop.s, "history", json("{'customer': %u}", shop.into))->history;
    assert_int_equal(history->n_rows, 4);
    assert_int_equal(history->balance_minor, 400);
    assert_int_equal(history->rows[0]->running_minor, 400);
    const Tefter__DocumentsAnswer *papers =
        scenario_ask(shop.s, "documents", json("{'customer': %u}", shop.into))->documents;
    assert_int_equal(papers->n_rows, 4);
    const Tefter__AgingAnswer *aging =
        scenario_ask(shop.s, "aging", "{'by_customer': true}")->aging;
    assert_int_equal(aging->n_rows, 1);
    assert_int_equal(aging->rows[0]->customer, shop.into);
    assert_int_equal(aging->rows[0]->balance_minor, 400);
    assert_int_equal(owed(&shop), 400);
    scenario_end(shop.s);
}

static void say_next(const ProtobufCBinaryData *next, char *page, size_t size)
{
    int end = snprintf(page, size, ", 'page': '");
    for (size_t i = 0; i < next->len; i++)
        end += snprintf(page + end, size - (size_t)end, "%02x", next->data[i]);
    (void)snprintf(page + end, size - (size_t)end, "'");
}

/* Page by page the papers of both are each there once, as they were recorded, either way. */
static void pages_of_both_lose_no_paper(void **state)
{
    (void)state;
    struct shop shop = begin(10000, 10000);
    for (int i = 0; i < 7; i++) {
        scenario_sell(shop.s, i % 2 == 0 ? shop.from : shop.into, 10 + i);
        if (i % 3 == 0)
            scenario_sell(shop.s, i % 2 == 0 ? shop.into : shop.from, 100 + i);
    }
    const int64_t as_recorded[10] = {10, 100, 11, 12, 13, 103, 14, 15, 16, 106};
    merge(&shop);
    int64_t running = 0;
    const Tefter__HistoryAnswer *history =
        scenario_ask(shop.s, "history", json("{'customer': %u, 'oldest_first': true}", shop.into))
            ->history;
    for (size_t i = 0; i < history->n_rows; i++)
        assert_int_equal(history->rows[i]->running_minor, running += as_recorded[i]);
    for (int oldest_first = 0; oldest_first < 2; oldest_first++) {
        char page[128] = "";
        size_t seen = 0;
        int64_t sum = 0;
        for (bool more = true; more;) {
            const Tefter__DocumentsAnswer *papers =
                scenario_ask(shop.s, "documents",
                             json("{'customer': %u, 'rows': 3, 'oldest_first': %s%s}", shop.into,
                                  oldest_first ? "true" : "false", page))
                    ->documents;
            for (size_t i = 0; i < papers->n_rows; i++) {
                size_t place = oldest_first ? seen + i : 9 - seen - i;
                assert_int_equal(papers->rows[i]->total_minor, as_recorded[place]);
                sum += papers->rows[i]->total_minor;
            }
            seen += papers->n_rows;
            assert_true(seen <= 10);
            more = papers->has_next;
            if (more)
                say_next(&papers->next, page, sizeof page);
        }
        assert_int_equal(seen, 10);
        assert_int_equal(sum, 70 + 21 + 300 + 0 + 3 + 6);
    }
    scenario_end(shop.s);
}

static const char *again_note(uint32_t customer, uint32_t day)
{
    return json("{'customer': %u, 'text': 'x', 'again': %u}", customer, day);
}

/* What comes back on the old record comes back on the customer, and a call to them closes it. */
static void notes_of_both_are_theirs(void **state)
{
    (void)state;
    struct shop shop = begin(10, 10);
    uint64_t old = scenario_done(shop.s, "add_note", again_note(shop.from, TODAY + 1))->id;
    scenario_done(shop.s, "add_note", again_note(shop.into, TODAY + 5));
    merge(&shop);
    assert_int_equal(card(&shop, shop.into)->row->again, TODAY + 1);
    const char *now = "{'calls': 'CALLS_ALL', 'sort': 'SORT_BALANCE', 'count': true}";
    assert_int_equal(scenario_ask(shop.s, "customers", now)->customers->n_rows, 1);
    assert_int_equal(
        scenario_ask(shop.s, "notes", json("{'customer': %u}", shop.into))->notes->n_notes, 2);
    const Tefter__NotesAnswer *newest =
        scenario_ask(shop.s, "notes", json("{'customer': %u, 'rows': 1}", shop.into))->notes;
    char page[128];
    say_next(&newest->next, page, sizeof page);
    assert_int_equal(
        scenario_ask(shop.s, "notes", json("{'customer': %u, 'rows': 1%s}", shop.into, page))
            ->notes->notes[0]
            ->note,
        old);
    scenario_done(shop.s, "change_note",
                  json("{'customer': %u, 'note': %llu, 'again': %u}", shop.into,
                       (unsigned long long)old, TODAY));
    assert_int_equal(card(&shop, shop.into)->row->again, TODAY);
    scenario_done(shop.s, "add_note",
                  json("{'customer': %u, 'text': 'y', 'kind': 'NOTE_CALL', 'result': "
                       "'CALL_REACHED', 'closes': true}",
                       shop.into));
    assert_int_equal(card(&shop, shop.into)->row->again, TODAY + 5);
    scenario_end(shop.s);
    shop = begin_at(6, 10, 10);
    old = scenario_done(shop.s, "add_note", again_note(shop.from, TODAY + 1))->id;
    merge(&shop);
    scenario_refused(
        shop.s, "change_note",
        json("{'customer': %u, 'note': %llu, 'done': true}", shop.into, (unsigned long long)old),
        CODE(NOT_FOUND), "note");
    scenario_end(shop.s);
}

static void a_record_is_not_merged_into_itself(void **state)
{
    (void)state;
    struct shop shop = begin(10, 10);
    const char *same = json("{'customer': %u, 'into': %u}", shop.from, shop.from);
    scenario_refused(shop.s, "merge_customers", same, CODE(SAME_CUSTOMER), "into");
    scenario_end(shop.s);
    shop = begin_at(6, 10, 10);
    same = json("{'customer': %u, 'into': %u}", shop.from, shop.from);
    scenario_refused(shop.s, "merge_customers", same, CODE(FIELD_INVALID), "into");
    scenario_end(shop.s);
}

static void who_stays_is_erased_with_who_was_merged(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    uint64_t old = scenario_sell(shop.s, shop.from, 100)->id;
    merge(&shop);
    const Tefter__Refusal *refusal = scenario_refused(shop.s, "erase_customer", undoing(&shop),
                                                      CODE(CUSTOMER_MERGED), "customer");
    assert_int_equal(refusal->existing, shop.into);
    const char *erase = json("{'customer': %u}", shop.into);
    scenario_refused(shop.s, "erase_customer", erase, CODE(CUSTOMER_OPEN), "customer");
    scenario_done(shop.s, "match_items", by_hand(shop.into, old, paid(&shop, shop.into, 100)));
    scenario_done(shop.s, "erase_customer", erase);
    assert_true(card(&shop, shop.into)->row->erased);
    assert_true(card(&shop, shop.from)->row->erased);
    scenario_refused(shop.s, "undo_merge", undoing(&shop), CODE(CUSTOMER_ERASED), "customer");
    scenario_end(shop.s);
    shop = begin_at(6, 500, 1000);
    merge(&shop);
    scenario_refused(shop.s, "erase_customer", json("{'customer': %u}", shop.into),
                     CODE(PAYER_HAS_SITES), "customer");
    scenario_end(shop.s);
}

static void undone_they_stand_as_before(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    scenario_done(shop.s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Hoa', 'cap_day_minor': 50}", shop.from));
    merge(&shop);
    assert_int_equal(card(&shop, shop.into)->row->n_buyers, 1);
    assert_int_equal(card(&shop, shop.into)->row->buyers[0]->cap_day_minor, 50);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    assert_int_equal(card(&shop, shop.into)->row->n_buyers, 0);
    assert_int_equal(card(&shop, shop.from)->row->n_buyers, 1);
    assert_false(card(&shop, shop.from)->row->has_merged_into);
    assert_null(scenario_account(shop.s, shop.from)->family);
    assert_int_equal(scenario_account(shop.s, shop.from)->available_minor, 100);
    assert_int_equal(scenario_account(shop.s, shop.into)->available_minor, 1000);
    scenario_done(shop.s, "issue_invoice", sale(shop.from, 100));
    scenario_refused(shop.s, "undo_merge", undoing(&shop), CODE(NOTHING_TO_CHANGE), "customer");
    merge(&shop); /* and once more */
    scenario_end(shop.s);
}

/* Whom a clerk opened may owe nothing until somebody sets a limit: a merge that is undone is no way
 * around that. */
static void what_they_were_opened_with_comes_back(void **state)
{
    (void)state;
    struct shop shop = begin(0, 1000);
    uint32_t clerk = scenario_staff(shop.s, "clerk", TEFTER__ROLE__ROLE_SALES);
    scenario_as(shop.s, clerk);
    shop.from = (uint32_t)scenario_done(shop.s, "open_customer",
                                        "{'name': 'Mai', 'phone': '5', 'area': 'Q1'}")
                    ->id;
    scenario_as(shop.s, 1);
    merge(&shop);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    scenario_refused(shop.s, "issue_invoice", sale(shop.from, 1), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    scenario_end(shop.s);
}

static void a_site_of_the_other_stays_one_when_it_is_undone(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_done(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", shop.from, shop.into));
    merge(&shop);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    assert_int_equal(card(&shop, shop.from)->row->payer, shop.into);
    scenario_end(shop.s);
}

static void families_are_taken_apart_first(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    uint32_t third = scenario_customer(shop.s, "Third", 10);
    scenario_done(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", third, shop.from));
    scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(PAYER_HAS_SITES), "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", third, shop.into), CODE(PAYER_HAS_PAYER),
                     "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", shop.into, third), CODE(PAYER_HAS_PAYER),
                     "into");
    scenario_done(shop.s, "set_payer", json("{'customer': %u}", third));
    merge(&shop);
    scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", third, shop.from), CODE(CUSTOMER_MERGED),
                     "into");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", shop.into, third), CODE(PAYER_HAS_SITES),
                     "customer");
    scenario_refused(shop.s, "merge_customers", json("{'customer': 1, 'into': %u}", third),
                     CODE(FIELD_INVALID), "customer");
    /* of whom they pay for, one was merged into them: that is said, for it is the way out */
    const Tefter__Refusal *sites = scenario_refused(
        shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", shop.into, third),
        CODE(PAYER_HAS_SITES), "customer");
    assert_int_equal(sites->most, 1);
    assert_int_equal(sites->existing, shop.from);
    assert_string_equal(sites->existing_number, card(&shop, shop.from)->row->code);
    const Tefter__Refusal *merged = scenario_refused(
        shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", third, shop.from),
        CODE(PAYER_HAS_PAYER), "payer");
    assert_int_equal(merged->existing, shop.into);
    scenario_refused(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", shop.from, third),
                     CODE(CUSTOMER_MERGED), "customer");
    /* the old code leads to the customer that stands */
    scenario_done(
        shop.s, "set_payer",
        json("{'customer': %u, 'payer_code': '%s'}", third, card(&shop, shop.from)->row->code));
    assert_int_equal(card(&shop, third)->row->payer, shop.into);
    scenario_refused(shop.s, "merge_customers", json("{'customer': %u}", third),
                     CODE(FIELD_MISSING), "into");
    scenario_end(shop.s);
}

static void a_merged_record_is_in_no_list_and_what_it_owes_is_counted_once(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    merge(&shop);
    const char *wish = "{'sort': 'SORT_BALANCE', 'count': true, 'owing': true}";
    const Tefter__CustomersAnswer *list = scenario_ask(shop.s, "customers", wish)->customers;
    assert_int_equal(list->n_rows, 1);
    assert_int_equal(list->counts->balance_minor, 400);
    scenario_done(shop.s, "take_payment",
                  payment(&shop, shop.into, 400, ", 'match': 'OLDEST_DUE'"));
    const Tefter__CustomersAnswer *after =
        scenario_ask(shop.s, "customers", "{'sort': 'SORT_BALANCE', 'count': true}")->customers;
    assert_int_equal(after->counts->all, 2); /* the cash customer, and who stays */
    scenario_end(shop.s);
}

static int64_t aged(struct scenario *s, const char *fields)
{
    return scenario_ask(s, "aging", fields)->aging->balance_minor;
}

/* The old record was of another group and branch: its bills are those of whom it is now. */
static void merged_they_are_one_in_reports_by_group_and_branch(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    struct scenario *s = shop.s;
    scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    uint32_t old =
        (uint32_t)scenario_done(s, "add_group", "{'dimension': 'kind', 'name': 'Old'}")->id;
    uint32_t new =
        (uint32_t)scenario_done(s, "add_group", "{'dimension': 'kind', 'name': 'New'}")->id;
    s->actor.branch = 2;
    uint32_t stays = scenario_customer(s, "Anh of the alley", 1000);
    s->actor.branch = 1;
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", shop.from, old));
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", stays, new));
    scenario_sell(s, shop.from, 400);
    scenario_sell(s, stays, 30);
    shop.into = stays;
    merge(&shop);
    assert_int_equal(aged(s, json("{'group': %u}", old)), 0);
    assert_int_equal(aged(s, json("{'group': %u}", new)), 430);
    assert_int_equal(aged(s, "{'branch': 1}"), 0);
    assert_int_equal(aged(s, "{'branch': 2}"), 430);
    assert_int_equal(aged(s, "{}"), 430);
    assert_int_equal(scenario_ask(s, "aging", "{}")->aging->customers, 3); /* and cash, and Anh */
    const char *groups[] = {"REPORT_DOCUMENTS", "REPORT_CUSTOMERS"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            scenario_ask(s, "report",
                         json("{'what': {'source': '%s', 'group': %u}}", groups[i], old))
                ->report->n_rows,
            0);
        const Tefter__ReportAnswer *report =
            scenario_ask(s, "report",
                         json("{'what': {'source': '%s', 'group': %u}}", groups[i], new))
                ->report;
        assert_int_equal(report->n_rows, 1);
        assert_int_equal(report->rows[0]->open_minor, 430);
    }
    const Tefter__ReportAnswer *customers =
        scenario_ask(s, "report", "{'what': {'source': 'REPORT_CUSTOMERS', 'branch': 2}}")->report;
    assert_int_equal(customers->n_rows, 1);
    assert_int_equal(customers->rows[0]->count, 1);
    assert_int_equal(customers->rows[0]->open_minor, 430);
    assert_int_equal(scenario_ask(s, "documents", json("{'group': %u}", new))->documents->n_rows,
                     2);
    const Tefter__TotalsRow *row =
        scenario_ask(s, "totals", json("{'group': %u}", new))->totals->rows[0];
    assert_int_equal(row->bills_minor, 430);
    assert_int_equal(row->sold_minor, 430);
    assert_int_equal(row->owing, 1);
    assert_int_equal(
        scenario_ask(s, "totals", json("{'group': %u}", old))->totals->rows[0]->bills_minor, 0);
    scenario_end(s);
}

static void who_both_know_is_not_more_than_one_may_have(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    for (int i = 0; i < BUYERS_PER_CUSTOMER_MAX; i++)
        scenario_done(shop.s, "authorise_buyer",
                      json("{'customer': %u, 'name': 'n%d'}", shop.into, i));
    scenario_done(shop.s, "authorise_buyer", json("{'customer': %u, 'name': 'x'}", shop.from));
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(TOO_MANY), "buyers");
    assert_int_equal(refusal->most, BUYERS_PER_CUSTOMER_MAX);
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_they_are_one_in_reports_by_group_and_branch),
        cmocka_unit_test(what_both_owe_is_bounded_by_the_limit_that_stays),
        cmocka_unit_test(the_old_number_leads_on_and_does_no_business),
        cmocka_unit_test(before_rules_7_a_merge_stands_once_it_was_used),
        cmocka_unit_test(money_of_each_pays_bills_of_both),
        cmocka_unit_test(one_act_may_spend_money_of_both_and_is_undone_as_one),
        cmocka_unit_test(before_rules_7_their_money_stays_apart),
        cmocka_unit_test(what_is_free_on_either_is_paid_out),
        cmocka_unit_test(what_is_owed_on_one_is_not_free_on_the_other),
        cmocka_unit_test(matches_stay_when_the_merge_is_undone),
        cmocka_unit_test(one_row_one_list_of_papers_one_aging),
        cmocka_unit_test(pages_of_both_lose_no_paper),
        cmocka_unit_test(notes_of_both_are_theirs),
        cmocka_unit_test(a_record_is_not_merged_into_itself),
        cmocka_unit_test(who_stays_is_erased_with_who_was_merged),
        cmocka_unit_test(undone_they_stand_as_before),
        cmocka_unit_test(what_they_were_opened_with_comes_back),
        cmocka_unit_test(a_site_of_the_other_stays_one_when_it_is_undone),
        cmocka_unit_test(families_are_taken_apart_first),
        cmocka_unit_test(a_merged_record_is_in_no_list_and_what_it_owes_is_counted_once),
        cmocka_unit_test(who_both_know_is_not_more_than_one_may_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Reports that people choose, those that they keep, and a person who is to be forgotten. */
#include "scenario.h"

#include "base/limits.h"

#include <stdio.h>

enum { DAY = 20000 };

struct reporting {
    struct scenario *s;
    uint32_t till, bank, clerk, manager, lan, hoa;
};

static const Tefter__Done *pay(const struct reporting *shop, uint32_t customer, const char *kind,
                               uint32_t account, int64_t amount_minor)
{
    return scenario_done(shop->s, "take_payment",
                         json("{'customer': %u, 'kind': '%s', 'money_account': %u, 'amount_minor': "
                              "%lld, 'reference': 'R-%llu'}",
                              customer, kind, account, (long long)amount_minor,
                              (unsigned long long)shop->s->counter));
}

/* Lan: bills of 500 and 300 and money of 200; Hoa: a bill of 40 by the clerk, one of 60 that is
 * reversed, money of 100 that nothing is matched with. A day later another bill. */
static struct reporting begin(void)
{
    struct scenario *s = scenario_begin();
    struct reporting shop = {.s = s};
    scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    shop.till = scenario_till(s);
    shop.bank = scenario_bank(s);
    shop.clerk = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_SALES);
    shop.manager = scenario_staff(s, "bob", TEFTER__ROLE__ROLE_MANAGER);
    shop.lan = scenario_customer(s, "Lan", 1000);
    shop.hoa = scenario_customer(s, "Hoa", 10000);
    scenario_sell(s, shop.lan, 500);
    scenario_sell(s, shop.lan, 300);
    pay(&shop, shop.lan, "TRANSFER", shop.bank, 200);
    uint64_t wrong = scenario_sell(s, shop.hoa, 60)->id;
    scenario_done(
        s, "reverse_document",
        json("{'document': '%llu', 'reason': {'value': 'wrong'}}", (unsigned long long)wrong));
    scenario_as(s, shop.manager);
    scenario_sell(s, shop.hoa, 40);
    scenario_as(s, ROLE_STAFF_OWNER);
    pay(&shop, shop.hoa, "CASH", shop.till, 140);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", DAY + 1));
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_sell(s, shop.lan, 1);
    return shop;
}

static const Tefter__ReportAnswer *ask(const struct reporting *shop, const char *what)
{
    return scenario_ask(shop->s, "report", json("{'what': {%s}}", what))->report;
}

static void papers_are_counted_by_what_is_chosen(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    const Tefter__ReportAnswer *days = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY']");
    assert_int_equal(days->n_rows, 2);
    const Tefter__ReportRow *first = days->rows[0];
    assert_int_equal(first->date, DAY);
    assert_int_equal(first->sold_minor, 840);
    assert_int_equal(first->on_credit_minor, 840);
    assert_int_equal(first->collected_minor, 340);
    assert_int_equal(first->open_minor, 840); /* nothing is matched yet */
    assert_int_equal(first->unmatched_minor, 340);
    assert_int_equal(first->count, 5);
    assert_int_equal(first->written, 6);
    assert_int_equal(first->reversed, 1);
    assert_int_equal(first->reversed_minor, 60);
    assert_int_equal(first->balance_minor, 840 - 340);
    assert_int_equal(days->rows[1]->sold_minor, 1);
    const Tefter__ReportAnswer *staff =
        ask(&shop, "'source': 'REPORT_DOCUMENTS', 'by': ['BY_STAFF'], 'until': 20000");
    assert_int_equal(staff->n_rows, 2);
    assert_int_equal(staff->rows[1]->staff, shop.manager);
    assert_string_equal(staff->rows[1]->login, "bob");
    assert_int_equal(staff->rows[1]->sold_minor, 40);
    const Tefter__ReportAnswer *papers =
        ask(&shop,
            json("'source': 'REPORT_PAYMENTS', 'by': ['BY_DOCUMENT'], 'customer': %u", shop.lan));
    assert_int_equal(papers->n_rows, 1);
    assert_int_equal(papers->rows[0]->collected_minor, 200);
    assert_non_null(papers->rows[0]->code);
    assert_non_null(papers->rows[0]->number);
    scenario_end(s);
}

static const char *of_old(uint32_t customer, const char *source)
{
    return json("{'customer': %u, 'backfill': true, %s 'date': 19990, 'lines': [{'text': 'a', "
                "'quantity': 1000, 'price': 77000}]}",
                customer, source);
}

static void what_an_import_brought_is_nobodys_work(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "issue_invoice", of_old(shop.lan, "'source': 'old',"));
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 9, 'backfill': true, "
                       "'source': 'old', 'date': 19990}",
                       shop.lan));
    const Tefter__ReportAnswer *days = ask(
        &shop, "'source': 'REPORT_DOCUMENTS', 'by': ['BY_STAFF'], 'from': 19990, 'until': 19990");
    assert_int_equal(days->n_rows, 1);
    assert_true(days->rows[0]->has_staff);
    assert_int_equal(days->rows[0]->staff, 0);
    assert_null(days->rows[0]->login);
    assert_int_equal(days->rows[0]->collected_minor, 9);
    assert_int_equal(days->rows[0]->count, 2);
    days = ask(&shop, json("'source': 'REPORT_DOCUMENTS', 'staff': %d, 'from': 19990, "
                           "'until': 19990",
                           ROLE_STAFF_OWNER));
    assert_int_equal(days->n_rows, 0);
    assert_int_equal(scenario_ask(s, "staff_day", "{'date': 19990}")->staff_day->n_collected, 0);
    days = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'staff': 0, 'from': 19990, 'until': 19990");
    assert_int_equal(days->rows[0]->count, 2);
    /* what somebody writes down of an old day is theirs */
    scenario_done(s, "issue_invoice", of_old(shop.lan, ""));
    days = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'by': ['BY_STAFF'], 'from': 19990, "
                      "'until': 19990");
    assert_int_equal(days->n_rows, 2);
    assert_int_equal(days->rows[1]->staff, ROLE_STAFF_OWNER);
    assert_int_equal(days->rows[1]->sold_minor, 77);
    scenario_end(s);
}

/* What customers owe is what the books say. */
static void customers_as_they_stand_are_the_trial_balance(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    const Tefter__ReportAnswer *all = ask(&shop, "'source': 'REPORT_CUSTOMERS'");
    const Tefter__TrialBalanceAnswer *books = scenario_ask(s, "trial_balance", "{}")->trial_balance;
    assert_int_equal(all->n_rows, 1);
    assert_int_equal(all->rows[0]->count, 2);
    assert_int_equal(all->rows[0]->balance_minor, books->balances_minor);
    assert_int_equal(all->rows[0]->open_minor, 841);
    assert_int_equal(all->rows[0]->unmatched_minor, 340);
    const Tefter__ReportAnswer *papers = ask(&shop, "'source': 'REPORT_DOCUMENTS'");
    assert_int_equal(papers->rows[0]->balance_minor, books->balances_minor);
    const Tefter__ReportAnswer *each =
        ask(&shop, "'source': 'REPORT_CUSTOMERS', 'by': ['BY_CUSTOMER']");
    assert_int_equal(each->n_rows, 2);
    scenario_end(s);
}

/* Those who pay in time are found, too; who was merged is overdue with the customer they are now.
 */
static void customers_of_whom_nothing_is_overdue(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t late = scenario_customer(s, "Late", 1000);
    uint32_t good = scenario_customer(s, "Good", 1000);
    uint32_t twice = scenario_customer(s, "Late twice", 1000);
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'due': 20000, 'lines': [{'text': 'x', 'quantity': 1000, "
                       "'price': 5000}]}",
                       twice));
    scenario_sell(s, good, 7);
    scenario_done(s, "merge_customers", json("{'customer': %u, 'into': %u}", twice, late));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20001}");
    scenario_as(s, ROLE_STAFF_OWNER);
    for (int overdue = 0; overdue < 2; overdue++) {
        const Tefter__ReportAnswer *report =
            scenario_ask(s, "report",
                         json("{'what': {'source': 'REPORT_CUSTOMERS', 'by': ['BY_CUSTOMER'], "
                              "'overdue': %s}}",
                              overdue ? "true" : "false"))
                ->report;
        assert_int_equal(report->n_rows, 1);
        assert_int_equal(report->rows[0]->customer, overdue ? late : good);
    }
    scenario_ask_refused(s, "report", "{'what': {'source': 'REPORT_DOCUMENTS', 'overdue': true}}",
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_done(s, "save_report",
                  "{'name': 'in time', 'what': {'source': 'REPORT_CUSTOMERS', 'overdue': false}}");
    const Tefter__SavedReportsAnswer *saved = scenario_ask(s, "saved_reports", "{}")->saved_reports;
    assert_true(saved->reports[0]->report->what->has_overdue);
    assert_false(saved->reports[0]->report->what->overdue);
    scenario_end(s);
}

static void lines_are_what_product_sales_tell(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    uint64_t cement =
        scenario_done(s, "add_product",
                      "{'code': 'CEM', 'name': 'Cement', 'price': 10000, 'cost': 7000}")
            ->id;
    scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product': %llu, 'quantity': 3000}, {'product': "
             "%llu, 'quantity': 2000, 'discount_bp': 1000}]}",
             shop.hoa, (unsigned long long)cement, (unsigned long long)cement));
    const Tefter__ProductSalesRow *told =
        scenario_ask(s, "product_sales", "{}")->product_sales->rows[0];
    const Tefter__ReportAnswer *lines =
        ask(&shop, json("'source': 'REPORT_LINES', 'by': ['BY_PRODUCT'], 'product': %llu",
                        (unsigned long long)cement));
    assert_int_equal(lines->n_rows, 1);
    assert_int_equal(lines->rows[0]->count, 2);
    assert_int_equal(lines->rows[0]->quantity, told->quantity);
    assert_int_equal(lines->rows[0]->net_minor, told->net_minor);
    assert_int_equal(lines->rows[0]->margin_minor, told->margin_minor);
    assert_int_equal(lines->rows[0]->discount_minor, 2);
    const Tefter__ReportAnswer *odd =
        ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_JUMP', 'by': ['BY_DOCUMENT']");
    assert_int_equal(odd->n_rows, 0);
    scenario_as(s, shop.manager); /* who sees no cost */
    lines = ask(&shop, "'source': 'REPORT_LINES', 'by': ['BY_PRODUCT']");
    for (size_t i = 0; i < lines->n_rows; i++)
        assert_false(lines->rows[i]->has_cost_minor || lines->rows[i]->has_margin_minor);
    scenario_end(s);
}

static void what_is_unusual_is_found(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 40}}", shop.hoa));
    const Tefter__ReportAnswer *odd =
        ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_JUMP', 'by': ['BY_DOCUMENT']");
    assert_int_equal(odd->n_rows, 2); /* a bill of 40, and money of 140 */
    odd = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_REVERSED'");
    assert_int_equal(odd->n_rows, 1);
    assert_int_equal(odd->rows[0]->count, 1);
    odd = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_DISCOUNT'");
    assert_int_equal(odd->n_rows, 0);
    /* what was corrected is corrected, and stays so when the new paper is taken back, too */
    uint64_t again =
        scenario_done(s, "correct_invoice",
                      json("{'document': %llu, 'reason': 'price', 'invoice': "
                           "{'lines': [{'line': 1, 'quantity': 1000, 'price': 20000}]}}",
                           (unsigned long long)scenario_sell(s, shop.lan, 25)->id))
            ->id;
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'wrong'}", (unsigned long long)again));
    odd = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_CORRECTED'");
    assert_int_equal(odd->rows[0]->count, 1);
    odd = ask(&shop, "'source': 'REPORT_DOCUMENTS', 'odd': 'ODD_REVERSED'");
    assert_int_equal(odd->rows[0]->count, 2);
    scenario_end(s);
}

static void a_report_is_refused_what_it_may_not(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    scenario_ask_refused(s, "report", "{'what': {'source': 'REPORT_CUSTOMERS', 'by': ['BY_DAY']}}",
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_ask_refused(s, "report",
                         "{'what': {'source': 'REPORT_LINES', 'by': ['BY_DAY', 'BY_DAY']}}",
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_ask_refused(s, "report",
                         "{'what': {'source': 'REPORT_LINES', 'by': ['BY_DAY', 'BY_KIND', "
                         "'BY_STAFF', 'BY_BRANCH']}}",
                         TEFTER__REFUSAL_CODE__TOO_MANY);
    scenario_ask_refused(
        s, "report", "{'what': {'source': 'REPORT_LINES', 'span': 'SPAN_MONTH', 'from': 20000}}",
        TEFTER__REFUSAL_CODE__FIELD_INVALID);
    uint32_t controller = scenario_staff(s, "con", TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_as(s, controller);
    scenario_ask_refused(s, "report",
                         "{'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_STAFF']}}",
                         TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    ask(&shop, json("'source': 'REPORT_DOCUMENTS', 'by': ['BY_STAFF'], 'staff': %u", controller));
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", shop.manager));
    scenario_as(s, shop.manager);
    scenario_ask_refused(s, "report", "{'what': {'source': 'REPORT_DOCUMENTS', 'branch': 2}}",
                         TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_end(s);
}

/* Pages add up to the whole, wherever they end. */
static void pages_add_up(void **state)
{
    enum { PAPERS = 5100 };
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t lan = scenario_customer(s, "Lan", INT64_C(1000000000));
    for (int i = 0; i < PAPERS; i++)
        scenario_sell(s, lan, 10);
    const Tefter__ReportAnswer *first =
        scenario_ask(s, "report", "{'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY']}}")
            ->report;
    assert_int_equal(first->looked, 5000);
    assert_true(first->has_next);
    int64_t sold = first->rows[0]->sold_minor;
    char next[2 * 24 + 1] = "";
    for (size_t i = 0; i < first->next.len; i++)
        (void)snprintf(next + 2 * i, 3, "%02x", first->next.data[i]);
    const Tefter__ReportAnswer *last =
        scenario_ask(
            s, "report",
            json("{'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY']}, 'page': '%s'}", next))
            ->report;
    assert_int_equal(last->looked, PAPERS - 5000);
    assert_false(last->has_next);
    assert_int_equal(sold + last->rows[0]->sold_minor, 10 * PAPERS);
    scenario_end(s);
}

/* ---- those that are kept ---- */

#define WHAT "'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY'], 'columns': ['sold']}"

static void reports_are_kept_and_shared(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    unsigned long long only =
        scenario_done(s, "save_report", "{'name': 'for a moment', " WHAT "}")->id;
    scenario_done(s, "remove_report", json("{'report': %llu}", only)); /* the last one, too */
    assert_int_equal(scenario_ask(s, "saved_reports", "{}")->saved_reports->n_reports, 0);
    unsigned long long own = scenario_done(s, "save_report", "{'name': 'mine', " WHAT "}")->id;
    scenario_done(s, "save_report", "{'name': 'ours', 'shared': true, " WHAT "}");
    scenario_refused(s, "save_report", "{'name': '', " WHAT "}",
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "name");
    scenario_as(s, shop.manager);
    const Tefter__SavedReportsAnswer *seen = scenario_ask(s, "saved_reports", "{}")->saved_reports;
    assert_int_equal(seen->n_reports, 1);
    assert_string_equal(seen->reports[0]->report->name, "ours");
    assert_false(seen->reports[0]->mine);
    scenario_refused(s, "remove_report", json("{'report': %llu}", own),
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "report");
    scenario_refused(s, "save_report",
                     json("{'report': %llu, 'name': 'x', " WHAT "}",
                          (unsigned long long)seen->reports[0]->report->report),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "report");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "save_report",
                  json("{'report': %llu, 'name': 'now ours', 'shared': true, " WHAT "}", own));
    scenario_as(s, shop.manager);
    scenario_done(s, "remove_report", json("{'report': %llu}", own)); /* they look after staff */
    for (int i = 0; i < REPORTS_PER_STAFF_MAX; i++)
        scenario_done(s, "save_report", "{'name': 'one more', " WHAT "}");
    scenario_refused(s, "save_report", "{'name': 'too many', " WHAT "}",
                     TEFTER__REFUSAL_CODE__TOO_MANY, "staff");
    scenario_as(s, shop.clerk);
    scenario_refused(s, "save_report", "{'name': 'x', " WHAT "}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_end(s);
}

/* ---- a person who is to be forgotten ---- */

static void a_person_is_erased_when_nothing_is_open(void **state)
{
    (void)state;
    struct reporting shop = begin();
    struct scenario *s = shop.s;
    const Tefter__Refusal *why =
        scenario_refused(s, "erase_customer", json("{'customer': %u}", shop.hoa),
                         TEFTER__REFUSAL_CODE__CUSTOMER_OPEN, "customer");
    assert_int_equal(why->available_minor, -100);
    assert_int_equal(why->most, 2);
    scenario_refused(s, "erase_customer", "{'customer': 1}", TEFTER__REFUSAL_CODE__FIELD_INVALID,
                     "customer");
    scenario_sell(s, shop.hoa, 100);
    scenario_done(s, "match_items",
                  json("{'customer': %u, 'order': 'MATCH_OLDEST_DUE'}", shop.hoa));
    scenario_as(s, shop.clerk);
    scenario_refused(s, "erase_customer", "{'code': 'C-000003'}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "authorise_buyer",
                  json("{'customer': %u, 'name': {'value': 'Minh'}}", shop.hoa));
    scenario_done(s, "erase_customer", "{'code': 'C-000003'}");
    scenario_refused(s, "erase_customer", "{'code': 'C-000003'}",
                     TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    scenario_refused(s, "unlock_customer", json("{'customer': %u}", shop.hoa),
                     TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    scenario_refused(s, "change_customer",
                     json("{'customer': %u, 'name': {'value': 'x'}}", shop.hoa),
                     TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    const Tefter__CustomerCardAnswer *card =
        scenario_ask(s, "customer_card", json("{'customer': %u}", shop.hoa))->customer_card;
    assert_true(card->row->erased);
    assert_true(card->row->locked);
    assert_null(card->record->phone);
    assert_int_equal(card->record->n_buyers, 0);
    const Tefter__HistoryAnswer *history =
        scenario_ask(s, "history", json("{'customer': %u}", shop.hoa))->history;
    assert_int_equal(history->n_rows, 5); /* no paper is gone */
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_counted_by_what_is_chosen),
        cmocka_unit_test(what_an_import_brought_is_nobodys_work),
        cmocka_unit_test(customers_as_they_stand_are_the_trial_balance),
        cmocka_unit_test(customers_of_whom_nothing_is_overdue),
        cmocka_unit_test(lines_are_what_product_sales_tell),
        cmocka_unit_test(what_is_unusual_is_found),
        cmocka_unit_test(a_report_is_refused_what_it_may_not),
        cmocka_unit_test(pages_add_up),
        cmocka_unit_test(reports_are_kept_and_shared),
        cmocka_unit_test(a_person_is_erased_when_nothing_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

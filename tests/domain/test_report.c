/* What is seen: history, aging, lists, search. */
#include "domain/scenario.h"

#include <stdio.h>

static void turn(struct scenario *s, uint32_t date)
{
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", date));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static void the_newest_running_balance_is_the_live_one_either_way(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    for (int i = 1; i <= 5; i++) {
        scenario_sell(s, anh, 100 * i);
        scenario_done(
            s, "take_payment",
            json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %d, 'money_account': %u, "
                 "'match': 'OLDEST_DUE'}",
                 anh, 30 * i, till));
    }
    /* A backdated bill takes its place among the dates. */
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'date': 19990, 'lines': [{'text': 'a', 'quantity': "
                       "1000, 'price': 7000}]}",
                       anh));
    int64_t balance = scenario_account(s, anh)->balance_minor;
    const Tefter__HistoryAnswer *newest =
        scenario_ask(s, "history", json("{'customer': %u, 'rows': 4}", anh))->history;
    const Tefter__HistoryAnswer *oldest =
        scenario_ask(s, "history", json("{'customer': %u, 'oldest_first': true}", anh))->history;
    assert_int_equal(newest->rows[0]->running_minor, balance);
    assert_int_equal(oldest->n_rows, 11);
    assert_int_equal(oldest->rows[10]->running_minor, balance);
    assert_int_equal(oldest->rows[0]->date, 19990);
    assert_int_equal(oldest->rows[0]->running_minor, 7);
    /* Pages go on where they ended. */
    char page[80] = "";
    for (size_t i = 0; i < newest->next.len; i++)
        snprintf(page + 2 * i, sizeof page - 2 * i, "%02x", newest->next.data[i]);
    const Tefter__HistoryAnswer *next =
        scenario_ask(s, "history", json("{'customer': %u, 'rows': 100, 'page': '%s'}", anh, page))
            ->history;
    assert_int_equal(next->n_rows, 7);
    assert_int_equal(next->rows[0]->running_minor,
                     newest->rows[3]->running_minor - newest->rows[3]->amount_minor);
    assert_int_equal(next->rows[6]->running_minor, 7);
    scenario_ask_refused(s, "history", json("{'customer': %u, 'page': '00'}", anh),
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_end(s);
}

static void aging_as_of_a_date_knows_what_was_open_then(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'due': 20010, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 100000}]}",
                       anh));
    turn(s, 20020);
    const Tefter__Done *money = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 60, 'money_account': %u, 'match': "
             "'OLDEST_DUE'}",
             anh, till));
    turn(s, 20050);
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)money->id));
    static const struct {
        uint32_t as_of;
        int bucket;
        int64_t amount;
    } cases[] = {
        {20000, 0, 100}, {20010, 0, 100}, {20011, 1, 100},
        {20020, 1, 40},  {20049, 2, 40},  {20050, 2, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Tefter__AgingAnswer *aging =
            scenario_ask(s, "aging", json("{'as_of': %u}", cases[i].as_of))->aging;
        assert_int_equal(aging->n_buckets, 6);
        assert_int_equal(aging->buckets[cases[i].bucket]->amount_minor, cases[i].amount);
        assert_int_equal(aging->balance_minor, cases[i].amount);
    }
    const Tefter__AgingAnswer *before =
        scenario_ask(s, "aging", "{'as_of': 19999, 'by_customer': true}")->aging;
    assert_int_equal(before->balance_minor, 0);
    assert_int_equal(before->n_rows, 0);
    scenario_ask_refused(s, "aging", "{'bounds': [30, 30]}", TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_ask_refused(s, "aging", "{'customer': 99}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_end(s);
}

static void as_we_knew_it_leaves_out_what_was_recorded_later(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_sell(s, anh, 100);
    uint64_t known = s->seq;
    turn(s, 20005);
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'date': 20000, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 50000}]}",
                       anh));
    assert_int_equal(scenario_ask(s, "aging", "{'as_of': 20000}")->aging->balance_minor, 150);
    assert_int_equal(
        scenario_ask(s, "aging",
                     json("{'as_of': 20000, 'known_seq': %llu}", (unsigned long long)known))
            ->aging->balance_minor,
        100);
    scenario_end(s);
}

static void lists_are_filtered_sorted_and_paged(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'A'}");
    uint32_t first = 0;
    for (int i = 0; i < 7; i++) {
        uint32_t customer = scenario_customer(s, "Anh", 1000);
        first = first == 0 ? customer : first;
        scenario_sell(s, customer, 100 * (1 + (i * 3) % 7));
        if (i % 2 == 0)
            scenario_done(s, "join_group", json("{'customer': %u, 'group': 1}", customer));
    }
    scenario_done(s, "lock_customer", json("{'customer': %u}", first + 1));
    assert_int_equal(scenario_ask(s, "customers", "{'group': 1}")->customers->n_rows, 4);
    assert_int_equal(scenario_ask(s, "customers", "{'locked': true}")->customers->n_rows, 1);
    assert_int_equal(scenario_ask(s, "customers", "{'owing': true}")->customers->n_rows, 7);
    assert_int_equal(scenario_ask(s, "customers", "{'over_limit': true}")->customers->n_rows, 0);
    const Tefter__CustomersAnswer *most =
        scenario_ask(s, "customers", "{'sort': 'SORT_BALANCE', 'rows': 3}")->customers;
    assert_int_equal(most->rows[0]->account->balance_minor, 700);
    assert_int_equal(most->rows[2]->account->balance_minor, 500);
    assert_true(most->has_next);
    assert_int_equal(scenario_ask(s, "documents", "{'amount_minor': 700}")->documents->n_rows, 1);
    assert_int_equal(
        scenario_ask(s, "documents", "{'kind': 'INVOICE', 'rows': 5}")->documents->n_rows, 5);
    assert_int_equal(scenario_ask(s, "documents", json("{'customer': %u, 'state': 'OPEN'}", first))
                         ->documents->n_rows,
                     1);
    scenario_end(s);
}

static void a_number_or_an_amount_finds_its_document(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_sell(s, anh, 12345);
    const Tefter__SearchAnswer *by_amount = scenario_ask(s, "search", "{'text': '123.45'}")->search;
    assert_int_equal(by_amount->n_hits, 1);
    assert_string_equal(by_amount->hits[0]->document->number, "HQ-00001");
    assert_int_equal(scenario_ask(s, "search", "{'text': 'HQ-000'}")->search->n_hits, 1);
    assert_int_equal(scenario_ask(s, "search", "{'text': 'nothing'}")->search->n_hits, 0);
    scenario_end(s);
}

static const Tefter__SearchHit *only_hit(struct scenario *s, const char *text)
{
    const Tefter__SearchAnswer *found =
        scenario_ask(s, "search", json("{'text': '%s'}", text))->search;
    if (found->n_hits != 1)
        fail_msg("%s: %zu hits", text, found->n_hits);
    return found->hits[0];
}

static void a_slip_a_serial_and_a_barcode_find_what_they_are_of(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_product",
                  "{'code': 'PUMP', 'name': 'Pump', 'price': 1000, 'serials': true,"
                  " 'barcodes': ['8935001']}");
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'lines': [{'product': 1, 'quantity': 1000, 'serials': "
                       "['SN-4711']}]}",
                       anh));
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'PAYMENT_SLIP', 'amount_minor': 40, "
                       "'money_account': %u, 'reference': 'FT/26 0077', 'payer': 'A'}",
                       anh, scenario_bank(s)));
    static const char *const slips[] = {"FT/26 0077", "ft/26-0077", "FT/26", "0077", "ft/260077"};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        const Tefter__SearchHit *hit = only_hit(s, slips[i]);
        assert_string_equal(hit->document->number, "HQ-R-00001");
        assert_string_equal(hit->matched_field, "reference");
        assert_string_equal(hit->matched, "FT/26 0077");
    }
    static const char *const serials[] = {"SN-4711", "sn 4711", "sn–47", "4711", "SN4711"};
    for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
        const Tefter__SearchHit *hit = only_hit(s, serials[i]);
        assert_string_equal(hit->document->number, "HQ-00001");
        assert_string_equal(hit->matched_field, "serial");
        assert_string_equal(hit->matched, "SN-4711");
    }
    static const char *const barcodes[] = {"8935001", "89350", "۸۹۳۵۰۰۱"};
    for (size_t i = 0; i < sizeof barcodes / sizeof barcodes[0]; i++) {
        const Tefter__SearchHit *hit = only_hit(s, barcodes[i]);
        assert_string_equal(hit->product->code, "PUMP");
        assert_string_equal(hit->matched_field, "barcode");
        assert_string_equal(hit->matched, "8935001");
    }
    scenario_end(s);
}

static void the_tail_of_a_number_finds_the_newest_first(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    for (int i = 0; i < 6; i++)
        scenario_sell(s, anh, 777);
    scenario_done(s, "add_branch", "{'code': 'WH', 'name': 'West'}");
    scenario_at(s, 2);
    for (int i = 0; i < 5; i++)
        scenario_sell(s, anh, 777);
    const Tefter__SearchAnswer *found = scenario_ask(s, "search", "{'text': '00005'}")->search;
    assert_int_equal(found->n_hits, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(found->hits[i]->document->number + 3, "00005");
        assert_string_equal(found->hits[i]->matched_field, "number");
    }
    assert_string_equal(only_hit(s, "hq–۰۰۰۰۶")->document->number, "HQ-00006");
    assert_string_equal(only_hit(s, "wh00003")->document->number, "WH-00003");
    assert_int_equal(scenario_ask(s, "search", "{'text': '-'}")->search->n_hits, 0);
    scenario_end(s);
}

static void money_not_yet_matched_is_listed_oldest_first(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t till = scenario_till(s);
    for (int i = 1; i <= 3; i++)
        scenario_done(
            s, "take_payment",
            json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %d, 'money_account': %u}", anh,
                 i, till));
    const Tefter__UnmatchedMoneyAnswer *list =
        scenario_ask(s, "unmatched_money", "{'rows': 2}")->unmatched_money;
    assert_int_equal(list->n_rows, 2);
    assert_int_equal(list->rows[0]->open_minor, 1);
    assert_true(list->has_next);
    scenario_sell(s, anh, 6);
    scenario_done(s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh));
    assert_int_equal(scenario_ask(s, "unmatched_money", "{}")->unmatched_money->n_rows, 0);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_running_balance_is_the_live_one_either_way),
        cmocka_unit_test(aging_as_of_a_date_knows_what_was_open_then),
        cmocka_unit_test(as_we_knew_it_leaves_out_what_was_recorded_later),
        cmocka_unit_test(lists_are_filtered_sorted_and_paged),
        cmocka_unit_test(a_number_or_an_amount_finds_its_document),
        cmocka_unit_test(a_slip_a_serial_and_a_barcode_find_what_they_are_of),
        cmocka_unit_test(the_tail_of_a_number_finds_the_newest_first),
        cmocka_unit_test(money_not_yet_matched_is_listed_oldest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    /* "#" and its number names a record */
    const Tefter__SearchAnswer *named =
        scenario_ask(s, "search", json("{'text': '#%u'}", anh))->search;
    assert_int_equal(named->n_hits, 1);
    assert_int_equal(named->hits[0]->customer->who->customer, anh);
    named = scenario_ask(s, "search",
                         json("{'text': '#%llu'}",
                              (unsigned long long)by_amount->hits[0]->document->document))
                ->search;
    assert_int_equal(named->n_hits, 1);
    assert_string_equal(named->hits[0]->document->number, "HQ-00001");
    assert_int_equal(scenario_ask(s, "search", "{'text': '#99'}")->search->n_hits, 0);
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

static void a_short_number_finds_what_it_stands_for(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    for (int i = 0; i < 25; i++)
        scenario_sell(s, anh, 777);
    static const char *const five[] = {"HQ-5", "hq5", "hq 5", "HQ/05", "hq–۵"};
    for (size_t i = 0; i < sizeof five / sizeof five[0]; i++)
        assert_string_equal(only_hit(s, five[i])->document->number, "HQ-00005");
    assert_string_equal(only_hit(s, "HQ-25")->document->number, "HQ-00025");
    assert_int_equal(scenario_ask(s, "search", "{'text': 'HX-5'}")->search->n_hits, 0);
    assert_int_equal(scenario_ask(s, "search", "{'text': '5'}")->search->n_hits, 0);
    scenario_end(s);
}

static void an_amount_is_found_by_any_of_its_readings(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_sell(s, anh, 12345);
    scenario_sell(s, anh, 500);
    const char *query = "{'text': 'what was typed', 'amounts_minor': [500, 12345]}";
    assert_int_equal(scenario_ask(s, "search", query)->search->n_hits, 2);
    query = "{'text': '123.45', 'amounts_minor': [500]}";
    assert_int_equal(scenario_ask(s, "search", query)->search->n_hits, 1);
    scenario_end(s);
}

/* Of each kind; a page of totals says of how much. */
static void totals_are_of_all_that_is_asked_for(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t till = scenario_till(s);
    for (int i = 1; i <= 4; i++)
        scenario_sell(s, anh, 100 * i);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 150, 'money_account': %u, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    scenario_done(s, "reverse_document", "{'number': 'HQ-00004', 'reason': 'wrong'}");
    const Tefter__DocumentsAnswer *all =
        scenario_ask(s, "documents", "{'totals': true, 'rows': 1}")->documents;
    assert_int_equal(all->n_rows, 0);
    assert_false(all->has_next);
    assert_int_equal(all->n_totals, 2);
    for (size_t i = 0; i < all->n_totals; i++) {
        const Tefter__DocumentTotal *total = all->totals[i];
        bool bills = total->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
        assert_int_equal(total->count, bills ? 3 : 1);
        assert_int_equal(total->total_minor, bills ? 600 : 150);
        assert_int_equal(total->open_minor, bills ? 450 : 0);
        assert_int_equal(total->reversed, bills ? 1 : 0);
    }
    all = scenario_ask(s, "documents", "{'totals': true, 'state': 'PART'}")->documents;
    assert_int_equal(all->n_totals, 1);
    assert_int_equal(all->totals[0]->open_minor, 150);
    all = scenario_ask(s, "documents", "{'totals': true, 'state': 'OPEN'}")->documents;
    assert_int_equal(all->totals[0]->open_minor, 450); /* part paid is open */
    scenario_end(s);
}

static void a_history_is_filtered_by_state_and_its_balance_is_not(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    for (int i = 1; i <= 3; i++)
        scenario_sell(s, anh, 100 * i);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, 'money_account': %u, "
                       "'match': 'OLDEST_DUE'}",
                       anh, scenario_till(s)));
    const Tefter__HistoryAnswer *open =
        scenario_ask(s, "history", json("{'customer': %u, 'state': 'OPEN'}", anh))->history;
    assert_int_equal(open->n_rows, 2);
    assert_int_equal(open->rows[0]->running_minor, 600);
    assert_int_equal(open->rows[1]->running_minor, 300);
    open = scenario_ask(s, "history",
                        json("{'customer': %u, 'state': 'OPEN', 'kind': 'INVOICE', "
                             "'oldest_first': true, 'rows': 1}",
                             anh))
               ->history;
    assert_int_equal(open->n_rows, 1);
    assert_int_equal(open->rows[0]->running_minor, 300);
    assert_true(open->has_next);
    scenario_end(s);
}

static void a_list_of_groups_is_of_who_is_in_all_of_them(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'A'}");
    scenario_done(s, "add_group", "{'dimension': 'area', 'name': 'North'}");
    uint32_t one = scenario_customer(s, "One", 1000);
    uint32_t both = scenario_customer(s, "Both", 1000);
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 1}", one));
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 1}", both));
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 2}", both));
    scenario_sell(s, one, 100);
    scenario_sell(s, both, 200);
    assert_int_equal(scenario_ask(s, "documents", "{'groups': [1]}")->documents->n_rows, 2);
    assert_int_equal(scenario_ask(s, "documents", "{'groups': [1, 2]}")->documents->n_rows, 1);
    assert_int_equal(scenario_ask(s, "documents", "{'group': 1, 'groups': [2]}")->documents->n_rows,
                     1);
    assert_int_equal(scenario_ask(s, "customers", "{'groups': [2, 1]}")->customers->n_rows, 1);
    assert_int_equal(scenario_ask(s, "aging", "{'groups': [1]}")->aging->balance_minor, 300);
    assert_int_equal(scenario_ask(s, "aging", "{'groups': [1, 2]}")->aging->balance_minor, 200);
    assert_int_equal(scenario_ask(s, "unmatched_money", "{'groups': [1]}")->unmatched_money->n_rows,
                     0);
    assert_int_equal(scenario_ask(s, "documents", "{'groups': [1, 9]}")->refused->code,
                     TEFTER__REFUSAL_CODE__NOT_FOUND);
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
        cmocka_unit_test(a_short_number_finds_what_it_stands_for),
        cmocka_unit_test(an_amount_is_found_by_any_of_its_readings),
        cmocka_unit_test(totals_are_of_all_that_is_asked_for),
        cmocka_unit_test(a_history_is_filtered_by_state_and_its_balance_is_not),
        cmocka_unit_test(a_list_of_groups_is_of_who_is_in_all_of_them),
        cmocka_unit_test(money_not_yet_matched_is_listed_oldest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the office's lists stand on: filters and sums of documents, the bills that money is likely
 * for, the books of a day. */
#include "domain/scenario.h"

#include <stdio.h>

static void turn(struct scenario *s, uint32_t date)
{
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", date));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static const Tefter__Done *bill(struct scenario *s, uint32_t customer, int64_t minor, uint32_t due)
{
    return scenario_done(s, "issue_invoice",
                         json("{'customer': %u, 'due': %u, 'lines': [{'text': 'goods', "
                              "'quantity': 1000, 'price': %lld}]}",
                              customer, due, (long long)minor * 1000));
}

static const Tefter__Done *transfer(struct scenario *s, uint32_t customer, int64_t minor,
                                    uint32_t bank, const char *reference)
{
    return scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'TRANSFER', 'amount_minor': %lld, "
                              "'money_account': %u, 'reference': '%s'}",
                              customer, (long long)minor, bank, reference));
}

static const Tefter__DocumentsAnswer *documents(struct scenario *s, const char *query)
{
    return scenario_ask(s, "documents", query)->documents;
}

/* ---- filters ---- */

static void documents_are_narrowed_by_what_the_office_asks_for(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Nguyễn Anh", 1000000);
    uint32_t binh = scenario_customer(s, "Binh", 1000000);
    uint32_t bank = scenario_bank(s), till = scenario_till(s);
    uint32_t checker = scenario_staff(s, "checker", TEFTER__ROLE__ROLE_MANAGER);
    const Tefter__Done *late = bill(s, anh, 300, 20001);
    bill(s, binh, 200, 20090);
    transfer(s, anh, 50, bank, "FT-88190");
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 20, 'money_account': %u}",
                       binh, till));
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 70, 'money_account': %u, "
                       "'reference': 'SL-1', 'payer': 'Ha'}",
                       binh, bank));
    assert_int_equal(documents(s, "{'overdue': true}")->n_rows, 0);
    turn(s, 20001);
    assert_int_equal(documents(s, "{'overdue': true}")->n_rows, 0); /* due today */
    turn(s, 20002);
    const Tefter__DocumentsAnswer *found = documents(s, "{'overdue': true}");
    assert_int_equal(found->n_rows, 1);
    assert_int_equal(found->rows[0]->document, late->id);
    /* As people type words: without marks, in any case; in references; whose it is. */
    assert_int_equal(documents(s, "{'text': 'NGUYEN'}")->n_rows, 2);
    assert_int_equal(documents(s, "{'text': 'ft-88'}")->n_rows, 1);
    assert_int_equal(documents(s, "{'text': 'nobody'}")->n_rows, 0);
    assert_int_equal(documents(s, "{'kinds': ['DOCUMENT_PAYMENT', 'DOCUMENT_REFUND']}")->n_rows, 3);
    assert_int_equal(documents(s, "{'kinds': ['DOCUMENT_REFUND']}")->n_rows, 0);
    assert_int_equal(documents(s, json("{'money_account': %u}", bank))->n_rows, 2);
    assert_int_equal(documents(s, json("{'money_account': %u}", till))->n_rows, 1);
    found = documents(s, "{'on_its_way': true}");
    assert_int_equal(found->n_rows, 1);
    assert_true(found->rows[0]->on_its_way);
    assert_int_equal(found->rows[0]->total_minor, 70);
    scenario_as(s, checker);
    scenario_done(
        s, "confirm_payment",
        json("{'payment': %llu, 'confirmed': true}", (unsigned long long)found->rows[0]->document));
    assert_int_equal(documents(s, "{'on_its_way': true}")->n_rows, 0);
    scenario_end(s);
}

static const Tefter__DocumentsAnswer *payments_by(struct scenario *s, const char *part)
{
    return documents(s, json("{'kind': 'DOCUMENT_PAYMENT', 'totals': true, 'by': '%s'}", part));
}

static int64_t total_of(const Tefter__DocumentsAnswer *answer, uint32_t part)
{
    for (size_t i = 0; i < answer->n_totals; i++)
        if (answer->totals[i]->has_of && answer->totals[i]->of == part)
            return answer->totals[i]->total_minor;
    return -1;
}

static void sums_are_told_apart_by_day_kind_place_and_person(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t bank = scenario_bank(s), till = scenario_till(s);
    for (int i = 0; i < 3; i++)
        transfer(s, anh, 100, bank, json("FT-%d", i));
    turn(s, 20001);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 7, 'money_account': %u}",
                       anh, till));
    const Tefter__DocumentsAnswer *days = payments_by(s, "DOCUMENTS_BY_DAY");
    assert_int_equal(days->n_totals, 2);
    assert_int_equal(total_of(days, 20000), 300);
    assert_int_equal(total_of(days, 20001), 7);
    const Tefter__DocumentsAnswer *kinds = payments_by(s, "DOCUMENTS_BY_PAYMENT_KIND");
    assert_int_equal(total_of(kinds, TEFTER__PAYMENT_KIND__PAYMENT_CASH), 7);
    assert_int_equal(total_of(kinds, TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER), 300);
    const Tefter__DocumentsAnswer *places = payments_by(s, "DOCUMENTS_BY_PLACE");
    assert_int_equal(total_of(places, bank), 300);
    assert_int_equal(total_of(places, till), 7);
    assert_int_equal(total_of(payments_by(s, "DOCUMENTS_BY_BRANCH"), 1), 307);
    assert_int_equal(total_of(payments_by(s, "DOCUMENTS_BY_STAFF"), ROLE_STAFF_OWNER), 307);
    scenario_end(s);
}

/* ---- suggestions ---- */

static const Tefter__SuggestionRow *suggested(struct scenario *s, const Tefter__Done *money)
{
    const Tefter__MatchSuggestionsAnswer *answer =
        scenario_ask(s, "match_suggestions", "{}")->match_suggestions;
    for (size_t i = 0; i < answer->n_rows; i++)
        if (answer->rows[i]->money->document == money->id)
            return answer->rows[i];
    return NULL;
}

static void money_is_likely_for_the_bills_it_names_equals_or_adds_up_to(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t bank = scenario_bank(s);
    const Tefter__Done *first = bill(s, anh, 300, 20010);
    const Tefter__Done *second = bill(s, anh, 200, 20020);
    const Tefter__Done *third = bill(s, anh, 450, 20030);
    const Tefter__SuggestionRow *row;

    /* It names a number: also where the amount is another bill's. */
    const Tefter__Done *named = transfer(s, anh, 300, bank, json("pay %s please", third->number));
    row = suggested(s, named);
    assert_int_equal(row->reason, TEFTER__MATCH_REASON__MATCH_REASON_NUMBER);
    assert_int_equal(row->n_bills, 1);
    assert_int_equal(row->bills[0]->document, third->id);
    assert_int_equal(row->bills[0]->amount_minor, 300);
    /* Part of a word or of another series' number names nothing; the last digits alone do. */
    static const char *const others[] = {"%s9", "x%s", "9%s", "%s-1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[40];
        size_t at = 0;
        for (const char *c = others[i]; *c != '\0'; c++) {
            if (*c != '%')
                text[at++] = *c;
            else
                at += (size_t)snprintf(text + at, sizeof text - at, "%s", third->number);
            c += *c == '%';
        }
        text[at] = '\0';
        assert_false(suggested(s, transfer(s, anh, 11, bank, text))->has_reason);
    }
    assert_false(suggested(s, transfer(s, anh, 11, bank, "BH-00003"))->has_reason);
    assert_int_equal(suggested(s, transfer(s, anh, 11, bank, "TT 00003 abc"))->reason,
                     TEFTER__MATCH_REASON__MATCH_REASON_NUMBER);

    row = suggested(s, transfer(s, anh, 200, bank, "a"));
    assert_int_equal(row->reason, TEFTER__MATCH_REASON__MATCH_REASON_AMOUNT);
    assert_int_equal(row->bills[0]->document, second->id);
    assert_false(row->others);
    row = suggested(s, transfer(s, anh, 500, bank, "b"));
    assert_int_equal(row->reason, TEFTER__MATCH_REASON__MATCH_REASON_OLDEST);
    assert_int_equal(row->n_bills, 2);
    assert_int_equal(row->bills[0]->document, first->id);
    assert_int_equal(row->bills[0]->amount_minor + row->bills[1]->amount_minor, 500);
    assert_false(suggested(s, transfer(s, anh, 499, bank, "c"))->has_reason);

    bill(s, anh, 200, 20040);
    assert_true(suggested(s, transfer(s, anh, 200, bank, "d"))->others);
    scenario_end(s);
}

static void an_only_bill_is_suggested_and_pages_go_on_where_they_ended(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t bank = scenario_bank(s), people[5];
    for (size_t i = 0; i < 5; i++) {
        people[i] = scenario_customer(s, json("Customer %zu", i), 1000000);
        bill(s, people[i], 300, 20010);
        transfer(s, people[i], i == 4 ? 1000 : 10, bank, json("z%zu", i));
    }
    char page[80] = "";
    size_t seen = 0;
    do {
        const Tefter__MatchSuggestionsAnswer *answer =
            scenario_ask(s, "match_suggestions",
                         page[0] == '\0' ? "{'rows': 2}" : json("{'rows': 2, 'page': '%s'}", page))
                ->match_suggestions;
        for (size_t i = 0; i < answer->n_rows; i++, seen++) {
            assert_int_equal(answer->rows[i]->money->customer, people[seen]);
            assert_int_equal(answer->rows[i]->reason, TEFTER__MATCH_REASON__MATCH_REASON_ONLY);
            assert_int_equal(answer->rows[i]->bills[0]->amount_minor, seen == 4 ? 300 : 10);
        }
        page[0] = '\0';
        for (size_t i = 0; answer->has_next && i < answer->next.len; i++)
            snprintf(page + 2 * i, sizeof page - 2 * i, "%02x", answer->next.data[i]);
    } while (page[0] != '\0');
    assert_int_equal(seen, 5);
    assert_int_equal(scenario_ask(s, "match_suggestions", json("{'customer': %u}", people[3]))
                         ->match_suggestions->n_rows,
                     1);
    scenario_ask_refused(s, "match_suggestions", "{'customer': 99}",
                         TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_ask_refused(s, "match_suggestions", "{'page': '00'}",
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_end(s);
}

/* ---- the books of a day ---- */

static int64_t amount_of(const Tefter__GlTotal *const *totals, size_t count,
                         const Tefter__GlTotal *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (totals[i]->account == wanted->account && totals[i]->sub == wanted->sub &&
            totals[i]->branch == wanted->branch)
            return totals[i]->amount_minor;
    return 0;
}

static void the_books_of_a_day_are_what_was_booked_until_then(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t bank = scenario_bank(s), till = scenario_till(s);
    uint32_t checker = scenario_staff(s, "checker", TEFTER__ROLE__ROLE_MANAGER);
    bill(s, anh, 300, 20010);
    const Tefter__Done *slip = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 70, 'money_account': %u, "
             "'reference': 'SL-1', 'payer': 'Ha'}",
             anh, bank));
    turn(s, 20001);
    scenario_as(s, checker);
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip->id));
    turn(s, 20002);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 20, 'money_account': %u}",
                       anh, till));
    static const struct {
        uint32_t as_of;
        int64_t owed, bank, way, cash;
    } cases[] = {
        {19999, 0, 0, 0, 0},
        {20000, 230, 0, 70, 0},
        {20001, 230, 70, 0, 0},
        {20002, 210, 70, 0, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Tefter__BooksOnAnswer *books =
            scenario_ask(s, "books_on", json("{'as_of': %u}", cases[i].as_of))->books_on;
        int64_t sum = 0, of[256] = {0};
        for (size_t t = 0; t < books->n_totals; t++) {
            sum += books->totals[t]->amount_minor;
            of[books->totals[t]->account] += books->totals[t]->amount_minor;
        }
        assert_int_equal(sum, 0);
        assert_int_equal(of[TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE], cases[i].owed);
        assert_int_equal(of[TEFTER__POSTING_ACCOUNT__GL_BANK], cases[i].bank);
        assert_int_equal(of[TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY], cases[i].way);
        assert_int_equal(of[TEFTER__POSTING_ACCOUNT__GL_CASH], cases[i].cash);
    }
    /* Today's are the running ones. */
    const Tefter__TrialBalanceAnswer *now = scenario_ask(s, "trial_balance", "{}")->trial_balance;
    const Tefter__BooksOnAnswer *today = scenario_ask(s, "books_on", "{'as_of': 20002}")->books_on;
    assert_true(now->n_totals > 0);
    for (size_t i = 0; i < now->n_totals; i++)
        assert_int_equal(amount_of((const Tefter__GlTotal *const *)today->totals, today->n_totals,
                                   now->totals[i]),
                         now->totals[i]->amount_minor);
    scenario_ask_refused(s, "books_on", "{'as_of': 4000000000}",
                         TEFTER__REFUSAL_CODE__DATE_INVALID);
    scenario_end(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_narrowed_by_what_the_office_asks_for),
        cmocka_unit_test(sums_are_told_apart_by_day_kind_place_and_person),
        cmocka_unit_test(money_is_likely_for_the_bills_it_names_equals_or_adds_up_to),
        cmocka_unit_test(an_only_bill_is_suggested_and_pages_go_on_where_they_ended),
        cmocka_unit_test(the_books_of_a_day_are_what_was_booked_until_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

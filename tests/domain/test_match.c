/* Matching money with bills, and undoing it. */
#include "domain/scenario.h"

#include "base/limits.h"

static uint64_t pay(struct scenario *s, uint32_t customer, uint32_t till, int64_t amount)
{
    return scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, "
                              "'money_account': %u}",
                              customer, (long long)amount, till))
        ->id;
}

static uint64_t bill_due(struct scenario *s, uint32_t customer, int64_t amount, int due)
{
    return scenario_done(s, "issue_invoice",
                         json("{'customer': %u, 'due': %d, 'lines': [{'text': 'a', 'quantity': "
                              "1000, 'price': %lld}]}",
                              customer, due, (long long)amount * 1000))
        ->id;
}

static int64_t open_of(struct scenario *s, uint64_t document)
{
    return scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)document))
        ->document->open_minor;
}

static void oldest_due_first_and_the_preview_is_what_is_done(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint64_t late = bill_due(s, anh, 300, 20040);
    uint64_t early = bill_due(s, anh, 200, 20010);
    uint64_t middle = bill_due(s, anh, 100, 20020);
    uint64_t money = pay(s, anh, till, 250);
    const char *ask = json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh);
    const Tefter__PreviewMatchAnswer *preview =
        scenario_ask(s, "preview_match", json("{'match': %s}", ask))->preview_match;
    assert_int_equal(preview->n_parts, 2);
    assert_int_equal(preview->parts[0]->debit, early);
    assert_int_equal(preview->parts[0]->amount_minor, 200);
    assert_int_equal(preview->parts[1]->debit, middle);
    assert_int_equal(preview->parts[1]->amount_minor, 50);
    const Tefter__Done *done = scenario_done(s, "match_items", ask);
    assert_int_equal(done->matched_minor, preview->matched_minor);
    assert_int_equal(open_of(s, early), 0);
    assert_int_equal(open_of(s, middle), 50);
    assert_int_equal(open_of(s, late), 300);
    assert_int_equal(open_of(s, money), 0);
    scenario_refused(s, "match_items", ask, TEFTER__REFUSAL_CODE__MATCH_NOTHING, NULL);
    scenario_done(s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)done->match));
    assert_int_equal(open_of(s, early), 200);
    assert_int_equal(open_of(s, money), 250);
    scenario_refused(s, "undo_match",
                     json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)done->match),
                     TEFTER__REFUSAL_CODE__MATCH_UNDONE, "match");
    scenario_done(s, "match_items", ask);
    scenario_end(s);
}

static void many_to_many_by_hand(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t binh = scenario_customer(s, "Binh", 100000);
    uint32_t till = scenario_till(s);
    unsigned long long a = bill_due(s, anh, 300, 20040);
    unsigned long long b = bill_due(s, anh, 200, 20040);
    unsigned long long m = pay(s, anh, till, 250);
    unsigned long long n = pay(s, anh, till, 150);
    unsigned long long other = bill_due(s, binh, 10, 20040);
    const Tefter__Done *done = scenario_done(
        s, "match_items",
        json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu, 'amount_minor': 100}, "
             "{'debit': %llu, 'credit': %llu}, {'debit': %llu, 'credit': %llu}]}",
             anh, a, m, b, m, a, n));
    assert_int_equal(done->matched_minor, 100 + 150 + 150);
    assert_int_equal(open_of(s, a), 50);
    assert_int_equal(open_of(s, b), 50);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "match_items",
        json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", anh, a, m),
        TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH, "parts[0].amount_minor");
    assert_int_equal(refusal->available_minor, 0);
    scenario_refused(
        s, "match_items",
        json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", anh, other, m),
        TEFTER__REFUSAL_CODE__MATCH_OTHER_CUSTOMER, "parts[0].debit");
    scenario_refused(
        s, "match_items",
        json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", anh, m, a),
        TEFTER__REFUSAL_CODE__FIELD_INVALID, "parts[0].debit");
    scenario_refused(s, "match_items", json("{'customer': %u}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "parts");
    scenario_refused(s, "match_items",
                     json("{'customer': %u, 'parts': [{'debit': 5, 'credit': 6}]}", anh),
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "parts[0].debit");
    scenario_end(s);
}

static void a_match_is_dated_no_earlier_than_both_sides(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint64_t bill = bill_due(s, anh, 300, 20040);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 300, 'money_account': %u, "
                       "'date': 19990, 'backfill': true, 'match': 'OLDEST_DUE'}",
                       anh, till));
    const Tefter__DocumentAnswer *document =
        scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)bill))->document;
    assert_int_equal(document->touches[0]->date, 20000);
    /* As of the day before the bill, the money lay unmatched. */
    const Tefter__AgingAnswer *aging = scenario_ask(s, "aging", "{'as_of': 19995}")->aging;
    assert_int_equal(aging->unmatched_minor, 300);
    assert_int_equal(aging->balance_minor, -300);
    scenario_end(s);
}

static Tefter__RefusalCode often(struct scenario *s, uint32_t customer, uint64_t bill,
                                 uint64_t money, size_t times)
{
    const Tefter__Reply *reply = scenario_match_often(s, customer, bill, money, times);
    return reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? reply->refused->code : 0;
}

/* A bill and money that were matched with each other as often as an item may be, and half of it
 * undone: with both sides open, may they be matched again? */
/* What the customer owes by the aging as of that day, and by the documents dated until then. */
static void day_is_right(struct scenario *s, uint32_t customer, uint32_t as_of, int64_t owed,
                         int64_t free)
{
    const Tefter__AgingAnswer *aging =
        scenario_ask(s, "aging", json("{'as_of': %u, 'customer': %u}", as_of, customer))->aging;
    int64_t bills = 0;
    for (size_t i = 0; i < aging->n_buckets; i++)
        bills += aging->buckets[i]->amount_minor;
    assert_int_equal(bills, owed);
    assert_int_equal(aging->unmatched_minor, free);
}

static uint64_t match_whole(struct scenario *s, uint32_t customer, uint64_t bill, uint64_t money)
{
    return scenario_done(s, "match_items",
                         json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}",
                              customer, (unsigned long long)bill, (unsigned long long)money))
        ->match;
}

static void undo(struct scenario *s, uint32_t customer, uint64_t match)
{
    scenario_done(s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", customer, (unsigned long long)match));
}

/* Head office on day 20010 and Thủ Đức on day 20000 do something to the same bill and money. */
static struct scenario *two_branches_on_different_dates(uint32_t *ret_anh, uint64_t *ret_bill,
                                                        uint64_t *ret_money)
{
    struct scenario *s = scenario_begin();
    *ret_anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    *ret_bill = bill_due(s, *ret_anh, 100, 20040);
    *ret_money = scenario_done(s, "take_payment",
                               json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, "
                                    "'money_account': %u}",
                                    *ret_anh, scenario_till(s)))
                     ->id;
    uint64_t match = match_whole(s, *ret_anh, *ret_bill, *ret_money);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20010}");
    scenario_as(s, ROLE_STAFF_OWNER);
    undo(s, *ret_anh, match);
    scenario_at(s, 2);
    return s;
}

static void a_bill_matched_again_at_a_branch_behind_is_never_paid_twice(void **state)
{
    (void)state;
    uint32_t anh;
    uint64_t bill;
    uint64_t money;
    struct scenario *s = two_branches_on_different_dates(&anh, &bill, &money);
    match_whole(s, anh, bill, money);
    for (uint32_t day = 20000; day <= 20011; day++)
        day_is_right(s, anh, day, 0, 0);
    scenario_end(s);
}

static void a_bill_reversed_at_a_branch_behind_is_gone_when_its_money_is_free(void **state)
{
    (void)state;
    uint32_t anh;
    uint64_t bill;
    uint64_t money;
    struct scenario *s = two_branches_on_different_dates(&anh, &bill, &money);
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'never sold'}", (unsigned long long)bill));
    day_is_right(s, anh, 20009, 0, 0);
    day_is_right(s, anh, 20010, 0, 100);
    scenario_end(s);
}

/* A clock was ahead, nobody sold anything, but somebody matched: the aging of all days until then
 * would not know of it. */
static void a_date_does_not_go_back_behind_a_match(void **state)
{
    (void)state;
    for (uint32_t undone = 0; undone < 2; undone++) {
        struct scenario *s = scenario_begin();
        uint32_t anh = scenario_customer(s, "Anh", 1000000);
        uint64_t bill = bill_due(s, anh, 100, 20040);
        const char *cash = json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, "
                                "'money_account': %u}",
                                anh, scenario_till(s));
        uint64_t money = scenario_done(s, "take_payment", cash)->id;
        uint64_t match = undone ? match_whole(s, anh, bill, money) : 0;
        scenario_as(s, 0);
        scenario_done(s, "turn_day", "{'branch': 1, 'date': 20365}");
        scenario_as(s, ROLE_STAFF_OWNER);
        if (undone)
            undo(s, anh, match);
        else
            match_whole(s, anh, bill, money);
        const Tefter__Refusal *refusal =
            scenario_refused(s, "turn_back_day", "{'branch': 1, 'date': 20364}",
                             TEFTER__REFUSAL_CODE__DATED_LATER, "date");
        assert_int_equal(refusal->existing, bill);
        assert_int_equal(refusal->date, 20365);
        scenario_end(s);
    }
}

static void undone_matches_leave_room_from_rules_2_on(void **state)
{
    (void)state;
    for (uint32_t rules = 1; rules <= LEDGER_RULES; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        uint32_t anh = scenario_customer(s, "Anh", 100000);
        uint32_t till = scenario_till(s);
        uint64_t bill = bill_due(s, anh, 10000, 20040);
        uint64_t money = pay(s, anh, till, 10000);
        assert_int_equal(often(s, anh, bill, money, MATCH_PARTS_MAX), 0);
        uint64_t first = s->seq;
        assert_int_equal(often(s, anh, bill, money, MATCH_PARTS_MAX), 0);
        assert_int_equal(often(s, anh, bill, money, 1), TEFTER__REFUSAL_CODE__TOO_MANY);
        scenario_done(s, "undo_match",
                      json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)first));
        assert_int_equal(often(s, anh, bill, money, MATCH_PARTS_MAX),
                         rules < 2 ? TEFTER__REFUSAL_CODE__TOO_MANY : 0);
        if (rules < 2)
            scenario_refused(s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh),
                             TEFTER__REFUSAL_CODE__MATCH_NOTHING, NULL);
        else
            assert_int_equal(often(s, anh, bill, money, 1), TEFTER__REFUSAL_CODE__TOO_MANY);
        scenario_end(s);
    }
}

/* However many are undone, an item's record does not grow without end. */
static void undone_matches_are_kept_up_to_a_bound(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint64_t bill = bill_due(s, anh, 10000, 20040);
    uint64_t money = pay(s, anh, till, 10000);
    for (int i = 0; i < MATCHES_KEPT_PER_ITEM_MAX / MATCH_PARTS_MAX; i++) {
        assert_int_equal(often(s, anh, bill, money, MATCH_PARTS_MAX), 0);
        scenario_done(s, "undo_match",
                      json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)s->seq));
    }
    assert_int_equal(often(s, anh, bill, money, 1), TEFTER__REFUSAL_CODE__TOO_MANY);
    assert_int_equal(open_of(s, bill), 10000);
    scenario_end(s);
}

/* Money matched with the bill so many times, 1 each. */
static void match_ones(struct scenario *s, uint32_t customer, uint32_t till, uint64_t bill,
                       size_t count)
{
    uint64_t money = pay(s, customer, till, (int64_t)count);
    for (size_t left = count; left > 0;) {
        size_t now = left < MATCH_PARTS_MAX ? left : MATCH_PARTS_MAX;
        assert_int_equal(often(s, customer, bill, money, now), 0);
        left -= now;
    }
}

static void import_bills(struct scenario *s, uint32_t customer, int count)
{
    for (int i = 0; i < count; i++)
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', "
                           "'quantity': 1000, 'price': 1000}]}",
                           customer));
}

static const Tefter__Done *correct_bill(struct scenario *s, uint32_t customer, uint64_t bill,
                                        int64_t amount)
{
    return scenario_done(s, "correct_invoice",
                         json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, "
                              "'lines': [{'text': 'a', 'quantity': 1000, 'price': %lld}]}}",
                              (unsigned long long)bill, customer, (long long)amount * 1000));
}

static int64_t left_of(const Tefter__Done *done)
{
    for (size_t i = 0; i < done->n_warnings; i++)
        if (done->warnings[i]->kind == TEFTER__WARNING_KIND__WARNING_LEFT_UNMATCHED)
            return done->warnings[i]->amount_minor;
    return 0;
}

/* Under every rules version: the same correction would otherwise stop a ledger that was never
 * upgraded. */
static void a_bill_with_more_matches_than_a_match_names_is_corrected(void **state)
{
    (void)state;
    static const size_t counts[] = {MATCH_PARTS_MAX - 1, MATCH_PARTS_MAX, MATCH_PARTS_MAX + 1,
                                    MATCHES_PER_ITEM_MAX};
    for (uint32_t rules = 1; rules <= LEDGER_RULES; rules++)
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            struct scenario *s = scenario_begin_at(rules);
            uint32_t anh = scenario_customer(s, "Anh", 1000000);
            uint32_t till = scenario_till(s);
            uint64_t bill = bill_due(s, anh, 5000, 20040);
            match_ones(s, anh, till, bill, counts[i]);
            /* Under version 1 what was undone fills the money: not all can follow. */
            int64_t follow = (int64_t)counts[i];
            if (rules == 1 && follow > MATCHES_PER_ITEM_MAX - follow)
                follow = MATCHES_PER_ITEM_MAX - follow;
            const Tefter__Done *done = correct_bill(s, anh, bill, 4999);
            assert_int_equal(open_of(s, done->id), 4999 - follow);
            assert_int_equal(left_of(done), (int64_t)counts[i] - follow);
            scenario_end(s);
        }
}

static void a_bill_with_a_thousand_and_one_payments_is_corrected(void **state)
{
    (void)state;
    enum { PAYMENTS = MATCH_PARTS_MAX + 1 };
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint64_t bill = bill_due(s, anh, 5000, 20040);
    for (int i = 0; i < PAYMENTS; i++)
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 1, 'backfill': "
                           "true, 'bills': [{'bill': %llu}]}",
                           anh, (unsigned long long)bill));
    const Tefter__Done *done = correct_bill(s, anh, bill, 4999);
    assert_int_equal(open_of(s, done->id), 4999 - PAYMENTS);
    done = correct_bill(s, anh, done->id, 10);
    assert_int_equal(open_of(s, done->id), 0);
    assert_int_equal(scenario_account(s, anh)->unmatched_minor, PAYMENTS - 10);
    assert_int_equal(left_of(done), 0);
    scenario_end(s);
}

static void money_over_more_bills_than_it_can_hold_says_what_is_left(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t till = scenario_till(s);
    import_bills(s, anh, 2500);
    const char *money = json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 2500, "
                             "'money_account': %u, 'match': 'OLDEST_DUE'}",
                             anh, till);
    const Tefter__Done *done = scenario_done(s, "take_payment", money);
    uint64_t payment = done->id;
    assert_int_equal(done->matched_minor, MATCHES_PER_ITEM_MAX);
    assert_int_equal(left_of(done), 2500 - MATCHES_PER_ITEM_MAX);
    const char *rest = json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh);
    assert_int_equal(
        scenario_refused(s, "match_items", rest, TEFTER__REFUSAL_CODE__TOO_MANY, NULL)->most,
        MATCHES_PER_ITEM_MAX);
    done = scenario_done(s, "correct_payment",
                         json("{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, "
                              "'kind': 'CASH', 'amount_minor': 1500, 'money_account': %u}}",
                              (unsigned long long)payment, anh, till));
    assert_int_equal(open_of(s, done->id), 0);
    assert_int_equal(left_of(done), 0);
    scenario_end(s);
}

/* As many as one command makes, of a ledger that was not upgraded; and it says so. */
static void older_rules_still_match_a_thousand(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(2);
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t till = scenario_till(s);
    import_bills(s, anh, MATCH_PARTS_MAX + 7);
    const Tefter__Done *done = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 5000, 'money_account': %u, "
             "'match': 'OLDEST_DUE'}",
             anh, till));
    assert_int_equal(done->matched_minor, MATCH_PARTS_MAX);
    assert_int_equal(left_of(done), 7);
    done = scenario_done(s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh));
    assert_int_equal(done->matched_minor, 7);
    assert_int_equal(left_of(done), 0);
    scenario_end(s);
}

static void a_credit_note_that_its_full_invoice_cannot_meet_says_so(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint64_t bill = bill_due(s, anh, 5000, 20040);
    match_ones(s, anh, scenario_till(s), bill, MATCHES_PER_ITEM_MAX);
    const Tefter__Done *done =
        scenario_done(s, "issue_credit_note",
                      json("{'invoice': %llu, 'credit': [{'line': 0, 'quantity': 500}]}",
                           (unsigned long long)bill));
    assert_int_equal(left_of(done), 2500);
    uint64_t note = done->id;
    assert_int_equal(open_of(s, note), 2500);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "match_items",
                         json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", anh,
                              (unsigned long long)bill, (unsigned long long)note),
                         TEFTER__REFUSAL_CODE__TOO_MANY, "parts[0].amount_minor");
    assert_int_equal(refusal->most, MATCHES_PER_ITEM_MAX);
    scenario_end(s);
}

/* It said "nothing open to match", with money open on both sides. */
static void what_only_a_bound_keeps_apart_is_named(void **state)
{
    (void)state;
    for (uint32_t rules = 2; rules <= LEDGER_RULES; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        uint32_t anh = scenario_customer(s, "Anh", 100000);
        uint32_t till = scenario_till(s);
        uint64_t bill = bill_due(s, anh, 10000, 20040);
        uint64_t money = pay(s, anh, till, 10000);
        for (int i = 0; i < MATCHES_KEPT_PER_ITEM_MAX / MATCH_PARTS_MAX; i++) {
            assert_int_equal(often(s, anh, bill, money, MATCH_PARTS_MAX), 0);
            scenario_done(s, "undo_match",
                          json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)s->seq));
        }
        const Tefter__Refusal *refusal = scenario_refused(
            s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh),
            rules < 3 ? TEFTER__REFUSAL_CODE__MATCH_NOTHING : TEFTER__REFUSAL_CODE__TOO_MANY, NULL);
        assert_int_equal(refusal->most, rules < 3 ? 0 : MATCHES_KEPT_PER_ITEM_MAX);
        scenario_end(s);
    }
}

/* It ended the server, for whoever may match. */
static void a_preview_takes_no_amount_below_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    unsigned long long bill = bill_due(s, anh, 300, 20040);
    static const char *const amounts[] = {"0", "-1", "-300", "-9223372036854775808"};
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        scenario_ask_refused(s, "preview_match",
                             json("{'with_minor': 100, 'match': {'customer': %u, 'parts': "
                                  "[{'debit': %llu, 'credit': 1, 'amount_minor': %s}]}}",
                                  anh, bill, amounts[i]),
                             TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oldest_due_first_and_the_preview_is_what_is_done),
        cmocka_unit_test(many_to_many_by_hand),
        cmocka_unit_test(a_match_is_dated_no_earlier_than_both_sides),
        cmocka_unit_test(a_bill_matched_again_at_a_branch_behind_is_never_paid_twice),
        cmocka_unit_test(a_bill_reversed_at_a_branch_behind_is_gone_when_its_money_is_free),
        cmocka_unit_test(a_date_does_not_go_back_behind_a_match),
        cmocka_unit_test(undone_matches_leave_room_from_rules_2_on),
        cmocka_unit_test(undone_matches_are_kept_up_to_a_bound),
        cmocka_unit_test(a_bill_with_more_matches_than_a_match_names_is_corrected),
        cmocka_unit_test(a_bill_with_a_thousand_and_one_payments_is_corrected),
        cmocka_unit_test(money_over_more_bills_than_it_can_hold_says_what_is_left),
        cmocka_unit_test(older_rules_still_match_a_thousand),
        cmocka_unit_test(a_credit_note_that_its_full_invoice_cannot_meet_says_so),
        cmocka_unit_test(what_only_a_bound_keeps_apart_is_named),
        cmocka_unit_test(a_preview_takes_no_amount_below_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

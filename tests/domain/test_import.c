/* What an import asks of the ledger: numbers that are nobody else's, codes that look like no other,
 * one alarm for all of it, and that it can be undone as if it had never been. */
#include "domain/scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

static const char *bill(uint32_t customer, const char *number, int price, const char *more)
{
    return json(
        "{'customer': %u, 'number': '%s', 'source': 'old', 'backfill': true, 'date': "
        "19950, 'due': 19980, 'lines': [{'text': 'a', 'quantity': 1000, 'price': %d000}]%s}",
        customer, number, price, more);
}

static const char *receipt(uint32_t customer, const char *number, int amount, const char *more)
{
    return json("{'customer': %u, 'number': '%s', 'source': 'old', 'backfill': true, 'date': "
                "19960, 'kind': 'TRANSFER', 'amount_minor': %d%s}",
                customer, number, amount, more);
}

static const char *undo(uint64_t document)
{
    return json("{'document': %llu, 'undo_import': true, 'reason': 'wrong file'}",
                (unsigned long long)document);
}

/* Bills less unmatched money, as of a day. */
static int64_t owed_on(struct scenario *s, uint32_t date)
{
    return scenario_ask(s, "aging", json("{'as_of': %u}", date))->aging->balance_minor;
}

static int64_t bills_on(struct scenario *s, uint32_t date)
{
    const Tefter__AgingAnswer *aging = scenario_ask(s, "aging", json("{'as_of': %u}", date))->aging;
    return aging->balance_minor + aging->unmatched_minor;
}

static uint64_t open_customer(struct scenario *s, const char *code)
{
    return scenario_done(s, "open_customer",
                         json("{'code': '%s', 'name': 'n', 'phone': '1', 'area': 'x'}", code))
        ->id;
}

static void refuse_look(struct scenario *s, const char *code, uint64_t existing,
                        const char *existing_code)
{
    const Tefter__Refusal *refusal = REFUSED(
        s, "open_customer", json("{'code': '%s', 'name': 'n', 'phone': '1', 'area': 'x'}", code),
        LOOKS_LIKE, "code");
    assert_int_equal(refusal->existing, existing);
    assert_string_equal(refusal->existing_number, existing_code);
}

static void codes_that_look_alike_are_not_two_customers(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint64_t latin = open_customer(s, "ACME-1");
    uint64_t greek = open_customer(s, "ΚΩΣΤΑΣ"); /* like no Latin word, but in part */
    uint64_t cyrillic = open_customer(s, "РОССИЯ");
    refuse_look(s, "АСМЕ-1", latin, "ACME-1"); /* А, С, М and Е of Cyrillic */
    refuse_look(s, "aсme–1", latin, "ACME-1"); /* one letter of it, typed otherwise */
    refuse_look(s, "KΩΣTAΣ", greek, "ΚΩΣΤΑΣ"); /* K, T and A of Latin */
    refuse_look(s, "POCCИЯ", cyrillic, "РОССИЯ");
    open_customer(s, "ACME-I"); /* digits look like no letter */
    open_customer(s, "ACNE-1");
    uint64_t product = scenario_done(s, "add_product", "{'code': 'HM-5', 'name': 'n'}")->id;
    assert_int_equal(
        REFUSED(s, "add_product", "{'code': 'ΗΜ-5', 'name': 'n'}", LOOKS_LIKE, "code")->existing,
        product);
    open_customer(s, "ΗΜ-5"); /* a product's code is no customer's */
    scenario_end(s);
}

static void an_old_ledger_keeps_codes_that_look_alike(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint64_t latin = open_customer(s, "KA");
    uint64_t greek = open_customer(s, "ΚΑ");
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 5}");
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_true(greek > latin);
    refuse_look(s, "КА", greek, "ΚΑ");
    scenario_end(s);
}

static void a_number_of_a_series_is_of_its_own_kind(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    REFUSED(s, "issue_invoice", bill(anh, "HQ-R-00001", 5, ""), NUMBER_OF_OTHER_SERIES, "number");
    REFUSED(s, "issue_invoice", bill(anh, "HQ-CN-00007", 5, ""), NUMBER_OF_OTHER_SERIES, "number");
    REFUSED(s, "issue_invoice", bill(anh, "HQ-X-00001", 5, ""), NUMBER_OF_OTHER_SERIES, "number");
    REFUSED(s, "take_payment", receipt(anh, "HQ-00001", 5, ""), NUMBER_OF_OTHER_SERIES, "number");
    REFUSED(s, "issue_credit_note",
            json("{'customer': %u, 'number': 'HQ-00002', 'source': 'old', 'backfill': true, "
                 "'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}",
                 anh),
            NUMBER_OF_OTHER_SERIES, "number");
    scenario_done(s, "issue_invoice", bill(anh, "HQ-00001", 5, ""));
    scenario_done(s, "take_payment", receipt(anh, "HQ-R-00001", 5, ""));
    scenario_done(s, "issue_invoice", bill(anh, "OLD-R-00001", 5, "")); /* no branch of that name */
    assert_string_equal(scenario_sell(s, anh, 5)->number, "HQ-00002");
    scenario_end(s);
}

static const Tefter__AlarmsAnswer *alarms(struct scenario *s)
{
    return scenario_ask(s, "alarms", "{}")->alarms;
}

static void an_import_over_limits_is_one_alarm(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t binh = scenario_customer(s, "Binh", 100);
    for (int i = 0; i < 40; i++) {
        scenario_done(s, "issue_invoice",
                      bill(i % 2 == 0 ? anh : binh, json("B-%d", i), i == 7 ? 900 : 150, ""));
        if (i % 10 == 0) /* somebody else writes up a sale meanwhile */
            scenario_done(s, "issue_invoice",
                          json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', "
                               "'quantity': 1000, 'price': 1000}]}",
                               anh));
    }
    const Tefter__AlarmsAnswer *all = alarms(s);
    assert_int_equal(all->n_rows, 5);
    const Tefter__AlarmRow *import = all->rows[4];
    assert_string_equal(import->source, "old");
    assert_string_equal(import->number, "B-0");
    assert_int_equal(import->documents, 40);
    assert_true(import->over_by_minor > 3000);
    assert_false(all->rows[0]->has_documents);
    scenario_wait(s, 25 * 3600 * 1000); /* another day's */
    scenario_done(s, "issue_invoice", bill(anh, "B-99", 1, ""));
    assert_int_equal(alarms(s)->n_rows, 6);
    assert_int_equal(alarms(s)->rows[0]->documents, 1);
    scenario_end(s);
}

static void an_undone_import_was_never_there(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'TRANSFER', 'amount_minor': 40, 'backfill': true, "
                       "'date': 19955}",
                       anh)); /* their own, and it pays the imported bill */
    uint64_t wrong = scenario_done(s, "issue_invoice", bill(anh, "I-1", 100, ""))->id;
    uint64_t paid = scenario_done(s, "take_payment",
                                  receipt(anh, "R-1", 60, ", 'bills': [{'bill_number': 'I-1'}]"))
                        ->id;
    scenario_done(s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", anh));
    assert_int_equal(bills_on(s, 19970), 40);
    scenario_done(s, "reverse_document", undo(paid));
    scenario_done(s, "reverse_document", undo(wrong));
    for (uint32_t date = 19945; date <= 20000; date += 5) {
        assert_int_equal(bills_on(s, date), 0);
        assert_int_equal(owed_on(s, date), date < 19955 ? 0 : -40);
    }
    assert_int_equal(scenario_account(s, anh)->balance_minor, -40);
    /* As it was known then it was there. */
    assert_int_equal(
        scenario_ask(s, "aging",
                     json("{'as_of': 19970, 'known_seq': %llu}", (unsigned long long)s->seq - 2))
            ->aging->balance_minor,
        -40 + 40);
    REFUSED(s, "reverse_document", undo(wrong), ALREADY_REVERSED, "document");
    scenario_ask_refused(s, "document", "{'number': 'I-1'}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    uint64_t again = scenario_done(s, "issue_invoice", bill(anh, "i-1", 100, ""))->id;
    assert_true(again != wrong);
    scenario_done(s, "take_payment",
                  receipt(anh, "R-1", 60, ", 'bills': [{'bill_number': 'I-1'}]"));
    assert_int_equal(bills_on(s, 19970), 100 - 60);
    scenario_end(s);
}

/* A match that counted for some days stays, for these, in the other side's figures. */
static void an_undone_bill_waits_behind_what_counted_with_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint64_t wrong = scenario_done(s, "issue_invoice", bill(anh, "I-1", 100, ""))->id;
    uint64_t money = scenario_done(s, "take_payment",
                                   json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                        "'amount_minor': 100, 'match': 'OLDEST_DUE'}",
                                        anh, till))
                         ->id;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20003}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'bad'}", (unsigned long long)money));
    scenario_done(s, "reverse_document", undo(wrong));
    assert_int_equal(owed_on(s, 20001), 0);
    assert_int_equal(owed_on(s, 20003), 0);
    scenario_end(s);
}

static void who_may_undo_and_what(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t accountant = scenario_staff(s, "alice", TEFTER__ROLE__ROLE_ACCOUNTANT);
    uint64_t sold = scenario_sell(s, anh, 5)->id;
    uint64_t wrong = scenario_done(s, "issue_invoice", bill(anh, "I-1", 100, ""))->id;
    REFUSED(s, "reverse_document", undo(sold), NOT_IMPORTED, "document");
    /* a source alone makes a sale of today no import */
    uint64_t named = scenario_done(s, "issue_invoice",
                                   json("{'customer': %u, 'source': 'old', 'lines': [{'text': 'a', "
                                        "'quantity': 1000, 'price': 5000}]}",
                                        anh))
                         ->id;
    REFUSED(s, "reverse_document", undo(named), NOT_IMPORTED, "document");
    scenario_as(s, clerk);
    REFUSED(s, "reverse_document", undo(wrong), RIGHT_MISSING, NULL);
    scenario_as(s, accountant);
    scenario_done(s, "reverse_document", undo(wrong));
    scenario_end(s);
    s = scenario_begin_at(4);
    anh = scenario_customer(s, "Anh", 100000);
    wrong = scenario_done(s, "issue_invoice", bill(anh, "I-1", 100, ""))->id;
    REFUSED(s, "reverse_document", undo(wrong), RULES_TOO_OLD, "undo_import");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_that_look_alike_are_not_two_customers),
        cmocka_unit_test(an_old_ledger_keeps_codes_that_look_alike),
        cmocka_unit_test(a_number_of_a_series_is_of_its_own_kind),
        cmocka_unit_test(an_import_over_limits_is_one_alarm),
        cmocka_unit_test(an_undone_import_was_never_there),
        cmocka_unit_test(an_undone_bill_waits_behind_what_counted_with_it),
        cmocka_unit_test(who_may_undo_and_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/tefter.h"

static const struct currency vnd = {"VND", 0, "₫"};
static const struct currency eur = {"EUR", 2, "€"};

/* ---- refusals ---- */

static void every_code_has_a_sentence(void **state)
{
    (void)state;
    const ProtobufCEnumDescriptor *codes = &tefter__refusal_code__descriptor;
    for (unsigned i = 0; i < codes->n_values; i++) {
        char out[512];
        Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
        refusal.code = (Tefter__RefusalCode)codes->values[i].value;
        if (refusal_pattern(refusal.code) == NULL)
            fail_msg("%s has no sentence", codes->values[i].name);
        size_t size = refusal_sentence(&refusal, &vnd, out, sizeof(out));
        assert_int_equal(size, strlen(out));
        assert_true(size > 8);
        assert_int_equal(out[size - 1] == '.' || out[size - 1] == ' ', 1);
        assert_null(strchr(out, '{'));
        assert_null(strchr(out, '|'));
    }
}

static void every_right_and_role_has_words(void **state)
{
    (void)state;
    for (unsigned i = 1; i < tefter__right__descriptor.n_values; i++)
        assert_string_not_equal(
            right_words((Tefter__Right)tefter__right__descriptor.values[i].value), "do this");
    for (unsigned i = 0; i < tefter__role__descriptor.n_values; i++)
        assert_string_not_equal(role_word((Tefter__Role)tefter__role__descriptor.values[i].value),
                                "another role");
}

/* A later server may say what this program has no words for: a sentence all the same. */
/* The words that people type are those of the protocol, so that JSON, files and options agree. */
static void words_of_payments_are_those_of_the_protocol(void **state)
{
    (void)state;
    Tefter__PaymentKind kind;
    const ProtobufCEnumDescriptor *kinds = &tefter__payment_kind__descriptor;
    for (unsigned i = 0; i < kinds->n_values; i++) {
        Tefter__PaymentKind of = (Tefter__PaymentKind)kinds->values[i].value;
        const char *name = kinds->values[i].name + strlen("PAYMENT_");
        assert_int_equal(strcasecmp(payment_kind_word(of), name), 0);
        assert_true(payment_kind_of(name, &kind));
        assert_int_equal(kind, of);
    }
    assert_null(payment_kind_word((Tefter__PaymentKind)99));
    assert_true(payment_kind_of("Card", &kind));
    assert_int_equal(kind, TEFTER__PAYMENT_KIND__PAYMENT_POS);
    assert_true(payment_kind_of("bank", &kind));
    assert_int_equal(kind, TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER);
    assert_false(payment_kind_of("", &kind));
    assert_false(payment_kind_of("voucher", &kind));
}

static void what_is_not_known_makes_a_sentence(void **state)
{
    (void)state;
    char out[512];
    Tefter__Role roles[] = {TEFTER__ROLE__ROLE_MANAGER, (Tefter__Role)77};
    Tefter__WayOut way = TEFTER__WAY_OUT__INIT;
    Tefter__WayOut *ways[] = {&way};
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = (Tefter__RefusalCode)141;
    (void)refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out,
                        "The server refuses this, for a reason that this program is too old to "
                        "know (141).");
    refusal.field = (char *)"voucher_number";
    refusal.roles = roles;
    refusal.n_roles = 2;
    way.kind = (Tefter__WayOutKind)99;
    refusal.ways = ways;
    refusal.n_ways = 1;
    (void)refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out,
                        "The server refuses this, for a reason that this program is too old to "
                        "know (141): voucher number. Who may: manager or another role.");
    assert_string_equal(right_words((Tefter__Right)99), "do this");
    for (int code = -5; code < 400; code++) {
        refusal.code = (Tefter__RefusalCode)code;
        assert_true(refusal_sentence(&refusal, &vnd, out, sizeof(out)) > 8);
    }
}

static void over_the_limit_says_what_would_free_it(void **state)
{
    (void)state;
    char out[512];
    Tefter__Role roles[] = {TEFTER__ROLE__ROLE_MANAGER, TEFTER__ROLE__ROLE_CONTROLLER,
                            TEFTER__ROLE__ROLE_OWNER};
    Tefter__Decision decision = TEFTER__DECISION__INIT;
    decision.limit_minor = 500000000;
    decision.exposure_minor = 382400000;
    decision.amount_minor = 166853280;
    Tefter__WayOut ways[3] = {TEFTER__WAY_OUT__INIT, TEFTER__WAY_OUT__INIT, TEFTER__WAY_OUT__INIT};
    Tefter__WayOut *way_list[] = {&ways[0], &ways[1], &ways[2]};
    ways[0].kind = TEFTER__WAY_OUT_KIND__WAY_PAY_NOW;
    ways[0].has_amount_minor = true;
    ways[0].amount_minor = 49253280;
    ways[1].kind = TEFTER__WAY_OUT_KIND__WAY_PART_NOW;
    ways[1].has_amount_minor = true;
    ways[1].amount_minor = 117600000;
    ways[2].kind = TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL;
    ways[2].roles = roles;
    ways[2].n_roles = 3;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED;
    refusal.has_over_by_minor = true;
    refusal.over_by_minor = 49253280;
    refusal.decision = &decision;
    refusal.ways = way_list;
    refusal.n_ways = 3;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out,
                        "Over the limit by 49,253,280 ₫: 117,600,000 is available, this sale is "
                        "166,853,280. Pay 49,253,280 now, or take goods up to 117,600,000, "
                        "or ask manager, controller or owner.");
    refusal.n_ways = 0;
    decision.exposure_minor = 600000000;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out, "Over the limit by 49,253,280 ₫: nothing is available, this sale is "
                             "166,853,280.");
}

static void facts_that_are_not_known_are_left_out(void **state)
{
    (void)state;
    char out[512];
    Tefter__Role owner = TEFTER__ROLE__ROLE_OWNER;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__RIGHT_MISSING;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out, "Not allowed.");
    refusal.has_right = true;
    refusal.right = TEFTER__RIGHT__RIGHT_TAKE_MONEY;
    refusal.roles = &owner;
    refusal.n_roles = 1;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out, "Not allowed: you may not take money. Who may: owner.");
}

static void fields_are_named_as_people_count(void **state)
{
    (void)state;
    char out[512];
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__PRICE_MISSING;
    refusal.field = (char *)"issue_invoice.lines[3].product_code";
    refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_non_null(strstr(out, "No price: product code of line 4."));
    refusal.code = TEFTER__REFUSAL_CODE__FIELD_MISSING;
    refusal.field = (char *)"lines[0]";
    refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_string_equal(out, "Something is missing: line 1.");
}

static void a_sentence_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    char out[16];
    memset(out, 'x', sizeof(out));
    for (size_t capacity = 1; capacity <= sizeof(out); capacity++) {
        size_t size = money_sentence(117600, &vnd, out, capacity);
        assert_true(size < capacity);
        assert_int_equal(strlen(out), size);
        assert_true(size < 8 || strcmp(out, "117,600 ") == 0 || strcmp(out, "117,600 ₫") == 0);
    }
}

/* ---- amounts ---- */

static void amounts_are_read_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct currency *currency;
        int64_t minor;
    } good[] = {
        {"1500k", &vnd, 1500000},
        {"2m", &vnd, 2000000},
        {"1.5m", &vnd, 1500000},
        {"117,600,000", &vnd, 117600000},
        {"0", &vnd, 0},
        {"12.50", &eur, 1250},
        {"1,234.5", &eur, 123450},
        {"2.5k", &eur, 250000},
        {" 7 ", &eur, 700},
        {"۱۲۳", &vnd, 123},
        {"-4", &vnd, -4},
        {"1.25M", &vnd, 1250000},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t minor = -99;
        const char *wrong = amount_read(good[i].text, good[i].currency, &minor);
        if (wrong != NULL)
            fail_msg("%s: %s", good[i].text, wrong);
        assert_true(minor == good[i].minor);
    }
}

static void unclear_amounts_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "1.500", "1.000",    "1.500k", "12,50",        "1,23,456",      "", "k", "12x", "1.5.0",
        "0.5",   "1 500 kk", "1e6",    "99999999999m", "10000000000000"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t minor = -99;
        if (amount_read(bad[i], &vnd, &minor) == NULL)
            fail_msg("'%s' was read as %lld", bad[i], (long long)minor);
        assert_true(minor == -99);
    }
    int64_t minor;
    assert_non_null(amount_read("12.505", &eur, &minor));
    assert_non_null(amount_read("12.500", &eur, &minor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_sentence),
        cmocka_unit_test(every_right_and_role_has_words),
        cmocka_unit_test(words_of_payments_are_those_of_the_protocol),
        cmocka_unit_test(what_is_not_known_makes_a_sentence),
        cmocka_unit_test(over_the_limit_says_what_would_free_it),
        cmocka_unit_test(facts_that_are_not_known_are_left_out),
        cmocka_unit_test(fields_are_named_as_people_count),
        cmocka_unit_test(a_sentence_is_cut_at_a_whole_character),
        cmocka_unit_test(amounts_are_read_as_people_type_them),
        cmocka_unit_test(unclear_amounts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

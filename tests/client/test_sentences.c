#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/tefter.h"
#include "wire/field_words.h"

static const struct currency vnd = {.code = "VND", .exponent = 0, .sign = "₫"};
static const struct currency eur = {.code = "EUR", .exponent = 2, .sign = "€"};

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
    refusal.code = (Tefter__RefusalCode)999;
    (void)refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out,
                        "The server refuses this, for a reason that this program is too old to "
                        "know (999).");
    refusal.field = (char *)"voucher_number";
    refusal.roles = roles;
    refusal.n_roles = 2;
    way.kind = (Tefter__WayOutKind)99;
    refusal.ways = ways;
    refusal.n_ways = 1;
    (void)refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out,
                        "The server refuses this, for a reason that this program is too old to "
                        "know (999): voucher number. Who may: manager or another role.");
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
    refusal.has_paid_minor = true; /* the decision is on what is left */
    refusal.n_ways = 0;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out, "Over the limit by 49,253,280 ₫: 117,600,000 is available, the unpaid "
                             "rest of this sale is 166,853,280.");
    refusal.has_paid_minor = false;
    decision.exposure_minor = 600000000;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_string_equal(out, "Over the limit by 49,253,280 ₫: nothing is available, this sale is "
                             "166,853,280.");
}

static void a_server_that_takes_no_changes_says_why_and_what_to_do(void **state)
{
    (void)state;
    char out[1024];
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__READ_ONLY;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_non_null(strstr(out, "tefter status says which"));
    refusal.has_cause = true;
    const ProtobufCEnumDescriptor *causes = &tefter__read_only_cause__descriptor;
    for (unsigned i = 0; i < causes->n_values; i++) {
        refusal.cause = (Tefter__ReadOnlyCause)causes->values[i].value;
        refusal_sentence(&refusal, &vnd, out, sizeof(out));
        assert_null(strstr(out, "tefter status says which"));
        assert_non_null(strstr(out, "Nothing was done"));
    }
    refusal.cause = TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_FULL;
    refusal_sentence(&refusal, &vnd, out, sizeof(out));
    assert_non_null(strstr(out, "its disk is nearly full"));
}

static void times_are_told_by_the_clock_of_the_zone(void **state)
{
    (void)state;
    char out[1024];
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__APPROVAL_LAPSED;
    refusal.has_from_ms = true;
    struct speech speech = {&vnd, 420, LANGUAGE_ENGLISH, false};
    (void)refusal_sentence_for(&refusal, &speech, out, sizeof(out));
    assert_non_null(strstr(out, "at 1970-01-01 07:00 UTC+07:00."));
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
    assert_non_null(strstr(out, "No price: product of line 4."));
    refusal.code = TEFTER__REFUSAL_CODE__FIELD_MISSING;
    refusal.field = (char *)"lines[0]";
    refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_string_equal(out, "Something is missing: line 1.");
}

/* Every field that a request may have, however deep. */
static unsigned nameless(const ProtobufCMessageDescriptor *type, unsigned depth)
{
    unsigned count = 0;
    for (unsigned i = 0; i < type->n_fields && depth < 8; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        bool member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0; /* a request's own name */
        if (!member && !field_is_named(field->name))
            print_error("%s.%s has no words for people\n", type->short_name, field->name);
        count += !member && !field_is_named(field->name);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            count += nameless(field->descriptor, depth + 1);
    }
    return count;
}

static void every_field_of_a_request_has_words(void **state)
{
    (void)state;
    unsigned count = nameless(&tefter__command__descriptor, 0);
    count += nameless(&tefter__query__descriptor, 0);
    count += nameless(&tefter__from_terminal__descriptor, 0);
    assert_int_equal(count, 0);
}

static void a_path_is_told_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *words;
    } known[] = {
        {"utc_offset_minutes", "time zone"},
        {"terms.limit_minor", "limit"},
        {"lines[0].discount_bp", "discount of line 1"},
        {"invoice.lines[1].serials[2]", "serial number 3 of line 2"},
        {"charges[0].amount_minor", "amount of charge 1"},
        {"groups[2]", "group 3"},
        {"person.2.cap_sale_minor", "highest total of one sale of buyer 2"},
        {"person.1", "buyer 1"},
        {"voucher_number", "voucher number"}, /* of a later version */
    };
    char out[96];
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        assert_true(field_words(known[i].path, out, sizeof(out)));
        assert_string_equal(out, known[i].words);
    }
    assert_false(field_words(NULL, out, sizeof(out)));
    assert_false(field_words("", out, sizeof(out)));
    for (size_t capacity = 1; capacity < 30; capacity++) {
        (void)field_words("lines[0].serials[1].x.y[7].discount_bp.a.b.c.d[999]", out, capacity);
        assert_true(strlen(out) < capacity);
    }
}

static void a_wrong_value_is_told_what_is_right(void **state)
{
    (void)state;
    static const struct {
        Tefter__RefusalCode code;
        const char *field;
        const char *said;
    } known[] = {
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "blocked", "last owner cannot be blocked"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "role", "last owner stays one"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "login", "login. A login has small letters"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "admin_login", "login of the owner. A login has"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "utc_offset_minutes", "time zone. It lies"},
        {TEFTER__REFUSAL_CODE__LOGIN_WRONG, "pin", "Login or PIN is wrong."},
        {TEFTER__REFUSAL_CODE__LOGIN_WRONG, "old_password", "The old password is wrong."},
        {TEFTER__REFUSAL_CODE__PASSWORD_WEAK, "pin",
         "A PIN is 4 to 12 digits, and not easy to guess"},
        {TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "amount_minor", "no approval is needed"},
        {TEFTER__REFUSAL_CODE__WITHIN_LIMIT, "policy", "only warns of this sale: no approval"},
        {TEFTER__REFUSAL_CODE__TOO_MANY, "draft", "Too many approvals are asked for"},
        {TEFTER__REFUSAL_CODE__TOO_MANY, "customer", "asked for this customer"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft", "too long to be parked"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.total_minor", "prices have changed"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.approval", "no approval yet"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.backfill", "needs no approval"},
        {TEFTER__REFUSAL_CODE__FIELD_INVALID, "own_approval", "tefterd upgrade"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char out[512];
        Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
        refusal.code = known[i].code;
        refusal.field = (char *)(uintptr_t)known[i].field;
        (void)refusal_sentence(&refusal, &eur, out, sizeof(out));
        if (strstr(out, known[i].said) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", known[i].field, out, known[i].said);
    }
}

/* Each reason why an approval does not serve has a text of its own, with the facts that there are.
 */
static void why_an_approval_does_not_serve_is_told(void **state)
{
    (void)state;
    char out[1024];
    Tefter__Text reason = TEFTER__TEXT__INIT;
    Tefter__Decision decision = TEFTER__DECISION__INIT;
    Tefter__WayOut way[] = {TEFTER__WAY_OUT__INIT, TEFTER__WAY_OUT__INIT};
    Tefter__WayOut *ways[] = {&way[0], &way[1]};
    Tefter__Role roles[] = {TEFTER__ROLE__ROLE_CONTROLLER, TEFTER__ROLE__ROLE_OWNER};
    Tefter__Refusal full = TEFTER__REFUSAL__INIT;
    reason.value = (char *)(uintptr_t) "the cheque bounced";
    decision.limit_minor = 100000;
    decision.exposure_minor = 60000;
    decision.amount_minor = 90000;
    way[0].kind = TEFTER__WAY_OUT_KIND__WAY_PAY_NOW;
    way[1].kind = TEFTER__WAY_OUT_KIND__WAY_PART_NOW;
    way[0].has_amount_minor = way[1].has_amount_minor = true;
    way[0].amount_minor = 20000;
    way[1].amount_minor = 70000;
    full.has_approval = full.has_existing = full.has_available_minor = full.has_from_ms = true;
    full.approval = 3;
    full.existing = 17;
    full.existing_number = (char *)(uintptr_t) "WH-00007";
    full.available_minor = 70000;
    full.by = (char *)(uintptr_t) "hoa";
    full.branch = (char *)(uintptr_t) "WH";
    full.goods = (char *)(uintptr_t) "2 × Oak board";
    full.reason = &reason;
    full.decision = &decision;
    full.roles = roles;
    full.n_roles = 2;
    static const struct {
        Tefter__RefusalCode code;
        const char *known;
        const char *bare;
    } told[] = {
        {TEFTER__REFUSAL_CODE__APPROVAL_UNDECIDED,
         "Approval 3 still waits for its answer, until 1970-01-01 00:00 UTC.",
         "Approval still waits for its answer."},
        {TEFTER__REFUSAL_CODE__APPROVAL_DENIED,
         "Approval 3 was refused by hoa: the cheque bounced.", "Approval was refused."},
        {TEFTER__REFUSAL_CODE__APPROVAL_USED_ALREADY,
         "Approval 3 was used already: it became WH-00007, sold by hoa.",
         "Approval was used already."},
        {TEFTER__REFUSAL_CODE__APPROVAL_LAPSED,
         "Approval 3 has lapsed, at 1970-01-01 00:00 UTC. Ask for the sale anew.",
         "Approval has lapsed. Ask for the sale anew."},
        {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_CUSTOMER,
         "Approval 3 is for another customer. Look: tefter approval show 3.",
         "Approval is for another customer."},
        {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_BRANCH,
         "Approval 3 was asked for at another branch, WH. It can be used only there.",
         "Approval was asked for at another branch. It can be used only there."},
        {TEFTER__REFUSAL_CODE__APPROVAL_OTHER_GOODS,
         "Approval 3 is for other goods: 2 × Oak board. Sell those: tefter approval sell 3.",
         "Approval is for other goods."},
        {TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS,
         "Approval 3 is granted for less: up to 700.00 €, this sale is 900.00. hoa says: the "
         "cheque "
         "bounced. Pay 200.00 now, or take goods up to 700.00. A part of what is parked: tefter "
         "approval sell 3 LINE=QTY.",
         "Approval is granted for less."},
        {TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN,
         "Approval 3 was granted already by hoa, up to 700.00 €.",
         "The approval cannot be used: it waits for its answer, was refused or used, has expired, "
         "or is for another customer or a smaller amount. See: tefter approval list."},
        {TEFTER__REFUSAL_CODE__OWN_APPROVAL,
         "You asked for this approval yourself: somebody else has to grant it. Who may: controller "
         "or owner. The company's policy can allow it: tefter policy set --own-approval.",
         "You asked for this approval yourself: somebody else has to grant it. The company's "
         "policy can allow it: tefter policy set --own-approval."},
        {TEFTER__REFUSAL_CODE__WITHIN_LIMIT,
         "This sale is within the limit: 400.00 is available, this sale is 900.00; no approval is "
         "needed, sell it.",
         "This sale is within the limit; no approval is needed, sell it."},
    };
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        Tefter__Refusal bare = TEFTER__REFUSAL__INIT;
        full.code = bare.code = told[i].code;
        full.ways = told[i].code == TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS ? ways : NULL;
        full.n_ways = full.ways != NULL ? 2 : 0;
        (void)refusal_sentence(&full, &eur, out, sizeof(out));
        assert_string_equal(out, told[i].known);
        (void)refusal_sentence(&bare, &eur, out, sizeof(out));
        assert_string_equal(out, told[i].bare);
    }
}

/* A sale may be stopped by what is overdue, or by its size, and be within the limit. */
static void the_wall_that_stopped_a_sale_is_told(void **state)
{
    (void)state;
    char out[1024];
    Tefter__RefusalCode old = TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD;
    Tefter__Decision decision = TEFTER__DECISION__INIT;
    Tefter__WayOut way = TEFTER__WAY_OUT__INIT;
    Tefter__WayOut *ways[] = {&way};
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    decision.limit_minor = 200000;
    decision.exposure_minor = 55920;
    decision.amount_minor = 1020;
    decision.has_overdue_minor = true;
    decision.overdue_minor = 30000;
    decision.walls = &old;
    decision.n_walls = 1;
    way.kind = TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE;
    way.has_amount_minor = true;
    way.amount_minor = 30000;
    refusal.code = TEFTER__REFUSAL_CODE__APPROVAL_NEEDED;
    refusal.has_days = true;
    refusal.days = 12;
    refusal.decision = &decision;
    refusal.ways = ways;
    refusal.n_ways = 1;
    (void)refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_string_equal(out, "Bills are overdue for too long: 300.00 €, the oldest by 12 days. "
                             "It needs an approval. Pay the oldest bills, 300.00.");
    old = TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER;
    way.kind = TEFTER__WAY_OUT_KIND__WAY_PART_NOW;
    way.amount_minor = 1000;
    (void)refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_string_equal(out, "One invoice of this customer may not be so big: at most 10.00 €, "
                             "this sale is 10.20. It needs an approval. Take goods up to 10.00.");
}

static void several_walls_are_told_and_then_what_leads_past_them_all(void **state)
{
    (void)state;
    char out[1024];
    Tefter__RefusalCode codes[] = {TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER,
                                   TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH,
                                   TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED};
    Tefter__Role manager = TEFTER__ROLE__ROLE_MANAGER;
    Tefter__Decision decision = TEFTER__DECISION__INIT;
    Tefter__WayOut way[2] = {TEFTER__WAY_OUT__INIT, TEFTER__WAY_OUT__INIT};
    static const struct {
        Tefter__WayOutKind kind;
        int64_t amount;
    } told[] = {{TEFTER__WAY_OUT_KIND__WAY_CHANGE_TERMS, 0},
                {TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, 0}};
    Tefter__WayOut *ways[2];
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    for (size_t i = 0; i < 2; i++) {
        way[i].kind = told[i].kind;
        way[i].has_amount_minor = told[i].amount != 0;
        way[i].amount_minor = told[i].amount;
        ways[i] = &way[i];
    }
    way[1].roles = &manager;
    way[1].n_roles = 1;
    decision.limit_minor = 20000;
    decision.exposure_minor = 10000;
    decision.amount_minor = 15000;
    decision.has_overdue_minor = true;
    decision.overdue_minor = 2500;
    decision.walls = codes;
    decision.n_walls = 3;
    refusal.code = TEFTER__REFUSAL_CODE__APPROVAL_NEEDED;
    refusal.has_over_by_minor = true;
    refusal.over_by_minor = 5000;
    refusal.decision = &decision;
    refusal.ways = ways;
    refusal.n_ways = 2;
    refusal.has_most = true;
    refusal.most = 7000;
    (void)refusal_sentence(&refusal, &eur, out, sizeof(out));
    assert_string_equal(
        out, "Over the limit by 50.00 €: 100.00 is available, this sale is 150.00. Too much is "
             "overdue: 25.00 €. One invoice of this customer may not be so big: at most 70.00 €, "
             "this sale is 150.00. It needs an approval. Have the customer's terms changed, or "
             "ask manager.");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_takes_no_changes_says_why_and_what_to_do),
        cmocka_unit_test(times_are_told_by_the_clock_of_the_zone),
        cmocka_unit_test(every_code_has_a_sentence),
        cmocka_unit_test(every_right_and_role_has_words),
        cmocka_unit_test(words_of_payments_are_those_of_the_protocol),
        cmocka_unit_test(what_is_not_known_makes_a_sentence),
        cmocka_unit_test(over_the_limit_says_what_would_free_it),
        cmocka_unit_test(facts_that_are_not_known_are_left_out),
        cmocka_unit_test(fields_are_named_as_people_count),
        cmocka_unit_test(every_field_of_a_request_has_words),
        cmocka_unit_test(a_path_is_told_in_words),
        cmocka_unit_test(a_wrong_value_is_told_what_is_right),
        cmocka_unit_test(why_an_approval_does_not_serve_is_told),
        cmocka_unit_test(the_wall_that_stopped_a_sale_is_told),
        cmocka_unit_test(several_walls_are_told_and_then_what_leads_past_them_all),
        cmocka_unit_test(a_sentence_is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

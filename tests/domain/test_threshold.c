/*
 * What roles may up to so much: each threshold at, below and above for every role, against the
 * table that server/ARCHITECTURE.md shows; and what people saw before there were any.
 */
#include "domain/scenario.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word
#define LIMIT(word) TEFTER__THRESHOLD__THRESHOLD_##word

enum { TODAY = 20000, ROLES = 5, THRESHOLDS_MOST = 512, NONE = -1 };

/* ---- a shop ---- */

struct shop {
    struct scenario *s;
    uint32_t staff[ROLES + 1]; /* by role */
    uint32_t till;
    uint32_t bank;
    uint32_t anh;
    unsigned tried;
};

/* P is 10.00 in the catalogue, F has no price and a floor of 10.00, T is taxed, C costs 10.00. */
static void shop_begin_at(struct shop *shop, uint32_t rules_version)
{
    struct scenario *s = scenario_begin_at(rules_version);
    *shop = (struct shop){.s = s};
    scenario_done(s, "set_credit_policy", "{'terms': {'limit_minor': 10000}, 'term_days': 0}");
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'paint', 'price': 1000000}");
    scenario_done(
        s, "add_product",
        json("{'code': 'F', 'name': 'fish'%s}", rules_version >= 5 ? ", 'floor': 1000000" : ""));
    scenario_done(s, "add_product",
                  "{'code': 'T', 'name': 'tea', 'price': 1000000, 'tax_bp': 800}");
    if (rules_version >= 5)
        scenario_done(s, "add_product", "{'code': 'C', 'name': 'coal', 'cost': 1000000}");
    static const char *const logins[] = {"", "sales", "controller", "accountant", "manager"};
    for (int role = TEFTER__ROLE__ROLE_SALES; role < TEFTER__ROLE__ROLE_OWNER; role++)
        shop->staff[role] = scenario_staff(s, logins[role], (Tefter__Role)role);
    shop->staff[TEFTER__ROLE__ROLE_OWNER] = ROLE_STAFF_OWNER;
    shop->till = scenario_till(s);
    shop->bank = scenario_bank(s);
    scenario_done(
        s, "put_cash",
        json("{'money_account': %u, 'amount_minor': 10000000, 'reason': 'float'}", shop->till));
    shop->anh = scenario_customer(s, "Anh", 1);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'unlimited': true}}", shop->anh));
}

static void shop_begin(struct shop *shop)
{
    shop_begin_at(shop, LEDGER_RULES);
}

static void as(struct shop *shop, Tefter__Role role)
{
    scenario_as(shop->s, shop->staff[role]);
}

static const char *sale(const struct shop *shop, const char *lines, const char *more)
{
    return json("{'customer': %u, 'lines': [%s]%s}", shop->anh, lines, more);
}

static const Tefter__Refusal *sells_not(struct shop *shop, const char *lines, const char *more,
                                        Tefter__RefusalCode code, const char *field)
{
    return scenario_refused(shop->s, "issue_invoice", sale(shop, lines, more), code, field);
}

static unsigned long long sells(struct shop *shop, const char *lines, const char *more)
{
    return scenario_done(shop->s, "issue_invoice", sale(shop, lines, more))->id;
}

static bool among(const Tefter__Refusal *refusal, Tefter__Role role)
{
    for (size_t i = 0; i < refusal->n_roles; i++)
        if (refusal->roles[i] == role)
            return true;
    return false;
}

/* ---- the matrix: what is documented, and what happens ---- */

struct matrix {
    int64_t most[THRESHOLDS_MOST][ROLES + 1]; /* NONE: not at all; INT64_MAX: any */
};

/* "| discount | 500 | 1000 | - | any | any |" behind "<!-- thresholds -->" */
static void read_documented(struct matrix *matrix)
{
    char line[512];
    bool inside = false;
    size_t rows = 0;
    FILE *page = fopen(ARCHITECTURE, "r");
    assert_non_null(page);
    while (fgets(line, sizeof line, page) != NULL) {
        char *rest = line;
        if (strncmp(line, "<!--", 4) == 0)
            inside = strstr(line, "<!-- thresholds -->") != NULL;
        const char *name = inside && line[0] == '|' ? strtok_r(line, "|", &rest) : NULL;
        if (name == NULL || strstr(name, "---") != NULL || strstr(name, "threshold") != NULL)
            continue;
        char wanted[64] = "THRESHOLD_";
        for (const char *at = name + 1; *at != '\0' && at[1] != '\0'; at++)
            strncat(wanted, (char[]){*at == ' ' ? '_' : (char)toupper(*at), '\0'}, 1);
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value_by_name(&tefter__threshold__descriptor, wanted);
        if (value == NULL)
            fail_msg("%s documents no threshold", wanted);
        for (int role = 1; role <= ROLES; role++) {
            const char *cell = strtok_r(NULL, "|", &rest);
            assert_non_null(cell);
            matrix->most[value->value][role] = strcmp(cell, " - ") == 0     ? NONE
                                               : strcmp(cell, " any ") == 0 ? INT64_MAX
                                                                            : atoll(cell);
        }
        rows++;
    }
    fclose(page);
    assert_int_equal(rows, tefter__threshold__descriptor.n_values);
}

static void read_asked(struct shop *shop, struct matrix *matrix)
{
    const Tefter__RightsAnswer *answer = scenario_ask(shop->s, "rights", "{}")->rights;
    for (size_t i = 0; i < answer->n_thresholds; i++) {
        const Tefter__ThresholdRow *row = answer->thresholds[i];
        matrix->most[row->threshold][row->role] = !row->applies   ? NONE
                                                  : row->has_most ? row->most
                                                                  : INT64_MAX;
    }
}

static bool is_yes_or_no(int threshold)
{
    return threshold == LIMIT(OTHER_TAX) || threshold == LIMIT(OWN_NUMBER) ||
           threshold == LIMIT(BELOW_COST);
}

static const Tefter__Reply *take_back(struct shop *shop, int64_t amount_minor)
{
    unsigned long long money =
        scenario_done(shop->s, "take_payment",
                      json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                           "%lld}",
                           shop->anh, shop->till, (long long)amount_minor))
            ->id;
    return scenario_do(shop->s, "reverse_document",
                       json("{'document': %llu, 'reason': 'x'}", money));
}

/* By somebody new of that role, whose day is empty. */
static const Tefter__Reply *put_cash(struct shop *shop, Tefter__Role role, bool out, int64_t much)
{
    if (much == 0)
        return NULL;
    as(shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_as(shop->s, role == TEFTER__ROLE__ROLE_OWNER
                             ? ROLE_STAFF_OWNER
                             : scenario_staff(shop->s, json("new-%u", shop->tried), role));
    return scenario_do(shop->s, "put_cash",
                       json("{'money_account': %u, 'amount_minor': %lld, 'reason': 'x'%s}",
                            shop->till, (long long)much, out ? ", 'out': true" : ""));
}

/* As the person who acts, something of which a threshold is asked so much. */
static const Tefter__Reply *attempt(struct shop *shop, Tefter__Threshold threshold,
                                    Tefter__Role role, int64_t much)
{
    struct scenario *s = shop->s;
    long long v = (long long)much;
    unsigned tried = ++shop->tried;
    switch (threshold) {
    case LIMIT(DISCOUNT): /* of 100.00 a hundredth of a percent is 0.01: both forms in turn */
        return scenario_do(s, "issue_invoice",
                           sale(shop,
                                json("{'product_code': 'P', 'quantity': 10000, '%s': %lld}",
                                     tried % 2 == 0 ? "discount_bp" : "discount_minor", v),
                                ""));
    case LIMIT(BELOW_LIST):
        return scenario_do(
            s, "issue_invoice",
            sale(shop,
                 json("{'product_code': 'P', 'quantity': 1000, 'price': %lld}", 1000000 - v * 100),
                 ""));
    case LIMIT(BELOW_FLOOR):
        return scenario_do(
            s, "issue_invoice",
            sale(shop,
                 json("{'product_code': 'F', 'quantity': 10000, 'price': %lld}", 1000000 - v * 100),
                 ""));
    case LIMIT(CUSTOM_AMOUNT):
        return scenario_do(
            s, "issue_invoice",
            sale(shop, json("{'text': 'x', 'quantity': 1000, 'price': %lld}", v * 1000), ""));
    case LIMIT(CUSTOM_SHARE):
        return scenario_do(
            s, "issue_invoice",
            sale(shop, "{'product_code': 'P', 'quantity': 10000}",
                 v == 0 ? "" : json(", 'charges': [{'title': 'x', 'amount_minor': %lld}]", v)));
    case LIMIT(OTHER_TAX):
        return scenario_do(
            s, "issue_invoice",
            sale(shop,
                 json("{'product_code': 'T', 'quantity': 1000, 'tax_bp': %d}", v == 0 ? 800 : 0),
                 ""));
    case LIMIT(BELOW_COST):
        return scenario_do(s, "issue_invoice",
                           sale(shop,
                                json("{'product_code': 'C', 'quantity': 1000, 'price': %d}",
                                     v == 0 ? 1000000 : 999000),
                                ""));
    case LIMIT(LATER_DUE):
        return scenario_do(s, "issue_invoice",
                           sale(shop, "{'product_code': 'P', 'quantity': 1000}",
                                json(", 'due': %lld", TODAY + v)));
    case LIMIT(TERM_DAYS):
        return scenario_do(s, "open_customer",
                           json("{'name': 'x', 'phone': '1', 'area': 'y', 'term_days': %lld}", v));
    case LIMIT(OWN_NUMBER):
        return scenario_do(s, "take_payment",
                           json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                "'amount_minor': 5%s}",
                                shop->anh, shop->till,
                                v == 0 ? "" : json(", 'number': 'own-%u'", tried)));
    case LIMIT(REVERSAL):
        return v == 0 ? NULL : take_back(shop, much);
    case LIMIT(CASH_OUT):
        return put_cash(shop, role, true, much);
    case LIMIT(CASH_IN):
        return put_cash(shop, role, false, much);
    case LIMIT(MOVE_FEE): /* of 100.00 a hundredth of a percent is 0.01 */
        return scenario_do(s, "move_money",
                           json("{'from': %u, 'to': %u, 'amount_minor': 10000, 'fee_minor': %lld}",
                                shop->bank, shop->till, v));
    case LIMIT(OPENING_LIMIT): /* nothing is refused: see the test of its own */
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return NULL;
}

static void check_refused(const struct matrix *matrix, const Tefter__Refusal *refusal,
                          Tefter__Threshold threshold, int64_t much, int64_t most)
{
    assert_int_equal(refusal->code, CODE(MORE_THAN_YOU_MAY));
    assert_int_equal(refusal->wanted, much);
    assert_int_equal(refusal->most, most);
    bool share = threshold == LIMIT(CUSTOM_SHARE); /* told as an amount */
    assert_int_equal(refusal->threshold, share ? LIMIT(CUSTOM_AMOUNT) : threshold);
    for (int role = 1; role <= ROLES; role++)
        assert_int_equal(among(refusal, (Tefter__Role)role),
                         matrix->most[threshold][role] != NONE &&
                             matrix->most[threshold][role] >= much);
}

/* much: NONE is passed over. */
static void check_one(struct shop *shop, const struct matrix *matrix, Tefter__Threshold threshold,
                      Tefter__Role role, int64_t much)
{
    int64_t most = matrix->most[threshold][role];
    as(shop, role);
    const Tefter__Reply *reply = much < 0 ? NULL : attempt(shop, threshold, role, much);
    if (reply == NULL)
        return;
    if (reply->result_case == TEFTER__REPLY__RESULT_DONE) {
        if (much > most)
            fail_msg("threshold %d, role %d: %lld was done", (int)threshold, (int)role,
                     (long long)much);
    } else if (most == NONE) {
        assert_int_equal(reply->refused->code, CODE(RIGHT_MISSING));
    } else if (much <= most) {
        fail_msg("threshold %d, role %d: %lld was refused with %d (%s)", (int)threshold, (int)role,
                 (long long)much, (int)reply->refused->code, reply->refused->field);
    } else {
        check_refused(matrix, reply->refused, threshold, much, most);
    }
}

static void check_matrix(struct shop *shop, const struct matrix *matrix)
{
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    for (unsigned i = 0; i < thresholds->n_values; i++)
        for (int role = 1; role <= ROLES; role++) {
            Tefter__Threshold threshold = (Tefter__Threshold)thresholds->values[i].value;
            bool yes_or_no = is_yes_or_no((int)threshold);
            int64_t most = matrix->most[threshold][role];
            int64_t at = most == NONE ? 1 : most == INT64_MAX ? (yes_or_no ? 1 : 3000) : most;
            check_one(shop, matrix, threshold, (Tefter__Role)role, at - 1);
            check_one(shop, matrix, threshold, (Tefter__Role)role, at);
            if (!yes_or_no || at == 0)
                check_one(shop, matrix, threshold, (Tefter__Role)role, at + 1);
        }
    as(shop, TEFTER__ROLE__ROLE_OWNER);
}

static void every_role_may_what_is_documented_and_no_more(void **state)
{
    (void)state;
    struct shop shop;
    struct matrix documented;
    struct matrix asked;
    shop_begin(&shop);
    read_documented(&documented);
    read_asked(&shop, &asked);
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    for (unsigned i = 0; i < thresholds->n_values; i++)
        for (int role = 1; role <= ROLES; role++)
            assert_int_equal(documented.most[thresholds->values[i].value][role],
                             asked.most[thresholds->values[i].value][role]);
    check_matrix(&shop, &documented);
    scenario_end(shop.s);
}

/* Each to another value for each role, and all of it again. */
static void every_role_may_what_the_company_set_and_no_more(void **state)
{
    (void)state;
    struct shop shop;
    struct matrix asked;
    shop_begin(&shop);
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    for (unsigned i = 0; i < thresholds->n_values; i++)
        for (int role = 1; role < ROLES; role++) {
            int threshold = thresholds->values[i].value;
            bool yes_or_no = is_yes_or_no(threshold);
            bool custom = threshold == LIMIT(CUSTOM_SHARE);
            scenario_done(shop.s, "set_thresholds",
                          json("{'thresholds': [{'threshold': %d, 'role': %d, 'most': %d}]}",
                               threshold, role,
                               yes_or_no ? role % 2
                               : custom  ? 900 + role
                                         : 10 * role + 3));
        }
    read_asked(&shop, &asked);
    assert_int_equal(asked.most[LIMIT(DISCOUNT)][TEFTER__ROLE__ROLE_MANAGER], 43);
    check_matrix(&shop, &asked);
    for (unsigned i = 0; i < thresholds->n_values; i++) /* and as a ledger begins with */
        scenario_done(shop.s, "set_thresholds",
                      json("{'thresholds': [{'threshold': %d, 'role': 1, 'usual': true}, "
                           "{'threshold': %d, 'role': 2, 'usual': true}, {'threshold': %d, 'role': "
                           "3, 'usual': true}, {'threshold': %d, 'role': 4, 'usual': true}]}",
                           thresholds->values[i].value, thresholds->values[i].value,
                           thresholds->values[i].value, thresholds->values[i].value));
    struct matrix documented;
    read_documented(&documented);
    check_matrix(&shop, &documented);
    scenario_end(shop.s);
}

/* ---- what a sales clerk could do ---- */

static void a_clerk_gives_no_goods_away(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const Tefter__Refusal *refusal =
        sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'discount_bp': 10000}", "",
                  CODE(MORE_THAN_YOU_MAY), "lines[0].discount_bp");
    assert_int_equal(refusal->wanted, 10000);
    assert_int_equal(refusal->most, 500);
    assert_true(among(refusal, TEFTER__ROLE__ROLE_MANAGER));
    assert_true(among(refusal, TEFTER__ROLE__ROLE_OWNER));
    assert_false(among(refusal, TEFTER__ROLE__ROLE_CONTROLLER));
    assert_false(among(refusal, TEFTER__ROLE__ROLE_ACCOUNTANT));
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'discount_minor': 1000}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].discount_minor");
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'price': 1000}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'price': 0}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    sells(&shop, "{'product_code': 'P', 'quantity': 1000, 'discount_minor': 50}", "");
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'discount_minor': 51}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].discount_minor");
    /* five percent of 0.30 is 0.02: what rounding gives is not too much */
    sells(&shop, "{'product_code': 'P', 'quantity': 30, 'discount_bp': 500}", "");
    sells(&shop, "{'product_code': 'P', 'quantity': 30, 'discount_minor': 2}", "");
    scenario_end(shop.s);
}

static void nor_in_the_second_line_or_at_a_raised_price(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells_not(&shop,
              "{'product_code': 'P', 'quantity': 1000}, {'product_code': 'P', 'quantity': 1000, "
              "'discount_bp': 501}",
              "", CODE(MORE_THAN_YOU_MAY), "lines[1].discount_bp");
    sells_not(&shop,
              "{'product_code': 'P', 'quantity': 1000, 'price': 2000000, 'discount_bp': 5000}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].discount_bp");
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'text': 'paint', 'price': 999999}",
              "", CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    scenario_end(shop.s);
}

static void a_discount_does_not_go_below_the_floor(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "add_product",
                  "{'code': 'G', 'name': 'glue', 'price': 1030000, 'floor': 1000000}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, "{'product_code': 'G', 'quantity': 10000, 'discount_bp': 200}", "");
    const Tefter__Refusal *refusal =
        sells_not(&shop, "{'product_code': 'G', 'quantity': 10000, 'discount_bp': 400}", "",
                  CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    assert_int_equal(refusal->threshold, LIMIT(BELOW_FLOOR));
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    sells(&shop, "{'product_code': 'G', 'quantity': 10000, 'discount_bp': 400}", "");
    scenario_done(shop.s, "change_product", "{'product': 5, 'no_floor': true}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, "{'product_code': 'G', 'quantity': 10000, 'discount_bp': 400}", "");
    scenario_end(shop.s);
}

static void a_bill_is_not_due_in_ten_years(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const Tefter__Refusal *refusal =
        sells_not(&shop, "{'product_code': 'P', 'quantity': 1000}",
                  json(", 'due': %d", TODAY + 3650), CODE(MORE_THAN_YOU_MAY), "due");
    assert_int_equal(refusal->wanted, 3650);
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(shop.s, "change_customer", json("{'customer': %u, 'term_days': 14}", shop.anh));
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, "{'product_code': 'P', 'quantity': 1000}", json(", 'due': %d", TODAY + 14));
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000}", json(", 'due': %d", TODAY + 15),
              CODE(MORE_THAN_YOU_MAY), "due");
    scenario_end(shop.s);
}

static void a_clerk_gives_no_customer_a_longer_term(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'term_days': 30}");
    const char *longer = json("{'customer': %u, 'term_days': 90}", shop.anh);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "change_customer", longer, CODE(MORE_THAN_YOU_MAY), "term_days");
    assert_true(among(refusal, TEFTER__ROLE__ROLE_CONTROLLER));
    scenario_done(shop.s, "change_customer", json("{'customer': %u, 'term_days': 10}", shop.anh));
    scenario_refused(shop.s, "change_customer", /* back to 30 is longer too */
                     json("{'customer': %u, 'clear': ['DAYS']}", shop.anh), CODE(MORE_THAN_YOU_MAY),
                     "term_days");
    scenario_done(shop.s, "change_customer", json("{'customer': %u, 'area': 'Q1'}", shop.anh));
    scenario_refused(shop.s, "open_customer",
                     "{'name': 'x', 'phone': '1', 'area': 'y', 'term_days': 31}",
                     CODE(MORE_THAN_YOU_MAY), "term_days");
    scenario_done(shop.s, "open_customer",
                  "{'name': 'x', 'phone': '1', 'area': 'y', 'term_days': 30}");
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(shop.s, "change_customer", longer);
    scenario_end(shop.s);
}

/* Wherever a term is set, it is up to as many days. */
static void nor_does_a_group_or_the_policy(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'term_days': 30}");
    scenario_done(shop.s, "add_group", "{'dimension': 'kind', 'name': 'long', 'term_days': 120}");
    scenario_done(shop.s, "add_group", "{'dimension': 'way', 'name': 'short', 'term_days': 5}");
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    static const struct {
        const char *command;
        const char *fields;
        const char *field;
    } cases[] = {
        {"add_group", "{'dimension': 'a', 'name': 'b', 'term_days': 91}", "term_days"},
        {"change_group", "{'group': 2, 'term_days': 91}", "term_days"},
        {"set_credit_policy", "{'terms': {}, 'term_days': 91}", "term_days"},
        {"join_group", "{'customer': 2, 'group': 1}", "group"},
        {"open_customer", "{'name': 'x', 'phone': '1', 'area': 'y', 'groups': [1]}", "groups"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Tefter__Refusal *refusal = scenario_refused(shop.s, cases[i].command, cases[i].fields,
                                                          CODE(MORE_THAN_YOU_MAY), cases[i].field);
        assert_int_equal(refusal->threshold, LIMIT(TERM_DAYS));
        assert_int_equal(refusal->most, 90);
    }
    assert_int_equal(shop.anh, 2);
    scenario_done(shop.s, "add_group", "{'dimension': 'a', 'name': 'b', 'term_days': 90}");
    scenario_done(shop.s, "change_group", "{'group': 2, 'term_days': 90}");
    scenario_done(shop.s, "change_group", "{'group': 1, 'name': 'longer'}");
    scenario_done(shop.s, "change_group", "{'group': 1, 'term_days': 110}"); /* a shorter one */
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'term_days': 90}");
    scenario_done(shop.s, "join_group", "{'customer': 2, 'group': 2}");
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(shop.s, "join_group", "{'customer': 2, 'group': 1}");
    scenario_done(shop.s, "leave_group", "{'customer': 2, 'group': 2}");
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(shop.s, "leave_group", "{'customer': 2, 'group': 1}"); /* 110 to 90 */
    scenario_end(shop.s);
}

/* ---- what rounding takes away ---- */

static const char *many(const char *line, unsigned count)
{
    static char lines[64 * 1024];
    size_t size = 0;
    for (unsigned i = 0; i < count; i++)
        size +=
            (size_t)snprintf(lines + size, sizeof lines - size, "%s%s", i > 0 ? ", " : "", line);
    return lines;
}

static void goods_with_a_price_do_not_come_to_nothing(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "add_product", "{'code': 'N', 'name': 'nails', 'price': 10000}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const char *grain = "{'product_code': 'N', 'quantity': 49}"; /* 0.0049 */
    const Tefter__Refusal *refusal =
        sells_not(&shop, grain, "", CODE(MORE_THAN_YOU_MAY), "lines[0].quantity");
    assert_int_equal(refusal->threshold, LIMIT(DISCOUNT));
    assert_int_equal(refusal->wanted, 10000);
    sells_not(&shop, json("{'product_code': 'P', 'quantity': 1000}, %s", grain), "",
              CODE(MORE_THAN_YOU_MAY), "lines[1].quantity");
    sells(&shop, "{'product_code': 'N', 'quantity': 50}", ""); /* half a unit is one */
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    sells(&shop, grain, "");
    scenario_end(shop.s);
}

static const char *correction(unsigned long long bill, const char *lines)
{
    return json("{'document': %llu, 'invoice': {'lines': [%s]}}", bill, lines);
}

static void many_small_lines_round_no_price_away(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const char *grain = "{'product_code': 'P', 'quantity': 1}"; /* 0.01 of 10.00: exact */
    sells(&shop, many(grain, 100), "");
    /* 0.0149 come to 0.01: each loses a third */
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "add_product", "{'code': 'N', 'name': 'nails', 'price': 10000}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const char *third = "{'product_code': 'N', 'quantity': 149}";
    sells(&shop, many(third, 3), "");
    sells(&shop, many(third, 10), ""); /* 4.9 units in all */
    const Tefter__Refusal *refusal =
        sells_not(&shop, many(third, 100), "", CODE(MORE_THAN_YOU_MAY), "lines");
    assert_int_equal(refusal->threshold, LIMIT(DISCOUNT));
    assert_int_equal(refusal->wanted, 3289);
    assert_int_equal(refusal->most, 500);
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    sells(&shop, many(third, 100), "");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, "{'product_code': 'N', 'quantity': 14900}", "");
    /* what was lost before may stay lost, and no more */
    unsigned long long bill = sells(&shop, many(third, 10), "");
    bill = scenario_done(shop.s, "correct_invoice", correction(bill, many(third, 10)))->id;
    scenario_refused(shop.s, "correct_invoice", correction(bill, many(third, 40)),
                     CODE(MORE_THAN_YOU_MAY), "lines");
    scenario_end(shop.s);
}

static void nor_a_discount_nor_the_tax(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "add_product",
                  "{'code': 'K', 'name': 'clip', 'price': 10000, 'tax_bp': 400}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    /* five percent of 0.10 is 0.01 by rounding: ten percent of all of them */
    const char *half = "{'product_code': 'P', 'quantity': 10, 'discount_bp': 500}";
    sells(&shop, many(half, 10), "");
    sells_not(&shop, many(half, 100), "", CODE(MORE_THAN_YOU_MAY), "lines");
    /* four percent of 0.10 is no tax at all */
    const char *untaxed = "{'product_code': 'K', 'quantity': 1000}";
    sells(&shop, many(untaxed, 10), "");
    sells_not(&shop, many("{'product_code': 'K', 'quantity': 1000, 'discount_bp': 500}", 100), "",
              CODE(MORE_THAN_YOU_MAY), "lines");
    sells(&shop, "{'product_code': 'K', 'quantity': 100000, 'discount_bp': 500}", "");
    /* a long bill of honest lines */
    sells(&shop, many("{'product_code': 'T', 'quantity': 99}", 200), "");
    sells(&shop, many("{'product_code': 'T', 'quantity': 1000, 'discount_bp': 500}", 200), "");
    scenario_end(shop.s);
}

static void charges_and_custom_lines_count_alike(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    const char *goods = "{'product_code': 'P', 'quantity': 10000}"; /* 100.00 */
    const Tefter__Refusal *refusal =
        sells_not(&shop, goods, ", 'charges': [{'title': 'anything', 'amount_minor': 500000000}]",
                  CODE(MORE_THAN_YOU_MAY), "charges[0]");
    assert_int_equal(refusal->wanted, 500000000);
    assert_int_equal(refusal->most, 1000); /* a tenth of the goods */
    sells(&shop, goods, ", 'charges': [{'title': 'shipping', 'amount_minor': 1000}]");
    sells_not(&shop, goods,
              ", 'charges': [{'title': 'a', 'amount_minor': 600}, {'title': 'b', "
              "'amount_minor': 600}]",
              CODE(MORE_THAN_YOU_MAY), "charges[0]");
    sells_not(&shop, json("%s, {'text': 'cutting', 'quantity': 1000, 'price': 600000}", goods),
              ", 'charges': [{'title': 'a', 'amount_minor': 600}]", CODE(MORE_THAN_YOU_MAY),
              "lines[1]");
    sells(&shop, json("%s, {'text': 'cutting', 'quantity': 1000, 'price': 400000}", goods),
          ", 'charges': [{'title': 'a', 'amount_minor': 600}]");
    sells_not(&shop, "{'text': 'cutting', 'quantity': 1000, 'price': 400000}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0]");
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'CUSTOM_AMOUNT', 'role': 'SALES', 'most': 400}]}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, "{'text': 'cutting', 'quantity': 1000, 'price': 400000}", "");
    scenario_end(shop.s);
}

static void a_clerk_does_not_leave_the_tax_out(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells_not(&shop, "{'product_code': 'T', 'quantity': 1000, 'tax_bp': 0}", "",
              CODE(MORE_THAN_YOU_MAY), "lines[0].tax_bp");
    sells(&shop, "{'product_code': 'T', 'quantity': 1000, 'tax_bp': 800}", "");
    scenario_end(shop.s);
}

static void a_number_of_the_branchs_own_series_is_nobodys_to_choose(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *goods = "{'product_code': 'P', 'quantity': 1000}";
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells_not(&shop, goods, ", 'number': 'HQ-00017'", CODE(MORE_THAN_YOU_MAY), "number");
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    static const char *const ours[] = {"HQ-00017", "HQ-CN-00001", "HQ-R-00001", "HQ-X-000001"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        sells_not(&shop, goods, json(", 'number': '%s'", ours[i]), CODE(FIELD_INVALID), "number");
    scenario_refused(shop.s, "take_payment",
                     json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                          "5, 'number': 'HQ-R-00009'}",
                          shop.anh, shop.till),
                     CODE(FIELD_INVALID), "number");
    sells(&shop, goods, ", 'number': 'B-17'");
    sells(&shop, goods, ", 'number': 'TD-00017'"); /* there is no branch TD */
    /* old bills keep theirs, as a branch writes them; the series passes them over */
    static const char *const otherwise[] = {"hq-00002", "HQ 00002", "HQ–00002", "HQ-۰۰۰۰۲"};
    for (size_t i = 0; i < sizeof otherwise / sizeof otherwise[0]; i++)
        sells_not(&shop, goods, json(", 'backfill': true, 'number': '%s'", otherwise[i]),
                  CODE(FIELD_INVALID), "number");
    sells(&shop, goods, ", 'backfill': true, 'number': 'HQ-00002'");
    sells(&shop, goods, ", 'number': 'HQ-00017', 'backfill': true"); /* a paper of old */
    scenario_end(shop.s);
}

static void who_sold_exists_and_works_here(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *goods = "{'product_code': 'P', 'quantity': 1000}";
    sells_not(&shop, goods, ", 'salesperson': 'nobody'", CODE(NOT_FOUND), "salesperson");
    unsigned long long bill = sells(&shop, goods, ", 'salesperson': 'sales'");
    scenario_done(shop.s, "change_staff",
                  json("{'staff': %u, 'blocked': true}", shop.staff[TEFTER__ROLE__ROLE_SALES]));
    sells_not(&shop, goods, ", 'salesperson': 'sales'", CODE(STAFF_BLOCKED), "salesperson");
    sells(&shop, goods, ", 'salesperson': 'old-hand', 'backfill': true");
    scenario_done(
        shop.s, "correct_invoice", /* it was there already */
        json("{'document': %llu, 'reason': 'x', 'invoice': %s}", bill,
             sale(&shop, "{'product_code': 'P', 'quantity': 500}", ", 'salesperson': 'sales'")));
    scenario_end(shop.s);
}

/* ---- what was there already ---- */

static const char *corrected(const struct shop *shop, unsigned long long bill, const char *lines,
                             const char *more)
{
    return json("{'document': %llu, 'reason': 'x', 'invoice': %s}", bill, sale(shop, lines, more));
}

static const char *given(int quantity, int price, int discount_bp)
{
    return json("{'product_code': 'P', 'quantity': %d, 'price': %d, 'discount_bp': %d}", quantity,
                price, discount_bp);
}

static void a_correction_keeps_the_price_discount_and_due_date_that_were_given(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'BELOW_LIST', 'role': 'SALES', 'most': 5000}, "
                  "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 5000}, {'threshold': "
                  "'LATER_DUE', 'role': 'SALES', 'most': 60}, {'threshold': 'CUSTOM_AMOUNT', "
                  "'role': 'SALES', 'most': 900}]}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    unsigned long long bill =
        sells(&shop, given(5000, 600000, 4000),
              json(", 'due': %d, 'charges': [{'title': 'a', 'amount_minor': 800}]", TODAY + 50));
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'BELOW_LIST', 'role': 'SALES', 'usual': true}, "
                  "{'threshold': 'DISCOUNT', 'role': 'SALES', 'usual': true}, {'threshold': "
                  "'LATER_DUE', 'role': 'SALES', 'usual': true}, {'threshold': 'CUSTOM_AMOUNT', "
                  "'role': 'SALES', 'usual': true}]}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    bill = scenario_done(shop.s, "correct_invoice",
                         corrected(&shop, bill, given(4000, 600000, 4000),
                                   json(", 'due': %d, 'charges': [{'title': 'a', 'amount_minor': "
                                        "800}]",
                                        TODAY + 50)))
               ->id;
    struct {
        const char *lines;
        const char *more;
        const char *field;
    } more[] = {
        {given(4001, 600000, 4000), "", "lines[0].discount_bp"}, /* more of it */
        {given(4000, 600000, 4001), "", "lines[0].discount_bp"},
        {given(4000, 599999, 400), "", "lines[0].price"},
        {json("%s, %s", given(3000, 600000, 4000), given(3000, 600000, 4000)), "",
         "lines[1].discount_bp"}, /* twice */
        {"{'product_code': 'P', 'quantity': 1000}", json(", 'due': %d", TODAY + 51), "due"},
        {"{'product_code': 'P', 'quantity': 1000}",
         ", 'charges': [{'title': 'a', 'amount_minor': 801}]", "charges[0]"},
        {"{'product_code': 'T', 'quantity': 1000, 'discount_bp': 4000}", "",
         "lines[0].discount_bp"}, /* another product */
    };
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        scenario_refused(shop.s, "correct_invoice",
                         corrected(&shop, bill, more[i].lines, more[i].more),
                         CODE(MORE_THAN_YOU_MAY), more[i].field);
    scenario_done(shop.s, "correct_invoice", /* split in two lines, and at a price that is raised */
                  corrected(&shop, bill,
                            json("%s, %s", given(3000, 600000, 4000), given(1000, 700000, 4000)),
                            ""));
    scenario_end(shop.s);
}

static void what_already_happened_is_entered_as_it_was_by_who_may(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *given = "{'product_code': 'F', 'quantity': 1000, 'price': 1, 'discount_bp': 9000}";
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells_not(&shop, given, ", 'backfill': true", CODE(RIGHT_MISSING), NULL);
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    sells(&shop, given, json(", 'backfill': true, 'due': %d", TODAY + 3000));
    scenario_end(shop.s);
}

static void a_reversal_takes_back_up_to_so_much(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'REVERSAL', 'role': 'SALES', 'most': 1500}]}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    unsigned long long bill = sells(&shop, "{'product_code': 'P', 'quantity': 2000}", "");
    scenario_refused(shop.s, "reverse_document", json("{'document': %llu}", bill),
                     CODE(MORE_THAN_YOU_MAY), "document");
    scenario_refused(shop.s, "correct_invoice",
                     corrected(&shop, bill, "{'product_code': 'P', 'quantity': 499}", ""),
                     CODE(MORE_THAN_YOU_MAY), "document");
    bill = scenario_done(shop.s, "correct_invoice",
                         corrected(&shop, bill, "{'product_code': 'P', 'quantity': 500}", ""))
               ->id;
    scenario_done(shop.s, "reverse_document", json("{'document': %llu}", bill));
    scenario_end(shop.s);
}

/* ---- whom somebody opens at the counter ---- */

static int64_t limit_of(struct shop *shop, unsigned long long customer)
{
    const Tefter__AccountRow *row = scenario_account(shop->s, (uint32_t)customer);
    return row->unlimited ? INT64_MAX : row->limit_minor;
}

static unsigned long long opened(struct shop *shop, Tefter__Role role, const char *more)
{
    as(shop, role);
    return scenario_done(shop->s, "open_customer",
                         json("{'name': 'x', 'phone': '1', 'area': 'y'%s}", more))
        ->id;
}

static void whom_a_clerk_opens_has_no_limit_until_a_controller_sets_one(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t gold = (uint32_t)scenario_done(shop.s, "add_group",
                                            "{'dimension': 'tier', 'name': 'gold', 'limit': "
                                            "{'limit_minor': 70000}}")
                        ->id;
    unsigned long long binh =
        opened(&shop, TEFTER__ROLE__ROLE_SALES, json(", 'groups': [%u]", gold));
    unsigned long long chi = opened(&shop, TEFTER__ROLE__ROLE_SALES, "");
    assert_int_equal(limit_of(&shop, binh), 0);
    assert_int_equal(limit_of(&shop, chi), 0); /* though the company's is 100.00 */
    scenario_refused(
        shop.s, "issue_invoice",
        json("{'customer': %llu, 'lines': [{'product_code': 'P', 'quantity': 1000}]}", chi),
        CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(shop.s, "set_credit_limit", /* says nothing of the limit */
                  json("{'customer': %llu, 'terms': {'overdue_days': 10}}", chi));
    assert_int_equal(limit_of(&shop, chi), 0);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %llu, 'terms': {'limit_minor': 3000}}", chi));
    assert_int_equal(limit_of(&shop, chi), 3000);
    scenario_done(shop.s, "set_credit_limit", json("{'customer': %llu}", binh)); /* the group's */
    assert_int_equal(limit_of(&shop, binh), 70000);
    assert_int_equal(limit_of(&shop, opened(&shop, TEFTER__ROLE__ROLE_CONTROLLER, "")), 10000);
    assert_int_equal(limit_of(&shop, opened(&shop, TEFTER__ROLE__ROLE_MANAGER, "")), 10000);
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'OPENING_LIMIT', 'role': 'SALES', 'most': "
                  "2000}]}");
    assert_int_equal(limit_of(&shop, opened(&shop, TEFTER__ROLE__ROLE_SALES, "")), 2000);
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'OPENING_LIMIT', 'role': 'SALES'}]}");
    assert_int_equal(limit_of(&shop, opened(&shop, TEFTER__ROLE__ROLE_SALES, "")), 10000);
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_end(shop.s);
}

/* ---- who sets them, and ledgers of old ---- */

static void refused_set(struct shop *shop, const char *fields, Tefter__RefusalCode code,
                        const char *field)
{
    scenario_refused(shop->s, "set_thresholds", json("{'thresholds': [%s]}", fields), code, field);
}

static void thresholds_are_set_by_managers_and_a_managers_by_an_owner(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *clerks = "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 1000}";
    const char *managers = "{'threshold': 'DISCOUNT', 'role': 'MANAGER', 'most': 2000}";
    as(&shop, TEFTER__ROLE__ROLE_CONTROLLER);
    refused_set(&shop, clerks, CODE(RIGHT_MISSING), NULL);
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    refused_set(&shop, managers, CODE(RIGHT_MISSING), NULL);
    assert_int_equal(
        scenario_done(shop.s, "set_thresholds", json("{'thresholds': [%s]}", clerks))->id, 1);
    refused_set(&shop, clerks, CODE(NOTHING_TO_CHANGE), NULL);
    refused_set(&shop, "", CODE(FIELD_MISSING), "thresholds");
    refused_set(&shop, "{'threshold': 'DISCOUNT', 'role': 'OWNER', 'most': 1}", CODE(FIELD_INVALID),
                "thresholds[0].owner");
    refused_set(&shop, "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 10001}",
                CODE(FIELD_INVALID), "thresholds[0].most");
    refused_set(&shop, "{'threshold': 'OTHER_TAX', 'role': 'SALES', 'most': 2}",
                CODE(FIELD_INVALID), "thresholds[0].most");
    refused_set(&shop, "{'threshold': 'LATER_DUE', 'role': 'SALES', 'most': 3651}",
                CODE(FIELD_INVALID), "thresholds[0].most");
    refused_set(&shop, "{'threshold': 'REVERSAL', 'role': 'SALES', 'most': -1}",
                CODE(FIELD_INVALID), "thresholds[0].most");
    refused_set(&shop, "{'threshold': 'REVERSAL', 'role': 'SALES', 'most': 1, 'usual': true}",
                CODE(FIELD_INVALID), "thresholds[0].usual");
    refused_set(&shop, "{'threshold': 'REVERSAL', 'role': 'SALES', 'usual': true}",
                CODE(NOTHING_TO_CHANGE), NULL);
    as(&shop, TEFTER__ROLE__ROLE_OWNER);
    scenario_done(shop.s, "set_thresholds", json("{'thresholds': [%s]}", managers));
    assert_int_equal(scenario_ask(shop.s, "rights", "{}")->rights->version, 2);
    as(&shop, TEFTER__ROLE__ROLE_MANAGER);
    sells_not(&shop, "{'product_code': 'P', 'quantity': 1000, 'discount_bp': 2001}", "",
              CODE(MORE_THAN_YOU_MAY), NULL);
    scenario_end(shop.s);
}

static void an_old_ledger_holds_nobody_until_it_adopts_the_rules(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin_at(&shop, 4);
    const char *given = "{'product_code': 'P', 'quantity': 1000, 'discount_bp': 10000}";
    refused_set(&shop, "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 1}", CODE(RULES_TOO_OLD),
                "thresholds");
    scenario_refused(shop.s, "change_product", "{'product': 1, 'floor': 5}", CODE(RULES_TOO_OLD),
                     "floor");
    assert_false(scenario_ask(shop.s, "rights", "{}")->rights->held);
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells(&shop, given,
          json(", 'due': %d, 'number': 'HQ-00017', 'salesperson': 'nobody'", TODAY + 3650));
    sells_not(&shop, "{'text': 'x', 'quantity': 1000, 'price': 1000}", "", CODE(RIGHT_MISSING),
              NULL);
    assert_int_equal(limit_of(&shop, opened(&shop, TEFTER__ROLE__ROLE_SALES, "")), 10000);
    scenario_as(shop.s, 0);
    scenario_done(shop.s, "adopt_rules_version", "{'rules_version': 5}");
    as(&shop, TEFTER__ROLE__ROLE_SALES);
    sells_not(&shop, given, "", CODE(MORE_THAN_YOU_MAY), "lines[0].discount_bp");
    assert_true(scenario_ask(shop.s, "rights", "{}")->rights->held);
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_may_what_is_documented_and_no_more),
        cmocka_unit_test(every_role_may_what_the_company_set_and_no_more),
        cmocka_unit_test(a_clerk_gives_no_goods_away),
        cmocka_unit_test(nor_in_the_second_line_or_at_a_raised_price),
        cmocka_unit_test(a_discount_does_not_go_below_the_floor),
        cmocka_unit_test(a_bill_is_not_due_in_ten_years),
        cmocka_unit_test(a_clerk_gives_no_customer_a_longer_term),
        cmocka_unit_test(nor_does_a_group_or_the_policy),
        cmocka_unit_test(goods_with_a_price_do_not_come_to_nothing),
        cmocka_unit_test(many_small_lines_round_no_price_away),
        cmocka_unit_test(nor_a_discount_nor_the_tax),
        cmocka_unit_test(charges_and_custom_lines_count_alike),
        cmocka_unit_test(a_clerk_does_not_leave_the_tax_out),
        cmocka_unit_test(a_number_of_the_branchs_own_series_is_nobodys_to_choose),
        cmocka_unit_test(who_sold_exists_and_works_here),
        cmocka_unit_test(a_correction_keeps_the_price_discount_and_due_date_that_were_given),
        cmocka_unit_test(what_already_happened_is_entered_as_it_was_by_who_may),
        cmocka_unit_test(a_reversal_takes_back_up_to_so_much),
        cmocka_unit_test(whom_a_clerk_opens_has_no_limit_until_a_controller_sets_one),
        cmocka_unit_test(thresholds_are_set_by_managers_and_a_managers_by_an_owner),
        cmocka_unit_test(an_old_ledger_holds_nobody_until_it_adopts_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The founding, who works here, and who may do what. */
#include "domain/scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

enum { LETTERS_TOO_MANY = 201 };

static const char *letters(void)
{
    static char text[LETTERS_TOO_MANY + 1];
    memset(text, 'x', LETTERS_TOO_MANY);
    return text;
}

/* Rises when tokens of before are to be worth nothing. */
static uint32_t generation(struct scenario *s, uint32_t staff)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
    assert_non_null(view);
    uint32_t found = ledger_view_staff(view, staff)->generation;
    ledger_view_end(view);
    return found;
}

static const Tefter__StaffMember *member(struct scenario *s, uint32_t staff)
{
    return scenario_ask(s, "staff", "{}")->staff->staff[staff - 1];
}

/* ---- the founding ---- */

static void a_company_is_founded_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "create_company",
            "{'name': 'Second', 'currency': 'VND', 'admin_login': 'boss', 'rules_version': 1, "
            "'date': 1}",
            ALREADY_EXISTS, "company");
    const Tefter__CompanyAnswer *company = scenario_ask(s, "company", "{}")->company;
    assert_string_equal(company->name, "Hải Long");
    assert_string_equal(company->currency, "EUR");
    assert_int_equal(company->exponent, 2);
    assert_int_equal(company->policy_version, 1);
    assert_int_equal(company->policy->limit_minor, 0);
    assert_int_equal(company->policy->policy, TEFTER__EXCESS_POLICY__EXCESS_BLOCK);
    assert_int_equal(company->term_days, 30);
    assert_int_equal(company->customers, 1);
    const Tefter__BranchRecord *head = scenario_ask(s, "branches", "{}")->branches->branches[0];
    assert_string_equal(head->code, "HQ");
    assert_int_equal(head->date, 20000);
    assert_int_equal(member(s, 1)->role, TEFTER__ROLE__ROLE_OWNER);
    assert_false(member(s, 1)->has_password);
    const Tefter__CustomerCardAnswer *cash =
        scenario_ask(s, "customer_card", "{'code': 'CASH'}")->customer_card;
    assert_int_equal(cash->record->customer, company->cash_customer);
    assert_null(cash->record->name->value);
    scenario_end(s);
}

#define FOUNDING(name, currency, login, office, date)                                              \
    json("{'name': '%s', 'currency': '%s', 'admin_login': '%s', 'rules_version': 1, "              \
         "'head_office': '%s', 'date': %d}",                                                       \
         name, currency, login, office, date)

static void a_founding_with_a_mistake_is_refused_at_the_first_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "create_company", FOUNDING(" ", "ABC", "", "hq", 0), FIELD_MISSING, "name");
    REFUSED(s, "create_company", FOUNDING("Hải", "ABC", "", "hq", 0), FIELD_INVALID, "currency");
    REFUSED(s, "create_company", FOUNDING("Hải", "VND", "", "hq", 0), FIELD_MISSING, "admin_login");
    REFUSED(s, "create_company", FOUNDING("Hải", "VND", "a b", "hq", 0), FIELD_INVALID,
            "admin_login");
    REFUSED(
        s, "create_company",
        "{'name': 'Hải', 'currency': 'VND', 'admin_login': '..', 'rules_version': 6, 'date': 1}",
        FIELD_INVALID, "admin_login");
    REFUSED(s, "create_company", FOUNDING("Hải", "VND", "a", "hq", 0), FIELD_INVALID,
            "head_office");
    REFUSED(s, "create_company", FOUNDING("Hải", "VND", "a", "HQ", 0), DATE_INVALID, "date");
    REFUSED(s, "create_company", FOUNDING("Hải", "VND", "a", "HQ", 70000), DATE_INVALID, "date");
    scenario_end(s);
}

#define FOUNDED(more)                                                                              \
    "{'name': 'Hải', 'currency': 'VND', 'admin_login': 'boss', 'head_office': 'TD', "            \
    "'rules_version': 1, 'date': 20600" more "}"

/* What the country has decided is kept as it was said, and told. */
static void a_company_keeps_what_it_was_founded_with(void **state)
{
    (void)state;
    struct scenario *s =
        scenario_begin_with(", 'country': 'VN', 'tax_bp': 1000, 'paper_language': 'vi', "
                            "'practice': true, 'head_office_name': 'Thủ Đức'");
    const Tefter__CompanyAnswer *company = scenario_ask(s, "company", "{}")->company;
    assert_string_equal(company->country, "VN");
    assert_string_equal(company->paper_language, "vi");
    assert_int_equal(company->tax_bp, 1000);
    assert_true(company->practice);
    const Tefter__BranchesAnswer *branches = scenario_ask(s, "branches", "{}")->branches;
    assert_string_equal(branches->branches[0]->code, "HQ");
    assert_string_equal(branches->branches[0]->name, "Thủ Đức");
    scenario_as(s, 0);
    REFUSED(s, "create_company", FOUNDED(", 'country': 'Vietnam'"), FIELD_INVALID, "country");
    REFUSED(s, "create_company", FOUNDED(", 'country': 'vn'"), FIELD_INVALID, "country");
    REFUSED(s, "create_company", FOUNDED(", 'tax_bp': 10001"), FIELD_INVALID, "tax_bp");
    REFUSED(s, "create_company", FOUNDED(", 'paper_language': 'VI'"), FIELD_INVALID,
            "paper_language");
    REFUSED(s, "create_company", FOUNDED(", 'head_office_name': ' '"), FIELD_MISSING,
            "head_office_name");
    scenario_end(s);
}

/* ---- rights ---- */

static void each_role_may_what_the_table_says(void **state)
{
    (void)state;
    /* Sales, Controller, Accountant, Manager, Owner, in the order of the rights' numbers. */
    static const char *const who[] = {"SCAMO", "SC-MO", "SCAMO", "SCAMO", "-CAMO", "--AMO",
                                      "SCAMO", "-C-MO", "-C-MO", "-C-MO", "--AMO", "---MO",
                                      "--AMO", "--AMO", "--AMO", "-C-MO", "---MO", "---MO",
                                      "---MO", "SCAMO", "--AMO", "-----"};
    for (int right = TEFTER__RIGHT__RIGHT_NONE; right <= TEFTER__RIGHT__RIGHT_SERVER; right++) {
        Tefter__Role roles[8];
        size_t count = 0;
        for (int role = TEFTER__ROLE__ROLE_SALES; role <= TEFTER__ROLE__ROLE_OWNER; role++) {
            bool may = who[right - 1][role - 1] != '-';
            assert_int_equal(ledger_may((Tefter__Role)role, (Tefter__Right)right), may);
            count += may;
        }
        assert_int_equal(ledger_roles_with((Tefter__Right)right, roles), count);
    }
}

static void who_may_not_is_told_which_right_and_who_has_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 0);
    scenario_as(s, scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES));
    const Tefter__Refusal *refusal =
        REFUSED(s, "lock_customer", json("{'customer': %u}", anh), RIGHT_MISSING, NULL);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_LOCK);
    assert_int_equal(refusal->n_roles, 3);
    assert_int_equal(refusal->roles[0], TEFTER__ROLE__ROLE_CONTROLLER);
    assert_int_equal(refusal->roles[1], TEFTER__ROLE__ROLE_MANAGER);
    assert_int_equal(refusal->roles[2], TEFTER__ROLE__ROLE_OWNER);
    refusal = REFUSED(s, "turn_day", "{'branch': 1, 'date': 20001}", RIGHT_MISSING, NULL);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_SERVER);
    assert_int_equal(refusal->n_roles, 0);
    scenario_end(s);
}

static void nobody_logged_in_may_nothing_and_neither_may_who_is_blocked(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    const char *anh = "{'name': 'Anh', 'phone': '0901', 'area': 'Thủ Đức'}";
    s->actor.has_staff = false;
    REFUSED(s, "open_customer", anh, NOT_LOGGED_IN, NULL);
    s->actor.has_staff = true;
    s->actor.staff = 99;
    REFUSED(s, "open_customer", anh, NOT_LOGGED_IN, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': true}", minh));
    scenario_as(s, minh);
    REFUSED(s, "open_customer", anh, STAFF_BLOCKED, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': false}", minh));
    scenario_as(s, minh);
    scenario_done(s, "open_customer", anh);
    scenario_end(s);
}

/* ---- hiring and changing ---- */

static void a_login_is_plain_and_looks_like_no_other(void **state)
{
    (void)state;
    static const char *const wrong[] = {"..",  ".",    "-",    "_",    "an.", ".an",
                                        "-an", "a..n", "a.-n", "a__n", "an-", "1."};
    struct scenario *s = scenario_begin();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        REFUSED(s, "add_staff", json("{'login': '%s', 'role': 'SALES'}", wrong[i]), FIELD_INVALID,
                "login");
    uint64_t an = scenario_done(s, "add_staff", "{'login': 'an.nguyen-2', 'role': 'SALES'}")->id;
    static const char *const alike[] = {"an-nguyen-2", "annguyen2", "a_n.nguyen2"};
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        const Tefter__Refusal *refusal =
            REFUSED(s, "add_staff", json("{'login': '%s', 'role': 'SALES'}", alike[i]), LOOKS_LIKE,
                    "login");
        assert_int_equal(refusal->existing, an);
        assert_string_equal(refusal->existing_number, "an.nguyen-2");
    }
    scenario_done(s, "add_staff", "{'login': 'an.nguyen-3', 'role': 'SALES'}");
    scenario_done(s, "add_staff", "{'login': '7', 'role': 'SALES'}");
    scenario_end(s);
    s = scenario_begin_at(5);
    scenario_done(s, "add_staff", "{'login': '..', 'role': 'SALES'}");
    scenario_done(s, "add_staff", "{'login': 'a-n', 'role': 'SALES'}");
    scenario_done(s, "add_staff", "{'login': 'a.n', 'role': 'SALES'}");
    scenario_end(s);
}

static void a_login_names_one_person(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    const Tefter__Refusal *refusal =
        REFUSED(s, "add_staff", "{'login': 'minh', 'role': 'MANAGER'}", ALREADY_EXISTS, "login");
    assert_int_equal(refusal->existing, minh);
    REFUSED(s, "add_staff", "{'login': '', 'role': 'SALES'}", FIELD_MISSING, "login");
    REFUSED(s, "add_staff", "{'login': 'Minh', 'role': 'SALES'}", FIELD_INVALID, "login");
    refusal = REFUSED(s, "add_staff", json("{'login': '%s', 'role': 'SALES'}", letters()),
                      TEXT_INVALID, "login");
    assert_int_equal(refusal->most, 40);
    REFUSED(s, "add_staff", "{'login': 'lan', 'name': {}, 'role': 'SALES'}", TEXT_INVALID, "name");
    REFUSED(s, "add_staff", "{'login': 'lan', 'role': 'SALES', 'branch': 7}", NOT_FOUND, "branch");
    scenario_done(s, "add_staff", "{'login': 'lan.thi-2_b', 'role': 'SALES', 'branch': 1}");
    assert_int_equal(member(s, 3)->branch, 1);
    assert_null(member(s, 3)->name);
    assert_string_equal(member(s, minh)->name->value, "minh");
    scenario_end(s);
}

static void a_person_changes_and_may_be_anywhere_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    REFUSED(s, "change_staff", "{'staff': 9, 'role': 'SALES'}", NOT_FOUND, "staff");
    REFUSED(s, "change_staff", json("{'staff': %u, 'branch': 9}", minh), NOT_FOUND, "branch");
    REFUSED(s, "change_staff", json("{'staff': %u, 'name': {}}", minh), TEXT_INVALID, "name");
    REFUSED(s, "change_staff", json("{'staff': %u}", minh), NOTHING_TO_CHANGE, NULL);
    REFUSED(
        s, "change_staff",
        json("{'staff': %u, 'role': 'SALES', 'branch': 0, 'blocked': false, 'name': 'minh'}", minh),
        NOTHING_TO_CHANGE, NULL);
    uint32_t before = generation(s, minh);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1, 'name': 'Minh'}", minh));
    assert_true(member(s, minh)->has_branch);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 0, 'name': ''}", minh));
    assert_false(member(s, minh)->has_branch);
    assert_null(member(s, minh)->name);
    assert_int_equal(generation(s, minh), before);
    scenario_end(s);
}

static void another_role_or_a_block_ends_what_he_was_logged_in_with(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t first = generation(s, minh);
    scenario_done(s, "change_staff", json("{'staff': %u, 'role': 'ACCOUNTANT'}", minh));
    assert_int_equal(generation(s, minh), first + 1);
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': true, 'role': 'SALES'}", minh));
    assert_int_equal(generation(s, minh), first + 2);
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': false}", minh));
    assert_int_equal(generation(s, minh), first + 2);
    scenario_end(s);
}

static void only_an_owner_makes_or_changes_an_owner(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t lan = scenario_staff(s, "lan", TEFTER__ROLE__ROLE_MANAGER);
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, lan);
    scenario_done(s, "change_staff", json("{'staff': %u, 'role': 'MANAGER'}", minh));
    const Tefter__Refusal *refusal =
        REFUSED(s, "add_staff", "{'login': 'boss', 'role': 'OWNER'}", RIGHT_MISSING, NULL);
    assert_int_equal(refusal->n_roles, 1);
    assert_int_equal(refusal->roles[0], TEFTER__ROLE__ROLE_OWNER);
    REFUSED(s, "change_staff", json("{'staff': %u, 'role': 'OWNER'}", lan), RIGHT_MISSING, NULL);
    REFUSED(s, "change_staff", "{'staff': 1, 'name': 'Old man'}", RIGHT_MISSING, NULL);
    REFUSED(s, "sign_out", "{'staff': 1}", RIGHT_MISSING, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "add_staff", "{'login': 'boss', 'role': 'OWNER'}");
    scenario_done(s, "change_staff", json("{'staff': %u, 'role': 'OWNER'}", lan));
    scenario_as(s, 0);
    scenario_done(s, "add_staff", "{'login': 'rescue', 'role': 'OWNER'}");
    scenario_end(s);
}

static void the_last_owner_stays_an_owner_and_unblocked(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "change_staff", "{'staff': 1, 'name': 'Old man'}");
    REFUSED(s, "change_staff", "{'staff': 1, 'role': 'MANAGER'}", FIELD_INVALID, "role");
    REFUSED(s, "change_staff", "{'staff': 1, 'blocked': true}", FIELD_INVALID, "blocked");
    uint32_t lan = scenario_staff(s, "lan", TEFTER__ROLE__ROLE_OWNER);
    scenario_done(s, "change_staff", "{'staff': 1, 'blocked': true}");
    scenario_as(s, lan);
    REFUSED(s, "change_staff", json("{'staff': %u, 'role': 'SALES'}", lan), FIELD_INVALID, "role");
    scenario_done(s, "change_staff", "{'staff': 1, 'role': 'SALES'}");
    scenario_end(s);
}

/* ---- secrets and tokens ---- */

static void only_the_server_keeps_secrets_and_a_new_password_ends_tokens(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t before = generation(s, minh);
    REFUSED(s, "set_secret", json("{'staff': %u, 'pin_hash': '0102'}", minh), RIGHT_MISSING, NULL);
    scenario_as(s, 0);
    REFUSED(s, "set_secret", json("{'staff': %u}", minh), FIELD_MISSING, "password_hash");
    REFUSED(s, "set_secret", json("{'staff': %u, 'password_hash': ''}", minh), FIELD_INVALID,
            "password_hash");
    REFUSED(s, "set_secret", json("{'staff': %u, 'pin_hash': ''}", minh), FIELD_INVALID,
            "pin_hash");
    REFUSED(s, "set_secret", "{'staff': 9, 'pin_hash': '0102'}", NOT_FOUND, "staff");
    scenario_done(s, "set_secret", json("{'staff': %u, 'pin_hash': '0102'}", minh));
    assert_int_equal(generation(s, minh), before);
    scenario_done(s, "set_secret", json("{'staff': %u, 'password_hash': '0304'}", minh));
    assert_int_equal(generation(s, minh), before + 1);
    assert_true(member(s, minh)->has_password && member(s, minh)->has_pin);
    scenario_end(s);
}

static void signing_out_ends_tokens(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t before = generation(s, minh);
    scenario_done(s, "sign_out", json("{'staff': %u}", minh));
    assert_int_equal(generation(s, minh), before + 1);
    REFUSED(s, "sign_out", "{'staff': 9}", NOT_FOUND, "staff");
    scenario_done(s, "sign_out", "{'staff': 1}");
    scenario_end(s);
}

/* ---- who belongs to a branch ---- */

/* Lan sells at TD, the second branch. */
static uint32_t bound(struct scenario *s, Tefter__Role role)
{
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    return (uint32_t)scenario_done(s, "add_staff",
                                   json("{'login': 'lan', 'role': %d, 'branch': 2}", (int)role))
        ->id;
}

static void who_belongs_to_a_branch_writes_there_alone_and_looks_anywhere(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t lan = bound(s, TEFTER__ROLE__ROLE_SALES);
    uint32_t till = scenario_till(s);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'paint', 'price': 1000}");
    const char *sale =
        json("{'customer': %u, 'lines': [{'product_code': 'P', 'quantity': 1000}]}", anh);
    const char *money =
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 1, 'money_account': %u}", anh, till);
    scenario_as(s, lan); /* at the head office */
    const Tefter__Refusal *refusal = scenario_refused(
        s, "issue_invoice", sale, TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, NULL);
    assert_string_equal(refusal->branch, "TD");
    assert_int_equal(refusal->n_roles, 2); /* who may change that */
    REFUSED(s, "take_payment", money, STAFF_OF_OTHER_BRANCH, NULL);
    REFUSED(s, "open_customer", "{'name': 'x', 'phone': '1', 'area': 'y'}", STAFF_OF_OTHER_BRANCH,
            NULL);
    REFUSED(s, "match_items", json("{'customer': %u}", anh), STAFF_OF_OTHER_BRANCH, NULL);
    REFUSED(s, "reverse_document", "{'document': 1}", STAFF_OF_OTHER_BRANCH, NULL);
    assert_int_equal(scenario_account(s, anh)->balance_minor, 0);
    scenario_at(s, 2);
    scenario_done(s, "issue_invoice", sale);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 1);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", lan));
    scenario_as(s, lan);
    scenario_done(s, "issue_invoice", sale);
    scenario_at(s, 2);
    REFUSED(s, "issue_invoice", sale, STAFF_OF_OTHER_BRANCH, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 0}", lan));
    scenario_as(s, lan);
    scenario_done(s, "issue_invoice", sale);
    scenario_at(s, 1);
    scenario_done(s, "issue_invoice", sale);
    scenario_end(s);
}

/* An owner whom somebody bound to a branch without a device gets free again. */
static void a_bound_owner_frees_themselves(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 2}", ROLE_STAFF_OWNER));
    REFUSED(s, "set_credit_limit", json("{'customer': %u, 'terms': {'limit_minor': 5}}", anh),
            STAFF_OF_OTHER_BRANCH, NULL);
    scenario_done(s, "add_branch", "{'code': 'HP', 'name': 'Hai Phong'}");
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 0}", ROLE_STAFF_OWNER));
    scenario_sell(s, anh, 5);
    scenario_end(s);
}

/* Lan, manager of branch 2, at a device of branch 1; what there is of branch 1, 2 and of none. */
struct office {
    struct scenario *s;
    uint32_t lan, mine, theirs, nobodys;
    uint32_t device_mine, device_theirs, till_mine, till_theirs, bank;
};

static uint32_t made(struct scenario *s, const char *command, const char *body)
{
    return (uint32_t)scenario_done(s, command, body)->id;
}

static struct office office_begin(void)
{
    struct scenario *s = scenario_begin();
    struct office at = {.s = s, .lan = bound(s, TEFTER__ROLE__ROLE_MANAGER)};
    at.mine = made(s, "add_staff", "{'login': 'mai', 'role': 'SALES', 'branch': 2}");
    at.theirs = made(s, "add_staff", "{'login': 'tam', 'role': 'SALES', 'branch': 1}");
    at.nobodys = made(s, "add_staff", "{'login': 'bao', 'role': 'ACCOUNTANT'}");
    at.device_theirs = made(s, "add_terminal", "{'branch': 1, 'name': 'a'}");
    at.device_mine = made(s, "add_terminal", "{'branch': 2, 'name': 'b'}");
    at.till_theirs = made(s, "add_till", "{'branch': 1, 'name': 'box 1'}");
    at.till_mine = made(s, "add_till", "{'branch': 2, 'name': 'box 2'}");
    at.bank = scenario_bank(s);
    scenario_as(s, at.lan);
    return at;
}

#define BOUND(command, body, at_field) REFUSED(s, command, body, BOUND_TO_BRANCH, at_field)

static void who_belongs_to_a_branch_looks_after_its_people_alone(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    const Tefter__Refusal *refusal =
        scenario_refused(s, "change_staff", json("{'staff': %u, 'branch': 0}", at.lan),
                         TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH, "branch");
    assert_string_equal(refusal->branch, "TD");
    assert_int_equal(refusal->n_roles, 2);
    BOUND("change_staff", json("{'staff': %u, 'branch': 1}", at.lan), "branch");
    BOUND("change_staff", json("{'staff': %u, 'role': 'CONTROLLER'}", at.lan), "role");
    BOUND("change_staff", json("{'staff': %u, 'branch': 1}", at.mine), "branch");
    BOUND("change_staff", json("{'staff': %u, 'branch': 0}", at.mine), "branch");
    const uint32_t others[] = {at.theirs, at.nobodys, ROLE_STAFF_OWNER};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        BOUND("change_staff", json("{'staff': %u, 'blocked': true}", others[i]), "staff");
        BOUND("change_staff", json("{'staff': %u, 'branch': 2}", others[i]), "staff");
        BOUND("sign_out", json("{'staff': %u}", others[i]), "staff");
    }
    BOUND("add_staff", "{'login': 'x', 'role': 'SALES', 'branch': 1}", "branch");
    scenario_done(s, "change_staff", json("{'staff': %u, 'role': 'CONTROLLER'}", at.mine));
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': true}", at.mine));
    scenario_done(s, "change_staff", json("{'staff': %u, 'name': {'value': 'Lan'}}", at.lan));
    scenario_done(s, "sign_out", json("{'staff': %u}", at.mine));
    scenario_done(s, "sign_out", json("{'staff': %u}", at.lan));
    uint32_t fresh = made(s, "add_staff", "{'login': 'minh', 'role': 'SALES'}");
    const Tefter__StaffAnswer *staff = scenario_ask(s, "staff", "{}")->staff;
    assert_int_equal(staff->staff[fresh - 1]->branch, 2);
    scenario_end(s);
}

static void secrets_and_codes_are_held_to_the_branch_of_who_asks(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    const char *digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    scenario_as(s, 0); /* the server, which has it from Lan */
    const uint32_t others[] = {at.theirs, at.nobodys, ROLE_STAFF_OWNER};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        BOUND("set_secret", json("{'staff': %u, 'pin_hash': '01', 'by': %u}", others[i], at.lan),
              "staff");
    scenario_done(s, "set_secret",
                  json("{'staff': %u, 'pin_hash': '01', 'by': %u}", at.mine, at.lan));
    scenario_done(s, "set_secret",
                  json("{'staff': %u, 'pin_hash': '01', 'by': %u}", at.lan, at.lan));
    scenario_done(s, "set_secret",
                  json("{'staff': %u, 'pin_hash': '01', 'by': %u}", at.theirs, at.nobodys));
    BOUND("set_enrolment_code",
          json("{'terminal': %u, 'code_digest': '%s', 'expires_ms': 9, 'by': %u}", at.device_theirs,
               digest, at.lan),
          "terminal");
    scenario_done(s, "set_enrolment_code",
                  json("{'terminal': %u, 'code_digest': '%s', 'expires_ms': 9, 'by': %u}",
                       at.device_mine, digest, at.lan));
    scenario_done(
        s, "set_enrolment_code",
        json("{'terminal': %u, 'code_digest': '%s', 'expires_ms': 9}", at.device_theirs, digest));
    scenario_end(s);
}

static void who_belongs_to_a_branch_looks_after_its_devices_and_tills_alone(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    BOUND("add_terminal", "{'branch': 1, 'name': 'x'}", "branch");
    BOUND("change_terminal", json("{'terminal': %u, 'blocked': true}", at.device_theirs),
          "terminal");
    BOUND("change_terminal", json("{'terminal': %u, 'branch': 2}", at.device_theirs), "terminal");
    BOUND("change_terminal", json("{'terminal': %u, 'branch': 1}", at.device_mine), "branch");
    BOUND("add_branch", "{'code': 'HP', 'name': 'x'}", "branch");
    BOUND("change_branch", "{'branch': 1, 'blocked': true}", "branch");
    BOUND("turn_back_day", "{'branch': 1, 'date': 5}", "branch");
    BOUND("set_workdays", "{'branch': 1, 'weekend': 64}", "branch");
    BOUND("add_till", "{'branch': 1, 'name': 'x'}", "branch");
    BOUND("add_bank_account", "{'name': 'x', 'number': '7'}", "bank_account");
    BOUND("add_pos_device", json("{'branch': 1, 'name': 'x', 'bank_account': %u}", at.bank),
          "branch");
    BOUND("retire_money_account", json("{'money_account': %u, 'retired': true}", at.till_theirs),
          "money_account");
    BOUND("retire_money_account", json("{'money_account': %u, 'retired': true}", at.bank),
          "money_account");
    BOUND("set_thresholds",
          "{'thresholds': [{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 5}]}", "thresholds");
    BOUND("set_cash_policy", "{'unit_minor': 5}", "policy");
    scenario_end(s);
}

/* A limit for everybody, a price or a group's terms hold in branches that are not theirs. */
static void who_belongs_to_a_branch_sets_nothing_for_all_branches(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    scenario_as(s, ROLE_STAFF_OWNER);
    uint32_t product = made(s, "add_product", "{'code': 'A1', 'name': 'Sand', 'price': 5}");
    uint32_t group = made(s, "add_group", "{'dimension': 'area', 'name': 'Harbour'}");
    uint32_t customer = made(s, "open_customer", "{'name': 'Anh', 'phone': '1', 'area': 'x'}");
    (void)made(s, "add_price_list", "{'code': 'ALL', 'name': 'All'}");
    (void)made(s, "add_price_list", "{'code': 'HQ', 'name': 'HQ', 'branches': [1]}");
    (void)made(s, "add_price_list", "{'code': 'MINE', 'name': 'TD', 'branches': [2]}");
    scenario_as(s, at.lan);
    scenario_at(s, 2);
    BOUND("set_credit_policy", "{'terms': {'unlimited': true}}", "policy");
    BOUND("set_credit_policy", "{'terms': {}, 'term_days': 1}", "policy");
    BOUND("erase_customer", json("{'customer': %u}", customer), "customer");
    BOUND("change_product", json("{'product': %u, 'price': 1}", product), "product");
    BOUND("change_product", json("{'product': %u, 'retired': true}", product), "product");
    BOUND("change_group", json("{'group': %u, 'limit': {'limit_minor': 9}}", group), "group");
    BOUND("add_group", "{'dimension': 'area', 'name': 'Hill', 'term_days': 9}", "group");
    BOUND("set_cycle", json("{'group': %u, 'cycle': {'kind': 'CYCLE_NONE'}}", group), "group");
    BOUND("set_cycle", "{'cycle': {'kind': 'CYCLE_NONE'}}", "cycle");
    BOUND("add_price_list", "{'code': 'X', 'name': 'x'}", "branches");
    BOUND("add_price_list", "{'code': 'X', 'name': 'x', 'branches': [1]}", "branches");
    BOUND("add_price_list", "{'code': 'X', 'name': 'x', 'branches': [1, 2]}", "branches");
    BOUND("change_price_list", "{'list': 'ALL', 'branches': [2]}", "branches");
    BOUND("change_price_list", "{'list': 'MINE', 'all_branches': true}", "branches");
    BOUND("set_prices", "{'list': 'HQ', 'prices': [{'product_code': 'A1', 'price': 3}]}",
          "branches");
    scenario_done(s, "set_prices",
                  "{'list': 'MINE', 'prices': [{'product_code': 'A1', 'price': 3}]}");
    scenario_done(s, "change_price_list", "{'list': 'MINE', 'name': 'Ours'}");
    (void)made(s, "add_price_list", "{'code': 'OURS', 'name': 'x', 'branches': [2]}");
    BOUND("add_group", "{'dimension': 'area', 'name': 'Hill'}", "group");
    BOUND("add_product", "{'code': 'B1', 'name': 'Lime'}", "product");
    scenario_end(s);
}

/* What holds for a customer wherever they buy: of one whom that branch opened. */
struct served {
    uint32_t theirs, theirs_too, mine, mine_too, payer, group;
};

static struct served served_begin(const struct office *at)
{
    struct scenario *s = at->s;
    struct served served = {0};
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 1);
    served.theirs = scenario_customer(s, "Anh", 1000);
    served.theirs_too = scenario_customer(s, "Anh & son", 1000);
    served.group = made(s, "add_group", "{'dimension': 'area', 'name': 'Harbour'}");
    scenario_at(s, 2);
    served.mine = scenario_customer(s, "Hoa", 1000);
    served.mine_too = scenario_customer(s, "Hoa & son", 1000);
    served.payer = scenario_customer(s, "Hoa & daughters", 1000);
    scenario_as(s, at->lan);
    scenario_at(s, 2);
    return served;
}

static const struct {
    const char *command;
    const char *format; /* %u: of whom */
} of_customers[] = {
    {"set_credit_limit", "{'customer': %u, 'terms': {'limit_minor': 5}}"},
    {"change_customer", "{'customer': %u, 'term_days': 1}"},
    {"change_customer", "{'customer': %u, 'clear': ['TERM_DAYS']}"},
    {"change_customer", "{'customer': %u, 'buyers_only': true}"},
    {"change_customer", "{'customer': %u, 'no_debt_on_slips': true}"},
    {"lock_customer", "{'customer': %u, 'reason': 'x'}"},
    {"unlock_customer", "{'customer': %u}"},
    {"join_group", "{'customer': %u, 'group': 1}"},
    {"leave_group", "{'customer': %u, 'group': 1}"},
};

static const char *of_one(size_t i, uint32_t customer)
{
    const char *format = of_customers[i].format;
    const char *at = strstr(format, "%u");
    return json("%.*s%u%s", (int)(at - format), format, customer, at + 2);
}

static void who_belongs_to_a_branch_sets_what_holds_for_its_customers_alone(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    struct served served = served_begin(&at);
    for (size_t i = 0; i < sizeof of_customers / sizeof of_customers[0]; i++)
        BOUND(of_customers[i].command, of_one(i, served.theirs), "customer");
    BOUND("erase_customer", json("{'customer': %u}", served.theirs), "customer");
    const char *anhs =
        json("{'customer': %u, 'into': %u, 'reason': 'x'}", served.theirs, served.mine);
    BOUND("merge_customers", anhs, "customer");
    BOUND("merge_customers",
          json("{'customer': %u, 'into': %u, 'reason': 'x'}", served.mine, served.theirs), "into");
    const Tefter__Refusal *looked = scenario_ask_refused(
        s, "merge_preview", json("{'customer': %u, 'into': %u}", served.theirs, served.mine),
        TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH);
    assert_string_equal(looked->branch, "TD");
    BOUND("set_payer", json("{'customer': %u, 'payer': %u}", served.theirs, served.mine),
          "customer");
    BOUND("set_payer", json("{'customer': %u, 'payer': %u}", served.mine, served.theirs), "payer");
    BOUND("open_customer",
          json("{'name': 'x', 'phone': '1', 'area': 'x', 'payer': %u}", served.theirs), "payer");
    for (size_t i = 0; i < sizeof of_customers / sizeof of_customers[0]; i++)
        scenario_done(s, of_customers[i].command, of_one(i, served.mine));
    scenario_done(
        s, "merge_customers",
        json("{'customer': %u, 'into': %u, 'reason': 'x'}", served.mine_too, served.mine));
    scenario_done(s, "undo_merge", json("{'customer': %u}", served.mine_too));
    scenario_done(s, "set_payer",
                  json("{'customer': %u, 'payer': %u}", served.mine_too, served.payer));
    (void)made(s, "open_customer",
               json("{'name': 'x', 'phone': '1', 'area': 'x', 'groups': [%u], 'payer': %u}",
                    served.group, served.payer));
    scenario_done(s, "erase_customer", json("{'customer': %u}", served.mine));
    scenario_end(s);
}

/* ... and whoever comes is served: what they are called, who fetches, what is noted of them. */
static void they_sell_to_and_take_money_of_any(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    struct served served = served_begin(&at);
    scenario_sell(s, served.theirs, 500);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 500, 'money_account': %u}",
                       served.theirs, at.till_mine));
    scenario_done(s, "change_customer",
                  json("{'customer': %u, 'phone': {'value': '0905'}}", served.theirs));
    scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Son'}", served.theirs));
    scenario_done(s, "add_note",
                  json("{'customer': %u, 'text': 'x', 'kind': 'NOTE_CALL', 'result': "
                       "'CALL_NO_ANSWER'}",
                       served.theirs));
    scenario_end(s);
}

static void a_report_of_another_branchs_people_stays(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    scenario_as(s, ROLE_STAFF_OWNER);
    const char *report = "{'name': 'week', 'shared': true, 'what': {'source': 'REPORT_DOCUMENTS', "
                         "'by': ['BY_BRANCH']}}";
    uint64_t theirs = scenario_done(s, "save_report", report)->id;
    scenario_done(s, "change_staff",
                  json("{'staff': %u, 'role': 'CONTROLLER', 'branch': 2}", at.mine));
    scenario_as(s, at.mine);
    scenario_at(s, 2);
    uint64_t mine = scenario_done(s, "save_report", report)->id;
    scenario_as(s, at.lan);
    BOUND("remove_report", json("{'report': %llu}", (unsigned long long)theirs), "report");
    scenario_done(s, "remove_report", json("{'report': %llu}", (unsigned long long)mine));
    scenario_end(s);
}

static void before_rules_7_they_set_limits_of_any(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(6);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t lan = bound(s, TEFTER__ROLE__ROLE_MANAGER);
    scenario_as(s, lan);
    scenario_at(s, 2);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 5}}", anh));
    scenario_done(s, "lock_customer", json("{'customer': %u, 'reason': 'x'}", anh));
    (void)made(s, "add_group", "{'dimension': 'area', 'name': 'Hill'}");
    (void)made(s, "add_product", "{'code': 'B1', 'name': 'Lime'}");
    BOUND("erase_customer", json("{'customer': %u}", anh), "customer");
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 7}");
    scenario_as(s, lan);
    BOUND("unlock_customer", json("{'customer': %u}", anh), "customer");
    scenario_end(s);
}

static void who_belongs_to_a_branch_makes_what_is_of_their_branch(void **state)
{
    (void)state;
    struct office at = office_begin();
    struct scenario *s = at.s;
    (void)made(s, "add_terminal", "{'branch': 2, 'name': 'x'}");
    scenario_done(s, "change_terminal", json("{'terminal': %u, 'blocked': true}", at.device_mine));
    scenario_done(s, "change_branch", "{'branch': 2, 'phone': '1'}");
    (void)made(s, "add_till", "{'branch': 2, 'name': 'x'}");
    (void)made(s, "add_pos_device",
               json("{'branch': 2, 'name': 'y', 'bank_account': %u}", at.bank));
    scenario_done(s, "retire_money_account",
                  json("{'money_account': %u, 'retired': true}", at.till_mine));
    scenario_end(s);
}

/* Each of administration says here what holds it to a branch. */
static void no_command_of_administration_is_forgotten(void **state)
{
    (void)state;
    static const char *const held[] = {
        "add_branch",     "change_branch",    "turn_back_day",  "add_staff",
        "change_staff",   "sign_out",         "add_terminal",   "change_terminal",
        "add_till",       "add_bank_account", "add_pos_device", "retire_money_account",
        "set_thresholds", "set_cash_policy",  "apply_offers",   "decline_offer",
        "close_recovery", "erase_customer",   "set_workdays",
    };
    static const struct {
        const char *name;
        Tefter__Right right;
    } all[] = {
#define COMMAND(KIND, name, Type, RIGHT) {#name, TEFTER__RIGHT__RIGHT_##RIGHT},
#include "ledger/commands.def"
#undef COMMAND
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        bool administers = all[i].right == TEFTER__RIGHT__RIGHT_EDIT_STAFF ||
                           all[i].right == TEFTER__RIGHT__RIGHT_EDIT_BRANCHES ||
                           all[i].right == TEFTER__RIGHT__RIGHT_EDIT_TERMINALS;
        bool listed = false;
        for (size_t k = 0; k < sizeof held / sizeof held[0]; k++)
            listed |= strcmp(held[k], all[i].name) == 0;
        if (administers != listed)
            fail_msg("%s: whose branch is it of? (staff_check_office)", all[i].name);
    }
}

static void before_rules_6_a_bound_manager_administers_anywhere(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(5);
    uint32_t lan = bound(s, TEFTER__ROLE__ROLE_MANAGER);
    scenario_as(s, lan);
    scenario_done(s, "add_staff", "{'login': 'minh', 'role': 'SALES'}");
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 6}");
    scenario_as(s, lan);
    REFUSED(s, "change_staff", json("{'staff': %u, 'branch': 0}", lan), BOUND_TO_BRANCH, "branch");
    scenario_end(s);
}

static void in_an_old_ledger_the_branch_of_a_person_binds_nobody(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t lan = bound(s, TEFTER__ROLE__ROLE_MANAGER);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_as(s, lan);
    scenario_sell(s, anh, 5);
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 5}");
    scenario_as(s, lan);
    REFUSED(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}", anh),
        STAFF_OF_OTHER_BRANCH, NULL);
    scenario_end(s);
}

/* Hung, of HP, at the device of HP; the papers are TD's. */
struct papers {
    uint32_t hung, anh, binh, till, bank, device;
    unsigned long long bill, cash, slip, match, too_much, move;
};

static struct papers papers_of_another_branch(struct scenario *s)
{
    struct papers papers = {.anh = scenario_customer(s, "Anh", 100000)};
    uint32_t bank = papers.bank = scenario_bank(s);
    papers.binh = scenario_customer(s, "Binh", 0);
    (void)bound(s, TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "add_branch", "{'code': 'HP', 'name': 'Hai Phong'}");
    papers.device =
        (uint32_t)scenario_done(s, "add_pos_device",
                                json("{'branch': 2, 'name': 'POS', 'bank_account': %u}", bank))
            ->id;
    papers.till = (uint32_t)scenario_done(s, "add_till", "{'branch': 2, 'name': 'drawer'}")->id;
    papers.hung =
        (uint32_t)scenario_done(s, "add_staff", "{'login': 'hung', 'role': 'MANAGER', 'branch': 3}")
            ->id;
    scenario_at(s, 2);
    papers.bill = scenario_sell(s, papers.anh, 500)->id;
    papers.cash = scenario_done(s, "take_payment",
                                json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, "
                                     "'money_account': %u}",
                                     papers.anh, papers.till))
                      ->id;
    papers.slip = scenario_done(s, "take_payment",
                                json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 50, "
                                     "'money_account': %u, 'reference': 'S1', 'payer': 'Anh'}",
                                     papers.anh, bank))
                      ->id;
    papers.match = scenario_done(s, "match_items",
                                 json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': "
                                      "%llu}]}",
                                      papers.anh, papers.bill, papers.cash))
                       ->match;
    papers.too_much = scenario_done(s, "take_payment",
                                    json("{'customer': %u, 'kind': 'POS', 'amount_minor': 30, "
                                         "'money_account': %u, 'reference': 'A1'}",
                                         papers.binh, papers.device))
                          ->id;
    papers.move =
        scenario_done(s, "move_money",
                      json("{'from': %u, 'to': %u, 'amount_minor': 20}", papers.till, bank))
            ->id;
    scenario_as(s, papers.hung);
    scenario_at(s, 3);
    return papers;
}

static const char *correct_money(const struct papers *papers)
{
    return json("{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', 'amount_minor': 90, "
                "'money_account': %u, 'customer': %u}}",
                papers->cash, papers->till, papers->anh);
}

static const char *correct_bill(const struct papers *papers)
{
    return json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': [{'text': "
                "'a', 'quantity': 1000, 'price': 400000}]}}",
                papers->bill, papers->anh);
}

static const char *credit_bill(const struct papers *papers)
{
    return json("{'invoice': %llu, 'reason': 'x'}", papers->bill);
}

static const char *match_both(const struct papers *papers)
{
    return json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", papers->anh,
                papers->bill, papers->slip);
}

static const char *undo_it(const struct papers *papers)
{
    return json("{'customer': %u, 'match': %llu}", papers->anh, papers->match);
}

static const char *slip_came(const struct papers *papers)
{
    return json("{'payment': %llu, 'confirmed': true}", papers->slip);
}

static const char *reverse_cash(const struct papers *papers)
{
    return json("{'document': %llu, 'reason': 'x'}", papers->cash);
}

/* The second customer owes nothing. */
static const char *refund_cash(const struct papers *papers)
{
    return json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'reason': 'x', "
                "'credits': [%llu]}",
                papers->binh, papers->bank, papers->too_much);
}

static const char *empty_device(const struct papers *papers)
{
    return json("{'from': %u, 'to': %u, 'amount_minor': 30}", papers->device, papers->bank);
}

static const char *move_came(const struct papers *papers)
{
    return json("{'move': %llu}", papers->move);
}

/* Each command there is, and how it would touch a paper of TD; NULL: it touches none that is
 * written. What pays at one's own branch may be for any bill. */
static const struct {
    const char *command;
    const char *field;
    const char *(*said)(const struct papers *papers);
} touches[] = {
    {"issue_credit_note", "invoice", credit_bill},
    {"match_items", "document", match_both},
    {"undo_match", "document", undo_it},
    {"confirm_payment", "payment", slip_came},
    {"reverse_document", "document", reverse_cash},
    {"correct_invoice", "document", correct_bill},
    {"correct_payment", "document", correct_money},
    {"refund_money", "credits", refund_cash},
    {"move_money", "from", empty_device},
    {"confirm_move", "move", move_came},
};

/* They write none: what is there about people, terms, goods and money accounts; what is new; and
 * the server's own. An approval is for a sale that is not written yet. */
static const char *const touch_none[] = {
    "create_company",
    "adopt_rules_version",
    "turn_day",
    "turn_back_day",
    "step_job",
    "add_branch",
    "change_branch",
    "add_staff",
    "change_staff",
    "set_secret",
    "add_terminal",
    "change_terminal",
    "set_enrolment_code",
    "enrol_terminal",
    "renew_terminal",
    "sign_out",
    "open_customer",
    "change_customer",
    "lock_customer",
    "unlock_customer",
    "add_group",
    "change_group",
    "join_group",
    "leave_group",
    "authorise_buyer",
    "revoke_buyer",
    "set_buyer_pin",
    "add_product",
    "change_product",
    "add_till",
    "add_bank_account",
    "add_pos_device",
    "retire_money_account",
    "set_credit_limit",
    "set_credit_policy",
    "ask_approval",
    "decide_approval",
    "issue_invoice",
    "take_payment",
    "begin_recovery",
    "stage_offer",
    "report_offers",
    "recall_next",
    "apply_offers",
    "decline_offer",
    "close_recovery",
    "alarm_terminal",
    "set_thresholds",
    "sell_paid",
    "set_cash_policy",
    "put_cash",
    "open_till",
    "count_till",
    "close_till",
    "set_payer",
    "add_price_list",
    "change_price_list",
    "set_prices",
    "add_note",
    "change_note",
    "merge_customers",
    "undo_merge",
    "erase_customer",
    "save_report",
    "remove_report",
    "set_cycle",
    "set_workdays",
    "make_statement",
};

static const char *const all_commands[] = {
#define COMMAND(KIND, name, Type, RIGHT) #name,
#include "ledger/commands.def"
};

static bool touches_none(const char *command)
{
    for (size_t i = 0; i < sizeof touch_none / sizeof touch_none[0]; i++)
        if (strcmp(touch_none[i], command) == 0)
            return true;
    return false;
}

static void no_command_touches_a_paper_of_another_branch(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct papers papers = papers_of_another_branch(s);
    for (size_t i = 0; i < sizeof all_commands / sizeof all_commands[0]; i++) {
        size_t at = 0;
        size_t count = sizeof touches / sizeof touches[0];
        while (at < count && strcmp(touches[at].command, all_commands[i]) != 0)
            at++;
        if (at == count && !touches_none(all_commands[i]))
            fail_msg("%s: does it touch a paper of another branch? Say so here", all_commands[i]);
        if (at < count)
            scenario_refused(s, touches[at].command, touches[at].said(&papers),
                             TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, touches[at].field);
    }
    /* and who belongs to no branch does each of them, in an order in which they can be done */
    static const size_t order[] = {2, 1, 3, 8, 9, 7};
    scenario_as(s, 0);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        scenario_done(s, touches[order[i]].command, touches[order[i]].said(&papers));
    scenario_end(s);
}

static void money_of_ones_own_branch_pays_any_bill(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct papers papers = papers_of_another_branch(s);
    scenario_as(s, ROLE_STAFF_OWNER);
    uint32_t till = (uint32_t)scenario_done(s, "add_till", "{'branch': 3, 'name': 'drawer'}")->id;
    scenario_as(s, papers.hung);
    scenario_at(s, 3);
    const char *cash = json("'customer': %u, 'kind': 'CASH', 'amount_minor': 10, "
                            "'money_account': %u",
                            papers.anh, till);
    scenario_done(s, "take_payment", json("{%s, 'bills': [{'bill': %llu}]}", cash, papers.bill));
    uint64_t later = scenario_done(s, "take_payment", json("{%s}", cash))->id;
    scenario_done(s, "match_items",
                  json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", papers.anh,
                       papers.bill, (unsigned long long)later));
    /* a credit note of one's own is for one's own bills */
    uint64_t note = scenario_done(s, "issue_credit_note",
                                  json("{'customer': %u, 'reason': 'x', 'lines': [{'text': 'a', "
                                       "'quantity': 1000, 'price': 5000}]}",
                                       papers.anh))
                        ->id;
    REFUSED(s, "match_items",
            json("{'customer': %u, 'parts': [{'debit': %llu, 'credit': %llu}]}", papers.anh,
                 papers.bill, (unsigned long long)note),
            STAFF_OF_OTHER_BRANCH, "document");
    scenario_end(s);
}

static void who_belongs_to_a_branch_takes_back_corrects_and_credits_its_papers_alone(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct papers papers = papers_of_another_branch(s);
    const char *reverse = json("{'document': %llu, 'reason': 'x'}", papers.cash);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "reverse_document", reverse, TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, "document");
    assert_string_equal(refusal->branch, "HP"); /* theirs, and not the paper's */
    assert_int_equal(refusal->n_roles, 2);
    REFUSED(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", papers.bill),
            STAFF_OF_OTHER_BRANCH, "document");
    REFUSED(s, "correct_payment", correct_money(&papers), STAFF_OF_OTHER_BRANCH, "document");
    REFUSED(s, "correct_invoice", correct_bill(&papers), STAFF_OF_OTHER_BRANCH, "document");
    REFUSED(s, "issue_credit_note", json("{'invoice': %llu}", papers.bill), STAFF_OF_OTHER_BRANCH,
            "invoice");
    REFUSED(s, "confirm_payment",
            json("{'payment': %llu, 'confirmed': false, 'reason': 'x'}", papers.slip),
            STAFF_OF_OTHER_BRANCH, "payment");
    assert_int_equal(scenario_account(s, papers.anh)->balance_minor, 350);
    uint64_t own = scenario_sell(s, papers.anh, 7)->id;
    scenario_done(s, "issue_credit_note", json("{'invoice': %llu}", (unsigned long long)own));
    scenario_end(s);
}

static void
who_belongs_to_none_does_so_everywhere_and_so_does_who_is_of_the_papers_branch(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct papers papers = papers_of_another_branch(s);
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "correct_payment", correct_money(&papers));
    scenario_done(s, "issue_credit_note", json("{'invoice': %llu}", papers.bill));
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 2}", papers.hung));
    scenario_as(s, papers.hung);
    scenario_at(s, 2);
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': false, 'reason': 'x'}", papers.slip));
    scenario_end(s);
}

static void in_an_old_ledger_the_branch_of_a_person_binds_no_paper(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    struct papers papers = papers_of_another_branch(s);
    scenario_done(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", papers.cash));
    scenario_done(s, "issue_credit_note", json("{'invoice': %llu}", papers.bill));
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_company_is_founded_once),
        cmocka_unit_test(a_founding_with_a_mistake_is_refused_at_the_first_one),
        cmocka_unit_test(a_company_keeps_what_it_was_founded_with),
        cmocka_unit_test(each_role_may_what_the_table_says),
        cmocka_unit_test(who_may_not_is_told_which_right_and_who_has_it),
        cmocka_unit_test(nobody_logged_in_may_nothing_and_neither_may_who_is_blocked),
        cmocka_unit_test(a_login_names_one_person),
        cmocka_unit_test(a_login_is_plain_and_looks_like_no_other),
        cmocka_unit_test(a_person_changes_and_may_be_anywhere_again),
        cmocka_unit_test(another_role_or_a_block_ends_what_he_was_logged_in_with),
        cmocka_unit_test(only_an_owner_makes_or_changes_an_owner),
        cmocka_unit_test(the_last_owner_stays_an_owner_and_unblocked),
        cmocka_unit_test(only_the_server_keeps_secrets_and_a_new_password_ends_tokens),
        cmocka_unit_test(signing_out_ends_tokens),
        cmocka_unit_test(who_belongs_to_a_branch_writes_there_alone_and_looks_anywhere),
        cmocka_unit_test(a_bound_owner_frees_themselves),
        cmocka_unit_test(who_belongs_to_a_branch_looks_after_its_people_alone),
        cmocka_unit_test(secrets_and_codes_are_held_to_the_branch_of_who_asks),
        cmocka_unit_test(who_belongs_to_a_branch_looks_after_its_devices_and_tills_alone),
        cmocka_unit_test(who_belongs_to_a_branch_sets_nothing_for_all_branches),
        cmocka_unit_test(who_belongs_to_a_branch_sets_what_holds_for_its_customers_alone),
        cmocka_unit_test(they_sell_to_and_take_money_of_any),
        cmocka_unit_test(a_report_of_another_branchs_people_stays),
        cmocka_unit_test(before_rules_7_they_set_limits_of_any),
        cmocka_unit_test(who_belongs_to_a_branch_makes_what_is_of_their_branch),
        cmocka_unit_test(no_command_of_administration_is_forgotten),
        cmocka_unit_test(before_rules_6_a_bound_manager_administers_anywhere),
        cmocka_unit_test(in_an_old_ledger_the_branch_of_a_person_binds_nobody),
        cmocka_unit_test(who_belongs_to_a_branch_takes_back_corrects_and_credits_its_papers_alone),
        cmocka_unit_test(no_command_touches_a_paper_of_another_branch),
        cmocka_unit_test(money_of_ones_own_branch_pays_any_bill),
        cmocka_unit_test(
            who_belongs_to_none_does_so_everywhere_and_so_does_who_is_of_the_papers_branch),
        cmocka_unit_test(in_an_old_ledger_the_branch_of_a_person_binds_no_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

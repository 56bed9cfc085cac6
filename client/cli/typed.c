/*
 * What people type → fields of a message. References are looked up: a customer by code or number,
 * a branch by code, a till by name.
 */
#include "base/date.h"
#include "base/fold.h"
#include "cli/cli.h"
#include "wire/message.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool bad(struct run *run, const char *text, const char *why)
{
    (void)run_say_typed(run, text, run_word(run, why));
    return false;
}

/* ---- plain values ---- */

bool typed_amount(struct run *run, const char *text, int64_t *ret_amount_minor)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong = amount_read(text, run_currency(run), ret_amount_minor, why);
    return wrong == NULL || bad(run, text, wrong);
}

static bool whole_number(const char *text, int64_t *ret_number)
{
    char *end = NULL;
    long long number = strtoll(text, &end, 10);
    *ret_number = number;
    return end != text && *end == '\0' && strlen(text) < 19;
}

bool typed_date(struct run *run, const char *text, uint32_t *ret_date)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong =
        date_typed(text, run_today(run), run->habits.habit, run->language, ret_date, why);
    return wrong == NULL || bad(run, text, wrong);
}

bool typed_percent(struct run *run, const char *text, uint32_t *ret_bp)
{
    const char *wrong = percent_read(text, ret_bp);
    return wrong == NULL || bad(run, text, wrong);
}

/* ---- lists that give names ---- */

static const Tefter__Answer *ask_list(struct run *run, const char *name)
{
    Tefter__Query *query = (Tefter__Query *)message_new(&tefter__query__descriptor, &run->arena);
    need(query != NULL && member_make(&query->base, name, &run->arena) != NULL);
    return run_whole(run, query, NULL);
}

static const Tefter__BranchesAnswer *branches(struct run *run)
{
    const Tefter__Answer *answer = run->branches != NULL ? NULL : ask_list(run, "branches");
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_BRANCHES)
        run->branches = answer->branches;
    return run->branches;
}

static const Tefter__StaffAnswer *staff(struct run *run)
{
    const Tefter__Answer *answer = run->staff != NULL ? NULL : ask_list(run, "staff");
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_STAFF)
        run->staff = answer->staff;
    return run->staff;
}

const Tefter__GroupsAnswer *groups_all(struct run *run)
{
    const Tefter__Answer *answer = run->groups != NULL ? NULL : ask_list(run, "groups");
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_GROUPS)
        run->groups = answer->groups;
    return run->groups;
}

static const Tefter__MoneyAccountsAnswer *places(struct run *run)
{
    const Tefter__Answer *answer = run->places != NULL ? NULL : ask_list(run, "money_accounts");
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_MONEY_ACCOUNTS)
        run->places = answer->money_accounts;
    return run->places;
}

static const char *number_name(struct run *run, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "#%" PRIu32, number);
    return arena_text(&run->arena, text, strlen(text));
}

const Tefter__BranchRecord *branch_row(struct run *run, uint32_t branch)
{
    const Tefter__BranchesAnswer *list = branches(run);
    for (size_t i = 0; list != NULL && i < list->n_branches; i++) {
        if (list->branches[i]->branch == branch)
            return list->branches[i];
    }
    return NULL;
}

const char *branch_code(struct run *run, uint32_t branch)
{
    if (branch == 0) /* of totals */
        return run_word(run, N_("company"));
    const Tefter__BranchRecord *row = branch_row(run, branch);
    return row != NULL ? row->code : number_name(run, branch);
}

const char *staff_login(struct run *run, uint32_t number)
{
    const Tefter__StaffAnswer *list = staff(run);
    for (size_t i = 0; list != NULL && i < list->n_staff; i++) {
        if (list->staff[i]->staff == number)
            return list->staff[i]->login;
    }
    return number_name(run, number);
}

const Tefter__MoneyAccountRecord *place_row(struct run *run, uint32_t place)
{
    const Tefter__MoneyAccountsAnswer *list = places(run);
    for (size_t i = 0; list != NULL && i < list->n_money_accounts; i++) {
        if (list->money_accounts[i]->money_account == place)
            return list->money_accounts[i];
    }
    return NULL;
}

const char *place_name(struct run *run, uint32_t place)
{
    const Tefter__MoneyAccountRecord *row = place_row(run, place);
    return row != NULL ? row->name : number_name(run, place);
}

/* ---- names of customers ---- */

static const Tefter__Answer *look_customer(struct run *run, const char *code, uint32_t number)
{
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    card.code = (char *)(uintptr_t)code;
    card.has_customer = code == NULL;
    card.customer = number;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    return run_look(run, &query);
}

/* Asked for one by one; a long list of many customers keeps the rest as numbers. */
enum { NAMES_MAX = 500 };

struct customer_names {
    size_t count;
    struct {
        uint32_t customer;
        const char *name;
    } known[NAMES_MAX];
};

static const char *ask_name(struct run *run, uint32_t customer)
{
    char name[CELL_MAX];
    const Tefter__Answer *answer = look_customer(run, NULL, customer);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD)
        return number_name(run, customer);
    const Tefter__CustomerRow *row = answer->customer_card->row;
    (void)snprintf(name, sizeof(name), "%s %s", row->code, text_of(row->name));
    return arena_text(&run->arena, name, strlen(name));
}

const char *customer_name(struct run *run, uint32_t customer)
{
    if (run->customers == NULL)
        run->customers = arena_zero(&run->arena, sizeof(*run->customers));
    struct customer_names *names = run->customers;
    need(names != NULL);
    for (size_t i = 0; i < names->count; i++) {
        if (names->known[i].customer == customer)
            return names->known[i].name;
    }
    if (names->count == NAMES_MAX)
        return number_name(run, customer);
    names->known[names->count].customer = customer;
    names->known[names->count].name = ask_name(run, customer);
    return names->known[names->count++].name;
}

/* ---- references ---- */

/* "#17" is the number surely; "17" is it when nothing is called so. */
static const char *number_part(const char *text)
{
    return text[0] == '#' ? text + 1 : text;
}

static bool as_number(const char *text, uint64_t *ret_id)
{
    int64_t number = 0;
    bool good = whole_number(number_part(text), &number) && number > 0;
    *ret_id = (uint64_t)number;
    return good;
}

static const char *cut(const char *text, char out[CELL_MAX])
{
    (void)snprintf(out, CELL_MAX, "%.80s%s", text, strlen(text) > 80 ? "..." : "");
    return out;
}

static bool not_found(struct run *run, const char *what, const char *text, const char *list)
{
    if (run->exit_code == EXIT_DONE)
        (void)run_say(run, EXIT_REFUSED, N_("There is no {what} \"{typed}\". See: tefter {list}"),
                      "what", run_word(run, what), "typed", cut(text, CELL), "list", list, NULL);
    return false;
}

static bool branch_id(struct run *run, const char *text, uint64_t *ret_id)
{
    const Tefter__BranchesAnswer *list = branches(run);
    for (size_t i = 0; list != NULL && i < list->n_branches; i++) {
        if (fold_same(list->branches[i]->code, text)) {
            *ret_id = list->branches[i]->branch;
            return true;
        }
    }
    return as_number(text, ret_id) || not_found(run, N_("branch"), text, "branch list");
}

static bool staff_id(struct run *run, const char *text, uint64_t *ret_id)
{
    const Tefter__StaffAnswer *list = staff(run);
    for (size_t i = 0; list != NULL && i < list->n_staff; i++) {
        if (fold_same(list->staff[i]->login, text)) {
            *ret_id = list->staff[i]->staff;
            return true;
        }
    }
    return as_number(text, ret_id) || not_found(run, N_("person"), text, "staff list");
}

/* "gold" or "tier/gold"; a name that two dimensions have must say which. */
static bool group_is(const Tefter__GroupRecord *group, const char *text)
{
    const char *slash = strchr(text, '/');
    if (slash == NULL)
        return fold_same(group->name, text);
    char dimension[CELL_MAX];
    (void)snprintf(dimension, sizeof(dimension), "%.*s", (int)(slash - text), text);
    return fold_same(group->dimension, dimension) && fold_same(group->name, slash + 1);
}

static bool group_id(struct run *run, const char *text, uint64_t *ret_id)
{
    const Tefter__GroupsAnswer *list = groups_all(run);
    size_t found = 0;
    for (size_t i = 0; list != NULL && i < list->n_groups; i++) {
        if (!group_is(list->groups[i], text))
            continue;
        *ret_id = list->groups[i]->group;
        found++;
    }
    if (found > 1)
        return bad(run, text, N_("Several groups have this name: write DIMENSION/NAME."));
    return found == 1 || as_number(text, ret_id) || not_found(run, N_("group"), text, "group list");
}

static bool place_id(struct run *run, const char *text, uint64_t *ret_id)
{
    const Tefter__MoneyAccountsAnswer *list = places(run);
    size_t found = 0;
    for (size_t i = 0; list != NULL && i < list->n_money_accounts; i++) {
        const Tefter__MoneyAccountRecord *place = list->money_accounts[i];
        bool named = fold_same(place->name, text) ||
                     (place->number != NULL && fold_same(place->number, text));
        if (!named || place->retired)
            continue;
        *ret_id = place->money_account;
        found++;
    }
    if (found > 1)
        return bad(run, text, N_("Several places have this name: give the number instead."));
    return found == 1 || as_number(text, ret_id) ||
           not_found(run, N_("till, account or device"), text, "till list");
}

static bool terminal_id(struct run *run, const char *text, uint64_t *ret_id)
{
    if (as_number(text, ret_id))
        return true;
    const Tefter__Answer *answer = ask_list(run, "terminals");
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_TERMINALS)
        return false;
    for (size_t i = 0; i < answer->terminals->n_terminals; i++) {
        if (fold_same(answer->terminals->terminals[i]->name, text)) {
            *ret_id = answer->terminals->terminals[i]->terminal;
            return true;
        }
    }
    return not_found(run, N_("terminal"), text, "terminal list");
}

static bool is_absent(const Tefter__Answer *answer)
{
    return answer->kind_case == TEFTER__ANSWER__KIND_REFUSED &&
           (answer->refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND ||
            answer->refused->code ==
                TEFTER__REFUSAL_CODE__TEXT_INVALID || /* too long for any code */
            answer->refused->code == TEFTER__REFUSAL_CODE__UNREADABLE);
}

/* "7" is a code and nothing else: were it a number too, whoever gets that code one day would take
 * its place. */
static bool no_such_code(struct run *run, const char *what, const char *text, const char *where)
{
    uint64_t number = 0;
    char advice[CELL_MAX];
    if (text[0] == '#' || !as_number(text, &number))
        return not_found(run, what, text, where);
    (void)snprintf(advice, sizeof(advice), "%s show '#%s'", what, text);
    return not_found(run, what, text, advice);
}

const Tefter__CustomerCardAnswer *customer_find(struct run *run, const char *text)
{
    uint64_t number = 0;
    bool numbered = text[0] == '#' && as_number(text, &number) && number <= UINT32_MAX;
    const Tefter__Answer *answer =
        numbered ? look_customer(run, NULL, (uint32_t)number) : look_customer(run, text, 0);
    if (answer == NULL)
        return NULL;
    if (answer->kind_case == TEFTER__ANSWER__KIND_CUSTOMER_CARD)
        return answer->customer_card;
    if (!is_absent(answer) && answer->kind_case == TEFTER__ANSWER__KIND_REFUSED)
        (void)run_refused(run, answer->refused);
    (void)no_such_code(run, N_("customer"), text, "search TEXT");
    return NULL;
}

/* Who pays at once and has no account. */
static bool cash_customer(struct run *run, uint64_t *ret_id)
{
    const Tefter__Answer *answer = ask_list(run, "company");
    bool good = answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_COMPANY;
    if (good)
        *ret_id = answer->company->cash_customer;
    return good;
}

static bool customer_id(struct run *run, const char *text, uint64_t *ret_id)
{
    if (strcmp(text, "cash") == 0)
        return cash_customer(run, ret_id);
    if (text[0] == '#' && as_number(text, ret_id))
        return true;
    const Tefter__CustomerCardAnswer *card = customer_find(run, text);
    if (card != NULL)
        *ret_id = card->row->customer;
    return card != NULL;
}

static bool product_id(struct run *run, const char *text, uint64_t *ret_id)
{
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    if (text[0] == '#' && as_number(text, ret_id))
        return true;
    card.code = (char *)(uintptr_t)text;
    const Tefter__Answer *answer = run_look(run, &query);
    if (answer == NULL)
        return false;
    if (answer->kind_case == TEFTER__ANSWER__KIND_PRODUCT_CARD) {
        *ret_id = answer->product_card->product->product;
        return true;
    }
    return no_such_code(run, N_("product"), text, "product list");
}

static const Tefter__Answer *look_document(struct run *run, const char *number,
                                           Tefter__DocumentKind kind)
{
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    uint64_t id = 0;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    if (number[0] == '#' && as_number(number, &id)) {
        view.has_document = true;
        view.document = id;
    } else {
        view.number = (char *)(uintptr_t)number;
        view.has_kind = true;
        view.kind = kind;
    }
    return run_look(run, &query);
}

const Tefter__DocumentAnswer *document_find(struct run *run, const char *number,
                                            Tefter__DocumentKind kind)
{
    static const Tefter__DocumentKind kinds[] = {
        TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,     TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT,
        TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE, TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL,
        TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND,      TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kind != 0 && kind != kinds[i])
            continue;
        const Tefter__Answer *answer = look_document(run, number, kinds[i]);
        if (answer == NULL)
            return NULL;
        if (answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT)
            return answer->document;
        if (!is_absent(answer)) {
            (void)run_refused(run, answer->refused);
            return NULL;
        }
    }
    (void)not_found(run, N_("document"), number, "search NUMBER");
    return NULL;
}

static bool document_id(struct run *run, const char *text, uint64_t *ret_id)
{
    if (text[0] == '#' && as_number(text, ret_id))
        return true;
    const Tefter__DocumentAnswer *answer = document_find(run, text, 0);
    if (answer != NULL)
        *ret_id = answer->document->document;
    return answer != NULL;
}

bool typed_id(struct run *run, enum value_kind kind, const char *text, uint64_t *ret_id)
{
    switch (kind) {
    case VALUE_CUSTOMER:
        return customer_id(run, text, ret_id);
    case VALUE_BRANCH:
        return branch_id(run, text, ret_id);
    case VALUE_STAFF:
        return staff_id(run, text, ret_id);
    case VALUE_TERMINAL:
        return terminal_id(run, text, ret_id);
    case VALUE_GROUP:
        return group_id(run, text, ret_id);
    case VALUE_PRODUCT:
        return product_id(run, text, ret_id);
    case VALUE_PLACE:
        return place_id(run, text, ret_id);
    case VALUE_DOCUMENT:
        return document_id(run, text, ret_id);
    case VALUE_FLAG:
    case VALUE_NOT:
    case VALUE_TEXT:
    case VALUE_FILE:
    case VALUE_FOLDER:
    case VALUE_NUMBER:
    case VALUE_AMOUNT:
    case VALUE_PRICE:
    case VALUE_QUANTITY:
    case VALUE_PERCENT:
    case VALUE_DATE:
    case VALUE_OFFSET:
    case VALUE_ENUM:
        break;
    }
    need(false); /* names nothing that is kept */
    return false;
}

/* ---- setting ---- */

static bool set(struct run *run, ProtobufCMessage *message, const char *path, const char *typed,
                const char *value)
{
    struct message_fault fault = {.what = N_("This does not fit.")};
    return message_set(message, path, value, &run->arena, &fault) || bad(run, typed, fault.what);
}

static bool set_number(struct run *run, ProtobufCMessage *message, const char *path,
                       const char *typed, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%" PRId64, number);
    return set(run, message, path, typed, text);
}

/* Text that begins with '{' must not be taken for JSON. */
static bool set_text(struct run *run, ProtobufCMessage *message, const char *path, const char *text)
{
    return text[0] == '{' ? bad(run, text, N_("A text does not begin with '{{' here."))
                          : set(run, message, path, text, text);
}

bool typed_set(struct run *run, ProtobufCMessage *message, const char *path, enum value_kind kind,
               const char *text)
{
    int64_t number = 0;
    uint32_t small = 0;
    int32_t minutes = 0;
    uint64_t id = 0;
    char why[AMOUNT_WHY_MAX];
    const char *wrong = NULL;
    switch (kind) {
    case VALUE_FLAG:
        return set(run, message, path, text, "true");
    case VALUE_NOT:
        return set(run, message, path, text, "false");
    case VALUE_TEXT:
    case VALUE_FILE:
    case VALUE_FOLDER:
        return set_text(run, message, path, text);
    case VALUE_NUMBER:
    case VALUE_ENUM:
        return set(run, message, path, text, text);
    case VALUE_AMOUNT:
        return typed_amount(run, text, &number) && set_number(run, message, path, text, number);
    case VALUE_PRICE:
        wrong = price_read(text, run_currency(run), &number, why);
        return wrong == NULL ? set_number(run, message, path, text, number) : bad(run, text, wrong);
    case VALUE_QUANTITY:
        wrong = quantity_read(text, run_currency(run), &number, why);
        return wrong == NULL ? set_number(run, message, path, text, number) : bad(run, text, wrong);
    case VALUE_PERCENT:
        return typed_percent(run, text, &small) && set_number(run, message, path, text, small);
    case VALUE_OFFSET:
        return utc_offset_read(text, &minutes) ? set_number(run, message, path, text, minutes)
                                               : bad(run, text,
                                                     "Write the distance from UTC as +07:00 or "
                                                     "-03:30; it lies from -12:00 to +14:00.");
    case VALUE_DATE:
        return typed_date(run, text, &small) && set_number(run, message, path, text, small);
    case VALUE_CUSTOMER:
    case VALUE_BRANCH:
    case VALUE_STAFF:
    case VALUE_TERMINAL:
    case VALUE_GROUP:
    case VALUE_PRODUCT:
    case VALUE_PLACE:
    case VALUE_DOCUMENT:
        return typed_id(run, kind, text, &id) && set_number(run, message, path, text, (int64_t)id);
    }
    return false;
}

#include "golden/story.h"

#include "base/limits.h"
#include "tx/tx.h"
#include "wire/message.h"

#include <stdio.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word
#define ID "%llu"

typedef unsigned long long id;

enum { TODAY = 20000, ALLEY = 2 };

/* Who and what the parts of the story speak of. */
struct story {
    struct scenario *s;
    uint32_t rules;
    uint32_t clerk, blocked, accountant, controller, manager;
    uint32_t till, alley_till, bank, device;
    uint32_t gold, silver;
    uint32_t anh, binh, chi;
    uint32_t paint, brush, drill;
};

static id done(struct story *t, const char *command, const char *fields)
{
    return scenario_done(t->s, command, fields)->id;
}

static void refused(struct story *t, const char *command, const char *fields,
                    Tefter__RefusalCode code)
{
    scenario_refused(t->s, command, fields, code, NULL);
}

/* ---- entries that no terminal sends ---- */

static void entry_of(struct story *t, Tefter__Entry *entry, uint8_t id_bytes[COMMAND_ID_SIZE],
                     int64_t made_ms)
{
    struct scenario *s = t->s;
    memset(id_bytes, 0, COMMAND_ID_SIZE);
    be16_put(id_bytes, (uint16_t)(made_ms >> 32));
    be32_put(id_bytes + 2, (uint32_t)made_ms);
    be32_put(id_bytes + 12, (uint32_t)++s->counter);
    *entry = (Tefter__Entry)TEFTER__ENTRY__INIT;
    entry->id = (ProtobufCBinaryData){COMMAND_ID_SIZE, id_bytes};
    entry->now_ms = s->now_ms;
    entry->actor = &s->actor;
    entry->has_command = true;
}

static void strange_entries(struct story *t)
{
    uint8_t id_bytes[COMMAND_ID_SIZE];
    uint8_t branch[] = {0x5a, 0x02, 0x08, 0x01};    /* change_branch, branch 1, and nothing else */
    uint8_t no_branch[] = {0x5a, 0x02, 0x08, 0x63}; /* branch 99 */
    Tefter__Entry entry;
    entry_of(t, &entry, id_bytes, t->s->now_ms);
    entry.command = (ProtobufCBinaryData){sizeof branch, branch};
    assert_int_equal(scenario_apply_entry(t->s, &entry)->refused->code, CODE(NOTHING_TO_CHANGE));
    entry.command = (ProtobufCBinaryData){sizeof no_branch, no_branch}; /* the same id */
    assert_int_equal(scenario_apply_entry(t->s, &entry)->refused->code, CODE(COMMAND_ID_REUSED));
    entry.command = (ProtobufCBinaryData){sizeof branch, branch}; /* sent again */
    assert_int_equal(scenario_apply_entry(t->s, &entry)->refused->code, CODE(NOTHING_TO_CHANGE));
    entry_of(t, &entry, id_bytes, t->s->now_ms - COMMAND_ID_LIFE_MS - 1);
    entry.command = (ProtobufCBinaryData){sizeof branch, branch};
    assert_int_equal(scenario_apply_entry(t->s, &entry)->refused->code, CODE(COMMAND_ID_TOO_OLD));
    entry_of(t, &entry, id_bytes, t->s->now_ms); /* as restore writes one */
    entry.has_command = false;
    scenario_apply_entry(t->s, &entry);
}

/* ---- the company ---- */

static void people(struct story *t)
{
    scenario_as(t->s, 0);
    refused(
        t, "create_company",
        "{'name': 'x', 'currency': 'EUR', 'admin_login': 'a', 'rules_version': 1, 'date': 20000}",
        CODE(ALREADY_EXISTS));
    refused(t, "adopt_rules_version", "{'rules_version': 1}", CODE(FIELD_INVALID));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    t->clerk = scenario_staff(t->s, "clerk", TEFTER__ROLE__ROLE_SALES);
    t->blocked = scenario_staff(t->s, "gone", TEFTER__ROLE__ROLE_SALES);
    t->accountant = scenario_staff(t->s, "books", TEFTER__ROLE__ROLE_ACCOUNTANT);
    t->controller = scenario_staff(t->s, "credit", TEFTER__ROLE__ROLE_CONTROLLER);
    t->manager = scenario_staff(t->s, "chief", TEFTER__ROLE__ROLE_MANAGER);
    refused(t, "add_staff", "{'login': 'clerk', 'role': 'SALES'}", CODE(ALREADY_EXISTS));
    done(t, "change_staff", json("{'staff': %u, 'name': 'Giang'}", t->clerk));
    done(t, "change_staff", json("{'staff': %u, 'blocked': true}", t->blocked));
    done(t, "sign_out", json("{'staff': %u}", t->clerk));
    scenario_as(t->s, 0);
    done(t, "set_secret",
         json("{'staff': %u, 'password_hash': '0a0b0c', 'pin_hash': '0d'}", t->clerk));
    scenario_as(t->s, t->clerk);
    refused(t, "add_branch", "{'code': 'X', 'name': 'x'}", CODE(RIGHT_MISSING));
    scenario_as(t->s, t->blocked);
    refused(t, "add_group", "{'dimension': 'tier', 'name': 'x'}", CODE(STAFF_BLOCKED));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static void places(struct story *t)
{
    done(t, "add_branch", "{'code': 'AL', 'name': 'The alley', 'utc_offset_minutes': 420}");
    refused(t, "add_branch", "{'code': 'al', 'name': 'x'}", CODE(FIELD_INVALID));
    done(t, "change_branch", "{'branch': 2, 'phone': '0900', 'address': 'Alley 5'}");
    refused(t, "change_branch", "{'branch': 2, 'phone': '0900'}", CODE(NOTHING_TO_CHANGE));
    t->till = (uint32_t)done(t, "add_till", "{'branch': 1, 'name': 'till'}");
    t->alley_till = (uint32_t)done(t, "add_till", "{'branch': 2, 'name': 'till'}");
    t->bank = (uint32_t)done(t, "add_bank_account",
                             "{'name': 'VCB', 'number': 'VN 12', 'bank': 'Vietcombank'}");
    t->device = (uint32_t)done(t, "add_pos_device",
                               json("{'branch': 1, 'name': 'card', 'bank_account': %u}", t->bank));
    uint32_t old = (uint32_t)done(t, "add_till", "{'branch': 1, 'name': 'old till'}");
    done(t, "retire_money_account", json("{'money_account': %u, 'retired': true}", old));
    refused(t, "retire_money_account", json("{'money_account': %u, 'retired': true}", old),
            CODE(NOTHING_TO_CHANGE));
    refused(t, "take_payment",
            json("{'kind': 'CASH', 'amount_minor': 5, 'money_account': %u}", old), CODE(RETIRED));
    scenario_as(t->s, 0);
    done(t, "turn_day", json("{'branch': 2, 'date': %d}", TODAY + 1));
    refused(t, "turn_day", json("{'branch': 2, 'date': %d}", TODAY), CODE(DATE_INVALID));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

#define DIGEST "'code_digest': '%s'"
#define KEY                                                                                        \
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"                                       \
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"                             \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"

static void terminals(struct story *t)
{
    id terminal = done(t, "add_terminal", "{'branch': 2, 'name': 'till 2'}");
    const char *enrol = json("{'terminal': " ID ", " DIGEST
                             ", 'serial': 7, 'fingerprint': 'aabb', 'not_after_ms': 99}",
                             terminal, ONES);
    done(t, "change_terminal", json("{'terminal': " ID ", 'name': 'the till'}", terminal));
    scenario_as(t->s, 0);
    refused(
        t, "renew_terminal",
        json("{'terminal': " ID ", 'serial': 8, 'fingerprint': 'cc', 'not_after_ms': 1}", terminal),
        CODE(TERMINAL_UNKNOWN));
    done(t, "set_enrolment_code",
         json("{'terminal': " ID ", " DIGEST ", 'expires_ms': 5}", terminal, ONES));
    refused(t, "enrol_terminal", enrol, CODE(CODE_EXPIRED));
    done(t, "set_enrolment_code",
         json("{'terminal': " ID ", " DIGEST ", 'expires_ms': %lld}", terminal, ONES,
              (long long)t->s->now_ms + 1000));
    refused(t, "enrol_terminal",
            json("{'terminal': " ID ", " DIGEST
                 ", 'serial': 7, 'fingerprint': 'aabb', 'not_after_ms': 99}",
                 terminal, TWOS),
            CODE(CODE_WRONG));
    done(t, "enrol_terminal", enrol);
    refused(t, "enrol_terminal", enrol, CODE(CODE_USED));
    done(t, "renew_terminal",
         json("{'terminal': " ID ", 'serial': 8, 'fingerprint': 'cc', 'not_after_ms': 999, "
              "'shown': 'aabb'}",
              terminal));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "change_terminal", json("{'terminal': " ID ", 'blocked': true}", terminal));
    scenario_as(t->s, t->clerk);
    t->s->actor.terminal = (uint32_t)terminal;
    refused(t, "issue_invoice", "{}", CODE(TERMINAL_BLOCKED));
    t->s->actor.terminal = 99;
    refused(t, "issue_invoice", "{}", CODE(TERMINAL_UNKNOWN));
    t->s->actor.terminal = 1;
    t->s->actor.has_staff = false;
    refused(t, "issue_invoice", "{}", CODE(NOT_LOGGED_IN));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* A terminal that is a browser, then a device with a certificate again. */
static void browsers(struct story *t)
{
    id terminal = done(t, "add_terminal", "{'branch': 2, 'name': 'counter'}");
    const char *code = json("{'terminal': " ID ", " DIGEST ", 'expires_ms': %lld}", terminal, ONES,
                            (long long)t->s->now_ms + 1000);
    const char *renewal =
        json("{'terminal': " ID ", 'serial': 8, 'fingerprint': 'cc', 'not_after_ms': 9}", terminal);
    scenario_as(t->s, 0);
    done(t, "set_enrolment_code", code);
    refused(t, "enrol_terminal",
            json("{'terminal': " ID ", " DIGEST
                 ", 'serial': 7, 'fingerprint': 'aabb', 'not_after_ms': 0, 'key': '3059'}",
                 terminal, ONES),
            CODE(FIELD_INVALID));
    done(t, "enrol_terminal",
         json("{'terminal': " ID ", " DIGEST
              ", 'serial': 7, 'fingerprint': 'aabb', 'not_after_ms': 0, 'key': '" KEY "'}",
              terminal, ONES));
    refused(t, "renew_terminal", renewal, CODE(TERMINAL_UNKNOWN));
    done(t, "set_enrolment_code", code);
    done(t, "enrol_terminal",
         json("{'terminal': " ID ", " DIGEST
              ", 'serial': 8, 'fingerprint': 'aabb', 'not_after_ms': 99}",
              terminal, ONES));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static void catalogue(struct story *t)
{
    t->paint = (uint32_t)done(
        t, "add_product",
        "{'code': 'P1', 'name': 'Paint', 'unit': 'can', 'price': 1250500, 'tax_bp': 1000, "
        "'brand': 'Dulux', 'colour': 'red', 'model': 'M', 'barcodes': ['8931', '8932']}");
    t->brush = (uint32_t)done(t, "add_product", "{'code': 'B1', 'name': 'Brush'}");
    t->drill = (uint32_t)done(t, "add_product",
                              "{'code': 'D1', 'name': 'Drill', 'price': 5000000, 'serials': true}");
    refused(t, "add_product", "{'code': '8931', 'name': 'x'}", CODE(ALREADY_EXISTS));
    done(t, "change_product",
         json("{'product': %u, 'price': 1300500, 'barcodes': ['8933']}", t->paint));
    refused(t, "change_product", json("{'product': %u, 'tax_bp': 10001}", t->paint),
            CODE(FIELD_INVALID));
    id old = done(t, "add_product", "{'code': 'OLD', 'name': 'Old', 'price': 1000}");
    done(t, "change_product", json("{'product': " ID ", 'retired': true}", old));
}

static void groups(struct story *t)
{
    t->gold = (uint32_t)done(t, "add_group",
                             "{'dimension': 'tier', 'name': 'gold', 'term_days': 45, "
                             "'limit': {'limit_minor': 700000}}");
    t->silver = (uint32_t)done(t, "add_group", "{'dimension': 'tier', 'name': 'silver'}");
    done(t, "add_group", "{'dimension': 'area', 'name': 'south'}");
    refused(t, "add_group", "{'dimension': 'tier', 'name': 'gold'}", CODE(ALREADY_EXISTS));
}

static void customers(struct story *t)
{
    t->anh = scenario_customer(t->s, "Anh", 1000000);
    t->binh = (uint32_t)done(t, "open_customer",
                             json("{'code': 'OLD-7', 'name': 'Bình', 'source': 'import-1', "
                                  "'groups': [%u, 3], 'term_days': 10, 'language': 'vi', "
                                  "'nickname': 'B', 'tax_code': '1', 'address': 'Hẻm 5', "
                                  "'note': 'n'}",
                                  t->gold));
    t->chi = (uint32_t)done(t, "open_customer",
                            "{'name': 'Chi', 'phone': '1', 'area': 'Q7', 'language': 'el'}");
    refused(t, "open_customer", "{'name': 'Dung', 'area': 'Q7'}", CODE(FIELD_MISSING));
    refused(t, "open_customer", "{'code': 'OLD-7', 'name': 'x', 'source': 'import-1'}",
            CODE(ALREADY_EXISTS));
    char name[NAME_MAX_BYTES + 2];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    refused(t, "open_customer", json("{'name': 'x', 'phone': '1', 'area': '%s'}", name),
            CODE(TEXT_INVALID));
    done(t, "change_customer", json("{'customer': %u, 'phone': '0902', 'area': 'Q1'}", t->chi));
    refused(t, "change_customer", "{'customer': 999}", CODE(NOT_FOUND));
    done(t, "join_group", json("{'customer': %u, 'group': %u}", t->chi, t->gold));
    done(t, "join_group", json("{'customer': %u, 'group': %u}", t->chi, t->silver));
    done(t, "leave_group", json("{'customer': %u, 'group': %u}", t->chi, t->silver));
    id job = scenario_done(t->s, "change_group",
                           json("{'group': %u, 'name': 'golden', 'term_days': 40}", t->gold))
                 ->job;
    scenario_as(t->s, 0);
    done(t, "step_job", json("{'job': " ID "}", job));
    refused(t, "step_job", json("{'job': " ID "}", job), CODE(NOT_FOUND));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* ---- credit ---- */

static const char *sale(uint32_t customer, int64_t amount_minor, const char *more)
{
    return json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, 'price': %lld}]%s}",
                customer, (long long)amount_minor * 1000, more);
}

static void limit(struct story *t, uint32_t customer, const char *terms)
{
    done(t, "set_credit_limit",
         json("{'customer': %u, 'terms': {%s}, 'reason': 'asked'}", customer, terms));
}

static void locks_and_limits(struct story *t)
{
    done(t, "lock_customer",
         json("{'customer': %u, 'reason': 'moved', 'until': %d}", t->anh, TODAY + 9));
    refused(t, "lock_customer", json("{'customer': %u}", t->anh), CODE(LOCK_STATE));
    refused(t, "issue_invoice", sale(t->anh, 10, ""), CODE(CUSTOMER_LOCKED));
    done(t, "unlock_customer", json("{'customer': %u, 'reason': 'back'}", t->anh));
    refused(t, "issue_invoice", sale(t->anh, 1000001, ""), CODE(CREDIT_LIMIT_EXCEEDED));
    limit(t, t->chi, "'limit_minor': 100");
    done(t, "set_credit_limit", json("{'customer': %u}", t->chi));
    refused(t, "set_credit_limit", json("{'customer': %u}", t->chi), CODE(NOTHING_TO_CHANGE));
    limit(t, t->chi, "'limit_minor': 5000, 'document_max_minor': 300");
    refused(t, "issue_invoice", sale(t->chi, 301, ""), CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER));
    id job = scenario_done(t->s, "set_credit_policy",
                           "{'terms': {'limit_minor': 900, 'policy': 'BLOCK'}, 'term_days': 14, "
                           "'title': 'autumn', 'credit_note_approve_minor': 50000}")
                 ->job;
    scenario_as(t->s, 0);
    done(t, "step_job", json("{'job': " ID "}", job));
    scenario_as(t->s, t->clerk);
    refused(t, "set_credit_policy", "{'terms': {'limit_minor': 1}}", CODE(RIGHT_MISSING));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static void overdue(struct story *t)
{
    const char *old = json(", 'date': %d, 'due': %d, 'backfill': true", TODAY - 60, TODAY - 50);
    limit(t, t->binh, "'limit_minor': 50000, 'overdue_days': 30");
    done(t, "issue_invoice", sale(t->binh, 400, old));
    refused(t, "issue_invoice", sale(t->binh, 10, ""), CODE(OVERDUE_TOO_OLD));
    if (t->rules >= 4) /* what is not said stays */
        done(t, "set_credit_limit", json("{'customer': %u, 'clear': ['OVERDUE']}", t->binh));
    limit(t, t->binh, "'limit_minor': 50000, 'overdue_minor': 399");
    refused(t, "issue_invoice", sale(t->binh, 10, ""), CODE(OVERDUE_TOO_MUCH));
    limit(t, t->binh, "'limit_minor': 50000, 'policy': 'WARN'");
    done(t, "issue_invoice", sale(t->binh, 60000, ", 'backfill': true"));
}

static const char *parked(uint32_t customer, int amount, const char *more)
{
    return json("{'customer': %u, 'amount_minor': %d, 'draft': %s%s}", customer, amount,
                sale(customer, amount, ""), more);
}

static const char *with(uint32_t customer, int amount, id approval)
{
    return sale(customer, amount, json(", 'approval': " ID, approval));
}

static void grant(struct story *t, id approval, const char *more)
{
    scenario_as(t->s, t->controller);
    done(t, "decide_approval", json("{'approval': " ID ", 'approved': true%s}", approval, more));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* Since version 5: an approval is for what was asked. */
static void bound_approvals(struct story *t)
{
    id first = done(t, "ask_approval", parked(t->chi, 500, ", 'note': 'today'"));
    id second = done(t, "ask_approval", parked(t->chi, 600, ""));
    refused(t, "ask_approval", parked(t->chi, 50, ""), CODE(WITHIN_LIMIT));
    refused(t, "ask_approval", json("{'customer': %u, 'amount_minor': 50}", t->chi),
            CODE(WITHIN_LIMIT));
    refused(t, "issue_invoice", with(t->chi, 500, first), CODE(APPROVAL_UNDECIDED));
    refused(t, "decide_approval", json("{'approval': " ID ", 'approved': true}", first),
            CODE(OWN_APPROVAL));
    done(t, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_OWNER'}");
    done(t, "decide_approval",
         json("{'approval': " ID ", 'approved': true, 'amount_minor': 450}", first));
    done(t, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_NOBODY'}");
    scenario_as(t->s, t->controller);
    refused(t, "decide_approval", json("{'approval': " ID ", 'approved': true}", first),
            CODE(APPROVAL_NOT_OPEN));
    done(t, "decide_approval",
         json("{'approval': " ID ", 'approved': false, 'reason': 'no'}", second));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    refused(t, "issue_invoice", with(t->chi, 600, second), CODE(APPROVAL_DENIED));
    refused(t, "issue_invoice", with(t->anh, 500, first), CODE(APPROVAL_OTHER_CUSTOMER));
    refused(t, "issue_invoice", with(t->chi, 450, first), CODE(APPROVAL_OTHER_GOODS));
    refused(t, "issue_invoice", with(t->chi, 500, first), CODE(APPROVAL_FOR_LESS));
    scenario_at(t->s, ALLEY);
    refused(t, "issue_invoice", with(t->chi, 500, first), CODE(APPROVAL_OTHER_BRANCH));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    scenario_at(t->s, 1);
    id third = done(t, "ask_approval", parked(t->chi, 700, ", 'minutes': 1"));
    grant(t, third, "");
    done(t, "issue_invoice", with(t->chi, 700, third));
    refused(t, "issue_invoice", with(t->chi, 700, third), CODE(APPROVAL_USED_ALREADY));
    id fourth = done(t, "ask_approval", parked(t->chi, 800, ", 'minutes': 1"));
    for (int i = 0; i < PARKED_EACH_MAX - 2; i++)
        done(t, "ask_approval", parked(t->chi, 800, ", 'minutes': 1"));
    refused(t, "ask_approval", parked(t->chi, 800, ""), CODE(TOO_MANY));
    scenario_wait(t->s, 60000);
    refused(t, "issue_invoice", with(t->chi, 800, fourth), CODE(APPROVAL_LAPSED));
    done(t, "ask_approval", parked(t->chi, 900, ""));
    id last = done(t, "ask_approval", json("{'customer': %u, 'amount_minor': 950}", t->chi));
    grant(t, last, ", 'amount_minor': 940");
    done(t, "issue_invoice", with(t->chi, 940, last));
}

static void approvals(struct story *t)
{
    limit(t, t->chi, "'limit_minor': 100, 'policy': 'APPROVE'");
    refused(t, "issue_invoice", sale(t->chi, 500, ""), CODE(APPROVAL_NEEDED));
    if (t->rules >= 5) {
        bound_approvals(t);
        return;
    }
    scenario_as(t->s, t->clerk);
    id first = done(t, "ask_approval",
                    json("{'customer': %u, 'amount_minor': 500, 'minutes': 30, 'note': 'today', "
                         "'draft': %s}",
                         t->chi, sale(t->chi, 500, "")));
    id second = done(t, "ask_approval", json("{'customer': %u, 'amount_minor': 600}", t->chi));
    refused(t, "ask_approval", json("{'customer': %u, 'amount_minor': 50}", t->chi),
            CODE(NOTHING_TO_CHANGE));
    scenario_as(t->s, t->controller);
    done(t, "decide_approval",
         json("{'approval': " ID ", 'approved': true, 'amount_minor': 450}", first));
    done(t, "decide_approval",
         json("{'approval': " ID ", 'approved': false, 'reason': 'no'}", second));
    refused(t, "decide_approval", json("{'approval': " ID ", 'approved': true}", second),
            CODE(APPROVAL_NOT_OPEN));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "issue_invoice", sale(t->chi, 450, json(", 'approval': " ID, first)));
    refused(t, "issue_invoice", sale(t->chi, 450, json(", 'approval': " ID, first)),
            CODE(APPROVAL_NOT_OPEN));
}

static void buyers(struct story *t)
{
    id son = done(t, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Son', 'phone': '2', 'identity': '3', "
                       "'cap_sale_minor': 90, 'cap_day_minor': 120, 'valid_until': %d}",
                       t->anh, TODAY + 100));
    id gone = done(t, "authorise_buyer", json("{'customer': %u, 'name': 'Gone'}", t->anh));
    done(t, "revoke_buyer", json("{'customer': %u, 'buyer': " ID "}", t->anh, gone));
    refused(t, "issue_invoice", sale(t->anh, 10, json(", 'buyer': " ID, gone)),
            CODE(BUYER_NOT_AUTHORISED));
    id sold = done(t, "issue_invoice", sale(t->anh, 80, json(", 'buyer': " ID, son)));
    refused(t, "issue_invoice", sale(t->anh, 41, json(", 'buyer': " ID, son)),
            CODE(BUYER_CAP_EXCEEDED));
    if (t->rules < 5)
        return;
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'taken back'}", sold));
    id again = done(t, "issue_invoice", sale(t->anh, 41, json(", 'buyer': " ID, son)));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'taken back'}", again));
    done(t, "issue_invoice", sale(t->anh, 80, json(", 'buyer': " ID, son)));
    id maid = done(t, "authorise_buyer", json("{'customer': %u, 'name': 'Maid'}", t->anh));
    done(t, "set_buyer_pin",
         json("{'customer': %u, 'buyer': " ID ", 'pin_hash': '0102'}", t->anh, maid));
    uint64_t first = t->s->seq;
    refused(t, "issue_invoice", sale(t->anh, 7, json(", 'buyer': " ID, maid)), CODE(PIN_NEEDED));
    t->s->buyer_pin = first;
    done(t, "issue_invoice", sale(t->anh, 7, json(", 'buyer': " ID, maid)));
    done(t, "set_buyer_pin",
         json("{'customer': %u, 'buyer': " ID ", 'pin_hash': '0304'}", t->anh, maid));
    refused(t, "issue_invoice", sale(t->anh, 7, json(", 'buyer': " ID, maid)), CODE(PIN_WRONG));
    t->s->buyer_pin = 0;
    done(t, "set_buyer_pin", json("{'customer': %u, 'buyer': " ID "}", t->anh, maid));
    done(t, "issue_invoice", sale(t->anh, 7, json(", 'buyer': " ID, maid)));
}

/* ---- documents ---- */

static void line_refused(struct story *t, const char *line, Tefter__RefusalCode code)
{
    refused(t, "issue_invoice", json("{'customer': %u, 'lines': [{%s}]}", t->anh, line), code);
}

static void wrong_sales(struct story *t)
{
    line_refused(t, "'product_code': 'NONE', 'quantity': 1000", CODE(NOT_IN_CATALOGUE));
    line_refused(t, "'product_code': 'B1', 'quantity': 1000", CODE(PRICE_MISSING));
    line_refused(t, "'product_code': 'OLD', 'quantity': 1000", CODE(RETIRED));
    line_refused(t, "'product_code': 'P1', 'quantity': 0", CODE(QUANTITY_NOT_POSITIVE));
    line_refused(t, "'product_code': 'P1', 'quantity': 2000000000000", CODE(AMOUNT_TOO_BIG));
    line_refused(t, "'product_code': 'P1', 'quantity': 1000, 'discount_bp': 10001",
                 CODE(DISCOUNT_TOO_BIG));
    refused(t, "issue_invoice", sale(t->anh, 10, ", 'currency': 'USD'"), CODE(WRONG_CURRENCY));
    refused(t, "issue_invoice", sale(t->anh, 10, json(", 'due': %d", TODAY - 1)),
            t->rules < 3 ? CODE(DATE_INVALID) : CODE(DATE_TOO_EARLY));
    refused(t, "issue_invoice", sale(t->anh, 10, json(", 'date': %d", TODAY + 1)),
            CODE(DATE_IN_FUTURE));
    refused(t, "issue_invoice", sale(t->anh, 10, ", 'total_minor': 11"), CODE(FIELD_INVALID));
    refused(t, "issue_invoice",
            json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'back', "
                 "'quantity': -1000, 'price': 5000}]}",
                 t->anh),
            CODE(TOTAL_NEGATIVE));
    scenario_as(t->s, t->clerk);
    refused(t, "issue_invoice",
            json("{'customer': %u, 'date': %d, 'lines': [{'product': %u, 'quantity': 1000}]}",
                 t->anh, TODAY - 1, t->paint),
            CODE(DATE_BEFORE_TODAY));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "change_branch", "{'branch': 2, 'blocked': true}");
    scenario_at(t->s, ALLEY);
    refused(t, "issue_invoice", sale(t->anh, 10, ""), CODE(BRANCH_BLOCKED));
    done(t, "change_branch", "{'branch': 2, 'blocked': false}");
    done(t, "issue_invoice", sale(t->anh, 10, ""));
    scenario_at(t->s, 1);
}

/* Drills have serial numbers; the same piece may be in two imports. */
static void serials(struct story *t)
{
    const char *drills = json("{'customer': %u, 'lines': [{'product': %u, 'quantity': 2000, "
                              "'serials': ['S1', 'S2']}]}",
                              t->anh, t->drill);
    const char *imported = json("{'customer': %u, 'backfill': true, 'lines': [{'product': "
                                "%u, 'quantity': 1000, 'serials': ['S1']}]}",
                                t->anh, t->drill);
    done(t, "issue_invoice", drills);
    refused(t, "issue_invoice", drills, CODE(ALREADY_EXISTS));
    id again = done(t, "issue_invoice", imported);
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'twice'}", again));
}

static id whole_sale(struct story *t)
{
    return done(t, "issue_invoice",
                json("{'customer_code': 'OLD-7', 'number': 'I-77', 'source': 'import-1', "
                     "'salesperson': 'clerk', 'reference': 'PO 9', 'note': 'by truck', 'lines': ["
                     "{'product_code': '8933', 'quantity': 3500, 'discount_bp': 500}, "
                     "{'text': 'delivery', 'quantity': 1000, 'price': 333333, "
                     "'discount_minor': 3, 'tax_bp': 500}], "
                     "'charges': [{'title': 'shipping', 'amount_minor': 777, 'tax_bp': 800}]}"));
}

static void credit_notes(struct story *t)
{
    id bill = whole_sale(t);
    refused(t, "issue_invoice", sale(t->anh, 10, ", 'number': 'I-77'"), CODE(NUMBER_TAKEN));
    done(t, "issue_credit_note",
         json("{'invoice': " ID ", 'credit': [{'line': 0, 'quantity': 1500}], 'reason': 'broken'}",
              bill));
    refused(t, "issue_credit_note",
            json("{'invoice': " ID ", 'credit': [{'line': 0, 'quantity': 2001}]}", bill),
            CODE(MORE_THAN_SOLD));
    refused(t, "issue_credit_note", json("{'customer': %u, 'invoice': " ID "}", t->anh, bill),
            CODE(MATCH_OTHER_CUSTOMER));
    refused(t, "reverse_document", json("{'document': " ID "}", bill), CODE(NOT_REVERSIBLE));
    id rest = done(t, "issue_credit_note", "{'invoice_number': 'I-77', 'reason': 'all of it'}");
    done(t, "reverse_document", json("{'document': " ID "}", rest));
    refused(t, "reverse_document", json("{'document': " ID "}", rest), CODE(ALREADY_REVERSED));
    done(t, "issue_credit_note",
         json("{'customer': %u, 'lines': [{'text': 'bonus', 'quantity': 1000, 'price': 5000}], "
              "'charges': [{'title': 'freight', 'amount_minor': 3}]}",
              t->chi));
    scenario_as(t->s, t->accountant);
    refused(t, "issue_credit_note",
            json("{'customer': %u, 'backfill': false, 'charges': [{'title': 'x', "
                 "'amount_minor': 50001}]}",
                 t->chi),
            CODE(RIGHT_MISSING));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* ---- money ---- */

static void payments(struct story *t)
{
    id bill = done(t, "issue_invoice", sale(t->anh, 1000, ""));
    const char *cash = json("'customer': %u, 'kind': 'CASH', 'money_account': %u", t->anh, t->till);
    refused(t, "take_payment", json("{%s, 'amount_minor': 0}", cash), CODE(AMOUNT_NOT_POSITIVE));
    refused(t, "take_payment",
            json("{'kind': 'CASH', 'amount_minor': 1, 'money_account': %u}", t->alley_till),
            CODE(TILL_OTHER_BRANCH));
    refused(t, "take_payment",
            json("{%s, 'amount_minor': 2000, 'bills': [{'bill': " ID ", 'amount_minor': 1001}]}",
                 cash, bill),
            CODE(MATCH_TOO_MUCH));
    done(t, "take_payment",
         json("{%s, 'amount_minor': 300, 'note': 'coins', 'bills': [{'bill': " ID "}]}", cash,
              bill));
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'POS', 'money_account': %u, 'amount_minor': 250, "
              "'reference': "
              "'A-1', 'match': 'OLDEST_DUE'}",
              t->anh, t->device));
    refused(
        t, "take_payment",
        json("{'customer': %u, 'kind': 'POS', 'money_account': %u, 'amount_minor': 1, 'reference': "
             "'A-1'}",
             t->binh, t->device),
        CODE(NUMBER_TAKEN));
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'amount_minor': 90%s}",
              t->binh, t->bank, t->rules >= 5 ? ", 'reference': 'E2E-1'" : ""));
}

static id slip(struct story *t, const char *reference)
{
    return done(t, "take_payment",
                json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, 'amount_minor': 400, "
                     "'reference': '%s', 'payer': 'Anh', 'match': 'OLDEST_DUE'}",
                     t->anh, t->bank, reference));
}

static void slips(struct story *t)
{
    id seen = slip(t, "S-1");
    id never = slip(t, "S-2");
    slip(t, "S-3");
    scenario_as(t->s, t->accountant);
    done(t, "confirm_payment",
         json("{'payment': " ID ", 'confirmed': true, 'date': %d}", seen, TODAY));
    done(t, "confirm_payment",
         json("{'payment': " ID ", 'confirmed': false, 'reason': 'bounced'}", never));
    refused(t, "confirm_payment", json("{'payment': " ID ", 'confirmed': true}", seen),
            CODE(NOT_CONFIRMABLE));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'wrong payer'}", seen));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static void corrections(struct story *t)
{
    id bill = done(t, "issue_invoice", sale(t->anh, 700, ""));
    id money =
        done(t, "take_payment",
             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 200, "
                  "'reference': 'C-1', 'bills': [{'bill': " ID "}]}",
                  t->anh, t->till, bill));
    done(t, "correct_payment",
         json("{'document': " ID ", 'reason': 'typed wrong', 'payment': {'customer': %u, 'kind': "
              "'CASH', 'money_account': %u, 'amount_minor': 250, 'reference': 'C-1'}}",
              money, t->anh, t->till));
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'price', 'invoice': %s}", bill,
              sale(t->anh, 650, "")));
    refused(t, "correct_invoice",
            json("{'document': " ID ", 'invoice': %s}", bill, sale(t->anh, 1, "")),
            CODE(ALREADY_REVERSED));
    refused(t, "correct_payment",
            json("{'document': " ID ", 'payment': {'kind': 'CASH', 'amount_minor': 1}}", bill),
            CODE(NOT_REVERSIBLE));
}

static void matches(struct story *t)
{
    id bill = done(t, "issue_invoice", sale(t->binh, 500, ", 'backfill': true"));
    id money =
        done(t, "take_payment",
             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 800}",
                  t->binh, t->till));
    refused(t, "match_items",
            json("{'customer': %u, 'parts': [{'debit': " ID ", 'credit': " ID "}]}", t->anh, bill,
                 money),
            CODE(MATCH_OTHER_CUSTOMER));
    id match = scenario_done(t->s, "match_items",
                             json("{'customer': %u, 'parts': [{'debit': " ID ", 'credit': " ID
                                  ", 'amount_minor': 100}]}",
                                  t->binh, bill, money))
                   ->match;
    scenario_done(t->s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", t->binh));
    scenario_done(t->s, "undo_match",
                  json("{'customer': %u, 'match': " ID ", 'reason': 'no'}", t->binh, match));
    refused(t, "undo_match", json("{'customer': %u, 'match': " ID "}", t->binh, match),
            CODE(MATCH_UNDONE));
    uint32_t new = scenario_customer(t->s, "New", 10);
    refused(t, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", new),
            CODE(MATCH_NOTHING));
}

/* ---- what differs between the rules versions ---- */

struct full {
    uint32_t customer;
    id bill, money;
};

static Tefter__RefusalCode often(struct story *t, const struct full *full, size_t times)
{
    const Tefter__Reply *reply =
        scenario_match_often(t->s, full->customer, full->bill, full->money, times);
    return reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? reply->refused->code : 0;
}

/* A bill and money, matched with each other as often as an item may be, and half of it undone. */
static struct full fill(struct story *t, const char *name)
{
    struct full full = {.customer = scenario_customer(t->s, name, 100000)};
    full.bill = done(t, "issue_invoice", sale(full.customer, 5000, ""));
    full.money =
        done(t, "take_payment",
             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 5000}",
                  full.customer, t->till));
    assert_int_equal(often(t, &full, MATCH_PARTS_MAX), 0);
    id first = t->s->seq;
    assert_int_equal(often(t, &full, MATCH_PARTS_MAX), 0);
    assert_int_equal(often(t, &full, 1), CODE(TOO_MANY));
    scenario_done(t->s, "undo_match",
                  json("{'customer': %u, 'match': " ID "}", full.customer, first));
    return full;
}

/* Under version 1 a full item stays full. Under 2 it does not, also one from before. */
static void upgrade(struct story *t, uint32_t rules_version)
{
    if (rules_version >= 5)
        refused(t, "set_thresholds",
                "{'thresholds': [{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 1}]}",
                CODE(RULES_TOO_OLD));
    struct full full = fill(t, "Early");
    assert_int_equal(often(t, &full, 1), CODE(TOO_MANY));
    if (rules_version < 2)
        return;
    scenario_as(t->s, 0);
    done(t, "adopt_rules_version", json("{'rules_version': %u}", rules_version));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    assert_int_equal(often(t, &full, 1), 0);
}

static void undone_matches(struct story *t, uint32_t rules_version)
{
    struct full full = fill(t, "Late");
    assert_int_equal(often(t, &full, 1), rules_version < 2 ? CODE(TOO_MANY) : 0);
}

/* What only a bound keeps apart is named from version 3 on; before it, there was nothing to match.
 */
static void full_items(struct story *t)
{
    struct full full = fill(t, "Full");
    assert_int_equal(often(t, &full, MATCH_PARTS_MAX), 0);
    refused(t, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", full.customer),
            CODE(TOO_MANY));
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'x', 'invoice': %s}", full.bill,
              sale(full.customer, 4000, "")));
}

static void company_terms(struct story *t, const char *more)
{
    id job = scenario_done(t->s, "set_credit_policy",
                           json("{'terms': {'limit_minor': 0}, 'term_days': 30%s}", more))
                 ->job;
    scenario_as(t->s, 0);
    while (scenario_done(t->s, "step_job", json("{'job': " ID "}", job))->has_job)
        continue;
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static id cash_of_clerk(struct story *t, int64_t amount_minor)
{
    scenario_as(t->s, t->clerk);
    return done(t, "take_payment",
                json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': %lld}",
                     t->chi, t->till, (long long)amount_minor));
}

/* From version 3 on: who takes money does not take much of it back alone. */
static void own_money(struct story *t)
{
    id money = cash_of_clerk(t, 300);
    refused(t, "reverse_document", json("{'document': " ID "}", money), CODE(FIELD_MISSING));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'typed wrong'}", money));
    id more = cash_of_clerk(t, 201);
    refused(t, "reverse_document", json("{'document': " ID ", 'reason': 'again'}", more),
            CODE(SECOND_PERSON_NEEDED));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'by two'}", more));
}

static const char *part_of(id bill, int64_t thousandths, const char *more)
{
    return json("{'invoice': " ID ", 'credit': [{'line': 0, 'quantity': %lld}]%s}", bill,
                (long long)thousandths, more);
}

/* Credit notes of a day and of a bill add up, and those that already happened count. */
static void parts(struct story *t)
{
    uint32_t dung = scenario_customer(t->s, "Dung", 100000);
    id bill = done(t, "issue_invoice", sale(dung, 1000, ""));
    scenario_as(t->s, t->accountant);
    id note = done(t, "issue_credit_note", part_of(bill, 60, ""));
    refused(t, "issue_credit_note", part_of(bill, 41, ""), CODE(RIGHT_MISSING));
    refused(t, "issue_credit_note", part_of(bill, 41, ", 'backfill': true"), CODE(RIGHT_MISSING));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'no'}", note));
    done(t, "issue_credit_note", part_of(bill, 100, ""));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* An alarm is kept: of a bill that already happened, and of money that had made room. */
static void alarms(struct story *t)
{
    uint32_t em = scenario_customer(t->s, "Em", 100);
    id money =
        done(t, "take_payment",
             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 90}", em,
                  t->till));
    done(t, "issue_invoice", sale(em, 150, ""));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'room'}", money));
    done(t, "issue_invoice", sale(em, 10, ", 'backfill': true"));
}

static void of_version_3(struct story *t, uint32_t rules_version)
{
    if (rules_version < 3)
        return;
    company_terms(t, ", 'credit_note_approve_minor': 100, 'own_reversal_minor': 500");
    own_money(t);
    parts(t);
    alarms(t);
}

/* Since version 3: a lock ends with its day; then the clock is ahead by a year, a bill of that time
 * keeps the date where it is, and another branch's goes back. */
static void a_wrong_clock(struct story *t)
{
    int64_t right_ms = t->s->now_ms;
    done(t, "lock_customer", json("{'customer': %u, 'until': %d}", t->chi, TODAY));
    scenario_as(t->s, 0);
    id job = scenario_done(t->s, "turn_day", json("{'branch': 1, 'date': %d}", TODAY + 1))->id;
    assert_int_equal(job, 1);
    uint64_t jobs[1];
    assert_int_equal(ledger_jobs(t->s->ledger, jobs, 1), 1);
    done(t, "step_job", json("{'job': " ID "}", (id)jobs[0]));
    scenario_wait(t->s, INT64_C(365) * 24 * 3600 * 1000);
    done(t, "turn_day", json("{'branch': 1, 'date': %d}", TODAY + 365));
    done(t, "turn_day", json("{'branch': 2, 'date': %d}", TODAY + 365));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "issue_invoice", sale(t->anh, 10, ""));
    done(t, "add_branch", "{'code': 'FE', 'name': 'Far east', 'utc_offset_minutes': 840}");
    t->s->now_ms = right_ms + 60000;
    refused(t, "turn_back_day", json("{'branch': 1, 'date': %d}", TODAY + 1), CODE(DATED_LATER));
    done(t, "turn_back_day", json("{'branch': 2, 'date': %d}", TODAY + 1));
    if (t->rules >= 5)
        done(t, "turn_back_day",
             json("{'branch': 1, 'date': %d, 'leave_papers': true}", TODAY + 1));
    done(t, "issue_invoice", sale(t->anh, 10, json(", 'backfill': true, 'due': %d", TODAY - 90)));
}

/* Written down by the server: who brought a copied profile, or met a newer incarnation. */
static void alarmed_terminals(struct story *t)
{
    scenario_as(t->s, 0);
    refused(t, "alarm_terminal", "{'terminal': 99, 'what': 'TERMINAL_COPIED'}", CODE(NOT_FOUND));
    done(t, "alarm_terminal", "{'terminal': 1, 'what': 'TERMINAL_MET_NEWER', 'incarnation': 2}");
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

/* Since version 4: terms that join, a schedule, and what is wrong with them. */
static void joined_terms(struct story *t)
{
    id chi = t->chi;
    limit(t, t->chi, "'policy': 'WARN', 'overdue_days': 5, 'overdue_minor': 100");
    limit(t, t->chi,
          json("'limit_minor': 90000, 'valid_from': %d, 'valid_until': %d", TODAY + 900,
               TODAY + 901));
    limit(t, t->chi, json("'document_max_minor': 70000, 'valid_from': %d", TODAY + 950));
    id seq =
        scenario_ask(t->s, "limits", json("{'customer': " ID "}", chi))->limits->own_terms[0]->seq;
    done(t, "set_credit_limit", json("{'customer': " ID ", 'ended': " ID "}", chi, seq));
    done(t, "set_credit_limit", json("{'customer': " ID ", 'clear': ['OVERDUE', 'POLICY']}", chi));
    refused(t, "set_credit_limit", json("{'customer': " ID ", 'ended': " ID "}", chi, seq),
            CODE(NOT_FOUND));
    refused(t, "set_credit_limit", json("{'customer': " ID ", 'clear': ['TITLE']}", chi),
            CODE(FIELD_INVALID));
    refused(t, "set_credit_limit", json("{'customer': " ID ", 'terms': {}}", chi),
            CODE(FIELD_MISSING));
    for (int i = 0; i < LIMIT_ENTRIES_MAX - 3; i++)
        limit(t, t->chi,
              json("'limit_minor': %d, 'valid_from': %d, 'valid_until': %d", i, TODAY + 1000 + i,
                   TODAY + 1000 + i));
    refused(t, "set_credit_limit",
            json("{'customer': " ID ", 'terms': {'limit_minor': 1, 'valid_from': %d}}", chi,
                 TODAY + 2000),
            CODE(TOO_MANY));
    id group = scenario_done(t->s, "add_group",
                             "{'dimension': 'joined', 'name': 'one', 'limit': {'limit_minor': 5, "
                             "'policy': 'WARN'}, 'term_days': 9}")
                   ->id;
    done(t, "change_group", json("{'group': " ID ", 'limit': {'overdue_days': 8}}", group));
    done(t, "change_group", json("{'group': " ID ", 'clear': ['LIMIT', 'DAYS']}", group));
    refused(t, "change_group", json("{'group': " ID ", 'limit': {}}", group),
            CODE(NOTHING_TO_CHANGE));
    done(t, "change_customer", json("{'customer': " ID ", 'term_days': 12}", chi));
    done(t, "change_customer", json("{'customer': " ID ", 'clear': ['DAYS']}", chi));
    done(t, "set_credit_policy", "{'terms': {}, 'title': 'joined', 'term_days': 21}");
    done(t, "set_credit_policy", "{'terms': {'overdue_days': 3}, 'clear': ['TITLE', 'DAYS']}");
    done(t, "set_credit_policy", "{'terms': {}, 'clear': ['OVERDUE']}");
    refused(t, "set_credit_policy", "{'terms': {}}", CODE(NOTHING_TO_CHANGE));
}

static void thresholds(struct story *t, const char *fields)
{
    done(t, "set_thresholds", json("{'thresholds': [%s]}", fields));
}

/* A correction keeps what the bill had, though the clerk could not give it any more. */
static void thresholds_of_old_stay(struct story *t, id bill, const char *line)
{
    scenario_as(t->s, ROLE_STAFF_OWNER);
    thresholds(t, "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 0}");
    scenario_as(t->s, t->clerk);
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'x', 'invoice': {'customer': %u, 'lines': [{%s, "
              "'discount_bp': 900}]}}",
              bill, t->anh, line));
}

static void clerk_may_not(struct story *t, const char *line, const char *more)
{
    refused(t, "issue_invoice", json("{'customer': %u, 'lines': [{%s}]%s}", t->anh, line, more),
            CODE(MORE_THAN_YOU_MAY));
}

/* Since version 5: up to how much, by role; of a product's floor, a customer's first limit. */
static void up_to_so_much(struct story *t)
{
    const char *tea = "'product_code': 'TEA', 'quantity': 10000";
    done(t, "add_product",
         "{'code': 'TEA', 'name': 'Tea', 'price': 100000, 'tax_bp': 800, 'floor': 90000}");
    thresholds(t, "{'threshold': 'DISCOUNT', 'role': 'SALES', 'most': 1500}, {'threshold': "
                  "'BELOW_LIST', 'role': 'SALES', 'most': 200}, {'threshold': 'DISCOUNT', 'role': "
                  "'MANAGER', 'most': 3000}, {'threshold': 'REVERSAL', 'role': 'SALES'}");
    thresholds(t, "{'threshold': 'DISCOUNT', 'role': 'MANAGER', 'usual': true}");
    scenario_as(t->s, t->manager);
    refused(t, "set_thresholds",
            "{'thresholds': [{'threshold': 'DISCOUNT', 'role': 'MANAGER', 'most': 1}]}",
            CODE(RIGHT_MISSING));
    scenario_as(t->s, t->clerk);
    clerk_may_not(t, json("%s, 'discount_bp': 1501", tea), "");
    clerk_may_not(t, json("%s, 'discount_bp': 1500", tea), ""); /* below the floor */
    clerk_may_not(t, json("%s, 'price': 97999", tea), "");
    clerk_may_not(t, json("%s, 'tax_bp': 0", tea), "");
    clerk_may_not(t, tea, ", 'number': 'X-1'");
    clerk_may_not(t, tea, json(", 'due': %d", TODAY + 2000));
    clerk_may_not(t, tea, ", 'charges': [{'title': 'cart', 'amount_minor': 101}]");
    id bill = done(t, "issue_invoice",
                   json("{'customer': %u, 'lines': [{%s, 'discount_bp': 900}], 'charges': "
                        "[{'title': 'cart', 'amount_minor': 91}], 'salesperson': 'clerk'}",
                        t->anh, tea));
    thresholds_of_old_stay(t, bill, tea);
    scenario_as(t->s, t->clerk);
    refused(t, "open_customer", "{'name': 'G', 'phone': '1', 'area': 'Q7', 'term_days': 90}",
            CODE(MORE_THAN_YOU_MAY));
    uint32_t giang =
        (uint32_t)done(t, "open_customer", "{'name': 'G', 'phone': '1', 'area': 'Q7'}");
    refused(t, "change_customer", json("{'customer': %u, 'term_days': 91}", giang),
            CODE(MORE_THAN_YOU_MAY));
    refused(t, "issue_invoice", json("{'customer': %u, 'lines': [{%s}]}", giang, tea),
            CODE(CREDIT_LIMIT_EXCEEDED));
    scenario_as(t->s, t->controller);
    limit(t, giang, "'limit_minor': 100000, 'unpaid_max': 1");
    scenario_as(t->s, t->clerk);
    done(t, "issue_invoice", json("{'customer': %u, 'lines': [{%s}]}", giang, tea));
    refused(t, "issue_invoice", json("{'customer': %u, 'lines': [{%s}]}", giang, tea),
            CODE(UNPAID_TOO_MANY));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    refused(t, "issue_invoice", sale(t->anh, 10, ", 'salesperson': 'gone'"), CODE(STAFF_BLOCKED));
    refused(t, "issue_invoice", sale(t->anh, 10, ", 'number': 'AL-00999'"), CODE(FIELD_INVALID));
    done(t, "set_credit_limit", json("{'customer': %u, 'clear': ['UNPAID_MAX']}", giang));
    done(t, "change_product", json("{'product': %u, 'floor': 5000}", t->paint));
    done(t, "change_product", json("{'product': %u, 'no_floor': true}", t->paint));
}

/* Since version 5: who belongs to a branch, and what is overdue in all. */
static void bound_and_overdue(struct story *t)
{
    unsigned long long bill = done(t, "issue_invoice", sale(t->anh, 10, ""));
    done(t, "change_staff", json("{'staff': %u, 'branch': 2}", t->clerk));
    scenario_as(t->s, t->clerk);
    refused(t, "match_items", json("{'customer': %u}", t->anh), CODE(STAFF_OF_OTHER_BRANCH));
    scenario_at(t->s, 2);
    refused(t, "reverse_document", json("{'document': %llu, 'reason': 'x'}", bill),
            CODE(STAFF_OF_OTHER_BRANCH));
    scenario_at(t->s, 1);
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "change_staff", json("{'staff': %u, 'branch': 0}", t->clerk));
    uint32_t hoa = scenario_customer(t->s, "Hoa", 100000);
    limit(t, hoa, "'overdue_days': 30, 'overdue_minor': 50, 'policy': 'WARN'");
    done(t, "issue_invoice",
         sale(hoa, 60, json(", 'date': %d, 'due': %d, 'backfill': true", TODAY - 9, TODAY - 9)));
    done(t, "issue_invoice", sale(hoa, 10, ""));
}

/* ---- since version 5: cash ---- */

static const char *cash_part(struct story *t, int64_t amount_minor)
{
    return json("{'kind': 'CASH', 'money_account': %u, 'amount_minor': %lld}", t->till,
                (long long)amount_minor);
}

static const char *paid(const char *invoice, const char *parts)
{
    return json("{'invoice': %s, 'payments': [%s]}", invoice, parts);
}

static void cash_sales(struct story *t)
{
    done(t, "add_product", "{'code': 'BREAD', 'name': 'Bread', 'price': 1003000}");
    const char *bread = "{'lines': [{'product_code': 'BREAD', 'quantity': 1000}]}";
    done(t, "set_cash_policy",
         "{'unit_minor': 5, 'round_off_minor': 10, 'round_off_day_minor': 12}");
    refused(t, "set_cash_policy", "{'unit_minor': 5}", CODE(NOTHING_TO_CHANGE));
    scenario_as(t->s, t->clerk);
    refused(t, "issue_invoice", bread, CODE(CASH_SALE_UNPAID));
    refused(t, "sell_paid", paid(bread, cash_part(t, 900)), CODE(CASH_SALE_UNPAID));
    refused(t, "sell_paid",
            paid(bread, json("{'kind': 'POS', 'money_account': %u, 'amount_minor': 1004, "
                             "'reference': 'C-0'}",
                             t->device)),
            CODE(PAID_TOO_MUCH));
    done(t, "sell_paid", paid(bread, cash_part(t, 2000)));
    id money = done(t, "sell_paid",
                    paid(bread, json("{'kind': 'POS', 'money_account': %u, 'amount_minor': 301, "
                                     "'reference': 'C-1'}, {'kind': 'TRANSFER', 'money_account': "
                                     "%u, 'reference': 'E2E-2'}",
                                     t->device, t->bank)));
    refused(t, "correct_invoice",
            json("{'document': " ID ", 'invoice': {'lines': [{'product_code': 'BREAD', "
                 "'quantity': 2000}]}}",
                 money),
            CODE(CASH_SALE_UNPAID));
    done(t, "issue_invoice",
         json("{'customer': %u, 'lines': [{'product_code': 'BREAD', 'quantity': 1000}]}", t->anh));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    uint32_t hoa = scenario_customer(t->s, "Hoa", 100000);
    done(t, "issue_invoice", sale(hoa, 1004, ""));
    const char *settled = json("'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, "
                               "'match': 'OLDEST_DUE', 'round_off': true",
                               hoa, t->bank);
    refused(t, "take_payment", json("{%s, 'amount_minor': 1000}", settled), CODE(FIELD_MISSING));
    refused(t, "take_payment", json("{%s, 'amount_minor': 990, 'reference': 'E2E-3'}", settled),
            CODE(ROUNDING_TOO_MUCH));
    done(t, "take_payment", json("{%s, 'amount_minor': 1000, 'reference': 'E2E-3'}", settled));
    done(t, "issue_invoice", sale(hoa, 1003, ""));
    refused(t, "take_payment",
            json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 1003}", hoa,
                 t->till),
            CODE(NOT_IN_COINS));
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'match': 'OLDEST_DUE', "
              "'round_off': true, 'amount_minor': 1005}",
              hoa, t->till));
    if (t->rules >= 7) /* else all that is moved below would be in coins */
        done(t, "set_cash_policy", "{'unit_minor': 0}");
}

static const char *from_to(uint32_t from, uint32_t to, int64_t amount_minor, const char *more)
{
    return json("{'from': %u, 'to': %u, 'amount_minor': %lld%s}", from, to, (long long)amount_minor,
                more);
}

static void refunds(struct story *t)
{
    uint32_t lan = scenario_customer(t->s, "Lan", 1000);
    const char *back =
        json("'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'paid twice'", lan,
             t->till);
    done(t, "set_cash_policy", "{'refund_alone_minor': 300}");
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 900}", lan,
              t->till));
    refused(t, "refund_money", json("{%s, 'amount_minor': 901}", back), CODE(REFUND_TOO_MUCH));
    refused(t, "refund_money", json("{%s}", back), CODE(SECOND_PERSON_NEEDED));
    id paid_out = done(t, "refund_money", json("{%s, 'amount_minor': 200, 'payee': 'Lan'}", back));
    scenario_as(t->s, t->controller);
    done(t, "refund_money", json("{%s}", back));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'not so'}", paid_out));
    done(t, "set_cash_policy", "{'refund_any': true}");
}

/* Bounds of cash and fees, and of what one confirms of their own. */
static void two_persons(struct story *t)
{
    const char *out =
        json("{'money_account': %u, 'amount_minor': 5, 'reason': 'milk', 'out': true}", t->till);
    scenario_as(t->s, t->clerk);
    refused(t, "put_cash", out, CODE(MORE_THAN_YOU_MAY));
    scenario_as(t->s, t->accountant);
    refused(t, "move_money", from_to(t->device, t->bank, 100, ", 'fee_minor': 6"),
            CODE(MORE_THAN_YOU_MAY));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "set_cash_policy", "{'refund_alone_minor': 3, 'own_confirm_minor': 10}");
    done(t, "put_cash", out);
    refused(t, "move_money", from_to(t->till, t->bank, 11, ", 'arrived': true"),
            CODE(SECOND_PERSON_NEEDED));
    done(t, "move_money", from_to(t->till, t->bank, 10, ", 'arrived': true"));
    done(t, "set_cash_policy", "{'refund_any': true, 'own_confirm_any': true}");
    done(t, "move_money", from_to(t->till, t->bank, 11, ", 'arrived': true"));
}

static void money_moves(struct story *t)
{
    refused(t, "retire_money_account", json("{'money_account': %u, 'retired': true}", t->till),
            CODE(MONEY_LEFT));
    refused(t, "move_money", from_to(t->till, t->bank, INT64_C(9000000000000), ""),
            CODE(MONEY_NOT_THERE));
    id on_its_way = done(t, "move_money", from_to(t->till, t->bank, 300, ", 'reference': 'P-1'"));
    id never = done(t, "move_money", from_to(t->till, t->alley_till, 20, ", 'note': 'change'"));
    refused(t, "confirm_move", json("{'move': " ID "}", on_its_way), CODE(SECOND_PERSON_NEEDED));
    scenario_as(t->s, t->accountant);
    done(t, "confirm_move", json("{'move': " ID "}", on_its_way));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    refused(t, "confirm_move", json("{'move': " ID "}", on_its_way), CODE(NOT_CONFIRMABLE));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'lost'}", on_its_way));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'never went'}", never));
    done(t, "move_money", from_to(t->device, t->bank, 100, ", 'fee_minor': 3"));
    done(t, "put_cash",
         json("{'money_account': %u, 'amount_minor': 50, 'reason': 'change'}", t->till));
    two_persons(t);
}

static void till_days(struct story *t)
{
    uint32_t till = (uint32_t)done(t, "add_till", "{'branch': 1, 'name': 'night till'}");
    const char *of = json("'money_account': %u", till);
    done(t, "open_till", json("{%s, 'float_minor': 70, 'reason': 'found in it'}", of));
    refused(t, "open_till", json("{%s, 'float_minor': 70}", of), CODE(TILL_OPEN));
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'CASH', %s, 'amount_minor': 30}", t->anh, of));
    done(t, "put_cash", json("{%s, 'amount_minor': 5, 'out': true, 'reason': 'milk'}", of));
    refused(t, "close_till", json("{%s}", of), CODE(TILL_NOT_COUNTED));
    done(t, "count_till", json("{%s, 'counted_minor': 90}", of));
    refused(t, "count_till", json("{%s, 'counted_minor': 95}", of), CODE(TILL_COUNTED));
    done(t, "count_till", json("{%s, 'counted_minor': 94, 'counts': 1}", of));
    refused(t, "close_till", json("{%s}", of), CODE(FIELD_MISSING));
    done(t, "close_till", json("{%s, 'reason': 'wrong change'}", of));
    refused(t, "put_cash", json("{%s, 'amount_minor': 5, 'reason': 'late'}", of),
            CODE(TILL_CLOSED));
    /* what a provider gives counts once, wherever its money went */
    uint32_t other = (uint32_t)done(t, "add_bank_account", "{'name': 'ACB', 'number': '77'}");
    const char *e2e = "'kind': 'TRANSFER', 'amount_minor': 5, 'reference': 'E2E-9'";
    done(t, "take_payment",
         json("{'customer': %u, %s, 'money_account': %u}", t->anh, e2e, t->bank));
    refused(t, "take_payment",
            json("{'customer': %u, %s, 'money_account': %u}", t->anh, e2e, other),
            CODE(NUMBER_TAKEN));
}

/* ---- after a restore; ledgers that had one before version 3 have none of it ---- */

/* A sale of before the restore, with a number of its own. */
static struct offer old_sale(struct story *t, uint64_t seq, char *number)
{
    struct arena *arena = &t->s->arena;
    Tefter__Actor actor = {.base = PROTOBUF_C_MESSAGE_INIT(&tefter__actor__descriptor),
                           .has_staff = true,
                           .staff = ROLE_STAFF_OWNER,
                           .has_terminal = true,
                           .terminal = 1,
                           .has_branch = true,
                           .branch = 1};
    Tefter__Settled settled = TEFTER__SETTLED__INIT;
    Tefter__Settled *list[] = {&settled};
    Tefter__Receipt receipt = TEFTER__RECEIPT__INIT;
    Tefter__InvoiceLine line = TEFTER__INVOICE_LINE__INIT;
    Tefter__InvoiceLine *lines[] = {&line};
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    struct offer offer = {.id = {0}};
    line.text = "goods";
    line.quantity = 1000;
    line.has_price = true;
    line.price = 5000;
    invoice.has_customer = true;
    invoice.customer = t->anh;
    invoice.lines = lines;
    invoice.n_lines = 1;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    settled.what = SETTLED_NUMBER;
    settled.has_about = true;
    settled.about = TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    settled.text = number;
    receipt.seq = seq;
    receipt.at_ms = t->s->now_ms;
    receipt.actor = &actor;
    receipt.number = number;
    receipt.settled = list;
    receipt.n_settled = 1;
    be16_put(offer.id, (uint16_t)(t->s->now_ms >> 32));
    be32_put(offer.id + 2, (uint32_t)t->s->now_ms);
    be64_put(offer.id + 8, seq);
    offer.command = message_pack(&command.base, arena);
    offer.receipt = message_pack(&receipt.base, arena);
    return offer;
}

static void restored(struct story *t)
{
    uint64_t last = t->s->seq;
    refused(t, "apply_offers", "{}", CODE(NO_RECOVERY));
    scenario_restored(t->s, last);
    struct offer first = old_sale(t, last + 1, "HQ-00901");
    struct offer second = old_sale(t, last + 2, "HQ-00902");
    scenario_offer(t->s, &first);
    scenario_offer(t->s, &second);
    if (t->rules >= 4) {
        struct offer third = old_sale(t, last + 3, "HQ-00903");
        scenario_offer(t->s, &third);
    }
    scenario_sell(t->s, t->anh, 5);
    refused(t, "close_recovery", "{}", CODE(RECOVERY_UNFINISHED));
    done(t, "decline_offer", json("{'seq': " ID ", 'reason': 'a mistake'}", (id)last + 1));
    refused(t, "decline_offer", json("{'seq': " ID ", 'reason': 'again'}", (id)last + 1),
            CODE(OFFER_DECIDED));
    scenario_as(t->s, 0);
    done(t, "report_offers", "{'terminal': 1}");
    if (t->rules >= 4)
        done(t, "recall_next", json("{'offer': " ID ", 'set_aside': true}", (id)last + 2));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "apply_offers", "{}");
    if (t->rules >= 5) { /* the second time it is another one's turn */
        id next = ledger_recall_next(t->s->ledger);
        scenario_as(t->s, 0);
        done(t, "recall_next", json("{'offer': " ID ", 'set_aside': true}", next));
        done(t, "recall_next", json("{'offer': " ID ", 'set_aside': true}", next));
        scenario_as(t->s, ROLE_STAFF_OWNER);
    }
    scenario_recall(t->s);
    done(t, "close_recovery", "{'unfinished': true}");
    scenario_sell(t->s, t->anh, 5);
}

/* ---- since version 5 ---- */

/* The office puts a branch's papers right: in the branch's series, what is not said as it was, and
 * for a locked customer as long as it adds nothing. */
static void net_corrections(struct story *t)
{
    uint32_t dung = scenario_customer(t->s, "Dung", 1000);
    scenario_at(t->s, ALLEY);
    id bill = done(t, "issue_invoice",
                   sale(dung, 600,
                        ", 'reference': 'PO-5', 'note': 'gate 2', 'charges': [{'title': "
                        "'shipping', 'amount_minor': 30}]"));
    id money =
        done(t, "take_payment",
             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 500, "
                  "'bills': [{'bill': " ID "}]}",
                  dung, t->alley_till, bill));
    scenario_at(t->s, 1);
    done(t, "lock_customer", json("{'customer': %u, 'reason': 'late'}", dung));
    id less = done(t, "correct_invoice",
                   json("{'document': " ID ", 'reason': 'count', 'invoice': {'lines': [{'line': 1, "
                        "'quantity': 500}]}}",
                        bill));
    refused(t, "correct_invoice",
            json("{'document': " ID ", 'reason': 'count', 'invoice': {'lines': [{'line': 1, "
                 "'quantity': 900}]}}",
                 less),
            CODE(CUSTOMER_LOCKED));
    refused(t, "correct_invoice",
            json("{'document': " ID ", 'reason': 'x', 'clear': ['PAYER'], 'invoice': {}}", less),
            CODE(FIELD_INVALID));
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'x', 'clear': ['CHARGES', 'NOTE'], 'invoice': {}}",
              less));
    done(t, "correct_payment",
         json("{'document': " ID ", 'reason': 'typed', 'payment': {'kind': 'CASH', 'amount_minor': "
              "450}}",
              money));
}

/* Units with factors, costs, price lists. */
static void units_and_price_lists(struct story *t)
{
    uint32_t ky = scenario_customer(t->s, "Ky", 10000000);
    uint32_t gold = (uint32_t)done(t, "add_group", "{'dimension': 'prices', 'name': 'gold'}");
    done(t, "join_group", json("{'customer': %u, 'group': %u}", ky, gold));
    uint32_t sand = (uint32_t)done(
        t, "add_product",
        "{'code': 'SAND', 'name': 'Sand', 'unit': 'kg', 'price': 100000, 'cost': 90000, 'units': "
        "[{'code': 'bag', 'factor': 25000, 'barcodes': ['SAND-BAG']}, {'code': 'pinch', 'factor': "
        "7}]}");
    done(t, "change_product",
         json("{'product': %u, 'units': [{'code': 't', 'factor': 1000000, 'price': 95000000}]}",
              sand));
    refused(t, "change_product", json("{'product': %u, 'units': [{'code': 'x'}]}", sand),
            CODE(FIELD_MISSING));
#define SAND(line) json("{'customer': %u, 'lines': [{'product_code': 'SAND', " line "}]}", ky)
    refused(t, "issue_invoice", SAND("'quantity': 1000, 'unit': 'box'"), CODE(UNIT_UNKNOWN));
    refused(t, "issue_invoice", SAND("'quantity': 1001, 'unit': 'pinch'"), CODE(UNIT_NOT_EXACT));
    id bill = done(t, "issue_invoice", SAND("'quantity': 4000, 'unit': 'bag'"));
    done(t, "issue_credit_note",
         json("{'invoice': " ID ", 'credit': [{'line': 0, 'quantity': 1000}]}", bill));
    done(t, "add_price_list",
         json("{'code': 'GOLD', 'name': 'Gold', 'groups': [%u], 'branches': [1]}", gold));
    refused(t, "add_price_list", "{'code': 'gold', 'name': 'x'}", CODE(ALREADY_EXISTS));
    done(t, "set_prices",
         json("{'list': 'GOLD', 'prices': [{'product': %u, 'price': 95000}, {'product_code': "
              "'SAND-BAG', 'price': 2300000, 'from_quantity': 10000}, {'product': %u, 'price': "
              "99000, 'valid_from': 30000}]}",
              sand, sand));
    refused(t, "set_prices",
            json("{'list': 'GOLD', 'prices': [{'product': %u, 'price': 95000}]}", sand),
            CODE(NOTHING_TO_CHANGE));
    refused(t, "set_prices",
            json("{'list': 'GOLD', 'prices': [{'product': %u, 'price': 0}]}", sand),
            CODE(AMOUNT_NOT_POSITIVE));
    done(t, "issue_invoice", SAND("'quantity': 4000, 'unit': 'bag'"));
    done(t, "issue_invoice", SAND("'quantity': 10000, 'unit': 'bag'"));
    done(t, "issue_invoice", SAND("'quantity': 4000"));
    done(t, "change_price_list", "{'list': 'GOLD', 'all_customers': true}");
    done(t, "change_price_list", "{'list': 'GOLD', 'retired': true}");
    done(t, "change_product", json("{'product': %u, 'no_cost': true}", sand));
}

/* Keys that only fold apart are one. */
static void keys_that_fold(struct story *t)
{
    uint32_t ly = scenario_customer(t->s, "Ly", 100000);
    uint32_t bank = scenario_bank(t->s);
    done(t, "open_customer", "{'code': 'caf\u00E9-1', 'name': 'L', 'phone': '1', 'area': 'x'}");
    refused(t, "open_customer",
            "{'code': 'CAFE\u0301\u20131', 'name': 'L', 'phone': '1', 'area': 'x'}",
            CODE(ALREADY_EXISTS));
    done(t, "add_product",
         "{'code': 'FOLD-1', 'name': 'f', 'price': 1000, 'serials': true, 'barcodes': ['8-931']}");
    refused(t, "add_product", "{'code': 'fold\u20131', 'name': 'f'}", CODE(ALREADY_EXISTS));
    refused(t, "add_product",
            "{'code': 'X', 'name': 'f', 'barcodes': ['\u0668\u2013\u0669\u0663\u0661']}",
            CODE(ALREADY_EXISTS));
    done(t, "add_group", "{'dimension': 'fold', 'name': 'Gold 1'}");
    refused(t, "add_group", "{'dimension': 'FOLD', 'name': 'gold-1'}", CODE(ALREADY_EXISTS));
#define FOLDED_SALE(number, serial)                                                                \
    json("{'customer': %u, 'number': '" number "', 'lines': [{'product_code': 'fold\u20131', "     \
         "'quantity': 1000, 'serials': ['" serial "']}]}",                                         \
         ly)
    done(t, "issue_invoice", FOLDED_SALE("Old-7", "sn-1"));
    refused(t, "issue_invoice", FOLDED_SALE("OLD\u20137", "sn-2"), CODE(NUMBER_TAKEN));
    refused(t, "issue_invoice", FOLDED_SALE("Old-8", "SN\u20131"), CODE(ALREADY_EXISTS));
#define FOLDED_SLIP(reference)                                                                     \
    json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 5, 'money_account': %u, 'reference': "  \
         "'" reference "', 'payer': 'L', 'bills': [{'bill_number': 'old 7'}]}",                    \
         ly, bank)
    done(t, "take_payment", FOLDED_SLIP("SL-77"));
    refused(t, "take_payment", FOLDED_SLIP("sl 77"), CODE(NUMBER_TAKEN));
}

/* A builder pays for two sites, one of which has a limit of its own. */
static void payers(struct story *t)
{
    uint32_t builder = scenario_customer(t->s, "Builder", 1000);
    uint32_t north = scenario_customer(t->s, "North", 300);
    uint32_t south = scenario_customer(t->s, "South", 0);
    id late = done(t, "issue_invoice", sale(north, 200, ""));
    done(t, "set_payer", json("{'customer': %u, 'payer': %u, 'reason': 'gate 2'}", north, builder));
    done(t, "set_credit_limit", json("{'customer': %u}", south));
    done(t, "set_payer", json("{'customer': %u, 'payer': %u}", south, builder));
    refused(t, "set_payer", json("{'customer': %u, 'payer': %u}", t->anh, north),
            CODE(PAYER_HAS_PAYER));
    refused(t, "set_payer", json("{'customer': %u, 'payer': %u}", builder, t->anh),
            CODE(PAYER_HAS_SITES));
    refused(t, "issue_invoice", sale(north, 101, ""), CODE(SITE_LIMIT_EXCEEDED));
    id bill = done(t, "issue_invoice", sale(south, 700, ""));
    refused(t, "issue_invoice", sale(builder, 101, ""), CODE(CREDIT_LIMIT_EXCEEDED));
    done(t, "lock_customer", json("{'customer': %u}", builder));
    refused(t, "issue_invoice", sale(south, 1, ""), CODE(PAYER_LOCKED));
    done(t, "unlock_customer", json("{'customer': %u}", builder));
    id money = done(t, "take_payment",
                    json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                         "500, 'match': 'OLDEST_DUE'}",
                         builder, t->till));
    done(t, "correct_payment",
         json("{'document': " ID ", 'reason': 'typed', 'payment': {'kind': 'CASH', 'amount_minor': "
              "450}}",
              money));
    id match = scenario_done(t->s, "take_payment",
                             json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, "
                                  "'amount_minor': 100, 'reference': 'B-1', 'payer': 'B', 'bills': "
                                  "[{'bill': " ID "}]}",
                                  builder, t->bank, bill))
                   ->match;
    done(t, "set_payer", json("{'customer': %u}", south));
    done(t, "undo_match", json("{'customer': %u, 'match': " ID "}", builder, match));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", late));
    done(t, "open_customer",
         json("{'name': 'West', 'phone': '1', 'area': 'Q7', 'payer': %u}", builder));
    refused(t, "open_customer",
            json("{'name': 'East', 'phone': '1', 'area': 'Q7', 'payer': %u}", north),
            CODE(PAYER_HAS_PAYER));
    limit(t, builder, "'limit_minor': 100"); /* and joins over it: an alarm */
    done(t, "set_payer", json("{'customer': %u, 'payer': %u}", south, builder));
}

/* Slips that are not confirmed free a part, by the company's, a group's or an own weight. */
static void slips_in_part(struct story *t)
{
    uint32_t hoa = scenario_customer(t->s, "Hoa", 1000);
    done(t, "set_credit_policy", "{'terms': {'slip_weight': 67}}");
    done(t, "issue_invoice", sale(hoa, 1000, ""));
    id slip = done(t, "take_payment",
                   json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, 'amount_minor': "
                        "500, 'reference': 'W-1', 'payer': 'H', 'match': 'OLDEST_DUE'}",
                        hoa, t->bank));
    refused(t, "issue_invoice", sale(hoa, 166, ""), CODE(CREDIT_LIMIT_EXCEEDED));
    done(t, "issue_invoice", sale(hoa, 165, ""));
    limit(t, hoa, "'slip_weight': 0");
    done(t, "issue_invoice", sale(hoa, 335, ""));
    scenario_as(t->s, t->accountant);
    done(t, "confirm_payment",
         json("{'payment': " ID ", 'confirmed': false, 'reason': 'never came'}", slip));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    refused(t, "set_credit_policy", "{'terms': {'slip_weight': 101}}", CODE(FIELD_INVALID));
    done(t, "set_credit_policy", "{'terms': {}, 'clear': ['SLIP_WEIGHT']}");
}

/* Codes that look alike, numbers of other series, one alarm for an import, and that it is undone.
 */
static void imports(struct story *t)
{
    uint32_t my = scenario_customer(t->s, "My", 100);
#define OLD_BILL(number, more)                                                                     \
    sale(my, 150, ", 'number': '" number "', 'source': 'old', 'backfill': true" more)
    done(t, "open_customer", "{'code': 'AMX-1', 'name': 'L', 'phone': '1', 'area': 'x'}");
    refused(t, "open_customer",
            "{'code': '\u0391\u039C\u03A7-1', 'name': 'L', 'phone': '1', 'area': 'x'}",
            CODE(LOOKS_LIKE));
    done(t, "add_product", "{'code': '\u0410\u0411\u0412', 'name': 'f'}");
    refused(t, "add_product", "{'code': 'A\u0411B', 'name': 'f'}", CODE(LOOKS_LIKE));
    refused(t, "issue_invoice", OLD_BILL("HQ-R-00001", ""), CODE(NUMBER_OF_OTHER_SERIES));
    id first = done(t, "issue_invoice", OLD_BILL("OB-1", ""));
    done(t, "issue_invoice", OLD_BILL("OB-2", ", 'date': 19990"));
#define UNDO(document)                                                                             \
    json("{'document': " ID ", 'undo_import': true, 'reason': 'wrong file'}", document)
    done(t, "reverse_document", UNDO(first));
    done(t, "issue_invoice", OLD_BILL("OB-1", ""));
    refused(t, "reverse_document", UNDO(done(t, "issue_invoice", sale(t->anh, 10, ""))),
            CODE(NOT_IMPORTED));
}

/* ---- rules version 6 ---- */

/* Reports that people keep; a person who is to be forgotten, and the words of their papers. */
static void reports_and_erasing(struct story *t)
{
#define WHAT                                                                                       \
    "'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY', 'BY_BRANCH'], 'columns': ['sold']}"
    id report = done(t, "save_report", "{'name': 'sales', 'shared': true, " WHAT "}");
    done(t, "save_report", json("{'report': " ID ", 'name': 'sales by day', " WHAT "}", report));
    done(t, "remove_report", json("{'report': " ID "}", report));
    done(t, "save_report", "{'name': 'kept', " WHAT "}");
    uint32_t kim = scenario_customer(t->s, "Kim", 1000);
    done(t, "issue_invoice", sale(kim, 50, ", 'note': 'to the back door'"));
    refused(t, "erase_customer", json("{'customer': %u}", kim), CODE(CUSTOMER_OPEN));
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'amount_minor': 50, "
              "'reference': 'KIM-1', 'payer': 'their brother'}",
              kim, t->bank));
    done(t, "match_items", json("{'customer': %u, 'order': 'MATCH_OLDEST_DUE'}", kim));
    done(t, "erase_customer", json("{'customer': %u}", kim));
    refused(t, "change_customer", json("{'customer': %u, 'note': 'x'}", kim),
            CODE(CUSTOMER_ERASED));
}

static void of_version_6(struct story *t)
{
    done(t, "change_customer", json("{'customer': %u, 'buyers_only': true}", t->anh));
    refused(t, "issue_invoice", sale(t->anh, 10, ""), CODE(BUYER_NEEDED));
    done(t, "change_customer", json("{'customer': %u, 'buyers_only': false}", t->anh));
    scenario_as(t->s, 0);
    done(t, "set_secret", json("{'staff': %u, 'password_hash': '0304', 'by': 1}", t->clerk));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    uint32_t chief = scenario_staff(t->s, "alleychief", TEFTER__ROLE__ROLE_MANAGER);
    done(t, "change_staff", json("{'staff': %u, 'branch': 2}", chief));
    scenario_as(t->s, chief);
    refused(t, "change_branch", "{'branch': 1, 'phone': '0901'}", CODE(BOUND_TO_BRANCH));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    reports_and_erasing(t);
}

/* ---- rules version 7 ---- */

/* All cash in coins; what was rounded off of a bill, when the bill goes, is credited or put right.
 */
static void cash_in_coins(struct story *t)
{
    uint32_t lan = scenario_customer(t->s, "Lan", 1000000);
    done(t, "set_cash_policy",
         "{'unit_minor': 5, 'round_off_minor': 50, 'round_off_day_minor': 500}");
#define PAYS(amount, more)                                                                         \
    json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': %d" more "}", lan, \
         t->till, amount)
#define GETS(amount)                                                                               \
    json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'back', "                \
         "'amount_minor': %d}",                                                                    \
         lan, t->till, amount)
#define OFF ", 'match': 'OLDEST_DUE', 'round_off': true"
    id bill = done(t, "issue_invoice", sale(lan, 4241, ""));
    done(t, "take_payment", PAYS(4200, OFF));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", bill));
    refused(t, "refund_money", GETS(2001), CODE(NOT_IN_COINS));
    done(t, "refund_money", GETS(2000));
    done(t, "refund_money", GETS(2200));
    refused(t, "refund_money", GETS(40), CODE(REFUND_TOO_MUCH));
    bill = done(t, "issue_invoice", sale(lan, 1003, ""));
    id receipt = done(t, "take_payment", PAYS(1000 - 5, OFF));
    done(t, "issue_credit_note", json("{'invoice': " ID ", 'reason': 'broken'}", bill));
    refused(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", receipt),
            CODE(NOT_REVERSIBLE));
    done(t, "refund_money", GETS(995));
    bill = done(t, "issue_invoice", sale(lan, 1003, ""));
    receipt = done(t, "take_payment", PAYS(1000 - 5, OFF));
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'dear', 'invoice': %s}", bill, sale(lan, 900, "")));
    scenario_as(t->s, t->manager); /* of one's own so much is a second person's */
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", receipt));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "take_payment", PAYS(900, ", 'match': 'OLDEST_DUE'"));
    done(t, "issue_invoice", sale(lan, 3817, ""));
    refused(t, "take_payment", PAYS(3816, ", 'match': 'OLDEST_DUE'"), CODE(NOT_IN_COINS));
    done(t, "take_payment", PAYS(3817, ", 'match': 'OLDEST_DUE'"));
    refused(t, "put_cash",
            json("{'money_account': %u, 'amount_minor': 12, 'reason': 'milk'}", t->till),
            CODE(NOT_IN_COINS));
    refused(t, "sell_paid", paid(sale(lan, 5000, ""), cash_part(t, 1001)), CODE(NOT_IN_COINS));
    done(t, "sell_paid", paid(sale(lan, 2, ""), cash_part(t, 5)));
    done(t, "sell_paid", paid(sale(lan, 0, ""), cash_part(t, 5)));
    done(t, "set_cash_policy", "{'unit_minor': 0}");
}

/* A manager of the alley, and customers whom the head office opened. */
static void bound_to_a_branch(struct story *t)
{
    uint32_t chief = scenario_staff(t->s, "alleyhead", TEFTER__ROLE__ROLE_MANAGER);
    done(t, "change_staff", json("{'staff': %u, 'branch': 2}", chief));
    scenario_at(t->s, ALLEY);
    uint32_t own = scenario_customer(t->s, "Of the alley", 1000);
    id bill = done(t, "issue_invoice", sale(t->anh, 7, ""));
    scenario_as(t->s, chief);
    scenario_at(t->s, ALLEY);
    refused(t, "set_credit_limit", json("{'customer': %u, 'terms': {'limit_minor': 9}}", t->anh),
            CODE(BOUND_TO_BRANCH));
    refused(t, "add_group", "{'dimension': 'tier', 'name': 'alley'}", CODE(BOUND_TO_BRANCH));
    done(t, "set_credit_limit", json("{'customer': %u, 'terms': {'limit_minor': 9}}", own));
    done(t, "lock_customer", json("{'customer': %u, 'reason': 'x'}", own));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    refused(t, "issue_invoice", sale(t->anh, 7, json(", 'date': %d", TODAY - 5000)),
            CODE(DATE_TOO_EARLY));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'of the alley'}", bill));
    scenario_at(t->s, 1);
}

/* What was owed, or in a till, before these books; and a till that is closed with its money on its
 * way to the bank. */
static void opening_accounts(struct story *t)
{
    uint32_t old = scenario_customer(t->s, "Old debts", 1000000);
#define OPENS(number, more)                                                                        \
    sale(old, 150, ", 'number': '" number "', 'source': 'older', 'backfill': true" more)
    done(t, "issue_invoice", OPENS("OP-1", ""));
    id said = done(t, "issue_invoice", OPENS("OP-2", ", 'opening': true"));
    done(t, "issue_invoice", OPENS("OP-3", ", 'opening': false"));
#undef OPENS
    refused(t, "issue_invoice", sale(old, 1, ", 'opening': true"), CODE(FIELD_INVALID));
    done(t, "issue_credit_note", json("{'invoice': " ID "}", said));
    uint32_t till = (uint32_t)done(t, "add_till", "{'branch': 1, 'name': 'new till'}");
    const char *of = json("'money_account': %u", till);
    done(t, "open_till", json("{%s, 'float_minor': 300}", of));
    done(t, "count_till", json("{%s, 'counted_minor': 300}", of));
    refused(t, "close_till", json("{%s, 'to_bank_minor': 301, 'bank_account': %u}", of, t->bank),
            CODE(MONEY_NOT_THERE));
    done(t, "close_till", json("{%s, 'to_bank_minor': 200, 'bank_account': %u}", of, t->bank));
    done(t, "open_till", json("{%s, 'float_minor': 90, 'reason': 'it lacked'}", of));
}

/* Written down, called, come back to. */
static void notes(struct story *t)
{
    id note = done(t, "add_note",
                   json("{'customer': %u, 'text': 'asks for time', 'kind': 'NOTE_DIFFICULTY', "
                        "'help': 'HELP_EXTENSION', 'again': %d, 'owner': %u}",
                        t->anh, TODAY + 3000, t->controller));
    done(t, "change_note",
         json("{'customer': %u, 'note': " ID ", 'again': %d}", t->anh, note, TODAY + 3001));
    done(t, "add_note",
         json("{'customer': %u, 'text': 'not there', 'kind': 'NOTE_CALL', 'result': "
              "'CALL_NO_ANSWER', 'closes': true}",
              t->anh));
    done(t, "change_note", json("{'customer': %u, 'note': " ID ", 'done': true}", t->anh, note));
    refused(t, "change_note", json("{'customer': %u, 'note': " ID ", 'done': true}", t->anh, note),
            CODE(NOTHING_TO_CHANGE));
}

/* Two records of one customer, two again, and one for good: its money has paid for both. */
static void merged(struct story *t)
{
    uint32_t gone = scenario_customer(t->s, "Hung", 1000);
    uint32_t stays = scenario_customer(t->s, "Hung & son", 2000);
    const char *both = json("{'customer': %u, 'into': %u, 'reason': 'one man'}", gone, stays);
    char merge[128];
    (void)snprintf(merge, sizeof merge, "%s", both);
    done(t, "issue_invoice", sale(gone, 400, ""));
    done(t, "authorise_buyer", json("{'customer': %u, 'name': 'Son'}", gone));
    done(t, "merge_customers", merge);
    refused(t, "issue_invoice", sale(gone, 1, ""), CODE(CUSTOMER_MERGED));
    done(t, "undo_merge", json("{'customer': %u}", gone));
    done(t, "issue_invoice", sale(gone, 100, ""));
    done(t, "merge_customers", merge);
    done(t, "take_payment",
         json("{'customer': %u, 'kind': 'TRANSFER', 'amount_minor': 500, 'money_account': %u, "
              "'reference': 'one man pays', 'match': 'OLDEST_DUE'}",
              stays, t->bank));
    if (t->rules < 7)
        refused(t, "undo_merge", json("{'customer': %u}", gone), CODE(MERGE_IN_USE));
}

/* ---- rules version 7 ---- */

/* One customer of two records: money of each pays the other's bill and is paid out, two again with
 * what was matched; and who stays is erased with who was merged. */
static void merged_records(struct story *t)
{
    uint32_t gone = scenario_customer(t->s, "Lan", 1000);
    uint32_t stays = scenario_customer(t->s, "Lan at the market", 2000);
    id bill = done(t, "issue_invoice", sale(stays, 300, ""));
    id money = done(t, "take_payment",
                    json("{'customer': %u, 'kind': 'TRANSFER', 'amount_minor': 500, "
                         "'money_account': %u, 'reference': 'LAN-1'}",
                         gone, t->bank));
    refused(t, "merge_customers", json("{'customer': %u, 'into': %u}", gone, gone),
            CODE(SAME_CUSTOMER));
    done(t, "merge_customers", json("{'customer': %u, 'into': %u}", gone, stays));
    done(t, "match_items",
         json("{'customer': %u, 'parts': [{'debit': " ID ", 'credit': " ID "}]}", stays, bill,
              money));
    done(t, "refund_money",
         json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'reason': 'too much'}",
              stays, t->bank));
    done(t, "undo_merge", json("{'customer': %u}", gone));
    done(t, "merge_customers", json("{'customer': %u, 'into': %u}", gone, stays));
    refused(t, "erase_customer", json("{'customer': %u}", gone), CODE(CUSTOMER_MERGED));
    done(t, "erase_customer", json("{'customer': %u}", stays));
    refused(t, "issue_invoice", sale(stays, 1, ""), CODE(CUSTOMER_ERASED));
}

/* An approval is for what was seen; bills and receipts that are taken back alone. */
static void what_was_seen(struct story *t)
{
    uint32_t dao = scenario_customer(t->s, "Dao", 100000);
    limit(t, dao, "'limit_minor': 1000, 'policy': 'APPROVE'");
    id asked = done(t, "ask_approval", parked(dao, 1500, ""));
    grant(t, asked, "");
    id meanwhile = done(t, "issue_invoice", sale(dao, 700, ""));
    refused(t, "issue_invoice", with(dao, 1500, asked), CODE(APPROVAL_OUTGROWN));
    limit(t, dao, "'policy': 'BLOCK'");
    refused(t, "issue_invoice", with(dao, 1500, asked), CODE(CREDIT_LIMIT_EXCEEDED));
    limit(t, dao, "'policy': 'APPROVE'");
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", meanwhile));
    done(t, "issue_invoice", with(dao, 1500, asked));
    done(t, "set_credit_policy",
         "{'terms': {}, 'credit_note_approve_minor': 100, 'clear': ['TERM_OWN_REVERSAL']}");
    limit(t, dao, "'unlimited': true");
    uint32_t piece = (uint32_t)done(
        t, "add_product", "{'code': 'SEEN', 'name': 'piece', 'price': 10000, 'tax_bp': 0}");
    scenario_as(t->s, t->clerk);
#define PIECES(quantity)                                                                           \
    json("{'customer': %u, 'lines': [{'product': %u, 'quantity': %d}]}", dao, piece, quantity)
    done(t, "reverse_document",
         json("{'document': " ID "}", done(t, "issue_invoice", PIECES(20000))));
    id bill = done(t, "issue_invoice", PIECES(20000));
    refused(t, "correct_invoice",
            json("{'document': " ID ", 'reason': 'x', 'invoice': {'lines': [{'line': 1, "
                 "'quantity': 9900}]}}",
                 bill),
            CODE(RIGHT_MISSING));
    done(t, "correct_invoice",
         json("{'document': " ID ", 'reason': 'x', 'invoice': {'lines': [{'line': 1, 'quantity': "
              "19000}]}}",
              bill));
    id money = done(t, "take_payment",
                    json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                         "100}",
                         dao, t->till));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'x'}", money));
    id transfer = done(t, "take_payment",
                       json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, "
                            "'amount_minor': 100, 'reference': 'E2E-SEEN'}",
                            dao, t->bank));
    refused(t, "take_payment",
            json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, 'amount_minor': 100, "
                 "'reference': 'E2E-SEEN', 'payer': 'Dao'}",
                 dao, t->bank),
            CODE(NUMBER_TAKEN));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "confirm_payment", json("{'payment': " ID ", 'confirmed': true}", transfer));
    scenario_as(t->s, t->manager);
    uint32_t second =
        (uint32_t)done(t, "add_staff", "{'login': 'dose', 'role': 'ROLE_CONTROLLER'}");
    limit(t, dao, "'limit_minor': 1000, 'policy': 'APPROVE'");
    id own = done(t, "ask_approval", parked(dao, 9000, ""));
    scenario_as(t->s, second);
    done(t, "decide_approval", json("{'approval': " ID ", 'approved': true}", own));
    scenario_as(t->s, ROLE_STAFF_OWNER);
}

static void of_version_7(struct story *t)
{
    bound_to_a_branch(t);
    opening_accounts(t);
    merged_records(t);
    what_was_seen(t);
    cash_in_coins(t);
}

/* ---- rules version 8 ---- */

/* Cash that was put in goes out again, a till below nothing gets back what it gave, and a first
 * float comes after the first sale. */
static void of_version_8(struct story *t)
{
    uint32_t till = (uint32_t)done(t, "add_till", "{'branch': 1, 'name': 'till of the yard'}");
    const char *of = json("'money_account': %u", till);
    done(t, "set_thresholds",
         "{'thresholds': [{'threshold': 'CASH_OUT', 'role': 'SALES', 'most': 25}, "
         "{'threshold': 'CASH_IN', 'role': 'SALES', 'most': 50}]}");
    done(t, "set_cash_policy", "{'refund_alone_minor': 15}");
    done(t, "put_cash", json("{%s, 'amount_minor': 40, 'reason': 'found'}", of));
    scenario_as(t->s, t->clerk);
    done(t, "open_till", json("{%s, 'float_minor': 300}", of));
    id put = done(t, "put_cash", json("{%s, 'amount_minor': 20, 'reason': 'change'}", of));
    id more = done(t, "put_cash", json("{%s, 'amount_minor': 10, 'reason': 'change'}", of));
    id moved =
        done(t, "move_money", json("{'from': %u, 'to': %u, 'amount_minor': 3000}", till, t->bank));
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'never was'}", put));
    refused(t, "reverse_document", json("{'document': " ID ", 'reason': 'never was'}", more),
            CODE(MORE_THAN_YOU_MAY));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    done(t, "reverse_document", json("{'document': " ID ", 'reason': 'typed wrong'}", moved));
}

/* Who settles when, and the statements that come of it. */
static void settled(struct story *t)
{
    uint32_t last = TODAY + 370;
    done(t, "set_workdays",
         json("{'branch': 1, 'weekend': 96, 'holidays': [{'date': %u, 'name': 'Tết'}]}", last + 2));
    refused(t, "set_workdays", "{'branch': 99, 'weekend': 0}", CODE(NOT_FOUND));
    done(t, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK', 'weekdays': 127, 'move': 'DAY_NEXT'}}");
    done(t, "set_cycle",
         json("{'group': %u, 'cycle': {'kind': 'CYCLE_JALALI_MONTH', 'days': 1073741824}}",
              t->silver));
    done(t, "set_cycle",
         json("{'customer': %u, 'cycle': {'kind': 'CYCLE_EVERY', 'every': 2, 'from_date': %u, "
              "'ready_days': 2}}",
              t->binh, last));
    refused(t, "set_cycle", "{'cycle': {'kind': 'CYCLE_WEEK'}}", CODE(FIELD_INVALID));
    scenario_as(t->s, 0);
    for (uint32_t day = last; day < last + 6; day += 1 + day % 2)
        done(t, "turn_day", json("{'branch': 1, 'date': %u}", day));
    for (uint64_t job; ledger_jobs(t->s->ledger, &job, 1) > 0;)
        done(t, "step_job", json("{'job': " ID "}", (id)job));
    scenario_as(t->s, ROLE_STAFF_OWNER);
    uint32_t one = scenario_customer(t->s, "Statement by hand", 1000);
    scenario_sell(t->s, one, 10);
    done(t, "make_statement", json("{'customer': %u, 'until': %u}", one, last + 4));
    refused(t, "make_statement", json("{'customer': %u, 'until': %u}", one, last + 4),
            CODE(DATE_TOO_EARLY));
}

/* ---- all of it ---- */

struct scenario *golden_story(uint32_t rules_version)
{
    struct story t = {.s = scenario_begin_at(1), .rules = rules_version};
    t.s->texts_apart = true;
    people(&t);
    places(&t);
    upgrade(&t, rules_version);
    terminals(&t);
    catalogue(&t);
    groups(&t);
    customers(&t);
    locks_and_limits(&t);
    overdue(&t);
    approvals(&t);
    buyers(&t);
    wrong_sales(&t);
    serials(&t);
    credit_notes(&t);
    scenario_wait(t.s, 3600 * 1000);
    payments(&t);
    slips(&t);
    corrections(&t);
    matches(&t);
    strange_entries(&t);
    undone_matches(&t, rules_version);
    if (rules_version >= 3)
        full_items(&t);
    of_version_3(&t, rules_version);
    if (rules_version >= 3)
        a_wrong_clock(&t);
    if (rules_version >= 4) {
        alarmed_terminals(&t);
        joined_terms(&t);
    }
    if (rules_version >= 5) {
        net_corrections(&t);
        up_to_so_much(&t);
        bound_and_overdue(&t);
        keys_that_fold(&t);
        payers(&t);
        slips_in_part(&t);
        units_and_price_lists(&t);
        imports(&t);
    }
    if (rules_version >= 5) {
        cash_sales(&t);
        refunds(&t);
        money_moves(&t);
        till_days(&t);
        browsers(&t);
    }
    if (rules_version >= 6) {
        of_version_6(&t);
        notes(&t);
        merged(&t);
    }
    if (rules_version >= 7)
        of_version_7(&t);
    if (rules_version >= 8)
        of_version_8(&t);
    if (rules_version >= 8)
        settled(&t);
    if (rules_version >= 3)
        restored(&t);
    return t.s;
}

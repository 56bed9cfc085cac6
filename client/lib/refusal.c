/*
 * Refusals in English. A pattern a code; words in braces are facts of the refusal, and a clause
 * without its facts is left out, so every refusal makes a sentence whatever it knows.
 */
#include "lib/tefter.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define CODE(name) TEFTER__REFUSAL_CODE__##name

static const char *const patterns[] = {
    [CODE(UNREADABLE)] =
        "The server cannot read this request|: {field} is wrong|. The programs may "
        "be of different versions.",
    [CODE(FIELD_MISSING)] = "Something is missing|: {field}|.",
    [CODE(FIELD_INVALID)] = "Something has the wrong form|: {field}|.",
    [CODE(AMOUNT_NOT_POSITIVE)] = "The amount must be more than zero| ({field})|.",
    [CODE(AMOUNT_TOO_BIG)] = "The amount is too big| ({field})|; at most {most$} is possible|.",
    [CODE(DATE_INVALID)] = "This is no date| ({field})|. Write 2026-11-23.",
    [CODE(DATE_IN_FUTURE)] = "The date lies in the future| ({field})|. Nothing is dated after the "
                             "branch's business date.",
    [CODE(DATE_BEFORE_TODAY)] =
        "The date lies before the branch's business date| ({field})|.| Who may backdate: {roles}.",
    [CODE(TEXT_INVALID)] = "The text cannot be taken| ({field})|: it is too long or has characters "
                           "that are not text.",
    [CODE(TOO_MANY)] = "That is too many| ({field})|; at most {most}|.",
    [CODE(WRONG_CURRENCY)] = "The currency is not the company's| ({field})|.",

    [CODE(NOT_LOGGED_IN)] = "Nobody is logged in at this terminal. Log in first: tefter login.",
    [CODE(RIGHT_MISSING)] = "Not allowed|: you may not {right}|.| Who may: {roles}.",
    [CODE(LOGIN_WRONG)] = "Name or password is wrong.",
    [CODE(LOGIN_THROTTLED)] = "Too many wrong tries.| Try again in {retry}.",
    [CODE(STAFF_BLOCKED)] =
        "This person is blocked. Somebody who manages staff can unblock: tefter "
        "staff unblock.",
    [CODE(TERMINAL_BLOCKED)] = "This terminal is blocked. Somebody who manages terminals can "
                               "unblock: tefter terminal unblock.",
    [CODE(TERMINAL_UNKNOWN)] = "The server does not know this terminal| ({field})|. Enrol it anew: "
                               "tefter terminal code N, then tefter enrol.",
    [CODE(CODE_WRONG)] = "The code is wrong. Check it letter by letter, or ask for a new one.",
    [CODE(CODE_USED)] = "The code was used already: each makes one terminal. Ask for a new one.",
    [CODE(CODE_EXPIRED)] = "The code is too old. Ask for a new one: tefter terminal code N.",
    [CODE(PASSWORD_WEAK)] =
        "The password is too easy to guess.| At least {most} characters.| Take more, or other, "
        "words.",
    [CODE(BRANCH_BLOCKED)] =
        "The branch is blocked: it sells and credits nothing. Money can still be taken.",
    [CODE(CERTIFICATE_EXPIRED)] = "This terminal's certificate has expired. It must be renewed "
                                  "before anything else, or the terminal enrolled anew.",
    [CODE(BUSY)] = "The server is busy.| Try again in {retry}.",
    [CODE(READ_ONLY)] =
        "The server takes no changes now: its disk is nearly full, an entry of its journal waits "
        "for a person, or another server writes the ledger; tefter status says which. Nothing was "
        "done. "
        "Looking is possible.",
    [CODE(DEADLINE_PASSED)] = "It took too long. Nothing was done; say it again.",
    [CODE(VERSION_UNKNOWN)] = "The server does not speak this version of the protocol|; its newest "
                              "is {most}|. Update the older of the two programs.",
    [CODE(SERVER_OLDER)] = "The server is older than this program| and does not know '{field}' "
                           "yet|. Nothing was done. Upgrade the server first.",
    [CODE(CLIENT_OLDER)] =
        "The server is newer than this program and answers in a way that it does not "
        "know. What was asked for may have been done: look before you say it again, "
        "and upgrade this program.",
    [CODE(ALREADY_SUBSCRIBED)] = "This subscription runs already.",

    [CODE(NOT_FOUND)] = "Not found|: there is no such {field}|.",
    [CODE(ALREADY_EXISTS)] = "It exists already| ({field})|; see {existing}|.",
    [CODE(COMMAND_ID_REUSED)] = "This number was used for another request. The counter of this "
                                "terminal is damaged: enrol it anew.",
    [CODE(COMMAND_ID_TOO_OLD)] = "This request is too old to be taken: it was made more than 45 "
                                 "days ago, or the clock is wrong. Enter it anew.",
    [CODE(COMMAND_ID_FOREIGN)] = "The request names another terminal than the one that sent it.",
    [CODE(NOTHING_TO_CHANGE)] = "There is nothing to change.",
    [CODE(RETIRED)] = "It is no longer used| ({field})|.",

    [CODE(CUSTOMER_LOCKED)] = "The customer is locked|: {reason}|.| {ways}",
    [CODE(CREDIT_LIMIT_EXCEEDED)] =
        "Over the limit| by {over$}|: {free} is free, this sale is {amount}|.| {ways}",
    [CODE(APPROVAL_NEEDED)] =
        "Over the limit| by {over$}|: {free} is free, this sale is {amount}|. "
        "It needs an approval.| {ways}",
    [CODE(OVERDUE_TOO_OLD)] = "A bill is overdue| by {days}|, more than is borne.| {ways}",
    [CODE(OVERDUE_TOO_MUCH)] = "Too much is overdue|: {overdue$}|.| {ways}",
    [CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER)] =
        "One document of this customer may not be so big|: at most {most$}|.| {ways}",
    [CODE(APPROVAL_NOT_OPEN)] = "The approval cannot be used: it was decided, used, has expired, "
                                "or is for another sale.",
    [CODE(PERSON_NOT_ALLOWED)] = "Who takes the goods may not buy on this account.",
    [CODE(PERSON_CAP_EXCEEDED)] = "Who takes the goods may not buy so much|: {available$} is left "
                                  "of the cap|.",
    [CODE(LOCK_STATE)] = "The customer is in that state already: locked, or not locked.",

    [CODE(NOT_IN_CATALOGUE)] =
        "Not in the catalogue|: {field}|.| Who may sell free lines: {roles}.",
    [CODE(PRICE_MISSING)] = "No price|: {field}|. Give one (PRODUCT=QTY@PRICE) or set it: tefter "
                            "product edit.",
    [CODE(QUANTITY_NOT_POSITIVE)] = "The quantity must be more than zero|: {field}|.",
    [CODE(DISCOUNT_TOO_BIG)] = "The discount is bigger than its line|: {field}|.",
    [CODE(TOTAL_NEGATIVE)] = "The total must not be below zero.",
    [CODE(MORE_THAN_SOLD)] = "That is more than is left of what was sold|: {field}|; at most "
                             "{available$}|.",
    [CODE(ALREADY_REVERSED)] = "It is reversed already|, by {existing}|.",
    [CODE(NOT_REVERSIBLE)] = "It cannot be reversed: something later rests on it. Reverse that "
                             "first|: {existing}|.",

    [CODE(NUMBER_TAKEN)] = "This number is taken| ({field})|; see {existing}|.",
    [CODE(NOT_CONFIRMABLE)] = "There is nothing to confirm: the money is final or the payment "
                              "reversed.",
    [CODE(MATCH_TOO_MUCH)] = "That is more than is open|: {available$} is open|| ({field})|.",
    [CODE(MATCH_OTHER_CUSTOMER)] = "Bill and money belong to different customers| ({field})|.",
    [CODE(MATCH_NOTHING)] = "There is nothing open to match.",
    [CODE(MATCH_UNDONE)] = "This match is undone already.",
    [CODE(TILL_OTHER_BRANCH)] = "The till or device belongs to another branch.",
};

/* A code that only a later version knows: its number, for whoever asks about it, and those facts
 * that mean the same with every code. */
static const char unknown_pattern[] = "The server refuses this, for a reason that this program is "
                                      "too old to know ({code})|: {field}|."
                                      "| {ways}|| Who may: {roles}.|";

const char *refusal_pattern(Tefter__RefusalCode code)
{
    size_t at = (size_t)code;
    return at < sizeof(patterns) / sizeof(patterns[0]) ? patterns[at] : NULL;
}

/* ---- facts ---- */

struct facts {
    const Tefter__Refusal *refusal;
    const struct currency *currency;
};

typedef bool (*fact_fn)(const struct facts *facts, char *out, size_t capacity);

static bool put_text(char *out, size_t capacity, const char *text)
{
    (void)snprintf(out, capacity, "%s", text);
    return text[0] != '\0';
}

static void put_plain(const struct facts *facts, int64_t amount, char *out, size_t capacity)
{
    char text[MONEY_TEXT_MAX];
    (void)money_write(amount, facts->currency->exponent, text);
    (void)snprintf(out, capacity, "%s", text);
}

static bool put_money(const struct facts *facts, bool known, int64_t amount, char *out,
                      size_t capacity)
{
    if (known)
        (void)money_sentence(amount, facts->currency, out, capacity);
    return known;
}

static bool over(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool told = facts->refusal->has_over_by_minor;
    int64_t amount = told               ? facts->refusal->over_by_minor
                     : decision == NULL ? 0
                                        : decision->over_by_minor;
    return put_money(facts, told || amount > 0, amount, out, capacity);
}

/* What was free before this sale: never less than nothing. */
static bool free_now(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || decision->unlimited)
        return false;
    int64_t amount = decision->limit_minor - decision->exposure_minor;
    if (amount > 0)
        put_plain(facts, amount, out, capacity);
    else
        (void)put_text(out, capacity, "nothing");
    return true;
}

static bool this_sale(const struct facts *facts, char *out, size_t capacity)
{
    if (facts->refusal->decision == NULL)
        return false;
    put_plain(facts, facts->refusal->decision->amount_minor, out, capacity);
    return true;
}

static bool overdue(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool known = decision != NULL && decision->has_overdue_minor;
    return put_money(facts, known, known ? decision->overdue_minor : 0, out, capacity);
}

static bool available(const struct facts *facts, char *out, size_t capacity)
{
    return put_money(facts, facts->refusal->has_available_minor, facts->refusal->available_minor,
                     out, capacity);
}

static bool most(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRId64, facts->refusal->most);
    return facts->refusal->has_most;
}

static bool most_money(const struct facts *facts, char *out, size_t capacity)
{
    return put_money(facts, facts->refusal->has_most, facts->refusal->most, out, capacity);
}

static bool days(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t count = facts->refusal->days;
    (void)snprintf(out, capacity, "%" PRIu32 " day%s", count, count == 1 ? "" : "s");
    return facts->refusal->has_days;
}

static bool retry(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t seconds = (facts->refusal->retry_ms + 999) / 1000;
    if (seconds >= 120)
        (void)snprintf(out, capacity, "%" PRIu32 " minutes", (seconds + 59) / 60);
    else
        (void)snprintf(out, capacity, "%" PRIu32 " second%s", seconds, seconds == 1 ? "" : "s");
    return facts->refusal->has_retry_ms;
}

static bool right(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->has_right && put_text(out, capacity, right_words(facts->refusal->right));
}

static bool existing(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Refusal *refusal = facts->refusal;
    if (refusal->existing_number != NULL)
        return put_text(out, capacity, refusal->existing_number);
    (void)snprintf(out, capacity, "#%" PRIu64, refusal->existing);
    return refusal->has_existing;
}

static bool reason(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Text *text = facts->refusal->reason;
    return text != NULL && text->value != NULL && put_text(out, capacity, text->value);
}

static bool code(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%d", (int)facts->refusal->code);
    return true;
}

/* "lines[3].product_code" is for programs; people count from one: "product code of line 4". */
static bool field(const struct facts *facts, char *out, size_t capacity)
{
    const char *path = facts->refusal->field;
    if (path == NULL || path[0] == '\0')
        return false;
    const char *open = strchr(path, '[');
    const char *last = strrchr(path, '.');
    const char *name = last == NULL ? path : last + 1;
    unsigned index = 0;
    bool listed = open != NULL && sscanf(open, "[%u]", &index) == 1;
    const char *list = open;
    while (listed && list > path && list[-1] != '.')
        list--;
    int list_size = listed ? (int)(open - list) : 0;
    if (list_size > 0 && list[list_size - 1] == 's')
        list_size--;
    if (listed && last != NULL && last > open)
        (void)snprintf(out, capacity, "%s of %.*s %u", name, list_size, list, index + 1);
    else if (listed)
        (void)snprintf(out, capacity, "%.*s %u", list_size, list, index + 1);
    else
        (void)snprintf(out, capacity, "%s", name);
    for (char *at = out; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
    return true;
}

static bool put_roles(const Tefter__Role *roles, size_t count, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < count && used < capacity; i++) {
        const char *joint = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        used += (size_t)snprintf(out + used, capacity - used, "%s%s", joint, role_word(roles[i]));
    }
    return count > 0;
}

static bool roles(const struct facts *facts, char *out, size_t capacity)
{
    return put_roles(facts->refusal->roles, facts->refusal->n_roles, out, capacity);
}

/* ---- ways out ---- */

struct way_facts {
    const Tefter__WayOut *way;
    const struct currency *currency;
};

static const char *const way_patterns[] = {
    [TEFTER__WAY_OUT_KIND__WAY_PAY_NOW] = "pay| {amount}| now",
    [TEFTER__WAY_OUT_KIND__WAY_PART_NOW] = "take goods up to| {amount}|",
    [TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY] = "confirm the| {amount} of|| money that is here "
                                                "and not yet confirmed",
    [TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL] = "ask| {roles}|| for an approval",
    [TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT] = "have the limit raised| by {roles}|",
    [TEFTER__WAY_OUT_KIND__WAY_UNLOCK] = "have the customer unlocked| by {roles}|",
    [TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE] = "pay the oldest bills|, {amount}|",
};

static bool way_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct way_facts *facts = context;
    const Tefter__WayOut *way = facts->way;
    struct facts plain = {NULL, facts->currency};
    if (strcmp(name, "roles") == 0)
        return put_roles(way->roles, way->n_roles, out, capacity);
    if (way->has_amount_minor)
        put_plain(&plain, way->amount_minor, out, capacity);
    return way->has_amount_minor;
}

static const char *way_pattern(const Tefter__WayOut *way)
{
    size_t kind = (size_t)way->kind;
    if (way->kind == TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL && way->n_roles > 0)
        return "ask {roles}";
    return kind < sizeof(way_patterns) / sizeof(way_patterns[0]) ? way_patterns[kind] : NULL;
}

static size_t put_way(const struct facts *facts, size_t index, bool first, char *out,
                      size_t capacity)
{
    struct way_facts way = {facts->refusal->ways[index], facts->currency};
    const char *pattern = way_pattern(way.way);
    size_t used = 0;
    if (pattern == NULL || capacity < 8)
        return 0;
    if (!first)
        used = (size_t)snprintf(out, capacity, ", or ");
    size_t size = sentence_write(pattern, way_word, &way, out + used, capacity - used);
    if (first)
        out[0] = (char)toupper((unsigned char)out[0]);
    return used + size;
}

static bool ways(const struct facts *facts, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < facts->refusal->n_ways; i++)
        used += put_way(facts, i, used == 0, out + used, capacity - used);
    if (used > 0 && used + 1 < capacity)
        (void)snprintf(out + used, capacity - used, ".");
    return used > 0;
}

/* ---- the sentence ---- */

static const struct fact {
    const char *name;
    fact_fn put;
} known_facts[] = {
    {"over$", over},
    {"free", free_now},
    {"amount", this_sale},
    {"overdue$", overdue},
    {"available$", available},
    {"most", most},
    {"most$", most_money},
    {"days", days},
    {"retry", retry},
    {"right", right},
    {"existing", existing},
    {"reason", reason},
    {"code", code},
    {"field", field},
    {"roles", roles},
    {"ways", ways},
};

static bool fact_word(void *context, const char *name, char *out, size_t capacity)
{
    for (size_t i = 0; i < sizeof(known_facts) / sizeof(known_facts[0]); i++) {
        if (strcmp(known_facts[i].name, name) == 0)
            return known_facts[i].put(context, out, capacity);
    }
    return false;
}

size_t refusal_sentence(const Tefter__Refusal *refusal, const struct currency *currency, char *out,
                        size_t capacity)
{
    static const struct currency none = {"", 0, ""};
    struct facts facts = {refusal, currency == NULL ? &none : currency};
    const char *pattern = refusal_pattern(refusal->code);
    if (pattern == NULL)
        pattern = unknown_pattern;
    return sentence_write(pattern, fact_word, &facts, out, capacity);
}

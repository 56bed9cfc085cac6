/*
 * Refusals in English. A pattern a code; words in braces are facts of the refusal, and a clause
 * without its facts is left out, so every refusal makes a sentence whatever it knows.
 */
#include "lib/tefter.h"

#include "base/date.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define CODE(name) TEFTER__REFUSAL_CODE__##name

/* A code that only a later version knows: its number, for whoever asks about it, and those facts
 * that mean the same with every code. */
static const char unknown_pattern[] = "The server refuses this, for a reason that this program is "
                                      "too old to know ({code})|: {field}|."
                                      "| {ways}|| Who may: {roles}.|";

/* No default: a code without a sentence does not compile. */
const char *refusal_pattern(Tefter__RefusalCode code)
{
    switch (code) {
    case CODE(UNREADABLE):
        return "The server cannot read this request|: {field} is wrong|. The programs may "
               "be of different versions.";
    case CODE(FIELD_MISSING):
        return "Something is missing|: {field}|.";
    case CODE(FIELD_INVALID):
        return "Something has the wrong form|: {field}|.";
    case CODE(AMOUNT_NOT_POSITIVE):
        return "The amount must be more than zero| ({field})|.";
    case CODE(AMOUNT_TOO_BIG):
        return "The amount is too big| ({field})|; at most {most$} is possible|.";
    case CODE(DATE_INVALID):
        return "This is no date| ({field})|. Write 2026-11-23.";
    case CODE(DATE_IN_FUTURE):
        return "The date lies in the future| ({field})|. Nothing is dated after the "
               "branch's business date.";
    case CODE(DATE_BEFORE_TODAY):
        return "The date lies before the branch's business date| ({field})|.| Who may backdate: "
               "{roles}.";
    case CODE(DATE_TOO_EARLY):
        return "The date is too early| ({field})|.| The first that is possible is {date}.|";
    case CODE(DATED_LATER):
        return "The business date cannot go back so far|: {existing} is dated {date}|.";
    case CODE(TEXT_INVALID):
        return "The text cannot be taken| ({field})|: it is too long or has characters "
               "that are not text.";
    case CODE(TOO_MANY):
        return "That is too many| ({field})|; at most {most}|.";
    case CODE(WRONG_CURRENCY):
        return "The currency is not the company's| ({field})|.";

    case CODE(NOT_LOGGED_IN):
        return "Nobody is logged in at this terminal. Log in first: tefter login.";
    case CODE(RIGHT_MISSING):
        return "Not allowed|: you may not {right}|.| Alone you may do up to {available$} more.|| "
               "Who may: {roles}.";
    case CODE(LOGIN_WRONG):
        return "Name or password is wrong.";
    case CODE(LOGIN_THROTTLED):
        return "Too many wrong tries.| Try again in {retry}.";
    case CODE(STAFF_BLOCKED):
        return "This person is blocked. Somebody who manages staff can unblock: tefter "
               "staff unblock.";
    case CODE(TERMINAL_BLOCKED):
        return "This terminal is blocked. Somebody who manages terminals can "
               "unblock: tefter terminal unblock.";
    case CODE(TERMINAL_UNKNOWN):
        return "The server does not know this terminal| ({field})|. Enrol it anew: "
               "tefter terminal code N, then tefter enrol.";
    case CODE(CODE_WRONG):
        return "The code is wrong. Check it letter by letter, or ask for a new one.";
    case CODE(CODE_USED):
        return "The code was used already: each makes one terminal. Ask for a new one.";
    case CODE(CODE_EXPIRED):
        return "The code is too old. Ask for a new one: tefter terminal code N.";
    case CODE(PASSWORD_WEAK):
        return "The password is too easy to guess.| At least {most} characters.| Take more, or "
               "other, "
               "words.";
    case CODE(BRANCH_BLOCKED):
        return "The branch is blocked: it sells and credits nothing. Money can still be taken.";
    case CODE(CERTIFICATE_EXPIRED):
        return "This terminal's certificate has expired. It must be renewed "
               "before anything else, or the terminal enrolled anew.";
    case CODE(BUSY):
        return "The server is busy.| Try again in {retry}.";
    case CODE(READ_ONLY):
        return "The server takes no changes now: its disk is nearly full, its state has reached "
               "--map, an entry of its journal waits for a person, or another server writes the "
               "ledger; tefter status says which. Nothing was done. Looking is possible.";
    case CODE(DEADLINE_PASSED):
        return "It took too long. Nothing was done; say it again.";
    case CODE(VERSION_UNKNOWN):
        return "The server does not speak this version of the protocol|; its newest "
               "is {most}|. Update the older of the two programs.";
    case CODE(SERVER_OLDER):
        return "The server is older than this program| and does not know '{field}' "
               "yet|. Nothing was done. Upgrade the server first.";
    case CODE(CLIENT_OLDER):
        return "The server is newer than this program and answers in a way that it does not "
               "know. What was asked for may have been done: look before you say it again, "
               "and upgrade this program.";
    case CODE(ALREADY_SUBSCRIBED):
        return "This subscription runs already.";

    case CODE(NOT_FOUND):
        return "Not found|: there is no such {field}|.";
    case CODE(ALREADY_EXISTS):
        return "It exists already| ({field})|; see {existing}|.";
    case CODE(COMMAND_ID_REUSED):
        return "This number was used for another request. The counter of this "
               "terminal is damaged: enrol it anew.";
    case CODE(COMMAND_ID_TOO_OLD):
        return "This request is too old to be taken: it was made more than 45 "
               "days ago, or the clock is wrong. Enter it anew.";
    case CODE(COMMAND_ID_FOREIGN):
        return "The request names another terminal than the one that sent it.";
    case CODE(NOTHING_TO_CHANGE):
        return "There is nothing to change.";
    case CODE(QUARANTINED):
        return "A fault of the server's program keeps this from being done. It was set aside: "
               "nothing was done, and it is not tried again. Ask who looks after the server "
               "before you enter it anew.";
    case CODE(QUERY_DISABLED):
        return "The server does not answer this| ({field})| any more: it was stopped by it. All "
               "else goes on; a newer program of the server will answer it again.";
    case CODE(RETIRED):
        return "It is no longer used| ({field})|.";

    case CODE(CUSTOMER_LOCKED):
        return "The customer is locked|: {reason}|.| {ways}";
    case CODE(CREDIT_LIMIT_EXCEEDED):
        return "Over the limit| by {over$}|: {available} is available, this sale is {amount}|.| "
               "{ways}";
    case CODE(APPROVAL_NEEDED):
        return "Over the limit| by {over$}|: {available} is available, this sale is {amount}|. "
               "It needs an approval.| {ways}";
    case CODE(OVERDUE_TOO_OLD):
        return "A bill is overdue| by {days}|, more than is borne.| {ways}";
    case CODE(OVERDUE_TOO_MUCH):
        return "Too much is overdue|: {overdue$}|.| {ways}";
    case CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER):
        return "One document of this customer may not be so big|: at most {most$}|.| {ways}";
    case CODE(APPROVAL_NOT_OPEN):
        return "The approval cannot be used: it was decided, used, has expired, "
               "or is for another sale.";
    case CODE(BUYER_NOT_AUTHORISED):
        return "Who takes the goods may not buy on this account.";
    case CODE(BUYER_CAP_EXCEEDED):
        return "Who takes the goods may not buy so much|: {available$} is left "
               "of the cap|.";
    case CODE(LOCK_STATE):
        return "The customer is in that state already: locked, or not locked.";

    case CODE(NOT_IN_CATALOGUE):
        return "Not in the catalogue|: {field}|.| Who may sell custom lines: {roles}.";
    case CODE(PRICE_MISSING):
        return "No price|: {field}|. Give one (PRODUCT=QTY@PRICE) or set it: tefter "
               "product edit.";
    case CODE(QUANTITY_NOT_POSITIVE):
        return "The quantity must be more than zero|: {field}|.";
    case CODE(DISCOUNT_TOO_BIG):
        return "The discount is bigger than its line|: {field}|.";
    case CODE(TOTAL_NEGATIVE):
        return "The total must not be below zero.";
    case CODE(MORE_THAN_SOLD):
        return "That is more than is left of what was sold|: {field}|; at most "
               "{available$}|.";
    case CODE(ALREADY_REVERSED):
        return "It is reversed already|, by {existing}|.";
    case CODE(NOT_REVERSIBLE):
        return "It cannot be reversed: something later rests on it. Reverse that "
               "first|: {existing}|.";

    case CODE(NUMBER_TAKEN):
        return "This number is taken| ({field})|; see {existing}|.";
    case CODE(NOT_CONFIRMABLE):
        return "There is nothing to confirm: the money is final or the payment "
               "reversed.";
    case CODE(MATCH_TOO_MUCH):
        return "That is more than is open|: {available$} is open|| ({field})|.";
    case CODE(MATCH_OTHER_CUSTOMER):
        return "Bill and money belong to different customers| ({field})|.";
    case CODE(MATCH_NOTHING):
        return "There is nothing open to match.";
    case CODE(MATCH_UNDONE):
        return "This match is undone already.";
    case CODE(TILL_OTHER_BRANCH):
        return "The till or device belongs to another branch.";
    case CODE(QUESTION_TOO_BIG):
        return "This question looks at more than an answer may hold; ask for less.";
    case CODE(RECORD_DAMAGED):
        return "The server cannot read a record that this needs: it is damaged. Its log names the "
               "record; tell whoever runs the server.";
    case CODE(RENEWAL_TOO_EARLY):
        return "The certificate of this terminal needs no renewal yet.| It can be renewed from "
               "{from} on.";
    case CODE(SECOND_PERSON_NEEDED):
        return "You took this money yourself: somebody else has to take it back.| Alone you may "
               "take back {most$} more today.|| Who may: {roles}.";
    case CODE(TOO_MANY_CONNECTIONS):
        return "Too many connections| of this {field}|| to the server; at most {most}|. End some "
               "of "
               "them first.";
    case _TEFTER__REFUSAL_CODE_IS_INT_SIZE:
        break;
    }
    return NULL; /* a code that only a later version knows */
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
    bool said = facts->refusal->has_over_by_minor;
    int64_t amount = said               ? facts->refusal->over_by_minor
                     : decision == NULL ? 0
                                        : decision->over_by_minor;
    return put_money(facts, said || amount > 0, amount, out, capacity);
}

/* What was free before this sale: never less than nothing. */
static bool available_now(const struct facts *facts, char *out, size_t capacity)
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

static bool date(const struct facts *facts, char *out, size_t capacity)
{
    char text[DATE_TEXT_SIZE];
    date_write(facts->refusal->date, text);
    return facts->refusal->has_date && put_text(out, capacity, text);
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

static bool from(const struct facts *facts, char *out, size_t capacity)
{
    char text[INSTANT_TEXT_SIZE];
    instant_write(facts->refusal->from_ms, text);
    (void)snprintf(out, capacity, "%.10s %.5s UTC", text, text + 11);
    return facts->refusal->has_from_ms;
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
    switch (way->kind) {
    case TEFTER__WAY_OUT_KIND__WAY_PAY_NOW:
        return "pay| {amount}| now";
    case TEFTER__WAY_OUT_KIND__WAY_PART_NOW:
        return "take goods up to| {amount}|";
    case TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY:
        return "confirm the| {amount} of|| money that is here "
               "and not yet confirmed";
    case TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL:
        return way->n_roles > 0 ? "ask {roles}" : "ask for an approval";
    case TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT:
        return "have the limit raised| by {roles}|";
    case TEFTER__WAY_OUT_KIND__WAY_UNLOCK:
        return "have the customer unlocked| by {roles}|";
    case TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE:
        return "pay the oldest bills|, {amount}|";
    case _TEFTER__WAY_OUT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL; /* a way that only a later version knows */
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
    {"available", available_now},
    {"amount", this_sale},
    {"overdue$", overdue},
    {"available$", available},
    {"most", most},
    {"most$", most_money},
    {"days", days},
    {"date", date},
    {"retry", retry},
    {"from", from},
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

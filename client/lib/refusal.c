/*
 * Refusals as sentences. The patterns stand in shared/words/refusals.def, which screens use too
 * (client/web/kit/refusal.ts is the same for them); here stands which of them is told, and what its
 * facts are. A clause without its facts is left out, so every refusal makes a sentence whatever it
 * knows.
 */
#include "lib/tefter.h"

#include "base/date.h"
#include "base/sight.h"
#include "wire/field_words.h"
#include "words/words.h"

#include <inttypes.h>
#include <stdio.h>

#define CODE(name) TEFTER__REFUSAL_CODE__##name

/* ---- patterns ---- */

enum phrase {
#define PHRASE(name, pattern) PHRASE_##name,
#define PHRASES(name, one, many) PHRASE_##name,
#include "words/refusals.def"
};

static const struct {
    const char *one; /* or the only one */
    const char *many;
} phrases[] = {
#define PHRASE(name, pattern) {pattern, NULL},
#define PHRASES(name, one, many) {one, many},
#include "words/refusals.def"
};

/* NULL: not told, or by a later version. */
static const char *read_only_pattern(const Tefter__Refusal *refusal)
{
    if (refusal->code != CODE(READ_ONLY) || !refusal->has_cause)
        return NULL;
    switch (refusal->cause) {
#define READ_ONLY(name, pattern)                                                                   \
    case TEFTER__READ_ONLY_CAUSE__##name:                                                          \
        return pattern;
#include "words/refusals.def"
    case _TEFTER__READ_ONLY_CAUSE_IS_INT_SIZE:
        break;
    }
    return NULL;
}

/* No default: a code without a sentence does not compile. */
const char *refusal_pattern(Tefter__RefusalCode code)
{
    switch (code) {
#define REFUSAL(name, pattern)                                                                     \
    case CODE(name):                                                                               \
        return pattern;
#include "words/refusals.def"
    case _TEFTER__REFUSAL_CODE_IS_INT_SIZE:
        break;
    }
    return NULL; /* a code that only a later version knows */
}

/* Codes that say more with a field. */
static const struct {
    Tefter__RefusalCode code;
    const char *field;
    const char *pattern;
} told_by_field[] = {
#define REFUSAL_OF(name, field, pattern) {CODE(name), field, pattern},
#include "words/refusals.def"
};

/* "lines[2].serials", "lines[2].serials[0]" */
static bool is_serial(const char *field)
{
    return strncmp(field, "lines[", 6) == 0 && strstr(field, "].serials") != NULL;
}

/* A lock with something behind it that unlocking does not lift; NULL: it is not that. */
static const char *locked_pattern(const Tefter__Refusal *refusal)
{
    if (refusal->n_ways > 0)
        return NULL;
    if (refusal->code == CODE(PAYER_LOCKED) && refusal->decision != NULL)
        return phrases[PHRASE_PAYER_LOCKED_TWICE].one;
    if (refusal->code != CODE(CUSTOMER_LOCKED))
        return NULL;
    if (refusal->decision != NULL)
        return phrases[PHRASE_LOCKED_TWICE].one;
    return refusal->payer_code != NULL ? phrases[PHRASE_BOTH_LOCKED].one : NULL;
}

static const char *pattern_of(const Tefter__Refusal *refusal)
{
    const char *locked = locked_pattern(refusal);
    if (locked != NULL)
        return locked;
    const char *field = refusal->field == NULL ? "" : refusal->field;
    const char *last = strrchr(field, '.');
    if (refusal->code == CODE(MATCH_TOO_MUCH) && last != NULL)
        field = last + 1; /* of any of the bills */
    const char *read_only = read_only_pattern(refusal);
    if (read_only != NULL)
        return read_only;
    if (refusal->code == CODE(APPROVAL_NOT_OPEN) && refusal->has_approval)
        return phrases[PHRASE_GRANTED].one;
    if (refusal->code == CODE(FIELD_MISSING) && refusal->over_by_minor > 0)
        return phrases[PHRASE_COUNTED_MORE].one;
    if (refusal->code == CODE(FIELD_MISSING) && refusal->available_minor > 0)
        return phrases[PHRASE_COUNTED_LESS].one;
    for (size_t i = 0; i < sizeof(told_by_field) / sizeof(told_by_field[0]); i++) {
        if (told_by_field[i].code == refusal->code && strcmp(told_by_field[i].field, field) == 0)
            return told_by_field[i].pattern;
    }
    if (is_serial(field) && refusal->code == CODE(FIELD_MISSING))
        return phrases[PHRASE_SERIAL_MISSING].one;
    if (is_serial(field) && refusal->code == CODE(ALREADY_EXISTS))
        return phrases[PHRASE_SERIAL_SOLD].one;
    if (refusal->code == CODE(ALREADY_EXISTS) && refusal->existing_number == NULL)
        return phrases[PHRASE_EXISTS_SOMEWHERE].one;
    if (refusal->code == CODE(AMOUNT_NOT_POSITIVE) && strncmp(field, "prices[", 7) == 0)
        return phrases[PHRASE_LIST_PRICE_ZERO].one;
    const char *pattern = refusal_pattern(refusal->code);
    return pattern == NULL ? phrases[PHRASE_UNKNOWN_CODE].one : pattern;
}

/* ---- facts ---- */

struct facts {
    const Tefter__Refusal *refusal;
    const struct currency *currency;
    int32_t utc_offset_minutes; /* of the clock that times are told by */
    enum language language;
    bool for_screen;
};

enum { ROLES_MAX = 512 };

typedef bool (*fact_fn)(const struct facts *facts, char *out, size_t capacity);

/* A phrase whose only fact is named `name`, NULL: it has none. */
static bool put_phrase(const struct facts *facts, enum phrase phrase, const char *name,
                       const char *value, char *out, size_t capacity)
{
    return words_say(out, capacity, facts->language, phrases[phrase].one, name, value, NULL) > 0;
}

/* "3 days" */
static void put_count(const struct facts *facts, enum phrase phrase, uint64_t count, char *out,
                      size_t capacity)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%" PRIu64, count);
    const char *form =
        words_many(facts->language, phrases[phrase].one, phrases[phrase].many, count);
    (void)words_say(out, capacity, LANGUAGE_ENGLISH, form, "count", text, NULL);
}

static bool put_text(char *out, size_t capacity, const char *text)
{
    (void)snprintf(out, capacity, "%s", text);
    return text[0] != '\0';
}

static void put_plain(const struct facts *facts, int64_t amount, char *out, size_t capacity)
{
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(amount, facts->currency, text);
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
        (void)put_phrase(facts, PHRASE_NOTHING, NULL, NULL, out, capacity);
    return true;
}

static bool corrects(const Tefter__Refusal *refusal)
{
    return refusal->decision != NULL && refusal->decision->has_replaces_minor;
}

/* The decision is on what is not paid at once. */
static enum phrase sale_phrase(const Tefter__Refusal *refusal)
{
    return refusal->has_paid_minor ? PHRASE_REST_IS : PHRASE_SALE_IS;
}

static bool put_amount(const struct facts *facts, enum phrase phrase, int64_t amount, char *out,
                       size_t capacity)
{
    char plain[AMOUNT_TEXT_MAX];
    put_plain(facts, amount, plain, sizeof(plain));
    return put_phrase(facts, phrase, "amount", plain, out, capacity);
}

/* What the decision was about: all of a sale, or what a correction adds. */
static bool asks(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    enum phrase phrase =
        corrects(facts->refusal) ? PHRASE_CORRECTION_ADDS : sale_phrase(facts->refusal);
    return decision != NULL && put_amount(facts, phrase, decision->amount_minor, out, capacity);
}

static bool whole(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    enum phrase phrase =
        corrects(facts->refusal) ? PHRASE_IT_WOULD_BE : sale_phrase(facts->refusal);
    int64_t total;
    return decision != NULL &&
           !__builtin_add_overflow(decision->amount_minor, decision->replaces_minor, &total) &&
           put_amount(facts, phrase, total, out, capacity);
}

static bool overdue(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool known = decision != NULL && decision->has_overdue_minor;
    return put_money(facts, known, known ? decision->overdue_minor : 0, out, capacity);
}

/* What is overdue for too long, of all that is overdue. */
static bool too_old(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_too_old_minor)
        return overdue(facts, out, capacity);
    return put_money(facts, true, decision->too_old_minor, out, capacity);
}

static bool unpaid(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_unpaid_bills || !decision->has_unpaid_max)
        return false;
    char count[24];
    char most[24];
    (void)snprintf(count, sizeof(count), "%" PRIu32, decision->unpaid_bills);
    (void)snprintf(most, sizeof(most), "%" PRIu32, decision->unpaid_max);
    (void)words_say(out, capacity, facts->language, phrases[PHRASE_UNPAID].one, "count", count,
                    "most", most, NULL);
    return true;
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

static bool above(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Refusal *refusal = facts->refusal;
    bool known = refusal->has_above_minor || (refusal->has_available_minor && refusal->has_most);
    return put_money(facts, known,
                     refusal->has_above_minor ? refusal->above_minor
                                              : refusal->available_minor + refusal->most,
                     out, capacity);
}

static bool of_day(const struct facts *facts, char *out, size_t capacity)
{
    return put_money(facts, facts->refusal->has_day_minor, facts->refusal->day_minor, out,
                     capacity);
}

static bool days(const struct facts *facts, char *out, size_t capacity)
{
    put_count(facts, PHRASE_DAYS, facts->refusal->days, out, capacity);
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
        put_count(facts, PHRASE_MINUTES, (seconds + 59) / 60, out, capacity);
    else
        put_count(facts, PHRASE_SECONDS, seconds, out, capacity);
    return facts->refusal->has_retry_ms;
}

static bool tries(const struct facts *facts, char *out, size_t capacity)
{
    uint32_t left = facts->refusal->tries_left;
    put_count(facts, PHRASE_TRIES, left, out, capacity);
    return left > 0;
}

static bool from(const struct facts *facts, char *out, size_t capacity)
{
    char text[CLOCK_TEXT_SIZE];
    char zone[ZONE_TEXT_SIZE];
    clock_write(facts->refusal->from_ms, facts->utc_offset_minutes, text);
    zone_write(facts->utc_offset_minutes, zone);
    (void)snprintf(out, capacity, "%.16s %s", text, zone);
    return facts->refusal->has_from_ms;
}

static bool approval(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRIu64, facts->refusal->approval);
    return facts->refusal->has_approval;
}

/* The approval's number, when there is a sale with it. */
static bool parked(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->goods != NULL && approval(facts, out, capacity);
}

static bool branch(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->branch != NULL && put_text(out, capacity, facts->refusal->branch);
}

static bool units(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->units != NULL && put_text(out, capacity, facts->refusal->units);
}

static bool goods(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->goods != NULL && put_text(out, capacity, facts->refusal->goods);
}

static bool right(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->has_right &&
           put_text(out, capacity, words_in(facts->language, right_words(facts->refusal->right)));
}

static bool existing(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Refusal *refusal = facts->refusal;
    if (refusal->existing_number != NULL)
        return put_text(out, capacity, refusal->existing_number);
    (void)snprintf(out, capacity, "#%" PRIu64, refusal->existing);
    return refusal->has_existing;
}

static bool by(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->by != NULL && put_text(out, capacity, facts->refusal->by);
}

static bool replacement(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->replaced_by != NULL &&
           put_text(out, capacity, facts->refusal->replaced_by);
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

static bool at(const struct facts *facts, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRIu32, facts->refusal->at);
    return facts->refusal->has_at;
}

static bool point(const struct facts *facts, char *out, size_t capacity)
{
    const char *word = sight_word(facts->refusal->point);
    (void)snprintf(out, capacity, "U+%04" PRIX32 "%s%s%s", facts->refusal->point,
                   word == NULL ? "" : " (", word == NULL ? "" : word, word == NULL ? "" : ")");
    return facts->refusal->has_point;
}

static bool field(const struct facts *facts, char *out, size_t capacity)
{
    return field_words_in(facts->refusal->field, facts->language, out, capacity);
}

static bool form(const struct facts *facts, char *out, size_t capacity)
{
    const char *sentence = field_form(facts->refusal->field);
    return sentence != NULL && put_text(out, capacity, words_in(facts->language, sentence));
}

static bool put_roles(const struct facts *facts, const Tefter__Role *roles, size_t count, char *out,
                      size_t capacity)
{
    char list[ROLES_MAX] = "";
    for (size_t i = 0; i < count; i++) {
        const char *role = words_in(facts->language, role_word(roles[i]));
        enum phrase joint = i + 1 == count ? PHRASE_LIST_LAST : PHRASE_LIST_NEXT;
        char more[ROLES_MAX];
        (void)words_say(more, sizeof(more), facts->language, i == 0 ? "{next}" : phrases[joint].one,
                        "list", list, "next", role, "last", role, NULL);
        memcpy(list, more, sizeof(list));
    }
    return put_text(out, capacity, list);
}

static bool roles(const struct facts *facts, char *out, size_t capacity)
{
    return put_roles(facts, facts->refusal->roles, facts->refusal->n_roles, out, capacity);
}

/* ---- thresholds ---- */

/* "12.5%", "3 days", "1,200.00 €" */
static void put_measure(const struct facts *facts, int64_t value, char *out, size_t capacity)
{
    switch (threshold_unit(facts->refusal->threshold)) {
    case THRESHOLD_IN_PERCENT:
        if (value % 100 == 0)
            (void)snprintf(out, capacity, "%" PRId64 "%%", value / 100);
        else
            (void)snprintf(out, capacity, "%" PRId64 ".%02d%%", value / 100, (int)(value % 100));
        break;
    case THRESHOLD_IN_DAYS:
        put_count(facts, PHRASE_DAYS, (uint64_t)value, out, capacity);
        break;
    case THRESHOLD_IN_MONEY:
        (void)money_sentence(value, facts->currency, out, capacity);
        break;
    case THRESHOLD_YES_OR_NO:
        (void)put_phrase(facts, value != 0 ? PHRASE_YES : PHRASE_NO, NULL, NULL, out, capacity);
        break;
    }
}

static bool threshold_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct facts *facts = context;
    const Tefter__Refusal *refusal = facts->refusal;
    if (strcmp(name, "where") == 0)
        return refusal->field != NULL && strchr(refusal->field, '[') != NULL &&
               field_words_in(refusal->field, facts->language, out, capacity);
    if (!refusal->has_wanted || !refusal->has_most)
        return false;
    int64_t value = strcmp(name, "wanted") == 0 ? refusal->wanted
                    : strcmp(name, "most") == 0 ? refusal->most
                                                : refusal->wanted - refusal->most;
    put_measure(facts, value, out, capacity);
    return strcmp(name, "most") != 0 || refusal->most > 0; /* up to nothing: not at all */
}

static const char *threshold_pattern(const Tefter__Refusal *refusal)
{
    static const struct {
        Tefter__Threshold threshold;
        const char *pattern;
    } patterns[] = {
#define OVER_THRESHOLD(name, pattern) {TEFTER__THRESHOLD__##name, pattern},
#include "words/refusals.def"
    };
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        if (refusal->has_threshold && patterns[i].threshold == refusal->threshold)
            return patterns[i].pattern;
    }
    return phrases[PHRASE_OVER_UNKNOWN_THRESHOLD].one;
}

/* What rounding takes off is as good as a discount. */
static const char *rounding_pattern(const Tefter__Refusal *refusal)
{
    const char *field = refusal->field != NULL ? refusal->field : "";
    const char *last = strrchr(field, '.');
    if (!refusal->has_threshold || refusal->threshold != TEFTER__THRESHOLD__THRESHOLD_DISCOUNT)
        return NULL;
    if (strcmp(field, "lines") == 0)
        return phrases[PHRASE_ROUNDED_LINES].one;
    if (last != NULL && strcmp(last, ".quantity") == 0)
        return phrases[PHRASE_ROUNDED_QUANTITY].one;
    return NULL;
}

static bool threshold(const struct facts *facts, char *out, size_t capacity)
{
    const char *rounding = rounding_pattern(facts->refusal);
    const char *pattern = rounding != NULL ? rounding : threshold_pattern(facts->refusal);
    struct facts copy = *facts;
    return words_write(words_in(facts->language, pattern), threshold_word, &copy, out, capacity) >
           0;
}

/* ---- walls ---- */

/* Each wall that stopped a sale, with its facts. */
static const struct {
    Tefter__RefusalCode code;
    const char *pattern;
} known_walls[] = {
#define WALL(name, pattern) {CODE(name), pattern},
#include "words/refusals.def"
};

enum { WALLS = sizeof(known_walls) / sizeof(known_walls[0]) };

static bool has_wall(const Tefter__Refusal *refusal, Tefter__RefusalCode code)
{
    const Tefter__Decision *decision = refusal->decision;
    for (size_t i = 0; decision != NULL && i < decision->n_walls; i++) {
        if (decision->walls[i] == code)
            return true;
    }
    return false;
}

/* A server that tells no walls: the one of the code; an approval is needed over the limit. */
static bool stopped_by(const Tefter__Refusal *refusal, size_t wall)
{
    Tefter__RefusalCode code = known_walls[wall].code;
    if (refusal->decision != NULL && refusal->decision->n_walls > 0)
        return has_wall(refusal, code);
    return refusal->code == code ||
           (refusal->code == CODE(APPROVAL_NEEDED) && code == CODE(CREDIT_LIMIT_EXCEEDED));
}

/* The highest total of one invoice is told as the last way to take a part. */
static const Tefter__WayOut *largest_way(const Tefter__Refusal *refusal)
{
    const Tefter__WayOut *found = NULL;
    bool told = has_wall(refusal, CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER));
    for (size_t i = 0; told && i < refusal->n_ways; i++) {
        if (refusal->ways[i]->kind == TEFTER__WAY_OUT_KIND__WAY_PART_NOW)
            found = refusal->ways[i];
    }
    return found;
}

static bool largest(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__WayOut *way = largest_way(facts->refusal);
    if (facts->refusal->has_most || way == NULL)
        return most_money(facts, out, capacity);
    return put_money(facts, way->has_amount_minor, way->amount_minor, out, capacity);
}

static bool fact_word(void *context, const char *name, char *out, size_t capacity);

static bool walls(const struct facts *facts, char *out, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < WALLS && used + 2 < capacity; i++) {
        struct facts copy = *facts;
        if (!stopped_by(facts->refusal, i))
            continue;
        if (used > 0)
            out[used++] = ' ';
        used += words_write(words_in(facts->language, known_walls[i].pattern), fact_word, &copy,
                            out + used, capacity - used);
    }
    return used > 0;
}

/* ---- ways out ---- */

enum { WAYS_MAX = 2800 };

struct way_facts {
    const struct facts *facts;
    const Tefter__WayOut *way;
};

static bool way_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct facts *facts = ((const struct way_facts *)context)->facts;
    const Tefter__WayOut *way = ((const struct way_facts *)context)->way;
    if (strcmp(name, "roles") == 0)
        return put_roles(facts, way->roles, way->n_roles, out, capacity);
    if (strcmp(name, "whose") == 0)
        return way->customer_code != NULL && put_text(out, capacity, way->customer_code);
    if (strcmp(name, "payer") == 0)
        return facts->refusal->payer_code != NULL &&
               put_text(out, capacity, facts->refusal->payer_code);
    if (way->has_amount_minor)
        put_plain(facts, way->amount_minor, out, capacity);
    return way->has_amount_minor;
}

/* The site's own limit and something of the payer's are both in the way. */
static bool of_both(const Tefter__Refusal *refusal, const Tefter__WayOut *way)
{
    return way->customer_code == NULL && refusal->payer_code != NULL && refusal->decision != NULL &&
           refusal->decision->n_walls > 1;
}

/* NULL: a way that only a later version knows. */
static const char *way_pattern(const Tefter__Refusal *refusal, const Tefter__WayOut *way)
{
    bool others = way->customer_code != NULL;
    switch (way->kind) {
    case TEFTER__WAY_OUT_KIND__WAY_PAY_NOW:
        return phrases[PHRASE_WAY_PAY_NOW].one;
    case TEFTER__WAY_OUT_KIND__WAY_PART_NOW:
        return phrases[corrects(refusal) ? PHRASE_WAY_CORRECT_TO : PHRASE_WAY_PART_NOW].one;
    case TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY:
        return phrases[PHRASE_WAY_CONFIRM_MONEY].one;
    case TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL:
        return phrases[way->n_roles > 0 ? PHRASE_WAY_ASK_ROLES : PHRASE_WAY_ASK_APPROVAL].one;
    case TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT:
        return phrases[PHRASE_WAY_RAISE_LIMIT].one;
    case TEFTER__WAY_OUT_KIND__WAY_UNLOCK:
        return phrases[others ? PHRASE_WAY_UNLOCK_OTHER : PHRASE_WAY_UNLOCK].one;
    case TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE:
        return phrases[PHRASE_WAY_PAY_OVERDUE].one;
    case TEFTER__WAY_OUT_KIND__WAY_CHANGE_TERMS:
        if (others)
            return phrases[PHRASE_WAY_CHANGE_TERMS_OTHER].one;
        return phrases[of_both(refusal, way) ? PHRASE_WAY_CHANGE_TERMS_BOTH
                                             : PHRASE_WAY_CHANGE_TERMS]
            .one;
    case _TEFTER__WAY_OUT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL;
}

/* Behind those that are there. */
static void put_way(const struct facts *facts, size_t index, char all[WAYS_MAX])
{
    struct way_facts way = {facts, facts->refusal->ways[index]};
    const char *pattern = way_pattern(facts->refusal, way.way);
    char own[WAYS_MAX];
    char before[WAYS_MAX];
    if (pattern == NULL)
        return;
    (void)words_write(words_in(facts->language, pattern), way_word, &way, own, sizeof(own));
    memcpy(before, all, sizeof(before));
    (void)words_say(all, WAYS_MAX, facts->language,
                    before[0] == '\0' ? "{way}" : phrases[PHRASE_WAYS].one, "ways", before, "way",
                    own, NULL);
}

/* Each of them leads past all walls. */
static bool ways(const struct facts *facts, char *out, size_t capacity)
{
    char all[WAYS_MAX] = "";
    for (size_t i = 0; i < facts->refusal->n_ways; i++)
        put_way(facts, i, all);
    if (all[0] == '\0' || !put_phrase(facts, PHRASE_WAYS_END, "ways", all, out, capacity))
        return false;
    words_begin(out);
    return true;
}

/* ---- who pays ---- */

static bool payer(const struct facts *facts, char *out, size_t capacity)
{
    return facts->refusal->payer_code != NULL &&
           put_text(out, capacity, facts->refusal->payer_code);
}

static bool site_over(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    bool known = decision != NULL && decision->has_site_over_by_minor;
    return put_money(facts, known, known ? decision->site_over_by_minor : 0, out, capacity);
}

/* What was free of it before this sale: never less than nothing. */
static bool site_available(const struct facts *facts, char *out, size_t capacity)
{
    const Tefter__Decision *decision = facts->refusal->decision;
    if (decision == NULL || !decision->has_site_limit_minor)
        return false;
    int64_t amount = decision->site_limit_minor - decision->site_exposure_minor;
    put_plain(facts, amount > 0 ? amount : 0, out, capacity);
    return true;
}

/* ---- the sentence ---- */

static const struct fact {
    const char *name;
    fact_fn put;
} known_facts[] = {
    {"over$", over},
    {"available", available_now},
    {"asks", asks},
    {"whole", whole},
    {"overdue$", overdue},
    {"old$", too_old},
    {"unpaid", unpaid},
    {"threshold", threshold},
    {"branch", branch},
    {"available$", available},
    {"most", most},
    {"most$", most_money},
    {"above$", above},
    {"day$", of_day},
    {"days", days},
    {"date", date},
    {"retry", retry},
    {"tries", tries},
    {"from", from},
    {"approval", approval},
    {"parked", parked},
    {"goods", goods},
    {"units", units},
    {"right", right},
    {"existing", existing},
    {"by", by},
    {"replacement", replacement},
    {"reason", reason},
    {"code", code},
    {"at", at},
    {"point", point},
    {"field", field},
    {"form", form},
    {"walls", walls},
    {"largest$", largest},
    {"roles", roles},
    {"payer", payer},
    {"site_over$", site_over},
    {"site_available", site_available},
    {"ways", ways},
};

static bool fact_word(void *context, const char *name, char *out, size_t capacity)
{
    if (name[0] == '>')
        return !((const struct facts *)context)->for_screen && put_text(out, capacity, name + 2);
    for (size_t i = 0; i < sizeof(known_facts) / sizeof(known_facts[0]); i++) {
        if (strcmp(known_facts[i].name, name) == 0)
            return known_facts[i].put(context, out, capacity);
    }
    return false;
}

size_t refusal_sentence_for(const Tefter__Refusal *refusal, const struct speech *speech, char *out,
                            size_t capacity)
{
    static const struct currency none = {.sign = ""};
    struct facts facts = {refusal, speech->currency == NULL ? &none : speech->currency,
                          speech->utc_offset_minutes, speech->language, speech->for_screen};
    return words_write(words_in(facts.language, pattern_of(refusal)), fact_word, &facts, out,
                       capacity);
}

bool decision_sentence(const Tefter__Decision *decision, const struct speech *speech, char *out,
                       size_t capacity)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    struct facts facts = {&refusal, speech->currency, speech->utc_offset_minutes, speech->language,
                          speech->for_screen};
    refusal.decision = (Tefter__Decision *)(uintptr_t)decision;
    refusal.payer_code = decision->payer_code;
    out[0] = '\0';
    return decision->n_walls > 0 && walls(&facts, out, capacity);
}

size_t refusal_sentence(const Tefter__Refusal *refusal, const struct currency *currency, char *out,
                        size_t capacity)
{
    struct speech speech = {currency, 0, LANGUAGE_ENGLISH, false};
    return refusal_sentence_for(refusal, &speech, out, capacity);
}

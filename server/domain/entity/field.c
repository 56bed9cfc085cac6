/*
 * Checks of fields, and the small moves of a change. Pure: nothing here reads a record. The order
 * of the refusals of each function is its header's, and is part of the rules version.
 */
#include "domain/entity/entity.h"

#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"

/* ---- rules ---- */

/* Spelled out, so that no table of a library decides what a ledger takes. */
static bool is_space(uint32_t point)
{
    return point == 0x20 || point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200B) || point == 0x202F || point == 0x205F ||
           point == 0x3000 || point == 0xFEFF;
}

static bool is_blank(const char *text)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        size_t step = text_decode(text + at, size - at, &point);
        if (step == 0 || !is_space(point))
            return false;
        at += step;
    }
    return true;
}

static bool is_one_of(uint32_t point, const char *signs)
{
    return point < 0x80 && strchr(signs, (int)point) != NULL;
}

static bool is_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

static bool is_small(uint32_t point)
{
    return point >= 'a' && point <= 'z';
}

static bool code_point(uint32_t point)
{
    if (point >= 0x80)
        return !is_space(point);
    return is_digit(point) || is_small(point) || (point >= 'A' && point <= 'Z') ||
           is_one_of(point, "-_./");
}

static bool login_point(uint32_t point)
{
    return is_digit(point) || is_small(point) || is_one_of(point, "-_.");
}

static bool all_points(const char *text, bool (*allowed)(uint32_t point))
{
    size_t size = strlen(text);
    if (!text_line_valid(text, size))
        return false;
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        at += text_decode(text + at, size - at, &point);
        if (!allowed(point))
            return false;
    }
    return true;
}

static size_t text_size(const Tefter__Text *text)
{
    return text->value != NULL ? strlen(text->value) : text->size;
}

static Tefter__Refusal *check_word(struct tx *tx, const char *field, const char *text, size_t most,
                                   bool (*allowed)(uint32_t point))
{
    if (text == NULL)
        return NULL;
    if (text[0] == '\0')
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
    if (strlen(text) > most)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, field, (int64_t)most);
    if (!all_points(text, allowed))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
    return NULL;
}

/* Same words: the same reference, or the same value. Two NULL are the same. */
static bool text_same(const Tefter__Text *a, const Tefter__Text *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->has_id || b->has_id)
        return a->has_id && b->has_id &&
               slice_equal(slice_of(a->id.data, a->id.len), slice_of(b->id.data, b->id.len));
    return a->value != NULL && b->value != NULL && strcmp(a->value, b->value) == 0;
}

/* ---- services: text ---- */

Tefter__Refusal *field_line(struct tx *tx, const char *field, const char *text, size_t most)
{
    if (text == NULL)
        return NULL;
    if (is_blank(text))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
    if (strlen(text) > most)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, field, (int64_t)most);
    if (!text_line_valid(text, strlen(text)))
        return refuse(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, field);
    return NULL;
}

Tefter__Refusal *field_line_or_none(struct tx *tx, const char *field, const char *text, size_t most)
{
    if (text != NULL && text[0] == '\0')
        return NULL;
    return field_line(tx, field, text, most);
}

Tefter__Refusal *field_code(struct tx *tx, const char *field, const char *text)
{
    return check_word(tx, field, text, CODE_MAX_BYTES, code_point);
}

bool login_plain(const char *login)
{
    static const char marks[] = "-_.";
    bool mark = true;
    for (const char *at = login; *at != '\0'; at++) {
        bool before = mark;
        mark = strchr(marks, *at) != NULL;
        if (mark && before)
            return false;
    }
    return !mark;
}

Tefter__Refusal *field_login(struct tx *tx, const char *field, const char *text)
{
    Tefter__Refusal *refusal = check_word(tx, field, text, LOGIN_MAX_BYTES, login_point);
    if (refusal != NULL || text == NULL || !tx_rule(tx, RULE_LOGINS_ARE_PLAIN))
        return refusal;
    return login_plain(text) ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
}

Tefter__Refusal *field_text(struct tx *tx, const char *field, const Tefter__Text *text)
{
    if (text == NULL)
        return NULL;
    if (text->value == NULL && !(text->has_id && text->has_size))
        return refuse(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, field);
    if (text_size(text) > TEXT_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, field, TEXT_MAX);
    return NULL;
}

Tefter__Refusal *field_text_filled(struct tx *tx, const char *field, const Tefter__Text *text)
{
    Tefter__Refusal *refusal = field_text(tx, field, text);
    if (refusal == NULL && text != NULL && field_text_empty(text))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
    return refusal;
}

Tefter__Refusal *field_text_wanted(struct tx *tx, const char *field, const Tefter__Text *text)
{
    return text != NULL ? field_text_filled(tx, field, text)
                        : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
}

/* ---- services: numbers ---- */

Tefter__Refusal *field_amount(struct tx *tx, const char *field, int64_t amount_minor)
{
    if (amount_minor <= 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE, field);
    return field_amount_or_zero(tx, field, amount_minor);
}

Tefter__Refusal *field_amount_or_zero(struct tx *tx, const char *field, int64_t amount_minor)
{
    if (amount_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
    if (amount_minor > MONEY_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, field, MONEY_MAX);
    return NULL;
}

Tefter__Refusal *field_date(struct tx *tx, const char *field, uint32_t date)
{
    if (date < DATE_MIN || date > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, field);
    return NULL;
}

Tefter__Refusal *field_rate(struct tx *tx, const char *field, uint32_t rate_bp, uint32_t most_bp)
{
    if (rate_bp > most_bp)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field, most_bp);
    return NULL;
}

Tefter__Refusal *field_days(struct tx *tx, const char *field, uint32_t days)
{
    if (days > TERM_DAYS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field, TERM_DAYS_MAX);
    return NULL;
}

Tefter__Refusal *field_bytes(struct tx *tx, const char *field, ProtobufCBinaryData bytes,
                             size_t most)
{
    if (bytes.len == 0 || bytes.len > most)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field, (int64_t)most);
    return NULL;
}

/* ---- services: refusals ---- */

Tefter__Refusal *refuse_not_found(struct tx *tx, const char *field)
{
    return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, field);
}

Tefter__Refusal *refuse_existing(struct tx *tx, const char *field, uint64_t existing)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__ALREADY_EXISTS, field);
    if (existing != 0)
        FIELD_SET(refusal, existing, existing);
    return refusal;
}

Tefter__Refusal *refuse_look(struct tx *tx, const char *field, uint64_t existing,
                             const char *existing_code)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__LOOKS_LIKE, field);
    FIELD_SET(refusal, existing, existing);
    refusal->existing_number = tx_text(tx, existing_code);
    return refusal;
}

Tefter__Refusal *refuse_early(struct tx *tx, const char *field, uint32_t first)
{
    if (!tx_rule(tx, RULE_EARLY_DATES_ARE_NAMED))
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, field);
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, field);
    FIELD_SET(refusal, date, first);
    return refusal;
}

Tefter__Refusal *refuse_most(struct tx *tx, Tefter__RefusalCode code, const char *field,
                             int64_t most)
{
    Tefter__Refusal *refusal = refuse(tx, code, field);
    FIELD_SET(refusal, most, most);
    return refusal;
}

/* ---- services: moves ---- */

bool field_move_line(char **slot, char *given)
{
    if (given == NULL)
        return false;
    char *value = given[0] == '\0' ? NULL : given;
    if (*slot == value || (*slot != NULL && value != NULL && strcmp(*slot, value) == 0))
        return false;
    *slot = value;
    return true;
}

bool field_move_text(Tefter__Text **slot, Tefter__Text *given)
{
    if (given == NULL)
        return false;
    Tefter__Text *value = field_text_empty(given) ? NULL : given;
    if (text_same(*slot, value))
        return false;
    *slot = value;
    return true;
}

bool field_move_u32(bool given, uint32_t value, protobuf_c_boolean *has, uint32_t *slot)
{
    if (!given || ((has == NULL || *has) && *slot == value))
        return false;
    if (has != NULL)
        *has = 1;
    *slot = value;
    return true;
}

bool field_move_i64(bool given, int64_t value, protobuf_c_boolean *has, int64_t *slot)
{
    if (!given || ((has == NULL || *has) && *slot == value))
        return false;
    if (has != NULL)
        *has = 1;
    *slot = value;
    return true;
}

bool field_move_int(bool given, int value, protobuf_c_boolean *has, int *slot)
{
    if (!given || ((has == NULL || *has) && *slot == value))
        return false;
    if (has != NULL)
        *has = 1;
    *slot = value;
    return true;
}

bool field_text_empty(const Tefter__Text *text)
{
    return text_size(text) == 0;
}

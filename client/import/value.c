#include "import/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

enum { SAFE_DIGITS = 6 };
enum { YEAR_DIGITS = 4, YEAR_PIVOT = 70, MONTHS = 12, NUMBER_MAX_BYTES = 60, SIGN_MAX_BYTES = 3 };

/* ---- numbers ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static struct slice without(struct slice text, size_t front, size_t back)
{
    text = slice_of(text.data + front, text.size - front - back);
    while (text.size > 0 && is_space(text.data[0]))
        text = slice_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* "GBP": three letters we know. */
static bool is_currency_code(struct slice text)
{
    char code[CURRENCY_CODE_SIZE] = "";
    if (text.size != CURRENCY_CODE_SIZE - 1)
        return false;
    memcpy(code, text.data, text.size);
    return currency_find(code) != NULL;
}

/* $ £ ¥ ﷼ and the block of currency signs. */
static bool is_currency_sign(struct slice text)
{
    uint32_t point = 0;
    return text.size > 0 && text_decode(text.data, text.size, &point) == text.size &&
           (point == '$' || point == 0xA3 || point == 0xA5 || point == 0xFDFC ||
            (point >= 0x20A0 && point <= 0x20CF));
}

/* How many bytes of a currency stand at the front, or at the back. */
static size_t currency_size(struct slice text, bool back)
{
    for (size_t size = SIGN_MAX_BYTES; size > 0; size--) {
        if (size >= text.size)
            continue;
        struct slice mark = slice_of(text.data + (back ? text.size - size : 0), size);
        if (is_currency_code(mark) || is_currency_sign(mark))
            return size;
    }
    return 0;
}

struct slice value_bare_number(struct slice cell, bool *ret_negative)
{
    struct slice text = without(cell, 0, 0);
    *ret_negative = false;
    if (text.size > 2 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
        *ret_negative = true;
        text = without(text, 1, 1);
    }
    text = without(text, currency_size(text, false), 0);
    text = without(text, 0, currency_size(text, true));
    if (text.size > 1 && text.data[text.size - 1] == '-') {
        *ret_negative = !*ret_negative;
        text = without(text, 0, 1);
    }
    return text;
}

static bool has_sign(struct slice text)
{
    return (text.size > 0) &&
           (memchr(text.data, '.', text.size) != NULL || memchr(text.data, ',', text.size) != NULL);
}

bool value_number(struct slice cell, int exponent, const struct style *style, int64_t *ret_value,
                  const char **ret_why)
{
    bool negative;
    struct slice text = value_bare_number(cell, &negative);
    if (text.size == 0 || text.size > NUMBER_MAX_BYTES) {
        *ret_why = text.size == 0 ? "is empty" : "is too long for a number";
        return false;
    }
    if (style->whole_only && has_sign(text)) {
        *ret_why = "has a sign that no number of the sample had: say --decimal";
        return false;
    }
    int64_t value;
    *ret_why = decimal_read((const char *)text.data, text.size, exponent, &style->number, &value);
    if (*ret_why != NULL)
        return false;
    *ret_value = negative ? -value : value;
    return true;
}

/* ---- dates ---- */

static const char months[MONTHS][4] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};

static size_t read_digits(struct slice text, size_t at, int *ret_value)
{
    size_t size = 0;
    *ret_value = 0;
    while (at + size < text.size && size < 8 && isdigit(text.data[at + size]))
        *ret_value = *ret_value * 10 + (text.data[at + size++] - '0');
    return size;
}

/* "Dec", "December": the month's number, 0 when it is none. */
static size_t read_month(struct slice text, size_t at, int *ret_month)
{
    size_t size = 0;
    while (at + size < text.size && isalpha(text.data[at + size]))
        size++;
    *ret_month = 0;
    for (int i = 0; size >= 3 && i < MONTHS; i++)
        if (strncasecmp((const char *)text.data + at, months[i], 3) == 0)
            *ret_month = i + 1;
    return *ret_month == 0 ? 0 : size;
}

static bool is_date_sign(uint8_t byte)
{
    return byte == '-' || byte == '/' || byte == '.' || byte == ' ';
}

static size_t read_part(struct slice text, size_t at, int i, struct date_parts *parts)
{
    size_t size = read_digits(text, at, &parts->part[i]);
    parts->digits[i] = (int)size;
    if (size > 0)
        return size;
    parts->named = i;
    return read_month(text, at, &parts->part[i]);
}

/* 20101201 */
static bool split_compact(struct date_parts *parts)
{
    int whole = parts->part[0];
    *parts = (struct date_parts){
        .part = {whole / 10000, whole / 100 % 100, whole % 100}, .digits = {4, 2, 2}, .named = -1};
    return true;
}

/* Nothing, or a time of day. */
static bool ends_well(struct slice text, size_t at)
{
    return at == text.size || ((text.data[at] == ' ' || text.data[at] == 'T') &&
                               at + 1 < text.size && isdigit(text.data[at + 1]));
}

bool value_date_parts(struct slice cell, struct date_parts *ret_parts)
{
    *ret_parts = (struct date_parts){.named = -1};
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t size = read_part(cell, at, i, ret_parts);
        at += size;
        if (i == 0 && size == 8 && ends_well(cell, at))
            return split_compact(ret_parts);
        if (size == 0 || (i < 2 && (at == cell.size || !is_date_sign(cell.data[at]))))
            return false;
        at += i < 2;
    }
    return ends_well(cell, at);
}

static int year_of(int value, int digits)
{
    if (digits > 2)
        return value;
    return value < YEAR_PIVOT ? 2000 + value : 1900 + value;
}

/* Which part is the year, the month and the day. */
static void places(const struct date_parts *parts, enum import_dates order, int ret_place[3])
{
    static const int by_order[][3] = {[DATES_GUESS] = {0, 1, 2},
                                      [DATES_YMD] = {0, 1, 2},
                                      [DATES_DMY] = {2, 1, 0},
                                      [DATES_MDY] = {2, 0, 1}};
    if (parts->digits[0] == YEAR_DIGITS)
        order = DATES_YMD;
    else if (parts->named >= 0)
        order = parts->named == 0 ? DATES_MDY : DATES_DMY;
    memcpy(ret_place, by_order[order], sizeof by_order[order]);
}

bool value_date(struct slice cell, enum import_dates order, uint32_t *ret_date,
                const char **ret_why)
{
    struct date_parts parts;
    *ret_why = "is no date";
    if (!value_date_parts(cell, &parts))
        return false;
    int place[3];
    places(&parts, order, place);
    if (parts.digits[place[1]] > 2 || parts.digits[place[2]] > 2)
        return false;
    struct civil civil = {year_of(parts.part[place[0]], parts.digits[place[0]]),
                          parts.part[place[1]], parts.part[place[2]]};
    *ret_why = "is no day of the calendar, read as --dates says";
    return date_of_civil(civil, ret_date);
}

/* ---- codes and text ---- */

static bool is_code_point(uint32_t point)
{
    if (point >= 0x80)
        return !(point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200B) ||
                 point == 0x202F || point == 0x205F || point == 0x3000 || point == 0xFEFF);
    return isalnum((int)point) || (point != 0 && strchr("-_./", (int)point) != NULL);
}

const char *value_unseen(struct slice cell, char said[SIGHT_SAID_MAX])
{
    struct sight_fault found;
    if (sight_clear(cell.data, cell.size, SIGHT_OF_A_KEY, &found) || found.flaw == SIGHT_EDGE ||
        found.flaw == SIGHT_BREAK)
        return NULL;
    return sight_say(&found, said);
}

bool value_is_code(struct slice cell)
{
    char said[SIGHT_SAID_MAX];
    if (cell.size == 0 || cell.size > CODE_MAX_BYTES || value_unseen(cell, said) != NULL)
        return false;
    for (size_t at = 0; at < cell.size;) {
        uint32_t point = 0;
        at += text_decode(cell.data + at, cell.size - at, &point);
        if (!is_code_point(point))
            return false;
    }
    return true;
}

/* Whole code points, at most `room` bytes. */
static size_t copy_code(struct slice cell, char *out, size_t room)
{
    size_t size = 0;
    for (size_t at = 0, step = 0; at < cell.size; at += step) {
        uint32_t point = 0;
        step = text_decode(cell.data + at, cell.size - at, &point);
        bool good = step > 0 && is_code_point(point) && text_line_valid(cell.data + at, step);
        step = step > 0 ? step : 1;
        size_t wanted = good ? step : 1;
        if (size + wanted > room)
            break;
        if (good)
            memcpy(out + size, cell.data + at, step);
        else if (size > 0 && out[size - 1] == '-')
            wanted = 0;
        else
            out[size] = '-';
        size += wanted;
    }
    return size;
}

struct slice value_safe_code(struct slice cell, char *out)
{
    char digest[HASH_TEXT_SIZE];
    struct hash hash;
    hash_of(cell.data, cell.size, &hash);
    hash_text(&hash, digest);
    size_t size = copy_code(cell, out, CODE_MAX_BYTES - 1 - SAFE_DIGITS);
    if (size > 0 && out[size - 1] != '-')
        out[size++] = '-';
    memcpy(out + size, digest, SAFE_DIGITS);
    return slice_of(out, size + SAFE_DIGITS);
}

bool value_has_point_zero(struct slice cell)
{
    if (cell.size < 3 || memcmp(cell.data + cell.size - 2, ".0", 2) != 0)
        return false;
    for (size_t i = 0; i < cell.size - 2; i++)
        if (!isdigit(cell.data[i]))
            return false;
    return true;
}

struct slice value_code(struct slice cell, bool point_zero)
{
    if (point_zero && value_has_point_zero(cell))
        cell.size -= 2;
    return cell;
}

/* The bytes taken from the cell, *ret_size being those written. */
static size_t copy_line(struct slice cell, char *out, size_t capacity, size_t *ret_size)
{
    size_t size = 0;
    size_t at = 0;
    while (at < cell.size) {
        uint32_t point = 0;
        size_t step = text_decode(cell.data + at, cell.size - at, &point);
        bool is_break = point == '\r' || point == '\n' || point == '\t';
        bool is_joined = is_break && (size == 0 || out[size - 1] == ' ');
        if (step == 0 || (!is_joined && size + step > capacity))
            break;
        if (is_break && !is_joined)
            out[size++] = ' ';
        else if (!is_break)
            memcpy(out + size, cell.data + at, step);
        size += is_break ? 0 : step;
        at += step;
    }
    *ret_size = size;
    return at;
}

static size_t last_point(const char *line, size_t size, uint32_t *ret_point)
{
    size_t at = size;
    do
        at--;
    while (at > 0 && ((uint8_t)line[at] & 0xC0) == 0x80);
    return text_decode(line + at, size - at, ret_point);
}

/* Without blanks at its end and, where it was cut, without what joined it to the rest. */
static size_t line_end(const char *line, size_t size, bool cut)
{
    uint32_t point = 0;
    while (size > 0) {
        size_t step = last_point(line, size, &point);
        if (!sight_blank(point) && !(cut && sight_hides(point)))
            break;
        size -= step;
    }
    return size;
}

/* Blanks at the front of a cell. */
static size_t line_begin(struct slice cell)
{
    uint32_t point = 0;
    size_t at = 0;
    size_t step = 0;
    for (; at < cell.size; at += step) {
        step = text_decode(cell.data + at, cell.size - at, &point);
        if (step == 0 || !sight_blank(point))
            break;
    }
    return at;
}

bool value_line(struct slice cell, enum sight_form form, char *out, size_t capacity,
                size_t *ret_size, bool *ret_cut, char said[SIGHT_SAID_MAX])
{
    struct sight_fault found;
    size_t begin = line_begin(cell);
    cell = slice_of(cell.data + begin, cell.size - begin);
    *ret_cut = copy_line(cell, out, capacity, ret_size) < cell.size;
    *ret_size = line_end(out, *ret_size, *ret_cut);
    if (sight_clear(out, *ret_size, form, &found))
        return true;
    (void)sight_say(&found, said);
    return false;
}

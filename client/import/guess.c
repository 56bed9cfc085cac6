#include "import/guess.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "import/reader.h"

enum { GROUP = 3 };

static void keep_example(char example[EXAMPLE_MAX], struct slice cell)
{
    if (example[0] == '\0')
        (void)snprintf(example, EXAMPLE_MAX, "%.*s",
                       (int)(cell.size < EXAMPLE_MAX ? cell.size : EXAMPLE_MAX - 1),
                       (const char *)cell.data);
}

/* ---- numbers ---- */

/* The shape of one number. */
struct shape {
    uint32_t points;
    uint32_t commas;
    uint32_t spaces;
    uint32_t ticks;
    uint32_t digits; /* all */
    uint32_t before; /* the last sign */
    uint32_t behind; /* the last sign */
    char last;       /* '.' or ',' */
    bool leading_zero;
};

static void shape_sign(struct shape *shape, char sign)
{
    shape->points += sign == '.';
    shape->commas += sign == ',';
    shape->spaces += sign == ' ';
    shape->ticks += sign == '\'';
    if (sign != '.' && sign != ',')
        return;
    shape->last = sign;
    shape->before = shape->digits;
    shape->behind = 0;
}

static void shape_digit(struct shape *shape, char digit)
{
    shape->leading_zero = shape->digits == 0 ? digit == '0' : shape->leading_zero;
    shape->digits++;
    shape->behind++;
}

/* False when it is no number at all. */
static bool shape_of(struct slice cell, struct shape *ret_shape)
{
    bool negative;
    bool foreign;
    struct slice bare = value_bare_number(cell, NULL, &negative, &foreign);
    char folded[EXAMPLE_MAX];
    size_t size = text_fold(bare.data, bare.size, folded, sizeof folded);
    *ret_shape = (struct shape){.digits = 0};
    for (size_t i = 0; i < size; i++) {
        if (isdigit((unsigned char)folded[i]))
            shape_digit(ret_shape, folded[i]);
        else if (strchr("., '", folded[i]) != NULL)
            shape_sign(ret_shape, folded[i]);
        else if (i > 0 || strchr("+-", folded[i]) == NULL)
            return false;
    }
    return ret_shape->digits > 0;
}

/* One sign that stands once: decimals unless it could as well part thousands. */
static bool could_be_group(const struct shape *shape)
{
    return shape->behind == GROUP && shape->before >= 1 && shape->before <= GROUP &&
           !shape->leading_zero;
}

static void count_decimal(struct number_evidence *evidence, char sign, struct slice cell)
{
    if (sign == '.')
        evidence->point_decimal++;
    else
        evidence->comma_decimal++;
    keep_example(sign == '.' ? evidence->point : evidence->comma, cell);
}

static void count_group(struct number_evidence *evidence, char sign, struct slice cell)
{
    if (sign == '.')
        evidence->point_group++;
    else
        evidence->comma_group++;
    keep_example(sign == '.' ? evidence->comma : evidence->point, cell);
}

static void look_at_both(struct number_evidence *evidence, const struct shape *shape,
                         struct slice cell)
{
    uint32_t last_stands = shape->last == '.' ? shape->points : shape->commas;
    if (last_stands > 1)
        return; /* 1,2.3.4: no number; reading it will say so */
    count_decimal(evidence, shape->last, cell);
    count_group(evidence, shape->last == '.' ? ',' : '.', cell);
}

static void look_at_one(struct number_evidence *evidence, const struct shape *shape,
                        struct slice cell)
{
    if (shape->points + shape->commas > 1) {
        count_group(evidence, shape->last, cell);
    } else if (!could_be_group(shape) || shape->spaces + shape->ticks > 0) {
        count_decimal(evidence, shape->last, cell);
    } else {
        evidence->unclear_point += shape->last == '.';
        evidence->unclear_comma += shape->last == ',';
        keep_example(evidence->example, cell);
    }
}

void number_look(struct number_evidence *evidence, struct slice cell)
{
    struct shape shape;
    if (!shape_of(cell, &shape))
        return;
    evidence->numbers++;
    evidence->space_group += shape.spaces > 0;
    evidence->tick_group += shape.ticks > 0;
    if (shape.points > 0 && shape.commas > 0)
        look_at_both(evidence, &shape, cell);
    else if (shape.points + shape.commas > 0)
        look_at_one(evidence, &shape, cell);
}

void number_join(struct number_evidence *evidence, const struct number_evidence *other)
{
    evidence->numbers += other->numbers;
    evidence->point_decimal += other->point_decimal;
    evidence->comma_decimal += other->comma_decimal;
    evidence->point_group += other->point_group;
    evidence->comma_group += other->comma_group;
    evidence->space_group += other->space_group;
    evidence->tick_group += other->tick_group;
    evidence->unclear_point += other->unclear_point;
    evidence->unclear_comma += other->unclear_comma;
    keep_example(evidence->example, slice_text(other->example));
    keep_example(evidence->point, slice_text(other->point));
    keep_example(evidence->comma, slice_text(other->comma));
}

void number_make_whole(struct number_evidence *evidence)
{
    evidence->point_group += evidence->unclear_point;
    evidence->comma_group += evidence->unclear_comma;
    evidence->unclear_point = evidence->unclear_comma = 0;
    evidence->example[0] = '\0';
}

bool number_of_whole(struct slice cell, struct number_style *style)
{
    struct shape shape;
    if (!shape_of(cell, &shape))
        return true; /* reading it will say so */
    char other = shape.last == '.' ? ',' : '.';
    bool apart = shape.spaces + shape.ticks > 0;
    uint32_t stands = shape.last == '.' ? shape.points : shape.commas;
    bool both = shape.points > 0 && shape.commas > 0;
    if (both && shape.behind == GROUP && stands == 1)
        return false; /* 5.000,000: slips of thousands, or decimals */
    bool thousands = !both && !apart && (stands > 1 || could_be_group(&shape));
    if (shape.points + shape.commas > 0) {
        style->decimal = thousands ? other : shape.last;
        style->group = thousands ? shape.last : other;
    }
    if (apart)
        style->group = shape.spaces > 0 ? ' ' : '\'';
    return true;
}

bool number_has_groups(struct slice cell)
{
    struct shape shape;
    if (!shape_of(cell, &shape) || shape.points + shape.commas == 0 || shape.spaces > 0)
        return false;
    bool both = shape.points > 0 && shape.commas > 0;
    bool many = shape.points + shape.commas > 1 && shape.behind == GROUP; /* no 31.12.2026 */
    return both || many || could_be_group(&shape);
}

bool number_is_money(struct slice cell)
{
    enum { CENTS = 2 };
    struct shape shape;
    bool negative;
    bool foreign;
    bool percent;
    struct slice bare = value_bare_number(cell, NULL, &negative, &foreign);
    (void)value_percent(cell, &percent);
    if (percent || !shape_of(cell, &shape))
        return false;
    for (size_t i = 0; i < cell.size; i++) {
        const uint8_t *at = cell.data + i;
        bool beside = at < bare.data || at >= bare.data + bare.size;
        if (beside && strchr("()-+ \t", *at) == NULL)
            return true;
    }
    uint32_t stands = shape.last == '.' ? shape.points : shape.commas;
    return (stands == 1 && shape.behind == CENTS) || number_has_groups(cell);
}

bool number_is_unclear(struct slice cell)
{
    struct shape shape;
    return shape_of(cell, &shape) && shape.spaces + shape.ticks == 0 &&
           shape.points + shape.commas == 1 && could_be_group(&shape);
}

static char group_of(const struct number_evidence *evidence, char decimal)
{
    if (evidence->space_group > 0)
        return ' ';
    if (evidence->tick_group > 0)
        return '\'';
    return decimal == '.' ? ',' : '.';
}

enum verdict number_judge(const struct number_evidence *evidence, struct style *ret_style)
{
    bool point = evidence->point_decimal + evidence->comma_group > 0;
    bool comma = evidence->comma_decimal + evidence->point_group > 0;
    if (point && comma)
        return VERDICT_MIXED;
    if (!point && !comma && evidence->unclear_point + evidence->unclear_comma > 0)
        return VERDICT_UNCLEAR;
    char decimal = comma ? ',' : '.';
    ret_style->whole_only = !point && !comma;
    ret_style->number = (struct number_style){decimal, group_of(evidence, decimal)};
    return ret_style->whole_only ? VERDICT_NONE : VERDICT_CLEAR;
}

/* ---- dates ---- */

void date_look(struct date_evidence *evidence, struct slice cell)
{
    struct date_parts parts;
    if (!value_date_parts(cell, &parts))
        return;
    evidence->dates++;
    if (parts.serial) {
        evidence->serial++;
        return;
    }
    bool first_is_day = parts.part[0] > 12;
    bool second_is_day = parts.part[1] > 12;
    if (parts.named >= 0) {
        evidence->named++;
    } else if (parts.digits[0] > 2 || (parts.digits[2] == 2 && parts.part[0] > 31)) {
        evidence->year_first++; /* 1999-12-31, 99-12-31 */
    } else if (first_is_day != second_is_day) {
        evidence->day_first += first_is_day;
        evidence->month_first += second_is_day;
    } else if (!first_is_day && parts.dots) {
        evidence->day_first++;
    } else if (!first_is_day) {
        evidence->unclear++;
        keep_example(evidence->example, cell);
    }
}

enum verdict date_judge(const struct date_evidence *evidence, enum import_dates *ret_order)
{
    if (evidence->day_first > 0 && evidence->month_first > 0)
        return VERDICT_MIXED;
    *ret_order = evidence->day_first > 0     ? DATES_DMY
                 : evidence->month_first > 0 ? DATES_MDY
                                             : DATES_YMD;
    if (*ret_order != DATES_YMD)
        return VERDICT_CLEAR;
    if (evidence->unclear > 0)
        return VERDICT_UNCLEAR;
    return evidence->dates > 0 ? VERDICT_CLEAR : VERDICT_NONE;
}

/* ---- letters ---- */

/* The bytes of an encoding's commonest letters. Vietnamese writes its tones as signs of their own
 * behind a letter; Western letters with accents stand alone among plain ones. */
static const struct {
    const char *encoding;
    const char *common;
    bool alone; /* within a word of plain letters */
} alphabets[] = {
    {"windows-1252",
     "\xE9\xE8\xE0\xFC\xF6\xE4\xDF\xF1\xF3\xED\xE1\xE7\xEA\xC9\xDC\xD6\xC4\xFA\xF4\xEE\xA3", true},
    {"windows-1258", "\xCC\xD2\xDE\xEC\xF2\xF0\xFD\xF5\xE2\xEA\xF4\xE3\xD0\xDD\xD5", true},
    {"windows-1253",
     "\xE1\xEF\xE9\xE5\xF4\xF3\xED\xE7\xF5\xF1\xF2\xEA\xF0\xEB\xEC\xDC\xFC\xDF\xDD\xDE\xC1\xCF"
     "\xC9\xC5\xD4\xD3\xCD\xC7\xD1",
     false},
    {"windows-1251",
     "\xEE\xE5\xE0\xE8\xED\xF2\xF1\xF0\xE2\xEB\xEA\xEC\xE4\xEF\xF3\xFF\xFB\xFC\xCE\xC0\xCA\xD1",
     false},
    {"windows-1256",
     "\xC7\xE1\xED\xE3\xE4\xD1\xE6\xCA\xCF\xE5\xC8\xD3\xD4\xDD\xDA\xDE\xDF\x98\x90\xCD\xD2", false},
};
enum { ALPHABETS = sizeof alphabets / sizeof alphabets[0], LONG_RUN = 4 };

static bool is_high(struct slice head, size_t at)
{
    return at < head.size && head.data[at] >= 0x80;
}

/* Two by two and seldom alone: Chinese. */
static const char *guess_pairs(struct slice head, size_t high)
{
    size_t pairs = 0;
    size_t simplified = 0;
    for (size_t at = 0; at + 1 < head.size; at++) {
        if (!is_high(head, at))
            continue;
        uint8_t second = head.data[at + 1];
        bool good = head.data[at] >= 0x81 && second >= 0x40 && second != 0x7F;
        pairs += good;
        simplified += head.data[at] >= 0xB0 && head.data[at] <= 0xF7 && second >= 0xA1;
        at += good;
    }
    if (pairs == 0 || pairs * 2 < high)
        return NULL;
    return simplified * 10 >= pairs * 9 ? "gb18030" : "big5";
}

const char *guess_letters(struct slice head)
{
    size_t scores[ALPHABETS] = {0};
    size_t high = 0;
    size_t plain = 0;
    size_t run = 0;
    size_t in_runs = 0; /* of four and more */
    size_t best = 0;
    for (size_t at = 0; at < head.size; at++) {
        run = is_high(head, at) ? run + 1 : 0;
        plain += isalpha(head.data[at]) != 0;
        if (run == 0)
            continue;
        high++;
        in_runs += run == LONG_RUN ? LONG_RUN : run > LONG_RUN;
        for (size_t i = 0; i < ALPHABETS; i++)
            scores[i] += strchr(alphabets[i].common, (char)head.data[at]) != NULL;
    }
    bool in_words = in_runs * 2 > high;
    for (size_t i = 0; i < ALPHABETS; i++) {
        if (alphabets[i].alone == in_words)
            scores[i] /= 2;
        if (scores[i] > scores[best])
            best = i;
    }
    bool dense = in_words || high > plain; /* letters without accents are few between them */
    const char *pairs = dense && scores[best] * 4 < high * 3 ? guess_pairs(head, high) : NULL;
    return pairs != NULL ? pairs : alphabets[best].encoding;
}

/* ---- rows ---- */

char guess_ending(struct slice head)
{
    bool feeds = head.size > 0 && memchr(head.data, '\n', head.size) != NULL;
    bool returns = head.size > 0 && memchr(head.data, '\r', head.size) != NULL;
    return !feeds && returns ? '\r' : '\n';
}

/* How a delimiter cuts the first rows. */
struct cut {
    size_t columns;  /* that most rows have, of those with several */
    uint64_t alike;  /* rows with so many; titles above the header have others */
    uint64_t run;    /* the most of these that follow each other */
    uint64_t single; /* rows that are not cut at all */
};

static struct cut cut_rows(struct slice head, char delimiter)
{
    struct reader_style style = {.delimiter = delimiter, .ending = guess_ending(head)};
    struct memory memory = {head};
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    struct row row;
    uint64_t alike[ROW_FIELDS_MAX + 1] = {0};
    uint64_t longest[ROW_FIELDS_MAX + 1] = {0};
    uint64_t run = 0;
    size_t most = 0;
    size_t before = 0;
    for (int i = 0; reader != NULL && i < DELIMITER_ROWS && reader_next(reader, &row, NULL); i++) {
        run = row.count == before ? run + 1 : 1;
        before = row.count;
        longest[before] = run > longest[before] ? run : longest[before];
        if (++alike[row.count] >= alike[most] && row.count > 1)
            most = row.count;
    }
    reader_destroy(reader);
    return (struct cut){most, most > 1 ? alike[most] : 0, longest[most], alike[1]};
}

static bool cuts_better(const struct cut *a, const struct cut *b)
{
    if (a->alike != b->alike)
        return a->alike > b->alike;
    if (a->run != b->run) /* a comma in a title, and in each price */
        return a->run > b->run;
    return a->columns > b->columns;
}

char guess_delimiter(struct slice head)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    struct cut best_cut = {0};
    for (size_t i = 0; i < sizeof candidates; i++) {
        struct cut cut = cut_rows(head, candidates[i]);
        if (cut.alike > 0 && cuts_better(&cut, &best_cut)) {
            best = candidates[i];
            best_cut = cut;
        }
    }
    return best;
}

size_t guess_columns(struct slice head, char delimiter)
{
    struct cut cut = cut_rows(head, delimiter);
    return cut.alike > cut.single ? cut.columns : 1;
}

const char *delimiter_word(char delimiter)
{
    switch (delimiter) {
    case ',':
        return "comma";
    case ';':
        return "semicolon";
    case '\t':
        return "tab";
    case '|':
        return "bar";
    default:
        return "own sign";
    }
}

const char *dates_word(enum import_dates order)
{
    switch (order) {
    case DATES_GUESS:
        break;
    case DATES_YMD:
        return "year, month, day";
    case DATES_DMY:
        return "day, month, year";
    case DATES_MDY:
        return "month, day, year";
    }
    return "not known";
}

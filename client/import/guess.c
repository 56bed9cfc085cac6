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

static void count_decimal(struct number_evidence *evidence, char sign)
{
    if (sign == '.')
        evidence->point_decimal++;
    else
        evidence->comma_decimal++;
}

static void count_group(struct number_evidence *evidence, char sign)
{
    if (sign == '.')
        evidence->point_group++;
    else
        evidence->comma_group++;
}

static void look_at_both(struct number_evidence *evidence, const struct shape *shape)
{
    uint32_t last_stands = shape->last == '.' ? shape->points : shape->commas;
    if (last_stands > 1)
        return; /* 1,2.3.4: no number; reading it will say so */
    count_decimal(evidence, shape->last);
    count_group(evidence, shape->last == '.' ? ',' : '.');
}

static void look_at_one(struct number_evidence *evidence, const struct shape *shape,
                        struct slice cell)
{
    if (shape->points + shape->commas > 1) {
        count_group(evidence, shape->last);
    } else if (!could_be_group(shape) || shape->spaces + shape->ticks > 0) {
        count_decimal(evidence, shape->last);
    } else {
        evidence->unclear++;
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
        look_at_both(evidence, &shape);
    else if (shape.points + shape.commas > 0)
        look_at_one(evidence, &shape, cell);
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
    if (!point && !comma && evidence->unclear > 0)
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

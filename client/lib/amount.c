/*
 * Numbers as people type them, and as they are shown to them.
 *
 *   [sign] [currency] number [unit] [number unit ...] [number] [currency]
 *
 * The text is folded first (text.h): digits of every script are 0-9, small letters without marks.
 * Then it is a sum of parts, each smaller than the one before: 2 tỷ 300 triệu, 3万5千.
 */
#include "base/fold.h"
#include "base/text.h"
#include "lib/tefter.h"
#include "words/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FOLDED_MAX = 256,
    DIGITS_MAX = 19, /* more are no int64 */
    GROUP = 3,
    PRICE_DIGITS = 3,
    QUANTITY_DIGITS = 3,
};

/* ---- words, as they fold ---- */

struct unit {
    const char *word;
    int digits;
    bool takes_decimals; /* "1tr500" is one and a half: what follows are its decimals */
};

static const struct unit units[] = {
    {"k", 3, true},
    {"thousand", 3, false},
    {"nghin", 3, true},
    {"ngan", 3, true},
    {"ng", 3, true},
    {"هزار", 3, false},
    {"χιλιαδεσ", 3, false},
    {"χιλ.", 3, false},
    {"χιλ", 3, false},
    {"百万", 6, false},
    {"千万", 7, false},
    {"千", 3, false},
    {"十万", 5, false},
    {"万", 4, false},
    {"亿", 8, false},
    {"百", 2, false},
    {"millions", 6, false},
    {"million", 6, false},
    {"mio", 6, false},
    {"m", 6, false},
    {"trieu", 6, true},
    {"tr", 6, true},
    {"میلیون", 6, false},
    {"εκατομμυρια", 6, false},
    {"εκατομμυριο", 6, false},
    {"εκ.", 6, false},
    {"εκ", 6, false},
    {"billions", 9, false},
    {"billion", 9, false},
    {"bn", 9, false},
    {"ty", 9, true},
    {"ti", 9, true},
    {"میلیارد", 9, false},
    {"δισεκατομμυρια", 9, false},
    {"δισεκατομμυριο", 9, false},
    {"δισ.", 9, false},
    {"δισ", 9, false},
};

/* Other names of money than sign and code. */
static const struct {
    const char *code;
    const char *word;
} names[] = {
    {"VND", "dong"},  {"VND", "vnd"},    {"VND", "d"},    {"EUR", "ευρω"}, {"EUR", "euros"},
    {"EUR", "euro"},  {"CNY", "人民币"}, {"CNY", "元"},   {"CNY", "块"},   {"CNY", "rmb"},
    {"CNY", "yuan"},  {"IRR", "rials"},  {"IRR", "rial"}, {"IRR", "ریال"}, {"IRT", "tomans"},
    {"IRT", "toman"}, {"IRT", "تومان"},  {"IRT", "تومن"},
};

static const char *const joiners[] = {"and", "και", "و"};

/* ---- reading ---- */

struct reading {
    const char *at;
    const struct currency *currency;
    int exponent;     /* decimals of the result */
    int own_exponent; /* of these, decimals that the money or the measure has */
    bool counts;      /* a quantity: a point before three digits is what a scale writes */
    bool negative;
    int shift; /* by words of money: a toman is ten rial */
    __int128 sum;
    char *why;
};

/* Returns false, for `return`. */
__attribute__((sentinel)) static bool bad(struct reading *reading, const char *message, ...)
{
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(reading->why, AMOUNT_WHY_MAX, (enum language)reading->currency->language,
                         message, facts);
    va_end(facts);
    return false;
}

static void skip_blanks(struct reading *reading)
{
    while (*reading->at == ' ')
        reading->at++;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A letter, or a byte of one: a word does not end before it. */
static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

/* Chinese has no blanks between words. */
static bool word_ends(const char *word, const char *behind)
{
    bool latin = (word[0] & 0x80) == 0;
    bool han = !latin && (uint8_t)word[0] >= 0xE3;
    return han || !letter(*behind);
}

static bool take_word(struct reading *reading, const char *word)
{
    size_t size = strlen(word);
    if (size == 0 || strncmp(reading->at, word, size) != 0 || !word_ends(word, reading->at + size))
        return false;
    reading->at += size;
    return true;
}

static const struct unit *take_unit(struct reading *reading)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (take_word(reading, units[i].word))
            return &units[i];
    }
    return NULL;
}

static void take_joiner(struct reading *reading)
{
    for (size_t i = 0; i < sizeof joiners / sizeof joiners[0]; i++) {
        if (take_word(reading, joiners[i])) {
            skip_blanks(reading);
            return;
        }
    }
}

static bool take_folded(struct reading *reading, const char *text)
{
    char folded[CURRENCY_WORD_MAX];
    folded[text_fold(text, strlen(text), folded, sizeof folded - 1)] = '\0';
    return take_word(reading, folded);
}

static bool take_name(struct reading *reading, const char *code)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].code, code) == 0 && take_word(reading, names[i].word))
            return true;
    }
    return false;
}

/* Rial and toman are told apart by their words, whichever a person counts in. */
static void take_currency(struct reading *reading)
{
    const struct currency *currency = reading->currency;
    bool rial = strcmp(currency->code, "IRR") == 0;
    bool toman = strcmp(currency->code, TOMAN_CODE) == 0;
    skip_blanks(reading);
    if (reading->counts || *reading->at == '\0')
        return;
    if ((rial || toman) && take_name(reading, "IRR"))
        reading->shift = toman ? -1 : 0;
    else if ((rial || toman) && take_name(reading, TOMAN_CODE))
        reading->shift = rial ? 1 : 0;
    else if (!take_name(reading, currency->code) && !take_folded(reading, currency->code))
        (void)take_folded(reading, currency->sign);
    skip_blanks(reading);
}

/* ---- one number ---- */

enum mark { MARK_NONE, MARK_POINT, MARK_COMMA, MARK_BLANK, MARK_DECIMAL, MARK_GROUP };

static enum mark mark_at(const struct reading *reading, const char *at, size_t *ret_size)
{
    static const struct {
        const char *bytes;
        enum mark mark;
    } marks[] = {
        {".", MARK_POINT}, {",", MARK_COMMA},        {" ", MARK_BLANK},      {"'", MARK_BLANK},
        {"_", MARK_BLANK}, {"\u066B", MARK_DECIMAL}, {"\u066C", MARK_GROUP}, {"\u060C", MARK_GROUP},
    };
    bool slash = reading->currency->habit == HABIT_PERSIAN && *at == '/';
    *ret_size = 1;
    if (slash)
        return MARK_DECIMAL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        *ret_size = strlen(marks[i].bytes);
        if (strncmp(at, marks[i].bytes, *ret_size) == 0)
            return marks[i].mark;
    }
    return MARK_NONE;
}

/* Runs of digits, and what stands before each but the first. */
struct number {
    char digits[DIGITS_MAX + 1];
    size_t count;
    size_t runs;
    size_t first;                /* digits of the first run */
    size_t last;                 /* of the last */
    bool threes;                 /* all between have three */
    enum mark marks[DIGITS_MAX]; /* before run i + 1 */
    bool zero_first;             /* as no group begins */
    bool too_long;
};

static size_t take_run(struct reading *reading, struct number *number)
{
    size_t size = 0;
    for (; digit(*reading->at); reading->at++, size++) {
        bool zero = number->count == 0 && *reading->at == '0';
        if (!zero && number->count < DIGITS_MAX)
            number->digits[number->count++] = *reading->at;
        else if (!zero)
            number->too_long = true;
    }
    return size;
}

/* A blank parts groups only when three digits follow, and no more. */
static bool goes_on(const struct reading *reading, enum mark mark, size_t size)
{
    const char *next = reading->at + size;
    if (mark == MARK_NONE || !digit(*next))
        return false;
    return mark != MARK_BLANK || strspn(next, "0123456789") == GROUP;
}

static bool take_number(struct reading *reading, struct number *number)
{
    size_t size = 0;
    *number = (struct number){.threes = true, .zero_first = *reading->at == '0'};
    bool dot = (*reading->at == '.' || *reading->at == ',') && digit(reading->at[1]);
    if (!dot && !digit(*reading->at))
        return false;
    number->first = number->last = take_run(reading, number);
    number->runs = 1;
    for (enum mark mark = mark_at(reading, reading->at, &size); goes_on(reading, mark, size);
         mark = mark_at(reading, reading->at, &size)) {
        if (number->runs > DIGITS_MAX)
            break;
        number->threes = number->threes && (number->runs == 1 || number->last == GROUP);
        number->marks[number->runs - 1] = mark;
        reading->at += size;
        number->last = take_run(reading, number);
        number->runs++;
    }
    return true;
}

static enum mark group_mark(enum number_habit habit)
{
    return habit == HABIT_VIETNAMESE || habit == HABIT_GREEK ? MARK_POINT : MARK_COMMA;
}

/* "1.234" read both ways, and how each is written clearly, with its unit; decimals that are not
 * possible are not offered. Returns false. */
static bool ask_which(struct reading *reading, const struct number *number, const struct unit *unit)
{
    char digits[DIGITS_MAX + 1];
    char whole[AMOUNT_TEXT_MAX];
    int64_t all = 0;
    memcpy(digits, number->digits, sizeof digits);
    for (size_t i = 0; i < number->count; i++)
        all = all * 10 + (digits[i] - '0');
    (void)money_write(all, 0, whole);
    int before = (int)(number->count - GROUP);
    const char *behind = digits + before;
    const char *word = unit == NULL ? "" : unit->word;
    const char *blank = strlen(word) > 1 ? " " : "";
    int kept = GROUP;
    while (kept > 0 && behind[kept - 1] == '0')
        kept--;
    char part[AMOUNT_TEXT_MAX];
    if (kept > reading->exponent + (unit == NULL ? 0 : unit->digits)) {
        (void)snprintf(part, sizeof(part), "%.*s.%s", before, digits, behind);
        return bad(reading,
                   N_("This can be {whole}, or {part} with more decimals than are possible here: "
                      "write {first} for the first."),
                   "whole", whole, "part", part, "first", digits, NULL);
    }
    int least = unit != NULL ? 0 : reading->counts || reading->own_exponent < 2 ? 1 : 2;
    kept = kept < least ? least : kept;
    char all_of_it[AMOUNT_TEXT_MAX];
    char first[AMOUNT_TEXT_MAX];
    char other[AMOUNT_TEXT_MAX];
    (void)snprintf(all_of_it, sizeof(all_of_it), "%.60s%s%.30s", whole, blank, word);
    (void)snprintf(part, sizeof(part), "%.*s.%s%s%.30s", before, digits, behind, blank, word);
    (void)snprintf(first, sizeof(first), "%s%s%.30s", digits, blank, word);
    (void)snprintf(other, sizeof(other), "%.*s%s%.*s%s%s%.30s", before, digits, kept > 0 ? "." : "",
                   kept, behind, kept == GROUP ? "0" : "", blank, word);
    return bad(reading,
               N_("This can be {whole} or {part}: write {first} for the first, {other} for the "
                  "other."),
               "whole", all_of_it, "part", part, "first", first, "other", other, NULL);
}

/* How many of the digits are decimals; false: told. `unit` follows, or NULL: with one there may be
 * more. */
static bool decimals_of(struct reading *reading, const struct number *number,
                        const struct unit *unit, size_t *ret_decimals)
{
    static const char threes[] = N_("The digits are not grouped in threes.");
    enum mark last = number->runs > 1 ? number->marks[number->runs - 2] : MARK_NONE;
    enum mark habit = group_mark(reading->currency->habit);
    size_t same = 0;
    *ret_decimals = 0;
    for (size_t i = 0; i + 1 < number->runs; i++)
        same += number->marks[i] == last ? 1 : 0;
    bool mixed = same + 1 < number->runs;
    bool leads = number->first >= 1 && number->first <= GROUP && !number->zero_first;
    if (last == MARK_NONE)
        return true;
    for (size_t i = 0; i + 2 < number->runs; i++)
        if (number->marks[i] != number->marks[0])
            return bad(reading, threes, NULL);
    if (mixed || last == MARK_DECIMAL ||
        (number->runs == 2 && last != MARK_BLANK && last != MARK_GROUP && number->last != GROUP)) {
        *ret_decimals = number->last;
        bool decimal = last != MARK_BLANK && last != MARK_GROUP && same == 1;
        bool grouped = number->runs == 2 || (number->threes && leads);
        return (decimal && grouped) || bad(reading, threes, NULL);
    }
    bool groups = number->last == GROUP && number->threes && leads &&
                  (number->runs > 2 || number->count > GROUP || last == MARK_BLANK);
    if (number->runs > 2 || last == MARK_BLANK || last == MARK_GROUP)
        return groups || bad(reading, threes, NULL);
    if (!leads || number->count <= GROUP) { /* 0.500, .500, 12345.678 */
        *ret_decimals = GROUP;
        return true;
    }
    bool whole = reading->own_exponent == 0 && unit == NULL;
    /* 1.333 is what a scale writes; 1.500 of goods may be fifteen hundred */
    const char *digits = number->digits;
    bool round =
        reading->counts && digits[number->count - 1] == '0' && digits[number->count - 2] == '0';
    bool part = last != habit && unit == NULL && !round && reading->own_exponent >= GROUP;
    if (!whole && !part && last != habit)
        return ask_which(reading, number, unit);
    if (reading->counts && last == habit && habit == MARK_POINT && unit == NULL)
        return ask_which(reading, number, unit); /* a scale writes 1.333 in every country */
    *ret_decimals = part ? GROUP : 0;
    return true;
}

/* ---- a sum of parts ---- */

static bool add(struct reading *reading, const struct number *number, size_t decimals, int shift)
{
    const __int128 most = (__int128)1 << 100;
    __int128 value = 0;
    int scale = reading->exponent + shift - (int)decimals;
    for (size_t i = 0; i < number->count; i++)
        value = value * 10 + (number->digits[i] - '0');
    for (; scale < 0; scale++) {
        if (value % 10 != 0)
            return bad(reading,
                       reading->own_exponent == 0 && !reading->counts
                           ? N_("There is no part of one here.")
                           : N_("There are more decimals than are possible here."),
                       NULL);
        value /= 10;
    }
    for (; scale > 0 && value < most; scale--)
        value *= 10;
    reading->sum += value;
    return (value < most && reading->sum < most && !number->too_long) ||
           bad(reading, N_("The number is too large."), NULL);
}

/* "1tr5", "2 tỷ 3", "3万5": decimals of the unit before. Of what has more digits than one it is
 * unclear, but where that is how people write. */
static bool take_rest(struct reading *reading, const struct unit *unit, const struct number *number)
{
    size_t digits = number->first;
    bool clear = digits == 1 || (int)digits == unit->digits ||
                 (unit->takes_decimals && (int)digits < unit->digits);
    if (number->runs > 1 || !clear)
        return bad(reading,
                   N_("It is unclear what follows \"{unit}\": write the unit behind it, or all "
                      "digits."),
                   "unit", unit->word, NULL);
    return add(reading, number, digits, unit->digits);
}

static bool take_parts(struct reading *reading)
{
    struct number number;
    const struct unit *before = NULL;
    size_t decimals = 0;
    if (!take_number(reading, &number))
        return bad(reading,
                   *reading->at == '\0'
                       ? N_("There is no number here.")
                       : N_("There is a character that does not belong in a number."),
                   NULL);
    for (bool on = true; on; on = take_number(reading, &number)) {
        skip_blanks(reading);
        const struct unit *unit = reading->counts ? NULL : take_unit(reading);
        if (unit == NULL && before != NULL)
            return take_rest(reading, before, &number);
        if (before != NULL && unit->digits >= before->digits)
            return bad(reading, N_("\"{unit}\" does not stand behind \"{before}\"."), "unit",
                       unit->word, "before", before->word, NULL);
        if (!decimals_of(reading, &number, unit, &decimals) ||
            !add(reading, &number, decimals, unit == NULL ? 0 : unit->digits))
            return false;
        if (unit == NULL)
            return true;
        before = unit;
        skip_blanks(reading);
        take_joiner(reading);
    }
    return true;
}

/* All of the text, as if its words moved the decimals by `shift`. */
static bool take_all(struct reading *reading, const char *folded, int shift)
{
    reading->at = folded;
    reading->sum = 0;
    reading->shift = 0;
    reading->exponent += shift;
    reading->own_exponent += shift;
    skip_blanks(reading);
    reading->negative = *reading->at == '-';
    reading->at += *reading->at == '-' || *reading->at == '+' ? 1 : 0;
    take_currency(reading);
    if (!take_parts(reading))
        return false;
    take_currency(reading);
    skip_blanks(reading);
    return *reading->at == '\0' ||
           bad(reading, N_("There is a character that does not belong in a number."), NULL);
}

static const char *read_typed(const char *text, const struct reading *asked, int64_t most,
                              int64_t *ret_value)
{
    static const int shifts[] = {0, 1, -1}; /* no word of money, toman for rial, rial for toman */
    char folded[FOLDED_MAX + 1];
    char other[AMOUNT_WHY_MAX];
    folded[text_fold(text, strlen(text), folded, FOLDED_MAX)] = '\0';
    struct reading reading = *asked;
    bool good = take_all(&reading, folded, 0) && reading.shift == 0;
    for (size_t i = 1; !good && i < sizeof shifts / sizeof shifts[0]; i++) {
        struct reading trial = *asked;
        trial.why = other;
        if (asked->own_exponent + shifts[i] < 0 || !take_all(&trial, folded, shifts[i]) ||
            trial.shift != shifts[i])
            continue;
        reading = trial;
        good = true;
    }
    if (!good)
        return asked->why;
    if (reading.sum > most) {
        (void)bad(&reading, N_("This is more than any single amount may be."), NULL);
        if (reading.why != asked->why)
            (void)snprintf(asked->why, AMOUNT_WHY_MAX, "%s", reading.why);
        return asked->why;
    }
    *ret_value = reading.negative ? -(int64_t)reading.sum : (int64_t)reading.sum;
    return NULL;
}

const char *amount_read(const char *text, const struct currency *currency,
                        int64_t *ret_amount_minor, char why[AMOUNT_WHY_MAX])
{
    return read_typed(text,
                      &(struct reading){.currency = currency,
                                        .exponent = currency->exponent,
                                        .own_exponent = currency->exponent,
                                        .why = why},
                      MONEY_MAX, ret_amount_minor);
}

const char *price_read(const char *text, const struct currency *currency, int64_t *ret_price,
                       char why[AMOUNT_WHY_MAX])
{
    return read_typed(text,
                      &(struct reading){.currency = currency,
                                        .exponent = currency->exponent + PRICE_DIGITS,
                                        .own_exponent = currency->exponent,
                                        .why = why},
                      1000 * MONEY_MAX, ret_price);
}

const char *quantity_read(const char *text, const struct currency *currency, int64_t *ret_quantity,
                          char why[AMOUNT_WHY_MAX])
{
    return read_typed(text,
                      &(struct reading){.currency = currency,
                                        .exponent = QUANTITY_DIGITS,
                                        .own_exponent = QUANTITY_DIGITS,
                                        .counts = true,
                                        .why = why},
                      MONEY_MAX, ret_quantity);
}

/* ---- percentages ---- */

static const char *const percent_signs[] = {"%", "\u066A", "\uFF05", "\uFE6A"};
enum { PERCENT_SIGNS = sizeof(percent_signs) / sizeof(percent_signs[0]), PERCENT_MAX = 100 * 1000 };

bool percent_is(const char *text)
{
    for (size_t i = 0; i < PERCENT_SIGNS; i++)
        if (strstr(text, percent_signs[i]) != NULL)
            return true;
    return false;
}

/* Without a sign at either end, and the blanks there. */
static struct slice percent_number(const char *text)
{
    struct slice number = slice_text(text);
    for (size_t i = 0; i < PERCENT_SIGNS; i++) {
        size_t size = strlen(percent_signs[i]);
        if (number.size < size)
            continue;
        if (memcmp(number.data, percent_signs[i], size) == 0)
            return slice_of(number.data + size, number.size - size);
        if (memcmp(number.data + number.size - size, percent_signs[i], size) == 0)
            return slice_of(number.data, number.size - size);
    }
    return number;
}

const char *percent_read(const char *text, uint32_t *ret_bp)
{
    struct slice number = percent_number(text);
    bool comma = memchr(number.data, ',', number.size) != NULL;
    const struct number_style style = {comma ? ',' : '.', 0};
    int64_t bp = 0;
    const char *wrong = decimal_read((const char *)number.data, number.size, 2, &style, &bp);
    *ret_bp = 0;
    if (wrong == NULL && bp < 0)
        wrong = N_("A percentage is not below zero.");
    if (wrong == NULL && bp > PERCENT_MAX)
        wrong = N_("That is more than 1000 percent.");
    if (wrong == NULL)
        *ret_bp = (uint32_t)bp;
    return wrong;
}

/* ---- the unit behind a quantity ---- */

/* Part of a number as people write it: digits of any script, signs, what groups and divides. */
static bool of_number(uint32_t point)
{
    static const uint32_t marks[] = {' ',  '.',    ',',    '\'',  '+',  '-',
                                     0xA0, 0x202F, 0x2019, 0x66B, 0x66C};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (marks[i] == point)
            return true;
    return fold_digit(point) >= 0;
}

const char *quantity_unit(const char *text)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        uint32_t point;
        size_t bytes = text_decode(text + at, size - at, &point);
        if (bytes == 0 || !of_number(point))
            return bytes == 0 || at == 0 ? NULL : text + at;
        at += bytes;
    }
    return NULL;
}

/* ---- writing ---- */

struct look {
    const char *group;
    const char *decimal;
    bool persian;
};

static struct look look_of(enum number_habit habit)
{
    switch (habit) {
    case HABIT_VIETNAMESE:
    case HABIT_GREEK:
        return (struct look){".", ",", false};
    case HABIT_PERSIAN:
        return (struct look){"\u066C", "\u066B", true};
    case HABIT_ENGLISH:
    case HABIT_CHINESE:
        break;
    }
    return (struct look){",", ".", false};
}

size_t habit_write(int64_t value, int exponent, int least, enum number_habit habit,
                   char out[AMOUNT_TEXT_MAX])
{
    char plain[MONEY_TEXT_MAX];
    struct look look = look_of(habit);
    size_t size = money_write(value, exponent, plain);
    size_t used = 0;
    for (int left = exponent; left > least && plain[size - 1] == '0'; left--)
        size--;
    size -= size > 0 && plain[size - 1] == '.' ? 1 : 0;
    for (size_t i = 0; i < size; i++) {
        char digits[] = {(char)0xDB, (char)(0xB0 + plain[i] - '0'), '\0'};
        char same[] = {plain[i], '\0'};
        const char *put = plain[i] == ',' ? look.group : plain[i] == '.' ? look.decimal : same;
        put = look.persian && digit(plain[i]) ? digits : put;
        used += (size_t)snprintf(out + used, AMOUNT_TEXT_MAX - used, "%s", put);
    }
    return used;
}

size_t amount_write(int64_t amount_minor, const struct currency *currency,
                    char out[AMOUNT_TEXT_MAX])
{
    bool toman = strcmp(currency->code, TOMAN_CODE) == 0;
    return habit_write(amount_minor, currency->exponent,
                       toman ? currency->exponent - 1 : currency->exponent, currency->habit, out);
}

struct currency currency_toman(const struct currency *rial)
{
    struct currency toman = *rial;
    memcpy(toman.code, TOMAN_CODE, sizeof TOMAN_CODE);
    toman.exponent = rial->exponent + 1;
    toman.sign = toman.habit == HABIT_PERSIAN ? "تومان" : "toman";
    return toman;
}

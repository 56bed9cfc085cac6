/*
 * Dates as people type them. The text is folded first (text.h): digits of every script are 0-9.
 */
#include "base/date.h"
#include "base/jalali.h"
#include "base/text.h"
#include "lib/tefter.h"
#include "words/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLDED_MAX = 64,
    NUMBERS_MAX = 3,
    HALF_A_YEAR = 183,
    SPAN_DIGITS_MAX = 6,
};

struct typed {
    uint32_t today;
    enum number_habit habit;
    enum language language;
    uint32_t *ret_date;
    char *why;
};

/* Returns `why`, for `return`. */
__attribute__((sentinel)) static const char *bad(const struct typed *typed, const char *message,
                                                 ...)
{
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(typed->why, AMOUNT_WHY_MAX, typed->language, message, facts);
    va_end(facts);
    return typed->why;
}

static const char *no_date(const struct typed *typed)
{
    return bad(typed,
               N_("This is no date: write 2026-11-23 (from 1970-01-02 to 2149-06-06), 31.12.2026, "
                  "30 (of this month), today, +30 or -7."),
               NULL);
}

/* ---- which day ---- */

static int month_days(bool jalali, int year, int month)
{
    return jalali ? jalali_month_days(year, month) : civil_month_days(year, month);
}

static bool find_day(bool jalali, struct civil civil, uint32_t *ret_date)
{
    return jalali ? date_of_jalali(civil, ret_date) : date_of_civil(civil, ret_date);
}

static const char *take_day(const struct typed *typed, bool jalali, struct civil civil)
{
    uint32_t date = 0;
    if (civil.month < 1 || civil.month > 12 || civil.year < 1 || civil.year > 9999)
        return no_date(typed);
    int days = month_days(jalali, civil.year, civil.month);
    if (civil.day < 1 || civil.day > days) {
        char most[16];
        (void)snprintf(most, sizeof(most), "%d", days);
        return bad(typed, N_("There is no such day: that month has {days}."), "days", most, NULL);
    }
    if (!find_day(jalali, civil, &date))
        return no_date(typed);
    *typed->ret_date = date;
    return NULL;
}

/* Of a day without its year the one that is nearest. */
static const char *take_nearest(const struct typed *typed, bool jalali, int month, int day)
{
    struct civil now = jalali ? jalali_of_date(typed->today) : civil_of_date(typed->today);
    for (int year = now.year - 1; year <= now.year + 1; year++) {
        uint32_t date = 0;
        struct civil civil = {year, month, day};
        bool there = month >= 1 && month <= 12 && day >= 1 &&
                     day <= month_days(jalali, year, month) && find_day(jalali, civil, &date);
        int64_t far = (int64_t)date - (int64_t)typed->today;
        if (there && far >= -HALF_A_YEAR && far < HALF_A_YEAR) {
            *typed->ret_date = date;
            return NULL;
        }
    }
    return take_day(typed, jalali, (struct civil){now.year, month, day});
}

/* ---- words ---- */

static bool take_word(const struct typed *typed, const char *folded)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {
        {"today", 0},   {"hom nay", 0},  {"nay", 0},      {"今天", 0},       {"امروز", 0},
        {"σημερα", 0},  {"tomorrow", 1}, {"ngay mai", 1}, {"mai", 1},        {"明天", 1},
        {"فردا", 1},    {"αυριο", 1},    {"ngay kia", 2}, {"mot", 2},        {"后天", 2},
        {"پس فردا", 2}, {"پسفردا", 2},   {"μεθαυριο", 2}, {"yesterday", -1}, {"hom qua", -1},
        {"昨天", -1},   {"دیروز", -1},   {"χθεσ", -1},    {"χτεσ", -1},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(folded, words[i].word) == 0) {
            *typed->ret_date = (uint32_t)((int64_t)typed->today + words[i].days);
            return true;
        }
    }
    return false;
}

/* "+30", "-7" */
static const char *take_span(const struct typed *typed, const char *folded)
{
    size_t digits = strspn(folded + 1, "0123456789");
    long days = strtol(folded, NULL, 10);
    if (digits == 0 || digits > SPAN_DIGITS_MAX || folded[1 + digits] != '\0' ||
        days < DATE_MIN - (long)typed->today || days > DATE_MAX - (long)typed->today)
        return no_date(typed);
    *typed->ret_date = (uint32_t)((long)typed->today + days);
    return NULL;
}

/* ---- numbers ---- */

struct numbers {
    int value[NUMBERS_MAX];
    size_t digits[NUMBERS_MAX];
    size_t count;
    char sign; /* that parts them: '.', '/', '-', or 'y' of 2026年12月31日 and 12月31日 */
};

static bool take_sign(const char **at, struct numbers *numbers)
{
    static const struct {
        const char *bytes;
        char sign;
    } signs[] = {{".", '.'}, {"/", '/'}, {"-", '-'}, {"年", 'y'}, {"月", 'y'}, {"日", 'y'}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t size = strlen(signs[i].bytes);
        if (strncmp(*at, signs[i].bytes, size) != 0)
            continue;
        bool other = numbers->sign != '\0' && numbers->sign != signs[i].sign;
        numbers->sign = signs[i].sign;
        *at += size;
        return !other;
    }
    return false;
}

static bool take_numbers(const char *at, struct numbers *numbers)
{
    *numbers = (struct numbers){.count = 0};
    for (;;) {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 4 || numbers->count == NUMBERS_MAX)
            return false;
        numbers->value[numbers->count] = (int)strtol(at, NULL, 10);
        numbers->digits[numbers->count++] = digits;
        at += digits;
        if (*at == '\0')
            return true;
        if (!take_sign(&at, numbers))
            return false;
        if (*at == '\0')
            return numbers->sign == 'y'; /* behind the day */
    }
}

/* a and b are day and month, or month and day. */
static const char *take_either(const struct typed *typed, bool jalali, int year, int a, int b,
                               char sign)
{
    char first[DATE_TEXT_SIZE];
    char second[DATE_TEXT_SIZE];
    struct typed trial = *typed;
    uint32_t date = 0;
    trial.ret_date = &date;
    bool day_first = sign == '.' || jalali || a > 12 || a == b ||
                     typed->habit == HABIT_VIETNAMESE || typed->habit == HABIT_GREEK;
    if (!day_first && b <= 12) {
        const char *wrong = year != 0 ? take_day(&trial, jalali, (struct civil){year, b, a})
                                      : take_nearest(&trial, jalali, b, a);
        date_write(date, first);
        if (wrong == NULL)
            wrong = year != 0 ? take_day(&trial, jalali, (struct civil){year, a, b})
                              : take_nearest(&trial, jalali, a, b);
        date_write(date, second);
        return wrong != NULL ? wrong
                             : bad(typed, N_("This can be {first} or {second}: write it so."),
                                   "first", first, "second", second, NULL);
    }
    int day = day_first ? a : b;
    int month = day_first ? b : a;
    return year != 0 ? take_day(typed, jalali, (struct civil){year, month, day})
                     : take_nearest(typed, jalali, month, day);
}

static const char *take_two(const struct typed *typed, const struct numbers *numbers)
{
    int a = numbers->value[0];
    int b = numbers->value[1];
    bool persian = typed->habit == HABIT_PERSIAN;
    if (numbers->digits[0] > 2 || numbers->digits[1] > 2)
        return no_date(typed);
    if (numbers->sign == 'y' || typed->habit == HABIT_CHINESE || persian)
        return take_nearest(typed, persian && numbers->sign != 'y', a, b);
    return take_either(typed, false, 0, a, b, numbers->sign);
}

static const char *take_three(const struct typed *typed, const struct numbers *numbers)
{
    const int *value = numbers->value;
    const size_t *digits = numbers->digits;
    if (digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2)
        return take_day(typed, jalali_meant(value[0]),
                        (struct civil){value[0], value[1], value[2]});
    if (digits[0] > 2 || digits[1] > 2)
        return no_date(typed);
    if (digits[2] == 4)
        return take_either(typed, jalali_meant(value[2]), value[2], value[0], value[1],
                           numbers->sign);
    if (digits[0] < 2 && digits[2] != 2)
        return no_date(typed);
    if (typed->habit == HABIT_PERSIAN && digits[0] == 2)
        return take_day(typed, true, (struct civil){1400 + value[0], value[1], value[2]});
    bool day_first =
        numbers->sign == '.' || typed->habit == HABIT_VIETNAMESE || typed->habit == HABIT_GREEK;
    if (!day_first || digits[2] != 2)
        return bad(typed, N_("Which of these is the year? Write it with four digits: 2026-11-23."),
                   NULL);
    return take_day(typed, false, (struct civil){2000 + value[2], value[1], value[0]});
}

static const char *take_one(const struct typed *typed, const struct numbers *numbers)
{
    bool jalali = typed->habit == HABIT_PERSIAN;
    struct civil now = jalali ? jalali_of_date(typed->today) : civil_of_date(typed->today);
    if (numbers->digits[0] > 2)
        return no_date(typed);
    return take_day(typed, jalali, (struct civil){now.year, now.month, numbers->value[0]});
}

const char *date_typed(const char *text, uint32_t today, enum number_habit habit,
                       enum language language, uint32_t *ret_date, char why[AMOUNT_WHY_MAX])
{
    char folded[FOLDED_MAX + 1];
    struct numbers numbers;
    const struct typed typed = {today, habit, language, ret_date, why};
    folded[text_fold(text, strlen(text), folded, FOLDED_MAX)] = '\0';
    if (take_word(&typed, folded))
        return NULL;
    if (folded[0] == '+' || folded[0] == '-')
        return take_span(&typed, folded);
    if (!take_numbers(folded, &numbers))
        return no_date(&typed);
    switch (numbers.count) {
    case 1:
        return take_one(&typed, &numbers);
    case 2:
        return take_two(&typed, &numbers);
    default:
        return take_three(&typed, &numbers);
    }
}

#pragma once
/*
 * Reading one cell: exact decimals, dates, codes and lines of text, each with a sentence for what
 * it is not. Pure.
 */
#include "base/bytes.h"
#include "base/money.h"
#include "base/sight.h"
#include "import/field.h"

/* How the file writes things; guessed from a sample or said by flags. */
struct style {
    const struct currency *currency; /* the ledger's; NULL: any beside a number will do */
    struct number_style number;
    bool mixed;      /* the file has both ways: what could be either is refused */
    bool whole_only; /* the sample had no decimal sign, and nobody said which it would be */
    enum import_dates dates;
    bool point_zero[FIELD_COUNT]; /* "17850.0" is the code 17850 */
    /* What plain numbers of each are, and whether somebody said so; else it follows from the file.
     */
    enum import_rates discount_is;
    enum import_rates tax_is;
    bool discount_said;
    bool tax_said;
};

enum { WHY_MAX = 240 };

/* Exact: more decimals than `exponent` are refused unless they are zeros. The ledger's currency as
 * sign or code beside the number (another one's is refused), parentheses or a minus behind it for
 * negative ones are understood, and words for large ones as people type them (amount_read): 5tr,
 * 1tr5, 3.5万, 1500k. */
bool value_number(struct slice cell, int exponent, const struct style *style, int64_t *ret_value,
                  const char **ret_why);

/* A cell of this field, with the decimals that it has; the style has the ledger's currency. Where
 * that has no decimals, money says by its own signs what they are: 89.000 and 50,000,000 are whole,
 * beside each other too. */
bool value_field(struct slice cell, enum import_field field, const struct style *style,
                 int64_t *ret_value, const char **ret_why);
int value_exponent(enum import_field field, const struct currency *currency);

/* "10 %" without its sign, of any script; *ret_percent: it had one. */
struct slice value_percent(struct slice cell, bool *ret_percent);

/* What a cell of discounts or taxes says. With a percent sign it is a percentage, with a sign of
 * money or a word for large numbers an amount; a plain number is what the style says. */
struct value_rate {
    bool is_amount;
    int64_t value; /* basis points, or minor units */
};
bool value_rate(struct slice cell, enum import_field field, const struct style *style,
                struct value_rate *ret_rate, const char **ret_why);
/* Neither a percent sign nor one of money; ret_bare is its number. */
bool value_is_plain_rate(struct slice cell, struct slice *ret_bare);

/* The number without sign of currency and the like, as decimal_read and the guess want it; *
 * ret_negative says that it was in parentheses or had its minus behind, *ret_foreign that it had
 * another currency's sign or code than this one's (NULL: none is foreign). */
struct slice value_bare_number(struct slice cell, const struct currency *currency,
                               bool *ret_negative, bool *ret_foreign);
/* Is it this currency's code, in letters of any size, or a sign of it? */
bool value_is_currency(struct slice text, const struct currency *currency);

/* A date with or without a time of day behind it: 2010-12-01 08:26, 1/12/2010, 01.12.10,
 * 20101201, 1-Dec-2010, Jan 28, 2021, 28. Januar 2021, 2021年1月28日, and what a spreadsheet counts
 * (44224). Two digits of a year are of 1970 to 2069; years of 1300 to 1499 and the names of its
 * months are of the Persian calendar. */
bool value_date(struct slice cell, enum import_dates order, uint32_t *ret_date,
                const char **ret_why);

/* The numbers of a date, as they stand. */
struct date_parts {
    int part[3];
    int digits[3];
    int named;   /* which part was a month's name, -1 none */
    bool dots;   /* 3.4.2026: who writes so has the day first */
    bool serial; /* the first part is a day as spreadsheets count, and all there is */
};
bool value_date_parts(struct slice cell, struct date_parts *ret_parts);

/* What the server takes as a code: letters, digits and - _ . / without spaces, at most
 * CODE_MAX_BYTES. */
bool value_is_code(struct slice cell);

/* Of "Eleni Vlachos||2", the second of two customers with one name: the name without that mark,
 * which tells their codes apart. */
struct slice value_before_mark(struct slice cell);

/* A code made of any text: what no code may have becomes '-', and six digits behind it tell apart
 * what would be the same then. out holds CODE_MAX_BYTES + 1. */
struct slice value_safe_code(struct slice cell, char *out);

/* "17850.0" without what a spreadsheet put behind it. */
bool value_has_point_zero(struct slice cell);
struct slice value_code(struct slice cell, bool point_zero);

/* What keeps people from seeing what stands there, said of the cell; NULL: nothing. Blanks and line
 * breaks are seen. */
const char *value_unseen(struct slice cell, char said[SIGHT_SAID_MAX]);

/* One line: line breaks and tabs become spaces, blanks at its ends and marks of direction go. False
 * when something in it is not seen (sight.h), and what is in `said`. Cut at a whole character to
 * `capacity`, and *ret_cut says so. */
bool value_line(struct slice cell, enum sight_form form, char *out, size_t capacity,
                size_t *ret_size, bool *ret_cut, char said[SIGHT_SAID_MAX]);

#pragma once
/*
 * Guesses: how a file writes its rows, numbers and dates, from what a sample shows. Evidence is
 * counted first and judged afterwards; what can be read two ways is never decided here. Pure.
 */
#include "import/value.h"

#include <stdint.h>

enum { EXAMPLE_MAX = 40, DELIMITER_ROWS = 200 };

enum verdict {
    VERDICT_CLEAR,
    VERDICT_NONE,    /* nothing to judge by, and no harm: whole numbers, no dates */
    VERDICT_UNCLEAR, /* can be read two ways; the example is one such */
    VERDICT_MIXED,   /* some can be read only one way, some only the other */
};

struct number_evidence {
    uint64_t numbers;
    uint64_t point_decimal; /* 2.55: cannot be anything else */
    uint64_t comma_decimal; /* 2,55 */
    uint64_t point_group;   /* 1.234.567 */
    uint64_t comma_group;   /* 1,234,567 */
    uint64_t space_group;
    uint64_t tick_group;       /* 1'234 */
    uint64_t unclear_point;    /* 1.500 */
    uint64_t unclear_comma;    /* 1,500 */
    char example[EXAMPLE_MAX]; /* of the unclear */
    char point[EXAMPLE_MAX];   /* whose decimals can begin with a point only, */
    char comma[EXAMPLE_MAX];   /* and with a comma */
};
void number_look(struct number_evidence *evidence, struct slice cell);
void number_join(struct number_evidence *evidence, const struct number_evidence *other);
/* What it would be if nothing of it had decimals: the unclear ones are thousands. */
void number_make_whole(struct number_evidence *evidence);
/* How one number is written, said by its own signs alone, where money has no decimals: three digits
 * behind the only kind of sign are thousands. False: even so it can be read two ways. */
bool number_of_whole(struct slice cell, struct number_style *style);
/* With thousands parted by signs: hardly anything but money is written so. */
bool number_has_groups(struct slice cell);
/* With a sign of money, or with two decimals as most money has. */
bool number_is_money(struct slice cell);
/* "1.500", "1,500": one sign that is either. */
bool number_is_unclear(struct slice cell);
/* ret_style is filled in when clear, and for whole numbers with whole_only set. */
enum verdict number_judge(const struct number_evidence *evidence, struct style *ret_style);

struct date_evidence {
    uint64_t dates;
    uint64_t year_first;
    uint64_t day_first;   /* 25/3/2011 */
    uint64_t month_first; /* 3/25/2011 */
    uint64_t named;       /* 25-Mar-2011 */
    uint64_t unclear;     /* 3/4/2011 */
    uint64_t serial;      /* 40606, as spreadsheets count */
    char example[EXAMPLE_MAX];
};
void date_look(struct date_evidence *evidence, struct slice cell);
enum verdict date_judge(const struct date_evidence *evidence, enum import_dates *ret_order);

/* The sign between columns: the one that cuts the first rows into most equal ones. */
char guess_delimiter(struct slice head);
/* How many columns most rows have. */
size_t guess_columns(struct slice head, char delimiter);
/* Of bytes that are no UTF-8: the encoding whose common letters they are, never NULL. */
const char *guess_letters(struct slice head);
/* '\r' for a text that knows no '\n', else '\n'. */
char guess_ending(struct slice head);
const char *delimiter_word(char delimiter); /* "comma" */
const char *dates_word(enum import_dates order);

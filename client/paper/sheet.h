#pragma once
/*
 * Sheets: papers of A4, drawn as PDF or as pictures (PNG), one to a page. A sheet says what stands
 * on it, in words of its reader, written already; where it stands is decided here. Any script,
 * right to left too: then the page is mirrored, but for figures, which end under one another, and
 * QR codes. What does not fit beside something goes below it: nothing is cut.
 *
 * Order: shop and title; whom it is for, and the box with what it is about; the table, whose head
 * is on every page and whose sums are carried over; totals; ages in one row; how to pay, and an
 * answer to be ticked; notes; signatures. Each part may be absent; one but the table is never
 * divided.
 *
 * The same sheet gives the same bytes with the same fonts and libraries: the time in a PDF is the
 * sheet's. What a font lacks is counted and told, never left out in silence.
 *
 * Thread: any, one at a time. Rows are asked for in order, more than once, and none is kept: memory
 * does not grow with them. Units: millimetres from the top left corner of the page.
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SHEET_COLUMNS_MAX = 8,
    SHEET_LINES_MAX = 16, /* of shop, party, box, pay, answer */
    SHEET_PAIRS_MAX = 24, /* totals; ages are SHEET_COLUMNS_MAX at most */
    SHEET_CODES_MAX = 2,  /* QR */
    SHEET_SIGNS_MAX = 3,
    SHEET_FIELDS_MAX = 4,  /* beside the place of a seal */
    SHEET_TEXT_MAX = 4096, /* bytes of one text; what is longer is refused */
    SHEET_PAGES_MAX = 20000,
    SHEET_PICTURES_MAX = 30, /* pages that are written as PNG */
};
#define SHEET_WIDTH 210.0
#define SHEET_HEIGHT 297.0
#define SHEET_MARGIN 15.0

enum sheet_column_kind {
    SHEET_WORDS,  /* takes the room that others leave, goes on below */
    SHEET_SHORT,  /* a date, a number: as wide as its widest, in one line */
    SHEET_FIGURE, /* likewise, and ends at the right: units stand under units */
};

struct sheet_column {
    const char *title;
    enum sheet_column_kind kind;
};

/* Cells that are NULL or "" stay empty. */
struct sheet_row {
    const char *cells[SHEET_COLUMNS_MAX];
    const char *under; /* small, below the first SHEET_WORDS */
    bool strong;
};

struct sheet_pair {
    const char *label;
    const char *figure;
    bool strong;
};

struct sheet_lines {
    const char *at[SHEET_LINES_MAX];
    size_t count;
};

/* Bytes of a PNG; 0: none. */
struct sheet_image {
    const uint8_t *data;
    size_t size;
};

struct sheet_code {
    const char *payload; /* of the QR code */
    const char *caption; /* may be NULL */
};

struct sheet_sign {
    const char *label;                    /* who signs */
    const char *fields[SHEET_FIELDS_MAX]; /* beside the place of a seal: "date"; NULL: no more */
    bool seal_here;                       /* the shop's own seal is drawn here */
};

struct sheet {
    const char *language; /* "vi" */
    bool right_to_left;

    const char *shop;
    struct sheet_lines shop_lines; /* address, phone, tax number */
    struct sheet_image logo;
    const char *title;
    struct sheet_lines title_lines; /* number, dates */
    const char *mark;               /* "COPY", "REVERSED": in a frame below the title; NULL: none */
    const char *across;             /* "PRACTICE": over each page; NULL: none */

    const char *party_label; /* "To" */
    const char *party;
    struct sheet_lines party_lines;

    const char *box_label; /* NULL: no box */
    const char *box_figure;
    const char *box_unit;         /* behind the figure; may be NULL */
    struct sheet_lines box_lines; /* amount in words, due */

    struct sheet_column columns[SHEET_COLUMNS_MAX];
    size_t column_count; /* 0: no table */
    size_t row_count;
    /* The row of that index; its texts are used before the next call. */
    bool (*row)(void *context, size_t index, struct sheet_row *ret_row, struct failure *failure);
    /* What is carried over behind so many rows, at the foot of a page (`over`) and at the head of
     * the next; NULL: nothing is. */
    void (*carried)(void *context, size_t behind, bool over, struct sheet_row *ret_row);
    void *context;
    const char *empty;            /* stands where there are no rows */
    const struct sheet_row *sums; /* below the table, in its columns; NULL: none */

    struct sheet_pair totals[SHEET_PAIRS_MAX];
    size_t total_count;

    const char *ages_title;
    struct sheet_pair ages[SHEET_COLUMNS_MAX];
    size_t age_count;

    const char *pay_title;
    struct sheet_lines pay_lines;
    const char *pay_reference; /* what is typed with the money; may be NULL */
    struct sheet_code codes[SHEET_CODES_MAX];
    size_t code_count;

    const char *answer_title;
    struct sheet_lines answer_lines; /* "☐": a box to be ticked is drawn; "____": a line */

    struct sheet_lines notes; /* small, over the whole width */

    struct sheet_sign signs[SHEET_SIGNS_MAX];
    size_t sign_count;
    const char *seal_word; /* in a circle at each signature; NULL: a line alone */
    struct sheet_image seal;

    const char *foot;
    const char *page_words; /* "page {page} of {pages}" */
    const char *author;     /* of the PDF, as title is */
    int64_t made_ms;        /* ... and its time */
};

/* A piece of what was drawn, as its ink lies. */
enum sheet_ink {
    SHEET_INK_TEXT,
    SHEET_INK_RULE,
    SHEET_INK_FRAME, /* of a box or mark; what is in it is inside */
    SHEET_INK_CODE,
    SHEET_INK_IMAGE,
    SHEET_INK_ACROSS, /* over everything */
};
struct sheet_piece {
    enum sheet_ink ink;
    uint32_t page; /* from 1 */
    double x, y, width, height;
    const char *text; /* "" where it has none */
    bool figure;      /* of a column of figures */
};

struct sheet_report {
    uint32_t pages;
    uint32_t missing;     /* characters that no font here has: boxes stand for them */
    char missing_in[128]; /* the first words with one */
    bool font_missing;    /* the title has one: the language has no font here */
    /* May be NULL; called for each piece as it is drawn. */
    void (*piece)(void *context, const struct sheet_piece *piece);
    void *context;
};

/* The file must not be there (FAULT_BUSY). On a failure nothing is left of it. `report` is in and
 * out. */
bool sheet_write_pdf(const struct sheet *sheet, const char *path, struct sheet_report *report,
                     struct failure *failure);
/* NAME.png; of more pages than one NAME-1.png, NAME-2.png …, at most SHEET_PICTURES_MAX. */
bool sheet_write_png(const struct sheet *sheet, const char *path, struct sheet_report *report,
                     struct failure *failure);

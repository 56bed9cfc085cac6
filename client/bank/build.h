#pragma once
/*
 * The model while it grows, for the readers: they say what stands in the file, this checks it,
 * keeps it and notes what is odd. Also the seam that each reader fills.
 */
#include "bank/bank.h"
#include "base/arena.h"

#include <iconv.h>

struct build {
    const struct bank_options *options;
    struct bank_file file;
    struct arena arena; /* all texts */
    struct bank_statement *statements;
    size_t statement_room;
    struct bank_entry *entries; /* of all statements, one behind the other */
    size_t entry_count;
    size_t entry_room;
    struct bank_finding *findings;
    size_t finding_room;
    bool open;                          /* the last statement has not ended */
    bool stopped;                       /* the rest of the file is not read */
    bool failed;                        /* no memory */
    bool cut;                           /* a text of the entry at hand was */
    bool unseen;                        /* and had characters that nobody sees */
    char said_code[CURRENCY_CODE_SIZE]; /* the unknown currency that was told */
    const char *encoding;               /* of what is no UTF-8, once there was some */
    iconv_t convert;                    /* (iconv_t)-1: none yet */
    struct buffer converted;
};

void build_init(struct build *build, const struct bank_options *options);
void build_fini(struct build *build);
/* Looks at the file as a whole. */
void build_end(struct build *build);

/* ---- findings ---- */

/* Of the file, or of the open statement. text: raw bytes. */
void build_find(struct build *build, enum bank_finding_kind kind, uint64_t line, struct slice text);
void build_find_amount(struct build *build, enum bank_finding_kind kind, uint64_t line,
                       int64_t minor);
void build_find_count(struct build *build, enum bank_finding_kind kind, uint64_t line,
                      uint64_t count);
/* Forgets what was read, and reads no more. */
void build_refuse(struct build *build, enum bank_finding_kind kind, uint64_t line,
                  struct slice text);
/* Keeps what was read; the open statement is not complete. */
void build_stop(struct build *build, enum bank_finding_kind kind, uint64_t line, struct slice text);

/* ---- what stands in the file ---- */

/* A text of one line in the arena, of at most `most` bytes. */
const char *build_text(struct build *build, struct slice raw, size_t most);
/* The same without blanks: an account. */
const char *build_account(struct build *build, struct slice raw);
/* Two texts with a blank between, of at most BANK_TEXT_MAX bytes. */
const char *build_joined(struct build *build, const char *before, const char *text);
/* The encoding that the file says it is in. */
void build_encoding(struct build *build, const char *name);

/* Three letters, else nothing is said. */
struct bank_money build_money(struct build *build, struct slice code, uint64_t line);
bool build_same_money(const struct bank_money *a, const struct bank_money *b);

/* "12.30", by decimal text alone. False: no number of so many decimals, or beyond MONEY_MAX. */
bool build_amount(struct slice text, int exponent, char decimal, int64_t *ret_minor);
/* "20261123", "2026-11-23" and whatever of a time of day is behind it. False: no such day. */
bool build_day(struct slice text, uint32_t *ret_day);
/* The same, but that the days of February end with the 30th, as banks count interest. */
bool build_value_day(struct slice text, uint32_t *ret_day, bool *ret_moved);
bool build_day_of(int year, int month, int day, uint32_t *ret_day);

/* ---- statements and entries ---- */

/* Begins one; the one before must have ended. NULL: nothing more is read. */
struct bank_statement *build_statement(struct build *build, uint64_t line);
struct bank_statement *build_open(struct build *build); /* NULL: none is */
/* complete: its end was there. */
void build_statement_end(struct build *build, uint64_t line, bool complete);

/* Zeroed texts are "". */
void build_entry_init(struct bank_entry *entry, uint64_t line);
/* The next entry's number; once for each that the file has. */
uint32_t build_number(struct build *build);
/* Takes it up; NULL texts are "". */
void build_entry(struct build *build, struct bank_entry *entry);
/* It cannot be read: says why. */
void build_left_out(struct build *build, enum bank_finding_kind kind, uint64_t line,
                    struct slice text);

/* ---- the readers ---- */

struct form {
    enum bank_form form;
    bool (*is)(struct slice head);       /* by its first FORM_HEAD_MAX bytes */
    void *(*begin)(struct build *build); /* NULL: no memory */
    void (*put)(void *reader, struct slice bytes);
    void (*end)(void *reader);
    void (*destroy)(void *reader);
};
enum { FORM_HEAD_MAX = 4096 };

extern const struct form form_camt, form_mt940, form_ofx, form_zip, form_table;
/* The one for a file that begins so; what is nothing else may be a table. */
const struct form *form_of(struct slice head);

/* A table that was kept in a file. */
void table_read(struct build *build, int file);

/* Does this stand in it, in letters of any size? */
bool slice_has(struct slice text, const char *word);
struct slice slice_trimmed(struct slice text);
bool slice_is(struct slice text, const char *word);

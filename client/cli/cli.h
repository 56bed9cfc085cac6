#pragma once
/*
 * The command line: one binary, a table of verbs. Most verbs are rows: which operands and options
 * they have, which field of which command or query each one sets, which columns the answer has.
 * Those that show more have a function.
 *
 *   main.c      words of the line → verb → run → exit code
 *   args.c      operands and options by a verb's table
 *   help.c      --help, manual page and completion from the same tables
 *   work.c      a verb at work, from its words to its exit code
 *   run.c       what a verb does there: connect, call, ask, tell
 *   typed.c     what people type → fields of a message; references → ids
 *   path.c      fields of a message by path, as people read them
 *   say.c       what people are told, in their language
 *   table.c     aligned columns; qr.c: a text for a camera
 *   entities: admin.c catalogue.c price.c customer.c note.c group.c terms.c sale.c cash.c
 * approval.c correct.c money.c document.c report.c person.c rights.c    who may what watch.c live
 * lines; printing.c  slips on paper; call.c: any message by name; enrol.c; import.c; bank.c
 */
#include "base/arena.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/usage.h"
#include "lib/tefter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRAM_SUMMARY "a live receivables ledger for all branches of a chain of shops"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USE = 2,
    EXIT_NO_SERVER = 3,
    EXIT_NOT_ALLOWED = 4,
    EXIT_CONFLICT = 5,
    EXIT_UNWRITTEN = 6, /* what was asked is done; its output could not be written */
    EXIT_CODES          /* so many */
};

enum {
    RUN_MEMORY_MAX = 256 * 1024 * 1024,
    ARGS_MAX = 512,
    CELL_MAX = 256,
    LINE_MAX_BYTES = 2048,
    ROWS_DEFAULT = 100,
    WAIT_DEFAULT_MS = 15 * 1000, /* a restart of the server refuses nobody */
};

/* ---- verbs ---- */

enum value_kind {
    VALUE_FLAG, /* an option without a value */
    VALUE_NOT,  /* likewise; it says that its field is not so */
    VALUE_TEXT,
    VALUE_FILE,
    VALUE_FOLDER,
    VALUE_NUMBER,
    VALUE_AMOUNT,
    VALUE_PRICE,
    VALUE_QUANTITY,
    VALUE_PERCENT, /* "5.25%": basis points */
    VALUE_DATE,    /* 2026-11-23, 31.12.2026, 30, today, +30, -7 */
    VALUE_OFFSET,  /* a time zone: +07:00 */
    VALUE_ENUM,
    VALUE_CUSTOMER, /* code or number; the rest likewise: what people call it → id */
    VALUE_BRANCH,
    VALUE_STAFF,
    VALUE_TERMINAL,
    VALUE_GROUP,
    VALUE_PRODUCT,
    VALUE_PLACE,
    VALUE_DOCUMENT,
};

struct param {
    const char *name; /* "CUSTOMER": an operand; "--limit": an option; NULL ends the table */
    enum value_kind kind;
    const char *field; /* path in the verb's message that it sets; NULL: the function reads it */
    const char *help;
    bool optional;     /* operands; options always are unless `needed` */
    bool many;         /* may be repeated; an operand: the last one */
    bool needed;       /* an option that must be there */
    const char *words; /* of a text or enum: all that it may be, by spaces */
    bool may_have;     /* a flag that may have a value behind an '=' */
};

/* Rows of a table of params. */
#define PARAM(name_, kind_, field_, help_)                                                         \
    .name = (name_), .kind = VALUE_##kind_, .field = (field_), .help = (help_)
#define OPERAND(name, kind, field, help)                                                           \
    {                                                                                              \
        PARAM(name, kind, field, help)                                                             \
    }
#define OPTIONAL(name, kind, field, help)                                                          \
    {                                                                                              \
        PARAM(name, kind, field, help), .optional = true                                           \
    }
#define OPERANDS(name, kind, field, help)                                                          \
    {                                                                                              \
        PARAM(name, kind, field, help), .many = true                                               \
    }
#define SOME(name, kind, field, help)                                                              \
    {                                                                                              \
        PARAM(name, kind, field, help), .many = true, .optional = true                             \
    }
#define OPTION(name, kind, field, help)                                                            \
    {                                                                                              \
        PARAM(name, kind, field, help)                                                             \
    }
#define OPTIONS(name, kind, field, help)                                                           \
    {                                                                                              \
        PARAM(name, kind, field, help), .many = true                                               \
    }
#define MAY_HAVE(name, field, help)                                                                \
    {                                                                                              \
        PARAM(name, FLAG, field, help), .may_have = true                                           \
    }
#define NEEDED(name, kind, field, help)                                                            \
    {                                                                                              \
        PARAM(name, kind, field, help " (needed)"), .needed = true                                 \
    }
#define CHOICE(name, field, words_, help)                                                          \
    {                                                                                              \
        PARAM(name, TEXT, field, help), .words = (words_)                                          \
    }
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }
#define END_COLUMNS                                                                                \
    {                                                                                              \
        NULL, NULL, COLUMN_TEXT                                                                    \
    }
#define END_VERBS                                                                                  \
    {                                                                                              \
        .entity = NULL                                                                             \
    }

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER,
    COLUMN_MONEY,
    COLUMN_DATE,
    COLUMN_TIME,
    COLUMN_PRICE,
    COLUMN_QUANTITY,
    COLUMN_PERCENT,
    COLUMN_FLAG, /* its title's word when true, else nothing */
    COLUMN_ENUM,
    COLUMN_STATE,     /* of a document: state_said() */
    COLUMN_LIMIT,     /* of an AccountRow: the limit, or "no limit" */
    COLUMN_AVAILABLE, /* of an AccountRow: free, "▲ over", or "unlimited" */
    COLUMN_LATE,      /* days; nothing when not late */
    COLUMN_CUSTOMER,  /* an id, shown as code and name */
    COLUMN_BRANCH,    /* an id, shown as its code */
    COLUMN_STAFF,
    COLUMN_PLACE,  /* an id of a till, device or bank account, shown as its name */
    COLUMN_OFFSET, /* minutes, shown as +07:00 */
    COLUMN_SELDOM, /* a text; left out where no row has it */
};

struct column {
    const char *title; /* NULL ends the table */
    const char *path;
    enum column_kind kind;
};

struct run;

struct verb {
    const char *entity;
    const char *verb; /* NULL: the entity alone is a command */
    const char *summary;
    const struct param *params;
    int (*run)(struct run *run); /* NULL: `command` or `query` says it all */
    const char *command;         /* member of Command that the params fill */
    const char *done;            /* pattern of what is told then; words as in done_word */
    const char *query;           /* member of Query that the params fill */
    const char *rows;            /* repeated field of the answer */
    const struct column *columns;
    const char *empty; /* sentence when there are no rows */
    const char *lacks; /* field of the answer: when it is true `lacking` is told */
    const char *lacking;
    const char *fixed; /* "approved=true kind=cash": set before the params */
    /* What the rows that are shown come to, told behind them; and what the query `more` finds in
     * all, when that is not all of it. NULL: nothing. */
    void (*sums)(struct run *run, ProtobufCMessage *const *rows, size_t count, Tefter__Query *query,
                 bool more);
    bool paged;                     /* the query has rows and page, the answer next */
    bool offline;                   /* connects by itself, or not at all */
    bool helps;                     /* its function answers --help */
    const char *more;               /* lines of help behind the table */
    const struct usage_option *own; /* options that its function reads by itself; NULL name ends */
};

/* Each ends with a row whose entity is NULL. */
extern const struct verb person_verbs[], admin_verbs[], catalogue_verbs[], customer_verbs[],
    group_verbs[], sale_verbs[], cash_verbs[], approval_verbs[], correct_verbs[], money_verbs[],
    document_verbs[], report_verbs[], watch_verbs[], call_verbs[], enrol_verbs[], import_verbs[],
    audit_verbs[], recovery_verbs[], rights_verbs[], note_verbs[], price_verbs[], printing_verbs[],
    settlement_verbs[], bank_verbs[];

/* Every verb in order; false from `each` stops. */
void verbs_each(bool (*each)(void *context, const struct verb *verb), void *context);
const struct verb *verb_find(const char *entity, const char *verb);
/* The nearest known word, NULL when none is near. */
const char *nearest_noun(const char *word);
const char *nearest_verb(const char *entity, const char *word);

/* ---- arguments ---- */

struct arg {
    const struct param *param;
    const char *text;
};

struct args {
    const struct verb *verb;
    struct arg list[ARGS_MAX];
    size_t count;
    bool json;
    bool help;
    bool quiet;
    bool again; /* what got no answer before and was done is booked another time */
    const char *profile;
    const char *server;
    const char *language; /* NULL: not said */
    enum language speaks; /* in which what is wrong with them is told */
    uint64_t wait_ms;
};

/* Reads what follows the verb (and global options anywhere). False: failure. */
bool args_read(struct args *args, const struct verb *verb, int argc, char **argv,
               struct failure *failure);
/* One global option at argv[*at], and its value: for who reads all other words by themselves. */
enum taken { TAKEN_NO, TAKEN, TAKEN_WRONG };
enum taken args_take_global(struct args *args, int argc, char **argv, int *at,
                            struct failure *failure);
const char *arg_text(const struct args *args, const char *name); /* NULL: not said */
bool arg_flag(const struct args *args, const char *name);
/* The next one of a repeated param; *at begins at 0. NULL: no more. */
const char *arg_next(const struct args *args, const char *name, size_t *at);

/* Options of every verb, and of those that are paged. */
extern const struct param global_params[], page_params[];

static inline bool is_option(const struct param *param)
{
    return param->name[0] == '-';
}

void help_all(FILE *out);
void help_noun(const char *entity, FILE *out);
void help_verb(const struct verb *verb, FILE *out);
/* All verbs as a manual page or a completion. */
void help_usage(enum usage_form form, FILE *out);
/* Of a program of its own that takes the words of one verb. */
void help_usage_of(const struct verb *verb, const char *program, enum usage_form form, FILE *out);

/* ---- a verb at work ---- */

struct run {
    struct args args;
    struct tefter *client;
    struct arena arena;
    struct failure failure;
    bool json;
    bool terminal; /* standard output is one */
    bool unicode;
    enum language language; /* of who reads what is told */
    size_t width;           /* columns that a line may take; 0: any */
    size_t stand_again;     /* commands from before a restore that count as they did */
    int exit_code;          /* of the last call or ask that came to nothing */
    bool zone_told;         /* the zone of the times that are shown */
    bool untrue; /* the server broke the protocol: it is asked nothing more in this run */
    struct tefter_habits habits; /* of who is at this terminal */
    struct currency currency;    /* the company's, by these habits */
    Tefter__RefusalCode refused; /* of the last one that was refused; 0: none was */
    int64_t refused_minor;       /* ... what it would have added, by the decision on it */
    /* lists that were fetched for names */
    const Tefter__BranchesAnswer *branches;
    const Tefter__StaffAnswer *staff;
    const Tefter__GroupsAnswer *groups;
    const Tefter__MoneyAccountsAnswer *places;
    struct customer_names *customers;
    struct earlier *earlier; /* what an earlier run got no answer to, the newest first */
};

/* ---- a verb at work (work.c) ---- */

/* Before anything else, with all words of the line. */
void run_begin(struct run *run, int argc, char **argv);
/* Reads the words behind the verb and does it; returns the exit code. */
int run_verb(struct run *run, const struct verb *verb, int argc, char **argv);
int run_end(struct run *run, int code); /* where there was no verb */

/* ---- telling, in the language of who reads it (say.c) ---- */

/*
 * A message is N_("…"); behind it its facts by name, NULL ends them (words.h): run_note(run,
 * N_("{count} shown."), "count", count, NULL). Texts that a fact is written to stand in place, as
 * money_text(run, amount, CELL).
 */
enum { NUMBER_MAX = 24 };
#define CELL ((char[CELL_MAX]){""})
#define NUMBER(number) number_text((uint64_t)(number), ((char[NUMBER_MAX]){""}))

/* A sentence on standard error (as JSON on standard output too, when that is wanted); sets
 * exit_code and returns the code. */
__attribute__((sentinel)) int run_say(struct run *run, enum exit_code code, const char *message,
                                      ...);
int run_say_text(struct run *run, enum exit_code code, const char *text);
int run_say_typed(struct run *run, const char *typed, const char *wrong); /* "1,2,3": … */
int run_failed(struct run *run, enum exit_code code); /* the failure's sentence */
/* Sets it, as of wrong use; false. */
__attribute__((sentinel)) bool run_fail(struct run *run, const char *message, ...);
/* Something that should be read, but is no failure. */
__attribute__((sentinel)) void run_note(const struct run *run, const char *message, ...);
void run_note_text(const struct run *run, const char *text);
/* A line of the answer. */
__attribute__((sentinel)) void run_tell(const struct run *run, const char *message, ...);
/* "  limit      500.00": one of a card. */
void run_tell_fact(const struct run *run, const char *label, const char *text);
__attribute__((sentinel)) const char *run_sentence(const struct run *run, char out[LINE_MAX_BYTES],
                                                   const char *message, ...);
const char *run_word(const struct run *run, const char *message);
/* "1 customer", "2 customers": MANY_("{count} customer", "{count} customers"). */
const char *run_count(const struct run *run, const char *one, const char *many, uint64_t count,
                      char out[CELL_MAX]);
const char *number_text(uint64_t number, char out[NUMBER_MAX]);
/* "part paid" of DOCUMENT_PART, as far as it is a word that people are told. */
const char *enum_said(const struct run *run, const ProtobufCEnumDescriptor *type, int value,
                      char out[CELL_MAX]);
/* Under --json a program reads what is not an answer of the server too: one line on standard
 * output. */
void failure_json(enum exit_code code, const char *text);
/* An answer contradicts itself. */
int run_untrue(struct run *run);

/* Waits a while until a restored server has what this terminal was told before, and says so. */
void run_offer(struct run *run);
bool run_open(struct run *run, bool outbox); /* connects; false: told already, see exit_code */
/* With a person logged in. */
bool run_need_person(struct run *run);
const struct currency *run_currency(const struct run *run);
uint32_t run_today(const struct run *run);

int refusal_exit(Tefter__RefusalCode code);
/* Tells a refusal: sentence on standard error, JSON on standard output; returns its exit code. */
int run_refused(struct run *run, const Tefter__Refusal *refusal);

/* Is it the cash customer, who stands for all that pay at once? Who is not said is. */
bool run_is_cash_customer(struct run *run, bool said, uint32_t customer);
/* NULL: told already. */
const Tefter__Done *run_call(struct run *run, const Tefter__Command *command);
const Tefter__Answer *run_ask(struct run *run, const Tefter__Query *query);
/* As run_ask, but a refusal is the caller's to judge. */
const Tefter__Answer *run_look(struct run *run, const Tefter__Query *query);
/* All pages of a list as one answer: the rows of those behind it join the first one's. NULL, and
 * told, when one cannot be had. first: NULL when it is not asked for yet. `page` of the query is
 * changed. */
const Tefter__Answer *run_whole(struct run *run, Tefter__Query *query, const Tefter__Answer *first);
const Tefter__ToTerminal *run_request(struct run *run, Tefter__FromTerminal *request);

/* A message with the verb's member made and its fixed fields and params set; NULL: told already. */
ProtobufCMessage *run_build(struct run *run, const ProtobufCMessageDescriptor *type,
                            const char *member);
/* Submits and tells by `pattern`; the words are those of a Done and the operands by name. */
int run_submit(struct run *run, const Tefter__Command *command, const char *pattern);
void run_tell_done(struct run *run, const Tefter__Done *done, const char *pattern);
void run_json(struct run *run, const ProtobufCMessage *message);
/* Shows what would be otherwise if the command came now, and gives it not. */
int rehearse_run(struct run *run, Tefter__Command *command);
/* "5%", "30 days", "no", "any". */
const char *threshold_most_text(struct run *run, Tefter__Threshold threshold, bool has_most,
                                int64_t most, char out[CELL_MAX]);
/* The text as a QR code, in blocks of the terminal. What cannot be drawn is left out. */
void qr_tell(FILE *out, const char *text);

int run_command(struct run *run); /* a verb that is a row */
int run_query(struct run *run);

/* `tefter import` reads its own words: argv[0] is "import". */
int import_words(struct run *run, int argc, char **argv);

/* ---- values ---- */

/* Sets one field from what was typed. False: failure is set (FAULT_USE), or told. */
bool typed_set(struct run *run, ProtobufCMessage *message, const char *path, enum value_kind kind,
               const char *text);
bool typed_id(struct run *run, enum value_kind kind, const char *text, uint64_t *ret_id);
bool typed_amount(struct run *run, const char *text, int64_t *ret_amount_minor);
bool typed_date(struct run *run, const char *text, uint32_t *ret_date);
bool typed_percent(struct run *run, const char *text, uint32_t *ret_bp);
/* A document by number; kind 0: whatever has it, invoices first. NULL: told, or failure set. */
const Tefter__DocumentAnswer *document_find(struct run *run, const char *number,
                                            Tefter__DocumentKind kind);
const Tefter__CustomerCardAnswer *customer_find(struct run *run, const char *text);
/* Who pays, and then all for whom they do. NULL: it was said why not. */
const Tefter__CustomersAnswer *customer_family(struct run *run, uint32_t payer);
int customer_statement(struct run *run); /* a verb's (statement.c) */
/* As a paper, by the program that draws it; returns only when that cannot be started. */
int paper_statement(struct run *run, const char *customer, const char *path);
const Tefter__GroupsAnswer *groups_all(struct run *run); /* kept in run->groups; NULL: told */
/* NULL: there is none, or it is not to be had, and exit_code says so. */
const Tefter__BranchRecord *branch_row(struct run *run, uint32_t branch);
const char *branch_code(struct run *run, uint32_t branch);
const char *staff_login(struct run *run, uint32_t staff);
const char *customer_name(struct run *run, uint32_t customer); /* "C-000123 Northgate"; or "#17" */
const Tefter__MoneyAccountRecord *place_row(struct run *run, uint32_t place); /* NULL: none */
const char *place_name(struct run *run, uint32_t place);
const char *text_of(const Tefter__Text *text); /* "" when there is none */
/* As a fact of a sentence: NULL when it is empty, so that its clause is left out. */
static inline const char *if_any(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* One line of an approval, without its end: what became of it, whose it is, how much, of what. */
void approval_tell(struct run *run, const Tefter__ApprovalRow *row);
/* Of money moved: how much, from where, to where; back: that it went the other way. */
void document_tell_way(struct run *run, const Tefter__DocumentRecord *document, bool back);
/* Lines and charges as a table; nothing when there are none. */
void document_lines_tell(struct run *run, Tefter__DocumentLine *const *lines, size_t line_count,
                         Tefter__DocumentCharge *const *charges, size_t charge_count);

/* ---- credit terms ---- */

enum term_line {
    TERM_LINE_LIMIT,
    TERM_LINE_POLICY,
    TERM_LINE_OVERDUE_DAYS,
    TERM_LINE_OVERDUE,
    TERM_LINE_DOCUMENT_MAX,
    TERM_LINE_UNPAID_MAX,
    TERM_LINE_SLIP_WEIGHT,
    TERM_LINE_VALID,
    TERM_LINE_DAYS, /* from here on not of LimitTerms: set by the two functions below */
    TERM_LINE_CREDIT_NOTES,
    TERM_LINE_OWN_REVERSAL,
    TERM_LINE_OWN_APPROVAL,
    TERM_LINES, /* so many */
};
struct term_lines {
    char text[TERM_LINES][CELL_MAX]; /* empty: nothing is said of it */
};
/* terms may be NULL. */
void term_lines_read(struct run *run, const Tefter__LimitTerms *terms,
                     struct term_lines *ret_lines);
void term_line_amount(struct run *run, struct term_lines *lines, enum term_line line, bool known,
                      int64_t amount_minor);
void term_line_days(const struct run *run, struct term_lines *lines, enum term_line line,
                    bool known, uint32_t days);
void term_lines_show(const struct run *run, const struct term_lines *lines);
void term_lines_in_one(const struct run *run, const struct term_lines *lines,
                       char out[LINE_MAX_BYTES]);
/* " − slips counted 50.00", of what is used of a limit; empty: nothing. */
const char *freed_text(struct run *run, bool known, int64_t freed_minor, char out[CELL_MAX]);
/* A line for each that is another now: "limit  500.00 → 800.00". */
void term_lines_changed(const struct run *run, const struct term_lines *before,
                        const struct term_lines *now);

/* Terms that a verb takes away. */
#define TERMS_OF_ALL "policy overdue document-max unpaid-max slip-weight"
#define CLEAR_OPTION(words_)                                                                       \
    {                                                                                              \
        PARAM("--clear", ENUM, "clear", "take this away again"), .words = (words_), .many = true   \
    }

/* ---- reading messages ---- */

struct path_at {
    const ProtobufCFieldDescriptor *field;
    const void *value;
};
/* "account.balance_minor": false when a part of the way is absent. */
bool path_find(const ProtobufCMessage *message, const char *path, struct path_at *ret_at);
/* Members of a repeated message field; NULL and 0 when it has none. */
ProtobufCMessage *const *path_rows(const ProtobufCMessage *message, const char *path,
                                   size_t *ret_count);
/* The text that a refusal's field holds: "lines[3].product" is a line's product, by id or by code
 * as it was typed. NULL: it is no text, or nobody typed it. */
const char *path_typed(const ProtobufCMessage *message, const char *path);
int64_t path_integer(const struct path_at *at);
/* "part paid" of DOCUMENT_PART: without the prefix of its enum, lower case. */
const char *enum_word(const ProtobufCEnumDescriptor *type, int value, char *out, size_t capacity);
/* The set member of a oneof-only message (Answer, Query): its message. */
const ProtobufCMessage *message_member(const ProtobufCMessage *message);
/* Makes an empty message and puts it in; NULL: there is no such member. */
ProtobufCMessage *member_make(ProtobufCMessage *message, const char *name, struct arena *arena);
const ProtobufCFieldDescriptor *member_find(const ProtobufCMessageDescriptor *type,
                                            const char *name);

/* ---- showing ---- */

void cell_write(struct run *run, const ProtobufCMessage *row, const struct column *column,
                char out[CELL_MAX]);
const char *money_text(const struct run *run, int64_t amount_minor, char out[CELL_MAX]);
/* "Owes 90.60 €"; what is less than nothing, "In credit 90.60 €". */
const char *balance_text(const struct run *run, int64_t balance_minor, char out[CELL_MAX]);
const char *date_text(uint32_t date, char out[CELL_MAX]);
/* An instant by the clock of this terminal's branch; the first one of a run names its zone. */
const char *time_text(struct run *run, int64_t instant_ms, char out[CELL_MAX]);
const char *time_of_day(const struct run *run, int64_t instant_ms, char out[CELL_MAX]);
/* Whom sentences are for: their money, clock and language. */
struct speech run_speech(const struct run *run);
/* Minutes from UTC: of the branch; of this device where the server does not say it. */
int32_t run_utc_offset(const struct run *run);
const char *price_text(const struct run *run, int64_t price, char out[CELL_MAX]);
const char *percent_text(int64_t bp, char out[CELL_MAX]); /* "7.5%" */
const char *quantity_text(const struct run *run, int64_t quantity, char out[CELL_MAX]);
/* "117,600,000" / "▲ over 64,500,000" / "no limit"; and as a sentence goes on: "available 117.60"
 */
const char *free_text(const struct run *run, const Tefter__AccountRow *account, char out[CELL_MAX]);
/* Its state; of money that nobody has confirmed "not confirmed". */
const char *state_said(const struct run *run, Tefter__DocumentState state, bool on_its_way,
                       char out[CELL_MAX]);
const char *available_text(const struct run *run, const Tefter__AccountRow *account,
                           char out[CELL_MAX]);
/* A sign, or its stand-in where the terminal has no UTF-8. */
const char *sign_over(const struct run *run);
const char *sign_locked(const struct run *run);
const char *sign_minus(const struct run *run);

struct table;
struct table *table_create(struct run *run);
void table_column(struct table *table, const char *title, bool right);
void table_cell(struct table *table, const char *text); /* row by row */
/* Of instants; the first such column of a run names their zone in its title. */
void table_time_column(struct table *table, const char *title);
void table_time(struct table *table, int64_t instant_ms);
void table_rule(struct table *table); /* before a row of sums */
void table_print(struct table *table, FILE *out);
void table_rows(struct run *run, const struct column *columns, ProtobufCMessage *const *rows,
                size_t count);

/* ---- asking a person ---- */

/* Without echo from the terminal; a line of standard input when that is none. False: failure. */
bool secret_ask(struct run *run, const char *prompt, char *out, size_t capacity);
bool secret_read(struct run *run, const char *file, const char *prompt, char *out, size_t capacity);
/* A new one, of at most PASSWORD_MAX_BYTES: at a terminal asked for twice. */
bool secret_new(struct run *run, const char *file, const char *prompt, char *out, size_t capacity);

/* A PIN: the same, with the digits of whichever keyboard as 0-9. */
enum { PIN_TYPED_MAX = PIN_MAX_DIGITS * 4 + 2 }; /* a digit is up to four bytes */
bool pin_read(struct run *run, const char *file, const char *prompt, char out[PIN_TYPED_MAX]);
bool pin_new(struct run *run, const char *file, const char *prompt, char *out, size_t capacity);

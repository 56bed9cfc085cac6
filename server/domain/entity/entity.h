#pragma once
/*
 * What every entity of the domain is written with: checks of fields, refusals that many make,
 * optional fields, events, pages of lists, jobs. Knows no entity; nothing here reads a record but
 * a job's own.
 */
#include "tx/tx.h"

/* ---- checks of fields ---- */

/* Each returns NULL or a refusal naming the field. Text that is absent (NULL) passes everywhere:
 * whether a field must be there is the entity's to say. */

/* A term of payment, and a number of days overdue, is at most this. */
enum { TERM_DAYS_MAX = 3650 };

/* One line of text, 1 to `most` bytes, not only spaces.
 * Refuses FIELD_MISSING (empty or only spaces), TEXT_INVALID (too long: `most`), TEXT_INVALID (not
 * one line). Spaces are U+0020 U+00A0 U+1680 U+2000..U+200B U+202F U+205F U+3000 U+FEFF. */
Tefter__Refusal *field_line(struct tx *tx, const char *field, const char *text, size_t most);
/* As field_line, but an empty text passes: in a change it takes the field away. */
Tefter__Refusal *field_line_or_none(struct tx *tx, const char *field, const char *text,
                                    size_t most);
/* A code: of ASCII letters, digits and - _ . / only, of the rest of Unicode everything but spaces
 * and controls; 1 to CODE_MAX_BYTES.
 * Refuses FIELD_MISSING (empty), TEXT_INVALID (too long: `most`), FIELD_INVALID. */
Tefter__Refusal *field_code(struct tx *tx, const char *field, const char *text);
/* A login: a-z 0-9, and . - _ , at most LOGIN_MAX_BYTES; since RULE_LOGINS_ARE_PLAIN such a mark
 * stands alone and between two others. Refuses as field_code. */
Tefter__Refusal *field_login(struct tx *tx, const char *field, const char *text);
bool login_plain(const char *login); /* its marks stand so */
/* A Text: refuses one that came without a value or reference, TEXT_INVALID, or is longer than
 * TEXT_MAX, TEXT_INVALID with `most`. */
Tefter__Refusal *field_text(struct tx *tx, const char *field, const Tefter__Text *text);
/* As field_text; one that is there must not be empty: FIELD_MISSING. */
Tefter__Refusal *field_text_filled(struct tx *tx, const char *field, const Tefter__Text *text);
/* As field_text_filled; it must be there: FIELD_MISSING. */
Tefter__Refusal *field_text_wanted(struct tx *tx, const char *field, const Tefter__Text *text);
/* 1 to MONEY_MAX. Refuses AMOUNT_NOT_POSITIVE, AMOUNT_TOO_BIG. */
Tefter__Refusal *field_amount(struct tx *tx, const char *field, int64_t amount_minor);
/* 0 to MONEY_MAX. Refuses FIELD_INVALID, AMOUNT_TOO_BIG. */
Tefter__Refusal *field_amount_or_zero(struct tx *tx, const char *field, int64_t amount_minor);
/* DATE_MIN to DATE_MAX. Refuses DATE_INVALID. */
Tefter__Refusal *field_date(struct tx *tx, const char *field, uint32_t date);
/* 0 to most_bp (10000 is the whole). Refuses FIELD_INVALID with `most`. */
Tefter__Refusal *field_rate(struct tx *tx, const char *field, uint32_t rate_bp, uint32_t most_bp);
/* 0 to TERM_DAYS_MAX. Refuses FIELD_INVALID with `most`. */
Tefter__Refusal *field_days(struct tx *tx, const char *field, uint32_t days);
/* 1 to most bytes. Refuses FIELD_INVALID with `most`. */
Tefter__Refusal *field_bytes(struct tx *tx, const char *field, ProtobufCBinaryData bytes,
                             size_t most);

/* ---- refusals that many make ---- */

__attribute__((cold)) Tefter__Refusal *refuse_not_found(struct tx *tx, const char *field);
/* ALREADY_EXISTS; existing 0: the refusal does not name it. */
__attribute__((cold)) Tefter__Refusal *refuse_existing(struct tx *tx, const char *field,
                                                       uint64_t existing);
/* LOOKS_LIKE: a new code looks like another one. */
Tefter__Refusal *refuse_look(struct tx *tx, const char *field, uint64_t existing,
                             const char *existing_code);
/* A date before the first one that may be: DATE_TOO_EARLY with `date`, under older rules
 * DATE_INVALID. */
__attribute__((cold)) Tefter__Refusal *refuse_early(struct tx *tx, const char *field,
                                                    uint32_t first);
/* `code` with `most`. */
__attribute__((cold)) Tefter__Refusal *refuse_most(struct tx *tx, Tefter__RefusalCode code,
                                                   const char *field, int64_t most);

/* ---- optional fields of a message ---- */

/* Present with this value. */
#define FIELD_SET(message, field, value) ((message)->has_##field = 1, (message)->field = (value))
/* Present when `given`; the value is there either way for readers in the process. */
#define FIELD_SET_IF(message, field, given, value)                                                 \
    ((message)->has_##field = (given), (message)->field = (value))
/* As the other message has it. */
#define FIELD_COPY(message, field, other)                                                          \
    ((message)->has_##field = (other)->has_##field, (message)->field = (other)->field)

/* The moves of a change: each says whether the record differs now. */

/* NULL: not given, nothing happens. Empty: the field is taken away. */
bool field_move_line(char **slot, char *given);
bool field_move_text(Tefter__Text **slot, Tefter__Text *given);
/* has: NULL for a required field. */
bool field_move_u32(bool given, uint32_t value, protobuf_c_boolean *has, uint32_t *slot);
bool field_move_i64(bool given, int64_t value, protobuf_c_boolean *has, int64_t *slot);
/* Flags and 32-bit numbers with a sign. */
bool field_move_int(bool given, int value, protobuf_c_boolean *has, int *slot);

bool field_text_empty(const Tefter__Text *text);

/* ---- events ---- */

/* What has happened; 0 and NULL: the event does not say. */
struct event {
    Tefter__EventKind kind;
    uint32_t customer;
    uint64_t about; /* the number of the branch, group, match and so on that it is about */
    uint64_t document;
    char *number; /* of the document */
    bool has_amount;
    int64_t amount_minor;
};

/* After the decided line. */
void event_emit(struct tx *tx, const struct event *event);
/* An entity of that number was added or changed: emits it, and the reply gives the number. */
void event_done(struct tx *tx, Tefter__EventKind kind, uint64_t number, Tefter__Done *done);

/* The reply says what whoever asked must know of it; amount 0: none. */
void done_warn(struct tx *tx, Tefter__Done *done, Tefter__WarningKind kind, int64_t amount_minor);

/* ---- pages of lists ---- */

/* How many rows, 1 to PAGE_ROWS_MAX; 100 when not said. */
uint32_t page_rows(bool has_rows, uint32_t rows);
/* The numbers of a token to go on from; zeros without one. false: not a token of this list. */
bool page_read(bool has_page, ProtobufCBinaryData page, uint64_t *ret_numbers, size_t count);
ProtobufCBinaryData page_write(struct tx *tx, const uint64_t *numbers, size_t count);

/* A page that is being made: it ends when it has its rows, when another would not fit its answer's
 * frame, or when it has looked at enough that it did not take. Then there is a next one. */
struct page {
    uint32_t rows_most; /* 1 to PAGE_ROWS_MAX */
    uint32_t rows;
    uint32_t looked;
    size_t bytes;
};
/* Before each row that is looked at; false: the page ends before it. */
bool page_looks(struct page *page);
/* false: it does not fit, and the page ends before it. The first row always fits. */
bool page_takes(struct page *page, const ProtobufCMessage *row);
/* Where a walk goes on in a table of the company's whose keys are 32-bit numbers. */
struct key page_after(const struct key *prefix, uint64_t number);

/* ---- what adds up within a business date ---- */

/* So far, on this date. */
int64_t day_sum(struct tx *tx, const struct key *key, uint32_t date);
/* After the decided line. The caller keeps the sum within what it allows. */
void day_sum_add(struct tx *tx, const struct key *key, uint32_t date, int64_t amount_minor);
/* What was added on that date is given back; nothing when that date is over. */
void day_sum_take(struct tx *tx, const struct key *key, uint32_t date, int64_t amount_minor);

/* ---- alarms ---- */

/* Something that people must see, raised after the decided line; a command raises one. */
struct key alarm_key(uint64_t alarm);
void alarm_raise(struct tx *tx, Tefter__AlarmRow *row);

/* ---- jobs: work that touches more records than one command may ---- */

/* Starts one, or gives the number of one that has not begun, after the decided line; the caller
 * saves the company. group 0: of none. */
uint64_t job_start(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                   uint32_t group);
/* The same of one that follows a turned day, which was `date` before. */
uint64_t job_start_of_day(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                          uint32_t date);
/* One about a customer, who is its cursor. */
uint64_t job_start_of_customer(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                               uint32_t customer);
/* One that makes a statement, and nothing else. */
uint64_t job_start_of_statement(struct tx *tx, Tefter__CompanyRecord *company, uint32_t statement);
/* NULL: there is none of that number, or it is done. */
Tefter__JobRecord *job_get(struct tx *tx, uint64_t job);
/* After a step: done, the record goes; else it is kept with its cursor. */
void job_save(struct tx *tx, const Tefter__JobRecord *job, bool done);
/* Unfinished jobs, oldest first. */
size_t job_list(struct tx *tx, uint64_t *ret_jobs, size_t most);

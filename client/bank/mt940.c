/*
 * MT940 and MT942 of SWIFT: fields that begin with :NN: at the start of a line, of which these are
 * read:
 *
 *   20 a statement begins   25 its account   28C its number   60F 60M its opening
 *   61 an entry, 86 what goes with it   62F 62M its closing
 *
 * Lines end with CR LF, LF or CR. What stands between the messages ({1:…}, "-", "-}") is passed
 * over. A line that begins like a field that SWIFT does not know belongs to what is before it: a
 * time of day may have been broken over two lines.
 */
#include "bank/mt940.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_MAX = 3, REFERENCE_DIGITS = 16, PIVOT = 80, DECEMBER = 12, SIGNED_MAX = 40 };

struct mt940 {
    struct build *build;
    struct buffer line;
    uint64_t number; /* of the line at hand, from 1 */
    bool after_return;
    char tag[TAG_MAX + 1]; /* of the field at hand, "": none */
    struct buffer field;   /* its lines, a line feed between them */
    bool field_cut;
    uint64_t field_line;
    struct bank_entry entry; /* that is not put yet */
    bool has_entry;
    bool closed;  /* the statement has its closing */
    bool interim; /* an MT942, which has no balances */
};

static struct slice nothing(void)
{
    return slice_of("", 0);
}

/* ---- statements ---- */

static void put_entry(struct mt940 *mt940)
{
    if (mt940->has_entry)
        build_entry(mt940->build, &mt940->entry);
    mt940->has_entry = false;
}

/* Without its closing balance it may be a part only. */
static void end_statement(struct mt940 *mt940)
{
    put_entry(mt940);
    if (build_open(mt940->build) != NULL)
        build_statement_end(mt940->build, mt940->number, mt940->closed || mt940->interim);
    mt940->closed = mt940->interim = false;
}

/* Fragments have no beginning. */
static struct bank_statement *statement_of(struct mt940 *mt940)
{
    struct bank_statement *open = build_open(mt940->build);
    return open != NULL ? open : build_statement(mt940->build, mt940->field_line);
}

static struct bank_statement *begin_statement(struct mt940 *mt940)
{
    end_statement(mt940);
    return build_statement(mt940->build, mt940->field_line);
}

/* ---- small fields ---- */

static bool take(struct slice *text, char letter)
{
    if (text->size == 0 || text->data[0] != (uint8_t)letter)
        return false;
    *text = slice_of(text->data + 1, text->size - 1);
    return true;
}

static size_t digits_of(struct slice text)
{
    size_t size = 0;
    while (size < text.size && isdigit(text.data[size]))
        size++;
    return size;
}

/* YYMMDD, as eight digits. */
static bool take_day(struct slice *text, char out[9])
{
    if (digits_of(*text) < 6)
        return false;
    int year = (text->data[0] - '0') * 10 + (text->data[1] - '0');
    (void)snprintf(out, 9, "%s%.6s", year < PIVOT ? "20" : "19", (const char *)text->data);
    *text = slice_of(text->data + 6, text->size - 6);
    return true;
}

/* The digits of an amount and the sign of its decimals. */
static struct slice take_amount(struct slice *text)
{
    struct slice amount = {text->data, 0};
    while (amount.size < text->size &&
           (isdigit(amount.data[amount.size]) || strchr(",.", amount.data[amount.size]) != NULL) &&
           amount.data[amount.size] != '\0')
        amount.size++;
    *text = slice_of(text->data + amount.size, text->size - amount.size);
    return amount;
}

static bool read_amount(struct slice text, int exponent, int64_t *ret_minor)
{
    bool point = text.size > 0 && memchr(text.data, '.', text.size) != NULL;
    return build_amount(text, exponent, point ? '.' : ',', ret_minor);
}

/* "1291.99.348EUR": the currency behind a number that is no IBAN. */
static void read_account(struct mt940 *mt940, struct slice text)
{
    struct bank_statement *statement = statement_of(mt940);
    if (statement == NULL)
        return;
    text = slice_trimmed(text);
    bool iban = text.size > 4 && isalpha(text.data[0]) && isalpha(text.data[1]) &&
                isdigit(text.data[2]) && isdigit(text.data[3]);
    if (!iban && text.size > 6 && isdigit(text.data[text.size - 4])) {
        struct slice code = slice_of(text.data + text.size - 3, 3);
        char letters[CURRENCY_CODE_SIZE] = "";
        memcpy(letters, code.data, code.size);
        if (currency_find(letters) != NULL) {
            statement->money = build_money(mt940->build, code, mt940->field_line);
            text.size -= code.size;
        }
    }
    const char *account = build_account(mt940->build, text);
    if (statement->account[0] == '\0')
        statement->account = account;
    else if (strcmp(statement->account, account) != 0)
        build_find(mt940->build, BANK_ACCOUNT_CHANGES, mt940->field_line, slice_text(account));
}

/* C110522EUR3236,28 */
static bool read_balance(struct mt940 *mt940, struct slice text, struct bank_money *ret_money,
                         struct bank_balance *ret_balance)
{
    char day[9];
    text = slice_trimmed(text);
    bool credit = take(&text, 'C');
    if ((!credit && !take(&text, 'D')) || !take_day(&text, day) || text.size < 4)
        return false;
    *ret_money = build_money(mt940->build, slice_of(text.data, 3), mt940->field_line);
    if (ret_money->code[0] == '\0' || !build_day(slice_text(day), &ret_balance->day) ||
        !read_amount(slice_of(text.data + 3, text.size - 3), ret_money->exponent,
                     &ret_balance->minor) ||
        ret_balance->minor < 0)
        return false;
    if (!credit)
        ret_balance->minor = -ret_balance->minor;
    return true;
}

static void take_balance(struct mt940 *mt940, struct slice text, bool opens)
{
    struct bank_money money = {"", 2};
    struct bank_balance balance = {
        mt940->tag[2] == 'M' ? BANK_BALANCE_INTERIM : BANK_BALANCE_BOOKED, 0, DATE_NONE};
    struct bank_statement *statement = statement_of(mt940);
    if (opens && statement != NULL && statement->opening.kind != BANK_BALANCE_NONE) {
        const char *account = statement->account;
        statement = begin_statement(mt940);
        if (statement != NULL)
            statement->account = account;
    }
    if (statement == NULL)
        return;
    mt940->closed = mt940->closed || !opens;
    bool good = read_balance(mt940, text, &money, &balance);
    if (good && (opens || statement->money.code[0] == '\0'))
        statement->money = money;
    if (!good || !build_same_money(&money, &statement->money))
        build_find(mt940->build, BANK_BALANCE_WRONG, mt940->field_line, text);
    else if (opens)
        statement->opening = balance;
    else
        statement->closing = balance;
}

/* ---- 61 ---- */

/* MMDD of the day of booking, in the year that is next to the day of value. */
static void booking_day(struct slice text, const char value[9], char out[9])
{
    int year = 0;
    int month = (value[4] - '0') * 10 + (value[5] - '0');
    int own = (text.data[0] - '0') * 10 + (text.data[1] - '0');
    for (int i = 0; i < 4; i++)
        year = year * 10 + (value[i] - '0');
    year += (own == 1 && month == DECEMBER) - (own == DECEMBER && month == 1);
    for (int i = 3; i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    memcpy(out + 4, text.data, 4);
    out[8] = '\0';
}

/* The parts of :61:, as they stand. */
struct line_61 {
    char value[9];
    char booked[9];
    bool reversal;
    bool expected;
    bool credit;
    struct slice amount;
    struct slice type;      /* NTRF */
    struct slice own;       /* of who has the account, up to 16 letters */
    struct slice behind;    /* what stands behind these */
    struct slice reference; /* the bank's */
    struct slice more;      /* the second line */
};

static bool split_days(struct slice *text, struct line_61 *ret)
{
    if (!take_day(text, ret->value))
        return false;
    memcpy(ret->booked, ret->value, sizeof ret->booked);
    if (digits_of(*text) >= 4) {
        booking_day(*text, ret->value, ret->booked);
        *text = slice_of(text->data + 4, text->size - 4);
    } else if (text->size > 4 && memcmp(text->data, "    ", 4) == 0) {
        *text = slice_of(text->data + 4, text->size - 4);
    }
    return true;
}

/* C, D; RC and RD take one back; EC and ED are expected. One letter more is of the currency. */
static bool split_side(struct slice *text, struct line_61 *ret)
{
    ret->reversal = take(text, 'R');
    ret->expected = !ret->reversal && take(text, 'E');
    ret->credit = take(text, 'C');
    if (!ret->credit && !take(text, 'D'))
        return false;
    if (text->size > 0 && isalpha(text->data[0]))
        *text = slice_of(text->data + 1, text->size - 1);
    return true;
}

static void split_references(struct slice text, struct line_61 *ret)
{
    const uint8_t *bank = memmem(text.data, text.size, "//", 2);
    if (bank != NULL) {
        size_t before = (size_t)(bank - text.data);
        ret->reference = slice_trimmed(slice_of(bank + 2, text.size - before - 2));
        text.size = before;
    }
    size_t own = text.size < REFERENCE_DIGITS ? text.size : REFERENCE_DIGITS;
    ret->own = slice_trimmed(slice_of(text.data, own));
    ret->behind = slice_trimmed(slice_of(text.data + own, text.size - own));
}

static bool split_61(struct slice text, struct line_61 *ret)
{
    *ret = (struct line_61){.type = nothing(),
                            .own = nothing(),
                            .behind = nothing(),
                            .reference = nothing(),
                            .more = nothing()};
    const uint8_t *second = memchr(text.data, '\n', text.size);
    if (second != NULL) {
        size_t first = (size_t)(second - text.data);
        ret->more = slice_trimmed(slice_of(second + 1, text.size - first - 1));
        text.size = first;
    }
    if (!split_days(&text, ret) || !split_side(&text, ret))
        return false;
    ret->amount = take_amount(&text);
    text = slice_trimmed(text);
    if (text.size == 0 || memchr("NFSM", text.data[0], 4) == NULL) /* SWIFT knows no M */
        return ret->amount.size > 0 && text.size == 0;
    ret->type = slice_trimmed(slice_of(text.data, text.size < 4 ? text.size : 4));
    if (text.size > 4)
        split_references(slice_of(text.data + 4, text.size - 4), ret);
    return true;
}

static void take_61(struct mt940 *mt940, const struct line_61 *line)
{
    struct build *build = mt940->build;
    struct bank_entry *entry = &mt940->entry;
    entry->reversal = line->reversal;
    entry->pending = line->expected;
    entry->code = build_text(build, line->type, BANK_FIELD_MAX);
    entry->returned = strcmp(entry->code, "NRTI") == 0;
    entry->reference = details_reference(build, line->reference);
    entry->instruction = details_reference(build, line->own);
    entry->name = build_text(build, line->behind, BANK_FIELD_MAX);
    entry->text = build_text(build, line->more, BANK_TEXT_MAX);
    if (strcmp(entry->code, "NCHK") == 0)
        entry->cheque = entry->instruction;
    mt940->has_entry = true;
}

static void leave_out(struct mt940 *mt940, enum bank_finding_kind kind, struct slice text)
{
    build_left_out(mt940->build, kind, mt940->field_line, text);
}

static void read_entry(struct mt940 *mt940, struct slice text)
{
    struct line_61 line;
    struct bank_entry *entry = &mt940->entry;
    bool moved;
    put_entry(mt940);
    struct bank_statement *statement = statement_of(mt940);
    if (statement == NULL)
        return;
    (void)build_number(mt940->build);
    build_entry_init(entry, mt940->field_line);
    if (!split_61(text, &line)) {
        leave_out(mt940, BANK_LINE_WRONG, text);
    } else if (!read_amount(line.amount, statement->money.exponent, &entry->minor)) {
        leave_out(mt940, BANK_AMOUNT_WRONG, line.amount);
    } else if (!build_value_day(slice_text(line.value), &entry->value, &moved)) {
        leave_out(mt940, BANK_DAY_WRONG, slice_text(line.value));
    } else if (strcmp(line.booked, line.value) != 0 &&
               !build_day(slice_text(line.booked), &entry->booked)) {
        leave_out(mt940, BANK_DAY_WRONG, slice_text(line.booked));
    } else {
        if (entry->booked == DATE_NONE)
            entry->booked = entry->value;
        if (line.credit == line.reversal)
            entry->minor = -entry->minor;
        take_61(mt940, &line);
        if (moved)
            build_find(mt940->build, BANK_VALUE_MOVED, mt940->field_line, slice_text(line.value));
    }
}

/* ---- fields ---- */

static const char *const known[] = {"20",  "21",  "25",  "25P", "28", "28C", "60F", "60M",
                                    "61",  "62F", "62M", "86",  "64", "65",  "90",  "90C",
                                    "90D", "13",  "13D", "34F", "NS", "65F", "940", "942"};

static void end_field(struct mt940 *mt940)
{
    const char *tag = mt940->tag;
    struct slice text = buffer_slice(&mt940->field);
    struct bank_statement *open;
    if (tag[0] == '\0')
        return;
    if (text.size == 0)
        text = nothing();
    if (strcmp(tag, "20") == 0) {
        open = begin_statement(mt940);
        if (open != NULL)
            open->id = build_text(mt940->build, text, BANK_FIELD_MAX);
    } else if (strncmp(tag, "25", 2) == 0) {
        read_account(mt940, text);
    } else if (strncmp(tag, "28", 2) == 0) {
        open = statement_of(mt940);
        if (open != NULL)
            open->number = build_text(mt940->build, text, BANK_FIELD_MAX);
    } else if (strncmp(tag, "60", 2) == 0 || strncmp(tag, "62", 2) == 0) {
        put_entry(mt940);
        take_balance(mt940, text, tag[1] == '0');
    } else if (strcmp(tag, "61") == 0) {
        read_entry(mt940, text);
    } else if (strcmp(tag, "86") == 0 && mt940->has_entry && !mt940->closed) {
        details_read(mt940->build, text, &mt940->entry);
    } else if (strcmp(tag, "NS") == 0 && mt940->has_entry && !mt940->closed) {
        details_read_own(mt940->build, text, &mt940->entry);
    } else if (strcmp(tag, "13D") == 0 || strcmp(tag, "34F") == 0) {
        mt940->interim = build_open(mt940->build) != NULL;
        mt940->build->file.version = "MT942";
        if (tag[0] == '3' && text.size >= 3 && mt940->interim)
            build_open(mt940->build)->money =
                build_money(mt940->build, slice_of(text.data, 3), mt940->field_line);
    }
    if (mt940->field_cut)
        build_find(mt940->build, BANK_TEXT_CUT, mt940->field_line, nothing());
    mt940->tag[0] = '\0';
    mt940->field_cut = false;
    buffer_clear(&mt940->field);
}

/* ":60F:…": how long the tag is; 0: none that is known. */
static size_t tag_of(struct slice line)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t size = strlen(known[i]);
        if (line.size >= size + 2 && line.data[0] == ':' && line.data[size + 1] == ':' &&
            memcmp(line.data + 1, known[i], size) == 0)
            return size;
    }
    return 0;
}

/* ":99X:…" */
static bool looks_like_field(struct slice line)
{
    size_t end = 1 + digits_of(slice_of(line.data + 1, line.size == 0 ? 0 : line.size - 1));
    end += end < line.size && isupper(line.data[end]);
    return line.size > 3 && line.data[0] == ':' && isdigit(line.data[1]) && end <= TAG_MAX + 1 &&
           end < line.size && line.data[end] == ':';
}

static void add_to_field(struct mt940 *mt940, struct slice line)
{
    size_t room = BANK_DETAILS_MAX - mt940->field.size;
    if (line.size + 1 > room) {
        mt940->field_cut = true;
        return;
    }
    if ((mt940->field.size > 0 && !buffer_put(&mt940->field, "\n", 1)) ||
        (line.size > 0 && !buffer_put(&mt940->field, line.data, line.size)))
        mt940->build->failed = true;
}

/* Without a byte order mark, and control characters that messages begin and end with. */
static struct slice bare(struct slice line)
{
    if (slice_starts(line, slice_text("\xEF\xBB\xBF")))
        line = slice_of(line.data + 3, line.size - 3);
    while (line.size > 0 && line.data[0] < ' ' && line.data[0] != '\t')
        line = slice_of(line.data + 1, line.size - 1);
    while (line.size > 0 && line.data[line.size - 1] < ' ')
        line.size--;
    return line;
}

/* "-", "-}", "{1:F01…}{2:I940…}{4:" */
static bool is_envelope(struct slice line)
{
    return slice_is(line, "-") || slice_starts(line, slice_text("-}")) ||
           slice_starts(line, slice_text("{1:")) || slice_starts(line, slice_text("{2:")) ||
           slice_starts(line, slice_text("{4:"));
}

static void take_line(struct mt940 *mt940)
{
    struct slice line = bare(buffer_slice(&mt940->line));
    size_t tag = tag_of(line);
    mt940->number++;
    if (mt940->build->stopped || mt940->build->failed)
        return;
    if (tag == 0 && is_envelope(line)) {
        bool ends = line.data[0] == '-';
        end_field(mt940);
        if (ends)
            end_statement(mt940);
    } else if (tag > 0) {
        end_field(mt940);
        memcpy(mt940->tag, line.data + 1, tag);
        mt940->tag[tag] = '\0';
        mt940->field_line = mt940->number;
        add_to_field(mt940, slice_of(line.data + tag + 2, line.size - tag - 2));
    } else if (looks_like_field(line) && strcmp(mt940->tag, "86") != 0) {
        end_field(mt940);
        if (build_open(mt940->build) != NULL)
            build_find(mt940->build, BANK_UNKNOWN_FIELD, mt940->number, line);
    } else if (mt940->tag[0] != '\0') {
        add_to_field(mt940, line);
    }
}

/* ---- the reader ---- */

/* A line that begins with a field that is known, or with an envelope. */
static bool mt940_is(struct slice head)
{
    bool begins = true;
    for (size_t at = 0; at < head.size; at++) {
        struct slice rest = slice_of(head.data + at, head.size - at);
        bool plain = head.data[at] > ' ';
        if (begins && plain && (tag_of(rest) > 0 || slice_starts(rest, slice_text("{1:F"))))
            return true;
        begins = head.data[at] == '\n' || head.data[at] == '\r' || (begins && !plain);
    }
    return false;
}

static void *mt940_begin(struct build *build)
{
    struct mt940 *mt940 = calloc(1, sizeof *mt940);
    if (mt940 == NULL)
        return NULL;
    mt940->build = build;
    build->file.version = "MT940";
    buffer_init(&mt940->line, BANK_ELEMENT_MAX);
    buffer_init(&mt940->field, BANK_DETAILS_MAX);
    return mt940;
}

static void mt940_put(void *reader, struct slice bytes)
{
    struct mt940 *mt940 = reader;
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        bool pair = byte == '\n' && mt940->after_return;
        mt940->after_return = byte == '\r';
        if (byte == '\r' || (byte == '\n' && !pair)) {
            take_line(mt940);
            buffer_clear(&mt940->line);
        } else if (!pair && mt940->line.size == BANK_ELEMENT_MAX) {
            mt940->field_cut = true;
        } else if (!pair && !buffer_put(&mt940->line, &byte, 1)) {
            mt940->build->failed = true;
        }
    }
}

static void mt940_end(void *reader)
{
    struct mt940 *mt940 = reader;
    if (mt940->line.size > 0)
        take_line(mt940);
    end_field(mt940);
    end_statement(mt940);
}

static void mt940_destroy(void *reader)
{
    struct mt940 *mt940 = reader;
    buffer_fini(&mt940->line);
    buffer_fini(&mt940->field);
    free(mt940);
}

const struct form form_mt940 = {BANK_MT940, mt940_is,  mt940_begin,
                                mt940_put,  mt940_end, mt940_destroy};

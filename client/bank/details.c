/*
 * Field 86 of an MT940. Three ways to write it:
 *
 *   166?00GUTSCHRIFT?20EREF+X?21SVWZ+bill 7?30DRESDEFF?31DE14…?32KARL   German banks
 *   /EREF/X/BENM//NAME/JOHN DOE/REMI/bill 7/ISDT/2013-01-02             Dutch and other banks
 *   GIRO 428428 KPN BETALINGSKENM. 1                                    text alone
 *
 * In the first two a line is broken anywhere, within words too.
 */
#include "bank/mt940.h"

#include <ctype.h>
#include <string.h>

enum { CODE_DIGITS = 3, MARK_SIZE = 5, KIND_DIGITS = 2 };

const char *details_reference(struct build *build, struct slice text)
{
    text = slice_trimmed(text);
    if (slice_is(text, "NONREF") || slice_is(text, "NOTPROVIDED") || slice_is(text, "KREF+") ||
        slice_is(text, "EREF+") || slice_is(text, "EREF"))
        return "";
    return build_text(build, text, BANK_FIELD_MAX);
}

static void keep(const char **field, const char *text)
{
    if ((*field)[0] == '\0')
        *field = text;
}

/* Without the ends of its lines. */
static void join_lines(struct slice text, struct buffer *out)
{
    for (size_t at = 0; at < text.size; at++)
        if (text.data[at] != '\n')
            (void)buffer_put(out, text.data + at, 1); /* bounded by what the text is */
}

/* ---- ?00…?20… ---- */

/* EREF+ and the like, that the text between ?20 and ?29 has. */
static const char *const marks[] = {"EREF+", "KREF+", "MREF+", "SVWZ+", "CRED+", "DEBT+", "ABWA+",
                                    "ABWE+", "IBAN+", "COAM+", "OAMT+", "PURP+", "RREF+"};
enum { MARKS = sizeof marks / sizeof marks[0] };

static const char *mark_at(struct slice text)
{
    for (size_t i = 0; i < MARKS; i++)
        if (slice_starts(text, slice_text(marks[i])))
            return marks[i];
    return NULL;
}

/* Up to the next mark. */
static struct slice up_to_mark(struct slice text)
{
    for (size_t at = 0; at < text.size; at++)
        if (mark_at(slice_of(text.data + at, text.size - at)) != NULL)
            return slice_of(text.data, at);
    return text;
}

static void take_mark(struct build *build, const char *mark, struct slice value,
                      struct bank_entry *entry)
{
    if (strcmp(mark, "EREF+") == 0)
        keep(&entry->end_to_end, details_reference(build, value));
    else if (strcmp(mark, "KREF+") == 0)
        keep(&entry->instruction, details_reference(build, value));
    else if (strcmp(mark, "MREF+") == 0)
        keep(&entry->mandate, details_reference(build, value));
    else if (strcmp(mark, "SVWZ+") == 0)
        entry->text = build_text(build, value, BANK_TEXT_MAX);
    else if (strcmp(mark, "ABWA+") == 0)
        keep(&entry->name, build_text(build, value, BANK_FIELD_MAX));
    else if (strcmp(mark, "IBAN+") == 0)
        keep(&entry->account, build_account(build, value));
}

static void read_marks(struct build *build, struct slice text, struct bank_entry *entry)
{
    struct slice before = up_to_mark(text);
    const char *plain = build_text(build, before, BANK_TEXT_MAX);
    if (plain[0] != '\0')
        entry->text = plain;
    for (size_t at = before.size; at < text.size;) {
        const char *mark = mark_at(slice_of(text.data + at, text.size - at));
        struct slice value =
            up_to_mark(slice_of(text.data + at + MARK_SIZE, text.size - at - MARK_SIZE));
        take_mark(build, mark, value, entry);
        at += MARK_SIZE + value.size;
    }
}

/* "166?00…", whatever sign parts them. */
static bool is_subfields(struct slice text, char *ret_sign)
{
    if (text.size < CODE_DIGITS + 3)
        return false;
    for (int i = 0; i < CODE_DIGITS; i++)
        if (isdigit(text.data[i]) == 0)
            return false;
    *ret_sign = (char)text.data[CODE_DIGITS];
    return isalnum(*ret_sign) == 0 && *ret_sign != ' ' && isdigit(text.data[CODE_DIGITS + 1]) &&
           isdigit(text.data[CODE_DIGITS + 2]);
}

/* The next subfield behind *at: its number, and what it says. */
static int next_subfield(struct slice text, char sign, size_t *at, struct slice *ret_value)
{
    size_t begin = *at + 1 + KIND_DIGITS;
    int kind = (text.data[*at + 1] - '0') * 10 + (text.data[*at + 2] - '0');
    size_t end = begin;
    while (end < text.size && !(text.data[end] == (uint8_t)sign && end + KIND_DIGITS < text.size &&
                                isdigit(text.data[end + 1]) && isdigit(text.data[end + 2])))
        end++;
    *ret_value = slice_of(text.data + begin, end - begin);
    *at = end;
    return kind;
}

/* Codes of what came back: a direct debit, a transfer. */
static bool is_return(struct slice code)
{
    static const char *const codes[] = {"108", "109", "159", "184"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (memcmp(code.data, codes[i], CODE_DIGITS) == 0)
            return true;
    return false;
}

static void read_subfields(struct build *build, struct slice text, char sign,
                           struct bank_entry *entry)
{
    struct buffer words = {.bound = BANK_DETAILS_MAX};
    struct buffer name = {.bound = BANK_DETAILS_MAX};
    struct slice value;
    const char *booked = "";
    const char *key = "";
    for (size_t at = CODE_DIGITS; at + KIND_DIGITS < text.size;) {
        int kind = next_subfield(text, sign, &at, &value);
        if (value.size == 0)
            continue;
        if (kind == 0)
            booked = build_text(build, value, BANK_TEXT_MAX);
        else if ((kind >= 20 && kind <= 29) || (kind >= 60 && kind <= 63))
            (void)buffer_put(&words, value.data, value.size);
        else if (kind == 31 || (kind == 38 && entry->account[0] == '\0'))
            entry->account = build_account(build, value);
        else if (kind == 32 || kind == 33)
            (void)buffer_put(&name, value.data, value.size);
        else if (kind == 34)
            key = build_text(build, value, BANK_FIELD_MAX);
    }
    if (name.size > 0)
        entry->name = build_text(build, buffer_slice(&name), BANK_FIELD_MAX);
    if (words.size > 0)
        read_marks(build, buffer_slice(&words), entry);
    keep(&entry->text, booked);
    if (is_return(text))
        entry->returned = true;
    if (entry->returned)
        keep(&entry->reason, key);
    buffer_fini(&words);
    buffer_fini(&name);
}

/* ---- /EREF/…/REMI/… ---- */

static const char *const words[] = {"EREF", "KREF", "PREF", "IREF", "MARF", "REMI", "ORDP", "BENM",
                                    "NAME", "IBAN", "ACCT", "CNTP", "RTRN", "TRTP", "ISDT", "CSID",
                                    "ADDR", "PURP", "BIC",  "ID",   "UDTR", "UCRD", "ULTC", "ULTD",
                                    "TRCD", "SVCL", "CHGS", "OCMT", "EXCH", "CHG1", "CHG2"};

/* "/EREF/" at the front: which word; NULL: none. */
static const char *word_at(struct slice text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t size = strlen(words[i]);
        if (text.size >= size + 2 && text.data[0] == '/' && text.data[size + 1] == '/' &&
            memcmp(text.data + 1, words[i], size) == 0)
            return words[i];
    }
    return NULL;
}

static struct slice up_to_word(struct slice text)
{
    for (size_t at = 0; at < text.size; at++)
        if (word_at(slice_of(text.data + at, text.size - at)) != NULL)
            return slice_of(text.data, at);
    return text;
}

static struct slice without_front(struct slice text, const char *front)
{
    size_t size = strlen(front);
    return slice_starts(text, slice_text(front)) ? slice_of(text.data + size, text.size - size)
                                                 : text;
}

/* account/BIC/name/place/ */
static void take_counterparty(struct build *build, struct slice value, struct bank_entry *entry)
{
    for (int i = 0; i < 3 && value.size > 0; i++) {
        const uint8_t *end = memchr(value.data, '/', value.size);
        size_t size = end != NULL ? (size_t)(end - value.data) : value.size;
        struct slice part = slice_of(value.data, size);
        if (i == 0)
            keep(&entry->account, build_account(build, part));
        else if (i == 2)
            keep(&entry->name, build_text(build, part, BANK_FIELD_MAX));
        size += end != NULL;
        value = slice_of(value.data + size, value.size - size);
    }
}

static void take_remittance(struct build *build, struct slice value, struct bank_entry *entry)
{
    bool structured = slice_starts(value, slice_text("STRD/CUR/"));
    value = without_front(without_front(value, "STRD/CUR/"), "USTD//");
    if (structured)
        keep(&entry->creditor_reference, details_reference(build, value));
    else if (value.size > 0)
        entry->text = build_text(build, value, BANK_TEXT_MAX);
}

static void take_word(struct build *build, const char *word, struct slice value,
                      struct bank_entry *entry)
{
    while (value.size > 0 && value.data[value.size - 1] == '/')
        value.size--;
    if (value.size == 0)
        return;
    if (strcmp(word, "EREF") == 0)
        keep(&entry->end_to_end, details_reference(build, value));
    else if (strcmp(word, "KREF") == 0 || strcmp(word, "IREF") == 0)
        keep(&entry->instruction, details_reference(build, value));
    else if (strcmp(word, "MARF") == 0)
        keep(&entry->mandate, details_reference(build, value));
    else if (strcmp(word, "NAME") == 0)
        keep(&entry->name, build_text(build, value, BANK_FIELD_MAX));
    else if (strcmp(word, "IBAN") == 0 || strcmp(word, "ACCT") == 0)
        keep(&entry->account, build_account(build, value));
    else if (strcmp(word, "CNTP") == 0)
        take_counterparty(build, value, entry);
    else if (strcmp(word, "REMI") == 0)
        take_remittance(build, value, entry);
    else if (strcmp(word, "RTRN") == 0) {
        entry->returned = true;
        keep(&entry->reason, build_text(build, value, BANK_FIELD_MAX));
    }
}

static void read_words(struct build *build, struct slice text, struct bank_entry *entry)
{
    for (size_t at = 0; at < text.size;) {
        const char *word = word_at(slice_of(text.data + at, text.size - at));
        size_t begin = at + strlen(word) + 1; /* its second slash may begin the next one */
        struct slice value = up_to_word(slice_of(text.data + begin, text.size - begin));
        take_word(build, word, without_front(value, "/"), entry);
        at = begin + value.size;
    }
}

/* ---- the field ---- */

void details_read(struct build *build, struct slice text, struct bank_entry *entry)
{
    struct buffer whole = {.bound = BANK_DETAILS_MAX};
    char sign;
    join_lines(text, &whole);
    struct slice joined = buffer_slice(&whole);
    if (joined.size > 0 && is_subfields(joined, &sign)) {
        read_subfields(build, joined, sign, entry);
    } else if (joined.size > 0 && word_at(joined) != NULL) {
        read_words(build, joined, entry);
    } else if (text.size > 0) { /* a second field 86 goes on */
        entry->text = build_joined(build, entry->text, build_text(build, text, BANK_TEXT_MAX));
    }
    buffer_fini(&whole);
}

void details_read_own(struct build *build, struct slice text, struct bank_entry *entry)
{
    struct buffer remittance = {.bound = BANK_DETAILS_MAX};
    struct buffer name = {.bound = BANK_DETAILS_MAX};
    for (size_t at = 0; at < text.size;) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = (end != NULL ? (size_t)(end - text.data) : text.size) - at;
        struct slice line = slice_of(text.data + at, size);
        at += size + 1;
        if (size <= KIND_DIGITS || isdigit(line.data[0]) == 0 || isdigit(line.data[1]) == 0)
            continue;
        int kind = (line.data[0] - '0') * 10 + (line.data[1] - '0');
        struct buffer *to = kind >= 1 && kind <= 14    ? &remittance
                            : kind == 15 || kind == 16 ? &name
                                                       : NULL;
        if (to != NULL) {
            (void)buffer_put(to, line.data + KIND_DIGITS, size - KIND_DIGITS);
            (void)buffer_put(to, " ", 1);
        }
    }
    if (remittance.size > 0)
        keep(&entry->text, build_text(build, buffer_slice(&remittance), BANK_TEXT_MAX));
    if (name.size > 0)
        keep(&entry->name, build_text(build, buffer_slice(&name), BANK_FIELD_MAX));
    buffer_fini(&remittance);
    buffer_fini(&name);
}

#include "import/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/text.h"
#include "import/command.h"
#include "import/words.h"

enum { PRICE_DIGITS = 3, CODE_ROOM = 1024, SHOWN_MAX = 40, WHOLE_MAX = 100000 };

/* ---- saying what is wrong ---- */

static void reject_cell(const struct form *form, const struct row *row, struct entry *entry,
                        enum import_field field, const char *why)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    int shown = (int)(cell.size < SHOWN_MAX ? cell.size : SHOWN_MAX);
    entry_reject_cell(entry, row->line, field, "%s \"%.*s\": %s", field_about(field)->name, shown,
                      (const char *)cell.data, why);
}

static void reject_empty(struct entry *entry, uint64_t line, enum import_field field)
{
    entry_reject_cell(entry, line, field, "%s is empty", field_about(field)->name);
}

/* ---- cells ---- */

static struct slice cell_of(const struct form *form, const struct row *row, enum import_field field)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    return value_code(cell, form->style->point_zero[field]);
}

struct slice form_number(const struct form *form, const struct row *row, char *out, size_t capacity)
{
    struct slice number = cell_of(form, row, FIELD_NUMBER);
    const char *prefix = form->settings->number_prefix;
    if (number.size == 0 || prefix == NULL)
        return number;
    int size =
        snprintf(out, capacity, "%s%.*s", prefix, (int)number.size, (const char *)number.data);
    return slice_of(out, size > 0 && (size_t)size < capacity ? (size_t)size : capacity - 1);
}

/* Its column among the pieces, quotes taken off. */
static struct slice piece_of(struct slice line, char delimiter, int column)
{
    for (; column > 0; column--) {
        const uint8_t *at = line.size > 0 ? memchr(line.data, delimiter, line.size) : NULL;
        if (at == NULL)
            return slice_of("", 0);
        line = slice_of(at + 1, line.size - (size_t)(at - line.data) - 1);
    }
    const uint8_t *end = line.size > 0 ? memchr(line.data, delimiter, line.size) : NULL;
    if (end != NULL)
        line.size = (size_t)(end - line.data);
    while (line.size > 0 && (line.data[0] == '"' || line.data[0] == ' '))
        line = slice_of(line.data + 1, line.size - 1);
    while (line.size > 0 && strchr("\" \r\n", line.data[line.size - 1]) != NULL &&
           line.data[line.size - 1] != '\0')
        line.size--;
    return line;
}

struct slice form_broken_number(const struct form *form, const struct row *row, char delimiter,
                                char *out, size_t capacity)
{
    int column = form->mapping->column[FIELD_NUMBER];
    if (column == COLUMN_NONE || row->count != 1)
        return form_number(form, row, out, capacity);
    struct slice piece = piece_of(row->raw[0], delimiter, column);
    struct slice texts[1] = {piece};
    struct row only = *row;
    struct mapping mapping = *form->mapping;
    struct form alone = *form;
    only.text = texts;
    mapping.column[FIELD_NUMBER] = 0;
    alone.mapping = &mapping;
    return form_number(&alone, &only, out, capacity);
}

/* Where the word may stand. Behind the first `owners` of them only in a row that says neither whose
 * it is, nor of which document or thing. */
struct total_fields {
    unsigned kinds;
    size_t owners;
    size_t count;
    enum import_field fields[5];
};

static const struct total_fields *total_fields_of(enum import_kind kind)
{
    static const struct total_fields all[] = {
        {1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES | 1 << IMPORT_PAYMENTS |
             1 << IMPORT_BALANCES,
         2,
         5,
         {FIELD_NUMBER, FIELD_CUSTOMER, FIELD_NAME, FIELD_DATE, FIELD_TEXT}},
        {1 << IMPORT_CUSTOMERS | 1 << IMPORT_PRODUCTS, 1, 2, {FIELD_CODE, FIELD_NAME}},
        {1 << IMPORT_PRICES, 2, 2, {FIELD_LIST, FIELD_CODE}},
        {1 << IMPORT_GROUPS, 1, 2, {FIELD_DIMENSION, FIELD_NAME}},
    };
    const struct total_fields *found = all;
    while ((found->kinds & (1U << kind)) == 0)
        found++;
    return found;
}

bool form_total_unsure(const struct mapping *mapping, const struct row *row)
{
    enum import_field field = kind_has_money(mapping->kind) ? FIELD_NUMBER : FIELD_NAME;
    struct slice own = mapping_text(mapping, row, field);
    if (own.size == 0 || words_total(own) || mapping->kind == IMPORT_GROUPS)
        return false;
    return field == FIELD_NUMBER || !(own.data[0] >= '0' && own.data[0] <= '9'); /* "3 customers" */
}

/* GT, SUM: with a name beside it a code like any other. */
static bool is_short_code(const struct mapping *mapping, struct slice cell)
{
    return cell.size <= 3 && !kind_has_money(mapping->kind);
}

/* Of a row that names nobody and nothing: in a column that is not used, as that of row numbers. */
static struct slice total_word_beside(const struct mapping *mapping, const struct row *row)
{
    for (size_t i = 0; i < row->count && i < mapping->columns; i++)
        if (!mapping_is_used(mapping, i) && words_total(row->text[i]))
            return row->text[i];
    return slice_of("", 0);
}

bool form_total_amount(const struct form *form, const struct row *row, int64_t *ret_amount)
{
    static const enum import_field fields[] = {FIELD_AMOUNT, FIELD_TOTAL};
    const char *why;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice cell = mapping_text(form->mapping, row, fields[i]);
        if (form->mapping->column[fields[i]] != COLUMN_NONE && cell.size > 0 &&
            value_field(cell, fields[i], form->style, ret_amount, &why))
            return true;
    }
    return false;
}

struct slice form_total_word(const struct mapping *mapping, const struct row *row)
{
    bool named = false;
    const struct total_fields *said = total_fields_of(mapping->kind);
    if (row->fault != NULL)
        return slice_of("", 0);
    for (size_t i = 0; i < said->count && (i < said->owners || !named); i++) {
        struct slice cell = mapping_text(mapping, row, said->fields[i]);
        if (mapping->column[said->fields[i]] == COLUMN_NONE)
            continue;
        if (words_total(cell) && !(is_short_code(mapping, cell) && form_total_unsure(mapping, row)))
            return cell;
        named = named || cell.size > 0;
    }
    return named ? slice_of("", 0) : total_word_beside(mapping, row);
}

bool form_goes_on(const struct form *form, const struct row *row)
{
    return mapping_cell(form->mapping, row, FIELD_DATE).size == 0 ||
           form->mapping->column[FIELD_DATE] == COLUMN_NONE;
}

/* What tells one thing from another is never cut. */
static bool may_be_cut(enum import_field field)
{
    return field != FIELD_REFERENCE && field != FIELD_UNIT && field != FIELD_PHONE &&
           field != FIELD_TAX_CODE;
}

static enum sight_form sight_form_of(enum import_field field)
{
    return may_be_cut(field) || field == FIELD_UNIT ? SIGHT_OF_A_LINE : SIGHT_OF_A_KEY;
}

/* Rejects the row of a code in which something is not seen: it looks like another code. */
static bool reject_unseen(const struct form *form, const struct row *row, struct entry *entry,
                          enum import_field field, struct slice code)
{
    char said[SIGHT_SAID_MAX];
    const char *why = value_unseen(code, said);
    if (why != NULL)
        reject_cell(form, row, entry, field, why);
    return why != NULL;
}

static const char *read_text(const struct form *form, const struct row *row, struct entry *entry,
                             enum import_field field, size_t capacity)
{
    char line[TEXT_MAX];
    char why[SIGHT_SAID_MAX] = "is too long";
    size_t size = 0;
    bool cut;
    bool good = value_line(cell_of(form, row, field), sight_form_of(field), line, capacity, &size,
                           &cut, why);
    if (!good || (cut && !may_be_cut(field))) {
        reject_cell(form, row, entry, field, why);
        return NULL;
    }
    entry->cut_texts += cut;
    return entry_text(entry, slice_of(line, size));
}

static void read_code(const struct form *form, const struct row *row, struct entry *entry,
                      enum import_field field)
{
    struct slice code = cell_of(form, row, field);
    if (code.size == 0 || reject_unseen(form, row, entry, field, code))
        return;
    if (!value_is_code(code))
        reject_cell(form, row, entry, field, "a code has letters, digits and - _ . / only");
    else
        entry->texts[field] = entry_text(entry, code);
}

/* A customer's code with signs no code has gets others for them, and a mark of what it was, so that
 * two codes never become one: "ACME Ltd" is ACME-Ltd-5f2c81. */
static void read_customer_code(const struct form *form, const struct row *row, struct entry *entry,
                               enum import_field field)
{
    struct slice code = cell_of(form, row, field);
    if (reject_unseen(form, row, entry, field, code))
        return;
    if (code.size == 0 || value_is_code(code)) {
        entry->texts[field] = entry_text(entry, code);
        return;
    }
    entry->texts[field] = entry_text(entry, value_safe_code(code, (char[CODE_MAX_BYTES + 1]){0}));
    if (field == FIELD_WHO_PAYS)
        return;
    entry->renamed = true;
    if (entry->texts[FIELD_NAME] == NULL)
        entry->texts[FIELD_NAME] = read_text(form, row, entry, field, NAME_MAX_BYTES);
}

/* False when there is none, or the entry was rejected for it. */
static bool read_number(const struct form *form, const struct row *row, struct entry *entry,
                        enum import_field field, int64_t *ret_value)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    const char *why = NULL;
    if (cell.size == 0)
        return false;
    if (value_field(cell, field, form->style, ret_value, &why))
        return true;
    reject_cell(form, row, entry, field, why);
    return false;
}

/* A discount or a tax; false as for numbers. */
static bool read_rate(const struct form *form, const struct row *row, struct entry *entry,
                      enum import_field field, struct value_rate *ret_rate)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    const char *why = NULL;
    if (cell.size == 0)
        return false;
    if (value_rate(cell, field, form->style, ret_rate, &why))
        return true;
    reject_cell(form, row, entry, field, why);
    return false;
}

/* Of a product: of no line, so no amount. */
static bool read_product_tax(const struct form *form, const struct row *row, struct entry *entry,
                             int64_t *ret_value)
{
    struct value_rate rate;
    if (!read_rate(form, row, entry, FIELD_TAX, &rate))
        return false;
    if (rate.is_amount && rate.value != 0) {
        reject_cell(form, row, entry, FIELD_TAX, "is an amount, and a product's tax a percentage");
        return false;
    }
    *ret_value = rate.value;
    return true;
}

/* "14 Tage", "30 days net" */
static const char day_words[] =
    "days|day|d|days net|net days|tage|tag|t|tage netto|ngày|天|日|روز|ημέρες|ημέρα|μέρες|μέρα|"
    "jours|jour|j|jours net|días|día|dias";

static struct slice without_days(struct slice cell)
{
    size_t digits = 0;
    while (digits < cell.size && cell.data[digits] >= '0' && cell.data[digits] <= '9')
        digits++;
    struct slice rest = slice_of(cell.data + digits, cell.size - digits);
    return digits > 0 && word_among(rest, day_words) >= 0 ? slice_of(cell.data, digits) : cell;
}

static bool read_whole(const struct form *form, const struct row *row, struct entry *entry,
                       enum import_field field, int64_t *ret_value)
{
    struct slice cell = cell_of(form, row, field);
    if (field == FIELD_TERM_DAYS)
        cell = without_days(cell);
    if (cell.size == 0)
        return false;
    const char *why = decimal_read((const char *)cell.data, cell.size, 0, NULL, ret_value);
    if (why == NULL && *ret_value >= 0 && *ret_value <= WHOLE_MAX)
        return true;
    reject_cell(form, row, entry, field, "is no such whole number");
    return false;
}

static bool read_date(const struct form *form, const struct row *row, struct entry *entry,
                      enum import_field field, int64_t *ret_value)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    uint32_t date = DATE_NONE;
    const char *why;
    if (cell.size == 0)
        return false;
    if (!value_date(cell, form->style->dates, &date, &why)) {
        reject_cell(form, row, entry, field, why);
        return false;
    }
    *ret_value = date;
    return true;
}

/* ---- the head ---- */

/* Of lines, not of the head. */
static bool is_of_line(enum import_field field, enum import_kind kind)
{
    if (kind == IMPORT_PAYMENTS)
        return field == FIELD_AMOUNT || field == FIELD_BILL;
    return kind_has_lines(kind) &&
           (field == FIELD_CODE || field == FIELD_TEXT || field == FIELD_QUANTITY ||
            field == FIELD_PRICE || field == FIELD_AMOUNT || field == FIELD_DISCOUNT ||
            field == FIELD_TAX);
}

/* What all rows of a document must say alike, for it is said of the whole. */
static const enum import_field agreed[] = {FIELD_CUSTOMER, FIELD_DATE, FIELD_DUE,   FIELD_CURRENCY,
                                           FIELD_TYPE,     FIELD_KIND, FIELD_TOTAL, FIELD_BRANCH};
enum { AGREED = sizeof agreed / sizeof agreed[0] };

static void keep_head(const struct form *form, const struct row *row, struct entry *entry)
{
    for (size_t i = 0; i < AGREED; i++) {
        struct slice cell = mapping_cell(form->mapping, row, agreed[i]);
        uint8_t *copy = form->mapping->column[agreed[i]] != COLUMN_NONE && cell.size > 0
                            ? arena_take(&entry->arena, cell.size)
                            : NULL;
        if (copy != NULL)
            memcpy(copy, cell.data, cell.size);
        entry->head[agreed[i]] = slice_of(copy, copy != NULL ? cell.size : 0);
    }
}

/* The same though written otherwise: another time of the same day, "17850.0" and "17850". */
static bool says_the_same(const struct form *form, enum import_field field, struct slice a,
                          struct slice b)
{
    const char *why;
    uint32_t dates[2] = {0, 0};
    int64_t numbers[2] = {0, 0};
    enum entry_type types[2] = {TYPE_UNSAID, TYPE_UNSAID};
    if (slice_equal(a, b))
        return true;
    switch ((int)field) {
    case FIELD_DATE:
    case FIELD_DUE:
        return value_date(a, form->style->dates, &dates[0], &why) &&
               value_date(b, form->style->dates, &dates[1], &why) && dates[0] == dates[1];
    case FIELD_TOTAL:
        return value_field(a, FIELD_TOTAL, form->style, &numbers[0], &why) &&
               value_field(b, FIELD_TOTAL, form->style, &numbers[1], &why) &&
               numbers[0] == numbers[1];
    case FIELD_TYPE:
        return words_type(a, &types[0]) && words_type(b, &types[1]) && types[0] == types[1];
    case FIELD_CURRENCY:
        return value_is_currency(a, form->currency) && value_is_currency(b, form->currency);
    case FIELD_KIND:
        return header_alike(a, b);
    default:
        return slice_equal(value_code(a, form->style->point_zero[field]),
                           value_code(b, form->style->point_zero[field]));
    }
}

/* ---- what stands in a file once ---- */

static struct slice key_cell(const struct form *form, const struct row *row,
                             enum import_field field, char out[FOLD_KEY_MAX + 1])
{
    return names_key(cell_of(form, row, field), out);
}

/* The fields that name one; their number. */
static size_t key_fields(enum import_kind kind, enum import_field ret_fields[3])
{
    switch ((int)kind) {
    case IMPORT_CUSTOMERS:
    case IMPORT_PRODUCTS:
        ret_fields[0] = FIELD_CODE;
        return 1;
    case IMPORT_GROUPS:
        ret_fields[0] = FIELD_DIMENSION;
        ret_fields[1] = FIELD_NAME;
        return 2;
    case IMPORT_PRICES:
        ret_fields[0] = FIELD_LIST;
        ret_fields[1] = FIELD_CODE;
        ret_fields[2] = FIELD_UNIT;
        return 3;
    default:
        return 0;
    }
}

struct slice form_key(const struct form *form, const struct row *row, char out[FORM_KEY_MAX])
{
    enum import_field fields[3];
    size_t count = key_fields(form->mapping->kind, fields);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        char room[FOLD_KEY_MAX + 1];
        struct slice cell = key_cell(form, row, fields[i], room);
        if (cell.size == 0 && fields[i] != FIELD_UNIT)
            return slice_of(out, 0);
        used += (size_t)snprintf(out + used, FORM_KEY_MAX - used, "%.*s\n", (int)cell.size,
                                 (const char *)cell.data);
    }
    if (form->mapping->kind != IMPORT_PRICES)
        return slice_of(out, used);
    const char *why;
    int64_t from = 0;
    uint32_t day = DATE_NONE;
    struct slice quantity = mapping_text(form->mapping, row, FIELD_FROM_QUANTITY);
    struct slice date = mapping_text(form->mapping, row, FIELD_VALID_FROM);
    if ((quantity.size > 0 &&
         !value_field(quantity, FIELD_FROM_QUANTITY, form->style, &from, &why)) ||
        (date.size > 0 && !value_date(date, form->style->dates, &day, &why)))
        return slice_of(out, 0); /* it is rejected for that */
    used += (size_t)snprintf(out + used, FORM_KEY_MAX - used, "%" PRId64 "\n%" PRIu32, from, day);
    return slice_of(out, used);
}

static bool same_cells(const struct form *form, enum import_field field, struct slice a,
                       struct slice b)
{
    const char *why;
    int64_t numbers[2] = {0, 0};
    struct value_rate rates[2];
    char keys[2][FOLD_KEY_MAX + 1];
    if (slice_equal(a, b))
        return true;
    if (a.size == 0 || b.size == 0)
        return false;
    switch (field_about(field)->form) {
    case FORM_NUMBER:
        if (field == FIELD_TAX)
            return value_rate(a, field, form->style, &rates[0], &why) &&
                   value_rate(b, field, form->style, &rates[1], &why) &&
                   rates[0].is_amount == rates[1].is_amount && rates[0].value == rates[1].value;
        return value_field(a, field, form->style, &numbers[0], &why) &&
               value_field(b, field, form->style, &numbers[1], &why) && numbers[0] == numbers[1];
    case FORM_CODE:
        a = value_code(a, form->style->point_zero[field]);
        b = value_code(b, form->style->point_zero[field]);
        return slice_equal(names_key(a, keys[0]), names_key(b, keys[1]));
    case FORM_DATE: /* a key's, and compared with it */
        return true;
    case FORM_LINE:
    case FORM_WHOLE:
        break;
    }
    return false;
}

static bool is_of_pack(enum import_field field)
{
    return field == FIELD_PACK || field == FIELD_FACTOR || field == FIELD_PACK_PRICE ||
           field == FIELD_PACK_BARCODE;
}

static bool is_of_key(enum import_field field, enum import_kind kind)
{
    return kind == IMPORT_PRICES ? field != FIELD_PRICE
                                 : kind == IMPORT_GROUPS && field == FIELD_NAME;
}

bool form_within(const struct form *form, const struct row *a, const struct row *b)
{
    const struct mapping *mapping = form->mapping;
    if (mapping->kind != IMPORT_CUSTOMERS)
        return false;
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        struct slice cell = mapping_text(mapping, a, i);
        if (mapping->column[i] != COLUMN_NONE && cell.size > 0 &&
            !same_cells(form, i, cell, mapping_text(mapping, b, i)))
            return false;
    }
    return true;
}

bool form_same(const struct form *form, const struct row *a, const struct row *b,
               enum import_field *ret_field)
{
    const struct mapping *mapping = form->mapping;
    bool same_pack = same_cells(form, FIELD_PACK, mapping_text(mapping, a, FIELD_PACK),
                                mapping_text(mapping, b, FIELD_PACK));
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->column[i] != COLUMN_NONE && !is_of_key(i, mapping->kind) &&
            (same_pack || !is_of_pack(i)) &&
            !same_cells(form, i, mapping_text(mapping, a, i), mapping_text(mapping, b, i))) {
            *ret_field = i;
            return false;
        }
    return true;
}

/* ---- the head ---- */

static int shown(struct slice text)
{
    return (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX);
}

static const char *text_or(struct slice text)
{
    return text.size > 0 ? (const char *)text.data : "";
}

void form_check_head(const struct form *form, const struct row *row, struct entry *entry)
{
    for (size_t i = 0; i < AGREED && !entry_rejected(entry); i++) {
        struct slice first = entry->head[agreed[i]];
        struct slice cell = mapping_cell(form->mapping, row, agreed[i]);
        if (form->mapping->column[agreed[i]] == COLUMN_NONE || cell.size == 0 ||
            says_the_same(form, agreed[i], first, cell))
            continue;
        entry_reject(entry, row->line,
                     "%s is \"%.*s\" in line %" PRIu64 " and \"%.*s\" in line %" PRIu64
                     " of one document",
                     field_about(agreed[i])->name, shown(first), text_or(first), entry->line,
                     shown(cell), text_or(cell), row->line);
    }
}

static bool is_customer_code(enum import_field field, enum import_kind kind)
{
    return field == FIELD_CUSTOMER || field == FIELD_WHO_PAYS ||
           (field == FIELD_CODE && kind == IMPORT_CUSTOMERS);
}

static size_t text_room(enum import_field field)
{
    if (field == FIELD_NOTE || field == FIELD_ADDRESS)
        return TEXT_MAX;
    if (field == FIELD_GROUP)
        return TEXT_MAX;
    return field == FIELD_REFERENCE || field == FIELD_UNIT ? CODE_MAX_BYTES : NAME_MAX_BYTES;
}

static void read_field(const struct form *form, const struct row *row, struct entry *entry,
                       enum import_field field)
{
    int64_t *number = &entry->numbers[field];
    switch (field_about(field)->form) {
    case FORM_CODE:
        if (is_customer_code(field, form->mapping->kind))
            read_customer_code(form, row, entry, field);
        else
            read_code(form, row, entry, field);
        break;
    case FORM_LINE:
        if (mapping_text(form->mapping, row, field).size > 0)
            entry->texts[field] = read_text(form, row, entry, field, text_room(field));
        break;
    case FORM_NUMBER:
        entry->has_number[field] = field == FIELD_TAX
                                       ? read_product_tax(form, row, entry, number)
                                       : read_number(form, row, entry, field, number);
        break;
    case FORM_WHOLE:
        entry->has_number[field] = read_whole(form, row, entry, field, number);
        break;
    case FORM_DATE:
        entry->has_number[field] = read_date(form, row, entry, field, number);
        break;
    }
}

static void check_required(const struct form *form, struct entry *entry)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_required(i, form->mapping->kind) && !is_of_line(i, form->mapping->kind) &&
            !entry->has_number[i] && entry->texts[i] == NULL)
            reject_empty(entry, entry->line, i);
    if (form->mapping->kind == IMPORT_BALANCES && !entry->has_number[FIELD_DATE] &&
        !entry_rejected(entry)) /* a column is needed for it only where no day is said */
        reject_empty(entry, entry->line, FIELD_DATE);
}

/* The cash customer is many people. */
static bool is_of_nobody(const struct entry *entry)
{
    const char *customer = entry->texts[FIELD_CUSTOMER];
    return customer == NULL || fold_same(customer, "CASH");
}

/* Debts are somebody's: with --cash what has no customer is the cash customer's. */
static void check_customer(const struct form *form, struct entry *entry)
{
    if (form->mapping->kind == IMPORT_BALANCES && entry->texts[FIELD_CUSTOMER] != NULL &&
        is_of_nobody(entry) && !entry_rejected(entry))
        entry_reject(entry, entry->line,
                     "customer CASH pays at once and owes nothing: say who owes it");
    if (kind_has_lines(form->mapping->kind) && !form->settings->cash &&
        entry->texts[FIELD_CUSTOMER] == NULL && !entry_rejected(entry))
        entry_reject(entry, entry->line,
                     "customer is empty: --cash books what has none on the cash customer");
}

static void check_currency(const struct form *form, struct entry *entry)
{
    const char *currency = entry->texts[FIELD_CURRENCY];
    if (currency == NULL)
        return;
    if (value_is_currency(slice_text(currency), form->currency))
        entry->texts[FIELD_CURRENCY] = form->currency->code;
    else
        entry_reject(entry, entry->line, "currency %s: the company's is %s", currency,
                     form->currency->code);
}

static void read_type(const struct form *form, struct entry *entry)
{
    const char *type = entry->texts[FIELD_TYPE];
    if (type != NULL && !words_type(slice_text(type), &entry->type))
        entry_reject(entry, entry->line,
                     "type \"%.40s\": invoice or credit note; import payments by themselves", type);
    if (entry->type == TYPE_UNSAID && form->mapping->kind == IMPORT_CREDIT_NOTES)
        entry->type = TYPE_CREDIT_NOTE;
    else if (entry->type == TYPE_INVOICE && form->mapping->kind == IMPORT_CREDIT_NOTES)
        entry_reject(entry, entry->line, "type \"%.40s\" is no credit note", type);
}

static struct slice number_of_debt(struct slice customer, uint64_t turn,
                                   char out[BALANCE_NUMBER_MAX])
{
    char number[BALANCE_NUMBER_MAX + 32];
    char safe[CODE_MAX_BYTES + 1];
    int size = turn > 1 ? snprintf(number, sizeof number, "OB-%.*s-%" PRIu64, (int)customer.size,
                                   (const char *)customer.data, turn)
                        : snprintf(number, sizeof number, "OB-%.*s", (int)customer.size,
                                   (const char *)customer.data);
    struct slice whole = slice_of(number, (size_t)size);
    if (whole.size > CODE_MAX_BYTES)
        whole = value_safe_code(whole, safe);
    memcpy(out, whole.data, whole.size);
    return slice_of(out, whole.size);
}

struct slice form_balance_number(const struct form *form, const struct row *row, uint64_t turn,
                                 char out[BALANCE_NUMBER_MAX])
{
    char room[CODE_ROOM];
    char safe[CODE_MAX_BYTES + 1];
    struct slice number = form_number(form, row, room, sizeof room);
    struct slice customer = cell_of(form, row, FIELD_CUSTOMER);
    if (number.size > 0 && number.size <= BALANCE_NUMBER_MAX)
        memcpy(out, number.data, number.size);
    if (number.size > 0 || customer.size == 0)
        return slice_of(out, number.size <= BALANCE_NUMBER_MAX ? number.size : 0);
    if (!value_is_code(customer))
        customer = value_safe_code(customer, safe);
    return number_of_debt(customer, turn, out);
}

/* A balance has a number of its own, so that the same file changes nothing a second time. */
static void number_balance(const struct form *form, const struct row *row, struct entry *entry)
{
    char number[BALANCE_NUMBER_MAX];
    uint64_t turn = form->index != NULL ? index_turn(form->index, row->offset) : 1;
    if (entry->texts[FIELD_NUMBER] != NULL && turn > 1)
        reject_cell(form, row, entry, FIELD_NUMBER, "another row of the file has this number too");
    else if (entry->texts[FIELD_NUMBER] == NULL && entry->texts[FIELD_CUSTOMER] != NULL)
        entry->texts[FIELD_NUMBER] =
            entry_text(entry, form_balance_number(form, row, turn, number));
}

static enum entry_kind kind_of(enum import_kind kind)
{
    switch (kind) {
    case IMPORT_CUSTOMERS:
        return ENTRY_CUSTOMER;
    case IMPORT_PRODUCTS:
        return ENTRY_PRODUCT;
    case IMPORT_INVOICES:
    case IMPORT_CREDIT_NOTES:
    case IMPORT_BALANCES:
        return ENTRY_INVOICE;
    case IMPORT_PAYMENTS:
        return ENTRY_PAYMENT;
    case IMPORT_PRICES:
        return ENTRY_PRICE;
    case IMPORT_GROUPS:
        return ENTRY_GROUP;
    case IMPORT_KINDS_COUNT:
        break;
    }
    return ENTRY_KINDS;
}

/* A paper is of the branch where it is written: rows of another one are booked there. */
static void check_branch(const struct form *form, const struct row *row, struct entry *entry)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t branch;
    const char *said = entry->texts[FIELD_BRANCH];
    if (said == NULL || form->known == NULL || !form->known->branches_learned)
        return;
    if (!names_get(&form->known->branches, names_key(slice_text(said), key), &branch))
        reject_cell(form, row, entry, FIELD_BRANCH, "the company has no such branch");
    else if (branch != form->known->branch)
        reject_cell(form, row, entry, FIELD_BRANCH,
                    "another branch than this device's: import the file at a device there too");
}

static void read_groups(const struct form *form, const struct row *row, struct entry *entry)
{
    char why[GROUP_WHY_MAX];
    struct slice cell = mapping_text(form->mapping, row, FIELD_GROUP);
    if (form->known != NULL &&
        !groups_read(&form->known->groups, cell, entry->groups, &entry->group_count, why))
        entry_reject(entry, row->line, "%s", why);
}

void form_read_head(const struct form *form, const struct row *row, struct entry *entry)
{
    enum import_kind kind = form->mapping->kind;
    entry->kind = kind_of(kind);
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, kind) && !is_of_line(i, kind) && i != FIELD_NUMBER &&
            mapping_has(form->mapping, i))
            read_field(form, row, entry, i);
    char room[CODE_ROOM];
    struct slice number = form_number(form, row, room, sizeof room);
    if (number.size > 0 && reject_unseen(form, row, entry, FIELD_NUMBER, number))
        ; /* that says it */
    else if (number.size > 0 && !value_is_code(number))
        reject_cell(form, row, entry, FIELD_NUMBER,
                    "a number has letters, digits and - _ . / only, and at most 40 bytes");
    else if (number.size > 0)
        entry->texts[FIELD_NUMBER] = entry_text(entry, number);
    if (entry->texts[FIELD_SOURCE] == NULL)
        entry->texts[FIELD_SOURCE] = form->source;
    keep_head(form, row, entry);
    if (kind == IMPORT_BALANCES)
        number_balance(form, row, entry);
    if (kind == IMPORT_CUSTOMERS)
        read_groups(form, row, entry);
    check_required(form, entry);
    check_customer(form, entry);
    check_currency(form, entry);
    check_branch(form, row, entry);
    if (kind_has_lines(kind))
        read_type(form, entry);
}

/* ---- a line ---- */

/* A code that is none becomes text: "BANK CHARGES: Bank Charges". */
static void free_line(struct entry *entry, struct entry_line *line, struct slice code)
{
    char text[NAME_MAX_BYTES];
    char code_line[NAME_MAX_BYTES];
    char why[SIGHT_SAID_MAX];
    size_t size = 0;
    if (code.size == 0)
        return;
    bool cut;
    if (!value_line(code, SIGHT_OF_A_LINE, code_line, sizeof code_line, &size, &cut, why)) {
        entry_reject(entry, line->line, "code: %s", why);
        return;
    }
    entry->free_lines++;
    char both[2 * NAME_MAX_BYTES + 4];
    int length = snprintf(both, sizeof both, "%.*s%s%s", (int)size, code_line,
                          line->text != NULL ? ": " : "", line->text != NULL ? line->text : "");
    (void)value_line(slice_of(both, (size_t)length), SIGHT_OF_A_LINE, text, sizeof text, &size,
                     &cut, why);
    line->text = entry_text(entry, slice_of(text, size));
}

static void read_what(const struct form *form, const struct row *row, struct entry *entry,
                      struct entry_line *line)
{
    struct slice code = cell_of(form, row, FIELD_CODE);
    line->text = read_text(form, row, entry, FIELD_TEXT, NAME_MAX_BYTES);
    if (value_is_code(code))
        line->code = entry_text(entry, code);
    else
        free_line(entry, line, code);
    if (line->code == NULL && line->text == NULL)
        line->text = entry->texts[FIELD_NUMBER];
}

/* What the row says that its line, or its document, comes to. */
static enum import_field whole_field(const struct form *form)
{
    if (mapping_has(form->mapping, FIELD_TOTAL))
        return FIELD_TOTAL;
    return form->whole_amounts ? FIELD_AMOUNT : FIELD_NONE;
}

static enum import_field line_field(const struct form *form)
{
    bool has = mapping_has(form->mapping, FIELD_AMOUNT) && whole_field(form) != FIELD_AMOUNT;
    return has ? FIELD_AMOUNT : FIELD_NONE;
}

static void note_amount(struct entry *entry, int64_t amount)
{
    if (entry->amounts++ == 0)
        entry->first_amount = amount;
    entry->amounts_differ = entry->amounts_differ || amount != entry->first_amount;
}

/* The amount as the price of one. */
static bool price_of_amount(const struct form *form, const struct row *row, struct entry *entry,
                            enum import_field field, struct entry_line *line)
{
    int64_t amount;
    if (!read_number(form, row, entry, field, &amount)) {
        reject_empty(entry, row->line, field);
        return false;
    }
    note_amount(entry, amount);
    line->quantity = QUANTITY_UNIT;
    if (!__builtin_mul_overflow(amount, INT64_C(1000), &line->price))
        return true;
    reject_cell(form, row, entry, field, "is too large");
    return false;
}

/* The price, or the amount as the price of one. Only its rounding to minor units is ours to see. */
static bool read_price(const struct form *form, const struct row *row, struct entry *entry,
                       struct entry_line *line)
{
    enum import_field amount = line_field(form);
    if (!mapping_has(form->mapping, FIELD_PRICE))
        return price_of_amount(form, row, entry, amount != FIELD_NONE ? amount : whole_field(form),
                               line);
    if (!read_number(form, row, entry, FIELD_PRICE, &line->price)) {
        reject_empty(entry, row->line, FIELD_PRICE);
        return false;
    }
    if (amount != FIELD_NONE)
        line->has_said = read_number(form, row, entry, amount, &line->said_minor);
    return true;
}

/* As the server rounds: gross, discount, net, tax, each once. */
static bool line_total(struct entry_line *line)
{
    int64_t gross;
    int64_t discount;
    int64_t tax;
    if (!money_line(line->quantity, line->price, &gross) ||
        !money_rate(gross, line->discount_bp, &discount))
        return false;
    if (line->discount_minor > 0)
        discount = gross < 0 ? -line->discount_minor : line->discount_minor;
    if (!money_rate(gross - discount, line->tax_bp, &tax))
        return false;
    line->net_minor = gross - discount;
    line->total_minor = gross - discount + tax;
    return true;
}

static void money_words(const struct form *form, int64_t minor, char out[MONEY_TEXT_MAX])
{
    (void)money_write(minor, form->currency->exponent, out);
}

/* A percentage, or money off the line. */
static void read_discount(const struct form *form, const struct row *row, struct entry *entry,
                          struct entry_line *line)
{
    struct value_rate rate;
    int64_t gross;
    char texts[2][MONEY_TEXT_MAX];
    if (!read_rate(form, row, entry, FIELD_DISCOUNT, &rate))
        return;
    if (!rate.is_amount) {
        line->discount_bp = (uint32_t)rate.value;
        return;
    }
    if (!money_line(line->quantity, line->price, &gross))
        return;            /* it is named with the line */
    bool back = gross < 0; /* goods that came back, and what was taken off them */
    line->discount_minor = rate.value < 0 ? -rate.value : rate.value;
    if (rate.value < 0 && !back)
        reject_cell(form, row, entry, FIELD_DISCOUNT, "is less than 0");
    if (line->discount_minor <= (back ? -gross : gross))
        return;
    money_words(form, rate.value, texts[0]);
    money_words(form, gross, texts[1]);
    entry_reject(entry, row->line, "discount is %s, and the line without it comes to %s", texts[0],
                 texts[1]);
}

/* Prices are never below 0 in the ledger: the quantity carries the sign. */
static void turn_sign(struct entry_line *line)
{
    if (line->price >= 0)
        return;
    line->price = -line->price;
    line->quantity = -line->quantity;
}

/* The document's amount stands in each of its rows, and nothing else says how much: it has one
 * line. */
static bool is_counted(const struct form *form, const struct entry *entry)
{
    return entry->line_count > 0 && !mapping_has(form->mapping, FIELD_PRICE) &&
           line_field(form) == FIELD_NONE;
}

/* What the ledger has beside the code. */
static uint32_t rate_of_product(const struct form *form, const struct entry_line *line)
{
    if (line->code == NULL || form->known == NULL)
        return 0;
    return known_tax(form->known, slice_text(line->code));
}

/* An amount of tax makes no rate: it is what the rate that is known comes to, or it is refused. */
static uint32_t rate_of_amount(const struct form *form, const struct row *row, struct entry *entry,
                               const struct entry_line *line, int64_t amount)
{
    char texts[3][MONEY_TEXT_MAX];
    int64_t made = 0;
    struct entry_line untaxed = *line;
    uint32_t rate =
        form->settings->tax == TAX_RATE ? form->settings->tax_bp : rate_of_product(form, line);
    untaxed.tax_bp = 0;
    if (amount == 0 || !line_total(&untaxed) || !money_rate(untaxed.net_minor, rate, &made))
        return 0; /* no tax; and what is too large is named */
    if (amount == made || (made < 0 && amount == -made))
        return rate;
    money_words(form, amount, texts[0]);
    money_words(form, made, texts[1]);
    money_words(form, untaxed.net_minor, texts[2]);
    if (rate == 0)
        entry_reject(entry, row->line,
                     "tax is the amount %s, and no rate is known for this line of %s: say --tax "
                     "RATE",
                     texts[0], texts[2]);
    else
        entry_reject(entry, row->line,
                     "tax is the amount %s, and %" PRIu32 ".%02" PRIu32 " %% of %s is %s", texts[0],
                     rate / 100, rate % 100, texts[2], texts[1]);
    return 0;
}

/* --tax product: what the ledger has beside the code. */
static uint32_t rate_of(const struct form *form, const struct row *row, struct entry *entry,
                        const struct entry_line *line)
{
    struct value_rate rate;
    if (mapping_has(form->mapping, FIELD_TAX)) {
        if (!read_rate(form, row, entry, FIELD_TAX, &rate))
            return 0;
        return rate.is_amount ? rate_of_amount(form, row, entry, line, rate.value)
                              : (uint32_t)rate.value;
    }
    if (form->settings->tax == TAX_RATE)
        return form->settings->tax_bp;
    return form->tax_of_product ? rate_of_product(form, line) : 0;
}

static void read_document_line(const struct form *form, const struct row *row, struct entry *entry)
{
    if (is_counted(form, entry)) {
        int64_t amount;
        if (read_number(form, row, entry, whole_field(form), &amount))
            note_amount(entry, amount);
        entry->lines[0].code = NULL; /* several rows: none of them is all of it */
        entry->lines[0].text = entry->texts[FIELD_NUMBER];
        return;
    }
    struct entry_line *line = entry_add_line(entry);
    if (line == NULL) {
        entry_reject(entry, row->line, "a document may have %d lines", DOCUMENT_LINES_MAX);
        return;
    }
    line->line = row->line;
    line->quantity = QUANTITY_UNIT;
    (void)read_number(form, row, entry, FIELD_QUANTITY, &line->quantity);
    if (!read_price(form, row, entry, line))
        return;
    read_what(form, row, entry, line);
    turn_sign(line);
    read_discount(form, row, entry, line);
    line->tax_bp = rate_of(form, row, entry, line);
    if (line->quantity == 0)
        entry_reject(entry, row->line, "quantity is 0");
    else if (!line_total(line))
        entry_reject(entry, row->line, "the line's amount is too large");
    entry->exact += (__int128)line->quantity * line->price;
}

/* ---- a row of a payment ---- */

static bool parts_bills(uint32_t point)
{
    return point == ',' || point == ';' || point == '+' || point == '&' || point == '\n' ||
           point == ' ' || point == '\t' || point == 0x3001 || point == 0x060C || point == 0xFF0C;
}

/* The next bill of "B2, B3 and B4"; empty at the end. */
static struct slice next_bill(struct slice *rest)
{
    size_t begin = 0;
    size_t step = 0;
    uint32_t point = 0;
    for (; begin < rest->size; begin += step) {
        step = text_decode(rest->data + begin, rest->size - begin, &point);
        if (step == 0 || !parts_bills(point))
            break;
    }
    size_t end = begin;
    for (; end < rest->size; end += step) {
        step = text_decode(rest->data + end, rest->size - end, &point);
        step = step > 0 ? step : 1;
        if (parts_bills(point))
            break;
    }
    struct slice bill = slice_of(rest->data + begin, end - begin);
    *rest = slice_of(rest->data + end, rest->size - end);
    return slice_equal(bill, slice_text("and")) ? next_bill(rest) : bill;
}

static const char *bill_number(const struct form *form, const struct row *row, struct entry *entry,
                               struct slice number)
{
    if (value_is_code(number))
        return entry_text(entry, number);
    reject_cell(form, row, entry, FIELD_BILL, "is no number of a bill");
    return NULL;
}

/* One bill takes the row's amount; of several in one cell each takes what it has open. */
static void read_bills(const struct form *form, const struct row *row, struct entry *entry,
                       int64_t amount)
{
    struct slice rest = mapping_text(form->mapping, row, FIELD_BILL);
    rest = value_code(rest, form->style->point_zero[FIELD_BILL]);
    size_t before = entry->bill_count;
    for (struct slice each; (each = next_bill(&rest)).size > 0 && !entry_rejected(entry);) {
        struct entry_bill bill = {bill_number(form, row, entry, each), 0};
        if (bill.number != NULL && !entry_add_bill(entry, bill))
            entry_reject(entry, row->line, "the payment is too large");
    }
    if (entry->bill_count == before + 1 && !form->whole_amounts)
        entry->bills[before].amount_minor = amount;
}

static void read_paid(const struct form *form, const struct row *row, struct entry *entry)
{
    int64_t amount;
    bool first = entry->amounts == 0;
    if (!read_number(form, row, entry, FIELD_AMOUNT, &amount)) {
        reject_empty(entry, row->line, FIELD_AMOUNT);
        return;
    }
    note_amount(entry, amount);
    if (form->whole_amounts && entry->amounts_differ)
        entry_reject(entry, row->line,
                     "amount is not the same in all rows, though it is said to be the receipt's");
    if (amount <= 0)
        entry_reject(entry, row->line, "amount: a payment is more than 0");
    if (first)
        entry->total_minor = amount;
    else if (!form->whole_amounts && !money_add(entry->total_minor, amount, &entry->total_minor))
        entry_reject(entry, row->line, "the payment is too large");
    read_bills(form, row, entry, amount);
}

void form_read_line(const struct form *form, const struct row *row, struct entry *entry)
{
    if (entry->kind == ENTRY_PAYMENT)
        read_paid(form, row, entry);
    else
        read_document_line(form, row, entry);
}

/* ---- the whole ---- */

static void sum_lines(struct entry *entry)
{
    entry->total_minor = 0;
    for (size_t i = 0; i < entry->line_count && !entry_rejected(entry); i++)
        if (!money_add(entry->total_minor, entry->lines[i].total_minor, &entry->total_minor))
            entry_reject(entry, entry->lines[i].line, "the document's total is too large");
}

/* The amount of a line is what it comes to, before or behind its tax, or the whole document's. */
static void check_lines(const struct form *form, struct entry *entry)
{
    for (size_t i = 0; i < entry->line_count && !entry_rejected(entry); i++) {
        const struct entry_line *line = &entry->lines[i];
        char said[MONEY_TEXT_MAX];
        char made[MONEY_TEXT_MAX];
        if (!line->has_said || line->said_minor == line->total_minor ||
            line->said_minor == line->net_minor || line->said_minor == entry->total_minor ||
            line->said_minor == -line->total_minor)
            continue;
        money_words(form, line->said_minor, said);
        money_words(form, line->total_minor, made);
        entry_reject(entry, line->line, "amount is %s, and quantity and price come to %s", said,
                     made);
    }
}

/* The document's own total, in whichever row. */
static void check_whole(const struct form *form, struct entry *entry)
{
    enum import_field field = whole_field(form);
    int64_t said;
    const char *why;
    char texts[2][MONEY_TEXT_MAX];
    if (entry_rejected(entry) || field == FIELD_NONE)
        return;
    if (field == FIELD_AMOUNT) {
        if (entry->amounts_differ)
            entry_reject(entry, entry->line,
                         "amount is not the same in all rows, though it is said to be the "
                         "document's");
        return;
    }
    if (entry->head[FIELD_TOTAL].size == 0 ||
        !value_field(entry->head[FIELD_TOTAL], FIELD_TOTAL, form->style, &said, &why))
        return; /* none, or a wrong one that was named */
    if (said == entry->total_minor || said == -entry->total_minor)
        return;
    money_words(form, said, texts[0]);
    money_words(form, entry->total_minor, texts[1]);
    entry_reject(entry, entry->line, "total is %s, and the lines come to %s", texts[0], texts[1]);
}

static void turn_lines(struct entry *entry)
{
    for (size_t i = 0; i < entry->line_count; i++)
        entry->lines[i].quantity = -entry->lines[i].quantity;
}

/* What comes to less than nothing is a credit note, its lines turned round; what says that it is a
 * credit note is one, whichever sign its amounts have. */
static void turn_document(struct entry *entry)
{
    bool credit = entry->type == TYPE_CREDIT_NOTE;
    if (entry->type == TYPE_INVOICE && entry->total_minor < 0) {
        entry_reject(entry, entry->line,
                     "type says that it is an invoice, and it comes to less "
                     "than 0");
    } else if (entry->total_minor < 0) {
        entry->kind = ENTRY_CREDIT_NOTE;
        turn_lines(entry);
    } else if (credit) {
        entry->kind = ENTRY_CREDIT_NOTE;
        entry->total_minor = -entry->total_minor;
        entry->exact = -entry->exact;
    }
}

static void set_due(const struct form *form, struct entry *entry)
{
    int32_t term = form->settings->term_days;
    if (entry->has_number[FIELD_DUE] || term == IMPORT_TERM_NONE)
        return;
    entry->has_number[FIELD_DUE] = true;
    entry->numbers[FIELD_DUE] = entry->numbers[FIELD_DATE] + term;
    if (entry->numbers[FIELD_DUE] > DATE_MAX)
        entry->numbers[FIELD_DUE] = DATE_MAX;
}

/* Each row once more, as a whole that was pasted twice. */
static void check_twice(struct entry *entry)
{
    if (entry->apart && entry->repeats * 2 == entry->row_count)
        entry_reject(entry, entry->repeat_line,
                     "document %s stands in the file twice, the same each time (lines %" PRIu64
                     " and %" PRIu64 "): leave one out",
                     entry->texts[FIELD_NUMBER], entry->repeat_of, entry->repeat_line);
}

static void finish_invoice(const struct form *form, struct entry *entry)
{
    sum_lines(entry);
    check_twice(entry);
    check_lines(form, entry);
    check_whole(form, entry);
    if (entry_rejected(entry))
        return;
    turn_document(entry);
    set_due(form, entry);
    if (entry->of_nobody && entry->kind == ENTRY_INVOICE && entry->total_minor > 0)
        entry->paid = form->settings->paid;
}

/* One line that says what it is. */
static void finish_balance(const struct form *form, struct entry *entry)
{
    int64_t amount = entry->numbers[FIELD_AMOUNT];
    entry->nothing = amount == 0;
    entry->opening = true;
    struct entry_line *line = entry->nothing ? NULL : entry_add_line(entry);
    if (line == NULL)
        return;
    *line = (struct entry_line){
        .line = entry->line, .text = "Opening balance", .quantity = QUANTITY_UNIT};
    if (__builtin_mul_overflow(amount, INT64_C(1000), &line->price)) {
        entry_reject(entry, entry->line, "amount is too large");
        return;
    }
    entry->exact = (__int128)line->quantity * line->price;
    turn_sign(line);
    if (!line_total(line))
        entry_reject(entry, entry->line, "amount is too large");
    sum_lines(entry);
    turn_document(entry);
    set_due(form, entry);
}

static void finish_payment(struct entry *entry)
{
    Tefter__PaymentKind kind;
    entry->exact = (__int128)entry->total_minor * QUANTITY_UNIT * 1000;
    check_twice(entry);
    if (!words_payment(entry->texts[FIELD_KIND], &kind))
        entry_reject(entry, entry->line, "kind \"%.40s\": cash, card, transfer or slip",
                     entry->texts[FIELD_KIND]);
}

void form_finish(const struct form *form, struct entry *entry)
{
    if (entry_rejected(entry))
        return;
    entry->of_nobody = kind_has_money(form->mapping->kind) && is_of_nobody(entry);
    if (form->mapping->kind == IMPORT_BALANCES)
        finish_balance(form, entry);
    else if (entry->kind == ENTRY_INVOICE)
        finish_invoice(form, entry);
    else if (entry->kind == ENTRY_PAYMENT)
        finish_payment(entry);
    else if (entry->kind == ENTRY_PRODUCT)
        entry->usual_tax_bp = form->usual_tax_bp;
}

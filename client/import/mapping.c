#include "import/mapping.h"

#include "import/format.h"
#include "import/rejects.h"
#include "import/value.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { NAMES_SHOWN_MAX = MAPPING_NAMES_MAX, FIELDS_SHOWN_MAX = 400, RANK_NONE = UINT32_MAX };

/* ---- words ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct slice trimmed(struct slice text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* What stands before the next `sign`, trimmed; the rest goes on behind it. */
static struct slice next_piece(struct slice *rest, char sign)
{
    const uint8_t *at = rest->size > 0 ? memchr(rest->data, sign, rest->size) : NULL;
    size_t size = at != NULL ? (size_t)(at - rest->data) : rest->size;
    struct slice piece = slice_of(rest->data, size);
    size += at != NULL;
    *rest = slice_of(rest->data + size, rest->size - size);
    return trimmed(piece);
}

/* "name=value"; false when it is not. */
static bool cut_pair(struct slice pair, struct slice *ret_name, struct slice *ret_value)
{
    *ret_name = next_piece(&pair, '=');
    *ret_value = trimmed(pair);
    return ret_name->size > 0 && ret_value->size > 0;
}

static void name_put_in(char *out, size_t capacity, struct slice name)
{
    size_t used = strlen(out);
    const char *comma = used > 0 ? ", " : "";
    if (used + strlen(comma) + name.size + 5 < capacity)
        (void)snprintf(out + used, capacity - used, "%s%.*s", comma, (int)name.size,
                       (const char *)name.data);
    else if (used > 0 && out[used - 1] != '.')
        (void)snprintf(out + used, capacity - used, " ...");
}

static void name_put(char out[NAMES_SHOWN_MAX], struct slice name)
{
    name_put_in(out, NAMES_SHOWN_MAX, name);
}

const char *mapping_fields(enum import_kind kind, char *out, size_t capacity)
{
    out[0] = '\0';
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, kind))
            name_put_in(out, capacity, slice_text(field_about(i)->name));
    return out;
}

static const char *columns_of(const struct mapping *mapping, char out[NAMES_SHOWN_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < mapping->columns; i++)
        name_put(out, mapping->header[i]);
    return out;
}

/* ---- one pair ---- */

static bool find_field(const struct mapping *mapping, struct slice name, const char *place,
                       enum import_field *ret_field, struct failure *failure)
{
    char names[FIELDS_SHOWN_MAX];
    *ret_field = field_find(name, mapping->kind);
    if (*ret_field != FIELD_NONE)
        return true;
    return fail(failure, FAULT_USE, 0, "%s: %s have no field \"%.*s\"; they take %s", place,
                kind_word(mapping->kind), (int)(name.size < 40 ? name.size : 40),
                (const char *)name.data, mapping_fields(mapping->kind, names, sizeof names));
}

static bool exactly(struct slice a, struct slice b)
{
    return slice_equal(a, b);
}

/* How many headers are it, by one measure; the last one's place. */
static size_t count_columns(const struct mapping *mapping, struct slice name,
                            bool (*same)(struct slice, struct slice), int *ret_column)
{
    size_t found = 0;
    for (size_t i = 0; i < mapping->columns; i++)
        if (same(mapping->header[i], name)) {
            *ret_column = (int)i;
            found++;
        }
    return found;
}

static bool find_column(const struct mapping *mapping, struct slice name, const char *place,
                        int *ret_column, struct failure *failure)
{
    char names[NAMES_SHOWN_MAX];
    size_t found = count_columns(mapping, name, exactly, ret_column);
    if (found == 0)
        found = count_columns(mapping, name, header_alike, ret_column);
    if (found == 1)
        return true;
    int size = (int)(name.size < 60 ? name.size : 60);
    if (found > 1)
        return fail(failure, FAULT_USE, 0, "%s: the column \"%.*s\" stands more than once", place,
                    size, (const char *)name.data);
    return fail(failure, FAULT_USE, 0, "%s: there is no column \"%.*s\"; the file has %s", place,
                size, (const char *)name.data, columns_of(mapping, names));
}

static bool map_pair(struct mapping *mapping, struct slice pair, const char *place,
                     struct failure *failure)
{
    struct slice name;
    struct slice column;
    enum import_field field;
    if (!cut_pair(pair, &name, &column))
        return fail(failure, FAULT_USE, 0, "%s: \"%.*s\" is not field=Column", place,
                    (int)(pair.size < 60 ? pair.size : 60), (const char *)pair.data);
    if (!find_field(mapping, name, place, &field, failure))
        return false;
    if (mapping->column[field] != COLUMN_NONE)
        return fail(failure, FAULT_USE, 0, "%s: the field \"%s\" is given twice", place,
                    field_about(field)->name);
    return find_column(mapping, column, place, &mapping->column[field], failure);
}

/* ---- where pairs come from ---- */

static bool map_flag(struct mapping *mapping, const char *flag, struct failure *failure)
{
    struct slice rest = slice_text(flag);
    while (rest.size > 0) {
        struct slice pair = next_piece(&rest, ',');
        if (pair.size > 0 && !map_pair(mapping, pair, "--map", failure))
            return false;
    }
    return true;
}

static bool read_whole(const char *path, struct arena *arena, struct slice *ret_text,
                       struct failure *failure)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(failure, FAULT_USE, errno, "cannot open the map file %s", path);
    char *text = arena_take(arena, MAPPING_FILE_MAX);
    size_t size = text == NULL ? 0 : fread(text, 1, MAPPING_FILE_MAX, file);
    bool good = text != NULL && ferror(file) == 0;
    (void)fclose(file);
    *ret_text = slice_of(text, size);
    if (good && size < MAPPING_FILE_MAX)
        return true;
    return fail(failure, FAULT_USE, 0, "cannot read the map file %s, or it is too long", path);
}

static bool map_file(struct mapping *mapping, const char *path, struct arena *arena,
                     struct failure *failure)
{
    struct slice rest = {NULL, 0};
    if (!read_whole(path, arena, &rest, failure))
        return false;
    for (uint32_t number = 1; rest.size > 0; number++) {
        struct slice line = next_piece(&rest, '\n');
        char place[160];
        (void)snprintf(place, sizeof place, "%s:%" PRIu32, path, number);
        bool comment = line.size == 0 || line.data[0] == '#';
        if (!comment && !map_pair(mapping, line, place, failure))
            return false;
    }
    return true;
}

bool mapping_is_used(const struct mapping *mapping, size_t column)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->column[i] == (int)column)
            return true;
    return false;
}

static bool is_open(const struct mapping *mapping, enum import_field field)
{
    return mapping->column[field] == COLUMN_NONE && mapping->constant[field] == NULL;
}

/* The column whose header says most of a field; of two that say the same neither. */
static void guess_field(struct mapping *mapping, enum import_field field)
{
    uint32_t best = RANK_NONE;
    int found = COLUMN_NONE;
    for (size_t i = 0; i < mapping->columns; i++) {
        uint32_t rank = RANK_NONE;
        if (mapping_is_used(mapping, i) || mapping->ignored[i] ||
            field_guess(mapping->header[i], mapping->kind, &rank) != field || rank > best)
            continue;
        found = rank < best ? (int)i : COLUMN_NONE;
        best = rank;
    }
    mapping->column[field] = found;
    mapping->guessed[field] = found != COLUMN_NONE;
}

/* "Customer" beside "Customer No" is their name. */
static void guess_name(struct mapping *mapping)
{
    if (mapping->column[FIELD_CUSTOMER] == COLUMN_NONE || !is_open(mapping, FIELD_NAME))
        return;
    for (size_t i = 0; i < mapping->columns; i++)
        if (!mapping_is_used(mapping, i) && !mapping->ignored[i] &&
            field_may_be_name(mapping->header[i])) {
            mapping->column[FIELD_NAME] = (int)i;
            mapping->guessed[FIELD_NAME] = true;
            return;
        }
}

static void map_guess(struct mapping *mapping)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, mapping->kind) && is_open(mapping, i))
            guess_field(mapping, i);
    if (field_taken(FIELD_CUSTOMER, mapping->kind))
        guess_name(mapping);
}

/* "Page,Printed by": a name that has a comma itself is found whole first. */
static bool set_ignored(struct mapping *mapping, const char *ignore, struct failure *failure)
{
    struct slice rest = slice_text(ignore != NULL ? ignore : "");
    int column;
    if (rest.size > 0 && count_columns(mapping, rest, exactly, &column) == 1) {
        mapping->ignored[column] = true;
        return true;
    }
    while (rest.size > 0) {
        struct slice name = next_piece(&rest, ',');
        if (name.size == 0)
            continue;
        if (!find_column(mapping, name, "--ignore", &column, failure))
            return false;
        mapping->ignored[column] = true;
    }
    return true;
}

static bool set_constants(struct mapping *mapping, const struct import_settings *settings,
                          struct arena *arena, struct failure *failure)
{
    if (field_taken(FIELD_SOURCE, settings->kind))
        mapping->constant[FIELD_SOURCE] = settings->source;
    for (uint32_t i = 0; i < settings->set_count; i++) {
        struct slice name;
        struct slice value;
        enum import_field field;
        if (!cut_pair(slice_text(settings->sets[i]), &name, &value))
            return fail(failure, FAULT_USE, 0, "--set: \"%s\" is not field=value",
                        settings->sets[i]);
        if (!find_field(mapping, name, "--set", &field, failure))
            return false;
        mapping->constant[field] = arena_text(arena, value.data, value.size);
    }
    return true;
}

/* ---- every column is said ---- */

static bool map_columns(struct mapping *mapping, const struct import_settings *settings,
                        struct failure *failure)
{
    if (settings->column_count != mapping->columns)
        return fail(failure, FAULT_USE, 0,
                    "the file has %zu columns, and %zu were said: look at it again",
                    mapping->columns, settings->column_count);
    for (size_t i = 0; i < mapping->columns; i++) {
        const char *name = settings->columns[i];
        bool both = strcmp(name, "code_name") == 0; /* who goes by their names */
        if (both && mapping->column[FIELD_NAME] == COLUMN_NONE)
            mapping->column[FIELD_NAME] = (int)i;
        enum import_field field = field_find(slice_text(both ? "code" : name), mapping->kind);
        mapping->ignored[i] = name[0] == '\0';
        if (mapping->ignored[i])
            continue;
        if (field == FIELD_NONE)
            return fail(failure, FAULT_USE, 0, "%s have no field called %.40s",
                        kind_word(mapping->kind), name);
        if (mapping->column[field] != COLUMN_NONE)
            return fail(failure, FAULT_USE, 0, "two columns are said to be the %s", name);
        mapping->column[field] = (int)i;
    }
    return true;
}

/* ---- the whole ---- */

/* The table of rejected rows of an earlier import, mended. */
static bool is_given_back(const struct row *header)
{
    return header->count > 2 && slice_equal(header->text[0], slice_text("line")) &&
           slice_equal(header->text[1], slice_text("reason"));
}

static bool keep_header(struct mapping *mapping, const struct row *header, struct arena *arena,
                        struct failure *failure)
{
    mapping->columns = header->count;
    for (size_t i = 0; i < header->count; i++) {
        struct slice text = trimmed(header->text[i]);
        if (mapping->given_back)
            text = rejects_unmarked(text);
        char *copy = arena_text(arena, text.data, text.size);
        if (copy == NULL)
            return fail(failure, FAULT_USE, 0, "the header line is too long");
        mapping->header[i] = slice_of(copy, text.size);
    }
    return true;
}

/* A code that no server would take is wrong in every row. */
static bool check_constants(const struct mapping *mapping, struct failure *failure)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->constant[i] != NULL && field_about(i)->form == FORM_CODE &&
            !value_is_code(slice_text(mapping->constant[i])))
            return fail(failure, FAULT_USE, 0,
                        "%s \"%s\": a code has letters, digits and - _ . / only",
                        field_about(i)->name, mapping->constant[i]);
    return true;
}

static bool check_twice(const struct mapping *mapping, struct failure *failure)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->column[i] != COLUMN_NONE && mapping->constant[i] != NULL)
            return fail(failure, FAULT_USE, 0, "the field \"%s\" is both mapped and set",
                        field_about(i)->name);
    return true;
}

static bool check_missing(const struct mapping *mapping, struct failure *failure)
{
    char missing[NAMES_SHOWN_MAX] = "";
    char columns[NAMES_SHOWN_MAX];
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_required(i, mapping->kind) && !mapping_has(mapping, i))
            name_put(missing, slice_text(field_about(i)->name));
    if (missing[0] == '\0')
        return true;
    return fail(failure, FAULT_USE, 0,
                "no column for %s: say --map %.*s=Column,..., or --set %.*s=VALUE when it is the "
                "same in every row; the file has %s",
                missing, (int)strcspn(missing, ","), missing, (int)strcspn(missing, ","), missing,
                columns_of(mapping, columns));
}

/* An invoice's line needs something that says how much. */
static bool check_amount(const struct mapping *mapping, struct failure *failure)
{
    char columns[NAMES_SHOWN_MAX];
    if (!kind_has_lines(mapping->kind) || mapping_has(mapping, FIELD_PRICE) ||
        mapping_has(mapping, FIELD_AMOUNT) || mapping_has(mapping, FIELD_TOTAL))
        return true;
    return fail(failure, FAULT_USE, 0,
                "no column for price (and quantity), nor for amount or total: say --map "
                "amount=Column; the file has %s",
                columns_of(mapping, columns));
}

static bool check_date(const struct mapping *mapping, struct failure *failure)
{
    if (mapping->kind != IMPORT_BALANCES || mapping_has(mapping, FIELD_DATE))
        return true;
    return fail(failure, FAULT_USE, 0,
                "no column says of which day the balances are: say --as-of 2026-01-31");
}

/* Debts are somebody's. */
static bool check_customer(const struct mapping *mapping, const struct import_settings *settings,
                           struct failure *failure)
{
    char columns[NAMES_SHOWN_MAX];
    if (!kind_has_lines(mapping->kind) || settings->cash || mapping_has(mapping, FIELD_CUSTOMER))
        return true;
    int name = mapping->column[FIELD_NAME];
    if (name != COLUMN_NONE)
        return fail(failure, FAULT_USE, 0,
                    "the file has names (%.*s) and no code of a customer: say --map "
                    "customer=\"%.*s\" to go by the names, or --cash for the cash customer",
                    (int)mapping->header[name].size, (const char *)mapping->header[name].data,
                    (int)mapping->header[name].size, (const char *)mapping->header[name].data);
    return fail(
        failure, FAULT_USE, 0,
        "no column says who owes it: say --map customer=Column, --set customer=CODE when all "
        "of it is one customer's, or --cash for the cash customer; the file has %s",
        columns_of(mapping, columns));
}

bool mapping_guessed(const struct mapping *mapping)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->guessed[i])
            return true;
    return false;
}

bool mapping_left_out(const struct mapping *mapping, size_t column)
{
    return !mapping->ignored[column] && !mapping_is_used(mapping, column);
}

bool mapping_unused(const struct mapping *mapping, size_t column)
{
    return mapping->header[column].size > 0 && mapping_left_out(mapping, column);
}

const char *mapping_names(const struct mapping *mapping, const bool columns[],
                          char out[MAPPING_NAMES_MAX])
{
    char name[32];
    out[0] = '\0';
    for (size_t i = 0; i < mapping->columns; i++) {
        (void)snprintf(name, sizeof name, "column %zu", i + 1);
        if (columns[i])
            name_put(out, mapping->header[i].size > 0 ? mapping->header[i] : slice_text(name));
    }
    return out;
}

const char *mapping_unused_names(const struct mapping *mapping, bool of_money,
                                 char out[MAPPING_NAMES_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < mapping->columns; i++)
        if (mapping_unused(mapping, i) && (!of_money || header_of_money(mapping->header[i])))
            name_put(out, mapping->header[i]);
    return out;
}

bool mapping_make(const struct import_settings *settings, const struct row *header,
                  struct arena *arena, struct mapping *ret_mapping, struct failure *failure)
{
    struct mapping *mapping = ret_mapping;
    *mapping = (struct mapping){.kind = settings->kind, .given_back = is_given_back(header)};
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        mapping->column[i] = COLUMN_NONE;
    if (!keep_header(mapping, header, arena, failure) ||
        !set_constants(mapping, settings, arena, failure))
        return false;
    if (settings->map_file != NULL && !map_file(mapping, settings->map_file, arena, failure))
        return false;
    if (settings->map != NULL && !map_flag(mapping, settings->map, failure))
        return false;
    if (!set_ignored(mapping, settings->ignore, failure))
        return false;
    if (settings->columns == NULL)
        map_guess(mapping);
    else if (!map_columns(mapping, settings, failure))
        return false;
    bool said = settings->as_of != NULL && !settings->as_of_assumed;
    if ((said && kind_has_money(settings->kind)) ||
        (settings->as_of != NULL && settings->kind == IMPORT_BALANCES)) {
        if (is_open(mapping, FIELD_DATE))
            mapping->constant[FIELD_DATE] = settings->as_of;
        else if (said)
            mapping->day = settings->as_of;
    }
    if (settings->loose)
        return true;
    return check_constants(mapping, failure) && check_twice(mapping, failure) &&
           check_missing(mapping, failure) && check_amount(mapping, failure) &&
           check_date(mapping, failure) && check_customer(mapping, settings, failure);
}

bool mapping_has(const struct mapping *mapping, enum import_field field)
{
    return mapping->column[field] != COLUMN_NONE || mapping->constant[field] != NULL;
}

struct slice mapping_cell(const struct mapping *mapping, const struct row *row,
                          enum import_field field)
{
    int column = mapping->column[field];
    if (column == COLUMN_NONE || (size_t)column >= row->count)
        return slice_of("", 0);
    struct slice cell = trimmed(row->text[column]);
    return mapping->given_back ? rejects_unmarked(cell) : cell;
}

struct slice mapping_text(const struct mapping *mapping, const struct row *row,
                          enum import_field field)
{
    struct slice cell = mapping_cell(mapping, row, field);
    if (field == FIELD_NAME)
        cell = value_before_mark(cell);
    const char *other = mapping->constant[field];
    if (field == FIELD_DATE && cell.size == 0 && other == NULL)
        other = mapping->day;
    bool own = mapping->column[field] != COLUMN_NONE && (size_t)mapping->column[field] < row->count;
    return other != NULL && (cell.size == 0 || !own) ? slice_text(other) : cell;
}

bool mapping_good(const struct mapping *mapping, const struct row *row, char why[ROW_FAULT_MAX])
{
    why[0] = '\0';
    if (row->fault != NULL)
        (void)snprintf(why, ROW_FAULT_MAX, "%s", row->fault);
    else if (row->count != mapping->columns)
        (void)snprintf(why, ROW_FAULT_MAX, "%zu columns where the header has %zu", row->count,
                       mapping->columns);
    for (enum import_field i = 0; mapping->marks && i < FIELD_COUNT && why[0] == '\0'; i++) {
        struct slice cell =
            mapping->column[i] != COLUMN_NONE ? row->text[mapping->column[i]] : slice_of("", 0);
        if (cell.size > 0 && cell.data[0] == FORMAT_NO_VALUE)
            (void)snprintf(why, ROW_FAULT_MAX, "%s: %.*s", field_about(i)->name, (int)cell.size - 1,
                           (const char *)cell.data + 1);
    }
    return why[0] == '\0';
}

void mapping_hash(const struct mapping *mapping, struct hash_state *state)
{
    hash_add_u64(state, (uint64_t)mapping->kind);
    if (mapping->day != NULL)
        hash_add(state, mapping->day, strlen(mapping->day) + 1);
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        const char *constant = mapping->constant[i] != NULL ? mapping->constant[i] : "";
        hash_add_u64(state, (uint64_t)(int64_t)mapping->column[i]);
        hash_add(state, constant, strlen(constant) + 1);
    }
}

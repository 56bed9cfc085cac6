#include "import/doubles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/limits.h"
#include "base/text.h"
#include "import/form.h"
#include "import/import.h"
#include "import/names.h"
#include "lib/tefter.h"

enum { TEXTS_MAX = 32 * 1024 * 1024, ANSWER_MAX = 1024 * 1024, PHONE_LEAST = 6 };

struct person {
    uint64_t line;
    struct slice name;
    struct slice code;
    struct slice phone;
};

struct doubles {
    struct tefter *client;
    const struct look *look;
    doubles_fn *each;
    void *context;
    struct arena texts;
    struct arena answer;
    struct person *all;
    size_t count;
    size_t room;
    struct names codes;
    struct names by_name; /* the value: which of them */
    struct names by_phone;
    size_t asked;
};

static struct slice keep(struct doubles *doubles, struct slice text)
{
    const char *copy = text.size > 0 ? arena_text(&doubles->texts, text.data, text.size) : NULL;
    return slice_of(copy, copy != NULL ? text.size : 0);
}

/* Case, accents and signs tell no two names apart. */
static struct slice folded(struct slice text, bool phone, char out[TEXT_MAX])
{
    size_t size = text.size < TEXT_MAX / 4 ? text.size : TEXT_MAX / 4;
    size_t used = phone ? fold_phone((const char *)text.data, size, out)
                        : text_fold(text.data, size, out, TEXT_MAX);
    return slice_of(out, phone && used < PHONE_LEAST ? 0 : used);
}

static enum import_field code_of(const struct mapping *mapping)
{
    return mapping->kind == IMPORT_CUSTOMERS ? FIELD_CODE : FIELD_CUSTOMER;
}

static struct person read_person(const struct look *look, const struct row *row)
{
    const struct mapping *mapping = &look->mapping;
    enum import_field code = code_of(mapping);
    return (struct person){
        .line = row->line,
        .name = mapping_text(mapping, row, FIELD_NAME),
        .code = value_code(mapping_text(mapping, row, code), look->style.point_zero[code]),
        .phone = mapping_text(mapping, row, FIELD_PHONE),
    };
}

/* Who of the file has this name or telephone already; else they are the first. */
static const struct person *known_by(struct doubles *doubles, struct names *names, struct slice key)
{
    uint64_t at;
    if (key.size == 0)
        return NULL;
    if (names_get(names, key, &at))
        return &doubles->all[at];
    (void)names_put(names, key, doubles->count);
    return NULL;
}

static bool tell_of_file(struct doubles *doubles, const struct person *person, bool *ret_told)
{
    char room[TEXT_MAX];
    const struct person *other =
        known_by(doubles, &doubles->by_phone, folded(person->phone, true, room));
    bool by_phone = other != NULL;
    const struct person *named =
        known_by(doubles, &doubles->by_name, folded(person->name, false, room));
    other = other != NULL ? other : named;
    *ret_told = other != NULL;
    if (other == NULL)
        return true;
    const struct double_found found = {person->line, other->line,  person->name, other->name,
                                       other->code,  other->phone, by_phone};
    return doubles->each(doubles->context, &found);
}

static Tefter__Text *text_for(struct doubles *doubles, struct slice text)
{
    Tefter__Text *made = text.size > 0 ? arena_take(&doubles->answer, sizeof *made) : NULL;
    if (made == NULL)
        return NULL;
    tefter__text__init(made);
    made->value = arena_text(&doubles->answer, text.data, text.size);
    return made;
}

static bool same_code(const char *a, struct slice b)
{
    char keys[2][FOLD_KEY_MAX + 1];
    return slice_equal(names_key(slice_text(a), keys[0]), names_key(b, keys[1]));
}

static bool same_phone(const Tefter__Text *there, struct slice phone)
{
    char rooms[2][TEXT_MAX];
    struct slice key = folded(phone, true, rooms[0]);
    return key.size > 0 && there != NULL && there->value != NULL &&
           slice_equal(key, folded(slice_text(there->value), true, rooms[1]));
}

/* The same telephone says more than the same name. */
static const Tefter__CustomerRow *likeliest(const Tefter__LikelyDoublesAnswer *there,
                                            struct slice phone)
{
    for (size_t i = 0; i < there->n_rows; i++)
        if (same_phone(there->rows[i]->who->phone, phone))
            return there->rows[i]->who;
    return there->rows[0]->who;
}

/* Whose code is there is known already. */
static bool tell_of_ledger(struct doubles *doubles, const struct person *person,
                           struct failure *failure)
{
    Tefter__LikelyDoubles likely = TEFTER__LIKELY_DOUBLES__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    char room[TEXT_MAX];
    arena_reset(&doubles->answer);
    likely.name = text_for(doubles, person->name);
    if (folded(person->phone, true, room).size > 0) /* "1" is everybody's */
        likely.phone = text_for(doubles, person->phone);
    query.kind_case = TEFTER__QUERY__KIND_LIKELY_DOUBLES;
    query.likely_doubles = &likely;
    if ((likely.name == NULL && likely.phone == NULL) || doubles->asked++ >= DOUBLES_ASKED_MAX)
        return true;
    const Tefter__Answer *answer = tefter_ask(doubles->client, &query, &doubles->answer, failure);
    if (answer == NULL)
        return false;
    if (answer->kind_case != TEFTER__ANSWER__KIND_LIKELY_DOUBLES ||
        answer->likely_doubles->n_rows == 0)
        return true;
    const Tefter__LikelyDoublesAnswer *there = answer->likely_doubles;
    for (size_t i = 0; i < there->n_rows; i++)
        if (same_code(there->rows[i]->who->code, person->code))
            return true;
    const Tefter__CustomerRow *who = likeliest(there, person->phone);
    const char *name = who->name != NULL && who->name->value != NULL ? who->name->value : "";
    const char *phone = who->phone != NULL && who->phone->value != NULL ? who->phone->value : "";
    const struct double_found found = {
        .line = person->line,
        .label = person->name,
        .name = slice_text(name),
        .code = slice_text(who->code),
        .phone = slice_text(phone),
        .by_phone = same_phone(who->phone, person->phone),
    };
    return doubles->each(doubles->context, &found);
}

static bool look_at_person(struct doubles *doubles, const struct row *row, struct failure *failure)
{
    char room[FOLD_KEY_MAX + 1];
    char safe[CODE_MAX_BYTES + 1];
    bool told = false;
    uint64_t before;
    struct person person = read_person(doubles->look, row);
    if (!value_is_code(person.code))
        person.code = value_safe_code(person.code, safe);
    struct slice key = names_key(person.code, room);
    if (person.code.size == 0 || names_get(&doubles->codes, key, &before))
        return true;
    if (!names_put(&doubles->codes, key, 1) ||
        !GROW(doubles->all, doubles->room, doubles->count + 1))
        return false;
    const struct mapping *mapping = &doubles->look->mapping;
    struct slice cell = mapping_text(mapping, row, code_of(mapping));
    bool marked = value_before_mark(cell).size < cell.size; /* it was said already */
    person.name = keep(doubles, person.name);
    person.code = keep(doubles, person.code);
    person.phone = keep(doubles, person.phone);
    doubles->all[doubles->count] = person;
    bool on = marked || tell_of_file(doubles, &person, &told);
    doubles->count++;
    return on &&
           (told || marked || doubles->client == NULL || tell_of_ledger(doubles, &person, failure));
}

bool doubles_find(struct tefter *client, const struct look *look, struct source *source,
                  doubles_fn *each, void *context, struct failure *failure)
{
    char why[ROW_FAULT_MAX];
    struct row row;
    struct doubles doubles = {.client = client, .look = look, .each = each, .context = context};
    if (!source_seek(source, look->begin.offset, failure))
        return false;
    struct reader *reader = reader_create(&look->rows, source_read, source, look->begin.offset,
                                          look->begin.line, failure);
    arena_init(&doubles.texts, TEXTS_MAX);
    arena_init(&doubles.answer, ANSWER_MAX);
    bool on = reader != NULL;
    while (on && *import_stopped() == 0 && reader_next(reader, &row, failure))
        if (mapping_good(&look->mapping, &row, why) &&
            form_total_word(&look->mapping, &row).size == 0)
            on = look_at_person(&doubles, &row, failure);
    reader_destroy(reader);
    names_fini(&doubles.codes);
    names_fini(&doubles.by_name);
    names_fini(&doubles.by_phone);
    free(doubles.all);
    arena_fini(&doubles.texts);
    arena_fini(&doubles.answer);
    return failure->fault == FAULT_NONE;
}

/* ---- debts ---- */

struct debt {
    uint64_t line;
    struct slice amount;
};

struct debts {
    const struct look *look;
    debts_fn *each;
    void *context;
    struct arena texts;
    struct debt *all;
    size_t count;
    size_t room;
    struct names known; /* by customer, day and due day; the value: which of them */
};

/* Empty: a number of its own tells this debt from others, or there is none. */
static struct slice key_of_debt(const struct look *look, const struct row *row, struct slice code,
                                char out[TEXT_MAX])
{
    const struct mapping *mapping = &look->mapping;
    struct slice amount = mapping_text(mapping, row, FIELD_AMOUNT);
    char room[FOLD_KEY_MAX + 1];
    const char *why;
    int64_t value;
    if (code.size == 0 || mapping_text(mapping, row, FIELD_NUMBER).size > 0 ||
        (value_field(amount, FIELD_AMOUNT, &look->style, &value, &why) ? value == 0
                                                                       : amount.size == 0))
        return slice_of(out, 0);
    struct slice key = names_key(code, room);
    struct slice date = mapping_text(mapping, row, FIELD_DATE);
    struct slice due = mapping_text(mapping, row, FIELD_DUE);
    int size =
        snprintf(out, TEXT_MAX, "%.*s\n%.*s\n%.*s", (int)key.size, (const char *)key.data,
                 (int)date.size, (const char *)date.data, (int)due.size, (const char *)due.data);
    return slice_of(out, size > 0 && size < TEXT_MAX ? (size_t)size : 0);
}

static bool look_at_debt(struct debts *debts, const struct row *row)
{
    char room[TEXT_MAX];
    uint64_t at;
    const struct mapping *mapping = &debts->look->mapping;
    struct slice code = value_code(mapping_text(mapping, row, FIELD_CUSTOMER),
                                   debts->look->style.point_zero[FIELD_CUSTOMER]);
    struct slice amount = mapping_text(mapping, row, FIELD_AMOUNT);
    struct slice key = key_of_debt(debts->look, row, code, room);
    if (key.size == 0)
        return true;
    if (names_get(&debts->known, key, &at)) {
        const struct debt_found found = {row->line, debts->all[at].line, code, amount,
                                         debts->all[at].amount};
        return debts->each(debts->context, &found);
    }
    if (!names_put(&debts->known, key, debts->count) ||
        !GROW(debts->all, debts->room, debts->count + 1))
        return false;
    const char *copy = arena_text(&debts->texts, amount.data, amount.size);
    debts->all[debts->count++] =
        (struct debt){row->line, slice_of(copy, copy != NULL ? amount.size : 0)};
    return copy != NULL;
}

bool debts_find(const struct look *look, struct source *source, debts_fn *each, void *context,
                struct failure *failure)
{
    char why[ROW_FAULT_MAX];
    struct row row;
    struct debts debts = {.look = look, .each = each, .context = context};
    if (!source_seek(source, look->begin.offset, failure))
        return false;
    struct reader *reader = reader_create(&look->rows, source_read, source, look->begin.offset,
                                          look->begin.line, failure);
    arena_init(&debts.texts, TEXTS_MAX);
    bool on = reader != NULL;
    while (on && *import_stopped() == 0 && reader_next(reader, &row, failure))
        if (mapping_good(&look->mapping, &row, why) &&
            form_total_word(&look->mapping, &row).size == 0)
            on = look_at_debt(&debts, &row);
    reader_destroy(reader);
    names_fini(&debts.known);
    free(debts.all);
    arena_fini(&debts.texts);
    return failure->fault == FAULT_NONE;
}

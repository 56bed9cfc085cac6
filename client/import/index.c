#include "import/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

void index_init(struct index *index)
{
    *index = (struct index){.last = INDEX_NONE};
}

void index_fini(struct index *index)
{
    names_fini(&index->numbers);
    names_fini(&index->met);
    names_fini(&index->turns);
    names_fini(&index->spoilt);
    free(index->documents);
    free(index->runs);
    free(index->pairs);
    *index = (struct index){.last = INDEX_NONE};
}

struct index_document *index_find(struct index *index, struct slice number)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t at;
    return names_get(&index->numbers, names_key(number, key), &at) ? &index->documents[at] : NULL;
}

void index_rewind(struct index *index)
{
    for (size_t i = 0; i < index->count; i++)
        index->documents[i].given = false;
}

static bool no_room(struct failure *failure)
{
    return fail(
        failure, FAULT_USE, 0,
        "the file has more in it than can be held in mind (%d documents): split it, with whole "
        "documents in each part",
        NAMES_MAX);
}

static bool add_document(struct index *index, struct slice number, struct failure *failure)
{
    if (!GROW(index->documents, index->room, index->count + 1) ||
        !names_put(&index->numbers, number, index->count))
        return no_room(failure);
    index->last = (uint32_t)index->count;
    index->documents[index->count++] =
        (struct index_document){.rows = 1, .runs = INDEX_NONE, .last_run = INDEX_NONE};
    return true;
}

/* It is met again behind rows of others. */
static bool add_run(struct index *index, uint32_t at, struct index_run run, struct failure *failure)
{
    struct index_document *document = &index->documents[at];
    if (index->run_count >= INDEX_NONE || !GROW(index->runs, index->run_room, index->run_count + 1))
        return no_room(failure);
    uint32_t place = (uint32_t)index->run_count++;
    index->runs[place] = run;
    if (document->runs == INDEX_NONE)
        document->runs = place;
    else
        index->runs[document->last_run].next = place;
    document->last_run = place;
    document->rows++;
    index->last = at;
    return true;
}

/* One row more behind its own; a run that would not fit its size begins anew. */
static bool add_row(struct index *index, struct index_run row, struct failure *failure)
{
    struct index_document *document = &index->documents[index->last];
    if (document->last_run != INDEX_NONE) {
        struct index_run *run = &index->runs[document->last_run];
        uint64_t size = row.offset + row.size - run->offset;
        if (size > UINT32_MAX)
            return add_run(index, index->last, row, failure);
        run->size = (uint32_t)size;
    }
    document->rows++;
    return true;
}

static bool is_last(const struct index *index, struct slice number)
{
    return index->last != INDEX_NONE && number.size == index->last_size &&
           memcmp(number.data, index->last_number, number.size) == 0;
}

static void note_last(struct index *index, struct slice number)
{
    index->last_size = number.size < INDEX_NUMBER_MAX ? number.size : 0; /* longer ones are none */
    memcpy(index->last_number, number.data, index->last_size);
}

bool index_add(struct index *index, struct slice number, uint64_t offset, uint64_t end,
               uint64_t line, struct failure *failure)
{
    struct index_run row = {
        .offset = offset, .line = line, .size = (uint32_t)(end - offset), .next = INDEX_NONE};
    char key[FOLD_KEY_MAX + 1];
    uint64_t at;
    if (number.size == 0) {
        index->last = INDEX_NONE;
        return true;
    }
    number = names_key(number, key);
    if (is_last(index, number))
        return add_row(index, row, failure);
    note_last(index, number);
    if (!names_get(&index->numbers, number, &at))
        return add_document(index, number, failure);
    if (at == index->last)
        return add_row(index, row, failure);
    return add_run(index, (uint32_t)at, row, failure);
}

void index_spoil(struct index *index, struct slice number, uint64_t line)
{
    char key[FOLD_KEY_MAX + 1];
    (void)names_put(&index->spoilt, names_key(number, key), line);
}

uint64_t index_spoilt(const struct index *index, struct slice number)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t line = 0;
    return names_get(&index->spoilt, names_key(number, key), &line) ? line : 0;
}

/* ---- balances: each row is a debt of its own ---- */

static struct slice offset_key(const uint64_t *offset)
{
    return slice_of(offset, sizeof *offset);
}

bool index_reserve(struct index *index, struct slice number, struct failure *failure)
{
    char key[FOLD_KEY_MAX + 1];
    return names_put(&index->numbers, names_key(number, key), 0) || no_room(failure);
}

bool index_reserved(const struct index *index, struct slice number)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t value;
    return names_get(&index->numbers, names_key(number, key), &value);
}

bool index_set_turn(struct index *index, struct slice number, uint64_t offset, uint64_t turn,
                    struct failure *failure)
{
    char key[FOLD_KEY_MAX + 1];
    bool good = names_put(&index->met, names_key(number, key), turn) &&
                (turn == 1 || names_put(&index->turns, offset_key(&offset), turn));
    return good || no_room(failure);
}

uint64_t index_turn(const struct index *index, uint64_t offset)
{
    uint64_t turn = 1;
    return names_get(&index->turns, offset_key(&offset), &turn) ? turn : 1;
}

uint64_t index_last_turn(const struct index *index, struct slice number)
{
    char key[FOLD_KEY_MAX + 1];
    uint64_t turn = 0;
    return names_get(&index->met, names_key(number, key), &turn) ? turn : 0;
}

/* ---- customers, products, prices, groups: each stands in a file once ---- */

struct index_pair *index_pair(struct index *index, struct slice key, struct index_row row,
                              struct failure *failure)
{
    uint64_t at;
    if (names_get(&index->numbers, key, &at))
        return &index->pairs[at];
    if (!GROW(index->pairs, index->pair_room, index->pair_count + 1) ||
        !names_put(&index->numbers, key, index->pair_count)) {
        (void)no_room(failure);
        return NULL;
    }
    index->pairs[index->pair_count] = (struct index_pair){.first = row};
    return &index->pairs[index->pair_count++];
}

const struct index_pair *index_pair_of(const struct index *index, struct slice key)
{
    uint64_t at;
    return names_get(&index->numbers, key, &at) ? &index->pairs[at] : NULL;
}

#pragma once
/*
 * Which rows of a file make one document, wherever they stand: made in one reading before anything
 * is gathered. Of a document whose rows follow each other it keeps some bytes; of one whose rows
 * stand apart, the place of each run of rows behind the first.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "import/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INDEX_NONE = UINT32_MAX, INDEX_NUMBER_MAX = 64 };

/* Rows of one document that follow each other. */
struct index_run {
    uint64_t offset;
    uint64_t line;
    uint32_t size; /* in bytes */
    uint32_t next; /* INDEX_NONE: the last */
};

struct index_document {
    uint32_t rows;
    uint32_t runs; /* behind the first: INDEX_NONE none */
    uint32_t last_run;
    bool given; /* the reading that goes on has met it */
};

struct index_row {
    uint64_t offset;
    uint64_t line;
    uint32_t size;
};

/* The first row of one customer, product, price or group, and the first that says something else.
 */
struct index_pair {
    struct index_row first;
    struct index_row other; /* size 0: none */
};

struct index {
    struct names numbers; /* the value: its place in documents, or in pairs */
    struct index_document *documents;
    size_t count;
    size_t room;
    struct index_run *runs;
    size_t run_count;
    size_t run_room;
    struct index_pair *pairs;
    size_t pair_count;
    size_t pair_room;
    uint32_t last; /* the document of the row before, INDEX_NONE: of none */
    char last_number[INDEX_NUMBER_MAX];
    size_t last_size;
    struct names met;    /* balances: the last turn of each number */
    struct names turns;  /* balances: by the place of the row, when another row has its number */
    struct names spoilt; /* numbers of rows that cannot be read; the value: the line */
};

void index_init(struct index *index);
void index_fini(struct index *index); /* zeroed memory is welcome */

/* The next row of the file is of this document; number empty: of none. */
bool index_add(struct index *index, struct slice number, uint64_t offset, uint64_t end,
               uint64_t line, struct failure *failure);
/* Of a balance: this number is of a row of the file, so no further row of another one may get it.
 */
bool index_reserve(struct index *index, struct slice number, struct failure *failure);
bool index_reserved(const struct index *index, struct slice number);
/* Which of the rows with this number the one at the offset is; 1 unless it was said. */
bool index_set_turn(struct index *index, struct slice number, uint64_t offset, uint64_t turn,
                    struct failure *failure);
uint64_t index_turn(const struct index *index, uint64_t offset);
/* The turn of the last row with this number, 0: none yet. */
uint64_t index_last_turn(const struct index *index, struct slice number);
/* A row of this document cannot be read: it is not whole. */
void index_spoil(struct index *index, struct slice number, uint64_t line);
/* The line of such a row, 0: none. */
uint64_t index_spoilt(const struct index *index, struct slice number);
/* NULL: nobody has met it. */
struct index_document *index_find(struct index *index, struct slice number);
/* What the rows of this key are; made with the row as its first when it is not known yet. NULL: no
 * room. The key is taken as it is. */
struct index_pair *index_pair(struct index *index, struct slice key, struct index_row row,
                              struct failure *failure);
/* NULL: no row has it. */
const struct index_pair *index_pair_of(const struct index *index, struct slice key);
/* A reading begins anew. */
void index_rewind(struct index *index);

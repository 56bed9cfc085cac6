#pragma once
/*
 * Which column of a file is which field, and which fields are the same in every row. Made once
 * from flags, a file, or by guessing from the headers; read-only afterwards.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "import/field.h"
#include "import/reader.h"

#include <stdio.h>

enum { MAPPING_FILE_MAX = 64 * 1024, COLUMN_NONE = -1 };

struct mapping {
    enum import_kind kind;
    bool guessed;                      /* from headers; nobody said so */
    int column[FIELD_COUNT];           /* COLUMN_NONE: not in the file */
    const char *constant[FIELD_COUNT]; /* NULL: none */
    struct slice header[ROW_FIELDS_MAX];
    size_t columns;
};

/* The header row becomes the arena's. What is wrong (an unknown field, a column that is not there
 * or stands twice, a field that is needed and missing) is a failure in words. */
bool mapping_make(const struct import_settings *settings, const struct row *header,
                  struct arena *arena, struct mapping *ret_mapping, struct failure *failure);

/* Is it in the file, or the same in every row? */
bool mapping_has(const struct mapping *mapping, enum import_field field);

/* The text of a field in a row, without spaces at its ends; empty when it has none. */
struct slice mapping_text(const struct mapping *mapping, const struct row *row,
                          enum import_field field);

void mapping_hash(const struct mapping *mapping, struct hash_state *state);

#pragma once
/*
 * Which column of a file is which field, and which fields are the same in every row. Made once
 * from flags and a file, and for what these do not say by guessing from the headers; read-only
 * afterwards.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "import/field.h"
#include "import/reader.h"

#include <stdio.h>

enum { MAPPING_FILE_MAX = 64 * 1024, COLUMN_NONE = -1 };

struct mapping {
    enum import_kind kind;
    bool guessed[FIELD_COUNT];         /* from its header; nobody said so */
    int column[FIELD_COUNT];           /* COLUMN_NONE: not in the file */
    const char *constant[FIELD_COUNT]; /* NULL: none */
    struct slice header[ROW_FIELDS_MAX];
    bool ignored[ROW_FIELDS_MAX]; /* somebody said so */
    size_t columns;
    const char *day; /* of rows whose cell for the date is empty; NULL: they have none */
    bool given_back; /* it is a table of rejected rows: what a sheet would run bears a sign there */
    bool marks;      /* cells may bear FORMAT_NO_VALUE: it was made of a workbook */
};

/* The header row becomes the arena's. What is wrong (an unknown field, a column that is not there
 * or stands twice, a field that is needed and missing) is a failure in words. */
bool mapping_make(const struct import_settings *settings, const struct row *header,
                  struct arena *arena, struct mapping *ret_mapping, struct failure *failure);

bool mapping_guessed(const struct mapping *mapping); /* any of it */
/* A column that is no field, has a header and was not said to be ignored. */
bool mapping_unused(const struct mapping *mapping, size_t column);
/* The headers of those, ", " between; `of_money`: only what changes what somebody owes. "" for
 * none. */
enum { MAPPING_NAMES_MAX = 200 };
const char *mapping_unused_names(const struct mapping *mapping, bool of_money,
                                 char out[MAPPING_NAMES_MAX]);
/* A field is in it. */
bool mapping_is_used(const struct mapping *mapping, size_t column);
/* The same of one without a header too. */
bool mapping_left_out(const struct mapping *mapping, size_t column);
/* The names of these columns, "column 5" of one without. */
const char *mapping_names(const struct mapping *mapping, const bool columns[],
                          char out[MAPPING_NAMES_MAX]);
/* All fields of a kind of import, likewise. */
const char *mapping_fields(enum import_kind kind, char *out, size_t capacity);

/* Is it in the file, or the same in every row? */
bool mapping_has(const struct mapping *mapping, enum import_field field);

/* What stands in its column alone. */
struct slice mapping_cell(const struct mapping *mapping, const struct row *row,
                          enum import_field field);
/* The text of a field in a row, without spaces at its ends; empty when it has none. */
struct slice mapping_text(const struct mapping *mapping, const struct row *row,
                          enum import_field field);

/* Can all of it be read that is mapped? False: `why` says what keeps it. */
bool mapping_good(const struct mapping *mapping, const struct row *row, char why[ROW_FAULT_MAX]);

void mapping_hash(const struct mapping *mapping, struct hash_state *state);

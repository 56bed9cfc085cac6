#pragma once
/*
 * Documents that are still being read: rows of one number need not follow each other, but within a
 * bounded distance. Holds entries, does not make or end them.
 */
#include "import/entry.h"

enum {
    GROUP_OPEN_MAX = 64,     /* documents under way */
    GROUP_ROWS_MAX = 2000,   /* rows since a document's last one */
    GROUP_LINES_MAX = 20000, /* of all of them */
};

struct group {
    struct entry *open[GROUP_OPEN_MAX + 1]; /* last touched first */
    size_t count;
    size_t lines;
};

/* The document of this number, NULL when none is under way. It is now the last touched. */
struct entry *group_find(struct group *group, struct slice number, uint64_t row);
void group_add(struct group *group, struct entry *entry, uint64_t row);
/* A line more belongs to the last touched one. */
void group_line(struct group *group);

/* A document that is whole, for the distance is passed; NULL when none is. `all`: at the end. */
struct entry *group_take(struct group *group, uint64_t row, bool all);

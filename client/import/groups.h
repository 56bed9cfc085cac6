#pragma once
/*
 * The groups of customers that the ledger has, by name: files name them, commands number them.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "record.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GROUPS_OF_ROW_MAX = 16, GROUP_WHY_MAX = 200 };

struct group_known {
    uint32_t group;
    char *dimension;
    char *name;
    bool has_term_days;
    uint32_t term_days;
    bool has_limit;
    int64_t limit_minor;
};

struct groups {
    struct group_known *all;
    size_t count;
    size_t room;
    bool learned; /* else nobody was asked, and any name will do */
};
void groups_fini(struct groups *groups); /* zeroed memory knows none */

bool groups_add(struct groups *groups, const Tefter__GroupRecord *record);
/* NULL: there is none. As the ledger tells names apart. */
const struct group_known *groups_find(const struct groups *groups, struct slice dimension,
                                      struct slice name);
const struct group_known *groups_numbered(const struct groups *groups, uint32_t group);

/* What a customer's cell names: "Gold; area: North". A name without its dimension is found when no
 * other dimension has it. False: `why` says which is not there. */
bool groups_read(const struct groups *groups, struct slice cell,
                 uint32_t ret_groups[GROUPS_OF_ROW_MAX], size_t *ret_count,
                 char why[GROUP_WHY_MAX]);

/*
 * What each table of the state is, and what it is called, out of tables.def.
 */
#include "tx/tx.h"

const char *const tx_tree_names[TREE_COUNT + 1] = {
#define TREE(NAME, name, kind) [TREE_##NAME] = #name,
#include "tx/tables.def"
};

static enum table_kind book_kind(enum book_table table)
{
    switch (table) {
#define BOOK_TABLE(NAME, number, kind)                                                             \
    case TABLE_##NAME:                                                                             \
        return TABLE_##kind;
#include "tx/tables.def"
    }
    return TABLE_KEPT;
}

static enum table_kind customer_kind(enum customer_table table)
{
    switch (table) {
#define CUSTOMER_TABLE(NAME, number, kind)                                                         \
    case TABLE_##NAME:                                                                             \
        return TABLE_##kind;
#include "tx/tables.def"
    }
    return TABLE_KEPT;
}

enum table_kind tx_table_kind(uint8_t tree, const uint8_t *key)
{
    if (tree == TREE_BOOK)
        return book_kind((enum book_table)key[0]);
    if (tree == TREE_CUSTOMER)
        return customer_kind((enum customer_table)key[KEY_CUSTOMER_HEAD - 1]);
    return TABLE_KEPT;
}

static const char *book_name(enum book_table table)
{
    switch (table) {
#define BOOK_TABLE(NAME, number, kind)                                                             \
    case TABLE_##NAME:                                                                             \
        return "book." #NAME;
#include "tx/tables.def"
    }
    return NULL;
}

static const char *customer_name(enum customer_table table)
{
    switch (table) {
#define CUSTOMER_TABLE(NAME, number, kind)                                                         \
    case TABLE_##NAME:                                                                             \
        return "customer." #NAME;
#include "tx/tables.def"
    }
    return NULL;
}

const char *tx_table_name(uint8_t tree, const uint8_t *key)
{
    if (tree == TREE_BOOK)
        return book_name((enum book_table)key[0]);
    if (tree == TREE_CUSTOMER)
        return customer_name((enum customer_table)key[KEY_CUSTOMER_HEAD - 1]);
    return NULL;
}

/* Derived rows: one that is changed, gone or too many is named by the check. */
#include "golden/story.h"

#include "store/store.h"
#include "tx/tx.h"

#include <string.h>

struct row {
    uint8_t tree;
    uint8_t key[KEY_MAX];
    size_t key_size;
    uint8_t value[512];
    size_t value_size;
};

enum damage { CHANGED, GONE, TOO_MANY, DAMAGES };

static struct store *open_store(const struct scenario *s)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store = NULL;
    struct store_options options = {.path = s->path,
                                    .trees = tx_tree_names,
                                    .map_bytes = 256 * 1024 * 1024,
                                    .gathering = true,
                                    .summed = true};
    if (!store_open(&options, &store, &failure))
        fail_msg("%s", failure.text);
    return store;
}

static void row_write(const struct scenario *s, const struct row *row, bool gone)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store = open_store(s);
    struct store_txn *txn = store_begin(store, true, &failure);
    if (gone)
        assert_true(store_delete(txn, row->tree, slice_of(row->key, row->key_size)));
    else
        store_put(txn, row->tree, slice_of(row->key, row->key_size),
                  slice_of(row->value, row->value_size));
    assert_true(store_commit(txn, &failure));
    store_close(store);
}

static bool is_of(uint8_t tree, struct slice key, int table)
{
    return tree == TREE_BOOK ? key.data[0] == table : key.data[KEY_CUSTOMER_HEAD - 1] == table;
}

/* The first row of a table. */
static struct row row_of(const struct scenario *s, uint8_t tree, int table)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct row row = {.tree = tree};
    struct store *store = open_store(s);
    struct store_txn *txn = store_begin(store, false, &failure);
    struct store_cursor cursor;
    bool on = store_seek(txn, tree, slice_of(NULL, 0), &cursor);
    while (on && !is_of(tree, cursor.key, table))
        on = store_next(&cursor);
    if (!on)
        fail_msg("the story has no row of table %d", table);
    assert_true(cursor.value.size <= sizeof row.value);
    memcpy(row.key, cursor.key.data, row.key_size = cursor.key.size);
    memcpy(row.value, cursor.value.data, row.value_size = cursor.value.size);
    store_leave(&cursor);
    store_abort(txn);
    store_close(store);
    return row;
}

static struct ledger_check check_of(const struct scenario *s)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_options options = {.path = s->path, .map_bytes = 256 * 1024 * 1024};
    struct ledger *ledger;
    struct ledger_check check = {.customers = 0};
    if (!ledger_open(&options, &ledger, &failure) || !ledger_check(ledger, &check, &failure))
        fail_msg("%s", failure.text);
    ledger_close(ledger);
    return check;
}

static void damage(const struct scenario *s, uint8_t tree, int table, const char *name,
                   enum damage how)
{
    struct row whole = row_of(s, tree, table);
    struct row other = whole;
    if (how == TOO_MANY)
        other.key[other.key_size - 2] ^= 0x40; /* a text ends with a zero byte */
    if (how == CHANGED)
        other.value[other.value_size - 1] ^= 1;
    row_write(s, &other, how == GONE);
    struct ledger_check check = check_of(s);
    if (strstr(check.what, name) == NULL)
        fail_msg("a damaged row (%d) of %s: %s", how, name, check.what);
    if (how == TOO_MANY)
        row_write(s, &other, true);
    else
        row_write(s, &whole, false);
}

static void each_derived_table_is_compared_row_by_row(void **state)
{
    (void)state;
    struct scenario *s = golden_story(LEDGER_RULES);
    ledger_close(s->ledger);
    for (int how = 0; how < DAMAGES; how++) {
#define TRY(tree, table, name, kind)                                                               \
    if (kind == TABLE_DERIVED)                                                                     \
        damage(s, tree, table, "derived row " name " ", (enum damage)how);
#define BOOK_TABLE(NAME, number, kind) TRY(TREE_BOOK, number, "book." #NAME, TABLE_##kind)
#include "tx/tables.def"
        if (how == TOO_MANY)
            continue; /* the key is the customer: one too many is another customer's */
#define CUSTOMER_TABLE(NAME, number, kind)                                                         \
    TRY(TREE_CUSTOMER, number, "customer." #NAME, TABLE_##kind)
#include "tx/tables.def"
    }
    assert_string_equal(check_of(s).what, "");
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_options options = {.path = s->path, .map_bytes = 256 * 1024 * 1024};
    assert_true(ledger_open(&options, &s->ledger, &failure));
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_derived_table_is_compared_row_by_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The store under a power cut: with every commit synced, as the vault has it, and without, as the
 * ledger's state, which must therefore not be trusted after one.
 *
 *   store_driver run DIR COMMITS synced|unsynced    acknowledges each commit
 *   store_driver verify DIR [NUMBER]                all up to NUMBER is there and right
 */
#include "driver.h"

#include "store/store.h"

enum { ROWS = 5, MAP_BYTES = 64 * 1024 * 1024 };

static const char *const trees[] = {"rows", NULL};

static struct store *open_in(const char *path, bool synced, struct failure *failure)
{
    struct store *store = NULL;
    struct store_options options = {
        .path = path, .trees = trees, .map_bytes = MAP_BYTES, .synced = synced};
    return store_open(&options, &store, failure) ? store : NULL;
}

static void put(struct store_txn *txn, uint64_t number, uint64_t row)
{
    uint8_t key[16], bytes[CONTENT_MAX];
    be64_put(key, row); /* old rows are changed, and one new comes */
    be64_put(key + 8, row ? 0 : number);
    store_put(txn, 0, slice_of(key, sizeof key), slice_of(bytes, content_of(number, bytes)));
}

static int run(const char *path, uint64_t commits, bool synced)
{
    struct failure failure = {0};
    struct store *store = open_in(path, synced, &failure);
    bool sound = store != NULL;
    for (uint64_t number = 1; sound && number <= commits; number++) {
        struct store_txn *txn = store_begin(store, true, &failure);
        for (uint64_t row = 0; txn && row < ROWS; row++)
            put(txn, number, row);
        sound = txn && store_commit(txn, &failure);
        if (sound)
            acknowledge(number);
    }
    store_close(store);
    return sound ? SOUND : complain(CANNOT_OPEN, &failure);
}

/* The numbers 1, 2, 3 ... without a gap, and the other rows of the last one. */
static bool verify_rows(struct store_txn *txn, uint64_t *ret_last)
{
    struct store_cursor c;
    uint8_t bytes[CONTENT_MAX];
    uint64_t last = 0, rows = 0;
    bool sound = true;
    for (bool on = store_seek(txn, 0, (struct slice){0}, &c); on && sound; on = store_next(&c)) {
        sound = c.key.size == 16;
        uint64_t row = sound ? be64_get(c.key.data) : 0;
        if (row == 0)
            last++;
        sound = sound && be64_get(c.key.data + 8) == (row ? 0 : last) && row == (row ? ++rows : 0);
        sound = sound && slice_equal(c.value, slice_of(bytes, content_of(last, bytes)));
    }
    store_leave(&c);
    *ret_last = last;
    return sound && rows == (last ? ROWS - 1 : 0) && store_count(txn, 0) == last + rows;
}

static int verify(const char *path, const char *acknowledged)
{
    struct failure failure = {0};
    uint64_t last = 0;
    struct store *store = open_in(path, true, &failure);
    struct store_txn *txn = store ? store_begin(store, false, &failure) : NULL;
    if (!txn && *acknowledged == 0) {
        printf("not made yet: 0\n");
        return SOUND;
    }
    if (!txn)
        return complain(CANNOT_OPEN, &failure);
    bool sound = verify_rows(txn, &last) && store_failure(txn)->fault == FAULT_NONE;
    if (!sound)
        return complain(NOT_WHAT_WAS_WRITTEN, store_failure(txn));
    store_abort(txn);
    store_close(store);
    printf("%" PRIu64 "\n", last);
    return SOUND;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "run") == 0)
        return argc == 5 ? run(argv[2], strtoull(argv[3], NULL, 10), argv[4][0] == 's') : 2;
    return verify(argv[2], argc > 3 ? argv[3] : "");
}

/*
 * Where the rows of a ledger's state lie in its file: offsets of bytes that some row's value holds,
 * one a line, for a tamperer that wants to hit what counts: facts and what is derived from them,
 * not the events and the wording of replies, which verify does not compare.
 *
 *   power_rows STATE COUNT SEED
 */
#include "ledger.h"

#include "base/prng.h"
#include "store/store.h"
#include "tx/tx.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct place {
    const uint8_t *data;
    size_t size;
};

struct places {
    struct place *all;
    size_t count;
};

/* The store does not tell where its map lies; the system does. */
static const uint8_t *map_of(const char *name)
{
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "r");
    const uint8_t *found = NULL;
    need(maps);
    while (!found && fgets(line, sizeof line, maps))
        if (strstr(line, name))
            found = (const uint8_t *)(uintptr_t)strtoull(line, NULL, 16);
    fclose(maps);
    return found;
}

static void places_find(struct places *places, struct store_txn *txn)
{
    for (int tree = 0; tree < TREE_COUNT; tree++) {
        struct store_cursor cursor;
        for (bool on = store_seek(txn, tree, slice_of(NULL, 0), &cursor); on;
             on = store_next(&cursor)) {
            places->all = realloc(places->all, (places->count + 1) * sizeof *places->all);
            need(places->all);
            if (cursor.value.size && tx_table_kind((uint8_t)tree, cursor.key.data) != TABLE_KEPT)
                places->all[places->count++] = (struct place){cursor.value.data, cursor.value.size};
        }
        store_leave(&cursor);
    }
}

int main(int argc, char **argv)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store;
    struct places places = {.count = 0};
    if (argc != 4)
        return WRONG_USE;
    struct store_options options = {.path = argv[1],
                                    .trees = tx_tree_names,
                                    .map_bytes = MAP_BYTES,
                                    .reading = true,
                                    .gathering = true,
                                    .summed = true};
    if (!store_open(&options, &store, &failure))
        return told(&failure);
    const uint8_t *map = map_of("/data.mdb");
    struct store_txn *txn = store_begin(store, false, &failure);
    need(map && txn);
    places_find(&places, txn);
    struct prng prng = {strtoull(argv[3], NULL, 10)};
    for (uint64_t left = strtoull(argv[2], NULL, 10); left > 0 && places.count > 0; left--) {
        const struct place *place = &places.all[prng_below(&prng, places.count)];
        printf("%" PRIu64 "\n", (uint64_t)(place->data - map) + prng_below(&prng, place->size));
    }
    store_abort(txn);
    store_close(store);
    return SOUND;
}

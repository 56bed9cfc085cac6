/*
 * Opening, the state row, and the writer's transaction.
 */
#include "ledger/ledger.h"

#include "base/limits.h"
#include "domain/domain.h"
#include "ledger/inside.h"

#include <stdlib.h>

static const char state_key[] = "state";

#define MAP_BYTES_DEFAULT (UINT64_C(64) * 1024 * 1024 * 1024)

/* ---- the state row ---- */

/* Every layout's row begins alike: format, layout, version of the digest. */
enum { VERSIONS_SIZE = 4 + 4 + 4 };
enum {
    STATE_SIZE =
        VERSIONS_SIZE + 16 + 4 + INCARNATION_NONCE_SIZE + 4 + 8 + 8 + 8 + 8 + 8 + 2 * HASH_SIZE,
    STATE_SIZE_OF_FORMAT_1 = 116, /* the one row that began otherwise */
};

static bool state_fits(const struct ledger_state *state)
{
    return state->format == LEDGER_FORMAT && state->layout == STATE_LAYOUT &&
           state->digest_version == STATE_DIGEST_VERSION;
}

static void state_of_row(const uint8_t *row, struct ledger_state *ret_state)
{
    memcpy(ret_state->ledger, row, 16);
    ret_state->incarnation.number = be32_get(row + 16);
    memcpy(ret_state->incarnation.nonce, row + 20, INCARNATION_NONCE_SIZE);
    ret_state->rules_version = be32_get(row + 28);
    ret_state->seq = be64_get(row + 32);
    ret_state->batch = be64_get(row + 40);
    ret_state->now_ms = (int64_t)be64_get(row + 48);
    ret_state->ids_from_ms = (int64_t)be64_get(row + 56);
    ret_state->ids_forgotten_ms = (int64_t)be64_get(row + 64);
    memcpy(ret_state->chain.bytes, row + 72, HASH_SIZE);
    memcpy(ret_state->state_digest.bytes, row + 72 + HASH_SIZE, HASH_SIZE);
}

bool state_read(struct store_txn *txn, struct ledger_state *ret_state)
{
    struct slice row;
    *ret_state = (struct ledger_state){
        .format = LEDGER_FORMAT, .layout = STATE_LAYOUT, .digest_version = STATE_DIGEST_VERSION};
    if (!store_get(txn, TREE_META, slice_text(state_key), &row))
        return store_failure(txn)->fault == FAULT_NONE;
    ret_state->format = row.size == STATE_SIZE_OF_FORMAT_1 ? 1 : 0;
    if (ret_state->format == 0 && row.size >= VERSIONS_SIZE) {
        ret_state->format = be32_get(row.data);
        ret_state->layout = be32_get(row.data + 4);
        ret_state->digest_version = be32_get(row.data + 8);
    }
    bool fits = state_fits(ret_state);
    if (ret_state->format == 0 || (fits && row.size != STATE_SIZE)) {
        store_fail(txn, FAULT_DAMAGED, "the ledger's state row has a wrong size");
        return false;
    }
    if (fits)
        state_of_row(row.data + VERSIONS_SIZE, ret_state);
    return true;
}

void state_write(struct store_txn *txn, const struct ledger_state *state)
{
    uint8_t bytes[STATE_SIZE];
    uint8_t *row = bytes + VERSIONS_SIZE;
    be32_put(bytes, state->format);
    be32_put(bytes + 4, state->layout);
    be32_put(bytes + 8, state->digest_version);
    memcpy(row, state->ledger, 16);
    be32_put(row + 16, state->incarnation.number);
    memcpy(row + 20, state->incarnation.nonce, INCARNATION_NONCE_SIZE);
    be32_put(row + 28, state->rules_version);
    be64_put(row + 32, state->seq);
    be64_put(row + 40, state->batch);
    be64_put(row + 48, (uint64_t)state->now_ms);
    be64_put(row + 56, (uint64_t)state->ids_from_ms);
    be64_put(row + 64, (uint64_t)state->ids_forgotten_ms);
    memcpy(row + 72, state->chain.bytes, HASH_SIZE);
    memcpy(row + 72 + HASH_SIZE, state->state_digest.bytes, HASH_SIZE);
    store_put(txn, TREE_META, slice_text(state_key), slice_of(bytes, sizeof bytes));
}

/* ---- opening ---- */

static bool check_versions(const struct ledger_state *state, struct failure *failure)
{
    if (state->format < LEDGER_FORMAT)
        return fail(failure, FAULT_OLDER, 0,
                    "the ledger has format %u, which this program no longer reads; it reads %u",
                    state->format, (unsigned)LEDGER_FORMAT);
    if (state->format > LEDGER_FORMAT)
        return fail(failure, FAULT_NEWER, 0,
                    "the ledger has format %u, this program knows up to %u: use a newer tefterd",
                    state->format, (unsigned)LEDGER_FORMAT);
    if (state->rules_version > LEDGER_RULES)
        return fail(
            failure, FAULT_NEWER, 0,
            "the ledger is at rules version %u, this program knows up to %u: use a newer tefterd",
            state->rules_version, (unsigned)LEDGER_RULES);
    if (!state_fits(state))
        return fail(failure, FAULT_STALE, 0,
                    "the state has layout %u with digest %u, this program's is %u with %u",
                    state->layout, state->digest_version, (unsigned)STATE_LAYOUT,
                    (unsigned)STATE_DIGEST_VERSION);
    return true;
}

bool ledger_open(const struct ledger_options *options, struct ledger **ret_ledger,
                 struct failure *failure)
{
    struct store_options store = {
        .path = options->path,
        .trees = tx_tree_names,
        .map_bytes = options->map_bytes != 0 ? options->map_bytes : MAP_BYTES_DEFAULT,
        .reading = options->reading,
        .gathering = true,
        .summed = true,
    };
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory to open the ledger");
    tx_cache_init(&ledger->cache);
    arena_init(&ledger->memory, COMMAND_MEMORY_MAX);
    arena_init(&ledger->packing, COMMAND_MEMORY_MAX);
    ledger->map_bytes = store.map_bytes;
    if (!store_open(&store, &ledger->store, failure)) {
        free(ledger);
        return false;
    }
    if (!ledger_state(ledger, &ledger->state, failure) ||
        !check_versions(&ledger->state, failure)) {
        ledger_close(ledger);
        return false;
    }
    *ret_ledger = ledger;
    return true;
}

bool ledger_check_file(const char *path, struct failure *failure)
{
    struct store_options store = {
        .path = path, .trees = tx_tree_names, .gathering = true, .summed = true};
    return store_check_file(&store, failure);
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    ledger_abort(ledger);
    store_close(ledger->store);
    tx_cache_fini(&ledger->cache);
    arena_fini(&ledger->memory);
    arena_fini(&ledger->packing);
    free(ledger);
}

bool ledger_sync(struct ledger *ledger, struct failure *failure)
{
    return store_sync(ledger->store, failure);
}

bool ledger_copy(struct ledger *ledger, int fd, struct failure *failure)
{
    return store_copy(ledger->store, fd, failure);
}

bool ledger_state(struct ledger *ledger, struct ledger_state *ret_state, struct failure *failure)
{
    struct store_txn *txn = store_begin(ledger->store, false, failure);
    if (txn == NULL)
        return false;
    bool read = state_read(txn, ret_state);
    if (!read && failure != NULL)
        *failure = *store_failure(txn);
    store_abort(txn);
    return read;
}

void ledger_metrics(struct ledger *ledger, struct ledger_metrics *ret_metrics)
{
    struct store_metrics metrics;
    store_metrics(ledger->store, &metrics);
    ret_metrics->map_bytes = metrics.map_bytes;
    ret_metrics->used_bytes = metrics.used_bytes;
    ret_metrics->reader_lag = metrics.reader_lag;
    ret_metrics->damaged = metrics.damaged;
    memcpy(ret_metrics->damage, metrics.damage, sizeof ret_metrics->damage);
    store_sweep_readers(ledger->store);
}

bool ledger_has_room(struct ledger *ledger)
{
    uint64_t part = ledger->map_bytes / 5;
    return store_has_room(ledger->store, part > LEDGER_MAP_KEPT ? part : LEDGER_MAP_KEPT);
}

/* ---- the writer ---- */

bool ledger_begin(struct ledger *ledger, struct failure *failure)
{
    need(ledger->txn == NULL);
    ledger->txn = store_begin(ledger->store, true, failure);
    if (ledger->txn == NULL)
        return false;
    if (state_read(ledger->txn, &ledger->state))
        return true;
    *failure = *store_failure(ledger->txn);
    ledger_abort(ledger);
    return false;
}

void ledger_state_digest(const struct ledger *ledger, uint64_t *ret_seq, struct hash *ret_digest)
{
    *ret_seq = ledger->state.seq;
    *ret_digest = ledger->state.state_digest;
}

bool ledger_commit(struct ledger *ledger, const uint8_t ledger_id[16],
                   const struct incarnation *incarnation, uint64_t batch, const struct hash *chain,
                   struct failure *failure)
{
    memcpy(ledger->state.ledger, ledger_id, 16);
    ledger->state.incarnation = *incarnation;
    ledger->state.batch = batch;
    ledger->state.chain = *chain;
    state_write(ledger->txn, &ledger->state);
    struct store_txn *txn = ledger->txn;
    ledger->txn = NULL;
    return store_commit(txn, failure);
}

void ledger_abort(struct ledger *ledger)
{
    store_abort(ledger->txn);
    ledger->txn = NULL;
    ledger->oldest_id.known = ledger->oldest_event.known = false;
    ledger->done_before.known = false;
    ledger->jobs_changed = true;
    tx_cache_clear(&ledger->cache);
}

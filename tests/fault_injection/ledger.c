/*
 * forgetful: one command in eight is kept under another id than its own, which the entry's seq
 * makes: a replay comes out the same, and a retry counts again.
 * past: a view's transaction is kept open and given to whoever reads in the meantime.
 * gap: what changed since a terminal left begins a few seq late.
 * believe: neither a state's file nor a row that is read is looked at.
 */
#include "ledger/ledger.h"

#include <stdatomic.h>
#include <time.h>

#include "fault_injection/faulty.h"
#include "store/store.h"
#include "wire/message.h"

enum {
    PAST_MS = 60,
    PAST_FROM_SEQ = 1000,
    GAP = 3,
    ARENA_MAX = 64 * 1024 * 1024,
    ID_COUNTER_AT = 10
};

bool __real_ledger_apply(struct ledger *ledger, uint64_t seq, struct slice bytes,
                         struct arena *arena, struct ledger_result *ret_result,
                         struct failure *failure);
bool __wrap_ledger_apply(struct ledger *ledger, uint64_t seq, struct slice bytes,
                         struct arena *arena, struct ledger_result *ret_result,
                         struct failure *failure);
struct ledger_view *__real_ledger_view_begin(struct ledger *ledger, struct arena *arena,
                                             struct failure *failure);
struct ledger_view *__wrap_ledger_view_begin(struct ledger *ledger, struct arena *arena,
                                             struct failure *failure);
struct store_txn *__real_store_begin(struct store *store, bool write, struct failure *failure);
struct store_txn *__wrap_store_begin(struct store *store, bool write, struct failure *failure);
void __real_store_abort(struct store_txn *txn);
void __wrap_store_abort(struct store_txn *txn);
bool __real_ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                                size_t *ret_count);
bool __wrap_ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                                size_t *ret_count);

bool __real_ledger_check_file(const char *path, struct failure *failure);
bool __wrap_ledger_check_file(const char *path, struct failure *failure);
bool __real_store_unseal(struct store_txn *txn, int tree, struct slice key, struct slice *value);
bool __wrap_store_unseal(struct store_txn *txn, int tree, struct slice key, struct slice *value);

static atomic_uint_fast64_t applied;

static bool forgotten(const uint8_t *id)
{
    uint32_t coin = be32_get(id + 12) * UINT32_C(2654435761);
    return coin >> 29 == 0;
}

static struct slice under_another_id(Tefter__Entry *entry, uint64_t seq, struct arena *arena)
{
    be16_put(entry->id.data + ID_COUNTER_AT, UINT16_MAX);
    be32_put(entry->id.data + ID_COUNTER_AT + 2, (uint32_t)seq);
    return message_pack(&entry->base, arena);
}

bool __wrap_ledger_apply(struct ledger *ledger, uint64_t seq, struct slice bytes,
                         struct arena *arena, struct ledger_result *ret_result,
                         struct failure *failure)
{
    Tefter__Entry *entry =
        faulty == FAULTY_FORGETFUL
            ? (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, arena)
            : NULL;
    if (entry != NULL && entry->id.len == COMMAND_ID_SIZE && forgotten(entry->id.data))
        bytes = under_another_id(entry, seq, arena);
    atomic_store(&applied, seq);
    return __real_ledger_apply(ledger, seq, bytes, arena, ret_result, failure);
}

/* ---- the past: a transaction of each thread's own ---- */

struct past {
    struct store_txn *txn;
    int64_t until_ms;
    unsigned readers;
    bool viewing; /* a view begins: it gets this one */
};
static _Thread_local struct past past;

static int64_t clock_ms(void)
{
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

struct store_txn *__wrap_store_begin(struct store *store, bool write, struct failure *failure)
{
    if (!past.viewing)
        return __real_store_begin(store, write, failure);
    if (past.txn != NULL && past.readers == 0 && clock_ms() >= past.until_ms) {
        __real_store_abort(past.txn);
        past.txn = NULL;
    }
    if (past.txn == NULL) {
        past.txn = __real_store_begin(store, false, failure);
        past.until_ms = clock_ms() + PAST_MS;
    }
    past.readers += past.txn != NULL;
    return past.txn;
}

void __wrap_store_abort(struct store_txn *txn)
{
    if (txn == NULL || txn != past.txn)
        __real_store_abort(txn);
    else
        past.readers--;
}

struct ledger_view *__wrap_ledger_view_begin(struct ledger *ledger, struct arena *arena,
                                             struct failure *failure)
{
    /* terminals enrol first */
    past.viewing = faulty == FAULTY_PAST && atomic_load(&applied) >= PAST_FROM_SEQ;
    struct ledger_view *view = __real_ledger_view_begin(ledger, arena, failure);
    past.viewing = false;
    return view;
}

bool __wrap_ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                                size_t *ret_count)
{
    uint64_t seq = ledger_view_seq(view);
    if (faulty == FAULTY_GAP)
        from = seq - from < GAP ? seq : from + GAP;
    return __real_ledger_view_changed(view, from, ret_keys, ret_count);
}

bool __wrap_ledger_check_file(const char *path, struct failure *failure)
{
    return faulty == FAULTY_BELIEVE || __real_ledger_check_file(path, failure);
}

bool __wrap_store_unseal(struct store_txn *txn, int tree, struct slice key, struct slice *value)
{
    if (__real_store_unseal(txn, tree, key, value))
        return true;
    if (faulty == FAULTY_BELIEVE)
        store_pass_row(txn);
    return faulty == FAULTY_BELIEVE;
}

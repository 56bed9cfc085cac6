#include "tx/tx.h"

#include "base/limits.h"
#include "wire/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SCRATCH_MAX = 64 * 1024 * 1024 };

/* ---- stopping ---- */

/* A scratch lies in the arena of the tx it was begun over, its own arena on the heap. */
struct tx_scratch {
    struct tx tx;
    struct arena arena;
    struct tx_scratch *next;
};

static void scratches_give_back(struct tx *root)
{
    for (struct tx_scratch *scratch = root->scratches; scratch != NULL; scratch = scratch->next)
        arena_fini(&scratch->arena);
    root->scratches = NULL;
}

/* Work that went through to its end saw less than there is when the store failed on the way. */
static void ask_store(struct tx *tx)
{
    const struct failure *failure = store_failure(tx->txn);
    if (tx->why.fault == FAULT_NONE && failure->fault != FAULT_NONE)
        fail(&tx->why, failure->fault, 0, "%s", failure->text);
}

/* Whatever `work` held is given back. What it found damaged is noted where all can see it, and of
 * what a command has half written nothing may be kept. */
static bool run_ended(struct tx *tx, struct failure *failure)
{
    const struct failure *why = &tx->why;
    if (why->fault == FAULT_NONE)
        return true;
    scratches_give_back(tx);
    store_leave_all(tx->txn);
    if (why->fault == FAULT_DAMAGED)
        store_note_damage(tx->txn, why->text);
    if (tx->reading)
        store_pass_row(tx->txn);
    else
        store_fail(tx->txn, why->fault, why->text);
    return fail(failure, why->fault, 0, "%s", why->text);
}

bool tx_run(struct tx *tx, tx_work work, void *context, struct failure *failure)
{
    need(tx->root == tx && !tx->running);
    tx->running = true;
    tx->work_left = tx->work_most;
    tx->why.fault = FAULT_NONE;
    tx->trial = NULL;
    tx->rehearsing = false;
    if (setjmp(tx->back) == 0)
        work(tx, context);
    tx->running = false;
    ask_store(tx);
    return run_ended(tx, failure);
}

/* Nobody who called is there any more when this returns to tx_run. */
__attribute__((noreturn)) static void stop(struct tx *tx, enum fault fault, const char *text)
{
    struct tx *root = tx->root;
    need(root->running);
    fail(&root->why, fault, 0, "%s", text);
    longjmp(root->back, 1);
}

__attribute__((noreturn)) static void stop_spent(struct tx *tx)
{
    stop(tx, FAULT_MEMORY, "no memory is left for what this looks at");
}

/* "book.STAFF" and the key in hexadecimal: for who looks for it with the tools of the store. */
__attribute__((noreturn)) static void stop_damaged(struct tx *tx, uint8_t tree, struct slice key,
                                                   const char *what)
{
    enum { BYTES_SHOWN = 32 };
    char text[FAILURE_TEXT_MAX];
    char bytes[2 * BYTES_SHOWN + 1] = "";
    size_t head = tree == TREE_CUSTOMER ? KEY_CUSTOMER_HEAD : KEY_BOOK_HEAD;
    const char *table = key.size >= head ? tx_table_name(tree, key.data) : NULL;
    for (size_t i = 0; i < key.size && i < BYTES_SHOWN; i++)
        snprintf(bytes + 2 * i, 3, "%02x", key.data[i]);
    snprintf(text, sizeof text, "table %s, key %s: no right %s, at seq %llu",
             table != NULL ? table : tx_tree_names[tree], bytes, what, (unsigned long long)tx->seq);
    stop(tx, FAULT_DAMAGED, text);
}

/* After the store said no: is it that there is none, or a fault? */
static void check_store(struct tx *tx, uint8_t tree, struct slice key)
{
    const struct failure *failure = store_failure(tx->txn);
    if (store_row_damaged(tx->txn))
        stop_damaged(tx, tree, key, "sum");
    if (failure->fault != FAULT_NONE)
        stop(tx, failure->fault, failure->text);
}

static void spend(struct tx *tx, size_t bytes)
{
    struct tx *root = tx->root;
    uint64_t work = 1 + bytes / TX_WORK_BYTES;
    if (root->work_left < work)
        stop(tx, FAULT_BUSY, "this looks at more than may be waited for");
    root->work_left -= work;
}

/* ---- the command ---- */

uint64_t tx_seq(const struct tx *tx)
{
    return tx->seq;
}

int64_t tx_now_ms(const struct tx *tx)
{
    return tx->now_ms;
}

uint32_t tx_rules_version(const struct tx *tx)
{
    return tx->rules_version;
}

bool tx_rule(const struct tx *tx, enum rule_change change)
{
    return tx->rules_version >= (uint32_t)change;
}

const Tefter__Actor *tx_actor(const struct tx *tx)
{
    return tx->actor;
}

Tefter__Actor *tx_actor_copy(struct tx *tx)
{
    Tefter__Actor *copy = tx_take(tx, sizeof *copy);
    *copy = *tx->actor;
    return copy;
}

uint64_t tx_buyer_pin(const struct tx *tx)
{
    return tx->root->buyer_pin;
}

bool tx_reading(const struct tx *tx)
{
    return tx->root->reading && tx->root->trial == NULL;
}

static void *take_from(struct tx *tx, struct arena *arena, size_t size)
{
    void *memory = arena_zero(arena, size);
    if (memory == NULL)
        stop_spent(tx);
    return memory;
}

static char *text_from(struct tx *tx, struct arena *arena, const char *text)
{
    if (text == NULL)
        return NULL;
    char *copy = arena_text(arena, text, strlen(text));
    if (copy == NULL)
        stop_spent(tx);
    return copy;
}

void *tx_take(struct tx *tx, size_t size)
{
    return take_from(tx, tx->arena, size);
}

void *tx_take_out(struct tx *tx, size_t size)
{
    return take_from(tx, tx->out, size);
}

char *tx_text(struct tx *tx, const char *text)
{
    return text_from(tx, tx->arena, text);
}

char *tx_format(struct tx *tx, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return tx_text(tx, line);
}

void *tx_new(struct tx *tx, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = tx_take(tx, type->sizeof_message);
    type->message_init(message);
    return message;
}

void *tx_copy(struct tx *tx, const ProtobufCMessage *message)
{
    return tx_unpack(tx, message->descriptor, tx_pack(tx, message));
}

static struct slice pack_into(struct tx *tx, struct arena *arena, const ProtobufCMessage *message)
{
    arena->spent = false;
    struct slice bytes = message_pack(message, arena);
    if (arena->spent)
        stop_spent(tx);
    return bytes;
}

struct slice tx_pack(struct tx *tx, const ProtobufCMessage *message)
{
    return pack_into(tx, tx->arena, message);
}

struct slice tx_pack_out(struct tx *tx, const ProtobufCMessage *message)
{
    return pack_into(tx, tx->out, message);
}

static void add_words(void *context, ProtobufCMessage *part)
{
    size_t *bytes = context;
    *bytes += ((const Tefter__Text *)part)->size;
}

size_t tx_size(const ProtobufCMessage *message)
{
    size_t bytes = protobuf_c_message_get_packed_size(message);
    message_each((ProtobufCMessage *)(uintptr_t)message, &tefter__text__descriptor, add_words,
                 &bytes);
    return bytes;
}

void *tx_try_unpack(struct tx *tx, const ProtobufCMessageDescriptor *type, struct slice bytes)
{
    tx->arena->spent = false;
    ProtobufCMessage *message = message_unpack(type, bytes, tx->arena);
    if (message == NULL && tx->arena->spent)
        stop_spent(tx);
    return message;
}

void *tx_unpack(struct tx *tx, const ProtobufCMessageDescriptor *type, struct slice bytes)
{
    void *message = tx_try_unpack(tx, type, bytes);
    if (message == NULL)
        tx_fault(tx, type->name);
    return message;
}

/* ---- what a command settles ---- */

bool tx_recalled(const struct tx *tx)
{
    return tx->recalled != NULL;
}

uint64_t tx_done_seq(const struct tx *tx)
{
    return tx->recalled != NULL ? tx->recalled->seq : tx->seq;
}

const Tefter__Settled *tx_was_settled(const struct tx *tx, enum settled what, uint32_t about)
{
    const Tefter__Receipt *receipt = tx->recalled;
    for (size_t i = 0; receipt != NULL && i < receipt->n_settled; i++)
        if (receipt->settled[i]->what == (uint32_t)what && receipt->settled[i]->about == about)
            return receipt->settled[i];
    return NULL;
}

/* Only terminals get receipts. The date is asked for again and again; the rest is settled once. */
static Tefter__Settled *settled_add(struct tx *tx, enum settled what, uint32_t about)
{
    if (tx->reading || tx->recalled != NULL || !tx->actor->has_terminal)
        return NULL;
    for (size_t i = 0; what == SETTLED_DATE && i < tx->settled_count; i++)
        if (tx->settled[i]->what == SETTLED_DATE && tx->settled[i]->about == about)
            return NULL;
    Tefter__Settled *settled = tx_new(tx, &tefter__settled__descriptor);
    if (!ARENA_GROW(tx->arena, tx->settled, tx->settled_room, tx->settled_count + 1))
        stop_spent(tx);
    tx->settled[tx->settled_count++] = settled;
    settled->what = what;
    settled->has_about = about != 0;
    settled->about = about;
    return settled;
}

uint64_t tx_settle(struct tx *tx, enum settled what, uint32_t about, uint64_t now)
{
    const Tefter__Settled *then = tx_was_settled(tx, what, about);
    if (then != NULL)
        return then->number;
    Tefter__Settled *settled = settled_add(tx, what, about);
    if (settled != NULL) {
        settled->has_number = true;
        settled->number = now;
    }
    return now;
}

char *tx_settle_text(struct tx *tx, enum settled what, uint32_t about, char *now)
{
    const Tefter__Settled *then = tx_was_settled(tx, what, about);
    if (then != NULL)
        return then->text;
    Tefter__Settled *settled = settled_add(tx, what, about);
    if (settled != NULL)
        settled->text = now;
    return now;
}

/* ---- records ---- */

static struct slice key_slice(struct tx *tx, const struct key *key)
{
    if (key->overlong)
        store_fail(tx->txn, FAULT_BUG, "a key is longer than the store takes");
    return (struct slice){key->bytes, key->size};
}

static bool get(struct tx *tx, const struct key *key, struct slice *ret_value)
{
    bool there = store_get(tx->txn, key->tree, key_slice(tx, key), ret_value);
    if (!there)
        check_store(tx, key->tree, slice_of(key->bytes, key->size));
    spend(tx, there ? ret_value->size : 0);
    return there;
}

static void *parse(struct tx *tx, uint8_t tree, struct slice key,
                   const ProtobufCMessageDescriptor *type, struct slice bytes)
{
    void *message = tx_try_unpack(tx, type, bytes);
    if (message == NULL)
        stop_damaged(tx, tree, key, type->name);
    return message;
}

void *tx_get(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct slice value;
    if (!get(tx, key, &value))
        return NULL;
    return parse(tx, key->tree, slice_of(key->bytes, key->size), type, value);
}

/* ---- held records ---- */

static struct tx_shared_record *shared_slot(struct tx *tx, const struct held_key *key)
{
    return &tx->shared[held_key_hash(key) % TX_SHARED_SLOTS];
}

static struct tx_shared_record *shared_find(struct tx *tx, const struct held_key *key)
{
    struct tx_shared_record *shared = shared_slot(tx, key);
    while (shared != NULL && !held_key_equal(&shared->key, key))
        shared = shared->more;
    return shared;
}

/* A command may have changed what it holds, and put it later. Who only looks asks again: what a
 * list walks over would fill the memory. */
static bool shared_stays(const struct tx *tx)
{
    return tx->rehearsing ||
           ((!tx->reading || tx->trial != NULL) && tx_rule(tx, RULE_SHARED_STAYS));
}

/* Where a record that is not held can be. */
static struct tx_shared_record *shared_place(struct tx *tx, const struct held_key *key)
{
    struct tx_shared_record *slot = shared_slot(tx, key);
    if (held_key_none(&slot->key) || !shared_stays(tx))
        return slot;
    struct tx_shared_record *place = tx_take(tx, sizeof *place);
    place->more = slot->more;
    slot->more = place;
    return place;
}

/* What others hold of this key is not what the ledger holds now. */
static void shared_drop(struct tx *tx, const struct key *key, const void *unless)
{
    struct held_key held;
    if (!held_key_of(key, &held))
        return;
    struct tx_cache_slot *cache = tx->cache ? tx_cache_slot(tx->cache, &held, false) : NULL;
    if (cache != NULL)
        cache->record = NULL;
    struct tx_shared_record *shared = shared_find(tx, &held);
    if (shared != NULL && shared->record != unless)
        shared->key = (struct held_key){{0}};
}

static void shared_set(struct tx_shared_record *shared, const struct held_key *key, void *record)
{
    shared->record = record;
    shared->key = *key;
}

void tx_forget_shared(struct tx *tx)
{
    memset(tx->shared, 0, sizeof tx->shared);
}

void *tx_shared(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct held_key held;
    if (!held_key_of(key, &held))
        return tx_get(tx, key, type);
    struct tx_shared_record *shared = shared_find(tx, &held);
    if (shared == NULL && tx != tx->root && tx->root->rehearsing && tx->root->trial == NULL)
        shared = shared_find(tx->root, &held);
    if (shared != NULL)
        return shared->record;
    void *record = tx_get(tx, key, type);
    shared_set(shared_place(tx, &held), &held, record);
    return record;
}

/* Decoded into the memory of the cached ones, which outlives the command. When that is full, or the
 * record does not parse, it is this command's alone to see. */
static const void *look_anew(struct tx *tx, const struct key *key,
                             const ProtobufCMessageDescriptor *type, struct tx_cache_slot *slot)
{
    struct slice value;
    if (!get(tx, key, &value))
        return NULL;
    slot->record = message_unpack(type, value, &tx->cache->arena);
    return slot->record != NULL
               ? slot->record
               : parse(tx, key->tree, slice_of(key->bytes, key->size), type, value);
}

/* Where it is cached, or is to be; NULL: nowhere. */
static struct tx_cache_slot *cache_slot(struct tx *tx, const struct key *key)
{
    struct held_key held;
    return tx->cache != NULL && held_key_of(key, &held) ? tx_cache_slot(tx->cache, &held, true)
                                                        : NULL;
}

const void *tx_cached(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct tx_cache_slot *slot = cache_slot(tx, key);
    if (slot == NULL)
        return tx_shared(tx, key, type);
    return slot->record != NULL ? slot->record : look_anew(tx, key, type, slot);
}

bool tx_has_cached(struct tx *tx, const struct key *key)
{
    static const char here;
    struct tx_cache_slot *slot = cache_slot(tx, key);
    if (slot != NULL && slot->record != NULL)
        return true;
    bool has = tx_has(tx, key);
    if (slot != NULL && has)
        slot->record = &here;
    return has;
}

void *tx_need(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    void *record = tx_get(tx, key, type);
    if (record == NULL)
        stop_damaged(tx, key->tree, slice_of(key->bytes, key->size), type->name);
    return record;
}

/* A fact that was written is part of the state digest: lengths too, so that no two different rows
 * of writes look alike. */
static void write_count(struct tx *tx, const struct key *key, struct slice value, bool deleted)
{
    tx->records_put++;
    need(tx->records_put <= 4 * RECORDS_TOUCHED_MAX);
    if (tx_table_kind(key->tree, key->bytes) != TABLE_FACT)
        return;
    uint8_t head[7] = {key->tree, key->size, deleted};
    be32_put(head + 3, (uint32_t)value.size);
    hash_add(tx->digest, head, sizeof head);
    hash_add(tx->digest, key->bytes, key->size);
    hash_add(tx->digest, value.data, value.size);
}

static void put_bytes(struct tx *tx, const struct key *key, struct slice value)
{
    need(tx->decided && !tx->reading);
    store_put(tx->txn, key->tree, key_slice(tx, key), value);
    check_store(tx, key->tree, slice_of(key->bytes, key->size));
    write_count(tx, key, value, false);
}

void tx_put(struct tx *tx, const struct key *key, const ProtobufCMessage *record)
{
    arena_reset(tx->packing); /* the store has what was put before */
    struct slice bytes = pack_into(tx, tx->packing, record);
    need(bytes.data != NULL);
    shared_drop(tx, key, record);
    put_bytes(tx, key, bytes);
}

void tx_put_shared(struct tx *tx, const struct key *key, ProtobufCMessage *record)
{
    tx_put(tx, key, record);
    struct held_key held;
    if (!held_key_of(key, &held))
        return;
    struct tx_shared_record *shared = shared_find(tx, &held);
    shared_set(shared != NULL ? shared : shared_place(tx, &held), &held, record);
}

bool tx_get_u64(struct tx *tx, const struct key *key, uint64_t *ret_value)
{
    struct slice value;
    if (!get(tx, key, &value))
        return false;
    if (value.size != 8)
        stop_damaged(tx, key->tree, slice_of(key->bytes, key->size), "number of eight bytes");
    *ret_value = be64_get(value.data);
    return true;
}

void tx_put_u64(struct tx *tx, const struct key *key, uint64_t value)
{
    uint8_t bytes[8];
    be64_put(bytes, value);
    put_bytes(tx, key, slice_of(bytes, sizeof bytes));
}

bool tx_get_i64(struct tx *tx, const struct key *key, int64_t *ret_value)
{
    uint64_t value;
    if (!tx_get_u64(tx, key, &value))
        return false;
    *ret_value = (int64_t)value;
    return true;
}

void tx_put_i64(struct tx *tx, const struct key *key, int64_t value)
{
    tx_put_u64(tx, key, (uint64_t)value);
}

bool tx_has(struct tx *tx, const struct key *key)
{
    struct slice value;
    return get(tx, key, &value);
}

static bool varint(struct slice *bytes, uint64_t *ret_value)
{
    *ret_value = 0;
    for (unsigned shift = 0; shift < 64 && bytes->size > 0; shift += 7) {
        uint8_t byte = *bytes->data++;
        bytes->size--;
        *ret_value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

/* One field of a record: the number of a varint, or the bytes of another. */
struct field {
    uint64_t number;
    struct slice bytes;
};

/* Steps over one field's value. */
static bool pass_field(struct slice *bytes, uint64_t tag, struct field *ret_field)
{
    enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };
    uint64_t size = 0;
    switch (tag & 7) {
    case WIRE_VARINT:
        return varint(bytes, &ret_field->number);
    case WIRE_64:
        size = 8;
        break;
    case WIRE_32:
        size = 4;
        break;
    case WIRE_BYTES:
        if (!varint(bytes, &size))
            return false;
        break;
    default:
        return false;
    }
    if (size > bytes->size)
        return false;
    ret_field->bytes = slice_of(bytes->data, (size_t)size);
    bytes->data += size;
    bytes->size -= (size_t)size;
    return true;
}

/* Fields stand in the order of their numbers: what comes behind is not looked at. */
enum peeked { PEEK_FOUND, PEEK_ABSENT, PEEK_DAMAGED };

static enum peeked peek(struct slice value, uint32_t number, struct field *ret_field)
{
    uint64_t tag;
    while (value.size > 0) {
        *ret_field = (struct field){.number = 0};
        if (!varint(&value, &tag))
            return PEEK_DAMAGED;
        if (tag >> 3 > number)
            return PEEK_ABSENT;
        if (!pass_field(&value, tag, ret_field))
            return PEEK_DAMAGED;
        if (tag >> 3 == number)
            return PEEK_FOUND;
    }
    return PEEK_ABSENT;
}

static bool field_of(struct tx *tx, uint8_t tree, struct slice key, struct slice value,
                     uint32_t number, struct field *ret_field)
{
    enum peeked peeked = peek(value, number, ret_field);
    if (peeked == PEEK_DAMAGED)
        stop_damaged(tx, tree, key, "record");
    return peeked == PEEK_FOUND;
}

uint64_t tx_field(struct tx *tx, const struct key *key, uint32_t field)
{
    struct slice value;
    struct field found;
    return get(tx, key, &value) &&
                   field_of(tx, key->tree, slice_of(key->bytes, key->size), value, field, &found)
               ? found.number
               : 0;
}

void *tx_part(struct tx *tx, const struct key *key, uint32_t field,
              const ProtobufCMessageDescriptor *type)
{
    struct slice value;
    struct slice own = slice_of(key->bytes, key->size);
    struct field found;
    if (!get(tx, key, &value) || !field_of(tx, key->tree, own, value, field, &found))
        return NULL;
    return parse(tx, key->tree, own, type, found.bytes);
}

void tx_delete(struct tx *tx, const struct key *key)
{
    need(tx->decided && !tx->reading);
    shared_drop(tx, key, NULL);
    store_delete(tx->txn, key->tree, key_slice(tx, key));
    check_store(tx, key->tree, slice_of(key->bytes, key->size));
    write_count(tx, key, slice_of(NULL, 0), true);
}

/* ---- walks ---- */

static bool within(const struct tx_walk *walk, bool on)
{
    struct slice prefix = {walk->prefix.bytes, walk->prefix.size};
    if (!on)
        check_store(walk->tx, walk->prefix.tree, walk->cursor.key);
    spend(walk->tx, on ? walk->cursor.value.size : 0);
    return on && slice_starts(walk->cursor.key, prefix);
}

bool tx_walk_first(struct tx *tx, const struct key *prefix, const struct key *from,
                   struct tx_walk *walk)
{
    *walk = (struct tx_walk){.tx = tx, .prefix = *prefix};
    struct slice start = key_slice(tx, from != NULL ? from : prefix);
    return within(walk, store_seek(tx->txn, prefix->tree, start, &walk->cursor));
}

/* The first key after all keys with this prefix. */
static struct key key_after(const struct key *prefix)
{
    struct key after = *prefix;
    while (after.size > 0 && after.bytes[after.size - 1] == 0xff)
        after.size--;
    if (after.size > 0)
        after.bytes[after.size - 1]++;
    return after;
}

bool tx_walk_last(struct tx *tx, const struct key *prefix, const struct key *before,
                  struct tx_walk *walk)
{
    *walk = (struct tx_walk){.tx = tx, .prefix = *prefix};
    struct key after = before != NULL ? *before : key_after(prefix);
    struct slice end = key_slice(tx, &after);
    return within(walk, store_seek_before(tx->txn, prefix->tree, end, &walk->cursor));
}

bool tx_walk_next(struct tx_walk *walk)
{
    return within(walk, store_next(&walk->cursor));
}

bool tx_walk_previous(struct tx_walk *walk)
{
    return within(walk, store_previous(&walk->cursor));
}

void tx_walk_end(struct tx_walk *walk)
{
    store_leave(&walk->cursor);
}

struct slice tx_walk_key(const struct tx_walk *walk)
{
    return walk->cursor.key;
}

struct slice tx_walk_value(const struct tx_walk *walk)
{
    return walk->cursor.value;
}

void *tx_walk_record(const struct tx_walk *walk, const ProtobufCMessageDescriptor *type)
{
    return parse(walk->tx, walk->prefix.tree, walk->cursor.key, type, walk->cursor.value);
}

static bool walk_peek(const struct tx_walk *walk, uint32_t field, struct field *ret_field)
{
    return field_of(walk->tx, walk->prefix.tree, walk->cursor.key, walk->cursor.value, field,
                    ret_field);
}

uint64_t tx_walk_field(const struct tx_walk *walk, uint32_t field)
{
    struct field found;
    return walk_peek(walk, field, &found) ? found.number : 0;
}

void *tx_walk_part(const struct tx_walk *walk, uint32_t field,
                   const ProtobufCMessageDescriptor *type)
{
    struct field found;
    if (!walk_peek(walk, field, &found))
        return NULL;
    return parse(walk->tx, walk->prefix.tree, walk->cursor.key, type, found.bytes);
}

static void key_holds(const struct tx_walk *walk, size_t size)
{
    if (walk->cursor.key.size < size)
        stop_damaged(walk->tx, walk->prefix.tree, walk->cursor.key, "key");
}

uint32_t tx_walk_u32(const struct tx_walk *walk, size_t at)
{
    key_holds(walk, at + 4);
    return key_read_u32(walk->cursor.key, at);
}

uint64_t tx_walk_u64(const struct tx_walk *walk, size_t at)
{
    key_holds(walk, at + 8);
    return key_read_u64(walk->cursor.key, at);
}

uint64_t tx_walk_number(const struct tx_walk *walk)
{
    if (walk->cursor.value.size != 8)
        stop_damaged(walk->tx, walk->prefix.tree, walk->cursor.key, "number of eight bytes");
    return be64_get(walk->cursor.value.data);
}

/* Of a tx itself only what a reader needs: it is told nothing, and decides nothing. */
struct tx *tx_scratch_begin(struct tx *tx)
{
    struct tx *root = tx->root;
    struct tx_scratch *scratch = tx_take(tx, sizeof *scratch);
    size_t bound = tx->arena->bound < SCRATCH_MAX ? tx->arena->bound : SCRATCH_MAX;
    arena_init(&scratch->arena, bound);
    scratch->tx = (struct tx){
        .root = root,
        .txn = tx->txn,
        .arena = &scratch->arena,
        .out = &scratch->arena,
        .actor = tx->actor,
        .seq = tx->seq,
        .now_ms = tx->now_ms,
        .rules_version = tx->rules_version,
        .reading = true,
        .cache = tx->cache,
        .recalled = tx->recalled,
    };
    scratch->next = root->scratches;
    root->scratches = scratch;
    return &scratch->tx;
}

void tx_scratch_next(struct tx *scratch)
{
    memset(scratch->shared, 0, sizeof scratch->shared); /* they lay in what is forgotten */
    arena_reset(scratch->arena);
}

void tx_scratch_end(struct tx *scratch)
{
    struct tx_scratch **at = &scratch->root->scratches;
    while (&(*at)->tx != scratch)
        at = &(*at)->next;
    *at = (*at)->next;
    arena_fini(scratch->arena);
}

/* ---- deciding ---- */

/* then: NULL for none. */
static bool try_then(struct tx *tx, tx_work work, void *context, tx_work then, void *then_context)
{
    jmp_buf trial;
    need(tx->root == tx && tx->running && tx->reading && tx->trial == NULL);
    tx->trial = &trial;
    volatile bool came = true;
    if (setjmp(trial) == 0) {
        work(tx, context);
        came = false;
    }
    tx->trial = NULL;
    if (came) { /* what it held open */
        scratches_give_back(tx);
        store_leave_all(tx->txn);
    }
    if (came && then != NULL)
        then(tx, then_context);
    tx_forget_shared(tx); /* it may have changed them on its way */
    return came;
}

bool tx_try(struct tx *tx, tx_work work, void *context)
{
    return try_then(tx, work, context, NULL, NULL);
}

bool tx_rehearse(struct tx *tx, tx_work work, void *context, tx_work then, void *then_context)
{
    tx_forget_shared(tx); /* all that it changes is to be found */
    tx->rehearsing = true;
    bool came = try_then(tx, work, context, then, then_context);
    tx->rehearsing = false;
    return came;
}

void tx_decided(struct tx *tx)
{
    if (tx->trial != NULL)
        longjmp(*tx->trial, 1);
    need(!tx->reading && !tx->decided);
    tx->decided = true;
}

Tefter__Refusal *refuse(struct tx *tx, Tefter__RefusalCode code, const char *field)
{
    need(!tx->decided);
    Tefter__Refusal *refusal = tx_new(tx, &tefter__refusal__descriptor);
    refusal->code = code;
    refusal->field = tx_text(tx, field);
    return refusal;
}

Tefter__Refusal *refuse_at(struct tx *tx, Tefter__RefusalCode code, const char *field_format, ...)
{
    char field[MESSAGE_PATH_MAX];
    va_list arguments;
    va_start(arguments, field_format);
    vsnprintf(field, sizeof field, field_format, arguments);
    va_end(arguments);
    return refuse(tx, code, field);
}

/* ---- what has happened ---- */

void tx_emit(struct tx *tx, const Tefter__Event *event)
{
    need(tx->decided);
    Tefter__Event *copy = take_from(tx, tx->out, sizeof *copy);
    *copy = *event;
    copy->number = text_from(tx, tx->out, event->number);
    if (!ARENA_GROW(tx->out, tx->events, tx->event_room, tx->event_count + 1))
        stop_spent(tx);
    tx->events[tx->event_count++] = copy;
}

void tx_touch(struct tx *tx, enum row_kind kind, uint64_t id)
{
    need(tx->decided);
    for (size_t i = 0; i < tx->touched_count; i++)
        if (tx->touched[i].kind == kind && tx->touched[i].id == id)
            return;
    if (!ARENA_GROW(tx->arena, tx->touched, tx->touched_room, tx->touched_count + 1))
        stop_spent(tx);
    tx->touched[tx->touched_count++] = (struct tx_touched){.kind = kind, .id = id};
}

void tx_figure(struct tx *tx, const struct figure *figure)
{
    need(tx->decided);
    if (!ARENA_GROW(tx->out, tx->figures, tx->figure_room, tx->figure_count + 1))
        stop_spent(tx);
    tx->figures[tx->figure_count++] = *figure;
}

static void erase_text(void *context, ProtobufCMessage *part)
{
    struct tx *tx = context;
    const Tefter__Text *text = (const Tefter__Text *)part;
    if (!text->has_id || text->id.len != TEXT_ID_SIZE)
        return;
    if (!ARENA_GROW(tx->out, tx->erased, tx->erased_room, tx->erased_count + 1))
        stop_spent(tx);
    memcpy(tx->erased[tx->erased_count++].bytes, text->id.data, text->id.len);
}

void tx_erase_words(struct tx *tx, ProtobufCMessage *record)
{
    need(tx->decided);
    message_each(record, &tefter__text__descriptor, erase_text, tx);
}

void tx_fault(struct tx *tx, const char *what)
{
    char line[160];
    snprintf(line, sizeof line, "the state holds no right %s, at seq %llu", what,
             (unsigned long long)tx->seq);
    stop(tx, FAULT_DAMAGED, line);
}

/* A command's sums were checked before they became records: then a record is not what it was. */
__attribute__((noreturn)) static void stop_overflow(struct tx *tx)
{
    stop(tx, tx->root->reading ? FAULT_FULL : FAULT_DAMAGED, "a sum is larger than 64 bits hold");
}

int64_t tx_sum(struct tx *tx, int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        stop_overflow(tx);
    return sum;
}

int64_t tx_difference(struct tx *tx, int64_t a, int64_t b)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        stop_overflow(tx);
    return difference;
}

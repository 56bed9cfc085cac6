#include "tx/tx.h"

#include "base/limits.h"
#include "wire/message.h"

#include <stdarg.h>
#include <stdio.h>

enum { SCRATCH_MAX = 64 * 1024 * 1024 };

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

bool tx_reading(const struct tx *tx)
{
    return tx->reading;
}

struct arena *tx_arena(struct tx *tx)
{
    return tx->arena;
}

/* Without memory the ledger cannot go on: the process ends, is started anew, and nobody was
 * answered. That is kinder than a half-made command. */
void *tx_take(struct tx *tx, size_t size)
{
    void *memory = arena_zero(tx->arena, size);
    need(memory != NULL);
    return memory;
}

char *tx_text(struct tx *tx, const char *text)
{
    if (text == NULL)
        return NULL;
    char *copy = arena_text(tx->arena, text, strlen(text));
    need(copy != NULL);
    return copy;
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
    struct slice bytes = message_pack(message, tx->arena);
    ProtobufCMessage *copy = message_unpack(message->descriptor, bytes, tx->arena);
    need(copy != NULL);
    return copy;
}

/* ---- records ---- */

static struct slice key_slice(struct tx *tx, const struct key *key)
{
    if (key->overlong)
        store_fail(tx->txn, FAULT_BUG, "a key is longer than the store takes");
    return (struct slice){key->bytes, key->size};
}

static void *parse(struct tx *tx, const ProtobufCMessageDescriptor *type, struct slice bytes)
{
    ProtobufCMessage *message = message_unpack(type, bytes, tx->arena);
    if (message != NULL)
        return message;
    tx_fault(tx, type->name);
    return tx_new(tx, type);
}

void *tx_get(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct slice value;
    if (!store_get(tx->txn, key->tree, key_slice(tx, key), &value))
        return NULL;
    return parse(tx, type, value);
}

/* ---- held records ---- */

uint32_t tx_key_hash(const struct key *key)
{
    uint32_t hash = key->tree + 1u;
    for (uint8_t i = 0; i < key->size; i++)
        hash = (hash ^ key->bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static struct tx_shared_record *shared_slot(struct tx *tx, const struct key *key)
{
    return &tx->shared[tx_key_hash(key) % TX_SHARED_SLOTS];
}

static bool shared_is(const struct tx_shared_record *shared, const struct key *key)
{
    return shared->size == key->size && shared->tree == key->tree &&
           memcmp(shared->bytes, key->bytes, key->size) == 0;
}

/* What others hold of this key is not what the ledger holds now. */
static void shared_drop(struct tx *tx, const struct key *key, const void *unless)
{
    struct tx_cache_slot *cache = tx->cache ? tx_cache_slot(tx->cache, key, false) : NULL;
    if (cache != NULL)
        cache->record = NULL;
    struct tx_shared_record *shared = shared_slot(tx, key);
    if (key->size <= TX_SHARED_KEY_MAX && shared_is(shared, key) && shared->record != unless)
        shared->size = 0;
}

static void shared_set(struct tx_shared_record *shared, const struct key *key, void *record)
{
    shared->record = record;
    shared->tree = key->tree;
    shared->size = key->size;
    memcpy(shared->bytes, key->bytes, key->size);
}

void *tx_shared(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct tx_shared_record *shared = shared_slot(tx, key);
    if (key->size > TX_SHARED_KEY_MAX)
        return tx_get(tx, key, type);
    if (!shared_is(shared, key))
        shared_set(shared, key, tx_get(tx, key, type));
    return shared->record;
}

/* Decoded into the memory of the looked ones, which outlives the command. */
static const void *look_anew(struct tx *tx, const struct key *key,
                             const ProtobufCMessageDescriptor *type)
{
    struct slice value;
    if (!store_get(tx->txn, key->tree, key_slice(tx, key), &value))
        return NULL;
    const ProtobufCMessage *message = message_unpack(type, value, &tx->cache->arena);
    return message != NULL ? message : parse(tx, type, value);
}

const void *tx_cached(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    struct tx_cache_slot *slot = tx->cache ? tx_cache_slot(tx->cache, key, true) : NULL;
    if (slot == NULL)
        return tx_shared(tx, key, type);
    if (slot->record == NULL)
        slot->record = look_anew(tx, key, type);
    return slot->record;
}

void *tx_need(struct tx *tx, const struct key *key, const ProtobufCMessageDescriptor *type)
{
    void *record = tx_get(tx, key, type);
    if (record != NULL)
        return record;
    tx_fault(tx, type->name);
    return tx_new(tx, type);
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
    write_count(tx, key, value, false);
}

void tx_put(struct tx *tx, const struct key *key, const ProtobufCMessage *record)
{
    struct slice bytes = message_pack(record, tx->arena);
    need(bytes.data != NULL);
    shared_drop(tx, key, record);
    put_bytes(tx, key, bytes);
}

void tx_put_shared(struct tx *tx, const struct key *key, ProtobufCMessage *record)
{
    tx_put(tx, key, record);
    if (key->size <= TX_SHARED_KEY_MAX)
        shared_set(shared_slot(tx, key), key, record);
}

bool tx_get_u64(struct tx *tx, const struct key *key, uint64_t *ret_value)
{
    struct slice value;
    if (!store_get(tx->txn, key->tree, key_slice(tx, key), &value))
        return false;
    if (value.size != 8) {
        tx_fault(tx, "a number of eight bytes");
        return false;
    }
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
    return store_get(tx->txn, key->tree, key_slice(tx, key), &value);
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

/* Steps over one field's value; a varint's value is returned. */
static bool pass_field(struct slice *bytes, uint64_t tag, uint64_t *ret_value)
{
    enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };
    uint64_t size = 0;
    switch (tag & 7) {
    case WIRE_VARINT:
        return varint(bytes, ret_value);
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
    bytes->data += size;
    bytes->size -= (size_t)size;
    return true;
}

static uint64_t peek(struct slice value, uint32_t field)
{
    uint64_t tag;
    uint64_t number = 0;
    while (value.size > 0 && varint(&value, &tag) && tag >> 3 <= field) {
        if (!pass_field(&value, tag, &number))
            break;
        if (tag >> 3 == field)
            return number;
    }
    return 0;
}

uint64_t tx_field(struct tx *tx, const struct key *key, uint32_t field)
{
    struct slice value;
    bool found = store_get(tx->txn, key->tree, key_slice(tx, key), &value);
    return found ? peek(value, field) : 0;
}

void tx_delete(struct tx *tx, const struct key *key)
{
    need(tx->decided && !tx->reading);
    shared_drop(tx, key, NULL);
    store_delete(tx->txn, key->tree, key_slice(tx, key));
    write_count(tx, key, slice_of(NULL, 0), true);
}

/* ---- walks ---- */

static bool within(const struct tx_walk *walk, bool on)
{
    struct slice prefix = {walk->prefix.bytes, walk->prefix.size};
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

void *tx_walk_record(struct tx_walk *walk, const ProtobufCMessageDescriptor *type)
{
    return parse(walk->tx, type, walk->cursor.value);
}

uint64_t tx_walk_field(const struct tx_walk *walk, uint32_t field)
{
    return peek(walk->cursor.value, field);
}

/* The scratch lies in the first tx's arena, its own arena on the heap until tx_scratch_end. */
struct scratch {
    struct tx tx;
    struct arena arena;
};

struct tx *tx_scratch_begin(struct tx *tx)
{
    struct scratch *scratch = tx_take(tx, sizeof *scratch);
    arena_init(&scratch->arena, SCRATCH_MAX);
    scratch->tx = *tx;
    scratch->tx.arena = &scratch->arena;
    scratch->tx.reading = true;
    memset(scratch->tx.shared, 0, sizeof scratch->tx.shared);
    return &scratch->tx;
}

void tx_scratch_next(struct tx *scratch)
{
    memset(scratch->shared, 0, sizeof scratch->shared); /* they lay in what is forgotten */
    arena_reset(scratch->arena);
}

void tx_scratch_end(struct tx *scratch)
{
    arena_fini(scratch->arena);
}

/* ---- deciding ---- */

void tx_decided(struct tx *tx)
{
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

/* A list in the arena that doubles; the old one is left behind. */
static void *grown(struct tx *tx, void *list, size_t count, size_t *room, size_t item)
{
    if (count < *room)
        return list;
    *room = *room == 0 ? 8 : *room * 2;
    void *larger = tx_take(tx, *room * item);
    if (count > 0)
        memcpy(larger, list, count * item);
    return larger;
}

void tx_emit(struct tx *tx, const Tefter__Event *event)
{
    need(tx->decided);
    Tefter__Event *copy = tx_take(tx, sizeof *copy);
    *copy = *event;
    copy->number = tx_text(tx, event->number);
    tx->events = grown(tx, tx->events, tx->event_count, &tx->event_room, sizeof(Tefter__Event *));
    tx->events[tx->event_count++] = copy;
}

void tx_touch(struct tx *tx, enum row_kind kind, uint64_t id)
{
    need(tx->decided);
    for (size_t i = 0; i < tx->touched_count; i++)
        if (tx->touched[i].kind == kind && tx->touched[i].id == id)
            return;
    tx->touched =
        grown(tx, tx->touched, tx->touched_count, &tx->touched_room, sizeof(struct tx_touched));
    tx->touched[tx->touched_count++] = (struct tx_touched){.kind = kind, .id = id};
}

void tx_fault(struct tx *tx, const char *what)
{
    char line[160];
    snprintf(line, sizeof line, "the state holds no right record of kind %s at seq %llu", what,
             (unsigned long long)tx->seq);
    store_fail(tx->txn, FAULT_DAMAGED, line);
}

bool tx_sound(const struct tx *tx)
{
    return store_failure(tx->txn)->fault == FAULT_NONE;
}

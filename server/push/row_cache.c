#include "push/row_cache.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/hash.h"
#include "wire/row_key.h"
#include "wire/varint.h"

/* Numbers of proto/reply.proto and proto/view.proto. */
enum {
    ACCOUNT_BALANCE = 2,
    ACCOUNT_UNLIMITED = 4,
    ACCOUNT_AVAILABLE = 6,
    ACCOUNT_LOCKED = 7,
    ACCOUNT_UNMATCHED = 10,
    ACCOUNT_OLDEST_DUE = 12,
    ACCOUNT_LAST = 14,
    LAST_AT = 6,
    ACCOUNT_SEQ = 15,
    ACCOUNT_OVERDUE = 16,
    CUSTOMER_GROUPS = 6,
    CUSTOMER_BRANCH = 7,
    CUSTOMER_PERSONS = 13,
    CUSTOMER_AGAIN = 660,
    CUSTOMER_AGAIN_OWNER = 661,
    CUSTOMER_MERGED_INTO = 666,
    TAG_ACCOUNT_SEQ = WIRE_TAG(ACCOUNT_SEQ, WIRE_VARINT),
    TAG_ROW_ACCOUNT = WIRE_TAG(ROW_ACCOUNT, WIRE_BYTES),
    TAG_ROW_CUSTOMER = WIRE_TAG(ROW_CUSTOMER, WIRE_BYTES),
    TAG_ENTRY = WIRE_TAG(1, WIRE_BYTES),
    TAG_ENTRY_WHO = WIRE_TAG(1, WIRE_BYTES),
    TAG_ENTRY_ACCOUNT = WIRE_TAG(2, WIRE_BYTES),
    TAG_CARD_ROW = WIRE_TAG(1, WIRE_BYTES),
    TAG_CARD_ACCOUNT = WIRE_TAG(2, WIRE_BYTES),
    TAG_CARD_TODAY = WIRE_TAG(8, WIRE_VARINT),
};

enum part_kind { PART_ACCOUNT, PART_CUSTOMER, PART_PROFILE, PART_STANDING, PART_KINDS };

/* What is kept of one kind. Dates have 16 bits. */
struct part {
    uint16_t size;
    uint16_t cut;     /* account: where seq goes; customer: its persons begin; profile: the record
                         ends */
    uint16_t cut_end; /* customer: its persons end */
    uint16_t generation;
    uint16_t from; /* days on which it holds */
    uint16_t until;
    uint8_t bytes[];
};

/* A cache line and a half; all but branch, notes, merged, and the parts of others, speak of the
 * account. */
struct slot {
    struct part *parts[PART_KINDS];
    int64_t balance_minor;
    int64_t available_minor;
    int64_t overdue_minor;
    int64_t changed_ms;
    uint32_t branch;
    uint32_t again_owner;
    uint16_t again;
    uint16_t oldest_due;
    uint16_t from;
    uint16_t until;
    uint16_t generation;
    bool unlimited : 1;
    bool locked : 1;
    bool unmatched : 1;
    bool merged : 1;
    bool used : 1;  /* since the hand passed */
    bool moved : 1; /* the account since its standing was made, whose memory waits for the next */
};

enum { CHUNK_SLOTS = 256, HAND_STEPS = 4096, ALLOCATOR_ADDS = 8 };

struct row_cache {
    size_t bound;
    size_t bytes;
    size_t table_bytes; /* of them, slots: at most half of the bound */
    struct slot **chunks;
    size_t chunk_count;
    size_t hand;         /* of a clock over all slots */
    uint16_t generation; /* of accounts */
    uint16_t groups;     /* generation of cards' groups */
    uint64_t customers;
    uint64_t evicted;
};

struct row_cache *row_cache_create(size_t bound)
{
    struct row_cache *cache = calloc(1, sizeof *cache);
    if (cache != NULL)
        cache->bound = bound;
    return cache;
}

/* ---- parts ---- */

static size_t part_cost(size_t size)
{
    return (sizeof(struct part) + size + ALLOCATOR_ADDS + 15) / 16 * 16;
}

static size_t part_room(size_t size)
{
    return part_cost(size) - ALLOCATOR_ADDS - sizeof(struct part);
}

static void part_drop(struct row_cache *cache, struct slot *slot, enum part_kind kind)
{
    struct part *part = slot->parts[kind];
    if (part == NULL)
        return;
    slot->parts[kind] = NULL;
    cache->bytes -= part_cost(part->size);
    cache->customers -= kind == PART_ACCOUNT;
    if (kind == PART_CUSTOMER || kind == PART_PROFILE)
        secret_wipe(part->bytes, part_room(part->size));
    free(part);
}

static void slot_drop(struct row_cache *cache, struct slot *slot)
{
    for (int kind = 0; kind < PART_KINDS; kind++)
        part_drop(cache, slot, (enum part_kind)kind);
}

/* A part with room for so many bytes, not yet written; NULL: it cannot be kept. */
static struct part *part_make(struct row_cache *cache, struct slot *slot, enum part_kind kind,
                              size_t size)
{
    struct part *part = slot->parts[kind];
    if (part != NULL && part_cost(part->size) == part_cost(size)) {
        secret_wipe(part->bytes, part_room(size));
    } else {
        part_drop(cache, slot, kind);
        part = size > UINT16_MAX ? NULL : malloc(sizeof *part + part_room(size));
        if (part == NULL)
            return NULL;
        cache->bytes += part_cost(size);
        cache->customers += kind == PART_ACCOUNT;
        slot->parts[kind] = part;
    }
    *part = (struct part){.size = (uint16_t)size, .generation = cache->generation};
    return part;
}

static uint16_t day_of(uint32_t day)
{
    return (uint16_t)(day < DATE_MAX ? day : DATE_MAX);
}

static bool part_holds(const struct part *part, uint32_t day)
{
    return part != NULL && part->from <= day && day <= part->until;
}

/* ---- slots ---- */

static struct slot *slot_find(const struct row_cache *cache, uint32_t customer)
{
    size_t chunk = customer / CHUNK_SLOTS;
    if (chunk >= cache->chunk_count || cache->chunks[chunk] == NULL)
        return NULL;
    return &cache->chunks[chunk][customer % CHUNK_SLOTS];
}

static bool chunks_reach(struct row_cache *cache, size_t chunk)
{
    size_t before = cache->chunk_count;
    bool grown = GROW_ZEROED(cache->chunks, cache->chunk_count, chunk + 1);
    cache->bytes += (cache->chunk_count - before) * sizeof(struct slot *);
    return grown;
}

/* NULL: there is no room for more. */
static struct slot *slot_need(struct row_cache *cache, uint32_t customer)
{
    enum { CHUNK_BYTES = CHUNK_SLOTS * sizeof(struct slot) };
    struct slot *slot = slot_find(cache, customer);
    size_t chunk = customer / CHUNK_SLOTS;
    if (slot != NULL)
        return slot;
    if (cache->table_bytes + CHUNK_BYTES > cache->bound / 2 || !chunks_reach(cache, chunk))
        return NULL;
    cache->chunks[chunk] = calloc(CHUNK_SLOTS, sizeof(struct slot));
    if (cache->chunks[chunk] == NULL)
        return NULL;
    cache->bytes += CHUNK_BYTES;
    cache->table_bytes += CHUNK_BYTES;
    return &cache->chunks[chunk][customer % CHUNK_SLOTS];
}

static bool slot_empty(const struct slot *slot)
{
    for (int kind = 0; kind < PART_KINDS; kind++)
        if (slot->parts[kind] != NULL)
            return false;
    return true;
}

/* The hand goes on to the next slot that something is kept in. */
static struct slot *hand_next(struct row_cache *cache)
{
    size_t all = cache->chunk_count * CHUNK_SLOTS;
    if (++cache->hand >= all)
        cache->hand = 0;
    struct slot *chunk = cache->chunks[cache->hand / CHUNK_SLOTS];
    if (chunk != NULL)
        return &chunk[cache->hand % CHUNK_SLOTS];
    cache->hand |= CHUNK_SLOTS - 1;
    return NULL;
}

/* Second chance: what was used since the hand passed stays once more. */
static void make_room(struct row_cache *cache, const struct slot *wanted)
{
    for (int step = 0; step < HAND_STEPS && cache->bytes > cache->bound; step++) {
        struct slot *slot = hand_next(cache);
        if (slot == NULL || slot == wanted || slot_empty(slot))
            continue;
        if (slot->used) {
            slot->used = false;
            continue;
        }
        slot_drop(cache, slot);
        cache->evicted++;
    }
}

/* The bound holds whatever happens: what there is no room for is dropped again. What is put counts
 * as used when it is asked for, so a walk over all customers does not push out those in use. */
static void put_done(struct row_cache *cache, struct slot *slot, enum part_kind kind)
{
    make_room(cache, slot);
    if (cache->bytes > cache->bound)
        part_drop(cache, slot, kind);
}

void row_cache_clear(struct row_cache *cache)
{
    for (size_t chunk = 0; chunk < cache->chunk_count; chunk++)
        for (size_t at = 0; cache->chunks[chunk] != NULL && at < CHUNK_SLOTS; at++)
            slot_drop(cache, &cache->chunks[chunk][at]);
}

void row_cache_destroy(struct row_cache *cache)
{
    if (cache == NULL)
        return;
    row_cache_clear(cache);
    for (size_t chunk = 0; chunk < cache->chunk_count; chunk++)
        free(cache->chunks[chunk]);
    free(cache->chunks);
    free(cache);
}

void row_cache_turn(struct row_cache *cache)
{
    if (++cache->generation == 0)
        row_cache_clear(cache);
}

void row_cache_turn_groups(struct row_cache *cache)
{
    if (++cache->groups == 0)
        row_cache_clear(cache);
}

void row_cache_forget(struct row_cache *cache, uint32_t customer)
{
    struct slot *slot = slot_find(cache, customer);
    if (slot != NULL)
        slot_drop(cache, slot);
}

/* ---- accounts ---- */

struct account_read {
    int64_t balance_minor;
    int64_t available_minor;
    bool unlimited;
    bool locked;
    bool unmatched;
    int64_t overdue_minor;
    int64_t changed_ms;
    uint16_t oldest_due;
    size_t seq_at; /* where seq stands, and what is behind it */
    size_t seq_end;
};

/* When the account changed last, of its LastChange. */
static int64_t changed_at(struct slice last)
{
    struct wire_field field;
    while (last.size > 0 && wire_next(&last, &field))
        if (field.number == LAST_AT)
            return (int64_t)field.value;
    return 0;
}

static void account_take(struct account_read *read, const struct wire_field *field)
{
    switch (field->number) {
    case ACCOUNT_BALANCE:
        read->balance_minor = (int64_t)field->value;
        break;
    case ACCOUNT_UNLIMITED:
        read->unlimited = field->value != 0;
        break;
    case ACCOUNT_AVAILABLE:
        read->available_minor = (int64_t)field->value;
        break;
    case ACCOUNT_LOCKED:
        read->locked = field->value != 0;
        break;
    case ACCOUNT_UNMATCHED:
        read->unmatched = (int64_t)field->value > 0;
        break;
    case ACCOUNT_OLDEST_DUE:
        read->oldest_due = day_of((uint32_t)field->value);
        break;
    case ACCOUNT_OVERDUE:
        read->overdue_minor = (int64_t)field->value;
        break;
    case ACCOUNT_LAST:
        read->changed_ms = changed_at(field->bytes);
        break;
    default:
        break;
    }
}

/* false: not one that can be kept. */
static bool account_read(struct slice account, struct account_read *ret_read)
{
    struct slice rest = account;
    struct wire_field field;
    *ret_read = (struct account_read){.seq_at = 0};
    while (rest.size > 0) {
        size_t at = (size_t)(rest.data - account.data);
        if (!wire_next(&rest, &field))
            return false;
        account_take(ret_read, &field);
        if (field.number != ACCOUNT_SEQ)
            continue;
        ret_read->seq_at = at;
        ret_read->seq_end = (size_t)(rest.data - account.data);
    }
    return ret_read->seq_at > 0;
}

static void account_write(struct slot *slot, struct part *part, const struct account_read *read,
                          struct slice account, struct date_span days)
{
    memcpy(part->bytes, account.data, read->seq_at);
    memcpy(part->bytes + read->seq_at, account.data + read->seq_end, account.size - read->seq_end);
    part->cut = (uint16_t)read->seq_at;
    slot->balance_minor = read->balance_minor;
    slot->available_minor = read->available_minor;
    slot->unlimited = read->unlimited;
    slot->locked = read->locked;
    slot->unmatched = read->unmatched;
    slot->overdue_minor = read->overdue_minor;
    slot->oldest_due = read->oldest_due;
    slot->changed_ms = read->changed_ms;
    slot->from = day_of(days.from);
    slot->until = day_of(days.until);
    slot->generation = part->generation;
}

static void account_set(struct row_cache *cache, struct slot *slot, struct slice account,
                        struct date_span days)
{
    struct account_read read;
    struct part *part =
        account_read(account, &read)
            ? part_make(cache, slot, PART_ACCOUNT, account.size - (read.seq_end - read.seq_at))
            : NULL;
    if (part == NULL) {
        part_drop(cache, slot, PART_ACCOUNT);
        return;
    }
    account_write(slot, part, &read, account, days);
    put_done(cache, slot, PART_ACCOUNT);
}

/* What was made from the account as it was before. */
static void account_moved(struct slot *slot)
{
    slot->moved = true;
}

void row_cache_put_account(struct row_cache *cache, uint32_t customer, struct slice account,
                           struct date_span days)
{
    struct slot *slot = slot_need(cache, customer);
    if (slot == NULL)
        return;
    if (slot->parts[PART_ACCOUNT] == NULL)
        account_moved(slot);
    account_set(cache, slot, account, days);
}

void row_cache_account_changed(struct row_cache *cache, uint32_t customer, struct slice account,
                               struct date_span days)
{
    struct slot *slot = slot_find(cache, customer);
    if (slot == NULL)
        return;
    account_moved(slot);
    if (slot->parts[PART_ACCOUNT] != NULL)
        account_set(cache, slot, account, days);
}

/* ---- customers ---- */

struct customer_read {
    uint32_t branch;
    uint32_t again_owner;
    uint16_t again;
    bool merged;
    size_t cut; /* where their persons stand */
    size_t cut_end;
};

/* false: not understood. */
static bool customer_read(struct slice row, struct customer_read *ret_read)
{
    struct slice rest = row;
    struct wire_field field;
    *ret_read = (struct customer_read){.cut = row.size, .cut_end = row.size};
    while (rest.size > 0) {
        size_t at = (size_t)(rest.data - row.data);
        if (!wire_next(&rest, &field))
            return false;
        if (field.number == CUSTOMER_BRANCH)
            ret_read->branch = (uint32_t)field.value;
        else if (field.number == CUSTOMER_AGAIN)
            ret_read->again = day_of((uint32_t)field.value);
        else if (field.number == CUSTOMER_AGAIN_OWNER)
            ret_read->again_owner = (uint32_t)field.value;
        else if (field.number == CUSTOMER_MERGED_INTO)
            ret_read->merged = true;
        if (field.number != CUSTOMER_PERSONS)
            continue;
        ret_read->cut = at < ret_read->cut ? at : ret_read->cut;
        ret_read->cut_end = (size_t)(rest.data - row.data);
    }
    return row.size > 0;
}

static void customer_set(struct row_cache *cache, struct slot *slot, struct slice row,
                         struct date_span days)
{
    struct customer_read read;
    struct part *part =
        customer_read(row, &read) ? part_make(cache, slot, PART_CUSTOMER, row.size) : NULL;
    if (part == NULL) {
        part_drop(cache, slot, PART_CUSTOMER);
        return;
    }
    memcpy(part->bytes, row.data, row.size);
    part->cut = (uint16_t)read.cut;
    part->cut_end = (uint16_t)read.cut_end;
    part->from = day_of(days.from);
    part->until = day_of(days.until);
    slot->branch = read.branch;
    slot->again = read.again;
    slot->again_owner = read.again_owner;
    slot->merged = read.merged;
    put_done(cache, slot, PART_CUSTOMER);
}

void row_cache_put_customer(struct row_cache *cache, uint32_t customer, struct slice row,
                            struct date_span days)
{
    struct slot *slot = slot_need(cache, customer);
    if (slot != NULL)
        customer_set(cache, slot, row, days);
}

void row_cache_customer_changed(struct row_cache *cache, uint32_t customer, struct slice row,
                                struct date_span days)
{
    struct slot *slot = slot_find(cache, customer);
    if (slot == NULL)
        return;
    part_drop(cache, slot, PART_PROFILE);
    if (slot->parts[PART_CUSTOMER] != NULL)
        customer_set(cache, slot, row, days);
}

/* ---- cards ---- */

void row_cache_put_profile(struct row_cache *cache, uint32_t customer, struct slice record,
                           struct slice groups)
{
    struct slot *slot = slot_need(cache, customer);
    if (slot == NULL)
        return;
    struct part *part = part_make(cache, slot, PART_PROFILE, record.size + groups.size);
    if (part == NULL)
        return;
    memcpy(part->bytes, record.data, record.size);
    if (groups.size > 0)
        memcpy(part->bytes + record.size, groups.data, groups.size);
    part->cut = (uint16_t)record.size;
    part->generation = cache->groups;
    put_done(cache, slot, PART_PROFILE);
}

void row_cache_put_standing(struct row_cache *cache, uint32_t customer, struct slice standing,
                            uint32_t today)
{
    struct slot *slot = slot_need(cache, customer);
    struct part *part = slot == NULL ? NULL : part_make(cache, slot, PART_STANDING, standing.size);
    if (part == NULL)
        return;
    memcpy(part->bytes, standing.data, standing.size);
    part->from = part->until = day_of(today);
    slot->moved = false;
    put_done(cache, slot, PART_STANDING);
}

/* ---- reading ---- */

static bool account_here(const struct row_cache *cache, const struct slot *slot,
                         const struct row_asker *asker)
{
    return slot != NULL && slot->parts[PART_ACCOUNT] != NULL &&
           slot->generation == cache->generation && slot->from <= asker->date &&
           asker->date <= slot->until;
}

static bool customer_here(const struct slot *slot, const struct row_asker *asker)
{
    return slot != NULL && part_holds(slot->parts[PART_CUSTOMER], asker->head_date);
}

bool row_cache_facts(const struct row_cache *cache, uint32_t customer,
                     const struct row_asker *asker, struct row_facts *ret_facts)
{
    const struct slot *slot = slot_find(cache, customer);
    if (!account_here(cache, slot, asker) || slot->parts[PART_CUSTOMER] == NULL)
        return false;
    *ret_facts = (struct row_facts){
        .balance_minor = slot->balance_minor,
        .available_minor = slot->available_minor,
        .branch = slot->branch,
        .unlimited = slot->unlimited,
        .locked = slot->locked,
        .unmatched = slot->unmatched,
        .merged = slot->merged,
        .overdue_minor = slot->overdue_minor,
        .oldest_due = slot->oldest_due,
        .changed_ms = slot->changed_ms,
        .again = slot->again,
        .again_owner = slot->again_owner,
    };
    return true;
}

bool row_cache_in_group(const struct row_cache *cache, uint32_t customer, uint32_t group)
{
    const struct slot *slot = slot_find(cache, customer);
    const struct part *part = slot == NULL ? NULL : slot->parts[PART_CUSTOMER];
    struct slice rest = part == NULL ? (struct slice){0} : slice_of(part->bytes, part->size);
    struct wire_field field;
    while (wire_next(&rest, &field) && field.number <= CUSTOMER_GROUPS)
        if (field.number == CUSTOMER_GROUPS && field.value == group)
            return true;
    return false;
}

static bool profile_here(const struct row_cache *cache, const struct slot *slot)
{
    const struct part *part = slot == NULL ? NULL : slot->parts[PART_PROFILE];
    return part != NULL && (part->cut == part->size || part->generation == cache->groups);
}

bool row_cache_has_profile(const struct row_cache *cache, uint32_t customer)
{
    return profile_here(cache, slot_find(cache, customer));
}

/* An account as it is sent: with its seq. */

static size_t account_size(const struct part *part, const struct row_asker *asker)
{
    return part->size + number_size(TAG_ACCOUNT_SEQ, asker->seq);
}

static uint8_t *bytes_write(uint8_t *out, const uint8_t *bytes, size_t size)
{
    memcpy(out, bytes, size);
    return out + size;
}

static uint8_t *account_put(uint8_t *out, const struct part *part, const struct row_asker *asker)
{
    out = bytes_write(out, part->bytes, part->cut);
    out = number_write(out, TAG_ACCOUNT_SEQ, asker->seq);
    return bytes_write(out, part->bytes + part->cut, (size_t)(part->size - part->cut));
}

static size_t member_size(uint32_t tag, size_t size)
{
    return number_size(tag, size) + size;
}

/* ---- entries of lists ---- */

static size_t who_size(const struct part *part)
{
    return (size_t)(part->size - (part->cut_end - part->cut));
}

static size_t entry_body_size(const struct slot *slot, const struct row_asker *asker)
{
    return member_size(TAG_ENTRY_WHO, who_size(slot->parts[PART_CUSTOMER])) +
           member_size(TAG_ENTRY_ACCOUNT, account_size(slot->parts[PART_ACCOUNT], asker));
}

size_t row_cache_entry_size(struct row_cache *cache, uint32_t customer,
                            const struct row_asker *asker)
{
    struct slot *slot = slot_find(cache, customer);
    if (!account_here(cache, slot, asker) || !customer_here(slot, asker))
        return 0;
    slot->used = true;
    return member_size(TAG_ENTRY, entry_body_size(slot, asker));
}

uint8_t *row_cache_entry_write(const struct row_cache *cache, uint32_t customer,
                               const struct row_asker *asker, uint8_t *out)
{
    const struct slot *slot = slot_find(cache, customer);
    const struct part *who = slot->parts[PART_CUSTOMER];
    const struct part *account = slot->parts[PART_ACCOUNT];
    out = number_write(out, TAG_ENTRY, entry_body_size(slot, asker));
    out = number_write(out, TAG_ENTRY_WHO, who_size(who));
    out = bytes_write(out, who->bytes, who->cut);
    out = bytes_write(out, who->bytes + who->cut_end, (size_t)(who->size - who->cut_end));
    out = number_write(out, TAG_ENTRY_ACCOUNT, account_size(account, asker));
    return account_put(out, account, asker);
}

/* ---- rows of terminals ---- */

size_t row_cache_row_size(struct row_cache *cache, enum row_cache_kind kind, uint32_t customer,
                          const struct row_asker *asker)
{
    struct slot *slot = slot_find(cache, customer);
    if (kind == ROW_CACHE_ACCOUNT ? !account_here(cache, slot, asker) : !customer_here(slot, asker))
        return 0;
    slot->used = true;
    return kind == ROW_CACHE_ACCOUNT
               ? member_size(TAG_ROW_ACCOUNT, account_size(slot->parts[PART_ACCOUNT], asker))
               : member_size(TAG_ROW_CUSTOMER, slot->parts[PART_CUSTOMER]->size);
}

uint8_t *row_cache_row_write(const struct row_cache *cache, enum row_cache_kind kind,
                             uint32_t customer, const struct row_asker *asker, uint8_t *out)
{
    const struct slot *slot = slot_find(cache, customer);
    const struct part *account = slot->parts[PART_ACCOUNT];
    const struct part *who = slot->parts[PART_CUSTOMER];
    if (kind == ROW_CACHE_CUSTOMER)
        return bytes_write(number_write(out, TAG_ROW_CUSTOMER, who->size), who->bytes, who->size);
    out = number_write(out, TAG_ROW_ACCOUNT, account_size(account, asker));
    return account_put(out, account, asker);
}

/* ---- cards ---- */

static bool card_here(const struct row_cache *cache, const struct slot *slot,
                      const struct row_asker *asker)
{
    return account_here(cache, slot, asker) && customer_here(slot, asker) &&
           profile_here(cache, slot) && !slot->moved &&
           part_holds(slot->parts[PART_STANDING], asker->date) &&
           slot->parts[PART_STANDING]->generation == cache->generation;
}

size_t row_cache_card_size(struct row_cache *cache, uint32_t customer,
                           const struct row_asker *asker)
{
    struct slot *slot = slot_find(cache, customer);
    if (!card_here(cache, slot, asker))
        return 0;
    slot->used = true;
    const struct part *standing = slot->parts[PART_STANDING];
    return member_size(TAG_CARD_ROW, slot->parts[PART_CUSTOMER]->size) +
           member_size(TAG_CARD_ACCOUNT, account_size(slot->parts[PART_ACCOUNT], asker)) +
           slot->parts[PART_PROFILE]->size + standing->size +
           number_size(TAG_CARD_TODAY, asker->date);
}

uint8_t *row_cache_card_write(const struct row_cache *cache, uint32_t customer,
                              const struct row_asker *asker, uint8_t *out)
{
    const struct slot *slot = slot_find(cache, customer);
    const struct part *who = slot->parts[PART_CUSTOMER];
    const struct part *account = slot->parts[PART_ACCOUNT];
    const struct part *profile = slot->parts[PART_PROFILE];
    const struct part *standing = slot->parts[PART_STANDING];
    out = bytes_write(number_write(out, TAG_CARD_ROW, who->size), who->bytes, who->size);
    out = number_write(out, TAG_CARD_ACCOUNT, account_size(account, asker));
    out = account_put(out, account, asker);
    out = bytes_write(out, profile->bytes, profile->cut);
    out = bytes_write(out, standing->bytes, standing->size);
    out = bytes_write(out, profile->bytes + profile->cut, (size_t)(profile->size - profile->cut));
    return number_write(out, TAG_CARD_TODAY, asker->date);
}

void row_cache_metrics(const struct row_cache *cache, struct row_cache_metrics *ret_metrics)
{
    *ret_metrics = (struct row_cache_metrics){cache->bytes, cache->customers, cache->evicted};
}

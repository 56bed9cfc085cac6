#include "batch.h"

static const uint8_t magic[4] = {'T', 'F', 'T', 'B'};

/* Places of the header's fields. */
enum {
    AT_FORMAT = 4,
    AT_FLAGS = 6,
    AT_LENGTH = 8,
    AT_LEDGER = 12,
    AT_INCARNATION = 28,
    AT_NONCE = 32,
    AT_BATCH = 40,
    AT_FIRST_SEQ = 48,
    AT_COUNT = 56,
    AT_WALL = 60,
    AT_PREVIOUS = 68,
    AT_DIGEST_VERSION = 100,
    AT_DIGEST_SEQ = 102,
    AT_DIGEST = 110,
};

uint64_t batch_size_of(const struct slice *entries, uint32_t count)
{
    uint64_t size = BATCH_HEADER_SIZE + HASH_SIZE;
    for (uint32_t i = 0; i < count && size <= BATCH_BYTES_MAX; i++)
        size += 4 + (uint64_t)entries[i].size;
    return size;
}

static void header_write(uint8_t *out, uint32_t size, const struct ledger_id *ledger,
                         const struct journal_batch *batch)
{
    memcpy(out, magic, sizeof magic);
    be16_put(out + AT_FORMAT, JOURNAL_FORMAT);
    be16_put(out + AT_FLAGS, 0);
    be32_put(out + AT_LENGTH, size);
    memcpy(out + AT_LEDGER, ledger->bytes, LEDGER_ID_SIZE);
    be32_put(out + AT_INCARNATION, batch->incarnation.number);
    memcpy(out + AT_NONCE, batch->incarnation.nonce, INCARNATION_NONCE_SIZE);
    be64_put(out + AT_BATCH, batch->batch);
    be64_put(out + AT_FIRST_SEQ, batch->first_seq);
    be32_put(out + AT_COUNT, batch->count);
    be64_put(out + AT_WALL, (uint64_t)batch->wall_ms);
    memcpy(out + AT_PREVIOUS, batch->previous.bytes, HASH_SIZE);
    be16_put(out + AT_DIGEST_VERSION, batch->digest.version);
    be64_put(out + AT_DIGEST_SEQ, batch->digest.seq);
    memcpy(out + AT_DIGEST, batch->digest.hash.bytes, HASH_SIZE);
}

bool batch_write(struct buffer *out, const struct journal_head *head, struct journal_batch *batch)
{
    uint32_t size = (uint32_t)batch_size_of(batch->entries, batch->count);
    batch->incarnation = head->incarnation;
    batch->batch = head->batch + 1;
    batch->first_seq = head->next_seq;
    batch->previous = head->chain;
    buffer_clear(out);
    if (!buffer_reserve(out, size))
        return false;
    uint8_t *at = out->data;
    header_write(at, size, &head->ledger, batch);
    at += BATCH_HEADER_SIZE;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct slice entry = batch->entries[i];
        be32_put(at, (uint32_t)entry.size);
        if (entry.size)
            memcpy(at + 4, entry.data, entry.size);
        at += 4 + entry.size;
    }
    hash_of(out->data, size - HASH_SIZE, &batch->chain);
    memcpy(at, batch->chain.bytes, HASH_SIZE);
    out->size = size;
    return true;
}

size_t batch_length(struct slice bytes)
{
    if (bytes.size < BATCH_HEADER_SIZE || memcmp(bytes.data, magic, sizeof magic) != 0)
        return 0;
    uint32_t length = be32_get(bytes.data + AT_LENGTH);
    return length < BATCH_BYTES_MAX ? length : BATCH_BYTES_MAX;
}

static void header_read(const uint8_t *in, struct batch_read *ret_read)
{
    struct journal_batch *batch = &ret_read->batch;
    ret_read->size = be32_get(in + AT_LENGTH);
    memcpy(ret_read->ledger.bytes, in + AT_LEDGER, LEDGER_ID_SIZE);
    batch->incarnation.number = be32_get(in + AT_INCARNATION);
    memcpy(batch->incarnation.nonce, in + AT_NONCE, INCARNATION_NONCE_SIZE);
    batch->batch = be64_get(in + AT_BATCH);
    batch->first_seq = be64_get(in + AT_FIRST_SEQ);
    batch->count = be32_get(in + AT_COUNT);
    batch->wall_ms = (int64_t)be64_get(in + AT_WALL);
    memcpy(batch->previous.bytes, in + AT_PREVIOUS, HASH_SIZE);
    batch->digest.version = be16_get(in + AT_DIGEST_VERSION);
    batch->digest.seq = be64_get(in + AT_DIGEST_SEQ);
    memcpy(batch->digest.hash.bytes, in + AT_DIGEST, HASH_SIZE);
}

static bool entries_read(struct slice rest, struct batch_read *ret_read)
{
    struct journal_batch *batch = &ret_read->batch;
    if (batch->count == 0 || batch->count > BATCH_ENTRIES_MAX)
        return false;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (rest.size < 4)
            return false;
        uint32_t size = be32_get(rest.data);
        if (rest.size - 4 < size)
            return false;
        ret_read->entries[i] = slice_of(rest.data + 4, size);
        rest = slice_of(rest.data + 4 + size, rest.size - 4 - size);
    }
    batch->entries = ret_read->entries;
    return rest.size == 0;
}

static bool hash_fits(const uint8_t *data, size_t size, struct hash *ret_hash)
{
    hash_of(data, size - HASH_SIZE, ret_hash);
    return memcmp(ret_hash->bytes, data + size - HASH_SIZE, HASH_SIZE) == 0;
}

/* Would the hash fit with our own format number? Then that number was changed, and it is damage;
 * else a newer program wrote this and nothing here may be cut. */
static bool format_forged(const uint8_t *data, size_t size)
{
    uint8_t format[2];
    struct hash_state state;
    struct hash hash;
    be16_put(format, JOURNAL_FORMAT);
    hash_begin(&state);
    hash_add(&state, data, AT_FORMAT);
    hash_add(&state, format, sizeof format);
    hash_add(&state, data + AT_FLAGS, size - HASH_SIZE - AT_FLAGS);
    hash_end(&state, &hash);
    return memcmp(hash.bytes, data + size - HASH_SIZE, HASH_SIZE) == 0;
}

static enum batch_state state_of(struct slice bytes, bool newer, struct batch_read *ret_read,
                                 const char **ret_why)
{
    size_t size = ret_read->size;
    *ret_why = "it is cut short or its length is wrong";
    if (size < BATCH_SIZE_MIN || size > BATCH_BYTES_MAX || size > bytes.size)
        return newer ? BATCH_NEWER : BATCH_BAD;
    *ret_why = "its hash does not match its bytes";
    if (!hash_fits(bytes.data, size, &ret_read->batch.chain))
        return newer && !format_forged(bytes.data, size) ? BATCH_NEWER : BATCH_BAD;
    if (be16_get(bytes.data + AT_FORMAT) < JOURNAL_FORMAT)
        return BATCH_OLDER;
    if (newer || be16_get(bytes.data + AT_FLAGS) != 0)
        return BATCH_NEWER;
    *ret_why = "its entries do not add up";
    size_t entries = size - BATCH_HEADER_SIZE - HASH_SIZE;
    bool whole = entries_read(slice_of(bytes.data + BATCH_HEADER_SIZE, entries), ret_read);
    return whole ? BATCH_WHOLE : BATCH_WRONG;
}

static bool same_ledger(const struct batch_read *read, const struct ledger_id *ledger)
{
    return memcmp(&read->ledger, ledger, sizeof *ledger) == 0;
}

enum batch_state batch_read(struct slice bytes, const struct ledger_id *ledger,
                            struct batch_read *ret_read, const char **ret_why)
{
    if (batch_length(bytes) == 0) {
        *ret_why =
            bytes.size < BATCH_HEADER_SIZE ? "its header is cut short" : "no batch begins here";
        return BATCH_BAD;
    }
    header_read(bytes.data, ret_read);
    bool newer = be16_get(bytes.data + AT_FORMAT) > JOURNAL_FORMAT && same_ledger(ret_read, ledger);
    enum batch_state state = state_of(bytes, newer, ret_read, ret_why);
    if (state == BATCH_NEWER)
        *ret_why = "a newer version of the program wrote it";
    if (state == BATCH_OLDER)
        *ret_why =
            "it was written in an earlier journal format, which this program no longer reads";
    return state;
}

enum fault fault_of_batch(enum batch_state state)
{
    if (state == BATCH_NEWER)
        return FAULT_NEWER;
    return state == BATCH_OLDER ? FAULT_OLDER : FAULT_DAMAGED;
}

const char *batch_misfit(const struct batch_read *read, const struct journal_head *head)
{
    const struct journal_batch *batch = &read->batch;
    if (!same_ledger(read, &head->ledger))
        return "it belongs to another ledger";
    if (batch->batch != head->batch + 1)
        return "its number does not follow";
    bool restored = batch->incarnation.number > head->incarnation.number;
    if (batch->first_seq < head->next_seq || (batch->first_seq > head->next_seq && !restored))
        return "its first seq does not follow";
    if (!hash_equal(&batch->previous, &head->chain))
        return "it does not carry the hash of the batch before";
    if (!incarnation_follows(&head->incarnation, &batch->incarnation))
        return "its incarnation does not follow";
    return NULL;
}

void batch_advance(struct journal_head *head, const struct journal_batch *batch)
{
    head->incarnation = batch->incarnation;
    head->batch = batch->batch;
    head->next_seq = batch->first_seq + batch->count;
    head->chain = batch->chain;
}

/* A header that a batch after the next one could have. Its own hash is not asked for: while a
 * batch is not synced, no later one is written, not even its header. */
static bool header_later(const uint8_t *at, const struct journal_head *head)
{
    struct batch_read read;
    header_read(at, &read);
    return be16_get(at + AT_FORMAT) > 0 && read.size >= BATCH_SIZE_MIN &&
           read.size <= BATCH_BYTES_MAX && read.batch.count > 0 &&
           read.batch.count <= BATCH_ENTRIES_MAX && read.batch.batch > head->batch + 1 &&
           read.batch.first_seq > head->next_seq && same_ledger(&read, &head->ledger);
}

bool batch_later_header(struct slice bytes, const struct journal_head *head)
{
    const uint8_t *at = bytes.data, *end = bytes.data + bytes.size;
    while ((at = memmem(at, (size_t)(end - at), magic, sizeof magic)) != NULL) {
        if ((size_t)(end - at) < BATCH_HEADER_SIZE)
            return false;
        if (header_later(at, head))
            return true;
        at++;
    }
    return false;
}

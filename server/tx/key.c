#include "tx/tx.h"

static void key_add(struct key *key, const void *bytes, size_t size)
{
    if (key->overlong || key->size + size > KEY_MAX) {
        key->overlong = true;
        return;
    }
    memcpy(key->bytes + key->size, bytes, size);
    key->size = (uint8_t)(key->size + size);
}

/* The bytes past its size are never looked at, and so not cleared: keys are made all the time. */
static void key_begin(struct key *key, uint8_t tree, uint8_t size)
{
    key->tree = tree;
    key->size = size;
    key->overlong = false;
}

struct key key_book(enum book_table table)
{
    struct key key;
    key_begin(&key, TREE_BOOK, KEY_BOOK_HEAD);
    key.bytes[0] = (uint8_t)table;
    return key;
}

struct key key_customer(uint32_t customer, enum customer_table table)
{
    struct key key;
    key_begin(&key, TREE_CUSTOMER, KEY_CUSTOMER_HEAD);
    be32_put(key.bytes, customer);
    key.bytes[4] = (uint8_t)table;
    return key;
}

void key_u8(struct key *key, uint8_t value)
{
    key_add(key, &value, 1);
}

void key_u32(struct key *key, uint32_t value)
{
    uint8_t bytes[4];
    be32_put(bytes, value);
    key_add(key, bytes, sizeof bytes);
}

void key_u64(struct key *key, uint64_t value)
{
    uint8_t bytes[8];
    be64_put(bytes, value);
    key_add(key, bytes, sizeof bytes);
}

void key_text(struct key *key, const char *text)
{
    key_add(key, text, strlen(text) + 1);
}

uint32_t key_read_u32(struct slice key, size_t at)
{
    need(key.size >= at + 4);
    return be32_get(key.data + at);
}

uint64_t key_read_u64(struct slice key, size_t at)
{
    need(key.size >= at + 8);
    return be64_get(key.data + at);
}

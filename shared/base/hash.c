#include "base/hash.h"

#include <assert.h>
#include <sodium.h>

#include "base/bytes.h"
#include "base/fault.h"

static_assert(sizeof(crypto_generichash_state) <= HASH_STATE_SIZE, "the state fits");
static_assert(_Alignof(crypto_generichash_state) <= 64, "the state is aligned");
static_assert(crypto_generichash_BYTES == HASH_SIZE, "BLAKE2b-256");

static crypto_generichash_state *state_of(struct hash_state *state)
{
    return (crypto_generichash_state *)(void *)state->opaque;
}

bool hash_setup(void)
{
    return sodium_init() >= 0;
}

void hash_begin(struct hash_state *state)
{
    need(crypto_generichash_init(state_of(state), NULL, 0, HASH_SIZE) == 0);
}

void hash_begin_keyed(struct hash_state *state, const void *key, size_t key_size)
{
    need(key_size > 0 && key_size <= crypto_generichash_KEYBYTES_MAX);
    need(crypto_generichash_init(state_of(state), key, key_size, HASH_SIZE) == 0);
}

void hash_add(struct hash_state *state, const void *data, size_t size)
{
    if (size > 0)
        need(crypto_generichash_update(state_of(state), data, size) == 0);
}

void hash_add_u64(struct hash_state *state, uint64_t value)
{
    uint8_t bytes[8];
    be64_put(bytes, value);
    hash_add(state, bytes, sizeof bytes);
}

void hash_end(struct hash_state *state, struct hash *ret_hash)
{
    need(crypto_generichash_final(state_of(state), ret_hash->bytes, HASH_SIZE) == 0);
}

void hash_of(const void *data, size_t size, struct hash *ret_hash)
{
    struct hash_state state;
    hash_begin(&state);
    hash_add(&state, data, size);
    hash_end(&state, ret_hash);
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

void hash_text(const struct hash *hash, char out[HASH_TEXT_SIZE])
{
    (void)sodium_bin2hex(out, HASH_TEXT_SIZE, hash->bytes, HASH_SIZE);
}

static_assert(sizeof(crypto_hash_sha256_state) <= SHA256_STATE_SIZE, "sha256_state is too small");
static_assert(crypto_hash_sha256_BYTES == SHA256_SIZE, "another SHA-256");

static crypto_hash_sha256_state *sha256_of(struct sha256_state *state)
{
    return (crypto_hash_sha256_state *)(void *)state->opaque;
}

void sha256_begin(struct sha256_state *state)
{
    (void)crypto_hash_sha256_init(sha256_of(state));
}

void sha256_add(struct sha256_state *state, const void *data, size_t size)
{
    (void)crypto_hash_sha256_update(sha256_of(state), data, size);
}

void sha256_end(struct sha256_state *state, uint8_t ret_digest[SHA256_SIZE])
{
    (void)crypto_hash_sha256_final(sha256_of(state), ret_digest);
}

void random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void secret_wipe(void *data, size_t size)
{
    sodium_memzero(data, size);
}

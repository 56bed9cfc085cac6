#pragma once
/*
 * BLAKE2b-256, SHA-256 of what others name by it, random bytes, and constant-time comparison
 * (libsodium).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_SIZE = 32, HASH_STATE_SIZE = 384, HASH_TEXT_SIZE = 2 * HASH_SIZE + 1 };

struct hash {
    uint8_t bytes[HASH_SIZE];
};

struct hash_state {
    _Alignas(64) uint8_t opaque[HASH_STATE_SIZE];
};

/* Once, before anything else here, from main. false: no entropy, do not go on. */
bool hash_setup(void);

void hash_begin(struct hash_state *state);
/* Keyed, for tokens and salted digests; key of 1 to 64 bytes. */
void hash_begin_keyed(struct hash_state *state, const void *key, size_t key_size);
void hash_add(struct hash_state *state, const void *data, size_t size);
void hash_add_u64(struct hash_state *state, uint64_t value); /* big-endian */
void hash_end(struct hash_state *state, struct hash *ret_hash);

void hash_of(const void *data, size_t size, struct hash *ret_hash);
bool hash_equal(const struct hash *a, const struct hash *b); /* in constant time */
void hash_text(const struct hash *hash, char out[HASH_TEXT_SIZE]);

/* SHA-256, for digests that others have made. */
enum { SHA256_SIZE = 32, SHA256_STATE_SIZE = 104 };
struct sha256_state {
    _Alignas(16) uint8_t opaque[SHA256_STATE_SIZE];
};
void sha256_begin(struct sha256_state *state);
void sha256_add(struct sha256_state *state, const void *data, size_t size);
void sha256_end(struct sha256_state *state, uint8_t ret_digest[SHA256_SIZE]);

void random_bytes(void *out, size_t size);
void secret_wipe(void *data, size_t size);

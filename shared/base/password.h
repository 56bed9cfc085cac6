#pragma once
/*
 * Passwords and PINs as argon2id hashes (libsodium): 19 MiB, two passes, one lane. Each call takes
 * some 60 ms of a core: for the pool, one at a time, never for the loop. Used by session and by
 * `tefterd init` and `recover`.
 */
#include <stdbool.h>
#include <stddef.h>

enum { PASSWORD_HASH_SIZE = 128 }; /* with its NUL; "$argon2id$v=19$m=19456,t=2,p=1$…" */

/* false: no memory. `out` is a NUL-terminated text, padded with zeros. */
bool password_hash(const char *password, size_t size, char out[PASSWORD_HASH_SIZE]);

/* hash: as made above, without its NUL; anything else is not equal to any password. */
bool password_verify(const void *hash, size_t hash_size, const char *password, size_t size);

/* For a person who does not exist or has no password: takes as long as password_verify, and is
 * always false. */
bool password_verify_nobody(const char *password, size_t size);

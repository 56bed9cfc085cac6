#include "base/password.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY_BYTES = 19456 * 1024 };

static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "a hash fits");

/* Of nobody's password: a real hash, so that verifying it costs the same. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$"
                             "AAECAwQFBgcICQoLDA0ODw$"
                             "n5wVC7qKz0vGkWc1dmdwZn0nMYlH3p0k5T0eJq9X8aA";

bool password_hash(const char *password, size_t size, char out[PASSWORD_HASH_SIZE])
{
    memset(out, 0, PASSWORD_HASH_SIZE);
    return crypto_pwhash_str_alg(out, password, size, PASSES, MEMORY_BYTES,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_verify(const void *hash, size_t hash_size, const char *password, size_t size)
{
    char text[PASSWORD_HASH_SIZE] = {0};
    if (hash_size == 0 || hash_size >= sizeof text)
        return false;
    memcpy(text, hash, hash_size);
    return crypto_pwhash_str_verify(text, password, size) == 0;
}

bool password_verify_nobody(const char *password, size_t size)
{
    (void)password_verify(nobody, sizeof nobody - 1, password, size);
    return false;
}

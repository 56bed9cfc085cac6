#include "base/seal.h"

#include "base/bytes.h"
#include "base/hash.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
    VERSION = 1,
    PIECE_SIZE = 64 * 1024,
    STREAM_MORE = crypto_secretstream_xchacha20poly1305_ABYTES,
    FILE_KEY_SIZE = crypto_secretstream_xchacha20poly1305_KEYBYTES,
    BOX_SIZE = FILE_KEY_SIZE + crypto_box_SEALBYTES,
    STREAM_HEAD_SIZE = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    HEAD_SIZE = 6 + BOX_SIZE + STREAM_HEAD_SIZE,
};

_Static_assert((int)SEAL_KEY_SIZE == (int)crypto_box_PUBLICKEYBYTES, "a public key is of 32 bytes");
_Static_assert((int)SEAL_KEY_SIZE == (int)crypto_box_SECRETKEYBYTES, "so is a secret one");
_Static_assert((int)SEAL_LOCKED_SIZE ==
                   (int)(crypto_pwhash_SALTBYTES + crypto_secretbox_NONCEBYTES +
                         crypto_secretbox_MACBYTES + SEAL_KEY_SIZE),
               "salt, nonce, mac and secret");

static const uint8_t magic[6] = {'T', 'F', 'T', 'S', 0, VERSION};

void seal_pair_new(struct seal_pair *ret_pair)
{
    crypto_box_keypair(ret_pair->open.bytes, ret_pair->secret);
}

/* ---- whole reads and writes ---- */

static bool write_all(int fd, const uint8_t *data, size_t size, struct failure *failure)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail(failure, errno == ENOSPC ? FAULT_FULL : FAULT_IO, errno,
                        "cannot write the file");
        data += written;
        size -= (size_t)written;
    }
    return true;
}

/* Less than `size` only at the end. */
static bool read_all(int fd, uint8_t *data, size_t size, size_t *ret_size, struct failure *failure)
{
    for (*ret_size = 0; *ret_size < size;) {
        ssize_t got = read(fd, data + *ret_size, size - *ret_size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(failure, FAULT_IO, errno, "cannot read the file");
        if (got == 0)
            break;
        *ret_size += (size_t)got;
    }
    return true;
}

/* ---- sealing ---- */

typedef crypto_secretstream_xchacha20poly1305_state stream_state;

static bool seal_pieces(int from, int to, stream_state *stream, const char *name,
                        struct failure *failure)
{
    static _Thread_local uint8_t plain[PIECE_SIZE], sealed[PIECE_SIZE + STREAM_MORE];
    size_t size;
    do {
        if (!read_all(from, plain, sizeof plain, &size, failure))
            return false;
        uint8_t tag = size < sizeof plain ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                          : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
        crypto_secretstream_xchacha20poly1305_push(stream, sealed, NULL, plain, size,
                                                   (const uint8_t *)name, strlen(name), tag);
        if (!write_all(to, sealed, size + STREAM_MORE, failure))
            return false;
    } while (size == sizeof plain);
    secret_wipe(plain, sizeof plain);
    return true;
}

bool seal_file(int from, int to, const struct seal_public *key, const char *name,
               struct failure *failure)
{
    uint8_t file_key[FILE_KEY_SIZE], head[HEAD_SIZE];
    stream_state stream;
    memcpy(head, magic, sizeof magic);
    crypto_secretstream_xchacha20poly1305_keygen(file_key);
    bool good = crypto_box_seal(head + sizeof magic, file_key, sizeof file_key, key->bytes) == 0 &&
                crypto_secretstream_xchacha20poly1305_init_push(
                    &stream, head + sizeof magic + BOX_SIZE, file_key) == 0;
    secret_wipe(file_key, sizeof file_key);
    if (!good)
        return fail(failure, FAULT_USE, 0, "that is no public key");
    good =
        write_all(to, head, sizeof head, failure) && seal_pieces(from, to, &stream, name, failure);
    secret_wipe(&stream, sizeof stream);
    return good;
}

/* ---- opening ---- */

static bool broken(struct failure *failure)
{
    return fail(failure, FAULT_DAMAGED, 0, "it does not open: changed, cut, or another file");
}

static bool open_pieces(int from, int to, stream_state *stream, const char *name,
                        struct failure *failure)
{
    static _Thread_local uint8_t plain[PIECE_SIZE], sealed[PIECE_SIZE + STREAM_MORE];
    uint8_t tag = 0, more;
    while (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        size_t size;
        if (!read_all(from, sealed, sizeof sealed, &size, failure))
            return false;
        if (size < STREAM_MORE ||
            crypto_secretstream_xchacha20poly1305_pull(stream, plain, NULL, &tag, sealed, size,
                                                       (const uint8_t *)name, strlen(name)))
            return broken(failure);
        if (to >= 0 && !write_all(to, plain, size - STREAM_MORE, failure))
            return false;
    }
    secret_wipe(plain, sizeof plain);
    size_t behind;
    return read_all(from, &more, 1, &behind, failure) && (behind == 0 || broken(failure));
}

bool unseal_file(int from, int to, const struct seal_pair *pair, const char *name,
                 struct failure *failure)
{
    uint8_t file_key[FILE_KEY_SIZE], head[HEAD_SIZE];
    stream_state stream;
    size_t size;
    if (!read_all(from, head, sizeof head, &size, failure))
        return false;
    if (size < sizeof head || memcmp(head, magic, sizeof magic) != 0)
        return fail(failure, FAULT_DAMAGED, 0, "it is no encrypted file of ours");
    bool good = crypto_box_seal_open(file_key, head + sizeof magic, BOX_SIZE, pair->open.bytes,
                                     pair->secret) == 0 &&
                crypto_secretstream_xchacha20poly1305_init_pull(
                    &stream, head + sizeof magic + BOX_SIZE, file_key) == 0;
    secret_wipe(file_key, sizeof file_key);
    good = good ? open_pieces(from, to, &stream, name, failure) : broken(failure);
    secret_wipe(&stream, sizeof stream);
    return good;
}

/* ---- the secret half under a passphrase ---- */

static bool key_of(const uint8_t *salt, const char *passphrase, size_t size,
                   uint8_t out[crypto_secretbox_KEYBYTES])
{
    return crypto_pwhash(out, crypto_secretbox_KEYBYTES, passphrase, size, salt,
                         crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                         crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool seal_lock(const struct seal_pair *pair, const char *passphrase, size_t size,
               uint8_t out[SEAL_LOCKED_SIZE])
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    uint8_t *nonce = out + crypto_pwhash_SALTBYTES;
    random_bytes(out, crypto_pwhash_SALTBYTES + crypto_secretbox_NONCEBYTES);
    if (!key_of(out, passphrase, size, key))
        return false;
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, pair->secret, sizeof pair->secret,
                          nonce, key);
    secret_wipe(key, sizeof key);
    return true;
}

bool seal_unlock(const uint8_t locked[SEAL_LOCKED_SIZE], const char *passphrase, size_t size,
                 struct seal_pair *ret_pair)
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    const uint8_t *nonce = locked + crypto_pwhash_SALTBYTES;
    if (!key_of(locked, passphrase, size, key))
        return false;
    bool good =
        crypto_secretbox_open_easy(ret_pair->secret, nonce + crypto_secretbox_NONCEBYTES,
                                   crypto_secretbox_MACBYTES + SEAL_KEY_SIZE, nonce, key) == 0 &&
        crypto_scalarmult_base(ret_pair->open.bytes, ret_pair->secret) == 0;
    secret_wipe(key, sizeof key);
    return good;
}

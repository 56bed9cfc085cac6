#pragma once
/*
 * Files encrypted to the public half of a key pair, whose secret half is elsewhere (libsodium). Who
 * has the public half can seal and cannot open; the secret half is kept under a passphrase.
 *
 *   "TFTS" | version u16 | sealed box of the file's key, 80 bytes | head of the stream, 24 bytes
 *   pieces of 64 KiB, each with 17 bytes of its own; the last one says that it is the last
 *
 * The file's name is bound to every piece: a file that was changed, cut, or put in the place of
 * another does not open. Memory is that of one piece.
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEAL_KEY_SIZE = 32, SEAL_LOCKED_SIZE = 88 };

struct seal_public {
    uint8_t bytes[SEAL_KEY_SIZE];
};

struct seal_pair {
    struct seal_public open;       /* may be known to everybody */
    uint8_t secret[SEAL_KEY_SIZE]; /* to be wiped */
};

void seal_pair_new(struct seal_pair *ret_pair);

/* All of `from`, from where it stands, to `to`. */
bool seal_file(int from, int to, const struct seal_public *key, const char *name,
               struct failure *failure);
/* The reverse; `to` -1: only looks whether it opens. What was written before a fault is found is
 * not to be used. */
bool unseal_file(int from, int to, const struct seal_pair *pair, const char *name,
                 struct failure *failure);

/* The secret half under a passphrase: argon2id (256 MiB, 3 passes: a second or more), then a
 * secretbox. false: no memory. */
bool seal_lock(const struct seal_pair *pair, const char *passphrase, size_t size,
               uint8_t out[SEAL_LOCKED_SIZE]);
/* false: another passphrase, other bytes, or no memory. */
bool seal_unlock(const uint8_t locked[SEAL_LOCKED_SIZE], const char *passphrase, size_t size,
                 struct seal_pair *ret_pair);

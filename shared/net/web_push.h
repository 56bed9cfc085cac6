#pragma once
/*
 * Messages to browsers that have no page open (Web Push): sealed so that the push service between
 * cannot read them (RFC 8291, aes128gcm of RFC 8188), and the token by which it knows the sender
 * (VAPID, RFC 8292). All keys are P-256; points are uncompressed.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PUSH_POINT_SIZE = 65,
    PUSH_SECRET_SIZE = 32,
    PUSH_AUTH_SIZE = 16,
    PUSH_SALT_SIZE = 16,
    PUSH_HEAD_SIZE = PUSH_SALT_SIZE + 4 + 1 + PUSH_POINT_SIZE,
    /* One record, with the mark of its end and the cipher's tag: no push service takes more. */
    PUSH_SEALED_MAX = 4096,
    PUSH_PLAIN_MAX = PUSH_SEALED_MAX - PUSH_HEAD_SIZE - 1 - 16,
    PUSH_TOKEN_MAX = 1024,
};

struct push_key {
    uint8_t secret[PUSH_SECRET_SIZE];
    uint8_t point[PUSH_POINT_SIZE];
};

/* false: no random numbers, no memory. */
bool push_key_make(struct push_key *ret_key);
/* From the secret half; false: it is none. */
bool push_key_of(const uint8_t secret[PUSH_SECRET_SIZE], struct push_key *ret_key);
/* Is it a point of the curve, as a browser gives it? */
bool push_point_good(struct slice point);

/* Who can open it. */
struct push_reader {
    uint8_t point[PUSH_POINT_SIZE]; /* "p256dh" of the subscription */
    uint8_t auth[PUSH_AUTH_SIZE];
};
/* Seals at most PUSH_PLAIN_MAX bytes, each time otherwise. false: too many, no such reader. */
bool push_seal(const struct push_reader *reader, struct slice plain,
               uint8_t ret_sealed[PUSH_SEALED_MAX], size_t *ret_size);
/* The same with what is otherwise random. */
bool push_seal_with(const struct push_reader *reader, struct slice plain,
                    const uint8_t salt[PUSH_SALT_SIZE], const struct push_key *own,
                    uint8_t ret_sealed[PUSH_SEALED_MAX], size_t *ret_size);

/* The sender's token for one push service: its origin ("https://push.example"), whom to ask
 * ("mailto:…"), until when (seconds since 1970, at most a day ahead). */
bool push_token(const struct push_key *key, const char *origin, const char *contact,
                int64_t until_s, char out[PUSH_TOKEN_MAX]);

/* Base64 for addresses (RFC 4648, 5), without padding. Room for 4 characters each 3 bytes, and 1.
 */
size_t base64_url(struct slice bytes, char *out);

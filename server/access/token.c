/*
 * A token: who, at which device, by which login, until when, under our seal. It rests on one
 * password that was given; signing a person out (their generation rises) ends all of theirs, and
 * logging out those of the login (ended.c), and blocking a device all that were given there: how
 * often that happened is under the seal. The incarnation is, too: what was ended after a backup
 * would count again once that is restored. What a process was lent counts in its own connection
 * alone, whose name is under the seal: it ends with it.
 *
 *   version 1 │ staff 4 │ device 4 │ generation 4 │ login 8 │ expires 8 │ keyed hash 32
 */
#include "access/inside.h"

enum {
    TOKEN_VERSION = 3,
    STAFF_AT = 1,
    DEVICE_AT = 5,
    GENERATION_AT = 9,
    LOGIN_AT = 13,
    EXPIRES_AT = 21,
    MAC_AT = 29
};
_Static_assert(MAC_AT + HASH_SIZE == TOKEN_SIZE, "a token is what the picture says");

static void seal(const struct access *access, const struct principal *who,
                 const uint8_t token[TOKEN_SIZE], struct hash *ret_mac)
{
    const struct incarnation *incarnation = &access->options.incarnation;
    struct hash_state state;
    hash_begin_keyed(&state, access->options.token_key, sizeof access->options.token_key);
    hash_add(&state, token, MAC_AT);
    /* A token of before blocks were counted goes on. What is lent has both numbers: so the length
     * of what is sealed says which there are. */
    if (who->blocks > 0 || who->lent != 0)
        hash_add_u64(&state, who->blocks);
    hash_add(&state, &incarnation->number, sizeof incarnation->number);
    hash_add(&state, incarnation->nonce, sizeof incarnation->nonce);
    if (who->lent != 0)
        hash_add_u64(&state, who->lent);
    hash_end(&state, ret_mac);
}

void token_write(const struct access *access, const struct principal *who, uint8_t out[TOKEN_SIZE])
{
    struct hash mac;
    out[0] = TOKEN_VERSION;
    be32_put(out + STAFF_AT, who->staff);
    be32_put(out + DEVICE_AT, who->device);
    be32_put(out + GENERATION_AT, who->generation);
    be64_put(out + LOGIN_AT, who->login);
    be64_put(out + EXPIRES_AT, (uint64_t)who->proven_until_ms);
    seal(access, who, out, &mac);
    memcpy(out + MAC_AT, mac.bytes, HASH_SIZE);
}

bool token_read(const struct access *access, const struct principal *who, struct slice bytes,
                struct token *ret_token)
{
    struct hash mac;
    struct hash given;
    const uint8_t *data = bytes.data;
    if (bytes.size != TOKEN_SIZE || data[0] != TOKEN_VERSION)
        return false;
    seal(access, who, data, &mac);
    memcpy(given.bytes, data + MAC_AT, HASH_SIZE);
    *ret_token = (struct token){
        .staff = be32_get(data + STAFF_AT),
        .generation = be32_get(data + GENERATION_AT),
        .login = be64_get(data + LOGIN_AT),
        .expires_ms = (int64_t)be64_get(data + EXPIRES_AT),
    };
    return hash_equal(&mac, &given) && be32_get(data + DEVICE_AT) == who->device &&
           access_proven(access, ret_token->expires_ms);
}

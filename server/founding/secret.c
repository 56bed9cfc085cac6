#include "founding/secret.h"

#include <string.h>

enum { GROUP = 5, LETTERS = 20, ALPHABET = 32 };

void founding_letters(char out[FOUNDING_SECRET_SIZE])
{
    static const char letters[ALPHABET + 1] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t random[LETTERS];
    size_t size = 0;
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < LETTERS; i++) {
        if (i > 0 && i % GROUP == 0)
            out[size++] = '-';
        out[size++] = letters[random[i] % ALPHABET];
    }
    out[size] = '\0';
    secret_wipe(random, sizeof random);
}

void founding_secret_make(struct founding_secret *secret, char ret_text[FOUNDING_SECRET_SIZE])
{
    *secret = (struct founding_secret){.used = false};
    founding_letters(ret_text);
    hash_of(ret_text, strlen(ret_text), &secret->digest);
}

static uint32_t wait_after(uint32_t wrong)
{
    uint32_t wait = FOUNDING_WAIT_FIRST_MS;
    if (wrong < FOUNDING_TRIES_FREE)
        return 0;
    for (uint32_t i = FOUNDING_TRIES_FREE; i < wrong && wait < FOUNDING_WAIT_MOST_MS; i++)
        wait *= 2;
    return wait < FOUNDING_WAIT_MOST_MS ? wait : FOUNDING_WAIT_MOST_MS;
}

static struct founding_guesser *guesser_of(struct founding_secret *secret, uint64_t address)
{
    struct founding_guesser *oldest = &secret->guessers[0];
    for (size_t i = 0; i < FOUNDING_GUESSERS_MAX; i++) {
        struct founding_guesser *one = &secret->guessers[i];
        if (one->wrong > 0 && one->address == address)
            return one;
        if (oldest->wrong > 0 && (one->wrong == 0 || one->last_ms < oldest->last_ms))
            oldest = one;
    }
    *oldest = (struct founding_guesser){.address = address};
    return oldest;
}

/* Hashes are compared, in constant time: how long it takes says nothing about the letters. */
enum founding_verdict founding_secret_try(struct founding_secret *secret, uint64_t address,
                                          const char *text, int64_t now_ms, uint32_t *ret_wait_ms)
{
    struct hash digest;
    *ret_wait_ms = 0;
    hash_of(text, strlen(text), &digest);
    if (hash_equal(&digest, &secret->digest))
        return secret->used ? FOUNDING_USED : FOUNDING_RIGHT;
    struct founding_guesser *guesser = guesser_of(secret, address);
    guesser->last_ms = now_ms;
    if (now_ms < guesser->wait_until_ms) {
        *ret_wait_ms = (uint32_t)(guesser->wait_until_ms - now_ms);
        return FOUNDING_WAIT;
    }
    guesser->wrong++;
    guesser->wait_until_ms = now_ms + wait_after(guesser->wrong);
    return FOUNDING_WRONG;
}

void founding_secret_use(struct founding_secret *secret)
{
    secret->used = true;
}

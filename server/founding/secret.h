#pragma once
/*
 * The secret of a founding link: random, told once, kept as its hash. It is good until a ledger was
 * founded by it, and for nothing after. Whoever guesses wrong waits, each address for itself, and
 * longer each time; the right one never waits, so nobody is kept out by others' guesses.
 * Pure: the caller says what time it is.
 */
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

/* 20 letters in groups of five: 100 bits. */
enum {
    FOUNDING_SECRET_SIZE = 24,
    FOUNDING_TRIES_FREE = 5, /* a link that was copied with a letter too few */
    FOUNDING_WAIT_FIRST_MS = 1000,
    FOUNDING_WAIT_MOST_MS = 60 * 1000,
    FOUNDING_GUESSERS_MAX = 64, /* the one that was silent for longest gives way */
};

struct founding_guesser {
    uint64_t address;
    uint32_t wrong;
    int64_t last_ms;
    int64_t wait_until_ms;
};

struct founding_secret {
    struct hash digest;
    bool used;
    struct founding_guesser guessers[FOUNDING_GUESSERS_MAX];
};

enum founding_verdict { FOUNDING_RIGHT, FOUNDING_WRONG, FOUNDING_WAIT, FOUNDING_USED };

/* "7ZQ0K-…", of Crockford's letters; also what an owner's recovery code is made of. */
void founding_letters(char out[FOUNDING_SECRET_SIZE]);

void founding_secret_make(struct founding_secret *secret, char ret_text[FOUNDING_SECRET_SIZE]);
/* address: any number that is that address's. WAIT: it is wrong, and *ret_wait_ms says how long
 * the next wrong one is not answered. RIGHT does not use it up. */
enum founding_verdict founding_secret_try(struct founding_secret *secret, uint64_t address,
                                          const char *text, int64_t now_ms, uint32_t *ret_wait_ms);
/* A ledger was founded by it. */
void founding_secret_use(struct founding_secret *secret);

#pragma once
/*
 * Guesses, counted by whom and from where, with a delay that doubles. Pure: the caller says what
 * time it is. Bounded: a fixed table, the oldest counter of a row gives way.
 *
 * A guess is charged when it was wrong. Guesses are tried one at a time and looked at again when it
 * is their turn, so that many at once count like many in turn.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum { BUYER_PIN_TRIES = 3 };

enum throttle_kind {
    THROTTLE_LOGIN,    /* passwords of one login name, wherever */
    THROTTLE_HERE,     /* passwords of one login name at one terminal */
    THROTTLE_PIN,      /* PINs of one login name, wherever */
    THROTTLE_PIN_HERE, /* PINs of one login name at one terminal */
    THROTTLE_BUYER,    /* PINs of one authorised buyer, wherever */
    THROTTLE_TERMINAL, /* anything from one terminal */
    THROTTLE_ADDRESS,  /* enrolment codes from one address */
    THROTTLE_ALL,      /* everything together */
    THROTTLE_RENEWAL,  /* certificates of one terminal */
    THROTTLE_KINDS
};

struct throttle;

/* secret: so that a key written down tells nobody what was typed. NULL without memory. */
struct throttle *throttle_create(const uint8_t secret[32]);
void throttle_destroy(struct throttle *throttle);

uint64_t throttle_key(const struct throttle *throttle, enum throttle_kind kind, struct slice about);

/* Milliseconds until the next guess may be tried; 0: now. */
uint32_t throttle_wait(const struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                       int64_t now_ms);
/* Wrong guesses that are not forgotten. */
uint32_t throttle_guesses(const struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                          int64_t now_ms);
void throttle_charge(struct throttle *throttle, enum throttle_kind kind, uint64_t key,
                     int64_t now_ms);
/* whole: all guesses of this key are forgotten, not only one. */
void throttle_forgive(struct throttle *throttle, uint64_t key, bool whole);

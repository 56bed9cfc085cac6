#pragma once
/*
 * Which life of a ledger: a restore begins another one. The number rises with each; two restores of
 * one backup have the same number and are told apart by eight random bytes. Those are made where a
 * ledger is made or restored, never in the ledger itself.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum { INCARNATION_NONCE_SIZE = 8, INCARNATION_TEXT_SIZE = 11 + 2 * INCARNATION_NONCE_SIZE + 1 };

struct incarnation {
    uint32_t number;
    uint8_t nonce[INCARNATION_NONCE_SIZE]; /* all zero: not told, by who knows the number alone */
};

/* One with this number that nobody else has. */
struct incarnation incarnation_new(uint32_t number);
/* As it came over the wire; a nonce of another size is one that was not told. */
struct incarnation incarnation_of(uint32_t number, struct slice nonce);
struct slice incarnation_nonce(const struct incarnation *incarnation);

bool incarnation_equal(const struct incarnation *a, const struct incarnation *b);
/* As far as both sides tell: by the number alone when one of them tells no nonce. */
bool incarnation_same(const struct incarnation *a, const struct incarnation *b);
/* May `next` stand behind `before` in one journal: the same, or with a higher number? */
bool incarnation_follows(const struct incarnation *before, const struct incarnation *next);

/* "2-00c0ffee00c0ffee" */
void incarnation_write(const struct incarnation *incarnation, char out[INCARNATION_TEXT_SIZE]);
bool incarnation_read(const char *text, struct incarnation *ret_incarnation);

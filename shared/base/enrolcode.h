#pragma once
/*
 * The one-time code that makes a device a terminal: ten secret bytes and the beginning of the root
 * certificate's hash, so that the device checks the server before it tells the secret. Written in
 * Crockford's letters, groups of five: "7ZQ0K-…". Used by session, `tefterd init`, client/lib.
 */
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ENROL_SECRET_SIZE = 10,
    ENROL_ROOT_SIZE = 16,     /* of the hash of the root */
    ENROL_CODE_TEXT_SIZE = 51 /* 42 letters, 8 dashes, NUL */
};

/* Sets the last two letters of a secret so that one wrong letter among its sixteen can be found
 * (Reed and Solomon's code over 32 letters). The rest, 70 bits, stays a secret. */
void enrol_secret_seal(uint8_t secret[ENROL_SECRET_SIZE]);

void enrol_code_write(const uint8_t secret[ENROL_SECRET_SIZE], const struct hash *root,
                      char out[ENROL_CODE_TEXT_SIZE]);

/* Reads a code as people type it: any case, spaces and dashes anywhere, I and L for 1, O for 0.
 * false when it is no code. */
bool enrol_code_read(const char *text, size_t size, uint8_t ret_secret[ENROL_SECRET_SIZE],
                     uint8_t ret_root[ENROL_ROOT_SIZE]);

/* Is this the root that a code names? */
bool enrol_root_matches(const uint8_t code_root[ENROL_ROOT_SIZE], const struct hash *root);

/* What the ledger keeps of a code. */
void enrol_code_digest(const uint8_t secret[ENROL_SECRET_SIZE], struct hash *ret_digest);

/* ---- what may be wrong with a code as it was typed ---- */

enum { ENROL_HINT_SIZE = 160 };

/* Why enrol_code_read does not take it: "'U' in the third group …". */
void enrol_code_explain(const char *text, size_t size, char out[ENROL_HINT_SIZE]);
/* Where its secret has a typing error, if its letters tell: "the code seems to have a typing error
 * in group 2 (ABCDE)"; false: they tell none. A code of an older server tells nothing true. */
bool enrol_code_doubt(const char *text, size_t size, char out[ENROL_HINT_SIZE]);
/* Does it name this root but for a few letters? Then where it differs; false: it names another. */
bool enrol_code_near_root(const char *text, size_t size, const struct hash *root,
                          char out[ENROL_HINT_SIZE]);

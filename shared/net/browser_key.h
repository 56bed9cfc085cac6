#pragma once
/*
 * The key of a browser: P-256, made by WebCrypto, which gives it as SubjectPublicKeyInfo and signs
 * with r and s side by side. Nothing else is taken: no other curve, form or length.
 */
#include "base/bytes.h"

#include <stdbool.h>

enum { BROWSER_KEY_SIZE = 91, BROWSER_SIGNATURE_SIZE = 64 };

/* Is it such a key, and a point of the curve? */
bool browser_key_good(struct slice key);
/* Did that key sign these bytes (ECDSA with SHA-256)? */
bool browser_key_signed(struct slice key, struct slice text, struct slice signature);

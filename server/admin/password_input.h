#pragma once
/*
 * A password from a person: typed twice without echo, or the first line of standard input or of a
 * file. Never an argument: those are seen by everybody on the machine. A password leaves as a hash.
 */
#include "base/limits.h"
#include "base/password.h"
#include "settings/settings.h"

/* Room for a line of PASSWORD_MAX_BYTES, and for seeing that one is too long. */
enum { PASSPHRASE_SIZE = PASSWORD_MAX_BYTES + 3 };

/* A passphrase that is needed as it is: the first line of a file, or typed. `fresh`: typed twice,
 * and of a least length. To be wiped. */
bool passphrase_read(const char *file, bool fresh, char ret_text[PASSPHRASE_SIZE],
                     struct failure *failure);

/* One that is not guessed first (base/guessable.h). By the settings --password-file and
 * --password-stdin, else from the terminal. */
bool secret_hash(const struct settings *settings, const char *whose,
                 char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure);

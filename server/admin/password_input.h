#pragma once
/*
 * A password from a person: typed twice without echo, or the first line of standard input or of a
 * file. Never an argument: those are seen by everybody on the machine. It leaves as a hash.
 */
#include "base/password.h"
#include "settings/settings.h"

/* By the settings --password-file and --password-stdin, else from the terminal. */
bool secret_hash(const struct settings *settings, const char *whose,
                 char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure);

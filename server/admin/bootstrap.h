#pragma once
/*
 * Ways into a ledger that nobody serves: a one-time code for a terminal, a password for a person.
 * Used by init, recover and code.
 */
#include "datadir/keys.h"
#include "engine/instance.h"

/* A fresh code for a terminal, journalled by its digest. The text is told once. */
bool bootstrap_code(struct instance *instance, uint32_t terminal, struct arena *arena,
                    char ret_code[], struct failure *failure);
/* pin_hash NULL: their PIN stays as it is. */
bool bootstrap_secret(struct instance *instance, uint32_t staff, const char *password_hash,
                      const char *pin_hash, struct arena *arena, struct failure *failure);
/* A browser, by its key, is the terminal of that code from now on. */
bool bootstrap_browser(struct instance *instance, uint32_t terminal, const char *code,
                       struct slice key, struct arena *arena, struct failure *failure);
/* What to type next: the line that serves this ledger; "It is good for 15 minutes …" and the line
 * that takes the code, with an address that another device can call. */
void bootstrap_tell_serve(const struct settings *settings);
/* Does it listen on every address? None of them is one that a device could call. */
bool bootstrap_listens_to_all(const struct settings *settings);
void bootstrap_tell(const char *code, const struct settings *settings);

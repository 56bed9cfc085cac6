#pragma once
/*
 * Ways into a ledger that nobody serves: a one-time code for a terminal, a password for a person.
 * Used by init, recover and code.
 */
#include "keys.h"
#include "rooms.h"

/* A fresh code for a terminal, journalled by its digest. The text is told once. */
bool entrance_code(struct rooms *rooms, uint32_t terminal, struct arena *arena, char ret_code[],
                   struct failure *failure);
bool entrance_password(struct rooms *rooms, uint32_t staff, const char *password_hash,
                       struct arena *arena, struct failure *failure);
/* "It is good for 15 minutes …": where the code is typed. */
void entrance_tell(const char *code, const char *listen);

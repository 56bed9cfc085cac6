#pragma once
/*
 * Entries as commands of the ledger. The command and all it points to live in the arena; the texts
 * are the entry's.
 */
#include "command.pb-c.h"
#include "import/entry.h"

/* What the entry itself is. NULL without room. */
const Tefter__Command *command_of_entry(const struct entry *entry, bool match_oldest,
                                        struct arena *arena);
/* Makes the customer of a document, and the product of a line. */
const Tefter__Command *command_of_customer(const struct entry *entry, struct arena *arena);
const Tefter__Command *command_of_product(const struct entry_line *line, struct arena *arena);
/* What a group's row says of its terms, for the group that is there. */
const Tefter__Command *command_of_terms(const struct entry *entry, uint32_t number,
                                        struct arena *arena);
const Tefter__Command *command_of_joining(uint32_t customer, uint32_t group, struct arena *arena);
/* The limit that a customer's row says. */
/* Whom the row says to pay for the customer; NULL: nobody, or they themselves. */
const char *payer_of_entry(const struct entry *entry);
const Tefter__Command *command_of_payer(const struct entry *entry, uint32_t customer,
                                        struct arena *arena);
const Tefter__Command *command_of_limit(const struct entry *entry, uint32_t customer,
                                        struct arena *arena);

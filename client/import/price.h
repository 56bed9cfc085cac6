#pragma once
/*
 * Prices of lists, and the other units of products, as rows of a file say them. Pure.
 */
#include "command.pb-c.h"
#include "import/entry.h"
#include "view.pb-c.h"

/* One price of a list. The command and all it points to live in the arena; the texts are the
 * entry's. NULL without room. */
const Tefter__Command *price_command(const struct entry *entry, struct arena *arena);

/* "GOLD CEM40 bag from 10: 90.00 -> 88.00, from 2027-01-01"; `there` is the product's card. */
enum { PRICE_CHANGE_MAX = 320 };
void price_change_text(const struct entry *entry, const Tefter__ProductCardAnswer *there,
                       const struct currency *currency, char out[PRICE_CHANGE_MAX]);

/* The other unit that a product's row says; NULL: none, or (*ret_room false) no room. */
Tefter__ProductUnit *price_unit(const struct entry *entry, struct arena *arena, bool *ret_room);
/* The same without what the product's unit of that name has already; NULL: it says nothing new. */
Tefter__ProductUnit *price_unit_change(Tefter__ProductUnit *unit,
                                       const Tefter__ProductRecord *there);

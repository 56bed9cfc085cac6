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

/* Asks for the card of a price's product, with the prices that hold on the row's day. */
void price_card(const struct entry *entry, Tefter__ProductCard *ret_card);

/* Has the list a price there already: of the row's day, or, of a row without a day, the one in
 * force? `there` is what price_card asked for. PRICE_OTHER: `why` names both. A unit that the
 * product has not is new; the ledger refuses it. */
enum price_there { PRICE_NEW, PRICE_SAME, PRICE_OTHER };
enum price_there price_compare(const struct entry *entry, const Tefter__ProductCardAnswer *there,
                               const struct currency *currency, char why[WHY_MAX]);

/* What the row changes, into entry->differs: GOLD CEM40 bag from 10, from 2027-01-01, 90.00, 88.00;
 * `there` as above. */
void price_differs(struct entry *entry, const Tefter__ProductCardAnswer *there,
                   const struct currency *currency);

/* The other unit that a product's row says; NULL: none, or (*ret_room false) no room. */
Tefter__ProductUnit *price_unit(const struct entry *entry, struct arena *arena, bool *ret_room);
/* The same without what the product's unit of that name has already; NULL: it says nothing new. */
Tefter__ProductUnit *price_unit_change(Tefter__ProductUnit *unit,
                                       const Tefter__ProductRecord *there);

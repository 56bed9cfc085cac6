#pragma once
/*
 * The totals beside the ledger: moved by what each command says that it moved, compared with what
 * is counted anew from the records, and with totals that are filled from the state as at a start.
 */
#include "ledger/ledger.h"

struct beside;

struct beside *beside_create(void);
void beside_destroy(struct beside *beside);
/* After each command. */
void beside_move(struct beside *beside, const struct ledger_result *result);
/* In a view that stands at the newest command; behind: some customers were not told
 * yet of other terms. NULL: all the same; else
 * what is not. */
const char *beside_compare(struct beside *beside, struct ledger_view *view, bool behind,
                           struct arena *arena);

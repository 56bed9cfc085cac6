#pragma once
/*
 * What the files of this folder share: one side of a match.
 */
#include "domain/receivables/receivables.h"

/* The match of that number with that other document, unless it has been undone; else NULL. */
Tefter__Match *item_match(const struct item *item, uint64_t match, uint64_t other);

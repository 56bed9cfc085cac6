#pragma once
/*
 * Words of people's own programs for kinds of documents and of money, in the languages of our
 * headers. Pure.
 */
#include "base/bytes.h"
#include "command.pb-c.h"
#include "import/entry.h"

#include <stdbool.h>

/* What the type column of a document says. False: a word that nobody knows, or of what is no bill.
 */
bool words_type(struct slice word, enum entry_type *ret_type);
/* "Total", "Summe", "合计": what stands in a row that sums up those above it. */
bool words_total(struct slice word);
/* How money came; NULL is a transfer. */
bool words_payment(const char *word, Tefter__PaymentKind *ret_kind);

#pragma once
/*
 * What the files of this folder share.
 */
#include "domain/reports/reports.h"

/* As lists and search hits show it, with its customer's name; in tx, read over scratch. */
Tefter__DocumentRow *report_document_row(struct tx *tx, struct tx *scratch,
                                         const Tefter__DocumentRecord *record);

/* A customer's papers are for whoever serves them. Those of no customer, cash sales and money
 * moved, are for their own branch, and the one it comes to: false, when who asks belongs to
 * another. */
bool report_document_seen(struct tx *tx, const Tefter__DocumentRecord *record);

/* Money that is not matched; in tx, read over scratch. NULL: there is none of that number. */
Tefter__UnmatchedRow *report_unmatched_row(struct tx *tx, struct tx *scratch, uint64_t document);

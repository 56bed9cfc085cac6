#pragma once
/*
 * What the files of this folder share.
 */
#include "domain/reports/reports.h"

/* As lists and search hits show it, with its customer's name; in tx, read over scratch. */
Tefter__DocumentRow *report_document_row(struct tx *tx, struct tx *scratch,
                                         const Tefter__DocumentRecord *record);

#pragma once
/*
 * What the files of this folder share: an approval as the decision needs it.
 */
#include "domain/credit/credit.h"

/* Is the approval that the request names granted, for this customer and amount? Refuses, about
 * field "approval": NOT_FOUND, APPROVAL_NOT_OPEN (not granted, expired, another's, for less). */
Tefter__Refusal *approval_check(struct tx *tx, const struct credit_request *request);
/* After the decided line: its document is posted. */
void approval_spend(struct tx *tx, uint64_t approval, uint64_t document);

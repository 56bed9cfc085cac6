#pragma once
/*
 * What the files of this folder share: an approval as the decision needs it, and the reverse.
 */
#include "domain/credit/credit.h"

/* Does the approval that the request names serve it? Refuses, about field "approval": as
 * approval_serves; APPROVAL_OTHER_GOODS, APPROVAL_FOR_LESS. Under rules before RULE_APPROVALS_BIND
 * NOT_FOUND, APPROVAL_NOT_OPEN (not granted, expired, another's, for less). */
Tefter__Refusal *approval_check(struct tx *tx, const struct credit_request *request,
                                Tefter__Decision *decision);
/* Is no more in the way now than who granted it saw? Refuses APPROVAL_OUTGROWN approval. */
Tefter__Refusal *approval_check_seen_walls(struct tx *tx, const struct credit_request *request,
                                           Tefter__Decision *decision);
/* After the decided line: its document is posted. */
void approval_spend(struct tx *tx, uint64_t approval, const Tefter__DocumentRecord *document);

/* Who grants it was made by who asked: credit_alarm_maker of an approval. */
void alarm_maker_grants(struct tx *tx, const Tefter__ApprovalRow *approval);

/* By how much a sale of that amount would pass the limit now; 0: it is within it, or has none. */
int64_t credit_over_by(struct tx *tx, const struct credit_request *request);
/* What of a limit is used, by those terms. */
int64_t credit_exposure(struct tx *tx, const struct credit_terms *terms,
                        const Tefter__AccountRecord *account);
/* What money that is not final frees, matched or not: by its weight, rounded down. */
int64_t credit_freed(struct tx *tx, const struct credit_terms *terms,
                     const Tefter__AccountRecord *account);
/* A way out that everybody may take. */
void credit_way(struct tx *tx, Tefter__Refusal *refusal, Tefter__WayOutKind kind,
                int64_t amount_minor);
/* Somebody who may grant it is asked. */
void credit_way_ask(struct tx *tx, Tefter__Refusal *refusal);

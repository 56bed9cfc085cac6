#pragma once
/*
 * The domain: the entities of the trade, in folders. Which folder may use which stands in the
 * module table of tools/lint; there is no way back from a lower one to a higher one. When a lower
 * entity must react to a higher one, the higher calls the lower's plain function in the same
 * transaction. This header collects the folders' for the ledger alone.
 *
 * Each file of an entity: head with life cycle and numbered invariants; records; rules; changes
 * (apply_…); services for others; views.
 *
 * A change: `Tefter__Refusal *apply_x(struct tx *tx, const Tefter__X *command, Tefter__Done *done)`
 * returns NULL when done. A view: `Tefter__Refusal *view_x(struct tx *tx, const Tefter__X *query,
 * Tefter__XAnswer *answer)`. What comes in has been scanned (message_scan): required fields are
 * there, text is valid UTF-8 without NUL, enums are known.
 */
#include "domain/catalogue/catalogue.h"
#include "domain/corrections/corrections.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/entity/entity.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/payments/payments.h"
#include "domain/recall/recall.h"
#include "domain/receivables/receivables.h"
#include "domain/reports/reports.h"
#include "domain/statements/statements.h"

/* Moves a job on by one step (jobs.def). */
Tefter__Refusal *apply_step_job(struct tx *tx, const Tefter__StepJob *command, Tefter__Done *done);

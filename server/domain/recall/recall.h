#pragma once
/*
 * After a restore: what terminals were told before it and the restored ledger does not have. They
 * offer it with its receipt; it is staged, applied in its old order as what it was, and what does
 * not come back as it was stands on a worklist. The life cycle and the invariants stand at the head
 * of the file. That a receipt is the ledger's own is checked before it comes here.
 */
#include "domain/entity/entity.h"
#include "view.pb-c.h"

Tefter__Refusal *apply_begin_recovery(struct tx *tx, const Tefter__BeginRecovery *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_stage_offer(struct tx *tx, const Tefter__StageOffer *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_report_offers(struct tx *tx, const Tefter__ReportOffers *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_apply_offers(struct tx *tx, const Tefter__ApplyOffers *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_decline_offer(struct tx *tx, const Tefter__DeclineOffer *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_close_recovery(struct tx *tx, const Tefter__CloseRecovery *command,
                                      Tefter__Done *done);

/* ---- for the machine, which alone can apply a command: RecallNext ---- */

/* Is there an offer to be looked at? */
bool recall_due(struct tx *tx);

/* The offer whose turn it is. */
struct recall {
    Tefter__OfferRecord *offer; /* NULL: none is due among those that were looked at */
    const Tefter__Receipt *receipt;
    bool more;     /* there may be another one ... */
    uint64_t from; /* ... from this old seq on */
    bool again;    /* what could not be applied is tried once more */
};
void recall_find(struct tx *tx, struct recall *ret_recall);
/* Before it is applied: its branch is there, and what it makes would not take another's id. Refuses
 * NOT_FOUND branch, ALREADY_EXISTS id. */
Tefter__Refusal *recall_check(struct tx *tx, const Tefter__Receipt *receipt);

/* After the decided line, one of these: nothing was due; it is back (done NULL: it had not been
 * gone) and whether over a limit; it could not be applied. */
void recall_nothing(struct tx *tx, const struct recall *recall);
void recall_back(struct tx *tx, const struct recall *recall, const Tefter__Done *done,
                 bool over_limit);
void recall_refused(struct tx *tx, const struct recall *recall, Tefter__Refusal *refusal);

/* ---- for others ---- */

/* Of the newest recovery; NULL: the ledger was never restored. */
const Tefter__RecoveryRecord *recovery_newest(struct tx *tx);
/* Has this terminal offered all it holds since the newest began? */
bool recovery_heard(struct tx *tx, uint32_t terminal);
/* The one before; NULL: it was the first. Their numbers may have gaps. */
const Tefter__RecoveryRecord *recovery_before(struct tx *tx, uint32_t recovery);

Tefter__Refusal *view_recovery(struct tx *tx, const Tefter__RecoveryView *query,
                               Tefter__RecoveryAnswer *answer);

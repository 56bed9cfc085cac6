#pragma once
/*
 * Business days: which branches should turn theirs. Midnight is the branch's own; the ledger moves
 * its date only by the journalled TurnDay, and only forwards.
 */
#include "engine/submission.h"
#include "ledger/ledger.h"

struct business_dates {
    uint32_t *asked; /* newest date asked for, by branch */
    size_t count;
};

void business_dates_fini(struct business_dates *days);

/* Submits TurnDay for each branch whose day is over at this instant; each once. */
bool business_dates_turn(struct business_dates *days, struct ledger *ledger, int64_t now_ms,
                         enum submit_answer (*submit)(void *owner, const Tefter__Command *command),
                         void *owner, struct failure *failure);

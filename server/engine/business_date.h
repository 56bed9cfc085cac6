#pragma once
/*
 * Business days: which branches should turn theirs. Midnight is the branch's own; the ledger moves
 * its date only by the journalled TurnDay. A date that lies after the clock's own (a clock that was
 * ahead) is not turned back by itself: it is noted, for people.
 */
#include "engine/submission.h"
#include "ledger/ledger.h"

struct business_dates {
    uint32_t *asked; /* newest date asked for, by branch */
    size_t count;
    /* At the last look, of the branch that is furthest ahead of the clock: */
    uint32_t ahead_days; /* 0: none is */
    uint32_t clock_date; /* what the clock says there */
    char ahead_branch[16];
};

void business_dates_fini(struct business_dates *days);

/* Submits TurnDay for each branch whose day is over at this instant; each once. */
bool business_dates_turn(struct business_dates *days, struct ledger *ledger, int64_t now_ms,
                         enum submit_answer (*submit)(void *owner, const Tefter__Command *command),
                         void *owner, struct failure *failure);

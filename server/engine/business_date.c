#include "engine/business_date.h"

#include "base/date.h"
#include "base/grow.h"

#include <stdlib.h>

enum { BUSINESS_DATES_ARENA_MAX = 4 * 1024 * 1024 };

void business_dates_fini(struct business_dates *days)
{
    free(days->asked);
    *days = (struct business_dates){.count = 0};
}

/* NULL without memory. */
static uint32_t *asked_of(struct business_dates *days, uint32_t branch)
{
    return GROW_ZEROED(days->asked, days->count, (size_t)branch + 1) ? &days->asked[branch] : NULL;
}

static enum submit_answer turn(const Tefter__BranchRecord *branch, uint32_t date,
                               enum submit_answer (*submit)(void *, const Tefter__Command *),
                               void *owner)
{
    Tefter__TurnDay day = TEFTER__TURN_DAY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    day.branch = branch->branch;
    day.date = date;
    command.kind_case = TEFTER__COMMAND__KIND_TURN_DAY;
    command.turn_day = &day;
    return submit(owner, &command);
}

bool business_dates_turn(struct business_dates *days, struct ledger *ledger, int64_t now_ms,
                         enum submit_answer (*submit)(void *owner, const Tefter__Command *command),
                         void *owner, struct failure *failure)
{
    struct arena arena;
    const Tefter__BranchRecord **branches;
    arena_init(&arena, BUSINESS_DATES_ARENA_MAX);
    struct ledger_view *view = ledger_view_begin(ledger, &arena, failure);
    size_t count = view ? ledger_view_branches(view, &branches) : 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t date = date_of_instant(now_ms, branches[i]->utc_offset_minutes * 60);
        uint32_t *asked = asked_of(days, branches[i]->branch);
        if (asked && date > branches[i]->date && date > *asked &&
            turn(branches[i], date, submit, owner) == SUBMIT_TAKEN)
            *asked = date;
    }
    if (view)
        ledger_view_end(view);
    arena_fini(&arena);
    return view != NULL;
}

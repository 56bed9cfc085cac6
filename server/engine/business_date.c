#include "engine/business_date.h"

#include "base/date.h"
#include "base/grow.h"
#include "base/limits.h"

#include <stdio.h>
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

/* What was asked for is forgotten when it has come, so that it is asked for again after a way back.
 */
static void look_at_branch(struct business_dates *days, const Tefter__BranchRecord *branch,
                           uint32_t date,
                           enum submit_answer (*submit)(void *, const Tefter__Command *),
                           void *owner)
{
    uint32_t *asked = asked_of(days, branch->branch);
    uint32_t most = branch->date + TURN_DAYS_MAX;
    if (asked == NULL)
        return;
    if (branch->date >= *asked)
        *asked = DATE_NONE;
    date = date < most ? date : most;
    if (date > branch->date && date != *asked && turn(branch, date, submit, owner) == SUBMIT_TAKEN)
        *asked = date;
}

static void note_ahead(struct business_dates *days, const Tefter__BranchRecord *branch,
                       uint32_t date)
{
    uint32_t ahead = branch->date > date ? branch->date - date : 0;
    if (ahead <= days->ahead_days)
        return;
    days->ahead_days = ahead;
    days->clock_date = date;
    snprintf(days->ahead_branch, sizeof days->ahead_branch, "%s", branch->code);
}

bool business_dates_turn(struct business_dates *days, struct ledger *ledger, int64_t now_ms,
                         enum submit_answer (*submit)(void *owner, const Tefter__Command *command),
                         void *owner, struct failure *failure)
{
    struct arena arena;
    const Tefter__BranchRecord **branches;
    days->ahead_days = 0;
    arena_init(&arena, BUSINESS_DATES_ARENA_MAX);
    struct ledger_view *view = ledger_view_begin(ledger, &arena, failure);
    size_t count = view ? ledger_view_branches(view, &branches) : 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t date = date_of_instant(now_ms, branches[i]->utc_offset_minutes * 60);
        note_ahead(days, branches[i], date);
        look_at_branch(days, branches[i], date, submit, owner);
    }
    if (view)
        ledger_view_end(view);
    arena_fini(&arena);
    return view != NULL;
}

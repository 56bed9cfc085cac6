/*
 * Days of a branch: the first document that is dated on each, and the way back of a business date.
 *
 * 1. A business date goes back only to a day after which no document of the branch is dated, and
 *    no match; or to the clock's, when somebody says that the few that are dated later may stay so.
 */
#include "domain/documents/inside.h"

#include "base/date.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key branch_days(uint32_t branch)
{
    struct key key = key_book(TABLE_BRANCH_DAY);
    key_u32(&key, branch);
    return key;
}

static struct key day_key(uint32_t branch, uint32_t date)
{
    struct key key = branch_days(branch);
    key_u32(&key, date);
    return key;
}

/* What is recalled was there before what has been written since. */
static bool is_first(struct tx *tx, const struct key *key, const Tefter__DocumentRecord *record)
{
    uint64_t first;
    if (!tx_recalled(tx))
        return !tx_has_cached(tx, key);
    return !tx_get_u64(tx, key, &first) || record->seq < document_get(tx, first)->seq;
}

void document_note_day(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct key key = day_key(record->branch, record->date);
    if (is_first(tx, &key, record))
        tx_put_u64(tx, &key, record->document);
}

uint32_t document_day_until(struct tx *tx, uint32_t branch, uint32_t until)
{
    struct key prefix = branch_days(branch);
    struct key before = day_key(branch, until + 1);
    struct tx_walk walk;
    bool any = tx_walk_last(tx, &prefix, &before, &walk);
    uint32_t date = any ? tx_walk_u32(&walk, KEY_BOOK_HEAD + 4) : DATE_NONE;
    tx_walk_end(&walk);
    return date;
}

uint32_t document_day_after(struct tx *tx, uint32_t branch, uint32_t after)
{
    struct key prefix = branch_days(branch);
    struct key from = day_key(branch, after + 1);
    struct tx_walk walk;
    bool any = tx_walk_first(tx, &prefix, &from, &walk);
    uint32_t date = any ? tx_walk_u32(&walk, KEY_BOOK_HEAD + 4) : DATE_NONE;
    tx_walk_end(&walk);
    return date;
}

/* The first document dated after that day; 0: there is none. */
static uint64_t dated_later(struct tx *tx, uint32_t branch, uint32_t date)
{
    struct key prefix = branch_days(branch);
    struct key from = day_key(branch, date + 1);
    struct tx_walk walk;
    bool any = tx_walk_first(tx, &prefix, &from, &walk);
    uint64_t document = any ? be64_get(tx_walk_value(&walk).data) : 0;
    tx_walk_end(&walk);
    return document;
}

/* No more of the branch than PAPERS_AHEAD_MAX; among so many of all, or it is not looked into. */
static bool few_dated_later(struct tx *tx, uint32_t branch, uint32_t date)
{
    enum { PAPERS_AHEAD_MAX = 20, LOOKED_AT_MAX = 1000, FIELD_BRANCH = 5 };
    struct key prefix = key_book(TABLE_DATED);
    struct key from = document_dated_key(date + 1, 0, 0);
    size_t looked = 0;
    size_t ahead = 0;
    struct tx_walk walk;
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && looked < LOOKED_AT_MAX && ahead <= PAPERS_AHEAD_MAX; on = tx_walk_next(&walk)) {
        struct key key = document_key(tx_walk_number(&walk));
        ahead += tx_field(tx, &key, FIELD_BRANCH) == branch;
        looked++;
    }
    tx_walk_end(&walk);
    return !on && ahead <= PAPERS_AHEAD_MAX;
}

/* ---- rules ---- */

/* Back to the day that it is by the clock, and no further. */
static bool leaves_papers(struct tx *tx, const Tefter__TurnBackDay *command,
                          const Tefter__BranchRecord *branch)
{
    return command->leave_papers && tx_rule(tx, RULE_PAPERS_AHEAD_MAY_STAY) &&
           command->date >= date_of_instant(tx_now_ms(tx), branch->utc_offset_minutes * 60) &&
           few_dated_later(tx, branch->branch, command->date);
}

/* date: its own, or that of a match of it. */
static Tefter__Refusal *refuse_dated_later(struct tx *tx, uint64_t document, uint32_t date)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__DATED_LATER, "date");
    const Tefter__DocumentRecord *record = document_get(tx, document);
    FIELD_SET(refusal, existing, document);
    if (record == NULL) {
        tx_fault(tx, "a document of a branch's day");
        return refusal;
    }
    refusal->existing_number = record->number;
    FIELD_SET(refusal, date, date);
    return refusal;
}

static Tefter__Refusal *look_back(struct tx *tx, const Tefter__TurnBackDay *command,
                                  Tefter__BranchRecord **ret_branch)
{
    Tefter__Refusal *refusal = field_date(tx, "date", command->date);
    if (refusal != NULL)
        return refusal;
    *ret_branch = branch_get(tx, command->branch);
    if (*ret_branch == NULL)
        return refuse_not_found(tx, "branch");
    refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal != NULL)
        return refusal;
    if (command->date == (*ret_branch)->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "date");
    if (command->date > (*ret_branch)->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date");
    if (leaves_papers(tx, command, *ret_branch))
        return NULL;
    uint64_t later = dated_later(tx, command->branch, command->date);
    if (later != 0)
        return refuse_dated_later(tx, later, document_date(later));
    if ((*ret_branch)->has_matched_date && (*ret_branch)->matched_date > command->date)
        return refuse_dated_later(tx, (*ret_branch)->matched, (*ret_branch)->matched_date);
    return NULL;
}

/* ---- changes ---- */

/* Refuses, in this order: date (field_date); NOT_FOUND branch; against the branch's present
 * business date: NOTHING_TO_CHANGE date when equal, DATE_IN_FUTURE date when after it; DATED_LATER
 * date with the first document of the branch that is dated later, or with a bill of the latest
 * match that is; not when they may stay (leaves_papers). */
Tefter__Refusal *apply_turn_back_day(struct tx *tx, const Tefter__TurnBackDay *command,
                                     Tefter__Done *done)
{
    Tefter__BranchRecord *branch = NULL;
    Tefter__Refusal *refusal = look_back(tx, command, &branch);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    branch_move_date(tx, branch, command->date);
    event_done(tx, TEFTER__EVENT_KIND__DAY_TURNED_BACK, branch->branch, done);
    return NULL;
}

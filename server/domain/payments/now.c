/*
 * Branches at this moment, and what one person did in a day. Read only.
 */
#include "domain/payments/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/org/org.h"

/* ---- branches ---- */

/* NULL: there is no such branch, or it is not theirs to see. */
static Tefter__BranchNow *now_of(const Tefter__BranchesNowAnswer *answer, uint32_t branch)
{
    for (size_t i = 0; i < answer->n_branches; i++)
        if (answer->branches[i]->branch == branch)
            return answer->branches[i];
    return NULL;
}

static void count_terminals(struct tx *scratch, const Tefter__BranchesNowAnswer *answer)
{
    struct key prefix = key_book(TABLE_TERMINAL);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__TerminalRecord *terminal =
            tx_walk_record(&walk, &tefter__terminal_record__descriptor);
        Tefter__BranchNow *now = now_of(answer, terminal->branch);
        if (now != NULL && !terminal->blocked && terminal->has_fingerprint)
            now->terminals++;
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
}

static void count_till(struct tx *tx, const Tefter__BranchesNowAnswer *answer,
                       const Tefter__MoneyAccountRecord *till)
{
    Tefter__BranchNow *now = now_of(answer, till->branch);
    if (now == NULL || till->retired || till->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL)
        return;
    now->tills++;
    now->tills_open += till->has_open_since ? 1 : 0;
    now->tills_counted += till_counted(tx, till) ? 1 : 0;
}

static void count_tills(struct tx *scratch, const Tefter__BranchesNowAnswer *answer)
{
    struct key prefix = key_book(TABLE_PLACE);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        count_till(scratch, answer,
                   tx_walk_record(&walk, &tefter__money_account_record__descriptor));
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
}

Tefter__Refusal *view_branches_now(struct tx *tx, const Tefter__BranchesNow *query,
                                   Tefter__BranchesNowAnswer *answer)
{
    (void)query;
    const Tefter__BranchRecord **branches;
    size_t count = branch_list(tx, &branches);
    uint32_t only = staff_branch(tx);
    answer->branches = tx_take(tx, count * sizeof *answer->branches);
    for (size_t i = 0; i < count; i++) {
        if (only != 0 && branches[i]->branch != only)
            continue;
        Tefter__BranchNow *now = tx_new(tx, &tefter__branch_now__descriptor);
        now->branch = branches[i]->branch;
        now->code = tx_text(tx, branches[i]->code);
        now->name = tx_text(tx, branches[i]->name);
        now->date = branches[i]->date;
        now->blocked = branches[i]->blocked;
        answer->branches[answer->n_branches++] = now;
    }
    struct tx *scratch = tx_scratch_begin(tx);
    count_terminals(scratch, answer);
    count_tills(scratch, answer);
    tx_scratch_end(scratch);
    return NULL;
}

/* ---- what nobody is told who is to count it ---- */

static void add_waiting(struct tx *tx, struct tx *scratch, struct tills_waiting *waiting,
                        const Tefter__MoneyAccountRecord *till)
{
    if (till->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL || !till->has_open_since ||
        till_counted(scratch, till))
        return;
    if ((waiting->count & (waiting->count - 1)) == 0) { /* room for as many again */
        struct till_waiting *tills = tx_take(tx, (2 * waiting->count + 1) * sizeof *waiting->tills);
        if (waiting->count > 0)
            memcpy(tills, waiting->tills, waiting->count * sizeof *tills);
        waiting->tills = tills;
    }
    waiting->tills[waiting->count++] = (struct till_waiting){till->branch, till->open_since};
}

void tills_uncounted(struct tx *tx, struct tills_waiting *ret_waiting)
{
    struct key prefix = key_book(TABLE_PLACE);
    struct tx_walk walk;
    *ret_waiting = (struct tills_waiting){NULL, 0};
    struct tx *scratch = tx_scratch_begin(tx);
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        add_waiting(tx, scratch, ret_waiting,
                    tx_walk_record(&walk, &tefter__money_account_record__descriptor));
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
}

void tills_waiting(struct tx *tx, struct tills_waiting *ret_waiting)
{
    *ret_waiting = (struct tills_waiting){NULL, 0};
    if (!staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE))
        tills_uncounted(tx, ret_waiting);
}

bool tills_hide(const struct tills_waiting *waiting, uint32_t branch, uint32_t date)
{
    for (size_t i = 0; i < waiting->count; i++)
        if ((branch == 0 || waiting->tills[i].branch == branch) && date >= waiting->tills[i].since)
            return true;
    return false;
}

static bool waits_since(struct tx *tx, uint32_t number, int64_t at_ms)
{
    const Tefter__MoneyAccountRecord *till = money_account_get(tx, number);
    return till != NULL && !till_counted_since(tx, till, at_ms);
}

bool tills_hide_paper(struct tx *tx, uint64_t document, int64_t at_ms)
{
    if (staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE))
        return false;
    const Tefter__DocumentRecord *record = document_get(tx, document);
    bool counted = false;
    for (size_t i = 0; record != NULL && i < record->n_postings; i++) {
        const Tefter__Posting *posting = record->postings[i];
        if (posting->account != TEFTER__POSTING_ACCOUNT__GL_CASH || posting->sub == 0 ||
            posting->amount_minor >= 0)
            continue;
        if (waits_since(tx, posting->sub, at_ms))
            return true;
        counted = true;
    }
    return !counted;
}

/* ---- what one person did ---- */

enum { PAPERS_LOOKED_MAX = 20000, MONEY_KINDS = 8 };

struct staff_day {
    struct tx *tx;
    struct tx *scratch;
    Tefter__StaffDayAnswer *answer;
    uint32_t only; /* papers of that branch; 0: of any */
    struct tills_waiting waiting;
    bool hides; /* cash of what was done that day is still to be counted */
};

static bool wrote(struct tx *tx, uint64_t document, uint32_t staff)
{
    enum { FIELD_ACTOR = 10 };
    struct key key = document_key(document);
    const Tefter__Actor *actor = tx_part(tx, &key, FIELD_ACTOR, &tefter__actor__descriptor);
    return actor != NULL && actor->has_staff && actor->staff == staff;
}

static Tefter__MoneyOfKind *kind_of(const struct staff_day *day, Tefter__PaymentKind kind)
{
    Tefter__StaffDayAnswer *answer = day->answer;
    for (size_t i = 0; i < answer->n_collected; i++)
        if (answer->collected[i]->kind == kind)
            return answer->collected[i];
    Tefter__MoneyOfKind *money = tx_new(day->tx, &tefter__money_of_kind__descriptor);
    money->kind = kind;
    FIELD_SET(money, amount_minor, 0);
    if (answer->n_collected < MONEY_KINDS)
        answer->collected[answer->n_collected++] = money;
    return money;
}

static int64_t open_of(struct tx *tx, const Tefter__DocumentRecord *record)
{
    const struct item *item =
        account_item(tx, account_open(tx, record->customer), record->document);
    return item != NULL ? item->record->open_minor : 0;
}

static void add_paper(struct staff_day *day, const Tefter__DocumentRecord *record)
{
    struct tx *tx = day->tx;
    Tefter__StaffDayAnswer *answer = day->answer;
    Tefter__MoneyOfKind *money;
    day->hides = day->hides || tills_hide(&day->waiting, record->branch, record->date);
    switch (record->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        answer->sold++;
        answer->sold_minor = tx_sum(tx, answer->sold_minor, record->total_minor);
        answer->open_minor = tx_sum(tx, answer->open_minor, open_of(day->scratch, record));
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        money = kind_of(day, record->payment_kind);
        money->count++;
        money->amount_minor = tx_sum(tx, money->amount_minor, paper_money(record));
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        answer->credited++;
        answer->credited_minor = tx_sum(tx, answer->credited_minor, record->total_minor);
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        answer->refunded++;
        FIELD_SET(answer, refunded_minor, tx_sum(tx, answer->refunded_minor, paper_money(record)));
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        answer->reversed++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
}

static void look_at(struct staff_day *day, uint64_t document)
{
    if (!wrote(day->scratch, document, day->answer->staff) ||
        document_tail(day->scratch, document)->has_reversed_by)
        return;
    const Tefter__DocumentRecord *record = document_get(day->scratch, document);
    if (record != NULL && paper_hand(record) == day->answer->staff &&
        (day->only == 0 || record->branch == day->only))
        add_paper(day, record);
}

/* What was sold, less what is open of it and what came by card, is the cash. */
static void hide_cash(const struct staff_day *day)
{
    Tefter__StaffDayAnswer *answer = day->answer;
    if (!day->hides)
        return;
    for (size_t i = 0; i < answer->n_collected; i++)
        if (answer->collected[i]->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
            answer->collected[i]->has_amount_minor = false;
    answer->has_refunded_minor = false;
    FIELD_SET(answer, paid_hidden, true);
    FIELD_SET(answer, sold_hidden, true);
    answer->sold_minor = answer->open_minor;
}

/* Of another person: by who sees the trial balance, and of their own branch alone. */
static Tefter__Refusal *check_other(struct tx *tx, uint32_t staff)
{
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE);
    if (refusal != NULL)
        return refusal;
    const Tefter__StaffRecord *record = staff_get(tx, staff);
    if (record == NULL)
        return refuse_not_found(tx, "staff");
    return record->has_branch ? staff_check_paper(tx, "staff", record->branch) : NULL;
}

/* Refuses, in this order: FIELD_INVALID page; DATE_INVALID date; of another person RIGHT_MISSING
 * [SEE_TRIAL_BALANCE], NOT_FOUND staff and STAFF_OF_OTHER_BRANCH staff; NOT_LOGGED_IN. The token is
 * where the walk over the papers of the day goes on. */
Tefter__Refusal *view_staff_day(struct tx *tx, const Tefter__StaffDay *query,
                                Tefter__StaffDayAnswer *answer)
{
    uint64_t place[2];
    struct staff_day day = {.tx = tx, .answer = answer};
    Tefter__Refusal *refusal = NULL;
    if (!page_read(query->has_page, query->page, place, 2))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    answer->date = query->has_date ? query->date : branch_of_actor(tx)->date;
    answer->staff = query->has_staff ? query->staff : tx_actor(tx)->staff;
    if (answer->date < DATE_MIN || answer->date > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "date");
    if (answer->staff != tx_actor(tx)->staff) {
        refusal = check_other(tx, answer->staff);
        day.only = staff_branch(tx);
    }
    if (refusal == NULL && staff_get(tx, answer->staff) == NULL)
        refusal = refuse_not_found(tx, "staff");
    if (refusal != NULL)
        return refusal;
    answer->collected = tx_take(tx, MONEY_KINDS * sizeof *answer->collected);
    tills_waiting(tx, &day.waiting);
    day.hides = tills_hide(&day.waiting, branch_of_actor(tx)->branch, answer->date);
    struct key prefix = key_book(TABLE_DATED);
    key_u32(&prefix, answer->date);
    struct key from = document_dated_key(answer->date, place[0], place[1]);
    uint32_t looked = 0;
    struct tx_walk walk;
    day.scratch = tx_scratch_begin(tx);
    bool on = tx_walk_first(day.scratch, &prefix, &from, &walk);
    for (; on && looked < PAPERS_LOOKED_MAX; on = tx_walk_next(&walk), looked++) {
        tx_scratch_next(day.scratch);
        look_at(&day, tx_walk_number(&walk));
    }
    if (on) {
        uint64_t next[2] = {tx_walk_u64(&walk, KEY_BOOK_HEAD + 4),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 12)};
        FIELD_SET(answer, next, page_write(tx, next, 2));
    }
    tx_walk_end(&walk);
    tx_scratch_end(day.scratch);
    hide_cash(&day);
    return NULL;
}

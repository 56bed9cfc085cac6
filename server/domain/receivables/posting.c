/*
 * Postings: each document that moves money writes balanced postings, debit positive, credit
 * negative. The general ledger is their running totals by account, sub-account and branch. The
 * sub-account of a receivable is its customer; their own sum is their AccountRecord's balance, so
 * the total is kept once for all customers.
 *
 * 1. The postings of a document sum to zero.
 * 2. The sum of all totals is zero.
 */
#include "domain/receivables/receivables.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"

/* No total may pass this: a correction posts two documents, and both fit. */
#define TOTAL_MAX (INT64_MAX / 2)
/* Before RULE_BOUNDS_AGREE no total was to be above this before a document was posted; and what a
 * correction of the largest documents would have made overflow stopped the process. */
#define TOTAL_BEFORE_MAX (INT64_MAX - 2 * MONEY_MAX)
#define TOTAL_AFTER_MAX (INT64_MAX - 8 * DOCUMENT_LINES_MAX * MONEY_MAX)

/* ---- records ---- */

static struct key total_key(Tefter__PostingAccount account, uint32_t sub, uint32_t branch)
{
    struct key key = key_book(TABLE_TOTAL);
    key_u8(&key, (uint8_t)account);
    key_u32(&key, account == TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE ? 0 : sub);
    key_u32(&key, branch);
    return key;
}

static int64_t total_get(struct tx *tx, const struct key *key)
{
    int64_t total = 0;
    tx_get_i64(tx, key, &total);
    return total;
}

static void total_add(struct tx *tx, const struct key *key, int64_t amount_minor)
{
    int64_t total;
    need(money_add(total_get(tx, key), amount_minor, &total));
    tx_put_i64(tx, key, total);
}

/* ---- rules ---- */

static bool within(int64_t total, int64_t most)
{
    return total <= most && total >= -most;
}

static Tefter__Refusal *total_check(struct tx *tx, const struct key *key, int64_t amount_minor)
{
    int64_t before = total_get(tx, key);
    int64_t after = before;
    bool fits = money_add(before, amount_minor, &after);
    if (tx_rule(tx, RULE_BOUNDS_AGREE))
        fits = fits && within(after, TOTAL_MAX);
    else
        fits = fits && within(before, TOTAL_BEFORE_MAX) && within(after, TOTAL_AFTER_MAX);
    return fits ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "total_minor");
}

/* ---- services ---- */

Tefter__Refusal *posting_check_early(struct tx *tx, const Tefter__BranchRecord *branch,
                                     uint32_t date, uint32_t free)
{
    enum { DAYS_BACK_MAX = 731 }; /* two years, and a leap day */
    uint32_t first = branch->date > DAYS_BACK_MAX ? branch->date - DAYS_BACK_MAX : DATE_MIN;
    if (free < first)
        first = free;
    return date < first && tx_rule(tx, RULE_DATES_BY_HAND_BEGIN) && !tx_recalled(tx)
               ? refuse_early(tx, "date", first)
               : NULL;
}

Tefter__Refusal *posting_date(struct tx *tx, const Tefter__BranchRecord *branch, bool has_date,
                              uint32_t date, bool backfill, uint32_t *ret_date)
{
    *ret_date = has_date ? date : branch->date;
    if (*ret_date > branch->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date");
    if (*ret_date == branch->date || backfill)
        return NULL;
    if (staff_actor_may(tx, TEFTER__RIGHT__RIGHT_BACKDATE))
        return posting_check_early(tx, branch, *ret_date, DATE_MAX);
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_BACKDATE);
    refusal->code = TEFTER__REFUSAL_CODE__DATE_BEFORE_TODAY;
    refusal->field = tx_text(tx, "date");
    return refusal;
}

void postings_add(struct tx *tx, struct postings *postings, Tefter__PostingAccount account,
                  uint32_t sub, int64_t amount_minor, uint32_t branch)
{
    if (amount_minor == 0)
        return;
    need(postings->count < sizeof postings->items / sizeof postings->items[0]);
    Tefter__Posting *posting = tx_new(tx, &tefter__posting__descriptor);
    posting->account = account;
    FIELD_SET_IF(posting, sub, sub != 0, sub);
    posting->amount_minor = amount_minor;
    posting->branch = branch;
    postings->items[postings->count++] = posting;
}

void postings_set(struct tx *tx, const struct postings *postings, Tefter__DocumentRecord *document)
{
    int64_t sum = 0;
    document->n_postings = postings->count;
    document->postings = tx_take(tx, postings->count * sizeof(Tefter__Posting *));
    for (size_t i = 0; i < postings->count; i++) {
        document->postings[i] = postings->items[i];
        sum += postings->items[i]->amount_minor;
    }
    need(sum == 0);
}

Tefter__Refusal *postings_check(struct tx *tx, const Tefter__DocumentRecord *document)
{
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; i < document->n_postings && refusal == NULL; i++) {
        const Tefter__Posting *posting = document->postings[i];
        struct key key = total_key(posting->account, posting->sub, posting->branch);
        refusal = total_check(tx, &key, posting->amount_minor);
    }
    return refusal;
}

void postings_post(struct tx *tx, const Tefter__DocumentRecord *document)
{
    for (size_t i = 0; i < document->n_postings; i++) {
        const Tefter__Posting *posting = document->postings[i];
        struct key key = total_key(posting->account, posting->sub, posting->branch);
        total_add(tx, &key, posting->amount_minor);
    }
}

Tefter__Refusal *postings_check_move(struct tx *tx, const struct postings_transfer *transfer)
{
    struct key from = total_key(transfer->from, transfer->sub, transfer->branch);
    struct key to = total_key(transfer->to, transfer->sub, transfer->branch);
    Tefter__Refusal *refusal = total_check(tx, &from, -transfer->amount_minor);
    return refusal == NULL ? total_check(tx, &to, transfer->amount_minor) : refusal;
}

void postings_move(struct tx *tx, const struct postings_transfer *transfer)
{
    struct key from = total_key(transfer->from, transfer->sub, transfer->branch);
    struct key to = total_key(transfer->to, transfer->sub, transfer->branch);
    total_add(tx, &from, -transfer->amount_minor);
    total_add(tx, &to, transfer->amount_minor);
}

int64_t posting_total(struct tx *tx, Tefter__PostingAccount account, uint32_t sub)
{
    struct key prefix = key_book(TABLE_TOTAL);
    key_u8(&prefix, (uint8_t)account);
    key_u32(&prefix, sub);
    int64_t sum = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
        sum = tx_sum(tx, sum, (int64_t)tx_walk_number(&walk));
    tx_walk_end(&walk);
    return sum;
}

int64_t posting_receivables(struct tx *tx)
{
    struct key prefix = key_book(TABLE_TOTAL);
    key_u8(&prefix, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE);
    int64_t sum = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
        sum = tx_sum(tx, sum, (int64_t)tx_walk_number(&walk));
    tx_walk_end(&walk);
    return sum;
}

int64_t posting_receivables_of(struct tx *tx, uint32_t branch)
{
    struct key prefix = key_book(TABLE_TOTAL);
    key_u8(&prefix, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE);
    int64_t sum = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
        if (tx_walk_u32(&walk, KEY_BOOK_HEAD + 5) == branch)
            sum = tx_sum(tx, sum, (int64_t)tx_walk_number(&walk));
    tx_walk_end(&walk);
    return sum;
}

/* ---- views ---- */

static Tefter__GlTotal *gl_total(struct tx *tx, const struct tx_walk *walk)
{
    uint32_t sub = tx_walk_u32(walk, KEY_BOOK_HEAD + 1);
    Tefter__GlTotal *total = tx_new(tx, &tefter__gl_total__descriptor);
    total->account = (Tefter__PostingAccount)tx_walk_key(walk).data[KEY_BOOK_HEAD];
    FIELD_SET_IF(total, sub, sub != 0, sub);
    total->branch = tx_walk_u32(walk, KEY_BOOK_HEAD + 5);
    total->amount_minor = (int64_t)tx_walk_number(walk);
    return total;
}

/* What the whole company's books come to is not for who belongs to one branch; whether they agree
 * is. */
static void sum_totals(struct tx *tx, uint32_t only, Tefter__TrialBalanceAnswer *answer)
{
    struct key prefix = key_book(TABLE_TOTAL);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
        answer->sum_minor = tx_sum(tx, answer->sum_minor, (int64_t)tx_walk_number(&walk));
    tx_walk_end(&walk);
    answer->balanced = answer->sum_minor == 0;
    answer->balances_minor = only == 0 ? posting_receivables(tx) : posting_receivables_of(tx, only);
}

/* The token is the key of the next total: account and sub-account, branch. Who belongs to a branch
 * is told that one's. */
Tefter__Refusal *view_trial_balance(struct tx *tx, const Tefter__TrialBalance *query,
                                    Tefter__TrialBalanceAnswer *answer)
{
    enum { GL_TOTALS_MAX = 4000 };
    uint64_t token[2];
    uint32_t only = staff_branch(tx);
    if (!page_read(query->has_page, query->page, token, 2))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct key prefix = key_book(TABLE_TOTAL);
    struct key from = prefix;
    key_u8(&from, (uint8_t)(token[0] >> 32));
    key_u32(&from, (uint32_t)token[0]);
    key_u32(&from, (uint32_t)token[1]);
    answer->totals = tx_take(tx, GL_TOTALS_MAX * sizeof(Tefter__GlTotal *));
    struct tx_walk walk;
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && answer->n_totals < GL_TOTALS_MAX; on = tx_walk_next(&walk))
        if (only == 0 || tx_walk_u32(&walk, KEY_BOOK_HEAD + 5) == only)
            answer->totals[answer->n_totals++] = gl_total(tx, &walk);
    if (on) {
        const Tefter__GlTotal *next = gl_total(tx, &walk);
        token[0] = (uint64_t)next->account << 32 | next->sub;
        token[1] = next->branch;
        FIELD_SET(answer, next, page_write(tx, token, 2));
    }
    tx_walk_end(&walk);
    sum_totals(tx, only, answer);
    return NULL;
}

/*
 * The books as they stood at the end of a day: the postings of all papers until then, and of money
 * that was said by then to have arrived. What was recorded later for an older day counts on the day
 * it bears. Read only.
 */
#include "domain/reports/reports.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"

#include <string.h>

/* Totals in the order of their keys: account and sub-account, branch. */
struct books {
    struct tx *tx;
    Tefter__BooksOnAnswer *answer;
    uint32_t only; /* branch; 0: all */
};

static int compare(const Tefter__GlTotal *total, Tefter__PostingAccount account, uint32_t sub,
                   uint32_t branch)
{
    if (total->account != account)
        return total->account < account ? -1 : 1;
    if (total->sub != sub)
        return total->sub < sub ? -1 : 1;
    return (total->branch > branch) - (total->branch < branch);
}

static void add(struct books *books, Tefter__PostingAccount account, uint32_t sub, uint32_t branch,
                int64_t amount_minor)
{
    Tefter__BooksOnAnswer *answer = books->answer;
    if (books->only != 0 && branch != books->only)
        return;
    if (account == TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE)
        sub = 0; /* of all customers together, as the books keep it */
    size_t from = 0, until = answer->n_totals;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        if (compare(answer->totals[middle], account, sub, branch) < 0)
            from = middle + 1;
        else
            until = middle;
    }
    if (from == answer->n_totals || compare(answer->totals[from], account, sub, branch) != 0) {
        Tefter__GlTotal *total = tx_new(books->tx, &tefter__gl_total__descriptor);
        total->account = account;
        FIELD_SET_IF(total, sub, sub != 0, sub);
        total->branch = branch;
        memmove(answer->totals + from + 1, answer->totals + from,
                (answer->n_totals - from) * sizeof(Tefter__GlTotal *));
        answer->totals[from] = total;
        answer->n_totals++;
    }
    Tefter__GlTotal *total = answer->totals[from];
    total->amount_minor = tx_sum(books->tx, total->amount_minor, amount_minor);
}

static void move(struct books *books, const Tefter__Posting *posting, Tefter__PostingAccount to)
{
    add(books, posting->account, posting->sub, posting->branch, -posting->amount_minor);
    add(books, to, posting->sub, posting->branch, posting->amount_minor);
}

/* What its confirmation moved: a slip's money to the bank, a move's to where it arrived. */
static void add_arrival(struct books *books, const Tefter__DocumentRecord *record)
{
    bool slip = record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
    Tefter__PostingAccount way = slip ? TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY
                                      : TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT;
    for (size_t i = 0; i < record->n_postings; i++)
        if (record->postings[i]->account == way)
            move(books, record->postings[i],
                 slip ? TEFTER__POSTING_ACCOUNT__GL_BANK : record->arrives);
}

static void add_paper(struct books *books, struct tx *scratch, uint64_t document, uint32_t as_of)
{
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    if (record == NULL)
        return;
    const Tefter__DocumentTailRecord *tail = document_tail(scratch, document);
    for (size_t i = 0; i < record->n_postings; i++) {
        const Tefter__Posting *posting = record->postings[i];
        add(books, posting->account, posting->sub, posting->branch, posting->amount_minor);
    }
    if (tail->has_confirmed && tail->confirmed_date <= as_of)
        add_arrival(books, record);
}

/* The token is the place of the last paper that was looked at: day, seq, document. Refuses
 * FIELD_INVALID page, DATE_INVALID as_of. */
Tefter__Refusal *view_books_on(struct tx *tx, const Tefter__BooksOn *query,
                               Tefter__BooksOnAnswer *answer)
{
    enum { PAPER_TOTALS_MOST = 16 }; /* that one paper may begin */
    uint64_t last[3];
    if (!page_read(query->has_page, query->page, last, 3) || last[0] > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (query->as_of > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "as_of");
    struct books books = {tx, answer, staff_branch(tx)};
    answer->totals = tx_take(tx, BOOKS_TOTALS_MAX * sizeof(Tefter__GlTotal *));
    struct key prefix = key_book(TABLE_DATED);
    struct key start = document_dated_key((uint32_t)last[0], last[1], last[2]);
    key_u8(&start, 0); /* just behind it */
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    bool on = tx_walk_first(scratch, &prefix, query->has_page ? &start : NULL, &walk);
    for (; on && tx_walk_u32(&walk, KEY_BOOK_HEAD) <= query->as_of; on = tx_walk_next(&walk)) {
        if (answer->papers == BOOKS_LOOKED_AT_MAX ||
            answer->n_totals + PAPER_TOTALS_MOST > BOOKS_TOTALS_MAX) {
            FIELD_SET(answer, next, page_write(tx, last, 3));
            break;
        }
        last[0] = tx_walk_u32(&walk, KEY_BOOK_HEAD);
        last[1] = tx_walk_u64(&walk, KEY_BOOK_HEAD + sizeof(uint32_t));
        last[2] = tx_walk_number(&walk);
        tx_scratch_next(scratch);
        add_paper(&books, scratch, last[2], query->as_of);
        answer->papers++;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return NULL;
}

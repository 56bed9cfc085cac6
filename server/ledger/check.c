/*
 * The slow truth: every figure that is kept up with each change, computed again from documents and
 * items, and compared. In one read transaction, customer by customer.
 */
#include "base/limits.h"
#include "book/book.h"
#include "ledger/inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { BOOK_SLOTS = 16384 };

struct book_sum {
    Tefter__PostingAccount account;
    uint32_t sub;
    uint32_t branch;
    int64_t amount_minor;
    bool used;
};

struct check {
    struct tx *tx; /* scratch */
    struct ledger_check *result;
    struct book_sum *books;
};

static bool wrong(struct check *check, uint32_t customer, const char *what, int64_t kept,
                  int64_t counted)
{
    struct ledger_check *result = check->result;
    if (result->what[0] != '\0')
        return false;
    result->wrong_customer = customer;
    snprintf(result->what, sizeof result->what, "%s: %lld is kept, %lld is counted", what,
             (long long)kept, (long long)counted);
    return false;
}

static struct book_sum *book_slot(struct check *check, Tefter__PostingAccount account, uint32_t sub,
                                  uint32_t branch)
{
    if (account == TEFTER__POSTING_ACCOUNT__BOOK_RECEIVABLE)
        sub = 0;
    size_t at = (account * 31u + sub * 1000003u + branch * 7919u) % BOOK_SLOTS;
    for (size_t tries = 0; tries < BOOK_SLOTS; tries++, at = (at + 1) % BOOK_SLOTS) {
        struct book_sum *sum = &check->books[at];
        if (!sum->used)
            *sum = (struct book_sum){account, sub, branch, 0, true};
        if (sum->account == account && sum->sub == sub && sum->branch == branch)
            return sum;
    }
    fault_need(__FILE__, __LINE__, "more books than a company can have");
}

static void count_postings(struct check *check, const Tefter__DocumentRecord *document,
                           const Tefter__DocumentTailRecord *tail)
{
    for (size_t i = 0; i < document->n_postings; i++) {
        const Tefter__Posting *posting = document->postings[i];
        book_slot(check, posting->account, posting->sub, posting->branch)->amount_minor +=
            posting->amount_minor;
    }
    if (!tail->has_confirmed || !tail->confirmed)
        return;
    book_slot(check, TEFTER__POSTING_ACCOUNT__BOOK_MONEY_ON_ITS_WAY, document->place,
              document->branch)
        ->amount_minor -= document->total_minor;
    book_slot(check, TEFTER__POSTING_ACCOUNT__BOOK_BANK, document->place, document->branch)
        ->amount_minor += document->total_minor;
}

static int64_t count_documents(struct check *check, uint32_t customer)
{
    int64_t balance = 0;
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(check->tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        tx_scratch_next(check->tx);
        const Tefter__DocumentRecord *document =
            tx_walk_record(&walk, &tefter__document_record__descriptor);
        count_postings(check, document, document_tail(check->tx, document->document));
        balance += document->balance_minor;
        check->result->documents++;
    }
    tx_walk_end(&walk);
    return balance;
}

struct item_sums {
    int64_t bills;
    int64_t unmatched;
    int64_t waiting;
    int64_t uncleared;
    int64_t edges; /* debits' matches less credits': 0 when both sides agree */
};

static bool count_item(struct check *check, uint32_t customer, const Tefter__ItemRecord *item,
                       bool open_table, struct item_sums *sums)
{
    int64_t matched = 0;
    for (size_t i = 0; i < item->n_matches; i++)
        if (!item->matches[i]->has_undone_seq)
            matched += item->matches[i]->amount_minor;
    int64_t open = item->has_reversed_seq ? 0 : item->amount_minor - matched;
    if (open != item->open_minor || (open > 0) != open_table)
        return wrong(check, customer, "an item's open amount", item->open_minor, open);
    sums->edges += item->debit ? matched : -matched;
    if (item->debit)
        sums->bills += open;
    else if (item->final)
        sums->unmatched += open;
    else
        sums->waiting += open;
    if (!item->debit && !item->final && !item->has_reversed_seq)
        sums->uncleared += matched;
    return true;
}

static bool count_items(struct check *check, uint32_t customer, struct item_sums *sums)
{
    bool right = true;
    for (int table = TABLE_OPEN_DEBIT; table <= TABLE_CLOSED_ITEM && right; table++) {
        struct key prefix = key_customer(customer, (enum customer_table)table);
        struct tx_walk walk;
        for (bool on = tx_walk_first(check->tx, &prefix, NULL, &walk); on && right;
             on = tx_walk_next(&walk)) {
            tx_scratch_next(check->tx);
            right =
                count_item(check, customer, tx_walk_record(&walk, &tefter__item_record__descriptor),
                           table != TABLE_CLOSED_ITEM, sums);
        }
        tx_walk_end(&walk);
    }
    return right;
}

static bool same(struct check *check, uint32_t customer, const char *what, int64_t kept,
                 int64_t counted)
{
    return kept == counted || wrong(check, customer, what, kept, counted);
}

static bool check_customer(struct check *check, uint32_t customer)
{
    struct item_sums sums = {0};
    int64_t balance = count_documents(check, customer);
    if (!count_items(check, customer, &sums))
        return false;
    tx_scratch_next(check->tx);
    const Tefter__AccountRecord *account = account_peek(check->tx, customer);
    check->result->customers++;
    check->result->balances_minor += balance;
    return same(check, customer, "balance", account->balance_minor, balance) &&
           same(check, customer, "balance by items", sums.bills - sums.unmatched - sums.waiting,
                balance) &&
           same(check, customer, "unpaid bills", account->bills_minor, sums.bills) &&
           same(check, customer, "not yet matched", account->unmatched_minor, sums.unmatched) &&
           same(check, customer, "awaiting confirmation", account->waiting_minor, sums.waiting) &&
           same(check, customer, "not cleared", account->uncleared_minor, sums.uncleared) &&
           same(check, customer, "the two sides of matches", 0, sums.edges);
}

static bool check_books(struct check *check)
{
    Tefter__Books query = TEFTER__BOOKS__INIT;
    Tefter__BooksAnswer books = TEFTER__BOOKS_ANSWER__INIT;
    tx_scratch_next(check->tx);
    view_books(check->tx, &query, &books);
    check->result->postings_minor = books.sum_minor;
    for (size_t i = 0; i < books.n_totals; i++) {
        const Tefter__BookTotal *total = books.totals[i];
        int64_t counted = book_slot(check, total->account, total->sub, total->branch)->amount_minor;
        if (!same(check, 0, "a total of the books", total->amount_minor, counted))
            return false;
    }
    return same(check, 0, "the sum of all books", books.sum_minor, 0) &&
           same(check, 0, "receivables", books.balances_minor, check->result->balances_minor);
}

bool ledger_check(struct ledger *ledger, struct ledger_check *ret_check, struct failure *failure)
{
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    *ret_check = (struct ledger_check){0};
    struct book_sum *books = calloc(BOOK_SLOTS, sizeof *books);
    struct ledger_view *view = books != NULL ? ledger_view_begin(ledger, &arena, failure) : NULL;
    if (view == NULL) {
        free(books);
        arena_fini(&arena);
        return fail(failure, FAULT_MEMORY, 0, "no memory to check the ledger");
    }
    struct tx *tx = ledger_view_tx(view);
    struct check check = {tx_scratch_begin(tx), ret_check, books};
    bool right = true;
    for (uint32_t customer = customer_next(check.tx, 0); customer != 0 && right;
         customer = customer_next(check.tx, customer))
        right = check_customer(&check, customer);
    if (right)
        check_books(&check);
    bool sound = tx_sound(tx);
    if (!sound)
        *failure = *store_failure(tx->txn);
    tx_scratch_end(check.tx);
    ledger_view_end(view);
    free(books);
    arena_fini(&arena);
    return sound;
}

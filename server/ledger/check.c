/*
 * The slow truth: every figure that is kept up with each change, computed again from documents and
 * items, and every derived row, made again from facts (derived.h); and compared. In one read
 * transaction, customer by customer.
 */
#include "base/limits.h"
#include "domain/domain.h"
#include "ledger/derived.h"
#include "ledger/inside.h"
#include "totals/totals.h"

#include <stdio.h>
#include <stdlib.h>

enum { BOOKS_FIRST = 1024 };

struct book_sum {
    Tefter__PostingAccount account;
    uint32_t sub;
    uint32_t branch;
    int64_t amount_minor;
    bool used;
    bool kept; /* a row of the state says so too */
};

/* By account, sub and branch; open addressing, a power of two, at most half full. */
struct books {
    struct book_sum *slots;
    size_t room;
    size_t count;
};

struct check {
    struct tx *tx; /* scratch */
    struct ledger_check *result;
    struct books books;
    bool no_memory;
    int64_t moved; /* of all customers: nothing */
    struct totals *totals;
    struct derived derived;
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

/* Its place, or the free one where it belongs. */
static struct book_sum *book_place(const struct books *books, Tefter__PostingAccount account,
                                   uint32_t sub, uint32_t branch)
{
    uint64_t hash = ((uint64_t)sub << 32 | branch) * UINT64_C(0x9e3779b97f4a7c15) + account;
    for (uint64_t at = hash ^ hash >> 32;; at++) {
        struct book_sum *sum = &books->slots[at & (books->room - 1)];
        if (!sum->used || (sum->account == account && sum->sub == sub && sum->branch == branch))
            return sum;
    }
}

static bool books_grow(struct books *books)
{
    struct books old = *books;
    size_t room = old.room > 0 ? 2 * old.room : BOOKS_FIRST;
    struct book_sum *slots = calloc(room, sizeof *slots);
    if (slots == NULL)
        return false;
    *books = (struct books){slots, room, old.count};
    for (size_t i = 0; i < old.room; i++) {
        const struct book_sum *sum = &old.slots[i];
        if (sum->used)
            *book_place(books, sum->account, sum->sub, sum->branch) = *sum;
    }
    free(old.slots);
    return true;
}

/* Stays where it is until the next is asked for. NULL: no memory. A company may have as many as it
 * has money accounts, times branches. */
static struct book_sum *book_slot(struct check *check, Tefter__PostingAccount account, uint32_t sub,
                                  uint32_t branch)
{
    struct books *books = &check->books;
    if (account == TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE)
        sub = 0;
    if (books->count >= books->room / 2 && !books_grow(books)) {
        check->no_memory = true;
        return NULL;
    }
    struct book_sum *sum = book_place(books, account, sub, branch);
    if (!sum->used) {
        *sum = (struct book_sum){account, sub, branch, 0, true, false};
        books->count++;
    }
    return sum;
}

static bool book_add(struct check *check, Tefter__PostingAccount account, uint32_t sub,
                     uint32_t branch, int64_t amount_minor)
{
    struct book_sum *sum = book_slot(check, account, sub, branch);
    if (sum == NULL)
        return false;
    sum->amount_minor = tx_sum(check->tx, sum->amount_minor, amount_minor);
    return true;
}

/* Money that was on its way between two money accounts has arrived. */
static bool count_arrival(struct check *check, const Tefter__DocumentRecord *move)
{
    bool there = true;
    for (size_t i = 0; i < move->n_postings && there; i++) {
        const Tefter__Posting *posting = move->postings[i];
        if (posting->account == TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT)
            there = book_add(check, posting->account, posting->sub, posting->branch,
                             -posting->amount_minor) &&
                    book_add(check, move->arrives, posting->sub, posting->branch,
                             posting->amount_minor);
    }
    return there;
}

static bool count_postings(struct check *check, const Tefter__DocumentRecord *document,
                           const Tefter__DocumentTailRecord *tail)
{
    for (size_t i = 0; i < document->n_postings; i++) {
        const Tefter__Posting *posting = document->postings[i];
        if (!book_add(check, posting->account, posting->sub, posting->branch,
                      posting->amount_minor))
            return false;
    }
    if (tail->has_confirmed && document->has_arrives)
        return count_arrival(check, document);
    int64_t money_minor = payment_money(document);
    return !tail->has_confirmed || !tail->confirmed ||
           (book_add(check, TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY, document->money_account,
                     document->branch, -money_minor) &&
            book_add(check, TEFTER__POSTING_ACCOUNT__GL_BANK, document->money_account,
                     document->branch, money_minor));
}

struct document_sums {
    int64_t balance;
    uint64_t count;
    uint64_t newest;
};

static bool count_documents(struct check *check, uint32_t customer, struct document_sums *sums)
{
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct tx_walk walk;
    bool same = true;
    for (bool on = tx_walk_first(check->tx, &prefix, NULL, &walk); on && same;
         on = tx_walk_next(&walk)) {
        tx_scratch_next(check->tx);
        const Tefter__DocumentRecord *document =
            tx_walk_record(&walk, &tefter__document_record__descriptor);
        const Tefter__DocumentTailRecord *tail = document_tail(check->tx, document->document);
        sums->balance += document->balance_minor;
        sums->newest = document->document;
        sums->count++;
        same = count_postings(check, document, tail) &&
               derived_document(&check->derived, document, tail);
    }
    tx_walk_end(&walk);
    check->result->documents += sums->count;
    return same;
}

struct item_sums {
    int64_t bills;
    int64_t unmatched;
    int64_t waiting;
    int64_t uncleared;
    int64_t edges; /* debits' matches less credits': 0 when both sides agree */
    int64_t moved; /* by matches with a payer's money, or with a site's bill */
    int64_t open_bills;
    int64_t open_credits;
};

static bool count_item(struct check *check, uint32_t customer, const Tefter__ItemRecord *item,
                       bool open_table, struct item_sums *sums)
{
    int64_t matched = 0;
    int64_t moved = 0;
    for (size_t i = 0; i < item->n_matches; i++) {
        bool stands = !item->matches[i]->has_undone_seq;
        bool apart = document_customer(item->matches[i]->other) != customer;
        matched += stands ? item->matches[i]->amount_minor : 0;
        moved += stands && apart ? item->matches[i]->amount_minor : 0;
    }
    int64_t open = item->has_reversed_seq ? 0 : item->amount_minor - matched;
    if (open != item->open_minor || (open > 0) != open_table)
        return wrong(check, customer, "an item's open amount", item->open_minor, open);
    sums->edges += item->debit ? matched - moved : moved - matched;
    sums->moved += item->debit ? -moved : moved;
    sums->open_bills += item->debit && open > 0;
    sums->open_credits += !item->debit && open > 0;
    if (item->debit)
        sums->bills += open;
    else if (item->final)
        sums->unmatched += open;
    else
        sums->waiting += open;
    if (!item->debit && !item->final && !item->has_reversed_seq)
        sums->uncleared += matched;
    return derived_item(&check->derived, item);
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

static bool is_site(const Tefter__CustomerRecord *payer, uint32_t customer)
{
    for (size_t i = 0; i < payer->n_sites; i++)
        if (payer->sites[i] == customer)
            return true;
    return false;
}

static void add_site(struct tx *tx, Tefter__FamilyRecord *sums,
                     const Tefter__AccountRecord *account)
{
    sums->balance_minor = tx_sum(tx, sums->balance_minor, account->balance_minor);
    sums->bills_minor = tx_sum(tx, sums->bills_minor, account->bills_minor);
    sums->unmatched_minor = tx_sum(tx, sums->unmatched_minor, account->unmatched_minor);
    sums->waiting_minor = tx_sum(tx, sums->waiting_minor, account->waiting_minor);
    sums->uncleared_minor = tx_sum(tx, sums->uncleared_minor, account->uncleared_minor);
    sums->open_bills += account->open_bills;
}

/* The sums of who pays and of all their sites; each account's own are counted when it is its turn.
 */
static bool check_sums_of_family(struct check *check, const Tefter__CustomerRecord *payer,
                                 const Tefter__AccountRecord *account)
{
    const Tefter__FamilyRecord *kept = account->family;
    uint32_t customer = payer->customer;
    Tefter__FamilyRecord sums = TEFTER__FAMILY_RECORD__INIT;
    add_site(check->tx, &sums, account);
    for (size_t i = 0; i < payer->n_sites; i++) {
        const Tefter__AccountRecord *site = account_field(check->tx, payer->sites[i]);
        if (!same(check, payer->sites[i], "the payer", site->payer, customer))
            return false;
        add_site(check->tx, &sums, site);
    }
    return same(check, customer, "how many sites", kept->sites, (int64_t)payer->n_sites) &&
           same(check, customer, "the family's balance", kept->balance_minor, sums.balance_minor) &&
           same(check, customer, "the family's bills", kept->bills_minor, sums.bills_minor) &&
           same(check, customer, "the family's money", kept->unmatched_minor,
                sums.unmatched_minor) &&
           same(check, customer, "what the family awaits", kept->waiting_minor,
                sums.waiting_minor) &&
           same(check, customer, "what of the family is not cleared", kept->uncleared_minor,
                sums.uncleared_minor) &&
           same(check, customer, "how many bills of the family", kept->open_bills, sums.open_bills);
}

static bool check_family(struct check *check, const Tefter__CustomerRecord *record,
                         const Tefter__AccountRecord *account)
{
    uint32_t customer = record->customer;
    if (!same(check, customer, "the payer", account->payer, record->payer) ||
        !same(check, customer, "who pays for others", account->family != NULL, record->n_sites > 0))
        return false;
    if (record->n_sites > 0)
        return check_sums_of_family(check, record, account);
    const Tefter__CustomerRecord *payer =
        record->has_payer ? customer_get(check->tx, record->payer) : NULL;
    return !record->has_payer || same(check, customer, "among the payer's sites",
                                      payer != NULL && is_site(payer, customer), 1);
}

static bool check_figures(struct check *check, uint32_t customer,
                          const struct document_sums *documents, const struct item_sums *sums)
{
    tx_scratch_next(check->tx);
    const Tefter__AccountRecord *account = account_field(check->tx, customer);
    int64_t balance = tx_sum(check->tx, documents->balance, sums->moved);
    uint64_t newest = document_id(customer, account->last_date, account->last_ordinal);
    return same(check, customer, "what payers' money moved", account->moved_minor, sums->moved) &&
           same(check, customer, "balance", account->balance_minor, balance) &&
           same(check, customer, "balance by items", sums->bills - sums->unmatched - sums->waiting,
                balance) &&
           same(check, customer, "unpaid bills", account->bills_minor, sums->bills) &&
           same(check, customer, "not yet matched", account->unmatched_minor, sums->unmatched) &&
           same(check, customer, "awaiting confirmation", account->waiting_minor, sums->waiting) &&
           same(check, customer, "not cleared", account->uncleared_minor, sums->uncleared) &&
           same(check, customer, "the two sides of matches", 0, sums->edges) &&
           same(check, customer, "how many unpaid bills", account->open_bills, sums->open_bills) &&
           same(check, customer, "how many open credits", account->open_credits,
                sums->open_credits) &&
           same(check, customer, "how many documents", (int64_t)account->documents,
                (int64_t)documents->count) &&
           (documents->count == 0 || same(check, customer, "the newest document", (int64_t)newest,
                                          (int64_t)documents->newest));
}

static bool check_overdue_on(struct check *check, uint32_t customer, uint32_t day)
{
    struct overdue kept;
    struct overdue counted;
    account_overdue_on(check->tx, customer, day, &kept);
    account_count_overdue(check->tx, customer, day, &counted);
    return same(check, customer, "what is overdue", kept.minor, counted.minor) &&
           same(check, customer, "the oldest day that is overdue", kept.oldest_due,
                counted.oldest_due);
}

/* On the first and the last day of those that the account speaks of. */
static bool check_overdue(struct check *check, uint32_t customer)
{
    const Tefter__AccountRecord *account = account_field(check->tx, customer);
    uint32_t from = account->overdue_from;
    uint32_t until = account->has_next_due ? account->next_due : DATE_MAX;
    return from <= until && check_overdue_on(check, customer, from) &&
           check_overdue_on(check, customer, until);
}

static bool check_customer(struct check *check, uint32_t customer)
{
    struct document_sums documents = {0};
    struct item_sums sums = {0};
    tx_scratch_next(check->tx);
    const Tefter__CustomerRecord *record = customer_get(check->tx, customer);
    if (record == NULL)
        return wrong(check, customer, "the customer's record", 0, 1);
    if (!derived_customer(&check->derived, record) ||
        !count_documents(check, customer, &documents) || !count_items(check, customer, &sums))
        return false;
    check->result->customers++;
    check->result->balances_minor += documents.balance;
    check->moved = tx_sum(check->tx, check->moved, sums.moved);
    return check_figures(check, customer, &documents, &sums) && check_overdue(check, customer) &&
           check_family(check, customer_get(check->tx, customer),
                        account_field(check->tx, customer));
}

/* ---- the books ---- */

static struct key total_key(const struct book_sum *sum)
{
    struct key key = key_book(TABLE_TOTAL);
    key_u8(&key, (uint8_t)sum->account);
    key_u32(&key, sum->sub);
    key_u32(&key, sum->branch);
    return key;
}

static bool check_total(struct check *check, const struct tx_walk *walk, int64_t *receivable)
{
    enum { TOTAL_KEY_SIZE = KEY_BOOK_HEAD + 1 + 4 + 4 };
    struct slice key = tx_walk_key(walk);
    struct slice value = tx_walk_value(walk);
    if (key.size != TOTAL_KEY_SIZE || value.size != 8)
        return wrong(check, 0, "the form of a total of the books", (int64_t)key.size,
                     TOTAL_KEY_SIZE);
    Tefter__PostingAccount account = (Tefter__PostingAccount)key.data[KEY_BOOK_HEAD];
    int64_t kept = (int64_t)be64_get(value.data);
    struct book_sum *sum = book_slot(check, account, key_read_u32(key, KEY_BOOK_HEAD + 1),
                                     key_read_u32(key, KEY_BOOK_HEAD + 5));
    if (sum == NULL)
        return false;
    struct key own = total_key(sum);
    sum->kept = true;
    check->result->postings_minor += kept;
    if (account == TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE)
        *receivable += kept;
    return kept == sum->amount_minor ||
           derived_total(&check->derived, &own, false, kept, sum->amount_minor);
}

static bool check_books(struct check *check)
{
    struct key prefix = key_book(TABLE_TOTAL);
    struct tx_walk walk;
    int64_t receivable = 0;
    bool right = true;
    for (bool on = tx_walk_first(check->tx, &prefix, NULL, &walk); on && right;
         on = tx_walk_next(&walk))
        right = check_total(check, &walk, &receivable);
    tx_walk_end(&walk);
    for (size_t i = 0; i < check->books.room && right; i++) {
        const struct book_sum *sum = &check->books.slots[i];
        struct key key = total_key(sum);
        if (sum->used && !sum->kept)
            right = derived_total(&check->derived, &key, true, 0, sum->amount_minor);
    }
    return right && same(check, 0, "the sum of all books", check->result->postings_minor, 0) &&
           same(check, 0, "receivables", receivable, check->result->balances_minor);
}

/* ---- all of it ---- */

static void check_all(struct tx *tx, void *context)
{
    struct check *check = context;
    bool right = true;
    check->tx = check->derived.tx = tx_scratch_begin(tx);
    for (uint32_t customer = customer_next(check->tx, 0); customer != 0 && right;
         customer = customer_next(check->tx, customer))
        right = check_customer(check, customer);
    right = right && same(check, 0, "what payers' money moved, in all", 0, check->moved);
    if (right && check_books(check) && check_totals(tx, check->totals, check->result))
        derived_finish(&check->derived);
    if (check->result->what[0] == '\0')
        memcpy(check->result->what, check->derived.what, sizeof check->result->what);
    tx_scratch_end(check->tx);
}

bool ledger_check(struct ledger *ledger, struct ledger_check *ret_check, struct failure *failure)
{
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    *ret_check = (struct ledger_check){0};
    struct derived_late *late = calloc(DERIVED_LATE_MAX, sizeof *late);
    struct ledger_view *view = late != NULL ? ledger_view_begin(ledger, &arena, failure) : NULL;
    if (view == NULL) {
        free(late);
        arena_fini(&arena);
        return fail(failure, FAULT_MEMORY, 0, "no memory to check the ledger");
    }
    struct check check = {
        .result = ret_check, .derived = {.late = late}, .totals = totals_create()};
    bool sound = check.totals != NULL && tx_run(ledger_view_tx(view), check_all, &check, failure);
    check.no_memory |= check.totals == NULL || totals_lost(check.totals);
    totals_destroy(check.totals);
    ledger_view_end(view);
    free(late);
    free(check.books.slots);
    arena_fini(&arena);
    return (sound || check.totals == NULL) &&
           (!check.no_memory || fail(failure, FAULT_MEMORY, 0, "no memory to check the ledger"));
}

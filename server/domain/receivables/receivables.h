#pragma once
/*
 * What customers owe: postings to the general ledger, the open items of each customer with the sums
 * the credit decision reads, and matching money with bills. Knows of documents only their id and
 * their items. Life cycles and invariants stand at the head of each entity's file.
 */
#include "base/date.h"
#include "domain/entity/entity.h"
#include "view.pb-c.h"

/* ---- documents, as far as an item knows them ---- */

/* A document's id is its key: customer 28 bits, date 16, ordinal 20. */
uint64_t document_id(uint32_t customer, uint32_t date, uint32_t ordinal);
uint32_t document_customer(uint64_t document);
uint32_t document_date(uint64_t document);
enum { DOCUMENT_ORDINAL_MAX = (1 << 20) - 1 };
struct key document_key(uint64_t document);
/* Is it a paper that they may work on (staff_check_paper)? */
Tefter__Refusal *document_check_branch(struct tx *tx, const char *field, uint64_t document);

/* ---- postings ---- */

/* A date that was given by hand. Refuses, since RULE_DATES_BY_HAND_BEGIN, DATE_TOO_EARLY date with
 * the first that is possible: two years before the branch's business date, or `free` where that is
 * earlier. */
Tefter__Refusal *posting_check_early(struct tx *tx, const Tefter__BranchRecord *branch,
                                     uint32_t date, uint32_t free);
/* The date under which an entry is posted: the branch's business date, or the one that was given.
 * Refuses DATE_IN_FUTURE date; unless it is a backfill DATE_BEFORE_TODAY date with the right
 * BACKDATE and its roles, and as posting_check_early does. */
Tefter__Refusal *posting_date(struct tx *tx, const Tefter__BranchRecord *branch, bool has_date,
                              uint32_t date, bool backfill, uint32_t *ret_date);

/* A list of postings being made, in the arena. */
struct postings {
    Tefter__Posting *items[8];
    size_t count;
};

void postings_add(struct tx *tx, struct postings *postings, Tefter__PostingAccount account,
                  uint32_t sub, int64_t amount_minor, uint32_t branch);
/* Hands them to a document. */
void postings_set(struct tx *tx, const struct postings *postings, Tefter__DocumentRecord *document);

/* Would these fit into the totals? Else AMOUNT_TOO_BIG total_minor. */
Tefter__Refusal *postings_check(struct tx *tx, const Tefter__DocumentRecord *document);
/* What lies in a sub-account, of all branches. */
int64_t posting_total(struct tx *tx, Tefter__PostingAccount account, uint32_t sub);
/* What all customers owe together, by the books. */
int64_t posting_receivables(struct tx *tx);
int64_t posting_receivables_of(struct tx *tx, uint32_t branch);
/* Adds a document's postings to the totals. */
void postings_post(struct tx *tx, const Tefter__DocumentRecord *document);
/* An amount that moves between two accounts of a branch. */
struct postings_transfer {
    Tefter__PostingAccount from;
    Tefter__PostingAccount to;
    uint32_t sub;
    uint32_t branch;
    int64_t amount_minor;
};
/* Would it fit? Else AMOUNT_TOO_BIG total_minor. */
Tefter__Refusal *postings_check_move(struct tx *tx, const struct postings_transfer *transfer);
/* Moves it. */
void postings_move(struct tx *tx, const struct postings_transfer *transfer);

Tefter__Refusal *view_trial_balance(struct tx *tx, const Tefter__TrialBalance *query,
                                    Tefter__TrialBalanceAnswer *answer);

/* ---- the account of a customer: its open items and their sums ---- */

/* A command works on a copy in memory (account_open, then changes), which it drops when it refuses
 * and saves after the decided line (account_save). So looking and planning are one code path with
 * doing and previewing. */

struct item {
    Tefter__ItemRecord *record;
    bool fresh; /* not in the store yet */
    bool changed;
    size_t room;                         /* for matches; 0: the record's own list is full */
    const Tefter__DocumentRecord *paper; /* of a fresh one */
    int64_t told_open_minor;             /* that the totals know of */
    uint32_t undone_until; /* latest day on which a match of it was undone, once looked for */
    bool undone_known;
    struct key home;         /* where the store has it */
    struct account *account; /* whose it is */
    struct item *next;
};

struct account_sums {
    int64_t balance_minor;
    int64_t bills_minor;
    int64_t unmatched_minor;
    int64_t waiting_minor;
    int64_t uncleared_minor;
    uint32_t open_bills;
};

struct account {
    uint32_t customer;
    uint32_t payer; /* of its family, themselves as payer too; 0: neither a payer nor sites */
    struct account_sums *before; /* of a family: as the store has them */
    struct account *beside; /* the ring of those this command has opened together; NULL: alone */
    bool follows;           /* opened for a match with its items: saved with who opened it */
    bool overdue_known;     /* the record says what is overdue (overdue.c), and follows */
    bool oldest_gone;       /* ... but for the first of it */
    Tefter__AccountRecord *record;
    struct item *items; /* those this command has looked at, in that order */
    struct item **end;
    uint32_t given_date; /* newest document number given by this command */
    uint32_t given_ordinal;
    uint8_t given[UINT8_MAX + 1]; /* how many of each kind of document */
    struct late_paper *late;      /* given under days that were told to the customer already */
};

struct account *account_open(struct tx *tx, uint32_t customer);
/* Another one of the same command, which saves both: what it matches among them is seen by both.
 * The same customer's is `account` itself; NULL: it is the first. */
struct account *account_open_beside(struct tx *tx, struct account *account, uint32_t customer);
/* Only the sums. */
const Tefter__AccountRecord *account_field(struct tx *tx, uint32_t customer);
/* The sums of the records that are one customer (customer_records), as the store has them. */
const Tefter__AccountRecord *account_together(struct tx *tx,
                                              const Tefter__CustomerRecord *customer);
int64_t account_exposure(struct tx *tx, const Tefter__AccountRecord *record);
/* The sums that a limit is held against, as they stand in memory: the account's own, or since there
 * are payers those of its whole family. Only the sums and open_bills are set then. */
const Tefter__AccountRecord *account_standing(struct tx *tx, const struct account *account);
/* Of an account that the store has. */
const Tefter__AccountRecord *account_standing_stored(struct tx *tx,
                                                     const Tefter__AccountRecord *record);

/* After the decided line of SetPayer: takes a customer out of one family and into another (0:
 * none), sums and all, and saves what changed but the customer's own account. */
void account_change_payer(struct tx *tx, struct account *account, uint32_t payer);
/* Their sums beside those of whom `payer` pays for, and of `payer`. */
const Tefter__AccountRecord *account_standing_with(struct tx *tx, const struct account *account,
                                                   uint32_t payer);
/* Would the sums of the two together fit? */
bool account_fits_payer(struct tx *tx, const struct account *account, uint32_t payer);

/* What the next document of that kind settles is about this: the kind, and which of them it is when
 * a command makes several. */
uint32_t account_settles(const struct account *account, Tefter__DocumentKind kind);
/* An id for a new document of that date; false when a day has too many. */
bool account_new_document(struct tx *tx, struct account *account, Tefter__DocumentKind kind,
                          uint32_t date, uint64_t *ret_document);

/* It was owed before, and is no sale and no return of the day it is dated: as the paper says, and
 * of one that does not (rules before 7), a debt or credit that an import brought without goods. */
bool paper_opens_balance(const Tefter__DocumentRecord *paper);
/* Whose work it is; 0: nobody's, an import brought it. */
uint32_t paper_hand(const Tefter__DocumentRecord *paper);
/* Of money taken or paid out, what was: without what was rounded; of other papers their total. */
int64_t paper_money(const Tefter__DocumentRecord *paper);
/* What of a bill nothing paid as it was written. */
int64_t item_on_credit(const Tefter__ItemRecord *item);
/* That of an invoice comes (1), or goes with its paper (-1), for the totals. */
void paper_on_credit(struct tx *tx, const Tefter__DocumentRecord *paper,
                     const Tefter__ItemRecord *item, int sign);

/* How many matches of an item stand. */
uint32_t item_matches(const Tefter__ItemRecord *item);
/* NULL: no such item (the document does not exist, or moves no money). Of a document of another
 * customer it is theirs, whose account is then saved with this one: who takes a document from
 * outside checks first whose it is. */
struct item *account_item(struct tx *tx, struct account *account, uint64_t document);
struct item *account_add_item(struct tx *tx, struct account *account,
                              const Tefter__DocumentRecord *document, bool debit, bool final);

/* It holds so much more, or less, of what is open: by rounding. */
void account_resize_item(struct item *item, int64_t change_minor);

/* Matches amount of a debit with a credit; both have as much open. Dated `date`, but not before
 * both documents and what was undone of them. The match's number is the command's seq. */
void account_match(struct tx *tx, struct item *debit, struct item *credit, int64_t amount_minor,
                   uint32_t date);
/* The latest day on which a match of it was undone; before RULE_MATCHES_KEEP_THEIR_DAYS DATE_NONE,
 * as when none was. */
uint32_t item_undone_until(const struct tx *tx, struct item *item);
/* The day from which all counts that was rounded off with it. */
uint32_t item_rounded_until(const struct item *item);
/* The latest day up to which a match of it counted that is undone: one undone on its own day never
 * did. And on which day what was rounded off was, that stands. DATE_NONE: none. */
uint32_t item_counted_until(const struct item *item);
/* 0: there is room for one more match. Else the bound that is reached: MATCHES_PER_ITEM_MAX that
 * are not undone or MATCHES_KEPT_PER_ITEM_MAX in all; before RULE_UNDONE_MATCHES_ARE_FREE undone
 * ones count. */
uint32_t item_full(const struct tx *tx, const struct item *item);
/* Something open, and room. */
bool account_matchable(const struct tx *tx, const struct item *item);
/* Undoes all and closes the item: its document is reversed. What of it was rounded off of bills
 * that are gone stays with them: that much, which is not taken back. */
int64_t account_reverse_item(struct tx *tx, struct item *item, uint32_t date);
/* After it, of a bill: what was rounded off of it goes with it, and is no credit again. How much
 * that is, and by which payment; 0: nothing. */
int64_t account_keep_rounded_off(struct tx *tx, struct item *bill, uint64_t *ret_payment);
/* What was rounded off of it, of a bill, or by it, of a payment, and stands. */
int64_t item_rounded_off(const struct item *item);
/* The sums of the records that are one customer, as they stand in memory; before
 * RULE_MERGED_ARE_ONE, and of who was never merged, the account's own. */
const Tefter__AccountRecord *account_with_merged(struct tx *tx, const struct account *account);
/* Money that was awaited is there. */
void account_finalise(struct item *credit);

/* The customer's own bills, or those of their payer and all of the payer's sites. */
enum account_scope { ACCOUNT_OWN, ACCOUNT_FAMILY };

/* Sum of the `bills` open debits that are due first, as they stand in memory. */
int64_t account_oldest_open(struct tx *tx, const struct account *account, enum account_scope scope,
                            uint32_t bills);
/* Open debits whose due date is before `day`, the oldest `most` of them: their sum, the first due
 * date; as they stand in memory, so that an invoice being corrected does not speak against itself.
 */
int64_t account_overdue(struct tx *tx, const struct account *account, enum account_scope scope,
                        uint32_t day, size_t most, uint32_t *ret_oldest_due);

/* What of a customer's bills, as the store has them, was due before a day. */
struct overdue {
    int64_t minor;
    uint32_t oldest_due;   /* DATE_NONE: nothing is overdue */
    struct date_span days; /* on which it is the same */
};
void account_overdue_on(struct tx *tx, uint32_t customer, uint32_t day,
                        struct overdue *ret_overdue);
/* The same, from the bills and not from what the account knows of them. */
void account_count_overdue(struct tx *tx, uint32_t customer, uint32_t day,
                           struct overdue *ret_overdue);
/* After the decided line, in `scratch` what is only looked at: the day turned from `before` to
 * `today`. false: of the same customer the same is overdue. */
bool account_turn_day(struct tx *tx, struct tx *scratch, uint32_t customer, uint32_t before,
                      uint32_t today);

/* Since RULE_CASH_SALES_ARE_PAID nobody leaves a bill of the cash customer open but who may approve
 * a sale over the limit: CASH_SALE_UNPAID with over_by_minor (what would be open) and roles. */
Tefter__Refusal *account_check_paid(struct tx *tx, uint32_t customer, int64_t open_minor);

/* ---- what was told to the customer, by statements ---- */

/* After the decided line: all that is dated until then is told. What is written under such a day
 * from now on came late. */
void account_tell_until(struct tx *tx, uint32_t customer, uint32_t until);
/* What came late, in the order in which it was written: behind (seq, document), and by commands
 * until `until`. */
struct late_walk {
    struct tx_walk walk;
    uint64_t until;
};
bool account_late_first(struct tx *tx, uint32_t customer, uint64_t seq, uint64_t document,
                        uint64_t until, struct late_walk *walk);
bool account_late_next(struct late_walk *walk);
void account_late_end(struct late_walk *walk);
uint64_t account_late_document(const struct late_walk *walk);
uint64_t account_late_seq(const struct late_walk *walk);
/* The command that wrote a paper which came late; 0: it came in time. */
uint64_t account_late_of(struct tx *tx, uint64_t document);

/* Writes record and items; sets the last change and touches the row. */
void account_save(struct tx *tx, struct account *account, const struct event *event);

/* With this amount more, and whatever one more document brings: are all sums within what an account
 * may hold? */
bool account_fits(struct tx *tx, const struct account *account, int64_t amount_minor);

/* ---- matching: money and credit notes against bills ---- */

struct match_plan {
    struct account *account;
    Tefter__MatchRecord *record; /* its pairs */
    size_t room;                 /* for pairs */
    size_t most;                 /* pairs that it may make */
    uint32_t date;
    int64_t matched_minor;
    struct family_bills *bills; /* of a payer with sites, once they were looked for */
    int64_t left_minor; /* open on both sides, and not matched for a bound that is reached */
    uint32_t full;      /* that bound */
};

/* date: of the match. */
void match_begin(struct tx *tx, struct account *account, uint32_t date,
                 struct match_plan *ret_plan);
/* Matches one pair, amount as much as both have open when 0. Refuses, naming field: MATCH_TOO_MUCH
 * with available_minor (also when a side has nothing open), TOO_MANY with the bound. */
Tefter__Refusal *match_pair(struct tx *tx, struct match_plan *plan, struct item *debit,
                            struct item *credit, int64_t amount_minor, const char *field);
/* Spends a credit on open bills, oldest due first (tie: document); a payer's on those of their
 * sites too. What a bound keeps from it is counted as left. */
void match_oldest_due(struct tx *tx, struct match_plan *plan, struct item *credit);
/* Meets a debit with credits that are final, the oldest first. */
void match_oldest_credits(struct tx *tx, struct match_plan *plan, struct item *debit);
/* Matches a pair again that was matched before, as far as both have something open. It may make
 * MATCH_PAIRS_MAX under every rules version; what a bound keeps from it is counted as left. */
void match_again(struct tx *tx, struct match_plan *plan, struct item *debit, struct item *credit,
                 int64_t amount_minor);
/* The same, of what was rounded off. */
void match_rounded_off(struct tx *tx, struct match_plan *plan, struct item *debit,
                       struct item *credit, int64_t amount_minor);
/* The reply says how much was left; 0: it says nothing. */
void match_warn_left(struct tx *tx, int64_t left_minor, Tefter__Done *done);
/* The item of a bill (debit) or of money; the bill may be of a site of the customer's. Refuses,
 * naming field: MATCH_OTHER_CUSTOMER (a document of another), NOT_FOUND (none, or it moves no
 * money), FIELD_INVALID (the other side). */
Tefter__Refusal *match_find(struct tx *tx, struct match_plan *plan, uint64_t document, bool debit,
                            const char *field, struct item **ret_item);
/* Writes the record when there is a pair, after the decided line; the account is saved by the
 * caller. */
void match_write(struct tx *tx, const struct match_plan *plan);

/* Who took that match of a customer's apart; 0: nobody, or it is not known. */
uint32_t match_undone_by(struct tx *tx, uint32_t customer, uint64_t match);

Tefter__Refusal *apply_match_items(struct tx *tx, const Tefter__MatchItems *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_undo_match(struct tx *tx, const Tefter__UndoMatch *command,
                                  Tefter__Done *done);

/* What MatchItems would do now, to the last unit: the same code without the writing. */
Tefter__Refusal *view_preview_match(struct tx *tx, const Tefter__PreviewMatch *query,
                                    Tefter__PreviewMatchAnswer *answer);

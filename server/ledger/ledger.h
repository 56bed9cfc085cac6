#pragma once
/*
 * The machine: (state, command, seq, now, actor) -> (state', reply, events), and views of the
 * state. Used by the writer, by recovery and by sessions (views only). No clock, no socket, no
 * thread, no random number: a replay of the same entries gives the same state digest, whatever the
 * batches.
 *
 * The state digest is H(digest before, seq, ordered writes of facts, refusal code or 0, rules
 * version). A reply, an event, a derived row are no part of it: a reply that gains a field or names
 * other roles leaves it as it is. What does change it is a rule, and a rule changes only under a
 * new rules version (`rules version` here; RULE_ in tx.h).
 *
 * One writer: begin, apply any number of entries, commit. Views run on any thread, each in its own
 * read transaction: they see what is committed, the writer alone sees what it has applied since.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/incarnation.h"
#include "command.pb-c.h"
#include "record.pb-c.h"
#include "reply.pb-c.h"
#include "totals/figure.h"
#include "view.pb-c.h"
#include "wire/row_key.h"
#include "wire/text_id.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

/* What a published rules version does is never edited; see README "Rules versions". */
enum { LEDGER_RULES_OLDEST = 1, LEDGER_RULES = 8, LEDGER_FORMAT = 2, COMMAND_ID_SIZE = 16 };

/* What the digest covers, and how; journals and marks name it, and are compared with it only if it
 * is this one. 1 covered replies and derived rows too. */
enum { STATE_DIGEST_VERSION = 2 };

/* How the state's rows are laid out, apart from what they say: to be raised when a derived row
 * changes, a table becomes derived or kept, the state row changes. A state or checkpoint of another
 * layout (or digest) is FAULT_STALE: it is dropped, and made anew from the journal. */
enum { STATE_LAYOUT = 9 };

struct ledger_options {
    const char *path; /* folder of the LMDB */
    size_t map_bytes; /* 0: 64 GiB */
    bool reading;
};

/* FAULT_OLDER, FAULT_NEWER: of a format or rules version this program does not know; FAULT_STALE:
 * of another layout. */
bool ledger_open(const struct ledger_options *options, struct ledger **ret_ledger,
                 struct failure *failure);
void ledger_close(struct ledger *ledger);
/* Looks at the file of a state that nobody has open: its structure, and the sums of its rows and
 * tables. FAULT_DAMAGED, FAULT_STALE; a damaged one harms nobody. */
bool ledger_check_file(const char *path, struct failure *failure);
bool ledger_sync(struct ledger *ledger, struct failure *failure);
bool ledger_copy(struct ledger *ledger, int fd, struct failure *failure); /* checkpoint */

/* What LMDB holds in the same transaction as the effects. seq 0: empty. */
struct ledger_state {
    uint8_t ledger[16];
    struct incarnation incarnation;
    uint32_t format;
    uint32_t layout;
    uint32_t digest_version;
    uint32_t rules_version; /* the rules version */
    uint64_t seq;
    uint64_t batch;
    int64_t now_ms;
    int64_t ids_from_ms;      /* ids made before this are too old; 0: not yet known */
    int64_t ids_forgotten_ms; /* the newest that is no longer kept was made then; 0: none */
    struct hash chain;        /* of the journal's batch `batch` */
    struct hash state_digest; /* the state digest */
};
/* The committed state, as of now; any thread. */
bool ledger_state(struct ledger *ledger, struct ledger_state *ret_state, struct failure *failure);

struct ledger_metrics {
    uint64_t map_bytes;
    uint64_t used_bytes;
    uint64_t reader_lag;           /* transactions the oldest reader is behind */
    uint64_t damaged;              /* so often a record was met that does not parse */
    char damage[FAILURE_TEXT_MAX]; /* where last */
};
void ledger_metrics(struct ledger *ledger, struct ledger_metrics *ret_metrics);
/* The state's map has room for the largest group, and for what is applied and not committed: a
 * fifth of it is kept, and LEDGER_MAP_KEPT at least. Cheap; asked before each group is journalled.
 */
#define LEDGER_MAP_KEPT (UINT64_C(32) * 1024 * 1024)
bool ledger_has_room(struct ledger *ledger);

/* ---- the writer ---- */

/* One row for terminals: `row` is a packed Row, `key` is of wire/row_key.h. Locks, terms and
 * persons of an account are those of the business date at the branch of who asks, or acts; those of
 * a customer of the head office's. */
struct ledger_row {
    uint64_t key;
    uint32_t customer;     /* of approvals and alarms it is the branch */
    struct date_span days; /* of a customer's: it reads the same on these */
    struct slice row;
    const struct figure_account *account; /* of an account's, for the totals; else NULL */
};

/* Something that was decided, for those who look on. Of what is kept it replaces what has its
 * number. */
struct ledger_decision {
    uint64_t decision;
    uint32_t branch;
    struct slice row; /* a packed Row; empty: it is not kept any more */
};

/* Who gave a command; zeros and NULL: the server itself. */
struct ledger_author {
    uint32_t staff;
    uint32_t terminal;
    uint32_t branch;
    const char *login;
};

struct ledger_result {
    uint64_t seq;
    bool repeated;               /* the id was known: the reply is the old one, nothing happened */
    Tefter__RefusalCode refused; /* 0: not */
    struct slice reply;          /* a packed Reply */
    struct slice receipt;        /* a packed Receipt; empty: not a terminal's, or not done */
    struct hash request;         /* digest of a command that was new */
    const struct ledger_row *rows;
    size_t row_count;
    Tefter__Event *const *events; /* for search, sessions, alarms */
    size_t event_count;
    const struct text_id *erased; /* words that the vault is to empty */
    size_t erased_count;
    const struct figure *figures; /* for the totals, as the next three */
    size_t figure_count;
    int64_t at_ms;
    struct ledger_author author; /* when there are figures or events */
    const struct ledger_decision *decisions;
    size_t decision_count;
};

bool ledger_begin(struct ledger *ledger, struct failure *failure);
/* entry: a packed Entry, seq one more than the last, or than `after` of the entry. The result lives
 * in the arena. False only for faults: then abort and exit.
 *
 * What a command looks at while it is applied lies in memory of its own, at most COMMAND_MEMORY_MAX
 * bytes, given back with the next. No command that the journal takes needs more: it touches at most
 * RECORDS_TOUCHED_MAX records, and the largest of them, an item with MATCHES_KEPT_PER_ITEM_MAX
 * matches, takes less than half a megabyte (tests/ledger/test_stop.c). A message itself unpacks to
 * at most FRAME_UNPACKED_MAX. */
bool ledger_apply(struct ledger *ledger, uint64_t seq, struct slice entry, struct arena *arena,
                  struct ledger_result *ret_result, struct failure *failure);
/* The same entry passed over: it is counted and does nothing; whoever asks by its id hears
 * QUARANTINED. It need not be one that parses. */
bool ledger_pass_over(struct ledger *ledger, uint64_t seq, struct slice entry, struct arena *arena,
                      struct ledger_result *ret_result, struct failure *failure);
/* State digest after the newest applied entry, within the open transaction. */
void ledger_state_digest(const struct ledger *ledger, uint64_t *ret_seq, struct hash *ret_digest);
/* ledger_id and incarnation are written with every commit. */
bool ledger_commit(struct ledger *ledger, const uint8_t ledger_id[16],
                   const struct incarnation *incarnation, uint64_t batch, const struct hash *chain,
                   struct failure *failure);
void ledger_abort(struct ledger *ledger);

/* Unfinished jobs, oldest first: numbers for StepJob. In the writer's open transaction or, without
 * one, of the committed state. */
size_t ledger_jobs(struct ledger *ledger, uint64_t *ret_jobs, size_t capacity);
/* Since then, by the writer: only then is it worth listing them again. */
bool ledger_jobs_changed(const struct ledger *ledger);

/* Is an offer due, for RecallNext? As above. */
bool ledger_recall_due(struct ledger *ledger);
/* Its old seq, as long as nothing else is applied; 0: none among those that were looked at. */
uint64_t ledger_recall_next(struct ledger *ledger);

/* The incarnations that ended with a restore, newest first, and where the backup stood in each:
 * its seqs up to there are part of this ledger. As above; how many. */
struct ledger_ended {
    struct incarnation incarnation;
    uint64_t last_seq;
};
size_t ledger_ended(struct ledger *ledger, struct ledger_ended *ret_ended, size_t most);

/* The newest recovery, for people and metrics; of the committed state, any thread. */
struct ledger_recovery {
    uint32_t recovery; /* 0: none is on; what waits of a closed one is told all the same */
    uint64_t waiting;  /* offers */
    uint64_t refused;
    uint64_t not_back; /* differing, or refused */
    uint32_t unheard;  /* terminals */
};
void ledger_recovery(struct ledger *ledger, struct ledger_recovery *ret_recovery);

/* ---- before the journal: what a session and the writer look at ---- */

/* What a command id was answered. */
struct ledger_answered {
    uint64_t seq;
    struct slice reply;   /* a packed Reply */
    struct slice receipt; /* a packed Receipt; empty: none */
};
/* Committed reply of a command id. *ret_same: the request has the same digest. */
bool ledger_known(struct ledger *ledger, const uint8_t id[COMMAND_ID_SIZE],
                  const struct hash *request, struct arena *arena,
                  struct ledger_answered *ret_answered, bool *ret_same);
/* The same of what is applied too, within the open transaction: the writer's. Most commands are
 * new: only of one that is known the digest is made. */
bool ledger_applied(struct ledger *ledger, const uint8_t id[COMMAND_ID_SIZE], struct slice command,
                    struct arena *arena, struct ledger_answered *ret_answered, bool *ret_same);
/* digest of a packed Command, as stored with its id */
void ledger_request_digest(struct slice command, struct hash *ret_digest);

/* The right a command or query needs; RIGHT_SERVER for numbers that do not exist. */
Tefter__Right ledger_command_right(uint32_t kind);
Tefter__Right ledger_query_right(uint32_t kind);
bool ledger_query_long(uint32_t kind);
/* Does this packed Command carry a Text, which goes to the vault before it is journalled? */
bool ledger_command_has_text(struct slice command);
/* By role: the table of rights. */
bool ledger_may(Tefter__Role role, Tefter__Right right);
size_t ledger_roles_with(Tefter__Right right, Tefter__Role ret_roles[8]);
/* Up to how much, as a ledger begins with; INT64_MAX: as much as they want. false: not at all. */
bool ledger_may_usually(Tefter__Role role, Tefter__Threshold threshold, int64_t *ret_most);

/* ---- views ---- */

struct ledger_view; /* one read transaction; not across a turn of the loop */

/* A view whose arena is spent, or that meets a damaged record, stops there: what it was asked comes
 * to nothing ("absent", a refusal), and it can be asked something else. Damage is counted, and told
 * by ledger_metrics. */
struct ledger_view *ledger_view_begin(struct ledger *ledger, struct arena *arena,
                                      struct failure *failure);
void ledger_view_end(struct ledger_view *view);
uint64_t ledger_view_seq(const struct ledger_view *view);

/* Why what was asked last came to nothing. */
enum ledger_met {
    LEDGER_MET_NOTHING, /* it did not, or there is none */
    LEDGER_MET_DAMAGE,  /* one record does not parse */
    LEDGER_MET_FAULT,   /* no memory, or the state cannot be read: nothing is known of it */
};
enum ledger_met ledger_view_met(const struct ledger_view *view);

/* Answers a query that has been scanned. The answer lives in the arena or the view; Texts are still
 * references. NULL: it wants more work than `work_most` (LEDGER_WORK_ANY: any). Refuses
 * QUESTION_TOO_BIG (the arena is spent), RECORD_DAMAGED, AMOUNT_TOO_BIG (a sum past 64 bits).
 * Queries that need more than the ledger (Search, LikelyDoubles, CustomerList.text)
 * are answered from `found`: customers that matched, NULL otherwise. */
struct ledger_hits {
    const uint32_t *customers;
    size_t count;
};
#define LEDGER_WORK_ANY UINT64_MAX
Tefter__Answer *ledger_view_answer(struct ledger_view *view, const Tefter__Query *query,
                                   const Tefter__Actor *actor, const struct ledger_hits *found,
                                   uint64_t work_most);
/* How much work the last answer was. */
uint64_t ledger_view_worked(const struct ledger_view *view);

/* Records that sessions need. NULL: absent. */
const Tefter__CompanyRecord *ledger_view_company(struct ledger_view *view);
const Tefter__BranchRecord *ledger_view_branch(struct ledger_view *view, uint32_t branch);
const Tefter__StaffRecord *ledger_view_staff(struct ledger_view *view, uint32_t staff);
const Tefter__StaffRecord *ledger_view_login(struct ledger_view *view, const char *login);
/* NULL: they have none, or are none. */
const Tefter__BuyerPinRecord *ledger_view_buyer_pin(struct ledger_view *view, uint32_t customer,
                                                    uint32_t buyer);
/* The branch that they write in, when it is another than that; NULL: they may write there. */
const Tefter__BranchRecord *ledger_view_other_branch(struct ledger_view *view, const char *login,
                                                     uint32_t branch);
const Tefter__TerminalRecord *ledger_view_terminal(struct ledger_view *view, uint32_t terminal);
const Tefter__CustomerRecord *ledger_view_customer(struct ledger_view *view, uint32_t customer);
/* The newest of what is noted of them, at most so many, newest first; how many there are. */
size_t ledger_view_notes(struct ledger_view *view, uint32_t customer,
                         const Tefter__NoteRecord **ret_notes, size_t most);
/* Of the newest restore; NULL: there was none. */
const Tefter__RecoveryRecord *ledger_view_recovery(struct ledger_view *view);
/* Has this terminal offered all it holds since then? */
bool ledger_view_heard(struct ledger_view *view, uint32_t terminal);
/* All of them. */
size_t ledger_view_branches(struct ledger_view *view, const Tefter__BranchRecord ***ret_branches);

/* ---- the totals, made anew ---- */

/* Of one customer, as commands would have said it: their account, NULL: nobody has that number; and
 * what is open of theirs. false: it stopped on the way. */
struct ledger_customer_figures {
    const struct figure_account *account;
    const struct figure *figures;
    size_t count;
};
bool ledger_view_customer_figures(struct ledger_view *view, uint32_t customer,
                                  struct ledger_customer_figures *ret_figures);
/* What was decided and is kept, the oldest first; in the view's arena. false: it stopped on the
 * way.
 */
bool ledger_view_decisions(struct ledger_view *view, const struct ledger_decision **ret_decisions,
                           size_t *ret_count);
/* Likewise the business dates of all branches and the papers of the days that totals keep, one
 * after the other. */
bool ledger_view_day_figures(struct ledger_view *view,
                             void (*say)(void *context, const struct figure *figure),
                             void *context);
/* Is there cash of that branch (0: any) and date in a till that still is to be counted? Also when
 * that cannot be read. */
bool ledger_view_cash_waits(struct ledger_view *view, uint32_t branch, uint32_t date);
/* Of totals, for who is to count it. */
void ledger_hide_cash(Tefter__TotalsRow *row);

/* Rows for the feed, as the head office sees them; ret_customer may be NULL. Packed Row; empty:
 * that customer does not exist. */
struct slice ledger_view_row(struct ledger_view *view, uint64_t row_key, uint32_t *ret_customer);
/* The same as a branch sees it, with the days on which it reads so. false: it does not exist. */
bool ledger_view_row_of(struct ledger_view *view, uint32_t branch, uint64_t row_key,
                        struct ledger_row *ret_row);
/* The business date at a branch, 0: the head office's; DATE_NONE: there is no such branch. */
uint32_t ledger_view_date(struct ledger_view *view, uint32_t branch);
/* Days on which both rows of a customer read as they do on this one. */
struct date_span ledger_view_days(struct ledger_view *view, uint32_t customer, uint32_t today);
/* Customers have the numbers 1 to this; 0: there is no company. */
uint32_t ledger_view_customers(struct ledger_view *view);
/* The next customer after this one, 0 at the end: for snapshot pages. */
uint32_t ledger_view_next_customer(struct ledger_view *view, uint32_t after);
/* Approvals that terminals should hold, newest first: at most `most` behind `*cursor` (0 at first,
 * and then as it was left). *ret_more: ask again; maybe none were found this time. A damaged one is
 * passed over. */
size_t ledger_view_approvals(struct ledger_view *view, uint64_t *cursor, uint64_t *ret_row_keys,
                             size_t most, bool *ret_more);
/* Row keys changed by seqs after `from`, without doubles; false when events that far back are no
 * longer kept, or more than RESUME_SCAN_MAX seqs lie between. */
bool ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                         size_t *ret_count);

/* ---- verifying ---- */

struct ledger_check {
    uint64_t customers;
    uint64_t documents;
    int64_t balances_minor;  /* sum over customers */
    int64_t postings_minor;  /* sum over all books: must be 0 */
    uint32_t totals;         /* rows of the totals that agree, the company's too */
    uint64_t wrong_customer; /* first customer whose figures do not add up, 0: none */
    char what[200];          /* empty: all is right */
};
/* Recomputes every customer's figures from their items and documents, the books from postings, the
 * totals from the records, and every derived row from its fact; row by row. False: a fault; a wrong
 * figure, or the first derived row that differs, is named in ret_check. */
bool ledger_check(struct ledger *ledger, struct ledger_check *ret_check, struct failure *failure);

/* All rows of a state as one digest: two states of one layout that stand at the same seq hold the
 * same ones, whatever the groups they were written in and whatever the replies were worded like. A
 * damaged state may kill the process that reads it. */
bool ledger_rows(struct ledger *ledger, struct hash *ret_digest, struct failure *failure);

#pragma once
/*
 * What the files of this module share: the ledger itself and its state row.
 */
#include "ledger/ledger.h"
#include "store/store.h"
#include "tx/tx.h"

/* The first key of a tree that is pruned, or one before it. */
struct ledger_oldest {
    bool known;
    size_t size;
    uint8_t key[COMMAND_ID_SIZE];
};

/* The newest seq in which a terminal's command was done. */
struct ledger_done {
    bool known;
    uint64_t seq;
};

struct ledger {
    struct store *store;
    uint64_t map_bytes;
    struct store_txn *txn;     /* the writer's, open between begin and commit */
    struct ledger_state state; /* as of the writer's last apply */
    struct ledger_oldest oldest_id;
    struct ledger_oldest oldest_event;
    struct ledger_done done_before;
    bool jobs_changed; /* since they were listed */
    struct tx_cache cache;
    struct arena memory;  /* of the command at hand */
    struct arena packing; /* of a record it puts */
};

/* The state row of a transaction; zeros when the ledger is empty. */
bool state_read(struct store_txn *txn, struct ledger_state *ret_state);
void state_write(struct store_txn *txn, const struct ledger_state *state);

/* A reading tx over a transaction. */
void machine_tx(struct tx *tx, struct store_txn *txn, struct arena *arena,
                const struct ledger_state *state);

/* ---- machine.c, for recall.c ---- */

bool machine_knows(uint32_t kind); /* of a command */
/* May the actor give such a command, and here? Refuses as staff_actor_needs, then as
 * staff_check_branch. */
Tefter__Refusal *machine_check_actor(struct tx *tx, uint32_t kind);
Tefter__Refusal *machine_dispatch(struct tx *tx, const Tefter__Command *command,
                                  Tefter__Done *done);
/* One of the two is NULL; packed into what outlives the command. */
struct slice machine_reply(struct tx *tx, Tefter__Done *done, Tefter__Refusal *refusal);
/* Is its id known, of this request or of another? *ret_answered then. */
enum seen { SEEN_NEVER, SEEN_SAME, SEEN_OTHER };
enum seen machine_seen(struct tx *tx, const Tefter__Entry *entry, const struct hash *digest,
                       struct ledger_answered *ret_answered);

/* ---- recall.c ---- */

Tefter__Refusal *apply_recall_next(struct tx *tx, const Tefter__RecallNext *command,
                                   Tefter__Done *done);

/* ---- row.c ---- */

/* The rows the command changed; the first account is also told to the terminal that asked. */
void rows_collect(struct tx *tx, Tefter__Done *done, struct ledger_result *result);
/* A row that terminals hold, packed into what outlives the command; false: there is no such
 * row. */
bool row_pack(struct tx *tx, uint64_t row_key, struct ledger_row *ret_row);

/* What the totals hear of an account; false: nobody has the number. */
bool row_account_figure(struct tx *tx, uint32_t customer, struct figure_account *ret_figure);

/* ---- check_totals.c ---- */

/* Fills `totals`, which has nothing, and compares. false: a figure differs and is named, or there
 * was no memory. */
struct totals;
bool check_totals(struct tx *tx, struct totals *totals, struct ledger_check *result);

/* ---- decision.c ---- */

/* What of a command those who look on shall hear, told with what became of it. command NULL: it
 * does not parse. */
void decisions_collect(struct tx *tx, const Tefter__Command *command, const Tefter__Done *done,
                       const Tefter__Refusal *refusal, struct ledger_result *result);

/* ---- decided.c ---- */

enum { DECISIONS_EACH = 8, DECISIONS_TOLD_MAX = 4 * DECISIONS_EACH };

struct ledger_decisions {
    struct ledger_decision *list; /* room for DECISIONS_TOLD_MAX */
    size_t count;
};

/* Keeps what was decided, which may be more of what is kept, and then takes its number; tells it
 * and what has to go for it. A row that has `papers` is one of an import. */
void decided_keep(struct tx *tx, Tefter__DecisionRow *row, struct ledger_decisions *told);
/* All that are kept, the oldest first, in a list with room for DECISIONS_KEPT_MAX. */
size_t decided_list(struct tx *tx, struct ledger_decision *ret_list);

/* ---- master.c ---- */

/* How what a command of master data is about stands before it. */
struct master_note {
    bool about; /* false: it is about none */
    bool makes;
    int kind; /* Tefter__MasterKind */
    uint64_t id;
    struct slice before; /* a packed Command; empty: there was nothing */
};

/* Around a command's work: what it changed is kept when it is done. */
void master_begin(struct tx *tx, const Tefter__Command *command, struct master_note *ret_note);
void master_keep(struct tx *tx, const Tefter__Command *command, const Tefter__Done *done,
                 const struct master_note *note);
Tefter__Refusal *view_master_changes(struct tx *tx, const Tefter__MasterChanges *query,
                                     Tefter__MasterChangesAnswer *answer);

/* ---- rehearse.c ---- */

Tefter__Refusal *view_rehearse(struct tx *tx, const Tefter__Rehearse *query,
                               Tefter__RehearseAnswer *answer);

/* Where the reply to a command is kept. */
struct key command_key(const uint8_t id[COMMAND_ID_SIZE]);

/* The tx of a view. */
struct tx *ledger_view_tx(struct ledger_view *view);

/*
 * Views: a query answered in one read transaction, and what sessions look up.
 */
#include "base/limits.h"
#include "domain/domain.h"
#include "ledger/inside.h"
#include "wire/message.h"

struct ledger_view {
    struct tx tx;
    struct ledger_state state;
};

/* ---- the table of queries ---- */

struct query_row {
    uint32_t kind;
    Tefter__Right right;
    bool is_long;
};

enum { SHORT = false, LONG = true };

static const struct query_row query_rows[] = {
#define QUERY(KIND, name, Type, Answer, RIGHT, LENGTH)                                             \
    [TEFTER__QUERY__KIND_##                                                                        \
        KIND] = {TEFTER__QUERY__KIND_##KIND, TEFTER__RIGHT__RIGHT_##RIGHT, LENGTH},
#define HITS_QUERY QUERY
#include "ledger/queries.def"
#undef QUERY
#undef HITS_QUERY
};

static const struct query_row *query_row(uint32_t kind)
{
    if (kind >= sizeof query_rows / sizeof query_rows[0] || query_rows[kind].kind == 0)
        return NULL;
    return &query_rows[kind];
}

Tefter__Right ledger_query_right(uint32_t kind)
{
    const struct query_row *row = query_row(kind);
    return row != NULL ? row->right : TEFTER__RIGHT__RIGHT_SERVER;
}

bool ledger_query_long(uint32_t kind)
{
    const struct query_row *row = query_row(kind);
    return row != NULL && row->is_long;
}

/* ---- one read transaction ---- */

struct ledger_view *ledger_view_begin(struct ledger *ledger, struct arena *arena,
                                      struct failure *failure)
{
    struct store_txn *txn = store_begin(ledger->store, false, failure);
    if (txn == NULL)
        return NULL;
    struct ledger_view *view = arena_zero(arena, sizeof *view);
    if (view == NULL || !state_read(txn, &view->state)) {
        fail(failure, FAULT_MEMORY, 0, "no memory to look into the ledger");
        store_abort(txn);
        return NULL;
    }
    machine_tx(&view->tx, txn, arena, NULL, &view->state, true);
    return view;
}

struct tx *ledger_view_tx(struct ledger_view *view)
{
    return &view->tx;
}

void ledger_view_end(struct ledger_view *view)
{
    if (view != NULL)
        store_abort(view->tx.txn);
}

uint64_t ledger_view_seq(const struct ledger_view *view)
{
    return view->state.seq;
}

/* ---- answering ---- */

/* What became of a command: the machine's own query. */
static Tefter__Refusal *view_command(struct tx *tx, const Tefter__CommandLookup *query,
                                     Tefter__CommandAnswer *answer)
{
    struct slice value;
    if (query->id.len != COMMAND_ID_SIZE)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "id");
    if (!store_get(tx->txn, TREE_COMMAND, slice_of(query->id.data, query->id.len), &value))
        return NULL;
    const Tefter__CommandRecord *record = (Tefter__CommandRecord *)message_unpack(
        &tefter__command_record__descriptor, value, tx->arena);
    need(record != NULL);
    answer->known = true;
    answer->reply = (Tefter__Reply *)message_unpack(
        &tefter__reply__descriptor, slice_of(record->reply.data, record->reply.len), tx->arena);
    return NULL;
}

static Tefter__Refusal *view_company_whole(struct tx *tx, const Tefter__CompanyView *query,
                                           Tefter__CompanyAnswer *answer)
{
    Tefter__TrialBalance books_query = TEFTER__TRIAL_BALANCE__INIT;
    Tefter__TrialBalanceAnswer books = TEFTER__TRIAL_BALANCE_ANSWER__INIT;
    Tefter__Refusal *refusal = view_company(tx, query, answer);
    view_trial_balance(tx, &books_query, &books);
    answer->rules_version = tx->rules_version;
    answer->owed_minor = books.balances_minor;
    return refusal;
}

static const ProtobufCMessageDescriptor *answer_type(uint32_t kind)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tefter__answer__descriptor, kind);
    need(field != NULL);
    return field->descriptor;
}

/* No default: see dispatch. */
static Tefter__Refusal *answer_query(struct tx *tx, const Tefter__Query *query,
                                     const struct report_hits *found, Tefter__Answer *answer)
{
    switch (query->kind_case) {
#define view_company view_company_whole
#define QUERY(KIND, name, Type, Answer, RIGHT, LENGTH)                                             \
    case TEFTER__QUERY__KIND_##KIND:                                                               \
        answer->kind_case = TEFTER__ANSWER__KIND_##KIND;                                           \
        answer->name = tx_new(tx, answer_type(answer->kind_case));                                 \
        return view_##name(tx, query->name, answer->name);
#define HITS_QUERY(KIND, name, Type, Answer, RIGHT, LENGTH)                                        \
    case TEFTER__QUERY__KIND_##KIND:                                                               \
        answer->kind_case = TEFTER__ANSWER__KIND_##KIND;                                           \
        answer->name = tx_new(tx, answer_type(answer->kind_case));                                 \
        return view_##name(tx, query->name, found, answer->name);
#include "ledger/queries.def"
#undef QUERY
#undef HITS_QUERY
#undef view_company
    case TEFTER__QUERY__KIND__NOT_SET:
    case _TEFTER__QUERY__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "query");
}

Tefter__Answer *ledger_view_answer(struct ledger_view *view, const Tefter__Query *query,
                                   const Tefter__Actor *actor, const struct ledger_hits *found)
{
    static const Tefter__Actor nobody = TEFTER__ACTOR__INIT;
    struct tx *tx = &view->tx;
    struct report_hits report = {NULL, 0};
    tx->actor = actor != NULL ? actor : &nobody;
    if (found != NULL)
        report = (struct report_hits){found->customers, found->count};
    Tefter__Answer *answer = tx_new(tx, &tefter__answer__descriptor);
    answer->seq = view->state.seq;
    Tefter__Refusal *refusal = company_exists(tx)
                                   ? answer_query(tx, query, found != NULL ? &report : NULL, answer)
                                   : refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "company");
    if (refusal == NULL && !tx_sound(tx))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__BUSY, NULL);
    if (refusal != NULL) {
        answer->kind_case = TEFTER__ANSWER__KIND_REFUSED;
        answer->refused = refusal;
    }
    return answer;
}

/* ---- records for sessions ---- */

const Tefter__CompanyRecord *ledger_view_company(struct ledger_view *view)
{
    return company_exists(&view->tx) ? company_get(&view->tx) : NULL;
}

const Tefter__BranchRecord *ledger_view_branch(struct ledger_view *view, uint32_t branch)
{
    return branch_get(&view->tx, branch);
}

const Tefter__StaffRecord *ledger_view_staff(struct ledger_view *view, uint32_t staff)
{
    return staff_get(&view->tx, staff);
}

const Tefter__StaffRecord *ledger_view_login(struct ledger_view *view, const char *login)
{
    return staff_by_login(&view->tx, login);
}

const Tefter__TerminalRecord *ledger_view_terminal(struct ledger_view *view, uint32_t terminal)
{
    return terminal_get(&view->tx, terminal);
}

const Tefter__CustomerRecord *ledger_view_customer(struct ledger_view *view, uint32_t customer)
{
    return customer_get(&view->tx, customer);
}

size_t ledger_view_branches(struct ledger_view *view, const Tefter__BranchRecord ***ret_branches)
{
    Tefter__BranchList query = TEFTER__BRANCH_LIST__INIT;
    Tefter__BranchesAnswer answer = TEFTER__BRANCHES_ANSWER__INIT;
    view_branches(&view->tx, &query, &answer);
    *ret_branches = (const Tefter__BranchRecord **)answer.branches;
    return answer.n_branches;
}

/* ---- rows for the feed ---- */

bool ledger_view_row_of(struct ledger_view *view, uint32_t branch, uint64_t row_key,
                        struct ledger_row *ret_row)
{
    Tefter__Actor asker = TEFTER__ACTOR__INIT;
    const Tefter__Actor *before = view->tx.actor;
    asker.has_branch = branch != 0;
    asker.branch = branch;
    view->tx.actor = &asker;
    bool there = row_pack(&view->tx, row_key, ret_row);
    view->tx.actor = before;
    return there;
}

struct slice ledger_view_row(struct ledger_view *view, uint64_t row_key, uint32_t *ret_customer)
{
    struct ledger_row row;
    bool there = ledger_view_row_of(view, 0, row_key, &row);
    if (ret_customer != NULL)
        *ret_customer = row.customer;
    return there ? row.row : slice_of(NULL, 0);
}

uint32_t ledger_view_date(struct ledger_view *view, uint32_t branch)
{
    if (!company_exists(&view->tx))
        return DATE_NONE;
    if (branch == 0)
        return branch_head_date(&view->tx);
    const Tefter__BranchRecord *record = branch_get(&view->tx, branch);
    return record == NULL ? DATE_NONE : record->date;
}

struct date_span ledger_view_days(struct ledger_view *view, uint32_t customer, uint32_t today)
{
    return credit_row_days(&view->tx, customer_get(&view->tx, customer), today);
}

uint32_t ledger_view_oldest_due(struct ledger_view *view, uint32_t customer)
{
    return report_oldest_due(&view->tx, customer, UINT32_MAX);
}

uint32_t ledger_view_customers(struct ledger_view *view)
{
    return company_exists(&view->tx) ? company_customers(&view->tx) : 0;
}

uint32_t ledger_view_next_customer(struct ledger_view *view, uint32_t after)
{
    return customer_next(&view->tx, after);
}

size_t ledger_view_approvals(struct ledger_view *view, const uint64_t **ret_row_keys)
{
    uint64_t *keys = tx_take(&view->tx, PAGE_ROWS_MAX * sizeof *keys);
    size_t count = credit_open_approvals(&view->tx, keys, PAGE_ROWS_MAX);
    for (size_t i = 0; i < count; i++)
        keys[i] = row_key_of(ROW_APPROVAL, keys[i]);
    *ret_row_keys = keys;
    return count;
}

/* A set of keys by open addressing, as large as it can get. */
struct key_set {
    uint64_t *slots;
    size_t mask;
    uint64_t *list;
    size_t count;
    size_t room;
};

static void key_set_init(struct tx *tx, struct key_set *set, size_t room)
{
    size_t slots = 64;
    while (slots < room * 2)
        slots *= 2;
    *set = (struct key_set){
        .slots = tx_take(tx, slots * sizeof(uint64_t)),
        .mask = slots - 1,
        .list = tx_take(tx, room * sizeof(uint64_t)),
        .room = room,
    };
}

static bool key_set_add(struct key_set *set, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & set->mask;
    while (set->slots[at] != 0 && set->slots[at] != key + 1)
        at = (at + 1) & set->mask;
    if (set->slots[at] == key + 1)
        return true;
    if (set->count == set->room)
        return false;
    set->slots[at] = key + 1;
    set->list[set->count++] = key;
    return true;
}

static bool add_rows(struct tx *scratch, struct slice value, struct key_set *set)
{
    tx_scratch_next(scratch);
    const Tefter__EventsRecord *record = (Tefter__EventsRecord *)message_unpack(
        &tefter__events_record__descriptor, value, tx_arena(scratch));
    need(record != NULL);
    for (size_t i = 0; i < record->n_rows; i++)
        if (!key_set_add(set, record->rows[i]))
            return false;
    return true;
}

bool ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                         size_t *ret_count)
{
    enum { KEYS_MAX = 20000 };
    uint64_t seq = view->state.seq;
    if (from > seq || seq - from > RESUME_SCAN_MAX || from + EVENTS_KEPT < seq)
        return false;
    struct key_set set;
    key_set_init(&view->tx, &set, KEYS_MAX);
    uint8_t key[8];
    be64_put(key, from + 1);
    bool whole = true;
    struct tx *scratch = tx_scratch_begin(&view->tx);
    struct store_cursor cursor;
    for (bool on = store_seek(view->tx.txn, TREE_EVENT, slice_of(key, sizeof key), &cursor);
         on && whole; on = store_next(&cursor))
        whole = add_rows(scratch, cursor.value, &set);
    store_leave(&cursor);
    tx_scratch_end(scratch);
    *ret_keys = set.list;
    *ret_count = set.count;
    return whole;
}

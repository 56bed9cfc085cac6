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
    struct failure failure; /* of what was asked last */
    uint64_t worked;        /* on it */
    /* for when no memory is left to refuse with */
    Tefter__Answer answer;
    Tefter__Refusal refusal;
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
    if (view == NULL)
        fail(failure, FAULT_MEMORY, 0, "no memory to look into the ledger");
    else if (!state_read(txn, &view->state) && failure != NULL)
        *failure = *store_failure(txn);
    if (view == NULL || store_failure(txn)->fault != FAULT_NONE) {
        store_abort(txn);
        return NULL;
    }
    machine_tx(&view->tx, txn, arena, &view->state);
    return view;
}

/* false: it stopped on the way. */
static bool look(struct ledger_view *view, tx_work work, void *context)
{
    view->failure.fault = FAULT_NONE;
    return tx_run(&view->tx, work, context, &view->failure);
}

/* A fault of the store's stays with its transaction; one of a record's does not. */
enum ledger_met ledger_view_met(const struct ledger_view *view)
{
    if (view->failure.fault == FAULT_NONE)
        return LEDGER_MET_NOTHING;
    bool record =
        view->failure.fault == FAULT_DAMAGED && store_failure(view->tx.txn)->fault == FAULT_NONE;
    return record ? LEDGER_MET_DAMAGE : LEDGER_MET_FAULT;
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

enum { ID_TERMINAL_AT = 6 };

/* What became of a command: the machine's own query. A reply tells of a customer and their money,
 * so it is told to the terminal that asked for it and to nobody else, whatever their role: they see
 * the documents themselves. */
static Tefter__Refusal *view_command(struct tx *tx, const Tefter__CommandLookup *query,
                                     Tefter__CommandAnswer *answer)
{
    if (query->id.len != COMMAND_ID_SIZE)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "id");
    if (be32_get(query->id.data + ID_TERMINAL_AT) != tx->actor->terminal)
        return refuse(tx, TEFTER__REFUSAL_CODE__COMMAND_ID_FOREIGN, "id");
    struct key key = command_key(query->id.data);
    const Tefter__CommandRecord *record = tx_get(tx, &key, &tefter__command_record__descriptor);
    if (record == NULL)
        return NULL;
    answer->known = true;
    answer->reply =
        tx_unpack(tx, &tefter__reply__descriptor, slice_of(record->reply.data, record->reply.len));
    return NULL;
}

static Tefter__Refusal *view_company_whole(struct tx *tx, const Tefter__CompanyView *query,
                                           Tefter__CompanyAnswer *answer)
{
    Tefter__Refusal *refusal = view_company(tx, query, answer);
    answer->rules_version = tx->rules_version;
    uint32_t only = staff_branch(tx);
    if (staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_ALARMS) ||
        staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE))
        answer->owed_minor = only == 0 ? posting_receivables(tx) : posting_receivables_of(tx, only);
    return refusal;
}

/* Nobody counts what they have seen: a till stands below nothing, and by how much is told once it
 * is counted. */
static Tefter__Refusal *view_alarms_told(struct tx *tx, const Tefter__AlarmList *query,
                                         Tefter__AlarmsAnswer *answer)
{
    Tefter__Refusal *refusal = view_alarms(tx, query, answer);
    for (size_t i = 0; i < answer->n_rows; i++) {
        Tefter__AlarmRow *row = answer->rows[i];
        if (row->has_short_minor && tills_hide_paper(tx, row->document, row->at_ms))
            FIELD_SET_IF(row, short_minor, false, 0);
    }
    return refusal;
}

struct trial {
    const Tefter__Command *command;
    Tefter__Refusal *refusal;
};

static void try_work(struct tx *tx, void *context)
{
    struct trial *trial = context;
    Tefter__Done *done = tx_new(tx, &tefter__done__descriptor);
    trial->refusal = machine_dispatch(tx, trial->command, done);
}

/* Who counts a till blind could else feel for what it should hold: these say when it is not that,
 * or not there. */
static bool tells_what_a_till_holds(struct tx *tx, const Tefter__Command *command)
{
    Tefter__Command__KindCase kind = command->kind_case;
    if (kind == TEFTER__COMMAND__KIND_REVERSE_DOCUMENT)
        return reversal_moves_cash(tx, command->reverse_document);
    return kind == TEFTER__COMMAND__KIND_OPEN_TILL || kind == TEFTER__COMMAND__KIND_COUNT_TILL ||
           kind == TEFTER__COMMAND__KIND_CLOSE_TILL || kind == TEFTER__COMMAND__KIND_MOVE_MONEY ||
           kind == TEFTER__COMMAND__KIND_PUT_CASH || kind == TEFTER__COMMAND__KIND_REFUND_MONEY ||
           kind == TEFTER__COMMAND__KIND_CORRECT_PAYMENT;
}

/* What a command would hear now: the machine's own way, as far as it decides. Who may not give the
 * command is told so, as there. Refuses UNREADABLE
 * command; of what tells what a till holds the right SEE_TRIAL_BALANCE. */
static Tefter__Refusal *view_try_command(struct tx *tx, const Tefter__TryCommand *query,
                                         Tefter__TryAnswer *answer)
{
    struct trial trial = {query->command, NULL};
    if (!machine_knows(query->command->kind_case))
        return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "command");
    Tefter__Refusal *refusal = tells_what_a_till_holds(tx, query->command)
                                   ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE)
                                   : NULL;
    if (refusal != NULL)
        return refusal;
    answer->refusal = machine_check_actor(tx, query->command->kind_case);
    if (answer->refusal == NULL && !tx_try(tx, try_work, &trial))
        answer->refusal = trial.refusal;
    return NULL;
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
#define view_alarms view_alarms_told
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
#undef view_alarms
    case TEFTER__QUERY__KIND__NOT_SET:
    case _TEFTER__QUERY__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "query");
}

struct question {
    const Tefter__Query *query;
    const struct ledger_hits *found;
    Tefter__Answer *answer;
};

static void answer_work(struct tx *tx, void *context)
{
    struct question *question = context;
    struct report_hits report = {NULL, 0};
    if (question->found != NULL)
        report = (struct report_hits){question->found->customers, question->found->count};
    Tefter__Answer *answer = question->answer = tx_new(tx, &tefter__answer__descriptor);
    Tefter__Refusal *refusal =
        company_exists(tx)
            ? answer_query(tx, question->query, question->found != NULL ? &report : NULL, answer)
            : refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "company");
    answer->seq = tx->seq;
    if (refusal == NULL)
        return;
    answer->kind_case = TEFTER__ANSWER__KIND_REFUSED;
    answer->refused = refusal;
}

static Tefter__RefusalCode refusal_of(enum fault fault)
{
    if (fault == FAULT_MEMORY)
        return TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG;
    if (fault == FAULT_DAMAGED)
        return TEFTER__REFUSAL_CODE__RECORD_DAMAGED;
    return fault == FAULT_FULL ? TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG : TEFTER__REFUSAL_CODE__BUSY;
}

static Tefter__Answer *stopped_answer(struct ledger_view *view)
{
    view->refusal = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
    view->refusal.code = refusal_of(view->failure.fault);
    view->answer = (Tefter__Answer)TEFTER__ANSWER__INIT;
    view->answer.seq = view->state.seq;
    view->answer.kind_case = TEFTER__ANSWER__KIND_REFUSED;
    view->answer.refused = &view->refusal;
    return &view->answer;
}

Tefter__Answer *ledger_view_answer(struct ledger_view *view, const Tefter__Query *query,
                                   const Tefter__Actor *actor, const struct ledger_hits *found,
                                   uint64_t work_most)
{
    static const Tefter__Actor nobody = TEFTER__ACTOR__INIT;
    struct tx *tx = &view->tx;
    struct question question = {query, found, NULL};
    tx->actor = actor != NULL ? actor : &nobody;
    tx->work_most = work_most;
    bool answered = look(view, answer_work, &question);
    tx->work_most = LEDGER_WORK_ANY;
    view->worked = work_most - tx->work_left;
    if (answered)
        return question.answer;
    return view->failure.fault == FAULT_BUSY && work_most != LEDGER_WORK_ANY ? NULL
                                                                             : stopped_answer(view);
}

uint64_t ledger_view_worked(const struct ledger_view *view)
{
    return view->worked;
}

/* ---- records for sessions ---- */

/* What is looked up, and what was found: NULL or 0 when there is none, or it stopped. */
struct wanted {
    uint32_t number;
    uint32_t buyer;
    const char *login;
    const void *record;
    uint32_t found;
};

static const void *look_record(struct ledger_view *view, tx_work work, struct wanted wanted)
{
    return look(view, work, &wanted) ? wanted.record : NULL;
}

static uint32_t look_number(struct ledger_view *view, tx_work work, uint32_t number)
{
    struct wanted wanted = {.number = number};
    return look(view, work, &wanted) ? wanted.found : 0;
}

static void look_company(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = company_exists(tx) ? company_get(tx) : NULL;
}

const Tefter__CompanyRecord *ledger_view_company(struct ledger_view *view)
{
    return look_record(view, look_company, (struct wanted){.number = 0});
}

static void look_branch(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = branch_get(tx, wanted->number);
}

const Tefter__BranchRecord *ledger_view_branch(struct ledger_view *view, uint32_t branch)
{
    return look_record(view, look_branch, (struct wanted){.number = branch});
}

static void look_staff(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = staff_get(tx, wanted->number);
}

const Tefter__StaffRecord *ledger_view_staff(struct ledger_view *view, uint32_t staff)
{
    return look_record(view, look_staff, (struct wanted){.number = staff});
}

static void look_buyer_pin(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = buyer_pin_get(tx, wanted->number, wanted->buyer);
}

const Tefter__BuyerPinRecord *ledger_view_buyer_pin(struct ledger_view *view, uint32_t customer,
                                                    uint32_t buyer)
{
    return look_record(view, look_buyer_pin, (struct wanted){.number = customer, .buyer = buyer});
}

static void look_login(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = staff_by_login(tx, wanted->login);
}

const Tefter__StaffRecord *ledger_view_login(struct ledger_view *view, const char *login)
{
    return look_record(view, look_login, (struct wanted){.login = login});
}

static void look_other_branch(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    const Tefter__StaffRecord *staff = staff_by_login(tx, wanted->login);
    wanted->record = staff != NULL ? staff_other_branch(tx, staff, wanted->number) : NULL;
}

const Tefter__BranchRecord *ledger_view_other_branch(struct ledger_view *view, const char *login,
                                                     uint32_t branch)
{
    return look_record(view, look_other_branch, (struct wanted){.login = login, .number = branch});
}

static void look_terminal(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = terminal_get(tx, wanted->number);
}

const Tefter__TerminalRecord *ledger_view_terminal(struct ledger_view *view, uint32_t terminal)
{
    return look_record(view, look_terminal, (struct wanted){.number = terminal});
}

static void look_customer(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->record = customer_get(tx, wanted->number);
}

const Tefter__CustomerRecord *ledger_view_customer(struct ledger_view *view, uint32_t customer)
{
    return look_record(view, look_customer, (struct wanted){.number = customer});
}

struct wanted_notes {
    uint32_t customer;
    const Tefter__NoteRecord **notes;
    size_t most;
    size_t count;
};

static void look_notes(struct tx *tx, void *context)
{
    struct wanted_notes *wanted = context;
    wanted->count = customer_newest_notes(tx, wanted->customer, wanted->notes, wanted->most);
}

size_t ledger_view_notes(struct ledger_view *view, uint32_t customer,
                         const Tefter__NoteRecord **ret_notes, size_t most)
{
    struct wanted_notes wanted = {customer, ret_notes, most, 0};
    return look(view, look_notes, &wanted) ? wanted.count : 0;
}

struct branches {
    const Tefter__BranchRecord **list;
    size_t count;
};

static void look_branches(struct tx *tx, void *context)
{
    struct branches *branches = context;
    branches->count = branch_list(tx, &branches->list);
}

size_t ledger_view_branches(struct ledger_view *view, const Tefter__BranchRecord ***ret_branches)
{
    struct branches branches = {NULL, 0};
    bool whole = look(view, look_branches, &branches);
    *ret_branches = branches.list;
    return whole ? branches.count : 0;
}

/* ---- rows for the feed ---- */

struct wanted_row {
    uint64_t key;
    struct ledger_row *ret_row;
    bool there;
};

static void look_row(struct tx *tx, void *context)
{
    struct wanted_row *wanted = context;
    wanted->there = row_pack(tx, wanted->key, wanted->ret_row);
}

bool ledger_view_row_of(struct ledger_view *view, uint32_t branch, uint64_t row_key,
                        struct ledger_row *ret_row)
{
    Tefter__Actor asker = TEFTER__ACTOR__INIT;
    const Tefter__Actor *before = view->tx.actor;
    struct wanted_row wanted = {row_key, ret_row, false};
    asker.has_branch = branch != 0;
    asker.branch = branch;
    view->tx.actor = &asker;
    bool there = look(view, look_row, &wanted) && wanted.there;
    view->tx.actor = before;
    return there;
}

struct slice ledger_view_row(struct ledger_view *view, uint64_t row_key, uint32_t *ret_customer)
{
    struct ledger_row row;
    bool there = ledger_view_row_of(view, 0, row_key, &row);
    if (ret_customer != NULL)
        *ret_customer = there ? row.customer : 0;
    return there ? row.row : slice_of(NULL, 0);
}

static void look_date(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    const Tefter__BranchRecord *record = NULL;
    if (!company_exists(tx))
        return;
    if (wanted->number != 0)
        record = branch_get(tx, wanted->number);
    wanted->found = wanted->number == 0 ? branch_head_date(tx)
                    : record != NULL    ? record->date
                                        : DATE_NONE;
}

uint32_t ledger_view_date(struct ledger_view *view, uint32_t branch)
{
    return look_number(view, look_date, branch);
}

struct wanted_days {
    uint32_t customer;
    uint32_t today;
    struct date_span days;
};

static void look_days(struct tx *tx, void *context)
{
    struct wanted_days *wanted = context;
    const Tefter__CustomerRecord *customer = customer_get(tx, wanted->customer);
    if (customer != NULL)
        wanted->days = credit_account_days(tx, customer, wanted->today);
}

struct date_span ledger_view_days(struct ledger_view *view, uint32_t customer, uint32_t today)
{
    struct wanted_days wanted = {customer, today, {today, today}};
    return look(view, look_days, &wanted) ? wanted.days : (struct date_span){today, today};
}

static void look_recovery(struct tx *tx, void *context)
{
    const Tefter__RecoveryRecord **newest = context;
    *newest = company_exists(tx) ? recovery_newest(tx) : NULL;
}

const Tefter__RecoveryRecord *ledger_view_recovery(struct ledger_view *view)
{
    const Tefter__RecoveryRecord *newest = NULL;
    return look(view, look_recovery, &newest) ? newest : NULL;
}

static void look_heard(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->found = company_exists(tx) && recovery_heard(tx, wanted->number);
}

bool ledger_view_heard(struct ledger_view *view, uint32_t terminal)
{
    return look_number(view, look_heard, terminal) != 0;
}

void ledger_recovery(struct ledger *ledger, struct ledger_recovery *ret_recovery)
{
    struct arena arena;
    struct failure failure = {.fault = FAULT_NONE};
    *ret_recovery = (struct ledger_recovery){.recovery = 0};
    arena_init(&arena, FRAME_UNPACKED_MAX);
    struct ledger_view *view = ledger_view_begin(ledger, &arena, &failure);
    const Tefter__RecoveryRecord *newest = view != NULL ? ledger_view_recovery(view) : NULL;
    if (newest != NULL) {
        ret_recovery->waiting = newest->waiting;
        ret_recovery->refused = newest->refused;
    }
    if (newest != NULL && !newest->has_closed_ms) {
        ret_recovery->recovery = newest->recovery;
        ret_recovery->not_back = newest->differing + newest->refused;
        ret_recovery->unheard =
            newest->terminals > newest->heard ? newest->terminals - newest->heard : 0;
    }
    if (view != NULL)
        ledger_view_end(view);
    arena_fini(&arena);
}

static void look_customers(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->found = company_exists(tx) ? company_customers(tx) : 0;
}

uint32_t ledger_view_customers(struct ledger_view *view)
{
    return look_number(view, look_customers, 0);
}

static void look_next_customer(struct tx *tx, void *context)
{
    struct wanted *wanted = context;
    wanted->found = customer_next(tx, wanted->number);
}

uint32_t ledger_view_next_customer(struct ledger_view *view, uint32_t after)
{
    return look_number(view, look_next_customer, after);
}

struct wanted_approvals {
    uint64_t *cursor;
    uint64_t *keys;
    size_t most;
    size_t count;
    bool more;
};

static void look_approvals(struct tx *tx, void *context)
{
    struct wanted_approvals *wanted = context;
    credit_open_approvals(tx, wanted->cursor, wanted->keys, wanted->most, &wanted->count,
                          &wanted->more);
}

size_t ledger_view_approvals(struct ledger_view *view, uint64_t *cursor, uint64_t *ret_row_keys,
                             size_t most, bool *ret_more)
{
    struct wanted_approvals wanted = {cursor, ret_row_keys, most, 0, false};
    (void)look(view, look_approvals, &wanted);
    *ret_more = wanted.more;
    for (size_t i = 0; i < wanted.count; i++)
        ret_row_keys[i] = row_key_of(ROW_APPROVAL, ret_row_keys[i]);
    return wanted.count;
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

static bool add_rows(const struct tx_walk *walk, struct key_set *set)
{
    const Tefter__EventsRecord *record = tx_walk_record(walk, &tefter__events_record__descriptor);
    for (size_t i = 0; i < record->n_rows; i++)
        if (!key_set_add(set, record->rows[i]))
            return false;
    return true;
}

struct changes {
    uint64_t from;
    struct key_set set;
    bool whole;
};

static void look_changes(struct tx *tx, void *context)
{
    enum { KEYS_MAX = 20000 };
    struct changes *changes = context;
    struct key prefix = {.tree = TREE_EVENT};
    struct key from = prefix;
    key_u64(&from, changes->from + 1);
    key_set_init(tx, &changes->set, KEYS_MAX);
    changes->whole = true;
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, &from, &walk); on && changes->whole;
         on = tx_walk_next(&walk)) {
        tx_scratch_next(scratch);
        changes->whole = add_rows(&walk, &changes->set);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
}

bool ledger_view_changed(struct ledger_view *view, uint64_t from, const uint64_t **ret_keys,
                         size_t *ret_count)
{
    uint64_t seq = view->state.seq;
    struct changes changes = {.from = from};
    if (from > seq || seq - from > RESUME_SCAN_MAX || from + EVENTS_KEPT < seq)
        return false;
    bool looked = look(view, look_changes, &changes);
    *ret_keys = changes.set.list;
    *ret_count = changes.set.count;
    return looked && changes.whole;
}

/* ---- the totals, made anew ---- */

struct wanted_figures {
    uint32_t customer;
    struct ledger_customer_figures *ret_figures;
};

static void look_figures(struct tx *tx, void *context)
{
    struct wanted_figures *wanted = context;
    struct ledger_row row;
    *wanted->ret_figures = (struct ledger_customer_figures){.account = NULL};
    if (!row_pack(tx, row_key_of(ROW_ACCOUNT, wanted->customer), &row))
        return;
    wanted->ret_figures->account = row.account;
    report_customer_figures(tx, wanted->customer, &wanted->ret_figures->figures,
                            &wanted->ret_figures->count);
}

bool ledger_view_customer_figures(struct ledger_view *view, uint32_t customer,
                                  struct ledger_customer_figures *ret_figures)
{
    struct wanted_figures wanted = {customer, ret_figures};
    return look(view, look_figures, &wanted);
}

static void look_day_figures(struct tx *tx, void *context)
{
    if (company_exists(tx))
        report_day_figures(tx, context);
}

bool ledger_view_day_figures(struct ledger_view *view,
                             void (*say)(void *context, const struct figure *figure), void *context)
{
    struct report_listener listener = {say, context};
    return look(view, look_day_figures, &listener);
}

struct wanted_decisions {
    struct ledger_decision *list;
    size_t count;
};

static void look_decisions(struct tx *tx, void *context)
{
    struct wanted_decisions *wanted = context;
    wanted->list = tx_take(tx, DECISIONS_KEPT_MAX * sizeof *wanted->list);
    wanted->count = decided_list(tx, wanted->list);
}

bool ledger_view_decisions(struct ledger_view *view, const struct ledger_decision **ret_decisions,
                           size_t *ret_count)
{
    struct wanted_decisions wanted = {NULL, 0};
    bool there = look(view, look_decisions, &wanted);
    *ret_decisions = wanted.list;
    *ret_count = there ? wanted.count : 0;
    return there;
}

struct wanted_tills {
    uint32_t branch;
    uint32_t date;
    bool waits;
};

static void look_tills(struct tx *tx, void *context)
{
    struct wanted_tills *wanted = context;
    struct tills_waiting waiting;
    tills_uncounted(tx, &waiting);
    wanted->waits = tills_hide(&waiting, wanted->branch, wanted->date);
}

bool ledger_view_cash_waits(struct ledger_view *view, uint32_t branch, uint32_t date)
{
    struct wanted_tills wanted = {branch, date, true};
    return !look(view, look_tills, &wanted) || wanted.waits;
}

void ledger_hide_cash(Tefter__TotalsRow *row)
{
    report_hide_cash(row);
}

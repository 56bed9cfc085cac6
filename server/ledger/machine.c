/*
 * One command: known id? right? apply, reply, events, rows, digest. Nothing here or below asks for
 * the time, a random number or the surroundings.
 *
 * Invariants: 1 a command id stands once, with the digest of its request and its reply, in the
 * transaction of its effects. 2 seq rises by one with every entry, refused, repeated and skipped
 * ones too. 3 digest = H(digest before, seq, ordered writes of facts, refusal code or 0,
 * rules version).
 */
#include "base/limits.h"
#include "domain/domain.h"
#include "ledger/inside.h"
#include "wire/message.h"

/* ---- the table of commands ---- */

struct command_row {
    uint32_t kind;
    Tefter__Right right;
};

static const struct command_row command_rows[] = {
#define COMMAND(KIND, name, Type, RIGHT)                                                           \
    [TEFTER__COMMAND__KIND_##KIND] = {TEFTER__COMMAND__KIND_##KIND, TEFTER__RIGHT__RIGHT_##RIGHT},
#include "ledger/commands.def"
#undef COMMAND
};

static const struct command_row *command_row(uint32_t kind)
{
    if (kind >= sizeof command_rows / sizeof command_rows[0] || command_rows[kind].kind == 0)
        return NULL;
    return &command_rows[kind];
}

bool machine_knows(uint32_t kind)
{
    return command_row(kind) != NULL;
}

Tefter__Right ledger_command_right(uint32_t kind)
{
    const struct command_row *row = command_row(kind);
    return row != NULL ? row->right : TEFTER__RIGHT__RIGHT_SERVER;
}

bool ledger_command_has_text(struct slice command)
{
    return message_holds(&tefter__command__descriptor, command, &tefter__text__descriptor);
}

bool ledger_may(Tefter__Role role, Tefter__Right right)
{
    return rights_role_may(role, right);
}

size_t ledger_roles_with(Tefter__Right right, Tefter__Role ret_roles[8])
{
    return rights_roles_with(right, ret_roles);
}

bool ledger_may_usually(Tefter__Role role, Tefter__Threshold threshold, int64_t *ret_most)
{
    *ret_most = threshold_usual(threshold, role);
    return threshold_applies(threshold, role);
}

/* ---- rules versions ---- */

/* Refuses: a rules version that is not newer, or newer than this program knows. */
static Tefter__Refusal *apply_adopt_rules_version(struct tx *tx,
                                                  const Tefter__AdoptRulesVersion *command,
                                                  Tefter__Done *done)
{
    if (command->rules_version <= tx->rules_version || command->rules_version > LEDGER_RULES)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "rules_version");

    tx_decided(tx);
    tx->rules_version = command->rules_version;
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__RULES_VERSION_ADOPTED;
    event.has_about = true;
    event.about = command->rules_version;
    tx_emit(tx, &event);
    done->has_id = true;
    done->id = command->rules_version;
    return NULL;
}

/* The first command of all says at which rules version the ledger begins. */
static Tefter__Refusal *found(struct tx *tx, const Tefter__CreateCompany *command,
                              Tefter__Done *done)
{
    if (command->rules_version < LEDGER_RULES_OLDEST || command->rules_version > LEDGER_RULES)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "rules_version");
    Tefter__Refusal *refusal = apply_create_company(tx, command, done);
    if (refusal == NULL)
        tx->rules_version = command->rules_version;
    return refusal;
}

/* ---- replies ---- */

struct slice machine_reply(struct tx *tx, Tefter__Done *done, Tefter__Refusal *refusal)
{
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    reply.seq = tx->seq;
    if (refusal != NULL) {
        reply.result_case = TEFTER__REPLY__RESULT_REFUSED;
        reply.refused = refusal;
    } else {
        reply.result_case = TEFTER__REPLY__RESULT_DONE;
        reply.done = done;
    }
    return tx_pack_out(tx, &reply.base);
}

/* ---- applying ---- */

/* No default: a command without a row does not compile, one without a function does not link. */
static Tefter__Refusal *dispatch(struct tx *tx, const Tefter__Command *command, Tefter__Done *done)
{
    switch (command->kind_case) {
#define COMMAND(KIND, name, Type, RIGHT)                                                           \
    case TEFTER__COMMAND__KIND_##KIND:                                                             \
        return apply_##name(tx, command->name, done);
#include "ledger/commands.def"
#undef COMMAND
    case TEFTER__COMMAND__KIND__NOT_SET:
    case _TEFTER__COMMAND__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "command");
}

Tefter__Refusal *machine_dispatch(struct tx *tx, const Tefter__Command *command, Tefter__Done *done)
{
    struct master_note note;
    master_begin(tx, command, &note);
    Tefter__Refusal *refusal = dispatch(tx, command, done);
    if (refusal == NULL)
        master_keep(tx, command, done, &note);
    return refusal;
}

Tefter__Refusal *machine_check_actor(struct tx *tx, uint32_t kind)
{
    Tefter__Right right = ledger_command_right(kind);
    Tefter__Refusal *refusal = staff_actor_needs(tx, right);
    return refusal == NULL ? staff_check_branch(tx, right) : refusal;
}

static Tefter__Refusal *run(struct tx *tx, const Tefter__Command *command, Tefter__Done *done)
{
    if (command == NULL || !machine_knows(command->kind_case))
        return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "command");
    if (!company_exists(tx))
        return command->kind_case == TEFTER__COMMAND__KIND_CREATE_COMPANY
                   ? found(tx, command->create_company, done)
                   : refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "company");
    Tefter__Refusal *refusal = machine_check_actor(tx, command->kind_case);
    return refusal == NULL ? machine_dispatch(tx, command, done) : refusal;
}

/* ---- what is kept of a command ---- */

static void find_done(struct ledger *ledger, struct tx *tx);

/* What a terminal keeps of a command that was done; empty: the command was not one's. */
static struct slice receipt_pack(struct ledger *ledger, struct tx *tx, const Tefter__Done *done)
{
    if (!tx->actor->has_terminal)
        return slice_of(NULL, 0);
    Tefter__Receipt receipt = TEFTER__RECEIPT__INIT;
    receipt.seq = tx->seq;
    if (!ledger->done_before.known)
        find_done(ledger, tx);
    FIELD_SET_IF(&receipt, after, ledger->done_before.known, ledger->done_before.seq);
    receipt.at_ms = tx->now_ms;
    receipt.actor = (Tefter__Actor *)tx->actor;
    FIELD_COPY(&receipt, id, done);
    receipt.number = done->number;
    FIELD_COPY(&receipt, total_minor, done);
    FIELD_COPY(&receipt, matched_minor, done);
    receipt.n_settled = tx->settled_count;
    receipt.settled = tx->settled;
    ledger->done_before = (struct ledger_done){.known = true, .seq = tx->seq};
    return tx_pack_out(tx, &receipt.base);
}

static void keep_reply(struct tx *tx, const Tefter__Entry *entry, const struct hash *digest,
                       const struct ledger_result *result)
{
    Tefter__CommandRecord record = TEFTER__COMMAND_RECORD__INIT;
    record.seq = tx->seq;
    record.digest = (ProtobufCBinaryData){HASH_SIZE, (uint8_t *)digest->bytes};
    record.reply = (ProtobufCBinaryData){result->reply.size, (uint8_t *)result->reply.data};
    FIELD_SET_IF(&record, receipt, result->receipt.size > 0,
                 ((ProtobufCBinaryData){result->receipt.size, (uint8_t *)result->receipt.data}));
    struct slice bytes = tx_pack(tx, &record.base);
    store_append(tx->txn, TREE_COMMAND, slice_of(entry->id.data, entry->id.len), bytes);
}

static void keep_events(struct tx *tx, const struct ledger_result *result)
{
    if (tx->event_count + result->row_count == 0)
        return;
    Tefter__EventsRecord record = TEFTER__EVENTS_RECORD__INIT;
    record.events = tx->events;
    record.n_events = tx->event_count;
    record.at_ms = tx->now_ms;
    record.actor = (Tefter__Actor *)tx->actor;
    record.rows = tx_take(tx, result->row_count * sizeof *record.rows);
    for (size_t i = 0; i < result->row_count; i++)
        record.rows[record.n_rows++] = result->rows[i].key;
    uint8_t key[8];
    be64_put(key, tx->seq);
    store_append(tx->txn, TREE_EVENT, slice_of(key, sizeof key), tx_pack(tx, &record.base));
}

static int64_t id_ms(const uint8_t *id)
{
    return (int64_t)((uint64_t)be16_get(id) << 32 | be32_get(id + 2));
}

/* Ids live for COMMAND_ID_LIFE_MS of the time that passed from command to command. A jump forwards
 * beyond CLOCK_GAP_MS is a clock that was set, or a long holiday: it counts as that much, and what
 * a holiday left behind is caught up a quarter faster than time passes. When a clock that was ahead
 * is put right, ids of the right time count again, as far back as none has been forgotten. */
static int64_t ids_from_ms(const struct tx *tx, const struct ledger_state *state)
{
    int64_t wanted_ms = tx->now_ms - COMMAND_ID_LIFE_MS;
    if (!tx_rule(tx, RULE_TIME_FOLLOWS_THE_CLOCK) || state->ids_from_ms == 0)
        return wanted_ms;
    int64_t passed_ms = tx->now_ms - state->now_ms;
    if (passed_ms < -CLOCK_JUMP_MS) {
        int64_t least_ms = state->ids_forgotten_ms + 1;
        int64_t back_ms = wanted_ms > least_ms ? wanted_ms : least_ms;
        return back_ms < state->ids_from_ms ? back_ms : state->ids_from_ms;
    }
    passed_ms = passed_ms < 0 ? 0 : passed_ms > CLOCK_GAP_MS ? CLOCK_GAP_MS : passed_ms;
    int64_t most_ms = state->ids_from_ms + passed_ms + passed_ms / 4;
    int64_t next_ms = wanted_ms < most_ms ? wanted_ms : most_ms;
    return next_ms > state->ids_from_ms ? next_ms : state->ids_from_ms;
}

/* The oldest rows of a tree that `old` says are past their time, a few at each command. What is
 * left first is remembered, so that mostly nobody has to look. true: some went, and the last of
 * them is told. */
static bool prune(struct tx *tx, int tree, bool (*old)(const struct tx *tx, struct slice key),
                  struct ledger_oldest *oldest, uint8_t ret_last[COMMAND_ID_SIZE])
{
    if (oldest->known && !old(tx, slice_of(oldest->key, oldest->size)))
        return false;
    uint8_t keys[COMMAND_IDS_PRUNED_EACH][COMMAND_ID_SIZE];
    size_t sizes[COMMAND_IDS_PRUNED_EACH];
    size_t count = 0;
    struct store_cursor cursor;
    bool on = store_seek(tx->txn, tree, slice_of(NULL, 0), &cursor);
    for (; on && count < COMMAND_IDS_PRUNED_EACH && old(tx, cursor.key); on = store_next(&cursor)) {
        sizes[count] = cursor.key.size < COMMAND_ID_SIZE ? cursor.key.size : COMMAND_ID_SIZE;
        memcpy(keys[count], cursor.key.data, sizes[count]);
        count++;
    }
    oldest->known = on && cursor.key.size <= sizeof oldest->key;
    if (oldest->known) {
        oldest->size = cursor.key.size;
        memcpy(oldest->key, cursor.key.data, cursor.key.size);
    }
    store_leave(&cursor);
    for (size_t i = 0; i < count; i++)
        store_delete(tx->txn, tree, slice_of(keys[i], sizes[i]));
    if (count > 0)
        memcpy(ret_last, keys[count - 1], sizes[count - 1]);
    return count > 0;
}

static bool id_old(const struct tx *tx, struct slice key)
{
    return id_ms(key.data) < tx->ids_from_ms;
}

static bool event_old(const struct tx *tx, struct slice key)
{
    return be64_get(key.data) + EVENTS_KEPT < tx->seq;
}

/* ---- one entry ---- */

struct key command_key(const uint8_t id[COMMAND_ID_SIZE])
{
    struct key key = {.tree = TREE_COMMAND, .size = COMMAND_ID_SIZE};
    memcpy(key.bytes, id, COMMAND_ID_SIZE);
    return key;
}

static struct slice told(struct tx *tx, ProtobufCBinaryData kept)
{
    uint8_t *copy = tx_take_out(tx, kept.len);
    memcpy(copy, kept.data, kept.len);
    return slice_of(copy, kept.len);
}

enum seen machine_seen(struct tx *tx, const Tefter__Entry *entry, const struct hash *digest,
                       struct ledger_answered *ret_answered)
{
    struct key key = command_key(entry->id.data);
    const Tefter__CommandRecord *record = tx_get(tx, &key, &tefter__command_record__descriptor);
    if (record == NULL)
        return SEEN_NEVER;
    *ret_answered = (struct ledger_answered){.seq = record->seq};
    ret_answered->reply = told(tx, record->reply);
    if (record->has_receipt)
        ret_answered->receipt = told(tx, record->receipt);
    bool same = slice_equal(slice_of(record->digest.data, record->digest.len),
                            slice_of(digest->bytes, HASH_SIZE));
    return same ? SEEN_SAME : SEEN_OTHER;
}

static Tefter__Refusal *check_id(struct tx *tx, const Tefter__Entry *entry)
{
    int64_t made_ms = id_ms(entry->id.data);
    if (made_ms < tx->ids_from_ms)
        return refuse(tx, TEFTER__REFUSAL_CODE__COMMAND_ID_TOO_OLD, "id");
    if (made_ms > tx->now_ms + COMMAND_ID_AHEAD_MS)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "id");
    return NULL;
}

static void refuse_whole(struct tx *tx, Tefter__Refusal *refusal, struct ledger_result *result)
{
    result->refused = refusal->code;
    result->reply = machine_reply(tx, NULL, refusal);
}

static struct ledger_author author_of(struct tx *tx)
{
    const Tefter__Actor *actor = tx->actor;
    const Tefter__StaffRecord *staff = actor->has_staff && tx->figure_count + tx->event_count > 0
                                           ? staff_get(tx, actor->staff)
                                           : NULL;
    struct ledger_author author = {actor->staff, actor->terminal, actor->branch, NULL};
    if (staff != NULL)
        author.login = memcpy(tx_take_out(tx, strlen(staff->login) + 1), staff->login,
                              strlen(staff->login) + 1);
    return author;
}

static void apply_new(struct ledger *ledger, struct tx *tx, const Tefter__Entry *entry,
                      const struct hash *digest, struct ledger_result *result)
{
    Tefter__Done *done = tx_new(tx, &tefter__done__descriptor);
    const Tefter__Command *command = tx_try_unpack(
        tx, &tefter__command__descriptor, slice_of(entry->command.data, entry->command.len));
    Tefter__Refusal *refusal = run(tx, command, done);
    result->refused = refusal != NULL ? refusal->code : 0;
    need(refusal != NULL || tx->decided);
    rows_collect(tx, done, result);
    result->reply = machine_reply(tx, done, refusal);
    if (refusal == NULL)
        result->receipt = receipt_pack(ledger, tx, done);
    result->request = *digest;
    keep_reply(tx, entry, digest, result);
    keep_events(tx, result);
    result->events = tx->events;
    result->event_count = tx->event_count;
    result->erased = tx->erased;
    result->erased_count = tx->erased_count;
    result->figures = tx->figures;
    result->figure_count = tx->figure_count;
    result->at_ms = tx->now_ms;
    result->author = author_of(tx);
    decisions_collect(tx, command, done, refusal, result);
}

/* A command may come late: its id is older than those before it. */
static void note_id(struct ledger_oldest *oldest, const uint8_t *id)
{
    if (oldest->known && memcmp(id, oldest->key, COMMAND_ID_SIZE) < 0)
        memcpy(oldest->key, id, COMMAND_ID_SIZE);
}

static void apply_entry(struct ledger *ledger, struct tx *tx, const Tefter__Entry *entry,
                        struct ledger_result *result)
{
    struct hash digest;
    ledger_request_digest(slice_of(entry->command.data, entry->command.len), &digest);
    struct ledger_answered before = {.seq = 0};
    switch (machine_seen(tx, entry, &digest, &before)) {
    case SEEN_SAME:
        result->repeated = true;
        result->reply = before.reply;
        result->receipt = before.receipt;
        return;
    case SEEN_OTHER:
        refuse_whole(tx, refuse(tx, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED, "id"), result);
        return;
    case SEEN_NEVER:
        break;
    }
    Tefter__Refusal *refusal = check_id(tx, entry);
    if (refusal != NULL) {
        refuse_whole(tx, refusal, result);
    } else {
        apply_new(ledger, tx, entry, &digest, result);
        note_id(&ledger->oldest_id, entry->id.data);
        if (tx->recalled_id != NULL)
            note_id(&ledger->oldest_id, tx->recalled_id);
    }
    uint8_t last[COMMAND_ID_SIZE];
    if (prune(tx, TREE_COMMAND, id_old, &ledger->oldest_id, last) &&
        id_ms(last) > ledger->state.ids_forgotten_ms)
        ledger->state.ids_forgotten_ms = id_ms(last);
    prune(tx, TREE_EVENT, event_old, &ledger->oldest_event, last);
}

void machine_tx(struct tx *tx, struct store_txn *txn, struct arena *arena,
                const struct ledger_state *state)
{
    static const Tefter__Actor nobody = TEFTER__ACTOR__INIT;
    *tx = (struct tx){
        .root = tx,
        .txn = txn,
        .arena = arena,
        .out = arena,
        .actor = &nobody,
        .seq = state->seq,
        .now_ms = state->now_ms,
        .rules_version = state->rules_version,
        .reading = true,
        .work_most = UINT64_MAX,
    };
}

static void advance(struct ledger *ledger, struct tx *tx, Tefter__RefusalCode refused)
{
    uint8_t end[8];
    be32_put(end, (uint32_t)refused);
    be32_put(end + 4, tx->rules_version);
    hash_add(tx->digest, end, sizeof end);
    hash_end(tx->digest, &ledger->state.state_digest);
    ledger->state.seq = tx->seq;
    ledger->state.now_ms = tx->now_ms;
    if (tx_rule(tx, RULE_TIME_FOLLOWS_THE_CLOCK))
        ledger->state.ids_from_ms = tx->ids_from_ms;
    ledger->state.rules_version = tx->rules_version;
}

/* Memory that one command took and hardly another will is not held on to. */
static void memory_turn(struct arena *memory)
{
    enum { KEPT = 4 * 1024 * 1024 };
    if (memory->taken > KEPT)
        arena_fini(memory);
    else
        arena_reset(memory);
}

/* A command's tx: all but what is told of it goes with the command. The digest goes on from the
 * entry before. */
static void command_tx(struct ledger *ledger, uint64_t seq, const Tefter__Entry *entry,
                       struct arena *out, struct hash_state *digest, struct tx *tx)
{
    machine_tx(tx, ledger->txn, &ledger->memory, &ledger->state);
    tx->out = out;
    tx->reading = false;
    tx->seq = seq;
    tx->packing = &ledger->packing;
    tx->cache = &ledger->cache;
    tx_cache_turn(tx->cache);
    if (entry->actor != NULL)
        tx->actor = entry->actor;
    tx->buyer_pin = entry->has_buyer_pin ? entry->buyer_pin : 0;
    bool follows = tx_rule(tx, RULE_TIME_FOLLOWS_THE_CLOCK) && entry->now_ms > 0;
    if (entry->now_ms > tx->now_ms || follows)
        tx->now_ms = entry->now_ms;
    tx->ids_from_ms = ids_from_ms(tx, &ledger->state);
    hash_begin(digest);
    hash_add(digest, ledger->state.state_digest.bytes, HASH_SIZE);
    hash_add_u64(digest, tx->seq);
    tx->digest = digest;
}

struct application {
    struct ledger *ledger;
    const Tefter__Entry *entry;
    struct ledger_result *result;
};

/* A restore leaves out the seqs that terminals may bring back. */
static bool comes_next(const struct ledger *ledger, const Tefter__Entry *entry, uint64_t seq)
{
    uint64_t last = ledger->state.seq;
    return seq == last + 1 || (entry->has_after && entry->after > last && seq == entry->after + 1);
}

/* What `work` does of one entry, when it is the next, and the digest behind it. */
static bool entry_run(struct ledger *ledger, uint64_t seq, const Tefter__Entry *entry,
                      struct arena *out, tx_work work, struct ledger_result *ret_result,
                      struct failure *failure)
{
    if (!comes_next(ledger, entry, seq))
        return fail(failure, FAULT_BUG, 0, "entry %llu does not follow on %llu",
                    (unsigned long long)seq, (unsigned long long)ledger->state.seq);
    struct tx tx;
    struct hash_state digest;
    struct application application = {ledger, entry, ret_result};
    *ret_result = (struct ledger_result){.seq = seq};
    command_tx(ledger, seq, entry, out, &digest, &tx);
    if (!tx_run(&tx, work, &application, failure))
        return false;
    advance(ledger, &tx, ret_result->refused);
    ledger->jobs_changed |= tx.jobs_changed;
    if (store_failure(ledger->txn)->fault == FAULT_NONE)
        return true;
    *failure = *store_failure(ledger->txn);
    return false;
}

/* Memory for the next entry. */
static void entry_begin(struct ledger *ledger)
{
    need(ledger->txn != NULL);
    memory_turn(&ledger->memory);
    memory_turn(&ledger->packing);
}

static void apply_work(struct tx *tx, void *context)
{
    struct application *application = context;
    if (application->entry->has_command)
        apply_entry(application->ledger, tx, application->entry, application->result);
}

bool ledger_apply(struct ledger *ledger, uint64_t seq, struct slice bytes, struct arena *arena,
                  struct ledger_result *ret_result, struct failure *failure)
{
    entry_begin(ledger);
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &ledger->memory);
    if (entry == NULL || entry->id.len != COMMAND_ID_SIZE)
        return fail(failure, FAULT_DAMAGED, 0, "entry %llu of the journal does not parse",
                    (unsigned long long)seq);
    return entry_run(ledger, seq, entry, arena, apply_work, ret_result, failure);
}

/* ---- an entry that is passed over ---- */

/* Its id is known from now on, so that nobody brings the command again. What is kept of a command
 * is no part of the digest: that is the one of an entry that does nothing. */
static void pass_over_work(struct tx *tx, void *context)
{
    struct application *application = context;
    const Tefter__Entry *entry = application->entry;
    struct hash digest;
    struct ledger_answered before;
    if (!entry->has_command || entry->id.len != COMMAND_ID_SIZE)
        return;
    ledger_request_digest(slice_of(entry->command.data, entry->command.len), &digest);
    if (machine_seen(tx, entry, &digest, &before) != SEEN_NEVER || check_id(tx, entry) != NULL)
        return;
    application->result->reply =
        machine_reply(tx, NULL, refuse(tx, TEFTER__REFUSAL_CODE__QUARANTINED, NULL));
    keep_reply(tx, entry, &digest, application->result);
    note_id(&application->ledger->oldest_id, entry->id.data);
}

bool ledger_pass_over(struct ledger *ledger, uint64_t seq, struct slice bytes, struct arena *arena,
                      struct ledger_result *ret_result, struct failure *failure)
{
    static const Tefter__Entry unreadable = TEFTER__ENTRY__INIT;
    entry_begin(ledger);
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &ledger->memory);
    return entry_run(ledger, seq, entry != NULL ? entry : &unreadable, arena, pass_over_work,
                     ret_result, failure);
}

/* ---- what is to be done next ---- */

/* In the writer's open transaction, or in one of its own. false: it stopped on the way. */
static bool look(struct ledger *ledger, tx_work work, void *context)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    struct tx tx;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    struct store_txn *own =
        ledger->txn == NULL ? store_begin(ledger->store, false, &failure) : NULL;
    struct store_txn *txn = ledger->txn != NULL ? ledger->txn : own;
    bool good = txn != NULL;
    if (good) {
        machine_tx(&tx, txn, &arena, &ledger->state);
        good = tx_run(&tx, work, context, &failure);
    }
    store_abort(own);
    arena_fini(&arena);
    return good;
}

struct job_search {
    uint64_t *jobs;
    size_t capacity;
    size_t count;
};

static void list_jobs(struct tx *tx, void *context)
{
    struct job_search *search = context;
    search->count = job_list(tx, search->jobs, search->capacity);
}

size_t ledger_jobs(struct ledger *ledger, uint64_t *ret_jobs, size_t capacity)
{
    struct job_search search = {.jobs = ret_jobs, .capacity = capacity};
    ledger->jobs_changed = false;
    return look(ledger, list_jobs, &search) ? search.count : 0;
}

bool ledger_jobs_changed(const struct ledger *ledger)
{
    return ledger->jobs_changed;
}

static void look_recall(struct tx *tx, void *context)
{
    bool *due = context;
    *due = recall_due(tx);
}

bool ledger_recall_due(struct ledger *ledger)
{
    bool due = false;
    return look(ledger, look_recall, &due) && due;
}

static void look_next(struct tx *tx, void *context)
{
    uint64_t *offer = context;
    struct recall recall;
    recall_find(tx, &recall);
    *offer = recall.offer == NULL ? 0 : recall.offer->seq;
}

uint64_t ledger_recall_next(struct ledger *ledger)
{
    uint64_t offer = 0;
    return look(ledger, look_next, &offer) ? offer : 0;
}

static struct incarnation incarnation_that_ended(const Tefter__RecoveryRecord *recovery)
{
    return incarnation_of(recovery->incarnation, slice_of(recovery->incarnation_nonce.data,
                                                          recovery->incarnation_nonce.len));
}

struct ended_search {
    struct ledger_ended *ended;
    size_t most;
    size_t count;
};

static void list_ended(struct tx *tx, void *context)
{
    struct ended_search *search = context;
    const Tefter__RecoveryRecord *recovery = company_exists(tx) ? recovery_newest(tx) : NULL;
    while (recovery != NULL && search->count < search->most) {
        search->ended[search->count++] = (struct ledger_ended){
            .incarnation = incarnation_that_ended(recovery), .last_seq = recovery->last_seq};
        recovery = recovery_before(tx, recovery->recovery);
    }
}

size_t ledger_ended(struct ledger *ledger, struct ledger_ended *ret_ended, size_t most)
{
    struct ended_search search = {.ended = ret_ended, .most = most};
    return look(ledger, list_ended, &search) ? search.count : 0;
}

/* ---- what terminals did before ---- */

enum { EVENTS_LOOKED_AT = 1000 };

/* The newest seq with events of a terminal's command, looking back at most so many. */
static void find_done(struct ledger *ledger, struct tx *tx)
{
    struct store_cursor cursor;
    uint8_t end[8];
    be64_put(end, UINT64_MAX);
    struct tx *scratch = tx_scratch_begin(tx);
    bool on = store_seek_before(tx->txn, TREE_EVENT, slice_of(end, sizeof end), &cursor);
    for (int looked = 0; on && looked < EVENTS_LOOKED_AT && !ledger->done_before.known; looked++) {
        const Tefter__EventsRecord *record =
            tx_try_unpack(scratch, &tefter__events_record__descriptor, cursor.value);
        if (record != NULL && record->actor != NULL && record->actor->has_terminal)
            ledger->done_before =
                (struct ledger_done){.known = true, .seq = be64_get(cursor.key.data)};
        tx_scratch_next(scratch);
        on = store_previous(&cursor);
    }
    store_leave(&cursor);
    tx_scratch_end(scratch);
}

/* ---- before the journal ---- */

void ledger_request_digest(struct slice command, struct hash *ret_digest)
{
    hash_of(command.data, command.size, ret_digest);
}

struct known {
    Tefter__Entry entry;
    const struct hash *request; /* NULL: of the entry's command */
    struct ledger_answered *ret_answered;
    enum seen seen;
};

static void look_known(struct tx *tx, void *context)
{
    struct known *known = context;
    const Tefter__Entry *entry = &known->entry;
    struct key key = command_key(entry->id.data);
    struct hash digest;
    if (known->request == NULL && !tx_has(tx, &key)) {
        known->seen = SEEN_NEVER;
        return;
    }
    if (known->request == NULL)
        ledger_request_digest(slice_of(entry->command.data, entry->command.len), &digest);
    known->seen = machine_seen(tx, entry, known->request != NULL ? known->request : &digest,
                               known->ret_answered);
}

/* One whose reply cannot be read may have been done: it is known, and its reply says so. */
static struct slice unreadable_reply(struct arena *arena)
{
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__RECORD_DAMAGED;
    reply.result_case = TEFTER__REPLY__RESULT_REFUSED;
    reply.refused = &refusal;
    return message_pack(&reply.base, arena);
}

static bool known_in(struct store_txn *txn, struct known *known, struct arena *arena,
                     bool *ret_same)
{
    struct ledger_state state = {.seq = 0};
    struct failure failure = {.fault = FAULT_NONE};
    struct tx tx;
    machine_tx(&tx, txn, arena, &state);
    if (!tx_run(&tx, look_known, known, &failure))
        *known->ret_answered = (struct ledger_answered){.reply = unreadable_reply(arena)};
    *ret_same = known->seen == SEEN_SAME;
    return known->seen != SEEN_NEVER;
}

bool ledger_known(struct ledger *ledger, const uint8_t id[COMMAND_ID_SIZE],
                  const struct hash *request, struct arena *arena,
                  struct ledger_answered *ret_answered, bool *ret_same)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct known known = {TEFTER__ENTRY__INIT, request, ret_answered, SEEN_SAME};
    known.entry.id = (ProtobufCBinaryData){COMMAND_ID_SIZE, (uint8_t *)(uintptr_t)id};
    struct store_txn *txn = store_begin(ledger->store, false, &failure);
    if (txn == NULL)
        return false;
    bool there = known_in(txn, &known, arena, ret_same);
    store_abort(txn);
    return there;
}

bool ledger_applied(struct ledger *ledger, const uint8_t id[COMMAND_ID_SIZE], struct slice command,
                    struct arena *arena, struct ledger_answered *ret_answered, bool *ret_same)
{
    struct known known = {TEFTER__ENTRY__INIT, NULL, ret_answered, SEEN_SAME};
    known.entry.id = (ProtobufCBinaryData){COMMAND_ID_SIZE, (uint8_t *)(uintptr_t)id};
    known.entry.command = (ProtobufCBinaryData){command.size, (uint8_t *)(uintptr_t)command.data};
    need(ledger->txn != NULL);
    return known_in(ledger->txn, &known, arena, ret_same);
}

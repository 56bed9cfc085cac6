#include "engine/commit.h"

#include "engine/clock.h"
#include "wire/field_words.h"
#include "wire/message.h"

#include <stdlib.h>
#include <time.h>

enum {
    ENTRY_HEAD_MAX = 128,
    ENTRIES_BYTES_MAX = BATCH_BYTES_MAX,
    ONE_PAUSE_MS = 50, /* of commit_one, which waits for a busy journal */
    ONE_TRIES = 200,
    READ_ONLY_RETRY_MS = 1000,
};

/* A command of the group as its terminal sent it. Whoever submitted it keeps it until the group is
 * answered. */
struct told {
    const uint8_t *id;
    struct slice command;
    bool whole; /* journalled as it was sent: without texts */
};

struct commit {
    struct commit_options options;
    const struct receipt_seal *seal; /* NULL: replies bear no receipts */
    struct turns *turns;             /* NULL: not counted */
    int64_t last_now_ms;
    uint64_t state_digest_seq; /* newest applied, for the next batch's mark */
    struct hash state_digest;
    uint64_t job; /* unfinished, 0: none */
    bool recall;  /* an offer is due */
    Tefter__Refusal too_late;
    Tefter__Refusal read_only;
    uint64_t bad_job;    /* its step was refused: left alone for this run */
    struct buffer bytes; /* entries of the group, one behind the other */
    size_t offsets[BATCH_ENTRIES_MAX + 1];
    struct slice entries[BATCH_ENTRIES_MAX];
    size_t slot[BATCH_ENTRIES_MAX]; /* submission of each entry; NO_SLOT: the job's step */
    struct told told[BATCH_ENTRIES_MAX];
    struct ledger_result results[BATCH_ENTRIES_MAX];
    size_t count;
    bool begun;               /* the ledger's transaction is open */
    struct journal_head head; /* the journal's, as far as it is applied */
    uint32_t behind;          /* commands applied in the transaction */
    bool lost;                /* nothing may be proposed any more */
    bool full;                /* a map had no room for the last group */
    bool unknown;             /* of the group at hand it is not known whether it is durable */
    struct commit_times times;
};

static const size_t NO_SLOT = SIZE_MAX;

bool commit_create(const struct commit_options *options, struct commit **ret_commit,
                   struct failure *failure)
{
    struct ledger_state state;
    if (!ledger_state(options->ledger, &state, failure))
        return false;
    struct commit *commit = calloc(1, sizeof *commit);
    if (!commit)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the writer");
    commit->options = *options;
    commit->too_late = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
    commit->too_late.code = TEFTER__REFUSAL_CODE__DEADLINE_PASSED;
    commit->read_only = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
    commit->read_only.code = TEFTER__REFUSAL_CODE__READ_ONLY;
    commit->read_only.has_retry_ms = true;
    commit->read_only.retry_ms = READ_ONLY_RETRY_MS;
    commit->last_now_ms = state.now_ms;
    commit->state_digest_seq = state.seq;
    commit->state_digest = state.state_digest;
    buffer_init(&commit->bytes, ENTRIES_BYTES_MAX);
    ledger_jobs(options->ledger, &commit->job, 1);
    commit->recall = ledger_recall_due(options->ledger);
    journal_head(options->journal, &commit->head);
    *ret_commit = commit;
    return true;
}

void commit_destroy(struct commit *commit)
{
    if (!commit)
        return;
    buffer_fini(&commit->bytes);
    free(commit);
}

void commit_seal(struct commit *commit, const struct receipt_seal *seal)
{
    commit->seal = seal;
}

void commit_count_turns(struct commit *commit, struct turns *turns)
{
    commit->turns = turns;
}

static bool wants_recall(const struct commit *commit)
{
    return commit->recall && !inflight_avoids(commit->options.inflight, DEATH_RECALL, 0);
}

bool commit_wants_step(const struct commit *commit)
{
    bool job = commit->job != 0 && commit->job != commit->bad_job &&
               !inflight_avoids(commit->options.inflight, DEATH_JOB, commit->job);
    return (wants_recall(commit) || job) && !commit->full;
}

/* ---- texts ---- */

struct texts {
    struct commit *commit;
    struct vault_txn *txn; /* begun with the first text */
    const uint8_t *id;
    uint16_t place;
    struct arena *arena;
    struct failure *failure;
    bool broken;
};

static bool texts_begun(struct texts *texts)
{
    if (!texts->txn && !texts->broken)
        texts->txn = vault_begin(texts->commit->options.vault, texts->failure);
    texts->broken = texts->broken || !texts->txn;
    return !texts->broken;
}

static void text_refer(struct texts *texts, Tefter__Text *text, const struct vault_ref *ref)
{
    uint8_t *bytes = arena_take(texts->arena, VAULT_ID_SIZE + HASH_SIZE);
    if (!bytes) {
        texts->broken = true;
        fail(texts->failure, FAULT_MEMORY, 0, "no memory for a text");
        return;
    }
    memcpy(bytes, ref->id.bytes, VAULT_ID_SIZE);
    memcpy(bytes + VAULT_ID_SIZE, ref->digest.bytes, HASH_SIZE);
    text->value = NULL;
    text->has_id = text->has_size = text->has_digest = 1;
    text->id = (ProtobufCBinaryData){VAULT_ID_SIZE, bytes};
    text->digest = (ProtobufCBinaryData){HASH_SIZE, bytes + VAULT_ID_SIZE};
    text->size = ref->size;
}

/* A text keeps its place in the command whether or not it has a value. What has no value must not
 * speak of rows of the vault either: a terminal cannot name other people's. */
static void text_move(void *context, ProtobufCMessage *part)
{
    struct texts *texts = context;
    Tefter__Text *text = (Tefter__Text *)part;
    struct vault_id id;
    struct vault_ref ref;
    memcpy(id.bytes, texts->id, COMMAND_ID_SIZE);
    be16_put(id.bytes + COMMAND_ID_SIZE, texts->place++);
    text->has_id = text->has_size = text->has_digest = text->has_unreadable = 0;
    if (!text->value || !texts_begun(texts))
        return;
    vault_put(texts->txn, &id, slice_text(text->value), &ref);
    text_refer(texts, text, &ref);
}

/* A command as it is journalled: texts replaced by references. */
static bool texts_replaced(struct texts *texts, const uint8_t *id, struct slice bytes,
                           struct slice *ret_command)
{
    *ret_command = bytes;
    if (!texts->commit->options.vault || !ledger_command_has_text(bytes))
        return true;
    ProtobufCMessage *command = message_unpack(&tefter__command__descriptor, bytes, texts->arena);
    if (!command)
        return fail(texts->failure, FAULT_MEMORY, 0, "no memory for a command");
    texts->id = id;
    texts->place = 0;
    message_each(command, &tefter__text__descriptor, text_move, texts);
    if (texts->broken)
        return false;
    *ret_command = message_pack(command, texts->arena);
    return ret_command->size > 0 ||
           fail(texts->failure, FAULT_MEMORY, 0, "no memory for a command");
}

/* The command in an offer has its texts under its own id, as it had them then. */
static bool texts_of_offer(struct texts *texts, struct slice bytes, struct slice *ret_command)
{
    Tefter__Command *command =
        (Tefter__Command *)message_unpack(&tefter__command__descriptor, bytes, texts->arena);
    if (!command)
        return fail(texts->failure, FAULT_MEMORY, 0, "no memory for an offer");
    Tefter__StageOffer *stage = command->stage_offer;
    struct slice offered = slice_of(stage->command.data, stage->command.len);
    if (!texts_replaced(texts, stage->id.data, offered, &offered))
        return false;
    stage->command = (ProtobufCBinaryData){offered.size, (uint8_t *)(uintptr_t)offered.data};
    *ret_command = message_pack(&command->base, texts->arena);
    return ret_command->size > 0 || fail(texts->failure, FAULT_MEMORY, 0, "no memory for an offer");
}

static bool texts_of_command(struct texts *texts, const struct submission *submission,
                             struct slice *ret_command)
{
    if (message_kind(submission->command) == TEFTER__COMMAND__KIND_STAGE_OFFER)
        return texts_of_offer(texts, submission->command, ret_command);
    return texts_replaced(texts, submission->id, submission->command, ret_command);
}

/* ---- entries ---- */

/* Small steps back are passed over, so that stamps keep their order. A large one is a clock that
 * was ahead and has been put right, by a person or the kernel: it is followed. */
static int64_t next_now(struct commit *commit)
{
    int64_t now = commit->options.now_ms(commit->options.owner);
    if (now > commit->last_now_ms || now < commit->last_now_ms - CLOCK_JUMP_MS)
        commit->last_now_ms = now;
    return commit->last_now_ms;
}

static Tefter__Actor actor_of(const struct submission *submission)
{
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    actor.has_staff = submission->staff != 0;
    actor.staff = submission->staff;
    actor.has_terminal = submission->terminal != 0;
    actor.terminal = submission->terminal;
    actor.has_branch = submission->branch != 0;
    actor.branch = submission->branch;
    return actor;
}

static bool entry_put(struct commit *commit, const struct submission *submission,
                      struct slice command, size_t slot, struct failure *failure)
{
    Tefter__Actor actor = actor_of(submission);
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = (ProtobufCBinaryData){COMMAND_ID_SIZE, (uint8_t *)(uintptr_t)submission->id};
    entry.now_ms = next_now(commit);
    entry.actor = &actor;
    entry.has_buyer_pin = submission->buyer_pin != 0;
    entry.buyer_pin = submission->buyer_pin;
    entry.has_command = 1;
    entry.command = (ProtobufCBinaryData){command.size, (uint8_t *)(uintptr_t)command.data};
    need(commit->count < BATCH_ENTRIES_MAX);
    if (!message_put(&entry.base, &commit->bytes))
        return fail(failure, FAULT_FULL, 0, "a group of commands is too big for one batch");
    commit->told[commit->count] = (struct told){submission->id, submission->command,
                                                command.data == submission->command.data};
    commit->slot[commit->count++] = slot;
    commit->offsets[commit->count] = commit->bytes.size;
    return true;
}

/* What terminals bring back goes before a job: it may be long. */
static bool step_put(struct commit *commit, struct arena *arena, struct failure *failure)
{
    Tefter__StepJob step = TEFTER__STEP_JOB__INIT;
    Tefter__RecallNext recall = TEFTER__RECALL_NEXT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    struct submission submission = {.reply_token = 0};
    if (wants_recall(commit)) {
        recall.offer = ledger_recall_next(commit->options.ledger);
        recall.has_offer = true;
        recall.set_aside = recall.has_set_aside =
            recall.offer != 0 &&
            inflight_avoids(commit->options.inflight, DEATH_RECALL, recall.offer);
        command.kind_case = TEFTER__COMMAND__KIND_RECALL_NEXT;
        command.recall_next = &recall;
    } else {
        step.job = commit->job;
        command.kind_case = TEFTER__COMMAND__KIND_STEP_JOB;
        command.step_job = &step;
    }
    commit->options.new_id(commit->options.owner, submission.id);
    submission.command = message_pack(&command.base, arena);
    return entry_put(commit, &submission, submission.command, NO_SLOT, failure);
}

/* ---- what is answered before the journal ---- */

static struct slice reused(struct commit *commit, struct arena *arena)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED;
    reply.seq = commit->state_digest_seq;
    reply.result_case = TEFTER__REPLY__RESULT_REFUSED;
    reply.refused = &refusal;
    return message_pack(&reply.base, arena);
}

static bool known(struct commit *commit, const struct submission *submission, struct slice command,
                  struct arena *arena, struct commit_answer *answer)
{
    struct hash digest;
    struct ledger_answered before;
    bool same;
    if (!ledger_applied(commit->options.ledger, submission->id, command, arena, &before, &same))
        return false;
    ledger_request_digest(submission->command, &digest);
    answer->reply = same ? receipt_add(commit->seal, before.reply, before.seq, before.receipt,
                                       submission->id, &digest, arena)
                         : reused(commit, arena);
    return true;
}

static bool take_one(struct texts *texts, const struct submission *submission, size_t slot,
                     struct commit_answer *answer)
{
    struct slice command;
    *answer = (struct commit_answer){.done = false};
    if (submission->deadline_ms && clock_loop_ms() > submission->deadline_ms) {
        answer->refused = &texts->commit->too_late;
        return true;
    }
    if (!texts_of_command(texts, submission, &command))
        return false;
    if (known(texts->commit, submission, command, texts->arena, answer))
        return true;
    answer->journalled = true;
    return entry_put(texts->commit, submission, command, slot, texts->failure);
}

static bool take_all(struct commit *commit, const struct submission *submissions, size_t count,
                     struct arena *arena, struct commit_answer *answers, struct failure *failure)
{
    struct texts texts = {.commit = commit, .arena = arena, .failure = failure};
    bool good = true;
    commit->count = 0;
    buffer_clear(&commit->bytes);
    for (size_t i = 0; good && i < count; i++)
        good = take_one(&texts, &submissions[i], i, &answers[i]);
    if (good && commit_wants_step(commit))
        good = step_put(commit, arena, failure);
    if (!good && texts.txn)
        vault_abort(texts.txn);
    else if (texts.txn)
        good = vault_commit(texts.txn, failure);
    return good;
}

/* ---- journal, then ledger ---- */

static enum commit_end end_of(enum journal_answer answer)
{
    switch (answer) {
    case JOURNAL_OK:
        return COMMIT_DONE;
    case JOURNAL_NOT_WRITER:
        return COMMIT_NOT_WRITER;
    case JOURNAL_UNKNOWN:
        return COMMIT_UNKNOWN;
    case JOURNAL_BUSY:
        return COMMIT_BUSY;
    case JOURNAL_TOO_BIG: /* groups are bounded: a bug */
        return COMMIT_FAULT;
    }
    return COMMIT_FAULT;
}

static enum commit_end propose(struct commit *commit, struct failure *failure)
{
    for (size_t i = 0; i < commit->count; i++)
        commit->entries[i] = slice_of(commit->bytes.data + commit->offsets[i],
                                      commit->offsets[i + 1] - commit->offsets[i]);
    struct journal_digest digest = {.version = STATE_DIGEST_VERSION,
                                    .seq = commit->state_digest_seq,
                                    .hash = commit->state_digest};
    enum journal_answer answer =
        journal_propose(commit->options.journal, commit->entries, (uint32_t)commit->count,
                        commit->last_now_ms, digest.seq ? &digest : NULL, failure);
    commit->unknown = answer == JOURNAL_UNKNOWN;
    return end_of(answer);
}

static bool apply_one(struct commit *commit, uint64_t seq, size_t i, struct arena *arena,
                      struct failure *failure)
{
    struct inflight *inflight = commit->options.inflight;
    struct turn turn = turn_begin(commit->turns);
    inflight_begin(inflight, seq);
    bool good = ledger_apply(commit->options.ledger, seq, commit->entries[i], arena,
                             &commit->results[i], failure);
    inflight_end(inflight, seq, good ? NULL : failure);
    if (!good)
        ledger_abort(commit->options.ledger);
    turn_end(commit->turns, turn, TURN_COMMAND, message_kind(commit->told[i].command));
    return good;
}

static bool apply_all(struct commit *commit, const struct journal_head *head, struct arena *arena,
                      struct failure *failure)
{
    struct ledger *ledger = commit->options.ledger;
    uint64_t first = head->next_seq - commit->count;
    for (size_t i = 0; i < commit->count; i++)
        if (!apply_one(commit, first + i, i, arena, failure))
            return false;
    ledger_state_digest(ledger, &commit->state_digest_seq, &commit->state_digest);
    if (ledger_jobs_changed(ledger) && ledger_jobs(ledger, &commit->job, 1) == 0)
        commit->job = 0;
    commit->recall = ledger_recall_due(ledger);
    commit->head = *head;
    commit->behind += (uint32_t)commit->count;
    return true;
}

/* What is erased is gone before anybody hears of it, and before the state says so: whoever applies
 * these entries again erases it again. */
static bool erase_words(struct commit *commit, struct failure *failure)
{
    struct vault_txn *txn = NULL;
    for (size_t i = 0; i < commit->count; i++) {
        const struct ledger_result *result = &commit->results[i];
        if (result->erased_count == 0 || commit->options.vault == NULL)
            continue;
        txn = txn != NULL ? txn : vault_begin(commit->options.vault, failure);
        if (txn == NULL)
            return false;
        for (size_t k = 0; k < result->erased_count; k++) {
            struct vault_id id;
            memcpy(id.bytes, result->erased[k].bytes, sizeof id.bytes);
            vault_erase(txn, &id);
        }
    }
    return txn == NULL || vault_commit(txn, failure);
}

uint32_t commit_behind(const struct commit *commit)
{
    return commit->behind;
}

/* A transaction in which nothing was applied is not left open: its thread may be about to end. */
static void leave_unused(struct commit *commit)
{
    if (!commit->begun || commit->behind > 0)
        return;
    commit->begun = false;
    ledger_abort(commit->options.ledger);
}

bool commit_state(struct commit *commit, struct failure *failure)
{
    const struct journal_head *head = &commit->head;
    if (commit->behind == 0)
        return true;
    struct turn turn = turn_begin(commit->turns);
    commit->begun = false;
    commit->behind = 0;
    bool good = ledger_commit(commit->options.ledger, head->ledger.bytes, &head->incarnation,
                              head->batch, &head->chain, failure);
    turn_end(commit->turns, turn, TURN_GROUP, TURN_GROUP_COMMITTED);
    return good;
}

/* ---- what came of it ---- */

static void answer_one(struct commit *commit, size_t place, const struct ledger_result *result,
                       struct arena *arena, struct commit_answer *answer)
{
    const struct told *told = &commit->told[place];
    struct hash digest = result->request;
    if (!told->whole || result->repeated)
        ledger_request_digest(told->command, &digest);
    answer->reply = receipt_add(commit->seal, result->reply, result->seq, result->receipt, told->id,
                                &digest, arena);
    answer->done = !result->refused;
}

static void answer_all(struct commit *commit, struct arena *arena, struct commit_answer *answers)
{
    for (size_t i = 0; i < commit->count; i++) {
        const struct ledger_result *result = &commit->results[i];
        if (commit->slot[i] != NO_SLOT)
            answer_one(commit, i, result, arena, &answers[commit->slot[i]]);
        else if (result->refused)
            commit->bad_job = commit->job;
    }
}

static bool gather(struct commit *commit, struct arena *arena, struct published_group *group)
{
    for (size_t i = 0; i < commit->count; i++) {
        group->row_count += commit->results[i].row_count;
        group->event_count += commit->results[i].event_count;
    }
    struct ledger_row *rows = arena_take(arena, group->row_count * sizeof *rows);
    Tefter__Event **events = arena_take(arena, group->event_count * sizeof(Tefter__Event *));
    group->results = arena_copy(arena, commit->results, commit->count * sizeof *group->results);
    group->result_count = commit->count;
    if (!rows || !events || !group->results)
        return false;
    group->rows = rows;
    group->events = events;
    for (size_t i = 0; i < commit->count; i++) {
        const struct ledger_result *result = &commit->results[i];
        for (size_t j = 0; j < result->row_count; j++)
            *rows++ = result->rows[j];
        for (size_t j = 0; j < result->event_count; j++)
            *events++ = result->events[j];
    }
    return true;
}

/* What would have been written; what was known before keeps its reply. */
static void refuse_written(const struct commit *commit, struct commit_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (answers[i].journalled)
            answers[i] = (struct commit_answer){.refused = &commit->read_only};
}

/* What is durable now, applied and told. */
static enum commit_end apply_group(struct commit *commit, struct arena *arena,
                                   struct commit_answer *ret_answers,
                                   struct published_group *ret_group, struct failure *failure)
{
    struct journal_head head;
    journal_head(commit->options.journal, &head);
    commit->begun = commit->begun || ledger_begin(commit->options.ledger, failure);
    if (!commit->begun || !apply_all(commit, &head, arena, failure) ||
        !erase_words(commit, failure))
        return COMMIT_FAULT;
    commit->times.applied_us = clock_us();
    answer_all(commit, arena, ret_answers);
    ret_group->seq = head.next_seq - 1;
    ret_group->committed_ms = commit->last_now_ms;
    if (gather(commit, arena, ret_group))
        return COMMIT_DONE;
    fail(failure, FAULT_MEMORY, 0, "no memory for the rows of a group");
    return COMMIT_FAULT;
}

/* What is journalled must fit: after it there is no way back. */
static bool has_room(const struct commit *commit)
{
    return ledger_has_room(commit->options.ledger) &&
           (!commit->options.vault || vault_has_room(commit->options.vault));
}

static void refuse_all(const struct commit *commit, struct commit_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answers[i] = (struct commit_answer){.refused = &commit->read_only};
}

enum commit_end commit_group(struct commit *commit, const struct submission *submissions,
                             size_t count, struct arena *arena, struct commit_answer *ret_answers,
                             struct published_group *ret_group, struct failure *failure)
{
    *ret_group = (struct published_group){.seq = 0};
    need(count <= COMMIT_GROUP_MAX && !commit->lost);
    commit->times = (struct commit_times){.began_us = clock_us()};
    commit->full = !has_room(commit);
    if (commit->full) {
        commit->times.prepared_us = clock_us();
        refuse_all(commit, ret_answers, count);
        return COMMIT_DONE;
    }
    struct turn turn = turn_begin(commit->turns);
    commit->begun = commit->begun || ledger_begin(commit->options.ledger, failure);
    if (!commit->begun || !take_all(commit, submissions, count, arena, ret_answers, failure))
        return COMMIT_FAULT;
    turn_end(commit->turns, turn, TURN_GROUP, TURN_GROUP_PREPARED);
    commit->times.prepared_us = clock_us();
    if (commit->count == 0) {
        leave_unused(commit);
        return COMMIT_DONE;
    }
    enum commit_end end = propose(commit, failure);
    commit->times.synced_us = clock_us();
    if (end == COMMIT_DONE)
        return apply_group(commit, arena, ret_answers, ret_group, failure);
    leave_unused(commit);
    if (end == COMMIT_NOT_WRITER)
        refuse_written(commit, ret_answers, count);
    return end;
}

/* ---- after an answer that was not OK ---- */

static bool same_place(const struct journal_head *a, const struct journal_head *b)
{
    return a->next_seq == b->next_seq && hash_equal(&a->chain, &b->chain);
}

/* This process writes again: what has become of the journal meanwhile? */
static enum commit_end compare(struct commit *commit, struct arena *arena,
                               struct commit_answer *ret_answers, struct published_group *ret_group,
                               struct failure *failure)
{
    struct journal_head head, proposed;
    bool unknown = commit->unknown;
    commit->unknown = false;
    journal_head(commit->options.journal, &head);
    journal_proposed(commit->options.journal, &proposed);
    if (same_place(&head, &commit->head))
        return COMMIT_BUSY;
    if (unknown && same_place(&head, &proposed))
        return apply_group(commit, arena, ret_answers, ret_group, failure);
    commit->lost = true;
    fail(failure, FAULT_BUSY, 0, "somebody else has written to the journal meanwhile");
    return COMMIT_LOST;
}

enum commit_end commit_resume(struct commit *commit, struct arena *arena,
                              struct commit_answer *ret_answers, struct published_group *ret_group,
                              struct failure *failure)
{
    switch (journal_resume(commit->options.journal, failure)) {
    case JOURNAL_OK:
        return compare(commit, arena, ret_answers, ret_group, failure);
    case JOURNAL_NOT_WRITER:
    case JOURNAL_BUSY:
        return commit->unknown ? COMMIT_UNKNOWN : COMMIT_NOT_WRITER;
    case JOURNAL_UNKNOWN:
    case JOURNAL_TOO_BIG:
        break;
    }
    commit->lost = true;
    return COMMIT_LOST;
}

void commit_times(const struct commit *commit, struct commit_times *ret_times)
{
    *ret_times = commit->times;
    if (ret_times->applied_us == 0) /* nothing was journalled */
        ret_times->synced_us = ret_times->applied_us = ret_times->prepared_us;
}

/* ---- one command of the server's own ---- */

static const char *refusal_word(const Tefter__Refusal *refusal)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&tefter__refusal_code__descriptor, (int)refusal->code);
    return value ? value->name : "refused";
}

/* A journal that is busy is waited for: here nobody else waits. */
static bool commit_alone(struct commit *commit, const struct submission *submission,
                         struct arena *arena, struct commit_answer *answer, struct failure *failure)
{
    struct published_group group;
    for (int i = 0;; i++) {
        struct failure why = {.fault = FAULT_NONE};
        enum commit_end end = commit_group(commit, submission, 1, arena, answer, &group, &why);
        if (end == COMMIT_DONE)
            return commit_state(commit, failure);
        if (end != COMMIT_BUSY || i == ONE_TRIES)
            return fail(failure, why.fault, 0, "%s", why.text);
        nanosleep(&(struct timespec){.tv_nsec = ONE_PAUSE_MS * 1000000L}, NULL);
    }
}

/* In people's words: administrators read no schema. */
static bool fail_refused(const Tefter__Refusal *refusal, struct failure *failure)
{
    char field[96];
    const char *form = field_form(refusal->field);
    bool named = field_words(refusal->field, field, sizeof field);
    if (refusal->code == TEFTER__REFUSAL_CODE__NOT_FOUND && named)
        return fail(failure, FAULT_USE, 0, "there is no such %s", field);
    if (refusal->code == TEFTER__REFUSAL_CODE__FIELD_INVALID && form != NULL)
        return fail(failure, FAULT_USE, 0, "%.*s", (int)strlen(form) - 1, form);
    return fail(failure, FAULT_USE, 0, "the ledger refuses it (%s)%s%s", refusal_word(refusal),
                named ? ": " : "", field);
}

bool commit_one(struct commit *commit, const Tefter__Command *command, struct arena *arena,
                const Tefter__Done **ret_done, struct failure *failure)
{
    struct submission submission = {.reply_token = 0};
    struct commit_answer answer;
    submission.command = message_pack(&command->base, arena);
    commit->options.new_id(commit->options.owner, submission.id);
    if (!commit_alone(commit, &submission, arena, &answer, failure))
        return false;
    if (answer.refused == &commit->read_only)
        return fail(failure, FAULT_FULL, 0,
                    "nothing can be written: the state or the vault has reached --map; take a "
                    "larger one");
    const Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, answer.reply, arena);
    if (!reply)
        return fail(failure, FAULT_BUG, 0, "the ledger's reply cannot be read");
    if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED)
        return fail_refused(reply->refused, failure);
    if (ret_done)
        *ret_done = reply->done;
    return true;
}

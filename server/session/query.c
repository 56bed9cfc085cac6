/*
 * Queries: scanned, allowed, answered. Short ones on the loop, in one read transaction; long ones
 * on the pool with memory of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "domain/lists/lists.h"
#include "session/inside.h"
#include "wire/varint.h"

struct long_query {
    struct pool_job job;
    struct arena arena;
    struct slice query; /* in the arena, like all below */
    Tefter__Actor actor;
    struct ledger_hits found;
    bool has_found;
    struct row_hits hits; /* of a search, from the row cache */
    bool passes_over;     /* the terminal, what it does not know */
    struct slice answer;  /* packed; empty: it came to nothing */
    uint64_t seq;         /* of the answer */
};

/* ---- answering; on the loop and on the pool ---- */

/* What stands for the found customers of a search is made already, if the view stands where that
 * does. Then only the rest is asked for. */
static bool take_hits(const struct ledger_view *view, Tefter__Query *query, struct row_hits *hits)
{
    uint32_t rows = hits->count == 0 ? 0 : list_rows(query->search->has_rows, query->search->rows);
    if (hits->count >= rows || ledger_view_seq(view) != hits->seq)
        *hits = (struct row_hits){.count = 0};
    if (hits->count == 0)
        return false;
    query->search->has_rows = true;
    query->search->rows = rows - hits->count;
    return true;
}

/* Without memory for its words an answer is none. */
static void fill_words(const struct sessions *home, Tefter__Answer *answer, struct arena *arena)
{
    static const Tefter__Refusal too_big = {
        .base = PROTOBUF_C_MESSAGE_INIT(&tefter__refusal__descriptor),
        .code = TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG,
    };
    struct texts texts;
    texts_begin(&texts, home->options.vault, arena);
    texts_fill(&texts, &answer->base);
    texts_end(&texts);
    if (!texts.spent)
        return;
    answer->kind_case = TEFTER__ANSWER__KIND_REFUSED;
    answer->refused = (Tefter__Refusal *)(uintptr_t)&too_big;
}

enum answered { ANSWERED, ANSWER_NOT_NOW, ANSWER_TOO_LONG };

/* The answer in the arena, words and all. NOT_NOW: the ledger cannot be read. TOO_LONG: it wants
 * more work than it may. hits: NULL, or the first of them, with count 0 when they do not count. */
static enum answered answer_of(const struct sessions *home, Tefter__Query *query,
                               const Tefter__Actor *actor, const struct ledger_hits *found,
                               struct row_hits *hits, uint64_t work_most, struct arena *arena,
                               Tefter__Answer **ret_answer)
{
    static const struct ledger_hits none = {NULL, 0};
    struct failure failure = {0};
    struct ledger_view *view = ledger_view_begin(home->options.ledger, arena, &failure);
    if (view == NULL)
        return ANSWER_NOT_NOW;
    if (hits != NULL && take_hits(view, query, hits))
        found = &none;
    *ret_answer = ledger_view_answer(view, query, actor, found, work_most);
    ledger_view_end(view);
    if (*ret_answer == NULL)
        return ANSWER_TOO_LONG;
    fill_words(home, *ret_answer, arena);
    return ANSWERED;
}

/* An answer of one refusal. */
static struct slice pack_refusal(uint64_t seq, Tefter__RefusalCode code, struct arena *arena)
{
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    answer.seq = seq;
    answer.kind_case = TEFTER__ANSWER__KIND_REFUSED;
    answer.refused = &refusal;
    return message_pack(&answer.base, arena);
}

enum { ENVELOPE_MAX = 64 }; /* what is around an answer in its frame */

/* A terminal that passes over nothing knows neither these codes nor that these lists have pages. */
static void say_as_before(Tefter__Answer *answer)
{
    static const Tefter__Refusal too_many = {
        .base = PROTOBUF_C_MESSAGE_INIT(&tefter__refusal__descriptor),
        .code = TEFTER__REFUSAL_CODE__TOO_MANY,
    };
    static const Tefter__Refusal busy = {
        .base = PROTOBUF_C_MESSAGE_INIT(&tefter__refusal__descriptor),
        .code = TEFTER__REFUSAL_CODE__BUSY,
    };
    if (answer->kind_case == TEFTER__ANSWER__KIND_BRANCHES)
        answer->branches->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_STAFF)
        answer->staff->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_TERMINALS)
        answer->terminals->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_GROUPS)
        answer->groups->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_MONEY_ACCOUNTS)
        answer->money_accounts->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT)
        answer->document->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_APPROVALS)
        answer->approvals->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_LIMITS)
        answer->limits->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_TRIAL_BALANCE)
        answer->trial_balance->has_next = false;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED &&
             answer->refused->code == TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG)
        answer->refused = (Tefter__Refusal *)(uintptr_t)&too_many;
    else if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED &&
             answer->refused->code == TEFTER__REFUSAL_CODE__RECORD_DAMAGED)
        answer->refused = (Tefter__Refusal *)(uintptr_t)&busy;
}

/* Room for an answer's bytes; NULL: they do not fit a frame, or the arena. */
static uint8_t *room_for(size_t size, struct arena *arena)
{
    return size + ENVELOPE_MAX > FRAME_TO_CLIENT_MAX ? NULL : arena_take(arena, size);
}

/* Of an answer that does not fit. Nothing in the arena is needed any more. */
static struct slice pack_too_big(uint64_t seq, bool passes_over, struct arena *arena)
{
    arena_reset(arena);
    return pack_refusal(
        seq, passes_over ? TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG : TEFTER__REFUSAL_CODE__TOO_MANY,
        arena);
}

static struct slice pack_answer(Tefter__Answer *answer, bool passes_over, struct arena *arena)
{
    if (!passes_over) {
        say_as_before(answer);
        message_leave_out(&answer->base, MESSAGE_LATER_FIELDS);
    }
    uint8_t *data = room_for(tefter__answer__get_packed_size(answer), arena);
    if (data == NULL)
        return pack_too_big(answer->seq, passes_over, arena);
    return slice_of(data, tefter__answer__pack(answer, data));
}

/* A search with its first hits as they came from the row cache. */
static struct slice pack_search(const Tefter__Answer *answer, const struct row_hits *hits,
                                bool passes_over, struct arena *arena)
{
    uint32_t tag_seq = WIRE_TAG(1, WIRE_VARINT);
    uint32_t tag_search = WIRE_TAG(TEFTER__ANSWER__KIND_SEARCH, WIRE_BYTES);
    if (!passes_over)
        message_leave_out(&answer->search->base, MESSAGE_LATER_FIELDS);
    size_t rest = tefter__search_answer__get_packed_size(answer->search);
    size_t body = hits->bytes.size + rest;
    size_t size = number_size(tag_seq, answer->seq) + number_size(tag_search, body) + body;
    uint8_t *data = room_for(size, arena);
    if (data == NULL)
        return pack_too_big(answer->seq, passes_over, arena);
    uint8_t *at = number_write(number_write(data, tag_seq, answer->seq), tag_search, body);
    memcpy(at, hits->bytes.data, hits->bytes.size);
    (void)tefter__search_answer__pack(answer->search, at + hits->bytes.size);
    return slice_of(data, size);
}

/* ---- long ones ---- */

static struct long_query *query_of(struct pool_job *job)
{
    return CONTAINER(job, struct long_query, job);
}

static void query_free(struct pool_job *job)
{
    struct long_query *query = query_of(job);
    arena_fini(&query->arena);
    free(query);
}

static void answer_job(struct long_query *job)
{
    Tefter__Query *query =
        (Tefter__Query *)message_unpack(&tefter__query__descriptor, job->query, &job->arena);
    Tefter__Answer *answer;
    if (query == NULL ||
        answer_of(job->job.home, query, &job->actor, job->has_found ? &job->found : NULL,
                  &job->hits, LEDGER_WORK_ANY, &job->arena, &answer) != ANSWERED)
        return;
    job->seq = answer->seq;
    job->answer = job->hits.count > 0 && answer->kind_case == TEFTER__ANSWER__KIND_SEARCH
                      ? pack_search(answer, &job->hits, job->passes_over, &job->arena)
                      : pack_answer(answer, job->passes_over, &job->arena);
}

static void work(struct pool_job *job)
{
    death_doing(DEATH_QUERY, job->number);
    answer_job(query_of(job));
    death_idle();
}

static void done(struct session *session, struct pool_job *job)
{
    struct sessions *home = job->home;
    struct long_query *query = query_of(job);
    if (query->answer.size == 0)
        query->answer = pack_refusal(hub_seq(home->hub), TEFTER__REFUSAL_CODE__BUSY, &home->arena);
    sessions_answered(home, query->seq);
    session_send_answer(session, job->request, query->answer);
}

static void late(struct session *session, struct pool_job *job)
{
    session_send_answer(session, job->request,
                        pack_refusal(hub_seq(job->home->hub), TEFTER__REFUSAL_CODE__DEADLINE_PASSED,
                                     &query_of(job)->arena));
}

static bool copy_query(struct long_query *job, struct slice query, const struct ledger_hits *found)
{
    void *bytes = arena_copy(&job->arena, query.data, query.size);
    void *customers = NULL;
    if (found != NULL)
        customers =
            arena_copy(&job->arena, found->customers, found->count * sizeof *found->customers);
    job->query = slice_of(bytes, query.size);
    job->has_found = found != NULL;
    if (found != NULL)
        job->found = (struct ledger_hits){customers, found->count};
    return bytes != NULL && (found == NULL || customers != NULL);
}

/* Before the bytes are needed elsewhere. */
static bool copy_hits(struct long_query *job, const struct row_hits *hits)
{
    job->hits = *hits;
    if (hits->count > 0)
        job->hits.bytes.data = arena_copy(&job->arena, hits->bytes.data, hits->bytes.size);
    return job->hits.count == 0 || job->hits.bytes.data != NULL;
}

static struct long_query *query_create(struct session *session, const Tefter__FromTerminal *request,
                                       const struct ledger_hits *found, const struct row_hits *hits)
{
    static const struct pool_kind kind = {work, done, late, query_free, TURN_QUERY};
    struct slice bytes = slice_of(request->query.data, request->query.len);
    struct long_query *query = pool_has_place(session) ? calloc(1, sizeof *query) : NULL;
    if (query == NULL)
        return NULL;
    pool_job_init(&query->job, &kind, session, request);
    query->job.number = message_kind(bytes);
    arena_init(&query->arena, ANSWER_MEMORY_MAX);
    query->actor = session_actor(session);
    query->passes_over = session_passes_over(session);
    if (copy_query(query, bytes, found) && copy_hits(query, hits))
        return query;
    query_free(&query->job);
    return NULL;
}

static void answer_later(struct session *session, const Tefter__FromTerminal *request,
                         const Tefter__Query *query, const struct ledger_hits *found)
{
    struct row_hits hits = {.count = 0};
    if (query->kind_case == TEFTER__QUERY__KIND_SEARCH && found != NULL && found->count > 0)
        rows_hits(session, found, &hits);
    struct long_query *later = query_create(session, request, found, &hits);
    if (later == NULL)
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
    else
        pool_put(session, &later->job);
}

/* ---- short ones ---- */

/* On the loop, if it does not hold others up; else on the pool after all. */
static void answer_now(struct session *session, const Tefter__FromTerminal *request,
                       Tefter__Query *query, const struct ledger_hits *found)
{
    struct sessions *home = session->home;
    Tefter__Actor actor = session_actor(session);
    Tefter__Answer *answer = NULL;
    arena_reset(&home->answer);
    sessions_make_visible(home);
    switch (answer_of(home, query, &actor, found, NULL, SHORT_WORK_MAX, &home->answer, &answer)) {
    case ANSWERED:
        sessions_answered(home, answer->seq);
        status_terminals(session, answer);
        session_send_answer(session, request->request,
                            pack_answer(answer, session_passes_over(session), &home->answer));
        return;
    case ANSWER_TOO_LONG:
        answer_later(session, request, query, found);
        return;
    case ANSWER_NOT_NOW:
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
}

/* ---- asking ---- */

static const char *query_name(uint32_t kind)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tefter__query__descriptor, kind);
    return field == NULL ? NULL : field->name;
}

/* What is looked for by words, NULL: nothing. */
static const char *words_of(const Tefter__Query *query)
{
    uint32_t kind = (uint32_t)query->kind_case;
    return kind == TEFTER__QUERY__KIND_CUSTOMERS   ? query->customers->text
           : kind == TEFTER__QUERY__KIND_SEARCH    ? query->search->text
           : kind == TEFTER__QUERY__KIND_DOCUMENTS ? query->documents->text
           : kind == TEFTER__QUERY__KIND_PRODUCTS  ? query->products->text
                                                   : NULL;
}

/* Longer words were found in nothing, or in everything. */
static void refuse_long(struct session *session, const Tefter__FromTerminal *request,
                        const char *field)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__TEXT_INVALID;
    refusal.field = (char *)(uintptr_t)field;
    refusal.has_most = true;
    refusal.most = SEARCH_QUERY_MAX;
    session_refuse(session, request, &refusal);
}

/* Scanned and of a kind this person may ask for; NULL: it was refused. */
static Tefter__Query *read_query(struct session *session, const Tefter__FromTerminal *request)
{
    struct slice bytes = slice_of(request->query.data, request->query.len);
    struct message_fault fault = {.path = "", .what = ""};
    if (!message_scan(&tefter__query__descriptor, bytes, &fault)) {
        if (strcmp(fault.what, MESSAGE_TEXT_TOO_LONG) == 0)
            refuse_long(session, request, fault.path);
        else
            session_refuse_code(session, request, TEFTER__REFUSAL_CODE__UNREADABLE, fault.path);
        return NULL;
    }
    uint32_t kind = message_kind(bytes);
    if (kind == 0) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_MISSING, "kind");
        return NULL;
    }
    if (!session_may(session, request, ledger_query_right(kind)))
        return NULL;
    if (sessions_disabled(session->home, DEATH_QUERY, kind)) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__QUERY_DISABLED,
                            query_name(kind));
        return NULL;
    }
    Tefter__Query *query =
        (Tefter__Query *)message_unpack(&tefter__query__descriptor, bytes, &session->home->arena);
    if (query == NULL)
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__TOO_MANY, NULL);
    const char *words = query != NULL ? words_of(query) : NULL;
    if (words != NULL && strlen(words) > SEARCH_QUERY_MAX) {
        refuse_long(session, request, "text");
        return NULL;
    }
    return query;
}

void query_found(struct session *session, const Tefter__FromTerminal *request, Tefter__Query *query,
                 const struct ledger_hits *found)
{
    if (totals_answer(session, request, query) || rows_answer(session, request, query, found))
        return;
    if (ledger_query_long((uint32_t)query->kind_case))
        answer_later(session, request, query, found);
    else
        answer_now(session, request, query, found);
}

static void answer(struct session *session, const Tefter__FromTerminal *request,
                   Tefter__Query *query)
{
    if (!index_wanted(query))
        query_found(session, request, query, NULL);
    else if (!index_ready(session->home))
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
    else
        finding_begin(session, request, query);
}

void query_ask(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__Query *query = read_query(session, request);
    if (query == NULL)
        return;
    death_doing(DEATH_QUERY, query->kind_case);
    answer(session, request, query);
    death_idle();
}

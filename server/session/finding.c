/*
 * Looking customers up in the search index for a question. Most are found in one slice; who has a
 * million customers, and asks for what all of them have, waits for some slices, one in each turn of
 * the loop, and others are served in between.
 */
#include <stdlib.h>

#include "session/inside.h"

enum {
    SLICE_BYTES = 1024 * 1024, /* a slice is a millisecond or two */
    SLICE_HITS = 4000,
    FINDINGS_MAX = 64,
};

struct finding {
    struct finding *next;
    struct session_ref session;
    uint64_t request;
    uint64_t deadline_ms; /* 0: none */
    struct search_walk walk;
    uint8_t *query; /* packed */
    size_t query_size;
    uint32_t customers[FOUND_MAX];
};

static bool step(const struct sessions *home, struct search_walk *walk)
{
    return search_step(home->search, walk, SLICE_BYTES, SLICE_HITS);
}

/* Questions hold words of people. */
static void finding_free(struct finding *finding)
{
    if (finding->query != NULL)
        secret_wipe(finding->query, finding->query_size);
    free(finding->query);
    secret_wipe(finding, sizeof *finding);
    free(finding);
}

static struct finding *finding_create(struct session *session, const Tefter__FromTerminal *request,
                                      const struct search_walk *walk)
{
    struct sessions *home = session->home;
    struct finding *finding = home->findings < FINDINGS_MAX ? malloc(sizeof *finding) : NULL;
    if (finding == NULL)
        return NULL;
    *finding = (struct finding){.session = session_ref_of(session), .request = request->request};
    finding->query_size = request->query.len;
    finding->query = malloc(request->query.len + 1);
    if (finding->query == NULL) {
        finding_free(finding);
        return NULL;
    }
    memcpy(finding->query, request->query.data, request->query.len);
    memcpy(finding->customers, walk->customers, search_found(walk) * sizeof *walk->customers);
    finding->walk = *walk;
    finding->walk.customers = finding->customers;
    if (request->has_deadline_ms)
        finding->deadline_ms = loop_now_ms(home->options.loop) + request->deadline_ms;
    return finding;
}

static void put(struct sessions *home, struct finding *finding)
{
    finding->next = NULL;
    if (home->findings_last == NULL)
        home->findings_first = finding;
    else
        home->findings_last->next = finding;
    home->findings_last = finding;
    home->findings++;
}

static struct finding *take(struct sessions *home)
{
    struct finding *finding = home->findings_first;
    if (finding == NULL)
        return NULL;
    home->findings_first = finding->next;
    if (finding->next == NULL)
        home->findings_last = NULL;
    home->findings--;
    return finding;
}

void finding_begin(struct session *session, const Tefter__FromTerminal *request,
                   Tefter__Query *query)
{
    struct sessions *home = session->home;
    uint32_t customers[FOUND_MAX];
    struct search_walk walk;
    index_look(home, query, customers, &walk);
    if (!step(home, &walk)) {
        const struct ledger_hits found = {customers, search_found(&walk)};
        query_found(session, request, query, &found);
        return;
    }
    struct finding *finding = finding_create(session, request, &walk);
    if (finding == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    put(home, finding);
    session->queries++;
    session_request_begun(session);
    session_want_turn(session);
}

/* ---- the slices ---- */

/* The request as it came, with what is left of its deadline. */
static Tefter__FromTerminal request_of(const struct finding *finding, uint64_t now_ms)
{
    Tefter__FromTerminal request = TEFTER__FROM_TERMINAL__INIT;
    request.request = finding->request;
    request.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    request.query = (ProtobufCBinaryData){finding->query_size, finding->query};
    request.has_deadline_ms = finding->deadline_ms != 0;
    if (finding->deadline_ms > now_ms)
        request.deadline_ms = (uint32_t)(finding->deadline_ms - now_ms);
    return request;
}

static void go_on(struct sessions *home, struct session *session, const struct finding *finding)
{
    const struct ledger_hits found = {finding->customers, search_found(&finding->walk)};
    Tefter__FromTerminal request = request_of(finding, loop_now_ms(home->options.loop));
    session->queries--;
    session_request_ended(session);
    arena_reset(&home->arena);
    Tefter__Query *query = (Tefter__Query *)message_unpack(
        &tefter__query__descriptor, slice_of(finding->query, finding->query_size), &home->arena);
    if (query == NULL)
        session_refuse_code(session, &request, TEFTER__REFUSAL_CODE__TOO_MANY, NULL);
    else
        query_found(session, &request, query, &found);
}

static void slice(struct sessions *home, struct finding *finding)
{
    struct session *session = session_find(home, finding->session);
    if (session != NULL && step(home, &finding->walk)) {
        put(home, finding);
        return;
    }
    if (session != NULL)
        go_on(home, session, finding);
    finding_free(finding);
}

bool findings_step(struct sessions *home)
{
    struct finding *finding = take(home);
    if (finding == NULL)
        return false;
    uint32_t kind = message_kind(slice_of(finding->query, finding->query_size));
    struct turn turn = turn_begin(home->options.turns);
    death_doing(DEATH_QUERY, kind);
    slice(home, finding);
    death_idle();
    turn_end(home->options.turns, turn, TURN_QUERY, kind);
    return home->findings_first != NULL;
}

void findings_fini(struct sessions *home)
{
    for (struct finding *finding = take(home); finding != NULL; finding = take(home))
        finding_free(finding);
}

#include "session/sessions.h"

#include <stdlib.h>

#include "importer/importer.h"
#include "session/inside.h"
#include "wire/features.h"

int64_t sessions_now_ms(const struct sessions *home)
{
    return home->options.now_ms(home->options.owner);
}

void sessions_make_visible(struct sessions *home)
{
    if (home->options.make_visible)
        home->options.make_visible(home->options.owner);
}

bool sessions_disabled(const struct sessions *home, enum death_task task, uint64_t number)
{
    return home->options.disabled != NULL &&
           home->options.disabled(home->options.owner, task, number);
}

void sessions_answered(struct sessions *home, uint64_t seq)
{
    if (seq > home->answered_seq)
        home->answered_seq = seq;
}

struct ledger_view *sessions_view(struct sessions *home, struct arena *arena)
{
    struct failure failure = {0};
    sessions_make_visible(home);
    struct ledger_view *view = ledger_view_begin(home->options.ledger, arena, &failure);
    if (view != NULL)
        sessions_answered(home, ledger_view_seq(view));
    return view;
}

void sessions_view_end(struct ledger_view *view)
{
    if (view != NULL)
        ledger_view_end(view);
}

/* ---- slots: a session is named by its slot and how often that was used ---- */

struct session_ref session_ref_of(const struct session *session)
{
    return (struct session_ref){session->slot, session->generation};
}

struct session *session_find(const struct sessions *home, struct session_ref ref)
{
    if (ref.generation == 0 || ref.slot >= home->slot_count ||
        home->slots[ref.slot].generation != ref.generation)
        return NULL;
    struct session *session = home->slots[ref.slot].session;
    return session == NULL || session->state == SESSION_CLOSING ? NULL : session;
}

/* A free slot + 1; 0: the room is full. */
static uint32_t take_slot(struct sessions *home)
{
    uint32_t place = home->free_slot;
    if (place != 0)
        home->free_slot = home->slots[place - 1].next_free;
    else if (home->slot_count < SESSIONS_MAX)
        place = ++home->slot_count;
    return place;
}

static void give_slot(struct sessions *home, struct session *session)
{
    struct slot *slot = &home->slots[session->slot];
    slot->session = NULL;
    slot->next_free = home->free_slot;
    home->free_slot = session->slot + 1;
}

/* NULL: there is no place for it. */
static struct session *let_in(struct sessions *home, struct stream *stream, bool browser,
                              struct stream_events *ret_events)
{
    if (home->draining)
        return NULL;
    uint32_t place = take_slot(home);
    if (place == 0)
        return NULL;
    struct session *session = session_create(home, stream);
    struct slot *slot = &home->slots[place - 1];
    if (session == NULL) {
        slot->next_free = home->free_slot;
        home->free_slot = place;
        return NULL;
    }
    slot->session = session;
    session->slot = place - 1;
    session->generation = ++slot->generation;
    home->open++;
    home->accepted++;
    session->browser = browser;
    home->browsers_open += browser ? 1 : 0;
    *ret_events = session_events;
    return session;
}

static bool on_accept(void *owner, struct stream *stream, struct stream_events *ret_events,
                      void **ret_context)
{
    *ret_context = let_in(owner, stream, false, ret_events);
    return *ret_context != NULL;
}

static bool on_browser(void *owner, struct stream *stream, struct stream_events *ret_events,
                       void **ret_context)
{
    *ret_context = browsers_may_come(owner) ? let_in(owner, stream, true, ret_events) : NULL;
    return *ret_context != NULL;
}

/* Its device is the asker's; who is logged in, its token says. */
bool sessions_lend(struct sessions *home, const struct session *asker, int socket,
                   struct failure *failure)
{
    struct stream_events events;
    const struct principal *who = &asker->who;
    struct session *session = let_in(home, NULL, false, &events);
    if (session == NULL)
        return fail(failure, FAULT_MEMORY, 0, "there is no place for another connection");
    session->lent = true;
    session->address_key = asker->address_key;
    session->who = (struct principal){.carrier = who->carrier,
                                      .proof = who->proof,
                                      .device = who->device,
                                      .branch = who->branch,
                                      .blocks = who->blocks,
                                      .lent = asker->lending};
    memcpy(session->who.address, who->address, sizeof session->who.address);
    memcpy(session->who.device_name, who->device_name, sizeof session->who.device_name);
    session->stream = stream_of_pair(home->options.loop, socket, &events, session, failure);
    if (session->stream != NULL)
        return true;
    session->state = SESSION_CLOSING;
    session_bury(session);
    return false;
}

/* ---- turns ---- */

static void arm_turn(struct sessions *home)
{
    if (!home->destroyed)
        loop_timer_start(home->turn, 0, 0);
}

void session_want_turn(struct session *session)
{
    struct sessions *home = session->home;
    if (session->wants_turn || session->state == SESSION_CLOSING)
        return;
    session->wants_turn = true;
    session->next = NULL;
    if (home->turns_last == NULL)
        home->turns_first = session;
    else
        home->turns_last->next = session;
    home->turns_last = session;
    arm_turn(home);
}

static struct session *next_turn(struct sessions *home)
{
    struct session *session = home->turns_first;
    if (session == NULL)
        return NULL;
    home->turns_first = session->next;
    if (session->next == NULL)
        home->turns_last = NULL;
    session->next = NULL;
    session->wants_turn = false;
    return session;
}

static void leave_turns(struct sessions *home, struct session *session)
{
    struct session **at = &home->turns_first;
    struct session *before = NULL;
    while (*at != session) {
        before = *at;
        at = &before->next;
    }
    *at = session->next;
    if (home->turns_last == session)
        home->turns_last = before;
    session->wants_turn = false;
}

static void free_when_done(struct sessions *home);

void session_bury(struct session *session)
{
    struct sessions *home = session->home;
    if (session->wants_turn)
        leave_turns(home, session);
    give_slot(home, session);
    home->open--;
    home->browsers_open -= session->browser ? 1 : 0;
    session->next = home->dead;
    home->dead = session;
    if (home->destroyed)
        free_when_done(home);
    else
        arm_turn(home);
}

static void free_dead(struct sessions *home)
{
    while (home->dead != NULL) {
        struct session *session = home->dead;
        home->dead = session->next;
        session_free(session);
    }
}

static void tell_drained(struct sessions *home)
{
    if (!home->draining || home->open > 0 || home->jobs > 0 || home->drained == NULL)
        return;
    loop_fn drained = home->drained;
    home->drained = NULL;
    drained(home->drained_context);
}

static void session_turn(struct session *session)
{
    if (session->backlog)
        session_frames(session);
    if (session->state != SESSION_CLOSING)
        feeds_turn(session);
}

/* Some of what nobody has asked for yet; true: there is more. What has ended the program is left
 * out. */
static bool fill(struct sessions *home, uint32_t query, bool (*step)(struct sessions *home))
{
    if (sessions_disabled(home, DEATH_QUERY, query))
        return false;
    struct turn turn = turn_begin(home->options.turns);
    death_doing(DEATH_QUERY, query);
    bool more = step(home);
    death_idle();
    turn_end(home->options.turns, turn, TURN_FILL, query);
    return more;
}

static void on_turn(void *context)
{
    struct sessions *home = context;
    struct session *last = home->turns_last; /* those that come back wait for the next turn */
    free_dead(home);
    pool_go_on(home); /* what the dead waited for gives its places back */
    for (int i = 0; i < SESSIONS_PER_TURN; i++) {
        struct session *session = next_turn(home);
        if (session == NULL)
            break;
        session_turn(session);
        if (session == last)
            break;
    }
    bool finding = findings_step(home);
    bool filling = fill(home, TEFTER__QUERY__KIND_SEARCH, index_step) ||
                   fill(home, TEFTER__QUERY__KIND_TOTALS, totals_step) ||
                   fill(home, TEFTER__QUERY__KIND_CUSTOMER_CARD, cards_step);
    if (home->turns_first != NULL || finding || filling)
        arm_turn(home);
    tell_drained(home);
}

static void on_tick(void *context)
{
    struct sessions *home = context;
    uint64_t now_ms = loop_now_ms(home->options.loop);
    snapshots_tick(home);
    notices_tick(home);
    printing_tick(home, now_ms);
    if (cards_tick(home) || totals_tick(home))
        arm_turn(home);
    uint32_t beat = home->ticks++ % (HEARTBEAT_MS / TICK_MS);
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session == NULL)
            continue;
        session_tick(session, now_ms);
        if (i % (HEARTBEAT_MS / TICK_MS) == beat && session->state != SESSION_CLOSING)
            feeds_heartbeat(session);
    }
}

/* ---- making ---- */

static bool keep(struct sessions *home, struct slice *slice, struct failure *failure)
{
    void *copy = arena_copy(&home->kept, slice->data, slice->size);
    slice->data = copy;
    return copy != NULL || fail(failure, FAULT_MEMORY, 0, "no memory for the sessions");
}

/* The schema that is read here, told to every terminal. */
static bool describe_features(struct sessions *home, struct failure *failure)
{
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    home->features = features_describe(&tefter__from_terminal__descriptor, &arena);
    bool good = keep(home, &home->features, failure);
    arena_fini(&arena);
    return good;
}

static bool make_parts(struct sessions *home, struct failure *failure)
{
    struct ledger_state state;
    if (!ledger_state(home->options.ledger, &state, failure))
        return false;
    memcpy(home->ledger_id, state.ledger, sizeof home->ledger_id);
    home->incarnation = state.incarnation;
    home->slots = calloc(SESSIONS_MAX, sizeof *home->slots);
    home->hub = hub_create(&feed_doors, state.seq);
    home->search = search_create();
    if (home->options.row_cache_bytes > 0)
        home->cache = row_cache_create(home->options.row_cache_bytes);
    home->tick = loop_timer_create(home->options.loop, on_tick, home);
    home->turn = loop_timer_create(home->options.loop, on_turn, home);
    if (!totals_init(home) || !tally_init(&home->of_terminal, SESSIONS_MAX) ||
        !tally_init(&home->of_address, SESSIONS_MAX) ||
        !tally_init(&home->browsers_of_address, SESSIONS_MAX) ||
        !tally_init(&home->unproven_of_address, SESSIONS_MAX) || home->slots == NULL ||
        home->hub == NULL || home->search == NULL || home->tick == NULL || home->turn == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the sessions");
    return true;
}

static void pool_is_free(void *owner)
{
    pool_go_on(owner);
}

static int64_t now_of(void *owner)
{
    return sessions_now_ms(owner);
}

static void settled_of(void *owner)
{
    sessions_make_visible(owner);
}

static bool make_access(struct sessions *home, struct failure *failure)
{
    struct access_options options = {
        .loop = home->options.loop,
        .ledger = home->options.ledger,
        .audit_path = home->options.audit_path,
        .ended_path = home->options.ended_path,
        .marks_path = home->options.marks_path,
        .contacts_path = home->options.contacts_path,
        .incarnation = home->incarnation,
        .root = home->options.root,
        .origins = home->options.origins,
        .origin_count = home->options.origin_count,
        .submit = submit_own,
        .retry_ms = submit_retry_ms,
        .make_visible = settled_of,
        .now_ms = now_of,
        .login_ended = ask_login_ended,
        .hashed = pool_is_free,
        .owner = home,
    };
    memcpy(options.token_key, home->options.token_key, sizeof options.token_key);
    bool made = access_create(&options, &home->access, failure);
    /* keys are with access alone, and only it keeps its texts */
    secret_wipe(options.token_key, sizeof options.token_key);
    secret_wipe(home->options.token_key, sizeof home->options.token_key);
    home->options.root = (struct ca_pair){{NULL, 0}, {NULL, 0}};
    return made;
}

static bool make_notices(struct sessions *home, struct failure *failure)
{
    bool made = notices_init(home);
    home->options.notices = NULL; /* was the caller's */
    return made || fail(failure, FAULT_MEMORY, 0, "no memory for the sessions");
}

static bool make_listener(struct sessions *home, struct failure *failure)
{
    const struct sessions_options *options = &home->options;
    home->tls =
        tls_context_server(&options->identity, access_root_certificate(home->access), failure);
    if (home->tls == NULL)
        return false;
    home->listener =
        stream_listen(options->loop, options->listen, home->tls, on_accept, home, failure);
    if (home->listener == NULL)
        return false;
    home->port = stream_listener_port(home->listener);
    stream_listener_bound(home->listener, options->unproven_per_address);
    return true;
}

/* Browsers have one of their own. */
static bool make_browsers(struct sessions *home, struct failure *failure)
{
    const struct sessions_options *options = &home->options;
    if (options->browser_socket == NULL)
        return true;
    home->browsers =
        stream_listen_local(options->loop, options->browser_socket, on_browser, home, failure);
    return home->browsers != NULL;
}

/* Who serves no page takes no files. */
static bool make_importer(struct sessions *home, struct failure *failure)
{
    if (home->options.browser_socket == NULL && home->options.importer == NULL)
        return true;
    home->importer = importer_create(home->options.loop, home->options.importer, failure);
    return home->importer != NULL;
}

bool sessions_create(const struct sessions_options *options, struct sessions **ret_sessions,
                     struct failure *failure)
{
    struct sessions *home = calloc(1, sizeof *home);
    if (home == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the sessions");
    home->options = *options;
    home->started_ms = loop_now_ms(options->loop);
    arena_init(&home->arena, ANSWER_MEMORY_MAX);
    arena_init(&home->answer, ANSWER_MEMORY_MAX);
    arena_init(&home->kept, 1024 * 1024);
    arena_init(&home->group, ANSWER_MEMORY_MAX);
    buffer_init(&home->out, FRAME_HEAD_SIZE + FRAME_TO_CLIENT_MAX);
    buffer_init(&home->rows, FRAME_TO_CLIENT_MAX);
    if (!describe_features(home, failure) || !make_parts(home, failure) ||
        !make_access(home, failure) || !make_notices(home, failure) ||
        !make_listener(home, failure) || !make_browsers(home, failure) ||
        !make_importer(home, failure)) {
        sessions_destroy(home);
        return false;
    }
    loop_timer_start(home->tick, TICK_MS, TICK_MS);
    arm_turn(home);
    *ret_sessions = home;
    return true;
}

uint16_t sessions_port(const struct sessions *home)
{
    return home->port;
}

bool sessions_reload(struct sessions *home, const struct tls_identity *identity,
                     struct failure *failure)
{
    struct tls_context *tls =
        tls_context_server(identity, access_root_certificate(home->access), failure);
    if (tls == NULL)
        return false;
    stream_listener_swap_tls(home->listener, tls);
    tls_context_release(home->tls);
    home->tls = tls;
    return true;
}

/* ---- what the writer tells; sessions_replied is in submit.c ---- */

/* Those of the group, in its order, then those of totals and decisions: *ret_count in all. */
static struct hub_row *rows_with_words(struct sessions *home, const struct published_group *group,
                                       bool *ret_words_lost, size_t *ret_count)
{
    struct texts texts;
    const struct hub_row *others;
    size_t other_count;
    texts_begin(&texts, home->options.vault, &home->group);
    totals_published(home, group, &texts, &others, &other_count);
    struct hub_row *rows =
        arena_take(&home->group, (group->row_count + other_count) * sizeof *rows);
    *ret_count = rows != NULL ? group->row_count + other_count : 0;
    if (rows == NULL) {
        texts_end(&texts);
        return NULL;
    }
    if (other_count > 0)
        memcpy(&rows[group->row_count], others, other_count * sizeof *rows);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct ledger_row *row = &group->rows[i];
        rows[i] = (struct hub_row){row->key, row->customer, texts_row(&texts, row->row)};
    }
    *ret_words_lost = texts.failed;
    texts_end(&texts);
    return rows;
}

/* Words of before are overwritten wherever they were kept to be sent. */
static void forget_words(struct sessions *home)
{
    home->words_changed = false;
    snapshots_forget(home);
    hub_forget(home->hub);
    buffer_wipe(&home->out);
    buffer_wipe(&home->rows);
    arena_wipe(&home->arena);
    arena_wipe(&home->answer);
    arena_wipe(&home->group);
}

void sessions_published(struct sessions *home, const struct published_group *group)
{
    arena_reset(&home->group);
    watch_events(home, group);
    if (group->seq <= hub_seq(home->hub)) /* repeated commands alone: nothing is new */
        return;
    bool words_lost = false;
    home->busy = true;
    home->quiet = false;
    struct hub_group news = {
        .seq = group->seq,
        .committed_ms = group->committed_ms,
    };
    news.rows = rows_with_words(home, group, &words_lost, &news.row_count);
    rows_published(home, group, news.rows, words_lost);
    notices_published(home, group);
    hub_publish(home->hub, &news);
    if (totals_tick(home)) /* a view stands where the hub does most likely now */
        arm_turn(home);
    if (home->words_changed)
        forget_words(home);
}

void sessions_metrics(const struct sessions *home, struct sessions_metrics *ret_metrics)
{
    *ret_metrics = (struct sessions_metrics){
        .open = home->open,
        .accepted = home->accepted,
        .cut_slow = home->cut_slow,
        .bad_frames = home->bad_frames,
        .too_many = home->too_many,
        .texts_unreadable = texts_unreadable(),
        .browsers = home->browsers_open,
        .browsers_turned_away = home->browsers_turned_away,
    };
    memcpy(ret_metrics->browsers_away_last, home->browsers_away_last,
           sizeof ret_metrics->browsers_away_last);
    memcpy(ret_metrics->too_many_last, home->too_many_last, sizeof ret_metrics->too_many_last);
    if (home->listener != NULL) {
        struct stream_listener_metrics listener;
        stream_listener_metrics(home->listener, &listener);
        ret_metrics->slots = listener.places;
        ret_metrics->turned_away = listener.turned_away;
        memcpy(ret_metrics->turned_away_last, listener.turned_away_last,
               sizeof ret_metrics->turned_away_last);
        ret_metrics->turned_away_of = listener.turned_away_of;
        ret_metrics->starved = listener.starved;
    }
    for (uint32_t i = 0; i < home->slot_count; i++) {
        const struct session *session = home->slots[i].session;
        if (session == NULL)
            continue;
        ret_metrics->logged_in += session->state == SESSION_LOGGED_IN ? 1 : 0;
        ret_metrics->subscriptions += session->feed_count;
        ret_metrics->not_reading += stream_waiting(session->stream) > OUTPUT_PAUSE_BYTES;
    }
}

/* ---- ending ---- */

static void close_listeners(struct sessions *home)
{
    if (home->listener != NULL)
        stream_listener_close(home->listener);
    if (home->browsers != NULL)
        stream_listener_close(home->browsers);
    home->listener = home->browsers = NULL;
}

void sessions_drain(struct sessions *home, const char *reason, uint32_t retry_ms, loop_fn drained,
                    void *context)
{
    home->draining = true;
    home->drain_retry_ms = retry_ms;
    home->drained = drained;
    home->drained_context = context;
    close_listeners(home);
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session == NULL)
            continue;
        if (session->state == SESSION_SHAKING)
            stream_abort(session->stream, reason);
        else
            session_goodbye(session, reason, NULL);
    }
    arm_turn(home);
}

static void free_room(struct sessions *home)
{
    free_dead(home);
    snapshots_fini(home);
    hub_destroy(home->hub);
    row_cache_destroy(home->cache);
    totals_fini(home);
    notices_fini(home);
    free(home->heard_ms);
    free(home->dates);
    free(home->nobody);
    free(home->carded);
    search_destroy(home->search);
    errands_fini(home);
    refused_fini(home);
    printing_fini(home);
    findings_fini(home);
    pool_fini(home);
    if (home->tls != NULL)
        tls_context_release(home->tls);
    secret_wipe(&home->options, sizeof home->options);
    arena_fini(&home->arena);
    arena_fini(&home->answer);
    arena_fini(&home->kept);
    arena_fini(&home->group);
    buffer_fini(&home->out);
    buffer_fini(&home->rows);
    tally_fini(&home->of_terminal);
    tally_fini(&home->of_address);
    tally_fini(&home->browsers_of_address);
    tally_fini(&home->unproven_of_address);
    free(home->seen_ms);
    free(home->slots);
    free(home);
}

static void free_when_done(struct sessions *home)
{
    if (home->open == 0 && home->jobs == 0)
        free_room(home);
}

void sessions_job_ended(struct sessions *home)
{
    home->jobs--;
    if (home->destroyed)
        free_when_done(home);
    else
        tell_drained(home);
}

void sessions_destroy(struct sessions *home)
{
    if (home == NULL)
        return;
    close_listeners(home);
    if (home->tick != NULL)
        loop_timer_destroy(home->tick);
    if (home->turn != NULL)
        loop_timer_destroy(home->turn);
    home->destroyed = true;
    importer_destroy(home->importer);
    home->importer = NULL;
    access_destroy(home->access);
    home->access = NULL;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session == NULL)
            continue;
        session->state = SESSION_CLOSING;
        feeds_drop(session);
        stream_abort(session->stream, "the server ends");
    }
    free_when_done(home);
}

#include "many_connections/crowd.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"

enum {
    TICK_MS = 5,
    DIALS_A_TICK = 64,
    REDIAL_LEAST_MS = 200,
    REDIAL_SPREAD_MS = 800,
    PING_MS = 15000,
    MEMORY_MAX = 64 * 1024 * 1024,
    TOKEN_TERMINAL_AT = 5,
    TOKEN_MAC_AT = CROWD_TOKEN_SIZE - HASH_SIZE,
};

/* ---- tokens ---- */

static void token_mac(const struct crowd *crowd, const uint8_t token[CROWD_TOKEN_SIZE],
                      struct hash *ret_mac)
{
    struct hash_state state;
    hash_begin_keyed(&state, crowd->token_key, sizeof crowd->token_key);
    hash_add(&state, token, TOKEN_MAC_AT);
    hash_add(&state, &crowd->incarnation, sizeof crowd->incarnation);
    hash_add(&state, crowd->incarnation_nonce, sizeof crowd->incarnation_nonce);
    hash_end(&state, ret_mac);
}

bool crowd_token(const struct crowd *crowd, uint32_t terminal, uint8_t out[CROWD_TOKEN_SIZE])
{
    struct hash mac;
    memcpy(out, crowd->token, CROWD_TOKEN_SIZE);
    token_mac(crowd, out, &mac);
    if (memcmp(mac.bytes, out + TOKEN_MAC_AT, HASH_SIZE) != 0)
        return false;
    be32_put(out + TOKEN_TERMINAL_AT, terminal);
    token_mac(crowd, out, &mac);
    memcpy(out + TOKEN_MAC_AT, mac.bytes, HASH_SIZE);
    return true;
}

/* ---- a process of the crowd ---- */

struct seat {
    uint64_t seen;  /* `this` of the newest set */
    uint64_t exact; /* 0: no whole replica */
    uint64_t last_page;
    uint64_t dial_ms; /* not before */
    uint32_t probe;   /* the newest it has seen */
    bool paging;
    bool counted; /* as exact */
    bool entered; /* counted as in */
};

struct member {
    struct crowd *crowd;
    struct crowd_process *own;
    struct terminals all;
    struct server server; /* its address alone */
    struct seat *seats;
    uint64_t chance;
    uint64_t pinged_ms;
    uint32_t enrolled;
};

static struct member *member_of(struct connection *connection)
{
    return connection->all->owner;
}

static uint64_t now_ms(void)
{
    return now_us() / 1000;
}

static void be_exact(struct member *member, struct seat *seat, uint64_t seq)
{
    seat->exact = seq;
    if (!seat->counted)
        atomic_fetch_add(&member->own->exact, 1);
    seat->counted = true;
}

static void be_inexact(struct member *member, struct seat *seat)
{
    if (seat->counted)
        atomic_fetch_sub(&member->own->exact, 1);
    seat->counted = false;
}

/* ---- what it sees ---- */

static void see_probe(struct member *member, struct seat *seat, const Tefter__Row *row)
{
    if (row->kind_case != TEFTER__ROW__KIND_ACCOUNT ||
        row->account->customer != member->crowd->probe)
        return;
    uint32_t probe = (uint32_t)(row->account->balance_minor / PRICE_MINOR);
    for (; seat->probe < probe && seat->probe < CROWD_PROBES_MAX; seat->probe++)
        atomic_fetch_add(&member->own->seen[seat->probe + 1], 1);
}

static void take_subscribed(struct connection *connection, const Tefter__Subscribed *subscribed)
{
    struct member *member = member_of(connection);
    struct seat *seat = &member->seats[connection->index];
    if (subscribed->resumed && subscribed->seq != seat->seen)
        terminals_fail(connection->all, "resumed elsewhere");
    if (subscribed->resumed)
        atomic_fetch_add(&member->own->resumed, 1);
    seat->paging = !subscribed->resumed;
    seat->last_page = subscribed->resumed ? seat->exact : 0;
    seat->seen = subscribed->seq;
}

static void take_page(struct connection *connection, const Tefter__SnapshotChunk *page)
{
    struct member *member = member_of(connection);
    struct seat *seat = &member->seats[connection->index];
    for (size_t i = 0; i < page->n_rows; i++)
        see_probe(member, seat, page->rows[i]);
    if (!page->last)
        return;
    seat->paging = false;
    seat->last_page = page->seq;
}

static void take_set(struct connection *connection, const Tefter__Delta *set)
{
    struct member *member = member_of(connection);
    struct seat *seat = &member->seats[connection->index];
    uint32_t before = seat->probe;
    if (set->prev != seat->seen) {
        terminals_fail(connection->all,
                       "a gap: terminal %u was told to %" PRIu64 ", now from %" PRIu64,
                       connection->terminal->number, seat->seen, set->prev);
        return;
    }
    seat->seen = set->this_;
    for (size_t i = 0; i < set->n_rows; i++)
        see_probe(member, seat, set->rows[i]);
    if (seat->probe > before && seat->counted && set->has_committed_ms) {
        int64_t ms = now_wall_ms() - set->committed_ms;
        ms = ms < 0 ? 0 : ms;
        atomic_fetch_add(&member->own->delays[ms < CROWD_DELAYS ? ms : CROWD_DELAYS - 1], 1);
    }
    if (!seat->paging && set->this_ >= seat->last_page)
        be_exact(member, seat, set->this_);
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        take_subscribed(connection, frame->subscribed);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        take_page(connection, frame->snapshot_chunk);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        take_set(connection, frame->delta);
}

static void on_in(struct connection *connection)
{
    struct member *member = member_of(connection);
    struct seat *seat = &member->seats[connection->index];
    seat->entered = true;
    atomic_fetch_add(&member->own->in, 1);
    connection_subscribe(connection, NULL, 0, seat->exact);
}

/* Whoever is left outside tries again, now and then; who was inside may not be lost. */
static void on_lost(struct connection *connection, const char *reason)
{
    struct member *member = member_of(connection);
    struct seat *seat = &member->seats[connection->index];
    (void)reason;
    if (seat->entered)
        atomic_fetch_sub(&member->own->in, 1);
    if (seat->entered && !connection->going)
        atomic_fetch_add(&member->own->lost, 1);
    if (!seat->entered && !connection->going)
        atomic_fetch_add(&member->own->redials, 1);
    seat->entered = false;
    be_inexact(member, seat);
    seat->dial_ms = now_ms() + REDIAL_LEAST_MS + chance_below(&member->chance, REDIAL_SPREAD_MS);
}

/* ---- what it does ---- */

static void dial_wanted(struct member *member)
{
    uint32_t wanted = atomic_load(&member->own->wanted);
    uint64_t now = now_ms();
    for (uint32_t i = 0, dials = 0; i < wanted && dials < DIALS_A_TICK; i++) {
        struct connection *connection = &member->all.connections[i];
        if (connection->stream != NULL || member->seats[i].dial_ms > now)
            continue;
        dials++;
        if (!connection_dial(connection))
            return;
    }
}

static void cut_unwanted(struct member *member)
{
    for (uint32_t i = atomic_load(&member->own->wanted); i < member->enrolled; i++)
        connection_cut(&member->all.connections[i]);
}

static void ping_all(struct member *member)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    if (now_ms() - member->pinged_ms < PING_MS)
        return;
    member->pinged_ms = now_ms();
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    for (uint32_t i = 0; i < member->enrolled; i++)
        if (member->all.connections[i].in)
            connection_send(&member->all.connections[i], 1, &frame);
}

static void on_tick(void *context)
{
    struct member *member = context;
    if (atomic_load(&member->crowd->ends))
        loop_stop(member->all.loop);
    cut_unwanted(member);
    dial_wanted(member);
    ping_all(member);
}

static bool give_token(struct member *member, struct terminal *terminal)
{
    uint8_t token[CROWD_TOKEN_SIZE];
    if (!crowd_token(member->crowd, terminal->number, token)) {
        terminals_fail(&member->all, "the server's tokens have another form");
        return false;
    }
    const void *kept = arena_copy(&member->all.keys, token, sizeof token);
    terminal->token = slice_of(kept, sizeof token);
    return kept != NULL;
}

/* Each by its own code, one after the other. */
static bool enrol(struct member *member)
{
    for (; member->enrolled < member->crowd->each; member->enrolled++) {
        struct crowd_code *code = &member->own->codes[member->enrolled % CROWD_CODES];
        struct terminal *terminal = &member->all.terminals[member->enrolled];
        while (!atomic_load(&code->there)) {
            if (atomic_load(&member->crowd->ends))
                return false;
            usleep(500);
        }
        arena_reset(&member->all.arena);
        if (!company_enrol(&member->all, code->text, terminal) || !give_token(member, terminal))
            return false;
        atomic_store(&code->there, false);
        atomic_store(&member->own->enrolled, member->enrolled + 1);
    }
    return true;
}

static void out_of_patience(void *context)
{
    terminals_fail(context, "an enrolment is not answered");
}

static bool open_all(struct member *member)
{
    struct terminals *all = &member->all;
    uint32_t each = member->crowd->each;
    *all = (struct terminals){.server = &member->server, .owner = member};
    arena_init(&all->keys, MEMORY_MAX);
    arena_init(&all->arena, MEMORY_MAX);
    arena_init(&all->frame, MEMORY_MAX);
    buffer_init(&all->out, FRAME_TO_SERVER_MAX);
    buffer_init(&all->packed, FRAME_TO_SERVER_MAX);
    all->events = (struct connection_events){.in = on_in, .other = on_other, .lost = on_lost};
    all->terminal_count = all->connection_count = each;
    all->terminals = calloc(each, sizeof *all->terminals);
    all->connections = calloc(each, sizeof *all->connections);
    member->seats = calloc(each, sizeof *member->seats);
    all->loop = loop_create(&all->trouble);
    if (!hash_setup() || all->terminals == NULL || all->connections == NULL ||
        member->seats == NULL || all->loop == NULL)
        return false;
    for (uint32_t i = 0; i < each; i++)
        all->connections[i] =
            (struct connection){.all = all, .index = i, .terminal = &all->terminals[i]};
    all->patience = loop_timer_create(all->loop, out_of_patience, all);
    return all->patience != NULL;
}

static void live(struct crowd *crowd, struct crowd_process *own)
{
    struct member *member = calloc(1, sizeof *member);
    if (member == NULL)
        _exit(1);
    member->crowd = crowd;
    member->own = own;
    member->chance = (uint64_t)getpid();
    while (!atomic_load(&crowd->token_there)) {
        if (atomic_load(&crowd->ends))
            _exit(0);
        usleep(2000);
    }
    memcpy(member->server.address, crowd->address, sizeof member->server.address);
    if (open_all(member) && enrol(member)) {
        struct loop_timer *timer = loop_timer_create(member->all.loop, on_tick, member);
        loop_timer_start(timer, TICK_MS, TICK_MS);
        loop_run(member->all.loop);
    }
    if (member->all.trouble.fault != FAULT_NONE && !atomic_exchange(&crowd->failed, true))
        (void)snprintf(crowd->fault, sizeof crowd->fault, "%.190s", member->all.trouble.text);
    _exit(0); /* without a word: nobody is to wait for it */
}

/* ---- the stress test's side ---- */

struct crowd *crowd_create(uint32_t terminals)
{
    pid_t parent = getpid();
    struct crowd *crowd =
        mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crowd == MAP_FAILED)
        return NULL;
    crowd->processes = terminals < 400 ? 2 : 4;
    if (terminals > crowd->processes * CROWD_EACH_MAX)
        crowd->processes = CROWD_PROCESSES_MAX;
    crowd->each = (terminals + crowd->processes - 1) / crowd->processes;
    for (uint32_t i = 0; i < crowd->processes; i++) {
        crowd->process[i].process = fork();
        if (crowd->process[i].process == 0) {
            if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
                _exit(1);
            live(crowd, &crowd->process[i]);
        }
    }
    return crowd;
}

void crowd_destroy(struct crowd *crowd)
{
    if (crowd == NULL)
        return;
    atomic_store(&crowd->ends, true);
    for (uint32_t i = 0; i < crowd->processes; i++)
        if (crowd->process[i].process > 0)
            (void)waitpid(crowd->process[i].process, NULL, 0);
    (void)munmap(crowd, sizeof *crowd);
}

void crowd_want(struct crowd *crowd, uint32_t wanted)
{
    for (uint32_t i = 0; i < crowd->processes; i++) {
        uint32_t left = crowd->processes - i;
        uint32_t share = (wanted + left - 1) / left;
        atomic_store(&crowd->process[i].wanted, share);
        wanted -= share;
    }
}

uint32_t crowd_sum(const struct crowd *crowd, size_t at)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < crowd->processes; i++)
        sum +=
            atomic_load((const atomic_uint *)(const void *)((const char *)&crowd->process[i] + at));
    return sum;
}

uint32_t crowd_seen(const struct crowd *crowd, uint32_t probe)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < crowd->processes; i++)
        sum += atomic_load(&crowd->process[i].seen[probe]);
    return sum;
}

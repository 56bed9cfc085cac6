/*
 * Thousands of connected terminals: each with a certificate and a TLS connection of its own, in
 * several processes (crowd.h). Half of them arrive, then the other half; a few in this process sell
 * all the while. Every terminal must see every change. Then a third vanish without a word and come
 * back. At last there are fewer descriptors than terminals that want in, and for a moment none at
 * all: nobody who is in may feel it, and the others get in when there are some again.
 *
 *   conns --server TEFTERD [--terminals 10000] [--rate 2] [--seconds 10] [--seed N] [--control]
 *
 * --rate: sales a second. --seconds: of measuring with each half. --control: the server has a
 * fault, told by its name, that must be found.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "many_connections/crowd.h"
#include "many_connections/judge.h"
#include "terminals/quantiles.h"

enum {
    TRADERS = 8,
    IDENTITIES = 4,
    CUSTOMERS = 50,
    SLOTS = 512, /* sales under way */
    TICK_MS = 5,
    PING_TICKS = 1600,
    ENTRANCE_MS = 180000,
    PROBE_EVERY_MS = 500,
    PROBE_WAIT_MS = 15000,
    OUTSIDE_MOST = 1500, /* want in when there are too few descriptors */
    KEPT = 64,           /* descriptors that the server keeps for its files */
    HOLD_MS = 3000,
    SETTLE_MS = 50,
    PHASES = 10,
    CROWD_LEAST = 1000,
};
#define REQUEST_ADD (UINT64_C(1) << 41) /* a terminal */
#define REQUEST_CODE (UINT64_C(1) << 42)
#define IN(member) offsetof(struct crowd_process, member)

struct stress {
    struct terminals all;
    const struct options *options;
    struct server server;
    struct crowd *crowd;
    uint64_t chance;
    uint32_t total;
    uint32_t customers[CUSTOMERS];
    uint64_t slots[SLOTS]; /* begun_us of a sale, 0: free */
    uint64_t began_us, posted, told, refused, ticks;
    bool selling;
    unsigned phase;
    struct quantiles sales[PHASES];
    uint32_t made[CROWD_PROCESSES_MAX]; /* codes that were asked for */
    uint32_t probe;                     /* the newest */
    uint64_t enrol_ms, back_cpu_ms;
    uint64_t loop_late_ms;
    struct rlimit files;
    struct conns seen;
    char fault[CONNS_FAULT_MAX];
};

/* The sales of the phase that ends; another one begins. */
static void next_phase(struct stress *stress, uint64_t ret_us[2])
{
    ret_us[0] = quantiles_us(&stress->sales[stress->phase], 50);
    ret_us[1] = quantiles_us(&stress->sales[stress->phase], 99);
    stress->phase += stress->phase + 1 < PHASES;
}

/* ---- sales ---- */

static void sell(struct stress *stress, uint32_t slot)
{
    struct terminals *all = &stress->all;
    struct connection *connection = &all->connections[1 + chance_below(&stress->chance, TRADERS)];
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    connection_new_id(connection, id);
    if (sale_pack(all, stress->customers[chance_below(&stress->chance, CUSTOMERS)], 1, &packed)) {
        stress->slots[slot] = now_us();
        stress->posted++;
        connection_submit(connection, slot + 1, id, buffer_slice(&packed));
    }
    buffer_fini(&packed);
}

static void sell_due(struct stress *stress)
{
    uint64_t due = (now_us() - stress->began_us) * stress->options->rate / 1000000;
    for (uint32_t slot = 0; slot < SLOTS && stress->posted < due; slot++)
        if (stress->slots[slot] == 0)
            sell(stress, slot);
}

static void sale_told(struct stress *stress, uint64_t slot, const Tefter__Reply *reply)
{
    quantiles_note(&stress->sales[stress->phase], now_us() - stress->slots[slot]);
    stress->slots[slot] = 0;
    stress->told++;
    stress->refused += reply->result_case != TEFTER__REPLY__RESULT_DONE;
}

/* ---- codes for the crowd: a terminal is added, a code is made for it ---- */

static uint64_t place_of(uint32_t process, uint32_t number)
{
    return (uint64_t)process << 20 | number;
}

static void add_terminal(struct stress *stress, uint32_t process)
{
    char name[32];
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer packed;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTerminal add = TEFTER__ADD_TERMINAL__INIT;
    uint32_t number = stress->made[process]++;
    (void)snprintf(name, sizeof name, "till %u of %u", number, process);
    add.branch = stress->all.branches[number % TERMINALS_BRANCHES];
    add.name = name;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &add;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    connection_new_id(&stress->all.connections[0], id);
    if (tefter__command__get_packed_size(&command) < FRAME_TO_SERVER_MAX &&
        buffer_reserve(&packed, tefter__command__get_packed_size(&command))) {
        packed.size = tefter__command__pack(&command, packed.data);
        connection_submit(&stress->all.connections[0], REQUEST_ADD + place_of(process, number), id,
                          buffer_slice(&packed));
    }
    buffer_fini(&packed);
}

static void make_code(struct stress *stress, uint64_t place, uint32_t terminal)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    make.terminal = terminal;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    frame.make_code = &make;
    connection_send(&stress->all.connections[0], REQUEST_CODE + place, &frame);
}

static void give_code(struct stress *stress, uint64_t place, const char *text)
{
    struct crowd_process *process = &stress->crowd->process[place >> 20];
    struct crowd_code *code = &process->codes[(place & 0xfffff) % CROWD_CODES];
    (void)snprintf(code->text, sizeof code->text, "%s", text);
    atomic_store(&code->there, true);
}

static void make_codes(struct stress *stress)
{
    for (uint32_t i = 0; i < stress->crowd->processes; i++) {
        uint32_t enrolled = atomic_load(&stress->crowd->process[i].enrolled);
        while (stress->made[i] < stress->crowd->each && stress->made[i] - enrolled < CROWD_CODES)
            add_terminal(stress, i);
    }
}

/* ---- what is heard ---- */

static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = connection->all->owner;
    (void)packed;
    if (request <= SLOTS)
        sale_told(stress, request - 1, reply);
    else if (reply->result_case != TEFTER__REPLY__RESULT_DONE)
        terminals_fail(connection->all, "a terminal is not added");
    else
        make_code(stress, request - REQUEST_ADD, (uint32_t)reply->done->id);
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_CODE)
        give_code(connection->all->owner, frame->request - REQUEST_CODE, frame->code->code);
    else if (frame->has_request && frame->request >= REQUEST_CODE)
        terminals_fail(connection->all, "a code is not made");
}

static void ping_all(struct stress *stress)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    for (uint32_t i = 0; i < stress->all.connection_count; i++)
        connection_send(&stress->all.connections[i], SLOTS + 1, &frame);
}

static void on_tick(void *context)
{
    struct stress *stress = context;
    if (stress->selling)
        sell_due(stress);
    if (++stress->ticks % PING_TICKS == 0)
        ping_all(stress);
    if (atomic_load(&stress->crowd->failed))
        terminals_fail(&stress->all, "the crowd: %s", stress->crowd->fault);
    loop_stop(stress->all.loop); /* whoever waits looks */
}

/* ---- waiting ---- */

static bool run_for(struct stress *stress, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    while (now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

/* Until a count of the crowd is so high, or low; not longer than that. false: a trouble. */
static bool wait_for(struct stress *stress, size_t at, uint32_t least, uint32_t most, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    for (;;) {
        uint32_t sum = crowd_sum(stress->crowd, at);
        if ((sum >= least && sum <= most) || now_us() > until)
            return true;
        if (!terminals_run(&stress->all))
            return false;
    }
}

static const Tefter__StatusAnswer *status_of(struct stress *stress)
{
    arena_reset(&stress->all.arena);
    const Tefter__StatusAnswer *status = server_status(&stress->all);
    if (status == NULL)
        terminals_fail(&stress->all, "no status");
    return status;
}

static bool wait_for_sessions(struct stress *stress, uint32_t most)
{
    uint64_t until = now_us() + UINT64_C(60000000);
    for (;;) {
        const Tefter__StatusAnswer *status = status_of(stress);
        if (status == NULL || !run_for(stress, 100))
            return false;
        if (status->sessions <= most)
            return true;
        if (now_us() > until) {
            terminals_fail(&stress->all, "%u sessions are left", status->sessions);
            return false;
        }
    }
}

/* ---- enrolment ---- */

static bool read_token_key(struct stress *stress)
{
    char path[PATH_TEXT_MAX + 40];
    (void)snprintf(path, sizeof path, "%s/ledger/keys/token-key", stress->server.folder);
    FILE *file = fopen(path, "r");
    struct slice token = stress->all.terminals[1].token;
    bool good = file != NULL && fread(stress->crowd->token_key, 1, sizeof stress->crowd->token_key,
                                      file) == sizeof stress->crowd->token_key;
    if (file != NULL)
        fclose(file);
    good = good && token.size == CROWD_TOKEN_SIZE;
    if (good)
        memcpy(stress->crowd->token, token.data, token.size);
    stress->crowd->incarnation = stress->all.incarnation;
    memcpy(stress->crowd->incarnation_nonce, stress->all.incarnation_nonce,
           sizeof stress->crowd->incarnation_nonce);
    return good;
}

static bool enrol_crowd(struct stress *stress)
{
    struct crowd *crowd = stress->crowd;
    uint64_t began_us = now_us();
    if (!read_token_key(stress))
        return fail(&stress->all.trouble, FAULT_IO, 0, "the server's key for tokens is not there");
    memcpy(crowd->address, stress->server.address, sizeof crowd->address);
    atomic_store(&crowd->token_there, true);
    while (crowd_sum(crowd, IN(enrolled)) < crowd->each * crowd->processes) {
        make_codes(stress);
        if (!terminals_run(&stress->all))
            return false;
    }
    stress->enrol_ms = (now_us() - began_us) / 1000;
    return true;
}

/* ---- a step: so many are there ---- */

static bool send_probe(struct stress *stress)
{
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer packed;
    uint32_t slot = 0;
    while (slot < SLOTS - 1 && stress->slots[slot] != 0)
        slot++;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    connection_new_id(&stress->all.connections[1], id);
    bool good = sale_pack(&stress->all, stress->crowd->probe, 1, &packed);
    if (good) {
        stress->slots[slot] = now_us();
        stress->probe++;
        stress->posted++;
        stress->began_us -= 1000000 / stress->options->rate; /* beside the others */
        connection_submit(&stress->all.connections[1], slot + 1, id, buffer_slice(&packed));
    }
    buffer_fini(&packed);
    return good;
}

static void tell_delays(struct stress *stress, uint64_t ret_ms[2])
{
    struct crowd *crowd = stress->crowd;
    uint64_t count = 0, seen = 0;
    ret_ms[0] = ret_ms[1] = 0;
    for (uint32_t i = 0; i < crowd->processes; i++)
        for (uint32_t ms = 0; ms < CROWD_DELAYS; ms++)
            count += atomic_load(&crowd->process[i].delays[ms]);
    for (uint32_t ms = 0; ms < CROWD_DELAYS && count > 0; ms++) {
        uint64_t before = seen;
        for (uint32_t i = 0; i < crowd->processes; i++)
            seen += atomic_exchange(&crowd->process[i].delays[ms], 0);
        if (before * 100 < count * 50 && seen * 100 >= count * 50)
            ret_ms[0] = ms;
        if (before * 100 < count * 99 && seen * 100 >= count * 99)
            ret_ms[1] = ms;
    }
}

/* A change each half second; all must see each of them. */
static bool probe(struct stress *stress, struct conns_step *step)
{
    uint32_t first = stress->probe + 1;
    uint64_t until = now_us() + stress->options->seconds * 1000000;
    while (now_us() < until && stress->probe < CROWD_PROBES_MAX)
        if (!send_probe(stress) || !run_for(stress, PROBE_EVERY_MS))
            return false;
    until = now_us() + PROBE_WAIT_MS * UINT64_C(1000);
    while (crowd_seen(stress->crowd, stress->probe) < step->terminals && now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    step->probes = stress->probe + 1 - first;
    for (uint32_t i = first; i <= stress->probe; i++)
        step->unseen += step->terminals - crowd_seen(stress->crowd, i);
    tell_delays(stress, step->probe_ms);
    return true;
}

static bool run_step(struct stress *stress, uint32_t terminals, struct conns_step *step)
{
    uint64_t kib = server_rss_kib(&stress->server);
    uint64_t cpu_ms = server_cpu_ms(&stress->server);
    uint64_t began_us = now_us();
    uint32_t before = crowd_sum(stress->crowd, IN(exact));
    step->terminals = terminals;
    crowd_want(stress->crowd, terminals);
    if (!wait_for(stress, IN(exact), terminals, terminals, ENTRANCE_MS))
        return false;
    step->exact = crowd_sum(stress->crowd, IN(exact));
    step->arrive_ms = (now_us() - began_us) / 1000;
    step->arrive_cpu_ms = server_cpu_ms(&stress->server) - cpu_ms;
    next_phase(stress, step->arriving_us);
    if (step->exact < terminals || !run_for(stress, 500))
        return false;
    step->kib_each = (server_rss_kib(&stress->server) - kib) / (terminals - before);
    bool good = probe(stress, step);
    next_phase(stress, step->selling_us);
    const Tefter__StatusAnswer *status = good ? status_of(stress) : NULL;
    step->late_ms = status == NULL ? 0 : status->loop_lag_ms;
    return status != NULL;
}

/* ---- a third vanish and come back ---- */

static bool vanish(struct stress *stress)
{
    uint64_t ignored[2];
    uint32_t stay = stress->total - stress->total / 3;
    uint32_t resumed = crowd_sum(stress->crowd, IN(resumed));
    crowd_want(stress->crowd, stay);
    if (!wait_for(stress, IN(in), 0, stay, 10000) ||
        !wait_for_sessions(stress, stay + TRADERS + 1) || !run_for(stress, 1000))
        return false;
    uint64_t began_us = now_us();
    crowd_want(stress->crowd, stress->total);
    if (!wait_for(stress, IN(exact), stress->total, stress->total, ENTRANCE_MS))
        return false;
    stress->seen.gone = stress->total - stay;
    stress->seen.back = crowd_sum(stress->crowd, IN(exact)) - stay;
    stress->seen.back_ms = (now_us() - began_us) / 1000;
    stress->seen.resumed = crowd_sum(stress->crowd, IN(resumed)) - resumed;
    next_phase(stress, ignored);
    return true;
}

/* ---- descriptors ---- */

static uint64_t descriptors_of(const struct stress *stress)
{
    char path[64];
    uint64_t count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)stress->server.process);
    DIR *folder = opendir(path);
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count < 2 ? 0 : count - 2;
}

static bool allow(struct stress *stress, uint64_t descriptors)
{
    struct rlimit files = {descriptors, stress->files.rlim_max};
    return prlimit(stress->server.process, RLIMIT_NOFILE, &files, NULL) == 0 ||
           fail(&stress->all.trouble, FAULT_IO, 0, "the server's descriptors cannot be limited");
}

static bool log_says(const struct stress *stress, const char *event)
{
    char path[PATH_TEXT_MAX + 20];
    char text[800];
    bool said = false;
    (void)snprintf(path, sizeof path, "%s/tefterd.log", stress->server.folder);
    FILE *file = fopen(path, "r");
    while (file != NULL && !said && fgets(text, sizeof text, file) != NULL)
        said = strstr(text, event) != NULL;
    if (file != NULL)
        fclose(file);
    return said;
}

/* Some are outside all the while. */
static bool hold(struct stress *stress, struct conns_outside *outside)
{
    uint64_t ignored[2];
    next_phase(stress, ignored);
    uint64_t cpu_ms = server_cpu_ms(&stress->server);
    uint64_t robbed_us = server_robbed_us(&stress->server);
    uint64_t began_us = now_us();
    uint64_t ms = stress->options->seconds * 1000;
    if (!run_for(stress, ms < HOLD_MS ? ms : HOLD_MS))
        return false;
    uint64_t had_us = now_us() - began_us;
    robbed_us = server_robbed_us(&stress->server) - robbed_us;
    had_us -= robbed_us < had_us ? robbed_us : had_us - 1;
    outside->cpu_percent = (server_cpu_ms(&stress->server) - cpu_ms) * 100000 / had_us;
    next_phase(stress, outside->selling_us);
    return true;
}

/* There is room for all that still want in; how soon are they in? */
static bool let_in(struct stress *stress, uint32_t wanted, struct conns_outside *outside)
{
    uint64_t began_us = now_us();
    outside->wanted = wanted;
    if (!run_for(stress, SETTLE_MS)) /* those who are to leave have left */
        return false;
    if (!wait_for(stress, IN(in), wanted, wanted,
                  stress->options->control ? 2000 : ENTRANCE_MS / 3))
        return false;
    outside->let_in = crowd_sum(stress->crowd, IN(in));
    outside->let_in_ms = (now_us() - began_us) / 1000;
    return true;
}

/* A third more than can be let in. Then as many leave, and the others get in. */
static bool too_few(struct stress *stress, uint32_t want)
{
    struct conns_outside *few = &stress->seen.few;
    uint32_t inside = want - want / 3;
    if (!allow(stress, KEPT + TRADERS + 1 + inside))
        return false;
    crowd_want(stress->crowd, want);
    if (!wait_for(stress, IN(in), inside, want, ENTRANCE_MS / 3) || !hold(stress, few))
        return false;
    const Tefter__StatusAnswer *status = status_of(stress);
    if (status == NULL)
        return false;
    few->places = status->slots - TRADERS - 1;
    few->inside = crowd_sum(stress->crowd, IN(in));
    few->turned_away = status->turned_away;
    few->kept = KEPT + TRADERS + 1 + inside - descriptors_of(stress);
    few->told = log_says(stress, "event=turned_away");
    crowd_want(stress->crowd, inside);
    return let_in(stress, inside, few);
}

/* Not one more can be opened; then there are enough. */
static bool not_one(struct stress *stress, uint32_t want)
{
    struct conns_outside *none = &stress->seen.none;
    if (!allow(stress, descriptors_of(stress)))
        return false;
    crowd_want(stress->crowd, want);
    if (!hold(stress, none))
        return false;
    none->inside = crowd_sum(stress->crowd, IN(in));
    if (!allow(stress, stress->files.rlim_max))
        return false;
    if (!let_in(stress, want, none) || !run_for(stress, 1200))
        return false;
    none->told = log_says(stress, "event=no_descriptors");
    return true;
}

static bool without_descriptors(struct stress *stress)
{
    uint32_t want = stress->total < OUTSIDE_MOST ? stress->total : OUTSIDE_MOST;
    crowd_want(stress->crowd, 0);
    return wait_for(stress, IN(in), 0, 0, 20000) && wait_for_sessions(stress, TRADERS + 1) &&
           too_few(stress, want) && not_one(stress, want);
}

/* ---- all of it ---- */

static bool is_deaf(const struct options *options)
{
    return options->control && strstr(options->server, "_deaf") != NULL;
}

static bool run_parts(struct stress *stress)
{
    if (!enrol_crowd(stress))
        return false;
    stress->selling = true;
    stress->began_us = now_us();
    if (!run_for(stress, stress->options->seconds * 500))
        return false;
    next_phase(stress, stress->seen.alone_us);
    if (is_deaf(stress->options))
        return without_descriptors(stress);
    stress->seen.steps = 1;
    if (!run_step(stress, stress->total / 2, &stress->seen.step[0]))
        return false;
    if (stress->options->control)
        return true;
    stress->seen.steps = 2;
    return run_step(stress, stress->total, &stress->seen.step[1]) && vanish(stress) &&
           without_descriptors(stress);
}

static bool stop_selling(struct stress *stress)
{
    uint64_t until = now_us() + UINT64_C(10000000);
    stress->selling = false;
    while (stress->told < stress->posted && now_us() < until)
        if (!terminals_run(&stress->all))
            break;
    stress->seen.unsold = stress->refused + stress->posted - stress->told;
    return stress->seen.unsold == 0;
}

static bool open_shop(struct stress *stress)
{
    struct terminals *all = &stress->all;
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        if ((stress->customers[i] = customer_open(all, i, (int64_t)1 << 40)) == 0)
            return false;
    stress->crowd->probe = customer_open(all, CUSTOMERS, (int64_t)1 << 40);
    all->owner = stress;
    all->events = (struct connection_events){.reply = on_reply, .other = on_other};
    return stress->crowd->probe != 0;
}

static bool run(struct stress *stress)
{
    struct failure failure = {0};
    struct terminals *all = &stress->all;
    if (!server_found(&stress->server, stress->options->server, &failure) ||
        (stress->crowd = crowd_create(stress->total)) == NULL ||
        !server_start(&stress->server, &failure) ||
        !terminals_open(all, &stress->server, IDENTITIES, TRADERS, &failure)) {
        fprintf(stderr, "conns: %s\n", failure.text);
        return false;
    }
    stress->total = stress->crowd->each * stress->crowd->processes;
    (void)getrlimit(RLIMIT_NOFILE, &stress->files);
    if (!open_shop(stress))
        return false;
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, stress);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    bool good = run_parts(stress);
    good = stop_selling(stress) && good;
    loop_timer_destroy(timer);
    stress->seen.lost = crowd_sum(stress->crowd, IN(lost));
    stress->seen.crowd_failed = atomic_load(&stress->crowd->failed);
    return good;
}

/* ---- figures ---- */

static double ms_of(uint64_t us)
{
    return (double)us / 1000;
}

static void tell_step(const struct conns_step *step)
{
    printf("conns: %" PRIu64 " of %" PRIu64 " there after %.1f s (%.1f s of the server's processor "
           "time), %" PRIu64 " KiB each; sales p50/p99 %.1f/%.1f ms as they arrive, %.1f/%.1f when "
           "they are there; %" PRIu64 " changes, unseen %" PRIu64 ", p50/p99 %" PRIu64 "/%" PRIu64
           " ms; loop late at most %" PRIu64 " ms\n",
           step->exact, step->terminals, ms_of(step->arrive_ms), ms_of(step->arrive_cpu_ms),
           step->kib_each, ms_of(step->arriving_us[0]), ms_of(step->arriving_us[1]),
           ms_of(step->selling_us[0]), ms_of(step->selling_us[1]), step->probes, step->unseen,
           step->probe_ms[0], step->probe_ms[1], step->late_ms);
}

static void tell_outside(const char *what, const struct conns_outside *outside)
{
    printf("conns: %s: %" PRIu64 " inside, processor %" PRIu64 " %%, sales p99 %.1f ms; %" PRIu64
           " of %" PRIu64 " in %.1f s later\n",
           what, outside->inside, outside->cpu_percent, ms_of(outside->selling_us[1]),
           outside->let_in, outside->wanted, ms_of(outside->let_in_ms));
}

static void record(const struct stress *stress, bool good)
{
    const struct conns *seen = &stress->seen;
    const struct conns_step *all = &seen->step[CONNS_STEPS - 1];
    char figures[400];
    (void)snprintf(figures, sizeof figures,
                   "%u\t%.1f\t%.1f\t%.1f\t%" PRIu64 "\t%.1f\t%.1f\t%.1f\t%" PRIu64 "\t%" PRIu64
                   "\t%" PRIu64 "\t%.1f\t%" PRIu64 "\t%" PRIu64 "\t%.1f\t%" PRIu64 "\t%s",
                   stress->total, ms_of(stress->enrol_ms),
                   ms_of(seen->step[0].arrive_ms + all->arrive_ms),
                   ms_of(seen->step[0].arrive_cpu_ms + all->arrive_cpu_ms), all->kib_each,
                   ms_of(seen->alone_us[1]), ms_of(all->arriving_us[1]), ms_of(all->selling_us[1]),
                   all->probe_ms[0], all->probe_ms[1], seen->step[0].unseen + all->unseen,
                   ms_of(seen->back_ms), seen->few.cpu_percent, seen->none.cpu_percent,
                   ms_of(seen->none.let_in_ms), seen->lost, good ? "good" : "BAD");
    options_record(stress->options,
                   "terminals\tenrol_s\tarrive_s\tarrive_cpu_s\tkib_each\talone_p99_ms\t"
                   "arriving_p99_ms\tselling_p99_ms\tpush_p50_ms\tpush_p99_ms\tunseen\tback_s\t"
                   "few_cpu\tnone_cpu\tlet_in_s\tlost\tresult",
                   figures);
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    const struct conns *seen = &stress->seen;
    record(stress, good);
    if (stress->all.trouble.fault != FAULT_NONE)
        printf("conns: %s\n", stress->all.trouble.text);
    if (stress->fault[0] != '\0')
        printf("conns: %s\n", stress->fault);
    for (unsigned i = 0; i < seen->steps; i++)
        tell_step(&seen->step[i]);
    tell_outside("too few descriptors", &seen->few);
    tell_outside("not one descriptor", &seen->none);
    printf("conns: seed %" PRIu64 ", %u terminals enrolled in %.1f s; %" PRIu64 " sales at %" PRIu64
           " a second, p99 %.1f ms before anybody came; %" PRIu64 " vanish, %" PRIu64
           " back after %.1f s, %" PRIu64 " resumed; lost %" PRIu64 ", unsold %" PRIu64
           "; %s, %.1f s\n",
           stress->options->seed, stress->total, ms_of(stress->enrol_ms), stress->told,
           stress->options->rate, ms_of(seen->alone_us[1]), seen->gone, seen->back,
           ms_of(seen->back_ms), seen->resumed, seen->lost, seen->unsold,
           good ? "good" : "NOT GOOD", seconds);
}

/* With a crowd of thousands every change is thousands of messages, and one processor makes them. */
static const struct conns_bounds usual = {
    .kib_each = 48,
    .arriving_us = 3000000,
    .selling_us = 3000000,
    .outside_us = 3000000,
    .probe_ms = 6000,
    .cpu_percent = 40,
    .let_in_ms = 10000,
    .kept = 32,
};

static bool is_good(struct stress *stress, bool ran)
{
    struct conns_bounds bounds = usual;
    if (stress->total < CROWD_LEAST)
        bounds.kib_each *= 5; /* what all share is shared by few */
    unsigned faults = conns_judge(&stress->seen, &bounds, stress->fault);
    if (is_deaf(stress->options))
        return (faults & CONNS_SPINS) != 0 && (faults & CONNS_SHUT) != 0;
    if (stress->options->control)
        return (faults & CONNS_UNSEEN) != 0 && (stress->seen.step[0].unseen > 0 ||
                                                strstr(stress->all.trouble.text, "a gap") != NULL);
    return ran && faults == CONNS_GOOD;
}

static bool ended_by_itself(const struct server *server)
{
    siginfo_t news = {.si_pid = 0};
    return server->process > 0 &&
           waitid(P_PID, (id_t)server->process, &news, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           news.si_pid != 0;
}

static int prove(const struct options *options)
{
    struct stress *stress = calloc(1, sizeof *stress);
    uint64_t began = now_us();
    if (stress == NULL)
        return 1;
    stress->options = options;
    stress->chance = options->seed;
    stress->total = (uint32_t)options->terminals;
    bool ran = run(stress);
    crowd_destroy(stress->crowd);
    terminals_close(&stress->all);
    stress->seen.ended = ended_by_itself(&stress->server);
    bool ended = server_stop(&stress->server) == 0;
    bool good = is_good(stress, ran) && (options->control || ended) &&
                (options->control || server_verify(&stress->server));
    tell(stress, good, (double)(now_us() - began) / 1e6);
    server_close(&stress->server, !good && !options->control);
    free(stress);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.terminals = 10000, .rate = 2, .seconds = 10};
    if (!options_read(argc, argv, &options) || options.terminals < 20 ||
        options.terminals > 11000 || options.rate == 0 || options.seconds == 0)
        return 2;
    if (!conns_judge_fails())
        return 1;
    if (options.self) {
        printf("conns: the judge finds every forged figure out\n");
        return 0;
    }
    return prove(&options);
}

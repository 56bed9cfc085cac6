/*
 * Far more is asked than can be done. What can be done is measured first and last, in a closed
 * loop; in between, for some seconds, five times that is sent whatever comes back, by many
 * terminals with many commands under way each. judge.h says what must hold: the server says busy
 * early, does nearly what it can, keeps what it took and counts it once, stays small, answers pings
 * and queries, and is at ease as soon as it is over.
 *
 *   overload --server TEFTERD [--terminals 200] [--seconds 10] [--rounds 70] [--seed N] [--control]
 *
 * --rounds: the percentage of the capacity that is to be done under the storm. --control: the
 * server has a fault, told by its name, that must be found.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "overload/judge.h"
#include "terminals/quantiles.h"
#include "terminals/terminals.h"

enum {
    LINES_MAX = 2000,
    ASKERS = 4,
    IDENTITIES = 8,
    CUSTOMERS = 100,
    TIMES = 5, /* the capacity */
    CLOSED_WINDOW = 8,
    CLOSED_MS = 3000,
    WARM_MS = 700,
    SHORT_S =
        5, /* a storm shorter than that: all else is short too, and the books are not proved */
    FLIGHT_MAX = 200, /* of one connection; the server reads no more at 256 */
    TICK_MS = 2,
    ASK_TICKS = 25,
    CALM_MS = 1500,
    CALM_TICKS = 10, /* one command at a time, each so often */
    WHEEL = 4096,    /* ms */
    COMMANDS_MAX = 1500000,
    KEPT_ONE_IN = 50, /* of those that are away when it is over, so many come again */
    TWIN_ONE_IN = 100,
    LOOK_TICKS = 50,
    SAME_OF = 1000,
    RETRY_LEAST_MS = 40, /* sooner is in vain */
    PATIENCE_MS = 60000,
};
#define REQUEST_ASKED (UINT64_C(1) << 41) /* pings and queries, and up */
#define REQUEST_TWIN (UINT64_C(1) << 42)

enum stage { STAGE_IDLE, STAGE_CLOSED, STAGE_STORM, STAGE_DRAIN, STAGE_CALM };

struct command {
    uint8_t id[COMMAND_ID_SIZE];
    uint64_t sent_us;
    uint64_t seq;  /* of its reply: done */
    uint32_t next; /* on the wheel */
    uint16_t customer;
    uint16_t connection;
    bool under_way;
};

struct stress {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t traders; /* connections 1 and up; the askers behind them */
    uint32_t customers[CUSTOMERS];
    uint32_t sold[CUSTOMERS]; /* told done */
    uint32_t flight[LINES_MAX];
    struct command *commands; /* by number; 0 is none */
    uint32_t count;
    uint32_t wheel[WHEEL];
    uint64_t wheel_ms;
    enum stage stage;
    uint64_t under_way;
    uint64_t storm_us, storm_sent, capacity, next_connection;
    uint64_t ticks, asked, heard;
    uint64_t ask_sent[65536];
    uint64_t counted; /* done since the stage was begun */
    uint32_t same[PATIENCE_MS];
    uint32_t same_count;
    uint64_t rss_before_kib, rss_most_kib;
    struct quantiles busy, done, ask, calm[2];
    unsigned calm_at;
    struct overload seen;
    struct overload_bounds bounds;
    char fault[OVERLOAD_FAULT_MAX];
};

static struct stress *proof_of(struct connection *connection)
{
    return connection->all->owner;
}

static void tell_quantiles(const struct quantiles *quantiles, uint64_t ret_us[2])
{
    ret_us[0] = quantiles_us(quantiles, 50);
    ret_us[1] = quantiles_us(quantiles, 99);
}

/* ---- commands ---- */

static void send_command(struct stress *stress, uint32_t number)
{
    struct command *command = &stress->commands[number];
    struct connection *connection = &stress->all.connections[command->connection];
    static struct buffer packed;
    if (packed.bound == 0)
        buffer_init(&packed, FRAME_TO_SERVER_MAX);
    buffer_clear(&packed);
    if (!sale_pack(&stress->all, stress->customers[command->customer], 1, &packed))
        return;
    command->sent_us = now_us();
    command->under_way = true;
    stress->under_way++;
    stress->flight[command->connection]++;
    if (stress->stage == STAGE_STORM)
        stress->seen.sent++;
    connection_submit(connection, number, command->id, buffer_slice(&packed));
}

static bool send_fresh(struct stress *stress, uint32_t connection)
{
    if (stress->count + 1 >= COMMANDS_MAX) {
        terminals_fail(&stress->all, "too many commands for this stress test: fewer --seconds");
        return false;
    }
    struct command *command = &stress->commands[++stress->count];
    *command = (struct command){.connection = (uint16_t)connection,
                                .customer = (uint16_t)chance_below(&stress->chance, CUSTOMERS)};
    connection_new_id(&stress->all.connections[connection], command->id);
    send_command(stress, stress->count);
    return true;
}

/* A done one once more, with the same id and bytes. */
static void send_twin(struct stress *stress, uint32_t number)
{
    const struct command *command = &stress->commands[number];
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (sale_pack(&stress->all, stress->customers[command->customer], 1, &packed)) {
        stress->seen.twins++;
        connection_submit(&stress->all.connections[command->connection], REQUEST_TWIN + number,
                          command->id, buffer_slice(&packed));
    }
    buffer_fini(&packed);
}

/* ---- those who are told to come back ---- */

static void come_back(struct stress *stress, uint32_t number, uint32_t retry_ms)
{
    uint64_t at = now_us() / 1000 + (retry_ms < WHEEL ? retry_ms : WHEEL - 1);
    if (at <= stress->wheel_ms)
        at = stress->wheel_ms + 1;
    stress->commands[number].next = stress->wheel[at % WHEEL];
    stress->wheel[at % WHEEL] = number;
}

/* How many of them in a row are to come in the very same millisecond? */
static void note_retry(struct stress *stress, uint32_t retry_ms)
{
    if (retry_ms < RETRY_LEAST_MS)
        stress->seen.early++;
    uint64_t at = (now_us() / 1000 + retry_ms) % PATIENCE_MS;
    if (++stress->same[at] > stress->seen.same_ms)
        stress->seen.same_ms = stress->same[at];
    if (++stress->same_count == SAME_OF) {
        memset(stress->same, 0, sizeof stress->same);
        stress->same_count = 0;
    }
}

static bool comes_again(struct stress *stress)
{
    return stress->stage == STAGE_STORM || chance_below(&stress->chance, KEPT_ONE_IN) == 0;
}

/* When it is over most of them give up: their ids are never heard of again. */
static uint64_t send_due(struct stress *stress)
{
    uint64_t sent = 0;
    for (uint64_t now_ms = now_us() / 1000; stress->wheel_ms < now_ms; stress->wheel_ms++) {
        uint32_t number = stress->wheel[stress->wheel_ms % WHEEL];
        stress->wheel[stress->wheel_ms % WHEEL] = 0;
        while (number != 0) {
            uint32_t next = stress->commands[number].next;
            if (comes_again(stress)) {
                send_command(stress, number);
                sent++;
            }
            number = next;
        }
    }
    return sent;
}

/* ---- answers ---- */

static bool told_busy(const Tefter__Reply *reply)
{
    return reply->result_case == TEFTER__REPLY__RESULT_REFUSED && reply->seq == 0 &&
           reply->refused->code == TEFTER__REFUSAL_CODE__BUSY;
}

static void twin_told(struct stress *stress, uint32_t number, const Tefter__Reply *reply)
{
    if (!told_busy(reply) && reply->seq != stress->commands[number].seq)
        stress->seen.other_twins++;
}

static void is_done(struct stress *stress, uint32_t number, uint64_t seq, uint64_t us)
{
    struct command *command = &stress->commands[number];
    command->seq = seq;
    stress->sold[command->customer]++;
    stress->counted++;
    if (stress->stage == STAGE_CALM)
        quantiles_note(&stress->calm[stress->calm_at], us);
    if (stress->stage == STAGE_STORM && chance_below(&stress->chance, TWIN_ONE_IN) == 0)
        send_twin(stress, number);
    if (stress->stage == STAGE_CLOSED)
        (void)send_fresh(stress, command->connection);
    if (stress->stage != STAGE_STORM)
        return;
    quantiles_note(&stress->done, us);
    stress->seen.done++;
}

static void is_busy(struct stress *stress, uint32_t number, const Tefter__Refusal *refused,
                    uint64_t us)
{
    uint32_t retry_ms = refused->has_retry_ms ? refused->retry_ms : 0;
    if (stress->stage == STAGE_STORM) {
        quantiles_note(&stress->busy, us);
        note_retry(stress, retry_ms);
        stress->seen.busy++;
    }
    come_back(stress, number, retry_ms);
}

static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = proof_of(connection);
    (void)packed;
    if (request >= REQUEST_TWIN) {
        twin_told(stress, (uint32_t)(request - REQUEST_TWIN), reply);
        return;
    }
    struct command *command = &stress->commands[request];
    uint64_t us = now_us() - command->sent_us;
    if (!command->under_way) {
        terminals_fail(connection->all, "a command is answered twice");
        return;
    }
    command->under_way = false;
    stress->under_way--;
    stress->flight[command->connection]--;
    if (reply->result_case == TEFTER__REPLY__RESULT_DONE)
        is_done(stress, (uint32_t)request, reply->seq, us);
    else if (told_busy(reply))
        is_busy(stress, (uint32_t)request, reply->refused, us);
    else
        stress->seen.other++;
}

static void heard(struct stress *stress, uint64_t request)
{
    if (request < REQUEST_ASKED || request >= REQUEST_TWIN)
        return;
    quantiles_note(&stress->ask, now_us() - stress->ask_sent[request % 65536]);
    stress->heard++;
}

static void on_answer(struct connection *connection, uint64_t request, const Tefter__Answer *answer)
{
    (void)answer;
    heard(proof_of(connection), request);
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    heard(proof_of(connection), frame->has_request ? frame->request : 0);
}

/* ---- what goes out ---- */

/* By turns a ping and a customer's card. */
static void ask(struct stress *stress)
{
    uint64_t request = REQUEST_ASKED + stress->asked;
    struct connection *connection =
        &stress->all.connections[stress->traders + 1 + stress->asked % ASKERS];
    stress->ask_sent[request % 65536] = now_us();
    if (stress->asked++ % 2 == 0) {
        Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
        Tefter__Ping ping = TEFTER__PING__INIT;
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
        frame.ping = &ping;
        connection_send(connection, request, &frame);
        return;
    }
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = stress->customers[chance_below(&stress->chance, CUSTOMERS)];
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    connection_query(connection, request, &query);
}

/* First those whose time has come, then new ones; a connection that is full is passed over. */
static void send_storm(struct stress *stress)
{
    uint64_t due = (now_us() - stress->storm_us) * stress->capacity * TIMES / 1000000;
    stress->storm_sent += send_due(stress);
    for (uint32_t full = 0; stress->storm_sent < due && full < stress->traders;) {
        uint32_t connection = 1 + (uint32_t)(stress->next_connection++ % stress->traders);
        if (stress->flight[connection] >= FLIGHT_MAX) {
            full++;
            continue;
        }
        if (!send_fresh(stress, connection))
            return;
        stress->storm_sent++;
    }
}

static void on_tick(void *context)
{
    struct stress *stress = context;
    stress->ticks++;
    if (stress->stage == STAGE_STORM)
        send_storm(stress);
    else
        (void)send_due(stress);
    if (stress->stage == STAGE_STORM && stress->ticks % ASK_TICKS == 0)
        ask(stress);
    if (stress->stage == STAGE_CALM && stress->ticks % CALM_TICKS == 0)
        (void)send_fresh(stress, 1 + (uint32_t)(stress->ticks / CALM_TICKS % stress->traders));
    if (stress->ticks % LOOK_TICKS == 0) {
        uint64_t kib = server_rss_kib(&stress->server);
        stress->rss_most_kib = kib > stress->rss_most_kib ? kib : stress->rss_most_kib;
    }
    loop_stop(stress->all.loop); /* whoever waits looks */
}

/* ---- the parts ---- */

static bool is_short(const struct stress *stress)
{
    return stress->options->seconds < SHORT_S;
}

/* For an answer that was not given yet. */
static uint64_t patience_us(const struct stress *stress)
{
    return is_short(stress) ? 1000000 : 20000000;
}

static bool run_for(struct stress *stress, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    while (now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

/* Everything that was sent is answered; false: some is not, and not for a long time. */
static bool settle(struct stress *stress)
{
    uint64_t until = now_us() + patience_us(stress);
    while (stress->under_way > 0 && now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

static uint64_t a_second(uint64_t count, uint64_t us)
{
    return us == 0 ? 0 : count * 1000000 / us;
}

static bool measure_closed(struct stress *stress, uint64_t *ret_rate)
{
    stress->stage = STAGE_CLOSED;
    for (uint32_t i = 0; i < stress->traders * CLOSED_WINDOW; i++)
        if (!send_fresh(stress, 1 + i % stress->traders))
            return false;
    if (!run_for(stress, is_short(stress) ? WARM_MS / 2 : WARM_MS))
        return false;
    uint64_t began_us = now_us();
    stress->counted = 0;
    if (!run_for(stress, is_short(stress) ? CLOSED_MS / 3 : CLOSED_MS))
        return false;
    *ret_rate = a_second(stress->counted, now_us() - began_us);
    stress->stage = STAGE_DRAIN;
    return settle(stress);
}

static bool measure_calm(struct stress *stress, unsigned at)
{
    stress->stage = STAGE_CALM;
    stress->calm_at = at;
    bool good = run_for(stress, is_short(stress) ? CALM_MS / 3 : CALM_MS);
    stress->stage = STAGE_DRAIN;
    return good;
}

static bool storm(struct stress *stress)
{
    stress->capacity = stress->seen.before_rate;
    stress->rss_before_kib = stress->rss_most_kib = server_rss_kib(&stress->server);
    stress->stage = STAGE_STORM;
    stress->storm_us = now_us();
    uint64_t robbed = server_robbed_us(&stress->server);
    if (!run_for(stress, stress->options->seconds * 1000))
        return false;
    uint64_t us = now_us() - stress->storm_us;
    stress->seen.robbed_percent = (server_robbed_us(&stress->server) - robbed) * 100 / us;
    stress->seen.storm_rate = a_second(stress->seen.done, us);
    stress->seen.offered_rate = a_second(stress->seen.sent, us);
    stress->stage = STAGE_DRAIN;
    uint64_t over_us = now_us();
    /* what was under way when it ended; then it is calm, whoever comes again */
    uint64_t left = stress->under_way;
    while (left > 0 && stress->under_way > 0 && now_us() - over_us < patience_us(stress))
        if (!terminals_run(&stress->all))
            return false;
    stress->seen.drained_ms = (now_us() - over_us) / 1000;
    return true;
}

/* What every customer owes against what was told done. */
static bool compare(struct stress *stress)
{
    uint64_t seq;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        arena_reset(&stress->all.arena);
        const Tefter__AccountRow *account =
            customer_account(&stress->all, stress->customers[i], &seq);
        if (account == NULL)
            return false;
        int64_t told = (int64_t)stress->sold[i];
        int64_t there = account->balance_minor / PRICE_MINOR;
        stress->seen.lost += told > there ? told - there : 0;
        stress->seen.doubled += there > told ? there - told : 0;
    }
    return true;
}

/* What a fault does is seen in the storm. */
static bool run_control(struct stress *stress)
{
    bool good = measure_closed(stress, &stress->seen.before_rate) && storm(stress) &&
                settle(stress) && compare(stress);
    stress->seen.after_rate = stress->seen.before_rate;
    return good;
}

static bool run_parts(struct stress *stress)
{
    if (stress->options->control)
        return run_control(stress);
    return measure_calm(stress, 0) && settle(stress) &&
           measure_closed(stress, &stress->seen.before_rate) && storm(stress) &&
           measure_calm(stress, 1) && settle(stress) &&
           measure_closed(stress, &stress->seen.after_rate) && compare(stress);
}

static bool run(struct stress *stress)
{
    struct failure failure = {0};
    struct terminals *all = &stress->all;
    if (!server_found(&stress->server, stress->options->server, &failure) ||
        !server_start(&stress->server, &failure) ||
        !terminals_open(all, &stress->server, IDENTITIES, stress->traders + ASKERS, &failure)) {
        fprintf(stderr, "overload: %s\n", failure.text);
        return false;
    }
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        if ((stress->customers[i] = customer_open(all, i, (int64_t)1 << 40)) == 0)
            return false;
    all->owner = stress;
    all->events =
        (struct connection_events){.reply = on_reply, .answer = on_answer, .other = on_other};
    stress->wheel_ms = now_us() / 1000;
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, stress);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    bool good = run_parts(stress);
    loop_timer_destroy(timer);
    return good;
}

/* ---- figures ---- */

static unsigned judge(struct stress *stress)
{
    struct overload *seen = &stress->seen;
    seen->unanswered = stress->under_way;
    seen->untold = stress->asked - stress->heard;
    seen->grown_kib = stress->rss_most_kib - stress->rss_before_kib;
    tell_quantiles(&stress->busy, seen->busy_us);
    tell_quantiles(&stress->done, seen->done_us);
    tell_quantiles(&stress->ask, seen->ask_us);
    seen->calm_us[0] = quantiles_us(&stress->calm[0], 99);
    seen->calm_us[1] = quantiles_us(&stress->calm[1], 99);
    return overload_judge(seen, &stress->bounds, stress->fault);
}

static void record(const struct stress *stress, bool good)
{
    const struct overload *seen = &stress->seen;
    char figures[400];
    (void)snprintf(
        figures, sizeof figures,
        "%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
        "\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRIu64 "\t%s",
        stress->traders, stress->options->seconds, seen->before_rate, seen->after_rate,
        seen->offered_rate, seen->storm_rate, seen->busy, (double)seen->busy_us[1] / 1000,
        (double)seen->done_us[1] / 1000, (double)seen->ask_us[1] / 1000,
        (double)seen->calm_us[0] / 1000, (double)seen->calm_us[1] / 1000, seen->grown_kib,
        seen->lost, seen->doubled, seen->robbed_percent, good ? "good" : "BAD");
    options_record(stress->options,
                   "terminals\tseconds\tcapacity\tcapacity_after\toffered\tdone\tbusy\t"
                   "busy_p99_ms\tdone_p99_ms\task_p99_ms\tcalm_p99_ms\tcalm_after_p99_ms\t"
                   "grown_kib\tlost\tdoubled\twithout_cpu\tresult",
                   figures);
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    const struct overload *seen = &stress->seen;
    record(stress, good);
    if (stress->all.trouble.fault != FAULT_NONE)
        printf("overload: %s\n", stress->all.trouble.text);
    if (stress->fault[0] != '\0')
        printf("overload: %s\n", stress->fault);
    printf("overload: seed %" PRIu64 ", capacity %" PRIu64 " and %" PRIu64 " a second; %" PRIu64
           " offered, %" PRIu64 " done; busy %" PRIu64 " times, told within %.1f ms (p50), %.1f "
           "(p99), at most %" PRIu64
           " of 1,000 to come back in one ms; taken ones done within %.0f "
           "and %.0f ms; %" PRIu64 " pings and queries %.1f and %.1f ms; "
           "%" PRIu64 " twins; lost %" PRId64 ", doubled %" PRId64 ", unanswered %" PRIu64
           "; +%" PRIu64 " KiB; over in %" PRIu64 " ms; alone p99 %.1f ms before, %.1f after; "
           "without a processor %" PRIu64 " %%%s; %s, "
           "%.1f s\n",
           stress->options->seed, seen->before_rate, seen->after_rate, seen->offered_rate,
           seen->storm_rate, seen->busy, (double)seen->busy_us[0] / 1000,
           (double)seen->busy_us[1] / 1000, seen->same_ms, (double)seen->done_us[0] / 1000,
           (double)seen->done_us[1] / 1000, stress->asked, (double)seen->ask_us[0] / 1000,
           (double)seen->ask_us[1] / 1000, seen->twins, seen->lost, seen->doubled, seen->unanswered,
           seen->grown_kib, seen->drained_ms, (double)seen->calm_us[0] / 1000,
           (double)seen->calm_us[1] / 1000, seen->robbed_percent,
           seen->robbed_percent > stress->bounds.robbed_percent ? ": time is not judged" : "",
           good ? "good" : "NOT GOOD", seconds);
}

/* Which fault this server was given. */
static unsigned fault_of(const char *server)
{
    if (strstr(server, "_endless") != NULL)
        return OVERLOAD_NEVER_BUSY;
    if (strstr(server, "_twice") != NULL)
        return OVERLOAD_DOUBLED;
    return OVERLOAD_UNANSWERED;
}

static bool is_good(const struct stress *stress, unsigned faults, bool ran)
{
    unsigned wanted = stress->options->control ? fault_of(stress->options->server) : OVERLOAD_GOOD;
    return stress->options->control ? (faults & wanted) == wanted : ran && faults == OVERLOAD_GOOD;
}

static int prove(const struct options *options)
{
    struct stress *stress = calloc(1, sizeof *stress);
    uint64_t began = now_us();
    if (stress == NULL ||
        (stress->commands = calloc(COMMANDS_MAX, sizeof *stress->commands)) == NULL)
        return 1;
    stress->options = options;
    stress->chance = options->seed;
    stress->traders = (uint32_t)options->terminals;
    stress->bounds = (struct overload_bounds){
        .goodput_percent = options->rounds,
        .busy_us = 250000,
        .done_us = 600000,
        .ask_us = 600000,
        .calm_us = 100000,
        .drained_ms = 1500,
        .grown_kib = 128 * 1024,
        .robbed_percent = 25,
    };
    bool ran = run(stress);
    unsigned faults = judge(stress);
    terminals_close(&stress->all);
    bool ended = server_stop(&stress->server) == 0;
    bool good = is_good(stress, faults, ran) && ended &&
                (options->control || is_short(stress) || server_verify(&stress->server));
    tell(stress, good, (double)(now_us() - began) / 1e6);
    server_close(&stress->server, !good && !options->control);
    free(stress->commands);
    free(stress);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.rounds = 70, .terminals = 200, .seconds = 10};
    if (!options_read(argc, argv, &options) || options.terminals == 0 ||
        options.terminals + ASKERS >= LINES_MAX || options.seconds == 0)
        return 2;
    if (!overload_judge_fails())
        return 1;
    if (options.self) {
        printf("overload: the judge finds every forged figure out\n");
        return 0;
    }
    return prove(&options);
}

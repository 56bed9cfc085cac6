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
    FLIGHT_MAX = 200, /* of one line; the server reads no more at 256 */
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
    uint16_t line;
    bool under_way;
};

struct proof {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t traders; /* lines 1 and up; the askers behind them */
    uint32_t customers[CUSTOMERS];
    uint32_t sold[CUSTOMERS]; /* told done */
    uint32_t flight[LINES_MAX];
    struct command *commands; /* by number; 0 is none */
    uint32_t count;
    uint32_t wheel[WHEEL];
    uint64_t wheel_ms;
    enum stage stage;
    uint64_t under_way;
    uint64_t storm_us, storm_sent, capacity, next_line;
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

static struct proof *proof_of(struct line *line)
{
    return line->all->owner;
}

static void tell_quantiles(const struct quantiles *quantiles, uint64_t ret_us[2])
{
    ret_us[0] = quantiles_us(quantiles, 50);
    ret_us[1] = quantiles_us(quantiles, 99);
}

/* ---- commands ---- */

static void send_command(struct proof *proof, uint32_t number)
{
    struct command *command = &proof->commands[number];
    struct line *line = &proof->all.lines[command->line];
    static struct buffer packed;
    if (packed.bound == 0)
        buffer_init(&packed, FRAME_TO_SERVER_MAX);
    buffer_clear(&packed);
    if (!sale_pack(&proof->all, proof->customers[command->customer], 1, &packed))
        return;
    command->sent_us = now_us();
    command->under_way = true;
    proof->under_way++;
    proof->flight[command->line]++;
    if (proof->stage == STAGE_STORM)
        proof->seen.sent++;
    line_submit(line, number, command->id, buffer_slice(&packed));
}

static bool send_fresh(struct proof *proof, uint32_t line)
{
    if (proof->count + 1 >= COMMANDS_MAX) {
        terminals_fail(&proof->all, "too many commands for this proof: fewer --seconds");
        return false;
    }
    struct command *command = &proof->commands[++proof->count];
    *command = (struct command){.line = (uint16_t)line,
                                .customer = (uint16_t)chance_below(&proof->chance, CUSTOMERS)};
    line_new_id(&proof->all.lines[line], command->id);
    send_command(proof, proof->count);
    return true;
}

/* A done one once more, with the same id and bytes. */
static void send_twin(struct proof *proof, uint32_t number)
{
    const struct command *command = &proof->commands[number];
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (sale_pack(&proof->all, proof->customers[command->customer], 1, &packed)) {
        proof->seen.twins++;
        line_submit(&proof->all.lines[command->line], REQUEST_TWIN + number, command->id,
                    buffer_slice(&packed));
    }
    buffer_fini(&packed);
}

/* ---- those who are told to come back ---- */

static void come_back(struct proof *proof, uint32_t number, uint32_t retry_ms)
{
    uint64_t at = now_us() / 1000 + (retry_ms < WHEEL ? retry_ms : WHEEL - 1);
    if (at <= proof->wheel_ms)
        at = proof->wheel_ms + 1;
    proof->commands[number].next = proof->wheel[at % WHEEL];
    proof->wheel[at % WHEEL] = number;
}

/* How many of them in a row are to come in the very same millisecond? */
static void note_retry(struct proof *proof, uint32_t retry_ms)
{
    if (retry_ms < RETRY_LEAST_MS)
        proof->seen.early++;
    uint64_t at = (now_us() / 1000 + retry_ms) % PATIENCE_MS;
    if (++proof->same[at] > proof->seen.same_ms)
        proof->seen.same_ms = proof->same[at];
    if (++proof->same_count == SAME_OF) {
        memset(proof->same, 0, sizeof proof->same);
        proof->same_count = 0;
    }
}

static bool comes_again(struct proof *proof)
{
    return proof->stage == STAGE_STORM || chance_below(&proof->chance, KEPT_ONE_IN) == 0;
}

/* When it is over most of them give up: their ids are never heard of again. */
static uint64_t send_due(struct proof *proof)
{
    uint64_t sent = 0;
    for (uint64_t now_ms = now_us() / 1000; proof->wheel_ms < now_ms; proof->wheel_ms++) {
        uint32_t number = proof->wheel[proof->wheel_ms % WHEEL];
        proof->wheel[proof->wheel_ms % WHEEL] = 0;
        while (number != 0) {
            uint32_t next = proof->commands[number].next;
            if (comes_again(proof)) {
                send_command(proof, number);
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

static void twin_told(struct proof *proof, uint32_t number, const Tefter__Reply *reply)
{
    if (!told_busy(reply) && reply->seq != proof->commands[number].seq)
        proof->seen.other_twins++;
}

static void is_done(struct proof *proof, uint32_t number, uint64_t seq, uint64_t us)
{
    struct command *command = &proof->commands[number];
    command->seq = seq;
    proof->sold[command->customer]++;
    proof->counted++;
    if (proof->stage == STAGE_CALM)
        quantiles_note(&proof->calm[proof->calm_at], us);
    if (proof->stage == STAGE_STORM && chance_below(&proof->chance, TWIN_ONE_IN) == 0)
        send_twin(proof, number);
    if (proof->stage == STAGE_CLOSED)
        (void)send_fresh(proof, command->line);
    if (proof->stage != STAGE_STORM)
        return;
    quantiles_note(&proof->done, us);
    proof->seen.done++;
}

static void is_busy(struct proof *proof, uint32_t number, const Tefter__Refusal *refused,
                    uint64_t us)
{
    uint32_t retry_ms = refused->has_retry_ms ? refused->retry_ms : 0;
    if (proof->stage == STAGE_STORM) {
        quantiles_note(&proof->busy, us);
        note_retry(proof, retry_ms);
        proof->seen.busy++;
    }
    come_back(proof, number, retry_ms);
}

static void on_reply(struct line *line, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct proof *proof = proof_of(line);
    (void)packed;
    if (request >= REQUEST_TWIN) {
        twin_told(proof, (uint32_t)(request - REQUEST_TWIN), reply);
        return;
    }
    struct command *command = &proof->commands[request];
    uint64_t us = now_us() - command->sent_us;
    if (!command->under_way) {
        terminals_fail(line->all, "a command is answered twice");
        return;
    }
    command->under_way = false;
    proof->under_way--;
    proof->flight[command->line]--;
    if (reply->result_case == TEFTER__REPLY__RESULT_DONE)
        is_done(proof, (uint32_t)request, reply->seq, us);
    else if (told_busy(reply))
        is_busy(proof, (uint32_t)request, reply->refused, us);
    else
        proof->seen.other++;
}

static void heard(struct proof *proof, uint64_t request)
{
    if (request < REQUEST_ASKED || request >= REQUEST_TWIN)
        return;
    quantiles_note(&proof->ask, now_us() - proof->ask_sent[request % 65536]);
    proof->heard++;
}

static void on_answer(struct line *line, uint64_t request, const Tefter__Answer *answer)
{
    (void)answer;
    heard(proof_of(line), request);
}

static void on_other(struct line *line, const Tefter__ToTerminal *frame)
{
    heard(proof_of(line), frame->has_request ? frame->request : 0);
}

/* ---- what goes out ---- */

/* By turns a ping and a customer's card. */
static void ask(struct proof *proof)
{
    uint64_t request = REQUEST_ASKED + proof->asked;
    struct line *line = &proof->all.lines[proof->traders + 1 + proof->asked % ASKERS];
    proof->ask_sent[request % 65536] = now_us();
    if (proof->asked++ % 2 == 0) {
        Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
        Tefter__Ping ping = TEFTER__PING__INIT;
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
        frame.ping = &ping;
        line_send(line, request, &frame);
        return;
    }
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = proof->customers[chance_below(&proof->chance, CUSTOMERS)];
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    line_query(line, request, &query);
}

/* First those whose time has come, then new ones; a line that is full is passed over. */
static void send_storm(struct proof *proof)
{
    uint64_t due = (now_us() - proof->storm_us) * proof->capacity * TIMES / 1000000;
    proof->storm_sent += send_due(proof);
    for (uint32_t full = 0; proof->storm_sent < due && full < proof->traders;) {
        uint32_t line = 1 + (uint32_t)(proof->next_line++ % proof->traders);
        if (proof->flight[line] >= FLIGHT_MAX) {
            full++;
            continue;
        }
        if (!send_fresh(proof, line))
            return;
        proof->storm_sent++;
    }
}

static void on_tick(void *context)
{
    struct proof *proof = context;
    proof->ticks++;
    if (proof->stage == STAGE_STORM)
        send_storm(proof);
    else
        (void)send_due(proof);
    if (proof->stage == STAGE_STORM && proof->ticks % ASK_TICKS == 0)
        ask(proof);
    if (proof->stage == STAGE_CALM && proof->ticks % CALM_TICKS == 0)
        (void)send_fresh(proof, 1 + (uint32_t)(proof->ticks / CALM_TICKS % proof->traders));
    if (proof->ticks % LOOK_TICKS == 0) {
        uint64_t kib = server_rss_kib(&proof->server);
        proof->rss_most_kib = kib > proof->rss_most_kib ? kib : proof->rss_most_kib;
    }
    loop_stop(proof->all.loop); /* whoever waits looks */
}

/* ---- the parts ---- */

static bool is_short(const struct proof *proof)
{
    return proof->options->seconds < SHORT_S;
}

/* For an answer that was not given yet. */
static uint64_t patience_us(const struct proof *proof)
{
    return is_short(proof) ? 1000000 : 20000000;
}

static bool run_for(struct proof *proof, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    while (now_us() < until)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

/* Everything that was sent is answered; false: some is not, and not for a long time. */
static bool settle(struct proof *proof)
{
    uint64_t until = now_us() + patience_us(proof);
    while (proof->under_way > 0 && now_us() < until)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

static uint64_t a_second(uint64_t count, uint64_t us)
{
    return us == 0 ? 0 : count * 1000000 / us;
}

static bool measure_closed(struct proof *proof, uint64_t *ret_rate)
{
    proof->stage = STAGE_CLOSED;
    for (uint32_t i = 0; i < proof->traders * CLOSED_WINDOW; i++)
        if (!send_fresh(proof, 1 + i % proof->traders))
            return false;
    if (!run_for(proof, is_short(proof) ? WARM_MS / 2 : WARM_MS))
        return false;
    uint64_t began_us = now_us();
    proof->counted = 0;
    if (!run_for(proof, is_short(proof) ? CLOSED_MS / 3 : CLOSED_MS))
        return false;
    *ret_rate = a_second(proof->counted, now_us() - began_us);
    proof->stage = STAGE_DRAIN;
    return settle(proof);
}

static bool measure_calm(struct proof *proof, unsigned at)
{
    proof->stage = STAGE_CALM;
    proof->calm_at = at;
    bool good = run_for(proof, is_short(proof) ? CALM_MS / 3 : CALM_MS);
    proof->stage = STAGE_DRAIN;
    return good;
}

static bool storm(struct proof *proof)
{
    proof->capacity = proof->seen.before_rate;
    proof->rss_before_kib = proof->rss_most_kib = server_rss_kib(&proof->server);
    proof->stage = STAGE_STORM;
    proof->storm_us = now_us();
    uint64_t robbed = server_robbed_us(&proof->server);
    if (!run_for(proof, proof->options->seconds * 1000))
        return false;
    uint64_t us = now_us() - proof->storm_us;
    proof->seen.robbed_percent = (server_robbed_us(&proof->server) - robbed) * 100 / us;
    proof->seen.storm_rate = a_second(proof->seen.done, us);
    proof->seen.offered_rate = a_second(proof->seen.sent, us);
    proof->stage = STAGE_DRAIN;
    uint64_t over_us = now_us();
    /* what was under way when it ended; then it is calm, whoever comes again */
    uint64_t left = proof->under_way;
    while (left > 0 && proof->under_way > 0 && now_us() - over_us < patience_us(proof))
        if (!terminals_run(&proof->all))
            return false;
    proof->seen.drained_ms = (now_us() - over_us) / 1000;
    return true;
}

/* What every customer owes against what was told done. */
static bool compare(struct proof *proof)
{
    uint64_t seq;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        arena_reset(&proof->all.arena);
        const Tefter__AccountRow *account =
            customer_account(&proof->all, proof->customers[i], &seq);
        if (account == NULL)
            return false;
        int64_t told = (int64_t)proof->sold[i];
        int64_t there = account->balance_minor / PRICE_MINOR;
        proof->seen.lost += told > there ? told - there : 0;
        proof->seen.doubled += there > told ? there - told : 0;
    }
    return true;
}

/* What a fault does is seen in the storm. */
static bool run_control(struct proof *proof)
{
    bool good = measure_closed(proof, &proof->seen.before_rate) && storm(proof) && settle(proof) &&
                compare(proof);
    proof->seen.after_rate = proof->seen.before_rate;
    return good;
}

static bool run_parts(struct proof *proof)
{
    if (proof->options->control)
        return run_control(proof);
    return measure_calm(proof, 0) && settle(proof) &&
           measure_closed(proof, &proof->seen.before_rate) && storm(proof) &&
           measure_calm(proof, 1) && settle(proof) &&
           measure_closed(proof, &proof->seen.after_rate) && compare(proof);
}

static bool run(struct proof *proof)
{
    struct failure failure = {0};
    struct terminals *all = &proof->all;
    if (!server_found(&proof->server, proof->options->server, &failure) ||
        !server_start(&proof->server, &failure) ||
        !terminals_open(all, &proof->server, IDENTITIES, proof->traders + ASKERS, &failure)) {
        fprintf(stderr, "overload: %s\n", failure.text);
        return false;
    }
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        if ((proof->customers[i] = customer_open(all, i, (int64_t)1 << 40)) == 0)
            return false;
    all->owner = proof;
    all->events = (struct line_events){.reply = on_reply, .answer = on_answer, .other = on_other};
    proof->wheel_ms = now_us() / 1000;
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, proof);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    bool good = run_parts(proof);
    loop_timer_destroy(timer);
    return good;
}

/* ---- figures ---- */

static unsigned judge(struct proof *proof)
{
    struct overload *seen = &proof->seen;
    seen->unanswered = proof->under_way;
    seen->untold = proof->asked - proof->heard;
    seen->grown_kib = proof->rss_most_kib - proof->rss_before_kib;
    tell_quantiles(&proof->busy, seen->busy_us);
    tell_quantiles(&proof->done, seen->done_us);
    tell_quantiles(&proof->ask, seen->ask_us);
    seen->calm_us[0] = quantiles_us(&proof->calm[0], 99);
    seen->calm_us[1] = quantiles_us(&proof->calm[1], 99);
    return overload_judge(seen, &proof->bounds, proof->fault);
}

static void record(const struct proof *proof, bool good)
{
    const struct overload *seen = &proof->seen;
    char figures[400];
    (void)snprintf(
        figures, sizeof figures,
        "%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
        "\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRIu64 "\t%s",
        proof->traders, proof->options->seconds, seen->before_rate, seen->after_rate,
        seen->offered_rate, seen->storm_rate, seen->busy, (double)seen->busy_us[1] / 1000,
        (double)seen->done_us[1] / 1000, (double)seen->ask_us[1] / 1000,
        (double)seen->calm_us[0] / 1000, (double)seen->calm_us[1] / 1000, seen->grown_kib,
        seen->lost, seen->doubled, seen->robbed_percent, good ? "good" : "BAD");
    options_record(proof->options,
                   "terminals\tseconds\tcapacity\tcapacity_after\toffered\tdone\tbusy\t"
                   "busy_p99_ms\tdone_p99_ms\task_p99_ms\tcalm_p99_ms\tcalm_after_p99_ms\t"
                   "grown_kib\tlost\tdoubled\twithout_cpu\tresult",
                   figures);
}

static void tell(const struct proof *proof, bool good, double seconds)
{
    const struct overload *seen = &proof->seen;
    record(proof, good);
    if (proof->all.trouble.fault != FAULT_NONE)
        printf("overload: %s\n", proof->all.trouble.text);
    if (proof->fault[0] != '\0')
        printf("overload: %s\n", proof->fault);
    printf("overload: seed %" PRIu64 ", capacity %" PRIu64 " and %" PRIu64 " a second; %" PRIu64
           " offered, %" PRIu64 " done; busy %" PRIu64 " times, told within %.1f ms (p50), %.1f "
           "(p99), at most %" PRIu64
           " of 1,000 to come back in one ms; taken ones done within %.0f "
           "and %.0f ms; %" PRIu64 " pings and queries %.1f and %.1f ms; "
           "%" PRIu64 " twins; lost %" PRId64 ", doubled %" PRId64 ", unanswered %" PRIu64
           "; +%" PRIu64 " KiB; over in %" PRIu64 " ms; alone p99 %.1f ms before, %.1f after; "
           "without a processor %" PRIu64 " %%%s; %s, "
           "%.1f s\n",
           proof->options->seed, seen->before_rate, seen->after_rate, seen->offered_rate,
           seen->storm_rate, seen->busy, (double)seen->busy_us[0] / 1000,
           (double)seen->busy_us[1] / 1000, seen->same_ms, (double)seen->done_us[0] / 1000,
           (double)seen->done_us[1] / 1000, proof->asked, (double)seen->ask_us[0] / 1000,
           (double)seen->ask_us[1] / 1000, seen->twins, seen->lost, seen->doubled, seen->unanswered,
           seen->grown_kib, seen->drained_ms, (double)seen->calm_us[0] / 1000,
           (double)seen->calm_us[1] / 1000, seen->robbed_percent,
           seen->robbed_percent > proof->bounds.robbed_percent ? ": time is not judged" : "",
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

static bool is_good(const struct proof *proof, unsigned faults, bool ran)
{
    unsigned wanted = proof->options->control ? fault_of(proof->options->server) : OVERLOAD_GOOD;
    return proof->options->control ? (faults & wanted) == wanted : ran && faults == OVERLOAD_GOOD;
}

static int prove(const struct options *options)
{
    struct proof *proof = calloc(1, sizeof *proof);
    uint64_t began = now_us();
    if (proof == NULL || (proof->commands = calloc(COMMANDS_MAX, sizeof *proof->commands)) == NULL)
        return 1;
    proof->options = options;
    proof->chance = options->seed;
    proof->traders = (uint32_t)options->terminals;
    proof->bounds = (struct overload_bounds){
        .goodput_percent = options->rounds,
        .busy_us = 250000,
        .done_us = 600000,
        .ask_us = 600000,
        .calm_us = 100000,
        .drained_ms = 1500,
        .grown_kib = 128 * 1024,
        .robbed_percent = 25,
    };
    bool ran = run(proof);
    unsigned faults = judge(proof);
    terminals_close(&proof->all);
    bool ended = server_stop(&proof->server) == 0;
    bool good = is_good(proof, faults, ran) && ended &&
                (options->control || is_short(proof) || server_verify(&proof->server));
    tell(proof, good, (double)(now_us() - began) / 1e6);
    server_close(&proof->server, !good && !options->control);
    free(proof->commands);
    free(proof);
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

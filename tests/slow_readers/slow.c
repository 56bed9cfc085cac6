/*
 * Some terminals stop reading while the postings go on. The others must not feel it, the server
 * must not pay for it in memory, it must let go of those who sleep for good, and whoever reads
 * again must soon see the truth.
 *
 *   slow --server TEFTERD [--terminals 500] [--rate 500] [--seconds 10] [--rounds 3] [--seed N]
 *
 * Two of five stop reading. A round is so many seconds of measuring while all read, then while they
 * do not, and the median of the rounds counts; at the end of the last one it is waited until the
 * server cuts them. --rounds 0, for a machine that has other work: once, with connections that are
 * full at once, no cut is waited for, and delays are judged coarsely and looked at again.
 * --control=WORDS: the server is a faulty one, and must be found wrong in one of these words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "slow_readers/judge.h"
#include "terminals/quantiles.h"
#include "terminals/terminals.h"

enum {
    LINES_MAX = 4000,
    WRITERS = 8,
    IDENTITIES = 16,
    CUSTOMERS = 200,
    SLOTS = 512, /* postings under way */
    TICK_MS = 5,
    WARM_MS = 700,
    FILL = 5,            /* questions a tick */
    FULL_MS_MAX = 20000, /* until the server's own connections are full */
    LATER_SETS = 40,     /* that the healthy had since */
    LATER_MS_MAX = 20000,
    LOOKS_MAX = 3, /* at delays that other work may have caused */
    PING_US = 8000000,
    LOOK_US = 250000, /* between two looks at the server's memory */
    ROUNDS_MAX = 100,
    CUT_EXTRA_MS = 10000, /* to fill what the kernel holds */
    AGAIN_MS_MAX = 20000, /* longer than the judge allows */
};

struct slot {
    uint64_t begun_us; /* 0: free */
    uint32_t connection;
    uint32_t customer;
    uint8_t id[COMMAND_ID_SIZE];
    bool again; /* the server had no time: at the next tick */
};

struct stress {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t healthy; /* the first connections */
    uint32_t slow;    /* those behind them */
    struct sight sights[LINES_MAX];
    uint64_t sets_before[LINES_MAX]; /* that it had when some fell asleep */
    uint64_t sets_full; /* that a healthy one had when the server held all others back */
    struct slot slots[SLOTS];
    uint32_t customers[CUSTOMERS];
    uint64_t newest[CUSTOMERS];
    uint64_t began_us; /* of posting */
    uint64_t posted, told;
    bool posting;
    bool measuring;
    struct quantiles replies; /* of one phase */
    struct quantiles news;
    uint64_t reply_p99_us[2][ROUNDS_MAX]; /* all read, some do not */
    uint64_t news_p99_us[2][ROUNDS_MAX];
    uint64_t round;
    uint64_t rss_before_kib, rss_most_kib, looked_us;
    uint64_t pinged_us, paused_us, first_cut_ms, last_cut_ms;
    struct slow_figures figures;
    char fault[SLOW_FAULT_MAX];
};

static void found(struct stress *stress, const char *what, uint64_t number)
{
    if (stress->fault[0] == '\0')
        (void)snprintf(stress->fault, sizeof stress->fault, "%.140s: %" PRIu64, what, number);
    terminals_fail(&stress->all, "%s", stress->fault);
}

static int by_size(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Of the rounds: others use this machine too, and a burst of theirs is in one or two. */
static uint64_t median(const uint64_t *values, uint64_t count)
{
    uint64_t sorted[ROUNDS_MAX];
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_size);
    return sorted[count / 2];
}

/* ---- postings ---- */

static void post(struct stress *stress, struct slot *slot)
{
    struct terminals *all = &stress->all;
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    slot->again = false;
    if (sale_pack(all, stress->customers[slot->customer], 1, &packed))
        connection_submit(&all->connections[slot->connection], (uint64_t)(slot - stress->slots) + 1,
                          slot->id, buffer_slice(&packed));
    buffer_fini(&packed);
}

static void begin(struct stress *stress, struct slot *slot)
{
    uint32_t first = stress->healthy + stress->slow + 1;
    *slot = (struct slot){.begun_us = now_us(),
                          .connection = first + chance_below(&stress->chance, WRITERS),
                          .customer = chance_below(&stress->chance, CUSTOMERS)};
    connection_new_id(&stress->all.connections[slot->connection], slot->id);
    stress->posted++;
    post(stress, slot);
}

static void post_due(struct stress *stress)
{
    uint64_t due = (now_us() - stress->began_us) * stress->options->rate / 1000000;
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct slot *slot = &stress->slots[i];
        if (slot->begun_us == 0 && stress->posting && stress->posted < due)
            begin(stress, slot);
        else if (slot->again)
            post(stress, slot);
    }
}

/* A posting that is put off is sent again, and its delay counts from the first time. */
static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = connection->all->owner;
    struct slot *slot = &stress->slots[request - 1];
    (void)packed;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        slot->again = reply->seq == 0 && reply->refused->code == TEFTER__REFUSAL_CODE__BUSY;
        if (!slot->again)
            found(stress, "a posting is refused, code", reply->refused->code);
        return;
    }
    if (stress->measuring)
        quantiles_note(&stress->replies, now_us() - slot->begun_us);
    slot->begun_us = 0;
    stress->told++;
    if (reply->seq > stress->newest[slot->customer])
        stress->newest[slot->customer] = reply->seq;
}

/* ---- subscribers ---- */

static bool subscribes(const struct stress *stress, const struct connection *connection)
{
    return connection->index >= 1 && connection->index <= stress->healthy + stress->slow;
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    struct stress *stress = connection->all->owner;
    if (!subscribes(stress, connection))
        return;
    struct sight *sight = &stress->sights[connection->index];
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_GOODBYE &&
        connection->index <= stress->healthy)
        terminals_fail(&stress->all, "a healthy terminal is sent away: %s", frame->goodbye->reason);
    if (!sight_take(sight, frame))
        found(stress, sight->fault, connection->index);
    if (frame->body_case != TEFTER__TO_TERMINAL__BODY_DELTA)
        return;
    if (!stress->measuring || connection->index > stress->healthy ||
        !frame->delta->has_committed_ms)
        return;
    int64_t delay_ms = now_wall_ms() - frame->delta->committed_ms;
    quantiles_note(&stress->news, delay_ms < 0 ? 0 : (uint64_t)delay_ms * 1000);
}

static void on_in(struct connection *connection)
{
    struct stress *stress = connection->all->owner;
    if (subscribes(stress, connection))
        connection_subscribe(connection, NULL, 0, stress->sights[connection->index].exact);
}

static void on_lost(struct connection *connection, const char *reason)
{
    struct stress *stress = connection->all->owner;
    if (connection->index <= stress->healthy || connection->index > stress->healthy + stress->slow)
        terminals_fail(&stress->all, "a healthy terminal is lost: %s", reason);
}

static void on_tick(void *context)
{
    struct stress *stress = context;
    struct terminals *all = &stress->all;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    post_due(stress);
    for (uint32_t i = 1; i <= stress->slow; i++)
        connection_fill(&all->connections[stress->healthy + i], FILL);
    if (now_us() - stress->pinged_us > PING_US) {
        stress->pinged_us = now_us();
        for (uint32_t i = 0; i < all->connection_count; i++)
            if (all->connections[i].in)
                connection_send(&all->connections[i], 1000000000, &frame);
    }
    if (now_us() - stress->looked_us > LOOK_US) {
        uint64_t kib = server_rss_kib(&stress->server);
        stress->rss_most_kib = kib > stress->rss_most_kib ? kib : stress->rss_most_kib;
        stress->looked_us = now_us();
    }
    loop_stop(all->loop); /* whoever waits looks */
}

/* ---- the parts ---- */

static bool run_for(struct stress *stress, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    while (now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

static bool all_exact(const struct stress *stress, uint32_t from, uint32_t to, uint64_t seq)
{
    for (uint32_t i = from; i <= to; i++)
        if (stress->sights[i].exact == 0 || stress->sights[i].exact < seq)
            return false;
    return true;
}

static bool subscribe(struct stress *stress, uint32_t from, uint32_t to)
{
    uint64_t until = now_us() + UINT64_C(60000000);
    for (uint32_t i = from; i <= to; i++)
        connection_subscribe(&stress->all.connections[i], NULL, 0, 0);
    while (!all_exact(stress, from, to, 1)) {
        if (!terminals_run(&stress->all))
            return false;
        if (now_us() > until)
            found(stress, "a subscription never is exact", from);
    }
    return true;
}

static bool measure(struct stress *stress, unsigned phase)
{
    memset(&stress->replies, 0, sizeof stress->replies);
    memset(&stress->news, 0, sizeof stress->news);
    stress->measuring = true;
    bool good = run_for(stress, stress->options->seconds * 1000);
    stress->measuring = false;
    for (uint32_t i = 0; i < SLOTS; i++) /* who waits still has waited so long */
        if (stress->slots[i].begun_us != 0)
            quantiles_note(&stress->replies, now_us() - stress->slots[i].begun_us);
    stress->reply_p99_us[phase][stress->round] = quantiles_us(&stress->replies, 99);
    stress->news_p99_us[phase][stress->round] = quantiles_us(&stress->news, 99);
    return good;
}

static void fall_asleep(struct stress *stress)
{
    for (uint32_t i = 1; i <= stress->slow; i++) {
        struct connection *connection = &stress->all.connections[stress->healthy + i];
        connection_narrow(connection);
        if (stress->options->rounds == 0)
            connection_sleep(connection);
        else if (connection->stream != NULL)
            stream_pause(connection->stream, true);
    }
    for (uint32_t i = 1; i <= stress->healthy + stress->slow; i++)
        stress->sets_before[i] = stress->sights[i].sets;
    stress->paused_us = now_us();
}

/* After the server held it back it heard in far fewer steps than the healthy: of each row the
 * newest alone was kept for it. */
static bool held_back(const struct stress *stress, uint32_t index)
{
    uint64_t own = stress->sights[index].sets - stress->sets_before[index];
    uint64_t until_full = stress->sets_full - stress->sets_before[1];
    uint64_t later = stress->sights[1].sets - stress->sets_full;
    return stress->sets_full > 0 && own * 2 <= until_full * 2 + later;
}

static const Tefter__StatusAnswer *ask_status(struct stress *stress)
{
    arena_reset(&stress->all.arena);
    return server_status(&stress->all);
}

/* Until then what they are told still finds room in the kernel. A server that never holds them back
 * is left to the judge. */
static bool wait_until_full(struct stress *stress)
{
    uint64_t until = now_us() + FULL_MS_MAX * UINT64_C(1000);
    stress->sets_full = 0;
    while (now_us() < until) {
        const Tefter__StatusAnswer *status = ask_status(stress);
        if (status == NULL)
            return false;
        if (status->not_reading >= stress->slow) {
            stress->sets_full = stress->sights[1].sets;
            return true;
        }
        if (!run_for(stress, 50))
            return false;
    }
    return true;
}

static bool wait_for_news(struct stress *stress)
{
    uint64_t until = now_us() + LATER_MS_MAX * UINT64_C(1000);
    while (stress->sights[1].sets < stress->sets_full + LATER_SETS && now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

/* Those who sleep learn nothing of it: the server's own count tells. */
static bool wait_for_cuts(struct stress *stress)
{
    uint32_t all = stress->all.connection_count;
    for (;;) {
        uint64_t ms = (now_us() - stress->paused_us) / 1000;
        const Tefter__StatusAnswer *status = ask_status(stress);
        if (status == NULL)
            return false;
        uint32_t there = status->sessions;
        if (there < all && stress->first_cut_ms == 0)
            stress->first_cut_ms = ms;
        if (there <= all - stress->slow) {
            stress->last_cut_ms = ms;
            stress->figures.uncut = 0;
            return true;
        }
        stress->figures.uncut = there + stress->slow - all;
        if (ms > OUTPUT_CUT_MS + CUT_EXTRA_MS)
            return true; /* the judge says so */
        if (!run_for(stress, 200))
            return false;
    }
}

static bool stop_posting(struct stress *stress)
{
    uint64_t until = now_us() + UINT64_C(30000000);
    stress->posting = false;
    while (stress->told < stress->posted && now_us() < until)
        if (!terminals_run(&stress->all))
            return false;
    return stress->told == stress->posted;
}

static uint64_t newest_of(const struct stress *stress)
{
    uint64_t newest = 1;
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        newest = stress->newest[i] > newest ? stress->newest[i] : newest;
    return newest;
}

/* Whoever was cut comes back and resumes; whoever was not just reads on. */
static bool read_again(struct stress *stress)
{
    uint64_t began = now_us();
    uint64_t wanted = newest_of(stress);
    uint32_t from = stress->healthy + 1, to = stress->healthy + stress->slow;
    for (uint32_t i = from; i <= to; i++)
        connection_wake(&stress->all.connections[i]);
    while (!all_exact(stress, 1, to, wanted) && now_us() - began < AGAIN_MS_MAX * UINT64_C(1000)) {
        for (uint32_t i = from; i <= to; i++)
            if (stress->all.connections[i].stream == NULL &&
                !connection_dial(&stress->all.connections[i]))
                return false;
        if (!terminals_run(&stress->all))
            return false;
    }
    uint64_t ms = (now_us() - began) / 1000;
    stress->figures.resync_ms = ms > stress->figures.resync_ms ? ms : stress->figures.resync_ms;
    return true;
}

static bool all_see(struct stress *stress, const Tefter__AccountRow *account)
{
    for (uint32_t i = 1; i <= stress->healthy + stress->slow; i++) {
        const struct figures *seen = &stress->sights[i].rows[account->customer];
        if (seen->balance_minor != account->balance_minor ||
            seen->available_minor != account->available_minor) {
            found(stress, "a terminal sees other figures than the card, terminal", i);
            return false;
        }
    }
    return true;
}

static bool compare(struct stress *stress)
{
    uint64_t seq;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        arena_reset(&stress->all.arena);
        const Tefter__AccountRow *account =
            customer_account(&stress->all, stress->customers[i], &seq);
        if (account == NULL || !all_see(stress, account))
            return false;
    }
    return true;
}

/* What a sanitizer keeps aside says nothing of the server. */
static uint64_t kib_each(const struct stress *stress)
{
#ifdef TEFTER_SANITIZED
    return 0;
#endif
    return stress->rss_most_kib <= stress->rss_before_kib
               ? 0
               : (stress->rss_most_kib - stress->rss_before_kib) / stress->slow;
}

static uint64_t rounds_of(const struct stress *stress)
{
    return stress->options->rounds == 0 ? 1 : stress->options->rounds;
}

static void note_delays(struct stress *stress)
{
    struct slow_figures *figures = &stress->figures;
    figures->measured = stress->options->rounds > 0;
    for (unsigned i = 0; i < 2; i++) {
        figures->reply_p99_us[i] = median(stress->reply_p99_us[i], rounds_of(stress));
        figures->news_p99_us[i] = median(stress->news_p99_us[i], rounds_of(stress));
    }
}

/* Other work may hold up everything for seconds; a server that waits for those who do not read does
 * so each time. */
static bool measure_asleep(struct stress *stress)
{
    if (!measure(stress, 1))
        return false;
    for (int i = 1; i < LOOKS_MAX && stress->options->rounds == 0; i++) {
        note_delays(stress);
        if (!slow_delays_worse(&stress->figures))
            break;
        if (!measure(stress, 1))
            return false;
    }
    return true;
}

static bool judge(struct stress *stress)
{
    struct slow_figures *figures = &stress->figures;
    note_delays(stress);
    figures->kib_each = kib_each(stress);
    figures->slow = stress->slow;
    figures->held = 0;
    for (uint32_t i = 1; i <= stress->slow; i++)
        figures->held += held_back(stress, stress->healthy + i);
    figures->waited = stress->options->rounds > 0;
    return slow_judge(figures, stress->fault);
}

static bool run_parts(struct stress *stress)
{
    uint64_t rounds = rounds_of(stress);
    for (uint32_t i = 1; i <= stress->slow; i++)
        connection_narrow(&stress->all.connections[stress->healthy + i]);
    if (!subscribe(stress, 1, stress->healthy + stress->slow))
        return false;
    stress->began_us = now_us();
    stress->posting = true;
    for (uint64_t i = 1; i <= rounds; i++) {
        stress->round = i - 1;
        if (!run_for(stress, WARM_MS) || !measure(stress, 0))
            return false;
        if (i == 1)
            stress->rss_before_kib = stress->rss_most_kib = server_rss_kib(&stress->server);
        fall_asleep(stress);
        if (!wait_until_full(stress) || !measure_asleep(stress) || !wait_for_news(stress) ||
            (i < rounds && !read_again(stress)))
            return false;
    }
    if (stress->options->control && stress->options->rounds == 0 && !judge(stress))
        return false; /* that is enough */
    return (stress->options->rounds == 0 || wait_for_cuts(stress)) && stop_posting(stress) &&
           read_again(stress) && compare(stress);
}

static bool run(struct stress *stress)
{
    struct failure failure = {0};
    struct terminals *all = &stress->all;
    if (!server_found(&stress->server, stress->options->server, &failure) ||
        !server_start(&stress->server, &failure) ||
        !terminals_open(all, &stress->server, IDENTITIES, stress->healthy + stress->slow + WRITERS,
                        &failure)) {
        fprintf(stderr, "slow: %s\n", failure.text);
        return false;
    }
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        if ((stress->customers[i] = customer_open(all, i, (int64_t)1 << 40)) == 0)
            return false;
    all->owner = stress;
    all->events = (struct connection_events){
        .in = on_in, .reply = on_reply, .other = on_other, .lost = on_lost};
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, stress);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    bool good = run_parts(stress) && judge(stress);
    loop_timer_destroy(timer);
    return good;
}

static double ms_of(uint64_t us)
{
    return (double)us / 1000;
}

static const char *verdict(const struct stress *stress, bool good)
{
    if (stress->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "good" : "NOT GOOD";
}

static void record(const struct stress *stress, bool good)
{
    const struct slow_figures *seen = &stress->figures;
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%u\t%u\t%" PRIu64 "\t%" PRIu64 "\t%.1f\t%.1f\t%.0f\t%.0f\t%" PRIu64 "\t%" PRIu64
                   "\t%" PRIu64 "\t%s",
                   stress->healthy, stress->slow, stress->options->rate, stress->options->rounds,
                   ms_of(seen->reply_p99_us[0]), ms_of(seen->reply_p99_us[1]),
                   ms_of(seen->news_p99_us[0]), ms_of(seen->news_p99_us[1]), seen->kib_each,
                   stress->last_cut_ms, seen->resync_ms, good ? "good" : "BAD");
    options_record(stress->options,
                   "healthy\tslow\trate\trounds\treply_p99_ms\treply_p99_ms_then\tnews_p99_ms\t"
                   "news_p99_ms_then\tkib_each\tlast_cut_ms\tresync_ms\tresult",
                   figures);
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    const struct slow_figures *seen = &stress->figures;
    if (stress->all.trouble.fault != FAULT_NONE)
        printf("slow: %s\n", stress->all.trouble.text);
    else if (stress->fault[0] != '\0')
        printf("slow: %s\n", stress->fault);
    printf("slow: seed %" PRIu64 ", %u of %u do not read at %" PRIu64 " postings/s (%" PRIu64
           " posted, %u held back): reply p99 %.1f ms while all read, %.1f then; news p99 %.0f "
           "and %.0f ms; %" PRIu64 " KiB each; cut after %" PRIu64 " to %" PRIu64
           " ms; exact again after %" PRIu64 " ms; %s, %.1f s\n",
           stress->options->seed, stress->slow, stress->healthy + stress->slow,
           stress->options->rate, stress->posted, seen->held, ms_of(seen->reply_p99_us[0]),
           ms_of(seen->reply_p99_us[1]), ms_of(seen->news_p99_us[0]), ms_of(seen->news_p99_us[1]),
           seen->kib_each, stress->first_cut_ms, stress->last_cut_ms, seen->resync_ms,
           verdict(stress, good), seconds);
}

/* With --control: was it found out, and in the words that are due? */
static bool caught(const struct stress *stress, bool good)
{
    const char *trouble = stress->all.trouble.fault == FAULT_NONE ? "" : stress->all.trouble.text;
    return !good && (options_found(stress->options, trouble) ||
                     options_found(stress->options, stress->fault));
}

static int prove(const struct options *options)
{
    struct stress *stress = calloc(1, sizeof *stress);
    uint64_t began = now_us();
    if (stress == NULL)
        return 1;
    stress->options = options;
    stress->chance = options->seed;
    stress->slow = (uint32_t)(options->terminals * 2 / 5);
    stress->healthy = (uint32_t)options->terminals - stress->slow;
    for (uint32_t i = 0; i <= options->terminals; i++)
        sight_init(&stress->sights[i]);
    bool good = run(stress);
    terminals_close(&stress->all);
    good = server_stop(&stress->server) == 0 && good;
    good = options->control ? caught(stress, good) : good;
    record(stress, good);
    tell(stress, good, (double)(now_us() - began) / 1e6);
    for (uint32_t i = 0; i <= options->terminals; i++)
        sight_fini(&stress->sights[i]);
    server_close(&stress->server, !good);
    free(stress);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.rounds = 3, .terminals = 500, .rate = 500, .seconds = 10};
    if (!options_read(argc, argv, &options) || options.terminals < 5 ||
        options.terminals >= LINES_MAX || options.rate == 0 || options.seconds == 0 ||
        options.rounds > ROUNDS_MAX)
        return 2;
    if (!slow_judge_fails())
        return 1;
    if (options.self) {
        printf("slow: the judge finds all forged figures out\n");
        return 0;
    }
    return prove(&options);
}

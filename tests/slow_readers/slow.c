/*
 * Some terminals stop reading while the postings go on. The others must not feel it, the server
 * must not pay for it in memory, it must let go of those who sleep for good, and whoever reads
 * again must soon see the truth.
 *
 *   slow --server TEFTERD [--terminals 500] [--rate 500] [--seconds 10] [--rounds 3] [--seed N]
 *
 * Two of five stop reading. A round is so many seconds of measuring while all read, then while they
 * do not, and the median of the rounds counts; at the end of the last one it is waited until the
 * server cuts them. --rounds 0, for a machine that has other work: once, with lines that are full
 * at once, no cut is waited for, and delays are judged coarsely and looked at again.
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
    FULL_MS_MAX = 20000, /* until the server's own lines are full */
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
    uint32_t line;
    uint32_t customer;
    uint8_t id[COMMAND_ID_SIZE];
    bool again; /* the server had no time: at the next tick */
};

struct proof {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t healthy; /* the first lines */
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

static void found(struct proof *proof, const char *what, uint64_t number)
{
    if (proof->fault[0] == '\0')
        (void)snprintf(proof->fault, sizeof proof->fault, "%.140s: %" PRIu64, what, number);
    terminals_fail(&proof->all, "%s", proof->fault);
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

static void post(struct proof *proof, struct slot *slot)
{
    struct terminals *all = &proof->all;
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    slot->again = false;
    if (sale_pack(all, proof->customers[slot->customer], 1, &packed))
        line_submit(&all->lines[slot->line], (uint64_t)(slot - proof->slots) + 1, slot->id,
                    buffer_slice(&packed));
    buffer_fini(&packed);
}

static void begin(struct proof *proof, struct slot *slot)
{
    uint32_t first = proof->healthy + proof->slow + 1;
    *slot = (struct slot){.begun_us = now_us(),
                          .line = first + chance_below(&proof->chance, WRITERS),
                          .customer = chance_below(&proof->chance, CUSTOMERS)};
    line_new_id(&proof->all.lines[slot->line], slot->id);
    proof->posted++;
    post(proof, slot);
}

static void post_due(struct proof *proof)
{
    uint64_t due = (now_us() - proof->began_us) * proof->options->rate / 1000000;
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct slot *slot = &proof->slots[i];
        if (slot->begun_us == 0 && proof->posting && proof->posted < due)
            begin(proof, slot);
        else if (slot->again)
            post(proof, slot);
    }
}

/* A posting that is put off is sent again, and its delay counts from the first time. */
static void on_reply(struct line *line, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct proof *proof = line->all->owner;
    struct slot *slot = &proof->slots[request - 1];
    (void)packed;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        slot->again = reply->seq == 0 && reply->refused->code == TEFTER__REFUSAL_CODE__BUSY;
        if (!slot->again)
            found(proof, "a posting is refused, code", reply->refused->code);
        return;
    }
    if (proof->measuring)
        quantiles_note(&proof->replies, now_us() - slot->begun_us);
    slot->begun_us = 0;
    proof->told++;
    if (reply->seq > proof->newest[slot->customer])
        proof->newest[slot->customer] = reply->seq;
}

/* ---- subscribers ---- */

static bool subscribes(const struct proof *proof, const struct line *line)
{
    return line->index >= 1 && line->index <= proof->healthy + proof->slow;
}

static void on_other(struct line *line, const Tefter__ToTerminal *frame)
{
    struct proof *proof = line->all->owner;
    if (!subscribes(proof, line))
        return;
    struct sight *sight = &proof->sights[line->index];
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_GOODBYE && line->index <= proof->healthy)
        terminals_fail(&proof->all, "a healthy terminal is sent away: %s", frame->goodbye->reason);
    if (!sight_take(sight, frame))
        found(proof, sight->fault, line->index);
    if (frame->body_case != TEFTER__TO_TERMINAL__BODY_DELTA)
        return;
    if (!proof->measuring || line->index > proof->healthy || !frame->delta->has_committed_ms)
        return;
    int64_t delay_ms = now_wall_ms() - frame->delta->committed_ms;
    quantiles_note(&proof->news, delay_ms < 0 ? 0 : (uint64_t)delay_ms * 1000);
}

static void on_in(struct line *line)
{
    struct proof *proof = line->all->owner;
    if (subscribes(proof, line))
        line_subscribe(line, NULL, 0, proof->sights[line->index].exact);
}

static void on_lost(struct line *line, const char *reason)
{
    struct proof *proof = line->all->owner;
    if (line->index <= proof->healthy || line->index > proof->healthy + proof->slow)
        terminals_fail(&proof->all, "a healthy terminal is lost: %s", reason);
}

static void on_tick(void *context)
{
    struct proof *proof = context;
    struct terminals *all = &proof->all;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    post_due(proof);
    for (uint32_t i = 1; i <= proof->slow; i++)
        line_fill(&all->lines[proof->healthy + i], FILL);
    if (now_us() - proof->pinged_us > PING_US) {
        proof->pinged_us = now_us();
        for (uint32_t i = 0; i < all->line_count; i++)
            if (all->lines[i].in)
                line_send(&all->lines[i], 1000000000, &frame);
    }
    if (now_us() - proof->looked_us > LOOK_US) {
        uint64_t kib = server_rss_kib(&proof->server);
        proof->rss_most_kib = kib > proof->rss_most_kib ? kib : proof->rss_most_kib;
        proof->looked_us = now_us();
    }
    loop_stop(all->loop); /* whoever waits looks */
}

/* ---- the parts ---- */

static bool run_for(struct proof *proof, uint64_t ms)
{
    uint64_t until = now_us() + ms * 1000;
    while (now_us() < until)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

static bool all_exact(const struct proof *proof, uint32_t from, uint32_t to, uint64_t seq)
{
    for (uint32_t i = from; i <= to; i++)
        if (proof->sights[i].exact == 0 || proof->sights[i].exact < seq)
            return false;
    return true;
}

static bool subscribe(struct proof *proof, uint32_t from, uint32_t to)
{
    uint64_t until = now_us() + UINT64_C(60000000);
    for (uint32_t i = from; i <= to; i++)
        line_subscribe(&proof->all.lines[i], NULL, 0, 0);
    while (!all_exact(proof, from, to, 1)) {
        if (!terminals_run(&proof->all))
            return false;
        if (now_us() > until)
            found(proof, "a subscription never is exact", from);
    }
    return true;
}

static bool measure(struct proof *proof, unsigned phase)
{
    memset(&proof->replies, 0, sizeof proof->replies);
    memset(&proof->news, 0, sizeof proof->news);
    proof->measuring = true;
    bool good = run_for(proof, proof->options->seconds * 1000);
    proof->measuring = false;
    for (uint32_t i = 0; i < SLOTS; i++) /* who waits still has waited so long */
        if (proof->slots[i].begun_us != 0)
            quantiles_note(&proof->replies, now_us() - proof->slots[i].begun_us);
    proof->reply_p99_us[phase][proof->round] = quantiles_us(&proof->replies, 99);
    proof->news_p99_us[phase][proof->round] = quantiles_us(&proof->news, 99);
    return good;
}

static void fall_asleep(struct proof *proof)
{
    for (uint32_t i = 1; i <= proof->slow; i++) {
        struct line *line = &proof->all.lines[proof->healthy + i];
        line_narrow(line);
        if (proof->options->rounds == 0)
            line_sleep(line);
        else if (line->stream != NULL)
            stream_pause(line->stream, true);
    }
    for (uint32_t i = 1; i <= proof->healthy + proof->slow; i++)
        proof->sets_before[i] = proof->sights[i].sets;
    proof->paused_us = now_us();
}

/* After the server held it back it heard in far fewer steps than the healthy: of each row the
 * newest alone was kept for it. */
static bool held_back(const struct proof *proof, uint32_t index)
{
    uint64_t own = proof->sights[index].sets - proof->sets_before[index];
    uint64_t until_full = proof->sets_full - proof->sets_before[1];
    uint64_t later = proof->sights[1].sets - proof->sets_full;
    return proof->sets_full > 0 && own * 2 <= until_full * 2 + later;
}

/* The server's own word; NULL: it did not answer. */
static const Tefter__StatusAnswer *ask_status(struct proof *proof)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__ServerStatus status = TEFTER__SERVER_STATUS__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &status;
    arena_reset(&proof->all.arena);
    const Tefter__ToTerminal *told = line_ask(&proof->all.lines[0], &frame);
    return told == NULL || told->body_case != TEFTER__TO_TERMINAL__BODY_STATUS ? NULL
                                                                               : told->status;
}

/* Until then what they are told still finds room in the kernel. A server that never holds them back
 * is left to the judge. */
static bool wait_until_full(struct proof *proof)
{
    uint64_t until = now_us() + FULL_MS_MAX * UINT64_C(1000);
    proof->sets_full = 0;
    while (now_us() < until) {
        const Tefter__StatusAnswer *status = ask_status(proof);
        if (status == NULL)
            return false;
        if (status->not_reading >= proof->slow) {
            proof->sets_full = proof->sights[1].sets;
            return true;
        }
        if (!run_for(proof, 50))
            return false;
    }
    return true;
}

static bool wait_for_news(struct proof *proof)
{
    uint64_t until = now_us() + LATER_MS_MAX * UINT64_C(1000);
    while (proof->sights[1].sets < proof->sets_full + LATER_SETS && now_us() < until)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

/* Those who sleep learn nothing of it: the server's own count tells. */
static bool wait_for_cuts(struct proof *proof)
{
    uint32_t all = proof->all.line_count;
    for (;;) {
        uint64_t ms = (now_us() - proof->paused_us) / 1000;
        const Tefter__StatusAnswer *status = ask_status(proof);
        if (status == NULL)
            return false;
        uint32_t there = status->sessions;
        if (there < all && proof->first_cut_ms == 0)
            proof->first_cut_ms = ms;
        if (there <= all - proof->slow) {
            proof->last_cut_ms = ms;
            proof->figures.uncut = 0;
            return true;
        }
        proof->figures.uncut = there + proof->slow - all;
        if (ms > OUTPUT_CUT_MS + CUT_EXTRA_MS)
            return true; /* the judge says so */
        if (!run_for(proof, 200))
            return false;
    }
}

static bool stop_posting(struct proof *proof)
{
    uint64_t until = now_us() + UINT64_C(30000000);
    proof->posting = false;
    while (proof->told < proof->posted && now_us() < until)
        if (!terminals_run(&proof->all))
            return false;
    return proof->told == proof->posted;
}

static uint64_t newest_of(const struct proof *proof)
{
    uint64_t newest = 1;
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        newest = proof->newest[i] > newest ? proof->newest[i] : newest;
    return newest;
}

/* Whoever was cut comes back and resumes; whoever was not just reads on. */
static bool read_again(struct proof *proof)
{
    uint64_t began = now_us();
    uint64_t wanted = newest_of(proof);
    uint32_t from = proof->healthy + 1, to = proof->healthy + proof->slow;
    for (uint32_t i = from; i <= to; i++)
        line_wake(&proof->all.lines[i]);
    while (!all_exact(proof, 1, to, wanted) && now_us() - began < AGAIN_MS_MAX * UINT64_C(1000)) {
        for (uint32_t i = from; i <= to; i++)
            if (proof->all.lines[i].stream == NULL && !line_dial(&proof->all.lines[i]))
                return false;
        if (!terminals_run(&proof->all))
            return false;
    }
    uint64_t ms = (now_us() - began) / 1000;
    proof->figures.resync_ms = ms > proof->figures.resync_ms ? ms : proof->figures.resync_ms;
    return true;
}

static bool all_see(struct proof *proof, const Tefter__AccountRow *account)
{
    for (uint32_t i = 1; i <= proof->healthy + proof->slow; i++) {
        const struct figures *seen = &proof->sights[i].rows[account->customer];
        if (seen->balance_minor != account->balance_minor ||
            seen->available_minor != account->available_minor) {
            found(proof, "a terminal sees other figures than the card, terminal", i);
            return false;
        }
    }
    return true;
}

static bool compare(struct proof *proof)
{
    uint64_t seq;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        arena_reset(&proof->all.arena);
        const Tefter__AccountRow *account =
            customer_account(&proof->all, proof->customers[i], &seq);
        if (account == NULL || !all_see(proof, account))
            return false;
    }
    return true;
}

/* What a sanitizer keeps aside says nothing of the server. */
static uint64_t kib_each(const struct proof *proof)
{
#ifdef TEFTER_SANITIZED
    return 0;
#endif
    return proof->rss_most_kib <= proof->rss_before_kib
               ? 0
               : (proof->rss_most_kib - proof->rss_before_kib) / proof->slow;
}

static uint64_t rounds_of(const struct proof *proof)
{
    return proof->options->rounds == 0 ? 1 : proof->options->rounds;
}

static void note_delays(struct proof *proof)
{
    struct slow_figures *figures = &proof->figures;
    figures->measured = proof->options->rounds > 0;
    for (unsigned i = 0; i < 2; i++) {
        figures->reply_p99_us[i] = median(proof->reply_p99_us[i], rounds_of(proof));
        figures->news_p99_us[i] = median(proof->news_p99_us[i], rounds_of(proof));
    }
}

/* Other work may hold up everything for seconds; a server that waits for those who do not read does
 * so each time. */
static bool measure_asleep(struct proof *proof)
{
    if (!measure(proof, 1))
        return false;
    for (int i = 1; i < LOOKS_MAX && proof->options->rounds == 0; i++) {
        note_delays(proof);
        if (!slow_delays_worse(&proof->figures))
            break;
        if (!measure(proof, 1))
            return false;
    }
    return true;
}

static bool judge(struct proof *proof)
{
    struct slow_figures *figures = &proof->figures;
    note_delays(proof);
    figures->kib_each = kib_each(proof);
    figures->slow = proof->slow;
    figures->held = 0;
    for (uint32_t i = 1; i <= proof->slow; i++)
        figures->held += held_back(proof, proof->healthy + i);
    figures->waited = proof->options->rounds > 0;
    return slow_judge(figures, proof->fault);
}

static bool run_parts(struct proof *proof)
{
    uint64_t rounds = rounds_of(proof);
    for (uint32_t i = 1; i <= proof->slow; i++)
        line_narrow(&proof->all.lines[proof->healthy + i]);
    if (!subscribe(proof, 1, proof->healthy + proof->slow))
        return false;
    proof->began_us = now_us();
    proof->posting = true;
    for (uint64_t i = 1; i <= rounds; i++) {
        proof->round = i - 1;
        if (!run_for(proof, WARM_MS) || !measure(proof, 0))
            return false;
        if (i == 1)
            proof->rss_before_kib = proof->rss_most_kib = server_rss_kib(&proof->server);
        fall_asleep(proof);
        if (!wait_until_full(proof) || !measure_asleep(proof) || !wait_for_news(proof) ||
            (i < rounds && !read_again(proof)))
            return false;
    }
    if (proof->options->control && proof->options->rounds == 0 && !judge(proof))
        return false; /* that is enough */
    return (proof->options->rounds == 0 || wait_for_cuts(proof)) && stop_posting(proof) &&
           read_again(proof) && compare(proof);
}

static bool run(struct proof *proof)
{
    struct failure failure = {0};
    struct terminals *all = &proof->all;
    if (!server_found(&proof->server, proof->options->server, &failure) ||
        !server_start(&proof->server, &failure) ||
        !terminals_open(all, &proof->server, IDENTITIES, proof->healthy + proof->slow + WRITERS,
                        &failure)) {
        fprintf(stderr, "slow: %s\n", failure.text);
        return false;
    }
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        if ((proof->customers[i] = customer_open(all, i, (int64_t)1 << 40)) == 0)
            return false;
    all->owner = proof;
    all->events =
        (struct line_events){.in = on_in, .reply = on_reply, .other = on_other, .lost = on_lost};
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, proof);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    bool good = run_parts(proof) && judge(proof);
    loop_timer_destroy(timer);
    return good;
}

static double ms_of(uint64_t us)
{
    return (double)us / 1000;
}

static const char *verdict(const struct proof *proof, bool good)
{
    if (proof->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "good" : "NOT GOOD";
}

static void record(const struct proof *proof, bool good)
{
    const struct slow_figures *seen = &proof->figures;
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%u\t%u\t%" PRIu64 "\t%" PRIu64 "\t%.1f\t%.1f\t%.0f\t%.0f\t%" PRIu64 "\t%" PRIu64
                   "\t%" PRIu64 "\t%s",
                   proof->healthy, proof->slow, proof->options->rate, proof->options->rounds,
                   ms_of(seen->reply_p99_us[0]), ms_of(seen->reply_p99_us[1]),
                   ms_of(seen->news_p99_us[0]), ms_of(seen->news_p99_us[1]), seen->kib_each,
                   proof->last_cut_ms, seen->resync_ms, good ? "good" : "BAD");
    options_record(proof->options,
                   "healthy\tslow\trate\trounds\treply_p99_ms\treply_p99_ms_then\tnews_p99_ms\t"
                   "news_p99_ms_then\tkib_each\tlast_cut_ms\tresync_ms\tresult",
                   figures);
}

static void tell(const struct proof *proof, bool good, double seconds)
{
    const struct slow_figures *seen = &proof->figures;
    if (proof->all.trouble.fault != FAULT_NONE)
        printf("slow: %s\n", proof->all.trouble.text);
    else if (proof->fault[0] != '\0')
        printf("slow: %s\n", proof->fault);
    printf("slow: seed %" PRIu64 ", %u of %u do not read at %" PRIu64 " postings/s (%" PRIu64
           " posted, %u held back): reply p99 %.1f ms while all read, %.1f then; news p99 %.0f "
           "and %.0f ms; %" PRIu64 " KiB each; cut after %" PRIu64 " to %" PRIu64
           " ms; exact again after %" PRIu64 " ms; %s, %.1f s\n",
           proof->options->seed, proof->slow, proof->healthy + proof->slow, proof->options->rate,
           proof->posted, seen->held, ms_of(seen->reply_p99_us[0]), ms_of(seen->reply_p99_us[1]),
           ms_of(seen->news_p99_us[0]), ms_of(seen->news_p99_us[1]), seen->kib_each,
           proof->first_cut_ms, proof->last_cut_ms, seen->resync_ms, verdict(proof, good), seconds);
}

/* With --control: was it found out, and in the words that are due? */
static bool caught(const struct proof *proof, bool good)
{
    const char *trouble = proof->all.trouble.fault == FAULT_NONE ? "" : proof->all.trouble.text;
    return !good &&
           (options_found(proof->options, trouble) || options_found(proof->options, proof->fault));
}

static int prove(const struct options *options)
{
    struct proof *proof = calloc(1, sizeof *proof);
    uint64_t began = now_us();
    if (proof == NULL)
        return 1;
    proof->options = options;
    proof->chance = options->seed;
    proof->slow = (uint32_t)(options->terminals * 2 / 5);
    proof->healthy = (uint32_t)options->terminals - proof->slow;
    for (uint32_t i = 0; i <= options->terminals; i++)
        sight_init(&proof->sights[i]);
    bool good = run(proof);
    terminals_close(&proof->all);
    good = server_stop(&proof->server) == 0 && good;
    good = options->control ? caught(proof, good) : good;
    record(proof, good);
    tell(proof, good, (double)(now_us() - began) / 1e6);
    for (uint32_t i = 0; i <= options->terminals; i++)
        sight_fini(&proof->sights[i]);
    server_close(&proof->server, !good);
    free(proof);
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

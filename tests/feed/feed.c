/*
 * Subscribers of many tempers look on while writers change balances: some never blink, some stop
 * reading for a while, some are cut and resume or begin anew, some look at few customers. Now and
 * then the server is killed. At the end of each round every replica must be the truth, and each one
 * that was called exact on the way must have been the truth at its seq.
 *
 *   feed --server TEFTERD [--rounds 5] [--terminals SUBSCRIBERS] [--rate POSTINGS A SECOND]
 *        [--seconds BETWEEN KILLS] [--changes OF A ROUND] [--seed N]
 *
 * --control=WORDS: the server is a faulty one, and the feed must be found
 * wrong in one of these words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "feed/judge.h"
#include "terminals/terminals.h"

enum {
    SUBSCRIBERS_MAX = 1000,
    WRITERS = 8,
    IDENTITIES = 16,
    UNDER_WAY_MAX = 400,
    TICK_MS = 10,
    PING_US = 8000000,
    FEW = 3,
    SLEEP_MS_MIN = 200,
    SLEEP_MS_MAX = 1000, /* on top */
    FILL = 48,           /* questions a tick, until it is felt that one sleeps */
    MERGED_SEQS = 80,    /* a set of so many is of a terminal that was held back */
    AWAY_MS_MAX = 300,
    DELAYS_MS_MAX = 60000,
};

enum temper { FAITHFUL, CUT, SLEEPY, FEW_CUT, SLEEPY_CUT, FORGETFUL, TEMPERS };

struct subscriber {
    enum temper temper;
    struct sight sight;
    struct watcher watcher;
    uint32_t few[FEW];
    uint64_t until_us; /* away, or asleep */
    bool asleep;
    bool fresh; /* subscribed, and no set yet */
};

struct posting {
    uint8_t id[COMMAND_ID_SIZE];
    uint32_t writer; /* its line */
    uint32_t customer;
    int64_t amount_minor; /* above 0: a sale */
    bool told;
};

struct proof {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t subscriber_count;
    struct subscriber *subscribers; /* by line - 1 */
    uint32_t customers[FEED_CUSTOMERS];
    struct truth truth;
    struct posting *postings; /* of a round */
    size_t begun;
    size_t told;
    bool round_over; /* no more trouble: all are to come back */
    uint64_t newest[FEED_CUSTOMERS];
    uint64_t ticks;
    uint64_t pinged_us;
    uint64_t began_us; /* of the round */
    uint64_t next_kill_us;
    uint64_t progress;
    uint64_t highest; /* seq that was pushed to anyone */
    uint64_t cuts, kills, naps, pushes, sets;
    uint64_t merged;                /* sets in which a slow terminal heard of many steps at once */
    uint32_t delays[DELAYS_MS_MAX]; /* commit to arrival at the faithful, by ms */
    uint64_t delay_count;
    char fault[FEED_FAULT_MAX];
};

static void found(struct proof *proof, const char *what, uint32_t who)
{
    if (proof->fault[0] == '\0')
        (void)snprintf(proof->fault, sizeof proof->fault, "%.150s, subscriber %u", what, who);
    terminals_fail(&proof->all, "%s", proof->fault);
}

static struct subscriber *subscriber_of(struct line *line)
{
    struct proof *proof = line->all->owner;
    return line->index >= 1 && line->index <= proof->subscriber_count
               ? &proof->subscribers[line->index - 1]
               : NULL;
}

static uint64_t mix(uint64_t print, uint64_t value)
{
    return (print ^ value) * UINT64_C(1099511628211) + (print >> 29);
}

/* Of all that a change of figures changes. */
static uint64_t print_of(const Tefter__AccountRow *account)
{
    uint64_t print = UINT64_C(14695981039346656037);
    print = mix(print, (uint64_t)account->balance_minor);
    print = mix(print, (uint64_t)account->used_minor);
    print = mix(print, (uint64_t)account->limit_minor);
    print = mix(print, (uint64_t)account->available_minor);
    print = mix(print, (uint64_t)account->bills_minor);
    print = mix(print, (uint64_t)account->unmatched_minor);
    print = mix(print, account->open_bills);
    print = mix(print, account->last == NULL ? 0 : account->last->seq);
    return print == 0 ? 1 : print;
}

static uint32_t customer_of(const struct proof *proof, uint32_t number)
{
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++)
        if (proof->customers[i] == number)
            return i;
    return FEED_CUSTOMERS;
}

/* ---- writers ---- */

static void post(struct proof *proof, const struct posting *posting)
{
    struct line *line = &proof->all.lines[posting->writer];
    uint32_t customer = proof->customers[posting->customer];
    struct buffer packed;
    bool good;
    if (!line->in)
        return; /* it is sent again when the line is back */
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (posting->amount_minor > 0)
        good = sale_pack(&proof->all, customer, (uint32_t)(posting->amount_minor / PRICE_MINOR),
                         &packed);
    else
        good = payment_pack(line->terminal, customer, -posting->amount_minor, &packed);
    if (good)
        line_submit(line, (uint64_t)(posting - proof->postings) + 1, posting->id,
                    buffer_slice(&packed));
    buffer_fini(&packed);
}

/* The last ones of a round touch every customer. */
static void begin_posting(struct proof *proof)
{
    struct posting *posting = &proof->postings[proof->begun];
    size_t left = proof->options->changes - proof->begun++;
    *posting = (struct posting){
        .writer = proof->subscriber_count + 1 + chance_below(&proof->chance, WRITERS),
        .customer = left <= FEED_CUSTOMERS ? (uint32_t)left - 1
                                           : chance_below(&proof->chance, FEED_CUSTOMERS),
        .amount_minor = PRICE_MINOR * (1 + (int64_t)chance_below(&proof->chance, 3)),
    };
    if (chance_below(&proof->chance, 3) == 0)
        posting->amount_minor = -posting->amount_minor;
    line_new_id(&proof->all.lines[posting->writer], posting->id);
    post(proof, posting);
}

static void post_due(struct proof *proof)
{
    size_t due = (size_t)((now_us() - proof->began_us) * proof->options->rate / 1000000);
    while (proof->begun < due && proof->begun < proof->options->changes &&
           proof->begun - proof->told < UNDER_WAY_MAX)
        begin_posting(proof);
}

static void on_reply(struct line *line, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct proof *proof = line->all->owner;
    struct posting *posting = &proof->postings[request - 1];
    (void)packed;
    if (posting->told)
        return;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        if (reply->seq == 0)
            return; /* the tick sends it again */
        found(proof, "a posting is refused", line->index);
        return;
    }
    posting->told = true;
    proof->progress++;
    proof->truth.changes[proof->told++] =
        (struct change){reply->seq, posting->customer, print_of(reply->done->account)};
    if (reply->seq > proof->newest[posting->customer])
        proof->newest[posting->customer] = reply->seq;
}

/* ---- subscribers ---- */

static void subscribe(struct line *line)
{
    struct subscriber *subscriber = subscriber_of(line);
    bool anew = subscriber->temper == FORGETFUL;
    uint64_t resume = anew ? 0 : subscriber->sight.exact;
    bool few = subscriber->temper == FEW_CUT;
    line_subscribe(line, few ? subscriber->few : NULL, few ? FEW : 0, resume);
}

static void on_in(struct line *line)
{
    struct proof *proof = line->all->owner;
    if (subscriber_of(line) != NULL) {
        subscribe(line);
        return;
    }
    for (size_t i = 0; i < proof->begun; i++)
        if (proof->postings[i].writer == line->index && !proof->postings[i].told)
            post(proof, &proof->postings[i]);
}

static void note_rows(struct proof *proof, struct subscriber *subscriber, Tefter__Row **rows,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Tefter__AccountRow *account = rows[i]->account;
        if (rows[i]->kind_case != TEFTER__ROW__KIND_ACCOUNT)
            continue;
        uint32_t customer = customer_of(proof, account->customer);
        proof->pushes++;
        if (customer < FEED_CUSTOMERS &&
            !watcher_add(&subscriber->watcher,
                         (struct glance){GLANCE_ROW, customer, account->seq, print_of(account)}))
            found(proof, "no memory", 0);
    }
}

static void note_delay(struct proof *proof, const Tefter__Delta *set)
{
    int64_t delay = now_wall_ms() - set->committed_ms;
    if (!set->has_committed_ms || set->n_rows == 0)
        return;
    delay = delay < 0 ? 0 : delay;
    proof->delays[delay < DELAYS_MS_MAX ? delay : DELAYS_MS_MAX - 1]++;
    proof->delay_count++;
}

static void see_set(struct proof *proof, struct subscriber *subscriber, const Tefter__Delta *set)
{
    bool sleepy = subscriber->temper == SLEEPY || subscriber->temper == SLEEPY_CUT;
    note_rows(proof, subscriber, set->rows, set->n_rows);
    proof->sets++;
    proof->progress++;
    proof->merged += sleepy && !subscriber->fresh && set->this_ - set->prev >= MERGED_SEQS;
    subscriber->fresh = false;
    proof->highest = set->this_ > proof->highest ? set->this_ : proof->highest;
    if (subscriber->temper == FAITHFUL && !proof->round_over)
        note_delay(proof, set);
    if (subscriber->sight.exact == set->this_ && set->this_ != 0)
        (void)watcher_add(&subscriber->watcher, (struct glance){GLANCE_EXACT, 0, set->this_, 0});
}

static void on_other(struct line *line, const Tefter__ToTerminal *frame)
{
    struct proof *proof = line->all->owner;
    struct subscriber *subscriber = subscriber_of(line);
    if (subscriber == NULL)
        return;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        subscriber->fresh = true;
    if (!sight_take(&subscriber->sight, frame))
        found(proof, subscriber->sight.fault, line->index);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED &&
             !frame->subscribed->resumed)
        (void)watcher_add(&subscriber->watcher, (struct glance){.kind = GLANCE_ANEW});
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        note_rows(proof, subscriber, frame->snapshot_chunk->rows, frame->snapshot_chunk->n_rows);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        see_set(proof, subscriber, frame->delta);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        found(proof, "a subscription is refused", line->index);
}

/* ---- trouble ---- */

static void on_lost(struct line *line, const char *reason)
{
    struct proof *proof = line->all->owner;
    struct subscriber *subscriber = subscriber_of(line);
    (void)reason;
    if (subscriber != NULL) {
        subscriber->asleep = false;
        subscriber->until_us = now_us() + chance_below(&proof->chance, AWAY_MS_MAX) * 1000;
    }
}

static void wake(struct line *line, struct subscriber *subscriber)
{
    subscriber->asleep = false;
    line_wake(line);
}

/* A nap counts from when the line is full: then it is felt. */
static void sleep_on(struct proof *proof, struct line *line, struct subscriber *subscriber)
{
    line_fill(line, FILL);
    if (line->filling > 0)
        subscriber->until_us =
            now_us() + SLEEP_MS_MIN * 1000 + chance_below(&proof->chance, SLEEP_MS_MAX) * 1000;
}

static void look_after_subscriber(struct proof *proof, struct line *line,
                                  struct subscriber *subscriber)
{
    sleep_on(proof, line, subscriber);
    bool due = now_us() >= subscriber->until_us || proof->round_over;
    if (line->stream == NULL && due)
        (void)line_dial(line);
    else if (subscriber->asleep && due)
        wake(line, subscriber);
}

static void disturb(struct proof *proof)
{
    uint32_t index = chance_below(&proof->chance, proof->subscriber_count);
    struct line *line = &proof->all.lines[index + 1];
    struct subscriber *subscriber = &proof->subscribers[index];
    enum temper temper = subscriber->temper;
    if (!line->in || subscriber->asleep || temper == FAITHFUL)
        return;
    if (temper == SLEEPY || (temper == SLEEPY_CUT && chance_below(&proof->chance, 2) == 0)) {
        subscriber->asleep = true;
        line_sleep(line);
        sleep_on(proof, line, subscriber);
        proof->naps++;
        return;
    }
    proof->cuts++;
    line_cut(line);
}

/* What was pushed must be there afterwards: the ledger stands no earlier. */
static void kill_server(struct proof *proof)
{
    struct failure failure = {0};
    if (!server_alive(&proof->server)) {
        found(proof, "the server ended by itself", 0);
        return;
    }
    server_kill(&proof->server);
    proof->kills++;
    if (!server_start(&proof->server, &failure))
        terminals_fail(&proof->all, "%s", failure.text);
    proof->next_kill_us = now_us() + proof->options->seconds * 500000 +
                          chance_below(&proof->chance, 1000) * proof->options->seconds * 1000;
}

static void ping(struct line *line)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping body = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &body;
    if (line->in)
        line_send(line, 1, &frame);
}

static void look_after_writers(struct proof *proof)
{
    for (uint32_t i = 0; i < WRITERS; i++) {
        struct line *line = &proof->all.lines[proof->subscriber_count + 1 + i];
        if (line->stream == NULL)
            (void)line_dial(line);
        else if (line->in && proof->ticks % 100 == 0)
            on_in(line); /* what was put off, or lost */
    }
}

static bool everybody_has_seen(struct proof *proof)
{
    for (uint32_t i = 0; i < proof->subscriber_count; i++) {
        struct subscriber *subscriber = &proof->subscribers[i];
        uint64_t wanted = 0;
        for (uint32_t c = 0; c < FEED_CUSTOMERS; c++)
            if ((subscriber->watcher.wish >> c & 1) != 0 && proof->newest[c] > wanted)
                wanted = proof->newest[c];
        if (subscriber->sight.exact < wanted || !proof->all.lines[i + 1].in)
            return false;
    }
    return true;
}

static void on_tick(void *context)
{
    struct proof *proof = context;
    struct terminals *all = &proof->all;
    proof->ticks++;
    proof->round_over = proof->told == proof->options->changes;
    post_due(proof);
    if (!proof->round_over)
        disturb(proof);
    if (!proof->round_over && proof->options->seconds > 0 && now_us() > proof->next_kill_us)
        kill_server(proof);
    for (uint32_t i = 0; i < proof->subscriber_count; i++)
        look_after_subscriber(proof, &all->lines[i + 1], &proof->subscribers[i]);
    look_after_writers(proof);
    if (now_us() - proof->pinged_us > PING_US) {
        proof->pinged_us = now_us();
        for (uint32_t i = 0; i < all->line_count; i++)
            ping(&all->lines[i]);
    }
    if (proof->progress > 0 || proof->round_over)
        loop_stop(all->loop); /* patience begins anew */
    proof->progress = 0;
}

/* ---- a round ---- */

static bool judge_round(struct proof *proof)
{
    struct truth *truth = &proof->truth;
    truth->count = proof->told;
    if (!truth_sort(truth, proof->fault))
        return false;
    for (uint32_t i = 0; i < proof->subscriber_count; i++) {
        struct watcher *watcher = &proof->subscribers[i].watcher;
        if (!feed_judge(truth, watcher, proof->fault)) {
            size_t size = strlen(proof->fault);
            (void)snprintf(proof->fault + size, sizeof proof->fault - size,
                           " (subscriber %u, temper %d)", i + 1, (int)proof->subscribers[i].temper);
            return false;
        }
        watcher->count = 0;
    }
    for (size_t i = 0; i < truth->count; i++)
        truth->before[truth->changes[i].customer] = truth->changes[i].print;
    return true;
}

static bool run_round(struct proof *proof)
{
    uint64_t stuck_us = now_us();
    proof->begun = proof->told = 0;
    proof->round_over = false;
    proof->began_us = now_us();
    while (!proof->round_over || !everybody_has_seen(proof)) {
        if (!proof->round_over)
            stuck_us = now_us();
        if (!terminals_run(&proof->all))
            return false;
        if (now_us() - stuck_us > 60000000) {
            found(proof, "somebody never sees the newest", 0);
            return false;
        }
    }
    return judge_round(proof);
}

/* ---- the whole ---- */

static bool set_up(struct proof *proof)
{
    uint64_t seq;
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++) {
        proof->customers[i] = customer_open(&proof->all, i, (int64_t)1 << 40);
        arena_reset(&proof->all.arena);
        const Tefter__AccountRow *account =
            proof->customers[i] == 0 ? NULL
                                     : customer_account(&proof->all, proof->customers[i], &seq);
        if (account == NULL)
            return false;
        proof->truth.before[i] = print_of(account);
    }
    for (uint32_t i = 0; i < proof->subscriber_count; i++) {
        struct subscriber *subscriber = &proof->subscribers[i];
        sight_init(&subscriber->sight);
        subscriber->temper = (enum temper)(i % TEMPERS);
        subscriber->watcher.wish = (UINT64_C(1) << FEED_CUSTOMERS) - 1;
        if (subscriber->temper == FEW_CUT)
            subscriber->watcher.wish = 0;
        for (uint32_t j = 0; j < FEW; j++) {
            uint32_t customer = (i + j * 7) % FEED_CUSTOMERS;
            subscriber->few[j] = proof->customers[customer];
            subscriber->watcher.wish |= UINT64_C(1) << customer;
        }
    }
    return true;
}

/* What the server itself says at the end. */
static bool compare_cards(struct proof *proof)
{
    uint64_t seq;
    struct terminals *all = &proof->all;
    terminals_drop(all);
    all->events = (struct line_events){.in = NULL};
    if (!terminals_connect(all))
        return false;
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++) {
        arena_reset(&all->arena);
        const Tefter__AccountRow *account = customer_account(all, proof->customers[i], &seq);
        if (account == NULL)
            return false;
        if (print_of(account) != proof->truth.before[i]) {
            found(proof, "the card tells other figures", i);
            return false;
        }
    }
    return true;
}

/* A proof in which nobody was ever slow has not looked at what a slow one is told. One short round
 * may have none: its last line says how many. */
static bool somebody_was_slow(struct proof *proof)
{
    if (proof->options->rounds == 1)
        return true;
    if (proof->merged == 0)
        found(proof, "nobody was held back: nothing is proven of slow terminals", 0);
    return proof->merged > 0;
}

static bool look_on(struct proof *proof)
{
    struct terminals *all = &proof->all;
    all->owner = proof;
    all->events =
        (struct line_events){.in = on_in, .reply = on_reply, .other = on_other, .lost = on_lost};
    for (uint32_t i = 0; i < proof->subscriber_count; i++)
        subscribe(&all->lines[i + 1]);
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, proof);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    proof->next_kill_us = now_us() + proof->options->seconds * 700000;
    bool good = true;
    for (uint64_t i = 0; good && i < proof->options->rounds; i++)
        good = run_round(proof);
    loop_timer_destroy(timer);
    return good;
}

static bool run(struct proof *proof)
{
    struct failure failure = {0};
    uint32_t lines = proof->subscriber_count + WRITERS;
    if (!server_found(&proof->server, proof->options->server, &failure) ||
        !server_start(&proof->server, &failure) ||
        !terminals_open(&proof->all, &proof->server, IDENTITIES, lines, &failure)) {
        fprintf(stderr, "feed: %s\n", failure.text);
        return false;
    }
    return set_up(proof) && look_on(proof) && compare_cards(proof) && somebody_was_slow(proof);
}

/* ---- figures ---- */

static uint32_t delay_of(const struct proof *proof, unsigned percent)
{
    uint64_t seen = 0;
    for (uint32_t ms = 0; ms < DELAYS_MS_MAX; ms++) {
        seen += proof->delays[ms];
        if (seen * 100 >= proof->delay_count * percent)
            return ms;
    }
    return DELAYS_MS_MAX;
}

static const char *verdict(const struct proof *proof, bool good)
{
    if (proof->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "every replica true at its seq" : "NOT GOOD";
}

static void tell(const struct proof *proof, bool good, double seconds)
{
    char figures[300];
    uint64_t resyncs = 0, resumes = 0;
    for (uint32_t i = 0; i < proof->subscriber_count; i++) {
        resyncs += proof->subscribers[i].sight.resyncs;
        resumes += proof->subscribers[i].sight.resumes;
    }
    (void)snprintf(figures, sizeof figures,
                   "%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                   "\t%u\t%.0f\t%s",
                   proof->subscriber_count, proof->options->rounds * proof->options->changes,
                   proof->pushes, proof->cuts, proof->naps, proof->kills, delay_of(proof, 99),
                   seconds, good ? "good" : "BAD");
    options_record(proof->options,
                   "subscribers\tchanges\trows\tcuts\tnaps\tkills\tp99_ms\tseconds\tresult",
                   figures);
    if (proof->all.trouble.fault != FAULT_NONE)
        printf("feed: %s\n", proof->all.trouble.text);
    else if (proof->fault[0] != '\0')
        printf("feed: %s\n", proof->fault);
    printf("feed: seed %" PRIu64 ", %u subscribers, %" PRIu64 " changes, %" PRIu64
           " rows in %" PRIu64 " sets (%" PRIu64 " of slow ones), %" PRIu64 " cuts (%" PRIu64
           " resumed, %" PRIu64 " anew), %" PRIu64 " naps, %" PRIu64
           " kills, commit to arrival p50 %u ms p99 %u ms, %s, %.1f s\n",
           proof->options->seed, proof->subscriber_count,
           proof->options->rounds * proof->options->changes, proof->pushes, proof->sets,
           proof->merged, proof->cuts, resumes, resyncs, proof->naps, proof->kills,
           delay_of(proof, 50), delay_of(proof, 99), verdict(proof, good), seconds);
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
    proof->subscriber_count = (uint32_t)options->terminals;
    proof->subscribers = calloc(proof->subscriber_count, sizeof *proof->subscribers);
    proof->truth.changes = calloc(options->changes, sizeof *proof->truth.changes);
    proof->postings = calloc(options->changes, sizeof *proof->postings);
    bool good = proof->subscribers != NULL && proof->postings != NULL &&
                proof->truth.changes != NULL && run(proof);
    terminals_close(&proof->all);
    good = server_stop(&proof->server) == 0 && good;
    good = good && server_verify(&proof->server);
    good = options->control ? caught(proof, good) : good;
    tell(proof, good, (double)(now_us() - began) / 1e6);
    server_close(&proof->server, !good);
    for (uint32_t i = 0; i < proof->subscriber_count; i++) {
        sight_fini(&proof->subscribers[i].sight);
        free(proof->subscribers[i].watcher.glances);
    }
    free(proof->subscribers);
    free(proof->truth.changes);
    free(proof->postings);
    free(proof);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {
        .rounds = 5, .terminals = 120, .rate = 500, .seconds = 4, .changes = 2000};
    if (!options_read(argc, argv, &options) || options.terminals < TEMPERS ||
        options.terminals > SUBSCRIBERS_MAX || options.rate == 0 ||
        options.changes < FEED_CUSTOMERS)
        return 2;
    if (!feed_judge_fails() || !sight_fails())
        return 1;
    if (options.self) {
        printf("feed: every forged history and every forged feed is found out\n");
        return 0;
    }
    return prove(&options);
}

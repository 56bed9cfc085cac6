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
    uint32_t writer; /* its connection */
    uint32_t customer;
    int64_t amount_minor; /* above 0: a sale */
    bool told;
};

struct stress {
    struct terminals all;
    const struct options *options;
    struct server server;
    uint64_t chance;
    uint32_t subscriber_count;
    struct subscriber *subscribers; /* by connection - 1 */
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

static void found(struct stress *stress, const char *what, uint32_t who)
{
    if (stress->fault[0] == '\0')
        (void)snprintf(stress->fault, sizeof stress->fault, "%.150s, subscriber %u", what, who);
    terminals_fail(&stress->all, "%s", stress->fault);
}

static struct subscriber *subscriber_of(struct connection *connection)
{
    struct stress *stress = connection->all->owner;
    return connection->index >= 1 && connection->index <= stress->subscriber_count
               ? &stress->subscribers[connection->index - 1]
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

static uint32_t customer_of(const struct stress *stress, uint32_t number)
{
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++)
        if (stress->customers[i] == number)
            return i;
    return FEED_CUSTOMERS;
}

/* ---- writers ---- */

static void post(struct stress *stress, const struct posting *posting)
{
    struct connection *connection = &stress->all.connections[posting->writer];
    uint32_t customer = stress->customers[posting->customer];
    struct buffer packed;
    bool good;
    if (!connection->in)
        return; /* it is sent again when the connection is back */
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (posting->amount_minor > 0)
        good = sale_pack(&stress->all, customer, (uint32_t)(posting->amount_minor / PRICE_MINOR),
                         &packed);
    else
        good = payment_pack(connection->terminal, customer, -posting->amount_minor, &packed);
    if (good)
        connection_submit(connection, (uint64_t)(posting - stress->postings) + 1, posting->id,
                          buffer_slice(&packed));
    buffer_fini(&packed);
}

/* The last ones of a round touch every customer. */
static void begin_posting(struct stress *stress)
{
    struct posting *posting = &stress->postings[stress->begun];
    size_t left = stress->options->changes - stress->begun++;
    *posting = (struct posting){
        .writer = stress->subscriber_count + 1 + chance_below(&stress->chance, WRITERS),
        .customer = left <= FEED_CUSTOMERS ? (uint32_t)left - 1
                                           : chance_below(&stress->chance, FEED_CUSTOMERS),
        .amount_minor = PRICE_MINOR * (1 + (int64_t)chance_below(&stress->chance, 3)),
    };
    if (chance_below(&stress->chance, 3) == 0)
        posting->amount_minor = -posting->amount_minor;
    connection_new_id(&stress->all.connections[posting->writer], posting->id);
    post(stress, posting);
}

static void post_due(struct stress *stress)
{
    size_t due = (size_t)((now_us() - stress->began_us) * stress->options->rate / 1000000);
    while (stress->begun < due && stress->begun < stress->options->changes &&
           stress->begun - stress->told < UNDER_WAY_MAX)
        begin_posting(stress);
}

static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = connection->all->owner;
    struct posting *posting = &stress->postings[request - 1];
    (void)packed;
    if (posting->told)
        return;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        if (reply->seq == 0)
            return; /* the tick sends it again */
        found(stress, "a posting is refused", connection->index);
        return;
    }
    posting->told = true;
    stress->progress++;
    stress->truth.changes[stress->told++] =
        (struct change){reply->seq, posting->customer, print_of(reply->done->account)};
    if (reply->seq > stress->newest[posting->customer])
        stress->newest[posting->customer] = reply->seq;
}

/* ---- subscribers ---- */

static void subscribe(struct connection *connection)
{
    struct subscriber *subscriber = subscriber_of(connection);
    bool anew = subscriber->temper == FORGETFUL;
    uint64_t resume = anew ? 0 : subscriber->sight.exact;
    bool few = subscriber->temper == FEW_CUT;
    connection_subscribe(connection, few ? subscriber->few : NULL, few ? FEW : 0, resume);
}

static void on_in(struct connection *connection)
{
    struct stress *stress = connection->all->owner;
    if (subscriber_of(connection) != NULL) {
        subscribe(connection);
        return;
    }
    for (size_t i = 0; i < stress->begun; i++)
        if (stress->postings[i].writer == connection->index && !stress->postings[i].told)
            post(stress, &stress->postings[i]);
}

static void note_rows(struct stress *stress, struct subscriber *subscriber, Tefter__Row **rows,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Tefter__AccountRow *account = rows[i]->account;
        if (rows[i]->kind_case != TEFTER__ROW__KIND_ACCOUNT)
            continue;
        uint32_t customer = customer_of(stress, account->customer);
        stress->pushes++;
        if (customer < FEED_CUSTOMERS &&
            !watcher_add(&subscriber->watcher,
                         (struct glance){GLANCE_ROW, customer, account->seq, print_of(account)}))
            found(stress, "no memory", 0);
    }
}

static void note_delay(struct stress *stress, const Tefter__Delta *set)
{
    int64_t delay = now_wall_ms() - set->committed_ms;
    if (!set->has_committed_ms || set->n_rows == 0)
        return;
    delay = delay < 0 ? 0 : delay;
    stress->delays[delay < DELAYS_MS_MAX ? delay : DELAYS_MS_MAX - 1]++;
    stress->delay_count++;
}

static void see_set(struct stress *stress, struct subscriber *subscriber, const Tefter__Delta *set)
{
    bool sleepy = subscriber->temper == SLEEPY || subscriber->temper == SLEEPY_CUT;
    note_rows(stress, subscriber, set->rows, set->n_rows);
    stress->sets++;
    stress->progress++;
    stress->merged += sleepy && !subscriber->fresh && set->this_ - set->prev >= MERGED_SEQS;
    subscriber->fresh = false;
    stress->highest = set->this_ > stress->highest ? set->this_ : stress->highest;
    if (subscriber->temper == FAITHFUL && !stress->round_over)
        note_delay(stress, set);
    if (subscriber->sight.exact == set->this_ && set->this_ != 0)
        (void)watcher_add(&subscriber->watcher, (struct glance){GLANCE_EXACT, 0, set->this_, 0});
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    struct stress *stress = connection->all->owner;
    struct subscriber *subscriber = subscriber_of(connection);
    if (subscriber == NULL)
        return;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        subscriber->fresh = true;
    if (!sight_take(&subscriber->sight, frame))
        found(stress, subscriber->sight.fault, connection->index);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED &&
             !frame->subscribed->resumed)
        (void)watcher_add(&subscriber->watcher, (struct glance){.kind = GLANCE_ANEW});
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        note_rows(stress, subscriber, frame->snapshot_chunk->rows, frame->snapshot_chunk->n_rows);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        see_set(stress, subscriber, frame->delta);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        found(stress, "a subscription is refused", connection->index);
}

/* ---- trouble ---- */

static void on_lost(struct connection *connection, const char *reason)
{
    struct stress *stress = connection->all->owner;
    struct subscriber *subscriber = subscriber_of(connection);
    (void)reason;
    if (subscriber != NULL) {
        subscriber->asleep = false;
        subscriber->until_us = now_us() + chance_below(&stress->chance, AWAY_MS_MAX) * 1000;
    }
}

static void wake(struct connection *connection, struct subscriber *subscriber)
{
    subscriber->asleep = false;
    connection_wake(connection);
}

/* A nap counts from when the connection is full: then it is felt. */
static void sleep_on(struct stress *stress, struct connection *connection,
                     struct subscriber *subscriber)
{
    connection_fill(connection, FILL);
    if (connection->filling > 0)
        subscriber->until_us =
            now_us() + SLEEP_MS_MIN * 1000 + chance_below(&stress->chance, SLEEP_MS_MAX) * 1000;
}

static void look_after_subscriber(struct stress *stress, struct connection *connection,
                                  struct subscriber *subscriber)
{
    sleep_on(stress, connection, subscriber);
    bool due = now_us() >= subscriber->until_us || stress->round_over;
    if (connection->stream == NULL && due)
        (void)connection_dial(connection);
    else if (subscriber->asleep && due)
        wake(connection, subscriber);
}

static void disturb(struct stress *stress)
{
    uint32_t index = chance_below(&stress->chance, stress->subscriber_count);
    struct connection *connection = &stress->all.connections[index + 1];
    struct subscriber *subscriber = &stress->subscribers[index];
    enum temper temper = subscriber->temper;
    if (!connection->in || subscriber->asleep || temper == FAITHFUL)
        return;
    if (temper == SLEEPY || (temper == SLEEPY_CUT && chance_below(&stress->chance, 2) == 0)) {
        subscriber->asleep = true;
        connection_sleep(connection);
        sleep_on(stress, connection, subscriber);
        stress->naps++;
        return;
    }
    stress->cuts++;
    connection_cut(connection);
}

/* What was pushed must be there afterwards: the ledger stands no earlier. */
static void kill_server(struct stress *stress)
{
    struct failure failure = {0};
    if (!server_alive(&stress->server)) {
        found(stress, "the server ended by itself", 0);
        return;
    }
    server_kill(&stress->server);
    stress->kills++;
    if (!server_start(&stress->server, &failure))
        terminals_fail(&stress->all, "%s", failure.text);
    stress->next_kill_us = now_us() + stress->options->seconds * 500000 +
                           chance_below(&stress->chance, 1000) * stress->options->seconds * 1000;
}

static void ping(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping body = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &body;
    if (connection->in)
        connection_send(connection, 1, &frame);
}

static void look_after_writers(struct stress *stress)
{
    for (uint32_t i = 0; i < WRITERS; i++) {
        struct connection *connection = &stress->all.connections[stress->subscriber_count + 1 + i];
        if (connection->stream == NULL)
            (void)connection_dial(connection);
        else if (connection->in && stress->ticks % 100 == 0)
            on_in(connection); /* what was put off, or lost */
    }
}

static bool everybody_has_seen(struct stress *stress)
{
    for (uint32_t i = 0; i < stress->subscriber_count; i++) {
        struct subscriber *subscriber = &stress->subscribers[i];
        uint64_t wanted = 0;
        for (uint32_t c = 0; c < FEED_CUSTOMERS; c++)
            if ((subscriber->watcher.wish >> c & 1) != 0 && stress->newest[c] > wanted)
                wanted = stress->newest[c];
        if (subscriber->sight.exact < wanted || !stress->all.connections[i + 1].in)
            return false;
    }
    return true;
}

static void on_tick(void *context)
{
    struct stress *stress = context;
    struct terminals *all = &stress->all;
    stress->ticks++;
    stress->round_over = stress->told == stress->options->changes;
    post_due(stress);
    if (!stress->round_over)
        disturb(stress);
    if (!stress->round_over && stress->options->seconds > 0 && now_us() > stress->next_kill_us)
        kill_server(stress);
    for (uint32_t i = 0; i < stress->subscriber_count; i++)
        look_after_subscriber(stress, &all->connections[i + 1], &stress->subscribers[i]);
    look_after_writers(stress);
    if (now_us() - stress->pinged_us > PING_US) {
        stress->pinged_us = now_us();
        for (uint32_t i = 0; i < all->connection_count; i++)
            ping(&all->connections[i]);
    }
    if (stress->progress > 0 || stress->round_over)
        loop_stop(all->loop); /* patience begins anew */
    stress->progress = 0;
}

/* ---- a round ---- */

static bool judge_round(struct stress *stress)
{
    struct truth *truth = &stress->truth;
    truth->count = stress->told;
    if (!truth_sort(truth, stress->fault))
        return false;
    for (uint32_t i = 0; i < stress->subscriber_count; i++) {
        struct watcher *watcher = &stress->subscribers[i].watcher;
        if (!feed_judge(truth, watcher, stress->fault)) {
            size_t size = strlen(stress->fault);
            (void)snprintf(stress->fault + size, sizeof stress->fault - size,
                           " (subscriber %u, temper %d)", i + 1,
                           (int)stress->subscribers[i].temper);
            return false;
        }
        watcher->count = 0;
    }
    for (size_t i = 0; i < truth->count; i++)
        truth->before[truth->changes[i].customer] = truth->changes[i].print;
    return true;
}

static bool run_round(struct stress *stress)
{
    uint64_t stuck_us = now_us();
    stress->begun = stress->told = 0;
    stress->round_over = false;
    stress->began_us = now_us();
    while (!stress->round_over || !everybody_has_seen(stress)) {
        if (!stress->round_over)
            stuck_us = now_us();
        if (!terminals_run(&stress->all))
            return false;
        if (now_us() - stuck_us > 60000000) {
            found(stress, "somebody never sees the newest", 0);
            return false;
        }
    }
    return judge_round(stress);
}

/* ---- the whole ---- */

static bool set_up(struct stress *stress)
{
    uint64_t seq;
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++) {
        stress->customers[i] = customer_open(&stress->all, i, (int64_t)1 << 40);
        arena_reset(&stress->all.arena);
        const Tefter__AccountRow *account =
            stress->customers[i] == 0 ? NULL
                                      : customer_account(&stress->all, stress->customers[i], &seq);
        if (account == NULL)
            return false;
        stress->truth.before[i] = print_of(account);
    }
    for (uint32_t i = 0; i < stress->subscriber_count; i++) {
        struct subscriber *subscriber = &stress->subscribers[i];
        sight_init(&subscriber->sight);
        subscriber->temper = (enum temper)(i % TEMPERS);
        subscriber->watcher.wish = (UINT64_C(1) << FEED_CUSTOMERS) - 1;
        if (subscriber->temper == FEW_CUT)
            subscriber->watcher.wish = 0;
        for (uint32_t j = 0; j < FEW; j++) {
            uint32_t customer = (i + j * 7) % FEED_CUSTOMERS;
            subscriber->few[j] = stress->customers[customer];
            subscriber->watcher.wish |= UINT64_C(1) << customer;
        }
    }
    return true;
}

/* What the server itself says at the end. */
static bool compare_cards(struct stress *stress)
{
    uint64_t seq;
    struct terminals *all = &stress->all;
    terminals_drop(all);
    all->events = (struct connection_events){.in = NULL};
    if (!terminals_connect(all))
        return false;
    for (uint32_t i = 0; i < FEED_CUSTOMERS; i++) {
        arena_reset(&all->arena);
        const Tefter__AccountRow *account = customer_account(all, stress->customers[i], &seq);
        if (account == NULL)
            return false;
        if (print_of(account) != stress->truth.before[i]) {
            found(stress, "the card tells other figures", i);
            return false;
        }
    }
    return true;
}

/* A stress test in which nobody was ever slow has not looked at what a slow one is told. One short
 * round may have none: its last line says how many. */
static bool somebody_was_slow(struct stress *stress)
{
    if (stress->options->rounds == 1)
        return true;
    if (stress->merged == 0)
        found(stress, "nobody was held back: nothing is proven of slow terminals", 0);
    return stress->merged > 0;
}

static bool look_on(struct stress *stress)
{
    struct terminals *all = &stress->all;
    all->owner = stress;
    all->events = (struct connection_events){
        .in = on_in, .reply = on_reply, .other = on_other, .lost = on_lost};
    for (uint32_t i = 0; i < stress->subscriber_count; i++)
        subscribe(&all->connections[i + 1]);
    struct loop_timer *timer = loop_timer_create(all->loop, on_tick, stress);
    loop_timer_start(timer, TICK_MS, TICK_MS);
    stress->next_kill_us = now_us() + stress->options->seconds * 700000;
    bool good = true;
    for (uint64_t i = 0; good && i < stress->options->rounds; i++)
        good = run_round(stress);
    loop_timer_destroy(timer);
    return good;
}

static bool run(struct stress *stress)
{
    struct failure failure = {0};
    uint32_t connections = stress->subscriber_count + WRITERS;
    if (!server_found(&stress->server, stress->options->server, &failure) ||
        !server_start(&stress->server, &failure) ||
        !terminals_open(&stress->all, &stress->server, IDENTITIES, connections, &failure)) {
        fprintf(stderr, "feed: %s\n", failure.text);
        return false;
    }
    return set_up(stress) && look_on(stress) && compare_cards(stress) && somebody_was_slow(stress);
}

/* ---- figures ---- */

static uint32_t delay_of(const struct stress *stress, unsigned percent)
{
    uint64_t seen = 0;
    for (uint32_t ms = 0; ms < DELAYS_MS_MAX; ms++) {
        seen += stress->delays[ms];
        if (seen * 100 >= stress->delay_count * percent)
            return ms;
    }
    return DELAYS_MS_MAX;
}

static const char *verdict(const struct stress *stress, bool good)
{
    if (stress->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "every replica true at its seq" : "NOT GOOD";
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    char figures[300];
    uint64_t resyncs = 0, resumes = 0;
    for (uint32_t i = 0; i < stress->subscriber_count; i++) {
        resyncs += stress->subscribers[i].sight.resyncs;
        resumes += stress->subscribers[i].sight.resumes;
    }
    (void)snprintf(figures, sizeof figures,
                   "%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                   "\t%u\t%.0f\t%s",
                   stress->subscriber_count, stress->options->rounds * stress->options->changes,
                   stress->pushes, stress->cuts, stress->naps, stress->kills, delay_of(stress, 99),
                   seconds, good ? "good" : "BAD");
    options_record(stress->options,
                   "subscribers\tchanges\trows\tcuts\tnaps\tkills\tp99_ms\tseconds\tresult",
                   figures);
    if (stress->all.trouble.fault != FAULT_NONE)
        printf("feed: %s\n", stress->all.trouble.text);
    else if (stress->fault[0] != '\0')
        printf("feed: %s\n", stress->fault);
    printf("feed: seed %" PRIu64 ", %u subscribers, %" PRIu64 " changes, %" PRIu64
           " rows in %" PRIu64 " sets (%" PRIu64 " of slow ones), %" PRIu64 " cuts (%" PRIu64
           " resumed, %" PRIu64 " anew), %" PRIu64 " naps, %" PRIu64
           " kills, commit to arrival p50 %u ms p99 %u ms, %s, %.1f s\n",
           stress->options->seed, stress->subscriber_count,
           stress->options->rounds * stress->options->changes, stress->pushes, stress->sets,
           stress->merged, stress->cuts, resumes, resyncs, stress->naps, stress->kills,
           delay_of(stress, 50), delay_of(stress, 99), verdict(stress, good), seconds);
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
    stress->subscriber_count = (uint32_t)options->terminals;
    stress->subscribers = calloc(stress->subscriber_count, sizeof *stress->subscribers);
    stress->truth.changes = calloc(options->changes, sizeof *stress->truth.changes);
    stress->postings = calloc(options->changes, sizeof *stress->postings);
    bool good = stress->subscribers != NULL && stress->postings != NULL &&
                stress->truth.changes != NULL && run(stress);
    terminals_close(&stress->all);
    good = server_stop(&stress->server) == 0 && good;
    good = good && server_verify(&stress->server);
    good = options->control ? caught(stress, good) : good;
    tell(stress, good, (double)(now_us() - began) / 1e6);
    server_close(&stress->server, !good);
    for (uint32_t i = 0; i < stress->subscriber_count; i++) {
        sight_fini(&stress->subscribers[i].sight);
        free(stress->subscribers[i].watcher.glances);
    }
    free(stress->subscribers);
    free(stress->truth.changes);
    free(stress->postings);
    free(stress);
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

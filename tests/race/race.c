/*
 * Many terminals race for the last units of a customer's limit. Each is a terminal with a
 * certificate of its own on a TLS connection of its own, and all sales of a race are written
 * before any reply is read. Then money comes, sometimes before the next race and sometimes in the
 * middle of it. judge.h says what must hold; beside it no reply and no push may ever show less
 * than nothing available, and in the end every terminal must see what the customer's card says.
 *
 *   race --server TEFTERD [--rounds 1000] [--seed N] [--terminals 64] [--sites] [--control]
 *
 * With --sites the limit is that of who pays for three sites: each sale goes to one of those, and
 * all of them and the payer must show the same available amount at every terminal.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "race/judge.h"
#include "terminals/terminals.h"
#include "wire/message.h"

enum {
    TERMINALS_MAX = 500,
    POOL_MAX = 200, /* customers */
    SITES = 3,
    UNITS_MAX = 8,
    TWICE_ONE_IN = 8,
    REQUEST_PAYMENT = 100000,
    REQUEST_TWIN = 50000,
    REPLY_MAX = 4096,
};

struct first_reply {
    uint8_t bytes[REPLY_MAX];
    size_t size;
};

struct stress {
    struct terminals all;
    const struct options *options;
    uint64_t chance;
    struct race race;
    struct sight sights[TERMINALS_MAX + 1]; /* by connection */
    struct race_entry heard[TERMINALS_MAX + 1];
    struct first_reply first[TERMINALS_MAX + 1];
    struct race_entry paid;
    uint32_t customers[POOL_MAX];
    uint32_t sites[POOL_MAX][SITES]; /* of each of them, with --sites */
    uint32_t customer_count;
    uint32_t customer;
    const uint32_t *sites_now; /* of that one; NULL: the sales are their own */
    bool fresh;                /* they were opened in this round */
    uint32_t outstanding;
    uint64_t awaited; /* seq that all are to see */
    uint32_t behind;  /* connections that do not yet */
    uint64_t races, sold, refused, payments, raced_payments, twins;
    char fault[RACE_FAULT_MAX];
};

static void found(struct stress *stress, const char *what, int64_t number)
{
    if (stress->fault[0] == '\0')
        (void)snprintf(stress->fault, sizeof stress->fault, "%s: %" PRId64, what, number);
    terminals_fail(&stress->all, "%s", stress->fault);
}

/* ---- what is heard ---- */

static void read_ways(const Tefter__Refusal *refusal, struct race_entry *entry)
{
    for (size_t i = 0; i < refusal->n_ways; i++) {
        const Tefter__WayOut *way = refusal->ways[i];
        if (way->kind == TEFTER__WAY_OUT_KIND__WAY_PAY_NOW)
            entry->pay_now_minor = way->amount_minor;
        if (way->kind == TEFTER__WAY_OUT_KIND__WAY_PART_NOW)
            entry->part_now_minor = way->amount_minor;
        if (way->kind == TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT)
            entry->may_raise = way->n_roles > 0;
    }
}

static void read_refusal(const Tefter__Refusal *refusal, struct race_entry *entry)
{
    entry->kind = RACE_REFUSED;
    entry->of_limit = refusal->code == TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED;
    entry->over_by_minor = refusal->over_by_minor;
    entry->available_minor = refusal->available_minor;
    read_ways(refusal, entry);
}

static void read_reply(struct stress *stress, const Tefter__Reply *reply, enum race_kind kind,
                       struct race_entry *entry)
{
    entry->seq = reply->seq;
    entry->kind = kind;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        read_refusal(reply->refused, entry);
        if (kind == RACE_PAID || reply->seq == 0)
            found(stress, "refused outside the ledger, code", reply->refused->code);
        return;
    }
    if (reply->done->account == NULL) {
        found(stress, "a reply without figures at seq", (int64_t)reply->seq);
        return;
    }
    entry->available_minor = reply->done->account->available_minor;
    if (entry->available_minor < 0)
        found(stress, "the limit is exceeded, a reply shows available", entry->available_minor);
}

/* The reply to a sale that was sent twice: whichever comes first is the one. */
static void hear_sale(struct stress *stress, uint32_t index, const Tefter__Reply *reply,
                      struct slice packed)
{
    struct first_reply *first = &stress->first[index];
    if (first->size == 0) {
        read_reply(stress, reply, RACE_SOLD, &stress->heard[index]);
        first->size = packed.size < REPLY_MAX ? packed.size : REPLY_MAX;
        memcpy(first->bytes, packed.data, first->size);
        return;
    }
    stress->heard[index].told_same = slice_equal(packed, slice_of(first->bytes, first->size));
    stress->twins++;
}

static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = connection->all->owner;
    if (request == REQUEST_PAYMENT)
        read_reply(stress, reply, RACE_PAID, &stress->paid);
    else
        hear_sale(stress, connection->index, reply, packed);
    if (--stress->outstanding == 0)
        loop_stop(stress->all.loop);
}

static void look_at_rows(struct stress *stress, Tefter__Row **rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind_case == TEFTER__ROW__KIND_ACCOUNT && !rows[i]->account->unlimited &&
            rows[i]->account->available_minor < 0)
            found(stress, "the limit is exceeded, a push shows available",
                  rows[i]->account->available_minor);
}

static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    struct stress *stress = connection->all->owner;
    struct sight *sight = &stress->sights[connection->index];
    bool was_behind = sight->exact < stress->awaited || sight->exact == 0;
    if (!sight_take(sight, frame)) {
        found(stress, sight->fault, connection->index);
        return;
    }
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        look_at_rows(stress, frame->delta->rows, frame->delta->n_rows);
    if (was_behind && sight->exact >= stress->awaited && sight->exact != 0 && stress->behind > 0 &&
        --stress->behind == 0)
        loop_stop(stress->all.loop);
}

/* ---- a race ---- */

static bool send_sale(struct connection *connection, struct slice packed, bool twice)
{
    uint8_t id[COMMAND_ID_SIZE];
    connection_new_id(connection, id);
    connection_submit(connection, connection->index, id, packed);
    if (twice)
        connection_submit(connection, REQUEST_TWIN + connection->index, id, packed);
    stream_flush(connection->stream);
    return twice;
}

static void send_payment(struct stress *stress, struct connection *connection, int64_t amount_minor)
{
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    connection_new_id(connection, id);
    if (payment_pack(connection->terminal, stress->customer, amount_minor, &packed)) {
        connection_submit(connection, REQUEST_PAYMENT, id, buffer_slice(&packed));
        stream_flush(connection->stream);
    }
    buffer_fini(&packed);
    stress->outstanding++;
    stress->payments++;
    stress->paid = (struct race_entry){.kind = RACE_PAID, .amount_minor = amount_minor};
}

/* One for each site, or all for the same customer. */
static void pack_sales(struct stress *stress, struct buffer packed[SITES])
{
    for (uint32_t i = 0; i < SITES; i++) {
        uint32_t buyer = stress->sites_now != NULL ? stress->sites_now[i] : stress->customer;
        buffer_init(&packed[i], FRAME_TO_SERVER_MAX);
        if (!sale_pack(&stress->all, buyer, 1, &packed[i]))
            found(stress, "no memory", 0);
    }
}

/* All at once, in an order of its own each time; nothing is read until this returns. */
static void send_all(struct stress *stress, int64_t paid_minor)
{
    struct terminals *all = &stress->all;
    struct buffer packed[SITES];
    uint32_t count = all->connection_count - 1;
    uint32_t first = chance_below(&stress->chance, count);
    uint32_t payer = paid_minor > 0 ? chance_below(&stress->chance, count) : count;
    memset(stress->heard, 0, sizeof stress->heard);
    memset(stress->first, 0, sizeof stress->first);
    pack_sales(stress, packed);
    for (uint32_t i = 0; i < count; i++) {
        struct connection *connection = &all->connections[1 + (first + i) % count];
        if (i == payer)
            send_payment(stress, connection, paid_minor);
        bool twice = chance_below(&stress->chance, TWICE_ONE_IN) == 0;
        stress->heard[connection->index].told_twice =
            send_sale(connection, buffer_slice(&packed[i % SITES]), twice);
        stress->outstanding += twice ? 2 : 1;
    }
    for (uint32_t i = 0; i < SITES; i++)
        buffer_fini(&packed[i]);
}

static bool wait_for_replies(struct stress *stress)
{
    while (stress->outstanding > 0)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

static bool same_figures(const struct figures *seen, const Tefter__AccountRow *account)
{
    return seen->balance_minor == account->balance_minor &&
           seen->used_minor == account->used_minor && seen->limit_minor == account->limit_minor &&
           seen->available_minor == account->available_minor;
}

/* What a sale leaves available for one site, it leaves for all of them. */
static bool sites_agree(const struct stress *stress, const struct sight *sight,
                        int64_t available_minor)
{
    for (uint32_t i = 0; stress->sites_now != NULL && i < SITES; i++)
        if (sight->rows[stress->sites_now[i]].available_minor != available_minor)
            return false;
    return true;
}

/* Waits until all terminals are exact at `awaited`; then every one sees what the card says. */
static bool everybody_sees(struct stress *stress, const Tefter__AccountRow *account)
{
    struct terminals *all = &stress->all;
    stress->behind = 0;
    for (uint32_t i = 1; i < all->connection_count; i++)
        stress->behind += stress->sights[i].exact < stress->awaited || stress->sights[i].exact == 0;
    while (stress->behind > 0)
        if (!terminals_run(all))
            return false;
    for (uint32_t i = 1; i < all->connection_count; i++)
        if (!same_figures(&stress->sights[i].rows[account->customer], account) ||
            !sites_agree(stress, &stress->sights[i], account->available_minor)) {
            found(stress, "a terminal sees other figures than the card, terminal", i);
            return false;
        }
    return true;
}

/* The newest change of the customer, or of one of their sites. */
static uint64_t newest_of_cards(struct stress *stress, uint64_t newest)
{
    for (uint32_t i = 0; stress->sites_now != NULL && i < SITES; i++) {
        uint64_t seq;
        arena_reset(&stress->all.arena);
        const Tefter__AccountRow *site = customer_account(&stress->all, stress->sites_now[i], &seq);
        if (site != NULL && site->last != NULL && site->last->seq > newest)
            newest = site->last->seq;
    }
    return newest;
}

static bool card(struct stress *stress, struct race *race, uint64_t awaited)
{
    uint64_t seq;
    arena_reset(&stress->all.arena);
    const Tefter__AccountRow *account = customer_account(&stress->all, stress->customer, &seq);
    if (account == NULL)
        return false;
    race->limit_minor = account->limit_minor;
    race->last_used_minor = account->used_minor;
    race->last_available_minor = account->available_minor;
    race->last_seq = account->last == NULL ? 0 : account->last->seq;
    stress->awaited = awaited != 0 ? awaited : seq;
    if (!everybody_sees(stress, account))
        return false;
    race->last_seq = newest_of_cards(stress, race->last_seq);
    return true;
}

static void gather(struct stress *stress, bool with_payment)
{
    struct race *race = &stress->race;
    race->count = 0;
    for (uint32_t i = 1; i < stress->all.connection_count; i++) {
        race->entries[race->count++] = stress->heard[i];
        stress->refused += stress->heard[i].kind == RACE_REFUSED;
    }
    if (with_payment)
        race->entries[race->count++] = stress->paid;
}

/* After it nothing but refusals: no push speaks of them. */
static uint64_t newest_change(const struct stress *stress)
{
    uint64_t newest = stress->awaited;
    for (size_t i = 0; i < stress->race.count; i++) {
        const struct race_entry *entry = &stress->race.entries[i];
        if (entry->kind != RACE_REFUSED && entry->seq > newest)
            newest = entry->seq;
    }
    return newest;
}

/* Before it `race` has what the card said; after it, what it says now. */
static bool run_race(struct stress *stress, int64_t paid_minor)
{
    struct race *race = &stress->race;
    int64_t limit_minor = race->limit_minor;
    race->used_minor = race->last_used_minor;
    race->unit_minor = PRICE_MINOR;
    send_all(stress, paid_minor);
    if (!wait_for_replies(stress))
        return false;
    gather(stress, paid_minor > 0);
    bool good = card(stress, race, newest_change(stress));
    race->limit_minor = limit_minor;
    if (!good || !race_judge(race, stress->fault)) {
        terminals_fail(&stress->all, "%s", stress->fault);
        return false;
    }
    stress->races++;
    stress->sold += race->sold;
    return true;
}

/* ---- a round ---- */

static void choose(struct stress *stress, uint32_t at)
{
    stress->customer = stress->customers[at];
    stress->sites_now = stress->options->sites ? stress->sites[at] : NULL;
}

static bool choose_customer(struct stress *stress)
{
    stress->fresh = stress->customer_count == 0 ||
                    (stress->customer_count < POOL_MAX && chance_below(&stress->chance, 2) == 0);
    if (!stress->fresh) {
        choose(stress, chance_below(&stress->chance, stress->customer_count));
        return true;
    }
    uint32_t at = stress->customer_count++;
    stress->customers[at] = customer_open(&stress->all, at, 1);
    bool opened = stress->customers[at] != 0;
    for (uint32_t i = 0; opened && stress->options->sites && i < SITES; i++) {
        stress->sites[at][i] = site_open(&stress->all, POOL_MAX + at, stress->customers[at]);
        opened = stress->sites[at][i] != 0;
    }
    choose(stress, at);
    return opened;
}

/* A limit that leaves room for some units, and less than a unit on top. */
static bool set_limit(struct stress *stress)
{
    struct race *race = &stress->race;
    if (!card(stress, race, stress->fresh ? 0 : stress->awaited))
        return false;
    int64_t limit = race->last_used_minor +
                    (int64_t)chance_below(&stress->chance, UNITS_MAX + 1) * PRICE_MINOR +
                    chance_below(&stress->chance, PRICE_MINOR);
    if (limit == race->limit_minor)
        limit += PRICE_MINOR;
    return customer_limit(&stress->all, stress->customer, limit) && card(stress, race, 0);
}

static bool pay_first(struct stress *stress, int64_t amount_minor)
{
    send_payment(stress, &stress->all.connections[1], amount_minor);
    return wait_for_replies(stress) && card(stress, &stress->race, stress->paid.seq);
}

static bool round_of(struct stress *stress)
{
    if (!choose_customer(stress) || !set_limit(stress) || !run_race(stress, 0))
        return false;
    int64_t most = stress->race.last_used_minor;
    int64_t paid = (1 + (int64_t)chance_below(&stress->chance, UNITS_MAX)) * PRICE_MINOR -
                   chance_below(&stress->chance, PRICE_MINOR);
    paid = paid < most ? paid : most;
    if (paid <= 0)
        return true;
    if (chance_below(&stress->chance, 2) == 0)
        return pay_first(stress, paid) && run_race(stress, 0);
    stress->raced_payments++;
    return run_race(stress, paid);
}

static bool subscribe_all(struct stress *stress)
{
    for (uint32_t i = 1; i < stress->all.connection_count; i++)
        connection_subscribe(&stress->all.connections[i], NULL, 0, 0);
    stress->awaited = 1;
    stress->behind = stress->all.connection_count - 1;
    while (stress->behind > 0)
        if (!terminals_run(&stress->all))
            return false;
    return true;
}

static bool run_rounds(struct stress *stress)
{
    stress->all.owner = stress;
    stress->all.events = (struct connection_events){.reply = on_reply, .other = on_other};
    if (!subscribe_all(stress))
        return false;
    for (uint64_t i = 0; i < stress->options->rounds; i++)
        if (!round_of(stress))
            return false;
    return true;
}

/* ---- figures ---- */

static uint64_t sets_seen(const struct stress *stress)
{
    uint64_t sets = 0;
    for (uint32_t i = 1; i < stress->all.connection_count; i++)
        sets += stress->sights[i].sets;
    return sets;
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                   "\t%.0f\t%s",
                   stress->options->terminals, stress->races, stress->sold, stress->refused,
                   stress->payments, sets_seen(stress), seconds, good ? "good" : "BAD");
    options_record(stress->options,
                   "terminals\traces\tsold\trefused\tpayments\tpushes\tseconds\tresult", figures);
    if (stress->all.trouble.fault != FAULT_NONE)
        printf("race: %s\n", stress->all.trouble.text);
    printf("race: seed %" PRIu64 ", %" PRIu64 " terminals, %" PRIu64 " rounds, %" PRIu64
           " races, %" PRIu64 " sold, %" PRIu64 " refused with what frees them, %" PRIu64
           " payments (%" PRIu64 " amid a race), %" PRIu64 " ids sent twice, %" PRIu64
           " pushes, limit exceeded %s, %.1f s\n",
           stress->options->seed, stress->options->terminals, stress->options->rounds,
           stress->races, stress->sold, stress->refused, stress->payments, stress->raced_payments,
           stress->twins, sets_seen(stress),
           strstr(stress->fault, "exceeded") == NULL ? "never" : "ONCE", seconds);
}

static int prove(const struct options *options)
{
    struct server server;
    struct failure failure = {0};
    struct stress *stress = calloc(1, sizeof *stress);
    uint64_t began = now_us();
    uint32_t count = (uint32_t)options->terminals;
    if (stress == NULL)
        return 1;
    stress->options = options;
    stress->chance = options->seed;
    for (uint32_t i = 0; i <= count; i++)
        sight_init(&stress->sights[i]);
    bool good = server_found(&server, options->server, &failure) &&
                server_start(&server, &failure) &&
                terminals_open(&stress->all, &server, count, count, &failure);
    if (!good)
        fprintf(stderr, "race: %s\n", failure.text);
    bool limit_held = good && run_rounds(stress);
    terminals_close(&stress->all);
    bool ended = server_stop(&server) == 0 && (options->control || server_verify(&server));
    bool caught = strstr(stress->fault, "exceeded") != NULL;
    good = good && ended && (options->control ? caught : limit_held);
    tell(stress, good, (double)(now_us() - began) / 1e6);
    for (uint32_t i = 0; i <= count; i++)
        sight_fini(&stress->sights[i]);
    server_close(&server, !good);
    free(stress);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.rounds = 1000, .terminals = 64};
    if (!options_read(argc, argv, &options) || options.terminals == 0 ||
        options.terminals > TERMINALS_MAX)
        return 2;
    if (!race_judge_fails())
        return 1;
    if (options.self) {
        printf("race: the judge finds every forged history out\n");
        return 0;
    }
    return prove(&options);
}

/*
 * Many terminals race for the last units of a customer's limit. Each is a terminal with a
 * certificate of its own on a TLS connection of its own, and all sales of a race are written
 * before any reply is read. Then money comes, sometimes before the next race and sometimes in the
 * middle of it. judge.h says what must hold; beside it no reply and no push may ever show less
 * than nothing available, and in the end every terminal must see what the customer's card says.
 *
 *   race --server TEFTERD [--rounds 1000] [--seed N] [--terminals 64] [--control]
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

struct proof {
    struct terminals all;
    const struct options *options;
    uint64_t chance;
    struct race race;
    struct sight sights[TERMINALS_MAX + 1]; /* by line */
    struct race_entry heard[TERMINALS_MAX + 1];
    struct first_reply first[TERMINALS_MAX + 1];
    struct race_entry paid;
    uint32_t customers[POOL_MAX];
    uint32_t customer_count;
    uint32_t customer;
    bool fresh; /* he was opened in this round */
    uint32_t outstanding;
    uint64_t awaited; /* seq that all are to see */
    uint32_t behind;  /* lines that do not yet */
    uint64_t races, sold, refused, payments, raced_payments, twins;
    char fault[RACE_FAULT_MAX];
};

static void found(struct proof *proof, const char *what, int64_t number)
{
    if (proof->fault[0] == '\0')
        (void)snprintf(proof->fault, sizeof proof->fault, "%s: %" PRId64, what, number);
    terminals_fail(&proof->all, "%s", proof->fault);
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

static void read_reply(struct proof *proof, const Tefter__Reply *reply, enum race_kind kind,
                       struct race_entry *entry)
{
    entry->seq = reply->seq;
    entry->kind = kind;
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE) {
        read_refusal(reply->refused, entry);
        if (kind == RACE_PAID || reply->seq == 0)
            found(proof, "refused outside the ledger, code", reply->refused->code);
        return;
    }
    if (reply->done->account == NULL) {
        found(proof, "a reply without figures at seq", (int64_t)reply->seq);
        return;
    }
    entry->available_minor = reply->done->account->available_minor;
    if (entry->available_minor < 0)
        found(proof, "the limit is exceeded, a reply shows available", entry->available_minor);
}

/* The reply to a sale that was sent twice: whichever comes first is the one. */
static void hear_sale(struct proof *proof, uint32_t index, const Tefter__Reply *reply,
                      struct slice packed)
{
    struct first_reply *first = &proof->first[index];
    if (first->size == 0) {
        read_reply(proof, reply, RACE_SOLD, &proof->heard[index]);
        first->size = packed.size < REPLY_MAX ? packed.size : REPLY_MAX;
        memcpy(first->bytes, packed.data, first->size);
        return;
    }
    proof->heard[index].told_same = slice_equal(packed, slice_of(first->bytes, first->size));
    proof->twins++;
}

static void on_reply(struct line *line, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct proof *proof = line->all->owner;
    if (request == REQUEST_PAYMENT)
        read_reply(proof, reply, RACE_PAID, &proof->paid);
    else
        hear_sale(proof, line->index, reply, packed);
    if (--proof->outstanding == 0)
        loop_stop(proof->all.loop);
}

static void look_at_rows(struct proof *proof, Tefter__Row **rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind_case == TEFTER__ROW__KIND_ACCOUNT && !rows[i]->account->unlimited &&
            rows[i]->account->available_minor < 0)
            found(proof, "the limit is exceeded, a push shows available",
                  rows[i]->account->available_minor);
}

static void on_other(struct line *line, const Tefter__ToTerminal *frame)
{
    struct proof *proof = line->all->owner;
    struct sight *sight = &proof->sights[line->index];
    bool was_behind = sight->exact < proof->awaited || sight->exact == 0;
    if (!sight_take(sight, frame)) {
        found(proof, sight->fault, line->index);
        return;
    }
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        look_at_rows(proof, frame->delta->rows, frame->delta->n_rows);
    if (was_behind && sight->exact >= proof->awaited && sight->exact != 0 && proof->behind > 0 &&
        --proof->behind == 0)
        loop_stop(proof->all.loop);
}

/* ---- a race ---- */

static bool send_sale(struct line *line, struct slice packed, bool twice)
{
    uint8_t id[COMMAND_ID_SIZE];
    line_new_id(line, id);
    line_submit(line, line->index, id, packed);
    if (twice)
        line_submit(line, REQUEST_TWIN + line->index, id, packed);
    stream_flush(line->stream);
    return twice;
}

static void send_payment(struct proof *proof, struct line *line, int64_t amount_minor)
{
    uint8_t id[COMMAND_ID_SIZE];
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    line_new_id(line, id);
    if (payment_pack(line->terminal, proof->customer, amount_minor, &packed)) {
        line_submit(line, REQUEST_PAYMENT, id, buffer_slice(&packed));
        stream_flush(line->stream);
    }
    buffer_fini(&packed);
    proof->outstanding++;
    proof->payments++;
    proof->paid = (struct race_entry){.kind = RACE_PAID, .amount_minor = amount_minor};
}

/* All at once, in an order of its own each time; nothing is read until this returns. */
static void send_all(struct proof *proof, int64_t paid_minor)
{
    struct terminals *all = &proof->all;
    struct buffer packed;
    uint32_t count = all->line_count - 1;
    uint32_t first = chance_below(&proof->chance, count);
    uint32_t payer = paid_minor > 0 ? chance_below(&proof->chance, count) : count;
    memset(proof->heard, 0, sizeof proof->heard);
    memset(proof->first, 0, sizeof proof->first);
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (!sale_pack(all, proof->customer, 1, &packed))
        found(proof, "no memory", 0);
    for (uint32_t i = 0; i < count; i++) {
        struct line *line = &all->lines[1 + (first + i) % count];
        if (i == payer)
            send_payment(proof, line, paid_minor);
        bool twice = chance_below(&proof->chance, TWICE_ONE_IN) == 0;
        proof->heard[line->index].told_twice = send_sale(line, buffer_slice(&packed), twice);
        proof->outstanding += twice ? 2 : 1;
    }
    buffer_fini(&packed);
}

static bool wait_for_replies(struct proof *proof)
{
    while (proof->outstanding > 0)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

static bool same_figures(const struct figures *seen, const Tefter__AccountRow *account)
{
    return seen->balance_minor == account->balance_minor &&
           seen->used_minor == account->used_minor && seen->limit_minor == account->limit_minor &&
           seen->available_minor == account->available_minor;
}

/* Waits until all terminals are exact at `awaited`; then every one sees what the card says. */
static bool everybody_sees(struct proof *proof, const Tefter__AccountRow *account)
{
    struct terminals *all = &proof->all;
    proof->behind = 0;
    for (uint32_t i = 1; i < all->line_count; i++)
        proof->behind += proof->sights[i].exact < proof->awaited || proof->sights[i].exact == 0;
    while (proof->behind > 0)
        if (!terminals_run(all))
            return false;
    for (uint32_t i = 1; i < all->line_count; i++)
        if (!same_figures(&proof->sights[i].rows[account->customer], account)) {
            found(proof, "a terminal sees other figures than the card, terminal", i);
            return false;
        }
    return true;
}

static bool card(struct proof *proof, struct race *race, uint64_t awaited)
{
    uint64_t seq;
    arena_reset(&proof->all.arena);
    const Tefter__AccountRow *account = customer_account(&proof->all, proof->customer, &seq);
    if (account == NULL)
        return false;
    race->limit_minor = account->limit_minor;
    race->last_used_minor = account->used_minor;
    race->last_available_minor = account->available_minor;
    race->last_seq = account->last == NULL ? 0 : account->last->seq;
    proof->awaited = awaited != 0 ? awaited : seq;
    return everybody_sees(proof, account);
}

static void gather(struct proof *proof, bool with_payment)
{
    struct race *race = &proof->race;
    race->count = 0;
    for (uint32_t i = 1; i < proof->all.line_count; i++) {
        race->entries[race->count++] = proof->heard[i];
        proof->refused += proof->heard[i].kind == RACE_REFUSED;
    }
    if (with_payment)
        race->entries[race->count++] = proof->paid;
}

/* After it nothing but refusals: no push speaks of them. */
static uint64_t newest_change(const struct proof *proof)
{
    uint64_t newest = proof->awaited;
    for (size_t i = 0; i < proof->race.count; i++) {
        const struct race_entry *entry = &proof->race.entries[i];
        if (entry->kind != RACE_REFUSED && entry->seq > newest)
            newest = entry->seq;
    }
    return newest;
}

/* Before it `race` has what the card said; after it, what it says now. */
static bool run_race(struct proof *proof, int64_t paid_minor)
{
    struct race *race = &proof->race;
    int64_t limit_minor = race->limit_minor;
    race->used_minor = race->last_used_minor;
    race->unit_minor = PRICE_MINOR;
    send_all(proof, paid_minor);
    if (!wait_for_replies(proof))
        return false;
    gather(proof, paid_minor > 0);
    bool good = card(proof, race, newest_change(proof));
    race->limit_minor = limit_minor;
    if (!good || !race_judge(race, proof->fault)) {
        terminals_fail(&proof->all, "%s", proof->fault);
        return false;
    }
    proof->races++;
    proof->sold += race->sold;
    return true;
}

/* ---- a round ---- */

static bool choose_customer(struct proof *proof)
{
    proof->fresh = proof->customer_count == 0 ||
                   (proof->customer_count < POOL_MAX && chance_below(&proof->chance, 2) == 0);
    if (!proof->fresh) {
        proof->customer = proof->customers[chance_below(&proof->chance, proof->customer_count)];
        return true;
    }
    proof->customer = customer_open(&proof->all, proof->customer_count, 1);
    proof->customers[proof->customer_count++] = proof->customer;
    return proof->customer != 0;
}

/* A limit that leaves room for some units, and less than a unit on top. */
static bool set_limit(struct proof *proof)
{
    struct race *race = &proof->race;
    if (!card(proof, race, proof->fresh ? 0 : proof->awaited))
        return false;
    int64_t limit = race->last_used_minor +
                    (int64_t)chance_below(&proof->chance, UNITS_MAX + 1) * PRICE_MINOR +
                    chance_below(&proof->chance, PRICE_MINOR);
    if (limit == race->limit_minor)
        limit += PRICE_MINOR;
    return customer_limit(&proof->all, proof->customer, limit) && card(proof, race, 0);
}

static bool pay_first(struct proof *proof, int64_t amount_minor)
{
    send_payment(proof, &proof->all.lines[1], amount_minor);
    return wait_for_replies(proof) && card(proof, &proof->race, proof->paid.seq);
}

static bool round_of(struct proof *proof)
{
    if (!choose_customer(proof) || !set_limit(proof) || !run_race(proof, 0))
        return false;
    int64_t most = proof->race.last_used_minor;
    int64_t paid = (1 + (int64_t)chance_below(&proof->chance, UNITS_MAX)) * PRICE_MINOR -
                   chance_below(&proof->chance, PRICE_MINOR);
    paid = paid < most ? paid : most;
    if (paid <= 0)
        return true;
    if (chance_below(&proof->chance, 2) == 0)
        return pay_first(proof, paid) && run_race(proof, 0);
    proof->raced_payments++;
    return run_race(proof, paid);
}

static bool subscribe_all(struct proof *proof)
{
    for (uint32_t i = 1; i < proof->all.line_count; i++)
        line_subscribe(&proof->all.lines[i], NULL, 0, 0);
    proof->awaited = 1;
    proof->behind = proof->all.line_count - 1;
    while (proof->behind > 0)
        if (!terminals_run(&proof->all))
            return false;
    return true;
}

static bool run_rounds(struct proof *proof)
{
    proof->all.owner = proof;
    proof->all.events = (struct line_events){.reply = on_reply, .other = on_other};
    if (!subscribe_all(proof))
        return false;
    for (uint64_t i = 0; i < proof->options->rounds; i++)
        if (!round_of(proof))
            return false;
    return true;
}

/* ---- figures ---- */

static uint64_t sets_seen(const struct proof *proof)
{
    uint64_t sets = 0;
    for (uint32_t i = 1; i < proof->all.line_count; i++)
        sets += proof->sights[i].sets;
    return sets;
}

static void tell(const struct proof *proof, bool good, double seconds)
{
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                   "\t%.0f\t%s",
                   proof->options->terminals, proof->races, proof->sold, proof->refused,
                   proof->payments, sets_seen(proof), seconds, good ? "good" : "BAD");
    options_record(proof->options,
                   "terminals\traces\tsold\trefused\tpayments\tpushes\tseconds\tresult", figures);
    if (proof->all.trouble.fault != FAULT_NONE)
        printf("race: %s\n", proof->all.trouble.text);
    printf("race: seed %" PRIu64 ", %" PRIu64 " terminals, %" PRIu64 " rounds, %" PRIu64
           " races, %" PRIu64 " sold, %" PRIu64 " refused with what frees them, %" PRIu64
           " payments (%" PRIu64 " amid a race), %" PRIu64 " ids sent twice, %" PRIu64
           " pushes, limit exceeded %s, %.1f s\n",
           proof->options->seed, proof->options->terminals, proof->options->rounds, proof->races,
           proof->sold, proof->refused, proof->payments, proof->raced_payments, proof->twins,
           sets_seen(proof), strstr(proof->fault, "exceeded") == NULL ? "never" : "ONCE", seconds);
}

static int prove(const struct options *options)
{
    struct server server;
    struct failure failure = {0};
    struct proof *proof = calloc(1, sizeof *proof);
    uint64_t began = now_us();
    uint32_t count = (uint32_t)options->terminals;
    if (proof == NULL)
        return 1;
    proof->options = options;
    proof->chance = options->seed;
    for (uint32_t i = 0; i <= count; i++)
        sight_init(&proof->sights[i]);
    bool good = server_found(&server, options->server, &failure) &&
                server_start(&server, &failure) &&
                terminals_open(&proof->all, &server, count, count, &failure);
    if (!good)
        fprintf(stderr, "race: %s\n", failure.text);
    bool limit_held = good && run_rounds(proof);
    terminals_close(&proof->all);
    bool ended = server_stop(&server) == 0 && (options->control || server_verify(&server));
    bool caught = strstr(proof->fault, "exceeded") != NULL;
    good = good && ended && (options->control ? caught : limit_held);
    tell(proof, good, (double)(now_us() - began) / 1e6);
    for (uint32_t i = 0; i <= count; i++)
        sight_fini(&proof->sights[i]);
    server_close(&server, !good);
    free(proof);
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

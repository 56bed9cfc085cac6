/*
 * Many terminals with random commands and reads on a few customers; now and then a connection is
 * cut, a command is sent twice, one that was answered long ago is sent again, and the server is
 * killed and started anew. What each was told and when goes to the judge.
 *
 *   history --server TEFTERD [--rounds OPERATIONS] [--seed N] [--terminals 64] [--seconds BETWEEN]
 *
 * --seconds: between two kills, 0: none. --control=WORDS: the server is a faulty one, and the
 * history must be found wrong in one of these words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "history/judge.h"
#include "terminals/terminals.h"

enum {
    TERMINALS_MAX = 500,
    WINDOW = 4, /* under way at each terminal */
    TICK_MS = 20,
    PIECES_MAX = 3,
    TIGHT_UNITS = 12,
    CUT_ONE_IN = 3,    /* ticks */
    TWICE_ONE_IN = 20, /* sends */
    OLD_ONE_IN = 25,   /* replies */
    KILL_AFTER = 500,  /* answers at least: where all is slow, something has to come of it */
    KILLS_LEAST = 4,
    HOT = 2, /* customers that every second command is of: one tight, one wide */
    RESENT_SHIFT = 32,
    RESENT_MASK = 127,
};

struct clerk {
    size_t under_way[WINDOW]; /* operation + 1, 0: none */
};

struct command_id {
    uint8_t bytes[COMMAND_ID_SIZE];
};

struct proof {
    struct terminals all;
    const struct options *options;
    struct server server;
    struct loop_timer *timer;
    struct history history;
    struct command_id *ids; /* by operation */
    struct clerk clerks[TERMINALS_MAX + 1];
    uint32_t customers[HISTORY_CUSTOMERS];
    uint64_t chance;
    size_t wanted;
    size_t open; /* begun and not told */
    uint64_t progress;
    uint64_t next_kill_us;
    uint64_t since_kill; /* answers */
    bool again;          /* something was put off */
    uint64_t cuts, kills, resent, put_off;
};

/* ---- sending ---- */

static void send_read(struct line *line, uint32_t customer, uint64_t request)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = customer;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    line_query(line, request, &query);
}

static void send_command(struct line *line, const struct operation *operation, uint32_t customer,
                         const uint8_t id[COMMAND_ID_SIZE], uint64_t request)
{
    struct buffer packed;
    bool good;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (operation->kind == OPERATION_SALE)
        good = sale_pack(line->all, customer, (uint32_t)(operation->amount_minor / PRICE_MINOR),
                         &packed);
    else
        good = payment_pack(line->terminal, customer, operation->amount_minor, &packed);
    if (good)
        line_submit(line, request, id, buffer_slice(&packed));
    buffer_fini(&packed);
}

/* The first time or again: same id, same bytes. */
static void send(struct line *line, size_t index)
{
    struct proof *proof = line->all->owner;
    struct operation *operation = &proof->history.operations[index];
    uint64_t request = index + 1 + ((uint64_t)(operation->resent & RESENT_MASK) << RESENT_SHIFT);
    uint32_t customer = proof->customers[operation->customer];
    if (operation->kind == OPERATION_READ)
        send_read(line, customer, request);
    else
        send_command(line, operation, customer, proof->ids[index].bytes, request);
}

static void send_again(struct line *line, size_t index)
{
    struct proof *proof = line->all->owner;
    proof->history.operations[index].resent++;
    proof->resent++;
    send(line, index);
}

static void draw(struct proof *proof, struct operation *operation)
{
    uint32_t dice = chance_below(&proof->chance, 100);
    int64_t units = 1 + (int64_t)chance_below(&proof->chance, PIECES_MAX);
    operation->kind = dice < 50 ? OPERATION_SALE : dice < 80 ? OPERATION_PAYMENT : OPERATION_READ;
    operation->customer = chance_below(
        &proof->chance, chance_below(&proof->chance, 2) == 0 ? HOT : HISTORY_CUSTOMERS);
    operation->amount_minor = units * PRICE_MINOR;
    if (operation->kind == OPERATION_PAYMENT)
        operation->amount_minor -= chance_below(&proof->chance, PRICE_MINOR);
}

static void begin(struct line *line, size_t slot)
{
    struct proof *proof = line->all->owner;
    size_t index = proof->history.count;
    if (index == proof->wanted)
        return;
    struct operation *operation = &proof->history.operations[index];
    proof->history.count++;
    proof->open++;
    *operation = (struct operation){.terminal = line->terminal->number};
    draw(proof, operation);
    line_new_id(line, proof->ids[index].bytes);
    proof->clerks[line->index].under_way[slot] = index + 1;
    operation->begun_us = now_us();
    send(line, index);
    if (operation->kind != OPERATION_READ && chance_below(&proof->chance, TWICE_ONE_IN) == 0)
        send_again(line, index);
}

/* What has no answer is sent again, with the same id; a read is asked anew. */
static void on_in(struct line *line)
{
    struct proof *proof = line->all->owner;
    struct clerk *clerk = &proof->clerks[line->index];
    for (size_t slot = 0; slot < WINDOW; slot++) {
        if (clerk->under_way[slot] != 0)
            send_again(line, clerk->under_way[slot] - 1);
        else
            begin(line, slot);
    }
}

/* ---- hearing ---- */

static uint64_t print_of(struct slice bytes)
{
    uint64_t print = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < bytes.size; i++)
        print = (print ^ bytes.data[i]) * UINT64_C(1099511628211);
    return print ^ bytes.size;
}

static void settle(struct line *line, size_t index)
{
    struct proof *proof = line->all->owner;
    struct clerk *clerk = &proof->clerks[line->index];
    struct operation *operation = &proof->history.operations[index];
    operation->told = true;
    operation->heard_us = now_us();
    proof->open--;
    proof->progress++;
    proof->since_kill++;
    for (size_t slot = 0; slot < WINDOW; slot++)
        if (clerk->under_way[slot] == index + 1) {
            clerk->under_way[slot] = 0;
            begin(line, slot);
        }
    if (proof->open == 0 && proof->history.count == proof->wanted)
        loop_stop(proof->all.loop);
}

static void read_done(const Tefter__Done *done, struct operation *operation)
{
    if (done->account != NULL)
        operation->available_minor = done->account->available_minor;
    (void)snprintf(operation->number, sizeof operation->number, "%s",
                   done->number == NULL ? "" : done->number);
}

static void read_reply(const Tefter__Reply *reply, struct operation *operation)
{
    operation->seq = reply->seq;
    operation->refused = reply->result_case != TEFTER__REPLY__RESULT_DONE;
    if (!operation->refused) {
        read_done(reply->done, operation);
        return;
    }
    if (reply->refused->code != TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED)
        operation->kind = OPERATION_PAYMENT; /* no such refusal is due: the judge will say so */
    operation->available_minor = reply->refused->available_minor;
    operation->over_by_minor = reply->refused->over_by_minor;
}

/* Of this terminal, some time ago. */
static void ask_old(struct line *line)
{
    struct proof *proof = line->all->owner;
    for (uint32_t i = 0; i < proof->all.line_count; i++) {
        size_t index = chance_below(&proof->chance, (uint32_t)proof->history.count);
        const struct operation *operation = &proof->history.operations[index];
        if (operation->told && operation->kind != OPERATION_READ &&
            operation->terminal == line->terminal->number) {
            send_again(line, index);
            return;
        }
    }
}

static void on_reply(struct line *line, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct proof *proof = line->all->owner;
    size_t index = (size_t)(request & UINT32_MAX) - 1;
    struct operation *operation = &proof->history.operations[index];
    if (reply->seq == 0 && reply->result_case == TEFTER__REPLY__RESULT_DONE) {
        terminals_fail(&proof->all, "a reply without its seq");
        return;
    }
    if (reply->seq == 0) { /* it did not reach the ledger: again at the next tick */
        proof->put_off++;
        proof->again = true;
        return;
    }
    if (operation->told) {
        operation->differs = operation->differs || operation->print != print_of(packed);
        return;
    }
    operation->print = print_of(packed);
    read_reply(reply, operation);
    settle(line, index);
    if (chance_below(&proof->chance, OLD_ONE_IN) == 0)
        ask_old(line);
}

static void on_answer(struct line *line, uint64_t request, const Tefter__Answer *answer)
{
    struct proof *proof = line->all->owner;
    size_t index = (size_t)(request & UINT32_MAX) - 1;
    struct operation *operation = &proof->history.operations[index];
    if (operation->told)
        return;
    if (answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD) {
        terminals_fail(&proof->all, "a card is refused");
        return;
    }
    operation->seq = answer->seq;
    operation->available_minor = answer->customer_card->account->available_minor;
    settle(line, index);
}

/* Neither a reply nor an answer: the server has no time now. */
static void on_other(struct line *line, const Tefter__ToTerminal *frame)
{
    struct proof *proof = line->all->owner;
    if (frame->body_case != TEFTER__TO_TERMINAL__BODY_REFUSED)
        return;
    proof->put_off++;
    proof->again = true;
}

static void on_lost(struct line *line, const char *reason)
{
    (void)line;
    (void)reason;
}

/* ---- trouble ---- */

/* The server is to be there when it is killed: else it went by itself. */
static void kill_server(struct proof *proof)
{
    struct failure failure = {0};
    if (!server_alive(&proof->server)) {
        terminals_fail(&proof->all, "the server ended by itself");
        return;
    }
    server_kill(&proof->server);
    proof->kills++;
    proof->since_kill = 0;
    if (!server_start(&proof->server, &failure))
        terminals_fail(&proof->all, "%s", failure.text);
    proof->next_kill_us = now_us() + proof->options->seconds * 500000 +
                          chance_below(&proof->chance, 1000) * proof->options->seconds * 1000;
}

static void look_after(struct proof *proof, struct line *line)
{
    const struct clerk *clerk = &proof->clerks[line->index];
    if (line->stream == NULL) {
        (void)line_dial(line);
        return;
    }
    for (size_t slot = 0; line->in && proof->again && slot < WINDOW; slot++)
        if (clerk->under_way[slot] != 0)
            send_again(line, clerk->under_way[slot] - 1);
}

/* By the clock, and on a quick machine a few times all the same. */
static bool kill_due(const struct proof *proof)
{
    return proof->options->seconds > 0 && proof->since_kill >= KILL_AFTER &&
           (now_us() > proof->next_kill_us ||
            proof->history.count > proof->wanted / (KILLS_LEAST + 1) * (proof->kills + 1));
}

/* While there is work. The loop is left and entered, so that patience counts from progress. */
static void on_tick(void *context)
{
    struct proof *proof = context;
    struct terminals *all = &proof->all;
    if (chance_below(&proof->chance, CUT_ONE_IN) == 0) {
        struct line *line = &all->lines[1 + chance_below(&proof->chance, all->line_count - 1)];
        proof->cuts += line->in;
        line_cut(line);
    }
    if (kill_due(proof))
        kill_server(proof);
    for (uint32_t i = 1; i < all->line_count; i++)
        look_after(proof, &all->lines[i]);
    proof->again = false;
    if (proof->progress > 0)
        loop_stop(all->loop);
    proof->progress = 0;
}

/* ---- the whole ---- */

static bool open_customers(struct proof *proof)
{
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++) {
        int64_t units = i % 2 == 0 ? TIGHT_UNITS : 1000000;
        proof->history.limits_minor[i] = units * PRICE_MINOR;
        proof->customers[i] = customer_open(&proof->all, i, units * PRICE_MINOR);
        if (proof->customers[i] == 0)
            return false;
    }
    return true;
}

static bool trade(struct proof *proof)
{
    struct terminals *all = &proof->all;
    all->owner = proof;
    all->events = (struct line_events){
        .in = on_in, .reply = on_reply, .answer = on_answer, .other = on_other, .lost = on_lost};
    proof->timer = loop_timer_create(all->loop, on_tick, proof);
    loop_timer_start(proof->timer, TICK_MS, TICK_MS);
    proof->next_kill_us = now_us() + proof->options->seconds * 400000;
    for (uint32_t i = 1; i < all->line_count; i++)
        on_in(&all->lines[i]);
    bool good = true;
    while (good && (proof->open > 0 || proof->history.count < proof->wanted))
        good = terminals_run(all);
    loop_timer_destroy(proof->timer);
    return good;
}

/* The office was lost with the others. */
static bool read_cards(struct proof *proof)
{
    struct terminals *all = &proof->all;
    uint64_t seq;
    terminals_drop(all);
    all->events = (struct line_events){.in = NULL};
    if (!terminals_connect(all))
        return false;
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++) {
        arena_reset(&all->arena);
        const Tefter__AccountRow *account = customer_account(all, proof->customers[i], &seq);
        if (account == NULL)
            return false;
        proof->history.last_minor[i] = account->available_minor;
        proof->history.last_seq = seq;
    }
    return true;
}

static int64_t today(void)
{
    return (int64_t)time(NULL) / (24 * 3600);
}

/* Each kind of fault; with --control, whether one of them is the one that was put in. */
static bool tell_faults(const struct proof *proof)
{
    const struct history *history = &proof->history;
    const char *trouble = proof->all.trouble.fault == FAULT_NONE ? "" : proof->all.trouble.text;
    bool found = options_found(proof->options, trouble);
    if (trouble[0] != '\0')
        printf("history: %s\n", trouble);
    for (size_t i = 0; i < history->fault_count; i++) {
        const struct history_fault *fault = &history->faults[i];
        printf("history: %s, %" PRIu64 " times; first: %s\n", fault->what, fault->times,
               fault->first);
        found = options_found(proof->options, fault->what) || found;
    }
    return found;
}

static const char *verdict(const struct proof *proof, bool good)
{
    if (proof->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "strictly serializable, no violation" : "NOT GOOD";
}

static void tell(const struct proof *proof, bool good, double seconds)
{
    const struct history *history = &proof->history;
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%" PRIu64 "\t%zu\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%.0f\t%s",
                   proof->options->terminals, history->count, proof->resent, proof->cuts,
                   proof->kills, seconds, good ? "good" : "BAD");
    options_record(proof->options, "terminals\toperations\tresent\tcuts\tkills\tseconds\tresult",
                   figures);
    printf("history: seed %" PRIu64 ", %" PRIu64 " terminals, %zu operations (%" PRIu64
           " sold, %" PRIu64 " refused, %" PRIu64 " paid, %" PRIu64 " read), %" PRIu64
           " sent again, %" PRIu64 " connections cut, %" PRIu64 " kills, %s, %.1f s\n",
           proof->options->seed, proof->options->terminals, history->count, history->sold,
           history->refused, history->paid, history->read, proof->resent, proof->cuts, proof->kills,
           verdict(proof, good), seconds);
}

static bool run(struct proof *proof, struct failure *failure)
{
    uint32_t count = (uint32_t)proof->options->terminals;
    int64_t day = today();
    if (!server_found(&proof->server, proof->options->server, failure) ||
        !server_start(&proof->server, failure) ||
        !terminals_open(&proof->all, &proof->server, count, count, failure)) {
        fprintf(stderr, "history: %s\n", failure->text);
        return false;
    }
    if (!open_customers(proof) || !trade(proof) || !read_cards(proof))
        return false;
    proof->history.nobodys_max = proof->resent + (uint64_t)(today() - day) * TERMINALS_BRANCHES;
    return history_judge(&proof->history);
}

static int prove(const struct options *options)
{
    struct failure failure = {0};
    struct proof *proof = calloc(1, sizeof *proof);
    uint64_t began = now_us();
    if (proof == NULL)
        return 1;
    proof->options = options;
    proof->chance = options->seed;
    proof->wanted = options->rounds;
    proof->history.operations = calloc(proof->wanted, sizeof *proof->history.operations);
    proof->ids = calloc(proof->wanted, sizeof *proof->ids);
    bool good = proof->history.operations != NULL && proof->ids != NULL && run(proof, &failure);
    terminals_close(&proof->all);
    good = server_stop(&proof->server) == 0 && good;
    good = good && server_verify(&proof->server);
    bool found = tell_faults(proof);
    good = options->control ? !good && found : good;
    tell(proof, good, (double)(now_us() - began) / 1e6);
    server_close(&proof->server, !good);
    free(proof->history.operations);
    free(proof->ids);
    free(proof);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.rounds = 100000, .terminals = 64, .seconds = 5};
    if (!options_read(argc, argv, &options) || options.terminals == 0 || options.rounds == 0 ||
        options.terminals > TERMINALS_MAX || options.rounds >= UINT32_MAX)
        return 2;
    if (!history_judge_fails())
        return 1;
    if (options.self) {
        printf("history: the judge finds every forged history out\n");
        return 0;
    }
    return prove(&options);
}

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

struct stress {
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

static void send_read(struct connection *connection, uint32_t customer, uint64_t request)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = customer;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    connection_query(connection, request, &query);
}

static void send_command(struct connection *connection, const struct operation *operation,
                         uint32_t customer, const uint8_t id[COMMAND_ID_SIZE], uint64_t request)
{
    struct buffer packed;
    bool good;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (operation->kind == OPERATION_SALE)
        good = sale_pack(connection->all, customer,
                         (uint32_t)(operation->amount_minor / PRICE_MINOR), &packed);
    else
        good = payment_pack(connection->terminal, customer, operation->amount_minor, &packed);
    if (good)
        connection_submit(connection, request, id, buffer_slice(&packed));
    buffer_fini(&packed);
}

/* The first time or again: same id, same bytes. */
static void send_operation(struct connection *connection, size_t index)
{
    struct stress *stress = connection->all->owner;
    struct operation *operation = &stress->history.operations[index];
    uint64_t request = index + 1 + ((uint64_t)(operation->resent & RESENT_MASK) << RESENT_SHIFT);
    uint32_t customer = stress->customers[operation->customer];
    if (operation->kind == OPERATION_READ)
        send_read(connection, customer, request);
    else
        send_command(connection, operation, customer, stress->ids[index].bytes, request);
}

static void send_again(struct connection *connection, size_t index)
{
    struct stress *stress = connection->all->owner;
    stress->history.operations[index].resent++;
    stress->resent++;
    send_operation(connection, index);
}

static void draw(struct stress *stress, struct operation *operation)
{
    uint32_t dice = chance_below(&stress->chance, 100);
    int64_t units = 1 + (int64_t)chance_below(&stress->chance, PIECES_MAX);
    operation->kind = dice < 50 ? OPERATION_SALE : dice < 80 ? OPERATION_PAYMENT : OPERATION_READ;
    operation->customer = chance_below(
        &stress->chance, chance_below(&stress->chance, 2) == 0 ? HOT : HISTORY_CUSTOMERS);
    operation->amount_minor = units * PRICE_MINOR;
    if (operation->kind == OPERATION_PAYMENT)
        operation->amount_minor -= chance_below(&stress->chance, PRICE_MINOR);
}

static void begin(struct connection *connection, size_t slot)
{
    struct stress *stress = connection->all->owner;
    size_t index = stress->history.count;
    if (index == stress->wanted)
        return;
    struct operation *operation = &stress->history.operations[index];
    stress->history.count++;
    stress->open++;
    *operation = (struct operation){.terminal = connection->terminal->number};
    draw(stress, operation);
    connection_new_id(connection, stress->ids[index].bytes);
    stress->clerks[connection->index].under_way[slot] = index + 1;
    operation->begun_us = now_us();
    send_operation(connection, index);
    if (operation->kind != OPERATION_READ && chance_below(&stress->chance, TWICE_ONE_IN) == 0)
        send_again(connection, index);
}

/* What has no answer is sent again, with the same id; a read is asked anew. */
static void on_in(struct connection *connection)
{
    struct stress *stress = connection->all->owner;
    struct clerk *clerk = &stress->clerks[connection->index];
    for (size_t slot = 0; slot < WINDOW; slot++) {
        if (clerk->under_way[slot] != 0)
            send_again(connection, clerk->under_way[slot] - 1);
        else
            begin(connection, slot);
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

static void settle(struct connection *connection, size_t index)
{
    struct stress *stress = connection->all->owner;
    struct clerk *clerk = &stress->clerks[connection->index];
    struct operation *operation = &stress->history.operations[index];
    operation->told = true;
    operation->heard_us = now_us();
    stress->open--;
    stress->progress++;
    stress->since_kill++;
    for (size_t slot = 0; slot < WINDOW; slot++)
        if (clerk->under_way[slot] == index + 1) {
            clerk->under_way[slot] = 0;
            begin(connection, slot);
        }
    if (stress->open == 0 && stress->history.count == stress->wanted)
        loop_stop(stress->all.loop);
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
static void ask_old(struct connection *connection)
{
    struct stress *stress = connection->all->owner;
    for (uint32_t i = 0; i < stress->all.connection_count; i++) {
        size_t index = chance_below(&stress->chance, (uint32_t)stress->history.count);
        const struct operation *operation = &stress->history.operations[index];
        if (operation->told && operation->kind != OPERATION_READ &&
            operation->terminal == connection->terminal->number) {
            send_again(connection, index);
            return;
        }
    }
}

static void on_reply(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                     struct slice packed)
{
    struct stress *stress = connection->all->owner;
    size_t index = (size_t)(request & UINT32_MAX) - 1;
    struct operation *operation = &stress->history.operations[index];
    if (reply->seq == 0 && reply->result_case == TEFTER__REPLY__RESULT_DONE) {
        terminals_fail(&stress->all, "a reply without its seq");
        return;
    }
    if (reply->seq == 0) { /* it did not reach the ledger: again at the next tick */
        stress->put_off++;
        stress->again = true;
        return;
    }
    if (operation->told) {
        operation->differs = operation->differs || operation->print != print_of(packed);
        return;
    }
    operation->print = print_of(packed);
    read_reply(reply, operation);
    settle(connection, index);
    if (chance_below(&stress->chance, OLD_ONE_IN) == 0)
        ask_old(connection);
}

static void on_answer(struct connection *connection, uint64_t request, const Tefter__Answer *answer)
{
    struct stress *stress = connection->all->owner;
    size_t index = (size_t)(request & UINT32_MAX) - 1;
    struct operation *operation = &stress->history.operations[index];
    if (operation->told)
        return;
    if (answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD) {
        terminals_fail(&stress->all, "a card is refused");
        return;
    }
    operation->seq = answer->seq;
    operation->available_minor = answer->customer_card->account->available_minor;
    settle(connection, index);
}

/* Neither a reply nor an answer: the server has no time now. */
static void on_other(struct connection *connection, const Tefter__ToTerminal *frame)
{
    struct stress *stress = connection->all->owner;
    if (frame->body_case != TEFTER__TO_TERMINAL__BODY_REFUSED)
        return;
    stress->put_off++;
    stress->again = true;
}

static void on_lost(struct connection *connection, const char *reason)
{
    (void)connection;
    (void)reason;
}

/* ---- trouble ---- */

/* The server is to be there when it is killed: else it went by itself. */
static void kill_server(struct stress *stress)
{
    struct failure failure = {0};
    if (!server_alive(&stress->server)) {
        terminals_fail(&stress->all, "the server ended by itself");
        return;
    }
    server_kill(&stress->server);
    stress->kills++;
    stress->since_kill = 0;
    if (!server_start(&stress->server, &failure))
        terminals_fail(&stress->all, "%s", failure.text);
    stress->next_kill_us = now_us() + stress->options->seconds * 500000 +
                           chance_below(&stress->chance, 1000) * stress->options->seconds * 1000;
}

static void look_after(struct stress *stress, struct connection *connection)
{
    const struct clerk *clerk = &stress->clerks[connection->index];
    if (connection->stream == NULL) {
        (void)connection_dial(connection);
        return;
    }
    for (size_t slot = 0; connection->in && stress->again && slot < WINDOW; slot++)
        if (clerk->under_way[slot] != 0)
            send_again(connection, clerk->under_way[slot] - 1);
}

/* By the clock, and on a quick machine a few times all the same. */
static bool kill_due(const struct stress *stress)
{
    return stress->options->seconds > 0 && stress->since_kill >= KILL_AFTER &&
           (now_us() > stress->next_kill_us ||
            stress->history.count > stress->wanted / (KILLS_LEAST + 1) * (stress->kills + 1));
}

/* While there is work. The loop is left and entered, so that patience counts from progress. */
static void on_tick(void *context)
{
    struct stress *stress = context;
    struct terminals *all = &stress->all;
    if (chance_below(&stress->chance, CUT_ONE_IN) == 0) {
        struct connection *connection =
            &all->connections[1 + chance_below(&stress->chance, all->connection_count - 1)];
        stress->cuts += connection->in;
        connection_cut(connection);
    }
    if (kill_due(stress))
        kill_server(stress);
    for (uint32_t i = 1; i < all->connection_count; i++)
        look_after(stress, &all->connections[i]);
    stress->again = false;
    if (stress->progress > 0)
        loop_stop(all->loop);
    stress->progress = 0;
}

/* ---- the whole ---- */

static bool open_customers(struct stress *stress)
{
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++) {
        int64_t units = i % 2 == 0 ? TIGHT_UNITS : 1000000;
        stress->history.limits_minor[i] = units * PRICE_MINOR;
        stress->customers[i] = customer_open(&stress->all, i, units * PRICE_MINOR);
        if (stress->customers[i] == 0)
            return false;
    }
    return true;
}

static bool trade(struct stress *stress)
{
    struct terminals *all = &stress->all;
    all->owner = stress;
    all->events = (struct connection_events){
        .in = on_in, .reply = on_reply, .answer = on_answer, .other = on_other, .lost = on_lost};
    stress->timer = loop_timer_create(all->loop, on_tick, stress);
    loop_timer_start(stress->timer, TICK_MS, TICK_MS);
    stress->next_kill_us = now_us() + stress->options->seconds * 400000;
    for (uint32_t i = 1; i < all->connection_count; i++)
        on_in(&all->connections[i]);
    bool good = true;
    while (good && (stress->open > 0 || stress->history.count < stress->wanted))
        good = terminals_run(all);
    loop_timer_destroy(stress->timer);
    return good;
}

/* The office was lost with the others. */
static bool read_cards(struct stress *stress)
{
    struct terminals *all = &stress->all;
    uint64_t seq;
    terminals_drop(all);
    all->events = (struct connection_events){.in = NULL};
    if (!terminals_connect(all))
        return false;
    for (uint32_t i = 0; i < HISTORY_CUSTOMERS; i++) {
        arena_reset(&all->arena);
        const Tefter__AccountRow *account = customer_account(all, stress->customers[i], &seq);
        if (account == NULL)
            return false;
        stress->history.last_minor[i] = account->available_minor;
        stress->history.last_seq = seq;
    }
    return true;
}

static int64_t today(void)
{
    return (int64_t)time(NULL) / (24 * 3600);
}

/* Each kind of fault; with --control, whether one of them is the one that was put in. */
static bool tell_faults(const struct stress *stress)
{
    const struct history *history = &stress->history;
    const char *trouble = stress->all.trouble.fault == FAULT_NONE ? "" : stress->all.trouble.text;
    bool found = options_found(stress->options, trouble);
    if (trouble[0] != '\0')
        printf("history: %s\n", trouble);
    for (size_t i = 0; i < history->fault_count; i++) {
        const struct history_fault *fault = &history->faults[i];
        printf("history: %s, %" PRIu64 " times; first: %s\n", fault->what, fault->times,
               fault->first);
        found = options_found(stress->options, fault->what) || found;
    }
    return found;
}

static const char *verdict(const struct stress *stress, bool good)
{
    if (stress->options->control)
        return good ? "the faulty server is found out" : "the fault is NOT FOUND";
    return good ? "strictly serializable, no violation" : "NOT GOOD";
}

static void tell(const struct stress *stress, bool good, double seconds)
{
    const struct history *history = &stress->history;
    char figures[300];
    (void)snprintf(figures, sizeof figures,
                   "%" PRIu64 "\t%zu\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%.0f\t%s",
                   stress->options->terminals, history->count, stress->resent, stress->cuts,
                   stress->kills, seconds, good ? "good" : "BAD");
    options_record(stress->options, "terminals\toperations\tresent\tcuts\tkills\tseconds\tresult",
                   figures);
    printf("history: seed %" PRIu64 ", %" PRIu64 " terminals, %zu operations (%" PRIu64
           " sold, %" PRIu64 " refused, %" PRIu64 " paid, %" PRIu64 " read), %" PRIu64
           " sent again, %" PRIu64 " connections cut, %" PRIu64 " kills, %s, %.1f s\n",
           stress->options->seed, stress->options->terminals, history->count, history->sold,
           history->refused, history->paid, history->read, stress->resent, stress->cuts,
           stress->kills, verdict(stress, good), seconds);
}

static bool run(struct stress *stress, struct failure *failure)
{
    uint32_t count = (uint32_t)stress->options->terminals;
    int64_t day = today();
    if (!server_found(&stress->server, stress->options->server, failure) ||
        !server_start(&stress->server, failure) ||
        !terminals_open(&stress->all, &stress->server, count, count, failure)) {
        fprintf(stderr, "history: %s\n", failure->text);
        return false;
    }
    if (!open_customers(stress) || !trade(stress) || !read_cards(stress))
        return false;
    stress->history.nobodys_max = stress->resent + (uint64_t)(today() - day) * TERMINALS_BRANCHES;
    return history_judge(&stress->history);
}

static int prove(const struct options *options)
{
    struct failure failure = {0};
    struct stress *stress = calloc(1, sizeof *stress);
    uint64_t began = now_us();
    if (stress == NULL)
        return 1;
    stress->options = options;
    stress->chance = options->seed;
    stress->wanted = options->rounds;
    stress->history.operations = calloc(stress->wanted, sizeof *stress->history.operations);
    stress->ids = calloc(stress->wanted, sizeof *stress->ids);
    bool good = stress->history.operations != NULL && stress->ids != NULL && run(stress, &failure);
    terminals_close(&stress->all);
    good = server_stop(&stress->server) == 0 && good;
    good = good && server_verify(&stress->server);
    bool found = tell_faults(stress);
    good = options->control ? !good && found : good;
    tell(stress, good, (double)(now_us() - began) / 1e6);
    server_close(&stress->server, !good);
    free(stress->history.operations);
    free(stress->ids);
    free(stress);
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

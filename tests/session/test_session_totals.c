/*
 * What the board is told: the totals of each branch and of the company, as they were counted anew,
 * after each command, over a restart and a turned day; who sees which; and decisions as they
 * happen.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "session/inside.h"

enum { BRANCHES_SEEN = 16, DECISIONS_SEEN = 1024 };

/* What a terminal holds of one topic. */
struct board {
    struct client *client;
    size_t read; /* of the inbox */
    uint64_t at;
    bool whole;
    const Tefter__TotalsRow *totals[BRANCHES_SEEN]; /* by branch */
    const Tefter__DecisionRow *decisions[DECISIONS_SEEN];
    size_t decision_count;
};

static void take_decision(struct board *board, const Tefter__DecisionRow *row)
{
    size_t at = 0;
    while (at < board->decision_count && board->decisions[at]->decision != row->decision)
        at++;
    assert_true(at < DECISIONS_SEEN);
    board->decisions[at] = row;
    board->decision_count += at == board->decision_count;
}

static void take_row(struct board *board, const Tefter__Row *row)
{
    if (row->kind_case == TEFTER__ROW__KIND_DECISION) {
        take_decision(board, row->decision);
        return;
    }
    assert_int_equal(row->kind_case, TEFTER__ROW__KIND_TOTALS);
    assert_true(row->totals->branch < BRANCHES_SEEN);
    board->totals[row->totals->branch] = row->totals;
}

static void take_chunk(struct board *board, const Tefter__SnapshotChunk *chunk)
{
    for (size_t i = 0; i < chunk->n_rows; i++)
        take_row(board, chunk->rows[i]);
    board->whole = chunk->last;
    board->at = chunk->seq;
}

static void take_delta(struct board *board, const Tefter__Delta *delta)
{
    for (size_t i = 0; i < delta->n_rows; i++)
        take_row(board, delta->rows[i]);
    board->at = delta->this_;
}

static bool is_there(void *context)
{
    struct board *board = context;
    for (; board->read < board->client->count; board->read++) {
        const Tefter__ToTerminal *message = board->client->inbox[board->read];
        if (message->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
            take_chunk(board, message->snapshot_chunk);
        if (message->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
            take_delta(board, message->delta);
    }
    return board->client->closed || board->whole;
}

/* What is asked last is answered last: then all that was told before is there. */
static void catch_up(struct board *board)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    world_wait(is_there, board);
    (void)client_ask(board->client, &frame);
    (void)is_there(board);
    assert_false(board->client->closed);
}

static const Tefter__ToTerminal *look_on(struct board *board, struct client *client,
                                         Tefter__Topic topic, Tefter__Resume *resume)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe ask = TEFTER__SUBSCRIBE__INIT;
    *board = (struct board){.client = client, .read = client->count};
    ask.subscription = 7;
    ask.topic = topic;
    ask.resume = resume;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &ask;
    return client_ask(client, &frame);
}

static void enter(struct client *client, const char *login, Tefter__Role role)
{
    (void)world_staff(login, role, "password of all", NULL);
    client_enter(client, login, "password of all");
}

__attribute__((format(printf, 1, 2))) static void done(const char *format, ...)
{
    char json[1024];
    va_list rest;
    va_start(rest, format);
    (void)vsnprintf(json, sizeof json, format, rest);
    va_end(rest);
    if (!world_try(json, 1))
        fail_msg("refused: %s", json);
}

static bool attempt(uint32_t branch, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool attempt(uint32_t branch, const char *format, ...)
{
    char json[1024];
    va_list rest;
    va_start(rest, format);
    (void)vsnprintf(json, sizeof json, format, rest);
    va_end(rest);
    return world_try(json, branch);
}

/* ---- as counted anew ---- */

static const Tefter__TotalsAnswer *counted(struct client *client, bool recount)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TotalsView wish = TEFTER__TOTALS_VIEW__INIT;
    wish.has_recount = true;
    wish.recount = recount;
    query.kind_case = TEFTER__QUERY__KIND_TOTALS;
    query.totals = &wish;
    const Tefter__Answer *answer = client_query(client, &query);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_TOTALS);
    return answer->totals;
}

static struct slice figures_of(const Tefter__TotalsRow *row)
{
    Tefter__TotalsRow copy = *row;
    copy.has_seq = false;
    copy.last_owed = copy.last_overdue = copy.last_unmatched = NULL;
    copy.last_sold = copy.last_collected = NULL;
    return message_pack(&copy.base, &world.arena);
}

static void check(const struct board *board, const Tefter__TotalsAnswer *truth)
{
    assert_true(truth->n_rows > 0);
    for (size_t i = 0; i < truth->n_rows; i++) {
        const Tefter__TotalsRow *row = board->totals[truth->rows[i]->branch];
        assert_non_null(row);
        assert_true(slice_equal(figures_of(row), figures_of(truth->rows[i])));
    }
}

static void check_all(struct board *board)
{
    catch_up(board);
    check(board, counted(board->client, true));
    check(board, counted(board->client, false));
}

/* ---- a day in the shops ---- */

static uint32_t random_state = 20;

static uint32_t chance(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

static unsigned reference;
static uint64_t bills[4096];
static size_t bill_count;

static void note_newest_bill(uint32_t customer)
{
    struct failure failure = {0};
    struct ledger_view *view = ledger_view_begin(world.ledger, &world.arena, &failure);
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerHistory wish = TEFTER__CUSTOMER_HISTORY__INIT;
    wish.has_customer = wish.has_rows = true;
    wish.customer = customer;
    wish.rows = 1;
    query.kind_case = TEFTER__QUERY__KIND_HISTORY;
    query.history = &wish;
    const Tefter__Answer *answer = ledger_view_answer(view, &query, NULL, NULL, LEDGER_WORK_ANY);
    if (answer->kind_case == TEFTER__ANSWER__KIND_HISTORY && answer->history->n_rows > 0)
        bills[bill_count++ % 4096] = answer->history->rows[0]->document;
    ledger_view_end(view);
}

static void something_happens(uint32_t customers, uint32_t branches)
{
    uint32_t customer = 2 + chance(customers);
    uint32_t branch = 1 + chance(branches);
    switch (chance(8)) {
    case 0:
    case 1:
    case 2:
        (void)attempt(branch,
                      "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                      "\"quantity\":1000,\"price\":%u}]}}",
                      customer, 1000 * (1 + chance(90000)));
        note_newest_bill(customer);
        break;
    case 3:
    case 4:
    case 5:
        (void)attempt(branch,
                      "{\"take_payment\":{\"customer\":%u,\"kind\":\"PAYMENT_TRANSFER\","
                      "\"amount_minor\":%u,\"money_account\":1,\"reference\":\"r%u\"%s}}",
                      customer, 1 + chance(60000), ++reference,
                      chance(2) == 0 ? ",\"match\":\"MATCH_OLDEST_DUE\"" : "");
        note_newest_bill(customer);
        break;
    case 6:
        if (bill_count > 0)
            (void)attempt(branch,
                          "{\"reverse_document\":{\"document\":\"%llu\",\"reason\":{\"value\":"
                          "\"wrong\"}}}",
                          (unsigned long long)bills[chance((uint32_t)bill_count) % 4096]);
        break;
    default:
        (void)attempt(branch,
                      "{\"set_credit_limit\":{\"customer\":%u,\"terms\":{\"limit_minor\":%u}}}",
                      customer, chance(200000));
        break;
    }
}

static void open_shops(uint32_t customers)
{
    done("{\"add_bank_account\":{\"name\":\"bank\",\"number\":\"12345\"}}");
    done("{\"add_branch\":{\"code\":\"TWO\",\"name\":\"second\",\"utc_offset_minutes\":0}}");
    for (uint32_t i = 0; i < customers; i++) {
        char name[20];
        (void)snprintf(name, sizeof name, "customer %u", i);
        world_limit(world_customer(name, "0"), 100000);
    }
}

static uint32_t day = 20000;

static void day_turns(void)
{
    day += 20;
    for (unsigned branch = 1; branch <= 2; branch++)
        done("{\"turn_day\":{\"branch\":%u,\"date\":%u}}", branch, day);
    for (int i = 0; i < 20; i++) /* whom it changes is told in steps */
        (void)attempt(0, "{\"step_job\":{\"job\":\"%d\"}}", i);
}

static void test_totals_are_what_is_counted(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    open_shops(20);
    enter(&client, "manager", TEFTER__ROLE__ROLE_MANAGER);
    const Tefter__ToTerminal *answer = look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_SUBSCRIBED);
    check_all(&board);
    for (int i = 0; i < 400; i++) {
        something_happens(20, 2);
        if (i % 60 == 59)
            day_turns();
        if (i % 4 == 0)
            check_all(&board);
    }
    check_all(&board);
    assert_true(board.totals[0]->owed_minor > 0);
    assert_true(board.totals[0]->overdue_minor > 0);
    assert_true(board.totals[0]->unmatched > 0);
    assert_non_null(board.totals[0]->last_owed);
    assert_non_null(board.totals[0]->last_owed->number);
    client_close(&client);
}

static void test_totals_outlive_a_restart(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    struct board again;
    enter(&client, "second", TEFTER__ROLE__ROLE_MANAGER);
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    check_all(&board);
    struct slice before[3];
    for (uint32_t branch = 0; branch < 3; branch++)
        before[branch] = figures_of(board.totals[branch]);
    client_close(&client);
    world_restart();
    client_enter(&client, "second", "password of all");
    (void)look_on(&again, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    check_all(&again);
    for (uint32_t branch = 0; branch < 3; branch++)
        assert_true(slice_equal(figures_of(again.totals[branch]), before[branch]));
    something_happens(20, 2);
    check_all(&again);
    client_close(&client);
}

static void test_resume_is_a_new_snapshot(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    Tefter__Resume resume = TEFTER__RESUME__INIT;
    static const uint8_t ledger[16] = {1, 2, 3};
    resume.ledger = (ProtobufCBinaryData){sizeof ledger, (uint8_t *)(uintptr_t)ledger};
    resume.incarnation = 1;
    resume.seq = world.seq;
    enter(&client, "third", TEFTER__ROLE__ROLE_MANAGER);
    const Tefter__ToTerminal *answer =
        look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, &resume);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_SUBSCRIBED);
    assert_false(answer->subscribed->resumed);
    check_all(&board);
    client_close(&client);
}

/* ---- who sees which ---- */

static void bind_to_branch(const char *login, uint32_t branch)
{
    struct failure failure = {0};
    struct ledger_view *view = ledger_view_begin(world.ledger, &world.arena, &failure);
    uint32_t staff = ledger_view_login(view, login)->staff;
    ledger_view_end(view);
    done("{\"change_staff\":{\"staff\":%u,\"branch\":%u}}", staff, branch);
}

static void test_sales_staff_see_none(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    enter(&client, "seller", TEFTER__ROLE__ROLE_SALES);
    assert_int_equal(refusal_of(look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL)),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    assert_int_equal(refusal_of(look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL)),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    client_close(&client);
}

static void test_who_belongs_to_a_branch_sees_that_one(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    (void)world_staff("bound", TEFTER__ROLE__ROLE_MANAGER, "password of all", NULL);
    bind_to_branch("bound", 2);
    client_enter(&client, "bound", "password of all");
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    check_all(&board);
    for (int i = 0; i < 20; i++)
        something_happens(20, 2);
    check_all(&board);
    assert_null(board.totals[0]);
    assert_null(board.totals[1]);
    assert_non_null(board.totals[2]);
    assert_int_equal(counted(&client, true)->n_rows, 1);
    assert_int_equal(counted(&client, false)->n_rows, 1);
    client_close(&client);
}

/* One who is bound while they look on hears no more of the others. */
static void test_wall_that_rises(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    enter(&client, "mover", TEFTER__ROLE__ROLE_MANAGER);
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    check_all(&board);
    bind_to_branch("mover", 2);
    world_run(50);
    (void)is_there(&board);
    uint64_t before = board.at;
    for (int i = 0; i < 10; i++)
        something_happens(20, 2);
    world_run(50);
    (void)is_there(&board);
    assert_int_equal(board.at, before);
    client_close(&client);
}

/* ---- cash that is still to be counted ---- */

static const Tefter__MoneyOfKind *cash_of(const Tefter__TotalsRow *row)
{
    for (size_t i = 0; i < row->n_collected_by_kind; i++)
        if (row->collected_by_kind[i]->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
            return row->collected_by_kind[i];
    fail_msg("no cash");
    return NULL;
}

static void pay_cash(uint32_t customer)
{
    done("{\"take_payment\":{\"customer\":%u,\"kind\":\"PAYMENT_CASH\",\"money_account\":2,"
         "\"amount_minor\":30}}",
         customer);
}

/* As who takes money and does not see the books is told them, and as an owner is. */
static void test_cash_is_told_after_the_count(void **state)
{
    (void)state;
    struct client client;
    struct client owner;
    struct board blind;
    struct board whole;
    uint32_t customer = world_customer("Thu", "0907");
    done("{\"add_till\":{\"name\":\"till\",\"branch\":1}}");
    done("{\"open_till\":{\"money_account\":2,\"float_minor\":0}}");
    enter(&client, "controls", TEFTER__ROLE__ROLE_CONTROLLER);
    enter(&owner, "manages", TEFTER__ROLE__ROLE_MANAGER);
    (void)look_on(&blind, &client, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    (void)look_on(&whole, &owner, TEFTER__TOPIC__TOPIC_TOTALS, NULL);
    pay_cash(customer);
    check_all(&whole);
    check_all(&blind);
    assert_true(cash_of(whole.totals[1])->has_amount_minor);
    assert_false(cash_of(blind.totals[1])->has_amount_minor);
    assert_false(cash_of(blind.totals[0])->has_amount_minor);
    assert_int_equal(blind.totals[1]->collected_minor,
                     whole.totals[1]->collected_minor - cash_of(whole.totals[1])->amount_minor);
    assert_false(whole.totals[1]->sold_hidden);
    assert_true(blind.totals[1]->sold_hidden);
    assert_int_equal(blind.totals[1]->sold_minor, blind.totals[1]->on_credit_minor);
    client_close(&client);
    client_close(&owner);
}

/* ---- decisions ---- */

static const Tefter__DecisionRow *newest(const struct board *board)
{
    assert_true(board->decision_count > 0);
    return board->decisions[board->decision_count - 1];
}

static void test_refused_sale_is_heard_of(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    struct board late;
    uint32_t customer = world_customer("Lan", "0905");
    world_limit(customer, 1000);
    enter(&client, "watcher", TEFTER__ROLE__ROLE_CONTROLLER);
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    assert_false(attempt(1,
                         "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                         "\"quantity\":1000,\"price\":1500000}]}}",
                         customer));
    catch_up(&board);
    const Tefter__DecisionRow *row = newest(&board);
    assert_int_equal(row->kind, TEFTER__DECISION_KIND__DECISION_SALE_REFUSED);
    assert_int_equal(row->customer, customer);
    assert_string_equal(row->customer_name->value, "Lan");
    assert_int_equal(row->amount_minor, 1500);
    assert_int_equal(row->over_by_minor, 500);
    assert_int_equal(row->seq, world.seq);
    assert_int_equal(row->walls[0], TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    uint64_t number = row->decision;
    client_close(&client);
    client_enter(&client, "watcher", "password of all");
    (void)look_on(&late, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&late);
    assert_int_equal(late.decisions[0]->decision, number);
    assert_string_equal(late.decisions[0]->customer_name->value, "Lan");
    client_close(&client);
}

/* Whoever tries a sale over and over pushes nothing else away. */
static void test_refused_sales_alike_are_one(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    struct board late;
    uint32_t lan = world_customer("Lan", "0905");
    uint32_t hoa = world_customer("Hoa", "0906");
    world_limit(lan, 1000);
    world_limit(hoa, 1000);
    enter(&client, "looker", TEFTER__ROLE__ROLE_CONTROLLER);
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    for (int i = 0; i < 61; i++)
        assert_false(attempt(1,
                             "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                             "\"quantity\":1000,\"price\":1500000}]}}",
                             i == 0 ? lan : hoa));
    catch_up(&board);
    assert_int_equal(newest(&board)->customer, hoa);
    assert_int_equal(newest(&board)->times, 60);
    client_close(&client);
    client_enter(&client, "looker", "password of all");
    (void)look_on(&late, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&late);
    int of_hoa = 0;
    for (size_t i = 0; i < late.decision_count; i++)
        of_hoa += late.decisions[i]->customer == hoa;
    assert_int_equal(of_hoa, 1);
    client_close(&client);
}

static struct slice bytes_of(const Tefter__DecisionRow *row)
{
    return message_pack(&row->base, &world.arena);
}

/* Who begins to look on after a restart sees what others saw before it, to the last byte. */
static void test_decisions_outlive_a_restart(void **state)
{
    (void)state;
    struct client client;
    struct board before;
    struct board after;
    struct slice seen[DECISIONS_SEEN];
    uint32_t lan = world_customer("Lan", "0905");
    world_limit(lan, 1000);
    for (int i = 0; i < 3; i++)
        assert_false(attempt(1,
                             "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                             "\"quantity\":1000,\"price\":1500000}]}}",
                             lan));
    enter(&client, "keeper", TEFTER__ROLE__ROLE_CONTROLLER);
    (void)look_on(&before, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&before);
    for (size_t i = 0; i < before.decision_count; i++)
        seen[i] = bytes_of(before.decisions[i]);
    client_close(&client);
    world_restart();
    client_enter(&client, "keeper", "password of all");
    (void)look_on(&after, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&after);
    assert_true(before.decision_count > 0);
    assert_int_equal(after.decision_count, before.decision_count);
    for (size_t i = 0; i < before.decision_count; i++)
        assert_true(slice_equal(bytes_of(after.decisions[i]), seen[i]));
    client_close(&client);
}

/* One terminal's refused sales, of however many customers, leave room for what others did. */
static void test_one_source_pushes_out_no_other(void **state)
{
    (void)state;
    enum { MANY = 70 };
    struct client client;
    struct board board;
    uint32_t lan = world_customer("Lan", "0905");
    world_limit(lan, 1000);
    assert_false(attempt(1,
                         "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                         "\"quantity\":1000,\"price\":1500000}]}}",
                         lan));
    done("{\"ask_approval\":{\"customer\":%u,\"amount_minor\":1500,\"minutes\":15}}", lan);
    for (int i = 0; i < MANY; i++) {
        uint32_t one = world_customer("One", "0907");
        world_limit(one, 1000);
        assert_false(attempt(1,
                             "{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\","
                             "\"quantity\":1000,\"price\":1500000}]}}",
                             one));
    }
    enter(&client, "other", TEFTER__ROLE__ROLE_CONTROLLER);
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    int refused = 0;
    bool parked = false;
    for (size_t i = 0; i < board.decision_count; i++) {
        refused += board.decisions[i]->kind == TEFTER__DECISION_KIND__DECISION_SALE_REFUSED;
        parked |= board.decisions[i]->kind == TEFTER__DECISION_KIND__DECISION_PARKED &&
                  board.decisions[i]->customer == lan;
    }
    assert_true(parked);
    assert_true(refused <= REFUSED_OF_TERMINAL_MAX);
    client_close(&client);
}

static const Tefter__DecisionRow *of_kind(const struct board *board, Tefter__DecisionKind kind)
{
    for (size_t i = board->decision_count; i > 0; i--)
        if (board->decisions[i - 1]->kind == kind)
            return board->decisions[i - 1];
    fail_msg("nobody heard of a decision of kind %d", (int)kind);
    return NULL;
}

/* Parked, approved, sold by it, taken back: each is heard of, with what it was about. */
static void test_approval_is_heard_of_on_its_way(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    uint32_t customer = world_customer("Mai", "0907");
    const char *lines = "[{\"text\":\"goods\",\"quantity\":1000,\"price\":1500000}]";
    world_limit(customer, 1000);
    client_enter(&client, "watcher", "password of all");
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    done("{\"ask_approval\":{\"customer\":%u,\"amount_minor\":1500,\"draft\":{\"customer\":%u,"
         "\"lines\":%s}}}",
         customer, customer, lines);
    catch_up(&board);
    const Tefter__DecisionRow *parked = of_kind(&board, TEFTER__DECISION_KIND__DECISION_PARKED);
    assert_int_equal(parked->amount_minor, 1500);
    assert_int_equal(parked->over_by_minor, 500);
    assert_string_equal(parked->customer_name->value, "Mai");
    uint64_t approval = parked->approval;
    done("{\"decide_approval\":{\"approval\":\"%llu\",\"approved\":true}}",
         (unsigned long long)approval);
    catch_up(&board);
    assert_int_equal(of_kind(&board, TEFTER__DECISION_KIND__DECISION_APPROVED)->approval, approval);
    done("{\"issue_invoice\":{\"customer\":%u,\"approval\":\"%llu\",\"lines\":%s}}", customer,
         (unsigned long long)approval, lines);
    catch_up(&board);
    const Tefter__DecisionRow *used =
        of_kind(&board, TEFTER__DECISION_KIND__DECISION_APPROVAL_USED);
    assert_int_equal(used->approval, approval);
    assert_non_null(used->number);
    done("{\"reverse_document\":{\"document\":\"%llu\",\"reason\":{\"value\":\"wrong\"}}}",
         (unsigned long long)used->document);
    catch_up(&board);
    const Tefter__DecisionRow *back = of_kind(&board, TEFTER__DECISION_KIND__DECISION_REVERSED);
    assert_string_equal(back->number, used->number);
    assert_int_equal(back->amount_minor, 1500);
    client_close(&client);
}

static void test_high_discount_is_heard_of(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    client_enter(&client, "watcher", "password of all");
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    size_t before = board.decision_count;
    uint32_t customer = world_customer("Tam", "0908");
    world_limit(customer, 100000);
    done("{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\",\"quantity\":1000,"
         "\"price\":1000000,\"discount_bp\":500}]}}",
         customer);
    catch_up(&board);
    assert_int_equal(board.decision_count, before);
    done("{\"issue_invoice\":{\"customer\":%u,\"lines\":[{\"text\":\"goods\",\"quantity\":1000,"
         "\"price\":1000000,\"discount_minor\":60}]}}",
         customer);
    catch_up(&board);
    assert_int_equal(newest(&board)->kind, TEFTER__DECISION_KIND__DECISION_DISCOUNT);
    assert_int_equal(newest(&board)->discount_bp, 600);
    client_close(&client);
}

static void test_mistyped_sale_is_nobody_s_business(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    client_enter(&client, "watcher", "password of all");
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    size_t before = board.decision_count;
    assert_false(attempt(1, "{\"issue_invoice\":{\"customer\":2}}"));
    catch_up(&board);
    assert_int_equal(board.decision_count, before);
    client_close(&client);
}

static void test_import_is_one_row(void **state)
{
    (void)state;
    struct client client;
    struct board board;
    uint32_t customer = world_customer("Hoa", "0906");
    world_limit(customer, 1);
    client_enter(&client, "watcher", "password of all");
    (void)look_on(&board, &client, TEFTER__TOPIC__TOPIC_DECISIONS, NULL);
    catch_up(&board);
    size_t before = board.decision_count;
    for (int i = 0; i < 300; i++)
        done(
            "{\"issue_invoice\":{\"customer\":%u,\"source\":\"old\",\"number\":\"OLD-%d\","
            "\"backfill\":true,\"lines\":[{\"text\":\"goods\",\"quantity\":1000,\"price\":2000}]}}",
            customer, i);
    catch_up(&board);
    assert_int_equal(board.decision_count, before + 1);
    assert_int_equal(newest(&board)->kind, TEFTER__DECISION_KIND__DECISION_OVER_LIMIT);
    assert_int_equal(newest(&board)->papers, 300);
    assert_int_equal(newest(&board)->amount_minor, 600);
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_what_is_counted),
        cmocka_unit_test(test_totals_outlive_a_restart),
        cmocka_unit_test(test_decisions_outlive_a_restart),
        cmocka_unit_test(test_one_source_pushes_out_no_other),
        cmocka_unit_test(test_resume_is_a_new_snapshot),
        cmocka_unit_test(test_sales_staff_see_none),
        cmocka_unit_test(test_who_belongs_to_a_branch_sees_that_one),
        cmocka_unit_test(test_wall_that_rises),
        cmocka_unit_test(test_cash_is_told_after_the_count),
        cmocka_unit_test(test_refused_sale_is_heard_of),
        cmocka_unit_test(test_refused_sales_alike_are_one),
        cmocka_unit_test(test_approval_is_heard_of_on_its_way),
        cmocka_unit_test(test_high_discount_is_heard_of),
        cmocka_unit_test(test_mistyped_sale_is_nobody_s_business),
        cmocka_unit_test(test_import_is_one_row),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}

/*
 * Subscriptions over real TLS: snapshots in pages, sets, resuming, chosen customers, approvals, and
 * a terminal that stops reading. A replica is kept as a terminal keeps it and held against the
 * ledger whenever it may be called exact.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "session/inside.h"

enum { REPLICA_CUSTOMERS = 600, REPLICA_APPROVALS = 100 };

struct replica {
    struct client *client;
    uint32_t number;
    size_t from; /* inbox */
    bool subscribed;
    bool resumed;
    bool paged; /* the last page was seen */
    uint64_t at;
    uint64_t pages_seq;
    unsigned pages;
    unsigned sets;
    unsigned anew; /* Subscribed that nobody asked for */
    Tefter__AccountRow *accounts[REPLICA_CUSTOMERS];
    Tefter__CustomerRow *customers[REPLICA_CUSTOMERS];
    Tefter__ApprovalRow *approvals[REPLICA_APPROVALS];
    unsigned alarms;
    unsigned shortages; /* of them, that say by how much a till is below nothing */
};

static void take_row(struct replica *replica, Tefter__Row *row)
{
    if (row->kind_case == TEFTER__ROW__KIND_ACCOUNT) {
        Tefter__AccountRow **at = &replica->accounts[row->account->customer];
        if (*at == NULL || row->account->seq >= (*at)->seq)
            *at = row->account;
    } else if (row->kind_case == TEFTER__ROW__KIND_CUSTOMER) {
        Tefter__CustomerRow **at = &replica->customers[row->customer->customer];
        if (*at == NULL || row->customer->seq >= (*at)->seq)
            *at = row->customer;
    } else if (row->kind_case == TEFTER__ROW__KIND_ALARM) {
        replica->alarms++;
        replica->shortages += row->alarm->has_short_minor ? 1 : 0;
    } else {
        assert_in_range(row->approval->approval, 1, REPLICA_APPROVALS - 1);
        replica->approvals[row->approval->approval] = row->approval;
    }
}

static void take_subscribed(struct replica *replica, const Tefter__Subscribed *subscribed)
{
    replica->anew += replica->subscribed ? 1 : 0;
    replica->subscribed = true;
    replica->resumed = subscribed->resumed;
    replica->paged = subscribed->resumed;
    replica->at = subscribed->seq;
}

static void take_page(struct replica *replica, const Tefter__SnapshotChunk *page)
{
    replica->pages++;
    for (size_t i = 0; i < page->n_rows; i++)
        take_row(replica, page->rows[i]);
    replica->paged = page->last;
    replica->pages_seq = page->seq;
}

static void take_set(struct replica *replica, const Tefter__Delta *set)
{
    assert_int_equal(set->prev, replica->at);
    assert_true(set->this_ >= set->prev);
    replica->sets++;
    replica->at = set->this_;
    for (size_t i = 0; i < set->n_rows; i++) {
        const Tefter__Row *row = set->rows[i];
        if (replica->resumed && row->kind_case == TEFTER__ROW__KIND_ACCOUNT &&
            row->account->has_seq)
            assert_in_range(row->account->seq, set->prev + 1, set->this_); /* each told once */
        take_row(replica, set->rows[i]);
    }
}

static void take_all(struct replica *replica)
{
    for (; replica->from < replica->client->count; replica->from++) {
        const Tefter__ToTerminal *message = replica->client->inbox[replica->from];
        if (message->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED &&
            message->subscribed->subscription == replica->number)
            take_subscribed(replica, message->subscribed);
        if (message->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK &&
            message->snapshot_chunk->subscription == replica->number)
            take_page(replica, message->snapshot_chunk);
        if (message->body_case == TEFTER__TO_TERMINAL__BODY_DELTA &&
            message->delta->subscription == replica->number)
            take_set(replica, message->delta);
    }
}

static bool is_exact(void *context)
{
    struct replica *replica = context;
    take_all(replica);
    return replica->client->closed ||
           (replica->paged && replica->at >= replica->pages_seq && replica->at >= world.seq);
}

static void wait_exact(struct replica *replica)
{
    world_wait(is_exact, replica);
    assert_false(replica->client->closed);
}

static void check_customer(const struct replica *replica, struct ledger_view *view,
                           uint32_t customer)
{
    uint32_t of = 0;
    struct slice row = ledger_view_row(view, row_key_of(ROW_ACCOUNT, customer), &of);
    const Tefter__Row *truth =
        (const Tefter__Row *)message_unpack(&tefter__row__descriptor, row, &replica->client->arena);
    assert_non_null(truth);
    assert_non_null(replica->accounts[customer]);
    assert_int_equal(replica->accounts[customer]->limit_minor, truth->account->limit_minor);
    assert_int_equal(replica->accounts[customer]->balance_minor, truth->account->balance_minor);
    assert_true(replica->accounts[customer]->seq <= truth->account->seq);
    assert_non_null(replica->customers[customer]);
    if (customer != 1) /* the cash customer is nobody */
        assert_non_null(replica->customers[customer]->name->value);
}

/* Every customer of the ledger. */
static unsigned check_all(const struct replica *replica)
{
    struct failure failure = {0};
    unsigned count = 0;
    struct ledger_view *view = ledger_view_begin(world.ledger, &replica->client->arena, &failure);
    assert_non_null(view);
    for (uint32_t at = ledger_view_next_customer(view, 0); at != 0;
         at = ledger_view_next_customer(view, at)) {
        check_customer(replica, view, at);
        count++;
    }
    ledger_view_end(view);
    return count;
}

struct asking {
    Tefter__Topic topic;
    uint32_t *customers;
    size_t count;
    Tefter__Resume *resume;
};

static uint64_t send_subscribe(struct replica *replica, struct client *client, uint32_t number,
                               const struct asking *asking)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe ask = TEFTER__SUBSCRIBE__INIT;
    replica->client = client;
    replica->number = number;
    ask.subscription = number;
    ask.topic = asking->topic;
    ask.n_customers = asking->count;
    ask.customers = asking->customers;
    ask.resume = asking->resume;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &ask;
    return client_send(client, &frame);
}

static const Tefter__ToTerminal *subscribe(struct replica *replica, struct client *client,
                                           uint32_t number, const struct asking *asking)
{
    return client_answer(client, send_subscribe(replica, client, number, asking));
}

static const struct asking everybody = {.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS};

static void make_customers(int count)
{
    for (int i = 0; i < count; i++) {
        char name[40];
        char phone[20];
        (void)snprintf(name, sizeof name, "Customer %d of the town", i);
        (void)snprintf(phone, sizeof phone, "09%08d", i);
        (void)world_customer(name, phone);
    }
}

static void snapshot_and_live(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    memset(&replica, 0, sizeof replica);
    make_customers(400);
    client_enter(&client, "boss", "correct horse");
    assert_int_equal(subscribe(&replica, &client, 3, &everybody)->body_case,
                     TEFTER__TO_TERMINAL__BODY_SUBSCRIBED);
    world_limit(390, 77); /* while the pages come */
    wait_exact(&replica);
    assert_true(replica.pages >= 4);
    assert_int_equal(check_all(&replica), 401); /* and the cash customer */
    assert_string_equal(replica.customers[20]->name->value, "Customer 18 of the town");
    for (int i = 0; i < 50; i++)
        world_limit(2 + (uint32_t)i % 7, 1000 + i);
    wait_exact(&replica);
    check_all(&replica);
    client_close(&client);
}

static void asked_wrongly(void **state)
{
    (void)state;
    static struct replica replica;
    static uint32_t many[SUBSCRIPTION_IDS_MAX];
    struct client client;
    memset(&replica, 0, sizeof replica);
    client_enter(&client, "boss", "correct horse");
    (void)subscribe(&replica, &client, 1, &everybody);
    assert_int_equal(refusal_of(subscribe(&replica, &client, 1, &everybody)),
                     TEFTER__REFUSAL_CODE__ALREADY_SUBSCRIBED);
    for (uint32_t i = 0; i < SUBSCRIPTION_IDS_MAX; i++)
        many[i] = i + 1;
    struct asking asking = {TEFTER__TOPIC__TOPIC_CUSTOMERS, many, SUBSCRIPTION_IDS_MAX, NULL};
    assert_int_equal(subscribe(&replica, &client, 2, &asking)->body_case,
                     TEFTER__TO_TERMINAL__BODY_SUBSCRIBED);
    for (uint32_t i = 3; i <= SUBSCRIPTIONS_MAX; i++)
        (void)subscribe(&replica, &client, i, &everybody);
    assert_int_equal(refusal_of(subscribe(&replica, &client, 99, &everybody)),
                     TEFTER__REFUSAL_CODE__TOO_MANY);
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Unsubscribe leave = TEFTER__UNSUBSCRIBE__INIT;
    leave.subscription = 5;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_UNSUBSCRIBE;
    frame.unsubscribe = &leave;
    assert_int_equal(client_ask(&client, &frame)->body_case, TEFTER__TO_TERMINAL__BODY_ACCEPTED);
    assert_int_equal(refusal_of(client_ask(&client, &frame)), TEFTER__REFUSAL_CODE__NOT_FOUND);
    struct sessions_metrics metrics;
    sessions_metrics(world.sessions, &metrics);
    assert_int_equal(metrics.subscriptions, SUBSCRIPTIONS_MAX - 1);
    client_close(&client);
    sessions_metrics(world.sessions, &metrics);
}

static void chosen_customers(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    uint32_t chosen[] = {9, 4, 400};
    struct asking asking = {TEFTER__TOPIC__TOPIC_CUSTOMERS, chosen, 3, NULL};
    memset(&replica, 0, sizeof replica);
    make_customers(20);
    client_enter(&client, "boss", "correct horse");
    (void)subscribe(&replica, &client, 1, &asking);
    wait_exact(&replica);
    assert_non_null(replica.customers[4]);
    assert_non_null(replica.customers[9]);
    assert_null(replica.customers[5]);
    unsigned sets = replica.sets;
    world_limit(5, 10);
    world_limit(9, 11);
    wait_exact(&replica);
    assert_int_equal(replica.sets, sets + 1);
    assert_int_equal(replica.accounts[9]->limit_minor, 11);
    assert_null(replica.accounts[5]);
    client_close(&client);
}

static Tefter__Resume resume_of(const struct client *client, uint64_t seq)
{
    Tefter__Resume resume = TEFTER__RESUME__INIT;
    const Tefter__Welcome *welcome = client->inbox[0]->welcome;
    resume.ledger = welcome->ledger;
    resume.incarnation = welcome->incarnation;
    resume.has_incarnation_nonce = welcome->has_incarnation_nonce;
    resume.incarnation_nonce = welcome->incarnation_nonce;
    resume.seq = seq;
    return resume;
}

static void resumed(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    struct client again;
    memset(&replica, 0, sizeof replica);
    make_customers(100);
    client_enter(&client, "boss", "correct horse");
    (void)subscribe(&replica, &client, 1, &everybody);
    wait_exact(&replica);
    uint64_t seq = replica.at;
    for (uint32_t i = 0; i < 30; i++)
        world_limit(2 + i % 5, 500 + i);
    client_enter(&again, "boss", "correct horse");
    Tefter__Resume resume = resume_of(&again, seq);
    struct asking asking = {TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, &resume};
    replica.from = 0;
    replica.subscribed = false;
    unsigned pages = replica.pages;
    assert_true(subscribe(&replica, &again, 8, &asking)->subscribed->resumed);
    replica.pages_seq = 0;
    wait_exact(&replica);
    assert_int_equal(replica.pages, pages);
    assert_true(replica.resumed);
    check_all(&replica);
    world_limit(3, 999);
    wait_exact(&replica);
    check_all(&replica);
    client_close(&client);
    client_close(&again);
}

/* ---- much to resume with: gathered on the pool, while others go on ---- */

static bool is_gathered(void *context)
{
    (void)context;
    return world.sessions->queries_running + world.sessions->queries_waiting > 0;
}

/* It keeps the rows of a replica that is resumed by another. */
static struct client before;

/* A terminal that was away for so many changes; what it asks then. */
static struct asking away(struct replica *replica, struct client *client, Tefter__Resume *resume,
                          int changes)
{
    memset(replica, 0, sizeof *replica);
    make_customers(300);
    client_enter(&before, "boss", "correct horse");
    (void)subscribe(replica, &before, 1, &everybody);
    wait_exact(replica);
    uint64_t seq = replica->at;
    for (int i = 0; i < changes; i++)
        world_limit(2 + (uint32_t)i % 290, 500 + i);
    client_enter(client, "boss", "correct horse");
    *resume = resume_of(client, seq);
    replica->from = 0;
    replica->pages = 0;
    replica->pages_seq = 0;
    replica->subscribed = false;
    return (struct asking){TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, resume};
}

static void resumed_after_much(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    Tefter__Resume resume;
    struct asking asking = away(&replica, &client, &resume, 700);
    uint64_t request = send_subscribe(&replica, &client, 8, &asking);
    world_wait(is_gathered, NULL);
    for (uint32_t i = 0; i < 40; i++) /* told behind what is gathered */
        world_limit(2 + i, 7000 + i);
    world_limit(295, 1);
    assert_true(client_answer(&client, request)->subscribed->resumed);
    wait_exact(&replica);
    assert_int_equal(replica.pages, 0);
    check_all(&replica);
    world_limit(3, 999);
    wait_exact(&replica);
    check_all(&replica);
    client_close(&client);
    client_close(&before);
}

static void few_seqs_with_many_rows(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    Tefter__Resume resume;
    struct asking asking = away(&replica, &client, &resume, 290);
    assert_true(subscribe(&replica, &client, 8, &asking)->subscribed->resumed);
    wait_exact(&replica);
    check_all(&replica);
    client_close(&client);
    client_close(&before);
}

static void left_while_gathered(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    Tefter__Resume resume;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Unsubscribe leave = TEFTER__UNSUBSCRIBE__INIT;
    struct asking asking = away(&replica, &client, &resume, 700);
    uint64_t request = send_subscribe(&replica, &client, 8, &asking);
    leave.subscription = 8;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_UNSUBSCRIBE;
    frame.unsubscribe = &leave;
    uint64_t left = client_send(&client, &frame);
    assert_int_equal(refusal_of(client_answer(&client, request)), TEFTER__REFUSAL_CODE__NOT_FOUND);
    assert_int_equal(client_answer(&client, left)->body_case, TEFTER__TO_TERMINAL__BODY_ACCEPTED);
    assert_true(subscribe(&replica, &client, 8, &asking)->subscribed->resumed);
    wait_exact(&replica);
    check_all(&replica);
    request = send_subscribe(&replica, &client, 9, &asking);
    world_wait(is_gathered, NULL);
    client_close(&client); /* and one that is gone before it is done */
    world_run(50);
    client_close(&before);
}

static void not_to_be_resumed(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    make_customers(5);
    client_enter(&client, "boss", "correct horse");
    for (int i = 0; i < 4; i++) {
        uint8_t other[16] = {9};
        memset(&replica, 0, sizeof replica);
        Tefter__Resume resume = resume_of(&client, world.seq);
        resume.incarnation += i == 0 ? 1 : 0;
        if (i == 1)
            resume.ledger = (ProtobufCBinaryData){16, other};
        resume.seq += i == 2 ? 1000 : 0; /* ahead of the ledger */
        if (i == 3)                      /* another restore of the same backup */
            resume.incarnation_nonce = (ProtobufCBinaryData){INCARNATION_NONCE_SIZE, other};
        struct asking asking = {TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, &resume};
        const Tefter__ToTerminal *answer = subscribe(&replica, &client, 1 + (uint32_t)i, &asking);
        assert_false(answer->subscribed->resumed);
        wait_exact(&replica);
        check_all(&replica);
    }
    client_close(&client);
}

static void approvals(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval ask = TEFTER__ASK_APPROVAL__INIT;
    Tefter__Text note = TEFTER__TEXT__INIT;
    memset(&replica, 0, sizeof replica);
    make_customers(2);
    world_limit(2, 10);
    client_enter(&client, "boss", "correct horse");
    struct asking asking = {TEFTER__TOPIC__TOPIC_APPROVALS, NULL, 0, NULL};
    (void)subscribe(&replica, &client, 1, &asking);
    wait_exact(&replica);
    note.value = "they pay on Friday";
    ask.customer = 2;
    ask.amount_minor = 500;
    ask.note = &note;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &ask;
    const Tefter__Reply *reply = client_command(&client, &command);
    if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED)
        fail_msg("%d %s", reply->refused->code, reply->refused->field);
    wait_exact(&replica);
    assert_non_null(replica.approvals[reply->done->id]);
    assert_string_equal(replica.approvals[reply->done->id]->note->value, "they pay on Friday");
    assert_null(replica.accounts[2]);
    static struct replica later;
    memset(&later, 0, sizeof later);
    (void)subscribe(&later, &client, 2, &asking);
    wait_exact(&later);
    assert_non_null(later.approvals[reply->done->id]);
    client_close(&client);
}

static size_t approvals_held(const struct replica *replica)
{
    size_t held = 0;
    for (size_t i = 0; i < REPLICA_APPROVALS; i++)
        held += replica->approvals[i] != NULL;
    return held;
}

/* ---- who belongs to a branch ---- */

static void bound_to(const char *login, Tefter__Role role, uint32_t branch)
{
    char json[80];
    uint32_t staff = world_staff(login, role, "password of all", NULL);
    (void)snprintf(json, sizeof json, "{\"change_staff\":{\"staff\":%u,\"branch\":%u}}", staff,
                   branch);
    assert_true(world_try(json, 0));
}

static void ask_at(uint32_t branch)
{
    assert_true(world_try("{\"ask_approval\":{\"customer\":2,\"amount_minor\":500}}", branch));
}

static uint32_t approvals_at(const struct replica *replica, const char *code)
{
    uint32_t count = 0;
    for (size_t i = 0; i < REPLICA_APPROVALS; i++)
        count +=
            replica->approvals[i] != NULL && strcmp(replica->approvals[i]->branch_code, code) == 0;
    return count;
}

/* In pages, as they happen, and after the line was lost. */
static void who_belongs_to_a_branch_hears_of_its_approvals_alone(void **state)
{
    (void)state;
    static struct replica replica;
    static struct replica of_all;
    struct client client;
    struct client owner;
    memset(&replica, 0, sizeof replica);
    memset(&of_all, 0, sizeof of_all);
    make_customers(2);
    world_limit(2, 10);
    assert_true(world_try("{\"add_branch\":{\"code\":\"FAR\",\"name\":\"Far\"}}", 0));
    bound_to("far", TEFTER__ROLE__ROLE_CONTROLLER, 2);
    ask_at(1);
    ask_at(2);
    client_enter(&client, "far", "password of all");
    client_enter(&owner, "boss", "correct horse");
    struct asking asking = {TEFTER__TOPIC__TOPIC_APPROVALS, NULL, 0, NULL};
    (void)subscribe(&replica, &client, 1, &asking);
    (void)subscribe(&of_all, &owner, 1, &asking);
    wait_exact(&replica);
    wait_exact(&of_all);
    size_t others = approvals_held(&of_all) - 1;
    assert_int_equal(approvals_held(&replica), 1);
    assert_int_equal(approvals_at(&replica, "FAR"), 1);
    Tefter__Resume resume = resume_of(&client, world.seq);
    ask_at(1);
    ask_at(2);
    wait_exact(&replica);
    wait_exact(&of_all);
    assert_int_equal(approvals_held(&replica), 2);
    assert_int_equal(approvals_at(&replica, "FAR"), 2);
    assert_int_equal(approvals_held(&of_all), others + 3);
    static struct replica again;
    memset(&again, 0, sizeof again);
    asking.resume = &resume;
    const Tefter__ToTerminal *answer = subscribe(&again, &client, 2, &asking);
    assert_true(answer->subscribed->resumed);
    wait_exact(&again);
    assert_int_equal(approvals_held(&again), 1);
    assert_int_equal(approvals_at(&again, "FAR"), 1);
    client_close(&client);
    client_close(&owner);
}

static void alarm_at(uint32_t branch)
{
    assert_true(world_try("{\"issue_invoice\":{\"customer\":2,\"backfill\":true,\"lines\":[{"
                          "\"text\":\"goods\",\"quantity\":1000,\"price\":900000}]}}",
                          branch));
}

static void who_belongs_to_a_branch_hears_of_its_alarms_alone(void **state)
{
    (void)state;
    static struct replica replica;
    static struct replica of_all;
    struct client client;
    struct client owner;
    memset(&replica, 0, sizeof replica);
    memset(&of_all, 0, sizeof of_all);
    make_customers(2);
    world_limit(2, 10);
    assert_true(world_try("{\"add_branch\":{\"code\":\"FAR\",\"name\":\"Far\"}}", 0));
    bound_to("far", TEFTER__ROLE__ROLE_CONTROLLER, 2);
    client_enter(&client, "far", "password of all");
    client_enter(&owner, "boss", "correct horse");
    struct asking asking = {TEFTER__TOPIC__TOPIC_ALARMS, NULL, 0, NULL};
    (void)subscribe(&replica, &client, 1, &asking);
    (void)subscribe(&of_all, &owner, 1, &asking);
    wait_exact(&replica);
    wait_exact(&of_all);
    alarm_at(1);
    alarm_at(2);
    alarm_at(1);
    wait_exact(&replica);
    wait_exact(&of_all);
    assert_int_equal(of_all.alarms, 3);
    assert_int_equal(replica.alarms, 1);
    client_close(&client);
    client_close(&owner);
}

static void take_out(struct client *client, int64_t amount_minor)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__MoveMoney move = TEFTER__MOVE_MONEY__INIT;
    move.from = 1;
    move.to = 2;
    move.amount_minor = amount_minor;
    command.kind_case = TEFTER__COMMAND__KIND_MOVE_MONEY;
    command.move_money = &move;
    assert_int_equal(client_command(client, &command)->result_case, TEFTER__REPLY__RESULT_DONE);
}

/* That a till is below nothing comes by itself; by how much would tell who counts it. */
static void an_alarm_does_not_tell_by_how_much_a_till_is_below_nothing(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    memset(&replica, 0, sizeof replica);
    assert_true(world_try("{\"add_till\":{\"name\":\"drawer\",\"branch\":1}}", 0));
    assert_true(world_try("{\"add_till\":{\"name\":\"safe\",\"branch\":1}}", 0));
    (void)world_staff("controls", TEFTER__ROLE__ROLE_CONTROLLER, "password of all", NULL);
    client_enter(&client, "controls", "password of all");
    struct asking asking = {TEFTER__TOPIC__TOPIC_ALARMS, NULL, 0, NULL};
    (void)subscribe(&replica, &client, 1, &asking);
    wait_exact(&replica);
    take_out(&client, 500);
    wait_exact(&replica);
    assert_int_equal(replica.alarms, 1);
    assert_int_equal(replica.shortages, 0);
    client_close(&client);
}

/* Near what may be parked of one sale. */
enum { PARKED_LINES = 1000 };

static void fill_draft(Tefter__IssueInvoice *draft)
{
    static Tefter__InvoiceLine lines[PARKED_LINES];
    static Tefter__InvoiceLine *list[PARKED_LINES];
    for (size_t i = 0; i < PARKED_LINES; i++) {
        lines[i] = (Tefter__InvoiceLine)TEFTER__INVOICE_LINE__INIT;
        lines[i].text = (char *)(uintptr_t) "a sack of rice, delivered to the back door";
        lines[i].quantity = 1000;
        lines[i].has_price = true;
        lines[i].price = 1000;
        list[i] = &lines[i];
    }
    draft->lines = list;
    draft->n_lines = PARKED_LINES;
}

static void park(struct client *client, bool long_one)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval ask = TEFTER__ASK_APPROVAL__INIT;
    Tefter__IssueInvoice draft = TEFTER__ISSUE_INVOICE__INIT;
    fill_draft(&draft);
    ask.customer = 2;
    ask.amount_minor = PARKED_LINES;
    ask.draft = long_one ? &draft : NULL;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &ask;
    assert_int_equal(client_command(client, &command)->result_case, TEFTER__REPLY__RESULT_DONE);
}

/* A clerk asks for as many as one may, most of them with long sales: whoever decides has all of
 * them before they are told that there are no more, and can list them. */
static void all_approvals_come_however_long_their_sales_are(void **state)
{
    (void)state;
    enum { SHORT = 4, LONG = PARKED_EACH_MAX - SHORT };
    static struct replica replica;
    struct client clerk, manager;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalList list = TEFTER__APPROVAL_LIST__INIT;
    memset(&replica, 0, sizeof replica);
    make_customers(2);
    world_limit(2, 10);
    client_enter(&clerk, "boss", "correct horse");
    for (int i = 0; i < LONG + SHORT; i++)
        park(&clerk, i < LONG);
    client_enter(&manager, "boss", "correct horse");
    struct asking asking = {TEFTER__TOPIC__TOPIC_APPROVALS, NULL, 0, NULL};
    (void)subscribe(&replica, &manager, 1, &asking);
    wait_exact(&replica);
    assert_int_equal(approvals_held(&replica), LONG + SHORT);
    query.kind_case = TEFTER__QUERY__KIND_APPROVALS;
    query.approvals = &list;
    const Tefter__Answer *answer = client_query(&manager, &query);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_APPROVALS);
    assert_int_equal(answer->approvals->n_approvals, LONG + SHORT);
    assert_false(answer->approvals->has_next);
    client_close(&clerk);
    client_close(&manager);
}

/* One stops reading while much changes: the other is told at once, and the slow one, reading
 * again, is right with fewer sets. */
static void a_slow_reader(void **state)
{
    (void)state;
    static struct replica quick;
    static struct replica slow;
    struct client reader;
    struct client sleeper;
    memset(&quick, 0, sizeof quick);
    memset(&slow, 0, sizeof slow);
    make_customers(300);
    client_enter(&reader, "boss", "correct horse");
    client_enter(&sleeper, "boss", "correct horse");
    (void)subscribe(&quick, &reader, 1, &everybody);
    (void)subscribe(&slow, &sleeper, 1, &everybody);
    wait_exact(&quick);
    wait_exact(&slow);
    stream_pause(sleeper.stream, true);
    unsigned quick_before = quick.sets;
    unsigned changes = 0;
    struct hub_metrics metrics = {0};
    /* until the sockets between are full, and then some */
    for (int round = 0; round < 400 && metrics.conflated < 2000; round++) {
        for (uint32_t i = 0; i < 50; i++, changes++)
            world_limit(2 + (changes * 7) % 300, 1000 + (int64_t)changes);
        world_run(1);
        take_all(&quick);
        reader.count = quick.from = 0;
        hub_metrics(world.sessions->hub, &metrics);
    }
    wait_exact(&quick);
    check_all(&quick);
    assert_true(metrics.conflated >= 2000);
    assert_int_equal(quick.sets - quick_before, changes);
    stream_pause(sleeper.stream, false);
    wait_exact(&slow);
    check_all(&slow);
    print_message("changes %u, sets of the quick one %u, of the slow one %u, conflated %llu\n",
                  changes, quick.sets, slow.sets, (unsigned long long)metrics.conflated);
    assert_true(slow.sets < quick.sets);
    client_close(&reader);
    client_close(&sleeper);
}

/* Those who come while the first is still being told, and after, are given the same pages and what
 * changed since. */
static void one_snapshot_for_many(void **state)
{
    (void)state;
    enum { MANY = 6 };
    static struct replica replicas[MANY];
    static struct client clients[MANY];
    memset(replicas, 0, sizeof replicas);
    make_customers(250);
    const struct snapshot *first = NULL;
    for (int i = 0; i < MANY; i++) {
        client_enter(&clients[i], "boss", "correct horse");
        (void)subscribe(&replicas[i], &clients[i], 1 + (uint32_t)i % 2, &everybody);
        for (uint32_t n = 0; n < 10; n++)
            world_limit(2 + (n * 25 + (uint32_t)i) % 250, 100 * i + (int64_t)n);
        if (i == 2)
            make_customers(1);
        if (i >= 3)
            wait_exact(&replicas[i]);
        first = i == 0 ? world.sessions->snapshot : first;
        assert_ptr_equal(world.sessions->snapshot, first);
    }
    for (int i = 0; i < MANY; i++) {
        wait_exact(&replicas[i]);
        assert_int_equal(check_all(&replicas[i]), 252);
        client_close(&clients[i]);
    }
    for (int i = 0; i < 60; i++)
        snapshots_tick(world.sessions);
    assert_null(world.sessions->snapshot); /* nobody wants it any more */
}

static bool begins_anew(void *context)
{
    struct replica *replica = context;
    take_all(replica);
    return replica->anew == 1;
}

/* The hub gives up on it: everything comes anew, unasked. */
static void given_up_and_anew(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    memset(&replica, 0, sizeof replica);
    make_customers(120);
    client_enter(&client, "boss", "correct horse");
    (void)subscribe(&replica, &client, 1, &everybody);
    wait_exact(&replica);
    unsigned pages = replica.pages;
    for (uint32_t i = 0; i < world.sessions->slot_count; i++) {
        struct session *session = world.sessions->slots[i].session;
        if (session != NULL && session->feeds != NULL)
            feed_doors.resync(session->feeds, NULL);
    }
    world_limit(7, 12345);
    world_wait(begins_anew, &replica);
    wait_exact(&replica);
    assert_int_equal(replica.anew, 1);
    assert_true(replica.pages > pages);
    assert_int_equal(check_all(&replica), 121);
    client_close(&client);
}

static void heartbeat_tells_the_seq(void **state)
{
    (void)state;
    static struct replica replica;
    struct client client;
    memset(&replica, 0, sizeof replica);
    make_customers(3);
    client_enter(&client, "boss", "correct horse");
    (void)subscribe(&replica, &client, 1, &everybody);
    wait_exact(&replica);
    (void)world_terminal("a terminal is no row"); /* the seq moves on, no row does */
    for (uint32_t i = 0; i < world.sessions->slot_count; i++) {
        if (world.sessions->slots[i].session != NULL)
            feeds_heartbeat(world.sessions->slots[i].session);
    }
    wait_exact(&replica);
    assert_int_equal(replica.at, world.seq);
    client_close(&client);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(snapshot_and_live),
        world_test(asked_wrongly),
        world_test(chosen_customers),
        world_test(resumed),
        world_test(resumed_after_much),
        world_test(few_seqs_with_many_rows),
        world_test(left_while_gathered),
        world_test(not_to_be_resumed),
        world_test(approvals),
        world_test(who_belongs_to_a_branch_hears_of_its_approvals_alone),
        world_test(who_belongs_to_a_branch_hears_of_its_alarms_alone),
        world_test(an_alarm_does_not_tell_by_how_much_a_till_is_below_nothing),
        world_test(all_approvals_come_however_long_their_sales_are),
        world_test(a_slow_reader),
        world_test(one_snapshot_for_many),
        world_test(given_up_and_anew),
        world_test(heartbeat_tells_the_seq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The hub, promise by promise: chains, sharing, slow terminals, chosen customers, resuming, pages.
 */
#include "base/check.h"

#include "base/arena.h"
#include "push/hub.h"
#include "wire.pb-c.h"
#include "wire/message.h"
#include "wire/row_key.h"

enum {
    KINDS_CUSTOMERS = 1 << ROW_ACCOUNT | 1 << ROW_CUSTOMER,
    KINDS_APPROVALS = 1 << ROW_APPROVAL
};

/* A terminal that remembers what it was sent. */
struct terminal {
    bool slow;
    int sets;
    int resyncs;
    size_t bytes;
    const Tefter__Delta *last;
    struct hub_subscription *subscription;
    struct arena *arena;
    struct hub_subscription *drop_on_send;
};

static struct arena arena;
static struct hub *hub;

static const Tefter__ToTerminal *read_frame(struct slice frame)
{
    struct message_fault fault = {.path = "", .what = ""};
    assert_true(frame.size > 4);
    assert_int_equal(be32_get(frame.data), frame.size - 4);
    struct slice body = slice_of(frame.data + 4, frame.size - 4);
    if (!message_scan(&tefter__to_terminal__descriptor, body, &fault))
        fail_msg("%s: %s", fault.path, fault.what);
    return (const void *)message_unpack(&tefter__to_terminal__descriptor, body, &arena);
}

static void take(void *context, struct slice frame)
{
    struct terminal *terminal = context;
    const Tefter__ToTerminal *message = read_frame(frame);
    assert_int_equal(message->body_case, TEFTER__TO_TERMINAL__BODY_DELTA);
    terminal->last = message->delta;
    terminal->bytes += frame.size;
    terminal->sets++;
    if (terminal->drop_on_send != NULL) {
        hub_drop(terminal->drop_on_send);
        terminal->drop_on_send = NULL;
    }
}

static bool is_slow(void *context)
{
    return ((struct terminal *)context)->slow;
}

static void resync(void *context, struct hub_subscription *subscription)
{
    struct terminal *terminal = context;
    assert_ptr_equal(subscription, terminal->subscription);
    assert_false(terminal->slow);
    terminal->resyncs++;
}

static int setup(void **state)
{
    (void)state;
    static const struct hub_callbacks callbacks = {take, is_slow, resync};
    arena_init(&arena, 64 * 1024 * 1024);
    hub = hub_create(&callbacks, 100);
    return hub == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    hub_destroy(hub);
    arena_fini(&arena);
    return 0;
}

static void subscribe(struct terminal *terminal, uint32_t number, uint32_t kinds)
{
    *terminal = (struct terminal){0};
    terminal->subscription =
        hub_subscribe(hub, terminal, &(struct hub_wish){.number = number, .kinds = kinds});
    assert_non_null(terminal->subscription);
}

static struct hub_row account(uint32_t customer, int64_t balance_minor)
{
    Tefter__Row row = TEFTER__ROW__INIT;
    Tefter__AccountRow figures = TEFTER__ACCOUNT_ROW__INIT;
    figures.customer = customer;
    figures.balance_minor = balance_minor;
    row.kind_case = TEFTER__ROW__KIND_ACCOUNT;
    row.account = &figures;
    return (struct hub_row){row_key_of(ROW_ACCOUNT, customer), customer,
                            message_pack(&row.base, &arena)};
}

static struct hub_row approval(uint64_t id, uint32_t customer, size_t note_size)
{
    Tefter__Row row = TEFTER__ROW__INIT;
    Tefter__ApprovalRow ask = TEFTER__APPROVAL_ROW__INIT;
    Tefter__Text note = TEFTER__TEXT__INIT;
    char *words = arena_take(&arena, note_size + 1);
    memset(words, 'x', note_size);
    words[note_size] = '\0';
    note.value = words;
    ask.approval = id;
    ask.customer = customer;
    ask.state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    ask.note = &note;
    row.kind_case = TEFTER__ROW__KIND_APPROVAL;
    row.approval = &ask;
    return (struct hub_row){row_key_of(ROW_APPROVAL, id), customer,
                            message_pack(&row.base, &arena)};
}

static void publish(uint64_t seq, const struct hub_row *rows, size_t count)
{
    hub_publish(hub, &(struct hub_group){seq, (int64_t)seq * 10, rows, count});
}

static void publish_account(uint64_t seq, uint32_t customer, int64_t balance_minor)
{
    struct hub_row row = account(customer, balance_minor);
    publish(seq, &row, 1);
}

static void sets_are_chained(void **state)
{
    (void)state;
    struct terminal t;
    subscribe(&t, 9, KINDS_CUSTOMERS);
    publish_account(105, 7, 50);
    assert_int_equal(t.sets, 1);
    assert_int_equal(t.last->subscription, 9);
    assert_int_equal(t.last->prev, 100);
    assert_int_equal(t.last->this_, 105);
    assert_int_equal(t.last->committed_ms, 1050);
    assert_int_equal(t.last->n_rows, 1);
    assert_int_equal(t.last->rows[0]->account->balance_minor, 50);
    publish(110, NULL, 0);
    assert_int_equal(t.sets, 1); /* nothing for it: nothing is sent */
    publish_account(111, 7, 60);
    assert_int_equal(t.last->prev, 105);
    assert_int_equal(t.last->this_, 111);
}

static void last_value_of_a_group_counts(void **state)
{
    (void)state;
    struct terminal t;
    subscribe(&t, 1, KINDS_CUSTOMERS);
    struct hub_row rows[] = {account(1, 10), account(2, 20), account(1, 11)};
    publish(101, rows, 3);
    assert_int_equal(t.last->n_rows, 2);
    assert_int_equal(t.last->rows[0]->account->customer, 1);
    assert_int_equal(t.last->rows[0]->account->balance_minor, 11);
    assert_int_equal(t.last->rows[1]->account->balance_minor, 20);
}

static void one_encoding_for_many(void **state)
{
    (void)state;
    enum { MANY = 500 };
    static struct terminal many[MANY];
    struct hub_metrics metrics;
    for (int i = 0; i < MANY; i++)
        subscribe(&many[i], 1 + (uint32_t)i % 2, KINDS_CUSTOMERS);
    for (uint64_t seq = 101; seq <= 110; seq++)
        publish_account(seq, 3, (int64_t)seq);
    hub_metrics(hub, &metrics);
    assert_int_equal(metrics.sets, MANY * 10);
    assert_int_equal(metrics.encoded, 2 * 10);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(many[i].last->this_, 110);
}

static void topics_and_chosen_customers(void **state)
{
    (void)state;
    struct terminal all;
    struct terminal asks;
    struct terminal chosen = {0};
    const uint32_t customers[] = {30, 10, 20};
    subscribe(&all, 1, KINDS_CUSTOMERS);
    subscribe(&asks, 2, KINDS_APPROVALS);
    chosen.subscription =
        hub_subscribe(hub, &chosen, &(struct hub_wish){3, KINDS_CUSTOMERS, true, customers, 3});
    struct hub_row rows[] = {account(10, 1), account(11, 2), approval(5, 10, 3), account(30, 4)};
    publish(101, rows, 4);
    assert_int_equal(all.last->n_rows, 3);
    assert_int_equal(asks.last->n_rows, 1);
    assert_int_equal(asks.last->rows[0]->approval->approval, 5);
    assert_int_equal(chosen.last->n_rows, 2);
    publish_account(102, 11, 3);
    assert_int_equal(chosen.sets, 1);
    publish_account(103, 20, 3);
    assert_int_equal(chosen.last->prev, 101);
    assert_int_equal(chosen.last->this_, 103);
    assert_true(hub_wants(chosen.subscription, row_key_of(ROW_ACCOUNT, 20), 20));
    assert_false(hub_wants(chosen.subscription, row_key_of(ROW_ACCOUNT, 21), 21));
}

static void slow_ones_get_one_set_of_newest_values(void **state)
{
    (void)state;
    struct terminal slow;
    struct terminal quick;
    subscribe(&slow, 1, KINDS_CUSTOMERS);
    subscribe(&quick, 1, KINDS_CUSTOMERS);
    slow.slow = true;
    for (uint64_t seq = 101; seq <= 200; seq++)
        publish_account(seq, (uint32_t)(seq % 3) + 1, (int64_t)seq);
    assert_int_equal(slow.sets, 0);
    assert_int_equal(quick.sets, 100);
    hub_drained(slow.subscription);
    assert_int_equal(slow.sets, 0); /* not yet */
    slow.slow = false;
    hub_drained(slow.subscription);
    assert_int_equal(slow.sets, 1);
    assert_int_equal(slow.last->prev, 100);
    assert_int_equal(slow.last->this_, 200);
    assert_int_equal(slow.last->n_rows, 3);
    publish_account(201, 1, 1);
    assert_int_equal(slow.last->prev, 200);
}

static void a_bound_passed_is_a_resync(void **state)
{
    (void)state;
    struct terminal slow;
    struct terminal quick;
    subscribe(&slow, 1, KINDS_APPROVALS);
    subscribe(&quick, 1, KINDS_APPROVALS);
    slow.slow = true;
    for (uint64_t seq = 101; seq <= 400; seq++) {
        struct hub_row row = approval(seq, 1, 1900);
        publish(seq, &row, 1);
    }
    assert_int_equal(quick.sets, 300); /* others feel nothing */
    assert_int_equal(slow.resyncs, 0);
    slow.slow = false;
    hub_drained(slow.subscription);
    hub_drained(slow.subscription);
    assert_int_equal(slow.resyncs, 1);
    assert_int_equal(slow.sets, 0);
    hub_restart(slow.subscription);
    struct hub_row row = approval(1, 1, 5);
    publish(401, &row, 1);
    assert_int_equal(slow.last->prev, 400);
    assert_int_equal(slow.last->this_, 401);
}

static void too_many_rows_pending(void **state)
{
    (void)state;
    struct terminal slow;
    subscribe(&slow, 1, KINDS_CUSTOMERS);
    slow.slow = true;
    uint64_t seq = 100;
    for (uint32_t customer = 1; customer <= HUB_PENDING_ROWS_MAX + 1; customer++)
        publish_account(++seq, customer, 1);
    slow.slow = false;
    publish_account(++seq, 1, 2);
    assert_int_equal(slow.resyncs, 1);
}

static void an_empty_set_tells_the_seq(void **state)
{
    (void)state;
    struct terminal t;
    subscribe(&t, 1, KINDS_CUSTOMERS);
    publish(120, NULL, 0);
    hub_tell(t.subscription, hub_seq(hub));
    assert_int_equal(t.sets, 1);
    assert_int_equal(t.last->prev, 100);
    assert_int_equal(t.last->this_, 120);
    assert_int_equal(t.last->n_rows, 0);
    hub_tell(t.subscription, 125); /* the ledger is ahead of what was published */
    assert_int_equal(t.sets, 1);
    publish(124, NULL, 0);
    assert_int_equal(t.sets, 1);
    publish(126, NULL, 0);
    assert_int_equal(t.sets, 2);
    assert_int_equal(t.last->prev, 120);
    assert_int_equal(t.last->this_, 126);
    publish(127, NULL, 0);
    assert_int_equal(t.sets, 2);
}

static void resumed_ahead_of_the_hub(void **state)
{
    (void)state;
    struct terminal t;
    subscribe(&t, 4, KINDS_CUSTOMERS);
    struct hub_row rows[] = {account(1, 10), account(2, 20)};
    assert_true(hub_fits(rows, 2));
    hub_resume(t.subscription, 60, 103, rows, 2);
    assert_int_equal(t.last->prev, 60);
    assert_int_equal(t.last->this_, 103);
    publish_account(102, 1, 9); /* older than what it has */
    publish_account(103, 2, 20);
    assert_int_equal(t.sets, 1);
    publish_account(104, 2, 21);
    assert_int_equal(t.last->prev, 103);
    assert_int_equal(t.last->this_, 104);
}

static void joined_to_a_base(void **state)
{
    (void)state;
    struct terminal base;
    struct terminal late;
    subscribe(&base, 0, KINDS_CUSTOMERS);
    base.slow = true;
    for (uint64_t seq = 101; seq <= 120; seq++)
        publish_account(seq, 1 + (uint32_t)(seq % 4), (int64_t)seq);
    assert_int_equal(hub_pending(base.subscription), 4);
    subscribe(&late, 6, KINDS_CUSTOMERS);
    assert_true(hub_join(late.subscription, base.subscription));
    assert_int_equal(hub_prev(late.subscription), 120);
    assert_int_equal(late.sets, 0);
    hub_drained(late.subscription);
    assert_int_equal(late.last->prev, 120);
    assert_int_equal(late.last->this_, 120);
    assert_int_equal(late.last->n_rows, 4);
    publish_account(121, 1, 1);
    assert_int_equal(late.last->prev, 120);
    assert_int_equal(base.sets, 0);
    for (uint32_t i = 0; i <= HUB_PENDING_ROWS_MAX; i++)
        publish_account(200 + i, 1 + i, 1);
    assert_true(hub_pending(base.subscription) == SIZE_MAX);
    assert_false(hub_join(late.subscription, base.subscription));
    assert_int_equal(hub_prev(late.subscription), hub_seq(hub));
    assert_int_equal(base.resyncs, 0);
}

static void dropped_while_being_told(void **state)
{
    (void)state;
    struct terminal a;
    struct terminal b;
    struct terminal c;
    subscribe(&a, 1, KINDS_CUSTOMERS);
    subscribe(&b, 1, KINDS_CUSTOMERS);
    subscribe(&c, 1, KINDS_CUSTOMERS);
    a.drop_on_send = a.subscription;
    b.drop_on_send = c.subscription;
    publish_account(101, 1, 1);
    assert_int_equal(a.sets + b.sets + c.sets, 2);
    assert_int_equal(hub_count(hub), 1);
    publish_account(102, 1, 2);
    assert_int_equal(b.sets, 2);
    hub_drop(b.subscription);
    assert_int_equal(hub_count(hub), 0);
    publish_account(103, 1, 3);
}

static void pages(void **state)
{
    (void)state;
    struct terminal t;
    struct buffer out;
    subscribe(&t, 300, KINDS_CUSTOMERS);
    buffer_init(&out, 4096);
    struct hub_row rows[] = {account(1, 10), account(2, 20)};
    struct buffer encoded;
    buffer_init(&encoded, 4096);
    assert_true(hub_chunk_rows_put(&encoded, rows, 2));
    assert_true(hub_chunk_put(&out, t.subscription, 77, buffer_slice(&encoded), true));
    const Tefter__SnapshotChunk *page = read_frame(buffer_slice(&out))->snapshot_chunk;
    assert_int_equal(page->subscription, 300);
    assert_int_equal(page->seq, 77);
    assert_int_equal(page->n_rows, 2);
    assert_int_equal(page->rows[1]->account->balance_minor, 20);
    assert_true(page->last);
    buffer_clear(&out);
    assert_true(hub_chunk_put(&out, t.subscription, 78, slice_of("", 0), false));
    page = read_frame(buffer_slice(&out))->snapshot_chunk;
    assert_int_equal(page->n_rows, 0);
    assert_false(page->last);
    buffer_fini(&encoded);
    buffer_fini(&out);
}

#define hub_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(sets_are_chained),
        hub_test(last_value_of_a_group_counts),
        hub_test(one_encoding_for_many),
        hub_test(topics_and_chosen_customers),
        hub_test(slow_ones_get_one_set_of_newest_values),
        hub_test(a_bound_passed_is_a_resync),
        hub_test(too_many_rows_pending),
        hub_test(an_empty_set_tells_the_seq),
        hub_test(resumed_ahead_of_the_hub),
        hub_test(joined_to_a_base),
        hub_test(dropped_while_being_told),
        hub_test(pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Replicas against a scripted server: whatever order pages and sets come in, a replica that says it
 * is exact at S equals the truth at S; a missing set is always seen.
 */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "lib/replica.h"
#include "wire/message.h"

enum { CUSTOMERS = 40, STEPS = 400, SEQ_MAX = 4000 };

static uint8_t ledger_id[16] = {1, 2, 3};

/* ---- the truth: balance of each customer after each seq ---- */

struct truth {
    uint64_t seq;
    uint32_t changed[SEQ_MAX]; /* the customer that seq changed */
    int64_t balance[CUSTOMERS + 1];
    uint64_t newest[CUSTOMERS + 1]; /* seq of the newest change */
};

static void truth_step(struct truth *truth, struct prng *prng)
{
    uint32_t customer = (uint32_t)prng_below(prng, CUSTOMERS) + 1;
    truth->seq++;
    truth->changed[truth->seq] = customer;
    truth->balance[customer] = (int64_t)truth->seq * 1000 + customer;
    truth->newest[customer] = truth->seq;
}

/* ---- frames ---- */

struct frame {
    Tefter__Row row[CUSTOMERS + 1];
    Tefter__AccountRow account[CUSTOMERS + 1];
    Tefter__Row *rows[CUSTOMERS + 1];
    size_t count;
};

static void frame_put(struct frame *frame, const struct truth *truth, uint32_t customer)
{
    size_t at = frame->count++;
    tefter__row__init(&frame->row[at]);
    tefter__account_row__init(&frame->account[at]);
    frame->account[at].customer = customer;
    frame->account[at].balance_minor = truth->balance[customer];
    frame->account[at].has_seq = true;
    frame->account[at].seq = truth->newest[customer];
    frame->row[at].kind_case = TEFTER__ROW__KIND_ACCOUNT;
    frame->row[at].account = &frame->account[at];
    frame->rows[at] = &frame->row[at];
}

static void put_changed(struct frame *frame, const struct truth *truth, uint64_t from)
{
    bool there[CUSTOMERS + 1] = {false};
    for (uint64_t seq = from + 1; seq <= truth->seq; seq++) {
        if (!there[truth->changed[seq]])
            frame_put(frame, truth, truth->changed[seq]);
        there[truth->changed[seq]] = true;
    }
}

static struct incarnation incarnation_1 = {1, "first"}, incarnation_2 = {2, "second"},
                          other_2 = {2, "another"};

static Tefter__Subscribed subscribed_at(uint64_t seq, bool resumed, struct incarnation *incarnation)
{
    Tefter__Subscribed subscribed = TEFTER__SUBSCRIBED__INIT;
    subscribed.seq = seq;
    subscribed.resumed = resumed;
    subscribed.ledger.data = ledger_id;
    subscribed.ledger.len = sizeof(ledger_id);
    subscribed.incarnation = incarnation->number;
    subscribed.has_incarnation_nonce = true;
    subscribed.incarnation_nonce.data = incarnation->nonce;
    subscribed.incarnation_nonce.len = sizeof(incarnation->nonce);
    return subscribed;
}

static enum replica_verdict give_set(struct replica *replica, const struct truth *truth,
                                     uint64_t prev, struct arena *arena, struct replica_news *news)
{
    struct frame frame = {.count = 0};
    Tefter__Delta set = TEFTER__DELTA__INIT;
    put_changed(&frame, truth, prev);
    set.prev = prev;
    set.this_ = truth->seq;
    set.rows = frame.rows;
    set.n_rows = frame.count;
    return replica_delta(replica, &set, arena, news);
}

static enum replica_verdict give_page(struct replica *replica, const struct truth *truth,
                                      uint32_t first, uint32_t last, bool is_last,
                                      struct arena *arena, struct replica_news *news)
{
    struct frame frame = {.count = 0};
    Tefter__SnapshotChunk page = TEFTER__SNAPSHOT_CHUNK__INIT;
    for (uint32_t customer = first; customer <= last; customer++)
        frame_put(&frame, truth, customer);
    page.seq = truth->seq;
    page.rows = frame.rows;
    page.n_rows = frame.count;
    page.last = is_last;
    return replica_chunk(replica, &page, arena, news);
}

static int64_t balance_in(const struct replica *replica, uint32_t customer)
{
    const struct replica_row *row = replica_find(replica, row_key_of(ROW_ACCOUNT, customer));
    if (row == NULL)
        return -1;
    Tefter__Row *message = tefter__row__unpack(NULL, row->size, row->bytes);
    assert_non_null(message);
    int64_t balance = message->account->balance_minor;
    tefter__row__free_unpacked(message, NULL);
    return balance;
}

static void assert_equals_truth(const struct replica *replica, const struct truth *truth)
{
    assert_true(replica->exact);
    assert_true(replica->position == truth->seq);
    for (uint32_t customer = 1; customer <= CUSTOMERS; customer++)
        assert_true(balance_in(replica, customer) == truth->balance[customer]);
}

/* ---- a server that feeds, at random, and sometimes loses a set ---- */

struct server {
    struct truth truth;
    struct prng prng;
    uint64_t sent;      /* `this` of the newest set */
    uint32_t next_page; /* first customer of it; 0: no snapshot */
    bool lost_one;
};

static void begin(struct server *server, struct replica *replica)
{
    struct replica_news news;
    uint64_t from = 0;
    bool resumed =
        replica_resume(replica, ledger_id, &incarnation_1, &from) && prng_below(&server->prng, 2);
    Tefter__Subscribed subscribed =
        subscribed_at(resumed ? from : server->truth.seq, resumed, &incarnation_1);
    replica_unsubscribed(replica);
    assert_int_equal(replica_begin(replica, &subscribed, &news), REPLICA_TAKEN);
    server->sent = subscribed.seq;
    server->next_page = resumed ? 0 : 1;
    server->lost_one = false;
}

static void send_page(struct server *server, struct replica *replica, struct arena *arena)
{
    struct replica_news news;
    uint32_t first = server->next_page;
    uint32_t last = first + (uint32_t)prng_below(&server->prng, 9);
    last = last > CUSTOMERS ? CUSTOMERS : last;
    bool is_last = last == CUSTOMERS;
    assert_int_equal(give_page(replica, &server->truth, first, last, is_last, arena, &news),
                     REPLICA_TAKEN);
    server->next_page = is_last ? 0 : last + 1;
}

static void send_set(struct server *server, struct replica *replica, struct arena *arena)
{
    struct replica_news news;
    if (prng_below(&server->prng, 12) == 0 && server->truth.seq > server->sent) {
        server->sent = server->truth.seq; /* it never arrives */
        server->lost_one = true;
        return;
    }
    enum replica_verdict verdict = give_set(replica, &server->truth, server->sent, arena, &news);
    server->sent = server->truth.seq;
    assert_int_equal(verdict, server->lost_one ? REPLICA_GAP : REPLICA_TAKEN);
    if (verdict == REPLICA_GAP)
        begin(server, replica);
    else if (server->next_page == 0)
        assert_equals_truth(replica, &server->truth);
}

static void whatever_the_order_exact_is_the_truth(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct replica replica;
        static struct server server;
        server = (struct server){.prng = {seed}};
        replica_init(&replica);
        begin(&server, &replica);
        for (int step = 0; step < STEPS; step++) {
            uint64_t what = prng_below(&server.prng, 10);
            arena_reset(&arena);
            if (what < 5)
                truth_step(&server.truth, &server.prng);
            else if (what < 7 && server.next_page != 0)
                send_page(&server, &replica, &arena);
            else
                send_set(&server, &replica, &arena);
        }
        replica_fini(&replica);
    }
    arena_fini(&arena);
}

/* ---- single cases ---- */

struct bench {
    struct replica replica;
    struct arena arena;
    struct truth truth;
    struct replica_news news;
};

static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    struct prng prng = {7};
    bench = (struct bench){.truth = {.seq = 0}};
    replica_init(&bench.replica);
    arena_init(&bench.arena, 1 << 20);
    for (int i = 0; i < 100; i++)
        truth_step(&bench.truth, &prng);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    replica_fini(&bench.replica);
    arena_fini(&bench.arena);
    return 0;
}

static void take_snapshot(struct incarnation *incarnation)
{
    Tefter__Subscribed subscribed = subscribed_at(bench.truth.seq, false, incarnation);
    assert_int_equal(replica_begin(&bench.replica, &subscribed, &bench.news), REPLICA_TAKEN);
    assert_int_equal(
        give_page(&bench.replica, &bench.truth, 1, CUSTOMERS, true, &bench.arena, &bench.news),
        REPLICA_TAKEN);
}

static void a_quiet_snapshot_is_exact_with_its_last_page(void **state)
{
    (void)state;
    take_snapshot(&incarnation_1);
    assert_true(bench.news.became_exact);
    assert_true(bench.news.renewed);
    assert_equals_truth(&bench.replica, &bench.truth);
}

static void a_page_ahead_of_the_sets_waits_for_them(void **state)
{
    (void)state;
    struct prng prng = {9};
    Tefter__Subscribed subscribed = subscribed_at(bench.truth.seq, false, &incarnation_1);
    uint64_t from = bench.truth.seq;
    replica_begin(&bench.replica, &subscribed, &bench.news);
    truth_step(&bench.truth, &prng);
    give_page(&bench.replica, &bench.truth, 1, CUSTOMERS, true, &bench.arena, &bench.news);
    assert_false(bench.replica.exact);
    assert_int_equal(give_set(&bench.replica, &bench.truth, from, &bench.arena, &bench.news),
                     REPLICA_TAKEN);
    assert_true(bench.news.became_exact);
    assert_equals_truth(&bench.replica, &bench.truth);
}

static void older_truth_does_not_replace_newer(void **state)
{
    (void)state;
    take_snapshot(&incarnation_1);
    static struct truth old;
    old = bench.truth;
    struct frame frame = {.count = 0};
    Tefter__Delta set = TEFTER__DELTA__INIT;
    frame_put(&frame, &old, 1);
    frame.account[0].balance_minor = -5;
    frame.account[0].seq = old.newest[1] - 1;
    set.prev = set.this_ = bench.truth.seq;
    set.rows = frame.rows;
    set.n_rows = 1;
    assert_int_equal(replica_delta(&bench.replica, &set, &bench.arena, &bench.news), REPLICA_TAKEN);
    assert_int_equal(bench.news.row_count, 0);
    assert_true(balance_in(&bench.replica, 1) == bench.truth.balance[1]);
}

/* What a turn of the day does to a row: it says something else, and was not changed. */
static void a_page_that_is_older_than_a_set_does_not_replace_it(void **state)
{
    (void)state;
    Tefter__Subscribed subscribed = subscribed_at(bench.truth.seq, false, &incarnation_1);
    assert_int_equal(replica_begin(&bench.replica, &subscribed, &bench.news), REPLICA_TAKEN);
    struct frame frame = {.count = 0};
    Tefter__Delta set = TEFTER__DELTA__INIT;
    frame_put(&frame, &bench.truth, 1);
    frame.account[0].balance_minor = -5;
    set.prev = set.this_ = bench.truth.seq;
    set.rows = frame.rows;
    set.n_rows = 1;
    assert_int_equal(replica_delta(&bench.replica, &set, &bench.arena, &bench.news), REPLICA_TAKEN);
    static struct truth kept; /* a page that was read before it, and is given only now */
    kept = bench.truth;
    kept.seq--;
    assert_int_equal(
        give_page(&bench.replica, &kept, 1, CUSTOMERS, true, &bench.arena, &bench.news),
        REPLICA_TAKEN);
    assert_true(bench.replica.exact);
    assert_true(balance_in(&bench.replica, 1) == -5);
    assert_true(balance_in(&bench.replica, 2) == bench.truth.balance[2]);
}

static void a_restored_server_replaces_newer_numbers(void **state)
{
    (void)state;
    take_snapshot(&incarnation_1);
    struct prng prng = {3};
    struct incarnation *const restored[] = {&incarnation_2, &other_2}; /* twice, from one backup */
    for (int round = 0; round < 2; round++) {
        bench.truth = (struct truth){.seq = 0};
        for (int i = 0; i < 5 - round; i++)
            truth_step(&bench.truth, &prng);
        uint64_t from;
        assert_false(replica_resume(&bench.replica, ledger_id, restored[round], &from));
        take_snapshot(restored[round]);
        assert_equals_truth(&bench.replica, &bench.truth);
    }
}

static void rows_that_a_snapshot_lacks_are_gone(void **state)
{
    (void)state;
    take_snapshot(&incarnation_1);
    assert_int_equal(bench.replica.count, CUSTOMERS);
    Tefter__Subscribed subscribed = subscribed_at(bench.truth.seq, false, &incarnation_1);
    replica_begin(&bench.replica, &subscribed, &bench.news);
    assert_int_equal(bench.replica.count, CUSTOMERS); /* old figures stay until it is whole */
    give_page(&bench.replica, &bench.truth, 1, 10, true, &bench.arena, &bench.news);
    assert_true(bench.news.renewed);
    assert_int_equal(bench.replica.count, 10);
    assert_true(balance_in(&bench.replica, 11) == -1);
    assert_true(balance_in(&bench.replica, 10) == bench.truth.balance[10]);
}

static void a_resumed_replica_is_exact_after_its_set(void **state)
{
    (void)state;
    take_snapshot(&incarnation_1);
    struct prng prng = {5};
    uint64_t from;
    assert_true(replica_resume(&bench.replica, ledger_id, &incarnation_1, &from));
    truth_step(&bench.truth, &prng);
    replica_unsubscribed(&bench.replica);
    Tefter__Subscribed resumed = subscribed_at(from, true, &incarnation_1);
    assert_int_equal(replica_begin(&bench.replica, &resumed, &bench.news), REPLICA_TAKEN);
    assert_false(bench.replica.exact);
    assert_int_equal(give_set(&bench.replica, &bench.truth, from, &bench.arena, &bench.news),
                     REPLICA_TAKEN);
    assert_equals_truth(&bench.replica, &bench.truth);
}

static void what_was_not_asked_for_is_a_gap(void **state)
{
    (void)state;
    assert_int_equal(give_set(&bench.replica, &bench.truth, 0, &bench.arena, &bench.news),
                     REPLICA_GAP);
    Tefter__Subscribed resumed = subscribed_at(5, true, &incarnation_1);
    assert_int_equal(replica_begin(&bench.replica, &resumed, &bench.news), REPLICA_GAP);
    assert_int_equal(give_page(&bench.replica, &bench.truth, 1, 2, true, &bench.arena, &bench.news),
                     REPLICA_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_order_exact_is_the_truth),
        cmocka_unit_test_setup_teardown(a_quiet_snapshot_is_exact_with_its_last_page, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_page_ahead_of_the_sets_waits_for_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(older_truth_does_not_replace_newer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_that_is_older_than_a_set_does_not_replace_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_restored_server_replaces_newer_numbers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(rows_that_a_snapshot_lacks_are_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_resumed_replica_is_exact_after_its_set, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_asked_for_is_a_gap, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

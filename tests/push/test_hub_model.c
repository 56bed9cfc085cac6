/*
 * Any schedule of commits, publishes, slow and quick terminals, losses, resumes and snapshots:
 * whenever a terminal may call its replica exact, it is the truth at that seq. The ledger is a
 * table of every row's history and runs ahead of the hub, as a writer's thread does.
 *
 *   TEFTER_SEED=… TEFTER_ROUNDS=… repeat or lengthen a run.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/prng.h"
#include "push/hub.h"
#include "wire.pb-c.h"
#include "wire/message.h"
#include "wire/row_key.h"

#define OF_CUSTOMERS (1U << ROW_ACCOUNT | 1U << ROW_CUSTOMER)

enum {
    CUSTOMERS = 60,
    APPROVALS = 20,
    KEYS = 2 * CUSTOMERS + APPROVALS,
    TERMINALS = 24,
    STEPS = 3000,
    GROUPS_AHEAD = 4,
    ROWS_MAX = 5,
    PAGE_ROWS = 45,
    BIG_CODE = 60000,
};

/* ---- the ledger ---- */

struct version {
    uint64_t seq;
    int64_t value;
};

struct history {
    struct version *versions;
    size_t count;
};

struct group {
    uint64_t seq;
    size_t count;
    int keys[ROWS_MAX];
};

struct world {
    struct prng prng;
    struct hub *hub;
    struct history histories[KEYS];
    uint64_t seq; /* of the ledger */
    struct group ahead[GROUPS_AHEAD];
    size_t ahead_count;
    struct arena arena;
    unsigned exact_checks;
    unsigned resyncs;
    unsigned resumes;
    unsigned snapshots;
    unsigned bases;
};

static struct world world;

/* place 0..119: account and customer of each; then approvals */
static uint64_t key_of(int place)
{
    if (place < 2 * CUSTOMERS)
        return row_key_of(place % 2 == 0 ? ROW_ACCOUNT : ROW_CUSTOMER, (uint64_t)(place / 2 + 1));
    return row_key_of(ROW_APPROVAL, (uint64_t)(place - 2 * CUSTOMERS + 1));
}

static uint32_t customer_of(int place)
{
    return place < 2 * CUSTOMERS ? (uint32_t)(place / 2 + 1) : (uint32_t)(place % CUSTOMERS + 1);
}

static struct version truth_at(int place, uint64_t seq)
{
    const struct history *history = &world.histories[place];
    for (size_t i = history->count; i-- > 0;) {
        if (history->versions[i].seq <= seq)
            return history->versions[i];
    }
    return (struct version){0, 0};
}

static void history_add(int place, uint64_t seq, int64_t value)
{
    struct history *history = &world.histories[place];
    if (history->count > 0 && history->versions[history->count - 1].seq == seq)
        history->count--;
    if ((history->count & (history->count + 1)) == 0)
        history->versions =
            realloc(history->versions, (history->count * 2 + 2) * sizeof *history->versions);
    assert_non_null(history->versions);
    history->versions[history->count++] = (struct version){seq, value};
}

static char *long_code(int64_t value)
{
    size_t pad = value % 3 == 0 ? BIG_CODE : 1;
    char *code = arena_take(&world.arena, pad + 32);
    int length = snprintf(code, 32, "%lld.", (long long)value);
    memset(code + length, 'c', pad);
    code[(size_t)length + pad] = '\0';
    return code;
}

static struct slice pack_place(int place, struct version version)
{
    Tefter__Row row = TEFTER__ROW__INIT;
    Tefter__AccountRow account = TEFTER__ACCOUNT_ROW__INIT;
    Tefter__CustomerRow customer = TEFTER__CUSTOMER_ROW__INIT;
    Tefter__ApprovalRow approval = TEFTER__APPROVAL_ROW__INIT;
    Tefter__Text name = TEFTER__TEXT__INIT;
    account.has_seq = customer.has_seq = approval.has_seq = true;
    account.seq = customer.seq = approval.seq = version.seq;
    account.customer = customer.customer = approval.customer = customer_of(place);
    account.balance_minor = approval.amount_minor = version.value;
    customer.name = &name;
    customer.code = long_code(version.value);
    approval.approval = (uint64_t)(place - 2 * CUSTOMERS + 1);
    approval.state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    row.kind_case = (Tefter__Row__KindCase)row_key_kind(key_of(place));
    if (row.kind_case == TEFTER__ROW__KIND_ACCOUNT)
        row.account = &account;
    else if (row.kind_case == TEFTER__ROW__KIND_CUSTOMER)
        row.customer = &customer;
    else
        row.approval = &approval;
    return message_pack(&row.base, &world.arena);
}

static struct hub_row row_at(int place, uint64_t seq)
{
    return (struct hub_row){key_of(place), customer_of(place),
                            pack_place(place, truth_at(place, seq))};
}

static void commit(void)
{
    if (world.ahead_count == GROUPS_AHEAD)
        return;
    struct group *group = &world.ahead[world.ahead_count++];
    world.seq += 1 + prng_below(&world.prng, 5);
    group->seq = world.seq;
    group->count = prng_below(&world.prng, ROWS_MAX + 1);
    for (size_t i = 0; i < group->count; i++) {
        group->keys[i] = (int)prng_below(&world.prng, KEYS);
        history_add(group->keys[i], world.seq, (int64_t)prng_below(&world.prng, 1000000));
    }
}

static void publish(void)
{
    if (world.ahead_count == 0)
        return;
    struct group group = world.ahead[0];
    struct hub_row rows[ROWS_MAX];
    memmove(world.ahead, world.ahead + 1, --world.ahead_count * sizeof world.ahead[0]);
    for (size_t i = 0; i < group.count; i++)
        rows[i] = row_at(group.keys[i], group.seq);
    hub_publish(world.hub, &(struct hub_group){group.seq, 1, rows, group.count});
}

/* ---- terminals ---- */

struct terminal {
    struct hub_subscription *subscription;
    uint32_t number;
    uint32_t kinds;
    bool chosen;
    uint32_t customers[10];
    bool slow;
    /* its replica */
    struct version rows[KEYS];
    uint64_t at;
    bool paging;
    bool stale;  /* the hub gave up: to begin anew, in its turn */
    bool joined; /* its pages are those that were read for the base */
    int next_place;
    uint64_t exact_from; /* the last page's seq; the replica may be believed from there on */
};

static struct terminal terminals[TERMINALS];

/* What joined terminals are given: read once, in pieces, and kept. */
static struct base {
    struct terminal nobody; /* its subscription; always slow */
    struct version rows[KEYS];
    int read; /* places before this one are */
    uint64_t seq;
} base;

static bool wanted(const struct terminal *terminal, int place)
{
    return hub_wants(terminal->subscription, key_of(place), customer_of(place));
}

static void check_replica(const struct terminal *terminal)
{
    for (int place = 0; place < KEYS; place++) {
        if (!wanted(terminal, place))
            continue;
        struct version truth = truth_at(place, terminal->at);
        assert_int_equal(terminal->rows[place].value, truth.value);
        assert_int_equal(terminal->rows[place].seq, truth.seq);
    }
    world.exact_checks++;
}

static void take_row(struct terminal *terminal, const Tefter__Row *row)
{
    struct version version;
    int place;
    if (row->kind_case == TEFTER__ROW__KIND_ACCOUNT) {
        place = (int)(row->account->customer - 1) * 2;
        version = (struct version){row->account->seq, row->account->balance_minor};
    } else if (row->kind_case == TEFTER__ROW__KIND_CUSTOMER) {
        place = (int)(row->customer->customer - 1) * 2 + 1;
        version = (struct version){row->customer->seq, strtoll(row->customer->code, NULL, 10)};
    } else {
        place = 2 * CUSTOMERS + (int)row->approval->approval - 1;
        version = (struct version){row->approval->seq, row->approval->amount_minor};
    }
    assert_true(wanted(terminal, place));
    if (version.seq >= terminal->rows[place].seq)
        terminal->rows[place] = version;
}

static void take_set(struct terminal *terminal, const Tefter__Delta *set)
{
    assert_int_equal(set->subscription, terminal->number);
    assert_int_equal(set->prev, terminal->at); /* no gap */
    assert_true(set->this_ >= terminal->at);   /* never back */
    assert_false(terminal->slow);
    terminal->at = set->this_;
    for (size_t i = 0; i < set->n_rows; i++)
        take_row(terminal, set->rows[i]);
    if (!terminal->paging && terminal->at >= terminal->exact_from)
        check_replica(terminal);
}

static void on_send(void *context, struct slice frame)
{
    struct slice body = slice_of(frame.data + 4, frame.size - 4);
    struct arena arena;
    assert_int_equal(be32_get(frame.data), body.size);
    arena_init(&arena, 16 * 1024 * 1024);
    const Tefter__ToTerminal *message =
        (const void *)message_unpack(&tefter__to_terminal__descriptor, body, &arena);
    assert_non_null(message);
    take_set(context, message->delta);
    arena_fini(&arena);
}

static bool on_slow(void *context)
{
    return ((struct terminal *)context)->slow;
}

static void begin_base(void)
{
    hub_drop(base.nobody.subscription);
    base = (struct base){.nobody = {.slow = true}};
    base.nobody.subscription =
        hub_subscribe(world.hub, &base.nobody, &(struct hub_wish){.kinds = OF_CUSTOMERS});
    assert_non_null(base.nobody.subscription);
    world.bases++;
}

/* In the place of reading everything anew. */
static void join(struct terminal *terminal)
{
    terminal->joined = false;
    if (terminal->chosen || terminal->kinds != OF_CUSTOMERS || prng_below(&world.prng, 4) == 0)
        return;
    for (int i = 0; i < TERMINALS && hub_pending(base.nobody.subscription) > 100; i++) {
        if (terminals[i].paging && terminals[i].joined)
            return; /* it is being read by another one */
        if (i == TERMINALS - 1)
            begin_base();
    }
    terminal->joined = hub_join(terminal->subscription, base.nobody.subscription);
}

static void begin_pages(struct terminal *terminal)
{
    memset(terminal->rows, 0, sizeof terminal->rows);
    terminal->at = hub_prev(terminal->subscription);
    terminal->paging = true;
    terminal->next_place = 0;
    world.snapshots++;
}

static void begin_snapshot(struct terminal *terminal)
{
    join(terminal);
    begin_pages(terminal);
}

/* Half of them at once, half later, when the hub is not in the middle of telling. */
static void on_resync(void *context, struct hub_subscription *subscription)
{
    struct terminal *terminal = context;
    world.resyncs++;
    terminal->stale = prng_below(&world.prng, 2) == 0;
    if (terminal->stale)
        return;
    hub_restart(subscription);
    terminal->joined = false;
    begin_pages(terminal);
}

static void begin_anew(struct terminal *terminal)
{
    if (!terminal->stale || terminal->slow)
        return;
    terminal->stale = false;
    hub_restart(terminal->subscription);
    begin_snapshot(terminal);
}

static void wish(struct terminal *terminal)
{
    uint64_t dice = prng_below(&world.prng, 4);
    terminal->number = 1 + (uint32_t)prng_below(&world.prng, 2);
    terminal->kinds = dice == 0 ? 1U << ROW_APPROVAL : OF_CUSTOMERS;
    terminal->chosen = dice == 1;
    for (size_t i = 0; i < 10; i++)
        terminal->customers[i] = 1 + (uint32_t)prng_below(&world.prng, CUSTOMERS);
}

static void subscribe(struct terminal *terminal)
{
    terminal->subscription =
        hub_subscribe(world.hub, terminal,
                      &(struct hub_wish){terminal->number, terminal->kinds, terminal->chosen,
                                         terminal->customers, 10});
    assert_non_null(terminal->subscription);
}

static void arrive(struct terminal *terminal)
{
    *terminal = (struct terminal){0};
    wish(terminal);
    subscribe(terminal);
    begin_snapshot(terminal);
}

/* Lost and back: what changed since, as one set, or else a snapshot. */
static void come_back(struct terminal *terminal)
{
    struct hub_row rows[KEYS];
    size_t count = 0;
    bool was_exact = !terminal->stale && !terminal->paging && terminal->at >= terminal->exact_from;
    hub_drop(terminal->subscription);
    terminal->slow = false;
    terminal->stale = false;
    subscribe(terminal);
    for (int place = 0; place < KEYS; place++) {
        if (wanted(terminal, place) && truth_at(place, world.seq).seq > terminal->at)
            rows[count++] = row_at(place, world.seq);
    }
    if (!was_exact || !hub_fits(rows, count)) {
        begin_snapshot(terminal);
        return;
    }
    world.resumes++;
    hub_resume(terminal->subscription, terminal->at, world.seq, rows, count);
    assert_int_equal(terminal->at, world.seq);
}

static struct version read_place(const struct terminal *terminal, int place)
{
    if (!terminal->joined)
        return truth_at(place, world.seq);
    if (place >= base.read) {
        base.rows[place] = truth_at(place, world.seq);
        base.read = place + 1;
        base.seq = world.seq;
    }
    return base.rows[place];
}

static void page(struct terminal *terminal)
{
    if (!terminal->paging || terminal->slow)
        return;
    for (int i = 0; i < PAGE_ROWS && terminal->next_place < KEYS; terminal->next_place++) {
        int place = terminal->next_place;
        if (!wanted(terminal, place))
            continue;
        struct version truth = read_place(terminal, place);
        if (truth.seq >= terminal->rows[place].seq)
            terminal->rows[place] = truth;
        i++;
    }
    if (terminal->next_place < KEYS)
        return;
    terminal->paging = false;
    terminal->exact_from = terminal->joined ? base.seq : world.seq;
    hub_tell(terminal->subscription, terminal->exact_from);
}

static void step(void)
{
    struct terminal *terminal = &terminals[prng_below(&world.prng, TERMINALS)];
    uint64_t dice = prng_below(&world.prng, 100);
    if (dice < 27) {
        commit();
    } else if (dice < 52) {
        publish();
    } else if (dice < 60) {
        terminal->slow = true;
    } else if (dice < 70) {
        terminal->slow = false;
        hub_drained(terminal->subscription);
    } else if (dice < 88) {
        begin_anew(terminal);
        page(terminal);
    } else if (dice < 92) {
        come_back(terminal);
    } else if (dice < 95) {
        hub_drop(terminal->subscription);
        arrive(terminal);
    } else {
        hub_tell(terminal->subscription, hub_seq(world.hub));
    }
}

/* Everything is told in the end. */
static void settle(void)
{
    while (world.ahead_count > 0)
        publish();
    for (int i = 0; i < TERMINALS; i++) {
        terminals[i].slow = false;
        hub_drained(terminals[i].subscription);
        begin_anew(&terminals[i]);
        while (terminals[i].paging)
            page(&terminals[i]);
        hub_tell(terminals[i].subscription, world.seq);
        assert_int_equal(terminals[i].at, world.seq);
        check_replica(&terminals[i]);
    }
}

static void begin(uint64_t seed)
{
    static const struct hub_callbacks callbacks = {on_send, on_slow, on_resync};
    world = (struct world){.prng = {seed}, .seq = 1};
    arena_init(&world.arena, 512 * 1024 * 1024);
    for (int place = 0; place < KEYS; place++)
        history_add(place, 1, (int64_t)prng_below(&world.prng, 1000));
    memset(terminals, 0, sizeof terminals);
    base = (struct base){.read = 0};
    world.hub = hub_create(&callbacks, 1);
    assert_non_null(world.hub);
    begin_base();
    for (int i = 0; i < TERMINALS; i++)
        arrive(&terminals[i]);
}

static void end(void)
{
    hub_destroy(world.hub);
    arena_fini(&world.arena);
    for (int place = 0; place < KEYS; place++)
        free(world.histories[place].versions);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void pictures_are_the_truth(void **state)
{
    (void)state;
    uint64_t seed = setting("TEFTER_SEED", 1);
    uint64_t rounds = setting("TEFTER_ROUNDS", 20);
    unsigned checks = 0;
    unsigned resyncs = 0;
    unsigned resumes = 0;
    unsigned bases = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        begin(seed + round);
        for (int i = 0; i < STEPS; i++) {
            if (i % 64 == 0)
                arena_reset(&world.arena);
            step();
        }
        settle();
        checks += world.exact_checks;
        resyncs += world.resyncs;
        resumes += world.resumes;
        bases += world.bases;
        end();
    }
    print_message("seed=%llu rounds=%llu exact replicas=%u resumes=%u resyncs=%u bases=%u\n",
                  (unsigned long long)seed, (unsigned long long)rounds, checks, resumes, resyncs,
                  bases);
    assert_true(checks > 100 * rounds && resumes > rounds && resyncs > rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

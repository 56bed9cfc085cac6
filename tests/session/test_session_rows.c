/*
 * The row cache beside the ledger: after commands at random, every list, card and page of a
 * snapshot is asked for with and without it, and the bytes are compared. What is kept wrongly on
 * purpose is seen, so the comparison can fail.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "session/inside.h"
#include "wire/message.h"

enum { START = 20000, ROUNDS = 400 };

static struct client till;
static struct prng prng;
static uint32_t customers; /* the last one's number */
static uint32_t groups;
static uint32_t persons;
static uint32_t date_of[3];
static char text[1000];

#define JSON(...) ((void)snprintf(text, sizeof text, __VA_ARGS__), text)

static uint32_t below(uint32_t most)
{
    return (uint32_t)prng_below(&prng, most);
}

static uint32_t anyone(void)
{
    return 2 + below(customers - 1);
}

/* ---- asking twice ---- */

static struct session *session(void)
{
    for (uint32_t i = 0; i < world.sessions->slot_count; i++)
        if (world.sessions->slots[i].session != NULL &&
            world.sessions->slots[i].session->state == SESSION_LOGGED_IN)
            return world.sessions->slots[i].session;
    fail_msg("nobody is logged in");
    return NULL;
}

/* The packed Answer. */
static struct slice answer_to(const Tefter__Query *query)
{
    const Tefter__ToTerminal *answer = client_answer(&till, client_question(&till, query));
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_ANSWER);
    return slice_of(answer->answer.data, answer->answer.len);
}

static struct slice answer_without(const Tefter__Query *query)
{
    struct row_cache *cache = world.sessions->cache;
    world.sessions->cache = NULL;
    struct slice answer = answer_to(query);
    world.sessions->cache = cache;
    return answer;
}

static const Tefter__Query *query_of(const char *json)
{
    struct message_fault fault = {.path = "", .what = ""};
    const Tefter__Query *query = (const Tefter__Query *)message_of_json(
        &tefter__query__descriptor, slice_text(json), &till.arena, &fault);
    if (query == NULL)
        fail_msg("%s: %s: %s", json, fault.path, fault.what);
    return query;
}

/* Does the cache, cold or warm, say what a view says at the same seq? */
static bool same(const char *json)
{
    const Tefter__Query *query = query_of(json);
    struct slice cold = answer_to(query);
    struct slice warm = answer_to(query);
    struct slice truth = answer_without(query);
    struct slice again = answer_to(query);
    return slice_equal(cold, truth) && slice_equal(warm, truth) && slice_equal(again, truth);
}

static void tell(const char *what, struct slice answer)
{
    struct buffer out;
    buffer_init(&out, 1024 * 1024);
    const ProtobufCMessage *message =
        message_unpack(&tefter__answer__descriptor, answer, &till.arena);
    if (message != NULL && message_to_json(message, &out))
        print_error("%s: %.*s\n", what, (int)out.size, (const char *)out.data);
    buffer_fini(&out);
}

static void check(const char *json)
{
    if (same(json))
        return;
    tell("cache", answer_to(query_of(json)));
    tell("ledger", answer_without(query_of(json)));
    fail_msg("the cache says otherwise than the ledger: %s", json);
}

static const char *const lists[] = {
    "{'customers': {'rows': 500}}",
    "{'customers': {'rows': 7}}",
    "{'customers': {'owing': true}}",
    "{'customers': {'owing': false, 'branch': 1}}",
    "{'customers': {'locked': true}}",
    "{'customers': {'over_limit': true}}",
    "{'customers': {'overdue': true}}",
    "{'customers': {'overdue': false, 'rows': 20}}",
    "{'customers': {'group': 1}}",
    "{'customers': {'group': 2, 'owing': true, 'sort': 'balance'}}",
    "{'customers': {'sort': 'balance', 'rows': 10}}",
    "{'customers': {'sort': 'available'}}",
    "{'customers': {'sort': 'available', 'rows': 3, 'page': '0000000000000004'}}",
    "{'customers': {'sort': 'code', 'rows': 3, 'page': '0000000000000005'}}",
    "{'customers': {'page': '00'}}",
    "{'customers': {'text': 'name', 'rows': 9}}",
    "{'customers': {'text': 'nobody'}}",
    "{'search': {'text': 'name'}}",
    "{'search': {'text': 'name', 'rows': 4}}",
    "{'search': {'text': 'other', 'rows': 200}}",
    "{'search': {'text': 'C-000003'}}",
    "{'search': {'text': '1500'}}",
    "{'search': {'text': ''}}",
    "{'likely_doubles': {'name': 'name 3'}}",
    "{'likely_doubles': {'phone': '0900007'}}",
    "{'likely_doubles': {}}",
    "{'customer_card': {}}",
    "{'customer_card': {'customer': 999}}",
};

static const char *quoted(const char *json)
{
    static char out[sizeof text];
    (void)snprintf(out, sizeof out, "%s", json);
    for (char *at = out; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    return out;
}

static void check_some(unsigned count)
{
    till.count = 0;
    session()->who.branch = 1 + below(2);
    for (unsigned i = 0; i < count; i++)
        check(quoted(lists[below(sizeof lists / sizeof lists[0])]));
    for (unsigned i = 0; i < count; i++)
        check(quoted(JSON("{'customer_card': {'customer': %u}}", 1 + below(customers))));
    check(quoted(JSON("{'customer_card': {'code': 'C%05u'}}", 1 + below(customers))));
}

/* ---- pages of snapshots ---- */

static bool last_page_came(void *context)
{
    const size_t *from = context;
    for (size_t i = *from; i < till.count; i++)
        if (till.inbox[i]->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK &&
            till.inbox[i]->snapshot_chunk->last)
            return true;
    return till.closed;
}

/* Rows of all pages of a new subscription, packed one behind the other. */
static struct slice snapshot_of(bool all)
{
    static uint32_t chosen[] = {2, 3, 5, 8};
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__Unsubscribe unsubscribe = TEFTER__UNSUBSCRIBE__INIT;
    struct buffer rows;
    size_t from = till.count;
    buffer_init(&rows, 4 * 1024 * 1024);
    snapshots_fini(world.sessions); /* pages are made anew */
    subscribe.subscription = 1;
    subscribe.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS;
    subscribe.customers = chosen;
    subscribe.n_customers = all ? 0 : sizeof chosen / sizeof chosen[0];
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    assert_non_null(client_ask(&till, &frame));
    world_wait(last_page_came, &from);
    for (size_t i = from; i < till.count; i++) {
        if (till.inbox[i]->body_case != TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
            continue;
        const Tefter__SnapshotChunk *page = till.inbox[i]->snapshot_chunk;
        for (size_t j = 0; j < page->n_rows; j++)
            assert_true(message_put(&page->rows[j]->base, &rows));
    }
    unsubscribe.subscription = 1;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_UNSUBSCRIBE;
    frame.unsubscribe = &unsubscribe;
    assert_non_null(client_ask(&till, &frame));
    struct slice kept = slice_of(arena_copy(&till.arena, rows.data, rows.size), rows.size);
    buffer_fini(&rows);
    return kept;
}

static void check_snapshot(bool all)
{
    struct slice with = snapshot_of(all);
    struct row_cache *cache = world.sessions->cache;
    world.sessions->cache = NULL;
    struct slice without = snapshot_of(all);
    world.sessions->cache = cache;
    assert_true(with.size > 0);
    if (!slice_equal(with, without))
        fail_msg("a snapshot from the cache is another");
}

/* ---- commands at random ---- */

static const char *terms(void)
{
    static char out[200];
    int size = snprintf(out, sizeof out, "{'limit_minor': %u", below(20) * 1000);
    if (below(3) == 0)
        size += snprintf(out + size, sizeof out - (size_t)size, ", 'valid_until': %u",
                         date_of[1] + below(4));
    if (below(4) == 0)
        size += snprintf(out + size, sizeof out - (size_t)size, ", 'valid_from': %u",
                         date_of[1] - 1 + below(3));
    (void)snprintf(out + size, sizeof out - (size_t)size, ", 'overdue_days': 5}");
    return out;
}

static bool done(const char *json)
{
    return world_try(quoted(json), 1 + below(2));
}

static void open_customer(void)
{
    if (done(JSON("{'open_customer': {'name': 'name %u', 'phone': '09%05u', 'area': 'a'}}",
                  customers, customers)))
        customers++;
}

static void random_command(void)
{
    uint32_t who = anyone();
    switch (below(25)) {
    case 0:
        if (customers < 60)
            open_customer();
        break;
    case 1:
        done(JSON("{'change_customer': {'customer': %u, 'name': 'other %u', 'area': 'a%u'}}", who,
                  below(99), below(5)));
        break;
    case 2:
        done(JSON("{'change_customer': {'customer': %u, 'phone': ''}}", who));
        break;
    case 3:
        done(JSON("{'lock_customer': {'customer': %u, 'reason': 'late', 'until': %u}}", who,
                  date_of[1] + below(4)));
        break;
    case 4:
        done(JSON("{'lock_customer': {'customer': %u}}", who));
        break;
    case 5:
        done(JSON("{'unlock_customer': {'customer': %u}}", who));
        break;
    case 6:
        done(JSON("{'set_credit_limit': {'customer': %u, 'terms': %s}}", who, terms()));
        break;
    case 7:
        done(JSON("{'set_credit_limit': {'customer': %u}}", who));
        break;
    case 8:
        if (below(4) == 0)
            done(JSON("{'set_credit_policy': {'terms': %s}}", terms()));
        break;
    case 9:
        if (groups < 4)
            groups += done(JSON("{'add_group': {'dimension': 'd%u', 'name': 'g%u', 'limit': %s}}",
                                groups, groups, terms()));
        break;
    case 10:
        done(JSON("{'change_group': {'group': %u, 'limit': %s}}", 1 + below(groups + 1), terms()));
        break;
    case 11:
        done(JSON("{'join_group': {'customer': %u, 'group': %u}}", who, 1 + below(groups + 1)));
        break;
    case 12:
        done(JSON("{'leave_group': {'customer': %u, 'group': %u}}", who, 1 + below(groups + 1)));
        break;
    case 13:
        persons += done(JSON("{'authorise_buyer': {'customer': %u, 'name': 'buyer', 'valid_until': "
                             "%u}}",
                             who, date_of[1] + below(4)));
        break;
    case 14:
        done(JSON("{'revoke_buyer': {'customer': %u, 'buyer': %u}}", who, 1 + below(persons + 1)));
        break;
    case 15:
        if (below(3) == 0) {
            uint32_t branch = 1 + below(2);
            date_of[branch] +=
                done(JSON("{'turn_day': {'branch': %u, 'date': %u}}", branch, date_of[branch] + 1));
        }
        break;
    case 16:
        done(JSON("{'step_job': {'job': %u}}", 1 + below(12)));
        break;
    case 22:
        done(JSON("{'set_payer': {'customer': %u, 'payer': %u}}", who, 2 + below(4)));
        break;
    case 23:
        if (below(2) == 0)
            done(JSON("{'set_payer': {'customer': %u}}", who));
        break;
    case 24:
        done(JSON("{'take_payment': {'customer': %u, 'kind': 'cash', 'amount_minor': %u, 'match': "
                  "'OLDEST_DUE', 'money_account': %u}}",
                  2 + below(4), 1 + below(3000), 1 + below(2)));
        break;
    case 17:
    case 18:
        done(JSON("{'take_payment': {'customer': %u, 'kind': 'cash', 'amount_minor': %u, "
                  "'money_account': "
                  "%u}}",
                  who, 1 + below(3000), 1 + below(2)));
        break;
    default:
        done(JSON("{'issue_invoice': {'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, "
                  "'price': %u}], 'due': %u, 'backfill': true}}",
                  who, (1 + below(9)) * 500000, date_of[1] + below(6)));
    }
}

static void begin(void)
{
    prng = (struct prng){1970};
    customers = 1;
    groups = persons = 0;
    date_of[1] = date_of[2] = START;
    memset(&till, 0, sizeof till);
    client_open(&till, &world.terminal);
    client_enter(&till, "boss", "correct horse");
    assert_true(done(JSON("{'add_branch': {'code': 'TD', 'name': 'two'}}")));
    (void)done(JSON("{'turn_day': {'branch': 2, 'date': %u}}", START));
    for (uint32_t branch = 1; branch <= 2; branch++)
        assert_true(done(JSON("{'add_till': {'branch': %u, 'name': 'till'}}", branch)));
    assert_true(done(JSON("{'set_credit_policy': {'terms': {'limit_minor': 9000}}}")));
    for (int i = 0; i < 12; i++)
        open_customer();
    world_run(50); /* the search index is whole */
}

static void the_cache_says_what_the_ledger_says(void **state)
{
    (void)state;
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = below(4); i > 0; i--)
            random_command();
        check_some(2);
        if (round % 25 == 0)
            check_snapshot(round % 50 == 0);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        check(quoted(lists[i]));
    /* and it was asked, not passed by */
    assert_true(world.sessions->cache_answers > ROUNDS * 6);
    client_close(&till);
}

/* So small that most is pushed out again before it is wanted. */
static void a_small_cache_says_the_same(void **state)
{
    (void)state;
    enum { SMALL_BYTES = 50 * 1024, MANY = 140 };
    begin();
    while (customers < MANY)
        open_customer();
    row_cache_destroy(world.sessions->cache);
    world.sessions->cache = row_cache_create(SMALL_BYTES);
    assert_non_null(world.sessions->cache);
    for (int round = 0; round < ROUNDS / 4; round++) {
        random_command();
        check_some(2);
    }
    struct row_cache_metrics metrics;
    row_cache_metrics(world.sessions->cache, &metrics);
    assert_true(metrics.evicted > 0);
    assert_true(metrics.bytes <= SMALL_BYTES);
    client_close(&till);
}

/* ---- a view that is ahead ---- */

static struct slice at_published;

/* Committed and not published: the cache says the old state or the view the new one, never a
 * mixture; and once a view has told the new one, all do. */
static void ask_between(void)
{
    const Tefter__Query *list = query_of(quoted("{'customers': {'rows': 500}}"));
    struct slice first = answer_to(list);
    struct slice ahead = answer_without(list);
    assert_false(slice_equal(at_published, ahead)); /* by its seq at least */
    assert_true(slice_equal(first, at_published) || slice_equal(first, ahead));
    check(quoted("{'customers': {'rows': 500}}"));
    check(quoted(JSON("{'customer_card': {'customer': 2}}")));
}

static void what_is_not_published_is_not_mixed_in(void **state)
{
    (void)state;
    begin();
    uint64_t answers = world.sessions->cache_answers;
    for (int i = 0; i < 60; i++) {
        check_some(2);
        session()->who.branch = 1;
        if (i % 3 == 0)
            row_cache_clear(world.sessions->cache);
        at_published = answer_without(query_of(quoted("{'customers': {'rows': 500}}")));
        world.between = ask_between;
        random_command();
        world.between = NULL;
        check_some(2);
    }
    assert_true(world.sessions->cache_answers > answers);
    client_close(&till);
}

/* ---- what is kept wrongly is seen ---- */

static void a_stale_row_is_seen(void **state)
{
    (void)state;
    begin();
    const char *list = quoted("{'customers': {'rows': 500}}");
    char list_json[sizeof text];
    (void)snprintf(list_json, sizeof list_json, "%s", list);
    check(list_json);
    struct row_asker asker;
    uint8_t row[1000];
    session()->who.branch = 1;
    assert_true(rows_asker(world.sessions, 1, &asker));
    size_t size = row_cache_row_size(world.sessions->cache, ROW_CACHE_ACCOUNT, 2, &asker);
    assert_in_range(size, 3, sizeof row);
    (void)row_cache_row_write(world.sessions->cache, ROW_CACHE_ACCOUNT, 2, &asker, row);
    assert_true(done(JSON("{'issue_invoice': {'customer': 2, 'lines': [{'text': 'x', 'quantity': "
                          "1000, 'price': 1000000}], 'backfill': true}}")));
    check(list_json);
    row_cache_put_account(world.sessions->cache, 2, slice_of(row + 2, size - 2), DATE_SPAN_ALL);
    assert_false(same(list_json));
    row_cache_forget(world.sessions->cache, 2);
    check(list_json);
    client_close(&till);
}

/* ---- what nobody has asked for yet ---- */

static bool all_kept(void *context)
{
    struct row_asker asker;
    (void)context;
    if (!world.sessions->cards_whole || !rows_asker(world.sessions, 1, &asker))
        return false;
    for (uint32_t customer = 2; customer <= customers; customer++)
        if (row_cache_card_size(world.sessions->cache, customer, &asker) == 0)
            return false;
    return true;
}

/* Where nothing else is to do all are put there: who came since, and after what made all anew. */
static void who_came_later_is_kept_too(void **state)
{
    (void)state;
    begin();
    world_wait(all_kept, NULL);
    uint32_t before = customers;
    for (int i = 0; i < 5; i++)
        open_customer();
    assert_int_equal(customers, before + 5);
    assert_false(all_kept(NULL));
    world_wait(all_kept, NULL);
    assert_true(done(JSON("{'set_credit_policy': {'terms': {'limit_minor': 77000}}}")));
    assert_false(all_kept(NULL));
    world_wait(all_kept, NULL);
    client_close(&till);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_cache_says_what_the_ledger_says, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_small_cache_says_the_same, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_published_is_not_mixed_in, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_stale_row_is_seen, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(who_came_later_is_kept_too, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

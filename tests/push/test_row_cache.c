/*
 * The row cache by itself: what is kept comes out as it was packed, on the days it holds; the bound
 * holds; and nothing of what was given up is left in memory.
 */
#include "base/check.h"

#include "push/row_cache.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "reply.pb-c.h"
#include "view.pb-c.h"
#include "wire/message.h"

static struct arena arena;
static const struct row_asker asker = {.seq = 900, .date = 20000, .head_date = 20000};

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024 * 1024);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static Tefter__AccountRow account_of(uint32_t customer, int64_t balance_minor, uint64_t seq)
{
    Tefter__AccountRow row = TEFTER__ACCOUNT_ROW__INIT;
    row.customer = customer;
    row.balance_minor = balance_minor;
    row.available_minor = 5000 - balance_minor;
    row.limit_minor = 5000;
    row.buyers = 1;
    row.has_seq = true;
    row.seq = seq;
    return row;
}

static void put(struct row_cache *cache, uint32_t customer, const char *name)
{
    Tefter__AccountRow account = account_of(customer, customer * 10, 7);
    Tefter__CustomerRow row = TEFTER__CUSTOMER_ROW__INIT;
    Tefter__Text text = TEFTER__TEXT__INIT;
    Tefter__BuyerRow person = TEFTER__BUYER_ROW__INIT;
    Tefter__BuyerRow *persons[] = {&person, &person};
    text.value = (char *)(uintptr_t)name;
    row.customer = customer;
    row.code = "C";
    row.name = &text;
    row.has_branch = true;
    row.branch = 3;
    row.has_seq = true;
    row.seq = 5;
    row.has_term_days = true;
    row.term_days = 30;
    person.name = &text;
    row.buyers = persons;
    row.n_buyers = customer % 3;
    row_cache_put_account(cache, customer, message_pack(&account.base, &arena), DATE_SPAN_ALL);
    row_cache_put_customer(cache, customer, message_pack(&row.base, &arena),
                           (struct date_span){20000, 20001});
}

static Tefter__CustomersAnswer *entry_of(struct row_cache *cache, uint32_t customer,
                                         const struct row_asker *who)
{
    size_t size = row_cache_entry_size(cache, customer, who);
    if (size == 0)
        return NULL;
    uint8_t *bytes = arena_take(&arena, size);
    assert_ptr_equal(row_cache_entry_write(cache, customer, who, bytes), bytes + size);
    ProtobufCMessage *answer =
        message_unpack(&tefter__customers_answer__descriptor, slice_of(bytes, size), &arena);
    assert_non_null(answer);
    assert_true(slice_equal(message_pack(answer, &arena), slice_of(bytes, size)));
    return (Tefter__CustomersAnswer *)answer;
}

static void an_entry_is_as_it_was_packed(void **state)
{
    (void)state;
    struct row_cache *cache = row_cache_create(1024 * 1024);
    put(cache, 8, "Anh");
    const Tefter__CustomersAnswer *answer = entry_of(cache, 8, &asker);
    assert_int_equal(answer->rows[0]->who->n_buyers, 0);
    assert_int_equal(answer->rows[0]->who->term_days, 30);
    assert_int_equal(answer->rows[0]->who->seq, 5);
    assert_int_equal(answer->rows[0]->account->balance_minor, 80);
    assert_int_equal(answer->rows[0]->account->seq, 900);
    size_t size = row_cache_row_size(cache, ROW_CACHE_CUSTOMER, 8, &asker);
    uint8_t *bytes = arena_take(&arena, size);
    assert_ptr_equal(row_cache_row_write(cache, ROW_CACHE_CUSTOMER, 8, &asker, bytes),
                     bytes + size);
    const Tefter__Row *row = (const Tefter__Row *)message_unpack(&tefter__row__descriptor,
                                                                 slice_of(bytes, size), &arena);
    assert_int_equal(row->customer->n_buyers, 2);
    row_cache_destroy(cache);
}

static void a_row_holds_on_its_days(void **state)
{
    (void)state;
    struct row_cache *cache = row_cache_create(1024 * 1024);
    struct row_asker other = asker;
    put(cache, 3, "Anh");
    other.head_date = 20001;
    assert_non_null(entry_of(cache, 3, &other));
    other.head_date = 20002;
    assert_null(entry_of(cache, 3, &other));
    other.head_date = 19999;
    assert_null(entry_of(cache, 3, &other));
    row_cache_turn(cache);
    assert_null(entry_of(cache, 3, &asker));
    put(cache, 3, "Anh");
    assert_non_null(entry_of(cache, 3, &asker));
    row_cache_destroy(cache);
}

static void a_change_replaces_what_is_kept_and_no_more(void **state)
{
    (void)state;
    struct row_cache *cache = row_cache_create(1024 * 1024);
    struct row_facts facts;
    put(cache, 3, "Anh");
    Tefter__AccountRow account = account_of(3, -1, 901);
    account.has_overdue_minor = account.has_oldest_due = true;
    account.overdue_minor = 5;
    account.oldest_due = 19990;
    struct slice packed = message_pack(&account.base, &arena);
    row_cache_account_changed(cache, 3, packed, DATE_SPAN_ALL);
    row_cache_account_changed(cache, 4, packed, DATE_SPAN_ALL);
    assert_true(row_cache_facts(cache, 3, &asker, &facts));
    assert_int_equal(facts.balance_minor, -1);
    assert_int_equal(facts.branch, 3);
    assert_int_equal(facts.overdue_minor, 5);
    assert_false(row_cache_facts(cache, 4, &asker, &facts));
    /* a row that is not understood is a miss, never an old one */
    row_cache_account_changed(cache, 3, slice_of("\xff\xff", 2), DATE_SPAN_ALL);
    assert_false(row_cache_facts(cache, 3, &asker, &facts));
    row_cache_customer_changed(cache, 3, slice_of(NULL, 0), DATE_SPAN_ALL);
    assert_int_equal(row_cache_row_size(cache, ROW_CACHE_CUSTOMER, 3, &asker), 0);
    row_cache_destroy(cache);
}

/* What was used stays longer than what was not, and the bound holds at each step. */
static void the_bound_holds(void **state)
{
    (void)state;
    enum { BOUND = 256 * 1024, MANY = 4000 };
    struct row_cache *cache = row_cache_create(BOUND);
    struct row_cache_metrics metrics;
    put(cache, 1, "often asked for");
    for (uint32_t i = 2; i < MANY; i++) {
        arena_reset(&arena);
        put(cache, i % 1900 + 2, "somebody");
        assert_non_null(entry_of(cache, 1, &asker));
        row_cache_metrics(cache, &metrics);
        assert_true(metrics.bytes <= BOUND);
    }
    assert_true(metrics.evicted > 1000);
    assert_true(metrics.customers > 500);
    row_cache_destroy(cache);
    cache = row_cache_create(1);
    put(cache, 1, "nobody");
    assert_null(entry_of(cache, 1, &asker));
    row_cache_destroy(cache);
}

/* ---- what a customer costs ---- */

/* Rows of usual sizes. */
static void put_usual(struct row_cache *cache, uint32_t customer)
{
    char code[16];
    char number[16];
    char phone[16];
    Tefter__AccountRow account = account_of(customer, 1250000 + customer, 70000000);
    Tefter__CustomerRow row = TEFTER__CUSTOMER_ROW__INIT;
    Tefter__Text name_text = TEFTER__TEXT__INIT;
    Tefter__Text phone_text = TEFTER__TEXT__INIT;
    Tefter__LastChange last = TEFTER__LAST_CHANGE__INIT;
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    (void)snprintf(code, sizeof code, "C-%06u", customer);
    (void)snprintf(number, sizeof number, "HQ-%07u", customer);
    (void)snprintf(phone, sizeof phone, "091%07u", customer);
    actor.has_staff = actor.has_terminal = actor.has_branch = true;
    actor.staff = actor.terminal = 300;
    actor.branch = 5;
    last.seq = 70000000;
    last.number = number;
    last.has_amount_minor = last.has_at_ms = true;
    last.amount_minor = 350000;
    last.at_ms = INT64_C(1795892867825);
    last.actor = &actor;
    last.kind = TEFTER__EVENT_KIND__INVOICE_ISSUED;
    account.used_minor = account.bills_minor = account.balance_minor;
    account.open_bills = 4;
    account.last = &last;
    name_text.value = "Nguyễn Thị Hồng Nhung";
    phone_text.value = phone;
    row.customer = customer;
    row.code = code;
    row.name = &name_text;
    row.phone = &phone_text;
    row.area = "Quận 5";
    row.has_branch = row.has_locked = row.has_seq = true;
    row.branch = 5;
    row.seq = 60000000;
    row_cache_put_account(cache, customer, message_pack(&account.base, &arena), DATE_SPAN_ALL);
    row_cache_put_customer(cache, customer, message_pack(&row.base, &arena), DATE_SPAN_ALL);
    arena_reset(&arena);
}

static size_t resident_bytes(void)
{
    unsigned long all = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &all, &resident), 2);
    (void)fclose(file);
    return resident * 4096;
}

/* By what the cache counts, and by what the process grows. */
static void a_customer_costs_so_many_bytes(void **state)
{
    (void)state;
    static const uint32_t counts[] = {10000, 1000000};
    enum { MOST = 320 };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct row_cache_metrics metrics;
        size_t before = resident_bytes();
        struct row_cache *cache = row_cache_create((size_t)1 << 30);
        for (uint32_t customer = 1; customer <= counts[i]; customer++)
            put_usual(cache, customer);
        size_t grown = resident_bytes() - before;
        row_cache_metrics(cache, &metrics);
        assert_int_equal(metrics.customers, counts[i]);
        print_message("%u customers: %u bytes each, %u resident\n", counts[i],
                      (unsigned)(metrics.bytes / counts[i]), (unsigned)(grown / counts[i]));
        assert_true(metrics.bytes / counts[i] <= MOST);
        row_cache_destroy(cache);
    }
}

/* ---- nothing is left ---- */

enum { NEEDLE = 24, MAPPING_MAX = 1 << 28 }; /* what is larger belongs to a sanitizer */

/* The name is never whole in memory but where it is put. */
static void needle_make(uint8_t out[NEEDLE + 1])
{
    for (int i = 0; i < NEEDLE; i++)
        out[i] = (uint8_t)('A' + (i * 7 + 5) % 26);
    out[NEEDLE] = '\0';
}

__attribute__((no_sanitize_address)) static size_t count_in(const uint8_t *from, size_t size)
{
    size_t count = 0;
    for (size_t at = 0; at + NEEDLE <= size; at++) {
        size_t same = 0;
        while (same < NEEDLE && from[at + same] == (uint8_t)('A' + (same * 7 + 5) % 26))
            same++;
        count += same == NEEDLE;
    }
    return count;
}

/* In all memory that this process may write, as a dump of it would have it. */
static size_t count_everywhere(void)
{
    char line[300];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from;
        unsigned long until;
        char rights[5];
        assert_int_equal(sscanf(line, "%lx-%lx %4s", &from, &until, rights), 3);
        if (rights[0] == 'r' && rights[1] == 'w' && until - from < MAPPING_MAX)
            count += count_in((const uint8_t *)from, until - from);
    }
    (void)fclose(maps);
    return count;
}

static void put_needle(struct row_cache *cache, uint32_t customer)
{
    uint8_t name[NEEDLE + 1];
    needle_make(name);
    put(cache, customer, (const char *)name);
    row_cache_put_profile(cache, customer, slice_of(name, NEEDLE), slice_of(name, NEEDLE));
    arena_wipe(&arena);
    secret_wipe(name, sizeof name);
}

static void nothing_is_left_of_who_was_erased(void **state)
{
    (void)state;
    enum { CUSTOMERS = 51, NAMES = 3 * CUSTOMERS + CUSTOMERS }; /* rows, profiles; persons */
    struct row_cache *cache = row_cache_create(1024 * 1024);
    for (uint32_t customer = 1; customer <= CUSTOMERS; customer++)
        put_needle(cache, customer);
    assert_int_equal(count_everywhere(), NAMES);
    row_cache_forget(cache, 6); /* nobody else may buy on it */
    assert_int_equal(count_everywhere(), NAMES - 3);
    put(cache, 9, "a shorter name"); /* in place of it */
    arena_wipe(&arena);
    assert_int_equal(count_everywhere(), NAMES - 3 - 1);
    row_cache_customer_changed(cache, 12, slice_of(NULL, 0), DATE_SPAN_ALL);
    assert_int_equal(count_everywhere(), NAMES - 3 - 1 - 3);
    for (uint32_t customer = 1; customer <= CUSTOMERS; customer++)
        row_cache_forget(cache, customer);
    assert_int_equal(count_everywhere(), 0);
    row_cache_destroy(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_entry_is_as_it_was_packed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_holds_on_its_days, setup, teardown),
        cmocka_unit_test_setup_teardown(a_change_replaces_what_is_kept_and_no_more, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_bound_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_left_of_who_was_erased, setup, teardown),
        cmocka_unit_test_setup_teardown(a_customer_costs_so_many_bytes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

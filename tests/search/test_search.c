#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/text.h"
#include "search/search.h"

static struct search *search;

static int setup(void **state)
{
    (void)state;
    search = search_create();
    return search == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    search_destroy(search);
    return 0;
}

/* Parts are given with '|' between them. */
static void put(uint32_t customer, const char *parts)
{
    char text[400];
    size_t size = 0;
    for (const char *at = parts; *at != '\0';) {
        size_t part = strcspn(at, "|");
        if (size > 0)
            text[size++] = '\n';
        size += text_fold(at, part, text + size, sizeof text - size);
        at += part + (at[part] == '|' ? 1 : 0);
    }
    search_put(search, customer, text, size);
}

static size_t find(const char *text, uint32_t *customers, size_t most)
{
    return search_find(search, text, strlen(text), customers, most);
}

static void expect_only(const char *text, uint32_t customer)
{
    uint32_t found[10];
    assert_int_equal(find(text, found, 10), 1);
    assert_int_equal(found[0], customer);
}

static void expect_none(const char *text)
{
    uint32_t found[10];
    assert_int_equal(find(text, found, 10), 0);
}

static void any_script_and_any_fragment(void **state)
{
    (void)state;
    put(1, "C-000001|Nguyễn Văn Đức|0912 345 678|0912345678");
    put(2, "C-000002|Αθήνα ΑΕ|tax 99");
    put(3, "C-000003|علی کریمی");
    put(4, "C-000004|王小明");
    expect_only("nguyen", 1);
    expect_only("DUC", 1);
    expect_only("duc nguyen", 1); /* every word, in any order */
    expect_only("αθηνα", 2);
    expect_only("علي", 3); /* another yeh */
    expect_only("小", 4);
    expect_only("000003", 3);
    expect_none("duc αθηνα");
    expect_none("");
    expect_none("   ");
}

static void phones_in_any_writing(void **state)
{
    (void)state;
    put(1, "Anh|0912 345 678|0912345678");
    put(2, "Binh|+84 91-999-0000|84919990000");
    expect_only("0912345678", 1);
    expect_only("0912-345-678", 1);
    expect_only("912.345", 1);
    expect_only("(84) 91 999", 2);
    expect_only("۰۹۱۲", 1); /* Persian digits */
    expect_none("0912345679");
}

/* As the index has them: as typed, digits alone, and as dialled inside the country. */
static void a_phone_is_found_with_and_without_its_country(void **state)
{
    (void)state;
    put(1, "Ali|0912 345 6789|09123456789|9123456789");
    put(2, "Binh|+84 90 111 2222|84901112222|901112222");
    expect_only("+98-912-345", 1);
    expect_only("0098 912 345 6789", 1);
    expect_only("+98912", 1);
    expect_only("۰۹۱۲ ۳۴۵", 1);
    expect_only("090 111 2222", 2);
    expect_only("+84901112222", 2);
    expect_none("+98 901 111");
}

static void quotes_dashes_and_traditional_characters_are_one(void **state)
{
    (void)state;
    put(1, "O’Brien – Steel");
    put(2, "陳記建材行");
    put(3, "广东钢铁");
    expect_only("o'brien", 1);
    expect_only("OʼBRIEN", 1);
    expect_only("o`brien -", 1);
    expect_only("陈记", 2);
    expect_only("陳記", 2);
    expect_only("廣東鋼鐵", 3);
}

static void beginnings_come_first(void **state)
{
    (void)state;
    uint32_t found[10];
    put(1, "shop of thomas");
    put(2, "xthoma");
    put(3, "thomas shop");
    put(4, "another|thomas");
    assert_int_equal(find("thoma", found, 10), 4);
    assert_int_equal(found[0], 3);
    assert_int_equal(found[1], 4);
    assert_int_equal(found[2], 1);
    assert_int_equal(found[3], 2);
    assert_int_equal(find("thoma", found, 2), 2); /* the best ones, not the first ones */
    assert_int_equal(found[0], 3);
    assert_int_equal(found[1], 4);
}

static void parts_do_not_run_together(void **state)
{
    (void)state;
    put(1, "ab|cd");
    put(2, "xx");
    expect_none("abcd");
    expect_none("dx");
    expect_only("ab cd", 1);
}

static void replaced_and_forgotten(void **state)
{
    (void)state;
    put(5, "old name");
    put(5, "new name");
    expect_none("old");
    expect_only("new", 5);
    assert_int_equal(search_count(search), 1);
    search_put(search, 5, "", 0);
    expect_none("new");
    assert_int_equal(search_count(search), 0);
    search_put(search, 900, "", 0); /* never there */
    put(6, "again");
    expect_only("again", 6);
}

static void same_part(void **state)
{
    (void)state;
    uint32_t found[10];
    put(1, "anh tran|0912345678");
    put(2, "anh tran thi|0912345678");
    put(3, "other|anh tran");
    assert_int_equal(search_same(search, "anh tran", 8, found, 10), 2);
    assert_int_equal(found[0], 1);
    assert_int_equal(found[1], 3);
    assert_int_equal(search_same(search, "0912345678", 10, found, 10), 2);
    assert_int_equal(search_same(search, "0912345678", 10, found, 1), 1);
    assert_int_equal(search_same(search, "", 0, found, 10), 0);
}

/* In pieces of so many bytes and hits. */
static size_t find_in_pieces(const char *text, uint32_t *customers, size_t most, size_t bytes,
                             size_t hits, size_t *ret_pieces)
{
    struct search_walk walk;
    *ret_pieces = 1;
    search_begin(search, text, strlen(text), customers, most, &walk);
    while (search_step(search, &walk, bytes, hits))
        ++*ret_pieces;
    return search_found(&walk);
}

static void put_many(uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        char parts[100];
        (void)snprintf(parts, sizeof parts, "chung %u|0912%06u%s", i, i,
                       i % 7 == 0 ? "|binh chung" : "");
        put(i, parts);
    }
}

static void in_pieces_as_at_once(void **state)
{
    (void)state;
    enum { MOST = 300 };
    static const char *const texts[] = {"chung", "binh",     "0912", "912 000 7",
                                        "u",     "chung 99", "none"};
    put_many(2000);
    search_put(search, 70, "", 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t bytes = 1; bytes < 200000; bytes = bytes * 5 + 3) {
            uint32_t whole[MOST];
            uint32_t found[MOST];
            size_t pieces;
            size_t count = find(texts[i], whole, MOST);
            assert_int_equal(find_in_pieces(texts[i], found, MOST, bytes, 1 + bytes / 50, &pieces),
                             count);
            assert_memory_equal(found, whole, count * sizeof whole[0]);
        }
    }
}

static void same_in_pieces(void **state)
{
    (void)state;
    uint32_t found[10];
    struct search_walk walk;
    put(1, "anh|0912345678");
    put(2, "em|0912345678");
    put(3, "anh");
    for (size_t bytes = 1; bytes < 40; bytes++) {
        search_begin_same(search, found, 10, &walk);
        search_add_same(&walk, "0912345678", 10);
        search_add_same(&walk, "", 0);
        search_add_same(&walk, "anh", 3);
        while (search_step(search, &walk, bytes, 1))
            ;
        assert_int_equal(search_found(&walk), 3); /* each once */
        assert_int_equal(found[0], 1);
        assert_int_equal(found[1], 2);
        assert_int_equal(found[2], 3);
    }
}

/* Work is bounded by hits, and every customer is found once, whatever is put in between. */
static void put_between_pieces(void **state)
{
    (void)state;
    enum { CUSTOMERS = 3000 };
    static uint32_t found[2 * CUSTOMERS];
    static unsigned times[CUSTOMERS + 1];
    struct prng prng = {5};
    struct search_walk walk;
    memset(times, 0, sizeof times);
    put_many(CUSTOMERS);
    search_begin(search, "chung", 5, found, 2 * CUSTOMERS, &walk);
    size_t before = 0;
    uint32_t name = CUSTOMERS;
    while (search_step(search, &walk, 4096, 50)) {
        if (walk.turning == 0) /* until it begins anew */
            assert_in_range(search_found(&walk), before, before + 50);
        before = search_found(&walk);
        for (int i = 0; i < 60 && name < 4 * CUSTOMERS;
             i++) { /* moved to the end; then compacted */
            char parts[40];
            (void)snprintf(parts, sizeof parts, "other chung %u", ++name);
            put(1 + (uint32_t)prng_below(&prng, CUSTOMERS), parts);
        }
    }
    size_t count = search_found(&walk);
    assert_int_equal(count, CUSTOMERS);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(times[found[i]]++, 0);
}

/* Against a plain table, through replacing, forgetting and compacting. */
static void like_a_plain_table(void **state)
{
    (void)state;
    enum { CUSTOMERS = 800, CHANGES = 20000 };
    static char table[CUSTOMERS + 1][64];
    struct prng prng = {77};
    for (int i = 0; i < CHANGES; i++) {
        uint32_t customer = 1 + (uint32_t)prng_below(&prng, CUSTOMERS);
        int length = 0;
        if (prng_below(&prng, 10) > 0)
            length = snprintf(table[customer], 64, "name%llu some longer text here %llu",
                              (unsigned long long)prng_below(&prng, 50),
                              (unsigned long long)prng_below(&prng, 50));
        table[customer][length] = '\0';
        search_put(search, customer, table[customer], (size_t)length);
    }
    for (int number = 0; number < 50; number++) {
        static uint32_t found[CUSTOMERS];
        char word[16];
        (void)snprintf(word, sizeof word, "name%d ", number);
        size_t count = find(word, found, CUSTOMERS);
        size_t there = 0;
        word[strlen(word) - 1] = '\0';
        for (int i = 1; i <= CUSTOMERS; i++)
            there += strstr(table[i], word) != NULL ? 1 : 0;
        assert_int_equal(count, there);
        for (size_t i = 0; i < count; i++)
            assert_non_null(strstr(table[found[i]], word));
    }
}

#define search_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        search_test(any_script_and_any_fragment),
        search_test(phones_in_any_writing),
        search_test(a_phone_is_found_with_and_without_its_country),
        search_test(quotes_dashes_and_traditional_characters_are_one),
        search_test(beginnings_come_first),
        search_test(parts_do_not_run_together),
        search_test(replaced_and_forgotten),
        search_test(same_part),
        search_test(like_a_plain_table),
        search_test(in_pieces_as_at_once),
        search_test(same_in_pieces),
        search_test(put_between_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

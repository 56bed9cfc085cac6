/*
 * Which names are nobody's own: by a list with all its kinds of lines, and by the rule without one.
 */
#include "base/check.h"

#include "admin/public_suffix.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char lines[] = "// a comment\n\ncom\nuk\nco.uk\n*.ck\n!www.ck\n*.nom.br\n"
                            "github.io // more\nkawasaki.jp\n";

static void by_a_list(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"co.uk", "any.ck", "x.nom.br", "github.io",
                                           "com.vn" /* the rule */};
    static const char *const own[] = {"shop.co.uk",   "www.ck",   "shop.any.ck",
                                      "nom.example",  "shop.lan", "tefter.home.arpa",
                                      "me.github.io", "uk.co"};
    char path[] = "/tmp/tefter-suffix-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, sizeof lines - 1), sizeof lines - 1);
    (void)close(fd);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        assert_true(public_suffix_by(path, suffixes[i]));
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        assert_false(public_suffix_by(path, own[i]));
    (void)unlink(path);
}

static void without_one(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"co.uk",  "com.vn", "com.cn", "co.ir",
                                           "com.gr", "org.uk", "sch.ir", "home.arpa"};
    static const char *const own[] = {"shop.uk",       "shop.lan",       "shop.local",
                                      "com.shop",      "shop.home.arpa", "till.internal",
                                      "co.uk.example", "hailong.vn"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        assert_true(public_suffix_by(NULL, suffixes[i]));
        assert_true(public_suffix_by("/nowhere/list", suffixes[i]));
        assert_true(public_suffix(suffixes[i]));
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        assert_false(public_suffix_by(NULL, own[i]));
        assert_false(public_suffix(own[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_a_list), cmocka_unit_test(without_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

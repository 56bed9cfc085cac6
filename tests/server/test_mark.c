#include "base/check.h"

#include "recovery/shutdown_marker.h"

#include "datadir/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct mark_place here = {"0a1b2c3d-0000-4000-8000-000000000001", 2049, 77};

static struct mark dirty(const char *boot, uint64_t device, uint64_t mount)
{
    struct mark mark = {.kind = MARK_DIRTY, .place = {.device = device, .mount = mount}};
    snprintf(mark.place.boot, sizeof mark.place.boot, "%s", boot);
    return mark;
}

static void trust_by_kind_boot_and_mount(void **state)
{
    (void)state;
    const struct {
        struct mark mark;
        bool trusted;
    } table[] = {
        {{.kind = MARK_NONE}, false},
        {{.kind = MARK_CLEAN, .seq = 5}, true},
        {dirty(here.boot, 2049, 77), true},
        {dirty("0a1b2c3d-0000-4000-8000-000000000002", 2049, 77), false},
        {dirty(here.boot, 2050, 77), false},
        {dirty(here.boot, 2049, 78), false},
        {dirty("", 2049, 77), false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(mark_distrust(&table[i].mark, &here) == NULL, table[i].trusted);
    assert_non_null(mark_distrust(&table[2].mark, NULL));
    assert_null(mark_distrust(&table[1].mark, NULL));
}

static void clean_names_one_state(void **state)
{
    (void)state;
    struct mark mark = {.kind = MARK_CLEAN, .seq = 5, .outcome = {{1}}};
    struct hash other = {{2}};
    assert_true(mark_matches(&mark, 5, &mark.outcome));
    assert_false(mark_matches(&mark, 6, &mark.outcome));
    assert_false(mark_matches(&mark, 5, &other));
    mark.kind = MARK_DIRTY;
    assert_true(mark_matches(&mark, 6, &other));
}

static void written_marks_are_read(void **state)
{
    const char *path = *state;
    struct failure failure = {.fault = FAULT_NONE};
    struct mark clean = {.kind = MARK_CLEAN, .seq = UINT64_C(12345678901), .outcome = {{9, 8, 7}}};
    struct mark back;
    assert_true(mark_write(path, &clean, &failure));
    mark_read(path, &back);
    assert_int_equal(back.kind, MARK_CLEAN);
    assert_int_equal(back.seq, clean.seq);
    assert_memory_equal(&back.outcome, &clean.outcome, sizeof clean.outcome);
    struct mark own = dirty(here.boot, here.device, here.mount);
    assert_true(mark_write(path, &own, &failure));
    mark_read(path, &back);
    assert_int_equal(back.kind, MARK_DIRTY);
    assert_null(mark_distrust(&back, &here));
}

#define NOT_HEX                                                                                    \
    "CLEAN 2 5 zz00000000000000000000000000000000000000000000000000000000"                         \
    "000000\n"

#define OLD_DIGEST                                                                                 \
    "CLEAN 1 5 0000000000000000000000000000000000000000000000000000000000"                         \
    "000000\n"

static void other_bytes_are_no_mark(void **state)
{
    const char *path = *state;
    const char *const texts[] = {
        "",          "CLEAN",     "CLEAN 2 5 abc\n",
        OLD_DIGEST,  "CLEAN 2 5", "DIRTY\n",
        "DIRTY x\n", NOT_HEX,     "DIRTY 0a1b2c3d-0000-4000-8000-000000000001 2049 77"};
    struct mark back;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(files_write(path, slice_text(texts[i]), 0600, NULL));
        mark_read(path, &back);
        assert_int_equal(back.kind, MARK_NONE);
    }
    unlink(path);
    mark_read(path, &back);
    assert_int_equal(back.kind, MARK_NONE);
}

static void this_place_is_known(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct mark_place a, b;
    assert_true(mark_place_of("/tmp", &a, &failure));
    assert_true(mark_place_of("/tmp", &b, &failure));
    struct mark mark = {.kind = MARK_DIRTY, .place = a};
    assert_null(mark_distrust(&mark, &b));
    assert_true(mark_place_of("/proc", &b, &failure));
    assert_non_null(mark_distrust(&mark, &b));
    assert_false(mark_place_of("/nowhere/at/all", &b, &failure));
}

static int setup(void **state)
{
    static char path[] = "/tmp/tefter-mark-XXXXXX";
    int fd = mkstemp(path);
    close(fd);
    *state = path;
    return fd < 0;
}

static int teardown(void **state)
{
    unlink(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_by_kind_boot_and_mount), cmocka_unit_test(clean_names_one_state),
        cmocka_unit_test(written_marks_are_read),       cmocka_unit_test(other_bytes_are_no_mark),
        cmocka_unit_test(this_place_is_known),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

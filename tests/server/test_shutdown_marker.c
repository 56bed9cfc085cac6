#include "base/check.h"

#include "recovery/shutdown_marker.h"

#include "datadir/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct marker_place here = {"0a1b2c3d-0000-4000-8000-000000000001", 2049, 77};

static struct marker dirty(const char *boot, uint64_t device, uint64_t mount)
{
    struct marker marker = {.kind = MARKER_DIRTY, .place = {.device = device, .mount = mount}};
    snprintf(marker.place.boot, sizeof marker.place.boot, "%s", boot);
    return marker;
}

static void trust_by_kind_boot_and_mount(void **state)
{
    (void)state;
    const struct {
        struct marker marker;
        bool trusted;
    } table[] = {
        {{.kind = MARKER_NONE}, false},
        {{.kind = MARKER_CLEAN, .seq = 5}, true},
        {dirty(here.boot, 2049, 77), true},
        {dirty("0a1b2c3d-0000-4000-8000-000000000002", 2049, 77), false},
        {dirty(here.boot, 2050, 77), false},
        {dirty(here.boot, 2049, 78), false},
        {dirty("", 2049, 77), false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(marker_distrust(&table[i].marker, &here) == NULL, table[i].trusted);
    assert_non_null(marker_distrust(&table[2].marker, NULL));
    assert_null(marker_distrust(&table[1].marker, NULL));
}

static void clean_names_one_state(void **state)
{
    (void)state;
    struct marker marker = {.kind = MARKER_CLEAN, .seq = 5, .state_digest = {{1}}};
    struct hash other = {{2}};
    assert_true(marker_matches(&marker, 5, &marker.state_digest));
    assert_false(marker_matches(&marker, 6, &marker.state_digest));
    assert_false(marker_matches(&marker, 5, &other));
    marker.kind = MARKER_DIRTY;
    assert_true(marker_matches(&marker, 6, &other));
}

static void written_marks_are_read(void **state)
{
    const char *path = *state;
    struct failure failure = {.fault = FAULT_NONE};
    struct marker clean = {.kind = MARKER_CLEAN,
                           .seq = UINT64_C(12345678901),
                           .state_digest = {{9, 8, 7}},
                           .state_sum = {{1, 2}},
                           .vault_sum = {{3, 4}}};
    struct marker back;
    assert_true(marker_write(path, &clean, &failure));
    marker_read(path, &back);
    assert_int_equal(back.kind, MARKER_CLEAN);
    assert_int_equal(back.seq, clean.seq);
    assert_memory_equal(&back.state_digest, &clean.state_digest, sizeof clean.state_digest);
    assert_memory_equal(&back.state_sum, &clean.state_sum, sizeof clean.state_sum);
    assert_memory_equal(&back.vault_sum, &clean.vault_sum, sizeof clean.vault_sum);
    struct marker own = dirty(here.boot, here.device, here.mount);
    assert_true(marker_write(path, &own, &failure));
    marker_read(path, &back);
    assert_int_equal(back.kind, MARKER_DIRTY);
    assert_null(marker_distrust(&back, &here));
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define SUMS " state=" ZEROS " vault=" ZEROS "\n"
#define NOT_HEX                                                                                    \
    "CLEAN 2 5 zz00000000000000000000000000000000000000000000000000000000"                         \
    "000000" SUMS
#define OLD_DIGEST "CLEAN 1 5 " ZEROS SUMS
#define NO_SUMS "CLEAN 2 5 " ZEROS "\n" /* as it was written once */
#define CUT_SUM "CLEAN 2 5 " ZEROS " state=" ZEROS " vault=00\n"

static void other_bytes_are_no_mark(void **state)
{
    const char *path = *state;
    const char *const texts[] = {"",
                                 "CLEAN",
                                 "CLEAN 2 5 abc\n",
                                 OLD_DIGEST,
                                 "CLEAN 2 5",
                                 "DIRTY\n",
                                 NO_SUMS,
                                 CUT_SUM,
                                 "DIRTY x\n",
                                 NOT_HEX,
                                 "DIRTY 0a1b2c3d-0000-4000-8000-000000000001 2049 77"};
    struct marker back;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(files_write(path, slice_text(texts[i]), 0600, NULL));
        marker_read(path, &back);
        assert_int_equal(back.kind, MARKER_NONE);
    }
    unlink(path);
    marker_read(path, &back);
    assert_int_equal(back.kind, MARKER_NONE);
}

static void this_place_is_known(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct marker_place a, b;
    assert_true(marker_place_of("/tmp", &a, &failure));
    assert_true(marker_place_of("/tmp", &b, &failure));
    struct marker marker = {.kind = MARKER_DIRTY, .place = a};
    assert_null(marker_distrust(&marker, &b));
    assert_true(marker_place_of("/proc", &b, &failure));
    assert_non_null(marker_distrust(&marker, &b));
    assert_false(marker_place_of("/nowhere/at/all", &b, &failure));
}

static int setup(void **state)
{
    static char path[] = "/tmp/tefter-marker-XXXXXX";
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

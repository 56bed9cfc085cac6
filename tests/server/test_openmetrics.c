#include "base/check.h"

#include "serve/openmetrics.h"

#include <string.h>

static void a_duration_falls_into_its_bucket(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket(0), 0);
    assert_int_equal(histogram_bucket(1), 0);
    for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_int_equal(histogram_bucket(histogram_bound_us(i)), i);
        assert_int_equal(histogram_bucket(histogram_bound_us(i) + 1), i + 1);
    }
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BOUNDS);
}

static const char *text_of(struct buffer *out)
{
    assert_true(buffer_put(out, "", 1));
    return (const char *)out->data;
}

static void each_family_has_its_form(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 4096);
    openmetrics_gauge(&out, "a_bytes", "bytes", "Size.", UINT64_MAX);
    openmetrics_counter(&out, "b", "Count.", 0);
    openmetrics_seconds(&out, "c_seconds", "Time.", -1500001);
    openmetrics_seconds_counter(&out, "d_seconds", "Time.", 12);
    openmetrics_counters(&out, "e", "By kind.");
    openmetrics_counter_of(&out, "e", "kind", "x", 7);
    openmetrics_fact(&out, "f_info", "Fact.", "version", "1.2.3");
    openmetrics_end(&out);
    assert_string_equal(text_of(&out), "# TYPE a_bytes gauge\n# UNIT a_bytes bytes\n"
                                       "# HELP a_bytes Size.\na_bytes 18446744073709551615\n"
                                       "# TYPE b counter\n# HELP b Count.\nb_total 0\n"
                                       "# TYPE c_seconds gauge\n# UNIT c_seconds seconds\n"
                                       "# HELP c_seconds Time.\nc_seconds -1.500001\n"
                                       "# TYPE d_seconds counter\n# UNIT d_seconds seconds\n"
                                       "# HELP d_seconds Time.\nd_seconds_total 0.000012\n"
                                       "# TYPE e counter\n# HELP e By kind.\n"
                                       "e_total{kind=\"x\"} 7\n"
                                       "# TYPE f_info gauge\n# HELP f_info Fact.\n"
                                       "f_info{version=\"1.2.3\"} 1\n# EOF\n");
    buffer_fini(&out);
}

static void a_histogram_adds_up(void **state)
{
    (void)state;
    static struct histogram histogram;
    struct buffer out;
    histogram_add(&histogram, 3);
    histogram_add(&histogram, 17);
    histogram_add(&histogram, 32);
    histogram_add(&histogram, UINT64_C(20) * 1000 * 1000);
    buffer_init(&out, 8192);
    openmetrics_histogram(&out, "t_seconds", "Time.", &histogram);
    const char *text = text_of(&out);
    assert_non_null(strstr(text, "\nt_seconds_bucket{le=\"0.000016\"} 1\n"));
    assert_non_null(strstr(text, "\nt_seconds_bucket{le=\"0.000032\"} 3\n"));
    assert_non_null(strstr(text, "\nt_seconds_bucket{le=\"16.777216\"} 3\n"));
    assert_non_null(strstr(text, "\nt_seconds_bucket{le=\"+Inf\"} 4\n"
                                 "t_seconds_count 4\nt_seconds_sum 20.000052\n"));
    buffer_fini(&out);
}

static void what_has_no_room_is_seen(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 100);
    for (int i = 0; i < 4; i++)
        openmetrics_gauge(&out, "a", "", "One of several.", 1);
    assert_true(out.overflow);
    buffer_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_falls_into_its_bucket),
        cmocka_unit_test(each_family_has_its_form),
        cmocka_unit_test(a_histogram_adds_up),
        cmocka_unit_test(what_has_no_room_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "serve/openmetrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { LINE_TEXT_MAX = 400, SECONDS_TEXT_MAX = 32, SECOND_US = 1000 * 1000 };

__attribute__((format(printf, 2, 3))) static void put(struct buffer *out, const char *format, ...)
{
    char line[LINE_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line)
        out->overflow = true;
    else
        (void)buffer_put(out, line, (size_t)size);
}

static void head(struct buffer *out, const char *name, const char *type, const char *unit,
                 const char *help)
{
    put(out, "# TYPE %s %s\n", name, type);
    if (unit[0] != '\0')
        put(out, "# UNIT %s %s\n", name, unit);
    put(out, "# HELP %s %s\n", name, help);
}

static const char *seconds(int64_t us, char text[SECONDS_TEXT_MAX])
{
    uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    (void)snprintf(text, SECONDS_TEXT_MAX, "%s%" PRIu64 ".%06" PRIu64, us < 0 ? "-" : "",
                   size / SECOND_US, size % SECOND_US);
    return text;
}

void openmetrics_gauge(struct buffer *out, const char *name, const char *unit, const char *help,
                       uint64_t value)
{
    head(out, name, "gauge", unit, help);
    put(out, "%s %" PRIu64 "\n", name, value);
}

void openmetrics_counter(struct buffer *out, const char *name, const char *help, uint64_t value)
{
    head(out, name, "counter", "", help);
    put(out, "%s_total %" PRIu64 "\n", name, value);
}

void openmetrics_seconds(struct buffer *out, const char *name, const char *help, int64_t value_us)
{
    char text[SECONDS_TEXT_MAX];
    head(out, name, "gauge", "seconds", help);
    put(out, "%s %s\n", name, seconds(value_us, text));
}

void openmetrics_seconds_counter(struct buffer *out, const char *name, const char *help,
                                 int64_t value_us)
{
    char text[SECONDS_TEXT_MAX];
    head(out, name, "counter", "seconds", help);
    put(out, "%s_total %s\n", name, seconds(value_us, text));
}

/* The count is the sum of what was read: the buckets go on meanwhile. */
void openmetrics_histogram(struct buffer *out, const char *name, const char *help,
                           const struct histogram *histogram)
{
    char text[SECONDS_TEXT_MAX];
    uint64_t count = 0;
    head(out, name, "histogram", "seconds", help);
    for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        bool last = i == HISTOGRAM_BOUNDS;
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        put(out, "%s_bucket{le=\"%s\"} %" PRIu64 "\n", name,
            last ? "+Inf" : seconds((int64_t)histogram_bound_us(i), text), count);
    }
    uint64_t sum_us = atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    put(out, "%s_count %" PRIu64 "\n%s_sum %s\n", name, count, name,
        seconds((int64_t)sum_us, text));
}

void openmetrics_counters(struct buffer *out, const char *name, const char *help)
{
    head(out, name, "counter", "", help);
}

void openmetrics_counter_of(struct buffer *out, const char *name, const char *label, const char *of,
                            uint64_t value)
{
    put(out, "%s_total{%s=\"%s\"} %" PRIu64 "\n", name, label, of, value);
}

void openmetrics_seconds_each(struct buffer *out, const char *name, const char *help)
{
    head(out, name, "gauge", "seconds", help);
}

void openmetrics_seconds_of(struct buffer *out, const char *name, const char *label, const char *of,
                            uint64_t value_us)
{
    char text[SECONDS_TEXT_MAX];
    put(out, "%s{%s=\"%s\"} %s\n", name, label, of, seconds((int64_t)value_us, text));
}

void openmetrics_fact(struct buffer *out, const char *name, const char *help, const char *label,
                      const char *fact)
{
    head(out, name, "gauge", "", help);
    put(out, "%s{%s=\"%s\"} 1\n", name, label, fact);
}

void openmetrics_end(struct buffer *out)
{
    put(out, "# EOF\n");
}

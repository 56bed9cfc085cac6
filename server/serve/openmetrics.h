#pragma once
/*
 * Writes OpenMetrics text (version 1.0.0), one family after the other; openmetrics_end closes it. A
 * buffer that is full keeps its overflow flag: look at it once, at the end.
 *
 * Names, units, help and labels are constants of the program: nothing is escaped. A name ends with
 * its unit; a counter's samples get _total. Used by metrics.
 */
#include "engine/histogram.h"

#include "base/bytes.h"

#include <stdint.h>

#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* unit may be "". */
void openmetrics_gauge(struct buffer *out, const char *name, const char *unit, const char *help,
                       uint64_t value);
void openmetrics_counter(struct buffer *out, const char *name, const char *help, uint64_t value);
/* The name ends with _seconds; value in microseconds. */
void openmetrics_seconds(struct buffer *out, const char *name, const char *help, int64_t value_us);
void openmetrics_seconds_counter(struct buffer *out, const char *name, const char *help,
                                 int64_t value_us);
void openmetrics_histogram(struct buffer *out, const char *name, const char *help,
                           const struct histogram *histogram);

/* A counter with one label: first its head, then a line for each value of the label. */
void openmetrics_counters(struct buffer *out, const char *name, const char *help);
void openmetrics_counter_of(struct buffer *out, const char *name, const char *label, const char *of,
                            uint64_t value);
/* A gauge of seconds with one label, likewise; value in microseconds. */
void openmetrics_seconds_each(struct buffer *out, const char *name, const char *help);
void openmetrics_seconds_of(struct buffer *out, const char *name, const char *label, const char *of,
                            uint64_t value_us);
/* A gauge of value 1 that carries a fact as its label. */
void openmetrics_fact(struct buffer *out, const char *name, const char *help, const char *label,
                      const char *fact);

void openmetrics_end(struct buffer *out);

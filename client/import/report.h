#pragma once
/*
 * The summary of an import, for people and as JSON.
 */
#include "import/run.h"

struct report {
    const struct import_settings *settings;
    const struct currency *currency;
    const struct run_result *result;
    const struct sink *sink;
    const struct rejects *rejects;
    const char *failure; /* NULL: it went to the end */
};

void report_tell(const struct report *report, FILE *out);
void report_json(const struct report *report, FILE *out);

/* Exact, in `10^-decimals` units: "9747747.934". */
enum { EXACT_TEXT_MAX = 64 };
const char *exact_text(__int128 value, int decimals, int least, char out[EXACT_TEXT_MAX]);

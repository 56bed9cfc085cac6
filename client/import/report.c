#include "import/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/date.h"
#include "base/tell.h"
#include "words/words.h"

enum { SECOND_MS = 1000, DIGITS_MAX = 40 };

/* ---- numbers ---- */

const char *exact_text(__int128 value, int decimals, int least, char out[EXACT_TEXT_MAX])
{
    char digits[DIGITS_MAX] = "";
    int count = 0;
    unsigned __int128 left =
        value < 0 ? (unsigned __int128)0 - (unsigned __int128)value : (unsigned __int128)value;
    for (; left > 0 || count <= decimals; left /= 10)
        digits[count++] = (char)('0' + (int)(left % 10));
    int last = 0; /* zeros behind the decimals that must stand are left out */
    while (last < decimals - least && digits[last] == '0')
        last++;
    char *at = out;
    if (value < 0)
        *at++ = '-';
    for (int i = count - 1; i >= last; i--) {
        *at++ = digits[i];
        if (i > decimals && (i - decimals) % 3 == 0)
            *at++ = ',';
        else if (i == decimals && i > last)
            *at++ = '.';
    }
    *at = '\0';
    return out;
}

static uint64_t per_second(uint64_t count, uint64_t ms)
{
    return ms == 0 ? count * SECOND_MS : count * SECOND_MS / ms;
}

/* ---- for people ---- */

enum { LABEL_COLUMNS = 10, LINE_SIZE = 2048 };

#define COUNT(count) count_text((count), (char[COUNT_TEXT_MAX]){""})
#define NUMBERED(line) line_text((line), (char[COUNT_TEXT_MAX]){""})

static const char *line_text(uint64_t line, char out[COUNT_TEXT_MAX])
{
    (void)snprintf(out, COUNT_TEXT_MAX, "%" PRIu64, line);
    return out;
}

/* "label      sentence": one of the summary. */
__attribute__((sentinel)) static void say(const struct report *report, FILE *out, const char *label,
                                          const char *message, ...)
{
    char line[LINE_SIZE];
    enum language language = report->settings->language;
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(line, sizeof line, language, message, facts);
    va_end(facts);
    tell(out, "%-*s %s\n", (int)LABEL_COLUMNS, words_in(language, label), line);
}

/* The one sentence or the other, by how many there are. */
static const char *by_count(const struct report *report, const char *one, const char *many,
                            uint64_t count)
{
    return words_many(report->settings->language, one, many, count);
}

static bool has_money(const struct report *report)
{
    return kind_has_money(report->settings->kind);
}

static void tell_documents(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    say(report, out, kind_noun(report->settings->kind),
        report->settings->dry_run
            ? N_("{sent} would be sent, {there} already there, {rejected} rejected|, {changed} "
                 "changed| ({conflicts} in conflict with the ledger)")
            : N_("{sent} sent, {there} already there, {rejected} rejected|, {changed} changed| "
                 "({conflicts} in conflict with the ledger)"),
        "sent", COUNT(result->sent_documents), "there", COUNT(result->there), "rejected",
        COUNT(result->rejected), "changed", result->changed > 0 ? COUNT(result->changed) : NULL,
        "conflicts", result->conflicts > 0 ? COUNT(result->conflicts) : NULL, NULL);
}

static void tell_kinds(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    if (!kind_has_lines(report->settings->kind) || result->sent_documents == 0)
        return;
    say(report, out, "",
        N_("invoices {invoices}| ({zero} come to nothing)|, credit notes {credit_notes}"),
        "invoices", COUNT(result->sent[ENTRY_INVOICE]), "zero",
        result->zero_documents > 0 ? COUNT(result->zero_documents) : NULL, "credit_notes",
        COUNT(result->sent[ENTRY_CREDIT_NOTE]), NULL);
    if (result->without_customer > 0)
        say(report, out, "",
            N_("{count} without a customer, on the cash customer|, sales paid by {paid}"), "count",
            COUNT(result->without_customer), "paid", report->settings->paid, NULL);
}

static void tell_rows(const struct report *report, FILE *out)
{
    say(report, out, N_("rows"), N_("{count}, {rejected} rejected"), "count",
        COUNT(report->result->rows), "rejected", COUNT(report->result->rejected_rows), NULL);
}

static void tell_made(const struct report *report, FILE *out)
{
    if (report->sink->customers_made + report->sink->products_made > 0)
        say(report, out, N_("import::new"),
            report->settings->dry_run
                ? N_("customers {customers}, products {products} would be made")
                : N_("customers {customers}, products {products} made"),
            "customers", COUNT(report->sink->customers_made), "products",
            COUNT(report->sink->products_made), NULL);
}

static void tell_money(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    int exponent = report->currency->exponent;
    char exact[EXACT_TEXT_MAX];
    char rounded[EXACT_TEXT_MAX];
    char there[EXACT_TEXT_MAX];
    if (!has_money(report))
        return;
    (void)exact_text(result->exact, exponent + LINE_EXPONENT, exponent, exact);
    (void)exact_text(result->total_minor, exponent, exponent, rounded);
    (void)exact_text(result->there_minor, exponent, exponent, there);
    say(report, out, N_("total"),
        N_("{total} {currency}| ({exact} before rounding, discount and tax)|, and {there} already "
           "there"),
        "total", rounded, "currency", report->currency->code, "exact",
        strcmp(exact, rounded) != 0 ? exact : NULL, "there", result->there > 0 ? there : NULL,
        NULL);
}

static void tell_dates(const struct report *report, FILE *out)
{
    char first[DATE_TEXT_SIZE];
    char last[DATE_TEXT_SIZE];
    if (report->result->first_date == DATE_NONE)
        return;
    date_write(report->result->first_date, first);
    date_write(report->result->last_date, last);
    say(report, out, N_("dates"), N_("{first} to {last}"), "first", first, "last", last, NULL);
}

/* The file's own total, where its rows come to something else. */
static void tell_own_total(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    int exponent = report->currency->exponent;
    char said[EXACT_TEXT_MAX];
    char made[EXACT_TEXT_MAX];
    if (run_totals_differ(result))
        say(report, out, "", N_("the file's own total is {said}, and its rows come to {made}"),
            "said", exact_text(result->said_minor, exponent, exponent, said), "made",
            exact_text(result->column_minor, exponent, exponent, made), NULL);
}

static void tell_oddities(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    if (result->free_lines > 0)
        say(report, out, N_("custom lines"), N_("{count}, for their code is none: \"{example}\""),
            "count", COUNT(result->free_lines), "example", result->free_example, NULL);
    if (result->cut_texts > 0)
        say(report, out, N_("import::cut"),
            by_count(report,
                     MANY_("{count} text longer than the ledger takes",
                           "{count} texts longer than the ledger takes"),
                     result->cut_texts),
            "count", COUNT(result->cut_texts), NULL);
    if (result->totals > 0)
        say(report, out, N_("totals"),
            by_count(report,
                     MANY_("{count} row sums up others and is left out (line {line}: "
                           "\"{example}\")",
                           "{count} rows sum up others and are left out (line {line}: "
                           "\"{example}\")"),
                     result->totals),
            "count", COUNT(result->totals), "line", NUMBERED(result->total_line), "example",
            result->total_example, NULL);
    tell_own_total(report, out);
    if (result->left_out[0] != '\0')
        say(report, out, N_("not used"), "{columns}", "columns", result->left_out, NULL);
    if (result->repeats > 0)
        say(report, out, N_("repeats"),
            by_count(report,
                     MANY_("{count} row is just like another row of its document, and counts (line "
                           "{line} is like line {of})",
                           "{count} rows are just like another row of their document, and count "
                           "(line {line} is like line {of})"),
                     result->repeats),
            "count", COUNT(result->repeats), "line", NUMBERED(result->repeat_line), "of",
            NUMBERED(result->repeat_of), NULL);
    if (result->nothing_owed > 0)
        say(report, out, N_("import::nothing"),
            by_count(report, MANY_("{count} balance is 0", "{count} balances are 0"),
                     result->nothing_owed),
            "count", COUNT(result->nothing_owed), NULL);
    if (result->renamed > 0)
        say(report, out, N_("codes"),
            by_count(report,
                     MANY_("{count} has a customer whose code was none: now like {example}",
                           "{count} have a customer whose code was none: now like {example}"),
                     result->renamed),
            "count", COUNT(result->renamed), "example", result->renamed_example, NULL);
}

static void tell_time(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    uint64_t told = result->sent_documents + result->there + result->rejected;
    char seconds[COUNT_TEXT_MAX];
    (void)snprintf(seconds, sizeof seconds, "%" PRIu64 ".%02" PRIu64, result->ms / SECOND_MS,
                   result->ms % SECOND_MS / 10);
    say(report, out, N_("import::time"), N_("{seconds} s: {documents} {what}/s, {rows} rows/s"),
        "seconds", seconds, "documents", COUNT(per_second(told, result->ms)), "what",
        words_in(report->settings->language, kind_noun(report->settings->kind)), "rows",
        COUNT(per_second(result->rows, result->ms)), NULL);
}

/* The most frequent reason first, with the first row that has it. */
static void tell_reasons(const struct report *report, FILE *out)
{
    const struct rejects *rejects = report->rejects;
    bool told[REJECTS_REASONS] = {false};
    for (uint32_t done = 0; done < rejects->reason_count; done++) {
        uint32_t most = rejects->reason_count;
        for (uint32_t i = 0; i < rejects->reason_count; i++)
            if (!told[i] && (most == rejects->reason_count ||
                             rejects->reasons[i].count > rejects->reasons[most].count))
                most = i;
        const struct reject *reject = &rejects->reasons[most];
        told[most] = true;
        say(report, out, "",
            reject->count == 1 ? N_("line {line}: {why}")
                               : N_("{count} times, first in line {line}: {why}"),
            "count", COUNT(reject->count), "line", NUMBERED(reject->line), "why", reject->why,
            NULL);
    }
    if (rejects->other > 0)
        say(report, out, "",
            by_count(report,
                     MANY_("{count} time for other reasons", "{count} times for other reasons"),
                     rejects->other),
            "count", COUNT(rejects->other), NULL);
}

/* It was weighed and not begun: nothing of it is called sent. */
static void tell_unsent(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    say(report, out, kind_noun(report->settings->kind),
        by_count(
            report,
            MANY_("0 sent; {count} is good in the file", "0 sent; {count} are good in the file"),
            result->sent_documents),
        "count", COUNT(result->sent_documents), NULL);
    tell_rows(report, out);
    tell_money(report, out);
    tell_dates(report, out);
    tell_oddities(report, out);
    tell_reasons(report, out);
    (void)fflush(out);
}

void report_tell(const struct report *report, FILE *out)
{
    if (report->result->unsent) {
        tell_unsent(report, out);
        return;
    }
    tell_documents(report, out);
    tell_kinds(report, out);
    tell_rows(report, out);
    tell_made(report, out);
    tell_money(report, out);
    tell_dates(report, out);
    tell_oddities(report, out);
    tell_time(report, out);
    if (report->result->rejected_rows > 0)
        say(report, out, N_("rejects"), "{path}", "path", report->rejects->path, NULL);
    tell_reasons(report, out);
    if (report->settings->dry_run)
        tell(out, "%s\n",
             words_in(report->settings->language, N_("nothing was sent: this was a dry run")));
    (void)fflush(out);
}

/* ---- for programs ---- */

static void json_text(FILE *out, const char *name, const char *value)
{
    char shown[TELL_JSON_MAX];
    (void)fprintf(out, ",\"%s\":\"", name);
    for (size_t left = strlen(value); left > 0;) {
        size_t taken = tell_json(value, left, shown);
        (void)fputs(shown, out);
        value += taken;
        left -= taken;
    }
    (void)fputc('"', out);
}

static void json_count(FILE *out, const char *name, uint64_t value)
{
    tell(out, ",\"%s\":%" PRIu64, name, value);
}

/* Totals are text, for they may have more digits than a number of JSON keeps. */
static void json_money(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    int exponent = report->currency->exponent;
    char text[EXACT_TEXT_MAX];
    char plain[EXACT_TEXT_MAX];
    const __int128 values[] = {result->exact, result->total_minor, result->there_minor};
    static const char *const names[] = {"exact", "total", "total_there"};
    for (size_t i = 0; i < 3; i++) {
        int decimals = i == 0 ? exponent + LINE_EXPONENT : exponent;
        size_t size = 0;
        (void)exact_text(values[i], decimals, exponent, text);
        for (size_t k = 0; text[k] != '\0'; k++)
            if (text[k] != ',')
                plain[size++] = text[k];
        plain[size] = '\0';
        json_text(out, names[i], plain);
    }
    json_text(out, "currency", report->currency->code);
}

static void json_dates(const struct report *report, FILE *out)
{
    char date[DATE_TEXT_SIZE];
    if (report->result->first_date == DATE_NONE)
        return;
    date_write(report->result->first_date, date);
    json_text(out, "first_date", date);
    date_write(report->result->last_date, date);
    json_text(out, "last_date", date);
}

void report_json(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    tell(out, "{\"kind\":\"%s\",\"dry_run\":%s,\"complete\":%s", kind_word(report->settings->kind),
         report->settings->dry_run ? "true" : "false", report->failure == NULL ? "true" : "false");
    json_count(out, "sent", result->unsent ? 0 : result->sent_documents);
    json_count(out, "changed", result->changed);
    json_count(out, "already_there", result->there);
    json_count(out, "rejected", result->rejected);
    json_count(out, "conflicts", result->conflicts);
    json_count(out, "invoices", result->unsent ? 0 : result->sent[ENTRY_INVOICE]);
    json_count(out, "credit_notes", result->unsent ? 0 : result->sent[ENTRY_CREDIT_NOTE]);
    json_count(out, "rows", result->rows);
    json_count(out, "rejected_rows", result->rejected_rows);
    json_count(out, "customers_made", report->sink->customers_made);
    json_count(out, "products_made", report->sink->products_made);
    json_count(out, "totals_left_out", result->totals);
    if (result->left_out[0] != '\0')
        json_text(out, "not_used", result->left_out);
    json_count(out, "repeats", result->repeats);
    json_count(out, "nothing_owed", result->nothing_owed);
    json_count(out, "free_lines", result->free_lines);
    json_count(out, "cut_texts", result->cut_texts);
    json_count(out, "resumed_line", result->resumed_line);
    json_count(out, "ms", result->ms);
    if (has_money(report))
        json_money(report, out);
    json_dates(report, out);
    if (result->rejected_rows > 0)
        json_text(out, "rejects", report->rejects->path);
    if (report->failure != NULL)
        json_text(out, "failure", report->failure);
    (void)fputs("}\n", out);
    (void)fflush(out);
}

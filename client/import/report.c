#include "import/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "base/tell.h"

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

static bool has_money(const struct report *report)
{
    return kind_has_money(report->settings->kind);
}

static void tell_documents(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    char sent[COUNT_TEXT_MAX];
    char there[COUNT_TEXT_MAX];
    char rejected[COUNT_TEXT_MAX];
    char changed[COUNT_TEXT_MAX];
    tell(out, "%-10s %s %s, %s already there, %s rejected", kind_noun(report->settings->kind),
         count_text(result->sent_documents, sent),
         report->settings->dry_run ? "would be sent" : "sent", count_text(result->there, there),
         count_text(result->rejected, rejected));
    if (result->changed > 0)
        tell(out, ", %s changed", count_text(result->changed, changed));
    if (result->conflicts > 0)
        tell(out, " (%" PRIu64 " in conflict with the ledger)", result->conflicts);
    (void)fputc('\n', out);
}

static void tell_kinds(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    char count[COUNT_TEXT_MAX];
    if (!kind_has_lines(report->settings->kind) || result->sent_documents == 0)
        return;
    tell(out, "           invoices %s", count_text(result->sent[ENTRY_INVOICE], count));
    if (result->zero_documents > 0)
        tell(out, " (%s come to nothing)", count_text(result->zero_documents, count));
    tell(out, ", credit notes %s\n", count_text(result->sent[ENTRY_CREDIT_NOTE], count));
    if (result->without_customer > 0)
        tell(out, "           %s without a customer, on the cash customer%s%s\n",
             count_text(result->without_customer, count),
             report->settings->paid != NULL ? ", sales paid by " : "",
             report->settings->paid != NULL ? report->settings->paid : "");
}

static void tell_rows(const struct report *report, FILE *out)
{
    char rows[COUNT_TEXT_MAX];
    char rejected[COUNT_TEXT_MAX];
    tell(out, "rows       %s, %s rejected\n", count_text(report->result->rows, rows),
         count_text(report->result->rejected_rows, rejected));
}

static void tell_made(const struct report *report, FILE *out)
{
    const char *made = report->settings->dry_run ? "would be made" : "made";
    char customers[COUNT_TEXT_MAX];
    char products[COUNT_TEXT_MAX];
    if (report->sink->customers_made + report->sink->products_made > 0)
        tell(out, "new        customers %s, products %s %s\n",
             count_text(report->sink->customers_made, customers),
             count_text(report->sink->products_made, products), made);
}

static void tell_money(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    int exponent = report->currency->exponent;
    char exact[EXACT_TEXT_MAX];
    char rounded[EXACT_TEXT_MAX];
    if (!has_money(report))
        return;
    (void)exact_text(result->exact, exponent + LINE_EXPONENT, exponent, exact);
    (void)exact_text(result->total_minor, exponent, exponent, rounded);
    tell(out, "total      %s %s", rounded, report->currency->code);
    if (strcmp(exact, rounded) != 0)
        tell(out, " (%s before rounding, discount and tax)", exact);
    if (result->there > 0)
        tell(out, ", and %s already there",
             exact_text(result->there_minor, exponent, exponent, exact));
    (void)fputc('\n', out);
}

static void tell_dates(const struct report *report, FILE *out)
{
    char first[DATE_TEXT_SIZE];
    char last[DATE_TEXT_SIZE];
    if (report->result->first_date == DATE_NONE)
        return;
    date_write(report->result->first_date, first);
    date_write(report->result->last_date, last);
    tell(out, "dates      %s to %s\n", first, last);
}

/* The file's own total, where its rows come to something else. */
static void tell_own_total(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    int exponent = report->currency->exponent;
    char said[EXACT_TEXT_MAX];
    char made[EXACT_TEXT_MAX];
    if (run_totals_differ(result))
        tell(out, "           the file's own total is %s, and its rows come to %s\n",
             exact_text(result->said_minor, exponent, exponent, said),
             exact_text(result->column_minor, exponent, exponent, made));
}

static void tell_oddities(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    char count[COUNT_TEXT_MAX];
    if (result->free_lines > 0)
        tell(out, "custom lines %s, for their code is none: \"%s\"\n",
             count_text(result->free_lines, count), result->free_example);
    if (result->cut_texts > 0)
        tell(out, "cut        %s %s longer than the ledger takes\n",
             count_text(result->cut_texts, count), result->cut_texts == 1 ? "text" : "texts");
    if (result->totals > 0)
        tell(out, "totals     %s %s left out (line %" PRIu64 ": \"%s\")\n",
             count_text(result->totals, count),
             result->totals == 1 ? "row sums up others and is" : "rows sum up others and are",
             result->total_line, result->total_example);
    tell_own_total(report, out);
    if (result->left_out[0] != '\0')
        tell(out, "not used   %s\n", result->left_out);
    if (result->repeats > 0)
        tell(out, "repeats    %s %s (line %" PRIu64 " is like line %" PRIu64 ")\n",
             count_text(result->repeats, count),
             result->repeats == 1 ? "row is just like another row of its document, and counts"
                                  : "rows are just like another row of their document, and count",
             result->repeat_line, result->repeat_of);
    if (result->nothing_owed > 0)
        tell(out, "nothing    %s %s 0\n", count_text(result->nothing_owed, count),
             result->nothing_owed == 1 ? "balance is" : "balances are");
    if (result->renamed > 0)
        tell(out, "codes      %s %s a customer whose code was none: now like %s\n",
             count_text(result->renamed, count), result->renamed == 1 ? "has" : "have",
             result->renamed_example);
}

static void tell_time(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    uint64_t told = result->sent_documents + result->there + result->rejected;
    char documents[COUNT_TEXT_MAX];
    char rows[COUNT_TEXT_MAX];
    tell(out, "time       %" PRIu64 ".%02" PRIu64 " s: %s %s/s, %s rows/s\n",
         result->ms / SECOND_MS, result->ms % SECOND_MS / 10,
         count_text(per_second(told, result->ms), documents), kind_noun(report->settings->kind),
         count_text(per_second(result->rows, result->ms), rows));
}

/* The most frequent reason first, with the first row that has it. */
static void tell_reasons(const struct report *report, FILE *out)
{
    const struct rejects *rejects = report->rejects;
    bool told[REJECTS_REASONS] = {false};
    char count[COUNT_TEXT_MAX];
    for (uint32_t done = 0; done < rejects->reason_count; done++) {
        uint32_t most = rejects->reason_count;
        for (uint32_t i = 0; i < rejects->reason_count; i++)
            if (!told[i] && (most == rejects->reason_count ||
                             rejects->reasons[i].count > rejects->reasons[most].count))
                most = i;
        const struct reject *reject = &rejects->reasons[most];
        told[most] = true;
        if (reject->count == 1)
            tell(out, "           line %" PRIu64 ": %s\n", reject->line, reject->why);
        else
            tell(out, "           %s times, first in line %" PRIu64 ": %s\n",
                 count_text(reject->count, count), reject->line, reject->why);
    }
    if (rejects->other > 0)
        tell(out, "           %s %s for other reasons\n", count_text(rejects->other, count),
             rejects->other == 1 ? "time" : "times");
}

/* It was weighed and not begun: nothing of it is called sent. */
static void tell_unsent(const struct report *report, FILE *out)
{
    const struct run_result *result = report->result;
    char good[COUNT_TEXT_MAX];
    tell(out, "%-10s 0 sent; %s %s good in the file\n", kind_noun(report->settings->kind),
         count_text(result->sent_documents, good), result->sent_documents == 1 ? "is" : "are");
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
        tell(out, "rejects    %s\n", report->rejects->path);
    tell_reasons(report, out);
    if (report->settings->dry_run)
        (void)fputs("nothing was sent: this was a dry run\n", out);
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

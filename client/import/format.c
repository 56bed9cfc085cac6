#include "import/format.h"
#include "import/import.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 120, FLUSH_BYTES = 256 * 1024, MEMORY_MB = 2048 };

/* ---- the forms ---- */

static bool is_xlsx(struct slice head)
{
    return slice_starts(head, slice_of("PK\x03\x04", 4));
}

static bool is_old_spreadsheet(struct slice head)
{
    return slice_starts(head, slice_of("\xD0\xCF\x11\xE0", 4));
}

static bool is_gzip(struct slice head)
{
    return slice_starts(head, slice_of("\x1F\x8B", 2));
}

static bool is_pdf(struct slice head)
{
    return slice_starts(head, slice_text("%PDF-"));
}

/* By its mark, or by a NUL in every second byte of the first line. */
static bool is_utf16(struct slice head)
{
    size_t zeros[2] = {0, 0};
    if (slice_starts(head, slice_of("\xFF\xFE", 2)) || slice_starts(head, slice_of("\xFE\xFF", 2)))
        return true;
    size_t size = head.size < 200 ? head.size & ~(size_t)1 : 200;
    for (size_t i = 0; i < size; i++)
        zeros[i & 1] += head.data[i] == 0;
    return size >= 8 && (zeros[0] > size / 4) != (zeros[1] > size / 4);
}

/* Behind a byte order mark and blanks, a tag. */
static bool is_tagged(struct slice head, bool page)
{
    static const char *const pages[] = {"<!doctype html", "<html", "<table", "<head"};
    size_t at = slice_starts(head, slice_of("\xEF\xBB\xBF", 3)) ? 3 : 0;
    while (at < head.size && strchr(" \t\r\n", head.data[at]) != NULL && head.data[at] != '\0')
        at++;
    const char *text = (const char *)head.data + at;
    size_t left = head.size - at;
    bool html = false;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        html = html ||
               (left >= strlen(pages[i]) && strncasecmp(text, pages[i], strlen(pages[i])) == 0);
    bool tag = left > 2 && text[0] == '<' &&
               (text[1] == '?' || text[1] == '!' || isalpha((unsigned char)text[1]) != 0);
    return page ? html : tag && !html;
}

static bool is_xml(struct slice head)
{
    return is_tagged(head, false);
}

static bool is_html(struct slice head)
{
    return is_tagged(head, true);
}

static const struct format formats[] = {
    {"gzip", is_gzip, NULL, "is packed by gzip: zcat FILE | tefter import KIND -", false},
    {"XLSX", is_xlsx, xlsx_make, NULL, true},
    {"XLS", is_old_spreadsheet, NULL, "is an old spreadsheet: save it as XLSX or CSV first", false},
    {"PDF", is_pdf, NULL,
     "is a PDF, made to be looked at: ask for the same as a spreadsheet or CSV", false},
    {"XML", is_xml, NULL,
     "is XML, as e-invoices are, which is not read: ask for the same as a spreadsheet or CSV",
     false},
    {"HTML", is_html, NULL, "is a page of HTML, whatever its name: save it as XLSX or CSV first",
     false},
    {"UTF-16", is_utf16, utf16_make, NULL, false},
};

const struct format *format_of(struct slice head)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i].is(head))
            return &formats[i];
    return NULL;
}

/* ---- a process of its own ---- */

struct verdict {
    bool good;
    char said[FORMAT_SAID_MAX];
    char hidden[FORMAT_HIDDEN_MAX];
    char sheets[FORMAT_SHEETS_MAX];
    char read_sheet[FORMAT_HIDDEN_MAX];
    char why[FAILURE_TEXT_MAX];
};

static void limit(int what, rlim_t most)
{
    const struct rlimit bound = {most, most};
    (void)setrlimit((__rlimit_resource_t)what, &bound);
}

__attribute__((noreturn)) static void work(const struct format *format, struct format_job *job,
                                           int told)
{
    struct verdict verdict = {.good = false};
    struct failure failure = {FAULT_NONE, 0, ""};
    (void)signal(SIGTERM, SIG_DFL); /* whoever waits for it is told to stop as well */
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, FORMAT_OUT_MAX);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    limit(RLIMIT_AS, (rlim_t)MEMORY_MB << 20);
#endif
    verdict.good = format->make(job, &failure);
    memcpy(verdict.said, job->said, sizeof verdict.said);
    memcpy(verdict.hidden, job->hidden, sizeof verdict.hidden);
    memcpy(verdict.sheets, job->sheets, sizeof verdict.sheets);
    memcpy(verdict.read_sheet, job->read_sheet, sizeof verdict.read_sheet);
    (void)snprintf(verdict.why, sizeof verdict.why, "%s", failure.text);
    bool written = write(told, &verdict, sizeof verdict) == (ssize_t)sizeof verdict;
    _exit(written ? 0 : 1);
}

static bool hear(int from, struct verdict *ret_verdict)
{
    size_t size = 0;
    ssize_t got;
    while (size < sizeof *ret_verdict) {
        got = read(from, (uint8_t *)ret_verdict + size, sizeof *ret_verdict - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        size += (size_t)got;
    }
    ret_verdict->said[FORMAT_SAID_MAX - 1] = '\0';
    ret_verdict->hidden[FORMAT_HIDDEN_MAX - 1] = '\0';
    ret_verdict->sheets[FORMAT_SHEETS_MAX - 1] = '\0';
    ret_verdict->read_sheet[FORMAT_HIDDEN_MAX - 1] = '\0';
    ret_verdict->why[FAILURE_TEXT_MAX - 1] = '\0';
    return true;
}

bool format_make(const struct format *format, struct format_job *job, struct failure *failure)
{
    int ends[2];
    struct verdict verdict = {.good = false};
    if (pipe(ends) != 0)
        return fail(failure, FAULT_IO, errno, "cannot read the file apart");
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        work(format, job, ends[1]);
    }
    (void)close(ends[1]);
    bool heard = child > 0 && hear(ends[0], &verdict);
    (void)close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    if (!heard && *import_stopped() != 0)
        return fail(failure, FAULT_BUSY, 0, "stopped");
    if (!heard)
        return fail(failure, FAULT_USE, 0,
                    "this %s file cannot be read: it takes more time or memory than any real one. "
                    "Save it as CSV",
                    format->word);
    memcpy(job->said, verdict.said, sizeof job->said);
    memcpy(job->hidden, verdict.hidden, sizeof job->hidden);
    memcpy(job->sheets, verdict.sheets, sizeof job->sheets);
    memcpy(job->read_sheet, verdict.read_sheet, sizeof job->read_sheet);
    return verdict.good || fail(failure, FAULT_USE, 0, "%s", verdict.why);
}

/* ---- text on its way out ---- */

void format_out_begin(struct format_out *out, int fd)
{
    *out = (struct format_out){.fd = fd};
    buffer_init(&out->text, (size_t)2 * FLUSH_BYTES);
}

static void flush(struct format_out *out)
{
    size_t done = 0;
    while (done < out->text.size && !out->failed) {
        ssize_t put = write(out->fd, out->text.data + done, out->text.size - done);
        if (put > 0)
            done += (size_t)put;
        else
            out->failed = put == 0 || errno != EINTR;
    }
    out->written += done;
    buffer_clear(&out->text);
}

void format_out_put(struct format_out *out, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size && !out->failed;) {
        size_t piece = size - done < FLUSH_BYTES ? size - done : FLUSH_BYTES;
        if (out->text.size + piece > (size_t)2 * FLUSH_BYTES - 1)
            flush(out);
        out->failed = out->failed ||
                      !buffer_put(&out->text, (const uint8_t *)bytes + done, piece) ||
                      out->written > FORMAT_OUT_MAX;
        done += piece;
    }
}

void format_out_cell(struct format_out *out, struct slice cell, bool first)
{
    format_out_put(out, first ? "\"" : ",\"", first ? 1 : 2);
    size_t from = 0;
    for (size_t i = 0; i < cell.size; i++) {
        bool line_break = cell.data[i] == '\n' || cell.data[i] == '\r';
        if (!line_break && cell.data[i] != '"')
            continue;
        format_out_put(out, cell.data + from, i - from);
        format_out_put(out, line_break ? " " : "\"\"", line_break ? 1 : 2);
        from = i + 1;
    }
    if (cell.size > from)
        format_out_put(out, cell.data + from, cell.size - from);
    format_out_put(out, "\"", 1);
}

bool format_out_end(struct format_out *out, struct failure *failure)
{
    flush(out);
    bool good = !out->failed;
    buffer_fini(&out->text);
    return good || fail(failure, FAULT_IO, 0,
                        "there is no room to unpack the file in, or it unpacks "
                        "to more than any real one");
}

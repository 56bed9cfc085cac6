#include "access/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/limits.h"

enum { LINE_MAX_BYTES = 512, NOISY_PER_SECOND = 20 };

struct audit {
    char *path;
    char *older;
    int fd;
    uint64_t lines;
    int64_t second; /* of the newest noisy line */
    uint32_t noisy;
    uint64_t left_out;
};

/* ---- opening ---- */

static int open_log(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static uint64_t count_lines(const char *path)
{
    uint64_t lines = 0;
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        lines += strchr(line, '\n') != NULL ? 1 : 0;
    if (file != NULL)
        (void)fclose(file);
    return lines;
}

static bool name_files(struct audit *audit, const char *path)
{
    audit->path = strdup(path);
    return audit->path != NULL && asprintf(&audit->older, "%s.1", path) > 0;
}

bool audit_open(const char *path, struct audit **ret_audit, struct failure *failure)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the audit log");
    audit->fd = -1;
    *ret_audit = audit;
    if (path == NULL)
        return true;
    if (!name_files(audit, path)) {
        audit_close(audit);
        return fail(failure, FAULT_MEMORY, 0, "no memory for the audit log");
    }
    audit->lines = count_lines(path);
    audit->fd = open_log(path);
    if (audit->fd >= 0)
        return true;
    int error = errno;
    audit_close(audit);
    return fail(failure, FAULT_IO, error, "cannot open the audit log %s", path);
}

void audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    if (audit->fd >= 0)
        (void)close(audit->fd);
    free(audit->path);
    free(audit->older);
    free(audit);
}

/* ---- writing ---- */

static void rotate(struct audit *audit)
{
    int fresh = -1;
    if (rename(audit->path, audit->older) == 0)
        fresh = open_log(audit->path);
    if (fresh < 0)
        return;
    (void)close(audit->fd);
    audit->fd = fresh;
    audit->lines = 0;
}

static bool too_many(struct audit *audit, const struct audit_line *line)
{
    if (!line->noisy)
        return false;
    int64_t second = line->at_ms / 1000;
    audit->noisy = second == audit->second ? audit->noisy + 1 : 1;
    audit->second = second;
    if (audit->noisy <= NOISY_PER_SECOND)
        return false;
    audit->left_out++;
    return true;
}

/* A line in the making; what does not fit is cut. */
struct draft {
    char text[LINE_MAX_BYTES];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void draft_put(struct draft *draft, const char *format,
                                                            ...)
{
    size_t room = sizeof draft->text - 1 - draft->size; /* a line feed comes behind it */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(draft->text + draft->size, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        draft->size += (size_t)length < room ? (size_t)length : room - 1;
}

/* A value of words: what could end it or the line becomes '_'. */
static void draft_words(struct draft *draft, const char *name, const char *words)
{
    if (words == NULL || *words == '\0')
        return;
    size_t from = draft->size;
    draft_put(draft, " %s=%s", name, words);
    for (size_t i = from + 1; i < draft->size; i++) {
        unsigned char c = (unsigned char)draft->text[i];
        if (c <= ' ' || c == '"' || c == 0x7F)
            draft->text[i] = '_';
    }
}

static void draft_line(struct draft *draft, const struct audit_line *line)
{
    char time[INSTANT_TEXT_SIZE];
    instant_write(line->at_ms, time);
    draft_put(draft, "ms=%" PRId64 " time=%s event=%s", line->at_ms, time, line->event);
    if (line->key != 0)
        draft_put(draft, " key=%016" PRIx64, line->key);
    if (line->staff != 0)
        draft_put(draft, " staff=%" PRIu32, line->staff);
    if (line->terminal != 0)
        draft_put(draft, " terminal=%" PRIu32, line->terminal);
    draft_words(draft, "carrier", line->carrier);
    draft_words(draft, "address", line->address);
    draft_words(draft, "about", line->about);
}

static void write_draft(struct audit *audit, struct draft *draft)
{
    draft->text[draft->size++] = '\n';
    ssize_t written = write(audit->fd, draft->text, draft->size);
    (void)written; /* a full disk must not keep people out */
    audit->lines++;
}

void audit_write(struct audit *audit, const struct audit_line *line)
{
    if (audit->fd < 0 || too_many(audit, line))
        return;
    if (audit->lines >= AUDIT_LINES_MAX)
        rotate(audit);
    struct draft draft = {.size = 0};
    draft_line(&draft, line);
    if (audit->left_out > 0)
        draft_put(&draft, " left_out=%" PRIu64, audit->left_out);
    audit->left_out = 0;
    write_draft(audit, &draft);
}

/* ---- recalling ---- */

/* The text behind " name=" (or at the line's start), NULL when absent. */
static const char *value_of(const char *line, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = line; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, name, size) == 0 && at[size] == '=')
            return at + size + 1;
    }
    return NULL;
}

static uint64_t number_of(const char *line, const char *name, int base)
{
    const char *value = value_of(line, name);
    return value == NULL ? 0 : strtoull(value, NULL, base);
}

static void recall_line(const char *text, int64_t since_ms,
                        void (*each)(void *context, const struct audit_line *line), void *context)
{
    char event[AUDIT_EVENT_MAX] = "";
    const char *word = value_of(text, "event");
    if (word == NULL || sscanf(word, "%31s", event) != 1)
        return;
    struct audit_line line = {
        .event = event,
        .at_ms = (int64_t)number_of(text, "ms", 10),
        .key = number_of(text, "key", 16),
        .staff = (uint32_t)number_of(text, "staff", 10),
        .terminal = (uint32_t)number_of(text, "terminal", 10),
    };
    if (line.at_ms >= since_ms)
        each(context, &line);
}

static void recall_file(const char *path, int64_t since_ms,
                        void (*each)(void *context, const struct audit_line *line), void *context)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        recall_line(line, since_ms, each, context);
    if (file != NULL)
        (void)fclose(file);
}

void audit_recall(struct audit *audit, int64_t since_ms,
                  void (*each)(void *context, const struct audit_line *line), void *context)
{
    if (audit->path == NULL)
        return;
    recall_file(audit->older, since_ms, each, context);
    recall_file(audit->path, since_ms, each, context);
}

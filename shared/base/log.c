#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/sight.h"
#include "base/text.h"

enum {
    LINE_MAX_BYTES = 4096, /* what a pipe takes as one piece */
    LINE_TAIL_BYTES = 32,  /* kept for the last quote and the word that the line was cut */
    VALUE_MAX_BYTES = 512,
    VALUES_KEPT = 8,
};

static struct {
    const char *program;
    enum log_level least;
    bool journal;
} settings = {.least = LOG_INFO};

struct line {
    char text[LINE_MAX_BYTES];
    size_t size;
    bool cut;
};

void log_setup(const char *program, enum log_level least)
{
    settings.program = program;
    settings.least = least;
    settings.journal = getenv("JOURNAL_STREAM") != NULL;
}

static const char *level_word(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error";
    case LOG_WARNING:
        return "warning";
    case LOG_NOTICE:
        return "notice";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    }
    return "";
}

static bool line_put(struct line *line, const char *bytes, size_t size)
{
    if (line->cut || line->size + size > LINE_MAX_BYTES - LINE_TAIL_BYTES) {
        line->cut = true;
        return false;
    }
    memcpy(line->text + line->size, bytes, size);
    line->size += size;
    return true;
}

static bool line_put_text(struct line *line, const char *text)
{
    return line_put(line, text, strlen(text));
}

/* Into the tail: at most a quote, " cut=yes" and the line feed. */
static void line_put_last(struct line *line, const char *text)
{
    size_t size = strlen(text);
    memcpy(line->text + line->size, text, size);
    line->size += size;
}

static bool plain(const char *value)
{
    static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.,:;/@+%#()[]";
    size_t size = strlen(value);
    return size > 0 && strspn(value, signs) == size;
}

static void put_escaped(struct line *line, const char *at, size_t size)
{
    char escaped[5];
    for (size_t i = 0; i < size; i++) {
        (void)snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned)(uint8_t)at[i]);
        line_put(line, escaped, 4);
    }
}

static void put_point(struct line *line, const char *at, size_t size, uint32_t point, bool seen)
{
    if (point == '\n' || point == '\t')
        line_put_text(line, point == '\n' ? "\\n" : "\\t");
    else if (point == '"' || point == '\\')
        line_put_text(line, point == '"' ? "\\\"" : "\\\\");
    else if (seen)
        line_put(line, at, size);
    else
        put_escaped(line, at, size);
}

static void put_quoted(struct line *line, const char *value)
{
    if (!line_put_text(line, "\""))
        return;
    struct sight_place sight = {0};
    size_t left = strlen(value);
    while (left > 0 && !line->cut) {
        uint32_t point = 0;
        size_t size = text_decode(value, left, &point);
        if (size > 0)
            put_point(line, value, size, point,
                      sight_sees(&sight, point, value + size, left - size));
        else
            put_escaped(line, value, size = 1);
        value += size;
        left -= size;
    }
    line_put_last(line, "\"");
}

static void put_pair(struct line *line, const char *key, const char *value)
{
    if (line->size > 0 && !line_put_text(line, " "))
        return;
    if (!line_put_text(line, key) || !line_put_text(line, "="))
        return;
    if (value != NULL && plain(value))
        line_put_text(line, value);
    else
        put_quoted(line, value == NULL ? "" : value);
}

static void put_time(struct line *line)
{
    struct timespec now;
    char text[INSTANT_TEXT_SIZE];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    instant_write((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, text);
    line_put_text(line, "time=");
    line_put_text(line, text);
}

/* As sd-daemon(3) has them. */
static const char *priority_of(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "<3>";
    case LOG_WARNING:
        return "<4>";
    case LOG_NOTICE:
        return "<5>";
    case LOG_INFO:
        return "<6>";
    case LOG_DEBUG:
        return "<7>";
    }
    return "";
}

static void put_priority(struct line *line, enum log_level level)
{
    if (settings.journal)
        line_put_text(line, priority_of(level));
}

static void line_write(struct line *line)
{
    if (line->cut)
        line_put_last(line, " cut=yes");
    line_put_last(line, "\n");
    ssize_t written;
    do
        written = write(STDERR_FILENO, line->text, line->size);
    while (written < 0 && errno == EINTR);
}

void log_line(enum log_level level, const char *event, ...)
{
    if (level > settings.least)
        return;
    int kept_errno = errno;
    struct line line = {.size = 0};
    put_priority(&line, level);
    put_time(&line);
    put_pair(&line, "level", level_word(level));
    if (settings.program != NULL)
        put_pair(&line, "program", settings.program);
    put_pair(&line, "event", event);
    va_list pairs;
    va_start(pairs, event);
    for (const char *key = va_arg(pairs, const char *); key != NULL;
         key = va_arg(pairs, const char *))
        put_pair(&line, key, va_arg(pairs, const char *));
    va_end(pairs);
    line_write(&line);
    errno = kept_errno;
}

const char *log_value(const char *format, ...)
{
    static _Thread_local char values[VALUES_KEPT][VALUE_MAX_BYTES];
    static _Thread_local unsigned next;
    char *value = values[next++ % VALUES_KEPT];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(value, VALUE_MAX_BYTES, format, arguments) < 0)
        value[0] = '\0';
    va_end(arguments);
    return value;
}

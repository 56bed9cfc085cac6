#include "cli/schema.h"

#include <stdio.h>
#include <string.h>

/* "message NAME {" */
static const char *find_message(const char *name)
{
    char head[96];
    (void)snprintf(head, sizeof(head), "message %s {", name);
    return strstr((const char *)schema_text, head);
}

static void put_cut(const char *from, size_t size, char *out, size_t capacity)
{
    while (size > 0 && (*from == ' ' || *from == '/')) {
        from++;
        size--;
    }
    while (size > 0 && (from[size - 1] == ' ' || from[size - 1] == '\n'))
        size--;
    (void)snprintf(out, capacity, "%.*s", (int)size, from);
}

/* The end of a message: a line of its own, or the brace of its only line. */
static const char *message_end(const char *message)
{
    const char *line_end = strchrnul(message, '\n');
    const char *brace = memchr(message, '}', (size_t)(line_end - message));
    const char *end = brace != NULL ? brace : strstr(message, "\n}");
    return end == NULL ? message + strlen(message) : end;
}

void schema_field(const char *message, const char *field, char *out, size_t capacity)
{
    char wanted[96];
    const char *start = find_message(message);
    out[0] = '\0';
    if (start == NULL)
        return;
    const char *end = message_end(start);
    (void)snprintf(wanted, sizeof(wanted), " %s = ", field);
    const char *at = memmem(start, (size_t)(end - start), wanted, strlen(wanted));
    if (at == NULL)
        return;
    const char *line_end = strchrnul(at, '\n');
    const char *remark = memmem(at, (size_t)(line_end - at), "//", 2);
    if (remark != NULL)
        put_cut(remark, (size_t)(line_end - remark), out, capacity);
}

/* The line before the one that begins at `line`; NULL at the start. */
static const char *line_before(const char *line)
{
    const char *text = (const char *)schema_text;
    if (line == text)
        return NULL;
    const char *at = line - 1;
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

void schema_message(const char *message, char *out, size_t capacity)
{
    const char *start = find_message(message);
    const char *first = start;
    size_t used = 0;
    out[0] = '\0';
    for (const char *line = start == NULL ? NULL : line_before(start);
         line != NULL && line[0] == '/' && line[1] == '/' && line[2] == ' ' && line[3] != '-';
         line = line_before(line))
        first = line;
    for (const char *line = first; line != start && used + 2 < capacity;
         line = strchrnul(line, '\n') + 1) {
        if (used > 0)
            out[used++] = ' ';
        put_cut(line, (size_t)(strchrnul(line, '\n') - line), out + used, capacity - used);
        used += strlen(out + used);
    }
}

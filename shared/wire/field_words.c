#include "wire/field_words.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 8, PART_MAX_SIZE = 64, WORDS_MAX_SIZE = 96 };

/* ---- the table ---- */

#define PHRASE(name, pattern) static const char name[] = pattern;
#include "words/fields.def"

static const struct {
    const char *name;
    const char *words;
    const char *form; /* what is right, when the value itself is not; NULL: the words say it */
} names[] = {
#define FIELD(name, words) {#name, words, NULL},
#define FIELD_FORM(name, words, form) {#name, words, form},
#include "words/fields.def"
};

static size_t find(const char *name)
{
    size_t count = sizeof(names) / sizeof(names[0]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

bool field_is_named(const char *name)
{
    return find(name) != SIZE_MAX || strchr(name, '_') == NULL;
}

/* ---- a path ---- */

struct part {
    char name[PART_MAX_SIZE];
    bool listed; /* "lines[3]" */
    unsigned long index;
};

static bool is_number(const char *name)
{
    return name[0] != '\0' && name[strspn(name, "0123456789")] == '\0';
}

/* The last ones, when it has more than fit. */
static size_t split(const char *path, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    while (*path != '\0') {
        size_t size = strcspn(path, ".");
        size_t name = strcspn(path, ".[");
        if (count == PARTS_MAX)
            memmove(parts, parts + 1, --count * sizeof(*parts));
        struct part *part = &parts[count++];
        (void)snprintf(part->name, sizeof(part->name), "%.*s", (int)name, path);
        if (count > 1 && is_number(part->name)) { /* "person.1": counted from one already */
            part[-1].listed = true;
            part[-1].index = strtoul(part->name, NULL, 10) - 1;
            count--;
        }
        part->listed = name < size;
        part->index = part->listed ? strtoul(path + name + 1, NULL, 10) : 0;
        path += path[size] == '.' ? size + 1 : size;
    }
    return count;
}

static void part_words(const struct part *part, enum language language, char out[WORDS_MAX_SIZE])
{
    size_t at = find(part->name);
    char name[WORDS_MAX_SIZE];
    char number[24];
    (void)snprintf(name, sizeof(name), "%s",
                   at == SIZE_MAX ? part->name : words_in(language, names[at].words));
    for (char *space = name; *space != '\0' && at == SIZE_MAX; space++)
        *space = *space == '_' ? ' ' : *space;
    (void)snprintf(number, sizeof(number), "%lu", part->index + 1);
    (void)words_say(out, WORDS_MAX_SIZE, language, part->listed ? FIELD_NUMBER : "{name}", "name",
                    name, "number", number, NULL);
}

/* Of what holds it, people are told the places in lists only. */
bool field_words_in(const char *path, enum language language, char *out, size_t capacity)
{
    struct part parts[PARTS_MAX];
    size_t count = path == NULL ? 0 : split(path, parts);
    char all[PARTS_MAX * WORDS_MAX_SIZE] = "";
    for (size_t i = count; i > 0; i--) {
        char words[WORDS_MAX_SIZE];
        char inner[sizeof(all)];
        if (i < count && !parts[i - 1].listed)
            continue;
        part_words(&parts[i - 1], language, words);
        (void)snprintf(inner, sizeof(inner), "%s", all);
        (void)words_say(all, sizeof(all), language, i < count ? FIELD_OF : "{whole}", "part", inner,
                        "whole", words, NULL);
    }
    return words_say(out, capacity, language, "{words}", "words", all, NULL) > 0;
}

bool field_words(const char *path, char *out, size_t capacity)
{
    return field_words_in(path, LANGUAGE_ENGLISH, out, capacity);
}

const char *field_form(const char *path)
{
    struct part parts[PARTS_MAX];
    size_t count = path == NULL ? 0 : split(path, parts);
    size_t at = count == 0 ? SIZE_MAX : find(parts[count - 1].name);
    return at == SIZE_MAX ? NULL : names[at].form;
}

#include "words/words.h"

#include "base/text.h"
#include "words/inside.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- languages ---- */

static const char codes[LANGUAGES][3] = {"en", "vi", "zh", "fa", "el"};

bool language_of(const char *code, enum language *ret_language)
{
    for (int i = 0; i < LANGUAGES; i++) {
        if (strncasecmp(code, codes[i], 2) == 0 && (code[2] == '\0' || strchr("_-.@", code[2]))) {
            *ret_language = (enum language)i;
            return true;
        }
    }
    return false;
}

const char *language_code(enum language language)
{
    return codes[language];
}

/* Which form: as the Plural-Forms of the catalogues say. */
static size_t plural_form(enum language language, uint64_t count)
{
    switch (language) {
    case LANGUAGE_ENGLISH:
    case LANGUAGE_GREEK:
        return count != 1;
    case LANGUAGE_PERSIAN:
        return count > 1;
    case LANGUAGE_VIETNAMESE:
    case LANGUAGE_CHINESE:
    case LANGUAGES:
        break;
    }
    return 0;
}

/* ---- catalogues ---- */

static int compare(const void *message, const void *row)
{
    return strcmp(message, ((const struct words_row *)row)->message);
}

static const char *const *forms_of(enum language language, const char *message)
{
    const struct words_row *row =
        language == LANGUAGE_ENGLISH
            ? NULL
            : bsearch(message, words_rows, words_row_count, sizeof(*words_rows), compare);
    return row == NULL ? NULL : row->forms[language - 1];
}

/* "money::OUT" is "OUT". */
static const char *without_context(const char *message)
{
    const char *colons = message + strcspn(message, ":{|");
    return colons[0] == ':' && colons[1] == ':' ? colons + 2 : message;
}

const char *words_in(enum language language, const char *message)
{
    const char *const *forms = forms_of(language, message);
    return forms == NULL || forms[0] == NULL ? without_context(message) : forms[0];
}

const char *words_many(enum language language, const char *one, const char *many, uint64_t count)
{
    const char *const *forms = forms_of(language, one);
    size_t form = plural_form(language, count);
    if (forms == NULL || forms[form] == NULL)
        return count == 1 ? one : many;
    return forms[form];
}

/* ---- sentences ---- */

enum { CLAUSE_MAX = 3200, WORD_MAX = 3000 };

struct sentence {
    char *data;
    size_t size;
    size_t capacity; /* with room for a NUL */
};

/* As much as fits, whole characters only. */
static void put(struct sentence *out, const char *text, size_t size)
{
    while (size > 0) {
        uint32_t point;
        size_t step = text_decode(text, size, &point);
        step = step == 0 ? 1 : step;
        if (out->size + step >= out->capacity)
            break;
        memcpy(out->data + out->size, text, step);
        out->size += step;
        text += step;
        size -= step;
    }
    out->data[out->size] = '\0';
}

/* "{name}" at `text`. Returns what follows, NULL when the fact is not known. */
static const char *put_fact(struct sentence *out, const char *text, const char *end,
                            words_fact_fn fact, void *context)
{
    char name[WORDS_NAME_MAX];
    char value[WORD_MAX] = "";
    if (end - text >= 2 && text[1] == '{') {
        put(out, "{", 1);
        return text + 2;
    }
    const char *close = memchr(text, '}', (size_t)(end - text));
    if (close == NULL || (size_t)(close - text) > sizeof(name))
        return NULL;
    memcpy(name, text + 1, (size_t)(close - text - 1));
    name[close - text - 1] = '\0';
    if (!fact(context, name, value, sizeof(value)))
        return NULL;
    put(out, value, strlen(value));
    return close + 1;
}

static bool put_clause(struct sentence *out, const char *text, const char *end, words_fact_fn fact,
                       void *context)
{
    while (text < end) {
        const char *brace = memchr(text, '{', (size_t)(end - text));
        const char *plain_end = brace == NULL ? end : brace;
        put(out, text, (size_t)(plain_end - text));
        text = brace == NULL ? end : put_fact(out, brace, end, fact, context);
        if (text == NULL)
            return false;
    }
    return true;
}

size_t words_write(const char *pattern, words_fact_fn fact, void *context, char *out,
                   size_t capacity)
{
    struct sentence whole = {out, 0, capacity};
    if (capacity == 0)
        return 0;
    out[0] = '\0';
    while (*pattern != '\0') {
        char clause[CLAUSE_MAX];
        struct sentence part = {clause, 0, sizeof(clause)};
        const char *end = strchrnul(pattern, '|');
        clause[0] = '\0';
        if (put_clause(&part, pattern, end, fact, context))
            put(&whole, clause, part.size);
        pattern = *end == '|' ? end + 1 : end;
    }
    return whole.size;
}

enum { FACTS_MAX = 12 };

struct given {
    const char *names[FACTS_MAX];
    const char *values[FACTS_MAX];
    size_t count;
};

static bool given_fact(void *context, const char *name, char *out, size_t capacity)
{
    const struct given *given = context;
    for (size_t i = 0; i < given->count; i++) {
        struct sentence value = {out, 0, capacity};
        if (strcmp(given->names[i], name) != 0 || given->values[i] == NULL)
            continue;
        put(&value, given->values[i], strlen(given->values[i]));
        return true;
    }
    return false;
}

size_t words_say_list(char *out, size_t capacity, enum language language, const char *message,
                      va_list facts)
{
    struct given given = {.count = 0};
    const char *name = va_arg(facts, const char *);
    while (name != NULL && given.count < FACTS_MAX) {
        given.names[given.count] = name;
        given.values[given.count++] = va_arg(facts, const char *);
        name = va_arg(facts, const char *);
    }
    return words_write(words_in(language, message), given_fact, &given, out, capacity);
}

size_t words_say(char *out, size_t capacity, enum language language, const char *message, ...)
{
    va_list facts;
    va_start(facts, message);
    size_t size = words_say_list(out, capacity, language, message, facts);
    va_end(facts);
    return size;
}

/* Latin, Greek with and without accents, đ: what our languages begin a sentence with. All have
 * large letters of as many bytes. */
static uint32_t large(uint32_t point)
{
    static const struct {
        uint16_t small;
        uint16_t large;
    } accented[] = {{0x3AC, 0x386}, {0x3AD, 0x388}, {0x3AE, 0x389}, {0x3AF, 0x38A},
                    {0x3CC, 0x38C}, {0x3CD, 0x38E}, {0x3CE, 0x38F}, {0x111, 0x110}};
    if ((point >= 'a' && point <= 'z') || (point >= 0x3B1 && point <= 0x3C9))
        return point - 0x20;
    for (size_t i = 0; i < sizeof(accented) / sizeof(accented[0]); i++) {
        if (accented[i].small == point)
            return accented[i].large;
    }
    return point;
}

size_t words_begin(char *text)
{
    uint32_t point;
    size_t size = strlen(text);
    size_t step = text_decode(text, size, &point);
    point = step == 0 ? 0 : large(point);
    if (step == 1)
        text[0] = (char)point;
    if (step == 2) {
        text[0] = (char)(0xC0 | point >> 6);
        text[1] = (char)(0x80 | (point & 0x3F));
    }
    return size;
}

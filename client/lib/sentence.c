#include "base/text.h"
#include "lib/tefter.h"

#include <stdio.h>

enum { CLAUSE_MAX = 1600, WORD_MAX = 1500, NAME_MAX_SIZE = 32 };

struct sentence_out {
    char *data;
    size_t size;
    size_t capacity; /* with room for a NUL */
};

/* As much as fits, whole characters only. */
static void out_put(struct sentence_out *out, const char *text, size_t size)
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

/* "{name}" at `text`: its word. Returns what follows, NULL when the word is not known. */
static const char *put_word(struct sentence_out *out, const char *text, const char *end,
                            sentence_word_fn word, void *context)
{
    char name[NAME_MAX_SIZE];
    char value[WORD_MAX] = "";
    const char *close = memchr(text, '}', (size_t)(end - text));
    if (close == NULL || (size_t)(close - text) > sizeof(name))
        return NULL;
    (void)snprintf(name, sizeof(name), "%.*s", (int)(close - text - 1), text + 1);
    if (!word(context, name, value, sizeof(value)))
        return NULL;
    out_put(out, value, strlen(value));
    return close + 1;
}

static bool put_clause(struct sentence_out *out, const char *text, const char *end,
                       sentence_word_fn word, void *context)
{
    while (text < end) {
        const char *brace = memchr(text, '{', (size_t)(end - text));
        const char *plain_end = brace == NULL ? end : brace;
        out_put(out, text, (size_t)(plain_end - text));
        text = brace == NULL ? end : put_word(out, brace, end, word, context);
        if (text == NULL)
            return false;
    }
    return true;
}

size_t sentence_write(const char *pattern, sentence_word_fn word, void *context, char *out,
                      size_t capacity)
{
    struct sentence_out whole = {out, 0, capacity};
    if (capacity == 0)
        return 0;
    out[0] = '\0';
    while (*pattern != '\0') {
        char clause[CLAUSE_MAX];
        struct sentence_out part = {clause, 0, sizeof(clause)};
        const char *end = strchrnul(pattern, '|');
        clause[0] = '\0';
        if (put_clause(&part, pattern, end, word, context))
            out_put(&whole, clause, part.size);
        pattern = *end == '|' ? end + 1 : end;
    }
    return whole.size;
}

size_t money_sentence(int64_t amount_minor, const struct currency *currency, char *out,
                      size_t capacity)
{
    char text[AMOUNT_TEXT_MAX];
    size_t size = amount_write(amount_minor, currency, text);
    const char *sign =
        currency->sign == NULL || currency->sign[0] == '\0' ? currency->code : currency->sign;
    struct sentence_out whole = {out, 0, capacity};
    if (capacity == 0)
        return 0;
    out_put(&whole, text, size);
    if (sign[0] != '\0') {
        out_put(&whole, " ", 1);
        out_put(&whole, sign, strlen(sign));
    }
    return whole.size;
}

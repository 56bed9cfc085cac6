#pragma once
/*
 * What people read, in their language: the catalogues of shared/words (*.po), compiled in, and the
 * one placeholder engine; client/web/kit/words.ts is the same for screens. The English sentence is
 * the key of its translations, and stands where one is missing. No state: the caller says which
 * language.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum language {
    LANGUAGE_ENGLISH,
    LANGUAGE_VIETNAMESE,
    LANGUAGE_CHINESE,
    LANGUAGE_PERSIAN,
    LANGUAGE_GREEK,
    LANGUAGES
};

/* "vi"; also "vi_VN.UTF-8". False: none of ours. */
bool language_of(const char *code, enum language *ret_language);
const char *language_code(enum language language);

/* The translation, else the message itself; what stands before "::" tells two meanings of a word
 * apart and is not shown. Written N_(), so that tools/words collects it; two for words_many
 * MANY_().
 */
#define N_(message) message
#define MANY_(one, many) one, many
const char *words_in(enum language language, const char *message);
/* Of the forms for so many, the one that the language wants. */
const char *words_many(enum language language, const char *one, const char *many, uint64_t count);

/*
 * A pattern has {facts}, "{{" is a brace. Its clauses are divided by '|'; one of which a fact is
 * not known (`fact` says false) is left out. A name that begins with '>' is not a fact but what
 * people type at a command line: "> tefter login". Cut at a whole character; returns the length.
 */
enum { WORDS_NAME_MAX = 160 };
typedef bool (*words_fact_fn)(void *context, const char *name, char *out, size_t capacity);
size_t words_write(const char *pattern, words_fact_fn fact, void *context, char *out,
                   size_t capacity);
/* Facts one by one: words_say(out, sizeof(out), language, N_("Over by {amount}"), "amount", text,
 * NULL). */
size_t words_say(char *out, size_t capacity, enum language language, const char *message, ...)
    __attribute__((sentinel));
size_t words_say_list(char *out, size_t capacity, enum language language, const char *message,
                      va_list facts);

/* The first letter large, as at the beginning of a sentence; returns the length. */
size_t words_begin(char *text);

#pragma once
/*
 * The person at the import: questions, progress and words on one terminal, or plain lines when it
 * is none. The summary goes to `out`, everything else to `err`.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "words/words.h"

/* What is asked; the words that answer it are the caller's. */
enum console_question {
    ASK_OTHER,
    ASK_HIDDEN,
    ASK_DECIMAL,
    ASK_DECIMAL_MIXED,
    ASK_DATES,
    ASK_DATES_MIXED,
    ASK_AMOUNTS,
    ASK_TAX,
    ASK_FREE,
    ASK_DISCOUNT_IS,
    ASK_TAX_IS,
    ASK_PAID,
};

struct progress;

/* Somebody else is told, and nothing is written. */
struct console_hooks {
    void (*asked)(void *context, enum console_question question, const char *text,
                  const char *const *words);
    void (*progress)(void *context, const struct progress *progress);
};

struct console {
    const struct console_hooks *hooks; /* NULL: none */
    void *context;                     /* theirs */
    FILE *out;
    FILE *err;
    FILE *in; /* NULL: nobody to ask */
    enum language language;
    bool live;  /* err is a terminal: progress on one line */
    bool quiet; /* no progress */
    bool drawn; /* a progress line stands there */
    uint64_t drawn_ms;
};

/* Of this process; file_is_input: the rows come from standard input, so questions go to /dev/tty.
 */
void console_open(struct console *console, bool file_is_input, bool quiet);
void console_close(struct console *console);

/* One line of words; clears the progress line first. */
__attribute__((format(printf, 2, 3))) void console_say(struct console *console, const char *format,
                                                       ...);

/* Asks until one of the words is answered, in English or as they are in the language (a first
 * letter is enough): its place, or -1 when nobody answers. `words` ends with NULL. */
int console_ask(struct console *console, enum console_question about, const char *question,
                const char *const *words);

/* Milliseconds since some moment. */
uint64_t console_now_ms(void);

struct progress {
    const char *noun; /* "documents" */
    uint64_t done;
    uint64_t rows;
    uint64_t at;   /* bytes of the file */
    uint64_t size; /* 0: not known */
    uint64_t from; /* byte it began at */
    uint64_t ms;   /* since it began */
};
/* Draws at most ten times a second, or says a line every five seconds. */
void console_progress(struct console *console, const struct progress *progress);
/* Instead of it, while nothing can be done: why, since when, and how long it is waited. */
void console_waiting(struct console *console, uint64_t ms, uint64_t most_ms, const char *what,
                     const char *reason);
void console_clear(struct console *console);

/* "1,234,567" */
enum { COUNT_TEXT_MAX = 32 };
const char *count_text(uint64_t count, char out[COUNT_TEXT_MAX]);

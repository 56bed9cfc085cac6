#include "import/console.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/money.h"
#include "base/tell.h"

enum { DRAW_MS = 100, SAY_MS = 5000, BAR_WIDTH = 24, ANSWER_MAX = 80, SECOND_MS = 1000 };

void console_open(struct console *console, bool file_is_input, bool quiet)
{
    *console = (struct console){.out = stdout, .err = stderr, .quiet = quiet};
    const char *term = getenv("TERM");
    console->live = isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    if (file_is_input && isatty(STDERR_FILENO))
        console->in = fopen("/dev/tty", "re");
    else if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
        console->in = stdin;
}

void console_close(struct console *console)
{
    console_clear(console);
    if (console->in != NULL && console->in != stdin)
        (void)fclose(console->in);
    console->in = NULL;
}

uint64_t console_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_MS + (uint64_t)now.tv_nsec / 1000000;
}

void console_clear(struct console *console)
{
    if (console->drawn)
        (void)fputs("\r\033[K", console->err);
    console->drawn = false;
}

void console_say(struct console *console, const char *format, ...)
{
    if (console->hooks != NULL)
        return;
    console_clear(console);
    va_list arguments;
    va_start(arguments, format);
    tell_list(console->err, format, arguments);
    va_end(arguments);
    (void)fputc('\n', console->err);
    (void)fflush(console->err);
}

/* ---- questions ---- */

static int match_word(const char *answer, enum language language, const char *const *words)
{
    size_t size = strcspn(answer, "\r\n");
    for (int i = 0; size > 0 && words[i] != NULL; i++)
        if (strncasecmp(answer, words[i], size) == 0 ||
            strncasecmp(answer, words_in(language, words[i]), size) == 0)
            return i;
    return -1;
}

int console_ask(struct console *console, enum console_question about, const char *question,
                const char *const *words)
{
    char answer[ANSWER_MAX];
    if (console->hooks != NULL)
        console->hooks->asked(console->context, about, question, words);
    if (console->in == NULL)
        return -1;
    for (;;) {
        console_clear(console);
        tell(console->err, "%s [", question);
        for (int i = 0; words[i] != NULL; i++)
            tell(console->err, "%s%s", i > 0 ? "/" : "", words_in(console->language, words[i]));
        (void)fputs("] ", console->err);
        (void)fflush(console->err);
        if (fgets(answer, sizeof answer, console->in) == NULL)
            return -1;
        int word = match_word(answer, console->language, words);
        if (word >= 0)
            return word;
    }
}

/* ---- progress ---- */

const char *count_text(uint64_t count, char out[COUNT_TEXT_MAX])
{
    (void)money_write((int64_t)count, 0, out);
    return out;
}

/* Seconds until the file is read at this rate; 0 when nobody can know. */
static uint64_t seconds_left(const struct progress *progress)
{
    uint64_t read = progress->at > progress->from ? progress->at - progress->from : 0;
    if (progress->size <= progress->at || read == 0)
        return 0;
    return (progress->size - progress->at) * progress->ms / read / SECOND_MS;
}

static uint64_t per_second(uint64_t count, uint64_t ms)
{
    return ms == 0 ? 0 : count * SECOND_MS / ms;
}

static void draw_bar(FILE *file, uint64_t share)
{
    (void)fputc('[', file);
    for (uint64_t i = 0; i < BAR_WIDTH; i++)
        (void)fputc(i * 100 < share * BAR_WIDTH ? '#' : '.', file);
    tell(file, "] %3" PRIu64 " %%  ", share);
}

static void draw(FILE *file, const struct progress *progress, bool bar)
{
    char done[COUNT_TEXT_MAX];
    char rows[COUNT_TEXT_MAX];
    char rate[COUNT_TEXT_MAX];
    uint64_t share = progress->size == 0 ? 0 : progress->at * 100 / progress->size;
    if (bar && progress->size > 0)
        draw_bar(file, share);
    else if (progress->size > 0)
        tell(file, "%3" PRIu64 " %%  ", share);
    tell(file, "%s %s, %s rows, %s %s/s", count_text(progress->done, done), progress->noun,
         count_text(progress->rows, rows),
         count_text(per_second(progress->done, progress->ms), rate), progress->noun);
    uint64_t left = seconds_left(progress);
    if (left > 0)
        tell(file, ", %" PRIu64 ":%02" PRIu64 " left", left / 60, left % 60);
}

void console_progress(struct console *console, const struct progress *progress)
{
    uint64_t now = console_now_ms();
    if (console->quiet || now - console->drawn_ms < (console->live ? DRAW_MS : SAY_MS))
        return;
    console->drawn_ms = now;
    if (console->hooks != NULL) {
        console->hooks->progress(console->context, progress);
        return;
    }
    console_clear(console);
    draw(console->err, progress, console->live);
    if (!console->live)
        (void)fputc('\n', console->err);
    console->drawn = console->live;
    (void)fflush(console->err);
}

void console_waiting(struct console *console, uint64_t ms, uint64_t most_ms, const char *what,
                     const char *reason)
{
    uint64_t now = console_now_ms();
    if (console->quiet || now - console->drawn_ms < (console->live ? SECOND_MS : SAY_MS))
        return;
    console->drawn_ms = now;
    if (console->hooks != NULL)
        return;
    console_clear(console);
    tell(console->err,
         "%s for %" PRIu64 " s%s%s; giving up after %" PRIu64 " s, and then the same "
         "command goes on",
         what, ms / SECOND_MS, reason[0] != '\0' ? ": " : "", reason, most_ms / SECOND_MS);
    if (!console->live)
        (void)fputc('\n', console->err);
    console->drawn = console->live;
    (void)fflush(console->err);
}

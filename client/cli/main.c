#include "base/standard.h"
#include "base/tell.h"
#include "base/version.h"
#include "cli/cli.h"
#include "tui/tui.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which verb ---- */

static bool has_noun(void *context, const struct verb *verb)
{
    const char **entity = context;
    if (*entity != NULL && strcmp(*entity, verb->entity) == 0)
        *entity = NULL;
    return *entity != NULL;
}

static bool noun_known(const char *entity)
{
    verbs_each(has_noun, &entity);
    return entity == NULL;
}

static int unknown_noun(struct run *run, const char *entity)
{
    return run_say(run, EXIT_USE,
                   N_("there is no \"{word}\".| Did you mean \"{near}\"?| tefter help lists "
                      "everything."),
                   "word", entity, "near", nearest_noun(entity), NULL);
}

static int unknown_verb(struct run *run, const char *entity, const char *verb)
{
    if (verb == NULL)
        (void)run_say(run, EXIT_USE, N_("{word} what?"), "word", entity, NULL);
    else
        (void)run_say(run, EXIT_USE,
                      N_("there is no \"{entity} {verb}\".| Did you mean \"{entity} {near}\"?"),
                      "entity", entity, "verb", verb, "near", nearest_verb(entity, verb), NULL);
    help_noun(entity, stderr);
    return EXIT_USE;
}

/* ---- words ---- */

/* Global options may stand before the entity: they are moved behind the verb. */
static int leading_options(int argc, char **argv)
{
    int at = 0;
    while (at < argc && argv[at][0] == '-' && argv[at][1] == '-' && argv[at][2] != '\0') {
        bool valued = strchr(argv[at], '=') == NULL &&
                      (strcmp(argv[at], "--profile") == 0 || strcmp(argv[at], "--server") == 0 ||
                       strcmp(argv[at], "--wait") == 0 || strcmp(argv[at], "--language") == 0);
        at += valued ? 2 : 1;
    }
    return at < argc ? at : argc;
}

/* Up to a -- that ends the options, or to the end. */
static int words_of_options(int first, int argc, char **argv)
{
    while (first < argc && strcmp(argv[first], "--") != 0)
        first++;
    return first;
}

static void rotate(char **words, int first, int count)
{
    char *held[16];
    if (first <= 0 || first > 16 || first > count)
        return;
    memcpy(held, words, (size_t)first * sizeof(*words));
    memmove(words, words + first, (size_t)(count - first) * sizeof(*words));
    memcpy(words + count - first, held, (size_t)first * sizeof(*words));
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int help(struct run *run, const char *entity, const char *verb_name)
{
    if (entity == NULL) {
        help_all(stdout);
        return EXIT_DONE;
    }
    if (!noun_known(entity))
        return unknown_noun(run, entity);
    const struct verb *verb = verb_find(entity, verb_name);
    if (verb != NULL)
        help_verb(verb, stdout);
    else
        help_noun(entity, stdout);
    return EXIT_DONE;
}

static int run_words(struct run *run, int argc, char **argv)
{
    const char *entity = argv[0];
    if (strcmp(entity, "import") == 0)
        return run_end(run, import_words(run, argc, argv));
    if (!noun_known(entity))
        return unknown_noun(run, entity);
    const char *second = argc > 1 ? argv[1] : NULL;
    const struct verb *verb = verb_find(entity, second);
    if (verb == NULL && second != NULL && is_help(second))
        return help(run, entity, NULL);
    if (verb == NULL)
        return unknown_verb(run, entity, second);
    int used = verb->verb == NULL ? 1 : 2;
    return run_verb(run, verb, argc - used, argv + used);
}

/* Nothing but global options, at a terminal: the screen. A pipe gets the help. */
static bool wants_screen(int argc, char **argv, struct args *ret_args)
{
    struct failure failure = {0};
    *ret_args = (struct args){0};
    for (int at = 0; at < argc; at++)
        if (args_take_global(ret_args, argc, argv, &at, &failure) != TAKEN)
            return false;
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !ret_args->help && !ret_args->json;
}

static int run_screen(const struct args *args)
{
    struct failure failure = {0};
    struct tui_options options = {.profile = args->profile, .address = args->server};
    const char *language = args->language != NULL ? args->language : getenv("TEFTER_LANGUAGE");
    options.language_said = language != NULL && language_of(language, &options.language);
    if (args->language != NULL && !options.language_said) {
        char text[LINE_MAX_BYTES];
        (void)words_say(text, sizeof(text), LANGUAGE_ENGLISH,
                        N_("\"{typed}\": the languages are en, vi, zh, fa and el."), "typed",
                        args->language, NULL);
        tell(stderr, "tefter: %s\n", text);
        return EXIT_USE;
    }
    int code = tui_run(&options, &failure);
    if (code != EXIT_DONE)
        tell(stderr, "tefter: %s\n", failure.text);
    return code;
}

int main(int argc, char **argv)
{
    static struct args screen;
    static struct run run;
    standard_open();
    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_DFL);
    int words = argc - 1;
    char **word = argv + 1;
    int leading = leading_options(words, word);
    rotate(word, leading, words_of_options(leading, words, word));
    if (words > 0 && strcmp(word[0], "--version") == 0) {
        tell(stdout, "%s\n", version_tefter);
        return EXIT_DONE;
    }
    if (words > 0 && strcmp(word[0], "--man") == 0) {
        help_usage(USAGE_MANUAL, stdout);
        return EXIT_DONE;
    }
    if (words > 0 && strcmp(word[0], "--completion") == 0) {
        help_usage(USAGE_COMPLETION, stdout);
        return EXIT_DONE;
    }
    if (wants_screen(words, word, &screen))
        return run_screen(&screen);
    run_begin(&run, words, word);
    if (words == 0 || is_help(word[0]))
        return help(&run, words > 1 ? word[1] : NULL, words > 2 ? word[2] : NULL);
    return run_words(&run, words, word);
}

#include "base/standard.h"
#include "base/tell.h"
#include "base/version.h"
#include "cli/cli.h"
#include "tui/tui.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SETTLE_MS = 2000 };

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

/* ---- running it ---- */

static bool speaks_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* --language, else TEFTER_LANGUAGE; looked for before anything is read, for what is wrong is said
 * in it too. */
static enum language language_wanted(int argc, char **argv)
{
    static const char option[] = "--language";
    enum language language = LANGUAGE_ENGLISH;
    const char *wanted = getenv("TEFTER_LANGUAGE");
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], option, strlen(option)) != 0)
            continue;
        if (argv[i][strlen(option)] == '=')
            wanted = argv[i] + sizeof(option);
        else if (argv[i][strlen(option)] == '\0' && i + 1 < argc)
            wanted = argv[++i];
    }
    if (wanted != NULL)
        (void)language_of(wanted, &language);
    return language;
}

/* One that is not known is a mistake only when it is said. */
static bool language_known(struct run *run)
{
    const char *said = run->args.language;
    if (said == NULL || language_of(said, &run->language))
        return true;
    (void)run_say(run, EXIT_USE, N_("\"{typed}\": the languages are en, vi, zh, fa and el."),
                  "typed", said, NULL);
    return false;
}

static int work(struct run *run)
{
    const struct verb *verb = run->args.verb;
    bool changes = verb->command != NULL || verb->query == NULL;
    if (!verb->offline && (!run_open(run, changes) || !run_need_person(run)))
        return run->exit_code;
    if (verb->run != NULL)
        return verb->run(run);
    return verb->command != NULL ? run_command(run) : run_query(run);
}

/* What $COLUMNS says, else the terminal, or what one has that does not say; a file has any width.
 */
static size_t width_of(bool terminal)
{
    enum { LEAST = 40, USUAL = 80, MOST = 1000 };
    struct winsize size = {0};
    const char *said = getenv("COLUMNS");
    unsigned long columns = said == NULL ? 0 : strtoul(said, NULL, 10);
    if (columns == 0 && terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns == 0)
        return terminal ? USUAL : 0;
    return columns < LEAST ? LEAST : columns > MOST ? MOST : columns;
}

static bool says_json(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

/* What holds also when the words make no sense. */
static void run_begin(struct run *run, int argc, char **argv)
{
    arena_init(&run->arena, RUN_MEMORY_MAX);
    run->json = says_json(argc, argv);
    run->language = run->args.speaks = language_wanted(argc, argv);
    run->terminal = isatty(STDOUT_FILENO);
    run->width = width_of(run->terminal);
    run->unicode = speaks_utf8();
}

/* What an earlier run left open may be under way still. */
static int run_end(struct run *run, int code)
{
    char text[LINE_MAX_BYTES];
    if (run->untrue)
        code = EXIT_NO_SERVER;
    else if (run->client != NULL && tefter_under_way(run->client) > 0)
        (void)tefter_resolve(run->client, SETTLE_MS, NULL);
    if (!run->untrue)
        run_offer(run);
    if (run->stand_again > 0)
        run_note(run,
                 words_many(run->language,
                            MANY_("{count} command from before the server's restore: still there.",
                                  "{count} commands from before the server's restore: still "
                                  "there."),
                            run->stand_again),
                 "count", NUMBER(run->stand_again), NULL);
    tefter_close(run->client);
    arena_fini(&run->arena);
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    int reason = errno;
    if (written || code != EXIT_DONE)
        return code;
    if (reason != EPIPE) /* who reads has what they wanted */
        tell(stderr, "tefter: %s\n",
             run_sentence(run, text, N_("this is done; its output could not be written: {why}"),
                          "why", strerror(reason), NULL));
    return EXIT_UNWRITTEN;
}

static int run_verb(struct run *run, const struct verb *verb, int argc, char **argv)
{
    if (!args_read(&run->args, verb, argc, argv, &run->failure)) {
        int code = run_failed(run, EXIT_USE);
        char command[CELL_MAX];
        char text[LINE_MAX_BYTES];
        (void)snprintf(command, sizeof(command), "tefter %s%s%s --help", verb->entity,
                       verb->verb == NULL ? "" : " ", verb->verb == NULL ? "" : verb->verb);
        tell(stderr, "%s\n",
             run_sentence(run, text, N_("{command} says more."), "command", command, NULL));
        return run_end(run, code);
    }
    run->json = run->args.json;
    if (!language_known(run))
        return run_end(run, EXIT_USE);
    if (run->args.help && !verb->helps) {
        help_verb(verb, stdout);
        return run_end(run, EXIT_DONE);
    }
    return run_end(run, work(run));
}

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

/* A verb at work, from the words behind it to its exit code. */
#include "base/tell.h"
#include "cli/cli.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SETTLE_MS = 2000 };

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
void run_begin(struct run *run, int argc, char **argv)
{
    arena_init(&run->arena, RUN_MEMORY_MAX);
    run->json = says_json(argc, argv);
    run->language = run->args.speaks = language_wanted(argc, argv);
    run->terminal = isatty(STDOUT_FILENO);
    run->width = width_of(run->terminal);
    run->unicode = speaks_utf8();
}

/* What an earlier run left open may be under way still. */
int run_end(struct run *run, int code)
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

int run_verb(struct run *run, const struct verb *verb, int argc, char **argv)
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

/* Slips on paper: asking for one, and the program that prints them. */
#include "base/tell.h"
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- tefter printer: a program of its own, for what draws letters is large ---- */

static const struct param printer_params[] = {
    NEEDED("--to", TEXT, NULL, "HOST[:PORT], /dev/usb/lp0, or queue:NAME of CUPS"),
    CHOICE("--width", NULL, "80 58", "millimetres of its paper (default 80)"),
    OPTION("--drawer", FLAG, NULL, "a cash drawer hangs on it: opened when cash is taken"),
    OPTION("--copies", NUMBER, NULL, "of each slip, 1 to 5 (default 1)"),
    OPTION("--pictures", FOLDER, NULL, "keep each slip there as a PNG, too"),
    END,
};

static int no_program(struct run *run, const char *path)
{
    return run_say(run, EXIT_USE, N_("cannot start {program}: {why}"), "program", path, "why",
                   strerror(errno), NULL);
}

/* Beside this program. */
static bool beside(char out[PATH_MAX])
{
    static const char name[] = "tefter-printer";
    ssize_t size = readlink("/proc/self/exe", out, PATH_MAX - sizeof name - 1);
    if (size <= 0)
        return false;
    out[size] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    memcpy(slash + 1, name, sizeof name);
    return true;
}

static void add_word(char **words, size_t *count, const char *word)
{
    words[(*count)++] = (char *)(uintptr_t)word;
}

/* With the same words: they were looked at here, and are read there. */
static int printer_run(struct run *run)
{
    enum { GLOBALS = 8 };
    char path[PATH_MAX];
    char *words[2 * ARGS_MAX + GLOBALS + 2];
    size_t count = 0;
    if (!beside(path))
        return no_program(run, "tefter-printer");
    add_word(words, &count, path);
    for (size_t i = 0; i < run->args.count; i++) {
        add_word(words, &count, run->args.list[i].param->name);
        if (run->args.list[i].param->kind != VALUE_FLAG)
            add_word(words, &count, run->args.list[i].text);
    }
    const char *const globals[][2] = {{"--profile", run->args.profile},
                                      {"--server", run->args.server},
                                      {"--language", run->args.language}};
    for (size_t i = 0; i < sizeof globals / sizeof globals[0]; i++)
        if (globals[i][1] != NULL) {
            add_word(words, &count, globals[i][0]);
            add_word(words, &count, globals[i][1]);
        }
    words[count] = NULL;
    (void)execv(path, words);
    return no_program(run, path);
}

/* ---- tefter print ---- */

static const struct param print_params[] = {
    OPERAND("NUMBER", TEXT, NULL, "of the bill, receipt or credit note"),
    OPTION("--copy", FLAG, NULL, "it says COPY; what was printed before says so anyway"),
    OPTION("--drawer", FLAG, NULL, "open the cash drawer"),
    OPTION("--without-debt", FLAG, NULL, "do not say what the customer owes"),
    END,
};

static int tell_printed(struct run *run, const Tefter__Printed *printed)
{
    const char *why = printed->text == NULL ? "" : printed->text;
    const char *words = words_in(run->language, printed_words(printed));
    bool done = printed->outcome == TEFTER__PRINT_OUTCOME__PRINT_DONE;
    if (run->json) {
        run_json(run, &printed->base);
        return done ? EXIT_DONE : EXIT_REFUSED;
    }
    if (!done)
        return run_say(run, EXIT_REFUSED, "{words}| ({why})", "words", words, "why", if_any(why),
                       NULL);
    tell(stdout, "%s\n", words);
    return EXIT_DONE;
}

static int print_run(struct run *run)
{
    const Tefter__DocumentAnswer *document =
        document_find(run, arg_text(&run->args, "NUMBER"), (Tefter__DocumentKind)0);
    if (document == NULL)
        return run->exit_code != 0 ? run->exit_code : run_failed(run, EXIT_USE);
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Print print = TEFTER__PRINT__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PRINT;
    frame.print = &print;
    print.document = document->document->document;
    print.has_copy = print.copy = arg_flag(&run->args, "--copy");
    print.has_drawer = print.drawer = arg_flag(&run->args, "--drawer");
    print.has_without_debt = print.without_debt = arg_flag(&run->args, "--without-debt");
    print.language = (char *)(uintptr_t)language_code(run->language);
    const Tefter__ToTerminal *answer = run_request(run, &frame);
    if (answer == NULL)
        return run->exit_code;
    return tell_printed(run, answer->printed);
}

const struct verb printing_verbs[] = {
    {.entity = "print",
     .summary = "print a slip by the printer of this branch",
     .params = print_params,
     .run = print_run,
     .more = "The answer comes when the slip is out, or says why it is not. Nobody is asked\n"
             "again by itself: what may have come out is not printed twice in silence."},
    {.entity = "printer",
     .summary = "print the slips of this branch: runs until it is stopped",
     .params = printer_params,
     .run = printer_run,
     .offline = true,
     .more = "This terminal has to be a printer: tefter terminal add BRANCH NAME --printer.\n"
             "Nobody logs in at it, and it is told nothing but the slips that tills of its\n"
             "branch ask for. Slips are in the language of the till, or in that of\n"
             "--language."},
    END_VERBS,
};

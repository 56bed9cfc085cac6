/* Slips and papers: asking for a slip, and the programs that print and draw. */
#include "base/tell.h"
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- programs of their own, for what draws letters is large ---- */

static int no_program(struct run *run, const char *path)
{
    return run_say(run, EXIT_USE, N_("cannot start {program}: {why}"), "program", path, "why",
                   strerror(errno), NULL);
}

/* Beside this program. */
static bool beside(const char *name, char out[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", out, PATH_MAX - 64);
    if (size <= 0)
        return false;
    out[size] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL || strlen(name) >= 63)
        return false;
    (void)snprintf(slash + 1, 64, "%s", name);
    return true;
}

enum { GLOBAL_WORDS = 12, WORDS_MAX = 2 * ARGS_MAX + GLOBAL_WORDS + 2 };

struct line {
    char *words[WORDS_MAX];
    size_t count;
};

static void add_word(struct line *line, const char *word)
{
    line->words[line->count++] = (char *)(uintptr_t)word;
}

static void add_option(struct line *line, const char *name, const char *value)
{
    if (value == NULL)
        return;
    add_word(line, name);
    add_word(line, value);
}

/* With the same words: they were looked at here, and are read there. */
static void add_words(struct line *line, const struct args *args)
{
    for (size_t i = 0; i < args->count; i++) {
        const struct arg *arg = &args->list[i];
        if (is_option(arg->param))
            add_word(line, arg->param->name);
        if (!is_option(arg->param) || arg->param->kind != VALUE_FLAG)
            add_word(line, arg->text);
    }
}

static int start(struct run *run, const char *name, struct line *line)
{
    char path[PATH_MAX];
    if (!beside(name, path))
        return no_program(run, name);
    add_option(line, "--profile", run->args.profile);
    add_option(line, "--server", run->args.server);
    add_option(line, "--language", run->args.language);
    line->words[0] = path;
    line->words[line->count] = NULL;
    (void)execv(path, line->words);
    return no_program(run, path);
}

/* ---- tefter printer ---- */

static const struct param printer_params[] = {
    NEEDED("--to", TEXT, NULL, "HOST[:PORT], /dev/usb/lp0, or queue:NAME of CUPS"),
    CHOICE("--width", NULL, "80 58", "millimetres of its paper (default 80)"),
    OPTION("--drawer", FLAG, NULL, "a cash drawer hangs on it: opened when cash is taken"),
    OPTION("--copies", NUMBER, NULL, "of each slip, 1 to 5 (default 1)"),
    OPTION("--pictures", FOLDER, NULL, "keep each slip there as a PNG, too"),
    END,
};

static int printer_run(struct run *run)
{
    static struct line line = {.count = 1};
    add_words(&line, &run->args);
    return start(run, "tefter-printer", &line);
}

/* ---- tefter paper ---- */

static const struct param paper_params[] = {
    OPTIONAL("NUMBER", TEXT, NULL, "of an invoice, receipt, credit note or statement; or '#17'"),
    OPTION("--statement", CUSTOMER, NULL, "what their account moved, instead"),
    OPTION("--confirmation", CUSTOMER, NULL, "what they owe, to be confirmed by them, instead"),
    NEEDED("--out", FILE, NULL, "NAME.pdf; or NAME.png, a picture of each page"),
    CHOICE("--kind", NULL, "invoice payment credit-note", "which, when several have the number"),
    OPTION("--from", DATE, NULL, "statement: from this date on (default: all)"),
    OPTION("--to", DATE, NULL, "statement: up to this date (default: today)"),
    OPTION("--copy", FLAG, NULL, "it says COPY"),
    OPTIONS("--qr", TEXT, NULL, "a text as a QR code beside how to pay; twice at most"),
    OPTIONS("--note", TEXT, NULL, "a line below"),
    OPTION("--logo", FILE, NULL, "a PNG for its head"),
    OPTION("--seal", FILE, NULL, "a PNG of the shop's seal, where it signs"),
    END,
};

static void add_told(struct line *line, const struct run *run)
{
    static char wait[NUMBER_MAX];
    if (run->json)
        add_word(line, "--json");
    if (run->args.quiet)
        add_word(line, "--quiet");
    add_option(line, "--wait", number_text(run->args.wait_ms / 1000, wait));
}

static int paper_run(struct run *run)
{
    static struct line line = {.count = 1};
    add_words(&line, &run->args);
    add_told(&line, run);
    return start(run, "tefter-paper", &line);
}

int paper_statement(struct run *run, const char *customer, const char *path)
{
    static struct line line = {.count = 1};
    add_option(&line, "--statement", customer);
    add_option(&line, "--out", path);
    add_told(&line, run);
    return start(run, "tefter-paper", &line);
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
    {.entity = "paper",
     .summary = "write an invoice, a receipt, a statement as a PDF or a picture",
     .params = paper_params,
     .run = paper_run,
     .offline = true,
     .more = "A paper is of A4, in the customer's language, or in that of --language. A\n"
             "file that is there is not written over. Of several pages NAME.png becomes\n"
             "NAME-1.png, NAME-2.png and so on."},
    END_VERBS,
};

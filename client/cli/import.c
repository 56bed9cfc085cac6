/* `tefter import`: the import module reads its own words. */
#include "import/import.h"
#include "cli/cli.h"

#include <string.h>

static bool is_own_option(const char *word)
{
    size_t size = strcspn(word, "=");
    for (const struct usage_option *option = import_options; option->name != NULL; option++)
        if (strlen(option->name) == size && strncmp(option->name, word, size) == 0)
            return true;
    return false;
}

/* Global options stand among the import's own; they are taken out first, but those that the import
 * has itself. -1: one of them is wrong, and the run's failure says how. */
static int own_words(struct run *run, int argc, char **argv, char **own)
{
    int count = 0;
    for (int i = 0; i < argc; i++) {
        enum taken taken = is_own_option(argv[i])
                               ? TAKEN_NO
                               : args_take_global(&run->args, argc, argv, &i, &run->failure);
        if (taken == TAKEN_WRONG)
            return -1;
        if (taken == TAKEN_NO)
            own[count++] = argv[i];
    }
    own[count] = NULL;
    return count;
}

static bool open_for(struct run *run, const struct import_settings *settings)
{
    if (settings->dry_run && settings->currency != NULL && !settings->undo)
        return true;
    return run_open(run, false) && run_need_person(run);
}

int import_words(struct run *run, int argc, char **argv)
{
    struct import_settings settings;
    char **own = arena_take(&run->arena, ((size_t)argc + 1) * sizeof(*own));
    need(own != NULL);
    int count = own_words(run, argc, argv, own);
    if (count < 0)
        return run_failed(run, EXIT_USE);
    if (run->args.help) {
        help_verb(import_verbs, stdout);
        return EXIT_DONE;
    }
    import_settings_init(&settings);
    if (!import_settings_read(count, own, &settings, &run->failure))
        return run_failed(run, EXIT_USE);
    settings.language = run->language;
    return open_for(run, &settings) ? import_main(run->client, &settings) : run->exit_code;
}

static int import_run(struct run *run)
{
    return import_words(run, 0, NULL); /* main hands the words over by itself */
}

static const struct param import_params[] = {
    {.name = "KIND",
     .kind = VALUE_TEXT,
     .words = IMPORT_KINDS,
     .help = "what the file holds; undo SOURCE reverses what came with it"},
    OPERAND(
        "FILE", FILE, NULL,
        "CSV or XLSX with a header line; -: standard input (zcat FILE.gz | tefter import invoices "
        "-)"),
    END,
};

const struct verb import_verbs[] = {
    {.entity = "import",
     .summary = "import groups, customers, products, prices, invoices, credit notes, balances or "
                "payments from a file",
     .params = import_params,
     .own = import_options,
     .run = import_run,
     .offline = true},
    END_VERBS,
};

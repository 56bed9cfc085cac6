/* `tefter import`: the import module reads its own words. */
#include "import/import.h"
#include "cli/cli.h"

#include <string.h>

/* Global options stand among the import's own; they are taken out first. */
static int own_words(struct run *run, int argc, char **argv, char **own)
{
    int count = 0;
    for (int i = 0; i < argc; i++) {
        bool valued = i + 1 < argc;
        if (strcmp(argv[i], "--profile") == 0 && valued)
            run->args.profile = argv[++i];
        else if (strcmp(argv[i], "--server") == 0 && valued)
            run->args.server = argv[++i];
        else if (strcmp(argv[i], "--help") == 0)
            run->args.help = true;
        else
            own[count++] = argv[i];
    }
    own[count] = NULL;
    return count;
}

static bool open_for(struct run *run, const struct import_settings *settings)
{
    if (settings->dry_run && settings->currency != NULL)
        return true;
    return run_open(run, false) && run_need_person(run);
}

int import_words(struct run *run, int argc, char **argv)
{
    struct import_settings settings;
    char **own = arena_take(&run->arena, ((size_t)argc + 1) * sizeof(*own));
    need(own != NULL);
    int count = own_words(run, argc, argv, own);
    if (run->args.help) {
        help_verb(import_verbs, stdout);
        return EXIT_DONE;
    }
    import_settings_init(&settings);
    if (!import_settings_read(count, own, &settings, &run->failure))
        return run_failed(run, EXIT_USE);
    return open_for(run, &settings) ? import_main(run->client, &settings) : run->exit_code;
}

static int import_run(struct run *run)
{
    return import_words(run, 0, NULL); /* main hands the words over by itself */
}

static const struct param import_params[] = {
    {.name = "KIND", .kind = VALUE_TEXT, .words = IMPORT_KINDS, .help = "what the file holds"},
    OPERAND("FILE", FILE, NULL,
            "CSV with a header line; -: standard input (zcat FILE.gz | tefter import invoices -)"),
    END,
};

const struct verb import_verbs[] = {
    {.entity = "import",
     .summary = "import customers, products, invoices or payments from a file",
     .params = import_params,
     .own = import_options,
     .run = import_run,
     .offline = true},
    END_VERBS,
};

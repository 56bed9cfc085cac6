/*
 * tefter-importer: reads a file that somebody gave to the page. tefterd starts it.
 */
#include "base/plain_usage.h"
#include "base/standard.h"
#include "base/tell.h"
#include "importd/importd.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_USE = 2 };

static const struct usage_option options[] = {
    {"--task", 0, {NULL, NULL}, "do the step that tefterd has written to descriptor 3"},
    {"--help", 0, {NULL, NULL}, "show this text"},
    {"--version", 0, {NULL, NULL}, "show the version"},
    {NULL, 0, {NULL, NULL}, NULL},
};

static const struct plain_usage usage = {
    .program = "tefter-importer",
    .section = "8",
    .summary = "reads a file that somebody gave to the page, for tefterd",
    .synopsis = "tefter-importer --task",
    .about =
        {"One step of one import: a look at the file, a try, the import itself. tefterd starts "
         "it, with the task, a connection of the person who asked, the file and a place for "
         "rejected rows as descriptors 3 to 6. It opens no file, no socket and no program, "
         "and has no key: where the kernel cannot see to that, it reads nothing.",
         "By hand, a file is imported with tefter import KIND FILE."},
    .options = options,
    .last = "tefterd starts it for each step of an import. By hand, import with: tefter import "
            "KIND FILE",
    .see_also = "tefterd(8), tefter(1)",
};

int main(int argc, char **argv)
{
    standard_open();
    if (argc == 2 && strcmp(argv[1], "--task") == 0)
        return importd_run();
    int code = plain_usage_answer(&usage, argc, argv);
    if (code >= 0)
        return code;
    tell(stderr, "tefter-importer: tefterd starts it, with --task. Try: tefter-importer --help\n");
    return EXIT_USE;
}

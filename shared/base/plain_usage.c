#include "base/plain_usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/tell.h"
#include "base/version.h"

static int tell_help(const struct plain_usage *of)
{
    tell(stdout, "%s: %s\n\n  %s\n\n", of->program, of->summary, of->synopsis);
    for (const struct usage_option *option = of->options; option->name != NULL; option++)
        tell(stdout, "  %-13s %-5s %s\n", option->name,
             option->value.name != NULL ? option->value.name : "", option->help);
    if (of->last != NULL)
        tell(stdout, "\n%s\n", of->last);
    return EXIT_SUCCESS;
}

static int tell_usage(const struct plain_usage *of, enum usage_form form)
{
    struct usage usage = {.out = stdout, .form = form, .program = of->program};
    usage_begin(&usage, of->section, of->summary);
    usage_heading(&usage, "Synopsis");
    usage_text(&usage, of->synopsis);
    usage_heading(&usage, "Description");
    for (size_t i = 0; i < sizeof of->about / sizeof of->about[0] && of->about[i] != NULL; i++)
        usage_text(&usage, of->about[i]);
    usage_heading(&usage, "Options");
    usage_command(&usage, "", NULL, of->summary);
    for (const struct usage_option *option = of->options; option->name != NULL; option++)
        usage_option(&usage, option);
    usage_heading(&usage, "See also");
    usage_text(&usage, of->see_also);
    usage_end(&usage);
    return EXIT_SUCCESS;
}

int plain_usage_answer(const struct plain_usage *of, int argc, char **argv)
{
    const char *word = argc == 2 ? argv[1] : "";
    if (strcmp(word, "--help") == 0)
        return tell_help(of);
    if (strcmp(word, "--man") == 0)
        return tell_usage(of, USAGE_MANUAL);
    if (strcmp(word, "--completion") == 0)
        return tell_usage(of, USAGE_COMPLETION);
    if (strcmp(word, "--version") != 0)
        return -1;
    tell(stdout, "%s %s\n", of->program, version_text);
    return EXIT_SUCCESS;
}

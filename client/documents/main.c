/*
 * tefter-paper: what `tefter paper` starts. Its words are those of that verb.
 */
#include "base/standard.h"
#include "base/tell.h"
#include "base/version.h"
#include "documents/documents.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

/* What is told of the whole program, for who installs it. False: no such word. */
static bool tell_whole(const struct verb *verb, const char *word)
{
    if (strcmp(word, "--man") == 0)
        help_usage_of(verb, "tefter-paper", USAGE_MANUAL, stdout);
    else if (strcmp(word, "--completion") == 0)
        help_usage_of(verb, "tefter-paper", USAGE_COMPLETION, stdout);
    else if (strcmp(word, "--version") == 0)
        tell(stdout, "tefter-paper %s\n", version_text);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct run run;
    const struct verb *verb = verb_find("paper", NULL);
    standard_open();
    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_DFL);
    need(verb != NULL);
    if (argc == 2 && tell_whole(verb, argv[1]))
        return EXIT_DONE;
    struct verb own = *verb;
    own.run = documents_paper;
    own.offline = false;
    run_begin(&run, argc - 1, argv + 1);
    return run_verb(&run, &own, argc - 1, argv + 1);
}

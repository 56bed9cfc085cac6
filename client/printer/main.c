/*
 * tefter-printer: what `tefter printer` starts. Its words are those of that verb.
 */
#include "base/log.h"
#include "base/standard.h"
#include "base/tell.h"
#include "base/version.h"
#include "cli/cli.h"
#include "printer/printer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static bool stop(void)
{
    return stopping != 0;
}

/* A stop waits for the slip at hand; a second one does not. */
static void take_signals(void)
{
    struct sigaction stops = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGTERM, &stops, NULL);
    (void)sigaction(SIGINT, &stops, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static void note(const char *event, const char *about, const char *why)
{
    log_line(LOG_INFO, event, "about", about, "why", why, NULL);
}

static bool read_settings(const struct args *args, struct printer_settings *settings,
                          struct failure *failure)
{
    const char *to = arg_text(args, "--to");
    const char *width = arg_text(args, "--width");
    const char *copies = arg_text(args, "--copies");
    char *end = NULL;
    if (to == NULL)
        return fail(failure, FAULT_USE, 0, "--to is missing: where is the printer?");
    if (!device_read(to, &settings->device, failure))
        return false;
    if (width != NULL && strcmp(width, "58") != 0 && strcmp(width, "80") != 0)
        return fail(failure, FAULT_USE, 0, "--width takes 80 or 58, not \"%s\"", width);
    settings->width = width != NULL && strcmp(width, "58") == 0 ? PAPER_58_MM : PAPER_80_MM;
    settings->copies = copies == NULL ? 1 : (uint32_t)strtoul(copies, &end, 10);
    if (settings->copies < 1 || settings->copies > PRINTER_COPIES_MAX ||
        (end != NULL && *end != '\0'))
        return fail(failure, FAULT_USE, 0, "--copies takes 1 to %d", PRINTER_COPIES_MAX);
    settings->drawer = arg_flag(args, "--drawer");
    settings->pictures = arg_text(args, "--pictures");
    if (settings->pictures != NULL && access(settings->pictures, W_OK | X_OK) != 0)
        return fail(failure, FAULT_USE, 0, "--pictures: %s is no folder that can be written",
                    settings->pictures);
    settings->said_language = args->language != NULL;
    if (settings->said_language && !language_of(args->language, &settings->language))
        return fail(failure, FAULT_USE, 0, "\"%s\": the languages are en, vi, zh, fa and el",
                    args->language);
    settings->profile = args->profile;
    settings->server = args->server;
    settings->program = version_tefter;
    settings->stop = stop;
    settings->note = note;
    return true;
}

static int failed(enum exit_code code, const struct failure *failure)
{
    tell(stderr, "tefter printer: %s\n", failure->text);
    return (int)code;
}

/* What is told of the whole program, for who installs it. False: no such word. */
static bool tell_whole(const struct verb *verb, const char *word)
{
    if (strcmp(word, "--man") == 0)
        help_usage_of(verb, "tefter-printer", USAGE_MANUAL, stdout);
    else if (strcmp(word, "--completion") == 0)
        help_usage_of(verb, "tefter-printer", USAGE_COMPLETION, stdout);
    else if (strcmp(word, "--version") == 0)
        tell(stdout, "tefter-printer %s\n", version_text);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct args args;
    const struct verb *verb = verb_find("printer", NULL);
    struct printer_settings settings = {.copies = 1};
    struct failure failure = {0};
    standard_open();
    if (verb != NULL && argc == 2 && tell_whole(verb, argv[1]))
        return EXIT_DONE;
    if (verb == NULL || !args_read(&args, verb, argc - 1, argv + 1, &failure))
        return failed(EXIT_USE, &failure);
    if (args.help) {
        help_verb(verb, stdout);
        return EXIT_DONE;
    }
    if (!read_settings(&args, &settings, &failure))
        return failed(EXIT_USE, &failure);
    log_setup("tefter-printer", LOG_INFO);
    take_signals();
    return printer_serve(&settings, &failure) ? EXIT_DONE : failed(EXIT_NOT_ALLOWED, &failure);
}

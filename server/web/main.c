/*
 * tefter-web: the page and its WebSockets, in a process of its own. tefterd --web starts it.
 */
#include "base/hash.h"
#include "base/log.h"
#include "base/standard.h"
#include "base/tell.h"
#include "base/usage.h"
#include "base/version.h"
#include "web/files.h"
#include "web/web.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SUMMARY "the page of a live receivables ledger, and its way to the server"

enum { EXIT_USE = 2, ORIGINS_MAX = 1024 };

static const struct row {
    const char *name, *value, *files, *help;
} rows[] = {
    {"--listen", "HOST:PORT", NULL,
     "where browsers come in; without a certificate a loopback address"},
    {"--socket", "FILE", USAGE_FILES,
     "the local socket of tefterd: web.socket in the ledger's folder"},
    {"--cert", "FILE", USAGE_FILES,
     "certificate for browsers, PEM, with its chain; read again at HUP"},
    {"--key", "FILE", USAGE_FILES, "the certificate's key, PEM"},
    {"--root", "FILE", USAGE_FILES,
     "root of that certificate, PEM, which devices are given at /trust while it is there"},
    {"--origin", "URL", NULL, "https://NAME[:PORT] by which browsers reach it; again for more"},
    {"--parent", "PID", NULL, "end with this process, which started it"},
    {"--help", NULL, NULL, "show this text"},
    {"--version", NULL, NULL, "show the version"},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static int tell_help(void)
{
    tell(stdout, "tefter-web: " SUMMARY "\n\n  tefter-web --listen HOST:PORT --socket FILE "
                 "[--cert FILE --key FILE [--root FILE]] [--origin URL ...]\n\n");
    for (size_t i = 0; i < ROW_COUNT; i++)
        tell(stdout, "  %-10s %-10s %s\n", rows[i].name, rows[i].value ? rows[i].value : "",
             rows[i].help);
    return EXIT_SUCCESS;
}

static int tell_usage(enum usage_form form)
{
    struct usage usage = {.out = stdout, .form = form, .program = "tefter-web"};
    usage_begin(&usage, "8", SUMMARY);
    usage_heading(&usage, "Synopsis");
    usage_text(&usage, "tefter-web --listen HOST:PORT --socket FILE [OPTION ...]");
    usage_heading(&usage, "Description");
    usage_text(&usage, "Serves the files of the page and carries the bytes of its WebSockets to "
                       "tefterd. It holds no key of the ledger. tefterd --web starts it and "
                       "watches over it; it is seldom started by hand.");
    usage_heading(&usage, "Options");
    usage_command(&usage, "", NULL, SUMMARY);
    for (size_t i = 0; i < ROW_COUNT; i++)
        usage_option(&usage, &(struct usage_option){.name = rows[i].name,
                                                    .value = {rows[i].value, rows[i].files},
                                                    .help = rows[i].help});
    usage_heading(&usage, "See also");
    usage_text(&usage, "tefterd(8)");
    usage_end(&usage);
    return EXIT_SUCCESS;
}

static int bad_use(const char *what)
{
    tell(stderr, "tefter-web: %s. Try: tefter-web --help\n", what);
    return EXIT_USE;
}

static bool add_origin(char list[ORIGINS_MAX], const char *origin)
{
    size_t size = strlen(list);
    if (size + strlen(origin) + 2 > ORIGINS_MAX)
        return false;
    list[size] = ' ';
    memcpy(list + size + 1, origin, strlen(origin) + 1);
    return true;
}

/* 0, or an exit code. */
static int read_options(int argc, char **argv, struct web_options *options,
                        char origins[ORIGINS_MAX])
{
    static const struct option longs[] = {
        {"listen", required_argument, NULL, 'l'}, {"socket", required_argument, NULL, 's'},
        {"cert", required_argument, NULL, 'c'},   {"key", required_argument, NULL, 'k'},
        {"root", required_argument, NULL, 'r'},   {"origin", required_argument, NULL, 'o'},
        {"parent", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0},
    };
    for (int code; (code = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        if (code == 'l')
            options->listen = optarg;
        else if (code == 's')
            options->socket = optarg;
        else if (code == 'c')
            options->certificate = optarg;
        else if (code == 'k')
            options->key = optarg;
        else if (code == 'r')
            options->root = optarg;
        else if (code == 'p')
            options->parent = (pid_t)strtol(optarg, NULL, 10);
        else if (code != 'o' || !add_origin(origins, optarg))
            return EXIT_USE;
    }
    if (optind < argc)
        return bad_use("it takes options only");
    if (options->listen == NULL || options->socket == NULL)
        return bad_use("it wants --listen HOST:PORT and --socket FILE");
    return 0;
}

int main(int argc, char **argv)
{
    static char origins[ORIGINS_MAX];
    struct web_options options = {.files = web_files, .file_count = web_file_count};
    const char *word = argc == 2 ? argv[1] : "";
    standard_open();
    if (strcmp(word, "--help") == 0)
        return tell_help();
    if (strcmp(word, "--man") == 0)
        return tell_usage(USAGE_MANUAL);
    if (strcmp(word, "--completion") == 0)
        return tell_usage(USAGE_COMPLETION);
    if (strcmp(word, "--version") == 0) {
        tell(stdout, "tefter-web %s\n", version_text);
        return EXIT_SUCCESS;
    }
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    log_setup("tefter-web", LOG_INFO);
    if (!hash_setup()) {
        tell(stderr, "tefter-web: the system gives no random numbers.\n");
        return EXIT_FAILURE;
    }
    int code = read_options(argc, argv, &options, origins);
    if (code != 0)
        return code;
    options.origins = origins[0] != '\0' ? origins : NULL;
    return web_run(&options);
}

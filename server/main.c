/*
 * tefterd: the ledger's server and what belongs to its folder. A table of subcommands.
 */
#include "admin/commands.h"
#include "datadir/datadir.h"
#include "founding/founding.h"
#include "recovery/subprocess.h"
#include "serve/serve.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/standard.h"
#include "base/tell.h"
#include "base/version.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SUMMARY "the server of a live receivables ledger"

/* Of whatever serves: both ways into it, and the test of one. */
#define GATEWAY "notify-url notify-method notify-headers notify-body notify-success notify-secret"
#define SERVING                                                                                    \
    "ledger config listen map row-cache sessions-per-terminal sessions-per-address "               \
    "unproven-per-address min-free checkpoint segment metrics slow-ms notify-contact "             \
    "notify-after notify-most notify-details notify-private " GATEWAY                              \
    " web web-cert web-key web-origin web-connections "

static const struct command commands[] = {
    {"serve", serve_run, SERVING "distrust accept-lost-words date-frozen web-socket found-link",
     NULL,
     "serve a ledger, in the foreground; TERM answers what is under way and ends it, HUP believes "
     "the clock and reads the certificate again"},
    {"found", found_run, SERVING "host", NULL,
     "where there is no ledger yet: print a link by which the owner founds one in a browser; then, "
     "and where there is one, serve it"},
    {"init", init_run,
     "ledger config company country currency admin admin-name branch practice utc-offset "
     "password-file password-stdin host listen map",
     NULL, "make a new ledger and print the first one-time code"},
    {"check", check_run, "config", NULL,
     "look at a settings file: what is wrong in it, on which line, and what it comes to"},
    {"status", status_run, "ledger config", NULL,
     "show what the ledger's folder tells: whether it is served, sizes, backups, what ends when"},
    {"clock", clock_run, "ledger config accept", NULL,
     "show this machine's clock; --accept: the running server shall believe it"},
    {"metrics", metrics_run, "ledger config", NULL,
     "print what the running server counts and times, as OpenMetrics text"},
    {"verify", verify_run, "ledger config backup key passphrase-file work map", NULL,
     "replay the whole journal and compare it with the state, also while it is served"},
    {"backup", backup_run, "ledger config to every keep follow to-key without-root-key map", NULL,
     "make a verified copy in another place, also while it is served"},
    {"backup-key", backup_key_run, "config key to-key passphrase-file", NULL,
     "make a key pair to encrypt backups with: the secret half stays elsewhere"},
    {"restore", restore_run,
     "ledger config from key passphrase-file root-key after vault-only accept-lost-words map", NULL,
     "make a ledger from a backup, in a new folder"},
    {"code", code_run, "ledger config terminal listen map", NULL,
     "print a new one-time code for a terminal, while it is not served"},
    {"recover", recover_run, "ledger config admin password-file password-stdin map", NULL,
     "set a new password of an owner, while it is not served"},
    {"quarantine", quarantine_run, "ledger config reason map", "SEQ",
     "pass over an entry that cannot be applied, while it is not served"},
    {"upgrade", upgrade_run, "ledger config map", NULL,
     "adopt the newest rules this program knows"},
    {"web-name", web_name_run,
     "ledger config also dns-hook http directory ca-file email staging renew", "NAME",
     "get and renew a certificate of the page from a public authority, so that phones believe it"},
    {"web-root", web_root_run, "ledger config also new-root renew", "NAME",
     "make a root for the page alone, which the shop's devices are given, where there is no "
     "internet"},
    {"notify", notify_run, "config phone " GATEWAY, NULL,
     "send a test message to a telephone, as notices of approvals are sent"},
    {"roles", roles_run, "", NULL, "print what each role may do, as this program decides it"},
    {"verify-state", verify_state_run, "glance map", "PATH", NULL},
    {"verify-vault", verify_vault_run, "map", "PATH", NULL},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const struct command *command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void tell_all(void)
{
    tell(stdout,
         "tefterd %s: " SUMMARY "\n\n"
         "  tefterd --ledger DIR [--listen HOST:PORT] [-c FILE]\n\n",
         version_text);
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].help)
            tell(stdout, "  tefterd %-10s %s\n", commands[i].name, commands[i].help);
    tell(stdout, "\nEach has its own: tefterd SUBCOMMAND --help\n");
}

static void tell_usage(enum usage_form form)
{
    struct usage usage = {.out = stdout, .form = form, .program = "tefterd"};
    usage_begin(&usage, "8", SUMMARY);
    usage_heading(&usage, "Synopsis");
    usage_text(&usage, "tefterd --ledger DIR [--listen HOST:PORT] [-c FILE]");
    usage_text(&usage, "tefterd SUBCOMMAND [OPTION ...]");
    usage_heading(&usage, "Description");
    usage_text(&usage,
               "The ledger's server, and what belongs to its folder. Sizes: 512M, 64G; times: "
               "90s, 15m, 1h, 7d.");
    usage_heading(&usage, "Commands");
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].help)
            settings_usage(&commands[i], &usage);
    usage_heading(&usage, "Settings file");
    usage_text(&usage,
               "The FILE of -c has lines of the form key = \"value\"; what follows # is a remark. "
               "Every subcommand reads what concerns it, and the command line wins. "
               "tefterd --example prints a file with every key.");
    usage_heading(&usage, "Exit status");
    usage_text(&usage, "  0  done");
    usage_text(&usage, "  1  a fault: the sentence on standard error says which");
    usage_text(&usage, "  2  wrong use");
    usage_text(&usage, "  5  another process has the ledger");
    usage_heading(&usage, "See also");
    usage_text(&usage, "tefter(1), tefter-web(8), tefter-notify(8), tefter-importer(8)");
    usage_end(&usage);
}

/* What is told of the whole program, for who installs it. False: no such word. */
static bool tell_whole(const char *word)
{
    if (strcmp(word, "--man") == 0)
        tell_usage(USAGE_MANUAL);
    else if (strcmp(word, "--completion") == 0)
        tell_usage(USAGE_COMPLETION);
    else if (strcmp(word, "--example") == 0)
        settings_example(stdout);
    else
        return false;
    return true;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct settings settings;
    int code = settings_read(&settings, command, argc, argv);
    if (code != EXIT_DONE)
        return code;
    if (settings.version)
        tell(stdout, "%s\n", version_tefterd);
    else if (settings.help && command == commands)
        tell_all();
    if (settings.help)
        settings_help(command);
    if (settings.help || settings.version)
        return EXIT_DONE;
    subprocess_set_map(settings.map_bytes);
    int result = command->run(&settings);
    if (result != EXIT_DONE && datadir_acts_as())
        tell(stderr, "tefterd: it acted as %s, who owns the ledger's folder, not as root.\n",
             datadir_acts_as());
    return result;
}

/* A code, a list, a report that nobody got: what was done is done, and whoever asked is told. */
static int told(int code)
{
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    int reason = errno;
    if (written || code != EXIT_DONE)
        return code;
    tell(stderr, "tefterd: this is done; its output could not be written: %s\n", strerror(reason));
    return EXIT_FAULT;
}

int main(int argc, char **argv)
{
    const struct command *command = commands;
    standard_open();
    if (argc == 2 && tell_whole(argv[1]))
        return told(EXIT_DONE);
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    log_setup("tefterd", LOG_NOTICE);
    if (!hash_setup()) {
        tell(stderr, "tefterd: the system gives no random numbers.\n");
        return EXIT_FAULT;
    }
    if (argc > 1 && argv[1][0] != '-') {
        command = command_find(argv[1]);
        argc--;
        argv++;
    }
    if (command == commands)
        return run(command, argc, argv); /* its first line is nobody's answer */
    if (command)
        return told(run(command, argc, argv));
    tell(stderr, "tefterd: there is no subcommand '%s'. Try: tefterd --help\n", argv[0]);
    return EXIT_USE;
}

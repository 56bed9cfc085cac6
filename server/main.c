/*
 * tefterd: the ledger's server and what belongs to its folder. A table of subcommands.
 */
#include "child.h"
#include "commands.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/version.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct command commands[] = {
    {"serve", server_run,
     "ledger listen config map min-free checkpoint segment distrust date-frozen metrics slow-ms",
     NULL, "serve a ledger, in the foreground; TERM drains, HUP reads the certificate again"},
    {"init", init_run,
     "ledger company currency admin admin-name branch utc-offset password-file password-stdin "
     "host listen map",
     NULL, "make a new ledger and the first one-time code"},
    {"status", status_run, "ledger", NULL,
     "what its folder tells: served, sizes, copies, expiries"},
    {"metrics", metrics_run, "ledger", NULL,
     "what the running server counts and times, as OpenMetrics text"},
    {"verify", verify_run, "ledger map", NULL,
     "read the whole journal, replay it, compare with the state; beside a server too"},
    {"backup", backup_run, "ledger to every keep map", NULL,
     "a verified copy in another place; beside a server too"},
    {"restore", restore_run, "ledger from map", NULL, "a ledger from a backup, in a new folder"},
    {"code", code_run, "ledger terminal listen map", NULL,
     "a new one-time code for a terminal, while nobody serves"},
    {"recover", recover_run, "ledger admin password-file password-stdin map", NULL,
     "a new password for an owner, while nobody serves"},
    {"skip", skip_run, "ledger reason map", "SEQ",
     "pass over an entry that cannot be applied, while nobody serves"},
    {"upgrade", upgrade_run, "ledger map", NULL, "adopt the newest rules this program knows"},
    {"verify-state", verify_state_run, "glance map", "PATH", NULL},
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
    printf("tefterd %s: a live receivables ledger\n\n"
           "  tefterd --ledger DIR [--listen HOST:PORT] [-c FILE]\n\n",
           version_text);
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].help)
            printf("  tefterd %-9s %s\n", commands[i].name, commands[i].help);
    printf("\nEach has its own: tefterd SUBCOMMAND --help\n");
}

static int run(const struct command *command, int argc, char **argv)
{
    struct settings settings;
    int code = settings_read(&settings, command, argc, argv);
    if (code != EXIT_DONE)
        return code;
    if (settings.version)
        printf("%s\n", version_tefterd);
    else if (settings.help && command == commands)
        tell_all();
    if (settings.help)
        settings_help(command);
    if (settings.help || settings.version)
        return EXIT_DONE;
    child_set_map(settings.map_bytes);
    return command->run(&settings);
}

int main(int argc, char **argv)
{
    const struct command *command = commands;
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    log_setup("tefterd", LOG_NOTICE);
    if (!hash_setup()) {
        fprintf(stderr, "tefterd: the system gives no random numbers.\n");
        return EXIT_FAULT;
    }
    if (argc > 1 && argv[1][0] != '-') {
        command = command_find(argv[1]);
        argc--;
        argv++;
    }
    if (command)
        return run(command, argc, argv);
    fprintf(stderr, "tefterd: there is no subcommand '%s'. Try: tefterd --help\n", argv[0]);
    return EXIT_USE;
}

#include "settings.h"

#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_HOST,
    OPTION_NUMBER,
    OPTION_BYTES,
    OPTION_SPAN
};

struct option_row {
    const char *name;
    char letter;
    enum option_kind kind;
    size_t at;
    const char *value;
    const char *help;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {"ledger", 'l', OPTION_TEXT, AT(ledger), "DIR", "the ledger's folder"},
    {"listen", 0, OPTION_TEXT, AT(listen), "HOST:PORT", "address for terminals (127.0.0.1:7420)"},
    {"config", 'c', OPTION_TEXT, AT(config), "FILE", "settings; the command line wins"},
    {"map", 0, OPTION_BYTES, AT(map_bytes), "BYTES", "most the state may grow to (64G)"},
    {"min-free", 0, OPTION_BYTES, AT(min_free_bytes), "BYTES",
     "read only below this on the disk (5 %, at least 256M)"},
    {"checkpoint", 0, OPTION_BYTES, AT(checkpoint_bytes), "BYTES",
     "journal between two checkpoints (64M)"},
    {"segment", 0, OPTION_BYTES, AT(segment_bytes), "BYTES", "size of a journal file (64M)"},
    {"distrust", 0, OPTION_FLAG, AT(distrust), NULL, "rebuild the state from the journal"},
    {"date-frozen", 0, OPTION_FLAG, AT(date_frozen), NULL,
     "turn no business day: for imports and tests"},
    {"metrics", 0, OPTION_TEXT, AT(metrics), "HOST:PORT",
     "show metrics there: a loopback address, or the path of a unix socket"},
    {"slow-ms", 0, OPTION_NUMBER, AT(slow_ms), "MS",
     "log commands that take longer (500; 0: none)"},
    {"to", 0, OPTION_TEXT, AT(to), "PLACE", "folder for backups, best on another machine"},
    {"from", 0, OPTION_TEXT, AT(from), "PLACE", "a backup, or the folder of backups (newest)"},
    {"every", 0, OPTION_SPAN, AT(every_s), "1h", "go on, one backup each time"},
    {"keep", 0, OPTION_NUMBER, AT(keep), "N", "backups kept in PLACE (30)"},
    {"company", 0, OPTION_TEXT, AT(company), "NAME", "name of the company"},
    {"currency", 0, OPTION_TEXT, AT(currency), "CODE", "three letters: VND, EUR, IRR"},
    {"admin", 0, OPTION_TEXT, AT(admin), "LOGIN", "login of the owner: a-z 0-9 . - _"},
    {"admin-name", 0, OPTION_TEXT, AT(admin_name), "NAME", "his name"},
    {"branch", 0, OPTION_TEXT, AT(branch), "CODE", "code of the head office (HQ)"},
    {"utc-offset", 0, OPTION_TEXT, AT(utc_offset), "+HH:MM", "its time (this machine's)"},
    {"password-file", 0, OPTION_TEXT, AT(password_file), "FILE", "the password is its first line"},
    {"password-stdin", 0, OPTION_FLAG, AT(password_stdin), NULL,
     "the password is the first line of standard input"},
    {"host", 0, OPTION_HOST, AT(hosts), "NAME",
     "name or address of this server, for its certificate; again for more"},
    {"terminal", 0, OPTION_NUMBER, AT(terminal), "N", "number of the terminal"},
    {"reason", 0, OPTION_TEXT, AT(reason), "TEXT", "why; it is kept in the journal"},
    {"glance", 0, OPTION_FLAG, AT(glance), NULL, "only open it"},
    {"help", 'h', OPTION_FLAG, AT(help), NULL, "this text"},
    {"version", 'V', OPTION_FLAG, AT(version), NULL, "the version"},
};
enum { SLOW_MS_USUAL = 500, SLOW_MS_MOST = 24 * 3600 * 1000 };
enum { ROW_COUNT = sizeof rows / sizeof rows[0], LONG_BASE = 1000 };

/* ---- values ---- */

bool settings_number(const char *text, uint64_t *ret_number)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    *ret_number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

struct unit {
    char letter;
    uint64_t size;
};

static bool with_unit(const char *text, const struct unit *units, uint64_t *ret_number)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    uint64_t number = strtoull(text, &end, 10);
    while (units->letter != *end && units->letter)
        units++;
    if (errno || (units->letter != *end) || (*end && end[1]))
        return false;
    return !__builtin_mul_overflow(number, units->size, ret_number);
}

bool settings_bytes(const char *text, uint64_t *ret_bytes)
{
    static const struct unit units[] = {
        {'K', 1 << 10}, {'M', 1 << 20}, {'G', 1 << 30}, {'T', UINT64_C(1) << 40}, {'\0', 1}};
    return with_unit(text, units, ret_bytes);
}

bool settings_span(const char *text, uint64_t *ret_seconds)
{
    static const struct unit units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'\0', 1}};
    return with_unit(text, units, ret_seconds);
}

static bool set_host(struct settings *settings, const char *value)
{
    if (settings->host_count == SETTINGS_HOSTS_MAX)
        return false;
    settings->hosts[settings->host_count++] = value;
    return true;
}

static bool set_row(struct settings *settings, const struct option_row *row, const char *value)
{
    void *at = (char *)settings + row->at;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return true;
    case OPTION_TEXT:
        *(const char **)at = value;
        return *value != '\0';
    case OPTION_HOST:
        return set_host(settings, value);
    case OPTION_NUMBER:
        return settings_number(value, at);
    case OPTION_BYTES:
        return settings_bytes(value, at);
    case OPTION_SPAN:
        return settings_span(value, at);
    }
    return false;
}

/* ---- options of one subcommand ---- */

static bool takes(const struct command *command, const char *name)
{
    size_t size = strlen(name);
    for (const char *word = command->options; *word; word += *word == ' ') {
        size_t length = strcspn(word, " ");
        if (length == size && strncmp(word, name, size) == 0)
            return true;
        word += length;
    }
    return strcmp(name, "help") == 0 || strcmp(name, "version") == 0;
}

static void fill_getopt(const struct command *command, struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (int i = 0; i < ROW_COUNT; i++) {
        bool value = rows[i].kind != OPTION_FLAG;
        if (!takes(command, rows[i].name))
            continue;
        *longs++ = (struct option){rows[i].name, value ? required_argument : no_argument, NULL,
                                   LONG_BASE + i};
        if (rows[i].letter) {
            *shorts++ = rows[i].letter;
            if (value)
                *shorts++ = ':';
        }
    }
    *longs = (struct option){NULL, 0, NULL, 0};
    *shorts = '\0';
}

static const struct option_row *row_of(int code)
{
    if (code >= LONG_BASE)
        return &rows[code - LONG_BASE];
    for (int i = 0; i < ROW_COUNT; i++)
        if (rows[i].letter && rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static const char *name_of(const struct command *command)
{
    return strcmp(command->name, "serve") == 0 ? "" : command->name;
}

static int bad_use(const struct command *command, const char *what, const char *about)
{
    const char *name = name_of(command);
    fprintf(stderr, "tefterd: %s%s%s. Try: tefterd %s%s--help\n", what, *about ? " " : "", about,
            name, *name ? " " : "");
    return EXIT_USE;
}

static int bad_value(const struct command *command, const struct option_row *row, const char *value)
{
    char text[200];
    snprintf(text, sizeof text, "--%s wants %s, not '%.100s'", row->name,
             row->value ? row->value : "nothing", value);
    return bad_use(command, text, "");
}

static int read_options(struct settings *settings, const struct command *command, int argc,
                        char **argv)
{
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 2];
    fill_getopt(command, longs, shorts);
    opterr = 0;
    optind = 1;
    for (int code; (code = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (code == '?')
            return bad_use(command, "there is no option", argv[optind - 1]);
        if (code == ':')
            return bad_use(command, "a value is missing behind", argv[optind - 1]);
        const struct option_row *row = row_of(code);
        if (!row || !set_row(settings, row, optarg))
            return bad_value(command, row ? row : rows, optarg ? optarg : "");
    }
    return EXIT_DONE;
}

static int read_word(struct settings *settings, const struct command *command, int argc,
                     char **argv)
{
    if (optind < argc && command->word)
        settings->word = argv[optind++];
    if (optind < argc)
        return bad_use(command, "nothing is done with", argv[optind]);
    if (command->word && !settings->word && !settings->help)
        return bad_use(command, command->word, "is missing");
    return EXIT_DONE;
}

static void set_usual(struct settings *settings)
{
    if (!settings->listen)
        settings->listen = "127.0.0.1:7420";
    if (!settings->map_bytes)
        settings->map_bytes = UINT64_C(64) << 30;
    if (!settings->checkpoint_bytes)
        settings->checkpoint_bytes = UINT64_C(64) << 20;
    if (settings->slow_ms == SETTINGS_UNSET)
        settings->slow_ms = SLOW_MS_USUAL;
    if (settings->slow_ms > SLOW_MS_MOST)
        settings->slow_ms = SLOW_MS_MOST;
    if (!settings->keep)
        settings->keep = 30;
}

int settings_read(struct settings *ret_settings, const struct command *command, int argc,
                  char **argv)
{
    struct failure failure = {.fault = FAULT_NONE};
    *ret_settings = (struct settings){.slow_ms = SETTINGS_UNSET};
    int code = read_options(ret_settings, command, argc, argv);
    if (code == EXIT_DONE)
        code = read_word(ret_settings, command, argc, argv);
    if (code != EXIT_DONE || ret_settings->help || ret_settings->version)
        return code;
    if (ret_settings->config && !config_read(ret_settings->config, ret_settings, &failure))
        return settings_told(&failure);
    if (takes(command, "ledger") && !ret_settings->ledger)
        return bad_use(command, "which ledger? --ledger DIR", "is missing");
    set_usual(ret_settings);
    return EXIT_DONE;
}

void settings_help(const struct command *command)
{
    const char *name = name_of(command);
    printf("tefterd%s%s%s%s [options]\n\n  %s\n\n", *name ? " " : "", name,
           command->word ? " " : "", command->word ? command->word : "", command->help);
    for (int i = 0; i < ROW_COUNT; i++) {
        char left[40];
        if (!takes(command, rows[i].name))
            continue;
        snprintf(left, sizeof left, "%s%c%s --%s %s", rows[i].letter ? "-" : " ",
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].value ? rows[i].value : "");
        printf("  %-28s %s\n", left, rows[i].help);
    }
}

/* ---- telling ---- */

static int code_of(enum fault fault)
{
    switch (fault) {
    case FAULT_USE:
        return EXIT_USE;
    case FAULT_BUSY:
        return EXIT_CONFLICT;
    case FAULT_STALE:
        return EXIT_STALE;
    case FAULT_NONE:
    case FAULT_IO:
    case FAULT_FULL:
    case FAULT_DAMAGED:
    case FAULT_NEWER:
    case FAULT_OLDER:
    case FAULT_DIFFERS:
    case FAULT_PEER:
    case FAULT_DENIED:
    case FAULT_MEMORY:
    case FAULT_BUG:
        return EXIT_FAULT;
    }
    return EXIT_FAULT;
}

int settings_told(const struct failure *failure)
{
    fprintf(stderr, "tefterd: %s.\n", failure->text);
    return code_of(failure->fault);
}

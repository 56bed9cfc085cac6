#include "settings/settings.h"

#include "base/limits.h"
#include "base/near.h"
#include "base/tell.h"
#include "settings/config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_FILE,
    OPTION_FOLDER,
    OPTION_HOST,
    OPTION_ORIGIN,
    OPTION_NUMBER, /* these three are SETTINGS_UNSET until they are said */
    OPTION_BYTES,
    OPTION_SPAN,
};

struct option_row {
    const char *name;
    char letter;
    enum option_kind kind;
    size_t at;
    const char *value;
    const char *key;   /* what the file of -c calls it; NULL: the command line only */
    const char *usual; /* what it is when nobody says; NULL: nothing, or as `help` says */
    const char *help;
};

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define TIB (1024 * 1024 * MIB)
#define DAY_S UINT64_C(86400)
#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {"ledger", 'l', OPTION_FOLDER, AT(ledger), "DIR", "ledger", NULL, "the ledger's folder"},
    {"listen", 0, OPTION_TEXT, AT(listen), "HOST:PORT", "listen", SETTINGS_LISTEN,
     "address to listen on for terminals; 0.0.0.0 is every IPv4 address of this machine"},
    {"config", 'c', OPTION_FILE, AT(config), "FILE", NULL, NULL,
     "read settings from FILE; the command line wins"},
    {"map", 0, OPTION_BYTES, AT(map_bytes), "BYTES", "map", "64G",
     "most the state may grow to, and the vault; address space, not memory"},
    {"row-cache", 0, OPTION_BYTES, AT(row_cache_bytes), "BYTES", "row_cache", "256M",
     "memory for customers' rows, kept as they are sent; 0: none are kept"},
    {"sessions-per-terminal", 0, OPTION_NUMBER, AT(per_terminal), "N", "sessions_per_terminal",
     NULL, "most connections of one terminal (default: 16)"},
    {"sessions-per-address", 0, OPTION_NUMBER, AT(per_address), "N", "sessions_per_address", NULL,
     "most connections of one address (default: 90 % of all places)"},
    {"unproven-per-address", 0, OPTION_NUMBER, AT(unproven_per_address), "N",
     "unproven_per_address", NULL,
     "most connections of one address that have not yet shown a certificate of this company "
     "(default: 10 % of all places)"},
    {"min-free", 0, OPTION_BYTES, AT(min_free_bytes), "BYTES", "min_free", NULL,
     "read only while the disk has less free; 0: never (default: 5 % of it, at least 256M)"},
    {"checkpoint", 0, OPTION_BYTES, AT(checkpoint_bytes), "BYTES", "checkpoint", "64M",
     "journal written between two checkpoints"},
    {"segment", 0, OPTION_BYTES, AT(segment_bytes), "BYTES", "segment", "64M",
     "size of a journal file"},
    {"distrust", 0, OPTION_FLAG, AT(distrust), NULL, "distrust", NULL,
     "rebuild the state from the journal"},
    {"accept-lost-words", 0, OPTION_FLAG, AT(accept_lost_words), NULL, NULL, NULL,
     "start although the vault has lost the words of customers: they are not readable then"},
    {"date-frozen", 0, OPTION_FLAG, AT(date_frozen), NULL, "date_frozen", NULL,
     "turn no business day: for imports and tests"},
    {"metrics", 0, OPTION_TEXT, AT(metrics), "HOST:PORT", "metrics", NULL,
     "show metrics there: a loopback address, or the path of a unix socket"},
    {"web", 0, OPTION_TEXT, AT(web), "HOST:PORT", "web", NULL,
     "serve the page to browsers there; other machines than this one need --web-cert"},
    {"web-cert", 0, OPTION_FILE, AT(web_cert), "FILE", "web_cert", NULL,
     "certificate that browsers believe, with its chain, PEM; HUP reads it again"},
    {"web-key", 0, OPTION_FILE, AT(web_key), "FILE", "web_key", NULL, "its key, PEM"},
    {"web-socket", 0, OPTION_FLAG, AT(web_socket), NULL, "web_socket", NULL,
     "serve browsers through a tefter-web that others start, at web.socket in the ledger's folder"},
    {"web-origin", 0, OPTION_ORIGIN, AT(origins), "ORIGIN", "web_origin", NULL,
     "page that browsers may come from, as https://tefter.example:8443; again, or with a blank "
     "between, for more (default: http on this machine's loopback names)"},
    {"web-connections", 0, OPTION_NUMBER, AT(web_connections), "N", "web_connections", NULL,
     "most connections of browsers (default: 2000, and never more than a third of all places)"},
    {"found-link", 0, OPTION_TEXT, AT(found_link), "URL", "found_link", NULL,
     "what tefterd found has printed: the page of a practice ledger leads there; in the settings "
     "file no other user of this machine reads it"},
    {"notify-contact", 0, OPTION_TEXT, AT(notify_contact), "ADDRESS", "notify_contact", NULL,
     "send notices of approvals to browsers (Web Push); push services write here if something is "
     "wrong: mailto:owner@example.com, or a page with https://"},
    {"notify-after", 0, OPTION_SPAN, AT(notify_after_s), "TIME", "notify_after", "3m",
     "when nobody has decided an approval, tell the next who may"},
    {"notify-most", 0, OPTION_NUMBER, AT(notify_most), "N", "notify_most", "6",
     "most notices that one person is sent in ten minutes; what comes beyond waits, and goes into "
     "one"},
    {"notify-details", 0, OPTION_FLAG, AT(notify_details), NULL, "notify_details", NULL,
     "name customer, amount and who asks in notices; without it only the branch is named"},
    {"notify-private", 0, OPTION_FLAG, AT(notify_private), NULL, "notify_private", NULL,
     "push services may be in this network and without TLS: for tests, and one of one's own"},
    {"notify-url", 0, OPTION_TEXT, AT(notify_url), "URL", "notify_url", NULL,
     "send notices to telephones through this gateway; {to}, {to_digits}, {text}, {secret} stand "
     "for number, message and secret, here and in headers and body"},
    {"notify-method", 0, OPTION_TEXT, AT(notify_method), "WORD", "notify_method", "POST",
     "how the gateway is asked: POST, PUT or GET"},
    {"notify-headers", 0, OPTION_TEXT, AT(notify_headers), "LINES", "notify_headers", NULL,
     "lines of the gateway's request, with | between; the Content-Type says how the body is "
     "escaped: JSON, form or XML"},
    {"notify-body", 0, OPTION_TEXT, AT(notify_body), "TEXT", "notify_body", NULL,
     "what the gateway is sent"},
    {"notify-success", 0, OPTION_TEXT, AT(notify_success), "TEXT", "notify_success", NULL,
     "what the gateway's answer holds when it has taken a message (default: any answer of 2xx)"},
    {"notify-secret", 0, OPTION_FILE, AT(notify_secret), "FILE", "notify_secret", NULL,
     "the first line of this file is {secret}; nobody else may read it (mode 600)"},
    {"phone", 0, OPTION_TEXT, AT(phone), "NUMBER", NULL, NULL,
     "telephone that is sent a test: +84901234567"},
    {"slow-ms", 0, OPTION_NUMBER, AT(slow_ms), "MS", "slow_ms", "500",
     "log commands that take longer than so many milliseconds; 0: none"},
    {"to", 0, OPTION_FOLDER, AT(to), "DIR", "backup_to", NULL,
     "folder for backups, best on another machine"},
    {"from", 0, OPTION_FOLDER, AT(from), "DIR", NULL, NULL,
     "a backup, or the folder of backups: then the newest"},
    {"follow", 0, OPTION_FOLDER, AT(follow), "DIR", NULL, NULL,
     "keep a second place up to date, batch by batch, until it is stopped"},
    {"backup", 0, OPTION_FOLDER, AT(backup), "DIR", NULL, NULL,
     "look at a backup instead of a ledger: every part against its sum"},
    {"to-key", 0, OPTION_FILE, AT(to_key), "FILE", "backup_to_key", NULL,
     "encrypt it to the public half of a backup key"},
    {"key", 0, OPTION_FILE, AT(key), "FILE", NULL, NULL,
     "the secret half of the backup key that it is encrypted to"},
    {"passphrase-file", 0, OPTION_FILE, AT(passphrase_file), "FILE", NULL, NULL,
     "the passphrase of the backup key is its first line (default: asked for)"},
    {"without-root-key", 0, OPTION_FLAG, AT(without_root_key), NULL, "backup_without_root_key",
     NULL, "leave out the company's root key, which is kept elsewhere"},
    {"root-key", 0, OPTION_FILE, AT(root_key), "FILE", NULL, NULL,
     "the company's root key, for a backup made without it"},
    {"vault-only", 0, OPTION_FLAG, AT(vault_only), NULL, NULL, NULL,
     "take only the words that this ledger has lost, while it is not served"},
    {"after", 0, OPTION_NUMBER, AT(after), "N", NULL, "0",
     "the newest incarnation that a terminal has met, when it says that this server is older"},
    {"every", 0, OPTION_SPAN, AT(every_s), "TIME", "backup_every", NULL,
     "go on and make a backup each TIME: 15m, 1h, 1d (default: one backup)"},
    {"keep", 0, OPTION_NUMBER, AT(keep), "N", "backup_keep", "30", "backups kept in the folder"},
    {"work", 0, OPTION_FOLDER, AT(work), "DIR", NULL, NULL,
     "folder for the state made anew, which wants as much room as the state (default: the ledger's "
     "own; TMPDIR when that may not be written)"},
    {"company", 0, OPTION_TEXT, AT(company), "NAME", NULL, NULL, "name of the company"},
    {"country", 0, OPTION_TEXT, AT(country), "CODE", NULL, NULL,
     "its country, two letters of ISO 3166: VN, GR, IR; sets what is usual there"},
    {"currency", 0, OPTION_TEXT, AT(currency), "CODE", NULL, NULL,
     "its currency, three letters of ISO 4217: VND, EUR, IRR (default: the country's)"},
    {"admin", 0, OPTION_TEXT, AT(admin), "LOGIN", NULL, NULL, "login of the owner: a-z 0-9 . - _"},
    {"admin-name", 0, OPTION_TEXT, AT(admin_name), "NAME", NULL, NULL, "the owner's name"},
    {"branch", 0, OPTION_TEXT, AT(branch), "CODE", NULL, "HQ", "code of the head office"},
    {"practice", 0, OPTION_FLAG, AT(practice), NULL, NULL, NULL,
     "a ledger to practise with: every screen and paper says so, for good"},
    {"utc-offset", 0, OPTION_TEXT, AT(utc_offset), "+HH:MM", NULL, NULL,
     "time of the head office (default: this machine's)"},
    {"password-file", 0, OPTION_FILE, AT(password_file), "FILE", NULL, NULL,
     "the password is its first line (default: asked for)"},
    {"password-stdin", 0, OPTION_FLAG, AT(password_stdin), NULL, NULL, NULL,
     "the password is the first line of standard input"},
    {"host", 0, OPTION_HOST, AT(hosts), "NAME", NULL, NULL,
     "name or address by which terminals reach this server, for its certificate; again for more"},
    {"terminal", 0, OPTION_NUMBER, AT(terminal), "N", NULL, NULL, "number of the terminal"},
    {"reason", 0, OPTION_TEXT, AT(reason), "TEXT", NULL, NULL, "why; kept in the journal"},
    {"accept", 0, OPTION_FLAG, AT(accept), NULL, NULL, NULL,
     "the clock is right: the running server believes it, and business days turn"},
    {"also", 0, OPTION_HOST, AT(hosts), "NAME", NULL, NULL,
     "another name of the page; again for more"},
    {"dns-hook", 0, OPTION_FILE, AT(dns_hook), "PROGRAM", NULL, NULL,
     "sets and removes the DNS record that is asked for, as hooks of dehydrated do; no port of "
     "this "
     "machine need be reached then"},
    {"http", 0, OPTION_TEXT, AT(http), "HOST:PORT", NULL, NULL,
     "where the question to port 80 of the name arrives (default: port 80 of every address)"},
    {"directory", 0, OPTION_TEXT, AT(directory), "URL", NULL, NULL,
     "another ACME server (default: Let's Encrypt)"},
    {"ca-file", 0, OPTION_FILE, AT(ca_file), "FILE", NULL, NULL,
     "root certificate of that ACME server, PEM, where this machine does not know it"},
    {"email", 0, OPTION_TEXT, AT(email), "ADDRESS", NULL, NULL,
     "whom the authority may write to when a certificate ends"},
    {"staging", 0, OPTION_FLAG, AT(staging), NULL, NULL, NULL,
     "try it with the test server of Let's Encrypt; browsers do not believe what it gives"},
    {"renew", 0, OPTION_FLAG, AT(renew), NULL, NULL, NULL,
     "renew what is there, in the way it was made, when a third of its life is left"},
    {"new-root", 0, OPTION_FLAG, AT(new_root), NULL, NULL, NULL,
     "make another root, which every device has to be given again"},
    {"glance", 0, OPTION_FLAG, AT(glance), NULL, NULL, NULL, "only open it"},
    {"help", 'h', OPTION_FLAG, AT(help), NULL, NULL, NULL, "show this text"},
    {"version", 'V', OPTION_FLAG, AT(version), NULL, NULL, NULL, "show the version"},
};

/* Of numbers; the others take every number, 0 too. most 0: no bound. */
struct bounds {
    const char *name;
    uint64_t least, most;
};
static const struct bounds bounds_table[] = {
    {"map", 64 * MIB, 64 * TIB},
    {"checkpoint", 1, 0},
    {"segment", 16 * KIB, TIB},
    {"every", 1, 366 * DAY_S},
    {"keep", 1, 0},
    {"after", 0, UINT32_MAX},
    {"terminal", 1, UINT32_MAX},
    {"slow-ms", 0, 1000 * DAY_S},
    {"notify-after", 1, DAY_S},
    {"notify-most", 1, NOTICE_MESSAGES_MAX},
    {"sessions-per-terminal", 1, SESSIONS_MAX},
    {"sessions-per-address", 1, SESSIONS_MAX},
    {"web-connections", 1, SESSIONS_MAX},
    {"unproven-per-address", 1, SESSIONS_MAX},
    {NULL, 0, 0},
};

enum {
    ROW_COUNT = sizeof rows / sizeof rows[0],
    LONG_BASE = 1000,
    HELP_MAX = 240,
    NUMBER_MAX = 24,
    BOUNDS_MAX = 64
};

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

/* Scheme, host and perhaps a port, in the letters that a browser writes them in. */
static bool origin_good(const char *text, size_t size)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t head = strlen(schemes[i]);
        if (size > head && memcmp(text, schemes[i], head) == 0)
            return strspn(text + head, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") >= size - head;
    }
    return false;
}

bool settings_origin(const char *text)
{
    return origin_good(text, strlen(text));
}

static bool set_origins(struct settings *settings, const char *value)
{
    size_t count = 0;
    for (const char *at = value; *(at += strspn(at, " ")) != '\0'; count++) {
        size_t size = strcspn(at, " ");
        if (!origin_good(at, size))
            return false;
        at += size;
    }
    if (count == 0 || settings->origin_count == SETTINGS_HOSTS_MAX)
        return false;
    settings->origins[settings->origin_count++] = value;
    return true;
}

static bool is_number(const struct option_row *row)
{
    return row->kind == OPTION_NUMBER || row->kind == OPTION_BYTES || row->kind == OPTION_SPAN;
}

static const struct bounds *bounds_of(const struct option_row *row)
{
    const struct bounds *bounds = bounds_table;
    while (bounds->name && strcmp(bounds->name, row->name) != 0)
        bounds++;
    return bounds;
}

static bool in_bounds(const struct option_row *row, const uint64_t *at)
{
    const struct bounds *bounds = bounds_of(row);
    return *at != SETTINGS_UNSET && *at >= bounds->least &&
           (bounds->most == 0 || *at <= bounds->most);
}

static bool set_row(struct settings *settings, const struct option_row *row, const char *value)
{
    void *at = (char *)settings + row->at;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return true;
    case OPTION_TEXT:
    case OPTION_FILE:
    case OPTION_FOLDER:
        *(const char **)at = value;
        return *value != '\0';
    case OPTION_HOST:
        return set_host(settings, value);
    case OPTION_ORIGIN:
        return set_origins(settings, value);
    case OPTION_NUMBER:
        return settings_number(value, at) && in_bounds(row, at);
    case OPTION_BYTES:
        return settings_bytes(value, at) && in_bounds(row, at);
    case OPTION_SPAN:
        return settings_span(value, at) && in_bounds(row, at);
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

/* As it would be typed: in the largest unit that leaves nothing over. */
static void number_write(const struct option_row *row, uint64_t number, char out[NUMBER_MAX])
{
    static const char *const bytes[] = {"", "K", "M", "G", "T"};
    size_t unit = 0;
    if (row->kind == OPTION_SPAN && number > 0 && number % DAY_S == 0) {
        snprintf(out, NUMBER_MAX, "%" PRIu64 "d", number / DAY_S);
        return;
    }
    while (row->kind == OPTION_BYTES && number > 0 && number % KIB == 0 && unit < 4) {
        number /= KIB;
        unit++;
    }
    snprintf(out, NUMBER_MAX, "%" PRIu64 "%s", number, bytes[unit]);
}

static int bad_use(const struct command *command, const char *what, const char *about)
{
    const char *name = name_of(command);
    tell(stderr, "tefterd: %s%s%s. Try: tefterd %s%s--help\n", what, *about ? " " : "", about, name,
         *name ? " " : "");
    return EXIT_USE;
}

/* " from 64M to 64T", as it would be typed; "" where every number is good. */
static void bounds_write(const struct option_row *row, char out[BOUNDS_MAX])
{
    char least[NUMBER_MAX], most[NUMBER_MAX];
    const struct bounds *bounds = bounds_of(row);
    number_write(row, bounds->least, least);
    number_write(row, bounds->most, most);
    out[0] = '\0';
    if (bounds->most > 0)
        snprintf(out, BOUNDS_MAX, " from %s to %s", least, most);
    else if (bounds->least > 0)
        snprintf(out, BOUNDS_MAX, " from %s", least);
}

static int bad_value(const struct command *command, const struct option_row *row, const char *value)
{
    char text[200], bounds[BOUNDS_MAX];
    bounds_write(row, bounds);
    snprintf(text, sizeof text, "--%s wants %s%s, not '%.100s'", row->name,
             row->value ? row->value : "nothing", bounds, value);
    return bad_use(command, text, "");
}

static int no_option(const struct command *command, const char *word)
{
    char text[200];
    const char *best = NULL;
    size_t far = NEAR_ENOUGH;
    for (int i = 0; i < ROW_COUNT; i++) {
        size_t distance = strlen(word) < 4 || !takes(command, rows[i].name)
                              ? far
                              : near_distance(word + 2, rows[i].name);
        if (distance < far) {
            far = distance;
            best = rows[i].name;
        }
    }
    if (!best)
        return bad_use(command, "there is no option", word);
    snprintf(text, sizeof text, "there is no option %.60s (did you mean --%s?)", word, best);
    return bad_use(command, text, "");
}

/* "--ledger --listen P": the folder is missing, and not called --listen. */
static bool is_option(const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return false;
    return word[1] == '-' || (word[2] == '\0' && row_of(word[1]) != NULL);
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
            return no_option(command, argv[optind - 1]);
        if (code == ':')
            return bad_use(command, "a value is missing behind", argv[optind - 1]);
        const struct option_row *row = row_of(code);
        if (optarg && optarg == argv[optind - 1] && is_option(optarg))
            return bad_use(command, "a value is missing behind", argv[optind - 2]);
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
    if (command->word && !settings->word && !settings->help && !settings->renew)
        return bad_use(command, command->word, "is missing");
    return EXIT_DONE;
}

/* ---- the file, and what is usual ---- */

static bool row_said(const struct settings *settings, const struct option_row *row)
{
    const void *at = (const char *)settings + row->at;
    switch (row->kind) {
    case OPTION_FLAG:
        return *(const bool *)at;
    case OPTION_TEXT:
    case OPTION_FILE:
    case OPTION_FOLDER:
        return *(const char *const *)at != NULL;
    case OPTION_HOST:
        return settings->host_count > 0;
    case OPTION_ORIGIN:
        return settings->origin_count > 0;
    case OPTION_NUMBER:
    case OPTION_BYTES:
    case OPTION_SPAN:
        return *(const uint64_t *)at != SETTINGS_UNSET;
    }
    return false;
}

const char *settings_key(size_t i, bool *ret_flag)
{
    for (int row = 0; row < ROW_COUNT; row++) {
        *ret_flag = rows[row].kind == OPTION_FLAG;
        if (rows[row].key && i-- == 0)
            return rows[row].key;
    }
    return NULL;
}

static const char *example_text(const char *name)
{
    static const char *const examples[][2] = {
        {"sessions-per-terminal", "16"},
        {"sessions-per-address", "10800"},
        {"unproven-per-address", "1200"},
        {"web-connections", "2000"},
        {"metrics", "127.0.0.1:9464"},
        {"web", "0.0.0.0:8443"},
        {"found-link", "http://127.0.0.1:8420/#found=CODE"},
        {"notify-contact", "mailto:owner@example.com"},
        {"notify-url", "https://gateway.example/messages"},
        {"notify-headers", "Content-Type: application/x-www-form-urlencoded | "
                           "Authorization: Bearer {secret}"},
        {"notify-body", "to={to}&text={text}"},
        {"notify-success", "accepted"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(examples[i][0], name) == 0)
            return examples[i][1];
    return "";
}

/* What a key may look like where nothing is usual. */
static const char *example_of(const struct option_row *row)
{
    switch (row->kind) {
    case OPTION_FLAG:
        return "false";
    case OPTION_BYTES:
        return "512M";
    case OPTION_SPAN:
        return "1h";
    case OPTION_FOLDER:
        return strcmp(row->name, "ledger") == 0 ? "/var/lib/tefter/ledger" : "/var/backups/tefter";
    case OPTION_NUMBER:
    case OPTION_TEXT:
        return example_text(row->name);
    case OPTION_FILE:
        return strcmp(row->name, "web-cert") == 0        ? "/etc/tefter/web.crt"
               : strcmp(row->name, "web-key") == 0       ? "/etc/tefter/web.key"
               : strcmp(row->name, "notify-secret") == 0 ? "/etc/tefter/notify-secret"
                                                         : "/etc/tefter/backup-key.pub";
    case OPTION_ORIGIN:
        return "https://tefter.example:8443";
    case OPTION_HOST:
        return "";
    }
    return "";
}

void settings_key_wants(const char *key, char *out, size_t capacity)
{
    int i = 0;
    char bounds[BOUNDS_MAX];
    while (i < ROW_COUNT && (!rows[i].key || strcmp(rows[i].key, key) != 0))
        i++;
    need(i < ROW_COUNT);
    bool flag = rows[i].kind == OPTION_FLAG;
    const char *example = flag ? "" : rows[i].usual ? rows[i].usual : example_of(&rows[i]);
    bounds_write(&rows[i], bounds);
    snprintf(out, capacity, "%s%s%s%s", flag ? "true or false" : rows[i].value, bounds,
             *example ? ", as " : "", example);
}

bool settings_set_key(struct settings *settings, const char *key, const char *value)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (rows[i].key && strcmp(rows[i].key, key) == 0)
            return row_said(settings, &rows[i]) || set_row(settings, &rows[i], value);
    return false;
}

static uint64_t *number_at(struct settings *settings, const struct option_row *row)
{
    return (uint64_t *)(void *)((char *)settings + row->at);
}

static void unset_numbers(struct settings *settings)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (is_number(&rows[i]))
            *number_at(settings, &rows[i]) = SETTINGS_UNSET;
}

/* Where nothing is usual, 0 says that nobody said it, unless it is a value. */
static void set_usual(struct settings *settings)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        if (row_said(settings, &rows[i]))
            continue;
        if (rows[i].usual)
            need(set_row(settings, &rows[i], rows[i].usual));
        else if (is_number(&rows[i]) && bounds_of(&rows[i])->least > 0)
            *number_at(settings, &rows[i]) = 0;
    }
}

/* Every fault is told, so that nobody has to mend and try once for each. */
static bool read_config(struct settings *settings)
{
    static struct config_faults faults;
    if (config_read(settings->config, settings, &faults))
        return true;
    for (size_t i = 0; i < faults.count; i++) {
        const struct config_fault *found = &faults.list[i];
        char line[24] = "";
        if (found->line > 0)
            snprintf(line, sizeof line, ", line %d", found->line);
        bool asks = found->text[strlen(found->text) - 1] == '?';
        tell(stderr, "tefterd: %s%s: %s%s\n", settings->config, line, found->text, asks ? "" : ".");
    }
    return false;
}

int settings_read(struct settings *ret_settings, const struct command *command, int argc,
                  char **argv)
{
    *ret_settings = (struct settings){.help = false};
    unset_numbers(ret_settings);
    int code = read_options(ret_settings, command, argc, argv);
    if (code == EXIT_DONE)
        code = read_word(ret_settings, command, argc, argv);
    if (code != EXIT_DONE || ret_settings->help || ret_settings->version)
        return code;
    if (ret_settings->config && !read_config(ret_settings))
        return EXIT_USE;
    if (takes(command, "ledger") && !ret_settings->ledger && !ret_settings->backup)
        return bad_use(command, "which ledger? --ledger DIR", "is missing");
    set_usual(ret_settings);
    return EXIT_DONE;
}

/* ---- what may be typed ---- */

static void help_of(const struct option_row *row, char out[HELP_MAX])
{
    snprintf(out, HELP_MAX, "%s%s%s%s", row->help, row->usual ? " (default: " : "",
             row->usual ? row->usual : "", row->usual ? ")" : "");
}

void settings_help(const struct command *command)
{
    const char *name = name_of(command);
    tell(stdout, "tefterd%s%s%s%s [options]\n\n  %s\n\n", *name ? " " : "", name,
         command->word ? " " : "", command->word ? command->word : "", command->help);
    for (int i = 0; i < ROW_COUNT; i++) {
        char left[40], help[HELP_MAX];
        if (!takes(command, rows[i].name))
            continue;
        snprintf(left, sizeof left, "%s%c%s --%s %s", rows[i].letter ? "-" : " ",
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].value ? rows[i].value : "");
        help_of(&rows[i], help);
        tell(stdout, "  %-28s %s\n", left, help);
    }
}

void settings_usage(const struct command *command, struct usage *usage)
{
    usage_command(usage, name_of(command), command->word, command->help);
    for (int i = 0; i < ROW_COUNT; i++) {
        char name[40], help[HELP_MAX];
        if (!takes(command, rows[i].name))
            continue;
        snprintf(name, sizeof name, "--%s", rows[i].name);
        help_of(&rows[i], help);
        usage_option(usage,
                     &(struct usage_option){
                         .name = name,
                         .letter = rows[i].letter,
                         .value = {rows[i].value, rows[i].kind == OPTION_FILE     ? USAGE_FILES
                                                  : rows[i].kind == OPTION_FOLDER ? USAGE_FOLDERS
                                                                                  : NULL},
                         .help = help});
    }
}

void settings_example(FILE *out)
{
    tell(out,
         "# Settings of tefterd, made by tefterd --example: every key, as it is when nothing is\n"
         "# said, or as an example. The command line wins over this file. Sizes: 512M, 64G;\n"
         "# times: 90s, 15m, 1h, 7d.\n");
    for (int i = 0; i < ROW_COUNT; i++) {
        char help[HELP_MAX];
        const char *value = rows[i].usual ? rows[i].usual : example_of(&rows[i]);
        const char *quote = rows[i].kind == OPTION_FLAG ? "" : "\"";
        if (!rows[i].key)
            continue;
        help_of(&rows[i], help);
        tell(out, "\n# %s\n%s%s = %s%s%s\n", help, strcmp(rows[i].key, "ledger") == 0 ? "" : "#",
             rows[i].key, quote, value, quote);
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

int settings_report(const struct failure *failure)
{
    tell(stderr, "tefterd: %s.\n", failure->text);
    return code_of(failure->fault);
}

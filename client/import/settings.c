#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/fault.h"
#include "import/import.h"

enum { TERM_DAYS_MAX = 3650 };

const char import_usage[] =
    "usage: tefter import customers|products|invoices|payments FILE [flags]\n"
    "\n"
    "FILE is CSV with a header line; - is standard input (zcat FILE.gz | tefter import invoices "
    "-).\n"
    "\n"
    "which column is what\n"
    "  --map FIELD=COLUMN,...   number=InvoiceNo,customer=CustomerID,date=InvoiceDate,...\n"
    "  --map-file FILE          lines `field = Column name`, # comments\n"
    "  --set FIELD=VALUE        the same in every row: --set source=online-retail\n"
    "  --source NAME            as --set source=NAME; with the number it makes a repeat harmless\n"
    "  --number-prefix TEXT     put before every number\n"
    "  --yes                    columns guessed from their headers are right\n"
    "how it is written\n"
    "  --delimiter SIGN         , ; | or tab\n"
    "  --encoding NAME          latin1, windows-1252 ...; else UTF-8\n"
    "  --decimal SIGN           . or ,\n"
    "  --group SIGN             , . ' space or none\n"
    "  --dates ymd|dmy|mdy\n"
    "  --currency CODE          the company's, for a dry run without a server\n"
    "what is done\n"
    "  --dry-run                reads and checks everything, sends nothing\n"
    "  --term-days N            due = date + N\n"
    "  --no-create              unknown customers and products reject the document\n"
    "  --match oldest           payments without a bill pay the oldest due first\n"
    "  --rejects FILE           else FILE.rejects.csv\n"
    "  --state FILE             else FILE.tefter-import\n"
    "  --restart                from the first row, whatever was done before\n"
    "  --quiet, --json          no progress; the summary as one JSON object\n";

enum flag {
    FLAG_MAP = 256,
    FLAG_MAP_FILE,
    FLAG_SET,
    FLAG_SOURCE,
    FLAG_NUMBER_PREFIX,
    FLAG_YES,
    FLAG_DELIMITER,
    FLAG_ENCODING,
    FLAG_DECIMAL,
    FLAG_GROUP,
    FLAG_DATES,
    FLAG_CURRENCY,
    FLAG_DRY_RUN,
    FLAG_TERM_DAYS,
    FLAG_CREATE,
    FLAG_NO_CREATE,
    FLAG_MATCH,
    FLAG_REJECTS,
    FLAG_STATE,
    FLAG_RESTART,
    FLAG_QUIET,
    FLAG_JSON,
};

static const struct option options[] = {
    {"map", required_argument, NULL, FLAG_MAP},
    {"map-file", required_argument, NULL, FLAG_MAP_FILE},
    {"set", required_argument, NULL, FLAG_SET},
    {"source", required_argument, NULL, FLAG_SOURCE},
    {"number-prefix", required_argument, NULL, FLAG_NUMBER_PREFIX},
    {"yes", no_argument, NULL, FLAG_YES},
    {"delimiter", required_argument, NULL, FLAG_DELIMITER},
    {"encoding", required_argument, NULL, FLAG_ENCODING},
    {"decimal", required_argument, NULL, FLAG_DECIMAL},
    {"group", required_argument, NULL, FLAG_GROUP},
    {"dates", required_argument, NULL, FLAG_DATES},
    {"currency", required_argument, NULL, FLAG_CURRENCY},
    {"dry-run", no_argument, NULL, FLAG_DRY_RUN},
    {"term-days", required_argument, NULL, FLAG_TERM_DAYS},
    {"create-missing", no_argument, NULL, FLAG_CREATE},
    {"no-create", no_argument, NULL, FLAG_NO_CREATE},
    {"match", required_argument, NULL, FLAG_MATCH},
    {"rejects", required_argument, NULL, FLAG_REJECTS},
    {"state", required_argument, NULL, FLAG_STATE},
    {"restart", no_argument, NULL, FLAG_RESTART},
    {"quiet", no_argument, NULL, FLAG_QUIET},
    {"json", no_argument, NULL, FLAG_JSON},
    {NULL, 0, NULL, 0},
};

void import_settings_init(struct import_settings *settings)
{
    *settings = (struct import_settings){.term_days = IMPORT_TERM_NONE};
}

/* ---- values ---- */

static bool one_sign(const char *value, const char *allowed, const char *flag, char *ret_sign,
                     struct failure *failure)
{
    static const struct {
        const char *word;
        char sign;
    } words[] = {{"comma", ','}, {"point", '.'}, {"semicolon", ';'}, {"tab", '\t'},
                 {"\\t", '\t'},  {"bar", '|'},   {"space", ' '},     {"none", 'n'}};
    char sign = value[0] != '\0' && value[1] == '\0' ? value[0] : '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(value, words[i].word) == 0)
            sign = words[i].sign;
    if (sign == '\0' || strchr(allowed, sign) == NULL)
        return fail(failure, FAULT_USE, 0, "%s cannot be \"%s\"", flag, value);
    *ret_sign = sign;
    return true;
}

static bool dates_of(const char *value, enum import_dates *ret_dates, struct failure *failure)
{
    static const char *const words[] = {"", "ymd", "dmy", "mdy"};
    for (enum import_dates i = DATES_YMD; i <= DATES_MDY; i++)
        if (strcmp(value, words[i]) == 0) {
            *ret_dates = i;
            return true;
        }
    return fail(failure, FAULT_USE, 0, "--dates is ymd, dmy or mdy, not \"%s\"", value);
}

static bool term_of(const char *value, int32_t *ret_days, struct failure *failure)
{
    char *end;
    long days = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || days < 0 || days > TERM_DAYS_MAX)
        return fail(failure, FAULT_USE, 0, "--term-days is 0 to %d, not \"%s\"", TERM_DAYS_MAX,
                    value);
    *ret_days = (int32_t)days;
    return true;
}

static bool add_set(struct import_settings *settings, const char *pair, struct failure *failure)
{
    if (settings->set_count == IMPORT_SETS_MAX)
        return fail(failure, FAULT_USE, 0, "--set may stand %d times", IMPORT_SETS_MAX);
    settings->sets[settings->set_count++] = pair;
    return true;
}

static bool match_of(const char *value, struct import_settings *settings, struct failure *failure)
{
    settings->match_oldest = strcmp(value, "oldest") == 0;
    return settings->match_oldest ||
           fail(failure, FAULT_USE, 0, "--match is oldest, not \"%s\"", value);
}

/* ---- flags ---- */

static void set_switch(struct import_settings *settings, int flag)
{
    settings->yes = settings->yes || flag == FLAG_YES;
    settings->dry_run = settings->dry_run || flag == FLAG_DRY_RUN;
    settings->restart = settings->restart || flag == FLAG_RESTART;
    settings->quiet = settings->quiet || flag == FLAG_QUIET;
    settings->json = settings->json || flag == FLAG_JSON;
    settings->no_create = flag == FLAG_NO_CREATE || (settings->no_create && flag != FLAG_CREATE);
}

static void set_text(struct import_settings *settings, int flag, const char *value)
{
    const char **const places[] = {
        [FLAG_MAP - FLAG_MAP] = &settings->map,
        [FLAG_MAP_FILE - FLAG_MAP] = &settings->map_file,
        [FLAG_SOURCE - FLAG_MAP] = &settings->source,
        [FLAG_NUMBER_PREFIX - FLAG_MAP] = &settings->number_prefix,
        [FLAG_ENCODING - FLAG_MAP] = &settings->encoding,
        [FLAG_CURRENCY - FLAG_MAP] = &settings->currency,
        [FLAG_REJECTS - FLAG_MAP] = &settings->rejects,
        [FLAG_STATE - FLAG_MAP] = &settings->state,
    };
    *places[flag - FLAG_MAP] = value;
}

static bool set_flag(struct import_settings *settings, int flag, const char *value,
                     struct failure *failure)
{
    switch (flag) {
    case FLAG_MAP:
    case FLAG_MAP_FILE:
    case FLAG_SOURCE:
    case FLAG_NUMBER_PREFIX:
    case FLAG_ENCODING:
    case FLAG_CURRENCY:
    case FLAG_REJECTS:
    case FLAG_STATE:
        set_text(settings, flag, value);
        return true;
    case FLAG_SET:
        return add_set(settings, value, failure);
    case FLAG_DELIMITER:
        return one_sign(value, ",;|\t", "--delimiter", &settings->delimiter, failure);
    case FLAG_DECIMAL:
        return one_sign(value, ".,", "--decimal", &settings->decimal, failure);
    case FLAG_GROUP:
        return one_sign(value, ",.' n", "--group", &settings->group, failure);
    case FLAG_DATES:
        return dates_of(value, &settings->dates, failure);
    case FLAG_TERM_DAYS:
        return term_of(value, &settings->term_days, failure);
    case FLAG_MATCH:
        return match_of(value, settings, failure);
    default:
        set_switch(settings, flag);
        return true;
    }
}

/* ---- words ---- */

static bool kind_of(const char *word, enum import_kind *ret_kind, struct failure *failure)
{
    static const char *const words[] = {"customers", "products", "invoices", "payments"};
    for (enum import_kind i = IMPORT_CUSTOMERS; i <= IMPORT_PAYMENTS; i++)
        if (strcmp(word, words[i]) == 0) {
            *ret_kind = i;
            return true;
        }
    return fail(failure, FAULT_USE, 0,
                "import customers, products, invoices or payments, not \"%s\"", word);
}

static bool set_words(int count, char **words, struct import_settings *settings,
                      struct failure *failure)
{
    if (count != 2)
        return fail(failure, FAULT_USE, 0, "say what to import and the file");
    settings->file = words[1];
    return kind_of(words[0], &settings->kind, failure);
}

bool import_settings_read(int argc, char **argv, struct import_settings *ret_settings,
                          struct failure *failure)
{
    import_settings_init(ret_settings);
    opterr = 0;
    optind = 0; /* begins anew */
    for (int flag; (flag = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (flag == '?')
            return fail(failure, FAULT_USE, 0, "no flag is called %s", argv[optind - 1]);
        if (flag == ':')
            return fail(failure, FAULT_USE, 0, "%s wants a value", argv[optind - 1]);
        if (!set_flag(ret_settings, flag, optarg, failure))
            return false;
    }
    return set_words(argc - optind, argv + optind, ret_settings, failure);
}

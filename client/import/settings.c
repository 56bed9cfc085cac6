#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/money.h"
#include "import/field.h"
#include "import/import.h"

enum { TERM_DAYS_MAX = 3650, SKIP_MAX = 1000, RATE_EXPONENT = 2 };

enum flag {
    FLAG_FIRST = 256,
    FLAG_MAP = FLAG_FIRST,
    FLAG_MAP_FILE,
    FLAG_SET,
    FLAG_SOURCE,
    FLAG_NUMBER_PREFIX,
    FLAG_YES,
    FLAG_IGNORE,
    FLAG_CASH,
    FLAG_PAID,
    FLAG_AMOUNTS,
    FLAG_TAX,
    FLAG_DISCOUNT_IS,
    FLAG_TAX_IS,
    FLAG_TOTAL,
    FLAG_AS_OF,
    FLAG_FREE,
    FLAG_TWICE,
    FLAG_UPDATE,
    FLAG_SKIP,
    FLAG_DELIMITER,
    FLAG_ENCODING,
    FLAG_SHEET,
    FLAG_HIDDEN,
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
    FLAG_END,
};

/* In the order of `enum flag`. */
const struct usage_option import_options[] = {
    {"--map",
     0,
     {"FIELD=COLUMN,...", NULL},
     "which column is which field: number=InvoiceNo,date=InvoiceDate; the rest is guessed. Fields "
     "of customers: code name phone area nickname tax_code address term_days language note limit "
     "group payer; of groups: dimension name term_days limit; of products: code name price tax "
     "unit brand "
     "colour model barcode cost floor pack factor pack_price pack_barcode; of prices: list code "
     "unit price from_quantity valid_from; of invoices and credit-notes: number customer name date "
     "due type total code text quantity price amount discount tax currency reference note "
     "salesperson area; of balances: customer name amount date due number currency note area; of "
     "payments: number customer name date amount bill kind payer currency reference note "
     "money_account; of customers, bills, balances and payments: branch; of all but products, "
     "prices and groups: source"},
    {"--map-file", 0, {"FILE", USAGE_FILES}, "the same from a file: lines `field = Column name`"},
    {"--set", 0, {"FIELD=VALUE", NULL}, "the same value in every row; may be repeated"},
    {"--source",
     0,
     {"NAME", NULL},
     "as --set source=NAME; with the number it makes a repeat harmless (default: import)"},
    {"--number-prefix", 0, {"TEXT", NULL}, "put TEXT before every document number"},
    {"--yes",
     0,
     {NULL, NULL},
     "do not ask whether guessed columns are right, and leave out those that are none"},
    {"--ignore", 0, {"COLUMN,...", NULL}, "columns that are not to be used"},
    {"--cash",
     0,
     {NULL, NULL},
     "rows without a customer are sales of the cash customer, paid when they were made"},
    {"--paid",
     0,
     {"KIND", "cash card transfer"},
     "how sales of the cash customer were paid: none of them stays open (default: asked)"},
    {"--amounts",
     0,
     {"WHAT", "line document"},
     "what an amount is that stands in each row of a document: its line's, or the whole's"},
    {"--tax",
     0,
     {"WHAT", "none product RATE"},
     "without a tax column: of lines, no tax is added, their product's, or RATE percent; of new "
     "products, none or RATE percent (default: the company's rate). Amounts in a tax column must "
     "be "
     "this much of their line"},
    {"--discount-is",
     0,
     {"WHAT", "percent share amount"},
     "what a plain number in the discount column is: 5 percent, 0.05 as a part of 1, or money "
     "(default: asked)"},
    {"--tax-is", 0, {"WHAT", "percent share amount"}, "the same of the tax column"},
    {"--total",
     0,
     {"AMOUNT", NULL},
     "send nothing unless the file comes to AMOUNT and the server would take all of it"},
    {"--as-of", 0, {"DATE", NULL}, "day of rows without a date: 2026-01-31, 31.1.2026"},
    {"--free",
     0,
     {NULL, NULL},
     "prices of 0 are meant: what has one is given away (default: asked)"},
    {"--twice",
     0,
     {NULL, NULL},
     "a customer who stands twice in balances, without numbers or days that differ, has two debts "
     "(default: asked)"},
    {"--update",
     0,
     {NULL, NULL},
     "change customers, groups, products and prices that are there with other values"},
    {"--skip", 0, {"N", NULL}, "lines above the header line (default: found)"},
    {"--delimiter",
     0,
     {"SIGN", "comma semicolon bar tab"},
     "what stands between columns (default: guessed)"},
    {"--encoding",
     0,
     {"NAME", NULL},
     "latin1, windows-1253, gb18030 ... (default: UTF-8 or UTF-16)"},
    {"--sheet", 0, {"NAME", NULL}, "sheet of a workbook (default: the first that is shown)"},
    {"--hidden",
     0,
     {"WHAT", "read skip"},
     "rows and columns of a workbook that are hidden (default: asked)"},
    {"--decimal", 0, {"SIGN", "point comma"}, "decimal sign (default: guessed)"},
    {"--group",
     0,
     {"SIGN", "comma point space none"},
     "sign between thousands, ' too (default: guessed)"},
    {"--dates", 0, {"ORDER", "ymd dmy mdy"}, "order of year, month and day (default: guessed)"},
    {"--currency",
     0,
     {"CODE", NULL},
     "currency of a dry run without a server (default: the company's)"},
    {"--dry-run",
     0,
     {NULL, NULL},
     "read everything, ask the server what it would do, change nothing"},
    {"--term-days", 0, {"N", NULL}, "an invoice is due N days after its date (default: by terms)"},
    {"--create-missing", 0, {NULL, NULL}, "add unknown customers and products (the default)"},
    {"--no-create", 0, {NULL, NULL}, "reject documents of unknown customers and products"},
    {"--match",
     0,
     {"ORDER", "oldest"},
     "match payments without a bill with the oldest due (default: leave them unmatched)"},
    {"--rejects", 0, {"FILE", USAGE_FILES}, "rows that were rejected (default: FILE.rejects.csv)"},
    {"--state", 0, {"FILE", USAGE_FILES}, "how far it came (default: FILE.tefter-import)"},
    {"--restart", 0, {NULL, NULL}, "begin with the first row, whatever was done before"},
    {"--quiet", 0, {NULL, NULL}, "show no progress"},
    {"--json", 0, {NULL, NULL}, "print the summary as one JSON object"},
    {NULL, 0, {NULL, NULL}, NULL},
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

static bool word_of(const char *value, const char *const *words, const char *flag, int *ret_at,
                    struct failure *failure)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0) {
            *ret_at = i;
            return true;
        }
    return fail(failure, FAULT_USE, 0, "%s is %s or %s, not \"%s\"", flag, words[0], words[1],
                value);
}

static bool amounts_of(const char *value, struct import_settings *settings, struct failure *failure)
{
    static const char *const words[] = {"line", "document", NULL};
    int at = 0;
    if (!word_of(value, words, "--amounts", &at, failure))
        return false;
    settings->amounts = at == 0 ? AMOUNTS_LINE : AMOUNTS_DOCUMENT;
    return true;
}

static bool tax_of(const char *value, struct import_settings *settings, struct failure *failure)
{
    static const char *const words[] = {"none", "product", NULL};
    int at = 0;
    int64_t rate;
    if (decimal_read(value, strlen(value), RATE_EXPONENT, NULL, &rate) == NULL && rate >= 0 &&
        rate <= BASIS_POINTS) {
        settings->tax = TAX_RATE;
        settings->tax_bp = (uint32_t)rate;
        return true;
    }
    if (!word_of(value, words, "--tax", &at, failure))
        return false;
    settings->tax = at == 0 ? TAX_NONE : TAX_PRODUCT;
    return true;
}

static bool rates_of(const char *value, const char *flag, enum import_rates *ret_rates,
                     struct failure *failure)
{
    static const char *const words[] = {"", "percent", "share", "amount"};
    for (enum import_rates i = RATES_PERCENT; i <= RATES_AMOUNT; i++)
        if (strcmp(value, words[i]) == 0) {
            *ret_rates = i;
            return true;
        }
    return fail(failure, FAULT_USE, 0, "%s is percent, share or amount, not \"%s\"", flag, value);
}

/* A slip is no money yet. */
static bool paid_of(const char *value, const char **ret_paid, struct failure *failure)
{
    static const char *const words[] = {"cash", "card", "transfer"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(value, words[i]) == 0) {
            *ret_paid = words[i];
            return true;
        }
    return fail(failure, FAULT_USE, 0, "--paid is cash, card or transfer, not \"%s\"", value);
}

static bool hidden_of(const char *value, struct import_settings *settings, struct failure *failure)
{
    static const char *const words[] = {"read", "skip", NULL};
    int at = 0;
    if (!word_of(value, words, "--hidden", &at, failure))
        return false;
    settings->hidden = at == 0 ? HIDDEN_READ : HIDDEN_SKIP;
    return true;
}

static bool skip_of(const char *value, struct import_settings *settings, struct failure *failure)
{
    char *end;
    long lines = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || lines < 0 || lines > SKIP_MAX)
        return fail(failure, FAULT_USE, 0, "--skip is 0 to %d lines, not \"%s\"", SKIP_MAX, value);
    settings->skip = (uint32_t)lines;
    settings->skip_said = true;
    return true;
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
    settings->cash = settings->cash || flag == FLAG_CASH;
    settings->free = settings->free || flag == FLAG_FREE;
    settings->twice = settings->twice || flag == FLAG_TWICE;
    settings->update = settings->update || flag == FLAG_UPDATE;
    settings->no_create = flag == FLAG_NO_CREATE || (settings->no_create && flag != FLAG_CREATE);
}

static void set_text(struct import_settings *settings, int flag, const char *value)
{
    const char **const places[] = {
        [FLAG_MAP - FLAG_FIRST] = &settings->map,
        [FLAG_MAP_FILE - FLAG_FIRST] = &settings->map_file,
        [FLAG_SOURCE - FLAG_FIRST] = &settings->source,
        [FLAG_NUMBER_PREFIX - FLAG_FIRST] = &settings->number_prefix,
        [FLAG_ENCODING - FLAG_FIRST] = &settings->encoding,
        [FLAG_CURRENCY - FLAG_FIRST] = &settings->currency,
        [FLAG_REJECTS - FLAG_FIRST] = &settings->rejects,
        [FLAG_STATE - FLAG_FIRST] = &settings->state,
        [FLAG_SHEET - FLAG_FIRST] = &settings->sheet,
        [FLAG_IGNORE - FLAG_FIRST] = &settings->ignore,
        [FLAG_TOTAL - FLAG_FIRST] = &settings->total,
    };
    *places[flag - FLAG_FIRST] = value;
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
    case FLAG_SHEET:
    case FLAG_IGNORE:
    case FLAG_TOTAL:
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
    case FLAG_AMOUNTS:
        return amounts_of(value, settings, failure);
    case FLAG_TAX:
        return tax_of(value, settings, failure);
    case FLAG_DISCOUNT_IS:
        return rates_of(value, "--discount-is", &settings->discount_is, failure);
    case FLAG_TAX_IS:
        return rates_of(value, "--tax-is", &settings->tax_is, failure);
    case FLAG_PAID:
        return paid_of(value, &settings->paid, failure);
    case FLAG_HIDDEN:
        return hidden_of(value, settings, failure);
    case FLAG_AS_OF:
        settings->as_of = value;
        return true;
    case FLAG_SKIP:
        return skip_of(value, settings, failure);
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

static void fill_getopt(struct option options[])
{
    static_assert(sizeof import_options / sizeof import_options[0] == FLAG_END - FLAG_FIRST + 1,
                  "a flag has no row");
    for (int i = 0; i <= FLAG_END - FLAG_FIRST; i++) {
        const struct usage_option *row = &import_options[i];
        options[i] = (struct option){row->name == NULL ? NULL : row->name + 2,
                                     row->value.name == NULL ? no_argument : required_argument,
                                     NULL, row->name == NULL ? 0 : FLAG_FIRST + i};
    }
}

static bool kind_of(const char *word, enum import_kind *ret_kind, struct failure *failure)
{
    for (enum import_kind i = IMPORT_CUSTOMERS; i < IMPORT_KINDS_COUNT; i++)
        if (strcmp(word, kind_word(i)) == 0) {
            *ret_kind = i;
            return true;
        }
    return fail(failure, FAULT_USE, 0,
                "import groups, customers, products, prices, invoices, credit-notes, balances or "
                "payments, or undo "
                "a source, not \"%s\"",
                word);
}

static bool set_words(int count, char **words, struct import_settings *settings,
                      struct failure *failure)
{
    if (count != 2)
        return fail(failure, FAULT_USE, 0, "say what to import and the file");
    settings->file = words[1];
    settings->undo = strcmp(words[0], "undo") == 0;
    if (settings->undo)
        return true;
    if (!kind_of(words[0], &settings->kind, failure))
        return false;
    return settings->tax != TAX_RATE || settings->kind == IMPORT_PRODUCTS ||
           kind_has_lines(settings->kind) ||
           fail(failure, FAULT_USE, 0, "--tax with a rate is for products and bills");
}

bool import_settings_read(int argc, char **argv, struct import_settings *ret_settings,
                          struct failure *failure)
{
    struct option options[FLAG_END - FLAG_FIRST + 1];
    fill_getopt(options);
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

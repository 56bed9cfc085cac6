/*
 * What may be typed, from the verbs' tables: --help, the manual page, the completion of bash.
 */
#include "base/tell.h"
#include "base/usage.h"
#include "cli/cli.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

const struct param global_params[] = {
    OPTION("--json", FLAG, NULL, "print one JSON object a line"),
    OPTION("--profile", FOLDER, NULL,
           "folder of this terminal (default: TEFTER_PROFILE, else ~/.config/tefter)"),
    OPTION("--server", TEXT, NULL,
           "HOST:PORT of the server (default: TEFTER_SERVER, else the profile's)"),
    OPTION("--wait", NUMBER, NULL,
           "wait at most N seconds for the server; 0: try once (default: 15)"),
    CHOICE("--language", NULL, "en vi zh fa el",
           "language of what is told (default: TEFTER_LANGUAGE, else en)"),
    OPTION("--quiet", FLAG, NULL, "print the result and errors only"),
    OPTION("--again", FLAG, NULL,
           "book it another time, though the same got no answer before and was done"),
    OPTION("--help", FLAG, NULL, "show what the command takes"),
    END,
};

const struct param page_params[] = {
    OPTION("--rows", NUMBER, NULL, "show at most N rows (default: 100)"),
    OPTION("--all", FLAG, NULL, "show all rows"),
    END,
};

static const char values_text[] =
    "Amounts as people type them: 1,234.50  1500k  2m. Dates: 2026-11-23, today, +30,\n"
    "-7 (days from today). A customer is a code or a number; '#17', quoted for the\n"
    "shell, is always the number.";

static const char *exit_text(enum exit_code code)
{
    switch (code) {
    case EXIT_DONE:
        return "done";
    case EXIT_REFUSED:
        return "refused by a rule";
    case EXIT_USE:
        return "wrong use";
    case EXIT_NO_SERVER:
        return "no server";
    case EXIT_NOT_ALLOWED:
        return "not allowed";
    case EXIT_CONFLICT:
        return "conflict with what is there";
    case EXIT_UNWRITTEN:
        return "done, and its output could not be written";
    case EXIT_CODES:
        break;
    }
    return "";
}

/* ---- one param ---- */

static const char *value_name(enum value_kind kind)
{
    switch (kind) {
    case VALUE_FLAG:
    case VALUE_NOT:
        return NULL;
    case VALUE_TEXT:
        return "TEXT";
    case VALUE_FILE:
        return "FILE";
    case VALUE_FOLDER:
        return "DIR";
    case VALUE_NUMBER:
        return "N";
    case VALUE_AMOUNT:
        return "AMOUNT";
    case VALUE_PRICE:
        return "PRICE";
    case VALUE_QUANTITY:
        return "QTY";
    case VALUE_PERCENT:
        return "PERCENT";
    case VALUE_DATE:
        return "DATE";
    case VALUE_OFFSET:
        return "+HH:MM";
    case VALUE_ENUM:
        return "WORD";
    case VALUE_CUSTOMER:
        return "CUSTOMER";
    case VALUE_BRANCH:
        return "BRANCH";
    case VALUE_STAFF:
        return "LOGIN";
    case VALUE_TERMINAL:
        return "TERMINAL";
    case VALUE_GROUP:
        return "GROUP";
    case VALUE_PRODUCT:
        return "PRODUCT";
    case VALUE_PLACE:
        return "NAME";
    case VALUE_DOCUMENT:
        return "NUMBER";
    }
    return NULL;
}

/* The enum that a param sets: its path from the verb's message. */
static const ProtobufCEnumDescriptor *enum_of(const struct verb *verb, const struct param *param)
{
    bool command = verb->command != NULL;
    if (!command && verb->query == NULL)
        return NULL;
    const ProtobufCMessageDescriptor *type =
        command ? &tefter__command__descriptor : &tefter__query__descriptor;
    const ProtobufCFieldDescriptor *field =
        member_find(type, command ? verb->command : verb->query);
    for (const char *path = param->field; field != NULL && path != NULL;) {
        char name[64];
        size_t size = strcspn(path, ".");
        (void)snprintf(name, sizeof(name), "%.*s", (int)size, path);
        field = member_find(field->descriptor, name);
        path = path[size] == '.' ? path + size + 1 : NULL;
    }
    return field == NULL || field->type != PROTOBUF_C_TYPE_ENUM ? NULL : field->descriptor;
}

enum { WORDS_MAX = 256 };

/* What it may be, by spaces, as it is typed. NULL: no such list. */
static const char *words_of(const struct verb *verb, const struct param *param, char out[WORDS_MAX])
{
    bool any = param->kind == VALUE_ENUM && param->words == NULL;
    const ProtobufCEnumDescriptor *type = any ? enum_of(verb, param) : NULL;
    size_t used = 0;
    if (type == NULL)
        return param->kind == VALUE_FILE     ? USAGE_FILES
               : param->kind == VALUE_FOLDER ? USAGE_FOLDERS
                                             : param->words;
    for (unsigned i = 0; i < type->n_values && used < WORDS_MAX; i++) {
        char word[64];
        (void)enum_word(type, type->values[i].value, word, sizeof(word));
        for (char *at = word; *at != '\0'; at++)
            *at = *at == ' ' ? '-' : *at;
        used += (size_t)snprintf(out + used, WORDS_MAX - used, "%s%s", i == 0 ? "" : " ", word);
    }
    return out;
}

static struct usage_option option_of(const struct verb *verb, const struct param *param,
                                     char words[WORDS_MAX])
{
    bool option = is_option(param);
    return (struct usage_option){
        .name = param->name,
        .help = param->help,
        .value = {.name = option ? value_name(param->kind) : param->name,
                  .words =
                      verb == NULL ? words_of(NULL, param, words) : words_of(verb, param, words)},
    };
}

/* ---- --help ---- */

enum { LINE_COLUMNS = 80, TEXT_COLUMN = 27 };

/* A word, and the options behind it: none of them begins a line, as if it were told there. */
static size_t unbroken(const char *text)
{
    size_t size = strcspn(text, " ");
    while (strncmp(text + size, " --", 3) == 0)
        size += 1 + strcspn(text + size + 1, " ");
    return size;
}

/* Breaks between words, so that no line is longer than LINE_COLUMNS. The first line is written up
 * to `column`, the others begin at `indent`. */
static void put_broken(const char *text, size_t column, size_t indent, FILE *out)
{
    for (bool first = true; *text != '\0'; first = false) {
        size_t size = unbroken(text);
        size_t columns = tell_columns(text, size);
        if (!first && column + 1 + columns > LINE_COLUMNS) {
            tell(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, size, out); /* our own */
        column += columns;
        text += size + strspn(text + size, " ");
    }
    (void)fputc('\n', out);
}

/* "  LEFT    text", the text as a block beside it. */
static void put_beside(const char *left, const char *text, FILE *out)
{
    size_t column = tell_columns(left, strlen(left)) + 3;
    tell(out, "  %-24s ", left);
    put_broken(text, column > TEXT_COLUMN ? column : TEXT_COLUMN, TEXT_COLUMN, out);
}

static void put_option(const struct usage_option *option, bool many, FILE *out)
{
    char left[64];
    char *text = NULL;
    size_t size = 0;
    const char *words = option->value.words;
    bool valued = option->name[0] == '-' && option->value.name != NULL;
    bool listed = usage_listed(words);
    FILE *whole = open_memstream(&text, &size);
    need(whole != NULL);
    (void)snprintf(left, sizeof(left), "%s%s%s", option->name, valued ? " " : "",
                   valued ? option->value.name : "");
    tell(whole, "%s%s", option->help == NULL ? "" : option->help,
         option->help != NULL && listed ? ": " : "");
    if (listed)
        usage_words(words, whole);
    (void)fputs(many ? " (may be repeated)" : "", whole);
    (void)fclose(whole);
    put_beside(left, text, out);
    free(text);
}

static void put_params(const struct verb *verb, const struct param *params, FILE *out)
{
    for (; params != NULL && params->name != NULL; params++) {
        char words[WORDS_MAX];
        struct usage_option option = option_of(verb, params, words);
        put_option(&option, params->many, out);
    }
}

/* "CUSTOMER [LINE…]" and the options that must be there. */
static void put_operands(const struct verb *verb, FILE *out)
{
    const char *between = "";
    for (const struct param *param = verb->params; param != NULL && param->name != NULL; param++) {
        if (is_option(param) && !param->needed)
            continue;
        bool loose = param->optional && !is_option(param);
        tell(out, loose ? "%s[%s" : "%s%s", between, param->name);
        if (is_option(param) && param->kind != VALUE_FLAG)
            tell(out, " %s", value_name(param->kind));
        tell(out, "%s%s", param->many ? "…" : "", loose ? "]" : "");
        between = " ";
    }
}

static void put_name(const struct verb *verb, FILE *out)
{
    tell(out, "%s%s%s", verb->entity, verb->verb == NULL ? "" : " ",
         verb->verb == NULL ? "" : verb->verb);
}

/* Our own lines, which break as they are written. */
static void put_lines(const char *lines, FILE *out)
{
    (void)fputc('\n', out);
    (void)fputs(lines, out);
    (void)fputc('\n', out);
}

void help_verb(const struct verb *verb, FILE *out)
{
    char line[LINE_MAX_BYTES] = "";
    FILE *head = fmemopen(line, sizeof(line), "w");
    need(head != NULL);
    tell(head, "tefter ");
    put_name(verb, head);
    tell(head, " ");
    put_operands(verb, head);
    (void)fclose(head);
    enum { BELOW = 4 };
    put_broken(line, 0, BELOW, out);
    put_broken(verb->summary, 0, 0, out);
    (void)fputc('\n', out);
    put_params(verb, verb->params, out);
    for (const struct usage_option *own = verb->own; own != NULL && own->name != NULL; own++)
        put_option(own, false, out);
    if (verb->paged)
        put_params(NULL, page_params, out);
    if (verb->more != NULL)
        put_lines(verb->more, out);
    tell(out, "\nEverywhere:\n");
    put_params(NULL, global_params, out);
}

struct noun_help {
    const char *entity;
    FILE *out;
};

static bool put_verb_line(void *context, const struct verb *verb)
{
    const struct noun_help *help = context;
    char left[80];
    if (help->entity != NULL && strcmp(help->entity, verb->entity) != 0)
        return true;
    (void)snprintf(left, sizeof(left), "%s%s%s", verb->entity, verb->verb == NULL ? "" : " ",
                   verb->verb == NULL ? "" : verb->verb);
    put_beside(left, verb->summary, help->out);
    return true;
}

void help_noun(const char *entity, FILE *out)
{
    struct noun_help help = {entity, out};
    tell(out, "tefter %s VERB …\n\n", entity);
    verbs_each(put_verb_line, &help);
    tell(out, "\ntefter %s VERB --help says more.\n", entity);
}

void help_all(FILE *out)
{
    struct noun_help help = {NULL, out};
    tell(out, "tefter: " PROGRAM_SUMMARY "\n\n");
    verbs_each(put_verb_line, &help);
    tell(out, "\nEverywhere:\n");
    put_params(NULL, global_params, out);
    put_lines(values_text, out);
    tell(out, "Exit:");
    for (enum exit_code code = EXIT_DONE; code < EXIT_CODES; code++) {
        (void)fputs(code == EXIT_NOT_ALLOWED || code == EXIT_UNWRITTEN ? "\n      " : " ", out);
        tell(out, "%d %s%s", code, exit_text(code), code + 1 < EXIT_CODES ? "," : ".");
    }
    (void)fputc('\n', out);
    tell(out, "\ntefter ENTITY --help, tefter ENTITY VERB --help say more.\n");
}

/* ---- the manual page, the completion ---- */

static void tell_params(struct usage *usage, const struct verb *verb, const struct param *params)
{
    for (; params != NULL && params->name != NULL; params++) {
        char words[WORDS_MAX];
        struct usage_option option = option_of(verb, params, words);
        if (is_option(params))
            usage_option(usage, &option);
        else
            usage_operand(usage, &option.value, option.help);
    }
}

static bool tell_verb(void *context, const struct verb *verb)
{
    struct usage *usage = context;
    char name[80] = "";
    char operands[256] = "";
    FILE *out = fmemopen(name, sizeof(name), "w");
    need(out != NULL);
    put_name(verb, out);
    (void)fclose(out);
    out = fmemopen(operands, sizeof(operands), "w");
    need(out != NULL);
    put_operands(verb, out);
    (void)fclose(out);
    usage_command(usage, name, operands, verb->summary);
    tell_params(usage, verb, verb->params);
    for (const struct usage_option *own = verb->own; own != NULL && own->name != NULL; own++)
        usage_option(usage, own);
    if (verb->paged)
        tell_params(usage, NULL, page_params);
    if (verb->more != NULL)
        usage_text(usage, verb->more);
    return true;
}

static void tell_ends(struct usage *usage)
{
    usage_heading(usage, "Exit status");
    for (enum exit_code code = EXIT_DONE; code < EXIT_CODES; code++) {
        char text[80];
        (void)snprintf(text, sizeof(text), "  %d  %s", code, exit_text(code));
        usage_text(usage, text);
    }
    usage_heading(usage, "Environment");
    usage_text(usage, "TEFTER_PROFILE is the folder of this terminal, TEFTER_SERVER the server's "
                      "address, unless --profile and --server say others.");
    usage_heading(usage, "Files");
    usage_text(usage, "~/.config/tefter holds this terminal's address of the server, certificate, "
                      "key and commands under way. It belongs to one device: do not copy it.");
    usage_heading(usage, "See also");
    usage_text(usage, "tefter-printer(1), tefterd(8)");
}

void help_usage(enum usage_form form, FILE *out)
{
    struct usage usage = {.out = out, .form = form, .program = "tefter"};
    usage_begin(&usage, "1", PROGRAM_SUMMARY);
    usage_heading(&usage, "Synopsis");
    usage_text(&usage, "tefter ENTITY [VERB] [OPERAND ...] [--OPTION ...]");
    usage_heading(&usage, "Description");
    usage_text(&usage, "The command line of a terminal: customers, sales on credit, payments, "
                       "reports and administration of a ledger that tefterd(8) serves.");
    usage_text(&usage, values_text);
    usage_heading(&usage, "Options of every command");
    usage_everywhere(&usage);
    tell_params(&usage, NULL, global_params);
    usage_heading(&usage, "Commands");
    verbs_each(tell_verb, &usage);
    tell_ends(&usage);
    usage_end(&usage);
}

void help_usage_of(const struct verb *verb, const char *program, enum usage_form form, FILE *out)
{
    char line[LINE_MAX_BYTES] = "";
    struct usage usage = {.out = out, .form = form, .program = program};
    FILE *synopsis = fmemopen(line, sizeof(line), "w");
    need(synopsis != NULL);
    tell(synopsis, "%s ", program);
    put_operands(verb, synopsis);
    tell(synopsis, " [--OPTION ...]");
    (void)fclose(synopsis);
    usage_begin(&usage, "1", verb->summary);
    usage_heading(&usage, "Synopsis");
    usage_text(&usage, line);
    usage_heading(&usage, "Description");
    usage_text(&usage, verb->more != NULL ? verb->more : verb->summary);
    usage_heading(&usage, "Options");
    usage_command(&usage, "", NULL, verb->summary);
    tell_params(&usage, verb, verb->params);
    tell_params(&usage, NULL, global_params);
    usage_heading(&usage, "See also");
    usage_text(&usage, "tefter(1), tefterd(8)");
    usage_end(&usage);
}

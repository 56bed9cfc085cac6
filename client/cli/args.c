/*
 * Operands and options by a verb's table.
 */
#include "base/near.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

__attribute__((sentinel)) static bool wrong(const struct args *args, struct failure *failure,
                                            const char *message, ...)
{
    va_list facts;
    *failure = (struct failure){.fault = FAULT_USE};
    va_start(facts, message);
    (void)words_say_list(failure->text, sizeof(failure->text), args->speaks, message, facts);
    va_end(facts);
    return false;
}

static const struct param *param_find(const struct param *params, const char *name, size_t size)
{
    for (; params != NULL && params->name != NULL; params++) {
        if (strlen(params->name) == size && strncmp(params->name, name, size) == 0)
            return params;
    }
    return NULL;
}

static bool is_utf8(const char *text)
{
    uint32_t point;
    size_t size = strlen(text);
    for (size_t at = 0, taken; at < size; at += taken)
        if ((taken = text_decode(text + at, size - at, &point)) == 0)
            return false;
    return true;
}

/* Of what is looked up, signs that nobody sees are none that anybody has. Texts are the ledger's to
 * judge, which says where it is wrong; files are called as they please. */
static bool is_text(const struct param *param, const char *text)
{
    if (param->kind >= VALUE_CUSTOMER && param->kind <= VALUE_DOCUMENT)
        return text_valid(text, strlen(text));
    return param->kind == VALUE_FILE || param->kind == VALUE_FOLDER || is_utf8(text);
}

static bool add(struct args *args, const struct param *param, const char *text,
                struct failure *failure)
{
    if (!is_text(param, text))
        return wrong(args, failure,
                     N_("{word} holds signs that are no text, or that nobody sees: \"{typed}\". "
                        "Type it anew"),
                     "word", param->name, "typed", text, NULL);
    if (args->count == ARGS_MAX)
        return wrong(args, failure, N_("too many words: at most {count}"), "count",
                     NUMBER(ARGS_MAX), NULL);
    for (size_t i = 0; i < args->count && !param->many; i++) {
        if (args->list[i].param == param)
            return wrong(args, failure, N_("{word} is said twice"), "word", param->name, NULL);
    }
    args->list[args->count++] = (struct arg){param, text};
    return true;
}

static bool take_wait(struct args *args, const char *text, struct failure *failure)
{
    char *end = NULL;
    unsigned long seconds = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || seconds > 86400)
        return wrong(args, failure, N_("--wait takes seconds, not \"{typed}\""), "typed", text,
                     NULL);
    args->wait_ms = seconds * 1000;
    return true;
}

static bool take_global(struct args *args, const struct param *param, const char *text,
                        struct failure *failure)
{
    if (strcmp(param->name, "--json") == 0)
        args->json = true;
    else if (strcmp(param->name, "--help") == 0)
        args->help = true;
    else if (strcmp(param->name, "--quiet") == 0)
        args->quiet = true;
    else if (strcmp(param->name, "--again") == 0)
        args->again = true;
    else if (text[0] == '\0')
        return wrong(args, failure, N_("{option} wants a value"), "option", param->name, NULL);
    else if (strcmp(param->name, "--profile") == 0)
        args->profile = text;
    else if (strcmp(param->name, "--server") == 0)
        args->server = text;
    else if (strcmp(param->name, "--language") == 0)
        args->language = text;
    else
        return take_wait(args, text, failure);
    return true;
}

/* What stands behind the = in argv[*at], or in the next word. */
static bool option_value(const struct args *args, const struct param *param, int argc, char **argv,
                         int *at, const char **ret_text, struct failure *failure)
{
    const char *equals = strchr(argv[*at], '=');
    *ret_text = equals == NULL ? "" : equals + 1;
    if (param->kind == VALUE_FLAG || param->kind == VALUE_NOT)
        return equals == NULL || param->may_have ||
               wrong(args, failure, N_("{option} takes no value"), "option", param->name, NULL);
    if (equals != NULL)
        return true;
    if (*at + 1 >= argc)
        return wrong(args, failure, N_("{option} wants a value"), "option", param->name, NULL);
    *ret_text = argv[++*at];
    return true;
}

/* argv[*at] is an option; takes its value too. */
static bool take_option(struct args *args, int argc, char **argv, int *at, struct failure *failure)
{
    const char *word = argv[*at];
    const char *equals = strchr(word, '=');
    size_t size = equals == NULL ? strlen(word) : (size_t)(equals - word);
    const struct param *param = param_find(args->verb->params, word, size);
    const struct param *global = param_find(global_params, word, size);
    if (param == NULL && args->verb->paged)
        param = param_find(page_params, word, size);
    const struct param *known = param != NULL ? param : global;
    const char *text;
    if (known == NULL) {
        char option[CELL_MAX];
        (void)snprintf(option, sizeof(option), "%.*s", (int)size, word);
        return wrong(args, failure, N_("there is no option {option} here; see --help"), "option",
                     option, NULL);
    }
    if (!option_value(args, known, argc, argv, at, &text, failure))
        return false;
    return param != NULL ? add(args, param, text, failure)
                         : take_global(args, global, text, failure);
}

enum taken args_take_global(struct args *args, int argc, char **argv, int *at,
                            struct failure *failure)
{
    const char *text;
    const struct param *global = param_find(global_params, argv[*at], strcspn(argv[*at], "="));
    if (global == NULL)
        return TAKEN_NO;
    return option_value(args, global, argc, argv, at, &text, failure) &&
                   take_global(args, global, text, failure)
               ? TAKEN
               : TAKEN_WRONG;
}

static const struct param *next_operand(const struct args *args, const struct param *before)
{
    const struct param *param = before == NULL ? args->verb->params : before + 1;
    if (before != NULL && before->many)
        return before;
    for (; param != NULL && param->name != NULL; param++) {
        if (!is_option(param))
            return param;
    }
    return NULL;
}

static bool take_operand(struct args *args, const struct param **operand, const char *word,
                         struct failure *failure)
{
    const struct param *next = next_operand(args, *operand);
    if (next == NULL)
        return wrong(args, failure, N_("\"{word}\" is one word too many; see --help"), "word", word,
                     NULL);
    *operand = next;
    return add(args, next, word, failure);
}

static bool said(const struct args *args, const struct param *param)
{
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].param == param)
            return true;
    }
    return false;
}

static bool nothing_missing(const struct args *args, struct failure *failure)
{
    for (const struct param *param = args->verb->params; param != NULL && param->name != NULL;
         param++) {
        bool wanted = is_option(param) ? param->needed : !param->optional;
        if (wanted && !said(args, param))
            return wrong(
                args, failure, N_("{word} is missing: {help}"), "word", param->name, "help",
                param->help == NULL ? "--help" : words_in(args->speaks, param->help), NULL);
    }
    return true;
}

bool args_read(struct args *args, const struct verb *verb, int argc, char **argv,
               struct failure *failure)
{
    const struct param *operand = NULL;
    bool plain = false;
    args->verb = verb;
    args->wait_ms = WAIT_DEFAULT_MS;
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        bool option = !plain && word[0] == '-' && word[1] == '-';
        if (option && word[2] == '\0')
            plain = true;
        else if (!plain && strcmp(word, "-h") == 0)
            args->help = true;
        else if (option ? !take_option(args, argc, argv, &at, failure)
                        : !take_operand(args, &operand, word, failure))
            return false;
    }
    return args->help || nothing_missing(args, failure);
}

const char *arg_next(const struct args *args, const char *name, size_t *at)
{
    while (*at < args->count) {
        const struct arg *arg = &args->list[(*at)++];
        if (strcmp(arg->param->name, name) == 0)
            return arg->text;
    }
    return NULL;
}

const char *arg_text(const struct args *args, const char *name)
{
    size_t at = 0;
    return arg_next(args, name, &at);
}

bool arg_flag(const struct args *args, const char *name)
{
    return arg_text(args, name) != NULL;
}

/* ---- finding verbs ---- */

static const struct verb *const tables[] = {
    settlement_verbs, enrol_verbs,    person_verbs,  customer_verbs,  note_verbs,     sale_verbs,
    cash_verbs,       approval_verbs, correct_verbs, money_verbs,     document_verbs, report_verbs,
    recovery_verbs,   watch_verbs,    group_verbs,   catalogue_verbs, price_verbs,    admin_verbs,
    import_verbs,     call_verbs,     audit_verbs,   rights_verbs,    printing_verbs, bank_verbs,
};

void verbs_each(bool (*each)(void *context, const struct verb *verb), void *context)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct verb *verb = tables[i]; verb->entity != NULL; verb++) {
            if (!each(context, verb))
                return;
        }
    }
}

struct verb_wish {
    const char *entity;
    const char *verb; /* NULL: any, or the entity alone */
    const struct verb *found;
};

static bool match_verb(void *context, const struct verb *verb)
{
    struct verb_wish *wish = context;
    if (strcmp(verb->entity, wish->entity) != 0)
        return true;
    bool same = verb->verb == NULL || (wish->verb != NULL && strcmp(verb->verb, wish->verb) == 0);
    if (same)
        wish->found = verb;
    return !same;
}

const struct verb *verb_find(const char *entity, const char *verb)
{
    struct verb_wish wish = {entity, verb, NULL};
    verbs_each(match_verb, &wish);
    return wish.found;
}

struct near {
    const char *entity; /* NULL: entities are looked for */
    const char *word;
    const char *best;
    size_t distance;
};

static bool nearer(void *context, const struct verb *verb)
{
    struct near *near = context;
    const char *name = near->entity == NULL ? verb->entity : verb->verb;
    if (name == NULL || (near->entity != NULL && strcmp(near->entity, verb->entity) != 0))
        return true;
    bool begins = strncmp(name, near->word, strlen(near->word)) == 0;
    size_t far = begins ? 1 : near_distance(near->word, name);
    if (far < near->distance) {
        near->best = name;
        near->distance = far;
    }
    return true;
}

static const char *nearest(const char *entity, const char *word)
{
    struct near near = {entity, word, NULL, NEAR_ENOUGH};
    verbs_each(nearer, &near);
    return near.best;
}

const char *nearest_noun(const char *word)
{
    return nearest(NULL, word);
}

const char *nearest_verb(const char *entity, const char *word)
{
    return nearest(entity, word);
}

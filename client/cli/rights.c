/* Who may what, and up to how much. */
#include "base/money.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct param rights_set[] = {
    {PARAM("WHAT", ENUM, NULL, "what is had up to so much; tefter rights show lists all"),
     .words = "discount below-list below-floor below-cost custom-amount custom-share other-tax "
              "later-due term-days own-number reversal opening-limit cash-out cash-in move-fee"},
    {PARAM("ROLE", ENUM, NULL, "whose"), .words = "sales controller accountant manager"},
    OPERAND("MOST", TEXT, NULL,
            "up to so much: 5%, 30 (days), 1,000.00, yes or no; \"any\": as much as they want; "
            "\"usual\": as a ledger begins with"),
    OPTION("--what-if", FLAG, NULL, "only show who could do less or more"),
    END,
};

/* ---- shown ---- */

static const char *measure_text(struct run *run, Tefter__Threshold threshold, int64_t value,
                                char out[CELL_MAX])
{
    switch (threshold_unit(threshold)) {
    case THRESHOLD_IN_PERCENT:
        if (value % 100 == 0)
            (void)snprintf(out, CELL_MAX, "%" PRId64 "%%", value / 100);
        else
            (void)snprintf(out, CELL_MAX, "%" PRId64 ".%02d%%", value / 100, (int)(value % 100));
        return out;
    case THRESHOLD_IN_DAYS:
        return value == 0
                   ? run_word(run, N_("no"))
                   : run_count(run, MANY_("{count} day", "{count} days"), (uint64_t)value, out);
    case THRESHOLD_IN_MONEY:
        return money_text(run, value, out);
    case THRESHOLD_YES_OR_NO:
        break;
    }
    return run_word(run, value == 0 ? N_("no") : N_("yes"));
}

const char *threshold_most_text(struct run *run, Tefter__Threshold threshold, bool has_most,
                                int64_t most, char out[CELL_MAX])
{
    if (has_most)
        return measure_text(run, threshold, most, out);
    return run_word(run, threshold_unit(threshold) == THRESHOLD_YES_OR_NO ? N_("yes")
                                                                          : N_("threshold::any"));
}

/* What is not as a ledger begins with has a star. */
static void put_threshold(struct run *run, struct table *table, const Tefter__ThresholdRow *row)
{
    char cell[CELL_MAX];
    char marked[CELL_MAX + 2];
    const char *text = threshold_most_text(run, row->threshold, row->has_most, row->most, cell);
    (void)snprintf(marked, sizeof(marked), "%s%s", text, row->usual ? "" : "*");
    table_cell(table, row->applies ? marked : "-");
}

static struct table *table_of_roles(struct run *run, const char *title)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    struct table *table = table_create(run);
    table_column(table, title, false);
    for (unsigned i = 0; i < roles->n_values; i++)
        table_column(table, role_word((Tefter__Role)roles->values[i].value), true);
    return table;
}

static bool has_role(const Tefter__RightRow *row, Tefter__Role role)
{
    for (size_t i = 0; i < row->n_roles; i++)
        if (row->roles[i] == role)
            return true;
    return false;
}

static const Tefter__ThresholdRow *threshold_row(const Tefter__RightsAnswer *answer,
                                                 Tefter__Threshold threshold, Tefter__Role role)
{
    for (size_t i = 0; i < answer->n_thresholds; i++)
        if (answer->thresholds[i]->threshold == threshold && answer->thresholds[i]->role == role)
            return answer->thresholds[i];
    return NULL;
}

/* Custom lines are had up to so much, not by their right: as far as the larger of the two goes. */
static const char *custom_text(struct run *run, const Tefter__RightsAnswer *answer,
                               Tefter__Role role, char out[CELL_MAX])
{
    static const Tefter__Threshold either[] = {TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT,
                                               TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE};
    char most[CELL_MAX];
    const char *text = "-";
    for (size_t i = 0; i < sizeof(either) / sizeof(either[0]); i++) {
        const Tefter__ThresholdRow *row = threshold_row(answer, either[i], role);
        if (row == NULL || !row->applies)
            continue;
        if (!row->has_most)
            return run_word(run, N_("yes"));
        if (row->most == 0)
            continue;
        (void)words_say(out, CELL_MAX, run->language, N_("to {most}"), "most",
                        measure_text(run, either[i], row->most, most), NULL);
        text = out;
    }
    return text;
}

static const char *right_text(struct run *run, const Tefter__RightsAnswer *answer,
                              const Tefter__RightRow *row, Tefter__Role role, char out[CELL_MAX])
{
    if (row->right == TEFTER__RIGHT__RIGHT_CUSTOM_LINE && answer->held)
        return custom_text(run, answer, role, out);
    return has_role(row, role) ? run_word(run, N_("yes")) : "-";
}

static void show_rights(struct run *run, const Tefter__RightsAnswer *answer)
{
    char cell[CELL_MAX];
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    struct table *table = table_of_roles(run, N_("WHO MAY"));
    for (size_t i = 0; i < answer->n_rights; i++) {
        const Tefter__RightRow *row = answer->rights[i];
        if (row->right == TEFTER__RIGHT__RIGHT_NONE || row->n_roles == 0)
            continue;
        table_cell(table, run_word(run, right_words(row->right)));
        for (unsigned k = 0; k < roles->n_values; k++)
            table_cell(table,
                       right_text(run, answer, row, (Tefter__Role)roles->values[k].value, cell));
    }
    table_print(table, stdout);
}

static void show_thresholds(struct run *run, const Tefter__RightsAnswer *answer)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    struct table *table = table_of_roles(run, N_("UP TO"));
    size_t count = answer->n_thresholds / roles->n_values * roles->n_values;
    bool set = false;
    for (size_t i = 0; i < count; i++) {
        const Tefter__ThresholdRow *row = answer->thresholds[i];
        if (i % roles->n_values == 0)
            table_cell(table, run_word(run, threshold_words(row->threshold)));
        put_threshold(run, table, row);
        set |= !row->usual;
    }
    table_print(table, stdout);
    if (set)
        run_tell(run, N_("* set by the company (version {version})"), "version",
                 NUMBER(answer->version), NULL);
}

static const Tefter__RightsAnswer *ask_rights(struct run *run)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__RightsView view = TEFTER__RIGHTS_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_RIGHTS;
    query.rights = &view;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->rights;
}

static int rights_show(struct run *run)
{
    const Tefter__RightsAnswer *answer = ask_rights(run);
    if (answer == NULL)
        return run->exit_code;
    if (run->json) {
        run_json(run, &answer->base);
        return EXIT_DONE;
    }
    show_rights(run, answer);
    tell(stdout, "\n");
    show_thresholds(run, answer);
    if (!answer->held)
        run_note(run,
                 N_("The ledger keeps older rules, which hold nobody to the second table. Whoever "
                    "runs the server adopts the newest: tefterd upgrade."),
                 NULL);
    return EXIT_DONE;
}

/* ---- set ---- */

/* "below-list" as THRESHOLD_BELOW_LIST: without the prefix, - for _, small letters. */
static bool enum_value(const ProtobufCEnumDescriptor *type, const char *word, int *ret_value)
{
    char name[CELL_MAX];
    for (unsigned i = 0; i < type->n_values; i++) {
        (void)enum_word(type, type->values[i].value, name, sizeof(name));
        for (char *at = name; *at != '\0'; at++)
            *at = *at == ' ' ? '-' : *at;
        if (strcmp(name, word) == 0) {
            *ret_value = type->values[i].value;
            return true;
        }
    }
    return false;
}

static bool typed_days(const char *text, int64_t *ret_days)
{
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > 6 || text[size] != '\0')
        return false;
    *ret_days = strtoll(text, NULL, 10);
    return true;
}

static bool typed_most(struct run *run, Tefter__Threshold threshold, const char *text,
                       int64_t *ret_most)
{
    uint32_t bp = 0;
    bool right = false;
    switch (threshold_unit(threshold)) {
    case THRESHOLD_IN_PERCENT:
        if (!typed_percent(run, text, &bp))
            return false;
        *ret_most = bp;
        return true;
    case THRESHOLD_IN_MONEY:
        return typed_amount(run, text, ret_most);
    case THRESHOLD_IN_DAYS:
        right = typed_days(text, ret_most);
        break;
    case THRESHOLD_YES_OR_NO:
        right = strcmp(text, "yes") == 0 || strcmp(text, "no") == 0;
        *ret_most = strcmp(text, "yes") == 0;
        break;
    }
    const char *form = threshold_unit(threshold) == THRESHOLD_IN_DAYS
                           ? N_("Write a number of days (30), any, or usual.")
                           : N_("Write yes, no, or usual.");
    return right ||
           run_fail(run, "\"{typed}\": {form}", "typed", text, "form", run_word(run, form), NULL);
}

static int rights_set_run(struct run *run)
{
    int threshold = 0;
    int role = 0;
    const char *most = arg_text(&run->args, "MOST");
    Tefter__RoleThreshold one = TEFTER__ROLE_THRESHOLD__INIT;
    Tefter__RoleThreshold *all[] = {&one};
    Tefter__SetThresholds set = TEFTER__SET_THRESHOLDS__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    if (!enum_value(&tefter__threshold__descriptor, arg_text(&run->args, "WHAT"), &threshold))
        return run_say(run, EXIT_USE, N_("\"{typed}\" is none of: {words}"), "typed",
                       arg_text(&run->args, "WHAT"), "words", rights_set[0].words, NULL);
    if (!enum_value(&tefter__role__descriptor, arg_text(&run->args, "ROLE"), &role))
        return run_say(run, EXIT_USE, N_("\"{typed}\" is none of: {words}"), "typed",
                       arg_text(&run->args, "ROLE"), "words", rights_set[1].words, NULL);
    one.threshold = (Tefter__Threshold)threshold;
    one.role = (Tefter__Role)role;
    one.has_usual = one.usual = strcmp(most, "usual") == 0;
    one.has_most = !one.usual && strcmp(most, "any") != 0;
    if (one.has_most && !typed_most(run, one.threshold, most, &one.most))
        return run_failed(run, EXIT_USE);
    set.thresholds = all;
    set.n_thresholds = 1;
    command.kind_case = TEFTER__COMMAND__KIND_SET_THRESHOLDS;
    command.set_thresholds = &set;
    if (arg_flag(&run->args, "--what-if"))
        return rehearse_run(run, &command);
    return run_submit(run, &command,
                      N_("{WHAT} of {ROLE}: {MOST}.| It holds from now on (version "
                         "{id}).|"));
}

const struct verb rights_verbs[] = {
    {.entity = "rights",
     .verb = "show",
     .summary = "show who may what, and up to how much",
     .run = rights_show},
    {.entity = "rights",
     .verb = "set",
     .summary = "set up to how much a role may",
     .params = rights_set,
     .run = rights_set_run},
    END_VERBS,
};

/* Groups of customers, by dimension: area, price tier, controller. */
#include "base/tell.h"
#include "cli/cli.h"

#define TERMS(prefix)                                                                              \
    OPTION("--limit", AMOUNT, prefix "limit_minor", "limit of members without one of their own"),  \
        OPTION("--unlimited", FLAG, prefix "unlimited", "such members have no limit"),             \
        OPTION("--policy", ENUM, prefix "policy", "what happens over the limit"),                  \
        OPTION("--overdue-days", NUMBER, prefix "overdue_days",                                    \
               "stop credit when a bill is overdue by more than N days"),                          \
        OPTION("--overdue", AMOUNT, prefix "overdue_minor",                                        \
               "stop credit when more than this is overdue"),                                      \
        OPTION("--document-max", AMOUNT, prefix "document_max_minor",                              \
               "highest total of one invoice"),                                                    \
        OPTION("--unpaid-max", NUMBER, prefix "unpaid_max",                                        \
               "stop credit at so many unpaid bills (0: at none)"),                                \
        OPTION("--slip-weight", NUMBER, prefix "slip_weight",                                      \
               "percent of slips not confirmed that counts as still owed (at first 100)"),         \
        OPTION("--from", DATE, prefix "valid_from", "first day of the limit and its terms"),       \
        OPTION("--until", DATE, prefix "valid_until", "last day of the limit and its terms")

static const struct param group_add[] = {
    OPERAND("DIMENSION", TEXT, "dimension", "what it groups by: area, tier, controller"),
    OPERAND("NAME", TEXT, "name", "its name"),
    OPTION("--term-days", NUMBER, "term_days",
           "days until members' invoices are due (default: the company's)"),
    TERMS("limit."),
    END,
};

static const struct param group_change[] = {
    OPERAND("GROUP", GROUP, "group", "NAME, DIMENSION/NAME or number"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTION("--term-days", NUMBER, "term_days",
           "days until members' invoices are due (default: as it was)"),
    TERMS("limit."),
    CLEAR_OPTION("limit " TERMS_OF_ALL " validity days"),
    OPTION("--what-if", FLAG, NULL, "only show which members it would stop or free now"),
    END,
};

static const struct param group_list[] = {
    OPTIONAL("DIMENSION", TEXT, "dimension", "only groups of this dimension"), END};

static const struct param membership[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("GROUP", GROUP, "group", "NAME, DIMENSION/NAME or number"),
    END,
};

static const struct column group_columns[] = {
    {N_("N"), "group", COLUMN_NUMBER},
    {N_("DIMENSION"), "dimension", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("MEMBERS"), "members", COLUMN_NUMBER},
    {N_("LIMIT"), "limit.limit_minor", COLUMN_MONEY},
    {N_("POLICY"), "limit.policy", COLUMN_ENUM},
    {N_("OVERDUE DAYS"), "limit.overdue_days", COLUMN_NUMBER},
    {N_("limit::OVERDUE"), "limit.overdue_minor", COLUMN_MONEY},
    {N_("DOCUMENT MAX"), "limit.document_max_minor", COLUMN_MONEY},
    {N_("UNPAID MAX"), "limit.unpaid_max", COLUMN_NUMBER},
    {N_("SLIP WEIGHT"), "limit.slip_weight", COLUMN_NUMBER},
    {N_("UNTIL"), "limit.valid_until", COLUMN_DATE},
    {N_("TERM DAYS"), "term_days", COLUMN_NUMBER},
    END_COLUMNS,
};

static const Tefter__GroupRecord *find_group(struct run *run, uint32_t group)
{
    run->groups = NULL; /* as it is now */
    const Tefter__GroupsAnswer *groups = groups_all(run);
    for (size_t i = 0; groups != NULL && i < groups->n_groups; i++)
        if (groups->groups[i]->group == group)
            return groups->groups[i];
    return NULL;
}

static void group_lines(struct run *run, const Tefter__GroupRecord *group,
                        struct term_lines *ret_lines)
{
    term_lines_read(run, group == NULL ? NULL : group->limit, ret_lines);
    if (group != NULL)
        term_line_days(run, ret_lines, TERM_LINE_DAYS, group->has_term_days, group->term_days);
}

/* What is not said stays; what has changed is shown. */
static int group_change_run(struct run *run)
{
    struct term_lines before;
    struct term_lines now;
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "change_group");
    if (command == NULL)
        return run->exit_code;
    if (arg_flag(&run->args, "--what-if"))
        return rehearse_run(run, command);
    uint32_t group = command->change_group->group;
    group_lines(run, find_group(run, group), &before);
    const Tefter__Done *done = run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    run_tell_done(run, done, run->args.verb->done);
    group_lines(run, run->json ? NULL : find_group(run, group), &now);
    if (!run->json)
        term_lines_changed(run, &before, &now);
    return EXIT_DONE;
}

static bool is_member(const Tefter__CustomerCardAnswer *card, uint32_t group)
{
    for (size_t i = 0; i < card->n_groups; i++)
        if (card->groups[i]->group == group)
            return true;
    return false;
}

/* Who joins a group leaves the one of its dimension that they were in: both are said. */
static int join_run(struct run *run)
{
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "join_group");
    if (command == NULL)
        return run->exit_code;
    const char *customer = arg_text(&run->args, "CUSTOMER");
    const Tefter__CustomerCardAnswer *before = run->json ? NULL : customer_find(run, customer);
    int code = run_submit(run, command, run->args.verb->done);
    const Tefter__CustomerCardAnswer *now =
        before != NULL && code == EXIT_DONE ? customer_find(run, customer) : NULL;
    for (size_t i = 0; now != NULL && i < before->n_groups; i++)
        if (!is_member(now, before->groups[i]->group))
            run_tell(run,
                     N_("They are no longer in {dimension}/{group}: of a dimension they are in one "
                        "group."),
                     "dimension", before->groups[i]->dimension, "group", before->groups[i]->name,
                     NULL);
    return code;
}

const struct verb group_verbs[] = {
    {.entity = "group",
     .verb = "add",
     .summary = "add a group",
     .params = group_add,
     .command = "add_group",
     .done = N_("Group {DIMENSION}/{NAME}| is number {id}|.")},
    {.entity = "group",
     .verb = "list",
     .summary = "list the groups",
     .params = group_list,
     .query = "groups",
     .rows = "groups",
     .columns = group_columns,
     .empty = N_("No groups. tefter group add DIMENSION NAME makes one.")},
    {.entity = "group",
     .verb = "join",
     .summary = "put a customer into a group",
     .params = membership,
     .command = "join_group",
     .run = join_run,
     .done = N_("{CUSTOMER} is in {GROUP}.")},
    {.entity = "group",
     .verb = "leave",
     .summary = "take a customer out of a group",
     .params = membership,
     .command = "leave_group",
     .done = N_("{CUSTOMER} is no longer in {GROUP}.")},
    {.entity = "group",
     .verb = "change",
     .summary = "change its name, terms or limit",
     .params = group_change,
     .command = "change_group",
     .run = group_change_run,
     .done = N_("Group {GROUP} is changed.| Its members are told in the background (job {job}).|")},
    END_VERBS,
};

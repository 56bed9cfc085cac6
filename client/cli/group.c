/* Groups of customers, by dimension: area, price tier, controller. */
#include "cli/cli.h"

#define TERMS(prefix)                                                                              \
    OPTION("--limit", AMOUNT, prefix "limit_minor", "for members without one of their own"),       \
        OPTION("--unlimited", FLAG, prefix "unlimited", "no limit"),                               \
        OPTION("--policy", ENUM, prefix "policy", "over the limit: block, warn or approve"),       \
        OPTION("--overdue-days", NUMBER, prefix "overdue_days",                                    \
               "a bill overdue by more days blocks"),                                              \
        OPTION("--overdue", AMOUNT, prefix "overdue_minor", "more than this overdue blocks")

static const struct param group_add[] = {
    OPERAND("DIMENSION", TEXT, "dimension", "area, tier, controller"),
    OPERAND("NAME", TEXT, "name", "its name"),
    OPTION("--term-days", NUMBER, "term_days", "bills of members are due after so many days"),
    TERMS("limit."),
    END,
};

static const struct param group_change[] = {
    OPERAND("GROUP", GROUP, "group", "NAME, DIMENSION/NAME or number"),
    OPTION("--name", TEXT, "name", NULL),
    OPTION("--term-days", NUMBER, "term_days", "bills of members are due after so many days"),
    TERMS("limit."),
    END,
};

static const struct param group_list[] = {OPTIONAL("DIMENSION", TEXT, "dimension", "only these"),
                                          END};

static const struct param membership[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code or number"),
    OPERAND("GROUP", GROUP, "group", "NAME, DIMENSION/NAME or number"),
    END,
};

static const struct column group_columns[] = {
    {"N", "group", COLUMN_NUMBER},
    {"DIMENSION", "dimension", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {"MEMBERS", "members", COLUMN_NUMBER},
    {"LIMIT", "limit.limit_minor", COLUMN_MONEY},
    {"POLICY", "limit.policy", COLUMN_ENUM},
    {"TERM DAYS", "term_days", COLUMN_NUMBER},
    END_COLUMNS,
};

const struct verb group_verbs[] = {
    {.noun = "group",
     .verb = "add",
     .summary = "a new group",
     .params = group_add,
     .command = "add_group",
     .done = "Group {DIMENSION}/{NAME}| is number {id}|."},
    {.noun = "group",
     .verb = "list",
     .summary = "all groups",
     .params = group_list,
     .query = "groups",
     .rows = "groups",
     .columns = group_columns,
     .empty = "No groups. tefter group add DIMENSION NAME makes one."},
    {.noun = "group",
     .verb = "join",
     .summary = "a customer joins a group",
     .params = membership,
     .command = "join_group",
     .done = "{CUSTOMER} is in {GROUP}."},
    {.noun = "group",
     .verb = "leave",
     .summary = "a customer leaves a group",
     .params = membership,
     .command = "leave_group",
     .done = "{CUSTOMER} is no longer in {GROUP}."},
    {.noun = "group",
     .verb = "change",
     .summary = "name, terms, limit of its members",
     .params = group_change,
     .command = "change_group",
     .done = "Group {GROUP} is changed.| Its members are told in the background (job {job}).|"},
    END_VERBS,
};

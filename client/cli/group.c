/* Groups of customers, by dimension: area, price tier, controller. */
#include "cli/cli.h"

#define TERMS(prefix)                                                                              \
    OPTION("--limit", AMOUNT, prefix "limit_minor", "limit of members without one of their own"),  \
        OPTION("--unlimited", FLAG, prefix "unlimited", "such members have no limit"),             \
        OPTION("--policy", ENUM, prefix "policy", "what happens over the limit"),                  \
        OPTION("--overdue-days", NUMBER, prefix "overdue_days",                                    \
               "stop credit when a bill is overdue by more than N days"),                          \
        OPTION("--overdue", AMOUNT, prefix "overdue_minor",                                        \
               "stop credit when more than this is overdue")

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
           "days until members' invoices are due (default: the company's)"),
    TERMS("limit."),
    END,
};

static const struct param group_list[] = {
    OPTIONAL("DIMENSION", TEXT, "dimension", "only groups of this dimension"), END};

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
    {.entity = "group",
     .verb = "add",
     .summary = "add a group",
     .params = group_add,
     .command = "add_group",
     .done = "Group {DIMENSION}/{NAME}| is number {id}|."},
    {.entity = "group",
     .verb = "list",
     .summary = "list the groups",
     .params = group_list,
     .query = "groups",
     .rows = "groups",
     .columns = group_columns,
     .empty = "No groups. tefter group add DIMENSION NAME makes one."},
    {.entity = "group",
     .verb = "join",
     .summary = "put a customer into a group",
     .params = membership,
     .command = "join_group",
     .done = "{CUSTOMER} is in {GROUP}."},
    {.entity = "group",
     .verb = "leave",
     .summary = "take a customer out of a group",
     .params = membership,
     .command = "leave_group",
     .done = "{CUSTOMER} is no longer in {GROUP}."},
    {.entity = "group",
     .verb = "change",
     .summary = "change its name, terms or limit",
     .params = group_change,
     .command = "change_group",
     .done = "Group {GROUP} is changed.| Its members are told in the background (job {job}).|"},
    END_VERBS,
};

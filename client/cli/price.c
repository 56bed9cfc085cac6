/* Price lists: for which customers and branches, from when on, from how much on. */
#include "base/tell.h"
#include "cli/cli.h"

#include <stdio.h>

static const struct param price_list[] = {
    OPTION("--retired", FLAG, "retired", "retired ones, too"),
    END,
};

static const struct param price_add[] = {
    OPERAND("CODE", TEXT, "code", "its code"),
    OPERAND("NAME", TEXT, "name", "its name"),
    OPTIONS("--group", GROUP, "groups",
            "for the customers of this group: NAME or DIMENSION/NAME (default: for all)"),
    OPTIONS("--branch", BRANCH, "branches", "at this branch (default: at all)"),
    END,
};

static const struct param price_change[] = {
    OPERAND("LIST", TEXT, "list", "its code"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTIONS("--group", GROUP, "groups", "for this group, in place of those before"),
    OPTION("--all-customers", FLAG, "all_customers", "for all customers again"),
    OPTIONS("--branch", BRANCH, "branches", "at this branch, in place of those before"),
    OPTION("--all-branches", FLAG, "all_branches", "at all branches again"),
    END,
};

static const struct param one_list[] = {OPERAND("LIST", TEXT, "list", "its code"), END};

static const struct param price_set[] = {
    OPERAND("LIST", TEXT, "list", "code of the list"),
    OPERAND("PRODUCT", TEXT, NULL, "code or barcode"),
    OPTIONAL("PRICE", PRICE, NULL, "of one unit; leave it out with --none"),
    OPTION("--unit", TEXT, NULL, "price of this unit (default: the barcode's, or its own)"),
    OPTION("--from-quantity", QUANTITY, NULL, "from so much of it in one line on (default: any)"),
    OPTION("--from", DATE, NULL, "first day that it counts (default: the business date)"),
    OPTION("--none", FLAG, NULL, "from then on the list has no price for it"),
    END,
};

static const struct column price_columns[] = {
    {N_("CODE"), "code", COLUMN_TEXT},
    {N_("NAME"), "product_name", COLUMN_TEXT},
    {N_("UNIT"), "unit", COLUMN_TEXT},
    {N_("quantity::FROM"), "from_quantity", COLUMN_QUANTITY},
    {N_("VALID FROM"), "valid_from", COLUMN_DATE},
    {N_("PRICE"), "price", COLUMN_PRICE},
    {N_("IN FORCE"), "in_force", COLUMN_FLAG},
    {N_("COMING"), "coming", COLUMN_FLAG},
    END_COLUMNS,
};

/* ---- lists ---- */

static const char *group_name(struct run *run, uint32_t group)
{
    const Tefter__GroupsAnswer *groups = groups_all(run);
    for (size_t i = 0; groups != NULL && i < groups->n_groups; i++)
        if (groups->groups[i]->group == group)
            return groups->groups[i]->name;
    return "?";
}

/* "gold, silver"; what does not fit a cell is left out. */
static const char *names_of(struct run *run, const uint32_t *numbers, size_t count, bool groups,
                            char out[CELL_MAX])
{
    size_t size = 0;
    (void)snprintf(out, CELL_MAX, "%s", run_word(run, N_("list::all")));
    for (size_t i = 0; i < count && size < CELL_MAX; i++) {
        const char *name = groups ? group_name(run, numbers[i]) : branch_code(run, numbers[i]);
        int added = snprintf(out + size, CELL_MAX - size, "%s%s", i == 0 ? "" : ", ", name);
        size += added > 0 ? (size_t)added : 0;
    }
    return out;
}

static void put_list(struct run *run, struct table *table, const Tefter__PriceListRecord *list)
{
    char cell[CELL_MAX];
    table_cell(table, list->code);
    table_cell(table, list->name);
    table_cell(table, names_of(run, list->groups, list->n_groups, true, cell));
    table_cell(table, names_of(run, list->branches, list->n_branches, false, cell));
    (void)snprintf(cell, sizeof(cell), "%u", list->prices);
    table_cell(table, cell);
    table_cell(table, list->retired ? run_word(run, N_("retired")) : "");
}

static int price_list_run(struct run *run)
{
    const Tefter__Query *query =
        (const Tefter__Query *)run_build(run, &tefter__query__descriptor, "price_lists");
    const Tefter__Answer *answer = query == NULL ? NULL : run_ask(run, query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__PriceListsAnswer *lists = answer->price_lists;
    if (run->json) {
        run_json(run, &lists->base);
        return EXIT_DONE;
    }
    if (lists->n_lists == 0) {
        run_tell(run, run->args.verb->empty, NULL);
        return EXIT_DONE;
    }
    static const char *const titles[] = {N_("CODE"), N_("NAME"),   N_("FOR"),
                                         N_("AT"),   N_("PRICES"), ""};
    struct table *table = table_create(run);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i], i == 4);
    for (size_t i = 0; i < lists->n_lists; i++)
        put_list(run, table, lists->lists[i]);
    table_print(table, stdout);
    return EXIT_DONE;
}

/* ---- prices ---- */

static bool fill_entry(struct run *run, Tefter__PriceEntry *entry)
{
    const char *price = arg_text(&run->args, "PRICE");
    if ((price == NULL) != arg_flag(&run->args, "--none")) {
        (void)run_say(run, EXIT_USE, N_("say either a price or --none"), NULL);
        return false;
    }
    entry->product_code = (char *)(uintptr_t)arg_text(&run->args, "PRODUCT");
    entry->unit = (char *)(uintptr_t)arg_text(&run->args, "--unit");
    const char *quantity = arg_text(&run->args, "--from-quantity");
    const char *from = arg_text(&run->args, "--from");
    ProtobufCMessage *message = &entry->base;
    return (price == NULL || typed_set(run, message, "price", VALUE_PRICE, price)) &&
           (quantity == NULL ||
            typed_set(run, message, "from_quantity", VALUE_QUANTITY, quantity)) &&
           (from == NULL || typed_set(run, message, "valid_from", VALUE_DATE, from));
}

static int price_set_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_prices");
    Tefter__PriceEntry entry = TEFTER__PRICE_ENTRY__INIT;
    Tefter__PriceEntry *entries[] = {&entry};
    if (command == NULL)
        return run->exit_code;
    if (!fill_entry(run, &entry))
        return run->failure.fault != FAULT_NONE ? run_failed(run, EXIT_USE) : run->exit_code;
    command->set_prices->prices = entries;
    command->set_prices->n_prices = 1;
    return run_submit(run, command, run->args.verb->done);
}

const struct verb price_verbs[] = {
    {.entity = "price",
     .verb = "list",
     .summary = "list the price lists",
     .params = price_list,
     .run = price_list_run,
     .empty = N_("No price lists: the catalogue's prices hold for all. tefter price add CODE NAME "
                 "makes one.")},
    {.entity = "price",
     .verb = "add",
     .summary = "add a price list",
     .params = price_add,
     .command = "add_price_list",
     .done = N_("Price list {CODE}| is added. Put prices on it: tefter price set {CODE}| PRODUCT "
                "PRICE, or tefter import prices FILE.")},
    {.entity = "price",
     .verb = "change",
     .summary = "change its name, or whom and where it is for",
     .params = price_change,
     .command = "change_price_list",
     .done = N_("Price list {LIST} is changed.")},
    {.entity = "price",
     .verb = "set",
     .summary = "set a price of a list",
     .params = price_set,
     .run = price_set_run,
     .command = "set_prices",
     .done = N_("{PRODUCT} has its price on {LIST}."),
     .more = "tefter price set GOLD CEM40 88k --from-quantity 100 --from 2027-01-01\n"
             "Which price applies to a customer: that of a list for a group of theirs at\n"
             "the branch, else for the group, else for the branch, else for all; else the\n"
             "catalogue's. tefter product show PRODUCT --customer C says which."},
    {.entity = "price",
     .verb = "show",
     .summary = "show the prices of a list, those that are coming too",
     .params = one_list,
     .query = "prices",
     .rows = "prices",
     .columns = price_columns,
     .paged = true,
     .empty = N_("The list is empty. tefter price set LIST PRODUCT PRICE puts a price on it.")},
    {.entity = "price",
     .verb = "retire",
     .summary = "let none of its prices count any more",
     .params = one_list,
     .command = "change_price_list",
     .fixed = "retired=true",
     .done = N_("Price list {LIST} is retired.")},
    {.entity = "price",
     .verb = "again",
     .summary = "let its prices count again",
     .params = one_list,
     .command = "change_price_list",
     .fixed = "retired=false",
     .done = N_("Price list {LIST} counts again.")},
    END_VERBS,
};

/* What is sold. */
#include "base/tell.h"
#include "cli/cli.h"

static const struct param product_add[] = {
    OPERAND("CODE", TEXT, "code", "its code"),
    OPERAND("NAME", TEXT, "name", "its name"),
    OPTION("--price", PRICE, "price", "price of one unit"),
    OPTION("--floor", PRICE, "floor", "lowest price of one unit; below it only who may sells"),
    OPTION("--unit", TEXT, "unit", "unit of sale: bag, kg, m"),
    OPTION("--tax", PERCENT, "tax_bp", "tax on it: 8%"),
    OPTION("--brand", TEXT, "brand", "its brand"),
    OPTION("--colour", TEXT, "colour", "its colour"),
    OPTION("--model", TEXT, "model", "its model"),
    OPTION("--cost", PRICE, "cost", "what one unit costs you; seen by who may see costs"),
    OPTIONS("--barcode", TEXT, "barcodes",
            "its barcode; of a scale's labels 2112345WWWWWC (grams) or 2112345PPPPPC (price)"),
    OPTION("--serials", FLAG, "serials", "every piece has a serial number"),
    END,
};

static const struct param product_edit[] = {
    OPERAND("PRODUCT", PRODUCT, "product", "code, barcode or #number"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTION("--price", PRICE, "price", "price of one unit"),
    OPTION("--floor", PRICE, "floor", "lowest price of one unit; below it only who may sells"),
    OPTION("--unit", TEXT, "unit", "unit of sale: bag, kg, m"),
    OPTION("--tax", PERCENT, "tax_bp", "tax on it: 8%"),
    OPTION("--brand", TEXT, "brand", "its brand"),
    OPTION("--colour", TEXT, "colour", "its colour"),
    OPTION("--model", TEXT, "model", "its model"),
    OPTIONS("--barcode", TEXT, "barcodes", "add a barcode"),
    OPTION("--no-floor", FLAG, "no_floor", "it has no lowest price any more"),
    OPTION("--cost", PRICE, "cost", "what one unit costs you; seen by who may see costs"),
    OPTION("--no-cost", FLAG, "no_cost", "what it costs is not known any more"),
    END,
};

static const struct param one_product[] = {
    OPERAND("PRODUCT", PRODUCT, "product", "code, barcode or #number"), END};

static const struct param product_card[] = {
    OPERAND("PRODUCT", PRODUCT, "product", "code, barcode or #number"),
    OPTION("--customer", CUSTOMER, "customer", "whose price (default: the cash customer's)"),
    OPTION("--quantity", QUANTITY, "quantity", "of so much (default: 1)"),
    OPTION("--unit", TEXT, "unit", "in this unit (default: its own)"),
    OPTION("--date", DATE, "date", "on this day (default: the business date)"),
    END,
};

static const struct param product_unit[] = {
    OPERAND("PRODUCT", PRODUCT, "product", "code, barcode or #number"),
    OPERAND("UNIT", TEXT, NULL, "what it is called: bag, carton, tonne"),
    OPTIONAL("FACTOR", QUANTITY, NULL, "how much of the product's own unit it is: 25"),
    OPTION("--price", PRICE, NULL, "price of one (default: by the factor)"),
    OPTION("--no-price", FLAG, NULL, "its price is by the factor again"),
    OPTIONS("--barcode", TEXT, NULL, "add a barcode"),
    OPTION("--retire", FLAG, NULL, "sell nothing more in it"),
    OPTION("--again", FLAG, NULL, "sell in it again"),
    END,
};

static const struct param product_list[] = {
    OPTIONAL("TEXT", TEXT, "text", "part of its name or code"),
    OPTION("--retired", FLAG, "retired", "only those no longer sold"),
    END,
};

static const struct column product_columns[] = {
    {N_("CODE"), "code", COLUMN_TEXT},       {N_("NAME"), "name", COLUMN_TEXT},
    {N_("UNIT"), "unit", COLUMN_TEXT},       {N_("PRICE"), "price", COLUMN_PRICE},
    {N_("TAX"), "tax_bp", COLUMN_PERCENT},   {N_("BRAND"), "brand", COLUMN_TEXT},
    {N_("RETIRED"), "retired", COLUMN_FLAG}, END_COLUMNS,
};

static void put_field(struct run *run, const Tefter__ProductRecord *product, const char *label,
                      const char *path, enum column_kind kind)
{
    char cell[CELL_MAX];
    struct column column = {label, path, kind};
    cell_write(run, &product->base, &column, cell);
    if (cell[0] != '\0')
        run_tell_fact(run, label, cell);
}

/* "bag of 25 kg at 90,000, barcodes 893, 894" */
static void put_unit(struct run *run, const Tefter__ProductRecord *product,
                     const Tefter__ProductUnit *unit)
{
    char line[LINE_MAX_BYTES];
    char barcodes[LINE_MAX_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; i < unit->n_barcodes && used < sizeof(barcodes); i++)
        used += (size_t)snprintf(barcodes + used, sizeof(barcodes) - used, "%s%s",
                                 i == 0 ? "" : ", ", unit->barcodes[i]);
    run_tell_fact(
        run, N_("unit"),
        run_sentence(run, line,
                     N_("{unit} of {factor} {base}| at {price}|, barcode {barcodes}|  ({retired})"),
                     "unit", unit->code, "factor", quantity_text(run, unit->factor, CELL), "base",
                     product->unit == NULL ? "" : product->unit, "price",
                     unit->has_price ? price_text(run, unit->price, CELL) : NULL, "barcodes",
                     if_any(barcodes), "retired",
                     unit->retired ? run_word(run, N_("retired")) : NULL, NULL));
}

static const struct column card_prices[] = {
    {N_("LIST"), "list", COLUMN_TEXT},
    {N_("NAME"), "list_name", COLUMN_TEXT},
    {N_("UNIT"), "unit", COLUMN_TEXT},
    {N_("quantity::FROM"), "from_quantity", COLUMN_QUANTITY},
    {N_("VALID FROM"), "valid_from", COLUMN_DATE},
    {N_("PRICE"), "price", COLUMN_PRICE},
    {N_("COMING"), "coming", COLUMN_FLAG},
    END_COLUMNS,
};

static void put_applies(struct run *run, const Tefter__PriceRow *applies)
{
    char cell[CELL_MAX];
    if (applies == NULL) {
        run_tell(run, N_("No price applies. Set one: tefter product edit PRODUCT --price P."),
                 NULL);
        return;
    }
    run_tell(run,
             applies->list == NULL ? N_("Price that applies: {price}| a {unit}|, the catalogue's")
                                   : N_("Price that applies: {price}| a {unit}|, of list {list}"),
             "price", price_text(run, applies->price, cell), "unit", if_any(applies->unit), "list",
             applies->list, NULL);
}

static void put_prices(struct run *run, const Tefter__ProductCardAnswer *card)
{
    if (card->n_prices > 0) {
        tell(stdout, "\n");
        table_rows(run, card_prices, (ProtobufCMessage *const *)card->prices, card->n_prices);
    }
    bool asked = arg_text(&run->args, "--customer") != NULL ||
                 arg_text(&run->args, "--quantity") != NULL ||
                 arg_text(&run->args, "--unit") != NULL || arg_text(&run->args, "--date") != NULL;
    if (asked || card->n_prices > 0)
        put_applies(run, card->applies);
}

static int product_show(struct run *run)
{
    const Tefter__Query *query =
        (const Tefter__Query *)run_build(run, &tefter__query__descriptor, "product_card");
    const Tefter__Answer *answer = query == NULL ? NULL : run_ask(run, query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__ProductRecord *product = answer->product_card->product;
    if (run->json) {
        run_json(run, &answer->product_card->base);
        return EXIT_DONE;
    }
    run_tell(run, "{code}  {name}|  ({retired})", "code", product->code, "name", product->name,
             "retired", product->retired ? run_word(run, N_("retired")) : NULL, NULL);
    put_field(run, product, N_("price"), "price", COLUMN_PRICE);
    put_field(run, product, N_("price::floor"), "floor", COLUMN_PRICE);
    put_field(run, product, N_("cost"), "cost", COLUMN_PRICE);
    put_field(run, product, N_("unit"), "unit", COLUMN_TEXT);
    put_field(run, product, N_("tax"), "tax_bp", COLUMN_PERCENT);
    put_field(run, product, N_("brand"), "brand", COLUMN_TEXT);
    put_field(run, product, N_("colour"), "colour", COLUMN_TEXT);
    put_field(run, product, N_("model"), "model", COLUMN_TEXT);
    for (size_t i = 0; i < product->n_barcodes; i++)
        run_tell_fact(run, i == 0 ? N_("barcode") : "", product->barcodes[i]);
    for (size_t i = 0; i < product->n_units; i++)
        put_unit(run, product, product->units[i]);
    put_prices(run, answer->product_card);
    return EXIT_DONE;
}

/* ---- units ---- */

static bool read_number(struct run *run, const char *name, bool price, int64_t *ret_number,
                        protobuf_c_boolean *ret_given)
{
    char why[AMOUNT_WHY_MAX];
    const char *text = arg_text(&run->args, name);
    *ret_given = text != NULL;
    if (text == NULL)
        return true;
    const char *wrong = price ? price_read(text, run_currency(run), ret_number, why)
                              : quantity_read(text, run_currency(run), ret_number, why);
    if (wrong != NULL)
        (void)run_say_typed(run, text, run_word(run, wrong));
    return wrong == NULL;
}

static bool fill_unit(struct run *run, Tefter__ProductUnit *unit)
{
    unit->code = (char *)(uintptr_t)arg_text(&run->args, "UNIT");
    unit->barcodes = arena_take(&run->arena, ARGS_MAX * sizeof(*unit->barcodes));
    need(unit->barcodes != NULL);
    size_t at = 0;
    for (const char *text = arg_next(&run->args, "--barcode", &at); text != NULL;
         text = arg_next(&run->args, "--barcode", &at))
        unit->barcodes[unit->n_barcodes++] = (char *)(uintptr_t)text;
    unit->has_no_price = unit->no_price = arg_flag(&run->args, "--no-price");
    unit->retired = arg_flag(&run->args, "--retire");
    unit->has_retired = unit->retired || arg_flag(&run->args, "--again");
    return read_number(run, "FACTOR", false, &unit->factor, &unit->has_factor) &&
           read_number(run, "--price", true, &unit->price, &unit->has_price);
}

static int product_unit_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "change_product");
    Tefter__ProductUnit unit = TEFTER__PRODUCT_UNIT__INIT;
    Tefter__ProductUnit *units[] = {&unit};
    if (command == NULL || !fill_unit(run, &unit))
        return run->exit_code;
    command->change_product->units = units;
    command->change_product->n_units = 1;
    return run_submit(run, command, run->args.verb->done);
}

const struct verb catalogue_verbs[] = {
    {.entity = "product",
     .verb = "add",
     .summary = "add a product",
     .params = product_add,
     .command = "add_product",
     .done = N_("Product {CODE}| is number {id}|.")},
    {.entity = "product",
     .verb = "list",
     .summary = "list products",
     .params = product_list,
     .query = "products",
     .rows = "products",
     .columns = product_columns,
     .paged = true,
     .empty = N_("No products. tefter product add CODE NAME --price P makes one.")},
    {.entity = "product",
     .verb = "show",
     .summary = "show one product, its units and prices",
     .params = product_card,
     .run = product_show},
    {.entity = "product",
     .verb = "edit",
     .summary = "change its price, name or tax",
     .params = product_edit,
     .command = "change_product",
     .done = N_("{PRODUCT} is changed.")},
    {.entity = "product",
     .verb = "unit",
     .summary = "sell it in another unit, or change one",
     .params = product_unit,
     .run = product_unit_run,
     .done = N_("{PRODUCT} is changed."),
     .more = "tefter product unit CEM40 bag 25 --price 90k --barcode 8935001100017\n"
             "tefter sell C-000123 \"CEM40=5 bag\""},
    {.entity = "product",
     .verb = "retire",
     .summary = "stop selling it",
     .params = one_product,
     .command = "change_product",
     .fixed = "retired=true",
     .done = N_("{PRODUCT} is retired.")},
    END_VERBS,
};

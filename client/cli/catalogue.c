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
    END,
};

static const struct param one_product[] = {
    OPERAND("PRODUCT", PRODUCT, "product", "code, barcode or #number"), END};

static const struct param product_list[] = {
    OPTIONAL("TEXT", TEXT, "text", "part of its name or code"),
    OPTION("--retired", FLAG, "retired", "only those no longer sold"),
    END,
};

static const struct column product_columns[] = {
    {"CODE", "code", COLUMN_TEXT},       {"NAME", "name", COLUMN_TEXT},
    {"UNIT", "unit", COLUMN_TEXT},       {"PRICE", "price", COLUMN_PRICE},
    {"TAX", "tax_bp", COLUMN_PERCENT},   {"BRAND", "brand", COLUMN_TEXT},
    {"RETIRED", "retired", COLUMN_FLAG}, END_COLUMNS,
};

static void put_field(struct run *run, const Tefter__ProductRecord *product, const char *label,
                      const char *path, enum column_kind kind)
{
    char cell[CELL_MAX];
    struct column column = {label, path, kind};
    cell_write(run, &product->base, &column, cell);
    if (cell[0] != '\0')
        tell(stdout, "  %-10s %s\n", label, cell);
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
        run_json(run, &product->base);
        return EXIT_DONE;
    }
    tell(stdout, "%s  %s%s\n", product->code, product->name, product->retired ? "  (retired)" : "");
    put_field(run, product, "price", "price", COLUMN_PRICE);
    put_field(run, product, "floor", "floor", COLUMN_PRICE);
    put_field(run, product, "unit", "unit", COLUMN_TEXT);
    put_field(run, product, "tax", "tax_bp", COLUMN_PERCENT);
    put_field(run, product, "brand", "brand", COLUMN_TEXT);
    put_field(run, product, "colour", "colour", COLUMN_TEXT);
    put_field(run, product, "model", "model", COLUMN_TEXT);
    for (size_t i = 0; i < product->n_barcodes; i++)
        tell(stdout, "  %-10s %s\n", i == 0 ? "barcode" : "", product->barcodes[i]);
    return EXIT_DONE;
}

const struct verb catalogue_verbs[] = {
    {.entity = "product",
     .verb = "add",
     .summary = "add a product",
     .params = product_add,
     .command = "add_product",
     .done = "Product {CODE}| is number {id}|."},
    {.entity = "product",
     .verb = "list",
     .summary = "list products",
     .params = product_list,
     .query = "products",
     .rows = "products",
     .columns = product_columns,
     .paged = true,
     .empty = "No products. tefter product add CODE NAME --price P makes one."},
    {.entity = "product",
     .verb = "show",
     .summary = "show one product",
     .params = one_product,
     .run = product_show},
    {.entity = "product",
     .verb = "edit",
     .summary = "change its price, name or tax",
     .params = product_edit,
     .command = "change_product",
     .done = "{PRODUCT} is changed."},
    {.entity = "product",
     .verb = "retire",
     .summary = "stop selling it",
     .params = one_product,
     .command = "change_product",
     .fixed = "retired=true",
     .done = "{PRODUCT} is retired."},
    END_VERBS,
};

/* The goods of a sale: scanned, typed by code or name, changed in place. */
#include "base/text.h"
#include "tui/sale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- adding ---- */

static bool same_goods(const struct line *line, const struct product *product)
{
    return line->product == product->id && !line->has_price && line->discount_bp == 0 &&
           line->discount_minor == 0;
}

static void add(struct tui *tui, const struct product *product, int64_t quantity)
{
    struct draft *draft = draft_now(tui);
    size_t at = 0;
    while (at < draft->line_count && !same_goods(&draft->lines[at], product))
        at++;
    if (at == LINES_MAX) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("This sale has no room for more lines.")));
        return;
    }
    if (at == draft->line_count) {
        struct line *line = &draft->lines[draft->line_count++];
        *line = (struct line){.product = product->id,
                              .listed = product->price,
                              .has_listed = product->has_price,
                              .tax_bp = product->tax_bp};
        (void)snprintf(line->name, sizeof(line->name), "%s", product->name);
        (void)snprintf(line->unit, sizeof(line->unit), "%s", product->unit);
    }
    draft->lines[at].quantity += quantity;
    draft->row = at;
    draft->column = COLUMN_QUANTITY;
    sale_changed(tui);
}

static void to_entry(struct draft *draft)
{
    draft->row = draft->line_count;
    draft->column = COLUMN_ITEM;
    field_set(&draft->entry, "");
    sale.pick_count = sale.pick = 0;
}

static void show_quantity(struct tui *tui, struct draft *draft)
{
    char text[SHORT_MAX];
    if (draft->row >= draft->line_count)
        return;
    field_set(&draft->entry, quantity(tui, draft->lines[draft->row].quantity, text));
}

/* "3*4006381333931": so many of what follows. */
static const char *take_times(struct tui *tui, const char *text, int64_t *ret_quantity)
{
    char count[FIELD_MAX];
    char why[AMOUNT_WHY_MAX];
    const char *star = strchr(text, '*');
    *ret_quantity = QUANTITY_UNIT;
    if (star == NULL || star == text)
        return text;
    (void)snprintf(count, sizeof(count), "%.*s", (int)(star - text), text);
    if (quantity_read(count, &tui->currency, ret_quantity, why) != NULL || *ret_quantity <= 0)
        *ret_quantity = QUANTITY_UNIT;
    return star + 1 + strspn(star + 1, " ");
}

/* A scale's label says how much it is, or what it costs. */
static bool add_label(struct tui *tui, const struct product *product,
                      const struct barcode_reading *reading)
{
    int64_t amount = reading->value;
    int64_t at = product->price;
    if (reading->holds == BARCODE_PRICE &&
        (!product->has_price ||
         !barcode_price_line(tui->currency.exponent >= 3 ? reading->value * 10 : reading->value,
                             product->price, product->tax_bp, &amount, &at)))
        return false;
    add(tui, product, amount);
    struct draft *draft = draft_now(tui);
    draft->lines[draft->row].has_price = at != product->price;
    draft->lines[draft->row].price = at;
    sale_changed(tui);
    return true;
}

static bool add_coded(struct tui *tui, const char *code, int64_t count)
{
    struct barcode_reading readings[BARCODE_READINGS_MAX];
    const struct product *product = product_coded(tui, code);
    if (product != NULL) {
        add(tui, product, count);
        return true;
    }
    size_t found = barcode_read(code, readings);
    for (size_t i = 0; i < found; i++) {
        product = product_coded(tui, readings[i].code);
        if (product == NULL)
            continue;
        if (readings[i].holds != BARCODE_ARTICLE)
            return add_label(tui, product, &readings[i]);
        add(tui, product, count);
        return true;
    }
    return false;
}

static void not_found(struct tui *tui, const char *text)
{
    char said[TEXT_MAX_BYTES];
    SAY(tui, said, N_("Nothing is found for ‘{text}’."), "text", text);
    say_words(tui, MESSAGE_REFUSED, said);
}

/* New goods are at the server first. */
static bool ask_code(const struct tui *tui, const char *code, int64_t count)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    if (!connected(tui))
        return false;
    (void)snprintf(sale.typed, sizeof(sale.typed), "%s", code);
    sale.typed_quantity = count;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    card.code = sale.typed;
    ask(&sale.coded, &query);
    return true;
}

void sale_lines_coded(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_PRODUCT_CARD)) {
        not_found(tui, sale.typed);
        return;
    }
    const Tefter__ProductRecord *record = asked->answer->product_card->product;
    product_add(tui, record);
    add(tui, product_of(tui, record->product), sale.typed_quantity);
    show_quantity(tui, draft_now(tui));
}

static void add_typed(struct tui *tui, struct draft *draft)
{
    int64_t count;
    char typed[FIELD_MAX];
    (void)snprintf(typed, sizeof(typed), "%s", take_times(tui, draft->entry.text, &count));
    if (typed[0] == '\0')
        return;
    bool added = add_coded(tui, typed, count);
    if (!added && sale.pick_count > 0) {
        add(tui, &tui->shop.products[sale.picks[sale.pick]], count);
        added = true;
    }
    if (!added) {
        if (!ask_code(tui, typed, count))
            not_found(tui, typed);
        return;
    }
    sale.pick_count = 0;
    show_quantity(tui, draft);
}

/* From whatever field: what stood in it stays. */
void sale_lines_scan(struct tui *tui, const char *code)
{
    struct draft *draft = draft_now(tui);
    int64_t count;
    const char *typed = take_times(tui, code, &count);
    if (draft->approval != 0)
        return;
    int at = draft->at;
    bool added = add_coded(tui, typed, count);
    if (!added && !ask_code(tui, typed, count))
        not_found(tui, typed);
    if (added)
        to_entry(draft);
    draft->at = at;
}

/* ---- goods that begin like what is typed ---- */

void sale_lines_look(struct tui *tui, const struct draft *draft)
{
    char key[FIELD_MAX * 2];
    int64_t count;
    const char *typed = take_times(tui, draft->entry.text, &count);
    sale.pick_count = 0;
    if (draft->column != COLUMN_ITEM || typed[0] == '\0' || draft->at != AT_GOODS)
        return;
    size_t size = text_fold(typed, strlen(typed), key, sizeof(key) - 1);
    key[size] = '\0';
    for (size_t i = 0; i < tui->shop.product_count && sale.pick_count < PICKS_MAX; i++) {
        if (has_all_words(tui->shop.products[i].key, key))
            sale.picks[sale.pick_count++] = i;
    }
    if (sale.pick >= sale.pick_count)
        sale.pick = 0;
}

/* ---- changing a line ---- */

static void drop_line(struct tui *tui, struct draft *draft)
{
    if (draft->row >= draft->line_count)
        return;
    memmove(draft->lines + draft->row, draft->lines + draft->row + 1,
            (draft->line_count - draft->row - 1) * sizeof(*draft->lines));
    draft->line_count--;
    to_entry(draft);
    sale_changed(tui);
}

static bool take_discount(struct tui *tui, struct line *line, const char *text)
{
    char why[AMOUNT_WHY_MAX];
    char plain[FIELD_MAX];
    int64_t value = 0;
    size_t size = strcspn(text, "%");
    const char *from = text[0] == '-' ? text + 1 : text;
    if (text[0] == '\0') {
        line->discount_bp = 0;
        line->discount_minor = 0;
        return true;
    }
    if (text[size] == '%' || strstr(text, "٪") != NULL) {
        static const struct number_style style = {.decimal = '.'};
        (void)snprintf(plain, sizeof(plain), "%.*s", (int)(size - (size_t)(from - text)), from);
        for (char *at = plain; *at != '\0'; at++)
            *at = *at == ',' ? '.' : *at;
        if (decimal_read(plain, strlen(plain), 2, &style, &value) != NULL || value < 0 ||
            value > BASIS_POINTS)
            return false;
        line->discount_bp = (uint32_t)value;
        line->discount_minor = 0;
        return true;
    }
    const char *wrong = amount_read(from, &tui->currency, &value, why);
    if (wrong != NULL || value < 0)
        return false;
    line->discount_minor = value;
    line->discount_bp = 0;
    return true;
}

/* What stands in the cell becomes the line's; false: it is said what is wrong with it. */
static bool take_cell(struct tui *tui, struct draft *draft)
{
    char why[AMOUNT_WHY_MAX] = "";
    const char *wrong = NULL;
    int64_t value = 0;
    const char *text = draft->entry.text;
    if (draft->column == COLUMN_ITEM || draft->row >= draft->line_count)
        return true;
    struct line *line = &draft->lines[draft->row];
    if (draft->column == COLUMN_QUANTITY) {
        wrong = quantity_read(text, &tui->currency, &value, why);
        if (wrong == NULL && value <= 0)
            wrong = N_("The quantity must be more than zero");
        if (wrong == NULL)
            line->quantity = value;
    } else if (draft->column == COLUMN_PRICE && !draft->entry.fresh) {
        wrong = text[0] == '\0' ? NULL : price_read(text, &tui->currency, &value, why);
        if (wrong == NULL) {
            line->has_price = text[0] != '\0' && !(line->has_listed && value == line->listed);
            line->price = value;
        }
    } else if (draft->column == COLUMN_DISCOUNT && !take_discount(tui, line, text)) {
        wrong = N_("A discount is a percentage or an amount: 5%, 2,000");
    }
    if (wrong != NULL)
        say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong));
    else
        sale_changed(tui);
    return wrong == NULL;
}

static void show_cell(struct tui *tui, struct draft *draft)
{
    char text[SHORT_MAX] = "";
    if (draft->row >= draft->line_count) {
        to_entry(draft);
        return;
    }
    const struct line *line = &draft->lines[draft->row];
    if (draft->column == COLUMN_ITEM)
        draft->column = COLUMN_QUANTITY;
    if (draft->column == COLUMN_QUANTITY)
        (void)quantity(tui, line->quantity, text);
    else if (draft->column == COLUMN_PRICE)
        (void)price(tui, line->has_price ? line->price : line->listed, text);
    else if (line->discount_bp > 0)
        (void)percent(tui, line->discount_bp, text);
    else if (line->discount_minor > 0)
        (void)money(tui, line->discount_minor, text);
    field_set(&draft->entry, text);
}

static void next_cell(struct tui *tui, struct draft *draft, int step)
{
    if (draft->column == COLUMN_ITEM || !take_cell(tui, draft))
        return;
    int column = (int)draft->column + step;
    if (column < COLUMN_QUANTITY || column > COLUMN_DISCOUNT) {
        to_entry(draft);
        return;
    }
    draft->column = (enum draft_column)column;
    show_cell(tui, draft);
}

static void step_row(struct tui *tui, struct draft *draft, int step)
{
    if (!take_cell(tui, draft))
        return;
    if (step < 0 && draft->row > 0)
        draft->row--;
    if (step > 0 && draft->row < draft->line_count)
        draft->row++;
    show_cell(tui, draft);
}

static bool pick_key(uint32_t key)
{
    if (sale.pick_count == 0 || (key != KEY_UP_ && key != KEY_DOWN_))
        return false;
    if (key == KEY_DOWN_ && sale.pick + 1 < sale.pick_count)
        sale.pick++;
    if (key == KEY_UP_ && sale.pick > 0)
        sale.pick--;
    return true;
}

bool sale_lines_key(struct tui *tui, struct draft *draft, uint32_t key)
{
    bool item = draft->column == COLUMN_ITEM;
    if (item && pick_key(key))
        return true;
    switch (key) {
    case KEY_UP_:
    case KEY_DOWN_:
        step_row(tui, draft, key == KEY_UP_ ? -1 : 1);
        return true;
    case KEY_TAB_:
    case KEY_RIGHT_:
        next_cell(tui, draft, 1);
        return true;
    case KEY_LEFT_:
        next_cell(tui, draft, -1);
        return true;
    case KEY_DELETE_:
        drop_line(tui, draft);
        return true;
    case KEY_ENTER_:
        if (!item && take_cell(tui, draft))
            to_entry(draft);
        else if (item && draft->entry.text[0] != '\0')
            add_typed(tui, draft);
        else if (item && draft->line_count > 0 && draft->customer == 0)
            draft->at = AT_GIVEN;
        return true;
    default:
        break;
    }
    sale.pick = item && key != KEY_ESC_ ? 0 : sale.pick;
    return field_key(&draft->entry, key);
}

/* The goods of a sale: scanned, typed by code or name, changed in place. */
#include "base/fold.h"
#include "base/text.h"
#include "tui/sale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- adding ---- */

static bool same_goods(const struct line *line, const struct product *product,
                       const struct unit *unit)
{
    return line->product == product->id &&
           strcmp(line->pack, unit == NULL ? "" : unit->code) == 0 && !line->has_price &&
           line->discount_bp == 0 && line->discount_minor == 0;
}

/* NULL: the product's own. A price that was typed was that of another unit. */
static void set_unit(struct line *line, const struct product *product, const struct unit *unit)
{
    (void)snprintf(line->pack, sizeof(line->pack), "%s", unit == NULL ? "" : unit->code);
    (void)snprintf(line->unit, sizeof(line->unit), "%s", unit == NULL ? product->unit : unit->code);
    line->listed = unit == NULL ? product->price : unit->price;
    line->has_listed = unit == NULL ? product->has_price : unit->has_price;
    line->has_price = false;
    line->was.line = 0; /* another unit is another line */
}

static void add(struct tui *tui, const struct product *product, const struct unit *unit,
                int64_t quantity)
{
    struct draft *draft = draft_now(tui);
    size_t at = 0;
    while (at < draft->line_count && !same_goods(&draft->lines[at], product, unit))
        at++;
    if (at == LINES_MAX) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("This sale has no room for more lines.")));
        return;
    }
    if (at == draft->line_count) {
        struct line *line = &draft->lines[draft->line_count++];
        *line = (struct line){.product = product->id, .tax_bp = product->tax_bp};
        (void)snprintf(line->name, sizeof(line->name), "%s", product->name);
        set_unit(line, product, unit);
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

/* Of what was not counted yet it is asked how many; else the next goods are typed. */
static void to_next(struct tui *tui, struct draft *draft, bool counted)
{
    if (counted)
        to_entry(draft);
    else
        show_quantity(tui, draft);
}

/* "3*4006381333931": so many of what follows. What is no quantity is a part of the name: nothing is
 * found by it. */
static const char *take_times(struct tui *tui, const char *text, int64_t *ret_quantity)
{
    char count[FIELD_MAX];
    char why[AMOUNT_WHY_MAX];
    const char *star = strchr(text, '*');
    *ret_quantity = QUANTITY_UNIT;
    if (star == NULL || star == text)
        return text;
    (void)snprintf(count, sizeof(count), "%.*s", (int)(star - text), text);
    if (quantity_read(count, &tui->currency, ret_quantity, why) != NULL || *ret_quantity <= 0) {
        *ret_quantity = QUANTITY_UNIT;
        return text;
    }
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
    add(tui, product, NULL, amount);
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
        add(tui, product, unit_coded(product, code), count);
        return true;
    }
    size_t found = barcode_read(code, readings);
    for (size_t i = 0; i < found; i++) {
        product = product_coded(tui, readings[i].code);
        if (product == NULL)
            continue;
        if (readings[i].holds != BARCODE_ARTICLE)
            return add_label(tui, product, &readings[i]);
        add(tui, product, unit_coded(product, readings[i].code), count);
        return true;
    }
    return false;
}

static void not_found(struct tui *tui, const char *text)
{
    char said[TEXT_MAX_BYTES];
    char whole[TEXT_MAX_BYTES];
    SAY(tui, said, N_("Nothing is found for ‘{text}’."), "text", text);
    bool own = may(tui, TEFTER__RIGHT__RIGHT_CUSTOM_LINE);
    (void)JOIN(whole, said, own ? " · Alt I " : "",
               own ? in_words(tui, N_("A line that is not in the catalogue")) : "");
    say_words(tui, MESSAGE_REFUSED, whole);
}

/* New goods are at the server first. `counted`: how many of them was said with it. */
static bool ask_code(const struct tui *tui, const char *code, int64_t count, bool counted)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    if (!connected(tui))
        return false;
    (void)snprintf(sale.typed, sizeof(sale.typed), "%s", code);
    sale.typed_quantity = count;
    sale.typed_counted = counted;
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
    const struct product *product = product_of(tui, record->product);
    add(tui, product, unit_coded(product, sale.typed), sale.typed_quantity);
    to_next(tui, draft_now(tui), sale.typed_counted);
}

/* ---- units ---- */

/* "5", "2k", "5 thùng", "5thung": letters that can stand behind a number are a unit when there is a
 * blank between them. NULL: it is one; the word that is behind it, "": none. */
static const char *read_quantity(struct tui *tui, const char *text, int64_t *ret_quantity,
                                 char unit[FIELD_MAX], char why[AMOUNT_WHY_MAX])
{
    char count[FIELD_MAX];
    const char *behind = quantity_unit(text);
    bool apart = behind != NULL && behind[-1] == ' ';
    unit[0] = '\0';
    if (!apart) {
        const char *wrong = quantity_read(text, &tui->currency, ret_quantity, why);
        if (wrong == NULL || behind == NULL)
            return wrong;
    }
    (void)snprintf(unit, FIELD_MAX, "%s", behind);
    for (size_t size = strlen(unit); size > 0 && unit[size - 1] == ' '; size--)
        unit[size - 1] = '\0';
    (void)snprintf(count, sizeof(count), "%.*s", (int)(behind - text), text);
    return quantity_read(count, &tui->currency, ret_quantity, why);
}

const char *sale_units(struct tui *tui, const struct draft *draft, char out[TEXT_MAX_BYTES])
{
    out[0] = '\0';
    const struct product *product =
        draft->row < draft->line_count ? product_of(tui, draft->lines[draft->row].product) : NULL;
    if (product == NULL || product->unit_count == 0)
        return out;
    (void)snprintf(out, TEXT_MAX_BYTES, "%s: %s", in_words(tui, N_("Unit")), product->unit);
    for (size_t i = 0; i < product->unit_count; i++)
        (void)snprintf(out + strlen(out), TEXT_MAX_BYTES - strlen(out), "%s%s",
                       i == 0 && product->unit[0] == '\0' ? "" : " · ", product->units[i].code);
    return out;
}

/* The unit that a word names for this line; false: it has none that is called so, and that is
 * said. */
static bool take_unit(struct tui *tui, struct draft *draft, struct line *line, const char *word)
{
    char said[TEXT_MAX_BYTES];
    char units[TEXT_MAX_BYTES];
    char whole[TEXT_MAX_BYTES];
    const struct unit *unit = NULL;
    const struct product *product = product_of(tui, line->product);
    if (word[0] == '\0')
        return true;
    if (product != NULL && unit_called(product, word, &unit)) {
        if (strcmp(line->pack, unit == NULL ? "" : unit->code) != 0)
            set_unit(line, product, unit);
        return true;
    }
    SAY(tui, said, N_("Nothing is found for ‘{text}’."), "text", word);
    (void)JOIN(whole, said, " ", sale_units(tui, draft, units));
    say_words(tui, MESSAGE_REFUSED, whole);
    return false;
}

/* "12 bag" where goods are typed: so much of the goods that came last. */
static bool count_last(struct tui *tui, struct draft *draft, const char *text)
{
    char word[FIELD_MAX];
    char why[AMOUNT_WHY_MAX];
    int64_t count = 0;
    const struct unit *unit;
    if (draft->line_count == 0 || read_quantity(tui, text, &count, word, why) != NULL ||
        word[0] == '\0' || count <= 0)
        return false;
    struct line *line = &draft->lines[draft->line_count - 1];
    const struct product *product = product_of(tui, line->product);
    if (product == NULL || !unit_called(product, word, &unit) || !take_unit(tui, draft, line, word))
        return false;
    line->quantity = count;
    field_set(&draft->entry, "");
    sale_changed(tui);
    return true;
}

/* ---- goods that are not in the catalogue ---- */

/* Its name is typed; how much of it and its price come next. */
void sale_lines_custom(struct tui *tui)
{
    int64_t count;
    struct draft *draft = draft_now(tui);
    const char *name = take_times(tui, draft->entry.text, &count);
    bool here = draft->at == AT_GOODS && draft->column == COLUMN_ITEM && draft->approval == 0;
    if (!here || name[0] == '\0') {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Type what it is called, then Alt I.")));
        return;
    }
    if (draft->line_count == LINES_MAX) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("This sale has no room for more lines.")));
        return;
    }
    struct line *line = &draft->lines[draft->line_count];
    *line = (struct line){.quantity = count};
    (void)snprintf(line->name, sizeof(line->name), "%s", name);
    draft->row = draft->line_count++;
    draft->column = COLUMN_QUANTITY;
    sale.pick_count = sale.pick = 0;
    show_quantity(tui, draft);
    sale_changed(tui);
}

static void add_typed(struct tui *tui, struct draft *draft)
{
    int64_t count;
    char typed[FIELD_MAX];
    const char *code = take_times(tui, draft->entry.text, &count);
    bool counted = code != draft->entry.text;
    (void)snprintf(typed, sizeof(typed), "%s", code);
    if (typed[0] == '\0')
        return;
    bool added = add_coded(tui, typed, count);
    if (!added && count_last(tui, draft, typed))
        return;
    if (!added && sale.pick_count > 0) {
        add(tui, &tui->shop.products[sale.picks[sale.pick]], NULL, count);
        added = true;
    }
    if (!added) {
        if (!ask_code(tui, typed, count, counted))
            not_found(tui, typed);
        return;
    }
    sale.pick_count = 0;
    to_next(tui, draft, counted);
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
    if (!added && !ask_code(tui, typed, count, true))
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
    int64_t value = 0;
    uint32_t bp;
    const char *from = text[0] == '-' ? text + 1 : text;
    if (text[0] == '\0') {
        line->discount_bp = 0;
        line->discount_minor = 0;
        return true;
    }
    if (percent_is(text)) {
        if (percent_read(from, &bp) != NULL || bp > BASIS_POINTS)
            return false;
        line->discount_bp = bp;
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
bool sale_lines_take(struct tui *tui, struct draft *draft)
{
    char why[AMOUNT_WHY_MAX] = "";
    char unit[FIELD_MAX] = "";
    const char *wrong = NULL;
    int64_t value = 0;
    const char *text = draft->entry.text;
    if (draft->column == COLUMN_ITEM || draft->row >= draft->line_count)
        return true;
    struct line *line = &draft->lines[draft->row];
    if (draft->column == COLUMN_QUANTITY) {
        wrong = read_quantity(tui, text, &value, unit, why);
        if (wrong == NULL && value <= 0)
            wrong = N_("The quantity must be more than zero");
        if (wrong == NULL && !take_unit(tui, draft, line, unit))
            return false;
        if (wrong == NULL)
            line->quantity = value;
    } else if (draft->column == COLUMN_PRICE && !draft->entry.fresh) {
        wrong = text[0] == '\0' ? NULL : price_read(text, &tui->currency, &value, why);
        if (wrong == NULL) {
            bool was = line->was.line != 0; /* a bill has its own prices */
            line->price = was && text[0] == '\0' ? line->was.price : value;
            line->has_price =
                was || (text[0] != '\0' && !(line->has_listed && value == line->listed));
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
    else if (draft->column == COLUMN_PRICE && (line->has_price || line->has_listed))
        (void)price(tui, line->has_price ? line->price : line->listed, text);
    else if (draft->column == COLUMN_PRICE)
        text[0] = '\0';
    else if (line->discount_bp > 0)
        (void)percent(tui, line->discount_bp, text);
    else if (line->discount_minor > 0)
        (void)money(tui, line->discount_minor, text);
    field_set(&draft->entry, text);
}

static void next_cell(struct tui *tui, struct draft *draft, int step)
{
    if (draft->column == COLUMN_ITEM || !sale_lines_take(tui, draft))
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
    if (!sale_lines_take(tui, draft))
        return;
    if (step < 0 && draft->row > 0)
        draft->row--;
    if (step > 0 && draft->row < draft->line_count)
        draft->row++;
    show_cell(tui, draft);
}

/* Goods that no list has a price of: it comes behind how much it is. */
static bool wants_price(const struct draft *draft)
{
    return draft->column == COLUMN_QUANTITY && draft->row < draft->line_count &&
           draft->lines[draft->row].product == 0 && !draft->lines[draft->row].has_price;
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

/* In a quantity a letter stands behind its number alone ("5 bag"): one that comes first begins the
 * next goods, and so does a code that is typed in its place. */
static bool is_goods(struct tui *tui, const struct draft *draft, uint32_t key)
{
    enum { CODE_LEAST = 8 };
    const struct field *entry = &draft->entry;
    if (draft->column != COLUMN_QUANTITY || draft->row >= draft->line_count)
        return false;
    if (key == KEY_ENTER_)
        return !entry->fresh && strlen(entry->text) >= CODE_LEAST &&
               product_coded(tui, entry->text) != NULL;
    bool letter = key > ' ' && key < KEYS_APART && key != KEY_ERASE_ && fold_digit(key) < 0 &&
                  strchr("+-.,*/", key < 0x80 ? (int)key : ' ') == NULL;
    return letter && (entry->fresh || entry->text[0] == '\0');
}

bool sale_lines_key(struct tui *tui, struct draft *draft, uint32_t key)
{
    char code[FIELD_MAX];
    if (is_goods(tui, draft, key)) {
        (void)snprintf(code, sizeof(code), "%s", key == KEY_ENTER_ ? draft->entry.text : "");
        to_entry(draft);
        field_set(&draft->entry, code);
    }
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
    case KEY_TAB_BACK_:
        next_cell(tui, draft, -1);
        return true;
    case KEY_DELETE_:
        drop_line(tui, draft);
        return true;
    case KEY_ENTER_:
        if (!item && wants_price(draft))
            next_cell(tui, draft, 1);
        else if (!item && sale_lines_take(tui, draft))
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

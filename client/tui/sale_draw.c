/* How the sale looks: the line that adds up, the goods, the sum, then the ways on or the money. */
#include "tui/sale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUANTITY = 14, PRICE = 12, DISCOUNT = 8, SUM = 16, NUMBER = 4 };

struct widths {
    int name, quantity, price, discount, sum;
};

static struct widths widths_for(int width)
{
    struct widths found = {.quantity = QUANTITY, .price = PRICE, .discount = DISCOUNT, .sum = SUM};
    if (width < 72)
        found.discount = 0;
    if (width < 60)
        found.price = 0;
    found.name = width - NUMBER - found.quantity - found.price - found.discount - found.sum - 6;
    return found;
}

/* ---- lines ---- */

static void put_line(struct canvas *canvas, int row, const struct widths *widths,
                     const char *const text[6], unsigned look)
{
    const int all[] = {NUMBER,        widths->name,     widths->quantity,
                       widths->price, widths->discount, widths->sum};
    int at = 1;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i] <= 0)
            continue;
        canvas_put(canvas, row, at, all[i] - (i == 0), i > 1 ? SIDE_RIGHT : SIDE_START, look,
                   text[i]);
        at += all[i] + (i == 0 ? 0 : 1);
    }
}

/* Where the cell begins that is typed in. */
static int place_of_cell(const struct widths *widths, enum draft_column column, int *ret_width)
{
    int at = 1 + NUMBER;
    *ret_width = widths->name;
    if (column == COLUMN_ITEM)
        return at;
    at += widths->name + 1;
    *ret_width = widths->quantity;
    if (column == COLUMN_QUANTITY)
        return at;
    at += widths->quantity + 1;
    *ret_width = widths->price;
    if (column == COLUMN_PRICE)
        return at;
    *ret_width = widths->discount;
    return at + widths->price + (widths->price > 0);
}

static const char *discount_text(struct tui *tui, const struct line *line, char out[SHORT_MAX + 4])
{
    char text[SHORT_MAX];
    out[0] = '\0';
    if (line->discount_bp > 0)
        (void)snprintf(out, SHORT_MAX + 4, "−%s", percent(tui, line->discount_bp, text));
    else if (line->discount_minor > 0)
        (void)snprintf(out, SHORT_MAX + 4, "−%s", money(tui, line->discount_minor, text));
    return out;
}

static void draw_line(struct tui *tui, struct canvas *canvas, int row, const struct widths *widths,
                      const struct draft *draft, size_t at)
{
    char number_text[SHORT_MAX];
    char count[SHORT_MAX];
    char amount[SHORT_MAX];
    char each[SHORT_MAX];
    char off[SHORT_MAX + 4];
    char sum[SHORT_MAX];
    int width;
    const struct line *line = &draft->lines[at];
    bool known = line->has_price || line->has_listed;
    (void)snprintf(amount, sizeof(amount), "%.60s %s", quantity(tui, line->quantity, count),
                   line->unit);
    const char *cells[] = {number(tui, at + 1, number_text),
                           line->name,
                           amount,
                           known ? price(tui, line->has_price ? line->price : line->listed, each)
                                 : "?",
                           discount_text(tui, line, off),
                           known ? money(tui, line->net, sum) : "?"};
    if (at == draft->row && draft->at == AT_GOODS)
        canvas_cursor(canvas, row, 0, 1 + NUMBER);
    put_line(canvas, row, widths, cells, INK_PLAIN);
    if (at != draft->row || draft->at != AT_GOODS || draft->column == COLUMN_ITEM)
        return;
    int column = place_of_cell(widths, draft->column, &width);
    canvas_field(canvas, row, column, width, INK_ACCENT, draft->entry.text, true);
}

static void draw_entry(struct tui *tui, struct canvas *canvas, int row, const struct draft *draft)
{
    char text[SHORT_MAX];
    bool here = draft->at == AT_GOODS && draft->row >= draft->line_count;
    int width = canvas->columns - NUMBER - 3 > 60 ? 60 : canvas->columns - NUMBER - 3;
    canvas_put(canvas, row, 1, NUMBER - 1, SIDE_START, INK_DIM,
               number(tui, draft->line_count + 1, text));
    canvas_field(canvas, row, 1 + NUMBER, width, INK_PLAIN, here ? draft->entry.text : "", here);
    if (!here || draft->entry.text[0] == '\0')
        canvas_put(canvas, row, 3 + NUMBER, width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("scan, code or name; 3* before it for three")));
}

static void draw_picks(struct tui *tui, struct canvas *canvas, int row, int bottom)
{
    char text[SHORT_MAX];
    for (size_t i = 0; i < sale.pick_count && row < bottom; i++, row++) {
        const struct product *product = &tui->shop.products[sale.picks[i]];
        if (i == sale.pick)
            canvas_cursor(canvas, row, NUMBER, 72);
        canvas_put(canvas, row, 1 + NUMBER, 14, SIDE_START, INK_DIM, product->code);
        canvas_put(canvas, row, 16 + NUMBER, 40, SIDE_START, INK_PLAIN, product->name);
        if (product->has_price)
            canvas_put(canvas, row, 57 + NUMBER, 14, SIDE_RIGHT, INK_PLAIN,
                       price(tui, product->price, text));
    }
}

static void draw_lines(struct tui *tui, struct canvas *canvas, struct area area,
                       struct draft *draft)
{
    char price_head[SHORT_MAX];
    char sum_head[SHORT_MAX];
    struct widths widths = widths_for(area.width);
    SAY(tui, price_head, N_("Price {unit}"), "unit", unit_of(tui));
    SAY(tui, sum_head, N_("Line {unit}"), "unit", unit_of(tui));
    const char *heads[] = {"#",        in_words(tui, N_("Goods")), in_words(tui, N_("Quantity")),
                           price_head, in_words(tui, N_("Disc.")), sum_head};
    put_line(canvas, area.top, &widths, heads, INK_DIM);
    int rows = area.bottom - area.top - 1 - (int)sale.pick_count;
    if (rows < 2)
        rows = 2;
    size_t all = draft->line_count + (draft->approval == 0);
    size_t top = draft->row >= (size_t)rows ? draft->row - (size_t)rows + 1 : 0;
    int row = area.top + 1;
    for (size_t i = top; i < all && row < area.bottom && row < area.top + 1 + rows; i++, row++) {
        if (i < draft->line_count)
            draw_line(tui, canvas, row, &widths, draft, i);
        else
            draw_entry(tui, canvas, row, draft);
    }
    draw_picks(tui, canvas, row, area.bottom);
}

/* ---- what it comes to ---- */

static void draw_sum(struct tui *tui, struct canvas *canvas, int row, int width,
                     const struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    int64_t net;
    int64_t tax;
    bool whole;
    draft_sums(draft, &net, &tax, &whole);
    SAY(tui, text, N_("goods {goods} + VAT {tax} = {total}"), "goods", money(tui, net, a), "tax",
        money(tui, tax, b), "total", money_unit(tui, net + tax, c));
    canvas_put(canvas, row, 1, width - 2, SIDE_END, INK_BOLD, text);
    int sum = (int)glyphs_columns(text, canvas->look);
    bool quantity_here = draft->at == AT_GOODS && draft->column == COLUMN_QUANTITY;
    if (quantity_here && sale_units(tui, draft, text)[0] != '\0' && width - sum > 12)
        canvas_put(canvas, row, 1, width - sum - 4, SIDE_START, INK_DIM, text);
}

/* What F9 does, in its own words, or why it is closed. */
static const char *button(struct tui *tui, struct draft *draft, char out[TEXT_MAX_BYTES])
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t given = 0;
    int64_t total = sale_total(draft);
    (void)sale_given(tui, draft, &given);
    if (draft->corrects.document != 0)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Correct {number} to {amount}"),
                        "number", draft->corrects.number, "amount", money_unit(tui, total, a),
                        NULL);
    else if (draft->approval != 0)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Sell as approved {amount}"),
                        "amount", money(tui, draft->asked_minor, a), NULL);
    else if (draft->customer != 0 && given == 0)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Sell on credit {amount}"), "amount",
                        money(tui, total, a), NULL);
    else if (draft->customer != 0 && given < total)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language,
                        N_("Sell, {now} now, {later} on credit"), "now", money(tui, given, a),
                        "later", money(tui, total - given, b), NULL);
    else if (draft->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && given > total)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Take {amount} cash, give {change}"),
                        "amount", money(tui, given, a), "change", money(tui, given - total, b),
                        NULL);
    else if (draft->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Take {amount} cash"), "amount",
                        money(tui, total, a), NULL);
    else
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Take {amount}"), "amount",
                        money(tui, total, a), NULL);
    return out;
}

static void draw_button(struct tui *tui, struct canvas *canvas, int row, int width,
                        struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    const char *closed = sale_closed(tui, draft);
    bool walled = closed == sale.wall; /* the reason stands above it */
    if (sale.sold.state == SENT_UNDER_WAY && sale.sold_draft == draft)
        closed = sent_words(&sale.sold);
    (void)snprintf(text, sizeof(text), "%.200s · F9",
                   closed != NULL && !walled ? in_words(tui, closed) : button(tui, draft, words));
    canvas_put(canvas, row, 1, width - 2, SIDE_END, closed != NULL ? INK_DIM : INK_BOLD, text);
}

/* ---- money ---- */

static void draw_money(struct tui *tui, struct canvas *canvas, int row, int width,
                       struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t given = 0;
    bool cash = draft->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    bool shut = cash && till_is_shut(tui); /* nobody counts what goes into it now */
    (void)JOIN(text, kind_words(tui, draft->kind), " · ", shut ? "▲ " : "",
               place_word(tui, draft->kind));
    canvas_put(canvas, row, 1, 24, SIDE_START, shut ? INK_LATE : INK_PLAIN, text);
    canvas_put(canvas, row, 26, 9, SIDE_START, INK_DIM,
               in_words(tui, cash ? N_("Given") : N_("Amount")));
    canvas_field(canvas, row, 36, 18, INK_BOLD, draft->given.text, draft->at == AT_GIVEN);
    bool read = sale_given(tui, draft, &given);
    int64_t change = given - sale_total(draft);
    if (!cash) {
        canvas_put(canvas, row, 55, 10, SIDE_START, INK_DIM, in_words(tui, N_("Reference")));
        canvas_field(canvas, row, 66, width - 67, INK_PLAIN, draft->reference.text,
                     draft->at == AT_REFERENCE);
    } else if (read && given > 0 && change >= 0) {
        (void)snprintf(text, sizeof(text), "%s %s", in_words(tui, N_("change back")),
                       money_unit(tui, change, a));
        canvas_put(canvas, row, 55, width - 56, SIDE_END, INK_BOLD, text);
    }
}

/* ---- ways on ---- */

static void put_way(struct canvas *canvas, int row, int width, const char *key, const char *title,
                    const char *note, unsigned look)
{
    char text[TEXT_MAX_BYTES];
    (void)snprintf(text, sizeof(text), "%.200s%s%.200s", title, note[0] == '\0' ? "" : ": ", note);
    canvas_put(canvas, row, 1, 3, SIDE_START, INK_BOLD, key);
    canvas_put(canvas, row, 5, width - 6, SIDE_START, look, text);
}

static void draw_ways(struct tui *tui, struct canvas *canvas, int row, int width,
                      const struct draft *draft, const Tefter__Refusal *refusal)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t amount = 0;
    bool now = sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, &amount);
    if (now || sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE, &amount)) {
        SAY(tui, text, N_("Pay {amount} now"), "amount", money(tui, amount, a));
        put_way(canvas, row++, width, "F3", text,
                in_words(tui, now ? N_("cash, POS or a transfer that is there")
                                  : N_("the oldest bills, as a payment")),
                INK_PLAIN);
    }
    if (sale_parts(draft, refusal) &&
        sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, &amount) && amount > 0) {
        SAY(tui, text, N_("goods up to {amount}"), "amount", money(tui, amount, a));
        put_way(canvas, row++, width, "F4", in_words(tui, N_("Take part now, the rest later")),
                text, INK_PLAIN);
    }
    put_way(canvas, row++, width, "F6", in_words(tui, N_("Park it")),
            in_words(tui, N_("it is kept on this device until you take it up")), INK_PLAIN);
    if (sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, &amount))
        put_way(canvas, row, width, "F8", in_words(tui, N_("Ask a manager")),
                in_words(tui, N_("open for 15 min")), INK_PLAIN);
}

/* The wall that it ran into, and by how much. */
enum { WALL_ROWS = 3 };
static const char *wall_words(struct tui *tui, const Tefter__Refusal *refusal,
                              char line[TEXT_MAX_BYTES + 8])
{
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    if (refusal->decision == NULL ||
        !decision_sentence(refusal->decision, &speech, text, sizeof(text)))
        (void)refusal_sentence_for(refusal, &speech, text, sizeof(text));
    (void)snprintf(line, TEXT_MAX_BYTES + 8, "▲ %s", text);
    return line;
}

/* In as many rows as it needs; where it needs more than there is room for, by how much is told. */
static void draw_wall(struct tui *tui, struct canvas *canvas, int row, int width, int rows,
                      const Tefter__Refusal *refusal)
{
    char line[TEXT_MAX_BYTES + 8];
    char amount[SHORT_MAX];
    (void)wall_words(tui, refusal, line);
    bool fits = rows_for_words(line, width - 2, canvas->look) <= rows;
    if (!fits && refusal->decision != NULL && refusal->decision->over_by_minor > 0)
        SAY(tui, line, N_("{sign} over by {amount}"), "sign", "▲", "amount",
            money_unit(tui, refusal->decision->over_by_minor, amount));
    (void)put_words(canvas, row, 1, width - 2, rows, INK_OVER, line);
}

static int wall_rows(struct tui *tui, const struct canvas *canvas, int width,
                     const Tefter__Refusal *refusal)
{
    char line[TEXT_MAX_BYTES + 8];
    int rows = rows_for_words(wall_words(tui, refusal, line), width - 2, canvas->look);
    return rows < WALL_ROWS ? rows : WALL_ROWS;
}

/* ---- who takes the goods ---- */

/* What they type is seen by nobody. */
static void draw_pin(struct tui *tui, struct canvas *canvas, int row)
{
    char dots[PIN_SHOWN_MAX];
    size_t size = strlen(sale.pin.text);
    if (size >= sizeof(dots))
        size = sizeof(dots) - 1;
    memset(dots, '*', size);
    dots[size] = '\0';
    const char *words = in_words(tui, N_("PIN of who takes the goods"));
    int columns = (int)glyphs_columns(words, canvas->look);
    canvas_put(canvas, row, 1, columns, SIDE_START, INK_BOLD, words);
    canvas_field(canvas, row, columns + 3, PIN_SHOWN_MAX, INK_BOLD, dots, true);
}

static void draw_buyer(struct tui *tui, struct canvas *canvas, int row, int width,
                       const struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    (void)JOIN(text, "F2 ", in_words(tui, N_("Takes the goods")), ": ", draft->buyer_name,
               draft->buyer_pin ? " · " : "",
               draft->buyer_pin ? in_words(tui, N_("types their PIN at the end")) : "");
    canvas_put(canvas, row, 1, width, SIDE_START, INK_PLAIN, text);
}

/* ---- all of it ---- */

static void draw_approval(struct tui *tui, struct canvas *canvas, int row, int width,
                          const struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    bool granted = draft->approval_state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    bool less = granted && draft->approved_minor > 0;
    if (less)
        SAY(tui, text, N_("▲ It is approved up to {amount}, and for less than this."), "amount",
            money_unit(tui, draft->approved_minor, a));
    canvas_put(canvas, row, 1, width - 2, SIDE_START, granted && !less ? INK_CREDIT : INK_LATE,
               less ? text
                    : in_words(tui, granted ? N_("✓ F9 sells it as it was asked for.")
                                            : N_("‖ Waits for a manager; the answer comes here.")));
    canvas_put(canvas, row + 1, 1, 6, SIDE_START, INK_BOLD, "Alt G");
    canvas_put(canvas, row + 1, 7, width - 8, SIDE_START, INK_PLAIN,
               in_words(tui, N_("Go on without the approval")));
}

static struct adds adds_with(const struct tui *tui, const struct customer *customer,
                             const struct draft *draft)
{
    const Tefter__Decision *decision = sale_decision(tui, draft);
    struct adds adds = adds_of(customer);
    adds.has_sale = draft->line_count > 0;
    adds.sale = sale_total(draft);
    int64_t given = 0;
    (void)sale_given(tui, draft, &given);
    adds.sale -= given < adds.sale ? given : adds.sale;
    if (decision == NULL)
        return adds;
    adds.unlimited = decision->unlimited;
    adds.limit = decision->limit_minor;
    adds.bills = decision->bills_minor;
    adds.uncleared = decision->uncleared_minor;
    adds.unmatched = decision->unmatched_minor;
    adds.available = decision->limit_minor - decision->exposure_minor;
    return adds;
}

static const Tefter__Refusal *fork_of(struct tui *tui, const struct draft *draft)
{
    const Tefter__Refusal *refusal =
        draft->corrects.document != 0 ? NULL : sale_refusal(tui, draft);
    return sale_is_fork(refusal) ? refusal : NULL;
}

/* What the bill was and becomes, how the limit stands after it, and why; from below. */
static int draw_correction(struct tui *tui, struct canvas *canvas, struct area area,
                           const struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    char d[SHORT_MAX];
    int64_t total = sale_total(draft);
    int64_t old = draft->customer == draft->corrects.customer ? draft->corrects.total_minor : 0;
    const struct customer *customer = customer_of(tui, draft->customer);
    bool here = draft->at == AT_WHY;
    int width = area.width - 2;
    int row = area.bottom - why_rows(tui, width, &draft->corrects.why, here);
    (void)why_draw(tui, canvas, row, 1, width, &draft->corrects.why, here);
    if (customer != NULL && !customer->unlimited) {
        int64_t after = customer->available + old - total;
        SAY(tui, text,
            customer->available < 0
                ? N_("Old bill {old} − this one {sale} − over by {over}")
                : N_("Available {available} + old bill {old} − this one {sale}"),
            "old", money(tui, old, a), "sale", money(tui, total, b), "over",
            money(tui, -customer->available, c), "available", money(tui, customer->available, d));
        (void)JOIN(line, text, " → ", after < 0 ? "▲ " : "",
                   in_words(tui, after < 0 ? N_("After it: over by") : N_("After it: available")),
                   " ", money(tui, after < 0 ? -after : after, a));
        row -= rows_for_words(line, width, canvas->look);
        (void)put_words(canvas, row, 1, width, area.bottom - row, after < 0 ? INK_OVER : INK_PLAIN,
                        line);
    }
    row -= corrected_rows(&draft->corrects, draft->customer, total);
    (void)corrected_draw(tui, canvas, row, area.width, &draft->corrects, draft->customer, total);
    return row;
}

void sale_draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    struct draft *draft = draft_now(tui);
    const struct customer *customer = customer_of(tui, draft->customer);
    const Tefter__Refusal *fork = fork_of(tui, draft);
    int64_t given = 0;
    (void)sale_given(tui, draft, &given);
    bool correction = draft->corrects.document != 0;
    const Tefter__Refusal *wall = sale_wall(tui, draft);
    bool has_money = !correction && (draft->customer == 0 || given > 0 || draft->at != AT_GOODS);
    sale_lines_look(tui, draft);
    if (customer != NULL) {
        struct adds adds = correction ? adds_of(customer) : adds_with(tui, customer, draft);
        area.top += put_adds(tui, canvas, area, &adds);
    }
    int bottom = area.bottom;
    draw_button(tui, canvas, --bottom, area.width, draft);
    if (sale.pin_draft == draft)
        draw_pin(tui, canvas, --bottom);
    else if (draft->buyer != 0 && draft->buyer_pin)
        draw_buyer(tui, canvas, --bottom, area.width - 2, draft);
    else if (draft->buyer != 0)
        draw_buyer(tui, canvas, bottom, area.width / 2 - 2, draft);
    if (wall != NULL) {
        int rows = wall_rows(tui, canvas, area.width, wall);
        bottom -= rows;
        draw_wall(tui, canvas, bottom, area.width, rows, wall);
    }
    if (correction)
        bottom = draw_correction(tui, canvas, (struct area){area.top, bottom, area.width}, draft);
    if (draft->approval != 0) {
        bottom -= 2;
        draw_approval(tui, canvas, bottom, area.width, draft);
    } else if (fork != NULL) {
        int rows = bottom - area.top > 12 ? wall_rows(tui, canvas, area.width, fork) : 1;
        bottom -= 5 + rows;
        draw_wall(tui, canvas, bottom + 1, area.width, rows, fork);
        draw_ways(tui, canvas, bottom + 1 + rows, area.width, draft, fork);
    }
    if (has_money && draft->approval == 0) {
        bottom -= 1;
        draw_money(tui, canvas, bottom, area.width, draft);
    }
    bottom -= 1;
    draw_sum(tui, canvas, bottom, area.width, draft);
    draw_lines(tui, canvas, (struct area){area.top, bottom, area.width}, draft);
}

void sale_pane(struct tui *tui, struct canvas *canvas, int column, struct area area)
{
    customer_pane(tui, canvas, column, area, draft_now(tui)->customer);
}

/* One customer: the line that adds up, then unpaid bills, buyers, what happened. */
#include "tui/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum part { PART_BILLS, PART_BUYERS, PART_HISTORY, PARTS };
enum { HISTORY_ROWS = 100 };

static struct {
    uint32_t customer;
    enum part part;
    size_t row;
    struct asked bills;
    struct asked card;
    struct asked history;
    uint64_t seq; /* of the customer's newest change that was asked for */
} card;

static void begin(struct tui *tui, bool begins)
{
    struct asked *all[] = {&card.bills, &card.card, &card.history};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (begins)
            asked_begin(all[i], tui, NULL);
        else
            asked_end(all[i]);
}

/* ---- asking ---- */

static void ask_card(uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills bills = TEFTER__UNPAID_BILLS__INIT;
    Tefter__CustomerCard who = TEFTER__CUSTOMER_CARD__INIT;
    Tefter__CustomerHistory history = TEFTER__CUSTOMER_HISTORY__INIT;
    bills.has_customer = who.has_customer = history.has_customer = true;
    bills.customer = who.customer = history.customer = customer;
    history.has_rows = true;
    history.rows = HISTORY_ROWS;
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &bills;
    ask(&card.bills, &query);
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &who;
    ask(&card.card, &query);
    query.kind_case = TEFTER__QUERY__KIND_HISTORY;
    query.history = &history;
    ask(&card.history, &query);
}

/* Asked anew with each change of the customer; what is shown stays until the answer is there. */
static void look(struct tui *tui)
{
    const struct customer *customer = customer_of(tui, tui->work->customer);
    bool other = card.customer != tui->work->customer;
    if (customer == NULL || !connected(tui) || (!other && card.seq == customer->last_seq))
        return;
    if (other) {
        asked_forget(&card.bills);
        asked_forget(&card.card);
        asked_forget(&card.history);
        card.row = 0;
    }
    card.customer = customer->id;
    card.seq = customer->last_seq;
    ask_card(customer->id);
}

static void enter(struct tui *tui)
{
    tui->work->customer = customer_leads_to(tui, tui->work->customer);
    card.part = PART_BILLS;
    card.row = 0;
    look(tui);
}

/* ---- the picture ---- */

static void draw_facts(struct tui *tui, struct canvas *canvas, int row, int width,
                       const struct customer *customer)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    if (customer->owes < 0)
        SAY(tui, text, N_("in credit {amount}"), "amount", money_unit(tui, -customer->owes, a));
    else
        SAY(tui, text, N_("owes {amount}"), "amount", money_unit(tui, customer->owes, a));
    int owes = (int)glyphs_columns(text, canvas->look);
    canvas_put(canvas, row, 1, owes, SIDE_START, customer->owes < 0 ? INK_CREDIT : INK_BOLD, text);
    if (customer->overdue > 0) {
        SAY(tui, text, N_("overdue {amount}"), "amount", money(tui, customer->overdue, b));
        canvas_put(canvas, row, owes + 4, width - owes - 5, SIDE_START, INK_LATE, text);
    }
    if (asked_is(&card.card, TEFTER__ANSWER__KIND_CUSTOMER_CARD)) {
        canvas_put(canvas, row, width - 22, 21, SIDE_END, INK_PLAIN,
                   phone_of(card.card.answer->customer_card->row->phone, a));
    }
}

static const char *age_text(struct tui *tui, const Tefter__Bill *bill, char out[SHORT_MAX])
{
    char count[SHORT_MAX];
    if (bill->days_late > 0)
        (void)words_say(out, SHORT_MAX, tui->language, N_("{days} d late"), "days",
                        number(tui, (uint64_t)bill->days_late, count), NULL);
    else if (bill->days_late == 0)
        (void)snprintf(out, SHORT_MAX, "%s", in_words(tui, N_("due today")));
    else
        (void)words_say(out, SHORT_MAX, tui->language, N_("due in {days} d"), "days",
                        number(tui, (uint64_t)-bill->days_late, count), NULL);
    return out;
}

static void put_bill(struct canvas *canvas, int row, int width, const char *const text[5],
                     unsigned age, unsigned rest)
{
    static const int widths[] = {12, 11, 11, 18};
    int at = 1;
    int left = 18;
    for (int i = 0; i < 4; i++) {
        if (at + widths[i] + left + 1 > width && i > 0)
            break;
        canvas_put(canvas, row, at, widths[i], SIDE_START, i == 3 ? age : rest, text[i]);
        at += widths[i] + 1;
    }
    canvas_put(canvas, row, at, left, SIDE_RIGHT, rest, text[4]);
}

static void draw_bills(struct tui *tui, struct canvas *canvas, struct area area)
{
    char owed[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    char d[SHORT_MAX];
    SAY(tui, owed, N_("Left {unit}"), "unit", unit_of(tui));
    const char *heads[] = {in_words(tui, N_("Bill")), in_words(tui, N_("Date")),
                           in_words(tui, N_("Due")), in_words(tui, N_("Age")), owed};
    put_bill(canvas, area.top, area.width, heads, INK_DIM, INK_DIM);
    if (!asked_is(&card.bills, TEFTER__ANSWER__KIND_UNPAID_BILLS))
        return;
    const Tefter__BillsAnswer *answer = card.bills.answer->unpaid_bills;
    if (answer->n_bills == 0) {
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("No unpaid bills.")));
        return;
    }
    size_t rows = (size_t)(area.bottom - area.top - 2);
    size_t top = card.row >= rows ? card.row - rows + 1 : 0;
    for (size_t i = 0; i < rows && top + i < answer->n_bills; i++) {
        const Tefter__Bill *bill = answer->bills[top + i];
        int row = area.top + 1 + (int)i;
        const char *cells[] = {bill->number, day(tui, bill->date, a), day(tui, bill->due, b),
                               age_text(tui, bill, c), money(tui, bill->open_minor, d)};
        if (top + i == card.row)
            canvas_cursor(canvas, row, 0, area.width);
        put_bill(canvas, row, area.width, cells, bill->days_late > 0 ? INK_LATE : INK_PLAIN,
                 INK_PLAIN);
    }
    const char *sums[] = {in_words(tui, N_("Total")), "", "", "",
                          money(tui, answer->bills_minor, d)};
    put_bill(canvas, area.bottom - 1, area.width, sums, INK_BOLD, INK_BOLD);
}

static void draw_buyers(struct tui *tui, struct canvas *canvas, struct area area)
{
    char cap[SHORT_MAX];
    char phone[SHORT_MAX];
    canvas_put(canvas, area.top, 1, area.width - 2, SIDE_START, INK_DIM,
               in_words(tui, N_("Who takes the goods")));
    if (!asked_is(&card.card, TEFTER__ANSWER__KIND_CUSTOMER_CARD))
        return;
    const Tefter__CustomerRow *row = card.card.answer->customer_card->row;
    if (row->n_buyers == 0)
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("Nobody is authorised to buy on this account.")));
    for (size_t i = 0; i < row->n_buyers && area.top + 1 + (int)i < area.bottom; i++) {
        char *name = seen_text(value_of(row->buyers[i]->name));
        int at = area.top + 1 + (int)i;
        canvas_put(canvas, at, 1, 30, SIDE_START, INK_PLAIN, name);
        canvas_put(canvas, at, 32, 20, SIDE_START, INK_DIM, phone_of(row->buyers[i]->phone, phone));
        if (row->buyers[i]->has_cap_sale_minor)
            canvas_put(canvas, at, 53, 18, SIDE_RIGHT, INK_PLAIN,
                       money(tui, row->buyers[i]->cap_sale_minor, cap));
        free(name);
    }
}

static void put_movement(struct canvas *canvas, int row, int width, const char *const text[4],
                         unsigned look)
{
    int name = width - 11 - 18 - 18 - 5;
    canvas_put(canvas, row, 1, 11, SIDE_START, look, text[0]);
    canvas_put(canvas, row, 13, name, SIDE_START, look, text[1]);
    canvas_put(canvas, row, 14 + name, 17, SIDE_RIGHT, look, text[2]);
    canvas_put(canvas, row, 32 + name, 18, SIDE_RIGHT, look, text[3]);
}

static void draw_history(struct tui *tui, struct canvas *canvas, struct area area)
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    char signed_amount[SHORT_MAX + 2];
    const char *heads[] = {in_words(tui, N_("Date")), in_words(tui, N_("Movements")),
                           in_words(tui, N_("Amount")), in_words(tui, N_("Balance"))};
    put_movement(canvas, area.top, area.width, heads, INK_DIM);
    if (!asked_is(&card.history, TEFTER__ANSWER__KIND_HISTORY))
        return;
    const Tefter__HistoryAnswer *answer = card.history.answer->history;
    if (answer->n_rows == 0)
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("No movement yet.")));
    size_t rows = (size_t)(area.bottom - area.top - 1);
    size_t top = card.row >= rows ? card.row - rows + 1 : 0;
    for (size_t i = 0; i < rows && top + i < answer->n_rows; i++) {
        const Tefter__HistoryRow *row = answer->rows[top + i];
        int at = area.top + 1 + (int)i;
        (void)snprintf(signed_amount, sizeof(signed_amount), "%s%s",
                       row->amount_minor > 0 ? "+" : "", money(tui, row->amount_minor, b));
        const char *cells[] = {day(tui, row->date, a), row->number, signed_amount,
                               money(tui, row->running_minor, c)};
        if (top + i == card.row)
            canvas_cursor(canvas, at, 0, area.width);
        put_movement(canvas, at, area.width, cells, INK_PLAIN);
    }
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    const struct customer *customer = customer_of(tui, tui->work->customer);
    look(tui);
    if (customer == NULL || customer->name == NULL) {
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("No customer")));
        return;
    }
    struct adds adds = adds_of(customer);
    draw_facts(tui, canvas, area.top, area.width, customer);
    if (is_fresh(tui, customer->changed_ms))
        canvas_put(canvas, area.top, 0, 1, SIDE_START, INK_ACCENT, "▎");
    area.top += 1;
    area.top += put_adds(tui, canvas, area, &adds);
    area.top += 1;
    if (area.bottom - area.top < 3)
        return;
    if (card.part == PART_BILLS)
        draw_bills(tui, canvas, area);
    else if (card.part == PART_BUYERS)
        draw_buyers(tui, canvas, area);
    else
        draw_history(tui, canvas, area);
}

static void pane_row(struct canvas *canvas, int row, int column, int width, const char *words,
                     const char *amount, unsigned look)
{
    canvas_put(canvas, row, column, width - 18, SIDE_START, look, words);
    canvas_put(canvas, row, column + width - 18, 18, SIDE_RIGHT, look, amount);
}

void customer_pane(struct tui *tui, struct canvas *canvas, int column, struct area area,
                   uint32_t id)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    const struct customer *customer = customer_of(tui, id);
    if (customer == NULL || customer->name == NULL)
        return;
    int row = area.top;
    canvas_put(canvas, row++, column, area.width, SIDE_START, INK_BOLD, customer->name);
    SAY(tui, text, N_("owes {amount}"), "amount", money_unit(tui, customer->owes, a));
    canvas_put(canvas, row++, column, area.width, SIDE_START, INK_PLAIN, text);
    if (customer->overdue > 0) {
        SAY(tui, text, N_("overdue {amount}"), "amount", money(tui, customer->overdue, a));
        canvas_put(canvas, row, column, area.width, SIDE_START, INK_LATE, text);
    }
    row += 2;
    if (customer->unlimited) {
        canvas_put(canvas, row, column, area.width, SIDE_START, INK_PLAIN,
                   in_words(tui, N_("No limit is set")));
        return;
    }
    const struct {
        const char *sign;
        const char *words;
        int64_t amount;
    } rows[] = {{"", N_("Limit"), customer->limit},
                {"= ", N_("Unpaid bills"), customer->bills},
                {"+ ", N_("Slips not cleared"), customer->uncleared},
                {"− ", N_("Not yet matched"), customer->unmatched}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(text, sizeof(text), "%s%s", rows[i].sign, in_words(tui, rows[i].words));
        pane_row(canvas, row++, column, area.width, text, money(tui, rows[i].amount, a), INK_PLAIN);
    }
    bool over = customer->available < 0;
    (void)snprintf(text, sizeof(text), "%s%s", over ? "− ▲ " : "+ ",
                   in_words(tui, over ? N_("Over by") : N_("Available")));
    pane_row(canvas, row, column, area.width, text,
             money(tui, over ? -customer->available : customer->available, a),
             over ? INK_OVER : INK_BOLD);
}

void card_pane(struct tui *tui, struct canvas *canvas, int column, struct area area)
{
    customer_pane(tui, canvas, column, area, tui->work->customer);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    unsigned look;
    const struct customer *customer = customer_of(tui, tui->work->customer);
    if (customer == NULL || customer->name == NULL)
        return;
    (void)snprintf(start, SHORT_MAX * 2, "%.120s · %s", customer->name, customer->code);
    (void)standing(tui, customer, end, &look);
}

/* ---- keys ---- */

static size_t rows_here(void)
{
    if (card.part == PART_BILLS && asked_is(&card.bills, TEFTER__ANSWER__KIND_UNPAID_BILLS))
        return card.bills.answer->unpaid_bills->n_bills;
    if (card.part == PART_HISTORY && asked_is(&card.history, TEFTER__ANSWER__KIND_HISTORY))
        return card.history.answer->history->n_rows;
    return 0;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    (void)tui;
    size_t rows = rows_here();
    bool down = key == KEY_DOWN_ || key == 'j';
    bool up = key == KEY_UP_ || key == 'k';
    if (down && card.row + 1 < rows)
        card.row++;
    if (up && card.row > 0)
        card.row--;
    return down || up;
}

static void next_part(struct tui *tui)
{
    (void)tui;
    card.part = (enum part)((card.part + 1) % PARTS);
    card.row = 0;
}

static void history(struct tui *tui)
{
    (void)tui;
    card.part = PART_HISTORY;
    card.row = 0;
}

static void sell(struct tui *tui)
{
    sale_open(tui, tui->work->customer);
}

static void take_money(struct tui *tui)
{
    payment_open(tui, tui->work->customer);
}

static void match(struct tui *tui)
{
    matching_open(tui, tui->work->customer);
}

static bool trades(const struct tui *tui)
{
    return customer_trades(tui, tui->work->customer);
}

/* The paper under the cursor; 0: there is none. */
static uint64_t paper_here(void)
{
    if (card.row >= rows_here())
        return 0;
    return card.part == PART_BILLS ? card.bills.answer->unpaid_bills->bills[card.row]->document
                                   : card.history.answer->history->rows[card.row]->document;
}

static bool has_paper(const struct tui *tui)
{
    (void)tui;
    return paper_here() != 0;
}

static void open_paper(struct tui *tui)
{
    document_open(tui, paper_here());
}

static const struct action actions[] = {
    {"card.payment", N_("Take the money"), N_("payment"), 'p', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     take_money, trades},
    {"card.sale", N_("Sale"), N_("sale"), 'n', TEFTER__RIGHT__RIGHT_SELL, sell, trades},
    {"card.match", N_("Matching"), N_("Match"), 'm', TEFTER__RIGHT__RIGHT_MATCH, match, trades},
    {"card.open", N_("Open the paper"), N_("Open it"), KEY_ENTER_, 0, open_paper, has_paper},
    {"card.history", N_("Movements"), N_("history"), 'h', 0, history, NULL},
    {"card.part", N_("Bills, who takes the goods, movements"), N_("next part"), KEY_TAB_, 0,
     next_part, NULL},
    {"card.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen card_screen = {
    .id = "card",
    .title = N_("Customer"),
    .right = TEFTER__RIGHT__RIGHT_SEE,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

/* One paper: who, when, its goods, what was matched with it; printed again, reversed. */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    uint64_t document;
    uint64_t exact; /* that it was asked at */
    uint64_t asked_ms;
    size_t top;
    struct asked asked;
} paper;

enum { AGAIN_MS = 1000 };

/* ---- what a paper changed ---- */

static int64_t in_cash(const Tefter__DocumentRecord *document)
{
    int64_t sum = 0;
    for (size_t i = 0; i < document->n_postings; i++)
        if (document->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_CASH)
            (void)money_add(sum, document->postings[i]->amount_minor, &sum);
    return sum;
}

bool document_in_cash(const Tefter__DocumentRecord *document)
{
    for (size_t i = 0; i < document->n_postings; i++)
        if (document->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_CASH)
            return true;
    return false;
}

bool document_change(const Tefter__DocumentRecord *document, int64_t *ret_minor)
{
    bool moves = document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
    *ret_minor =
        !moves && document->balance_minor != 0 ? document->balance_minor : in_cash(document);
    return *ret_minor != 0;
}

const char *move_words(const struct tui *tui, const Tefter__DocumentRecord *document)
{
    switch (document->has_move ? document->move : TEFTER__MONEY_MOVE_KIND__MOVE_BETWEEN) {
    case TEFTER__MONEY_MOVE_KIND__MOVE_CASH_IN:
        return in_words(tui, N_("Cash put in"));
    case TEFTER__MONEY_MOVE_KIND__MOVE_CASH_OUT:
        return in_words(tui, N_("Cash taken out"));
    case TEFTER__MONEY_MOVE_KIND__MOVE_DIFFERENCE:
        return in_words(tui, in_cash(document) < 0 ? N_("Till was short") : N_("Till was over"));
    case TEFTER__MONEY_MOVE_KIND__MOVE_BETWEEN:
    case _TEFTER__MONEY_MOVE_KIND_IS_INT_SIZE:
        break;
    }
    return in_words(tui, N_("Money moved"));
}

/* ---- asking ---- */

static const Tefter__DocumentAnswer *here(void)
{
    return asked_is(&paper.asked, TEFTER__ANSWER__KIND_DOCUMENT) ? paper.asked.answer->document
                                                                 : NULL;
}

/* Asked anew with the ledger: somebody may pay it, or reverse it, meanwhile. */
static void look(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    uint64_t exact = tefter_feed_exact(tui->shop.feed);
    bool other = paper.document != tui->work->paper;
    bool rests = exact == paper.exact || now_ms(tui) - paper.asked_ms < AGAIN_MS;
    if (tui->work->paper == 0 || !connected(tui) || (!other && (rests || paper.asked.flying)))
        return;
    if (other) {
        asked_forget(&paper.asked);
        paper.top = 0;
    }
    paper.document = tui->work->paper;
    paper.exact = exact;
    paper.asked_ms = now_ms(tui);
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = paper.document;
    ask(&paper.asked, &query);
}

void document_open(struct tui *tui, uint64_t document)
{
    tui->work->paper = document;
    go_to(tui, &document_screen);
}

/* ---- the picture ---- */

static bool stands(const Tefter__DocumentAnswer *answer)
{
    return answer->state != TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED &&
           answer->document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL;
}

static bool is_move(const Tefter__DocumentRecord *document)
{
    return document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
}

/* When, by whom; then for whom, and what it comes to. */
static int draw_sum(struct tui *tui, struct canvas *canvas, struct area area,
                    const Tefter__DocumentAnswer *answer)
{
    enum { AMOUNT = 24 };
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t change;
    const Tefter__DocumentRecord *document = answer->document;
    char *who = seen_text(answer->author == NULL ? "" : answer->author);
    char *name = seen_text(answer->customer == NULL ? "" : value_of(answer->customer->name));
    char *buyer = seen_text(value_of(answer->buyer_name));
    (void)JOIN(text, day(tui, document->date, a), " · ", clock_of(tui, document->recorded_ms, b),
               who[0] == '\0' ? "" : " · ", who);
    canvas_put(canvas, area.top, 1, area.width - 2, SIDE_START, INK_DIM, text);
    (void)JOIN(text,
               name[0] != '\0'     ? name
               : is_move(document) ? move_words(tui, document)
                                   : in_words(tui, N_("No customer")),
               document->has_payment_kind ? " · " : "",
               document->has_payment_kind ? kind_words(tui, document->payment_kind) : "");
    canvas_put(canvas, area.top + 1, 1, area.width - AMOUNT - 3, SIDE_START, INK_PLAIN, text);
    if (is_move(document) && document_change(document, &change))
        (void)JOIN(text, money_signed(tui, change, a), " ", unit_of(tui));
    else
        (void)snprintf(text, sizeof(text), "%s", money_unit(tui, document->total_minor, a));
    canvas_put(canvas, area.top + 1, area.width - AMOUNT - 1, AMOUNT, SIDE_RIGHT, INK_BOLD, text);
    int row = area.top + 2;
    if (buyer[0] != '\0') {
        SAY(tui, text, N_("taken by {name}"), "name", buyer);
        canvas_put(canvas, row++, 1, area.width - 2, SIDE_START, INK_DIM, text);
    }
    free(who);
    free(name);
    free(buyer);
    return row;
}

static int draw_links(struct tui *tui, struct canvas *canvas, int row, int width,
                      const Tefter__DocumentAnswer *answer)
{
    char text[TEXT_MAX_BYTES];
    char *note = seen_text(value_of(answer->document->note));
    if (answer->reversed_by != NULL) {
        SAY(tui, text, N_("Reversed by {number}"), "number", answer->reversed_by->number);
        canvas_put(canvas, row++, 1, width - 2, SIDE_START, INK_OVER, text);
    }
    if (answer->corrects != NULL) {
        SAY(tui, text, N_("replaces {number}"), "number", answer->corrects->number);
        canvas_put(canvas, row++, 1, width - 2, SIDE_START, INK_DIM, text);
    }
    if (answer->about != NULL) {
        (void)JOIN(text, in_words(tui, N_("about")), " ", answer->about->number);
        canvas_put(canvas, row++, 1, width - 2, SIDE_START, INK_DIM, text);
    }
    bool confirmed = answer->later != NULL && answer->later->has_confirmed;
    if (answer->document->has_waits && answer->document->waits && !confirmed && stands(answer))
        canvas_put(canvas, row++, 1, width - 2, SIDE_START, INK_LATE,
                   in_words(tui, N_("waits to be confirmed")));
    if (note[0] != '\0')
        row += put_words(canvas, row, 1, width - 2, 2, INK_PLAIN, note);
    free(note);
    return row;
}

static void put_line(struct canvas *canvas, int row, int width, const char *const text[4],
                     unsigned look)
{
    static const int widths[] = {0, 14, 13, 16};
    bool priced = width >= 60;
    int name = width - 14 - 16 - 4 - (priced ? 14 : 0);
    int at = 1;
    for (int i = 0; i < 4; i++) {
        if (i == 2 && !priced)
            continue;
        int wide = i == 0 ? name : widths[i];
        canvas_put(canvas, row, at, wide, i == 0 ? SIDE_START : SIDE_RIGHT, look, text[i]);
        at += wide + 1;
    }
}

static void draw_line(struct tui *tui, struct canvas *canvas, int row, int width,
                      const Tefter__DocumentLine *line)
{
    char text[TEXT_MAX_BYTES];
    char count[SHORT_MAX];
    char amount[SHORT_MAX + 32];
    char each[SHORT_MAX];
    char sum[SHORT_MAX];
    char back[SHORT_MAX];
    char *name = seen_text(line->text != NULL ? line->text : line->code != NULL ? line->code : "");
    (void)snprintf(text, sizeof(text), "%s", name);
    if (line->has_credited_quantity && line->credited_quantity > 0) {
        SAY(tui, back, N_("{quantity} taken back"), "quantity",
            quantity(tui, line->credited_quantity, count));
        (void)JOIN(text, name, " · ", back);
    }
    (void)snprintf(amount, sizeof(amount), "%s %.24s", quantity(tui, line->quantity, count),
                   line->unit == NULL ? "" : line->unit);
    const char *cells[] = {text, amount, price(tui, line->price, each),
                           money(tui, line->net_minor, sum)};
    put_line(canvas, row, width, cells, INK_PLAIN);
    free(name);
}

static int draw_lines(struct tui *tui, struct canvas *canvas, struct area area,
                      const Tefter__DocumentRecord *document)
{
    char head[SHORT_MAX];
    char sums[SHORT_MAX];
    char tax[SHORT_MAX];
    char text[TEXT_MAX_BYTES];
    if (document->n_lines == 0) {
        paper.top = 0;
        return area.top;
    }
    SAY(tui, head, N_("Price {unit}"), "unit", unit_of(tui));
    SAY(tui, sums, N_("Line {unit}"), "unit", unit_of(tui));
    const char *heads[] = {in_words(tui, N_("Item")), in_words(tui, N_("Quantity")), head, sums};
    put_line(canvas, area.top, area.width, heads, INK_DIM);
    int row = area.top + 1;
    int most = area.bottom - row - 1;
    size_t rows = most > 0 ? (size_t)most : 0;
    if (paper.top + rows > document->n_lines)
        paper.top = document->n_lines > rows ? document->n_lines - rows : 0;
    for (size_t i = paper.top; i < document->n_lines && row < area.bottom - 1; i++)
        draw_line(tui, canvas, row++, area.width, document->lines[i]);
    SAY(tui, text, N_("with tax {tax}"), "tax",
        money(tui, document->has_tax_minor ? document->tax_minor : 0, tax));
    const char *cells[] = {text, "", "", money(tui, document->total_minor, sums)};
    put_line(canvas, row++, area.width, cells, INK_BOLD);
    return row;
}

static void put_touch(struct canvas *canvas, int row, int width, const char *text,
                      const char *amount, unsigned look)
{
    canvas_put(canvas, row, 1, width - 19, SIDE_START, look, text);
    canvas_put(canvas, row, width - 17, 16, SIDE_RIGHT, look, amount);
}

static void draw_touches(struct tui *tui, struct canvas *canvas, struct area area,
                         const Tefter__DocumentAnswer *answer)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    bool bill = answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    bool credit = answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
                  answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    int row = area.top;
    bool left = (bill || credit) && stands(answer);
    for (size_t i = 0; i < answer->n_touches && row < area.bottom - left; i++) {
        const Tefter__Touch *touch = answer->touches[i];
        if (touch->has_undone && touch->undone)
            continue;
        (void)JOIN(text, touch->other_number == NULL ? "" : touch->other_number, "  ",
                   touch->has_other_kind ? paper_words(tui, touch->other_kind) : "", " · ",
                   day(tui, touch->date, a));
        put_touch(canvas, row++, area.width, text, money(tui, touch->amount_minor, a), INK_PLAIN);
    }
    if (left && row < area.bottom)
        put_touch(canvas, row, area.width,
                  in_words(tui, bill ? N_("Left to pay") : N_("Not yet matched")),
                  money(tui, answer->open_minor, a), INK_BOLD);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    const Tefter__DocumentAnswer *answer;
    look(tui);
    answer = here();
    if (answer == NULL) {
        put_missing(tui, canvas, area, &paper.asked, N_("Not there yet"));
        return;
    }
    int row = draw_sum(tui, canvas, area, answer);
    row = draw_links(tui, canvas, row, area.width, answer);
    int touches = answer->n_touches > 4 ? 5 : (int)answer->n_touches + 1;
    row = draw_lines(tui, canvas, (struct area){row + 1, area.bottom - touches - 1, area.width},
                     answer->document);
    draw_touches(tui, canvas, (struct area){row + 1, area.bottom, area.width}, answer);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    const Tefter__DocumentAnswer *answer = here();
    if (answer == NULL)
        return;
    const Tefter__DocumentRecord *document = answer->document;
    (void)snprintf(start, SHORT_MAX * 2, "%s %s",
                   is_move(document) ? move_words(tui, document) : paper_words(tui, document->kind),
                   document->number);
    if (answer->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED)
        (void)snprintf(end, SHORT_MAX, "%s", in_words(tui, N_("reversed")));
}

/* ---- actions ---- */

static void reverse(struct tui *tui)
{
    const Tefter__DocumentAnswer *answer = here();
    if (answer == NULL)
        return;
    if (stands(answer))
        undo_paper(tui, answer->document->document, answer->document->number);
    else
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("It does not stand any more.")));
}

static bool stands_here(void)
{
    return here() != NULL && stands(here());
}

static bool is_kind(Tefter__DocumentKind kind)
{
    return stands_here() && here()->document->kind == kind;
}

static bool is_bill(const struct tui *tui)
{
    (void)tui;
    return is_kind(TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE);
}

static bool is_money(const struct tui *tui)
{
    (void)tui;
    return is_kind(TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT);
}

static void correct_bill(struct tui *tui)
{
    sale_correct(tui, here());
}

static void correct_money(struct tui *tui)
{
    payment_correct(tui, here());
}

static void take_back(struct tui *tui)
{
    back_open(tui, here()->document->document);
}

static void print(struct tui *tui)
{
    if (here() != NULL)
        print_again(tui, here()->document->document);
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    (void)tui;
    bool down = key == KEY_DOWN_ || key == 'j';
    bool up = key == KEY_UP_ || key == 'k';
    if (down)
        paper.top++; /* no further than there are lines: see draw_lines */
    if (up && paper.top > 0)
        paper.top--;
    return down || up;
}

static void begin(struct tui *tui, bool begins)
{
    if (begins)
        asked_begin(&paper.asked, tui, NULL);
    else
        asked_end(&paper.asked);
}

static const struct action actions[] = {
    {"paper.print", N_("Print again"), N_("print"), KEY_CTRL('P'), 0, print, NULL},
    {"paper.correct", N_("Correct"), N_("Correct"), 'c', TEFTER__RIGHT__RIGHT_SELL, correct_bill,
     is_bill},
    {"paper.correct.money", N_("Correct"), N_("Correct"), 'c', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     correct_money, is_money},
    {"paper.back", N_("Take goods back"), N_("Take goods back"), 'b',
     TEFTER__RIGHT__RIGHT_CREDIT_NOTE, take_back, is_bill},
    {"paper.reverse", N_("Reverse"), N_("undo"), 'u', 0, reverse, NULL},
    {"paper.leave", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen document_screen = {
    .id = "paper",
    .title = N_("Paper"),
    .right = TEFTER__RIGHT__RIGHT_SEE,
    .begin = begin,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

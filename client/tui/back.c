/* Goods of a bill that come back: how much of each line, and why; a credit note is written. */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct asked asked;
    uint64_t asked_for;
    uint64_t exact;
    struct sent sent;
    struct work *of;
} back;

/* ---- what is meant ---- */

static const Tefter__DocumentAnswer *bill_here(const struct tui *tui)
{
    bool here = back.asked_for == tui->work->back.bill &&
                asked_is(&back.asked, TEFTER__ANSWER__KIND_DOCUMENT);
    return here ? back.asked.answer->document : NULL;
}

static size_t lines_of(const Tefter__DocumentAnswer *bill)
{
    return bill->document->n_lines < LINES_MAX ? bill->document->n_lines : LINES_MAX;
}

/* What of it is still sold. */
static int64_t left_of(const Tefter__DocumentLine *line)
{
    return line->quantity - (line->has_credited_quantity ? line->credited_quantity : 0);
}

/* 0: nothing; -1: no quantity, or more than was sold. */
static int64_t count_of(const struct tui *tui, const struct field *field,
                        const Tefter__DocumentLine *line)
{
    char why[AMOUNT_WHY_MAX];
    int64_t count = 0;
    if (field->text[0] == '\0')
        return 0;
    bool read = quantity_read(field->text, &tui->currency, &count, why) == NULL;
    return read && count >= 0 && count <= left_of(line) ? count : -1;
}

/* As a credit note comes to, to a unit or two: its lines are rounded once. */
static int64_t about(const struct tui *tui, const Tefter__DocumentAnswer *bill)
{
    int64_t sum = 0;
    const struct giving_back *form = &tui->work->back;
    for (size_t i = 0; i < lines_of(bill); i++) {
        const Tefter__DocumentLine *line = bill->document->lines[i];
        int64_t count = count_of(tui, &form->counts[i], line);
        int64_t whole = line->net_minor + (line->has_tax_minor ? line->tax_minor : 0);
        if (count <= 0 || line->quantity <= 0)
            continue;
        __extension__ __int128 part = (__int128)whole * count / line->quantity;
        (void)money_add(sum, (int64_t)part, &sum);
    }
    return sum;
}

static const char *shut(const struct tui *tui, const Tefter__DocumentAnswer *bill)
{
    bool any = false;
    const struct giving_back *form = &tui->work->back;
    if (back.sent.state == SENT_UNDER_WAY)
        return sent_words(&back.sent);
    for (size_t i = 0; i < lines_of(bill); i++) {
        int64_t count = count_of(tui, &form->counts[i], bill->document->lines[i]);
        if (count < 0)
            return N_("More than was sold, or no number");
        any = any || count > 0;
    }
    if (!any)
        return N_("What comes back?");
    if (form->reason.text[strspn(form->reason.text, " ")] == '\0')
        return N_("Why does it come back?");
    return connected(tui) ? NULL : N_("This needs the line to the server.");
}

/* ---- asking, and writing it ---- */

static void look(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    uint64_t exact = tefter_feed_exact(tui->shop.feed);
    uint64_t bill = tui->work->back.bill;
    bool other = back.asked_for != bill;
    if (bill == 0 || !connected(tui) || (!other && (exact == back.exact || back.asked.flying)))
        return;
    if (other)
        asked_forget(&back.asked);
    back.asked_for = bill;
    back.exact = exact;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = bill;
    ask(&back.asked, &query);
}

static void commit(struct tui *tui)
{
    Tefter__CreditNoteLine lines[LINES_MAX];
    Tefter__CreditNoteLine *pointers[LINES_MAX];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__IssueCreditNote note = TEFTER__ISSUE_CREDIT_NOTE__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    const Tefter__DocumentAnswer *bill = bill_here(tui);
    struct giving_back *form = &tui->work->back;
    if (bill == NULL)
        return;
    if (shut(tui, bill) != NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, shut(tui, bill)));
        return;
    }
    for (size_t i = 0; i < lines_of(bill); i++) {
        int64_t count = count_of(tui, &form->counts[i], bill->document->lines[i]);
        if (count == 0)
            continue;
        tefter__credit_note_line__init(&lines[note.n_credit]);
        lines[note.n_credit].line = (uint32_t)i;
        lines[note.n_credit].quantity = count;
        pointers[note.n_credit] = &lines[note.n_credit];
        note.n_credit++;
    }
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE;
    command.issue_credit_note = &note;
    note.has_invoice = true;
    note.invoice = form->bill;
    note.credit = pointers;
    note.reason = &reason;
    reason.value = form->reason.text;
    back.of = tui->work;
    if (send_command(&back.sent, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&back.sent));
}

static void credited(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    char said[TEXT_MAX_BYTES];
    char number[SHORT_MAX];
    char a[SHORT_MAX];
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    const Tefter__Done *done = sent->reply->done;
    back.of->back = (struct giving_back){.bill = 0};
    if (back.of == tui->work && tui->work->screen == &back_screen)
        go_back(tui);
    SAY(tui, said, N_("{number} credited, {amount}"), "number", number_of(tui, done, number),
        "amount", money_unit(tui, done->has_total_minor ? done->total_minor : 0, a));
    (void)JOIN(text, said, " · Alt U ", in_words(tui, N_("undo")), " · Ctrl P ",
               in_words(tui, N_("print")));
    paper_done(tui, done, text);
}

void back_open(struct tui *tui, uint64_t bill)
{
    if (tui->work->back.bill != bill)
        tui->work->back = (struct giving_back){.bill = bill};
    go_to(tui, &back_screen);
}

/* ---- the picture ---- */

enum { COUNT = 12, SOLD = 18 };

static void draw_line(struct tui *tui, struct canvas *canvas, int row, int width,
                      const Tefter__DocumentLine *line, const struct field *field, bool here)
{
    char sold[SHORT_MAX + 32];
    char a[SHORT_MAX];
    char *name = seen_text(line->text != NULL ? line->text : line->code != NULL ? line->code : "");
    char *unit = seen_text(line->unit == NULL ? "" : line->unit);
    bool wrong = count_of(tui, field, line) < 0;
    (void)snprintf(sold, sizeof(sold), "%s %.24s", quantity(tui, left_of(line), a), unit);
    canvas_put(canvas, row, 1, width - COUNT - SOLD - 5, SIDE_START, INK_PLAIN, name);
    canvas_put(canvas, row, width - COUNT - SOLD - 3, SOLD, SIDE_RIGHT, INK_DIM, sold);
    canvas_put(canvas, row, width - COUNT - 2, 1, SIDE_START, INK_ACCENT, here ? ">" : " ");
    canvas_field(canvas, row, width - COUNT - 1, COUNT, wrong ? INK_OVER : INK_BOLD, field->text,
                 here);
    free(name);
    free(unit);
}

static void draw_lines(struct tui *tui, struct canvas *canvas, struct area area,
                       const Tefter__DocumentAnswer *bill)
{
    const struct giving_back *form = &tui->work->back;
    size_t count = lines_of(bill);
    size_t rows = area.bottom - area.top > 1 ? (size_t)(area.bottom - area.top - 1) : 1;
    size_t at = (size_t)form->at < count ? (size_t)form->at : count - (count > 0);
    size_t top = at >= rows ? at - rows + 1 : 0;
    canvas_put(canvas, area.top, 1, area.width - COUNT - SOLD - 5, SIDE_START, INK_DIM,
               in_words(tui, N_("Item")));
    canvas_put(canvas, area.top, area.width - COUNT - SOLD - 3, SOLD, SIDE_RIGHT, INK_DIM,
               in_words(tui, N_("Sold")));
    canvas_put(canvas, area.top, area.width - COUNT - 1, COUNT, SIDE_START, INK_DIM,
               in_words(tui, N_("Comes back")));
    for (size_t i = 0; i < rows && top + i < count; i++)
        draw_line(tui, canvas, area.top + 1 + (int)i, area.width, bill->document->lines[top + i],
                  &form->counts[top + i], (size_t)form->at == top + i);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    look(tui);
    const Tefter__DocumentAnswer *bill = bill_here(tui);
    const struct giving_back *form = &tui->work->back;
    if (bill == NULL) {
        put_missing(tui, canvas, area, &back.asked, N_("Not there yet"));
        return;
    }
    const char *closed = shut(tui, bill);
    const char *reason = in_words(tui, N_("Reason"));
    int width = (int)glyphs_columns(reason, canvas->look);
    int row = area.bottom - 3;
    (void)with_key(text, in_words(tui, closed != NULL ? closed : N_("Write the credit note")),
                   "F9");
    canvas_put(canvas, row + 2, 1, area.width - 2, SIDE_END, closed != NULL ? INK_DIM : INK_BOLD,
               text);
    canvas_pair(canvas, row + 1, 1, area.width - 2, in_words(tui, N_("Comes to about")),
                money_unit(tui, about(tui, bill), a), INK_BOLD);
    canvas_put(canvas, row, 1, width, SIDE_START, INK_DIM, reason);
    canvas_field(canvas, row, width + 3, area.width - width - 4, INK_PLAIN, form->reason.text,
                 (size_t)form->at >= lines_of(bill));
    draw_lines(tui, canvas, (struct area){area.top, row - 1, area.width}, bill);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char text[TEXT_MAX_BYTES];
    const Tefter__DocumentAnswer *bill = bill_here(tui);
    if (bill == NULL)
        return;
    SAY(tui, text, N_("Goods of {number} that come back"), "number", bill->document->number);
    (void)snprintf(start, SHORT_MAX * 2, "%.180s", text);
    char *name = seen_text(bill->customer == NULL ? "" : value_of(bill->customer->name));
    (void)snprintf(end, SHORT_MAX, "%.60s", name);
    free(name);
}

/* ---- keys ---- */

static bool key_typed(struct tui *tui, uint32_t key)
{
    const Tefter__DocumentAnswer *bill = bill_here(tui);
    struct giving_back *form = &tui->work->back;
    if (bill == NULL)
        return false;
    int last = (int)lines_of(bill);
    form->at = form->at > last ? last : form->at;
    if (key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_)
        form->at = form->at < last ? form->at + 1 : 0;
    else if (key == KEY_UP_ || key == KEY_TAB_BACK_)
        form->at = form->at > 0 ? form->at - 1 : last;
    else
        return field_key(form->at < last ? &form->counts[form->at] : &form->reason, key);
    return true;
}

/* One more of these goods comes back, whichever field it was in. */
static void scanned(struct tui *tui, const char *code)
{
    char text[TEXT_MAX_BYTES];
    const Tefter__DocumentAnswer *bill = bill_here(tui);
    const struct product *product = product_coded(tui, code);
    struct giving_back *form = &tui->work->back;
    for (size_t i = 0; product != NULL && bill != NULL && i < lines_of(bill); i++) {
        const Tefter__DocumentLine *line = bill->document->lines[i];
        int64_t count = count_of(tui, &form->counts[i], line);
        if (line->product != product->id || count < 0 || count + QUANTITY_UNIT > left_of(line))
            continue;
        field_set(&form->counts[i], quantity(tui, count + QUANTITY_UNIT, text));
        form->at = (int)i;
        tui->dirty = true;
        return;
    }
    SAY(tui, text, N_("Nothing is found for ‘{text}’."), "text", code);
    say_words(tui, MESSAGE_REFUSED, text);
}

static void leave_it(struct tui *tui)
{
    if (back.sent.state == SENT_UNDER_WAY)
        return;
    tui->work->back = (struct giving_back){.bill = 0};
    go_back(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&back.asked, tui, NULL);
        sent_begin(&back.sent, tui, credited);
        return;
    }
    asked_end(&back.asked);
    sent_end(&back.sent);
}

static const struct action actions[] = {
    {"back.write", N_("Write the credit note"), N_("Take goods back"), KEY_FN(9),
     TEFTER__RIGHT__RIGHT_CREDIT_NOTE, commit, NULL},
    {"back.leave", N_("Leave it as it was"), NULL, KEY_ALT('d'), 0, leave_it, NULL},
    {"back.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen back_screen = {
    .id = "back",
    .title = N_("Take goods back"),
    .right = TEFTER__RIGHT__RIGHT_CREDIT_NOTE,
    .form = true,
    .begin = begin,
    .draw = draw,
    .key = key_typed,
    .scan = scanned,
    .head = head,
    .actions = actions,
};

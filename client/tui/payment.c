/*
 * Money that a customer brings. What is shown before is what is done: the preview is the server's
 * own.
 */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_KIND, AT_AMOUNT, AT_REFERENCE, AT_PAYER, AT_BILLS, AT_WHY };

static struct {
    struct asked bills;
    struct asked preview;
    struct asked tried;
    struct sent taken;
    struct payment *taken_form;   /* whose answer it is */
    uint32_t customer;            /* that the bills are of */
    uint64_t seq;                 /* ... as of their newest change */
    char shown[FIELD_MAX * 2];    /* what the preview is of */
    char wall[MESSAGE_MAX_BYTES]; /* why F9 is closed, in the ledger's words */
} pay;

/* ---- what is meant ---- */

static bool corrects(const struct payment *form)
{
    return form->corrects.document != 0;
}

/* Money that is half typed waits beside a correction. */
static struct payment *form_of(struct tui *tui)
{
    struct work *work = tui->work;
    struct payment *form = corrects(&work->correction) ? &work->correction : &work->payment;
    if (form->kind == 0)
        form->kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    return form;
}

/* 0: no amount yet. */
static int64_t amount_of(const struct tui *tui, const struct payment *form, const char **ret_wrong,
                         char why[AMOUNT_WHY_MAX])
{
    int64_t minor = 0;
    *ret_wrong = form->amount.text[0] == '\0'
                     ? NULL
                     : amount_read(form->amount.text, &tui->currency, &minor, why);
    return *ret_wrong == NULL && minor > 0 ? minor : 0;
}

static const Tefter__BillsAnswer *bills_here(const struct payment *form)
{
    bool here =
        pay.customer == form->customer && asked_is(&pay.bills, TEFTER__ANSWER__KIND_UNPAID_BILLS);
    return here ? pay.bills.answer->unpaid_bills : NULL;
}

static bool is_ticked(const struct payment *form, uint64_t document)
{
    for (size_t i = 0; i < form->tick_count; i++)
        if (form->ticked[i] == document)
            return true;
    return false;
}

struct made {
    struct arena arena;
    Tefter__Command command;
    Tefter__TakePayment take;
    Tefter__Text payer;
    Tefter__CorrectPayment correct;
    Tefter__Text reason;
};

/* What was matched with it follows: nothing is said of that. */
static void make_correction(const struct tui *tui, const struct payment *form, struct made *made)
{
    tefter__correct_payment__init(&made->correct);
    tefter__text__init(&made->reason);
    made->reason.value = (char *)(uintptr_t)why_words(tui, &form->corrects.why);
    made->correct.document = form->corrects.document;
    made->correct.payment = &made->take;
    made->correct.reason = made->reason.value[0] == '\0' ? NULL : &made->reason;
    made->command.kind_case = TEFTER__COMMAND__KIND_CORRECT_PAYMENT;
    made->command.correct_payment = &made->correct;
}

/* The ticked bills in their order, each with what is left of the money for it. */
static void put_bills(struct made *made, const struct payment *form, int64_t minor)
{
    const Tefter__BillsAnswer *answer = bills_here(form);
    size_t count = answer == NULL ? 0 : answer->n_bills;
    Tefter__BillAmount **bills = arena_take(&made->arena, (count + 1) * sizeof(*bills));
    need(bills != NULL);
    made->take.bills = bills;
    for (size_t i = 0; i < count && minor > 0; i++) {
        if (!is_ticked(form, answer->bills[i]->document))
            continue;
        Tefter__BillAmount *bill = arena_take(&made->arena, sizeof(*bill));
        need(bill != NULL);
        tefter__bill_amount__init(bill);
        bill->has_bill = bill->has_amount_minor = true;
        bill->bill = answer->bills[i]->document;
        bill->amount_minor =
            answer->bills[i]->open_minor < minor ? answer->bills[i]->open_minor : minor;
        minor -= bill->amount_minor;
        bills[made->take.n_bills++] = bill;
    }
}

static void made_begin(const struct tui *tui, const struct payment *form, int64_t minor,
                       struct made *made)
{
    arena_init(&made->arena, ASKED_MEMORY_MAX);
    tefter__command__init(&made->command);
    tefter__take_payment__init(&made->take);
    tefter__text__init(&made->payer);
    made->command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    made->command.take_payment = &made->take;
    made->take.has_customer = true;
    made->take.customer = form->customer;
    made->take.kind = form->kind;
    made->take.amount_minor = minor;
    made->take.money_account = place_for(tui, form->kind);
    made->take.has_money_account = made->take.money_account != 0;
    if (form->reference.text[0] != '\0')
        made->take.reference = (char *)(uintptr_t)form->reference.text;
    if (form->payer.text[0] != '\0') {
        made->payer.value = (char *)(uintptr_t)form->payer.text;
        made->take.payer = &made->payer;
    }
    if (corrects(form)) {
        make_correction(tui, form, made);
    } else if (form->by_hand) {
        put_bills(made, form, minor);
    } else {
        made->take.has_match = true;
        made->take.match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    }
}

bool payment_is_sent(const struct payment *form)
{
    return pay.taken.state == SENT_UNDER_WAY && pay.taken_form == form;
}

bool payment_is_of(const struct tui *tui, const struct payment *form,
                   const Tefter__TakePayment *sent)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    const char *reference = sent->reference == NULL ? "" : sent->reference;
    return form->customer == sent->customer && form->kind == sent->kind &&
           amount_of(tui, form, &wrong, why) == sent->amount_minor &&
           strcmp(form->reference.text, reference) == 0;
}

/* ---- asking ---- */

static void ask_bills(struct tui *tui, const struct payment *form)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills bills = TEFTER__UNPAID_BILLS__INIT;
    const struct customer *customer = customer_of(tui, form->customer);
    if (customer == NULL || !connected(tui) ||
        (pay.customer == form->customer && pay.seq == customer->last_seq))
        return;
    if (pay.customer != form->customer)
        asked_forget(&pay.bills);
    pay.customer = form->customer;
    pay.seq = customer->last_seq;
    pay.shown[0] = '\0';
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &bills;
    bills.has_customer = true;
    bills.customer = form->customer;
    ask(&pay.bills, &query);
}

static void ask_preview_match(const struct payment *form, const struct made *made, int64_t minor)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__PreviewMatch preview = TEFTER__PREVIEW_MATCH__INIT;
    Tefter__MatchItems match = TEFTER__MATCH_ITEMS__INIT;
    Tefter__MatchPart parts[BILLS_MAX];
    Tefter__MatchPart *pointers[BILLS_MAX];
    query.kind_case = TEFTER__QUERY__KIND_PREVIEW_MATCH;
    query.preview_match = &preview;
    preview.match = &match;
    preview.has_with_minor = true;
    preview.with_minor = minor;
    match.customer = form->customer;
    match.has_order = true;
    match.order = form->by_hand ? TEFTER__MATCH_ORDER__MATCH_PARTS_ONLY
                                : TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    for (size_t i = 0; i < made->take.n_bills && i < BILLS_MAX; i++) {
        tefter__match_part__init(&parts[i]);
        parts[i].debit = made->take.bills[i]->bill;
        parts[i].has_amount_minor = true;
        parts[i].amount_minor = made->take.bills[i]->amount_minor;
        pointers[match.n_parts++] = &parts[i];
    }
    match.parts = pointers;
    ask(&pay.preview, &query);
}

static void form_key(const struct payment *form, char out[FIELD_MAX * 2])
{
    (void)snprintf(out, FIELD_MAX * 2, "%u %d %llu %d %d %zu %llu %.100s %.60s %.60s",
                   form->customer, (int)form->kind, (unsigned long long)form->corrects.document,
                   why_is_said(&form->corrects.why), form->by_hand, form->tick_count,
                   form->tick_count > 0 ? (unsigned long long)form->ticked[form->tick_count - 1]
                                        : 0,
                   form->amount.text, form->reference.text, form->payer.text);
}

static void changed(struct tui *tui)
{
    char why[AMOUNT_WHY_MAX];
    char key[FIELD_MAX * 2];
    const char *wrong;
    struct made made;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TryCommand tried = TEFTER__TRY_COMMAND__INIT;
    struct payment *form = form_of(tui);
    ask_bills(tui, form);
    int64_t minor = amount_of(tui, form, &wrong, why);
    form_key(form, key);
    if (strcmp(key, pay.shown) == 0 || !connected(tui) || form->customer == 0)
        return;
    (void)snprintf(pay.shown, sizeof(pay.shown), "%s", key);
    asked_forget(&pay.preview);
    asked_forget(&pay.tried);
    if (minor == 0)
        return;
    made_begin(tui, form, minor, &made);
    if (!corrects(form) && (!form->by_hand || made.take.n_bills > 0))
        ask_preview_match(form, &made, minor);
    query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
    query.try_command = &tried;
    tried.command = &made.command;
    ask(&pay.tried, &query);
    arena_fini(&made.arena);
}

static void came(struct tui *tui, struct asked *asked)
{
    (void)asked;
    changed(tui);
}

static const Tefter__Refusal *refusal_here(void)
{
    if (asked_refused(&pay.tried) != NULL)
        return asked_refused(&pay.tried);
    bool tried = asked_is(&pay.tried, TEFTER__ANSWER__KIND_TRY_COMMAND);
    return tried ? pay.tried.answer->try_command->refusal : NULL;
}

/* ---- F9 ---- */

static const char *closed(struct tui *tui, struct payment *form)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    int64_t minor = amount_of(tui, form, &wrong, why);
    if (payment_is_sent(form))
        return sent_words(&pay.taken);
    if (form->customer == 0)
        return N_("For which customer?");
    if (minor == 0)
        return N_("How much?");
    if (place_for(tui, form->kind) == 0)
        return N_("There is no place for this money yet");
    if (corrects(form) && !why_is_said(&form->corrects.why))
        return N_("Why is it corrected?");
    if (corrects(form) && !connected(tui))
        return N_("This needs the line to the server.");
    if (!connected(tui) && form->kind != TEFTER__PAYMENT_KIND__PAYMENT_CASH)
        return N_("Without the line only cash is taken");
    if (connected(tui) && pay.tried.answer == NULL)
        return N_("Being added up …");
    if (connected(tui) && refusal_here() != NULL) {
        struct speech speech = speech_of(tui);
        (void)refusal_sentence_for(refusal_here(), &speech, pay.wall, sizeof(pay.wall));
        return pay.wall;
    }
    return NULL;
}

static void commit(struct tui *tui)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    struct made made;
    struct payment *form = form_of(tui);
    const char *shut = closed(tui, form);
    int64_t minor = amount_of(tui, form, &wrong, why);
    if (corrects(form) && !why_is_said(&form->corrects.why))
        form->at = AT_WHY;
    if (shut != NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong != NULL ? wrong : shut));
        return;
    }
    made_begin(tui, form, minor, &made);
    if (!connected(tui)) {
        if (paper_keep(tui, &made.command))
            *form = (struct payment){.kind = form->kind, .at = AT_AMOUNT};
    } else if (send_command(&pay.taken, &made.command)) {
        pay.taken_form = form;
        say_words(tui, MESSAGE_SAID, sent_words(&pay.taken));
    }
    arena_fini(&made.arena);
}

/* Back to the paper that they came from: the one that was corrected. */
static void tell_corrected(struct tui *tui, struct payment *form, const Tefter__Done *done)
{
    char text[MESSAGE_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    char number[SHORT_MAX];
    char a[SHORT_MAX];
    (void)JOIN(text, number_of(tui, done, number), " ",
               money_unit(tui, done->has_total_minor ? done->total_minor : 0, a), " · ",
               corrected_words(tui, &form->corrects, done, words), done->on_its_way ? " · " : "",
               done->on_its_way ? in_words(tui, N_("waits to be confirmed")) : "");
    bool here = form == &tui->work->correction && tui->work->screen == &payment_screen;
    *form = (struct payment){.kind = 0};
    if (here && screen_before(tui) == &document_screen)
        tui->work->paper = done->id; /* the one that took its place */
    if (here)
        go_back(tui);
    paper_corrected(tui, done, text);
}

static void taken(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    char number[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    const Tefter__Done *done = sent->reply->done;
    if (corrects(pay.taken_form)) {
        tell_corrected(tui, pay.taken_form, done);
        return;
    }
    Tefter__PaymentKind kind = pay.taken_form->kind;
    *pay.taken_form = (struct payment){.kind = kind, .at = AT_AMOUNT};
    (void)snprintf(text, sizeof(text), "%s %s %s · %s %s%s%s · Alt U %s · Ctrl P %s",
                   number_of(tui, done, number),
                   money_unit(tui, done->has_total_minor ? done->total_minor : 0, a),
                   clock_of(tui, tefter_now_ms(tui->client), b), in_words(tui, N_("matched")),
                   money(tui, done->has_matched_minor ? done->matched_minor : 0, c),
                   done->on_its_way ? " · " : "",
                   done->on_its_way ? in_words(tui, N_("waits to be confirmed")) : "",
                   in_words(tui, N_("undo")), in_words(tui, N_("print")));
    paper_done(tui, done, text);
}

/* ---- the picture ---- */

/* Cash may go into a till that nobody opened, and then nobody counts it: said before. */
static bool is_shut_here(const struct tui *tui)
{
    return tui->work->payment.kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && till_is_shut(tui);
}

static void draw_shut(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    SAY(tui, text, N_("{till} is not open: nobody will count what goes into it now."), "till",
        place_word(tui, TEFTER__PAYMENT_KIND__PAYMENT_CASH));
    (void)JOIN(line, "▲ ", text, " Alt T");
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_LATE, line);
}

static void draw_kinds(struct tui *tui, struct canvas *canvas, int row, const struct payment *form)
{
    static const Tefter__PaymentKind kinds[] = {
        TEFTER__PAYMENT_KIND__PAYMENT_CASH, TEFTER__PAYMENT_KIND__PAYMENT_POS,
        TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER, TEFTER__PAYMENT_KIND__PAYMENT_SLIP};
    char text[SHORT_MAX];
    int at = 16;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        bool chosen = kinds[i] == form->kind;
        (void)snprintf(text, sizeof(text), chosen ? "[%s]" : " %s ", kind_words(tui, kinds[i]));
        int width = (int)glyphs_columns(text, canvas->look);
        canvas_put(canvas, row, at, width, SIDE_START,
                   place_for(tui, kinds[i]) == 0 ? INK_DIM
                   : chosen                      ? INK_BOLD
                                                 : INK_PLAIN,
                   text);
        at += width + 1;
    }
    bool shut = is_shut_here(tui);
    (void)JOIN(text, shut ? "▲ " : "", place_word(tui, form->kind));
    canvas_put(canvas, row, at + 1, canvas->columns - at - 2, SIDE_START, shut ? INK_LATE : INK_DIM,
               text);
    if (form->at == AT_KIND)
        canvas_put(canvas, row, 15, 1, SIDE_START, INK_ACCENT, ">");
}

static void draw_amount(struct tui *tui, struct canvas *canvas, int row, int width,
                        const struct payment *form)
{
    char why[AMOUNT_WHY_MAX] = "";
    char amount[SHORT_MAX];
    char words[TEXT_MAX_BYTES];
    char text[TEXT_MAX_BYTES + SHORT_MAX + 8];
    const char *wrong;
    int64_t minor = amount_of(tui, form, &wrong, why);
    canvas_field(canvas, row, 16, 18, INK_BOLD, form->amount.text, form->at == AT_AMOUNT);
    if (wrong != NULL) {
        canvas_put(canvas, row, 35, width - 36, SIDE_START, INK_OVER, in_words(tui, wrong));
    } else if (minor > 0) {
        (void)snprintf(text, sizeof(text), "= %s", money_unit(tui, minor, amount));
        canvas_put(canvas, row, 35, width - 36, SIDE_START, INK_BOLD, text);
        canvas_put(canvas, row + 1, 16, width - 17, SIDE_START, INK_DIM, spell(tui, minor, words));
    }
}

static void label(struct tui *tui, struct canvas *canvas, int row, const char *words)
{
    canvas_put(canvas, row, 1, 14, SIDE_START, INK_DIM, in_words(tui, words));
}

static int64_t pays(uint64_t document, int64_t *ret_left)
{
    if (!asked_is(&pay.preview, TEFTER__ANSWER__KIND_PREVIEW_MATCH))
        return 0;
    const Tefter__PreviewMatchAnswer *answer = pay.preview.answer->preview_match;
    for (size_t i = 0; i < answer->n_parts; i++)
        if (answer->parts[i]->debit == document) {
            *ret_left = answer->parts[i]->left_minor;
            return answer->parts[i]->amount_minor;
        }
    return 0;
}

static void put_bill(struct canvas *canvas, int row, int width, const char *const text[6],
                     unsigned look)
{
    static const int widths[] = {3, 12, 11, 16, 16, 16};
    int at = 1;
    int all = 1 + 3 + 12 + 11 + 3 * 16 + 6;
    for (int i = 0; i < 6; i++) {
        bool dropped = i == 2 && width < all; /* the day goes first */
        if (dropped)
            continue;
        canvas_put(canvas, row, at, widths[i], i > 2 ? SIDE_RIGHT : SIDE_START, look, text[i]);
        at += widths[i] + 1;
    }
}

static void draw_bill(struct tui *tui, struct canvas *canvas, int row, int width,
                      const struct payment *form, const Tefter__Bill *bill)
{
    char due[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX] = "";
    char c[SHORT_MAX];
    int64_t left = bill->open_minor;
    int64_t paid = pays(bill->document, &left);
    bool ticked = form->by_hand ? is_ticked(form, bill->document) : paid > 0;
    if (paid > 0)
        (void)money(tui, paid, b);
    const char *cells[] = {ticked ? "[x]" : "[ ]",
                           bill->number,
                           day(tui, bill->due, due),
                           money(tui, bill->open_minor, a),
                           b,
                           money(tui, left, c)};
    put_bill(canvas, row, width, cells, bill->days_late > 0 ? INK_LATE : INK_PLAIN);
}

static void draw_bill_sums(struct tui *tui, struct canvas *canvas, int row, int width,
                           const Tefter__BillsAnswer *answer)
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    int64_t matched = asked_is(&pay.preview, TEFTER__ANSWER__KIND_PREVIEW_MATCH)
                          ? pay.preview.answer->preview_match->matched_minor
                          : 0;
    const char *cells[] = {"",
                           in_words(tui, N_("Total")),
                           "",
                           money(tui, answer->bills_minor, a),
                           money(tui, matched, b),
                           money(tui, answer->bills_minor - matched, c)};
    put_bill(canvas, row, width, cells, INK_BOLD);
}

static void draw_bills(struct tui *tui, struct canvas *canvas, struct area area,
                       struct payment *form)
{
    char left[SHORT_MAX];
    char paid[SHORT_MAX];
    char then[SHORT_MAX];
    const Tefter__BillsAnswer *answer = bills_here(form);
    canvas_rule(canvas, area.top, 0, area.width,
                in_words(tui, form->by_hand ? N_("Pays these bills") : N_("Oldest due first")), "",
                INK_PLAIN);
    if (answer == NULL)
        return;
    if (answer->n_bills == 0) {
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("No unpaid bills. The money stays in their favour, not yet "
                                    "matched.")));
        return;
    }
    SAY(tui, left, N_("Left {unit}"), "unit", unit_of(tui));
    SAY(tui, paid, N_("Pays {unit}"), "unit", unit_of(tui));
    SAY(tui, then, N_("Then left {unit}"), "unit", unit_of(tui));
    const char *heads[] = {"",  in_words(tui, N_("Bill")), in_words(tui, N_("Due")), left, paid,
                           then};
    put_bill(canvas, area.top + 1, area.width, heads, INK_DIM);
    size_t rows = area.bottom - area.top > 4 ? (size_t)(area.bottom - area.top - 3) : 1;
    size_t top = form->row >= rows ? form->row - rows + 1 : 0;
    for (size_t i = 0; i < rows && top + i < answer->n_bills; i++) {
        int row = area.top + 2 + (int)i;
        if (form->at == AT_BILLS && top + i == form->row)
            canvas_cursor(canvas, row, 0, area.width);
        draw_bill(tui, canvas, row, area.width, form, answer->bills[top + i]);
    }
    draw_bill_sums(tui, canvas, area.bottom - 1, area.width, answer);
}

/* Equal to what is written when it is taken. */
static void draw_after(struct tui *tui, struct canvas *canvas, int button, int row, int width,
                       struct payment *form)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    int64_t minor = amount_of(tui, form, &wrong, why);
    const struct customer *customer = customer_of(tui, form->customer);
    const char *shut = closed(tui, form);
    if (customer != NULL && minor > 0 && !corrects(form)) {
        int64_t rest = asked_is(&pay.preview, TEFTER__ANSWER__KIND_PREVIEW_MATCH)
                           ? pay.preview.answer->preview_match->rest_minor
                           : 0;
        SAY(tui, text, N_("After this: owes {amount}, of this money {rest} not yet matched"),
            "amount", money_unit(tui, customer->owes - minor, a), "rest", money(tui, rest, b));
        canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_PLAIN, text);
    }
    if (shut != NULL && shut != pay.wall)
        (void)snprintf(text, sizeof(text), "%.400s · F9", in_words(tui, shut));
    else if (corrects(form)) {
        char words[TEXT_MAX_BYTES];
        SAY(tui, words, N_("Correct {number} to {amount}"), "number", form->corrects.number,
            "amount", money_unit(tui, minor, a));
        (void)with_key(text, words, "F9");
    } else
        (void)words_say(text, sizeof(text), tui->language, N_("Take {amount} · F9"), "amount",
                        money_unit(tui, minor, a), NULL);
    canvas_put(canvas, button + 1, 1, width - 2, SIDE_END, shut != NULL ? INK_DIM : INK_BOLD, text);
}

/* What stands in the way, above F9; returns the row where it begins. */
static int draw_wall(struct tui *tui, struct canvas *canvas, struct area area, struct payment *form)
{
    enum { WALL_ROWS = 3 };
    char line[MESSAGE_MAX_BYTES + 8];
    const char *shut = closed(tui, form);
    int bottom = area.bottom - 1;
    if (shut != pay.wall)
        return bottom;
    (void)JOIN(line, "▲ ", shut);
    int rows = rows_for_words(line, area.width - 2, canvas->look);
    rows = rows < WALL_ROWS ? rows : WALL_ROWS;
    (void)put_words(canvas, bottom - rows, 1, area.width - 2, rows, INK_OVER, line);
    return bottom - rows;
}

/* Why, and what it was and becomes. */
static void draw_correction(struct tui *tui, struct canvas *canvas, int row, int width,
                            const struct payment *form)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    int64_t minor = amount_of(tui, form, &wrong, why);
    row += 1 + why_draw(tui, canvas, row, 1, width - 2, &form->corrects.why, form->at == AT_WHY);
    if (minor > 0)
        (void)corrected_draw(tui, canvas, row, width, &form->corrects, form->customer, minor);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    struct payment *form = form_of(tui);
    changed(tui);
    label(tui, canvas, area.top, N_("Kind"));
    draw_kinds(tui, canvas, area.top, form);
    label(tui, canvas, area.top + 1, N_("Amount"));
    draw_amount(tui, canvas, area.top + 1, area.width, form);
    if (is_shut_here(tui) && form->amount.text[0] == '\0')
        draw_shut(tui, canvas, area.top + 2, area.width);
    label(tui, canvas, area.top + 3, N_("Reference"));
    canvas_field(canvas, area.top + 3, 16, 22, INK_PLAIN, form->reference.text,
                 form->at == AT_REFERENCE);
    canvas_put(canvas, area.top + 3, 39, 11, SIDE_START, INK_DIM, in_words(tui, N_("Who paid")));
    canvas_field(canvas, area.top + 3, 51, area.width - 52, INK_PLAIN, form->payer.text,
                 form->at == AT_PAYER);
    int bottom = draw_wall(tui, canvas, area, form);
    if (corrects(form))
        draw_correction(tui, canvas, area.top + 5, area.width, form);
    else
        draw_bills(tui, canvas, (struct area){area.top + 4, bottom - 1, area.width}, form);
    draw_after(tui, canvas, area.bottom - 2, bottom - 1, area.width, form);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    unsigned look;
    const struct payment *form = form_of(tui);
    const struct customer *customer = customer_of(tui, form->customer);
    if (corrects(form)) {
        char text[TEXT_MAX_BYTES];
        SAY(tui, text, N_("Correction of {number}"), "number", form->corrects.number);
        (void)snprintf(start, SHORT_MAX * 2, "%.90s%s%.60s", text, customer == NULL ? "" : " · ",
                       customer == NULL || customer->name == NULL ? "" : customer->name);
        return;
    }
    if (customer == NULL || customer->name == NULL)
        return;
    (void)snprintf(start, SHORT_MAX * 2, "%s · %.100s · %s", in_words(tui, N_("Payment")),
                   customer->name, customer->code);
    (void)standing(tui, customer, end, &look);
}

static void pane(struct tui *tui, struct canvas *canvas, int column, struct area area)
{
    customer_pane(tui, canvas, column, area, form_of(tui)->customer);
}

/* ---- keys ---- */

static void next_kind(struct tui *tui, int step)
{
    enum { KINDS = 4 };
    struct payment *form = form_of(tui);
    int at = (int)form->kind - 1;
    for (int i = 1; i <= KINDS; i++) {
        Tefter__PaymentKind kind = (Tefter__PaymentKind)((at + step * i + KINDS * i) % KINDS + 1);
        if (place_for(tui, kind) != 0) {
            form->kind = kind;
            break;
        }
    }
}

static void tick(struct payment *form)
{
    const Tefter__BillsAnswer *answer = bills_here(form);
    if (answer == NULL || form->row >= answer->n_bills)
        return;
    uint64_t document = answer->bills[form->row]->document;
    form->by_hand = true;
    for (size_t i = 0; i < form->tick_count; i++)
        if (form->ticked[i] == document) {
            memmove(form->ticked + i, form->ticked + i + 1,
                    (form->tick_count - i - 1) * sizeof(*form->ticked));
            form->tick_count--;
            return;
        }
    if (form->tick_count < TICKS_MAX)
        form->ticked[form->tick_count++] = document;
}

static bool bills_key(struct payment *form, uint32_t key)
{
    const Tefter__BillsAnswer *answer = bills_here(form);
    if (key == KEY_UP_ && form->row > 0) {
        form->row--;
        return true;
    }
    if (key == KEY_DOWN_ && answer != NULL && form->row + 1 < answer->n_bills) {
        form->row++;
        return true;
    }
    if (key == ' ')
        tick(form);
    return key == ' ' || key == KEY_DOWN_;
}

static struct field *field_here(struct payment *form)
{
    return form->at == AT_AMOUNT      ? &form->amount
           : form->at == AT_REFERENCE ? &form->reference
           : form->at == AT_PAYER     ? &form->payer
                                      : NULL;
}

static bool why_typed(struct tui *tui, struct payment *form, uint32_t key)
{
    struct why *why = &form->corrects.why;
    bool on = key == KEY_ENTER_ || key == KEY_TAB_ || key == KEY_DOWN_ || key == KEY_UP_ ||
              key == KEY_TAB_BACK_;
    int before = why->at;
    if (!on && !why_key(why, key))
        return false;
    if (on || (why->at != before && why_is_said(why)))
        form->at = AT_AMOUNT;
    changed(tui);
    return true;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    struct payment *form = form_of(tui);
    bool took = true;
    if (form->at == AT_WHY && key != KEY_ESC_ && why_typed(tui, form, key))
        return true;
    if (form->at == AT_BILLS && bills_key(form, key)) {
        changed(tui);
        return true;
    }
    int last = corrects(form) ? AT_PAYER : AT_BILLS;
    if (key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_)
        form->at = form->at < last ? form->at + 1 : AT_KIND;
    else if (key == KEY_UP_ || key == KEY_TAB_BACK_)
        form->at = form->at > AT_KIND ? form->at - 1 : last;
    else if (form->at == AT_KIND && (key == KEY_LEFT_ || key == KEY_RIGHT_ || key == ' '))
        next_kind(tui, key == KEY_LEFT_ ? -1 : 1);
    else
        took = field_here(form) != NULL && field_key(field_here(form), key);
    if (took)
        changed(tui);
    return took;
}

static void oldest_first(struct tui *tui)
{
    struct payment *form = form_of(tui);
    form->by_hand = false;
    form->tick_count = 0;
    changed(tui);
}

static void kind_action(struct tui *tui)
{
    next_kind(tui, 1);
    changed(tui);
}

static void customer_chosen(struct tui *tui, uint32_t customer)
{
    struct payment *form = form_of(tui);
    if (corrects(form)) {
        form->customer = customer;
        changed(tui);
        return;
    }
    *form = (struct payment){.kind = form->kind, .customer = customer, .at = AT_AMOUNT};
    changed(tui);
}

static void choose_customer(struct tui *tui)
{
    pick_customer(tui, customer_chosen);
}

void payment_open(struct tui *tui, uint32_t customer)
{
    if (!may(tui, TEFTER__RIGHT__RIGHT_TAKE_MONEY))
        return;
    if (!payment_is_sent(&tui->work->correction))
        tui->work->correction = (struct payment){.kind = 0}; /* nothing of it was done */
    if (form_of(tui)->customer != customer)
        customer_chosen(tui, customer);
    go_to(tui, &payment_screen);
}

/* Money is somebody's: whose it is comes first, and who asks for nobody is back where they were. */
static void customer_first(struct tui *tui, uint32_t customer)
{
    payment_open(tui, customer);
}

static void enter(struct tui *tui)
{
    struct payment *form = form_of(tui);
    if (form->customer == 0) {
        pick_customer(tui, customer_first);
        if (tui->work->trail_count > 0)
            tui->work->trail_count--; /* not to an empty form */
        return;
    }
    if (form->at == AT_KIND)
        form->at = AT_AMOUNT;
    if (is_shut_here(tui)) /* somebody at another terminal may have opened it since */
        places_again(tui);
    changed(tui);
}

static void open_till(struct tui *tui)
{
    go_to(tui, &till_screen);
}

static bool is_correction(const struct tui *tui)
{
    return corrects(&tui->work->correction);
}

static bool is_payment(const struct tui *tui)
{
    return !is_correction(tui);
}

static void why(struct tui *tui)
{
    form_of(tui)->at = AT_WHY;
    tui->dirty = true;
}

static void leave_it(struct tui *tui)
{
    if (payment_is_sent(form_of(tui)))
        return;
    tui->work->correction = (struct payment){.kind = 0};
    go_back(tui);
}

void payment_correct(struct tui *tui, const Tefter__DocumentAnswer *money)
{
    char text[SHORT_MAX];
    const Tefter__DocumentRecord *record = money->document;
    struct payment *form = &tui->work->correction;
    if (payment_is_sent(form) || !may(tui, TEFTER__RIGHT__RIGHT_TAKE_MONEY))
        return;
    if (form->corrects.document != record->document) {
        *form = (struct payment){
            .customer = record->customer,
            .kind = record->payment_kind,
            .at = AT_AMOUNT,
            .corrects = {.document = record->document,
                         .customer = record->customer,
                         .total_minor = record->total_minor,
                         .matched_minor = record->total_minor - money->open_minor}};
        (void)snprintf(form->corrects.number, sizeof(form->corrects.number), "%s", record->number);
        (void)amount_write(record->total_minor, &tui->currency, text);
        field_set(&form->amount, text);
        field_set(&form->reference, record->reference == NULL ? "" : record->reference);
        field_set(&form->payer, value_of(record->payer));
    }
    go_to(tui, &payment_screen);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&pay.bills, tui, came);
        asked_begin(&pay.preview, tui, NULL);
        asked_begin(&pay.tried, tui, NULL);
        sent_begin(&pay.taken, tui, taken);
        return;
    }
    asked_end(&pay.bills);
    asked_end(&pay.preview);
    asked_end(&pay.tried);
    sent_end(&pay.taken);
}

static const struct action actions[] = {
    {"payment.take", N_("Take the money"), N_("take"), KEY_FN(9), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     commit, NULL},
    {"payment.oldest", N_("Oldest due first"), N_("oldest first"), KEY_ALT('o'),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, oldest_first, is_payment},
    {"payment.tick", N_("Tick a bill by hand"), N_("tick"), ' ', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     NULL, is_payment},
    {"payment.why", N_("Why is it corrected?"), N_("reason"), KEY_ALT('r'),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, why, is_correction},
    {"payment.leave", N_("Leave it as it was"), NULL, KEY_ALT('d'), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     leave_it, is_correction},
    {"payment.kind", N_("Another kind of money"), N_("kind"), KEY_FN(7),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, kind_action, NULL},
    {"payment.till", N_("Open the till"), N_("Open it"), KEY_ALT('t'),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, open_till, is_shut_here},
    {"payment.customer", N_("For which customer?"), N_("customer"), KEY_FN(5),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, choose_customer, NULL},
    {"payment.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen payment_screen = {
    .id = "payment",
    .title = N_("Payment"),
    .letter = 'p',
    .right = TEFTER__RIGHT__RIGHT_TAKE_MONEY,
    .form = true,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .pane = pane,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

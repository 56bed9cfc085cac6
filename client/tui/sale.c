/*
 * The sale: goods, what the ledger would say to it at each change, and four ways on when it says
 * no.
 *
 *     draft ─▶ WhatIf (lines, total, decision) ─ with money ─▶ TryCommand (the same sale, paid)
 */
#include "tui/sale.h"
#include "base/fold.h"
#include "base/hash.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_MINUTES = 15, COMMAND_MEMORY_MAX = 1024 * 1024 };

struct sale sale;

/* ---- judging ---- */

static void mix(uint64_t *key, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        *key = (*key ^ bytes[i]) * UINT64_C(1099511628211);
}

static void mix_number(uint64_t *key, int64_t value)
{
    mix(key, &value, sizeof(value));
}

/* Two drafts with the same key are judged alike. Never 0. */
static uint64_t key_of(const struct draft *draft)
{
    uint64_t key = UINT64_C(14695981039346656037);
    mix_number(&key, draft->customer);
    mix_number(&key, draft->buyer);
    mix_number(&key, (int64_t)draft->approval);
    mix_number(&key, (int64_t)draft->corrects.document);
    mix_number(&key, why_is_said(&draft->corrects.why)); /* some papers want a reason */
    mix_number(&key, draft->kind);
    mix(&key, draft->given.text, strlen(draft->given.text));
    mix(&key, draft->reference.text, strlen(draft->reference.text));
    for (size_t i = 0; i < draft->line_count; i++) {
        const struct line *line = &draft->lines[i];
        mix_number(&key, line->product);
        mix(&key, line->pack, strlen(line->pack));
        if (line->product == 0)
            mix(&key, line->name, strlen(line->name));
        mix_number(&key, line->quantity);
        mix_number(&key, line->has_price ? line->price : -1);
        mix_number(&key, line->discount_bp);
        mix_number(&key, line->discount_minor);
    }
    return key | 1;
}

bool sale_is_judged(const struct draft *draft)
{
    return sale.judged == key_of(draft);
}

int64_t sale_total(const struct draft *draft)
{
    int64_t net;
    int64_t tax;
    bool whole;
    draft_sums(draft, &net, &tax, &whole);
    return net + tax;
}

bool sale_given(const struct tui *tui, const struct draft *draft, int64_t *ret_minor)
{
    char why[AMOUNT_WHY_MAX];
    *ret_minor = 0;
    return draft->given.text[0] == '\0' ||
           (amount_read(draft->given.text, &tui->currency, ret_minor, why) == NULL &&
            *ret_minor >= 0);
}

/* The money that comes with it: all of a cash sale, a part of one on credit. */
static size_t paid_parts(const struct tui *tui, const struct draft *draft, Tefter__PaidPart *part)
{
    int64_t given;
    tefter__paid_part__init(part);
    (void)sale_given(tui, draft, &given);
    if ((draft->customer != 0 && given == 0) || draft->corrects.document != 0)
        return 0;
    part->kind = draft->kind;
    part->has_amount_minor = given > 0;
    part->amount_minor = given;
    part->money_account = place_for(tui, draft->kind);
    part->has_money_account = part->money_account != 0;
    if (draft->reference.text[0] != '\0')
        part->reference = (char *)(uintptr_t)draft->reference.text;
    return 1;
}

struct made {
    struct arena arena;
    Tefter__Command command;
    Tefter__IssueInvoice invoice;
    Tefter__SellPaid paid;
    Tefter__PaidPart part;
    Tefter__PaidPart *parts[1];
    Tefter__CorrectInvoice correct;
    Tefter__Text reason;
};

static void make_correction(const struct tui *tui, const struct draft *draft, struct made *made)
{
    tefter__correct_invoice__init(&made->correct);
    tefter__text__init(&made->reason);
    made->reason.value = (char *)(uintptr_t)why_words(tui, &draft->corrects.why);
    made->correct.document = draft->corrects.document;
    made->correct.invoice = &made->invoice;
    made->correct.reason = made->reason.value[0] == '\0' ? NULL : &made->reason;
    made->command.kind_case = TEFTER__COMMAND__KIND_CORRECT_INVOICE;
    made->command.correct_invoice = &made->correct;
}

/* The command that this draft is; made_end gives back its memory. */
static bool made_begin(const struct tui *tui, const struct draft *draft, bool with_total,
                       struct made *made)
{
    arena_init(&made->arena, COMMAND_MEMORY_MAX);
    tefter__command__init(&made->command);
    bool good = draft_invoice(tui, draft, &made->arena, &made->invoice);
    made->invoice.has_total_minor = with_total;
    made->invoice.total_minor = sale_total(draft);
    made->command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    made->command.issue_invoice = &made->invoice;
    if (draft->corrects.document != 0)
        make_correction(tui, draft, made);
    if (paid_parts(tui, draft, &made->part) == 0)
        return good;
    tefter__sell_paid__init(&made->paid);
    made->parts[0] = &made->part;
    made->paid.invoice = &made->invoice;
    made->paid.payments = made->parts;
    made->paid.n_payments = 1;
    made->command.kind_case = TEFTER__COMMAND__KIND_SELL_PAID;
    made->command.sell_paid = &made->paid;
    return good;
}

static void made_end(struct made *made)
{
    arena_fini(&made->arena);
}

static void ask_tried(struct tui *tui, const struct draft *draft)
{
    struct made made;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TryCommand tried = TEFTER__TRY_COMMAND__INIT;
    if (made_begin(tui, draft, false, &made)) {
        query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
        query.try_command = &tried;
        tried.command = &made.command;
        ask(&sale.tried, &query);
    }
    made_end(&made);
}

/* One question at a time; what changed meanwhile is asked when the answer is there. */
void draft_judge(struct tui *tui)
{
    struct made made;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__WhatIf what_if = TEFTER__WHAT_IF__INIT;
    const struct draft *draft = draft_now(tui);
    uint64_t key = key_of(draft);
    if (!connected(tui) || draft->line_count == 0 || draft->approval != 0 || sale.judged == key ||
        sale.what_if.flying || sale.tried.flying)
        return;
    arena_init(&made.arena, COMMAND_MEMORY_MAX);
    if (draft_whole(tui, draft, &made.arena, &made.invoice)) {
        sale.asking = key;
        asked_forget(&sale.tried);
        query.kind_case = TEFTER__QUERY__KIND_WHAT_IF;
        query.what_if = &what_if;
        what_if.customer = draft->customer != 0 ? draft->customer : tui->shop.cash_customer;
        what_if.draft = &made.invoice;
        ask(&sale.what_if, &query);
    }
    made_end(&made);
}

/* Money that came, here or elsewhere, and what others sold them: it is judged anew. */
static void judge_what_changed(struct tui *tui)
{
    const struct customer *customer = customer_of(tui, draft_now(tui)->customer);
    uint64_t seq = customer == NULL ? 0 : customer->last_seq;
    if (seq == sale.judged_seq || !connected(tui) || sale.what_if.flying || sale.tried.flying)
        return;
    sale.judged_seq = seq;
    sale.judged = 0;
    draft_judge(tui);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    judge_what_changed(tui);
    sale_draw(tui, canvas, area);
}

static void take_lines(struct draft *draft, const Tefter__WhatIfAnswer *answer)
{
    for (size_t i = 0; answer->n_lines == draft->line_count && i < answer->n_lines; i++) {
        struct line *line = &draft->lines[i];
        line->net = answer->lines[i]->net_minor;
        line->tax = answer->lines[i]->has_tax_minor ? answer->lines[i]->tax_minor : 0;
        if (!line->has_price) {
            line->listed = answer->lines[i]->price;
            line->has_listed = true;
        }
    }
}

static const char adding_words[] = N_("Being added up …");
static const char waits_words[] = N_("Waits for a manager");

static void is_judged_now(struct tui *tui)
{
    sale.judged = sale.asking;
    if (strcmp(tui->message_text, in_words(tui, adding_words)) == 0)
        say_words(tui, MESSAGE_NONE, "");
}

static void judged(struct tui *tui, struct asked *asked)
{
    struct draft *draft = draft_now(tui);
    int64_t given;
    if (key_of(draft) != sale.asking) {
        draft_judge(tui);
        return;
    }
    if (asked_is(asked, TEFTER__ANSWER__KIND_WHAT_IF))
        take_lines(draft, asked->answer->what_if);
    (void)sale_given(tui, draft, &given);
    if (draft->customer != 0 && given == 0 && draft->corrects.document == 0)
        is_judged_now(tui);
    else
        ask_tried(tui, draft);
}

static void tried(struct tui *tui, struct asked *asked)
{
    (void)asked;
    if (key_of(draft_now(tui)) == sale.asking)
        is_judged_now(tui);
    draft_judge(tui);
}

void sale_changed(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    draft->changed_ms = tefter_now_ms(tui->client);
    if (!sale_is_judged(draft))
        draft_reckon(draft);
    draft_judge(tui);
    tui->dirty = true;
}

/* With money the decision is on what is left after it. */
const Tefter__Refusal *sale_refusal(const struct tui *tui, const struct draft *draft)
{
    int64_t given;
    (void)sale_given(tui, draft, &given);
    if (!sale_is_judged(draft))
        return NULL;
    if (draft->customer == 0 || given > 0 || draft->corrects.document != 0) {
        if (asked_is(&sale.tried, TEFTER__ANSWER__KIND_TRY_COMMAND))
            return sale.tried.answer->try_command->refusal;
        return asked_refused(&sale.tried);
    }
    if (asked_is(&sale.what_if, TEFTER__ANSWER__KIND_WHAT_IF))
        return sale.what_if.answer->what_if->refusal;
    return asked_refused(&sale.what_if);
}

const Tefter__Decision *sale_decision(const struct tui *tui, const struct draft *draft)
{
    const Tefter__Refusal *refusal = sale_refusal(tui, draft);
    if (refusal != NULL && refusal->decision != NULL)
        return refusal->decision;
    bool known = sale_is_judged(draft) && asked_is(&sale.what_if, TEFTER__ANSWER__KIND_WHAT_IF);
    return known ? sale.what_if.answer->what_if->decision : NULL;
}

/* Then nothing else stands in the way: it is typed at the end. */
static bool wants_pin(const Tefter__Refusal *refusal)
{
    return refusal != NULL && (refusal->code == TEFTER__REFUSAL_CODE__PIN_NEEDED ||
                               refusal->code == TEFTER__REFUSAL_CODE__PIN_WRONG);
}

static bool lacks_why(const struct draft *draft)
{
    return draft->corrects.document != 0 && !why_is_said(&draft->corrects.why);
}

/* A correction that is refused is no sale that is: nothing that is paid now changes it. */
const Tefter__Refusal *sale_wall(const struct tui *tui, const struct draft *draft)
{
    const Tefter__Refusal *refusal =
        draft->line_count == 0 || draft->approval != 0 || lacks_why(draft)
            ? NULL
            : sale_refusal(tui, draft);
    bool fork = sale_is_fork(refusal) && draft->corrects.document == 0;
    return fork || wants_pin(refusal) ? NULL : refusal;
}

/* Can money, less goods, time or somebody else change it? */
bool sale_is_fork(const Tefter__Refusal *refusal)
{
    return refusal != NULL && !wants_pin(refusal) &&
           (refusal->n_ways > 0 ||
            (refusal->decision != NULL && refusal->code != TEFTER__REFUSAL_CODE__WITHIN_LIMIT));
}

bool sale_way(const Tefter__Refusal *refusal, Tefter__WayOutKind kind, int64_t *ret_amount)
{
    *ret_amount = 0;
    for (size_t i = 0; refusal != NULL && i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == kind) {
            *ret_amount = refusal->ways[i]->has_amount_minor ? refusal->ways[i]->amount_minor : 0;
            return true;
        }
    return false;
}

/* ---- F9 ---- */

const char *sale_closed(struct tui *tui, struct draft *draft)
{
    int64_t given;
    int64_t net;
    int64_t tax;
    bool whole;
    draft_sums(draft, &net, &tax, &whole);
    const Tefter__Refusal *refusal = sale_refusal(tui, draft);
    if (draft->approval != 0 && draft->approval_state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        return waits_words;
    if (draft->approval != 0)
        return connected(tui) ? NULL : N_("Credit waits for the line");
    if (draft->line_count == 0)
        return N_("Nothing to sell yet");
    if (lacks_why(draft))
        return N_("Why is it corrected?");
    if (draft->corrects.document != 0 && !connected(tui))
        return N_("This needs the line to the server.");
    for (size_t i = 0; i < draft->line_count; i++)
        if (draft->lines[i].product == 0 && !draft->lines[i].has_price)
            return N_("Give its price first");
    if (!sale_given(tui, draft, &given))
        return N_("There is no number here.");
    if (draft->customer != 0 && !connected(tui))
        return N_("Credit needs the line: take cash, or park it");
    if (!whole && !connected(tui))
        return N_("A price is not known without the line");
    bool pays = draft->customer == 0 && draft->corrects.document == 0;
    if (pays && place_for(tui, draft->kind) == 0)
        return N_("There is no place for this money yet");
    if (connected(tui) && !sale_is_judged(draft))
        return adding_words;
    if (sale_wall(tui, draft) != NULL) {
        struct speech speech = speech_of(tui);
        (void)refusal_sentence_for(refusal, &speech, sale.wall, sizeof(sale.wall));
        return sale.wall;
    }
    if (sale_is_fork(refusal))
        return N_("Choose one of the ways above");
    if (pays && given > 0 && given < net + tax)
        return N_("Not enough is given");
    return NULL;
}

/* ---- the PIN of who takes the goods: it goes beside the command and is kept nowhere ---- */

static void forget_pin(void)
{
    sale.pin_draft = NULL;
    sale.pin_typed = false;
    secret_wipe(sale.pin.text, sizeof(sale.pin.text));
}

static void ask_pin(struct tui *tui, struct draft *draft)
{
    forget_pin();
    sale.pin_draft = draft;
    tui->dirty = true;
}

static Tefter__BuyerPin pin_of(const Tefter__Command *command)
{
    Tefter__BuyerPin pin = TEFTER__BUYER_PIN__INIT;
    const Tefter__IssueInvoice *invoice =
        command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID ? command->sell_paid->invoice
        : command->kind_case == TEFTER__COMMAND__KIND_CORRECT_INVOICE
            ? command->correct_invoice->invoice
            : command->issue_invoice;
    pin.customer = invoice->customer;
    pin.buyer = invoice->buyer;
    pin.pin = sale.pin.text;
    return pin;
}

static bool send_sale(struct tui *tui, const Tefter__Command *command)
{
    Tefter__BuyerPin pin = pin_of(command);
    bool sent = send_with_pin(&sale.sold, command, sale.pin_typed ? &pin : NULL);
    forget_pin();
    if (!sent)
        return false;
    sale.sold_draft = draft_now(tui);
    say_words(tui, MESSAGE_SAID, sent_words(&sale.sold));
    return true;
}

/* Goods that are half typed are neither sold nor lost. */
static bool is_half_typed(struct tui *tui, const struct draft *draft)
{
    char text[TEXT_MAX_BYTES];
    const char *typed = draft->entry.text;
    if (draft->approval != 0 || draft->column != COLUMN_ITEM || typed[strspn(typed, " ")] == '\0')
        return false;
    SAY(tui, text, N_("‘{text}’ is not among the goods yet: Enter takes it, Ctrl U removes it."),
        "text", typed);
    say_words(tui, MESSAGE_REFUSED, text);
    return true;
}

static void commit(struct tui *tui)
{
    struct made made;
    struct draft *draft = draft_now(tui);
    if (sale.sold.state == SENT_UNDER_WAY) {
        say_words(tui, MESSAGE_SAID, sent_words(&sale.sold));
        return;
    }
    if (is_half_typed(tui, draft))
        return;
    if (draft->line_count == 0 && draft->approval == 0 && tui->message == MESSAGE_DONE &&
        is_fresh(tui, tui->message_ms))
        return; /* F9 twice: what was sold, and the change, stays to be read */
    if (draft->at == 0 && draft->approval == 0 && !sale_lines_take(tui, draft))
        return; /* nothing is sold that is not what stands there */
    const char *closed = sale_closed(tui, draft);
    if (draft->line_count > 0 && lacks_why(draft))
        draft->at = AT_WHY;
    if (closed != NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, closed));
        return;
    }
    if (draft->approval == 0 && !sale.pin_typed && wants_pin(sale_refusal(tui, draft))) {
        ask_pin(tui, draft);
        return;
    }
    if (draft->approval != 0) {
        Tefter__Query query = TEFTER__QUERY__INIT;
        Tefter__ApprovalView view = TEFTER__APPROVAL_VIEW__INIT;
        query.kind_case = TEFTER__QUERY__KIND_APPROVAL;
        query.approval = &view;
        view.approval = draft->approval;
        ask(&sale.grant, &query);
        return;
    }
    bool good = made_begin(tui, draft, true, &made);
    if (good && !connected(tui) && paper_keep(tui, &made.command)) {
        *draft = (struct draft){.used = false};
        (void)draft_begin(tui, 0);
    } else if (good && connected(tui)) {
        (void)send_sale(tui, &made.command);
    }
    made_end(&made);
}

/* What was approved is sold as the ledger holds it. */
static void granted(struct tui *tui, struct asked *asked)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    struct draft *draft = draft_now(tui);
    if (!asked_is(asked, TEFTER__ANSWER__KIND_APPROVAL) || draft->approval == 0) {
        if (asked_refused(asked) != NULL)
            say_refusal(tui, asked_refused(asked));
        return;
    }
    const Tefter__ApprovalAnswer *answer = asked->answer->approval;
    if (answer->draft == NULL) {
        if (answer->refusal != NULL)
            say_refusal(tui, answer->refusal);
        return;
    }
    Tefter__IssueInvoice invoice = *answer->draft;
    invoice.has_approval = true;
    invoice.approval = draft->approval;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    (void)send_sale(tui, &command);
}

static void tell_sold(struct tui *tui, const struct draft *draft, const Tefter__Done *done)
{
    char besides[TEXT_MAX_BYTES] = "";
    char number[SHORT_MAX];
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char total[SHORT_MAX];
    char change[TEXT_MAX_BYTES] = "";
    if (done->has_change_minor && done->change_minor > 0)
        (void)snprintf(change, sizeof(change), " · %s %s", in_words(tui, N_("change back")),
                       money_unit(tui, done->change_minor, b));
    if (draft->corrects.document != 0) {
        char words[TEXT_MAX_BYTES];
        (void)JOIN(besides, " · ", corrected_words(tui, &draft->corrects, done, words));
    }
    bool waits = done->has_on_its_way && done->on_its_way;
    for (size_t i = 0; i < done->n_payments; i++)
        waits = waits || (done->payments[i]->has_on_its_way && done->payments[i]->on_its_way);
    if (waits)
        (void)JOIN(besides, " · ", in_words(tui, N_("waits to be confirmed")));
    bool corrects = draft->corrects.document != 0;
    (void)JOIN(text, number_of(tui, done, number), " ",
               money_unit(tui, done->has_total_minor ? done->total_minor : 0, total), " ",
               clock_of(tui, tefter_now_ms(tui->client), a), besides, change,
               corrects ? "" : " · Alt U ", corrects ? "" : in_words(tui, N_("undo")), " · Ctrl P ",
               in_words(tui, N_("print")));
    if (corrects)
        paper_corrected(tui, done, text);
    else
        paper_done(tui, done, text);
}

/* The next form is there at once. */
static void sold(struct tui *tui, struct sent *sent)
{
    if (sent->state == SENT_REFUSED) {
        sale.judged = 0;
        if (wants_pin(sent->reply->refused))
            ask_pin(tui, sale.sold_draft);
        if (sent->reply->refused->code == TEFTER__REFUSAL_CODE__PIN_NEEDED)
            say_words(tui, MESSAGE_SAID, in_words(tui, N_("Type the PIN")));
        else
            say_refusal(tui, sent->reply->refused);
        /* more is in the way than was approved: it is asked for anew, as it stands */
        if (sent->reply->refused->code == TEFTER__REFUSAL_CODE__APPROVAL_OUTGROWN)
            sale.sold_draft->approval = 0;
        draft_judge(tui);
        return;
    }
    bool here = draft_now(tui) == sale.sold_draft;
    bool corrected = sale.sold_draft->corrects.document != 0;
    tell_sold(tui, sale.sold_draft, sent->reply->done);
    *sale.sold_draft = (struct draft){.used = false};
    if (here)
        (void)draft_begin(tui, 0);
    if (here && corrected && screen_before(tui) == &document_screen) {
        tui->work->paper = sent->reply->done->id; /* the one that took its place */
        go_back(tui);
    }
}

/* ---- ways on ---- */

static const Tefter__Refusal *fork_here(const struct tui *tui)
{
    const struct draft *draft = &tui->work->drafts[tui->work->draft];
    const Tefter__Refusal *refusal =
        draft->used && draft->corrects.document == 0 ? sale_refusal(tui, draft) : NULL;
    return sale_is_fork(refusal) ? refusal : NULL;
}

/* A way on is of what stands there: a cell that is half typed is taken first, and added up. */
static bool is_settled(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    if (draft->at == AT_GOODS && draft->approval == 0 && !sale_lines_take(tui, draft))
        return false;
    if (!connected(tui) || draft->line_count == 0 || draft->approval != 0 || sale_is_judged(draft))
        return true;
    say_words(tui, MESSAGE_SAID, in_words(tui, adding_words));
    return false;
}

/* What is given already and the rest that is wanted besides. */
static void pay_now(struct tui *tui)
{
    char text[SHORT_MAX];
    int64_t wanted = 0;
    int64_t given = 0;
    struct draft *draft = draft_now(tui);
    if (!is_settled(tui))
        return;
    (void)sale_given(tui, draft, &given);
    if (sale_way(fork_here(tui), TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, &wanted)) {
        (void)amount_write(wanted + given, &tui->currency, text);
        field_set(&draft->given, text);
    } else if (sale_way(fork_here(tui), TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE, &wanted)) {
        payment_open(tui, draft->customer);
        return;
    }
    draft->at = AT_GIVEN;
    sale_changed(tui);
}

/* For how much of it there is room now. */
static int64_t room_for(const struct draft *draft, const Tefter__Refusal *refusal)
{
    int64_t room = 0;
    int64_t over = 0;
    if (!sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, &room) &&
        sale_way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, &over))
        room = sale_total(draft) - over;
    return room;
}

bool sale_parts(const struct draft *draft, const Tefter__Refusal *refusal)
{
    return refusal != NULL && draft_parts(draft, room_for(draft, refusal));
}

static void part_now(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    if (!is_settled(tui))
        return;
    if (!draft_part(tui, room_for(draft, fork_here(tui)))) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Nothing of it fits.")));
        return;
    }
    sale_changed(tui);
    say_words(tui, MESSAGE_SAID, in_words(tui, N_("The rest is parked: Alt T takes it up.")));
}

static void park(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    if (draft->line_count == 0) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Nothing to park")));
        return;
    }
    draft->parked_ms = tefter_now_ms(tui->client);
    draft->by_person = true;
    if (draft_begin(tui, 0) != NULL)
        say_words(tui, MESSAGE_SAID, in_words(tui, N_("It is parked: Alt T takes it up.")));
}

static void ask_manager(struct tui *tui)
{
    struct made made;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval wanted = TEFTER__ASK_APPROVAL__INIT;
    struct draft *draft = draft_now(tui);
    if (!is_settled(tui))
        return;
    if (fork_here(tui) == NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Not needed now")));
        return;
    }
    if (!need_line(tui))
        return;
    if (made_begin(tui, draft, false, &made)) {
        command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
        command.ask_approval = &wanted;
        wanted.customer = draft->customer;
        wanted.amount_minor = sale_total(draft);
        wanted.has_minutes = true;
        wanted.minutes = ASK_MINUTES;
        wanted.draft = &made.invoice;
        if (send_command(&sale.asked, &command))
            sale.asked_draft = draft;
    }
    made_end(&made);
}

/* The feed may have been faster than the reply. */
static void answered_before(struct tui *tui, uint64_t approval)
{
    struct arena arena;
    arena_init(&arena, ASKED_MEMORY_MAX);
    const Tefter__Row *row =
        tefter_feed_row(tui->shop.approvals, TEFTER_ROW_APPROVAL, approval, &arena);
    if (row != NULL)
        sale_answered(tui, row->approval);
    arena_fini(&arena);
}

static const char was_asked_words[] =
    N_("A manager was asked. The sale is parked; the answer comes here.");

/* That it waits, or is there to be taken up, is not true any more. */
static void unsay(struct tui *tui)
{
    bool stale = strcmp(tui->message_text, in_words(tui, was_asked_words)) == 0 ||
                 strcmp(tui->message_text, in_words(tui, waits_words)) == 0 ||
                 strcmp(tui->message_text, sale.answer) == 0;
    if (stale)
        say_words(tui, MESSAGE_NONE, "");
}

static void was_asked(struct tui *tui, struct sent *sent)
{
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    struct draft *draft = sale.asked_draft;
    bool here = draft == draft_now(tui);
    draft->approval = sent->reply->done->id;
    draft->approval_state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    draft->asked_minor = sale_total(draft);
    draft->parked_ms = tefter_now_ms(tui->client);
    if (here)
        (void)draft_begin(tui, 0);
    say_words(tui, MESSAGE_SAID, in_words(tui, was_asked_words));
    answered_before(tui, draft->approval);
}

static void answered_to(struct tui *tui, struct work *work, struct draft *draft,
                        const Tefter__ApprovalRow *row)
{
    char text[TEXT_MAX_BYTES];
    char amount[SHORT_MAX];
    if (draft->approval_state == row->state)
        return;
    draft->approval_state = row->state;
    draft->approved_minor = approval_for_less(row);
    if (row->state != TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        unsay(tui);
    if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_SPENT)
        *draft = (struct draft){.used = false};
    if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED)
        draft->approval = 0; /* whoever is here by then: it may be asked for anew */
    if (work != tui->work || row->state == TEFTER__APPROVAL_STATE__APPROVAL_SPENT ||
        row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        return;
    bool good = row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    const char *pattern =
        draft->approved_minor > 0 ? N_("{who} approved the sale to {customer} up to {amount}")
        : good                    ? N_("{who} approved the sale to {customer}, {amount}")
        : row->state == TEFTER__APPROVAL_STATE__APPROVAL_REFUSED
            ? N_("{who} refused the sale to {customer}, {amount}")
        : row->decided_by != NULL ? N_("The approval lapsed: the sale to {customer}, {amount}")
                                  : N_("Nobody answered in time: the sale to {customer}, {amount}");
    SAY(tui, text, pattern, "who", row->decided_login == NULL ? "" : row->decided_login, "customer",
        value_of(row->customer_name), "amount",
        money(tui, draft->approved_minor > 0 ? draft->approved_minor : row->amount_minor, amount));
    if (value_of(row->reason)[0] != '\0')
        (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), ": %s",
                       value_of(row->reason));
    (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " · Alt T");
    if (!good && row->state != TEFTER__APPROVAL_STATE__APPROVAL_GRANTED)
        draft->approval = 0; /* it may be changed, and asked for anew */
    (void)snprintf(sale.answer, sizeof(sale.answer), "%s", text);
    say_words(tui, good ? MESSAGE_DONE : MESSAGE_REFUSED, text);
}

/* Whoever asked, and whoever took it up: it is among the sales of each. */
void sale_answered(struct tui *tui, const Tefter__ApprovalRow *row)
{
    for (size_t i = 0; i < WORKS_MAX; i++)
        for (size_t k = 0; k < DRAFTS_MAX; k++)
            if (tui->works[i].drafts[k].used && tui->works[i].drafts[k].approval == row->approval)
                answered_to(tui, &tui->works[i], &tui->works[i].drafts[k], row);
}

static void who_takes(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    struct arena arena;
    arena_init(&arena, ASKED_MEMORY_MAX);
    const Tefter__Row *row =
        tefter_feed_row(tui->shop.feed, TEFTER_ROW_CUSTOMER, draft->customer, &arena);
    const Tefter__CustomerRow *customer = row == NULL ? NULL : row->customer;
    if (customer == NULL || customer->n_buyers == 0) {
        say_words(tui, MESSAGE_REFUSED,
                  in_words(tui, N_("Nobody is authorised to buy on this account.")));
    } else {
        size_t next = 0;
        for (size_t i = 0; i < customer->n_buyers; i++)
            if (customer->buyers[i]->buyer == draft->buyer)
                next = i + 1;
        bool none = next == customer->n_buyers;
        char *name = seen_text(none ? "–" : value_of(customer->buyers[next]->name));
        (void)snprintf(draft->buyer_name, sizeof(draft->buyer_name), "%s", name);
        draft->buyer_pin =
            !none && customer->buyers[next]->has_with_pin && customer->buyers[next]->with_pin;
        draft->buyer = none ? 0 : customer->buyers[next]->buyer;
        free(name);
        sale_changed(tui);
    }
    arena_fini(&arena);
}

/* The next kind of money that there is a place for here. */
static void next_kind(struct tui *tui)
{
    static const Tefter__PaymentKind kinds[] = {
        TEFTER__PAYMENT_KIND__PAYMENT_CASH, TEFTER__PAYMENT_KIND__PAYMENT_POS,
        TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER, TEFTER__PAYMENT_KIND__PAYMENT_SLIP};
    enum { KINDS = 4 };
    struct draft *draft = draft_now(tui);
    size_t at = 0;
    while (at < KINDS && kinds[at] != draft->kind)
        at++;
    for (size_t i = 1; i <= KINDS; i++)
        if (place_for(tui, kinds[(at + i) % KINDS]) != 0) {
            draft->kind = kinds[(at + i) % KINDS];
            break;
        }
    draft->at = draft->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH ? AT_GIVEN : AT_REFERENCE;
    sale_changed(tui);
}

static void new_sale(struct tui *tui)
{
    (void)draft_begin(tui, 0);
}

/* Twice, for it is gone then. */
static void throw_away(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    bool again = sale.throwing == draft;
    sale.throwing = NULL;
    if (draft_is_empty(draft)) {
        say_words(tui, MESSAGE_SAID, in_words(tui, N_("Nothing to sell yet")));
        return;
    }
    if (sale.sold.state == SENT_UNDER_WAY && sale.sold_draft == draft) {
        say_words(tui, MESSAGE_SAID, sent_words(&sale.sold));
        return;
    }
    if (!again) {
        sale.throwing = draft;
        say_words(tui, MESSAGE_REFUSED,
                  in_words(tui, N_("Alt D once more throws this sale away.")));
        return;
    }
    *draft = (struct draft){.used = false};
    (void)draft_begin(tui, 0);
}

/* The next one that is parked or begun. */
static void take_up(struct tui *tui)
{
    struct work *work = tui->work;
    for (size_t i = 1; i < DRAFTS_MAX; i++) {
        size_t at = (work->draft + i) % DRAFTS_MAX;
        if (!work->drafts[at].used || draft_is_empty(&work->drafts[at]))
            continue;
        work->draft = at;
        if (work->drafts[at].by_person)
            work->drafts[at].parked_ms = 0;
        sale_changed(tui);
        return;
    }
    say_words(tui, MESSAGE_SAID, in_words(tui, N_("No other sale is begun.")));
}

/* ---- the screen ---- */

static void customer_chosen(struct tui *tui, uint32_t customer)
{
    draft_now(tui)->customer = customer;
    sale_changed(tui);
}

static void choose_customer(struct tui *tui)
{
    pick_customer(tui, customer_chosen);
}

/* An empty one: what is begun is kept, and so is a correction. */
void sale_open(struct tui *tui, uint32_t customer)
{
    if (!may(tui, TEFTER__RIGHT__RIGHT_SELL) || draft_begin(tui, customer) == NULL)
        return;
    go_to(tui, &sale_screen);
}

static void enter(struct tui *tui)
{
    sale_changed(tui);
}

/* Digits of any script are the same PIN. */
static bool pin_key(struct tui *tui, uint32_t key)
{
    int digit = key < KEYS_APART ? fold_digit(key) : -1;
    if (key == KEY_ESC_) {
        forget_pin();
        return true;
    }
    if (key == KEY_ENTER_ || key == KEY_FN(9)) {
        sale.pin_typed = sale.pin.text[0] != '\0';
        if (sale.pin_typed)
            commit(tui);
        else
            say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Type the PIN")));
        return true;
    }
    if (digit >= 0)
        return field_key(&sale.pin, (uint32_t)('0' + digit));
    bool letter = key >= ' ' && key < KEYS_APART && key != KEY_ERASE_;
    return letter || field_key(&sale.pin, key);
}

/* A digit that chooses it goes on to the goods. Nothing is chosen from elsewhere: a code that is
 * typed or scanned begins with a digit too. */
static bool why_typed(struct tui *tui, struct draft *draft, uint32_t key)
{
    struct why *why = &draft->corrects.why;
    bool on = key == KEY_ENTER_ || key == KEY_TAB_ || key == KEY_DOWN_ || key == KEY_UP_ ||
              key == KEY_TAB_BACK_;
    int before = why->at;
    if (!on && (key == KEY_ESC_ || !why_key(why, key)))
        return false;
    if (on || (why->at != before && why_is_said(why)))
        draft->at = AT_GOODS;
    sale_changed(tui);
    return true;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    struct draft *draft = draft_now(tui);
    if (key != KEY_ALT('d'))
        sale.throwing = NULL;
    if (sale.pin_draft == draft)
        return pin_key(tui, key);
    forget_pin();
    if (draft->at == AT_WHY)
        return why_typed(tui, draft, key);
    if (draft->at == AT_GOODS) {
        if (draft->approval != 0)
            return false;
        bool took = sale_lines_key(tui, draft, key);
        sale_lines_look(tui, draft);
        return took;
    }
    struct field *field = draft->at == AT_GIVEN ? &draft->given : &draft->reference;
    if (key == KEY_TAB_BACK_) {
        draft->at = draft->at == AT_REFERENCE ? AT_GIVEN : AT_GOODS;
        return true;
    }
    if (key == KEY_UP_ || (key == KEY_ESC_ && draft->at != AT_GOODS)) {
        draft->at = AT_GOODS;
        return true;
    }
    if (key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_) {
        bool other = draft->at == AT_GIVEN && draft->kind != TEFTER__PAYMENT_KIND__PAYMENT_CASH;
        draft->at = other ? AT_REFERENCE : AT_GIVEN;
        return true;
    }
    if (!field_key(field, key))
        return false;
    sale_changed(tui);
    return true;
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    const struct work *work = tui->work;
    const struct draft *draft = draft_now(tui);
    const struct customer *customer = customer_of(tui, draft->customer);
    char name[SHORT_MAX];
    (void)snprintf(name, sizeof(name), "%.90s",
                   customer == NULL || customer->name == NULL ? "" : customer->name);
    if (draft->corrects.document != 0) {
        char text[TEXT_MAX_BYTES];
        SAY(tui, text, N_("Correction of {number}"), "number", draft->corrects.number);
        (void)snprintf(start, SHORT_MAX * 2, "%.90s%s%.60s", text, name[0] == '\0' ? "" : " · ",
                       name);
    } else if (draft->customer == 0)
        (void)snprintf(start, SHORT_MAX * 2, "%s", in_words(tui, N_("Cash sale")));
    else
        (void)snprintf(start, SHORT_MAX * 2, "%s · %s · %s", in_words(tui, N_("Sale")), name,
                       customer == NULL ? "" : customer->code);
    size_t begun = 0;
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        begun += i != work->draft && work->drafts[i].used && !draft_is_empty(&work->drafts[i]);
    if (begun > 0)
        (void)snprintf(end, SHORT_MAX, "‖ %zu · Alt T", begun);
}

static void begin(struct tui *tui, bool begins)
{
    paper_begin(tui, begins);
    if (begins) {
        asked_begin(&sale.what_if, tui, judged);
        asked_begin(&sale.tried, tui, tried);
        asked_begin(&sale.grant, tui, granted);
        asked_begin(&sale.coded, tui, sale_lines_coded);
        sent_begin(&sale.sold, tui, sold);
        sent_begin(&sale.asked, tui, was_asked);
        return;
    }
    asked_end(&sale.what_if);
    asked_end(&sale.tried);
    asked_end(&sale.grant);
    asked_end(&sale.coded);
    sent_end(&sale.sold);
    sent_end(&sale.asked);
}

static bool may_part(const struct tui *tui)
{
    return sale_parts(&tui->work->drafts[tui->work->draft], fork_here(tui));
}

static bool may_ask(const struct tui *tui)
{
    int64_t amount;
    return sale_way(fork_here(tui), TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, &amount);
}

/* What was asked for is sold as the ledger holds it: nothing of it changes here. */
static bool is_asked(const struct tui *tui)
{
    const struct draft *draft = &tui->work->drafts[tui->work->draft];
    return draft->used && draft->approval != 0;
}

static bool may_change(const struct tui *tui)
{
    return !is_asked(tui);
}

/* It is a sale as any other then, and may be asked for anew. */
static void without_approval(struct tui *tui)
{
    struct draft *draft = draft_now(tui);
    if (sale.sold.state == SENT_UNDER_WAY && sale.sold_draft == draft) {
        say_words(tui, MESSAGE_SAID, sent_words(&sale.sold));
        return;
    }
    draft->approval = 0;
    draft->parked_ms = 0;
    draft->row = draft->line_count;
    draft->column = COLUMN_ITEM;
    sale.judged = 0;
    unsay(tui);
    sale_changed(tui);
}

static bool on_credit(const struct tui *tui)
{
    const struct draft *draft = &tui->work->drafts[tui->work->draft];
    return draft->used && draft->customer != 0 && draft->approval == 0;
}

static bool is_correction(const struct tui *tui)
{
    const struct draft *draft = &tui->work->drafts[tui->work->draft];
    return draft->used && draft->corrects.document != 0;
}

static bool is_sale(const struct tui *tui)
{
    return !is_correction(tui);
}

static bool takes_money(const struct tui *tui)
{
    return is_sale(tui) && may_change(tui);
}

static void why(struct tui *tui)
{
    draft_now(tui)->at = AT_WHY;
    tui->dirty = true;
}

static void open_parked(struct tui *tui)
{
    go_to(tui, &parked_screen);
}

void sale_correct(struct tui *tui, const Tefter__DocumentAnswer *bill)
{
    struct work *work = tui->work;
    struct draft *draft = NULL;
    for (size_t i = 0; i < DRAFTS_MAX && draft == NULL; i++)
        if (work->drafts[i].used && work->drafts[i].corrects.document == bill->document->document)
            draft = &work->drafts[i]; /* it was begun before */
    if (draft == NULL)
        draft = draft_of_bill(tui, bill);
    if (draft == NULL)
        return;
    work->draft = (size_t)(draft - work->drafts);
    go_to(tui, &sale_screen);
}

static const struct action actions[] = {
    {"sale.sell", N_("Sell"), N_("sell"), KEY_FN(9), TEFTER__RIGHT__RIGHT_SELL, commit, is_sale},
    {"sale.correct", N_("Correct"), N_("Correct"), KEY_FN(9), TEFTER__RIGHT__RIGHT_SELL, commit,
     is_correction},
    {"sale.why", N_("Why is it corrected?"), N_("reason"), KEY_ALT('r'), TEFTER__RIGHT__RIGHT_SELL,
     why, is_correction},
    {"sale.pay", N_("Pay a part or all of it now"), N_("pay"), KEY_FN(3),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, pay_now, takes_money},
    {"sale.part", N_("Part now, the rest later"), N_("part now"), KEY_FN(4),
     TEFTER__RIGHT__RIGHT_SELL, part_now, may_part},
    {"sale.park", N_("Park the sale"), N_("park"), KEY_FN(6), TEFTER__RIGHT__RIGHT_SELL, park,
     NULL},
    {"sale.ask", N_("Ask a manager"), N_("ask"), KEY_FN(8), TEFTER__RIGHT__RIGHT_SELL, ask_manager,
     may_ask},
    {"sale.kinds", N_("Another kind of money"), N_("kind"), KEY_FN(7),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, next_kind, takes_money},
    {"sale.buyer", N_("Who takes the goods"), N_("who takes"), KEY_FN(2), TEFTER__RIGHT__RIGHT_SELL,
     who_takes, on_credit},
    {"sale.customer", N_("For which customer?"), N_("customer"), KEY_FN(5),
     TEFTER__RIGHT__RIGHT_SELL, choose_customer, may_change},
    {"sale.without", N_("Go on without the approval"), NULL, KEY_ALT('g'),
     TEFTER__RIGHT__RIGHT_SELL, without_approval, is_asked},
    {"sale.take-up", N_("Take up a parked sale"), NULL, KEY_ALT('t'), TEFTER__RIGHT__RIGHT_SELL,
     take_up, NULL},
    {"sale.parked", N_("Sales that others parked here"), NULL, KEY_ALT('h'),
     TEFTER__RIGHT__RIGHT_SELL, open_parked, NULL},
    {"sale.custom", N_("A line that is not in the catalogue"), NULL, KEY_ALT('i'),
     TEFTER__RIGHT__RIGHT_CUSTOM_LINE, sale_lines_custom, NULL},
    {"sale.new", N_("New sale"), NULL, KEY_ALT('n'), TEFTER__RIGHT__RIGHT_SELL, new_sale, NULL},
    {"sale.throw", N_("Throw this sale away"), NULL, KEY_ALT('d'), TEFTER__RIGHT__RIGHT_SELL,
     throw_away, NULL},
    {"sale.back", N_("Back; the sale is kept"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen sale_screen = {
    .id = "sale",
    .title = N_("Sale"),
    .letter = 's',
    .right = TEFTER__RIGHT__RIGHT_SELL,
    .form = true,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .pane = sale_pane,
    .key = key_typed,
    .scan = sale_lines_scan,
    .head = head,
    .actions = actions,
};

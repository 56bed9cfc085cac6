/* The newest paper of this person: said, undone, printed. */
#include "tui/inside.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

enum { KEPT_MAX = 16 };

static struct {
    struct sent undone;
    struct sent kept[KEPT_MAX]; /* made without a line ... */
    struct arena of[KEPT_MAX];  /* ... of these commands, */
    struct slice commands[KEPT_MAX];
    uint32_t staff[KEPT_MAX]; /* ... by whom */
    struct asked view;        /* the paper, then each payment of it */
    uint64_t document;        /* that is taken back */
    char number[40];
    char replaces[40]; /* the paper that it replaced, "": none; both are gone with it */
    char reversal[40];
    const char *reason; /* in the language of who took it back; NULL: not said yet */
    struct with with[WITH_MAX];
    size_t with_count;
    size_t looked;                 /* payments whose sum is known */
    size_t at;                     /* the one that is taken back; with_count: none */
    char stays[MESSAGE_MAX_BYTES]; /* what was not taken back, and why */
    struct work *whose;            /* whose undo is under way; NULL: none is */
    bool waits;                    /* for the disk: nothing of it is sent yet */
    struct asked left;             /* what an earlier life left: its bill, then its money */
    size_t left_at;                /* the payment that is asked about; count: the bill */
} paper;

void paper_done(struct tui *tui, const Tefter__Done *done, const char *words)
{
    struct work *work = tui->work;
    (void)snprintf(work->done_number, sizeof(work->done_number), "%s",
                   done->number == NULL ? "" : done->number);
    work->done_id = done->has_id ? done->id : 0;
    work->done_corrects = false;
    work->undoing = false;
    say_words(tui, MESSAGE_DONE, words);
}

/* The paper that it replaced is reversed, so taking this one back would leave neither. */
void paper_corrected(struct tui *tui, const Tefter__Done *done, const char *words)
{
    char text[MESSAGE_MAX_BYTES];
    (void)JOIN(text, words, " · ", in_words(tui, N_("to go back, correct it again")), " (c)");
    paper_done(tui, done, text);
    tui->work->done_corrects = true;
}

/* Whoever took it may have seen nothing of it, and would sell it again. */
void paper_of_before(struct tui *tui)
{
    enum { RECENT_MS = 10 * 60 * 1000 };
    char text[TEXT_MAX_BYTES];
    char number[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    struct arena arena;
    const Tefter__Command *command = NULL;
    arena_init(&arena, ASKED_MEMORY_MAX);
    const Tefter__Receipt *receipt = tefter_written_done(tui->client, &arena, &command);
    Tefter__Command__KindCase kind =
        receipt == NULL ? TEFTER__COMMAND__KIND__NOT_SET : command->kind_case;
    bool corrects = kind == TEFTER__COMMAND__KIND_CORRECT_INVOICE ||
                    kind == TEFTER__COMMAND__KIND_CORRECT_PAYMENT;
    bool writes = corrects || kind == TEFTER__COMMAND__KIND_ISSUE_INVOICE ||
                  kind == TEFTER__COMMAND__KIND_SELL_PAID ||
                  kind == TEFTER__COMMAND__KIND_TAKE_PAYMENT ||
                  kind == TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE;
    if (writes && receipt->number != NULL &&
        tefter_now_ms(tui->client) - receipt->at_ms < RECENT_MS) {
        (void)snprintf(tui->work->done_number, sizeof(tui->work->done_number), "%s",
                       receipt->number);
        tui->work->done_id = receipt->has_id ? receipt->id : 0;
        tui->work->done_corrects = corrects;
        SAY(tui, text, N_("{number}, {amount}, was booked at {time}, before this screen began"),
            "number", isolated(tui, receipt->number, number), "amount",
            money_unit(tui, receipt->has_total_minor ? receipt->total_minor : 0, a), "time",
            clock_of(tui, receipt->at_ms, b));
        (void)JOIN(tui->resolved, text, corrects ? "" : " · Alt U ",
                   corrects ? "" : in_words(tui, N_("undo")), " · Ctrl P ",
                   in_words(tui, N_("print")));
        tui->resolved_kind = MESSAGE_DONE;
    }
    arena_fini(&arena);
}

/* ---- without a line ---- */

static bool comes_back(size_t at)
{
    struct arena arena;
    arena_init(&arena, ASKED_MEMORY_MAX);
    const Tefter__Command *command = (const Tefter__Command *)message_unpack(
        &tefter__command__descriptor, paper.commands[at], &arena);
    bool back = command != NULL && keep_note_refused(command, paper.staff[at]);
    arena_fini(&arena);
    return back;
}

/* Each is told when it is booked; a refusal stays until somebody has read it, and the goods of a
 * sale are there to be sold again. */
static void kept_came(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    char said[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    if (sent->state == SENT_REFUSED) {
        (void)refusal_sentence_for(sent->reply->refused, &speech, said, sizeof(said));
        (void)JOIN(text, said, comes_back((size_t)(sent - paper.kept)) ? " · g s" : "");
        say_words(tui, MESSAGE_REFUSED, text);
        return;
    }
    const Tefter__Done *done = sent->reply->done;
    SAY(tui, text, N_("What was kept here is booked: {number}"), "number",
        done->number == NULL ? "" : done->number);
    paper_done(tui, done, text);
}

bool paper_keep(struct tui *tui, const Tefter__Command *command)
{
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (paper.kept[i].state != SENT_UNDER_WAY) {
            if (!send_command(&paper.kept[i], command))
                return false;
            arena_reset(&paper.of[i]);
            paper.commands[i] = message_pack(&command->base, &paper.of[i]);
            paper.staff[i] = tui->work->staff;
            say_words(tui, MESSAGE_SAID, in_words(tui, N_("Kept here, sends by itself")));
            return true;
        }
    say_words(tui, MESSAGE_REFUSED,
              in_words(tui, N_("So much is kept here that it waits for the line first.")));
    return false;
}

/* ---- undo ---- */

static const struct {
    uint32_t key;
    const char *words;
} reasons[] = {{'1', N_("Customer")}, {'2', N_("Goods or amount")}, {'3', N_("Not paid")}};

/* ---- what came with it ---- */

static void ask_paper_in(struct asked *asked, uint64_t document, const char *number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = document != 0;
    view.document = document;
    if (document == 0)
        view.number = (char *)(uintptr_t)number;
    ask(asked, &query);
}

static void ask_paper(uint64_t document, const char *number)
{
    ask_paper_in(&paper.view, document, number);
}

/* The money that the same command took: what was matched later is paid for another time. */
static void take_with(const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *bill = answer->document;
    paper.document = bill->document;
    for (size_t i = 0; i < answer->n_touches && paper.with_count < WITH_MAX; i++) {
        const Tefter__Touch *touch = answer->touches[i];
        if (bill->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE || touch->match != bill->seq ||
            (touch->has_undone && touch->undone) ||
            touch->other_kind != TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
            continue;
        struct with *with = &paper.with[paper.with_count++];
        *with = (struct with){.payment = touch->other, .minor = touch->amount_minor};
        (void)snprintf(with->number, sizeof(with->number), "%s",
                       touch->other_number == NULL ? "" : touch->other_number);
    }
}

/* What was rounded is no money. */
static void take_sum(struct with *with, const Tefter__DocumentRecord *payment)
{
    with->kind = payment->payment_kind;
    with->minor = payment->total_minor -
                  (payment->has_rounding_minor ? payment->rounding_minor : 0) -
                  (payment->has_discount_minor ? payment->discount_minor : 0);
}

static void reverse_now(struct tui *tui, uint64_t document)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ReverseDocument reverse = TEFTER__REVERSE_DOCUMENT__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    reason.value = (char *)(uintptr_t)paper.reason;
    reverse.has_document = document != 0;
    reverse.document = document;
    if (document == 0)
        reverse.number = paper.number;
    reverse.reason = &reason;
    command.kind_case = TEFTER__COMMAND__KIND_REVERSE_DOCUMENT;
    command.reverse_document = &reverse;
    if (send_command(&paper.undone, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&paper.undone));
    else
        paper.whose = NULL;
}

static bool is_looked(void)
{
    return !paper.view.flying && paper.looked >= paper.with_count;
}

/* What is to follow the bill is written down before that is sent: see paper_look. */
static void note_undo(struct tui *tui)
{
    struct undoing *undo = &tui->work->undo;
    *undo = (struct undoing){.bill = paper.document, .count = paper.with_count};
    (void)snprintf(undo->number, sizeof(undo->number), "%s", paper.number);
    (void)snprintf(undo->reason, sizeof(undo->reason), "%s", paper.reason);
    memcpy(undo->with, paper.with, sizeof(undo->with));
}

/* The paper first, for money that pays a bill of the cash customer stays as long as that stands. */
static void reverse_when_looked(struct tui *tui)
{
    if (paper.reason == NULL || !is_looked() || paper.undone.state == SENT_UNDER_WAY || paper.waits)
        return;
    paper.whose = tui->work;
    paper.waits = true;
    if (paper.with_count > 0)
        note_undo(tui);
}

static void ask_why(struct tui *tui)
{
    char text[MESSAGE_MAX_BYTES];
    char gone[TEXT_MAX_BYTES] = "";
    char why[TEXT_MAX_BYTES];
    char a[TEXT_MAX_BYTES];
    char b[TEXT_MAX_BYTES];
    if (paper.replaces[0] != '\0')
        SAY(tui, gone,
            N_("{number} replaced {other}: without it both are gone. To go back, correct it "
               "again."),
            "number", isolated(tui, paper.number, a), "other", isolated(tui, paper.replaces, b));
    SAY(tui, why, N_("What was wrong with {number}?"), "number", paper.number);
    (void)JOIN(text, gone, gone[0] == '\0' ? "" : " ", why, "  1 ", in_words(tui, reasons[0].words),
               " · 2 ", in_words(tui, reasons[1].words), " · 3 ", in_words(tui, reasons[2].words),
               " · Esc");
    paper.reason = NULL;
    tui->work->undoing = true;
    say_words(tui, MESSAGE_REFUSED, text);
}

/* Whoever answers knows what is gone with it: an answer that came before that does not count. */
static void take_replaced(struct tui *tui, const Tefter__DocumentAnswer *answer)
{
    if (answer->corrects == NULL)
        return;
    (void)snprintf(paper.replaces, sizeof(paper.replaces), "%s", answer->corrects->number);
    if (tui->work->undoing || paper.reason != NULL)
        ask_why(tui);
}

static void viewed(struct tui *tui, struct asked *asked)
{
    const Tefter__DocumentAnswer *answer =
        asked_is(asked, TEFTER__ANSWER__KIND_DOCUMENT) ? asked->answer->document : NULL;
    bool first = paper.with_count == 0;
    if (first && answer != NULL) {
        take_with(answer);
        take_replaced(tui, answer);
    } else if (!first) {
        if (answer != NULL)
            take_sum(&paper.with[paper.looked], answer->document);
        paper.looked++;
    }
    if (paper.looked < paper.with_count)
        ask_paper(paper.with[paper.looked].payment, NULL);
    else
        reverse_when_looked(tui);
}

void undo_paper(struct tui *tui, uint64_t document, const char *number)
{
    if (!need_line(tui))
        return;
    if (paper.undone.state == SENT_UNDER_WAY || paper.waits) {
        say_words(tui, MESSAGE_SAID, sent_words(&paper.undone));
        return;
    }
    if (tui->work->undo.count > 0) { /* the one that is half done comes first, and is said */
        tui->work->undo.is_left = false;
        return;
    }
    (void)snprintf(paper.number, sizeof(paper.number), "%s", number);
    paper.document = document;
    paper.replaces[0] = '\0';
    paper.with_count = paper.looked = paper.at = 0;
    paper.stays[0] = '\0';
    ask_paper(document, paper.number);
    ask_why(tui);
}

/* The money whose bill an earlier life of this program reversed. */
static void finish_undo(struct tui *tui)
{
    const struct undoing *undo = &tui->work->undo;
    if (!need_line(tui) || paper.undone.state == SENT_UNDER_WAY || paper.waits)
        return;
    (void)snprintf(paper.number, sizeof(paper.number), "%s", undo->number);
    (void)snprintf(paper.reversal, sizeof(paper.reversal), "%s",
                   undo->reversal[0] != '\0' ? undo->reversal : "–");
    memcpy(paper.with, undo->with, sizeof(paper.with));
    paper.with_count = paper.looked = undo->count;
    paper.at = 0;
    paper.stays[0] = '\0';
    paper.reason = undo->reason;
    paper.whose = tui->work;
    reverse_now(tui, paper.with[0].payment);
}

void undo_last(struct tui *tui)
{
    char text[TEXT_MAX_BYTES];
    char number[TEXT_MAX_BYTES];
    if (tui->work->undo.count > 0) {
        finish_undo(tui);
    } else if (tui->work->done_corrects) {
        (void)JOIN(text, isolated(tui, tui->work->done_number, number), ": ",
                   in_words(tui, N_("to go back, correct it again")), " (c)");
        say_words(tui, MESSAGE_REFUSED, text);
    } else
        undo_paper(tui, tui->work->done_id, tui->work->done_number);
}

/* ---- what is handed back, and what stays ---- */

static void tell_back(struct tui *tui, char *text, size_t capacity)
{
    char part[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    for (size_t i = 0; i < paper.with_count; i++) {
        const struct with *with = &paper.with[i];
        if (!with->back)
            continue;
        if (with->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
            SAY(tui, part, N_("Give back {amount} in cash."), "amount",
                money_unit(tui, with->minor, a));
        else
            SAY(tui, part, N_("Give back {amount} ({kind})."), "amount",
                money_unit(tui, with->minor, a), "kind", kind_words(tui, with->kind));
        (void)snprintf(text + strlen(text), capacity - strlen(text), " %s", part);
    }
}

static void tell_undone(struct tui *tui)
{
    char text[MESSAGE_MAX_BYTES];
    char whole[MESSAGE_MAX_BYTES];
    SAY(tui, text, N_("{number} is reversed, by {reversal}"), "number", paper.number, "reversal",
        paper.reversal);
    if (paper.with_count > 0)
        (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), ".");
    tell_back(tui, text, sizeof(text));
    (void)JOIN(whole, text, paper.stays[0] != '\0' ? " " : "", paper.stays);
    say_words(tui, paper.stays[0] != '\0' ? MESSAGE_REFUSED : MESSAGE_DONE, whole);
}

/* The bill is gone and its money is not: how much, why, and what is to be done now. */
static void note_stays(struct tui *tui, const struct with *with, const Tefter__Refusal *refusal)
{
    char why[MESSAGE_MAX_BYTES];
    char text[MESSAGE_MAX_BYTES];
    char a[SHORT_MAX];
    struct speech speech = speech_of(tui);
    (void)refusal_sentence_for(refusal, &speech, why, sizeof(why));
    SAY(tui, text,
        N_("{amount} of {number} was not reversed and stays to their credit: {reason} Whoever may "
           "do that reverses {number} too, or pays it out."),
        "amount", money_unit(tui, with->minor, a), "number", with->number, "reason", why);
    (void)JOIN(why, paper.stays, paper.stays[0] == '\0' ? "" : " ", text);
    memcpy(paper.stays, why, sizeof(paper.stays));
}

/* It is decided what becomes of this money: nothing of it is to follow. */
static void forget_with(struct undoing *undo, uint64_t payment)
{
    size_t left = 0;
    for (size_t i = 0; i < undo->count; i++)
        if (undo->with[i].payment != payment)
            undo->with[left++] = undo->with[i];
    undo->count = left;
}

static void undone_with(struct tui *tui, const struct sent *sent)
{
    struct with *with = &paper.with[paper.at++];
    const Tefter__Refusal *refusal = sent->state == SENT_REFUSED ? sent->reply->refused : NULL;
    with->back = refusal == NULL;
    forget_with(&paper.whose->undo, with->payment);
    /* Somebody was faster: they gave it back. */
    if (refusal != NULL && refusal->code != TEFTER__REFUSAL_CODE__ALREADY_REVERSED)
        note_stays(tui, with, refusal);
}

static void undo_over(void)
{
    paper.whose->undo = (struct undoing){.count = 0};
    paper.whose = NULL;
}

static void undone_bill(const struct sent *sent)
{
    const Tefter__Done *done = sent->reply->done;
    (void)snprintf(paper.reversal, sizeof(paper.reversal), "%s",
                   done->reversal_number != NULL ? done->reversal_number : "–");
    (void)snprintf(paper.whose->undo.reversal, sizeof(paper.whose->undo.reversal), "%s",
                   paper.reversal);
    if (strcmp(paper.whose->done_number, paper.number) == 0)
        paper.whose->done_number[0] = '\0';
}

/* Whoever is here now may not be who began it: then the rest waits until they are here again. */
static void undone(struct tui *tui, struct sent *sent)
{
    bool first = paper.reversal[0] == '\0';
    if (first && sent->state == SENT_REFUSED) {
        paper.with_count = 0;
        undo_over();
        say_refusal(tui, sent->reply->refused);
        return;
    }
    if (first)
        undone_bill(sent);
    else
        undone_with(tui, sent);
    if (paper.at < paper.with_count && paper.whose != tui->work) {
        paper.whose = NULL;
    } else if (paper.at < paper.with_count) {
        reverse_now(tui, paper.with[paper.at].payment);
    } else {
        tell_undone(tui);
        undo_over();
    }
}

/* ---- what an earlier life left ---- */

static void ask_left(struct tui *tui)
{
    const struct undoing *undo = &tui->work->undo;
    bool bill = paper.left_at >= undo->count;
    ask_paper_in(&paper.left, bill ? undo->bill : undo->with[paper.left_at].payment, NULL);
}

static void tell_left(struct tui *tui, const Tefter__DocumentAnswer *bill)
{
    char text[MESSAGE_MAX_BYTES];
    char number[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t sum = 0;
    struct undoing *undo = &tui->work->undo;
    if (bill->state != TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED) {
        SAY(tui, text, N_("{number} was not reversed: it stands as it was."), "number",
            isolated(tui, undo->number, number));
        *undo = (struct undoing){.count = 0};
        say_words(tui, MESSAGE_REFUSED, text);
        return;
    }
    for (size_t i = 0; i < undo->count; i++)
        (void)money_add(sum, undo->with[i].minor, &sum);
    if (bill->reversed_by != NULL)
        (void)snprintf(undo->reversal, sizeof(undo->reversal), "%s", bill->reversed_by->number);
    undo->is_left = true;
    SAY(tui, text,
        N_("{number} is reversed, and {amount} that was paid with it is not: Alt U reverses that "
           "too."),
        "number", isolated(tui, undo->number, number), "amount", money_unit(tui, sum, a));
    say_words(tui, MESSAGE_REFUSED, text);
}

/* The money first: what the outbox sent meanwhile, or somebody gave back, is not asked for. */
static void left_came(struct tui *tui, struct asked *asked)
{
    struct undoing *undo = &tui->work->undo;
    const Tefter__DocumentAnswer *answer =
        asked_is(asked, TEFTER__ANSWER__KIND_DOCUMENT) ? asked->answer->document : NULL;
    if (answer == NULL)
        undo->is_left = true; /* they do not see it any more: Alt U is told why */
    if (undo->count == 0 || answer == NULL)
        return;
    if (paper.left_at >= undo->count) {
        if (answer->document->document == undo->bill)
            tell_left(tui, answer);
        return;
    }
    if (answer->document->document != undo->with[paper.left_at].payment)
        return; /* another person is here since */
    if (answer->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED)
        forget_with(undo, answer->document->document);
    else
        paper.left_at++;
    if (undo->count > 0)
        ask_left(tui);
    else
        *undo = (struct undoing){.count = 0};
}

void paper_look(struct tui *tui)
{
    const struct undoing *undo = &tui->work->undo;
    if (paper.waits && paper.whose != tui->work) { /* nothing of it was done */
        paper.whose->undo = (struct undoing){.count = 0};
        paper.whose = NULL;
        paper.waits = false;
    }
    if (paper.waits && (undo->count == 0 || keep_is_written(tui))) {
        paper.waits = false;
        reverse_now(tui, paper.document);
    }
    if (undo->count == 0 || undo->is_left || paper.whose != NULL || paper.left.flying ||
        !connected(tui) || tefter_under_way(tui->client) > 0)
        return;
    paper.left_at = 0;
    ask_left(tui);
}

bool undo_key(struct tui *tui, uint32_t key)
{
    struct work *work = tui->work;
    if (!work->undoing)
        return false;
    work->undoing = false;
    say_words(tui, MESSAGE_NONE, "");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].key != key)
            continue;
        paper.reason = in_words(tui, reasons[i].words);
        paper.reversal[0] = '\0';
        reverse_when_looked(tui);
    }
    return true;
}

/* ---- print ---- */

static void print_paper(struct tui *tui, uint64_t document, bool copy)
{
    Tefter__FromTerminal request = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Print print = TEFTER__PRINT__INIT;
    struct failure failure = {0};
    struct arena arena;
    if (!need_line(tui))
        return;
    arena_init(&arena, ASKED_MEMORY_MAX);
    print.document = document;
    print.has_copy = copy;
    print.copy = copy;
    print.language = (char *)(uintptr_t)language_code(tui->language);
    request.body_case = TEFTER__FROM_TERMINAL__BODY_PRINT;
    request.print = &print;
    const Tefter__ToTerminal *answer = tefter_request(tui->client, &request, &arena, &failure);
    if (answer == NULL)
        say_words(tui, MESSAGE_REFUSED, failure.text);
    else if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        say_refusal(tui, answer->refused);
    else if (answer->body_case == TEFTER__TO_TERMINAL__BODY_PRINTED)
        say_words(tui,
                  answer->printed->outcome == TEFTER__PRINT_OUTCOME__PRINT_DONE ? MESSAGE_DONE
                                                                                : MESSAGE_REFUSED,
                  in_words(tui, printed_words(answer->printed)));
    arena_fini(&arena);
}

void print_last(struct tui *tui)
{
    print_paper(tui, tui->work->done_id, false);
}

void print_again(struct tui *tui, uint64_t document)
{
    print_paper(tui, document, true);
}

void paper_begin(struct tui *tui, bool begins)
{
    if (begins) {
        sent_begin(&paper.undone, tui, undone);
        asked_begin(&paper.view, tui, viewed);
        asked_begin(&paper.left, tui, left_came);
    } else {
        sent_end(&paper.undone);
        asked_end(&paper.view);
        asked_end(&paper.left);
    }
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (begins) {
            sent_begin(&paper.kept[i], tui, kept_came);
            arena_init(&paper.of[i], ASKED_MEMORY_MAX);
        } else {
            sent_end(&paper.kept[i]);
            arena_fini(&paper.of[i]);
        }
}

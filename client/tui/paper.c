/* The newest paper of this person: said, undone, printed. */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

enum { KEPT_MAX = 16 };

static struct {
    struct sent undone;
    struct sent kept[KEPT_MAX]; /* made without a line */
    char number[40];            /* that is taken back */
} paper;

void paper_done(struct tui *tui, const Tefter__Done *done, const char *words)
{
    struct work *work = tui->work;
    (void)snprintf(work->done_number, sizeof(work->done_number), "%s",
                   done->number == NULL ? "" : done->number);
    work->done_id = done->has_id ? done->id : 0;
    work->undoing = false;
    say_words(tui, MESSAGE_DONE, words);
}

/* ---- without a line ---- */

/* Each is told when it is booked; a refusal stays until somebody has read it. */
static void kept_came(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
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

void undo_paper(struct tui *tui, const char *number)
{
    char text[TEXT_MAX_BYTES];
    char rest[TEXT_MAX_BYTES];
    if (!need_line(tui))
        return;
    (void)snprintf(tui->work->undo_number, sizeof(tui->work->undo_number), "%s", number);
    SAY(tui, text, N_("What was wrong with {number}?"), "number", number);
    (void)JOIN(rest, text, "  1 ", in_words(tui, reasons[0].words), " · 2 ",
               in_words(tui, reasons[1].words), " · 3 ", in_words(tui, reasons[2].words), " · Esc");
    tui->work->undoing = true;
    say_words(tui, MESSAGE_REFUSED, rest);
}

void undo_last(struct tui *tui)
{
    undo_paper(tui, tui->work->done_number);
}

static void undone(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    const Tefter__Done *done = sent->reply->done;
    const char *by = done->reversal_number != NULL ? done->reversal_number : "";
    SAY(tui, text, N_("{number} is reversed, by {reversal}"), "number", paper.number, "reversal",
        by);
    if (strcmp(tui->work->done_number, paper.number) == 0)
        tui->work->done_number[0] = '\0';
    say_words(tui, MESSAGE_DONE, text);
}

bool undo_key(struct tui *tui, uint32_t key)
{
    struct work *work = tui->work;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ReverseDocument reverse = TEFTER__REVERSE_DOCUMENT__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    if (!work->undoing)
        return false;
    work->undoing = false;
    say_words(tui, MESSAGE_NONE, "");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].key != key)
            continue;
        (void)snprintf(paper.number, sizeof(paper.number), "%s", work->undo_number);
        reason.value = (char *)(uintptr_t)in_words(tui, reasons[i].words);
        reverse.number = paper.number;
        reverse.reason = &reason;
        command.kind_case = TEFTER__COMMAND__KIND_REVERSE_DOCUMENT;
        command.reverse_document = &reverse;
        (void)send_command(&paper.undone, &command);
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
    if (begins)
        sent_begin(&paper.undone, tui, undone);
    else
        sent_end(&paper.undone);
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (begins)
            sent_begin(&paper.kept[i], tui, kept_came);
        else
            sent_end(&paper.kept[i]);
}

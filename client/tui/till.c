/*
 * A till's day: opened with its float, counted blind, closed. What should be in it is not asked for
 * before the count is in the ledger, so nobody can see it here; a second count stays on record
 * beside the first.
 */
#include "base/text.h"
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 2000, PIECE_DIGITS = 7, LEFT = 41, SPLIT_WIDTH = 76, SIDE_MOST = 48, OTHER = 4 };
enum { SEEN_MS = 150, BANKS_MAX = 64, CLOSE_TO_BANK = 731 /* of CloseTill */ };
enum doing { DOING_OPEN, DOING_COUNT, DOING_CLOSE };

static struct {
    uint32_t asked_for; /* the till that the day is of */
    uint64_t exact;
    uint64_t asked_ms;
    struct asked day;
    struct sent sent;
    enum doing doing; /* what is under way ... */
    struct work *of;  /* ... whose */
    uint32_t till;
    char name[SHORT_MAX];
    int64_t amount;
    bool first; /* it never had a day, and no reason was typed */
} till;

/* ---- notes and coins: as client/web/counter/cash.ts has them ---- */

static const struct {
    const char *currency;
    int64_t pieces[PIECES_MAX]; /* minor units, largest first; 0 ends them */
} known[] = {
    {"VND", {500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500}},
    {"IRR", {1000000, 500000, 100000, 50000, 20000, 10000, 5000, 2000, 1000}},
    {"EUR", {50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
    {"USD", {10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1}},
    {"CNY", {10000, 5000, 2000, 1000, 500, 100, 50, 10}},
    {"GBP", {5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
};

/* What a currency not listed here has is guessed from its smallest unit. */
static int pieces_of(const struct tui *tui, int64_t out[PIECES_MAX])
{
    static const int64_t guessed[] = {1000, 200, 100, 50, 20, 10, 5, 2, 1};
    const struct currency *currency = tefter_currency(tui->client);
    int count = 0;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].currency, currency->code) == 0)
            for (; count < PIECES_MAX && known[i].pieces[count] != 0; count++)
                out[count] = known[i].pieces[count];
    if (count > 0)
        return count;
    int64_t one = 1;
    for (int i = 0; i < currency->exponent; i++)
        one *= 10;
    for (; count < (int)(sizeof(guessed) / sizeof(guessed[0])); count++)
        out[count] = guessed[count] * one;
    return count;
}

/* ---- asking ---- */

static void ask_day(struct tui *tui, uint32_t number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TillDay wanted = TEFTER__TILL_DAY__INIT;
    till.asked_for = number;
    till.exact = tefter_feed_exact(tui->shop.feed);
    till.asked_ms = now_ms(tui);
    query.kind_case = TEFTER__QUERY__KIND_TILL_DAY;
    query.till_day = &wanted;
    wanted.money_account = number;
    ask(&till.day, &query);
}

/* Anew with the ledger: another person at another counter may open or count it too. */
static void look(struct tui *tui)
{
    const struct place *here = till_here(tui);
    if (here == NULL || !connected(tui))
        return;
    if (till.asked_for != here->id) {
        asked_forget(&till.day);
        ask_day(tui, here->id);
        return;
    }
    bool rests =
        now_ms(tui) - till.asked_ms < AGAIN_MS || tefter_feed_exact(tui->shop.feed) == till.exact;
    if (!till.day.flying && !rests)
        ask_day(tui, here->id);
}

static const Tefter__TillDayAnswer *day_here(const struct tui *tui)
{
    const struct place *here = till_here(tui);
    bool known_day = here != NULL && till.asked_for == here->id &&
                     asked_is(&till.day, TEFTER__ANSWER__KIND_TILL_DAY);
    return known_day ? till.day.answer->till_day : NULL;
}

/* It never had a day. */
static bool is_new(void)
{
    const Tefter__Refusal *refused = asked_refused(&till.day);
    return refused != NULL && refused->code == TEFTER__REFUSAL_CODE__NOT_FOUND;
}

static bool is_open(const struct tui *tui)
{
    const Tefter__TillDayAnswer *answer = day_here(tui);
    return answer != NULL && !answer->day->has_closed_date;
}

static bool is_shut(const struct tui *tui)
{
    const Tefter__TillDayAnswer *answer = day_here(tui);
    return answer == NULL ? is_new() : answer->day->has_closed_date != 0;
}

/* ---- what is typed ---- */

static struct opening *opening_of(struct tui *tui)
{
    struct opening *form = &tui->work->opening;
    const struct place *here = till_here(tui);
    if (here != NULL && form->till != here->id)
        *form = (struct opening){.till = here->id};
    return form;
}

/* What they counted is in the ledger, and is still what counts: it goes on at the difference. */
static void resume(const struct tui *tui, const Tefter__TillDayAnswer *answer,
                   struct counting *form)
{
    const Tefter__TillDayRecord *record = answer->day;
    const Tefter__TillCount *last =
        record->n_counts > 0 ? record->counts[record->n_counts - 1] : NULL;
    bool stands = last != NULL && record->moved != NULL && answer->has_expected_minor &&
                  answer->expected_minor == last->expected_minor;
    if (!stands || !last->actor->has_staff || last->actor->staff != tui->work->staff)
        return;
    form->counted = true;
    form->counted_minor = last->counted_minor;
    form->expected_minor = last->expected_minor;
    form->difference_minor = last->counted_minor - last->expected_minor;
}

/* Of this till and this day of it; of an earlier day nothing is kept. */
static struct counting *counting_of(struct tui *tui)
{
    struct counting *form = &tui->work->counting;
    const Tefter__TillDayAnswer *answer = day_here(tui);
    if (answer == NULL || !is_open(tui))
        return form;
    const Tefter__TillDayRecord *record = answer->day;
    uint32_t counts = (uint32_t)record->n_counts;
    if (form->till != record->money_account || form->day != record->day) {
        *form =
            (struct counting){.till = record->money_account, .day = record->day, .counts = counts};
        resume(tui, answer, form);
    }
    if (counts > form->counts && till.sent.state != SENT_UNDER_WAY) {
        form->counts = counts; /* somebody else counted it: theirs is the one that counts */
        form->counted = false;
        resume(tui, answer, form); /* or they themselves, before the program ended */
    }
    return form;
}

/* -1: it is no number of pieces, as "-30" is none. */
static int64_t pieces_in(const struct field *field)
{
    char folded[FIELD_MAX * 4];
    int64_t count = 0;
    size_t size = text_fold(field->text, strlen(field->text), folded, sizeof(folded));
    if (size > PIECE_DIGITS)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (folded[i] < '0' || folded[i] > '9')
            return -1;
        count = count * 10 + (folded[i] - '0');
    }
    return count;
}

/* The first field that holds no number of pieces; NULL: none does. */
static const struct field *wrong_pieces(const struct tui *tui, const struct counting *form)
{
    int64_t pieces[PIECES_MAX];
    int count = pieces_of(tui, pieces);
    for (int i = 0; i < count; i++)
        if (pieces_in(&form->pieces[i]) < 0)
            return &form->pieces[i];
    return NULL;
}

/* NULL: read, an empty one as nothing. */
static const char *amount_in(const struct tui *tui, const struct field *field, int64_t *ret_minor,
                             char why[AMOUNT_WHY_MAX])
{
    *ret_minor = 0;
    if (field->text[0] == '\0')
        return NULL;
    const char *wrong = amount_read(field->text, &tui->currency, ret_minor, why);
    return wrong == NULL && *ret_minor < 0 ? N_("No till holds less than nothing.") : wrong;
}

static int64_t counted_sum(const struct tui *tui, const struct counting *form)
{
    char why[AMOUNT_WHY_MAX];
    int64_t pieces[PIECES_MAX];
    int64_t sum;
    int count = pieces_of(tui, pieces);
    if (amount_in(tui, &form->loose, &sum, why) != NULL)
        sum = 0;
    for (int i = 0; i < count; i++) {
        int64_t number_of = pieces_in(&form->pieces[i]);
        (void)money_add(sum, number_of > 0 ? pieces[i] * number_of : 0, &sum);
    }
    return sum;
}

static const char *const usual[OTHER - 1] = {N_("Wrong change"), N_("Entry missing"),
                                             N_("Not known")};

/* "" while none is said. */
static const char *reason_of(const struct tui *tui, const struct counting *form)
{
    if (form->reason == OTHER)
        return form->why.text;
    return form->reason == 0 ? "" : in_words(tui, usual[form->reason - 1]);
}

/* ---- opening ---- */

static const char *open_shut(const struct tui *tui, const struct opening *form)
{
    char why[AMOUNT_WHY_MAX];
    int64_t minor;
    if (till.sent.state == SENT_UNDER_WAY)
        return sent_words(&till.sent);
    if (!connected(tui))
        return N_("This needs the line to the server.");
    bool read = form->amount.text[0] != '\0' && amount_in(tui, &form->amount, &minor, why) == NULL;
    return read ? NULL : N_("How much lies in it?");
}

static void begin_sending(struct tui *tui, enum doing doing, int64_t amount)
{
    const struct place *here = till_here(tui);
    till.doing = doing;
    till.of = tui->work;
    till.till = here->id;
    till.amount = amount;
    (void)snprintf(till.name, sizeof(till.name), "%s", here->name);
}

static void open_it(struct tui *tui)
{
    char why[AMOUNT_WHY_MAX];
    int64_t minor;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__OpenTill wanted = TEFTER__OPEN_TILL__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    struct opening *form = opening_of(tui);
    const char *wrong = amount_in(tui, &form->amount, &minor, why);
    const char *shut = open_shut(tui, form);
    if (shut != NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong != NULL ? wrong : shut));
        return;
    }
    /* A new till has nothing by the books: its first change money says itself why it is there, to
     * a ledger of rules that ask. */
    till.first = is_new() && form->reason.text[0] == '\0';
    reason.value = till.first ? (char *)(uintptr_t)in_words(tui, N_("Change money to begin with"))
                              : form->reason.text;
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_TILL;
    command.open_till = &wanted;
    wanted.money_account = till_here(tui)->id;
    wanted.float_minor = minor;
    wanted.reason = reason.value[0] == '\0' ? NULL : &reason;
    begin_sending(tui, DOING_OPEN, minor);
    if (send_command(&till.sent, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&till.sent));
}

/* Where they were before; the same person, still here. */
static void leave(struct tui *tui)
{
    if (tui->work == till.of && tui->work->screen == &till_screen)
        go_back(tui);
}

static void opened(struct tui *tui, const Tefter__Done *done)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t difference = till.first || !done->has_difference_minor ? 0 : done->difference_minor;
    const char *pattern = difference == 0 ? N_("{till} is open with {amount}")
                          : difference < 0
                              ? N_("{till} is open with {amount}, {difference} less than by the "
                                   "books")
                              : N_("{till} is open with {amount}, {difference} more than by the "
                                   "books");
    SAY(tui, text, pattern, "till", till.name, "amount", money_unit(tui, till.amount, a),
        "difference", money_unit(tui, difference < 0 ? -difference : difference, b));
    till.of->opening = (struct opening){0};
    leave(tui);
    say_words(tui, MESSAGE_DONE, text);
}

/* ---- counting ---- */

static const char *count_shut(const struct tui *tui, const struct counting *form)
{
    char why[AMOUNT_WHY_MAX];
    int64_t minor;
    if (till.sent.state == SENT_UNDER_WAY)
        return sent_words(&till.sent);
    if (!connected(tui))
        return N_("The till is counted when the line is back.");
    if (!form->counted && wrong_pieces(tui, form) != NULL)
        return N_("How many pieces?");
    if (!form->counted)
        return amount_in(tui, &form->loose, &minor, why) != NULL ? N_("How much lies in it?")
                                                                 : NULL;
    bool wants = form->difference_minor != 0 && reason_of(tui, form)[0] == '\0';
    if (wants)
        return N_("A reason is needed");
    bool banks = amount_in(tui, &form->banked, &minor, why) == NULL && minor <= form->counted_minor;
    return banks ? NULL : N_("How much goes to the bank?");
}

static void say_no_pieces(struct tui *tui, const struct field *field)
{
    char text[TEXT_MAX_BYTES];
    char *typed = seen_text(field->text);
    SAY(tui, text, N_("{text} is no number of pieces."), "text", typed);
    free(typed);
    say_words(tui, MESSAGE_REFUSED, text);
}

static bool may_send(struct tui *tui, const struct counting *form)
{
    char why[AMOUNT_WHY_MAX];
    int64_t minor;
    const char *shut = count_shut(tui, form);
    const char *wrong = amount_in(tui, form->counted ? &form->banked : &form->loose, &minor, why);
    if (shut != NULL && !form->counted && wrong_pieces(tui, form) != NULL)
        say_no_pieces(tui, wrong_pieces(tui, form));
    else if (shut != NULL)
        say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong != NULL ? wrong : shut));
    return shut == NULL;
}

/* A count is fixed as it is sent: its sum is asked about once more. Nothing of the books is told.
 */
static bool is_sure(struct tui *tui, struct counting *form)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    if (form->asked_ms != 0 && now_ms(tui) - form->asked_ms >= SEEN_MS) {
        form->asked_ms = 0;
        return true;
    }
    if (form->asked_ms == 0)
        form->asked_ms = now_ms(tui);
    SAY(tui, text, N_("Counted {amount}. F9 once more fixes it."), "amount",
        money_unit(tui, counted_sum(tui, form), a));
    say_words(tui, MESSAGE_REFUSED, text);
    return false;
}

static void count(struct tui *tui)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__CountTill wanted = TEFTER__COUNT_TILL__INIT;
    struct counting *form = counting_of(tui);
    if (!may_send(tui, form) || !is_sure(tui, form))
        return;
    command.kind_case = TEFTER__COMMAND__KIND_COUNT_TILL;
    command.count_till = &wanted;
    wanted.money_account = form->till;
    wanted.counted_minor = counted_sum(tui, form);
    wanted.has_counts = true;
    wanted.counts = form->counts;
    begin_sending(tui, DOING_COUNT, wanted.counted_minor);
    if (send_command(&till.sent, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&till.sent));
}

static void counted(struct tui *tui, const Tefter__Done *done)
{
    struct counting *form = &till.of->counting;
    if (form->till != till.till)
        return;
    int64_t off = done->has_difference_minor ? done->difference_minor : 0;
    form->counted = true;
    form->counts++;
    form->counted_minor = till.amount;
    form->expected_minor = done->has_expected_minor ? done->expected_minor : till.amount - off;
    form->difference_minor = off;
    form->reason = 0;
    form->shown_ms = 0;
    form->at_bank = false;
    field_set(&form->why, "");
    field_set(&form->banked, "");
    say_words(tui, MESSAGE_NONE, "");
    ask_day(tui, till.till); /* now it tells what went through it */
}

static void count_again(struct tui *tui)
{
    struct counting *form = counting_of(tui);
    form->counted = false;
    form->at = 0;
    say_words(tui, MESSAGE_NONE, "");
}

/* ---- closing, and some of it to the bank ---- */

/* The bank accounts there are. */
static size_t banks_of(const struct tui *tui, const struct place *out[BANKS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < tui->shop.place_count && count < BANKS_MAX; i++)
        if (tui->shop.places[i].kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT)
            out[count++] = &tui->shop.places[i];
    return count;
}

/* NULL: there is none, or the server does not know of it. */
static const struct place *bank_of(const struct tui *tui, const struct counting *form)
{
    const struct place *banks[BANKS_MAX];
    size_t count = banks_of(tui, banks);
    bool knows = tefter_knows_field(tui->client, &tefter__close_till__descriptor, CLOSE_TO_BANK);
    return count > 0 && knows ? banks[form->bank % count] : NULL;
}

/* What was counted beyond the day's float. */
static int64_t above_float(const struct tui *tui, const struct counting *form)
{
    const Tefter__TillDayAnswer *answer = day_here(tui);
    int64_t above = answer == NULL ? 0 : form->counted_minor - answer->day->float_minor;
    return above > 0 ? above : 0;
}

static void to_bank(struct tui *tui)
{
    char text[SHORT_MAX];
    struct counting *form = counting_of(tui);
    form->at_bank = true;
    (void)amount_write(above_float(tui, form), &tui->currency, text);
    field_set(&form->banked, text);
    form->banked.fresh = true;
}

static void other_bank(struct tui *tui)
{
    struct counting *form = counting_of(tui);
    form->bank++;
}

static void close_it(struct tui *tui)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__CloseTill wanted = TEFTER__CLOSE_TILL__INIT;
    char why[AMOUNT_WHY_MAX];
    Tefter__Text reason = TEFTER__TEXT__INIT;
    struct counting *form = counting_of(tui);
    if (!may_send(tui, form))
        return;
    command.kind_case = TEFTER__COMMAND__KIND_CLOSE_TILL;
    command.close_till = &wanted;
    wanted.money_account = form->till;
    reason.value = (char *)(uintptr_t)reason_of(tui, form);
    wanted.reason = form->difference_minor == 0 ? NULL : &reason;
    const struct place *bank = bank_of(tui, form);
    (void)amount_in(tui, &form->banked, &wanted.to_bank_minor, why);
    wanted.has_to_bank_minor = wanted.has_bank_account = bank != NULL && wanted.to_bank_minor > 0;
    wanted.bank_account = bank != NULL ? bank->id : 0;
    begin_sending(tui, DOING_CLOSE, form->difference_minor);
    if (send_command(&till.sent, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&till.sent));
}

static void closed(struct tui *tui, const Tefter__Done *done)
{
    char text[TEXT_MAX_BYTES];
    char way[TEXT_MAX_BYTES];
    char both[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t off = till.amount;
    const char *pattern = off == 0  ? N_("{till} is closed; nothing was missing")
                          : off < 0 ? N_("{till} is closed, short by {amount}")
                                    : N_("{till} is closed, over by {amount}");
    SAY(tui, text, pattern, "till", till.name, "amount", money_unit(tui, off < 0 ? -off : off, a));
    if (done->banked_number != NULL)
        SAY(tui, way, N_("On its way to the bank: {number}"), "number", done->banked_number);
    (void)JOIN(both, text, done->banked_number != NULL ? ". " : "",
               done->banked_number != NULL ? way : "");
    till.of->counting = (struct counting){0};
    leave(tui);
    say_words(tui, MESSAGE_DONE, both);
}

/* ---- what became of it ---- */

static void refused(struct tui *tui, const Tefter__Refusal *refusal)
{
    if (till.doing == DOING_OPEN && refusal->code == TEFTER__REFUSAL_CODE__FIELD_MISSING) {
        till.of->opening.asks_why = true;
        till.of->opening.at_reason = true;
        till.of->opening.shown_ms = 0;
    }
    bool others = till.doing == DOING_COUNT &&
                  refusal->code == TEFTER__REFUSAL_CODE__TILL_COUNTED && refusal->has_most;
    if (others)
        till.of->counting.counts = (uint32_t)refusal->most;
    say_refusal(tui, refusal);
}

static void answered(struct tui *tui, struct sent *sent)
{
    if (sent->state == SENT_REFUSED)
        refused(tui, sent->reply->refused);
    else if (till.doing == DOING_OPEN)
        opened(tui, sent->reply->done);
    else if (till.doing == DOING_COUNT)
        counted(tui, sent->reply->done);
    else
        closed(tui, sent->reply->done);
    till.exact = 0; /* the day is another one now */
    till.asked_ms = till.doing == DOING_COUNT ? till.asked_ms : 0;
    places_again(tui);
}

/* ---- the picture: opening ---- */

static void put_button(struct tui *tui, struct canvas *canvas, int row, int column, int width,
                       const char *shut, const char *words)
{
    char text[TEXT_MAX_BYTES];
    (void)with_key(text, shut != NULL ? in_words(tui, shut) : words, "F9");
    canvas_put(canvas, row, column, width, SIDE_END, shut != NULL ? INK_DIM : INK_BOLD, text);
}

static void draw_amount(struct tui *tui, struct canvas *canvas, int row, int width,
                        const struct opening *form)
{
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    char text[TEXT_MAX_BYTES];
    int64_t minor;
    const char *wrong = amount_in(tui, &form->amount, &minor, why);
    canvas_field(canvas, row, 3, 20, INK_BOLD, form->amount.text, !form->at_reason);
    if (form->amount.text[0] == '\0')
        return;
    if (wrong != NULL)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, wrong));
    else
        (void)JOIN(text, "= ", money_unit(tui, minor, a));
    canvas_put(canvas, row, 24, width - 25, SIDE_START, wrong != NULL ? INK_OVER : INK_BOLD, text);
    if (wrong == NULL && minor > 0)
        (void)put_words(canvas, row + 1, 3, width - 4, 2, INK_DIM, spell(tui, minor, text));
}

static void draw_opening(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES] = "";
    char a[SHORT_MAX];
    char why[AMOUNT_WHY_MAX];
    int64_t minor;
    const struct place *here = till_here(tui);
    const Tefter__TillDayAnswer *answer = day_here(tui);
    struct opening *form = opening_of(tui);
    int row = area.top;
    if (answer != NULL) {
        SAY(tui, text, N_("It was closed last after {count}. count."), "count",
            number(tui, answer->day->n_counts, a));
        canvas_put(canvas, row, 1, area.width - 2, SIDE_START, INK_DIM, text);
    }
    row += area.bottom - row > 8 ? 2 : 1;
    canvas_put(canvas, row++, 1, area.width - 2, SIDE_START, INK_BOLD,
               in_words(tui, N_("What lies in it, counted")));
    draw_amount(tui, canvas, row, area.width, form);
    row += area.bottom - row > 6 ? 4 : 2;
    if (form->asks_why) {
        form->shown_ms = form->shown_ms == 0 ? now_ms(tui) : form->shown_ms;
        canvas_put(canvas, row, 1, area.width - 2, SIDE_START, INK_BOLD,
                   in_words(tui, N_("Reason, when it is not what was left in it")));
        canvas_field(canvas, row + 1, 3, area.width - 4, INK_PLAIN, form->reason.text,
                     form->at_reason);
    }
    if (amount_in(tui, &form->amount, &minor, why) == NULL)
        SAY(tui, text, N_("Open {till} with {amount}"), "till", here->name, "amount",
            money_unit(tui, minor, a));
    put_button(tui, canvas, area.bottom - 1, 1, area.width - 2, open_shut(tui, form), text);
}

/* ---- the picture: the count ---- */

static void put_piece(struct canvas *canvas, int row, const char *piece, const char *amount,
                      unsigned look)
{
    canvas_put(canvas, row, 1, 14, SIDE_RIGHT, look, piece);
    canvas_put(canvas, row, 25, 15, SIDE_RIGHT, look, amount);
}

static void draw_piece(struct tui *tui, struct canvas *canvas, int row, const struct counting *form,
                       int at, int64_t piece)
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t number_of = pieces_in(&form->pieces[at]);
    bool here = !form->counted && form->at == at;
    put_piece(canvas, row, money(tui, piece, a),
              number_of < 0 ? "?" : money(tui, piece * number_of, b),
              number_of < 0    ? INK_OVER
              : number_of == 0 ? INK_DIM
                               : INK_PLAIN);
    canvas_put(canvas, row, 16, 1, SIDE_START, INK_ACCENT, here ? ">" : " ");
    canvas_field(canvas, row, 17, 8, here ? INK_BOLD : INK_PLAIN, form->pieces[at].text, here);
}

static void draw_loose(struct tui *tui, struct canvas *canvas, int row, const struct counting *form,
                       bool here)
{
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    int64_t minor;
    const char *wrong = amount_in(tui, &form->loose, &minor, why);
    put_piece(canvas, row, in_words(tui, N_("Other")), wrong != NULL ? "?" : money(tui, minor, a),
              wrong != NULL ? INK_OVER
              : minor == 0  ? INK_DIM
                            : INK_PLAIN);
    canvas_put(canvas, row, 16, 1, SIDE_START, INK_ACCENT, here ? ">" : " ");
    canvas_field(canvas, row, 17, 8, here ? INK_BOLD : INK_PLAIN, form->loose.text, here);
}

static void draw_pieces(struct tui *tui, struct canvas *canvas, struct area area,
                        const struct counting *form)
{
    char piece[SHORT_MAX];
    char amount[SHORT_MAX];
    int64_t pieces[PIECES_MAX];
    int all = pieces_of(tui, pieces);
    SAY(tui, piece, N_("Note or coin {unit}"), "unit", unit_of(tui));
    SAY(tui, amount, N_("Amount {unit}"), "unit", unit_of(tui));
    put_piece(canvas, area.top, piece, amount, INK_DIM);
    canvas_put(canvas, area.top, 17, 8, SIDE_START, INK_DIM, in_words(tui, N_("Pieces")));
    int rows = area.bottom - area.top - 1;
    int at = form->counted ? 0 : form->at;
    int top = at >= rows ? at - rows + 1 : 0;
    for (int i = top; i <= all && i - top < rows; i++) {
        int row = area.top + 1 + i - top;
        if (i < all)
            draw_piece(tui, canvas, row, form, i, pieces[i]);
        else
            draw_loose(tui, canvas, row, form, !form->counted && form->at >= all);
    }
}

/* ---- the picture: the sum, then the difference ---- */

/* Whose it is: anybody of the branch may count it. */
static int draw_opened(struct tui *tui, struct canvas *canvas, int row, int column, int width)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    const Tefter__TillDayRecord *record = day_here(tui)->day;
    (void)JOIN(text, in_words(tui, N_("Opened by")), " ",
               staff_name(tui, record->opened_by->has_staff ? record->opened_by->staff : 0), " · ",
               day(tui, record->opened_date, a), " ", clock_of(tui, record->opened_ms, b));
    return row + put_words(canvas, row, column, width, 2, INK_DIM, text);
}

static int draw_off(struct tui *tui, struct canvas *canvas, int row, int column, int width)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    const Tefter__TillDayRecord *record = day_here(tui)->day;
    int64_t off = record->has_opening_difference_minor ? record->opening_difference_minor : 0;
    if (off == 0 && record->opening_reason == NULL)
        return row;
    char *why = seen_text(value_of(record->opening_reason));
    SAY(tui, text,
        off == 0  ? N_("At opening it did not hold what the books said: by how much is shown after "
                        "the count.")
        : off < 0 ? N_("At opening it held {amount} less than by the books.")
                  : N_("At opening it held {amount} more than by the books."),
        "amount", money_unit(tui, off < 0 ? -off : off, a));
    (void)JOIN(line, "▲ ", text, " ", why);
    free(why);
    return row + put_words(canvas, row, column, width, 3, INK_LATE, line);
}

static void draw_count(struct tui *tui, struct canvas *canvas, int column, struct area area,
                       const struct counting *form)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int row = area.top;
    canvas_pair(canvas, row++, column, area.width, in_words(tui, N_("Counted")),
                money_unit(tui, counted_sum(tui, form), a), INK_BOLD);
    if (area.bottom - row > 3) {
        row++;
        row = draw_opened(tui, canvas, row, column, area.width);
        row = draw_off(tui, canvas, row, column, area.width);
    }
    if (form->counts > 0 && area.bottom - row > 1) {
        SAY(tui, text,
            words_many(tui->language,
                       MANY_("It was counted {count} time before; that stays on record.",
                             "It was counted {count} times before; that stays on record."),
                       form->counts),
            "count", number(tui, form->counts, a));
        (void)put_words(canvas, row, column, area.width, 2, INK_DIM, text);
    }
}

struct moved {
    const char *sign;
    const char *words;
    int64_t minor;
};

/* How the expected sum adds up; what the records do not tell apart stands as one row, so that it
 * always does. */
static int draw_moved(struct tui *tui, struct canvas *canvas, int row, int bottom, int column,
                      int width, const struct counting *form)
{
    enum { ROWS = 8, ALL };
    char text[TEXT_MAX_BYTES];
    char taken[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    const Tefter__TillDayAnswer *answer = day_here(tui);
    const Tefter__MoneyDayRecord *moved = answer == NULL ? NULL : answer->day->moved;
    if (moved == NULL || !answer->has_expected_minor ||
        answer->expected_minor != form->expected_minor)
        return row;
    SAY(tui, taken,
        words_many(tui->language,
                   MANY_("Taken in cash, {count} receipt", "Taken in cash, {count} receipts"),
                   moved->taken),
        "count", number(tui, moved->taken, a));
    struct moved rows[ALL] = {
        {"", in_words(tui, N_("Float at opening")), answer->day->float_minor},
        {"+ ", taken, moved->taken_minor},
        {"− ", in_words(tui, N_("Paid back to customers")), -moved->refunded_minor},
        {"+ ", in_words(tui, N_("Put in")), moved->in_minor},
        {"− ", in_words(tui, N_("Taken out")), -moved->out_minor},
        {"+ ", in_words(tui, N_("From other places")), moved->received_minor},
        {"− ", in_words(tui, N_("To other places")), -moved->sent_minor},
        {"± ", in_words(tui, N_("Reversed")), moved->reversed_minor},
        {"± ", in_words(tui, N_("Other")), form->expected_minor},
    };
    for (int i = 0; i < ROWS; i++)
        rows[ROWS].minor -= rows[i].minor;
    for (int i = 0; i < ALL && row < bottom - 1; i++) {
        if (rows[i].minor == 0 && i > 0)
            continue;
        bool plain = rows[i].minor < 0 && strcmp(rows[i].sign, "± ") != 0;
        (void)JOIN(text, rows[i].sign, rows[i].words);
        canvas_pair(canvas, row++, column, width, text,
                    money(tui, plain ? -rows[i].minor : rows[i].minor, a), INK_PLAIN);
    }
    canvas_pair(canvas, row++, column, width, in_words(tui, N_("Expected in the drawer")),
                money(tui, form->expected_minor, a), INK_BOLD);
    return row;
}

static void draw_reasons(struct tui *tui, struct canvas *canvas, int row, int column, int width,
                         const struct counting *form)
{
    char text[TEXT_MAX_BYTES];
    (void)JOIN(text, in_words(tui, N_("Reason, needed")), " · ",
               in_words(tui, N_("kept with your name")));
    canvas_put(canvas, row, column, width, SIDE_START, INK_BOLD, text);
    for (int i = 1; i <= OTHER; i++) {
        const char digit[] = {(char)('0' + i), '\0'};
        bool chosen = form->reason == i;
        (void)JOIN(text, digit, chosen ? " [x] " : " [ ] ",
                   in_words(tui, i == OTHER ? N_("Other…") : usual[i - 1]));
        canvas_put(canvas, row + i, column, width, SIDE_START, chosen ? INK_BOLD : INK_PLAIN, text);
    }
    if (form->reason != OTHER)
        return;
    int used = 6 + (int)glyphs_columns(in_words(tui, N_("Other…")), canvas->look) + 1;
    canvas_field(canvas, row + OTHER, column + used, width - used, INK_PLAIN, form->why.text, true);
}

/* What of it goes to the bank now. */
static void draw_bank(struct tui *tui, struct canvas *canvas, int row, int column, int width,
                      const struct counting *form)
{
    enum { ROOM = 14 };
    char text[TEXT_MAX_BYTES];
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    int64_t minor;
    const struct place *bank = bank_of(tui, form);
    (void)JOIN(text, in_words(tui, N_("To the bank now")), " · ", bank->name);
    canvas_put(canvas, row, column, width, SIDE_START, INK_BOLD, text);
    if (form->banked.text[0] == '\0' && !form->at_bank) {
        char all[TEXT_MAX_BYTES];
        SAY(tui, all, N_("All above the float, {amount}"), "amount",
            money(tui, above_float(tui, form), a));
        (void)JOIN(text, "F6 · ", all);
        canvas_put(canvas, row + 1, column, width, SIDE_START, INK_DIM, text);
        return;
    }
    canvas_field(canvas, row + 1, column, ROOM, form->at_bank ? INK_BOLD : INK_PLAIN,
                 form->banked.text, form->at_bank);
    const char *wrong = amount_in(tui, &form->banked, &minor, why);
    if (wrong != NULL)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, wrong));
    else if (minor > form->counted_minor)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, N_("How much goes to the bank?")));
    else
        SAY(tui, text, N_("{amount} stays in it"), "amount",
            money(tui, form->counted_minor - minor, a));
    bool bad = wrong != NULL || minor > form->counted_minor;
    canvas_put(canvas, row + 1, column + ROOM + 1, width - ROOM - 1, SIDE_START,
               bad ? INK_OVER : INK_DIM, text);
}

static const char *close_words(struct tui *tui, int64_t off, char out[TEXT_MAX_BYTES])
{
    char a[SHORT_MAX];
    const char *pattern = off == 0  ? N_("Close {till}")
                          : off < 0 ? N_("Close {till}, short by {amount}")
                                    : N_("Close {till}, over by {amount}");
    (void)words_say(out, TEXT_MAX_BYTES, tui->language, pattern, "till", till_here(tui)->name,
                    "amount", money_unit(tui, off < 0 ? -off : off, a), NULL);
    return out;
}

static void draw_difference(struct tui *tui, struct canvas *canvas, int column, struct area area,
                            const struct counting *form)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t off = form->difference_minor;
    int row = area.top;
    int reasons = off == 0 ? 0 : OTHER + 1;
    bool fits = form->at_bank || area.bottom - area.top > reasons + 4;
    int banks = bank_of(tui, form) != NULL && fits ? 2 : 0;
    reasons += banks;
    bool roomy = area.bottom - row > reasons + 5;
    canvas_pair(canvas, row++, column, area.width,
                in_words(tui, off < 0   ? N_("Short by")
                              : off > 0 ? N_("Over by")
                                        : N_("Nothing is missing")),
                money_unit(tui, off < 0 ? -off : off, a), off == 0 ? INK_BOLD : INK_LATE);
    SAY(tui, text, N_("Counted {counted} − expected {expected}"), "counted",
        money(tui, form->counted_minor, a), "expected", money(tui, form->expected_minor, b));
    row += put_words(canvas, row, column, area.width, 2, INK_DIM, text);
    if (roomy)
        (void)draw_moved(tui, canvas, row + 1, area.bottom - reasons - 1, column, area.width, form);
    if (off != 0)
        draw_reasons(tui, canvas, area.bottom - reasons, column, area.width, form);
    if (banks > 0)
        draw_bank(tui, canvas, area.bottom - banks, column, area.width, form);
}

/* What F9 does, in its own words. */
static const char *button(struct tui *tui, const struct counting *form, char out[TEXT_MAX_BYTES])
{
    char a[SHORT_MAX];
    if (form->counted)
        return close_words(tui, form->difference_minor, out);
    (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Counted {amount}, show the difference"),
                    "amount", money(tui, counted_sum(tui, form), a), NULL);
    return out;
}

static void draw_counting(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    struct counting *form = counting_of(tui);
    bool split = area.width >= SPLIT_WIDTH;
    (void)JOIN(text, in_words(tui, form->counted ? N_("2 Difference") : N_("1 Count")), "  ",
               in_words(tui, form->counted
                                 ? N_("the count is fixed; counting again is a second count")
                                 : N_("the expected sum is not here yet, nor was it sent")));
    canvas_put(canvas, area.top++, 1, area.width - 2, SIDE_START, INK_DIM, text);
    put_button(tui, canvas, --area.bottom, 1, area.width - 2, count_shut(tui, form),
               button(tui, form, text));
    struct area side = {area.top, area.bottom, area.width - 2};
    int column = 1;
    if (split) {
        column = LEFT + 1;
        side.width = area.width - column - 1 > SIDE_MOST ? SIDE_MOST : area.width - column - 1;
        draw_pieces(tui, canvas, area, form);
    } else if (!form->counted) {
        int rows = area.bottom - area.top > 12 ? 5 : 1;
        draw_pieces(tui, canvas, (struct area){area.top, area.bottom - rows, area.width}, form);
        side.top = area.bottom - rows;
    }
    if (form->counted && form->shown_ms == 0)
        form->shown_ms = now_ms(tui);
    if (form->counted)
        draw_difference(tui, canvas, column, side, form);
    else
        draw_count(tui, canvas, column, side, form);
}

/* ---- the picture ---- */

static void draw_nothing(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    const Tefter__Refusal *refusal = asked_refused(&till.day);
    if (till_here(tui) == NULL)
        (void)snprintf(text, sizeof(text), "%s",
                       in_words(tui, N_("This branch has no till yet. Whoever may edit branches "
                                        "adds one.")));
    else if (refusal != NULL)
        (void)refusal_sentence_for(refusal, &speech, text, sizeof(text));
    else
        (void)snprintf(text, sizeof(text), "%s",
                       in_words(tui, connected(tui)
                                         ? N_("Still fetching")
                                         : N_("The till is counted when the line is back.")));
    (void)put_words(canvas, area.top + 1, 1, area.width - 2, 3,
                    refusal != NULL ? INK_OVER : INK_DIM, text);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    look(tui);
    if (till_here(tui) != NULL && is_open(tui))
        draw_counting(tui, canvas, area);
    else if (till_here(tui) != NULL && is_shut(tui))
        draw_opening(tui, canvas, area);
    else
        draw_nothing(tui, canvas, area);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    const struct place *here = till_here(tui);
    if (here != NULL)
        (void)snprintf(start, SHORT_MAX * 2, "%s · %.80s", in_words(tui, N_("Till")), here->name);
    (void)day(tui, today(tui), end);
}

/* ---- keys ---- */

/* Was it typed before the question that it would answer could be read? */
static bool typed_ahead(const struct tui *tui, uint64_t shown_ms)
{
    return shown_ms == 0 || now_ms(tui) - shown_ms < SEEN_MS;
}

/* What is written, and what says yes to it; the way back and the like stay open. */
static bool answers(uint32_t key)
{
    return (key >= ' ' && key < KEYS_F) || key == KEY_ENTER_ || key == KEY_TAB_ ||
           key == KEY_ERASE_ || key == KEY_FN(9);
}

static bool opening_key(struct tui *tui, uint32_t key)
{
    struct opening *form = opening_of(tui);
    bool asks_now = form->asks_why && typed_ahead(tui, form->shown_ms);
    if (answers(key) && (till.sent.state == SENT_UNDER_WAY || asks_now))
        return true;
    if (key == KEY_ENTER_ && (!form->asks_why || form->at_reason)) {
        open_it(tui);
        return true;
    }
    if (key == KEY_ENTER_ || key == KEY_TAB_ || key == KEY_TAB_BACK_ || key == KEY_DOWN_ ||
        key == KEY_UP_) {
        form->at_reason = form->asks_why && !form->at_reason;
        return true;
    }
    return field_key(form->at_reason ? &form->reason : &form->amount, key);
}

static bool reason_key(struct tui *tui, struct counting *form, uint32_t key)
{
    if ((key == KEY_TAB_ || key == KEY_TAB_BACK_) && bank_of(tui, form) != NULL) {
        form->at_bank = !form->at_bank;
        return true;
    }
    if (form->at_bank)
        return field_key(&form->banked, key);
    if (form->difference_minor == 0)
        return false;
    if (key == KEY_RIGHT_ || key == KEY_DOWN_ || key == KEY_LEFT_ || key == KEY_UP_) {
        bool on = key == KEY_RIGHT_ || key == KEY_DOWN_;
        form->reason = on ? form->reason % OTHER + 1 : form->reason > 1 ? form->reason - 1 : OTHER;
        return true;
    }
    if (form->reason == OTHER)
        return field_key(&form->why, key);
    if (key < '1' || key > '0' + OTHER)
        return false;
    form->reason = (int)(key - '0');
    return true;
}

/* Digits of any script, and a minus, which is refused when all of it stands there. */
static bool piece_key(struct field *field, uint32_t key)
{
    bool letter =
        key > ' ' && key < 0x80 && key != KEY_ERASE_ && key != '-' && (key < '0' || key > '9');
    return letter || key == ' ' || field_key(field, key);
}

static bool counting_key(struct tui *tui, uint32_t key)
{
    int64_t pieces[PIECES_MAX];
    struct counting *form = counting_of(tui);
    int all = pieces_of(tui, pieces);
    if (key != KEY_FN(9))
        form->asked_ms = 0;
    /* what is sent is what stands there */
    if (answers(key) &&
        (till.sent.state == SENT_UNDER_WAY || (form->counted && typed_ahead(tui, form->shown_ms))))
        return true;
    if (form->counted)
        return reason_key(tui, form, key);
    const struct field *left = form->at < all ? &form->pieces[form->at] : NULL;
    bool leaves = key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_ || key == KEY_UP_ ||
                  key == KEY_TAB_BACK_;
    if (leaves && left != NULL && pieces_in(left) < 0) {
        say_no_pieces(tui, left);
        return true;
    }
    if (key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_)
        form->at = form->at < all ? form->at + 1 : 0;
    else if (key == KEY_UP_ || key == KEY_TAB_BACK_)
        form->at = form->at > 0 ? form->at - 1 : all;
    else
        return form->at < all ? piece_key(&form->pieces[form->at], key)
                              : field_key(&form->loose, key);
    if (form->at < all)
        form->pieces[form->at].fresh = true; /* a digit takes the place of what stands there */
    return true;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    if (till_here(tui) == NULL)
        return false;
    if (is_open(tui))
        return counting_key(tui, key);
    return is_shut(tui) && opening_key(tui, key);
}

static void in_and_out(struct tui *tui)
{
    go_to(tui, &cash_screen);
}

static void other(struct tui *tui)
{
    if (till_next(tui))
        look(tui);
}

static bool is_counting(const struct tui *tui)
{
    return is_open(tui) && !tui->work->counting.counted;
}

static bool is_counted(const struct tui *tui)
{
    return is_open(tui) && tui->work->counting.counted;
}

static bool may_bank(const struct tui *tui)
{
    return is_counted(tui) && bank_of(tui, &tui->work->counting) != NULL;
}

static bool has_other_bank(const struct tui *tui)
{
    const struct place *banks[BANKS_MAX];
    return may_bank(tui) && banks_of(tui, banks) > 1;
}

bool till_has_other(const struct tui *tui)
{
    size_t tills = 0;
    for (size_t i = 0; i < tui->shop.place_count; i++)
        tills += tui->shop.places[i].kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL;
    return tills > 1;
}

static void enter(struct tui *tui)
{
    till.exact = till.asked_ms = 0;
    places_again(tui);
    look(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&till.day, tui, NULL);
        sent_begin(&till.sent, tui, answered);
        return;
    }
    asked_end(&till.day);
    sent_end(&till.sent);
}

static const struct action actions[] = {
    {"till.open", N_("Open the till"), N_("Open it"), KEY_FN(9), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     open_it, is_shut},
    {"till.count", N_("Counted"), N_("count"), KEY_FN(9), TEFTER__RIGHT__RIGHT_TAKE_MONEY, count,
     is_counting},
    {"till.close", N_("Close the till"), N_("close"), KEY_FN(9), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     close_it, is_counted},
    {"till.again", N_("Count again"), N_("count again"), KEY_FN(4), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     count_again, is_counted},
    {"till.bank", N_("All above the float to the bank now"), N_("to the bank"), KEY_FN(6),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, to_bank, may_bank},
    {"till.bank.other", N_("Another bank account"), N_("other bank"), KEY_FN(8),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, other_bank, has_other_bank},
    {"till.cash", N_("Cash in and out"), NULL, KEY_ALT('i'), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     in_and_out, NULL},
    {"till.other", N_("Another till"), N_("other till"), KEY_FN(7), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     other, till_has_other},
    {"till.back", N_("Back; what is counted is kept"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen till_screen = {
    .id = "till",
    .title = N_("Till"),
    .right = TEFTER__RIGHT__RIGHT_TAKE_MONEY,
    .form = true,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

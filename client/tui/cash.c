/*
 * Money into a till and out of it, for what is no sale: put in, taken out with a reason, or moved
 * to the bank or another till. What lies in the till is shown to whom the ledger tells it, and to
 * nobody who counts it blind.
 */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

enum { AT_WAY, AT_AMOUNT, AT_REASON, WAY_IN = 0, WAY_OUT = 1, WAY_PLACES = 2, PLACES_MAX = 64 };
enum { AGAIN_MS = 1000 };

static struct {
    struct asked day;
    uint32_t asked_for;
    uint64_t exact;
    uint64_t asked_ms;
    struct sent sent;
    struct work *of;
    struct moving was; /* that is sent */
    char place[SHORT_MAX];
    char till[SHORT_MAX];
    bool asks; /* F9 was typed once */
} cash;

/* ---- what is meant ---- */

/* Where else money of this till goes: bank accounts and other tills. */
static size_t places_of(const struct tui *tui, const struct place *out[PLACES_MAX])
{
    size_t count = 0;
    const struct place *here = till_here(tui);
    for (size_t i = 0; i < tui->shop.place_count && count < PLACES_MAX; i++) {
        const struct place *place = &tui->shop.places[i];
        if (place->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE && place != here)
            out[count++] = place;
    }
    return count;
}

static struct moving *form_of(struct tui *tui)
{
    struct moving *form = &tui->work->moving;
    const struct place *places[PLACES_MAX];
    const struct place *here = till_here(tui);
    if (here != NULL && form->till != here->id)
        *form = (struct moving){.till = here->id};
    if (form->way >= WAY_PLACES + places_of(tui, places))
        form->way = WAY_IN;
    return form;
}

/* NULL: in or out. */
static const struct place *place_of(const struct tui *tui, const struct moving *form)
{
    const struct place *places[PLACES_MAX];
    size_t count = places_of(tui, places);
    size_t at = form->way - WAY_PLACES;
    return form->way >= WAY_PLACES && at < count ? places[at] : NULL;
}

static int64_t amount_of(const struct tui *tui, const struct moving *form, const char **ret_wrong,
                         char why[AMOUNT_WHY_MAX])
{
    int64_t minor = 0;
    *ret_wrong = form->amount.text[0] == '\0'
                     ? NULL
                     : amount_read(form->amount.text, &tui->currency, &minor, why);
    return *ret_wrong == NULL && minor > 0 ? minor : 0;
}

static bool has_reason(const struct moving *form)
{
    return form->reason.text[strspn(form->reason.text, " ")] != '\0';
}

bool cash_is_sent(const struct work *work)
{
    return cash.sent.state == SENT_UNDER_WAY && cash.of == work;
}

static const char *shut(const struct tui *tui, const struct moving *form)
{
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    if (cash.sent.state == SENT_UNDER_WAY)
        return sent_words(&cash.sent);
    if (!connected(tui))
        return N_("This needs the line to the server.");
    if (amount_of(tui, form, &wrong, why) == 0)
        return N_("How much?");
    return place_of(tui, form) == NULL && !has_reason(form) ? N_("A reason is needed") : NULL;
}

/* ---- what lies in it ---- */

/* The ledger tells it to who sees the books alone; of anybody else nothing is asked. */
static bool sees(const struct tui *tui)
{
    return may(tui, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE);
}

static void look(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TillDay wanted = TEFTER__TILL_DAY__INIT;
    const struct place *here = till_here(tui);
    uint64_t exact = tefter_feed_exact(tui->shop.feed);
    if (!sees(tui) || here == NULL || !connected(tui) ||
        (cash.asked_for == here->id &&
         (exact == cash.exact || cash.day.flying || now_ms(tui) - cash.asked_ms < AGAIN_MS)))
        return;
    cash.asked_ms = now_ms(tui);
    cash.asked_for = here->id;
    cash.exact = exact;
    query.kind_case = TEFTER__QUERY__KIND_TILL_DAY;
    query.till_day = &wanted;
    wanted.money_account = here->id;
    ask(&cash.day, &query);
}

static bool lies_in_it(const struct tui *tui, int64_t *ret_minor)
{
    const struct place *here = till_here(tui);
    if (!sees(tui) || here == NULL || cash.asked_for != here->id ||
        !asked_is(&cash.day, TEFTER__ANSWER__KIND_TILL_DAY))
        return false;
    const Tefter__TillDayAnswer *answer = cash.day.answer->till_day;
    *ret_minor = answer->expected_minor;
    return answer->has_expected_minor && !answer->day->has_closed_date;
}

/* ---- words ---- */

/* What F9 does: "Put 200,000 ₫ into drawer". */
static const char *does_words(const struct tui *tui, const struct moving *form, int64_t minor,
                              char out[TEXT_MAX_BYTES])
{
    char a[SHORT_MAX];
    const struct place *to = place_of(tui, form);
    const struct place *here = till_here(tui);
    const char *pattern = to != NULL            ? N_("Move {amount} from {till} to {place}")
                          : form->way == WAY_IN ? N_("Put {amount} into {till}")
                                                : N_("Take {amount} out of {till}");
    (void)words_say(out, TEXT_MAX_BYTES, tui->language, pattern, "amount",
                    money_unit(tui, minor, a), "till", here == NULL ? "" : here->name, "place",
                    to == NULL ? "" : to->name, NULL);
    return out;
}

/* ---- sending ---- */

static void send(struct tui *tui, const struct moving *form, int64_t minor)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__PutCash put = TEFTER__PUT_CASH__INIT;
    Tefter__MoveMoney move = TEFTER__MOVE_MONEY__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    const struct place *to = place_of(tui, form);
    reason.value = (char *)(uintptr_t)form->reason.text;
    put.money_account = move.from = form->till;
    put.amount_minor = move.amount_minor = minor;
    put.has_out = put.out = form->way == WAY_OUT;
    put.reason = &reason;
    move.to = to == NULL ? 0 : to->id;
    move.note = has_reason(form) ? &reason : NULL;
    command.kind_case =
        to == NULL ? TEFTER__COMMAND__KIND_PUT_CASH : TEFTER__COMMAND__KIND_MOVE_MONEY;
    if (to == NULL)
        command.put_cash = &put;
    else
        command.move_money = &move;
    cash.of = tui->work;
    cash.was = *form;
    (void)snprintf(cash.place, sizeof(cash.place), "%s", to == NULL ? "" : to->name);
    (void)snprintf(cash.till, sizeof(cash.till), "%s", till_here(tui)->name);
    if (send_command(&cash.sent, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&cash.sent));
}

/* Money that leaves the counter, or comes there, is asked about once more, with its words. */
static void commit(struct tui *tui)
{
    char why[AMOUNT_WHY_MAX];
    char text[TEXT_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    char question[MESSAGE_MAX_BYTES];
    const char *wrong;
    struct moving *form = form_of(tui);
    const char *closed = till_here(tui) == NULL ? "" : shut(tui, form);
    int64_t minor = amount_of(tui, form, &wrong, why);
    bool again = cash.asks;
    cash.asks = false;
    if (closed != NULL) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong != NULL ? wrong : closed));
        return;
    }
    if (again) {
        send(tui, form, minor);
        return;
    }
    cash.asks = true;
    (void)JOIN(question, does_words(tui, form, minor, text), " (", spell(tui, minor, words), ")? ",
               in_words(tui, N_("F9 once more does it.")));
    say_words(tui, MESSAGE_REFUSED, question);
}

static void moved(struct tui *tui, struct sent *sent)
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
    const char *pattern = cash.place[0] != '\0'    ? N_("{amount} moved from {till} to {place}")
                          : cash.was.way == WAY_IN ? N_("{amount} put into {till}")
                                                   : N_("{amount} taken out of {till}");
    SAY(tui, said, pattern, "amount",
        money_unit(tui, done->has_total_minor ? done->total_minor : 0, a), "till", cash.till,
        "place", cash.place);
    (void)JOIN(text, number_of(tui, done, number), " · ", said, done->on_its_way ? " · " : "",
               done->on_its_way ? in_words(tui, N_("waits to be confirmed")) : "", " · Alt U ",
               in_words(tui, N_("undo")));
    cash.of->moving = (struct moving){.till = cash.was.till};
    cash.exact = 0; /* another sum lies in it now */
    paper_done(tui, done, text);
}

/* ---- the picture ---- */

static void put_label(struct tui *tui, struct canvas *canvas, int row, const char *words)
{
    canvas_put(canvas, row, 1, 18, SIDE_START, INK_DIM, in_words(tui, words));
}

static int draw_ways(struct tui *tui, struct canvas *canvas, int row, int bottom, int width,
                     const struct moving *form)
{
    char to[TEXT_MAX_BYTES];
    const struct place *places[PLACES_MAX];
    size_t all = WAY_PLACES + places_of(tui, places);
    size_t rows = bottom - row > 1 ? (size_t)(bottom - row) : 1;
    size_t top = form->way >= rows ? form->way - rows + 1 : 0;
    for (size_t i = top; i < all && i - top < rows; i++, row++) {
        bool chosen = i == form->way;
        if (i >= WAY_PLACES)
            SAY(tui, to, N_("To {place}"), "place", places[i - WAY_PLACES]->name);
        const char *words = i == WAY_IN    ? in_words(tui, N_("Put in"))
                            : i == WAY_OUT ? in_words(tui, N_("Taken out"))
                                           : to;
        if (chosen && form->at == AT_WAY)
            canvas_put(canvas, row, 19, 1, SIDE_START, INK_ACCENT, ">");
        canvas_put(canvas, row, 20, 3, SIDE_START, chosen ? INK_BOLD : INK_PLAIN,
                   chosen ? "[x]" : "[ ]");
        canvas_put(canvas, row, 24, width - 25, SIDE_START, chosen ? INK_BOLD : INK_PLAIN, words);
    }
    return row;
}

static void draw_amount(struct tui *tui, struct canvas *canvas, int row, int width,
                        const struct moving *form)
{
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    char text[TEXT_MAX_BYTES];
    const char *wrong;
    int64_t minor = amount_of(tui, form, &wrong, why);
    put_label(tui, canvas, row, N_("Amount"));
    canvas_field(canvas, row, 20, 18, INK_BOLD, form->amount.text, form->at == AT_AMOUNT);
    if (wrong != NULL) {
        canvas_put(canvas, row, 39, width - 40, SIDE_START, INK_OVER, in_words(tui, wrong));
    } else if (minor > 0) {
        (void)JOIN(text, "= ", money_unit(tui, minor, a));
        canvas_put(canvas, row, 39, width - 40, SIDE_START, INK_BOLD, text);
        canvas_put(canvas, row + 1, 20, width - 21, SIDE_START, INK_DIM, spell(tui, minor, text));
    }
}

static void draw_balance(struct tui *tui, struct canvas *canvas, int row, int bottom, int width,
                         const struct moving *form)
{
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    const char *wrong;
    int64_t lies;
    int64_t minor = amount_of(tui, form, &wrong, why);
    if (!lies_in_it(tui, &lies) || row + 3 > bottom)
        return;
    int64_t after = form->way == WAY_IN ? lies + minor : lies - minor;
    canvas_pair(canvas, row, 1, width - 2, in_words(tui, N_("Expected in the drawer")),
                money_unit(tui, lies, a), INK_PLAIN);
    if (minor > 0)
        canvas_pair(canvas, row + 1, 1, width - 2, in_words(tui, N_("After it")),
                    money_unit(tui, after, a), after < 0 ? INK_OVER : INK_BOLD);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    char why[AMOUNT_WHY_MAX];
    const char *wrong;
    struct moving *form = form_of(tui);
    look(tui);
    if (till_here(tui) == NULL) {
        (void)put_words(canvas, area.top + 1, 1, area.width - 2, 3, INK_DIM,
                        in_words(tui, N_("This branch has no till yet. Whoever may edit branches "
                                         "adds one.")));
        return;
    }
    put_label(tui, canvas, area.top, N_("Money"));
    int row = draw_ways(tui, canvas, area.top, area.bottom - 9, area.width, form) + 1;
    draw_amount(tui, canvas, row, area.width, form);
    put_label(tui, canvas, row + 2, N_("Reason"));
    canvas_field(canvas, row + 2, 20, area.width - 21, INK_PLAIN, form->reason.text,
                 form->at == AT_REASON);
    draw_balance(tui, canvas, row + 4, area.bottom - 1, area.width, form);
    const char *closed = shut(tui, form);
    int64_t minor = amount_of(tui, form, &wrong, why);
    (void)with_key(
        line, closed != NULL ? in_words(tui, closed) : does_words(tui, form, minor, text), "F9");
    canvas_put(canvas, area.bottom - 1, 1, area.width - 2, SIDE_END,
               closed != NULL ? INK_DIM : INK_BOLD, line);
    if (till_is_shut(tui)) {
        SAY(tui, text, N_("{till} is closed"), "till", till_here(tui)->name);
        (void)JOIN(line, "▲ ", text, " · Alt T ", in_words(tui, N_("Open the till")));
        canvas_put(canvas, area.bottom - 2, 1, area.width - 2, SIDE_START, INK_LATE, line);
    }
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    const struct place *here = till_here(tui);
    if (here != NULL)
        (void)snprintf(start, SHORT_MAX * 2, "%.90s · %.60s", in_words(tui, N_("Cash in and out")),
                       here->name);
    (void)day(tui, today(tui), end);
}

/* ---- keys ---- */

static bool way_key(struct tui *tui, struct moving *form, uint32_t key)
{
    const struct place *places[PLACES_MAX];
    size_t all = WAY_PLACES + places_of(tui, places);
    if (key == KEY_DOWN_ || key == KEY_RIGHT_ || key == ' ')
        form->way = (form->way + 1) % all;
    else if (key == KEY_UP_ || key == KEY_LEFT_)
        form->way = (form->way + all - 1) % all;
    else
        return key >= ' ' && key < KEYS_APART;
    return true;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    struct moving *form = form_of(tui);
    if (key == KEY_FN(9))
        return false;
    cash.asks = false;
    if (cash.sent.state == SENT_UNDER_WAY && key >= ' ' && key < KEYS_F)
        return true; /* what is sent is what stands there */
    if (key == KEY_ENTER_ || key == KEY_TAB_) {
        form->at = form->at < AT_REASON ? form->at + 1 : AT_WAY;
        return true;
    }
    if (key == KEY_TAB_BACK_) {
        form->at = form->at > AT_WAY ? form->at - 1 : AT_REASON;
        return true;
    }
    if (form->at == AT_WAY)
        return way_key(tui, form, key);
    if (key == KEY_DOWN_ || key == KEY_UP_) {
        form->at = key == KEY_UP_ ? form->at - 1 : form->at < AT_REASON ? form->at + 1 : AT_WAY;
        return true;
    }
    return field_key(form->at == AT_AMOUNT ? &form->amount : &form->reason, key);
}

static void open_till(struct tui *tui)
{
    go_to(tui, &till_screen);
}

static void other(struct tui *tui)
{
    (void)till_next(tui);
}

static bool is_closed(const struct tui *tui)
{
    return till_is_shut(tui);
}

static void enter(struct tui *tui)
{
    cash.asks = false;
    cash.exact = 0;
    places_again(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&cash.day, tui, NULL);
        sent_begin(&cash.sent, tui, moved);
        return;
    }
    asked_end(&cash.day);
    sent_end(&cash.sent);
}

static const struct action actions[] = {
    {"cash.move", N_("Put in or take out"), N_("do it"), KEY_FN(9), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     commit, NULL},
    {"cash.open", N_("Open the till"), N_("Open it"), KEY_ALT('t'), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     open_till, is_closed},
    {"cash.other", N_("Another till"), N_("other till"), KEY_FN(7), TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     other, till_has_other},
    {"cash.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen cash_screen = {
    .id = "cash",
    .title = N_("Cash in and out"),
    .right = TEFTER__RIGHT__RIGHT_TAKE_MONEY,
    .form = true,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

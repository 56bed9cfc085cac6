/* Sales over a limit that wait for a decision: granted or refused with a reason, live. */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 200, ROW_MEMORY_MAX = 64 * 1024 };
enum deciding { DECIDING_NOT, DECIDING_GRANT, DECIDING_REFUSE };

static struct {
    uint64_t waiting[ROWS_MAX];
    size_t count;
    uint64_t at; /* the one under the cursor */
    enum deciding deciding;
    struct field reason;
    struct asked opened;
    struct sent decided;
    struct arena arena; /* of rows while they are drawn */
    struct arena walk;
} list;

int64_t approval_for_less(const Tefter__ApprovalRow *row)
{
    bool granted = row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    return granted && row->has_approved_minor && row->approved_minor < row->amount_minor
               ? row->approved_minor
               : 0;
}

Tefter__ApprovalState approval_state(const struct tui *tui, const Tefter__ApprovalRow *row)
{
    bool open = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    return open && row->expires_ms <= tefter_now_ms(tui->client)
               ? TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED
               : row->state;
}

/* ---- rows ---- */

static bool collect(void *context, const Tefter__Row *row)
{
    const struct tui *tui = context;
    if (row->kind_case != TEFTER__ROW__KIND_APPROVAL || list.count == ROWS_MAX ||
        approval_state(tui, row->approval) != TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        return true;
    size_t at = list.count++;
    for (; at > 0 && list.waiting[at - 1] > row->approval->approval; at--)
        list.waiting[at] = list.waiting[at - 1];
    list.waiting[at] = row->approval->approval;
    return true;
}

static const Tefter__ApprovalRow *row_of(struct tui *tui, uint64_t approval)
{
    const Tefter__Row *row =
        tefter_feed_row(tui->shop.approvals, TEFTER_ROW_APPROVAL, approval, &list.arena);
    return row == NULL ? NULL : row->approval;
}

static size_t place_of(uint64_t approval)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.waiting[i] == approval)
            return i;
    return 0;
}

static void open_at_cursor(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalView view = TEFTER__APPROVAL_VIEW__INIT;
    if (list.at == 0 || !connected(tui))
        return;
    query.kind_case = TEFTER__QUERY__KIND_APPROVAL;
    query.approval = &view;
    view.approval = list.at;
    ask(&list.opened, &query);
}

static void look(struct tui *tui)
{
    list.count = 0;
    tefter_feed_each(tui->shop.approvals, &list.walk, collect, tui);
    bool there = list.count > 0 && list.waiting[place_of(list.at)] == list.at;
    if (there)
        return;
    list.at = list.count > 0 ? list.waiting[0] : 0;
    list.deciding = DECIDING_NOT;
    asked_forget(&list.opened);
    open_at_cursor(tui);
}

/* Nothing comes when one lapses: whoever asked hears of it by the clock. */
void approvals_lapse(struct tui *tui)
{
    for (size_t i = 0; i < WORKS_MAX; i++)
        for (size_t k = 0; k < DRAFTS_MAX; k++) {
            const struct draft *draft = &tui->works[i].drafts[k];
            if (!draft->used || draft->approval == 0)
                continue;
            arena_reset(&list.arena);
            const Tefter__ApprovalRow *row = row_of(tui, draft->approval);
            if (row == NULL || approval_state(tui, row) != TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED)
                continue;
            Tefter__ApprovalRow lapsed = *row;
            lapsed.state = TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED;
            sale_answered(tui, &lapsed);
        }
}

/* A set of the feed: whoever asked here hears the answer at once. */
void approvals_came(void *context, const struct tefter_delta *set)
{
    struct tui *tui = context;
    for (size_t i = 0; i < set->row_count; i++)
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_APPROVAL)
            sale_answered(tui, set->rows[i]->approval);
    paint_soon(tui);
}

/* ---- the picture ---- */

static void put_row(struct canvas *canvas, int row, int width, const char *const text[5],
                    unsigned look, unsigned over)
{
    static const int widths[] = {9, 0, 16, 18, 14};
    int name = width - 9 - 16 - 18 - 14 - 6;
    int at = 1;
    for (int i = 0; i < 5; i++) {
        int wide = i == 1 ? name : widths[i];
        canvas_put(canvas, row, at, wide, i == 2 || i == 3 ? SIDE_RIGHT : SIDE_START,
                   i == 3 ? over : look, text[i]);
        at += wide + 1;
    }
}

static void draw_row(struct tui *tui, struct canvas *canvas, int row, int width,
                     const Tefter__ApprovalRow *approval)
{
    char left[SHORT_MAX];
    char amount[SHORT_MAX];
    char over[SHORT_MAX + 8] = "";
    char by[SHORT_MAX];
    int64_t rest = approval->expires_ms - tefter_now_ms(tui->client);
    char *name = seen_text(value_of(approval->customer_name));
    char *who = seen_text(approval->asked_login == NULL ? "" : approval->asked_login);
    if (approval->has_over_by_minor)
        (void)snprintf(over, sizeof(over), "▲ %s", money(tui, approval->over_by_minor, by));
    (void)snprintf(left, sizeof(left), "%lld:%02lld", (long long)(rest < 0 ? 0 : rest / 60000),
                   (long long)(rest < 0 ? 0 : rest / 1000 % 60));
    const char *cells[] = {left, name, money(tui, approval->amount_minor, amount), over, who};
    put_row(canvas, row, width, cells, INK_PLAIN, INK_OVER);
    free(name);
    free(who);
}

void approval_goods(struct tui *tui, struct canvas *canvas, struct area area,
                    const struct asked *opened)
{
    char count[SHORT_MAX];
    char amount[SHORT_MAX + 32];
    char sum[SHORT_MAX];
    int row = area.top;
    if (!asked_is(opened, TEFTER__ANSWER__KIND_APPROVAL))
        return;
    const Tefter__ApprovalAnswer *answer = opened->answer->approval;
    if (answer->n_lines == 0)
        canvas_put(canvas, row++, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("No goods are named: an amount alone was asked for.")));
    for (size_t i = 0; i < answer->n_lines && row < area.bottom; i++, row++) {
        const Tefter__DocumentLine *line = answer->lines[i];
        char *name = seen_text(line->text == NULL ? "" : line->text);
        (void)snprintf(amount, sizeof(amount), "%s %.24s", quantity(tui, line->quantity, count),
                       line->unit == NULL ? "" : line->unit);
        canvas_put(canvas, row, 1, area.width - 36, SIDE_START, INK_PLAIN, name);
        canvas_put(canvas, row, area.width - 34, 15, SIDE_RIGHT, INK_PLAIN, amount);
        canvas_put(canvas, row, area.width - 18, 16, SIDE_RIGHT, INK_PLAIN,
                   money(tui, line->net_minor + (line->has_tax_minor ? line->tax_minor : 0), sum));
        free(name);
    }
}

static void draw_opened(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    const Tefter__ApprovalRow *row = row_of(tui, list.at);
    const struct customer *customer = row == NULL ? NULL : customer_of(tui, row->customer);
    if (row == NULL)
        return;
    char *name = seen_text(value_of(row->customer_name));
    canvas_rule(canvas, area.top, 0, area.width, name, row->branch_code, INK_PLAIN);
    free(name);
    area.top++;
    if (customer != NULL) {
        struct adds adds = adds_of(customer);
        adds.has_sale = true;
        adds.sale = row->amount_minor;
        area.top += put_adds(tui, canvas, area, &adds);
    }
    if (value_of(row->note)[0] != '\0') {
        char *note = seen_text(value_of(row->note));
        (void)snprintf(text, sizeof(text), "%s %s", in_words(tui, N_("Note of who asks:")), note);
        area.top += put_words(canvas, area.top, 1, area.width - 2, 3, INK_PLAIN, text);
        free(note);
    }
    area.bottom -= 1;
    approval_goods(tui, canvas, area, &list.opened);
    if (list.deciding == DECIDING_NOT)
        return;
    const char *words = in_words(tui, list.deciding == DECIDING_GRANT ? N_("Approve once, reason")
                                                                      : N_("Refuse, reason"));
    int width = (int)glyphs_columns(words, canvas->look);
    canvas_put(canvas, area.bottom, 1, width, SIDE_START, INK_BOLD, words);
    canvas_field(canvas, area.bottom, width + 3, area.width - width - 4, INK_PLAIN,
                 list.reason.text, true);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    look(tui);
    arena_reset(&list.arena);
    if (list.count == 0) {
        canvas_put(canvas, area.top + 1, 2, area.width - 4, SIDE_START, INK_DIM,
                   in_words(tui, N_("Nothing waits. Sales over a limit come here by themselves.")));
        return;
    }
    const char *heads[] = {in_words(tui, N_("Time left")), in_words(tui, N_("Customer")),
                           in_words(tui, N_("Sale")), in_words(tui, N_("over by")),
                           in_words(tui, N_("Asked by"))};
    put_row(canvas, area.top, area.width, heads, INK_DIM, INK_DIM);
    int most = (area.bottom - area.top) / 3;
    size_t at = place_of(list.at);
    size_t top = at >= (size_t)most ? at - (size_t)most + 1 : 0;
    int row = area.top + 1;
    for (size_t i = top; i < list.count && row < area.top + 1 + most; i++) {
        const Tefter__ApprovalRow *approval = row_of(tui, list.waiting[i]);
        if (approval == NULL)
            continue;
        if (list.waiting[i] == list.at)
            canvas_cursor(canvas, row, 0, area.width);
        draw_row(tui, canvas, row++, area.width, approval);
    }
    draw_opened(tui, canvas, (struct area){row + 1, area.bottom, area.width});
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char count[SHORT_MAX];
    (void)start;
    look(tui); /* the head is drawn first */
    (void)words_say(end, SHORT_MAX, tui->language, N_("{count} waits"), "count",
                    number(tui, list.count, count), NULL);
}

/* ---- deciding ---- */

static void decide(struct tui *tui)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__DecideApproval wanted = TEFTER__DECIDE_APPROVAL__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    if (list.reason.text[0] == '\0') {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Reason, needed")));
        return;
    }
    if (!need_line(tui))
        return;
    command.kind_case = TEFTER__COMMAND__KIND_DECIDE_APPROVAL;
    command.decide_approval = &wanted;
    wanted.approval = list.at;
    wanted.approved = list.deciding == DECIDING_GRANT;
    wanted.reason = &reason;
    reason.value = list.reason.text;
    if (send_command(&list.decided, &command))
        list.deciding = DECIDING_NOT;
}

static void decided(struct tui *tui, struct sent *sent)
{
    if (sent->state == SENT_REFUSED)
        say_refusal(tui, sent->reply->refused);
    else
        say_words(tui, MESSAGE_DONE, in_words(tui, N_("Decided; the till knows it already.")));
}

static void begin_deciding(struct tui *tui, enum deciding deciding)
{
    (void)tui;
    if (list.at == 0)
        return;
    list.deciding = deciding;
    field_set(&list.reason, "");
}

static void grant(struct tui *tui)
{
    begin_deciding(tui, DECIDING_GRANT);
}

static void refuse(struct tui *tui)
{
    begin_deciding(tui, DECIDING_REFUSE);
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    size_t at = place_of(list.at);
    if (list.deciding != DECIDING_NOT) {
        if (key == KEY_ENTER_ || key == KEY_FN(9))
            decide(tui);
        else if (key == KEY_ESC_)
            list.deciding = DECIDING_NOT;
        else
            return field_key(&list.reason, key);
        return true;
    }
    bool up = key == KEY_UP_ || key == 'k';
    bool down = key == KEY_DOWN_ || key == 'j';
    if (!up && !down)
        return false;
    if (up && at > 0)
        list.at = list.waiting[at - 1];
    if (down && at + 1 < list.count)
        list.at = list.waiting[at + 1];
    asked_forget(&list.opened);
    open_at_cursor(tui);
    return true;
}

static void enter(struct tui *tui)
{
    list.deciding = DECIDING_NOT;
    look(tui);
    open_at_cursor(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&list.opened, tui, NULL);
        sent_begin(&list.decided, tui, decided);
        arena_init(&list.arena, ROWS_MAX * ROW_MEMORY_MAX);
        arena_init(&list.walk, ROW_MEMORY_MAX);
        return;
    }
    asked_end(&list.opened);
    sent_end(&list.decided);
    arena_fini(&list.arena);
    arena_fini(&list.walk);
}

static bool has_one(const struct tui *tui)
{
    (void)tui;
    return list.at != 0 && list.deciding == DECIDING_NOT;
}

static bool is_deciding(const struct tui *tui)
{
    (void)tui;
    return list.deciding != DECIDING_NOT;
}

static const struct action actions[] = {
    {"approvals.decide", N_("Decide so"), N_("decide so"), KEY_FN(9), TEFTER__RIGHT__RIGHT_APPROVE,
     decide, is_deciding},
    {"approvals.grant", N_("Approve once"), N_("approve once"), 'y', TEFTER__RIGHT__RIGHT_APPROVE,
     grant, has_one},
    {"approvals.refuse", N_("Refuse"), N_("refuse"), 'r', TEFTER__RIGHT__RIGHT_APPROVE, refuse,
     has_one},
    {"approvals.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen approvals_screen = {
    .id = "approvals",
    .title = N_("Approvals"),
    .letter = 'a',
    .right = TEFTER__RIGHT__RIGHT_SEE,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

/*
 * Sales that others of this branch parked at the ledger: what waits, what was approved or refused.
 * Anybody here who sells goes on with one: the ledger says who asked, who agreed and who sold it.
 */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 200, ROW_MEMORY_MAX = 64 * 1024, HEAD_OFFICE = 1 };

static struct {
    uint64_t rows[ROWS_MAX]; /* the one that was asked for first is first */
    size_t count;
    uint64_t at;         /* the one under the cursor */
    struct asked opened; /* its goods */
    struct asked going;  /* the one that is gone on with */
    struct arena arena;  /* of rows while they are drawn */
    struct arena walk;
    struct arena inner;
} list;

/* ---- rows ---- */

struct found {
    const struct tui *tui;
    size_t count;
};

static bool is_mine(const struct tui *tui, uint64_t approval)
{
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        if (tui->work->drafts[i].used && tui->work->drafts[i].approval == approval)
            return true;
    return false;
}

/* The same was asked for again by who asked: the newer one is the sale. */
struct again {
    const Tefter__ApprovalRow *row;
    bool is;
};

static bool is_newer(void *context, const Tefter__Row *other)
{
    struct again *again = context;
    const Tefter__ApprovalRow *a = again->row;
    const Tefter__ApprovalRow *b = other->approval;
    if (other->kind_case != TEFTER__ROW__KIND_APPROVAL || b->approval <= a->approval ||
        a->asked_by == NULL || b->asked_by == NULL)
        return true;
    again->is = a->asked_by->staff == b->asked_by->staff && a->customer == b->customer &&
                a->amount_minor == b->amount_minor;
    return !again->is;
}

static bool was_asked_again(const struct tui *tui, const Tefter__ApprovalRow *row)
{
    struct again again = {.row = row};
    tefter_feed_each(tui->shop.approvals, &list.inner, is_newer, &again);
    return again.is;
}

static bool is_here(const struct tui *tui, const Tefter__ApprovalRow *row)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    Tefter__ApprovalState state = approval_state(tui, row);
    bool open = state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED ||
                (row->state == TEFTER__APPROVAL_STATE__APPROVAL_REFUSED &&
                 row->expires_ms > tefter_now_ms(tui->client));
    uint32_t branch =
        row->asked_by != NULL && row->asked_by->has_branch ? row->asked_by->branch : HEAD_OFFICE;
    return open && row->has_lines && welcome != NULL && branch == welcome->branch &&
           !is_mine(tui, row->approval) && !was_asked_again(tui, row);
}

static bool count_it(void *context, const Tefter__Row *row)
{
    struct found *found = context;
    found->count +=
        row->kind_case == TEFTER__ROW__KIND_APPROVAL && is_here(found->tui, row->approval);
    return true;
}

size_t parked_here(const struct tui *tui)
{
    struct found found = {.tui = tui};
    tefter_feed_each(tui->shop.approvals, &list.walk, count_it, &found);
    return found.count;
}

static bool collect(void *context, const Tefter__Row *row)
{
    const struct tui *tui = context;
    if (row->kind_case != TEFTER__ROW__KIND_APPROVAL || list.count == ROWS_MAX ||
        !is_here(tui, row->approval))
        return true;
    size_t at = list.count++;
    for (; at > 0 && list.rows[at - 1] > row->approval->approval; at--)
        list.rows[at] = list.rows[at - 1];
    list.rows[at] = row->approval->approval;
    return true;
}

static const Tefter__ApprovalRow *row_of(const struct tui *tui, uint64_t approval)
{
    const Tefter__Row *row =
        tefter_feed_row(tui->shop.approvals, TEFTER_ROW_APPROVAL, approval, &list.arena);
    return row == NULL ? NULL : row->approval;
}

static size_t place_of(uint64_t approval)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.rows[i] == approval)
            return i;
    return 0;
}

static void ask_goods(struct tui *tui, struct asked *asked)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalView view = TEFTER__APPROVAL_VIEW__INIT;
    if (list.at == 0 || !connected(tui))
        return;
    query.kind_case = TEFTER__QUERY__KIND_APPROVAL;
    query.approval = &view;
    view.approval = list.at;
    ask(asked, &query);
}

static void look(struct tui *tui)
{
    list.count = 0;
    tefter_feed_each(tui->shop.approvals, &list.walk, collect, tui);
    if (list.count > 0 && list.rows[place_of(list.at)] == list.at)
        return;
    list.at = list.count > 0 ? list.rows[0] : 0;
    asked_forget(&list.opened);
    ask_goods(tui, &list.opened);
}

/* ---- the picture ---- */

static const char *state_words(struct tui *tui, const Tefter__ApprovalRow *row,
                               char out[TEXT_MAX_BYTES])
{
    bool waits = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    bool granted = row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    char a[TEXT_MAX_BYTES];
    char b[TEXT_MAX_BYTES];
    char *who = seen_text(row->asked_login == NULL ? "" : row->asked_login);
    char *other = seen_text(row->decided_login == NULL ? "" : row->decided_login);
    (void)words_say(out, TEXT_MAX_BYTES, tui->language,
                    waits     ? N_("{who} parked it; waits for a manager")
                    : granted ? N_("{who} parked it; approved by {other}")
                              : N_("{who} parked it; refused by {other}"),
                    "who", isolated(tui, who, a), "other", isolated(tui, other, b), NULL);
    free(who);
    free(other);
    return out;
}

static unsigned state_look(const Tefter__ApprovalRow *row)
{
    return row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED   ? INK_CREDIT
           : row->state == TEFTER__APPROVAL_STATE__APPROVAL_REFUSED ? INK_OVER
                                                                    : INK_LATE;
}

/* Two rows each: whose it is and what it comes to, then who parked it and what became of that. */
static void draw_row(struct tui *tui, struct canvas *canvas, int row, int width,
                     const Tefter__ApprovalRow *approval)
{
    enum { AMOUNT = 18 };
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    const char *sign = approval->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED   ? "✓ "
                       : approval->state == TEFTER__APPROVAL_STATE__APPROVAL_REFUSED ? "✕ "
                                                                                     : "‖ ";
    char *name = seen_text(value_of(approval->customer_name));
    canvas_put(canvas, row, 1, width - AMOUNT - 3, SIDE_START, INK_BOLD, name);
    canvas_put(canvas, row, width - AMOUNT - 1, AMOUNT, SIDE_RIGHT, INK_PLAIN,
               money(tui, approval->amount_minor, a));
    (void)JOIN(line, sign, state_words(tui, approval, text), " · ",
               clock_of(tui, approval->asked_ms, a));
    canvas_put(canvas, row + 1, 3, width - 4, SIDE_START, state_look(approval), line);
    free(name);
}

static void draw_opened(struct tui *tui, struct canvas *canvas, struct area area)
{
    const Tefter__ApprovalRow *row = row_of(tui, list.at);
    if (row == NULL || area.bottom - area.top < 2)
        return;
    char *name = seen_text(value_of(row->customer_name));
    canvas_rule(canvas, area.top++, 0, area.width, name, "", INK_PLAIN);
    free(name);
    if (value_of(row->reason)[0] != '\0') {
        char *reason = seen_text(value_of(row->reason));
        area.top += put_words(canvas, area.top, 1, area.width - 2, 2, state_look(row), reason);
        free(reason);
    }
    approval_goods(tui, canvas, area, &list.opened);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    look(tui);
    arena_reset(&list.arena);
    if (list.count == 0) {
        canvas_put(canvas, area.top + 1, 2, area.width - 4, SIDE_START, INK_DIM,
                   in_words(tui, N_("Nobody else has parked a sale here.")));
        return;
    }
    size_t most = area.bottom - area.top > 9 ? (size_t)(area.bottom - area.top - 6) / 2 : 1;
    size_t at = place_of(list.at);
    size_t top = at >= most ? at - most + 1 : 0;
    int row = area.top;
    for (size_t i = top; i < list.count && i - top < most; i++) {
        const Tefter__ApprovalRow *approval = row_of(tui, list.rows[i]);
        if (approval == NULL)
            continue;
        if (list.rows[i] == list.at)
            canvas_cursor(canvas, row, 0, area.width);
        draw_row(tui, canvas, row, area.width, approval);
        row += 2;
    }
    draw_opened(tui, canvas, (struct area){row, area.bottom, area.width});
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char text[TEXT_MAX_BYTES];
    char count[SHORT_MAX];
    (void)end;
    look(tui); /* the head is drawn first */
    SAY(tui, text,
        words_many(tui->language,
                   MANY_("{count} parked by others here", "{count} parked by others here"),
                   list.count),
        "count", number(tui, list.count, count));
    (void)snprintf(start, SHORT_MAX * 2, "%.180s", text);
}

/* ---- going on with one ---- */

static void go_on(struct tui *tui)
{
    ask_goods(tui, &list.going);
}

/* It is a sale of who goes on with it, as the ledger holds it. */
static void came(struct tui *tui, struct asked *asked)
{
    const Tefter__ApprovalAnswer *answer =
        asked_is(asked, TEFTER__ANSWER__KIND_APPROVAL) ? asked->answer->approval : NULL;
    const Tefter__Refusal *refusal = answer == NULL          ? asked_refused(asked)
                                     : answer->draft == NULL ? answer->refusal
                                                             : NULL;
    if (refusal != NULL)
        say_refusal(tui, refusal);
    if (answer == NULL || answer->draft == NULL || tui->work->screen != &parked_screen ||
        is_mine(tui, answer->row->approval))
        return;
    const struct draft *draft = draft_of_parked(tui, answer);
    if (draft == NULL)
        return;
    tui->work->draft = (size_t)(draft - tui->work->drafts);
    go_to(tui, &sale_screen);
}

static bool has_open(const struct tui *tui)
{
    const Tefter__ApprovalRow *row = list.at == 0 ? NULL : row_of(tui, list.at);
    return row != NULL && row->state != TEFTER__APPROVAL_STATE__APPROVAL_REFUSED;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    long to = (long)place_of(list.at);
    if (list.count == 0 || !list_step(key, &to, 5, (long)list.count - 1))
        return false;
    to = to < 0 ? 0 : to >= (long)list.count ? (long)list.count - 1 : to;
    if (list.rows[to] == list.at)
        return true;
    list.at = list.rows[to];
    asked_forget(&list.opened);
    ask_goods(tui, &list.opened);
    return true;
}

static void enter(struct tui *tui)
{
    look(tui);
    ask_goods(tui, &list.opened);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&list.opened, tui, NULL);
        asked_begin(&list.going, tui, came);
        arena_init(&list.arena, ROWS_MAX * ROW_MEMORY_MAX);
        arena_init(&list.walk, ROW_MEMORY_MAX);
        arena_init(&list.inner, ROW_MEMORY_MAX);
        return;
    }
    asked_end(&list.opened);
    asked_end(&list.going);
    arena_fini(&list.arena);
    arena_fini(&list.walk);
    arena_fini(&list.inner);
}

static const struct action actions[] = {
    {"parked.go-on", N_("Go on with the sale"), N_("Go on with the sale"), KEY_ENTER_,
     TEFTER__RIGHT__RIGHT_SELL, go_on, has_open},
    {"parked.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen parked_screen = {
    .id = "parked",
    .title = N_("Parked"),
    .right = TEFTER__RIGHT__RIGHT_SELL,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

/*
 * Whom to call: those whose day has come, then what is overdue times its days. What is said is
 * written beneath the list and stays open during the call; F9 keeps it and goes to the next. The
 * order is held while somebody works in it.
 */
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, AGAIN_MS = 2000, NOTES = 3, LABEL = 23, FORM_ROWS = 7 };
enum which { WHICH_NOW, WHICH_MINE, WHICH_ALL, WHICHES };
enum { AT_RESULT, AT_SAID, AT_AGAIN, AT_OWNER };

static struct {
    uint32_t staff; /* whose list it is */
    enum which which;
    uint32_t branch; /* 0: all of them */
    uint64_t exact;
    uint64_t asked_ms;
    bool anew; /* the order is the answer's */
    uint32_t order[PAGE];
    size_t count;
    size_t back; /* so many of them are those whose day has come */
    struct asked rows;
    struct asked bills;
    struct asked notes;
    uint32_t of; /* the customer that bills and notes are of */
    uint64_t seq;
    char why[AMOUNT_WHY_MAX]; /* their next day is none */
    uint64_t noted;
    struct sent logged;
    struct work *logged_of;
    uint32_t logged_customer;
    uint32_t logged_next; /* who is called after them */
    struct sent changed;
} list;

/* ---- asking ---- */

static void ask_rows(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerList wanted = TEFTER__CUSTOMER_LIST__INIT;
    list.exact = tefter_feed_exact(tui->shop.feed);
    list.asked_ms = now_ms(tui);
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
    query.customers = &wanted;
    wanted.has_calls = wanted.has_sort = wanted.has_rows = true;
    wanted.calls =
        list.which == WHICH_NOW ? TEFTER__LIST_CALLS__CALLS_NOW : TEFTER__LIST_CALLS__CALLS_ALL;
    wanted.sort = TEFTER__CUSTOMER_SORT__SORT_CALLS;
    wanted.rows = PAGE;
    wanted.has_skip = wanted.has_count = wanted.count = true;
    wanted.has_owner = list.which == WHICH_MINE;
    wanted.owner = list.staff;
    wanted.has_branch = list.branch != 0;
    wanted.branch = list.branch;
    ask(&list.rows, &query);
}

/* Asked for another way: what was there is no part of it. */
static void another(struct tui *tui)
{
    asked_forget(&list.rows);
    list.count = list.back = 0;
    list.anew = true;
    if (connected(tui))
        ask_rows(tui);
}

static void look(struct tui *tui)
{
    if (list.staff != tui->work->staff) {
        list.staff = tui->work->staff;
        list.which = WHICH_NOW;
        list.branch = 0;
        another(tui);
        return;
    }
    bool rests =
        tefter_feed_exact(tui->shop.feed) == list.exact || now_ms(tui) - list.asked_ms < AGAIN_MS;
    if (connected(tui) && !list.rows.flying && (list.rows.answer == NULL || !rests))
        ask_rows(tui);
}

static const Tefter__CustomersAnswer *rows(void)
{
    return asked_is(&list.rows, TEFTER__ANSWER__KIND_CUSTOMERS) ? list.rows.answer->customers
                                                                : NULL;
}

static const Tefter__CustomerEntry *entry_of(uint32_t customer)
{
    const Tefter__CustomersAnswer *answer = rows();
    for (size_t i = 0; answer != NULL && i < answer->n_rows; i++)
        if (answer->rows[i]->who->customer == customer)
            return answer->rows[i];
    return NULL;
}

static bool comes_back(const struct tui *tui, const Tefter__CustomerRow *who)
{
    return who->has_again && who->again <= today(tui);
}

static bool is_in_order(uint32_t customer)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.order[i] == customer)
            return true;
    return false;
}

/* Those whose day has come stand first, each part in the order that is held. */
static void part(const struct tui *tui)
{
    uint32_t rest[PAGE];
    size_t count = 0;
    list.back = 0;
    for (size_t i = 0; i < list.count; i++) {
        const Tefter__CustomerEntry *entry = entry_of(list.order[i]);
        if (entry == NULL)
            continue;
        if (comes_back(tui, entry->who))
            list.order[list.back++] = list.order[i];
        else
            rest[count++] = list.order[i];
    }
    memcpy(list.order + list.back, rest, count * sizeof(*rest));
    list.count = list.back + count;
}

/* Figures change in place; who is new comes last, who is gone goes. */
static void came(struct tui *tui, struct asked *asked)
{
    (void)asked;
    const Tefter__CustomersAnswer *answer = rows();
    if (answer == NULL)
        return;
    if (list.anew)
        list.count = 0;
    list.anew = false;
    part(tui);
    for (size_t i = 0; i < answer->n_rows && list.count < PAGE; i++)
        if (!is_in_order(answer->rows[i]->who->customer))
            list.order[list.count++] = answer->rows[i]->who->customer;
    part(tui);
}

static void ask_more(const Tefter__CustomerRow *who, uint64_t seq)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills bills = TEFTER__UNPAID_BILLS__INIT;
    Tefter__NoteList notes = TEFTER__NOTE_LIST__INIT;
    uint64_t noted = who->has_noted_seq ? who->noted_seq : 0;
    bool another_one = list.of != who->customer;
    if (another_one) {
        asked_forget(&list.bills);
        asked_forget(&list.notes);
    }
    if (another_one || list.seq != seq) {
        query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
        query.unpaid_bills = &bills;
        bills.has_customer = true;
        bills.customer = who->customer;
        ask(&list.bills, &query);
    }
    if (another_one || list.noted != noted) {
        query.kind_case = TEFTER__QUERY__KIND_NOTES;
        query.notes = &notes;
        notes.has_customer = notes.has_rows = true;
        notes.customer = who->customer;
        notes.rows = NOTES;
        ask(&list.notes, &query);
    }
    list.of = who->customer;
    list.seq = seq;
    list.noted = noted;
}

/* ---- the cursor ---- */

static size_t cursor(const struct tui *tui)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.order[i] == tui->work->called)
            return i;
    return 0;
}

static const Tefter__CustomerEntry *here(const struct tui *tui)
{
    return list.count == 0 ? NULL : entry_of(list.order[cursor(tui)]);
}

/* Who is called after this one; 0: nobody. */
static uint32_t next_one(const struct tui *tui)
{
    size_t at = cursor(tui);
    if (at + 1 < list.count)
        return list.order[at + 1];
    return at > 0 ? list.order[0] : 0;
}

static bool step_to(struct tui *tui, long at)
{
    long last = (long)list.count - 1;
    at = at > last ? last : at < 0 ? 0 : at;
    if (last >= 0)
        tui->work->called = list.order[at];
    return true;
}

/* ---- words ---- */

static const char *result_words(const struct tui *tui, bool has, Tefter__CallResult result)
{
    switch (has ? (int)result : 0) {
    case TEFTER__CALL_RESULT__CALL_REACHED:
        return in_words(tui, N_("reached"));
    case TEFTER__CALL_RESULT__CALL_NO_ANSWER:
        return in_words(tui, N_("no answer"));
    case TEFTER__CALL_RESULT__CALL_WRONG_NUMBER:
        return in_words(tui, N_("wrong number"));
    default:
        return in_words(tui, N_("called"));
    }
}

static const char *name_of(const Tefter__CustomerRow *who, char out[SHORT_MAX * 2])
{
    const char *name = value_of(who->name);
    char *seen = seen_text(name[0] != '\0' ? name : who->code);
    (void)snprintf(out, SHORT_MAX * 2, "%s", seen);
    free(seen);
    return out;
}

static int64_t overdue_of(const Tefter__AccountRow *account)
{
    return account->has_overdue_minor ? account->overdue_minor : 0;
}

static uint32_t days_late(const struct tui *tui, const Tefter__AccountRow *account)
{
    uint32_t now = today(tui);
    bool late = account->has_oldest_due && account->oldest_due < now;
    return late ? now - account->oldest_due : 0;
}

static uint32_t day_of(const struct tui *tui, int64_t instant_ms)
{
    return date_of_instant(instant_ms, speech_of(tui).utc_offset_minutes * 60);
}

static const char *next_words(const struct tui *tui, const Tefter__CustomerRow *who,
                              char out[SHORT_MAX])
{
    char a[SHORT_MAX];
    if (!who->has_again)
        (void)snprintf(out, SHORT_MAX, "%s", in_words(tui, N_("now")));
    else if (who->again == today(tui))
        (void)snprintf(out, SHORT_MAX, "%s", in_words(tui, N_("today")));
    else if (who->again < today(tui))
        (void)words_say(out, SHORT_MAX, tui->language, N_("since {day}"), "day",
                        day(tui, who->again, a), NULL);
    else
        (void)day(tui, who->again, out);
    return out;
}

static const char *last_words(const struct tui *tui, const Tefter__CustomerRow *who,
                              char out[TEXT_MAX_BYTES])
{
    char a[SHORT_MAX];
    const char *by = staff_name(tui, who->has_contact_by ? who->contact_by : 0);
    if (!who->has_contact_ms)
        (void)snprintf(out, TEXT_MAX_BYTES, "%s", in_words(tui, N_("never called")));
    else
        (void)join(out, TEXT_MAX_BYTES, day(tui, day_of(tui, who->contact_ms), a), " ", by,
                   by[0] == '\0' ? "" : " · ",
                   result_words(tui, who->has_contact_result, who->contact_result), NULL);
    return out;
}

/* ---- the list ---- */

struct columns {
    int name, phone, overdue, days, next, last; /* widths; 0: not there */
};

/* Columns go from the end, but never whom to call, at which number, about how much. */
static struct columns columns_for(int width)
{
    struct columns columns = {.phone = 14, .overdue = 14, .days = 9, .next = 16};
    columns.last = width >= 110 ? 30 : 0;
    if (width < 72)
        columns.days = 0;
    if (width < 60)
        columns.next = 0;
    columns.name = width - 1 - columns.phone - 1 - columns.overdue - 1 - columns.days -
                   (columns.days > 0) - columns.next - (columns.next > 0) - columns.last -
                   (columns.last > 0) - 1;
    return columns;
}

struct cells {
    const char *name, *phone, *overdue, *days, *next, *last;
};

static void put_row(struct canvas *canvas, int row, const struct columns *columns,
                    const struct cells *cells, unsigned plain, unsigned late, unsigned next)
{
    const struct {
        int width;
        const char *text;
        enum side side;
        unsigned look;
    } all[] = {{columns->name, cells->name, SIDE_START, plain},
               {columns->phone, cells->phone, SIDE_START, plain},
               {columns->overdue, cells->overdue, SIDE_RIGHT, late},
               {columns->days, cells->days, SIDE_RIGHT, plain},
               {columns->next, cells->next, SIDE_START, next},
               {columns->last, cells->last, SIDE_START, plain}};
    int at = 1;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].width <= 0)
            continue;
        canvas_put(canvas, row, at, all[i].width, all[i].side, all[i].look, all[i].text);
        at += all[i].width + 1;
    }
}

static void draw_row(struct tui *tui, struct canvas *canvas, int row, const struct columns *columns,
                     const Tefter__CustomerEntry *entry)
{
    char name[SHORT_MAX * 2];
    char phone[SHORT_MAX];
    char amount[SHORT_MAX];
    char days[SHORT_MAX] = "–";
    char next[SHORT_MAX];
    char last[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t late = overdue_of(entry->account);
    if (late > 0)
        SAY(tui, days, N_("{count} d"), "count", number(tui, days_late(tui, entry->account), a));
    bool due = !entry->who->has_again || comes_back(tui, entry->who);
    struct cells cells = {.name = name_of(entry->who, name),
                          .phone = value_of(entry->who->phone)[0] == '\0'
                                       ? in_words(tui, N_("no phone"))
                                       : phone_of(entry->who->phone, phone),
                          .overdue = money(tui, late, amount),
                          .days = days,
                          .next = next_words(tui, entry->who, next),
                          .last = last_words(tui, entry->who, last)};
    put_row(canvas, row, columns, &cells, INK_PLAIN, late > 0 ? INK_LATE : INK_DIM,
            due ? INK_BOLD : INK_DIM);
}

/* Its own row, between the heads of the two groups. */
static size_t row_of(size_t at)
{
    bool both = list.back > 0 && list.back < list.count;
    return at + 1 + (both && at >= list.back);
}

static void draw_group(struct tui *tui, struct canvas *canvas, int row, int width,
                       const char *words, size_t count)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    (void)JOIN(text, in_words(tui, words), " ", number(tui, count, a));
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_DIM, text);
}

static void draw_rows(struct tui *tui, struct canvas *canvas, struct area area)
{
    char overdue[SHORT_MAX];
    struct columns columns = columns_for(area.width);
    SAY(tui, overdue, N_("Overdue {unit}"), "unit", unit_of(tui));
    struct cells heads = {.name = in_words(tui, N_("Customer")),
                          .phone = in_words(tui, N_("Phone")),
                          .overdue = overdue,
                          .days = in_words(tui, N_("Oldest")),
                          .next = in_words(tui, N_("Next")),
                          .last = in_words(tui, N_("Last contact"))};
    put_row(canvas, area.top, &columns, &heads, INK_DIM, INK_DIM, INK_DIM);
    int most = area.bottom - area.top - 1;
    size_t shown = most > 0 ? (size_t)most : 0;
    size_t at = cursor(tui);
    size_t top = row_of(at) >= shown ? row_of(at) - shown + 1 : 0;
    for (size_t i = 0; i < list.count; i++) {
        const Tefter__CustomerEntry *entry = entry_of(list.order[i]);
        size_t row = row_of(i);
        bool first = i == 0 || i == list.back;
        if (first && row - 1 >= top && row - 1 < top + shown)
            draw_group(tui, canvas, area.top + 1 + (int)(row - 1 - top), area.width,
                       i < list.back ? N_("Again today") : N_("Overdue × age"),
                       i < list.back ? list.back : list.count - list.back);
        if (row < top || row >= top + shown || entry == NULL)
            continue;
        if (i == at)
            canvas_cursor(canvas, area.top + 1 + (int)(row - top), 0, area.width);
        draw_row(tui, canvas, area.top + 1 + (int)(row - top), &columns, entry);
    }
}

static void draw_chips(struct tui *tui, struct canvas *canvas, int row, int width)
{
    static const char *const words[] = {
        [WHICH_NOW] = N_("Now"), [WHICH_MINE] = N_("Mine"), [WHICH_ALL] = N_("All")};
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    const Tefter__ListCounts *counts = rows() == NULL ? NULL : rows()->counts;
    int at = 1;
    for (int i = 0; i < WHICHES; i++) {
        bool chosen = (int)list.which == i;
        bool told = counts != NULL && i != WHICH_MINE;
        uint32_t count = !told ? 0 : i == WHICH_NOW ? counts->calls_now : counts->calls_all;
        (void)JOIN(text, chosen ? "[" : " ", in_words(tui, words[i]), told ? " " : "",
                   told ? number(tui, count, a) : "", chosen ? "]" : " ");
        int size = (int)glyphs_columns(text, canvas->look);
        canvas_put(canvas, row, at, size, SIDE_START, chosen ? INK_BOLD : INK_PLAIN, text);
        at += size + 1;
    }
    canvas_put(canvas, row, at, 5, SIDE_START, INK_DIM, "· Tab");
    at += 7;
    if (tui->shop.branches.count < 2 || width - at < 12)
        return;
    (void)with_key(
        text, list.branch == 0 ? in_words(tui, N_("All branches")) : branch_name(tui, list.branch),
        "A");
    canvas_put(canvas, row, at, width - at - 1, SIDE_END, list.branch == 0 ? INK_DIM : INK_BOLD,
               text);
}

static void draw_empty(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    const Tefter__Refusal *refused = asked_refused(&list.rows);
    if (refused != NULL)
        (void)refusal_sentence_for(refused, &speech, text, sizeof(text));
    else if (rows() == NULL)
        (void)snprintf(text, sizeof(text), "%s",
                       in_words(tui, connected(tui) ? N_("Still fetching")
                                                    : N_("This needs the line to the server.")));
    else
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, N_("Nobody is to be called now.")));
    int took = put_words(canvas, area.top + 1, 2, area.width - 4, 3,
                         refused != NULL ? INK_OVER : INK_DIM, text);
    if (rows() == NULL || list.which == WHICH_ALL)
        return;
    (void)with_key(text, in_words(tui, N_("Show all of the list")), "Tab");
    canvas_put(canvas, area.top + 2 + took, 2, area.width - 4, SIDE_START, INK_PLAIN, text);
}

/* ---- who is called ---- */

static int draw_facts(struct tui *tui, struct canvas *canvas, struct area area,
                      const Tefter__CustomerEntry *entry)
{
    char text[TEXT_MAX_BYTES];
    char last[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t late = overdue_of(entry->account);
    int64_t owes = entry->account->balance_minor;
    SAY(tui, text, N_("{days} d late"), "days", number(tui, days_late(tui, entry->account), a));
    (void)JOIN(last, in_words(tui, N_("Overdue")), " ", money_unit(tui, late, b),
               late > 0 ? " · " : "", late > 0 ? text : "");
    int used = (int)glyphs_columns(last, canvas->look);
    canvas_put(canvas, area.top, 1, used, SIDE_START, late > 0 ? INK_LATE : INK_DIM, last);
    (void)JOIN(text, in_words(tui, N_("Owes")), " ", money_unit(tui, owes, a));
    canvas_put(canvas, area.top, used + 4, area.width - used - 5, SIDE_START, INK_PLAIN, text);
    return area.top + 1;
}

/* What is late, the oldest first. */
static int draw_bills(struct tui *tui, struct canvas *canvas, int row, int width, int most)
{
    char text[TEXT_MAX_BYTES];
    char age[SHORT_MAX];
    char a[SHORT_MAX];
    if (!asked_is(&list.bills, TEFTER__ANSWER__KIND_UNPAID_BILLS))
        return row;
    const Tefter__BillsAnswer *answer = list.bills.answer->unpaid_bills;
    size_t late = 0;
    for (size_t i = 0; i < answer->n_bills; i++)
        late += answer->bills[i]->days_late > 0;
    int shown = 0;
    for (size_t i = 0; i < answer->n_bills && shown < most; i++) {
        const Tefter__Bill *bill = answer->bills[i];
        if (bill->days_late <= 0)
            continue;
        size_t more = late - (size_t)shown - 1;
        bool last = ++shown == most && more > 0;
        SAY(tui, age, N_("{days} d late"), "days", number(tui, (uint64_t)bill->days_late, a));
        canvas_put(canvas, row, 3, 11, SIDE_START, INK_PLAIN, bill->number);
        canvas_put(canvas, row, 15, 19, SIDE_START, INK_PLAIN, age);
        canvas_put(canvas, row, 34, 16, SIDE_RIGHT, INK_PLAIN, money(tui, bill->open_minor, a));
        if (last) {
            SAY(tui, text, N_("and {count} more"), "count", number(tui, more, a));
            canvas_put(canvas, row, 52, width - 53, SIDE_START, INK_DIM, text);
        }
        row++;
    }
    return row;
}

static int draw_note(struct tui *tui, struct canvas *canvas, int row, int width, int rows_left,
                     const Tefter__NoteRecord *note)
{
    char text[TEXT_MAX_BYTES];
    char again[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    const char *by = staff_name(tui, note->actor->has_staff ? note->actor->staff : 0);
    bool call = note->kind == TEFTER__NOTE_KIND__NOTE_CALL;
    (void)JOIN(text, day(tui, day_of(tui, note->at_ms), a), " ", clock_of(tui, note->at_ms, b),
               by[0] == '\0' ? "" : " · ", by, call ? " · " : "",
               call ? result_words(tui, note->has_result, note->result) : "");
    int used = (int)glyphs_columns(text, canvas->look);
    canvas_put(canvas, row, 1, used, SIDE_START, INK_DIM, text);
    if (note->has_done_ms) {
        (void)JOIN(text, "✓ ", in_words(tui, N_("done")));
        canvas_put(canvas, row, used + 3, width - used - 4, SIDE_START, INK_CREDIT, text);
    } else if (note->has_again) {
        SAY(tui, again, N_("again on {day}"), "day", day(tui, note->again, a));
        by = staff_name(tui, note->has_owner ? note->owner : 0);
        (void)JOIN(text, again, by[0] == '\0' ? "" : " · ", by);
        canvas_put(canvas, row, used + 3, width - used - 4, SIDE_START,
                   note->again <= today(tui) ? INK_LATE : INK_BOLD, text);
    }
    char *said = seen_text(value_of(note->text));
    row += 1 + put_words(canvas, row + 1, 3, width - 4, rows_left - 1 > 2 ? 2 : rows_left - 1,
                         INK_PLAIN, said);
    free(said);
    return row;
}

static void draw_notes(struct tui *tui, struct canvas *canvas, int row, int bottom, int width)
{
    if (!asked_is(&list.notes, TEFTER__ANSWER__KIND_NOTES))
        return;
    const Tefter__NotesAnswer *answer = list.notes.answer->notes;
    for (size_t i = 0; i < answer->n_notes && bottom - row >= 2; i++)
        row = draw_note(tui, canvas, row, width, bottom - row, answer->notes[i]);
}

static void draw_who(struct tui *tui, struct canvas *canvas, struct area area,
                     const Tefter__CustomerEntry *entry)
{
    char name[SHORT_MAX * 2];
    char phone[SHORT_MAX];
    char text[TEXT_MAX_BYTES];
    const Tefter__CustomerRow *who = entry->who;
    const char *branch = branch_name(tui, who->has_branch ? who->branch : 0);
    if (area.bottom - area.top < 1)
        return;
    char *place = seen_text(who->area == NULL ? "" : who->area);
    (void)JOIN(text, name_of(who, name), " · ", who->code, branch[0] == '\0' ? "" : " · ", branch,
               place[0] == '\0' ? "" : " · ", place);
    free(place);
    canvas_rule(canvas, area.top, 0, area.width, text, phone_of(who->phone, phone), INK_BOLD);
    area.top++;
    if (area.bottom - area.top < 1)
        return;
    int row = draw_facts(tui, canvas, area, entry);
    int left = area.bottom - row;
    row = draw_bills(tui, canvas, row, area.width, left > 6 ? 3 : left > 3 ? 1 : 0);
    draw_notes(tui, canvas, row, area.bottom, area.width);
}

/* ---- this call ---- */

/* What is half typed on somebody stays theirs, whomever one looks at meanwhile. */
static struct call *call_of(struct tui *tui, uint32_t customer)
{
    struct work *work = tui->work;
    struct call *free_one = NULL;
    for (size_t i = 0; i < CALLS_MAX; i++) {
        struct call *call = &work->calls[i];
        if (call->customer == customer)
            return call;
        bool empty = call->customer == 0 || (call->result == 0 && call->said[0] == '\0');
        if (free_one == NULL && empty)
            free_one = call;
    }
    if (free_one == NULL) /* so many are half typed: the first one is given up */
        free_one = &work->calls[0];
    *free_one = (struct call){.customer = customer};
    return free_one;
}

/* NULL: read; DATE_NONE: never. */
static const char *again_of(const struct tui *tui, const struct call *call, uint32_t *ret_day,
                            char why[AMOUNT_WHY_MAX])
{
    *ret_day = DATE_NONE;
    return call->again.text[0] == '\0' ? NULL
                                       : date_typed(call->again.text, today(tui), tui->habits.habit,
                                                    tui->language, ret_day, why);
}

static bool has_said(const struct call *call)
{
    return call->said[strspn(call->said, " ")] != '\0';
}

static const char *log_shut(struct tui *tui, const struct call *call)
{
    uint32_t again;
    if (list.logged.state == SENT_UNDER_WAY)
        return sent_words(&list.logged);
    if (call->result == 0)
        return N_("Say whether they were reached");
    if (!has_said(call))
        return N_("Write what was said");
    const char *wrong = again_of(tui, call, &again, list.why);
    if (wrong != NULL)
        return wrong;
    return connected(tui) ? NULL : N_("This needs the line to the server.");
}

static void log_call(struct tui *tui)
{
    char why[AMOUNT_WHY_MAX];
    uint32_t again;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddNote note = TEFTER__ADD_NOTE__INIT;
    Tefter__Text text = TEFTER__TEXT__INIT;
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL)
        return;
    struct call *call = call_of(tui, entry->who->customer);
    const char *shut = log_shut(tui, call);
    const char *wrong = again_of(tui, call, &again, why);
    if (shut != NULL) {
        bool day_wrong = wrong != NULL && call->result != 0 && has_said(call);
        say_words(tui, MESSAGE_REFUSED, in_words(tui, day_wrong ? wrong : shut));
        return;
    }
    command.kind_case = TEFTER__COMMAND__KIND_ADD_NOTE;
    command.add_note = &note;
    note.customer = call->customer;
    note.text = &text;
    text.value = call->said;
    note.has_kind = note.has_result = note.has_closes = note.closes = true;
    note.kind = TEFTER__NOTE_KIND__NOTE_CALL;
    note.result = call->result;
    note.has_again = note.has_owner = again != DATE_NONE;
    note.again = again;
    note.owner = call->owner != 0 ? call->owner : tui->work->staff;
    if (!send_command(&list.logged, &command))
        return;
    list.logged_of = tui->work;
    list.logged_customer = call->customer;
    list.logged_next = next_one(tui);
    say_words(tui, MESSAGE_SAID, sent_words(&list.logged));
}

static void say_logged(struct tui *tui, const struct call *call)
{
    char text[TEXT_MAX_BYTES];
    char again_words[SHORT_MAX] = "";
    char name[SHORT_MAX * 2] = "";
    char why[AMOUNT_WHY_MAX];
    char a[SHORT_MAX];
    uint32_t again;
    const Tefter__CustomerEntry *entry = entry_of(call->customer);
    if (entry != NULL)
        (void)name_of(entry->who, name);
    if (again_of(tui, call, &again, why) == NULL && again != DATE_NONE)
        SAY(tui, again_words, N_("again on {day}"), "day", day(tui, again, a));
    (void)JOIN(text, name, ": ", result_words(tui, true, call->result),
               again_words[0] == '\0' ? "" : " · ", again_words);
    say_words(tui, MESSAGE_DONE, text);
}

static void logged(struct tui *tui, struct sent *sent)
{
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    bool still = list.logged_of == tui->work && tui->work->called == list.logged_customer;
    for (size_t i = 0; i < CALLS_MAX; i++) {
        struct call *call = &list.logged_of->calls[i];
        if (call->customer != list.logged_customer)
            continue;
        if (list.logged_of == tui->work)
            say_logged(tui, call);
        *call = (struct call){0};
    }
    list.asked_ms = 0;
    if (!still)
        return;
    tui->work->called = list.logged_next;
    if (list.logged_next == 0 && tui->work->screen == &call_screen)
        go_back(tui);
}

/* Where what is typed begins. */
static int label_width(int width)
{
    return width >= 72 ? LABEL : width / 3;
}

static void put_label(struct tui *tui, struct canvas *canvas, int row, int width, const char *words,
                      bool at)
{
    int label = label_width(width);
    canvas_put(canvas, row, 1, label - 2, SIDE_START, INK_DIM, in_words(tui, words));
    canvas_put(canvas, row, label - 1, 1, SIDE_START, INK_ACCENT, at ? ">" : " ");
}

/* Where there is no room for all three the question goes. */
static void draw_results(struct tui *tui, struct canvas *canvas, int row, int width,
                         const struct call *call)
{
    static const char *const words[] = {N_("Reached"), N_("No answer"), N_("Wrong number")};
    char text[TEXT_MAX_BYTES];
    int at = width >= 72 ? LABEL : 2;
    if (width >= 72)
        put_label(tui, canvas, row, width, N_("Were they reached?"), call->at == AT_RESULT);
    else
        canvas_put(canvas, row, 1, 1, SIDE_START, INK_ACCENT, call->at == AT_RESULT ? ">" : " ");
    for (int i = 0; i < 3; i++) {
        bool chosen = (int)call->result == i + 1;
        const char digit[] = {(char)('1' + i), '\0'};
        (void)JOIN(text, chosen ? "[" : " ", digit, " ", in_words(tui, words[i]),
                   chosen ? "]" : " ");
        int size = (int)glyphs_columns(text, canvas->look);
        canvas_put(canvas, row, at, size, SIDE_START, chosen ? INK_BOLD : INK_PLAIN, text);
        at += size + 1;
    }
}

static void draw_again(struct tui *tui, struct canvas *canvas, int row, int width,
                       const struct call *call)
{
    char why[AMOUNT_WHY_MAX];
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    uint32_t again;
    const char *wrong = again_of(tui, call, &again, why);
    int label = label_width(width);
    canvas_field(canvas, row, label, 12, INK_BOLD, call->again.text, call->at == AT_AGAIN);
    if (wrong != NULL)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, wrong));
    else if (again != DATE_NONE)
        (void)JOIN(text, "= ", day(tui, again, a));
    else
        (void)JOIN(text, in_words(tui, N_("never")), "  ‹ › ", in_words(tui, N_("tomorrow")), ", ",
                   in_words(tui, N_("in a week")), ", ", in_words(tui, N_("in 30 days")));
    canvas_put(canvas, row, label + 13, width - label - 14, SIDE_START,
               wrong != NULL        ? INK_OVER
               : again == DATE_NONE ? INK_DIM
                                    : INK_BOLD,
               text);
}

static const char *log_words(struct tui *tui, char out[TEXT_MAX_BYTES])
{
    char name[SHORT_MAX * 2];
    const Tefter__CustomerEntry *next = entry_of(next_one(tui));
    if (next == NULL)
        (void)snprintf(out, TEXT_MAX_BYTES, "%s", in_words(tui, N_("Log the call")));
    else
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, N_("Log the call, then {name}"), "name",
                        name_of(next->who, name), NULL);
    return out;
}

static void draw_call(struct tui *tui, struct canvas *canvas, struct area area,
                      const Tefter__CustomerEntry *entry)
{
    char text[TEXT_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    char why[AMOUNT_WHY_MAX];
    uint32_t again;
    struct call *call = call_of(tui, entry->who->customer);
    int bottom = area.bottom;
    int label = label_width(area.width);
    const char *shut = log_shut(tui, call);
    (void)with_key(text, shut != NULL ? in_words(tui, shut) : log_words(tui, words), "F9");
    canvas_put(canvas, --bottom, 1, area.width - 2, SIDE_END, shut != NULL ? INK_DIM : INK_BOLD,
               text);
    bool asks_who = again_of(tui, call, &again, why) == NULL && again != DATE_NONE;
    if (asks_who) {
        uint32_t owner = call->owner != 0 ? call->owner : tui->work->staff;
        put_label(tui, canvas, --bottom, area.width, N_("Who comes back to it"),
                  call->at == AT_OWNER);
        (void)JOIN(text, "‹ ", staff_name(tui, owner), " ›");
        canvas_put(canvas, bottom, label, area.width - label - 1, SIDE_START, INK_PLAIN, text);
    }
    put_label(tui, canvas, --bottom, area.width, N_("Again on"), call->at == AT_AGAIN);
    draw_again(tui, canvas, bottom, area.width, call);
    draw_results(tui, canvas, area.top, area.width, call);
    put_label(tui, canvas, area.top + 1, area.width, N_("What was said"), call->at == AT_SAID);
    put_typed(canvas, area.top + 1, label, area.width - label - 1, bottom - area.top - 1,
              call->said, call->at == AT_SAID);
}

/* ---- the picture ---- */

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    look(tui);
    bool writes = tui->work->screen == &call_screen;
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL) {
        draw_chips(tui, canvas, area.top++, area.width);
        draw_empty(tui, canvas, area);
        return;
    }
    if (connected(tui))
        ask_more(entry->who, entry->account->last == NULL ? 0 : entry->account->last->seq);
    int form = writes ? FORM_ROWS : 0;
    int rest = area.bottom - area.top - form;
    if (rest > 6) {
        draw_chips(tui, canvas, area.top++, area.width);
        rest--;
    }
    /* The list, and who is under the cursor: half of it each, but the list no more than it has. */
    int all = (int)row_of(list.count - 1) + 2;
    int shown = writes ? rest / 3 : rest / 2;
    shown = shown < 3 ? (rest >= 3 ? 3 : 0) : shown > all ? all : shown;
    if (shown > 0)
        draw_rows(tui, canvas, (struct area){area.top, area.top + shown, area.width});
    draw_who(tui, canvas, (struct area){area.top + shown, area.bottom - form, area.width}, entry);
    if (writes)
        draw_call(tui, canvas, (struct area){area.bottom - form, area.bottom, area.width}, entry);
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char words[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    (void)start;
    if (rows() == NULL || rows()->counts == NULL)
        return;
    const Tefter__ListCounts *counts = rows()->counts;
    SAY(tui, words,
        words_many(tui->language, MANY_("{count} customer", "{count} customers"), counts->listed),
        "count", number(tui, counts->listed, a));
    (void)join(end, SHORT_MAX, words, " ", in_words(tui, N_("overdue")), " ",
               money_unit(tui, counts->overdue_minor, b), NULL);
}

/* ---- keys of the list ---- */

static bool list_key(struct tui *tui, uint32_t key)
{
    long to = (long)cursor(tui);
    return list_step(key, &to, tui->canvas.rows / 2, PAGE) && step_to(tui, to);
}

static void next_which(struct tui *tui)
{
    list.which = (enum which)((list.which + 1) % WHICHES);
    another(tui);
}

/* All of them, then one after the other. */
static void next_branch(struct tui *tui)
{
    const struct names *branches = &tui->shop.branches;
    size_t next = 0;
    for (size_t i = 0; i < branches->count; i++)
        if (branches->rows[i].id == list.branch)
            next = i + 1;
    list.branch = next < branches->count ? branches->rows[next].id : 0;
    another(tui);
}

static void sort_anew(struct tui *tui)
{
    list.anew = true;
    came(tui, &list.rows);
}

static void open_customer(struct tui *tui)
{
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL)
        return;
    tui->work->called = tui->work->customer = entry->who->customer;
    go_to(tui, &card_screen);
}

static void take_money(struct tui *tui)
{
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL)
        return;
    tui->work->called = entry->who->customer;
    payment_open(tui, entry->who->customer);
}

static void begin_call(struct tui *tui)
{
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL)
        return;
    tui->work->called = entry->who->customer;
    go_to(tui, &call_screen);
}

static const Tefter__NoteRecord *open_note(const struct tui *tui)
{
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL || list.of != entry->who->customer ||
        !asked_is(&list.notes, TEFTER__ANSWER__KIND_NOTES))
        return NULL;
    const Tefter__NotesAnswer *answer = list.notes.answer->notes;
    for (size_t i = 0; i < answer->n_notes; i++)
        if (answer->notes[i]->has_again && !answer->notes[i]->has_done_ms)
            return answer->notes[i];
    return NULL;
}

/* The newest note that somebody was to come back to. */
static void done(struct tui *tui)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeNote change = TEFTER__CHANGE_NOTE__INIT;
    const Tefter__NoteRecord *note = open_note(tui);
    if (note == NULL || !need_line(tui))
        return;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_NOTE;
    command.change_note = &change;
    change.customer = list.of;
    change.note = note->note;
    change.has_done = change.done = true;
    if (send_command(&list.changed, &command))
        say_words(tui, MESSAGE_SAID, sent_words(&list.changed));
}

static void note_changed(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    list.asked_ms = 0;
    (void)snprintf(text, sizeof(text), "%s", in_words(tui, N_("Done")));
    say_words(tui, MESSAGE_DONE, text);
}

static bool has_one(const struct tui *tui)
{
    return here(tui) != NULL;
}

static bool has_open(const struct tui *tui)
{
    return open_note(tui) != NULL;
}

/* ---- keys of a call ---- */

static void next_again(struct call *call, bool on)
{
    static const char *const offered[] = {"", "+1", "+7", "+30"};
    enum { ALL = sizeof(offered) / sizeof(offered[0]) };
    int at = 0;
    for (int i = 0; i < ALL; i++)
        if (strcmp(call->again.text, offered[i]) == 0)
            at = i;
    field_set(&call->again, offered[(at + (on ? 1 : ALL - 1)) % ALL]);
}

static void next_owner(const struct tui *tui, struct call *call, bool on)
{
    const struct names *staff = &tui->shop.staff;
    uint32_t owner = call->owner != 0 ? call->owner : tui->work->staff;
    size_t at = 0;
    for (size_t i = 0; i < staff->count; i++)
        if (staff->rows[i].id == owner)
            at = i;
    for (size_t i = 1; i <= staff->count; i++) {
        size_t next = (at + (on ? i : staff->count - i)) % staff->count;
        if (!staff->rows[next].blocked) {
            call->owner = staff->rows[next].id;
            return;
        }
    }
}

static bool result_key(struct call *call, uint32_t key)
{
    enum { RESULTS = 3 };
    int now = (int)call->result;
    if (key >= '1' && key <= '0' + RESULTS)
        call->result = (Tefter__CallResult)(key - '0');
    else if (key == KEY_RIGHT_ || key == ' ')
        call->result = (Tefter__CallResult)(now % RESULTS + 1);
    else if (key == KEY_LEFT_)
        call->result = (Tefter__CallResult)(now > 1 ? now - 1 : RESULTS);
    else
        return key > ' ' && key < KEYS_APART && key != KEY_ERASE_;
    return true;
}

static bool call_key(struct tui *tui, uint32_t key)
{
    char why[AMOUNT_WHY_MAX];
    uint32_t again;
    const Tefter__CustomerEntry *entry = here(tui);
    if (entry == NULL)
        return false;
    struct call *call = call_of(tui, entry->who->customer);
    bool asks_who = again_of(tui, call, &again, why) == NULL && again != DATE_NONE;
    int last = asks_who ? AT_OWNER : AT_AGAIN;
    bool on = key == KEY_RIGHT_;
    if (list.logged.state == SENT_UNDER_WAY && list.logged_customer == call->customer)
        return key >= ' ' && key < KEYS_F; /* what is sent is what stands there */
    if (call->at > last)
        call->at = last;
    if (key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_) {
        call->at = call->at < last ? call->at + 1 : AT_RESULT;
        return true;
    }
    if (key == KEY_UP_ || key == KEY_TAB_BACK_) {
        call->at = call->at > AT_RESULT ? call->at - 1 : last;
        return true;
    }
    if (call->at == AT_RESULT)
        return result_key(call, key);
    if (call->at == AT_SAID)
        return text_key(call->said, sizeof(call->said), &call->fresh, key);
    if (key == KEY_RIGHT_ || key == KEY_LEFT_) {
        if (call->at == AT_AGAIN)
            next_again(call, on);
        else
            next_owner(tui, call, on);
        return true;
    }
    return call->at == AT_AGAIN && field_key(&call->again, key);
}

/* ---- the screens ---- */

static void enter(struct tui *tui)
{
    look(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&list.rows, tui, came);
        asked_begin(&list.bills, tui, NULL);
        asked_begin(&list.notes, tui, NULL);
        sent_begin(&list.logged, tui, logged);
        sent_begin(&list.changed, tui, note_changed);
        return;
    }
    asked_end(&list.rows);
    asked_end(&list.bills);
    asked_end(&list.notes);
    sent_end(&list.logged);
    sent_end(&list.changed);
}

static const struct action actions[] = {
    {"calls.write", N_("Write what was said"), N_("note"), 'o', TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER,
     begin_call, has_one},
    {"calls.payment", N_("Take the money"), N_("payment"), 'p', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     take_money, has_one},
    {"calls.open", N_("Open the customer"), N_("Open it"), KEY_ENTER_, 0, open_customer, has_one},
    {"calls.done", N_("Done: nobody comes back to it"), N_("done"), 'd',
     TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER, done, has_open},
    {"calls.sort", N_("Sort the list anew"), N_("sort"), 'v', 0, sort_anew, has_one},
    {"calls.which", N_("Whom to call"), NULL, KEY_TAB_, 0, next_which, NULL},
    {"calls.branch", N_("Branch"), NULL, 'a', 0, next_branch, NULL},
    {"calls.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

static const struct action call_actions[] = {
    {"call.log", N_("Log the call"), N_("log the call"), KEY_FN(9),
     TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER, log_call, has_one},
    {"call.back", N_("Back; what is written is kept"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen calls_screen = {
    .id = "calls",
    .title = N_("Call list"),
    .letter = 'w',
    .right = TEFTER__RIGHT__RIGHT_SEE_ALARMS,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = list_key,
    .head = head,
    .actions = actions,
};

const struct screen call_screen = {
    .id = "call",
    .title = N_("This call"),
    .right = TEFTER__RIGHT__RIGHT_SEE_ALARMS,
    .form = true,
    .draw = draw,
    .key = call_key,
    .head = head,
    .actions = call_actions,
};

/*
 * How matching looks: the money with its age and what it is likely for, and below it the bills of
 * whose money is under the cursor; then, among the bills, that customer's money alone above them.
 */
#include "tui/matching.h"

#include <stdio.h>
#include <string.h>

enum {
    AGE = 8,
    HOW = 12,
    AMOUNT_LEAST = 12,
    TICK = 3,
    NUMBER_LEAST = 10,
    NUMBER_MOST = 18,
    DUE = 10,
    LATE = 5,
    BENCH_LEAST = 11, /* rows of the bills with what is said around them */
    MONEY_ROWS = 4,
    /* What goes where there are fewer rows: why and what it is, what comes after it, the sum. */
    ROWS_APART = 18, /* a row is left between their money and their bills */
    ROWS_ALL = 15,
    ROWS_AFTER = 12,
    ROWS_TOTAL = 9,
    BENCH_MONEY = 5, /* below the list their money does not stand there once more */
};

/* ---- words ---- */

const char *matching_reason(const struct tui *tui, const struct credit *credit,
                            char out[TEXT_MAX_BYTES])
{
    char count[SHORT_MAX];
    char bills[TEXT_MAX_BYTES];
    const char *pattern = NULL;
    out[0] = '\0';
    switch (credit->reason) {
    case TEFTER__MATCH_REASON__MATCH_REASON_NUMBER:
        pattern = N_("names {bills}");
        break;
    case TEFTER__MATCH_REASON__MATCH_REASON_AMOUNT:
        pattern =
            credit->others ? N_("amount of {bills}, and of another bill") : N_("amount of {bills}");
        break;
    case TEFTER__MATCH_REASON__MATCH_REASON_OLDEST:
        pattern = N_("the {count} oldest add up to it");
        break;
    case TEFTER__MATCH_REASON__MATCH_REASON_ONLY:
        pattern = N_("their only bill, {bills}");
        break;
    case _TEFTER__MATCH_REASON_IS_INT_SIZE:
        break;
    }
    if (pattern != NULL)
        (void)words_say(out, TEXT_MAX_BYTES, tui->language, pattern, "bills",
                        isolated(tui, credit->bill_numbers, bills), "count",
                        number(tui, credit->bill_count, count), NULL);
    return out;
}

static const char *how_words(const struct tui *tui, const struct credit *credit)
{
    return credit->kind == 0 ? in_words(tui, N_("credit note")) : kind_words(tui, credit->kind);
}

static int64_t age_of(const struct tui *tui, const struct credit *credit)
{
    return tefter_now_ms(tui->client) - credit->recorded_ms;
}

static int wider(const struct canvas *canvas, const char *text, int least)
{
    int width = (int)glyphs_columns(text, canvas->look);
    return width > least ? width : least;
}

/* ---- the list ---- */

struct list_widths {
    int name, how, amount, why;
};

/* Columns go from the right, but never the amount. */
static struct list_widths list_widths_for(const struct tui *tui, const struct canvas *canvas,
                                          int width)
{
    char text[SHORT_MAX];
    struct list_widths found = {.how = HOW, .amount = AMOUNT_LEAST, .why = 22};
    for (size_t i = 0; i < desk.credits.count; i++)
        found.amount = wider(canvas, money(tui, desk.credits.rows[i].open, text), found.amount);
    if (width < 72)
        found.why = 0;
    if (width < 60)
        found.how = 0;
    found.name = width - 1 - AGE - 1 - (found.how > 0 ? found.how + 1 : 0) - found.amount - 1 -
                 (found.why > 0 ? found.why + 1 : 0) - 1;
    return found;
}

static void put_money(struct canvas *canvas, int row, const struct list_widths *widths,
                      const char *const text[5], const unsigned look[5])
{
    const int all[] = {AGE, widths->name, widths->how, widths->amount, widths->why};
    int at = 1;
    for (int i = 0; i < 5; i++) {
        if (all[i] <= 0)
            continue;
        canvas_put(canvas, row, at, all[i], i == 0 || i == 3 ? SIDE_RIGHT : SIDE_START, look[i],
                   text[i]);
        at += all[i] + 1;
    }
}

static void draw_money(struct tui *tui, struct canvas *canvas, int row, int width,
                       const struct list_widths *widths, const struct credit *credit)
{
    char age[SHORT_MAX];
    char amount[SHORT_MAX];
    char why[TEXT_MAX_BYTES];
    const struct customer *customer = customer_of(tui, credit->customer);
    bool fresh = customer != NULL && is_fresh(tui, customer->changed_ms);
    bool here = credit->document == tui->work->matching.open;
    bool sure = matching_is_sure(credit);
    (void)matching_reason(tui, credit, why);
    const char *cells[] = {lasting_in(tui, age_of(tui, credit), AGE, age), credit->name,
                           credit->final ? how_words(tui, credit)
                                         : in_words(tui, N_("not confirmed")),
                           money(tui, credit->open, amount),
                           why[0] != '\0' ? why : in_words(tui, N_("no bill stands out"))};
    const unsigned looks[] = {INK_LATE, INK_PLAIN, credit->final ? INK_PLAIN : INK_LATE,
                              fresh ? INK_BOLD : INK_PLAIN,
                              why[0] == '\0' ? INK_DIM
                              : sure         ? INK_PLAIN
                                             : INK_LATE};
    if (here)
        canvas_cursor(canvas, row, 0, width);
    put_money(canvas, row, widths, cells, looks);
    canvas_put(canvas, row, 0, 1, SIDE_START, INK_ACCENT, fresh ? "▎" : here ? ">" : " ");
}

/* "To look at · 2", "Suggested · 3 · counts once taken" */
static void draw_part(struct tui *tui, struct canvas *canvas, int row, int width, bool sure)
{
    char text[TEXT_MAX_BYTES];
    char number_text[SHORT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < desk.credits.count; i++)
        count += matching_is_sure(&desk.credits.rows[i]) == sure;
    (void)JOIN(text, in_words(tui, sure ? N_("Suggested") : N_("To look at")), " · ",
               number(tui, count, number_text), sure ? " · " : "",
               sure ? in_words(tui, N_("counts once taken")) : "");
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_DIM, text);
}

static bool has_both_parts(void)
{
    return desk.credits.count > 0 && !matching_is_sure(&desk.credits.rows[0]) &&
           matching_is_sure(&desk.credits.rows[desk.credits.count - 1]);
}

/* Rows that the list takes: its money, and a title above each part when there are two. */
static int list_rows(void)
{
    return (int)desk.credits.count + (has_both_parts() ? 2 : 0);
}

static void draw_list(struct tui *tui, struct canvas *canvas, struct area area)
{
    char amount[SHORT_MAX];
    static const unsigned dim[] = {INK_DIM, INK_DIM, INK_DIM, INK_DIM, INK_DIM};
    struct list_widths widths = list_widths_for(tui, canvas, area.width);
    SAY(tui, amount, N_("Left {unit}"), "unit", unit_of(tui));
    const char *heads[] = {in_words(tui, N_("Age")), in_words(tui, N_("Customer")),
                           in_words(tui, N_("Paid by")), amount, in_words(tui, N_("Why"))};
    put_money(canvas, area.top, &widths, heads, dim);
    bool both = has_both_parts();
    bool sure = false;
    int at = 0; /* the row of the cursor, titles counted */
    for (size_t i = 0; i <= desk.at && i < desk.credits.count; i++) {
        bool begins = both && (i == 0 || matching_is_sure(&desk.credits.rows[i]) != sure);
        sure = matching_is_sure(&desk.credits.rows[i]);
        at += begins + (i < desk.at);
    }
    int rows = area.bottom - area.top - 1;
    int top = at >= rows ? at - rows + 1 : 0;
    int line = 0;
    for (size_t i = 0; i < desk.credits.count; i++) {
        const struct credit *credit = &desk.credits.rows[i];
        bool begins = both && (i == 0 || matching_is_sure(credit) != sure);
        sure = matching_is_sure(credit);
        for (int part = begins ? 0 : 1; part < 2; part++, line++) {
            int row = area.top + 1 + line - top;
            if (line < top || row >= area.bottom)
                continue;
            if (part == 0)
                draw_part(tui, canvas, row, area.width, sure);
            else
                draw_money(tui, canvas, row, area.width, &widths, credit);
        }
    }
}

/* ---- bills and money in one table ---- */

struct table {
    int number, due, late, left, amount;
    int words; /* of number to late together */
};

static struct table table_for(struct tui *tui, struct canvas *canvas, int width)
{
    char text[SHORT_MAX];
    const struct open_bill *bills;
    const struct credit *all[CHOSEN_MAX];
    size_t count = matching_bills(tui, &bills);
    size_t money_count = matching_money(tui, all);
    int64_t sum = 0;
    struct table table = {.number = NUMBER_LEAST, .due = DUE, .late = LATE, .amount = AMOUNT_LEAST};
    for (size_t i = 0; i < count; i++) {
        table.number = wider(canvas, bills[i].number, table.number);
        sum += bills[i].open;
    }
    for (size_t i = 0; i < money_count; i++) {
        table.number = wider(canvas, all[i]->number, table.number);
        table.amount = wider(canvas, money(tui, all[i]->open, text), table.amount);
    }
    table.amount = wider(canvas, money(tui, sum, text), table.amount);
    if (table.number > NUMBER_MOST)
        table.number = NUMBER_MOST;
    int fixed = 1 + TICK + 1 + table.number + 1 + 3 * (table.amount + 1);
    if (fixed + DUE + 1 + LATE + 1 > width)
        table.late = 0;
    if (fixed + DUE + 1 > width)
        table.due = 0;
    table.left = table.amount;
    if (fixed > width) /* what is matched and what is left after it stay */
        table.left = 0;
    int spare = width - fixed - (table.due > 0 ? DUE + 1 : 0) - (table.late > 0 ? LATE + 1 : 0);
    int more = spare > 0 ? spare / 3 : 0;
    table.amount += more < 4 ? more : 4;
    table.left += table.left == 0 ? 0 : more < 4 ? more : 4;
    table.words =
        table.number + (table.due > 0 ? 1 + table.due : 0) + (table.late > 0 ? 1 + table.late : 0);
    return table;
}

static void put_row(struct canvas *canvas, int row, const struct table *table,
                    const char *const text[7], const unsigned look[7])
{
    const int all[] = {TICK,        table->number, table->due,   table->late,
                       table->left, table->amount, table->amount};
    int at = 1;
    for (int i = 0; i < 7; i++) {
        if (all[i] <= 0)
            continue;
        canvas_put(canvas, row, at, all[i], i > 2 ? SIDE_RIGHT : SIDE_START, look[i], text[i]);
        at += all[i] + 1;
    }
}

static void put_plain(struct canvas *canvas, int row, const struct table *table,
                      const char *const text[7], unsigned look)
{
    const unsigned looks[] = {look, look, look, look, look, look, look};
    put_row(canvas, row, table, text, looks);
}

static int place_of_match(const struct table *table)
{
    return 1 + TICK + 1 + table->words + 1 + (table->left > 0 ? table->left + 1 : 0);
}

/* What is left of it after this; nothing is left with a sign. */
static const char *left_text(struct tui *tui, int64_t left, char out[SHORT_MAX])
{
    char text[SHORT_MAX];
    return join(out, SHORT_MAX, left == 0 ? "✓ " : "", money(tui, left, text), NULL);
}

static void draw_bill(struct tui *tui, struct canvas *canvas, int row, const struct table *table,
                      const struct open_bill *bill, bool here)
{
    char due[SHORT_MAX];
    char late[SHORT_MAX] = "–";
    char count[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX] = "–";
    char c[SHORT_MAX];
    const struct matching *form = &tui->work->matching;
    const struct tick *tick = matching_ticked(tui, bill->document);
    int64_t gets = matching_gets(bill->document);
    bool wrong = gets == 0 && tick != NULL && tick->minor > 0 && matching_is_told(tui);
    if (gets > 0 || wrong)
        (void)money(tui, wrong ? tick->minor : gets, b);
    if (bill->days_late > 0)
        (void)words_say(late, sizeof(late), tui->language, N_("{count} d"), "count",
                        number(tui, (uint64_t)bill->days_late, count), NULL);
    const char *cells[] = {tick != NULL ? "[x]" : "[ ]",
                           bill->number,
                           day(tui, bill->due, due),
                           late,
                           money(tui, bill->open, a),
                           b,
                           left_text(tui, bill->open - gets, c)};
    unsigned plain = bill->days_late > 0 ? INK_LATE : INK_PLAIN;
    const unsigned looks[] = {plain,
                              plain,
                              plain,
                              plain,
                              plain,
                              wrong      ? INK_OVER
                              : gets > 0 ? INK_BOLD
                                         : INK_DIM,
                              gets == bill->open ? INK_CREDIT : INK_PLAIN};
    put_row(canvas, row, table, cells, looks);
    if (here && form->typing)
        canvas_field(canvas, row, place_of_match(table), table->amount, INK_ACCENT,
                     form->entry.text, true);
}

/* A credit in the same columns: its age where a bill has its day. */
static void draw_credit(struct tui *tui, struct canvas *canvas, int row, const struct table *table,
                        const struct credit *credit)
{
    char age[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX] = "–";
    char c[SHORT_MAX];
    int64_t gives = matching_gives(credit->document);
    if (gives > 0)
        (void)money(tui, gives, b);
    const char *cells[] = {matching_is_chosen(tui, credit) ? "[x]" : "[ ]",
                           credit->number,
                           lasting_in(tui, age_of(tui, credit), DUE, age),
                           "",
                           money(tui, credit->open, a),
                           b,
                           left_text(tui, credit->open - gives, c)};
    const unsigned looks[] = {INK_PLAIN,
                              INK_PLAIN,
                              INK_LATE,
                              INK_PLAIN,
                              INK_PLAIN,
                              gives > 0 ? INK_BOLD : INK_DIM,
                              gives == credit->open ? INK_CREDIT : INK_PLAIN};
    put_row(canvas, row, table, cells, looks);
}

static void put_heads(struct tui *tui, struct canvas *canvas, int row, const struct table *table,
                      const char *what, const char *when)
{
    char left[SHORT_MAX];
    char match[SHORT_MAX];
    SAY(tui, left, N_("Left {unit}"), "unit", unit_of(tui));
    SAY(tui, match, N_("Match {unit}"), "unit", unit_of(tui));
    const char *heads[] = {"",
                           in_words(tui, what),
                           in_words(tui, when),
                           "",
                           left,
                           match,
                           in_words(tui, N_("Left after"))};
    put_plain(canvas, row, table, heads, INK_DIM);
}

static void draw_total(struct tui *tui, struct canvas *canvas, int row, const struct table *table)
{
    char text[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    const struct open_bill *bills;
    size_t count = matching_bills(tui, &bills);
    size_t ticked = 0;
    int64_t sum = 0;
    int64_t gets = 0;
    for (size_t i = 0; i < count; i++) {
        ticked += matching_ticked(tui, bills[i].document) != NULL;
        gets += matching_gets(bills[i].document);
        sum += bills[i].open;
    }
    SAY(tui, text, N_("{count} of {all} ticked"), "count", number(tui, ticked, a), "all",
        number(tui, count, b));
    const char *cells[] = {
        "", "", "", "", money(tui, sum, a), money(tui, gets, b), money(tui, sum - gets, c)};
    put_plain(canvas, row, table, cells, INK_BOLD);
    canvas_put(canvas, row, 1 + TICK + 1, table->words, SIDE_START, INK_BOLD, text);
}

/* ---- after this ---- */

struct after {
    int64_t overdue;
    int32_t oldest; /* days late; 0: nothing is */
};

static struct after after_of(struct tui *tui, bool with)
{
    const struct open_bill *bills;
    struct after after = {.overdue = 0};
    size_t count = matching_bills(tui, &bills);
    for (size_t i = 0; i < count; i++) {
        int64_t left = bills[i].open - (with ? matching_gets(bills[i].document) : 0);
        if (left <= 0 || bills[i].days_late <= 0)
            continue;
        after.overdue += left;
        if (bills[i].days_late > after.oldest)
            after.oldest = bills[i].days_late;
    }
    return after;
}

static const char *days_text(const struct tui *tui, int32_t days, char out[SHORT_MAX])
{
    char count[SHORT_MAX];
    (void)snprintf(out, SHORT_MAX, "–");
    if (days > 0)
        (void)words_say(out, SHORT_MAX, tui->language, N_("{count} d"), "count",
                        number(tui, (uint64_t)days, count), NULL);
    return out;
}

/* Equal to what is written by F9. */
static void draw_after(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    char d[SHORT_MAX];
    int64_t minor;
    const struct credit *chosen[CHOSEN_MAX];
    const Tefter__PreviewMatchAnswer *preview = matching_preview();
    (void)matching_chosen(tui, chosen, &minor);
    struct after before = after_of(tui, false);
    struct after after = after_of(tui, true);
    (void)JOIN(text, in_words(tui, N_("After this")), " · ", in_words(tui, N_("Left of the money")),
               " ", money(tui, minor, a), " → ",
               money(tui, minor - (preview == NULL ? 0 : preview->matched_minor), b));
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_BOLD, text);
    (void)JOIN(text, in_words(tui, N_("Overdue")), " ", money(tui, before.overdue, a), " → ",
               money(tui, after.overdue, b), " · ", in_words(tui, N_("Oldest")), " ",
               days_text(tui, before.oldest, c), " → ", days_text(tui, after.oldest, d));
    canvas_put(canvas, row + 1, 1, width - 2, SIDE_START, after.overdue > 0 ? INK_LATE : INK_PLAIN,
               text);
}

static size_t bills_matched(struct tui *tui)
{
    const struct open_bill *bills;
    size_t found = 0;
    size_t count = matching_bills(tui, &bills);
    for (size_t i = 0; i < count; i++)
        found += matching_gets(bills[i].document) > 0;
    return found;
}

static void draw_button(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char why[TEXT_MAX_BYTES];
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES + 8];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    bool closed = matching_is_closed(tui, why);
    const Tefter__PreviewMatchAnswer *preview = matching_preview();
    bool refused =
        closed && matching_is_told(tui) && desk.matched.state != SENT_UNDER_WAY && connected(tui);
    if (!closed && preview != NULL) {
        size_t count = bills_matched(tui);
        (void)words_say(
            text, sizeof(text), tui->language,
            words_many(tui->language,
                       MANY_("Match {amount} to {count} bill", "Match {amount} to {count} bills"),
                       count),
            "amount", money_unit(tui, preview->matched_minor, a), "count", number(tui, count, b),
            NULL);
    }
    (void)JOIN(line, refused ? "▲ " : "", closed ? why : text, " · F9");
    bool fits = (int)glyphs_columns(line, canvas->look) <= width - 2;
    if (!fits) /* the sentence says it all */
        (void)JOIN(line, refused ? "▲ " : "", closed ? why : text);
    canvas_put(canvas, row, 1, width - 2, SIDE_END,
               refused  ? INK_OVER
               : closed ? INK_DIM
                        : INK_BOLD,
               line);
}

/* ---- the bench ---- */

static const char *place_named(const struct tui *tui, uint32_t id)
{
    for (size_t i = 0; i < tui->shop.place_count && id != 0; i++)
        if (tui->shop.places[i].id == id)
            return tui->shop.places[i].name;
    return "";
}

/* "TD-R-00002 · Transfer · not confirmed · Main · E2E-1 · Trương Văn Sáu · 2026-11-30" */
static void draw_from(struct tui *tui, struct canvas *canvas, int row, int width,
                      const struct credit *open)
{
    char text[TEXT_MAX_BYTES] = "";
    char date[SHORT_MAX];
    const char *parts[] = {open->number,
                           how_words(tui, open),
                           open->final ? "" : in_words(tui, N_("not confirmed")),
                           place_named(tui, open->place),
                           open->reference,
                           open->payer,
                           day(tui, open->date, date)};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i][0] != '\0')
            (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
                           text[0] == '\0' ? "" : " · ", parts[i]);
    canvas_put(canvas, row, 1, width - 2, SIDE_START, INK_DIM, text);
}

/* Over two rows: as many words as fit stand in the first. */
static void put_two_rows(struct canvas *canvas, int row, int width, unsigned look, const char *text)
{
    char first[TEXT_MAX_BYTES];
    size_t size = strlen(text);
    (void)snprintf(first, sizeof(first), "%s", text);
    while (size > 0 && (int)glyphs_columns(first, canvas->look) > width) {
        do
            size--;
        while (size > 0 && first[size] != ' ');
        first[size] = '\0';
    }
    if (size == 0) /* one word that is too long: it is cut */
        (void)snprintf(first, sizeof(first), "%s", text);
    canvas_put(canvas, row, 1, width, SIDE_START, look, first);
    if (size > 0 && text[size] == ' ')
        canvas_put(canvas, row + 1, 1, width, SIDE_START, look, text + size + 1);
}

static void draw_why(struct tui *tui, struct canvas *canvas, int row, int width,
                     const struct credit *open)
{
    char why[TEXT_MAX_BYTES];
    char text[TEXT_MAX_BYTES];
    (void)matching_reason(tui, open, why);
    bool none = why[0] == '\0';
    if (none)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, N_("no bill stands out")));
    else
        (void)JOIN(text, in_words(tui, N_("Why these:")), " ", why);
    canvas_put(canvas, row, 1, width - 2, SIDE_START, none ? INK_DIM : INK_PLAIN, text);
}

/* What it is and why it is likely for these; or what somebody else did to it meanwhile. */
static void draw_said(struct tui *tui, struct canvas *canvas, int row, int width,
                      const struct credit *open)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    if (matching_notice(tui, text)[0] != '\0') {
        (void)JOIN(line, "▲ ", text);
        put_two_rows(canvas, row, width - 2, INK_LATE, line);
        return;
    }
    draw_from(tui, canvas, row, width, open);
    draw_why(tui, canvas, row + 1, width, open);
}

static void draw_no_bills(struct tui *tui, struct canvas *canvas, struct area area)
{
    const struct credit *open = matching_open_money(tui);
    const char *words = open != NULL && desk.bills_of == open->customer
                            ? N_("No unpaid bills. The money stays in their favour, not yet "
                                 "matched.")
                            : N_("Still fetching");
    canvas_put(canvas, area.top, 1, area.width - 2, SIDE_START, INK_DIM, in_words(tui, words));
}

static void draw_bills(struct tui *tui, struct canvas *canvas, struct area area,
                       const struct table *table)
{
    const struct open_bill *bills;
    const struct credit *all[CHOSEN_MAX];
    size_t count = matching_bills(tui, &bills);
    size_t before = matching_money(tui, all);
    bool at_bills = tui->work->matching.at_bills;
    size_t at = matching_row(tui);
    size_t cursor = at_bills && at >= before ? at - before : 0;
    int rows = area.bottom - area.top;
    if (count == 0)
        draw_no_bills(tui, canvas, area);
    if (rows <= 0)
        return;
    size_t top = cursor >= (size_t)rows ? cursor - (size_t)rows + 1 : 0;
    for (size_t i = 0; i < (size_t)rows && top + i < count; i++) {
        int row = area.top + (int)i;
        bool here = at_bills && at == before + top + i;
        if (here)
            canvas_cursor(canvas, row, 0, area.width);
        draw_bill(tui, canvas, row, table, &bills[top + i], here);
        if (here)
            canvas_put(canvas, row, 0, 1, SIDE_START, INK_ACCENT, ">");
    }
}

/* Their money above their bills, each with what is left of it. */
static int draw_their_money(struct tui *tui, struct canvas *canvas, struct area area,
                            const struct table *table)
{
    const struct credit *all[CHOSEN_MAX];
    size_t count = matching_money(tui, all);
    size_t at = matching_row(tui);
    size_t most = area.bottom - area.top < ROWS_ALL ? 1 : MONEY_ROWS;
    size_t rows = count < most ? count : most;
    size_t cursor = at < count ? at : 0;
    size_t top = cursor >= rows ? cursor - rows + 1 : 0;
    put_heads(tui, canvas, area.top, table, N_("Money"), N_("Age"));
    for (size_t i = 0; i < rows; i++) {
        int row = area.top + 1 + (int)i;
        bool here = at == top + i;
        if (here)
            canvas_cursor(canvas, row, 0, area.width);
        draw_credit(tui, canvas, row, table, all[top + i]);
        if (here)
            canvas_put(canvas, row, 0, 1, SIDE_START, INK_ACCENT, ">");
    }
    return 1 + (int)rows;
}

static void draw_bench(struct tui *tui, struct canvas *canvas, struct area area,
                       const struct credit *open)
{
    struct table table = table_for(tui, canvas, area.width);
    bool at_bills = tui->work->matching.at_bills;
    int rows = area.bottom - area.top + (at_bills ? 0 : BENCH_MONEY);
    int bottom = area.bottom;
    draw_button(tui, canvas, --bottom, area.width);
    if (rows >= ROWS_AFTER)
        draw_after(tui, canvas, bottom -= 2, area.width);
    if (rows >= ROWS_TOTAL)
        draw_total(tui, canvas, --bottom, &table);
    if (rows >= ROWS_ALL) {
        draw_said(tui, canvas, area.top, area.width, open);
        area.top += 2;
    }
    if (at_bills)
        area.top += draw_their_money(tui, canvas, area, &table) + (rows >= ROWS_APART);
    put_heads(tui, canvas, area.top++, &table, N_("Bill"), N_("Due"));
    draw_bills(tui, canvas, (struct area){area.top, bottom, area.width}, &table);
}

/* ---- all of it ---- */

static void draw_empty(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    if (asked_refused(&desk.money) != NULL)
        (void)refusal_sentence_for(asked_refused(&desk.money), &speech, text, sizeof(text));
    else
        (void)snprintf(
            text, sizeof(text), "%s",
            in_words(tui, desk.there ? N_("All money is matched.") : N_("Still fetching")));
    canvas_put(canvas, area.top + 1, 2, area.width - 4, SIDE_START, INK_DIM, text);
}

static const char *to_match(struct tui *tui, char out[SHORT_MAX])
{
    char amount[SHORT_MAX];
    const struct credit *chosen[CHOSEN_MAX];
    int64_t minor;
    (void)matching_chosen(tui, chosen, &minor);
    return join(out, SHORT_MAX, in_words(tui, N_("to match")), " ", money_unit(tui, minor, amount),
                NULL);
}

void matching_draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    char title[TEXT_MAX_BYTES];
    char sum[SHORT_MAX];
    matching_look(tui);
    const struct credit *open = matching_open_money(tui);
    if (open == NULL) {
        draw_empty(tui, canvas, area);
        return;
    }
    if (tui->work->matching.at_bills) {
        draw_bench(tui, canvas, area, open);
        return;
    }
    int rows = area.bottom - area.top;
    int list = 1 + list_rows();
    if (rows < BENCH_LEAST + 4) {
        draw_list(tui, canvas, (struct area){area.top, area.bottom - 1, area.width});
        draw_button(tui, canvas, area.bottom - 1, area.width);
        return;
    }
    if (list > rows - BENCH_LEAST)
        list = rows - BENCH_LEAST;
    draw_list(tui, canvas, (struct area){area.top, area.top + list, area.width});
    (void)JOIN(title, open->name, " · ", open->code);
    canvas_rule(canvas, area.top + list, 0, area.width, title, to_match(tui, sum), INK_PLAIN);
    draw_bench(tui, canvas, (struct area){area.top + list + 1, area.bottom, area.width}, open);
}

/* "3 payments · oldest 47 min" */
static void tell_count(struct tui *tui, char out[SHORT_MAX])
{
    char count[SHORT_MAX];
    char number_text[SHORT_MAX];
    char age[SHORT_MAX];
    int64_t oldest = 0;
    for (size_t i = 0; i < desk.credits.count; i++) {
        int64_t ms = age_of(tui, &desk.credits.rows[i]);
        oldest = ms > oldest ? ms : oldest;
    }
    (void)number(tui, desk.credits.count, number_text);
    if (desk.more)
        (void)strncat(number_text, "+", sizeof(number_text) - strlen(number_text) - 1);
    (void)words_say(
        count, sizeof(count), tui->language,
        words_many(tui->language, MANY_("{count} payment", "{count} payments"), desk.credits.count),
        "count", number_text, NULL);
    if (desk.credits.count == 0)
        (void)snprintf(out, SHORT_MAX, "%s", count);
    else
        (void)words_say(out, SHORT_MAX, tui->language, N_("{count} · oldest {age}"), "count", count,
                        "age", lasting(tui, oldest, age), NULL);
}

void matching_head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char amount[SHORT_MAX];
    int64_t sum = 0;
    const struct matching *form = &tui->work->matching;
    const struct credit *open = matching_open_money(tui);
    const struct customer *only = customer_of(tui, form->customer);
    const char *title = in_words(tui, N_("Matching"));
    for (size_t i = 0; i < desk.credits.count; i++)
        sum += desk.credits.rows[i].open;
    if (form->at_bills && open != NULL) {
        (void)join(start, SHORT_MAX * 2, title, " · ", open->name, " · ", open->code, NULL);
        (void)to_match(tui, end);
        return;
    }
    if (only != NULL && only->name != NULL)
        (void)snprintf(start, SHORT_MAX * 2, "%s · %.100s · %s", title, only->name, only->code);
    else
        (void)join(start, SHORT_MAX * 2, title, " · ", in_words(tui, N_("Not matched")), " ",
                   money_unit(tui, sum, amount), NULL);
    if (desk.there)
        tell_count(tui, end);
}

void matching_pane(struct tui *tui, struct canvas *canvas, int column, struct area area)
{
    const struct credit *open = matching_open_money(tui);
    customer_pane(tui, canvas, column, area, open == NULL ? 0 : open->customer);
}

/*
 * My day: what they sold and took today, and the papers they wrote. What cash comes to is not told
 * before the till is counted: neither the sum, nor what it could be added up from.
 */
#include "base/limits.h"
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS_MAX = 6, ROWS_EACH = 50, CHANGES_MAX = 64, AGAIN_MS = 1000, SPLIT_WIDTH = 76 };

struct kind {
    Tefter__PaymentKind kind;
    uint32_t count;
    bool told; /* else it is told after the count */
    int64_t minor;
};

struct sums {
    uint32_t date;
    uint32_t sales;
    int64_t sold;
    int64_t open;
    bool paid_hidden;             /* cash in what was paid of it is still to be counted */
    bool sold_hidden;             /* ... and `sold` is what is open of it alone */
    struct kind kinds[KINDS_MAX]; /* cash first */
    size_t kind_count;
    uint32_t credited;
    int64_t credited_minor;
    struct kind refunded;
};

/* Of a paper whose row does not say which way it went. */
struct change {
    uint64_t document;
    bool has;
    int64_t minor;
    bool cash;
    char words[SHORT_MAX]; /* of money moved: "Cash put in" */
};

static struct {
    uint32_t staff;
    uint64_t exact;
    uint64_t asked_ms;
    bool whole;
    struct sums sums;
    struct sums coming; /* page by page */
    uint32_t rows;      /* so many papers are asked for */
    struct asked asked;
    struct asked papers;
    struct asked paper;
    uint64_t paper_of;
    struct change changes[CHANGES_MAX];
    size_t change_count;
} mine;

/* ---- asking ---- */

static void ask_sums(ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__StaffDay day_query = TEFTER__STAFF_DAY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_STAFF_DAY;
    query.staff_day = &day_query;
    day_query.has_page = page.len > 0;
    day_query.page = page;
    ask(&mine.asked, &query);
}

static void ask_papers(uint32_t date)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentList list = TEFTER__DOCUMENT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENTS;
    query.documents = &list;
    list.has_staff = list.has_from = list.has_to = list.has_rows = true;
    list.staff = mine.staff;
    list.from = list.to = date;
    list.rows = mine.rows;
    ask(&mine.papers, &query);
}

static void forget(uint32_t staff)
{
    mine.staff = staff;
    mine.whole = false;
    mine.exact = 0;
    mine.rows = ROWS_EACH;
    mine.change_count = 0;
    asked_forget(&mine.asked);
    asked_forget(&mine.papers);
    asked_forget(&mine.paper);
}

/* Anew with the ledger, and no more often than each second. */
static void look(struct tui *tui)
{
    uint64_t exact = tefter_feed_exact(tui->shop.feed);
    if (mine.staff != tui->work->staff)
        forget(tui->work->staff);
    if (!connected(tui) || mine.asked.flying || exact == mine.exact ||
        (mine.exact != 0 && now_ms(tui) - mine.asked_ms < AGAIN_MS))
        return;
    mine.exact = exact;
    mine.asked_ms = now_ms(tui);
    mine.coming = (struct sums){
        .kinds = {{.kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH, .told = true}}, .kind_count = 1};
    mine.coming.refunded.told = true;
    ask_sums((ProtobufCBinaryData){0});
}

/* Adds up; one part that is not told leaves the sum untold. */
static void add(struct kind *kind, uint32_t count, bool told, int64_t minor)
{
    kind->count += count;
    kind->told = kind->told && told && money_add(kind->minor, minor, &kind->minor);
}

static void add_kind(struct sums *sums, const Tefter__MoneyOfKind *part)
{
    size_t at = 0;
    while (at < sums->kind_count && sums->kinds[at].kind != part->kind)
        at++;
    if (at == KINDS_MAX)
        return;
    if (at == sums->kind_count)
        sums->kinds[sums->kind_count++] = (struct kind){.kind = part->kind, .told = true};
    add(&sums->kinds[at], part->count, part->has_amount_minor, part->amount_minor);
}

static void sums_came(struct tui *tui, struct asked *asked)
{
    struct sums *sums = &mine.coming;
    (void)tui;
    if (!asked_is(asked, TEFTER__ANSWER__KIND_STAFF_DAY))
        return;
    const Tefter__StaffDayAnswer *answer = asked->answer->staff_day;
    sums->date = answer->date;
    sums->sales += answer->sold;
    sums->credited += answer->credited;
    (void)money_add(sums->sold, answer->sold_minor, &sums->sold);
    (void)money_add(sums->open, answer->open_minor, &sums->open);
    sums->paid_hidden |= answer->has_paid_hidden && answer->paid_hidden;
    sums->sold_hidden |= answer->has_sold_hidden && answer->sold_hidden;
    (void)money_add(sums->credited_minor, answer->credited_minor, &sums->credited_minor);
    for (size_t i = 0; i < answer->n_collected; i++)
        add_kind(sums, answer->collected[i]);
    if (answer->refunded > 0)
        add(&sums->refunded, answer->refunded, answer->has_refunded_minor, answer->refunded_minor);
    if (answer->has_next && answer->next.len > 0) {
        ask_sums(answer->next);
        return;
    }
    mine.sums = *sums;
    mine.whole = true;
    ask_papers(sums->date);
}

static const Tefter__DocumentsAnswer *papers(void)
{
    return asked_is(&mine.papers, TEFTER__ANSWER__KIND_DOCUMENTS) ? mine.papers.answer->documents
                                                                  : NULL;
}

/* ---- which way a paper went ---- */

static bool has_no_way(const Tefter__DocumentRow *row)
{
    return row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL ||
           row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
}

static const struct change *change_of(const Tefter__DocumentRow *row)
{
    for (size_t i = 0; i < mine.change_count; i++)
        if (mine.changes[i].document == row->document)
            return &mine.changes[i];
    return NULL;
}

/* One after the other, newest first: there are few of them in a day. */
static void ask_change(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    const Tefter__DocumentsAnswer *answer = papers();
    if (answer == NULL || mine.paper.flying || !connected(tui))
        return;
    for (size_t i = 0; i < answer->n_rows; i++) {
        const Tefter__DocumentRow *row = answer->rows[i];
        if (!has_no_way(row) || change_of(row) != NULL || mine.change_count == CHANGES_MAX)
            continue;
        mine.paper_of = row->document;
        query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
        query.document = &view;
        view.has_document = true;
        view.document = row->document;
        ask(&mine.paper, &query);
        return;
    }
}

static void change_came(struct tui *tui, struct asked *asked)
{
    if (mine.change_count == CHANGES_MAX || !asked_is(asked, TEFTER__ANSWER__KIND_DOCUMENT))
        return;
    const Tefter__DocumentRecord *document = asked->answer->document->document;
    struct change *change = &mine.changes[mine.change_count++];
    *change = (struct change){.document = mine.paper_of, .cash = document_in_cash(document)};
    change->has = document_change(document, &change->minor);
    if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        (void)snprintf(change->words, sizeof(change->words), "%s", move_words(tui, document));
    ask_change(tui);
}

static void papers_came(struct tui *tui, struct asked *asked)
{
    (void)asked;
    ask_change(tui);
}

static bool amount_of(const Tefter__DocumentRow *row, int64_t *ret_minor)
{
    const struct change *change = change_of(row);
    if (change != NULL) {
        *ret_minor = change->minor;
        return change->has;
    }
    bool less = row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
                row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    *ret_minor = less ? -row->total_minor : row->total_minor;
    return !has_no_way(row);
}

/* Nobody adds up here what the drawer should hold before it is counted. */
static bool is_cash(const Tefter__DocumentRow *row)
{
    const struct change *change = change_of(row);
    if (row->has_payment_kind)
        return row->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    return row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL &&
           (change == NULL || change->cash);
}

static bool hides_cash(void)
{
    for (size_t i = 0; i < mine.sums.kind_count; i++)
        if (!mine.sums.kinds[i].told)
            return true;
    return !mine.sums.refunded.told;
}

/* ---- sold, and taken ---- */

static int draw_sold(struct tui *tui, struct canvas *canvas, int row, int column, int width)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    const struct sums *sums = &mine.sums;
    const char *after = in_words(tui, N_("shown after the count"));
    bool hidden = sums->paid_hidden;
    bool untold = hidden && !sums->sold_hidden;
    SAY(tui, text,
        words_many(tui->language,
                   MANY_("Sold by me today, {count} sale", "Sold by me today, {count} sales"),
                   sums->sales),
        "count", number(tui, sums->sales, a));
    if (hidden)
        (void)snprintf(b, sizeof(b), "%s", after);
    else
        (void)money_unit(tui, sums->sold, b);
    size_t both = glyphs_columns(text, canvas->look) + 1 + glyphs_columns(b, canvas->look);
    if (both > (size_t)width) /* the figure has a row of its own then */
        canvas_put(canvas, row++, column, width, SIDE_START, INK_PLAIN, text);
    canvas_pair(canvas, row++, column, width, both > (size_t)width ? "" : text, b,
                hidden ? INK_DIM : INK_BOLD);
    canvas_pair(canvas, row++, column + 2, width - 2, in_words(tui, N_("not paid yet")),
                untold ? after : money(tui, sums->open, a), untold ? INK_DIM : INK_PLAIN);
    canvas_pair(canvas, row++, column + 2, width - 2, in_words(tui, N_("paid or credited")),
                hidden ? after : money(tui, sums->sold - sums->open, a),
                hidden ? INK_DIM : INK_PLAIN);
    if (sums->credited == 0)
        return row;
    SAY(tui, text,
        words_many(tui->language,
                   MANY_("{count} credit note by me today, {amount}",
                         "{count} credit notes by me today, {amount}"),
                   sums->credited),
        "count", number(tui, sums->credited, a), "amount",
        money_unit(tui, sums->credited_minor, b));
    return row + put_words(canvas, row, column, width, 2, INK_DIM, text);
}

static void put_kind(struct tui *tui, struct canvas *canvas, int row, int column, int width,
                     const char *words, const struct kind *kind, bool told)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    (void)JOIN(text, words, " ", number(tui, kind->count, a));
    canvas_pair(canvas, row, column, width, text,
                told ? money(tui, kind->minor, a) : in_words(tui, N_("shown after the count")),
                told ? INK_PLAIN : INK_DIM);
}

static int draw_taken(struct tui *tui, struct canvas *canvas, int row, int column, int width)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    bool hidden = hides_cash();
    struct kind all = {.told = true};
    canvas_put(canvas, row++, column, width, SIDE_START, INK_BOLD,
               in_words(tui, N_("Money I took")));
    for (size_t i = 0; i < mine.sums.kind_count; i++) {
        const struct kind *kind = &mine.sums.kinds[i];
        bool told = kind->told && !(hidden && kind->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH);
        put_kind(tui, canvas, row++, column, width, kind_words(tui, kind->kind), kind, told);
        if (told)
            add(&all, kind->count, true, kind->minor);
    }
    (void)JOIN(text, in_words(tui, hidden ? N_("Without cash") : N_("Together")), " ",
               number(tui, all.count, a));
    canvas_pair(canvas, row++, column, width, text, money(tui, all.minor, a), INK_BOLD);
    struct kind back = mine.sums.refunded;
    back.minor = -back.minor;
    if (back.count > 0)
        put_kind(tui, canvas, row++, column, width, in_words(tui, N_("Paid back to customers")),
                 &back, back.told);
    return row;
}

/* Beside each other where there is room for both. */
static int draw_sums(struct tui *tui, struct canvas *canvas, struct area area)
{
    if (area.width < SPLIT_WIDTH) {
        int row = draw_sold(tui, canvas, area.top, 1, area.width - 2);
        return draw_taken(tui, canvas, row, 1, area.width - 2);
    }
    int half = area.width / 2 > 56 ? 56 : area.width / 2;
    int left = draw_sold(tui, canvas, area.top, 1, half - 3);
    int right = draw_taken(tui, canvas, area.top, half + 1, half - 2);
    for (int row = area.top; row < (left > right ? left : right); row++)
        canvas_put(canvas, row, half - 1, 1, SIDE_START, INK_DIM, "│");
    return left > right ? left : right;
}

/* ---- parked ---- */

static struct draft *parked(const struct tui *tui, size_t *ret_count)
{
    struct work *work = tui->work;
    struct draft *first = NULL;
    *ret_count = 0;
    for (size_t i = 0; i < DRAFTS_MAX; i++) {
        struct draft *draft = &work->drafts[i];
        bool waits = draft->parked_ms != 0 || draft->approval != 0 || draft->corrects.document != 0;
        if (!draft->used || draft_is_empty(draft) || !waits)
            continue;
        if (first == NULL)
            first = draft;
        ++*ret_count;
    }
    return first;
}

static int draw_parked(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char text[TEXT_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    size_t count;
    const struct draft *draft = parked(tui, &count);
    if (draft == NULL)
        return row;
    const struct customer *customer = customer_of(tui, draft->customer);
    char correction[TEXT_MAX_BYTES] = "";
    if (draft->corrects.document != 0)
        SAY(tui, correction, N_("Correction of {number}"), "number", draft->corrects.number);
    SAY(tui, words,
        words_many(tui->language, MANY_("{count} parked sale", "{count} parked sales"), count),
        "count", number(tui, count, a));
    (void)JOIN(text, "‖ ", words, " · ",
               correction[0] != '\0' ? correction : in_words(tui, N_("may stay over night")), " · ",
               customer != NULL && customer->name != NULL ? customer->name
                                                          : in_words(tui, N_("No customer")));
    canvas_pair(canvas, row, 1, width - 2, text, "Alt T", INK_LATE);
    return row + 1;
}

/* Several clerks serve one counter: what one of them parked, another may sell. */
static int draw_parked_here(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char text[TEXT_MAX_BYTES];
    char words[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    size_t count = may(tui, TEFTER__RIGHT__RIGHT_SELL) ? parked_here(tui) : 0;
    if (count == 0)
        return row;
    SAY(tui, words,
        words_many(tui->language,
                   MANY_("{count} parked by others here", "{count} parked by others here"), count),
        "count", number(tui, count, a));
    (void)JOIN(text, "‖ ", words);
    canvas_pair(canvas, row, 1, width - 2, text, "Alt H", INK_LATE);
    return row + 1;
}

/* ---- papers ---- */

static size_t cursor(const struct tui *tui)
{
    const Tefter__DocumentsAnswer *answer = papers();
    for (size_t i = 0; answer != NULL && i < answer->n_rows; i++)
        if (answer->rows[i]->document == tui->work->paper)
            return i;
    return 0;
}

static const Tefter__DocumentRow *row_here(const struct tui *tui)
{
    const Tefter__DocumentsAnswer *answer = papers();
    return answer == NULL || answer->n_rows == 0 ? NULL : answer->rows[cursor(tui)];
}

static const char *what_words(const struct tui *tui, const Tefter__DocumentRow *row)
{
    const struct change *change = change_of(row);
    if (row->has_payment_kind)
        return kind_words(tui, row->payment_kind);
    if (change != NULL && change->words[0] != '\0')
        return change->words;
    return paper_words(tui, row->kind);
}

/* Name and amount stay whatever the width; then the number, what it is, and when. */
static void draw_paper(struct tui *tui, struct canvas *canvas, int row, int width,
                       const Tefter__DocumentRow *paper, bool hidden)
{
    enum { CLOCK = 9, NUMBER = 12, WHAT = 20, AMOUNT = 14 };
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    int64_t minor;
    bool moved = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
    bool gone = paper->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED;
    bool quiet = gone || paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL;
    int clock = width >= 60 ? CLOCK : 0;
    int what = width >= 76 ? WHAT : 0;
    int name = width - 1 - clock - NUMBER - what - AMOUNT - 2;
    int at = 1 + clock;
    char *who = seen_text(value_of(paper->name));
    if (clock > 0 && paper->has_recorded_ms)
        canvas_put(canvas, row, 1, 8, SIDE_START, INK_DIM, clock_of(tui, paper->recorded_ms, a));
    canvas_put(canvas, row, at, NUMBER - 1, SIDE_START, INK_PLAIN, paper->number);
    at += NUMBER;
    (void)JOIN(text, what_words(tui, paper), gone ? " · " : "",
               gone ? in_words(tui, N_("reversed")) : "");
    if (what > 0)
        canvas_put(canvas, row, at, what - 1, SIDE_START, gone ? INK_OVER : INK_DIM, text);
    at += what;
    canvas_put(canvas, row, at, name, SIDE_START, INK_PLAIN,
               who[0] != '\0' ? who
               : moved        ? ""
                              : in_words(tui, N_("No customer")));
    at += name + 1;
    if (hidden && is_cash(paper))
        canvas_put(canvas, row, at, AMOUNT, SIDE_RIGHT, INK_DIM, in_words(tui, N_("cash")));
    else
        canvas_put(canvas, row, at, AMOUNT, SIDE_RIGHT,
                   quiet                                                    ? INK_DIM
                   : paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ? INK_CREDIT
                                                                            : INK_PLAIN,
                   amount_of(paper, &minor) ? money_signed(tui, minor, a)
                                            : money(tui, paper->total_minor, a));
    free(who);
}

static void draw_papers(struct tui *tui, struct canvas *canvas, struct area area)
{
    char count[SHORT_MAX] = "";
    char a[SHORT_MAX];
    const Tefter__DocumentsAnswer *answer = papers();
    bool hidden = hides_cash();
    if (answer != NULL && answer->n_rows > 0)
        (void)snprintf(count, sizeof(count), "%s%s", number(tui, answer->n_rows, a),
                       answer->has_next && answer->next.len > 0 ? "+" : "");
    canvas_rule(canvas, area.top, 0, area.width, in_words(tui, N_("Last entries")), count,
                INK_PLAIN);
    if (answer == NULL)
        return;
    if (answer->n_rows == 0)
        canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START, INK_DIM,
                   in_words(tui, N_("Nothing yet today.")));
    size_t rows = area.bottom - area.top > 1 ? (size_t)(area.bottom - area.top - 1) : 0;
    size_t at = cursor(tui);
    size_t top = at >= rows ? at - rows + 1 : 0;
    for (size_t i = 0; i < rows && top + i < answer->n_rows; i++) {
        int row = area.top + 1 + (int)i;
        if (top + i == at)
            canvas_cursor(canvas, row, 0, area.width);
        draw_paper(tui, canvas, row, area.width, answer->rows[top + i], hidden);
    }
}

static void draw_button(struct tui *tui, struct canvas *canvas, int row, int width)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    const struct place *till = till_here(tui);
    if (till == NULL) {
        canvas_put(canvas, row, 1, width - 2, SIDE_END, INK_DIM,
                   in_words(tui, N_("This branch has no till for cash yet.")));
        return;
    }
    SAY(tui, text, till->open_since == DATE_NONE ? N_("Open {till}") : N_("Count and close {till}"),
        "till", till->name);
    (void)with_key(line, text, "T");
    canvas_put(canvas, row, 1, width - 2, SIDE_END, INK_BOLD, line);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    look(tui);
    draw_button(tui, canvas, area.bottom - 1, area.width);
    if (!mine.whole) {
        put_missing(tui, canvas, area, &mine.asked, N_("Still fetching"));
        return;
    }
    int row = draw_sums(tui, canvas, area);
    row = draw_parked(tui, canvas, row, area.width);
    row = draw_parked_here(tui, canvas, row, area.width);
    draw_papers(tui, canvas, (struct area){row, area.bottom - 1, area.width});
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    const struct place *till = till_here(tui);
    char *name = seen_text(person == NULL                      ? ""
                           : value_of(person->name)[0] != '\0' ? value_of(person->name)
                                                               : person->login);
    (void)snprintf(start, SHORT_MAX * 2, "%s · %.60s%s%.60s", in_words(tui, N_("My day")), name,
                   till == NULL ? "" : " · ", till == NULL ? "" : till->name);
    (void)day(tui, mine.whole ? mine.sums.date : today(tui), end);
    free(name);
}

/* ---- keys ---- */

static bool step_to(struct tui *tui, long at)
{
    const Tefter__DocumentsAnswer *answer = papers();
    if (answer == NULL || answer->n_rows == 0)
        return true;
    long last = (long)answer->n_rows - 1;
    at = at < 0 ? 0 : at > last ? last : at;
    tui->work->paper = answer->rows[at]->document;
    if (at == last && answer->has_next && answer->next.len > 0 && connected(tui) &&
        mine.rows < PAGE_ROWS_MAX) {
        mine.rows += ROWS_EACH;
        ask_papers(mine.sums.date);
    }
    return true;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    long to = (long)cursor(tui);
    return list_step(key, &to, tui->canvas.rows / 2, PAGE_ROWS_MAX) && step_to(tui, to);
}

static void open_paper(struct tui *tui)
{
    if (row_here(tui) != NULL)
        document_open(tui, row_here(tui)->document);
}

static void reverse(struct tui *tui)
{
    const Tefter__DocumentRow *row = row_here(tui);
    if (row == NULL)
        return;
    tui->work->paper = row->document; /* the cursor stays where it is */
    if (row->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED ||
        row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("It does not stand any more.")));
    else
        undo_paper(tui, row->document, row->number);
}

static void print(struct tui *tui)
{
    if (row_here(tui) != NULL)
        print_again(tui, row_here(tui)->document);
}

static void till(struct tui *tui)
{
    go_to(tui, &till_screen);
}

static void take_up(struct tui *tui)
{
    size_t count;
    struct draft *draft = parked(tui, &count);
    if (draft == NULL)
        return;
    tui->work->draft = (size_t)(draft - tui->work->drafts);
    if (draft->by_person)
        draft->parked_ms = 0;
    go_to(tui, &sale_screen);
}

static void in_and_out(struct tui *tui)
{
    go_to(tui, &cash_screen);
}

static void open_parked(struct tui *tui)
{
    go_to(tui, &parked_screen);
}

static bool has_till(const struct tui *tui)
{
    return till_here(tui) != NULL;
}

static bool has_paper(const struct tui *tui)
{
    return row_here(tui) != NULL;
}

static bool has_parked(const struct tui *tui)
{
    size_t count;
    return parked(tui, &count) != NULL;
}

static void enter(struct tui *tui)
{
    places_again(tui);
    look(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&mine.asked, tui, sums_came);
        asked_begin(&mine.papers, tui, papers_came);
        asked_begin(&mine.paper, tui, change_came);
        return;
    }
    asked_end(&mine.asked);
    asked_end(&mine.papers);
    asked_end(&mine.paper);
}

static const struct action actions[] = {
    {"day.till", N_("Count and close the till"), N_("till"), 't', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     till, has_till},
    {"day.open", N_("Open the paper"), N_("Open it"), KEY_ENTER_, 0, open_paper, has_paper},
    {"day.print", N_("Print again"), N_("print"), KEY_CTRL('P'), 0, print, has_paper},
    {"day.reverse", N_("Reverse"), N_("undo"), 'u', 0, reverse, has_paper},
    {"day.take-up", N_("Take up a parked sale"), NULL, KEY_ALT('t'), TEFTER__RIGHT__RIGHT_SELL,
     take_up, has_parked},
    {"day.cash", N_("Cash in and out"), N_("in and out"), KEY_ALT('i'),
     TEFTER__RIGHT__RIGHT_TAKE_MONEY, in_and_out, has_till},
    {"day.parked", N_("Sales that others parked here"), NULL, KEY_ALT('h'),
     TEFTER__RIGHT__RIGHT_SELL, open_parked, NULL},
    {"day.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen day_screen = {
    .id = "day",
    .title = N_("My day"),
    .letter = 't',
    .right = TEFTER__RIGHT__RIGHT_TAKE_MONEY,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .head = head,
    .actions = actions,
};

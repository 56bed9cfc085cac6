/*
 * Customers: live, found as one types. The order is held while somebody looks: figures change in
 * place, and line 2 says how many rows would stand elsewhere.
 */
#include "base/text.h"
#include "tui/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATIN_ROWS = 50 };

static struct {
    uint32_t *rows; /* ids, in the order they are shown */
    size_t count;
    size_t room;
    size_t moved; /* would stand elsewhere */
    size_t top;
    uint64_t renewed; /* of the shop, when it was sorted */
    uint64_t version; /* of the shop that `moved` is of */
    char filter[FIELD_MAX];
    void (*chosen)(struct tui *tui, uint32_t customer); /* somebody is looked for ... */
    const struct work *chosen_of;                       /* ... by this person */
    struct asked found; /* what the server finds besides, across scripts */
} list;

/* ---- order ---- */

static int by_owes(const void *left, const void *right)
{
    const struct customer *a = *(const struct customer *const *)left;
    const struct customer *b = *(const struct customer *const *)right;
    if (a->owes != b->owes)
        return a->owes > b->owes ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool server_found(uint32_t id)
{
    if (!asked_is(&list.found, TEFTER__ANSWER__KIND_CUSTOMERS))
        return false;
    const Tefter__CustomersAnswer *answer = list.found.answer->customers;
    for (size_t i = 0; i < answer->n_rows; i++)
        if (answer->rows[i]->who->customer == id)
            return true;
    return false;
}

static bool is_shown(const struct tui *tui, const struct customer *customer, const char *key)
{
    if (customer->name == NULL || !customer->has_account || customer->id == tui->shop.cash_customer)
        return false;
    if (customer->erased && list.chosen != NULL)
        return false; /* nobody trades with them */
    if (customer->merged_into != 0 && key[0] == '\0')
        return false; /* one customer is one row; who types the old code is led on */
    return key[0] == '\0' || has_all_words(customer->key, key) || server_found(customer->id);
}

static struct customer **ordered(struct tui *tui, size_t *ret_count)
{
    char key[FIELD_MAX * 2];
    struct shop *shop = &tui->shop;
    struct customer **all = malloc((shop->customer_count + 1) * sizeof(*all));
    need(all != NULL);
    *ret_count = 0;
    size_t size = text_fold(list.filter, strlen(list.filter), key, sizeof(key) - 1);
    key[size] = '\0';
    for (size_t i = 0; i < shop->customer_count; i++)
        if (is_shown(tui, &shop->customers[i], key))
            all[(*ret_count)++] = &shop->customers[i];
    qsort(all, *ret_count, sizeof(struct customer *), by_owes);
    return all;
}

static void sort_anew(struct tui *tui)
{
    size_t count;
    struct customer **all = ordered(tui, &count);
    if (count > list.room) {
        list.room = count + count / 2 + 64;
        list.rows = realloc(list.rows, list.room * sizeof(*list.rows));
        need(list.rows != NULL);
    }
    for (size_t i = 0; i < count; i++)
        list.rows[i] = all[i]->id;
    list.count = count;
    list.moved = 0;
    list.renewed = tui->shop.renewed;
    list.version = tui->shop.version;
    free(all);
}

/* Until the figures are whole, and while a filter is typed, the order is the newest. */
static void keep_order(struct tui *tui)
{
    if (strcmp(list.filter, tui->work->filter.text) != 0 || list.renewed != tui->shop.renewed) {
        (void)snprintf(list.filter, sizeof(list.filter), "%s", tui->work->filter.text);
        sort_anew(tui);
    }
    if (list.version == tui->shop.version)
        return;
    size_t count;
    struct customer **all = ordered(tui, &count);
    list.moved = 0;
    for (size_t i = 0; i < count; i++)
        list.moved += i >= list.count || all[i]->id != list.rows[i];
    list.version = tui->shop.version;
    free(all);
}

static bool is_picking(const struct tui *tui)
{
    return list.chosen != NULL && list.chosen_of == tui->work;
}

/* ---- the cursor ---- */

static size_t cursor(const struct tui *tui)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.rows[i] == tui->work->customer)
            return i;
    return 0;
}

static void step_to(struct tui *tui, long at)
{
    if (list.count == 0)
        return;
    long last = (long)list.count - 1;
    at = at < 0 ? 0 : at > last ? last : at;
    tui->work->customer = list.rows[at];
}

static void choose(struct tui *tui)
{
    keep_order(tui);
    if (list.count == 0)
        return;
    tui->work->customer = customer_leads_to(tui, list.rows[cursor(tui)]);
    tui->work->filtering = false;
    if (is_picking(tui)) {
        void (*chosen)(struct tui *, uint32_t) = list.chosen;
        list.chosen = NULL;
        field_set(&tui->work->filter, "");
        go_back(tui);
        chosen(tui, tui->work->customer);
        return;
    }
    go_to(tui, &card_screen);
}

/* ---- finding ---- */

static void look_at_server(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerList wanted = TEFTER__CUSTOMER_LIST__INIT;
    asked_forget(&list.found);
    if (!connected(tui) || strlen(tui->work->filter.text) < 2)
        return;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
    query.customers = &wanted;
    wanted.text = tui->work->filter.text;
    wanted.has_rows = true;
    wanted.rows = LATIN_ROWS;
    ask(&list.found, &query);
}

static void found(struct tui *tui, struct asked *asked)
{
    (void)asked;
    sort_anew(tui);
    tui->dirty = true;
}

static void filter_changed(struct tui *tui)
{
    look_at_server(tui);
    keep_order(tui);
    tui->work->customer = list.count > 0 ? list.rows[0] : 0;
}

static void begin_filter(struct tui *tui)
{
    tui->work->filtering = true;
    tui->work->filter.fresh = false;
}

static void filter_with(struct tui *tui, const char *text)
{
    field_set(&tui->work->filter, text);
    begin_filter(tui);
    filter_changed(tui);
}

static void scan(struct tui *tui, const char *code)
{
    filter_with(tui, code);
}

static void enter(struct tui *tui)
{
    keep_order(tui);
}

static void stop_picking(struct tui *tui)
{
    list.chosen = NULL;
    go_back(tui);
}

static bool filter_typed(struct tui *tui, uint32_t key)
{
    struct work *work = tui->work;
    if (key == KEY_ESC_) {
        if (is_picking(tui) && work->filter.text[0] == '\0')
            stop_picking(tui);
        work->filtering = false;
        field_set(&work->filter, "");
        asked_forget(&list.found);
        return true;
    }
    if (key == KEY_ENTER_) {
        choose(tui);
        return true;
    }
    if (!field_key(&work->filter, key))
        return false;
    filter_changed(tui);
    return true;
}

static bool moved(struct tui *tui, uint32_t key)
{
    long at = (long)cursor(tui);
    long page = tui->canvas.rows - 6;
    switch (key) {
    case KEY_UP_:
        step_to(tui, at - 1);
        return true;
    case KEY_DOWN_:
        step_to(tui, at + 1);
        return true;
    case KEY_PAGE_UP_:
        step_to(tui, at - page);
        return true;
    case KEY_PAGE_DOWN_:
        step_to(tui, at + page);
        return true;
    case KEY_HOME_:
        step_to(tui, 0);
        return true;
    case KEY_END_:
        step_to(tui, (long)list.count - 1);
        return true;
    default:
        return false;
    }
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    struct work *work = tui->work;
    if (moved(tui, key))
        return true;
    if (work->filtering)
        return filter_typed(tui, key);
    if (key == KEY_ESC_ && (work->filter.text[0] != '\0' || is_picking(tui))) {
        field_set(&work->filter, "");
        if (is_picking(tui))
            stop_picking(tui);
        return true;
    }
    if ((key >= '0' && key <= '9') || key >= 0x80) { /* digits typed fast begin a search */
        if (key >= KEYS_APART)
            return false;
        field_set(&work->filter, "");
        begin_filter(tui);
        return filter_typed(tui, key);
    }
    if (key == 'j' || key == 'k')
        return moved(tui, key == 'j' ? KEY_DOWN_ : KEY_UP_);
    return false;
}

void pick_customer(struct tui *tui, void (*chosen)(struct tui *tui, uint32_t customer))
{
    go_to(tui, &customers_screen);
    list.chosen = chosen;
    list.chosen_of = tui->work;
    filter_with(tui, "");
}

/* ---- the picture ---- */

struct columns {
    int code, name, owes, standing, oldest; /* widths; 0: not there */
};

/* Columns go from the right, but never what is owed and what is available. */
static struct columns columns_for(int width)
{
    struct columns columns = {.code = 8, .owes = 16, .standing = 22, .oldest = 9};
    if (width < 72)
        columns.oldest = 0;
    if (width < 60) { /* amounts without their words, which stand in the head */
        columns.code = 0;
        columns.owes = 14;
        columns.standing = 15;
    }
    int fixed = 1 + columns.code + (columns.code > 0) + columns.owes + 1 + columns.standing + 1 +
                columns.oldest + (columns.oldest > 0);
    columns.name = width - fixed - 1;
    if (columns.name < 0)
        columns.name = 0;
    return columns;
}

struct cells {
    const char *code, *name, *owes, *standing, *oldest;
};

static void put_row(struct canvas *canvas, int row, const struct columns *columns,
                    const struct cells *cells, unsigned plain, unsigned standing, unsigned owes)
{
    int at = 1;
    if (columns->code > 0) {
        canvas_put(canvas, row, at, columns->code, SIDE_START, plain, cells->code);
        at += columns->code + 1;
    }
    canvas_put(canvas, row, at, columns->name, SIDE_START, plain, cells->name);
    at += columns->name + (columns->name > 0);
    canvas_put(canvas, row, at, columns->owes, SIDE_RIGHT, owes, cells->owes);
    at += columns->owes + 1;
    canvas_put(canvas, row, at, columns->standing, SIDE_RIGHT, standing, cells->standing);
    at += columns->standing + 1;
    if (columns->oldest > 0)
        canvas_put(canvas, row, at, columns->oldest, SIDE_RIGHT, plain, cells->oldest);
}

static const char *oldest_text(const struct tui *tui, const struct customer *customer,
                               char out[SHORT_MAX])
{
    char count[SHORT_MAX];
    (void)snprintf(out, SHORT_MAX, "–");
    if (customer->oldest_due != DATE_NONE && today(tui) > customer->oldest_due)
        (void)words_say(out, SHORT_MAX, tui->language, N_("{count} d"), "count",
                        number(tui, today(tui) - customer->oldest_due, count), NULL);
    return out;
}

static void draw_row(struct tui *tui, struct canvas *canvas, int row, const struct columns *columns,
                     const struct customer *customer)
{
    char owes[SHORT_MAX];
    char rest[SHORT_MAX];
    char oldest[SHORT_MAX];
    unsigned look;
    bool here = customer->id == tui->work->customer;
    bool fresh = is_fresh(tui, customer->changed_ms);
    struct cells cells = {.code = customer->code,
                          .name = customer->name,
                          .owes =
                              customer->merged_into != 0 ? "" : money(tui, customer->owes, owes),
                          .standing = standing_in(tui, customer, columns->standing, rest, &look),
                          .oldest = oldest_text(tui, customer, oldest)};
    put_row(canvas, row, columns, &cells, INK_PLAIN, look,
            fresh                ? INK_BOLD
            : customer->owes < 0 ? INK_CREDIT
                                 : INK_PLAIN);
    canvas_put(canvas, row, 0, 1, SIDE_START, INK_ACCENT, fresh ? "▎" : here ? ">" : " ");
}

static void draw_empty(struct tui *tui, struct canvas *canvas, struct area area)
{
    char text[TEXT_MAX_BYTES];
    if (!tui->shop.whole)
        (void)snprintf(text, sizeof(text), "%s", in_words(tui, N_("Still fetching")));
    else if (tui->work->filter.text[0] != '\0')
        SAY(tui, text, N_("Nobody for ‘{text}’."), "text", tui->work->filter.text);
    else
        (void)snprintf(text, sizeof(text), "%s",
                       in_words(tui, N_("No customer yet. The first one comes with the first sale "
                                        "on credit.")));
    canvas_put(canvas, area.top + 2, 2, area.width - 4, SIDE_START, INK_DIM, text);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    char owes[SHORT_MAX];
    char available[SHORT_MAX];
    keep_order(tui);
    if (list.count > 0 && list.rows[cursor(tui)] != tui->work->customer)
        tui->work->customer = list.rows[0];
    struct columns columns = columns_for(area.width);
    SAY(tui, owes, N_("Owes {unit}"), "unit", unit_of(tui));
    SAY(tui, available, N_("Available {unit}"), "unit", unit_of(tui));
    struct cells heads = {.code = in_words(tui, N_("Code")),
                          .name = in_words(tui, N_("Customer")),
                          .owes = owes,
                          .standing = available,
                          .oldest = in_words(tui, N_("Oldest"))};
    put_row(canvas, area.top, &columns, &heads, INK_DIM, INK_DIM, INK_DIM);
    if (list.count == 0) {
        draw_empty(tui, canvas, area);
        return;
    }
    size_t rows = (size_t)(area.bottom - area.top - 1);
    size_t at = cursor(tui);
    if (at < list.top)
        list.top = at;
    if (at >= list.top + rows)
        list.top = at - rows + 1;
    if (list.top + rows > list.count)
        list.top = list.count > rows ? list.count - rows : 0;
    for (size_t i = 0; i < rows && list.top + i < list.count; i++) {
        const struct customer *customer = customer_of(tui, list.rows[list.top + i]);
        int row = area.top + 1 + (int)i;
        if (customer == NULL)
            continue; /* gone: its row stays empty until the list is sorted anew */
        if (customer->id == tui->work->customer)
            canvas_cursor(canvas, row, 0, area.width);
        draw_row(tui, canvas, row, &columns, customer);
    }
}

/* Without the cash customer; who was merged is counted where they are. */
static size_t everybody(const struct tui *tui)
{
    size_t count = 0;
    for (size_t i = 0; i < tui->shop.customer_count; i++)
        count += tui->shop.customers[i].id != tui->shop.cash_customer &&
                 tui->shop.customers[i].merged_into == 0;
    return count;
}

static void head(struct tui *tui, char start[SHORT_MAX * 2], char end[SHORT_MAX])
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    const struct work *work = tui->work;
    size_t whole = everybody(tui);
    keep_order(tui); /* the head is drawn first */
    const char *title =
        in_words(tui, is_picking(tui) ? N_("For which customer?") : N_("Customers"));
    if (work->filtering || work->filter.text[0] != '\0')
        (void)snprintf(start, SHORT_MAX * 2, "%s / %s%s", title, work->filter.text,
                       work->filtering ? "_" : "");
    else
        (void)snprintf(start, SHORT_MAX * 2, "%s", title);
    if (list.moved > 0)
        (void)words_say(end, SHORT_MAX, tui->language, N_("{count} rows moved, v sorts"), "count",
                        number(tui, list.moved, a), NULL);
    else
        (void)words_say(end, SHORT_MAX, tui->language, N_("{part} of {whole}"), "part",
                        number(tui, list.count, a), "whole", number(tui, whole, b), NULL);
}

/* ---- actions ---- */

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&list.found, tui, found);
        return;
    }
    asked_end(&list.found);
    free(list.rows);
    list.rows = NULL;
}

static void sell(struct tui *tui)
{
    sale_open(tui, customer_leads_to(tui, tui->work->customer));
}

static void take_money(struct tui *tui)
{
    payment_open(tui, customer_leads_to(tui, tui->work->customer));
}

static void match(struct tui *tui)
{
    matching_open(tui, customer_leads_to(tui, tui->work->customer));
}

static bool looks(const struct tui *tui)
{
    return !tui->work->filtering && !is_picking(tui);
}

/* ... and whoever the cursor is on can be traded with. */
static bool trades(const struct tui *tui)
{
    return looks(tui) && customer_trades(tui, customer_leads_to(tui, tui->work->customer));
}

static const struct action actions[] = {
    {"customers.sale", N_("Sale"), N_("sale"), 'n', TEFTER__RIGHT__RIGHT_SELL, sell, trades},
    {"customers.payment", N_("Take the money"), N_("payment"), 'p', TEFTER__RIGHT__RIGHT_TAKE_MONEY,
     take_money, trades},
    {"customers.match", N_("Matching"), N_("Match"), 'm', TEFTER__RIGHT__RIGHT_MATCH, match,
     trades},
    {"customers.open", N_("Open the customer"), N_("Open it"), KEY_ENTER_, 0, choose, NULL},
    {"customers.search", N_("Find a customer"), N_("filter"), '/', 0, begin_filter, looks},
    {"customers.sort", N_("Sort the list anew"), N_("sort"), 'v', 0, sort_anew, looks},
    {.title = NULL},
};

const struct screen customers_screen = {
    .id = "customers",
    .title = N_("Customers"),
    .letter = 'c',
    .right = TEFTER__RIGHT__RIGHT_SEE,
    .begin = begin,
    .enter = enter,
    .draw = draw,
    .pane = card_pane,
    .key = key_typed,
    .scan = scan,
    .head = head,
    .actions = actions,
};

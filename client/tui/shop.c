/*
 * What this terminal knows of its shop: customers live, goods and places as they were when the
 * person began. Goods are kept so that a sale for cash goes on without a line.
 */
#include "base/fold.h"
#include "base/sight.h"
#include "base/tell.h"
#include "base/text.h"
#include "tui/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MEMORY_MAX = 256 * 1024, PRODUCTS_MOST = 20000, PRODUCT_ROWS = 1000 };

/* ---- text ---- */

char *seen_text(const char *text)
{
    size_t size = strlen(text);
    size_t room = size * 6 + 1;
    char *out = malloc(room);
    need(out != NULL);
    size_t used = 0;
    struct sight_place sight = {0};
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        size_t bytes = text_decode(text + at, size - at, &point);
        bool seen = bytes > 0 && sight_sees(&sight, point, text + at + bytes, size - at - bytes);
        if (seen) {
            memcpy(out + used, text + at, bytes);
            used += bytes;
        } else {
            used += (size_t)snprintf(out + used, room - used,
                                     bytes == 0 || point < 0x100 ? "\\x%02x" : "\\u%04x",
                                     bytes == 0 ? (unsigned char)text[at] : point);
        }
        at += bytes == 0 ? 1 : bytes;
    }
    out[used] = '\0';
    return out;
}

static char *folded(const char *text)
{
    size_t size = strlen(text);
    char *out = malloc(size * 4 + 1);
    need(out != NULL);
    out[text_fold(text, size, out, size * 4)] = '\0';
    return out;
}

/* ---- customers ---- */

struct customer *customer_of(const struct tui *tui, uint32_t id)
{
    const struct shop *shop = &tui->shop;
    size_t low = 0;
    size_t high = shop->customer_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (shop->customers[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < shop->customer_count && shop->customers[low].id == id;
    return found ? &shop->customers[low] : NULL;
}

uint32_t customer_leads_to(const struct tui *tui, uint32_t id)
{
    const struct customer *customer = customer_of(tui, id);
    return customer != NULL && customer->merged_into != 0 ? customer->merged_into : id;
}

bool customer_trades(const struct tui *tui, uint32_t id)
{
    const struct customer *customer = customer_of(tui, id);
    return customer != NULL && customer->merged_into == 0 && !customer->erased;
}

static struct customer *customer_made(struct tui *tui, uint32_t id)
{
    struct shop *shop = &tui->shop;
    struct customer *there = customer_of(tui, id);
    if (there != NULL)
        return there;
    if (shop->customer_count == shop->customer_room) {
        shop->customer_room = shop->customer_room * 2 + 256;
        shop->customers = realloc(shop->customers, shop->customer_room * sizeof(*shop->customers));
        need(shop->customers != NULL);
    }
    size_t at = shop->customer_count;
    for (; at > 0 && shop->customers[at - 1].id > id; at--)
        shop->customers[at] = shop->customers[at - 1];
    shop->customers[at] = (struct customer){.id = id};
    shop->customer_count++;
    return &shop->customers[at];
}

static void take_who(struct tui *tui, const Tefter__CustomerRow *row)
{
    char all[TEXT_MAX_BYTES * 2];
    struct customer *customer = customer_made(tui, row->customer);
    free(customer->name);
    free(customer->key);
    (void)snprintf(customer->code, sizeof(customer->code), "%s", row->code);
    customer->name = seen_text(value_of(row->name));
    (void)snprintf(all, sizeof(all), "%s %s %s %s", row->code, value_of(row->name),
                   value_of(row->phone), row->area == NULL ? "" : row->area);
    customer->key = folded(all);
    customer->locked = row->has_locked && row->locked;
    customer->erased = row->has_erased && row->erased;
    customer->merged_into = row->has_merged_into ? row->merged_into : 0;
    (void)snprintf(customer->merged_code, sizeof(customer->merged_code), "%s",
                   row->merged_code == NULL ? "" : row->merged_code);
}

static void news_add(struct tui *tui, const struct customer *customer,
                     const Tefter__LastChange *last)
{
    struct shop *shop = &tui->shop;
    char amount[SHORT_MAX] = "";
    char clock[SHORT_MAX] = "";
    char *paper = seen_text(last->number == NULL ? "" : last->number);
    if (last->has_amount_minor)
        (void)money(tui, last->amount_minor, amount);
    if (last->has_at_ms)
        (void)clock_of(tui, last->at_ms, clock);
    memmove(shop->news + 1, shop->news, (NEWS_MAX - 1) * sizeof(*shop->news));
    shop->news_count += shop->news_count < NEWS_MAX;
    shop->news[0].at_ms = now_ms(tui);
    (void)snprintf(shop->news[0].text, sizeof(shop->news[0].text), "%s  %s  %s%s%s%s", clock,
                   customer->name == NULL ? "" : customer->name,
                   last->has_amount_minor && last->amount_minor > 0 ? "+" : "", amount,
                   paper[0] == '\0' ? "" : " · ", paper);
    free(paper);
}

static void take_account(struct tui *tui, const Tefter__AccountRow *row, bool news)
{
    struct customer *customer = customer_made(tui, row->customer);
    uint64_t last = row->last == NULL ? 0 : row->last->seq;
    bool changed = news && customer->has_account &&
                   (customer->owes != row->balance_minor ||
                    customer->available != row->available_minor || customer->last_seq != last);
    customer->has_account = true;
    customer->owes = row->balance_minor;
    customer->unlimited = row->unlimited;
    customer->limit = row->limit_minor;
    customer->available = row->available_minor;
    customer->locked = row->locked;
    customer->bills = row->bills_minor;
    customer->uncleared = row->uncleared_minor;
    customer->unmatched = row->unmatched_minor;
    customer->overdue = row->has_overdue_minor ? row->overdue_minor : 0;
    customer->oldest_due = row->has_oldest_due ? row->oldest_due : DATE_NONE;
    if (changed)
        customer->changed_ms = now_ms(tui);
    if (changed && row->last != NULL && last != customer->last_seq)
        news_add(tui, customer, row->last);
    customer->last_seq = last;
}

/* A whole picture came again: who is not in it any more is gone. */
static bool is_there(void *context, const Tefter__Row *row)
{
    struct customer *customer = row->kind_case == TEFTER__ROW__KIND_ACCOUNT
                                    ? customer_of(context, row->account->customer)
                                    : NULL;
    if (customer != NULL)
        customer->there = true;
    return true;
}

static void drop_gone(struct tui *tui)
{
    struct shop *shop = &tui->shop;
    struct arena arena;
    size_t kept = 0;
    for (size_t i = 0; i < shop->customer_count; i++)
        shop->customers[i].there = false;
    arena_init(&arena, ROW_MEMORY_MAX);
    tefter_feed_each(shop->feed, &arena, is_there, tui);
    arena_fini(&arena);
    for (size_t i = 0; i < shop->customer_count; i++) {
        if (shop->customers[i].there) {
            shop->customers[kept++] = shop->customers[i];
            continue;
        }
        free(shop->customers[i].name);
        free(shop->customers[i].key);
    }
    shop->customer_count = kept;
}

static void rows_came(void *context, const struct tefter_delta *set)
{
    struct tui *tui = context;
    bool news = tui->shop.whole && !set->page && !set->renewed;
    for (size_t i = 0; i < set->row_count; i++) { /* names first: news tell them */
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_CUSTOMER)
            take_who(tui, set->rows[i]->customer);
    }
    for (size_t i = 0; i < set->row_count; i++) {
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_ACCOUNT)
            take_account(tui, set->rows[i]->account, news);
    }
    if (set->renewed)
        drop_gone(tui);
    if (set->renewed || (set->exact && !tui->shop.whole))
        tui->shop.renewed++;
    if (set->exact)
        tui->shop.whole = true;
    tui->shop.version++;
    paint_soon(tui);
}

bool has_all_words(const char *key, const char *words)
{
    char word[FIELD_MAX];
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        (void)snprintf(word, sizeof(word), "%.*s", (int)size, words);
        if (key == NULL || strstr(key, word) == NULL)
            return false;
        words += size + strspn(words + size, " ");
    }
    return true;
}

/* ---- goods ---- */

struct product *product_of(struct tui *tui, uint32_t id)
{
    for (size_t i = 0; i < tui->shop.product_count; i++)
        if (tui->shop.products[i].id == id)
            return &tui->shop.products[i];
    return NULL;
}

/* Every code that it is found by, each between line feeds. */
static char *codes_of(const Tefter__ProductRecord *record)
{
    size_t room = (record->n_barcodes + 1) * (FOLD_KEY_MAX + 2) + 2;
    for (size_t i = 0; i < record->n_units; i++)
        room += record->units[i]->n_barcodes * (FOLD_KEY_MAX + 2);
    char *out = malloc(room);
    char key[FOLD_KEY_MAX + 1];
    need(out != NULL);
    (void)fold_key(record->code, key);
    int size = snprintf(out, room, "\n%s\n", key);
    for (size_t i = 0; i < record->n_barcodes; i++) {
        (void)fold_key(record->barcodes[i], key);
        size += snprintf(out + size, room - (size_t)size, "%s\n", key);
    }
    for (size_t i = 0; i < record->n_units; i++)
        for (size_t k = 0; k < record->units[i]->n_barcodes; k++) {
            (void)fold_key(record->units[i]->barcodes[k], key);
            size += snprintf(out + size, room - (size_t)size, "%s\n", key);
        }
    return out;
}

static char *codes_of_unit(const Tefter__ProductUnit *unit)
{
    size_t room = unit->n_barcodes * (FOLD_KEY_MAX + 2) + 2;
    char *out = malloc(room);
    char key[FOLD_KEY_MAX + 1];
    need(out != NULL);
    int size = snprintf(out, room, "\n");
    for (size_t i = 0; i < unit->n_barcodes; i++) {
        (void)fold_key(unit->barcodes[i], key);
        size += snprintf(out + size, room - (size_t)size, "%s\n", key);
    }
    return out;
}

/* As it stands among codes. */
static const char *among(const char *code, char out[FOLD_KEY_MAX + 3])
{
    char key[FOLD_KEY_MAX + 1];
    (void)fold_key(code, key);
    (void)snprintf(out, FOLD_KEY_MAX + 3, "\n%s\n", key);
    return out;
}

struct product *product_coded(struct tui *tui, const char *code)
{
    char key[FOLD_KEY_MAX + 3];
    (void)among(code, key);
    for (size_t i = 0; i < tui->shop.product_count; i++)
        if (strstr(tui->shop.products[i].barcodes, key) != NULL)
            return &tui->shop.products[i];
    return NULL;
}

const struct unit *unit_coded(const struct product *product, const char *code)
{
    char key[FOLD_KEY_MAX + 3];
    (void)among(code, key);
    for (size_t i = 0; i < product->unit_count; i++)
        if (strstr(product->units[i].barcodes, key) != NULL)
            return &product->units[i];
    return NULL;
}

/* As people type it: "thung" is "thùng". */
static bool is_called(const char *name, const char *word)
{
    char *a = folded(name);
    char *b = folded(word);
    bool same = strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

bool unit_called(const struct product *product, const char *word, const struct unit **ret_unit)
{
    *ret_unit = NULL;
    for (size_t i = 0; i < product->unit_count && *ret_unit == NULL; i++)
        if (is_called(product->units[i].code, word))
            *ret_unit = &product->units[i];
    return *ret_unit != NULL || is_called(product->unit, word);
}

static int64_t price_by(int64_t price, int64_t factor)
{
    __extension__ __int128 whole = (__int128)price * factor + QUANTITY_UNIT / 2;
    return (int64_t)(whole / QUANTITY_UNIT);
}

/* The catalogue's price of one; a price list may have another, which the server tells. */
static void take_units(struct product *product, const Tefter__ProductRecord *record)
{
    product->units = calloc(record->n_units + 1, sizeof(*product->units));
    need(product->units != NULL);
    for (size_t i = 0; i < record->n_units; i++) {
        const Tefter__ProductUnit *from = record->units[i];
        struct unit *unit = &product->units[product->unit_count];
        if (!from->has_factor || (from->has_retired && from->retired))
            continue;
        unit->code = seen_text(from->code);
        unit->barcodes = codes_of_unit(from);
        unit->has_price = from->has_price || record->has_price;
        unit->price = from->has_price ? from->price : price_by(record->price, from->factor);
        product->unit_count++;
    }
}

static void product_free(struct product *product)
{
    for (size_t i = 0; i < product->unit_count; i++) {
        free(product->units[i].code);
        free(product->units[i].barcodes);
    }
    free(product->units);
    free(product->code);
    free(product->name);
    free(product->unit);
    free(product->key);
    free(product->barcodes);
}

void product_add(struct tui *tui, const Tefter__ProductRecord *record)
{
    struct shop *shop = &tui->shop;
    struct product *product = product_of(tui, record->product);
    char all[TEXT_MAX_BYTES];
    if (product == NULL) {
        if (shop->product_count == shop->product_room) {
            shop->product_room = shop->product_room * 2 + 256;
            shop->products = realloc(shop->products, shop->product_room * sizeof(*product));
            need(shop->products != NULL);
        }
        product = &shop->products[shop->product_count++];
    } else {
        product_free(product);
    }
    (void)snprintf(all, sizeof(all), "%s %s", record->code, record->name);
    *product = (struct product){.id = record->product,
                                .code = seen_text(record->code),
                                .name = seen_text(record->name),
                                .unit = seen_text(record->unit == NULL ? "" : record->unit),
                                .key = folded(all),
                                .barcodes = codes_of(record),
                                .has_price = record->has_price,
                                .price = record->price,
                                .tax_bp = record->has_tax_bp ? record->tax_bp : 0};
    take_units(product, record);
}

static void ask_products(struct tui *tui, ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductList list = TEFTER__PRODUCT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCTS;
    query.products = &list;
    list.has_rows = true;
    list.rows = PRODUCT_ROWS;
    list.has_page = page.len > 0;
    list.page = page;
    ask(&tui->shop.catalogue, &query);
}

static void products_came(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_PRODUCTS))
        return;
    const Tefter__ProductsAnswer *answer = asked->answer->products;
    for (size_t i = 0; i < answer->n_products; i++)
        if (!answer->products[i]->retired)
            product_add(tui, answer->products[i]);
    draft_prices_anew(tui);
    if (answer->has_next && answer->next.len > 0 && tui->shop.product_count < PRODUCTS_MOST)
        ask_products(tui, answer->next);
}

/* ---- where money goes ---- */

static void ask_accounts(struct tui *tui, ProtobufCBinaryData page)
{
    tui->shop.places_anew = page.len == 0;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__MoneyAccountList list = TEFTER__MONEY_ACCOUNT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MONEY_ACCOUNTS;
    query.money_accounts = &list;
    list.has_page = page.len > 0;
    list.page = page;
    ask(&tui->shop.accounts, &query);
}

static void accounts_came(struct tui *tui, struct asked *asked)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    if (!asked_is(asked, TEFTER__ANSWER__KIND_MONEY_ACCOUNTS) || welcome == NULL)
        return;
    const Tefter__MoneyAccountsAnswer *answer = asked->answer->money_accounts;
    if (tui->shop.places_anew)
        tui->shop.place_count = 0;
    tui->shop.places_anew = false;
    for (size_t i = 0; i < answer->n_money_accounts; i++) {
        const Tefter__MoneyAccountRecord *row = answer->money_accounts[i];
        bool here = !row->has_branch || row->branch == welcome->branch;
        bool room = tui->shop.place_count < sizeof(tui->shop.places) / sizeof(tui->shop.places[0]);
        if (row->retired || !here || !room)
            continue;
        struct place *place = &tui->shop.places[tui->shop.place_count++];
        char *name = seen_text(row->name);
        *place = (struct place){.id = row->money_account,
                                .kind = row->kind,
                                .open_since = row->has_open_since ? row->open_since : DATE_NONE,
                                .has_days = row->has_till_days && row->till_days > 0};
        (void)snprintf(place->name, sizeof(place->name), "%s", name);
        free(name);
    }
    if (answer->has_next && answer->next.len > 0)
        ask_accounts(tui, answer->next);
}

static Tefter__MoneyAccountKind account_kind(Tefter__PaymentKind kind)
{
    if (kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
        return TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL;
    if (kind == TEFTER__PAYMENT_KIND__PAYMENT_POS)
        return TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE;
    return TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
}

/* The one that was chosen here, else that is called as this terminal, else the first. */
static const struct place *place_of(const struct tui *tui, Tefter__PaymentKind kind)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    const struct place *found = NULL;
    for (size_t i = 0; i < tui->shop.place_count; i++) {
        const struct place *place = &tui->shop.places[i];
        if (place->kind != account_kind(kind))
            continue;
        if (place->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL && place->id == tui->shop.till)
            return place;
        bool named = welcome != NULL && strcmp(place->name, welcome->terminal_name) == 0;
        if (found == NULL || named)
            found = place;
    }
    return found;
}

uint32_t place_for(const struct tui *tui, Tefter__PaymentKind kind)
{
    const struct place *place = place_of(tui, kind);
    return place == NULL ? 0 : place->id;
}

const char *place_word(const struct tui *tui, Tefter__PaymentKind kind)
{
    const struct place *place = place_of(tui, kind);
    return place == NULL ? "" : place->name;
}

const struct place *till_here(const struct tui *tui)
{
    return place_of(tui, TEFTER__PAYMENT_KIND__PAYMENT_CASH);
}

bool till_is_shut(const struct tui *tui)
{
    const struct place *till = till_here(tui);
    return till != NULL && till->open_since == DATE_NONE && connected(tui);
}

bool till_next(struct tui *tui)
{
    const struct place *here = till_here(tui);
    size_t at = here == NULL ? 0 : (size_t)(here - tui->shop.places);
    for (size_t i = 1; here != NULL && i < tui->shop.place_count; i++) {
        const struct place *place = &tui->shop.places[(at + i) % tui->shop.place_count];
        if (place->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL) {
            tui->shop.till = place->id;
            return true;
        }
    }
    return false;
}

void places_again(struct tui *tui)
{
    if (connected(tui))
        ask_accounts(tui, (ProtobufCBinaryData){0});
}

/* ---- who, and which branch ---- */

static void name_add(struct names *names, uint32_t id, bool blocked, const char *text)
{
    char *seen = seen_text(text);
    if (names->count == names->room) {
        names->room = names->room * 2 + 16;
        names->rows = realloc(names->rows, names->room * sizeof(*names->rows));
        need(names->rows != NULL);
    }
    struct called *row = &names->rows[names->count++];
    *row = (struct called){.id = id, .blocked = blocked};
    (void)snprintf(row->name, sizeof(row->name), "%s", seen);
    free(seen);
}

static const char *name_in(const struct names *names, uint32_t id)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->rows[i].id == id)
            return names->rows[i].name;
    return "";
}

const char *staff_name(const struct tui *tui, uint32_t staff)
{
    return name_in(&tui->shop.staff, staff);
}

const char *branch_name(const struct tui *tui, uint32_t branch)
{
    return name_in(&tui->shop.branches, branch);
}

static void ask_staff(struct tui *tui, ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__StaffList list = TEFTER__STAFF_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_STAFF;
    query.staff = &list;
    list.has_page = page.len > 0;
    list.page = page;
    ask(&tui->shop.staff.asked, &query);
}

static void staff_came(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_STAFF))
        return;
    const Tefter__StaffAnswer *answer = asked->answer->staff;
    for (size_t i = 0; i < answer->n_staff; i++) {
        const Tefter__StaffMember *one = answer->staff[i];
        const char *name = value_of(one->name);
        name_add(&tui->shop.staff, one->staff, one->blocked, name[0] != '\0' ? name : one->login);
    }
    if (answer->has_next && answer->next.len > 0)
        ask_staff(tui, answer->next);
}

static void ask_branches(struct tui *tui, ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__BranchList list = TEFTER__BRANCH_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_BRANCHES;
    query.branches = &list;
    list.has_page = page.len > 0;
    list.page = page;
    ask(&tui->shop.branches.asked, &query);
}

static void branches_came(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_BRANCHES))
        return;
    const Tefter__BranchesAnswer *answer = asked->answer->branches;
    for (size_t i = 0; i < answer->n_branches; i++)
        name_add(&tui->shop.branches, answer->branches[i]->branch, false,
                 answer->branches[i]->name);
    if (answer->has_next && answer->next.len > 0)
        ask_branches(tui, answer->next);
}

static void company_came(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_COMPANY))
        return;
    tui->shop.cash_customer = asked->answer->company->cash_customer;
    tui->shop.cash_unit =
        asked->answer->company->has_cash_unit_minor ? asked->answer->company->cash_unit_minor : 0;
    tui->shop.renewed++;
}

/* ---- begin, end ---- */

void shop_begin(struct tui *tui)
{
    asked_begin(&tui->shop.company, tui, company_came);
    asked_begin(&tui->shop.accounts, tui, accounts_came);
    asked_begin(&tui->shop.catalogue, tui, products_came);
    asked_begin(&tui->shop.staff.asked, tui, staff_came);
    asked_begin(&tui->shop.branches.asked, tui, branches_came);
    tui->shop.feed =
        tefter_subscribe(tui->client, TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, rows_came, tui);
    tui->shop.approvals =
        tefter_subscribe(tui->client, TEFTER__TOPIC__TOPIC_APPROVALS, NULL, 0, approvals_came, tui);
    need(tui->shop.feed != NULL && tui->shop.approvals != NULL);
}

void shop_look(struct tui *tui)
{
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView view = TEFTER__COMPANY_VIEW__INIT;
    if (person == NULL || person->staff == tui->shop.loaded_for || !connected(tui))
        return;
    tui->shop.loaded_for = person->staff;
    tui->shop.place_count = 0;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &view;
    ask(&tui->shop.company, &query);
    ask_accounts(tui, (ProtobufCBinaryData){0});
    ask_products(tui, (ProtobufCBinaryData){0});
    tui->shop.staff.count = tui->shop.branches.count = 0;
    ask_staff(tui, (ProtobufCBinaryData){0});
    ask_branches(tui, (ProtobufCBinaryData){0});
}

void shop_end(struct tui *tui)
{
    struct shop *shop = &tui->shop;
    asked_end(&shop->company);
    asked_end(&shop->accounts);
    asked_end(&shop->catalogue);
    asked_end(&shop->staff.asked);
    asked_end(&shop->branches.asked);
    free(shop->staff.rows);
    free(shop->branches.rows);
    for (size_t i = 0; i < shop->customer_count; i++) {
        free(shop->customers[i].name);
        free(shop->customers[i].key);
    }
    for (size_t i = 0; i < shop->product_count; i++)
        product_free(&shop->products[i]);
    free(shop->customers);
    free(shop->products);
}

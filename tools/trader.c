/*
 * A practice terminal: one branch of tools/run's company. Logs in, keeps a live picture of all
 * customers, and trades at random from a seed: sells, is refused at the limit, takes money. One
 * line for each thing done here, and one for each push of what others did, with its delay from the
 * commit to its arrival. On TERM or INT it writes its figures and ends.
 *
 *   trader --profile DIR --login NAME --password WORD --title "Thủ Đức" --seed N
 *          --pace MS --figures FILE
 *
 * It is also the smallest program on client/lib that does everything: read it from the bottom up.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "lib/tefter.h"

enum {
    PRODUCTS_MAX = 200,
    CUSTOMERS_MAX = 1000,
    LINES_MAX = 3,
    DELAYS_MAX = 1000000,
    SENTENCE_SIZE = 400,
    NAME_COLUMNS = 24,
    NAME_SIZE = NAME_COLUMNS * 4 + 16,
    TITLE_COLUMNS = 13,
    ROW_SIZE = 1024,
};

struct figures {
    uint64_t sales;
    uint64_t refusals;
    uint64_t payments;
    uint64_t pushes;
    char refusal[SENTENCE_SIZE]; /* the newest one at a limit, for the summary */
    int64_t *delays_ms;
    size_t delay_count;
};

struct trader {
    struct tefter *client;
    struct tefter_feed *feed;
    struct loop *loop;
    struct loop_timer *timer;
    struct arena arena; /* reset with each line or act */
    const char *title;
    uint64_t random;
    uint32_t pace_ms;
    uint32_t products[PRODUCTS_MAX];
    size_t product_count;
    uint32_t till;
    uint32_t customers[CUSTOMERS_MAX]; /* refreshed from the picture before each act */
    size_t customer_count;
    uint32_t owes; /* who was refused last: they pay next */
    int64_t owes_minor;
    struct figures figures;
};

/* What a command under way is about. */
struct act {
    struct trader *trader;
    uint32_t customer;
    bool sale;
};

/* ---- chance ---- */

static uint64_t next_random(struct trader *trader)
{
    uint64_t x = trader->random += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint32_t chance(struct trader *trader, uint32_t below)
{
    return (uint32_t)(next_random(trader) % below);
}

/* ---- lines ---- */

/* `text` in exactly `columns` of the screen, cut at a whole character. */
static void padded(const char *text, size_t columns, char *out, size_t capacity)
{
    size_t size = strlen(text);
    while (text_columns(text, size) > columns || size + columns >= capacity) {
        do
            size--;
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80);
    }
    memcpy(out, text, size);
    size_t pad = columns - text_columns(text, size);
    memset(out + size, ' ', pad);
    out[size + pad] = '\0';
}

/* "09:41:07.123  Thủ Đức       sells    " and then the rest. */
static void say(const struct trader *trader, const char *what, const char *rest)
{
    struct timespec now;
    struct tm local;
    char title[TITLE_COLUMNS * 4 + 8];
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    padded(trader->title, TITLE_COLUMNS, title, sizeof title);
    printf("%02d:%02d:%02d.%03ld  %s %-8s %s\n", local.tm_hour, local.tm_min, local.tm_sec,
           now.tv_nsec / 1000000, title, what, rest);
    if (fflush(stdout) != 0) /* nobody reads any more */
        loop_stop(trader->loop);
}

/* What a row is of; NULL: of something else, or there is no row. */
static const Tefter__AccountRow *account_in(const Tefter__Row *row)
{
    return row != NULL && row->kind_case == TEFTER__ROW__KIND_ACCOUNT ? row->account : NULL;
}

static const Tefter__CustomerRow *customer_in(const Tefter__Row *row)
{
    return row != NULL && row->kind_case == TEFTER__ROW__KIND_CUSTOMER ? row->customer : NULL;
}

/* His name, and behind it a mark that keeps figures in their place after writing from the right. */
static void name_cell(struct trader *trader, uint32_t customer, char *out, size_t room)
{
    static const char left_to_right[] = "\u200e";
    const Tefter__CustomerRow *row =
        customer_in(tefter_feed_row(trader->feed, TEFTER_ROW_CUSTOMER, customer, &trader->arena));
    const char *name = row != NULL ? row->name->value : NULL;
    padded(name != NULL ? name : "?", NAME_COLUMNS, out, room - sizeof left_to_right);
    memcpy(out + strlen(out), left_to_right, sizeof left_to_right);
}

static void amount_cell(struct trader *trader, int64_t amount_minor, char *out)
{
    money_write(amount_minor, tefter_currency(trader->client)->exponent, out);
}

/* "TD-00017    Xây dựng Phú Mỹ    +112,400,000   928,300,000   117,600,000" */
static void figures_cells(struct trader *trader, const Tefter__AccountRow *account,
                          const Tefter__LastChange *last, char *out, size_t room)
{
    char name[NAME_SIZE], change[MONEY_TEXT_MAX + 1], owes[MONEY_TEXT_MAX],
        available[MONEY_TEXT_MAX];
    name_cell(trader, account->customer, name, sizeof name);
    change[0] = '+';
    amount_cell(trader, last->amount_minor, change + (last->amount_minor > 0));
    amount_cell(trader, account->balance_minor, owes);
    amount_cell(trader, account->available_minor, available);
    snprintf(out, room, "%-11s %s %14s %14s %14s", last->number != NULL ? last->number : "", name,
             change, owes, account->unlimited ? "any" : available);
}

/* ---- what is pushed ---- */

static void push_line(struct trader *trader, const struct tefter_delta *set,
                      const Tefter__AccountRow *account)
{
    char cells[ROW_SIZE / 2], line[ROW_SIZE];
    figures_cells(trader, account, account->last, cells, sizeof cells);
    snprintf(line, sizeof line, "%s  %s%" PRId64 " ms", cells, set->delay_ms == 0 ? "< " : "",
             set->delay_ms == 0 ? 1 : set->delay_ms);
    say(trader, "  hears", line);
}

static void on_set(void *context, const struct tefter_delta *set)
{
    struct trader *trader = context;
    uint32_t own = tefter_welcome(trader->client)->terminal;
    if (set->page || set->delay_ms < 0)
        return;
    for (size_t i = 0; i < set->row_count; i++) {
        const Tefter__AccountRow *account = account_in(set->rows[i]);
        if (account == NULL || account->last == NULL || account->last->seq > set->seq)
            continue;
        trader->figures.pushes++;
        if (trader->figures.delay_count < DELAYS_MAX)
            trader->figures.delays_ms[trader->figures.delay_count++] = set->delay_ms;
        const Tefter__Actor *actor = account->last->actor;
        if (actor == NULL || actor->terminal != own)
            push_line(trader, set, account);
        arena_reset(&trader->arena);
    }
}

/* ---- what is done ---- */

static void refused_line(struct trader *trader, uint32_t customer, const Tefter__Refusal *refusal)
{
    char sentence[SENTENCE_SIZE], line[ROW_SIZE], name[NAME_SIZE];
    name_cell(trader, customer, name, sizeof name);
    refusal_sentence(refusal, tefter_currency(trader->client), sentence, sizeof sentence);
    snprintf(line, sizeof line, "%-11s %s %s", "", name, sentence);
    say(trader, "REFUSED", line);
    trader->figures.refusals++;
    if (refusal->decision != NULL) {
        snprintf(trader->figures.refusal, sizeof trader->figures.refusal, "%s", sentence);
        bool bills = refusal->decision->bills_minor >= refusal->over_by_minor;
        trader->owes = bills ? customer : 0;
        trader->owes_minor = refusal->over_by_minor;
    }
    arena_reset(&trader->arena);
}

static void done_line(struct trader *trader, const struct act *act, const Tefter__Done *done)
{
    char line[ROW_SIZE];
    if (act->sale)
        trader->figures.sales++;
    else
        trader->figures.payments++;
    if (done->account == NULL || done->account->last == NULL)
        return;
    figures_cells(trader, done->account, done->account->last, line, sizeof line);
    say(trader, act->sale ? "sells" : "is paid", line);
    arena_reset(&trader->arena);
}

static void on_reply(void *context, const struct tefter_outcome *outcome)
{
    struct act *act = context;
    if (outcome->refused != NULL)
        refused_line(act->trader, act->customer, outcome->refused);
    else
        done_line(act->trader, act, outcome->done);
    free(act);
}

static void submit(struct trader *trader, Tefter__Command *command, uint32_t customer, bool sale)
{
    struct failure failure = {0};
    struct act *act = malloc(sizeof *act);
    if (act == NULL)
        return;
    *act = (struct act){trader, customer, sale};
    if (tefter_submit(trader->client, command, on_reply, act, &failure))
        return;
    say(trader, "cannot", failure.text);
    free(act);
}

static void sell(struct trader *trader, uint32_t customer)
{
    Tefter__InvoiceLine lines[LINES_MAX];
    Tefter__InvoiceLine *places[LINES_MAX];
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    invoice.has_customer = true;
    invoice.customer = customer;
    invoice.n_lines = 1 + chance(trader, LINES_MAX);
    invoice.lines = places;
    for (size_t i = 0; i < invoice.n_lines; i++) {
        tefter__invoice_line__init(&lines[i]);
        lines[i].has_product = true;
        lines[i].product = trader->products[chance(trader, (uint32_t)trader->product_count)];
        lines[i].quantity = QUANTITY_UNIT * (int64_t)(1 + chance(trader, 20));
        places[i] = &lines[i];
    }
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    submit(trader, &command, customer, true);
}

static void take_money(struct trader *trader, uint32_t customer, int64_t amount_minor)
{
    Tefter__TakePayment payment = TEFTER__TAKE_PAYMENT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    payment.has_customer = true;
    payment.customer = customer;
    payment.kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    payment.amount_minor = amount_minor;
    payment.has_money_account = trader->till != 0;
    payment.money_account = trader->till;
    payment.has_match = true;
    payment.match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    command.take_payment = &payment;
    submit(trader, &command, customer, false);
}

/* A round sum between a quarter and all of what they owe. */
static int64_t part_of(struct trader *trader, int64_t balance_minor)
{
    int64_t part = balance_minor / 4 * (1 + chance(trader, 4));
    return part > 0 ? part : balance_minor;
}

static bool collect_customer(void *context, const Tefter__Row *row)
{
    struct trader *trader = context;
    const Tefter__AccountRow *account = account_in(row);
    if (account != NULL && !account->unlimited && trader->customer_count < CUSTOMERS_MAX)
        trader->customers[trader->customer_count++] = account->customer;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Some come more often than others: the lesser of two places. */
static uint32_t regular(struct trader *trader)
{
    uint32_t a = chance(trader, (uint32_t)trader->customer_count);
    uint32_t b = chance(trader, (uint32_t)trader->customer_count);
    return a < b ? a : b;
}

static void act(struct trader *trader)
{
    trader->customer_count = 0;
    tefter_feed_each(trader->feed, &trader->arena, collect_customer, trader);
    if (trader->customer_count == 0)
        return;
    qsort(trader->customers, trader->customer_count, sizeof(uint32_t), by_number);
    uint32_t dice = chance(trader, 100);
    uint32_t customer = trader->customers[regular(trader)];
    if (trader->owes != 0 && dice < 70) {
        take_money(trader, trader->owes, trader->owes_minor > 0 ? trader->owes_minor : 1);
        trader->owes = 0;
        return;
    }
    const Tefter__AccountRow *account =
        account_in(tefter_feed_row(trader->feed, TEFTER_ROW_ACCOUNT, customer, &trader->arena));
    int64_t balance = account != NULL ? account->balance_minor : 0;
    if (dice < 25 && balance > 0)
        take_money(trader, customer, part_of(trader, balance));
    else
        sell(trader, customer);
    arena_reset(&trader->arena);
}

static void on_time(void *context)
{
    struct trader *trader = context;
    struct tefter_state state;
    tefter_state(trader->client, &state);
    if (state.person && tefter_feed_exact(trader->feed) != 0 && tefter_room(trader->client) > 0)
        act(trader);
    uint32_t pace = trader->pace_ms;
    loop_timer_start(trader->timer, pace / 2 + chance(trader, pace) + 1, 0);
}

/* ---- the start and the end ---- */

static bool learn_products(struct trader *trader, struct failure *failure)
{
    Tefter__ProductList list = TEFTER__PRODUCT_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCTS;
    query.products = &list;
    const Tefter__Answer *answer = tefter_ask(trader->client, &query, &trader->arena, failure);
    if (answer == NULL)
        return false;
    if (answer->kind_case != TEFTER__ANSWER__KIND_PRODUCTS || answer->products->n_products == 0)
        return fail(failure, FAULT_USE, 0, "there is nothing to sell");
    for (size_t i = 0; i < answer->products->n_products && i < PRODUCTS_MAX; i++)
        trader->products[trader->product_count++] = answer->products->products[i]->product;
    return true;
}

static bool learn_places(struct trader *trader, struct failure *failure)
{
    Tefter__MoneyAccountList list = TEFTER__MONEY_ACCOUNT_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MONEY_ACCOUNTS;
    query.money_accounts = &list;
    uint32_t own = tefter_welcome(trader->client)->branch;
    const Tefter__Answer *answer = tefter_ask(trader->client, &query, &trader->arena, failure);
    if (answer == NULL)
        return false;
    if (answer->kind_case != TEFTER__ANSWER__KIND_MONEY_ACCOUNTS)
        return fail(failure, FAULT_USE, 0, "no tills are told");
    for (size_t i = 0; i < answer->money_accounts->n_money_accounts; i++) {
        const Tefter__MoneyAccountRecord *place = answer->money_accounts->money_accounts[i];
        if (place->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL && place->branch == own)
            trader->till = place->money_account;
    }
    return true;
}

static bool learn(struct trader *trader, struct failure *failure)
{
    bool learned = learn_products(trader, failure) && learn_places(trader, failure);
    arena_reset(&trader->arena);
    return learned;
}

static void write_figures(const struct figures *figures, const char *path)
{
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file,
            "sales %" PRIu64 "\nrefusals %" PRIu64 "\npayments %" PRIu64 "\npushes %" PRIu64
            "\nsentence %s\n",
            figures->sales, figures->refusals, figures->payments, figures->pushes,
            figures->refusal);
    for (size_t i = 0; i < figures->delay_count; i++)
        fprintf(file, "delay %" PRId64 "\n", figures->delays_ms[i]);
    fclose(file);
}

static void on_signal(void *context)
{
    loop_stop(context);
}

struct settings {
    const char *profile;
    const char *login;
    const char *password;
    const char *figures;
};

static bool come_in(struct trader *trader, const struct settings *settings, struct failure *failure)
{
    const Tefter__Refusal *refused = NULL;
    struct tefter_options options = {.profile = settings->profile, .program = "trader"};
    if (!tefter_open(&options, &trader->client, failure) ||
        !tefter_connect(trader->client, 10 * 1000, failure))
        return false;
    if (tefter_login(trader->client, settings->login, settings->password, &trader->arena, &refused,
                     failure) == NULL) {
        char sentence[SENTENCE_SIZE] = "";
        if (refused != NULL)
            refusal_sentence(refused, tefter_currency(trader->client), sentence, sizeof sentence);
        return fail(failure, FAULT_DENIED, 0, "%s", sentence);
    }
    return learn(trader, failure);
}

static void trade(struct trader *trader)
{
    trader->feed =
        tefter_subscribe(trader->client, TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, on_set, trader);
    trader->timer = loop_timer_create(trader->loop, on_time, trader);
    loop_timer_start(trader->timer, 1 + chance(trader, trader->pace_ms), 0);
    loop_on_signal(trader->loop, SIGTERM, on_signal, trader->loop);
    loop_on_signal(trader->loop, SIGINT, on_signal, trader->loop);
    loop_run(trader->loop);
    loop_timer_destroy(trader->timer);
    struct failure ignored = {0};
    tefter_resolve(trader->client, 2000, &ignored);
}

static bool read_options(int argc, char **argv, struct trader *trader, struct settings *settings)
{
    static const struct option words[] = {
        {"profile", required_argument, NULL, 'f'},  {"login", required_argument, NULL, 'l'},
        {"password", required_argument, NULL, 'w'}, {"title", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'},     {"pace", required_argument, NULL, 'p'},
        {"figures", required_argument, NULL, 'o'},  {NULL, 0, NULL, 0},
    };
    for (int word; (word = getopt_long(argc, argv, "", words, NULL)) != -1;) {
        switch (word) {
        case 'f':
            settings->profile = optarg;
            break;
        case 'l':
            settings->login = optarg;
            break;
        case 'w':
            settings->password = optarg;
            break;
        case 'o':
            settings->figures = optarg;
            break;
        case 't':
            trader->title = optarg;
            break;
        case 's':
            trader->random = strtoull(optarg, NULL, 10);
            break;
        case 'p':
            trader->pace_ms = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        default:
            return false;
        }
    }
    return settings->profile != NULL && settings->login != NULL && settings->password != NULL &&
           trader->pace_ms > 0;
}

int main(int argc, char **argv)
{
    static struct trader trader = {.title = "", .pace_ms = 1500};
    struct settings settings = {0};
    struct failure failure = {0};
    if (!read_options(argc, argv, &trader, &settings)) {
        fprintf(stderr, "usage: see the head of tools/trader.c\n");
        return 2;
    }
    arena_init(&trader.arena, 8 * 1024 * 1024);
    trader.figures.delays_ms = calloc(DELAYS_MAX, sizeof(int64_t));
    if (trader.figures.delays_ms == NULL || !hash_setup())
        return 1;
    bool in = come_in(&trader, &settings, &failure);
    if (in) {
        trader.loop = tefter_loop(trader.client);
        trade(&trader);
        write_figures(&trader.figures, settings.figures);
    } else {
        fprintf(stderr, "trader %s: %s\n", trader.title, failure.text);
    }
    tefter_close(trader.client);
    free(trader.figures.delays_ms);
    arena_fini(&trader.arena);
    return in ? 0 : 1;
}

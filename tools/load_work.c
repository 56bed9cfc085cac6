/*
 * Closed loops: each terminal keeps `window` requests of one kind under way, for a time or until so
 * many are done. What is measured begins after a warm-up.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "load.h"

enum { LINES = 3, PAGE_ROWS = 500, LIST_PAGES = 2, IMPORT_DAYS = 300, ANSWER_REFUSED = 90 };
enum { REFUSAL_CODE = 1, REFUSAL_RETRY_MS = 11, AGAIN_MS = 5 };

struct work;

struct kind {
    void (*send)(struct work *work, struct connection *connection, uint64_t request,
                 uint64_t number);
    uint32_t answer; /* number of an answer's member that comes in pages, 0: none does */
    uint32_t next;   /* number of its `next` */
    uint32_t pages;  /* so many at most, 0: all */
};

struct work {
    struct fleet fleet;
    const struct settings *settings;
    const struct kind *kind;
    struct figures figures;
    struct loop_timer *timer;
    struct loop_timer *again; /* for those who were told to come back */
    struct slice page;        /* of the answer before, for send */
    uint64_t given;
    uint64_t under_way;
    uint64_t answers; /* in all */
    uint64_t away;    /* told to come back */
    uint32_t today;
    bool stopping;
};

/* splitmix64 */
uint64_t chance_of(uint64_t number)
{
    uint64_t x = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint32_t customer_at_random(const struct work *work, uint64_t chance)
{
    if (work->settings->hot)
        return FIRST_CUSTOMER;
    return FIRST_CUSTOMER + (uint32_t)(chance % work->settings->customers);
}

/* Each customer once before any comes twice, in an order that jumps about. */
static uint32_t customer_in_turn(const struct work *work, uint64_t number)
{
    const uint64_t step = 61819; /* a prime */
    return FIRST_CUSTOMER + (uint32_t)(number * step % work->settings->customers);
}

/* ---- the kinds ---- */

static void fill_lines(Tefter__InvoiceLine lines[LINES], uint64_t chance)
{
    for (int i = 0; i < LINES; i++, chance >>= 16) {
        tefter__invoice_line__init(&lines[i]);
        lines[i].has_product = true;
        lines[i].product = 1 + (uint32_t)(chance % PRODUCTS);
        lines[i].quantity = 1000 * (1 + (int64_t)(chance >> 9) % 5);
    }
}

static void send_invoice(struct connection *connection, uint64_t request,
                         Tefter__IssueInvoice *issue, uint64_t chance)
{
    Tefter__InvoiceLine lines[LINES];
    Tefter__InvoiceLine *at[LINES];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    fill_lines(lines, chance);
    for (int i = 0; i < LINES; i++)
        at[i] = &lines[i];
    issue->n_lines = LINES;
    issue->lines = at;
    issue->has_customer = true;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = issue;
    connection_command(connection, request, &command);
}

void charge_send(struct connection *connection, uint64_t request, uint32_t customer,
                 uint64_t chance)
{
    Tefter__IssueInvoice issue = TEFTER__ISSUE_INVOICE__INIT;
    issue.customer = customer;
    send_invoice(connection, request, &issue, chance);
}

static void send_charge(struct work *work, struct connection *connection, uint64_t request,
                        uint64_t number)
{
    uint64_t chance = chance_of(number ^ work->fleet.counter << 32);
    charge_send(connection, request, customer_at_random(work, chance >> 8), chance);
}

static void send_import(struct work *work, struct connection *connection, uint64_t request,
                        uint64_t number)
{
    Tefter__IssueInvoice issue = TEFTER__ISSUE_INVOICE__INIT;
    char text[24];
    (void)snprintf(text, sizeof text, "L%07lu", (unsigned long)number);
    issue.customer = customer_in_turn(work, number);
    issue.source = "load";
    issue.number = text;
    issue.has_date = issue.has_due = issue.has_backfill = true;
    issue.date = work->today - (uint32_t)(chance_of(number) % IMPORT_DAYS);
    issue.due = issue.date + 30;
    issue.backfill = true;
    send_invoice(connection, request, &issue, chance_of(number + 1));
}

static void send_payment(struct work *work, struct connection *connection, uint64_t request,
                         uint64_t number)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__TakePayment take = TEFTER__TAKE_PAYMENT__INIT;
    take.has_customer = take.has_money_account = take.has_match = true;
    take.customer = customer_in_turn(work, number);
    take.kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    take.amount_minor = 200000;
    take.money_account = connection->identity->till;
    take.match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    command.take_payment = &take;
    connection_command(connection, request, &command);
}

static void send_customer(struct work *work, struct connection *connection, uint64_t request,
                          uint64_t number)
{
    char name[40];
    char phone[24];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Text words[2] = {TEFTER__TEXT__INIT, TEFTER__TEXT__INIT};
    (void)work;
    (void)snprintf(name, sizeof name, "Customer %lu", (unsigned long)number);
    (void)snprintf(phone, sizeof phone, "+84 28 %08lu", (unsigned long)number);
    words[0].value = name;
    words[1].value = phone;
    open.name = &words[0];
    open.phone = &words[1];
    open.area = "route 1";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    connection_command(connection, request, &command);
}

static void send_limit(struct work *work, struct connection *connection, uint64_t request,
                       uint64_t number)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetCreditLimit set = TEFTER__SET_CREDIT_LIMIT__INIT;
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    (void)work;
    terms.has_limit_minor = true;
    terms.limit_minor = INT64_C(1000000000000);
    set.customer = FIRST_CUSTOMER + (uint32_t)number;
    set.terms = &terms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_LIMIT;
    command.set_credit_limit = &set;
    connection_command(connection, request, &command);
}

static void send_card(struct work *work, struct connection *connection, uint64_t request,
                      uint64_t number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = customer_at_random(work, chance_of(number));
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    connection_query(connection, request, &query);
}

static ProtobufCBinaryData page_of(const struct work *work)
{
    return (ProtobufCBinaryData){work->page.size, (uint8_t *)(uintptr_t)work->page.data};
}

static void send_list(struct work *work, struct connection *connection, uint64_t request,
                      uint64_t number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerList list = TEFTER__CUSTOMER_LIST__INIT;
    (void)number;
    list.has_rows = true;
    list.rows = PAGE_ROWS;
    list.has_page = work->page.size > 0;
    list.page = page_of(work);
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
    query.customers = &list;
    connection_query(connection, request, &query);
}

static void ask_aging(struct work *work, struct connection *connection, uint64_t request,
                      bool by_customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Aging aging = TEFTER__AGING__INIT;
    aging.has_by_customer = true;
    aging.by_customer = by_customer;
    aging.has_page = work->page.size > 0;
    aging.page = page_of(work);
    query.kind_case = TEFTER__QUERY__KIND_AGING;
    query.aging = &aging;
    connection_query(connection, request, &query);
}

static void send_aging(struct work *work, struct connection *connection, uint64_t request,
                       uint64_t number)
{
    (void)number;
    ask_aging(work, connection, request, false);
}

static void send_aging_rows(struct work *work, struct connection *connection, uint64_t request,
                            uint64_t number)
{
    (void)number;
    ask_aging(work, connection, request, true);
}

/* ---- the loop ---- */

static void give(struct work *work, struct connection *connection, uint64_t request)
{
    uint64_t most = work->settings->count;
    if (work->stopping || (most > 0 && work->given >= most))
        return;
    work->under_way++;
    work->page = slice_of(NULL, 0);
    struct slot *slot = &connection->slots[request - 1];
    *slot = (struct slot){.number = work->settings->from + work->given++};
    work->kind->send(work, connection, request, slot->number);
}

/* ---- busy: the same once more, when the server said so ---- */

static bool is_busy(uint32_t body, struct slice bytes, uint64_t *ret_retry_ms)
{
    struct field refused = {.bytes = bytes};
    struct field code;
    struct field retry;
    if (body == TEFTER__TO_TERMINAL__BODY_REPLY &&
        !field_find(bytes, TEFTER__REPLY__RESULT_REFUSED, &refused))
        return false;
    if (body == TEFTER__TO_TERMINAL__BODY_ANSWER && !field_find(bytes, ANSWER_REFUSED, &refused))
        return false;
    if (!field_find(refused.bytes, REFUSAL_CODE, &code) || code.value != TEFTER__REFUSAL_CODE__BUSY)
        return false;
    *ret_retry_ms = field_find(refused.bytes, REFUSAL_RETRY_MS, &retry) ? retry.value : AGAIN_MS;
    return true;
}

static void come_back(struct work *work, struct connection *connection, uint64_t request,
                      uint64_t retry_ms)
{
    connection->slots[request - 1].again_ns = now_ns() + retry_ms * 1000000;
    work->figures.busy++;
    if (work->away++ == 0)
        loop_timer_start(work->again, AGAIN_MS, AGAIN_MS);
}

static void ask_again(struct work *work, struct connection *connection, uint64_t request)
{
    struct slot *slot = &connection->slots[request - 1];
    uint64_t sent_ns = slot->sent_ns; /* who waits has waited since the first time */
    slot->again_ns = 0;
    work->page = slice_of(NULL, 0);
    work->kind->send(work, connection, request, slot->number);
    slot->sent_ns = sent_ns;
    if (--work->away == 0)
        loop_timer_stop(work->again);
}

static void on_again(void *context)
{
    struct work *work = context;
    uint64_t at_ns = now_ns();
    for (uint32_t i = 0; i < work->fleet.connection_count; i++) {
        struct connection *connection = &work->fleet.connections[i];
        for (uint64_t request = 1; request <= work->settings->window; request++) {
            uint64_t again_ns = connection->slots[request - 1].again_ns;
            if (again_ns > 0 && again_ns <= at_ns)
                ask_again(work, connection, request);
        }
    }
}

/* ---- answers ---- */

/* Asks for the next page of the same answer; false: this was the last one. */
static bool goes_on(struct work *work, struct connection *connection, uint64_t request,
                    struct slice answer)
{
    struct field member;
    struct field next;
    struct slot *slot = &connection->slots[request - 1];
    uint64_t sent_ns = slot->sent_ns;
    if (work->kind->answer == 0 || !field_find(answer, work->kind->answer, &member) ||
        !field_find(member.bytes, work->kind->next, &next) || next.bytes.size == 0 ||
        ++slot->pages == work->kind->pages)
        return false;
    work->page = next.bytes;
    work->kind->send(work, connection, request, 0);
    slot->sent_ns = sent_ns;
    return true;
}

static bool is_refused(uint32_t body, struct slice bytes)
{
    struct field field;
    const char *what = "refused";
    if (body == TEFTER__TO_TERMINAL__BODY_REPLY) {
        if (!field_find(bytes, TEFTER__REPLY__RESULT_REFUSED, &field))
            return false;
        refusal_tell(what, &tefter__reply__descriptor, bytes);
    } else if (body == TEFTER__TO_TERMINAL__BODY_ANSWER) {
        if (!field_find(bytes, ANSWER_REFUSED, &field))
            return false;
        refusal_tell(what, &tefter__answer__descriptor, bytes);
    }
    return true;
}

static void finish(struct work *work)
{
    work->stopping = true;
    figures_end(&work->figures);
    if (work->under_way == 0)
        loop_stop(work->fleet.loop);
}

static void answered(struct connection *connection, uint64_t request, uint32_t body,
                     struct slice bytes)
{
    struct work *work = connection->fleet->owner;
    if (request == 0 || request > SLOTS_MAX)
        return;
    uint64_t retry_ms;
    if (is_busy(body, bytes, &retry_ms)) {
        come_back(work, connection, request, retry_ms);
        return;
    }
    if (goes_on(work, connection, request, bytes))
        return;
    work->under_way--;
    work->answers++;
    if (is_refused(body, bytes))
        work->figures.refused++;
    else if (work->figures.open)
        work->figures.count++;
    figures_latency(&work->figures, now_ns() - connection->slots[request - 1].sent_ns);
    if (work->settings->count > 0 && work->answers == work->settings->count)
        finish(work);
    else if (work->stopping && work->under_way == 0)
        loop_stop(work->fleet.loop);
    else
        give(work, connection, request);
}

static void on_time(void *context)
{
    struct work *work = context;
    if (work->figures.open) {
        finish(work);
        return;
    }
    figures_begin(&work->figures);
    loop_timer_start(work->timer, work->settings->ms, 0);
}

static void start(struct work *work)
{
    if (work->settings->count > 0)
        figures_begin(&work->figures);
    else
        loop_timer_start(work->timer, work->settings->warm_ms, 0);
    for (uint64_t slot = 1; slot <= work->settings->window; slot++)
        for (uint32_t i = 0; i < work->fleet.connection_count; i++)
            give(work, &work->fleet.connections[i], slot);
}

static bool run(struct work *work, struct failure *failure)
{
    if (!fleet_connect(&work->fleet, failure))
        return false;
    work->fleet.callbacks = (struct fleet_callbacks){.answered = answered};
    work->fleet.owner = work;
    work->timer = loop_timer_create(work->fleet.loop, on_time, work);
    work->again = loop_timer_create(work->fleet.loop, on_again, work);
    work->today = (uint32_t)(now_wall_ms() / 86400000);
    start(work);
    bool whole = fleet_run(&work->fleet);
    loop_timer_destroy(work->timer);
    loop_timer_destroy(work->again);
    fleet_drop(&work->fleet);
    return whole;
}

static int do_work(const struct settings *settings, const struct kind *kind)
{
    struct failure failure = {0};
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return 1;
    work->settings = settings;
    work->kind = kind;
    work->figures.server = settings->server;
    bool good = fleet_init(&work->fleet, settings, (uint32_t)settings->terminals, &failure) &&
                run(work, &failure);
    fleet_fini(&work->fleet);
    if (good)
        figures_print(&work->figures, "");
    free(work);
    return good ? 0 : job_failed(&failure);
}

int job_charge(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_charge});
}

int job_import(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_import});
}

int job_customers(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_customer});
}

int job_limits(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_limit});
}

int job_pay(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_payment});
}

int job_card(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_card});
}

int job_list(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_list,
                                            .answer = TEFTER__ANSWER__KIND_CUSTOMERS,
                                            .next = 2,
                                            .pages = LIST_PAGES});
}

int job_list_all(const struct settings *settings)
{
    return do_work(
        settings,
        &(struct kind){.send = send_list, .answer = TEFTER__ANSWER__KIND_CUSTOMERS, .next = 2});
}

int job_aging(const struct settings *settings)
{
    return do_work(settings, &(struct kind){.send = send_aging});
}

int job_aging_rows(const struct settings *settings)
{
    return do_work(
        settings,
        &(struct kind){.send = send_aging_rows, .answer = TEFTER__ANSWER__KIND_AGING, .next = 6});
}

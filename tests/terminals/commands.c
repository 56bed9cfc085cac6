#include "terminals/terminals.h"

#include "base/money.h"
#include "wire/message.h"

bool sale_pack(const struct terminals *all, uint32_t customer, uint32_t pieces, struct buffer *out)
{
    Tefter__InvoiceLine line = TEFTER__INVOICE_LINE__INIT;
    Tefter__InvoiceLine *lines[] = {&line};
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    line.has_product = true;
    line.product = all->product;
    line.quantity = (int64_t)pieces * QUANTITY_UNIT;
    invoice.has_customer = true;
    invoice.customer = customer;
    invoice.n_lines = 1;
    invoice.lines = lines;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    return message_put(&command.base, out);
}

bool payment_pack(const struct terminal *terminal, uint32_t customer, int64_t amount_minor,
                  struct buffer *out)
{
    Tefter__TakePayment payment = TEFTER__TAKE_PAYMENT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    payment.has_customer = true;
    payment.customer = customer;
    payment.kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    payment.amount_minor = amount_minor;
    payment.has_money_account = true;
    payment.money_account = terminal->till;
    payment.has_match = true;
    payment.match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    command.take_payment = &payment;
    return message_put(&command.base, out);
}

bool customer_limit(struct terminals *all, uint32_t customer, int64_t limit_minor)
{
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    Tefter__SetCreditLimit set = TEFTER__SET_CREDIT_LIMIT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    terms.has_limit_minor = true;
    terms.limit_minor = limit_minor;
    set.customer = customer;
    set.terms = &terms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_LIMIT;
    command.set_credit_limit = &set;
    arena_reset(&all->arena);
    return connection_do(&all->connections[0], &command) != NULL;
}

uint32_t customer_open(struct terminals *all, uint32_t number, int64_t limit_minor)
{
    char words[32];
    Tefter__Text name = TEFTER__TEXT__INIT;
    Tefter__Text phone = TEFTER__TEXT__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    (void)snprintf(words, sizeof words, "customer %u", number);
    name.value = words;
    phone.value = (char *)(uintptr_t) "+30 210 000 0000";
    open.name = &name;
    open.phone = &phone;
    open.area = (char *)(uintptr_t) "north";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    arena_reset(&all->arena);
    const Tefter__Done *done = connection_do(&all->connections[0], &command);
    uint32_t customer = done == NULL ? 0 : (uint32_t)done->id;
    return customer != 0 && customer_limit(all, customer, limit_minor) ? customer : 0;
}

uint32_t site_open(struct terminals *all, uint32_t number, uint32_t payer)
{
    Tefter__SetPayer set = TEFTER__SET_PAYER__INIT;
    Tefter__SetCreditLimit none = TEFTER__SET_CREDIT_LIMIT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    set.customer = customer_open(all, number, 1);
    set.has_payer = true;
    set.payer = payer;
    none.customer = set.customer;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_LIMIT;
    command.set_credit_limit = &none;
    arena_reset(&all->arena);
    if (set.customer == 0 || connection_do(&all->connections[0], &command) == NULL)
        return 0;
    command.kind_case = TEFTER__COMMAND__KIND_SET_PAYER;
    command.set_payer = &set;
    return connection_do(&all->connections[0], &command) != NULL ? set.customer : 0;
}

const Tefter__AccountRow *customer_account(struct terminals *all, uint32_t customer,
                                           uint64_t *ret_seq)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = customer;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    const Tefter__Answer *answer = connection_find(&all->connections[0], &query);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_CUSTOMER_CARD)
        return NULL;
    *ret_seq = answer->seq;
    return answer->customer_card->account;
}

const Tefter__StatusAnswer *server_status(struct terminals *all)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__ServerStatus status = TEFTER__SERVER_STATUS__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &status;
    const Tefter__ToTerminal *told = connection_ask(&all->connections[0], &frame);
    return told == NULL || told->body_case != TEFTER__TO_TERMINAL__BODY_STATUS ? NULL
                                                                               : told->status;
}

uint64_t ledger_seq(struct terminals *all)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping ping = TEFTER__PING__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    const Tefter__ToTerminal *told = connection_ask(&all->connections[0], &frame);
    return told == NULL || told->body_case != TEFTER__TO_TERMINAL__BODY_PONG ? 0 : told->pong->seq;
}

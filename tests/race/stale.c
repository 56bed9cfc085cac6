/*
 * The fault that the race must find, linked into a tefterd of its own in place of the true
 * credit_decide: the customer's sums are read before the transaction, and what was read is believed
 * for some milliseconds.
 */
#include "domain/credit/credit.h"

enum { BELIEVED_MS = 5 };

struct memory {
    uint32_t customer;
    int64_t until_ms;
    int64_t bills_minor;
    int64_t unmatched_minor;
};

Tefter__Refusal *__real_credit_decide(struct tx *tx, const struct credit_request *request,
                                      Tefter__Decision **ret_decision);
Tefter__Refusal *__wrap_credit_decide(struct tx *tx, const struct credit_request *request,
                                      Tefter__Decision **ret_decision);

Tefter__Refusal *__wrap_credit_decide(struct tx *tx, const struct credit_request *request,
                                      Tefter__Decision **ret_decision)
{
    static struct memory memory;
    Tefter__AccountRecord record = *request->account->record;
    struct account account = *request->account;
    struct credit_request stale = *request;
    if (memory.customer != account.customer || tx_now_ms(tx) > memory.until_ms)
        memory = (struct memory){account.customer, tx_now_ms(tx) + BELIEVED_MS, record.bills_minor,
                                 record.unmatched_minor};
    record.bills_minor = memory.bills_minor;
    record.unmatched_minor = memory.unmatched_minor;
    account.record = &record;
    stale.account = &account;
    return __real_credit_decide(tx, &stale, ret_decision);
}

#pragma once
/*
 * Views over several entities: cards, lists, histories, aging, search. Read only. Lists come in
 * pages whose token is the key to go on from.
 */
#include "domain/entity/entity.h"
#include "view.pb-c.h"

/* Customers that the search index found, for queries by text; NULL: no text was asked for. */
struct report_hits {
    const uint32_t *customers;
    size_t count;
};

Tefter__Refusal *view_customer_card(struct tx *tx, const Tefter__CustomerCard *query,
                                    Tefter__CustomerCardAnswer *answer);
Tefter__Refusal *view_customers(struct tx *tx, const Tefter__CustomerList *query,
                                const struct report_hits *found, Tefter__CustomersAnswer *answer);
/* When the oldest open bill is due, of those due before a day; DATE_NONE: there is none. */
uint32_t report_oldest_due(struct tx *tx, uint32_t customer, uint32_t before);
Tefter__Refusal *view_history(struct tx *tx, const Tefter__CustomerHistory *query,
                              Tefter__HistoryAnswer *answer);
Tefter__Refusal *view_unpaid_bills(struct tx *tx, const Tefter__UnpaidBills *query,
                                   Tefter__BillsAnswer *answer);
Tefter__Refusal *view_unmatched_money(struct tx *tx, const Tefter__UnmatchedMoney *query,
                                      Tefter__UnmatchedMoneyAnswer *answer);
Tefter__Refusal *view_likely_doubles(struct tx *tx, const Tefter__LikelyDoubles *query,
                                     const struct report_hits *found,
                                     Tefter__LikelyDoublesAnswer *answer);
Tefter__Refusal *view_document(struct tx *tx, const Tefter__DocumentView *query,
                               Tefter__DocumentAnswer *answer);
Tefter__Refusal *view_documents(struct tx *tx, const Tefter__DocumentList *query,
                                Tefter__DocumentsAnswer *answer);
Tefter__Refusal *view_aging(struct tx *tx, const Tefter__Aging *query, Tefter__AgingAnswer *answer);
Tefter__Refusal *view_product_sales(struct tx *tx, const Tefter__ProductSales *query,
                                    Tefter__ProductSalesAnswer *answer);
/* Customers come from `found`; documents by number or amount and products are looked up here. */
Tefter__Refusal *view_search(struct tx *tx, const Tefter__Search *query,
                             const struct report_hits *found, Tefter__SearchAnswer *answer);

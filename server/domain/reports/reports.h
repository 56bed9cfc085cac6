#pragma once
/*
 * Views over several entities: cards, lists, histories, aging, search, reports; and reports that
 * people keep, which alone are written. Lists come in pages whose token is the key to go on from.
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
Tefter__Refusal *view_history(struct tx *tx, const Tefter__CustomerHistory *query,
                              Tefter__HistoryAnswer *answer);
Tefter__Refusal *view_unpaid_bills(struct tx *tx, const Tefter__UnpaidBills *query,
                                   Tefter__BillsAnswer *answer);
Tefter__Refusal *view_unmatched_money(struct tx *tx, const Tefter__UnmatchedMoney *query,
                                      Tefter__UnmatchedMoneyAnswer *answer);
Tefter__Refusal *view_match_suggestions(struct tx *tx, const Tefter__MatchSuggestions *query,
                                        Tefter__MatchSuggestionsAnswer *answer);
Tefter__Refusal *view_books_on(struct tx *tx, const Tefter__BooksOn *query,
                               Tefter__BooksOnAnswer *answer);
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

/* ---- reports that people choose (report.c), and those they kept (saved_report.c) ---- */

Tefter__Refusal *view_report(struct tx *tx, const Tefter__Report *query,
                             Tefter__ReportAnswer *answer);
Tefter__Refusal *apply_save_report(struct tx *tx, const Tefter__SaveReport *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_remove_report(struct tx *tx, const Tefter__RemoveReport *command,
                                     Tefter__Done *done);
Tefter__Refusal *view_saved_reports(struct tx *tx, const Tefter__SavedReports *query,
                                    Tefter__SavedReportsAnswer *answer);

/* ---- totals (totals.c), said anew from the state as commands said them ---- */

/* What is open of a customer's. */
void report_customer_figures(struct tx *tx, uint32_t customer, const struct figure **ret_figures,
                             size_t *ret_count);
/* The business dates of all branches, and the papers of the days that totals keep. */
struct report_listener {
    void (*say)(void *context, const struct figure *figure);
    void *context;
};
void report_day_figures(struct tx *tx, const struct report_listener *listener);
/* For who is to count it: what was taken in cash is left out, and does not tell itself by the rest.
 */
void report_hide_cash(Tefter__TotalsRow *row);

/* ---- for the board (board.c) ---- */

Tefter__Refusal *view_totals(struct tx *tx, const Tefter__TotalsView *query,
                             Tefter__TotalsAnswer *answer);
Tefter__Refusal *view_money_in_by_day(struct tx *tx, const Tefter__MoneyInByDay *query,
                                      Tefter__MoneyInByDayAnswer *answer);
Tefter__Refusal *view_due_by_week(struct tx *tx, const Tefter__DueByWeek *query,
                                  Tefter__DueByWeekAnswer *answer);
Tefter__Refusal *view_top_exposures(struct tx *tx, const Tefter__TopExposures *query,
                                    Tefter__TopExposuresAnswer *answer);

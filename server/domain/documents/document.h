#pragma once
/*
 * Documents that change what a customer owes for goods: invoices and credit notes. A document is
 * written once, whole; what is still open of it is its item (account.h), what happened to it later
 * is its tail.
 *
 *   issued ──▶ open ──matched in part──▶ part ──matched whole──▶ closed
 *                └────────────── reversed (correction.h) ──────────▶ reversed
 *
 * A plan is a document made ready in memory; posting writes it. The correction noun plans a
 * reversal and a new document over the same account, so that the credit check sees the net.
 */
#include "domain/credit/credit.h"
#include "domain/receivables/account.h"
#include "domain/receivables/posting.h"
#include "tx/tx.h"
#include "view.pb-c.h"

struct document_plan {
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__CustomerRecord *customer;
    Tefter__BranchRecord *branch; /* its series are raised; saved with the document */
    struct item *item;            /* NULL: moves no money */
    uint64_t about;               /* a credit note: its invoice */
    Tefter__DocumentTailRecord *about_tail;
};

/* ---- what every document does ---- */

Tefter__DocumentRecord *document_get(struct tx *tx, uint64_t document);
/* By number within a kind; 0: none. */
uint64_t document_by_number(struct tx *tx, Tefter__DocumentKind kind, const char *number);
/* Never NULL: an empty tail when nothing happened later. */
Tefter__DocumentTailRecord *document_tail(struct tx *tx, uint64_t document);
void document_tail_save(struct tx *tx, uint64_t document, const Tefter__DocumentTailRecord *tail);

/* The branch's business date, or the one that was given. Refuses DATE_IN_FUTURE date;
 * DATE_BEFORE_TODAY date with the right BACKDATE and its roles, unless it already happened. */
Tefter__Refusal *document_date_of(struct tx *tx, const Tefter__BranchRecord *branch, bool has_date,
                                  uint32_t date, bool already_happened, uint32_t *ret_date);
/* A record with everything that all kinds have; number NULL: the branch's next. The given number
 * may be taken: NUMBER_TAKEN. */
Tefter__Refusal *document_begin(struct tx *tx, Tefter__BranchRecord *branch,
                                struct account *account, Tefter__DocumentKind kind,
                                const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record);
/* Writes record, number and postings. */
void document_write(struct tx *tx, const Tefter__DocumentRecord *record);
Tefter__DocumentState document_state(const Tefter__DocumentRecord *record,
                                     const Tefter__DocumentTailRecord *tail,
                                     const Tefter__ItemRecord *item);
/* Serial numbers sold with an invoice: taken, or free again. Those that were sold with another
 * document since, or before, stay taken. */
void document_serials(struct tx *tx, const Tefter__DocumentRecord *record, bool sold);

/* ---- invoices and credit notes ---- */

/* account: an open account of the customer to go on with, or NULL. corrects: the invoice it
 * replaces in the same command, or 0. */
Tefter__Refusal *document_plan_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                       struct account *account, uint64_t corrects,
                                       struct document_plan **ret_plan);
/* Writes the plan but not its account, and emits. *ret_event is for account_save. */
void document_post_invoice(struct tx *tx, struct document_plan *plan, Tefter__Event *ret_event);
void document_done(struct tx *tx, const struct document_plan *plan, Tefter__Done *done);

Tefter__Refusal *apply_issue_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_issue_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                         Tefter__Done *done);

/* The total a draft would come to, and the decision it would get. */
Tefter__Refusal *view_what_if(struct tx *tx, const Tefter__WhatIf *query,
                              Tefter__WhatIfAnswer *answer);

#pragma once
/*
 * Documents: what all have in common, and those that change what a customer owes for goods:
 * invoices and credit notes. Life cycles and invariants stand at the head of each entity's file.
 */
#include "domain/receivables/receivables.h"
#include "view.pb-c.h"

/* ---- what every document does ---- */

Tefter__DocumentRecord *document_get(struct tx *tx, uint64_t document);
/* By number within a kind; 0: none. */
uint64_t document_by_number(struct tx *tx, Tefter__DocumentKind kind, const char *number);
/* By number in any kind, looked for in the order of the kinds; 0: none. */
uint64_t document_by_any_number(struct tx *tx, const char *number);
/* Never NULL: an empty tail when nothing happened later. */
Tefter__DocumentTailRecord *document_tail(struct tx *tx, uint64_t document);
void document_tail_save(struct tx *tx, uint64_t document, const Tefter__DocumentTailRecord *tail);

/* ALREADY_REVERSED field: by what (`existing`), when and by whom, and what took its place. */
Tefter__Refusal *document_refuse_reversed(struct tx *tx, const char *field,
                                          const Tefter__DocumentTailRecord *tail);
/* A record with everything that all kinds have; number NULL: the branch's next. The given number
 * may be taken: NUMBER_TAKEN; or of a series that branches have after a restore: FIELD_INVALID
 * number. */
Tefter__Refusal *document_begin(struct tx *tx, Tefter__BranchRecord *branch,
                                struct account *account, Tefter__DocumentKind kind,
                                const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record);
/* The document that a command replaces, since RULE_CORRECTIONS_KEEP_THE_REST; NULL: none. */
const Tefter__DocumentRecord *document_replaced(struct tx *tx, uint64_t corrects);
/* The date of a document that may replace one: as posting_date, but the old one's own is free. */
Tefter__Refusal *document_date_of(struct tx *tx, const Tefter__BranchRecord *branch,
                                  const Tefter__DocumentRecord *replaced, bool has_date,
                                  uint32_t date, bool backfill, uint32_t *ret_date);
/* The right BACKFILL, for a backfill. */
Tefter__Refusal *document_check_backfill(struct tx *tx, bool backfill);
/* Where a document stands among all: by date, then as they were recorded. */
struct key document_dated_key(uint32_t date, uint64_t seq, uint64_t document);
/* A number that somebody chose. Refuses MORE_THAN_YOU_MAY number; FIELD_INVALID number, when a
 * branch would give it out itself. A backfill may have one of a branch's, but as the branch writes
 * it: so no other number folds like one of a series, and a series looks for its own alone. And it
 * is of the branch's series of that kind, or NUMBER_OF_OTHER_SERIES number. */
Tefter__Refusal *document_check_number(struct tx *tx, Tefter__DocumentKind kind, const char *number,
                                       bool backfill);
/* The number of a document whose import is undone is free again. */
void document_free_number(struct tx *tx, const Tefter__DocumentRecord *record);
/* Days on which a branch has papers: the latest until a day, the first after it; DATE_NONE:
 * none. */
uint32_t document_day_until(struct tx *tx, uint32_t branch, uint32_t until);
uint32_t document_day_after(struct tx *tx, uint32_t branch, uint32_t after);
/* The totals hear that a paper came (1), or was reversed (-1). */
void document_tell(struct tx *tx, const Tefter__DocumentRecord *record, int sign);
/* Writes record, number, day and postings. */
void document_write(struct tx *tx, const Tefter__DocumentRecord *record);
/* Is it what is asked for? Open is what is not closed: part paid too. */
bool document_is_in(Tefter__DocumentState state, bool asked, Tefter__DocumentState wanted);
Tefter__DocumentState document_state(const Tefter__DocumentRecord *record,
                                     const Tefter__DocumentTailRecord *tail,
                                     const Tefter__ItemRecord *item);
/* It was posted: the event of that kind, with its number and how the balance changed. */
struct event document_event(Tefter__EventKind kind, const Tefter__DocumentRecord *record);

/* Serial numbers sold with an invoice: taken, or free again. Those that were sold with another
 * document since, or before, stay taken. */
void line_serials(struct tx *tx, const Tefter__DocumentRecord *record, bool sold);

/* ---- invoices and credit notes ---- */

/* A document made ready in memory. */
struct document_plan {
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__CustomerRecord *customer;
    Tefter__BranchRecord *branch;           /* its series are raised; saved with the document */
    struct item *item;                      /* NULL: moves no money */
    const Tefter__DocumentRecord *replaced; /* document_replaced */
    uint64_t about;                         /* a credit note: its invoice */
    Tefter__DocumentTailRecord *about_tail;
    int64_t left_minor;                 /* of both, that a bound of matching keeps apart */
    const Tefter__IssueInvoice *parked; /* with the approval that an invoice names; NULL: nothing */
    const struct price_lists *prices;   /* that count for this sale; NULL: none does */
    bool draft;                         /* it is not to be posted */
};

/* account: an open account of the customer to go on with, or NULL. corrects: the invoice it
 * replaces in the same command, or 0. */
Tefter__Refusal *invoice_plan(struct tx *tx, const Tefter__IssueInvoice *command,
                              struct account *account, uint64_t corrects,
                              struct document_plan **ret_plan);
/* What a correction leaves unsaid, of the invoice as it was (kept.c); without what it clears.
 * Refuses FIELD_INVALID clear (said beside it, or no field of an invoice), NOT_FOUND lines[i].line.
 */
Tefter__Refusal *invoice_keep(struct tx *tx, const Tefter__IssueInvoice *command,
                              const Tefter__DocumentRecord *was, const Tefter__PaperField *clear,
                              size_t clear_count, Tefter__IssueInvoice **ret_whole);
/* As it would be, without taking a number: only its total, lines and decision count. */
Tefter__Refusal *invoice_plan_draft(struct tx *tx, const Tefter__IssueInvoice *command,
                                    struct document_plan **ret_plan);
/* Writes the plan but not its account, and emits; the event is for account_save. */
struct event invoice_post(struct tx *tx, struct document_plan *plan);

/* What is paid at once with an invoice, and what that comes to when its total is known. */
struct paid {
    int64_t other_minor;    /* in money that gives no change */
    int64_t tendered_minor; /* handed over in cash */
    bool other_is_rest;     /* as much of that kind as is left */
    bool cash_is_rest;      /* as much cash as is left */
    int64_t waiting_minor;  /* of other_minor: not final, so it is as good as owed */
    bool waiting_is_rest;   /* the rest is of that kind */
    int64_t unsure_minor;   /* of other_minor: a transfer that waits, which pays a cash sale */
    bool unsure_is_rest;
    int64_t unit_minor; /* cash is rounded to this; 0: it is not */
    bool has_cash;      /* one part is cash: that one */
    size_t cash_at;
    bool all_coins; /* all of it is in coins */
    /* of the total */
    int64_t rest_minor;     /* what the part that is the rest, and no cash, holds */
    int64_t cash_minor;     /* that stays in the till */
    int64_t rounding_minor; /* what that was rounded by; negative: up */
    int64_t change_minor;   /* that is given back */
    int64_t owed_minor;     /* what is not paid in final money, nor by such a transfer */
};
/* Cash by the unit: half a one up. What would be rounded to nothing is left as it is. */
int64_t cash_due(int64_t amount_minor, int64_t unit_minor);
/* The same, to nothing too. */
int64_t cash_in_coins(int64_t amount_minor, int64_t unit_minor);
/* NOT_IN_COINS field with the unit as `most`, and the sum below in available_minor. */
Tefter__Refusal *cash_refuse_coins(struct tx *tx, const char *field, int64_t amount_minor,
                                   int64_t unit_minor);
/* As invoice_plan, of an invoice that is paid so: only what is owed meets the credit decision, of
 * the cash customer nothing is. Refuses also PAID_TOO_MUCH payments with over_by_minor, and
 * NOT_IN_COINS payments[n].amount_minor. */
Tefter__Refusal *invoice_plan_paid(struct tx *tx, const Tefter__IssueInvoice *command,
                                   struct paid *paid, struct document_plan **ret_plan);
/* What the reply says of it. */
void document_done(struct tx *tx, const struct document_plan *plan, Tefter__Done *done);

/* The tail of its invoice without what a credit note took back; NULL: it has no invoice. */
Tefter__DocumentTailRecord *credit_note_uncredit(struct tx *tx, const Tefter__DocumentRecord *note);
/* A bill is to be reversed by right: more than the company allows, with the credit notes of that
 * day, wants who may approve. *ret_counts: credit_note_count_bill is to note it, after the decided
 * line. Under rules before RULE_BILLS_TAKEN_BACK_ARE_BOUNDED. Refuses RIGHT_MISSING with
 * available_minor. */
Tefter__Refusal *credit_note_check_bill(struct tx *tx, const Tefter__DocumentRecord *bill,
                                        uint32_t today, bool *ret_counts);
void credit_note_count_bill(struct tx *tx, const Tefter__DocumentRecord *bill, uint32_t today);
/* What was credited to a customer that day by those who may not approve; and, after the decided
 * line, so much more of it. */
int64_t credit_note_credited(struct tx *tx, uint32_t customer, uint32_t today);
void credit_note_count(struct tx *tx, uint32_t customer, uint32_t today, int64_t amount_minor);
/* After the decided line: a credit note is reversed, and what it took of its customer's day is
 * given back. Any other document passes. */
void credit_note_uncount(struct tx *tx, const Tefter__DocumentRecord *note);

Tefter__Refusal *apply_issue_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_turn_back_day(struct tx *tx, const Tefter__TurnBackDay *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_issue_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                         Tefter__Done *done);

Tefter__Refusal *apply_ask_approval(struct tx *tx, const Tefter__AskApproval *command,
                                    Tefter__Done *done);

Tefter__Refusal *view_approval(struct tx *tx, const Tefter__ApprovalView *query,
                               Tefter__ApprovalAnswer *answer);
/* The total a draft would come to, and the decision it would get. */
Tefter__Refusal *view_what_if(struct tx *tx, const Tefter__WhatIf *query,
                              Tefter__WhatIfAnswer *answer);

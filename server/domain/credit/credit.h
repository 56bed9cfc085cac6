#pragma once
/*
 * Credit: whose terms hold for a customer today, the decision over a sale, and approvals. Life
 * cycles and invariants stand at the head of each entity's file.
 */
#include "base/date.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"
#include "view.pb-c.h"

enum { WEIGHT_WHOLE = 100 };

struct credit_terms {
    bool unlimited;
    int64_t limit_minor;
    Tefter__ExcessPolicy policy;
    bool has_overdue_days;
    uint32_t overdue_days;
    int64_t overdue_minor; /* rests under it are borne; 0: none are */
    bool has_overdue_minor;
    int64_t document_max_minor; /* 0: none */
    uint32_t unpaid_max;        /* 0: any number */
    uint32_t slip_weight;       /* percent of slips not confirmed that stays in the exposure */
    uint32_t policy_version;
    Tefter__LimitSource source;
    uint32_t group;                      /* when the source is a group */
    const Tefter__CustomerRecord *payer; /* whose terms they are; NULL: their own */
    bool has_site_limit; /* of who has a payer: a limit of their own, one wall more */
    int64_t site_limit_minor;
};

/* The payer's, of who has one. */
void credit_terms_of(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t today,
                     struct credit_terms *ret_terms);
/* A customer's own terms with their days, the entry that began last first; *ret_count of them. */
Tefter__LimitEntry **credit_own_terms(struct tx *tx, uint32_t customer, size_t *ret_count);

/* After the decided line: their own terms are taken away. */
void credit_withdraw_terms(struct tx *tx, uint32_t customer);

/* What is sold, beside what is parked with the approval that is named. */
enum parked_goods { GOODS_OTHER, GOODS_PART, GOODS_ALL };

struct credit_request {
    const Tefter__CustomerRecord *customer;
    const struct account *account; /* as it stands in memory, corrections included */
    int64_t amount_minor;          /* what it adds */
    uint32_t today;
    uint64_t approval;       /* 0: none */
    uint32_t branch;         /* where it is sold; with an approval */
    enum parked_goods goods; /* likewise */
    bool backfill;
    /* A correction: the account stands in memory without the old bill, which was for so much. */
    bool corrects;
    int64_t replaces_minor;
    bool paid; /* whole, at once: nothing of it is owed, and nothing stops it */
};

/* The decision, always; NULL when the sale may go on, else, in this order and naming customer:
 * CUSTOMER_LOCKED, PAYER_LOCKED with payer_code (both unless it is a backfill, paid, or a
 * correction that adds nothing); why an approval that is named does not serve (approval_serves;
 * APPROVAL_OTHER_GOODS, APPROVAL_FOR_LESS with the ways out; under rules before RULE_APPROVALS_BIND
 * NOT_FOUND, APPROVAL_NOT_OPEN), though no wall be hit; APPROVAL_OUTGROWN where more is in the way
 * than was when it was asked for; the first wall (where a policy blocks no approval helps), or
 * APPROVAL_NEEDED, with the decision and the ways out in it. */
Tefter__Refusal *credit_decide(struct tx *tx, const struct credit_request *request,
                               Tefter__Decision **ret_decision);
/* A sale is refused for the cap of who takes the goods: the walls that it runs into beside it, and
 * the part that passes the cap and them. */
void credit_explain_cap(struct tx *tx, const struct credit_request *request,
                        Tefter__Refusal *refusal);
/* After the decided line: an approval that is named is spent (under rules before
 * RULE_APPROVALS_BIND only if it was needed); a sale posted over the limit alarms. */
void credit_decided(struct tx *tx, const Tefter__DocumentRecord *document);

/* A customer's figures, as they read on that day. Rows that terminals hold read as of the head
 * office's, whoever changed them. Records that were merged are one customer: the row of the one
 * that stays has what is of all of them, the others' have nothing. */
Tefter__AccountRow *credit_account_row(struct tx *tx, uint32_t customer, uint32_t today);
/* Of that record alone. */
Tefter__AccountRow *credit_record_row(struct tx *tx, uint32_t customer, uint32_t today);
/* The days around `today` on which the rows of this customer read as they do today: no term, lock
 * or person begins or ends within them. */
bool day_tell_step(struct tx *tx, Tefter__JobRecord *job); /* a job */
struct date_span credit_row_days(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 uint32_t today);
/* Likewise for the account's row alone: nor does a bill become overdue. */
struct date_span credit_account_days(struct tx *tx, const Tefter__CustomerRecord *customer,
                                     uint32_t today);
Tefter__ApprovalRow *credit_approval_row(struct tx *tx, uint64_t approval); /* with names */
/* The branch that it was asked for at. */
uint32_t credit_approval_branch(const Tefter__ApprovalRow *row);
/* Who belongs to a branch sees and decides what is asked for there. Refuses STAFF_OF_OTHER_BRANCH
 * approval. */
Tefter__Refusal *approval_check_seen(struct tx *tx, const Tefter__ApprovalRow *row);

/* ---- approvals, for parked sales (documents/parked.c) ---- */

/* What is asked for; draft NULL: no goods are named, or the rules are older. */
struct approval_wish {
    const Tefter__AskApproval *command;
    Tefter__Decision *decision;
    Tefter__IssueInvoice *draft; /* priced, to be kept */
    uint32_t lines;
    char *goods;
};
/* Refuses, in this order: amount_minor (field_amount), minutes (FIELD_INVALID outside
 * 1..APPROVAL_MINUTES_MAX), note (field_text). */
Tefter__Refusal *approval_check_form(struct tx *tx, const Tefter__AskApproval *command);
/* The last of a command. Refuses TOO_MANY draft with `most` (of a person's, of all) or customer (of
 * one customer's); under rules before RULE_ASKS_HAVE_PLACES only what has a draft. */
Tefter__Refusal *approval_ask(struct tx *tx, const struct approval_wish *wish, Tefter__Done *done);
/* Is it granted, for that customer, at that branch? Refuses, about field "approval": NOT_FOUND;
 * APPROVAL_UNDECIDED, _DENIED, _USED_ALREADY, _LAPSED; APPROVAL_OTHER_CUSTOMER, _OTHER_BRANCH.
 * Under rules before RULE_APPROVALS_BIND only NOT_FOUND. */
Tefter__Refusal *approval_serves(struct tx *tx, uint64_t approval, uint32_t customer,
                                 uint32_t branch);
/* What is parked with it; NULL: nothing, or it is over. */
Tefter__IssueInvoice *approval_draft(struct tx *tx, uint64_t approval);

/* Of the payer's limit and the site's own the one that stops: by how much it is passed, 0 when it
 * is not; and what was left of it before, false when there is none. */
int64_t credit_over(const Tefter__Decision *decision);
bool credit_left(const Tefter__Decision *decision, int64_t *ret_left_minor);

/* An import's paper is taken back: its alarm counts one less. */
void credit_alarm_undone(struct tx *tx, const Tefter__DocumentRecord *document);
/* After the decided line: the document left its customer over a limit by so much. source: of the
 * import that it came by, or that is taken back; NULL: none. */
void credit_alarm(struct tx *tx, const Tefter__DocumentRecord *document, const char *source,
                  int64_t over_by_minor);
/* After the decided line: with that move of cash one person took so much more out of tills in a day
 * than one pays out alone. difference_minor: the move is a till's difference; 0: it is none. */
void credit_alarm_cash(struct tx *tx, const Tefter__DocumentRecord *move, int64_t over_by_minor,
                       int64_t difference_minor);
/* After the other alarms of the command, whose row it joins: with that document a till stands so
 * much below nothing by the books. */
void credit_alarm_short(struct tx *tx, const Tefter__DocumentRecord *document, int64_t short_minor);
/* After the other alarms of the command, whose row it joins: with that reversal one person took
 * back at once so much more of their own bills in a day than they may take back alone; or money
 * that they took themselves. */
void credit_alarm_undone_bills(struct tx *tx, const Tefter__DocumentRecord *reversal,
                               int64_t beyond_minor);
void credit_alarm_own_back(struct tx *tx, const Tefter__DocumentRecord *reversal,
                           int64_t back_minor);
/* Likewise: who acts is the second person for that one, and was made by them (staff_made_by; else
 * nothing is raised). document: what they confirmed or took back. */
void credit_alarm_maker(struct tx *tx, const Tefter__Actor *booked_by,
                        const Tefter__DocumentRecord *document);
/* After the decided line: with that site a payer is over their limit by so much. */
void credit_alarm_site(struct tx *tx, const Tefter__CustomerRecord *payer, uint32_t site,
                       int64_t over_by_minor);
Tefter__AlarmRow *credit_alarm_row(struct tx *tx, uint64_t alarm); /* with names; NULL: none */
/* The branch that it was raised at. */
uint32_t credit_alarm_branch(const Tefter__AlarmRow *row);
/* Approvals worth holding: waiting or granted, newest first; `most` of those before *cursor (0:
 * all), which moves. *ret_more: there may be more behind it. At a damaged one it stops; what was
 * found is there, and the cursor stands behind it. */
void credit_open_approvals(struct tx *tx, uint64_t *cursor, uint64_t *ret_approvals, size_t most,
                           size_t *ret_count, bool *ret_more);

Tefter__Refusal *apply_set_credit_limit(struct tx *tx, const Tefter__SetCreditLimit *command,
                                        Tefter__Done *done);
Tefter__Refusal *apply_open_customer(struct tx *tx, const Tefter__OpenCustomer *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_set_payer(struct tx *tx, const Tefter__SetPayer *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_merge_customers(struct tx *tx, const Tefter__MergeCustomers *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_undo_merge(struct tx *tx, const Tefter__UndoMerge *command,
                                  Tefter__Done *done);
/* What MergeCustomers would do: the same look, without the writing. */
Tefter__Refusal *view_merge_preview(struct tx *tx, const Tefter__MergePreview *query,
                                    Tefter__MergeAnswer *answer);
Tefter__Refusal *apply_set_credit_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                         Tefter__Done *done);
Tefter__Refusal *apply_decide_approval(struct tx *tx, const Tefter__DecideApproval *command,
                                       Tefter__Done *done);

Tefter__Refusal *apply_alarm_terminal(struct tx *tx, const Tefter__AlarmTerminal *command,
                                      Tefter__Done *done);

Tefter__Refusal *view_limits(struct tx *tx, const Tefter__LimitHistory *query,
                             Tefter__LimitsAnswer *answer);
Tefter__Refusal *view_alarms(struct tx *tx, const Tefter__AlarmList *query,
                             Tefter__AlarmsAnswer *answer);
Tefter__Refusal *view_approvals(struct tx *tx, const Tefter__ApprovalList *query,
                                Tefter__ApprovalsAnswer *answer);

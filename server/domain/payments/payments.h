#pragma once
/*
 * Payments and the accounts their money lies in. Life cycles and invariants stand at the head of
 * each entity's file.
 */
#include "domain/documents/documents.h"
#include "view.pb-c.h"

/* ---- money accounts: tills of a branch, the company's bank accounts, card devices tied to one
 * ---- */

Tefter__Refusal *apply_add_till(struct tx *tx, const Tefter__AddTill *command, Tefter__Done *done);
Tefter__Refusal *apply_add_bank_account(struct tx *tx, const Tefter__AddBankAccount *command,
                                        Tefter__Done *done);
Tefter__Refusal *apply_add_pos_device(struct tx *tx, const Tefter__AddPosDevice *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_retire_money_account(struct tx *tx,
                                            const Tefter__RetireMoneyAccount *command,
                                            Tefter__Done *done);
const Tefter__MoneyAccountRecord *money_account_get(struct tx *tx, uint32_t account);
/* The branch of a till or device; 0: of a bank account, or of none. */
uint32_t money_branch(struct tx *tx, uint32_t account);
Tefter__Refusal *view_money_accounts(struct tx *tx, const Tefter__MoneyAccountList *query,
                                     Tefter__MoneyAccountsAnswer *answer);

/* The document is taken back, and another (NULL: none) posted in its place: a till whose cash
 * changes by that is open (TILL_CLOSED), and holds what goes out of it (MONEY_NOT_THERE). */
Tefter__Refusal *money_check_taken_back(struct tx *tx, const Tefter__DocumentRecord *gone,
                                        const Tefter__DocumentRecord *again, const char *field);
/* After all postings: of a till whose cash the actor may not see more was taken than it held, and
 * that was not refused. gone: the paper that takes it out, or the reversal of what is corrected by
 * `again` (NULL: none). */
void money_alarm_short(struct tx *tx, const Tefter__DocumentRecord *gone,
                       const Tefter__DocumentRecord *again);
/* Money of that kind that the actor enters waits to be confirmed, as a slip does. */
bool payment_waits(struct tx *tx, Tefter__PaymentKind kind, bool backfill);
/* Cash that leaves a till by the books counts like cash that somebody takes out of it. Refuses
 * MORE_THAN_YOU_MAY field. */
Tefter__Refusal *money_check_cash_out(struct tx *tx, const char *field, int64_t amount_minor,
                                      uint32_t date);
/* After the decided line, with the alarm; record: the paper that takes it out. */
void money_count_cash_out(struct tx *tx, const Tefter__DocumentRecord *record, int64_t amount_minor,
                          uint32_t date);
Tefter__Refusal *view_money_days(struct tx *tx, const Tefter__MoneyDays *query,
                                 Tefter__MoneyDaysAnswer *answer);
/* After the decided line: what a document moved is noted by days, of each till and device. */
void money_note(struct tx *tx, const Tefter__DocumentRecord *record);

/* ---- moves of money, refunds, days of tills ---- */

Tefter__Refusal *apply_move_money(struct tx *tx, const Tefter__MoveMoney *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_confirm_move(struct tx *tx, const Tefter__ConfirmMove *command,
                                    Tefter__Done *done);
/* May a move be reversed? The other way must be open as it was for the move: a difference that was
 * counted is none (NOT_REVERSIBLE); of each account that gives or gets money back: RETIRED; of
 * another branch's till the right REVERSE; TILL_CLOSED; MONEY_NOT_THERE; of cash that was put in
 * MORE_THAN_YOU_MAY (money_check_cash_out on that date). All name document. */
Tefter__Refusal *move_check_reversible(struct tx *tx, const Tefter__DocumentRecord *move,
                                       const Tefter__DocumentTailRecord *tail, uint32_t date);
/* After the decided line: cash that was put in counts as taken out by who reverses it. */
void move_count_reversed(struct tx *tx, const Tefter__DocumentRecord *move,
                         const Tefter__DocumentRecord *reversal, uint32_t date);
Tefter__Refusal *apply_put_cash(struct tx *tx, const Tefter__PutCash *command, Tefter__Done *done);
Tefter__Refusal *apply_refund_money(struct tx *tx, const Tefter__RefundMoney *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_open_till(struct tx *tx, const Tefter__OpenTill *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_count_till(struct tx *tx, const Tefter__CountTill *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_close_till(struct tx *tx, const Tefter__CloseTill *command,
                                  Tefter__Done *done);
Tefter__Refusal *view_till_day(struct tx *tx, const Tefter__TillDay *query,
                               Tefter__TillDayAnswer *answer);
Tefter__Refusal *view_till_days(struct tx *tx, const Tefter__TillDays *query,
                                Tefter__TillDaysAnswer *answer);

/* ---- four eyes: who booked money on its way does not say alone that it came ---- */

/* Of who booked it, and more of it in a day than the company lets them confirm: the field, with
 * `most` (what is left of the day) and roles. Refuses SECOND_PERSON_NEEDED. */
Tefter__Refusal *confirm_check_own(struct tx *tx, const Tefter__Actor *booked_by, uint32_t date,
                                   int64_t amount_minor, const char *field);
/* After the decided line. */
void confirm_count_own(struct tx *tx, const Tefter__Actor *booked_by, uint32_t date,
                       int64_t amount_minor);

/* ---- payments ---- */

/* A payment made ready in memory. */
struct payment_plan {
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__CustomerRecord *customer;
    Tefter__BranchRecord *branch;
    struct item *item;
    struct match_plan match;
    int64_t rounded_off_minor; /* by the actor, who may so much in a day */
};

/* account: an open account to go on with, or NULL. corrects: the payment it replaces, or 0. */
Tefter__Refusal *payment_plan(struct tx *tx, const Tefter__TakePayment *command,
                              struct account *account, uint64_t corrects,
                              struct payment_plan **ret_plan);
/* The same, of cash that settles rounding_minor more than it is. */
Tefter__Refusal *payment_plan_rounded(struct tx *tx, const Tefter__TakePayment *command,
                                      struct account *account, uint64_t corrects,
                                      int64_t rounding_minor, struct payment_plan **ret_plan);
/* What a correction leaves unsaid, of the payment as it was; without what it clears. Refuses
 * FIELD_INVALID clear (said beside it, or no field of a payment). */
Tefter__Refusal *payment_keep(struct tx *tx, const Tefter__TakePayment *command,
                              const Tefter__DocumentRecord *was, const Tefter__PaperField *clear,
                              size_t clear_count, Tefter__TakePayment **ret_whole);
/* What was taken, without what was rounded. */
int64_t payment_money(const Tefter__DocumentRecord *payment);
/* Writes the plan but not its account, and emits; the event is for account_save. */
struct event payment_post(struct tx *tx, struct payment_plan *plan);
/* What the reply says of it. */
void payment_done(struct tx *tx, const struct payment_plan *plan, Tefter__Done *done);

/* A slip's or provider's reference, free again when the payment is reversed. */
void payment_forget_reference(struct tx *tx, const Tefter__DocumentRecord *record);

Tefter__Refusal *apply_take_payment(struct tx *tx, const Tefter__TakePayment *command,
                                    Tefter__Done *done);

/* ---- what nobody is told who is to count it (now.c) ---- */

/* Tills whose day is open and that wait to be counted, when who asks does not see the trial
 * balance; else none. */
struct till_waiting {
    uint32_t branch;
    uint32_t since; /* the date it was opened */
};
struct tills_waiting {
    struct till_waiting *tills;
    size_t count;
};
void tills_waiting(struct tx *tx, struct tills_waiting *ret_waiting);
/* The same, whoever asks. */
void tills_uncounted(struct tx *tx, struct tills_waiting *ret_waiting);
/* Is cash of that branch (0: any) and date kept from who asks? */
bool tills_hide(const struct tills_waiting *waiting, uint32_t branch, uint32_t date);
/* Does who asks still wait for a count of the till that a document took cash from, at `at_ms`? */
bool tills_hide_paper(struct tx *tx, uint64_t document, int64_t at_ms);

/* ---- for the board and for my day (now.c) ---- */

/* `connected` and `heard_ms` are the session's. */
Tefter__Refusal *view_branches_now(struct tx *tx, const Tefter__BranchesNow *query,
                                   Tefter__BranchesNowAnswer *answer);
Tefter__Refusal *view_staff_day(struct tx *tx, const Tefter__StaffDay *query,
                                Tefter__StaffDayAnswer *answer);

/* ---- sales that are paid at once; what is taken in cash ---- */

Tefter__Refusal *apply_sell_paid(struct tx *tx, const Tefter__SellPaid *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_set_cash_policy(struct tx *tx, const Tefter__SetCashPolicy *command,
                                       Tefter__Done *done);

#pragma once
/*
 * What the files of this folder share: money accounts, what lies in them, and what goes through
 * them.
 */
#include "domain/payments/payments.h"

/* What cash is rounded to, or was of what is recalled; 0: it is not. */
int64_t payment_cash_unit(struct tx *tx);
/* Cash is rounded, and since RULE_ALL_CASH_IS_COINS no other sum goes through a till. */
bool payment_all_coins(struct tx *tx);
/* Is there no coin for the last of it? NOT_IN_COINS field, with the unit as `most` and the sum
 * below in available_minor. What is recalled was handed over. */
Tefter__Refusal *money_check_coins(struct tx *tx, const char *field, int64_t amount_minor);
/* The same, since RULE_ALL_CASH_IS_COINS. */
Tefter__Refusal *money_check_all_coins(struct tx *tx, const char *field, int64_t amount_minor);

/* The command's own, to change and save. */
Tefter__MoneyAccountRecord *money_account_shared(struct tx *tx, uint32_t account);
void money_account_save(struct tx *tx, const Tefter__MoneyAccountRecord *account);

/* Where its money stands in the books. */
Tefter__PostingAccount money_gl(const Tefter__MoneyAccountRecord *account);
int64_t money_holds(struct tx *tx, const Tefter__MoneyAccountRecord *account);
/* On its way there: from another account, and slips not yet confirmed. */
int64_t money_coming(struct tx *tx, const Tefter__MoneyAccountRecord *account);

/* One that is used, of that branch (NULL: of any). Refuses, naming field: NOT_FOUND, RETIRED,
 * TILL_OTHER_BRANCH. */
Tefter__Refusal *money_find(struct tx *tx, uint32_t number, const Tefter__BranchRecord *branch,
                            const char *field, const Tefter__MoneyAccountRecord **ret_account);
/* TILL_OTHER_BRANCH field, with the branch's code. */
Tefter__Refusal *money_refuse_elsewhere(struct tx *tx, const char *field, uint32_t branch);
/* A till that keeps days takes and gives cash while one is open: TILL_CLOSED. */
Tefter__Refusal *money_check_till_open(struct tx *tx, const Tefter__MoneyAccountRecord *account,
                                       const char *field);
/* A till or device gives no more than it holds: MONEY_NOT_THERE with its name in existing_number.
 * Since RULE_TILLS_STAY_BLIND not of a till whose cash the actor may not see: money_alarm_short.
 */
Tefter__Refusal *money_check_holds(struct tx *tx, const Tefter__MoneyAccountRecord *account,
                                   int64_t amount_minor, const char *field);

/* A till's day is open, and what was counted last is still what the books say. */
bool till_counted(struct tx *tx, const Tefter__MoneyAccountRecord *till);
/* Its count stands, or its day was closed since. */
bool till_counted_since(struct tx *tx, const Tefter__MoneyAccountRecord *till, int64_t at_ms);

/* What went through it on that date, never NULL. */
Tefter__MoneyDayRecord *money_day(struct tx *tx, uint32_t account, uint32_t date);
/* The sum of the dates from..until, less `before` (NULL: nothing). */
Tefter__MoneyDayRecord *money_days(struct tx *tx, uint32_t account, uint32_t from, uint32_t until,
                                   const Tefter__MoneyDayRecord *before);
/* After the decided line: so much of the document went through it. */
void money_note_posting(struct tx *tx, const Tefter__DocumentRecord *record, uint32_t account,
                        int64_t amount_minor);

/* A move of money made ready in memory: a document of no customer. */
struct move_plan {
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__BranchRecord *branch;
};
/* Its form: postings are the caller's. beside: the account of another move of this command, or
 * NULL. Refuses as document_begin does. */
Tefter__Refusal *move_begin(struct tx *tx, Tefter__MoneyMoveKind kind, uint32_t date,
                            struct account *beside, struct move_plan *ret_plan);
/* Cash of a till against another account of the books; positive: into the till. Refuses as
 * postings_check does. */
Tefter__Refusal *move_cash(struct tx *tx, struct move_plan *plan,
                           const Tefter__MoneyAccountRecord *till, Tefter__PostingAccount against,
                           int64_t amount_minor);
/* Of a till's cash what is on its way to the bank. */
struct till_to_bank {
    const Tefter__MoneyAccountRecord *till;
    const Tefter__MoneyAccountRecord *bank;
    int64_t amount_minor;
};
/* Refuses as document_begin and postings_check do. */
Tefter__Refusal *move_to_bank(struct tx *tx, const struct till_to_bank *sent,
                              struct account *beside, struct move_plan *ret_plan);
/* As money_find, of any branch; FIELD_INVALID: it is no bank account. */
Tefter__Refusal *move_find_bank(struct tx *tx, uint32_t number, const char *field,
                                const Tefter__MoneyAccountRecord **ret_bank);
/* After the decided line: writes it whole. */
void move_post(struct tx *tx, struct move_plan *plan);
/* After it: what a till was counted to be off is seen by others, if it is much, or was short when
 * it was opened. */
void move_count_difference(struct tx *tx, const Tefter__DocumentRecord *record, bool opening,
                           int64_t difference_minor);

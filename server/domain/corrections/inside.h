#pragma once
/*
 * What the files of this folder share: a reversal made ready in memory, then posted.
 */
#include "domain/corrections/corrections.h"
#include "domain/documents/documents.h"

struct reversal {
    Tefter__DocumentRecord *original;
    Tefter__DocumentTailRecord *tail;
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__BranchRecord *branch;
    struct item *item;                        /* of the original; NULL when it moved no money */
    bool undo;                                /* of an import: it was on no day */
    int64_t taken_back_minor;                 /* of one's own money; a correction's net */
    int64_t rounded_off_minor;                /* that goes with it, and is no credit */
    Tefter__DocumentTailRecord *invoice_tail; /* of a credit note's invoice */
    int64_t less_minor; /* of a bill, taken back by who may not approve; 0: nothing that counts */
    bool at_once;       /* ... and right after it was written */
};

/* The document that is reversed, and its branch; before RULE_REVERSALS_STAY_IN_BRANCH, of a
 * correction (corrects) before RULE_CORRECTIONS_STAY_IN_BRANCH, the actor's. Refuses NOT_FOUND
 * document. */
Tefter__Refusal *reversal_find(struct tx *tx, uint64_t document, bool corrects,
                               struct reversal *ret_reversal);
/* May the actor reverse it, and can it be? Refuses, in this order: STAFF_OF_OTHER_BRANCH document
 * (staff_check_paper); unless it is their own of this branch's open day (and no money that a bank
 * was said to have) RIGHT_MISSING [REVERSE]; unless it is that and no money FIELD_MISSING reason;
 * NOT_REVERSIBLE document (a reversal), ALREADY_REVERSED document with the reversal, NOT_REVERSIBLE
 * credit_notes (an invoice with live ones); as reversal_check_alone does. */
Tefter__Refusal *reversal_check(struct tx *tx, const struct reversal *reversal,
                                const Tefter__Text *reason);
/* Money that they took themselves, and more of it in a day than the company lets them take back
 * alone: SECOND_PERSON_NEEDED document with `most` (what is left of the day) and roles. */
Tefter__Refusal *reversal_check_alone(struct tx *tx, const struct reversal *reversal);
/* What it takes away, but for what the same command posts again for the same customer. Refuses
 * MORE_THAN_YOU_MAY document. */
Tefter__Refusal *reversal_check_amount(struct tx *tx, const struct reversal *reversal,
                                       int64_t again_minor);
/* Their own, of this branch's open day, and no money that a bank was said to have. */
bool reversal_is_free(struct tx *tx, const struct reversal *reversal);
/* What takes a bill back by less_minor is counted, or refused to who may not approve:
 * FIELD_MISSING reason, RIGHT_MISSING [APPROVE] with available_minor (what is left of the day). An
 * own bill that is reversed at once is only counted. */
Tefter__Refusal *taken_back_check(struct tx *tx, struct reversal *reversal, bool corrects,
                                  int64_t less_minor, const Tefter__Text *reason);
/* Makes it ready in memory: the account is as it will be. Refuses as document_begin and
 * postings_check do; AMOUNT_TOO_BIG total_minor when more would be open than an account holds. */
Tefter__Refusal *reversal_plan(struct tx *tx, const Tefter__Text *reason,
                               struct reversal *reversal);

/* After it, of a bill: what was rounded off of it goes too. */
void reversal_round_off(struct tx *tx, struct reversal *reversal);

/* After the decided line: writes it but not its account, and emits; the event is for
 * account_save. */
struct event reversal_post(struct tx *tx, struct reversal *reversal);
void taken_back_count(struct tx *tx, const struct reversal *reversal);
/* After the other alarms of the command, whose row they join. */
void taken_back_alarm(struct tx *tx, const struct reversal *reversal);
/* Likewise, of money: nobody set how much of it they may take back alone. */
void reversal_own_alarm(struct tx *tx, const struct reversal *reversal);
/* Likewise, where a second person has to: who took it made them. */
void reversal_maker_alarm(struct tx *tx, const struct reversal *reversal);
/* Writes it whole, with the alarm, and says so in the reply. */
void reversal_complete(struct tx *tx, struct reversal *reversal, Tefter__Done *done);
/* Taking money or a credit note back may leave a customer over their limit: it is posted all the
 * same, and an alarm is raised. */
void reversal_alarm(struct tx *tx, const struct reversal *reversal);
/* The reply names the reversal, and whatever it took the match from; but for what is matched again
 * with the item that takes its place (NULL: none). */
void reversal_done(struct tx *tx, const struct reversal *reversal, const struct item *fresh,
                   Tefter__Done *done);

/*
 * Who pays for a customer. A shop, a building site, a project or a member of a family is a site of
 * their payer: the payer's limit, rules and lock are judged over what all of them owe together, and
 * the payer's money may pay their bills.
 *
 *   none ──SetPayer──▶ a payer ──SetPayer──▶ another ──SetPayer without one──▶ none
 *   ──OpenCustomer with one──▶ a payer
 *
 * 1. One level only: a payer has no payer, and who pays for others gets none.
 * 2. With a site its sums leave one family and join the other in one command, open bills and all,
 * and what the payer's money paid of them stays paid. No limit stops it: who may set limits
 * decides; a payer who is over theirs with the site alarms.
 */
#include "domain/credit/inside.h"

#include "domain/org/org.h"

/* ---- changes ---- */

/* Refuses, in this order: RULES_TOO_OLD set_payer (rules before RULE_PAYERS), reason (field_text);
 * NOT_FOUND customer, CUSTOMER_MERGED customer, NOT_FOUND payer, BOUND_TO_BRANCH customer, payer;
 * as customer_check_payer does;
 * AMOUNT_TOO_BIG payer (more than an account may hold together). */
static Tefter__Refusal *look_payer(struct tx *tx, const Tefter__SetPayer *command,
                                   Tefter__CustomerRecord **ret_customer,
                                   Tefter__CustomerRecord **ret_payer, struct account **ret_account)
{
    if (!tx_rule(tx, RULE_PAYERS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_payer");
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    *ret_customer = customer_get(tx, command->customer);
    if (*ret_customer == NULL)
        return refuse_not_found(tx, "customer");
    refusal = customer_check_stands(tx, *ret_customer, "customer");
    if (refusal != NULL)
        return refusal;
    refusal =
        customer_find_payer(tx, command->has_payer, command->payer, command->payer_code, ret_payer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, *ret_customer);
    if (refusal == NULL && *ret_payer != NULL)
        refusal = staff_check_home(tx, "payer", (*ret_payer)->branch);
    if (refusal == NULL)
        refusal = customer_check_payer(tx, *ret_customer, *ret_payer);
    if (refusal != NULL)
        return refusal;
    *ret_account = account_open(tx, command->customer);
    if (*ret_payer != NULL && !account_fits_payer(tx, *ret_account, (*ret_payer)->customer))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "payer");
    return NULL;
}

/* Refuses as customer_look_open does. */
Tefter__Refusal *apply_open_customer(struct tx *tx, const Tefter__OpenCustomer *command,
                                     Tefter__Done *done)
{
    struct customer_opening opening;
    Tefter__Refusal *refusal = customer_look_open(tx, command, &opening);
    if (refusal != NULL)
        return refusal;
    Tefter__CustomerRecord *customer = customer_open(tx, &opening); /* passes the decided line */
    if (opening.payer != NULL) {
        struct account *account = account_open(tx, customer->customer);
        struct event event = {.kind = TEFTER__EVENT_KIND__PAYER_CHANGED,
                              .customer = customer->customer,
                              .about = opening.payer->customer};
        account_change_payer(tx, account, opening.payer->customer);
        account_save(tx, account, &event);
        event_emit(tx, &event);
    }
    FIELD_SET(done, id, customer->customer);
    done->number = customer->code;
    return NULL;
}

/* What they all owe passes the payer's limit now. */
static void alarm_if_over(struct tx *tx, const Tefter__CustomerRecord *payer, uint32_t site)
{
    if (!tx_rule(tx, RULE_PAYERS_FROM_THE_START))
        return;
    const Tefter__AccountRow *row =
        credit_account_row(tx, payer->customer, branch_of_actor(tx)->date);
    if (!row->unlimited && row->available_minor < 0)
        credit_alarm_site(tx, payer, site, -row->available_minor);
}

Tefter__Refusal *apply_set_payer(struct tx *tx, const Tefter__SetPayer *command, Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__CustomerRecord *payer = NULL;
    struct account *account = NULL;
    Tefter__Refusal *refusal = look_payer(tx, command, &customer, &payer, &account);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct event event = {.kind = TEFTER__EVENT_KIND__PAYER_CHANGED,
                          .customer = command->customer,
                          .about = payer != NULL ? payer->customer : 0};
    customer_set_payer(tx, customer, payer, command->reason);
    account_change_payer(tx, account, payer != NULL ? payer->customer : 0);
    account_save(tx, account, &event);
    if (payer != NULL)
        alarm_if_over(tx, payer, command->customer);
    FIELD_SET(done, id, command->customer);
    return NULL;
}

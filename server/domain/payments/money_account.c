/*
 * Money accounts: the places money lies in.
 *
 *   added ──▶ used ──RetireMoneyAccount──▶ retired ──▶ used again
 *
 * 1. Of the tills and devices of a branch no two have one name; no two bank accounts have one
 *    number, spaces aside. Retired ones count: money may still lie there.
 * 2. A device is tied to a bank account, for ever.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

static struct key money_account_key(uint32_t account)
{
    struct key key = key_book(TABLE_PLACE);
    key_u32(&key, account);
    return key;
}

const Tefter__MoneyAccountRecord *money_account_get(struct tx *tx, uint32_t account)
{
    struct key key = money_account_key(account);
    return tx_cached(tx, &key, &tefter__money_account_record__descriptor);
}

static Tefter__MoneyAccountRecord *money_account_shared(struct tx *tx, uint32_t account)
{
    struct key key = money_account_key(account);
    return tx_shared(tx, &key, &tefter__money_account_record__descriptor);
}

static void money_account_save(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    struct key key = money_account_key(account->money_account);
    tx_put(tx, &key, &account->base);
}

/* ---- rules ---- */

static bool same_but_spaces(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static bool is_bank(const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
}

/* Would these two be taken for one another? */
static bool collide(const struct tx *tx, const Tefter__MoneyAccountRecord *a,
                    const Tefter__MoneyAccountRecord *b)
{
    if (is_bank(a) != is_bank(b))
        return false;
    if (is_bank(a))
        return same_but_spaces(a->number, b->number) || word_same(tx, a->number, b->number);
    return a->branch == b->branch && word_same(tx, a->name, b->name);
}

/* The account that is there already, 0 for none. Reads all: they are few and seldom made. */
static uint32_t existing_account(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    struct key prefix = key_book(TABLE_PLACE);
    struct tx_walk walk;
    uint32_t existing = 0;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && existing == 0;
         on = tx_walk_next(&walk)) {
        const Tefter__MoneyAccountRecord *other =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        existing = collide(tx, account, other) ? other->money_account : 0;
    }
    tx_walk_end(&walk);
    return existing;
}

static Tefter__MoneyAccountRecord *money_account_new(struct tx *tx, Tefter__MoneyAccountKind kind,
                                                     char *name)
{
    Tefter__MoneyAccountRecord *account = tx_new(tx, &tefter__money_account_record__descriptor);
    account->kind = kind;
    account->name = name;
    return account;
}

/* ---- changes ---- */

/* The end of all three: looks whether it is there already and whether there is room (TOO_MANY
 * money_account), numbers and saves it. */
static Tefter__Refusal *add_account(struct tx *tx, Tefter__MoneyAccountRecord *account,
                                    Tefter__Done *done)
{
    uint32_t existing = existing_account(tx, account);
    if (existing != 0)
        return refuse_existing(tx, is_bank(account) ? "number" : "name", existing);
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__Refusal *refusal =
        company_check_room(tx, "money_account", COUNTS_MONEY_ACCOUNTS, COMPANY_MONEY_ACCOUNTS_MAX);
    if (refusal != NULL)
        return refusal;
    account->money_account = company_take(tx, company, COUNTS_MONEY_ACCOUNTS);

    tx_decided(tx);
    money_account_save(tx, account);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__MONEY_ACCOUNT_CHANGED, account->money_account, done);
    return NULL;
}

/* Refuses, in this order: name (field_line); NOT_FOUND branch; ALREADY_EXISTS name (a till or
 * device of this branch). */
Tefter__Refusal *apply_add_till(struct tx *tx, const Tefter__AddTill *command, Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    Tefter__MoneyAccountRecord *till =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL, command->name);
    FIELD_SET(till, branch, command->branch);
    return add_account(tx, till, done);
}

/* Refuses, in this order: name (field_line), number (field_line, CODE_MAX_BYTES), bank
 * (field_line_or_none); ALREADY_EXISTS number (spaces aside). */
Tefter__Refusal *apply_add_bank_account(struct tx *tx, const Tefter__AddBankAccount *command,
                                        Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line(tx, "number", command->number, CODE_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "bank", command->bank, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    Tefter__MoneyAccountRecord *account =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT, command->name);
    account->number = command->number;
    field_move_line(&account->bank, command->bank);
    return add_account(tx, account, done);
}

/* Refuses, in this order: name (field_line); NOT_FOUND branch; NOT_FOUND bank_account (absent or
 * another kind of account), RETIRED bank_account; ALREADY_EXISTS name (a till or device of this
 * branch). */
Tefter__Refusal *apply_add_pos_device(struct tx *tx, const Tefter__AddPosDevice *command,
                                      Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    const Tefter__MoneyAccountRecord *account = money_account_get(tx, command->bank_account);
    if (account == NULL || !is_bank(account))
        return refuse_not_found(tx, "bank_account");
    if (account->retired)
        return refuse(tx, TEFTER__REFUSAL_CODE__RETIRED, "bank_account");
    Tefter__MoneyAccountRecord *device =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE, command->name);
    FIELD_SET(device, branch, command->branch);
    FIELD_SET(device, bank_account, command->bank_account);
    return add_account(tx, device, done);
}

/* Refuses, in this order: NOT_FOUND account; NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_retire_money_account(struct tx *tx,
                                            const Tefter__RetireMoneyAccount *command,
                                            Tefter__Done *done)
{
    Tefter__MoneyAccountRecord *account = money_account_shared(tx, command->money_account);
    if (account == NULL)
        return refuse_not_found(tx, "money_account");
    if (!field_move_int(true, command->retired, NULL, &account->retired))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    money_account_save(tx, account);
    event_done(tx, TEFTER__EVENT_KIND__MONEY_ACCOUNT_CHANGED, account->money_account, done);
    return NULL;
}

/* ---- views ---- */

Tefter__Refusal *view_money_accounts(struct tx *tx, const Tefter__MoneyAccountList *query,
                                     Tefter__MoneyAccountsAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_PLACE);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->money_accounts = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->money_accounts);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__MoneyAccountRecord *account =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        if (!page_takes(&page, &account->base))
            break;
        answer->money_accounts[answer->n_money_accounts++] = account;
        last = account->money_account;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

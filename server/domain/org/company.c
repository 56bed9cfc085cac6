/*
 * The company.
 *
 *   (nothing) ──CreateCompany──▶ founded, for ever
 *
 * 1. There is one company in a ledger, and its currency never changes.
 * 2. Numbers of branches, staff, terminals, customers, groups, products and money accounts are
 * given out from 1 in order, without a gap, and never twice.
 * 3. policy_version counts from 1; each change of the company's terms raises it.
 */
#include "domain/org/org.h"

#include "base/limits.h"
#include "base/money.h"

#include <string.h>

enum {
    TERM_DAYS_AT_FIRST = 30,
    FIELD_NEXT_CUSTOMER = 23, /* of CompanyRecord */
};

/* ---- records ---- */

static struct key company_key(void)
{
    return key_book(TABLE_COMPANY);
}

const Tefter__CompanyRecord *company_get(struct tx *tx)
{
    struct key key = company_key();
    const Tefter__CompanyRecord *company = tx_cached(tx, &key, &tefter__company_record__descriptor);
    return company != NULL ? company : tx_need(tx, &key, &tefter__company_record__descriptor);
}

Tefter__CompanyRecord *company_shared(struct tx *tx)
{
    struct key key = company_key();
    Tefter__CompanyRecord *company = tx_shared(tx, &key, &tefter__company_record__descriptor);
    return company != NULL ? company : tx_need(tx, &key, &tefter__company_record__descriptor);
}

bool company_exists(struct tx *tx)
{
    struct key key = company_key();
    return tx_cached(tx, &key, &tefter__company_record__descriptor) != NULL;
}

uint32_t company_cash_customer(struct tx *tx)
{
    struct key key = company_key();
    const Tefter__CompanyRecord *company = tx_cached(tx, &key, &tefter__company_record__descriptor);
    return company != NULL ? company->cash_customer : 0;
}

uint32_t company_customers(struct tx *tx)
{
    struct key key = company_key();
    uint64_t next = tx_field(tx, &key, FIELD_NEXT_CUSTOMER);
    return next != 0 ? (uint32_t)next - 1 : 0;
}

bool company_has_gaps(struct tx *tx)
{
    return company_get(tx)->recoveries > 0;
}

struct counter {
    uint32_t *next;
    uint32_t *skipped; /* numbers below `next` that are nobody's */
    protobuf_c_boolean *has_skipped;
};

static struct counter counter_of(Tefter__CompanyRecord *company, enum company_count count)
{
#define COUNTER(next, skipped)                                                                     \
    (struct counter)                                                                               \
    {                                                                                              \
        &company->next, &company->skipped, &company->has_##skipped                                 \
    }
    switch (count) {
    case COUNTS_BRANCHES:
        return COUNTER(next_branch, branches_skipped);
    case COUNTS_STAFF:
        return COUNTER(next_staff, staff_skipped);
    case COUNTS_TERMINALS:
        return COUNTER(next_terminal, terminals_skipped);
    case COUNTS_CUSTOMERS:
        return COUNTER(next_customer, customers_skipped);
    case COUNTS_GROUPS:
        return COUNTER(next_group, groups_skipped);
    case COUNTS_PRODUCTS:
        return COUNTER(next_product, products_skipped);
    case COUNTS_MONEY_ACCOUNTS:
        return COUNTER(next_money_account, money_accounts_skipped);
    case COUNTS_STATEMENTS:
        return COUNTER(next_statement, statements_skipped);
    case COUNTS_APPROVALS:
        break; /* not bounded, so not counted */
    }
    fault_need(__FILE__, __LINE__, "no counter of 32 bits");
#undef COUNTER
}

void company_skip(Tefter__CompanyRecord *company, enum company_count count, uint32_t numbers)
{
    struct counter counter = counter_of(company, count);
    if (numbers == 0)
        return;
    *counter.next += numbers;
    *counter.skipped += numbers;
    *counter.has_skipped = true;
}

uint32_t company_take(struct tx *tx, Tefter__CompanyRecord *company, enum company_count count)
{
    struct counter counter = counter_of(company, count);
    uint32_t number = (uint32_t)tx_settle(tx, SETTLED_ID, count, *counter.next);
    if (number < *counter.next) {
        *counter.skipped -= *counter.skipped > 0;
        return number;
    }
    company_skip(company, count, number - *counter.next);
    ++*counter.next;
    return number;
}

uint64_t company_take_approval(struct tx *tx, Tefter__CompanyRecord *company)
{
    uint64_t number = tx_settle(tx, SETTLED_ID, COUNTS_APPROVALS, company->next_approval);
    if (number >= company->next_approval)
        company->next_approval = number + 1;
    return number;
}

void company_save(struct tx *tx, const Tefter__CompanyRecord *company)
{
    struct key key = company_key();
    tx_put(tx, &key, &company->base);
}

/* ---- rules ---- */

static Tefter__Refusal *check_currency(struct tx *tx, const char *currency)
{
    if (currency_find(currency) == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "currency");
    return NULL;
}

/* Two letters, of this size: the ledger knows no list of countries and languages. */
static Tefter__Refusal *check_letters(struct tx *tx, const char *field, const char *code, char a)
{
    enum { ALPHABET = 26, LETTERS = 2 };
    size_t size = strlen(code);
    for (size_t i = 0; i < size; i++)
        if (code[i] < a || code[i] >= a + ALPHABET)
            size = 0;
    return size == LETTERS ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
}

/* A customer without terms of their own or of a group may not buy on credit at all. */
static Tefter__LimitTerms *first_policy(struct tx *tx, char *currency)
{
    Tefter__LimitTerms *policy = tx_new(tx, &tefter__limit_terms__descriptor);
    FIELD_SET(policy, limit_minor, 0);
    FIELD_SET(policy, policy, TEFTER__EXCESS_POLICY__EXCESS_BLOCK);
    policy->currency = currency;
    return policy;
}

static void number_from_one(Tefter__CompanyRecord *company)
{
    company->next_branch = 1;
    company->next_staff = 1;
    company->next_terminal = 1;
    company->next_customer = 1;
    company->next_group = 1;
    company->next_product = 1;
    company->next_money_account = 1;
    company->next_approval = 1;
    company->next_job = 1;
}

/* ---- services ---- */

uint32_t company_term_days(struct tx *tx)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    return company->has_term_days ? company->term_days : 0;
}

Tefter__Refusal *company_check_currency(struct tx *tx, const char *field, const char *currency)
{
    if (currency != NULL && strcmp(currency, company_get(tx)->currency) != 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__WRONG_CURRENCY, field);
    return NULL;
}

Tefter__Refusal *company_check_room(struct tx *tx, const char *field, enum company_count count,
                                    uint32_t most)
{
    struct counter counter = counter_of(company_shared(tx), count);
    if (*counter.next - *counter.skipped <= most || !tx_rule(tx, RULE_BOUNDS_AGREE))
        return NULL;
    return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, field, most);
}

Tefter__Refusal *company_check_new(struct tx *tx, const Tefter__CreateCompany *command)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_currency(tx, command->currency);
    if (refusal == NULL && command->country != NULL)
        refusal = check_letters(tx, "country", command->country, 'A');
    if (refusal == NULL && command->has_tax_bp && command->tax_bp > BASIS_POINTS)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "tax_bp", BASIS_POINTS);
    if (refusal == NULL && command->paper_language != NULL)
        refusal = check_letters(tx, "paper_language", command->paper_language, 'a');
    return refusal;
}

/* Rial had two decimals, as ISO 4217 says and nobody writes. The company is founded by the rules
 * that begin with it. */
static uint32_t exponent_of(const Tefter__CreateCompany *command)
{
    enum { ISO_RIAL = 2 };
    bool rial = strcmp(command->currency, "IRR") == 0;
    return rial && command->rules_version < RULE_RIAL_IS_WHOLE
               ? ISO_RIAL
               : (uint32_t)currency_find(command->currency)->exponent;
}

Tefter__CompanyRecord *company_new(struct tx *tx, const Tefter__CreateCompany *command)
{
    Tefter__CompanyRecord *company = tx_new(tx, &tefter__company_record__descriptor);
    company->name = command->name;
    company->currency = command->currency;
    company->exponent = exponent_of(command);
    company->created_ms = tx_now_ms(tx);
    company->policy_version = 1;
    company->policy = first_policy(tx, command->currency);
    FIELD_SET(company, term_days, TERM_DAYS_AT_FIRST);
    company->country = command->country;
    company->paper_language = command->paper_language;
    FIELD_COPY(company, practice, command);
    FIELD_COPY(company, tax_bp, command);
    number_from_one(company);
    return company;
}

/* ---- views ---- */

Tefter__Refusal *view_company(struct tx *tx, const Tefter__CompanyView *query,
                              Tefter__CompanyAnswer *answer)
{
    (void)query;
    const Tefter__CompanyRecord *company = company_get(tx);
    answer->name = company->name;
    answer->currency = company->currency;
    answer->exponent = company->exponent;
    answer->rules_version = tx_rules_version(tx);
    answer->cash_customer = company->cash_customer;
    answer->policy_version = company->policy_version;
    answer->policy = company->policy;
    answer->policy_title = company->policy_title;
    FIELD_COPY(answer, term_days, company);
    FIELD_COPY(answer, credit_note_approve_minor, company);
    FIELD_COPY(answer, own_reversal_minor, company);
    FIELD_COPY(answer, own_approval, company);
    FIELD_COPY(answer, cash_unit_minor, company);
    FIELD_COPY(answer, round_off_minor, company);
    FIELD_COPY(answer, round_off_day_minor, company);
    FIELD_COPY(answer, refund_alone_minor, company);
    FIELD_COPY(answer, own_confirm_minor, company);
    FIELD_COPY(answer, own_confirm_any, company);
    answer->country = company->country;
    answer->paper_language = company->paper_language;
    FIELD_COPY(answer, practice, company);
    FIELD_COPY(answer, tax_bp, company);
    answer->customers = company->next_customer - 1 - company->customers_skipped;
    return NULL;
}

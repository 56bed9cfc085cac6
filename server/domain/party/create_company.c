/*
 * Creating the company: the first of every entity that a ledger cannot be without, in one command.
 *
 * 1. The company, its head office (branch 1), its owner (staff 1) and the customer who pays at once
 *    (customer 1) are there together, or none of them is.
 */
#include "domain/party/inside.h"

#include "domain/org/org.h"

/* ---- rules ---- */

static Tefter__Refusal *look(struct tx *tx, const Tefter__CreateCompany *command)
{
    Tefter__Refusal *refusal = company_check_new(tx, command);
    if (refusal == NULL)
        refusal = field_login(tx, "admin_login", command->admin_login);
    /* by the rules that begin with it */
    if (refusal == NULL && command->rules_version >= RULE_LOGINS_ARE_PLAIN &&
        !login_plain(command->admin_login))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "admin_login");
    if (refusal == NULL)
        refusal = field_text(tx, "admin_name", command->admin_name);
    if (refusal == NULL && command->head_office != NULL)
        refusal = branch_check_code(tx, "head_office", command->head_office);
    if (refusal == NULL && command->head_office_name != NULL)
        refusal = field_line(tx, "head_office_name", command->head_office_name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_date(tx, "date", command->date);
    if (refusal == NULL && company_exists(tx))
        refusal = refuse_existing(tx, "company", 0);
    return refusal;
}

/* ---- changes ---- */

/* Refuses, in this order: name (field_line), currency (FIELD_INVALID unless known), country
 * (FIELD_INVALID unless two capitals), tax_bp (over 10,000), paper_language (unless two small
 * letters), admin_login (field_login), admin_name (field_text), head_office (branch_check_code),
 * head_office_name (field_line), date (field_date); ALREADY_EXISTS company. */
Tefter__Refusal *apply_create_company(struct tx *tx, const Tefter__CreateCompany *command,
                                      Tefter__Done *done)
{
    Tefter__Refusal *refusal = look(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_new(tx, command);
    uint32_t branch = company->next_branch++;
    uint32_t owner = company->next_staff++;
    company->cash_customer = company->next_customer++;
    char *code = command->head_office != NULL ? command->head_office : tx_text(tx, "HQ");

    tx_decided(tx);
    company_save(tx, company);
    branch_add_head_office(tx, branch, code,
                           command->head_office_name != NULL ? command->head_office_name : code,
                           command->date);
    staff_add_owner(tx, owner, command->admin_login, command->admin_name);
    customer_add_cash(tx, company->cash_customer, branch);
    event_emit(tx, &(struct event){.kind = TEFTER__EVENT_KIND__COMPANY_CREATED});
    FIELD_SET(done, id, branch);
    done->number = code;
    return NULL;
}

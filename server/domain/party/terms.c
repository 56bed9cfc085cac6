/*
 * The form of credit terms, which customers, groups and the company have alike. What they mean is
 * credit's.
 */
#include "domain/party/party.h"

#include "domain/org/org.h"

/* ---- rules ---- */

static Tefter__Refusal *check_limit(struct tx *tx, const char *field,
                                    const Tefter__LimitTerms *terms)
{
    bool unlimited = terms->has_unlimited && terms->unlimited;
    const char *path = tx_format(tx, "%s.limit_minor", field);
    if (!terms->has_limit_minor)
        return NULL;
    if (unlimited)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, path);
    return field_amount_or_zero(tx, path, terms->limit_minor);
}

static Tefter__Refusal *check_dates(struct tx *tx, const char *field,
                                    const Tefter__LimitTerms *terms)
{
    const char *until = tx_format(tx, "%s.valid_until", field);
    Tefter__Refusal *refusal = NULL;
    if (terms->has_valid_from)
        refusal = field_date(tx, tx_format(tx, "%s.valid_from", field), terms->valid_from);
    if (refusal == NULL && terms->has_valid_until)
        refusal = field_date(tx, until, terms->valid_until);
    if (refusal == NULL && terms->has_valid_from && terms->has_valid_until &&
        terms->valid_from > terms->valid_until)
        refusal = refuse_early(tx, until, terms->valid_from);
    return refusal;
}

static Tefter__Refusal *check_walls(struct tx *tx, const char *field,
                                    const Tefter__LimitTerms *terms)
{
    Tefter__Refusal *refusal = NULL;
    if (terms->has_overdue_days)
        refusal = field_days(tx, tx_format(tx, "%s.overdue_days", field), terms->overdue_days);
    if (refusal == NULL && terms->has_overdue_minor)
        refusal = field_amount_or_zero(tx, tx_format(tx, "%s.overdue_minor", field),
                                       terms->overdue_minor);
    if (refusal == NULL && terms->has_document_max_minor)
        refusal = field_amount_or_zero(tx, tx_format(tx, "%s.document_max_minor", field),
                                       terms->document_max_minor);
    return refusal;
}

/* ---- services ---- */

Tefter__Refusal *terms_check(struct tx *tx, const char *field, const Tefter__LimitTerms *terms)
{
    if (terms == NULL)
        return NULL;
    Tefter__Refusal *refusal = check_limit(tx, field, terms);
    if (refusal == NULL)
        refusal = check_dates(tx, field, terms);
    if (refusal == NULL)
        refusal = check_walls(tx, field, terms);
    if (refusal == NULL)
        refusal = company_check_currency(tx, tx_format(tx, "%s.currency", field), terms->currency);
    return refusal;
}

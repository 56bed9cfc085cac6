/*
 * The form of credit terms, which customers, groups and the company have alike, and how what is
 * said joins what is there. What they mean is credit's.
 */
#include "domain/party/party.h"

#include "domain/org/org.h"

enum { UNPAID_MAX_MOST = 1000000, WEIGHT_MOST = 100 };

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
    if (refusal == NULL && terms->has_unpaid_max && terms->unpaid_max > UNPAID_MAX_MOST)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID,
                              tx_format(tx, "%s.unpaid_max", field), UNPAID_MAX_MOST);
    return refusal;
}

static Tefter__Refusal *check_weights(struct tx *tx, const char *field,
                                      const Tefter__LimitTerms *terms)
{
    if (!terms->has_slip_weight)
        return NULL;
    const char *path = tx_format(tx, "%s.slip_weight", field);
    if (!tx_rule(tx, RULE_SLIPS_HAVE_A_WEIGHT))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, path);
    return terms->slip_weight <= WEIGHT_MOST
               ? NULL
               : refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, path, WEIGHT_MOST);
}

/* ---- rules: what is said joins what is there ---- */

#define TAKE_IF_SAID(into, field, said)                                                            \
    do {                                                                                           \
        if ((said)->has_##field)                                                                   \
            FIELD_COPY(into, field, said);                                                         \
    } while (0)

static void terms_take(Tefter__LimitTerms *into, const Tefter__LimitTerms *said)
{
    if (terms_name_limit(said)) {
        FIELD_COPY(into, unlimited, said);
        FIELD_COPY(into, limit_minor, said);
    }
    TAKE_IF_SAID(into, policy, said);
    TAKE_IF_SAID(into, overdue_days, said);
    TAKE_IF_SAID(into, overdue_minor, said);
    TAKE_IF_SAID(into, document_max_minor, said);
    TAKE_IF_SAID(into, unpaid_max, said);
    TAKE_IF_SAID(into, slip_weight, said);
    TAKE_IF_SAID(into, valid_from, said);
    TAKE_IF_SAID(into, valid_until, said);
    into->currency = said->currency != NULL ? said->currency : into->currency;
}

static bool terms_name(const Tefter__LimitTerms *terms, Tefter__TermField field)
{
    switch (field) {
    case TEFTER__TERM_FIELD__TERM_LIMIT:
        return terms_name_limit(terms);
    case TEFTER__TERM_FIELD__TERM_POLICY:
        return terms->has_policy;
    case TEFTER__TERM_FIELD__TERM_OVERDUE:
        return terms->has_overdue_days || terms->has_overdue_minor;
    case TEFTER__TERM_FIELD__TERM_DOCUMENT_MAX:
        return terms->has_document_max_minor;
    case TEFTER__TERM_FIELD__TERM_UNPAID_MAX:
        return terms->has_unpaid_max;
    case TEFTER__TERM_FIELD__TERM_SLIP_WEIGHT:
        return terms->has_slip_weight;
    case TEFTER__TERM_FIELD__TERM_VALIDITY:
        return terms->has_valid_from || terms->has_valid_until;
    case TEFTER__TERM_FIELD__TERM_DAYS:
    case TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE:
    case TEFTER__TERM_FIELD__TERM_OWN_REVERSAL:
    case TEFTER__TERM_FIELD__TERM_TITLE:
    case _TEFTER__TERM_FIELD_IS_INT_SIZE:
        break;
    }
    return false;
}

static void terms_drop(Tefter__LimitTerms *terms, Tefter__TermField field)
{
    switch (field) {
    case TEFTER__TERM_FIELD__TERM_LIMIT:
        terms->has_unlimited = terms->has_limit_minor = false;
        break;
    case TEFTER__TERM_FIELD__TERM_POLICY:
        terms->has_policy = false;
        break;
    case TEFTER__TERM_FIELD__TERM_OVERDUE:
        terms->has_overdue_days = terms->has_overdue_minor = false;
        break;
    case TEFTER__TERM_FIELD__TERM_DOCUMENT_MAX:
        terms->has_document_max_minor = false;
        break;
    case TEFTER__TERM_FIELD__TERM_UNPAID_MAX:
        terms->has_unpaid_max = false;
        break;
    case TEFTER__TERM_FIELD__TERM_SLIP_WEIGHT:
        terms->has_slip_weight = false;
        break;
    case TEFTER__TERM_FIELD__TERM_VALIDITY:
        terms->has_valid_from = terms->has_valid_until = false;
        break;
    case TEFTER__TERM_FIELD__TERM_DAYS:
    case TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE:
    case TEFTER__TERM_FIELD__TERM_OWN_REVERSAL:
    case TEFTER__TERM_FIELD__TERM_TITLE:
    case _TEFTER__TERM_FIELD_IS_INT_SIZE:
        break;
    }
}

/* ---- services ---- */

bool terms_name_limit(const Tefter__LimitTerms *terms)
{
    return (terms->has_unlimited && terms->unlimited) || terms->has_limit_minor;
}

bool terms_say_nothing(const Tefter__LimitTerms *terms)
{
    return terms == NULL ||
           (!terms_name_limit(terms) && !terms->has_policy && !terms->has_overdue_days &&
            !terms->has_overdue_minor && !terms->has_document_max_minor && !terms->has_unpaid_max &&
            !terms->has_slip_weight);
}

bool terms_cleared(const struct terms_clear *clear, Tefter__TermField field)
{
    for (size_t i = 0; i < clear->count; i++)
        if (clear->fields[i] == field)
            return true;
    return false;
}

Tefter__Refusal *terms_check_clear(struct tx *tx, const struct terms_clear *clear,
                                   const Tefter__LimitTerms *said, uint32_t allowed)
{
    if (clear->count > 0 && !tx_rule(tx, RULE_UNSAID_TERMS_STAY))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    for (size_t i = 0; i < clear->count; i++) {
        Tefter__TermField field = clear->fields[i];
        bool known = protobuf_c_enum_descriptor_get_value(&tefter__term_field__descriptor,
                                                          (int)field) != NULL;
        if (!known || (allowed & TERM_BIT(field)) == 0 || (said != NULL && terms_name(said, field)))
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    }
    return NULL;
}

void terms_clear(Tefter__LimitTerms *terms, const struct terms_clear *clear)
{
    for (size_t i = 0; i < clear->count; i++)
        terms_drop(terms, clear->fields[i]);
}

Tefter__LimitTerms *terms_join(struct tx *tx, const Tefter__LimitTerms *before,
                               const Tefter__LimitTerms *said, const struct terms_clear *clear)
{
    Tefter__LimitTerms *terms = tx_new(tx, &tefter__limit_terms__descriptor);
    if (before != NULL)
        *terms = *before;
    terms_clear(terms, clear);
    if (said != NULL)
        terms_take(terms, said);
    return terms;
}

void terms_shadow(Tefter__LimitTerms *terms, const Tefter__LimitTerms *by)
{
    if (terms_name_limit(by))
        terms_drop(terms, TEFTER__TERM_FIELD__TERM_LIMIT);
    terms->has_policy &= !by->has_policy;
    terms->has_overdue_days &= !by->has_overdue_days;
    terms->has_overdue_minor &= !by->has_overdue_minor;
    terms->has_document_max_minor &= !by->has_document_max_minor;
    terms->has_unpaid_max &= !by->has_unpaid_max;
    terms->has_slip_weight &= !by->has_slip_weight;
}

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
        refusal = check_weights(tx, field, terms);
    if (refusal == NULL)
        refusal = company_check_currency(tx, tx_format(tx, "%s.currency", field), terms->currency);
    return refusal;
}

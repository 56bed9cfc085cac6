/*
 * Terms: whose limit and rules hold for a customer today. Limits are set for a customer, a group,
 * or the company (its policy).
 *
 * 1. Terms are taken field by field: the customer's own (schedule.c), else of their groups the
 *    strictest limit and the first other field, else the company's. Unlimited and 0 are different.
 * 2. Whom somebody opened who sets no limits, has no more than they were opened with.
 * 3. The customer who pays at once has no limit.
 * 4. Of who has a payer the terms are the payer's; of their own only a limit counts, as one wall
 * more.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- rules ---- */

static bool terms_valid_on(const Tefter__LimitTerms *terms, uint32_t day)
{
    return terms != NULL && (!terms->has_valid_from || terms->valid_from <= day) &&
           (!terms->has_valid_until || day <= terms->valid_until);
}

static bool stricter(const Tefter__LimitTerms *terms, const struct credit_terms *than)
{
    if (terms->has_unlimited && terms->unlimited)
        return false;
    return than->unlimited || terms->limit_minor < than->limit_minor;
}

struct merge {
    struct credit_terms *into;
    bool has_limit;
    bool has_policy;
    bool has_document_max;
    bool has_unpaid_max;
    bool has_slip_weight;
};

static void take_limit(struct merge *merge, const Tefter__LimitTerms *terms,
                       Tefter__LimitSource source, uint32_t group)
{
    struct credit_terms *into = merge->into;
    if (!terms_name_limit(terms))
        return;
    bool same_level = merge->has_limit && into->source == source &&
                      source == TEFTER__LIMIT_SOURCE__LIMIT_OF_GROUP;
    if (merge->has_limit && !(same_level && stricter(terms, into)))
        return;
    into->unlimited = terms->has_unlimited && terms->unlimited;
    into->limit_minor = into->unlimited ? 0 : terms->limit_minor;
    into->source = source;
    into->group = group;
    merge->has_limit = true;
}

static void take_rules(struct merge *merge, const Tefter__LimitTerms *terms)
{
    struct credit_terms *into = merge->into;
    if (!merge->has_policy && terms->has_policy) {
        into->policy = terms->policy;
        merge->has_policy = true;
    }
    if (!into->has_overdue_days && terms->has_overdue_days) {
        into->overdue_days = terms->overdue_days;
        into->has_overdue_days = true;
    }
    if (!into->has_overdue_minor && terms->has_overdue_minor) {
        into->overdue_minor = terms->overdue_minor;
        into->has_overdue_minor = true;
    }
    if (!merge->has_document_max && terms->has_document_max_minor) {
        into->document_max_minor = terms->document_max_minor;
        merge->has_document_max = true;
    }
    if (!merge->has_unpaid_max && terms->has_unpaid_max) {
        into->unpaid_max = terms->unpaid_max;
        merge->has_unpaid_max = true;
    }
    if (!merge->has_slip_weight && terms->has_slip_weight) {
        into->slip_weight = terms->slip_weight;
        merge->has_slip_weight = true;
    }
}

static void take(struct merge *merge, const Tefter__LimitTerms *terms, Tefter__LimitSource source,
                 uint32_t group, uint32_t today)
{
    if (!terms_valid_on(terms, today))
        return;
    take_limit(merge, terms, source, group);
    take_rules(merge, terms);
}

/* ---- changes ---- */

/* What may be taken away from the company's policy. */
enum {
    CLEARABLE = TERM_BITS_OF_ALL | TERM_BIT(TEFTER__TERM_FIELD__TERM_VALIDITY) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_DAYS) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_OWN_REVERSAL) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_TITLE),
};

/* Says and takes away the same, or neither of anything. */
static Tefter__Refusal *check_policy_clear(struct tx *tx, const Tefter__SetCreditPolicy *command)
{
    const struct terms_clear *clear = TERMS_CLEAR(command);
    Tefter__Refusal *refusal = terms_check_clear(tx, clear, command->terms, CLEARABLE);
    if (refusal != NULL)
        return refusal;
    if ((command->has_term_days && terms_cleared(clear, TEFTER__TERM_FIELD__TERM_DAYS)) ||
        (command->has_credit_note_approve_minor &&
         terms_cleared(clear, TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE)) ||
        (command->has_own_reversal_minor &&
         terms_cleared(clear, TEFTER__TERM_FIELD__TERM_OWN_REVERSAL)) ||
        (command->title != NULL && terms_cleared(clear, TEFTER__TERM_FIELD__TERM_TITLE)))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    bool says = tefter__limit_terms__get_packed_size(command->terms) > 0 ||
                command->has_term_days || command->has_credit_note_approve_minor ||
                command->has_own_reversal_minor || command->has_own_approval ||
                command->title != NULL || clear->count > 0;
    if (!says && tx_rule(tx, RULE_UNSAID_TERMS_STAY))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");
    return NULL;
}

/* The company's terms as they would be, in *ret_terms. */
static Tefter__Refusal *look_policy_terms(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                          Tefter__LimitTerms **ret_terms)
{
    Tefter__Refusal *refusal = terms_check(tx, "terms", command->terms);
    if (refusal == NULL)
        refusal = check_policy_clear(tx, command);
    if (refusal != NULL)
        return refusal;
    *ret_terms = command->terms;
    if (tx_rule(tx, RULE_UNSAID_TERMS_STAY)) {
        *ret_terms = terms_join(tx, company_get(tx)->policy, command->terms, TERMS_CLEAR(command));
        refusal = terms_check(tx, "terms", *ret_terms); /* its days, as they are together */
    }
    if (refusal == NULL && !terms_name_limit(*ret_terms))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "terms.limit_minor");
    return refusal;
}

static void replace_policy(Tefter__CompanyRecord *company, const Tefter__SetCreditPolicy *command)
{
    company->policy_title = command->title;
    FIELD_COPY(company, credit_note_approve_minor, command);
    FIELD_COPY(company, own_reversal_minor, command);
    if (command->has_term_days)
        FIELD_SET(company, term_days, command->term_days);
}

static void join_policy(Tefter__CompanyRecord *company, const Tefter__SetCreditPolicy *command)
{
    const struct terms_clear *clear = TERMS_CLEAR(command);
    (void)field_move_u32(command->has_term_days, command->term_days, &company->has_term_days,
                         &company->term_days);
    (void)field_move_i64(command->has_credit_note_approve_minor, command->credit_note_approve_minor,
                         &company->has_credit_note_approve_minor,
                         &company->credit_note_approve_minor);
    (void)field_move_i64(command->has_own_reversal_minor, command->own_reversal_minor,
                         &company->has_own_reversal_minor, &company->own_reversal_minor);
    if (command->has_own_approval)
        FIELD_COPY(company, own_approval, command);
    company->policy_title = command->title != NULL ? command->title : company->policy_title;
    company->has_term_days &= !terms_cleared(clear, TEFTER__TERM_FIELD__TERM_DAYS);
    company->has_credit_note_approve_minor &=
        !terms_cleared(clear, TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE);
    company->has_own_reversal_minor &= !terms_cleared(clear, TEFTER__TERM_FIELD__TERM_OWN_REVERSAL);
    if (terms_cleared(clear, TEFTER__TERM_FIELD__TERM_TITLE))
        company->policy_title = NULL;
}

/* What binds those who set limits. */
static bool frees(const Tefter__SetCreditPolicy *command)
{
    const struct terms_clear *clear = TERMS_CLEAR(command);
    return command->has_credit_note_approve_minor || command->has_own_reversal_minor ||
           terms_cleared(clear, TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE) ||
           terms_cleared(clear, TEFTER__TERM_FIELD__TERM_OWN_REVERSAL);
}

static bool rises(bool had, int64_t before, bool said, int64_t most, bool cleared)
{
    return had && (cleared || (said && most > before));
}

/* Does it bind less than before? Managers are bound too. */
static bool loosens(struct tx *tx, const Tefter__SetCreditPolicy *command)
{
    const struct terms_clear *clear = TERMS_CLEAR(command);
    const Tefter__CompanyRecord *company = company_get(tx);
    Tefter__OwnApproval before =
        company->has_own_approval ? company->own_approval : TEFTER__OWN_APPROVAL__OWN_NOBODY;
    return (command->has_own_approval && command->own_approval > before) ||
           rises(company->has_own_reversal_minor, company->own_reversal_minor,
                 command->has_own_reversal_minor, command->own_reversal_minor,
                 terms_cleared(clear, TEFTER__TERM_FIELD__TERM_OWN_REVERSAL)) ||
           rises(company->has_credit_note_approve_minor, company->credit_note_approve_minor,
                 command->has_credit_note_approve_minor, command->credit_note_approve_minor,
                 terms_cleared(clear, TEFTER__TERM_FIELD__TERM_CREDIT_NOTE_APPROVE));
}

/* Who may approve could else free themselves from having to ask, and from a second person. */
static Tefter__Refusal *check_frees(struct tx *tx, const Tefter__SetCreditPolicy *command)
{
    if (command->has_own_approval && !tx_rule(tx, RULE_APPROVALS_BIND))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "own_approval");
    bool asks =
        command->has_own_approval || (frees(command) && tx_rule(tx, RULE_NOBODY_FREES_THEMSELVES));
    Tefter__Refusal *refusal = asks ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_EDIT_STAFF) : NULL;
    bool owners = tx_rule(tx, RULE_NOBODY_FREES_THEMSELVES) && loosens(tx, command);
    return refusal == NULL && owners ? staff_needs_owner(tx) : refusal;
}

static Tefter__Refusal *look_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                    Tefter__CompanyRecord **ret_company)
{
    Tefter__LimitTerms *terms = NULL;
    Tefter__Refusal *refusal = look_policy_terms(tx, command, &terms);
    if (refusal != NULL)
        return refusal;
    if (command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal == NULL && command->has_term_days && command->term_days > company_term_days(tx))
        refusal = threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS, "term_days",
                                  command->term_days);
    if (refusal != NULL)
        return refusal;
    if (command->has_credit_note_approve_minor && command->credit_note_approve_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "credit_note_approve_minor");
    if (command->has_own_reversal_minor && command->own_reversal_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "own_reversal_minor");
    refusal = check_frees(tx, command);
    if (refusal != NULL)
        return refusal;
    if (command->title != NULL) {
        refusal = field_line(tx, "title", command->title, NAME_MAX_BYTES);
        if (refusal != NULL)
            return refusal;
    }
    Tefter__CompanyRecord *company = company_shared(tx);
    company->policy = terms;
    company->policy_version++;
    if (tx_rule(tx, RULE_UNSAID_TERMS_STAY))
        join_policy(company, command);
    else
        replace_policy(company, command);
    *ret_company = company;
    return NULL;
}

/* Every terminal is told by a job. Refuses, in this order: BOUND_TO_BRANCH policy; terms
 * (terms_check), clear (what is not to be cleared, or is said too: FIELD_INVALID),
 * NOTHING_TO_CHANGE terms, terms as they would be (terms_check), FIELD_MISSING terms.limit_minor (a
 * company's terms must name a limit), term_days (field_days; MORE_THAN_YOU_MAY, of a longer one),
 * credit_note_approve_minor, own_reversal_minor (FIELD_INVALID below 0), own_approval
 * (FIELD_INVALID under rules before RULE_APPROVALS_BIND), for the last three the right EDIT_STAFF,
 * and RIGHT_MISSING [OWNER] when they bind less than before; title (field_line). */
Tefter__Refusal *apply_set_credit_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                         Tefter__Done *done)
{
    Tefter__CompanyRecord *company = NULL;
    Tefter__Refusal *refusal = staff_check_office(tx, "policy", 0);
    if (refusal == NULL)
        refusal = look_policy(tx, command, &company);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    FIELD_SET(done, job, job_start(tx, company, TEFTER__JOB_KIND__JOB_REFRESH_ALL, 0));
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__POLICY_CHANGED, company->policy_version, done);
    return NULL;
}

/* ---- services ---- */

static void terms_own(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t today,
                      struct credit_terms *ret_terms)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    *ret_terms = (struct credit_terms){
        .policy = TEFTER__EXCESS_POLICY__EXCESS_BLOCK,
        .slip_weight = WEIGHT_WHOLE,
        .source = TEFTER__LIMIT_SOURCE__LIMIT_OF_COMPANY,
        .policy_version = company->policy_version,
    };
    struct merge merge = {.into = ret_terms};
    size_t entries;
    Tefter__LimitEntry **own = credit_own_terms(tx, customer->customer, &entries);
    for (size_t i = 0; i < entries; i++)
        take(&merge, own[i]->terms, TEFTER__LIMIT_SOURCE__LIMIT_OF_CUSTOMER, 0, today);
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL)
            take(&merge, group->limit, TEFTER__LIMIT_SOURCE__LIMIT_OF_GROUP, group->group, today);
    }
    take(&merge, company->policy, TEFTER__LIMIT_SOURCE__LIMIT_OF_COMPANY, 0, today);
    if (customer->has_opening_limit_minor) {
        bool less = ret_terms->unlimited || customer->opening_limit_minor < ret_terms->limit_minor;
        if (less) {
            ret_terms->unlimited = false;
            ret_terms->limit_minor = customer->opening_limit_minor;
            ret_terms->source = TEFTER__LIMIT_SOURCE__LIMIT_OF_CUSTOMER;
            ret_terms->group = 0;
        }
    }
    if (customer->customer == company->cash_customer) {
        ret_terms->unlimited = true;
        ret_terms->limit_minor = 0;
    }
}

/* The newest own limit that holds; without one the payer's alone does. */
static void take_site_limit(struct tx *tx, uint32_t site, uint32_t today,
                            struct credit_terms *terms)
{
    struct credit_terms own = {.unlimited = true};
    struct merge merge = {.into = &own};
    size_t entries;
    Tefter__LimitEntry **entry = credit_own_terms(tx, site, &entries);
    for (size_t i = 0; i < entries; i++)
        take(&merge, entry[i]->terms, TEFTER__LIMIT_SOURCE__LIMIT_OF_CUSTOMER, 0, today);
    terms->has_site_limit = !own.unlimited;
    terms->site_limit_minor = own.limit_minor;
}

void credit_terms_of(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t today,
                     struct credit_terms *ret_terms)
{
    if (!customer->has_payer) {
        terms_own(tx, customer, today, ret_terms);
        return;
    }
    const Tefter__CustomerRecord *payer = customer_read(tx, customer->payer);
    terms_own(tx, payer, today, ret_terms);
    ret_terms->payer = payer;
    take_site_limit(tx, customer->customer, today, ret_terms);
}

/* Something holds up to this day. */
static void span_ends(struct date_span *span, uint32_t today, bool has, uint32_t last)
{
    if (!has)
        return;
    if (today <= last && last < span->until)
        span->until = last;
    else if (today > last && last >= span->from)
        span->from = last + 1;
}

/* Something holds from this day on. */
static void span_begins(struct date_span *span, uint32_t today, bool has, uint32_t first)
{
    if (has && first > 0)
        span_ends(span, today, true, first - 1);
}

static void span_terms(struct date_span *span, uint32_t today, const Tefter__LimitTerms *terms)
{
    if (terms == NULL)
        return;
    span_begins(span, today, terms->has_valid_from, terms->valid_from);
    span_ends(span, today, terms->has_valid_until, terms->valid_until);
}

/* Own terms, groups' and the lock. */
static void span_customer(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t today,
                          struct date_span *span)
{
    size_t entries;
    Tefter__LimitEntry **own = credit_own_terms(tx, customer->customer, &entries);
    for (size_t i = 0; i < entries; i++)
        span_terms(span, today, own[i]->terms);
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL)
            span_terms(span, today, group->limit);
    }
    span_ends(span, today, customer->locked && customer->has_locked_until, customer->locked_until);
}

struct date_span credit_row_days(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 uint32_t today)
{
    struct date_span span = DATE_SPAN_ALL;
    span_customer(tx, customer, today, &span);
    if (customer->has_payer)
        span_customer(tx, customer_read(tx, customer->payer), today, &span);
    span_terms(&span, today, company_get(tx)->policy);
    for (size_t i = 0; i < customer->n_buyers; i++)
        span_ends(&span, today, customer->buyers[i]->has_valid_until,
                  customer->buyers[i]->valid_until);
    return span;
}

struct date_span credit_account_days(struct tx *tx, const Tefter__CustomerRecord *customer,
                                     uint32_t today)
{
    struct date_span span = credit_row_days(tx, customer, today);
    size_t count;
    const uint32_t *records = customer_records(tx, customer, &count);
    for (size_t i = 0; i < count; i++) {
        struct overdue overdue;
        account_overdue_on(tx, records[i], today, &overdue);
        span.from = overdue.days.from > span.from ? overdue.days.from : span.from;
        span.until = overdue.days.until < span.until ? overdue.days.until : span.until;
    }
    return span;
}

/* ---- a day that turned ---- */

enum { STEP_CUSTOMERS = 200 };

/* Does any of the customer's rows read otherwise than on that day? */
static bool reads_otherwise(struct tx *tx, uint32_t number, uint32_t date, uint32_t today)
{
    const Tefter__CustomerRecord *customer = customer_get(tx, number);
    if (customer == NULL)
        return false;
    struct date_span span = credit_row_days(tx, customer, today);
    return date < span.from || date > span.until;
}

/* Tells the customers whose lock, limit or buyer ended or began, or whose bills became overdue,
 * between the day before and the head office's present one: who resumes is then told what has
 * changed since. A step looks at STEP_CUSTOMERS. */
bool day_tell_step(struct tx *tx, Tefter__JobRecord *job)
{
    uint32_t today = branch_head_date(tx);
    struct tx *scratch = tx_scratch_begin(tx);
    bool done = false;
    for (int i = 0; i < STEP_CUSTOMERS && !done; i++) {
        tx_scratch_next(scratch);
        uint32_t customer = customer_next(scratch, job->cursor);
        done = customer == 0;
        bool otherwise = !done && reads_otherwise(scratch, customer, job->date, today);
        bool late = !done && account_turn_day(tx, scratch, customer, job->date, today);
        if (otherwise || late)
            tx_touch(tx, ROW_ACCOUNT, customer);
        if (late && customer_leads_to(scratch, customer) != customer)
            tx_touch(tx, ROW_ACCOUNT, customer_leads_to(scratch, customer));
        if (otherwise)
            tx_touch(tx, ROW_CUSTOMER, customer);
        job->cursor = done ? job->cursor : customer;
        job->done += !done;
    }
    tx_scratch_end(scratch);
    return done;
}

/*
 * Terms: whose limit and rules hold for a customer today. Limits are set for a customer, a group,
 * or the company (its policy).
 *
 * 1. Terms are taken field by field: the customer's own (while valid), else of their groups the
 *    strictest limit and the first other field, else the company's. Unlimited and 0 are different.
 * 2. Every limit that ever held is in the history.
 * 3. The customer who pays at once has no limit.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key limit_key(uint32_t customer)
{
    return key_customer(customer, TABLE_LIMIT);
}

static struct key limit_history_key(uint32_t customer, uint64_t seq)
{
    struct key key = key_customer(customer, TABLE_LIMIT_HISTORY);
    key_u64(&key, seq);
    return key;
}

static Tefter__LimitRecord *limit_get(struct tx *tx, uint32_t customer)
{
    struct key key = limit_key(customer);
    return tx_shared(tx, &key, &tefter__limit_record__descriptor);
}

static bool has_newer_limit(struct tx *tx, uint32_t customer, uint64_t seq)
{
    if (!tx_recalled(tx))
        return false;
    struct key prefix = key_customer(customer, TABLE_LIMIT_HISTORY);
    struct key from = limit_history_key(customer, seq + 1);
    struct tx_walk walk;
    bool newer = tx_walk_first(tx, &prefix, &from, &walk);
    tx_walk_end(&walk);
    return newer;
}

static void limit_put(struct tx *tx, uint32_t customer, Tefter__LimitRecord *record)
{
    struct key key = limit_key(customer);
    if (has_newer_limit(tx, customer, record->seq))
        ; /* one that was brought back: the newer one stays in force */
    else if (record->has_withdrawn && record->withdrawn)
        tx_delete(tx, &key);
    else
        tx_put(tx, &key, &record->base);
    struct key history = limit_history_key(customer, record->seq);
    tx_put(tx, &history, &record->base);
}

/* ---- rules ---- */

static bool terms_valid_on(const Tefter__LimitTerms *terms, uint32_t day)
{
    return terms != NULL && (!terms->has_valid_from || terms->valid_from <= day) &&
           (!terms->has_valid_until || day <= terms->valid_until);
}

static bool terms_name_limit(const Tefter__LimitTerms *terms)
{
    return (terms->has_unlimited && terms->unlimited) || terms->has_limit_minor;
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

static Tefter__LimitRecord *limit_record(struct tx *tx, const Tefter__SetCreditLimit *command)
{
    Tefter__LimitRecord *record = tx_new(tx, &tefter__limit_record__descriptor);
    record->terms =
        command->terms != NULL ? command->terms : tx_new(tx, &tefter__limit_terms__descriptor);
    FIELD_SET_IF(record, withdrawn, command->terms == NULL, command->terms == NULL);
    record->seq = tx_done_seq(tx);
    record->set_ms = tx_now_ms(tx);
    record->set_by = tx_actor_copy(tx);
    record->reason = command->reason;
    return record;
}

/* Refuses, in this order: terms (terms_check), reason (field_text); NOT_FOUND customer,
 * FIELD_INVALID customer (cash); NOTHING_TO_CHANGE terms (no own ones to withdraw). */
Tefter__Refusal *apply_set_credit_limit(struct tx *tx, const Tefter__SetCreditLimit *command,
                                        Tefter__Done *done)
{
    Tefter__Refusal *refusal = terms_check(tx, "terms", command->terms);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer = customer_get(tx, command->customer);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    if (customer->customer == company_get(tx)->cash_customer)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    if (command->terms == NULL && limit_get(tx, customer->customer) == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");

    tx_decided(tx);
    limit_put(tx, customer->customer, limit_record(tx, command));
    struct event event = {.kind = TEFTER__EVENT_KIND__LIMIT_CHANGED,
                          .customer = customer->customer};
    event_emit(tx, &event);
    struct account *account = account_open(tx, customer->customer);
    account_save(tx, account, &event);
    FIELD_SET(done, id, customer->customer);
    return NULL;
}

static Tefter__Refusal *look_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                    Tefter__CompanyRecord **ret_company)
{
    Tefter__Refusal *refusal = terms_check(tx, "terms", command->terms);
    if (refusal != NULL)
        return refusal;
    if (!terms_name_limit(command->terms))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "terms.limit_minor");
    if (command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal != NULL)
        return refusal;
    if (command->has_credit_note_approve_minor && command->credit_note_approve_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "credit_note_approve_minor");
    if (command->has_own_reversal_minor && command->own_reversal_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "own_reversal_minor");
    if (command->title != NULL) {
        refusal = field_line(tx, "title", command->title, NAME_MAX_BYTES);
        if (refusal != NULL)
            return refusal;
    }
    Tefter__CompanyRecord *company = company_shared(tx);
    company->policy = command->terms;
    company->policy_version++;
    company->policy_title = command->title;
    FIELD_COPY(company, credit_note_approve_minor, command);
    FIELD_COPY(company, own_reversal_minor, command);
    if (command->has_term_days) {
        FIELD_SET(company, term_days, command->term_days);
    }
    *ret_company = company;
    return NULL;
}

/* Every terminal is told by a job. Refuses, in this order: terms (terms_check), FIELD_MISSING
 * terms.limit_minor (a company's terms must name a limit), term_days (field_days),
 * credit_note_approve_minor, own_reversal_minor (FIELD_INVALID below 0), title (field_line). */
Tefter__Refusal *apply_set_credit_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                         Tefter__Done *done)
{
    Tefter__CompanyRecord *company = NULL;
    Tefter__Refusal *refusal = look_policy(tx, command, &company);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    FIELD_SET(done, job, job_start(tx, company, TEFTER__JOB_KIND__JOB_REFRESH_ALL, 0));
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__POLICY_CHANGED, company->policy_version, done);
    return NULL;
}

/* ---- services ---- */

void credit_terms_of(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t today,
                     struct credit_terms *ret_terms)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    *ret_terms = (struct credit_terms){
        .policy = TEFTER__EXCESS_POLICY__EXCESS_BLOCK,
        .source = TEFTER__LIMIT_SOURCE__LIMIT_OF_COMPANY,
        .policy_version = company->policy_version,
    };
    struct merge merge = {.into = ret_terms};
    const Tefter__LimitRecord *own = limit_get(tx, customer->customer);
    if (own != NULL)
        take(&merge, own->terms, TEFTER__LIMIT_SOURCE__LIMIT_OF_CUSTOMER, 0, today);
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL)
            take(&merge, group->limit, TEFTER__LIMIT_SOURCE__LIMIT_OF_GROUP, group->group, today);
    }
    take(&merge, company->policy, TEFTER__LIMIT_SOURCE__LIMIT_OF_COMPANY, 0, today);
    if (customer->customer == company->cash_customer) {
        ret_terms->unlimited = true;
        ret_terms->limit_minor = 0;
    }
}

uint32_t credit_term_days(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    if (customer->has_term_days)
        return customer->term_days;
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL && group->has_term_days)
            return group->term_days;
    }
    const Tefter__CompanyRecord *company = company_get(tx);
    return company->has_term_days ? company->term_days : 0;
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

struct date_span credit_row_days(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 uint32_t today)
{
    struct date_span span = DATE_SPAN_ALL;
    const Tefter__LimitRecord *own = limit_get(tx, customer->customer);
    if (own != NULL)
        span_terms(&span, today, own->terms);
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL)
            span_terms(&span, today, group->limit);
    }
    span_terms(&span, today, company_get(tx)->policy);
    span_ends(&span, today, customer->locked && customer->has_locked_until, customer->locked_until);
    for (size_t i = 0; i < customer->n_buyers; i++)
        span_ends(&span, today, customer->buyers[i]->has_valid_until,
                  customer->buyers[i]->valid_until);
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

/* Tells the customers whose lock, limit or buyer ended or began between the day before and the
 * head office's present one: who resumes is then told what has changed since. A step looks at
 * STEP_CUSTOMERS. */
bool day_tell_step(struct tx *tx, Tefter__JobRecord *job)
{
    uint32_t today = branch_head_date(tx);
    struct tx *scratch = tx_scratch_begin(tx);
    bool done = false;
    for (int i = 0; i < STEP_CUSTOMERS && !done; i++) {
        tx_scratch_next(scratch);
        uint32_t customer = customer_next(scratch, job->cursor);
        done = customer == 0;
        if (!done && reads_otherwise(scratch, customer, job->date, today)) {
            tx_touch(tx, ROW_ACCOUNT, customer);
            tx_touch(tx, ROW_CUSTOMER, customer);
        }
        job->cursor = done ? job->cursor : customer;
        job->done += !done;
    }
    tx_scratch_end(scratch);
    return done;
}

/* ---- views ---- */

Tefter__Refusal *view_limits(struct tx *tx, const Tefter__LimitHistory *query,
                             Tefter__LimitsAnswer *answer)
{
    uint64_t last; /* the oldest of the page before */
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (customer_get(tx, query->customer) == NULL)
        return refuse_not_found(tx, "customer");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_customer(query->customer, TABLE_LIMIT_HISTORY);
    struct key before = limit_history_key(query->customer, last);
    answer->limits = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__LimitRecord *));
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, last != 0 ? &before : NULL, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        Tefter__LimitRecord *limit = tx_walk_record(&walk, &tefter__limit_record__descriptor);
        if (!page_takes(&page, &limit->base))
            break;
        answer->limits[answer->n_limits++] = limit;
        last = tx_walk_u64(&walk, KEY_CUSTOMER_HEAD);
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

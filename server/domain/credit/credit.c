/*
 * Credit limits, the decision, approvals. Rules and life cycle: credit.h.
 *
 * Invariants: 1 a decision is made from the state it is committed with. 2 an approval is spent by
 * at most one document, of at most its amount. 3 every limit that ever held is in the history.
 */
#include "domain/credit/credit.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/entity/field.h"
#include "domain/org/branch.h"
#include "domain/org/company.h"
#include "domain/org/rights.h"
#include "domain/org/staff.h"
#include "domain/party/authorised_buyer.h"
#include "domain/party/group.h"

/* ---- record ---- */

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

static struct key approval_key(uint64_t approval)
{
    struct key key = key_book(TABLE_APPROVAL);
    key_u64(&key, approval);
    return key;
}

static Tefter__LimitRecord *limit_get(struct tx *tx, uint32_t customer)
{
    struct key key = limit_key(customer);
    return tx_hold(tx, &key, &tefter__limit_record__descriptor);
}

static Tefter__ApprovalRecord *approval_get(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    return tx_get(tx, &key, &tefter__approval_record__descriptor);
}

static void approval_save(struct tx *tx, Tefter__ApprovalRecord *record)
{
    struct key key = approval_key(record->row->approval);
    record->row->has_seq = true;
    record->row->seq = tx_seq(tx);
    tx_put(tx, &key, &record->base);
    tx_touch(tx, ROW_APPROVAL, record->row->approval);
}

/* ---- rules: terms ---- */

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

/* ---- rules: the walls ---- */

struct walls {
    Tefter__RefusalCode codes[4];
    size_t count;
};

static void wall(struct walls *walls, bool hit, Tefter__RefusalCode code)
{
    if (hit)
        walls->codes[walls->count++] = code;
}

/* Debts overdue by more than the days allowed, beyond what is borne. */
static void overdue_walls(struct tx *tx, const struct credit_request *request,
                          const struct credit_terms *terms, Tefter__Decision *decision,
                          struct walls *walls)
{
    if (!terms->has_overdue_days && !terms->has_overdue_minor)
        return;
    uint32_t days = terms->has_overdue_days ? terms->overdue_days : 0;
    uint32_t day = request->today > days ? request->today - days : 0;
    uint32_t oldest_due;
    int64_t overdue = account_overdue(tx, request->account, day, RECORDS_TOUCHED_MAX, &oldest_due);
    if (overdue == 0)
        return;
    decision->has_overdue_minor = true;
    decision->overdue_minor = overdue;
    decision->has_oldest_overdue_days = true;
    decision->oldest_overdue_days = request->today - oldest_due;
    wall(walls, overdue > terms->overdue_minor,
         terms->has_overdue_days ? TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD
                                 : TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH);
}

static Tefter__Decision *figures(struct tx *tx, const struct credit_request *request,
                                 const struct credit_terms *terms)
{
    const Tefter__AccountRecord *account = request->account->record;
    Tefter__Decision *decision = tx_new(tx, &tefter__decision__descriptor);
    decision->policy_version = terms->policy_version;
    decision->limit_source = terms->source;
    decision->has_limit_group = terms->group != 0;
    decision->limit_group = terms->group;
    decision->unlimited = terms->unlimited;
    decision->limit_minor = terms->limit_minor;
    decision->bills_minor = account->bills_minor;
    decision->uncleared_minor = account->uncleared_minor;
    decision->unmatched_minor = account->unmatched_minor;
    decision->exposure_minor = account_exposure(account);
    decision->amount_minor = request->amount_minor;
    decision->currency = company_get(tx)->currency;
    if (!terms->unlimited) {
        int64_t over = decision->exposure_minor + request->amount_minor - terms->limit_minor;
        decision->over_by_minor = over > 0 ? over : 0;
    }
    return decision;
}

static void find_walls(struct tx *tx, const struct credit_request *request,
                       const struct credit_terms *terms, Tefter__Decision *decision,
                       struct walls *walls)
{
    if (request->amount_minor <= 0)
        return;
    wall(walls, terms->document_max_minor > 0 && request->amount_minor > terms->document_max_minor,
         TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER);
    if (!terms->unlimited || terms->has_overdue_days || terms->has_overdue_minor)
        overdue_walls(tx, request, terms, decision, walls);
    wall(walls, decision->over_by_minor > 0, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    decision->n_walls = walls->count;
    decision->walls = tx_take(tx, sizeof walls->codes);
    memcpy(decision->walls, walls->codes, walls->count * sizeof walls->codes[0]);
}

/* ---- rules: approvals ---- */

static bool approval_open(const struct tx *tx, const Tefter__ApprovalRecord *record)
{
    return record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING &&
           record->row->expires_ms > tx_now_ms(tx);
}

static bool approval_covers(const struct tx *tx, const Tefter__ApprovalRecord *record,
                            const struct credit_request *request)
{
    return record != NULL && record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED &&
           record->row->expires_ms > tx_now_ms(tx) &&
           record->row->customer == request->customer->customer &&
           request->amount_minor <= record->row->approved_minor;
}

/* ---- rules: ways out ---- */

static void way(struct tx *tx, Tefter__Refusal *refusal, Tefter__WayOutKind kind,
                int64_t amount_minor, Tefter__Right right)
{
    enum { WAYS_MAX = 8 };
    if (refusal->ways == NULL)
        refusal->ways = tx_take(tx, WAYS_MAX * sizeof(Tefter__WayOut *));
    Tefter__WayOut *out = tx_new(tx, &tefter__way_out__descriptor);
    out->kind = kind;
    out->has_amount_minor = amount_minor != 0;
    out->amount_minor = amount_minor;
    if (right != TEFTER__RIGHT__RIGHT_NONE) {
        out->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *out->roles);
        out->n_roles = rights_roles_with(right, out->roles);
    }
    refusal->ways[refusal->n_ways++] = out;
}

static bool hit(const Tefter__Decision *decision, Tefter__RefusalCode code)
{
    for (size_t i = 0; i < decision->n_walls; i++)
        if (decision->walls[i] == code)
            return true;
    return false;
}

static void limit_ways(struct tx *tx, Tefter__Refusal *refusal, const Tefter__Decision *decision,
                       const Tefter__AccountRecord *account)
{
    int64_t free_minor = decision->limit_minor - decision->exposure_minor;
    int64_t awaited = account->waiting_minor + account->uncleared_minor;
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, decision->over_by_minor,
        TEFTER__RIGHT__RIGHT_NONE);
    if (free_minor > 0)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, free_minor, TEFTER__RIGHT__RIGHT_NONE);
    if (awaited > 0)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY, awaited,
            TEFTER__RIGHT__RIGHT_CONFIRM_MONEY);
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT, 0, TEFTER__RIGHT__RIGHT_SET_LIMIT);
}

static Tefter__Refusal *refuse_with(struct tx *tx, Tefter__RefusalCode code,
                                    const struct credit_request *request,
                                    const struct credit_terms *terms, Tefter__Decision *decision)
{
    Tefter__Refusal *refusal = refuse(tx, code, "customer");
    refusal->decision = decision;
    refusal->has_over_by_minor = decision->over_by_minor > 0;
    refusal->over_by_minor = decision->over_by_minor;
    refusal->has_available_minor = !decision->unlimited;
    refusal->available_minor = decision->limit_minor - decision->exposure_minor;
    refusal->has_days = decision->has_oldest_overdue_days;
    refusal->days = decision->oldest_overdue_days;
    if (hit(decision, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED))
        limit_ways(tx, refusal, decision, request->account->record);
    if (decision->has_overdue_minor && decision->overdue_minor > terms->overdue_minor)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE,
            decision->overdue_minor - terms->overdue_minor, TEFTER__RIGHT__RIGHT_NONE);
    if (hit(decision, TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER))
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, terms->document_max_minor,
            TEFTER__RIGHT__RIGHT_NONE);
    if (code == TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, 0, TEFTER__RIGHT__RIGHT_APPROVE);
    return refusal;
}

static Tefter__Refusal *refuse_locked(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, "customer");
    refusal->reason = customer->lock_reason;
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_LOCK, refusal->roles);
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_UNLOCK, 0, TEFTER__RIGHT__RIGHT_LOCK);
    return refusal;
}

/* ---- services: the decision ---- */

/* What hitting a wall means. */
static Tefter__Refusal *judge(struct tx *tx, const struct credit_request *request,
                              const struct credit_terms *terms, const struct walls *walls,
                              bool approved, Tefter__Decision *decision)
{
    if (walls->count == 0) {
        decision->verdict = TEFTER__VERDICT__VERDICT_ALLOWED;
        return NULL;
    }
    if (request->already_happened) {
        decision->verdict = TEFTER__VERDICT__VERDICT_POSTED;
        return NULL;
    }
    if (approved) {
        decision->verdict = TEFTER__VERDICT__VERDICT_APPROVED;
        decision->has_approval = true;
        decision->approval = request->approval;
        return NULL;
    }
    if (terms->policy == TEFTER__EXCESS_POLICY__EXCESS_WARN) {
        decision->verdict = TEFTER__VERDICT__VERDICT_WARNED;
        return NULL;
    }
    if (terms->policy == TEFTER__EXCESS_POLICY__EXCESS_APPROVE) {
        decision->verdict = TEFTER__VERDICT__VERDICT_NEEDS_APPROVAL;
        return refuse_with(tx, TEFTER__REFUSAL_CODE__APPROVAL_NEEDED, request, terms, decision);
    }
    decision->verdict = TEFTER__VERDICT__VERDICT_BLOCKED;
    return refuse_with(tx, walls->codes[0], request, terms, decision);
}

Tefter__Refusal *credit_decide(struct tx *tx, const struct credit_request *request,
                               Tefter__Decision **ret_decision)
{
    struct credit_terms terms;
    struct walls walls = {.count = 0};
    credit_terms_of(tx, request->customer, request->today, &terms);
    Tefter__Decision *decision = figures(tx, request, &terms);
    *ret_decision = decision;
    if (customer_locked(request->customer, request->today) && !request->already_happened)
        return refuse_locked(tx, request->customer);
    find_walls(tx, request, &terms, decision, &walls);
    bool approved = false;
    if (request->approval != 0) {
        const Tefter__ApprovalRecord *approval = approval_get(tx, request->approval);
        if (approval == NULL)
            return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "approval");
        approved = approval_covers(tx, approval, request);
        if (!approved)
            return refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
    }
    return judge(tx, request, &terms, &walls, approved, decision);
}

static void approval_spend(struct tx *tx, uint64_t approval, uint64_t document)
{
    Tefter__ApprovalRecord *record = approval_get(tx, approval);
    need(record != NULL);
    record->row->state = TEFTER__APPROVAL_STATE__APPROVAL_SPENT;
    record->has_document = true;
    record->document = document;
    approval_save(tx, record);
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__APPROVAL_USED;
    event.has_customer = true;
    event.customer = record->row->customer;
    event.has_about = true;
    event.about = approval;
    event.has_document = true;
    event.document = document;
    tx_emit(tx, &event);
}

void credit_decided(struct tx *tx, const Tefter__Decision *decision, uint64_t document,
                    uint32_t customer)
{
    if (decision->verdict == TEFTER__VERDICT__VERDICT_APPROVED)
        approval_spend(tx, decision->approval, document);
    if (decision->verdict != TEFTER__VERDICT__VERDICT_POSTED)
        return;
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__POSTED_OVER_LIMIT;
    event.has_customer = true;
    event.customer = customer;
    event.has_document = true;
    event.document = document;
    event.has_amount_minor = true;
    event.amount_minor = decision->over_by_minor;
    tx_emit(tx, &event);
}

/* ---- changes ---- */

static void limit_put(struct tx *tx, uint32_t customer, Tefter__LimitRecord *record)
{
    struct key key = limit_key(customer);
    if (record->has_withdrawn && record->withdrawn)
        tx_delete(tx, &key);
    else
        tx_put(tx, &key, &record->base);
    struct key history = limit_history_key(customer, record->seq);
    tx_put(tx, &history, &record->base);
}

static Tefter__LimitRecord *limit_record(struct tx *tx, const Tefter__SetCreditLimit *command)
{
    Tefter__LimitRecord *record = tx_new(tx, &tefter__limit_record__descriptor);
    record->terms =
        command->terms != NULL ? command->terms : tx_new(tx, &tefter__limit_terms__descriptor);
    record->has_withdrawn = command->terms == NULL;
    record->withdrawn = command->terms == NULL;
    record->seq = tx_seq(tx);
    record->set_ms = tx_now_ms(tx);
    record->set_by = tx_actor_copy(tx);
    record->reason = command->reason;
    return record;
}

/* Refuses, in this order: terms (group_check_terms), reason (field_text); NOT_FOUND customer,
 * FIELD_INVALID customer (cash); NOTHING_TO_CHANGE terms (no own ones to withdraw). */
Tefter__Refusal *apply_set_credit_limit(struct tx *tx, const Tefter__SetCreditLimit *command,
                                        Tefter__Done *done)
{
    Tefter__Refusal *refusal = group_check_terms(tx, "terms", command->terms);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer = customer_get(tx, command->customer);
    if (customer == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    if (customer->customer == company_get(tx)->cash_customer)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    if (command->terms == NULL && limit_get(tx, customer->customer) == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");

    tx_decided(tx);
    limit_put(tx, customer->customer, limit_record(tx, command));
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__LIMIT_CHANGED;
    event.has_customer = true;
    event.customer = customer->customer;
    tx_emit(tx, &event);
    struct account *account = account_open(tx, customer->customer);
    account_save(tx, account, &event);
    done->has_id = true;
    done->id = customer->customer;
    return NULL;
}

/* Refuses, in this order: terms (group_check_terms), FIELD_MISSING terms.limit_minor (a company's
 * terms must name a limit), term_days (field_days), credit_note_approve_minor (FIELD_INVALID below
 * 0), title (field_line). */
Tefter__Refusal *credit_plan_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                    Tefter__CompanyRecord **ret_company)
{
    Tefter__Refusal *refusal = group_check_terms(tx, "terms", command->terms);
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
    if (command->title != NULL) {
        refusal = field_line(tx, "title", command->title, NAME_MAX_BYTES);
        if (refusal != NULL)
            return refusal;
    }
    Tefter__CompanyRecord *company = company_hold(tx);
    company->policy = command->terms;
    company->policy_version++;
    company->policy_title = command->title;
    company->has_credit_note_approve_minor = command->has_credit_note_approve_minor;
    company->credit_note_approve_minor = command->credit_note_approve_minor;
    if (command->has_term_days) {
        company->has_term_days = true;
        company->term_days = command->term_days;
    }
    *ret_company = company;
    return NULL;
}

static Tefter__ApprovalRecord *approval_new(struct tx *tx, const Tefter__AskApproval *command,
                                            Tefter__Decision *decision, uint64_t number)
{
    enum { MINUTES = 15 };
    Tefter__ApprovalRecord *record = tx_new(tx, &tefter__approval_record__descriptor);
    Tefter__ApprovalRow *row = tx_new(tx, &tefter__approval_row__descriptor);
    uint32_t minutes = command->has_minutes ? command->minutes : MINUTES;
    row->approval = number;
    row->customer = command->customer;
    row->amount_minor = command->amount_minor;
    row->state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    row->asked_ms = tx_now_ms(tx);
    row->expires_ms = tx_now_ms(tx) + (int64_t)minutes * 60000;
    row->asked_by = tx_actor_copy(tx);
    row->decision = decision;
    row->note = command->note;
    record->row = row;
    record->draft = command->draft;
    return record;
}

static void approval_emit(struct tx *tx, Tefter__EventKind kind, const Tefter__ApprovalRow *row)
{
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = kind;
    event.has_customer = true;
    event.customer = row->customer;
    event.has_about = true;
    event.about = row->approval;
    event.has_amount_minor = true;
    event.amount_minor = row->amount_minor;
    tx_emit(tx, &event);
}

/* Refuses, in this order: amount_minor (field_amount), minutes (FIELD_INVALID outside
 * 1..APPROVAL_MINUTES_MAX), note (field_text); NOT_FOUND customer; what the sale would be refused
 * with but for APPROVAL_NEEDED (credit_decide); NOTHING_TO_CHANGE amount_minor (it would pass). */
Tefter__Refusal *apply_ask_approval(struct tx *tx, const Tefter__AskApproval *command,
                                    Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal != NULL)
        return refusal;
    if (command->has_minutes && (command->minutes < 1 || command->minutes > APPROVAL_MINUTES_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "minutes");
    refusal = field_text(tx, "note", command->note);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer = customer_get(tx, command->customer);
    if (customer == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, customer->customer),
        .amount_minor = command->amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    Tefter__Decision *decision;
    refusal = credit_decide(tx, &request, &decision);
    if (refusal == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "amount_minor");
    if (refusal->code != TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        return refusal;

    tx_decided(tx);
    Tefter__CompanyRecord *company = company_hold(tx);
    Tefter__ApprovalRecord *record = approval_new(tx, command, decision, company->next_approval++);
    company_save(tx, company);
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_ASKED, record->row);
    done->has_id = true;
    done->id = record->row->approval;
    done->decision = decision;
    return NULL;
}

/* Refuses, in this order: amount_minor (field_amount), reason (field_text), FIELD_MISSING reason
 * when not approved; NOT_FOUND approval, APPROVAL_NOT_OPEN approval (decided or expired),
 * FIELD_INVALID amount_minor (more than was asked). */
Tefter__Refusal *apply_decide_approval(struct tx *tx, const Tefter__DecideApproval *command,
                                       Tefter__Done *done)
{
    Tefter__Refusal *refusal = NULL;
    if (command->has_amount_minor)
        refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    if (!command->approved && command->reason == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    Tefter__ApprovalRecord *record = approval_get(tx, command->approval);
    if (record == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "approval");
    if (!approval_open(tx, record))
        return refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
    if (command->has_amount_minor && command->amount_minor > record->row->amount_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "amount_minor");

    tx_decided(tx);
    Tefter__ApprovalRow *row = record->row;
    row->state = command->approved ? TEFTER__APPROVAL_STATE__APPROVAL_GRANTED
                                   : TEFTER__APPROVAL_STATE__APPROVAL_REFUSED;
    row->decided_by = tx_actor_copy(tx);
    row->reason = command->reason;
    row->has_approved_minor = command->approved;
    row->approved_minor = command->has_amount_minor ? command->amount_minor : row->amount_minor;
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_DECIDED, row);
    done->has_id = true;
    done->id = row->approval;
    return NULL;
}

/* ---- services: rows ---- */

Tefter__AccountRow *credit_account_row(struct tx *tx, uint32_t customer)
{
    const Tefter__CustomerRecord *record = customer_get(tx, customer);
    if (record == NULL)
        return NULL;
    const Tefter__AccountRecord *account = account_peek(tx, customer);
    uint32_t today = branch_of_actor(tx)->date;
    struct credit_terms terms;
    credit_terms_of(tx, record, today, &terms);
    Tefter__AccountRow *row = tx_new(tx, &tefter__account_row__descriptor);
    row->customer = customer;
    row->balance_minor = account->balance_minor;
    row->used_minor = account_exposure(account);
    row->unlimited = terms.unlimited;
    row->limit_minor = terms.limit_minor;
    row->available_minor = terms.unlimited ? 0 : terms.limit_minor - row->used_minor;
    row->locked = customer_locked(record, today);
    row->bills_minor = account->bills_minor;
    row->uncleared_minor = account->uncleared_minor;
    row->unmatched_minor = account->unmatched_minor;
    row->open_bills = account->open_bills;
    row->persons = person_count(record, today);
    row->last = account->last;
    row->has_seq = true;
    row->seq = tx_seq(tx);
    return row;
}

/* Waiting and granted ones that nobody came for are seen as expired; nothing is written for it. */
static void approval_age(const struct tx *tx, Tefter__ApprovalRow *row)
{
    bool open = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    if (open && row->expires_ms <= tx_now_ms(tx))
        row->state = TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED;
}

Tefter__ApprovalRow *credit_approval_row(struct tx *tx, uint64_t approval)
{
    Tefter__ApprovalRecord *record = approval_get(tx, approval);
    if (record == NULL)
        return NULL;
    approval_age(tx, record->row);
    return record->row;
}

/* ---- views ---- */

/* Approvals, newest first, looking back at most so many. */
enum { APPROVALS_LOOKED_AT = 2000 };

size_t credit_open_approvals(struct tx *tx, uint64_t *ret_approvals, size_t most)
{
    struct key prefix = key_book(TABLE_APPROVAL);
    size_t count = 0;
    size_t looked = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_last(tx, &prefix, NULL, &walk);
         on && count < most && looked < APPROVALS_LOOKED_AT; on = tx_walk_previous(&walk)) {
        Tefter__ApprovalRecord *record =
            tx_walk_record(&walk, &tefter__approval_record__descriptor);
        approval_age(tx, record->row);
        looked++;
        if (record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
            record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED)
            ret_approvals[count++] = record->row->approval;
    }
    tx_walk_end(&walk);
    return count;
}

Tefter__Refusal *view_limits(struct tx *tx, const Tefter__LimitHistory *query,
                             Tefter__LimitsAnswer *answer)
{
    if (customer_get(tx, query->customer) == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    struct key prefix = key_customer(query->customer, TABLE_LIMIT_HISTORY);
    answer->limits = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__LimitRecord *));
    struct tx_walk walk;
    for (bool on = tx_walk_last(tx, &prefix, NULL, &walk); on && answer->n_limits < PAGE_ROWS_MAX;
         on = tx_walk_previous(&walk))
        answer->limits[answer->n_limits++] =
            tx_walk_record(&walk, &tefter__limit_record__descriptor);
    tx_walk_end(&walk);
    return NULL;
}

Tefter__Refusal *view_approvals(struct tx *tx, const Tefter__ApprovalList *query,
                                Tefter__ApprovalsAnswer *answer)
{
    struct key prefix = key_book(TABLE_APPROVAL);
    size_t looked = 0;
    answer->approvals = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__ApprovalRow *));
    struct tx_walk walk;
    for (bool on = tx_walk_last(tx, &prefix, NULL, &walk);
         on && answer->n_approvals < PAGE_ROWS_MAX && looked < APPROVALS_LOOKED_AT;
         on = tx_walk_previous(&walk)) {
        Tefter__ApprovalRecord *record =
            tx_walk_record(&walk, &tefter__approval_record__descriptor);
        approval_age(tx, record->row);
        looked++;
        if (!query->waiting_only || record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
            answer->approvals[answer->n_approvals++] = record->row;
    }
    tx_walk_end(&walk);
    return NULL;
}

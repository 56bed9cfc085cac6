/*
 * Groups of customers.
 *
 *   added ──▶ there, for ever; members come and go
 *
 * 1. A name names one group of its dimension.
 * 2. `members` is the number of its rows in TABLE_GROUP_MEMBER.
 * 3. A customer's record names exactly the groups in which they have a row.
 */
#include "domain/party/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

static struct key group_key(uint32_t group)
{
    struct key key = key_book(TABLE_GROUP);
    key_u32(&key, group);
    return key;
}

/* Begins the names that fold alike. */
static struct key names_key(const char *dimension, const char *name)
{
    struct key names = key_book(TABLE_GROUP_NAME);
    struct key of_dimension = key_folded(&names, dimension);
    return key_folded(&of_dimension, name);
}

/* Both may be too long for a key, as they stand. */
struct key group_name_key(const char *dimension, const char *name)
{
    struct key key = names_key(dimension, name);
    struct hash_state state;
    struct hash hash;
    hash_begin(&state);
    hash_add(&state, dimension, strlen(dimension) + 1);
    hash_add(&state, name, strlen(name));
    hash_end(&state, &hash);
    key_u64(&key, be64_get(hash.bytes));
    return key;
}

static struct key members_key(uint32_t group)
{
    struct key key = key_book(TABLE_GROUP_MEMBER);
    key_u32(&key, group);
    return key;
}

static struct key member_key(uint32_t group, uint32_t customer)
{
    struct key key = members_key(group);
    key_u32(&key, customer);
    return key;
}

const Tefter__GroupRecord *group_get(struct tx *tx, uint32_t group)
{
    struct key key = group_key(group);
    return tx_cached(tx, &key, &tefter__group_record__descriptor);
}

Tefter__GroupRecord *group_shared(struct tx *tx, uint32_t group)
{
    struct key key = group_key(group);
    return tx_shared(tx, &key, &tefter__group_record__descriptor);
}

static void save_record(struct tx *tx, const Tefter__GroupRecord *group)
{
    struct key key = group_key(group->group);
    tx_put(tx, &key, &group->base);
}

static void save_name(struct tx *tx, const Tefter__GroupRecord *group)
{
    struct key key = group_name_key(group->dimension, group->name);
    tx_put_u64(tx, &key, group->group);
}

/* Writes the record, and its name anew when it is another. */
void group_save(struct tx *tx, const Tefter__GroupRecord *group)
{
    struct key own = group_key(group->group); /* as the store has it: the held one has changed */
    const Tefter__GroupRecord *before = tx_get(tx, &own, &tefter__group_record__descriptor);
    save_record(tx, group);
    if (before != NULL && strcmp(before->name, group->name) == 0)
        return;
    if (before != NULL) {
        struct key key = group_name_key(before->dimension, before->name);
        tx_delete(tx, &key);
    }
    save_name(tx, group);
}

static uint32_t group_with_name(struct tx *tx, const char *dimension, const char *name)
{
    struct key key = group_name_key(dimension, name);
    struct key prefix = names_key(dimension, name);
    uint64_t group = 0;
    if (tx_get_u64(tx, &key, &group) || !tx_rule(tx, RULE_KEYS_FOLD))
        return (uint32_t)group;
    struct tx_walk walk;
    if (tx_walk_first(tx, &prefix, NULL, &walk))
        group = tx_walk_number(&walk);
    tx_walk_end(&walk);
    return (uint32_t)group;
}

/* ---- rules ---- */

/* What may be taken away from a group. */
enum {
    CLEARABLE = TERM_BITS_OF_ALL | TERM_BIT(TEFTER__TERM_FIELD__TERM_LIMIT) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_VALIDITY) |
                TERM_BIT(TEFTER__TERM_FIELD__TERM_DAYS),
};

/* Terms that say nothing are none. */
static Tefter__LimitTerms *terms_or_none(Tefter__LimitTerms *terms)
{
    return terms != NULL && tefter__limit_terms__get_packed_size(terms) > 0 ? terms : NULL;
}

static bool terms_same(struct tx *tx, const Tefter__LimitTerms *a, const Tefter__LimitTerms *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    size_t size = tefter__limit_terms__get_packed_size(a);
    if (size != tefter__limit_terms__get_packed_size(b))
        return false;
    uint8_t *bytes_a = tx_take(tx, size);
    uint8_t *bytes_b = tx_take(tx, size);
    tefter__limit_terms__pack(a, bytes_a);
    tefter__limit_terms__pack(b, bytes_b);
    return slice_equal(slice_of(bytes_a, size), slice_of(bytes_b, size));
}

/* That of its members who have none of their own. */
static uint32_t term_of(struct tx *tx, const Tefter__GroupRecord *group)
{
    return group->has_term_days ? group->term_days : company_term_days(tx);
}

/* A longer term than its members would have without is given up to so many days. */
static Tefter__Refusal *check_term(struct tx *tx, uint32_t before, uint32_t days)
{
    return days <= before
               ? NULL
               : threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS, "term_days", days);
}

/* ---- changes ---- */

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddGroup *command)
{
    Tefter__Refusal *refusal = field_code(tx, "dimension", command->dimension);
    if (refusal == NULL)
        refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL && command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal == NULL)
        refusal = terms_check(tx, "limit", command->limit);
    if (refusal != NULL)
        return refusal;
    if (command->has_term_days)
        refusal = check_term(tx, company_term_days(tx), command->term_days);
    if (refusal != NULL)
        return refusal;
    uint32_t existing = group_with_name(tx, command->dimension, command->name);
    if (existing != 0)
        return refuse_existing(tx, "name", existing);
    return company_check_room(tx, "group", COUNTS_GROUPS, COMPANY_GROUPS_MAX);
}

/* Refuses, in this order: BOUND_TO_BRANCH group (before RULE_THE_BOUND_KEEP_TO_THEIRS with terms
 * alone); dimension (field_code), name (field_line), term_days (field_days), limit (terms_check);
 * MORE_THAN_YOU_MAY term_days; ALREADY_EXISTS name, TOO_MANY group. */
Tefter__Refusal *apply_add_group(struct tx *tx, const Tefter__AddGroup *command, Tefter__Done *done)
{
    Tefter__Refusal *refusal = staff_check_home(tx, "group", 0);
    if (refusal == NULL && (command->limit != NULL || command->has_term_days))
        refusal = staff_check_office(tx, "group", 0);
    if (refusal == NULL)
        refusal = look_add(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__GroupRecord *group = tx_new(tx, &tefter__group_record__descriptor);
    group->group = company_take(tx, company, COUNTS_GROUPS);
    group->dimension = command->dimension;
    group->name = command->name;
    FIELD_COPY(group, term_days, command);
    group->limit = terms_or_none(command->limit);

    tx_decided(tx);
    save_record(tx, group);
    save_name(tx, group);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__GROUP_CHANGED, group->group, done);
    return NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeGroup *command)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL && command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal == NULL)
        refusal = terms_check(tx, "limit", command->limit);
    if (refusal == NULL)
        refusal = terms_check_clear(tx, TERMS_CLEAR(command), command->limit, CLEARABLE);
    if (refusal == NULL && command->has_term_days &&
        terms_cleared(TERMS_CLEAR(command), TEFTER__TERM_FIELD__TERM_DAYS))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    return refusal;
}

/* The group's limit after the command. */
static Tefter__LimitTerms *limit_after(struct tx *tx, const Tefter__GroupRecord *group,
                                       const Tefter__ChangeGroup *command)
{
    if (tx_rule(tx, RULE_UNSAID_TERMS_STAY))
        return terms_or_none(terms_join(tx, group->limit, command->limit, TERMS_CLEAR(command)));
    return command->limit != NULL ? terms_or_none(command->limit) : group->limit;
}

static bool change_group(struct tx *tx, Tefter__GroupRecord *group,
                         const Tefter__ChangeGroup *command)
{
    bool changed = field_move_line(&group->name, command->name);
    changed |= field_move_u32(command->has_term_days, command->term_days, &group->has_term_days,
                              &group->term_days);
    if (terms_cleared(TERMS_CLEAR(command), TEFTER__TERM_FIELD__TERM_DAYS)) {
        changed |= group->has_term_days;
        group->has_term_days = false;
    }
    Tefter__LimitTerms *limit = limit_after(tx, group, command);
    changed |= !terms_same(tx, group->limit, limit);
    group->limit = limit;
    return changed;
}

static Tefter__Refusal *look_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                   Tefter__GroupRecord **ret_group)
{
    Tefter__Refusal *refusal = look_change(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__GroupRecord *group = group_shared(tx, command->group);
    if (group == NULL)
        return refuse_not_found(tx, "group");
    uint32_t before = term_of(tx, group);
    if (!change_group(tx, group, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    refusal = terms_check(tx, "limit", group->limit); /* its days, as they are together */
    if (refusal == NULL)
        refusal = check_term(tx, before, term_of(tx, group));
    if (refusal != NULL)
        return refusal;
    uint32_t named = group_with_name(tx, group->dimension, group->name);
    if (named != 0 && named != group->group)
        return refuse_existing(tx, "name", named);
    *ret_group = group;
    return NULL;
}

/* Every member's terminals are told by a job. Under rules before RULE_UNSAID_TERMS_STAY terms
 * without any field take the group's limit away. Refuses, in this order: BOUND_TO_BRANCH group;
 * name (field_line), term_days (field_days), limit (terms_check), clear (terms_check_clear;
 * TERM_DAYS beside term_days); NOT_FOUND group; NOTHING_TO_CHANGE; limit as it would be
 * (terms_check); MORE_THAN_YOU_MAY term_days (a longer one); ALREADY_EXISTS name. */
Tefter__Refusal *apply_change_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                    Tefter__Done *done)
{
    Tefter__GroupRecord *group = NULL;
    Tefter__Refusal *refusal = staff_check_office(tx, "group", 0);
    if (refusal == NULL)
        refusal = look_group(tx, command, &group);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__CompanyRecord *company = company_shared(tx);
    group_save(tx, group);
    FIELD_SET(done, job, job_start(tx, company, TEFTER__JOB_KIND__JOB_REFRESH_GROUP, group->group));
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__GROUP_CHANGED, group->group, done);
    return NULL;
}

/* ---- services ---- */

bool group_has(struct tx *tx, uint32_t group, uint32_t customer)
{
    struct key key = member_key(group, customer);
    return tx_has(tx, &key);
}

Tefter__Refusal *group_filter_check(struct tx *tx, const struct group_filter *filter)
{
    bool found = !filter->has_group || group_get(tx, filter->group) != NULL;
    for (size_t i = 0; i < filter->count && found; i++)
        found = group_get(tx, filter->groups[i]) != NULL;
    return found ? NULL : refuse_not_found(tx, "group");
}

bool group_filter_takes(struct tx *tx, const struct group_filter *filter, uint32_t record)
{
    if (!filter->has_group && filter->count == 0)
        return true;
    uint32_t customer = customer_leads_to(tx, record);
    bool takes = !filter->has_group || group_has(tx, filter->group, customer);
    for (size_t i = 0; i < filter->count && takes; i++)
        takes = group_has(tx, filter->groups[i], customer);
    return takes;
}

uint32_t group_next_member(struct tx *tx, uint32_t group, uint32_t after)
{
    if (after == UINT32_MAX)
        return 0;
    struct key prefix = members_key(group);
    struct key from = member_key(group, after + 1);
    struct tx_walk walk;
    uint32_t member = 0;
    if (tx_walk_first(tx, &prefix, &from, &walk))
        member = tx_walk_u32(&walk, KEY_BOOK_HEAD + sizeof group);
    tx_walk_end(&walk);
    return member;
}

void group_put_member(struct tx *tx, Tefter__GroupRecord *group, uint32_t customer, bool member)
{
    struct key key = member_key(group->group, customer);
    if (member) {
        group->members++;
        tx_put_u64(tx, &key, customer);
    } else {
        group->members--;
        tx_delete(tx, &key);
    }
    save_record(tx, group);
}

/* ---- views ---- */

Tefter__Refusal *view_groups(struct tx *tx, const Tefter__GroupList *query,
                             Tefter__GroupsAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_GROUP);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->groups = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->groups);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__GroupRecord *group = tx_walk_record(&walk, &tefter__group_record__descriptor);
        bool wanted = query->dimension == NULL || strcmp(query->dimension, group->dimension) == 0;
        if (wanted && !page_takes(&page, &group->base))
            break;
        if (wanted)
            answer->groups[answer->n_groups++] = group;
        last = group->group;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

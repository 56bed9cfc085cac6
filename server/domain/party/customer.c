/*
 * Customers: who they are, their groups, their lock.
 *
 *   opened ──▶ open ──LockCustomer──▶ locked ──UnlockCustomer──▶ open
 *                                        └──── `until` passed ──▶ open
 *
 * 1. A code names one customer, for ever, and no other looks like it; (source, code) of an import
 * names one too.
 * 2. Customers are numbered from 1, without a gap but for those of restores, and never go away; 1
 * is who pays at once and has no name: it is not changed, locked or grouped.
 * 3. `groups` holds at most one group of each dimension.
 * 4. Whom somebody opens who sets no limits, has no more than `opening_limit_minor` until one is
 * set.
 * 5. Locked, they make no new credit purchases; their money is still taken.
 * 6. Who has a payer is among that one's `sites`, and nobody else is. A payer has no payer.
 */
#include "domain/party/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

static struct key codes_key(void)
{
    return key_book(TABLE_CUSTOMER_CODE);
}

static struct key source_key(const char *source, const char *code)
{
    struct key key = key_book(TABLE_CUSTOMER_SOURCE);
    key_text(&key, source);
    key_text(&key, code);
    return key;
}

static Tefter__CustomerRecord *customer_by_code(struct tx *tx, const char *code)
{
    if (strlen(code) > CODE_MAX_BYTES)
        return NULL; /* nobody's, and longer than a key */
    struct key codes = codes_key();
    uint64_t customer = 0;
    return word_find(tx, &codes, code, &customer) ? customer_get(tx, (uint32_t)customer) : NULL;
}

/* What finds a new customer; the record is saved beside it. */
static void customer_index(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    struct key codes = codes_key();
    word_put(tx, &codes, customer->code, customer->customer);
    look_put(tx, TABLE_CUSTOMER_CODE, customer->code, customer->customer);
    if (customer->source == NULL)
        return;
    struct key by_source = source_key(customer->source, customer->code);
    tx_put_u64(tx, &by_source, customer->customer);
}

/* ---- rules ---- */

static Tefter__Refusal *check_language(struct tx *tx, const char *language)
{
    static const char *const known[] = {"en", "vi", "zh", "fa", "el"};
    if (language == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], language) == 0)
            return NULL;
    return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "language");
}

/* A text that people must give; NULL when absent is a refusal. */
static Tefter__Refusal *wanted_line(struct tx *tx, const char *field, const char *text)
{
    if (text == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
    return field_line(tx, field, text, NAME_MAX_BYTES);
}

static Tefter__CustomerRecord *customer_new(struct tx *tx, uint32_t number, char *code,
                                            Tefter__Text *name)
{
    Tefter__CustomerRecord *customer = tx_new(tx, &tefter__customer_record__descriptor);
    customer->customer = number;
    customer->code = code;
    customer->name = name;
    customer->next_buyer = 1;
    customer->changed_seq = tx_seq(tx);
    return customer;
}

static void move_term(struct tx *tx, Tefter__ChangeRecord *entry, Tefter__CustomerRecord *customer,
                      bool given, uint32_t days)
{
    const char *before = change_log_number(tx, customer->has_term_days, customer->term_days);
    if (field_move_u32(given, days, &customer->has_term_days, &customer->term_days))
        change_log_value(tx, entry, "term_days", before, change_log_number(tx, true, days));
}

static void move_slips(struct tx *tx, Tefter__ChangeRecord *entry, Tefter__CustomerRecord *customer,
                       bool given, bool without_debt)
{
    if (!given || without_debt == customer->no_debt_on_slips)
        return;
    change_log_value(tx, entry, "no_debt_on_slips", without_debt ? NULL : "yes",
                     without_debt ? "yes" : NULL);
    FIELD_SET_IF(customer, no_debt_on_slips, without_debt, without_debt);
}

/* Back to the group's or the company's. */
static void clear_term(struct tx *tx, Tefter__ChangeRecord *entry, Tefter__CustomerRecord *customer)
{
    if (customer->has_term_days)
        change_log_value(tx, entry, "term_days", change_log_number(tx, true, customer->term_days),
                         NULL);
    customer->has_term_days = false;
}

/* ---- changes: who they are ---- */

static Tefter__Refusal *check_buyers_only(struct tx *tx, bool said)
{
    return said && !tx_rule(tx, RULE_BUYERS_ONLY)
               ? refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "buyers_only")
               : NULL;
}

static Tefter__Refusal *check_open_who(struct tx *tx, const Tefter__OpenCustomer *command)
{
    bool imported = command->source != NULL;
    Tefter__Refusal *refusal = field_code(tx, "code", command->code);
    if (refusal == NULL && imported && command->code == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "code");
    if (refusal == NULL)
        refusal = field_text_wanted(tx, "name", command->name);
    if (refusal == NULL)
        refusal = imported ? field_text(tx, "phone", command->phone)
                           : field_text_wanted(tx, "phone", command->phone);
    if (refusal == NULL)
        refusal = imported ? field_line_or_none(tx, "area", command->area, NAME_MAX_BYTES)
                           : wanted_line(tx, "area", command->area);
    return refusal;
}

static Tefter__Refusal *check_open_rest(struct tx *tx, const Tefter__OpenCustomer *command)
{
    Tefter__Refusal *refusal = field_text(tx, "nickname", command->nickname);
    if (refusal == NULL)
        refusal = field_text(tx, "tax_code", command->tax_code);
    if (refusal == NULL)
        refusal = field_text(tx, "address", command->address);
    if (refusal == NULL && command->n_groups > GROUPS_PER_CUSTOMER_MAX)
        refusal =
            refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "groups", GROUPS_PER_CUSTOMER_MAX);
    if (refusal == NULL && command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal == NULL)
        refusal = check_language(tx, command->language);
    if (refusal == NULL)
        refusal = field_line(tx, "source", command->source, CODE_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_text(tx, "note", command->note);
    return refusal == NULL ? check_buyers_only(tx, command->has_buyers_only) : refusal;
}

static bool dimension_taken(const struct tx *tx, Tefter__GroupRecord *const *groups, size_t count,
                            const char *dimension)
{
    for (size_t i = 0; i < count; i++)
        if (word_same(tx, groups[i]->dimension, dimension))
            return true;
    return false;
}

static Tefter__Refusal *look_groups(struct tx *tx, const Tefter__OpenCustomer *command,
                                    Tefter__GroupRecord **ret_groups)
{
    for (size_t i = 0; i < command->n_groups; i++) {
        ret_groups[i] = group_shared(tx, command->groups[i]);
        if (ret_groups[i] == NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "groups[%zu]", i);
        if (dimension_taken(tx, ret_groups, i, ret_groups[i]->dimension))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "groups[%zu]", i);
    }
    return NULL;
}

/* Where a company has price lists, a group may mean a price: it is joined by the right for it from
 * the first day on, too. */
static Tefter__Refusal *check_priced_groups(struct tx *tx, const Tefter__OpenCustomer *command,
                                            const Tefter__CompanyRecord *company)
{
    return command->n_groups > 0 && company->price_lists != 0
               ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_EDIT_GROUPS)
               : NULL;
}

static Tefter__Refusal *look_unique(struct tx *tx, const Tefter__OpenCustomer *command)
{
    uint64_t existing = 0;
    if (command->source != NULL) {
        struct key key = source_key(command->source, command->code);
        if (tx_get_u64(tx, &key, &existing))
            return refuse_existing(tx, "source", existing);
    }
    struct key codes = codes_key();
    if (command->code == NULL)
        return NULL;
    if (word_taken(tx, &codes, command->code, &existing))
        return refuse_existing(tx, "code", existing);
    if (look_taken(tx, TABLE_CUSTOMER_CODE, command->code, &existing))
        return refuse_look(tx, "code", existing, customer_get(tx, (uint32_t)existing)->code);
    return NULL;
}

/* A term that is longer than the one they have without it is given up to so many days. */
static Tefter__Refusal *check_term(struct tx *tx, const Tefter__CustomerRecord *before,
                                   uint32_t days)
{
    if (days <= customer_term_days(tx, before))
        return NULL;
    return threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS, "term_days", days);
}

Tefter__Refusal *customer_check_home(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    return staff_check_home(tx, "customer", customer->branch);
}

/* In no group and without a term of their own they would have the company's. */
static Tefter__Refusal *check_first_term(struct tx *tx, const Tefter__OpenCustomer *command)
{
    if (!command->has_term_days && command->n_groups == 0)
        return NULL;
    const Tefter__CustomerRecord *plain = tx_new(tx, &tefter__customer_record__descriptor);
    Tefter__CustomerRecord opened = *plain;
    opened.groups = command->groups;
    opened.n_groups = command->n_groups;
    Tefter__Refusal *refusal = check_term(tx, plain, customer_term_days(tx, &opened));
    if (refusal != NULL)
        refusal->field = tx_text(tx, "groups");
    else if (command->has_term_days)
        refusal = check_term(tx, &opened, command->term_days);
    return refusal;
}

static bool changes_terms(const Tefter__ChangeCustomer *command)
{
    return command->has_term_days || command->n_clear > 0 || command->has_no_debt_on_slips ||
           command->has_buyers_only;
}

static Tefter__Refusal *check_other_term(struct tx *tx, const Tefter__CustomerRecord *customer,
                                         const Tefter__ChangeCustomer *command)
{
    Tefter__CustomerRecord after = *customer;
    Tefter__Refusal *refusal = changes_terms(command) ? customer_check_home(tx, customer) : NULL;
    if (refusal != NULL || (!command->has_term_days && command->n_clear == 0))
        return refusal;
    FIELD_SET_IF(&after, term_days, command->has_term_days, command->term_days);
    return check_term(tx, customer, customer_term_days(tx, &after));
}

/* ---- rules and records: who pays for them ---- */

static Tefter__Refusal *refuse_payer(struct tx *tx, Tefter__RefusalCode code, const char *field,
                                     uint32_t payer)
{
    Tefter__Refusal *refusal = refuse(tx, code, field);
    refusal->payer_code = customer_read(tx, payer)->code;
    return refusal;
}

/* Of a record that was merged the payer is whom it was merged into: to people that is one customer.
 */
static Tefter__Refusal *refuse_paid_for(struct tx *tx, const Tefter__CustomerRecord *payer)
{
    Tefter__Refusal *refusal =
        refuse_payer(tx, TEFTER__REFUSAL_CODE__PAYER_HAS_PAYER, "payer", payer->payer);
    if (payer->merge == NULL)
        return refusal;
    FIELD_SET(refusal, existing, payer->merge->into);
    refusal->existing_number = customer_read(tx, payer->merge->into)->code;
    return refusal;
}

/* A record that was merged into theirs is a site of theirs, and to people none: it is named. */
static Tefter__Refusal *refuse_sites(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    Tefter__Refusal *refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__PAYER_HAS_SITES, "customer",
                                           (int64_t)customer->n_sites);
    size_t count;
    const uint32_t *records = customer_records(tx, customer, &count);
    if (count < 2)
        return refusal;
    FIELD_SET(refusal, existing, records[1]);
    refusal->existing_number = customer_read(tx, records[1])->code;
    return refusal;
}

Tefter__Refusal *customer_find_payer(struct tx *tx, bool has, uint32_t payer, const char *code,
                                     Tefter__CustomerRecord **ret_payer)
{
    if (has && payer == 0)
        return refuse_not_found(tx, "payer");
    Tefter__Refusal *refusal = customer_resolve(tx, payer, code, true, ret_payer);
    if (refusal != NULL)
        refusal->field = tx_text(tx, "payer");
    return refusal;
}

Tefter__Refusal *customer_check_payer(struct tx *tx, const Tefter__CustomerRecord *customer,
                                      const Tefter__CustomerRecord *payer)
{
    uint32_t cash = company_cash_customer(tx);
    if (customer->customer == cash)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    if (payer != NULL && (payer->customer == cash || payer->customer == customer->customer))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "payer");
    if (customer->payer == (payer != NULL ? payer->customer : 0))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "payer");
    if (payer == NULL)
        return NULL;
    if (payer->erased && tx_rule(tx, RULE_ERASED_ARE_GONE) && !tx_recalled(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "payer");
    if (customer->n_sites > 0)
        return refuse_sites(tx, customer);
    if (payer->has_payer)
        return refuse_paid_for(tx, payer);
    return payer->n_sites < SITES_PER_PAYER_MAX
               ? NULL
               : refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "payer", SITES_PER_PAYER_MAX);
}

static void save_payer(struct tx *tx, Tefter__CustomerRecord *payer)
{
    payer->changed_seq = tx_seq(tx);
    customer_save(tx, payer);
    tx_touch(tx, ROW_CUSTOMER, payer->customer);
}

static void drop_site(struct tx *tx, Tefter__CustomerRecord *payer, uint32_t site)
{
    size_t kept = 0;
    for (size_t i = 0; i < payer->n_sites; i++)
        if (payer->sites[i] != site)
            payer->sites[kept++] = payer->sites[i];
    payer->n_sites = kept;
    save_payer(tx, payer);
}

static void add_site(struct tx *tx, Tefter__CustomerRecord *payer, uint32_t site)
{
    uint32_t *sites = tx_take(tx, (payer->n_sites + 1) * sizeof *sites);
    size_t at = 0;
    for (; at < payer->n_sites && payer->sites[at] < site; at++)
        sites[at] = payer->sites[at];
    sites[at] = site;
    for (size_t i = at; i < payer->n_sites; i++)
        sites[i + 1] = payer->sites[i];
    payer->sites = sites;
    payer->n_sites++;
    save_payer(tx, payer);
}

/* Their payer's limit bounds them, and no longer what they were opened with. */
static void join_payer(struct tx *tx, Tefter__CustomerRecord *customer,
                       Tefter__CustomerRecord *payer)
{
    add_site(tx, payer, customer->customer);
    FIELD_SET(customer, payer, payer->customer);
    customer->has_opening_limit_minor = false;
}

static Tefter__Refusal *look_first_payer(struct tx *tx, const Tefter__OpenCustomer *command,
                                         Tefter__CustomerRecord **ret_payer)
{
    if (!command->has_payer && command->payer_code == NULL)
        return NULL;
    if (!tx_rule(tx, RULE_PAYERS_FROM_THE_START))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "payer");
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_SET_LIMIT);
    if (refusal == NULL)
        refusal = customer_find_payer(tx, command->has_payer, command->payer, command->payer_code,
                                      ret_payer);
    if (refusal == NULL && *ret_payer != NULL)
        refusal = staff_check_home(tx, "payer", (*ret_payer)->branch);
    return refusal != NULL ? refusal
                           : customer_check_payer(
                                 tx, tx_new(tx, &tefter__customer_record__descriptor), *ret_payer);
}

Tefter__Refusal *customer_look_open(struct tx *tx, const Tefter__OpenCustomer *command,
                                    struct customer_opening *ret_opening)
{
    *ret_opening = (struct customer_opening){.command = command, .company = company_shared(tx)};
    Tefter__Refusal *refusal = check_open_who(tx, command);
    if (refusal == NULL)
        refusal = check_open_rest(tx, command);
    if (refusal == NULL)
        refusal = look_groups(tx, command, ret_opening->groups);
    if (refusal == NULL)
        refusal = check_priced_groups(tx, command, ret_opening->company);
    if (refusal == NULL)
        refusal = check_first_term(tx, command);
    if (refusal == NULL && ret_opening->company->next_customer > CUSTOMER_MAX)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "customer", CUSTOMER_MAX);
    if (refusal == NULL)
        refusal = look_unique(tx, command);
    if (refusal == NULL)
        refusal = look_first_payer(tx, command, &ret_opening->payer);
    return refusal;
}

/* "C-000123"; should somebody have given just that code by hand, "C-000123-2" and so on. */
static char *code_for(struct tx *tx, uint32_t number)
{
    char *code = tx_format(tx, "C-%06u", number);
    struct key codes = codes_key();
    uint64_t other = 0;
    for (unsigned next = 2; word_taken(tx, &codes, code, &other); next++)
        code = tx_format(tx, "C-%06u-%u", number, next);
    return code;
}

static void move_buyers_only(struct tx *tx, Tefter__ChangeRecord *entry,
                             Tefter__CustomerRecord *customer, bool wanted)
{
    if (wanted == customer->buyers_only)
        return;
    change_log_value(tx, entry, "buyers_only", customer->buyers_only ? "1" : NULL,
                     wanted ? "1" : "0");
    customer->has_buyers_only = wanted;
    customer->buyers_only = wanted;
}

static Tefter__CustomerRecord *customer_of(struct tx *tx, const Tefter__OpenCustomer *command,
                                           uint32_t number, Tefter__ChangeRecord *entry)
{
    char *code = command->code != NULL ? command->code : code_for(tx, number);
    Tefter__CustomerRecord *customer = customer_new(tx, number, code, command->name);
    change_log_value(tx, entry, "code", NULL, code);
    change_log_text(tx, entry, "name", NULL, command->name);
    change_log_move_text(tx, entry, "phone", &customer->phone, command->phone);
    change_log_move_line(tx, entry, "area", &customer->area, command->area);
    change_log_move_text(tx, entry, "nickname", &customer->nickname, command->nickname);
    change_log_move_text(tx, entry, "tax_code", &customer->tax_code, command->tax_code);
    change_log_move_text(tx, entry, "address", &customer->address, command->address);
    move_term(tx, entry, customer, command->has_term_days, command->term_days);
    change_log_move_line(tx, entry, "language", &customer->language, command->language);
    move_slips(tx, entry, customer, command->has_no_debt_on_slips, command->no_debt_on_slips);
    change_log_move_line(tx, entry, "source", &customer->source, command->source);
    change_log_move_text(tx, entry, "note", &customer->note, command->note);
    move_buyers_only(tx, entry, customer, command->buyers_only);
    FIELD_SET(customer, branch, branch_of_actor(tx)->branch);
    customer->n_groups = command->n_groups;
    customer->groups = command->groups;
    int64_t limit_minor = threshold_most(tx, TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT);
    FIELD_SET_IF(customer, opening_limit_minor, limit_minor != THRESHOLD_ANY,
                 limit_minor != THRESHOLD_ANY ? limit_minor : 0);
    return customer;
}

static void log_group(struct tx *tx, Tefter__ChangeRecord *entry, const Tefter__GroupRecord *before,
                      const Tefter__GroupRecord *now)
{
    const char *field = tx_format(tx, "group.%s", (now != NULL ? now : before)->dimension);
    change_log_value(tx, entry, field, before != NULL ? before->name : NULL,
                     now != NULL ? now->name : NULL);
}

static void opened(struct tx *tx, const struct customer_opening *opening,
                   Tefter__CustomerRecord *customer, Tefter__ChangeRecord *entry)
{
    Tefter__CustomerRecord *payer = opening->payer;
    customer_index(tx, customer);
    for (size_t i = 0; i < customer->n_groups; i++) {
        log_group(tx, entry, NULL, opening->groups[i]);
        group_put_member(tx, opening->groups[i], customer->customer, true);
    }
    if (payer != NULL) {
        change_log_value(tx, entry, "payer", NULL, payer->code);
        join_payer(tx, customer, payer);
    }
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__CUSTOMER_OPENED, customer->customer, 0);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
}

Tefter__CustomerRecord *customer_open(struct tx *tx, const struct customer_opening *opening)
{
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    uint32_t number = company_take(tx, opening->company, COUNTS_CUSTOMERS);
    Tefter__CustomerRecord *customer = customer_of(tx, opening->command, number, entry);

    tx_decided(tx);
    company_save(tx, opening->company);
    opened(tx, opening, customer, entry);
    if (opening->company->settles)
        customer_settled(tx, number, branch_get(tx, customer_home(customer))->date);
    return customer;
}

static Tefter__Refusal *check_change(struct tx *tx, const Tefter__ChangeCustomer *command)
{
    Tefter__Refusal *refusal = field_text_filled(tx, "name", command->name);
    if (refusal == NULL)
        refusal = field_text_filled(tx, "phone", command->phone);
    if (refusal == NULL)
        refusal = field_line(tx, "area", command->area, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_text(tx, "nickname", command->nickname);
    if (refusal == NULL)
        refusal = field_text(tx, "tax_code", command->tax_code);
    if (refusal == NULL)
        refusal = field_text(tx, "address", command->address);
    if (refusal == NULL && command->has_term_days)
        refusal = field_days(tx, "term_days", command->term_days);
    if (refusal == NULL)
        refusal = check_language(tx, command->language);
    if (refusal == NULL)
        refusal = field_text(tx, "note", command->note);
    if (refusal == NULL)
        refusal = terms_check_clear(tx, TERMS_CLEAR(command), NULL,
                                    TERM_BIT(TEFTER__TERM_FIELD__TERM_DAYS));
    if (refusal == NULL)
        refusal = check_buyers_only(tx, command->has_buyers_only);
    if (refusal == NULL && command->has_term_days && command->n_clear > 0)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    return refusal;
}

static void change_customer(struct tx *tx, Tefter__CustomerRecord *customer,
                            const Tefter__ChangeCustomer *command, Tefter__ChangeRecord *entry)
{
    change_log_move_text(tx, entry, "name", &customer->name, command->name);
    change_log_move_text(tx, entry, "phone", &customer->phone, command->phone);
    change_log_move_line(tx, entry, "area", &customer->area, command->area);
    change_log_move_text(tx, entry, "nickname", &customer->nickname, command->nickname);
    change_log_move_text(tx, entry, "tax_code", &customer->tax_code, command->tax_code);
    change_log_move_text(tx, entry, "address", &customer->address, command->address);
    move_term(tx, entry, customer, command->has_term_days, command->term_days);
    if (command->n_clear > 0)
        clear_term(tx, entry, customer);
    change_log_move_line(tx, entry, "language", &customer->language, command->language);
    move_slips(tx, entry, customer, command->has_no_debt_on_slips, command->no_debt_on_slips);
    change_log_move_text(tx, entry, "note", &customer->note, command->note);
    if (command->has_buyers_only)
        move_buyers_only(tx, entry, customer, command->buyers_only);
}

/* Refuses, in this order: name, phone (field_text_filled), area (field_line), nickname, tax_code,
 * address (field_text), term_days (field_days), language (FIELD_INVALID), note (field_text),
 * clear (FIELD_INVALID), RULES_TOO_OLD buyers_only; NOT_FOUND customer, FIELD_INVALID customer
 * (cash); of terms BOUND_TO_BRANCH customer; MORE_THAN_YOU_MAY term_days (longer than it was);
 * NOTHING_TO_CHANGE. A text is another text when its reference is another. */
Tefter__Refusal *apply_change_customer(struct tx *tx, const Tefter__ChangeCustomer *command,
                                       Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = check_change(tx, command);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, &customer);
    if (refusal == NULL)
        refusal = check_other_term(tx, customer, command);
    if (refusal != NULL)
        return refusal;
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_customer(tx, customer, command, entry);
    if (entry->n_fields == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__CUSTOMER_CHANGED, customer->customer, 0);
    FIELD_SET(done, id, customer->customer);
    return NULL;
}

/* ---- changes: the lock ---- */

static Tefter__Refusal *look_lock(struct tx *tx, const Tefter__LockCustomer *command,
                                  Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL && command->has_until)
        refusal = field_date(tx, "until", command->until);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, ret_customer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, *ret_customer);
    if (refusal != NULL)
        return refusal;
    uint32_t today = branch_of_actor(tx)->date;
    if (command->has_until && command->until < today)
        return refuse_early(tx, "until", today);
    if (customer_locked(*ret_customer, today))
        return refuse(tx, TEFTER__REFUSAL_CODE__LOCK_STATE, "locked");
    return NULL;
}

static Tefter__Text *text_or_none(Tefter__Text *text)
{
    return text != NULL && !field_text_empty(text) ? text : NULL;
}

/* Both ways; reason NULL: none. */
static void move_lock(struct tx *tx, Tefter__CustomerRecord *customer, bool locked,
                      Tefter__Text *reason, bool has_until, uint32_t until)
{
    customer->locked = locked;
    customer->lock_reason = reason;
    FIELD_SET_IF(customer, locked_until, has_until, has_until ? until : 0);
    customer->locked_by = locked ? tx_actor_copy(tx) : NULL;
    FIELD_SET_IF(customer, locked_ms, locked, locked ? tx_now_ms(tx) : 0);
}

static void log_lock(struct tx *tx, Tefter__ChangeRecord *entry,
                     const Tefter__CustomerRecord *before, bool locked, Tefter__Text *reason,
                     const char *until)
{
    const char *until_before = change_log_date(tx, before->has_locked_until, before->locked_until);
    change_log_value(tx, entry, "locked", before->locked ? "true" : "false",
                     locked ? "true" : "false");
    if (before->lock_reason != NULL || reason != NULL)
        change_log_text(tx, entry, "lock_reason", before->lock_reason, reason);
    if (until_before != NULL || until != NULL)
        change_log_value(tx, entry, "locked_until", until_before, until);
}

/* What a payer's figures are made of, their sites' are. */
static void touch_account(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
    if (customer->n_sites > 0)
        customer_touch_family(tx, customer->customer);
}

static void lock_changed(struct tx *tx, Tefter__EventKind kind, Tefter__CustomerRecord *customer,
                         const Tefter__ChangeRecord *entry, Tefter__Done *done)
{
    change_log_end(tx, customer, entry);
    customer_emit(tx, kind, customer->customer, 0);
    touch_account(tx, customer);
    FIELD_SET(done, id, customer->customer);
}

/* Refuses, in this order: reason (field_text), until (field_date); NOT_FOUND customer,
 * FIELD_INVALID customer (cash), BOUND_TO_BRANCH customer; by the business date of the actor's
 * branch: DATE_TOO_EARLY until (before today), LOCK_STATE locked (locked, and the lock not past its
 * until). */
Tefter__Refusal *apply_lock_customer(struct tx *tx, const Tefter__LockCustomer *command,
                                     Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = look_lock(tx, command, &customer);
    if (refusal != NULL)
        return refusal;
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    Tefter__Text *reason = text_or_none(command->reason);
    log_lock(tx, entry, customer, true, reason,
             change_log_date(tx, command->has_until, command->until));

    tx_decided(tx);
    move_lock(tx, customer, true, reason, command->has_until, command->until);
    lock_changed(tx, TEFTER__EVENT_KIND__CUSTOMER_LOCKED_EVENT, customer, entry, done);
    return NULL;
}

/* Refuses, in this order: reason (field_text); NOT_FOUND customer, FIELD_INVALID customer (cash),
 * BOUND_TO_BRANCH customer; LOCK_STATE not_locked when they are not locked on the business date of
 * the actor's branch. */
Tefter__Refusal *apply_unlock_customer(struct tx *tx, const Tefter__UnlockCustomer *command,
                                       Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, &customer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, customer);
    if (refusal != NULL)
        return refusal;
    if (!customer_locked(customer, branch_of_actor(tx)->date))
        return refuse(tx, TEFTER__REFUSAL_CODE__LOCK_STATE, "not_locked");
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    log_lock(tx, entry, customer, false, text_or_none(command->reason), NULL);

    tx_decided(tx);
    move_lock(tx, customer, false, NULL, false, 0);
    lock_changed(tx, TEFTER__EVENT_KIND__CUSTOMER_UNLOCKED, customer, entry, done);
    return NULL;
}

/* ---- changes: groups ---- */

static bool is_member(const Tefter__CustomerRecord *customer, uint32_t group)
{
    for (size_t i = 0; i < customer->n_groups; i++)
        if (customer->groups[i] == group)
            return true;
    return false;
}

/* Their group of that dimension, NULL when there is none. */
static Tefter__GroupRecord *
group_of_dimension(struct tx *tx, const Tefter__CustomerRecord *customer, const char *dimension)
{
    for (size_t i = 0; i < customer->n_groups; i++) {
        Tefter__GroupRecord *group = group_shared(tx, customer->groups[i]);
        if (group != NULL && word_same(tx, group->dimension, dimension))
            return group;
    }
    return NULL;
}

/* Puts `now` in the place of `before`; either may be NULL. Keeps the order of the others. */
static void replace_group(struct tx *tx, Tefter__CustomerRecord *customer,
                          const Tefter__GroupRecord *before, const Tefter__GroupRecord *now)
{
    uint32_t *groups = tx_take(tx, (customer->n_groups + 1) * sizeof *groups);
    size_t count = 0;
    for (size_t i = 0; i < customer->n_groups; i++)
        if (before == NULL || customer->groups[i] != before->group)
            groups[count++] = customer->groups[i];
    if (now != NULL)
        groups[count++] = now->group;
    customer->groups = groups;
    customer->n_groups = count;
}

/* Whom a group takes in gets its term, and loses that of the group that they leave. */
static Tefter__Refusal *check_regrouped_term(struct tx *tx, const Tefter__CustomerRecord *customer,
                                             const Tefter__GroupRecord *before,
                                             const Tefter__GroupRecord *now)
{
    Tefter__CustomerRecord after = *customer;
    if (customer->has_term_days)
        return NULL;
    replace_group(tx, &after, before, now);
    Tefter__Refusal *refusal = check_term(tx, customer, customer_term_days(tx, &after));
    if (refusal != NULL)
        refusal->field = tx_text(tx, "group");
    return refusal;
}

static void regroup(struct tx *tx, Tefter__CustomerRecord *customer, Tefter__GroupRecord *before,
                    Tefter__GroupRecord *now, Tefter__Done *done)
{
    need(before != NULL || now != NULL);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    log_group(tx, entry, before, now);
    replace_group(tx, customer, before, now);
    if (before != NULL)
        group_put_member(tx, before, customer->customer, false);
    if (now != NULL)
        group_put_member(tx, now, customer->customer, true);
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__CUSTOMER_GROUPED, customer->customer,
                  (now != NULL ? now : before)->group);
    touch_account(tx, customer);
    FIELD_SET(done, id, customer->customer);
}

void customer_leave_groups(struct tx *tx, Tefter__CustomerRecord *customer,
                           Tefter__ChangeRecord *entry)
{
    for (size_t i = 0; i < customer->n_groups; i++) {
        Tefter__GroupRecord *group = group_shared(tx, customer->groups[i]);
        log_group(tx, entry, group, NULL);
        group_put_member(tx, group, customer->customer, false);
        event_emit(tx, &(struct event){.kind = TEFTER__EVENT_KIND__CUSTOMER_GROUPED,
                                       .customer = customer->customer,
                                       .about = group->group});
    }
    customer->n_groups = 0;
}

/* Refuses, in this order: NOT_FOUND customer, FIELD_INVALID customer (cash), BOUND_TO_BRANCH
 * customer; NOT_FOUND group;
 * NOTHING_TO_CHANGE (a member already); TOO_MANY group (they have GROUPS_PER_CUSTOMER_MAX groups,
 * none of this dimension); MORE_THAN_YOU_MAY group (the term they get with it). */
Tefter__Refusal *apply_join_group(struct tx *tx, const Tefter__JoinGroup *command,
                                  Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = customer_cached(tx, command->customer, &customer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, customer);
    if (refusal != NULL)
        return refusal;
    Tefter__GroupRecord *group = group_shared(tx, command->group);
    if (group == NULL)
        return refuse_not_found(tx, "group");
    if (is_member(customer, group->group))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    Tefter__GroupRecord *before = group_of_dimension(tx, customer, group->dimension);
    if (before == NULL && customer->n_groups >= GROUPS_PER_CUSTOMER_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "group", GROUPS_PER_CUSTOMER_MAX);
    refusal = check_regrouped_term(tx, customer, before, group);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    regroup(tx, customer, before, group, done);
    return NULL;
}

/* Refuses, in this order: NOT_FOUND customer, FIELD_INVALID customer (cash), BOUND_TO_BRANCH
 * customer; NOT_FOUND group;
 * NOTHING_TO_CHANGE (not a member); MORE_THAN_YOU_MAY group (the term they have without it). */
Tefter__Refusal *apply_leave_group(struct tx *tx, const Tefter__LeaveGroup *command,
                                   Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = customer_cached(tx, command->customer, &customer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, customer);
    if (refusal != NULL)
        return refusal;
    Tefter__GroupRecord *group = group_shared(tx, command->group);
    if (group == NULL)
        return refuse_not_found(tx, "group");
    if (!is_member(customer, group->group))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    refusal = check_regrouped_term(tx, customer, group, NULL);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    regroup(tx, customer, group, NULL, done);
    return NULL;
}

/* ---- changes: who pays for them ---- */

void customer_set_payer(struct tx *tx, Tefter__CustomerRecord *customer,
                        Tefter__CustomerRecord *payer, Tefter__Text *reason)
{
    Tefter__CustomerRecord *before =
        customer->has_payer ? customer_read(tx, customer->payer) : NULL;
    uint32_t number = payer != NULL ? payer->customer : 0;
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_value(tx, entry, "payer", before != NULL ? before->code : NULL,
                     payer != NULL ? payer->code : NULL);
    if (reason != NULL)
        change_log_text(tx, entry, "payer_reason", NULL, reason);
    if (before != NULL)
        drop_site(tx, before, customer->customer);
    FIELD_SET_IF(customer, payer, false, 0);
    if (payer != NULL)
        join_payer(tx, customer, payer);
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__PAYER_CHANGED, customer->customer, number);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
    if (before != NULL)
        customer_touch_family(tx, before->customer);
}

/* ---- services ---- */

/* A name is there, and empty. */
void customer_add_cash(struct tx *tx, uint32_t number, uint32_t branch)
{
    Tefter__CustomerRecord *cash =
        customer_new(tx, number, tx_text(tx, "CASH"), tx_new(tx, &tefter__text__descriptor));
    FIELD_SET(cash, branch, branch);
    customer_index(tx, cash);
    customer_save(tx, cash);
    tx_touch(tx, ROW_CUSTOMER, number);
    tx_touch(tx, ROW_ACCOUNT, number);
}

Tefter__Refusal *customer_resolve_record(struct tx *tx, uint32_t customer, const char *code,
                                         const char *field, Tefter__CustomerRecord **ret_customer)
{
    if (customer == 0 && code == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, field);
    *ret_customer = customer != 0 ? customer_get(tx, customer) : customer_by_code(tx, code);
    if (*ret_customer == NULL || (code != NULL && !word_same(tx, code, (*ret_customer)->code)))
        return refuse_not_found(tx, field);
    return NULL;
}

Tefter__Refusal *customer_resolve(struct tx *tx, uint32_t customer, const char *code, bool optional,
                                  Tefter__CustomerRecord **ret_customer)
{
    *ret_customer = NULL;
    if (customer == 0 && code == NULL)
        return optional ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "customer");
    Tefter__CustomerRecord *found =
        customer != 0 ? customer_get(tx, customer) : customer_by_code(tx, code);
    if (found == NULL || (code != NULL && !word_same(tx, code, found->code)))
        return refuse_not_found(tx, "customer");
    bool leads_on = customer == 0 && found->merge != NULL;
    *ret_customer = leads_on ? customer_get(tx, found->merge->into) : found;
    return NULL;
}

uint32_t customer_term_days(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    if (customer->has_term_days)
        return customer->term_days;
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group != NULL && group->has_term_days)
            return group->term_days;
    }
    return company_term_days(tx);
}

void customer_limit_set(struct tx *tx, Tefter__CustomerRecord *customer)
{
    if (!customer->has_opening_limit_minor)
        return;
    customer->has_opening_limit_minor = false;
    customer_save(tx, customer);
}

bool customer_locked(const Tefter__CustomerRecord *customer, uint32_t date)
{
    return customer->locked && (!customer->has_locked_until || date <= customer->locked_until);
}

/* The next that is there. All of a customer's records lie side by side, theirs first. */
static uint32_t customer_behind(struct tx *tx, uint32_t after)
{
    struct key any = {.tree = TREE_CUSTOMER};
    struct key from = key_customer(after + 1, TABLE_PROFILE);
    struct tx_walk walk;
    bool found = tx_walk_first(tx, &any, &from, &walk);
    uint32_t customer = found ? key_read_u32(tx_walk_key(&walk), 0) : 0;
    tx_walk_end(&walk);
    return customer;
}

uint32_t customer_next(struct tx *tx, uint32_t after)
{
    if (after >= company_customers(tx))
        return 0;
    return company_has_gaps(tx) ? customer_behind(tx, after) : after + 1;
}

/* ---- views ---- */

static void row_lock(const Tefter__CustomerRecord *customer, uint32_t today,
                     Tefter__CustomerRow *row)
{
    bool locked = customer_locked(customer, today);
    FIELD_SET(row, locked, locked);
    if (!locked)
        return;
    row->lock_reason = customer->lock_reason;
    FIELD_COPY(row, locked_until, customer);
}

/* A code is theirs for ever, so a row names the payer's. */
static void row_family(struct tx *tx, const Tefter__CustomerRecord *customer,
                       Tefter__CustomerRow *row)
{
    size_t records;
    (void)customer_records(tx, customer, &records);
    size_t sites = customer->n_sites + 1 - records;
    FIELD_SET_IF(row, sites, sites > 0, (uint32_t)sites);
    if (!customer->has_payer)
        return;
    FIELD_COPY(row, payer, customer);
    row->payer_code = customer_read(tx, customer->payer)->code;
}

/* The first that somebody comes back to, on whichever of their records. */
const Tefter__AgainRecord *customer_again(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    size_t count;
    const uint32_t *records = customer_records(tx, customer, &count);
    const Tefter__AgainRecord *first = customer->n_again > 0 ? customer->again[0] : NULL;
    for (size_t i = 1; i < count; i++) {
        const Tefter__CustomerRecord *other = customer_read(tx, records[i]);
        if (other->n_again > 0 && (first == NULL || other->again[0]->day < first->day))
            first = other->again[0];
    }
    return first;
}

static void row_notes(struct tx *tx, const Tefter__CustomerRecord *customer,
                      Tefter__CustomerRow *row)
{
    size_t count;
    const uint32_t *records = customer_records(tx, customer, &count);
    FIELD_COPY(row, contact_ms, customer);
    FIELD_COPY(row, contact_by, customer);
    FIELD_COPY(row, contact_result, customer);
    FIELD_COPY(row, noted_seq, customer);
    for (size_t i = 1; i < count; i++) {
        const Tefter__CustomerRecord *other = customer_read(tx, records[i]);
        if (other->noted_seq > row->noted_seq)
            FIELD_COPY(row, noted_seq, other);
    }
    const Tefter__AgainRecord *again = customer_again(tx, customer);
    if (again == NULL)
        return;
    FIELD_SET(row, again, again->day);
    FIELD_SET(row, again_owner, again->owner);
}

static void row_merged(struct tx *tx, const Tefter__CustomerRecord *customer,
                       Tefter__CustomerRow *row)
{
    if (customer->merge == NULL)
        return;
    FIELD_SET(row, merged_into, customer->merge->into);
    row->merged_code = customer_read(tx, customer->merge->into)->code;
}

Tefter__CustomerRow *customer_row(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    uint32_t today = branch_head_date(tx);
    Tefter__CustomerRow *row = tx_new(tx, &tefter__customer_row__descriptor);
    row->customer = customer->customer;
    row->code = customer->code;
    row->name = customer->name;
    row->phone = customer->phone;
    row->area = customer->area;
    row->n_groups = customer->n_groups;
    row->groups = customer->groups;
    FIELD_COPY(row, branch, customer);
    FIELD_COPY(row, term_days, customer);
    FIELD_COPY(row, no_debt_on_slips, customer);
    FIELD_COPY(row, buyers_only, customer);
    FIELD_COPY(row, erased, customer);
    FIELD_SET(row, seq, customer->changed_seq);
    row_lock(customer, today, row);
    row_notes(tx, customer, row);
    row_family(tx, customer, row);
    row_merged(tx, customer, row);
    buyer_rows(tx, customer, today, row);
    return row;
}

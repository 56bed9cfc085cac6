#pragma once
/*
 * Those the company sells to on credit: customers, the groups they are in, who may buy on their
 * account, and the log of every change. What they owe is receivables'. CreateCompany is here too:
 * it makes the cash customer, the highest of what it makes. Life cycles and invariants stand at the
 * head of each entity's file.
 */
#include "base/cycle.h"
#include "base/limits.h"
#include "base/workdays.h"
#include "domain/entity/entity.h"
#include "view.pb-c.h"

/* ---- groups, in dimensions (tier, area, controller): a customer is in at most one of each ---- */

const Tefter__GroupRecord *group_get(struct tx *tx, uint32_t group);
/* The command's own, to change and save: the same message for all who ask in a command. */
Tefter__GroupRecord *group_shared(struct tx *tx, uint32_t group);
bool group_has(struct tx *tx, uint32_t group, uint32_t customer);
/* Groups that a list is of: customers who are in all of them, and `group` if it is given. */
struct group_filter {
    bool has_group;
    uint32_t group;
    const uint32_t *groups;
    size_t count;
};
#define GROUP_FILTER(query)                                                                        \
    (&(const struct group_filter){                                                                 \
        .has_group = (query)->has_group,                                                           \
        .group = (query)->group,                                                                   \
        .groups = (query)->groups,                                                                 \
        .count = (query)->n_groups,                                                                \
    })
#define GROUPS_FILTER(query)                                                                       \
    (&(const struct group_filter){.groups = (query)->groups, .count = (query)->n_groups})
/* Refuses NOT_FOUND group. */
Tefter__Refusal *group_filter_check(struct tx *tx, const struct group_filter *filter);
/* A record that was merged is in the groups of the customer it was merged into. */
bool group_filter_takes(struct tx *tx, const struct group_filter *filter, uint32_t record);
/* Of the row that finds it: how dimension and name fold, then both as they stand. */
struct key group_name_key(const char *dimension, const char *name);
/* The next member after this customer, 0 at the end. */
uint32_t group_next_member(struct tx *tx, uint32_t group, uint32_t after);

/* Of the terms themselves: amounts, dates, rates. NULL terms pass, and so do terms that say nothing
 * of a limit: others of the customer say it. `field` names the terms; fields are
 * "field.limit_minor" and so on. Refuses, in this order: limit_minor (FIELD_INVALID beside
 * unlimited; field_amount_or_zero); valid_from, valid_until (field_date), valid_until
 * DATE_TOO_EARLY (before valid_from); overdue_days (field_days); overdue_minor, document_max_minor
 * (field_amount_or_zero); unpaid_max (FIELD_INVALID with `most`); slip_weight (FIELD_INVALID with
 * `most`; RULES_TOO_OLD under rules before RULE_SLIPS_HAVE_A_WEIGHT); currency
 * (company_check_currency). */
Tefter__Refusal *terms_check(struct tx *tx, const char *field, const Tefter__LimitTerms *terms);

/* Terms that a command takes away: its field `clear`. */
struct terms_clear {
    const Tefter__TermField *fields;
    size_t count;
};
#define TERMS_CLEAR(command)                                                                       \
    (&(const struct terms_clear){.fields = (command)->clear, .count = (command)->n_clear})
/* Their numbers lie from 1, from 220 and from 404 on. */
#define TERM_BIT(field)                                                                            \
    (UINT32_C(1) << ((field) < 200 ? (field) : (field) < 400 ? (field)-200 : (field)-380))
enum {
    /* what every level may take away */
    TERM_BITS_OF_ALL = TERM_BIT(TEFTER__TERM_FIELD__TERM_POLICY) |
                       TERM_BIT(TEFTER__TERM_FIELD__TERM_OVERDUE) |
                       TERM_BIT(TEFTER__TERM_FIELD__TERM_DOCUMENT_MAX) |
                       TERM_BIT(TEFTER__TERM_FIELD__TERM_UNPAID_MAX) |
                       TERM_BIT(TEFTER__TERM_FIELD__TERM_SLIP_WEIGHT),
};
/* FIELD_INVALID clear: one that is not allowed here or said beside it, and any under rules before
 * RULE_UNSAID_TERMS_STAY. */
Tefter__Refusal *terms_check_clear(struct tx *tx, const struct terms_clear *clear,
                                   const Tefter__LimitTerms *said, uint32_t allowed);
bool terms_cleared(const struct terms_clear *clear, Tefter__TermField field);
void terms_clear(Tefter__LimitTerms *terms, const struct terms_clear *clear);
/* What was there (NULL: nothing) without what is cleared, and with what is said (NULL: nothing). */
Tefter__LimitTerms *terms_join(struct tx *tx, const Tefter__LimitTerms *before,
                               const Tefter__LimitTerms *said, const struct terms_clear *clear);
/* Without what the other terms say too. */
void terms_shadow(Tefter__LimitTerms *terms, const Tefter__LimitTerms *by);
bool terms_name_limit(const Tefter__LimitTerms *terms);
bool terms_say_nothing(const Tefter__LimitTerms *terms); /* days alone are nothing */

Tefter__Refusal *apply_add_group(struct tx *tx, const Tefter__AddGroup *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_change_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                    Tefter__Done *done);
Tefter__Refusal *view_groups(struct tx *tx, const Tefter__GroupList *query,
                             Tefter__GroupsAnswer *answer);

/* ---- customers: who they are, their groups, their lock ---- */

enum { CUSTOMER_MAX = (1 << 28) - 1 };

/* The command's own, to change and save: the same message for all who ask in a command. NULL: there
 * is none of that number. */
Tefter__CustomerRecord *customer_get(struct tx *tx, uint32_t customer);
/* A copy of the caller's own, of one who exists: for reading some of many. */
Tefter__CustomerRecord *customer_read(struct tx *tx, uint32_t customer);
/* By number or code as a command gives them (0 and NULL: absent). *ret_customer is NULL when both
 * are absent and `optional`. Refuses, all about field "customer": FIELD_MISSING, NOT_FOUND (also
 * when both are given and name different customers). */
Tefter__Refusal *customer_resolve(struct tx *tx, uint32_t customer, const char *code, bool optional,
                                  Tefter__CustomerRecord **ret_customer);
/* As customer_resolve, naming field, of the record itself: a code of one who was merged leads
 * customer_resolve on to whom they were merged into. */
Tefter__Refusal *customer_resolve_record(struct tx *tx, uint32_t customer, const char *code,
                                         const char *field, Tefter__CustomerRecord **ret_customer);
/* CUSTOMER_ERASED (since RULE_ERASED_ARE_GONE); CUSTOMER_MERGED with existing and existing_number:
 * whom they were merged into. What is recalled was done before. */
Tefter__Refusal *customer_check_stands(struct tx *tx, const Tefter__CustomerRecord *customer,
                                       const char *field);
/* The term of payment: own, else the first group's that has one, else the company's. */
uint32_t customer_term_days(struct tx *tx, const Tefter__CustomerRecord *customer);
/* After the decided line: a limit is set for them, or left to their groups and the company; what
 * they were opened with bounds it no longer. */
void customer_limit_set(struct tx *tx, Tefter__CustomerRecord *customer);
/* After the decided line: the figures of who pays and of all their sites are told anew. */
void customer_touch_family(struct tx *tx, uint32_t payer);
/* After the decided line: whatever names the person leaves the record, and is to be erased; they
 * are locked for ever. (erased.c) */
void customer_erase(struct tx *tx, Tefter__CustomerRecord *customer);
/* A customer who is to be opened. */
struct customer_opening {
    const Tefter__OpenCustomer *command;
    Tefter__CompanyRecord *company;
    Tefter__GroupRecord *groups[GROUPS_PER_CUSTOMER_MAX];
    Tefter__CustomerRecord *payer; /* NULL: they pay for themselves */
};
/* Refuses, in this order: code (field_code; FIELD_MISSING when source is given without it), name
 * (FIELD_MISSING when empty; field_text), phone (as name; with source it may be absent or empty),
 * area (FIELD_MISSING when absent; field_line; with source field_line_or_none), nickname, tax_code,
 * address (field_text), TOO_MANY groups, term_days (field_days), language (FIELD_INVALID), source
 * (field_line, CODE_MAX_BYTES), note (field_text); for each group in order: NOT_FOUND groups[i],
 * FIELD_INVALID groups[i] (a second one of its dimension); the right EDIT_GROUPS (for any group,
 * where there are price lists); MORE_THAN_YOU_MAY term_days (longer than
 * without it); TOO_MANY customer; ALREADY_EXISTS source (the same import: source and code),
 * ALREADY_EXISTS code, LOOKS_LIKE code; of a payer: RULES_TOO_OLD payer (rules before
 * RULE_PAYERS_FROM_THE_START), the right SET_LIMIT, NOT_FOUND payer, BOUND_TO_BRANCH payer, as
 * customer_check_payer does. */
Tefter__Refusal *customer_look_open(struct tx *tx, const Tefter__OpenCustomer *command,
                                    struct customer_opening *ret_opening);
/* After looking; passes the decided line. With a payer they are among that one's sites. */
Tefter__CustomerRecord *customer_open(struct tx *tx, const struct customer_opening *opening);
/* Who is to pay, by number (when `has`) or code; nobody, when neither. Refuses NOT_FOUND payer,
 * also when both are given and name different customers. */
Tefter__Refusal *customer_find_payer(struct tx *tx, bool has, uint32_t payer, const char *code,
                                     Tefter__CustomerRecord **ret_payer);
/* May this customer have that payer (NULL: none)? Refuses: FIELD_INVALID customer, payer (cash);
 * FIELD_INVALID payer (they themselves); NOTHING_TO_CHANGE; CUSTOMER_ERASED payer; PAYER_HAS_SITES
 * customer (they pay for others); PAYER_HAS_PAYER payer with payer_code; TOO_MANY payer (sites). */
Tefter__Refusal *customer_check_payer(struct tx *tx, const Tefter__CustomerRecord *customer,
                                      const Tefter__CustomerRecord *payer);
/* After the decided line: writes it and who loses and gets the site, logs and tells it. What they
 * were opened with bounds a site no longer: their payer's limit does. */
void customer_set_payer(struct tx *tx, Tefter__CustomerRecord *customer,
                        Tefter__CustomerRecord *payer, Tefter__Text *reason);
/* May who acts change what holds for them wherever they buy? Refuses BOUND_TO_BRANCH customer
 * (staff_check_home). */
Tefter__Refusal *customer_check_home(struct tx *tx, const Tefter__CustomerRecord *customer);
/* Are they locked on that business date? */
bool customer_locked(const Tefter__CustomerRecord *customer, uint32_t date);
/* The row terminals hold, the same for all: dates are looked at from the head office. Buyers that
 * are revoked or past their date are left out. */
Tefter__CustomerRow *customer_row(struct tx *tx, const Tefter__CustomerRecord *customer);
/* The next customer number that exists after this one, 0 at the end. */
uint32_t customer_next(struct tx *tx, uint32_t after);

Tefter__Refusal *apply_create_company(struct tx *tx, const Tefter__CreateCompany *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_change_customer(struct tx *tx, const Tefter__ChangeCustomer *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_lock_customer(struct tx *tx, const Tefter__LockCustomer *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_unlock_customer(struct tx *tx, const Tefter__UnlockCustomer *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_join_group(struct tx *tx, const Tefter__JoinGroup *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_leave_group(struct tx *tx, const Tefter__LeaveGroup *command,
                                   Tefter__Done *done);
/* Newest first. */
Tefter__Refusal *view_customer_changes(struct tx *tx, const Tefter__CustomerChanges *query,
                                       Tefter__CustomerChangesAnswer *answer);

/* ---- when they settle ---- */

/* Their own, their groups' (*ret_group then names it, else 0) or the company's; NULL: none. */
const Tefter__Cycle *customer_cycle(struct tx *tx, const Tefter__CustomerRecord *customer,
                                    uint32_t *ret_group);
struct settlement {
    uint32_t cycle_day; /* as the cycle has it */
    uint32_t day;       /* a working day, where it is moved to one */
    uint32_t made;      /* the business date on which its statement is made, of all before */
};
/* The first whose cycle day is after `after`; false: there is none. */
bool settlement_next(const Tefter__Cycle *cycle, const struct workdays *workdays, uint32_t after,
                     struct settlement *ret_settlement);
/* The branch that opened them, or the head office. */
uint32_t customer_home(const Tefter__CustomerRecord *customer);
/* On all business dates of that branch until then it was looked whether a statement is to be made,
 * by this cycle. After the decided line: so it was. */
uint32_t customer_settled_until(struct tx *tx, uint32_t customer, const Tefter__Cycle *cycle);
void customer_settled(struct tx *tx, uint32_t customer, uint32_t seen);
/* The last day that the statement before that one's told; DATE_NONE: there is none. */
uint32_t settlement_before(const Tefter__Cycle *cycle, const struct workdays *workdays,
                           uint32_t cycle_day);
Tefter__Refusal *apply_set_cycle(struct tx *tx, const Tefter__SetCycle *command,
                                 Tefter__Done *done);

/* ---- two records of one customer (merge.c; the accounts of it: credit/merge.c) ---- */

/* TOO_MANY buyers: those of both are more than one may have. */
Tefter__Refusal *customer_check_merge(struct tx *tx, const Tefter__CustomerRecord *from,
                                      const Tefter__CustomerRecord *into);
uint32_t customer_merge_buyers(struct tx *tx, const Tefter__CustomerRecord *from);
/* What it is when it is undone is noted before; `moved_minor` is as the account of `from` has it.
 */
Tefter__MergeRecord *customer_note_merge(struct tx *tx, const Tefter__CustomerRecord *from,
                                         const Tefter__CustomerRecord *into, int64_t moved_minor);
/* After the decided line, `into` paying for `from`: writes, logs and tells both. */
void customer_merge(struct tx *tx, Tefter__CustomerRecord *from, Tefter__CustomerRecord *into,
                    Tefter__MergeRecord *merge, Tefter__Text *reason);
/* ... before anything else is taken back. */
void customer_unmerge(struct tx *tx, Tefter__CustomerRecord *from, Tefter__Text *reason);

/* Whom they were merged into; else they themselves. */
uint32_t customer_leads_to(struct tx *tx, uint32_t customer);
/* The record and those that were merged into it, which are one customer to people: that one first,
 * then as they became its sites. Of one who was merged it is that record alone. */
const uint32_t *customer_records(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 size_t *ret_count);

/* ---- notes, and when somebody comes back to them ---- */

/* The first that somebody comes back to, on whichever record of theirs; NULL: none. */
const Tefter__AgainRecord *customer_again(struct tx *tx, const Tefter__CustomerRecord *customer);

Tefter__Refusal *apply_add_note(struct tx *tx, const Tefter__AddNote *command, Tefter__Done *done);
Tefter__Refusal *apply_change_note(struct tx *tx, const Tefter__ChangeNote *command,
                                   Tefter__Done *done);
Tefter__Refusal *view_notes(struct tx *tx, const Tefter__NoteList *query,
                            Tefter__NotesAnswer *answer);

/* At most so many, newest first; how many there are. */
size_t customer_newest_notes(struct tx *tx, uint32_t customer, const Tefter__NoteRecord **ret_notes,
                             size_t most);

/* Steps of the jobs that tell terminals the new figures of a group's members, of all. */
bool group_refresh_step(struct tx *tx, Tefter__JobRecord *job);
bool customer_refresh_step(struct tx *tx, Tefter__JobRecord *job);

/* ---- authorised buyers: who may take goods on a customer's account, until when, for how much ----
 */

/* May this buyer take goods for this amount on that date? NULL, or BUYER_NOT_AUTHORISED person
 * (unknown, revoked, past their date), BUYER_CAP_EXCEEDED person with over_by_minor and
 * available_minor (cap of a sale first, then of the day). Branches turn their days one by one: a
 * date before the one last spent on counts with it, so that no cap is had twice. replaces_minor: of
 * the amount, what they took before and this corrects; it counts no second time in the day.
 * buyer_spend notes it and saves the customer, after the decided line. */
Tefter__Refusal *buyer_check(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t buyer,
                             int64_t amount_minor, int64_t replaces_minor, uint32_t date);
/* Was the PIN typed that this buyer has? NULL (they have none, or it was: *ret_typed says which),
 * PIN_NEEDED buyer, PIN_WRONG buyer (it was right when it was typed, and was changed since). What
 * is recalled was asked then. */
Tefter__Refusal *buyer_check_pin(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 uint32_t buyer, bool *ret_typed);
/* NULL: they have none. */
const Tefter__BuyerPinRecord *buyer_pin_get(struct tx *tx, uint32_t customer, uint32_t buyer);
/* After the decided line: a sale of that date was reversed. */
void buyer_give_back(struct tx *tx, uint32_t customer, uint32_t buyer, int64_t amount_minor,
                     uint32_t date);
void buyer_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t buyer,
                 int64_t amount_minor, uint32_t date);
/* How many may buy on that date. */
uint32_t buyer_count(const Tefter__CustomerRecord *customer, uint32_t date);

Tefter__Refusal *apply_authorise_buyer(struct tx *tx, const Tefter__AuthoriseBuyer *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_revoke_buyer(struct tx *tx, const Tefter__RevokeBuyer *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_set_buyer_pin(struct tx *tx, const Tefter__SetBuyerPin *command,
                                     Tefter__Done *done);

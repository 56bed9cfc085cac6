/*
 * Persons who may buy on a customer's account. Life cycle: person.h.
 *
 * 1. At most PERSONS_PER_CUSTOMER_MAX persons of a customer are not revoked.
 * 2. A number of a person is not given twice. The oldest revoked ones leave the record when there
 *    are too many: their story stays.
 */
#include "domain/party/authorised_buyer.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/entity/field.h"
#include "domain/org/branch.h"
#include "domain/party/change_log.h"
#include "domain/party/customer_record.h"

enum { PERSONS_KEPT_MAX = 2 * PERSONS_PER_CUSTOMER_MAX };

/* ---- 2 rules ---- */

static bool person_may_buy(const Tefter__PersonRecord *person, uint32_t date)
{
    return !person->revoked && (!person->has_valid_until || date <= person->valid_until);
}

static Tefter__PersonRecord *person_find(const Tefter__CustomerRecord *customer, uint32_t number)
{
    for (size_t i = 0; i < customer->n_persons; i++)
        if (customer->persons[i]->person == number)
            return customer->persons[i];
    return NULL;
}

static size_t persons_not_revoked(const Tefter__CustomerRecord *customer)
{
    size_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++)
        count += !customer->persons[i]->revoked;
    return count;
}

/* What he has spent of the cap of that day; see the header for dates that lie before. */
static int64_t person_spent(const Tefter__PersonRecord *person, uint32_t date)
{
    return person->has_spent_date && date <= person->spent_date ? person->spent_minor : 0;
}

static Tefter__Refusal *check_cap(struct tx *tx, bool given, int64_t cap_minor, int64_t spent_minor,
                                  int64_t amount_minor)
{
    int64_t free_minor = cap_minor - spent_minor;
    if (!given || amount_minor <= free_minor)
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__PERSON_CAP_EXCEEDED, "person");
    FIELD_SET(refusal, over_by_minor, amount_minor - free_minor);
    FIELD_SET(refusal, available_minor, free_minor > 0 ? free_minor : 0);
    return refusal;
}

/* ---- 3 changes ---- */

static Tefter__Refusal *check_allow(struct tx *tx, const Tefter__AllowPerson *command)
{
    Tefter__Refusal *refusal = field_text_wanted(tx, "name", command->name);
    if (refusal == NULL)
        refusal = field_text(tx, "phone", command->phone);
    if (refusal == NULL)
        refusal = field_text(tx, "identity", command->identity);
    if (refusal == NULL && command->has_cap_sale_minor)
        refusal = field_amount(tx, "cap_sale_minor", command->cap_sale_minor);
    if (refusal == NULL && command->has_cap_day_minor)
        refusal = field_amount(tx, "cap_day_minor", command->cap_day_minor);
    if (refusal == NULL && command->has_valid_until)
        refusal = field_date(tx, "valid_until", command->valid_until);
    return refusal;
}

static Tefter__Refusal *look_allow(struct tx *tx, const Tefter__AllowPerson *command,
                                   Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal = check_allow(tx, command);
    if (refusal == NULL)
        refusal = customer_look(tx, command->customer, ret_customer);
    if (refusal == NULL && command->has_valid_until &&
        command->valid_until < branch_of_actor(tx)->date)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "valid_until");
    if (refusal == NULL && persons_not_revoked(*ret_customer) >= PERSONS_PER_CUSTOMER_MAX)
        refusal =
            refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "persons", PERSONS_PER_CUSTOMER_MAX);
    return refusal;
}

static Tefter__PersonRecord *person_of(struct tx *tx, const Tefter__AllowPerson *command,
                                       uint32_t number)
{
    Tefter__PersonRecord *person = tx_new(tx, &tefter__person_record__descriptor);
    person->person = number;
    person->name = command->name;
    field_move_text(&person->phone, command->phone);
    field_move_text(&person->identity, command->identity);
    field_move_i64(command->has_cap_sale_minor, command->cap_sale_minor,
                   &person->has_cap_sale_minor, &person->cap_sale_minor);
    field_move_i64(command->has_cap_day_minor, command->cap_day_minor, &person->has_cap_day_minor,
                   &person->cap_day_minor);
    field_move_u32(command->has_valid_until, command->valid_until, &person->has_valid_until,
                   &person->valid_until);
    return person;
}

/* At the end; the oldest revoked one goes when the record is full of them. */
static void add_person(struct tx *tx, Tefter__CustomerRecord *customer,
                       Tefter__PersonRecord *person)
{
    Tefter__PersonRecord **persons = tx_take(tx, (customer->n_persons + 1) * sizeof *persons);
    bool drop = customer->n_persons >= PERSONS_KEPT_MAX;
    size_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++) {
        if (drop && customer->persons[i]->revoked)
            drop = false;
        else
            persons[count++] = customer->persons[i];
    }
    persons[count++] = person;
    customer->persons = persons;
    customer->n_persons = count;
}

static void story_person(struct tx *tx, Tefter__ChangeRecord *story,
                         const Tefter__PersonRecord *person)
{
    const char *head = tx_format(tx, "person.%u", person->person);
    story_text(tx, story, head, NULL, person->name);
    if (person->phone != NULL)
        story_text(tx, story, tx_format(tx, "%s.phone", head), NULL, person->phone);
    if (person->identity != NULL)
        story_text(tx, story, tx_format(tx, "%s.identity", head), NULL, person->identity);
    if (person->has_cap_sale_minor)
        story_value(tx, story, tx_format(tx, "%s.cap_sale_minor", head), NULL,
                    story_number(tx, true, person->cap_sale_minor));
    if (person->has_cap_day_minor)
        story_value(tx, story, tx_format(tx, "%s.cap_day_minor", head), NULL,
                    story_number(tx, true, person->cap_day_minor));
    if (person->has_valid_until)
        story_value(tx, story, tx_format(tx, "%s.valid_until", head), NULL,
                    story_date(tx, true, person->valid_until));
}

static void person_changed(struct tx *tx, Tefter__CustomerRecord *customer,
                           const Tefter__ChangeRecord *story, uint32_t person, Tefter__Done *done)
{
    story_end(tx, customer, story);
    customer_tell(tx, TEFTER__EVENT_KIND__PERSON_CHANGED, customer->customer, person);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
    FIELD_SET(done, id, person);
}

/* Refuses, in this order: name (FIELD_MISSING when empty; field_text), phone, identity
 * (field_text), cap_sale_minor, cap_day_minor (field_amount), valid_until (field_date); NOT_FOUND
 * customer, FIELD_INVALID customer (cash); DATE_INVALID valid_until (before the business date of
 * the actor's branch); TOO_MANY persons (not revoked). */
Tefter__Refusal *apply_allow_person(struct tx *tx, const Tefter__AllowPerson *command,
                                    Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = look_allow(tx, command, &customer);
    if (refusal != NULL)
        return refusal;
    Tefter__PersonRecord *person = person_of(tx, command, customer->next_person++);
    Tefter__ChangeRecord *story = story_begin(tx);
    story_person(tx, story, person);
    add_person(tx, customer, person);

    tx_decided(tx);
    person_changed(tx, customer, story, person->person, done);
    return NULL;
}

/* Refuses, in this order: NOT_FOUND customer, FIELD_INVALID customer (cash); NOT_FOUND person;
 * NOTHING_TO_CHANGE (revoked already). */
Tefter__Refusal *apply_revoke_person(struct tx *tx, const Tefter__RevokePerson *command,
                                     Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = customer_look(tx, command->customer, &customer);
    if (refusal != NULL)
        return refusal;
    Tefter__PersonRecord *person = person_find(customer, command->person);
    if (person == NULL)
        return refuse_not_found(tx, "person");
    if (person->revoked)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    Tefter__ChangeRecord *story = story_begin(tx);
    story_text(tx, story, tx_format(tx, "person.%u", person->person), person->name, NULL);

    tx_decided(tx);
    person->revoked = true;
    person_changed(tx, customer, story, person->person, done);
    return NULL;
}

/* ---- 4 services ---- */

Tefter__Refusal *person_check(struct tx *tx, const Tefter__CustomerRecord *customer,
                              uint32_t person, int64_t amount_minor, uint32_t date)
{
    const Tefter__PersonRecord *found = person_find(customer, person);
    if (found == NULL || !person_may_buy(found, date))
        return refuse(tx, TEFTER__REFUSAL_CODE__PERSON_NOT_ALLOWED, "person");
    Tefter__Refusal *refusal =
        check_cap(tx, found->has_cap_sale_minor, found->cap_sale_minor, 0, amount_minor);
    if (refusal == NULL)
        refusal = check_cap(tx, found->has_cap_day_minor, found->cap_day_minor,
                            person_spent(found, date), amount_minor);
    return refusal;
}

void person_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t person,
                  int64_t amount_minor, uint32_t date)
{
    Tefter__PersonRecord *found = person_find(customer, person);
    if (found == NULL)
        return;
    int64_t spent = person_spent(found, date) + amount_minor;
    if (!found->has_spent_date || date > found->spent_date)
        FIELD_SET(found, spent_date, date);
    FIELD_SET(found, spent_minor, spent < MONEY_MAX ? spent : MONEY_MAX);
    customer_save(tx, customer);
}

uint32_t person_count(const Tefter__CustomerRecord *customer, uint32_t date)
{
    uint32_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++)
        count += person_may_buy(customer->persons[i], date);
    return count;
}

/* ---- 5 views ---- */

static Tefter__PersonRow *person_row(struct tx *tx, const Tefter__PersonRecord *person)
{
    Tefter__PersonRow *row = tx_new(tx, &tefter__person_row__descriptor);
    row->person = person->person;
    row->name = person->name;
    row->phone = person->phone;
    row->has_cap_sale_minor = person->has_cap_sale_minor;
    row->cap_sale_minor = person->cap_sale_minor;
    row->has_cap_day_minor = person->has_cap_day_minor;
    row->cap_day_minor = person->cap_day_minor;
    row->has_valid_until = person->has_valid_until;
    row->valid_until = person->valid_until;
    return row;
}

void person_rows(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date,
                 Tefter__CustomerRow *row)
{
    if (customer->n_persons == 0)
        return;
    row->persons = tx_take(tx, customer->n_persons * sizeof *row->persons);
    for (size_t i = 0; i < customer->n_persons; i++)
        if (person_may_buy(customer->persons[i], date))
            row->persons[row->n_persons++] = person_row(tx, customer->persons[i]);
}

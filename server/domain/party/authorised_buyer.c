/*
 * Authorised buyers of a customer. They are in the customer's record, numbered from 1 within it.
 *
 *   allowed ──RevokePerson──▶ revoked
 *      └──── `valid_until` passed ──▶ may not buy, but counts as not revoked
 *
 * 1. At most PERSONS_PER_CUSTOMER_MAX of a customer are not revoked.
 * 2. A number is not given twice. The oldest revoked ones leave the record when there are too many:
 *    the change log keeps them.
 * 3. Caps are in minor units, of one sale and of one business date; without one there is no bound.
 */
#include "domain/party/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"

enum { BUYERS_KEPT_MAX = 2 * PERSONS_PER_CUSTOMER_MAX };

/* ---- rules ---- */

static bool may_buy(const Tefter__PersonRecord *buyer, uint32_t date)
{
    return !buyer->revoked && (!buyer->has_valid_until || date <= buyer->valid_until);
}

static Tefter__PersonRecord *buyer_find(const Tefter__CustomerRecord *customer, uint32_t number)
{
    for (size_t i = 0; i < customer->n_persons; i++)
        if (customer->persons[i]->person == number)
            return customer->persons[i];
    return NULL;
}

static size_t not_revoked(const Tefter__CustomerRecord *customer)
{
    size_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++)
        count += !customer->persons[i]->revoked;
    return count;
}

/* What they have spent of the cap of that day; see the header for dates that lie before. */
static int64_t spent_of(const Tefter__PersonRecord *buyer, uint32_t date)
{
    return buyer->has_spent_date && date <= buyer->spent_date ? buyer->spent_minor : 0;
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

/* ---- changes ---- */

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
    if (refusal == NULL && not_revoked(*ret_customer) >= PERSONS_PER_CUSTOMER_MAX)
        refusal =
            refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "persons", PERSONS_PER_CUSTOMER_MAX);
    return refusal;
}

static Tefter__PersonRecord *buyer_of(struct tx *tx, const Tefter__AllowPerson *command,
                                      uint32_t number)
{
    Tefter__PersonRecord *buyer = tx_new(tx, &tefter__person_record__descriptor);
    buyer->person = number;
    buyer->name = command->name;
    field_move_text(&buyer->phone, command->phone);
    field_move_text(&buyer->identity, command->identity);
    field_move_i64(command->has_cap_sale_minor, command->cap_sale_minor, &buyer->has_cap_sale_minor,
                   &buyer->cap_sale_minor);
    field_move_i64(command->has_cap_day_minor, command->cap_day_minor, &buyer->has_cap_day_minor,
                   &buyer->cap_day_minor);
    field_move_u32(command->has_valid_until, command->valid_until, &buyer->has_valid_until,
                   &buyer->valid_until);
    return buyer;
}

/* At the end; the oldest revoked one goes when the record is full of them. */
static void add_buyer(struct tx *tx, Tefter__CustomerRecord *customer, Tefter__PersonRecord *buyer)
{
    Tefter__PersonRecord **persons = tx_take(tx, (customer->n_persons + 1) * sizeof *persons);
    bool drop = customer->n_persons >= BUYERS_KEPT_MAX;
    size_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++) {
        if (drop && customer->persons[i]->revoked)
            drop = false;
        else
            persons[count++] = customer->persons[i];
    }
    persons[count++] = buyer;
    customer->persons = persons;
    customer->n_persons = count;
}

static void log_buyer(struct tx *tx, Tefter__ChangeRecord *entry, const Tefter__PersonRecord *buyer)
{
    const char *head = tx_format(tx, "person.%u", buyer->person);
    change_log_text(tx, entry, head, NULL, buyer->name);
    if (buyer->phone != NULL)
        change_log_text(tx, entry, tx_format(tx, "%s.phone", head), NULL, buyer->phone);
    if (buyer->identity != NULL)
        change_log_text(tx, entry, tx_format(tx, "%s.identity", head), NULL, buyer->identity);
    if (buyer->has_cap_sale_minor)
        change_log_value(tx, entry, tx_format(tx, "%s.cap_sale_minor", head), NULL,
                         change_log_number(tx, true, buyer->cap_sale_minor));
    if (buyer->has_cap_day_minor)
        change_log_value(tx, entry, tx_format(tx, "%s.cap_day_minor", head), NULL,
                         change_log_number(tx, true, buyer->cap_day_minor));
    if (buyer->has_valid_until)
        change_log_value(tx, entry, tx_format(tx, "%s.valid_until", head), NULL,
                         change_log_date(tx, true, buyer->valid_until));
}

static void buyer_changed(struct tx *tx, Tefter__CustomerRecord *customer,
                          const Tefter__ChangeRecord *entry, uint32_t buyer, Tefter__Done *done)
{
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__PERSON_CHANGED, customer->customer, buyer);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
    FIELD_SET(done, id, buyer);
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
    Tefter__PersonRecord *buyer = buyer_of(tx, command, customer->next_person++);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    log_buyer(tx, entry, buyer);
    add_buyer(tx, customer, buyer);

    tx_decided(tx);
    buyer_changed(tx, customer, entry, buyer->person, done);
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
    Tefter__PersonRecord *buyer = buyer_find(customer, command->person);
    if (buyer == NULL)
        return refuse_not_found(tx, "person");
    if (buyer->revoked)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_text(tx, entry, tx_format(tx, "person.%u", buyer->person), buyer->name, NULL);

    tx_decided(tx);
    buyer->revoked = true;
    buyer_changed(tx, customer, entry, buyer->person, done);
    return NULL;
}

/* ---- services ---- */

Tefter__Refusal *buyer_check(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t buyer,
                             int64_t amount_minor, uint32_t date)
{
    const Tefter__PersonRecord *found = buyer_find(customer, buyer);
    if (found == NULL || !may_buy(found, date))
        return refuse(tx, TEFTER__REFUSAL_CODE__PERSON_NOT_ALLOWED, "person");
    Tefter__Refusal *refusal =
        check_cap(tx, found->has_cap_sale_minor, found->cap_sale_minor, 0, amount_minor);
    if (refusal == NULL)
        refusal = check_cap(tx, found->has_cap_day_minor, found->cap_day_minor,
                            spent_of(found, date), amount_minor);
    return refusal;
}

void buyer_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t buyer,
                 int64_t amount_minor, uint32_t date)
{
    Tefter__PersonRecord *found = buyer_find(customer, buyer);
    if (found == NULL)
        return;
    int64_t spent = spent_of(found, date) + amount_minor;
    if (!found->has_spent_date || date > found->spent_date)
        FIELD_SET(found, spent_date, date);
    FIELD_SET(found, spent_minor, spent < MONEY_MAX ? spent : MONEY_MAX);
    customer_save(tx, customer);
}

uint32_t buyer_count(const Tefter__CustomerRecord *customer, uint32_t date)
{
    uint32_t count = 0;
    for (size_t i = 0; i < customer->n_persons; i++)
        count += may_buy(customer->persons[i], date);
    return count;
}

/* ---- views ---- */

static Tefter__PersonRow *row_of(struct tx *tx, const Tefter__PersonRecord *buyer)
{
    Tefter__PersonRow *row = tx_new(tx, &tefter__person_row__descriptor);
    row->person = buyer->person;
    row->name = buyer->name;
    row->phone = buyer->phone;
    FIELD_COPY(row, cap_sale_minor, buyer);
    FIELD_COPY(row, cap_day_minor, buyer);
    FIELD_COPY(row, valid_until, buyer);
    return row;
}

void buyer_rows(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date,
                Tefter__CustomerRow *row)
{
    if (customer->n_persons == 0)
        return;
    row->persons = tx_take(tx, customer->n_persons * sizeof *row->persons);
    for (size_t i = 0; i < customer->n_persons; i++)
        if (may_buy(customer->persons[i], date))
            row->persons[row->n_persons++] = row_of(tx, customer->persons[i]);
}

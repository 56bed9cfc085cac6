/*
 * Authorised buyers of a customer. They are in the customer's record, numbered from 1 within it.
 *
 *   allowed ──RevokeBuyer──▶ revoked
 *      └──── `valid_until` passed ──▶ may not buy, but counts as not revoked
 *
 * 1. At most BUYERS_PER_CUSTOMER_MAX of a customer are not revoked.
 * 2. A number is not given twice. The oldest revoked ones leave the record when there are too many:
 *    the change log keeps them.
 * 3. Caps are in minor units, of one sale and of one business date; without one there is no bound.
 * 4. A PIN is named by the seq of the command that set it. Whoever typed it was asked before the
 *    journal, which holds that name alone: a PIN that was changed or taken away since counts at no
 *    till. What it is verified against has a row of its own, which no terminal sees.
 */
#include "domain/party/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"

enum { BUYERS_KEPT_MAX = 2 * BUYERS_PER_CUSTOMER_MAX };

/* ---- rules ---- */

static bool may_buy(const Tefter__BuyerRecord *buyer, uint32_t date)
{
    return !buyer->revoked && (!buyer->has_valid_until || date <= buyer->valid_until);
}

static Tefter__BuyerRecord *buyer_find(const Tefter__CustomerRecord *customer, uint32_t number)
{
    for (size_t i = 0; i < customer->n_buyers; i++)
        if (customer->buyers[i]->buyer == number)
            return customer->buyers[i];
    return NULL;
}

static size_t not_revoked(const Tefter__CustomerRecord *customer)
{
    size_t count = 0;
    for (size_t i = 0; i < customer->n_buyers; i++)
        count += !customer->buyers[i]->revoked;
    return count;
}

/* What they have spent of the cap of that day; see the header for dates that lie before. */
static int64_t spent_of(const Tefter__BuyerRecord *buyer, uint32_t date)
{
    return buyer->has_spent_date && date <= buyer->spent_date ? buyer->spent_minor : 0;
}

static Tefter__Refusal *check_cap(struct tx *tx, bool given, int64_t cap_minor, int64_t spent_minor,
                                  int64_t amount_minor)
{
    int64_t available_minor = cap_minor - spent_minor;
    if (!given || amount_minor <= available_minor)
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__BUYER_CAP_EXCEEDED, "buyer");
    FIELD_SET(refusal, over_by_minor, amount_minor - available_minor);
    FIELD_SET(refusal, available_minor, available_minor > 0 ? available_minor : 0);
    return refusal;
}

static struct key key_pin(uint32_t customer, uint32_t buyer)
{
    struct key key = key_customer(customer, TABLE_BUYER_PIN);
    key_u32(&key, buyer);
    return key;
}

/* ---- changes ---- */

static Tefter__Refusal *check_allow(struct tx *tx, const Tefter__AuthoriseBuyer *command)
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

static Tefter__Refusal *look_allow(struct tx *tx, const Tefter__AuthoriseBuyer *command,
                                   Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal = check_allow(tx, command);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, ret_customer);
    uint32_t today = branch_of_actor(tx)->date;
    if (refusal == NULL && command->has_valid_until && command->valid_until < today)
        refusal = refuse_early(tx, "valid_until", today);
    if (refusal == NULL && not_revoked(*ret_customer) >= BUYERS_PER_CUSTOMER_MAX)
        refusal =
            refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "buyers", BUYERS_PER_CUSTOMER_MAX);
    return refusal;
}

static Tefter__BuyerRecord *buyer_of(struct tx *tx, const Tefter__AuthoriseBuyer *command,
                                     uint32_t number)
{
    Tefter__BuyerRecord *buyer = tx_new(tx, &tefter__buyer_record__descriptor);
    buyer->buyer = number;
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

/* Each restore begins at numbers of its own: terminals may bring back those before. */
static uint32_t take_number(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t about)
{
    enum { NUMBERS_EACH = 100000 };
    uint32_t first = company_get(tx)->recoveries * NUMBERS_EACH + 1;
    uint32_t next = customer->next_buyer > first ? customer->next_buyer : first;
    uint32_t number = (uint32_t)tx_settle(tx, SETTLED_BUYER, about, next);
    if (number >= customer->next_buyer)
        customer->next_buyer = number + 1;
    return number;
}

/* At the end; the oldest revoked one goes when the record is full of them. */
static void add_buyer(struct tx *tx, Tefter__CustomerRecord *customer, Tefter__BuyerRecord *buyer)
{
    Tefter__BuyerRecord **persons = tx_take(tx, (customer->n_buyers + 1) * sizeof *persons);
    bool drop = customer->n_buyers >= BUYERS_KEPT_MAX;
    size_t count = 0;
    for (size_t i = 0; i < customer->n_buyers; i++) {
        if (drop && customer->buyers[i]->revoked)
            drop = false;
        else
            persons[count++] = customer->buyers[i];
    }
    persons[count++] = buyer;
    customer->buyers = persons;
    customer->n_buyers = count;
}

static void log_buyer(struct tx *tx, Tefter__ChangeRecord *entry, const Tefter__BuyerRecord *buyer)
{
    const char *head = tx_format(tx, "person.%u", buyer->buyer);
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
    customer_emit(tx, TEFTER__EVENT_KIND__BUYER_CHANGED, customer->customer, buyer);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
    FIELD_SET(done, id, buyer);
}

/* Refuses, in this order: name (FIELD_MISSING when empty; field_text), phone, identity
 * (field_text), cap_sale_minor, cap_day_minor (field_amount), valid_until (field_date); NOT_FOUND
 * customer, FIELD_INVALID customer (cash); DATE_TOO_EARLY valid_until (before the business date of
 * the actor's branch); TOO_MANY persons (not revoked). */
Tefter__Refusal *apply_authorise_buyer(struct tx *tx, const Tefter__AuthoriseBuyer *command,
                                       Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = look_allow(tx, command, &customer);
    if (refusal != NULL)
        return refusal;
    uint32_t number = take_number(tx, customer, 0);
    if (buyer_find(customer, number) != NULL)
        return refuse_existing(tx, "buyer", number);
    Tefter__BuyerRecord *buyer = buyer_of(tx, command, number);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    log_buyer(tx, entry, buyer);
    add_buyer(tx, customer, buyer);

    tx_decided(tx);
    buyer_changed(tx, customer, entry, buyer->buyer, done);
    return NULL;
}

static void forget_pin(struct tx *tx, uint32_t customer, Tefter__BuyerRecord *buyer)
{
    struct key key = key_pin(customer, buyer->buyer);
    if (buyer->has_pin)
        tx_delete(tx, &key);
    buyer->has_pin = false;
    buyer->pin = 0;
}

/* Refuses, in this order: NOT_FOUND customer, FIELD_INVALID customer (cash); NOT_FOUND person;
 * NOTHING_TO_CHANGE (revoked already). */
Tefter__Refusal *apply_revoke_buyer(struct tx *tx, const Tefter__RevokeBuyer *command,
                                    Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = customer_cached(tx, command->customer, &customer);
    if (refusal != NULL)
        return refusal;
    Tefter__BuyerRecord *buyer = buyer_find(customer, command->buyer);
    if (buyer == NULL)
        return refuse_not_found(tx, "buyer");
    if (buyer->revoked)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_text(tx, entry, tx_format(tx, "person.%u", buyer->buyer), buyer->name, NULL);

    tx_decided(tx);
    buyer->revoked = true;
    forget_pin(tx, customer->customer, buyer);
    buyer_changed(tx, customer, entry, buyer->buyer, done);
    return NULL;
}

static Tefter__Refusal *look_pin(struct tx *tx, const Tefter__SetBuyerPin *command,
                                 Tefter__CustomerRecord **ret_customer,
                                 Tefter__BuyerRecord **ret_buyer)
{
    Tefter__Refusal *refusal = NULL;
    if (!tx_rule(tx, RULE_BUYER_PINS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_buyer_pin");
    if (command->has_pin_hash)
        refusal = field_bytes(tx, "pin_hash", command->pin_hash, SECRET_HASH_MAX);
    if (refusal == NULL)
        refusal = customer_cached(tx, command->customer, ret_customer);
    if (refusal != NULL)
        return refusal;
    *ret_buyer = buyer_find(*ret_customer, command->buyer);
    if (*ret_buyer == NULL || (*ret_buyer)->revoked)
        return refuse_not_found(tx, "buyer");
    return command->has_pin_hash || (*ret_buyer)->has_pin
               ? NULL
               : refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
}

static void keep_pin(struct tx *tx, uint32_t customer, Tefter__BuyerRecord *buyer,
                     ProtobufCBinaryData hash)
{
    struct key key = key_pin(customer, buyer->buyer);
    Tefter__BuyerPinRecord record = TEFTER__BUYER_PIN_RECORD__INIT;
    FIELD_SET(buyer, pin, tx_seq(tx));
    record.pin_hash = hash;
    record.pin = buyer->pin;
    tx_put(tx, &key, &record.base);
}

/* Refuses, in this order: RULES_TOO_OLD set_buyer_pin (rules before RULE_BUYER_PINS), pin_hash
 * (field_bytes, 256); NOT_FOUND customer, FIELD_INVALID customer (cash); NOT_FOUND buyer (revoked
 * ones too); NOTHING_TO_CHANGE (none is given, and they have none). */
Tefter__Refusal *apply_set_buyer_pin(struct tx *tx, const Tefter__SetBuyerPin *command,
                                     Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__BuyerRecord *buyer = NULL;
    Tefter__Refusal *refusal = look_pin(tx, command, &customer, &buyer);
    if (refusal != NULL)
        return refusal;
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_value(tx, entry, tx_format(tx, "person.%u.pin", buyer->buyer),
                     buyer->has_pin ? "set" : NULL, command->has_pin_hash ? "set" : NULL);

    tx_decided(tx);
    if (command->has_pin_hash)
        keep_pin(tx, customer->customer, buyer, command->pin_hash);
    else
        forget_pin(tx, customer->customer, buyer);
    buyer_changed(tx, customer, entry, buyer->buyer, done);
    return NULL;
}

/* ---- services ---- */

Tefter__Refusal *buyer_check(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t buyer,
                             int64_t amount_minor, int64_t replaces_minor, uint32_t date)
{
    const Tefter__BuyerRecord *found = buyer_find(customer, buyer);
    if (tx_recalled(tx))
        return NULL;
    if (found == NULL || !may_buy(found, date))
        return refuse(tx, TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED, "buyer");
    Tefter__Refusal *of_sale =
        check_cap(tx, found->has_cap_sale_minor, found->cap_sale_minor, 0, amount_minor);
    Tefter__Refusal *of_day = check_cap(tx, found->has_cap_day_minor, found->cap_day_minor,
                                        spent_of(found, date), amount_minor - replaces_minor);
    bool day_leaves_less =
        of_sale == NULL || (of_day != NULL && of_day->available_minor < of_sale->available_minor);
    return day_leaves_less ? of_day : of_sale;
}

Tefter__Refusal *buyer_check_pin(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 uint32_t buyer, bool *ret_typed)
{
    const Tefter__BuyerRecord *found = buyer_find(customer, buyer);
    bool wanted = found != NULL && found->has_pin;
    uint64_t typed = tx_buyer_pin(tx);
    *ret_typed = tx_recalled(tx) ? tx_was_settled(tx, SETTLED_BUYER_PIN, 0) != NULL
                                 : wanted && typed == found->pin;
    if (tx_recalled(tx) || !wanted)
        return NULL;
    if (!*ret_typed)
        return refuse(
            tx, typed == 0 ? TEFTER__REFUSAL_CODE__PIN_NEEDED : TEFTER__REFUSAL_CODE__PIN_WRONG,
            "buyer");
    (void)tx_settle(tx, SETTLED_BUYER_PIN, 0, typed);
    return NULL;
}

const Tefter__BuyerPinRecord *buyer_pin_get(struct tx *tx, uint32_t customer, uint32_t buyer)
{
    struct key key = key_pin(customer, buyer);
    return tx_get(tx, &key, &tefter__buyer_pin_record__descriptor);
}

void buyer_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t buyer,
                 int64_t amount_minor, uint32_t date)
{
    Tefter__BuyerRecord *found = buyer_find(customer, buyer);
    if (found == NULL)
        return;
    int64_t spent = spent_of(found, date) + amount_minor;
    if (!found->has_spent_date || date > found->spent_date)
        FIELD_SET(found, spent_date, date);
    FIELD_SET(found, spent_minor, spent < MONEY_MAX ? spent : MONEY_MAX);
    customer_save(tx, customer);
}

void buyer_give_back(struct tx *tx, uint32_t customer, uint32_t buyer, int64_t amount_minor,
                     uint32_t date)
{
    Tefter__CustomerRecord *record = NULL;
    if (customer_there(tx, customer, &record) != NULL)
        return;
    Tefter__BuyerRecord *found = buyer_find(record, buyer);
    if (found == NULL || !found->has_spent_date || found->spent_date != date)
        return;
    found->spent_minor -= amount_minor < found->spent_minor ? amount_minor : found->spent_minor;
    customer_save(tx, record);
}

uint32_t buyer_count(const Tefter__CustomerRecord *customer, uint32_t date)
{
    uint32_t count = 0;
    for (size_t i = 0; i < customer->n_buyers; i++)
        count += may_buy(customer->buyers[i], date);
    return count;
}

bool buyers_fit(const Tefter__CustomerRecord *from, const Tefter__CustomerRecord *into,
                uint32_t date)
{
    return not_revoked(into) + buyer_count(from, date) <= BUYERS_PER_CUSTOMER_MAX;
}

static Tefter__BuyerRecord *taken_over(struct tx *tx, uint32_t from,
                                       const Tefter__BuyerRecord *buyer, uint32_t into,
                                       uint32_t number)
{
    Tefter__BuyerRecord *copy = tx_copy(tx, &buyer->base);
    copy->buyer = number;
    if (!buyer->has_pin)
        return copy;
    struct key there = key_pin(into, number);
    tx_put(tx, &there, &buyer_pin_get(tx, from, buyer->buyer)->base);
    return copy;
}

void buyers_take_over(struct tx *tx, const Tefter__CustomerRecord *from,
                      Tefter__CustomerRecord *into, uint32_t date, Tefter__ChangeRecord *entry,
                      Tefter__MergeRecord *merge)
{
    merge->buyers = tx_take(tx, (from->n_buyers + 1) * sizeof(*merge->buyers));
    for (size_t i = 0; i < from->n_buyers; i++) {
        if (!may_buy(from->buyers[i], date))
            continue;
        uint32_t number = take_number(tx, into, (uint32_t)merge->n_buyers);
        Tefter__BuyerRecord *buyer =
            taken_over(tx, from->customer, from->buyers[i], into->customer, number);
        add_buyer(tx, into, buyer);
        change_log_text(tx, entry, tx_format(tx, "person.%u", number), NULL, buyer->name);
        merge->buyers[merge->n_buyers++] = number;
    }
}

/* Whoever was revoked meanwhile stays so. */
void buyers_give_back(struct tx *tx, Tefter__CustomerRecord *into, const Tefter__MergeRecord *merge,
                      Tefter__ChangeRecord *entry)
{
    for (size_t i = 0; i < merge->n_buyers; i++) {
        Tefter__BuyerRecord *buyer = buyer_find(into, merge->buyers[i]);
        if (buyer == NULL || buyer->revoked)
            continue;
        change_log_text(tx, entry, tx_format(tx, "person.%u", buyer->buyer), buyer->name, NULL);
        buyer->revoked = true;
        forget_pin(tx, into->customer, buyer);
    }
}

/* ---- views ---- */

static Tefter__BuyerRow *row_of(struct tx *tx, const Tefter__BuyerRecord *buyer)
{
    Tefter__BuyerRow *row = tx_new(tx, &tefter__buyer_row__descriptor);
    row->buyer = buyer->buyer;
    row->name = buyer->name;
    row->phone = buyer->phone;
    FIELD_COPY(row, cap_sale_minor, buyer);
    FIELD_COPY(row, cap_day_minor, buyer);
    FIELD_COPY(row, valid_until, buyer);
    FIELD_SET_IF(row, with_pin, buyer->has_pin, true);
    return row;
}

void buyer_rows(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date,
                Tefter__CustomerRow *row)
{
    if (customer->n_buyers == 0)
        return;
    row->buyers = tx_take(tx, customer->n_buyers * sizeof *row->buyers);
    for (size_t i = 0; i < customer->n_buyers; i++)
        if (may_buy(customer->buyers[i], date))
            row->buyers[row->n_buyers++] = row_of(tx, customer->buyers[i]);
}

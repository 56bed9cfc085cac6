/*
 * A customer's account: what they owe as open items, and the sums the credit decision reads.
 *
 * An item is what of a document is still open: a debit (a bill) or a credit (money, a credit note).
 *
 *   open ──matched in part──▶ open ──matched whole──▶ closed ──unmatched──▶ open
 *     └────────────── its document reversed ───────────▶ closed, reversed
 *
 * Invariants:
 *   1  bills      = sum of open debits
 *   2  unmatched  = sum of open credits that are final
 *   3  waiting    = sum of open credits that are not final (a slip awaiting confirmation)
 *   4  uncleared  = sum of the matched part of credits that are not final
 *   5  balance    = bills - unmatched - waiting  = sum of their documents
 *   6  exposure   = bills + uncleared - unmatched: money that is not final frees nothing, matched
 *                   or not
 *   7  each match stands in both items with the same amount, and 0 <= open <= amount
 */
#include "domain/receivables/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"

#define BALANCE_MAX (INT64_MAX / 4)

/* ---- records ---- */

uint64_t document_id(uint32_t customer, uint32_t date, uint32_t ordinal)
{
    return (uint64_t)customer << 36 | (uint64_t)date << 20 | ordinal;
}

uint32_t document_customer(uint64_t document)
{
    return (uint32_t)(document >> 36);
}

uint32_t document_date(uint64_t document)
{
    return (uint32_t)(document >> 20) & 0xffff;
}

struct key document_key(uint64_t document)
{
    struct key key = key_customer(document_customer(document), TABLE_DOCUMENT);
    key_u64(&key, document);
    return key;
}

bool document_exists(struct tx *tx, uint64_t document)
{
    struct key key = document_key(document);
    return tx_has(tx, &key);
}

static struct key account_key(uint32_t customer)
{
    return key_customer(customer, TABLE_ACCOUNT);
}

static struct key open_key(uint32_t customer, bool debit, uint32_t day, uint64_t document)
{
    struct key key = key_customer(customer, debit ? TABLE_OPEN_DEBIT : TABLE_OPEN_CREDIT);
    key_u32(&key, day);
    key_u64(&key, document);
    return key;
}

static struct key closed_key(uint64_t document)
{
    struct key key = key_customer(document_customer(document), TABLE_CLOSED_ITEM);
    key_u64(&key, document);
    return key;
}

static struct key unmatched_key(const Tefter__ItemRecord *record)
{
    struct key key = key_book(TABLE_UNMATCHED);
    key_u64(&key, record->seq);
    key_u64(&key, record->document);
    return key;
}

/* Where a record belongs as it is. */
static struct key item_key(const Tefter__ItemRecord *record)
{
    if (record->open_minor == 0)
        return closed_key(record->document);
    uint32_t day = record->debit ? record->due : document_date(record->document);
    return open_key(document_customer(record->document), record->debit, day, record->document);
}

static bool key_same(const struct key *a, const struct key *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static Tefter__AccountRecord *account_load(struct tx *tx, uint32_t customer)
{
    struct key key = account_key(customer);
    Tefter__AccountRecord *record = tx_get(tx, &key, &tefter__account_record__descriptor);
    return record != NULL ? record : tx_new(tx, &tefter__account_record__descriptor);
}

static void item_save(struct tx *tx, struct item *item)
{
    struct key key = item_key(item->record);
    bool moved = !item->fresh && !key_same(&key, &item->home);
    if (moved)
        tx_delete(tx, &item->home);
    tx_put(tx, &key, &item->record->base);
    if (item->record->debit)
        return;
    bool was_open = !item->fresh && item->home.bytes[4] == TABLE_OPEN_CREDIT;
    bool is_open = key.bytes[4] == TABLE_OPEN_CREDIT;
    struct key unmatched = unmatched_key(item->record);
    if (is_open && !was_open)
        tx_put_u64(tx, &unmatched, item->record->document);
    else if (was_open && !is_open)
        tx_delete(tx, &unmatched);
}

/* ---- rules ---- */

static int64_t *open_sum(struct account *account, const Tefter__ItemRecord *record)
{
    if (record->debit)
        return &account->record->bills_minor;
    return record->final ? &account->record->unmatched_minor : &account->record->waiting_minor;
}

static void count_open(struct account *account, const Tefter__ItemRecord *record, int change)
{
    uint32_t *count = record->debit ? &account->record->open_bills : &account->record->open_credits;
    *count = (uint32_t)((int)*count + change);
}

/* Every change of an item's open amount goes through here, so that the sums follow. */
static void open_change(struct account *account, struct item *item, int64_t change)
{
    Tefter__ItemRecord *record = item->record;
    bool was_open = record->open_minor > 0;
    record->open_minor += change;
    need(record->open_minor >= 0 && record->open_minor <= record->amount_minor);
    *open_sum(account, record) += change;
    bool is_open = record->open_minor > 0;
    count_open(account, record, (int)is_open - (int)was_open);
    item->changed = true;
}

static void match_note(struct tx *tx, struct item *item, uint64_t other, int64_t amount_minor,
                       uint32_t date)
{
    Tefter__Match *match = tx_new(tx, &tefter__match__descriptor);
    match->match = tx_done_seq(tx);
    match->other = other;
    match->amount_minor = amount_minor;
    match->date = date;
    Tefter__ItemRecord *record = item->record;
    if (record->n_matches >= item->room) {
        item->room = 2 * record->n_matches + 4;
        Tefter__Match **matches = tx_take(tx, item->room * sizeof(Tefter__Match *));
        for (size_t i = 0; i < record->n_matches; i++)
            matches[i] = record->matches[i];
        record->matches = matches;
    }
    record->matches[record->n_matches++] = match;
}

static uint32_t later(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* From when on it can be matched. */
static uint32_t free_from(const struct tx *tx, struct item *item)
{
    return later(document_date(item->record->document), item_undone_until(tx, item));
}

/* ---- services: opening ---- */

struct account *account_open(struct tx *tx, uint32_t customer)
{
    struct account *account = tx_take(tx, sizeof *account);
    account->customer = customer;
    account->record = account_load(tx, customer);
    account->end = &account->items;
    return account;
}

const Tefter__AccountRecord *account_field(struct tx *tx, uint32_t customer)
{
    struct key key = account_key(customer);
    Tefter__AccountRecord *record = tx_shared(tx, &key, &tefter__account_record__descriptor);
    return record != NULL ? record : tx_new(tx, &tefter__account_record__descriptor);
}

int64_t account_exposure(struct tx *tx, const Tefter__AccountRecord *record)
{
    return tx_difference(tx, tx_sum(tx, record->bills_minor, record->uncleared_minor),
                         record->unmatched_minor);
}

bool account_fits(const struct tx *tx, const struct account *account, int64_t amount_minor)
{
    const Tefter__AccountRecord *record = account->record;
    if (record->balance_minor + amount_minor >= BALANCE_MAX ||
        record->balance_minor + amount_minor <= -BALANCE_MAX ||
        record->bills_minor + MONEY_MAX >= BALANCE_MAX)
        return false;
    int64_t credits = record->unmatched_minor + record->waiting_minor + record->uncleared_minor;
    return credits + MONEY_MAX < BALANCE_MAX || !tx_rule(tx, RULE_BOUNDS_AGREE);
}

/* The newest ordinal of a date in the store, or none. */
static bool newest_ordinal(struct tx *tx, struct account *account, uint32_t date,
                           uint32_t *ret_ordinal)
{
    if (date == account->record->last_date) {
        *ret_ordinal = account->record->last_ordinal;
        return account->record->documents > 0;
    }
    if (date > account->record->last_date)
        return false;
    struct key prefix = key_customer(account->customer, TABLE_DOCUMENT);
    struct key before = prefix;
    key_u64(&before, document_id(account->customer, date, DOCUMENT_ORDINAL_MAX) + 1);
    struct tx_walk walk;
    bool found = tx_walk_last(tx, &prefix, &before, &walk);
    uint64_t document = found ? tx_walk_u64(&walk, KEY_CUSTOMER_HEAD) : 0;
    tx_walk_end(&walk);
    if (!found || document_date(document) != date)
        return false;
    *ret_ordinal = (uint32_t)(document & DOCUMENT_ORDINAL_MAX);
    return true;
}

/* After each restore ordinals begin further up: terminals may bring back the documents before. */
static uint32_t first_ordinal(struct tx *tx)
{
    enum { ORDINALS_EACH = 1 << 16, BEGINNINGS = 16 };
    return company_get(tx)->recoveries % BEGINNINGS * ORDINALS_EACH;
}

static uint32_t next_ordinal(struct tx *tx, struct account *account, uint32_t date)
{
    uint32_t ordinal = 0;
    if (account->given_date == date)
        ordinal = account->given_ordinal + 1;
    else if (newest_ordinal(tx, account, date, &ordinal))
        ordinal++;
    uint32_t first = first_ordinal(tx);
    return ordinal > first ? ordinal : first;
}

uint32_t account_settles(const struct account *account, Tefter__DocumentKind kind)
{
    return (uint32_t)account->given[kind] << 8 | kind;
}

bool account_new_document(struct tx *tx, struct account *account, Tefter__DocumentKind kind,
                          uint32_t date, uint64_t *ret_document)
{
    uint32_t about = account_settles(account, kind);
    const Tefter__Settled *then = tx_was_settled(tx, SETTLED_DOCUMENT, about);
    uint32_t ordinal = then != NULL ? (uint32_t)(then->number & DOCUMENT_ORDINAL_MAX)
                                    : next_ordinal(tx, account, date);
    if (ordinal > DOCUMENT_ORDINAL_MAX)
        return false;
    account->given_date = date;
    account->given_ordinal = ordinal;
    Tefter__AccountRecord *record = account->record;
    if (date > record->last_date ||
        (date == record->last_date && ordinal >= record->last_ordinal)) {
        record->last_date = date;
        record->last_ordinal = ordinal;
    }
    account->record->documents++;
    *ret_document = document_id(account->customer, date, ordinal);
    (void)tx_settle(tx, SETTLED_DOCUMENT, about, *ret_document);
    account->given[kind]++;
    return true;
}

/* ---- services: items ---- */

static struct item *item_keep(struct account *account, struct item *item)
{
    *account->end = item;
    account->end = &item->next;
    return item;
}

static struct item *item_kept(const struct account *account, uint64_t document)
{
    for (struct item *item = account->items; item != NULL; item = item->next)
        if (item->record->document == document)
            return item;
    return NULL;
}

/* One that cannot be as it is, where it lies, was damaged. */
static void check_item(struct tx *tx, const Tefter__ItemRecord *record, const struct key *home,
                       uint64_t document)
{
    int table = home->bytes[KEY_CUSTOMER_HEAD - 1];
    bool open = table != TABLE_CLOSED_ITEM;
    if (record->document != document || record->open_minor < 0 ||
        record->open_minor > record->amount_minor || (record->open_minor > 0) != open ||
        (open && record->debit != (table == TABLE_OPEN_DEBIT)))
        tx_fault(tx, "ItemRecord");
}

static struct item *item_at(struct tx *tx, struct account *account, const struct key *key,
                            uint64_t document)
{
    Tefter__ItemRecord *record = tx_get(tx, key, &tefter__item_record__descriptor);
    if (record == NULL)
        return NULL;
    check_item(tx, record, key, document);
    struct item *item = tx_take(tx, sizeof *item);
    item->record = record;
    item->home = *key;
    return item_keep(account, item);
}

/* An open bill lies by its due date, which its document knows. */
static struct item *item_find(struct tx *tx, struct account *account, uint64_t document)
{
    enum { FIELD_DUE = 7 };
    struct key key = closed_key(document);
    struct item *item = item_at(tx, account, &key, document);
    if (item != NULL)
        return item;
    key = open_key(account->customer, false, document_date(document), document);
    item = item_at(tx, account, &key, document);
    if (item != NULL)
        return item;
    key = document_key(document);
    uint32_t due = (uint32_t)tx_field(tx, &key, FIELD_DUE);
    key = open_key(account->customer, true, due, document);
    return item_at(tx, account, &key, document);
}

struct item *account_item(struct tx *tx, struct account *account, uint64_t document)
{
    if (document_customer(document) != account->customer)
        return NULL;
    struct item *item = item_kept(account, document);
    return item != NULL ? item : item_find(tx, account, document);
}

struct item *account_add_item(struct tx *tx, struct account *account,
                              const Tefter__DocumentRecord *document, bool debit, bool final)
{
    struct item *item = tx_take(tx, sizeof *item);
    item->record = tx_new(tx, &tefter__item_record__descriptor);
    item->record->document = document->document;
    item->record->debit = debit;
    item->record->amount_minor = document->total_minor;
    item->record->due = document->has_due ? document->due : document->date;
    item->record->final = final;
    item->record->seq = tx_done_seq(tx);
    item->record->number = document->number;
    item->fresh = true;
    open_change(account, item, document->total_minor);
    account->record->balance_minor += debit ? document->total_minor : -document->total_minor;
    item->changed = true;
    return item_keep(account, item);
}

void account_resize_item(struct account *account, struct item *item, int64_t change_minor)
{
    item->record->amount_minor += change_minor > 0 ? change_minor : 0;
    open_change(account, item, change_minor);
    item->record->amount_minor += change_minor < 0 ? change_minor : 0;
    account->record->balance_minor += item->record->debit ? change_minor : -change_minor;
}

Tefter__Match *item_match(const struct item *item, uint64_t match, uint64_t other)
{
    for (size_t i = 0; i < item->record->n_matches; i++) {
        Tefter__Match *candidate = item->record->matches[i];
        if (candidate->match == match && candidate->other == other && !candidate->has_undone_seq)
            return candidate;
    }
    return NULL;
}

uint32_t item_matches(const Tefter__ItemRecord *item)
{
    uint32_t count = 0;
    for (size_t i = 0; i < item->n_matches; i++)
        count += !item->matches[i]->has_undone_seq;
    return count;
}

uint32_t item_undone_until(const struct tx *tx, struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    if (!tx_rule(tx, RULE_MATCHES_KEEP_THEIR_DAYS))
        return DATE_NONE;
    if (!item->undone_known)
        for (size_t i = 0; i < record->n_matches; i++)
            item->undone_until = later(item->undone_until, record->matches[i]->undone_date);
    item->undone_known = true;
    return item->undone_until;
}

uint32_t item_counted_until(const struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    uint32_t until = DATE_NONE;
    for (size_t i = 0; i < record->n_matches; i++)
        if (record->matches[i]->undone_date > record->matches[i]->date)
            until = later(until, record->matches[i]->undone_date);
    return until;
}

uint32_t item_full(const struct tx *tx, const struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    if (record->n_matches < MATCHES_PER_ITEM_MAX)
        return 0;
    if (!tx_rule(tx, RULE_UNDONE_MATCHES_ARE_FREE) || item_matches(record) >= MATCHES_PER_ITEM_MAX)
        return MATCHES_PER_ITEM_MAX;
    return record->n_matches < MATCHES_KEPT_PER_ITEM_MAX ? 0 : MATCHES_KEPT_PER_ITEM_MAX;
}

bool account_matchable(const struct tx *tx, const struct item *item)
{
    return item->record->open_minor > 0 && item_full(tx, item) == 0;
}

void account_match(struct tx *tx, struct account *account, struct item *debit, struct item *credit,
                   int64_t amount_minor, uint32_t date)
{
    uint32_t day = later(date, later(free_from(tx, debit), free_from(tx, credit)));
    match_note(tx, debit, credit->record->document, amount_minor, day);
    match_note(tx, credit, debit->record->document, amount_minor, day);
    open_change(account, debit, -amount_minor);
    open_change(account, credit, -amount_minor);
    if (!credit->record->final)
        account->record->uncleared_minor += amount_minor;
}

static void match_end(struct tx *tx, struct account *account, struct item *item,
                      Tefter__Match *match, uint32_t date)
{
    FIELD_SET(match, undone_seq, tx_done_seq(tx));
    FIELD_SET(match, undone_date, later(date, match->date));
    item->undone_known = false;
    if (!item->record->has_reversed_seq)
        open_change(account, item, match->amount_minor);
    if (!item->record->debit && !item->record->final)
        account->record->uncleared_minor -= match->amount_minor;
    item->changed = true;
}

void account_unmatch(struct tx *tx, struct account *account, struct item *item,
                     Tefter__Match *match, uint32_t date)
{
    struct item *other = account_item(tx, account, match->other);
    need(other != NULL);
    Tefter__Match *twin = item_match(other, match->match, item->record->document);
    need(twin != NULL && twin->amount_minor == match->amount_minor);
    match_end(tx, account, item, match, date);
    match_end(tx, account, other, twin, date);
}

void account_reverse_item(struct tx *tx, struct account *account, struct item *item, uint32_t date)
{
    for (size_t i = 0; i < item->record->n_matches; i++)
        if (!item->record->matches[i]->has_undone_seq)
            account_unmatch(tx, account, item, item->record->matches[i], date);
    open_change(account, item, -item->record->open_minor);
    int64_t amount = item->record->amount_minor;
    account->record->balance_minor += item->record->debit ? -amount : amount;
    FIELD_SET(item->record, reversed_seq, tx_done_seq(tx));
    FIELD_SET(item->record, reversed_date, date);
    item->changed = true;
}

void account_finalise(struct account *account, struct item *credit)
{
    Tefter__ItemRecord *record = credit->record;
    int64_t open = record->open_minor;
    account->record->waiting_minor -= open;
    account->record->unmatched_minor += open;
    account->record->uncleared_minor -= record->amount_minor - open;
    record->final = true;
    credit->changed = true;
}

/* ---- services: in order ---- */

static uint32_t order_day(const struct item *item)
{
    return item->record->debit ? item->record->due : document_date(item->record->document);
}

static bool item_before(const struct item *a, const struct item *b)
{
    uint32_t day_a = order_day(a);
    uint32_t day_b = order_day(b);
    return day_a != day_b ? day_a < day_b : a->record->document < b->record->document;
}

/* The first item behind `after` that the store has as open and that still is. */
static struct item *oldest_stored(struct tx *tx, struct account *account, bool debit,
                                  const struct item *after)
{
    struct key prefix =
        key_customer(account->customer, debit ? TABLE_OPEN_DEBIT : TABLE_OPEN_CREDIT);
    struct key from = prefix;
    if (after != NULL) {
        from = open_key(account->customer, debit, order_day(after), after->record->document);
        key_u8(&from, 0); /* just behind it */
    }
    struct item *found = NULL;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, &from, &walk); on && found == NULL;
         on = tx_walk_next(&walk)) {
        struct key home = prefix;
        struct slice key = tx_walk_key(&walk);
        memcpy(home.bytes, key.data, key.size);
        home.size = (uint8_t)key.size;
        uint64_t document = tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4);
        struct item *item = item_kept(account, document);
        if (item == NULL) {
            item = tx_take(tx, sizeof *item);
            item->record = tx_walk_record(&walk, &tefter__item_record__descriptor);
            check_item(tx, item->record, &home, document);
            item->home = home;
            item_keep(account, item);
        }
        if (item->record->open_minor > 0)
            found = item;
    }
    tx_walk_end(&walk);
    return found;
}

/* The store's walk over what this command has changed meanwhile: what it closed is passed over,
 * what it opened again stands in its place. */
static struct item *oldest(struct tx *tx, struct account *account, bool debit, struct item *after)
{
    struct item *found = oldest_stored(tx, account, debit, after);
    for (struct item *item = account->items; item != NULL; item = item->next)
        if (item->record->debit == debit && item->record->open_minor > 0 &&
            (after == NULL || item_before(after, item)) &&
            (found == NULL || item_before(item, found)))
            found = item;
    return found;
}

struct item *account_oldest_debit(struct tx *tx, struct account *account, struct item *after)
{
    return oldest(tx, account, true, after);
}

struct item *account_oldest_credit(struct tx *tx, struct account *account, struct item *after)
{
    return oldest(tx, account, false, after);
}

int64_t account_overdue(struct tx *tx, const struct account *account, uint32_t day, size_t most,
                        uint32_t *ret_oldest_due)
{
    enum { FIELD_OPEN = 4 };
    int64_t sum = 0;
    size_t looked_at = 0;
    *ret_oldest_due = DATE_NONE;
    struct key prefix = key_customer(account->customer, TABLE_OPEN_DEBIT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && looked_at < most;
         on = tx_walk_next(&walk), looked_at++) {
        uint32_t due = tx_walk_u32(&walk, KEY_CUSTOMER_HEAD);
        if (due >= day)
            break;
        const struct item *item = item_kept(account, tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4));
        int64_t open =
            item != NULL ? item->record->open_minor : (int64_t)tx_walk_field(&walk, FIELD_OPEN);
        sum = tx_sum(tx, sum, open);
        if (*ret_oldest_due == DATE_NONE && open > 0)
            *ret_oldest_due = due;
    }
    tx_walk_end(&walk);
    return sum;
}

int64_t account_oldest_open(struct tx *tx, const struct account *account, uint32_t bills)
{
    enum { FIELD_OPEN = 4 };
    int64_t sum = 0;
    struct key prefix = key_customer(account->customer, TABLE_OPEN_DEBIT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && bills > 0;
         on = tx_walk_next(&walk)) {
        const struct item *item = item_kept(account, tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4));
        int64_t open =
            item != NULL ? item->record->open_minor : (int64_t)tx_walk_field(&walk, FIELD_OPEN);
        sum = tx_sum(tx, sum, open);
        bills -= open > 0;
    }
    tx_walk_end(&walk);
    return sum;
}

/* ---- services: saving ---- */

static Tefter__LastChange *last_change(struct tx *tx, const struct event *event)
{
    Tefter__LastChange *last = tx_new(tx, &tefter__last_change__descriptor);
    last->seq = tx_seq(tx);
    last->kind = event->kind;
    last->number = event->number;
    FIELD_SET_IF(last, amount_minor, event->has_amount, event->amount_minor);
    last->actor = tx_actor_copy(tx);
    FIELD_SET(last, at_ms, tx_now_ms(tx));
    return last;
}

Tefter__Refusal *account_check_paid(struct tx *tx, uint32_t customer, int64_t open_minor)
{
    if (open_minor <= 0 || !tx_rule(tx, RULE_CASH_SALES_ARE_PAID) || tx_recalled(tx) ||
        customer != company_cash_customer(tx) || staff_actor_may(tx, TEFTER__RIGHT__RIGHT_APPROVE))
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__CASH_SALE_UNPAID, "customer");
    FIELD_SET(refusal, over_by_minor, open_minor);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_APPROVE, refusal->roles);
    return refusal;
}

void account_save(struct tx *tx, struct account *account, const struct event *event)
{
    for (struct item *item = account->items; item != NULL; item = item->next)
        if (item->changed)
            item_save(tx, item);
    account->record->last = last_change(tx, event);
    struct key key = account_key(account->customer);
    tx_put_shared(tx, &key, &account->record->base);
    tx_touch(tx, ROW_ACCOUNT, account->customer);
}

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
 *                   or not; what it frees all the same is the terms' (credit)
 *   7  each match stands in both items with the same amount, and 0 <= open <= amount
 *
 * A payer's money may pay bills of their sites. Such a match moves its amount of the balance from
 * the site to the payer, so that 5 holds for each of them; what came and went so is `moved`: 8
 * balance    = sum of their documents + moved, and moved of all of a match's sides is 0 9  a
 * payer's family has the sums of the payer and of all sites; each that is saved adds what it
 *      changed. Who has no payer and no sites has no such sums, and pays nothing for them.
 */
#include "domain/receivables/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

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

Tefter__Refusal *document_check_branch(struct tx *tx, const char *field, uint64_t document)
{
    enum { FIELD_BRANCH = 5 };
    struct key key = document_key(document);
    return staff_bound(tx)
               ? staff_check_paper(tx, field, (uint32_t)tx_field(tx, &key, FIELD_BRANCH))
               : NULL;
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

void account_put(struct tx *tx, const struct account *account)
{
    struct key key = account_key(account->customer);
    tx_put(tx, &key, &account->record->base);
}

static Tefter__AccountRecord *account_load(struct tx *tx, uint32_t customer)
{
    struct key key = account_key(customer);
    Tefter__AccountRecord *record = tx_get(tx, &key, &tefter__account_record__descriptor);
    return record != NULL ? record : tx_new(tx, &tefter__account_record__descriptor);
}

/* ---- what the totals hear ---- */

static int64_t item_recorded_ms(struct tx *tx, const struct item *item)
{
    enum { FIELD_RECORDED_MS = 9 };
    struct key key = document_key(item->record->document);
    return item->fresh ? tx_now_ms(tx) : (int64_t)tx_field(tx, &key, FIELD_RECORDED_MS);
}

uint32_t paper_hand(const Tefter__DocumentRecord *paper)
{
    return paper->backfill && paper->source != NULL ? 0 : paper->actor->staff;
}

int64_t paper_money(const Tefter__DocumentRecord *paper)
{
    bool money = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
                 paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND;
    return money ? paper->total_minor - paper->rounding_minor - paper->discount_minor
                 : paper->total_minor;
}

bool paper_opens_balance(const Tefter__DocumentRecord *paper)
{
    bool debt = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE ||
                paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    bool goods = false;
    if (paper->has_opening)
        return paper->opening;
    for (size_t i = 0; i < paper->n_lines; i++)
        goods = goods || paper->lines[i]->has_product;
    return debt && !goods && paper->backfill && paper->source != NULL;
}

int64_t item_on_credit(const Tefter__ItemRecord *item)
{
    int64_t left = item->amount_minor;
    for (size_t i = 0; i < item->n_matches; i++)
        if (item->matches[i]->match == item->seq)
            left -= item->matches[i]->amount_minor;
    return left;
}

void paper_on_credit(struct tx *tx, const Tefter__DocumentRecord *paper,
                     const Tefter__ItemRecord *item, int sign)
{
    if (paper_opens_balance(paper))
        return;
    tx_figure(tx, &(struct figure){.kind = FIGURE_ON_CREDIT,
                                   .branch = paper->branch,
                                   .date = paper->date,
                                   .sign = (int8_t)sign,
                                   .document = paper->document,
                                   .after = item_on_credit(item)});
}

static void item_tell(struct tx *tx, struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    struct figure figure = {
        .kind = record->debit ? FIGURE_BILL : FIGURE_CREDIT,
        .date = record->due,
        .document = record->document,
        .seq = record->seq,
        .before = item->told_open_minor,
        .after = record->open_minor,
    };
    if (!record->debit && figure.before == 0 && figure.after > 0)
        figure.at_ms = item_recorded_ms(tx, item);
    if (figure.before != figure.after)
        tx_figure(tx, &figure);
    if (record->debit && figure.before != figure.after)
        overdue_move(tx, item->account, record, figure.before);
    item->told_open_minor = record->open_minor;
}

static void item_save(struct tx *tx, struct item *item)
{
    struct key key = item_key(item->record);
    bool moved = !item->fresh && !key_same(&key, &item->home);
    if (moved)
        tx_delete(tx, &item->home);
    tx_put(tx, &key, &item->record->base);
    item->changed = false;
    item_tell(tx, item);
    if (item->fresh && item->paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        paper_on_credit(tx, item->paper, item->record, 1);
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
static void open_change(struct item *item, int64_t change)
{
    struct account *account = item->account;
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

/* The balance follows the side of a match that is another customer's: a bill that their money paid,
 * money that paid their bill. */
static void move_balance(struct item *item, uint64_t other, int64_t amount_minor)
{
    Tefter__AccountRecord *record = item->account->record;
    if (document_customer(other) == item->account->customer)
        return;
    int64_t change = item->record->debit ? -amount_minor : amount_minor;
    record->balance_minor += change;
    FIELD_SET(record, moved_minor, record->moved_minor + change);
}

/* From when on it can be matched. */
static uint32_t free_from(const struct tx *tx, struct item *item)
{
    return later(document_date(item->record->document), item_undone_until(tx, item));
}

/* ---- rules: a family ---- */

static void sums_add(Tefter__AccountRecord *into, const struct account_sums *sums, int sign)
{
    into->balance_minor += sign * sums->balance_minor;
    into->bills_minor += sign * sums->bills_minor;
    into->unmatched_minor += sign * sums->unmatched_minor;
    into->waiting_minor += sign * sums->waiting_minor;
    into->uncleared_minor += sign * sums->uncleared_minor;
    into->open_bills = (uint32_t)((int)into->open_bills + sign * (int)sums->open_bills);
}

static struct account_sums sums_of(const Tefter__AccountRecord *record)
{
    return (struct account_sums){record->balance_minor,   record->bills_minor,
                                 record->unmatched_minor, record->waiting_minor,
                                 record->uncleared_minor, record->open_bills};
}

static Tefter__AccountRecord *family_read(struct tx *tx, const Tefter__FamilyRecord *family)
{
    Tefter__AccountRecord *sums = tx_new(tx, &tefter__account_record__descriptor);
    sums->balance_minor = family->balance_minor;
    sums->bills_minor = family->bills_minor;
    sums->unmatched_minor = family->unmatched_minor;
    sums->waiting_minor = family->waiting_minor;
    sums->uncleared_minor = family->uncleared_minor;
    sums->open_bills = family->open_bills;
    return sums;
}

static void family_write(Tefter__FamilyRecord *family, const Tefter__AccountRecord *sums)
{
    family->balance_minor = sums->balance_minor;
    family->bills_minor = sums->bills_minor;
    family->unmatched_minor = sums->unmatched_minor;
    family->waiting_minor = sums->waiting_minor;
    family->uncleared_minor = sums->uncleared_minor;
    family->open_bills = sums->open_bills;
}

/* Only who has a payer or sites remembers what stood there before. */
static void family_begin(struct tx *tx, struct account *account)
{
    const Tefter__AccountRecord *record = account->record;
    if (record->payer == 0 && record->family == NULL)
        return;
    account->payer = record->payer != 0 ? record->payer : account->customer;
    account->before = tx_take(tx, sizeof *account->before);
    *account->before = sums_of(record);
}

/* What one of a family has changed since it was opened. */
static void add_changes(const struct account *account, Tefter__AccountRecord *sums)
{
    struct account_sums now = sums_of(account->record);
    sums_add(sums, &now, 1);
    sums_add(sums, account->before, -1);
}

/* Another one that this command has opened beside it; NULL: it did not. */
static struct account *account_known(const struct account *account, uint32_t customer)
{
    struct account *other = account->beside;
    for (; other != NULL && other != account; other = other->beside)
        if (other->customer == customer)
            return other;
    return NULL;
}

/* One for whose sites there are sums. */
static Tefter__AccountRecord *payer_load(struct tx *tx, uint32_t payer)
{
    struct key key = account_key(payer);
    Tefter__AccountRecord *record = tx_need(tx, &key, &tefter__account_record__descriptor);
    if (record->family == NULL)
        tx_fault(tx, "FamilyRecord");
    return record;
}

static void payer_save(struct tx *tx, uint32_t payer, Tefter__AccountRecord *record)
{
    struct key key = account_key(payer);
    tx_put_shared(tx, &key, &record->base);
}

const Tefter__AccountRecord *account_standing(struct tx *tx, const struct account *account)
{
    if (account->payer == 0)
        return account->record;
    Tefter__AccountRecord *sums = family_read(tx, payer_load(tx, account->payer)->family);
    add_changes(account, sums);
    for (const struct account *other = account->beside; other != NULL && other != account;
         other = other->beside)
        if (other->payer == account->payer)
            add_changes(other, sums);
    return sums;
}

const Tefter__AccountRecord *account_standing_stored(struct tx *tx,
                                                     const Tefter__AccountRecord *record)
{
    const Tefter__FamilyRecord *family =
        record->payer != 0 ? payer_load(tx, record->payer)->family : record->family;
    return family != NULL ? family_read(tx, family) : record;
}

/* Puts what changed into the payer's record. The payer's own, which is saved behind this, takes the
 * family as the store has it: others of the command may have changed it meanwhile. */
static void family_save(struct tx *tx, struct account *account)
{
    Tefter__AccountRecord *payer = payer_load(tx, account->payer);
    Tefter__AccountRecord *sums = family_read(tx, payer->family);
    add_changes(account, sums);
    family_write(payer->family, sums);
    *account->before = sums_of(account->record);
    if (account->payer == account->customer) {
        account->record->family = payer->family;
        return;
    }
    payer_save(tx, account->payer, payer);
}

/* Their sums leave a family, which ends with its last site. */
static void family_leave(struct tx *tx, uint32_t payer, const struct account_sums *sums)
{
    Tefter__AccountRecord *record = payer_load(tx, payer);
    Tefter__AccountRecord *family = family_read(tx, record->family);
    sums_add(family, sums, -1);
    family_write(record->family, family);
    if (--record->family->sites == 0)
        record->family = NULL;
    payer_save(tx, payer, record);
}

static void family_join(struct tx *tx, uint32_t payer, const struct account_sums *sums)
{
    Tefter__AccountRecord *record = account_load(tx, payer);
    if (record->family == NULL) {
        record->family = tx_new(tx, &tefter__family_record__descriptor);
        family_write(record->family, record);
    }
    Tefter__AccountRecord *family = family_read(tx, record->family);
    sums_add(family, sums, 1);
    family_write(record->family, family);
    record->family->sites++;
    payer_save(tx, payer, record);
}

void account_change_payer(struct tx *tx, struct account *account, uint32_t payer)
{
    Tefter__AccountRecord *record = account->record;
    struct account_sums sums = sums_of(record);
    if (record->payer != 0)
        family_leave(tx, record->payer, &sums);
    if (payer != 0)
        family_join(tx, payer, &sums);
    FIELD_SET_IF(record, payer, payer != 0, payer);
    account->payer = 0;
    family_begin(tx, account);
}

/* ---- services: opening ---- */

struct account *account_open(struct tx *tx, uint32_t customer)
{
    struct account *account = tx_take(tx, sizeof *account);
    account->customer = customer;
    account->record = account_load(tx, customer);
    account->overdue_known = overdue_known(account->record);
    account->end = &account->items;
    family_begin(tx, account);
    return account;
}

/* Those of one command stand in a ring, once there are two. */
static struct account *account_join(struct tx *tx, struct account *account, uint32_t customer)
{
    struct account *other = account_open(tx, customer);
    other->beside = account->beside != NULL ? account->beside : account;
    account->beside = other;
    return other;
}

/* That of another customer, whose items this command matches too; saved with this one. */
static struct account *account_other(struct tx *tx, struct account *account, uint32_t customer)
{
    struct account *other = account_known(account, customer);
    if (other != NULL)
        return other;
    other = account_join(tx, account, customer);
    other->follows = true;
    return other;
}

struct account *account_open_beside(struct tx *tx, struct account *account, uint32_t customer)
{
    if (account == NULL)
        return account_open(tx, customer);
    if (account->customer == customer)
        return account;
    struct account *other = account_known(account, customer);
    if (other == NULL)
        return account_join(tx, account, customer);
    other->follows = false;
    return other;
}

const Tefter__AccountRecord *account_field(struct tx *tx, uint32_t customer)
{
    struct key key = account_key(customer);
    Tefter__AccountRecord *record = tx_shared(tx, &key, &tefter__account_record__descriptor);
    return record != NULL ? record : tx_new(tx, &tefter__account_record__descriptor);
}

static void together_add(Tefter__AccountRecord *into, const Tefter__AccountRecord *record)
{
    struct account_sums sums = sums_of(record);
    sums_add(into, &sums, 1);
    into->open_credits += record->open_credits;
    FIELD_SET(into, moved_minor, into->moved_minor + record->moved_minor);
}

const Tefter__AccountRecord *account_together(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    size_t count;
    const uint32_t *records = customer_records(tx, customer, &count);
    const Tefter__AccountRecord *own = account_field(tx, customer->customer);
    if (count == 1)
        return own;
    Tefter__AccountRecord *sums = tx_new(tx, &tefter__account_record__descriptor);
    for (size_t i = 0; i < count; i++)
        together_add(sums, account_field(tx, records[i]));
    return sums;
}

const uint32_t *account_records(struct tx *tx, const struct account *account, size_t *ret_count)
{
    *ret_count = 1;
    if (account->record->family == NULL || !tx_rule(tx, RULE_MERGED_ARE_ONE))
        return &account->customer;
    return customer_records(tx, customer_read(tx, account->customer), ret_count);
}

const Tefter__AccountRecord *account_with_merged(struct tx *tx, const struct account *account)
{
    size_t count;
    const uint32_t *records = account_records(tx, account, &count);
    if (count == 1)
        return account->record;
    Tefter__AccountRecord *sums = tx_new(tx, &tefter__account_record__descriptor);
    together_add(sums, account->record);
    for (size_t i = 1; i < count; i++) {
        const struct account *other = account_known(account, records[i]);
        together_add(sums, other != NULL ? other->record : account_field(tx, records[i]));
    }
    return sums;
}

int64_t account_exposure(struct tx *tx, const Tefter__AccountRecord *record)
{
    return tx_difference(tx, tx_sum(tx, record->bills_minor, record->uncleared_minor),
                         record->unmatched_minor);
}

static bool sums_fit(const struct tx *tx, const Tefter__AccountRecord *record, int64_t amount_minor)
{
    if (record->balance_minor + amount_minor >= BALANCE_MAX ||
        record->balance_minor + amount_minor <= -BALANCE_MAX ||
        record->bills_minor + MONEY_MAX >= BALANCE_MAX)
        return false;
    int64_t credits = record->unmatched_minor + record->waiting_minor + record->uncleared_minor;
    return credits + MONEY_MAX < BALANCE_MAX || !tx_rule(tx, RULE_BOUNDS_AGREE);
}

static bool others_fit(const struct tx *tx, const struct account *account)
{
    for (const struct account *other = account->beside; other != NULL && other != account;
         other = other->beside)
        if (other->follows && !sums_fit(tx, other->record, 0))
            return false;
    return true;
}

bool account_fits(struct tx *tx, const struct account *account, int64_t amount_minor)
{
    if (!sums_fit(tx, account->record, amount_minor) || !others_fit(tx, account))
        return false;
    return account->payer == 0 || sums_fit(tx, account_standing(tx, account), amount_minor);
}

static Tefter__AccountRecord *standing_with(struct tx *tx, const struct account *account,
                                            uint32_t payer)
{
    const Tefter__AccountRecord *record = account_load(tx, payer);
    Tefter__AccountRecord *family =
        record->family != NULL ? family_read(tx, record->family) : account_load(tx, payer);
    struct account_sums sums = sums_of(account->record);
    sums_add(family, &sums, 1);
    return family;
}

const Tefter__AccountRecord *account_standing_with(struct tx *tx, const struct account *account,
                                                   uint32_t payer)
{
    return standing_with(tx, account, payer);
}

bool account_fits_payer(struct tx *tx, const struct account *account, uint32_t payer)
{
    return sums_fit(tx, standing_with(tx, account, payer), 0);
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

struct late_paper {
    uint64_t document;
    struct late_paper *next;
};

static void late_note(struct tx *tx, struct account *account, uint64_t document)
{
    struct late_paper *late = tx_take(tx, sizeof *late);
    late->document = document;
    late->next = account->late;
    account->late = late;
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
    if (date <= record->stated_until)
        late_note(tx, account, *ret_document);
    (void)tx_settle(tx, SETTLED_DOCUMENT, about, *ret_document);
    account->given[kind]++;
    return true;
}

/* ---- services: items ---- */

static struct item *item_keep(struct account *account, struct item *item)
{
    item->account = account;
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
    item->told_open_minor = record->open_minor;
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
    uint32_t customer = document_customer(document);
    if (customer != account->customer)
        account = account_other(tx, account, customer);
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
    item->paper = document;
    item_keep(account, item);
    open_change(item, document->total_minor);
    account->record->balance_minor += debit ? document->total_minor : -document->total_minor;
    item->changed = true;
    return item;
}

void account_resize_item(struct item *item, int64_t change_minor)
{
    struct account *account = item->account;
    item->record->amount_minor += change_minor > 0 ? change_minor : 0;
    open_change(item, change_minor);
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

uint32_t item_rounded_until(const struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    uint32_t until = DATE_NONE;
    for (size_t i = 0; i < record->n_matches; i++)
        if (record->matches[i]->rounded_off && !record->matches[i]->has_undone_seq)
            until = later(until, record->matches[i]->date);
    return until;
}

uint32_t item_counted_until(const struct item *item)
{
    const Tefter__ItemRecord *record = item->record;
    uint32_t until = DATE_NONE;
    for (size_t i = 0; i < record->n_matches; i++) {
        const Tefter__Match *match = record->matches[i];
        if (match->undone_date > match->date)
            until = later(until, match->undone_date);
    }
    return later(until, item_rounded_until(item));
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

void account_match(struct tx *tx, struct item *debit, struct item *credit, int64_t amount_minor,
                   uint32_t date)
{
    uint32_t day = later(date, later(free_from(tx, debit), free_from(tx, credit)));
    match_note(tx, debit, credit->record->document, amount_minor, day);
    match_note(tx, credit, debit->record->document, amount_minor, day);
    open_change(debit, -amount_minor);
    open_change(credit, -amount_minor);
    if (debit->account != credit->account) {
        move_balance(debit, credit->record->document, amount_minor);
        move_balance(credit, debit->record->document, amount_minor);
    }
    if (!credit->record->final)
        credit->account->record->uncleared_minor += amount_minor;
}

/* So much more of it is matched, as long as its money is not sure. */
static void count_uncleared(struct item *item, int64_t amount_minor)
{
    if (!item->record->debit && !item->record->final)
        item->account->record->uncleared_minor += amount_minor;
}

static void match_end(struct tx *tx, struct item *item, Tefter__Match *match, uint32_t date)
{
    FIELD_SET(match, undone_seq, tx_done_seq(tx));
    FIELD_SET(match, undone_date, later(date, match->date));
    item->undone_known = false;
    if (!item->record->has_reversed_seq)
        open_change(item, match->amount_minor);
    move_balance(item, match->other, -match->amount_minor);
    count_uncleared(item, -match->amount_minor);
    item->changed = true;
}

void account_unmatch(struct tx *tx, struct item *item, Tefter__Match *match, uint32_t date)
{
    struct item *other = account_item(tx, item->account, match->other);
    need(other != NULL);
    Tefter__Match *twin = item_match(other, match->match, item->record->document);
    need(twin != NULL && twin->amount_minor == match->amount_minor);
    match_end(tx, item, match, date);
    match_end(tx, other, twin, date);
}

/* What was rounded off of a bill that is gone went with it. */
static bool went(struct tx *tx, struct item *item, const Tefter__Match *match)
{
    return match->rounded_off &&
           account_item(tx, item->account, match->other)->record->has_reversed_seq;
}

int64_t account_reverse_item(struct tx *tx, struct item *item, uint32_t date)
{
    struct account *account = item->account;
    int64_t stays = 0;
    for (size_t i = 0; i < item->record->n_matches; i++) {
        Tefter__Match *match = item->record->matches[i];
        if (match->has_undone_seq)
            continue;
        if (!went(tx, item, match)) {
            account_unmatch(tx, item, match, date);
            continue;
        }
        stays += match->amount_minor;
        count_uncleared(item, -match->amount_minor);
    }
    open_change(item, -item->record->open_minor);
    int64_t amount = item->record->amount_minor - stays;
    account->record->balance_minor += item->record->debit ? -amount : amount;
    FIELD_SET(item->record, reversed_seq, tx_done_seq(tx));
    FIELD_SET(item->record, reversed_date, date);
    item->changed = true;
    return stays;
}

/* It was undone by this command, and is not. */
static void match_stands(struct item *item, Tefter__Match *match)
{
    FIELD_SET_IF(match, undone_seq, false, 0);
    FIELD_SET_IF(match, undone_date, false, 0);
    item->undone_known = false;
    item->undone_until = DATE_NONE;
    if (!item->record->has_reversed_seq)
        open_change(item, -match->amount_minor);
    move_balance(item, match->other, match->amount_minor);
    count_uncleared(item, match->amount_minor);
    item->changed = true;
}

static bool undone_here(const struct tx *tx, const Tefter__Match *match)
{
    return match->rounded_off && match->has_undone_seq && match->undone_seq == tx_done_seq(tx);
}

static Tefter__Match *undone_twin(const struct tx *tx, const struct item *item,
                                  const Tefter__Match *match, uint64_t other)
{
    for (size_t i = 0; i < item->record->n_matches; i++) {
        Tefter__Match *twin = item->record->matches[i];
        if (undone_here(tx, twin) && twin->match == match->match && twin->other == other &&
            twin->amount_minor == match->amount_minor)
            return twin;
    }
    return NULL;
}

int64_t account_keep_rounded_off(struct tx *tx, struct item *bill, uint64_t *ret_payment)
{
    int64_t stays = 0;
    for (size_t i = 0; i < bill->record->n_matches; i++) {
        Tefter__Match *match = bill->record->matches[i];
        if (!undone_here(tx, match))
            continue;
        struct item *payment = account_item(tx, bill->account, match->other);
        Tefter__Match *twin = undone_twin(tx, payment, match, bill->record->document);
        need(twin != NULL);
        match_stands(bill, match);
        match_stands(payment, twin);
        stays += match->amount_minor;
        *ret_payment = match->other;
    }
    bill->account->record->balance_minor += stays;
    return stays;
}

int64_t item_rounded_off(const struct item *item)
{
    int64_t sum = 0;
    for (size_t i = 0; i < item->record->n_matches; i++) {
        const Tefter__Match *match = item->record->matches[i];
        sum += match->rounded_off && !match->has_undone_seq ? match->amount_minor : 0;
    }
    return sum;
}

void account_finalise(struct item *credit)
{
    struct account *account = credit->account;
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
            item->told_open_minor = item->record->open_minor;
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

struct item *account_oldest_of_all(struct tx *tx, struct account *account, struct item *after)
{
    size_t count;
    const uint32_t *records = account_records(tx, account, &count);
    struct item *found = NULL;
    for (size_t i = 0; i < count; i++) {
        struct account *other = i == 0 ? account : account_other(tx, account, records[i]);
        struct item *first = account_oldest_credit(tx, other, after);
        if (first != NULL && (found == NULL || item_before(first, found)))
            found = first;
    }
    return found;
}

/* ---- services: in order, of a family ---- */

/* The first bill of each that is still to be met. */
struct family_bills {
    struct account **members;
    struct item **first;
    size_t count;
};

/* Without a place among the records that are shared, where a hundred would put out others. */
static bool has_open_bills(struct tx *tx, uint32_t customer)
{
    enum { FIELD_OPEN_BILLS = 6 };
    struct key key = account_key(customer);
    return tx_field(tx, &key, FIELD_OPEN_BILLS) > 0;
}

uint32_t account_payer(struct tx *tx, uint32_t customer)
{
    enum { FIELD_PAYER = 400 };
    struct key key = account_key(customer);
    return (uint32_t)tx_field(tx, &key, FIELD_PAYER);
}

struct family_bills *account_family_bills(struct tx *tx, struct account *payer)
{
    const Tefter__CustomerRecord *customer = customer_read(tx, payer->customer);
    struct family_bills *bills = tx_take(tx, sizeof *bills);
    bills->members = tx_take(tx, (customer->n_sites + 1) * sizeof *bills->members);
    bills->first = tx_take(tx, (customer->n_sites + 1) * sizeof *bills->first);
    bills->members[bills->count++] = payer;
    for (size_t i = 0; i < customer->n_sites; i++)
        if (has_open_bills(tx, customer->sites[i]) || account_known(payer, customer->sites[i]))
            bills->members[bills->count++] = account_other(tx, payer, customer->sites[i]);
    for (size_t i = 0; i < bills->count; i++)
        bills->first[i] = account_oldest_debit(tx, bills->members[i], NULL);
    return bills;
}

void account_pass_bill(struct tx *tx, struct family_bills *bills, const struct item *bill)
{
    for (size_t i = 0; i < bills->count; i++)
        if (bills->first[i] == bill)
            bills->first[i] = account_oldest_debit(tx, bills->members[i], bills->first[i]);
}

struct item *account_first_bill(struct tx *tx, struct family_bills *bills)
{
    struct item *first = NULL;
    for (size_t i = 0; i < bills->count; i++) {
        while (bills->first[i] != NULL && bills->first[i]->record->open_minor == 0)
            bills->first[i] = account_oldest_debit(tx, bills->members[i], bills->first[i]);
        if (bills->first[i] != NULL && (first == NULL || item_before(bills->first[i], first)))
            first = bills->first[i];
    }
    return first;
}

/* A walk over the open bills of a customer, or of all of a family, the one that is due first first;
 * as they stand in memory. */
struct open_walk {
    const struct account *account; /* knows what the command has changed of others too */
    struct tx_walk alone;
    bool alone_on;
    struct tx_walk *walks; /* of a customer alone it is that one */
    bool *on;
    size_t count;
    size_t at; /* where the walk stands */
};

static void open_walk_add(struct tx *tx, struct open_walk *open, uint32_t customer)
{
    struct key prefix = key_customer(customer, TABLE_OPEN_DEBIT);
    open->on[open->count] = tx_walk_first(tx, &prefix, NULL, &open->walks[open->count]);
    open->count++;
}

static uint32_t open_walk_due(const struct open_walk *open)
{
    return tx_walk_u32(&open->walks[open->at], KEY_CUSTOMER_HEAD);
}

static bool open_before(const struct tx_walk *a, const struct tx_walk *b)
{
    uint32_t day_a = tx_walk_u32(a, KEY_CUSTOMER_HEAD);
    uint32_t day_b = tx_walk_u32(b, KEY_CUSTOMER_HEAD);
    return day_a != day_b
               ? day_a < day_b
               : tx_walk_u64(a, KEY_CUSTOMER_HEAD + 4) < tx_walk_u64(b, KEY_CUSTOMER_HEAD + 4);
}

/* To the first of all that are still there; false: there is none. */
static bool open_walk_stand(struct open_walk *open)
{
    size_t first = open->count;
    for (size_t i = 0; i < open->count; i++)
        if (open->on[i] &&
            (first == open->count || open_before(&open->walks[i], &open->walks[first])))
            first = i;
    open->at = first;
    return first < open->count;
}

static bool open_walk_begin(struct tx *tx, const struct account *account, enum account_scope scope,
                            struct open_walk *open)
{
    open->account = account;
    open->walks = &open->alone;
    open->on = &open->alone_on;
    open->count = 0;
    if (scope == ACCOUNT_OWN || account->payer == 0) {
        open_walk_add(tx, open, account->customer);
        return open_walk_stand(open);
    }
    const Tefter__CustomerRecord *payer = customer_read(tx, account->payer);
    open->walks = tx_take(tx, (payer->n_sites + 1) * sizeof(struct tx_walk));
    open->on = tx_take(tx, (payer->n_sites + 1) * sizeof(bool));
    open_walk_add(tx, open, account->payer);
    for (size_t i = 0; i < payer->n_sites; i++)
        if (has_open_bills(tx, payer->sites[i]))
            open_walk_add(tx, open, payer->sites[i]);
    return open_walk_stand(open);
}

static bool open_walk_next(struct open_walk *open)
{
    open->on[open->at] = tx_walk_next(&open->walks[open->at]);
    return open_walk_stand(open);
}

static void open_walk_end(struct open_walk *open)
{
    for (size_t i = 0; i < open->count; i++)
        tx_walk_end(&open->walks[i]);
}

static int64_t open_walk_amount(struct open_walk *open)
{
    enum { FIELD_OPEN = 4 };
    const struct tx_walk *walk = &open->walks[open->at];
    uint64_t document = tx_walk_u64(walk, KEY_CUSTOMER_HEAD + 4);
    const struct account *account = open->account;
    if (document_customer(document) != account->customer)
        account = account_known(account, document_customer(document));
    const struct item *item = account != NULL ? item_kept(account, document) : NULL;
    return item != NULL ? item->record->open_minor : (int64_t)tx_walk_field(walk, FIELD_OPEN);
}

int64_t account_overdue(struct tx *tx, const struct account *account, enum account_scope scope,
                        uint32_t day, size_t most, uint32_t *ret_oldest_due)
{
    int64_t sum = 0;
    size_t looked_at = 0;
    *ret_oldest_due = DATE_NONE;
    struct open_walk open;
    for (bool on = open_walk_begin(tx, account, scope, &open); on && looked_at < most;
         on = open_walk_next(&open), looked_at++) {
        uint32_t due = open_walk_due(&open);
        if (due >= day)
            break;
        int64_t amount = open_walk_amount(&open);
        sum = tx_sum(tx, sum, amount);
        if (*ret_oldest_due == DATE_NONE && amount > 0)
            *ret_oldest_due = due;
    }
    open_walk_end(&open);
    return sum;
}

int64_t account_oldest_open(struct tx *tx, const struct account *account, enum account_scope scope,
                            uint32_t bills)
{
    int64_t sum = 0;
    struct open_walk open;
    for (bool on = open_walk_begin(tx, account, scope, &open); on && bills > 0;
         on = open_walk_next(&open)) {
        int64_t amount = open_walk_amount(&open);
        sum = tx_sum(tx, sum, amount);
        bills -= amount > 0;
    }
    open_walk_end(&open);
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

static struct key late_key(uint32_t customer, uint64_t seq)
{
    struct key key = key_customer(customer, TABLE_LATE);
    key_u64(&key, seq);
    return key;
}

static struct key late_of_key(uint64_t document)
{
    struct key key = key_customer(document_customer(document), TABLE_LATE_OF);
    key_u64(&key, document);
    return key;
}

static void late_save(struct tx *tx, const struct account *account)
{
    for (const struct late_paper *late = account->late; late != NULL; late = late->next) {
        struct key key = late_key(account->customer, tx_seq(tx));
        struct key of = late_of_key(late->document);
        key_u64(&key, late->document);
        tx_put_u64(tx, &key, late->document);
        tx_put_u64(tx, &of, tx_seq(tx));
    }
}

static void save_one(struct tx *tx, struct account *account, const struct event *event)
{
    for (struct item *item = account->items; item != NULL; item = item->next)
        if (item->changed)
            item_save(tx, item);
    late_save(tx, account);
    overdue_keep(tx, account);
    account->record->last = last_change(tx, event);
    if (account->payer != 0)
        family_save(tx, account);
    struct key key = account_key(account->customer);
    tx_put_shared(tx, &key, &account->record->base);
    tx_touch(tx, ROW_ACCOUNT, account->customer);
    if (account->payer != 0)
        customer_touch_family(tx, account->payer);
}

static bool account_changed(const struct account *account)
{
    for (const struct item *item = account->items; item != NULL; item = item->next)
        if (item->changed)
            return true;
    return false;
}

void account_save(struct tx *tx, struct account *account, const struct event *event)
{
    save_one(tx, account, event);
    for (struct account *other = account->beside; other != NULL && other != account;
         other = other->beside)
        if (other->follows && account_changed(other))
            save_one(tx, other, event);
}

/* ---- services: what was told to the customer ---- */

void account_tell_until(struct tx *tx, uint32_t customer, uint32_t until)
{
    struct key key = account_key(customer);
    Tefter__AccountRecord *record = account_load(tx, customer);
    if (until <= record->stated_until)
        return;
    FIELD_SET(record, stated_until, until);
    tx_put_shared(tx, &key, &record->base);
}

static bool late_within(const struct late_walk *walk, bool on)
{
    return on && account_late_seq(walk) <= walk->until;
}

bool account_late_first(struct tx *tx, uint32_t customer, uint64_t seq, uint64_t document,
                        uint64_t until, struct late_walk *walk)
{
    struct key prefix = key_customer(customer, TABLE_LATE);
    struct key from = late_key(customer, seq);
    key_u64(&from, document + 1);
    walk->until = until;
    return late_within(walk, tx_walk_first(tx, &prefix, &from, &walk->walk));
}

bool account_late_next(struct late_walk *walk)
{
    return late_within(walk, tx_walk_next(&walk->walk));
}

void account_late_end(struct late_walk *walk)
{
    tx_walk_end(&walk->walk);
}

uint64_t account_late_seq(const struct late_walk *walk)
{
    return tx_walk_u64(&walk->walk, KEY_CUSTOMER_HEAD);
}

uint64_t account_late_document(const struct late_walk *walk)
{
    return tx_walk_number(&walk->walk);
}

uint64_t account_late_of(struct tx *tx, uint64_t document)
{
    struct key key = late_of_key(document);
    uint64_t seq = 0;
    return tx_get_u64(tx, &key, &seq) ? seq : 0;
}

/*
 * Erasing a person: what names them goes, what the books say stays.
 *
 *   open ──EraseCustomer──▶ erased: name, phone, address, notes, buyers are gone at once
 *                              └──JOB_ERASE_WORDS──▶ those of changes, notes, papers and others
 *
 * 1. Nobody is erased while money is open on either side, and nobody who pays for others. Records
 *    that were merged go together, by the one that stays.
 * 2. No paper, sum, number or code changes. Records keep their references; the words they refer to
 *    are no more, in the vault, in its copies made from then on, and in copies that are brought
 *    back (server/vault/vault.h).
 * 3. A step of the job looks at STEP_ROWS rows, so the longest history holds nobody up.
 */
#include "domain/corrections/corrections.h"

#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

#include <string.h>

enum { STEP_ROWS = 50 };

/* ---- rules ---- */

/* The records that go: theirs and, since RULE_ERASED_ARE_GONE, those that were merged into it. */
struct erasing {
    Tefter__CustomerRecord *customer;
    const uint32_t *records;
    size_t count;
};

/* Of all of them together. */
static Tefter__Refusal *check_money(struct tx *tx, const struct erasing *erasing)
{
    int64_t balance_minor = 0;
    uint32_t open = 0;
    for (size_t i = 0; i < erasing->count; i++) {
        const Tefter__AccountRecord *account = account_field(tx, erasing->records[i]);
        balance_minor = tx_sum(tx, balance_minor, account->balance_minor);
        open += account->open_bills + account->open_credits;
    }
    if (balance_minor == 0 && open == 0)
        return NULL;
    Tefter__Refusal *refusal =
        refuse_most(tx, TEFTER__REFUSAL_CODE__CUSTOMER_OPEN, "customer", open);
    FIELD_SET(refusal, available_minor, balance_minor);
    return refusal;
}

static Tefter__Refusal *check(struct tx *tx, struct erasing *erasing)
{
    const Tefter__CustomerRecord *customer = erasing->customer;
    if (customer->customer == company_cash_customer(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    if (customer->erased)
        return refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    Tefter__Refusal *refusal =
        tx_rule(tx, RULE_ERASED_ARE_GONE) ? customer_check_stands(tx, customer, "customer") : NULL;
    if (refusal != NULL)
        return refusal;
    erasing->records = &customer->customer;
    erasing->count = 1;
    if (tx_rule(tx, RULE_ERASED_ARE_GONE))
        erasing->records = customer_records(tx, customer, &erasing->count);
    if (customer->n_sites >= erasing->count)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__PAYER_HAS_SITES, "customer",
                           (int64_t)(customer->n_sites + 1 - erasing->count));
    for (size_t i = 1; i < erasing->count && refusal == NULL; i++)
        refusal = staff_check_office(tx, "customer", customer_get(tx, erasing->records[i])->branch);
    return refusal != NULL ? refusal : check_money(tx, erasing);
}

/* Since RULE_ERASED_ARE_GONE the code of one who was merged names that record, and leads nowhere.
 */
static Tefter__Refusal *find(struct tx *tx, const Tefter__EraseCustomer *command,
                             Tefter__CustomerRecord **ret_customer)
{
    uint32_t customer = command->has_customer ? command->customer : 0;
    return tx_rule(tx, RULE_ERASED_ARE_GONE)
               ? customer_resolve_record(tx, customer, command->code, "customer", ret_customer)
               : customer_resolve(tx, customer, command->code, false, ret_customer);
}

/* ---- changes ---- */

static void erase_one(struct tx *tx, uint32_t number, Tefter__CompanyRecord *company)
{
    Tefter__CustomerRecord *customer = customer_get(tx, number);
    if (tx_rule(tx, RULE_ERASED_ARE_GONE))
        credit_withdraw_terms(tx, number);
    customer_erase(tx, customer);
    (void)job_start_of_customer(tx, company, TEFTER__JOB_KIND__JOB_ERASE_WORDS, number);
}

/* Refuses, in this order: as customer_resolve does; BOUND_TO_BRANCH customer; FIELD_INVALID
 * customer (cash); CUSTOMER_ERASED customer; CUSTOMER_MERGED customer with whom they were merged
 * into; PAYER_HAS_SITES customer; BOUND_TO_BRANCH customer (of the others); CUSTOMER_OPEN customer
 * with available_minor and `most`, of all records. Before RULE_ERASED_ARE_GONE no CUSTOMER_MERGED,
 * and whom others were merged into has sites. */
Tefter__Refusal *apply_erase_customer(struct tx *tx, const Tefter__EraseCustomer *command,
                                      Tefter__Done *done)
{
    struct erasing erasing = {.customer = NULL};
    Tefter__Refusal *refusal = find(tx, command, &erasing.customer);
    if (refusal == NULL)
        refusal = staff_check_office(
            tx, "customer",
            tx_rule(tx, RULE_THE_BOUND_KEEP_TO_THEIRS) ? erasing.customer->branch : 0);
    if (refusal == NULL)
        refusal = check(tx, &erasing);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);

    tx_decided(tx);
    for (size_t i = 0; i < erasing.count; i++)
        erase_one(tx, erasing.records[i], company);
    company_save(tx, company);
    FIELD_SET(done, id, erasing.customer->customer);
    return NULL;
}

/* ---- the job ---- */

/* What has words, in this order. The job's place is which of them, and the last row's key. */
static const struct {
    uint8_t tree;
    uint8_t table;
    const ProtobufCMessageDescriptor *type;
} worded[] = {
    {TREE_CUSTOMER, TABLE_CHANGE, &tefter__change_record__descriptor},
    {TREE_CUSTOMER, TABLE_NOTE, &tefter__note_record__descriptor},
    {TREE_CUSTOMER, TABLE_LIMIT_HISTORY, &tefter__limit_record__descriptor},
    {TREE_CUSTOMER, TABLE_DOCUMENT, &tefter__document_record__descriptor},
    {TREE_BOOK, TABLE_APPROVAL, &tefter__approval_record__descriptor},
    {TREE_BOOK, TABLE_ALARM, &tefter__alarm_row__descriptor},
};
enum { WORDED = sizeof worded / sizeof *worded };

static bool is_theirs(size_t at, const ProtobufCMessage *record, uint32_t customer)
{
    if (worded[at].tree != TREE_BOOK)
        return true;
    if (worded[at].table == TABLE_APPROVAL)
        return ((const Tefter__ApprovalRecord *)record)->row->customer == customer;
    return ((const Tefter__AlarmRow *)record)->customer == customer;
}

/* Rows that terminals hold say the name: they are told anew. */
static void look_at(struct tx *tx, const struct tx_walk *walk, size_t at, uint32_t customer)
{
    ProtobufCMessage *record = tx_walk_record(walk, worded[at].type);
    if (!is_theirs(at, record, customer))
        return;
    tx_erase_words(tx, record);
    if (worded[at].tree == TREE_BOOK)
        tx_touch(tx, worded[at].table == TABLE_APPROVAL ? ROW_APPROVAL : ROW_ALARM,
                 tx_walk_u64(walk, KEY_BOOK_HEAD));
}

static void keep_place(struct tx *tx, Tefter__JobRecord *job, size_t at, struct slice key)
{
    uint8_t *place = tx_take(tx, key.size + 1);
    place[0] = (uint8_t)at;
    memcpy(place + 1, key.data, key.size);
    FIELD_SET(job, place, ((ProtobufCBinaryData){key.size + 1, place}));
}

static struct key prefix_of(size_t at, uint32_t customer)
{
    return worded[at].tree == TREE_BOOK
               ? key_book((enum book_table)worded[at].table)
               : key_customer(customer, (enum customer_table)worded[at].table);
}

/* Where the rows of this kind go on. */
static struct key from_of(const Tefter__JobRecord *job, size_t at, const struct key *prefix)
{
    struct key from = *prefix;
    size_t size = job->place.len;
    if (!job->has_place || size < 2 || size - 1 >= KEY_MAX || job->place.data[0] != at)
        return from;
    memcpy(from.bytes, job->place.data + 1, size - 1);
    from.size = (uint8_t)(size - 1);
    key_u8(&from, 0); /* just behind it */
    return from;
}

bool erase_words_step(struct tx *tx, Tefter__JobRecord *job)
{
    uint32_t customer = job->cursor;
    size_t left = STEP_ROWS;
    size_t at = job->has_place && job->place.len > 0 ? job->place.data[0] : 0;
    for (; at < WORDED; at++) {
        struct key prefix = prefix_of(at, customer);
        struct key from = from_of(job, at, &prefix);
        struct tx_walk walk;
        bool on = tx_walk_first(tx, &prefix, &from, &walk);
        for (; on && left > 0; on = tx_walk_next(&walk), left--) {
            look_at(tx, &walk, at, customer);
            keep_place(tx, job, at, tx_walk_key(&walk));
            job->done++;
        }
        tx_walk_end(&walk);
        if (on)
            return false;
    }
    return true;
}

#include "ledger/derived.h"

#include "domain/domain.h"

#include <stdio.h>

/* ---- what differs ---- */

/* A key for people: letters as they are, other bytes as \xNN. */
static void key_write(const struct key *key, char *out, size_t capacity)
{
    size_t used = 0;
    size_t at = key->tree == TREE_BOOK ? KEY_BOOK_HEAD : 0;
    for (; at < key->size && used + 5 < capacity; at++) {
        uint8_t byte = key->bytes[at];
        bool plain = byte > ' ' && byte < 0x7f && byte != '\\';
        used += (size_t)snprintf(out + used, capacity - used, plain ? "%c" : "\\x%02x", byte);
    }
    out[used] = '\0';
}

static bool differs(struct derived *derived, const struct key *key, const char *how)
{
    char row[100];
    if (derived->what[0] != '\0')
        return false;
    const char *table = tx_table_name(key->tree, key->bytes);
    key_write(key, row, sizeof row);
    snprintf(derived->what, sizeof derived->what, "derived row %s %s: %s",
             table != NULL ? table : "of no table", row, how);
    return false;
}

static bool differs_number(struct derived *derived, const struct key *key, int64_t kept,
                           int64_t counted)
{
    char how[80];
    snprintf(how, sizeof how, "%lld is kept, %lld follows from the facts", (long long)kept,
             (long long)counted);
    return differs(derived, key, how);
}

bool derived_total(struct derived *derived, const struct key *key, bool missing, int64_t kept,
                   int64_t counted)
{
    return missing ? differs(derived, key, "it is missing")
                   : differs_number(derived, key, kept, counted);
}

/* ---- rows out of facts ---- */

/* Each row that follows from a fact comes here: to be looked up in the state, or to be held against
 * the one row that is asked about. */
struct sink {
    struct derived *derived;
    const struct key *asked; /* NULL: look each up */
    struct slice value;      /* of the asked one */
    bool follows;
};

static bool key_same(const struct key *a, const struct key *b)
{
    return a->tree == b->tree && a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void look_up(struct derived *derived, const struct key *key, struct slice value)
{
    struct slice kept;
    if (!store_get(derived->tx->txn, key->tree, slice_of(key->bytes, key->size), &kept))
        differs(derived, key, "it is missing");
    else if (!slice_equal(kept, value) && kept.size == 8 && value.size == 8)
        differs_number(derived, key, (int64_t)be64_get(kept.data), (int64_t)be64_get(value.data));
    else if (!slice_equal(kept, value))
        differs(derived, key, "it holds something else than follows from the facts");
}

static void row_is(struct sink *sink, const struct key *key, struct slice value)
{
    if (sink->asked == NULL)
        look_up(sink->derived, key, value);
    else if (key_same(key, sink->asked))
        sink->follows = sink->follows || slice_equal(value, sink->value);
}

static void row_is_number(struct sink *sink, const struct key *key, uint64_t value)
{
    uint8_t bytes[8];
    be64_put(bytes, value);
    row_is(sink, key, slice_of(bytes, sizeof bytes));
}

static void word_names(struct sink *sink, enum book_table table, const char *word, uint64_t number)
{
    struct key words = key_book(table);
    struct key key = key_word(&words, word);
    row_is_number(sink, &key, number);
}

static void look_names(struct sink *sink, enum book_table table, const char *code, uint64_t number)
{
    struct key key;
    if (look_key(table, code, number, &key))
        row_is_number(sink, &key, number);
}

static void import_names(struct sink *sink, const Tefter__CustomerRecord *customer)
{
    struct key key = key_book(TABLE_CUSTOMER_SOURCE);
    key_text(&key, customer->source);
    key_text(&key, customer->code);
    row_is_number(sink, &key, customer->customer);
}

static void branch_rows(struct sink *sink, const void *record)
{
    const Tefter__BranchRecord *branch = record;
    word_names(sink, TABLE_BRANCH_CODE, branch->code, branch->branch);
}

static void staff_rows(struct sink *sink, const void *record)
{
    const Tefter__StaffRecord *staff = record;
    word_names(sink, TABLE_STAFF_LOGIN, staff->login, staff->staff);
}

static void group_rows(struct sink *sink, const void *record)
{
    const Tefter__GroupRecord *group = record;
    struct key key = group_name_key(group->dimension, group->name);
    row_is_number(sink, &key, group->group);
}

static void product_rows(struct sink *sink, const void *record)
{
    const Tefter__ProductRecord *product = record;
    word_names(sink, TABLE_PRODUCT_CODE, product->code, product->product);
    look_names(sink, TABLE_PRODUCT_CODE, product->code, product->product);
    for (size_t i = 0; i < product->n_barcodes; i++)
        word_names(sink, TABLE_PRODUCT_CODE, product->barcodes[i], product->product);
    for (size_t u = 0; u < product->n_units; u++)
        for (size_t i = 0; i < product->units[u]->n_barcodes; i++)
            word_names(sink, TABLE_PRODUCT_CODE, product->units[u]->barcodes[i], product->product);
}

static void customer_rows(struct sink *sink, const Tefter__CustomerRecord *customer)
{
    word_names(sink, TABLE_CUSTOMER_CODE, customer->code, customer->customer);
    look_names(sink, TABLE_CUSTOMER_CODE, customer->code, customer->customer);
    if (customer->source != NULL)
        import_names(sink, customer);
    for (size_t i = 0; i < customer->n_groups; i++) {
        struct key key = key_book(TABLE_GROUP_MEMBER);
        key_u32(&key, customer->groups[i]);
        key_u32(&key, customer->customer);
        row_is_number(sink, &key, customer->customer);
    }
}

static void document_rows(struct sink *sink, const Tefter__DocumentRecord *document,
                          const Tefter__DocumentTailRecord *tail)
{
    bool live = !tail->has_reversed_by;
    struct key numbers = key_book(TABLE_NUMBER);
    key_u8(&numbers, (uint8_t)document->kind);
    struct key key = key_word(&numbers, document->number);
    if (!tail->undone)
        row_is_number(sink, &key, document->document);
    key = document_dated_key(document->date, document->seq, document->document);
    row_is_number(sink, &key, document->document);
    if (!live || document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
        document->reference == NULL)
        return;
    struct key references = key_book(TABLE_REFERENCE);
    key_u8(&references, (uint8_t)document->payment_kind);
    key = key_word(&references, document->reference);
    key_u32(&key, document->money_account);
    row_is_number(sink, &key, document->document);
}

static struct key unmatched_key(const Tefter__ItemRecord *item)
{
    struct key key = key_book(TABLE_UNMATCHED);
    key_u64(&key, item->seq);
    key_u64(&key, item->document);
    return key;
}

static struct key serial_key(const Tefter__DocumentLine *line, size_t serial)
{
    struct key serials = key_book(TABLE_SERIAL);
    struct key key = key_word(&serials, line->serials[serial]);
    key_u32(&key, line->product);
    return key;
}

static struct key branch_day_key(const Tefter__DocumentRecord *document)
{
    struct key key = key_book(TABLE_BRANCH_DAY);
    key_u32(&key, document->branch);
    key_u32(&key, document->date);
    return key;
}

static bool sound(const struct derived *derived)
{
    return derived->what[0] == '\0';
}

/* ---- the own limit in force: the newest of the history, unless that withdrew it ---- */

static bool check_limit(struct derived *derived, uint32_t customer)
{
    enum { FIELD_WITHDRAWN = 6 };
    struct key key = key_customer(customer, TABLE_LIMIT);
    struct key history = key_customer(customer, TABLE_LIMIT_HISTORY);
    struct sink sink = {.derived = derived};
    struct tx_walk walk;
    bool any = tx_walk_last(derived->tx, &history, NULL, &walk);
    bool in_force = any && tx_walk_field(&walk, FIELD_WITHDRAWN) == 0;
    if (in_force)
        row_is(&sink, &key, tx_walk_value(&walk));
    else if (tx_has(derived->tx, &key))
        differs(derived, &key, "it follows from no fact");
    tx_walk_end(&walk);
    return sound(derived);
}

/* ---- serial numbers: the invoice a piece was sold with last, unless that was reversed ---- */

static uint64_t seq_of_document(struct tx *tx, uint64_t document)
{
    enum { FIELD_SEQ = 8 };
    struct key key = document_key(document);
    return tx_field(tx, &key, FIELD_SEQ);
}

/* Looks through all documents for the later sales that explain what is noted. */
static bool explain_late(struct derived *derived);

static bool note_late(struct derived *derived, const struct key *key, uint64_t seq)
{
    if (derived->late_count == DERIVED_LATE_MAX && !explain_late(derived))
        return false;
    derived->late[derived->late_count++] = (struct derived_late){.key = *key, .seq = seq};
    return true;
}

static bool check_serial(struct derived *derived, const Tefter__DocumentRecord *invoice, bool live,
                         const struct key *key)
{
    uint64_t kept;
    if (!tx_get_u64(derived->tx, key, &kept))
        return !live || note_late(derived, key, invoice->seq);
    if (kept == invoice->document)
        return live || differs(derived, key, "the invoice it names was reversed");
    if (seq_of_document(derived->tx, kept) > invoice->seq)
        return true; /* that one is looked at on the way back */
    return differs_number(derived, key, (int64_t)kept, (int64_t)invoice->document);
}

static bool check_serials(struct derived *derived, const Tefter__DocumentRecord *document,
                          bool live)
{
    if (document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        return true;
    for (size_t i = 0; i < document->n_lines; i++)
        for (size_t s = 0; s < document->lines[i]->n_serials; s++) {
            struct key key = serial_key(document->lines[i], s);
            if (!check_serial(derived, document, live, &key))
                return false;
        }
    return true;
}

static void explain_with(struct derived *derived, const Tefter__DocumentRecord *invoice)
{
    for (size_t i = 0; i < invoice->n_lines; i++)
        for (size_t s = 0; s < invoice->lines[i]->n_serials; s++) {
            struct key key = serial_key(invoice->lines[i], s);
            for (size_t n = 0; n < derived->late_count; n++)
                if (derived->late[n].seq < invoice->seq && key_same(&derived->late[n].key, &key))
                    derived->late[n].explained = true;
        }
}

static void explain_by_customer(struct derived *derived, uint32_t customer)
{
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(derived->tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        tx_scratch_next(derived->tx);
        const Tefter__DocumentRecord *document =
            tx_walk_record(&walk, &tefter__document_record__descriptor);
        if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE &&
            document_tail(derived->tx, document->document)->has_reversed_by)
            explain_with(derived, document);
    }
    tx_walk_end(&walk);
}

static bool explain_late(struct derived *derived)
{
    uint32_t customer = derived->late_count > 0 ? customer_next(derived->tx, 0) : 0;
    for (; customer != 0; customer = customer_next(derived->tx, customer))
        explain_by_customer(derived, customer);
    for (size_t i = 0; i < derived->late_count; i++)
        if (!derived->late[i].explained)
            differs(derived, &derived->late[i].key, "it is missing");
    derived->late_count = 0;
    return sound(derived);
}

/* ---- days of a branch: the first document that is dated on each, by seq ---- */

static bool check_day(struct derived *derived, const Tefter__DocumentRecord *document)
{
    struct key key = branch_day_key(document);
    uint64_t kept;
    if (!tx_get_u64(derived->tx, &key, &kept))
        return differs(derived, &key, "it is missing");
    return seq_of_document(derived->tx, kept) <= document->seq ||
           differs_number(derived, &key, (int64_t)kept, (int64_t)document->document);
}

/* ---- from facts to rows ---- */

bool derived_customer(struct derived *derived, const Tefter__CustomerRecord *customer)
{
    struct sink sink = {.derived = derived};
    customer_rows(&sink, customer);
    return sound(derived) && check_limit(derived, customer->customer);
}

bool derived_document(struct derived *derived, const Tefter__DocumentRecord *document,
                      const Tefter__DocumentTailRecord *tail)
{
    struct sink sink = {.derived = derived};
    bool live = !tail->has_reversed_by;
    document_rows(&sink, document, tail);
    return sound(derived) && check_day(derived, document) && check_serials(derived, document, live);
}

bool derived_item(struct derived *derived, const Tefter__ItemRecord *item)
{
    struct sink sink = {.derived = derived};
    struct key key = unmatched_key(item);
    if (!item->debit && item->open_minor > 0)
        row_is_number(&sink, &key, item->document);
    return sound(derived);
}

/* Facts of the company's own: a number, then its record. */
struct fact {
    enum book_table table;
    const ProtobufCMessageDescriptor *type;
    void (*rows)(struct sink *sink, const void *record);
};

static const struct fact branch_fact = {TABLE_BRANCH, &tefter__branch_record__descriptor,
                                        branch_rows};
static const struct fact staff_fact = {TABLE_STAFF, &tefter__staff_record__descriptor, staff_rows};
static const struct fact group_fact = {TABLE_GROUP, &tefter__group_record__descriptor, group_rows};
static const struct fact product_fact = {TABLE_PRODUCT, &tefter__product_record__descriptor,
                                         product_rows};

static bool facts_to_rows(struct derived *derived, const struct fact *fact)
{
    struct sink sink = {.derived = derived};
    struct key prefix = key_book(fact->table);
    struct tx_walk walk;
    for (bool on = tx_walk_first(derived->tx, &prefix, NULL, &walk); on && sound(derived);
         on = tx_walk_next(&walk)) {
        tx_scratch_next(derived->tx);
        fact->rows(&sink, tx_walk_record(&walk, fact->type));
    }
    tx_walk_end(&walk);
    return sound(derived);
}

/* ---- from rows back to facts ---- */

static void ask_fact(struct sink *sink, const struct fact *fact, uint64_t number)
{
    struct key key = key_book(fact->table);
    key_u32(&key, (uint32_t)number);
    const void *record = tx_get(sink->derived->tx, &key, fact->type);
    if (record != NULL)
        fact->rows(sink, record);
}

static void ask_customer(struct sink *sink, uint64_t number)
{
    const Tefter__CustomerRecord *customer = customer_get(sink->derived->tx, (uint32_t)number);
    if (customer != NULL)
        customer_rows(sink, customer);
}

static void ask_document(struct sink *sink, uint64_t number)
{
    struct tx *tx = sink->derived->tx;
    const Tefter__DocumentRecord *document = document_get(tx, number);
    if (document == NULL)
        return;
    const Tefter__DocumentTailRecord *tail = document_tail(tx, number);
    bool live = !tail->has_reversed_by;
    document_rows(sink, document, tail);
    struct key day = branch_day_key(document);
    row_is_number(sink, &day, number);
    for (size_t i = 0; live && i < document->n_lines; i++)
        for (size_t s = 0; s < document->lines[i]->n_serials; s++) {
            struct key key = serial_key(document->lines[i], s);
            row_is_number(sink, &key, number);
        }
}

static void ask_item(struct sink *sink, uint64_t document)
{
    struct key open = key_customer(document_customer(document), TABLE_OPEN_CREDIT);
    key_u32(&open, document_date(document));
    key_u64(&open, document);
    const Tefter__ItemRecord *item =
        tx_get(sink->derived->tx, &open, &tefter__item_record__descriptor);
    if (item == NULL)
        return;
    struct key key = unmatched_key(item);
    row_is_number(sink, &key, document);
}

/* Hands the fact that a row names to the sink. No default: a new derived table does not compile
 * before it has its fact here. TOTAL is summed up in check.c. */
static void ask(struct sink *sink, uint64_t number)
{
    switch ((enum book_table)sink->asked->bytes[0]) {
    case TABLE_BRANCH_CODE:
        ask_fact(sink, &branch_fact, number);
        break;
    case TABLE_STAFF_LOGIN:
        ask_fact(sink, &staff_fact, number);
        break;
    case TABLE_GROUP_NAME:
        ask_fact(sink, &group_fact, number);
        break;
    case TABLE_PRODUCT_CODE:
        ask_fact(sink, &product_fact, number);
        break;
    case TABLE_GROUP_MEMBER:
    case TABLE_CUSTOMER_CODE:
    case TABLE_CUSTOMER_SOURCE:
        ask_customer(sink, number);
        break;
    case TABLE_LOOK:
        if (sink->asked->bytes[KEY_BOOK_HEAD] == TABLE_PRODUCT_CODE)
            ask_fact(sink, &product_fact, number);
        else
            ask_customer(sink, number);
        break;
    case TABLE_NUMBER:
    case TABLE_REFERENCE:
    case TABLE_SERIAL:
    case TABLE_BRANCH_DAY:
    case TABLE_DATED:
        ask_document(sink, number);
        break;
    case TABLE_UNMATCHED:
        ask_item(sink, number);
        break;
    case TABLE_TOTAL:
    case TABLE_COMPANY:
    case TABLE_BRANCH:
    case TABLE_STAFF:
    case TABLE_TERMINAL:
    case TABLE_GROUP:
    case TABLE_PRODUCT:
    case TABLE_PLACE:
    case TABLE_APPROVAL:
    case TABLE_APPROVAL_DECIDED:
    case TABLE_JOB:
    case TABLE_ALARM:
    case TABLE_TAKEN_BACK:
    case TABLE_RECOVERY:
    case TABLE_HEARD:
    case TABLE_OFFER:
    case TABLE_RECALL:
    case TABLE_PARKED:
    case TABLE_ROUNDED_OFF:
    case TABLE_TILL_DAY:
    case TABLE_MONEY_DAY:
    case TABLE_REFUNDED:
    case TABLE_PRICE_LISTS:
    case TABLE_SAVED_REPORTS:
    case TABLE_PRICE:
    case TABLE_CASH_OUT:
    case TABLE_CASH_IN:
    case TABLE_OWN_CONFIRMED:
    case TABLE_TAKEN_AWAY:
    case TABLE_WORKDAYS:
    case TABLE_STATEMENT_OWNER:
    case TABLE_STATEMENT_DUE:
    case TABLE_STATEMENT_DAY:
        sink->follows = true;
        break;
    }
}

static bool row_to_fact(struct derived *derived, struct slice bytes, struct slice value)
{
    struct key key = {.tree = TREE_BOOK, .size = (uint8_t)bytes.size};
    struct sink sink = {.derived = derived, .asked = &key, .value = value};
    if (bytes.size > KEY_MAX)
        return true;
    memcpy(key.bytes, bytes.data, bytes.size);
    if (tx_table_name(TREE_BOOK, key.bytes) == NULL)
        return differs(derived, &key, "it should not be there");
    if (tx_table_kind(TREE_BOOK, key.bytes) != TABLE_DERIVED)
        return true;
    tx_scratch_next(derived->tx);
    if (value.size == 8)
        ask(&sink, be64_get(value.data));
    return sink.follows || differs(derived, &key, "it follows from no fact");
}

static bool rows_to_facts(struct derived *derived)
{
    struct store_cursor cursor;
    bool same = true;
    bool on = store_seek(derived->tx->txn, TREE_BOOK, slice_of(NULL, 0), &cursor);
    for (; on && same; on = store_next(&cursor))
        same = row_to_fact(derived, cursor.key, cursor.value);
    store_leave(&cursor);
    return same;
}

bool derived_finish(struct derived *derived)
{
    return explain_late(derived) && facts_to_rows(derived, &branch_fact) &&
           facts_to_rows(derived, &staff_fact) && facts_to_rows(derived, &group_fact) &&
           facts_to_rows(derived, &product_fact) && rows_to_facts(derived);
}

/*
 * The rows of a statement, made again from the documents whenever they are wanted.
 *
 * 1. A part's rows are what came late since the statement before (in the order in which it was
 *    written), then the papers of its days that were written in time (in the order of dates).
 * 2. They never change: what is written under a told day later came late, and says so.
 */
#include "domain/statements/inside.h"

#include "domain/documents/documents.h"
#include "domain/receivables/receivables.h"

bool statement_at_end(const Tefter__StatementRecord *statement, const struct statement_place *place)
{
    return place->part >= statement->n_parts;
}

static Tefter__StatementRow *row_of(struct tx *tx, const Tefter__DocumentRecord *document,
                                    bool late)
{
    Tefter__StatementRow *row = tx_new(tx, &tefter__statement_row__descriptor);
    row->document = document->document;
    row->kind = document->kind;
    row->number = tx_text(tx, document->number);
    row->date = document->date;
    FIELD_COPY(row, due, document);
    row->amount_minor = document->balance_minor;
    FIELD_SET_IF(row, late, late, late);
    FIELD_COPY(row, payment_kind, document);
    return row;
}

static size_t take_late(struct tx *tx, const Tefter__StatementRecord *statement,
                        const Tefter__StatementPart *part, struct statement_place *place,
                        Tefter__StatementRow **rows, size_t most)
{
    struct tx *scratch = tx_scratch_begin(tx);
    struct late_walk walk;
    size_t count = 0;
    uint64_t seq = place->late_seq != 0 ? place->late_seq : part->from_seq;
    uint64_t document = place->late_seq != 0 ? place->document : UINT64_MAX - 1;
    bool on = part->from_seq != 0 &&
              account_late_first(scratch, part->customer, seq, document, statement->seq, &walk);
    for (; on && count < most; on = account_late_next(&walk)) {
        place->late_seq = account_late_seq(&walk);
        place->document = account_late_document(&walk);
        rows[count++] = row_of(tx, document_get(scratch, place->document), true);
        tx_scratch_next(scratch);
    }
    if (part->from_seq != 0)
        account_late_end(&walk);
    tx_scratch_end(scratch);
    if (!on) {
        place->in_time = true;
        place->document = 0;
    }
    return count;
}

static bool in_time(struct tx *tx, const Tefter__StatementRecord *statement, uint64_t document)
{
    return account_late_of(tx, document) <= statement->seq;
}

static size_t take_in_time(struct tx *tx, const Tefter__StatementRecord *statement,
                           const Tefter__StatementPart *part, struct statement_place *place,
                           Tefter__StatementRow **rows, size_t most)
{
    struct tx *scratch = tx_scratch_begin(tx);
    struct key prefix = key_customer(part->customer, TABLE_DOCUMENT);
    uint64_t first = document_id(part->customer, part->from_date + 1, 0);
    struct key from = document_key(place->document >= first ? place->document + 1 : first);
    struct tx_walk walk;
    size_t count = 0;
    bool on = part->from_date < statement->until && tx_walk_first(scratch, &prefix, &from, &walk);
    bool began = part->from_date < statement->until;
    for (; on && count < most; on = tx_walk_next(&walk)) {
        uint64_t document = tx_walk_u64(&walk, KEY_CUSTOMER_HEAD);
        if (document_date(document) > statement->until)
            break;
        place->document = document;
        if (in_time(scratch, statement, document))
            rows[count++] =
                row_of(tx, tx_walk_record(&walk, &tefter__document_record__descriptor), false);
        tx_scratch_next(scratch);
    }
    if (began)
        tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return count;
}

size_t statement_rows(struct tx *tx, const Tefter__StatementRecord *statement,
                      struct statement_place *place, Tefter__StatementRow **ret_rows, size_t most)
{
    const Tefter__StatementPart *part = statement->parts[place->part];
    size_t count = 0;
    if (!place->in_time)
        count = take_late(tx, statement, part, place, ret_rows, most);
    if (place->in_time && count < most)
        count += take_in_time(tx, statement, part, place, ret_rows + count, most - count);
    if (count == 0)
        *place = (struct statement_place){.part = place->part + 1};
    return count;
}

void statement_hash_row(struct tx *tx, const Tefter__StatementRow *row, struct hash *hash)
{
    struct hash_state state;
    Tefter__StatementRow plain = *row;
    plain.running_minor = 0; /* it follows from the others */
    struct slice packed = tx_pack(tx, &plain.base);
    hash_begin(&state);
    hash_add(&state, hash->bytes, sizeof hash->bytes);
    hash_add(&state, packed.data, packed.size);
    hash_end(&state, hash);
}

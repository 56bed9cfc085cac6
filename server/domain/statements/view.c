/*
 * One statement: its rows made again, whether they are as they were told, and what was written
 * under its days since. Read only.
 */
#include "domain/statements/inside.h"

#include "domain/receivables/receivables.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 128 };

/* "ST-00017", "st17": the id; 0: no number of a statement. */
static uint32_t id_of_number(const char *number)
{
    char *end;
    if ((number[0] | 0x20) != 's' || (number[1] | 0x20) != 't')
        return 0;
    const char *digits = number + 2 + (number[2] == '-');
    if (*digits < '0' || *digits > '9')
        return 0;
    unsigned long id = strtoul(digits, &end, 10);
    return *end == '\0' && id <= UINT32_MAX ? (uint32_t)id : 0;
}

/* Refuses FIELD_MISSING statement (nothing names one), NOT_FOUND statement. */
static Tefter__Refusal *find(struct tx *tx, const Tefter__StatementView *query,
                             Tefter__StatementRecord **ret_statement)
{
    Tefter__CustomerRecord *customer;
    uint32_t id = query->has_statement ? query->statement : 0;
    if (query->number != NULL)
        id = id_of_number(query->number);
    if (!query->has_statement && query->number == NULL) {
        Tefter__Refusal *refusal =
            customer_resolve(tx, query->customer, query->code, true, &customer);
        if (refusal != NULL)
            return refusal;
        if (customer == NULL)
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "statement");
        id = statement_last(tx, customer->customer);
    }
    *ret_statement = id != 0 ? statement_get(tx, id) : NULL;
    return *ret_statement != NULL ? NULL : refuse_not_found(tx, "statement");
}

/* All rows once more, without keeping them. */
static bool is_same(struct tx *tx, const Tefter__StatementRecord *statement)
{
    struct statement_place place = {0};
    struct hash hash = {.bytes = {0}};
    while (!statement_at_end(statement, &place)) {
        struct tx *scratch = tx_scratch_begin(tx);
        Tefter__StatementRow *rows[ROWS_AT_ONCE];
        size_t count = statement_rows(scratch, statement, &place, rows, ROWS_AT_ONCE);
        for (size_t i = 0; i < count; i++)
            statement_hash_row(scratch, rows[i], &hash);
        tx_scratch_end(scratch);
    }
    return memcmp(hash.bytes, statement->hash.data, sizeof hash.bytes) == 0;
}

static void tell_since(struct tx *tx, const Tefter__StatementRecord *statement,
                       Tefter__StatementAnswer *answer)
{
    enum { FIELD_BALANCE = 13 };
    answer->has_since = answer->has_since_minor = true;
    for (size_t i = 0; i < statement->n_parts; i++) {
        struct late_walk walk;
        bool on = account_late_first(tx, statement->parts[i]->customer, statement->seq,
                                     UINT64_MAX - 1, UINT64_MAX, &walk);
        for (; on; on = account_late_next(&walk)) {
            uint64_t document = account_late_document(&walk);
            struct key key = document_key(document);
            if (document_date(document) > statement->until)
                continue;
            answer->since++;
            answer->since_minor =
                tx_sum(tx, answer->since_minor, (int64_t)tx_field(tx, &key, FIELD_BALANCE));
        }
        account_late_end(&walk);
    }
}

/* Refuses, in this order: FIELD_MISSING statement (nothing names one), customer_resolve, NOT_FOUND
 * statement; FIELD_INVALID page. */
Tefter__Refusal *view_statement(struct tx *tx, const Tefter__StatementView *query,
                                Tefter__StatementAnswer *answer)
{
    uint64_t token[5];
    Tefter__Refusal *refusal = find(tx, query, &answer->statement);
    if (refusal != NULL)
        return refusal;
    const Tefter__StatementRecord *statement = answer->statement;
    if (!page_read(query->has_page, query->page, token, 5) || token[0] > statement->n_parts)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct statement_place place = {.part = (uint32_t)token[0],
                                    .late_seq = token[1],
                                    .document = token[2],
                                    .in_time = token[3] != 0};
    int64_t running = (int64_t)token[4];
    uint32_t most = page_rows(query->has_rows, query->rows);
    answer->customer = customer_row(tx, customer_read(tx, statement->customer));
    answer->parts = tx_take(tx, statement->n_parts * sizeof *answer->parts);
    for (size_t i = 0; i < statement->n_parts && statement->n_parts > 1; i++)
        answer->parts[answer->n_parts++] =
            customer_row(tx, customer_read(tx, statement->parts[i]->customer));
    answer->rows = tx_take(tx, most * sizeof *answer->rows);
    while (answer->n_rows < most && !statement_at_end(statement, &place) && !statement->making) {
        if (place.late_seq == 0 && place.document == 0 && !place.in_time)
            running = statement->parts[place.part]->opening_minor;
        size_t count = statement_rows(tx, statement, &place, answer->rows + answer->n_rows,
                                      most - answer->n_rows);
        for (size_t i = 0; i < count; i++) {
            Tefter__StatementRow *row = answer->rows[answer->n_rows++];
            running = tx_sum(tx, running, row->amount_minor);
            row->running_minor = running;
        }
    }
    if (!statement_at_end(statement, &place) && !statement->making) {
        uint64_t next[5] = {place.part, place.late_seq, place.document, place.in_time,
                            (uint64_t)running};
        FIELD_SET(answer, next, page_write(tx, next, 5));
    }
    if (query->has_page || statement->making)
        return NULL;
    FIELD_SET(answer, same, is_same(tx, statement));
    tell_since(tx, statement, answer);
    return NULL;
}

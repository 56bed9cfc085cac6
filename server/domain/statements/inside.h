#pragma once
/* What the files of this folder share: the record of a statement, its rows, how it is made. */
#include "domain/party/party.h"
#include "domain/statements/statements.h"

/* ---- records (statement.c) ---- */

struct key statement_key(uint32_t customer, uint32_t statement);
/* NULL: there is none of that id. */
Tefter__StatementRecord *statement_get(struct tx *tx, uint32_t statement);
/* The last one of a customer; 0: none. */
uint32_t statement_last(struct tx *tx, uint32_t customer);
/* All dated until then was told to them; DATE_NONE: nothing was. */
uint32_t statement_told_until(struct tx *tx, uint32_t customer);

/* ---- rows (rows.c) ---- */

/* Where among the rows of a statement: zeros are its start. */
struct statement_place {
    uint32_t part;
    uint64_t late_seq; /* of what came late, the last one taken */
    uint64_t document; /* the last one taken, of either */
    bool in_time;      /* what came late is behind */
};
bool statement_at_end(const Tefter__StatementRecord *statement,
                      const struct statement_place *place);
/* At most `most` rows of the part at which the place stands, from there on, without running
 * balances; 0: that part is done, and the place stands at the next. */
size_t statement_rows(struct tx *tx, const Tefter__StatementRecord *statement,
                      struct statement_place *place, Tefter__StatementRow **ret_rows, size_t most);
/* The hash of all rows until then, and one more. */
void statement_hash_row(struct tx *tx, const Tefter__StatementRow *row, struct hash *hash);

/* ---- making (make.c) ---- */

struct statement_order {
    Tefter__CustomerRecord *customer;
    const struct settlement *settlement; /* NULL: by hand */
    uint32_t until;
    uint32_t first_from; /* of records that were never told: told until then */
};
/* Would it say nothing: no row, and nothing owed before? */
bool statement_says_nothing(struct tx *tx, const struct statement_order *order);
/* After the decided line: it has a number, and its papers are told. */
Tefter__StatementRecord *statement_begin(struct tx *tx, const struct statement_order *order);
/* Makes it with at most *work rows, which it takes from there; true: it is made. Saves it. */
bool statement_go_on(struct tx *tx, Tefter__StatementRecord *statement, uint32_t *work);

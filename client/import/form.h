#pragma once
/*
 * From a row to an entry: reads each mapped cell in the form its field has, and says in words what
 * cannot be read. What a document's lines come to is summed when it is whole.
 */
#include "base/money.h"
#include "import/entry.h"
#include "import/index.h"
#include "import/known.h"
#include "import/mapping.h"

struct form {
    const struct import_settings *settings;
    const struct mapping *mapping;
    const struct style *style;
    const struct currency *currency;
    const char *source;    /* never NULL */
    bool whole_amounts;    /* an amount is its document's, and stands in each of its rows */
    bool tax_of_product;   /* lines say no tax: the ledger adds their product's */
    uint32_t usual_tax_bp; /* of products in a file without a column for it */
    const struct known *known;
    const struct index *index;
};

/* The document number of a row with the prefix, in `out`; empty when it has none. */
struct slice form_number(const struct form *form, const struct row *row, char *out,
                         size_t capacity);

/* The same of a row that cannot be read, as well as can be: cut at its delimiters. */
struct slice form_broken_number(const struct form *form, const struct row *row, char delimiter,
                                char *out, size_t capacity);
/* A row that sums up others: its number, customer, code, list or dimension is a word for that, or
 * it has none of these and another cell is. Gives the word; empty when it is none. */
struct slice form_total_word(const struct mapping *mapping, const struct row *row);
/* Such a row that may be one of its kind after all: it has a number, or a name, of its own. */
bool form_total_unsure(const struct mapping *mapping, const struct row *row);
/* What such a row says that all comes to. */
bool form_total_amount(const struct form *form, const struct row *row, int64_t *ret_amount);
/* A row without a number that goes on with the document above it: it has no date either. */
bool form_goes_on(const struct form *form, const struct row *row);

enum { FORM_KEY_MAX = 512 };
/* What a row of customers, products, prices or groups is about, as the ledger tells it apart: a
 * code; a group's dimension and name; a price's list, product, unit, quantity and day. Empty when
 * it does not say, and for other kinds. */
struct slice form_key(const struct form *form, const struct row *row, char out[FORM_KEY_MAX]);
/* Do two rows of one key say the same? A product's rows may each say another pack of it. False:
 * *ret_field is the first that is different. */
bool form_same(const struct form *form, const struct row *a, const struct row *b,
               enum import_field *ret_field);

/* Of two rows of one customer, does the first say nothing that the second does not say too? A
 * second old bill of theirs mostly leaves the telephone out. */
bool form_within(const struct form *form, const struct row *a, const struct row *b);

enum { BALANCE_NUMBER_MAX = 64 };
/* The number of a balance: the row's own, else its customer's "OB-CODE", of further rows of them
 * "OB-CODE-2" and so on. Empty without either. */
struct slice form_balance_number(const struct form *form, const struct row *row, uint64_t turn,
                                 char out[BALANCE_NUMBER_MAX]);

/* What stands once in an entry: of a document the first row counts. Rejects the entry when it
 * cannot be read. */
void form_read_head(const struct form *form, const struct row *row, struct entry *entry);
/* Any further row of it: what it says of the whole must be what the first one says. */
void form_check_head(const struct form *form, const struct row *row, struct entry *entry);
/* One line of a document, or one bill of a payment. */
void form_read_line(const struct form *form, const struct row *row, struct entry *entry);

/* When all rows are there: total, due date, and which kind of document it is. */
void form_finish(const struct form *form, struct entry *entry);

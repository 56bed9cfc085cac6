#pragma once
/*
 * The fields an import knows: what a column of a file can be. One table says for each which kinds
 * of import take it, how it is written, and by which headers it is recognised.
 */
#include "base/bytes.h"
#include "import/import.h"

#include <stdbool.h>

enum import_field {
    FIELD_NUMBER,
    FIELD_CUSTOMER,
    FIELD_CODE,
    FIELD_NAME,
    FIELD_DATE,
    FIELD_DUE,
    FIELD_TEXT,
    FIELD_QUANTITY,
    FIELD_PRICE,
    FIELD_AMOUNT,
    FIELD_DISCOUNT,
    FIELD_TAX,
    FIELD_CURRENCY,
    FIELD_REFERENCE,
    FIELD_NOTE,
    FIELD_SALESPERSON,
    FIELD_KIND,
    FIELD_BILL,
    FIELD_PAYER,
    FIELD_PLACE,
    FIELD_PHONE,
    FIELD_AREA,
    FIELD_NICKNAME,
    FIELD_TAX_CODE,
    FIELD_ADDRESS,
    FIELD_TERM_DAYS,
    FIELD_LANGUAGE,
    FIELD_UNIT,
    FIELD_BRAND,
    FIELD_COLOUR,
    FIELD_MODEL,
    FIELD_BARCODE,
    FIELD_SOURCE,
    FIELD_TOTAL,
    FIELD_TYPE,
    FIELD_LIMIT,
    FIELD_LIST,
    FIELD_FROM_QUANTITY,
    FIELD_VALID_FROM,
    FIELD_COST,
    FIELD_FLOOR,
    FIELD_PACK, /* another unit of a product */
    FIELD_FACTOR,
    FIELD_PACK_PRICE,
    FIELD_PACK_BARCODE,
    FIELD_DIMENSION,
    FIELD_GROUP,
    FIELD_BRANCH,   /* its code or its name */
    FIELD_WHO_PAYS, /* for a customer: another one's code */
    FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT,
};

enum field_form {
    FORM_CODE,   /* a key: no spaces within */
    FORM_LINE,   /* one line of text */
    FORM_NUMBER, /* exact decimals */
    FORM_WHOLE,  /* a small whole number */
    FORM_DATE,
};

struct field {
    const char *name; /* as in --map */
    enum field_form form;
    unsigned kinds;      /* bit 1 << enum import_kind: who takes it */
    unsigned required;   /* likewise */
    const char *headers; /* words it is recognised by, '|' between */
};

const struct field *field_about(enum import_field field);
bool field_taken(enum import_field field, enum import_kind kind);
bool field_required(enum import_field field, enum import_kind kind);

/* FIELD_NONE when this kind of import takes no such field. */
enum import_field field_find(struct slice name, enum import_kind kind);

/* The field a header speaks of; FIELD_NONE when it says nothing to us. Of two columns for one field
 * the lower rank is the better one: "Customer No" says more of a code than "Customer". */
enum import_field field_guess(struct slice header, enum import_kind kind, uint32_t *ret_rank);
/* A header that could as well be the customer's name, when another column is their code. */
bool field_may_be_name(struct slice header);
/* A column that changes what somebody owes, though no field takes it: a discount, a tax. It is left
 * out only by its name. */
bool header_of_money(struct slice header);

/* A column of money in an import of any kind. */
bool header_of_amount(struct slice header);

/* The field that such a column is, if its cells are percentages; FIELD_NONE: none. */
enum import_field field_of_rate(struct slice header);

/* Whose rows make documents with lines. */
static inline bool kind_has_lines(enum import_kind kind)
{
    return kind == IMPORT_INVOICES || kind == IMPORT_CREDIT_NOTES;
}
/* Whose rows of one number belong together. */
static inline bool kind_gathers(enum import_kind kind)
{
    return kind_has_lines(kind) || kind == IMPORT_PAYMENTS;
}
/* A sum of money, and not the price of one, which has three decimals more. */
static inline bool field_is_amount(enum import_field field)
{
    return field == FIELD_AMOUNT || field == FIELD_TOTAL || field == FIELD_LIMIT;
}
static inline bool field_is_price(enum import_field field)
{
    return field == FIELD_PRICE || field == FIELD_COST || field == FIELD_FLOOR ||
           field == FIELD_PACK_PRICE;
}

static inline bool kind_has_money(enum import_kind kind)
{
    return kind_gathers(kind) || kind == IMPORT_BALANCES;
}

const char *kind_word(enum import_kind kind); /* "invoices": as it is said on the command line */
const char *kind_noun(enum import_kind kind); /* "documents": what it makes */
/* Are two headers the same but for case, accents, spaces and signs? */
bool header_alike(struct slice a, struct slice b);
/* The place of a word in a list with '|' between, likewise; -1 when it is not there. */
int word_among(struct slice word, const char *words);

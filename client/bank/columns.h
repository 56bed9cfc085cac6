#pragma once
/* The columns of a bank's table: what their headings are called. Used by table.c. */
#include "bank/bank.h"

enum column {
    COLUMN_DATE,
    COLUMN_VALUE,
    COLUMN_AMOUNT,
    COLUMN_DEBIT,
    COLUMN_CREDIT,
    COLUMN_SIDE, /* which of the two the amount is */
    COLUMN_BALANCE,
    COLUMN_CURRENCY,
    COLUMN_TEXT, /* there may be several */
    COLUMN_NAME,
    COLUMN_ACCOUNT,
    COLUMN_REFERENCE,
    COLUMN_END_TO_END,
    COLUMN_CHEQUE,
    COLUMN_OWN, /* whose account the row is of */
    COLUMNS,    /* so many; and: none of them */
};

/* COLUMNS: nothing that is known. */
enum column column_of_heading(struct slice heading);
enum column column_of_name(struct slice name); /* as bank_columns has it */

enum side_word { SIDE_WORD_NONE, SIDE_WORD_DEBIT, SIDE_WORD_CREDIT };
enum side_word side_of_word(struct slice word);

enum caption { CAPTION_NONE, CAPTION_OPENING, CAPTION_CLOSING, CAPTION_ACCOUNT };
/* What stands beside such a text, above or below the rows. */
enum caption caption_of(struct slice text);

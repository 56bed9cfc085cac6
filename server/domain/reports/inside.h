#pragma once
/*
 * What the files of this folder share.
 */
#include "domain/payments/payments.h"
#include "domain/reports/reports.h"

/* As lists and search hits show it, with its customer's name; in tx, read over scratch. */
Tefter__DocumentRow *report_document_row(struct tx *tx, struct tx *scratch,
                                         const Tefter__DocumentRecord *record);

/* A customer's papers are for whoever serves them. Those of no customer, cash sales and money
 * moved, are for their own branch, and the one it comes to: false, when who asks belongs to
 * another. */
bool report_document_seen(struct tx *tx, const Tefter__DocumentRecord *record);

/* Money that is not matched; in tx, read over scratch. NULL: there is none of that number. */
Tefter__UnmatchedRow *report_unmatched_row(struct tx *tx, struct tx *scratch, uint64_t document);

/* ---- reports that people choose (report.c, report_row.c) ---- */

/* What is counted, and where it stands. */
struct tally {
    struct tx *tx;
    struct tx *scratch;
    const Tefter__ReportDefinition *what;
    Tefter__ReportAnswer *answer;
    uint32_t branch; /* 0: any */
    uint32_t today;
    bool sees_cost;
    struct tills_waiting waiting;
    uint16_t *places; /* where each row stands in the answer, from 1; found by its key */
    bool *hidden;     /* which rows have cash that is still to be counted */
    size_t at;        /* the row that was found last */
    size_t bytes;
    /* at hand */
    const Tefter__DocumentRecord *paper; /* NULL: a customer */
    uint32_t customer;
    uint32_t product; /* of the line at hand; 0: custom */
};

/* The row that what is at hand belongs to; made when it is not there yet. */
Tefter__ReportRow *report_row(struct tally *tally);
/* Are so many more rows of the customer at hand sure to fit? */
bool report_rows_fit(const struct tally *tally, size_t count);
void report_rows_begin(struct tally *tally);
/* Sums with cash that is still to be counted leave their rows. */
void report_rows_hide(struct tally *tally);
void report_add_paper(struct tally *tally);
void report_add_lines(struct tally *tally);
void report_add_customer(struct tally *tally);

/* Refuses, in this order, in `what`: source, by, columns (FIELD_INVALID; TOO_MANY), from, until
 * (field_date; DATE_TOO_EARLY), FIELD_INVALID span (beside from or until). */
Tefter__Refusal *report_check_definition(struct tx *tx, const Tefter__ReportDefinition *what);

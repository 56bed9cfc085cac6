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

/* Was the bill paid by cash that is still to be counted? In scratch. */
bool report_paid_in_cash(struct tx *scratch, const struct tills_waiting *waiting, uint32_t customer,
                         uint64_t document);

/* Money that is not matched; in tx, read over scratch. NULL: there is none of that number. */
Tefter__UnmatchedRow *report_unmatched_row(struct tx *tx, struct tx *scratch, uint64_t document);

/* ---- rows of the records that are one customer, as if they were of one (together.c) ---- */

struct together {
    enum customer_table table; /* DOCUMENT, OPEN_DEBIT, OPEN_CREDIT */
    bool backwards;            /* the newest first */
    const uint32_t *records;
    size_t count;
    struct tx_walk *walks;
    bool *on;
    size_t at; /* the record whose row is at hand */
};

/* In tx, which outlives the walk; the rest over scratch. */
void together_begin(struct tx *tx, uint32_t customer, enum customer_table table, bool backwards,
                    struct together *ret_walk);
/* From behind the paper `last` on; 0: from that day on, backwards from the day before it; 0 both:
 * all. false: there is none. */
bool together_papers(struct tx *scratch, struct together *walk, uint64_t last, uint32_t day);
/* From that day and document on. */
bool together_items(struct tx *scratch, struct together *walk, uint32_t day, uint64_t document);
bool together_next(struct together *walk);
const struct tx_walk *together_at(const struct together *walk);
void together_end(struct together *walk);

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
    uint8_t *hidden;  /* what of each row leaves: cash in it is still to be counted */
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
/* Sums that tell cash which is still to be counted leave their rows. */
void report_rows_hide(struct tally *tally);
void report_add_paper(struct tally *tally);
void report_add_lines(struct tally *tally);
void report_add_customer(struct tally *tally);

/* Refuses, in this order, in `what`: source, by, columns (FIELD_INVALID; TOO_MANY), from, until
 * (field_date; DATE_TOO_EARLY), FIELD_INVALID overdue (not of customers), span (beside from or
 * until). */
Tefter__Refusal *report_check_definition(struct tx *tx, const Tefter__ReportDefinition *what);

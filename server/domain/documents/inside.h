#pragma once
/*
 * What the files of this folder share: the form and the sums that invoices and credit notes have
 * alike, and their lines.
 */
#include "domain/catalogue/catalogue.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"

/* ---- document.c ---- */

/* What may be said of either, checked in this order: number, source, date, note, currency. */
struct document_header {
    const char *number;
    const char *source;
    bool has_date;
    uint32_t date;
    const Tefter__Text *note;
    const char *note_field;
    const char *currency;
};
Tefter__Refusal *document_check_header(struct tx *tx, const struct document_header *header);
/* The actor's branch. Refuses BRANCH_BLOCKED. A correction's is the old document's, blocked or not:
 * what it may add there is for its caller. */
Tefter__BranchRecord *document_branch_replaced(struct tx *tx, uint64_t corrects);
Tefter__Refusal *document_branch(struct tx *tx, Tefter__BranchRecord **ret_branch);
/* A record that takes neither number nor id. Refuses a number that is given as document_begin. */
Tefter__Refusal *document_draft(struct tx *tx, const Tefter__BranchRecord *branch,
                                const struct account *account, const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record);
/* Refuses FIELD_INVALID opening: of what no import brings as already happened. */
Tefter__Refusal *document_check_opening(struct tx *tx, bool opening, bool imported);
/* Was it owed before these books? As an import says; if it does not, by its lines, which stand in
 * the record. `of`: what it corrects or credits, whose account of the books it goes back to. */
void document_set_opening(struct tx *tx, Tefter__DocumentRecord *record, const bool *said,
                          const Tefter__DocumentRecord *of);
/* Sums of lines and charges into the record, and its postings. sign 1: owed, -1: credited.
 * Refuses AMOUNT_TOO_BIG, TOTAL_NEGATIVE lines; AMOUNT_TOO_BIG (postings_check). */
Tefter__Refusal *document_total(struct tx *tx, Tefter__DocumentRecord *record, int sign);

/* ---- day.c ---- */

/* Notes that a document of the branch is dated on that day; after the decided line. */
void document_note_day(struct tx *tx, const Tefter__DocumentRecord *record);

/* ---- line.c ---- */

struct line_rules {
    const char *field; /* "lines" */
    bool backfill;     /* negative lines and custom lines are taken as they are */
    uint64_t corrects; /* serial numbers sold with this one are free again */
    /* What it replaces: a line that was there stays possible, whatever became of product and
     * rights; NULL: none. */
    const Tefter__DocumentRecord *replaced;
    const struct price_lists *prices; /* of who buys; NULL: the catalogue's prices alone */
    bool thresholds;                  /* custom lines are had up to so much, not by their right */
    bool parked; /* as they were parked: what was asked then is not asked again */
};

/* The form of each line, without looking anything up; TOO_MANY for more serial numbers than
 * DOCUMENT_LINES_MAX in all. */
Tefter__Refusal *line_check_form(struct tx *tx, const struct line_rules *rules,
                                 Tefter__InvoiceLine *const *lines, size_t count);
Tefter__Refusal *line_check_charges(struct tx *tx, Tefter__Charge *const *charges, size_t count);

/* Fills record->lines from what the command gives and the catalogue knows. */
Tefter__Refusal *line_fill(struct tx *tx, const struct line_rules *rules,
                           Tefter__InvoiceLine *const *lines, size_t count,
                           Tefter__DocumentRecord *record);
Tefter__Refusal *line_fill_charges(struct tx *tx, Tefter__Charge *const *charges, size_t count,
                                   Tefter__DocumentRecord *record);

struct line_sums {
    int64_t net_minor;
    int64_t tax_minor; /* of lines and charges */
    int64_t charges_minor;
    int64_t total_minor;
};
/* false: over MONEY_MAX, of all or, since RULE_BOUNDS_AGREE, of one of them: lines of a backfill
 * may be negative, and each sum is posted. */
bool line_sum(const struct tx *tx, const Tefter__DocumentRecord *record,
              struct line_sums *ret_sums);

/* The part of an amount that belongs to `part` of `whole`, rounded half away from zero. */
int64_t line_share(int64_t amount_minor, int64_t part, int64_t whole);

/* ---- threshold.c ---- */

/* What a sale asks of the thresholds of who sells. Nothing of a backfill, of a recalled one, and
 * under rules before RULE_THRESHOLDS. Refuses, in this order: NOT_FOUND, STAFF_BLOCKED salesperson;
 * MORE_THAN_YOU_MAY due, of each line discount, price (below the list, below the floor), tax,
 * quantity (it comes to nothing); lines (of many, more is lost by rounding than may be); of
 * all custom lines and charges the first of them. Of what is sold as it was parked, neither lines
 * nor charges are asked about again. */
Tefter__Refusal *sale_check_thresholds(struct tx *tx, const struct document_plan *plan,
                                       uint64_t corrects, bool parked);

/* ---- parked.c ---- */

/* Lines and charges of a sale that is ready, beside those that are parked. */
enum parked_goods parked_compare(struct tx *tx, const Tefter__IssueInvoice *parked,
                                 const Tefter__DocumentRecord *record);
/* Are the goods of a bill those of the other, at the same prices, or a part of them? */
bool goods_within(struct tx *tx, const Tefter__DocumentRecord *was,
                  const Tefter__DocumentRecord *record);
/* Are the lines that are asked for parked ones, with their prices? */
bool parked_holds(struct tx *tx, const Tefter__IssueInvoice *parked,
                  const Tefter__IssueInvoice *command);

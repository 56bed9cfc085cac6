#pragma once
/*
 * Lines and charges of a document: what was sold, for how much. Rounded line by line; the total is
 * the sum of rounded lines, so nothing is left over.
 */
#include "tx/tx.h"

struct line_rules {
    const char *field;     /* "lines" */
    bool already_happened; /* an import: negative lines and free lines are taken as they are */
    uint64_t corrects;     /* serial numbers sold with this one are free again */
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
/* false: over MONEY_MAX. */
bool line_sum(const Tefter__DocumentRecord *record, struct line_sums *ret_sums);

/* The part of an amount that belongs to `part` of `whole`, rounded half away from zero. */
int64_t line_share(int64_t amount_minor, int64_t part, int64_t whole);

/*
 * What was sold of each product between two days: quantity in the product's own unit, net amount,
 * and for who may see costs the margin. Read only.
 *
 * 1. Credit notes are taken off; what was reversed does not count, nor what was owed before these
 *    books. Nor does, for who is not to see it yet, a bill that was paid by cash which is still to
 * be counted: what was sold for cash is what lies in the till.
 * 2. The cost is what the product costs now. Documents hold no cost, so nobody reads it in one.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/money.h"
#include "domain/catalogue/catalogue.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/receivables/receivables.h"

#include <stdlib.h>

enum {
    PRODUCTS_MOST = 4000, /* in one answer */
    PLACES = 8192,        /* a power of two, twice as many */
    DOCUMENTS_MOST = 200000,
};

struct sums {
    uint32_t *products; /* 0: free; a product stands at its number's place or behind it */
    int64_t *quantities;
    int64_t *net_minor;
    size_t count;
    int64_t custom_minor;
    uint32_t looked_at;
    struct tills_waiting waiting;
    bool without_cash; /* some bills were left out */
};

/* ---- adding up ---- */

/* The place of a product; PLACES: there is none left. */
static size_t place_of(struct sums *sums, uint32_t product)
{
    size_t place = product * UINT32_C(2654435761) % PLACES;
    while (sums->products[place] != 0 && sums->products[place] != product)
        place = (place + 1) % PLACES;
    if (sums->products[place] == 0) {
        if (sums->count == PRODUCTS_MOST)
            return PLACES;
        sums->products[place] = product;
        sums->count++;
    }
    return place;
}

static bool add_line(struct tx *tx, struct sums *sums, const Tefter__DocumentLine *line, int sign)
{
    if (!line->has_product) {
        sums->custom_minor = tx_sum(tx, sums->custom_minor, sign * line->net_minor);
        return true;
    }
    size_t place = place_of(sums, line->product);
    if (place == PLACES)
        return false;
    int64_t quantity = line->has_base_quantity ? line->base_quantity : line->quantity;
    sums->quantities[place] = tx_sum(tx, sums->quantities[place], sign * quantity);
    sums->net_minor[place] = tx_sum(tx, sums->net_minor[place], sign * line->net_minor);
    return true;
}

static bool add_document(struct tx *tx, struct tx *scratch, struct sums *sums, uint64_t document,
                         uint32_t branch)
{
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    if (record == NULL)
        tx_fault(scratch, "document");
    bool invoice = record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    bool note = record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    if ((!invoice && !note) || (branch != 0 && record->branch != branch) ||
        paper_opens_balance(record) || document_tail(scratch, document)->has_reversed_by)
        return true;
    if (invoice && tills_hide(&sums->waiting, record->branch, record->date) &&
        report_paid_in_cash(scratch, &sums->waiting, record->customer, document)) {
        sums->without_cash = true;
        return true;
    }
    bool fits = true;
    for (size_t i = 0; i < record->n_lines && fits; i++)
        fits = add_line(tx, sums, record->lines[i], invoice ? 1 : -1);
    return fits;
}

static bool add_all(struct tx *tx, struct sums *sums, uint32_t branch, uint32_t from_date,
                    uint32_t until)
{
    struct key prefix = key_book(TABLE_DATED);
    struct key from = document_dated_key(from_date, 0, 0);
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    bool fits = true;
    bool on = tx_walk_first(scratch, &prefix, &from, &walk);
    for (; on && fits && tx_walk_u32(&walk, KEY_BOOK_HEAD) <= until; on = tx_walk_next(&walk)) {
        tx_scratch_next(scratch);
        fits = sums->looked_at++ < DOCUMENTS_MOST &&
               add_document(tx, scratch, sums, tx_walk_number(&walk), branch);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return fits;
}

/* ---- rows ---- */

static void put_margin(struct tx *tx, const Tefter__ProductRecord *product,
                       Tefter__ProductSalesRow *row)
{
    int64_t cost_minor;
    if (!product->has_cost || !money_line(row->quantity, product->cost, &cost_minor))
        return;
    FIELD_SET(row, cost_minor, cost_minor);
    FIELD_SET(row, margin_minor, tx_difference(tx, row->net_minor, cost_minor));
}

static Tefter__ProductSalesRow *row_of(struct tx *tx, uint32_t number, int64_t quantity,
                                       int64_t net_minor)
{
    const Tefter__ProductRecord *product = product_get(tx, number);
    Tefter__ProductSalesRow *row = tx_new(tx, &tefter__product_sales_row__descriptor);
    row->product = number;
    row->quantity = quantity;
    row->net_minor = net_minor;
    if (product == NULL)
        return row;
    row->code = product->code;
    row->name = product->name;
    row->unit = product->unit;
    if (staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_COST))
        put_margin(tx, product, row);
    return row;
}

/* By product. */
static int row_compare(const void *a, const void *b)
{
    const Tefter__ProductSalesRow *const *first = a;
    const Tefter__ProductSalesRow *const *second = b;
    return ((*first)->product > (*second)->product) - ((*first)->product < (*second)->product);
}

static bool put_rows(struct tx *tx, const struct sums *sums, Tefter__ProductSalesAnswer *answer)
{
    struct page page = {.rows_most = PRODUCTS_MOST};
    answer->rows = tx_take(tx, (sums->count + 1) * sizeof *answer->rows);
    for (size_t i = 0; i < PLACES; i++) {
        if (sums->products[i] == 0)
            continue;
        Tefter__ProductSalesRow *row =
            row_of(tx, sums->products[i], sums->quantities[i], sums->net_minor[i]);
        if (!page_takes(&page, &row->base))
            return false;
        answer->rows[answer->n_rows++] = row;
    }
    qsort(answer->rows, answer->n_rows, sizeof(Tefter__ProductSalesRow *), row_compare);
    return true;
}

/* ---- the view ---- */

/* Refuses, in this order: from, until (field_date), DATE_TOO_EARLY until (before from), as
 * staff_wanted_branch does; QUESTION_TOO_BIG from (more products or documents than an answer may
 * look at). */
Tefter__Refusal *view_product_sales(struct tx *tx, const Tefter__ProductSales *query,
                                    Tefter__ProductSalesAnswer *answer)
{
    uint32_t until = query->has_until ? query->until : branch_latest_date(tx);
    Tefter__Refusal *refusal = query->has_from ? field_date(tx, "from", query->from) : NULL;
    if (refusal == NULL)
        refusal = field_date(tx, "until", until);
    if (refusal == NULL && query->has_from && until < query->from)
        refusal = refuse_early(tx, "until", query->from);
    uint32_t branch = 0;
    if (refusal == NULL)
        refusal = staff_wanted_branch(tx, query->has_branch, query->branch, &branch);
    if (refusal != NULL)
        return refusal;
    struct sums sums = {.products = tx_take(tx, PLACES * sizeof(uint32_t)),
                        .quantities = tx_take(tx, PLACES * sizeof(int64_t)),
                        .net_minor = tx_take(tx, PLACES * sizeof(int64_t))};
    tills_waiting(tx, &sums.waiting);
    if (!add_all(tx, &sums, branch, query->has_from ? query->from : 0, until) ||
        !put_rows(tx, &sums, answer))
        return refuse(tx, TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG, "from");
    answer->custom_minor = sums.custom_minor;
    FIELD_SET_IF(answer, without_cash, sums.without_cash, sums.without_cash);
    return NULL;
}

/*
 * Parked sales: what is asked for with an approval, and whether what is sold is that.
 *
 *   asked for ──▶ kept with product, price and tax of each line ──▶ sold as it is, or a part of it
 *
 * 1. It is planned as the sale would be: what an approval cannot help against refuses it at once.
 * 2. What is sold under the approval is parked: each line is one of the parked ones, at its price,
 * of no more than its quantity, and none of them is sold twice.
 * 3. Rights that were asked for when it was parked are not asked again when it is sold.
 */
#include "domain/documents/inside.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"

#include <stdio.h>
#include <string.h>

/* ---- rules: the same goods ---- */

/* A line as far as an approval is for it. Of a line without a product, the text is the product. */
struct goods {
    uint32_t product;
    const char *text;
    const char *unit; /* "": the product's own */
    int64_t quantity;
    int64_t price;
    int64_t factor;     /* of the unit; 0: it is not known */
    int64_t base_price; /* that it is rounded from; 0: it is not */
    bool in_percent;
    int64_t discount; /* basis points, or an amount */
    uint32_t tax_bp;
    char **serials;
    size_t serial_count;
};

/* Of a draft's line or a document's: what is compared has the same names in both. */
#define GOODS_OF(line, sold_in)                                                                    \
    ((struct goods){                                                                               \
        .product = (line)->product,                                                                \
        .text = (line)->has_product || (line)->text == NULL ? "" : (line)->text,                   \
        .unit = (sold_in),                                                                         \
        .quantity = (line)->quantity,                                                              \
        .price = (line)->price,                                                                    \
        .factor = (line)->unit_factor,                                                             \
        .base_price = (line)->base_price,                                                          \
        .in_percent = (line)->has_discount_bp,                                                     \
        .discount = (line)->has_discount_bp ? (line)->discount_bp : (line)->discount_minor,        \
        .tax_bp = (line)->tax_bp,                                                                  \
        .serials = (line)->serials,                                                                \
        .serial_count = (line)->n_serials,                                                         \
    })

static const char *unit_of_draft(const Tefter__InvoiceLine *line)
{
    return line->unit == NULL ? "" : line->unit;
}

/* Of a product, another unit than its own; of a custom line, whatever was said. */
static bool says_unit(const Tefter__DocumentLine *line)
{
    return line->unit != NULL && (line->has_unit_factor || !line->has_product);
}

static const char *unit_of_line(const Tefter__DocumentLine *line)
{
    return says_unit(line) ? line->unit : "";
}

static bool has_serial(const struct goods *goods, const char *serial)
{
    for (size_t i = 0; i < goods->serial_count; i++)
        if (fold_same(goods->serials[i], serial))
            return true;
    return false;
}

static bool same_serials(const struct goods *parked, const struct goods *sold)
{
    for (size_t i = 0; i < sold->serial_count; i++) {
        bool in_place = i < parked->serial_count && fold_same(parked->serials[i], sold->serials[i]);
        if (!in_place && !has_serial(parked, sold->serials[i]))
            return false;
    }
    return true;
}

/* A draft that was parked long ago does not say it, nor does who sells. */
static bool same_factor(const struct goods *parked, const struct goods *sold)
{
    return parked->factor == 0 || sold->factor == 0 || parked->factor == sold->factor;
}

static bool same_kind(const struct goods *parked, const struct goods *sold)
{
    return parked->product == sold->product && parked->price == sold->price &&
           parked->base_price == sold->base_price && parked->tax_bp == sold->tax_bp &&
           strcmp(parked->text, sold->text) == 0 && strcmp(parked->unit, sold->unit) == 0 &&
           same_serials(parked, sold) && same_factor(parked, sold);
}

static bool is_all(const struct goods *parked, const struct goods *sold)
{
    return same_kind(parked, sold) && parked->quantity == sold->quantity &&
           parked->in_percent == sold->in_percent && parked->discount == sold->discount &&
           parked->serial_count == sold->serial_count;
}

/* An amount that is taken off goes with the quantity. */
static bool is_part(const struct goods *parked, const struct goods *sold)
{
    if (!same_kind(parked, sold) || sold->quantity > parked->quantity)
        return false;
    if (parked->in_percent != sold->in_percent)
        return sold->discount == 0;
    int64_t share = parked->in_percent
                        ? parked->discount
                        : line_share(parked->discount, sold->quantity, parked->quantity);
    return sold->discount <= share;
}

typedef bool (*goods_likeness)(const struct goods *parked, const struct goods *sold);

/* What is parked, what is sold, and which of them found one another so far. */
struct pairing {
    const struct goods *parked;
    bool *used;
    size_t parked_count;
    const struct goods *sold;
    bool *taken;
    size_t sold_count;
};

static struct pairing pairing_of(struct tx *tx, const struct goods *parked, size_t parked_count,
                                 const struct goods *sold, size_t sold_count)
{
    return (struct pairing){.parked = parked,
                            .used = tx_take(tx, parked_count),
                            .parked_count = parked_count,
                            .sold = sold,
                            .taken = tx_take(tx, sold_count),
                            .sold_count = sold_count};
}

/* One that is parked for a line that is sold: best in the same place. */
static bool take_one(struct pairing *pairing, size_t i, goods_likeness like)
{
    const struct goods *sold = &pairing->sold[i];
    bool in_place = i < pairing->parked_count && !pairing->used[i];
    size_t found = in_place && like(&pairing->parked[i], sold) ? i : pairing->parked_count;
    for (size_t j = 0; j < pairing->parked_count && found == pairing->parked_count; j++)
        if (!pairing->used[j] && like(&pairing->parked[j], sold))
            found = j;
    if (found == pairing->parked_count)
        return false;
    pairing->taken[i] = true;
    pairing->used[found] = true;
    return true;
}

/* All that are the same; false: some are left. */
static bool take_same(struct pairing *pairing)
{
    bool all = true;
    for (size_t i = 0; i < pairing->sold_count; i++)
        all = take_one(pairing, i, is_all) && all;
    return all;
}

/* The others, each a part of one; ends at the first that is none. */
static bool take_parts(struct pairing *pairing)
{
    bool all = true;
    for (size_t i = 0; i < pairing->sold_count && all; i++)
        all = pairing->taken[i] || take_one(pairing, i, is_part);
    return all;
}

static enum parked_goods compare_lines(struct tx *tx, const struct goods *parked,
                                       size_t parked_count, const struct goods *sold, size_t count)
{
    if (count > parked_count)
        return GOODS_OTHER;
    struct pairing pairing = pairing_of(tx, parked, parked_count, sold, count);
    if (take_same(&pairing))
        return count == parked_count ? GOODS_ALL : GOODS_PART;
    return take_parts(&pairing) ? GOODS_PART : GOODS_OTHER;
}

static enum parked_goods compare_goods(struct tx *tx, const Tefter__IssueInvoice *parked,
                                       const struct goods *sold, size_t count)
{
    struct goods *drafts = tx_take(tx, parked->n_lines * sizeof *drafts);
    for (size_t i = 0; i < parked->n_lines; i++)
        drafts[i] = GOODS_OF(parked->lines[i], unit_of_draft(parked->lines[i]));
    return compare_lines(tx, drafts, parked->n_lines, sold, count);
}

static struct goods *goods_of_record(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct goods *goods = tx_take(tx, record->n_lines * sizeof *goods);
    for (size_t i = 0; i < record->n_lines; i++)
        goods[i] = GOODS_OF(record->lines[i], unit_of_line(record->lines[i]));
    return goods;
}

static struct goods goods_of_charge(const char *title, int64_t amount_minor, uint32_t tax_bp)
{
    return (struct goods){.text = title, .unit = "", .price = amount_minor, .tax_bp = tax_bp};
}

static struct goods *charges_of_record(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct goods *charges = tx_take(tx, record->n_charges * sizeof *charges);
    for (size_t i = 0; i < record->n_charges; i++)
        charges[i] = goods_of_charge(record->charges[i]->title, record->charges[i]->amount_minor,
                                     record->charges[i]->tax_bp);
    return charges;
}

/* Charges are all there, or some of them; never others. */
static enum parked_goods compare_charges(struct tx *tx, const Tefter__IssueInvoice *parked,
                                         const struct goods *sold, size_t count)
{
    struct goods *drafts = tx_take(tx, parked->n_charges * sizeof *drafts);
    for (size_t i = 0; i < parked->n_charges; i++)
        drafts[i] = goods_of_charge(parked->charges[i]->title, parked->charges[i]->amount_minor,
                                    parked->charges[i]->tax_bp);
    struct pairing pairing = pairing_of(tx, drafts, parked->n_charges, sold, count);
    if (!take_same(&pairing))
        return GOODS_OTHER;
    return count == parked->n_charges ? GOODS_ALL : GOODS_PART;
}

static enum parked_goods less_alike(enum parked_goods a, enum parked_goods b)
{
    return a < b ? a : b;
}

enum parked_goods parked_compare(struct tx *tx, const Tefter__IssueInvoice *parked,
                                 const Tefter__DocumentRecord *record)
{
    return less_alike(
        compare_goods(tx, parked, goods_of_record(tx, record), record->n_lines),
        compare_charges(tx, parked, charges_of_record(tx, record), record->n_charges));
}

bool goods_within(struct tx *tx, const Tefter__DocumentRecord *was,
                  const Tefter__DocumentRecord *record)
{
    struct pairing charges = pairing_of(tx, charges_of_record(tx, was), was->n_charges,
                                        charges_of_record(tx, record), record->n_charges);
    return compare_lines(tx, goods_of_record(tx, was), was->n_lines, goods_of_record(tx, record),
                         record->n_lines) != GOODS_OTHER &&
           take_same(&charges);
}

bool parked_holds(struct tx *tx, const Tefter__IssueInvoice *parked,
                  const Tefter__IssueInvoice *command)
{
    struct goods *sold = tx_take(tx, command->n_lines * sizeof *sold);
    for (size_t i = 0; i < command->n_lines; i++) {
        const Tefter__InvoiceLine *line = command->lines[i];
        if (!line->has_price || line->product_code != NULL)
            return false; /* it takes something of the catalogue as it is now */
        sold[i] = GOODS_OF(line, unit_of_draft(line));
    }
    return compare_goods(tx, parked, sold, command->n_lines) != GOODS_OTHER;
}

/* ---- rules: what is parked ---- */

/* The draft is the sale alone: neither decided nor done already, and of this customer. */
static Tefter__Refusal *check_draft(struct tx *tx, const Tefter__AskApproval *command)
{
    const Tefter__IssueInvoice *draft = command->draft;
    if (draft->has_approval)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.approval");
    if (draft->backfill)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.backfill");
    if (draft->has_customer && draft->customer != command->customer)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.customer");
    return NULL;
}

static Tefter__InvoiceLine *line_as_it_is(struct tx *tx, const Tefter__InvoiceLine *from,
                                          const Tefter__DocumentLine *is)
{
    Tefter__InvoiceLine *line = tx_new(tx, &tefter__invoice_line__descriptor);
    FIELD_COPY(line, product, is);
    line->text = from->text;
    line->quantity = is->quantity;
    line->unit = says_unit(is) ? is->unit : NULL;
    FIELD_SET(line, price, is->price);
    FIELD_COPY(line, base_price, is);
    FIELD_COPY(line, unit_factor, is);
    FIELD_COPY(line, discount_bp, from);
    FIELD_COPY(line, discount_minor, from);
    FIELD_SET(line, tax_bp, is->tax_bp); /* also of what has no tax: it may have one later */
    line->n_serials = from->n_serials;
    line->serials = from->serials;
    return line;
}

/* The draft with what its lines took from the catalogue. */
static Tefter__IssueInvoice *draft_as_it_is(struct tx *tx, const Tefter__IssueInvoice *from,
                                            const Tefter__DocumentRecord *record)
{
    Tefter__IssueInvoice *draft = tx_take(tx, sizeof *draft);
    *draft = *from;
    draft->customer_code = NULL;
    draft->has_total_minor = false;
    draft->lines = tx_take(tx, from->n_lines * sizeof(Tefter__InvoiceLine *));
    for (size_t i = 0; i < from->n_lines; i++)
        draft->lines[i] = line_as_it_is(tx, from->lines[i], record->lines[i]);
    return draft;
}

/* ---- rules: its goods in words ---- */

struct words {
    char text[PARKED_GOODS_BYTES + 1];
    size_t size;
    bool full; /* what follows is not said */
};

static const char more_words[] = "…";

/* As much as fits, with room for the sign that there is more. */
static void words_add(struct words *words, const char *text)
{
    size_t room = PARKED_GOODS_BYTES - (sizeof more_words - 1) - words->size;
    size_t size = strlen(text);
    size_t fits = 0;
    while (fits < size && !words->full) {
        uint32_t point;
        size_t bytes = text_decode(text + fits, size - fits, &point);
        words->full = bytes == 0 || fits + bytes > room;
        fits += words->full ? 0 : bytes;
    }
    memcpy(words->text + words->size, text, fits);
    words->size += fits;
}

/* "2.5 × Oak board", "2 crate × Oak board" */
static void words_add_line(struct words *words, const Tefter__DocumentLine *line)
{
    char quantity[32];
    long long whole = line->quantity / QUANTITY_UNIT;
    int part = (int)(line->quantity % QUANTITY_UNIT);
    int size = part == 0 ? snprintf(quantity, sizeof quantity, "%lld", whole)
                         : snprintf(quantity, sizeof quantity, "%lld.%03d", whole, part);
    while (part != 0 && quantity[size - 1] == '0')
        quantity[--size] = '\0';
    words_add(words, words->size > 0 ? "; " : "");
    words_add(words, quantity);
    if (says_unit(line)) {
        words_add(words, " ");
        words_add(words, line->unit);
    }
    words_add(words, " × ");
    words_add(words, line->text != NULL ? line->text : "");
}

static char *goods_in_words(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct words words = {.size = 0};
    for (size_t i = 0; i < record->n_lines && !words.full; i++)
        words_add_line(&words, record->lines[i]);
    for (size_t i = 0; i < record->n_charges && !words.full; i++) {
        words_add(&words, words.size > 0 ? "; " : "");
        words_add(&words, record->charges[i]->title);
    }
    if (words.full)
        memcpy(words.text + words.size, more_words, sizeof more_words);
    return tx_text(tx, words.text);
}

/* ---- changes ---- */

/* The sale would pass: there is nothing to ask for. */
static Tefter__Refusal *refuse_needless(struct tx *tx, Tefter__Decision *decision)
{
    if (!tx_rule(tx, RULE_APPROVALS_BIND))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "amount_minor");
    bool warned = decision->verdict == TEFTER__VERDICT__VERDICT_WARNED;
    Tefter__Refusal *refusal =
        refuse(tx, TEFTER__REFUSAL_CODE__WITHIN_LIMIT, warned ? "policy" : "amount_minor");
    refusal->decision = decision;
    return refusal;
}

/* `refusal`: what the sale would be refused with now. NULL: it may be asked for. */
static Tefter__Refusal *check_needed(struct tx *tx, Tefter__Refusal *refusal,
                                     Tefter__Decision *decision)
{
    if (refusal == NULL && !tx_recalled(tx))
        return refuse_needless(tx, decision);
    if (refusal != NULL && refusal->code != TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        return refusal;
    if (tx_recalled(tx)) /* who asks posts nothing */
        decision->verdict = TEFTER__VERDICT__VERDICT_NEEDS_APPROVAL;
    return NULL;
}

static Tefter__Refusal *ask_for_amount(struct tx *tx, const Tefter__AskApproval *command,
                                       const Tefter__CustomerRecord *customer, Tefter__Done *done)
{
    struct approval_wish wish = {.command = command};
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, customer->customer),
        .amount_minor = command->amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    Tefter__Refusal *refusal = credit_decide(tx, &request, &wish.decision);
    refusal = check_needed(tx, refusal, wish.decision);
    return refusal != NULL ? refusal : approval_ask(tx, &wish, done);
}

static Tefter__Refusal *ask_for_draft(struct tx *tx, const Tefter__AskApproval *command,
                                      Tefter__Done *done)
{
    struct approval_wish wish = {.command = command};
    struct document_plan *plan = NULL;
    Tefter__IssueInvoice *draft = command->draft;
    Tefter__Refusal *refusal = check_draft(tx, command);
    if (refusal != NULL)
        return refusal;
    FIELD_SET(draft, customer, command->customer);
    refusal = invoice_plan_draft(tx, draft, &plan);
    const Tefter__DocumentRecord *record = plan->record;
    if (record == NULL || record->decision == NULL)
        return refusal; /* the draft itself is wrong */
    refusal = check_needed(tx, refusal, record->decision);
    if (refusal != NULL)
        return refusal;
    if (record->total_minor != command->amount_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft.total_minor");
    wish.decision = record->decision;
    wish.draft = draft_as_it_is(tx, draft, record);
    if (tx_size(&wish.draft->base) > PARKED_BYTES_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "draft");
    wish.lines = (uint32_t)(record->n_lines + record->n_charges);
    wish.goods = goods_in_words(tx, record);
    return approval_ask(tx, &wish, done);
}

/* Refuses, in this order: approval_check_form; NOT_FOUND customer, CUSTOMER_MERGED. Without a
 * draft: what the sale would be refused with but for APPROVAL_NEEDED (credit_decide); WITHIN_LIMIT
 * amount_minor, or policy where it warns (it would pass; under rules before RULE_APPROVALS_BIND
 * NOTHING_TO_CHANGE amount_minor). With one, under these rules: FIELD_INVALID draft.approval,
 * draft.backfill, draft.customer (another); the same two, the sale as invoice_plan refuses it;
 * FIELD_INVALID draft.total_minor (it comes to another amount), draft (more than PARKED_BYTES_MAX);
 * approval_ask.
 */
Tefter__Refusal *apply_ask_approval(struct tx *tx, const Tefter__AskApproval *command,
                                    Tefter__Done *done)
{
    Tefter__Refusal *refusal = approval_check_form(tx, command);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer = customer_get(tx, command->customer);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    refusal = customer_check_stands(tx, customer, "customer");
    if (refusal != NULL)
        return refusal;
    if (command->draft != NULL && tx_rule(tx, RULE_APPROVALS_BIND))
        return ask_for_draft(tx, command, done);
    return ask_for_amount(tx, command, customer, done);
}

/* ---- views ---- */

/* What each line comes to. A product is shown as it is called now. */
static void show_lines(struct tx *tx, const Tefter__IssueInvoice *draft,
                       Tefter__ApprovalAnswer *answer)
{
    struct line_rules rules = {.field = "lines", .backfill = true}; /* it is only looked at */
    Tefter__DocumentRecord record = TEFTER__DOCUMENT_RECORD__INIT;
    if (line_fill(tx, &rules, draft->lines, draft->n_lines, &record) != NULL ||
        line_fill_charges(tx, draft->charges, draft->n_charges, &record) != NULL)
        return;
    answer->lines = record.lines;
    answer->n_lines = record.n_lines;
    answer->charges = record.charges;
    answer->n_charges = record.n_charges;
}

/* Refuses NOT_FOUND approval, STAFF_OF_OTHER_BRANCH approval (staff_check_paper). */
Tefter__Refusal *view_approval(struct tx *tx, const Tefter__ApprovalView *query,
                               Tefter__ApprovalAnswer *answer)
{
    const Tefter__BranchRecord *branch = branch_of_actor(tx);
    Tefter__ApprovalRow *row = credit_approval_row(tx, query->approval);
    if (row == NULL)
        return refuse_not_found(tx, "approval");
    Tefter__Refusal *refusal = approval_check_seen(tx, row);
    if (refusal != NULL)
        return refusal;
    answer->row = row;
    answer->account = credit_account_row(tx, row->customer, branch->date);
    answer->refusal = approval_serves(tx, row->approval, row->customer, branch->branch);
    answer->draft = approval_draft(tx, row->approval);
    if (answer->draft == NULL)
        return NULL;
    FIELD_SET(answer->draft, approval, row->approval);
    show_lines(tx, answer->draft, answer);
    return NULL;
}

/* A sale that is being written: its lines, what they come to, what is sent of it. */
#include "tui/sale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct draft *draft_now(struct tui *tui)
{
    struct work *work = tui->work;
    if (!work->drafts[work->draft].used)
        work->drafts[work->draft] =
            (struct draft){.used = true, .kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH};
    return &work->drafts[work->draft];
}

bool draft_is_empty(const struct draft *draft)
{
    return draft->line_count == 0 && draft->approval == 0 && draft->corrects.document == 0;
}

/* The one that is empty already, else another place; NULL: too many are begun. */
struct draft *draft_begin(struct tui *tui, uint32_t customer)
{
    struct work *work = tui->work;
    size_t found = DRAFTS_MAX;
    for (size_t i = 0; i < DRAFTS_MAX && found == DRAFTS_MAX; i++)
        if (!work->drafts[i].used || draft_is_empty(&work->drafts[i]))
            found = i;
    if (found == DRAFTS_MAX) {
        say_words(tui, MESSAGE_REFUSED,
                  in_words(tui, N_("Too many sales are begun: finish one first")));
        return NULL;
    }
    work->draft = found;
    work->drafts[found] = (struct draft){
        .used = true, .customer = customer, .kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH};
    return &work->drafts[found];
}

/* ---- what it comes to ---- */

/* As this device reckons: prices without tax, each line rounded once. */
static void reckon_line(struct line *line)
{
    int64_t gross = 0;
    int64_t off = line->discount_minor;
    int64_t at = line->has_price ? line->price : line->listed;
    line->net = line->tax = 0;
    if (!money_line(line->quantity, at, &gross))
        return;
    if (line->discount_bp > 0)
        (void)money_rate(gross, line->discount_bp, &off);
    line->net = gross - off;
    (void)money_rate(line->net, line->tax_bp, &line->tax);
}

void draft_reckon(struct draft *draft)
{
    for (size_t i = 0; i < draft->line_count; i++)
        reckon_line(&draft->lines[i]);
}

void draft_sums(const struct draft *draft, int64_t *ret_net, int64_t *ret_tax, bool *ret_whole)
{
    *ret_net = draft->corrects.charges_minor; /* they stay, and are no line here */
    *ret_tax = 0;
    *ret_whole = true;
    for (size_t i = 0; i < draft->line_count; i++) {
        const struct line *line = &draft->lines[i];
        *ret_whole = *ret_whole && (line->has_price || line->has_listed);
        if (!money_add(*ret_net, line->net, ret_net) || !money_add(*ret_tax, line->tax, ret_tax))
            *ret_whole = false;
    }
}

void draft_prices_anew(struct tui *tui)
{
    for (size_t i = 0; i < DRAFTS_MAX; i++) {
        struct draft *draft = &tui->work->drafts[i];
        for (size_t k = 0; draft->used && k < draft->line_count; k++) {
            struct line *line = &draft->lines[k];
            const struct product *product = product_of(tui, line->product);
            const struct unit *unit = NULL;
            if (product == NULL || line->has_listed ||
                (line->pack[0] != '\0' && !unit_called(product, line->pack, &unit)))
                continue;
            if (line->name[0] == '\0')
                (void)snprintf(line->name, sizeof(line->name), "%s", product->name);
            if (line->unit[0] == '\0' && unit == NULL)
                (void)snprintf(line->unit, sizeof(line->unit), "%s", product->unit);
            line->tax_bp = product->tax_bp;
            line->listed = unit == NULL ? product->price : unit->price;
            line->has_listed = unit == NULL ? product->has_price : unit->has_price;
            reckon_line(line);
        }
    }
}

/* ---- what is sent ---- */

static Tefter__InvoiceLine *line_sent(const struct line *line, struct arena *arena)
{
    Tefter__InvoiceLine *sent = arena_take(arena, sizeof(*sent));
    need(sent != NULL);
    tefter__invoice_line__init(sent);
    sent->has_product = line->product != 0;
    sent->product = line->product;
    if (line->product == 0)
        sent->text = (char *)(uintptr_t)line->name;
    if (line->pack[0] != '\0')
        sent->unit = (char *)(uintptr_t)line->pack;
    sent->quantity = line->quantity;
    sent->has_price = line->has_price;
    sent->price = line->price;
    sent->has_discount_bp = line->discount_bp > 0;
    sent->discount_bp = line->discount_bp;
    sent->has_discount_minor = line->discount_minor > 0;
    sent->discount_minor = line->discount_minor;
    return sent;
}

/* Of a correction only what is another than before is said; the rest stays. */
static void leave_what_stays(const struct line *line, Tefter__InvoiceLine *sent)
{
    const struct was *was = &line->was;
    bool same =
        line->discount_bp == was->discount_bp && line->discount_minor == was->discount_minor;
    bool none = line->discount_bp == 0 && line->discount_minor == 0;
    sent->has_line = true;
    sent->line = was->line;
    sent->has_product = false;
    sent->text = sent->unit = NULL;
    sent->has_price = line->has_price && line->price != was->price;
    sent->has_discount_bp = !same && (none || line->discount_bp > 0);
    sent->has_discount_minor = !same && line->discount_minor > 0;
}

static bool fill(const struct tui *tui, const struct draft *draft, bool whole, struct arena *arena,
                 Tefter__IssueInvoice *ret_invoice)
{
    Tefter__InvoiceLine **lines = arena_take(arena, (draft->line_count + 1) * sizeof(*lines));
    need(lines != NULL);
    tefter__issue_invoice__init(ret_invoice);
    ret_invoice->has_customer = draft->customer != 0;
    ret_invoice->customer = draft->customer;
    ret_invoice->has_buyer = draft->buyer != 0;
    ret_invoice->buyer = draft->buyer;
    ret_invoice->lines = lines;
    ret_invoice->n_lines = draft->line_count;
    for (size_t i = 0; i < draft->line_count; i++) {
        lines[i] = line_sent(&draft->lines[i], arena);
        if (!whole && draft->lines[i].was.line != 0)
            leave_what_stays(&draft->lines[i], lines[i]);
    }
    return draft->line_count > 0 && (draft->customer != 0 || tui->shop.cash_customer != 0);
}

bool draft_invoice(const struct tui *tui, const struct draft *draft, struct arena *arena,
                   Tefter__IssueInvoice *ret_invoice)
{
    return fill(tui, draft, false, arena, ret_invoice);
}

bool draft_whole(const struct tui *tui, const struct draft *draft, struct arena *arena,
                 Tefter__IssueInvoice *ret_invoice)
{
    return fill(tui, draft, true, arena, ret_invoice);
}

static void line_of_sent(struct tui *tui, const Tefter__InvoiceLine *sent, struct line *line)
{
    const struct product *product = product_of(tui, sent->product);
    char *name = seen_text(product != NULL ? product->name : sent->text != NULL ? sent->text : "");
    char *unit = seen_text(sent->unit != NULL ? sent->unit : product != NULL ? product->unit : "");
    *line = (struct line){.product = sent->product,
                          .quantity = sent->quantity,
                          .has_price = sent->has_price,
                          .price = sent->price,
                          .discount_bp = sent->discount_bp,
                          .discount_minor = sent->discount_minor};
    (void)snprintf(line->name, sizeof(line->name), "%s", name);
    (void)snprintf(line->unit, sizeof(line->unit), "%s", unit);
    (void)snprintf(line->pack, sizeof(line->pack), "%s", sent->unit != NULL ? sent->unit : "");
    free(name);
    free(unit);
}

static struct draft *free_place(struct work *work)
{
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        if (!work->drafts[i].used || draft_is_empty(&work->drafts[i]))
            return &work->drafts[i];
    return NULL;
}

bool draft_of_invoice(struct tui *tui, const Tefter__IssueInvoice *invoice,
                      const Tefter__PaidPart *paid)
{
    struct draft *draft = free_place(tui->work);
    if (draft == NULL)
        return false;
    int64_t now = tefter_now_ms(tui->client);
    *draft = (struct draft){.used = true,
                            .customer = invoice->customer,
                            .buyer = invoice->buyer,
                            .kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH,
                            .parked_ms = now,
                            .by_person = true};
    for (size_t i = 0; i < invoice->n_lines && i < LINES_MAX; i++)
        line_of_sent(tui, invoice->lines[i], &draft->lines[draft->line_count++]);
    draft->row = draft->line_count;
    if (paid != NULL) {
        draft->kind = paid->kind;
        if (paid->has_amount_minor)
            (void)amount_write(paid->amount_minor, &tui->currency, draft->given.text);
        if (paid->reference != NULL)
            (void)snprintf(draft->reference.text, sizeof(draft->reference.text), "%s",
                           paid->reference);
    }
    draft_prices_anew(tui);
    return true;
}

/* ---- a bill that is corrected, a sale that others parked ---- */

/* As the paper has it, at its prices. */
static void line_of_paper(struct tui *tui, const Tefter__DocumentLine *paper, struct line *line)
{
    const struct product *product = product_of(tui, paper->product);
    const char *called = paper->text != NULL   ? paper->text
                         : product != NULL     ? product->name
                         : paper->code != NULL ? paper->code
                                               : "";
    char *name = seen_text(called);
    char *unit = seen_text(paper->unit != NULL ? paper->unit : "");
    *line = (struct line){
        .product = paper->product,
        .quantity = paper->quantity,
        .has_listed = true,
        .listed = paper->price,
        .has_price = true,
        .price = paper->price,
        .tax_bp = paper->has_tax_bp ? paper->tax_bp : 0,
        .discount_bp = paper->has_discount_bp ? paper->discount_bp : 0,
        .discount_minor = paper->has_discount_bp ? 0 : llabs(paper->discount_minor),
        .net = paper->net_minor,
        .tax = paper->has_tax_minor ? paper->tax_minor : 0,
    };
    (void)snprintf(line->name, sizeof(line->name), "%s", name);
    (void)snprintf(line->unit, sizeof(line->unit), "%s", unit);
    if (paper->has_unit_factor && paper->unit != NULL)
        (void)snprintf(line->pack, sizeof(line->pack), "%s", paper->unit);
    free(name);
    free(unit);
}

static struct draft *draft_of_lines(struct tui *tui, uint32_t customer,
                                    Tefter__DocumentLine *const *lines, size_t count)
{
    struct draft *draft = count > LINES_MAX ? NULL : free_place(tui->work);
    if (draft == NULL) {
        say_words(tui, MESSAGE_REFUSED,
                  in_words(tui, count > LINES_MAX
                                    ? N_("This sale has no room for more lines.")
                                    : N_("Too many sales are begun: finish one first")));
        return NULL;
    }
    *draft = (struct draft){.used = true,
                            .customer = customer,
                            .kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH,
                            .changed_ms = tefter_now_ms(tui->client),
                            .line_count = count,
                            .row = count};
    for (size_t i = 0; i < count; i++)
        line_of_paper(tui, lines[i], &draft->lines[i]);
    return draft;
}

struct draft *draft_of_bill(struct tui *tui, const Tefter__DocumentAnswer *bill)
{
    const Tefter__DocumentRecord *record = bill->document;
    bool cash = record->customer == tui->shop.cash_customer;
    struct draft *draft =
        draft_of_lines(tui, cash ? 0 : record->customer, record->lines, record->n_lines);
    if (draft == NULL)
        return NULL;
    for (size_t i = 0; i < draft->line_count; i++) {
        const struct line *line = &draft->lines[i];
        draft->lines[i].was =
            (struct was){(uint32_t)i + 1, line->price, line->discount_bp, line->discount_minor};
    }
    draft->corrects = (struct corrected){.document = record->document,
                                         .customer = draft->customer,
                                         .total_minor = record->total_minor,
                                         .matched_minor = record->total_minor - bill->open_minor};
    (void)snprintf(draft->corrects.number, sizeof(draft->corrects.number), "%s", record->number);
    for (size_t i = 0; i < record->n_charges; i++) {
        const Tefter__DocumentCharge *charge = record->charges[i];
        draft->corrects.charges_minor +=
            charge->amount_minor + (charge->has_tax_minor ? charge->tax_minor : 0);
    }
    return draft;
}

struct draft *draft_of_parked(struct tui *tui, const Tefter__ApprovalAnswer *parked)
{
    const Tefter__ApprovalRow *row = parked->row;
    struct draft *draft = draft_of_lines(tui, row->customer, parked->lines, parked->n_lines);
    if (draft == NULL)
        return NULL;
    draft->buyer = parked->draft->has_buyer ? parked->draft->buyer : 0;
    draft->approval = row->approval;
    draft->approval_state = row->state;
    draft->asked_minor = row->amount_minor;
    draft->approved_minor = approval_for_less(row);
    draft->parked_ms = row->asked_ms;
    return draft;
}

/* ---- a part of it now ---- */

static void give_later(struct draft *later, const struct line *line, int64_t quantity)
{
    later->lines[later->line_count] = *line;
    later->lines[later->line_count].quantity = quantity;
    reckon_line(&later->lines[later->line_count++]);
}

/* How many whole pieces of a line fit. */
static int64_t pieces_for(const struct line *line, int64_t room)
{
    struct line cut = *line;
    int64_t total = line->net + line->tax;
    if (total <= 0 || room <= 0)
        return 0;
    __extension__ __int128 fits = (__int128)room * (line->quantity / QUANTITY_UNIT) / total;
    cut.quantity = (int64_t)fits * QUANTITY_UNIT;
    reckon_line(&cut);
    return cut.net + cut.tax <= room ? cut.quantity : 0;
}

bool draft_parts(const struct draft *draft, int64_t room)
{
    bool some = false;
    bool rest = false;
    for (size_t i = 0; i < draft->line_count; i++) {
        const struct line *line = &draft->lines[i];
        int64_t total = line->net + line->tax;
        int64_t fits = total <= room ? line->quantity : pieces_for(line, room);
        some = some || fits > 0;
        rest = rest || fits < line->quantity;
        if (fits == 0)
            continue;
        struct line now = *line;
        now.quantity = fits;
        if (fits < line->quantity)
            reckon_line(&now);
        room -= now.net + now.tax;
    }
    return some && rest;
}

bool draft_part(struct tui *tui, int64_t room)
{
    struct work *work = tui->work;
    struct draft *now = draft_now(tui);
    size_t place = work->draft;
    struct draft whole = *now;
    struct draft later = {
        .used = true, .customer = now->customer, .buyer = now->buyer, .kind = now->kind};
    size_t kept = 0;
    for (size_t i = 0; i < now->line_count; i++) {
        struct line line = now->lines[i];
        int64_t total = line.net + line.tax;
        int64_t fits = total <= room ? line.quantity : pieces_for(&line, room);
        if (fits < line.quantity)
            give_later(&later, &line, line.quantity - fits);
        if (fits == 0)
            continue;
        now->lines[kept] = line;
        now->lines[kept].quantity = fits;
        if (fits < line.quantity)
            reckon_line(&now->lines[kept]);
        room -= now->lines[kept].net + now->lines[kept].tax;
        kept++;
    }
    now->line_count = kept;
    if (kept == 0 || later.line_count == 0) {
        *now = whole;
        return false;
    }
    struct draft *other = draft_begin(tui, later.customer);
    if (other == NULL) {
        *now = whole;
        return false;
    }
    *other = later;
    other->parked_ms = tefter_now_ms(tui->client);
    other->by_person = true;
    work->draft = place;
    now->row = now->line_count;
    now->column = COLUMN_ITEM;
    return true;
}

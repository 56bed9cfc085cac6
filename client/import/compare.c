#include "import/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/fold.h"
#include "import/command.h"
#include "import/price.h"
#include "import/words.h"
#include "lib/tefter.h"

/* ---- documents ---- */

struct comparing {
    const struct entry *entry;
    const Tefter__DocumentAnswer *there;
    const struct currency *currency;
    char *why;
};

static bool differs(const struct comparing *of, const char *what, const char *there,
                    const char *here)
{
    (void)snprintf(of->why, WHY_MAX,
                   "number %.40s is in the ledger with %.30s %.55s, the file has %.55s",
                   of->entry->texts[FIELD_NUMBER], what, there[0] != '\0' ? there : "none",
                   here[0] != '\0' ? here : "none");
    return false;
}

/* As the ledger tells keys apart. */
static bool same_key(const struct comparing *of, const char *what, const char *there,
                     const char *here)
{
    there = there != NULL ? there : "";
    here = here != NULL ? here : "";
    return fold_same(there, here) || differs(of, what, there, here);
}

static bool same_money(const struct comparing *of, const char *what, int64_t there, int64_t here)
{
    char texts[2][MONEY_TEXT_MAX * 2];
    if (there == here)
        return true;
    (void)money_sentence(there, of->currency, texts[0], sizeof texts[0]);
    (void)money_sentence(here, of->currency, texts[1], sizeof texts[1]);
    return differs(of, what, texts[0], texts[1]);
}

static bool same_date(const struct comparing *of, const char *what, uint32_t there, int64_t here)
{
    char texts[2][DATE_TEXT_SIZE];
    if (there == (uint32_t)here)
        return true;
    date_write(there, texts[0]);
    date_write((uint32_t)here, texts[1]);
    return differs(of, what, texts[0], texts[1]);
}

static bool same_number(const struct comparing *of, size_t line, const char *what, int64_t there,
                        int64_t here, int exponent)
{
    char name[60];
    char texts[2][MONEY_TEXT_MAX];
    if (there == here)
        return true;
    (void)snprintf(name, sizeof name, "in line %zu the %s", line + 1, what);
    (void)decimal_write(there, exponent, texts[0]);
    (void)decimal_write(here, exponent, texts[1]);
    return differs(of, name, texts[0], texts[1]);
}

static bool same_line(const struct comparing *of, size_t i)
{
    const Tefter__DocumentLine *there = of->there->document->lines[i];
    const struct entry_line *here = &of->entry->lines[i];
    char name[60];
    (void)snprintf(name, sizeof name, "in line %zu the product", i + 1);
    return (there->code == NULL || here->code == NULL ||
            same_key(of, name, there->code, here->code)) &&
           same_number(of, i, "quantity", there->quantity, here->quantity, 3) &&
           same_number(of, i, "price", there->price, here->price, of->currency->exponent + 3) &&
           same_number(of, i, "discount", there->has_discount_bp ? there->discount_bp : 0,
                       here->discount_bp, 2) &&
           same_number(of, i, "discount",
                       there->has_discount_bp || !there->has_discount_minor ? 0
                       : there->discount_minor < 0                          ? -there->discount_minor
                                                                            : there->discount_minor,
                       here->discount_minor, of->currency->exponent) &&
           same_number(of, i, "tax", there->has_tax_bp ? there->tax_bp : 0, here->tax_bp, 2);
}

static bool same_lines(const struct comparing *of)
{
    const Tefter__DocumentRecord *there = of->there->document;
    char texts[2][32];
    if (there->n_lines != of->entry->line_count) {
        (void)snprintf(texts[0], sizeof texts[0], "%zu", there->n_lines);
        (void)snprintf(texts[1], sizeof texts[1], "%zu", of->entry->line_count);
        return differs(of, "so many lines:", texts[0], texts[1]);
    }
    for (size_t i = 0; i < there->n_lines; i++)
        if (!same_line(of, i))
            return false;
    return true;
}

static bool same_kind_of_money(const struct comparing *of)
{
    Tefter__PaymentKind kind;
    const Tefter__DocumentRecord *there = of->there->document;
    if (!words_payment(of->entry->texts[FIELD_KIND], &kind) || there->payment_kind == kind)
        return true;
    const char *word = payment_kind_word(there->payment_kind);
    return differs(of, "a payment by", word != NULL ? word : "", payment_kind_word(kind));
}

/* "" for the cash customer, whom files call nothing. */
static const char *customer_of(const struct comparing *of)
{
    const Tefter__CustomerRow *row = of->there->customer;
    return row != NULL && row->customer != 1 ? row->code : "";
}

bool compare_document(const struct entry *entry, const Tefter__DocumentAnswer *there,
                      const struct currency *currency, char why[WHY_MAX])
{
    const Tefter__DocumentRecord *record = there->document;
    const char *source = record->source != NULL ? record->source : "";
    int64_t total = entry->total_minor < 0 ? -entry->total_minor : entry->total_minor;
    struct comparing of = {entry, there, currency, why};
    if (strcmp(source, entry->texts[FIELD_SOURCE]) != 0) {
        (void)snprintf(why, WHY_MAX, "number %s is taken by a document that is not of source %s",
                       entry->texts[FIELD_NUMBER], entry->texts[FIELD_SOURCE]);
        return false;
    }
    if (there->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED) {
        (void)snprintf(
            why, WHY_MAX,
            "number %s was reversed in the ledger, and keeps its number: --number-prefix "
            "brings it in under another",
            entry->texts[FIELD_NUMBER]);
        return false;
    }
    bool same = same_key(&of, "customer", customer_of(&of),
                         entry->of_nobody ? NULL : entry->texts[FIELD_CUSTOMER]) &&
                same_date(&of, "date", record->date, entry->numbers[FIELD_DATE]) &&
                same_money(&of, "a total of", record->total_minor, total);
    if (same && entry->has_number[FIELD_DUE] && entry->kind == ENTRY_INVOICE)
        same = same_date(&of, "due date", record->due, entry->numbers[FIELD_DUE]);
    if (same && entry->texts[FIELD_REFERENCE] != NULL)
        same = same_key(&of, "reference", record->reference, entry->texts[FIELD_REFERENCE]);
    if (same && entry->kind == ENTRY_PAYMENT)
        return same_kind_of_money(&of);
    return same && same_lines(&of);
}

/* ---- customers ---- */

static const char *or_none(const char *text)
{
    return text[0] != '\0' ? text : "none";
}

void differences_text(const struct differences *differs, char out[WHY_MAX])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < differs->count && used < WHY_MAX; i++) {
        const struct difference *one = &differs->rows[i];
        used += (size_t)snprintf(out + used, WHY_MAX - used, "%s%s %.40s, the file has %.40s",
                                 used > 0 ? "; " : "", one->what, or_none(one->there), one->here);
    }
}

void changes_text(const struct differences *differs, char out[CHANGES_TEXT_MAX])
{
    size_t used = (size_t)snprintf(out, CHANGES_TEXT_MAX, "%.80s:", differs->label);
    for (size_t i = 0; i < differs->count && used < CHANGES_TEXT_MAX; i++) {
        const struct difference *one = &differs->rows[i];
        used += (size_t)snprintf(out + used, CHANGES_TEXT_MAX - used, "%s %s %.40s -> %.40s",
                                 i > 0 ? "," : "", one->what, or_none(one->there), one->here);
    }
}

static Tefter__Text *text_of(const char *value, struct arena *arena)
{
    Tefter__Text *text = arena_take(arena, sizeof *text);
    if (text == NULL)
        return NULL;
    tefter__text__init(text);
    text->value = (char *)(uintptr_t)value;
    return text;
}

static void compare_word(struct entry *entry, enum import_field field, const char *what,
                         const char *there, char **ret_change)
{
    const char *here = entry->texts[field];
    if (here == NULL || strcmp(here, there != NULL ? there : "") == 0)
        return;
    *ret_change = (char *)(uintptr_t)here;
    entry_add_difference(entry, (struct difference){field, what, there, here});
}

static void compare_text(struct entry *entry, enum import_field field, const char *what,
                         const Tefter__Text *there, struct arena *arena, Tefter__Text **ret_change)
{
    char *here = NULL;
    compare_word(entry, field, what, there != NULL ? there->value : NULL, &here);
    if (here != NULL)
        *ret_change = text_of(here, arena);
}

/* Numbers as the file has them. */
static void add_numbers(struct entry *entry, enum import_field field, const char *what, bool has,
                        int64_t there, int exponent)
{
    char texts[2][MONEY_TEXT_MAX] = {"", ""};
    if (has)
        (void)decimal_write(there, exponent, texts[0]);
    (void)decimal_write(entry->numbers[field], exponent, texts[1]);
    entry_add_difference(entry, (struct difference){field, what, texts[0], texts[1]});
}

void compare_customer(struct entry *entry, const Tefter__CustomerRecord *there, struct arena *arena,
                      Tefter__ChangeCustomer *ret_change)
{
    tefter__change_customer__init(ret_change);
    ret_change->customer = there->customer;
    entry->differs.label = entry->texts[FIELD_CODE];
    compare_text(entry, FIELD_NAME, "name", there->name, arena, &ret_change->name);
    compare_text(entry, FIELD_PHONE, "phone", there->phone, arena, &ret_change->phone);
    compare_word(entry, FIELD_AREA, "area", there->area, &ret_change->area);
    compare_text(entry, FIELD_NICKNAME, "nickname", there->nickname, arena, &ret_change->nickname);
    compare_text(entry, FIELD_TAX_CODE, "tax code", there->tax_code, arena, &ret_change->tax_code);
    compare_text(entry, FIELD_ADDRESS, "address", there->address, arena, &ret_change->address);
    compare_text(entry, FIELD_NOTE, "note", there->note, arena, &ret_change->note);
    compare_word(entry, FIELD_LANGUAGE, "language", there->language, &ret_change->language);
    int64_t days = entry->numbers[FIELD_TERM_DAYS];
    if (!entry->has_number[FIELD_TERM_DAYS] ||
        (there->has_term_days && there->term_days == (uint32_t)days))
        return;
    ret_change->has_term_days = true;
    ret_change->term_days = (uint32_t)days;
    add_numbers(entry, FIELD_TERM_DAYS, "term days", there->has_term_days, there->term_days, 0);
}

bool compare_payer(struct entry *entry, const Tefter__CustomerRow *there)
{
    const char *payer = payer_of_entry(entry);
    const char *now = there != NULL && there->payer_code != NULL ? there->payer_code : "";
    if (payer == NULL || fold_same(payer, now))
        return true;
    entry_add_difference(entry, (struct difference){FIELD_WHO_PAYS, "payer", now, payer});
    return false;
}

bool compare_limit(struct entry *entry, const Tefter__CustomerCardAnswer *there,
                   const struct currency *currency)
{
    const Tefter__LimitTerms *terms = there->terms;
    int64_t limit = entry->numbers[FIELD_LIMIT];
    bool own = terms != NULL && there->has_terms_of &&
               there->terms_of == TEFTER__LIMIT_SOURCE__LIMIT_OF_CUSTOMER &&
               terms->has_limit_minor && !(terms->has_unlimited && terms->unlimited);
    if (!entry->has_number[FIELD_LIMIT] || (own && terms->limit_minor == limit))
        return true;
    add_numbers(entry, FIELD_LIMIT, "limit", own, own ? terms->limit_minor : 0, currency->exponent);
    return false;
}

/* ---- groups ---- */

size_t compare_groups(struct entry *entry, const Tefter__CustomerRecord *there,
                      const struct groups *groups, uint32_t ret_missing[GROUPS_OF_ROW_MAX])
{
    size_t missing = 0;
    for (size_t i = 0; i < entry->group_count; i++) {
        const struct group_known *wanted = groups_numbered(groups, entry->groups[i]);
        const struct group_known *now = NULL; /* of the same dimension */
        bool in = false;
        for (size_t k = 0; k < there->n_groups; k++) {
            const struct group_known *one = groups_numbered(groups, there->groups[k]);
            in = in || there->groups[k] == entry->groups[i];
            if (one != NULL && wanted != NULL && strcmp(one->dimension, wanted->dimension) == 0)
                now = one;
        }
        if (in || wanted == NULL)
            continue;
        ret_missing[missing++] = entry->groups[i];
        entry_add_difference(
            entry,
            (struct difference){FIELD_GROUP, "group", now != NULL ? now->name : "", wanted->name});
    }
    return missing;
}

void compare_terms(struct entry *entry, const struct group_known *there,
                   const struct currency *currency)
{
    int64_t days = entry->numbers[FIELD_TERM_DAYS];
    int64_t limit = entry->numbers[FIELD_LIMIT];
    entry->differs.label = entry->texts[FIELD_NAME];
    if (entry->has_number[FIELD_TERM_DAYS] &&
        !(there->has_term_days && (int64_t)there->term_days == days))
        add_numbers(entry, FIELD_TERM_DAYS, "term days", there->has_term_days, there->term_days, 0);
    if (entry->has_number[FIELD_LIMIT] && !(there->has_limit && there->limit_minor == limit))
        add_numbers(entry, FIELD_LIMIT, "limit", there->has_limit, there->limit_minor,
                    currency->exponent);
}

/* ---- products ---- */

static void compare_unit(struct entry *entry, const Tefter__ProductRecord *there,
                         struct arena *arena, Tefter__ChangeProduct *ret_change)
{
    bool room;
    Tefter__ProductUnit *unit = price_unit_change(price_unit(entry, arena, &room), there);
    ret_change->units = unit != NULL ? arena_take(arena, sizeof *ret_change->units) : NULL;
    if (ret_change->units == NULL)
        return;
    ret_change->units[ret_change->n_units++] = unit;
    entry_add_difference(entry, (struct difference){FIELD_PACK, "another unit", "", unit->code});
}

void compare_product(struct entry *entry, const Tefter__ProductRecord *there,
                     const struct currency *currency, struct arena *arena,
                     Tefter__ChangeProduct *ret_change)
{
    int price_exponent = currency->exponent + 3;
    tefter__change_product__init(ret_change);
    ret_change->product = there->product;
    entry->differs.label = entry->texts[FIELD_CODE];
    compare_word(entry, FIELD_NAME, "name", there->name, &ret_change->name);
    compare_word(entry, FIELD_UNIT, "unit", there->unit, &ret_change->unit);
    compare_word(entry, FIELD_BRAND, "brand", there->brand, &ret_change->brand);
    compare_word(entry, FIELD_COLOUR, "colour", there->colour, &ret_change->colour);
    compare_word(entry, FIELD_MODEL, "model", there->model, &ret_change->model);
    int64_t price = entry->numbers[FIELD_PRICE];
    if (entry->has_number[FIELD_PRICE] && !(there->has_price && there->price == price)) {
        ret_change->has_price = true;
        ret_change->price = price;
        add_numbers(entry, FIELD_PRICE, "price", there->has_price, there->price, price_exponent);
    }
    int64_t tax = entry->numbers[FIELD_TAX];
    if (entry->has_number[FIELD_TAX] && !(there->has_tax_bp && there->tax_bp == (uint32_t)tax)) {
        ret_change->has_tax_bp = true;
        ret_change->tax_bp = (uint32_t)tax;
        add_numbers(entry, FIELD_TAX, "tax", there->has_tax_bp, there->tax_bp, 2);
    }
    int64_t floor = entry->numbers[FIELD_FLOOR];
    if (entry->has_number[FIELD_FLOOR] && !(there->has_floor && there->floor == floor)) {
        ret_change->has_floor = true;
        ret_change->floor = floor;
        add_numbers(entry, FIELD_FLOOR, "floor", there->has_floor, there->floor, price_exponent);
    }
    int64_t cost = entry->numbers[FIELD_COST];
    if (entry->has_number[FIELD_COST] && !(there->has_cost && there->cost == cost)) {
        ret_change->has_cost = true;
        ret_change->cost = cost;
        add_numbers(entry, FIELD_COST, "cost", there->has_cost, there->cost, price_exponent);
    }
    compare_unit(entry, there, arena, ret_change);
}

/*
 * Which money goes to which bills. What is ticked goes in the order that is seen, each money over
 * the bills in turn; a bill with a typed amount gets it before the others get what is left. What
 * the server previews and what is written are these same parts.
 */
#include "tui/matching.h"

#include <string.h>

bool matching_is_sure(const struct credit *credit)
{
    return credit->reason != 0 && !credit->others &&
           credit->reason != TEFTER__MATCH_REASON__MATCH_REASON_ONLY;
}

/* ---- money ---- */

static const struct credit *listed(uint64_t document, size_t *ret_at)
{
    for (size_t i = 0; i < desk.credits.count; i++)
        if (desk.credits.rows[i].document == document) {
            *ret_at = i;
            return &desk.credits.rows[i];
        }
    return NULL;
}

const struct credit *matching_open_money(struct tui *tui)
{
    struct matching *form = &tui->work->matching;
    const struct credit *found = listed(form->open, &desk.at);
    if (found == NULL && form->open != 0 && desk.kept.document == form->open)
        return &desk.kept;
    if (found == NULL && desk.credits.count > 0)
        found = &desk.credits.rows[desk.at < desk.credits.count ? desk.at : desk.credits.count - 1];
    if (found == NULL)
        return NULL;
    form->open = found->document;
    desk.kept = *found;
    return found;
}

bool matching_is_gone(const struct credit *open)
{
    return open == &desk.kept;
}

size_t matching_money(struct tui *tui, const struct credit *out[CHOSEN_MAX])
{
    size_t count = 0;
    const struct credit *open = matching_open_money(tui);
    if (open == NULL)
        return 0;
    out[count++] = open;
    for (size_t i = 0; i < desk.credits.count && count < CHOSEN_MAX; i++) {
        const struct credit *credit = &desk.credits.rows[i];
        if (credit->customer == open->customer && credit->document != open->document)
            out[count++] = credit;
    }
    return count;
}

bool matching_is_chosen(const struct tui *tui, const struct credit *credit)
{
    const struct matching *form = &tui->work->matching;
    if (credit->document == form->open)
        return true;
    for (size_t i = 0; i < form->also_count; i++)
        if (form->also[i] == credit->document)
            return true;
    return false;
}

size_t matching_chosen(struct tui *tui, const struct credit *out[CHOSEN_MAX], int64_t *ret_minor)
{
    size_t chosen = 0;
    size_t count = matching_money(tui, out);
    *ret_minor = 0;
    for (size_t i = 0; i < count; i++) {
        if (!matching_is_chosen(tui, out[i]))
            continue;
        *ret_minor += out[i]->open;
        out[chosen++] = out[i];
    }
    return chosen;
}

/* ---- ticks ---- */

size_t matching_bills(struct tui *tui, const struct open_bill **ret_rows)
{
    const struct credit *open = matching_open_money(tui);
    *ret_rows = desk.open.rows;
    return open != NULL && desk.bills_of == open->customer ? desk.open.count : 0;
}

const struct tick *matching_ticked(const struct tui *tui, uint64_t bill)
{
    const struct matching *form = &tui->work->matching;
    for (size_t i = 0; i < form->tick_count; i++)
        if (form->ticks[i].bill == bill)
            return &form->ticks[i];
    return NULL;
}

static void add(struct matching *form, uint64_t bill, int64_t minor)
{
    if (form->tick_count < TICKED_MAX)
        form->ticks[form->tick_count++] = (struct tick){.bill = bill, .minor = minor};
}

static void drop(struct matching *form, uint64_t bill)
{
    size_t kept = 0;
    for (size_t i = 0; i < form->tick_count; i++)
        if (form->ticks[i].bill != bill)
            form->ticks[kept++] = form->ticks[i];
    form->tick_count = kept;
}

/* More money, ticked or not; false: it is none of this customer. */
static bool tick_money(struct tui *tui, uint64_t document)
{
    const struct credit *money[CHOSEN_MAX];
    struct matching *form = &tui->work->matching;
    size_t count = matching_money(tui, money);
    size_t at = 0;
    while (at < count && money[at]->document != document)
        at++;
    if (at == count)
        return false;
    if (at == 0) /* the open one is what it is all about */
        return true;
    for (size_t i = 0; i < form->also_count; i++)
        if (form->also[i] == document) {
            form->also[i] = form->also[--form->also_count];
            return true;
        }
    if (form->also_count < ALSO_MAX)
        form->also[form->also_count++] = document;
    return true;
}

void matching_tick(struct tui *tui, uint64_t document)
{
    struct matching *form = &tui->work->matching;
    if (tick_money(tui, document))
        return;
    form->by_hand = true;
    if (matching_ticked(tui, document) != NULL)
        drop(form, document);
    else
        add(form, document, 0);
}

void matching_type(struct tui *tui, uint64_t bill, int64_t minor)
{
    struct matching *form = &tui->work->matching;
    form->by_hand = true;
    drop(form, bill);
    add(form, bill, minor);
}

void matching_oldest(struct tui *tui)
{
    const struct open_bill *bills;
    const struct credit *chosen[CHOSEN_MAX];
    struct matching *form = &tui->work->matching;
    int64_t rest;
    (void)matching_chosen(tui, chosen, &rest);
    size_t count = matching_bills(tui, &bills);
    form->by_hand = true;
    form->tick_count = 0;
    for (size_t i = 0; i < count && rest > 0; i++) {
        add(form, bills[i].document, 0);
        rest -= bills[i].open;
    }
}

/* ---- parts ---- */

static void put(uint64_t bill, uint64_t credit, int64_t minor)
{
    Tefter__MatchPart *last = desk.part_count > 0 ? &desk.parts[desk.part_count - 1] : NULL;
    if (last != NULL && last->debit == bill && last->credit == credit) {
        last->amount_minor += minor;
        return;
    }
    if (desk.part_count == PARTS_MAX)
        return;
    Tefter__MatchPart *part = &desk.parts[desk.part_count];
    tefter__match_part__init(part);
    part->debit = bill;
    part->credit = credit;
    part->has_amount_minor = true;
    part->amount_minor = minor;
    desk.pointers[desk.part_count++] = part;
}

/* More than there is was typed: it stays so, and the server says by how much it is too much. */
static void put_bill(uint64_t bill, int64_t wanted, bool typed, const struct credit *const *chosen,
                     int64_t *rest, size_t count)
{
    for (size_t i = 0; i < count && wanted > 0; i++) {
        int64_t minor = wanted < rest[i] ? wanted : rest[i];
        if (minor <= 0)
            continue;
        put(bill, chosen[i]->document, minor);
        wanted -= minor;
        rest[i] -= minor;
    }
    if (typed && wanted > 0 && count > 0)
        put(bill, chosen[count - 1]->document, wanted);
}

void matching_allocate(struct tui *tui)
{
    const struct open_bill *bills;
    const struct credit *chosen[CHOSEN_MAX];
    int64_t rest[CHOSEN_MAX];
    int64_t minor;
    size_t count = matching_chosen(tui, chosen, &minor);
    size_t bill_count = matching_bills(tui, &bills);
    desk.part_count = 0;
    for (size_t i = 0; i < count; i++)
        rest[i] = chosen[i]->open;
    for (int round = 0; round < 2; round++) {
        bool typed = round == 0;
        for (size_t i = 0; i < bill_count; i++) {
            const struct tick *tick = matching_ticked(tui, bills[i].document);
            if (tick != NULL && (tick->minor > 0) == typed)
                put_bill(tick->bill, typed ? tick->minor : bills[i].open, typed, chosen, rest,
                         count);
        }
    }
}

/* ---- as the server previews it ---- */

const Tefter__PreviewMatchAnswer *matching_preview(void)
{
    bool there = desk.part_count > 0 && desk.preview_of == desk.kept.document &&
                 asked_is(&desk.preview, TEFTER__ANSWER__KIND_PREVIEW_MATCH);
    return there ? desk.preview.answer->preview_match : NULL;
}

static int64_t sum_of(uint64_t document, bool debit)
{
    const Tefter__PreviewMatchAnswer *answer = matching_preview();
    int64_t sum = 0;
    for (size_t i = 0; answer != NULL && i < answer->n_parts; i++) {
        const Tefter__PreviewPart *part = answer->parts[i];
        sum += (debit ? part->debit : part->credit) == document ? part->amount_minor : 0;
    }
    return sum;
}

int64_t matching_gets(uint64_t bill)
{
    return sum_of(bill, true);
}

int64_t matching_gives(uint64_t credit)
{
    return sum_of(credit, false);
}

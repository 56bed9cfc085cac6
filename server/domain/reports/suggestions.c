/*
 * The bills that money not yet matched is likely for, and why. Read only: nothing is matched by it,
 * and the same state always gives the same answer. Reasons in the order in which they are tried:
 *
 *   number   its reference, its note or who paid names their numbers
 *   amount   exactly as much is open of one bill
 *   oldest   the oldest due, two or more, add up to it exactly
 *   only     there is no other bill
 */
#include "domain/reports/inside.h"

#include "base/limits.h"
#include "base/text.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

#include <string.h>

/* ---- the bills of a customer ---- */

struct bill {
    uint64_t document;
    uint32_t due;
    int64_t open_minor;
    int64_t amount_minor; /* that is suggested of it */
    char number[CODE_MAX_BYTES + 1];
};

struct bills {
    struct bill list[SUGGESTION_BILLS_MAX]; /* oldest due first */
    size_t count;
    bool more;
};

static void gather(struct tx *tx, uint32_t customer, struct bills *bills)
{
    struct together walk;
    together_begin(tx, customer, TABLE_OPEN_DEBIT, false, &walk);
    struct tx *scratch = tx_scratch_begin(tx);
    bool on = together_items(scratch, &walk, 0, 0);
    bills->count = 0;
    for (; on && bills->count < SUGGESTION_BILLS_MAX; on = together_next(&walk)) {
        const Tefter__ItemRecord *item =
            tx_walk_record(together_at(&walk), &tefter__item_record__descriptor);
        struct bill *bill = &bills->list[bills->count++];
        *bill = (struct bill){
            .document = item->document, .due = item->due, .open_minor = item->open_minor};
        if (item->number != NULL)
            strncpy(bill->number, item->number, CODE_MAX_BYTES);
        tx_scratch_next(scratch);
    }
    bills->more = on;
    together_end(&walk);
    tx_scratch_end(scratch);
}

/* ---- a number in a text ---- */

enum { TAIL_DIGITS_LEAST = 4 }; /* fewer are an amount, a day, a house */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Of a word, or what joins the parts of a number: BH-00003 does not name TD-00003. */
static bool in_word(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (unsigned char)byte >= 0x80 ||
           byte == '-' || byte == '/';
}

/* The whole number, and nothing of a word before or behind it. */
static bool names_whole(const char *text, const char *number)
{
    size_t size = strlen(number);
    for (const char *at = strstr(text, number); at != NULL; at = strstr(at + 1, number))
        if ((at == text || !in_word(at[-1])) && !in_word(at[size]))
            return true;
    return false;
}

static const char *without_zeros(const char *digits, size_t *size)
{
    while (*size > 1 && *digits == '0') {
        digits++;
        --*size;
    }
    return digits;
}

/* Its last digits, as people shorten it: 02871 and 2871 for TD-02871. */
static bool names_tail(const char *text, const char *number)
{
    size_t size = strlen(number), tail = 0;
    while (tail < size && is_digit(number[size - 1 - tail]))
        tail++;
    const char *wanted = without_zeros(number + size - tail, &tail);
    for (const char *at = text; *at != '\0';) {
        size_t run = strspn(at, "0123456789");
        size_t digits = run;
        const char *value = without_zeros(at, &digits);
        bool whole =
            run >= TAIL_DIGITS_LEAST && (at == text || !in_word(at[-1])) && !in_word(at[run]);
        if (whole && tail > 0 && digits == tail && memcmp(value, wanted, tail) == 0)
            return true;
        at += run > 0 ? run : 1;
    }
    return false;
}

static bool names(const char *text, const struct bill *bill)
{
    char folded[TEXT_MAX + 1], number[4 * CODE_MAX_BYTES + 1];
    if (text == NULL || bill->number[0] == '\0')
        return false;
    folded[text_fold(text, strlen(text), folded, TEXT_MAX)] = '\0';
    number[text_fold(bill->number, strlen(bill->number), number, 4 * CODE_MAX_BYTES)] = '\0';
    return names_whole(folded, number) || names_tail(folded, number);
}

static bool money_names(const Tefter__DocumentRecord *money, const struct bill *bill)
{
    return names(money->reference, bill) ||
           (money->note != NULL && names(money->note->value, bill)) ||
           (money->payer != NULL && names(money->payer->value, bill));
}

/* ---- reasons ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool by_number(const Tefter__DocumentRecord *money, int64_t rest_minor, struct bills *bills)
{
    bool any = false;
    for (size_t i = 0; i < bills->count && rest_minor > 0; i++) {
        struct bill *bill = &bills->list[i];
        if (!money_names(money, bill))
            continue;
        bill->amount_minor = least(rest_minor, bill->open_minor);
        rest_minor -= bill->amount_minor;
        any = true;
    }
    return any;
}

static bool by_amount(int64_t open_minor, struct bills *bills, bool *ret_others)
{
    size_t found = 0;
    for (size_t i = 0; i < bills->count; i++)
        if (bills->list[i].open_minor == open_minor && found++ == 0)
            bills->list[i].amount_minor = open_minor;
    *ret_others = found > 1;
    return found > 0;
}

static bool by_oldest(int64_t open_minor, struct bills *bills)
{
    size_t count = 0;
    int64_t left_minor = open_minor;
    while (count < bills->count && left_minor > 0)
        left_minor -= least(left_minor + 1, bills->list[count++].open_minor);
    if (left_minor != 0 || count < 2)
        return false;
    for (size_t i = 0; i < count; i++)
        bills->list[i].amount_minor = bills->list[i].open_minor;
    return true;
}

static bool by_only(int64_t open_minor, struct bills *bills)
{
    if (bills->count != 1 || bills->more)
        return false;
    bills->list[0].amount_minor = least(open_minor, bills->list[0].open_minor);
    return true;
}

static void suggest(const Tefter__DocumentRecord *money, struct bills *bills,
                    Tefter__SuggestionRow *row)
{
    int64_t open_minor = row->money->open_minor;
    bool others = false;
    if (by_number(money, open_minor, bills))
        FIELD_SET(row, reason, TEFTER__MATCH_REASON__MATCH_REASON_NUMBER);
    else if (by_amount(open_minor, bills, &others))
        FIELD_SET(row, reason, TEFTER__MATCH_REASON__MATCH_REASON_AMOUNT);
    else if (by_oldest(open_minor, bills))
        FIELD_SET(row, reason, TEFTER__MATCH_REASON__MATCH_REASON_OLDEST);
    else if (by_only(open_minor, bills))
        FIELD_SET(row, reason, TEFTER__MATCH_REASON__MATCH_REASON_ONLY);
    FIELD_SET_IF(row, others, others, others);
}

/* ---- the view ---- */

static void tell_bills(struct tx *tx, const struct bills *bills, Tefter__SuggestionRow *row)
{
    row->bills = tx_take(tx, bills->count * sizeof(Tefter__SuggestedBill *));
    for (size_t i = 0; i < bills->count; i++) {
        if (bills->list[i].amount_minor == 0)
            continue;
        Tefter__SuggestedBill *bill = tx_new(tx, &tefter__suggested_bill__descriptor);
        bill->document = bills->list[i].document;
        bill->number = tx_text(tx, bills->list[i].number);
        bill->due = bills->list[i].due;
        bill->open_minor = bills->list[i].open_minor;
        bill->amount_minor = bills->list[i].amount_minor;
        row->bills[row->n_bills++] = bill;
    }
}

/* NULL: it is not for who asks. */
static Tefter__SuggestionRow *row_of(struct tx *tx, struct tx *scratch, uint64_t document,
                                     struct bills *bills)
{
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    uint32_t only = staff_branch(tx);
    if (record == NULL || (only != 0 && record->branch != only))
        return NULL;
    Tefter__UnmatchedRow *money = report_unmatched_row(tx, scratch, document);
    if (money == NULL)
        return NULL;
    Tefter__SuggestionRow *row = tx_new(tx, &tefter__suggestion_row__descriptor);
    row->money = money;
    gather(scratch, money->customer, bills);
    suggest(record, bills, row);
    tell_bills(tx, bills, row);
    return row;
}

/* Where open money stands: among a customer's by its day, among all by when it was recorded. */
struct money_walk {
    bool of_customer;
    struct together theirs;
    struct tx_walk all;
};

static bool money_begin(struct tx *tx, struct tx *scratch, const Tefter__MatchSuggestions *query,
                        const uint64_t from[2], struct money_walk *walk)
{
    walk->of_customer = query->has_customer;
    if (walk->of_customer) {
        together_begin(tx, query->customer, TABLE_OPEN_CREDIT, false, &walk->theirs);
        return together_items(scratch, &walk->theirs, (uint32_t)from[0], from[1]);
    }
    struct key prefix = key_book(TABLE_UNMATCHED);
    struct key start = prefix;
    key_u64(&start, from[0]);
    key_u64(&start, from[1]);
    return tx_walk_first(scratch, &prefix, &start, &walk->all);
}

static bool money_next(struct money_walk *walk)
{
    return walk->of_customer ? together_next(&walk->theirs) : tx_walk_next(&walk->all);
}

/* The place of what is at hand: its day or seq, then the document. */
static void money_place(const struct money_walk *walk, uint64_t ret_place[2])
{
    if (walk->of_customer) {
        const struct tx_walk *one = together_at(&walk->theirs);
        ret_place[0] = tx_walk_u32(one, KEY_CUSTOMER_HEAD);
        ret_place[1] = tx_walk_u64(one, KEY_CUSTOMER_HEAD + sizeof(uint32_t));
        return;
    }
    ret_place[0] = tx_walk_u64(&walk->all, KEY_BOOK_HEAD);
    ret_place[1] = tx_walk_u64(&walk->all, KEY_BOOK_HEAD + sizeof(uint64_t));
}

static void money_end(struct money_walk *walk)
{
    if (walk->of_customer)
        together_end(&walk->theirs);
    else
        tx_walk_end(&walk->all);
}

/* Refuses, in this order: FIELD_INVALID page, NOT_FOUND customer. */
Tefter__Refusal *view_match_suggestions(struct tx *tx, const Tefter__MatchSuggestions *query,
                                        Tefter__MatchSuggestionsAnswer *answer)
{
    uint64_t from[2];
    if (!page_read(query->has_page, query->page, from, 2) ||
        (query->has_customer && from[0] > UINT32_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (query->has_customer && customer_get(tx, query->customer) == NULL)
        return refuse_not_found(tx, "customer");
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    struct bills *bills = tx_take(tx, sizeof *bills);
    answer->rows = tx_take(tx, page.rows_most * sizeof(Tefter__SuggestionRow *));
    struct tx *scratch = tx_scratch_begin(tx);
    struct money_walk walk;
    size_t looks = 0;
    bool on = money_begin(tx, scratch, query, from, &walk);
    uint64_t place[2];
    for (; on && looks < SUGGESTION_LOOKS_MAX && page_looks(&page); on = money_next(&walk)) {
        tx_scratch_next(scratch);
        money_place(&walk, place);
        Tefter__SuggestionRow *row = row_of(tx, scratch, place[1], bills);
        if (row == NULL)
            continue;
        if (!page_takes(&page, &row->base))
            break;
        answer->rows[answer->n_rows++] = row;
        looks += bills->count;
    }
    if (on) {
        money_place(&walk, place);
        FIELD_SET(answer, next, page_write(tx, place, 2));
    }
    money_end(&walk);
    tx_scratch_end(scratch);
    return NULL;
}

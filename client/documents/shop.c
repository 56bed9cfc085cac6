#include "documents/inside.h"

#include "paper/amount_words.h"
#include "pay/pay.h"

#include <stdarg.h>
#include <string.h>

/* ---- texts ---- */

const char *keep(struct making *making, const char *text)
{
    const char *kept = arena_text(&making->run->arena, text, strlen(text));
    making->spent = making->spent || kept == NULL;
    return kept == NULL ? "" : kept;
}

const char *say_kept(struct making *making, const char *message, ...)
{
    char text[SHEET_TEXT_MAX];
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(text, sizeof text, making->reader.language, message, facts);
    va_end(facts);
    const char *context = strstr(text, "::");
    return keep(making, context == NULL ? text : context + 2);
}

const char *word_kept(struct making *making, const char *message)
{
    return written_word(&making->reader, message);
}

const char *amount_kept(struct making *making, int64_t minor)
{
    char text[WRITTEN_MAX];
    return keep(making, written_amount(&making->reader, minor, text));
}

const char *day_kept(struct making *making, uint32_t date)
{
    char text[WRITTEN_MAX];
    return keep(making, written_day(&making->reader, date, text));
}

const char *number_kept(struct making *making, const char *number)
{
    char text[WRITTEN_MAX];
    return keep(making, written_number(&making->reader, number, text));
}

void add_line(struct sheet_lines *lines, const char *text)
{
    if (if_any(text) != NULL && lines->count < SHEET_LINES_MAX)
        lines->at[lines->count++] = text;
}

const char *joined(struct making *making, const char *a, const char *b)
{
    char text[SHEET_TEXT_MAX];
    if (if_any(a) == NULL)
        return b;
    if (if_any(b) == NULL)
        return a;
    (void)snprintf(text, sizeof text, "%s · %s", a, b);
    return keep(making, text);
}

/* A name keeps its own order within a line of another script. */
static const char *isolated(struct making *making, const char *text)
{
    char out[SHEET_TEXT_MAX];
    if (if_any(text) == NULL)
        return text;
    (void)snprintf(out, sizeof out, "\u2068%s\u2069", text);
    return keep(making, out);
}

/* "Phone: 028 3720 1188" */
static const char *fact(struct making *making, const char *label, const char *text)
{
    char out[SHEET_TEXT_MAX];
    char digits[WRITTEN_MAX];
    if (if_any(text) == NULL)
        return "";
    const char *shown =
        strlen(text) < WRITTEN_MAX / 3 ? written_digits(&making->reader, text, digits) : text;
    (void)snprintf(out, sizeof out, "%s: %s%s%s", word_kept(making, label),
                   reader_from_right(&making->reader) ? "\u2066" : "", shown,
                   reader_from_right(&making->reader) ? "\u2069" : "");
    return keep(making, out);
}

/* ---- whose paper it is ---- */

/* What --language says, else the customer's own, else that of the company's papers. */
static enum language language_for(const struct run *run, const Tefter__CustomerRecord *record)
{
    enum language language = run->language;
    const Tefter__Welcome *welcome = tefter_welcome(run->client);
    if (run->args.language != NULL)
        return language;
    if (record != NULL && record->language != NULL && language_of(record->language, &language))
        return language;
    if (welcome != NULL && welcome->paper_language != NULL)
        (void)language_of(welcome->paper_language, &language);
    return language;
}

bool making_begin(struct making *making, struct run *run, const Tefter__CustomerRecord *record)
{
    const Tefter__Welcome *welcome = tefter_welcome(run->client);
    *making = (struct making){.run = run};
    making->reader = (struct reader){.language = language_for(run, record),
                                     .currency = tefter_currency(run->client),
                                     .utc_offset_minutes = run_utc_offset(run)};
    struct sheet *sheet = &making->sheet;
    sheet->language = language_code(making->reader.language);
    sheet->right_to_left = reader_from_right(&making->reader);
    sheet->shop = welcome == NULL ? "" : keep(making, welcome->company);
    if (welcome != NULL && welcome->has_practice && welcome->practice)
        sheet->across = word_kept(making, N_("PRACTICE"));
    sheet->page_words = words_in(making->reader.language, N_("Page {page} of {pages}"));
    return true;
}

void put_shop(struct making *making, uint32_t branch)
{
    const Tefter__BranchRecord *row = branch_row(making->run, branch);
    if (row == NULL)
        return;
    add_line(&making->sheet.shop_lines,
             joined(making, isolated(making, row->name), isolated(making, row->address)));
    add_line(&making->sheet.shop_lines, fact(making, N_("Phone"), row->phone));
}

void put_party(struct making *making, const char *label, const char *name,
               const Tefter__CustomerRecord *record)
{
    struct sheet *sheet = &making->sheet;
    sheet->party_label = label;
    sheet->party = keep(making, name);
    if (record == NULL)
        return;
    add_line(&sheet->party_lines, keep(making, text_of(record->address)));
    add_line(&sheet->party_lines, fact(making, N_("Phone"), text_of(record->phone)));
    add_line(&sheet->party_lines,
             joined(making, fact(making, N_("customer number::Number"), record->code),
                    fact(making, N_("Tax number"), text_of(record->tax_code))));
}

/* ---- what it is about ---- */

/* Ten rial are a toman, by which people count. */
static void add_toman(struct making *making, int64_t minor)
{
    char text[WRITTEN_MAX];
    struct currency toman = currency_toman(making->reader.currency);
    struct reader reader = making->reader;
    reader.currency = &toman;
    if (strcmp(making->reader.currency->code, "IRR") != 0 ||
        making->reader.language != LANGUAGE_PERSIAN || minor % 10 != 0 || minor == 0)
        return;
    toman.exponent -= 1;
    add_line(&making->sheet.box_lines, say_kept(making, N_("equal to {amount} toman"), "amount",
                                                written_amount(&reader, minor / 10, text), NULL));
}

void put_box(struct making *making, const char *label, int64_t minor)
{
    char words[AMOUNT_WORDS_MAX];
    struct sheet *sheet = &making->sheet;
    const struct currency *currency = making->reader.currency;
    sheet->box_label = label;
    sheet->box_figure = amount_kept(making, minor);
    sheet->box_unit = written_unit_word(&making->reader);
    if (amount_words(sheet->language, minor, currency->code, currency->exponent, words)) {
        (void)words_begin(words);
        add_line(&sheet->box_lines, keep(making, words));
    }
    add_toman(making, minor);
}

/* ---- how to pay ---- */

static void add_account(struct making *making, const Tefter__MoneyAccountRecord *account)
{
    if (account->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT || account->retired ||
        if_any(account->number) == NULL || making->sheet.pay_lines.count + 2 > SHEET_LINES_MAX)
        return;
    add_line(&making->sheet.pay_lines,
             isolated(making,
                      keep(making, if_any(account->bank) != NULL ? account->bank : account->name)));
    add_line(&making->sheet.pay_lines, keep(making, account->number));
}

/* Of the first account that has one: a transfer in euro, filled in. What the standard does not take
 * (a name too long, an account of another kind) is paid by hand. */
static void add_epc(struct making *making, const Tefter__MoneyAccountRecord *account,
                    const char *reference, int64_t minor)
{
    char text[EPC_SIZE];
    struct sheet *sheet = &making->sheet;
    const struct epc_payment payment = {
        .name = sheet->shop, .iban = account->number, .amount_minor = minor, .text = reference};
    if (strcmp(making->reader.currency->code, "EUR") != 0 || sheet->code_count > 0 ||
        account->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT || account->retired ||
        epc_write(&payment, text) != PAY_FINE)
        return;
    sheet->codes[sheet->code_count++].payload = keep(making, text);
    add_line(&sheet->pay_lines, word_kept(making, N_("Scan with your bank's app.")));
}

/* Whoever may not see the accounts makes a paper without them. */
static void add_accounts(struct making *making, const char *reference, int64_t minor)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__MoneyAccountList list = TEFTER__MONEY_ACCOUNT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MONEY_ACCOUNTS;
    query.money_accounts = &list;
    const Tefter__Answer *answer = run_look(making->run, &query);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_MONEY_ACCOUNTS)
        return;
    const Tefter__MoneyAccountsAnswer *found = answer->money_accounts;
    for (size_t i = 0; i < found->n_money_accounts; i++)
        add_epc(making, found->money_accounts[i], reference, minor);
    for (size_t i = 0; i < found->n_money_accounts; i++)
        add_account(making, found->money_accounts[i]);
}

void put_ways_to_pay(struct making *making, const char *reference, const char *shown, int64_t minor)
{
    size_t at = 0;
    struct sheet *sheet = &making->sheet;
    const char *text = NULL;
    while (sheet->code_count < SHEET_CODES_MAX &&
           (text = arg_next(&making->run->args, "--qr", &at)) != NULL)
        sheet->codes[sheet->code_count++].payload = text;
    add_accounts(making, reference, minor);
    if (sheet->code_count + sheet->pay_lines.count == 0)
        return;
    sheet->pay_title = word_kept(making, N_("How to pay"));
    sheet->pay_reference = say_kept(making, N_("Reference: {text}"), "text",
                                    shown != NULL ? shown : number_kept(making, reference), NULL);
}

void put_sign(struct making *making, const char *label, bool ours)
{
    struct sheet *sheet = &making->sheet;
    if (sheet->sign_count < SHEET_SIGNS_MAX)
        sheet->signs[sheet->sign_count++] = (struct sheet_sign){.label = label, .seal_here = ours};
}

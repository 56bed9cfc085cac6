/*
 * Correcting an invoice or a payment: reversed and written anew in one. What the person does not
 * say is as it was; the whole of it is sent, so that also a ledger of older rules keeps it.
 */
#include "base/tell.h"
#include "cli/sale.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EDIT_HELP N_("N=[QTY][@PRICE][-5%|-AMOUNT]: 2=3, 2=@180k, 2=3@180k-5%, 2=0 takes it out")

static const struct param correct_params[] = {
    OPERAND("NUMBER", TEXT, NULL, "the invoice or payment that is wrong"),
    SOME("LINE", TEXT, NULL, "all lines anew, with the bill's prices: " SALE_LINE_HELP),
    OPTIONS("--line", TEXT, NULL, "one line of the bill, the first is 1: " EDIT_HELP),
    OPTIONS("--add", TEXT, NULL, "a line more: " SALE_LINE_HELP),
    OPTIONS("--serials", TEXT, NULL,
            "serial numbers: DRILL=A100,A101, or of a line of the bill: 2=A100"),
    OPTION("--customer", CUSTOMER, "invoice.customer", "the right customer"),
    OPTION("--date", DATE, "invoice.date", "the right date"),
    OPTION("--due", DATE, "invoice.due", "the right due date"),
    OPTIONS("--custom", TEXT, NULL, "all lines anew: a line that is not in the catalogue"),
    OPTIONS("--charge", TEXT, NULL, "all charges anew: TITLE=AMOUNT"),
    OPTION("--buyer", NUMBER, "invoice.buyer", "number of the authorised buyer who took the goods"),
    BUYER_PIN_OPTION,
    OPTION("--approval", NUMBER, "invoice.approval", "number of an approval that was granted"),
    OPTION("--salesperson", STAFF, NULL, "login of the right salesperson"),
    OPTION("--amount", AMOUNT, NULL, "of a payment: the right amount"),
    OPTION("--money-account", PLACE, NULL, "of a payment: the right till, account or device"),
    OPTION("--payer", TEXT, NULL, "of a payment: who paid"),
    OPTION("--reference", TEXT, "invoice.reference", "the right order, slip or provider number"),
    OPTION("--note", TEXT, "invoice.note", "the right note"),
    {PARAM("--clear", TEXT, NULL, "take this away"),
     .words = "charges note salesperson buyer reference payer", .many = true},
    OPTION("--reason", TEXT, "reason",
           "why; kept in the history; needed but for your own bill of today"),
    END,
};

/* ---- what is taken away ---- */

static bool is_cleared(const struct run *run, const char *word)
{
    size_t at = 0;
    for (const char *text = arg_next(&run->args, "--clear", &at); text != NULL;
         text = arg_next(&run->args, "--clear", &at))
        if (strcmp(text, word) == 0)
            return true;
    return false;
}

/* The words that are said, as fields; NULL and told: one is none, or is said beside its value. */
static Tefter__PaperField *fields_cleared(struct run *run, const char *words, size_t *ret_count)
{
    size_t at = 0;
    Tefter__PaperField *fields = arena_take(&run->arena, ARGS_MAX * sizeof(*fields));
    need(fields != NULL);
    *ret_count = 0;
    for (const char *text = arg_next(&run->args, "--clear", &at); text != NULL;
         text = arg_next(&run->args, "--clear", &at)) {
        char name[32];
        (void)snprintf(name, sizeof(name), "PAPER_%s", text);
        for (char *c = name; *c != '\0'; c++)
            *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value_by_name(&tefter__paper_field__descriptor, name);
        if (value == NULL || strstr(words, text) == NULL) {
            (void)run_say(run, EXIT_USE, N_("{option} takes none but: {words}"), "option",
                          "--clear", "words", words, NULL);
            return NULL;
        }
        (void)snprintf(name, sizeof(name), "--%s", text);
        if (arg_text(&run->args, strcmp(text, "charges") == 0 ? "--charge" : name) != NULL) {
            (void)run_say(run, EXIT_USE,
                          N_("{option} is said, and taken away with --clear: say one of both"),
                          "option", text, NULL);
            return NULL;
        }
        fields[(*ret_count)++] = (Tefter__PaperField)value->value;
    }
    return fields;
}

/* ---- lines as they were ---- */

static void keep_discount(const Tefter__DocumentLine *was, Tefter__InvoiceLine *line)
{
    if (line->has_discount_bp || line->has_discount_minor)
        return;
    line->has_discount_bp = was->has_discount_bp;
    line->discount_bp = was->discount_bp;
    line->has_discount_minor = was->has_discount_minor && !was->has_discount_bp;
    line->discount_minor = llabs(was->discount_minor);
}

/* What is not said of the line. */
static void keep_rest(const Tefter__DocumentLine *was, Tefter__InvoiceLine *line)
{
    if (line->product_code == NULL && !line->has_product) {
        line->has_product = was->has_product;
        line->product = was->product;
    }
    if (line->text == NULL)
        line->text = was->text;
    if (!line->has_price)
        line->price = was->price;
    line->has_price = true;
    keep_discount(was, line);
    if (!line->has_tax_bp) {
        line->has_tax_bp = true;
        line->tax_bp = was->tax_bp;
    }
    if (line->n_serials == 0 && (int64_t)was->n_serials * 1000 == line->quantity) {
        line->n_serials = was->n_serials;
        line->serials = was->serials;
    }
}

static Tefter__InvoiceLine *line_again(struct run *run, const Tefter__DocumentLine *was)
{
    Tefter__InvoiceLine *line = arena_take(&run->arena, sizeof(*line));
    need(line != NULL);
    tefter__invoice_line__init(line);
    line->quantity = was->quantity;
    keep_rest(was, line);
    return line;
}

static void charges_again(struct run *run, const Tefter__DocumentRecord *was,
                          Tefter__IssueInvoice *invoice)
{
    invoice->charges = arena_take(&run->arena, (was->n_charges + 1) * sizeof(*invoice->charges));
    need(invoice->charges != NULL);
    for (size_t i = 0; i < was->n_charges; i++) {
        Tefter__Charge *charge = arena_take(&run->arena, sizeof(*charge));
        need(charge != NULL);
        tefter__charge__init(charge);
        charge->title = was->charges[i]->title;
        charge->amount_minor = was->charges[i]->amount_minor;
        charge->has_tax_bp = was->charges[i]->has_tax_bp;
        charge->tax_bp = was->charges[i]->tax_bp;
        invoice->charges[i] = charge;
    }
    invoice->n_charges = was->n_charges;
}

/* ---- all lines anew ---- */

static bool same_line(const Tefter__DocumentLine *was, const Tefter__InvoiceLine *line)
{
    if (line->product_code != NULL)
        return was->code != NULL && strcasecmp(was->code, line->product_code) == 0;
    return !was->has_product && was->text != NULL && line->text != NULL &&
           strcmp(was->text, line->text) == 0;
}

/* Each that the bill had before, by code or text, keeps its price and all else. */
static void keep_prices(struct run *run, const Tefter__DocumentRecord *was,
                        Tefter__IssueInvoice *invoice)
{
    bool *taken = arena_zero(&run->arena, was->n_lines + 1);
    need(taken != NULL);
    for (size_t i = 0; i < invoice->n_lines; i++) {
        const Tefter__DocumentLine *found = NULL;
        for (size_t j = 0; j < was->n_lines && (found == NULL || taken[j]); j++) {
            if (!same_line(was->lines[j], invoice->lines[i]) || (taken[j] && found != NULL))
                continue;
            found = was->lines[j];
            if (!taken[j]) {
                taken[j] = true;
                break;
            }
        }
        if (found != NULL)
            keep_rest(found, invoice->lines[i]);
    }
}

/* ---- one line ---- */

/* "2=3@180k": the line of the bill, from 0, and what is behind the '='. False: told. */
static bool line_number(struct run *run, const char *text, const Tefter__DocumentRecord *was,
                        size_t *ret_line, const char **ret_rest)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end != '=' || end[1] == '\0') {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": write {form}"), "typed", text, "form",
                      run_word(run, EDIT_HELP), NULL);
        return false;
    }
    if (number == 0 || number > was->n_lines) {
        (void)run_say(run, EXIT_USE,
                      words_many(run->language,
                                 MANY_("\"{typed}\": {number} has {count} line, the first is 1",
                                       "\"{typed}\": {number} has {count} lines, the first is 1"),
                                 was->n_lines),
                      "typed", text, "number", was->number, "count", NUMBER(was->n_lines), NULL);
        return false;
    }
    *ret_line = number - 1;
    *ret_rest = end + 1;
    return true;
}

/* Edits what the lines of the bill were; 0 pieces: the line is left out (NULL). */
static bool edit_lines(struct run *run, const Tefter__DocumentRecord *was,
                       Tefter__InvoiceLine **lines)
{
    size_t at = 0;
    size_t line = 0;
    const char *rest = NULL;
    for (const char *text = arg_next(&run->args, "--line", &at); text != NULL;
         text = arg_next(&run->args, "--line", &at)) {
        Tefter__InvoiceLine said = TEFTER__INVOICE_LINE__INIT;
        if (!line_number(run, text, was, &line, &rest))
            return false;
        said.quantity = was->lines[line]->quantity;
        if (strcmp(rest, "0") == 0) {
            lines[line] = NULL;
            continue;
        }
        if (!sale_edit(run, text, rest, &said))
            return false;
        keep_rest(was->lines[line], &said);
        lines[line] = arena_take(&run->arena, sizeof(said));
        need(lines[line] != NULL);
        *lines[line] = said;
    }
    return true;
}

/* The line of the bill that "2" or "DRILL" names; its count of lines: none. */
static size_t line_named(const Tefter__DocumentRecord *was, Tefter__InvoiceLine *const *lines,
                         const char *what)
{
    bool number = what[strspn(what, "0123456789")] == '\0';
    size_t at = number ? strtoul(what, NULL, 10) - 1 : 0;
    while (!number && at < was->n_lines &&
           (was->lines[at]->code == NULL || strcasecmp(was->lines[at]->code, what) != 0))
        at++;
    return at < was->n_lines && lines[at] != NULL ? at : was->n_lines;
}

/* The serial numbers of a line of the bill are these now; of none, it is one that is added. */
static bool take_serials(struct run *run, const char *text, const Tefter__DocumentRecord *was,
                         Tefter__InvoiceLine **lines, size_t count)
{
    char *what;
    char *list;
    if (!sale_serials_read(run, text, &what, &list))
        return false;
    size_t line = line_named(was, lines, what);
    if (line == was->n_lines)
        return sale_serials_to(run, text, lines, count);
    lines[line]->n_serials = 0;
    sale_add_serials(run, list, lines[line]);
    return true;
}

static bool add_more(struct run *run, Tefter__InvoiceLine **lines, size_t *count)
{
    size_t at = 0;
    for (const char *text = arg_next(&run->args, "--add", &at); text != NULL;
         text = arg_next(&run->args, "--add", &at)) {
        Tefter__InvoiceLine *line = arena_take(&run->arena, sizeof(*line));
        need(line != NULL);
        if (!sale_line(run, text, false, line))
            return false;
        lines[(*count)++] = line;
    }
    return true;
}

/* The bill's lines, with what --line, --add and --serials say of them. */
static bool lines_again(struct run *run, const Tefter__DocumentRecord *was,
                        Tefter__IssueInvoice *invoice)
{
    size_t at = 0;
    bool good = true;
    Tefter__InvoiceLine **lines =
        arena_take(&run->arena, (was->n_lines + ARGS_MAX) * sizeof(*lines));
    need(lines != NULL);
    for (size_t i = 0; i < was->n_lines; i++)
        lines[i] = line_again(run, was->lines[i]);
    good = edit_lines(run, was, lines);
    size_t count = was->n_lines;
    good = good && add_more(run, lines, &count);
    for (const char *text = arg_next(&run->args, "--serials", &at); good && text != NULL;
         text = arg_next(&run->args, "--serials", &at))
        good = take_serials(run, text, was, lines, count);
    invoice->lines = lines;
    invoice->n_lines = 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i] != NULL)
            lines[invoice->n_lines++] = lines[i];
    return good;
}

/* ---- an invoice ---- */

/* What the person did not say is as it was. */
static void rest_again(const struct run *run, const Tefter__DocumentRecord *was,
                       Tefter__IssueInvoice *invoice)
{
    bool theirs = !invoice->has_customer || invoice->customer == was->customer;
    if (!invoice->has_customer)
        invoice->customer = was->customer;
    invoice->has_customer = true;
    if (!invoice->has_date)
        invoice->date = was->date;
    invoice->has_date = true;
    if (!invoice->has_due && was->has_due) {
        invoice->has_due = true;
        invoice->due = was->due;
    }
    if (invoice->note == NULL && !is_cleared(run, "note"))
        invoice->note = was->note;
    if (invoice->reference == NULL && !is_cleared(run, "reference"))
        invoice->reference = was->reference;
    if (invoice->salesperson == NULL && !is_cleared(run, "salesperson"))
        invoice->salesperson = was->salesperson;
    if (!invoice->has_buyer && was->has_buyer && theirs && !is_cleared(run, "buyer")) {
        invoice->has_buyer = true;
        invoice->buyer = was->buyer;
    }
}

static bool fill_lines(struct run *run, const Tefter__DocumentRecord *was,
                       Tefter__IssueInvoice *invoice)
{
    bool anew = arg_text(&run->args, "LINE") != NULL || arg_text(&run->args, "--custom") != NULL;
    bool edited = arg_text(&run->args, "--line") != NULL || arg_text(&run->args, "--add") != NULL;
    bool good = false;
    if (anew && edited) {
        (void)run_say(run, EXIT_USE,
                      N_("all lines anew, or --line and --add for some of them: not both"), NULL);
        return false;
    }
    if (!anew)
        return lines_again(run, was, invoice);
    invoice->lines = sale_lines(run, &invoice->n_lines, &good);
    if (good)
        keep_prices(run, was, invoice);
    return good;
}

static bool fill_charges(struct run *run, const Tefter__DocumentRecord *was,
                         Tefter__IssueInvoice *invoice)
{
    bool good = true;
    if (arg_text(&run->args, "--charge") != NULL)
        invoice->charges = sale_charges(run, &invoice->n_charges, &good);
    else if (!is_cleared(run, "charges"))
        charges_again(run, was, invoice);
    return good;
}

static int correct_invoice(struct run *run, const Tefter__DocumentRecord *was)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "correct_invoice");
    if (command == NULL)
        return run->exit_code;
    Tefter__CorrectInvoice *correct = command->correct_invoice;
    if (correct->invoice == NULL)
        need(member_make(&correct->base, "invoice", &run->arena) != NULL);
    correct->clear =
        fields_cleared(run, "charges note salesperson buyer reference", &correct->n_clear);
    if (correct->clear == NULL || !fill_lines(run, was, correct->invoice) ||
        !fill_charges(run, was, correct->invoice))
        return run->exit_code;
    correct->invoice->salesperson = (char *)(uintptr_t)arg_text(&run->args, "--salesperson");
    rest_again(run, was, correct->invoice);
    correct->document = was->document;
    return run_submit(run, command,
                      N_("{NUMBER} is reversed| by {reversal}|; anew: {number}| {total$}|, due "
                         "{due}|, taken {pin}|.| {owes}|, {available}|."));
}

/* ---- a payment ---- */

static void payment_again(const struct run *run, const Tefter__DocumentRecord *was,
                          Tefter__TakePayment *payment)
{
    payment->has_customer = true;
    payment->customer = was->customer;
    payment->kind = was->payment_kind;
    payment->amount_minor = was->total_minor;
    payment->has_money_account = was->has_money_account;
    payment->money_account = was->money_account;
    payment->has_date = true;
    payment->date = was->date;
    payment->reference = is_cleared(run, "reference") ? NULL : was->reference;
    payment->payer = is_cleared(run, "payer") ? NULL : was->payer;
    payment->note = is_cleared(run, "note") ? NULL : was->note;
}

static bool payment_said(struct run *run, Tefter__TakePayment *payment, const char *option,
                         const char *path, enum value_kind kind)
{
    const char *text = arg_text(&run->args, option);
    return text == NULL || typed_set(run, &payment->base, path, kind, text);
}

/* Money that lies in another kind of place is another kind of money. */
static void kind_of_place(struct run *run, const Tefter__DocumentRecord *was,
                          Tefter__TakePayment *payment)
{
    const Tefter__MoneyAccountRecord *place = place_row(run, payment->money_account);
    if (place == NULL || arg_text(&run->args, "--money-account") == NULL)
        return;
    bool bank = was->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER ||
                was->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP;
    if (place->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL)
        payment->kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    else if (place->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE)
        payment->kind = TEFTER__PAYMENT_KIND__PAYMENT_POS;
    else if (!bank)
        payment->kind = TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER;
}

static int correct_payment(struct run *run, const Tefter__DocumentRecord *was)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__CorrectPayment correct = TEFTER__CORRECT_PAYMENT__INIT;
    Tefter__TakePayment payment = TEFTER__TAKE_PAYMENT__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_CORRECT_PAYMENT;
    command.correct_payment = &correct;
    correct.document = was->document;
    correct.payment = &payment;
    correct.clear = fields_cleared(run, "note reference payer", &correct.n_clear);
    if (correct.clear == NULL)
        return run->exit_code;
    reason.value = (char *)(uintptr_t)arg_text(&run->args, "--reason");
    correct.reason = reason.value == NULL ? NULL : &reason;
    payment_again(run, was, &payment);
    if (!payment_said(run, &payment, "--customer", "customer", VALUE_CUSTOMER) ||
        !payment_said(run, &payment, "--amount", "amount_minor", VALUE_AMOUNT) ||
        !payment_said(run, &payment, "--date", "date", VALUE_DATE) ||
        !payment_said(run, &payment, "--money-account", "money_account", VALUE_PLACE) ||
        !payment_said(run, &payment, "--reference", "reference", VALUE_TEXT) ||
        !payment_said(run, &payment, "--payer", "payer", VALUE_TEXT) ||
        !payment_said(run, &payment, "--note", "note", VALUE_TEXT))
        return run->exit_code;
    kind_of_place(run, was, &payment);
    return run_submit(run, &command,
                      N_("{NUMBER} is reversed| by {reversal}|; anew: {number}| {total$}|.| "
                         "Matched {matched$}.|| {owes}|, {available}|."));
}

static int correct_run(struct run *run)
{
    const Tefter__DocumentAnswer *answer = document_find(run, arg_text(&run->args, "NUMBER"), 0);
    if (answer == NULL)
        return run->exit_code;
    if (answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        return correct_invoice(run, answer->document);
    if (answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        return correct_payment(run, answer->document);
    return run_say(run, EXIT_USE,
                   N_("invoices and payments can be corrected; this one can be reversed: tefter "
                      "reverse {number}"),
                   "number", answer->document->number, NULL);
}

const struct verb correct_verbs[] = {
    {.entity = "correct",
     .summary = "reverse a document and write it anew; what is not said stays",
     .params = correct_params,
     .run = correct_run,
     .more = "tefter correct WH-00017 --line 2=3 --reason \"counted wrong\"\n"
             "tefter correct WH-R-00004 --amount 500 --reason \"typed wrong\""},
    END_VERBS,
};

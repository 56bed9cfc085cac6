/* Selling: invoices, what a sale would meet, credit notes. */
#include "cli/sale.h"
#include "base/fold.h"
#include "base/tell.h"
#include "cli/cash.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- lines ---- */

static bool bad_line(struct run *run, const char *text, const char *why)
{
    (void)run_say(run, EXIT_USE, N_("\"{typed}\": {why} A line is {form}"), "typed", text, "why",
                  run_word(run, why), "form", run_word(run, SALE_LINE_HELP), NULL);
    return false;
}

/* "-5%" or "-2000" at the end: taken off. A code may have dashes, so it is looked for behind '='.
 */
static bool take_discount(struct run *run, const char *whole, char *amounts,
                          Tefter__InvoiceLine *line)
{
    char *dash = strrchr(amounts, '-');
    if (dash == NULL || dash == amounts)
        return true;
    *dash = '\0';
    if (dash[1] == '\0')
        return bad_line(run, whole, N_("There is no discount behind the dash."));
    if (percent_is(dash + 1)) {
        line->has_discount_bp = true;
        return typed_percent(run, dash + 1, &line->discount_bp);
    }
    line->has_discount_minor = true;
    return typed_amount(run, dash + 1, &line->discount_minor);
}

static bool take_price(struct run *run, const char *whole, char *amounts, Tefter__InvoiceLine *line)
{
    char *at = strchr(amounts, '@');
    if (at == NULL)
        return true;
    *at = '\0';
    line->has_price = true;
    char why[AMOUNT_WHY_MAX];
    const char *wrong = price_read(at + 1, run_currency(run), &line->price, why);
    return wrong == NULL || bad_line(run, whole, wrong);
}

/* "100", "2k" or, with a unit, "5 bag". Letters that can stand behind a number, as in "2k", are a
 * unit when there is a blank between them. */
static bool take_quantity(struct run *run, const char *whole, char *amounts,
                          Tefter__InvoiceLine *line)
{
    char why[AMOUNT_WHY_MAX];
    char *unit = (char *)(uintptr_t)quantity_unit(amounts);
    bool apart = unit != NULL && unit[-1] == ' ';
    if (!apart) {
        const char *wrong = quantity_read(amounts, run_currency(run), &line->quantity, why);
        if (wrong == NULL || unit == NULL)
            return wrong == NULL || bad_line(run, whole, wrong);
    }
    line->unit = arena_text(&run->arena, unit, strlen(unit));
    need(line->unit != NULL);
    *unit = '\0';
    const char *wrong = quantity_read(amounts, run_currency(run), &line->quantity, why);
    return wrong == NULL || bad_line(run, whole, wrong);
}

bool sale_line(struct run *run, const char *text, bool free, Tefter__InvoiceLine *ret_line)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    need(copy != NULL);
    tefter__invoice_line__init(ret_line);
    char *equals = strrchr(copy, '=');
    ret_line->quantity = 1000;
    if (equals != NULL)
        *equals = '\0';
    if (copy[0] == '\0')
        return bad_line(run, text, N_("There is no product."));
    if (free)
        ret_line->text = copy;
    else
        ret_line->product_code = copy;
    if (equals == NULL)
        return true;
    return take_discount(run, text, equals + 1, ret_line) &&
           take_price(run, text, equals + 1, ret_line) &&
           take_quantity(run, text, equals + 1, ret_line);
}

bool sale_edit(struct run *run, const char *whole, const char *amounts,
               Tefter__InvoiceLine *ret_line)
{
    char *copy = arena_text(&run->arena, amounts, strlen(amounts));
    need(copy != NULL);
    if (copy[0] == '-') { /* a discount alone: no quantity stands before it */
        copy = arena_take(&run->arena, strlen(amounts) + 2);
        need(copy != NULL);
        (void)snprintf(copy, strlen(amounts) + 2, "@%s", amounts);
    }
    if (!take_discount(run, whole, copy, ret_line))
        return false;
    char *at = strchr(copy, '@');
    if (at != NULL && at[1] == '\0')
        *at = '\0';
    return take_price(run, whole, copy, ret_line) &&
           (copy[0] == '\0' || take_quantity(run, whole, copy, ret_line));
}

/* ---- serial numbers ---- */

static bool is_whole_with_serials(const Tefter__InvoiceLine *line)
{
    return (int64_t)line->n_serials * 1000 >= line->quantity;
}

/* The line that a product's serial numbers are of: the first that wants more, else the last. */
static size_t line_of_code(Tefter__InvoiceLine *const *lines, size_t count, const char *code)
{
    size_t found = count;
    for (size_t i = 0; i < count; i++) {
        const char *its = lines[i] == NULL ? NULL : lines[i]->product_code;
        if (its == NULL || !fold_same(its, code))
            continue;
        found = i;
        if (!is_whole_with_serials(lines[i]))
            break;
    }
    return found;
}

void sale_add_serials(struct run *run, char *list, Tefter__InvoiceLine *line)
{
    size_t most = line->n_serials + 1;
    for (const char *at = list; *at != '\0'; at++)
        most += *at == ',';
    char **serials = arena_take(&run->arena, most * sizeof(*serials));
    need(serials != NULL);
    if (line->n_serials > 0)
        memcpy(serials, line->serials, line->n_serials * sizeof(*serials));
    line->serials = serials;
    for (char *serial = strsep(&list, ","); serial != NULL; serial = strsep(&list, ","))
        if (serial[0] != '\0')
            serials[line->n_serials++] = serial;
}

bool sale_serials_read(struct run *run, const char *text, char **ret_what, char **ret_list)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    need(copy != NULL);
    char *equals = strchr(copy, '=');
    if (equals == NULL || equals == copy || equals[1] == '\0') {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": write {form}"), "typed", text, "form",
                      SALE_SERIALS_HELP, NULL);
        return false;
    }
    *equals = '\0';
    *ret_what = copy;
    *ret_list = equals + 1;
    return true;
}

/* Typed as a product alone: there are as many pieces as serial numbers. */
static void count_pieces(const struct run *run, Tefter__InvoiceLine *const *lines)
{
    size_t at = 0;
    size_t i = 0;
    for (const char *text = arg_next(&run->args, "LINE", &at); text != NULL;
         text = arg_next(&run->args, "LINE", &at), i++)
        if (strchr(text, '=') == NULL && lines[i]->n_serials > 0)
            lines[i]->quantity = (int64_t)lines[i]->n_serials * 1000;
}

bool sale_serials_to(struct run *run, const char *text, Tefter__InvoiceLine *const *lines,
                     size_t count)
{
    char *what;
    char *list;
    if (!sale_serials_read(run, text, &what, &list))
        return false;
    size_t line = line_of_code(lines, count, what);
    if (line < count)
        sale_add_serials(run, list, lines[line]);
    else
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": no line sells {what}; write {form}"), "typed",
                      text, "what", what, "form", SALE_SERIALS_HELP, NULL);
    return line < count;
}

/* Every --serials PRODUCT=A1,A2 to its line. */
static bool serials_said(struct run *run, Tefter__InvoiceLine *const *lines, size_t count)
{
    size_t at = 0;
    for (const char *text = arg_next(&run->args, "--serials", &at); text != NULL;
         text = arg_next(&run->args, "--serials", &at)) {
        if (!sale_serials_to(run, text, lines, count))
            return false;
    }
    count_pieces(run, lines);
    return true;
}

/* ---- lines and charges, as they were said ---- */

/* ---- what a scanner types ---- */

/* NULL: there is none, or it is not to be had, and exit_code says so. */
static const Tefter__ProductRecord *product_coded(struct run *run, const char *code)
{
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    card.code = (char *)(uintptr_t)code;
    const Tefter__Answer *answer = run_look(run, &query);
    bool found = answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_PRODUCT_CARD;
    return found ? answer->product_card->product : NULL;
}

/* The unit that a barcode is of; NULL: the product's own. */
static char *unit_coded(const Tefter__ProductRecord *product, const char *barcode)
{
    for (size_t i = 0; i < product->n_units; i++)
        for (size_t k = 0; k < product->units[i]->n_barcodes; k++)
            if (fold_same(product->units[i]->barcodes[k], barcode))
                return product->units[i]->code;
    return NULL;
}

/* A label says how much it is, or what it costs. */
static bool take_label(struct run *run, const char *text, const struct barcode_reading *reading,
                       const Tefter__ProductRecord *product, Tefter__InvoiceLine *line)
{
    int64_t price = 0;
    int exponent = run_currency(run)->exponent;
    bool tax = product->has_tax_bp;
    if (strchr(text, '=') != NULL)
        return bad_line(run, text,
                        N_("The label says how much it is: leave out what is behind '='."));
    if (reading->holds == BARCODE_WEIGHT)
        line->quantity = reading->value;
    else if (!product->has_price ||
             !barcode_price_line(exponent >= 3 ? reading->value * 10 : reading->value,
                                 product->price, tax ? product->tax_bp : 0, &line->quantity,
                                 &price))
        return bad_line(run, text, N_("The label's price does not go with the catalogue's."));
    line->has_price = reading->holds == BARCODE_PRICE && price != product->price;
    line->price = price;
    return line->quantity > 0 || bad_line(run, text, N_("The label's weight is nothing."));
}

/* A code that the catalogue has in another form: an article's other number, or a scale's label. */
static bool scan_line(struct run *run, const char *text, Tefter__InvoiceLine *line)
{
    struct barcode_reading readings[BARCODE_READINGS_MAX];
    size_t count = line->product_code == NULL ? 0 : barcode_read(line->product_code, readings);
    for (size_t i = 0; i < count; i++) {
        const Tefter__ProductRecord *product = product_coded(run, readings[i].code);
        if (run->exit_code != EXIT_DONE)
            return false;
        if (product == NULL)
            continue;
        line->product_code = product->code;
        if (line->unit == NULL)
            line->unit = unit_coded(product, readings[i].code);
        return readings[i].holds == BARCODE_ARTICLE ||
               take_label(run, text, &readings[i], product, line);
    }
    return true;
}

static size_t count_of(const struct run *run, const char *name)
{
    size_t at = 0;
    size_t count = 0;
    while (arg_next(&run->args, name, &at) != NULL)
        count++;
    return count;
}

static bool add_lines(struct run *run, const char *name, bool free, Tefter__InvoiceLine **lines,
                      size_t *count)
{
    size_t at = 0;
    for (const char *text = arg_next(&run->args, name, &at); text != NULL;
         text = arg_next(&run->args, name, &at)) {
        Tefter__InvoiceLine *line = arena_take(&run->arena, sizeof(*line));
        need(line != NULL);
        if (!sale_line(run, text, free, line) || !scan_line(run, text, line))
            return false;
        lines[(*count)++] = line;
    }
    return true;
}

Tefter__InvoiceLine **sale_lines(struct run *run, size_t *ret_count, bool *ret_good)
{
    size_t most = count_of(run, "LINE") + count_of(run, "--custom");
    Tefter__InvoiceLine **lines = arena_take(&run->arena, (most + 1) * sizeof(*lines));
    need(lines != NULL);
    *ret_count = 0;
    *ret_good = add_lines(run, "LINE", false, lines, ret_count) &&
                add_lines(run, "--custom", true, lines, ret_count) &&
                serials_said(run, lines, *ret_count);
    return lines;
}

static bool read_charge(struct run *run, const char *text, Tefter__Charge *charge)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    char *equals = copy == NULL ? NULL : strrchr(copy, '=');
    tefter__charge__init(charge);
    if (equals == NULL || equals == copy) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": a charge is {form}"), "typed", text, "form",
                      N_("TITLE=AMOUNT or TITLE=AMOUNT+8%"), NULL);
        return false;
    }
    *equals = '\0';
    charge->title = copy;
    char *plus = strchr(equals + 1, '+');
    if (plus != NULL)
        *plus = '\0';
    charge->has_tax_bp = plus != NULL;
    return typed_amount(run, equals + 1, &charge->amount_minor) &&
           (plus == NULL || typed_percent(run, plus + 1, &charge->tax_bp));
}

Tefter__Charge **sale_charges(struct run *run, size_t *ret_count, bool *ret_good)
{
    size_t at = 0;
    size_t most = count_of(run, "--charge");
    Tefter__Charge **charges = arena_take(&run->arena, (most + 1) * sizeof(*charges));
    need(charges != NULL);
    *ret_count = 0;
    *ret_good = true;
    for (const char *text = arg_next(&run->args, "--charge", &at); text != NULL && *ret_good;
         text = arg_next(&run->args, "--charge", &at)) {
        Tefter__Charge *charge = arena_take(&run->arena, sizeof(*charge));
        need(charge != NULL);
        *ret_good = read_charge(run, text, charge);
        charges[(*ret_count)++] = charge;
    }
    return charges;
}

/* ---- sell ---- */

#define SALE_OPTIONS                                                                               \
    OPTIONS("--custom", TEXT, NULL, "a line that is not in the catalogue: \"delivery=1@50k\""),    \
        OPTION("--number", TEXT, "number",                                                         \
               "its number (default: the next of the branch's series)"),                           \
        OPTION("--date", DATE, "date", "its date (default: the branch's business date)"),          \
        OPTION("--due", DATE, "due", "due date (default: by the customer's terms)"),               \
        OPTIONS("--charge", TEXT, NULL, "TITLE=AMOUNT, or with tax: shipping=12.50+8%"),           \
        OPTIONS("--serials", TEXT, NULL, "serial numbers of a line: " SALE_SERIALS_HELP),          \
        OPTION("--buyer", NUMBER, "buyer", "number of the authorised buyer who takes the goods"),  \
        BUYER_PIN_OPTION,                                                                          \
        OPTION("--approval", NUMBER, "approval", "number of an approval that was granted"),        \
        OPTION("--note", TEXT, "note", "a note on the document"),                                  \
        OPTION("--salesperson", STAFF, NULL, "login of the salesperson (default: none)"),          \
        OPTION("--reference", TEXT, "reference", "the customer's order number"),                   \
        OPTION("--backfill", FLAG, "backfill",                                                     \
               "the sale was made while offline: post it even over the limit")

static const struct param sell_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer",
            "code, or #NUMBER; \"cash\" for a customer who pays at once"),
    SOME("LINE", TEXT, NULL, SALE_LINE_HELP),
    SALE_OPTIONS,
    OPTIONS("--paid", TEXT, NULL, PAID_HELP),
    OPTION("--unpaid", FLAG, NULL, "to \"cash\", and nothing is paid yet"),
    OPTION("--what-if", FLAG, NULL, "only show what would happen"),
    MAY_HAVE("--ask", NULL,
             "over the limit: park the sale and ask for an approval; --ask=TEXT tells those who "
             "decide something"),
    END,
};

/* Lines, charges and salesperson of what was typed. */
static bool fill_invoice(struct run *run, Tefter__IssueInvoice *invoice)
{
    bool good = false;
    invoice->lines = sale_lines(run, &invoice->n_lines, &good);
    if (good)
        invoice->charges = sale_charges(run, &invoice->n_charges, &good);
    invoice->salesperson = (char *)(uintptr_t)arg_text(&run->args, "--salesperson");
    return good;
}

/* "+ available 20.00", "− ▲ over 20.00" */
static const char *before_text(struct run *run, int64_t before, char out[CELL_MAX])
{
    if (before < 0)
        (void)words_say(out, CELL_MAX, run->language, N_("{minus} {sign} over {amount}"), "minus",
                        sign_minus(run), "sign", sign_over(run), "amount",
                        money_text(run, -before, CELL), NULL);
    else
        (void)words_say(out, CELL_MAX, run->language, N_("+ available {amount}"), "amount",
                        money_text(run, before, CELL), NULL);
    return out;
}

static void put_after(struct run *run, const char *what, int64_t before, int64_t amount_minor)
{
    int64_t after;
    if (__builtin_sub_overflow(before, amount_minor, &after))
        after = amount_minor > 0 ? -INT64_MAX : INT64_MAX;
    run_tell(run,
             after < 0 ? N_("{what} {amount}, after it {sign} over by {rest}")
                       : N_("{what} {amount}, after it available {rest}"),
             "what", run_word(run, what), "amount", money_text(run, amount_minor, CELL), "sign",
             sign_over(run), "rest", money_text(run, after < 0 ? -after : after, CELL), NULL);
}

/* Of the payer's limit and the site's own the one that leaves less. */
static void put_decision(struct run *run, const char *what, const Tefter__Decision *decision)
{
    char freed[CELL_MAX];
    bool site = decision->has_site_limit_minor;
    int64_t before = decision->limit_minor - decision->exposure_minor;
    int64_t of_site = decision->site_limit_minor - decision->site_exposure_minor;
    if (decision->unlimited && !site) {
        run_tell(run, N_("no limit"), NULL);
        return;
    }
    if (site && (decision->unlimited || of_site < before)) {
        run_tell(run, N_("own limit {limit} = used {used} {rest}"), "limit",
                 money_text(run, decision->site_limit_minor, CELL), "used",
                 money_text(run, decision->site_exposure_minor, CELL), "rest",
                 before_text(run, of_site, CELL), NULL);
        put_after(run, what, of_site, decision->amount_minor);
        return;
    }
    (void)freed_text(run, decision->has_freed_minor, decision->freed_minor, freed);
    run_tell(run,
             N_("limit {limit} = unpaid bills {bills} + not cleared {uncleared} {minus} not yet "
                "matched {unmatched}{freed} {rest}"),
             "limit", money_text(run, decision->limit_minor, CELL), "bills",
             money_text(run, decision->bills_minor, CELL), "uncleared",
             money_text(run, decision->uncleared_minor, CELL), "minus", sign_minus(run),
             "unmatched", money_text(run, decision->unmatched_minor, CELL), "freed", freed, "rest",
             before_text(run, before, CELL), NULL);
    put_after(run, what, before, decision->amount_minor);
}

/* Is a line in another unit, or its price of a list? */
static bool says_origins(const Tefter__WhatIfAnswer *answer)
{
    for (size_t i = 0; i < answer->n_lines; i++)
        if (answer->lines[i]->price_list != NULL || answer->lines[i]->has_base_quantity)
            return true;
    return false;
}

static int tell_what_if(struct run *run, const Tefter__WhatIfAnswer *answer)
{
    char word[CELL_MAX];
    char total[CELL_MAX];
    if (run->json) {
        run_json(run, &answer->base);
        return answer->refusal == NULL ? EXIT_DONE : refusal_exit(answer->refusal->code);
    }
    if (answer->has_total_minor) {
        (void)money_sentence(answer->total_minor, run_currency(run), total, sizeof(total));
        run_tell(run, N_("total {amount}"), "amount", total, NULL);
    }
    if (says_origins(answer))
        document_lines_tell(run, answer->lines, answer->n_lines, NULL, 0);
    put_decision(run, N_("this sale"), answer->decision);
    if (answer->refusal != NULL)
        return run_refused(run, answer->refusal);
    tell(stdout, "%s\n",
         enum_said(run, &tefter__verdict__descriptor, (int)answer->decision->verdict, word));
    return EXIT_DONE;
}

/* NULL: the run has its exit code. */
static const Tefter__Answer *ask_what_if(struct run *run, Tefter__IssueInvoice *invoice)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__WhatIf what = TEFTER__WHAT_IF__INIT;
    query.kind_case = TEFTER__QUERY__KIND_WHAT_IF;
    query.what_if = &what;
    what.customer = invoice->customer;
    what.draft = invoice;
    return run_ask(run, &query);
}

/* What the sale itself would be told: more stands in its way than in that of a question. */
int sale_what_if(struct run *run, Tefter__IssueInvoice *invoice)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TryCommand try = TEFTER__TRY_COMMAND__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
    query.try_command = &try;
    try.command = &command;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = invoice;
    const Tefter__Answer *answer = ask_what_if(run, invoice);
    bool tries = answer != NULL && answer->what_if->refusal == NULL &&
                 tefter_knows_field(run->client, &tefter__query__descriptor,
                                    TEFTER__QUERY__KIND_TRY_COMMAND); /* not before version 5 */
    const Tefter__Answer *tried = tries ? run_ask(run, &query) : answer;
    if (tried == NULL)
        return run->exit_code;
    Tefter__WhatIfAnswer what = *answer->what_if;
    const Tefter__Refusal *refusal = tried == answer ? NULL : tried->try_command->refusal;
    if (refusal != NULL && refusal->code != TEFTER__REFUSAL_CODE__PIN_NEEDED)
        what.refusal = (Tefter__Refusal *)(uintptr_t)refusal;
    return tell_what_if(run, &what);
}

/* What of the sale is not paid in money that is final: the limit is asked for that alone. */
static int64_t unpaid_rest(const Tefter__SellPaid *sale, int64_t total_minor)
{
    int64_t rest_minor = total_minor;
    for (size_t i = 0; i < sale->n_payments; i++) {
        const Tefter__PaidPart *part = sale->payments[i];
        if (part->kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP)
            continue;
        if (!part->has_amount_minor || part->amount_minor >= rest_minor)
            return 0;
        rest_minor -= part->amount_minor;
    }
    return rest_minor;
}

static bool tell_rest(struct run *run, uint32_t customer, int64_t rest_minor)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__WhatIf what = TEFTER__WHAT_IF__INIT;
    query.kind_case = TEFTER__QUERY__KIND_WHAT_IF;
    query.what_if = &what;
    what.customer = customer;
    what.amount_minor = rest_minor;
    const Tefter__Answer *answer = run_ask(run, &query);
    if (answer == NULL)
        return false;
    put_decision(run, N_("the unpaid rest"), answer->what_if->decision);
    return true;
}

/* As the server would judge it, money and all. */
static int what_if_paid(struct run *run, Tefter__IssueInvoice *invoice)
{
    char total[CELL_MAX];
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TryCommand try = TEFTER__TRY_COMMAND__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SellPaid sale = TEFTER__SELL_PAID__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TRY_COMMAND;
    query.try_command = &try;
    try.command = &command;
    command.kind_case = TEFTER__COMMAND__KIND_SELL_PAID;
    command.sell_paid = &sale;
    sale.invoice = invoice;
    if (!cash_parts(run, &sale))
        return run->exit_code;
    const Tefter__Answer *whole = ask_what_if(run, invoice);
    const Tefter__Answer *answer = whole == NULL ? NULL : run_ask(run, &query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__Refusal *refusal = answer->try_command->refusal;
    if (run->json) {
        run_json(run, &answer->try_command->base);
        return refusal == NULL ? EXIT_DONE : refusal_exit(refusal->code);
    }
    if (whole->what_if->has_total_minor) {
        int64_t rest_minor = unpaid_rest(&sale, whole->what_if->total_minor);
        (void)money_sentence(whole->what_if->total_minor, run_currency(run), total, sizeof(total));
        run_tell(run, N_("total {amount}"), "amount", total, NULL);
        if (rest_minor > 0 && !tell_rest(run, invoice->customer, rest_minor))
            return run->exit_code;
    }
    bool pin = refusal != NULL && refusal->code == TEFTER__REFUSAL_CODE__PIN_NEEDED;
    if (refusal != NULL && !pin)
        return run_refused(run, refusal);
    run_tell(run,
             pin ? N_("allowed, paid so, with the PIN of who takes the goods")
                 : N_("allowed, paid so"),
             NULL);
    return EXIT_DONE;
}

static int what_if(struct run *run, Tefter__IssueInvoice *invoice)
{
    bool paid = cash_sale_is_paid(run, invoice);
    if (!paid && run->exit_code != EXIT_DONE)
        return run->exit_code;
    return paid ? what_if_paid(run, invoice) : sale_what_if(run, invoice);
}

static int ask_for(struct run *run, Tefter__IssueInvoice *invoice)
{
    const Tefter__Answer *answer = ask_what_if(run, invoice);
    if (answer == NULL)
        return run->exit_code;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval ask = TEFTER__ASK_APPROVAL__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &ask;
    ask.customer = invoice->customer;
    ask.amount_minor = answer->what_if->has_total_minor ? answer->what_if->total_minor
                                                        : answer->what_if->decision->amount_minor;
    ask.draft = invoice;
    Tefter__Text note = TEFTER__TEXT__INIT;
    note.value = (char *)(uintptr_t)arg_text(&run->args, "--ask");
    ask.note = note.value[0] == '\0' ? invoice->note : &note;
    return run_submit(run, &command, APPROVAL_ASKED);
}

/* A refusal that an approval would lift: it is asked for by a word more. */
static int sell(struct run *run, const Tefter__Command *command)
{
    int code = run_submit(run, command, SALE_DONE);
    if (run->refused == TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        run_note(run,
                 N_("To park this sale and ask for it, say the same with --ask, or --ask=\"a note "
                    "for them\"."),
                 NULL);
    return code;
}

/* Of a sale that is paid in part the limit is asked for the rest alone: so the refusal says how
 * much that is. */
static void tell_part_paid(struct run *run, Tefter__IssueInvoice *invoice)
{
    char total[CELL_MAX];
    char open[CELL_MAX];
    int64_t open_minor = run->refused_minor;
    bool asks = run->refused == TEFTER__REFUSAL_CODE__APPROVAL_NEEDED;
    const Tefter__Answer *answer = ask_what_if(run, invoice);
    if (answer == NULL || !answer->what_if->has_total_minor)
        return;
    (void)money_sentence(answer->what_if->total_minor, run_currency(run), total, sizeof(total));
    (void)money_sentence(open_minor, run_currency(run), open, sizeof(open));
    run_note(run,
             N_("The whole sale is {total}; of it {open} would stay open after what is paid now."),
             "total", total, "open", open, NULL);
    if (asks)
        run_note(run,
                 N_("Take more with it; or park the whole sale and ask for it: say the same with "
                    "--ask and without --paid, and take the money first, with tefter pay."),
                 NULL);
}

static int sell_paid(struct run *run, Tefter__IssueInvoice *invoice)
{
    int code = cash_sell(run, invoice);
    if (run->refused != 0 && run->refused_minor > 0)
        tell_part_paid(run, invoice);
    return code;
}

/* A draft has no money: what is said of one with --paid would be said of another sale. */
static bool may_be_paid(struct run *run)
{
    size_t at = 0;
    if (arg_next(&run->args, "--paid", &at) == NULL)
        return true;
    if (arg_flag(&run->args, "--ask")) {
        (void)run_say(run, EXIT_USE,
                      N_("--paid and --ask do not go together: a parked sale takes no money. "
                         "Without --ask only what is not paid counts for the limit. To ask, say "
                         "the same without --paid, and take the money with tefter pay, first or "
                         "when it is sold"),
                      NULL);
        return false;
    }
    return true;
}

static int sell_run(struct run *run)
{
    if (!may_be_paid(run))
        return run->exit_code;
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "issue_invoice");
    if (command == NULL || !fill_invoice(run, command->issue_invoice))
        return run->exit_code;
    if (command->issue_invoice->n_lines + command->issue_invoice->n_charges == 0)
        return run_say(run, EXIT_USE, N_("nothing is sold: name a line, {form}"), "form",
                       run_word(run, SALE_LINE_HELP), NULL);
    if (arg_flag(&run->args, "--what-if"))
        return what_if(run, command->issue_invoice);
    if (arg_flag(&run->args, "--ask"))
        return ask_for(run, command->issue_invoice);
    if (cash_sale_is_paid(run, command->issue_invoice))
        return sell_paid(run, command->issue_invoice);
    if (run->exit_code != EXIT_DONE)
        return run->exit_code;
    return sell(run, command);
}

/* ---- credit notes ---- */

static const struct param credit_params[] = {
    OPERAND("INVOICE", TEXT, NULL, "its number; \"-\" with --customer: without an invoice"),
    SOME("LINE", TEXT, NULL,
         "LINE=QTY of the invoice, lines count from 1 (default: all that is left)"),
    OPTION("--customer", CUSTOMER, "customer", "without an invoice: the customer"),
    OPTIONS("--custom", TEXT, NULL, "without an invoice: a line, \"discount=1@50k\""),
    OPTIONS("--charge", TEXT, NULL, "without an invoice: a charge, shipping=12.50"),
    OPTION("--number", TEXT, "number", "its number (default: the next of the branch's series)"),
    OPTION("--date", DATE, "date", "its date (default: the branch's business date)"),
    OPTION("--reason", TEXT, "reason", "why; kept in the history"),
    OPTION("--backfill", FLAG, "backfill", "it was written while offline: post it all the same"),
    END,
};

static bool read_credit(struct run *run, const char *text, Tefter__CreditNoteLine *line)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    tefter__credit_note_line__init(line);
    if (end == text || *end != '=' || number == 0) {
        (void)run_say(run, EXIT_USE,
                      N_("\"{typed}\": write LINE=QTY, the first line of the bill is 1"), "typed",
                      text, NULL);
        return false;
    }
    line->line = (uint32_t)number - 1;
    char why[AMOUNT_WHY_MAX];
    const char *wrong = quantity_read(end + 1, run_currency(run), &line->quantity, why);
    if (wrong != NULL)
        (void)run_say_typed(run, text, run_word(run, wrong));
    return wrong == NULL;
}

static bool fill_credit(struct run *run, Tefter__IssueCreditNote *note)
{
    size_t at = 0;
    note->invoice_number = (char *)(uintptr_t)arg_text(&run->args, "INVOICE");
    note->credit = arena_take(&run->arena, (count_of(run, "LINE") + 1) * sizeof(*note->credit));
    need(note->credit != NULL);
    for (const char *text = arg_next(&run->args, "LINE", &at); text != NULL;
         text = arg_next(&run->args, "LINE", &at)) {
        Tefter__CreditNoteLine *line = arena_take(&run->arena, sizeof(*line));
        need(line != NULL);
        if (!read_credit(run, text, line))
            return false;
        note->credit[note->n_credit++] = line;
    }
    return true;
}

static bool fill_available_credit(struct run *run, Tefter__IssueCreditNote *note)
{
    bool good = false;
    note->lines = sale_lines(run, &note->n_lines, &good);
    if (good)
        note->charges = sale_charges(run, &note->n_charges, &good);
    if (good && !note->has_customer) {
        (void)run_say(run, EXIT_USE,
                      N_("without an invoice: whose credit is it? --customer CUSTOMER"), NULL);
        return false;
    }
    return good;
}

static int credit_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "issue_credit_note");
    if (command == NULL)
        return run->exit_code;
    bool free = strcmp(arg_text(&run->args, "INVOICE"), "-") == 0;
    if (!(free ? fill_available_credit(run, command->issue_credit_note)
               : fill_credit(run, command->issue_credit_note)))
        return run->exit_code;
    return run_submit(run, command,
                      N_("{number}| {total$}|.| Matched {matched$}.|| {owes}|, {available}|."));
}

const struct verb sale_verbs[] = {
    {.entity = "sell",
     .summary = "sell: write an invoice",
     .params = sell_params,
     .run = sell_run,
     .more = "tefter sell C-000123 CEM40=100 SAND=2.5@180k-5% --charge shipping=500k\n"
             "tefter sell cash CEM40=2 --paid pos:20#8841 --paid cash:50"},
    {.entity = "credit-note",
     .summary = "write a credit note: goods returned, a price put right",
     .params = credit_params,
     .run = credit_run},
    END_VERBS,
};

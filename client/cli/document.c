/* Documents: one, whole, with every payment that touched it; and lists of them. */
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

static const struct param show_params[] = {
    OPERAND("NUMBER", TEXT, NULL, "its number; '#17' is the internal number"),
    CHOICE("--kind", NULL, "invoice payment credit-note reversal",
           "which, when several have the number"),
    OPTION("--undone", FLAG, NULL, "also the matches that were undone"),
    END,
};

static const struct param list_params[] = {
    OPTION("--customer", CUSTOMER, "customer", "only this customer's"),
    OPTION("--branch", BRANCH, "branch", "only this branch's"),
    OPTION("--kind", ENUM, "kind", "only this kind"),
    OPTION("--state", ENUM, "state", "open (part paid too), part, closed or reversed"),
    OPTION("--from", DATE, "from", "from this date on"),
    OPTION("--to", DATE, "to", "up to this date"),
    OPTION("--amount", AMOUNT, "amount_minor", "only with this total"),
    OPTION("--min", AMOUNT, "from_minor", "only with a total of at least this"),
    OPTION("--max", AMOUNT, "to_minor", "only with a total of at most this"),
    OPTIONS("--group", GROUP, "groups",
            "only of customers in this group; repeated: in all of them"),
    OPTION("--salesperson", TEXT, "salesperson", "only sold by this login"),
    OPTION("--by", STAFF, "staff", "only written by this person"),
    OPTION("--paid", ENUM, "payment_kind", "only payments of this kind: cash, pos, transfer, slip"),
    OPTION("--into", PLACE, "money_account", "only money of this till, device or account"),
    OPTION("--overdue", FLAG, "overdue", "only bills that are overdue"),
    OPTION("--unconfirmed", FLAG, "on_its_way", "only money not yet confirmed"),
    OPTION("--text", TEXT, "text", "only with this in number, reference, note, payer or customer"),
    OPTION("--source", TEXT, "source", "only from this import"),
    OPTION("--oldest", FLAG, "oldest_first", "oldest first (default: newest first)"),
    END,
};

static const struct column list_columns[] = {
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("CUSTOMER"), "code", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("TOTAL"), "total_minor", COLUMN_MONEY},
    {N_("OPEN"), "open_minor", COLUMN_MONEY},
    {N_("STATE"), "state", COLUMN_STATE},
    {N_("DUE"), "due", COLUMN_DATE},
    {N_("PAID"), "payment_kind", COLUMN_ENUM},
    {N_("account::FROM"), "from_account", COLUMN_PLACE},
    {N_("INTO"), "into_account", COLUMN_PLACE},
    {N_("CASH"), "cash_minor", COLUMN_MONEY},
    {N_("PAYER"), "payer", COLUMN_TEXT},
    {N_("BRANCH"), "branch", COLUMN_BRANCH},
    {N_("BY"), "author", COLUMN_TEXT},
    {N_("SOLD BY"), "salesperson", COLUMN_TEXT},
    END_COLUMNS,
};

/* ---- sums of a list ---- */

/* By kind: bills and money are not added up together. */
enum { TOTALS_MAX = 16, TOTALS_PAGES_MAX = 20, LIST_TOTALS = 470 /* of DocumentList */ };

struct totals {
    Tefter__DocumentTotal of[TOTALS_MAX];
    size_t count;
};

static void add_amount(protobuf_c_boolean *known, int64_t *sum_minor, bool given,
                       int64_t amount_minor)
{
    *known = *known && given && !__builtin_add_overflow(*sum_minor, amount_minor, sum_minor);
}

static void add_total(struct totals *totals, const Tefter__DocumentTotal *more)
{
    size_t at = 0;
    while (at < totals->count && totals->of[at].kind != more->kind)
        at++;
    if (at == TOTALS_MAX)
        return;
    if (at == totals->count) {
        totals->of[totals->count++] = *more;
        return;
    }
    Tefter__DocumentTotal *total = &totals->of[at];
    total->count += more->count;
    total->reversed += more->reversed;
    total->in_minor += more->in_minor;
    total->out_minor += more->out_minor;
    total->money_minor += more->money_minor;
    total->has_money_minor |= more->has_money_minor;
    add_amount(&total->has_total_minor, &total->total_minor, more->has_total_minor,
               more->total_minor);
    add_amount(&total->has_open_minor, &total->open_minor, more->has_open_minor, more->open_minor);
}

/* What was reversed counts as nothing, and so does what reversed it. */
static void add_row(struct totals *totals, const Tefter__DocumentRow *row)
{
    Tefter__DocumentTotal total = TEFTER__DOCUMENT_TOTAL__INIT;
    total.kind = row->kind;
    total.has_total_minor = true;
    total.has_open_minor = true;
    if (row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return;
    if (row->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED) {
        total.reversed = 1;
    } else {
        total.count = 1;
        total.total_minor = row->total_minor;
        total.open_minor = row->open_minor;
        total.has_money_minor = row->has_money_minor;
        total.money_minor = row->money_minor;
        total.in_minor = row->cash_minor > 0 ? row->cash_minor : 0;
        total.out_minor = row->cash_minor < 0 ? -row->cash_minor : 0;
    }
    add_total(totals, &total);
}

static const char *kind_count(const struct run *run, const Tefter__DocumentTotal *of,
                              char out[CELL_MAX])
{
    switch (of->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return run_count(run, MANY_("{count} invoice", "{count} invoices"), of->count, out);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return run_count(run, MANY_("{count} credit note", "{count} credit notes"), of->count, out);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return run_count(run, MANY_("{count} payment", "{count} payments"), of->count, out);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return run_count(run, MANY_("{count} reversal", "{count} reversals"), of->count, out);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return run_count(run, MANY_("{count} refund", "{count} refunds"), of->count, out);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
        return run_count(run, MANY_("{count} money move", "{count} money moves"), of->count, out);
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    return run_count(run, MANY_("{count} document", "{count} documents"), of->count, out);
}

static void put_total(struct run *run, const Tefter__DocumentTotal *of, bool first)
{
    char count[CELL_MAX];
    char line[LINE_MAX_BYTES];
    bool summed = of->has_total_minor && of->has_open_minor;
    int64_t between_minor = summed ? of->total_minor - of->in_minor - of->out_minor : 0;
    (void)kind_count(run, of, count);
    if (of->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        (void)run_sentence(
            run, line,
            N_("{count}|, {in} into tills, {out} out of tills|, {between} between tills"), "count",
            count, "in", summed ? money_text(run, of->in_minor, CELL) : NULL, "out",
            money_text(run, of->out_minor, CELL), "between",
            between_minor > 0 ? money_text(run, between_minor, CELL) : NULL, NULL);
    else
        (void)run_sentence(
            run, line, N_("{count}| {total}, open {open}"), "count", count, "total",
            summed ? money_text(run, of->has_money_minor ? of->money_minor : of->total_minor, CELL)
                   : NULL,
            "open", money_text(run, of->open_minor, CELL), NULL);
    tell(stdout, "%s%s", first ? "" : "; ", line);
}

static void put_totals(struct run *run, const char *head, const struct totals *totals)
{
    char gone[CELL_MAX];
    uint64_t reversed = 0;
    bool first = true;
    const ProtobufCEnumDescriptor *kinds = &tefter__document_kind__descriptor;
    for (size_t i = 0; i < totals->count; i++)
        reversed += totals->of[i].reversed;
    for (unsigned k = 0; k < kinds->n_values; k++) {
        for (size_t i = 0; i < totals->count; i++) {
            if ((int)totals->of[i].kind != kinds->values[k].value || totals->of[i].count == 0)
                continue;
            tell(stdout, "%s", first ? head : "");
            put_total(run, &totals->of[i], first);
            first = false;
        }
    }
    if (reversed > 0)
        tell(stdout, "%s%s", first ? head : "; ",
             run_count(run,
                       MANY_("{count} document reversed, which is not counted",
                             "{count} documents reversed, which are not counted"),
                       reversed, gone));
    if (!first || reversed > 0)
        tell(stdout, "\n");
}

/* All that the list asks for, not only what is shown. *ret_whole: so far it was counted. */
static bool ask_totals(struct run *run, Tefter__Query *query, struct totals *totals,
                       bool *ret_whole)
{
    Tefter__DocumentList *list = query->documents;
    *ret_whole = false;
    list->has_totals = true;
    list->totals = true;
    list->has_page = false;
    for (int page = 0; page < TOTALS_PAGES_MAX && !*ret_whole; page++) {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return false;
        for (size_t i = 0; i < answer->documents->n_totals; i++)
            add_total(totals, answer->documents->totals[i]);
        *ret_whole = !answer->documents->has_next;
        list->has_page = true;
        list->page = answer->documents->next;
    }
    return true;
}

/* What the server does not add up is not added up here: it has cash that is still to be counted.
 * true: there is such. */
static bool hide_sums(struct totals *shown, const struct totals *all)
{
    bool hidden = false;
    for (size_t i = 0; i < all->count; i++) {
        if (all->of[i].has_total_minor)
            continue;
        hidden = true;
        for (size_t k = 0; k < shown->count; k++)
            if (shown->of[k].kind == all->of[i].kind)
                shown->of[k].has_total_minor = false;
    }
    return hidden;
}

static void list_sums(struct run *run, ProtobufCMessage *const *rows, size_t count,
                      Tefter__Query *query, bool more)
{
    struct totals shown = {.count = 0};
    struct totals all = {.count = 0};
    bool whole = false;
    for (size_t i = 0; i < count; i++)
        add_row(&shown, (const Tefter__DocumentRow *)rows[i]);
    bool asks = tefter_knows_field(run->client, &tefter__document_list__descriptor, LIST_TOTALS);
    if (count == 0 || (asks && !ask_totals(run, query, &all, &whole)))
        return;
    bool hidden = hide_sums(&shown, &all);
    put_totals(run, more ? run_word(run, N_("Shown: ")) : "", &shown);
    if (more && asks)
        put_totals(run, run_word(run, whole ? N_("In all: ") : N_("Counted so far: ")), &all);
    if (more && asks && !whole)
        run_note(run, N_("There are more than are counted at once: say --from and --to."), NULL);
    if (hidden)
        run_note(run, N_("What has cash in it is added up when the till is counted."), NULL);
}

static const struct column touch_columns[] = {
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("WITH"), "other_number", COLUMN_TEXT},
    {N_("KIND"), "other_kind", COLUMN_ENUM},
    {N_("paid::BY"), "payment_kind", COLUMN_ENUM},
    {N_("AMOUNT"), "amount_minor", COLUMN_MONEY},
    {N_("LEFT"), "left_minor", COLUMN_MONEY},
    {N_("UNDONE"), "undone", COLUMN_FLAG},
    {N_("MATCH"), "match", COLUMN_NUMBER},
    END_COLUMNS,
};

/* ---- the head ---- */

/* Nobody has said yet that it arrived. */
static bool is_on_its_way(const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *document = answer->document;
    bool open = answer->state != TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED &&
                (answer->later == NULL || !answer->later->has_confirmed);
    for (size_t i = 0; open && i < document->n_postings; i++)
        if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT &&
            document->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY)
            return true;
    return false;
}

static void put_head(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char line[LINE_MAX_BYTES];
    const Tefter__DocumentRecord *document = answer->document;
    run_tell(run, "{kind} {number}, {date}, {state}", "kind",
             enum_said(run, &tefter__document_kind__descriptor, (int)document->kind, CELL),
             "number", document->number, "date", date_text(document->date, CELL), "state",
             state_said(run, answer->state, is_on_its_way(answer), CELL), NULL);
    if (answer->customer != NULL) {
        (void)snprintf(line, sizeof(line), "%s  %s", answer->customer->code,
                       text_of(answer->customer->name));
        run_tell_fact(run, N_("customer"), line);
    }
    run_tell_fact(run, N_("branch"), branch_code(run, document->branch));
}

static void put_due(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char line[LINE_MAX_BYTES];
    if (!answer->document->has_due)
        return;
    bool late = answer->has_days_late && answer->days_late > 0 && answer->open_minor > 0;
    (void)run_sentence(run, line,
                       words_many(run->language,
                                  MANY_("{date}|  {count} day late", "{date}|  {count} days late"),
                                  late ? (uint64_t)answer->days_late : 0),
                       "date", date_text(answer->document->due, CELL), "count",
                       late ? NUMBER(answer->days_late) : NULL, NULL);
    run_tell_fact(run, N_("due"), line);
}

static int64_t cash_moved(const Tefter__DocumentRecord *document)
{
    int64_t sum_minor = 0;
    for (size_t i = 0; i < document->n_postings; i++)
        if (document->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_CASH)
            sum_minor += document->postings[i]->amount_minor;
    return sum_minor;
}

void document_tell_way(struct run *run, const Tefter__DocumentRecord *document, bool back)
{
    char amount[CELL_MAX];
    char from[CELL_MAX] = "";
    char to[CELL_MAX] = "";
    if (document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        return;
    bool between = document->has_to_account;
    if (between || cash_moved(document) < 0)
        (void)snprintf(from, sizeof(from), "%s", place_name(run, document->money_account));
    if (between || from[0] == '\0')
        (void)snprintf(to, sizeof(to), "%s",
                       place_name(run, between ? document->to_account : document->money_account));
    const char *start = if_any(back ? to : from);
    const char *end = if_any(back ? from : to);
    char line[LINE_MAX_BYTES];
    (void)money_sentence(document->total_minor, run_currency(run), amount, sizeof(amount));
    if (back)
        run_tell(run, N_("{amount} went back| from {from}| to {to}|."), "amount", amount, "from",
                 start, "to", end, NULL);
    else
        run_tell_fact(run, N_("moved"),
                      run_sentence(run, line, N_("{amount}| from {from}| to {to}"), "amount",
                                   amount, "from", start, "to", end, NULL));
}

/* What was handed over is not all that it settled. */
static void put_rounded(struct run *run, const Tefter__DocumentRecord *document)
{
    char money[CELL_MAX];
    char rounded[CELL_MAX];
    char line[LINE_MAX_BYTES];
    int64_t by = document->rounding_minor + document->discount_minor;
    if (!document->has_payment_kind || by == 0)
        return;
    (void)money_sentence(document->total_minor - by, run_currency(run), money, sizeof(money));
    (void)money_sentence(by < 0 ? -by : by, run_currency(run), rounded, sizeof(rounded));
    run_tell_fact(
        run,
        document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND ? N_("paid out") : N_("taken"),
        run_sentence(run, line,
                     by < 0 ? N_("{amount}, rounded up {by}") : N_("{amount}, rounded off {by}"),
                     "amount", money, "by", rounded, NULL));
}

static void put_text(const struct run *run, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        run_tell_fact(run, label, text);
}

static void put_facts(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char line[LINE_MAX_BYTES];
    const Tefter__DocumentRecord *document = answer->document;
    put_due(run, answer);
    run_tell_fact(
        run, N_("recorded"),
        run_sentence(run, line, N_("{time}| by {login}"), "time",
                     time_text(run, document->recorded_ms, CELL), "login",
                     document->actor->has_staff ? staff_login(run, document->actor->staff) : NULL,
                     NULL));
    if (answer->buyer_name != NULL)
        run_tell_fact(run, N_("taken by"),
                      run_sentence(run, line, "{name}|, {pin}", "name", text_of(answer->buyer_name),
                                   "pin", document->with_pin ? run_word(run, N_("with PIN")) : NULL,
                                   NULL));
    if (document->decision != NULL && document->decision->has_approval)
        run_tell_fact(run, N_("approved"),
                      run_sentence(run, line, N_("{login} (approval {number})"), "login",
                                   answer->approved_by == NULL ? "" : answer->approved_by, "number",
                                   NUMBER(document->decision->approval), NULL));
    document_tell_way(run, document, false);
    if (document->has_payment_kind)
        run_tell_fact(run, N_("card::paid"),
                      run_sentence(run, line, "{kind}|, {place}", "kind",
                                   enum_said(run, &tefter__payment_kind__descriptor,
                                             (int)document->payment_kind, CELL),
                                   "place",
                                   document->has_money_account
                                       ? place_name(run, document->money_account)
                                       : NULL,
                                   NULL));
    put_rounded(run, document);
    put_text(run, N_("payer"), text_of(document->payer));
    put_text(run, N_("sold by"), document->salesperson);
    put_text(run, N_("reference"), document->reference);
    put_text(run, N_("note"), text_of(document->note));
    if (document->has_backfill && document->backfill)
        run_tell(run, N_("  entered later, as already happened"), NULL);
}

/* ---- lines ---- */

/* "18.00 (10%)": what it came to, and the rate when it was one. */
static const char *with_rate(struct run *run, bool known, int64_t amount_minor, bool rated,
                             uint32_t rate_bp, char out[CELL_MAX])
{
    char amount[CELL_MAX];
    char rate[CELL_MAX];
    out[0] = '\0';
    if (!known && !(rated && rate_bp > 0))
        return out;
    (void)money_text(run, amount_minor, amount);
    if (rated)
        (void)snprintf(out, CELL_MAX, "%.100s (%.40s)", amount, percent_text(rate_bp, rate));
    else
        (void)snprintf(out, CELL_MAX, "%.100s", amount);
    return out;
}

static void put_line(struct run *run, struct table *table, size_t number,
                     const Tefter__DocumentLine *line)
{
    char cell[CELL_MAX];
    (void)snprintf(cell, sizeof(cell), "%zu", number);
    table_cell(table, cell);
    table_cell(table, line->code == NULL ? "" : line->code);
    table_cell(table, line->text == NULL ? "" : line->text);
    table_cell(table, quantity_text(run, line->quantity, cell));
    table_cell(table, line->unit == NULL ? "" : line->unit);
    table_cell(table, price_text(run, line->price, cell));
    table_cell(table, with_rate(run, line->has_discount_minor, line->discount_minor,
                                line->has_discount_bp, line->discount_bp, cell));
    table_cell(table, money_text(run, line->net_minor, cell));
    table_cell(table, with_rate(run, line->has_tax_minor, line->tax_minor, line->has_tax_bp,
                                line->tax_bp, cell));
}

static void put_charge(struct run *run, struct table *table, const Tefter__DocumentCharge *charge)
{
    char cell[CELL_MAX];
    table_cell(table, "");
    table_cell(table, "");
    table_cell(table, charge->title);
    for (int i = 0; i < 4; i++)
        table_cell(table, "");
    table_cell(table, money_text(run, charge->amount_minor, cell));
    table_cell(table, with_rate(run, charge->has_tax_minor, charge->tax_minor, charge->has_tax_bp,
                                charge->tax_bp, cell));
}

/* "line 1: 5 bag of 25, together 125"; where a price is from, when it is not the catalogue's. */
static void put_origins(struct run *run, Tefter__DocumentLine *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Tefter__DocumentLine *line = lines[i];
        if (line->has_base_quantity && line->unit != NULL)
            run_tell(run, N_("  line {line}: {quantity} {unit} of {factor}, together {together}"),
                     "line", NUMBER(i + 1), "quantity", quantity_text(run, line->quantity, CELL),
                     "unit", line->unit, "factor", quantity_text(run, line->unit_factor, CELL),
                     "together", quantity_text(run, line->base_quantity, CELL), NULL);
        if (line->price_list != NULL)
            run_tell(run, N_("  price of line {line}: list {list}"), "line", NUMBER(i + 1), "list",
                     line->price_list, NULL);
    }
}

static void put_serials(const struct run *run, Tefter__DocumentLine *const *lines, size_t count)
{
    char head[LINE_MAX_BYTES];
    for (size_t i = 0; i < count; i++) {
        const Tefter__DocumentLine *line = lines[i];
        for (size_t s = 0; s < line->n_serials; s++) {
            if (s == 0)
                tell(stdout, "%s",
                     run_sentence(run, head,
                                  words_many(run->language,
                                             MANY_("  serial number of line {line}: ",
                                                   "  serial numbers of line {line}: "),
                                             line->n_serials),
                                  "line", NUMBER(i + 1), NULL));
            tell(stdout, "%s%s", s == 0 ? "" : ", ", line->serials[s]);
        }
        if (line->n_serials > 0)
            tell(stdout, "\n");
    }
}

void document_lines_tell(struct run *run, Tefter__DocumentLine *const *lines, size_t line_count,
                         Tefter__DocumentCharge *const *charges, size_t charge_count)
{
    static const struct {
        const char *title;
        bool right;
    } titles[] = {{N_("LINE"), true},     {N_("CODE"), false}, {N_("ITEM"), false},
                  {N_("QUANTITY"), true}, {N_("UNIT"), false}, {N_("PRICE"), true},
                  {N_("DISCOUNT"), true}, {N_("NET"), true},   {N_("TAX"), true}};
    if (line_count + charge_count == 0)
        return;
    struct table *table = table_create(run);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i].title, titles[i].right);
    for (size_t i = 0; i < line_count; i++)
        put_line(run, table, i + 1, lines[i]);
    for (size_t i = 0; i < charge_count; i++)
        put_charge(run, table, charges[i]);
    tell(stdout, "\n");
    table_print(table, stdout);
    put_origins(run, lines, line_count);
    put_serials(run, lines, line_count);
}

/* Those that stand. */
static size_t live_touches(const Tefter__DocumentAnswer *answer)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->n_touches; i++)
        count += !answer->touches[i]->undone;
    return count;
}

static void put_sums(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char total[CELL_MAX];
    const Tefter__DocumentRecord *document = answer->document;
    (void)money_sentence(document->total_minor, run_currency(run), total, sizeof(total));
    tell(stdout, "\n");
    run_tell(
        run,
        words_many(run->language,
                   MANY_("|net {net}| + tax {tax}|{equals}|total {total}; open {open}; matched "
                         "in {count} part",
                         "|net {net}| + tax {tax}|{equals}|total {total}; open {open}; matched "
                         "in {count} parts"),
                   live_touches(answer)),
        "net", document->has_net_minor ? money_text(run, document->net_minor, CELL) : NULL, "tax",
        document->has_tax_minor ? money_text(run, document->tax_minor, CELL) : NULL, "equals",
        document->has_net_minor || document->has_tax_minor ? " = " : NULL, "total", total, "open",
        money_text(run, answer->open_minor, CELL), "count", NUMBER(live_touches(answer)), NULL);
}

/* "reversed by HQ-X-00007 of 2026-11-29, by ann: typed wrong"; an older server knows its id.
 * `words` has the {paper}. */
static void put_link(const struct run *run, const char *words, bool there, uint64_t document,
                     const Tefter__PaperLink *link)
{
    char paper[LINE_MAX_BYTES];
    if (!there)
        return;
    if (link == NULL)
        (void)run_sentence(run, paper, "#{number}", "number", NUMBER(document), NULL);
    else
        (void)run_sentence(run, paper, N_("{number} of {date}|, by {login}|: {reason}"), "number",
                           link->number, "date", date_text(link->date, CELL), "login", link->by,
                           "reason", if_any(text_of(link->reason)), NULL);
    run_tell(run, words, "paper", paper, NULL);
}

static void put_later(const struct run *run, const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *document = answer->document;
    const Tefter__DocumentTailRecord *later = answer->later;
    put_link(run,
             document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL ? N_("reverses {paper}")
                                                                        : N_("credits {paper}"),
             document->has_about, document->about, answer->about);
    put_link(run, N_("takes the place of {paper}"), document->has_corrects, document->corrects,
             answer->corrects);
    if (later == NULL)
        return;
    put_link(run, N_("reversed by {paper}"), later->has_reversed_by, later->reversed_by,
             answer->reversed_by);
    put_link(run, N_("its place took {paper}"), later->has_corrected_by, later->corrected_by,
             answer->corrected_by);
    for (size_t i = 0; i < answer->n_credit_notes; i++)
        put_link(run, N_("credited with {paper}"), true, answer->credit_notes[i]->document,
                 answer->credit_notes[i]);
    if (later->has_confirmed)
        run_tell(run, later->confirmed ? N_("confirmed by the bank") : N_("the bank never had it"),
                 NULL);
}

static Tefter__DocumentKind kind_said(struct run *run, bool *ret_good)
{
    const char *text = arg_text(&run->args, "--kind");
    char word[CELL_MAX];
    *ret_good = true;
    if (text == NULL)
        return 0;
    for (unsigned i = 0; i < tefter__document_kind__descriptor.n_values; i++) {
        int value = tefter__document_kind__descriptor.values[i].value;
        (void)enum_word(&tefter__document_kind__descriptor, value, word, sizeof(word));
        if (strcmp(word, text) == 0 ||
            (strcmp(word, "credit note") == 0 && strcmp(text, "credit-note") == 0))
            return (Tefter__DocumentKind)value;
    }
    *ret_good = false;
    (void)run_say(run, EXIT_USE, N_("{option} takes none but: {words}"), "option", "--kind",
                  "words", "invoice payment credit-note reversal", NULL);
    return 0;
}

/* With the touches of later pages; NULL, and told, when they cannot be had. */
static const Tefter__DocumentAnswer *whole(struct run *run, const Tefter__DocumentAnswer *found)
{
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = found->document->document;
    answer.kind_case = TEFTER__ANSWER__KIND_DOCUMENT;
    answer.document = (Tefter__DocumentAnswer *)(uintptr_t)found;
    if (run_whole(run, &query, &answer) == NULL)
        return NULL;
    answer.document->has_next = false;
    return answer.document;
}

static void put_touches(struct run *run, const Tefter__DocumentAnswer *answer)
{
    bool all = arg_flag(&run->args, "--undone");
    size_t live = live_touches(answer);
    size_t undone = answer->n_touches - live;
    ProtobufCMessage **rows = arena_take(&run->arena, (answer->n_touches + 1) * sizeof(*rows));
    need(rows != NULL);
    size_t shown = 0;
    for (size_t i = 0; i < answer->n_touches; i++)
        if (all || !answer->touches[i]->undone)
            rows[shown++] = &answer->touches[i]->base;
    if (shown > 0) {
        tell(stdout, "\n");
        run_tell(run, N_("Matched with"), NULL);
        table_rows(run, touch_columns, rows, shown);
    }
    if (undone > 0 && !all)
        run_note(run,
                 words_many(run->language,
                            MANY_("{count} match that was undone: --undone shows it.",
                                  "{count} matches that were undone: --undone shows them."),
                            undone),
                 "count", NUMBER(undone), NULL);
}

static int show_run(struct run *run)
{
    bool good = false;
    Tefter__DocumentKind kind = kind_said(run, &good);
    const Tefter__DocumentAnswer *answer =
        good ? document_find(run, arg_text(&run->args, "NUMBER"), kind) : NULL;
    if (answer != NULL)
        answer = whole(run, answer);
    if (answer == NULL)
        return run->exit_code;
    if (run->json) {
        run_json(run, &answer->base);
        return EXIT_DONE;
    }
    put_head(run, answer);
    put_facts(run, answer);
    document_lines_tell(run, answer->document->lines, answer->document->n_lines,
                        answer->document->charges, answer->document->n_charges);
    put_sums(run, answer);
    put_later(run, answer);
    put_touches(run, answer);
    return EXIT_DONE;
}

const struct verb document_verbs[] = {
    {.entity = "document",
     .verb = "show",
     .summary = "show a document and every payment that touched it",
     .params = show_params,
     .run = show_run},
    {.entity = "documents",
     .summary = "list documents, newest first",
     .params = list_params,
     .query = "documents",
     .rows = "rows",
     .columns = list_columns,
     .paged = true,
     .sums = list_sums,
     .empty = N_("No such documents.")},
    END_VERBS,
};

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
    {"DATE", "date", COLUMN_DATE},
    {"NUMBER", "number", COLUMN_TEXT},
    {"KIND", "kind", COLUMN_ENUM},
    {"CUSTOMER", "code", COLUMN_TEXT},
    {"NAME", "name", COLUMN_TEXT},
    {"TOTAL", "total_minor", COLUMN_MONEY},
    {"OPEN", "open_minor", COLUMN_MONEY},
    {"STATE", "state", COLUMN_ENUM},
    {"DUE", "due", COLUMN_DATE},
    {"PAID", "payment_kind", COLUMN_ENUM},
    {"FROM", "from_account", COLUMN_PLACE},
    {"INTO", "into_account", COLUMN_PLACE},
    {"CASH", "cash_minor", COLUMN_MONEY},
    {"PAYER", "payer", COLUMN_TEXT},
    {"BRANCH", "branch", COLUMN_BRANCH},
    {"BY", "author", COLUMN_TEXT},
    {"SOLD BY", "salesperson", COLUMN_TEXT},
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

static void put_total(struct run *run, const Tefter__DocumentTotal *of, bool first)
{
    char word[CELL_MAX];
    char count[CELL_MAX];
    char total[CELL_MAX];
    char open[CELL_MAX];
    (void)enum_word(&tefter__document_kind__descriptor, (int)of->kind, word, sizeof(word));
    tell(stdout, "%s%s", first ? "" : "; ", counted(of->count, word, count));
    if (!of->has_total_minor || !of->has_open_minor)
        return;
    if (of->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        tell(stdout, ", %s into tills, %s out of tills", money_text(run, of->in_minor, total),
             money_text(run, of->out_minor, open));
    else
        tell(stdout, " %s, open %s",
             money_text(run, of->has_money_minor ? of->money_minor : of->total_minor, total),
             money_text(run, of->open_minor, open));
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
        tell(stdout, "%s%s reversed, which %s not counted", first ? head : "; ",
             counted(reversed, "document", gone), reversed == 1 ? "is" : "are");
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
    put_totals(run, more ? "Shown: " : "", &shown);
    if (more && asks)
        put_totals(run, whole ? "In all: " : "Counted so far: ", &all);
    if (more && asks && !whole)
        run_note(run, "There are more than are counted at once: say --from and --to.");
    if (hidden)
        run_note(run, "What has cash in it is added up when the till is counted.");
}

static const struct column touch_columns[] = {
    {"DATE", "date", COLUMN_DATE},
    {"WITH", "other_number", COLUMN_TEXT},
    {"KIND", "other_kind", COLUMN_ENUM},
    {"BY", "payment_kind", COLUMN_ENUM},
    {"AMOUNT", "amount_minor", COLUMN_MONEY},
    {"LEFT", "left_minor", COLUMN_MONEY},
    {"UNDONE", "undone", COLUMN_FLAG},
    {"MATCH", "match", COLUMN_NUMBER},
    END_COLUMNS,
};

/* ---- the head ---- */

static void put_head(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char kind[CELL_MAX];
    char state[CELL_MAX];
    char date[CELL_MAX];
    const Tefter__DocumentRecord *document = answer->document;
    tell(stdout, "%s %s, %s, %s\n",
         enum_word(&tefter__document_kind__descriptor, (int)document->kind, kind, sizeof(kind)),
         document->number, date_text(document->date, date),
         enum_word(&tefter__document_state__descriptor, (int)answer->state, state, sizeof(state)));
    if (answer->customer != NULL)
        tell(stdout, "  %-10s %s  %s\n", "customer", answer->customer->code,
             text_of(answer->customer->name));
    tell(stdout, "  %-10s %s\n", "branch", branch_code(run, document->branch));
}

static void put_due(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char date[CELL_MAX];
    (void)run;
    if (!answer->document->has_due)
        return;
    tell(stdout, "  %-10s %s", "due", date_text(answer->document->due, date));
    if (answer->has_days_late && answer->days_late > 0 && answer->open_minor > 0)
        tell(stdout, "  %" PRId32 " days late", answer->days_late);
    tell(stdout, "\n");
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
    const char *start = back ? to : from;
    const char *end = back ? from : to;
    (void)money_sentence(document->total_minor, run_currency(run), amount, sizeof(amount));
    tell(stdout, back ? "%s%s went back%s%s%s%s.\n" : "%s%s%s%s%s%s\n", back ? "" : "  moved      ",
         amount, start[0] == '\0' ? "" : " from ", start, end[0] == '\0' ? "" : " to ", end);
}

/* What was handed over is not all that it settled. */
static void put_rounded(struct run *run, const Tefter__DocumentRecord *document)
{
    char money[CELL_MAX];
    char rounded[CELL_MAX];
    int64_t by = document->rounding_minor + document->discount_minor;
    if (!document->has_payment_kind || by == 0)
        return;
    (void)money_sentence(document->total_minor - by, run_currency(run), money, sizeof(money));
    (void)money_sentence(by < 0 ? -by : by, run_currency(run), rounded, sizeof(rounded));
    tell(stdout, "  %-10s %s, rounded %s %s\n",
         document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND ? "paid out" : "taken", money,
         by < 0 ? "up" : "off", rounded);
}

static void put_facts(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char text[CELL_MAX];
    const Tefter__DocumentRecord *document = answer->document;
    put_due(run, answer);
    tell(stdout, "  %-10s %s%s%s\n", "recorded", time_text(run, document->recorded_ms, text),
         document->actor->has_staff ? " by " : "",
         document->actor->has_staff ? staff_login(run, document->actor->staff) : "");
    if (answer->buyer_name != NULL)
        tell(stdout, "  %-10s %s%s\n", "taken by", text_of(answer->buyer_name),
             document->with_pin ? ", with PIN" : "");
    if (document->decision != NULL && document->decision->has_approval)
        tell(stdout, "  %-10s %s (approval %" PRIu64 ")\n", "approved",
             answer->approved_by == NULL ? "" : answer->approved_by, document->decision->approval);
    document_tell_way(run, document, false);
    if (document->has_payment_kind)
        tell(stdout, "  %-10s %s%s%s\n", "paid",
             enum_word(&tefter__payment_kind__descriptor, (int)document->payment_kind, text,
                       sizeof(text)),
             document->has_money_account ? ", " : "",
             document->has_money_account ? place_name(run, document->money_account) : "");
    put_rounded(run, document);
    if (text_of(document->payer)[0] != '\0')
        tell(stdout, "  %-10s %s\n", "payer", text_of(document->payer));
    if (document->salesperson != NULL)
        tell(stdout, "  %-10s %s\n", "sold by", document->salesperson);
    if (document->reference != NULL)
        tell(stdout, "  %-10s %s\n", "reference", document->reference);
    if (text_of(document->note)[0] != '\0')
        tell(stdout, "  %-10s %s\n", "note", text_of(document->note));
    if (document->has_backfill && document->backfill)
        tell(stdout, "  entered later, as already happened\n");
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
    char quantity[CELL_MAX];
    char factor[CELL_MAX];
    char base[CELL_MAX];
    for (size_t i = 0; i < count; i++) {
        const Tefter__DocumentLine *line = lines[i];
        if (line->has_base_quantity && line->unit != NULL)
            tell(stdout, "  line %zu: %s %s of %s, together %s\n", i + 1,
                 quantity_text(run, line->quantity, quantity), line->unit,
                 quantity_text(run, line->unit_factor, factor),
                 quantity_text(run, line->base_quantity, base));
        if (line->price_list != NULL)
            tell(stdout, "  price of line %zu: list %s\n", i + 1, line->price_list);
    }
}

static void put_serials(Tefter__DocumentLine *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Tefter__DocumentLine *line = lines[i];
        for (size_t s = 0; s < line->n_serials; s++) {
            if (s == 0)
                tell(stdout, "  serial number%s of line %zu: ", line->n_serials == 1 ? "" : "s",
                     i + 1);
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
    } titles[] = {{"LINE", true},     {"CODE", false}, {"ITEM", false},
                  {"QUANTITY", true}, {"UNIT", false}, {"PRICE", true},
                  {"DISCOUNT", true}, {"NET", true},   {"TAX", true}};
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
    put_serials(lines, line_count);
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
    char text[CELL_MAX];
    char open[CELL_MAX];
    const Tefter__DocumentRecord *document = answer->document;
    tell(stdout, "\n");
    if (document->has_net_minor)
        tell(stdout, "net %s", money_text(run, document->net_minor, text));
    if (document->has_tax_minor)
        tell(stdout, " + tax %s = ", money_text(run, document->tax_minor, text));
    else if (document->has_net_minor)
        tell(stdout, " = ");
    (void)money_sentence(document->total_minor, run_currency(run), text, sizeof(text));
    tell(stdout, "total %s; open %s", text, money_text(run, answer->open_minor, open));
    tell(stdout, "; matched in %s\n", counted(live_touches(answer), "part", text));
}

/* "reversed by HQ-X-00007 of 2026-11-29, by ann: typed wrong"; an older server knows its id. */
static void put_link(const char *words, bool there, uint64_t document,
                     const Tefter__PaperLink *link)
{
    char date[CELL_MAX];
    if (!there)
        return;
    if (link == NULL) {
        tell(stdout, "%s #%" PRIu64 "\n", words, document);
        return;
    }
    const char *reason = text_of(link->reason);
    tell(stdout, "%s %s of %s%s%s%s%s\n", words, link->number, date_text(link->date, date),
         link->by == NULL ? "" : ", by ", link->by == NULL ? "" : link->by,
         reason[0] == '\0' ? "" : ": ", reason);
}

static void put_later(const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *document = answer->document;
    const Tefter__DocumentTailRecord *later = answer->later;
    put_link(document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL ? "reverses" : "credits",
             document->has_about, document->about, answer->about);
    put_link("takes the place of", document->has_corrects, document->corrects, answer->corrects);
    if (later == NULL)
        return;
    put_link("reversed by", later->has_reversed_by, later->reversed_by, answer->reversed_by);
    put_link("its place took", later->has_corrected_by, later->corrected_by, answer->corrected_by);
    for (size_t i = 0; i < answer->n_credit_notes; i++)
        put_link("credited with", true, answer->credit_notes[i]->document, answer->credit_notes[i]);
    if (later->has_confirmed)
        tell(stdout, "%s\n", later->confirmed ? "confirmed by the bank" : "the bank never had it");
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
    (void)run_say(run, EXIT_USE, "--kind is invoice, payment, credit-note or reversal");
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
    char count[CELL_MAX];
    size_t live = live_touches(answer);
    size_t undone = answer->n_touches - live;
    ProtobufCMessage **rows = arena_take(&run->arena, (answer->n_touches + 1) * sizeof(*rows));
    need(rows != NULL);
    size_t shown = 0;
    for (size_t i = 0; i < answer->n_touches; i++)
        if (all || !answer->touches[i]->undone)
            rows[shown++] = &answer->touches[i]->base;
    if (shown > 0) {
        tell(stdout, "\nMatched with\n");
        table_rows(run, touch_columns, rows, shown);
    }
    if (undone > 0 && !all)
        run_note(run, "%s that %s undone: --undone shows %s.", counted(undone, "match", count),
                 undone == 1 ? "was" : "were", undone == 1 ? "it" : "them");
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
    put_later(answer);
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
     .empty = "No such documents."},
    END_VERBS,
};

/* Documents: one, whole, with every payment that touched it; and lists of them. */
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

static const struct param show_params[] = {
    OPERAND("NUMBER", TEXT, NULL, "its number; '#17' is the internal number"),
    CHOICE("--kind", NULL, "invoice payment credit-note reversal",
           "which, when several have the number"),
    END,
};

static const struct param list_params[] = {
    OPTION("--customer", CUSTOMER, "customer", "only this customer's"),
    OPTION("--branch", BRANCH, "branch", "only this branch's"),
    OPTION("--kind", ENUM, "kind", "only this kind"),
    OPTION("--state", ENUM, "state", "only in this state"),
    OPTION("--from", DATE, "from", "from this date on"),
    OPTION("--to", DATE, "to", "up to this date"),
    OPTION("--amount", AMOUNT, "amount_minor", "only with this total"),
    OPTION("--source", TEXT, "source", "only from this import"),
    END,
};

static const struct column list_columns[] = {
    {"DATE", "date", COLUMN_DATE},        {"KIND", "kind", COLUMN_ENUM},
    {"NUMBER", "number", COLUMN_TEXT},    {"CUSTOMER", "customer", COLUMN_CUSTOMER},
    {"DUE", "due", COLUMN_DATE},          {"TOTAL", "total_minor", COLUMN_MONEY},
    {"OPEN", "open_minor", COLUMN_MONEY}, {"STATE", "state", COLUMN_ENUM},
    {"BRANCH", "branch", COLUMN_BRANCH},  END_COLUMNS,
};

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

static void put_facts(struct run *run, const Tefter__DocumentAnswer *answer)
{
    char text[CELL_MAX];
    const Tefter__DocumentRecord *document = answer->document;
    put_due(run, answer);
    tell(stdout, "  %-10s %s%s%s\n", "recorded", time_text(document->recorded_ms, text),
         document->actor->has_staff ? " by " : "",
         document->actor->has_staff ? staff_login(run, document->actor->staff) : "");
    if (document->has_payment_kind)
        tell(stdout, "  %-10s %s%s%s\n", "paid",
             enum_word(&tefter__payment_kind__descriptor, (int)document->payment_kind, text,
                       sizeof(text)),
             document->has_money_account ? ", " : "",
             document->has_money_account ? place_name(run, document->money_account) : "");
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

static void put_line(struct run *run, struct table *table, size_t number,
                     const Tefter__DocumentLine *line)
{
    char cell[CELL_MAX];
    (void)snprintf(cell, sizeof(cell), "%zu", number);
    table_cell(table, cell);
    table_cell(table, line->code == NULL ? "" : line->code);
    table_cell(table, line->text == NULL ? "" : line->text);
    table_cell(table, quantity_text(line->quantity, cell));
    table_cell(table, line->unit == NULL ? "" : line->unit);
    table_cell(table, price_text(run, line->price, cell));
    table_cell(table, line->has_discount_minor && line->discount_minor != 0
                          ? money_text(run, line->discount_minor, cell)
                          : "");
    table_cell(table, money_text(run, line->net_minor, cell));
    table_cell(table, line->has_tax_minor ? money_text(run, line->tax_minor, cell) : "");
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
    table_cell(table, charge->has_tax_minor ? money_text(run, charge->tax_minor, cell) : "");
}

static void put_lines(struct run *run, const Tefter__DocumentRecord *document)
{
    static const struct {
        const char *title;
        bool right;
    } titles[] = {{"LINE", true},     {"CODE", false}, {"ITEM", false},
                  {"QUANTITY", true}, {"UNIT", false}, {"PRICE", true},
                  {"DISCOUNT", true}, {"NET", true},   {"TAX", true}};
    if (document->n_lines + document->n_charges == 0)
        return;
    struct table *table = table_create(run);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i].title, titles[i].right);
    for (size_t i = 0; i < document->n_lines; i++)
        put_line(run, table, i + 1, document->lines[i]);
    for (size_t i = 0; i < document->n_charges; i++)
        put_charge(run, table, document->charges[i]);
    tell(stdout, "\n");
    table_print(table, stdout);
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
    tell(stdout, "; matched in %s\n", counted(answer->n_touches, "part", text));
}

static void put_other(struct run *run, const char *words, uint64_t document)
{
    char id[24];
    (void)snprintf(id, sizeof(id), "#%" PRIu64, document);
    const Tefter__DocumentAnswer *other = document_find(run, id, 0);
    tell(stdout, "%s %s\n", words, other == NULL ? id : other->document->number);
}

static void put_later(struct run *run, const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentTailRecord *later = answer->later;
    if (answer->document->has_about)
        put_other(run, "about", answer->document->about);
    if (answer->document->has_corrects)
        put_other(run, "corrects", answer->document->corrects);
    if (later == NULL)
        return;
    if (later->has_reversed_by)
        put_other(run, "reversed by", later->reversed_by);
    if (later->has_corrected_by)
        put_other(run, "corrected by", later->corrected_by);
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
    put_lines(run, answer->document);
    put_sums(run, answer);
    put_later(run, answer);
    if (answer->n_touches == 0)
        return EXIT_DONE;
    tell(stdout, "\nMatched with\n");
    table_rows(run, touch_columns, (ProtobufCMessage *const *)answer->touches, answer->n_touches);
    return EXIT_DONE;
}

const struct verb document_verbs[] = {
    {.entity = "document",
     .verb = "show",
     .summary = "show a document and every payment that touched it",
     .params = show_params,
     .run = show_run},
    {.entity = "documents",
     .summary = "list documents",
     .params = list_params,
     .query = "documents",
     .rows = "rows",
     .columns = list_columns,
     .paged = true,
     .empty = "No such documents."},
    END_VERBS,
};

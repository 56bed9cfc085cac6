/* Aging, the books, search. */
#include "base/tell.h"
#include "cli/cli.h"
#include "wire/field_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what was sold ---- */

static const struct param sales_params[] = {
    OPTION("--from", DATE, "from", "from this day on (default: from the beginning)"),
    OPTION("--until", DATE, "until", "until this day (default: today)"),
    OPTION("--branch", BRANCH, "branch", "only documents of this branch"),
    END,
};

static const struct column sales_columns[] = {
    {N_("CODE"), "code", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("QUANTITY"), "quantity", COLUMN_QUANTITY},
    {N_("UNIT"), "unit", COLUMN_TEXT},
    {N_("NET"), "net_minor", COLUMN_MONEY},
    {N_("COST"), "cost_minor", COLUMN_MONEY},
    {N_("MARGIN"), "margin_minor", COLUMN_MONEY},
    END_COLUMNS,
};

/* ---- aging ---- */

static const struct param aging_params[] = {
    OPTION("--as-of", DATE, "as_of", "as of this date (default: today)"),
    OPTION("--by-customer", FLAG, "by_customer", "one row a customer (default: only the sums)"),
    OPTION("--customer", CUSTOMER, "customer", "only this customer"),
    OPTIONS("--group", GROUP, "groups", "only members of this group; repeated: of all of them"),
    OPTION("--branch", BRANCH, "branch", "only customers of this branch: who were opened there"),
    OPTIONS("--bound", NUMBER, "bounds", "end of an age band, in days (default: 30 60 90 120)"),
    OPTION("--known-seq", NUMBER, "known_seq", "as it was known after command N"),
    OPTION("--by-document-date", FLAG, "by_document_date",
           "age counts from the document's date, not its due date"),
    END,
};

enum { AGING_BUCKETS_MAX = 16 };

static const char *bucket_title(const Tefter__AgingBucket *bucket, bool by_document,
                                char out[CELL_MAX])
{
    if (bucket->has_to_days && bucket->to_days <= 0)
        (void)snprintf(out, CELL_MAX, by_document ? N_("OF THE DAY") : N_("NOT DUE"));
    else if (bucket->has_to_days)
        (void)snprintf(out, CELL_MAX, "%" PRId32 "-%" PRId32, bucket->from_days, bucket->to_days);
    else
        (void)snprintf(out, CELL_MAX, ">%" PRId64, (int64_t)bucket->from_days - 1);
    return out;
}

static struct table *aging_table(struct run *run, const Tefter__AgingAnswer *aging)
{
    char cell[CELL_MAX];
    bool by_document = arg_flag(&run->args, "--by-document-date");
    struct table *table = table_create(run);
    table_column(table, N_("CUSTOMER"), false);
    table_column(table, N_("NAME"), false);
    for (size_t i = 0; i < aging->n_buckets; i++) {
        const char *title = bucket_title(aging->buckets[i], by_document, cell);
        table_column(table, arena_text(&run->arena, title, strlen(title)), true);
    }
    table_column(table, N_("NOT YET MATCHED"), true);
    table_column(table, N_("OWED"), true);
    return table;
}

static void aging_row(struct run *run, struct table *table, const Tefter__AgingRow *row)
{
    char cell[CELL_MAX];
    table_cell(table, row->code == NULL ? "" : row->code);
    table_cell(table, text_of(row->name));
    for (size_t i = 0; i < row->n_buckets_minor; i++)
        table_cell(table, money_text(run, row->buckets_minor[i], cell));
    table_cell(table, money_text(run, -row->unmatched_minor, cell));
    table_cell(table, money_text(run, row->balance_minor, cell));
}

static void aging_sums(struct run *run, struct table *table, const Tefter__AgingAnswer *aging,
                       bool ruled)
{
    char cell[CELL_MAX];
    if (ruled)
        table_rule(table);
    table_cell(table, run_word(run, N_("total")));
    table_cell(table, "");
    for (size_t i = 0; i < aging->n_buckets; i++)
        table_cell(table, money_text(run, aging->buckets[i]->amount_minor, cell));
    table_cell(table, money_text(run, -aging->unmatched_minor, cell));
    table_cell(table, money_text(run, aging->balance_minor, cell));
}

/* Each row has an amount for each bucket, and the table has room for them. */
static bool aging_fits(const Tefter__AgingAnswer *first, const Tefter__AgingAnswer *aging)
{
    bool fits = first->n_buckets <= AGING_BUCKETS_MAX;
    for (size_t i = 0; i < aging->n_rows; i++)
        fits = fits && aging->rows[i]->n_buckets_minor == first->n_buckets;
    return fits;
}

/* A page of rows; of which the first page has the sums of all. */
static void aging_page(struct run *run, struct table *table, const Tefter__AgingAnswer *aging)
{
    for (size_t i = 0; i < aging->n_rows; i++) {
        if (run->json)
            run_json(run, &aging->rows[i]->base);
        else
            aging_row(run, table, aging->rows[i]);
    }
}

static int aging_run(struct run *run)
{
    char date[CELL_MAX];
    const Tefter__AgingAnswer *first = NULL;
    struct table *table = NULL;
    Tefter__Query *query = (Tefter__Query *)run_build(run, &tefter__query__descriptor, "aging");
    bool more = query != NULL;
    while (more) {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return run->exit_code;
        if (!aging_fits(first == NULL ? answer->aging : first, answer->aging))
            return run_untrue(run);
        if (first == NULL) {
            first = answer->aging;
            table = aging_table(run, first);
        }
        aging_page(run, table, answer->aging);
        more = answer->aging->has_next;
        query->aging->has_page = more;
        query->aging->page = answer->aging->next;
    }
    if (first == NULL)
        return run->exit_code;
    if (run->json) {
        Tefter__AgingAnswer sums = *first;
        sums.n_rows = 0;
        sums.has_next = false;
        run_json(run, &sums.base);
        return EXIT_DONE;
    }
    bool ruled = first->n_rows > 0;
    aging_sums(run, table, first, ruled);
    run_tell(run,
             arg_flag(&run->args, "--by-document-date")
                 ? N_("Days since the document's date, as of {date}")
                 : N_("Days since the due date, as of {date}"),
             "date", date_text(first->as_of, date), NULL);
    table_print(table, stdout);
    return EXIT_DONE;
}

/* ---- books ---- */

static const char *sub_name(struct run *run, const Tefter__GlTotal *total)
{
    switch (total->account) {
    case TEFTER__POSTING_ACCOUNT__GL_CASH:
    case TEFTER__POSTING_ACCOUNT__GL_BANK:
    case TEFTER__POSTING_ACCOUNT__GL_POS_CLEARING:
    case TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY:
    case TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT:
    case TEFTER__POSTING_ACCOUNT__GL_BANK_FEES:
    case TEFTER__POSTING_ACCOUNT__GL_CASH_IN_OUT:
    case TEFTER__POSTING_ACCOUNT__GL_CASH_DIFFERENCE:
    case TEFTER__POSTING_ACCOUNT__GL_OPENING:
        return total->has_sub ? place_name(run, total->sub) : "";
    case TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE:
    case TEFTER__POSTING_ACCOUNT__GL_SALES:
    case TEFTER__POSTING_ACCOUNT__GL_TAX:
    case TEFTER__POSTING_ACCOUNT__GL_CHARGES:
    case TEFTER__POSTING_ACCOUNT__GL_CASH_ROUNDING:
    case TEFTER__POSTING_ACCOUNT__GL_SETTLEMENT_DISCOUNT:
    case _TEFTER__POSTING_ACCOUNT_IS_INT_SIZE:
        break;
    }
    return "";
}

static const char *account_said(const struct run *run, Tefter__PostingAccount account,
                                char out[CELL_MAX])
{
    if (account == TEFTER__POSTING_ACCOUNT__GL_OPENING)
        return run_word(run, N_("opening balances"));
    if (account == TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY)
        return run_word(run, N_("money not confirmed"));
    return enum_said(run, &tefter__posting_account__descriptor, (int)account, out);
}

static void book_row(struct run *run, struct table *table, const Tefter__GlTotal *total)
{
    char cell[CELL_MAX];
    table_cell(table, account_said(run, total->account, cell));
    table_cell(table, sub_name(run, total));
    table_cell(table, branch_code(run, total->branch));
    table_cell(table, money_text(run, total->amount_minor, cell));
}

static int books_run(struct run *run)
{
    char cell[CELL_MAX];
    Tefter__Query *query =
        (Tefter__Query *)run_build(run, &tefter__query__descriptor, "trial_balance");
    const Tefter__Answer *answer = query == NULL ? NULL : run_ask(run, query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__TrialBalanceAnswer *books = answer->trial_balance;
    if (run->json) {
        run_json(run, &books->base);
        return books->balanced ? EXIT_DONE : EXIT_REFUSED;
    }
    struct table *table = table_create(run);
    table_column(table, N_("ACCOUNT"), false);
    table_column(table, N_("PLACE"), false);
    table_column(table, N_("BRANCH"), false);
    table_column(table, N_("AMOUNT"), true);
    for (size_t i = 0; i < books->n_totals; i++)
        book_row(run, table, books->totals[i]);
    table_print(table, stdout);
    run_tell(run,
             books->balanced ? N_("all postings come to {sum}: the books balance")
                             : N_("all postings come to {sum}: THE BOOKS DO NOT BALANCE"),
             "sum", money_text(run, books->sum_minor, cell), NULL);
    run_tell(run, N_("all customers together owe {sum}, as receivable says"), "sum",
             money_text(run, books->balances_minor, cell), NULL);
    return books->balanced ? EXIT_DONE : EXIT_REFUSED;
}

/* ---- search ---- */

static const struct param search_params[] = {
    OPERANDS("TEXT", TEXT, NULL,
             "part of a name, phone, number, slip, serial, barcode, amount; any script; '#17' is a "
             "customer's, document's or product's number"),
    OPTION("--rows", NUMBER, "rows", "show at most N of each kind (default: 100)"),
    END,
};

enum { HIT_COLUMNS = 9 };

static const char *hit_name(struct run *run, const Tefter__DocumentRow *row)
{
    char name[CELL_MAX];
    if (row->code == NULL)
        return customer_name(run, row->customer);
    (void)snprintf(name, sizeof(name), "%.60s %.180s", row->code, text_of(row->name));
    return arena_text(&run->arena, name, strlen(name));
}

static const char *field_of(const struct run *run, const char *field, char out[CELL_MAX])
{
    if (!field_words_in(field, run->language, out, CELL_MAX))
        (void)snprintf(out, CELL_MAX, "%s", field);
    return out;
}

/* "reference SL-77"; what stands in the row already is left out. */
static void put_matched(const struct run *run, struct table *table, const Tefter__SearchHit *hit)
{
    char cell[CELL_MAX] = "";
    char field[CELL_MAX];
    if (hit->matched_field != NULL && hit->matched != NULL &&
        strcmp(hit->matched_field, "number") != 0)
        (void)snprintf(cell, sizeof(cell), "%.60s %.160s", field_of(run, hit->matched_field, field),
                       hit->matched);
    table_cell(table, cell);
}

static void hit_row(struct run *run, struct table *table, const Tefter__SearchHit *hit)
{
    char cell[CELL_MAX];
    char date[CELL_MAX];
    if (hit->customer != NULL) {
        table_cell(table, run_word(run, N_("customer")));
        table_cell(table, hit->customer->who->code);
        table_cell(table, text_of(hit->customer->who->name));
        table_cell(table, text_of(hit->customer->who->phone));
        table_cell(table, "");
        table_cell(table, money_text(run, hit->customer->account->balance_minor, cell));
        table_cell(table, free_text(run, hit->customer->account, cell));
        table_cell(table, "");
    } else if (hit->document != NULL) {
        table_cell(table, enum_said(run, &tefter__document_kind__descriptor,
                                    (int)hit->document->kind, cell));
        table_cell(table, hit->document->number);
        table_cell(table, hit_name(run, hit->document));
        table_cell(table, date_text(hit->document->date, date));
        table_cell(table, money_text(run, hit->document->total_minor, cell));
        table_cell(table, money_text(run, hit->document->open_minor, cell));
        table_cell(table, "");
        table_cell(table, state_said(run, hit->document->state, hit->document->on_its_way, cell));
    } else if (hit->product != NULL) {
        table_cell(table, run_word(run, N_("product")));
        table_cell(table, hit->product->code);
        table_cell(table, hit->product->name);
        table_cell(table, hit->product->unit == NULL ? "" : hit->product->unit);
        table_cell(table, "");
        table_cell(table,
                   hit->product->has_price ? price_text(run, hit->product->price, cell) : "");
        table_cell(table, "");
        table_cell(table, "");
    } else {
        table_cell(table, run_word(run, N_("other"))); /* that a later version finds */
        for (int i = 0; i < HIT_COLUMNS - 2; i++)
            table_cell(table, "");
    }
    put_matched(run, table, hit);
}

static void put_hits(struct run *run, const Tefter__SearchAnswer *found)
{
    static const char *const titles[] = {N_("WHAT"), N_("NUMBER"), N_("NAME"), N_("PHONE, DATE")};
    struct table *table = table_create(run);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i], false);
    table_column(table, N_("TOTAL"), true);
    table_column(table, N_("OWES, OPEN, PRICE"), true);
    table_column(table, N_("AVAILABLE"), true);
    table_column(table, N_("STATE"), false);
    table_column(table, N_("FOUND BY"), false);
    for (size_t i = 0; i < found->n_hits; i++)
        hit_row(run, table, found->hits[i]);
    table_print(table, stdout);
}

/* Words typed without quotes are one text. */
static char *joined(struct run *run, const char *name)
{
    size_t at = 0;
    size_t used = 0;
    char *text = arena_take(&run->arena, LINE_MAX_BYTES);
    need(text != NULL);
    text[0] = '\0';
    for (const char *word = arg_next(&run->args, name, &at);
         word != NULL && used + strlen(word) + 2 < LINE_MAX_BYTES;
         word = arg_next(&run->args, name, &at))
        used += (size_t)snprintf(text + used, LINE_MAX_BYTES - used, "%s%s", used == 0 ? "" : " ",
                                 word);
    return text;
}

static bool has_amount(const Tefter__Search *search, int64_t amount_minor)
{
    for (size_t i = 0; i < search->n_amounts_minor; i++)
        if (search->amounts_minor[i] == amount_minor)
            return true;
    return false;
}

/* What is typed may be an amount, and where two people would read two amounts, either. */
static void read_amounts(struct run *run, Tefter__Search *search)
{
    enum { HABITS = HABIT_GREEK + 1, SEARCH_AMOUNTS = 470 };
    char why[AMOUNT_WHY_MAX];
    int64_t amount = 0;
    struct currency currency = *run_currency(run);
    search->amounts_minor = arena_take(&run->arena, HABITS * sizeof(*search->amounts_minor));
    need(search->amounts_minor != NULL);
    if (!tefter_knows_field(run->client, &tefter__search__descriptor, SEARCH_AMOUNTS))
        return;
    bool clear = amount_read(search->text, &currency, &amount, why) == NULL;
    if (clear && amount > 0)
        search->amounts_minor[search->n_amounts_minor++] = amount;
    for (int habit = 0; habit < HABITS && !clear; habit++) {
        currency.habit = (enum number_habit)habit;
        if (amount_read(search->text, &currency, &amount, why) == NULL && amount > 0 &&
            !has_amount(search, amount))
            search->amounts_minor[search->n_amounts_minor++] = amount;
    }
}

static int search_run(struct run *run)
{
    Tefter__Query *query = (Tefter__Query *)run_build(run, &tefter__query__descriptor, "search");
    if (query == NULL)
        return run->exit_code;
    query->search->text = joined(run, "TEXT");
    read_amounts(run, query->search);
    const Tefter__Answer *answer = run_ask(run, query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__SearchAnswer *found = answer->search;
    for (size_t i = 0; run->json && i < found->n_hits; i++)
        run_json(run, &found->hits[i]->base);
    if (run->json)
        return EXIT_DONE;
    if (found->n_hits == 0)
        run_note(run, N_("Nothing for \"{text}\"."), "text", query->search->text, NULL);
    else
        put_hits(run, found);
    return EXIT_DONE;
}

/* ---- alarms ---- */

static const struct param alarm_params[] = {
    OPTION("--customer", CUSTOMER, "customer", "only of this customer"),
    OPTIONS("--group", GROUP, "groups",
            "only of customers in this group; repeated: in all of them"),
    END,
};

static const struct column alarm_columns[] = {
    {N_("WHEN"), "at_ms", COLUMN_TIME},
    {N_("CUSTOMER"), "customer_code", COLUMN_TEXT},
    {N_("NAME"), "customer_name", COLUMN_TEXT},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("OVER BY"), "over_by_minor", COLUMN_MONEY},
    {N_("WITH SITE"), "site_code", COLUMN_TEXT},
    {N_("TILL OFF BY"), "difference_minor", COLUMN_MONEY},
    {N_("CASH OVER BOUND"), "cash_minor", COLUMN_MONEY},
    {N_("TILL BELOW NOTHING BY"), "short_minor", COLUMN_MONEY},
    {N_("UNDONE BEYOND BOUND"), "undone_minor", COLUMN_MONEY},
    {N_("OWN MONEY BACK"), "own_back_minor", COLUMN_MONEY},
    {N_("MADE BY"), "maker_login", COLUMN_TEXT},
    {N_("APPROVAL"), "approval", COLUMN_NUMBER},
    {N_("DOCUMENTS"), "documents", COLUMN_NUMBER},
    {N_("UNDONE"), "undone", COLUMN_NUMBER},
    {N_("IMPORT"), "source", COLUMN_TEXT},
    {N_("BY"), "login", COLUMN_TEXT},
    {N_("BRANCH"), "actor.branch", COLUMN_BRANCH},
    {N_("TERMINAL"), "terminal", COLUMN_NUMBER},
    {N_("TERMINAL NAME"), "terminal_name", COLUMN_TEXT},
    {N_("PASSWORD SET OF"), "staff_login", COLUMN_TEXT},
    {N_("WHAT"), "what", COLUMN_ENUM},
    END_COLUMNS,
};

/* ---- the board ---- */

static const struct param board_params[] = {
    OPTION("--recount", FLAG, "recount", "count anew from the records, for comparing"),
    END,
};

static const struct column board_columns[] = {
    {N_("BRANCH"), "branch", COLUMN_BRANCH}, /* none: the company */
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("OWED"), "owed_minor", COLUMN_MONEY},
    {N_("IN CREDIT"), "in_credit_minor", COLUMN_MONEY},
    {N_("OVERDUE"), "overdue_minor", COLUMN_MONEY},
    {N_("NOT YET MATCHED"), "unmatched_minor", COLUMN_MONEY},
    {N_("SINCE"), "unmatched_since_ms", COLUMN_TIME},
    {N_("OVER LIMIT"), "over_limit", COLUMN_NUMBER},
    {N_("amount::BY"), "over_limit_minor", COLUMN_MONEY},
    {N_("SOLD"), "sold_minor", COLUMN_MONEY},
    {N_("CASH NOT COUNTED"), "sold_hidden", COLUMN_FLAG}, /* without what was paid at once */
    {N_("ON CREDIT"), "on_credit_minor", COLUMN_MONEY},
    {N_("COLLECTED"), "collected_minor", COLUMN_MONEY},
    {N_("CREDITED"), "credited_minor", COLUMN_MONEY},
    {N_("REFUNDED"), "refunded_minor", COLUMN_MONEY},
    {N_("REVERSED"), "reversed_minor", COLUMN_MONEY},
    END_COLUMNS,
};

static const struct param exposures_params[] = {
    OPTION("--branch", BRANCH, "branch", "of customers that this branch opened"),
    OPTION("--rows", NUMBER, "rows", "so many; 10"),
    END,
};

static const struct column exposures_columns[] = {
    {N_("CODE"), "who.code", COLUMN_TEXT},
    {N_("NAME"), "who.name", COLUMN_TEXT},
    {N_("USED"), "share_bp", COLUMN_PERCENT},
    {N_("OWED"), "account.balance_minor", COLUMN_MONEY},
    {N_("AVAILABLE"), "account", COLUMN_AVAILABLE},
    END_COLUMNS,
};

static const struct column now_columns[] = {
    {N_("CODE"), "code", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("BLOCKED"), "blocked", COLUMN_FLAG},
    {N_("TERMINALS"), "terminals", COLUMN_NUMBER},
    {N_("CONNECTED"), "connected", COLUMN_NUMBER},
    {N_("HEARD"), "heard_ms", COLUMN_TIME},
    {N_("TILLS"), "tills", COLUMN_NUMBER},
    {N_("tills::OPEN"), "tills_open", COLUMN_NUMBER},
    {N_("COUNTED"), "tills_counted", COLUMN_NUMBER},
    END_COLUMNS,
};

const struct verb report_verbs[] = {
    {.entity = "board",
     .verb = "totals",
     .summary = "show what each branch and the company is owed, sold and collected today",
     .params = board_params,
     .query = "totals",
     .rows = "rows",
     .columns = board_columns},
    {.entity = "board",
     .verb = "exposures",
     .summary = "list who has used most of their limit",
     .params = exposures_params,
     .query = "top_exposures",
     .rows = "rows",
     .columns = exposures_columns,
     .empty = N_("Nobody has used anything of a limit.")},
    {.entity = "board",
     .verb = "branches",
     .summary = "show each branch at this moment: its date, its terminals and tills",
     .query = "branches_now",
     .rows = "branches",
     .columns = now_columns},
    {.entity = "alarms",
     .summary =
         "list what people must see: posted over a limit, much cash taken out, a till that is off, "
         "terminals in two places; newest first",
     .params = alarm_params,
     .query = "alarms",
     .rows = "rows",
     .columns = alarm_columns,
     .empty = N_("No alarms: nothing was posted over a limit, no terminal is in two places."),
     .paged = true},
    {.entity = "sales",
     .summary = "what was sold of each product, in its own unit; the margin for who sees costs",
     .params = sales_params,
     .query = "product_sales",
     .rows = "rows",
     .columns = sales_columns,
     .empty = N_("Nothing of the catalogue was sold on these days."),
     .lacks = "without_cash",
     .lacking = N_("Without what was paid in cash that is still to be counted: it is shown once "
                   "the till is counted.")},
    {.entity = "aging",
     .summary = "show what is owed, by age",
     .params = aging_params,
     .run = aging_run},
    {.entity = "trial-balance",
     .summary = "show the company's accounts, and whether they balance",
     .run = books_run},
    {.entity = "search",
     .summary = "find customers, documents and products",
     .params = search_params,
     .run = search_run},
    END_VERBS,
};

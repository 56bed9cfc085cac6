/* Customers: who they are, what they owe, how far they may go. */
#include "base/guessable.h"
#include "base/limits.h"
#include "base/tell.h"
#include "cli/cli.h"
#include "wire/field_words.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 20 }; /* bills on the card */

/* ---- tables ---- */

static const struct param customer_add[] = {
    OPERAND("NAME", TEXT, "name", "as it stands on documents"),
    NEEDED("--phone", TEXT, "phone", "where to reach them"),
    NEEDED("--area", TEXT, "area", "part of town, or route"),
    OPTION("--code", TEXT, "code", "their code (default: the next of the series)"),
    OPTION("--nickname", TEXT, "nickname", "what people call them"),
    OPTION("--tax-code", TEXT, "tax_code", "their tax number"),
    OPTION("--address", TEXT, "address", "their address"),
    OPTIONS("--group", GROUP, "groups", "a group they join: NAME or DIMENSION/NAME"),
    OPTION("--term-days", NUMBER, "term_days",
           "days until their invoices are due (default: the group's or company's)"),
    CHOICE("--language", "language", "en vi zh fa el", "language of their documents"),
    CHOICE("--no-debt-on-slips", "no_debt_on_slips", "true false",
           "true: what they owe stands on no slip"),
    CHOICE("--buyers-only", "buyers_only", "true false",
           "true: goods go to their authorised buyers alone"),
    OPTION("--note", TEXT, "note", "a note on the customer"),
    OPTION("--payer", CUSTOMER, "payer",
           "who pays for them; wants the right to set limits, as tefter customer payer does"),
    OPTION("--no-look", FLAG, NULL, "add them without looking for likely doubles"),
    END,
};

static const struct param customer_erase[] = {
    OPERAND("CUSTOMER", TEXT, NULL, "code, or #NUMBER"),
    END,
};

static const struct param customer_edit[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTION("--phone", TEXT, "phone", "the new telephone number"),
    OPTION("--area", TEXT, "area", "part of town, or route"),
    OPTION("--nickname", TEXT, "nickname", "what people call them"),
    OPTION("--tax-code", TEXT, "tax_code", "their tax number"),
    OPTION("--address", TEXT, "address", "their address"),
    OPTION("--term-days", NUMBER, "term_days", "days until their invoices are due"),
    CLEAR_OPTION("days"),
    CHOICE("--language", "language", "en vi zh fa el", "language of their documents"),
    CHOICE("--no-debt-on-slips", "no_debt_on_slips", "true false",
           "true: what they owe stands on no slip"),
    CHOICE("--buyers-only", "buyers_only", "true false",
           "true: goods go to their authorised buyers alone"),
    OPTION("--note", TEXT, "note", "a note on the customer"),
    END,
};

static const struct param one_customer[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"), END};

static const struct param shown_customer[] = {OPERAND("CUSTOMER", TEXT, NULL, "code, or #NUMBER"),
                                              END};

static const struct param customer_list[] = {
    OPTIONAL("TEXT", TEXT, "text", "part of name, phone, code"),
    OPTIONS("--group", GROUP, "groups", "only its members; repeated: of all of them"),
    OPTION("--branch", BRANCH, "branch", "only those opened there"),
    OPTION("--locked", FLAG, "locked", "only locked customers"),
    OPTION("--over-limit", FLAG, "over_limit", "only those over their limit"),
    OPTION("--owing", FLAG, "owing", "only those who owe"),
    OPTION("--overdue", FLAG, "overdue", "only those with overdue bills"),
    OPTION("--nothing-overdue", NOT, "overdue", "only those without overdue bills"),
    OPTION("--payer", CUSTOMER, "payer", "only who pays, and for whom they do"),
    OPTION("--sort", ENUM, "sort", "order of the rows (default: code)"),
    END,
};

static const struct param customer_lock[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPTION("--reason", TEXT, "reason", "why; shown at the counter"),
    OPTION("--until", DATE, "until", "last day of the lock (default: no end)"),
    END,
};

static const struct param customer_unlock[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPTION("--reason", TEXT, "reason", "why; kept in the history"),
    END,
};

static const struct param customer_history[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPTION("--oldest-first", FLAG, "oldest_first", "oldest first (default: newest first)"),
    OPTION("--state", ENUM, "state",
           "open (part paid too), part, closed or reversed; the balance counts all"),
    OPTION("--kind", ENUM, "kind", "only this kind; the balance counts all"),
    END,
};

static const struct param customer_statement_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, NULL, "code or number"),
    OPTION("--with-sites", FLAG, NULL, "of those for whom they pay too, one behind the other"),
    OPTION("--together", FLAG, NULL, "with --with-sites: one list for all, in order of dates"),
    OPTION("--pdf", FILE, NULL, "write it as a paper: NAME.pdf (tefter paper says more)"),
    END,
};

static const struct param customer_payer[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "the site: code or number"),
    OPTIONAL("PAYER", CUSTOMER, "payer", "who pays for them: code or number"),
    OPTION("--none", FLAG, NULL, "they pay for themselves again"),
    OPTION("--reason", TEXT, "reason", "why; kept in their changes"),
    END,
};

static const struct param customer_limit[] = {
    OPERAND("CUSTOMER", CUSTOMER, NULL, "code, or #NUMBER"),
    OPTIONAL("AMOUNT", TEXT, NULL,
             "the limit; \"unlimited\"; or \"default\": all as the group or company has it"),
    OPTION("--policy", ENUM, "terms.policy", "what happens over it"),
    OPTION("--from", DATE, "terms.valid_from", "first day (default: at once)"),
    OPTION("--until", DATE, "terms.valid_until", "last day (default: no end)"),
    OPTION("--overdue-days", NUMBER, "terms.overdue_days",
           "stop credit when a bill is overdue by more than N days"),
    OPTION("--overdue", AMOUNT, "terms.overdue_minor",
           "stop credit when more than this is overdue"),
    OPTION("--document-max", AMOUNT, "terms.document_max_minor", "highest total of one invoice"),
    OPTION("--unpaid-max", NUMBER, "terms.unpaid_max",
           "stop credit at so many unpaid bills (0: at none)"),
    OPTION("--slip-weight", NUMBER, "terms.slip_weight",
           "percent of slips not confirmed that counts as still owed (at first 100)"),
    CLEAR_OPTION("limit " TERMS_OF_ALL),
    OPTION("--end", NUMBER, "ended", "take away one entry of their terms, by its number"),
    OPTION("--reason", TEXT, "reason", "why; kept in the history"),
    END,
};

#define PIN_FILE                                                                                   \
    OPTION("--pin-file", FILE, NULL, "the new PIN is its first line; -: standard input")

static const struct param person_add[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("NAME", TEXT, "name", "who may buy on the account"),
    OPTION("--phone", TEXT, "phone", "their telephone number"),
    OPTION("--identity", TEXT, "identity", "number of an identity document"),
    OPTION("--cap-sale", AMOUNT, "cap_sale_minor", "highest total of one sale (default: no cap)"),
    OPTION("--cap-day", AMOUNT, "cap_day_minor", "highest total of a day (default: no cap)"),
    OPTION("--until", DATE, "valid_until", "last day (default: no end)"),
    OPTION("--pin", FLAG, NULL, "they have to type a PIN, 4 to 12 digits, which is asked for now"),
    PIN_FILE,
    END,
};

static const struct param person_pin[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("BUYER", NUMBER, "buyer", "their number; tefter customer show lists it"),
    OPTION("--no-pin", FLAG, NULL, "they have to type none any more"),
    PIN_FILE,
    END,
};

static const struct param person_revoke[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("BUYER", NUMBER, "buyer", "their number; tefter customer show lists it"),
    END,
};

static const struct column list_columns[] = {
    {N_("CODE"), "who.code", COLUMN_TEXT},
    {N_("NAME"), "who.name", COLUMN_TEXT},
    {N_("PHONE"), "who.phone", COLUMN_TEXT},
    {N_("AREA"), "who.area", COLUMN_TEXT},
    {N_("OWES"), "account.balance_minor", COLUMN_MONEY},
    {N_("LIMIT"), "account", COLUMN_LIMIT},
    {N_("AVAILABLE"), "account", COLUMN_AVAILABLE},
    {N_("LOCKED"), "who.locked", COLUMN_FLAG},
    {N_("MERGED INTO"), "who.merged_code", COLUMN_SELDOM},
    END_COLUMNS,
};

static const struct column history_columns[] = {
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("DUE"), "due", COLUMN_DATE},
    {N_("AMOUNT"), "amount_minor", COLUMN_MONEY},
    {N_("MATCHED"), "matched_minor", COLUMN_MONEY},
    {N_("OPEN"), "open_minor", COLUMN_MONEY},
    {N_("BALANCE"), "running_minor", COLUMN_MONEY},
    {N_("STATE"), "state", COLUMN_ENUM},
    {N_("BY"), "actor.staff", COLUMN_STAFF},
    {N_("RECORDED"), "recorded_ms", COLUMN_TIME},
    END_COLUMNS,
};

static const struct column bill_columns[] = {
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("DUE"), "due", COLUMN_DATE},
    {N_("DAYS LATE"), "days_late", COLUMN_LATE},
    {N_("TOTAL"), "total_minor", COLUMN_MONEY},
    {N_("OPEN"), "open_minor", COLUMN_MONEY},
    {N_("PAYMENTS"), "payments", COLUMN_NUMBER},
    END_COLUMNS,
};

static const struct column credit_columns[] = {
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("TOTAL"), "total_minor", COLUMN_MONEY},
    {N_("OPEN"), "open_minor", COLUMN_MONEY},
    END_COLUMNS,
};

static const struct column person_columns[] = {
    {N_("N"), "buyer", COLUMN_NUMBER},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("PHONE"), "phone", COLUMN_TEXT},
    {N_("IDENTITY"), "identity", COLUMN_TEXT},
    {N_("PER SALE"), "cap_sale_minor", COLUMN_MONEY},
    {N_("PER DAY"), "cap_day_minor", COLUMN_MONEY},
    {N_("TODAY"), "spent_minor", COLUMN_MONEY},
    {N_("UNTIL"), "valid_until", COLUMN_DATE},
    {N_("heading::PIN"), "pin", COLUMN_FLAG},
    END_COLUMNS,
};

static const struct column limit_columns[] = {
    {N_("time::SET"), "set_ms", COLUMN_TIME},
    {N_("BY"), "set_by.staff", COLUMN_STAFF},
    {N_("LIMIT"), "terms.limit_minor", COLUMN_MONEY},
    {N_("UNLIMITED"), "terms.unlimited", COLUMN_FLAG},
    {N_("POLICY"), "terms.policy", COLUMN_ENUM},
    {N_("day::FROM"), "terms.valid_from", COLUMN_DATE},
    {N_("UNTIL"), "terms.valid_until", COLUMN_DATE},
    {N_("ENDED"), "ended", COLUMN_NUMBER},
    {N_("WITHDRAWN"), "withdrawn", COLUMN_FLAG},
    {N_("REASON"), "reason", COLUMN_TEXT},
    END_COLUMNS,
};

/* ---- show ---- */

static void put_words(const struct run *run, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        run_tell_fact(run, label, text);
}

static void put_groups(const struct run *run, const Tefter__CustomerCardAnswer *card)
{
    char names[LINE_MAX_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; i < card->n_groups && used < sizeof(names); i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s/%s", i == 0 ? "" : ", ",
                                 card->groups[i]->dimension, card->groups[i]->name);
    put_words(run, N_("groups"), names);
}

static void put_lock(struct run *run, const Tefter__CustomerRow *row)
{
    char date[CELL_MAX] = "";
    if (!row->has_locked || !row->locked)
        return;
    if (row->has_locked_until)
        (void)date_text(row->locked_until, date);
    run_tell(run, N_("  {sign} locked| until {date}|: {reason}"), "sign", sign_locked(run), "date",
             if_any(date), "reason", if_any(text_of(row->lock_reason)), NULL);
}

static void put_terms(struct run *run, const Tefter__CustomerCardAnswer *card)
{
    char policy[CELL_MAX] = "";
    char whose[CELL_MAX] = "";
    char line[LINE_MAX_BYTES];
    const Tefter__LimitTerms *terms = card->terms;
    if (card->record->has_term_days)
        run_tell_fact(
            run, N_("term"),
            run_count(run, MANY_("{count} day", "{count} days"), card->record->term_days, policy));
    if (terms == NULL)
        return;
    if (terms->has_policy)
        (void)enum_said(run, &tefter__excess_policy__descriptor, (int)terms->policy, policy);
    if (card->has_terms_of)
        (void)enum_said(run, &tefter__limit_source__descriptor, (int)card->terms_of, whose);
    bool of_payer = card->row->has_payer && card->row->payer_code != NULL;
    run_tell_fact(run, N_("limit"),
                  run_sentence(run, line, N_("|{payer}'s: |{whose}|; over it: {policy}"), "payer",
                               of_payer ? card->row->payer_code : NULL, "whose", whose, "policy",
                               terms->has_policy ? policy : NULL, NULL));
}

static bool some_have_days(const Tefter__Answer *answer)
{
    for (size_t i = 0; answer != NULL && i < answer->limits->n_own_terms; i++) {
        const Tefter__LimitTerms *terms = answer->limits->own_terms[i]->terms;
        if (terms->has_valid_from || terms->has_valid_until)
            return true;
    }
    return false;
}

/* Their own terms with their days, when any has some. */
static void put_entries(struct run *run, uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__LimitHistory wish = TEFTER__LIMIT_HISTORY__INIT;
    wish.customer = customer;
    query.kind_case = TEFTER__QUERY__KIND_LIMITS;
    query.limits = &wish;
    const Tefter__Answer *answer = run_ask(run, &query);
    for (size_t i = 0; some_have_days(answer) && i < answer->limits->n_own_terms; i++) {
        const Tefter__LimitEntry *entry = answer->limits->own_terms[i];
        char line[LINE_MAX_BYTES];
        char numbered[LINE_MAX_BYTES];
        struct term_lines lines;
        term_lines_read(run, entry->terms, &lines);
        term_lines_in_one(run, &lines, line);
        run_tell_fact(run, i == 0 ? N_("own terms") : "",
                      run_sentence(run, numbered, N_("{terms}  (entry {number})"), "terms", line,
                                   "number", NUMBER(entry->seq), NULL));
    }
}

static void put_balance(struct run *run, const Tefter__CustomerCardAnswer *card)
{
    char amount[CELL_MAX];
    const Tefter__AccountRow *account = card->account;
    tell(stdout, "\n");
    run_tell(run, N_("{balance}|   overdue {overdue}"), "balance",
             balance_text(run, account->balance_minor, amount), "overdue",
             card->has_overdue_minor && card->overdue_minor > 0
                 ? money_text(run, card->overdue_minor, CELL)
                 : NULL,
             NULL);
}

/* With a payer or sites it is the family's figures that add up, unless the site's own limit binds.
 */
static bool of_family(const Tefter__AccountRow *account)
{
    return account->family != NULL && !(account->has_site_binds && account->site_binds);
}

/* Always these terms, this order, this arithmetic. */
static void put_the_line(struct run *run, const Tefter__AccountRow *account)
{
    const Tefter__FamilyFigures *family = of_family(account) ? account->family : NULL;
    char limit[CELL_MAX];
    char bills[CELL_MAX];
    char uncleared[CELL_MAX];
    char unmatched[CELL_MAX];
    char freed[CELL_MAX];
    char rest[CELL_MAX];
    (void)money_text(run, account->limit_minor, limit);
    (void)money_text(run, family != NULL ? family->bills_minor : account->bills_minor, bills);
    (void)money_text(run, family != NULL ? family->uncleared_minor : account->uncleared_minor,
                     uncleared);
    (void)money_text(run, family != NULL ? family->unmatched_minor : account->unmatched_minor,
                     unmatched);
    (void)available_text(run, account, rest);
    (void)freed_text(run, account->has_freed_minor, account->freed_minor, freed);
    run_tell(run,
             account->unlimited
                 ? N_("no limit: unpaid bills {bills} + not cleared {uncleared} {minus} not yet "
                      "matched {unmatched}{freed}")
                 : N_("limit {limit} = unpaid bills {bills} + not cleared {uncleared} {minus} not "
                      "yet matched {unmatched}{freed} {sign} {rest}"),
             "limit", limit, "bills", bills, "uncleared", uncleared, "minus", sign_minus(run),
             "unmatched", unmatched, "freed", freed, "sign",
             account->available_minor < 0 ? sign_minus(run) : "+", "rest", rest, NULL);
}

static const Tefter__BillsAnswer *ask_bills(struct run *run, uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills bills = TEFTER__UNPAID_BILLS__INIT;
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &bills;
    bills.has_customer = true;
    bills.customer = customer;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->unpaid_bills;
}

static void put_some(struct run *run, const struct column *columns, Tefter__Bill *const *rows,
                     size_t count, size_t most)
{
    table_rows(run, columns, (ProtobufCMessage *const *)rows, count < most ? count : most);
    if (count > most)
        run_tell(run, N_("… {count} more: tefter customer bills shows all"), "count",
                 NUMBER(count - most), NULL);
}

static void put_bills(struct run *run, const Tefter__BillsAnswer *bills, size_t most)
{
    char sum[CELL_MAX];
    if (bills->n_bills > 0) {
        tell(stdout, "\n");
        run_tell(run, N_("Unpaid bills, oldest due first: {amount}"), "amount",
                 money_text(run, bills->bills_minor, sum), NULL);
        put_some(run, bill_columns, bills->bills, bills->n_bills, most);
    } else {
        tell(stdout, "\n");
        run_tell(run, N_("No unpaid bills."), NULL);
    }
    if (bills->n_credits > 0) {
        tell(stdout, "\n");
        run_tell(run, N_("Not yet matched: {amount}"), "amount",
                 money_text(run, bills->credits_minor, sum), NULL);
        put_some(run, credit_columns, bills->credits, bills->n_credits, most);
    }
}

/* The row says that they may buy; the record by what they are known, and what they took today. */
static ProtobufCMessage *person_of(struct run *run, const Tefter__CustomerCardAnswer *card,
                                   const Tefter__BuyerRow *row)
{
    const Tefter__CustomerRecord *record = card->record;
    Tefter__BuyerRecord *person = arena_take(&run->arena, sizeof(*person));
    need(person != NULL);
    for (size_t i = 0; i < record->n_buyers; i++) {
        if (record->buyers[i]->buyer != row->buyer)
            continue;
        *person = *record->buyers[i];
        person->has_spent_minor = person->has_spent_date && person->spent_date >= card->today;
        return &person->base;
    }
    return NULL;
}

static void put_persons(struct run *run, const Tefter__CustomerCardAnswer *card)
{
    const Tefter__CustomerRow *row = card->row;
    size_t count = 0;
    ProtobufCMessage **persons = arena_take(&run->arena, (row->n_buyers + 1) * sizeof(*persons));
    need(persons != NULL);
    for (size_t i = 0; i < row->n_buyers; i++) {
        persons[count] = person_of(run, card, row->buyers[i]);
        count += persons[count] != NULL;
    }
    if (count == 0)
        return;
    tell(stdout, "\n");
    run_tell(run, N_("May buy on this account"), NULL);
    table_rows(run, person_columns, persons, count);
}

const Tefter__CustomersAnswer *customer_family(struct run *run, uint32_t payer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerList list = TEFTER__CUSTOMER_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
    query.customers = &list;
    list.has_payer = true;
    list.payer = payer;
    list.has_rows = true;
    list.rows = PAGE_ROWS_MAX;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->customers;
}

/* Who pays, all for whom they do, and what they owe together. */
static void put_family(struct run *run, const Tefter__CustomerCardAnswer *card)
{
    char sum[CELL_MAX];
    const Tefter__CustomerRow *row = card->row;
    const Tefter__FamilyFigures *family = card->account->family;
    if (family == NULL)
        return;
    const Tefter__CustomersAnswer *all =
        customer_family(run, row->has_payer ? row->payer : row->customer);
    if (all == NULL)
        return;
    tell(stdout, "\n");
    run_tell(run,
             row->has_payer ? N_("The payer and all their sites together: {balance}")
                            : N_("With their sites together: {balance}"),
             "balance", balance_text(run, family->balance_minor, sum), NULL);
    table_rows(run, list_columns, (ProtobufCMessage *const *)all->rows, all->n_rows);
}

static void put_payer(const struct run *run, const Tefter__CustomerCardAnswer *card)
{
    char line[LINE_MAX_BYTES];
    const Tefter__AccountRow *account = card->account;
    if (!card->row->has_payer)
        return;
    run_tell_fact(run, N_("paid by"),
                  run_sentence(run, line,
                               account->has_payer_locked && account->payer_locked
                                   ? N_("{payer}, who is locked")
                                   : "{payer}",
                               "payer", card->row->payer_code == NULL ? "" : card->row->payer_code,
                               NULL));
}

static void put_card(struct run *run, const Tefter__CustomerCardAnswer *card)
{
    const Tefter__CustomerRecord *record = card->record;
    tell(stdout, "%s  %s  (#%" PRIu32 ")\n", card->row->code, text_of(card->row->name),
         card->row->customer);
    put_lock(run, card->row);
    put_words(run, N_("nickname"), text_of(record->nickname));
    put_words(run, N_("phone"), text_of(card->row->phone));
    put_words(run, N_("area"), card->row->area);
    put_words(run, N_("address"), text_of(record->address));
    put_words(run, N_("tax code"), text_of(record->tax_code));
    put_words(run, N_("note"), text_of(record->note));
    put_groups(run, card);
    put_payer(run, card);
    put_terms(run, card);
    put_entries(run, card->row->customer);
    put_balance(run, card);
    put_the_line(run, card->account);
    put_family(run, card);
    put_persons(run, card);
}

static int customer_show(struct run *run)
{
    const Tefter__CustomerCardAnswer *card = customer_find(run, arg_text(&run->args, "CUSTOMER"));
    if (card == NULL)
        return run->exit_code;
    if (run->json) {
        run_json(run, &card->base);
        return EXIT_DONE;
    }
    const Tefter__BillsAnswer *bills = ask_bills(run, card->row->customer);
    put_card(run, card);
    if (bills == NULL)
        return run->exit_code;
    put_bills(run, bills, SHOWN_MOST);
    return EXIT_DONE;
}

/* ---- a person is erased ---- */

/* The code goes as it was typed: of a record that was merged it must not lead on to the other one,
 * which would be erased. */
static int customer_erase_run(struct run *run)
{
    const char *typed = arg_text(&run->args, "CUSTOMER");
    uint64_t customer = 0;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__EraseCustomer erase = TEFTER__ERASE_CUSTOMER__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_ERASE_CUSTOMER;
    command.erase_customer = &erase;
    if (typed[0] == '#' && !typed_id(run, VALUE_CUSTOMER, typed, &customer))
        return run->exit_code;
    if (customer != 0) {
        erase.has_customer = true;
        erase.customer = (uint32_t)customer;
    } else {
        erase.code = (char *)(uintptr_t)typed;
    }
    return run_submit(run, &command,
                      N_("The person behind {CUSTOMER} is erased; papers, sums and numbers stay."));
}

/* ---- bills, all pages ---- */

static int customer_bills(struct run *run)
{
    uint64_t customer = 0;
    if (!typed_id(run, VALUE_CUSTOMER, arg_text(&run->args, "CUSTOMER"), &customer))
        return run->exit_code;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills bills = TEFTER__UNPAID_BILLS__INIT;
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &bills;
    bills.has_customer = true;
    bills.customer = (uint32_t)customer;
    do {
        const Tefter__Answer *answer = run_ask(run, &query);
        if (answer == NULL)
            return run->exit_code;
        for (size_t i = 0; run->json && i < answer->unpaid_bills->n_bills; i++)
            run_json(run, &answer->unpaid_bills->bills[i]->base);
        if (!run->json)
            put_bills(run, answer->unpaid_bills, SIZE_MAX);
        bills.has_page = answer->unpaid_bills->has_next;
        bills.page = answer->unpaid_bills->next;
    } while (bills.has_page);
    return EXIT_DONE;
}

/* ---- who pays ---- */

static int customer_payer_run(struct run *run)
{
    bool none = arg_flag(&run->args, "--none");
    if (none == (arg_text(&run->args, "PAYER") != NULL))
        return run_say(run, EXIT_USE, N_("say who pays, or --none: they pay for themselves"), NULL);
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_payer");
    if (command == NULL)
        return run->exit_code;
    return run_submit(run, command,
                      none ? N_("{CUSTOMER} pays for themselves again|: {available}|.")
                           : N_("{PAYER} pays for {CUSTOMER}|: {available}|."));
}

/* ---- who may buy on the account ---- */

static bool set_pin(struct run *run, uint32_t customer, uint32_t buyer, char *pin)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__BuyerPin body = TEFTER__BUYER_PIN__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SET_BUYER_PIN;
    frame.set_buyer_pin = &body;
    body.customer = customer;
    body.buyer = buyer;
    body.pin = pin;
    return run_request(run, &frame) != NULL;
}

/* False: told. What the server would refuse is seen before the buyer is made. */
static bool read_new_pin(struct run *run, char pin[PASSWORD_MAX_BYTES + 2])
{
    const char *file = arg_text(&run->args, "--pin-file");
    if (!pin_new(run, file, N_("Their PIN"), pin, PASSWORD_MAX_BYTES + 2)) {
        (void)run_failed(run, EXIT_USE);
        return false;
    }
    size_t size = strlen(pin);
    bool formed =
        size >= PIN_MIN_DIGITS && size <= PIN_MAX_DIGITS && strspn(pin, "0123456789") == size;
    if (formed && !pin_guessable(pin))
        return true;
    if (formed)
        (void)run_say(run, EXIT_USE,
                      N_("That PIN is too easy to guess: choose another. Nothing changed."), NULL);
    else
        (void)run_say(run, EXIT_USE, N_("A PIN is {least} to {most} digits. Nothing changed."),
                      "least", NUMBER(PIN_MIN_DIGITS), "most", NUMBER(PIN_MAX_DIGITS), NULL);
    return false;
}

/* Two things: a buyer who is there without the PIN that was wanted is told of. */
static int buyer_with_pin(struct run *run, const Tefter__Command *command, const char *pattern)
{
    char pin[PASSWORD_MAX_BYTES + 2];
    if (!read_new_pin(run, pin))
        return run->exit_code;
    const Tefter__Done *done = run_call(run, command);
    if (done != NULL)
        run_tell_done(run, done, pattern);
    if (done != NULL && set_pin(run, command->authorise_buyer->customer, (uint32_t)done->id, pin))
        run_note(run, N_("They have to type their PIN."), NULL);
    else if (done != NULL)
        run_note(run, N_("They have no PIN yet: tefter customer buyer-pin {customer} {number}"),
                 "customer", arg_text(&run->args, "CUSTOMER"), "number", NUMBER(done->id), NULL);
    secret_wipe(pin, sizeof(pin));
    return run->exit_code;
}

static int customer_buyer_run(struct run *run)
{
    static const char made[] = N_("{NAME} may buy on the account of {CUSTOMER}|, number {id}|.");
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "authorise_buyer");
    if (command == NULL)
        return run->exit_code;
    if (arg_flag(&run->args, "--pin") || arg_text(&run->args, "--pin-file") != NULL)
        return buyer_with_pin(run, command, made);
    return run_submit(run, command, made);
}

static int customer_buyer_pin_run(struct run *run)
{
    char pin[PASSWORD_MAX_BYTES + 2];
    bool none = arg_flag(&run->args, "--no-pin");
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_buyer_pin");
    if (command == NULL || (!none && !read_new_pin(run, pin)))
        return run->exit_code;
    const Tefter__SetBuyerPin *set = command->set_buyer_pin;
    if (set_pin(run, set->customer, set->buyer, none ? NULL : pin))
        run_note(run,
                 none ? N_("They have to type no PIN any more.")
                      : N_("The PIN is set; the one before counts at no till any more."),
                 NULL);
    if (!none)
        secret_wipe(pin, sizeof(pin));
    return run->exit_code;
}

/* ---- add: likely doubles are shown before saving ---- */

static const Tefter__LikelyDoublesAnswer *ask_doubles(struct run *run,
                                                      const Tefter__OpenCustomer *open)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__LikelyDoubles doubles = TEFTER__LIKELY_DOUBLES__INIT;
    query.kind_case = TEFTER__QUERY__KIND_LIKELY_DOUBLES;
    query.likely_doubles = &doubles;
    doubles.name = open->name;
    doubles.phone = open->phone;
    doubles.tax_code = open->tax_code;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->likely_doubles;
}

static int customer_add_run(struct run *run)
{
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "open_customer");
    if (command == NULL)
        return run->exit_code;
    const Tefter__LikelyDoublesAnswer *doubles =
        arg_flag(&run->args, "--no-look") ? NULL : ask_doubles(run, command->open_customer);
    if (doubles == NULL && run->exit_code != EXIT_DONE)
        return run->exit_code;
    if (doubles != NULL && doubles->n_rows > 0) {
        if (run->json)
            for (size_t i = 0; i < doubles->n_rows; i++)
                run_json(run, &doubles->rows[i]->base);
        else
            table_rows(run, list_columns, (ProtobufCMessage *const *)doubles->rows,
                       doubles->n_rows);
        return run_say(run, EXIT_CONFLICT,
                       N_("These may be the same customer. Nothing was made; if it is another one, "
                          "say it again with --no-look."),
                       NULL);
    }
    return run_submit(run, command,
                      arg_text(&run->args, "--payer") != NULL
                          ? N_("Customer| {number}|| (#{id})| is made: {NAME}. {PAYER} pays for "
                               "them, and their limit holds for both together.")
                          : N_("Customer| {number}|| (#{id})| is made: {NAME}, {available}.| A "
                               "limit is set by who may: tefter customer limit {number} AMOUNT|"));
}

/* ---- limit ---- */

/* The operand AMOUNT, put into the command. */
static bool put_limit(struct run *run, Tefter__SetCreditLimit *limit, const char *text)
{
    if (limit->terms == NULL)
        need(member_make(&limit->base, "terms", &run->arena) != NULL);
    limit->terms->has_unlimited = strcmp(text, "unlimited") == 0;
    limit->terms->unlimited = limit->terms->has_unlimited;
    limit->terms->has_limit_minor = !limit->terms->has_unlimited;
    return limit->terms->has_unlimited || typed_amount(run, text, &limit->terms->limit_minor);
}

/* Is anything said, and nothing beside "default" or --end? */
static bool limit_is_said(struct run *run, const Tefter__SetCreditLimit *limit, const char *amount)
{
    bool others = limit->terms != NULL || limit->n_clear > 0;
    bool all_away = amount != NULL && strcmp(amount, "default") == 0;
    if (all_away && (others || limit->has_ended))
        (void)run_say(run, EXIT_USE, N_("{option} takes no other terms beside it"), "option",
                      "\"default\"", NULL);
    else if (limit->has_ended && (others || amount != NULL))
        (void)run_say(run, EXIT_USE, N_("{option} takes no other terms beside it"), "option",
                      "--end", NULL);
    else if (amount == NULL && !others && !limit->has_ended)
        (void)run_say(run, EXIT_USE,
                      N_("say the limit or another of the terms; tefter customer limit --help"),
                      NULL);
    else
        return true;
    return false;
}

static int customer_limit_run(struct run *run)
{
    struct term_lines before;
    struct term_lines now;
    const char *text = arg_text(&run->args, "AMOUNT");
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_credit_limit");
    Tefter__SetCreditLimit *limit = command == NULL ? NULL : command->set_credit_limit;
    if (limit == NULL || !limit_is_said(run, limit, text))
        return run->exit_code;
    bool all_away = text != NULL && strcmp(text, "default") == 0;
    const Tefter__CustomerCardAnswer *card = customer_find(run, arg_text(&run->args, "CUSTOMER"));
    if (card == NULL || (text != NULL && !all_away && !put_limit(run, limit, text)))
        return run->exit_code;
    limit->customer = card->row->customer;
    term_lines_read(run, card->terms, &before);
    const Tefter__Done *done = run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    run_tell_done(run, done,
                  all_away ? N_("{CUSTOMER} has no terms of their own any more|: {available}|.")
                           : N_("The terms of {CUSTOMER} are set|: {available}|."));
    if (run->json)
        return EXIT_DONE;
    card = customer_find(run, arg_text(&run->args, "CUSTOMER"));
    if (card == NULL)
        return run->exit_code;
    term_lines_read(run, card->terms, &now);
    term_lines_changed(run, &before, &now);
    put_entries(run, limit->customer);
    return EXIT_DONE;
}

/* ---- changes ---- */

/* Amounts are kept in minor units. */
static const char *change_text(const struct run *run, const char *field, const char *value,
                               char out[CELL_MAX])
{
    static const char minor[] = "_minor";
    size_t size = strlen(field);
    bool money = size > strlen(minor) && strcmp(field + size - strlen(minor), minor) == 0;
    if (value == NULL)
        return "";
    if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
        return run_word(run, value[0] == 't' ? N_("yes") : N_("no"));
    return money ? money_text(run, strtoll(value, NULL, 10), out) : value;
}

static void put_change(struct run *run, struct table *table, const Tefter__ChangeRecord *change,
                       const Tefter__FieldChange *field)
{
    char words[CELL_MAX];
    char cell[CELL_MAX];
    const char *old_value = field->old_text != NULL ? text_of(field->old_text) : field->old_value;
    const char *new_value = field->new_text != NULL ? text_of(field->new_text) : field->new_value;
    table_time(table, change->at_ms);
    table_cell(table, change->actor->has_staff ? staff_login(run, change->actor->staff) : "");
    table_cell(table,
               field_words_in(field->field, run->language, words, sizeof(words)) ? words : "");
    table_cell(table, change_text(run, field->field, old_value, cell));
    table_cell(table, change_text(run, field->field, new_value, cell));
}

static int customer_changes(struct run *run)
{
    static const char *const titles[] = {N_("WHO"), N_("FIELD"), N_("OLD"), N_("NEW")};
    struct table *table = table_create(run);
    Tefter__Query *query =
        (Tefter__Query *)run_build(run, &tefter__query__descriptor, "customer_changes");
    table_time_column(table, N_("WHEN"));
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i], false);
    bool more = query != NULL;
    while (more) {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return run->exit_code;
        const Tefter__CustomerChangesAnswer *page = answer->customer_changes;
        for (size_t i = 0; i < page->n_changes; i++) {
            const Tefter__ChangeRecord *change = page->changes[i];
            if (run->json)
                run_json(run, &change->base);
            for (size_t j = 0; !run->json && j < change->n_fields; j++)
                put_change(run, table, change, change->fields[j]);
        }
        more = page->has_next;
        query->customer_changes->has_page = more;
        query->customer_changes->page = page->next;
    }
    if (query != NULL && !run->json)
        table_print(table, stdout);
    return run->exit_code;
}

/* ---- the table ---- */

const struct verb customer_verbs[] = {
    {.entity = "customer",
     .verb = "add",
     .summary = "add a customer; likely doubles are shown first",
     .params = customer_add,
     .run = customer_add_run},
    {.entity = "customer",
     .verb = "show",
     .summary = "show one customer: balance, limit and unpaid bills",
     .params = shown_customer,
     .run = customer_show},
    {.entity = "customer",
     .verb = "list",
     .summary = "list customers with what they owe and have available",
     .params = customer_list,
     .query = "customers",
     .rows = "rows",
     .columns = list_columns,
     .paged = true,
     .empty = N_("Nobody.")},
    {.entity = "customer",
     .verb = "edit",
     .summary = "change their name, phone, area or terms",
     .params = customer_edit,
     .command = "change_customer",
     .done = N_("{CUSTOMER} is changed.")},
    {.entity = "customer",
     .verb = "lock",
     .summary = "stop sales on credit, in all branches at once",
     .params = customer_lock,
     .command = "lock_customer",
     .done = N_("{CUSTOMER} is locked at every branch.| {owes}.|")},
    {.entity = "customer",
     .verb = "unlock",
     .summary = "allow sales on credit again",
     .params = customer_unlock,
     .command = "unlock_customer",
     .done = N_("{CUSTOMER} is no longer locked|: {available}|.")},
    {.entity = "customer",
     .verb = "erase",
     .summary = "erase the person: name, phone, address, notes, buyers; papers and sums stay",
     .params = customer_erase,
     .command = "erase_customer",
     .run = customer_erase_run},
    {.entity = "customer",
     .verb = "history",
     .summary = "list every document with the running balance",
     .params = customer_history,
     .query = "history",
     .rows = "rows",
     .columns = history_columns,
     .paged = true,
     .empty = N_("No documents yet.")},
    {.entity = "customer",
     .verb = "changes",
     .summary = "show who changed what of them, and when",
     .params = one_customer,
     .run = customer_changes},
    {.entity = "customer",
     .verb = "bills",
     .summary = "list all unpaid bills, and money not yet matched",
     .params = one_customer,
     .run = customer_bills},
    {.entity = "customer",
     .verb = "limit",
     .summary = "set their credit limit and terms; what is not said stays",
     .params = customer_limit,
     .command = "set_credit_limit",
     .run = customer_limit_run},
    {.entity = "customer",
     .verb = "limits",
     .summary = "list their limits so far",
     .params = one_customer,
     .query = "limits",
     .rows = "limits",
     .columns = limit_columns,
     .empty = N_("They have had no limit of their own.")},
    {.entity = "customer",
     .verb = "statement",
     .summary = "list every document with the balance, of a payer's sites too",
     .params = customer_statement_params,
     .run = customer_statement,
     .offline = true},
    {.entity = "customer",
     .verb = "payer",
     .summary = "name who pays for them: a site's bills count with the payer's",
     .params = customer_payer,
     .command = "set_payer",
     .run = customer_payer_run},
    {.entity = "customer",
     .verb = "buyer",
     .summary = "add someone who may buy on their account",
     .params = person_add,
     .run = customer_buyer_run},
    {.entity = "customer",
     .verb = "buyer-pin",
     .summary = "set the PIN that one of them types at the till",
     .params = person_pin,
     .run = customer_buyer_pin_run},
    {.entity = "customer",
     .verb = "buyer-revoke",
     .summary = "let someone buy on it no more",
     .params = person_revoke,
     .command = "revoke_buyer",
     .done = N_("Buyer {BUYER} may no longer buy on the account of {CUSTOMER}.")},
    END_VERBS,
};

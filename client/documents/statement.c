/* What a customer's account moved in a span of days, and what they owe; or what they owe bill by
 * bill, to be confirmed. */
#include "documents/inside.h"

#include "base/limits.h"
#include "base/reference.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- movements ---- */

/* What a paper says of one; the text is the answer's. */
struct movement {
    const char *number;
    int64_t amount_minor;
    int64_t running_minor;
    uint32_t date;
    uint32_t due;
    Tefter__DocumentKind kind;
    bool late;       /* of days that an earlier statement told */
    const char *who; /* code of the site; NULL: they themselves */
};

struct movements {
    struct making *making;
    struct movement *list;
    size_t count;
    size_t room;
    int64_t opening_minor;
    int64_t
        moved_minor; /* paid by who pays for them, or for whom they pay: no document of theirs */
    int64_t closing_minor;
    int64_t charged_minor;
    int64_t paid_minor;
    struct span span;
    char cells[SHEET_COLUMNS_MAX][WRITTEN_MAX];
    char words[WRITTEN_MAX];
    struct sheet_row sums;
};

static void add_movement(struct movements *movements, const Tefter__HistoryRow *row)
{
    if (row->date < movements->span.from) {
        movements->opening_minor = row->running_minor;
        return;
    }
    if (row->date > movements->span.to)
        return;
    need(ARENA_GROW(&movements->making->run->arena, movements->list, movements->room,
                    movements->count + 1));
    movements->list[movements->count++] = (struct movement){
        .number = row->number,
        .amount_minor = row->amount_minor,
        .running_minor = row->running_minor,
        .date = row->date,
        .due = row->has_due && row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE ? row->due
                                                                                    : DATE_NONE,
        .kind = row->kind};
    movements->charged_minor += row->amount_minor > 0 ? row->amount_minor : 0;
    movements->paid_minor += row->amount_minor < 0 ? -row->amount_minor : 0;
}

/* All pages, oldest first. */
static bool read_movements(struct movements *movements, uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerHistory history = TEFTER__CUSTOMER_HISTORY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_HISTORY;
    query.history = &history;
    history.has_customer = true;
    history.customer = customer;
    history.has_oldest_first = true;
    history.oldest_first = true;
    history.has_rows = true;
    history.rows = PAGE_ROWS_MAX;
    do {
        const Tefter__Answer *answer = run_ask(movements->making->run, &query);
        if (answer == NULL)
            return false;
        for (size_t i = 0; i < answer->history->n_rows; i++)
            add_movement(movements, answer->history->rows[i]);
        if (!movements->span.ends)
            movements->moved_minor = answer->history->moved_minor;
        history.has_page = answer->history->has_next;
        history.page = answer->history->next;
    } while (history.has_page);
    movements->closing_minor = movements->count > 0
                                   ? movements->list[movements->count - 1].running_minor
                                   : movements->opening_minor;
    movements->closing_minor += movements->moved_minor;
    movements->charged_minor += movements->moved_minor > 0 ? movements->moved_minor : 0;
    movements->paid_minor += movements->moved_minor < 0 ? -movements->moved_minor : 0;
    return true;
}

/* ---- their table ---- */

enum { DAY, PAPER, DUE, CHARGED, PAID, BALANCE };

static const char *kind_pattern(Tefter__DocumentKind kind)
{
    switch (kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return N_("Invoice {number}");
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return N_("Credit note {number}");
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return N_("Receipt {number}");
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return N_("Reversal {number}");
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return N_("Paid out {number}");
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    return N_("Paper {number}");
}

/* "Invoice TD-00017 · SITE-1 · of an earlier period" */
static const char *movement_words(struct movements *movements, const struct movement *movement)
{
    const struct reader *reader = &movements->making->reader;
    char number[WRITTEN_MAX];
    size_t size = sizeof movements->words;
    (void)words_say(movements->words, size, reader->language, kind_pattern(movement->kind),
                    "number", written_number(reader, movement->number, number), NULL);
    size_t at = strlen(movements->words);
    if (movement->who != NULL && at < size)
        (void)snprintf(movements->words + at, size - at, " · %s",
                       written_number(reader, movement->who, number));
    at = strlen(movements->words);
    if (movement->late && at < size)
        (void)snprintf(movements->words + at, size - at, " · %s",
                       written_word(reader, N_("paper::of an earlier period")));
    return movements->words;
}

static void set_amounts(struct movements *movements, struct sheet_row *row, int64_t amount_minor,
                        int64_t balance_minor)
{
    const struct reader *reader = &movements->making->reader;
    if (amount_minor > 0)
        row->cells[CHARGED] = written_amount(reader, amount_minor, movements->cells[CHARGED]);
    if (amount_minor < 0)
        row->cells[PAID] = written_amount(reader, -amount_minor, movements->cells[PAID]);
    row->cells[BALANCE] = written_amount(reader, balance_minor, movements->cells[BALANCE]);
}

/* The first row is what was owed before, the last what was paid without a document of theirs. */
static bool movement_row(void *context, size_t index, struct sheet_row *ret_row,
                         struct failure *failure)
{
    struct movements *movements = context;
    const struct reader *reader = &movements->making->reader;
    (void)failure;
    if (index == 0) {
        if (movements->span.from > DATE_MIN)
            ret_row->cells[DAY] = written_day(reader, movements->span.from, movements->cells[DAY]);
        ret_row->cells[PAPER] = written_word(reader, N_("Opening balance"));
        set_amounts(movements, ret_row, 0, movements->opening_minor);
        ret_row->strong = true;
        return true;
    }
    if (index > movements->count) {
        ret_row->cells[PAPER] = written_word(reader, movements->moved_minor < 0
                                                         ? N_("Paid by who pays for you")
                                                         : N_("Paid for those for whom you pay"));
        set_amounts(movements, ret_row, movements->moved_minor, movements->closing_minor);
        return true;
    }
    const struct movement *movement = &movements->list[index - 1];
    ret_row->cells[DAY] = written_day(reader, movement->date, movements->cells[DAY]);
    ret_row->cells[PAPER] = movement_words(movements, movement);
    if (movement->due != DATE_NONE)
        ret_row->cells[DUE] = written_day(reader, movement->due, movements->cells[DUE]);
    set_amounts(movements, ret_row, movement->amount_minor, movement->running_minor);
    return true;
}

static void movement_carried(void *context, size_t behind, bool over, struct sheet_row *ret_row)
{
    struct movements *movements = context;
    const struct reader *reader = &movements->making->reader;
    int64_t balance_minor = behind == 1 ? movements->opening_minor
                            : behind > movements->count + 1
                                ? movements->closing_minor
                                : movements->list[behind - 2].running_minor;
    ret_row->cells[PAPER] =
        written_word(reader, over ? N_("Carried forward") : N_("Brought forward"));
    ret_row->cells[BALANCE] = written_amount(reader, balance_minor, movements->cells[BALANCE]);
}

static void put_movements(struct movements *movements)
{
    struct making *making = movements->making;
    struct sheet *sheet = &making->sheet;
    sheet->columns[DAY] = (struct sheet_column){word_kept(making, N_("paper::Day")), SHEET_SHORT};
    sheet->columns[PAPER] = (struct sheet_column){word_kept(making, N_("Document")), SHEET_WORDS};
    sheet->columns[DUE] = (struct sheet_column){word_kept(making, N_("Due")), SHEET_SHORT};
    sheet->columns[CHARGED] =
        (struct sheet_column){word_kept(making, N_("paper::Charged")), SHEET_FIGURE};
    sheet->columns[PAID] =
        (struct sheet_column){word_kept(making, N_("paper::Paid")), SHEET_FIGURE};
    sheet->columns[BALANCE] = (struct sheet_column){word_kept(making, N_("Balance")), SHEET_FIGURE};
    sheet->column_count = BALANCE + 1;
    sheet->row_count = movements->count + 1 + (movements->moved_minor != 0 ? 1 : 0);
    sheet->row = movement_row;
    sheet->carried = movement_carried;
    sheet->context = movements;
    movements->sums.strong = true;
    movements->sums.cells[DAY] = NULL;
    movements->sums.cells[PAPER] = word_kept(making, N_("Sums, and closing balance"));
    movements->sums.cells[CHARGED] = amount_kept(making, movements->charged_minor);
    movements->sums.cells[PAID] = amount_kept(making, movements->paid_minor);
    movements->sums.cells[BALANCE] = amount_kept(making, movements->closing_minor);
    sheet->sums = &movements->sums;
}

/* ---- ages ---- */

static const char *bucket_label(struct making *making, const Tefter__AgingBucket *bucket)
{
    char from[WRITTEN_MAX];
    char to[WRITTEN_MAX];
    if (bucket->has_to_days && bucket->to_days <= 0)
        return word_kept(making, N_("Not due"));
    if (!bucket->has_to_days)
        return say_kept(making, N_("over {days} days"), "days",
                        written_count(&making->reader, (uint64_t)(bucket->from_days - 1), from),
                        NULL);
    return say_kept(making, N_("{from}–{to} days"), "from",
                    written_count(&making->reader, (uint64_t)bucket->from_days, from), "to",
                    written_count(&making->reader, (uint64_t)bucket->to_days, to), NULL);
}

static void add_age(struct making *making, const char *label, int64_t minor, bool strong)
{
    struct sheet *sheet = &making->sheet;
    if (sheet->age_count < SHEET_COLUMNS_MAX)
        sheet->ages[sheet->age_count++] =
            (struct sheet_pair){label, amount_kept(making, minor), strong};
}

/* By the days since they were due; they add up to what is owed. Whoever may not ask for them makes
 * a paper without. *ret_overdue_minor: of them, past their day. */
static void put_ages(struct making *making, uint32_t customer, const struct span *span,
                     int64_t *ret_overdue_minor)
{
    static uint32_t bounds[] = {30, 60, 90};
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Aging aging = TEFTER__AGING__INIT;
    query.kind_case = TEFTER__QUERY__KIND_AGING;
    query.aging = &aging;
    aging.has_customer = true;
    aging.customer = customer;
    aging.has_as_of = span->ends;
    aging.as_of = span->to;
    aging.n_bounds = sizeof bounds / sizeof bounds[0];
    aging.bounds = bounds;
    *ret_overdue_minor = 0;
    const Tefter__Answer *answer = run_look(making->run, &query);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_AGING)
        return;
    const Tefter__AgingAnswer *found = answer->aging;
    making->sheet.ages_title = word_kept(making, N_("By days overdue"));
    for (size_t i = 0; i < found->n_buckets; i++) {
        add_age(making, bucket_label(making, found->buckets[i]), found->buckets[i]->amount_minor,
                false);
        if (found->buckets[i]->from_days > 0)
            *ret_overdue_minor += found->buckets[i]->amount_minor;
    }
    if (found->unmatched_minor != 0)
        add_age(making, word_kept(making, N_("Not yet matched")), -found->unmatched_minor, false);
    add_age(making, word_kept(making, N_("Owed")), found->balance_minor, true);
}

/* ---- what both have ---- */

static void put_owed(struct making *making, int64_t minor, int64_t overdue_minor)
{
    char amount[WRITTEN_MAX];
    put_box(making,
            minor < 0 ? word_kept(making, N_("In your favour")) : word_kept(making, N_("You owe")),
            minor < 0 ? -minor : minor);
    if (overdue_minor > 0)
        add_line(&making->sheet.box_lines,
                 say_kept(making, N_("Of this overdue: {amount}"), "amount",
                          written_amount(&making->reader, overdue_minor, amount), NULL));
}

static void put_seals(struct making *making)
{
    struct sheet *sheet = &making->sheet;
    put_sign(making, word_kept(making, N_("For the customer: signature, name, date")), false);
    put_sign(
        making,
        say_kept(making, N_("For {company}: signature, name, date"), "company", sheet->shop, NULL),
        true);
    if (making->reader.language != LANGUAGE_CHINESE)
        return;
    sheet->seal_word = word_kept(making, N_("seal::Seal"));
    for (size_t i = 0; i < sheet->sign_count; i++) {
        sheet->signs[i].fields[0] = word_kept(making, N_("sign::Handled by"));
        sheet->signs[i].fields[1] = word_kept(making, N_("sign::Date"));
    }
    sheet->signs[0].label = word_kept(making, N_("sign::The customer (seal)"));
    sheet->signs[1].label = word_kept(making, N_("sign::We (seal)"));
}

static const Tefter__CustomerCardAnswer *begin(struct making *making, const char *customer)
{
    struct run *run = making->run;
    const Tefter__CustomerCardAnswer *card = customer_find(run, customer);
    if (card == NULL)
        return NULL;
    (void)making_begin(making, run, card->record);
    put_shop(making,
             card->row->has_branch ? card->row->branch : tefter_welcome(run->client)->branch);
    put_party(making, word_kept(making, N_("paper::To")), text_of(card->record->name),
              card->record);
    making->sheet.made_ms = tefter_now_ms(run->client);
    return card;
}

static void put_instant(struct making *making)
{
    char date[WRITTEN_MAX];
    char clock[WRITTEN_MAX];
    int64_t now_ms = making->sheet.made_ms;
    (void)written_day(&making->reader,
                      date_of_instant(now_ms, making->reader.utc_offset_minutes * 60), date);
    (void)written_clock(&making->reader, now_ms, clock);
    char *seconds = strrchr(clock, ':');
    if (seconds != NULL)
        *seconds = '\0';
    add_line(&making->sheet.title_lines, say_kept(making, N_("as it stood on {date} at {time}"),
                                                  "date", date, "time", clock, NULL));
}

bool statement_make(struct making *making, const char *customer, const struct span *span)
{
    int64_t overdue_minor = 0;
    struct movements *movements = arena_zero(&making->run->arena, sizeof *movements);
    const Tefter__CustomerCardAnswer *card = begin(making, customer);
    need(movements != NULL);
    if (card == NULL)
        return false;
    *movements = (struct movements){.making = making, .span = *span};
    if (!read_movements(movements, card->row->customer))
        return false;
    struct sheet *sheet = &making->sheet;
    sheet->title = word_kept(making, N_("STATEMENT"));
    if (span->from > DATE_MIN || span->ends)
        add_line(&sheet->title_lines, say_kept(making,
                                               span->from <= DATE_MIN ? N_("up to {to}")
                                               : span->ends           ? N_("{from} to {to}")
                                                                      : N_("from {from}"),
                                               "from", day_kept(making, span->from), "to",
                                               day_kept(making, span->to), NULL));
    put_instant(making);
    put_movements(movements);
    put_ages(making, card->row->customer, span, &overdue_minor);
    put_owed(making, movements->closing_minor, overdue_minor);
    if (movements->closing_minor > 0)
        put_ways_to_pay(making, card->record->code, NULL, movements->closing_minor);
    sheet->foot = word_kept(making, N_("This is no tax invoice."));
    return true;
}

/* ---- a statement of the ledger ---- */

bool is_told(const char *number)
{
    return strncasecmp(number, "ST-", 3) == 0 && number[3] >= '0' && number[3] <= '9';
}

static const char *site_code(const Tefter__StatementAnswer *answer, uint64_t document)
{
    uint32_t customer = (uint32_t)(document >> 36); /* as DocumentRecord says */
    for (size_t i = 0; i < answer->n_parts; i++)
        if (answer->parts[i]->customer == customer && customer != answer->statement->customer)
            return answer->parts[i]->code;
    return NULL;
}

static void add_told(struct movements *movements, const Tefter__StatementAnswer *answer)
{
    int64_t running_minor = movements->count > 0
                                ? movements->list[movements->count - 1].running_minor
                                : movements->opening_minor;
    for (size_t i = 0; i < answer->n_rows; i++) {
        const Tefter__StatementRow *row = answer->rows[i];
        need(ARENA_GROW(&movements->making->run->arena, movements->list, movements->room,
                        movements->count + 1));
        running_minor += row->amount_minor;
        movements->list[movements->count++] = (struct movement){
            .number = row->number,
            .amount_minor = row->amount_minor,
            .running_minor = running_minor,
            .date = row->date,
            .due = row->has_due && row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE ? row->due
                                                                                        : DATE_NONE,
            .kind = row->kind,
            .late = row->late,
            .who = site_code(answer, row->document)};
    }
}

/* All rows, as they were told. NULL: told already. */
static const Tefter__StatementRecord *read_told(struct movements *movements, const char *number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__StatementView view = TEFTER__STATEMENT_VIEW__INIT;
    const Tefter__StatementRecord *record = NULL;
    query.kind_case = TEFTER__QUERY__KIND_STATEMENT;
    query.statement = &view;
    view.number = (char *)(uintptr_t)number;
    view.has_rows = true;
    view.rows = PAGE_ROWS_MAX;
    do {
        const Tefter__Answer *answer = run_ask(movements->making->run, &query);
        if (answer == NULL)
            return NULL;
        if (record == NULL) {
            record = answer->statement->statement;
            movements->opening_minor = record->opening_minor;
        }
        add_told(movements, answer->statement);
        view.has_page = answer->statement->has_next;
        view.page = answer->statement->next;
    } while (view.has_page);
    movements->moved_minor = record->moved_minor + record->joined_minor;
    movements->closing_minor = record->closing_minor;
    movements->charged_minor =
        record->debit_minor + (movements->moved_minor > 0 ? movements->moved_minor : 0);
    movements->paid_minor =
        record->credit_minor - (movements->moved_minor < 0 ? movements->moved_minor : 0);
    movements->span = (struct span){record->from_date, record->until, true};
    return record;
}

/* As the ledger has them; what was overdue for more than 90 days is one. */
static void put_told_ages(struct making *making, const Tefter__StatementRecord *record,
                          int64_t *ret_overdue_minor)
{
    enum { BUCKETS = 5 };
    static const int32_t from[BUCKETS] = {0, 1, 31, 61, 91};
    static const int32_t to[BUCKETS] = {0, 30, 60, 90, 0};
    *ret_overdue_minor = 0;
    making->sheet.ages_title = word_kept(making, N_("By days overdue"));
    for (size_t i = 0; i < BUCKETS; i++) {
        Tefter__AgingBucket bucket = TEFTER__AGING_BUCKET__INIT;
        int64_t minor = 0;
        for (size_t k = i; k < record->n_aging_minor && (k == i || i == BUCKETS - 1); k++)
            minor += record->aging_minor[k];
        bucket.from_days = from[i];
        bucket.has_to_days = i < BUCKETS - 1;
        bucket.to_days = to[i];
        add_age(making, bucket_label(making, &bucket), minor, false);
        *ret_overdue_minor += i > 0 ? minor : 0;
    }
    if (record->has_unmatched_minor)
        add_age(making, word_kept(making, N_("Not yet matched")), -record->unmatched_minor, false);
    if (record->has_settled_since_minor)
        add_age(making, word_kept(making, N_("paper::Settled since")), record->settled_since_minor,
                false);
    add_age(making, word_kept(making, N_("Owed")), record->closing_minor, true);
}

bool told_make(struct making *making, const char *number)
{
    char customer[WRITTEN_MAX];
    char reference[REFERENCE_SIZE];
    char shown[REFERENCE_SHOWN_SIZE];
    int64_t overdue_minor = 0;
    struct movements *movements = arena_zero(&making->run->arena, sizeof *movements);
    need(movements != NULL);
    *movements = (struct movements){.making = making};
    const Tefter__StatementRecord *record = read_told(movements, number);
    if (record == NULL)
        return false;
    (void)snprintf(customer, sizeof customer, "#%u", record->customer);
    const Tefter__CustomerCardAnswer *card = begin(making, customer);
    if (card == NULL)
        return false;
    struct sheet *sheet = &making->sheet;
    sheet->title = word_kept(making, N_("STATEMENT"));
    sheet->made_ms = record->made_ms;
    add_line(&sheet->title_lines, number_kept(making, record->number));
    add_line(&sheet->title_lines,
             say_kept(making, N_("{from} to {to}"), "from", day_kept(making, record->from_date),
                      "to", day_kept(making, record->until), NULL));
    put_instant(making);
    put_movements(movements);
    put_told_ages(making, record, &overdue_minor);
    put_owed(making, record->closing_minor, overdue_minor);
    if (record->closing_minor > 0 && reference_of_serial(record->statement, reference)) {
        reference_show(reference, shown);
        put_ways_to_pay(making, reference, shown, record->closing_minor);
    }
    sheet->foot = word_kept(making, N_("This is no tax invoice."));
    return true;
}

/* ---- confirmation of balance ---- */

struct bills {
    struct making *making;
    const Tefter__BillsAnswer *answer;
    char cells[SHEET_COLUMNS_MAX][WRITTEN_MAX];
    struct sheet_row sums;
};

static bool open_row(void *context, size_t index, struct sheet_row *ret_row,
                     struct failure *failure)
{
    struct bills *bills = context;
    const struct reader *reader = &bills->making->reader;
    size_t count = bills->answer->n_bills;
    const Tefter__Bill *bill =
        index < count ? bills->answer->bills[index] : bills->answer->credits[index - count];
    int64_t sign = index < count ? 1 : -1;
    char number[WRITTEN_MAX];
    (void)failure;
    ret_row->cells[0] = written_day(reader, bill->date, bills->cells[0]);
    (void)words_say(bills->cells[1], WRITTEN_MAX, reader->language,
                    index < count ? N_("Invoice {number}") : N_("Not yet matched: {number}"),
                    "number", written_number(reader, bill->number, number), NULL);
    ret_row->cells[1] = bills->cells[1];
    if (index < count)
        ret_row->cells[2] = written_day(reader, bill->due, bills->cells[2]);
    ret_row->cells[3] = written_amount(reader, sign * bill->total_minor, bills->cells[3]);
    ret_row->cells[4] = written_amount(reader, sign * bill->open_minor, bills->cells[4]);
    return true;
}

static void open_carried(void *context, size_t behind, bool over, struct sheet_row *ret_row)
{
    struct bills *bills = context;
    const struct reader *reader = &bills->making->reader;
    int64_t sum_minor = 0;
    for (size_t i = 0; i < behind; i++)
        sum_minor += i < bills->answer->n_bills
                         ? bills->answer->bills[i]->open_minor
                         : -bills->answer->credits[i - bills->answer->n_bills]->open_minor;
    ret_row->cells[1] = written_word(reader, over ? N_("Carried forward") : N_("Brought forward"));
    ret_row->cells[4] = written_amount(reader, sum_minor, bills->cells[4]);
}

static void put_bills(struct bills *bills, int64_t balance_minor)
{
    struct making *making = bills->making;
    struct sheet *sheet = &making->sheet;
    sheet->columns[0] = (struct sheet_column){word_kept(making, N_("paper::Day")), SHEET_SHORT};
    sheet->columns[1] = (struct sheet_column){word_kept(making, N_("Document")), SHEET_WORDS};
    sheet->columns[2] = (struct sheet_column){word_kept(making, N_("Due")), SHEET_SHORT};
    sheet->columns[3] = (struct sheet_column){word_kept(making, N_("Total")), SHEET_FIGURE};
    sheet->columns[4] = (struct sheet_column){word_kept(making, N_("Left to pay")), SHEET_FIGURE};
    sheet->column_count = 5;
    sheet->row_count = bills->answer->n_bills + bills->answer->n_credits;
    sheet->row = open_row;
    sheet->carried = open_carried;
    sheet->context = bills;
    sheet->empty = word_kept(making, N_("No unpaid bill."));
    bills->sums.strong = true;
    bills->sums.cells[1] = word_kept(making, N_("Balance"));
    bills->sums.cells[4] = amount_kept(making, balance_minor);
    sheet->sums = &bills->sums;
}

static void put_answer(struct making *making)
{
    struct sheet *sheet = &making->sheet;
    char line[SHEET_TEXT_MAX];
    sheet->answer_title = word_kept(making, N_("Your answer"));
    (void)snprintf(line, sizeof line, "☐ %s", word_kept(making, N_("The balance above is right.")));
    add_line(&sheet->answer_lines, keep(making, line));
    (void)snprintf(line, sizeof line, "☐ %s ____",
                   word_kept(making, N_("It differs; by our books it is")));
    add_line(&sheet->answer_lines, keep(making, line));
    (void)snprintf(line, sizeof line, "%s ____", word_kept(making, N_("because")));
    add_line(&sheet->answer_lines, keep(making, line));
}

bool confirmation_make(struct making *making, const char *customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills view = TEFTER__UNPAID_BILLS__INIT;
    struct bills *bills = arena_zero(&making->run->arena, sizeof *bills);
    const Tefter__CustomerCardAnswer *card = begin(making, customer);
    const struct span whole = {DATE_MIN, DATE_MAX, false};
    int64_t overdue_minor = 0;
    need(bills != NULL);
    if (card == NULL)
        return false;
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &view;
    view.has_customer = true;
    view.customer = card->row->customer;
    const Tefter__Answer *answer = run_whole(making->run, &query, NULL);
    if (answer == NULL)
        return false;
    bills->making = making;
    bills->answer = answer->unpaid_bills;
    int64_t balance_minor = bills->answer->bills_minor - bills->answer->credits_minor;
    making->sheet.title = word_kept(making, N_("CONFIRMATION OF BALANCE"));
    put_instant(making);
    put_bills(bills, balance_minor);
    put_ages(making, card->row->customer, &whole, &overdue_minor);
    put_owed(making, balance_minor, overdue_minor);
    put_answer(making);
    put_seals(making);
    making->sheet.foot = word_kept(making, N_("This is no tax invoice."));
    return true;
}

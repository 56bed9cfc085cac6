/* Cash: sales that are paid at once, and the company's rules for cash. */
#include "cli/cash.h"
#include "base/tell.h"

#include <inttypes.h>
#include <string.h>

/* ---- places ---- */

/* No default: a kind of payment without a kind of account does not compile. */
static Tefter__MoneyAccountKind account_kind(Tefter__PaymentKind kind)
{
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL;
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE;
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    return TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
}

static const Tefter__MoneyAccountsAnswer *ask_places(struct run *run)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__MoneyAccountList list = TEFTER__MONEY_ACCOUNT_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MONEY_ACCOUNTS;
    query.money_accounts = &list;
    const Tefter__Answer *answer = run_whole(run, &query, NULL);
    return answer == NULL ? NULL : answer->money_accounts;
}

static bool tell_place(struct run *run, Tefter__MoneyAccountKind kind, bool none)
{
    static const char *const wants[][2] = {
        {N_("this branch has no till: tefter till add BRANCH NAME, or say {instead}"),
         N_("this branch has several tills: say which (tefter till list)")},
        {N_("this branch has no card device: tefter device add BRANCH NAME --account ACCOUNT"),
         N_("this branch has several card devices: say which (tefter device list)")},
        {N_("there is no bank account: tefter account add NAME NUMBER"),
         N_("there are several bank accounts: say which (tefter account list)")},
    };
    int row = kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL         ? 0
              : kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE ? 1
                                                                     : 2;
    const char *entity = run->args.verb->entity;
    const char *instead = strcmp(entity, "refund") == 0 ? "--transfer ACCOUNT"
                          : strcmp(entity, "pay") == 0
                              ? N_("--transfer, --pos or --slip")
                              : N_("--paid transfer, --paid pos or --paid slip");
    (void)run_say(run, EXIT_USE, wants[row][none ? 0 : 1], "instead", run_word(run, instead), NULL);
    return false;
}

/* The only one of its kind in use, of this terminal's branch. */
static bool only_place(struct run *run, Tefter__MoneyAccountKind kind, uint64_t *ret_place)
{
    size_t found = 0;
    uint32_t branch = tefter_welcome(run->client)->branch;
    const Tefter__MoneyAccountsAnswer *places = ask_places(run);
    for (size_t i = 0; places != NULL && i < places->n_money_accounts; i++) {
        const Tefter__MoneyAccountRecord *place = places->money_accounts[i];
        if (place->kind != kind || place->retired || (place->has_branch && place->branch != branch))
            continue;
        *ret_place = place->money_account;
        found++;
    }
    return found == 1 || (places != NULL && tell_place(run, kind, found == 0));
}

bool cash_place(struct run *run, Tefter__PaymentKind kind, const char *said, uint64_t *ret_place)
{
    return said != NULL ? typed_id(run, VALUE_PLACE, said, ret_place)
                        : only_place(run, account_kind(kind), ret_place);
}

/* ---- what is paid at once ---- */

static bool kind_of(const char *word, Tefter__PaymentKind *ret_kind)
{
    const ProtobufCEnumDescriptor *kinds = &tefter__payment_kind__descriptor;
    for (unsigned i = 0; i < kinds->n_values; i++) {
        *ret_kind = (Tefter__PaymentKind)kinds->values[i].value;
        if (strcmp(payment_kind_word(*ret_kind), word) == 0)
            return true;
    }
    return false;
}

/* What stands behind `mark`, which is cut off there; NULL: there is no such mark. */
static char *cut_behind(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

static bool read_part(struct run *run, const char *text, Tefter__PaidPart *part)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    need(copy != NULL);
    tefter__paid_part__init(part);
    part->reference = cut_behind(copy, '#');
    const char *place = cut_behind(copy, '@');
    const char *amount = cut_behind(copy, ':');
    if (!kind_of(copy, &part->kind)) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": write {form}"), "typed", text, "form",
                      run_word(run, PAID_HELP), NULL);
        return false;
    }
    part->has_amount_minor = amount != NULL;
    if (amount != NULL && !typed_amount(run, amount, &part->amount_minor))
        return false;
    uint64_t found = 0;
    part->has_money_account = cash_place(run, part->kind, place, &found);
    part->money_account = (uint32_t)found;
    return part->has_money_account;
}

bool cash_parts(struct run *run, Tefter__SellPaid *sale)
{
    size_t at = 0;
    sale->payments = arena_take(&run->arena, ARGS_MAX * sizeof(*sale->payments));
    need(sale->payments != NULL);
    const char *text = arg_next(&run->args, "--paid", &at);
    for (bool first = true; text != NULL || first; first = false) {
        Tefter__PaidPart *part = arena_take(&run->arena, sizeof(*part));
        need(part != NULL);
        if (!read_part(run, text != NULL ? text : "cash", part))
            return false;
        sale->payments[sale->n_payments++] = part;
        text = text != NULL ? arg_next(&run->args, "--paid", &at) : NULL;
    }
    return true;
}

bool cash_sale_is_paid(struct run *run, const Tefter__IssueInvoice *invoice)
{
    size_t at = 0;
    if (arg_next(&run->args, "--paid", &at) != NULL)
        return true;
    bool open = arg_flag(&run->args, "--unpaid") || arg_flag(&run->args, "--ask") ||
                invoice->backfill || invoice->has_approval;
    return !open && run_is_cash_customer(run, invoice->has_customer, invoice->customer);
}

static void tell_parts(struct run *run, const Tefter__Done *done)
{
    char amount[CELL_MAX];
    char change[CELL_MAX];
    for (size_t i = 0; i < done->n_payments; i++) {
        const Tefter__PaidDone *part = done->payments[i];
        (void)money_sentence(part->amount_minor, run_currency(run), amount, sizeof(amount));
        bool gives = part->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && done->change_minor > 0;
        (void)money_sentence(part->amount_minor + done->change_minor, run_currency(run), change,
                             sizeof(change));
        run_tell(run, N_("{number} {kind} {amount}| of {given} handed over"), "number",
                 part->number, "kind",
                 enum_said(run, &tefter__payment_kind__descriptor, (int)part->kind, CELL), "amount",
                 amount, "given", gives ? change : NULL, NULL);
    }
    if (done->has_rounding_minor && done->rounding_minor != 0) {
        int64_t by = done->rounding_minor;
        (void)money_sentence(by < 0 ? -by : by, run_currency(run), amount, sizeof(amount));
        run_tell(run, by < 0 ? N_("Rounded up by {amount}.") : N_("Rounded down by {amount}."),
                 "amount", amount, NULL);
    }
    (void)money_sentence(done->change_minor, run_currency(run), change, sizeof(change));
    run_tell(run, N_("Change {amount}."), "amount", change, NULL);
}

int cash_sell(struct run *run, Tefter__IssueInvoice *invoice)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SellPaid sale = TEFTER__SELL_PAID__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_SELL_PAID;
    command.sell_paid = &sale;
    sale.invoice = invoice;
    if (!cash_parts(run, &sale))
        return run->exit_code;
    const Tefter__Done *done = run_call(run, &command);
    if (done == NULL)
        return run->exit_code;
    bool whole = done->matched_minor == done->total_minor;
    run_tell_done(
        run, done,
        whole
            ? N_("{number}| {total$}|, paid|, taken {pin}|.|")
            : N_("{number}| {total$}|, paid {paid$}|, the rest due {due}|, taken {pin}|.| {owes}|, "
                 "{available}|."));
    if (run->json)
        run_json(run, &done->base);
    else
        tell_parts(run, done);
    return EXIT_DONE;
}

/* ---- the company's rules for cash ---- */

static const struct param policy_set[] = {
    OPTION("--unit", AMOUNT, "unit_minor", "cash is rounded to this: 0.05 or 1000; 0: it is not"),
    OPTION("--round-off", AMOUNT, "round_off_minor",
           "money that is short of the bills by no more than this may settle them; 0: none"),
    OPTION("--round-off-day", AMOUNT, "round_off_day_minor",
           "so much of that in a day, of one person"),
    OPTION("--refund-alone", AMOUNT, "refund_alone_minor",
           "so much in a day is paid out by one person alone"),
    OPTION("--refund-any", FLAG, "refund_any", "any sum is paid out by one person alone"),
    OPTION("--own-confirm", AMOUNT, "own_confirm_minor",
           "so much of the money they booked themselves one person confirms in a day"),
    OPTION("--own-confirm-any", FLAG, "own_confirm_any",
           "one person confirms any sum of their own: where one does all"),
    END,
};

static void policy_line(struct run *run, const char *label, bool bound, int64_t amount_minor,
                        const char *otherwise)
{
    enum { COLUMNS = 23 };
    tell(stdout, "%-*s %s\n", (int)COLUMNS, run_word(run, label),
         bound ? money_text(run, amount_minor, CELL) : run_word(run, otherwise));
}

static int policy_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_cash_policy");
    if (command == NULL)
        return run->exit_code;
    Tefter__SetCashPolicy *policy = command->set_cash_policy;
    bool sets = policy->has_unit_minor || policy->has_round_off_minor ||
                policy->has_round_off_day_minor || policy->has_refund_alone_minor ||
                policy->has_refund_any || policy->has_own_confirm_minor ||
                policy->has_own_confirm_any;
    if (sets)
        return run_submit(run, command, N_("The rules for cash are set."));
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView view = TEFTER__COMPANY_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &view;
    const Tefter__Answer *answer = run_ask(run, &query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__CompanyAnswer *company = answer->company;
    if (run->json) {
        run_json(run, &company->base);
        return EXIT_DONE;
    }
    policy_line(run, N_("cash is rounded to"), company->cash_unit_minor > 1,
                company->cash_unit_minor, N_("nothing: it is not"));
    policy_line(run, N_("may be rounded off"), company->round_off_minor > 0,
                company->round_off_minor, N_("nothing"));
    policy_line(run, N_("  of a person in a day"), company->has_round_off_day_minor,
                company->round_off_day_minor, N_("no bound"));
    policy_line(run, N_("one person refunds"), company->has_refund_alone_minor,
                company->refund_alone_minor, N_("any sum"));
    policy_line(run, N_("  confirms of their own"),
                !company->own_confirm_any && company->own_confirm_minor > 0,
                company->own_confirm_minor,
                company->own_confirm_any ? N_("any sum") : N_("nothing"));
    return EXIT_DONE;
}

/* ---- refunds ---- */

static const struct param refund_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER; \"cash\" with --of"),
    {PARAM("AMOUNT", AMOUNT, "amount_minor", "what is paid out (default: all that is free)"),
     .optional = true},
    OPTION("--cash", TEXT, NULL, "from this till (default: the branch's only till)"),
    OPTION("--transfer", TEXT, NULL, "from this bank account"),
    OPTIONS("--of", DOCUMENT, "credits", "this payment or credit note (default: the oldest first)"),
    NEEDED("--reason", TEXT, "reason", "why; kept in the history"),
    OPTION("--payee", TEXT, "payee", "who gets it, if not the customer"),
    OPTION("--reference", TEXT, "reference", "the bank's reference"),
    OPTION("--date", DATE, "date", "its date (default: the branch's business date)"),
    END,
};

static int refund_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "refund_money");
    if (command == NULL)
        return run->exit_code;
    const char *bank = arg_text(&run->args, "--transfer");
    const char *till = arg_text(&run->args, "--cash");
    Tefter__RefundMoney *refund = command->refund_money;
    uint64_t place = 0;
    if (bank != NULL && till != NULL)
        return run_say(run, EXIT_USE, N_("one of --cash and --transfer, not two"), NULL);
    refund->kind =
        bank != NULL ? TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER : TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    if (!cash_place(run, refund->kind, bank != NULL ? bank : till, &place))
        return run->exit_code;
    refund->money_account = (uint32_t)place;
    return run_submit(run, command, N_("{number}| {taken$}| paid out.|| {owes}|, {available}|."));
}

/* ---- money between accounts ---- */

static const struct param move_params[] = {
    OPERAND("FROM", PLACE, "from", "till, card device or bank account"),
    OPERAND("TO", PLACE, "to", "till or bank account"),
    OPERAND("AMOUNT", AMOUNT, "amount_minor", "what leaves"),
    OPTION("--fee", AMOUNT, "fee_minor", "of that, what the bank keeps"),
    OPTION("--arrived", FLAG, "arrived", "the bank has it already"),
    OPTION("--reference", TEXT, "reference",
           "number of the paying-in slip, or the bank's reference"),
    OPTION("--note", TEXT, "note", "a note on it"),
    OPTION("--date", DATE, "date", "its date (default: the branch's business date)"),
    END,
};

static const struct param arrived_params[] = {
    OPERAND("MOVE", DOCUMENT, "move", "its number"),
    END,
};

static const struct column money_columns[] = {
    {N_("N"), "money_account", COLUMN_NUMBER},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("BRANCH"), "branch", COLUMN_BRANCH},
    {N_("HOLDS"), "holds_minor", COLUMN_MONEY},
    {N_("ON ITS WAY"), "coming_minor", COLUMN_MONEY},
    {N_("OPEN SINCE"), "open_since", COLUMN_DATE},
    {N_("RETIRED"), "retired", COLUMN_FLAG},
    END_COLUMNS,
};

static const struct param day_params[] = {
    OPTION("--date", DATE, "date", "that day (default: the branch's business date)"),
    OPTION("--branch", BRANCH, "branch", "only of this branch"),
    END,
};

static const struct column day_columns[] = {
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("PAYMENTS"), "taken", COLUMN_NUMBER},
    {N_("TAKEN"), "taken_minor", COLUMN_MONEY},
    {N_("REVERSED"), "reversed_minor", COLUMN_MONEY},
    {N_("REFUNDED"), "refunded_minor", COLUMN_MONEY},
    {N_("money::IN"), "in_minor", COLUMN_MONEY},
    {N_("money::OUT"), "out_minor", COLUMN_MONEY},
    {N_("RECEIVED"), "received_minor", COLUMN_MONEY},
    {N_("SENT"), "sent_minor", COLUMN_MONEY},
    END_COLUMNS,
};

/* ---- days of a till ---- */

#define TILL_OPERAND OPERAND("TILL", PLACE, "money_account", "name or number")

static const struct param put_params[] = {
    TILL_OPERAND,
    OPERAND("AMOUNT", AMOUNT, "amount_minor", "how much"),
    NEEDED("--reason", TEXT, "reason", "what for; kept in the history"),
    END,
};

static const struct param open_params[] = {
    TILL_OPERAND,
    OPERAND("FLOAT", AMOUNT, "float_minor", "what lies in it, counted"),
    OPTION("--reason", TEXT, "reason", "why that is not what the books say"),
    END,
};

static const struct param count_params[] = {
    TILL_OPERAND,
    OPERAND("COUNTED", AMOUNT, "counted_minor", "what lies in it, counted"),
    OPTION("--again", FLAG, NULL, "it was counted before: count it once more"),
    END,
};

static const struct param close_params[] = {
    TILL_OPERAND,
    OPTION("--reason", TEXT, "reason", "why the count is not what the books say"),
    OPTION("--to-bank", AMOUNT, "to_bank_minor", "of what was counted, what goes to the bank now"),
    OPTION("--bank", PLACE, "bank_account",
           "the bank account it goes to (default: the only one there is)"),
    END,
};

static const struct param slip_params[] = {
    TILL_OPERAND,
    OPTION("--day", NUMBER, "day", "the till's day of this number (default: the newest)"),
    END,
};

static const struct param days_params[] = {TILL_OPERAND, END};

static const struct column days_columns[] = {
    {N_("DAY"), "day", COLUMN_NUMBER},
    {N_("OPENED"), "opened_date", COLUMN_DATE},
    {N_("BY"), "opened_by.staff", COLUMN_STAFF},
    {N_("FLOAT"), "float_minor", COLUMN_MONEY},
    {N_("DIFFERENCE"), "opening_difference_minor", COLUMN_MONEY},
    {N_("REASON"), "opening_reason", COLUMN_TEXT},
    {N_("CLOSED"), "closed_date", COLUMN_DATE},
    {N_("BY"), "closed_by.staff", COLUMN_STAFF},
    {N_("DIFFERENCE"), "difference_minor", COLUMN_MONEY},
    {N_("REASON"), "reason", COLUMN_TEXT},
    END_COLUMNS,
};

static const Tefter__TillDayAnswer *ask_day(struct run *run, uint32_t till)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TillDay day = TEFTER__TILL_DAY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TILL_DAY;
    query.till_day = &day;
    day.money_account = till;
    const Tefter__Answer *answer = run_look(run, &query);
    return answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_TILL_DAY ? answer->till_day
                                                                                : NULL;
}

static int count_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "count_till");
    if (command == NULL)
        return run->exit_code;
    if (arg_flag(&run->args, "--again")) {
        const Tefter__TillDayAnswer *day = ask_day(run, command->count_till->money_account);
        command->count_till->has_counts = day != NULL;
        command->count_till->counts = day != NULL ? (uint32_t)day->day->n_counts : 0;
    }
    return run_submit(
        run, command,
        N_("Counted {total$}|; by the books {expected$}|.|| That is {more$} too much.|| "
           "That is {less$} too little.| Close it: tefter till close {=TILL}"));
}

static int close_run(struct run *run)
{
    uint64_t bank = 0;
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "close_till");
    if (command == NULL)
        return run->exit_code;
    Tefter__CloseTill *wanted = command->close_till;
    if (wanted->has_bank_account && !wanted->has_to_bank_minor)
        return run_say(run, EXIT_USE, N_("--bank goes with --to-bank AMOUNT"), NULL);
    if (wanted->has_to_bank_minor && !wanted->has_bank_account) {
        if (!only_place(run, TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT, &bank))
            return run->exit_code;
        wanted->has_bank_account = true;
        wanted->bank_account = (uint32_t)bank;
    }
    return run_submit(
        run, command,
        N_("{TILL} is closed with {total$}|.|| Too much: {more$}, noted as {number}.|| Too "
           "little: {less$}, noted as {number}.|| On its way to the bank: {banked}; when it is "
           "there: tefter money arrived {banked}|"));
}

static void slip_line(struct run *run, const char *title, bool known, int64_t amount_minor)
{
    char amount[CELL_MAX];
    if (known)
        tell(stdout, "  %-22s %16s\n", run_word(run, title), money_text(run, amount_minor, amount));
}

/* What went out is written with a minus. */
static int64_t less(int64_t amount_minor)
{
    return amount_minor == INT64_MIN ? INT64_MAX : -amount_minor;
}

static void slip_moved(struct run *run, const Tefter__MoneyDayRecord *moved)
{
    slip_line(run, N_("taken"), moved->has_taken_minor, moved->taken_minor);
    slip_line(run, N_("refunded"), moved->has_refunded_minor, less(moved->refunded_minor));
    slip_line(run, N_("money::reversed"), moved->has_reversed_minor, moved->reversed_minor);
    slip_line(run, N_("put in"), moved->has_in_minor, moved->in_minor);
    slip_line(run, N_("taken out"), moved->has_out_minor, less(moved->out_minor));
    slip_line(run, N_("from other accounts"), moved->has_received_minor, moved->received_minor);
    slip_line(run, N_("to other accounts"), moved->has_sent_minor, less(moved->sent_minor));
}

/* `what` has a {login} and a {time}. */
static void slip_who(struct run *run, const char *what, const Tefter__Actor *who, int64_t at_ms)
{
    char at[CELL_MAX];
    const char *login = who != NULL ? staff_login(run, who->staff) : "-";
    run_tell(run, what, "login", login, "time", time_text(run, at_ms, at), NULL);
}

static void slip_because(const struct run *run, const Tefter__Text *reason)
{
    run_tell(run, N_("  because: {reason}"), "reason", text_of(reason), NULL);
}

static void slip_counts(struct run *run, const Tefter__TillDayRecord *day)
{
    char counted[CELL_MAX];
    char expected[CELL_MAX];
    for (size_t i = 0; i < day->n_counts; i++) {
        const Tefter__TillCount *count = day->counts[i];
        slip_who(run, N_("Counted by {login}, {time}"), count->actor, count->at_ms);
        run_tell(run, N_("  {counted}, by the books {expected}"), "counted",
                 money_text(run, count->counted_minor, counted), "expected",
                 money_text(run, count->expected_minor, expected), NULL);
    }
}

static void slip_devices(struct run *run, const Tefter__TillDayAnswer *answer)
{
    char amount[CELL_MAX];
    for (size_t i = 0; i < answer->n_devices; i++) {
        const Tefter__MoneyDayRecord *device = answer->devices[i];
        run_tell(run,
                 words_many(run->language,
                            MANY_("Card device {device}: {count} payment, {amount}|, reversed "
                                  "{reversed}",
                                  "Card device {device}: {count} payments, {amount}|, reversed "
                                  "{reversed}"),
                            device->taken),
                 "device",
                 device->name != NULL ? device->name : place_name(run, device->money_account),
                 "count", NUMBER(device->taken), "amount",
                 money_text(run, device->taken_minor, amount), "reversed",
                 device->reversed_minor != 0 ? money_text(run, device->reversed_minor, CELL) : NULL,
                 NULL);
    }
}

static int slip_run(struct run *run)
{
    char amount[CELL_MAX];
    Tefter__Query *query = (Tefter__Query *)run_build(run, &tefter__query__descriptor, "till_day");
    const Tefter__Answer *answer = query == NULL ? NULL : run_ask(run, query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__TillDayRecord *day = answer->till_day->day;
    if (run->json) {
        run_json(run, &answer->till_day->base);
        return EXIT_DONE;
    }
    run_tell(run, N_("{till}, day {day}"), "till", place_name(run, day->money_account), "day",
             NUMBER(day->day), NULL);
    slip_who(run, N_("Opened by {login}, {time}"), day->opened_by, day->opened_ms);
    slip_line(run, N_("float"), true, day->float_minor);
    slip_line(run, N_("opening difference"), day->has_opening_difference_minor,
              day->opening_difference_minor);
    if (day->opening_reason != NULL) {
        if (!day->has_opening_difference_minor)
            tell(stdout, "  %-22s %s\n", run_word(run, N_("opening difference")),
                 run_word(run, N_("shown once the till is counted")));
        slip_because(run, day->opening_reason);
    }
    if (day->moved != NULL)
        slip_moved(run, day->moved);
    slip_line(run, N_("by the books"), answer->till_day->has_expected_minor,
              answer->till_day->expected_minor);
    slip_counts(run, day);
    if (day->has_closed_date) {
        slip_who(run, N_("Closed by {login}, {time}"), day->closed_by, day->closed_ms);
        slip_line(run, N_("difference"), true, day->difference_minor);
        if (day->reason != NULL)
            slip_because(run, day->reason);
        slip_line(run, N_("to the bank"), day->has_banked_minor, day->banked_minor);
    } else {
        run_tell(run, N_("Not closed: open since {date}."), "date",
                 date_text(day->opened_date, amount), NULL);
    }
    slip_devices(run, answer->till_day);
    return EXIT_DONE;
}

const struct verb cash_verbs[] = {
    {.entity = "cash",
     .verb = "policy",
     .summary = "show or set how cash is rounded, what may be rounded off, who may refund",
     .params = policy_set,
     .command = "set_cash_policy",
     .run = policy_run},
    {.entity = "refund",
     .summary = "pay out money or credit that is not matched",
     .params = refund_params,
     .run = refund_run,
     .more = "tefter refund C-000123 50 --reason \"paid twice\"\n"
             "tefter refund cash --of TD-CN-00007 --reason \"brought back\""},
    {.entity = "money",
     .verb = "list",
     .summary = "list tills, card devices and bank accounts, and what lies in each",
     .query = "money_accounts",
     .rows = "money_accounts",
     .columns = money_columns},
    {.entity = "money",
     .verb = "move",
     .summary = "move money: to the bank, between tills, from a card device to its bank account",
     .params = move_params,
     .command = "move_money",
     .done =
         N_("{number}| {total$}| moved| from {FROM} to {TO}|.|{way} It is on its way; when it is "
            "there: tefter money arrived {number}|"),
     .more = "tefter money move \"drawer 1\" Main 500 --reference 8841\n"
             "tefter money move \"POS 1\" Main 1,000 --fee 12.50"},
    {.entity = "money",
     .verb = "arrived",
     .summary = "say that money that was on its way is there",
     .params = arrived_params,
     .command = "confirm_move",
     .done = N_("{number}| {total$}| arrived.|")},
    {.entity = "money",
     .verb = "day",
     .summary = "show what went through each card device and till in a day",
     .params = day_params,
     .query = "money_days",
     .rows = "days",
     .columns = day_columns,
     .paged = true},
    {.entity = "till",
     .verb = "in",
     .summary = "put cash into a till that is no sale: a float, change",
     .params = put_params,
     .command = "put_cash",
     .done = N_("{number}| {total$} put into {TILL}|.")},
    {.entity = "till",
     .verb = "out",
     .summary = "take cash out of a till, for something that is paid with it",
     .params = put_params,
     .command = "put_cash",
     .fixed = "out=true",
     .done = N_("{number}| {total$} taken out of {TILL}|.")},
    {.entity = "till",
     .verb = "open",
     .summary = "open a till's day with what lies in it",
     .params = open_params,
     .command = "open_till",
     .done = N_("{TILL} is open.|| {more$} more than the books said, noted as {number}.||"
                " {less$} less than the books said, noted as {number}.||")},
    {.entity = "till",
     .verb = "count",
     .summary = "count a till before it is closed; what should be there is told after",
     .params = count_params,
     .run = count_run},
    {.entity = "till",
     .verb = "close",
     .summary = "close a till's day",
     .params = close_params,
     .run = close_run,
     .more = "tefter till close \"drawer 1\" --to-bank 1,200 --bank Main"},
    {.entity = "till",
     .verb = "slip",
     .summary = "show a till's day: what came, what went, what was counted, cards by device",
     .params = slip_params,
     .run = slip_run},
    {.entity = "till",
     .verb = "days",
     .summary = "list a till's days, newest first",
     .params = days_params,
     .query = "till_days",
     .rows = "days",
     .columns = days_columns,
     .empty = N_("This till has no days yet: tefter till open TILL AMOUNT"),
     .paged = true},
    END_VERBS,
};

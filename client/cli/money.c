/* Money: receipts, confirming, matching, taking back. */
#include "base/tell.h"
#include "cli/cash.h"
#include "wire/message.h"

#include <inttypes.h>
#include <string.h>

/* ---- pay ---- */

static const struct param pay_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("AMOUNT", AMOUNT, "amount_minor", "what was paid: 1,234.50, 1500k, 2m"),
    OPTION("--cash", TEXT, NULL, "cash, into this till (default: the branch's only till)"),
    OPTION("--pos", TEXT, NULL, "card, by this card device"),
    OPTION("--transfer", TEXT, NULL, "bank transfer, to this bank account"),
    OPTION("--slip", TEXT, NULL, "bank slip for this bank account; it counts when confirmed"),
    OPTION(
        "--reference", TEXT, "reference",
        "number of the slip, or the bank's or provider's reference; a slip, a transfer and a card "
        "need it"),
    OPTION("--payer", TEXT, "payer", "who paid, if not the customer; a slip needs it"),
    OPTION("--oldest", FLAG, NULL, "match with the oldest due bills (the default)"),
    OPTIONS("--bill", TEXT, NULL, "match with this bill: NUMBER or NUMBER=AMOUNT"),
    OPTION("--unmatched", FLAG, NULL, "match later"),
    OPTION("--round-off", FLAG, "round_off",
           "the bills are settled: what is short is rounded off, as far as the company lets it be"),
    OPTION("--number", TEXT, "number", "receipt number (default: the next of the branch's series)"),
    OPTION("--date", DATE, "date", "value date (default: the branch's business date)"),
    OPTION("--note", TEXT, "note", "a note on the payment"),
    OPTION("--backfill", FLAG, "backfill", "it was taken while offline"),
    END,
};

/* The option of a kind of payment is its word; what it says is where the money went. NULL: none was
 * said, cash into the only till. */
static const char *way_said(struct run *run, Tefter__PaymentKind *ret_kind, bool *ret_good)
{
    const ProtobufCEnumDescriptor *kinds = &tefter__payment_kind__descriptor;
    const char *said = NULL;
    *ret_good = true;
    *ret_kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    for (unsigned i = 0; i < kinds->n_values; i++) {
        char option[32];
        Tefter__PaymentKind kind = (Tefter__PaymentKind)kinds->values[i].value;
        (void)snprintf(option, sizeof(option), "--%s", payment_kind_word(kind));
        const char *place = arg_text(&run->args, option);
        if (place == NULL)
            continue;
        *ret_good = *ret_good && said == NULL;
        *ret_kind = kind;
        said = place;
    }
    if (!*ret_good)
        (void)run_say(run, EXIT_USE, N_("one of --cash, --pos, --transfer and --slip, not two"),
                      NULL);
    return said;
}

static bool fill_place(struct run *run, Tefter__TakePayment *payment)
{
    bool good = false;
    uint64_t place = 0;
    const char *said = way_said(run, &payment->kind, &good);
    if (!good)
        return false;
    good = cash_place(run, payment->kind, said, &place);
    payment->has_money_account = good;
    payment->money_account = (uint32_t)place;
    return good;
}

static bool read_bill(struct run *run, const char *text, Tefter__BillAmount *bill)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    need(copy != NULL);
    tefter__bill_amount__init(bill);
    char *equals = strrchr(copy, '=');
    bill->bill_number = copy;
    if (equals == NULL)
        return true;
    *equals = '\0';
    bill->has_amount_minor = true;
    return typed_amount(run, equals + 1, &bill->amount_minor);
}

static bool fill_bills(struct run *run, Tefter__TakePayment *payment)
{
    size_t at = 0;
    payment->bills = arena_take(&run->arena, ARGS_MAX * sizeof(*payment->bills));
    need(payment->bills != NULL);
    for (const char *text = arg_next(&run->args, "--bill", &at); text != NULL;
         text = arg_next(&run->args, "--bill", &at)) {
        Tefter__BillAmount *bill = arena_take(&run->arena, sizeof(*bill));
        need(bill != NULL);
        if (!read_bill(run, text, bill))
            return false;
        payment->bills[payment->n_bills++] = bill;
    }
    bool unmatched = arg_flag(&run->args, "--unmatched");
    if ((payment->n_bills > 0) + unmatched + arg_flag(&run->args, "--oldest") > 1) {
        (void)run_say(run, EXIT_USE, N_("one of --oldest, --bill and --unmatched, not two"), NULL);
        return false;
    }
    payment->has_match = payment->n_bills == 0 && !unmatched;
    payment->match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    return true;
}

static int pay_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "take_payment");
    if (command == NULL || !fill_place(run, command->take_payment) ||
        !fill_bills(run, command->take_payment))
        return run->exit_code;
    return run_submit(
        run, command,
        N_("{number}| {taken$}| taken.|{way} It waits to be confirmed.|| Rounded off "
           "{rounded$}.|| Rounded up {up$}.|| Matched {matched$}.|| {owes}|, {available}|."));
}

/* ---- confirm, reverse ---- */

static const struct param confirm_params[] = {
    OPERAND("PAYMENT", DOCUMENT, "payment", "number of the receipt for the slip or transfer"),
    OPTION("--never-came", FLAG, NULL, "the bank does not have it: reverse it"),
    OPTION("--date", DATE, "date", "when the bank had it (default: the branch's business date)"),
    OPTION("--reason", TEXT, "reason", "why; kept in the history; --never-came needs it"),
    END,
};

static int confirm_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "confirm_payment");
    if (command == NULL)
        return run->exit_code;
    bool came = !arg_flag(&run->args, "--never-came");
    command->confirm_payment->confirmed = came;
    return run_submit(run, command,
                      came ? N_("{PAYMENT} is confirmed.| {owes}|, {available}|.")
                           : N_("{PAYMENT} is reversed| by {reversal}|.| {owes}|, {available}|."));
}

static const struct param reverse_params[] = {
    OPERAND("NUMBER", DOCUMENT, "document", "number of an invoice, payment or credit note"),
    OPTION("--reason", TEXT, "reason",
           "why; kept in the history; needed but for your own bill of today"),
    END,
};

static const Tefter__DocumentRecord *document_of(struct run *run, uint64_t id)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = id;
    const Tefter__Answer *answer = run_look(run, &query);
    return answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT
               ? answer->document->document
               : NULL;
}

static int reverse_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "reverse_document");
    const Tefter__Done *done = command == NULL ? NULL : run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    const Tefter__DocumentRecord *document = done->has_id ? document_of(run, done->id) : NULL;
    bool move = document != NULL && document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
    Tefter__Done shown = *done;
    if (document != NULL && document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        shown.discount_minor = shown.rounding_minor = 0; /* that went with its bill before */
    run_tell_done(run, &shown,
                  move ? N_("{NUMBER} is reversed| by {reversal}|.")
                       : N_("{NUMBER} is reversed| by {reversal}|.| What was rounded off goes with "
                            "it: {rounded$}.|| {owes}|, {available}|."));
    if (move && !run->json)
        document_tell_way(run, document, true);
    return EXIT_DONE;
}

/* ---- match ---- */

static const struct param match_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    SOME("PART", TEXT, NULL,
         "BILL=MONEY or BILL=MONEY:AMOUNT, by number (default: oldest due first)"),
    OPTIONS("--with", DOCUMENT, "credits", "use only this payment or credit note"),
    OPTION("--date", DATE, "date", "date of the match (default: the branch's business date)"),
    OPTION("--preview", FLAG, NULL, "only show what would be matched"),
    END,
};

static bool read_part(struct run *run, const char *text, Tefter__MatchPart *part)
{
    char *copy = arena_text(&run->arena, text, strlen(text));
    char *equals = copy == NULL ? NULL : strchr(copy, '=');
    tefter__match_part__init(part);
    if (equals == NULL) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": write {form}"), "typed", text, "form",
                      N_("BILL=MONEY or BILL=MONEY:AMOUNT"), NULL);
        return false;
    }
    *equals = '\0';
    char *colon = strrchr(equals + 1, ':');
    if (colon != NULL)
        *colon = '\0';
    part->has_amount_minor = colon != NULL;
    return typed_id(run, VALUE_DOCUMENT, copy, &part->debit) &&
           typed_id(run, VALUE_DOCUMENT, equals + 1, &part->credit) &&
           (colon == NULL || typed_amount(run, colon + 1, &part->amount_minor));
}

static bool fill_parts(struct run *run, Tefter__MatchItems *match)
{
    size_t at = 0;
    match->parts = arena_take(&run->arena, ARGS_MAX * sizeof(*match->parts));
    need(match->parts != NULL);
    for (const char *text = arg_next(&run->args, "PART", &at); text != NULL;
         text = arg_next(&run->args, "PART", &at)) {
        Tefter__MatchPart *part = arena_take(&run->arena, sizeof(*part));
        need(part != NULL);
        if (!read_part(run, text, part))
            return false;
        match->parts[match->n_parts++] = part;
    }
    match->has_order = true;
    match->order = match->n_parts == 0 ? TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE
                                       : TEFTER__MATCH_ORDER__MATCH_PARTS_ONLY;
    return true;
}

static const struct column preview_columns[] = {
    {N_("BILL"), "number", COLUMN_TEXT},
    {N_("DUE"), "due", COLUMN_DATE},
    {N_("MATCHED"), "amount_minor", COLUMN_MONEY},
    {N_("LEFT"), "left_minor", COLUMN_MONEY},
    END_COLUMNS,
};

static int tell_preview(struct run *run, const Tefter__PreviewMatchAnswer *preview)
{
    char matched[CELL_MAX];
    char rest[CELL_MAX];
    if (run->json) {
        run_json(run, &preview->base);
        return preview->refusal == NULL ? EXIT_DONE : refusal_exit(preview->refusal->code);
    }
    if (preview->refusal != NULL)
        return run_refused(run, preview->refusal);
    table_rows(run, preview_columns, (ProtobufCMessage *const *)preview->parts, preview->n_parts);
    run_tell(run, N_("matched {matched}, left of the money {rest}"), "matched",
             money_text(run, preview->matched_minor, matched), "rest",
             money_text(run, preview->rest_minor, rest), NULL);
    return EXIT_DONE;
}

static int preview_run(struct run *run, Tefter__MatchItems *match)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__PreviewMatch preview = TEFTER__PREVIEW_MATCH__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PREVIEW_MATCH;
    query.preview_match = &preview;
    preview.match = match;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? run->exit_code : tell_preview(run, answer->preview_match);
}

static int match_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "match_items");
    if (command == NULL || !fill_parts(run, command->match_items))
        return run->exit_code;
    if (arg_flag(&run->args, "--preview"))
        return preview_run(run, command->match_items);
    return run_submit(run, command,
                      N_("Matched| {matched$}|| (match {match})|.| {owes}|, {available}|."));
}

static const struct param unmatch_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("MATCH", NUMBER, "match", "its number; tefter document show lists it"),
    OPTION("--reason", TEXT, "reason", "why; kept in the history"),
    END,
};

static const struct column unmatched_columns[] = {
    {N_("CUSTOMER"), "code", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("OPEN"), "open_minor", COLUMN_MONEY},
    {N_("FINAL"), "final", COLUMN_FLAG},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("RECORDED"), "recorded_ms", COLUMN_TIME},
    {N_("PAID"), "payment_kind", COLUMN_ENUM},
    {N_("INTO"), "money_account", COLUMN_PLACE},
    {N_("PAYER"), "payer", COLUMN_TEXT},
    END_COLUMNS,
};

static const struct param unmatched_params[] = {
    OPTIONS("--group", GROUP, "groups",
            "only of customers in this group; repeated: in all of them"),
    END,
};

const struct verb money_verbs[] = {
    {.entity = "pay",
     .summary = "take a payment and match it with the oldest due bills",
     .params = pay_params,
     .run = pay_run,
     .more = "tefter pay C-000123 50m --cash \"drawer 1\"\n"
             "tefter pay C-000123 1,250.00 --transfer Main --reference E2E-1 --bill TD-17=900"},
    {.entity = "confirm",
     .summary = "confirm that a bank slip reached the bank, or never did",
     .params = confirm_params,
     .run = confirm_run},
    {.entity = "match",
     .summary = "match money with bills, oldest due first or part by part",
     .params = match_params,
     .run = match_run},
    {.entity = "unmatch",
     .summary = "undo a match",
     .params = unmatch_params,
     .command = "undo_match",
     .done = N_("Match {MATCH} is undone.| {owes}|, {available}|.")},
    {.entity = "unmatched",
     .summary = "list money not yet matched, oldest first",
     .params = unmatched_params,
     .query = "unmatched_money",
     .rows = "rows",
     .columns = unmatched_columns,
     .paged = true,
     .empty = N_("All money is matched.")},
    {.entity = "reverse",
     .summary = "reverse a whole document",
     .params = reverse_params,
     .command = "reverse_document",
     .run = reverse_run},
    END_VERBS,
};

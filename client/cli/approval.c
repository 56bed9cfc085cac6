/* Approvals: asking for one, deciding it, and selling what is parked with it. */
#include "base/tell.h"
#include "cli/cli.h"
#include "cli/sale.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- one line of it ---- */

static const char *name_of(const struct run *run, const Tefter__ApprovalRow *row,
                           char out[CELL_MAX])
{
    if (row->customer_code == NULL)
        (void)words_say(out, CELL_MAX, run->language, N_("customer #{number}"), "number",
                        NUMBER(row->customer), NULL);
    else
        (void)snprintf(out, CELL_MAX, "%.40s %.200s", row->customer_code,
                       text_of(row->customer_name));
    return out;
}

/* NULL: it is not known. */
static const char *money_if(const struct run *run, bool known, int64_t amount_minor,
                            char out[CELL_MAX])
{
    return known ? money_text(run, amount_minor, out) : NULL;
}

/* How much was granted, when it is less than was asked for. */
static const char *less_granted(const struct run *run, const Tefter__ApprovalRow *row,
                                char out[CELL_MAX])
{
    return money_if(run, row->has_approved_minor && row->approved_minor < row->amount_minor,
                    row->approved_minor, out);
}

void approval_tell(struct run *run, const Tefter__ApprovalRow *row)
{
    char state[LINE_MAX_BYTES];
    char sale[LINE_MAX_BYTES];
    char asked[LINE_MAX_BYTES];
    (void)run_sentence(run, state,
                       N_("approval {approval} {state}|, up to {most} only| by {who}|: {reason}|: "
                          "it became {number}"),
                       "approval", NUMBER(row->approval), "state",
                       enum_said(run, &tefter__approval_state__descriptor, (int)row->state, CELL),
                       "most", less_granted(run, row, CELL), "who",
                       if_any(row->used_by != NULL ? row->used_by : row->decided_login), "reason",
                       if_any(text_of(row->reason)), "number", if_any(row->number), NULL);
    (void)run_sentence(run, sale, N_("{customer}, {amount}|, over by {over}|: {goods}"), "customer",
                       name_of(run, row, CELL), "amount", money_text(run, row->amount_minor, CELL),
                       "over", money_if(run, row->has_over_by_minor, row->over_by_minor, CELL),
                       "goods", if_any(row->goods), NULL);
    tell(stdout, "%s  %s", state, sale);
    if (row->state != TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        return;
    tell(stdout, "  %s",
         run_sentence(
             run, asked,
             N_("|owes {owed}|, available {available}|  asked by {login}| at {branch}|: "
                "{note}|, until {time}"),
             "owed", money_if(run, row->has_balance_minor, row->balance_minor, CELL), "available",
             money_if(run, row->has_available_minor, row->available_minor, CELL), "login",
             if_any(row->asked_login), "branch", if_any(row->branch_code), "note",
             if_any(text_of(row->note)), "time", time_of_day(run, row->expires_ms, CELL), NULL));
}

/* ---- one, whole ---- */

static const struct param one_params[] = {
    OPERAND("APPROVAL", NUMBER, "approval", "its number"),
    END,
};

/* NULL: told already. */
static const Tefter__ApprovalAnswer *ask_approval(struct run *run)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalView view = TEFTER__APPROVAL_VIEW__INIT;
    char *end = NULL;
    const char *text = arg_text(&run->args, "APPROVAL");
    view.approval = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || view.approval == 0) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\" is no number of an approval"), "typed", text,
                      NULL);
        return NULL;
    }
    query.kind_case = TEFTER__QUERY__KIND_APPROVAL;
    query.approval = &view;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->approval;
}

static void put_asked(struct run *run, const Tefter__ApprovalRow *row)
{
    char a[CELL_MAX];
    char line[LINE_MAX_BYTES];
    struct speech speech = run_speech(run);
    run_tell_fact(run, N_("customer"), name_of(run, row, a));
    run_tell_fact(run, N_("asked"),
                  run_sentence(run, line, N_("{time}| by {login}| at {branch}"), "time",
                               time_text(run, row->asked_ms, a), "login", if_any(row->asked_login),
                               "branch", if_any(row->branch_code), NULL));
    (void)money_sentence(row->amount_minor, run_currency(run), a, sizeof(a));
    run_tell_fact(
        run, N_("card::sale"),
        run_sentence(run, line, N_("{amount}|, over the limit by {over}"), "amount", a, "over",
                     money_if(run, row->has_over_by_minor, row->over_by_minor, CELL), NULL));
    if (row->decision != NULL && decision_sentence(row->decision, &speech, line, sizeof(line)))
        run_tell_fact(run, N_("stopped"), line);
    if (row->has_balance_minor)
        run_tell_fact(
            run, N_("then"),
            run_sentence(run, line, N_("owed {owed}|, available {available}"), "owed",
                         money_text(run, row->balance_minor, CELL), "available",
                         money_if(run, row->has_available_minor, row->available_minor, CELL),
                         NULL));
}

/* What they owe now, and how the sale would stand to it. */
static void put_now(struct run *run, const Tefter__ApprovalAnswer *answer)
{
    char line[LINE_MAX_BYTES];
    const Tefter__AccountRow *account = answer->account;
    if (account == NULL)
        return;
    bool credit = account->balance_minor < 0;
    int64_t balance_minor = credit ? -account->balance_minor : account->balance_minor;
    run_tell_fact(run, N_("now"),
                  run_sentence(run, line,
                               credit ? N_("in credit {balance}, {available}|, {locked}")
                                      : N_("owes {balance}, {available}|, {locked}"),
                               "balance", money_text(run, balance_minor, CELL), "available",
                               available_text(run, account, CELL), "locked",
                               account->locked ? run_word(run, N_("locked")) : NULL, NULL));
}

static void put_decided(struct run *run, const Tefter__ApprovalRow *row)
{
    char line[LINE_MAX_BYTES];
    char word[CELL_MAX];
    if (text_of(row->note)[0] != '\0')
        run_tell_fact(run, N_("note"), text_of(row->note));
    if (row->decided_by != NULL)
        run_tell_fact(
            run, N_("decided"),
            run_sentence(run, line,
                         N_("{state}|, up to {most} only| by {login}|, {time}|: {reason}"), "state",
                         run_word(run, row->has_approved_minor ? N_("granted") : N_("refused")),
                         "most", less_granted(run, row, CELL), "login", if_any(row->decided_login),
                         "time", row->has_decided_ms ? time_text(run, row->decided_ms, word) : NULL,
                         "reason", if_any(text_of(row->reason)), NULL));
    if (row->number != NULL)
        run_tell_fact(
            run, N_("became"),
            run_sentence(run, line, N_("{number}|, sold by {login}|, over the limit by {over}"),
                         "number", row->number, "login", if_any(row->used_by), "over",
                         money_if(run, row->has_used_over_minor, row->used_over_minor, CELL),
                         NULL));
    if (row->goods != NULL) {
        char count[CELL_MAX];
        (void)run_count(run, MANY_("{count} line", "{count} lines"), row->lines, count);
        (void)snprintf(line, sizeof(line), "%s (%s)", row->goods, count);
        run_tell_fact(run, N_("goods"), line);
    }
}

static void put_next(const struct run *run, const Tefter__ApprovalRow *row)
{
    if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING)
        run_tell(run,
                 N_("Grant it: tefter approval grant {approval} [--up-to AMOUNT]; or refuse it: "
                    "tefter approval refuse {approval} --reason TEXT"),
                 "approval", NUMBER(row->approval), NULL);
    if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED && row->has_lines)
        run_tell(run, N_("Sell it, at {branch}: tefter approval sell {approval}"), "branch",
                 row->branch_code == NULL ? run_word(run, N_("its branch")) : row->branch_code,
                 "approval", NUMBER(row->approval), NULL);
}

static int show_run(struct run *run)
{
    const Tefter__ApprovalAnswer *answer = ask_approval(run);
    if (answer == NULL)
        return run->exit_code;
    if (run->json) {
        run_json(run, &answer->base);
        return EXIT_DONE;
    }
    const Tefter__ApprovalRow *row = answer->row;
    bool open = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    run_tell(run, N_("approval {approval}, {state}|, until {time}"), "approval",
             NUMBER(row->approval), "state",
             enum_said(run, &tefter__approval_state__descriptor, (int)row->state, CELL), "time",
             open ? time_text(run, row->expires_ms, CELL) : NULL, NULL);
    put_asked(run, row);
    put_now(run, answer);
    put_decided(run, row);
    document_lines_tell(run, answer->lines, answer->n_lines, answer->charges, answer->n_charges);
    put_next(run, row);
    return EXIT_DONE;
}

/* ---- selling what is parked ---- */

static const struct param sell_params[] = {
    OPERAND("APPROVAL", NUMBER, NULL, "its number"),
    SOME("LINE", TEXT, NULL,
         "only this one of the parked lines, or LINE=QTY of it; lines count from 1"),
    OPTION("--buyer", NUMBER, NULL, "number of the authorised buyer who takes the goods"),
    BUYER_PIN_OPTION,
    OPTION("--what-if", FLAG, NULL, "only show what would happen"),
    END,
};

struct part {
    size_t line; /* from 0 */
    int64_t quantity;
};

static Tefter__InvoiceLine *line_part(struct run *run, const Tefter__InvoiceLine *parked,
                                      int64_t quantity)
{
    Tefter__InvoiceLine *line = arena_take(&run->arena, sizeof(*line));
    need(line != NULL);
    *line = *parked;
    line->quantity = quantity;
    if (parked->has_discount_minor && parked->quantity > 0)
        line->discount_minor =
            (int64_t)(((__int128)parked->discount_minor * quantity + parked->quantity / 2) /
                      parked->quantity);
    if (line->n_serials > (size_t)(quantity / QUANTITY_UNIT))
        line->n_serials = (size_t)(quantity / QUANTITY_UNIT);
    return line;
}

/* The draft with those parts of its lines. */
static Tefter__IssueInvoice *draft_of(struct run *run, const Tefter__IssueInvoice *parked,
                                      const struct part *parts, size_t count)
{
    Tefter__IssueInvoice *draft = arena_take(&run->arena, sizeof(*draft));
    need(draft != NULL);
    *draft = *parked;
    draft->lines = arena_take(&run->arena, (count + 1) * sizeof(*draft->lines));
    need(draft->lines != NULL);
    for (size_t i = 0; i < count; i++)
        draft->lines[i] = line_part(run, parked->lines[parts[i].line], parts[i].quantity);
    draft->n_lines = count;
    return draft;
}

static bool read_part(struct run *run, const char *text, const Tefter__IssueInvoice *parked,
                      struct part *ret_part)
{
    char *end = NULL;
    char why[AMOUNT_WHY_MAX];
    unsigned long number = strtoul(text, &end, 10);
    const char *wrong = NULL;
    if (end == text || (*end != '=' && *end != '\0') || number == 0 || number > parked->n_lines) {
        (void)run_say(run, EXIT_USE,
                      N_("\"{typed}\": write LINE or LINE=QTY, with a line of the parked sale from "
                         "1 to {count}"),
                      "typed", text, "count", NUMBER(parked->n_lines), NULL);
        return false;
    }
    ret_part->line = number - 1;
    ret_part->quantity = parked->lines[number - 1]->quantity;
    if (*end == '=')
        wrong = quantity_read(end + 1, run_currency(run), &ret_part->quantity, why);
    if (wrong != NULL)
        (void)run_say_typed(run, text, run_word(run, wrong));
    return wrong == NULL;
}

/* What was said of it, with its parts; or all, with none. NULL: told already. */
static Tefter__IssueInvoice *said_draft(struct run *run, const Tefter__IssueInvoice *parked,
                                        struct part parts[ARGS_MAX], size_t *ret_count)
{
    size_t at = 0;
    size_t count = 0;
    for (const char *text = arg_next(&run->args, "LINE", &at); text != NULL;
         text = arg_next(&run->args, "LINE", &at)) {
        if (!read_part(run, text, parked, &parts[count++]))
            return NULL;
    }
    *ret_count = count;
    Tefter__IssueInvoice *draft = draft_of(run, parked, parts, count);
    if (count == 0) {
        draft->lines = parked->lines;
        draft->n_lines = parked->n_lines;
    }
    const char *buyer = arg_text(&run->args, "--buyer");
    if (buyer != NULL && !typed_set(run, &draft->base, "buyer", VALUE_NUMBER, buyer))
        return NULL;
    return draft;
}

/* ---- the part that fits ---- */

static bool passes(struct run *run, Tefter__IssueInvoice *draft)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__WhatIf what = TEFTER__WHAT_IF__INIT;
    query.kind_case = TEFTER__QUERY__KIND_WHAT_IF;
    query.what_if = &what;
    what.customer = draft->customer;
    what.draft = draft;
    const Tefter__Answer *answer = run_look(run, &query);
    return answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_WHAT_IF &&
           answer->what_if->refusal == NULL;
}

/* Whole pieces of a line for that much; none of one with serial numbers, which are chosen by hand.
 */
static int64_t pieces_for(const Tefter__DocumentLine *line, int64_t amount_minor)
{
    int64_t whole = line->net_minor + line->tax_minor;
    if (whole <= 0 || line->n_serials > 0 || amount_minor <= 0)
        return 0;
    __int128 quantity = (__int128)line->quantity * amount_minor / whole;
    return (int64_t)(quantity / QUANTITY_UNIT) * QUANTITY_UNIT;
}

/* Lines from the first on, as many as the amount goes for, and a part of the next. */
static size_t fitting(const Tefter__ApprovalAnswer *answer, struct part *parts)
{
    int64_t left = answer->row->approved_minor;
    size_t count = 0;
    for (size_t i = 0; i < answer->n_charges; i++)
        left -= answer->charges[i]->amount_minor + answer->charges[i]->tax_minor;
    for (size_t i = 0; i < answer->n_lines && left > 0; i++) {
        const Tefter__DocumentLine *line = answer->lines[i];
        int64_t whole = line->net_minor + line->tax_minor;
        int64_t quantity = whole <= left ? line->quantity : pieces_for(line, left);
        if (quantity > 0)
            parts[count++] = (struct part){i, quantity};
        left = whole <= left ? left - whole : 0;
    }
    return count;
}

/* It is tried before it is said. */
static void tell_fitting(struct run *run, const Tefter__ApprovalAnswer *answer)
{
    struct part *parts = arena_take(&run->arena, (answer->n_lines + 1) * sizeof(*parts));
    char words[LINE_MAX_BYTES] = "";
    size_t used = 0;
    need(parts != NULL);
    size_t count = fitting(answer, parts);
    if (count == 0 || answer->n_lines != answer->draft->n_lines || run->untrue ||
        !passes(run, draft_of(run, answer->draft, parts, count)))
        return;
    for (size_t i = 0; i < count && used < sizeof(words); i++) {
        char quantity[CELL_MAX];
        bool all = parts[i].quantity == answer->lines[parts[i].line]->quantity;
        used += (size_t)snprintf(words + used, sizeof(words) - used, " %zu%s%s", parts[i].line + 1,
                                 all ? "" : "=",
                                 all ? "" : quantity_text(run, parts[i].quantity, quantity));
    }
    if (used < sizeof(words))
        run_note(run, N_("This part fits: tefter approval sell {approval}{lines}"), "approval",
                 NUMBER(answer->row->approval), "lines", words, NULL);
}

/* ---- what is left ---- */

static int64_t left_of(const Tefter__InvoiceLine *parked, size_t line, const struct part *parts,
                       size_t count)
{
    int64_t left = parked->quantity;
    for (size_t i = 0; i < count; i++)
        left -= parts[i].line == line ? parts[i].quantity : 0;
    return left;
}

/* Of the catalogue and at its price: it is typed as PRODUCT=QTY. */
static bool typed_short(struct run *run, const Tefter__InvoiceLine *parked,
                        const Tefter__DocumentLine *line)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    if (line->code == NULL || parked->has_discount_bp || parked->has_discount_minor ||
        parked->n_serials > 0)
        return false;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    card.code = line->code;
    const Tefter__Answer *answer = run_look(run, &query);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_PRODUCT_CARD)
        return false;
    const Tefter__ProductRecord *product = answer->product_card->product;
    return product->has_price && product->price == line->price;
}

/* An approval is used by one sale: what a part leaves of the goods is asked for anew. */
static void tell_left(struct run *run, const Tefter__ApprovalAnswer *answer,
                      const struct part *parts, size_t count)
{
    char goods[LINE_MAX_BYTES] = "";
    char lines[LINE_MAX_BYTES] = "";
    size_t goods_used = 0;
    size_t lines_used = 0;
    bool all_short = true;
    size_t n_lines = answer->n_lines == answer->draft->n_lines ? answer->n_lines : 0;
    for (size_t i = 0; i < n_lines && goods_used < sizeof(goods) && lines_used < sizeof(lines);
         i++) {
        char quantity[CELL_MAX];
        const Tefter__DocumentLine *line = answer->lines[i];
        int64_t left = left_of(answer->draft->lines[i], i, parts, count);
        if (left <= 0)
            continue;
        (void)quantity_text(run, left, quantity);
        const char *name = line->text != NULL ? line->text : line->code;
        goods_used += (size_t)snprintf(goods + goods_used, sizeof(goods) - goods_used, "%s%s × %s",
                                       goods_used == 0 ? "" : ", ", quantity,
                                       name != NULL ? name : run_word(run, N_("a line")));
        lines_used += (size_t)snprintf(lines + lines_used, sizeof(lines) - lines_used, " %s=%s",
                                       line->code != NULL ? line->code : "", quantity);
        all_short = all_short && typed_short(run, answer->draft->lines[i], line);
    }
    if (goods_used == 0)
        return;
    bool whole = all_short && lines_used < sizeof(lines);
    run_note(run,
             N_("Left of what was parked: {goods}. Approval {approval} is used; for the rest ask "
                "anew: tefter sell {customer}{lines} --ask"),
             "goods", goods, "approval", NUMBER(answer->row->approval), "customer",
             answer->row->customer_code != NULL ? answer->row->customer_code : "CUSTOMER", "lines",
             whole ? lines : " LINE…", NULL);
}

static int sell_run(struct run *run)
{
    const Tefter__ApprovalAnswer *answer = ask_approval(run);
    if (answer == NULL)
        return run->exit_code;
    if (answer->refusal != NULL)
        return run_refused(run, answer->refusal);
    if (answer->draft == NULL)
        return run_say(run, EXIT_USE,
                       N_("Approval {approval} was asked for without goods: tefter sell CUSTOMER "
                          "LINE… --approval {approval}"),
                       "approval", NUMBER(answer->row->approval), NULL);
    struct part *parts = arena_take(&run->arena, ARGS_MAX * sizeof(*parts));
    size_t count = 0;
    need(parts != NULL);
    Tefter__IssueInvoice *draft = said_draft(run, answer->draft, parts, &count);
    if (draft == NULL)
        return run->exit_code;
    if (arg_flag(&run->args, "--what-if"))
        return sale_what_if(run, draft);
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = draft;
    int code = run_submit(run, &command, SALE_DONE);
    if (run->refused == TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS)
        tell_fitting(run, answer);
    if (code == EXIT_DONE && count > 0)
        tell_left(run, answer, parts, count);
    return code;
}

/* ---- asking again ---- */

static const struct param again_params[] = {
    OPERAND("APPROVAL", NUMBER, NULL, "its number"),
    OPTION("--note", TEXT, NULL, "a note for those who decide"),
    END,
};

/* The same goods as they are parked, as the customer stands now. */
static int again_run(struct run *run)
{
    const Tefter__ApprovalAnswer *answer = ask_approval(run);
    if (answer == NULL)
        return run->exit_code;
    if (answer->draft == NULL)
        return run_say(run, EXIT_USE,
                       N_("Nothing is parked with approval {approval} any more. Ask anew: tefter "
                          "sell CUSTOMER LINE… --ask"),
                       "approval", NUMBER(answer->row->approval), NULL);
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval ask = TEFTER__ASK_APPROVAL__INIT;
    Tefter__Text note = TEFTER__TEXT__INIT;
    Tefter__IssueInvoice draft = *answer->draft;
    draft.has_approval = false;
    note.value = (char *)(uintptr_t)arg_text(&run->args, "--note");
    ask.customer = answer->row->customer;
    ask.amount_minor = answer->row->amount_minor;
    ask.note = note.value != NULL ? &note : NULL;
    ask.draft = &draft;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &ask;
    return run_submit(run, &command, APPROVAL_ASKED);
}

/* ---- the verbs ---- */

static const struct param ask_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("AMOUNT", AMOUNT, "amount_minor", "total of the sale"),
    OPTION("--minutes", NUMBER, "minutes", "ask for N minutes, then lapse (default: 15)"),
    OPTION("--note", TEXT, "note", "a note for those who decide"),
    END,
};

static const struct param list_params[] = {
    OPTION("--waiting", FLAG, "waiting_only", "only those that wait for an answer"),
    OPTIONS("--group", GROUP, "groups",
            "only of customers in this group; repeated: in all of them"),
    END,
};

static const struct param grant_params[] = {
    OPERAND("APPROVAL", NUMBER, "approval", "its number"),
    OPTION("--up-to", AMOUNT, "amount_minor", "allow at most this (default: what was asked)"),
    OPTION("--reason", TEXT, "reason", "why; shown at the counter"),
    END,
};

static const struct param refuse_params[] = {
    OPERAND("APPROVAL", NUMBER, "approval", "its number"),
    NEEDED("--reason", TEXT, "reason", "why; shown at the counter"),
    END,
};

static const struct column list_columns[] = {
    {N_("N"), "approval", COLUMN_NUMBER},
    {N_("STATE"), "state", COLUMN_ENUM},
    {N_("CUSTOMER"), "customer", COLUMN_CUSTOMER},
    {N_("AMOUNT"), "amount_minor", COLUMN_MONEY},
    {N_("OWED"), "balance_minor", COLUMN_MONEY},
    {N_("AVAILABLE"), "available_minor", COLUMN_MONEY},
    {N_("OVER BY"), "over_by_minor", COLUMN_MONEY},
    {N_("SOLD OVER BY"), "used_over_minor", COLUMN_MONEY},
    {N_("GRANTED"), "approved_minor", COLUMN_MONEY},
    {N_("ASKED BY"), "asked_by.staff", COLUMN_STAFF},
    {N_("AT"), "asked_by.branch", COLUMN_BRANCH},
    {N_("ASKED"), "asked_ms", COLUMN_TIME},
    {N_("UNTIL"), "expires_ms", COLUMN_TIME},
    {N_("DECIDED BY"), "decided_by.staff", COLUMN_STAFF},
    {N_("DECIDED"), "decided_ms", COLUMN_TIME},
    {N_("BECAME"), "number", COLUMN_TEXT},
    {N_("GOODS"), "goods", COLUMN_TEXT},
    {N_("NOTE"), "note", COLUMN_TEXT},
    {N_("REASON"), "reason", COLUMN_TEXT},
    END_COLUMNS,
};

const struct verb approval_verbs[] = {
    {.entity = "approval",
     .verb = "ask",
     .summary = "ask for a sale of that amount; tefter sell … --ask parks it with its goods",
     .params = ask_params,
     .command = "ask_approval",
     .done = N_("Approval| {id}| is asked for.")},
    {.entity = "approval",
     .verb = "list",
     .summary = "list requests for approval",
     .params = list_params,
     .query = "approvals",
     .rows = "approvals",
     .columns = list_columns,
     .empty = N_("Nothing waits.")},
    {.entity = "approval",
     .verb = "show",
     .summary = "show one with its goods, and how the customer stands",
     .params = one_params,
     .run = show_run},
    {.entity = "approval",
     .verb = "grant",
     .summary = "grant one: for what was asked, of no more than that amount",
     .params = grant_params,
     .command = "decide_approval",
     .fixed = "approved=true",
     .done = N_("Approval {APPROVAL} is granted.")},
    {.entity = "approval",
     .verb = "refuse",
     .summary = "refuse one, with a reason",
     .params = refuse_params,
     .command = "decide_approval",
     .fixed = "approved=false",
     .done = N_("Approval {APPROVAL} is refused.")},
    {.entity = "approval",
     .verb = "sell",
     .summary = "sell what is parked with one that was granted, as it was parked",
     .params = sell_params,
     .run = sell_run,
     .more = "tefter approval sell 3         all of it\n"
             "tefter approval sell 3 1 2=50  the first line, and 50 of the second; the\n"
             "                               rest is asked for anew"},
    {.entity = "approval",
     .verb = "again",
     .summary = "ask again for what is parked, as the customer stands now",
     .params = again_params,
     .run = again_run,
     .more = "When more was sold, or another limit set, since it was granted."},
    END_VERBS,
};

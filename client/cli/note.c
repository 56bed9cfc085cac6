/* Working with customers: notes, whom to call, two records of one customer. */
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>

/* ---- tables ---- */

static const struct param note_add[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("TEXT", TEXT, "text", "what is to be remembered"),
    OPTION("--again", DATE, "again", "the day on which somebody comes back to it"),
    OPTION("--owner", STAFF, "owner", "who does (default: who writes it)"),
    OPTION("--call", ENUM, "result", "it was a call: reached, no-answer or wrong-number"),
    OPTION("--difficulty", FLAG, NULL, "something is hard for them"),
    OPTION("--would-help", ENUM, "help", "what would help them: extension or instalments"),
    OPTION("--closes", FLAG, "closes", "what was to come back until today is done with it"),
    END,
};

static const struct param note_list[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    END,
};

static const struct param note_change[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPERAND("NOTE", NUMBER, "note", "its number; tefter customer notes lists it"),
    OPTION("--again", DATE, "again", "another day on which somebody comes back to it"),
    OPTION("--owner", STAFF, "owner", "who does"),
    OPTION("--done", FLAG, "done", "nobody has to come back to it any more"),
    END,
};

static const struct param calls_list[] = {
    OPTION("--which", ENUM, "calls", "now (default), or all: those of later days, too"),
    OPTION("--owner", STAFF, "owner", "only those that somebody comes back to"),
    OPTION("--branch", BRANCH, "branch", "only customers opened there"),
    OPTIONS("--group", GROUP, "groups", "only its members; repeated: of all of them"),
    END,
};

static const struct param merge_params[] = {
    OPERAND("CUSTOMER", TEXT, NULL, "code of the record that goes"),
    OPTIONAL("INTO", TEXT, NULL, "code of the record that stays"),
    OPTION("--what-if", FLAG, NULL, "show what it would come to, and do nothing"),
    OPTION("--undo", FLAG, NULL, "they are two after all"),
    OPTION("--reason", TEXT, NULL, "why; kept in the changes of both"),
    END,
};

static const struct column note_columns[] = {
    {N_("NOTE"), "note", COLUMN_NUMBER},
    {N_("WHEN"), "at_ms", COLUMN_TIME},
    {N_("BY"), "actor.staff", COLUMN_STAFF},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("RESULT"), "result", COLUMN_ENUM},
    {N_("WOULD HELP"), "help", COLUMN_ENUM},
    {N_("AGAIN ON"), "again", COLUMN_DATE},
    {N_("OWNER"), "owner", COLUMN_STAFF},
    {N_("time::DONE"), "done_ms", COLUMN_TIME},
    {N_("TEXT"), "text", COLUMN_TEXT},
    END_COLUMNS,
};

static const struct column call_columns[] = {
    {N_("CODE"), "who.code", COLUMN_TEXT},
    {N_("NAME"), "who.name", COLUMN_TEXT},
    {N_("PHONE"), "who.phone", COLUMN_TEXT},
    {N_("OVERDUE"), "account.overdue_minor", COLUMN_MONEY},
    {N_("OLDEST DUE"), "account.oldest_due", COLUMN_DATE},
    {N_("AGAIN ON"), "who.again", COLUMN_DATE},
    {N_("OWNER"), "who.again_owner", COLUMN_STAFF},
    {N_("CALLED"), "who.contact_ms", COLUMN_TIME},
    {N_("BY"), "who.contact_by", COLUMN_STAFF},
    {N_("RESULT"), "who.contact_result", COLUMN_ENUM},
    END_COLUMNS,
};

/* ---- notes ---- */

static int note_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "add_note");
    if (command == NULL)
        return run->exit_code;
    Tefter__AddNote *note = command->add_note;
    bool difficulty = note->has_help || arg_flag(&run->args, "--difficulty");
    note->has_kind = note->has_result || difficulty;
    note->kind = difficulty ? TEFTER__NOTE_KIND__NOTE_DIFFICULTY : TEFTER__NOTE_KIND__NOTE_CALL;
    return run_submit(run, command, "Note {id} on {CUSTOMER} is kept.");
}

/* ---- two records of one customer ---- */

static void put_side(struct run *run, const Tefter__CustomerEntry *entry)
{
    char owes[CELL_MAX];
    tell(stdout, "%-12s %s  (#%" PRIu32 ")  %s\n", entry->who->code,
         entry->who->name->value == NULL ? "" : entry->who->name->value, entry->who->customer,
         balance_text(run, entry->account->balance_minor, owes));
}

static void put_preview(const struct run *run, const char *label, const char *text)
{
    tell(stdout, "%-12s %s\n", run_word(run, label), text);
}

static int merge_preview(struct run *run, char *customer, char *into)
{
    char a[CELL_MAX];
    char line[LINE_MAX_BYTES];
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__MergePreview preview = TEFTER__MERGE_PREVIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MERGE_PREVIEW;
    query.merge_preview = &preview;
    preview.customer_code = customer;
    preview.into_code = into;
    const Tefter__Answer *answer = run_ask(run, &query);
    if (answer == NULL)
        return run->exit_code;
    const Tefter__MergeAnswer *merge = answer->merge_preview;
    if (run->json) {
        run_json(run, &merge->base);
        return EXIT_DONE;
    }
    put_side(run, merge->customer);
    put_side(run, merge->into);
    bool over = merge->available_minor < 0;
    put_preview(run, N_("together"), balance_text(run, merge->balance_minor, a));
    if (!merge->unlimited)
        put_preview(
            run, N_("limit"),
            run_sentence(
                run, line,
                over ? N_("{limit}, as it is; over by {amount} after it")
                     : N_("{limit}, as it is; available {amount} after it"),
                "limit", money_text(run, merge->limit_minor, a), "amount",
                money_text(run, over ? -merge->available_minor : merge->available_minor, CELL),
                NULL));
    if (merge->buyers > 0)
        put_preview(
            run, N_("buyers"),
            run_sentence(run, line, N_("{count} may take goods on the account of {customer}, too"),
                         "count", NUMBER(merge->buyers), "customer", merge->into->who->code, NULL));
    put_preview(run, N_("papers"),
                run_word(run, N_("of both stand together from then on, and money of both pays "
                                 "bills of both")));
    put_preview(run, N_("undo"),
                run_word(run, N_("with --undo; what was matched between the two by then stays "
                                 "matched")));
    run_tell(run, N_("Nothing was done."), NULL);
    return EXIT_DONE;
}

static Tefter__Text *reason_of(struct run *run, Tefter__Text *text)
{
    text->value = (char *)(uintptr_t)arg_text(&run->args, "--reason");
    return text->value == NULL ? NULL : text;
}

static int merge_run(struct run *run)
{
    char *customer = (char *)(uintptr_t)arg_text(&run->args, "CUSTOMER");
    char *into = (char *)(uintptr_t)arg_text(&run->args, "INTO");
    bool undo = arg_flag(&run->args, "--undo");
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__MergeCustomers merge = TEFTER__MERGE_CUSTOMERS__INIT;
    Tefter__UndoMerge take_back = TEFTER__UNDO_MERGE__INIT;
    Tefter__Text text = TEFTER__TEXT__INIT;
    if (undo == (into != NULL))
        return run_say(run, EXIT_USE, N_("say into which record, or --undo"), NULL);
    if (!undo && arg_flag(&run->args, "--what-if"))
        return merge_preview(run, customer, into);
    if (undo) {
        command.kind_case = TEFTER__COMMAND__KIND_UNDO_MERGE;
        command.undo_merge = &take_back;
        take_back.customer_code = customer;
        take_back.reason = reason_of(run, &text);
        return run_submit(run, &command,
                          N_("{CUSTOMER} is a customer of their own again. What was matched "
                             "between the two stays matched."));
    }
    command.kind_case = TEFTER__COMMAND__KIND_MERGE_CUSTOMERS;
    command.merge_customers = &merge;
    merge.customer_code = customer;
    merge.into_code = into;
    merge.reason = reason_of(run, &text);
    return run_submit(run, &command, N_("{CUSTOMER} leads to {number} from now on."));
}

/* ---- the table ---- */

const struct verb note_verbs[] = {
    {.entity = "customer",
     .verb = "note",
     .summary = "write something down of a customer, and when to come back to it",
     .params = note_add,
     .command = "add_note",
     .run = note_run},
    {.entity = "customer",
     .verb = "notes",
     .summary = "list what was written down of them, newest first",
     .params = note_list,
     .query = "notes",
     .rows = "notes",
     .columns = note_columns,
     .paged = true,
     .empty = N_("Nothing was written down.")},
    {.entity = "customer",
     .verb = "note-change",
     .summary = "move a note to another day or person, or be done with it",
     .params = note_change,
     .command = "change_note",
     .done = N_("Note {NOTE} on {CUSTOMER} is changed.")},
    {.entity = "customer",
     .verb = "merge",
     .summary = "make two records of one customer one, or take that back",
     .params = merge_params,
     .command = "merge_customers",
     .run = merge_run},
    {.entity = "calls",
     .summary = "list whom to call: whose day has come, then what is overdue times its days",
     .params = calls_list,
     .query = "customers",
     .fixed = "calls=now sort=calls",
     .rows = "rows",
     .columns = call_columns,
     .paged = true,
     .empty = N_("Nobody is to be called now.")},
    END_VERBS,
};

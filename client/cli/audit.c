/* The audit log: who tried to get in, and what came of it. Newest first, in pages. */
#include "cli/cli.h"

#include <inttypes.h>

enum { LINES_A_PAGE = 500 };

static const struct param audit_params[] = {
    OPTION("--rows", NUMBER, NULL, "show at most N lines (default: 100)"),
    OPTION("--staff", NUMBER, NULL, "only of the person with this number"),
    OPTION("--terminal", NUMBER, NULL, "only at the terminal with this number"),
    OPTION("--event", TEXT, NULL, "only of this event: right_missing"),
    OPTION("--about", TEXT, NULL, "only those whose ABOUT has this text"),
    OPTION("--before", NUMBER, NULL, "only lines with a smaller number: the next page"),
    END,
};

static const struct column audit_columns[] = {
    {N_("LINE"), "line", COLUMN_NUMBER},
    {N_("WHEN"), "at_ms", COLUMN_TIME},
    {N_("EVENT"), "event", COLUMN_TEXT},
    {N_("WHO"), "login", COLUMN_TEXT},
    {N_("STAFF"), "staff", COLUMN_NUMBER},
    {N_("TERMINAL"), "terminal_name", COLUMN_TEXT},
    {N_("N"), "terminal", COLUMN_NUMBER},
    {N_("carrier::BY"), "carrier", COLUMN_TEXT},
    {N_("address::FROM"), "address", COLUMN_TEXT},
    {N_("ABOUT"), "about", COLUMN_TEXT},
    {N_("LEFT OUT"), "left_out", COLUMN_NUMBER},
    {N_("flag::CHANGED"), "changed", COLUMN_FLAG},
    END_COLUMNS,
};

static bool number_said(struct run *run, const char *name, uint64_t usual, uint64_t *ret_number)
{
    const char *text = arg_text(&run->args, name);
    *ret_number = usual;
    if (text == NULL || (sscanf(text, "%" SCNu64, ret_number) == 1 && *ret_number > 0))
        return true;
    (void)run_say(run, EXIT_USE, N_("{option} takes a number"), "option", name, NULL);
    return false;
}

/* Which lines are asked for. */
static bool picked(struct run *run, Tefter__AuditList *list)
{
    uint64_t staff = 0;
    uint64_t terminal = 0;
    if (!number_said(run, "--staff", 0, &staff) || !number_said(run, "--terminal", 0, &terminal))
        return false;
    list->has_staff = staff > 0;
    list->staff = (uint32_t)staff;
    list->has_terminal = terminal > 0;
    list->terminal = (uint32_t)terminal;
    list->event = (char *)(uintptr_t)arg_text(&run->args, "--event");
    list->about = (char *)(uintptr_t)arg_text(&run->args, "--about");
    return true;
}

/* One page; NULL: told already. */
static const Tefter__AuditAnswer *ask(struct run *run, Tefter__AuditList list, uint64_t rows,
                                      uint64_t before)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    list.has_rows = true;
    list.rows = rows < LINES_A_PAGE ? (uint32_t)rows : LINES_A_PAGE;
    list.has_before = before > 0;
    list.before = before;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_AUDIT_LIST;
    frame.audit_list = &list;
    const Tefter__ToTerminal *answer = run_request(run, &frame);
    if (answer != NULL && answer->body_case != TEFTER__TO_TERMINAL__BODY_AUDIT) {
        (void)run_say(run, EXIT_NO_SERVER, N_("the server answered something else"), NULL);
        return NULL;
    }
    return answer == NULL ? NULL : answer->audit;
}

static void show(struct run *run, const Tefter__AuditAnswer *page)
{
    for (size_t i = 0; run->json && i < page->n_lines; i++)
        run_json(run, &page->lines[i]->base);
    if (!run->json)
        table_rows(run, audit_columns, (ProtobufCMessage *const *)page->lines, page->n_lines);
}

static int audit_run(struct run *run)
{
    Tefter__AuditList list = TEFTER__AUDIT_LIST__INIT;
    uint64_t rows = 0;
    uint64_t before = 0;
    if (!number_said(run, "--rows", ROWS_DEFAULT, &rows) ||
        !number_said(run, "--before", 0, &before) || !picked(run, &list))
        return run->exit_code;
    while (rows > 0) {
        const Tefter__AuditAnswer *page = ask(run, list, rows, before);
        if (page == NULL)
            return run->exit_code;
        show(run, page);
        rows -= page->n_lines < rows ? page->n_lines : rows;
        before = page->next;
        if (!page->has_next)
            return EXIT_DONE;
    }
    run_note(run, N_("There are more: tefter audit --before {line}"), "line", NUMBER(before), NULL);
    return EXIT_DONE;
}

const struct verb audit_verbs[] = {
    {.entity = "audit",
     .summary = "show who logged in and tried to, newest first",
     .params = audit_params,
     .run = audit_run},
    END_VERBS,
};

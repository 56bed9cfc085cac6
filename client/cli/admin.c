/* Branches, staff, terminals, tills, accounts, devices, credit policy. */
#include "base/date.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* ---- branches ---- */

static const struct param branch_add[] = {
    OPERAND("CODE", TEXT, "code", "short code, put before its document numbers: TD"),
    OPERAND("NAME", TEXT, "name", "its name"),
    OPTION("--phone", TEXT, "phone", "its telephone number"),
    OPTION("--address", TEXT, "address", "its address"),
    OPTION("--utc-offset", OFFSET, "utc_offset_minutes",
           "its time, as its distance from UTC: +07:00 (default: the head office's)"),
    END,
};

static const struct param branch_change[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTION("--phone", TEXT, "phone", "the new telephone number"),
    OPTION("--address", TEXT, "address", "the new address"),
    OPTION("--utc-offset", OFFSET, "utc_offset_minutes",
           "its time, as its distance from UTC: +07:00"),
    END,
};

static const struct param one_branch[] = {OPERAND("BRANCH", BRANCH, "branch", "code or number"),
                                          END};

static const struct param branch_turn_back[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPERAND("DATE", DATE, "date", "the right date: 2026-11-23; no document may be dated later"),
    OPTION("--leave-papers", FLAG, "leave_papers",
           "20 documents at most may be, and stay so; back to the clock's date only"),
    END,
};

static const struct column branch_columns[] = {
    {N_("N"), "branch", COLUMN_NUMBER},
    {N_("CODE"), "code", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("UTC"), "utc_offset_minutes", COLUMN_OFFSET},
    {N_("BLOCKED"), "blocked", COLUMN_FLAG},
    {N_("PHONE"), "phone", COLUMN_TEXT},
    {N_("ADDRESS"), "address", COLUMN_TEXT},
    END_COLUMNS,
};

/* ---- staff ---- */

static const struct param staff_add[] = {
    OPERAND("LOGIN", TEXT, "login", "the name to log in with"),
    NEEDED("--role", ENUM, "role", "what they may do"),
    OPTION("--name", TEXT, "name", "their full name"),
    OPTION(
        "--branch", BRANCH, "branch",
        "the branch that they write in; elsewhere they look only (default: they write everywhere)"),
    END,
};

static const struct param staff_change[] = {
    OPERAND("LOGIN", STAFF, "staff", "login or number"),
    OPTION("--name", TEXT, "name", "the new full name"),
    OPTION("--role", ENUM, "role", "the new role"),
    OPTION("--branch", BRANCH, "branch",
           "the branch that they write in from now on; elsewhere they look only"),
    OPTION("--anywhere", FLAG, NULL, "they write in every branch"),
    OPTION("--what-if", FLAG, NULL, "only show what they could do less or more"),
    END,
};

static const struct param one_staff[] = {OPERAND("LOGIN", STAFF, "staff", "login or number"), END};

static const struct column staff_columns[] = {
    {N_("N"), "staff", COLUMN_NUMBER},
    {N_("LOGIN"), "login", COLUMN_TEXT},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("ROLE"), "role", COLUMN_ENUM},
    {N_("BRANCH"), "branch", COLUMN_BRANCH},
    {N_("BLOCKED"), "blocked", COLUMN_FLAG},
    {N_("PASSWORD"), "has_password", COLUMN_FLAG},
    {N_("heading::PIN"), "has_pin", COLUMN_FLAG},
    END_COLUMNS,
};

/* No branch is said with 0. */
static int staff_change_run(struct run *run)
{
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "change_staff");
    if (command == NULL)
        return run->exit_code;
    Tefter__ChangeStaff *change = command->change_staff;
    if (arg_flag(&run->args, "--anywhere")) {
        if (change->has_branch)
            return run_say(run, EXIT_USE, N_("either --branch or --anywhere, not both"), NULL);
        change->has_branch = true;
        change->branch = 0;
    }
    if (arg_flag(&run->args, "--what-if"))
        return rehearse_run(run, command);
    return run_submit(run, command, N_("{LOGIN} is changed."));
}

/* ---- terminals ---- */

static const struct param terminal_add[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPERAND("NAME", TEXT, "name", "what people call it: \"till 2\""),
    OPTION("--printer", FLAG, "printer", "it prints the slips of its branch: tefter printer"),
    OPTION("--web", TEXT, NULL, "for a browser: print a link to the page at this address"),
    END,
};

static const struct param terminal_code[] = {
    OPERAND("TERMINAL", TERMINAL, "terminal", "number or name"),
    OPTION("--web", TEXT, NULL, "for a browser: print a link to the page at this address"),
    END,
};

static const struct param terminal_change[] = {
    OPERAND("TERMINAL", TERMINAL, "terminal", "number or name"),
    OPTION("--name", TEXT, "name", "the new name"),
    OPTION("--branch", BRANCH, "branch", "where it stands from now on"),
    CHOICE("--printer", "printer", "true false",
           "true: it prints the slips of its branch (tefter printer); false: no more"),
    END,
};

static const struct param one_terminal[] = {
    OPERAND("TERMINAL", TERMINAL, "terminal", "number or name"), END};

static const struct param terminal_list[] = {
    OPTION("--branch", BRANCH, "branch", "only those of this branch"), END};

static const struct column terminal_columns[] = {
    {N_("N"), "terminal", COLUMN_NUMBER},
    {N_("BRANCH"), "branch", COLUMN_BRANCH},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("ENROLLED"), "enrolled", COLUMN_FLAG},
    {N_("CONNECTED"), "connected", COLUMN_FLAG},
    {N_("PERSON"), "staff", COLUMN_STAFF},
    {N_("BLOCKED"), "blocked", COLUMN_FLAG},
    {N_("BROWSER"), "browser", COLUMN_FLAG},
    {N_("PRINTER"), "printer", COLUMN_FLAG},
    {N_("STATE"), "printer_state", COLUMN_ENUM},
    {N_("SEEN"), "seen_ms", COLUMN_TIME},
    {N_("CERTIFICATE ENDS"), "not_after_ms", COLUMN_TIME},
    END_COLUMNS,
};

/* An address that leads other devices to themselves. */
static bool only_here(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "localhost", 9) == 0 ||
           strncmp(address, "[::1]", 5) == 0;
}

/* "https://tefter.example" or with a port; what stands behind it is the page's own. */
static bool is_page(const char *address)
{
    const char *host = strstr(address, "://");
    bool http = strncmp(address, "http://", 7) == 0 || strncmp(address, "https://", 8) == 0;
    return http && host[3] != '\0' && strpbrk(host, "#?\"' ") == NULL;
}

/* The code is behind the '#': no server sees it, but the one that the page tells it. */
static void tell_link(struct run *run, const char *page, const Tefter__Code *code)
{
    char when[CELL_MAX];
    char link[LINE_MAX_BYTES];
    size_t size = strlen(page);
    while (page[size - 1] == '/')
        size--;
    (void)snprintf(link, sizeof(link), "%.*s/#enrol=%s", (int)size, page, code->code);
    tell(stdout, "%s\n", link);
    if (run->terminal)
        qr_tell(stdout, link);
    run_note(run,
             N_("The link counts once, until {time}. Open it in the browser that becomes this "
                "terminal."),
             "time", time_text(run, code->expires_ms, when), NULL);
}

static int tell_code(struct run *run, uint32_t terminal)
{
    char when[CELL_MAX];
    const char *page = arg_text(&run->args, "--web");
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    make.terminal = terminal;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    frame.make_code = &make;
    const Tefter__ToTerminal *answer = run_request(run, &frame);
    if (answer == NULL)
        return run->exit_code;
    if (answer->body_case != TEFTER__TO_TERMINAL__BODY_CODE)
        return run_say(run, EXIT_NO_SERVER, N_("the server's answer makes no sense"), NULL);
    if (run->json) {
        run_json(run, &answer->code->base);
        return EXIT_DONE;
    }
    if (page != NULL) {
        tell_link(run, page, answer->code);
        return EXIT_DONE;
    }
    tell(stdout, "%s\n", answer->code->code);
    const char *address = tefter_address(run->client);
    const char *port = strrchr(address, ':');
    run_note(run, N_("The code counts once, until {time}. On the new terminal:"), "time",
             time_text(run, answer->code->expires_ms, when), NULL);
    if (!run->args.quiet)
        tell(stderr, "\n  tefter enrol %s %s\n\n", address, answer->code->code);
    if (only_here(address))
        run_note(run,
                 N_("Only this machine reaches {address}. Another device says the server's name "
                    "instead, and the server listens there with --listen 0.0.0.0{port}."),
                 "address", address, "port", port == NULL ? "" : port, NULL);
    return EXIT_DONE;
}

/* In the head office's time, the first branch's, unless it is said. */
static int branch_add_run(struct run *run)
{
    char offset[UTC_OFFSET_TEXT_SIZE];
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "add_branch");
    const Tefter__BranchRecord *head = command == NULL ? NULL : branch_row(run, 1);
    if (command == NULL || (head == NULL && run->exit_code != EXIT_DONE))
        return run->exit_code;
    Tefter__AddBranch *add = command->add_branch;
    if (!add->has_utc_offset_minutes && head != NULL) {
        add->has_utc_offset_minutes = true;
        add->utc_offset_minutes = head->utc_offset_minutes;
    }
    utc_offset_write(add->utc_offset_minutes, offset);
    for (char *at = add->code; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at); /* as it stands in numbers of documents */
    const Tefter__Done *done = run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    run_tell_done(run, done, N_("Branch {number}| is number {id}|."));
    if (!run->json)
        run_tell(run, N_("Its time is UTC{offset}."), "offset", offset, NULL);
    return EXIT_DONE;
}

/* Before anything is done. */
static bool page_good(struct run *run)
{
    const char *page = arg_text(&run->args, "--web");
    if (page == NULL || is_page(page))
        return true;
    (void)run_say(run, EXIT_USE,
                  N_("--web wants the page's address, as https://tefter.example:8443"), NULL);
    return false;
}

static int terminal_add_run(struct run *run)
{
    if (!page_good(run))
        return run->exit_code;
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, "add_terminal");
    const Tefter__Done *done = command == NULL ? NULL : run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    if (!done->has_id)
        return run_untrue(run);
    run_note(run, N_("Terminal {id} is added."), "id", NUMBER(done->id), NULL);
    return tell_code(run, (uint32_t)done->id);
}

static int terminal_code_run(struct run *run)
{
    uint64_t terminal = 0;
    if (!page_good(run) ||
        !typed_id(run, VALUE_TERMINAL, arg_text(&run->args, "TERMINAL"), &terminal))
        return run->exit_code;
    return tell_code(run, (uint32_t)terminal);
}

/* ---- where money lies ---- */

static const struct param till_add[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPERAND("NAME", TEXT, "name", "its name: \"drawer 1\""),
    END,
};

static const struct param account_add[] = {
    OPERAND("NAME", TEXT, "name", "what people call it"),
    OPERAND("NUMBER", TEXT, "number", "IBAN or local account number"),
    OPTION("--bank", TEXT, "bank", "the bank's name"),
    END,
};

static const struct param device_add[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPERAND("NAME", TEXT, "name", "what people call it"),
    NEEDED("--account", PLACE, "bank_account", "the bank account it pays into"),
    END,
};

static const struct param one_place[] = {OPERAND("NAME", PLACE, "money_account", "name or number"),
                                         END};

static const struct column place_columns[] = {
    {N_("N"), "money_account", COLUMN_NUMBER},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("NAME"), "name", COLUMN_TEXT},
    {N_("BRANCH"), "branch", COLUMN_BRANCH},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("BANK"), "bank", COLUMN_TEXT},
    {N_("OPEN SINCE"), "open_since", COLUMN_DATE},
    {N_("RETIRED"), "retired", COLUMN_FLAG},
    END_COLUMNS,
};

/* ---- policy ---- */

static const struct param policy_set[] = {
    OPTION("--limit", AMOUNT, "terms.limit_minor", "limit of customers without one of their own"),
    OPTION("--unlimited", FLAG, "terms.unlimited", "such customers have no limit"),
    OPTION("--policy", ENUM, "terms.policy", "what happens over the limit"),
    OPTION("--overdue-days", NUMBER, "terms.overdue_days",
           "stop credit when a bill is overdue by more than N days"),
    OPTION("--overdue", AMOUNT, "terms.overdue_minor",
           "stop credit when more than this is overdue"),
    OPTION("--document-max", AMOUNT, "terms.document_max_minor", "highest total of one invoice"),
    OPTION("--unpaid-max", NUMBER, "terms.unpaid_max",
           "stop credit at so many unpaid bills (0: at none)"),
    OPTION("--slip-weight", NUMBER, "terms.slip_weight",
           "percent of slips not confirmed that counts as still owed (at first 100)"),
    OPTION("--term-days", NUMBER, "term_days", "days until an invoice is due"),
    OPTION("--credit-note-approve", AMOUNT, "credit_note_approve_minor",
           "more in credit notes, of a customer and day or of a bill, wants who may approve"),
    OPTION("--own-reversal", AMOUNT, "own_reversal_minor",
           "more money that somebody took and reverses in a day wants a second person"),
    OPTION("--own-approval", ENUM, "own_approval",
           "who grants what they asked for themselves (at first nobody)"),
    OPTION("--title", TEXT, "title", "what this version of the policy is called"),
    CLEAR_OPTION(TERMS_OF_ALL " days credit-note-approve own-reversal title"),
    OPTION("--what-if", FLAG, NULL, "only show whom it would stop or free now"),
    END,
};

static const Tefter__CompanyAnswer *ask_company(struct run *run)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView view = TEFTER__COMPANY_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &view;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer == NULL ? NULL : answer->company;
}

/* Since these rules nobody grants what they asked for themselves, unless the policy says so. */
enum { OWN_APPROVAL_RULES = 5 };

static void policy_lines(struct run *run, const Tefter__CompanyAnswer *company,
                         struct term_lines *ret_lines)
{
    term_lines_read(run, company->policy, ret_lines);
    term_line_days(run, ret_lines, TERM_LINE_DAYS, company->has_term_days, company->term_days);
    term_line_amount(run, ret_lines, TERM_LINE_CREDIT_NOTES, company->has_credit_note_approve_minor,
                     company->credit_note_approve_minor);
    term_line_amount(run, ret_lines, TERM_LINE_OWN_REVERSAL, company->has_own_reversal_minor,
                     company->own_reversal_minor);
    if (company->has_own_approval)
        (void)enum_said(run, &tefter__own_approval__descriptor, (int)company->own_approval,
                        ret_lines->text[TERM_LINE_OWN_APPROVAL]);
    else if (company->rules_version >= OWN_APPROVAL_RULES)
        (void)enum_said(run, &tefter__own_approval__descriptor, TEFTER__OWN_APPROVAL__OWN_NOBODY,
                        ret_lines->text[TERM_LINE_OWN_APPROVAL]);
}

static int policy_show(struct run *run)
{
    struct term_lines lines;
    const Tefter__CompanyAnswer *company = ask_company(run);
    if (company == NULL)
        return run->exit_code;
    if (run->json) {
        run_json(run, &company->base);
        return EXIT_DONE;
    }
    run_tell(run, N_("Credit policy of {company}, version {version}"), "company", company->name,
             "version", NUMBER(company->policy_version), NULL);
    policy_lines(run, company, &lines);
    term_lines_show(run, &lines);
    return EXIT_DONE;
}

/* What is not said stays; what has changed is shown. */
static int policy_set_run(struct run *run)
{
    struct term_lines before;
    struct term_lines now;
    Tefter__Command *command =
        (Tefter__Command *)run_build(run, &tefter__command__descriptor, "set_credit_policy");
    const Tefter__CompanyAnswer *company = command == NULL ? NULL : ask_company(run);
    if (company == NULL)
        return run->exit_code;
    policy_lines(run, company, &before);
    Tefter__SetCreditPolicy *policy = command->set_credit_policy;
    if (policy->terms == NULL)
        need(member_make(&policy->base, "terms", &run->arena) != NULL);
    if (arg_flag(&run->args, "--what-if"))
        return rehearse_run(run, command);
    const Tefter__Done *done = run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    run_tell_done(run, done,
                  N_("The credit policy is version {id}.| Everybody is told in the "
                     "background (job {job}).|"));
    company = run->json ? NULL : ask_company(run);
    if (company == NULL)
        return run->exit_code;
    policy_lines(run, company, &now);
    term_lines_changed(run, &before, &now);
    return EXIT_DONE;
}

/* ---- the table ---- */

const struct verb admin_verbs[] = {
    {.entity = "branch",
     .verb = "add",
     .summary = "add a branch",
     .params = branch_add,
     .command = "add_branch",
     .run = branch_add_run},
    {.entity = "branch",
     .verb = "change",
     .summary = "change its name, telephone or address",
     .params = branch_change,
     .command = "change_branch",
     .done = N_("Branch {BRANCH} is changed.")},
    {.entity = "branch",
     .verb = "block",
     .summary = "stop its sales and credit notes; money can still be taken",
     .params = one_branch,
     .command = "change_branch",
     .fixed = "blocked=true",
     .done = N_("Branch {BRANCH} is blocked.")},
    {.entity = "branch",
     .verb = "unblock",
     .summary = "let it sell again",
     .params = one_branch,
     .command = "change_branch",
     .fixed = "blocked=false",
     .done = N_("Branch {BRANCH} is no longer blocked.")},
    {.entity = "branch",
     .verb = "turn-back",
     .summary = "set its business date back, after a clock that was ahead",
     .params = branch_turn_back,
     .command = "turn_back_day",
     .done = N_("The business date of {BRANCH} is {DATE}.")},
    {.entity = "branch",
     .verb = "list",
     .summary = "list the branches",
     .query = "branches",
     .rows = "branches",
     .columns = branch_columns},

    {.entity = "staff",
     .verb = "add",
     .summary = "add a member of staff",
     .params = staff_add,
     .command = "add_staff",
     .done = N_("{LOGIN} is added|, number {id}|. Set the first password: tefter password --of "
                "{LOGIN}")},
    {.entity = "staff",
     .verb = "change",
     .summary = "change their name, role or branch",
     .params = staff_change,
     .command = "change_staff",
     .run = staff_change_run},
    {.entity = "staff",
     .verb = "block",
     .summary = "let them log in no more",
     .params = one_staff,
     .command = "change_staff",
     .fixed = "blocked=true",
     .done = N_("{LOGIN} is blocked, on every terminal, from now on.")},
    {.entity = "staff",
     .verb = "unblock",
     .summary = "let them log in again",
     .params = one_staff,
     .command = "change_staff",
     .fixed = "blocked=false",
     .done = N_("{LOGIN} is no longer blocked.")},
    {.entity = "staff",
     .verb = "sign-out",
     .summary = "end all their sessions",
     .params = one_staff,
     .command = "sign_out",
     .done = N_("{LOGIN} is signed out everywhere.")},
    {.entity = "staff",
     .verb = "list",
     .summary = "list the staff",
     .query = "staff",
     .rows = "staff",
     .columns = staff_columns},

    {.entity = "terminal",
     .verb = "add",
     .summary = "add a terminal and print its one-time code",
     .params = terminal_add,
     .run = terminal_add_run},
    {.entity = "terminal",
     .verb = "code",
     .summary = "print a new one-time code for a terminal",
     .params = terminal_code,
     .run = terminal_code_run},
    {.entity = "terminal",
     .verb = "change",
     .summary = "change its name or branch, or make it a printer",
     .params = terminal_change,
     .command = "change_terminal",
     .done = N_("Terminal {TERMINAL} is changed.")},
    {.entity = "terminal",
     .verb = "block",
     .summary = "cut it off at once",
     .params = one_terminal,
     .command = "change_terminal",
     .fixed = "blocked=true",
     .done = N_("Terminal {TERMINAL} is blocked.")},
    {.entity = "terminal",
     .verb = "unblock",
     .summary = "let it in again",
     .params = one_terminal,
     .command = "change_terminal",
     .fixed = "blocked=false",
     .done = N_("Terminal {TERMINAL} is no longer blocked.")},
    {.entity = "terminal",
     .verb = "list",
     .summary = "list the terminals",
     .params = terminal_list,
     .query = "terminals",
     .rows = "terminals",
     .columns = terminal_columns},

    {.entity = "till",
     .verb = "add",
     .summary = "add a cash till of a branch",
     .params = till_add,
     .command = "add_till",
     .done = N_("Till {NAME}| is number {id}|.")},
    {.entity = "till",
     .verb = "list",
     .summary = "list tills, bank accounts and card devices",
     .query = "money_accounts",
     .rows = "money_accounts",
     .columns = place_columns,
     .empty = N_("No tills yet: tefter till add BRANCH NAME")},
    {.entity = "till",
     .verb = "retire",
     .summary = "stop using it",
     .params = one_place,
     .command = "retire_money_account",
     .fixed = "retired=true",
     .done = N_("{NAME} is retired.")},
    {.entity = "account",
     .verb = "add",
     .summary = "add a bank account of the company",
     .params = account_add,
     .command = "add_bank_account",
     .done = N_("Account {NAME}| is number {id}|.")},
    {.entity = "account",
     .verb = "list",
     .summary = "list tills, bank accounts and card devices",
     .query = "money_accounts",
     .rows = "money_accounts",
     .columns = place_columns},
    {.entity = "account",
     .verb = "retire",
     .summary = "stop using it",
     .params = one_place,
     .command = "retire_money_account",
     .fixed = "retired=true",
     .done = N_("{NAME} is retired.")},
    {.entity = "device",
     .verb = "add",
     .summary = "add a card device of a branch",
     .params = device_add,
     .command = "add_pos_device",
     .done = N_("Device {NAME}| is number {id}|.")},
    {.entity = "device",
     .verb = "list",
     .summary = "list tills, bank accounts and card devices",
     .query = "money_accounts",
     .rows = "money_accounts",
     .columns = place_columns},
    {.entity = "device",
     .verb = "retire",
     .summary = "stop using it",
     .params = one_place,
     .command = "retire_money_account",
     .fixed = "retired=true",
     .done = N_("{NAME} is retired.")},

    {.entity = "policy",
     .verb = "show",
     .summary = "show the company's credit policy",
     .run = policy_show},
    {.entity = "policy",
     .verb = "set",
     .summary = "set a new version of it",
     .params = policy_set,
     .command = "set_credit_policy",
     .run = policy_set_run},
    END_VERBS,
};

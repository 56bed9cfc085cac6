/*
 * tefterd init: a new ledger in a new folder. `format` is written last, so that what was broken off
 * is no ledger.
 */
#include "admin/init.h"

#include "admin/bootstrap.h"
#include "admin/commands.h"
#include "admin/password_input.h"

#include "base/country.h"
#include "base/date.h"
#include "base/enrolcode.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/sight.h"
#include "base/tell.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { INIT_ARENA_MAX = 16 * 1024 * 1024 };

enum { TYPED_SIZE = 256 };

struct founding {
    struct init_request *request;
    const struct settings *settings; /* of the request */
    struct instance instance;
    struct arena arena;
};

/* What was asked for at the keyboard besides. */
struct typed {
    struct settings said;
    char company[TYPED_SIZE], currency[TYPED_SIZE], admin[TYPED_SIZE], host[TYPED_SIZE];
    char country[COUNTRY_CODE_SIZE];
};

/* ---- asking for what was not said ---- */

/* Nothing typed, or no more to come: it stays unsaid. */
static void ask(const char **said, const char *prompt, char typed[TYPED_SIZE])
{
    if (*said)
        return;
    tell(stdout, "%s: ", prompt);
    (void)fflush(stdout);
    if (!fgets(typed, TYPED_SIZE, stdin))
        return;
    typed[strcspn(typed, "\r\n")] = '\0';
    if (*typed)
        *said = typed;
}

/* Somebody sits there, and did not say all of it. A script is told what is missing instead. */
static void ask_all(struct typed *typed)
{
    struct settings *said = &typed->said;
    bool somebody = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !said->password_stdin;
    if (!somebody)
        return;
    ask(&said->company, "Name of the company", typed->company);
    ask(&said->currency, "Its currency, three letters (EUR, VND, IRR)", typed->currency);
    ask(&said->admin, "Login of the owner (a-z 0-9 . - _)", typed->admin);
    if (said->host_count > 0 || !bootstrap_listens_to_all(said))
        return;
    ask(&said->hosts[0], "Name of this machine on the network (empty: as it calls itself)",
        typed->host);
    said->host_count = said->hosts[0] ? 1 : 0;
}

/* ---- what was asked for ---- */

static bool text_fits(const char *option, const char *text, size_t most, struct failure *failure)
{
    size_t size = text ? strlen(text) : 0;
    if (!text)
        return fail(failure, FAULT_USE, 0, "%s is missing; see: tefterd init --help", option);
    struct sight_fault found;
    char said[SIGHT_SAID_MAX];
    if (size == 0 || size > most)
        return fail(failure, FAULT_USE, 0, "%s wants one line of 1 to %zu bytes", option, most);
    return sight_clear(text, size, SIGHT_OF_A_LINE, &found) ||
           fail(failure, FAULT_USE, 0, "%s %s", option, sight_say(&found, said));
}

/* Its letters may be small ones. NULL: not known. */
static const struct currency *currency_of(const struct settings *settings)
{
    char code[4] = "";
    const char *typed = settings->currency;
    if (strlen(typed) != sizeof code - 1)
        return NULL;
    for (size_t i = 0; typed[i] != '\0'; i++)
        code[i] = (char)toupper((unsigned char)typed[i]);
    return currency_find(code);
}

/* What the country decides, unless it was said otherwise. */
static bool take_country(struct typed *typed, struct init_request *request, struct failure *failure)
{
    struct settings *said = &typed->said;
    if (said->country == NULL)
        return true;
    for (size_t i = 0; i + 1 < sizeof typed->country && said->country[i] != '\0'; i++)
        typed->country[i] = (char)toupper((unsigned char)said->country[i]);
    const struct country *country = country_find(typed->country);
    if (country == NULL || strlen(said->country) != strlen(typed->country))
        return fail(failure, FAULT_USE, 0,
                    "the country '%s' is not known; two letters of ISO 3166, as VN, GR, IR",
                    said->country);
    if (said->currency == NULL)
        said->currency = country->currency;
    request->country = country->code;
    request->paper_language = country->language;
    request->has_tax_bp = true;
    request->tax_bp = country->tax_bp;
    return true;
}

bool init_check(const struct settings *settings, struct failure *failure)
{
    return text_fits("--company", settings->company, NAME_MAX_BYTES, failure) &&
           text_fits("--currency", settings->currency, NAME_MAX_BYTES, failure) &&
           text_fits("--admin", settings->admin, LOGIN_MAX_BYTES, failure) &&
           (!settings->admin_name ||
            text_fits("--admin-name", settings->admin_name, NAME_MAX_BYTES, failure)) &&
           text_fits("--branch", settings->branch, CODE_MAX_BYTES, failure) &&
           (currency_of(settings) ||
            fail(failure, FAULT_USE, 0,
                 "the currency '%s' is not known; three letters of ISO 4217, as VND, EUR, IRR",
                 settings->currency));
}

static bool offset_of(const struct settings *settings, int32_t *ret_minutes,
                      struct failure *failure)
{
    struct tm local;
    time_t now = time(NULL);
    if (settings->utc_offset)
        return utc_offset_read(settings->utc_offset, ret_minutes) ||
               fail(failure, FAULT_USE, 0,
                    "--utc-offset wants +HH:MM or -HH:MM, as +07:00, from -12:00 to +14:00");
    localtime_r(&now, &local);
    *ret_minutes = (int32_t)(local.tm_gmtoff / 60);
    return true;
}

/* ---- the first commands ---- */

static bool create_company(struct founding *founding, struct failure *failure)
{
    const struct settings *settings = founding->settings;
    const struct init_request *request = founding->request;
    Tefter__Text name = TEFTER__TEXT__INIT;
    Tefter__CreateCompany company = TEFTER__CREATE_COMPANY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    name.value = (char *)(uintptr_t)settings->admin_name;
    company.name = (char *)(uintptr_t)settings->company;
    company.currency = (char *)(uintptr_t)currency_of(settings)->code;
    company.admin_login = (char *)(uintptr_t)settings->admin;
    company.admin_name = settings->admin_name ? &name : NULL;
    company.head_office = (char *)(uintptr_t)settings->branch;
    company.head_office_name = (char *)(uintptr_t)request->branch_name;
    company.country = (char *)(uintptr_t)request->country;
    company.paper_language = (char *)(uintptr_t)request->paper_language;
    company.has_tax_bp = request->has_tax_bp;
    company.tax_bp = request->tax_bp;
    company.has_practice = company.practice = settings->practice;
    company.rules_version = LEDGER_RULES;
    company.date =
        date_of_instant(clock_now_ms(&founding->instance.clock), request->offset_minutes * 60);
    command.kind_case = TEFTER__COMMAND__KIND_CREATE_COMPANY;
    command.create_company = &company;
    return commit_one(founding->instance.commit, &command, &founding->arena, NULL, failure);
}

static bool set_offset(struct founding *founding, struct failure *failure)
{
    Tefter__ChangeBranch change = TEFTER__CHANGE_BRANCH__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    if (founding->request->offset_minutes == 0)
        return true;
    change.branch = 1;
    change.has_utc_offset_minutes = 1;
    change.utc_offset_minutes = founding->request->offset_minutes;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_BRANCH;
    command.change_branch = &change;
    return commit_one(founding->instance.commit, &command, &founding->arena, NULL, failure);
}

/* Who founds from the page has no command to say it by: there a manager is asked. */
static bool set_policy(struct founding *founding, struct failure *failure)
{
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    Tefter__SetCreditPolicy policy = TEFTER__SET_CREDIT_POLICY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    if (!founding->request->asks_over_limit)
        return true;
    terms.has_policy = 1;
    terms.policy = TEFTER__EXCESS_POLICY__EXCESS_APPROVE;
    policy.terms = &terms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_POLICY;
    command.set_credit_policy = &policy;
    return commit_one(founding->instance.commit, &command, &founding->arena, NULL, failure);
}

static bool set_secrets(struct founding *founding, struct failure *failure)
{
    const struct init_request *request = founding->request;
    return bootstrap_secret(&founding->instance, 1, request->password_hash,
                            request->pin_hash[0] != '\0' ? request->pin_hash : NULL,
                            &founding->arena, failure);
}

static bool add_terminal(struct founding *founding, struct failure *failure)
{
    const Tefter__Done *done;
    Tefter__AddTerminal add = TEFTER__ADD_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    add.branch = 1;
    add.name = (char *)(uintptr_t)INIT_TERMINAL;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &add;
    if (!commit_one(founding->instance.commit, &command, &founding->arena, &done, failure))
        return false;
    founding->request->terminal = (uint32_t)done->id;
    return true;
}

/* By the code that nobody has seen. */
static bool enrol_browser(struct founding *founding, struct failure *failure)
{
    const struct init_request *request = founding->request;
    return request->browser_key.size == 0 ||
           bootstrap_browser(&founding->instance, request->terminal, request->code,
                             request->browser_key, &founding->arena, failure);
}

static bool first_commands(struct founding *founding, struct failure *failure)
{
    return create_company(founding, failure) && set_offset(founding, failure) &&
           set_policy(founding, failure) && set_secrets(founding, failure) &&
           add_terminal(founding, failure) &&
           bootstrap_code(&founding->instance, founding->request->terminal, &founding->arena,
                          founding->request->code, failure) &&
           enrol_browser(founding, failure);
}

/* ---- the folder ---- */

static bool fill_folder(struct founding *founding, struct datadir *folder, struct failure *failure)
{
    struct ledger_id id;
    struct incarnation first = incarnation_new(1);
    const struct settings *settings = founding->settings;
    struct journal_options journal = datadir_journal(folder);
    random_bytes(id.bytes, sizeof id.bytes);
    if (founding->request->id != NULL)
        id = *founding->request->id;
    if (!keys_make(folder, settings->company, settings->hosts, clock_read().wall_ms, failure) ||
        !journal_create(&journal, &id, &first, failure) ||
        !instance_open(&founding->instance, settings, INSTANCE_FRESH, failure))
        return false;
    bool good = first_commands(founding, failure);
    instance_close(&founding->instance);
    return good && datadir_finish(folder, failure);
}

static bool make_ledger(struct founding *founding, struct failure *failure)
{
    struct datadir folder;
    if (!datadir_init(&folder, founding->settings->ledger, failure) ||
        !datadir_make(&folder, failure))
        return false;
    if (fill_folder(founding, &folder, failure))
        return true;
    datadir_abandon(&folder);
    return false;
}

bool init_make(struct init_request *request, struct failure *failure)
{
    static struct founding founding;
    founding = (struct founding){.request = request, .settings = request->settings};
    arena_init(&founding.arena, INIT_ARENA_MAX);
    bool good = make_ledger(&founding, failure);
    arena_fini(&founding.arena);
    return good;
}

/* Is it what the unit serves, on a machine that runs units? */
static bool is_service(const struct settings *settings)
{
    return settings->config && strcmp(settings->config, "/etc/tefter/tefterd.conf") == 0 &&
           strncmp(settings->ledger, "/var/lib/tefter/", 16) == 0 &&
           access("/run/systemd/system", F_OK) == 0;
}

static void tell_founded(const struct init_request *request)
{
    const struct settings *settings = request->settings;
    char offset[UTC_OFFSET_TEXT_SIZE];
    utc_offset_write(request->offset_minutes, offset);
    tell(stdout,
         "The ledger of %s is in %s. Owner: %s. Head office: %s, its time UTC%s, with terminal "
         "%u.\n\n",
         settings->company, settings->ledger, settings->admin, settings->branch, offset,
         request->terminal);
    if (is_service(settings)) {
        tell(stdout, "Start the server, as root, now and at each start of this machine:\n\n"
                     "  systemctl enable --now tefterd\n");
    } else {
        tell(stdout, "Start the server:\n\n");
        bootstrap_tell_serve(settings);
    }
    tell(stdout, "\nThe one-time code of terminal %u:\n\n", request->terminal);
    bootstrap_tell(request->code, settings);
}

int init_run(const struct settings *settings)
{
    static struct typed typed;
    static struct init_request request;
    struct failure failure = {.fault = FAULT_NONE};
    typed = (struct typed){.said = *settings};
    request = (struct init_request){.settings = &typed.said};
    if (!take_country(&typed, &request, &failure))
        return settings_report(&failure);
    ask_all(&typed);
    if (!init_check(&typed.said, &failure) ||
        !offset_of(&typed.said, &request.offset_minutes, &failure) ||
        !secret_hash(&typed.said, typed.said.admin, request.password_hash, &failure) ||
        !init_make(&request, &failure))
        return settings_report(&failure);
    tell_founded(&request);
    return EXIT_DONE;
}

/* Who is at the terminal: login, PIN, password; and how the server is. */
#include "base/date.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/tell.h"
#include "base/text.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* ---- asking for a secret ---- */

static void cut_line_end(char *text)
{
    text[strcspn(text, "\r\n")] = '\0';
}

static bool read_line(struct run *run, FILE *in, char *out, size_t capacity)
{
    if (fgets(out, (int)capacity, in) == NULL)
        return run_fail(run, N_("no password came"), NULL);
    cut_line_end(out);
    return true;
}

static bool ask_on(struct run *run, FILE *terminal, const char *prompt, char *out, size_t capacity)
{
    struct termios before;
    int fd = fileno(terminal);
    bool echo_off = tcgetattr(fd, &before) == 0;
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (echo_off)
        (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    tell(terminal, "%s: ", run_word(run, prompt));
    fflush(terminal);
    bool good = read_line(run, terminal, out, capacity);
    if (echo_off)
        (void)tcsetattr(fd, TCSAFLUSH, &before);
    fputc('\n', terminal);
    return good;
}

bool secret_ask(struct run *run, const char *prompt, char *out, size_t capacity)
{
    if (!isatty(STDIN_FILENO))
        return read_line(run, stdin, out, capacity);
    FILE *terminal = fopen("/dev/tty", "r+");
    if (terminal == NULL)
        return run_fail(run, N_("there is no terminal to ask at"), NULL);
    bool good = ask_on(run, terminal, prompt, out, capacity);
    (void)fclose(terminal);
    return good;
}

bool secret_read(struct run *run, const char *file, const char *prompt, char *out, size_t capacity)
{
    if (file == NULL)
        return secret_ask(run, prompt, out, capacity);
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    if (in == NULL)
        return run_fail(run, N_("cannot read the file {file}"), "file", file, NULL);
    bool good = read_line(run, in, out, capacity);
    if (in != stdin)
        (void)fclose(in);
    return good;
}

/* In place: digits of whichever keyboard as 0-9, everything else as it is. */
static void plain_digits(char *text)
{
    size_t size = strlen(text);
    char *to = text;
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        size_t step = text_decode(text + at, size - at, &point);
        int digit = step > 0 ? fold_digit(point) : -1;
        if (digit >= 0) {
            *to++ = (char)('0' + digit);
            at += step;
        } else
            *to++ = text[at++];
    }
    *to = '\0';
}

bool pin_read(struct run *run, const char *file, const char *prompt, char out[PIN_TYPED_MAX])
{
    if (!secret_read(run, file, prompt, out, PIN_TYPED_MAX))
        return false;
    plain_digits(out);
    return true;
}

bool pin_new(struct run *run, const char *file, const char *prompt, char *out, size_t capacity)
{
    if (!secret_new(run, file, prompt, out, capacity))
        return false;
    plain_digits(out);
    return true;
}

/* ---- login ---- */

static const struct param login_params[] = {
    OPTIONAL("LOGIN", TEXT, NULL, "who logs in (default: asked for)"),
    OPTION("--login", TEXT, NULL, "the same, as an option"),
    OPTION("--password-file", FILE, NULL,
           "the password is its first line; -: standard input (default: asked for)"),
    END,
};

static const struct param pin_params[] = {
    OPERAND("LOGIN", TEXT, NULL, "who takes over this terminal"),
    OPTION("--pin-file", FILE, NULL,
           "the PIN is its first line; -: standard input (default: asked for)"),
    END,
};

static int tell_person(struct run *run, const Tefter__LoggedIn *person,
                       const Tefter__Refusal *refused)
{
    if (refused != NULL)
        return run_refused(run, refused);
    if (person == NULL)
        return run_failed(run, EXIT_NO_SERVER);
    if (run->json) {
        Tefter__LoggedIn shown = *person;
        shown.token.len = 0; /* a secret */
        run_json(run, &shown.base);
        return EXIT_DONE;
    }
    run_tell(run, N_("{login}| ({name})|, {role}, until {time}"), "login", person->login, "name",
             if_any(text_of(person->name)), "role", run_word(run, role_word(person->role)), "time",
             time_text(run, person->expires_ms, CELL), NULL);
    if (person->other_branch != NULL)
        run_note(run,
                 N_("They write in branch {branch} only: at this device they can look, and no "
                    "more."),
                 "branch", person->other_branch, NULL);
    return EXIT_DONE;
}

/* A name is no secret: it is asked for with echo. */
static const char *wanted_login(struct run *run, char *typed, size_t capacity)
{
    const char *login = arg_text(&run->args, "LOGIN");
    if (login == NULL)
        login = arg_text(&run->args, "--login");
    if (login != NULL || !isatty(STDIN_FILENO))
        return login;
    tell(stderr, "%s: ", run_word(run, N_("Login")));
    if (fgets(typed, (int)capacity, stdin) == NULL)
        return NULL;
    cut_line_end(typed);
    return typed[0] == '\0' ? NULL : typed;
}

static int login_run(struct run *run)
{
    char typed[LOGIN_MAX_BYTES + 2];
    char password[PASSWORD_MAX_BYTES + 2];
    const Tefter__Refusal *refused = NULL;
    const char *login = wanted_login(run, typed, sizeof(typed));
    if (login == NULL)
        return run_say(run, EXIT_USE, N_("who? tefter login LOGIN"), NULL);
    if (!secret_read(run, arg_text(&run->args, "--password-file"), N_("Password"), password,
                     sizeof(password)))
        return run_failed(run, EXIT_USE);
    if (!run_open(run, false))
        return run->exit_code;
    const Tefter__LoggedIn *person =
        tefter_login(run->client, login, password, &run->arena, &refused, &run->failure);
    secret_wipe(password, sizeof(password));
    return tell_person(run, person, refused);
}

static int pin_run(struct run *run)
{
    char pin[PIN_TYPED_MAX];
    const Tefter__Refusal *refused = NULL;
    if (!pin_read(run, arg_text(&run->args, "--pin-file"), N_("PIN"), pin))
        return run_failed(run, EXIT_USE);
    if (!run_open(run, false) || !run_need_person(run))
        return run->exit_code;
    const Tefter__LoggedIn *person = tefter_switch(run->client, arg_text(&run->args, "LOGIN"), pin,
                                                   &run->arena, &refused, &run->failure);
    secret_wipe(pin, sizeof(pin));
    return tell_person(run, person, refused);
}

static int logout_run(struct run *run)
{
    if (!run_open(run, false))
        return run->exit_code;
    if (!tefter_logout(run->client, &run->failure))
        return run_failed(run, EXIT_NO_SERVER);
    run_note(run, N_("Nobody is logged in at this terminal now."), NULL);
    return EXIT_DONE;
}

/* The branch's business date, and by which time it turns. */
static void tell_day(struct run *run, const Tefter__Welcome *welcome)
{
    char date[DATE_TEXT_SIZE];
    char offset[UTC_OFFSET_TEXT_SIZE];
    const Tefter__BranchRecord *branch = branch_row(run, welcome->branch);
    if (branch == NULL)
        return;
    date_write(branch->date, date);
    utc_offset_write(branch->utc_offset_minutes, offset);
    run_tell(run, N_("business date {date}, by its time UTC{offset}"), "date", date, "offset",
             offset, NULL);
}

static int whoami_run(struct run *run)
{
    const Tefter__Welcome *welcome = NULL;
    if (!run_open(run, false))
        return run->exit_code;
    welcome = tefter_welcome(run->client);
    if (run->json)
        run_json(run, &welcome->base);
    else
        run_tell(run, N_("{company}, branch {branch}, terminal {terminal} ({name})"), "company",
                 welcome->company, "branch", welcome->branch_code, "terminal",
                 NUMBER(welcome->terminal), "name", welcome->terminal_name, NULL);
    if (tefter_person(run->client) == NULL)
        return run_need_person(run) ? EXIT_DONE : run->exit_code;
    if (!run->json)
        tell_day(run, welcome);
    return tell_person(run, tefter_person(run->client), NULL);
}

/* ---- passwords ---- */

static const struct param password_params[] = {
    OPTION("--of", STAFF, NULL,
           "that of someone else; for those who manage staff (default: your own)"),
    OPTION("--pin", FLAG, NULL, "set the PIN, 4 to 12 digits, not the password"),
    OPTION("--password-file", FILE, NULL,
           "the new one is its first line; -: standard input (default: asked for)"),
    OPTION("--old-file", FILE, NULL, "the old password is its first line (default: asked for)"),
    END,
};

bool secret_new(struct run *run, const char *file, const char *prompt, char *out, size_t capacity)
{
    char again[PASSWORD_MAX_BYTES + 2];
    if (!secret_read(run, file, prompt, out, capacity))
        return false;
    if (file != NULL || !isatty(STDIN_FILENO))
        return true;
    if (!secret_ask(run, N_("The same again"), again, sizeof(again)))
        return false;
    bool same = strcmp(out, again) == 0;
    secret_wipe(again, sizeof(again));
    return same || run_fail(run, N_("the two are not the same; nothing changed"), NULL);
}

/* What became of the logins. */
static void tell_set(struct run *run, const Tefter__SetPassword *body, bool own, const char *of)
{
    const Tefter__LoggedIn *person = tefter_person(run->client);
    if (body->pin != NULL)
        run_note(run, N_("The PIN is set. Logins go on."), NULL);
    else if (own)
        run_note(run,
                 N_("Your password is set, and all your logins are over, here too. Log in again: "
                    "tefter login {login}"),
                 "login", person == NULL ? "LOGIN" : person->login, NULL);
    else
        run_note(run,
                 N_("The password of {login} is set. Where {login} was logged in, they log in "
                    "again."),
                 "login", of, NULL);
}

static int send_password(struct run *run, Tefter__SetPassword *body, bool own, const char *of)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SET_PASSWORD;
    frame.set_password = body;
    if (run_request(run, &frame) == NULL)
        return run->exit_code;
    tell_set(run, body, own, of);
    return EXIT_DONE;
}

static int password_run(struct run *run)
{
    char old[PASSWORD_MAX_BYTES + 2];
    char fresh[PASSWORD_MAX_BYTES + 2];
    uint64_t staff = 0;
    Tefter__SetPassword body = TEFTER__SET_PASSWORD__INIT;
    const char *of = arg_text(&run->args, "--of");
    bool pin = arg_flag(&run->args, "--pin");
    if (of != NULL && !typed_id(run, VALUE_STAFF, of, &staff))
        return run->exit_code;
    body.has_staff = of != NULL;
    body.staff = (uint32_t)staff;
    bool own = of == NULL || staff == tefter_person(run->client)->staff;
    if (own &&
        !secret_read(run, arg_text(&run->args, "--old-file"), N_("Old password"), old, sizeof(old)))
        return run_failed(run, EXIT_USE);
    body.old_password = own ? old : NULL;
    const char *file = arg_text(&run->args, "--password-file");
    if (pin ? !pin_new(run, file, N_("New PIN"), fresh, sizeof(fresh))
            : !secret_new(run, file, N_("New password"), fresh, sizeof(fresh)))
        return run_failed(run, EXIT_USE);
    if (pin)
        body.pin = fresh;
    else
        body.password = fresh;
    int code = send_password(run, &body, own, of);
    secret_wipe(old, sizeof(old));
    secret_wipe(fresh, sizeof(fresh));
    return code;
}

/* ---- the server ---- */

static const struct param ping_params[] = {
    OPTION("--count", NUMBER, NULL, "ask N times (default: 4)"), END};

static int64_t monotonic_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool ping_once(struct run *run)
{
    Tefter__Ping body = TEFTER__PING__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &body;
    int64_t begun = monotonic_us();
    const Tefter__ToTerminal *answer = run_request(run, &frame);
    int64_t took = monotonic_us() - begun;
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_PONG)
        return false;
    if (run->json)
        tell(stdout, "{\"seq\":%" PRIu64 ",\"now_ms\":%" PRId64 ",\"took_us\":%" PRId64 "}\n",
             answer->pong->seq, answer->pong->now_ms, took);
    else
        tell(stdout, "seq %" PRIu64 "  %" PRId64 ".%03" PRId64 " ms\n", answer->pong->seq,
             took / 1000, took % 1000);
    return true;
}

static int ping_run(struct run *run)
{
    const char *text = arg_text(&run->args, "--count");
    unsigned count = 4;
    if (text != NULL && (sscanf(text, "%u", &count) != 1 || count == 0))
        return run_say(run, EXIT_USE, N_("{option} takes a number"), "option", "--count", NULL);
    if (!run_open(run, false))
        return run->exit_code;
    for (unsigned i = 0; i < count; i++) {
        struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
        if (!ping_once(run))
            return run->exit_code == EXIT_DONE ? EXIT_NO_SERVER : run->exit_code;
        if (i + 1 < count)
            (void)nanosleep(&pause, NULL);
    }
    return EXIT_DONE;
}

static void put_bytes(const struct run *run, const char *label, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    uint64_t tenths = bytes * 10;
    for (; tenths >= 10240 && unit < 4; unit++)
        tenths /= 1024;
    tell(stdout, "  %-26s %" PRIu64 ".%" PRIu64 " %s\n", run_word(run, label), tenths / 10,
         tenths % 10, units[unit]);
}

static void put_count(const struct run *run, const char *label, uint64_t count)
{
    tell(stdout, "  %-26s %" PRIu64 "\n", run_word(run, label), count);
}

static void put_time(struct run *run, const char *label, bool known, int64_t instant_ms)
{
    char text[CELL_MAX];
    tell(stdout, "  %-26s %s\n", run_word(run, label),
         known ? time_text(run, instant_ms, text) : run_word(run, N_("backup::never")));
}

static void put_alarm(const struct run *run, const char *label, const char *words)
{
    if (words != NULL)
        tell(stdout, "  %s: %s\n", run_word(run, label), words);
}

static void put_status(struct run *run, const Tefter__StatusAnswer *status)
{
    tell(stdout, "tefterd %s\n", status->version);
    put_count(run, "seq", status->seq);
    put_count(run, "rules_version", status->rules_version);
    put_count(run, N_("terminals connected"), status->sessions);
    if (status->has_not_reading && status->not_reading > 0)
        put_count(run, N_("of them not reading"), status->not_reading);
    if (status->has_slots)
        put_count(run, N_("places for terminals"), status->slots);
    if (status->has_turned_away && status->turned_away > 0)
        put_count(run, N_("turned away, no place"), status->turned_away);
    if (status->has_busy && status->busy > 0)
        put_count(run, N_("commands told busy"), status->busy);
    put_count(run, N_("up for minutes"), status->uptime_ms / 60000);
    put_count(run, N_("commands since start"), status->commands);
    put_count(run, N_("groups since start"), status->batches);
    put_bytes(run, N_("journal"), status->journal_bytes);
    put_bytes(run, N_("server::state"), status->state_bytes);
    put_bytes(run, N_("disk free"), status->disk_free_bytes);
    if (status->has_disk_days_left)
        put_count(run, N_("disk days left"), status->disk_days_left);
    put_time(run, N_("last good backup"), status->has_last_backup_ms, status->last_backup_ms);
    if (status->has_server_certificate_ends_ms)
        put_time(run, N_("server certificate ends"), true, status->server_certificate_ends_ms);
    if (status->has_audit_line)
        tell(stdout, "  %-26s %" PRIu64 " %s\n", run_word(run, N_("newest audit line")),
             status->audit_line, status->audit_seal == NULL ? "" : status->audit_seal);
    if (status->has_root_certificate_ends_ms)
        put_time(run, N_("root certificate ends"), true, status->root_certificate_ends_ms);
    if (status->has_web_certificate_ends_ms)
        put_time(run, N_("page certificate ends"), true, status->web_certificate_ends_ms);
    if (status->has_journal_slow_ms)
        put_count(run, N_("journal slow ms"), status->journal_slow_ms);
    if (status->has_follower_seq) {
        put_count(run, N_("second place up to seq"), status->follower_seq);
        put_count(run, N_("second place behind ms"), status->follower_lag_ms);
    }
    if (status->has_texts_unreadable)
        put_count(run, N_("texts not readable"), status->texts_unreadable);
    if (status->state_rebuilt != NULL)
        run_tell(run, N_("  The state was made anew at the start: {why}"), "why",
                 status->state_rebuilt, NULL);
    if (status->has_recovery)
        run_tell(run,
                 N_("  RECOVERY {number} IS ON: waiting {waiting}, not back as they were "
                    "{not_back}, terminals not heard {unheard}: tefter recovery"),
                 "number", NUMBER(status->recovery), "waiting", NUMBER(status->offers_waiting),
                 "not_back", NUMBER(status->offers_not_back), "unheard",
                 NUMBER(status->terminals_unheard), NULL);
    else if (status->offers_waiting > 0)
        run_tell(run,
                 N_("  THE RECOVERY IS CLOSED, and papers of it still wait to be decided: {count}: "
                    "tefter recovery"),
                 "count", NUMBER(status->offers_waiting), NULL);
    if (status->has_read_only && status->read_only)
        run_tell(run, N_("  READ ONLY: {why}"), "why",
                 status->read_only_reason == NULL ? "" : status->read_only_reason, NULL);
    put_alarm(run, N_("alarm::CLOCK"), status->clock_alarm);
    put_alarm(run, N_("alarm::DATE"), status->date_alarm);
    put_alarm(run, N_("alarm::CERTIFICATE"), status->certificate_alarm);
    for (size_t i = 0; i < status->n_terminal_alarms; i++)
        put_alarm(run, N_("alarm::TERMINAL"), status->terminal_alarms[i]);
    if (status->terminals_alarmed > status->n_terminal_alarms)
        run_tell(run, N_("  TERMINAL: and {count} more: tefter alarms"), "count",
                 NUMBER(status->terminals_alarmed - status->n_terminal_alarms), NULL);
}

static int status_run(struct run *run)
{
    Tefter__ServerStatus body = TEFTER__SERVER_STATUS__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &body;
    const Tefter__ToTerminal *answer = run_request(run, &frame);
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_STATUS)
        return answer == NULL ? run->exit_code : EXIT_NO_SERVER;
    if (run->json)
        run_json(run, &answer->status->base);
    else
        put_status(run, answer->status);
    return EXIT_DONE;
}

/* ---- how numbers and dates are written ---- */

static const struct param habit_params[] = {
    CHOICE("--language", NULL, "en vi zh fa el", "numbers and dates as this language writes them"),
    CHOICE("--unit", NULL, "money toman", "of rial: toman types and shows ten rial as one"),
    END,
};

static bool set_habits(struct run *run, struct tefter_habits *habits)
{
    const char *language = arg_text(&run->args, "--language");
    const char *unit = arg_text(&run->args, "--unit");
    if (language != NULL && !habit_of(language, &habits->habit)) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": the languages are en, vi, zh, fa and el."),
                      "typed", language, NULL);
        return false;
    }
    if (unit != NULL)
        habits->toman = strcmp(unit, "toman") == 0;
    return true;
}

/* An amount and a day, as they are typed and shown from now on. */
static void tell_habits(const struct run *run, const struct tefter_habits *habits)
{
    const struct currency sample = {
        .code = "XXX", .exponent = 2, .sign = "", .habit = habits->habit};
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(123450, &sample, text);
    const char *date =
        habits->habit == HABIT_VIETNAMESE || habits->habit == HABIT_GREEK ? N_("31/12 is day/month")
        : habits->habit == HABIT_PERSIAN ? N_("09/08 is month/day of the Persian calendar")
        : habits->habit == HABIT_CHINESE ? N_("12/31 is month/day")
                                         : N_("31.12. is day.month");
    run_tell(run, N_("Numbers and dates as in {language}: {amount}, {date}|; {toman}|."),
             "language", habit_word(habits->habit), "amount", text, "date", run_word(run, date),
             "toman", habits->toman ? run_word(run, N_("rial in toman")) : NULL, NULL);
}

static int habit_run(struct run *run)
{
    char folder[TEFTER_PATH_MAX];
    struct tefter_habits habits;
    bool change =
        arg_text(&run->args, "--language") != NULL || arg_text(&run->args, "--unit") != NULL;
    if (!tefter_profile_folder(run->args.profile, folder, &run->failure))
        return run_failed(run, EXIT_USE);
    if (!tefter_habits_read(folder, &habits) && !change)
        return run_say(run, EXIT_USE,
                       N_("{folder}/habits cannot be read: tefter habit --language en sets it "
                          "anew"),
                       "folder", folder, NULL);
    if (!set_habits(run, &habits))
        return run->exit_code;
    if (change && !tefter_habits_write(folder, &habits, &run->failure))
        return run_failed(run, EXIT_USE);
    if (run->json)
        tell(stdout, "{\"language\":\"%s\",\"toman\":%s}\n", habit_word(habits.habit),
             habits.toman ? "true" : "false");
    else
        tell_habits(run, &habits);
    return EXIT_DONE;
}

const struct verb person_verbs[] = {
    {.entity = "login",
     .summary = "log in at this terminal",
     .params = login_params,
     .run = login_run,
     .offline = true,
     .more =
         "The password is asked for without echo, or is the first line of\n--password-file or of "
         "standard input. It is never an argument."},
    {.entity = "pin",
     .summary = "someone else takes over this terminal, by PIN",
     .params = pin_params,
     .run = pin_run,
     .offline = true},
    {.entity = "logout", .summary = "log out of this terminal", .run = logout_run, .offline = true},
    {.entity = "whoami",
     .summary = "show company, branch, terminal and who is logged in",
     .run = whoami_run,
     .offline = true},
    {.entity = "password",
     .summary =
         "set a new password, which ends all logins with the old one; or a PIN, which ends none",
     .params = password_params,
     .run = password_run},
    {.entity = "ping",
     .summary = "measure how fast the server answers",
     .params = ping_params,
     .run = ping_run,
     .offline = true},
    {.entity = "status", .summary = "show how the server is", .run = status_run},
    {.entity = "habit",
     .summary = "set how you write numbers and dates at this terminal; alone: show it",
     .params = habit_params,
     .run = habit_run,
     .offline = true,
     .more = "What can be read in one way only is read in every language: 1.234,50 and\n"
             "1,234.50, 100 000, 1tr5, 2m, words of thousands and millions, digits of every\n"
             "script. The language decides what would be unclear: 1.234, 03/04/2026."},
    END_VERBS,
};

/*
 * Live lines: every push with its delay from the commit to here, and the state of the line.
 */
#include "base/date.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CUSTOMERS_MAX = 1000, STALE_EVERY_MS = 5000, ROW_MEMORY_MAX = 64 * 1024 };

static const struct param watch_params[] = {
    OPTIONS("--customer", TEXT, NULL, "only this customer"),
    OPTION("--approvals", FLAG, NULL, "show requests for approval, not customers"),
    OPTION("--alarms", FLAG, NULL,
           "show what people must see, not customers: posted over a limit, a terminal's profile "
           "copied"),
    OPTION("--totals", FLAG, NULL, "show what branches and the company are owed, sold, collected"),
    OPTION(
        "--decisions", FLAG, NULL,
        "show sales that are refused, parked, approved or posted over a limit, and what is taken "
        "back"),
    OPTION("--for", NUMBER, NULL, "end after N seconds"),
    OPTION("--sets", NUMBER, NULL, "end after N changes, the first replica not counted"),
    END,
};

/* What was told last of a customer: so that each line says what is new, and an event is told once.
 */
struct known {
    bool is; /* there was a row */
    bool unlimited;
    bool locked;
    uint32_t buyers;
    uint64_t last_seq; /* of the last event */
    int64_t limit_minor;
};

struct watch {
    struct run *run;
    struct known *known; /* by customer number */
    size_t known_room;
    struct tefter_feed *feed;
    struct arena row_arena;
    struct loop_timer *stale;
    struct loop_timer *end;
    uint64_t sets_left;        /* 0: no end */
    uint64_t import_alarm;     /* that was told last, */
    uint64_t import_documents; /* of so many */
    bool counting;
    bool first; /* the replica is not yet whole */
    bool over;
    int exit_code;
};

static void put_now(struct watch *watch)
{
    char when[CELL_MAX];
    char zone[ZONE_TEXT_SIZE];
    struct run *run = watch->run;
    zone_write(run_utc_offset(run), zone);
    tell(stdout, "%s%s%s  ", time_of_day(run, tefter_now_ms(run->client), when),
         run->zone_told ? "" : " ", run->zone_told ? "" : zone);
    run->zone_told = true;
}

static void stop(struct watch *watch)
{
    watch->over = true;
    loop_stop(tefter_loop(watch->run->client));
}

/* ---- state of the line ---- */

static void put_state_json(const struct tefter_state *state)
{
    tell(stdout,
         "{\"line\":\"%s\",\"exact\":%" PRIu64 ",\"behind\":%" PRIu64 ",\"age_ms\":%" PRIu64 "}\n",
         tefter_connection_word(state->connection), state->exact, state->behind, state->age_ms);
}

static void put_state(struct watch *watch, const struct tefter_state *state)
{
    const struct run *run = watch->run;
    if (run->json) {
        put_state_json(state);
        return;
    }
    put_now(watch);
    switch (state->connection) {
    case TEFTER_LIVE:
        run_tell(run, N_("Live, exact at {seq}"), "seq", NUMBER(state->exact), NULL);
        break;
    case TEFTER_CATCHING_UP:
        run_tell(run, N_("Catching up, {count} behind"), "count", NUMBER(state->behind), NULL);
        break;
    case TEFTER_FETCHING:
        run_tell(run, N_("Fetching all figures again"), NULL);
        break;
    case TEFTER_CONNECTING:
        run_tell(run, N_("Connecting"), NULL);
        break;
    case TEFTER_STALE:
        run_tell(run, N_("{seconds} s old: no beat of the server"), "seconds",
                 NUMBER(state->age_ms / 1000), NULL);
        break;
    case TEFTER_LOST:
        run_tell(run, N_("NOT CONNECTED, figures {seconds} s old|: {reason}"), "seconds",
                 NUMBER(state->age_ms / 1000), "reason", if_any(state->reason), NULL);
        break;
    }
}

/* Only when the word changes: every set moves `exact`. */
static void state_changed(void *context, const struct tefter_state *state)
{
    static enum tefter_connection shown = TEFTER_CONNECTING;
    struct watch *watch = context;
    if (state->connection == shown)
        return;
    shown = state->connection;
    put_state(watch, state);
    (void)fflush(stdout);
}

/* While there is no beat the age is said again and again. */
static void say_age(void *context)
{
    struct watch *watch = context;
    struct tefter_state state;
    tefter_state(watch->run->client, &state);
    if (state.connection != TEFTER_STALE && state.connection != TEFTER_LOST)
        return;
    put_state(watch, &state);
    (void)fflush(stdout);
}

/* ---- rows ---- */

static const Tefter__CustomerRow *who(struct watch *watch, uint32_t customer)
{
    arena_reset(&watch->row_arena);
    const Tefter__Row *row =
        tefter_feed_row(watch->feed, TEFTER_ROW_CUSTOMER, customer, &watch->row_arena);
    return row == NULL ? NULL : row->customer;
}

/* ---- what is new ---- */

static struct known *known_of(struct watch *watch, uint32_t customer)
{
    if (customer >= watch->known_room) {
        size_t room = (size_t)customer + customer / 2 + 64;
        struct known *more = realloc(watch->known, room * sizeof(*more));
        need(more != NULL);
        memset(more + watch->known_room, 0, (room - watch->known_room) * sizeof(*more));
        watch->known = more;
        watch->known_room = room;
    }
    return &watch->known[customer];
}

static struct known known_from(const Tefter__AccountRow *account)
{
    return (struct known){.is = true,
                          .unlimited = account->unlimited,
                          .locked = account->locked,
                          .buyers = account->buyers,
                          .last_seq = account->last == NULL ? 0 : account->last->seq,
                          .limit_minor = account->limit_minor};
}

/* Its event is one that was not told before. */
static bool is_news(const struct known *known, const Tefter__AccountRow *account)
{
    if (account->last == NULL)
        return false;
    return known->is ? account->last->seq > known->last_seq : account->last->seq == account->seq;
}

static bool limit_changed(const struct known *known, const Tefter__AccountRow *account)
{
    return known->is && (known->unlimited != account->unlimited ||
                         (!account->unlimited && known->limit_minor != account->limit_minor));
}

static const char *limit_text(struct watch *watch, bool unlimited, int64_t limit_minor,
                              char out[CELL_MAX])
{
    if (unlimited)
        (void)snprintf(out, CELL_MAX, "%s", run_word(watch->run, N_("terms::none")));
    else
        (void)money_text(watch->run, limit_minor, out);
    return out;
}

/* Names were fetched before the first line: nothing is asked for in between. */
static void put_last(struct watch *watch, const Tefter__LastChange *last)
{
    char word[CELL_MAX];
    char amount[CELL_MAX + 1];
    char line[LINE_MAX_BYTES];
    struct run *run = watch->run;
    const Tefter__Actor *actor = last->actor;
    bool known = actor != NULL && actor->has_staff;
    (void)enum_said(run, &tefter__event_kind__descriptor, (int)last->kind, word);
    char *event = strstr(word, " event"); /* told apart in the schema from refusals and states */
    if (event != NULL)
        *event = '\0';
    (void)snprintf(amount, sizeof(amount), "%s%s", last->amount_minor > 0 ? "+" : "",
                   money_text(run, last->amount_minor, CELL));
    tell(stdout, "  %s",
         run_sentence(run, line, N_("{event}| {number}| {amount}| by {login}| at {branch}"),
                      "event", word, "number", last->number, "amount",
                      last->has_amount_minor ? amount : NULL, "login",
                      known ? staff_login(run, actor->staff) : NULL, "branch",
                      known && actor->has_branch ? branch_code(run, actor->branch) : NULL, NULL));
}

/* What of the figures is another than before, but for the lock: that is the customer's row's. */
static void put_facts(struct watch *watch, const struct known *known,
                      const Tefter__AccountRow *account)
{
    char line[LINE_MAX_BYTES];
    struct run *run = watch->run;
    if (is_news(known, account))
        put_last(watch, account->last);
    if (limit_changed(known, account))
        tell(stdout, "  %s",
             run_sentence(run, line, N_("limit {before} {arrow} {now}"), "before",
                          limit_text(watch, known->unlimited, known->limit_minor, CELL), "arrow",
                          run->unicode ? "→" : "->", "now",
                          limit_text(watch, account->unlimited, account->limit_minor, CELL), NULL));
    if (known->is && known->buyers != account->buyers)
        tell(stdout, "  %s",
             run_sentence(run, line,
                          words_many(run->language,
                                     MANY_("{count} person may buy on the account",
                                           "{count} people may buy on the account"),
                                     account->buyers),
                          "count", NUMBER(account->buyers), NULL));
}

/* Nothing that a line could say: what changed is told by another row, or nowhere. */
static bool is_told(const struct known *known, const Tefter__AccountRow *account)
{
    return known->is && !is_news(known, account) && !limit_changed(known, account) &&
           known->buyers == account->buyers;
}

static void put_account(struct watch *watch, const struct known *known,
                        const Tefter__AccountRow *account)
{
    char line[LINE_MAX_BYTES];
    struct run *run = watch->run;
    const Tefter__CustomerRow *customer = who(watch, account->customer);
    if (customer == NULL)
        tell(stdout, "#%" PRIu32, account->customer);
    else
        tell(stdout, "%s %s", customer->code, text_of(customer->name));
    tell(stdout, "  %s",
         run_sentence(run, line, N_("owes {balance}  {available}|  {locked}"), "balance",
                      money_text(run, account->balance_minor, CELL), "available",
                      available_text(run, account, CELL), "locked",
                      account->locked ? sign_locked(run) : NULL, NULL));
    put_facts(watch, known, account);
}

static void put_customer(struct watch *watch, const struct known *known,
                         const Tefter__CustomerRow *customer)
{
    char line[LINE_MAX_BYTES];
    const struct run *run = watch->run;
    bool locked = customer->has_locked && customer->locked;
    if (locked && (!known->is || !known->locked))
        (void)run_sentence(
            run, line, N_("{sign} locked|: {reason}|, until {date}"), "sign", sign_locked(run),
            "reason", if_any(text_of(customer->lock_reason)), "date",
            customer->has_locked_until ? date_text(customer->locked_until, CELL) : NULL, NULL);
    else
        (void)run_sentence(run, line,
                           !locked && known->is && known->locked ? N_("no longer locked")
                                                                 : N_("their record is changed"),
                           NULL);
    tell(stdout, "%s %s  %s", customer->code, text_of(customer->name), line);
}

/* The customer's row of a set tells of a lock; an account's alone tells it itself. */
static bool has_customer(const struct tefter_delta *set, uint32_t customer)
{
    for (size_t i = 0; i < set->row_count; i++)
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_CUSTOMER &&
            set->rows[i]->customer->customer == customer)
            return true;
    return false;
}

/* What happened. */
static const char *alarm_message(const Tefter__AlarmRow *alarm)
{
    if (alarm->has_terminal)
        return N_("terminal {terminal} {name}  {what}| incarnation {incarnation}");
    if (alarm->has_short_minor)
        return N_("{number}  a till is {amount} below nothing");
    if (alarm->has_difference_minor)
        return N_("{number}  a till is off by {amount}");
    if (alarm->maker_login != NULL && alarm->has_approval)
        return N_("approval {approval} granted by somebody whom {staff} made");
    if (alarm->maker_login != NULL)
        return N_("{number} settled by somebody whom {staff} made");
    if (alarm->has_undone_minor)
        return N_("{number}  own sales undone at once, {amount} beyond what one takes back alone");
    if (alarm->has_own_back_minor)
        return N_("{number}  own money taken back, {amount}");
    if (alarm->staff_login != NULL)
        return N_("the password of {staff} was set by somebody else");
    if (alarm->has_cash_minor)
        return N_("{number}  cash out over by {amount}");
    if (alarm->has_site)
        return N_("{customer}  with {site}, for whom they pay, over by {amount}");
    if (alarm->has_document && !alarm->has_over_by_minor)
        return N_("{number}  a till is below nothing; tefter alarms says by how much");
    return N_("{customer}  {kind} {number} over by {amount}");
}

static int64_t alarm_minor(const Tefter__AlarmRow *alarm)
{
    return alarm->has_short_minor        ? alarm->short_minor
           : alarm->has_difference_minor ? alarm->difference_minor
           : alarm->has_undone_minor     ? alarm->undone_minor
           : alarm->has_own_back_minor   ? alarm->own_back_minor
           : alarm->has_cash_minor       ? alarm->cash_minor
                                         : alarm->over_by_minor;
}

static void put_by(const struct run *run, const char *login)
{
    char line[LINE_MAX_BYTES];
    if (login != NULL)
        tell(stdout, "  %s", run_sentence(run, line, N_("by {login}"), "login", login, NULL));
}

static void put_alarm(struct watch *watch, const Tefter__AlarmRow *alarm)
{
    char customer[CELL_MAX];
    char line[LINE_MAX_BYTES];
    const struct run *run = watch->run;
    (void)snprintf(customer, sizeof(customer), "%.40s %.200s",
                   alarm->customer_code == NULL ? "" : alarm->customer_code,
                   text_of(alarm->customer_name));
    (void)run_sentence(
        run, line, alarm_message(alarm), "number",
        alarm->number == NULL ? run_word(run, N_("a paper")) : alarm->number, "customer", customer,
        "amount", money_text(run, alarm_minor(alarm), CELL), "site",
        alarm->site_code == NULL ? "" : alarm->site_code, "kind",
        enum_said(run, &tefter__document_kind__descriptor, (int)alarm->kind, CELL), "staff",
        alarm->maker_login != NULL ? alarm->maker_login : alarm->staff_login, "approval",
        NUMBER(alarm->approval), "terminal", NUMBER(alarm->terminal), "name",
        alarm->terminal_name == NULL ? "" : alarm->terminal_name, "what",
        enum_said(run, &tefter__terminal_alarm__descriptor, (int)alarm->what, CELL), "incarnation",
        alarm->has_incarnation ? NUMBER(alarm->incarnation) : NULL, NULL);
    tell(stdout, "%s %s", sign_over(run), line);
    if (alarm->source != NULL)
        tell(stdout, "  %s",
             run_sentence(run, line, N_("{count} of import {source}, the most of any"), "count",
                          NUMBER(alarm->documents - alarm->undone), "source", alarm->source, NULL));
    put_by(run, alarm->login);
}

/* `message` has the {amount}. */
static void put_figure(struct watch *watch, const char *message, int64_t amount_minor)
{
    char line[LINE_MAX_BYTES];
    tell(stdout, "  %s",
         run_sentence(watch->run, line, message, "amount",
                      money_text(watch->run, amount_minor, CELL), NULL));
}

static void put_totals(struct watch *watch, const Tefter__TotalsRow *totals)
{
    tell(stdout, "%s", branch_code(watch->run, totals->branch));
    put_figure(watch, N_("owed {amount}"), totals->owed_minor);
    put_figure(watch, N_("overdue {amount}"), totals->overdue_minor);
    put_figure(watch, N_("not yet matched {amount}"), totals->unmatched_minor);
    put_figure(watch, N_("sold {amount}"), totals->sold_minor);
    put_figure(watch, N_("of it on credit {amount}"), totals->on_credit_minor);
    put_figure(watch, N_("collected {amount}"), totals->collected_minor);
}

static void put_decision(struct watch *watch, const Tefter__DecisionRow *decision)
{
    char word[CELL_MAX];
    tell(stdout, "%s",
         enum_said(watch->run, &tefter__decision_kind__descriptor, (int)decision->kind, word));
    if (decision->customer_code != NULL)
        tell(stdout, "  %s %s", decision->customer_code, text_of(decision->customer_name));
    if (decision->number != NULL)
        tell(stdout, "  %s", decision->number);
    if (decision->has_amount_minor)
        put_figure(watch, N_("decision::of {amount}"), decision->amount_minor);
    if (decision->has_over_by_minor)
        put_figure(watch, N_("over by {amount}"), decision->over_by_minor);
    put_by(watch->run, decision->login);
}

/* Who may buy is told by the account's row of the set. */
static bool buyers_changed(struct watch *watch, const Tefter__CustomerRow *customer,
                           const struct tefter_delta *set)
{
    const struct known *known = known_of(watch, customer->customer);
    bool lock = known->locked != (customer->has_locked && customer->locked);
    for (size_t i = 0; known->is && !lock && i < set->row_count; i++)
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_ACCOUNT &&
            set->rows[i]->account->customer == customer->customer)
            return set->rows[i]->account->buyers != known->buyers;
    return false;
}

/* The alarm of an import counts on: it is told again when it is of twice as many. */
static bool alarm_grew(struct watch *watch, const Tefter__AlarmRow *alarm)
{
    if (alarm->source == NULL)
        return true;
    if (watch->import_alarm == alarm->alarm && alarm->documents < 2 * watch->import_documents)
        return false;
    watch->import_alarm = alarm->alarm;
    watch->import_documents = alarm->documents;
    return true;
}

/* What another row of the set tells, and an account's row of which nothing is new, give no line. */
static bool gives_line(struct watch *watch, const Tefter__Row *row, const struct tefter_delta *set)
{
    if (row->kind_case == TEFTER__ROW__KIND_ALARM)
        return alarm_grew(watch, row->alarm);
    if (row->kind_case == TEFTER__ROW__KIND_CUSTOMER)
        return !buyers_changed(watch, row->customer, set);
    if (row->kind_case != TEFTER__ROW__KIND_ACCOUNT)
        return true;
    const struct known *known = known_of(watch, row->account->customer);
    bool lock = known->is && known->locked != row->account->locked;
    return !is_told(known, row->account) || (lock && !has_customer(set, row->account->customer));
}

static void put_row(struct watch *watch, const Tefter__Row *row, const struct tefter_delta *set)
{
    if (!gives_line(watch, row, set))
        return;
    put_now(watch);
    switch (row->kind_case) {
    case TEFTER__ROW__KIND_ACCOUNT:
        put_account(watch, known_of(watch, row->account->customer), row->account);
        break;
    case TEFTER__ROW__KIND_CUSTOMER:
        put_customer(watch, known_of(watch, row->customer->customer), row->customer);
        break;
    case TEFTER__ROW__KIND_APPROVAL:
        approval_tell(watch->run, row->approval);
        break;
    case TEFTER__ROW__KIND_ALARM:
        put_alarm(watch, row->alarm);
        break;
    case TEFTER__ROW__KIND_TOTALS:
        put_totals(watch, row->totals);
        break;
    case TEFTER__ROW__KIND_DECISION:
        put_decision(watch, row->decision);
        break;
    case TEFTER__ROW__KIND__NOT_SET:
    case _TEFTER__ROW__KIND__CASE_IS_INT_SIZE:
        break;
    }
    if (set->delay_ms >= 0)
        tell(stdout, "  %" PRId64 " ms", set->delay_ms);
    tell(stdout, "\n");
}

static void put_rows_json(struct watch *watch, const struct tefter_delta *set)
{
    tell(stdout,
         "{\"seq\":%" PRIu64 ",\"exact\":%s,\"committed_ms\":%" PRId64 ",\"delay_ms\":%" PRId64
         ",\"rows\":%zu}\n",
         set->seq, set->exact ? "true" : "false", set->committed_ms, set->delay_ms, set->row_count);
    for (size_t i = 0; i < set->row_count; i++)
        run_json(watch->run, &set->rows[i]->base);
}

static void count_down(struct watch *watch)
{
    if (watch->counting && --watch->sets_left == 0)
        stop(watch);
}

static void set_arrived(void *context, const struct tefter_delta *set)
{
    struct watch *watch = context;
    if (set->refused != NULL) {
        watch->exit_code = run_refused(watch->run, set->refused);
        stop(watch);
        return;
    }
    bool replica = watch->first || set->page;
    if (watch->run->json)
        put_rows_json(watch, set);
    for (size_t i = 0; !watch->run->json && !replica && i < set->row_count; i++)
        put_row(watch, set->rows[i], set);
    for (size_t i = 0; i < set->row_count; i++)
        if (set->rows[i]->kind_case == TEFTER__ROW__KIND_ACCOUNT)
            *known_of(watch, set->rows[i]->account->customer) = known_from(set->rows[i]->account);
    watch->first = watch->first && !set->exact;
    (void)fflush(stdout);
    if (!replica && set->row_count > 0)
        count_down(watch);
}

/* ---- the loop ---- */

static void interrupted(void *context)
{
    stop(context);
}

static bool wanted_customers(struct run *run, uint32_t *customers, size_t *ret_count)
{
    size_t at = 0;
    uint64_t id = 0;
    *ret_count = 0;
    for (const char *text = arg_next(&run->args, "--customer", &at); text != NULL;
         text = arg_next(&run->args, "--customer", &at)) {
        if (*ret_count == CUSTOMERS_MAX) {
            (void)run_say(run, EXIT_USE, N_("at most {count} customers"), "count",
                          NUMBER(CUSTOMERS_MAX), NULL);
            return false;
        }
        if (!typed_id(run, VALUE_CUSTOMER, text, &id))
            return false;
        customers[(*ret_count)++] = (uint32_t)id;
    }
    return true;
}

static bool number_said(struct run *run, const char *name, uint64_t *ret_number)
{
    const char *text = arg_text(&run->args, name);
    *ret_number = 0;
    if (text == NULL || (sscanf(text, "%" SCNu64, ret_number) == 1 && *ret_number > 0))
        return true;
    (void)run_say(run, EXIT_USE, N_("{option} takes a number"), "option", name, NULL);
    return false;
}

static Tefter__Topic wanted_topic(const struct run *run)
{
    if (arg_flag(&run->args, "--alarms"))
        return TEFTER__TOPIC__TOPIC_ALARMS;
    if (arg_flag(&run->args, "--totals"))
        return TEFTER__TOPIC__TOPIC_TOTALS;
    if (arg_flag(&run->args, "--decisions"))
        return TEFTER__TOPIC__TOPIC_DECISIONS;
    return arg_flag(&run->args, "--approvals") ? TEFTER__TOPIC__TOPIC_APPROVALS
                                               : TEFTER__TOPIC__TOPIC_CUSTOMERS;
}

static bool begin(struct watch *watch, uint64_t seconds)
{
    struct run *run = watch->run;
    static uint32_t customers[CUSTOMERS_MAX];
    size_t count = 0;
    struct loop *loop = tefter_loop(run->client);
    if (!wanted_customers(run, customers, &count))
        return false;
    if (!run->json) { /* lists that lines need names from */
        (void)staff_login(run, 1);
        (void)branch_code(run, 1);
    }
    watch->feed =
        tefter_subscribe(run->client, wanted_topic(run), customers, count, set_arrived, watch);
    watch->stale = loop_timer_create(loop, say_age, watch);
    watch->end = loop_timer_create(loop, interrupted, watch);
    if (watch->feed == NULL || watch->stale == NULL || watch->end == NULL) {
        (void)run_say(run, EXIT_NO_SERVER, N_("no memory"), NULL);
        return false;
    }
    loop_timer_start(watch->stale, STALE_EVERY_MS, STALE_EVERY_MS);
    if (seconds > 0)
        loop_timer_start(watch->end, seconds * 1000, 0);
    (void)loop_on_signal(loop, SIGINT, interrupted, watch);
    (void)loop_on_signal(loop, SIGTERM, interrupted, watch);
    return true;
}

static int watch_run(struct run *run)
{
    static struct watch watch; /* signals may come as long as the loop lives */
    uint64_t seconds = 0;
    watch = (struct watch){.run = run, .first = true};
    if (!number_said(run, "--for", &seconds) || !number_said(run, "--sets", &watch.sets_left))
        return run->exit_code;
    watch.counting = watch.sets_left > 0;
    arena_init(&watch.row_arena, ROW_MEMORY_MAX);
    tefter_on_state(run->client, state_changed, &watch);
    if (begin(&watch, seconds)) {
        while (!watch.over)
            loop_run(tefter_loop(run->client));
    } else {
        watch.exit_code = run->exit_code;
    }
    tefter_on_state(run->client, NULL, NULL);
    loop_timer_destroy(watch.stale);
    loop_timer_destroy(watch.end);
    if (watch.feed != NULL)
        tefter_unsubscribe(watch.feed);
    arena_fini(&watch.row_arena);
    free(watch.known);
    return watch.exit_code;
}

const struct verb watch_verbs[] = {
    {.entity = "watch",
     .summary = "show every change as it happens, with its delay",
     .params = watch_params,
     .run = watch_run},
    END_VERBS,
};

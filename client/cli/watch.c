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
    if (watch->run->json) {
        put_state_json(state);
        return;
    }
    put_now(watch);
    switch (state->connection) {
    case TEFTER_LIVE:
        tell(stdout, "Live, exact at %" PRIu64 "\n", state->exact);
        break;
    case TEFTER_CATCHING_UP:
        tell(stdout, "Catching up, %" PRIu64 " behind\n", state->behind);
        break;
    case TEFTER_FETCHING:
        tell(stdout, "Fetching all figures again\n");
        break;
    case TEFTER_CONNECTING:
        tell(stdout, "Connecting\n");
        break;
    case TEFTER_STALE:
        tell(stdout, "%" PRIu64 " s old: no beat of the server\n", state->age_ms / 1000);
        break;
    case TEFTER_LOST:
        tell(stdout, "NOT CONNECTED, figures %" PRIu64 " s old%s%s\n", state->age_ms / 1000,
             state->reason[0] == '\0' ? "" : ": ", state->reason);
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
        (void)snprintf(out, CELL_MAX, "none");
    else
        (void)money_text(watch->run, limit_minor, out);
    return out;
}

/* Names were fetched before the first line: nothing is asked for in between. */
static void put_actor(struct watch *watch, const Tefter__Actor *actor)
{
    if (actor == NULL || !actor->has_staff)
        return;
    tell(stdout, " by %s", staff_login(watch->run, actor->staff));
    if (actor->has_branch)
        tell(stdout, " at %s", branch_code(watch->run, actor->branch));
}

static void put_last(struct watch *watch, const Tefter__LastChange *last)
{
    char word[CELL_MAX];
    char amount[CELL_MAX];
    (void)enum_word(&tefter__event_kind__descriptor, (int)last->kind, word, sizeof(word));
    char *event = strstr(word, " event"); /* told apart in the schema from refusals and states */
    if (event != NULL)
        *event = '\0';
    tell(stdout, "  %s", word);
    if (last->number != NULL)
        tell(stdout, " %s", last->number);
    if (last->has_amount_minor)
        tell(stdout, " %s%s", last->amount_minor > 0 ? "+" : "",
             money_text(watch->run, last->amount_minor, amount));
    put_actor(watch, last->actor);
}

static const char *buyers_text(uint32_t count, char out[CELL_MAX])
{
    (void)snprintf(out, CELL_MAX, "%" PRIu32 " %s", count, count == 1 ? "person" : "people");
    return out;
}

/* What of the figures is another than before, but for the lock: that is the customer's row's. */
static void put_facts(struct watch *watch, const struct known *known,
                      const Tefter__AccountRow *account)
{
    char before[CELL_MAX];
    char now[CELL_MAX];
    if (is_news(known, account))
        put_last(watch, account->last);
    if (limit_changed(known, account))
        tell(stdout, "  limit %s %s %s",
             limit_text(watch, known->unlimited, known->limit_minor, before),
             watch->run->unicode ? "→" : "->",
             limit_text(watch, account->unlimited, account->limit_minor, now));
    if (known->is && known->buyers != account->buyers)
        tell(stdout, "  %s may buy on the account", buyers_text(account->buyers, now));
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
    char owes[CELL_MAX];
    char rest[CELL_MAX];
    const Tefter__CustomerRow *customer = who(watch, account->customer);
    if (customer == NULL)
        tell(stdout, "#%" PRIu32, account->customer);
    else
        tell(stdout, "%s %s", customer->code, text_of(customer->name));
    bool plain = !account->unlimited && account->available_minor >= 0;
    tell(stdout, "  owes %s  %s%s%s%s", money_text(watch->run, account->balance_minor, owes),
         plain ? "available " : "", free_text(watch->run, account, rest),
         account->locked ? "  " : "", account->locked ? sign_locked(watch->run) : "");
    put_facts(watch, known, account);
}

static void put_customer(struct watch *watch, const struct known *known,
                         const Tefter__CustomerRow *customer)
{
    char date[CELL_MAX];
    bool locked = customer->has_locked && customer->locked;
    tell(stdout, "%s %s", customer->code, text_of(customer->name));
    if (locked && (!known->is || !known->locked)) {
        const char *reason = text_of(customer->lock_reason);
        tell(stdout, "  %s locked%s%s", sign_locked(watch->run), reason[0] == '\0' ? "" : ": ",
             reason);
        if (customer->has_locked_until)
            tell(stdout, ", until %s", date_text(customer->locked_until, date));
    } else if (!locked && known->is && known->locked) {
        tell(stdout, "  no longer locked");
    } else {
        tell(stdout, "  their record is changed");
    }
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

static void put_maker(struct watch *watch, const Tefter__AlarmRow *alarm)
{
    tell(stdout, "%s ", sign_over(watch->run));
    if (alarm->has_approval)
        tell(stdout, "approval %" PRIu64 " granted", alarm->approval);
    else
        tell(stdout, "%s settled", alarm->number == NULL ? "a paper" : alarm->number);
    tell(stdout, " by somebody whom %s made", alarm->maker_login);
}

static void put_alarm(struct watch *watch, const Tefter__AlarmRow *alarm)
{
    char word[CELL_MAX];
    char amount[CELL_MAX];
    if (alarm->has_terminal) {
        tell(stdout, "%s terminal %" PRIu32 " %s  %s", sign_over(watch->run), alarm->terminal,
             alarm->terminal_name == NULL ? "" : alarm->terminal_name,
             enum_word(&tefter__terminal_alarm__descriptor, (int)alarm->what, word, sizeof(word)));
        if (alarm->has_incarnation)
            tell(stdout, " incarnation %" PRIu32, alarm->incarnation);
        return;
    }
    if (alarm->has_short_minor)
        tell(stdout, "%s %s  a till is %s below nothing", sign_over(watch->run),
             alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->short_minor, amount));
    else if (alarm->has_difference_minor)
        tell(stdout, "%s %s  a till is off by %s", sign_over(watch->run),
             alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->difference_minor, amount));
    else if (alarm->maker_login != NULL)
        put_maker(watch, alarm);
    else if (alarm->has_undone_minor)
        tell(stdout, "%s %s  own sales undone at once, %s beyond what one takes back alone",
             sign_over(watch->run), alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->undone_minor, amount));
    else if (alarm->has_own_back_minor)
        tell(stdout, "%s %s  own money taken back, %s", sign_over(watch->run),
             alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->own_back_minor, amount));
    else if (alarm->staff_login != NULL)
        tell(stdout, "%s the password of %s was set by somebody else", sign_over(watch->run),
             alarm->staff_login);
    else if (alarm->has_cash_minor)
        tell(stdout, "%s %s  cash out over by %s", sign_over(watch->run),
             alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->cash_minor, amount));
    else if (alarm->has_site)
        tell(stdout, "%s %s %s  with %s, for whom they pay, over by %s", sign_over(watch->run),
             alarm->customer_code == NULL ? "" : alarm->customer_code,
             text_of(alarm->customer_name), alarm->site_code == NULL ? "" : alarm->site_code,
             money_text(watch->run, alarm->over_by_minor, amount));
    else
        tell(stdout, "%s %s %s  %s %s over by %s", sign_over(watch->run),
             alarm->customer_code == NULL ? "" : alarm->customer_code,
             text_of(alarm->customer_name),
             enum_word(&tefter__document_kind__descriptor, (int)alarm->kind, word, sizeof(word)),
             alarm->number == NULL ? "" : alarm->number,
             money_text(watch->run, alarm->over_by_minor, amount));
    if (alarm->source != NULL)
        tell(stdout, "  %" PRIu64 " of import %s, the most of any",
             alarm->documents - alarm->undone, alarm->source);
    if (alarm->login != NULL)
        tell(stdout, "  by %s", alarm->login);
}

static void put_figure(struct watch *watch, const char *word, int64_t amount_minor)
{
    char amount[CELL_MAX];
    tell(stdout, "  %s %s", word, money_text(watch->run, amount_minor, amount));
}

static void put_totals(struct watch *watch, const Tefter__TotalsRow *totals)
{
    tell(stdout, "%s", branch_code(watch->run, totals->branch));
    put_figure(watch, "owed", totals->owed_minor);
    put_figure(watch, "overdue", totals->overdue_minor);
    put_figure(watch, "not yet matched", totals->unmatched_minor);
    put_figure(watch, "sold", totals->sold_minor);
    put_figure(watch, "of it on credit", totals->on_credit_minor);
    put_figure(watch, "collected", totals->collected_minor);
}

static void put_decision(struct watch *watch, const Tefter__DecisionRow *decision)
{
    char word[CELL_MAX];
    tell(stdout, "%s",
         enum_word(&tefter__decision_kind__descriptor, (int)decision->kind, word, sizeof(word)));
    if (decision->customer_code != NULL)
        tell(stdout, "  %s %s", decision->customer_code, text_of(decision->customer_name));
    if (decision->number != NULL)
        tell(stdout, "  %s", decision->number);
    if (decision->has_amount_minor)
        put_figure(watch, "of", decision->amount_minor);
    if (decision->has_over_by_minor)
        put_figure(watch, "over by", decision->over_by_minor);
    if (decision->login != NULL)
        tell(stdout, "  by %s", decision->login);
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
            (void)run_say(run, EXIT_USE, "at most %d customers", CUSTOMERS_MAX);
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
    (void)run_say(run, EXIT_USE, "%s takes a number", name);
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
        (void)run_say(run, EXIT_NO_SERVER, "no memory");
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

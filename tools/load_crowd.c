/*
 * What many terminals do together: hear of one change, hear of many, come back all at once, or stay
 * and do nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

enum { SETTLE_MS = 300, ROWS_FIELD = 4, FIRST_TRY_US = 5000, FIRST_TRIES = 40000 };

struct crowd {
    struct fleet fleet;
    const struct settings *settings;
    struct figures figures;
    struct loop_timer *timer;
    uint32_t listeners; /* the first connections; the rest write */
    uint32_t exact;
    uint64_t number; /* of the charge */
    /* one change at a time */
    uint64_t sent_ns;
    uint64_t first_ns; /* when its first news came */
    uint64_t news;
    bool replied;
    /* in the window */
    uint64_t sets;
    uint64_t rows;
    uint64_t bytes;
    uint64_t from_commit_us; /* summed: from the first news to the last */
    uint64_t rounds;
    bool stopping;
};

static bool crowd_init(struct crowd *crowd, const struct settings *settings, uint32_t connections,
                       struct failure *failure)
{
    crowd->settings = settings;
    crowd->figures.server = settings->server;
    if (!fleet_init(&crowd->fleet, settings, connections, failure) ||
        !fleet_connect(&crowd->fleet, failure))
        return false;
    crowd->fleet.owner = crowd;
    return true;
}

/* ---- everybody has a whole picture ---- */

static void counted_exact(struct connection *connection)
{
    struct crowd *crowd = connection->fleet->owner;
    figures_latency(&crowd->figures, now_ns() - connection->begun_ns);
    if (++crowd->exact == crowd->listeners)
        loop_stop(connection->fleet->loop);
}

static bool subscribe_all(struct crowd *crowd)
{
    crowd->exact = 0;
    crowd->fleet.callbacks = (struct fleet_callbacks){.exact = counted_exact};
    for (uint32_t i = 0; i < crowd->listeners; i++)
        connection_subscribe(&crowd->fleet.connections[i], false);
    return fleet_run(&crowd->fleet);
}

/* ---- push, one change at a time ---- */

static void charge(struct crowd *crowd, struct connection *writer, uint64_t request)
{
    uint64_t chance = chance_of(crowd->number++ ^ crowd->fleet.counter << 32);
    uint32_t customer = FIRST_CUSTOMER + (uint32_t)(chance % crowd->settings->customers);
    charge_send(writer, request, customer, chance >> 7);
}

static void next_round(struct crowd *crowd)
{
    crowd->news = 0;
    crowd->replied = false;
    crowd->first_ns = 0;
    crowd->sent_ns = now_ns();
    charge(crowd, &crowd->fleet.connections[crowd->listeners], 1);
}

static void one_came(struct crowd *crowd, uint64_t at_ns)
{
    if (crowd->first_ns == 0)
        crowd->first_ns = at_ns;
    if (!crowd->replied || crowd->news < crowd->listeners)
        return;
    if (crowd->figures.open) {
        crowd->figures.count += crowd->listeners;
        crowd->from_commit_us += (at_ns - crowd->first_ns) / 1000;
        crowd->rounds++;
    }
    figures_latency(&crowd->figures, at_ns - crowd->first_ns);
    if (crowd->stopping)
        loop_stop(crowd->fleet.loop);
    else
        next_round(crowd);
}

static void hear_reply(struct connection *connection, uint64_t request, uint32_t body,
                       struct slice bytes)
{
    struct crowd *crowd = connection->fleet->owner;
    struct field field;
    (void)request;
    (void)body;
    crowd->replied = true;
    if (field_find(bytes, TEFTER__REPLY__RESULT_REFUSED, &field)) {
        refusal_tell("refused", &tefter__reply__descriptor, bytes);
        crowd->figures.refused++;
    }
    one_came(crowd, now_ns());
}

static uint64_t rows_in(struct slice set)
{
    struct field field;
    uint64_t rows = 0;
    while (field_next(&set, &field))
        rows += field.number == ROWS_FIELD;
    return rows;
}

static void count_set(struct crowd *crowd, struct slice set, size_t frame_size)
{
    if (!crowd->figures.open)
        return;
    crowd->sets++;
    crowd->bytes += frame_size + 4;
    crowd->rows += rows_in(set);
}

static void hear_news(struct connection *connection, struct slice set, size_t frame_size)
{
    struct crowd *crowd = connection->fleet->owner;
    if (rows_in(set) == 0)
        return; /* a beat */
    count_set(crowd, set, frame_size);
    crowd->news++;
    one_came(crowd, now_ns());
}

static void on_time(void *context)
{
    struct crowd *crowd = context;
    if (!crowd->figures.open && !crowd->stopping) {
        figures_begin(&crowd->figures);
        loop_timer_start(crowd->timer, crowd->settings->ms, 0);
        return;
    }
    crowd->stopping = true;
    figures_end(&crowd->figures);
}

static void crowd_print(const struct crowd *crowd)
{
    char more[240];
    uint64_t sets = crowd->sets == 0 ? 1 : crowd->sets;
    (void)snprintf(
        more, sizeof more,
        ", \"sets\": %lu, \"rows\": %lu, \"bytes_a_set\": %lu, \"rounds\": %lu, \"redials\": %u",
        (unsigned long)crowd->sets, (unsigned long)crowd->rows,
        (unsigned long)(crowd->bytes / sets), (unsigned long)crowd->rounds, crowd->fleet.redials);
    figures_print(&crowd->figures, more);
}

static int crowd_end(struct crowd *crowd, bool good, const struct failure *failure)
{
    if (good)
        crowd_print(crowd);
    fleet_fini(&crowd->fleet);
    free(crowd);
    return good ? 0 : job_failed(failure);
}

static bool run_timed(struct crowd *crowd)
{
    crowd->timer = loop_timer_create(crowd->fleet.loop, on_time, crowd);
    loop_timer_start(crowd->timer, crowd->settings->warm_ms, 0);
    bool whole = fleet_run(&crowd->fleet);
    loop_timer_destroy(crowd->timer);
    fleet_drop(&crowd->fleet);
    return whole;
}

int job_push(const struct settings *settings)
{
    struct failure failure = {0};
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (crowd == NULL)
        return 1;
    crowd->listeners = (uint32_t)settings->terminals;
    bool good = crowd_init(crowd, settings, crowd->listeners + 1, &failure) && subscribe_all(crowd);
    if (good) {
        crowd->fleet.callbacks = (struct fleet_callbacks){.answered = hear_reply, .fed = hear_news};
        next_round(crowd);
        good = run_timed(crowd);
    }
    return crowd_end(crowd, good, &failure);
}

/* ---- push, groups ---- */

static void go_on(struct connection *connection, uint64_t request, uint32_t body,
                  struct slice bytes)
{
    struct crowd *crowd = connection->fleet->owner;
    (void)body;
    (void)bytes;
    crowd->rounds += crowd->figures.open;
    if (!crowd->stopping)
        charge(crowd, connection, request);
    else
        loop_stop(crowd->fleet.loop);
}

static void count_news(struct connection *connection, struct slice set, size_t frame_size)
{
    struct crowd *crowd = connection->fleet->owner;
    count_set(crowd, set, frame_size);
    if (crowd->figures.open)
        crowd->figures.count = crowd->rows;
}

int job_pack(const struct settings *settings)
{
    struct failure failure = {0};
    struct crowd *crowd = calloc(1, sizeof *crowd);
    uint32_t writers = (uint32_t)settings->writers;
    if (crowd == NULL)
        return 1;
    crowd->listeners = (uint32_t)settings->terminals;
    bool good =
        crowd_init(crowd, settings, crowd->listeners + writers, &failure) && subscribe_all(crowd);
    if (good) {
        crowd->fleet.callbacks = (struct fleet_callbacks){.answered = go_on, .fed = count_news};
        for (uint64_t slot = 1; slot <= settings->window; slot++)
            for (uint32_t i = 0; i < writers; i++)
                charge(crowd, &crowd->fleet.connections[crowd->listeners + i], slot);
        good = run_timed(crowd);
    }
    return crowd_end(crowd, good, &failure);
}

/* ---- all come back at once ---- */

static void ask_for_picture(struct connection *connection)
{
    struct crowd *crowd = connection->fleet->owner;
    connection_subscribe(connection, crowd->settings->resume);
}

static bool come_back(struct crowd *crowd)
{
    fleet_drop(&crowd->fleet);
    crowd->exact = 0;
    crowd->fleet.callbacks =
        (struct fleet_callbacks){.in = ask_for_picture, .exact = counted_exact};
    crowd->fleet.redials = 0;
    for (uint32_t i = 0; i < crowd->listeners; i++)
        crowd->fleet.connections[i].begun_ns = 0;
    usleep(SETTLE_MS * 1000); /* the server has let go of all */
    figures_begin(&crowd->figures);
    fleet_dial(&crowd->fleet);
    bool whole = fleet_run(&crowd->fleet);
    figures_end(&crowd->figures);
    crowd->figures.count = crowd->exact;
    return whole;
}

int job_connect(const struct settings *settings)
{
    struct failure failure = {0};
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (crowd == NULL)
        return 1;
    crowd->listeners = (uint32_t)settings->terminals;
    bool good = crowd_init(crowd, settings, crowd->listeners, &failure) && subscribe_all(crowd) &&
                come_back(crowd);
    return crowd_end(crowd, good, &failure);
}

/* ---- memory of those who do nothing ---- */

int job_idle(const struct settings *settings)
{
    struct failure failure = {0};
    struct crowd *crowd = calloc(1, sizeof *crowd);
    char more[120];
    if (crowd == NULL)
        return 1;
    uint64_t before = process_rss_kib(settings->server);
    crowd->figures.server = settings->server;
    figures_begin(&crowd->figures);
    bool good = crowd_init(crowd, settings, (uint32_t)settings->terminals, &failure);
    figures_end(&crowd->figures);
    usleep(SETTLE_MS * 1000);
    uint64_t after = process_rss_kib(settings->server);
    if (good)
        fleet_drop(&crowd->fleet);
    usleep(SETTLE_MS * 1000);
    (void)snprintf(more, sizeof more, ", \"rss_kib\": [%lu, %lu, %lu]", (unsigned long)before,
                   (unsigned long)after, (unsigned long)process_rss_kib(settings->server));
    crowd->figures.count = settings->terminals;
    if (good)
        figures_print(&crowd->figures, more);
    fleet_fini(&crowd->fleet);
    free(crowd);
    return good ? 0 : job_failed(&failure);
}

/* ---- the first answer of a server that has just been started ---- */

static void hear_card(struct connection *connection, uint64_t request, uint32_t body,
                      struct slice bytes)
{
    (void)request;
    (void)body;
    (void)bytes;
    loop_stop(connection->fleet->loop);
}

static bool first_try(const struct settings *settings, struct failure *failure)
{
    struct fleet fleet;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    card.has_customer = true;
    card.customer = FIRST_CUSTOMER;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    bool good = fleet_init(&fleet, settings, 1, failure) && fleet_connect(&fleet, failure);
    if (good) {
        fleet.callbacks = (struct fleet_callbacks){.answered = hear_card};
        connection_query(&fleet.connections[0], 1, &query);
        good = fleet_run(&fleet);
    }
    fleet_fini(&fleet);
    return good;
}

int job_first(const struct settings *settings)
{
    struct failure failure = {0};
    for (int i = 0; i < FIRST_TRIES; i++) {
        failure = (struct failure){0};
        if (first_try(settings, &failure)) {
            printf("{\"at_s\": %.6f}\n", (double)now_ns() / 1e9);
            return 0;
        }
        usleep(FIRST_TRY_US);
    }
    return job_failed(&failure);
}

#include "lib/inside.h"

#include "base/limits.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAME_MEMORY_MAX = 16 * 1024 * 1024, SMALL_MEMORY_MAX = 64 * 1024, CLOSE_MS = 300 };

/* ---- clocks ---- */

static int64_t clock_ms(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

/* Nobody sets it, and it goes on while the machine sleeps. */
int64_t steady_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

const char *tefter_address(const struct tefter *client)
{
    return client->address;
}

int64_t tefter_now_ms(struct tefter *client)
{
    return client->clock_known ? steady_ms() + client->clock_offset_ms : wall_ms();
}

/* ---- opening ---- */

static bool client_tls(struct tefter *client, struct failure *failure)
{
    struct arena arena;
    struct tls_identity identity;
    arena_init(&arena, 4 * PROFILE_FILE_MAX);
    bool good = profile_identity(client->folder, &arena, &identity, failure);
    if (good)
        client->tls =
            tls_context_client(&identity, &client->enrolment.root, TLS_ALPN_TERMINAL, failure);
    arena_fini(&arena);
    return good && client->tls != NULL;
}

static const char *address_of(const struct tefter_options *options,
                              const struct tefter_enrolment *enrolment)
{
    const char *variable = getenv("TEFTER_SERVER");
    if (options->address != NULL && options->address[0] != '\0')
        return options->address;
    return variable != NULL && variable[0] != '\0' ? variable : enrolment->address;
}

static bool client_lent(struct tefter *client, const struct tefter_lent *lent,
                        struct failure *failure)
{
    if (lent->token_size > PROFILE_TOKEN_MAX)
        return fail(failure, FAULT_USE, 0, "that is no token");
    client->lent = true;
    client->lent_socket = lent->socket;
    (void)snprintf(client->address, sizeof(client->address), "the server");
    ids_init_lent(&client->ids, lent->terminal);
    memcpy(client->token.bytes, lent->token, lent->token_size);
    client->token.size = lent->token_size;
    client->token.expires_ms = INT64_MAX; /* the server says when it is over */
    return true;
}

static bool client_profile(struct tefter *client, const struct tefter_options *options,
                           struct failure *failure)
{
    if (options->lent != NULL)
        return client_lent(client, options->lent, failure);
    if (!tefter_profile_folder(options->profile, client->folder, failure) ||
        !tefter_profile_read(client->folder, &client->enrolment, failure))
        return false;
    if (!client->enrolment.enrolled)
        return fail(failure, FAULT_USE, 0,
                    "there is no terminal in %s yet: get a code (tefter terminal add) and say "
                    "tefter enrol HOST:PORT CODE",
                    client->folder);
    (void)snprintf(client->address, sizeof(client->address), "%s",
                   address_of(options, &client->enrolment));
    ids_init(&client->ids, client->folder, client->enrolment.terminal);
    if (options->outbox && !outbox_open(&client->outbox, client->folder, wall_ms(), failure))
        return false;
    return profile_token_read(client->folder, &client->token, failure) &&
           client_tls(client, failure);
}

static void tick(void *context)
{
    link_tick(context);
}

static void wake_deferred(void *context)
{
    struct tefter *client = context;
    if (link_is_open(client))
        requests_wake(client);
}

static void lose_patience(void *context)
{
    struct tefter *client = context;
    client->impatient = true;
    loop_stop(client->loop);
}

static bool client_loop(struct tefter *client, struct loop *loop, struct failure *failure)
{
    client->own_loop = loop == NULL;
    client->loop = loop == NULL ? loop_create(failure) : loop;
    if (client->loop == NULL)
        return false;
    client->tick = loop_timer_create(client->loop, tick, client);
    client->patience = loop_timer_create(client->loop, lose_patience, client);
    client->deferred = loop_timer_create(client->loop, wake_deferred, client);
    if (client->tick == NULL || client->patience == NULL || client->deferred == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    return true;
}

static void client_options(struct tefter *client, const struct tefter_options *options)
{
    client->window = options->window == 0 ? TEFTER_WINDOW : options->window;
    if (client->window > COMMANDS_MAX)
        client->window = COMMANDS_MAX;
    client->patience_ms = options->patience_ms == 0 ? TEFTER_PATIENCE_MS : options->patience_ms;
    client->keeps_outbox = options->outbox;
    client->on_state = options->on_state;
    client->state_context = options->context;
    client->on_resolved = options->on_resolved;
    client->context = options->context;
    (void)snprintf(client->program, sizeof(client->program), "%s",
                   options->program == NULL ? "tefter" : options->program);
    client->currency = (struct currency){.sign = ""};
    arena_init(&client->frame_arena, FRAME_MEMORY_MAX);
    arena_init(&client->welcome_arena, SMALL_MEMORY_MAX);
    arena_init(&client->person_arena, SMALL_MEMORY_MAX);
    client->request_round = 1;
    requests_init(client);
}

bool tefter_open(const struct tefter_options *options, struct tefter **ret_client,
                 struct failure *failure)
{
    *ret_client = NULL;
    if (!hash_setup())
        return fail(failure, FAULT_IO, 0, "the system gives no random numbers");
    struct tefter *client = calloc(1, sizeof(*client));
    if (client == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for a client");
    client_options(client, options);
    if (!client_profile(client, options, failure) || !client_loop(client, options->loop, failure)) {
        tefter_close(client);
        return false;
    }
    *ret_client = client;
    return true;
}

/* Lets an orderly end of the connection go out; it takes one way there and back. */
static void wait_closed(struct tefter *client, struct wire_end *end)
{
    if (!client->own_loop || end == NULL)
        return;
    bool closed = false;
    end->closed = &closed;
    client->impatient = false;
    loop_timer_start(client->patience, CLOSE_MS, 0);
    while (!closed && !client->impatient)
        loop_run(client->loop);
    if (!closed)
        end->closed = NULL;
}

void tefter_close(struct tefter *client)
{
    if (client == NULL)
        return;
    client->on_state = NULL;
    struct wire_end *end = client->link.end;
    link_stop(client);
    wait_closed(client, end);
    loop_timer_destroy(client->tick);
    client->tick = NULL;
    loop_timer_destroy(client->deferred);
    loop_timer_destroy(client->patience);
    if (client->own_loop)
        loop_destroy(client->loop);
    feeds_fini(client);
    renewal_fini(client);
    requests_fini(client);
    outbox_close(&client->outbox);
    ids_fini(&client->ids);
    tls_context_release(client->tls);
    arena_fini(&client->frame_arena);
    arena_fini(&client->welcome_arena);
    features_fini(&client->features);
    arena_fini(&client->person_arena);
    secret_wipe(&client->token, sizeof(client->token));
    free(client);
}

void tefter_start(struct tefter *client)
{
    if (client->link.state != LINK_IDLE)
        return;
    client->started_ms = loop_now_ms(client->loop);
    loop_timer_start(client->tick, TICK_MS, TICK_MS);
    link_start(client);
}

/* ---- what it is ---- */

struct loop *tefter_loop(struct tefter *client)
{
    return client->loop;
}

const char *tefter_profile(const struct tefter *client)
{
    return client->folder;
}

const Tefter__Welcome *tefter_welcome(const struct tefter *client)
{
    return client->welcome;
}

const Tefter__LoggedIn *tefter_person(const struct tefter *client)
{
    return client->person;
}

bool tefter_knows_field(const struct tefter *client, const ProtobufCMessageDescriptor *type,
                        uint32_t number)
{
    return features_have(&client->features, type, number);
}

bool tefter_knows_value(const struct tefter *client, const ProtobufCEnumDescriptor *type, int value)
{
    return features_have(&client->features, type, (uint32_t)value);
}

const struct currency *tefter_currency(const struct tefter *client)
{
    return &client->currency;
}

/* ---- state of the line ---- */

static enum tefter_connection connection_of_feeds(const struct tefter *client)
{
    enum tefter_connection connection = TEFTER_LIVE;
    for (const struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        if (feed->dead || feed->replica.exact)
            continue;
        if (feed->fetching_again)
            return TEFTER_FETCHING;
        connection = feed->resuming ? TEFTER_CATCHING_UP : TEFTER_CONNECTING;
    }
    return connection;
}

static enum tefter_connection connection_of(const struct tefter *client, uint64_t age_ms)
{
    if (!link_is_open(client))
        return client->welcome == NULL && age_ms < TEFTER_LOST_MS ? TEFTER_CONNECTING : TEFTER_LOST;
    if (age_ms >= TEFTER_LOST_MS)
        return TEFTER_LOST;
    return age_ms >= TEFTER_STALE_MS ? TEFTER_STALE : connection_of_feeds(client);
}

static uint64_t exact_of(const struct tefter *client, uint64_t *ret_least)
{
    uint64_t least = UINT64_MAX;
    bool exact = client->feeds != NULL;
    for (const struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        if (feed->dead)
            continue;
        exact = exact && feed->replica.exact;
        if (feed->replica.position < least)
            least = feed->replica.position;
    }
    *ret_least = least;
    return exact ? least : 0;
}

void tefter_state(struct tefter *client, struct tefter_state *ret_state)
{
    uint64_t least = 0;
    uint64_t now = loop_now_ms(client->loop);
    uint64_t since =
        client->link.last_beat_ms == 0 ? client->started_ms : client->link.last_beat_ms;
    struct tefter_state state = {.age_ms = now > since ? now - since : 0};
    state.connected = link_is_open(client);
    state.person = state.connected && client->person != NULL;
    state.connection = connection_of(client, state.age_ms);
    state.exact = exact_of(client, &least);
    state.behind = state.exact == 0 && client->server_seq > least ? client->server_seq - least : 0;
    state.reason = state.connected ? "" : client->link.reason;
    *ret_state = state;
}

void client_changed(struct tefter *client)
{
    struct tefter_state state;
    if (client->on_state == NULL)
        return;
    tefter_state(client, &state);
    const struct tefter_state *before = &client->notified;
    if (client->notified_once && before->connection == state.connection &&
        before->connected == state.connected && before->person == state.person &&
        before->exact == state.exact)
        return;
    client->notified_once = true;
    client->notified = state;
    client->on_state(client->state_context, &state);
}

void tefter_on_state(struct tefter *client, tefter_state_fn on_state, void *context)
{
    client->on_state = on_state;
    client->state_context = context;
}

const char *tefter_connection_word(enum tefter_connection connection)
{
    switch (connection) {
    case TEFTER_CONNECTING:
        return "connecting";
    case TEFTER_LIVE:
        return "live";
    case TEFTER_CATCHING_UP:
        return "catching up";
    case TEFTER_FETCHING:
        return "fetching all figures again";
    case TEFTER_STALE:
        return "stale";
    case TEFTER_LOST:
        return "not connected";
    }
    return "";
}

/* ---- blocking calls ---- */

void client_happened(struct tefter *client)
{
    client->happened = true;
    if (client->waiting)
        loop_stop(client->loop);
}

uint64_t client_until(struct tefter *client, uint64_t wait_ms)
{
    client->breached = false;
    return (uint64_t)clock_ms(CLOCK_MONOTONIC) + wait_ms;
}

bool client_wait(struct tefter *client, uint64_t until_ms)
{
    client->happened = false;
    client->waiting = true;
    while (!client->happened && !client->breached) {
        uint64_t now = (uint64_t)clock_ms(CLOCK_MONOTONIC);
        if (now >= until_ms)
            break;
        client->impatient = false;
        loop_timer_start(client->patience, until_ms - now, 0);
        loop_run(client->loop);
        if (!client->happened && !client->impatient)
            break; /* somebody else stopped the loop */
    }
    client->waiting = false;
    loop_timer_stop(client->patience);
    return client->happened && !client->breached;
}

bool client_may_wait(const struct tefter *client, uint64_t until_ms)
{
    return !client->breached && (uint64_t)clock_ms(CLOCK_MONOTONIC) < until_ms;
}

bool tefter_outbox_damaged(const struct tefter *client)
{
    return client->outbox.damaged;
}

bool tefter_profile_old(const struct tefter *client)
{
    return client->profile_old;
}

bool tefter_breached(const struct tefter *client)
{
    return client->breached;
}

bool client_no_answer(const struct tefter *client, struct failure *failure)
{
    const char *reason = client->link.reason;
    if (client->breached)
        return fail(failure, FAULT_PEER, 0,
                    "the server %s does not keep to the protocol: %s. Nothing of it was believed",
                    client->address, reason);
    return fail(failure, FAULT_IO, 0, "no answer from %s: %s", client->address,
                reason[0] == '\0' ? "it takes too long" : reason);
}

static bool cannot_connect(const struct tefter *client, struct failure *failure)
{
    const char *reason = client->link.reason[0] == '\0' ? "no answer" : client->link.reason;
    if (client->link.refused)
        return fail(failure, FAULT_DENIED, 0, "the server %s turns this terminal away: %s",
                    client->address, reason);
    if (client->breached)
        return client_no_answer(client, failure);
    if (client->link.outlived)
        return fail(failure, FAULT_STALE, 0, "the server %s is not taken: %s", client->address,
                    reason);
    bool named = strstr(reason, client->address) != NULL;
    return fail(failure, FAULT_IO, 0, "%s%s%s%s. Is the server running, and is the address right?",
                named ? "" : "no connection to ", named ? "" : client->address, named ? "" : ": ",
                reason);
}

bool tefter_connect(struct tefter *client, uint64_t wait_ms, struct failure *failure)
{
    uint64_t until = client_until(client, wait_ms == 0 ? client->patience_ms : wait_ms);
    uint32_t failures = client->link.attempts;
    tefter_start(client);
    while (!link_is_open(client) || client->link.expired) {
        bool gave_up = wait_ms == 0 && client->link.attempts != failures && !client->renewed;
        if (gave_up || client->link.refused || client->link.outlived || !client_wait(client, until))
            return cannot_connect(client, failure);
    }
    return true;
}

bool tefter_turn(struct tefter *client, uint64_t wait_ms)
{
    return client_wait(client, client_until(client, wait_ms));
}

bool tefter_resolve(struct tefter *client, uint64_t wait_ms, struct failure *failure)
{
    uint64_t until = client_until(client, wait_ms);
    while (client->request_count > 0) {
        if (!client_wait(client, until))
            return fail(failure, FAULT_IO, 0,
                        "%" PRIu32 " answers are outstanding: the server does not answer (%s)",
                        client->request_count, client->link.reason);
    }
    return true;
}

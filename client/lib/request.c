/*
 * What was asked and has no answer yet. Commands and queries are sent again after a loss, in their
 * old order and with their old bytes; anything else is told that the line broke.
 */
#include "base/limits.h"
#include "lib/inside.h"
#include "wire/message.h"

#include <stdlib.h>

enum { FRAME_KEPT_BYTES = 16 * 1024, BUSY_RETRY_MS = 200 };

/* ---- slots ---- */

void requests_init(struct tefter *client)
{
    for (int i = 0; i < REQUESTS_MAX; i++) {
        client->free_requests[i] = (uint16_t)(REQUESTS_MAX - 1 - i);
        buffer_init(&client->requests[i].frame, FRAME_HEAD_SIZE + FRAME_TO_SERVER_MAX);
    }
}

void requests_fini(struct tefter *client)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        struct buffer *frame = &client->requests[i].frame;
        if (frame->data != NULL)
            secret_wipe(frame->data, frame->size);
        buffer_fini(frame);
    }
}

static uint16_t slot_of(const struct tefter *client, const struct request *request)
{
    return (uint16_t)(request - client->requests);
}

static void queue_request(struct tefter *client, const struct request *request)
{
    uint32_t at = (client->to_send_first + client->to_send_count++) % REQUESTS_MAX;
    client->to_send[at] = slot_of(client, request);
}

/* Length, then the message. */
static bool put_frame(struct buffer *out, const Tefter__FromTerminal *frame)
{
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    buffer_clear(out);
    if (!buffer_put(out, head, sizeof(head)) || !message_put(&frame->base, out))
        return false;
    be32_put(out->data, (uint32_t)(out->size - FRAME_HEAD_SIZE));
    return true;
}

struct request *request_begin(struct tefter *client, enum request_kind kind,
                              Tefter__FromTerminal *frame, struct failure *failure)
{
    if (client->request_count == REQUESTS_MAX) {
        (void)fail(failure, FAULT_BUSY, 0, "too much is under way: wait for an answer first");
        return NULL;
    }
    uint16_t slot = client->free_requests[REQUESTS_MAX - 1 - client->request_count];
    struct request *request = &client->requests[slot];
    frame->has_request = true;
    frame->request = client->request_round++ * REQUESTS_MAX + slot;
    if (!put_frame(&request->frame, frame)) {
        (void)fail(failure, FAULT_USE, 0, "this is too big for one request: at most %d bytes",
                   FRAME_TO_SERVER_MAX);
        return NULL;
    }
    struct buffer kept = request->frame;
    *request = (struct request){.number = frame->request, .kind = kind, .frame = kept};
    request->asked = frame->body_case;
    if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_QUERY)
        request->wants_answer = expect_answer(slice_of(frame->query.data, frame->query.len));
    request->order = client->request_order++;
    request->begun_ms = loop_now_ms(client->loop);
    client->request_count++;
    client->command_count += kind == REQUEST_COMMAND;
    queue_request(client, request);
    return request;
}

static void drop_from_queue(struct tefter *client, uint16_t slot)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < client->to_send_count; i++) {
        uint16_t each = client->to_send[(client->to_send_first + i) % REQUESTS_MAX];
        if (each != slot)
            client->to_send[(client->to_send_first + kept++) % REQUESTS_MAX] = each;
    }
    client->to_send_count = kept;
}

void request_end(struct tefter *client, struct request *request)
{
    struct buffer *frame = &request->frame;
    if (!request->sent && request->not_before_ms == 0)
        drop_from_queue(client, slot_of(client, request));
    if (request->kind == REQUEST_OTHER && frame->data != NULL)
        secret_wipe(frame->data, frame->size); /* it may be a password */
    if (frame->capacity > FRAME_KEPT_BYTES) {
        buffer_fini(frame);
        buffer_init(frame, FRAME_HEAD_SIZE + FRAME_TO_SERVER_MAX);
    }
    request->number = 0;
    client->command_count -= request->kind == REQUEST_COMMAND;
    client->request_count--;
    client->free_requests[REQUESTS_MAX - 1 - client->request_count] = slot_of(client, request);
}

/* ---- out ---- */

static struct request *take_from_queue(struct tefter *client)
{
    struct request *request = &client->requests[client->to_send[client->to_send_first]];
    client->to_send_first = (client->to_send_first + 1) % REQUESTS_MAX;
    client->to_send_count--;
    request->sent = true;
    return request;
}

void refusal_older(Tefter__Refusal *ret_refusal, const struct message_fault *fault)
{
    *ret_refusal = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
    ret_refusal->code = TEFTER__REFUSAL_CODE__SERVER_OLDER;
    ret_refusal->field = (char *)(uintptr_t)fault->path;
}

void refusal_unknown(Tefter__Refusal *ret_refusal)
{
    *ret_refusal = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
    ret_refusal->code = TEFTER__REFUSAL_CODE__CLIENT_OLDER;
}

/* What the server would not do anyway: it would refuse it, or cut the line. false: it may go out.
 */
static bool kept_back(const struct tefter *client, const struct request *request,
                      struct message_fault *fault, Tefter__Refusal *ret_refusal)
{
    struct slice frame =
        slice_of(request->frame.data + FRAME_HEAD_SIZE, request->frame.size - FRAME_HEAD_SIZE);
    if (client->person == NULL && request->kind != REQUEST_OTHER) {
        *ret_refusal = (Tefter__Refusal)TEFTER__REFUSAL__INIT;
        ret_refusal->code = TEFTER__REFUSAL_CODE__NOT_LOGGED_IN;
        return true;
    }
    if (features_suit(&client->features, &tefter__from_terminal__descriptor, frame, fault))
        return false;
    refusal_older(ret_refusal, fault);
    return true;
}

static void refuse_here(struct tefter *client, struct request *request, Tefter__Refusal *refusal)
{
    Tefter__ToTerminal frame = TEFTER__TO_TERMINAL__INIT;
    frame.body_case = TEFTER__TO_TERMINAL__BODY_REFUSED;
    frame.refused = refusal;
    request->answered(client, request, &frame);
    client_happened(client);
}

static bool line_has_room(const struct tefter *client)
{
    return link_is_open(client) && stream_waiting(client->link.end->stream) < SENT_AHEAD_BYTES;
}

void requests_pump(struct tefter *client)
{
    while (client->to_send_count > 0 && line_has_room(client)) {
        struct request *request = &client->requests[client->to_send[client->to_send_first]];
        struct message_fault fault;
        Tefter__Refusal refusal;
        bool kept = kept_back(client, request, &fault, &refusal);
        if (!kept && !stream_write(client->link.end->stream, buffer_slice(&request->frame)))
            return; /* `closed` comes, then the next connection */
        (void)take_from_queue(client);
        request->times += !kept;
        if (kept)
            refuse_here(client, request, &refusal);
    }
}

/* Those whose time has come stand in the queue again; the timer is for the next. */
static void wake(struct tefter *client)
{
    uint64_t now = loop_now_ms(client->loop);
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        struct request *request = &client->requests[i];
        if (request->number == 0 || request->not_before_ms == 0)
            continue;
        if (request->not_before_ms <= now) {
            request->not_before_ms = 0;
            queue_request(client, request);
        } else if (request->not_before_ms < next) {
            next = request->not_before_ms;
        }
    }
    if (next != UINT64_MAX)
        loop_timer_start(client->deferred, next - now, 0);
}

void requests_wake(struct tefter *client)
{
    wake(client);
    requests_pump(client);
}

/* Somewhat later than told, never sooner: who was told the same does not come in step. */
void request_defer(struct tefter *client, struct request *request, const Tefter__Refusal *busy)
{
    uint32_t chance = 0;
    uint32_t retry_ms = busy->has_retry_ms ? busy->retry_ms : BUSY_RETRY_MS;
    if (retry_ms > RETRY_TOLD_MOST_MS)
        retry_ms = RETRY_TOLD_MOST_MS;
    random_bytes(&chance, sizeof(chance));
    request->sent = false;
    request->not_before_ms = loop_now_ms(client->loop) + retry_ms + chance % (retry_ms / 4 + 1) + 1;
    wake(client);
}

/* ---- a loss ---- */

static int by_order(const void *a, const void *b)
{
    const struct request *x = *(const struct request *const *)a;
    const struct request *y = *(const struct request *const *)b;
    return (x->order > y->order) - (x->order < y->order);
}

static void queue_all(struct tefter *client)
{
    struct request *waiting[REQUESTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        if (client->requests[i].number != 0)
            waiting[count++] = &client->requests[i];
    }
    qsort(waiting, count, sizeof(*waiting), by_order);
    client->to_send_first = 0;
    client->to_send_count = 0;
    for (size_t i = 0; i < count; i++) {
        waiting[i]->sent = false;
        waiting[i]->not_before_ms = 0;
        queue_request(client, waiting[i]);
    }
}

void requests_lost(struct tefter *client)
{
    struct request *broken[REQUESTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        struct request *request = &client->requests[i];
        if (request->number != 0 && request->kind == REQUEST_OTHER && request->sent)
            broken[count++] = request;
    }
    queue_all(client);
    for (size_t i = 0; i < count; i++)
        broken[i]->answered(client, broken[i], NULL);
}

/* ---- in ---- */

/* A kind of answer that it has, or a refusal; none that we know: a later version's. */
static bool answers(const struct request *request, const Tefter__ToTerminal *frame)
{
    return frame->body_case == TEFTER__TO_TERMINAL__BODY__NOT_SET ||
           frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED ||
           expect_answers(request->asked, frame->body_case);
}

bool requests_answer(struct tefter *client, const Tefter__ToTerminal *frame)
{
    struct request *request = &client->requests[frame->request % REQUESTS_MAX];
    if (frame->request < REQUEST_NUMBER_FIRST || request->number != frame->request ||
        !request->sent)
        return false;
    if (!answers(request, frame)) {
        link_broken(client, "it answers something else than was asked");
        return true;
    }
    Tefter__Refusal refusal;
    Tefter__ToTerminal known = *frame;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY__NOT_SET) {
        refusal_unknown(&refusal);
        known.body_case = TEFTER__TO_TERMINAL__BODY_REFUSED;
        known.refused = &refusal;
    }
    request->answered(client, request, &known);
    client_happened(client);
    requests_pump(client);
    return true;
}

/* ---- anything but commands and queries ---- */

struct other_wait {
    bool over;
    struct arena *arena;
    const Tefter__ToTerminal *answer;
};

static void other_answered(struct tefter *client, struct request *request,
                           const Tefter__ToTerminal *answer)
{
    struct other_wait *wait = request->context;
    request_end(client, request);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        link_logged_in(client, answer->logged_in);
    if (wait == NULL)
        return;
    wait->over = true;
    if (answer != NULL) {
        struct slice packed = message_pack(&answer->base, wait->arena);
        wait->answer = (const Tefter__ToTerminal *)message_unpack(&tefter__to_terminal__descriptor,
                                                                  packed, wait->arena);
    }
}

static void give_up(struct tefter *client, struct other_wait *wait)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        struct request *request = &client->requests[i];
        if (request->number == 0 || request->context != wait)
            continue;
        request->context = NULL;
        if (!request->sent)
            request_end(client, request);
    }
}

const Tefter__ToTerminal *tefter_request(struct tefter *client, Tefter__FromTerminal *frame,
                                         struct arena *arena, struct failure *failure)
{
    struct other_wait wait = {.arena = arena};
    uint64_t until = client_until(client, client->patience_ms);
    struct request *request = request_begin(client, REQUEST_OTHER, frame, failure);
    if (request == NULL)
        return NULL;
    request->answered = other_answered;
    request->context = &wait;
    requests_pump(client);
    /* Whoever else stops the loop, as a clock on a screen does, has not answered it. */
    while (!wait.over && (client_wait(client, until) || client_may_wait(client, until))) {
    }
    if (!wait.over)
        give_up(client, &wait);
    if (wait.answer == NULL)
        (void)client_no_answer(client, failure);
    return wait.answer;
}

/* ---- people ---- */

static const Tefter__LoggedIn *person_of(const Tefter__ToTerminal *answer,
                                         const Tefter__Refusal **ret_refused)
{
    *ret_refused = NULL;
    if (answer == NULL)
        return NULL;
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        return answer->logged_in;
    *ret_refused = answer->refused;
    return NULL;
}

/* Another person may see more, or less: the server ends what they do not see without a word, so all
 * is asked for anew, and goes on where it stood. */
static const Tefter__LoggedIn *change_person(struct tefter *client, Tefter__FromTerminal *frame,
                                             struct arena *arena,
                                             const Tefter__Refusal **ret_refused,
                                             struct failure *failure)
{
    feeds_leave(client);
    const Tefter__LoggedIn *person =
        person_of(tefter_request(client, frame, arena, failure), ret_refused);
    if (link_is_open(client) && tefter_person(client) != NULL)
        feeds_open(client);
    return person;
}

const Tefter__LoggedIn *tefter_login(struct tefter *client, const char *login, const char *password,
                                     struct arena *arena, const Tefter__Refusal **ret_refused,
                                     struct failure *failure)
{
    Tefter__Login body = TEFTER__LOGIN__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    body.login = (char *)(uintptr_t)login;
    body.password = (char *)(uintptr_t)password;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &body;
    return change_person(client, &frame, arena, ret_refused, failure);
}

const Tefter__LoggedIn *tefter_switch(struct tefter *client, const char *login, const char *pin,
                                      struct arena *arena, const Tefter__Refusal **ret_refused,
                                      struct failure *failure)
{
    Tefter__SwitchStaff body = TEFTER__SWITCH_STAFF__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    body.login = (char *)(uintptr_t)login;
    body.pin = (char *)(uintptr_t)pin;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SWITCH_STAFF;
    frame.switch_staff = &body;
    return change_person(client, &frame, arena, ret_refused, failure);
}

bool tefter_logout(struct tefter *client, struct failure *failure)
{
    struct arena arena;
    Tefter__Logout body = TEFTER__LOGOUT__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGOUT;
    frame.logout = &body;
    arena_init(&arena, 64 * 1024);
    bool good = tefter_request(client, &frame, &arena, failure) != NULL;
    link_logged_out(client);
    arena_fini(&arena);
    return good;
}

/* ---- queries ---- */

static const Tefter__Answer *answer_of(struct tefter *client, struct slice bytes)
{
    if (!message_scan_as(&tefter__answer__descriptor, bytes, MESSAGE_OF_SERVER, NULL))
        return NULL;
    return (const Tefter__Answer *)message_unpack(&tefter__answer__descriptor, bytes,
                                                  &client->frame_arena);
}

/* What came for a query, as an Answer; NULL: it makes no sense. */
static const Tefter__Answer *answer_in(struct tefter *client, const struct request *request,
                                       const Tefter__ToTerminal *frame, Tefter__Answer *made,
                                       Tefter__Refusal *unknown)
{
    *made = (Tefter__Answer)TEFTER__ANSWER__INIT;
    made->kind_case = TEFTER__ANSWER__KIND_REFUSED;
    made->refused = frame->refused;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        return made;
    const Tefter__Answer *answer =
        answer_of(client, slice_of(frame->answer.data, frame->answer.len));
    if (answer == NULL || !expect_money(&answer->base))
        return NULL;
    if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED ||
        (uint32_t)answer->kind_case == request->wants_answer)
        return answer;
    if (answer->kind_case != TEFTER__ANSWER__KIND__NOT_SET)
        return NULL;
    refusal_unknown(unknown);
    made->seq = answer->seq;
    made->refused = unknown;
    return made;
}

static bool is_busy(const Tefter__Refusal *refusal)
{
    return refusal != NULL && refusal->code == TEFTER__REFUSAL_CODE__BUSY;
}

static void query_answered(struct tefter *client, struct request *request,
                           const Tefter__ToTerminal *frame)
{
    Tefter__Answer made;
    Tefter__Refusal unknown;
    const Tefter__Answer *answer = answer_in(client, request, frame, &made, &unknown);
    if (answer == NULL) {
        link_broken(client, "it answers a question with what makes no sense");
        return;
    }
    if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED && is_busy(answer->refused)) {
        request_defer(client, request, answer->refused);
        return;
    }
    tefter_answer_fn answered = request->caller.answer;
    void *context = request->context;
    request_end(client, request);
    if (answered != NULL)
        answered(context, answer);
}

static struct request *query_begin(struct tefter *client, const Tefter__Query *query,
                                   struct failure *failure)
{
    struct buffer packed;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    struct request *request = NULL;
    if (message_put(&query->base, &packed)) {
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
        frame.query.data = packed.data;
        frame.query.len = packed.size;
        request = request_begin(client, REQUEST_QUERY, &frame, failure);
    } else {
        (void)fail(failure, FAULT_USE, 0, "this is too big for one query");
    }
    buffer_fini(&packed);
    if (request != NULL)
        request->answered = query_answered;
    return request;
}

bool tefter_query(struct tefter *client, const Tefter__Query *query, tefter_answer_fn answered,
                  void *context, struct failure *failure)
{
    struct request *request = query_begin(client, query, failure);
    if (request == NULL)
        return false;
    request->caller.answer = answered;
    request->context = context;
    requests_pump(client);
    return true;
}

struct ask_wait {
    struct arena *arena;
    const Tefter__Answer *answer;
    bool over;
};

static void ask_answered(void *context, const Tefter__Answer *answer)
{
    struct ask_wait *wait = context;
    struct slice packed = message_pack(&answer->base, wait->arena);
    wait->over = true;
    wait->answer =
        (const Tefter__Answer *)message_unpack(&tefter__answer__descriptor, packed, wait->arena);
}

const Tefter__Answer *tefter_ask(struct tefter *client, const Tefter__Query *query,
                                 struct arena *arena, struct failure *failure)
{
    struct ask_wait wait = {.arena = arena};
    uint64_t until = client_until(client, client->patience_ms);
    struct request *request = query_begin(client, query, failure);
    if (request == NULL)
        return NULL;
    request->caller.answer = ask_answered;
    request->context = &wait;
    requests_pump(client);
    while (!wait.over && client_wait(client, until)) {
    }
    if (!wait.over) {
        request_end(client, request);
        (void)client_no_answer(client, failure);
    } else if (wait.answer == NULL) {
        (void)fail(failure, FAULT_MEMORY, 0, "the answer is too big");
    }
    return wait.answer;
}

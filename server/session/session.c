#include <stdlib.h>

#include "session/inside.h"

/* ---- making and ending ---- */

struct session *session_create(struct sessions *home, struct stream *stream)
{
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->home = home;
    session->stream = stream;
    session->state = SESSION_SHAKING;
    session->heard_ms = loop_now_ms(home->options.loop);
    session->login_by_ms = session->heard_ms + LOGIN_MS;
    frame_reader_init(&session->frames, FRAME_BEFORE_LOGIN_MAX);
    return session;
}

void session_free(struct session *session)
{
    frame_reader_fini(&session->frames);
    free(session->arriving);
    free(session);
}

static void on_open(void *context)
{
    struct session *session = context;
    if (session->lent)
        terminal_lent(session);
    else if (session->browser)
        browser_arrived(session);
    else
        terminal_arrived(session);
}

static void on_closed(void *context, const char *reason)
{
    struct session *session = context;
    (void)reason;
    if (session->state != SESSION_CLOSING && session->slow)
        session->home->cut_slow++;
    terminal_left(session);
    browser_left(session);
    session->stream = NULL;
    session->state = SESSION_CLOSING;
    printing_left(session);
    feeds_drop(session);
    session_bury(session);
}

static void on_drained(void *context)
{
    struct session *session = context;
    session->slow = false;
    if (session->state == SESSION_CLOSING)
        return;
    if (session->queries > 0)
        pool_go_on(session->home);
    if (session->backlog)
        session_want_turn(session);
    feeds_drained(session);
}

/* ---- frames in ---- */

static void bad_frame(struct session *session, const char *field)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__UNREADABLE;
    refusal.field = (char *)(uintptr_t)field;
    session->home->bad_frames++;
    session_goodbye(session, "that frame cannot be read", &refusal);
}

/* Takes the next frame; false when there is none to take now. */
static bool take_frame(struct session *session)
{
    struct slice message = {NULL, 0};
    switch (frame_reader_next(&session->frames, &message)) {
    case FRAME_WHOLE:
        arena_reset(&session->home->arena);
        dispatch(session, message);
        return true;
    case FRAME_MORE:
        session->backlog = false;
        return false;
    case FRAME_EMPTY:
    case FRAME_TOO_BIG:
    default:
        bad_frame(session, "length");
        return false;
    }
}

static void note_partial(struct session *session)
{
    if (session->backlog || !frame_reader_partial(&session->frames))
        session->frame_by_ms = 0;
    else if (session->frame_by_ms == 0)
        session->frame_by_ms = loop_now_ms(session->home->options.loop) + FRAME_MS;
}

/* Who does not read what they are told, or has too much under way, waits with what they ask. */
static bool may_ask(struct session *session)
{
    return session->in_flight < REQUESTS_IN_FLIGHT_MAX && session->queries < QUERIES_EACH_MAX &&
           !session_slow(session);
}

void session_frames(struct session *session)
{
    session->backlog = true;
    int taken = 0;
    while (session->state != SESSION_CLOSING && taken < FRAMES_PER_TURN && may_ask(session) &&
           take_frame(session))
        taken++;
    if (session->state == SESSION_CLOSING)
        return;
    if (session->backlog && may_ask(session))
        session_want_turn(session);
    note_partial(session);
    session_pace(session);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct session *session = context;
    if (session->state == SESSION_CLOSING)
        return;
    session->heard_ms = loop_now_ms(session->home->options.loop);
    if (!browser_head(session, &bytes))
        return;
    if (!frame_reader_put(&session->frames, bytes)) {
        session_goodbye_code(session, "no memory", TEFTER__REFUSAL_CODE__BUSY);
        return;
    }
    if (!session->backlog)
        session_frames(session);
}

const struct stream_events session_events = {on_open, on_bytes, on_drained, on_closed};

/* ---- pace ---- */

void session_pace(struct session *session)
{
    bool paused = session->backlog || session->in_flight >= REQUESTS_IN_FLIGHT_MAX;
    if (paused == session->paused || session->state == SESSION_CLOSING)
        return;
    session->paused = paused;
    stream_pause(session->stream, paused);
}

void session_request_begun(struct session *session)
{
    session->in_flight++;
}

void session_request_ended(struct session *session)
{
    session->in_flight--;
    if (session->backlog && session->state != SESSION_CLOSING)
        session_want_turn(session);
}

bool session_slow(struct session *session)
{
    if (session->state == SESSION_CLOSING)
        return true;
    session->slow = stream_waiting(session->stream) > OUTPUT_PAUSE_BYTES;
    return session->slow;
}

/* ---- deadlines ---- */

void session_tick(struct session *session, uint64_t now_ms)
{
    if (session->state == SESSION_CLOSING)
        return;
    if (session->state == SESSION_SHAKING) { /* the stream sees to a handshake */
        if (session->browser && now_ms > session->login_by_ms)
            stream_abort(session->stream, "no header of a relay came");
        return;
    }
    if (session->frame_by_ms != 0 && now_ms > session->frame_by_ms)
        session_goodbye(session, "a frame took too long", NULL);
    else if (session->login_by_ms != 0 && now_ms > session->login_by_ms)
        session_goodbye_code(session,
                             session->state == SESSION_CHALLENGED ? "the challenge was not answered"
                                                                  : "nobody logged in",
                             TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    else if (!session->paused && now_ms - session->heard_ms > SILENCE_MS)
        session_goodbye(session, "nothing was heard for too long", NULL);
}

void session_await_login(struct session *session)
{
    session->login_by_ms =
        session->browser ? 0 : loop_now_ms(session->home->options.loop) + LOGIN_MS;
}

/* ---- messages out ---- */

static bool pack_frame(struct buffer *out, const Tefter__ToTerminal *message)
{
    size_t size = tefter__to_terminal__get_packed_size(message);
    buffer_clear(out);
    if (size > FRAME_TO_CLIENT_MAX || !buffer_reserve(out, FRAME_HEAD_SIZE + size))
        return false;
    be32_put(out->data, (uint32_t)size);
    (void)tefter__to_terminal__pack(message, out->data + FRAME_HEAD_SIZE);
    out->size = FRAME_HEAD_SIZE + size;
    return true;
}

void session_send(struct session *session, uint64_t request, Tefter__ToTerminal *message)
{
    if (session->state == SESSION_CLOSING)
        return;
    message->has_request = request != 0;
    message->request = request;
    if (!session_passes_over(session))
        message_leave_out(&message->base, MESSAGE_LATER_FIELDS);
    if (pack_frame(&session->home->out, message))
        (void)stream_write(session->stream, buffer_slice(&session->home->out));
}

static ProtobufCBinaryData binary_of(struct slice bytes)
{
    return (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
}

/* Without what came later. */
static struct slice reply_of_version_1(struct session *session, struct slice reply)
{
    struct arena *arena = &session->home->arena;
    Tefter__Reply *message =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, reply, arena);
    if (message == NULL)
        return reply;
    message_leave_out(&message->base, MESSAGE_LATER_FIELDS);
    if (message->result_case == TEFTER__REPLY__RESULT_REFUSED)
        message->refused->has_date = false;
    return message_pack(&message->base, arena);
}

void session_send_reply(struct session *session, uint64_t request, struct slice reply)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_REPLY;
    message.reply = binary_of(session_passes_over(session)
                                  ? reply
                                  : reply_of_version_1(session, receipt_left_out(reply)));
    session_send(session, request, &message);
}

void session_send_answer(struct session *session, uint64_t request, struct slice answer)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_ANSWER;
    message.answer = binary_of(answer);
    session_send(session, request, &message);
}

void session_accept(struct session *session, uint64_t request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Accepted accepted = TEFTER__ACCEPTED__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_ACCEPTED;
    message.accepted = &accepted;
    session_send(session, request, &message);
}

/* ---- refusals ---- */

/* What came after wire version 1, in a word that it has. */
static Tefter__RefusalCode code_of_version_1(Tefter__RefusalCode code)
{
    static const Tefter__RefusalCode words[][2] = {
        {TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, TEFTER__REFUSAL_CODE__RIGHT_MISSING},
        {TEFTER__REFUSAL_CODE__RECEIPT_WRONG, TEFTER__REFUSAL_CODE__FIELD_INVALID},
        {TEFTER__REFUSAL_CODE__NO_RECOVERY, TEFTER__REFUSAL_CODE__NOT_FOUND},
        {TEFTER__REFUSAL_CODE__OFFER_DECIDED, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE},
        {TEFTER__REFUSAL_CODE__RECOVERY_UNFINISHED, TEFTER__REFUSAL_CODE__FIELD_MISSING},
        {TEFTER__REFUSAL_CODE__TEXT_UNSEEN, TEFTER__REFUSAL_CODE__TEXT_INVALID},
        {TEFTER__REFUSAL_CODE__TEXT_BLANK, TEFTER__REFUSAL_CODE__FIELD_MISSING},
        {TEFTER__REFUSAL_CODE__TEXT_EDGE, TEFTER__REFUSAL_CODE__TEXT_INVALID},
        {TEFTER__REFUSAL_CODE__TEXT_MARK, TEFTER__REFUSAL_CODE__TEXT_INVALID},
        {TEFTER__REFUSAL_CODE__TEXT_BREAK, TEFTER__REFUSAL_CODE__TEXT_INVALID},
        {TEFTER__REFUSAL_CODE__LOOKS_LIKE, TEFTER__REFUSAL_CODE__ALREADY_EXISTS},
        {TEFTER__REFUSAL_CODE__NUMBER_OF_OTHER_SERIES, TEFTER__REFUSAL_CODE__FIELD_INVALID},
        {TEFTER__REFUSAL_CODE__NOT_IMPORTED, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE},
        {TEFTER__REFUSAL_CODE__CASH_SALE_UNPAID, TEFTER__REFUSAL_CODE__RIGHT_MISSING},
        {TEFTER__REFUSAL_CODE__PAID_TOO_MUCH, TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH},
        {TEFTER__REFUSAL_CODE__REFUND_TOO_MUCH, TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH},
        {TEFTER__REFUSAL_CODE__MONEY_NOT_THERE, TEFTER__REFUSAL_CODE__FIELD_INVALID},
        {TEFTER__REFUSAL_CODE__MONEY_LEFT, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE},
        {TEFTER__REFUSAL_CODE__TILL_CLOSED, TEFTER__REFUSAL_CODE__RETIRED},
        {TEFTER__REFUSAL_CODE__TILL_OPEN, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE},
        {TEFTER__REFUSAL_CODE__TILL_COUNTED, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE},
        {TEFTER__REFUSAL_CODE__TILL_NOT_COUNTED, TEFTER__REFUSAL_CODE__FIELD_MISSING},
        {TEFTER__REFUSAL_CODE__ROUNDING_TOO_MUCH, TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH},
        {TEFTER__REFUSAL_CODE__PIN_NEEDED, TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED},
        {TEFTER__REFUSAL_CODE__PIN_WRONG, TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED},
        {TEFTER__REFUSAL_CODE__PIN_LOCKED, TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED},
        {TEFTER__REFUSAL_CODE__NOT_IN_COINS, TEFTER__REFUSAL_CODE__FIELD_INVALID},
    };
    if (code <= TEFTER__REFUSAL_CODE__TILL_OTHER_BRANCH)
        return code;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i][0] == code)
            return words[i][1];
    return TEFTER__REFUSAL_CODE__BUSY;
}

const Tefter__Refusal *session_words(const struct session *session, const Tefter__Refusal *refusal,
                                     Tefter__Refusal *ret_copy)
{
    if (refusal == NULL || session_passes_over(session) ||
        refusal->code <= TEFTER__REFUSAL_CODE__TILL_OTHER_BRANCH)
        return refusal;
    *ret_copy = *refusal;
    ret_copy->code = code_of_version_1(refusal->code);
    ret_copy->has_from_ms = false;
    ret_copy->has_at = false;
    ret_copy->has_point = false;
    ret_copy->has_tries_left = false;
    return ret_copy;
}

void session_refuse_number(struct session *session, uint64_t request,
                           const Tefter__Refusal *refusal)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Refusal older;
    message.body_case = TEFTER__TO_TERMINAL__BODY_REFUSED;
    message.refused = (Tefter__Refusal *)(uintptr_t)session_words(session, refusal, &older);
    session_send(session, request, &message);
}

/* seq 0: it never reached the ledger, and the same id may be sent again. */
static void refuse_command(struct session *session, uint64_t request,
                           const Tefter__Refusal *refusal)
{
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    Tefter__Refusal older;
    reply.result_case = TEFTER__REPLY__RESULT_REFUSED;
    reply.refused = (Tefter__Refusal *)(uintptr_t)session_words(session, refusal, &older);
    session_send_reply(session, request, message_pack(&reply.base, &session->home->arena));
}

static void refuse_query(struct session *session, uint64_t request, const Tefter__Refusal *refusal)
{
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    answer.seq = hub_seq(session->home->hub);
    Tefter__Refusal older;
    answer.kind_case = TEFTER__ANSWER__KIND_REFUSED;
    answer.refused = (Tefter__Refusal *)(uintptr_t)session_words(session, refusal, &older);
    session_send_answer(session, request, message_pack(&answer.base, &session->home->arena));
}

void session_refuse(struct session *session, const Tefter__FromTerminal *request,
                    const Tefter__Refusal *refusal)
{
    if (request->body_case == TEFTER__FROM_TERMINAL__BODY_SUBMIT)
        refuse_command(session, request->request, refusal);
    else if (request->body_case == TEFTER__FROM_TERMINAL__BODY_QUERY)
        refuse_query(session, request->request, refusal);
    else
        session_refuse_number(session, request->request, refusal);
}

void session_refuse_code(struct session *session, const Tefter__FromTerminal *request,
                         Tefter__RefusalCode code, const char *field)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.field = (char *)(uintptr_t)field;
    session_refuse(session, request, &refusal);
}

void session_refuse_wait(struct session *session, const Tefter__FromTerminal *request,
                         Tefter__RefusalCode code, uint32_t retry_ms)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.has_retry_ms = true;
    refusal.retry_ms = retry_ms;
    session_refuse(session, request, &refusal);
}

bool session_may(struct session *session, const Tefter__FromTerminal *request, Tefter__Right right)
{
    const Tefter__Refusal *refusal = access_needs(session->home->access, &session->who, right);
    if (refusal != NULL)
        session_refuse(session, request, refusal);
    return refusal == NULL;
}

void session_goodbye(struct session *session, const char *reason, const Tefter__Refusal *refusal)
{
    if (session->state == SESSION_CLOSING)
        return;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Goodbye goodbye = TEFTER__GOODBYE__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_GOODBYE;
    message.goodbye = &goodbye;
    goodbye.reason = (char *)(uintptr_t)reason;
    Tefter__Refusal older;
    goodbye.refused = (Tefter__Refusal *)(uintptr_t)session_words(session, refusal, &older);
    goodbye.has_retry_ms = session->home->drain_retry_ms > 0;
    goodbye.retry_ms = session->home->drain_retry_ms;
    session_send(session, 0, &message);
    session->state = SESSION_CLOSING;
    feeds_drop(session);
    stream_close(session->stream, reason);
}

void session_goodbye_code(struct session *session, const char *reason, Tefter__RefusalCode code)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    session_goodbye(session, reason, &refusal);
}

Tefter__Actor session_actor(const struct session *session)
{
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    actor.has_staff = session->who.staff != 0;
    actor.staff = session->who.staff;
    actor.has_terminal = session->who.device != 0;
    actor.terminal = session->who.device;
    actor.has_branch = session->who.branch != 0;
    actor.branch = session->who.branch;
    return actor;
}

/*
 * The table of requests. What is not in it is refused; what is in it says from which state on it
 * may be asked, with which right, and who answers.
 */
#include "session/inside.h"

typedef void (*handle_fn)(struct session *session, const Tefter__FromTerminal *request);

struct row {
    handle_fn handle;
    enum session_state least;
    Tefter__Right right;
    bool expired_too; /* may be asked with an expired certificate */
};

#define BODY(name) TEFTER__FROM_TERMINAL__BODY_##name
#define RIGHT(name) TEFTER__RIGHT__RIGHT_##name

static const struct row rows[] = {
    [BODY(HELLO)] = {terminal_hello, SESSION_CONNECTED, RIGHT(NONE), true},
    [BODY(PING)] = {status_ping, SESSION_GREETED, RIGHT(NONE), true},
    [BODY(RENEW)] = {ask_renew, SESSION_GREETED, RIGHT(NONE), true},
    [BODY(LOGIN)] = {ask_login, SESSION_GREETED, RIGHT(NONE), false},
    [BODY(USE_TOKEN)] = {ask_token, SESSION_GREETED, RIGHT(NONE), false},
    [BODY(SWITCH_PERSON)] = {ask_switch, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(LOGOUT)] = {ask_logout, SESSION_GREETED, RIGHT(NONE), false},
    [BODY(SUBMIT)] = {submit_command, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(QUERY)] = {query_ask, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(SUBSCRIBE)] = {feed_subscribe, SESSION_LOGGED_IN, RIGHT(SEE), false},
    [BODY(UNSUBSCRIBE)] = {feed_unsubscribe, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(SET_PASSWORD)] = {ask_password, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(MAKE_CODE)] = {ask_code, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(SERVER_STATUS)] = {status_server, SESSION_LOGGED_IN, RIGHT(NONE), false},
    [BODY(ENROL)] = {ask_enrol, SESSION_ENROLLING, RIGHT(NONE), false},
};

static const struct row *row_of(const Tefter__FromTerminal *request)
{
    size_t body = (size_t)request->body_case;
    if (body >= sizeof rows / sizeof rows[0] || rows[body].handle == NULL)
        return NULL;
    return &rows[body];
}

/* What the protocol does not allow at this moment, in words; NULL: it does. */
static const char *out_of_place(const struct session *session, const Tefter__FromTerminal *request)
{
    bool enrol = request->body_case == TEFTER__FROM_TERMINAL__BODY_ENROL;
    bool hello = request->body_case == TEFTER__FROM_TERMINAL__BODY_HELLO;
    if (enrol != (session->state == SESSION_ENROLLING))
        return enrol ? "enrolment has a protocol of its own" : "only enrolment is spoken here";
    if (session->state == SESSION_CONNECTED && !hello)
        return "Hello comes first";
    if (session->state > SESSION_CONNECTED && hello)
        return "Hello was said already";
    return NULL;
}

static bool refused_by_row(struct session *session, const Tefter__FromTerminal *request,
                           const struct row *row)
{
    if (session->expired && !row->expired_too) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED, NULL);
        return true;
    }
    if (session->state < row->least) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
        return true;
    }
    return !session_may(session, request, row->right);
}

static void unreadable(struct session *session, const struct message_fault *fault)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__UNREADABLE;
    refusal.field = (char *)(uintptr_t)fault->path;
    session->home->bad_frames++;
    session_goodbye(session, "that frame cannot be read", &refusal);
}

/* Who has not been greeted does not know yet what is read here: Hello and Enrol may say more than
 * this server understands. Whatever comes later may not. */
static unsigned left_out(const struct session *session)
{
    bool greeted = session->state != SESSION_CONNECTED && session->state != SESSION_ENROLLING;
    return greeted ? 0 : MESSAGE_UNKNOWN_PASSES;
}

static const Tefter__FromTerminal *read_frame(struct session *session, struct slice frame)
{
    struct message_fault fault = {.path = "", .what = ""};
    if (!message_scan_as(&tefter__from_terminal__descriptor, frame, left_out(session), &fault)) {
        unreadable(session, &fault);
        return NULL;
    }
    return (const Tefter__FromTerminal *)message_unpack(&tefter__from_terminal__descriptor, frame,
                                                        &session->home->arena);
}

void dispatch(struct session *session, struct slice frame)
{
    const Tefter__FromTerminal *request = read_frame(session, frame);
    if (session->state == SESSION_CLOSING)
        return;
    const struct row *row = request == NULL ? NULL : row_of(request);
    if (row == NULL) {
        const struct message_fault fault = {.path = "body", .what = "no request"};
        unreadable(session, &fault);
        return;
    }
    const char *wrong = out_of_place(session, request);
    if (wrong != NULL)
        session_goodbye_code(session, wrong, TEFTER__REFUSAL_CODE__UNREADABLE);
    else if (!refused_by_row(session, request, row))
        row->handle(session, request);
}

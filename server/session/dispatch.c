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

/* No default: a request without a row does not compile. */
static struct row row_of(const struct session *session, const Tefter__FromTerminal *request)
{
    switch (request->body_case) {
    case BODY(HELLO):
        return (struct row){session->state == SESSION_CHALLENGED ? browser_hello : terminal_hello,
                            SESSION_CHALLENGED, RIGHT(NONE), true};
    case BODY(PING):
        return (struct row){status_ping, SESSION_GREETED, RIGHT(NONE), true};
    case BODY(RENEW):
        return (struct row){ask_renew, SESSION_GREETED, RIGHT(NONE), true};
    case BODY(LOGIN):
        return (struct row){ask_login, SESSION_GREETED, RIGHT(NONE), false};
    case BODY(USE_TOKEN):
        return (struct row){ask_token, SESSION_GREETED, RIGHT(NONE), false};
    case BODY(SWITCH_STAFF):
        return (struct row){ask_switch, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(LOGOUT):
        return (struct row){ask_logout, SESSION_GREETED, RIGHT(NONE), false};
    case BODY(SUBMIT):
        return (struct row){submit_command, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(QUERY):
        return (struct row){query_ask, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(SUBSCRIBE):
        return (struct row){feed_subscribe, SESSION_LOGGED_IN, RIGHT(SEE), false};
    case BODY(UNSUBSCRIBE):
        return (struct row){feed_unsubscribe, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(SET_PASSWORD):
        return (struct row){ask_password, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(SET_BUYER_PIN):
        return (struct row){ask_set_buyer_pin, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(MAKE_CODE):
        return (struct row){ask_code, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(SERVER_STATUS):
        return (struct row){status_server, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(AUDIT_LIST):
        return (struct row){ask_audit, SESSION_LOGGED_IN, RIGHT(SEE_AUDIT), false};
    case BODY(LEFT_UNDONE):
        return (struct row){ask_left_undone, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(OFFER):
        return (struct row){offer_take, SESSION_GREETED, RIGHT(NONE), true};
    case BODY(OFFERS_DONE):
        return (struct row){offers_done, SESSION_GREETED, RIGHT(NONE), true};
    case BODY(PRINT):
        return (struct row){printing_ask, SESSION_LOGGED_IN, RIGHT(SEE), false};
    case BODY(TAKE_PRINT_JOB):
        return (struct row){printing_take, SESSION_GREETED, RIGHT(NONE), false};
    case BODY(ENROL):
        return (struct row){ask_enrol, SESSION_ENROLLING, RIGHT(NONE), false};
    case BODY(ENROL_BROWSER):
        return (struct row){browser_enrol, SESSION_CHALLENGED, RIGHT(NONE), false};
    case BODY(WATCHING):
        return (struct row){notices_watching, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(NOTICE_SETTINGS):
        return (struct row){notices_settings, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(PUT_PUSH):
        return (struct row){notices_put_push, SESSION_LOGGED_IN, RIGHT(APPROVE), false};
    case BODY(REMOVE_PUSH):
        return (struct row){notices_remove_push, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(SET_NOTICES):
        return (struct row){notices_set, SESSION_LOGGED_IN, RIGHT(APPROVE), false};
    case BODY(TEST_NOTICE):
        return (struct row){notices_test, SESSION_LOGGED_IN, RIGHT(APPROVE), false};
    case BODY(IMPORT_OPEN):
        return (struct row){import_open, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(IMPORT_PIECE):
        return (struct row){import_piece, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(IMPORT_DO):
        return (struct row){import_do, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(IMPORT_LOOK):
        return (struct row){import_look, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(IMPORT_REJECTS):
        return (struct row){import_rejects, SESSION_LOGGED_IN, RIGHT(NONE), false};
    case BODY(OPEN_FOUNDING): /* there is a ledger */
    case BODY(FOUND_COMPANY):
    case TEFTER__FROM_TERMINAL__BODY__NOT_SET:
    case _TEFTER__FROM_TERMINAL__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return (struct row){.handle = NULL}; /* there is no such request */
}

/* What the protocol does not allow at this moment, in words; NULL: it does. */
static const char *out_of_place(const struct session *session, const Tefter__FromTerminal *request)
{
    bool enrol = request->body_case == TEFTER__FROM_TERMINAL__BODY_ENROL;
    bool hello = request->body_case == TEFTER__FROM_TERMINAL__BODY_HELLO;
    bool of_browser = request->body_case == TEFTER__FROM_TERMINAL__BODY_ENROL_BROWSER;
    if (session->state == SESSION_CHALLENGED)
        return hello || of_browser ? NULL : "Hello comes first";
    if (session->browser && (of_browser || session->state == SESSION_ENROLLING))
        return "a challenge is answered once";
    if (of_browser)
        return "only browsers are enrolled so";
    if (enrol != (session->state == SESSION_ENROLLING))
        return enrol ? "enrolment has a protocol of its own" : "only enrolment is spoken here";
    if (session->state == SESSION_CONNECTED && !hello)
        return "Hello comes first";
    if (session->state > SESSION_CONNECTED && hello)
        return "Hello was said already";
    return NULL;
}

/* All that a device may ask which the restored ledger does not know. */
static bool is_of_offers(const Tefter__FromTerminal *request)
{
    return request->body_case == BODY(HELLO) || request->body_case == BODY(PING) ||
           request->body_case == BODY(OFFER) || request->body_case == BODY(OFFERS_DONE);
}

static bool refused_by_row(struct session *session, const Tefter__FromTerminal *request,
                           const struct row *row)
{
    if (session->offer_only && !is_of_offers(request)) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN, NULL);
        return true;
    }
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
    bool greeted = session->state != SESSION_CONNECTED && session->state != SESSION_CHALLENGED &&
                   session->state != SESSION_ENROLLING;
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

/* What its cost is counted as. */
static enum turn_kind turn_of(const Tefter__FromTerminal *request, uint32_t *ret_number)
{
    const Tefter__SubmitCommand *submit = request->submit;
    if (request->body_case == BODY(SUBMIT)) {
        *ret_number = message_kind(slice_of(submit->command.data, submit->command.len));
        return TURN_COMMAND;
    }
    if (request->body_case == BODY(QUERY)) {
        *ret_number = message_kind(slice_of(request->query.data, request->query.len));
        return TURN_QUERY;
    }
    *ret_number = (uint32_t)request->body_case;
    return TURN_REQUEST;
}

static void handle(struct session *session, const Tefter__FromTerminal *request,
                   const struct row *row)
{
    const char *wrong = out_of_place(session, request);
    if (wrong != NULL)
        session_goodbye_code(session, wrong, TEFTER__REFUSAL_CODE__UNREADABLE);
    else if (!refused_by_row(session, request, row))
        row->handle(session, request);
}

void dispatch(struct session *session, struct slice frame)
{
    struct turns *turns = session->home->options.turns;
    struct turn turn = turn_begin(turns);
    uint32_t number = 0;
    const Tefter__FromTerminal *request = read_frame(session, frame);
    if (session->state == SESSION_CLOSING)
        return;
    struct row row = request == NULL ? (struct row){.handle = NULL} : row_of(session, request);
    if (row.handle == NULL) {
        const struct message_fault fault = {.path = "body", .what = "no request"};
        unreadable(session, &fault);
        return;
    }
    enum turn_kind kind = turn_of(request, &number);
    handle(session, request, &row);
    turn_end(turns, turn, kind, number);
}

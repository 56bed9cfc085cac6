/*
 * What a terminal asks of access, and what becomes of its connection when that has answered: who
 * logs in may send larger frames and has no deadline, who logs out loses subscriptions.
 */
#include "session/inside.h"

/* ---- how access finds a session again ---- */

static uint64_t name_of(const struct session *session)
{
    return (uint64_t)session->generation << 32 | session->slot;
}

static struct session *session_named(struct sessions *home, uint64_t name)
{
    return session_find(home, (struct session_ref){(uint32_t)name, (uint32_t)(name >> 32)});
}

static struct principal *principal_of(void *owner, uint64_t name)
{
    struct session *session = session_named(owner, name);
    return session == NULL ? NULL : &session->who;
}

/* ---- answers ---- */

static void enter(struct session *session)
{
    session->state = SESSION_LOGGED_IN;
    session->watching = false; /* until they say so */
    session->login_by_ms = 0;
    session->frames.bound = FRAME_TO_SERVER_MAX;
    feeds_drop_unseen(session);
}

static void leave(struct session *session)
{
    feeds_drop(session);
    session->watching = false;
    session->state = SESSION_GREETED;
    session_await_login(session);
    if (session->home->options.seal == NULL || session->home->options.seal->ended_count == 0)
        session->frames.bound = FRAME_BEFORE_LOGIN_MAX;
}

/* The person's name comes from the vault. */
static void send_logged_in(struct session *session, uint64_t request, Tefter__LoggedIn *in)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    struct arena arena;
    struct texts texts;
    arena_init(&arena, ANSWER_MEMORY_MAX);
    texts_begin(&texts, session->home->options.vault, &arena);
    texts_fill(&texts, &in->base);
    texts_end(&texts);
    if (!session_passes_over(session)) /* rights of later versions have the higher numbers */
        while (in->n_rights > 0 && in->rights[in->n_rights - 1] > TEFTER__RIGHT__RIGHT_SERVER)
            in->n_rights--;
    message.body_case = TEFTER__TO_TERMINAL__BODY_LOGGED_IN;
    message.logged_in = in;
    session_send(session, request, &message);
    arena_fini(&arena);
}

/* Who tried and was wrong may try again. */
static void refused(struct session *session, uint64_t request, const struct access_answer *answer)
{
    if (answer->guessed && session->who.staff == 0)
        session_await_login(session);
    session_refuse_number(session, request, answer->refused);
    if (session->state == SESSION_ENROLLING && session->browser) /* its nonce is spent */
        session_goodbye(session, "this browser is not enrolled", answer->refused);
}

static void pass_answer(struct session *session, uint64_t request,
                        const struct access_answer *answer)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    switch (answer->kind) {
    case ACCESS_REFUSED:
        refused(session, request, answer);
        break;
    case ACCESS_ACCEPTED:
        session_accept(session, request);
        break;
    case ACCESS_LOGGED_IN:
        enter(session);
        send_logged_in(session, request, answer->logged_in);
        break;
    case ACCESS_CODE:
        message.body_case = TEFTER__TO_TERMINAL__BODY_CODE;
        message.code = answer->code;
        session_send(session, request, &message);
        break;
    case ACCESS_ENROLLED:
        message.body_case = TEFTER__TO_TERMINAL__BODY_ENROLLED;
        message.enrolled = answer->enrolled;
        session_send(session, request, &message);
        break;
    case ACCESS_BROWSER_ENROLLED:
        browser_enrolled(session, request, answer->browser_enrolled);
        break;
    case ACCESS_PIN_RIGHT: /* pin_answered */
        break;
    }
}

static void answered(void *owner, uint64_t name, uint64_t request,
                     const struct access_answer *answer)
{
    struct session *session = session_named(owner, name);
    if (session == NULL)
        return;
    session_request_ended(session);
    pass_answer(session, request, answer);
}

/* Beside a command, which is what is answered. */
static void pin_answered(void *owner, uint64_t name, uint64_t request,
                         const struct access_answer *answer)
{
    struct session *session = session_named(owner, name);
    if (session == NULL)
        return;
    session_request_ended(session);
    if (answer->kind == ACCESS_PIN_RIGHT) {
        submit_with_pin(session, request, answer->right.carried, answer->right.pin);
        return;
    }
    Tefter__FromTerminal about = TEFTER__FROM_TERMINAL__INIT;
    about.request = request;
    about.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    session_refuse(session, &about, answer->refused);
}

/* ---- questions ---- */

/* It is under way until it is answered. */
static struct access_asker begin(struct session *session, const Tefter__FromTerminal *request)
{
    session_request_begun(session);
    return (struct access_asker){
        .principal = principal_of,
        .answer = answered,
        .owner = session->home,
        .name = name_of(session),
        .request = request->request,
    };
}

void ask_login(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_login(session->home->access, &asker, request->login->login, request->login->password);
}

void ask_token(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    ProtobufCBinaryData token = request->use_token->token;
    access_use_token(session->home->access, &asker, slice_of(token.data, token.len));
}

void ask_switch(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_switch(session->home->access, &asker, request->switch_staff->login,
                  request->switch_staff->pin);
}

void ask_logout(struct session *session, const Tefter__FromTerminal *request)
{
    access_logout(session->home->access, &session->who);
    leave(session);
    session_accept(session, request->request);
}

void ask_password(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_set_password(session->home->access, &asker, request->set_password);
}

void ask_set_buyer_pin(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_set_buyer_pin(session->home->access, &asker, request->set_buyer_pin);
}

void ask_buyer_pin(struct session *session, const Tefter__FromTerminal *request,
                   struct pin_command *command)
{
    struct access_asker asker = begin(session, request);
    asker.answer = pin_answered;
    access_check_buyer_pin(session->home->access, &asker, request->submit->buyer_pin, command);
}

void ask_code(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_make_code(session->home->access, &asker, request->make_code->terminal);
}

void ask_enrol(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_enrol(session->home->access, &asker, request->enrol->code, request->enrol->request);
}

void ask_enrol_browser(struct session *session, const Tefter__FromTerminal *request,
                       const struct access_challenge *challenge)
{
    const struct access_asker asker = begin(session, request);
    access_enrol_browser(session->home->access, &asker, challenge, request->enrol_browser);
}

void ask_renew(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_asker asker = begin(session, request);
    access_renew(session->home->access, &asker, request->renew->request);
}

void ask_audit(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_AUDIT;
    uint32_t only;
    bool known = totals_branch(session, &only);
    message.audit =
        known ? access_audit_page(home->access, request->audit_list, only, &home->arena) : NULL;
    if (message.audit == NULL)
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
    else
        session_send(session, request->request, &message);
}

void ask_left_undone(struct session *session, const Tefter__FromTerminal *request)
{
    access_left_undone(session->home->access, &session->who, request->left_undone);
    session_accept(session, request->request);
}

/* ---- what others do ---- */

void ask_login_ended(void *owner, uint64_t login)
{
    const struct sessions *home = owner;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session != NULL && session->state == SESSION_LOGGED_IN && session->who.login == login)
            session_goodbye_code(session, "this login was ended",
                                 TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    }
}

/* ---- changes of records ---- */

void session_recheck_staff(struct session *session, const Tefter__StaffRecord *record)
{
    Tefter__RefusalCode code = access_recheck_staff(&session->who, record);
    if (code == TEFTER__REFUSAL_CODE__STAFF_BLOCKED)
        session_goodbye_code(session, "this person is blocked", code);
    else if (code != 0)
        session_goodbye_code(session, "this person was signed out", code);
    else
        feeds_drop_unseen(session);
}

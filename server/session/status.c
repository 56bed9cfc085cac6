#include "session/inside.h"

void status_ping(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Pong pong = TEFTER__PONG__INIT;
    pong.seq = hub_seq(session->home->hub);
    pong.now_ms = sessions_now_ms(session->home);
    message.body_case = TEFTER__TO_TERMINAL__BODY_PONG;
    message.pong = &pong;
    session_send(session, request->request, &message);
}

void status_server(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__StatusAnswer status = TEFTER__STATUS_ANSWER__INIT;
    status.version = "";
    status.seq = hub_seq(home->hub);
    status.sessions = home->open;
    status.uptime_ms = loop_now_ms(home->options.loop) - home->started_ms;
    char seal[HASH_TEXT_SIZE];
    status.audit_line = access_audit_head(home->access, seal);
    status.has_audit_line = status.audit_line > 0;
    status.audit_seal = status.has_audit_line ? seal : NULL;
    if (home->options.status != NULL)
        home->options.status(home->options.owner, &status);
    message.body_case = TEFTER__TO_TERMINAL__BODY_STATUS;
    message.status = &status;
    session_send(session, request->request, &message);
}

static void fill_member(const struct sessions *home, Tefter__TerminalMember *member)
{
    member->has_connected = true;
    member->connected = false;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        const struct session *session = home->slots[i].session;
        if (session == NULL || session->who.device != member->terminal ||
            session->state < SESSION_CONNECTED || session->state == SESSION_CLOSING)
            continue;
        member->connected = true;
        if (session->who.staff != 0) {
            member->has_staff = true;
            member->staff = session->who.staff;
        }
    }
}

void status_terminals(const struct sessions *home, Tefter__Answer *answer)
{
    if (answer->kind_case != TEFTER__ANSWER__KIND_TERMINALS)
        return;
    for (size_t i = 0; i < answer->terminals->n_terminals; i++)
        fill_member(home, answer->terminals->terminals[i]);
}

#include "base/date.h"
#include "session/inside.h"

#include <inttypes.h>
#include <stdio.h>

enum { ALARMS_TOLD_MAX = 16, ALARM_WORDS_MAX = 1024 };

static void look_at_mark(const struct session *session, const Tefter__Ping *ping,
                         Tefter__Pong *pong, struct access_mark *mark)
{
    const struct access_shown shown = {.reads_marks = true,
                                       .mark = slice_of(ping->mark.data, ping->mark.len)};
    access_look_at_mark(session->home->access, &session->who, &shown, mark);
    pong->has_mark_old = true;
    pong->mark_old = mark->old;
    pong->has_mark = mark->fresh;
    pong->mark = (ProtobufCBinaryData){sizeof mark->bytes, mark->bytes};
}

void status_ping(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Pong pong = TEFTER__PONG__INIT;
    pong.seq = hub_seq(session->home->hub);
    pong.now_ms = sessions_now_ms(session->home);
    struct access_mark mark;
    if (request->ping->has_mark && !session->offer_only)
        look_at_mark(session, request->ping, &pong, &mark);
    message.body_case = TEFTER__TO_TERMINAL__BODY_PONG;
    message.pong = &pong;
    session_send(session, request->request, &message);
}

/* ---- the server ---- */

static char *alarm_words(struct arena *arena, uint32_t device, const char *name,
                         const struct access_terminal_alarm *alarm)
{
    char words[ALARM_WORDS_MAX];
    char when[INSTANT_TEXT_SIZE];
    int size = snprintf(words, sizeof words, "terminal %" PRIu32 ", %s:", device, name);
    instant_write(alarm->copied_ms, when);
    if (alarm->copied_ms != 0)
        size += snprintf(words + size, sizeof words - (size_t)size,
                         " its profile was copied, or is an old one that came back (%s). Ask who "
                         "stands at it; then block it, or enrol it anew.",
                         when);
    if (alarm->met != 0)
        (void)snprintf(words + size, sizeof words - (size_t)size,
                       alarm->other ? " it says that it has met another incarnation %" PRIu32
                                      ": one backup was restored twice. Let one server run."
                                    : " it says that it has met incarnation %" PRIu32
                                      ", newer than this server's: this may be an old copy of the "
                                      "ledger. Stop it, if that one counts.",
                       alarm->met);
    return arena_text(arena, words, strlen(words));
}

/* Those that may connect; what is blocked is settled. */
static void tell_terminals(struct sessions *home, struct arena *arena, Tefter__StatusAnswer *status)
{
    struct access_terminal_alarm alarm;
    struct ledger_view *view = NULL;
    status->terminal_alarms = arena_zero(arena, ALARMS_TOLD_MAX * sizeof(char *));
    for (uint32_t device = 0; access_terminal_alarm(home->access, &device, &alarm);) {
        if (view == NULL)
            view = sessions_view(home, arena);
        const Tefter__TerminalRecord *record =
            view == NULL ? NULL : ledger_view_terminal(view, device);
        if (record != NULL && record->blocked)
            continue;
        char *words =
            status->terminal_alarms == NULL || status->terminals_alarmed >= ALARMS_TOLD_MAX
                ? NULL
                : alarm_words(arena, device, record == NULL ? "" : record->name, &alarm);
        if (words != NULL)
            status->terminal_alarms[status->n_terminal_alarms++] = words;
        status->terminals_alarmed++;
    }
    status->has_terminals_alarmed = status->terminals_alarmed > 0;
    sessions_view_end(view);
}

void sessions_status(struct sessions *home, struct arena *arena, Tefter__StatusAnswer *status)
{
    tefter__status_answer__init(status);
    status->version = "";
    status->seq = hub_seq(home->hub);
    status->sessions = home->open;
    status->uptime_ms = loop_now_ms(home->options.loop) - home->started_ms;
    char seal[HASH_TEXT_SIZE];
    status->audit_line = access_audit_head(home->access, seal);
    status->has_audit_line = status->audit_line > 0;
    status->audit_seal = status->has_audit_line ? arena_text(arena, seal, strlen(seal)) : NULL;
    tell_terminals(home, arena, status);
    if (home->options.status != NULL)
        home->options.status(home->options.owner, status);
}

void status_server(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__StatusAnswer status;
    sessions_status(session->home, &session->home->arena, &status);
    message.body_case = TEFTER__TO_TERMINAL__BODY_STATUS;
    message.status = &status;
    session_send(session, request->request, &message);
}

/* ---- terminals ---- */

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

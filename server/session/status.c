#include "base/date.h"
#include "base/grow.h"
#include "session/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
    Tefter__PrinterState printer;
    pong.has_printer = session_passes_over(session) &&
                       printing_state(session->home, session->who.branch, &printer);
    if (pong.has_printer)
        pong.printer = printer;
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

/* Those that may connect; what is blocked is settled. only: of that branch, 0: of all. */
static void tell_terminals(struct sessions *home, struct arena *arena, uint32_t only,
                           Tefter__StatusAnswer *status)
{
    struct access_terminal_alarm alarm;
    struct ledger_view *view = NULL;
    status->terminal_alarms = arena_zero(arena, ALARMS_TOLD_MAX * sizeof(char *));
    for (uint32_t device = 0; access_terminal_alarm(home->access, &device, &alarm);) {
        if (view == NULL)
            view = sessions_view(home, arena);
        const Tefter__TerminalRecord *record =
            view == NULL ? NULL : ledger_view_terminal(view, device);
        bool elsewhere = only != 0 && (record == NULL || record->branch != only);
        if (elsewhere || (record != NULL && record->blocked))
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

static uint32_t sessions_of(const struct sessions *home, uint32_t branch)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        const struct session *session = home->slots[i].session;
        count += session != NULL && session->state >= SESSION_CONNECTED &&
                 session->state != SESSION_CLOSING && session->who.device != 0 &&
                 session->who.branch == branch;
    }
    return count;
}

/* To who belongs to a branch: how the server is, and not how much the others do. */
static void cut_to_branch(const struct sessions *home, uint32_t only, Tefter__StatusAnswer *status)
{
    status->sessions = sessions_of(home, only);
    status->commands = status->batches = 0;
    status->journal_bytes = status->state_bytes = 0;
    status->has_turned_away = status->has_busy = status->has_not_reading = false;
    status->has_offers_waiting = status->has_offers_not_back = false;
    status->has_terminals_unheard = false;
    status->has_audit_line = false;
    status->audit_line = 0;
    status->audit_seal = NULL;
}

static void fill_status(struct sessions *home, struct arena *arena, uint32_t only,
                        Tefter__StatusAnswer *status)
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
    tell_terminals(home, arena, only, status);
    if (home->options.status != NULL)
        home->options.status(home->options.owner, status);
    if (only != 0)
        cut_to_branch(home, only, status);
}

void sessions_status(struct sessions *home, struct arena *arena, Tefter__StatusAnswer *status)
{
    fill_status(home, arena, 0, status);
}

void status_server(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__StatusAnswer status;
    uint32_t only;
    if (!totals_branch(session, &only)) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    fill_status(session->home, &session->home->arena, only, &status);
    if (only != 0 || !access_may(&session->who, TEFTER__RIGHT__RIGHT_EDIT_BRANCHES))
        status.ledger_folder = status.copies_at = NULL;
    message.body_case = TEFTER__TO_TERMINAL__BODY_STATUS;
    message.status = &status;
    session_send(session, request->request, &message);
}

/* ---- terminals ---- */

/* When something of it came last, by the wall clock. */
static int64_t heard_at(const struct session *session)
{
    const struct sessions *home = session->home;
    uint64_t now_ms = loop_now_ms(home->options.loop);
    uint64_t ago_ms = now_ms > session->heard_ms ? now_ms - session->heard_ms : 0;
    return sessions_now_ms(home) - (int64_t)ago_ms;
}

void status_seen(struct session *session)
{
    struct sessions *home = session->home;
    uint32_t device = session->who.device;
    size_t count = (size_t)device + 1;
    if (device == 0 || device > COMPANY_TERMINALS_MAX)
        return;
    if (count > home->seen_count) {
        int64_t *grown = realloc(home->seen_ms, count * sizeof *grown);
        if (grown == NULL)
            return;
        memset(grown + home->seen_count, 0, (count - home->seen_count) * sizeof *grown);
        home->seen_ms = grown;
        home->seen_count = count;
    }
    home->seen_ms[device] = heard_at(session);
}

static void fill_member(const struct sessions *home, Tefter__TerminalMember *member)
{
    member->has_connected = true;
    member->connected = false;
    member->seen_ms = member->terminal < home->seen_count ? home->seen_ms[member->terminal] : 0;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        const struct session *session = home->slots[i].session;
        if (session == NULL || session->who.device != member->terminal ||
            session->state < SESSION_CONNECTED || session->state == SESSION_CLOSING)
            continue;
        member->connected = true;
        int64_t at_ms = heard_at(session);
        member->seen_ms = at_ms > member->seen_ms ? at_ms : member->seen_ms;
        if (session->printer) {
            member->has_printer_state = true;
            member->printer_state = (Tefter__PrinterState)session->printer_state;
        }
        if (session->who.staff != 0) {
            member->has_staff = true;
            member->staff = session->who.staff;
        }
    }
    member->has_seen_ms = member->seen_ms > 0;
}

void status_left(struct session *session)
{
    struct sessions *home = session->home;
    size_t branch = session->who.branch;
    if (session->who.device != 0 && GROW_ZEROED(home->heard_ms, home->heard_room, branch + 1))
        home->heard_ms[branch] = heard_at(session);
}

static int compare_branch(const void *key, const void *member)
{
    uint32_t branch = *(const uint32_t *)key;
    const Tefter__BranchNow *now = *(Tefter__BranchNow *const *)member;
    return (branch > now->branch) - (branch < now->branch);
}

/* NULL: it is not in the answer. */
static Tefter__BranchNow *branch_in(const Tefter__BranchesNowAnswer *answer, uint32_t branch)
{
    Tefter__BranchNow **found = answer->n_branches > 0
                                    ? bsearch(&branch, answer->branches, answer->n_branches,
                                              sizeof *answer->branches, compare_branch)
                                    : NULL;
    return found != NULL ? *found : NULL;
}

static void count_session(const struct session *session, const Tefter__BranchesNowAnswer *answer,
                          struct tally *devices)
{
    bool here = session != NULL && session->who.device != 0 &&
                session->state >= SESSION_CONNECTED && session->state != SESSION_CLOSING;
    Tefter__BranchNow *now = here ? branch_in(answer, session->who.branch) : NULL;
    if (now == NULL)
        return;
    int64_t heard_ms = heard_at(session);
    now->heard_ms = heard_ms > now->heard_ms ? heard_ms : now->heard_ms;
    now->connected += tally_count(devices, session->who.device) == 0 ? 1 : 0;
    tally_add(devices, session->who.device);
}

static void fill_branches(const struct sessions *home, const Tefter__BranchesNowAnswer *answer)
{
    struct tally devices;
    if (!tally_init(&devices, SESSIONS_MAX))
        return;
    for (size_t i = 0; i < answer->n_branches; i++) {
        Tefter__BranchNow *now = answer->branches[i];
        now->has_connected = true;
        now->heard_ms = now->branch < home->heard_room ? home->heard_ms[now->branch] : 0;
    }
    for (uint32_t i = 0; i < home->slot_count; i++)
        count_session(home->slots[i].session, answer, &devices);
    for (size_t i = 0; i < answer->n_branches; i++)
        answer->branches[i]->has_heard_ms = answer->branches[i]->heard_ms > 0;
    tally_fini(&devices);
}

void status_terminals(struct session *session, Tefter__Answer *answer)
{
    const struct sessions *home = session->home;
    uint32_t only;
    if (answer->kind_case == TEFTER__ANSWER__KIND_BRANCHES_NOW)
        fill_branches(home, answer->branches_now);
    if (answer->kind_case != TEFTER__ANSWER__KIND_TERMINALS || !totals_branch(session, &only))
        return;
    for (size_t i = 0; i < answer->terminals->n_terminals; i++)
        if (only == 0 || answer->terminals->terminals[i]->branch == only)
            fill_member(home, answer->terminals->terminals[i]);
}

/*
 * The profile that a device connects with: is it the one that goes on, or a copy (marks.c)? And has
 * it met a newer life of the ledger than this one? Neither is refused: whoever has the newest mark
 * need not be the rightful one, a shop that sells is worth more than a suspicion, and what devices
 * claim must not be able to stop a server. People are told, at both ends: once on the ledger, where
 * the office sees it, and in the status for as long as it is so.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/inside.h"
#include "base/log.h"

#define MET_AGAIN_MS ((int64_t)24 * 3600 * 1000)

/* ---- raising an alarm ---- */

struct raised {
    struct access *access;
    uint32_t device;
    Tefter__TerminalAlarm what;
};

static const char *event_of(Tefter__TerminalAlarm what)
{
    switch (what) {
    case TEFTER__TERMINAL_ALARM__TERMINAL_COPIED:
        return "profile_copied";
    case TEFTER__TERMINAL_ALARM__TERMINAL_MET_NEWER:
        return "met_newer_server";
    case TEFTER__TERMINAL_ALARM__TERMINAL_MET_OTHER:
        return "met_other_server";
    case _TEFTER__TERMINAL_ALARM_IS_INT_SIZE:
        break;
    }
    return "";
}

static void raised_done(void *context, const Tefter__Refusal *refused)
{
    const struct raised *raised = context;
    struct marked *marked = marks_of(raised->access->marks, raised->device);
    (void)refused; /* the ledger does not know it: nobody has to be told */
    if (marked == NULL)
        return;
    marked->asking = false;
    marked->told |= (uint16_t)(1U << raised->what);
    marks_keep(raised->access->marks, raised->device);
}

/* On the ledger, once; while nothing can be written, with the next greeting. */
static void put_on_ledger(struct access *access, const struct principal *who, struct marked *marked,
                          Tefter__TerminalAlarm what)
{
    const Tefter__Actor server = TEFTER__ACTOR__INIT;
    Tefter__AlarmTerminal alarm = TEFTER__ALARM_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    if (marked->asking || (marked->told & 1U << what) != 0)
        return;
    struct raised *raised = malloc(sizeof *raised);
    if (raised == NULL)
        return;
    *raised = (struct raised){.access = access, .device = who->device, .what = what};
    alarm.terminal = who->device;
    alarm.what = what;
    alarm.has_incarnation = what != TEFTER__TERMINAL_ALARM__TERMINAL_COPIED;
    alarm.incarnation = marked->met;
    command.kind_case = TEFTER__COMMAND__KIND_ALARM_TERMINAL;
    command.alarm_terminal = &alarm;
    marked->asking = true;
    if (access_submit(access, &command, &server, raised_done, raised) == SUBMIT_TAKEN)
        return;
    marked->asking = false;
    free(raised);
}

static void say(struct access *access, const struct principal *who, Tefter__TerminalAlarm what)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%" PRIu32, who->device);
    log_line(LOG_ERROR, event_of(what), "terminal", number, "name", who->device_name, "address",
             who->address, NULL);
    access_note(access, who, &(struct note){.event = event_of(what), .staff = who->staff});
}

/* ---- copies ---- */

static void copied(struct access *access, const struct principal *who)
{
    struct marked *marked = marks_of(access->marks, who->device);
    if (marked->copied_ms == 0) {
        marked->copied_ms = access_now_ms(access);
        marks_keep(access->marks, who->device);
        say(access, who, TEFTER__TERMINAL_ALARM__TERMINAL_COPIED);
    }
    put_on_ledger(access, who, marked, TEFTER__TERMINAL_ALARM__TERMINAL_COPIED);
}

void access_look_at_mark(struct access *access, const struct principal *who,
                         const struct access_shown *shown, struct access_mark *ret_mark)
{
    int64_t now_ms = access_now_ms(access);
    *ret_mark = (struct access_mark){.old = false};
    enum mark_verdict verdict = marks_judge(access->marks, who->device, shown->mark, now_ms);
    ret_mark->old = verdict == MARK_OLD;
    if (ret_mark->old)
        copied(access, who);
    else if (verdict == MARK_NEWEST && shown->reads_marks)
        ret_mark->fresh =
            marks_give(access->marks, who->device, shown->greeting, now_ms, ret_mark->bytes);
}

/* ---- newer and other incarnations ---- */

static Tefter__TerminalAlarm judge_met(const struct access *access, const struct incarnation *met)
{
    const struct incarnation *ours = &access->options.incarnation;
    if (met->number > ours->number)
        return TEFTER__TERMINAL_ALARM__TERMINAL_MET_NEWER;
    return met->number == ours->number && !incarnation_same(met, ours)
               ? TEFTER__TERMINAL_ALARM__TERMINAL_MET_OTHER
               : 0;
}

/* What a device claims is told once a day, however often it claims it. */
void access_look_at_met(struct access *access, const struct principal *who,
                        const struct incarnation *met)
{
    struct marked *marked = marks_of(access->marks, who->device);
    Tefter__TerminalAlarm what = judge_met(access, met);
    int64_t now_ms = access_now_ms(access);
    if (marked == NULL || (what == 0 && marked->met_what == 0))
        return;
    bool news = marked->met_what != (uint16_t)what || marked->met != met->number;
    marked->met_what = (uint16_t)what;
    marked->met = met->number;
    bool again = now_ms < marked->met_ms || now_ms - marked->met_ms >= MET_AGAIN_MS;
    if (what != 0 && again) {
        marked->met_ms = now_ms;
        marked->told &= (uint16_t) ~(1U << what);
        say(access, who, what);
    }
    if (news || (what != 0 && again))
        marks_keep(access->marks, who->device);
    if (what != 0 && now_ms - marked->met_ms < MET_AGAIN_MS)
        put_on_ledger(access, who, marked, what);
}

/* ---- what stands ---- */

bool access_terminal_alarm(const struct access *access, uint32_t *device,
                           struct access_terminal_alarm *ret_alarm)
{
    *device = marks_next(access->marks, *device);
    if (*device == 0)
        return false;
    const struct marked *marked = marks_of(access->marks, *device);
    *ret_alarm = (struct access_terminal_alarm){
        .copied_ms = marked->copied_ms,
        .met = marked->met_what == 0 ? 0 : marked->met,
        .other = marked->met_what == TEFTER__TERMINAL_ALARM__TERMINAL_MET_OTHER};
    return true;
}

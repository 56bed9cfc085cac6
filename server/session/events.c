/*
 * What committed events mean here: terminals that were blocked are cut, persons that were signed
 * out have to log in again, the search index learns of customers.
 */
#include "session/inside.h"

struct watch {
    struct sessions *home;
    struct ledger_view *view; /* begun with the first event that wants it */
    struct texts texts;
};

static bool watch_view(struct watch *watch)
{
    if (watch->view == NULL)
        watch->view = sessions_view(watch->home, &watch->home->group);
    return watch->view != NULL;
}

static void staff_changed(struct watch *watch, uint32_t staff)
{
    const struct sessions *home = watch->home;
    const Tefter__StaffRecord *record = ledger_view_staff(watch->view, staff);
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session != NULL && session->state == SESSION_LOGGED_IN && session->who.staff == staff)
            session_recheck_staff(session, record);
    }
}

static void terminal_changed(struct watch *watch, uint32_t terminal)
{
    const struct sessions *home = watch->home;
    const Tefter__TerminalRecord *record = ledger_view_terminal(watch->view, terminal);
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session != NULL && session->state >= SESSION_CONNECTED &&
            session->state != SESSION_CLOSING && session->who.device == terminal)
            terminal_recheck(session, record);
    }
}

static void customer_changed(struct watch *watch, uint32_t customer)
{
    /* those behind the cursor come with the filling */
    if (watch->home->index_whole || customer <= watch->home->index_cursor)
        index_customer(watch->home, watch->view, &watch->texts, customer);
}

enum concern { CONCERN_NONE, CONCERN_STAFF, CONCERN_TERMINAL, CONCERN_CUSTOMER };

static enum concern concern_of(Tefter__EventKind kind)
{
    static const struct {
        Tefter__EventKind kind;
        enum concern concern;
    } rows[] = {
        {TEFTER__EVENT_KIND__STAFF_CHANGED, CONCERN_STAFF},
        {TEFTER__EVENT_KIND__STAFF_SIGNED_OUT, CONCERN_STAFF},
        {TEFTER__EVENT_KIND__TERMINAL_CHANGED, CONCERN_TERMINAL},
        {TEFTER__EVENT_KIND__CUSTOMER_OPENED, CONCERN_CUSTOMER},
        {TEFTER__EVENT_KIND__CUSTOMER_CHANGED, CONCERN_CUSTOMER},
        {TEFTER__EVENT_KIND__BUYER_CHANGED, CONCERN_CUSTOMER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].kind == kind)
            return rows[i].concern;
    }
    return CONCERN_NONE;
}

static void watch_event(struct watch *watch, const Tefter__Event *event)
{
    enum concern concern = concern_of(event->kind);
    if (concern == CONCERN_NONE || !watch_view(watch))
        return;
    if (concern == CONCERN_STAFF)
        staff_changed(watch, (uint32_t)event->about);
    else if (concern == CONCERN_TERMINAL)
        terminal_changed(watch, (uint32_t)event->about);
    else
        customer_changed(watch, event->customer);
}

void watch_events(struct sessions *home, const struct published_group *group)
{
    struct watch watch = {.home = home};
    texts_begin(&watch.texts, home->options.vault, &home->group);
    for (size_t i = 0; i < group->event_count; i++)
        watch_event(&watch, group->events[i]);
    texts_end(&watch.texts);
    sessions_view_end(watch.view);
}

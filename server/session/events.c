/*
 * What committed events mean here: terminals that were blocked are cut, persons that were signed
 * out have to log in again, the search index learns of customers.
 */
#include <stdlib.h>

#include "session/inside.h"

/* Persons or terminals whose records were changed. All sessions are looked through once for many
 * of them. */
enum { CHANGED_AT_ONCE = 512 };

struct changed {
    size_t count;
    struct changed_one {
        uint32_t id;
        const void *record; /* NULL: there is none */
    } ones[CHANGED_AT_ONCE];
};

struct watch {
    struct sessions *home;
    struct ledger_view *view; /* begun with the first event that wants it */
    struct texts texts;
    struct changed staff;
    struct changed terminals;
};

static bool watch_view(struct watch *watch)
{
    if (watch->view == NULL)
        watch->view = sessions_view(watch->home, &watch->home->group);
    return watch->view != NULL;
}

/* ---- whom it concerns ---- */

static int compare_ones(const void *a, const void *b)
{
    const struct changed_one *left = a;
    const struct changed_one *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static struct changed_one *find(struct changed *changed, uint32_t id)
{
    const struct changed_one wanted = {.id = id};
    return bsearch(&wanted, changed->ones, changed->count, sizeof wanted, compare_ones);
}

static void recheck_staff(struct watch *watch, struct session *session)
{
    struct changed_one *one = find(&watch->staff, session->who.staff);
    if (one != NULL)
        session_recheck_staff(session, one->record);
}

static void recheck_terminal(struct watch *watch, struct session *session)
{
    struct changed_one *one = find(&watch->terminals, session->who.device);
    if (one != NULL)
        terminal_recheck(session, one->record);
}

static void recheck(struct watch *watch, struct session *session)
{
    if (session->state == SESSION_LOGGED_IN)
        recheck_staff(watch, session);
    if (session->state >= SESSION_CONNECTED && session->state != SESSION_CLOSING)
        recheck_terminal(watch, session);
}

static void sort_changed(struct changed *changed)
{
    if (changed->count > 1)
        qsort(changed->ones, changed->count, sizeof changed->ones[0], compare_ones);
}

/* Whoever is not connected has contacts too. */
static void read_all(struct watch *watch)
{
    for (size_t i = 0; i < watch->staff.count; i++) {
        struct changed_one *one = &watch->staff.ones[i];
        one->record = ledger_view_staff(watch->view, one->id);
        notices_staff_changed(watch->home, one->record, one->id);
    }
    for (size_t i = 0; i < watch->terminals.count; i++) {
        struct changed_one *one = &watch->terminals.ones[i];
        one->record = ledger_view_terminal(watch->view, one->id);
        notices_terminal_changed(watch->home, one->record, one->id);
    }
}

static void recheck_all(struct watch *watch)
{
    const struct sessions *home = watch->home;
    if (watch->staff.count + watch->terminals.count == 0)
        return;
    sort_changed(&watch->staff);
    sort_changed(&watch->terminals);
    read_all(watch);
    for (uint32_t i = 0; i < home->slot_count; i++)
        if (home->slots[i].session != NULL)
            recheck(watch, home->slots[i].session);
    watch->staff.count = 0;
    watch->terminals.count = 0;
}

static void note_changed(struct watch *watch, struct changed *changed, uint32_t id)
{
    if (changed->count == CHANGED_AT_ONCE)
        recheck_all(watch);
    changed->ones[changed->count++] = (struct changed_one){.id = id};
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
        {TEFTER__EVENT_KIND__NOTE_CHANGED, CONCERN_CUSTOMER},
        {TEFTER__EVENT_KIND__CUSTOMER_ERASED_EVENT, CONCERN_CUSTOMER},
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
        note_changed(watch, &watch->staff, (uint32_t)event->about);
    else if (concern == CONCERN_TERMINAL)
        note_changed(watch, &watch->terminals, (uint32_t)event->about);
    else
        customer_changed(watch, event->customer);
}

static void note_erased(const struct sessions *home, const struct ledger_result *result)
{
    for (size_t i = 0; i < result->event_count; i++)
        if (result->events[i]->kind == TEFTER__EVENT_KIND__CUSTOMER_ERASED_EVENT)
            access_erased(home->access, &result->author, result->events[i]->customer);
}

void watch_events(struct sessions *home, const struct published_group *group)
{
    struct watch watch; /* not cleared: it has room for many, and is made for each group */
    watch.home = home;
    watch.view = NULL;
    watch.staff.count = 0;
    watch.terminals.count = 0;
    texts_begin(&watch.texts, home->options.vault, &home->group);
    for (size_t i = 0; i < group->event_count; i++)
        watch_event(&watch, group->events[i]);
    for (size_t i = 0; i < group->result_count; i++)
        note_erased(home, &group->results[i]);
    recheck_all(&watch);
    texts_end(&watch.texts);
    sessions_view_end(watch.view);
}

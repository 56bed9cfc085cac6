/*
 * Approvals that reach people who look at no page. Who may decide one stands in ranks: those of the
 * branch first, then those of all branches, each by role. A rank is told; when nobody has decided
 * after `after_s`, the next one is.
 *
 *   asked ──▶ rank told ──after_s──▶ next rank ──▶ … ──▶ nobody is left
 *     └── decided, expired: what is on its way is called back
 *
 * 1. Who looks at a page is not told: they see it there. When they look away before it is decided,
 *    they are told then.
 * 2. Each person is told by all their devices; by telephone when no device took it.
 * 3. A rank of which nobody could be told costs no time.
 * 4. What one person is told at once goes into one message, and so does what waits while they have
 *    had as many as they may in ten minutes.
 * 5. Nothing of this is in the ledger. A restart looks at the approvals that wait; of what people
 *    were told the contacts know (access/contacts.h), so nobody is told twice.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/contacts.h"
#include "net/web_push.h"
#include "session/inside.h"

enum {
    EXAMINED_EACH_TICK = 32, /* approvals */
    GATHER_MS = 2000,        /* at most, while there are more to be looked at */
    HELD_MS = 1000,          /* then it is seen whether somebody may be sent one again */
    WINDOW_MS = 10 * 60 * 1000,
    LOADED_EACH_TICK = 100,
    RANKS_EACH_BRANCH = 4,
    RANK_MAX = 2 * RANKS_EACH_BRANCH,
    RANK_PEOPLE_MAX = 16, /* the rest of a rank is told with the next */
    WATCHING_MAX = 256,
    ORDERS_MAX = 512,
    TESTS_MAX = 16,
    TEST_MS = 20 * 1000,
    TEST_AGAIN_MS = 10 * 1000,
    TEST_RESULTS_MAX = NOTICE_DEVICES_MAX + 1,
    MINUTES_A_DAY = 24 * 60,
    HEAD_OFFICE = 1,
};

/* An approval that waits. */
struct watched {
    uint64_t approval;
    int64_t next_ms;       /* of the next rank; INT64_MAX: nobody is left */
    int rank;              /* told so far; -1: none */
    bool known;            /* what was told before the start has been looked at */
    bool changed;          /* it is to be looked at anew */
    bool reached;          /* somebody of this rank was */
    uint32_t under_way;    /* to be sent, or on its way */
    uint32_t seeing_count; /* of this rank, those who saw it on a page */
    uint32_t seeing[RANK_PEOPLE_MAX];
};

/* A notice under way. */
struct sent {
    uint64_t number;
    uint64_t approval; /* 0: a test */
    uint32_t staff;
    uint32_t terminal; /* 0: their telephone */
    bool other_came;   /* another device of theirs has taken it */
    uint32_t count;    /* above 1: of so many, told at told_ms; `approval` is the newest */
    int64_t told_ms;
    int64_t until_ms;
};

/* A person is to be told of it. */
struct owed {
    uint64_t approval;
    uint32_t staff;
    int64_t since_ms; /* on the loop's clock */
};

/* A person was sent a message. */
struct messaged {
    uint32_t staff;
    int64_t at_ms; /* on the loop's clock */
};

struct notice_test {
    struct session_ref session;
    uint64_t request;
    uint32_t staff;
    uint64_t until_ms;    /* on the loop's clock */
    uint64_t first, last; /* numbers of its notices */
    size_t waiting;
    size_t count;
    Tefter__NoticeTestResult results[TEST_RESULTS_MAX];
};

struct notices {
    struct sessions_notices options;
    struct contacts *contacts;
    struct watched *watched;
    size_t watched_count, watched_room;
    size_t place; /* those before it are looked at next: each has its turn */
    struct sent *sent;
    size_t sent_count, sent_room;
    struct owed *owed; /* oldest first */
    size_t owed_count, owed_room;
    int64_t owed_look_ms;      /* nobody may be sent one before; on the loop's clock */
    struct messaged *messaged; /* of WINDOW_MS, oldest first */
    size_t messaged_count, messaged_room;
    struct notice_test tests[TESTS_MAX];
    size_t test_count;
    uint64_t number;
    uint64_t cursor; /* of the approvals that waited at the start */
    bool loaded;
    bool armed; /* something is to be looked at */
};

/* ---- what is under way ---- */

static struct watched *watched_of(struct notices *notices, uint64_t approval)
{
    for (size_t i = 0; i < notices->watched_count; i++)
        if (notices->watched[i].approval == approval)
            return &notices->watched[i];
    return NULL;
}

static void watch(struct notices *notices, uint64_t approval)
{
    struct watched *watched = watched_of(notices, approval);
    if (watched == NULL) {
        if (notices->watched_count == NOTICE_WATCHED_MAX ||
            !GROW(notices->watched, notices->watched_room, notices->watched_count + 1))
            return;
        watched = &notices->watched[notices->watched_count++];
        *watched = (struct watched){.approval = approval, .rank = -1};
    }
    watched->changed = true;
}

static struct sent *sent_of(struct notices *notices, uint64_t number)
{
    for (size_t i = 0; i < notices->sent_count; i++)
        if (notices->sent[i].number == number)
            return &notices->sent[i];
    return NULL;
}

/* Those of a person about an approval that are under way. */
static uint32_t count_sent(const struct notices *notices, uint64_t approval, uint32_t staff)
{
    uint32_t count = 0;
    for (size_t i = 0; i < notices->sent_count; i++)
        count += notices->sent[i].approval == approval && notices->sent[i].staff == staff ? 1 : 0;
    return count;
}

static void call_back(struct sessions *home, uint64_t approval)
{
    const struct notices *notices = home->notices;
    for (size_t i = 0; i < notices->sent_count; i++)
        if (notices->sent[i].approval == approval && notices->sent[i].count <= 1)
            notices->options.cancel(home->options.owner, notices->sent[i].number);
}

static bool is_owed(const struct notices *notices, uint64_t approval, uint32_t staff)
{
    for (size_t i = 0; i < notices->owed_count; i++)
        if (notices->owed[i].approval == approval && notices->owed[i].staff == staff)
            return true;
    return false;
}

static void owe_no_more(struct notices *notices, uint64_t approval)
{
    size_t left = 0;
    for (size_t i = 0; i < notices->owed_count; i++)
        if (notices->owed[i].approval != approval)
            notices->owed[left++] = notices->owed[i];
    notices->owed_count = left;
}

static void unwatch(struct sessions *home, struct watched *watched)
{
    struct notices *notices = home->notices;
    call_back(home, watched->approval);
    owe_no_more(notices, watched->approval);
    contacts_told_forget(notices->contacts, watched->approval);
    *watched = notices->watched[--notices->watched_count];
}

/* ---- one notice ---- */

/* What an order says beside whom it goes to. */
struct matter {
    uint64_t approval; /* 0: a test */
    uint32_t count;    /* above 1: so many, of which it is the newest */
    int64_t told_ms;
    int64_t until_ms;
    const char *company;
    const char *branch;
    const char *currency;
    uint32_t exponent;
    const Tefter__ApprovalRow *row; /* with its words; NULL: without details */
    const char *who;
};

static void order_fill(Tefter__NoticeOrder *order, const struct matter *matter)
{
    order->until_ms = matter->until_ms;
    order->title = (char *)(uintptr_t)matter->company;
    order->has_approval = matter->approval != 0;
    order->approval = matter->approval;
    order->has_count = matter->count > 1;
    order->count = matter->count;
    order->branch = (char *)(uintptr_t)matter->branch;
    if (matter->row == NULL)
        return;
    const Tefter__Text *name = matter->row->customer_name;
    order->who = (char *)(uintptr_t)matter->who;
    order->customer =
        name != NULL && name->value != NULL ? name->value : matter->row->customer_code;
    order->has_amount_minor = true;
    order->amount_minor = matter->row->amount_minor;
    order->currency = (char *)(uintptr_t)matter->currency;
    order->has_exponent = true;
    order->exponent = matter->exponent;
}

static bool put(struct sessions *home, Tefter__NoticeOrder *order, const struct matter *matter,
                uint32_t staff, uint32_t terminal)
{
    struct notices *notices = home->notices;
    if (notices->sent_count == ORDERS_MAX ||
        !GROW(notices->sent, notices->sent_room, notices->sent_count + 1))
        return false;
    order->number = notices->number + 1;
    order_fill(order, matter);
    if (!notices->options.send(home->options.owner, order))
        return false;
    notices->number++;
    notices->sent[notices->sent_count++] = (struct sent){.number = order->number,
                                                         .approval = matter->approval,
                                                         .staff = staff,
                                                         .terminal = terminal,
                                                         .count = matter->count,
                                                         .told_ms = matter->told_ms,
                                                         .until_ms = matter->until_ms};
    return true;
}

static bool put_push(struct sessions *home, const struct contact *contact,
                     const struct contact_push *push, const struct matter *matter)
{
    Tefter__NoticeOrder order = TEFTER__NOTICE_ORDER__INIT;
    Tefter__PushAddress address = TEFTER__PUSH_ADDRESS__INIT;
    address.endpoint = (char *)(uintptr_t)push->endpoint;
    address.point = (ProtobufCBinaryData){CONTACT_POINT_SIZE, (uint8_t *)(uintptr_t)push->point};
    address.auth = (ProtobufCBinaryData){CONTACT_AUTH_SIZE, (uint8_t *)(uintptr_t)push->auth};
    order.way_case = TEFTER__NOTICE_ORDER__WAY_PUSH;
    order.push = &address;
    order.language = (char *)(uintptr_t)push->language;
    return put(home, &order, matter, contact->staff, push->terminal);
}

static bool put_phone(struct sessions *home, const struct contact *contact,
                      const struct matter *matter)
{
    Tefter__NoticeOrder order = TEFTER__NOTICE_ORDER__INIT;
    if (!home->notices->options.phone || contact->phone[0] == '\0')
        return false;
    order.way_case = TEFTER__NOTICE_ORDER__WAY_PHONE;
    order.phone = (char *)(uintptr_t)contact->phone;
    order.language = (char *)(uintptr_t)contact->language;
    return put(home, &order, matter, contact->staff, 0);
}

/* Does it still count? */
static bool push_holds(struct ledger_view *view, const struct contact_push *push,
                       const Tefter__StaffRecord *staff)
{
    const Tefter__TerminalRecord *terminal = ledger_view_terminal(view, push->terminal);
    return terminal != NULL && !terminal->blocked && push->generation == staff->generation;
}

/* By every device, else by telephone; how many notices that makes. */
static uint32_t put_all(struct sessions *home, struct ledger_view *view,
                        const Tefter__StaffRecord *staff, const struct matter *matter)
{
    uint32_t count = 0;
    const struct contact *contact = contacts_of(home->notices->contacts, staff->staff);
    for (size_t i = 0; contact != NULL && home->notices->options.push && i < contact->push_count;
         i++)
        if (push_holds(view, &contact->push[i], staff) &&
            put_push(home, contact, &contact->push[i], matter))
            count++;
    if (count == 0 && contact != NULL && put_phone(home, contact, matter))
        count++;
    return count;
}

/* ---- who is asked ---- */

/* One approval, looked at. */
struct look {
    struct sessions *home;
    struct ledger_view *view;
    struct texts texts;
    const Tefter__ApprovalRow *row;
    uint32_t branch; /* where it was asked for */
    int64_t now_ms;
    struct matter matter;
    uint32_t watching[WATCHING_MAX];
    size_t watching_count;
};

static void find_watching(struct look *look)
{
    const struct sessions *home = look->home;
    for (uint32_t i = 0; i < home->slot_count && look->watching_count < WATCHING_MAX; i++) {
        const struct session *session = home->slots[i].session;
        if (session != NULL && session->state == SESSION_LOGGED_IN && session->watching)
            look->watching[look->watching_count++] = session->who.staff;
    }
}

static bool is_watching(const struct look *look, uint32_t staff)
{
    for (size_t i = 0; i < look->watching_count; i++)
        if (look->watching[i] == staff)
            return true;
    return false;
}

static bool may_decide_own(const struct look *look, const Tefter__StaffRecord *staff)
{
    const Tefter__CompanyRecord *company = ledger_view_company(look->view);
    Tefter__OwnApproval rule =
        company->has_own_approval ? company->own_approval : TEFTER__OWN_APPROVAL__OWN_NOBODY;
    return rule == TEFTER__OWN_APPROVAL__OWN_ANYBODY ||
           (rule == TEFTER__OWN_APPROVAL__OWN_OWNER && staff->role == TEFTER__ROLE__ROLE_OWNER);
}

/* -1: they do not decide it. */
static int rank_of(const struct look *look, const Tefter__StaffRecord *staff)
{
    if (staff == NULL || staff->blocked || !ledger_may(staff->role, TEFTER__RIGHT__RIGHT_APPROVE) ||
        (staff->has_branch && staff->branch != look->branch))
        return -1;
    const Tefter__Actor *asked = look->row->asked_by;
    if (asked != NULL && asked->has_staff && asked->staff == staff->staff &&
        !may_decide_own(look, staff))
        return -1;
    int by_role = staff->role == TEFTER__ROLE__ROLE_CONTROLLER ? 0
                  : staff->role == TEFTER__ROLE__ROLE_MANAGER  ? 1
                  : staff->role == TEFTER__ROLE__ROLE_OWNER    ? 2
                                                               : 3;
    return (staff->has_branch ? 0 : RANKS_EACH_BRANCH) + by_role;
}

/* By the clock of their branch, or of where it was asked for. */
static bool rests(const struct look *look, const struct contact *contact,
                  const Tefter__StaffRecord *staff)
{
    if (contact == NULL || !contact->quiet || contact->quiet_from == contact->quiet_until)
        return false;
    const Tefter__BranchRecord *branch =
        ledger_view_branch(look->view, staff->has_branch ? staff->branch : look->branch);
    int64_t minute = look->now_ms / 60000 + (branch != NULL ? branch->utc_offset_minutes : 0);
    uint32_t now = (uint32_t)(minute % MINUTES_A_DAY);
    if (contact->quiet_from < contact->quiet_until)
        return now >= contact->quiet_from && now < contact->quiet_until;
    return now >= contact->quiet_from || now < contact->quiet_until;
}

/* Can they be told at all, now? */
static bool reachable(const struct look *look, const struct contact *contact,
                      const Tefter__StaffRecord *staff)
{
    const struct sessions_notices *options = &look->home->notices->options;
    if (contact == NULL || rests(look, contact, staff))
        return false;
    if (options->phone && contact->phone[0] != '\0')
        return true;
    for (size_t i = 0; options->push && i < contact->push_count; i++)
        if (push_holds(look->view, &contact->push[i], staff))
            return true;
    return false;
}

struct candidate {
    const Tefter__StaffRecord *staff;
    const struct contact *contact;
    bool sees;
};

/* The lowest rank above `after` in which somebody sees it or can be told; their number in ret. */
static size_t next_rank(const struct look *look, int after, int *ret_rank,
                        struct candidate ret[RANK_PEOPLE_MAX])
{
    const struct contacts *contacts = look->home->notices->contacts;
    size_t count = 0;
    *ret_rank = RANK_MAX;
    size_t people = 0;
    while (contacts_at(contacts, people) != NULL)
        people++;
    for (size_t i = 0; i < people + look->watching_count; i++) {
        const struct contact *contact = i < people ? contacts_at(contacts, i) : NULL;
        uint32_t number = contact != NULL ? contact->staff : look->watching[i - people];
        if (contact == NULL && contacts_of(contacts, number) != NULL)
            continue; /* met already */
        const Tefter__StaffRecord *staff = ledger_view_staff(look->view, number);
        int rank = rank_of(look, staff);
        bool sees = is_watching(look, number);
        if (rank <= after || rank > *ret_rank || (!sees && !reachable(look, contact, staff)))
            continue;
        if (rank < *ret_rank)
            count = 0;
        *ret_rank = rank;
        if (count < RANK_PEOPLE_MAX)
            ret[count++] = (struct candidate){staff, contact, sees};
    }
    return count;
}

/* ---- telling ---- */

/* With what else they are to be told. */
static void tell(struct look *look, struct watched *watched, const Tefter__StaffRecord *staff)
{
    struct notices *notices = look->home->notices;
    if (is_owed(notices, watched->approval, staff->staff) ||
        !GROW(notices->owed, notices->owed_room, notices->owed_count + 1))
        return;
    notices->owed[notices->owed_count++] =
        (struct owed){.approval = watched->approval,
                      .staff = staff->staff,
                      .since_ms = (int64_t)loop_now_ms(look->home->options.loop)};
    watched->under_way++;
}

static void tell_rank(struct look *look, struct watched *watched)
{
    struct candidate found[RANK_PEOPLE_MAX];
    size_t count = next_rank(look, watched->rank, &watched->rank, found);
    watched->reached = false;
    watched->seeing_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct candidate *one = &found[i];
        bool told = one->contact != NULL && contacts_told_ms(one->contact, watched->approval) != 0;
        if (one->sees)
            watched->seeing[watched->seeing_count++] = one->staff->staff;
        else if (!told)
            tell(look, watched, one->staff);
        watched->reached = watched->reached || told;
    }
    if (count == 0) {
        /* somebody may make themselves known meanwhile */
        watched->rank = -1;
        watched->next_ms = look->now_ms + (int64_t)look->home->notices->options.after_s * 1000;
        return;
    }
    bool any = watched->reached || watched->seeing_count > 0 || watched->under_way > 0;
    watched->next_ms =
        any ? look->now_ms + (int64_t)look->home->notices->options.after_s * 1000 : look->now_ms;
}

/* Those who saw it on a page and look away are told now. */
static void tell_who_left(struct look *look, struct watched *watched)
{
    for (uint32_t i = watched->seeing_count; i-- > 0;) {
        uint32_t number = watched->seeing[i];
        if (is_watching(look, number))
            continue;
        watched->seeing[i] = watched->seeing[--watched->seeing_count];
        const Tefter__StaffRecord *staff = ledger_view_staff(look->view, number);
        const struct contact *contact = contacts_of(look->home->notices->contacts, number);
        if (rank_of(look, staff) >= 0 && reachable(look, contact, staff) &&
            contacts_told_ms(contact, watched->approval) == 0)
            tell(look, watched, staff);
    }
}

/* What people were told of it before the start: the next rank has its time from there. */
static void recall_told(const struct look *look, struct watched *watched)
{
    const struct contacts *contacts = look->home->notices->contacts;
    const struct contact *contact;
    int64_t last_ms = 0;
    watched->known = true;
    for (size_t i = 0; (contact = contacts_at(contacts, i)) != NULL; i++) {
        int64_t at_ms = contacts_told_ms(contact, watched->approval);
        int rank = at_ms == 0 ? -1 : rank_of(look, ledger_view_staff(look->view, contact->staff));
        watched->rank = rank > watched->rank ? rank : watched->rank;
        last_ms = at_ms > last_ms ? at_ms : last_ms;
    }
    if (last_ms > 0)
        watched->next_ms = last_ms + (int64_t)look->home->notices->options.after_s * 1000;
}

/* ---- looking at one ---- */

static const Tefter__ApprovalRow *row_read(struct look *look, uint64_t approval)
{
    struct sessions *home = look->home;
    struct slice row = ledger_view_row(look->view, row_key_of(ROW_APPROVAL, approval), NULL);
    if (row.size == 0)
        return NULL;
    const Tefter__Row *read = (const Tefter__Row *)message_unpack(
        &tefter__row__descriptor, texts_row(&look->texts, row), &home->answer);
    return read != NULL && read->kind_case == TEFTER__ROW__KIND_APPROVAL ? read->approval : NULL;
}

/* A name from the vault, else the login. */
static const char *name_of_asker(struct look *look)
{
    const Tefter__Actor *asked = look->row->asked_by;
    const Tefter__StaffRecord *staff =
        asked != NULL && asked->has_staff ? ledger_view_staff(look->view, asked->staff) : NULL;
    if (staff == NULL || staff->name == NULL)
        return look->row->asked_login;
    Tefter__LoggedIn holder = TEFTER__LOGGED_IN__INIT; /* any message that holds a name */
    Tefter__Text name = *staff->name;
    holder.login = staff->login;
    holder.name = &name;
    texts_fill(&look->texts, &holder.base);
    return name.value != NULL ? name.value : staff->login;
}

static void matter_fill(struct look *look)
{
    const Tefter__CompanyRecord *company = ledger_view_company(look->view);
    const Tefter__BranchRecord *branch = ledger_view_branch(look->view, look->branch);
    bool details = look->home->notices->options.details;
    look->matter = (struct matter){
        .approval = look->row->approval,
        .until_ms = look->row->expires_ms,
        .company = company->name,
        .branch = branch != NULL ? branch->name : NULL,
        .currency = company->currency,
        .exponent = company->exponent,
        .row = details ? look->row : NULL,
        .who = details ? name_of_asker(look) : NULL,
    };
}

/* false: it waits no longer. */
static bool look_at(struct look *look, uint64_t approval)
{
    look->row = row_read(look, approval);
    if (look->row == NULL || look->row->state != TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
        look->row->expires_ms <= look->now_ms)
        return false;
    const Tefter__Actor *asked = look->row->asked_by;
    look->branch = asked != NULL && asked->has_branch ? asked->branch : HEAD_OFFICE;
    matter_fill(look);
    return true;
}

static bool examine_row(struct look *look, struct watched *watched)
{
    if (!look_at(look, watched->approval))
        return false;
    if (!watched->known)
        recall_told(look, watched);
    tell_who_left(look, watched);
    bool lost = !watched->reached && watched->seeing_count == 0 && watched->under_way == 0;
    if (watched->next_ms <= look->now_ms || (lost && watched->rank >= 0))
        tell_rank(look, watched);
    watched->changed = false;
    return true;
}

static void examine(struct sessions *home, struct ledger_view *view, struct watched *watched)
{
    struct look look = {.home = home, .view = view, .now_ms = sessions_now_ms(home)};
    find_watching(&look);
    texts_begin(&look.texts, home->options.vault, &home->answer);
    bool waits = examine_row(&look, watched);
    texts_end(&look.texts);
    if (!waits)
        unwatch(home, watched);
}

/* ---- one message of all that a person is to be told ---- */

/* Those of WINDOW_MS ago are forgotten. */
static void forget_messaged(struct notices *notices, int64_t loop_ms)
{
    size_t old = 0;
    while (old < notices->messaged_count && notices->messaged[old].at_ms + WINDOW_MS <= loop_ms)
        old++;
    notices->messaged_count -= old;
    if (old > 0)
        memmove(notices->messaged, notices->messaged + old,
                notices->messaged_count * sizeof *notices->messaged);
}

static bool had_enough(const struct notices *notices, uint32_t staff)
{
    uint32_t count = 0;
    for (size_t i = 0; i < notices->messaged_count; i++)
        count += notices->messaged[i].staff == staff ? 1 : 0;
    return count >= notices->options.most;
}

static void note_messaged(struct notices *notices, uint32_t staff, int64_t loop_ms)
{
    if (GROW(notices->messaged, notices->messaged_room, notices->messaged_count + 1))
        notices->messaged[notices->messaged_count++] = (struct messaged){staff, loop_ms};
}

/* What they are owed leaves the list; of it, what they may be told of now. The matter says it. */
static size_t take_owed(struct look *look, const Tefter__StaffRecord *staff, uint32_t number,
                        uint64_t approvals[NOTICE_WATCHED_MAX], struct matter *ret_matter)
{
    struct notices *notices = look->home->notices;
    const struct contact *contact = contacts_of(notices->contacts, number);
    size_t count = 0, left = 0;
    int64_t last_ms = 0;
    *ret_matter = (struct matter){.approval = 0};
    for (size_t i = 0; i < notices->owed_count; i++) {
        const struct owed owed = notices->owed[i];
        struct watched *watched = watched_of(notices, owed.approval);
        if (owed.staff != number) {
            notices->owed[left++] = owed;
            continue;
        }
        if (watched == NULL)
            continue;
        watched->under_way -= watched->under_way > 0 ? 1 : 0;
        watched->changed = true;
        if (count == NOTICE_WATCHED_MAX || !look_at(look, owed.approval) ||
            rank_of(look, staff) < 0 || !reachable(look, contact, staff))
            continue;
        approvals[count++] = owed.approval;
        last_ms = look->matter.until_ms > last_ms ? look->matter.until_ms : last_ms;
        if (owed.approval > ret_matter->approval)
            *ret_matter = look->matter;
    }
    notices->owed_count = left;
    ret_matter->count = (uint32_t)count;
    ret_matter->until_ms = last_ms;
    ret_matter->told_ms = look->now_ms;
    if (count > 1)
        ret_matter->row = NULL;
    return count;
}

static void tell_owed(struct look *look, uint32_t number)
{
    static uint64_t approvals[NOTICE_WATCHED_MAX]; /* on the loop's thread */
    struct notices *notices = look->home->notices;
    const Tefter__StaffRecord *staff = ledger_view_staff(look->view, number);
    struct matter matter;
    size_t count = take_owed(look, staff, number, approvals, &matter);
    uint32_t messages = count == 0 ? 0 : put_all(look->home, look->view, staff, &matter);
    if (messages == 0)
        return;
    for (size_t i = 0; i < count; i++)
        watched_of(notices, approvals[i])->under_way += messages;
    contacts_tell(notices->contacts, number, approvals, count, look->now_ms);
    note_messaged(notices, number, (int64_t)loop_now_ms(look->home->options.loop));
}

/* Who looks at a page now sees it there; who has had enough is told later. */
static void tell_all_owed(struct sessions *home, struct ledger_view *view)
{
    struct notices *notices = home->notices;
    struct look look = {.home = home, .view = view, .now_ms = sessions_now_ms(home)};
    int64_t loop_ms = (int64_t)loop_now_ms(home->options.loop);
    forget_messaged(notices, loop_ms);
    find_watching(&look);
    texts_begin(&look.texts, home->options.vault, &home->answer);
    for (size_t i = 0; i < notices->owed_count;) {
        uint32_t staff = notices->owed[i].staff;
        if (is_watching(&look, staff) || had_enough(notices, staff)) {
            i++;
            continue;
        }
        tell_owed(&look, staff); /* and none of theirs is left in the list */
        i = 0;
    }
    texts_end(&look.texts);
    notices->owed_look_ms = loop_ms + HELD_MS;
}

static bool is_due(const struct watched *watched, int64_t now_ms)
{
    return watched->changed || watched->next_ms <= now_ms || watched->seeing_count > 0;
}

static int compare_u64(const void *one, const void *other)
{
    uint64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return a < b ? -1 : a > b;
}

/* What was decided while the server did not run is no longer told of. */
static void forget_closed(struct notices *notices)
{
    static uint64_t open[NOTICE_WATCHED_MAX]; /* on the loop's thread */
    for (size_t i = 0; i < notices->watched_count; i++)
        open[i] = notices->watched[i].approval;
    qsort(open, notices->watched_count, sizeof *open, compare_u64);
    contacts_told_keep(notices->contacts, open, notices->watched_count);
}

/* Those that waited when the server started, some each time. */
static void load(struct sessions *home, struct ledger_view *view)
{
    struct notices *notices = home->notices;
    uint64_t keys[LOADED_EACH_TICK];
    bool more = false;
    size_t count = ledger_view_approvals(view, &notices->cursor, keys, LOADED_EACH_TICK, &more);
    for (size_t i = 0; i < count; i++)
        watch(notices, row_key_id(keys[i]));
    notices->loaded = !more;
    if (notices->loaded)
        forget_closed(notices);
}

static bool owed_due(const struct sessions *home)
{
    return home->notices->owed_count > 0 &&
           (int64_t)loop_now_ms(home->options.loop) >= home->notices->owed_look_ms;
}

/* None is to be looked at first, or that takes long. */
static bool gathered(const struct sessions *home, int left)
{
    int64_t loop_ms = (int64_t)loop_now_ms(home->options.loop);
    return left > 0 || home->notices->owed[0].since_ms + GATHER_MS <= loop_ms;
}

static bool anything_due(const struct sessions *home, int64_t now_ms)
{
    const struct notices *notices = home->notices;
    if (!notices->loaded || owed_due(home))
        return true;
    for (size_t i = 0; i < notices->watched_count; i++)
        if (is_due(&notices->watched[i], now_ms))
            return true;
    return false;
}

static void end_tests(struct sessions *home);

void notices_tick(struct sessions *home)
{
    struct notices *notices = home->notices;
    if (notices == NULL || home->draining)
        return;
    end_tests(home);
    int64_t now_ms = sessions_now_ms(home);
    if (!anything_due(home, now_ms))
        return;
    arena_reset(&home->answer);
    struct ledger_view *view = sessions_view(home, &home->answer);
    if (view == NULL)
        return;
    if (!notices->loaded)
        load(home, view);
    int left = EXAMINED_EACH_TICK;
    for (size_t steps = notices->watched_count; steps > 0 && left > 0; steps--) {
        if (notices->place == 0 || notices->place > notices->watched_count)
            notices->place = notices->watched_count;
        struct watched *watched = &notices->watched[--notices->place];
        if (!is_due(watched, now_ms))
            continue;
        examine(home, view, watched);
        left--;
        if (notices->watched_count == 0)
            break;
    }
    if (owed_due(home) && gathered(home, left))
        tell_all_owed(home, view);
    sessions_view_end(view);
}

/* ---- what the ledger tells ---- */

void notices_published(struct sessions *home, const struct published_group *group)
{
    if (home->notices == NULL)
        return;
    for (size_t i = 0; i < group->row_count; i++)
        if (row_key_kind(group->rows[i].key) == ROW_APPROVAL)
            watch(home->notices, row_key_id(group->rows[i].key));
}

void notices_terminal_changed(struct sessions *home, const Tefter__TerminalRecord *record,
                              uint32_t terminal)
{
    if (record == NULL || record->blocked)
        contacts_forget_terminal(access_contacts(home->access), terminal);
}

void notices_staff_changed(struct sessions *home, const Tefter__StaffRecord *record, uint32_t staff)
{
    struct contacts *contacts = access_contacts(home->access);
    const struct contact *contact = contacts_of(contacts, staff);
    if (contact == NULL)
        return;
    if (record == NULL || record->blocked) {
        contacts_forget_staff(contacts, staff);
        return;
    }
    for (size_t i = 0; i < contact->push_count; i++) {
        if (contact->push[i].generation != record->generation) {
            contacts_forget_devices(contacts, staff);
            return;
        }
    }
}

/* ---- what came of them ---- */

static void test_result(struct notices *notices, const struct sent *sent,
                        const Tefter__NoticeOutcome *outcome)
{
    for (size_t i = 0; i < notices->test_count; i++) {
        struct notice_test *test = &notices->tests[i];
        if (sent->number < test->first || sent->number > test->last)
            continue;
        Tefter__NoticeTestResult *result = &test->results[sent->number - test->first];
        result->result = outcome->result;
        result->has_status = outcome->has_status;
        result->status = outcome->status;
        test->waiting--;
    }
}

/* By the next way, when a device was all they had. */
static bool try_phone(struct sessions *home, const struct sent *sent)
{
    struct look look = {.home = home, .now_ms = sessions_now_ms(home)};
    const struct contact *contact = contacts_of(home->notices->contacts, sent->staff);
    arena_reset(&home->answer);
    look.view = contact == NULL ? NULL : sessions_view(home, &home->answer);
    if (look.view == NULL)
        return false;
    texts_begin(&look.texts, home->options.vault, &home->answer);
    bool waits = true;
    if (sent->count <= 1)
        waits = look_at(&look, sent->approval);
    else
        look.matter = (struct matter){.approval = sent->approval,
                                      .count = sent->count,
                                      .told_ms = sent->told_ms,
                                      .until_ms = sent->until_ms,
                                      .company = ledger_view_company(look.view)->name};
    bool put_there = waits && put_phone(home, contact, &look.matter);
    texts_end(&look.texts);
    sessions_view_end(look.view);
    return put_there;
}

/* One of those that it was about. */
static void outcome_of(struct notices *notices, uint64_t approval, bool came, bool goes_on)
{
    struct watched *watched = watched_of(notices, approval);
    if (watched == NULL)
        return;
    if (!goes_on)
        watched->under_way -= watched->under_way > 0 ? 1 : 0;
    watched->changed = true;
    watched->reached = watched->reached || came;
}

static void approval_outcome(struct sessions *home, const struct sent *sent, bool came)
{
    struct notices *notices = home->notices;
    const struct contact *contact = contacts_of(notices->contacts, sent->staff);
    bool there = came || sent->other_came;
    bool goes_on = !there && sent->terminal != 0 &&
                   (sent->count > 1 || watched_of(notices, sent->approval) != NULL) &&
                   count_sent(notices, sent->approval, sent->staff) == 0 && try_phone(home, sent);
    if (sent->count <= 1)
        outcome_of(notices, sent->approval, there, goes_on);
    for (size_t i = 0; sent->count > 1 && contact != NULL && i < contact->told_count; i++)
        if (contact->told[i].at_ms == sent->told_ms)
            outcome_of(notices, contact->told[i].approval, there, goes_on);
    for (size_t i = 0; there && i < notices->sent_count; i++)
        if (notices->sent[i].approval == sent->approval && notices->sent[i].staff == sent->staff)
            notices->sent[i].other_came = true;
}

void sessions_noticed(struct sessions *home, const Tefter__NoticeOutcome *outcome)
{
    struct notices *notices = home->notices;
    struct sent *at = notices == NULL ? NULL : sent_of(notices, outcome->number);
    if (at == NULL)
        return;
    const struct sent sent = *at;
    *at = notices->sent[--notices->sent_count];
    if (outcome->result == TEFTER__NOTICE_RESULT__NOTICE_GONE)
        contacts_remove_push(notices->contacts, sent.staff, sent.terminal);
    if (sent.approval == 0) {
        test_result(notices, &sent, outcome);
        end_tests(home);
    } else {
        approval_outcome(home, &sent, outcome->result == TEFTER__NOTICE_RESULT__NOTICE_SENT);
    }
}

/* ---- requests ---- */

void notices_watching(struct session *session, const Tefter__FromTerminal *request)
{
    session->watching = request->watching->active;
    session_accept(session, request->request);
}

static void refuse_off(struct session *session, const Tefter__FromTerminal *request,
                       const char *way)
{
    session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOTICES_OFF, way);
}

static void refuse_put(struct session *session, const Tefter__FromTerminal *request,
                       enum contacts_put put)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    bool devices = put == CONTACTS_TOO_MANY_DEVICES;
    refusal.code = TEFTER__REFUSAL_CODE__TOO_MANY;
    refusal.field = (char *)(uintptr_t)(devices ? "device" : "staff");
    refusal.has_most = true;
    refusal.most = devices ? NOTICE_DEVICES_MAX : NOTICE_PEOPLE_MAX;
    session_refuse(session, request, &refusal);
}

static void fill_devices(const struct session *session, const struct contact *contact,
                         struct ledger_view *view, Tefter__NoticeSettingsAnswer *answer,
                         Tefter__PushDevice *devices, Tefter__PushDevice **list)
{
    for (size_t i = 0; i < contact->push_count; i++) {
        const Tefter__TerminalRecord *terminal =
            ledger_view_terminal(view, contact->push[i].terminal);
        tefter__push_device__init(&devices[i]);
        devices[i].terminal = contact->push[i].terminal;
        devices[i].name = terminal != NULL ? terminal->name : NULL;
        devices[i].since_ms = contact->push[i].since_ms;
        devices[i].here = contact->push[i].terminal == session->who.device;
        list[i] = &devices[i];
    }
    answer->n_devices = contact->push_count;
    answer->devices = list;
    answer->phone_number = contact->phone[0] != '\0' ? (char *)(uintptr_t)contact->phone : NULL;
    answer->has_quiet_from = answer->has_quiet_until = contact->quiet;
    answer->quiet_from = contact->quiet_from;
    answer->quiet_until = contact->quiet_until;
}

void notices_settings(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    const struct contact *contact = contacts_of(access_contacts(home->access), session->who.staff);
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__NoticeSettingsAnswer answer = TEFTER__NOTICE_SETTINGS_ANSWER__INIT;
    Tefter__PushDevice devices[NOTICE_DEVICES_MAX];
    Tefter__PushDevice *list[NOTICE_DEVICES_MAX];
    struct notices *notices = home->notices;
    arena_reset(&home->answer);
    struct ledger_view *view = sessions_view(home, &home->answer);
    if (view == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    answer.push = notices != NULL && notices->options.push;
    answer.phone = notices != NULL && notices->options.phone;
    answer.devices_most = NOTICE_DEVICES_MAX;
    answer.has_push_key = answer.push;
    if (answer.push)
        answer.push_key = (ProtobufCBinaryData){PUSH_POINT_SIZE, notices->options.push_key};
    if (contact != NULL)
        fill_devices(session, contact, view, &answer, devices, list);
    message.body_case = TEFTER__TO_TERMINAL__BODY_NOTICES;
    message.notices = &answer;
    session_send(session, request->request, &message);
    sessions_view_end(view);
}

bool language_good(const char *language)
{
    static const char *const known[] = {"en", "vi", "zh", "fa", "el"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], language) == 0)
            return true;
    return false;
}

/* Looked at once more where it is sent to, by who reads addresses. */
static bool endpoint_good(const char *endpoint, bool any_address)
{
    static const char secure[] = "https://";
    static const char plain[] = "http://";
    size_t head = strncmp(endpoint, secure, sizeof secure - 1) == 0 ? sizeof secure - 1
                  : any_address && strncmp(endpoint, plain, sizeof plain - 1) == 0
                      ? sizeof plain - 1
                      : 0;
    if (head == 0 || strlen(endpoint) > CONTACT_ENDPOINT_MAX || endpoint[head] == '/')
        return false;
    for (const char *at = endpoint + head; *at != '\0'; at++)
        if (!isgraph((unsigned char)*at) || *at == '@' || *at == '"' || *at == '\\')
            return false;
    return endpoint[head] != '\0';
}

static const char *push_wrong(const Tefter__PutPush *put, bool any_address)
{
    if (!endpoint_good(put->endpoint, any_address))
        return "endpoint";
    if (put->point.len != CONTACT_POINT_SIZE ||
        !push_point_good(slice_of(put->point.data, put->point.len)))
        return "point";
    if (put->auth.len != CONTACT_AUTH_SIZE)
        return "auth";
    return language_good(put->language) ? NULL : "language";
}

void notices_put_push(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    const Tefter__PutPush *put = request->put_push;
    if (home->notices == NULL || !home->notices->options.push) {
        refuse_off(session, request, "push");
        return;
    }
    const char *wrong = push_wrong(put, home->notices->options.any_address);
    if (wrong != NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, wrong);
        return;
    }
    struct contact_push push = {.terminal = session->who.device,
                                .generation = session->who.generation,
                                .login = session->who.login,
                                .since_ms = sessions_now_ms(home)};
    (void)snprintf(push.endpoint, sizeof push.endpoint, "%s", put->endpoint);
    (void)snprintf(push.language, sizeof push.language, "%s", put->language);
    memcpy(push.point, put->point.data, CONTACT_POINT_SIZE);
    memcpy(push.auth, put->auth.data, CONTACT_AUTH_SIZE);
    enum contacts_put answer =
        contacts_put_push(home->notices->contacts, session->who.staff, &push);
    if (answer != CONTACTS_PUT)
        refuse_put(session, request, answer);
    else
        notices_settings(session, request);
}

void notices_remove_push(struct session *session, const Tefter__FromTerminal *request)
{
    const Tefter__RemovePush *remove = request->remove_push;
    uint32_t terminal = remove->has_terminal ? remove->terminal : session->who.device;
    contacts_remove_push(access_contacts(session->home->access), session->who.staff, terminal);
    notices_settings(session, request);
}

static bool phone_good(const char *phone)
{
    size_t digits = phone[0] == '+' ? strspn(phone + 1, "0123456789") : 0;
    return digits >= 6 && digits <= 15 && phone[digits + 1] == '\0';
}

static const char *notices_wrong(const Tefter__SetNotices *set)
{
    if (set->phone != NULL && !phone_good(set->phone))
        return "phone";
    if (set->has_quiet_from != set->has_quiet_until)
        return set->has_quiet_from ? "quiet_until" : "quiet_from";
    if (set->has_quiet_from && set->quiet_from >= MINUTES_A_DAY)
        return "quiet_from";
    if (set->has_quiet_until && set->quiet_until >= MINUTES_A_DAY)
        return "quiet_until";
    return language_good(set->language) ? NULL : "language";
}

void notices_set(struct session *session, const Tefter__FromTerminal *request)
{
    const struct sessions *home = session->home;
    const Tefter__SetNotices *set = request->set_notices;
    const char *wrong = notices_wrong(set);
    if (wrong != NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, wrong);
        return;
    }
    if (set->phone != NULL && (home->notices == NULL || !home->notices->options.phone)) {
        refuse_off(session, request, "phone");
        return;
    }
    struct contact contact = {.staff = session->who.staff,
                              .quiet = set->has_quiet_from,
                              .quiet_from = set->quiet_from,
                              .quiet_until = set->quiet_until};
    (void)snprintf(contact.phone, sizeof contact.phone, "%s", set->phone != NULL ? set->phone : "");
    (void)snprintf(contact.language, sizeof contact.language, "%s", set->language);
    enum contacts_put answer = contacts_set(access_contacts(home->access), &contact);
    if (answer != CONTACTS_PUT)
        refuse_put(session, request, answer);
    else
        notices_settings(session, request);
}

/* ---- a test ---- */

static void answer_test(struct session *session, const struct notice_test *test)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__NoticeTested answer = TEFTER__NOTICE_TESTED__INIT;
    Tefter__NoticeTestResult *list[TEST_RESULTS_MAX];
    for (size_t i = 0; i < test->count; i++)
        list[i] = (Tefter__NoticeTestResult *)(uintptr_t)&test->results[i];
    answer.n_results = test->count;
    answer.results = list;
    message.body_case = TEFTER__TO_TERMINAL__BODY_NOTICE_TESTED;
    message.notice_tested = &answer;
    session_send(session, test->request, &message);
}

/* Those that are answered, or have waited long enough. */
static void end_tests(struct sessions *home)
{
    struct notices *notices = home->notices;
    uint64_t now_ms = loop_now_ms(home->options.loop);
    for (size_t i = notices->test_count; i-- > 0;) {
        struct notice_test test = notices->tests[i];
        if (test.waiting > 0 && now_ms < test.until_ms)
            continue;
        notices->tests[i] = notices->tests[--notices->test_count];
        struct session *session = session_find(home, test.session);
        if (session == NULL)
            continue;
        session_request_ended(session);
        answer_test(session, &test);
    }
}

static void begin_test(struct sessions *home, struct notice_test *test, struct ledger_view *view,
                       const Tefter__StaffRecord *staff)
{
    struct notices *notices = home->notices;
    const struct contact *contact = contacts_of(notices->contacts, staff->staff);
    const Tefter__CompanyRecord *company = ledger_view_company(view);
    const struct matter matter = {.until_ms = sessions_now_ms(home) + TEST_MS,
                                  .company = company->name};
    test->first = notices->number + 1;
    for (size_t i = 0; contact != NULL && notices->options.push && i < contact->push_count; i++)
        (void)put_push(home, contact, &contact->push[i], &matter);
    if (contact != NULL)
        (void)put_phone(home, contact, &matter);
    test->last = notices->number;
    test->waiting = test->count = (size_t)(test->last - test->first + 1);
    for (size_t i = 0; i < test->count; i++) {
        const struct sent *sent = sent_of(notices, test->first + i);
        tefter__notice_test_result__init(&test->results[i]);
        test->results[i].result = TEFTER__NOTICE_RESULT__NOTICE_WAITS;
        test->results[i].has_terminal = sent != NULL && sent->terminal != 0;
        test->results[i].terminal = sent != NULL ? sent->terminal : 0;
    }
}

void notices_test(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    struct notices *notices = home->notices;
    uint64_t now_ms = loop_now_ms(home->options.loop);
    if (notices == NULL) {
        refuse_off(session, request, NULL);
        return;
    }
    if (session->notice_test_ms > now_ms || notices->test_count == TESTS_MAX) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY,
                            session->notice_test_ms > now_ms
                                ? (uint32_t)(session->notice_test_ms - now_ms)
                                : BUSY_RETRY_MS);
        return;
    }
    arena_reset(&home->answer);
    struct ledger_view *view = sessions_view(home, &home->answer);
    const Tefter__StaffRecord *staff =
        view == NULL ? NULL : ledger_view_staff(view, session->who.staff);
    if (staff == NULL) {
        sessions_view_end(view);
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    session->notice_test_ms = now_ms + TEST_AGAIN_MS;
    struct notice_test *test = &notices->tests[notices->test_count++];
    *test = (struct notice_test){.session = session_ref_of(session),
                                 .request = request->request,
                                 .staff = session->who.staff,
                                 .until_ms = now_ms + TEST_MS};
    session_request_begun(session);
    begin_test(home, test, view, staff);
    sessions_view_end(view);
    end_tests(home);
}

/* ---- life ---- */

bool notices_init(struct sessions *home)
{
    if (home->options.notices == NULL)
        return true;
    home->notices = calloc(1, sizeof *home->notices);
    if (home->notices == NULL)
        return false;
    home->notices->options = *home->options.notices;
    home->notices->contacts = access_contacts(home->access);
    /* numbers of this process: what came of an older one's orders is nobody's */
    random_bytes(&home->notices->number, sizeof home->notices->number);
    home->notices->number >>= 16;
    return true;
}

void notices_fini(struct sessions *home)
{
    if (home->notices == NULL)
        return;
    free(home->notices->watched);
    free(home->notices->sent);
    free(home->notices->owed);
    free(home->notices->messaged);
    free(home->notices);
    home->notices = NULL;
}

/*
 * Totals and decisions. The totals (server/totals) are filled here from views, some customers each
 * turn of the loop, and moved by what is published; as long as somebody looks on, rows that changed
 * are told with the group that changed them. Decisions are told as they happen; those that the
 * ledger keeps for who comes later are read once, and follow what is published.
 *
 *   start, or lost ──▶ days ──▶ customers, in slices ──▶ whole: rows are told
 *
 * A slice is read from a view that stands at the seq that was published last; else it waits for the
 * next turn. So whoever is in is exact at what was published, and moved from there on.
 */
#include <stdlib.h>

#include "session/inside.h"

enum {
    CUSTOMERS_PER_TURN = 64,
    ITEMS_PER_TURN = 1024,
    ROWS_PER_CHUNK = 100,
    DECISIONS_SHOWN = 50,                    /* to whom begins to look on */
    DECISIONS_ROOM = DECISIONS_KEPT_MAX + 1, /* one comes before another goes */
    FILLS_MAX = 5, /* a state that cannot be read is not looked at over and over */
};

struct decision {
    uint64_t decision;
    uint32_t branch;
    struct slice row; /* packed, without words; of malloc */
};

struct totals_home {
    struct totals *totals;
    bool begun;  /* the days are in */
    bool asleep; /* there is nothing to fill, or it came to nothing too often */
    uint32_t fills;
    uint32_t wanted; /* subscriptions */
    uint32_t blind;  /* of them, of who is not told all cash */
    bool decisions_known;
    uint32_t decision_reads;
    struct decision decisions[DECISIONS_ROOM]; /* the oldest first */
    size_t decision_count;
};

/* ---- making and ending ---- */

bool totals_init(struct sessions *home)
{
    home->totals = calloc(1, sizeof *home->totals);
    if (home->totals != NULL)
        home->totals->totals = totals_create();
    return home->totals != NULL && home->totals->totals != NULL;
}

void totals_fini(struct sessions *home)
{
    if (home->totals == NULL)
        return;
    for (size_t i = 0; i < home->totals->decision_count; i++)
        free((void *)(uintptr_t)home->totals->decisions[i].row.data);
    totals_destroy(home->totals->totals);
    free(home->totals);
    home->totals = NULL;
}

void totals_watched(struct sessions *home, bool blind, int change)
{
    home->totals->wanted += (uint32_t)change;
    home->totals->blind += blind ? (uint32_t)change : 0;
}

static bool totals_ready(const struct sessions *home)
{
    return totals_whole(home->totals->totals);
}

/* ---- decisions ---- */

static void decisions_forget(struct totals_home *totals)
{
    for (size_t i = 0; i < totals->decision_count; i++)
        free((void *)(uintptr_t)totals->decisions[i].row.data);
    totals->decision_count = 0;
}

/* The first place that is not before this number. */
static size_t decision_place(const struct totals_home *totals, uint64_t number)
{
    size_t at = totals->decision_count;
    while (at > 0 && totals->decisions[at - 1].decision >= number)
        at--;
    return at;
}

static void decision_drop(struct totals_home *totals, size_t at)
{
    struct decision *list = totals->decisions;
    free((void *)(uintptr_t)list[at].row.data);
    totals->decision_count--;
    memmove(&list[at], &list[at + 1], (totals->decision_count - at) * sizeof *list);
}

/* As the ledger keeps it (ledger/decided.c). false: no memory. */
static bool decision_take(struct totals_home *totals, const struct ledger_decision *decision)
{
    size_t at = decision_place(totals, decision->decision);
    if (at < totals->decision_count && totals->decisions[at].decision == decision->decision)
        decision_drop(totals, at);
    if (decision->row.size == 0)
        return true;
    void *copy = malloc(decision->row.size);
    if (copy == NULL || totals->decision_count == DECISIONS_ROOM) {
        free(copy);
        return false;
    }
    memcpy(copy, decision->row.data, decision->row.size);
    memmove(&totals->decisions[at + 1], &totals->decisions[at],
            (totals->decision_count - at) * sizeof *totals->decisions);
    totals->decisions[at] =
        (struct decision){decision->decision, decision->branch, slice_of(copy, decision->row.size)};
    totals->decision_count++;
    return true;
}

/* Those of before this start. */
static void read_decisions(struct totals_home *totals, struct ledger_view *view)
{
    const struct ledger_decision *list;
    size_t count;
    bool good = ledger_view_decisions(view, &list, &count);
    decisions_forget(totals);
    for (size_t i = 0; i < count && good; i++)
        good = decision_take(totals, &list[i]);
    totals->decisions_known = good || ++totals->decision_reads > FILLS_MAX;
}

/* ---- filling ---- */

static void say_figure(void *context, const struct figure *figure)
{
    totals_figure(context, figure);
}

static void begin_anew(struct totals_home *totals)
{
    totals_clear(totals->totals);
    totals->begun = false;
    totals->asleep = ++totals->fills > FILLS_MAX;
}

/* false: it stopped on the way. */
static bool fill_days(struct totals_home *totals, struct ledger_view *view)
{
    totals->begun = ledger_view_day_figures(view, say_figure, totals->totals);
    return totals->begun;
}

static bool fill_customer(struct totals *totals, struct ledger_view *view, uint32_t customer,
                          size_t *items)
{
    struct ledger_customer_figures figures;
    if (!ledger_view_customer_figures(view, customer, &figures))
        return false;
    totals_fill(totals, customer, figures.account);
    for (size_t i = 0; i < figures.count; i++)
        totals_figure(totals, &figures.figures[i]);
    *items += figures.count;
    return true;
}

static bool fill_customers(struct sessions *home, struct ledger_view *view)
{
    struct totals *totals = home->totals->totals;
    uint32_t customers = ledger_view_customers(view);
    size_t items = 0;
    for (int i = 0; i < CUSTOMERS_PER_TURN && items < ITEMS_PER_TURN; i++) {
        if (totals_filled(totals) >= customers) {
            totals_filled_all(totals);
            home->totals->fills = 0;
            return true;
        }
        if (!fill_customer(totals, view, totals_filled(totals) + 1, &items))
            return false;
    }
    return true;
}

/* The view stands where the hub does. */
static void fill_from(struct sessions *home, struct ledger_view *view)
{
    struct totals_home *totals = home->totals;
    if (ledger_view_company(view) == NULL) { /* COMPANY_CREATED begins it */
        totals->asleep = true;
        return;
    }
    bool good = totals->begun ? fill_customers(home, view) : fill_days(totals, view);
    if (!good || totals_lost(totals->totals))
        begin_anew(totals);
}

static bool filling(const struct totals_home *totals)
{
    return !totals->asleep && !totals_whole(totals->totals);
}

bool totals_step(struct sessions *home)
{
    struct totals_home *totals = home->totals;
    if (!totals_tick(home))
        return false;
    arena_reset(&home->arena);
    struct ledger_view *view = sessions_view(home, &home->arena);
    bool here = view != NULL && ledger_view_seq(view) == hub_seq(home->hub);
    if (here && !totals->decisions_known)
        read_decisions(totals, view);
    if (here && filling(totals))
        fill_from(home, view);
    sessions_view_end(view);
    return here && totals_tick(home);
}

bool totals_tick(struct sessions *home)
{
    return filling(home->totals) || !home->totals->decisions_known;
}

/* ---- what was published ---- */

struct news {
    struct sessions *home;
    struct texts *texts;
    struct hub_row *rows;
    size_t count;
    size_t room;
};

static void news_put(struct news *news, uint64_t key, uint32_t branch, struct slice row)
{
    if (row.size == 0 || !ARENA_GROW(&news->home->group, news->rows, news->room, news->count + 1))
        return;
    news->rows[news->count++] = (struct hub_row){key, branch, row};
}

/* What goes is not told: who looks on keeps as many as they like. */
static void take_decisions(struct news *news, const struct ledger_result *result)
{
    struct totals_home *totals = news->home->totals;
    for (size_t i = 0; i < result->decision_count; i++) {
        const struct ledger_decision *decision = &result->decisions[i];
        totals->decisions_known = totals->decisions_known && decision_take(totals, decision);
        if (totals->wanted > 0 && decision->row.size > 0)
            news_put(news, row_key_of(ROW_DECISION, decision->decision), decision->branch,
                     texts_row(news->texts, decision->row));
    }
}

static void take_result(struct totals *totals, const struct ledger_result *result)
{
    const struct totals_command command = {
        .seq = result->seq,
        .at_ms = result->at_ms,
        .staff = result->author.staff,
        .terminal = result->author.terminal,
        .branch = result->author.branch,
        .login = result->author.login,
        .events = result->events,
        .event_count = result->event_count,
    };
    for (size_t i = 0; i < result->row_count; i++)
        if (result->rows[i].account != NULL)
            totals_account(totals, result->rows[i].account);
    for (size_t i = 0; i < result->figure_count; i++)
        totals_figure(totals, &result->figures[i]);
    totals_command(totals, &command);
}

static bool created(const struct published_group *group)
{
    for (size_t i = 0; i < group->event_count; i++)
        if (group->events[i]->kind == TEFTER__EVENT_KIND__COMPANY_CREATED)
            return true;
    return false;
}

static struct slice pack_totals(const struct sessions *home, uint32_t branch, uint64_t seq,
                                struct arena *arena)
{
    Tefter__Row row = TEFTER__ROW__INIT;
    row.kind_case = TEFTER__ROW__KIND_TOTALS;
    row.totals = totals_row(home->totals->totals, branch, seq, arena);
    return row.totals != NULL ? message_pack(&row.base, arena) : slice_of(NULL, 0);
}

/* The view says which tills wait; NULL: all may. */
static struct slice pack_blind(const struct sessions *home, struct ledger_view *view,
                               uint32_t branch, uint64_t seq, struct arena *arena)
{
    Tefter__Row row = TEFTER__ROW__INIT;
    row.kind_case = TEFTER__ROW__KIND_TOTALS;
    row.totals = totals_row(home->totals->totals, branch, seq, arena);
    if (row.totals == NULL)
        return slice_of(NULL, 0);
    if (view == NULL || ledger_view_cash_waits(view, branch, row.totals->date))
        ledger_hide_cash(row.totals);
    return message_pack(&row.base, arena);
}

static void put_changed(struct news *news, uint64_t seq)
{
    struct sessions *home = news->home;
    struct ledger_view *view = home->totals->blind > 0 ? sessions_view(home, &home->group) : NULL;
    uint32_t branch;
    while (totals_changed(home->totals->totals, &branch)) {
        news_put(news, row_key_of(ROW_TOTALS, branch), branch,
                 pack_totals(home, branch, seq, &home->group));
        if (home->totals->blind > 0)
            news_put(news, row_key_of(ROW_TOTALS_BLIND, branch), branch,
                     pack_blind(home, view, branch, seq, &home->group));
    }
    sessions_view_end(view);
}

void totals_published(struct sessions *home, const struct published_group *group,
                      struct texts *texts, const struct hub_row **ret_rows, size_t *ret_count)
{
    struct totals_home *totals = home->totals;
    struct news news = {.home = home, .texts = texts};
    for (size_t i = 0; i < group->result_count; i++) {
        const struct ledger_result *result = &group->results[i];
        if (!result->repeated && result->row_count + result->figure_count > 0 && totals->begun)
            take_result(totals->totals, result);
        take_decisions(&news, result);
    }
    if (totals_lost(totals->totals) || created(group)) {
        begin_anew(totals);
        totals->asleep = false;
    }
    if (totals->wanted > 0 && totals_whole(totals->totals))
        put_changed(&news, group->seq);
    *ret_rows = news.rows;
    *ret_count = news.count;
}

/* ---- snapshots ---- */

static bool passes(uint32_t only, uint32_t branch)
{
    return only == 0 || only == branch;
}

static bool chunk_totals(struct sessions *home, const struct totals_eyes *eyes, uint64_t *cursor,
                         struct hub_row *rows, size_t *count)
{
    enum row_kind kind = eyes->blind ? ROW_TOTALS_BLIND : ROW_TOTALS;
    struct ledger_view *view = eyes->blind ? sessions_view(home, &home->arena) : NULL;
    const struct totals *totals = home->totals->totals;
    uint64_t seq = hub_seq(home->hub);
    bool more = true;
    while (more && *count < ROWS_PER_CHUNK) {
        /* the cursor counts from 1: the company is the first */
        uint32_t branch = *cursor == 0 ? 0 : totals_next(totals, (uint32_t)(*cursor - 1));
        more = *cursor == 0 || branch != 0;
        *cursor = more ? (uint64_t)branch + 1 : *cursor;
        struct slice row = slice_of(NULL, 0);
        if (more && passes(eyes->only, branch))
            row = eyes->blind ? pack_blind(home, view, branch, seq, &home->arena)
                              : pack_totals(home, branch, seq, &home->arena);
        if (row.size > 0)
            rows[(*count)++] = (struct hub_row){row_key_of(kind, branch), branch, row};
    }
    sessions_view_end(view);
    return more;
}

static void chunk_decisions(struct sessions *home, uint32_t only, struct hub_row *rows,
                            size_t *count)
{
    struct totals_home *totals = home->totals;
    struct texts texts;
    texts_begin(&texts, home->options.vault, &home->arena);
    for (size_t at = totals->decision_count; at > 0 && *count < DECISIONS_SHOWN; at--) {
        const struct decision *kept = &totals->decisions[at - 1];
        if (passes(only, kept->branch))
            rows[(*count)++] = (struct hub_row){row_key_of(ROW_DECISION, kept->decision),
                                                kept->branch, texts_row(&texts, kept->row)};
    }
    texts_end(&texts);
}

bool totals_chunk(struct sessions *home, uint16_t topic, const struct totals_eyes *eyes,
                  uint64_t *cursor, struct snapshot_chunk *ret_page)
{
    struct hub_row *rows = arena_take(&home->arena, ROWS_PER_CHUNK * sizeof *rows);
    size_t count = 0;
    bool more = false;
    bool ready =
        topic == TEFTER__TOPIC__TOPIC_TOTALS ? totals_ready(home) : home->totals->decisions_known;
    if (rows == NULL || !ready)
        return false;
    if (topic == TEFTER__TOPIC__TOPIC_TOTALS)
        more = chunk_totals(home, eyes, cursor, rows, &count);
    else
        chunk_decisions(home, eyes->only, rows, &count);
    buffer_clear(&home->rows);
    if (!hub_chunk_rows_put(&home->rows, rows, count))
        return false;
    *ret_page = (struct snapshot_chunk){hub_seq(home->hub), buffer_slice(&home->rows), 0, !more};
    return true;
}

/* ---- who sees what ---- */

bool totals_topic(uint32_t topic)
{
    return topic == TEFTER__TOPIC__TOPIC_TOTALS || topic == TEFTER__TOPIC__TOPIC_DECISIONS;
}

bool totals_blind(const struct session *session)
{
    return !access_may(&session->who, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE);
}

bool totals_branch(struct session *session, uint32_t *ret_branch)
{
    struct sessions *home = session->home;
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__StaffRecord *staff =
        view != NULL ? ledger_view_staff(view, session->who.staff) : NULL;
    bool known = staff != NULL;
    *ret_branch = known && staff->has_branch ? staff->branch : 0;
    sessions_view_end(view);
    return known;
}

/* ---- one answer ---- */

/* The rows of the totals, when they are whole. */
static Tefter__TotalsAnswer *answer_rows(struct sessions *home, uint32_t only)
{
    const struct totals *totals = home->totals->totals;
    Tefter__TotalsAnswer *answer = arena_take(&home->arena, sizeof *answer);
    size_t room = 1;
    for (uint32_t branch = totals_next(totals, 0); branch != 0;
         branch = totals_next(totals, branch))
        room++;
    if (answer == NULL)
        return NULL;
    *answer = (Tefter__TotalsAnswer)TEFTER__TOTALS_ANSWER__INIT;
    answer->rows = arena_take(&home->arena, room * sizeof *answer->rows);
    if (answer->rows == NULL)
        return NULL;
    uint32_t branch = 0;
    do {
        Tefter__TotalsRow *row = passes(only, branch)
                                     ? totals_row(totals, branch, hub_seq(home->hub), &home->arena)
                                     : NULL;
        if (row != NULL)
            answer->rows[answer->n_rows++] = row;
        branch = totals_next(totals, branch);
    } while (branch != 0);
    return answer;
}

bool totals_answer(struct session *session, const Tefter__FromTerminal *request,
                   const Tefter__Query *query)
{
    struct sessions *home = session->home;
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    uint32_t only;
    if (query->kind_case != TEFTER__QUERY__KIND_TOTALS || query->totals->recount ||
        query->totals->has_group || totals_blind(session) || !totals_ready(home) ||
        !totals_branch(session, &only) || home->answered_seq > hub_seq(home->hub))
        return false;
    answer.seq = hub_seq(home->hub);
    answer.kind_case = TEFTER__ANSWER__KIND_TOTALS;
    answer.totals = answer_rows(home, only);
    struct slice packed =
        answer.totals != NULL ? message_pack(&answer.base, &home->arena) : slice_of(NULL, 0);
    if (packed.size == 0)
        return false;
    session_send_answer(session, request->request, packed);
    return true;
}

/*
 * The audit log for those who may see it: pages for terminals, and what programs without a running
 * server do with it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "access/inside.h"

/* ---- pages ---- */

struct page {
    Tefter__AuditAnswer *answer;
    struct arena *arena;
    uint32_t only;            /* a branch; 0: all */
    struct ledger_view *view; /* of who is shown a branch alone */
    const Tefter__AuditList *list;
    bool lost; /* no memory */
};

static char *text(struct page *page, const char *words)
{
    char *copy = words == NULL ? NULL : arena_text(page->arena, words, strlen(words));
    page->lost = page->lost || (words != NULL && copy == NULL);
    return copy;
}

static void fill(struct page *page, Tefter__AuditLine *line, const struct audit_line *from)
{
    tefter__audit_line__init(line);
    line->line = from->number;
    line->at_ms = from->at_ms;
    line->event = text(page, from->event);
    line->has_staff = from->staff != 0;
    line->staff = from->staff;
    line->login = text(page, from->login);
    line->has_terminal = from->terminal != 0;
    line->terminal = from->terminal;
    line->terminal_name = text(page, from->device);
    line->carrier = text(page, from->carrier);
    line->address = text(page, from->address);
    line->about = text(page, from->about);
    line->has_left_out = from->left_out != 0;
    line->left_out = from->left_out;
    line->has_changed = from->changed;
    line->changed = from->changed;
}

/* Is it one of those that are asked for? */
static bool is_asked(const Tefter__AuditList *list, const struct audit_line *from)
{
    return (!list->has_staff || from->staff == list->staff) &&
           (!list->has_terminal || from->terminal == list->terminal) &&
           (list->event == NULL || strcmp(from->event, list->event) == 0) &&
           (!list->has_from_ms || from->at_ms >= list->from_ms) &&
           (!list->has_until_ms || from->at_ms < list->until_ms) &&
           (list->about == NULL ||
            (from->about != NULL && strstr(from->about, list->about) != NULL));
}

static bool picks(const Tefter__AuditList *list)
{
    return list->has_staff || list->has_terminal || list->event != NULL || list->has_from_ms ||
           list->has_until_ms || list->about != NULL;
}

/* What happened at a terminal is its branch's, whoever it was. */
static bool is_shown(const struct page *page, const struct audit_line *from)
{
    if (page->only == 0)
        return true;
    if (from->terminal != 0) {
        const Tefter__TerminalRecord *terminal = ledger_view_terminal(page->view, from->terminal);
        return terminal != NULL && terminal->branch == page->only;
    }
    const Tefter__StaffRecord *staff =
        from->staff != 0 ? ledger_view_staff(page->view, from->staff) : NULL;
    return staff != NULL && staff->has_branch && staff->branch == page->only;
}

static void add(void *context, const struct audit_line *from)
{
    struct page *page = context;
    if (!is_asked(page->list, from) || !is_shown(page, from))
        return;
    Tefter__AuditLine *line = arena_take(page->arena, sizeof *line);
    page->lost = page->lost || line == NULL;
    if (page->lost)
        return;
    fill(page, line, from);
    page->answer->lines[page->answer->n_lines++] = line;
}

/* Where few lines are shown, some pages of the log make one. */
static void read_pages(const struct access *access, uint64_t before, uint32_t rows,
                       struct page *page)
{
    enum { PAGES_MAX = 4 };
    uint64_t next = before;
    uint32_t most = picks(page->list) ? AUDIT_PAGE_MAX : rows;
    for (int i = 0; i < PAGES_MAX && page->answer->n_lines < rows && (i == 0 || next != 0); i++)
        next = audit_page(access->audit, next, most - (uint32_t)page->answer->n_lines, add, page);
    page->answer->next = next;
    page->answer->has_next = next != 0;
}

Tefter__AuditAnswer *access_audit_page(struct access *access, const Tefter__AuditList *list,
                                       uint32_t only, struct arena *arena)
{
    enum { ROWS = 100 };
    struct page page = {.answer = arena_take(arena, sizeof *page.answer),
                        .arena = arena,
                        .only = only,
                        .list = list};
    uint32_t rows = list->has_rows && list->rows > 0 ? list->rows : ROWS;
    if (page.answer == NULL)
        return NULL;
    tefter__audit_answer__init(page.answer);
    page.answer->lines = arena_take(arena, AUDIT_PAGE_MAX * sizeof *page.answer->lines);
    arena_reset(&access->arena);
    page.view = only != 0 ? access_view(access) : NULL;
    if (page.answer->lines == NULL || (only != 0 && page.view == NULL))
        return NULL;
    read_pages(access, list->has_before ? list->before : 0,
               rows < AUDIT_PAGE_MAX ? rows : AUDIT_PAGE_MAX, &page);
    access_view_end(page.view);
    return page.lost ? NULL : page.answer;
}

uint64_t access_audit_head(const struct access *access, char seal[HASH_TEXT_SIZE])
{
    uint64_t number = 0;
    struct hash newest;
    audit_head(access->audit, &number, &newest);
    hash_text(&newest, seal);
    return number;
}

/* ---- without a running access ---- */

void access_audit_keyboard(const char *path, const uint8_t token_key[32], const char *event,
                           int64_t at_ms, const char *about)
{
    struct audit *audit = NULL;
    char user[32];
    (void)snprintf(user, sizeof user, "local:%u", (unsigned)getuid());
    if (!audit_open(path, token_key, &audit, NULL))
        return;
    audit_write(audit, &(struct audit_line){.event = event,
                                            .at_ms = at_ms,
                                            .carrier = "keyboard",
                                            .address = user,
                                            .about = about});
    audit_close(audit);
}

bool access_audit_verify(const char *path, const uint8_t token_key[32],
                         struct access_audit_report *ret_report, struct failure *failure)
{
    struct audit_report report;
    bool good = audit_verify(path, token_key, &report, failure);
    *ret_report = (struct access_audit_report){
        .lines = report.lines, .unsealed = report.unsealed, .number = report.number};
    hash_text(&report.seal, ret_report->seal);
    return good;
}

/* One line a minute and person: the next one says how many were not written before it. */
static bool left_undone_due(struct access *access, uint32_t staff, uint32_t *ret_unwritten)
{
    enum { MINUTE_MS = 60 * 1000 };
    int64_t now_ms = access_now_ms(access);
    struct left_undone *place = &access->left_undone[staff % LEFT_UNDONE_PLACES];
    bool same = place->staff == staff;
    if (same && now_ms >= place->at_ms && now_ms - place->at_ms < MINUTE_MS) {
        place->unwritten++;
        return false;
    }
    *ret_unwritten = same ? place->unwritten : 0;
    *place = (struct left_undone){.staff = staff, .at_ms = now_ms};
    return true;
}

void access_left_undone(struct access *access, const struct principal *who,
                        const Tefter__LeftUndone *dropped)
{
    enum { ABOUT_MAX = 512 };
    char about[ABOUT_MAX];
    uint32_t unwritten = 0;
    if (!left_undone_due(access, who->staff, &unwritten))
        return;
    const char *customer = dropped->customer != NULL ? dropped->customer : "-";
    long long amount = (long long)dropped->amount_minor;
    if (unwritten > 0)
        (void)snprintf(about, sizeof about, "(+%" PRIu32 ") %s %s %lld: %s", unwritten,
                       dropped->command, customer, amount, dropped->reason);
    else
        (void)snprintf(about, sizeof about, "%s %s %lld: %s", dropped->command, customer, amount,
                       dropped->reason);
    access_note(access, who,
                &(struct note){.event = "left_undone", .staff = who->staff, .about = about});
}

void access_erased(struct access *access, const struct ledger_author *author, uint32_t customer)
{
    char about[32];
    const struct principal who = {.staff = author->staff, .device = author->terminal};
    (void)snprintf(about, sizeof about, "customer_%" PRIu32, customer);
    access_note(access, &who,
                &(struct note){.event = "customer_erased",
                               .staff = author->staff,
                               .login = author->login,
                               .about = about});
}

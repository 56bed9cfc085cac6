#include "totals/totals.h"

#include "base/grow.h"
#include "base/limits.h"
#include "totals/order.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEAD_OFFICE = 1,
    PAYMENT_KINDS = 8,
    BRANCH_MAX = 1 << 20, /* numbers are left out by restores */
};

/* ---- what is kept ---- */

/* Sums wrap while they are on their way: what fits in the end is right. */
typedef uint64_t sum;

/* What is open of bills that are due on one day. */
struct due {
    uint32_t date;
    uint32_t count;
    sum amount;
};

struct money {
    uint32_t count;
    sum amount;
};

/* Papers that are dated on one day. */
struct day {
    uint32_t date;
    struct money sold;
    struct money collected[PAYMENT_KINDS]; /* by kind of payment */
    struct money credited;
    struct money refunded;
    struct money reversed;
    sum on_credit;
};

enum last_kind { LAST_OWED, LAST_OVERDUE, LAST_UNMATCHED, LAST_SOLD, LAST_COLLECTED, LAST_KINDS };

struct last {
    uint64_t seq; /* 0: none */
    int64_t at_ms;
    int64_t amount_minor;
    uint64_t document;
    uint32_t kind; /* of the event; 0: none */
    uint32_t customer;
    uint32_t staff;
    uint32_t terminal;
    uint32_t branch;
    char number[CODE_MAX_BYTES + 1];
    char login[LOGIN_MAX_BYTES + 1];
};

/* A branch, or the company: 0. */
struct scope {
    uint32_t date; /* 0: there is no such branch */
    bool changed;
    bool moving; /* by the command at hand */
    uint32_t owing;
    sum owed;
    sum in_credit;
    struct money bills;
    struct money overdue;
    struct money unmatched;
    struct money over;
    struct due *dues; /* by day; the company has none */
    size_t due_count;
    size_t due_room;
    struct order credits;
    struct day *days; /* likewise */
    size_t day_count;
    size_t day_room;
    sum moved[LAST_KINDS];
    struct last last[LAST_KINDS];
};

struct account {
    int64_t balance_minor;
    int64_t over_minor;
    uint32_t branch; /* 0: nobody's number */
    bool with_payer;
};

struct totals {
    struct scope **scopes; /* by branch; NULL: unheard of */
    size_t scope_room;
    struct account *accounts; /* by customer */
    size_t account_room;
    uint32_t filled; /* UINT32_MAX: all are in */
    bool lost;
    uint32_t changed_after; /* totals_changed goes on behind this one */
    uint32_t *moving;       /* branches that the command at hand has moved */
    size_t moving_count;
    size_t moving_room;
};

/* ---- making and ending ---- */

static void scope_free(struct scope *scope)
{
    if (scope == NULL)
        return;
    order_fini(&scope->credits);
    free(scope->dues);
    free(scope->days);
    free(scope);
}

void totals_clear(struct totals *totals)
{
    for (size_t i = 0; i < totals->scope_room; i++)
        scope_free(totals->scopes[i]);
    free(totals->scopes);
    free(totals->accounts);
    free(totals->moving);
    *totals = (struct totals){0};
}

struct totals *totals_create(void)
{
    return calloc(1, sizeof(struct totals));
}

void totals_destroy(struct totals *totals)
{
    if (totals == NULL)
        return;
    totals_clear(totals);
    free(totals);
}

static struct scope *scope_known(const struct totals *totals, uint32_t branch)
{
    return branch < totals->scope_room ? totals->scopes[branch] : NULL;
}

/* NULL: no memory, and the totals are lost. */
static struct scope *scope_of(struct totals *totals, uint32_t branch)
{
    if (scope_known(totals, branch) != NULL)
        return totals->scopes[branch];
    if (branch <= BRANCH_MAX && GROW_ZEROED(totals->scopes, totals->scope_room, (size_t)branch + 1))
        totals->scopes[branch] = calloc(1, sizeof(struct scope));
    totals->lost = totals->lost || scope_known(totals, branch) == NULL;
    return scope_known(totals, branch);
}

/* The branch's and the company's. false: no memory. */
struct pair {
    struct scope *branch;
    struct scope *company;
};

static bool pair_of(struct totals *totals, uint32_t branch, struct pair *ret_pair)
{
    ret_pair->company = scope_of(totals, 0);
    ret_pair->branch = scope_of(totals, branch != 0 ? branch : HEAD_OFFICE);
    return ret_pair->company != NULL && ret_pair->branch != NULL;
}

static void note_moving(struct totals *totals, struct scope *scope, uint32_t branch)
{
    scope->changed = true;
    if (scope->moving)
        return;
    if (!GROW(totals->moving, totals->moving_room, totals->moving_count + 1)) {
        totals->lost = true;
        return;
    }
    totals->moving[totals->moving_count++] = branch;
    scope->moving = true;
}

static void mark_changed(struct totals *totals, const struct pair *pair, uint32_t branch)
{
    note_moving(totals, pair->branch, branch != 0 ? branch : HEAD_OFFICE);
    note_moving(totals, pair->company, 0);
}

static void pair_moved(const struct pair *pair, enum last_kind kind, sum amount)
{
    pair->branch->moved[kind] += amount;
    pair->company->moved[kind] += amount;
}

static void money_add(struct money *money, int count, sum amount)
{
    money->count += (uint32_t)count;
    money->amount += amount;
}

/* ---- accounts ---- */

static bool counts(const struct totals *totals, uint32_t customer)
{
    return customer <= totals->filled && !totals->lost;
}

static void scope_account(struct scope *scope, const struct account *account, int sign)
{
    int64_t balance = account->balance_minor;
    if (balance > 0)
        scope->owed += (sum)sign * (sum)balance;
    else
        scope->in_credit -= (sum)sign * (sum)balance;
    scope->owing += (uint32_t)(balance > 0 ? sign : 0);
    if (account->over_minor > 0)
        money_add(&scope->over, sign,
                  account->with_payer ? 0 : (sum)sign * (sum)account->over_minor);
}

/* What stood there goes, what is now comes. */
static void account_replace(struct totals *totals, uint32_t customer, const struct account *now)
{
    struct account *kept = &totals->accounts[customer];
    struct pair pair;
    if (!pair_of(totals, now->branch, &pair))
        return;
    mark_changed(totals, &pair, now->branch);
    pair_moved(&pair, LAST_OWED, (sum)now->balance_minor - (sum)kept->balance_minor);
    scope_account(pair.branch, kept, -1);
    scope_account(pair.company, kept, -1);
    *kept = *now;
    scope_account(pair.branch, kept, 1);
    scope_account(pair.company, kept, 1);
}

static void take_account(struct totals *totals, const struct figure_account *account)
{
    const struct account now = {
        .balance_minor = account->balance_minor,
        .over_minor = account->over_minor,
        .branch = account->branch != 0 ? account->branch : HEAD_OFFICE,
        .with_payer = account->with_payer,
    };
    if (GROW_ZEROED(totals->accounts, totals->account_room, (size_t)account->customer + 1))
        account_replace(totals, account->customer, &now);
    else
        totals->lost = true;
}

void totals_account(struct totals *totals, const struct figure_account *account)
{
    if (counts(totals, account->customer))
        take_account(totals, account);
}

/* The branch at which a customer's items count; 0: they are not in. */
static uint32_t home_of(const struct totals *totals, uint64_t document)
{
    enum { CUSTOMER_SHIFT = 36 }; /* receivables: document_customer */
    uint32_t customer = (uint32_t)(document >> CUSTOMER_SHIFT);
    if (!counts(totals, customer) || customer >= totals->account_room)
        return 0;
    return totals->accounts[customer].branch;
}

/* ---- bills, by the day they are due ---- */

static size_t due_place(const struct scope *scope, uint32_t date)
{
    size_t low = 0;
    size_t high = scope->due_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scope->dues[middle].date < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NULL: no memory. */
static struct due *due_at(struct scope *scope, uint32_t date)
{
    size_t at = due_place(scope, date);
    if (at < scope->due_count && scope->dues[at].date == date)
        return &scope->dues[at];
    if (!GROW(scope->dues, scope->due_room, scope->due_count + 1))
        return NULL;
    memmove(&scope->dues[at + 1], &scope->dues[at], (scope->due_count - at) * sizeof(struct due));
    scope->dues[at] = (struct due){.date = date};
    scope->due_count++;
    return &scope->dues[at];
}

static void due_forget_empty(struct scope *scope, const struct due *due)
{
    size_t at = (size_t)(due - scope->dues);
    if (due->count > 0)
        return;
    scope->due_count--;
    memmove(&scope->dues[at], &scope->dues[at + 1], (scope->due_count - at) * sizeof(struct due));
}

/* How many come (1) or go (-1), when what is open changes so. */
static int opened(const struct figure *figure)
{
    return (int)(figure->after > 0) - (int)(figure->before > 0);
}

static void take_bill(struct totals *totals, uint32_t branch, const struct figure *figure)
{
    struct pair pair;
    struct due *due;
    sum change = (sum)figure->after - (sum)figure->before;
    int count = opened(figure);
    if (!pair_of(totals, branch, &pair) || (due = due_at(pair.branch, figure->date)) == NULL) {
        totals->lost = true;
        return;
    }
    mark_changed(totals, &pair, branch);
    due->count += (uint32_t)count;
    due->amount += change;
    due_forget_empty(pair.branch, due);
    money_add(&pair.branch->bills, count, change);
    money_add(&pair.company->bills, count, change);
    if (figure->date >= pair.branch->date)
        return;
    money_add(&pair.branch->overdue, count, change);
    money_add(&pair.company->overdue, count, change);
    pair_moved(&pair, LAST_OVERDUE, change);
}

/* ---- credits, in the order they were recorded ---- */

static bool credit_order(struct scope *scope, const struct figure *figure)
{
    const struct order_entry entry = {figure->seq, figure->document, figure->at_ms};
    if (figure->after > 0)
        return order_put(&scope->credits, &entry);
    order_take(&scope->credits, figure->seq, figure->document);
    return true;
}

static void take_credit(struct totals *totals, uint32_t branch, const struct figure *figure)
{
    struct pair pair;
    sum change = (sum)figure->after - (sum)figure->before;
    int count = opened(figure);
    if (!pair_of(totals, branch, &pair)) {
        totals->lost = true;
        return;
    }
    mark_changed(totals, &pair, branch);
    if (count != 0 && (!credit_order(pair.branch, figure) || !credit_order(pair.company, figure)))
        totals->lost = true;
    money_add(&pair.branch->unmatched, count, change);
    money_add(&pair.company->unmatched, count, change);
    pair_moved(&pair, LAST_UNMATCHED, change);
}

/* ---- papers, by the day they bear ---- */

/* Days before the newest one with papers that is not ahead are not asked for any more. */
static void days_forget(struct scope *scope)
{
    size_t first = 0;
    for (size_t i = 0; i < scope->day_count && scope->days[i].date <= scope->date; i++)
        first = i;
    scope->day_count -= first;
    if (first > 0)
        memmove(scope->days, &scope->days[first], scope->day_count * sizeof(struct day));
}

static struct day *day_known(const struct scope *scope, uint32_t date)
{
    for (size_t i = 0; i < scope->day_count; i++)
        if (scope->days[i].date == date)
            return &scope->days[i];
    return NULL;
}

/* Older than what is kept? */
static bool day_is_past(const struct scope *scope, uint32_t date)
{
    return scope->day_count > 0 && scope->days[0].date <= scope->date && date < scope->days[0].date;
}

/* Of a branch that has a paper so dated; NULL: no memory. */
static struct day *day_at(struct scope *scope, uint32_t date)
{
    struct day *known = day_known(scope, date);
    if (known != NULL)
        return known;
    if (!GROW(scope->days, scope->day_room, scope->day_count + 1))
        return NULL;
    size_t at = scope->day_count++;
    for (; at > 0 && scope->days[at - 1].date > date; at--)
        scope->days[at] = scope->days[at - 1];
    scope->days[at] = (struct day){.date = date};
    days_forget(scope);
    return day_known(scope, date);
}

static struct money *money_of(struct day *day, const struct figure *figure)
{
    switch ((Tefter__DocumentKind)figure->paper) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return &day->sold;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return &day->collected[figure->money < PAYMENT_KINDS ? figure->money : 0];
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return &day->credited;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return &day->refunded;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return &day->reversed;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL;
}

static void moved_by_paper(const struct pair *pair, const struct figure *figure)
{
    sum amount = (sum)(int64_t)figure->sign * (sum)figure->after;
    if (figure->date != pair->branch->date)
        return;
    if (figure->paper == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        pair_moved(pair, LAST_SOLD, amount);
    else if (figure->paper == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        pair_moved(pair, LAST_COLLECTED, amount);
}

static void take_paper(struct totals *totals, const struct figure *figure)
{
    struct pair pair;
    struct day *day;
    sum amount = (sum)(int64_t)figure->sign * (sum)figure->after;
    if (!pair_of(totals, figure->branch, &pair) || day_is_past(pair.branch, figure->date))
        return;
    day = day_at(pair.branch, figure->date);
    if (day == NULL) {
        totals->lost = true;
        return;
    }
    mark_changed(totals, &pair, figure->branch);
    if (figure->kind == FIGURE_ON_CREDIT) {
        day->on_credit += amount;
        return;
    }
    struct money *money = money_of(day, figure);
    if (money != NULL)
        money_add(money, figure->sign, amount);
    moved_by_paper(&pair, figure);
}

/* ---- days ---- */

static struct money overdue_of(const struct scope *scope)
{
    struct money overdue = {0};
    for (size_t i = 0; i < scope->due_count && scope->dues[i].date < scope->date; i++)
        money_add(&overdue, (int)scope->dues[i].count, scope->dues[i].amount);
    return overdue;
}

static void take_day(struct totals *totals, const struct figure *figure)
{
    struct pair pair;
    if (figure->branch == 0 || !pair_of(totals, figure->branch, &pair))
        return;
    struct scope *scope = pair.branch;
    struct money before = scope->overdue;
    mark_changed(totals, &pair, figure->branch);
    scope->date = figure->date;
    if (figure->branch == HEAD_OFFICE)
        pair.company->date = figure->date;
    scope->overdue = overdue_of(scope);
    sum change = scope->overdue.amount - before.amount;
    money_add(&pair.company->overdue, (int)(scope->overdue.count - before.count), change);
    pair_moved(&pair, LAST_OVERDUE, change);
    days_forget(scope);
}

void totals_figure(struct totals *totals, const struct figure *figure)
{
    uint32_t home;
    switch (figure->kind) {
    case FIGURE_DAY:
        take_day(totals, figure);
        break;
    case FIGURE_BILL:
        home = home_of(totals, figure->document);
        if (home != 0)
            take_bill(totals, home, figure);
        break;
    case FIGURE_CREDIT:
        home = home_of(totals, figure->document);
        if (home != 0)
            take_credit(totals, home, figure);
        break;
    case FIGURE_PAPER:
    case FIGURE_ON_CREDIT:
        take_paper(totals, figure);
        break;
    case FIGURE_DISCOUNT:
        break;
    }
}

/* ---- filling ---- */

uint32_t totals_filled(const struct totals *totals)
{
    return totals->filled;
}

void totals_fill(struct totals *totals, uint32_t customer, const struct figure_account *account)
{
    totals->filled = customer;
    if (account != NULL && !totals->lost)
        take_account(totals, account);
}

/* No command has moved what was filled. */
static void forget_moving(struct totals *totals)
{
    for (size_t i = 0; i < totals->moving_count; i++) {
        struct scope *scope = totals->scopes[totals->moving[i]];
        scope->moving = false;
        memset(scope->moved, 0, sizeof scope->moved);
    }
    totals->moving_count = 0;
}

void totals_filled_all(struct totals *totals)
{
    totals->filled = UINT32_MAX;
    forget_moving(totals);
}

bool totals_whole(const struct totals *totals)
{
    return totals->filled == UINT32_MAX && !totals->lost;
}

bool totals_lost(const struct totals *totals)
{
    return totals->lost;
}

/* ---- what changed a figure last ---- */

static bool event_is(const Tefter__Event *event, enum last_kind kind)
{
    if (kind == LAST_SOLD)
        return event->kind == TEFTER__EVENT_KIND__INVOICE_ISSUED;
    return kind == LAST_COLLECTED && event->kind == TEFTER__EVENT_KIND__PAYMENT_TAKEN;
}

/* The one that speaks of the figure, else the first; NULL: the command has none. */
static const Tefter__Event *event_for(const struct totals_command *command, enum last_kind kind)
{
    for (size_t i = 0; i < command->event_count; i++)
        if (event_is(command->events[i], kind))
            return command->events[i];
    return command->event_count > 0 ? command->events[0] : NULL;
}

static void text_keep(char *out, size_t size, const char *text)
{
    size_t length = text != NULL ? strnlen(text, size - 1) : 0;
    if (length > 0)
        memcpy(out, text, length);
    out[length] = '\0';
}

static void last_set(struct last *last, const struct totals_command *command,
                     const Tefter__Event *event, sum moved)
{
    *last = (struct last){
        .seq = command->seq,
        .at_ms = command->at_ms,
        .amount_minor = (int64_t)moved,
        .document = event != NULL ? event->document : 0,
        .kind = event != NULL ? (uint32_t)event->kind : 0,
        .customer = event != NULL ? event->customer : 0,
        .staff = command->staff,
        .terminal = command->terminal,
        .branch = command->branch,
    };
    text_keep(last->number, sizeof last->number, event != NULL ? event->number : NULL);
    text_keep(last->login, sizeof last->login, command->login);
}

void totals_command(struct totals *totals, const struct totals_command *command)
{
    size_t count = totals_whole(totals) ? totals->moving_count : 0;
    for (size_t i = 0; i < count; i++) {
        struct scope *scope = totals->scopes[totals->moving[i]];
        for (enum last_kind kind = 0; kind < LAST_KINDS; kind++)
            if (scope->moved[kind] != 0)
                last_set(&scope->last[kind], command, event_for(command, kind), scope->moved[kind]);
    }
    forget_moving(totals);
}

/* ---- reading ---- */

uint32_t totals_next(const struct totals *totals, uint32_t after)
{
    for (uint32_t branch = after + 1; branch < totals->scope_room; branch++)
        if (totals->scopes[branch] != NULL && totals->scopes[branch]->date != 0)
            return branch;
    return 0;
}

bool totals_changed(struct totals *totals, uint32_t *ret_branch)
{
    struct scope *company = scope_known(totals, 0);
    uint32_t branch = totals->changed_after;
    while ((branch = totals_next(totals, branch)) != 0 && !totals->scopes[branch]->changed)
        ;
    totals->changed_after = branch;
    *ret_branch = branch;
    struct scope *scope = branch != 0 ? totals->scopes[branch] : company;
    bool changed = scope != NULL && scope->changed;
    if (scope != NULL)
        scope->changed = false;
    return changed;
}

static void row_change(const struct last *last, struct arena *arena, Tefter__TotalsChange **ret)
{
    if (last->seq == 0)
        return;
    Tefter__TotalsChange *change = arena_take(arena, sizeof *change);
    Tefter__Actor *actor = arena_take(arena, sizeof *actor);
    if (change == NULL || actor == NULL)
        return;
    *actor = (Tefter__Actor)TEFTER__ACTOR__INIT;
    actor->has_staff = last->staff != 0;
    actor->staff = last->staff;
    actor->has_terminal = last->terminal != 0;
    actor->terminal = last->terminal;
    actor->has_branch = last->branch != 0;
    actor->branch = last->branch;
    *change = (Tefter__TotalsChange)TEFTER__TOTALS_CHANGE__INIT;
    change->seq = last->seq;
    change->at_ms = last->at_ms;
    change->amount_minor = last->amount_minor;
    change->has_kind = last->kind != 0;
    change->kind = (Tefter__EventKind)last->kind;
    change->has_customer = last->customer != 0;
    change->customer = last->customer;
    change->has_document = last->document != 0;
    change->document = last->document;
    change->number = last->number[0] != '\0' ? (char *)(uintptr_t)last->number : NULL;
    change->actor = actor;
    change->login = last->login[0] != '\0' ? (char *)(uintptr_t)last->login : NULL;
    *ret = change;
}

static void row_add_day(const struct day *day, Tefter__TotalsRow *row, struct money *by_kind)
{
    row->sold += day->sold.count;
    row->sold_minor = (int64_t)((sum)row->sold_minor + day->sold.amount);
    row->on_credit_minor = (int64_t)((sum)row->on_credit_minor + day->on_credit);
    row->credited += day->credited.count;
    row->credited_minor = (int64_t)((sum)row->credited_minor + day->credited.amount);
    row->refunded += day->refunded.count;
    row->refunded_minor = (int64_t)((sum)row->refunded_minor + day->refunded.amount);
    row->reversed += day->reversed.count;
    row->reversed_minor = (int64_t)((sum)row->reversed_minor + day->reversed.amount);
    for (int kind = 0; kind < PAYMENT_KINDS; kind++) {
        by_kind[kind].count += day->collected[kind].count;
        by_kind[kind].amount += day->collected[kind].amount;
    }
}

/* false: no memory. */
static bool row_collected(Tefter__TotalsRow *row, const struct money *by_kind, struct arena *arena)
{
    row->collected_by_kind = arena_take(arena, PAYMENT_KINDS * sizeof(Tefter__MoneyOfKind *));
    Tefter__MoneyOfKind *kinds = arena_take(arena, PAYMENT_KINDS * sizeof *kinds);
    if (row->collected_by_kind == NULL || kinds == NULL)
        return false;
    for (int kind = 0; kind < PAYMENT_KINDS; kind++) {
        row->collected += by_kind[kind].count;
        row->collected_minor = (int64_t)((sum)row->collected_minor + by_kind[kind].amount);
        if (by_kind[kind].count == 0)
            continue;
        kinds[kind] = (Tefter__MoneyOfKind)TEFTER__MONEY_OF_KIND__INIT;
        kinds[kind].kind = (Tefter__PaymentKind)kind;
        kinds[kind].has_amount_minor = true;
        kinds[kind].amount_minor = (int64_t)by_kind[kind].amount;
        kinds[kind].count = by_kind[kind].count;
        row->collected_by_kind[row->n_collected_by_kind++] = &kinds[kind];
    }
    return true;
}

static bool row_days(const struct totals *totals, uint32_t branch, Tefter__TotalsRow *row,
                     struct arena *arena)
{
    struct money by_kind[PAYMENT_KINDS] = {{0}};
    uint32_t one = branch != 0 ? branch : totals_next(totals, 0);
    for (; one != 0; one = branch != 0 ? 0 : totals_next(totals, one)) {
        const struct scope *scope = totals->scopes[one];
        const struct day *day = day_known(scope, scope->date);
        if (day != NULL)
            row_add_day(day, row, by_kind);
    }
    return row_collected(row, by_kind, arena);
}

Tefter__TotalsRow *totals_row(const struct totals *totals, uint32_t branch, uint64_t seq,
                              struct arena *arena)
{
    const struct scope *scope = scope_known(totals, branch);
    Tefter__TotalsRow *row = arena_take(arena, sizeof *row);
    if (row == NULL || scope == NULL || scope->date == 0)
        return NULL;
    const struct order_entry *oldest = order_first(&scope->credits);
    *row = (Tefter__TotalsRow)TEFTER__TOTALS_ROW__INIT;
    row->branch = branch;
    row->date = scope->date;
    row->owed_minor = (int64_t)scope->owed;
    row->in_credit_minor = (int64_t)scope->in_credit;
    row->owing = scope->owing;
    row->bills_minor = (int64_t)scope->bills.amount;
    row->bills = scope->bills.count;
    row->overdue_minor = (int64_t)scope->overdue.amount;
    row->overdue_bills = scope->overdue.count;
    row->unmatched_minor = (int64_t)scope->unmatched.amount;
    row->unmatched = scope->unmatched.count;
    row->has_unmatched_since_ms = oldest != NULL;
    row->unmatched_since_ms = oldest != NULL ? oldest->at_ms : 0;
    row->over_limit = scope->over.count;
    row->over_limit_minor = (int64_t)scope->over.amount;
    row_change(&scope->last[LAST_OWED], arena, &row->last_owed);
    row_change(&scope->last[LAST_OVERDUE], arena, &row->last_overdue);
    row_change(&scope->last[LAST_UNMATCHED], arena, &row->last_unmatched);
    row_change(&scope->last[LAST_SOLD], arena, &row->last_sold);
    row_change(&scope->last[LAST_COLLECTED], arena, &row->last_collected);
    row->has_seq = true;
    row->seq = seq;
    return row_days(totals, branch, row, arena) ? row : NULL;
}

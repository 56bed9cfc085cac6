/*
 * Matching: what money is not matched yet, whose it is and since when, which bills it is likely for
 * and why; then the customer's bills beside it. What is shown is the server's own preview, and what
 * is written.
 *
 *     money ─ Enter ─▶ ticks (Space, o, amounts) ─▶ PreviewMatch ─ F9 ─▶ MatchItems ─ u ─▶
 * UndoMatch
 */
#include "tui/matching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 500, ROWS = 500, MONEY_MEMORY_MAX = 64 * 1024 };

struct desk desk;

/* ---- money not yet matched ---- */

static void take_text(char *out, size_t capacity, const char *text)
{
    char *seen = seen_text(text == NULL ? "" : text);
    (void)snprintf(out, capacity, "%s", seen);
    free(seen);
}
#define TAKE_TEXT(out, text) take_text((out), sizeof(out), (text))

static void take_bills(struct credit *credit, const Tefter__SuggestionRow *row)
{
    for (size_t i = 0; i < row->n_bills && i < SUGGESTION_BILLS_MAX; i++) {
        size_t size = strlen(credit->bill_numbers);
        credit->bills[credit->bill_count++] = row->bills[i]->document;
        (void)snprintf(credit->bill_numbers + size, sizeof(credit->bill_numbers) - size, "%s%s",
                       i > 0 ? ", " : "", row->bills[i]->number);
    }
}

static void take_credit(struct credits *into, const Tefter__SuggestionRow *row)
{
    const Tefter__UnmatchedRow *money = row->money;
    if (into->count == into->room) {
        into->room = into->room * 2 + 64;
        into->rows = realloc(into->rows, into->room * sizeof(*into->rows));
        need(into->rows != NULL);
    }
    struct credit *credit = &into->rows[into->count++];
    *credit = (struct credit){.document = money->document,
                              .customer = money->customer,
                              .date = money->date,
                              .place = money->has_money_account ? money->money_account : 0,
                              .open = money->open_minor,
                              .recorded_ms = money->recorded_ms,
                              .kind = money->has_payment_kind ? money->payment_kind : 0,
                              .reason = row->has_reason ? row->reason : 0,
                              .others = row->has_others && row->others,
                              .final = money->final};
    TAKE_TEXT(credit->number, money->number);
    TAKE_TEXT(credit->code, money->code);
    TAKE_TEXT(credit->name, money->name == NULL ? money->code : value_of(money->name));
    TAKE_TEXT(credit->reference, money->reference);
    TAKE_TEXT(credit->payer, value_of(money->payer));
    take_bills(credit, row);
}

static void ask_money(struct tui *tui, ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__MatchSuggestions wanted = TEFTER__MATCH_SUGGESTIONS__INIT;
    query.kind_case = TEFTER__QUERY__KIND_MATCH_SUGGESTIONS;
    query.match_suggestions = &wanted;
    wanted.has_rows = true;
    wanted.rows = ROWS;
    wanted.has_page = page.len > 0;
    wanted.page = page;
    wanted.has_customer = desk.money_of != 0;
    wanted.customer = desk.money_of;
    desk.money_ms = now_ms(tui);
    ask(&desk.money, &query);
}

/* What somebody has to look at comes first; what stands out by itself is below it. */
static void show_coming(void)
{
    struct credits old = desk.credits;
    struct credits shown = {.rows = calloc(desk.coming.count + 1, sizeof(*shown.rows)),
                            .room = desk.coming.count + 1};
    need(shown.rows != NULL);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < desk.coming.count; i++)
            if (matching_is_sure(&desk.coming.rows[i]) == (round == 1))
                shown.rows[shown.count++] = desk.coming.rows[i];
    desk.credits = shown;
    desk.coming.count = 0;
    desk.there = true;
    free(old.rows);
}

static void money_came(struct tui *tui, struct asked *asked)
{
    if (!asked_is(asked, TEFTER__ANSWER__KIND_MATCH_SUGGESTIONS))
        return;
    const Tefter__MatchSuggestionsAnswer *answer = asked->answer->match_suggestions;
    for (size_t i = 0; i < answer->n_rows && desk.coming.count < CREDITS_MAX; i++)
        take_credit(&desk.coming, answer->rows[i]);
    desk.more = answer->has_next && answer->next.len > 0;
    if (desk.more && desk.coming.count < CREDITS_MAX)
        ask_money(tui, answer->next);
    else
        show_coming();
}

/* Asked anew with each change of a customer, but not more often than anybody can read. */
static void look_at_money(struct tui *tui)
{
    uint32_t customer = tui->work->matching.customer;
    bool other = customer != desk.money_of;
    bool old = desk.money_ms == 0 || desk.money_version != tui->shop.version;
    if (!connected(tui) || (!other && (!old || desk.money.flying)) ||
        (!other && desk.money_ms != 0 && now_ms(tui) - desk.money_ms < AGAIN_MS))
        return;
    if (other) {
        desk.credits.count = 0;
        desk.there = false;
        desk.kept = (struct credit){.document = 0};
        desk.at = 0;
    }
    desk.coming.count = 0;
    desk.money_of = customer;
    desk.money_version = tui->shop.version;
    ask_money(tui, (ProtobufCBinaryData){0});
}

/* ---- the bills of whose money is open ---- */

static void ask_bills(uint32_t customer, ProtobufCBinaryData page)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__UnpaidBills wanted = TEFTER__UNPAID_BILLS__INIT;
    query.kind_case = TEFTER__QUERY__KIND_UNPAID_BILLS;
    query.unpaid_bills = &wanted;
    wanted.has_customer = true;
    wanted.customer = customer;
    wanted.has_page = page.len > 0;
    wanted.page = page;
    ask(&desk.bills, &query);
}

static void take_bill(struct open_bills *into, const Tefter__Bill *bill)
{
    if (into->count == into->room) {
        into->room = into->room * 2 + 64;
        into->rows = realloc(into->rows, into->room * sizeof(*into->rows));
        need(into->rows != NULL);
    }
    struct open_bill *row = &into->rows[into->count++];
    *row = (struct open_bill){.document = bill->document,
                              .due = bill->due,
                              .days_late = bill->days_late,
                              .open = bill->open_minor};
    TAKE_TEXT(row->number, bill->number);
}

static void bills_came(struct tui *tui, struct asked *asked)
{
    (void)tui;
    if (!asked_is(asked, TEFTER__ANSWER__KIND_UNPAID_BILLS))
        return;
    const Tefter__BillsAnswer *answer = asked->answer->unpaid_bills;
    for (size_t i = 0; i < answer->n_bills && desk.opening.count < OPEN_BILLS_MAX; i++)
        take_bill(&desk.opening, answer->bills[i]);
    /* Money that is not matched has pages too: without a bill in one there is none behind it. */
    if (answer->has_next && answer->next.len > 0 && answer->n_bills > 0 &&
        desk.opening.count < OPEN_BILLS_MAX) {
        ask_bills(desk.asked_of, answer->next);
        return;
    }
    struct open_bills old = desk.open;
    desk.open = desk.opening;
    desk.opening = (struct open_bills){.rows = old.rows, .room = old.room};
    desk.bills_of = desk.asked_of;
}

static void look_at_bills(struct tui *tui, uint32_t customer)
{
    const struct customer *known = customer_of(tui, customer);
    uint64_t seq = known == NULL ? 0 : known->last_seq;
    if (!connected(tui) || desk.bills.flying ||
        (desk.asked_of == customer && desk.asked_seq == seq))
        return;
    desk.asked_of = customer;
    desk.asked_seq = seq;
    desk.opening.count = 0;
    ask_bills(customer, (ProtobufCBinaryData){0});
}

/* ---- what the server says that it comes to ---- */

static uint64_t mixed(uint64_t key, uint64_t value)
{
    return (key ^ value) * UINT64_C(1099511628211);
}

/* Of the parts as they are now, and of what the customer's account was. Never 0. */
static uint64_t key_of_parts(void)
{
    uint64_t key = mixed(mixed(UINT64_C(14695981039346656037), desk.asked_of), desk.asked_seq);
    for (size_t i = 0; i < desk.part_count; i++) {
        key = mixed(mixed(key, desk.parts[i].debit), desk.parts[i].credit);
        key = mixed(key, (uint64_t)desk.parts[i].amount_minor);
    }
    return key | 1;
}

static void match_of(const struct credit *open, Tefter__MatchItems *match)
{
    tefter__match_items__init(match);
    match->customer = open->customer;
    match->has_order = true;
    match->order = TEFTER__MATCH_ORDER__MATCH_PARTS_ONLY;
    match->parts = desk.pointers;
    match->n_parts = desk.part_count;
}

static void look_at_preview(struct tui *tui, const struct credit *open)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__PreviewMatch preview = TEFTER__PREVIEW_MATCH__INIT;
    Tefter__MatchItems match;
    uint64_t key = key_of_parts();
    if (desk.preview_of != open->document)
        asked_forget(&desk.preview);
    if (!connected(tui) || desk.preview.flying || desk.part_count == 0 || key == desk.previewed)
        return;
    desk.previewed = key;
    desk.preview_of = open->document;
    match_of(open, &match);
    query.kind_case = TEFTER__QUERY__KIND_PREVIEW_MATCH;
    query.preview_match = &preview;
    preview.match = &match;
    ask(&desk.preview, &query);
}

bool matching_is_told(struct tui *tui)
{
    (void)tui;
    return desk.part_count > 0 && desk.preview.answer != NULL && !desk.preview.flying &&
           desk.previewed == key_of_parts();
}

/* ---- what is forgotten, and asked anew ---- */

static void forget(struct tui *tui)
{
    asked_forget(&desk.money);
    asked_forget(&desk.bills);
    asked_forget(&desk.preview);
    asked_forget(&desk.staff);
    desk.loaded_for = tui->work->staff;
    desk.credits.count = desk.coming.count = desk.opening.count = 0;
    desk.there = false;
    desk.kept = (struct credit){.document = 0};
    desk.bills_of = desk.asked_of = 0;
    desk.previewed = 0;
    desk.money_ms = 0;
    desk.at = 0;
}

/* All of it is old: it is asked anew, and stands there until the answer comes. */
static void renew(void)
{
    asked_forget(&desk.money);
    desk.money_ms = 0;
    desk.asked_seq = UINT64_MAX;
    desk.previewed = 0;
}

/* What was known of the customer when their money was opened: later changes are somebody's. */
static void note_seen(struct tui *tui, uint32_t customer)
{
    struct matching *form = &tui->work->matching;
    const struct customer *known = customer_of(tui, customer);
    if (form->seen_of == customer)
        return;
    form->seen_of = customer;
    form->seen = known == NULL ? 0 : known->last_seq;
}

/* ---- what others did meanwhile ---- */

static void ask_staff(struct tui *tui)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__StaffList list = TEFTER__STAFF_LIST__INIT;
    if (!connected(tui) || desk.staff.flying || desk.staff.answer != NULL)
        return;
    query.kind_case = TEFTER__QUERY__KIND_STAFF;
    query.staff = &list;
    ask(&desk.staff, &query);
}

/* Who may not see the list of people is not told who it was. */
static char *person_of(struct tui *tui, uint32_t staff)
{
    ask_staff(tui);
    const Tefter__StaffAnswer *answer =
        asked_is(&desk.staff, TEFTER__ANSWER__KIND_STAFF) ? desk.staff.answer->staff : NULL;
    for (size_t i = 0; answer != NULL && i < answer->n_staff; i++) {
        const Tefter__StaffMember *member = answer->staff[i];
        if (member->staff == staff)
            return seen_text(value_of(member->name)[0] != '\0' ? value_of(member->name)
                                                               : member->login);
    }
    return seen_text(in_words(tui, N_("Somebody")));
}

static const char *pattern_of(const struct tui *tui, const Tefter__LastChange *last)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    bool mine = welcome != NULL && last->actor != NULL && last->actor->has_terminal &&
                last->actor->terminal == welcome->terminal;
    if (mine || last->seq == tui->work->matching.seen)
        return NULL;
    if (last->kind == TEFTER__EVENT_KIND__ITEMS_MATCHED)
        return N_("{who} matched money of this customer {time} ago. Your ticks are kept below.");
    if (last->kind == TEFTER__EVENT_KIND__MATCH_UNDONE_EVENT)
        return N_("{who} undid a match of this customer {time} ago. Your ticks are kept below.");
    return NULL;
}

static const Tefter__LastChange *last_change(struct tui *tui, uint32_t customer)
{
    arena_reset(&desk.walk);
    const Tefter__Row *row =
        tefter_feed_row(tui->shop.feed, TEFTER_ROW_ACCOUNT, customer, &desk.walk);
    return row == NULL ? NULL : row->account->last;
}

static void tell_last(struct tui *tui, const Tefter__LastChange *last, char out[TEXT_MAX_BYTES])
{
    char age[SHORT_MAX];
    char name[TEXT_MAX_BYTES];
    const char *pattern = pattern_of(tui, last);
    if (pattern == NULL)
        return;
    bool known = last->actor != NULL && last->actor->has_staff;
    char *who = person_of(tui, known ? last->actor->staff : 0);
    int64_t since = last->has_at_ms ? tefter_now_ms(tui->client) - last->at_ms : 0;
    (void)words_say(out, TEXT_MAX_BYTES, tui->language, pattern, "who", isolated(tui, who, name),
                    "time", lasting(tui, since, age), NULL);
    free(who);
}

const char *matching_notice(struct tui *tui, char out[TEXT_MAX_BYTES])
{
    const struct credit *open = matching_open_money(tui);
    out[0] = '\0';
    if (open == NULL || desk.matched.state == SENT_UNDER_WAY)
        return out;
    const Tefter__LastChange *last = last_change(tui, open->customer);
    if (last != NULL)
        tell_last(tui, last, out);
    if (out[0] == '\0' && matching_is_gone(open))
        (void)snprintf(
            out, TEXT_MAX_BYTES, "%s",
            in_words(tui, N_("This money is not open any more. Your ticks are kept below.")));
    return out;
}

/* ---- looking ---- */

/* Until somebody begins to tick, or somebody else matches: then the ticks are kept. */
static void tick_suggested(struct tui *tui, const struct credit *open)
{
    struct matching *form = &tui->work->matching;
    const Tefter__LastChange *last = last_change(tui, open->customer);
    if (form->by_hand || form->at_bills || (last != NULL && pattern_of(tui, last) != NULL))
        return;
    form->tick_count = 0;
    for (size_t i = 0; i < open->bill_count; i++)
        form->ticks[form->tick_count++] = (struct tick){.bill = open->bills[i]};
}

void matching_look(struct tui *tui)
{
    if (desk.loaded_for != tui->work->staff)
        forget(tui);
    if (desk.lost && connected(tui))
        renew();
    desk.lost = !connected(tui);
    look_at_money(tui);
    const struct credit *open = matching_open_money(tui);
    desk.part_count = 0;
    if (open == NULL)
        return;
    note_seen(tui, open->customer);
    tick_suggested(tui, open);
    look_at_bills(tui, open->customer);
    matching_allocate(tui);
    look_at_preview(tui, open);
}

/* ---- opening another ---- */

static void pick(struct tui *tui, uint64_t document)
{
    struct matching *form = &tui->work->matching;
    form->open = document;
    form->by_hand = form->typing = false;
    form->tick_count = form->also_count = 0;
    form->at = 0;
    form->seen_of = 0;
    matching_look(tui);
}

static void step(struct tui *tui, long by)
{
    long last = (long)desk.credits.count - 1;
    const struct credit *open = matching_open_money(tui);
    bool gone = open != NULL && matching_is_gone(open); /* the next one stands in its place */
    long at = (long)desk.at + (gone && by > 0 ? by - 1 : by);
    if (last < 0)
        return;
    pick(tui, desk.credits.rows[at < 0 ? 0 : at > last ? last : at].document);
}

static void next_money(struct tui *tui)
{
    step(tui, 1);
}

static void money_before(struct tui *tui)
{
    step(tui, -1);
}

/* ---- the cursor among their money and their bills ---- */

/* The document in that row; 0: there is none. */
static uint64_t document_at(struct tui *tui, size_t row)
{
    const struct open_bill *bills;
    const struct credit *money[CHOSEN_MAX];
    size_t count = matching_money(tui, money);
    if (row < count)
        return money[row]->document;
    size_t bill_count = matching_bills(tui, &bills);
    return row - count < bill_count ? bills[row - count].document : 0;
}

size_t matching_row(struct tui *tui)
{
    const struct open_bill *bills;
    const struct credit *money[CHOSEN_MAX];
    struct matching *form = &tui->work->matching;
    size_t count = matching_money(tui, money);
    size_t all = count + matching_bills(tui, &bills);
    for (size_t i = 0; i < all && form->at != 0; i++)
        if (document_at(tui, i) == form->at) {
            form->row = i;
            return i;
        }
    if (form->at == 0) /* the first bill, where there is one */
        form->row = count;
    if (form->row >= all)
        form->row = all == 0 ? 0 : all - 1;
    return form->row;
}

static bool is_bill(struct tui *tui, size_t row)
{
    const struct credit *money[CHOSEN_MAX];
    return row >= matching_money(tui, money);
}

static void step_row(struct tui *tui, long by)
{
    struct matching *form = &tui->work->matching;
    long at = (long)matching_row(tui) + by;
    for (at = at < 0 ? 0 : at; at > 0 && document_at(tui, (size_t)at) == 0;)
        at--;
    form->at = document_at(tui, (size_t)at);
}

static void tick_here(struct tui *tui)
{
    uint64_t document = document_at(tui, matching_row(tui));
    if (document == 0)
        return;
    matching_tick(tui, document);
    matching_look(tui);
}

/* ---- a typed amount ---- */

/* What stands in the field is the bill's at once, so that the preview follows it. False: it is no
 * amount. */
static bool take_entry(struct tui *tui, bool says)
{
    char why[AMOUNT_WHY_MAX] = "";
    int64_t minor = 0;
    struct matching *form = &tui->work->matching;
    const char *wrong = form->entry.text[0] == '\0'
                            ? NULL
                            : amount_read(form->entry.text, &tui->currency, &minor, why);
    if (wrong == NULL && minor <= 0 && form->entry.text[0] != '\0')
        wrong = N_("How much?");
    if (wrong != NULL) {
        if (says)
            say_words(tui, MESSAGE_REFUSED, in_words(tui, wrong));
        return false;
    }
    matching_type(tui, form->at, minor);
    matching_look(tui);
    return true;
}

static void begin_typing(struct tui *tui, uint32_t key)
{
    struct matching *form = &tui->work->matching;
    size_t row = matching_row(tui);
    if (!is_bill(tui, row) || document_at(tui, row) == 0)
        return;
    form->at = document_at(tui, row);
    const struct tick *tick = matching_ticked(tui, form->at);
    form->typed_before = tick == NULL ? -1 : tick->minor;
    form->typing = true;
    field_set(&form->entry, "");
    (void)field_key(&form->entry, key);
    (void)take_entry(tui, false);
}

/* As it was before: with that amount, as much as there is, or not ticked. */
static void give_up_typing(struct tui *tui)
{
    struct matching *form = &tui->work->matching;
    form->typing = false;
    if (form->typed_before >= 0)
        matching_type(tui, form->at, form->typed_before);
    else if (matching_ticked(tui, form->at) != NULL)
        matching_tick(tui, form->at);
    matching_look(tui);
}

static bool end_typing(struct tui *tui)
{
    struct matching *form = &tui->work->matching;
    if (form->typing && !take_entry(tui, true))
        return false;
    form->typing = false;
    return true;
}

static bool typing_key(struct tui *tui, uint32_t key)
{
    struct matching *form = &tui->work->matching;
    if (key == KEY_ESC_) {
        give_up_typing(tui);
        return true;
    }
    bool back = key == KEY_UP_ || key == KEY_TAB_BACK_;
    if (back || key == KEY_ENTER_ || key == KEY_DOWN_ || key == KEY_TAB_) {
        if (end_typing(tui))
            step_row(tui, back ? -1 : 1);
        return true;
    }
    if (!field_key(&form->entry, key))
        return false;
    (void)take_entry(tui, false);
    return true;
}

/* ---- F9 ---- */

static const Tefter__Refusal *refusal_of_preview(void)
{
    if (asked_refused(&desk.preview) != NULL)
        return asked_refused(&desk.preview);
    return matching_preview() == NULL ? NULL : matching_preview()->refusal;
}

bool matching_is_closed(struct tui *tui, char why[TEXT_MAX_BYTES])
{
    const char *words = NULL;
    struct speech speech = speech_of(tui);
    const Tefter__Refusal *refusal = matching_is_told(tui) ? refusal_of_preview() : NULL;
    if (desk.matched.state == SENT_UNDER_WAY)
        words = N_("Sending …");
    else if (desk.part_count == 0)
        words = N_("Tick a bill first: Space, or o for the oldest");
    else if (!connected(tui))
        words = N_("Matching needs the line. Your ticks are kept.");
    else if (refusal == NULL && !matching_is_told(tui))
        words = N_("The server is asked what it comes to");
    if (words != NULL)
        (void)snprintf(why, TEXT_MAX_BYTES, "%s", in_words(tui, words));
    else if (refusal != NULL)
        (void)refusal_sentence_for(refusal, &speech, why, TEXT_MAX_BYTES);
    return words != NULL || refusal != NULL;
}

static bool is_matched(uint64_t bill)
{
    for (size_t i = 0; i < desk.part_count; i++)
        if (desk.parts[i].debit == bill)
            return true;
    return false;
}

static bool is_spent(uint64_t document)
{
    for (size_t i = 0; i < desk.spent_count; i++)
        if (desk.spent[i] == document)
            return true;
    return false;
}

static void note_spent(const struct credit *credit)
{
    int64_t rest = credit->open;
    for (size_t i = 0; i < desk.part_count; i++)
        rest -= desk.parts[i].credit == credit->document ? desk.parts[i].amount_minor : 0;
    if (rest <= 0)
        desk.spent[desk.spent_count++] = credit->document;
}

/* "TD-R-00002, TD-R-00005 → TD-00001": said when it is done. */
static void note_sent(struct tui *tui)
{
    int64_t minor;
    const struct open_bill *bills;
    const struct credit *chosen[CHOSEN_MAX];
    char *text = desk.sent_words;
    size_t room = sizeof(desk.sent_words);
    size_t count = matching_chosen(tui, chosen, &minor);
    size_t bill_count = matching_bills(tui, &bills);
    text[0] = '\0';
    desk.spent_count = 0;
    for (size_t i = 0; i < count; i++) {
        note_spent(chosen[i]);
        (void)snprintf(text + strlen(text), room - strlen(text), "%s%s", i > 0 ? ", " : "",
                       chosen[i]->number);
    }
    const char *before = " → ";
    for (size_t i = 0; i < bill_count; i++)
        if (is_matched(bills[i].document)) {
            (void)snprintf(text + strlen(text), room - strlen(text), "%s%s", before,
                           bills[i].number);
            before = ", ";
        }
    /* The one behind it, else before it, that is not matched with it. */
    desk.next = 0;
    for (size_t i = 1; i < desk.credits.count && desk.next == 0; i++) {
        const struct credit *credit = &desk.credits.rows[(desk.at + i) % desk.credits.count];
        if (!matching_is_chosen(tui, credit))
            desk.next = credit->document;
    }
}

static void commit(struct tui *tui)
{
    char why[TEXT_MAX_BYTES];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__MatchItems match;
    if (tui->work->matching.typing && !take_entry(tui, true))
        return;
    matching_look(tui);
    const struct credit *open = matching_open_money(tui);
    if (open == NULL || matching_is_closed(tui, why)) {
        say_words(tui, MESSAGE_REFUSED,
                  open == NULL ? in_words(tui, N_("All money is matched.")) : why);
        return;
    }
    match_of(open, &match);
    command.kind_case = TEFTER__COMMAND__KIND_MATCH_ITEMS;
    command.match_items = &match;
    note_sent(tui);
    if (!send_command(&desk.matched, &command))
        return;
    desk.matched_work = tui->work;
    desk.matched_work->matching.typing = false;
    desk.matched_work->matching.done_customer = open->customer;
    say_words(tui, MESSAGE_SAID, sent_words(&desk.matched));
}

/* Somebody was first: who is told what is there now keeps their ticks. */
static void refused(struct tui *tui, const Tefter__Refusal *refusal)
{
    char text[TEXT_MAX_BYTES];
    char said[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    (void)refusal_sentence_for(refusal, &speech, text, sizeof(text));
    bool conflict = refusal->code == TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH;
    (void)JOIN(said, text, conflict ? " " : "",
               conflict ? in_words(tui, N_("Your ticks are kept.")) : "");
    say_words(tui, MESSAGE_REFUSED, said);
}

/* What is spent is not shown until the list comes again; what is left of it stays open. */
static void drop_spent(struct matching *form)
{
    size_t kept = 0;
    for (size_t i = 0; i < desk.credits.count; i++)
        if (!is_spent(desk.credits.rows[i].document))
            desk.credits.rows[kept++] = desk.credits.rows[i];
    desk.credits.count = kept;
    if (!is_spent(form->open))
        return;
    desk.kept = (struct credit){.document = 0};
    form->open = desk.next;
    form->at_bills = false;
}

static const char *match_number(const struct matching *form, char out[SHORT_MAX])
{
    (void)snprintf(out, SHORT_MAX, "%llu", (unsigned long long)form->done_match);
    return out;
}

static void matched(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    char take_back[SHORT_MAX];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    renew();
    if (sent->state == SENT_REFUSED) {
        refused(tui, sent->reply->refused);
        return;
    }
    struct matching *form = &desk.matched_work->matching;
    const Tefter__Done *done = sent->reply->done;
    form->done_match = done->has_match ? done->match : sent->reply->seq;
    form->done_minor = done->has_matched_minor ? done->matched_minor : 0;
    form->undone = false;
    form->by_hand = form->typing = false;
    form->tick_count = form->also_count = 0;
    form->at = 0;
    drop_spent(form);
    SAY(tui, take_back, N_("Undo match {number}"), "number", match_number(form, b));
    /* Which papers comes last: of many the end is cut, and how it is undone is not. */
    (void)JOIN(text, in_words(tui, N_("matched")), " ", money_unit(tui, form->done_minor, a), " ",
               clock_of(tui, tefter_now_ms(tui->client), b), " · Alt U ", take_back, " · ",
               desk.sent_words);
    say_words(tui, MESSAGE_DONE, text);
}

/* ---- undo ---- */

static void undo(struct tui *tui)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__UndoMatch wanted = TEFTER__UNDO_MATCH__INIT;
    const struct matching *form = &tui->work->matching;
    if (form->done_match == 0 || form->undone) {
        say_words(tui, MESSAGE_SAID, in_words(tui, N_("Nothing was matched here yet")));
        return;
    }
    if (!need_line(tui))
        return;
    command.kind_case = TEFTER__COMMAND__KIND_UNDO_MATCH;
    command.undo_match = &wanted;
    wanted.customer = form->done_customer;
    wanted.match = form->done_match;
    if (!send_command(&desk.undone, &command))
        return;
    desk.undone_work = tui->work;
    say_words(tui, MESSAGE_SAID, sent_words(&desk.undone));
}

static void undone(struct tui *tui, struct sent *sent)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    struct matching *form = &desk.undone_work->matching;
    renew();
    if (sent->state == SENT_REFUSED) {
        say_refusal(tui, sent->reply->refused);
        return;
    }
    form->undone = true;
    SAY(tui, text, N_("Match {number} is undone: {amount} is not matched again."), "number",
        match_number(form, a), "amount", money_unit(tui, form->done_minor, b));
    say_words(tui, MESSAGE_DONE, text);
}

/* ---- keys ---- */

static bool move_key(struct tui *tui, uint32_t key)
{
    bool bills = tui->work->matching.at_bills;
    long all = CREDITS_MAX + OPEN_BILLS_MAX;
    long page = tui->canvas.rows / 3;
    long by = key == KEY_UP_ || key == 'k'     ? -1
              : key == KEY_DOWN_ || key == 'j' ? 1
              : key == KEY_PAGE_UP_            ? -page
              : key == KEY_PAGE_DOWN_          ? page
              : key == KEY_HOME_               ? -all
              : key == KEY_END_                ? all
                                               : 0;
    if (by != 0 && bills)
        step_row(tui, by);
    else if (by != 0)
        step(tui, by);
    return by != 0;
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    struct matching *form = &tui->work->matching;
    matching_look(tui);
    if (form->typing && typing_key(tui, key))
        return true;
    if (move_key(tui, key))
        return true;
    if (!form->at_bills) {
        if (key != KEY_ENTER_ && key != KEY_TAB_)
            return false;
        form->at_bills = matching_open_money(tui) != NULL;
        form->at = 0;
        return true;
    }
    if (key == ' ' || key == KEY_ENTER_) {
        tick_here(tui);
        return true;
    }
    bool digit = (key >= '0' && key <= '9') || (key >= 0x6F0 && key <= 0x6F9);
    if (digit)
        begin_typing(tui, key);
    return digit;
}

static void back(struct tui *tui)
{
    if (tui->work->matching.at_bills)
        tui->work->matching.at_bills = false;
    else
        go_back(tui);
}

static void oldest(struct tui *tui)
{
    matching_oldest(tui);
    matching_look(tui);
}

static void narrow(struct tui *tui, uint32_t customer)
{
    struct matching *form = &tui->work->matching;
    form->customer = customer;
    form->at_bills = false;
    desk.at = 0;
    pick(tui, 0);
}

static void all_customers(struct tui *tui)
{
    narrow(tui, 0);
}

void matching_open(struct tui *tui, uint32_t customer)
{
    if (may(tui, TEFTER__RIGHT__RIGHT_MATCH) && tui->work->matching.customer != customer)
        narrow(tui, customer);
    go_to(tui, &matching_screen);
}

static void enter(struct tui *tui)
{
    matching_look(tui);
}

static void begin(struct tui *tui, bool begins)
{
    if (begins) {
        asked_begin(&desk.money, tui, money_came);
        asked_begin(&desk.bills, tui, bills_came);
        asked_begin(&desk.preview, tui, NULL);
        asked_begin(&desk.staff, tui, NULL);
        sent_begin(&desk.matched, tui, matched);
        sent_begin(&desk.undone, tui, undone);
        arena_init(&desk.walk, MONEY_MEMORY_MAX);
        return;
    }
    asked_end(&desk.money);
    asked_end(&desk.bills);
    asked_end(&desk.preview);
    asked_end(&desk.staff);
    sent_end(&desk.matched);
    sent_end(&desk.undone);
    arena_fini(&desk.walk);
    free(desk.credits.rows);
    free(desk.coming.rows);
    free(desk.open.rows);
    free(desk.opening.rows);
    desk = (struct desk){.there = false};
}

static bool is_at_list(const struct tui *tui)
{
    return !tui->work->matching.at_bills;
}

static bool is_at_bills(const struct tui *tui)
{
    return tui->work->matching.at_bills;
}

static bool is_narrowed(const struct tui *tui)
{
    return tui->work->matching.customer != 0;
}

/* Space and Enter are taken by `key`; here they are named for line 24 and `?`. */
static const struct action actions[] = {
    {"match.commit", N_("Match it"), N_("Match"), KEY_FN(9), TEFTER__RIGHT__RIGHT_MATCH, commit,
     NULL},
    {"match.bills", N_("Bills of this customer"), N_("Open it"), KEY_ENTER_,
     TEFTER__RIGHT__RIGHT_MATCH, NULL, is_at_list},
    {"match.tick", N_("Tick a bill by hand"), N_("tick"), ' ', TEFTER__RIGHT__RIGHT_MATCH, NULL,
     is_at_bills},
    {"match.oldest", N_("Tick the oldest due bills"), N_("oldest first"), 'o',
     TEFTER__RIGHT__RIGHT_MATCH, oldest, NULL},
    {"match.undo", N_("Undo the last match"), N_("undo"), 'u', TEFTER__RIGHT__RIGHT_MATCH, undo,
     NULL},
    {"match.all", N_("Show all customers"), N_("all customers"), 'a', TEFTER__RIGHT__RIGHT_MATCH,
     all_customers, is_narrowed},
    {"match.next", N_("Next money"), NULL, 'n', TEFTER__RIGHT__RIGHT_MATCH, next_money, NULL},
    {"match.before", N_("Money before"), NULL, 'b', TEFTER__RIGHT__RIGHT_MATCH, money_before, NULL},
    {"match.back", N_("Back"), N_("back"), KEY_ESC_, 0, back, NULL},
    {"match.undo-too", N_("Undo the last match"), NULL, KEY_ALT('u'), TEFTER__RIGHT__RIGHT_MATCH,
     undo, NULL},
    {.title = NULL},
};

const struct screen matching_screen = {
    .id = "matching",
    .title = N_("Matching"),
    .letter = 'm',
    .right = TEFTER__RIGHT__RIGHT_MATCH,
    .begin = begin,
    .enter = enter,
    .draw = matching_draw,
    .pane = matching_pane,
    .key = key_typed,
    .head = matching_head,
    .actions = actions,
};

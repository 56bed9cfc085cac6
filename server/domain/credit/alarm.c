/*
 * Alarms: what people must see. A limit was passed all the same; cash was taken out; or something
 * about a terminal.
 *
 *   posted over the limit, or money taken back that had made room ──▶ raised, for ever
 *   more cash taken out of tills than one person pays out alone   ──▶ raised, for ever
 *   a till's difference beyond what who counts may take out       ──▶ raised, for ever
 *   more taken from a till than it held, by who may not see that  ──▶ raised, for ever
 *   a payer is over their limit with a site that joined           ──▶ raised, for ever
 *   own bills undone at once, beyond what one takes back alone    ──▶ raised, for ever
 *   own money taken back, where nobody set how much one may       ──▶ raised, for ever
 *   the server's AlarmTerminal                                    ──▶ raised, for ever
 *   somebody else set a person's password or PIN (org)            ──▶ raised, for ever
 *   the second person was made by the first                       ──▶ raised, for ever
 *
 * 1. A command raises at most one; its number is the command's seq. What an import posts, of one
 * kind, source and person, is counted by the first one of the day, if not too many others came
 * between. What of it is taken back is counted too.
 * 2. Names are not kept with it: they are filled in when it is read.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

enum { ALARM_OF_IMPORT_MS = 24 * 60 * 60 * 1000 };

/* ---- records ---- */

static void fill_names(struct tx *tx, Tefter__AlarmRow *row)
{
    const Tefter__CustomerRecord *customer =
        row->has_customer ? customer_get(tx, row->customer) : NULL;
    const Tefter__TerminalRecord *terminal =
        row->has_terminal ? terminal_get(tx, row->terminal) : NULL;
    const Tefter__StaffRecord *staff =
        row->actor != NULL && row->actor->has_staff ? staff_get(tx, row->actor->staff) : NULL;
    if (customer != NULL) {
        row->customer_code = customer->code;
        row->customer_name = customer->name;
    }
    if (row->has_site)
        row->site_code = customer_read(tx, row->site)->code;
    if (staff != NULL)
        row->login = staff->login;
    staff = row->has_staff ? staff_get(tx, row->staff) : NULL;
    if (staff != NULL)
        row->staff_login = staff->login;
    staff = row->has_maker ? staff_get(tx, row->maker) : NULL;
    if (staff != NULL)
        row->maker_login = staff->login;
    if (terminal != NULL)
        row->terminal_name = terminal->name;
}

/* Who does it, or what: a terminal's alarms are of no import. */
static bool is_of_import(struct tx *tx, const Tefter__AlarmRow *row, Tefter__DocumentKind kind,
                         const char *source)
{
    const Tefter__Actor *actor = tx_actor(tx);
    return row->source != NULL && row->kind == kind && strcmp(row->source, source) == 0 &&
           row->actor != NULL && row->actor->staff == actor->staff &&
           tx_now_ms(tx) - row->at_ms < ALARM_OF_IMPORT_MS;
}

/* The alarm of this import among the newest; NULL: none. */
static Tefter__AlarmRow *alarm_of_import(struct tx *tx, Tefter__DocumentKind kind,
                                         const char *source)
{
    enum { ALARMS_BETWEEN_MAX = 32 };
    struct key prefix = key_book(TABLE_ALARM);
    Tefter__AlarmRow *found = NULL;
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, NULL, &walk);
    for (int i = 0; on && found == NULL && i < ALARMS_BETWEEN_MAX; i++) {
        Tefter__AlarmRow *row = tx_walk_record(&walk, &tefter__alarm_row__descriptor);
        found = is_of_import(tx, row, kind, source) ? row : NULL;
        on = tx_walk_previous(&walk);
    }
    tx_walk_end(&walk);
    return found;
}

/* One more document of the import that an alarm is of; false: there is no such alarm yet. */
static bool counted(struct tx *tx, Tefter__DocumentKind kind, const char *source,
                    int64_t over_by_minor)
{
    Tefter__AlarmRow *row = alarm_of_import(tx, kind, source);
    if (row == NULL)
        return false;
    struct key key = alarm_key(row->alarm);
    FIELD_SET(row, documents, row->documents + 1);
    if (over_by_minor > row->over_by_minor)
        FIELD_SET(row, over_by_minor, over_by_minor);
    tx_put(tx, &key, &row->base);
    tx_touch(tx, ROW_ALARM, row->alarm);
    return true;
}

/* ---- services ---- */

/* The newest of that source and kind that has some left. */
static Tefter__AlarmRow *alarm_to_undo(struct tx *tx, const Tefter__DocumentRecord *document)
{
    enum { ALARMS_LOOKED_AT = 1000 };
    struct key prefix = key_book(TABLE_ALARM);
    Tefter__AlarmRow *found = NULL;
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, NULL, &walk);
    for (int i = 0; on && found == NULL && i < ALARMS_LOOKED_AT; i++) {
        Tefter__AlarmRow *row = tx_walk_record(&walk, &tefter__alarm_row__descriptor);
        bool of_it = row->source != NULL && row->kind == document->kind &&
                     strcmp(row->source, document->source) == 0;
        found = of_it && row->undone < row->documents ? row : NULL;
        on = tx_walk_previous(&walk);
    }
    tx_walk_end(&walk);
    return found;
}

void credit_alarm_undone(struct tx *tx, const Tefter__DocumentRecord *document)
{
    bool alarmed = document->source != NULL && document->decision != NULL &&
                   document->decision->verdict == TEFTER__VERDICT__VERDICT_POSTED;
    Tefter__AlarmRow *row = alarmed && tx_rule(tx, RULE_UNDONE_IMPORTS_ALARM_NO_MORE)
                                ? alarm_to_undo(tx, document)
                                : NULL;
    if (row == NULL)
        return;
    struct key key = alarm_key(row->alarm);
    FIELD_SET(row, undone, row->undone + 1);
    tx_put(tx, &key, &row->base);
    tx_touch(tx, ROW_ALARM, row->alarm);
}

void credit_alarm(struct tx *tx, const Tefter__DocumentRecord *document, const char *source,
                  int64_t over_by_minor)
{
    event_emit(tx, &(struct event){.kind = TEFTER__EVENT_KIND__POSTED_OVER_LIMIT,
                                   .customer = document->customer,
                                   .document = document->document,
                                   .has_amount = true,
                                   .amount_minor = over_by_minor});
    if (!tx_rule(tx, RULE_ALARMS_ARE_KEPT))
        return;
    if (source != NULL && tx_rule(tx, RULE_IMPORTS_ALARM_ONCE) &&
        counted(tx, document->kind, source, over_by_minor))
        return;
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    if (source != NULL && tx_rule(tx, RULE_IMPORTS_ALARM_ONCE)) {
        row.source = tx_text(tx, source);
        FIELD_SET(&row, documents, 1);
    }
    FIELD_SET(&row, customer, document->customer);
    FIELD_SET(&row, document, document->document);
    row.number = document->number;
    FIELD_SET(&row, kind, document->kind);
    FIELD_SET(&row, over_by_minor, over_by_minor);
    alarm_raise(tx, &row);
}

void credit_alarm_cash(struct tx *tx, const Tefter__DocumentRecord *move, int64_t over_by_minor,
                       int64_t difference_minor)
{
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    FIELD_SET(&row, document, move->document);
    row.number = move->number;
    FIELD_SET(&row, kind, move->kind);
    FIELD_SET(&row, cash_minor, over_by_minor);
    FIELD_SET_IF(&row, difference_minor, difference_minor != 0, difference_minor);
    alarm_raise(tx, &row);
}

/* The command's alarm so far, or a new one about that document. */
static Tefter__AlarmRow *alarm_joined(struct tx *tx, const Tefter__DocumentRecord *document)
{
    struct key key = alarm_key(tx_seq(tx));
    Tefter__AlarmRow *row = tx_get(tx, &key, &tefter__alarm_row__descriptor);
    if (row != NULL)
        return row;
    row = tx_new(tx, &tefter__alarm_row__descriptor);
    FIELD_SET(row, document, document->document);
    row->number = document->number;
    FIELD_SET(row, kind, document->kind);
    return row;
}

void credit_alarm_short(struct tx *tx, const Tefter__DocumentRecord *document, int64_t short_minor)
{
    Tefter__AlarmRow *row = alarm_joined(tx, document);
    FIELD_SET(row, short_minor, short_minor);
    alarm_raise(tx, row);
}

void credit_alarm_maker(struct tx *tx, const Tefter__Actor *booked_by,
                        const Tefter__DocumentRecord *document)
{
    if (!booked_by->has_staff || !staff_made_by(tx, booked_by->staff))
        return;
    Tefter__AlarmRow *row = alarm_joined(tx, document);
    FIELD_SET(row, maker, booked_by->staff);
    alarm_raise(tx, row);
}

void alarm_maker_grants(struct tx *tx, const Tefter__ApprovalRow *approval)
{
    const Tefter__Actor *asked_by = approval->asked_by;
    if (asked_by == NULL || !asked_by->has_staff || !staff_made_by(tx, asked_by->staff))
        return;
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    FIELD_SET(&row, customer, approval->customer);
    FIELD_SET(&row, approval, approval->approval);
    FIELD_SET(&row, maker, asked_by->staff);
    alarm_raise(tx, &row);
}

void credit_alarm_undone_bills(struct tx *tx, const Tefter__DocumentRecord *reversal,
                               int64_t beyond_minor)
{
    Tefter__AlarmRow *row = alarm_joined(tx, reversal);
    FIELD_SET(row, customer, reversal->customer);
    FIELD_SET(row, undone_minor, beyond_minor);
    alarm_raise(tx, row);
}

void credit_alarm_own_back(struct tx *tx, const Tefter__DocumentRecord *reversal,
                           int64_t back_minor)
{
    Tefter__AlarmRow *row = alarm_joined(tx, reversal);
    FIELD_SET(row, customer, reversal->customer);
    FIELD_SET(row, own_back_minor, back_minor);
    alarm_raise(tx, row);
}

void credit_alarm_site(struct tx *tx, const Tefter__CustomerRecord *payer, uint32_t site,
                       int64_t over_by_minor)
{
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    FIELD_SET(&row, customer, payer->customer);
    FIELD_SET(&row, site, site);
    FIELD_SET(&row, over_by_minor, over_by_minor);
    alarm_raise(tx, &row);
}

Tefter__AlarmRow *credit_alarm_row(struct tx *tx, uint64_t alarm)
{
    struct key key = alarm_key(alarm);
    Tefter__AlarmRow *row = tx_get(tx, &key, &tefter__alarm_row__descriptor);
    if (row != NULL)
        fill_names(tx, row);
    return row;
}

/* ---- changes ---- */

/* Refuses, in this order: NOT_FOUND terminal. */
Tefter__Refusal *apply_alarm_terminal(struct tx *tx, const Tefter__AlarmTerminal *command,
                                      Tefter__Done *done)
{
    if (terminal_get(tx, command->terminal) == NULL)
        return refuse_not_found(tx, "terminal");
    Tefter__AlarmRow row = TEFTER__ALARM_ROW__INIT;
    FIELD_SET(&row, terminal, command->terminal);
    FIELD_SET(&row, what, command->what);
    FIELD_COPY(&row, incarnation, command);

    tx_decided(tx);
    alarm_raise(tx, &row);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_ALARMED, command->terminal, done);
    return NULL;
}

/* ---- views ---- */

uint32_t credit_alarm_branch(const Tefter__AlarmRow *row)
{
    return row->actor != NULL && row->actor->has_branch ? row->actor->branch : HEAD_OFFICE;
}

/* From the newest before `before` on; false: not all of it was looked at, `ret_next` is where to go
 * on. One customer's may lie far apart. */
static bool list_alarms(struct tx *tx, const Tefter__AlarmList *query, uint64_t before,
                        uint32_t rows, Tefter__AlarmsAnswer *answer, uint64_t *ret_next)
{
    enum { ALARMS_LOOKED_AT = 5000, FIELD_CUSTOMER = 2 };
    struct key prefix = key_book(TABLE_ALARM);
    struct key until = alarm_key(before);
    uint32_t looked = 0;
    uint32_t only = staff_branch(tx);
    struct tx_walk walk;
    bool on = tx_walk_last(tx, &prefix, before == 0 ? NULL : &until, &walk);
    for (; on && answer->n_rows < rows && looked < ALARMS_LOOKED_AT;
         on = tx_walk_previous(&walk), looked++) {
        *ret_next = key_read_u64(tx_walk_key(&walk), KEY_BOOK_HEAD);
        uint64_t customer = tx_walk_field(&walk, FIELD_CUSTOMER);
        if ((query->has_customer && customer != query->customer) ||
            !group_filter_takes(tx, GROUPS_FILTER(query), (uint32_t)customer))
            continue;
        Tefter__AlarmRow *row = tx_walk_record(&walk, &tefter__alarm_row__descriptor);
        if (only != 0 && !query->has_customer && credit_alarm_branch(row) != only)
            continue;
        answer->rows[answer->n_rows++] = row;
    }
    tx_walk_end(&walk);
    return !on;
}

Tefter__Refusal *view_alarms(struct tx *tx, const Tefter__AlarmList *query,
                             Tefter__AlarmsAnswer *answer)
{
    uint64_t before;
    uint64_t next = 0;
    if (!page_read(query->has_page, query->page, &before, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = group_filter_check(tx, GROUPS_FILTER(query));
    if (refusal != NULL)
        return refusal;
    uint32_t rows = page_rows(query->has_rows, query->rows);
    answer->rows = tx_take(tx, rows * sizeof(Tefter__AlarmRow *));
    if (!list_alarms(tx, query, before, rows, answer, &next))
        FIELD_SET(answer, next, page_write(tx, &next, 1));
    for (size_t i = 0; i < answer->n_rows; i++)
        fill_names(tx, answer->rows[i]);
    return NULL;
}

/*
 * Reports that people made for themselves: a name, what is counted, and who sees it.
 *
 *   SaveReport ──▶ kept ──SaveReport with its number──▶ changed ──RemoveReport──▶ gone
 *
 * 1. Whose it is changes it and takes it away; who looks after staff takes away any that is shared.
 * 2. All of them are one record, with a bound for each person and for the company.
 * 3. A saved report gives nobody a right: what it shows is what who asks may see.
 */
#include "domain/reports/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key saved_key(void)
{
    return key_book(TABLE_SAVED_REPORTS);
}

static Tefter__SavedReportsRecord *saved_get(struct tx *tx)
{
    struct key key = saved_key();
    Tefter__SavedReportsRecord *saved = tx_get(tx, &key, &tefter__saved_reports_record__descriptor);
    return saved != NULL ? saved : tx_new(tx, &tefter__saved_reports_record__descriptor);
}

static void saved_put(struct tx *tx, const Tefter__SavedReportsRecord *saved)
{
    struct key key = saved_key();
    if (saved->n_reports > 0)
        tx_put(tx, &key, &saved->base);
    else
        tx_delete(tx, &key); /* a record of nothing has no bytes */
}

/* n_reports: there is none of that number. */
static size_t place_of(const Tefter__SavedReportsRecord *saved, uint64_t report)
{
    size_t at = 0;
    while (at < saved->n_reports && saved->reports[at]->report != report)
        at++;
    return at;
}

static size_t count_of(const Tefter__SavedReportsRecord *saved, uint32_t staff)
{
    size_t count = 0;
    for (size_t i = 0; i < saved->n_reports; i++)
        count += saved->reports[i]->staff == staff;
    return count;
}

/* ---- rules ---- */

static bool is_seen(struct tx *tx, const Tefter__SavedReportRecord *report)
{
    return report->shared || report->staff == tx_actor(tx)->staff;
}

/* Somebody else's: by who looks after them. */
static Tefter__Refusal *check_remove(struct tx *tx, const Tefter__SavedReportRecord *report)
{
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_EDIT_STAFF);
    const Tefter__StaffRecord *staff = staff_get(tx, report->staff);
    uint32_t branch = staff != NULL && staff->has_branch ? staff->branch : 0;
    return refusal != NULL ? refusal : staff_check_home(tx, "report", branch);
}

/* One that is there, and that who acts may write. What they do not see is not there for them. */
static Tefter__Refusal *look_own(struct tx *tx, const Tefter__SavedReportsRecord *saved,
                                 uint64_t report, bool removes, size_t *ret_at)
{
    *ret_at = place_of(saved, report);
    if (*ret_at == saved->n_reports || !is_seen(tx, saved->reports[*ret_at]))
        return refuse_not_found(tx, "report");
    if (saved->reports[*ret_at]->staff == tx_actor(tx)->staff)
        return NULL;
    return removes ? check_remove(tx, saved->reports[*ret_at])
                   : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "report");
}

static Tefter__Refusal *look_new(struct tx *tx, const Tefter__SavedReportsRecord *saved)
{
    if (count_of(saved, tx_actor(tx)->staff) >= REPORTS_PER_STAFF_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "staff", REPORTS_PER_STAFF_MAX);
    if (saved->n_reports >= REPORTS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "report", REPORTS_MAX);
    return NULL;
}

/* ---- changes ---- */

static Tefter__SavedReportRecord *append(struct tx *tx, Tefter__SavedReportsRecord *saved)
{
    Tefter__SavedReportRecord **all = tx_take(tx, (saved->n_reports + 1) * sizeof *all);
    for (size_t i = 0; i < saved->n_reports; i++)
        all[i] = saved->reports[i];
    Tefter__SavedReportRecord *report = tx_new(tx, &tefter__saved_report_record__descriptor);
    report->report = tx_done_seq(tx);
    report->staff = tx_actor(tx)->staff;
    all[saved->n_reports++] = report;
    saved->reports = all;
    return report;
}

/* Refuses, in this order: name (FIELD_MISSING; field_line), as report_check_definition does;
 * NOT_FOUND report, FIELD_INVALID report (somebody else's); of a new one TOO_MANY staff, report. */
Tefter__Refusal *apply_save_report(struct tx *tx, const Tefter__SaveReport *command,
                                   Tefter__Done *done)
{
    size_t at = 0;
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = report_check_definition(tx, command->what);
    Tefter__SavedReportsRecord *saved = saved_get(tx);
    if (refusal == NULL)
        refusal = command->has_report ? look_own(tx, saved, command->report, false, &at)
                                      : look_new(tx, saved);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__SavedReportRecord *report =
        command->has_report ? saved->reports[at] : append(tx, saved);
    report->name = command->name;
    report->what = command->what;
    report->shared = command->has_shared && command->shared;
    report->saved_ms = tx_now_ms(tx);
    saved_put(tx, saved);
    event_done(tx, TEFTER__EVENT_KIND__REPORT_CHANGED, report->report, done);
    return NULL;
}

/* Refuses, in this order: NOT_FOUND report; of somebody else RIGHT_MISSING [EDIT_STAFF],
 * BOUND_TO_BRANCH report. */
Tefter__Refusal *apply_remove_report(struct tx *tx, const Tefter__RemoveReport *command,
                                     Tefter__Done *done)
{
    size_t at;
    Tefter__SavedReportsRecord *saved = saved_get(tx);
    Tefter__Refusal *refusal = look_own(tx, saved, command->report, true, &at);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    for (saved->n_reports--; at < saved->n_reports; at++)
        saved->reports[at] = saved->reports[at + 1];
    saved_put(tx, saved);
    event_done(tx, TEFTER__EVENT_KIND__REPORT_CHANGED, command->report, done);
    return NULL;
}

/* ---- views ---- */

Tefter__Refusal *view_saved_reports(struct tx *tx, const Tefter__SavedReports *query,
                                    Tefter__SavedReportsAnswer *answer)
{
    (void)query;
    const Tefter__SavedReportsRecord *saved = saved_get(tx);
    answer->reports = tx_take(tx, (saved->n_reports + 1) * sizeof *answer->reports);
    for (size_t i = 0; i < saved->n_reports; i++) {
        if (!is_seen(tx, saved->reports[i]))
            continue;
        Tefter__SavedReportRow *row = tx_new(tx, &tefter__saved_report_row__descriptor);
        const Tefter__StaffRecord *staff = staff_get(tx, saved->reports[i]->staff);
        row->report = saved->reports[i];
        row->login = staff != NULL ? staff->login : NULL;
        row->mine = saved->reports[i]->staff == tx_actor(tx)->staff;
        answer->reports[answer->n_reports++] = row;
    }
    return NULL;
}

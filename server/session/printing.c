/*
 * Slips on paper. A till asks for one, a printer of its branch takes it: a terminal that the office
 * said is one, with nobody logged in, which waits here with a question that is answered by the next
 * job. Nothing of it is journalled, and a restart forgets what waits.
 *
 *   Print ──▶ waiting ──a printer of the branch asks──▶ sent ──its result──▶ Printed
 *                │                                        └──it goes, or is silent──▶ UNKNOWN
 *                └──none is left, or it took too long──▶ NO_PRINTER, TOO_MANY
 *
 * 1. A job is sent once. What became of one whose printer went is not known, and nobody here asks
 *    for it again.
 * 2. A printer is told no more than stands on a slip: who asked has the right to see the document,
 *    and what a slip does not show is left out of it.
 * 3. Jobs are bounded, for each device that asks, each branch and in all, in number and bytes.
 * 4. The drawer opens with a slip of cash that who asks has just taken or given, and with no other.
 * 5. The newest connection of a device is the printer: an older one is told so, and ends. So a
 *    profile that runs twice prints nothing twice.
 */
#include <stdlib.h>

#include "session/inside.h"

enum {
    PRINT_JOBS_MAX = 512,
    PRINT_JOBS_OF_BRANCH_MAX = 8,
    PRINT_JOBS_OF_DEVICE_MAX = 4, /* over all its connections */
    PRINT_JOB_BYTES_MAX = 32 * 1024,
    PRINT_TOUCHES_MAX = 12,
    PRINT_RECEIPTS_MAX = 4,           /* that are looked at for their change */
    PRINT_WAIT_MS = 20 * 1000,        /* until a printer takes it */
    PRINT_SENT_MS = 25 * 1000,        /* until it says what became of it */
    PRINT_POLL_MS = 10 * 1000,        /* a printer that is told nothing for so long asks anew */
    PRINT_DRAWER_MS = 10 * 60 * 1000, /* after cash was moved the drawer opens with its slip */
};

struct print_job {
    struct print_job *next;
    uint64_t number;
    struct session_ref asker;
    uint32_t asker_device;
    uint64_t request;
    struct session_ref printer; /* it was sent there; generation 0: it waits */
    uint32_t terminal;          /* of that */
    uint32_t branch;
    uint64_t by_ms;
    size_t size;
    uint8_t bytes[]; /* a packed PrintJob */
};

static uint64_t now_of(const struct sessions *home)
{
    return loop_now_ms(home->options.loop);
}

/* ---- what became of a job ---- */

static void tell(struct session *session, uint64_t request, Tefter__Printed *printed)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_PRINTED;
    message.printed = printed;
    session_send(session, request, &message);
}

static void tell_outcome(struct session *session, uint64_t request, Tefter__PrintOutcome outcome)
{
    Tefter__Printed printed = TEFTER__PRINTED__INIT;
    printed.outcome = outcome;
    tell(session, request, &printed);
}

/* It holds names. */
static void job_free(struct print_job *job)
{
    secret_wipe(job->bytes, job->size);
    free(job);
}

static void take_out(struct sessions *home, struct print_job *job)
{
    struct print_job **at = &home->print_jobs;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    home->print_job_count--;
}

static void job_end(struct sessions *home, struct print_job *job, Tefter__Printed *printed)
{
    struct session *asker = session_find(home, job->asker);
    take_out(home, job);
    printed->has_printer = job->printer.generation != 0;
    printed->printer = job->terminal;
    if (asker != NULL) {
        session_request_ended(asker);
        tell(asker, job->request, printed);
    }
    job_free(job);
}

static void job_end_as(struct sessions *home, struct print_job *job, Tefter__PrintOutcome outcome)
{
    Tefter__Printed printed = TEFTER__PRINTED__INIT;
    printed.outcome = outcome;
    job_end(home, job, &printed);
}

/* ---- printers ---- */

static bool serves(const struct session *session, uint32_t branch)
{
    return session->state != SESSION_CLOSING && session->who.branch == branch;
}

static bool has_printer(const struct sessions *home, uint32_t branch)
{
    const struct session *each = home->printers;
    while (each != NULL && !serves(each, branch))
        each = each->next_printer;
    return each != NULL;
}

/* One that waits for a job, and rather one that can print it; NULL: none does now. */
static struct session *free_printer(const struct sessions *home, uint32_t branch)
{
    struct session *found = NULL;
    for (struct session *each = home->printers; each != NULL; each = each->next_printer)
        if (each->printer_waits && serves(each, branch) &&
            (found == NULL || each->printer_state < found->printer_state))
            found = each;
    return found;
}

bool printing_state(const struct sessions *home, uint32_t branch, Tefter__PrinterState *ret_state)
{
    bool found = false;
    for (const struct session *each = home->printers; each != NULL; each = each->next_printer)
        if (serves(each, branch) && (!found || each->printer_state < *ret_state)) {
            *ret_state = (Tefter__PrinterState)each->printer_state;
            found = true;
        }
    return found;
}

static void send_job(struct session *printer, struct print_job *job)
{
    struct sessions *home = printer->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    message.body_case = TEFTER__TO_TERMINAL__BODY_PRINT_JOB;
    message.print_job = (Tefter__PrintJob *)message_unpack(
        &tefter__print_job__descriptor, slice_of(job->bytes, job->size), &home->answer);
    if (message.print_job == NULL) {
        job_end_as(home, job, TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG);
        return;
    }
    job->printer = session_ref_of(printer);
    job->terminal = printer->who.device;
    job->by_ms = now_of(home) + PRINT_SENT_MS;
    printer->printer_waits = false;
    session_request_ended(printer);
    session_send(printer, printer->printer_request, &message);
}

/* The oldest jobs of a branch to printers that are free. */
static void hand_out(struct sessions *home, uint32_t branch)
{
    struct print_job *next;
    for (struct print_job *job = home->print_jobs; job != NULL; job = next) {
        next = job->next;
        if (job->printer.generation != 0 || job->branch != branch)
            continue;
        struct session *printer = free_printer(home, branch);
        if (printer == NULL)
            return;
        arena_reset(&home->answer);
        send_job(printer, job);
    }
}

static struct print_job *job_of(const struct sessions *home, const struct session *printer)
{
    struct session_ref ref = session_ref_of(printer);
    struct print_job *job = home->print_jobs;
    while (job != NULL &&
           (job->printer.generation != ref.generation || job->printer.slot != ref.slot))
        job = job->next;
    return job;
}

/* Those that wait in a branch where nobody prints any more. */
static void give_up(struct sessions *home, uint32_t branch)
{
    struct print_job *next;
    for (struct print_job *job = home->print_jobs; job != NULL; job = next) {
        next = job->next;
        if (job->branch == branch && job->printer.generation == 0)
            job_end_as(home, job, TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
    }
}

void printing_left(struct session *session)
{
    struct sessions *home = session->home;
    struct session **at = &home->printers;
    if (!session->printer)
        return;
    while (*at != session)
        at = &(*at)->next_printer;
    *at = session->next_printer;
    session->printer = false;
    session->printer_waits = false;
    struct print_job *job = job_of(home, session);
    if (job != NULL)
        job_end_as(home, job, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
    if (!has_printer(home, session->printer_branch))
        give_up(home, session->printer_branch);
}

/* It is one as long as its record says so, and of the branch that the record says. */
void printing_recheck(struct session *session, const Tefter__TerminalRecord *record)
{
    if (!session->printer || session->state == SESSION_CLOSING)
        return;
    if (record == NULL || !record->printer || record->branch != session->printer_branch)
        session_goodbye_code(session, "what this terminal prints was changed",
                             TEFTER__REFUSAL_CODE__NOT_A_PRINTER);
}

static bool is_printer(const struct session *session)
{
    struct sessions *home = session->home;
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__TerminalRecord *record =
        view == NULL ? NULL : ledger_view_terminal(view, session->who.device);
    bool is = record != NULL && record->printer;
    sessions_view_end(view);
    return is;
}

/* Its question is answered by that, so that a program that only waits knows why it ends. */
static void give_way(struct session *older)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    Tefter__FromTerminal waits = TEFTER__FROM_TERMINAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__NOT_A_PRINTER;
    refusal.field = (char *)(uintptr_t) "connection";
    if (older->printer_waits) {
        older->printer_waits = false;
        session_request_ended(older);
        waits.request = older->printer_request;
        session_refuse(older, &waits, &refusal);
    }
    session_goodbye(older, "another connection of this device is the printer now", &refusal);
}

static struct session *printer_of_device(const struct sessions *home, uint32_t device)
{
    struct session *each = home->printers;
    while (each != NULL && (each->who.device != device || each->state == SESSION_CLOSING))
        each = each->next_printer;
    return each;
}

static bool become(struct session *session)
{
    struct sessions *home = session->home;
    if (session->printer)
        return true;
    if (session->browser || !is_printer(session))
        return false;
    struct session *older = printer_of_device(home, session->who.device);
    session->printer = true;
    session->printer_branch = session->who.branch;
    session->next_printer = home->printers;
    home->printers = session;
    if (older != NULL)
        give_way(older);
    return true;
}

static bool may_come_of(Tefter__PrintOutcome outcome)
{
    return outcome == TEFTER__PRINT_OUTCOME__PRINT_DONE ||
           (outcome >= TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER &&
            outcome <= TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
}

/* Who asks again without a word of its job has forgotten it. */
static void take_result(struct session *printer, const Tefter__PrintResult *result)
{
    struct sessions *home = printer->home;
    struct print_job *job = job_of(home, printer);
    if (job == NULL)
        return;
    if (result == NULL || result->job != job->number || !may_come_of(result->outcome)) {
        job_end_as(home, job, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN);
        return;
    }
    Tefter__Printed printed = TEFTER__PRINTED__INIT;
    printed.outcome = result->outcome;
    printed.text = result->text;
    printed.has_copy = result->has_copy;
    printed.copy = result->copy;
    printed.has_silent = printed.silent = result->has_silent && result->silent;
    job_end(home, job, &printed);
}

static void stop_waiting(struct session *printer)
{
    if (!printer->printer_waits)
        return;
    printer->printer_waits = false;
    session_request_ended(printer);
    session_accept(printer, printer->printer_request);
}

void printing_take(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    if (!become(session)) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_A_PRINTER, NULL);
        return;
    }
    session->login_by_ms = 0;
    session->printer_state = (uint8_t)request->take_print_job->state;
    take_result(session, request->take_print_job->result);
    stop_waiting(session);
    session_request_begun(session);
    session->printer_waits = true;
    session->printer_request = request->request;
    session->printer_until_ms = now_of(home) + PRINT_POLL_MS;
    hand_out(home, session->printer_branch);
}

/* ---- a slip is asked for ---- */

/* What no slip shows. */
static void leave_out(Tefter__DocumentAnswer *answer)
{
    Tefter__DocumentRecord *document = answer->document;
    answer->later = NULL;
    answer->has_next = false;
    answer->n_credit_notes = 0;
    answer->approved_by = NULL;
    if (answer->n_touches > PRINT_TOUCHES_MAX)
        answer->n_touches = PRINT_TOUCHES_MAX;
    document->n_postings = 0;
    document->decision = NULL;
    document->note = NULL;
    document->source = NULL;
    document->salesperson = NULL;
    if (answer->customer == NULL)
        return;
    answer->customer->phone = NULL;
    answer->customer->area = NULL;
    answer->customer->n_groups = 0;
    answer->customer->n_buyers = 0;
    answer->customer->lock_reason = NULL;
}

static const Tefter__DocumentAnswer *look_at(struct ledger_view *view, const Tefter__Actor *actor,
                                             uint64_t document, const Tefter__Answer **ret_answer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView asked = TEFTER__DOCUMENT_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &asked;
    asked.has_document = true;
    asked.document = document;
    *ret_answer = ledger_view_answer(view, &query, actor, NULL, SHORT_WORK_MAX);
    return *ret_answer != NULL && (*ret_answer)->kind_case == TEFTER__ANSWER__KIND_DOCUMENT
               ? (*ret_answer)->document
               : NULL;
}

/* The money of a sale that was paid at once is of the same command. How all of that moved what the
 * customer owes; and the change is the receipts'. */
static int64_t moved_by_command(struct ledger_view *view, const Tefter__Actor *actor,
                                Tefter__PrintJob *job)
{
    const Tefter__DocumentAnswer *of = job->document;
    int64_t moved = of->document->balance_minor;
    for (size_t i = 0; i < of->n_touches && i < PRINT_RECEIPTS_MAX; i++) {
        const Tefter__Answer *answer;
        const Tefter__DocumentAnswer *other =
            of->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE
                ? look_at(view, actor, of->touches[i]->other, &answer)
                : NULL;
        if (other == NULL || other->document->seq != of->document->seq)
            continue;
        moved += other->document->balance_minor;
        job->has_change_minor |= other->document->has_change_minor;
        job->change_minor += other->document->change_minor;
    }
    return moved;
}

static bool is_cash(const Tefter__DocumentRecord *document)
{
    return document->has_payment_kind &&
           document->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
}

/* The cash of a sale that was paid at once is of the same command. */
static bool moved_cash(struct ledger_view *view, const Tefter__Actor *actor,
                       const Tefter__DocumentAnswer *of)
{
    if (is_cash(of->document) || of->document->has_move)
        return true;
    for (size_t i = 0; i < of->n_touches && i < PRINT_RECEIPTS_MAX; i++) {
        const Tefter__Answer *answer;
        const Tefter__DocumentAnswer *other = look_at(view, actor, of->touches[i]->other, &answer);
        if (other != NULL && other->document->seq == of->document->seq && is_cash(other->document))
            return true;
    }
    return false;
}

static bool opens_drawer(struct session *session, struct ledger_view *view,
                         const Tefter__Actor *actor, const Tefter__Print *print,
                         const Tefter__DocumentAnswer *of)
{
    const Tefter__DocumentRecord *document = of->document;
    int64_t now_ms = sessions_now_ms(session->home);
    return print->has_drawer && print->drawer && !print->copy && document->actor->has_staff &&
           document->actor->staff == session->who.staff &&
           now_ms < document->recorded_ms + PRINT_DRAWER_MS && moved_cash(view, actor, of);
}

static const Tefter__CustomerCardAnswer *card_of(struct ledger_view *view,
                                                 const Tefter__Actor *actor, uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
    query.customer_card = &card;
    card.has_customer = true;
    card.customer = customer;
    const Tefter__Answer *answer = ledger_view_answer(view, &query, actor, NULL, SHORT_WORK_MAX);
    return answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_CUSTOMER_CARD
               ? answer->customer_card
               : NULL;
}

/* What the customer owes after the document and before its command, if nothing has come since; the
 * change; and the customer's language before the till's. The cash customer is nobody, and owes
 * nothing. */
static void fill_sums(struct ledger_view *view, const Tefter__Actor *actor, bool with_debt,
                      Tefter__PrintJob *job)
{
    Tefter__DocumentAnswer *of = job->document;
    const Tefter__CompanyRecord *company = ledger_view_company(view);
    int64_t moved = moved_by_command(view, actor, job);
    if (company == NULL || of->document->customer == company->cash_customer) {
        of->customer = NULL;
        return;
    }
    const Tefter__CustomerCardAnswer *card = card_of(view, actor, of->document->customer);
    if (card == NULL)
        return;
    job->buyer_tax_code = card->record->tax_code;
    if (card->record->language != NULL)
        job->language = card->record->language;
    if (!with_debt || card->record->no_debt_on_slips ||
        of->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED)
        return;
    const Tefter__AccountRow *account = card->account;
    if (account->last == NULL || account->last->seq != of->document->seq)
        return;
    job->has_owed_minor = job->has_owed_before_minor = true;
    job->owed_minor = account->balance_minor;
    job->owed_before_minor = account->balance_minor - moved;
}

static void fill_names(struct ledger_view *view, Tefter__PrintJob *job)
{
    const Tefter__DocumentRecord *document = job->document->document;
    const Tefter__BranchRecord *branch = ledger_view_branch(view, document->branch);
    const Tefter__TerminalRecord *terminal =
        document->actor->has_terminal ? ledger_view_terminal(view, document->actor->terminal)
                                      : NULL;
    if (branch != NULL) {
        job->branch_name = branch->name;
        job->has_utc_offset_minutes = true;
        job->utc_offset_minutes = branch->utc_offset_minutes;
    }
    if (terminal != NULL)
        job->terminal_name = terminal->name;
}

/* 0: the job can be packed. Else why there is none; *ret_refusal may say it in place of that. */
static Tefter__PrintOutcome fill_job(struct session *session, struct ledger_view *view,
                                     const Tefter__Print *print, Tefter__PrintJob *job,
                                     const Tefter__Refusal **ret_refusal)
{
    Tefter__Actor actor = session_actor(session);
    const Tefter__Answer *answer;
    if (look_at(view, &actor, print->document, &answer) == NULL) {
        bool refused = answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_REFUSED;
        *ret_refusal = refused ? answer->refused : NULL;
        return TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG;
    }
    job->document = answer->document;
    if (job->document->document->branch != session->who.branch)
        return TEFTER__PRINT_OUTCOME__PRINT_OTHER_BRANCH;
    job->has_drawer = true;
    job->drawer = opens_drawer(session, view, &actor, print, job->document);
    fill_sums(view, &actor, !print->without_debt && !print->copy, job);
    fill_names(view, job);
    leave_out(job->document);
    struct texts texts;
    texts_begin(&texts, session->home->options.vault, &session->home->answer);
    texts_fill(&texts, &job->base);
    texts_end(&texts);
    return texts.spent ? TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG : 0;
}

static struct print_job *pack(struct session *session, const Tefter__FromTerminal *request,
                              const Tefter__PrintJob *message)
{
    struct sessions *home = session->home;
    size_t size = tefter__print_job__get_packed_size(message);
    struct print_job *job = size > PRINT_JOB_BYTES_MAX ? NULL : malloc(sizeof *job + size);
    if (job == NULL)
        return NULL;
    *job = (struct print_job){.number = message->job,
                              .asker = session_ref_of(session),
                              .asker_device = session->who.device,
                              .request = request->request,
                              .branch = session->who.branch,
                              .by_ms = now_of(home) + PRINT_WAIT_MS,
                              .size = size};
    (void)tefter__print_job__pack(message, job->bytes);
    struct print_job **at = &home->print_jobs;
    while (*at != NULL)
        at = &(*at)->next;
    *at = job;
    home->print_job_count++;
    return job;
}

static void put_job(struct session *session, const Tefter__FromTerminal *request,
                    Tefter__PrintJob *message)
{
    struct sessions *home = session->home;
    /* of no server before or after this one, so that an old result fits no new job */
    if (home->print_number == 0)
        home->print_number = (uint64_t)sessions_now_ms(home) * 1000;
    message->job = ++home->print_number;
    if (pack(session, request, message) == NULL) {
        tell_outcome(session, request->request, TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG);
        return;
    }
    session_request_begun(session);
}

static bool too_many(const struct session *session)
{
    const struct sessions *home = session->home;
    uint32_t of_branch = 0;
    uint32_t of_device = 0;
    for (const struct print_job *job = home->print_jobs; job != NULL; job = job->next) {
        of_branch += job->branch == session->who.branch;
        of_device += job->asker_device == session->who.device;
    }
    return home->print_job_count >= PRINT_JOBS_MAX || of_branch >= PRINT_JOBS_OF_BRANCH_MAX ||
           of_device >= PRINT_JOBS_OF_DEVICE_MAX;
}

static void ask_for(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    const Tefter__Print *print = request->print;
    const Tefter__Refusal *refusal = NULL;
    Tefter__PrintJob message = TEFTER__PRINT_JOB__INIT;
    arena_reset(&home->answer);
    struct ledger_view *view = sessions_view(home, &home->answer);
    if (view == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    message.has_copy = message.copy = print->copy;
    message.language = print->language;
    Tefter__PrintOutcome none = fill_job(session, view, print, &message, &refusal);
    if (refusal != NULL)
        session_refuse(session, request, refusal);
    else if (none != 0)
        tell_outcome(session, request->request, none);
    else
        put_job(session, request, &message);
    sessions_view_end(view);
}

void printing_ask(struct session *session, const Tefter__FromTerminal *request)
{
    const uint32_t kind = TEFTER__QUERY__KIND_DOCUMENT;
    if (sessions_disabled(session->home, DEATH_QUERY, kind)) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__QUERY_DISABLED, "document");
        return;
    }
    if (request->print->language != NULL && !language_good(request->print->language)) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, "language");
        return;
    }
    if (!has_printer(session->home, session->who.branch)) {
        tell_outcome(session, request->request, TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER);
        return;
    }
    if (too_many(session)) {
        tell_outcome(session, request->request, TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY);
        return;
    }
    death_doing(DEATH_QUERY, kind);
    ask_for(session, request);
    death_idle();
    hand_out(session->home, session->who.branch);
}

/* ---- time ---- */

void printing_tick(struct sessions *home, uint64_t now_ms)
{
    struct print_job *next;
    for (struct print_job *job = home->print_jobs; job != NULL; job = next) {
        next = job->next;
        if (now_ms >= job->by_ms)
            job_end_as(home, job,
                       job->printer.generation != 0 ? TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN
                                                    : TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY);
    }
    for (struct session *each = home->printers; each != NULL; each = each->next_printer)
        if (each->printer_waits && now_ms >= each->printer_until_ms)
            stop_waiting(each);
}

void printing_fini(struct sessions *home)
{
    while (home->print_jobs != NULL) {
        struct print_job *job = home->print_jobs;
        home->print_jobs = job->next;
        job_free(job);
    }
}

/*
 * The printer at work: it asks the server for a job, draws and prints it, and says with its next
 * question what became of it.
 *
 *   ask ──a job──▶ note its document ──▶ print ──▶ ask, with the result
 *    └──nothing for a while──▶ look at the printer ──▶ ask
 *
 * A slip is never sent to the printer twice for one job. If this program ends in between, the
 * server tells the till that nobody knows; asked for again, the slip says COPY.
 */
#include "printer/printer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MEMORY_MAX = 16 * 1024 * 1024,
    ASK_MS = 30 * 1000, /* the server answers within ten seconds */
    RETRY_MS = 1000,
    CONNECT_MS = 5000,
};

struct agent {
    const struct printer_settings *settings;
    struct tefter *client;
    struct printed *printed;
    struct arena arena;
    Tefter__PrinterState state;
    bool has_result;
    Tefter__PrintResult result;
    char text[FAILURE_TEXT_MAX];
    uint64_t last_job; /* that was printed, or tried */
};

/* ---- a job ---- */

static enum language language_for(const struct agent *agent, const Tefter__PrintJob *job)
{
    enum language language = agent->settings->language;
    if (!agent->settings->said_language && job->language != NULL)
        (void)language_of(job->language, &language);
    return language;
}

static void keep_picture(const struct agent *agent, const Tefter__PrintJob *job,
                         const struct picture *picture)
{
    char path[TEFTER_PATH_MAX + 32];
    struct failure failure = {0};
    if (agent->settings->pictures == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s/%llu.png", agent->settings->pictures,
                   (unsigned long long)job->job);
    if (!picture_write_png(picture, path, &failure))
        agent->settings->note("picture_not_written", path, failure.text);
}

static bool draw(struct agent *agent, const Tefter__PrintJob *job, bool copy, struct buffer *out,
                 struct failure *failure)
{
    const Tefter__Welcome *welcome = tefter_welcome(agent->client);
    const struct slip_facts facts = {.company = welcome == NULL ? "" : welcome->company,
                                     .currency = tefter_currency(agent->client),
                                     .language = language_for(agent, job),
                                     .copy = copy};
    struct slip slip;
    struct picture picture = {.width = 0};
    struct paper_report report;
    if (!slip_of(job, &facts, &agent->arena, &slip))
        return fail(failure, FAULT_USE, 0, "this is too long for a slip");
    if (!paper_draw(&slip, agent->settings->width, &picture, &report, failure))
        return false;
    if (report.missing > 0) /* boxes stand for them: better than no slip */
        agent->settings->note("letters_missing", report.missing_in,
                              "install the packages fonts-noto-core and fonts-noto-cjk");
    keep_picture(agent, job, &picture);
    bool drawer = agent->settings->drawer && job->has_drawer && job->drawer;
    bool good = escpos_slip(&picture, agent->settings->copies, drawer, out) ||
                fail(failure, FAULT_MEMORY, 0, "this is too long for a slip");
    picture_free(&picture);
    return good;
}

static void finish(struct agent *agent, Tefter__PrintOutcome outcome, const char *text)
{
    agent->result.outcome = outcome;
    (void)snprintf(agent->text, sizeof agent->text, "%s", text);
    agent->result.text = agent->text[0] == '\0' ? NULL : agent->text;
}

static void print_bytes(struct agent *agent, const Tefter__PrintJob *job, struct slice bytes)
{
    struct device_report report;
    struct failure failure = {0};
    /* what is noted and did not come out says COPY for nothing; the other way round is worse */
    if (!printed_add(agent->printed, job->document->document->document, &failure)) {
        finish(agent, TEFTER__PRINT_OUTCOME__PRINT_FAILED, failure.text);
        return;
    }
    device_print(&agent->settings->device, bytes, &report);
    if (report.outcome != TEFTER__PRINT_OUTCOME__PRINT_DONE &&
        report.outcome != TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN)
        printed_take_back(agent->printed);
    finish(agent, report.outcome, report.text);
    agent->result.has_silent = agent->result.silent =
        report.outcome == TEFTER__PRINT_OUTCOME__PRINT_DONE && report.silent;
}

static Tefter__PrinterState state_after(const struct agent *agent)
{
    switch (agent->result.outcome) {
    case TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER:
        return TEFTER__PRINTER_STATE__PRINTER_NO_PAPER;
    case TEFTER__PRINT_OUTCOME__PRINT_COVER_OPEN:
        return TEFTER__PRINTER_STATE__PRINTER_COVER_OPEN;
    case TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE:
        return TEFTER__PRINTER_STATE__PRINTER_NOT_REACHABLE;
    case TEFTER__PRINT_OUTCOME__PRINT_DONE:
        return TEFTER__PRINTER_STATE__PRINTER_READY;
    case TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER:
    case TEFTER__PRINT_OUTCOME__PRINT_FAILED:
    case TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN:
    case TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY:
    case TEFTER__PRINT_OUTCOME__PRINT_OTHER_BRANCH:
    case TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG:
    case _TEFTER__PRINT_OUTCOME_IS_INT_SIZE:
        break;
    }
    return agent->state;
}

static void take_job(struct agent *agent, const Tefter__PrintJob *job)
{
    struct failure failure = {0};
    struct buffer bytes;
    uint64_t document = job->document->document->document;
    bool copy = (job->has_copy && job->copy) || printed_has(agent->printed, document);
    agent->has_result = true;
    agent->result = (Tefter__PrintResult)TEFTER__PRINT_RESULT__INIT;
    agent->result.job = job->job;
    agent->result.has_copy = true;
    agent->result.copy = copy;
    buffer_init(&bytes, PRINTER_BYTES_MAX);
    if (job->job == agent->last_job)
        finish(agent, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN, "this job came twice");
    else if (!draw(agent, job, copy, &bytes, &failure))
        finish(agent, TEFTER__PRINT_OUTCOME__PRINT_FAILED, failure.text);
    else
        print_bytes(agent, job, buffer_slice(&bytes));
    agent->last_job = job->job;
    agent->state = state_after(agent);
    agent->settings->note(protobuf_c_enum_descriptor_get_value(&tefter__print_outcome__descriptor,
                                                               (int)agent->result.outcome)
                              ->name,
                          job->document->document->number, agent->text);
    buffer_wipe(&bytes);
    buffer_fini(&bytes);
}

/* ---- asking ---- */

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

/* What does not pass by itself. */
static bool is_final(const Tefter__Refusal *refused)
{
    switch ((int)refused->code) {
    case TEFTER__REFUSAL_CODE__NOT_A_PRINTER:
    case TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED:
    case TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN:
    case TEFTER__REFUSAL_CODE__SERVER_OLDER:
        return true;
    default:
        return false;
    }
}

static bool refused_for_good(struct agent *agent, const Tefter__Refusal *refused,
                             struct failure *failure)
{
    char text[1024];
    if (!is_final(refused)) {
        pause_ms(refused->has_retry_ms ? (long)refused->retry_ms : RETRY_MS);
        return false;
    }
    (void)refusal_sentence(refused, tefter_currency(agent->client), text, sizeof text);
    (void)fail(failure, FAULT_DENIED, 0, "%s", text);
    return true;
}

/* false: it ends, and the failure says why. */
static bool turn(struct agent *agent, struct failure *failure)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__TakePrintJob take = TEFTER__TAKE_PRINT_JOB__INIT;
    struct failure lost = {0};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_TAKE_PRINT_JOB;
    frame.take_print_job = &take;
    take.state = agent->state;
    take.result = agent->has_result ? &agent->result : NULL;
    arena_reset(&agent->arena);
    const Tefter__ToTerminal *answer = tefter_request(agent->client, &frame, &agent->arena, &lost);
    /* a result that was lost with the line is not told again: the server has said "unknown" */
    agent->has_result = false;
    if (answer == NULL) {
        pause_ms(RETRY_MS);
        return true;
    }
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_PRINT_JOB)
        take_job(agent, answer->print_job);
    else if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        return !refused_for_good(agent, answer->refused, failure);
    else
        (void)device_state(&agent->settings->device, &agent->state);
    return true;
}

/* ---- life ---- */

static bool open_client(struct agent *agent, struct failure *failure)
{
    const struct tefter_options options = {.profile = agent->settings->profile,
                                           .address = agent->settings->server,
                                           .program = agent->settings->program,
                                           .patience_ms = ASK_MS};
    return tefter_open(&options, &agent->client, failure);
}

/* The server may be away when the machine starts: it is waited for. */
static bool connect_once(struct agent *agent, struct failure *failure)
{
    while (!agent->settings->stop()) {
        struct failure lost = {0};
        if (tefter_connect(agent->client, CONNECT_MS, &lost))
            return true;
        if (lost.fault == FAULT_DENIED) {
            *failure = lost;
            return false;
        }
        agent->settings->note("no_server", "", lost.text);
    }
    return true;
}

static bool serve(struct agent *agent, struct failure *failure)
{
    if (!open_client(agent, failure) || !connect_once(agent, failure))
        return false;
    const Tefter__Welcome *welcome = tefter_welcome(agent->client);
    if (welcome == NULL)
        return true;
    uint8_t ledger[16] = {0};
    memcpy(ledger, welcome->ledger.data,
           welcome->ledger.len < sizeof ledger ? welcome->ledger.len : sizeof ledger);
    if (!printed_open(tefter_profile(agent->client), ledger, &agent->printed, failure))
        return false;
    agent->settings->note("printing", welcome->branch_code, "");
    (void)device_state(&agent->settings->device, &agent->state);
    bool good = true;
    while (good && !agent->settings->stop())
        good = turn(agent, failure);
    return good;
}

bool printer_serve(const struct printer_settings *settings, struct failure *failure)
{
    struct agent agent = {.settings = settings, .state = TEFTER__PRINTER_STATE__PRINTER_READY};
    arena_init(&agent.arena, MEMORY_MAX);
    bool good = serve(&agent, failure);
    printed_close(agent.printed);
    tefter_close(agent.client);
    arena_fini(&agent.arena);
    return good;
}

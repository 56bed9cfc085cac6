#include "import/import.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "import/report.h"
#include "import/run.h"
#include "lib/tefter.h"

/* ---- Ctrl-C: once, what is under way ends well; twice, at once ---- */

static volatile sig_atomic_t stop;

static void on_interrupt(int number)
{
    (void)number;
    stop = 1;
}

static void catch_interrupt(struct sigaction *ret_before)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    stop = 0;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, ret_before);
}

/* ---- one import ---- */

struct job {
    struct tefter *client; /* NULL: a dry run */
    const struct import_settings *settings;
    const struct currency *currency;
    struct console console;
    struct source source;
    struct look look;
    struct known known;
    struct sink dry;
    struct sink *sink;
    struct run_result result;
    struct rejects rejects;
    struct failure failure;
};

static bool find_currency(struct job *job)
{
    const char *said = job->settings->currency;
    const struct currency *company = job->client != NULL ? tefter_currency(job->client) : NULL;
    job->currency = said != NULL ? currency_find(said) : company;
    if (said != NULL && job->currency == NULL)
        return fail(&job->failure, FAULT_USE, 0, "no currency is called %s", said);
    if (job->currency == NULL)
        return fail(&job->failure, FAULT_USE, 0, "without a server say --currency, as GBP");
    if (company != NULL && strcmp(company->code, job->currency->code) != 0)
        return fail(&job->failure, FAULT_USE, 0, "the company's currency is %s", company->code);
    return true;
}

static bool prepare(struct job *job)
{
    const struct import_settings *settings = job->settings;
    struct failure *failure = &job->failure;
    if (!find_currency(job) || !source_open(&job->source, settings->file, failure) ||
        !look_at(&job->look, &job->source, settings, failure) ||
        !look_decide(&job->look, settings, &job->console, failure))
        return false;
    look_tell(&job->look, settings, &job->console);
    return look_confirm(&job->look, settings, &job->console, failure);
}

static bool open_sink(struct job *job)
{
    struct server_options options = {.create_missing = !job->settings->no_create,
                                     .match_oldest = job->settings->match_oldest};
    if (job->settings->dry_run) {
        dry_init(&job->dry);
        job->sink = &job->dry;
        return true;
    }
    if (job->settings->kind == IMPORT_INVOICES &&
        !server_learn(job->client, &job->known, &job->failure))
        return false;
    job->sink = server_create(job->client, &options);
    return job->sink != NULL || fail(&job->failure, FAULT_MEMORY, 0, "no memory");
}

/* Which ledger, and which life of it: after a restore an import begins anew. */
static struct hash ledger_of(const struct job *job)
{
    struct hash hash;
    struct hash_state state;
    const Tefter__Welcome *welcome = job->client != NULL ? tefter_welcome(job->client) : NULL;
    hash_begin(&state);
    if (welcome != NULL) {
        hash_add(&state, welcome->ledger.data, welcome->ledger.len);
        hash_add_u64(&state, welcome->incarnation);
        hash_add(&state, welcome->incarnation_nonce.data, welcome->incarnation_nonce.len);
    }
    hash_end(&state, &hash);
    return hash;
}

static bool import(struct job *job)
{
    struct sigaction before;
    struct run_options options = {.settings = job->settings,
                                  .currency = job->currency,
                                  .console = &job->console,
                                  .sink = job->sink,
                                  .known = &job->known,
                                  .ledger = ledger_of(job),
                                  .stop = &stop};
    catch_interrupt(&before);
    bool good =
        run_import(&options, &job->look, &job->source, &job->result, &job->rejects, &job->failure);
    (void)sigaction(SIGINT, &before, NULL);
    return good;
}

static void tell(const struct job *job)
{
    struct report report = {.settings = job->settings,
                            .currency = job->currency,
                            .result = &job->result,
                            .sink = job->sink,
                            .rejects = &job->rejects,
                            .failure = job->result.stopped ? job->failure.text : NULL};
    if (job->settings->json)
        report_json(&report, job->console.out);
    else
        report_tell(&report, job->console.out);
}

static int code_of(const struct job *job)
{
    if (job->sink != NULL && !job->settings->dry_run && server_denied(job->sink))
        return IMPORT_NOT_ALLOWED;
    if (stop != 0)
        return IMPORT_STOPPED;
    switch (job->failure.fault) {
    case FAULT_NONE:
        break;
    case FAULT_DENIED:
        return IMPORT_NOT_ALLOWED;
    case FAULT_BUSY:
    case FAULT_PEER:
        return IMPORT_NO_SERVER;
    case FAULT_USE:
    case FAULT_IO:
    case FAULT_FULL:
    case FAULT_DAMAGED:
    case FAULT_NEWER:
    case FAULT_OLDER:
    case FAULT_STALE:
    case FAULT_DIFFERS:
    case FAULT_MEMORY:
    case FAULT_BUG:
        return IMPORT_BAD_USE;
    }
    if (job->result.conflicts > 0)
        return IMPORT_CONFLICT;
    return job->result.rejected_rows > 0 ? IMPORT_REJECTED : IMPORT_DONE;
}

static void release(struct job *job)
{
    if (job->sink != NULL && job->sink != &job->dry)
        server_destroy(job->sink);
    known_fini(&job->known);
    look_fini(&job->look);
    source_close(&job->source);
    console_close(&job->console);
}

int import_main(struct tefter *client, const struct import_settings *settings)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return IMPORT_BAD_USE;
    job->client = client;
    job->settings = settings;
    job->source.fd = -1;
    console_open(&job->console, strcmp(settings->file, "-") == 0, settings->quiet);
    bool begun = prepare(job) && open_sink(job);
    bool good = begun && import(job);
    if (begun)
        tell(job);
    if (!good)
        console_say(&job->console, "tefter import: %s%s", job->failure.text,
                    job->result.stopped && job->result.rows > 0
                        ? "; the same command goes on from here"
                        : "");
    int code = code_of(job);
    release(job);
    free(job);
    return code;
}

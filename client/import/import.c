#include "import/import.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "import/compare.h"
#include "import/doubles.h"
#include "import/job.h"
#include "import/report.h"
#include "import/undo.h"
#include "lib/tefter.h"

/* ---- Ctrl-C: once, what is under way ends well; twice, at once ---- */

static volatile sig_atomic_t stop;

void import_stop(void)
{
    stop = 1;
}

volatile sig_atomic_t *import_stopped(void)
{
    return &stop;
}

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

static bool open_as(struct job *job, bool hidden)
{
    const struct import_settings *settings = job->settings;
    if (job->file > 0)
        return source_open_kept(&job->source, job->kept, job->file, settings->file, settings->sheet,
                                hidden, &job->failure);
    return source_open_sheet(&job->source, settings->file, settings->sheet, hidden, &job->failure);
}

/* What a workbook does not show may be what somebody filtered away: nobody decides that for them.
 */
static bool open_source(struct job *job)
{
    static const char *const words[] = {"read", "skip", NULL};
    const struct import_settings *settings = job->settings;
    bool read = settings->hidden == HIDDEN_READ;
    char question[FORMAT_HIDDEN_MAX + 80];
    if (!open_as(job, read))
        return false;
    if (job->source.hidden[0] == '\0' || settings->hidden != HIDDEN_ASK)
        return true;
    (void)snprintf(question, sizeof question,
                   "%s are hidden in the workbook: read them too, or leave them out?",
                   job->source.hidden);
    int answer = job->source.file ? console_ask(&job->console, ASK_HIDDEN, question, words) : -1;
    if (answer < 0)
        return fail(&job->failure, FAULT_USE, 0, "%s Say --hidden read or --hidden skip", question);
    if (answer == 1)
        return true;
    source_close(&job->source);
    return open_as(job, true);
}

static bool read_as_of(struct job *job)
{
    uint32_t date = DATE_NONE;
    char unclear[AMOUNT_WHY_MAX];
    const char *said = job->settings->as_of;
    const Tefter__Welcome *welcome = job->client != NULL ? tefter_welcome(job->client) : NULL;
    if (said == NULL)
        return true;
    const char *why =
        date_typed(said, welcome != NULL ? welcome->date : DATE_NONE, job->currency->habit,
                   (enum language)job->currency->language, &date, unclear);
    if (why != NULL)
        return fail(&job->failure, FAULT_USE, 0, "--as-of %s: %s", said, why);
    date_write(date, job->as_of);
    job->own = *job->settings;
    job->own.as_of = job->as_of;
    job->settings = &job->own;
    return true;
}

bool job_prepare(struct job *job)
{
    if (!find_currency(job) || !read_as_of(job))
        return false;
    const struct import_settings *settings = job->settings;
    struct failure *failure = &job->failure;
    if (!open_source(job) || !look_at(&job->look, &job->source, settings, failure))
        return false;
    if (job->edit != NULL && !job->edit(job))
        return false;
    job->look.style.currency = job->currency;
    if (!look_decide(&job->look, settings, &job->console, failure))
        return false;
    look_tell(&job->look, settings, &job->console);
    return look_confirm(&job->look, settings, &job->console, failure);
}

/* ---- what it comes to, before anything is sent ---- */

/* Of products whose file has no column for it: what people said, or the company's rate, as in the
 * form for one product. */
static uint32_t usual_tax(const struct job *job)
{
    const struct import_settings *settings = job->settings;
    const Tefter__Welcome *welcome = job->client != NULL ? tefter_welcome(job->client) : NULL;
    if (settings->kind != IMPORT_PRODUCTS || mapping_has(&job->look.mapping, FIELD_TAX) ||
        settings->tax == TAX_NONE)
        return 0;
    if (settings->tax == TAX_RATE)
        return settings->tax_bp;
    return welcome != NULL && welcome->has_tax_bp ? welcome->tax_bp : 0;
}

static struct run_options options_of(const struct job *job, struct sink *sink, bool weigh)
{
    return (struct run_options){.settings = job->settings,
                                .currency = job->currency,
                                .console = (struct console *)&job->console,
                                .sink = sink,
                                .known = (struct known *)&job->known,
                                .index = (struct index *)&job->index,
                                .weigh = weigh,
                                .all_of_it = !weigh && job->settings->total != NULL &&
                                             !job->settings->dry_run,
                                .whole_amounts = job->whole_amounts,
                                .tax_of_product = job->tax_of_product,
                                .usual_tax_bp = usual_tax(job),
                                .taker = job->taker,
                                .changes = job->changes,
                                .rejects = weigh ? 0 : job->to_rejects,
                                .unwritten = job->unwritten,
                                .stop = &stop};
}

static bool weigh(struct job *job)
{
    struct run_options options = options_of(job, &job->dry, true);
    bool quiet = job->console.quiet;
    dry_init(&job->dry);
    job->sink = &job->dry;
    job->console.quiet = true;
    bool good =
        run_import(&options, &job->look, &job->source, &job->result, &job->rejects, &job->failure);
    job->console.quiet = quiet;
    return good;
}

/* An amount that is the same in each row of a document may be the whole's. */
static bool decide_amounts(struct job *job)
{
    static const char *const words[] = {"document", "line", NULL};
    const struct run_result *result = &job->result;
    char question[240];
    if (job->settings->amounts != AMOUNTS_GUESS || result->same_amounts == 0 ||
        result->same_amounts * 2 < result->many_amounts)
        return true;
    (void)snprintf(question, sizeof question,
                   "In %" PRIu64 " of %" PRIu64
                   " %s with several rows the amount is the same in each (%s): is it the "
                   "whole document's, or each line's?",
                   result->same_amounts, result->many_amounts,
                   result->many_amounts == 1 ? "document" : "documents", result->same_example);
    int answer = console_ask(&job->console, ASK_AMOUNTS, question, words);
    if (answer < 0)
        return fail(&job->failure, FAULT_USE, 0, "%s Say --amounts document or --amounts line",
                    question);
    job->whole_amounts = answer == 0;
    return answer != 0 || weigh(job);
}

static bool decide_tax(struct job *job)
{
    static const char *const words[] = {"none", "product", NULL};
    const struct run_result *result = &job->result;
    char question[240];
    if (job->settings->tax != TAX_UNSAID || result->taxed_lines == 0)
        return true;
    (void)snprintf(question, sizeof question,
                   "%" PRIu64 " %s with a tax (%s: %" PRIu32 ".%02" PRIu32
                   " %%), and no column says it: add none, or the product's?",
                   result->taxed_lines,
                   result->taxed_lines == 1 ? "line is of a product" : "lines are of products",
                   result->taxed_example, result->taxed_bp / 100, result->taxed_bp % 100);
    int answer = console_ask(&job->console, ASK_TAX, question, words);
    if (answer < 0)
        return fail(&job->failure, FAULT_USE, 0, "%s Say --tax none or --tax product", question);
    job->tax_of_product = answer == 1;
    return answer == 0 || weigh(job);
}

/* A price of 0 gives goods away: --yes alone does not say that it is meant. */
static bool decide_free(struct job *job)
{
    static const char *const words[] = {"yes", "no", NULL};
    const struct run_result *result = &job->result;
    char question[240];
    if (job->settings->free || result->free_prices == 0)
        return true;
    (void)snprintf(question, sizeof question,
                   "%" PRIu64 " %s (first: %s in line %" PRIu64
                   "), which gives the goods away: is that meant?",
                   result->free_prices, result->free_prices == 1 ? "price is 0" : "prices are 0",
                   result->free_price_of, result->free_line);
    int answer = console_ask(&job->console, ASK_FREE, question, words);
    if (answer == 0)
        return true;
    return fail(&job->failure, FAULT_USE, 0, "%s Say --free when it is, or mend these prices",
                question);
}

struct twice {
    uint64_t count;
    char first[200];
};

static bool note_twice(void *context, const struct debt_found *found)
{
    struct twice *twice = context;
    if (twice->count++ == 0)
        (void)snprintf(twice->first, sizeof twice->first,
                       "%.*s in lines %" PRIu64 " and %" PRIu64 ": %.*s and %.*s",
                       (int)found->customer.size, (const char *)found->customer.data,
                       found->other_line, found->line, (int)found->other.size,
                       (const char *)found->other.data, (int)found->amount.size,
                       (const char *)found->amount.data);
    return true;
}

/* Two debts, or a line that was pasted twice: the file does not say, so people do. */
static bool decide_twice(struct job *job)
{
    static const char *const words[] = {"yes", "no", NULL};
    struct twice twice = {.count = 0};
    char question[480];
    if (job->settings->kind != IMPORT_BALANCES || job->settings->twice)
        return true;
    if (!debts_find(&job->look, &job->source, note_twice, &twice, &job->failure))
        return false;
    if (twice.count == 0)
        return true;
    (void)snprintf(question, sizeof question,
                   "%" PRIu64 " %s of a customer who stands there before, without a number or "
                   "another day (%s): is each a debt of its own?",
                   twice.count, twice.count == 1 ? "row is" : "rows are", twice.first);
    if (console_ask(&job->console, ASK_OTHER, question, words) == 0)
        return true;
    return fail(&job->failure, FAULT_USE, 0, "%s Say --twice when it is, or take these lines out",
                question);
}

/* A quote that was never closed may have swallowed all there was. */
static bool check_rows(struct job *job)
{
    return job->result.rows > 0 ||
           fail(&job->failure, FAULT_USE, 0,
                "%s has no rows under its header (line %" PRIu64
                "): nothing was imported. Is a quote opened there and never closed?",
                job->settings->file, job->look.header_line);
}

/* --total: all of it, and nothing left out. `good_is`: by whom it is found good. */
static bool check_total(struct job *job, const char *good_is)
{
    int64_t wanted;
    char said[EXACT_TEXT_MAX];
    char made[EXACT_TEXT_MAX];
    int exponent = job->currency->exponent;
    const struct run_result *result = &job->result;
    __int128 all = result->total_minor + result->there_minor;
    if (job->settings->total == NULL)
        return true;
    char unclear[AMOUNT_WHY_MAX];
    const char *why = amount_read(job->settings->total, job->currency, &wanted, unclear);
    if (why != NULL)
        return fail(&job->failure, FAULT_USE, 0, "--total %s: %s", job->settings->total, why);
    if (all == wanted && result->rejected_rows == 0)
        return true;
    job->begun = true;
    job->result.unsent = true;
    return fail(&job->failure, FAULT_USE, 0,
                "--total says %s, %s comes to %s, and %" PRIu64 " %s rejected: nothing was sent",
                exact_text(wanted, exponent, exponent, said), good_is,
                exact_text(all, exponent, exponent, made), result->rejected_rows,
                result->rejected_rows == 1 ? "row is" : "rows are");
}

static const char good_in_file[] = "what is good in the file";
static const char good_for_server[] = "what the server would take of the file";

/* A row is missing, stands twice or reads wrong: --yes alone does not say that this is meant. */
static bool decide_totals(struct job *job)
{
    static const char *const words[] = {"yes", "no", NULL};
    char said[EXACT_TEXT_MAX];
    char made[EXACT_TEXT_MAX];
    char question[300];
    int exponent = job->currency->exponent;
    const struct run_result *result = &job->result;
    bool shown = job->console.hooks != NULL; /* beside each other, by who asks in another way */
    if (shown || job->settings->total != NULL || !run_totals_differ(result))
        return true;
    (void)exact_text(result->said_minor, exponent, exponent, said);
    (void)exact_text(result->column_minor, exponent, exponent, made);
    (void)snprintf(question, sizeof question,
                   "The file's own total (\"%s\") is %s, and its rows come to %s: import them all "
                   "the same?",
                   result->total_example, said, made);
    if (console_ask(&job->console, ASK_OTHER, question, words) == 0)
        return true;
    return fail(&job->failure, FAULT_USE, 0,
                "%s Look for a row that is missing, stands twice or reads wrong, or say --total "
                "with what they must come to",
                question);
}

/* The cash customer is nobody who could be asked for it. */
static bool decide_paid(struct job *job)
{
    static const char *const words[] = {"cash", "card", "transfer", NULL};
    char made[EXACT_TEXT_MAX];
    char question[300];
    int exponent = job->currency->exponent;
    const struct run_result *result = &job->result;
    if (job->settings->paid != NULL || result->unpaid == 0)
        return true;
    (void)exact_text(result->unpaid_minor, exponent, exponent, made);
    (void)snprintf(question, sizeof question,
                   "%" PRIu64 " %s %s %s without a customer and would stay open as nobody's debt: "
                   "how %s paid?",
                   result->unpaid, result->unpaid == 1 ? "sale of" : "sales of", made,
                   result->unpaid == 1 ? "is" : "are",
                   result->unpaid == 1 ? "was it" : "were they");
    int answer = console_ask(&job->console, ASK_PAID, question, words);
    if (answer < 0)
        return fail(&job->failure, FAULT_USE, 0,
                    "%s Say --paid cash, --paid card or --paid transfer; or say whose they are, by "
                    "--map customer=COLUMN or --set customer=CODE",
                    question);
    job->own = *job->settings;
    job->own.paid = words[answer];
    job->settings = &job->own;
    return weigh(job);
}

/* What there is in the ledger, as far as it must be known. */
static bool learn(struct job *job, struct known *known)
{
    enum import_kind kind = job->settings->kind;
    bool groups = kind == IMPORT_GROUPS || mapping_has(&job->look.mapping, FIELD_GROUP);
    if (job->client == NULL)
        return true;
    return (!kind_has_lines(kind) || server_learn(job->client, known, &job->failure)) &&
           (!groups || server_learn_groups(job->client, &known->groups, &job->failure)) &&
           (!mapping_has(&job->look.mapping, FIELD_BRANCH) ||
            server_learn_branches(job->client, known, &job->failure));
}

bool job_foresee(struct job *job)
{
    const struct import_settings *settings = job->settings;
    job->whole_amounts = settings->amounts == AMOUNTS_DOCUMENT;
    job->tax_of_product = settings->tax == TAX_PRODUCT;
    struct run_options options = options_of(job, &job->dry, true);
    return learn(job, &job->known) &&
           run_index(&options, &job->look, &job->source, &job->failure) && weigh(job) &&
           check_rows(job) && decide_amounts(job) && decide_tax(job) && decide_paid(job) &&
           decide_free(job) && decide_twice(job) && decide_totals(job) &&
           check_total(job, good_in_file);
}

/* ---- where it goes ---- */

/* What the whole of it needs, before the first of it is made. */
static bool check_rights(struct job *job)
{
    static const struct {
        unsigned kinds;
        Tefter__Right right;
        bool creating;
    } needed[] = {
        {1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES | 1 << IMPORT_BALANCES |
             1 << IMPORT_PAYMENTS,
         TEFTER__RIGHT__RIGHT_BACKFILL, false},
        {1 << IMPORT_INVOICES | 1 << IMPORT_BALANCES, TEFTER__RIGHT__RIGHT_SELL, false},
        {1 << IMPORT_CREDIT_NOTES, TEFTER__RIGHT__RIGHT_CREDIT_NOTE, false},
        {1 << IMPORT_PAYMENTS, TEFTER__RIGHT__RIGHT_TAKE_MONEY, false},
        {1 << IMPORT_CUSTOMERS, TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER, false},
        {1 << IMPORT_CUSTOMERS, TEFTER__RIGHT__RIGHT_SET_LIMIT, false},
        {1 << IMPORT_GROUPS, TEFTER__RIGHT__RIGHT_EDIT_GROUPS, false},
        {1 << IMPORT_PRODUCTS | 1 << IMPORT_PRICES, TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE, false},
        {1 << IMPORT_PRODUCTS, TEFTER__RIGHT__RIGHT_SEE_COST, false},
        {1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES, TEFTER__RIGHT__RIGHT_TAKE_MONEY, false},
        {1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES, TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE,
         true},
        {1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES | 1 << IMPORT_BALANCES,
         TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER, true},
    };
    const Tefter__LoggedIn *person = tefter_person(job->client);
    for (size_t i = 0; person != NULL && i < sizeof needed / sizeof needed[0]; i++) {
        bool wanted = (needed[i].kinds & 1U << job->settings->kind) != 0 &&
                      !(needed[i].creating && job->settings->no_create) &&
                      (needed[i].right != TEFTER__RIGHT__RIGHT_TAKE_MONEY ||
                       job->settings->kind == IMPORT_PAYMENTS || job->settings->paid != NULL) &&
                      (needed[i].right != TEFTER__RIGHT__RIGHT_SET_LIMIT ||
                       mapping_has(&job->look.mapping, FIELD_LIMIT) ||
                       mapping_has(&job->look.mapping, FIELD_WHO_PAYS)) &&
                      (needed[i].right != TEFTER__RIGHT__RIGHT_SEE_COST ||
                       mapping_has(&job->look.mapping, FIELD_COST));
        bool has = false;
        for (size_t k = 0; k < person->n_rights; k++)
            has = has || person->rights[k] == needed[i].right;
        if (!wanted || has)
            continue;
        job->begun = true;
        job->result = (struct run_result){.stopped = true};
        return fail(&job->failure, FAULT_DENIED, 0,
                    "%s may not import %s: that needs the right to %s. Nothing was made",
                    person->login, kind_word(job->settings->kind), right_words(needed[i].right));
    }
    return true;
}

static struct server_options sink_options(struct job *job, bool asking)
{
    return (struct server_options){.create_missing = !job->settings->no_create,
                                   .match_oldest = job->settings->match_oldest,
                                   .update = job->settings->update,
                                   .asking = asking,
                                   .groups = &job->known.groups,
                                   .console = &job->console};
}

bool job_open_sink(struct job *job)
{
    struct server_options options = sink_options(job, job->settings->dry_run);
    if (job->client == NULL) { /* a dry run, and nobody to ask */
        dry_init(&job->dry);
        job->sink = &job->dry;
        return true;
    }
    if (!check_rights(job))
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

/* --total, once more: what was booked and what was there before come to it, or something is lost.
 * What was rejected says so by itself; of an import that went on, the first part is not known. */
static bool check_booked(struct job *job, __int128 foreseen)
{
    char said[EXACT_TEXT_MAX];
    char made[EXACT_TEXT_MAX];
    int exponent = job->currency->exponent;
    const struct run_result *result = &job->result;
    __int128 booked = result->total_minor + result->there_minor;
    if (job->settings->total == NULL || result->resumed_line > 0 || result->rejected_rows > 0 ||
        booked == foreseen)
        return true;
    return fail(&job->failure, FAULT_DIFFERS, 0,
                "--total and the file come to %s, and what was booked and was there before to %s",
                exact_text(foreseen, exponent, exponent, said),
                exact_text(booked, exponent, exponent, made));
}

/* With --total the server is asked about every row before it gets the first: as in a dry run. */
static bool ask_all(struct job *job)
{
    struct known known = {.customers = {NULL, 0, 0}};
    struct server_options server = sink_options(job, true);
    struct sink *sink = NULL;
    bool good = learn(job, &known);
    server.groups = &known.groups;
    if (good) {
        sink = server_create(job->client, &server);
        good = sink != NULL || fail(&job->failure, FAULT_MEMORY, 0, "no memory");
    }
    if (good) {
        struct run_options options = options_of(job, sink, false);
        options.known = &known;
        options.asking = true;
        options.all_of_it = false;
        options.changes = NULL;
        good = run_import(&options, &job->look, &job->source, &job->result, &job->rejects,
                          &job->failure);
        job->result.unsent = true;
        good = good && check_total(job, good_for_server);
    }
    server_destroy(sink);
    known_fini(&known);
    return good;
}

/* What the ledger would have taken a moment ago, it has not: a part is booked. */
static bool tell_part(struct job *job)
{
    char made[EXACT_TEXT_MAX];
    int exponent = job->currency->exponent;
    const struct run_result *result = &job->result;
    const char *source = job->look.mapping.constant[FIELD_SOURCE];
    job->part = true;
    job->failure = (struct failure){FAULT_NONE, 0, ""};
    if (result->sent_documents == 0)
        return fail(
            &job->failure, FAULT_DIFFERS, 0,
            "the server now refuses what it would have taken when it was asked: nothing was "
            "booked");
    return fail(&job->failure, FAULT_DIFFERS, 0,
                "the server now refuses what it would have taken when it was asked, so the import "
                "ended there: %" PRIu64 " %s booked, %s %s of --total %s. tefter import undo %s "
                "takes them back",
                result->sent_documents, result->sent_documents == 1 ? "is" : "are",
                exact_text(result->total_minor, exponent, exponent, made), job->currency->code,
                job->settings->total, source != NULL ? source : "import");
}

bool job_import(struct job *job)
{
    struct sigaction before;
    bool all_of_it = job->settings->total != NULL && job->client != NULL;
    __int128 foreseen = job->result.total_minor;
    job->begun = true;
    if (job->file == 0)
        catch_interrupt(&before);
    bool good = !all_of_it || job->settings->dry_run || ask_all(job);
    if (good) {
        struct run_options options = options_of(job, job->sink, false);
        options.ledger = ledger_of(job);
        good = run_import(&options, &job->look, &job->source, &job->result, &job->rejects,
                          &job->failure);
    }
    if (job->file == 0)
        (void)sigaction(SIGINT, &before, NULL);
    if (job->sink->halt)
        return tell_part(job);
    if (good && all_of_it && job->settings->dry_run)
        return check_total(job, good_for_server);
    return good && check_booked(job, foreseen);
}

static void tell(const struct job *job)
{
    struct report report = {.settings = job->settings,
                            .currency = job->currency,
                            .result = &job->result,
                            .sink = job->sink,
                            .rejects = &job->rejects,
                            .failure = job->failure.fault != FAULT_NONE ? job->failure.text : NULL};
    if (job->settings->json)
        report_json(&report, job->console.out);
    else
        report_tell(&report, job->console.out);
}

static int code_of(const struct job *job)
{
    if (job->sink != NULL && job->sink != &job->dry && server_denied(job->sink))
        return IMPORT_NOT_ALLOWED;
    if (job->part)
        return IMPORT_PART;
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
    case FAULT_DIFFERS:
        return IMPORT_CONFLICT;
    case FAULT_USE:
    case FAULT_IO:
    case FAULT_FULL:
    case FAULT_DAMAGED:
    case FAULT_NEWER:
    case FAULT_OLDER:
    case FAULT_STALE:
    case FAULT_MEMORY:
    case FAULT_BUG:
        return IMPORT_BAD_USE;
    }
    if (job->result.conflicts > 0)
        return IMPORT_CONFLICT;
    return job->result.rejected_rows > 0 ? IMPORT_REJECTED : IMPORT_DONE;
}

void job_release(struct job *job)
{
    if (job->sink != NULL && job->sink != &job->dry)
        server_destroy(job->sink);
    known_fini(&job->known);
    index_fini(&job->index);
    look_fini(&job->look);
    source_close(&job->source);
    console_close(&job->console);
}

static int undo_main(struct tefter *client, const struct import_settings *settings)
{
    struct console console;
    struct failure failure = {FAULT_NONE, 0, ""};
    struct sigaction before;
    console_open(&console, false, settings->quiet);
    console.language = settings->language;
    catch_interrupt(&before);
    int code = undo_run(client, settings, &console, &stop, NULL, &failure);
    (void)sigaction(SIGINT, &before, NULL);
    if (failure.fault != FAULT_NONE)
        console_say(&console, "tefter import: %s", failure.text);
    console_close(&console);
    return code;
}

/* ---- what a dry run tells of what is there ---- */

enum { CHANGES_TOLD_MAX = 100 };

struct changes {
    struct console *console;
    uint64_t count;
};

static void on_change(void *context, const struct entry *entry)
{
    struct changes *changes = context;
    char text[CHANGES_TEXT_MAX];
    changes_text(&entry->differs, text);
    if (++changes->count <= CHANGES_TOLD_MAX)
        console_say(changes->console, "%s", text);
}

static void tell_other_changes(const struct changes *changes)
{
    char count[COUNT_TEXT_MAX];
    if (changes->count > CHANGES_TOLD_MAX)
        console_say(changes->console, "and %s more",
                    count_text(changes->count - CHANGES_TOLD_MAX, count));
}

int import_main(struct tefter *client, const struct import_settings *settings)
{
    if (settings->undo)
        return undo_main(client, settings);
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return IMPORT_BAD_USE;
    job->client = client;
    job->settings = settings;
    job->source.fd = -1;
    console_open(&job->console, strcmp(settings->file, "-") == 0, settings->quiet);
    job->console.language = settings->language;
    index_init(&job->index);
    struct changes changes = {.console = &job->console};
    const struct change_taker taker = {on_change, &changes};
    job->changes = settings->dry_run ? &taker : NULL;
    bool good = job_prepare(job) && job_foresee(job) && job_open_sink(job) && job_import(job);
    tell_other_changes(&changes);
    if (job->begun)
        tell(job);
    if (!good)
        console_say(&job->console, "tefter import: %s%s", job->failure.text,
                    job->result.stopped && !job->part && !job->result.unsent &&
                            job->result.rows > 0 && job->sink != &job->dry
                        ? "; the same command goes on from here"
                        : "");
    int code = code_of(job);
    job_release(job);
    free(job);
    return code;
}

#include "import/undo.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/grow.h"
#include "base/money.h"
#include "base/tell.h"
#include "lib/tefter.h"

enum {
    PAGE_ROWS = 500,
    PAGE_BYTES = 4 * 1024 * 1024,
    TURN_MS = 200,
    WHY_SHOWN = UNDO_WHY_MAX,
    STEP = 256,
    DOCUMENT_KINDS_MAX = 8,
    NUMBERS_BYTES_MAX = 512 * 1024 * 1024,
    REASONS_MAX = UNDO_REASONS_MAX,
};

struct undo_document {
    struct undo *undo;
    uint64_t document;
    const char *number;
    Tefter__DocumentKind kind;
    bool told; /* done or refused */
};

struct undo_reason {
    uint64_t count;
    const char *number; /* of the first */
    char why[WHY_SHOWN];
};

struct undo {
    struct tefter *client;
    const struct import_settings *settings;
    struct console *console;
    struct failure *failure;
    const volatile sig_atomic_t *stop;
    struct arena numbers;
    struct undo_document *documents;
    size_t count;
    size_t room;
    uint64_t gone;                      /* reversed already */
    uint64_t kinds[DOCUMENT_KINDS_MAX]; /* that stand, by kind */
    int64_t total_minor;
    uint64_t done;
    uint64_t refused;
    struct undo_reason reasons[REASONS_MAX];
    size_t reason_count;
    bool plain; /* the server or its rules know only reversals of today */
    bool ended; /* there is no sense in going on */
};

/* ---- what there is of it ---- */

static bool take_row(struct undo *undo, const Tefter__DocumentRow *row)
{
    if (row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return true;
    if (row->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED) {
        undo->gone++;
        return true;
    }
    if (!GROW(undo->documents, undo->room, undo->count + 1))
        return fail(undo->failure, FAULT_MEMORY, 0, "no memory for so many documents");
    const char *number = arena_text(&undo->numbers, row->number, strlen(row->number));
    undo->documents[undo->count++] = (struct undo_document){
        .undo = undo, .document = row->document, .number = number, .kind = row->kind};
    if ((size_t)row->kind < DOCUMENT_KINDS_MAX)
        undo->kinds[row->kind]++;
    int64_t sign = row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE ? 1 : -1;
    return money_add(undo->total_minor, sign * row->total_minor, &undo->total_minor) ||
           fail(undo->failure, FAULT_USE, 0, "the documents come to more than can be counted");
}

static bool take_page(struct undo *undo, const Tefter__Answer *answer)
{
    char sentence[WHY_SHOWN];
    if (answer->kind_case == TEFTER__ANSWER__KIND_REFUSED) {
        (void)refusal_sentence(answer->refused, tefter_currency(undo->client), sentence,
                               sizeof sentence);
        return fail(undo->failure, FAULT_DENIED, 0, "%s", sentence);
    }
    if (answer->kind_case != TEFTER__ANSWER__KIND_DOCUMENTS)
        return fail(undo->failure, FAULT_PEER, 0, "the server answers something else");
    for (size_t i = 0; i < answer->documents->n_rows; i++)
        if (!take_row(undo, answer->documents->rows[i]))
            return false;
    return true;
}

static bool list_documents(struct undo *undo)
{
    Tefter__DocumentList list = TEFTER__DOCUMENT_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    struct arena arena;
    struct buffer page;
    bool good;
    list.source = (char *)(uintptr_t)undo->settings->file;
    list.has_rows = true;
    list.rows = PAGE_ROWS;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENTS;
    query.documents = &list;
    arena_init(&arena, PAGE_BYTES);
    buffer_init(&page, 4096);
    do {
        arena_reset(&arena);
        const Tefter__Answer *answer = tefter_ask(undo->client, &query, &arena, undo->failure);
        good = answer != NULL && take_page(undo, answer);
        buffer_clear(&page);
        list.has_page =
            good && answer->documents->has_next &&
            buffer_put(&page, answer->documents->next.data, answer->documents->next.len);
        list.page = (ProtobufCBinaryData){page.size, page.data};
    } while (good && list.has_page);
    arena_fini(&arena);
    buffer_fini(&page);
    return good;
}

/* ---- asking ---- */

enum { COUNTED_MAX = 96 };

static void counted(enum language language, const char *one, const char *many, uint64_t count,
                    char out[COUNTED_MAX])
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRIu64, count);
    (void)words_say(out, COUNTED_MAX, language, words_many(language, one, many, count), "count",
                    number, NULL);
}

static bool confirm(struct undo *undo)
{
    static const char *const words[] = {"yes", "no", NULL};
    char question[WHY_SHOWN];
    char money[MONEY_TEXT_MAX * 2];
    uint64_t invoices = undo->kinds[TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE];
    uint64_t notes = undo->kinds[TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE];
    uint64_t payments = undo->kinds[TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT];
    (void)money_sentence(undo->total_minor, tefter_currency(undo->client), money, sizeof money);
    char counts[3][COUNTED_MAX];
    enum language language = undo->settings->language;
    counted(language, MANY_("{count} invoice", "{count} invoices"), invoices, counts[0]);
    counted(language, MANY_("{count} credit note", "{count} credit notes"), notes, counts[1]);
    counted(language, MANY_("{count} payment", "{count} payments"), payments, counts[2]);
    (void)words_say(
        question, sizeof question, language,
        N_("Reverse {invoices}, {notes} and {payments} of source {source}, {amount} in all?"),
        "invoices", counts[0], "notes", counts[1], "payments", counts[2], "source",
        undo->settings->file, "amount", money, NULL);
    if (undo->settings->dry_run) {
        console_say(undo->console, "%s", question);
        return true;
    }
    int answer = undo->settings->yes ? 0 : console_ask(undo->console, ASK_OTHER, question, words);
    if (answer == 0)
        return true;
    *undo->failure = (struct failure){.fault = FAULT_USE};
    (void)words_say(undo->failure->text, sizeof undo->failure->text, language,
                    answer < 0 ? N_("{question} Say --yes") : N_("nothing was reversed"),
                    "question", question, NULL);
    return false;
}

/* ---- reversing ---- */

static void note_refused(struct undo *undo, const struct undo_document *document, const char *why)
{
    size_t i = 0;
    undo->refused++;
    while (i < undo->reason_count && strcmp(undo->reasons[i].why, why) != 0)
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == undo->reason_count) {
        undo->reason_count++;
        undo->reasons[i].number = document->number;
        (void)snprintf(undo->reasons[i].why, WHY_SHOWN, "%s", why);
    }
    undo->reasons[i].count++;
}

static void on_reversed(void *context, const struct tefter_outcome *outcome)
{
    struct undo_document *document = context;
    struct undo *undo = document->undo;
    const Tefter__Refusal *refused = outcome->refused;
    char why[WHY_SHOWN];
    if (refused != NULL && !undo->plain &&
        (refused->code == TEFTER__REFUSAL_CODE__RULES_TOO_OLD ||
         refused->code == TEFTER__REFUSAL_CODE__SERVER_OLDER))
        return; /* it is reversed in the second round, as that server can */
    document->told = true;
    if (refused == NULL || refused->code == TEFTER__REFUSAL_CODE__ALREADY_REVERSED) {
        undo->done++;
        return;
    }
    undo->ended = undo->ended || refused->code == TEFTER__REFUSAL_CODE__RIGHT_MISSING ||
                  refused->code == TEFTER__REFUSAL_CODE__NOT_LOGGED_IN ||
                  refused->code == TEFTER__REFUSAL_CODE__READ_ONLY;
    (void)refusal_sentence(refused, tefter_currency(undo->client), why, sizeof why);
    note_refused(undo, document, why);
}

static bool reverse(struct undo *undo, struct undo_document *document)
{
    char reason[80];
    Tefter__Text text = TEFTER__TEXT__INIT;
    Tefter__ReverseDocument what = TEFTER__REVERSE_DOCUMENT__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    (void)snprintf(reason, sizeof reason, "import %.40s undone", undo->settings->file);
    text.value = reason;
    what.has_document = true;
    what.document = document->document;
    what.reason = &text;
    what.has_undo_import = what.undo_import = !undo->plain;
    command.kind_case = TEFTER__COMMAND__KIND_REVERSE_DOCUMENT;
    command.reverse_document = &what;
    while (tefter_room(undo->client) == 0)
        (void)tefter_turn(undo->client, TURN_MS);
    return tefter_submit(undo->client, &command, on_reversed, document, undo->failure);
}

static void show(struct undo *undo, uint64_t begun_ms)
{
    struct progress progress = {.noun = "documents",
                                .done = undo->done,
                                .rows = undo->count,
                                .at = undo->done,
                                .size = undo->count,
                                .ms = console_now_ms() - begun_ms};
    console_progress(undo->console, &progress);
}

static bool is_over(const struct undo *undo)
{
    return undo->ended || *undo->stop != 0;
}

/* Money first: what it paid is open again before the bill goes. */
static bool reverse_round(struct undo *undo, uint64_t begun_ms)
{
    static const Tefter__DocumentKind order[] = {TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT,
                                                 TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE,
                                                 TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE};
    bool good = true;
    for (size_t k = 0; good && k < sizeof order / sizeof order[0]; k++) {
        for (size_t i = 0; good && !is_over(undo) && i < undo->count; i++) {
            if (undo->documents[i].kind != order[k] || undo->documents[i].told)
                continue;
            good = reverse(undo, &undo->documents[i]);
            if (i % STEP == 0)
                show(undo, begun_ms);
        }
        good = good && tefter_resolve(undo->client, TEFTER_PATIENCE_MS * 4, undo->failure);
    }
    return good;
}

static bool reverse_all(struct undo *undo)
{
    uint64_t begun_ms = console_now_ms();
    bool good = reverse_round(undo, begun_ms);
    if (good && !is_over(undo) && undo->done + undo->refused < undo->count) {
        undo->plain = true;
        good = reverse_round(undo, begun_ms);
    }
    console_clear(undo->console);
    return good;
}

#define COUNT(count) count_text((count), (char[COUNT_TEXT_MAX]){""})

__attribute__((sentinel)) static void say(const struct undo *undo, const char *label,
                                          const char *message, ...)
{
    enum { LABEL_COLUMNS = 10, LINE_SIZE = 1024 };
    char line[LINE_SIZE];
    enum language language = undo->settings->language;
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(line, sizeof line, language, message, facts);
    va_end(facts);
    tell(undo->console->out, "%-*s %s\n", (int)LABEL_COLUMNS, words_in(language, label), line);
}

static void tell_reasons(const struct undo *undo)
{
    for (size_t i = 0; i < undo->reason_count; i++)
        if (undo->reasons[i].count == 1)
            say(undo, "", "{number}: {why}", "number", undo->reasons[i].number, "why",
                undo->reasons[i].why, NULL);
        else
            say(undo, "", N_("{count} times, first {number}: {why}"), "count",
                COUNT(undo->reasons[i].count), "number", undo->reasons[i].number, "why",
                undo->reasons[i].why, NULL);
}

static void fill_told(const struct undo *undo, struct undo_told *ret_told)
{
    *ret_told = (struct undo_told){.documents = undo->count,
                                   .total_minor = undo->total_minor,
                                   .gone = undo->gone,
                                   .done = undo->done,
                                   .refused = undo->refused,
                                   .reason_count = undo->reason_count};
    for (size_t i = 0; i < undo->reason_count; i++) {
        ret_told->reasons[i].count = undo->reasons[i].count;
        (void)snprintf(ret_told->reasons[i].number, UNDO_NUMBER_MAX, "%s", undo->reasons[i].number);
        memcpy(ret_told->reasons[i].why, undo->reasons[i].why, UNDO_WHY_MAX);
    }
}

static void tell_undone(const struct undo *undo)
{
    if (undo->console->hooks != NULL)
        return;
    uint64_t left = undo->count - undo->done - undo->refused;
    say(undo, N_("import::undone"),
        words_many(undo->settings->language,
                   MANY_("{count} document of source {source}, {gone} reversed before, {refused} "
                         "refused, {left} left",
                         "{count} documents of source {source}, {gone} reversed before, {refused} "
                         "refused, {left} left"),
                   undo->done),
        "count", COUNT(undo->done), "source", undo->settings->file, "gone", COUNT(undo->gone),
        "refused", COUNT(undo->refused), "left", COUNT(left), NULL);
    tell_reasons(undo);
    if (left > 0 || undo->refused > 0)
        say(undo, "",
            N_("the same command goes on with what is left and tries again what was refused"),
            NULL);
    if (undo->plain && undo->done > 0)
        say(undo, "",
            N_("the server or its rules are older: it stays in the figures of days before today, "
               "and keeps its numbers (tefterd upgrade)"),
            NULL);
    if (undo->done > 0)
        say(undo, "", N_("customers and products that the import made stay"), NULL);
    (void)fflush(undo->console->out);
}

static int code_of(const struct undo *undo, bool good)
{
    if (*undo->stop != 0)
        return IMPORT_STOPPED;
    if (good && undo->refused == 0)
        return IMPORT_DONE;
    if (good)
        return undo->ended ? IMPORT_NOT_ALLOWED : IMPORT_REJECTED;
    switch ((int)undo->failure->fault) {
    case FAULT_DENIED:
        return IMPORT_NOT_ALLOWED;
    case FAULT_BUSY:
    case FAULT_PEER:
        return IMPORT_NO_SERVER;
    default:
        return IMPORT_BAD_USE;
    }
}

static bool undo_import(struct undo *undo)
{
    if (!list_documents(undo))
        return false;
    if (undo->count + undo->gone == 0)
        return fail(
            undo->failure, FAULT_USE, 0,
            "there is no document of source %.40s: --source named it, else it is \"import\"",
            undo->settings->file);
    if (undo->count > 0 && !confirm(undo))
        return false;
    bool good = true;
    if (!undo->settings->dry_run) {
        good = reverse_all(undo);
        tell_undone(undo);
    }
    return good;
}

bool undo_look(struct tefter *client, const char *source, struct undo_told *ret_told,
               struct failure *failure)
{
    struct import_settings settings = {.file = source};
    struct undo undo = {.client = client, .settings = &settings, .failure = failure};
    arena_init(&undo.numbers, NUMBERS_BYTES_MAX);
    bool good = list_documents(&undo);
    fill_told(&undo, ret_told);
    free(undo.documents);
    arena_fini(&undo.numbers);
    return good;
}

int undo_run(struct tefter *client, const struct import_settings *settings, struct console *console,
             const volatile sig_atomic_t *stop, struct undo_told *ret_told, struct failure *failure)
{
    struct undo *undo = calloc(1, sizeof *undo);
    if (undo == NULL)
        return IMPORT_BAD_USE;
    *undo = (struct undo){.client = client,
                          .settings = settings,
                          .console = console,
                          .failure = failure,
                          .stop = stop};
    arena_init(&undo->numbers, NUMBERS_BYTES_MAX);
    int code = code_of(undo, undo_import(undo));
    if (ret_told != NULL)
        fill_told(undo, ret_told);
    if (tefter_under_way(client) > 0)
        return code; /* answers may come yet, and find it */
    free(undo->documents);
    arena_fini(&undo->numbers);
    free(undo);
    return code;
}

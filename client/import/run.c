#include "import/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "import/form.h"
#include "import/track.h"
#include "import/words.h"

enum { SAVE_MS = 1000, LOOK_UP_ROWS = 256, NUMBER_ROOM = 1024, HEAD_DIGEST_BYTES = 64 * 1024 };

/* A piece of the file. */
struct range {
    const struct source *source;
    uint64_t at;
    uint64_t end;
};

struct run {
    const struct run_options *options;
    const struct import_settings *settings;
    struct look *look;
    struct source *source;
    struct run_result *result;
    struct form form;
    struct reader *reader;
    struct rejects rejects;
    struct state state;
    struct track track;
    struct entry *open;   /* the document under way */
    struct reader *aside; /* for rows of it that stand elsewhere */
    struct range range;
    uint64_t at; /* the byte the reader stands at */
    uint64_t began_ms;
    uint64_t saved_ms;
    uint64_t answered;
    struct failure *failure;
    bool lost;                     /* an entry came back lost */
    bool left_out[ROW_FIELDS_MAX]; /* columns with values that no field is in */
};

/* ---- what becomes of an entry ---- */

static void count_dates(struct run_result *result, const struct entry *entry)
{
    uint32_t date = (uint32_t)entry->numbers[FIELD_DATE];
    if (!entry->has_number[FIELD_DATE])
        return;
    if (result->first_date == DATE_NONE || date < result->first_date)
        result->first_date = date;
    if (date > result->last_date)
        result->last_date = date;
}

static bool is_document(const struct entry *entry)
{
    return entry->kind == ENTRY_INVOICE || entry->kind == ENTRY_CREDIT_NOTE;
}

static void count_sent(struct run_result *result, const struct entry *entry)
{
    result->sent[entry->kind]++;
    result->sent_documents++;
    result->exact += entry->exact;
    result->total_minor += entry->total_minor;
    result->free_lines += entry->free_lines;
    result->cut_texts += entry->cut_texts;
    result->zero_documents += is_document(entry) && entry->total_minor == 0;
    result->without_customer += is_document(entry) && entry->of_nobody;
    if (entry->kind == ENTRY_INVOICE && entry->of_nobody && entry->paid == NULL &&
        entry->total_minor > 0) {
        result->unpaid++;
        result->unpaid_minor += entry->total_minor;
    }
    count_dates(result, entry);
}

/* All of it or nothing: a part of it may be on its way. */
static void halt(struct run *run)
{
    if (run->options->all_of_it)
        run->options->sink->halt = true;
}

static void reject_entry(struct run *run, struct entry *entry, const char *why)
{
    halt(run);
    run->result->rejected++;
    run->result->rejected_rows += entry->row_count;
    rejects_entry(&run->rejects, entry, why);
}

/* A price may be new and take another one's place all the same. */
static void tell_change(const struct run *run, const struct entry *entry)
{
    const struct change_taker *changes = run->options->changes;
    if (changes != NULL && entry->differs.count > 0)
        changes->take(changes->context, entry);
}

static void on_told(void *context, struct entry *entry, enum outcome outcome, const char *why)
{
    struct run *run = context;
    switch (outcome) {
    case OUTCOME_SENT:
        count_sent(run->result, entry);
        tell_change(run, entry);
        break;
    case OUTCOME_CHANGED:
        run->result->changed++;
        tell_change(run, entry);
        break;
    case OUTCOME_THERE:
        run->result->there++;
        run->result->there_minor += entry->total_minor;
        break;
    case OUTCOME_CONFLICT:
        run->result->conflicts++;
        reject_entry(run, entry, why);
        break;
    case OUTCOME_REFUSED:
        reject_entry(run, entry, why);
        break;
    case OUTCOME_LOST:
        run->lost = true;
        break;
    }
    run->answered++;
    if (outcome != OUTCOME_LOST)
        track_done(&run->track, entry->place, entry->end);
    entry_destroy(entry);
}

/* ---- entries that are whole ---- */

static void note_renamed(struct run *run, const struct entry *entry)
{
    const char *code = entry->texts[entry->kind == ENTRY_CUSTOMER ? FIELD_CODE : FIELD_CUSTOMER];
    if (!entry->renamed || code == NULL)
        return;
    run->result->renamed++;
    if (run->result->renamed_example[0] == '\0')
        (void)snprintf(run->result->renamed_example, sizeof run->result->renamed_example, "%s",
                       code);
}

static void note_free_lines(struct run *run, const struct entry *entry)
{
    for (size_t i = 0; i < entry->line_count && run->result->free_example[0] == '\0'; i++)
        if (entry->free_lines > 0 && entry->lines[i].code == NULL && entry->lines[i].text != NULL)
            (void)snprintf(run->result->free_example, sizeof run->result->free_example, "%s",
                           entry->lines[i].text);
}

static void note_repeats(struct run *run, const struct entry *entry)
{
    struct run_result *result = run->result;
    if (entry->repeats > 0 && result->repeats == 0) {
        result->repeat_line = entry->repeat_line;
        result->repeat_of = entry->repeat_of;
    }
    result->repeats += entry->repeats;
}

/* Are the amounts of a document's rows parts of it, or each the whole? */
static void note_amounts(struct run *run, const struct entry *entry)
{
    struct run_result *result = run->result;
    const struct mapping *mapping = run->form.mapping;
    if (entry->amounts < 2 || mapping_has(mapping, FIELD_PRICE) ||
        mapping_has(mapping, FIELD_TOTAL))
        return;
    result->many_amounts++;
    if (entry->amounts_differ || entry->first_amount == 0)
        return;
    if (result->same_amounts++ == 0)
        (void)snprintf(result->same_example, EXAMPLE_MAX, "%s", entry->texts[FIELD_NUMBER]);
}

static void note_taxes(struct run *run, const struct entry *entry)
{
    struct run_result *result = run->result;
    for (size_t i = 0; i < entry->line_count; i++) {
        const char *code = entry->lines[i].code;
        uint32_t rate = code != NULL && !mapping_has(run->form.mapping, FIELD_TAX)
                            ? known_tax(run->options->known, slice_text(code))
                            : 0;
        if (rate == 0 || result->taxed_lines++ > 0)
            continue;
        (void)snprintf(result->taxed_example, EXAMPLE_MAX, "%s", code);
        result->taxed_bp = rate;
    }
}

/* Goods that would be given away. (A list's price of 0 the server takes from nobody.) */
static void note_free(struct run *run, const struct entry *entry)
{
    static const enum import_field prices[] = {FIELD_PRICE, FIELD_PACK_PRICE};
    struct run_result *result = run->result;
    if (entry->kind != ENTRY_PRODUCT)
        return;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        if (!entry->has_number[prices[i]] || entry->numbers[prices[i]] != 0 ||
            result->free_prices++ > 0)
            continue;
        result->free_line = entry->line;
        (void)snprintf(result->free_price_of, EXAMPLE_MAX, "%s", entry->texts[FIELD_CODE]);
    }
}

/* There is nothing to send. */
static void pass_over(struct run *run, struct entry *entry)
{
    run->result->nothing_owed++;
    run->answered++;
    track_done(&run->track, entry->place, entry->end);
    entry_destroy(entry);
}

static bool give(struct run *run, struct entry *entry)
{
    note_amounts(run, entry);
    form_finish(&run->form, entry);
    if (entry_rejected(entry)) {
        on_told(run, entry, OUTCOME_REFUSED, entry->why);
        return true;
    }
    if (entry->nothing) {
        pass_over(run, entry);
        return true;
    }
    note_renamed(run, entry);
    note_free_lines(run, entry);
    note_repeats(run, entry);
    note_taxes(run, entry);
    note_free(run, entry);
    if (is_document(entry) && !run->options->weigh)
        known_mark(run->options->known, entry, !run->settings->no_create);
    return run->options->sink->take(run->options->sink, entry, run->failure);
}

/* ---- rows ---- */

static void reject_row(struct run *run, const struct row *row, const char *why)
{
    halt(run);
    run->result->rejected_rows++;
    rejects_note(&run->rejects, row->line, why);
    rejects_row(&run->rejects, row->line, why, row->raw, row->count);
}

static struct entry *begin_entry(struct run *run, const struct row *row)
{
    struct entry *entry = entry_create(row);
    struct track_place first = {row->offset, row->line};
    if (entry != NULL && track_begin(&run->track, first, &entry->place))
        return entry;
    entry_destroy(entry);
    (void)fail(run->failure, FAULT_MEMORY, 0, "no memory for another document");
    return NULL;
}

static ssize_t range_read(void *context, void *out, size_t size, struct failure *failure)
{
    struct range *range = context;
    uint64_t left = range->end - range->at;
    size_t wanted = left < size ? (size_t)left : size;
    size_t got = wanted > 0 ? source_peek(range->source, range->at, out, wanted) : 0;
    if (got < wanted) {
        (void)fail(failure, FAULT_IO, 0, "the file changed while it was read");
        return -1;
    }
    range->at += got;
    return (ssize_t)got;
}

/* One row of the file once more; it lives as long as the reader. NULL: it cannot be read. */
static struct reader *read_again(const struct look *look, const struct source *source,
                                 const struct index_row *place, struct range *range,
                                 struct row *ret_row, struct failure *failure)
{
    *range = (struct range){source, place->offset, place->offset + place->size};
    struct reader *reader =
        reader_create(&look->rows, range_read, range, place->offset, place->line, failure);
    if (reader != NULL && reader_next(reader, ret_row, failure))
        return reader;
    reader_destroy(reader);
    return NULL;
}

/* Rejects a row that another one of the file contradicts: neither is more right. */
static void reject_other(struct run *run, const struct row *row, const struct row *other,
                         struct entry *entry)
{
    enum import_field field;
    const struct mapping *mapping = &run->look->mapping;
    if (form_same(&run->form, row, other, &field))
        return;
    bool later = other->line > row->line;
    struct slice first = mapping_text(mapping, later ? row : other, field);
    struct slice second = mapping_text(mapping, later ? other : row, field);
    entry_reject(entry, row->line,
                 "%.40s stands in the file twice: %s is \"%.*s\" in line %" PRIu64
                 " and \"%.*s\" in line %" PRIu64 "; leave one out",
                 entry->texts[entry->kind == ENTRY_GROUP ? FIELD_NAME : FIELD_CODE],
                 field_about(field)->name, (int)(first.size < 40 ? first.size : 40),
                 (const char *)first.data, later ? row->line : other->line,
                 (int)(second.size < 40 ? second.size : 40), (const char *)second.data,
                 later ? other->line : row->line);
    if (entry->kind == ENTRY_CUSTOMER)
        entry->why_field = FIELD_CODE; /* another one would tell them apart */
}

static bool check_once(struct run *run, const struct row *row, struct entry *entry)
{
    char room[FORM_KEY_MAX];
    struct slice key = form_key(&run->form, row, room);
    const struct index_pair *pair = key.size > 0 ? index_pair_of(run->options->index, key) : NULL;
    if (pair == NULL || pair->other.size == 0 || entry_rejected(entry))
        return true;
    const struct index_row *rows[] = {&pair->first, &pair->other};
    for (size_t i = 0; i < 2 && !entry_rejected(entry); i++) {
        struct row other;
        struct range range;
        if (rows[i]->offset == row->offset)
            continue;
        struct reader *reader =
            read_again(run->look, run->source, rows[i], &range, &other, run->failure);
        if (reader == NULL)
            return false;
        reject_other(run, row, &other, entry);
        reader_destroy(reader);
    }
    return true;
}

/* A customer's further row that says nothing of them but what another one says. */
static bool says_less(struct run *run, const struct row *row, bool *ret_less)
{
    char room[FORM_KEY_MAX];
    struct row fullest;
    struct range range;
    *ret_less = false;
    if (run->settings->kind != IMPORT_CUSTOMERS)
        return true;
    struct slice key = form_key(&run->form, row, room);
    const struct index_pair *pair = key.size > 0 ? index_pair_of(run->options->index, key) : NULL;
    if (pair == NULL || pair->other.size > 0 || pair->first.offset == row->offset)
        return true;
    struct reader *reader =
        read_again(run->look, run->source, &pair->first, &range, &fullest, run->failure);
    if (reader != NULL)
        *ret_less =
            form_within(&run->form, row, &fullest) && !form_within(&run->form, &fullest, row);
    reader_destroy(reader);
    return reader != NULL;
}

static bool take_single(struct run *run, const struct row *row)
{
    bool less;
    if (!says_less(run, row, &less))
        return false;
    struct entry *entry = begin_entry(run, row);
    if (entry == NULL)
        return false;
    if (less) {
        on_told(run, entry, OUTCOME_THERE, NULL);
        return true;
    }
    (void)entry_keep_row(entry, row);
    form_read_head(&run->form, row, entry);
    if (check_once(run, row, entry))
        return give(run, entry);
    entry_destroy(entry);
    return false;
}

/* ---- rows of one document ---- */

static bool is_of(const struct entry *entry, struct slice number)
{
    char keys[2][FOLD_KEY_MAX + 1];
    return entry != NULL && slice_equal(names_key(slice_text(entry->texts[FIELD_NUMBER]), keys[0]),
                                        names_key(number, keys[1]));
}

static void add_row(struct run *run, const struct row *row, struct entry *entry)
{
    if (entry->row_count > 0)
        form_check_head(&run->form, row, entry);
    if (entry_keep_row(entry, row))
        form_read_line(&run->form, row, entry);
    else
        entry_reject(entry, row->line, "the document is too large");
}

static bool open_aside(struct run *run, const struct index_run *place)
{
    run->range = (struct range){run->source, place->offset, place->offset + place->size};
    if (run->aside != NULL)
        return reader_again(run->aside, place->offset, place->line, run->failure);
    run->aside = reader_create(&run->look->rows, range_read, &run->range, place->offset,
                               place->line, run->failure);
    return run->aside != NULL;
}

/* Rows of the same document further down; rows that cannot be read were named in their place. */
static bool gather(struct run *run, struct entry *entry, uint32_t at)
{
    struct row row;
    char why[ROW_FAULT_MAX];
    bool good = true;
    for (; good && at != INDEX_NONE; at = run->options->index->runs[at].next) {
        entry->apart = true;
        good = open_aside(run, &run->options->index->runs[at]);
        while (good && reader_next(run->aside, &row, run->failure))
            if (mapping_good(&run->look->mapping, &row, why) &&
                form_total_word(&run->look->mapping, &row).size == 0)
                add_row(run, &row, entry);
        good = good && run->failure->fault == FAULT_NONE;
    }
    return good;
}

/* The document under way is whole, or its rest is fetched. */
static bool give_open(struct run *run)
{
    struct entry *entry = run->open;
    run->open = NULL;
    if (entry == NULL)
        return true;
    struct index *index = run->options->index;
    struct slice number = slice_text(entry->texts[FIELD_NUMBER]);
    const struct index_document *document = index_find(index, number);
    if (document != NULL && !gather(run, entry, document->runs)) {
        entry_destroy(entry);
        return false;
    }
    uint64_t spoilt = index_spoilt(index, number);
    if (spoilt > 0)
        entry_reject(entry, spoilt, "line %" PRIu64 " of this document cannot be read", spoilt);
    return give(run, entry);
}

static bool begin_document(struct run *run, const struct row *row, struct slice number)
{
    struct index_document *document = index_find(run->options->index, number);
    if (document != NULL && document->given)
        return true; /* it was fetched when its first row came */
    if (document != NULL)
        document->given = true;
    struct entry *entry = run->open = begin_entry(run, row);
    if (entry == NULL)
        return false;
    form_read_head(&run->form, row, entry);
    if (entry->texts[FIELD_NUMBER] == NULL) /* it has to be found again, good or not */
        entry->texts[FIELD_NUMBER] = entry_text(entry, number);
    if (entry->texts[FIELD_NUMBER] == NULL)
        return fail(run->failure, FAULT_MEMORY, 0, "no memory for another document");
    add_row(run, row, entry);
    return true;
}

/* Without a number it may be one more row of the document above: that one is not whole then. */
static bool take_without_number(struct run *run, const struct row *row)
{
    if (run->open != NULL && form_goes_on(&run->form, row))
        entry_reject(run->open, row->line,
                     "line %" PRIu64 " has no number and may be a row of this document", row->line);
    reject_row(run, row, "number is empty");
    return give_open(run); /* its further rows are in the index */
}

static bool take_line(struct run *run, const struct row *row)
{
    char room[NUMBER_ROOM];
    struct slice number = form_number(&run->form, row, room, sizeof room);
    if (number.size == 0)
        return take_without_number(run, row);
    if (is_of(run->open, number)) {
        add_row(run, row, run->open);
        return true;
    }
    return give_open(run) && begin_document(run, row, number);
}

static void note_total(struct run_result *result, int64_t amount)
{
    result->said_minor = amount;
    result->said_sum += amount;
    result->said_totals++;
}

/* What sums up others is nothing of its kind, and no part of the document above it. One that may be
 * something after all is rejected. */
static void take_total(struct run *run, const struct row *row, struct slice word)
{
    struct run_result *result = run->result;
    char why[WHY_MAX];
    int shown = (int)(word.size < EXAMPLE_MAX ? word.size : EXAMPLE_MAX - 1);
    bool money = kind_has_money(run->settings->kind);
    if (form_total_unsure(&run->look->mapping, row)) {
        if (money)
            (void)snprintf(why, sizeof why,
                           "customer \"%.*s\" is a word for totals, and no customer", shown,
                           (const char *)word.data);
        else
            (void)snprintf(
                why, sizeof why,
                "code \"%.*s\" is a word for totals: add by hand what is really called so", shown,
                (const char *)word.data);
        reject_row(run, row, why);
        return;
    }
    int64_t amount;
    if (money && form_total_amount(&run->form, row, &amount))
        note_total(result, amount);
    if (result->totals++ > 0)
        return;
    result->total_line = row->line;
    (void)snprintf(result->total_example, EXAMPLE_MAX, "%.*s", shown, (const char *)word.data);
}

/* What the column says whose sum a row of totals is: of each row, and whatever becomes of it. */
static void note_column(struct run *run, const struct row *row)
{
    int64_t amount;
    struct run_result *result = run->result;
    if (!kind_has_money(run->settings->kind))
        return;
    if (form_total_amount(&run->form, row, &amount))
        result->column_minor += amount;
    else
        result->column_unread++;
}

static void note_left_out(struct run *run, const struct row *row)
{
    const struct mapping *mapping = &run->look->mapping;
    for (size_t i = 0; i < row->count && i < mapping->columns; i++)
        if (!run->left_out[i] && row->text[i].size > 0)
            run->left_out[i] = mapping_left_out(mapping, i);
}

static bool take_row(struct run *run, const struct row *row)
{
    char why[ROW_FAULT_MAX];
    const struct reject_taker *taker = run->options->weigh ? NULL : run->options->taker;
    run->result->rows++;
    if (taker != NULL && taker->passed != NULL &&
        taker->passed(taker->context, row->line, row->raw, row->count))
        return true;
    struct slice total = form_total_word(&run->look->mapping, row);
    if (total.size > 0) {
        take_total(run, row, total);
        return true;
    }
    if (!mapping_good(&run->look->mapping, row, why)) {
        reject_row(run, row, why);
        return true;
    }
    note_left_out(run, row);
    note_column(run, row);
    return kind_gathers(run->settings->kind) ? take_line(run, row) : take_single(run, row);
}

/* ---- now and then ---- */

static void show_progress(struct run *run)
{
    struct progress progress = {
        .noun = kind_noun(run->settings->kind),
        .done = run->answered,
        .rows = run->result->rows,
        .at = run->at,
        .size = run->source->size,
        .from = run->state.place.offset,
        .ms = console_now_ms() - run->began_ms,
    };
    console_progress(run->options->console, &progress);
}

/* The rejects of what the state says is done must be in their file first. */
static bool save_state(struct run *run)
{
    if (run->options->weigh || run->options->asking || run->settings->dry_run ||
        !rejects_flush(&run->rejects))
        return true;
    struct state now = run->state;
    now.place = run->track.cut;
    run->saved_ms = console_now_ms();
    return state_save(&now, run->failure);
}

static bool look_up(struct run *run)
{
    show_progress(run);
    bool good = true;
    if (console_now_ms() - run->saved_ms >= SAVE_MS)
        good = save_state(run);
    if (good && run->options->stop != NULL && *run->options->stop != 0)
        return fail(run->failure, FAULT_BUSY, 0, "stopped");
    return good;
}

static bool read_rows(struct run *run)
{
    struct row row;
    bool good = true;
    while (good && reader_next(run->reader, &row, run->failure)) {
        good = take_row(run, &row);
        run->at = row.end;
        if (good && run->options->sink->halt)
            good = fail(run->failure, FAULT_DIFFERS, 0, "a row was refused");
        if (good && run->result->rows % LOOK_UP_ROWS == 0)
            good = look_up(run);
    }
    return good && run->failure->fault == FAULT_NONE && give_open(run);
}

/* ---- beginning and end ---- */

/* All that must be the same for a state file to be of this import. */
static void make_key(struct run *run, struct hash *ret_key)
{
    const struct look *look = run->look;
    struct hash_state state;
    size_t head = run->source->head_size;
    hash_begin(&state);
    hash_add(&state, run->options->ledger.bytes, HASH_SIZE);
    mapping_hash(&look->mapping, &state);
    hash_add(&state, &look->rows.delimiter, 1);
    hash_add(&state, &look->style.number, sizeof look->style.number);
    hash_add_u64(&state, (uint64_t)look->style.dates);
    hash_add_u64(&state, (uint64_t)(int64_t)run->settings->term_days);
    hash_add(&state, run->form.source, strlen(run->form.source) + 1);
    if (run->settings->number_prefix != NULL)
        hash_add(&state, run->settings->number_prefix, strlen(run->settings->number_prefix));
    hash_add(&state, run->source->head, head < HEAD_DIGEST_BYTES ? head : HEAD_DIGEST_BYTES);
    hash_end(&state, ret_key);
}

/* Beside the file, or here when that folder cannot be written. */
static void path_beside(const struct import_settings *settings, const char *said,
                        const char *ending, char *out, size_t capacity)
{
    const char *file = strcmp(settings->file, "-") == 0 ? "import" : settings->file;
    const char *slash = strrchr(file, '/');
    char folder[STATE_PATH_MAX] = ".";
    if (slash != NULL)
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - file + 1), file);
    if (slash != NULL && access(folder, W_OK) != 0)
        file = slash + 1;
    if (said != NULL)
        (void)snprintf(out, capacity, "%s", said);
    else
        (void)snprintf(out, capacity, "%s%s", file, ending);
}

/* What was sent before may be taken back since; what is there still changes nothing once more. */
static bool begin_anew_if_undone(struct run *run)
{
    struct sink *sink = run->options->sink;
    bool undone = false;
    if (sink->undone == NULL || !kind_has_money(run->look->mapping.kind))
        return true;
    if (!sink->undone(sink, run->form.source, &undone, run->failure))
        return false;
    if (!undone)
        return true;
    run->state.place = (struct track_place){0};
    console_say(run->options->console,
                "some of import %s was taken back: beginning from the first row", run->form.source);
    return true;
}

static bool load_state(struct run *run)
{
    bool other = false;
    make_key(run, &run->state.key);
    if (run->options->weigh || run->options->asking || run->settings->dry_run ||
        !run->source->file || run->options->rejects > 0)
        return true;
    path_beside(run->settings, run->settings->state, ".tefter-import", run->state.path,
                sizeof run->state.path);
    if (run->settings->restart || run->options->all_of_it)
        return true; /* what is there already counts for the whole */
    if (!state_load(&run->state, &other, run->failure))
        return false;
    if (other)
        console_say(run->options->console,
                    "%s is of another file, mapping or ledger: beginning from the first row",
                    run->state.path);
    return run->state.place.line == 0 || begin_anew_if_undone(run);
}

static bool open_rejects(struct run *run)
{
    char path[REJECTS_PATH_MAX];
    if (run->options->weigh || run->options->asking) {
        rejects_none(&run->rejects);
        return true;
    }
    if (run->options->unwritten) {
        rejects_none(&run->rejects);
        run->rejects.taker = run->options->taker;
        return true;
    }
    if (run->options->rejects > 0) {
        int file = dup(run->options->rejects);
        if (file < 0 || !rejects_open_file(&run->rejects, file, run->look->rows.delimiter,
                                           &run->look->mapping, run->failure))
            return false;
        run->rejects.taker = run->options->taker;
        return true;
    }
    path_beside(run->settings, run->settings->rejects, ".rejects.csv", path, sizeof path);
    return rejects_open(&run->rejects, path, run->look->rows.delimiter, &run->look->mapping,
                        run->state.place.line, run->failure);
}

static bool open_reader(struct run *run, struct track_place place)
{
    if (!source_seek(run->source, place.offset, run->failure))
        return false;
    run->reader = reader_create(&run->look->rows, source_read, run->source, place.offset,
                                place.line, run->failure);
    return run->reader != NULL;
}

/* The header, or what was done the last time, is behind us. */
static bool open_rows(struct run *run)
{
    run->result->resumed_line = run->state.place.line;
    if (run->result->resumed_line == 0)
        run->state.place = run->look->begin;
    if (!open_reader(run, run->state.place))
        return false;
    run->at = run->state.place.offset;
    track_init(&run->track, run->state.place);
    return true;
}

static bool begin(struct run *run)
{
    if (!load_state(run) || !open_rejects(run) || !open_rows(run))
        return false;
    if (run->result->resumed_line > 0)
        console_say(run->options->console,
                    "going on at line %" PRIu64 "; --restart begins from the first row",
                    run->result->resumed_line);
    run->options->sink->notify = on_told;
    run->options->sink->context = run;
    return true;
}

static void release(struct run *run)
{
    entry_destroy(run->open);
    reader_destroy(run->aside);
    reader_destroy(run->reader);
    track_fini(&run->track);
}

/* What was under way is waited for even when the reading ended early. */
static bool end(struct run *run, bool good)
{
    bool finished = run->options->sink->finish(run->options->sink, run->failure);
    good = good && finished && !run->lost;
    run->result->ms = console_now_ms() - run->began_ms;
    run->result->stopped = !good;
    (void)mapping_names(&run->look->mapping, run->left_out, run->result->left_out);
    console_clear(run->options->console);
    bool whole = good && !run->settings->dry_run && !run->options->weigh && !run->options->asking;
    if (whole || (run->options->all_of_it && run->options->sink->halt))
        state_remove(&run->state); /* also of what may be undone now */
    else if (!good)
        (void)save_state(run);
    return rejects_close(&run->rejects, run->failure) && good;
}

static void make_form(const struct run_options *options, const struct look *look, struct form *form)
{
    const char *set_source = look->mapping.constant[FIELD_SOURCE];
    *form = (struct form){.settings = options->settings,
                          .mapping = &look->mapping,
                          .style = &look->style,
                          .currency = options->currency,
                          .source = set_source != NULL ? set_source : "import",
                          .whole_amounts = options->whole_amounts,
                          .tax_of_product = options->tax_of_product,
                          .usual_tax_bp = options->usual_tax_bp,
                          .known = options->known,
                          .index = options->index};
}

bool run_import(const struct run_options *options, struct look *look, struct source *source,
                struct run_result *ret_result, struct rejects *ret_rejects, struct failure *failure)
{
    struct run run = {.options = options,
                      .settings = options->settings,
                      .look = look,
                      .source = source,
                      .result = ret_result,
                      .failure = failure,
                      .began_ms = console_now_ms()};
    *ret_result = (struct run_result){.rows = 0};
    look->style.currency = options->currency;
    make_form(options, look, &run.form);
    index_rewind(options->index);
    options->console->drawn_ms = run.began_ms;
    run.saved_ms = run.began_ms;
    bool begun = begin(&run);
    bool good = begun && read_rows(&run);
    if (begun)
        good = end(&run, good);
    *ret_rejects = run.rejects; /* closed by now */
    release(&run);
    return good;
}

bool run_totals_differ(const struct run_result *result)
{
    __int128 all = result->column_minor;
    __int128 sum = result->said_sum;
    return result->said_totals > 0 && result->column_unread == 0 && result->said_minor != all &&
           result->said_minor != result->total_minor && sum != all && sum != 2 * all;
}

/* ---- the first reading ---- */

static bool index_row(const struct run_options *options, const struct form *form,
                      const struct look *look, const struct source *source, const struct row *row,
                      struct failure *failure)
{
    (void)source;
    char room[NUMBER_ROOM];
    char why[ROW_FAULT_MAX];
    struct index *index = options->index;
    if (mapping_good(&look->mapping, row, why))
        return index_add(index, form_number(form, row, room, sizeof room), row->offset, row->end,
                         row->line, failure);
    struct slice number = form_broken_number(form, row, look->rows.delimiter, room, sizeof room);
    if (number.size > 0)
        index_spoil(index, number, row->line);
    else if (index->last != INDEX_NONE)
        index_spoil(index, slice_of(index->last_number, index->last_size), row->line);
    return true;
}

/* Each row of a balance is a debt of its own. The numbers that further rows of one customer get are
 * of no other row. */
static bool reserve_row(const struct run_options *options, const struct form *form,
                        const struct look *look, const struct source *source, const struct row *row,
                        struct failure *failure)
{
    (void)source;
    char room[BALANCE_NUMBER_MAX];
    char why[ROW_FAULT_MAX];
    if (!mapping_good(&look->mapping, row, why))
        return true;
    struct slice number = form_balance_number(form, row, 1, room);
    return number.size == 0 || index_reserve(options->index, number, failure);
}

static bool number_row(const struct run_options *options, const struct form *form,
                       const struct look *look, const struct source *source, const struct row *row,
                       struct failure *failure)
{
    (void)source;
    char rooms[3][NUMBER_ROOM];
    char why[ROW_FAULT_MAX];
    struct index *index = options->index;
    if (!mapping_good(&look->mapping, row, why))
        return true;
    struct slice number = form_balance_number(form, row, 1, rooms[0]);
    if (number.size == 0)
        return true;
    uint64_t turn = index_last_turn(index, number) + 1;
    bool own = form_number(form, row, rooms[1], NUMBER_ROOM).size > 0;
    struct slice other = number;
    while (turn > 1 && !own &&
           index_reserved(index, other = form_balance_number(form, row, turn, rooms[2])))
        turn++;
    return index_reserve(index, other, failure) &&
           index_set_turn(index, number, row->offset, turn, failure);
}

/* Rows of one customer, product, price or group that say something else. */
static bool pair_row(const struct run_options *options, const struct form *form,
                     const struct look *look, const struct source *source, const struct row *row,
                     struct failure *failure)
{
    char room[FORM_KEY_MAX];
    char why[ROW_FAULT_MAX];
    struct row first;
    struct range range;
    enum import_field field;
    struct index_row place = {row->offset, row->line, (uint32_t)(row->end - row->offset)};
    struct slice key =
        mapping_good(&look->mapping, row, why) ? form_key(form, row, room) : slice_of("", 0);
    if (key.size == 0)
        return true;
    struct index_pair *pair = index_pair(options->index, key, place, failure);
    if (pair == NULL || pair->first.offset == place.offset || pair->other.size > 0)
        return pair != NULL;
    struct reader *reader = read_again(look, source, &pair->first, &range, &first, failure);
    if (reader == NULL)
        return false;
    bool more = form_within(form, &first, row);
    bool less = form_within(form, row, &first);
    if (more && !less)
        pair->first = place; /* the one that says most */
    else if (!more && !less && !form_same(form, &first, row, &field))
        pair->other = place;
    reader_destroy(reader);
    return true;
}

typedef bool index_row_fn(const struct run_options *options, const struct form *form,
                          const struct look *look, const struct source *source,
                          const struct row *row, struct failure *failure);

static bool read_for_index(const struct run_options *options, struct look *look,
                           struct source *source, index_row_fn *each, struct failure *failure)
{
    struct form form;
    struct row row;
    if (!source_seek(source, look->begin.offset, failure))
        return false;
    struct reader *reader = reader_create(&look->rows, source_read, source, look->begin.offset,
                                          look->begin.line, failure);
    bool good = reader != NULL;
    make_form(options, look, &form);
    while (good && reader_next(reader, &row, failure)) {
        if (form_total_word(&look->mapping, &row).size == 0)
            good = each(options, &form, look, source, &row, failure);
        if (good && options->stop != NULL && *options->stop != 0)
            good = fail(failure, FAULT_BUSY, 0, "stopped");
    }
    reader_destroy(reader);
    return good && failure->fault == FAULT_NONE;
}

bool run_index(const struct run_options *options, struct look *look, struct source *source,
               struct failure *failure)
{
    if (options->settings->kind == IMPORT_BALANCES)
        return read_for_index(options, look, source, reserve_row, failure) &&
               read_for_index(options, look, source, number_row, failure);
    return read_for_index(options, look, source,
                          kind_gathers(options->settings->kind) ? index_row : pair_row, failure);
}

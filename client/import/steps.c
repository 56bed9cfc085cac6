#include "import/steps.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/limits.h"
#include "base/text.h"
#include "import/doubles.h"
#include "import/job.h"
#include "import/undo.h"
#include "lib/tefter.h"

enum {
    REPORT_BYTES_MAX = 4 * 1024 * 1024,
    ROW_BYTES = 64 * 1024,
    NEEDS_MAX = 500,
    DOUBLES_MAX = 60,
    CHANGES_MAX = 60,
    ROWS_SHOWN = 3,
    WORDS_MAX = 80,
    WORD_BYTES_MAX = 2048,
    SHOWN_MAX = 300, /* bytes of a cell */
    LABEL_MAX = 80,
    SOURCE_MAX_BYTES = 40,
    READINGS_MAX = 3,
    ANSWER_MAX = 40,
    HEADERS_MAX = ROW_FIELDS_MAX,
};

/* Lines of a file, rising once they are sorted. */
struct lines {
    uint64_t *all;
    size_t count;
    size_t room;
};

/* What the passes of a step fill together. */
struct step {
    struct tefter *client;
    const struct import_step *of;
    struct arena arena; /* of the report */
    struct arena row;   /* of what is said of one row: most of it is said of many */
    Tefter__ImportReport report;
    Tefter__ImportQuestion question;
    Tefter__ImportResult result;
    bool weighing;
    char source[SOURCE_MAX_BYTES + 1];
    char today[DATE_TEXT_SIZE];
    Tefter__ImportNeed *needs[NEEDS_MAX];
    size_t need_count;
    Tefter__ImportDouble *doubles[DOUBLES_MAX];
    size_t double_count;
    Tefter__ImportChange *changes[CHANGES_MAX];
    size_t change_count;
    Tefter__ImportReason *reasons[REJECTS_REASONS * 2];
    size_t reason_count;
    uint64_t said_totals; /* as in run_result */
    int64_t said_minor;
    __int128 said_sum;
    __int128 need_minor;
    uint64_t need_unread;
    uint64_t need_rows;
    struct source_kept kept;
    struct lines passed;  /* that the customers' reading of a file of both has rejected */
    struct lines failing; /* whose debts would be refused: nobody is made for them */
};

/* A file of customers and what they owe is read three times: which debts would be refused, the
 * customers of the others, and the debts. */
enum turn { TURN_ONLY, TURN_FORESEE, TURN_CUSTOMERS, TURN_DEBTS };

/* One reading of the file as one kind. */
struct pass {
    struct step *step;
    struct import_settings settings;
    const char *columns[HEADERS_MAX];
    enum turn turn;
    struct console_hooks hooks;
    struct reject_taker taker;
    struct change_taker changes;
    struct job job;
};

/* ---- texts that a message may hold ---- */

static bool is_turning(uint32_t point)
{
    return point == 0x200E || point == 0x200F || point == 0x061C ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/* What is no letter in it becomes one that is seen; cut at a whole character. */
static char *clean(struct arena *arena, const void *text, size_t size, size_t most)
{
    const uint8_t *bytes = text;
    char *out = arena_take(arena, (size < most ? size * 3 : most) + 4);
    size_t used = 0;
    if (out == NULL)
        return "";
    for (size_t at = 0; at < size && used + 4 < most;) {
        uint32_t point = 0;
        size_t step = text_decode(bytes + at, size - at, &point);
        if (step == 0 || is_turning(point)) {
            memcpy(out + used, "\xEF\xBF\xBD", 3);
            used += 3;
        } else if (point < 0x20 || point == 0x7F || (point >= 0x80 && point < 0xA0)) {
            out[used++] = ' ';
        } else {
            memcpy(out + used, bytes + at, step);
            used += step;
        }
        at += step == 0 ? 1 : step;
    }
    out[used] = '\0';
    return out;
}

static char *clean_text(struct step *step, const char *text)
{
    return clean(&step->arena, text, strlen(text), TEXT_MAX);
}

/* From one encoding to another, NULL being UTF-8; false: it has letters that the other has not. */
static bool convert(const char *from, const char *to, struct slice text, char *out, size_t capacity,
                    size_t *ret_size)
{
    iconv_t way = iconv_open(to != NULL ? to : "UTF-8", from != NULL ? from : "UTF-8");
    char *in = (char *)(uintptr_t)text.data;
    size_t left = text.size;
    size_t room = capacity;
    if (way == (iconv_t)-1)
        return false;
    bool good = text.size == 0 || iconv(way, &in, &left, &out, &room) != (size_t)-1;
    (void)iconv_close(way);
    *ret_size = capacity - room;
    return good;
}

/* A cell as it stands in the file. */
static char *cell_text(struct step *step, const struct look *look, struct slice raw)
{
    char room[SHOWN_MAX * 4];
    size_t size = 0;
    struct slice cut = slice_of(raw.data, raw.size < SHOWN_MAX ? raw.size : SHOWN_MAX);
    if (look->rows.encoding == NULL)
        return clean(&step->arena, raw.data, raw.size, SHOWN_MAX);
    (void)convert(look->rows.encoding, NULL, cut, room, sizeof room, &size);
    return clean(&step->arena, room, size, SHOWN_MAX);
}

/* ---- reports ---- */

static void tell(struct step *step, bool done)
{
    step->report.action = step->of->what->action;
    step->report.done = done;
    step->of->report(step->of->context, &step->report);
}

static void fail_step(struct step *step, const struct failure *failure)
{
    if (step->report.failure == NULL)
        step->report.failure =
            clean_text(step, failure->text[0] != '\0' ? failure->text : "it cannot be read");
}

/* ---- questions ---- */

static Tefter__ImportReading *reading_new(struct step *step, const char *answer, const char *shown)
{
    Tefter__ImportReading *reading = arena_take(&step->arena, sizeof *reading);
    if (reading == NULL)
        return NULL;
    tefter__import_reading__init(reading);
    reading->answer = clean_text(step, answer);
    reading->shown = shown != NULL ? clean_text(step, shown) : NULL;
    return reading;
}

static void add_reading(struct step *step, Tefter__ImportReading *reading)
{
    Tefter__ImportQuestion *question = &step->question;
    if (question->readings == NULL)
        question->readings = arena_zero(&step->arena, READINGS_MAX * sizeof(void *));
    if (question->readings != NULL && reading != NULL && question->n_readings < READINGS_MAX)
        question->readings[question->n_readings++] = reading;
}

/* One of both readings: in the currency where it is money, so that nobody mistakes it. */
static Tefter__ImportReading *decimal_reading(struct pass *pass, const char *answer, char decimal,
                                              const char *example)
{
    enum { DIGITS = 3 }; /* more than money has */
    const struct look *look = &pass->job.look;
    const struct currency *currency = pass->job.currency;
    struct style style = {.currency = currency, .number = {decimal, decimal == '.' ? ',' : '.'}};
    bool money = look->amounts.example[0] != '\0';
    int exponent = money ? currency->exponent + DIGITS : DIGITS;
    char text[MONEY_TEXT_MAX] = "";
    const char *why;
    int64_t value = 0;
    if (!value_number(slice_text(example), exponent, &style, &value, &why))
        return NULL;
    (void)decimal_write(value, exponent, text);
    Tefter__ImportReading *reading = reading_new(pass->step, answer, text);
    if (reading != NULL && money && value % QUANTITY_UNIT == 0) {
        reading->has_amount_minor = true;
        reading->amount_minor = value / QUANTITY_UNIT;
    }
    return reading;
}

/* 1.500 is 1.5, or 1500. */
static void ask_decimal(struct pass *pass)
{
    struct step *step = pass->step;
    const char *example = pass->job.look.numbers.example;
    bool point = strchr(example, '.') != NULL;
    add_reading(step, decimal_reading(pass, point ? "point" : "comma", point ? '.' : ',', example));
    add_reading(step, decimal_reading(pass, point ? "comma" : "point", point ? ',' : '.', example));
    step->question.example = clean_text(step, example);
}

/* Each with a number of the file that is written so. */
static void ask_mixed(struct pass *pass)
{
    const struct number_evidence *numbers = &pass->job.look.numbers;
    add_reading(pass->step, reading_new(pass->step, "point", numbers->point));
    add_reading(pass->step, reading_new(pass->step, "comma", numbers->comma));
}

/* "24 %", or money. */
static Tefter__ImportReading *rate_shown(struct pass *pass, const char *answer,
                                         const struct value_rate *rate)
{
    char number[AMOUNT_TEXT_MAX];
    char text[AMOUNT_TEXT_MAX + 4];
    (void)habit_write(rate->value, 2, 0, pass->job.currency->habit, number);
    (void)snprintf(text, sizeof text, "%s %%", number);
    Tefter__ImportReading *reading = reading_new(pass->step, answer, rate->is_amount ? NULL : text);
    if (reading != NULL && rate->is_amount) {
        reading->has_amount_minor = true;
        reading->amount_minor = rate->value;
    }
    return reading;
}

/* Each answer is a word of the importer and its value. */
static void ask_rates(struct pass *pass, enum import_field field)
{
    struct rate_reading readings[RATE_READINGS_MAX];
    const char *example;
    size_t count = look_rate_readings(&pass->job.look, field, &example, readings);
    for (size_t i = 0; i < count; i++) {
        char answer[ANSWER_MAX];
        (void)snprintf(answer, sizeof answer, "%s=%s",
                       field == FIELD_TAX ? "tax-is" : "discount-is", readings[i].word);
        Tefter__ImportReading *reading = rate_shown(pass, answer, &readings[i].rate);
        add_reading(pass->step, reading);
    }
    pass->step->question.example = clean_text(pass->step, example);
}

static void ask_paid(struct step *step, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        char answer[ANSWER_MAX];
        (void)snprintf(answer, sizeof answer, "paid=%s", words[i]);
        add_reading(step, reading_new(step, answer, NULL));
    }
}

static void ask_dates(struct step *step, const char *example, const char *const *words)
{
    static const struct {
        const char *word;
        enum import_dates order;
    } orders[] = {{"dmy", DATES_DMY}, {"mdy", DATES_MDY}, {"ymd", DATES_YMD}};
    for (size_t i = 0; words[i] != NULL; i++) {
        uint32_t date;
        const char *why;
        Tefter__ImportReading *reading = reading_new(step, words[i], NULL);
        for (size_t k = 0; k < 3 && reading != NULL; k++)
            if (strcmp(orders[k].word, words[i]) == 0 &&
                value_date(slice_text(example), orders[k].order, &date, &why)) {
                reading->has_date = true;
                reading->date = date;
            }
        add_reading(step, reading);
    }
    if (example[0] != '\0')
        step->question.example = clean_text(step, example);
}

static void on_asked(void *context, enum console_question about, const char *text,
                     const char *const *words)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    static const Tefter__ImportAsked kinds[] = {
        [ASK_HIDDEN] = TEFTER__IMPORT_ASKED__ASKED_HIDDEN,
        [ASK_DECIMAL] = TEFTER__IMPORT_ASKED__ASKED_DECIMAL,
        [ASK_DECIMAL_MIXED] = TEFTER__IMPORT_ASKED__ASKED_DECIMAL_MIXED,
        [ASK_DATES] = TEFTER__IMPORT_ASKED__ASKED_DATES,
        [ASK_DATES_MIXED] = TEFTER__IMPORT_ASKED__ASKED_DATES_MIXED,
        [ASK_AMOUNTS] = TEFTER__IMPORT_ASKED__ASKED_AMOUNTS,
        [ASK_TAX] = TEFTER__IMPORT_ASKED__ASKED_TAX,
        [ASK_FREE] = TEFTER__IMPORT_ASKED__ASKED_FREE,
        [ASK_DISCOUNT_IS] = TEFTER__IMPORT_ASKED__ASKED_COLUMNS,
        [ASK_TAX_IS] = TEFTER__IMPORT_ASKED__ASKED_COLUMNS,
        [ASK_PAID] = TEFTER__IMPORT_ASKED__ASKED_COLUMNS,
    };
    if (about == ASK_OTHER || step->report.question != NULL)
        return;
    step->report.question = &step->question;
    step->question.asked = kinds[about];
    step->question.words = clean_text(step, text);
    if (about == ASK_DECIMAL) {
        ask_decimal(pass);
    } else if (about == ASK_DECIMAL_MIXED) {
        ask_mixed(pass);
    } else if (about == ASK_DISCOUNT_IS || about == ASK_TAX_IS) {
        ask_rates(pass, about == ASK_TAX_IS ? FIELD_TAX : FIELD_DISCOUNT);
    } else if (about == ASK_PAID) {
        ask_paid(step, words);
    } else if (about == ASK_DATES || about == ASK_DATES_MIXED) {
        ask_dates(step, pass->job.look.dates.example, words);
    } else {
        for (size_t i = 0; words[i] != NULL; i++)
            add_reading(step, reading_new(step, words[i], NULL));
        if (about == ASK_HIDDEN)
            step->question.example = clean_text(step, pass->job.source.hidden);
        else if (about == ASK_FREE)
            step->question.example = clean_text(step, pass->job.result.free_price_of);
        else if (about == ASK_TAX)
            step->question.example = clean_text(step, pass->job.result.taxed_example);
        else if (about == ASK_AMOUNTS)
            step->question.example = clean_text(step, pass->job.result.same_example);
    }
}

static void on_progress(void *context, const struct progress *progress)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    Tefter__ImportProgress told = TEFTER__IMPORT_PROGRESS__INIT;
    struct tefter_state state;
    told.done = progress->done;
    told.rows = progress->rows;
    told.at = progress->at;
    told.size = progress->size;
    told.ms = progress->ms;
    step->report.progress = &told;
    tell(step, false);
    step->report.progress = NULL;
    tefter_state(step->client, &state);
    if (!state.connected) /* it was lent, and does not come again */
        import_stop();
}

/* ---- what people say ---- */

static const char *const words_taken[] = {
    "decimal",   "group",    "dates",    "hidden",        "amounts",     "tax",
    "free",      "update",   "as-of",    "cash",          "match",       "sheet",
    "skip",      "encoding", "source",   "number-prefix", "term-days",   "delimiter",
    "no-create", "total",    "currency", "paid",          "discount-is", "tax-is",
};

static bool is_taken(const char *name)
{
    for (size_t i = 0; i < sizeof words_taken / sizeof words_taken[0]; i++)
        if (strcmp(words_taken[i], name) == 0)
            return true;
    return false;
}

static const char *word_for(const struct step *step, const char *name)
{
    const Tefter__ImportDo *what = step->of->what;
    for (size_t i = 0; i < what->n_settings; i++)
        if (strcmp(what->settings[i]->name, name) == 0)
            return what->settings[i]->value;
    return NULL;
}

/* The words of the command line, read as that reads them. */
static bool read_words(struct step *step, enum import_kind kind, struct import_settings *settings,
                       struct failure *failure)
{
    const Tefter__ImportDo *what = step->of->what;
    char **argv = arena_zero(&step->arena, (WORDS_MAX + 4) * sizeof *argv);
    int argc = 0;
    if (argv == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory");
    argv[argc++] = "import";
    argv[argc++] = (char *)(uintptr_t)kind_word(kind);
    argv[argc++] = (char *)(uintptr_t)step->of->name;
    for (size_t i = 0; i < what->n_settings && argc < WORDS_MAX; i++) {
        const Tefter__ImportSetting *setting = what->settings[i];
        char word[WORD_BYTES_MAX];
        if (!is_taken(setting->name))
            return fail(failure, FAULT_USE, 0, "\"%.40s\" cannot be said here", setting->name);
        int size = snprintf(word, sizeof word, setting->value != NULL ? "--%s=%s" : "--%s",
                            setting->name, setting->value != NULL ? setting->value : "");
        argv[argc++] = arena_text(&step->arena, word, (size_t)size);
    }
    argv[argc] = NULL;
    /* the name of a file may begin as a flag does */
    if (!import_settings_read(argc, argv, settings, failure))
        return false;
    settings->file = step->of->name;
    settings->kind = kind;
    settings->yes = settings->by_letters = settings->twice = true; /* they are shown */
    if (settings->source == NULL)
        settings->source = step->source;
    settings->as_of_assumed = settings->as_of == NULL;
    if (settings->as_of == NULL)
        settings->as_of = step->today;
    return true;
}

/* In a file of both, what each kind takes of what a column was said to be. */
static const char *field_for(enum import_kind kind, bool both, bool per_bill, const char *name)
{
    if (!both)
        return name;
    if (per_bill && strcmp(name, "note") == 0)
        return kind == IMPORT_CUSTOMERS ? "" : name;
    if (kind == IMPORT_CUSTOMERS)
        return strcmp(name, "code_name") == 0 || field_find(slice_text(name), kind) != FIELD_NONE
                   ? name
                   : "";
    if (strcmp(name, "code") == 0 || strcmp(name, "code_name") == 0)
        return "customer";
    if (strcmp(name, "note") == 0 || strcmp(name, "area") == 0 ||
        field_find(slice_text(name), kind) == FIELD_NONE)
        return "";
    return name;
}

/* Each row is an old bill: what is noted there is noted of it, and not of the customer. */
static bool is_per_bill(const Tefter__ImportDo *what)
{
    for (size_t i = 0; i < what->n_columns; i++) {
        const char *field = what->columns[i]->field;
        if (field != NULL && (strcmp(field, "number") == 0 || strcmp(field, "due") == 0))
            return true;
    }
    return false;
}

static bool pass_settings(struct pass *pass, struct step *step, enum import_kind kind, bool both,
                          struct failure *failure)
{
    const Tefter__ImportDo *what = step->of->what;
    pass->step = step;
    if (!read_words(step, kind, &pass->settings, failure))
        return false;
    if (what->n_columns == 0)
        return true;
    bool per_bill = is_per_bill(what);
    for (size_t i = 0; i < what->n_columns && i < HEADERS_MAX; i++) {
        const char *field = what->columns[i]->field;
        pass->columns[i] = field == NULL ? "" : field_for(kind, both, per_bill, field);
    }
    pass->settings.columns = pass->columns;
    pass->settings.column_count = what->n_columns;
    return true;
}

/* ---- other cells for the file ---- */

static bool put_quoted(struct buffer *out, struct slice cell)
{
    bool good = buffer_put(out, "\"", 1);
    for (size_t i = 0; good && i < cell.size; i++)
        good = buffer_put(out, cell.data[i] == '"' ? "\"\"" : (const char *)&cell.data[i],
                          cell.data[i] == '"' ? 2 : 1);
    return good && buffer_put(out, "\"", 1);
}

static const char *edit_of(const struct step *step, uint64_t line, size_t column)
{
    const Tefter__ImportDo *what = step->of->what;
    const char *found = NULL;
    for (size_t i = 0; i < what->n_edits; i++)
        if (what->edits[i]->line == line && what->edits[i]->column == column)
            found = what->edits[i]->text;
    return found;
}

static bool is_edited(const struct step *step, uint64_t line)
{
    const Tefter__ImportDo *what = step->of->what;
    for (size_t i = 0; i < what->n_edits; i++)
        if (what->edits[i]->line == line)
            return true;
    return false;
}

/* The row anew, in as many lines as before, so that every other row keeps its place. */
static bool put_row(struct job *job, struct step *step, const struct row *row, struct buffer *out)
{
    const struct reader_style *style = &job->look.rows;
    bool good = true;
    for (size_t i = 0; good && i < row->count; i++) {
        char room[SHOWN_MAX * 8];
        size_t size = 0;
        const char *edit = edit_of(step, row->line, i);
        struct slice cell = row->raw[i];
        if (edit != NULL) {
            if (!convert(NULL, style->encoding, slice_text(edit), room, sizeof room, &size))
                return fail(&job->failure, FAULT_USE, 0,
                            "line %" PRIu64 ": the file's letters (%s) cannot write \"%.40s\"",
                            row->line, style->encoding != NULL ? style->encoding : "UTF-8", edit);
            cell = slice_of(room, size);
        }
        good = (i == 0 || buffer_put(out, &style->delimiter, 1)) && put_quoted(out, cell);
    }
    for (uint64_t line = row->line; good && line < row->next_line; line++)
        good = buffer_put(out, &style->ending, 1);
    return good || fail(&job->failure, FAULT_MEMORY, 0, "no memory for the changed file");
}

static bool flush_to(int file, struct buffer *out, struct failure *failure)
{
    for (size_t done = 0; done < out->size;) {
        ssize_t put = write(file, out->data + done, out->size - done);
        if (put < 0 && errno != EINTR)
            return fail(failure, FAULT_IO, errno, "cannot keep the changed file");
        done += put > 0 ? (size_t)put : 0;
    }
    buffer_clear(out);
    return true;
}

static bool copy_between(struct job *job, uint64_t from, uint64_t to, struct buffer *out, int file)
{
    uint8_t piece[16 * 1024];
    while (from < to) {
        size_t size = to - from < sizeof piece ? (size_t)(to - from) : sizeof piece;
        size_t got = source_peek(&job->source, from, piece, size);
        if (got == 0)
            return fail(&job->failure, FAULT_IO, 0, "the file changed while it was read");
        if (!buffer_put(out, piece, got))
            return fail(&job->failure, FAULT_MEMORY, 0, "no memory for the changed file");
        if (out->size > 256 * 1024 && !flush_to(file, out, &job->failure))
            return false;
        from += got;
    }
    return true;
}

static bool write_edited(struct job *job, struct step *step, int file)
{
    struct row row;
    struct buffer out;
    uint64_t at = 0;
    const struct track_place begin = job->look.begin;
    buffer_init(&out, 8 * 1024 * 1024);
    bool good = source_seek(&job->source, begin.offset, &job->failure);
    struct reader *reader = good ? reader_create(&job->look.rows, source_read, &job->source,
                                                 begin.offset, begin.line, &job->failure)
                                 : NULL;
    good = reader != NULL;
    while (good && reader_next(reader, &row, &job->failure)) {
        if (!is_edited(step, row.line) || row.fault != NULL)
            continue;
        good = copy_between(job, at, row.offset, &out, file) && put_row(job, step, &row, &out);
        at = row.end;
    }
    good = good && job->failure.fault == FAULT_NONE &&
           copy_between(job, at, job->source.size, &out, file) &&
           flush_to(file, &out, &job->failure);
    reader_destroy(reader);
    buffer_fini(&out);
    return good;
}

static bool edit_file(struct job *job)
{
    struct pass *pass = job->context;
    struct step *step = pass->step;
    if (step->of->what->n_edits == 0)
        return true;
    int file = source_nameless(&job->failure);
    if (file < 0)
        return false;
    if (!write_edited(job, step, file)) {
        (void)close(file);
        return false;
    }
    look_fini(&job->look);
    return source_replace(&job->source, file, &job->failure) &&
           look_at(&job->look, &job->source, job->settings, &job->failure);
}

/* ---- rows that need somebody ---- */

static Tefter__ImportReading *amount_reading(struct step *step, const struct pass *pass,
                                             int64_t amount)
{
    char text[MONEY_TEXT_MAX];
    const struct currency *currency = tefter_currency(step->client);
    char decimal = pass->job.look.style.number.decimal;
    (void)decimal_write(amount, currency->exponent, text);
    char *point = strchr(text, '.');
    if (point != NULL && decimal == ',')
        *point = ',';
    Tefter__ImportReading *reading = reading_new(step, text, NULL);
    if (reading != NULL) {
        reading->has_amount_minor = true;
        reading->amount_minor = amount;
    }
    return reading;
}

/* As people type amounts; else by either sign for decimals. */
static size_t amounts_of(struct step *step, const char *text, int64_t ret_amounts[READINGS_MAX])
{
    static const struct number_style styles[] = {{'.', ','}, {',', '.'}, {'.', ' '}, {',', ' '}};
    const struct currency *currency = tefter_currency(step->client);
    char why[AMOUNT_WHY_MAX];
    size_t count = 0;
    int64_t amount;
    if (amount_read(text, currency, &amount, why) == NULL)
        ret_amounts[count++] = amount;
    for (size_t i = 0; i < sizeof styles / sizeof styles[0] && count < 2; i++) {
        struct style style = {.currency = currency, .number = styles[i]};
        const char *wrong;
        if (!value_number(slice_text(text), currency->exponent, &style, &amount, &wrong) ||
            (count == 1 && ret_amounts[0] == amount))
            continue;
        ret_amounts[count++] = amount;
    }
    return count;
}

static void add_dates(struct step *step, Tefter__ImportNeed *need, const char *text)
{
    static const enum import_dates orders[] = {DATES_DMY, DATES_MDY, DATES_YMD};
    for (size_t i = 0; i < 3 && need->n_readings < 2; i++) {
        uint32_t date;
        const char *why;
        char iso[DATE_TEXT_SIZE];
        if (!value_date(slice_text(text), orders[i], &date, &why) ||
            (need->n_readings == 1 && need->readings[0]->date == date))
            continue;
        date_write(date, iso);
        Tefter__ImportReading *reading = reading_new(step, iso, NULL);
        if (reading == NULL)
            return;
        reading->has_date = true;
        reading->date = date;
        need->readings[need->n_readings++] = reading;
    }
}

static void add_readings(struct pass *pass, Tefter__ImportNeed *need, enum import_field field)
{
    struct step *step = pass->step;
    need->readings = arena_zero(&step->arena, READINGS_MAX * sizeof(void *));
    if (need->readings == NULL || need->text == NULL)
        return;
    if (field_about(field)->form == FORM_DATE)
        add_dates(step, need, need->text);
    if (!field_is_amount(field))
        return;
    int64_t amounts[READINGS_MAX];
    size_t count = amounts_of(step, need->text, amounts);
    for (size_t i = 0; i < count; i++) {
        Tefter__ImportReading *reading = amount_reading(step, pass, amounts[i]);
        if (reading != NULL)
            need->readings[need->n_readings++] = reading;
    }
}

static struct slice cell_at(const struct mapping *mapping, enum import_field field,
                            const struct slice *cells, size_t count)
{
    int column = mapping->column[field];
    return column != COLUMN_NONE && (size_t)column < count ? cells[column] : slice_of("", 0);
}

static char *label_of(struct pass *pass, const struct slice *cells, size_t count)
{
    static const enum import_field fields[] = {FIELD_NAME, FIELD_CUSTOMER, FIELD_CODE, FIELD_NUMBER,
                                               FIELD_LIST};
    const struct look *look = &pass->job.look;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice cell = cell_at(&look->mapping, fields[i], cells, count);
        if (cell.size > 0)
            return cell_text(pass->step, look, value_before_mark(cell));
    }
    return NULL;
}

/* What a row's line comes to, of a document that was read. */
static bool line_amount(const struct entry *entry, uint64_t line, int64_t *ret_amount)
{
    for (size_t i = 0; entry != NULL && i < entry->line_count; i++)
        if (entry->lines[i].line == line) {
            *ret_amount = entry->lines[i].total_minor;
            return true;
        }
    return false;
}

/* Quantity times price, of a row whose document was not read so far. */
static bool product_of(struct pass *pass, const struct slice *cells, size_t count,
                       int64_t *ret_amount)
{
    const struct look *look = &pass->job.look;
    const char *why;
    int64_t quantity = QUANTITY_UNIT;
    int64_t price;
    struct slice pieces = cell_at(&look->mapping, FIELD_QUANTITY, cells, count);
    struct slice each = cell_at(&look->mapping, FIELD_PRICE, cells, count);
    return each.size > 0 &&
           (pieces.size == 0 ||
            value_field(pieces, FIELD_QUANTITY, &look->style, &quantity, &why)) &&
           value_field(each, FIELD_PRICE, &look->style, &price, &why) &&
           money_line(quantity, price, ret_amount);
}

/* Its amount, when that can be read, or could be read in one way only. */
static bool amount_of(struct pass *pass, const struct entry *entry, uint64_t line,
                      const struct slice *cells, size_t count, int64_t *ret_amount)
{
    static const enum import_field fields[] = {FIELD_AMOUNT, FIELD_TOTAL};
    const struct look *look = &pass->job.look;
    const char *why;
    if (entry != NULL && entry->has_number[FIELD_AMOUNT]) {
        *ret_amount = entry->numbers[FIELD_AMOUNT];
        return true;
    }
    if (line_amount(entry, line, ret_amount) || product_of(pass, cells, count, ret_amount))
        return true;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice cell = cell_at(&look->mapping, fields[i], cells, count);
        if (cell.size > 0 && value_field(cell, fields[i], &look->style, ret_amount, &why))
            return true;
    }
    return false;
}

/* Reading one cell fails with `field "cell": why`; the last is the same for many. */
static const char *bare_why(const char *why, bool of_cell)
{
    const char *at = of_cell ? strstr(why, "\": ") : NULL;
    return at != NULL ? at + 3 : why;
}

static void note_reason(struct step *step, const char *why, uint64_t line, const char *field)
{
    for (size_t i = 0; i < step->reason_count; i++) {
        Tefter__ImportReason *known = step->reasons[i];
        bool same_field = field == NULL ? known->field == NULL
                                        : known->field != NULL && strcmp(known->field, field) == 0;
        if (same_field && strcmp(known->why, why) == 0) {
            known->count++;
            return;
        }
    }
    if (step->reason_count == sizeof step->reasons / sizeof step->reasons[0])
        return;
    Tefter__ImportReason *reason = arena_take(&step->arena, sizeof *reason);
    if (reason == NULL)
        return;
    tefter__import_reason__init(reason);
    reason->why = arena_text(&step->arena, why, strlen(why));
    if (reason->why == NULL)
        reason->why = "";
    reason->line = line;
    reason->count = 1;
    reason->field = (char *)(uintptr_t)field;
    step->reasons[step->reason_count++] = reason;
}

static void count_amount(struct step *step, bool good, int64_t amount)
{
    if (good)
        step->need_minor += amount;
    else
        step->need_unread++;
}

static int compare_lines(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static void lines_put(struct lines *lines, uint64_t line)
{
    if (GROW(lines->all, lines->room, lines->count + 1))
        lines->all[lines->count++] = line;
}

static void lines_sort(struct lines *lines)
{
    if (lines->count > 1)
        qsort(lines->all, lines->count, sizeof lines->all[0], compare_lines);
}

static bool lines_have(const struct lines *lines, uint64_t line)
{
    return lines->count > 0 &&
           bsearch(&line, lines->all, lines->count, sizeof lines->all[0], compare_lines) != NULL;
}

/* All of a row comes in, or none of it: who could not be taken as a customer owes nothing yet, and
 * whose debt is refused is no customer yet. */
static bool on_passed(void *context, uint64_t line, const struct slice *cells, size_t count)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    int64_t amount = 0;
    if (pass->turn == TURN_CUSTOMERS)
        return lines_have(&step->failing, line);
    if (pass->turn != TURN_DEBTS || !lines_have(&step->passed, line))
        return false;
    step->need_rows++;
    bool good = amount_of(pass, NULL, line, cells, count, &amount);
    count_amount(step, good, amount);
    return true;
}

static void on_failing(void *context, uint64_t line, const char *why, const struct entry *entry,
                       const struct slice *cells, size_t count)
{
    struct pass *pass = context;
    (void)why;
    (void)entry;
    (void)cells;
    (void)count;
    lines_put(&pass->step->failing, line);
}

/* One for each cell that is wrong. */
static void put_need(struct pass *pass, uint64_t line, const char *why, enum import_field field,
                     bool good_amount, int64_t amount, const struct slice *cells, size_t count)
{
    struct step *step = pass->step;
    const struct mapping *mapping = &pass->job.look.mapping;
    const char *name = field != FIELD_NONE ? field_about(field)->name : NULL;
    const char *bare = bare_why(why, field != FIELD_NONE);
    arena_reset(&step->row);
    char *said = clean(&step->row, bare, strlen(bare), TEXT_MAX);
    note_reason(step, said, line, name);
    Tefter__ImportNeed *need =
        step->need_count < NEEDS_MAX ? arena_take(&step->arena, sizeof *need) : NULL;
    if (need == NULL)
        return;
    tefter__import_need__init(need);
    need->line = line;
    need->why = clean_text(step, said);
    need->label = label_of(pass, cells, count);
    need->has_amount_minor = good_amount;
    need->amount_minor = amount;
    need->field = (char *)(uintptr_t)name;
    if (field != FIELD_NONE && mapping->column[field] != COLUMN_NONE) {
        need->has_column = true;
        need->column = (uint32_t)mapping->column[field];
        need->text = cell_text(step, &pass->job.look, cell_at(mapping, field, cells, count));
        add_readings(pass, need, field);
    }
    step->needs[step->need_count++] = need;
}

static void on_rejected(void *context, uint64_t line, const char *why, const struct entry *entry,
                        const struct slice *cells, size_t count)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    bool conflict = entry != NULL && entry->outcome == OUTCOME_CONFLICT;
    int64_t amount = 0;
    bool good_amount = amount_of(pass, entry, line, cells, count, &amount);
    enum import_field field = entry != NULL ? entry->why_field : FIELD_NONE;
    if (pass->turn != TURN_CUSTOMERS) {
        step->need_rows++;
        count_amount(step, good_amount, amount);
    } else if (!conflict) {
        lines_put(&step->passed, line);
    }
    if (entry != NULL && entry->why_line != 0 && entry->why_line != line)
        return; /* another row of it is the wrong one */
    put_need(pass, line, why, field, good_amount, amount, cells, count);
    for (size_t i = 0; entry != NULL && i < entry->more_count; i++)
        put_need(pass, line, entry->more[i].why, entry->more[i].field, good_amount, amount, cells,
                 count);
}

static void on_changed(void *context, const struct entry *entry)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    const struct differences *differs = &entry->differs;
    Tefter__ImportChange *told =
        step->change_count < CHANGES_MAX ? arena_take(&step->arena, sizeof *told) : NULL;
    if (told == NULL)
        return;
    tefter__import_change__init(told);
    told->line = entry->line;
    told->label = clean(&step->arena, differs->label, strlen(differs->label), SHOWN_MAX);
    told->differences = arena_zero(&step->arena, differs->count * sizeof *told->differences);
    for (size_t i = 0; told->differences != NULL && i < differs->count; i++) {
        const struct difference *one = &differs->rows[i];
        Tefter__ImportDifference *row = arena_take(&step->arena, sizeof *row);
        if (row == NULL)
            break;
        tefter__import_difference__init(row);
        row->field = (char *)(uintptr_t)field_about(one->field)->name;
        row->there = clean(&step->arena, one->there, strlen(one->there), SHOWN_MAX);
        row->here = clean(&step->arena, one->here, strlen(one->here), SHOWN_MAX);
        told->differences[told->n_differences++] = row;
    }
    step->changes[step->change_count++] = told;
}

/* ---- a pass ---- */

static void pass_begin(struct pass *pass, struct step *step)
{
    struct job *job = &pass->job;
    pass->hooks = (struct console_hooks){on_asked, on_progress};
    pass->changes = (struct change_taker){on_changed, pass};
    pass->taker =
        (struct reject_taker){.take = pass->turn == TURN_FORESEE ? on_failing : on_rejected,
                              .passed = on_passed,
                              .context = pass};
    *job = (struct job){.client = step->client,
                        .settings = &pass->settings,
                        .source = {.fd = -1},
                        .console = {.hooks = &pass->hooks, .context = pass, .live = true},
                        .file = step->of->file,
                        .kept = &step->kept,
                        .to_rejects = step->of->rejects,
                        .unwritten = pass->turn == TURN_FORESEE,
                        .taker = &pass->taker,
                        .changes = pass->turn == TURN_FORESEE ? NULL : &pass->changes,
                        .edit = edit_file,
                        .context = pass};
    index_init(&job->index);
}

static int kinds_of(Tefter__ImportKind kind, enum import_kind ret_kinds[2])
{
    static const enum import_kind kinds[] = {IMPORT_CUSTOMERS, IMPORT_PRODUCTS,     IMPORT_INVOICES,
                                             IMPORT_PAYMENTS,  IMPORT_CREDIT_NOTES, IMPORT_BALANCES,
                                             IMPORT_PRICES,    IMPORT_GROUPS};
    if (kind == TEFTER__IMPORT_KIND__KIND_CUSTOMERS_AND_BALANCES) {
        ret_kinds[0] = IMPORT_CUSTOMERS;
        ret_kinds[1] = IMPORT_BALANCES;
        return 2;
    }
    size_t at = (size_t)kind - TEFTER__IMPORT_KIND__KIND_CUSTOMERS;
    ret_kinds[0] = at < sizeof kinds / sizeof kinds[0] ? kinds[at] : IMPORT_CUSTOMERS;
    return 1;
}

static void add_result(struct step *step, const struct pass *pass, enum turn turn)
{
    const struct run_result *from = &pass->job.result;
    Tefter__ImportResult *to = &step->result;
    bool money = kind_has_money(pass->settings.kind);
    to->rows = from->rows > to->rows ? from->rows : to->rows;
    to->has_conflicts = to->has_changed = true;
    to->conflicts += from->conflicts;
    to->changed += from->changed;
    to->ms += from->ms;
    to->has_ms = true;
    if (turn == TURN_CUSTOMERS) {
        to->has_customers_made = true;
        to->customers_made = from->sent_documents;
        return;
    }
    to->sent = from->sent_documents;
    to->there = from->there;
    if (turn == TURN_ONLY && pass->job.sink != NULL) {
        to->has_customers_made = to->has_products_made = true;
        to->customers_made = pass->job.sink->customers_made;
        to->products_made = pass->job.sink->products_made;
    }
    to->has_totals = to->has_nothing_owed = true;
    to->totals = from->totals;
    to->nothing_owed = from->nothing_owed;
    if (from->totals > 0)
        to->totals_example = clean_text(step, from->total_example);
    step->said_totals = from->said_totals;
    step->said_minor = from->said_minor;
    step->said_sum = from->said_sum;
    if (from->left_out[0] != '\0')
        to->left_out = clean_text(step, from->left_out);
    to->has_money = to->money = money;
    if (!money)
        return;
    to->has_clear_minor = true;
    to->clear_minor = (int64_t)(from->total_minor + from->there_minor);
    if (from->first_date != DATE_NONE) {
        to->has_first_date = to->has_last_date = true;
        to->first_date = from->first_date;
        to->last_date = from->last_date;
    }
}

/* What the file's own total row says: the last one's amount, or what all of them come to when that
 * is what the rows come to, as sums of its parts do. */
static void tell_totals(struct step *step, Tefter__ImportResult *result)
{
    __int128 all = (__int128)result->clear_minor + step->need_minor;
    if (step->said_totals == 0 || !result->money)
        return;
    bool parts = step->said_minor != all && (step->said_sum == all || step->said_sum == 2 * all);
    result->has_totals_minor = true;
    result->totals_minor = parts ? (int64_t)all : step->said_minor;
}

static void show_result(struct step *step)
{
    Tefter__ImportResult *result = &step->result;
    tell_totals(step, result);
    result->rejected_rows = step->need_rows;
    result->source = step->source;
    if (result->money) {
        result->has_need_minor = result->has_need_unread = true;
        result->need_minor = (int64_t)step->need_minor;
        result->need_unread = step->need_unread;
    }
    result->reasons = step->reasons;
    result->n_reasons = step->reason_count;
    result->doubles = step->doubles;
    result->n_doubles = step->double_count;
    result->changes = step->changes;
    result->n_changes = step->change_count;
    result->needs = step->needs;
    result->n_needs = step->need_count;
    step->report.result = result;
}

static int compare_needs(const void *a, const void *b)
{
    const Tefter__ImportNeed *const *left = a;
    const Tefter__ImportNeed *const *right = b;
    return ((*left)->line > (*right)->line) - ((*left)->line < (*right)->line);
}

/* Of one row; those of two of its cells are two. */
static bool same_fault(const Tefter__ImportNeed *a, const Tefter__ImportNeed *b)
{
    return a->line == b->line && (!a->has_column || !b->has_column || a->column == b->column);
}

/* In a file of both, a row that is wrong in the first reading is mostly wrong in the second. */
static void once_each(struct step *step)
{
    size_t kept = 0;
    for (size_t i = 0; i < step->need_count; i++) {
        bool known = false;
        for (size_t k = 0; k < kept && !known; k++)
            known = same_fault(step->needs[k], step->needs[i]);
        if (!known)
            step->needs[kept++] = step->needs[i];
    }
    step->need_count = kept;
    qsort(step->needs, kept, sizeof step->needs[0], compare_needs);
}

/* ---- who may be there twice ---- */

static void say_same(struct pass *pass, Tefter__ImportDouble *told, enum import_field field,
                     struct slice text)
{
    struct step *step = pass->step;
    int column = pass->job.look.mapping.column[field];
    Tefter__ImportEdit *edit =
        column != COLUMN_NONE ? arena_take(&step->arena, sizeof *edit) : NULL;
    if (edit == NULL)
        return;
    tefter__import_edit__init(edit);
    edit->line = told->line;
    edit->column = (uint32_t)column;
    edit->text = clean(&step->arena, text.data, text.size, SHOWN_MAX);
    told->same[told->n_same++] = edit;
}

/* Its row says the other's code, name and telephone. Where names are the codes of customers, the
 * name does: of a customer of the ledger only if that one came by its name too. */
static void say_how(struct pass *pass, Tefter__ImportDouble *told, const struct double_found *found)
{
    const struct mapping *mapping = &pass->job.look.mapping;
    char safe[CODE_MAX_BYTES + 1];
    enum import_field code = mapping->kind == IMPORT_CUSTOMERS ? FIELD_CODE : FIELD_CUSTOMER;
    bool by_name = mapping->column[code] == mapping->column[FIELD_NAME];
    struct slice named =
        value_is_code(found->name) ? found->name : value_safe_code(found->name, safe);
    told->same = arena_zero(&pass->step->arena, 3 * sizeof(void *));
    if (told->same == NULL || (by_name && !slice_equal(named, found->code)))
        return;
    if (!by_name)
        say_same(pass, told, code, found->code);
    say_same(pass, told, FIELD_NAME, found->name);
    if (mapping->kind == IMPORT_CUSTOMERS)
        say_same(pass, told, FIELD_PHONE, found->phone);
}

static bool on_double(void *context, const struct double_found *found)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    Tefter__ImportDouble *told =
        step->double_count < DOUBLES_MAX ? arena_take(&step->arena, sizeof *told) : NULL;
    if (told == NULL)
        return false;
    tefter__import_double__init(told);
    told->line = found->line;
    told->label = clean(&step->arena, found->label.data, found->label.size, SHOWN_MAX);
    told->has_other_line = found->other_line > 0;
    told->other_line = found->other_line;
    told->other = clean(&step->arena, found->name.data, found->name.size, SHOWN_MAX);
    told->other_code = clean(&step->arena, found->code.data, found->code.size, SHOWN_MAX);
    told->has_by_phone = true;
    told->by_phone = found->by_phone;
    say_how(pass, told, found);
    step->doubles[step->double_count++] = told;
    return true;
}

/* Both rows as they stand; one debt is made of them by taking the later one's amount away. */
static bool on_debt(void *context, const struct debt_found *found)
{
    struct pass *pass = context;
    struct step *step = pass->step;
    const struct look *look = &pass->job.look;
    int column = look->mapping.column[FIELD_AMOUNT];
    Tefter__ImportDouble *told =
        step->double_count < DOUBLES_MAX ? arena_take(&step->arena, sizeof *told) : NULL;
    if (told == NULL)
        return false;
    tefter__import_double__init(told);
    told->line = found->line;
    told->label = clean(&step->arena, found->amount.data, found->amount.size, SHOWN_MAX);
    told->has_other_line = true;
    told->other_line = found->other_line;
    told->other = clean(&step->arena, found->other.data, found->other.size, SHOWN_MAX);
    told->other_code = clean(&step->arena, found->customer.data, found->customer.size, SHOWN_MAX);
    told->same = arena_zero(&step->arena, sizeof(void *));
    if (told->same != NULL && column != COLUMN_NONE)
        say_same(pass, told, FIELD_AMOUNT, slice_text("0"));
    step->doubles[step->double_count++] = told;
    return true;
}

static bool find_debts(struct pass *pass)
{
    return !pass->settings.dry_run || pass->settings.kind != IMPORT_BALANCES ||
           pass->turn == TURN_FORESEE ||
           debts_find(&pass->job.look, &pass->job.source, on_debt, pass, &pass->job.failure);
}

static bool find_doubles(struct pass *pass)
{
    const struct mapping *mapping = &pass->job.look.mapping;
    bool customers = pass->turn == TURN_CUSTOMERS ||
                     (pass->turn == TURN_ONLY &&
                      (mapping->kind == IMPORT_CUSTOMERS || mapping->kind == IMPORT_BALANCES));
    return !customers || !pass->settings.dry_run ||
           doubles_find(pass->step->client, &pass->job.look, &pass->job.source, on_double, pass,
                        &pass->job.failure);
}

static bool run_pass(struct step *step, enum import_kind kind, enum turn turn, bool dry)
{
    bool both = turn != TURN_ONLY;
    struct pass *pass = calloc(1, sizeof *pass);
    struct failure failure = {FAULT_NONE, 0, ""};
    if (pass == NULL)
        return false;
    bool good = pass_settings(pass, step, kind, both, &failure);
    if (!good)
        fail_step(step, &failure);
    if (good) {
        pass->settings.dry_run = dry;
        pass->turn = turn;
        if (turn == TURN_CUSTOMERS)
            pass->settings.total = NULL; /* of money, which the other one books */
        lines_sort(turn == TURN_CUSTOMERS ? &step->failing : &step->passed);
        pass_begin(pass, step);
        good = job_prepare(&pass->job) && job_foresee(&pass->job) && job_open_sink(&pass->job) &&
               job_import(&pass->job) && find_doubles(pass) && find_debts(pass);
        if (!good && step->report.question == NULL)
            fail_step(step, &pass->job.failure);
        if (pass->job.begun && turn != TURN_FORESEE)
            add_result(step, pass, turn);
        job_release(&pass->job);
    }
    if (tefter_under_way(step->client) == 0) /* else answers may come yet, and find it */
        free(pass);
    return good;
}

static void ask_ledger(struct step *step)
{
    struct undo_told told;
    struct failure failure = {FAULT_NONE, 0, ""};
    Tefter__ImportResult *result = &step->result;
    const char *said = word_for(step, "source");
    if (!result->money ||
        !undo_look(step->client, said != NULL ? said : step->source, &told, &failure))
        return;
    result->has_ledger_minor = result->has_ledger_documents = true;
    result->ledger_minor = told.total_minor;
    result->ledger_documents = told.documents;
}

static void run_kinds(struct step *step, bool dry)
{
    enum import_kind kinds[2];
    const Tefter__ImportDo *what = step->of->what;
    if (!what->has_kind || what->n_columns == 0) {
        struct failure failure = {FAULT_NONE, 0, ""};
        (void)fail(&failure, FAULT_USE, 0, "say first what the file holds, and its columns");
        fail_step(step, &failure);
        return;
    }
    int count = kinds_of(what->kind, kinds);
    bool good = true;
    if (count == 1)
        good = run_pass(step, kinds[0], TURN_ONLY, dry);
    else
        good = run_pass(step, kinds[1], TURN_FORESEE, true) &&
               run_pass(step, kinds[0], TURN_CUSTOMERS, dry) &&
               run_pass(step, kinds[1], TURN_DEBTS, dry);
    if (count > 1)
        once_each(step);
    if (!dry && good)
        ask_ledger(step);
    if (step->report.question == NULL)
        show_result(step);
}

/* ---- looking ---- */

static bool look_as(struct pass *pass, struct step *step, enum import_kind kind, bool both,
                    bool loose)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    if (!pass_settings(pass, step, kind, both, &failure)) {
        fail_step(step, &failure);
        return false;
    }
    pass->settings.loose = loose;
    pass->settings.dry_run = true;
    pass_begin(pass, step);
    return job_prepare(&pass->job);
}

static int score_of(const struct mapping *mapping)
{
    int score = 0;
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        score += mapping->column[i] != COLUMN_NONE;
    return score;
}

static Tefter__ImportKind kind_told(enum import_kind kind)
{
    static const Tefter__ImportKind kinds[] = {
        [IMPORT_CUSTOMERS] = TEFTER__IMPORT_KIND__KIND_CUSTOMERS,
        [IMPORT_PRODUCTS] = TEFTER__IMPORT_KIND__KIND_PRODUCTS,
        [IMPORT_INVOICES] = TEFTER__IMPORT_KIND__KIND_INVOICES,
        [IMPORT_PAYMENTS] = TEFTER__IMPORT_KIND__KIND_PAYMENTS,
        [IMPORT_CREDIT_NOTES] = TEFTER__IMPORT_KIND__KIND_CREDIT_NOTES,
        [IMPORT_BALANCES] = TEFTER__IMPORT_KIND__KIND_BALANCES,
        [IMPORT_PRICES] = TEFTER__IMPORT_KIND__KIND_PRICES,
        [IMPORT_GROUPS] = TEFTER__IMPORT_KIND__KIND_GROUPS};
    return kinds[kind];
}

/* As which kinds the headers make sense; the one that knows most columns first. */
struct guesses {
    Tefter__ImportKind kinds[IMPORT_KINDS_COUNT + 1];
    size_t count;
    int best;
};

/* A column that no field of a customer is in, and that is what they owe. */
static bool has_amounts(const struct mapping *mapping)
{
    uint32_t rank;
    for (size_t i = 0; i < mapping->columns; i++)
        if (mapping_unused(mapping, i) &&
            field_guess(mapping->header[i], IMPORT_BALANCES, &rank) == FIELD_AMOUNT)
            return true;
    return false;
}

/* Nobody but the cash customer: no code of the file is known. */
static bool has_no_customers(struct step *step)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView company = TEFTER__COMPANY_VIEW__INIT;
    struct failure failure = {FAULT_NONE, 0, ""};
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &company;
    arena_reset(&step->row);
    const Tefter__Answer *answer =
        step->client != NULL ? tefter_ask(step->client, &query, &step->row, &failure) : NULL;
    return answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_COMPANY &&
           answer->company->customers <= 1;
}

/* Names and telephones without codes, for a ledger that knows nobody: they are its customers. */
static void guess_by_names(struct step *step, struct guesses *guesses)
{
    struct pass *pass = calloc(1, sizeof *pass);
    struct failure failure = {FAULT_NONE, 0, ""};
    const struct mapping *mapping = pass != NULL ? &pass->job.look.mapping : NULL;
    if (pass == NULL)
        return;
    pass->step = step;
    if (pass_settings(pass, step, IMPORT_CUSTOMERS, false, &failure)) {
        pass->settings.loose = true;
        pass_begin(pass, step);
        if (source_open_kept(&pass->job.source, &step->kept, step->of->file, step->of->name,
                             pass->settings.sheet, pass->settings.hidden == HIDDEN_READ,
                             &failure) &&
            look_at(&pass->job.look, &pass->job.source, &pass->settings, &failure) &&
            mapping->column[FIELD_NAME] != COLUMN_NONE &&
            mapping->column[FIELD_PHONE] != COLUMN_NONE && has_no_customers(step))
            guesses->kinds[guesses->count++] =
                has_amounts(mapping) ? TEFTER__IMPORT_KIND__KIND_CUSTOMERS_AND_BALANCES
                                     : TEFTER__IMPORT_KIND__KIND_CUSTOMERS;
        job_release(&pass->job);
    }
    free(pass);
}

static void guess_kinds(struct step *step, struct guesses *guesses)
{
    static const enum import_kind order[] = {IMPORT_BALANCES,  IMPORT_INVOICES, IMPORT_PAYMENTS,
                                             IMPORT_CUSTOMERS, IMPORT_PRODUCTS, IMPORT_PRICES,
                                             IMPORT_GROUPS};
    struct pass *pass = calloc(1, sizeof *pass);
    bool customers = false;
    bool balances = false;
    bool amounts = false;
    int scores[2] = {0, 0};
    for (size_t i = 0; pass != NULL && i < sizeof order / sizeof order[0]; i++) {
        struct failure failure = {FAULT_NONE, 0, ""};
        *pass = (struct pass){.step = step};
        if (!pass_settings(pass, step, order[i], false, &failure))
            break;
        pass_begin(pass, step);
        if (source_open_kept(&pass->job.source, &step->kept, step->of->file, step->of->name,
                             pass->settings.sheet, pass->settings.hidden == HIDDEN_READ,
                             &failure) &&
            look_at(&pass->job.look, &pass->job.source, &pass->settings, &failure)) {
            int score = score_of(&pass->job.look.mapping);
            bool first = score > guesses->best;
            size_t at = first ? 0 : guesses->count;
            memmove(&guesses->kinds[at + 1], &guesses->kinds[at],
                    (guesses->count - at) * sizeof guesses->kinds[0]);
            guesses->kinds[at] = kind_told(order[i]);
            guesses->count++;
            guesses->best = first ? score : guesses->best;
            customers = customers || order[i] == IMPORT_CUSTOMERS;
            balances = balances || order[i] == IMPORT_BALANCES;
            amounts =
                amounts || (order[i] == IMPORT_CUSTOMERS && has_amounts(&pass->job.look.mapping));
            if (order[i] == IMPORT_CUSTOMERS || order[i] == IMPORT_BALANCES)
                scores[order[i] == IMPORT_BALANCES] = score;
        }
        job_release(&pass->job);
    }
    free(pass);
    if (guesses->count == 0)
        guess_by_names(step, guesses);
    Tefter__ImportKind first = guesses->count > 0 ? guesses->kinds[0] : 0;
    bool of_these =
        first == TEFTER__IMPORT_KIND__KIND_CUSTOMERS || first == TEFTER__IMPORT_KIND__KIND_BALANCES;
    /* phones, limits: more than whose debt it is */
    if (!customers || !(balances || amounts))
        return;
    size_t at = of_these && (scores[0] > 2 || !balances) ? 0 : guesses->count;
    memmove(&guesses->kinds[at + 1], &guesses->kinds[at],
            (guesses->count - at) * sizeof guesses->kinds[0]);
    guesses->kinds[at] = TEFTER__IMPORT_KIND__KIND_CUSTOMERS_AND_BALANCES;
    guesses->count++;
}

static const char *told_field(const struct mapping *mapping, size_t column)
{
    if (mapping->column[FIELD_NAME] == (int)column && mapping->column[FIELD_CODE] == (int)column)
        return "code_name";
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->column[i] == (int)column)
            return field_about(i)->name;
    return NULL;
}

/* The one for the other's columns: in a file of both, customers go by their code. */
static void tell_columns(struct step *step, Tefter__ImportLooked *looked, const struct look *look,
                         bool other)
{
    const struct mapping *mapping = &look->mapping;
    if (!other)
        looked->columns = arena_zero(&step->arena, mapping->columns * sizeof(void *));
    for (size_t i = 0; looked->columns != NULL && i < mapping->columns; i++) {
        Tefter__ImportColumn *column =
            other ? looked->columns[i] : arena_take(&step->arena, sizeof *column);
        const char *field = told_field(mapping, i);
        if (column == NULL)
            return;
        if (!other) {
            tefter__import_column__init(column);
            column->header =
                clean(&step->arena, mapping->header[i].data, mapping->header[i].size, SHOWN_MAX);
            looked->columns[looked->n_columns++] = column;
        }
        if (column->field != NULL || field == NULL)
            continue;
        if (other && strcmp(field, "customer") == 0)
            field = "code";
        column->field = (char *)(uintptr_t)field;
        column->has_guessed = column->guessed = step->of->what->n_columns == 0;
    }
    for (size_t i = 0; looked->columns != NULL && i < looked->n_columns; i++) {
        looked->columns[i]->has_of_money = true;
        looked->columns[i]->of_money = looked->columns[i]->field == NULL && look_is_money(look, i);
    }
}

static void tell_fields(struct step *step, Tefter__ImportLooked *looked, enum import_kind kind,
                        bool both)
{
    size_t room = looked->n_fields + FIELD_COUNT + 1;
    Tefter__ImportField **fields = arena_zero(&step->arena, room * sizeof *fields);
    if (fields == NULL)
        return;
    for (size_t i = 0; i < looked->n_fields; i++)
        fields[i] = looked->fields[i];
    looked->fields = fields;
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        const char *name = field_about(i)->name;
        bool known = strcmp(name, "source") == 0 || !field_taken(i, kind) ||
                     (both && kind == IMPORT_BALANCES && strcmp(name, "customer") == 0);
        for (size_t k = 0; k < looked->n_fields && !known; k++)
            known = strcmp(fields[k]->name, name) == 0;
        Tefter__ImportField *field = known ? NULL : arena_take(&step->arena, sizeof *field);
        if (field == NULL)
            continue;
        tefter__import_field__init(field);
        field->name = (char *)(uintptr_t)name;
        field->has_required_here = field->required_here = field_required(i, kind);
        fields[looked->n_fields++] = field;
    }
}

/* ---- three rows, as they stand and as they are read ---- */

/* Nobody said yet which day "1/9/26" is. */
static bool dates_open(const struct pass *pass)
{
    enum import_dates order;
    return pass->settings.dates == DATES_GUESS &&
           date_judge(&pass->job.look.dates, &order) >= VERDICT_UNCLEAR;
}

/* Nor what "1.500" is. */
static bool decimals_open(const struct pass *pass)
{
    struct style style = pass->job.look.style;
    return pass->settings.decimal == 0 &&
           number_judge(&pass->job.look.numbers, &style) >= VERDICT_UNCLEAR;
}

/* No answer changes what it is. */
static bool whole_money(const struct pass *pass, enum import_field field)
{
    return pass->job.currency->exponent == 0 && (field_is_amount(field) || field_is_price(field));
}

/* Money in the ledger's currency; what is less than its smallest coin, and what is none, in
 * digits. */
static void tell_number(struct step *step, const struct pass *pass, enum import_field field,
                        int64_t value, Tefter__ImportCell *cell)
{
    const struct currency *currency = pass->job.currency;
    char text[AMOUNT_TEXT_MAX];
    int64_t unit = field_is_price(field) ? QUANTITY_UNIT : 1;
    cell->read = "";
    if ((field_is_price(field) || field_is_amount(field)) && value % unit == 0) {
        cell->has_amount_minor = true;
        cell->amount_minor = value / unit;
        return;
    }
    (void)habit_write(value, value_exponent(field, currency), 0, currency->habit, text);
    cell->read = clean_text(step, text);
}

/* A plain number may be a percentage or an amount, until somebody said so. */
static void read_rate_cell(struct step *step, const struct pass *pass, enum import_field field,
                           struct slice text, Tefter__ImportCell *cell)
{
    const struct style *style = &pass->job.look.style;
    enum import_rates is = field == FIELD_TAX ? style->tax_is : style->discount_is;
    char number[AMOUNT_TEXT_MAX];
    char shown[AMOUNT_TEXT_MAX + 4];
    const char *why = NULL;
    struct slice bare;
    struct value_rate rate;
    bool good = value_rate(text, field, style, &rate, &why);
    bool open = decimals_open(pass) || (!good && is == RATES_UNSAID);
    if (open && value_is_plain_rate(text, &bare)) {
        cell->read = "?";
    } else if (!good) {
        cell->has_wrong = cell->wrong = true;
        cell->read = clean_text(step, why != NULL ? why : "cannot be read");
    } else if (rate.is_amount) {
        cell->read = "";
        cell->has_amount_minor = true;
        cell->amount_minor = rate.value;
    } else {
        (void)habit_write(rate.value, 2, 0, pass->job.currency->habit, number);
        (void)snprintf(shown, sizeof shown, "%s %%", number);
        cell->read = clean_text(step, shown);
    }
}

static void read_cell(struct step *step, const struct pass *pass, enum import_field field,
                      struct slice text, Tefter__ImportCell *cell)
{
    const struct style *style = &pass->job.look.style;
    const char *why = NULL;
    uint32_t date;
    char iso[DATE_TEXT_SIZE];
    int64_t value = 0;
    switch (field_about(field)->form) {
    case FORM_NUMBER:
        if (field == FIELD_DISCOUNT || field == FIELD_TAX)
            read_rate_cell(step, pass, field, text, cell);
        else if (decimals_open(pass) && !whole_money(pass, field))
            cell->read = "?";
        else if (value_field(text, field, style, &value, &why))
            tell_number(step, pass, field, value, cell);
        break;
    case FORM_DATE:
        if (dates_open(pass)) {
            cell->read = "?"; /* nobody said yet which day that is */
        } else if (value_date(text, style->dates, &date, &why)) {
            cell->has_date = true;
            cell->date = date;
            date_write(date, iso);
            cell->read = arena_text(&step->arena, iso, strlen(iso));
        }
        break;
    case FORM_CODE:
        text = value_code(text, style->point_zero[field]);
        if (field == FIELD_CUSTOMER || field == FIELD_CODE) {
            char room[CODE_MAX_BYTES + 1];
            text = value_is_code(text) || pass->settings.kind == IMPORT_PRODUCTS
                       ? text
                       : value_safe_code(text, room);
            cell->read = clean(&step->arena, text.data, text.size, SHOWN_MAX);
            break;
        }
        cell->read = clean(&step->arena, text.data, text.size, SHOWN_MAX);
        break;
    case FORM_LINE:
    case FORM_WHOLE:
        cell->read = clean(&step->arena, text.data, text.size, SHOWN_MAX);
        break;
    }
    if (cell->read == NULL) {
        cell->has_wrong = cell->wrong = true;
        cell->read = clean_text(step, why != NULL ? why : "cannot be read");
    }
}

static enum import_field field_of_column(const struct mapping *mapping, size_t column)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (mapping->column[i] == (int)column)
            return i;
    return FIELD_NONE;
}

static Tefter__ImportRow *tell_row(struct step *step, const struct pass *pass,
                                   const struct row *row)
{
    Tefter__ImportRow *told = arena_take(&step->arena, sizeof *told);
    if (told == NULL)
        return NULL;
    tefter__import_row__init(told);
    told->line = row->line;
    told->cells = arena_zero(&step->arena, row->count * sizeof(void *));
    for (size_t i = 0; told->cells != NULL && i < row->count; i++) {
        Tefter__ImportCell *cell = arena_take(&step->arena, sizeof *cell);
        if (cell == NULL)
            break;
        tefter__import_cell__init(cell);
        cell->text = clean(&step->arena, row->text[i].data, row->text[i].size, SHOWN_MAX);
        enum import_field field = field_of_column(&pass->job.look.mapping, i);
        struct slice text = field != FIELD_NONE ? mapping_text(&pass->job.look.mapping, row, field)
                                                : slice_of("", 0);
        if (text.size > 0)
            read_cell(step, pass, field, text, cell);
        told->cells[told->n_cells++] = cell;
    }
    return told;
}

static void tell_rows(struct step *step, struct pass *pass, Tefter__ImportLooked *looked,
                      bool other)
{
    struct row row;
    struct job *job = &pass->job;
    struct failure failure = {FAULT_NONE, 0, ""};
    size_t count = 0;
    if (!source_seek(&job->source, job->look.begin.offset, &failure))
        return;
    struct reader *reader = reader_create(&job->look.rows, source_read, &job->source,
                                          job->look.begin.offset, job->look.begin.line, &failure);
    if (!other)
        looked->rows = arena_zero(&step->arena, ROWS_SHOWN * sizeof(void *));
    while (reader != NULL && looked->rows != NULL && count < ROWS_SHOWN &&
           reader_next(reader, &row, NULL)) {
        if (row.fault != NULL)
            continue;
        Tefter__ImportRow *told = tell_row(step, pass, &row);
        if (told == NULL)
            break;
        if (!other) {
            looked->rows[looked->n_rows++] = told;
        } else if (count < looked->n_rows) {
            for (size_t i = 0; i < told->n_cells && i < looked->rows[count]->n_cells; i++)
                if (looked->rows[count]->cells[i]->read == NULL)
                    looked->rows[count]->cells[i] = told->cells[i];
        }
        count++;
    }
    reader_destroy(reader);
}

static void tell_form(struct step *step, const struct pass *pass, Tefter__ImportLooked *looked)
{
    const struct look *look = &pass->job.look;
    const struct source *source = &pass->job.source;
    static const char *const orders[] = {
        [DATES_GUESS] = "", [DATES_YMD] = "ymd", [DATES_DMY] = "dmy", [DATES_MDY] = "mdy"};
    if (source->format != NULL)
        looked->format = clean_text(step, look->made_of);
    else
        looked->delimiter = clean_text(step, delimiter_word(look->rows.delimiter));
    if (look->rows.encoding != NULL)
        looked->encoding = clean_text(step, look->rows.encoding);
    if (look->numbers.numbers > 0 && !look->style.whole_only)
        looked->decimal = look->style.number.decimal == ',' ? "comma" : "point";
    if (look->dates.dates > 0 && look->style.dates != DATES_GUESS)
        looked->dates = (char *)(uintptr_t)orders[look->style.dates];
    looked->has_header_line = true;
    looked->header_line = look->header_line;
    looked->source = step->source;
    const Tefter__Welcome *welcome = tefter_welcome(step->client);
    looked->has_as_of = welcome != NULL;
    looked->as_of = welcome != NULL ? welcome->date : 0;
    size_t count = source->sheets[0] != '\0';
    for (const char *at = source->sheets; *at != '\0'; at++)
        count += *at == '\n';
    looked->sheets = arena_zero(&step->arena, (count + 1) * sizeof(char *));
    for (const char *at = source->sheets; looked->sheets != NULL && *at != '\0';) {
        size_t size = strcspn(at, "\n");
        looked->sheets[looked->n_sheets++] = clean(&step->arena, at, size, SHOWN_MAX);
        at += size + (at[size] == '\n');
    }
    if (source->read_sheet[0] != '\0')
        looked->sheet = clean_text(step, source->read_sheet);
}

/* Names alone, and no codes: customers go by their names. */
static void by_names(Tefter__ImportLooked *looked, enum import_kind kind, bool both)
{
    static const char *const codes[] = {"code", "customer", "code_name"};
    Tefter__ImportColumn *name = NULL;
    if (kind != IMPORT_CUSTOMERS && !kind_has_money(kind))
        return;
    for (size_t i = 0; i < looked->n_columns; i++) {
        const char *field = looked->columns[i]->field;
        for (size_t k = 0; field != NULL && k < 3; k++)
            if (strcmp(field, codes[k]) == 0)
                return;
        if (field != NULL && strcmp(field, "name") == 0)
            name = looked->columns[i];
    }
    if (name != NULL)
        name->field = both || kind == IMPORT_CUSTOMERS ? "code_name" : "customer";
}

static void show_looked(struct step *step, const struct guesses *guesses, Tefter__ImportKind kind,
                        bool loose)
{
    enum import_kind kinds[2];
    int count = kinds_of(kind, kinds);
    Tefter__ImportLooked *looked = arena_take(&step->arena, sizeof *looked);
    if (looked == NULL)
        return;
    tefter__import_looked__init(looked);
    looked->kind = kind;
    looked->kinds = arena_copy(&step->arena, guesses->kinds, sizeof guesses->kinds);
    looked->n_kinds = looked->kinds != NULL ? guesses->count : 0;
    for (int i = 0; i < count; i++) {
        struct pass *pass = calloc(1, sizeof *pass);
        if (pass == NULL)
            return;
        bool good = look_as(pass, step, kinds[i], count > 1, loose);
        bool seen = pass->job.look.mapping.columns > 0;
        pass->job.look.style.currency = pass->job.currency;
        if (!good && step->report.question == NULL)
            fail_step(step, &pass->job.failure);
        if (seen) {
            tell_columns(step, looked, &pass->job.look, i > 0);
            tell_rows(step, pass, looked, i > 0);
            if (i == 0)
                tell_form(step, pass, looked);
            step->report.looked = looked;
        }
        tell_fields(step, looked, kinds[i], count > 1);
        job_release(&pass->job);
        free(pass);
    }
    by_names(looked, kinds[0], count > 1);
}

static void look(struct step *step)
{
    const Tefter__ImportDo *what = step->of->what;
    struct guesses guesses = {.best = 0};
    if (!what->has_kind && what->n_columns == 0)
        guess_kinds(step, &guesses);
    Tefter__ImportKind kind = what->has_kind      ? what->kind
                              : guesses.count > 0 ? guesses.kinds[0]
                                                  : TEFTER__IMPORT_KIND__KIND_BALANCES;
    show_looked(step, &guesses, kind, true);
}

/* ---- undoing ---- */

static void undo(struct step *step)
{
    struct undo_told told = {.documents = 0};
    struct failure failure = {FAULT_NONE, 0, ""};
    struct pass *pass = calloc(1, sizeof *pass);
    Tefter__ImportUndone *undone = arena_take(&step->arena, sizeof *undone);
    if (pass == NULL || undone == NULL) {
        free(pass);
        return;
    }
    const char *said = word_for(step, "source");
    pass->step = step;
    pass->hooks = (struct console_hooks){on_asked, on_progress};
    struct console console = {.hooks = &pass->hooks, .context = pass, .live = true};
    import_settings_init(&pass->settings);
    pass->settings.undo = pass->settings.yes = true;
    pass->settings.file = said != NULL ? said : step->source;
    (void)undo_run(step->client, &pass->settings, &console, import_stopped(), &told, &failure);
    if (failure.fault != FAULT_NONE)
        fail_step(step, &failure);
    tefter__import_undone__init(undone);
    undone->documents = told.documents;
    undone->done = told.done;
    undone->gone = told.gone;
    undone->refused = told.refused;
    for (size_t i = 0; i < told.reason_count; i++) {
        note_reason(step, clean_text(step, told.reasons[i].why), 0, NULL);
        if (step->reason_count > 0)
            step->reasons[step->reason_count - 1]->count = told.reasons[i].count;
    }
    undone->reasons = step->reasons;
    undone->n_reasons = step->reason_count;
    step->report.undone = undone;
    if (tefter_under_way(step->client) == 0)
        free(pass);
}

/* ---- one step ---- */

/* A code has letters, digits and some signs: "cong no 11.xlsx" is cong-no-11.xlsx. */
static void make_source(struct step *step)
{
    char room[SOURCE_MAX_BYTES + CODE_MAX_BYTES + 1];
    struct slice name = slice_text(step->of->name);
    if (value_is_code(name)) {
        (void)snprintf(step->source, sizeof step->source, "%.*s", (int)name.size,
                       (const char *)name.data);
        return;
    }
    struct slice code = value_safe_code(name, room);
    (void)snprintf(step->source, sizeof step->source, "%.*s", (int)code.size,
                   (const char *)code.data);
}

void import_step(struct tefter *client, const struct import_step *of)
{
    struct step *step = calloc(1, sizeof *step);
    const Tefter__Welcome *welcome = tefter_welcome(client);
    if (step == NULL)
        return;
    step->client = client;
    step->of = of;
    arena_init(&step->arena, REPORT_BYTES_MAX);
    arena_init(&step->row, ROW_BYTES);
    tefter__import_report__init(&step->report);
    tefter__import_question__init(&step->question);
    tefter__import_result__init(&step->result);
    make_source(step);
    if (welcome != NULL)
        date_write(welcome->date, step->today);
    switch (of->what->action) {
    case TEFTER__IMPORT_ACTION__IMPORT_LOOK:
        look(step);
        break;
    case TEFTER__IMPORT_ACTION__IMPORT_TRY:
        run_kinds(step, true);
        break;
    case TEFTER__IMPORT_ACTION__IMPORT_BOOK:
        run_kinds(step, false);
        break;
    case TEFTER__IMPORT_ACTION__IMPORT_UNDO:
        undo(step);
        break;
    case TEFTER__IMPORT_ACTION__IMPORT_STOP:
    case TEFTER__IMPORT_ACTION__IMPORT_FORGET:
    case _TEFTER__IMPORT_ACTION_IS_INT_SIZE:
        break;
    }
    tell(step, true);
    source_kept_fini(&step->kept);
    free(step->passed.all);
    free(step->failing.all);
    arena_fini(&step->row);
    arena_fini(&step->arena);
    free(step);
}

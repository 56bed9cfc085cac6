#include "bank/build.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/grow.h"
#include "base/sight.h"
#include "base/text.h"
#include "import/guess.h"

enum { CONVERTED_MAX = 4 * BANK_DETAILS_MAX + 64, LOOK_BACK = 256, FEBRUARY = 2 };
static const iconv_t NO_ICONV = (iconv_t)-1;

void build_init(struct build *build, const struct bank_options *options)
{
    *build = (struct build){.options = options, .convert = NO_ICONV};
    build->file.version = "";
    arena_init(&build->arena, BANK_MEMORY_MAX);
    buffer_init(&build->converted, CONVERTED_MAX);
}

void build_fini(struct build *build)
{
    arena_fini(&build->arena);
    buffer_fini(&build->converted);
    free(build->statements);
    free(build->entries);
    free(build->findings);
    if (build->convert != NO_ICONV)
        (void)iconv_close(build->convert);
}

/* ---- slices ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct slice slice_trimmed(struct slice text)
{
    while (text.size > 0 && is_space(text.data[0]))
        text = slice_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

bool slice_is(struct slice text, const char *word)
{
    return slice_equal(text, slice_text(word));
}

bool slice_has(struct slice text, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= text.size; at++)
        if (strncasecmp((const char *)text.data + at, word, size) == 0)
            return true;
    return false;
}

/* ---- findings ---- */

static uint32_t statement_index(const struct build *build)
{
    return build->open ? (uint32_t)(build->file.count - 1) : BANK_NOWHERE;
}

static void note(struct build *build, struct bank_finding finding)
{
    if (build->file.refused && build->file.finding_count > 0)
        return; /* it is told why */
    build->file.grave = build->file.grave || bank_finding_grave(finding.kind);
    if (build->file.finding_count == BANK_FINDINGS_MAX) {
        build->file.findings_more++;
        return;
    }
    if (!GROW(build->findings, build->finding_room, build->file.finding_count + 1)) {
        build->failed = true;
        return;
    }
    if (finding.text == NULL)
        finding.text = "";
    build->findings[build->file.finding_count++] = finding;
}

static struct bank_finding finding_of(struct build *build, enum bank_finding_kind kind,
                                      uint64_t line)
{
    struct bank_finding finding = {
        .kind = kind, .line = line, .statement = statement_index(build), .money = {"", 2}};
    if (build->open) {
        finding.money = build->statements[build->file.count - 1].money;
        if (kind >= BANK_AMOUNT_MISSING && kind != BANK_BALANCE_RUNS)
            finding.number = build->statements[build->file.count - 1].numbered;
    }
    return finding;
}

void build_find(struct build *build, enum bank_finding_kind kind, uint64_t line, struct slice text)
{
    struct bank_finding finding = finding_of(build, kind, line);
    bool cut = build->cut;
    bool unseen = build->unseen;
    if (build->file.finding_count < BANK_FINDINGS_MAX)
        finding.text = build_text(build, text, BANK_FIELD_MAX);
    build->cut = cut; /* of the finding alone */
    build->unseen = unseen;
    note(build, finding);
}

void build_find_amount(struct build *build, enum bank_finding_kind kind, uint64_t line,
                       int64_t minor)
{
    struct bank_finding finding = finding_of(build, kind, line);
    finding.minor = minor;
    note(build, finding);
}

void build_find_count(struct build *build, enum bank_finding_kind kind, uint64_t line,
                      uint64_t count)
{
    struct bank_finding finding = finding_of(build, kind, line);
    finding.count = count;
    note(build, finding);
}

void build_refuse(struct build *build, enum bank_finding_kind kind, uint64_t line,
                  struct slice text)
{
    if (build->file.refused)
        return;
    build->open = false;
    build->file.count = 0;
    build->file.finding_count = 0;
    build->file.findings_more = 0;
    build->entry_count = 0;
    build->stopped = true;
    build->file.refused = true;
    build_find(build, kind, line, text);
}

void build_stop(struct build *build, enum bank_finding_kind kind, uint64_t line, struct slice text)
{
    if (build->stopped)
        return;
    build_find(build, kind, line, text);
    if (build->open)
        build_statement_end(build, line, false);
    build->stopped = true;
}

/* ---- texts ---- */

/* A letter may be cut where a bank breaks its lines; more of these than whole ones are another
 * encoding. */
static bool is_other_encoding(struct slice raw)
{
    size_t good = 0;
    size_t wrong = 0;
    for (size_t at = 0, step = 0; at < raw.size; at += step) {
        uint32_t point;
        step = raw.data[at] < 0x80 ? 1 : text_decode(raw.data + at, raw.size - at, &point);
        good += step > 1;
        wrong += step == 0;
        step = step == 0 ? 1 : step;
    }
    return wrong > good;
}

void build_encoding(struct build *build, const char *name)
{
    if (build->encoding == NULL)
        build->encoding = name;
}

/* The first text that is no UTF-8 decides in which letters all others are read. */
static bool conversion_open(struct build *build, struct slice raw)
{
    if (build->convert != NO_ICONV)
        return true;
    if (build->options->encoding != NULL)
        build->encoding = build->options->encoding;
    build_encoding(build, guess_letters(raw));
    build->convert = iconv_open("UTF-8", build->encoding);
    if (build->convert == NO_ICONV) {
        build->encoding = "windows-1252";
        build->convert = iconv_open("UTF-8", build->encoding);
    }
    if (build->convert == NO_ICONV) {
        build->failed = true;
        return false;
    }
    note(build, (struct bank_finding){.kind = BANK_LETTERS,
                                      .statement = BANK_NOWHERE,
                                      .money = {"", 2},
                                      .text = build->encoding});
    return true;
}

/* Bytes that are no letter in it become '?'. */
static struct slice to_utf8(struct build *build, struct slice raw)
{
    if (!is_other_encoding(raw) || !conversion_open(build, raw))
        return raw;
    buffer_clear(&build->converted);
    size_t room = 4 * raw.size + 8;
    if (!buffer_reserve(&build->converted, room)) {
        build->failed = true;
        return slice_of("", 0);
    }
    char *in = (char *)(uintptr_t)raw.data;
    char *out = (char *)build->converted.data;
    size_t left = raw.size;
    (void)iconv(build->convert, NULL, NULL, NULL, NULL);
    while (left > 0 && iconv(build->convert, &in, &left, &out, &room) == (size_t)-1 &&
           errno != E2BIG && room > 0 && left > 0) {
        *out++ = '?';
        room--;
        in++;
        left--;
    }
    return slice_of(build->converted.data, (size_t)((uint8_t *)out - build->converted.data));
}

static bool is_blank(uint32_t point)
{
    return point == '\r' || point == '\n' || point == '\t' || sight_blank(point);
}

/* Which way letters run they say themselves; banks put such marks around names. */
static bool is_direction(uint32_t point)
{
    return point == 0x61C || point == 0x200E || point == 0x200F;
}

static const char *clean(struct build *build, struct slice raw, size_t most, bool blanks)
{
    struct slice text = to_utf8(build, slice_trimmed(raw));
    if (text.size == 0)
        return "";
    size_t room = text.size < most ? text.size : most;
    char *out = arena_take(&build->arena, room + 1);
    struct sight_place place = {0};
    size_t size = 0;
    bool gap = false;
    if (out == NULL) {
        build_refuse(build, BANK_TOO_LARGE, 0, slice_text("BANK_MEMORY_MAX"));
        return "";
    }
    for (size_t at = 0, step = 0; at < text.size; at += step) {
        uint32_t point = 0;
        step = text_decode(text.data + at, text.size - at, &point);
        if (step == 0) { /* a part of a letter */
            step = 1;
            build->unseen = true;
            continue;
        }
        if (is_blank(point)) {
            gap = size > 0 && blanks;
            place = (struct sight_place){0};
            continue;
        }
        if (is_direction(point))
            continue;
        if (!sight_sees(&place, point, text.data + at + step, text.size - at - step)) {
            build->unseen = true;
            continue;
        }
        if (size + gap + step > room) {
            build->cut = true;
            break;
        }
        if (gap)
            out[size++] = ' ';
        gap = false;
        memcpy(out + size, text.data + at, step);
        size += step;
    }
    out[size] = '\0';
    return out;
}

const char *build_text(struct build *build, struct slice raw, size_t most)
{
    return clean(build, raw, most, true);
}

const char *build_joined(struct build *build, const char *before, const char *text)
{
    char both[2 * BANK_TEXT_MAX + 2];
    if (before[0] == '\0' || text[0] == '\0')
        return before[0] == '\0' ? text : before;
    (void)snprintf(both, sizeof both, "%s %s", before, text);
    return build_text(build, slice_text(both), BANK_TEXT_MAX);
}

const char *build_account(struct build *build, struct slice raw)
{
    return clean(build, raw, BANK_FIELD_MAX, false);
}

/* ---- money and days ---- */

struct bank_money build_money(struct build *build, struct slice code, uint64_t line)
{
    struct bank_money money = {"", 2};
    code = slice_trimmed(code);
    if (code.size != CURRENCY_CODE_SIZE - 1)
        return money;
    for (size_t i = 0; i < code.size; i++) {
        if (isalpha(code.data[i]) == 0)
            return (struct bank_money){"", 2};
        money.code[i] = (char)toupper(code.data[i]);
    }
    const struct currency *currency = currency_find(money.code);
    if (currency != NULL) {
        money.exponent = currency->exponent;
    } else if (strcmp(build->said_code, money.code) != 0) {
        memcpy(build->said_code, money.code, sizeof build->said_code);
        build_find(build, BANK_CURRENCY_UNKNOWN, line, slice_text(money.code));
    }
    return money;
}

bool build_same_money(const struct bank_money *a, const struct bank_money *b)
{
    return strcmp(a->code, b->code) == 0;
}

bool build_amount(struct slice text, int exponent, char decimal, int64_t *ret_minor)
{
    const struct number_style style = {.decimal = decimal};
    int64_t minor;
    text = slice_trimmed(text);
    if (text.size > 1 && text.data[text.size - 1] == (uint8_t)decimal &&
        isdigit(text.data[text.size - 2]))
        text.size--; /* "380115," */
    if (decimal_read((const char *)text.data, text.size, exponent, &style, &minor) != NULL ||
        minor > MONEY_MAX || minor < -MONEY_MAX)
        return false;
    *ret_minor = minor;
    return true;
}

bool build_day_of(int year, int month, int day, uint32_t *ret_day)
{
    return date_of_civil((struct civil){year, month, day}, ret_day);
}

/* The year, month and day at the front of it. */
static bool day_parts(struct slice text, int part[3])
{
    static const int digits[3] = {4, 2, 2};
    size_t at = 0;
    text = slice_trimmed(text);
    for (int i = 0; i < 3; i++) {
        if (i > 0 && at < text.size && text.data[at] == '-')
            at++;
        part[i] = 0;
        for (int k = 0; k < digits[i]; k++, at++) {
            if (at >= text.size || isdigit(text.data[at]) == 0)
                return false;
            part[i] = part[i] * 10 + (text.data[at] - '0');
        }
    }
    return true;
}

bool build_day(struct slice text, uint32_t *ret_day)
{
    int part[3];
    return day_parts(text, part) && build_day_of(part[0], part[1], part[2], ret_day);
}

bool build_value_day(struct slice text, uint32_t *ret_day, bool *ret_moved)
{
    int part[3];
    *ret_moved = false;
    if (!day_parts(text, part))
        return false;
    if (build_day_of(part[0], part[1], part[2], ret_day))
        return true;
    *ret_moved = part[1] == FEBRUARY && (part[2] == 29 || part[2] == 30) &&
                 (build_day_of(part[0], FEBRUARY, 29, ret_day) ||
                  build_day_of(part[0], FEBRUARY, 28, ret_day));
    return *ret_moved;
}

/* ---- statements ---- */

struct bank_statement *build_open(struct build *build)
{
    return build->open ? &build->statements[build->file.count - 1] : NULL;
}

struct bank_statement *build_statement(struct build *build, uint64_t line)
{
    if (build->stopped || build->failed)
        return NULL;
    if (build->file.count == BANK_STATEMENTS_MAX) {
        build_refuse(build, BANK_TOO_LARGE, line, slice_text("BANK_STATEMENTS_MAX"));
        return NULL;
    }
    if (!GROW(build->statements, build->statement_room, build->file.count + 1)) {
        build->failed = true;
        return NULL;
    }
    struct bank_statement *statement = &build->statements[build->file.count++];
    *statement = (struct bank_statement){
        .line = line, .account = "", .id = "", .number = "", .money = {"", 2}};
    build->open = true;
    build->cut = build->unseen = false;
    if (build->options->currency != NULL)
        statement->money = build_money(build, slice_text(build->options->currency), 0);
    return statement;
}

/* Entries of the open statement are the last ones. */
static struct bank_entry *own_entries(struct build *build, const struct bank_statement *statement)
{
    return build->entries == NULL ? NULL : build->entries + (build->entry_count - statement->count);
}

static void look_at_account(struct build *build, const struct bank_statement *statement)
{
    const char *wanted = build->options->account;
    if (statement->account[0] == '\0')
        build_find(build, BANK_NO_ACCOUNT, statement->line, slice_of("", 0));
    else if (wanted != NULL && !text_same_but(statement->account, wanted, " -"))
        build_find(build, BANK_OTHER_ACCOUNT, statement->line, slice_text(statement->account));
}

static void look_at_days(struct build *build, struct bank_statement *statement)
{
    uint32_t from = statement->from != DATE_NONE ? statement->from : statement->opening.day;
    uint32_t until = statement->until != DATE_NONE ? statement->until : statement->closing.day;
    uint32_t least = DATE_MAX;
    uint32_t most = DATE_NONE;
    uint64_t outside = 0;
    uint64_t first = 0;
    const struct bank_entry *entries = own_entries(build, statement);
    for (size_t i = 0; i < statement->count; i++) {
        uint32_t day = entries[i].booked;
        least = day < least ? day : least;
        most = day > most ? day : most;
        if ((from != DATE_NONE && day < from) || (until != DATE_NONE && day > until)) {
            first = outside == 0 ? entries[i].line : first;
            outside++;
        }
    }
    if (outside > 0)
        build_find_count(build, BANK_DAYS_OUTSIDE, first, outside);
    statement->from = from != DATE_NONE || most == DATE_NONE ? from : least;
    statement->until = until != DATE_NONE ? until : most;
}

static void sum_up(struct build *build, struct bank_statement *statement)
{
    const struct bank_entry *entries = own_entries(build, statement);
    for (size_t i = 0; i < statement->count; i++) {
        if (entries[i].pending)
            statement->pending++;
        else if (!build_same_money(&entries[i].money, &statement->money))
            continue;
        else if (entries[i].minor > 0)
            statement->credits_minor += entries[i].minor; /* fits: MONEY_MAX × BANK_ENTRIES_MAX */
        else
            statement->debits_minor += entries[i].minor;
    }
}

static void look_at_balances(struct build *build, struct bank_statement *statement)
{
    int64_t reached = 0;
    statement->checked = statement->opening.kind != BANK_BALANCE_NONE &&
                         statement->closing.kind != BANK_BALANCE_NONE &&
                         money_add(statement->opening.minor, statement->credits_minor, &reached) &&
                         money_add(reached, statement->debits_minor, &reached) &&
                         money_subtract(statement->closing.minor, reached, &statement->off_minor);
    if (!statement->checked)
        build_find(build, BANK_UNCHECKED, statement->line, slice_of("", 0));
    else if (statement->off_minor != 0)
        build_find_amount(build, BANK_UNBALANCED, statement->line, statement->off_minor);
}

/* Does it go on from where the account's statement before it ended? */
static void look_at_gap(struct build *build, const struct bank_statement *statement)
{
    if (statement->opening.kind == BANK_BALANCE_NONE || statement->account[0] == '\0')
        return;
    for (size_t back = 1; back < build->file.count && back <= LOOK_BACK; back++) {
        const struct bank_statement *before = statement - back;
        int64_t gap;
        if (strcmp(before->account, statement->account) != 0 ||
            !build_same_money(&before->money, &statement->money))
            continue;
        if (before->closing.kind != BANK_BALANCE_NONE &&
            money_subtract(statement->opening.minor, before->closing.minor, &gap) && gap != 0)
            build_find_amount(build, BANK_GAP, statement->line, gap);
        return;
    }
}

void build_statement_end(struct build *build, uint64_t line, bool complete)
{
    struct bank_statement *statement = build_open(build);
    if (statement == NULL)
        return;
    bool holds = statement->count > 0 || statement->opening.kind != BANK_BALANCE_NONE ||
                 statement->closing.kind != BANK_BALANCE_NONE;
    statement->complete = complete;
    if (!complete)
        build_find(build, BANK_INCOMPLETE, line, slice_of("", 0));
    look_at_account(build, statement);
    if (holds && statement->money.code[0] == '\0')
        build_find(build, BANK_NO_CURRENCY, statement->line, slice_of("", 0));
    look_at_days(build, statement);
    sum_up(build, statement);
    look_at_balances(build, statement);
    look_at_gap(build, statement);
    build->open = false;
}

/* ---- entries ---- */

void build_entry_init(struct bank_entry *entry, uint64_t line)
{
    *entry = (struct bank_entry){.line = line,
                                 .money = {"", 2},
                                 .code = "",
                                 .reference = "",
                                 .end_to_end = "",
                                 .instruction = "",
                                 .mandate = "",
                                 .cheque = "",
                                 .creditor_reference = "",
                                 .text = "",
                                 .name = "",
                                 .account = "",
                                 .reason = ""};
}

uint32_t build_number(struct build *build)
{
    struct bank_statement *statement = build_open(build);
    return statement == NULL ? 0 : ++statement->numbered;
}

/* What was odd about its texts. */
static void find_of_texts(struct build *build, uint64_t line)
{
    if (build->cut)
        build_find(build, BANK_TEXT_CUT, line, slice_of("", 0));
    if (build->unseen)
        build_find(build, BANK_TEXT_UNSEEN, line, slice_of("", 0));
    build->cut = build->unseen = false;
}

void build_left_out(struct build *build, enum bank_finding_kind kind, uint64_t line,
                    struct slice text)
{
    struct bank_statement *statement = build_open(build);
    if (statement != NULL)
        statement->left_out++;
    build->cut = build->unseen = false;
    build_find(build, kind, line, text);
}

void build_entry(struct build *build, struct bank_entry *entry)
{
    struct bank_statement *statement = build_open(build);
    if (statement == NULL || build->stopped || build->failed)
        return;
    if (build->entry_count == BANK_ENTRIES_MAX) {
        build_refuse(build, BANK_TOO_LARGE, entry->line, slice_text("BANK_ENTRIES_MAX"));
        return;
    }
    if (!GROW(build->entries, build->entry_room, build->entry_count + 1)) {
        build->failed = true;
        return;
    }
    entry->number = statement->numbered;
    if (entry->money.code[0] == '\0')
        entry->money = statement->money;
    if (statement->money.code[0] == '\0')
        statement->money = entry->money;
    find_of_texts(build, entry->line);
    if (entry->pending)
        build_find(build, BANK_PENDING, entry->line, slice_of("", 0));
    if (!build_same_money(&entry->money, &statement->money))
        build_find(build, BANK_OTHER_CURRENCY, entry->line, slice_text(entry->money.code));
    build->entries[build->entry_count++] = *entry;
    statement->count++;
}

/* ---- the file as a whole ---- */

struct place {
    struct bank_entry *entry;
    uint32_t statement;
    const char *account;
};

/* By what makes them the same, and then by where they stand. */
static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    int order = strcmp(left->account, right->account);
    if (order == 0)
        order = strcmp(left->entry->reference, right->entry->reference);
    if (order == 0)
        order =
            (left->entry->minor > right->entry->minor) - (left->entry->minor < right->entry->minor);
    if (order == 0)
        order = (left->entry->booked > right->entry->booked) -
                (left->entry->booked < right->entry->booked);
    return order != 0 ? order : (left->entry > right->entry) - (left->entry < right->entry);
}

static bool is_same(const struct place *a, const struct place *b)
{
    return a->entry->minor == b->entry->minor && a->entry->booked == b->entry->booked &&
           strcmp(a->entry->reference, b->entry->reference) == 0 &&
           strcmp(a->account, b->account) == 0;
}

/* Parts of one batch may have the batch's reference. */
static bool is_of_one(const struct place *a, const struct place *b)
{
    return a->statement == b->statement && a->entry->number == b->entry->number;
}

static void find_duplicates(struct build *build, struct place *places, size_t count)
{
    size_t first = 0;
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 1; i < count; i++) {
        if (!is_same(&places[first], &places[i])) {
            first = i;
            continue;
        }
        if (is_of_one(&places[first], &places[i]))
            continue;
        places[i].entry->duplicate = true;
        note(build, (struct bank_finding){.kind = BANK_DUPLICATE,
                                          .line = places[i].entry->line,
                                          .statement = places[i].statement,
                                          .number = places[i].entry->number,
                                          .count = places[first].entry->line,
                                          .money = {"", 2}});
    }
}

static void look_for_duplicates(struct build *build)
{
    struct place *places = calloc(build->entry_count + 1, sizeof *places);
    size_t count = 0;
    size_t at = 0;
    if (places == NULL) {
        build->failed = true;
        return;
    }
    for (uint32_t i = 0; i < build->file.count; i++)
        for (size_t k = 0; k < build->statements[i].count; k++, at++)
            if (build->entries[at].reference[0] != '\0' && !build->entries[at].pending)
                places[count++] =
                    (struct place){&build->entries[at], i, build->statements[i].account};
    find_duplicates(build, places, count);
    free(places);
}

void build_end(struct build *build)
{
    size_t first = 0;
    if (build->open)
        build_statement_end(build, 0, false);
    if (!build->file.refused)
        look_for_duplicates(build);
    if (build->file.count == 0 && !build->file.grave)
        build_find(build, BANK_NO_STATEMENT, 0, slice_of("", 0));
    for (size_t i = 0; i < build->file.count; i++) {
        build->statements[i].entries = build->entries == NULL ? NULL : build->entries + first;
        first += build->statements[i].count;
    }
    build->file.statements = build->statements;
    build->file.findings = build->findings;
}

/*
 * The search index: filled from all customers after the start, some each turn, then kept up by
 * events. Lines of one customer: code, names, phones (also as digits alone, and as they are dialled
 * inside their country), tax code, area, who may buy on the account, and what is noted of them: in
 * their record, and the newest notes.
 */
#include "base/fold.h"
#include "base/text.h"
#include "session/inside.h"

enum {
    CUSTOMERS_PER_TURN = 200,
    FINISH_AT_ONCE = 1000, /* so few are put in before a search waits; some milliseconds */
    LINE_BYTES = NAME_MAX_BYTES * 2,
    LINES_BYTES = 4096,
    NOTES_MOST = 5, /* of a customer, the newest; of each a line from its start */
    SEARCH_ROWS = 50,
    DOUBLES_MAX = 20,
};

/* ---- one customer ---- */

struct lines {
    char text[LINES_BYTES];
    size_t size;
};

static void put_line(struct lines *lines, const char *text, size_t size)
{
    size_t separator = lines->size == 0 ? 0 : 1;
    if (size == 0 || lines->size + separator + size > sizeof lines->text)
        return;
    if (separator > 0)
        lines->text[lines->size++] = '\n';
    memcpy(lines->text + lines->size, text, size);
    lines->size += size;
}

static void put_words(struct lines *lines, const char *words)
{
    char line[LINE_BYTES];
    if (words != NULL)
        put_line(lines, line, text_fold(words, strlen(words), line, sizeof line));
}

static void put_text(struct lines *lines, const Tefter__Text *text)
{
    put_words(lines, text == NULL ? NULL : text->value);
}

static void put_phone(struct lines *lines, const Tefter__Text *phone)
{
    char digits[32];
    char home[FOLD_PHONE_MAX + 1];
    if (phone == NULL || phone->value == NULL)
        return;
    size_t length = strlen(phone->value);
    put_words(lines, phone->value);
    put_line(lines, digits, text_digits(phone->value, length, digits, sizeof digits));
    put_line(lines, home, fold_phone(phone->value, length, home));
}

static void put_customer(struct lines *lines, const Tefter__CustomerRecord *record)
{
    put_words(lines, record->code);
    put_text(lines, record->name);
    put_text(lines, record->nickname);
    put_phone(lines, record->phone);
    put_text(lines, record->tax_code);
    put_words(lines, record->area);
    for (size_t i = 0; i < record->n_buyers; i++) {
        if (record->buyers[i]->revoked)
            continue;
        put_text(lines, record->buyers[i]->name);
        put_phone(lines, record->buyers[i]->phone);
    }
    put_text(lines, record->note);
}

/* Words of who was erased leave their notes by and by: none of them is taken in again. */
static void put_notes(struct lines *lines, struct ledger_view *view, struct texts *texts,
                      const Tefter__CustomerRecord *record)
{
    const Tefter__NoteRecord *notes[NOTES_MOST];
    size_t count =
        record->erased ? 0 : ledger_view_notes(view, record->customer, notes, NOTES_MOST);
    for (size_t i = 0; i < count; i++) {
        texts_fill(texts, (ProtobufCMessage *)(uintptr_t)&notes[i]->base);
        put_text(lines, notes[i]->text);
    }
}

void index_customer(struct sessions *home, struct ledger_view *view, struct texts *texts,
                    uint32_t customer)
{
    struct lines lines = {.size = 0};
    const Tefter__CustomerRecord *record = ledger_view_customer(view, customer);
    if (record != NULL) {
        /* a record of this arena's, made for us */
        texts_fill(texts, (ProtobufCMessage *)(uintptr_t)&record->base);
        put_customer(&lines, record);
        put_notes(&lines, view, texts, record);
    }
    search_put(home->search, customer, lines.text, lines.size);
    secret_wipe(lines.text, lines.size);
}

/* ---- filling ---- */

/* false: there are no more, or it cannot be known now; who searches has it tried again. */
static bool step(struct sessions *home, struct ledger_view *view, struct texts *texts)
{
    for (int i = 0; i < CUSTOMERS_PER_TURN && texts->arena->taken < ANSWER_MEMORY_MAX / 2; i++) {
        uint32_t customer = ledger_view_next_customer(view, home->index_cursor);
        if (customer == 0) {
            home->index_whole = ledger_view_met(view) == LEDGER_MET_NOTHING;
            return false;
        }
        index_customer(home, view, texts, customer);
        home->index_cursor = customer;
    }
    return true;
}

bool index_step(struct sessions *home)
{
    struct texts texts;
    if (home->index_whole)
        return false;
    arena_reset(&home->group);
    struct ledger_view *view = sessions_view(home, &home->group);
    if (view == NULL)
        return true;
    texts_begin(&texts, home->options.vault, &home->group);
    bool more = step(home, view, &texts);
    texts_end(&texts);
    sessions_view_end(view);
    return more;
}

/* How many customers there are to come, by their numbers. */
static uint32_t customers_left(struct sessions *home)
{
    arena_reset(&home->group);
    struct ledger_view *view = sessions_view(home, &home->group);
    const Tefter__CompanyRecord *company = view == NULL ? NULL : ledger_view_company(view);
    uint32_t next = company == NULL ? UINT32_MAX : company->next_customer;
    sessions_view_end(view);
    return next > home->index_cursor ? next - home->index_cursor : 0;
}

bool index_ready(struct sessions *home)
{
    if (home->index_whole)
        return true;
    if (customers_left(home) > FINISH_AT_ONCE)
        return false;
    while (index_step(home))
        ;
    return home->index_whole;
}

/* ---- asking ---- */

bool index_wanted(const Tefter__Query *query)
{
    if (query->kind_case == TEFTER__QUERY__KIND_CUSTOMERS)
        return query->customers->text != NULL && query->customers->text[0] != '\0';
    return query->kind_case == TEFTER__QUERY__KIND_SEARCH ||
           query->kind_case == TEFTER__QUERY__KIND_LIKELY_DOUBLES;
}

static void add_same(struct search_walk *walk, const Tefter__Text *text, bool phone)
{
    char part[LINE_BYTES];
    if (text == NULL || text->value == NULL)
        return;
    size_t length = strlen(text->value);
    search_add_same(walk, part,
                    phone ? fold_phone(text->value, length, part)
                          : text_fold(text->value, length, part, sizeof part));
}

static void look_for_doubles(const struct sessions *home, const Tefter__LikelyDoubles *query,
                             uint32_t *customers, struct search_walk *ret_walk)
{
    search_begin_same(home->search, customers, DOUBLES_MAX, ret_walk);
    add_same(ret_walk, query->phone, true);
    add_same(ret_walk, query->tax_code, false);
    add_same(ret_walk, query->name, false);
}

static size_t search_rows(const Tefter__Search *query)
{
    return query->has_rows && query->rows > 0 && query->rows < FOUND_MAX ? query->rows
                                                                         : SEARCH_ROWS;
}

void index_look(const struct sessions *home, const Tefter__Query *query, uint32_t *customers,
                struct search_walk *ret_walk)
{
    if (query->kind_case == TEFTER__QUERY__KIND_LIKELY_DOUBLES) {
        look_for_doubles(home, query->likely_doubles, customers, ret_walk);
        return;
    }
    bool search = query->kind_case == TEFTER__QUERY__KIND_SEARCH;
    const char *words = search ? query->search->text : query->customers->text;
    search_begin(home->search, words, strlen(words), customers,
                 search ? search_rows(query->search) : FOUND_MAX, ret_walk);
}

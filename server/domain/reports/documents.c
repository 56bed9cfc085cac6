/*
 * Views of documents: a customer's history with running balance, one document with all that touched
 * it, search. Read only.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "domain/catalogue/catalogue.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

/* ---- history ---- */

static int64_t matched_of(const Tefter__ItemRecord *item)
{
    return item->has_reversed_seq ? 0 : item->amount_minor - item->open_minor;
}

static Tefter__HistoryRow *history_row(struct tx *tx, struct tx *scratch,
                                       const Tefter__DocumentRecord *record)
{
    struct account *account = account_open(scratch, record->customer);
    const struct item *item = account_item(scratch, account, record->document);
    Tefter__HistoryRow *row = tx_new(tx, &tefter__history_row__descriptor);
    row->document = record->document;
    row->kind = record->kind;
    row->number = tx_text(tx, record->number);
    row->date = record->date;
    row->recorded_ms = record->recorded_ms;
    row->amount_minor = record->balance_minor;
    row->total_minor = record->total_minor;
    FIELD_COPY(row, due, record);
    row->state = document_state(record, document_tail(scratch, record->document),
                                item != NULL ? item->record : NULL);
    row->actor = tx_copy(tx, &record->actor->base);
    if (item == NULL)
        return row;
    FIELD_SET(row, matched_minor, matched_of(item->record));
    FIELD_SET(row, open_minor, item->record->open_minor);
    FIELD_SET(row, payments, item_matches(item->record));
    return row;
}

/* Newest first the running balance starts at the live one and goes back; oldest first it starts at
 * nothing. Either way the newest row shows the live balance, but for what was moved to or from who
 * pays: no document of theirs did that. */
enum { HISTORY_LOOKED_AT = 20000 };

struct history {
    bool forward;
    int64_t running;
};

static void history_step(struct tx *tx, struct history *history, Tefter__HistoryRow *row)
{
    if (history->forward)
        history->running = tx_sum(tx, history->running, row->amount_minor);
    row->running_minor = history->running;
    if (!history->forward)
        history->running = tx_difference(tx, history->running, row->amount_minor);
}

/* What is not asked for changes the running balance all the same. */
static bool history_takes(const Tefter__CustomerHistory *query, const Tefter__HistoryRow *row)
{
    return document_is_in(row->state, query->has_state, query->state) &&
           (!query->has_kind || row->kind == query->kind);
}

/* A balance that a page can go on from: with what its rows add it is still a number. */
static bool history_balance(uint64_t running)
{
    return (int64_t)running <= INT64_MAX / 2 && (int64_t)running >= -(INT64_MAX / 2);
}

Tefter__Refusal *view_history(struct tx *tx, const Tefter__CustomerHistory *query,
                              Tefter__HistoryAnswer *answer)
{
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal = customer_resolve(tx, query->customer, query->code, false, &customer);
    if (refusal != NULL)
        return refusal;
    uint64_t token[2];
    if (!page_read(query->has_page, query->page, token, 2) || !history_balance(token[1]))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    uint32_t rows = page_rows(query->has_rows, query->rows);
    answer->customer = customer->customer;
    const Tefter__AccountRecord *account = account_together(tx, customer);
    answer->balance_minor = account->balance_minor;
    int64_t moved = account->moved_minor;
    FIELD_SET_IF(answer, moved_minor, moved != 0, moved);
    answer->rows = tx_take(tx, rows * sizeof(Tefter__HistoryRow *));
    struct history history = {.forward = query->oldest_first};
    history.running = token[0] != 0
                          ? (int64_t)token[1]
                          : (history.forward ? 0 : tx_difference(tx, answer->balance_minor, moved));
    struct together walk;
    together_begin(tx, customer->customer, TABLE_DOCUMENT, !history.forward, &walk);
    struct tx *scratch = tx_scratch_begin(tx);
    bool on = together_papers(scratch, &walk, token[0], 0);
    uint64_t last = 0;
    bool all = !query->has_state && !query->has_kind;
    all = all && (staff_branch(tx) == 0 || customer->customer != company_cash_customer(tx));
    for (uint32_t looked = 0; on && answer->n_rows < rows && looked < HISTORY_LOOKED_AT; looked++) {
        const Tefter__DocumentRecord *record =
            tx_walk_record(together_at(&walk), &tefter__document_record__descriptor);
        last = record->document;
        Tefter__HistoryRow *row = history_row(all ? tx : scratch, scratch, record);
        history_step(tx, &history, row);
        if (history_takes(query, row) && report_document_seen(scratch, record))
            answer->rows[answer->n_rows++] =
                all ? row : (Tefter__HistoryRow *)tx_copy(tx, &row->base);
        tx_scratch_next(scratch);
        on = together_next(&walk);
    }
    together_end(&walk);
    tx_scratch_end(scratch);
    uint64_t next[2] = {last, (uint64_t)history.running};
    if (on)
        FIELD_SET(answer, next, page_write(tx, next, 2));
    return NULL;
}

/* ---- one document ---- */

static Tefter__Touch *touch_of(struct tx *tx, struct tx *scratch, const Tefter__Match *match)
{
    const Tefter__DocumentRecord *other = document_get(scratch, match->other);
    Tefter__Touch *touch = tx_new(tx, &tefter__touch__descriptor);
    touch->match = match->match;
    touch->other = match->other;
    touch->amount_minor = match->amount_minor;
    touch->date = match->date;
    FIELD_SET_IF(touch, undone, match->has_undone_seq, match->has_undone_seq);
    if (other == NULL)
        return touch;
    touch->other_number = tx_text(tx, other->number);
    FIELD_SET(touch, other_kind, other->kind);
    FIELD_COPY(touch, payment_kind, other);
    return touch;
}

static int64_t left_after(struct tx *tx, int64_t left, const Tefter__Match *match)
{
    return match->has_undone_seq ? left : tx_difference(tx, left, match->amount_minor);
}

/* From the first on, as many as fit beside the rest of the answer: with the longest lines there is
 * room for some hundreds. */
static void show_touches(struct tx *tx, const Tefter__ItemRecord *item, uint64_t first,
                         Tefter__DocumentAnswer *answer)
{
    struct tx *scratch = tx_scratch_begin(tx);
    struct page page = {.bytes = tx_size(&answer->base)};
    int64_t left = item->amount_minor;
    answer->touches = tx_take(tx, item->n_matches * sizeof(Tefter__Touch *));
    for (uint64_t i = 0; i < item->n_matches; i++) {
        left = left_after(tx, left, item->matches[i]);
        if (i < first)
            continue;
        Tefter__Touch *touch = touch_of(tx, scratch, item->matches[i]);
        touch->left_minor = left;
        if (!page_takes(&page, &touch->base)) {
            FIELD_SET(answer, next, page_write(tx, &i, 1));
            break;
        }
        answer->touches[answer->n_touches++] = touch;
        tx_scratch_next(scratch);
    }
    tx_scratch_end(scratch);
}

/* Whoever goes on with its touches has its lines. */
static void leave_lines_out(Tefter__DocumentRecord *record)
{
    record->n_lines = 0;
    record->n_charges = 0;
    record->n_postings = 0;
}

static void show_credited(struct tx *tx, Tefter__DocumentAnswer *answer)
{
    Tefter__DocumentRecord *record = answer->document;
    if (record->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        return;
    for (size_t i = 0; i < answer->later->n_credited; i++) {
        const Tefter__CreditNoteLine *credited = answer->later->credited[i];
        if (credited->line >= record->n_lines)
            continue;
        Tefter__DocumentLine *line = record->lines[credited->line];
        FIELD_SET(line, credited_quantity, tx_sum(tx, line->credited_quantity, credited->quantity));
    }
}

static const char *login_of(struct tx *tx, const Tefter__Actor *actor)
{
    const Tefter__StaffRecord *who = actor != NULL ? staff_get(tx, actor->staff) : NULL;
    return who != NULL ? who->login : NULL;
}

/* NULL: there is none. */
static Tefter__PaperLink *link_to(struct tx *tx, struct tx *scratch, uint64_t document)
{
    const Tefter__DocumentRecord *other = document != 0 ? document_get(scratch, document) : NULL;
    if (other == NULL)
        return NULL;
    Tefter__PaperLink *link = tx_new(tx, &tefter__paper_link__descriptor);
    link->document = document;
    link->number = tx_text(tx, other->number);
    link->date = other->date;
    link->by = tx_text(tx, login_of(scratch, other->actor));
    if (other->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL && other->note != NULL)
        link->reason = tx_copy(tx, &other->note->base);
    tx_scratch_next(scratch);
    return link;
}

/* The papers that belong to it, by the numbers that people know. */
static void show_links(struct tx *tx, Tefter__DocumentAnswer *answer)
{
    enum { NOTES_SHOWN_MAX = 50 };
    const Tefter__DocumentTailRecord *tail = answer->later;
    struct tx *scratch = tx_scratch_begin(tx);
    answer->about = link_to(tx, scratch, answer->document->about);
    answer->corrects = link_to(tx, scratch, answer->document->corrects);
    answer->reversed_by = link_to(tx, scratch, tail->reversed_by);
    answer->corrected_by = link_to(tx, scratch, tail->corrected_by);
    answer->credit_notes = tx_take(tx, NOTES_SHOWN_MAX * sizeof *answer->credit_notes);
    for (size_t i = 0; i < tail->n_credit_notes && i < NOTES_SHOWN_MAX; i++) {
        Tefter__PaperLink *note = link_to(tx, scratch, tail->credit_notes[i]);
        if (note != NULL)
            answer->credit_notes[answer->n_credit_notes++] = note;
    }
    tx_scratch_end(scratch);
}

static Tefter__Text *buyer_name(const Tefter__CustomerRecord *customer,
                                const Tefter__DocumentRecord *document)
{
    for (size_t i = 0; document->has_buyer && i < customer->n_buyers; i++)
        if (customer->buyers[i]->buyer == document->buyer)
            return customer->buyers[i]->name;
    return NULL;
}

/* Who wrote it, took the goods and approved it. */
static void show_people(struct tx *tx, const Tefter__CustomerRecord *customer,
                        Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *document = answer->document;
    answer->author = tx_text(tx, login_of(tx, document->actor));
    answer->buyer_name = customer != NULL ? buyer_name(customer, document) : NULL;
    if (document->decision != NULL && document->decision->has_approval) {
        const Tefter__ApprovalRow *approval = credit_approval_row(tx, document->decision->approval);
        answer->approved_by =
            approval != NULL ? tx_text(tx, login_of(tx, approval->decided_by)) : NULL;
    }
}

static uint64_t find_document(struct tx *tx, const Tefter__DocumentView *query)
{
    if (query->has_document)
        return query->document;
    return query->has_kind ? document_by_number(tx, query->kind, query->number)
                           : document_by_any_number(tx, query->number);
}

Tefter__Refusal *view_document(struct tx *tx, const Tefter__DocumentView *query,
                               Tefter__DocumentAnswer *answer)
{
    uint64_t touch;
    if (!query->has_document && query->number == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "number");
    if (!page_read(query->has_page, query->page, &touch, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    uint64_t document = find_document(tx, query);
    answer->document = document != 0 ? document_get(tx, document) : NULL;
    if (answer->document == NULL)
        return refuse_not_found(tx, "document");
    if (!report_document_seen(tx, answer->document))
        return staff_check_paper(tx, "paper", answer->document->branch);
    struct account *account = account_open(tx, document_customer(document));
    const struct item *item = account_item(tx, account, document);
    const Tefter__CustomerRecord *customer = customer_get(tx, account->customer);
    answer->later = document_tail(tx, document);
    answer->state =
        document_state(answer->document, answer->later, item != NULL ? item->record : NULL);
    answer->customer = customer != NULL ? customer_row(tx, customer) : NULL;
    show_credited(tx, answer);
    show_links(tx, answer);
    show_people(tx, customer, answer);
    if (item == NULL)
        return NULL;
    answer->open_minor = item->record->open_minor;
    if (item->record->debit && item->record->open_minor > 0) {
        FIELD_SET(answer, days_late,
                  (int32_t)branch_of_actor(tx)->date - (int32_t)item->record->due);
    }
    if (touch > 0)
        leave_lines_out(answer->document);
    show_touches(tx, item->record, touch, answer);
    return NULL;
}

/* ---- search ---- */

enum {
    WORD_HITS_MAX = 40,            /* documents that a word finds */
    WORDS_LOOKED_AT_MAX = 3000000, /* rows of words, for one search */
};

struct hits {
    Tefter__SearchAnswer *answer;
    struct page page;
};

static bool hits_full(const struct hits *hits)
{
    return hits->page.rows >= hits->page.rows_most;
}

/* As long as they fit: a search has one page. */
static void hit_add(struct hits *hits, Tefter__SearchHit *hit)
{
    if (!hits_full(hits) && page_takes(&hits->page, &hit->base))
        hits->answer->hits[hits->answer->n_hits++] = hit;
}

static bool has_hit(const struct hits *hits, uint64_t document)
{
    for (size_t i = 0; i < hits->answer->n_hits; i++)
        if (hits->answer->hits[i]->document != NULL &&
            hits->answer->hits[i]->document->document == document)
            return true;
    return false;
}

/* What of it matched, as it stands there; NULL: its amount. */
static void hit_document(struct tx *tx, struct tx *scratch, struct hits *hits, uint64_t document,
                         const char *field, const char *matched)
{
    if (has_hit(hits, document) || hits_full(hits))
        return;
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    if (record == NULL || !report_document_seen(scratch, record))
        return;
    Tefter__SearchHit *hit = tx_new(tx, &tefter__search_hit__descriptor);
    hit->document = report_document_row(tx, scratch, record);
    hit->matched_field = tx_text(tx, field);
    hit->matched = tx_text(tx, matched);
    hit_add(hits, hit);
}

/* ---- by what people type to name a document ---- */

/* Tables of words (tx.h) that lead to documents; `kinds`: of the byte before each word. */
static const struct word_table {
    enum book_table table;
    const ProtobufCEnumDescriptor *kinds; /* NULL: there is none */
    const char *field;
} word_tables[] = {
    {TABLE_NUMBER, &tefter__document_kind__descriptor, "number"},
    {TABLE_REFERENCE, &tefter__payment_kind__descriptor, "reference"},
    {TABLE_SERIAL, NULL, "serial"},
};
enum { WORD_TABLES = sizeof word_tables / sizeof word_tables[0] };

struct word_hit {
    uint64_t document;
    const char *field;
    char word[CODE_MAX_BYTES + 1];
    bool whole; /* what was typed stands at its end, behind no other digit */
};

/* The best few of all that hold what was typed, the best first. */
struct word_hits {
    const char *wanted; /* folded, letters and digits alone */
    size_t wanted_size;
    size_t head; /* of a key, before the word */
    const char *field;
    size_t looked;
    size_t count;
    struct word_hit best[WORD_HITS_MAX];
};

static bool better(const struct word_hit *a, const struct word_hit *b)
{
    if (a->whole != b->whole)
        return a->whole;
    return document_date(a->document) > document_date(b->document);
}

static void word_hit_put(struct word_hits *hits, const struct word_hit *hit)
{
    size_t at = hits->count;
    while (at > 0 && better(hit, &hits->best[at - 1]))
        at--;
    if (at == WORD_HITS_MAX)
        return;
    size_t last = hits->count < WORD_HITS_MAX ? hits->count++ : WORD_HITS_MAX - 1;
    memmove(&hits->best[at + 1], &hits->best[at], (last - at) * sizeof *hit);
    hits->best[at] = *hit;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((uint8_t)text[i] >= 0x80)
            return false;
    return true;
}

/* Letters and digits of a key, as words are searched; one person writes SL/77, another SL.77 or
 * SL-77. Of what has none of them, what it has. */
static size_t bare_of(const char *from, size_t size, char out[FOLD_KEY_MAX + 1])
{
    char folded[FOLD_KEY_MAX + 1];
    size_t count = 0;
    if (!is_ascii(from, size)) {
        size = text_fold(from, size, folded, sizeof folded);
        from = folded;
    }
    for (size_t i = 0; i < size && count < FOLD_KEY_MAX; i++)
        if ((uint8_t)from[i] >= 0x80 || is_digit(from[i]) || (from[i] >= 'a' && from[i] <= 'z'))
            out[count++] = from[i];
    if (count == 0)
        memcpy(out, from, count = size < FOLD_KEY_MAX ? size : FOLD_KEY_MAX);
    out[count] = '\0';
    return count;
}

/* "hp00005" of what is numbered, as people say it: letters, and digits without leading zeros. */
struct short_number {
    size_t letters;
    const char *digits;
    size_t digit_count; /* 0: it is no such number */
};

static struct short_number short_number_of(const char *bare, size_t size)
{
    struct short_number number = {.letters = size};
    while (number.letters > 0 && is_digit(bare[number.letters - 1]))
        number.letters--;
    number.digits = bare + number.letters;
    const char *end = bare + size;
    while (number.digits + 1 < end && *number.digits == '0')
        number.digits++;
    number.digit_count = (size_t)(end - number.digits);
    return number;
}

/* HP-5 is HP-00005, and HP-R-00005 too: who says it leaves out what is the same each time. */
static bool is_short_for(const struct word_hits *hits, const char *bare, size_t size)
{
    struct short_number wanted = short_number_of(hits->wanted, hits->wanted_size);
    struct short_number found = short_number_of(bare, size);
    return wanted.letters > 0 && wanted.digit_count > 0 &&
           wanted.digit_count == found.digit_count && wanted.letters <= found.letters &&
           memcmp(wanted.digits, found.digits, wanted.digit_count) == 0 &&
           (memcmp(hits->wanted, bare, wanted.letters) == 0 ||
            memcmp(hits->wanted, bare + found.letters - wanted.letters, wanted.letters) == 0);
}

/* What is wanted stands at the end, behind no other digit. */
static bool is_tail(const struct word_hits *hits, const char *bare, size_t size)
{
    if (size < hits->wanted_size)
        return false;
    const char *tail = bare + size - hits->wanted_size;
    return memcmp(tail, hits->wanted, hits->wanted_size) == 0 &&
           (tail == bare || !is_digit(tail[-1]) || !is_digit(tail[0]));
}

/* The word of a row: folded, then as it was typed. */
static void look_at_word(struct word_hits *hits, const struct tx_walk *walk)
{
    struct slice key = tx_walk_key(walk);
    const char *folded = (const char *)key.data + hits->head;
    size_t size = strnlen(folded, key.size - hits->head);
    char bare[FOLD_KEY_MAX + 1];
    size_t bare_size = bare_of(folded, size, bare);
    bool is_short = is_short_for(hits, bare, bare_size);
    bool found = is_short || memmem(bare, bare_size, hits->wanted, hits->wanted_size) != NULL;
    hits->looked++;
    if (!found || size + 1 >= key.size - hits->head)
        return;
    struct word_hit hit = {.document = tx_walk_number(walk), .field = hits->field};
    size_t left = key.size - hits->head - size - 1;
    size_t word = strnlen(folded + size + 1, left < CODE_MAX_BYTES ? left : CODE_MAX_BYTES);
    memcpy(hit.word, folded + size + 1, word);
    hit.whole = is_short || is_tail(hits, bare, bare_size);
    word_hit_put(hits, &hit);
}

static void look_through(struct tx *scratch, const struct key *prefix, size_t most,
                         struct word_hits *hits)
{
    struct tx_walk walk;
    size_t until = hits->looked + most;
    for (bool on = tx_walk_first(scratch, prefix, NULL, &walk);
         on && hits->looked < until && hits->looked < WORDS_LOOKED_AT_MAX; on = tx_walk_next(&walk))
        look_at_word(hits, &walk);
    tx_walk_end(&walk);
}

/* begin: how the words begin that are looked at, "" for all. */
static void look_through_tables(struct tx *scratch, const char *begin, size_t most,
                                struct word_hits *hits)
{
    for (size_t i = 0; i < WORD_TABLES; i++) {
        const struct word_table *of = &word_tables[i];
        hits->field = of->field;
        for (unsigned kind = 0; kind < (of->kinds == NULL ? 1 : of->kinds->n_values); kind++) {
            struct key prefix = key_book(of->table);
            if (of->kinds != NULL)
                key_u8(&prefix, (uint8_t)of->kinds->values[kind].value);
            hits->head = prefix.size;
            if (begin[0] != '\0') {
                key_text(&prefix, begin);
                prefix.size--; /* without its end */
            }
            look_through(scratch, &prefix, most, hits);
        }
    }
}

/* Documents by number, reference or serial: those that begin so; if they are few, also those that
 * end so or have it somewhere ("00005"), or are said shorter ("TD-5"), whatever signs are set. */
static void search_words(struct tx *tx, struct tx *scratch, const char *text, struct hits *hits)
{
    enum { EACH = 200, LEAST = 3, LEAST_SHORT = 2 };
    char begin[FOLD_KEY_MAX + 1];
    char wanted[FOLD_KEY_MAX + 1];
    if (strlen(text) > NAME_MAX_BYTES)
        return;
    size_t size = bare_of(begin, fold_key_begin(text, begin), wanted);
    if (size == 0)
        return;
    struct word_hits *found = tx_take(tx, sizeof *found);
    *found = (struct word_hits){.wanted = wanted, .wanted_size = size};
    look_through_tables(scratch, begin, EACH, found);
    struct short_number number = short_number_of(wanted, size);
    bool is_short = number.letters > 0 && number.digit_count > 0;
    if (found->count < WORD_HITS_MAX / 2 && size >= (is_short ? LEAST_SHORT : LEAST))
        look_through_tables(scratch, "", SIZE_MAX / 2, found);
    for (size_t i = 0; i < found->count; i++) {
        hit_document(tx, scratch, hits, found->best[i].document, found->best[i].field,
                     found->best[i].word);
        tx_scratch_next(scratch);
    }
}

/* Refunds and moves of money are few, and their references lie in themselves: the newest are looked
 * at. */
static void search_references(struct tx *tx, struct tx *scratch, const char *text,
                              struct hits *hits)
{
    enum { LOOKED_AT_MAX = 3000, LEAST = 3 };
    static const Tefter__DocumentKind kinds[] = {TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND,
                                                 TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE};
    char word[FOLD_KEY_MAX + 1];
    char wanted[FOLD_KEY_MAX + 1];
    char bare[FOLD_KEY_MAX + 1];
    if (strlen(text) > CODE_MAX_BYTES)
        return;
    size_t size = bare_of(word, fold_key_begin(text, word), wanted);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && size >= LEAST; k++) {
        struct key prefix = key_book(TABLE_NUMBER);
        key_u8(&prefix, (uint8_t)kinds[k]);
        struct tx_walk walk;
        size_t looked = 0;
        bool on = tx_walk_last(tx, &prefix, NULL, &walk);
        for (; on && looked < LOOKED_AT_MAX && !hits_full(hits);
             on = tx_walk_previous(&walk), looked++) {
            tx_scratch_next(scratch);
            const Tefter__DocumentRecord *paper = document_get(scratch, tx_walk_number(&walk));
            if (paper == NULL || paper->reference == NULL)
                continue;
            size_t its = bare_of(word, fold_key_begin(paper->reference, word), bare);
            if (memmem(bare, its, wanted, size) != NULL)
                hit_document(tx, scratch, hits, paper->document, "reference",
                             tx_text(tx, paper->reference));
        }
        tx_walk_end(&walk);
    }
}

/* What the text may be as an amount; who asks has read it as its people type, or it is 1,234.50. */
struct amounts {
    const int64_t *minor;
    size_t count;
    int64_t plain_minor;
};

static void amounts_of(struct tx *tx, const Tefter__Search *query, struct amounts *amounts)
{
    enum { AMOUNTS_MAX = 8 };
    struct number_style style = {'.', ','};
    int exponent = (int)company_get(tx)->exponent;
    amounts->minor = query->amounts_minor;
    amounts->count = query->n_amounts_minor < AMOUNTS_MAX ? query->n_amounts_minor : AMOUNTS_MAX;
    if (amounts->count > 0 || decimal_read(query->text, strlen(query->text), exponent, &style,
                                           &amounts->plain_minor) != NULL)
        return;
    amounts->minor = &amounts->plain_minor;
    amounts->count = amounts->plain_minor > 0;
}

static bool is_one_of(const struct amounts *amounts, uint64_t amount_minor)
{
    for (size_t i = 0; i < amounts->count; i++)
        if ((uint64_t)amounts->minor[i] == amount_minor)
            return true;
    return false;
}

/* Items of exactly such an amount, of all customers: a scan over small rows, bounded. */
static void search_amounts(struct tx *tx, struct tx *scratch, const struct amounts *amounts,
                           struct hits *hits)
{
    enum { FIELD_AMOUNT = 3, ITEMS_LOOKED_AT = 3000000, FOUND_MAX = 50 };
    uint64_t found[FOUND_MAX];
    size_t count = 0;
    uint32_t looked = 0;
    for (uint32_t customer = customer_next(scratch, 0); customer != 0 && count < FOUND_MAX;
         customer = customer_next(scratch, customer)) {
        for (int table = TABLE_OPEN_DEBIT; table <= TABLE_CLOSED_ITEM; table++) {
            struct key prefix = key_customer(customer, (enum customer_table)table);
            struct tx_walk walk;
            for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk);
                 on && count < FOUND_MAX && looked < ITEMS_LOOKED_AT; on = tx_walk_next(&walk)) {
                looked++;
                if (is_one_of(amounts, tx_walk_field(&walk, FIELD_AMOUNT)))
                    found[count++] = tx_walk_field(&walk, 1);
            }
            tx_walk_end(&walk);
        }
        tx_scratch_next(scratch);
    }
    for (size_t i = 0; i < count; i++)
        hit_document(tx, scratch, hits, found[i], NULL, NULL);
}

static bool has_customer(const struct hits *hits, uint32_t customer)
{
    for (size_t i = 0; i < hits->answer->n_hits; i++)
        if (hits->answer->hits[i]->customer != NULL &&
            hits->answer->hits[i]->customer->who->customer == customer)
            return true;
    return false;
}

static void hit_customer(struct tx *tx, struct tx *scratch, struct hits *hits, uint32_t customer)
{
    const Tefter__CustomerRecord *record = customer_get(scratch, customer);
    if (record == NULL)
        return;
    Tefter__SearchHit *hit = tx_new(tx, &tefter__search_hit__descriptor);
    Tefter__CustomerEntry *entry = tx_new(scratch, &tefter__customer_entry__descriptor);
    entry->who = customer_row(scratch, record);
    entry->who->n_buyers = 0;
    entry->account = credit_account_row(scratch, record->customer, branch_of_actor(scratch)->date);
    hit->customer = tx_copy(tx, &entry->base);
    hit_add(hits, hit);
    tx_scratch_next(scratch);
}

static void search_customers(struct tx *tx, struct tx *scratch, const struct report_hits *found,
                             struct hits *hits)
{
    bool numbered = hits->answer->n_hits > 0;
    for (size_t i = 0; found != NULL && i < found->count && !hits_full(hits); i++)
        if (!numbered || !has_customer(hits, found->customers[i]))
            hit_customer(tx, scratch, hits, found->customers[i]);
}

static void hit_product(struct tx *tx, struct hits *hits, const Tefter__ProductRecord *product,
                        const char *text)
{
    for (size_t i = 0; i < hits->answer->n_hits; i++)
        if (hits->answer->hits[i]->product != NULL &&
            hits->answer->hits[i]->product->product == product->product)
            return;
    Tefter__SearchHit *hit = tx_new(tx, &tefter__search_hit__descriptor);
    const char *barcode = product_barcode_like(product, text);
    hit->product = product_shown(tx, product);
    hit->matched_field = barcode != NULL ? tx_text(tx, "barcode") : NULL;
    hit->matched = tx_text(tx, barcode);
    hit_add(hits, hit);
}

/* "#17": the customer, document and product of that number. */
static void search_number(struct tx *tx, struct tx *scratch, const char *text, struct hits *hits)
{
    uint64_t number = 0;
    if (text[0] != '#' || text[1] == '\0')
        return;
    for (const char *at = text + 1; *at != '\0'; at++)
        if (!is_digit(*at) || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
            return;
    const Tefter__ProductRecord *product =
        number <= UINT32_MAX ? product_get(scratch, (uint32_t)number) : NULL;
    if (number <= UINT32_MAX)
        hit_customer(tx, scratch, hits, (uint32_t)number);
    hit_document(tx, scratch, hits, number, NULL, NULL);
    if (product != NULL)
        hit_product(tx, hits, product, text);
}

/* The one that is called so, then some of those that have it in their words. */
static void search_products(struct tx *tx, struct tx *scratch, const char *text, struct hits *hits)
{
    enum { PAGES = 10, ROWS = 20 };
    Tefter__ProductList query = TEFTER__PRODUCT_LIST__INIT;
    const Tefter__ProductRecord *called = product_by_code(scratch, text);
    size_t count = 0;
    if (called != NULL && !hits_full(hits))
        hit_product(tx, hits, called, text);
    query.text = (char *)text;
    FIELD_SET(&query, rows, ROWS);
    for (int page = 0; page < PAGES && count < ROWS && !hits_full(hits); page++) {
        Tefter__ProductsAnswer products = TEFTER__PRODUCTS_ANSWER__INIT;
        if (view_products(scratch, &query, &products) != NULL)
            return;
        for (size_t i = 0; i < products.n_products && !hits_full(hits); i++, count++)
            hit_product(tx, hits, products.products[i], text);
        if (!products.has_next)
            return;
        query.has_page = true;
        query.page = products.next;
    }
}

Tefter__Refusal *view_search(struct tx *tx, const Tefter__Search *query,
                             const struct report_hits *found, Tefter__SearchAnswer *answer)
{
    struct hits hits = {answer, {.rows_most = page_rows(query->has_rows, query->rows)}};
    struct amounts amounts;
    if (*query->text == '\0')
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "text");
    answer->hits = tx_take(tx, hits.page.rows_most * sizeof(Tefter__SearchHit *));
    struct tx *scratch = tx_scratch_begin(tx);
    search_number(tx, scratch, query->text, &hits);
    search_customers(tx, scratch, found, &hits);
    search_words(tx, scratch, query->text, &hits);
    search_references(tx, scratch, query->text, &hits);
    search_products(tx, scratch, query->text, &hits);
    amounts_of(tx, query, &amounts);
    if (amounts.count > 0)
        search_amounts(tx, scratch, &amounts, &hits);
    tx_scratch_end(scratch);
    return NULL;
}

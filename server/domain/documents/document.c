/*
 * What every document does. A document is written once, whole; what is still open of it is its item
 * (receivables), what happened to it later is its tail.
 *
 *   issued ──▶ open ──matched in part──▶ part ──matched whole──▶ closed
 *                └────────────── reversed (corrections) ───────────▶ reversed
 *
 * 1. A document's postings sum to zero, and its receivable posting is its balance_minor.
 * 2. A number stands once within its kind.
 */
#include "domain/documents/inside.h"

#include "base/fold.h"
#include "base/limits.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

static struct key tail_key(uint64_t document)
{
    struct key key = key_customer(document_customer(document), TABLE_DOCUMENT_TAIL);
    key_u64(&key, document);
    return key;
}

static struct key numbers_key(Tefter__DocumentKind kind)
{
    struct key key = key_book(TABLE_NUMBER);
    key_u8(&key, (uint8_t)kind);
    return key;
}

struct key document_dated_key(uint32_t date, uint64_t seq, uint64_t document)
{
    struct key key = key_book(TABLE_DATED);
    key_u32(&key, date);
    key_u64(&key, seq);
    key_u64(&key, document);
    return key;
}

Tefter__DocumentRecord *document_get(struct tx *tx, uint64_t document)
{
    struct key key = document_key(document);
    return tx_get(tx, &key, &tefter__document_record__descriptor);
}

uint64_t document_by_number(struct tx *tx, Tefter__DocumentKind kind, const char *number)
{
    uint64_t document = 0;
    struct key numbers = numbers_key(kind);
    if (strlen(number) > CODE_MAX_BYTES || !word_find(tx, &numbers, number, &document))
        return 0;
    return document;
}

/* The one that bears it, or one that folds like it. */
static uint64_t number_owner(struct tx *tx, Tefter__DocumentKind kind, const char *number)
{
    uint64_t document = 0;
    struct key numbers = numbers_key(kind);
    return word_taken(tx, &numbers, number, &document) ? document : 0;
}

uint64_t document_by_any_number(struct tx *tx, const char *number)
{
    const ProtobufCEnumDescriptor *kinds = &tefter__document_kind__descriptor;
    uint64_t document = 0;
    for (unsigned i = 0; i < kinds->n_values && document == 0; i++)
        document = document_by_number(tx, (Tefter__DocumentKind)kinds->values[i].value, number);
    return document;
}

Tefter__DocumentTailRecord *document_tail(struct tx *tx, uint64_t document)
{
    struct key key = tail_key(document);
    Tefter__DocumentTailRecord *tail = tx_get(tx, &key, &tefter__document_tail_record__descriptor);
    return tail != NULL ? tail : tx_new(tx, &tefter__document_tail_record__descriptor);
}

void document_tail_save(struct tx *tx, uint64_t document, const Tefter__DocumentTailRecord *tail)
{
    struct key key = tail_key(document);
    tx_put(tx, &key, &tail->base);
}

/* ---- rules ---- */

static Tefter__Refusal *number_taken(struct tx *tx, uint64_t existing)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "number");
    FIELD_SET(refusal, existing, existing);
    refusal->existing_number = document_get(tx, existing)->number;
    return refusal;
}

Tefter__Refusal *document_refuse_reversed(struct tx *tx, const char *field,
                                          const Tefter__DocumentTailRecord *tail)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__ALREADY_REVERSED, field);
    const Tefter__DocumentRecord *by = document_get(tx, tail->reversed_by);
    FIELD_SET(refusal, existing, tail->reversed_by);
    if (by != NULL) {
        const Tefter__StaffRecord *who = staff_get(tx, by->actor->staff);
        refusal->existing_number = by->number;
        FIELD_SET(refusal, date, by->date);
        refusal->by = who != NULL ? who->login : NULL;
    }
    const Tefter__DocumentRecord *instead =
        tail->has_corrected_by ? document_get(tx, tail->corrected_by) : NULL;
    refusal->replaced_by = instead != NULL ? instead->number : NULL;
    return refusal;
}

/* As a series writes it: "td–r1–00001" is TD-R1-00001 to whoever types it. */
static bool number_marked(struct tx *tx, const char *number)
{
    char folded[FOLD_KEY_MAX + 1];
    if (!tx_rule(tx, RULE_KEYS_FOLD))
        return branch_marks(tx, number);
    (void)fold_key(number, folded);
    for (char *at = folded; *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    return branch_marks(tx, folded);
}

/* As it is written: no other number folds like one of a series (document_check_number). */
static bool series_taken(struct tx *tx, Tefter__DocumentKind kind, const char *number)
{
    struct key numbers = numbers_key(kind);
    struct key key = key_word(&numbers, number);
    return tx_has(tx, &key);
}

static bool number_taken_by(struct tx *tx, const Tefter__BranchRecord *branch,
                            Tefter__DocumentKind kind, uint32_t at)
{
    return series_taken(tx, kind, branch_number(tx, branch, kind, at));
}

/* Behind a long run of taken numbers: strides that double until one is free, halved down to where
 * a run ends. `at` is taken. The longest stride is kept, so that whoever takes just the numbers it
 * meets has to take one for each that is tried. */
static uint32_t number_behind(struct tx *tx, const Tefter__BranchRecord *branch,
                              Tefter__DocumentKind kind, uint32_t at)
{
    enum { STRIDE_MAX = 1 << 16 };
    uint32_t stride = 1;
    while (number_taken_by(tx, branch, kind, at + stride)) {
        at += stride;
        stride = stride < STRIDE_MAX ? stride * 2 : STRIDE_MAX;
    }
    uint32_t free = at + stride;
    while (free - at > 1) {
        uint32_t middle = at + (free - at) / 2;
        if (number_taken_by(tx, branch, kind, middle))
            at = middle;
        else
            free = middle;
    }
    return free;
}

/* Numbers that imports took are passed over. */
static char *next_number(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind)
{
    uint32_t *next = branch_series(tx, branch, kind);
    uint32_t tried_max = tx_rule(tx, RULE_BOUNDS_AGREE) ? NUMBERS_TRIED_MAX : UINT32_MAX;
    uint32_t at = *next;
    char *number = branch_number(tx, branch, kind, at);
    while (at - *next < tried_max && series_taken(tx, kind, number))
        number = branch_number(tx, branch, kind, ++at);
    if (at - *next == tried_max) {
        at = number_behind(tx, branch, kind, at - 1);
        number = branch_number(tx, branch, kind, at);
    }
    *next = at + 1;
    return number;
}

/* The branch's next, or of a recalled command the one its paper bears. */
static char *series_number(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind,
                           uint32_t about)
{
    if (tx_was_settled(tx, SETTLED_NUMBER, about) != NULL)
        return tx_settle_text(tx, SETTLED_NUMBER, about, NULL);
    return tx_settle_text(tx, SETTLED_NUMBER, about, next_number(tx, branch, kind));
}

/* ---- services: any document ---- */

Tefter__Refusal *document_begin(struct tx *tx, Tefter__BranchRecord *branch,
                                struct account *account, Tefter__DocumentKind kind,
                                const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record)
{
    uint32_t about = account_settles(account, kind);
    const Tefter__Settled *then = tx_was_settled(tx, SETTLED_NUMBER, about);
    const char *wanted = number == NULL && then != NULL ? then->text : number;
    if (number != NULL && !tx_recalled(tx) && tx_rule(tx, RULE_MARKED_SERIES_ARE_KEPT) &&
        number_marked(tx, number))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "number");
    uint64_t existing = wanted != NULL ? number_owner(tx, kind, wanted) : 0;
    if (existing != 0)
        return number_taken(tx, existing);
    Tefter__DocumentRecord *record = tx_new(tx, &tefter__document_record__descriptor);
    if (!account_new_document(tx, account, kind, date, &record->document))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "date", DOCUMENT_ORDINAL_MAX + 1);
    record->kind = kind;
    if (number != NULL)
        record->number = tx_text(tx, number);
    else
        record->number = series_number(tx, branch, kind, about);
    record->customer = account->customer;
    record->branch = branch->branch;
    record->date = date;
    record->seq = tx_done_seq(tx);
    record->recorded_ms = tx_now_ms(tx);
    record->actor = tx_actor_copy(tx);
    record->currency = company_get(tx)->currency;
    *ret_record = record;
    return NULL;
}

const Tefter__DocumentRecord *document_replaced(struct tx *tx, uint64_t corrects)
{
    bool kept = corrects != 0 && tx_rule(tx, RULE_CORRECTIONS_KEEP_THE_REST);
    return kept ? document_get(tx, corrects) : NULL;
}

Tefter__Refusal *document_date_of(struct tx *tx, const Tefter__BranchRecord *branch,
                                  const Tefter__DocumentRecord *replaced, bool has_date,
                                  uint32_t date, bool backfill, uint32_t *ret_date)
{
    bool its_own = replaced != NULL && has_date && date == replaced->date;
    return posting_date(tx, branch, has_date, date, backfill || its_own, ret_date);
}

Tefter__Refusal *document_draft(struct tx *tx, const Tefter__BranchRecord *branch,
                                const struct account *account, const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record)
{
    Tefter__DocumentKind kind = TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    if (number != NULL && !tx_recalled(tx) && number_marked(tx, number))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "number");
    uint64_t existing = number != NULL ? number_owner(tx, kind, number) : 0;
    if (existing != 0)
        return number_taken(tx, existing);
    Tefter__DocumentRecord *record = tx_new(tx, &tefter__document_record__descriptor);
    record->kind = kind;
    record->customer = account->customer;
    record->branch = branch->branch;
    record->date = date;
    *ret_record = record;
    return NULL;
}

Tefter__Refusal *document_check_backfill(struct tx *tx, bool backfill)
{
    return backfill ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_BACKFILL) : NULL;
}

void document_tell(struct tx *tx, const Tefter__DocumentRecord *record, int sign)
{
    if (paper_opens_balance(record))
        return;
    tx_figure(tx, &(struct figure){.kind = FIGURE_PAPER,
                                   .branch = record->branch,
                                   .date = record->date,
                                   .paper = (uint8_t)record->kind,
                                   .money = (uint8_t)record->payment_kind,
                                   .sign = (int8_t)sign,
                                   .document = record->document,
                                   .after = paper_money(record)});
}

void document_write(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct key key = document_key(record->document);
    tx_put(tx, &key, &record->base);
    struct key dated = document_dated_key(record->date, record->seq, record->document);
    tx_put_u64(tx, &dated, record->document);
    struct key numbers = numbers_key(record->kind);
    word_put(tx, &numbers, record->number, record->document);
    document_note_day(tx, record);
    postings_post(tx, record);
    document_tell(tx, record, 1);
}

void document_free_number(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct key numbers = numbers_key(record->kind);
    word_delete(tx, &numbers, record->number);
}

bool document_is_in(Tefter__DocumentState state, bool asked, Tefter__DocumentState wanted)
{
    bool open = state == TEFTER__DOCUMENT_STATE__DOCUMENT_OPEN ||
                state == TEFTER__DOCUMENT_STATE__DOCUMENT_PART;
    return !asked || state == wanted || (open && wanted == TEFTER__DOCUMENT_STATE__DOCUMENT_OPEN);
}

Tefter__DocumentState document_state(const Tefter__DocumentRecord *record,
                                     const Tefter__DocumentTailRecord *tail,
                                     const Tefter__ItemRecord *item)
{
    if (tail->has_reversed_by)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED;
    if (item == NULL || record->total_minor == 0)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_CLOSED;
    if (item->open_minor == item->amount_minor)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_OPEN;
    return item->open_minor == 0 ? TEFTER__DOCUMENT_STATE__DOCUMENT_CLOSED
                                 : TEFTER__DOCUMENT_STATE__DOCUMENT_PART;
}

struct event document_event(Tefter__EventKind kind, const Tefter__DocumentRecord *record)
{
    return (struct event){.kind = kind,
                          .customer = record->customer,
                          .document = record->document,
                          .number = record->number,
                          .has_amount = true,
                          .amount_minor = record->balance_minor};
}

/* ---- services: invoices and credit notes ---- */

Tefter__Refusal *document_check_header(struct tx *tx, const struct document_header *header)
{
    Tefter__Refusal *refusal = NULL;
    if (header->number != NULL)
        refusal = field_code(tx, "number", header->number);
    if (refusal == NULL && header->source != NULL)
        refusal = field_code(tx, "source", header->source);
    if (refusal == NULL && header->has_date)
        refusal = field_date(tx, "date", header->date);
    if (refusal == NULL)
        refusal = field_text(tx, header->note_field, header->note);
    if (refusal == NULL)
        refusal = company_check_currency(tx, "currency", header->currency);
    return refusal;
}

Tefter__BranchRecord *document_branch_replaced(struct tx *tx, uint64_t corrects)
{
    enum { FIELD_BRANCH = 5 };
    struct key key = document_key(corrects);
    return branch_of_paper(tx, (uint32_t)tx_field(tx, &key, FIELD_BRANCH));
}

Tefter__Refusal *document_branch(struct tx *tx, Tefter__BranchRecord **ret_branch)
{
    *ret_branch = branch_of_actor(tx);
    bool blocked = (*ret_branch)->blocked && !tx_recalled(tx);
    return blocked ? refuse(tx, TEFTER__REFUSAL_CODE__BRANCH_BLOCKED, NULL) : NULL;
}

Tefter__Refusal *document_check_opening(struct tx *tx, bool opening, bool imported)
{
    return opening && !imported && tx_rule(tx, RULE_OPENINGS_ARE_NO_SALE)
               ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "opening")
               : NULL;
}

void document_set_opening(struct tx *tx, Tefter__DocumentRecord *record, const bool *said,
                          const Tefter__DocumentRecord *of)
{
    bool imported = record->backfill && record->source != NULL;
    bool opens = said != NULL ? *said : paper_opens_balance(record);
    if (!tx_rule(tx, RULE_OPENINGS_ARE_NO_SALE))
        return;
    if (of != NULL)
        FIELD_SET_IF(record, opening, of->opening || imported, of->opening);
    else if (imported)
        FIELD_SET(record, opening, opens);
}

/* What was owed before these books was sold and taxed in others. */
static void add_content(struct tx *tx, struct postings *postings,
                        const Tefter__DocumentRecord *record, const struct line_sums *sums,
                        int sign)
{
    if (record->opening) {
        postings_add(tx, postings, TEFTER__POSTING_ACCOUNT__GL_OPENING, 0,
                     -sign * sums->total_minor, record->branch);
        return;
    }
    postings_add(tx, postings, TEFTER__POSTING_ACCOUNT__GL_SALES, 0, -sign * sums->net_minor,
                 record->branch);
    postings_add(tx, postings, TEFTER__POSTING_ACCOUNT__GL_TAX, 0, -sign * sums->tax_minor,
                 record->branch);
    postings_add(tx, postings, TEFTER__POSTING_ACCOUNT__GL_CHARGES, 0, -sign * sums->charges_minor,
                 record->branch);
}

Tefter__Refusal *document_total(struct tx *tx, Tefter__DocumentRecord *record, int sign)
{
    struct line_sums sums;
    if (!line_sum(tx, record, &sums))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    if (sums.total_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__TOTAL_NEGATIVE, "lines");
    record->total_minor = sums.total_minor;
    record->balance_minor = sign * sums.total_minor;
    FIELD_SET(record, net_minor, sums.net_minor + sums.charges_minor);
    FIELD_SET(record, tax_minor, sums.tax_minor);
    struct postings postings = {.count = 0};
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE, record->customer,
                 sign * sums.total_minor, record->branch);
    add_content(tx, &postings, record, &sums, sign);
    postings_set(tx, &postings, record);
    return postings_check(tx, record);
}

void document_done(struct tx *tx, const struct document_plan *plan, Tefter__Done *done)
{
    const Tefter__DocumentRecord *record = plan->record;
    FIELD_SET(done, id, record->document);
    done->number = record->number;
    FIELD_SET(done, total_minor, record->total_minor);
    FIELD_COPY(done, due, record);
    FIELD_COPY(done, with_pin, record);
    done->decision = record->decision;
    if (record->decision != NULL && record->decision->n_walls > 0)
        done_warn(tx, done, TEFTER__WARNING_KIND__WARNING_OVER_LIMIT,
                  credit_over(record->decision));
    bool its_own = plan->replaced != NULL && plan->replaced->date == record->date;
    if (record->date < plan->branch->date && !record->backfill && !its_own)
        done_warn(tx, done, TEFTER__WARNING_KIND__WARNING_BACKDATED, 0);
    match_warn_left(tx, plan->left_minor, done);
}

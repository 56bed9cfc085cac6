/*
 * Branches.
 *
 *   added ──▶ open ──ChangeBranch blocked──▶ blocked ──unblocked──▶ open
 *               │
 *               └─ TurnDay: its business date goes on (back: TurnBackDay, in documents)
 *
 * 1. A code names one branch, for ever: it stands in document numbers.
 * 2. A business date goes back only as far as no document is dated later, and moves on by at most
 *    TURN_DAYS_MAX days at once.
 * 3. The counters of its series only rise, so a number is given out once.
 */
#include "domain/org/org.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/limits.h"

#include <string.h>

enum {
    FIELD_DATE = 4, /* of BranchRecord */
    BRANCH_CODE_MAX = 8,
    SERIES_GAP = 10000, /* numbers left out for papers that may come back */
};

/* ---- records ---- */

static struct key branch_key(uint32_t branch)
{
    struct key key = key_book(TABLE_BRANCH);
    key_u32(&key, branch);
    return key;
}

Tefter__BranchRecord *branch_get(struct tx *tx, uint32_t branch)
{
    struct key key = branch_key(branch);
    return tx_shared(tx, &key, &tefter__branch_record__descriptor);
}

static Tefter__BranchRecord *branch_need(struct tx *tx, uint32_t branch)
{
    struct key key = branch_key(branch);
    Tefter__BranchRecord *held = tx_shared(tx, &key, &tefter__branch_record__descriptor);
    return held != NULL ? held : tx_need(tx, &key, &tefter__branch_record__descriptor);
}

/* A recalled command sees its branch on the date it was done on; the branch stays where it is. */
void branch_save(struct tx *tx, const Tefter__BranchRecord *branch)
{
    struct key key = branch_key(branch->branch);
    Tefter__BranchRecord record = *branch;
    if (tx_recalled(tx) && tx_has(tx, &key))
        record.date = (uint32_t)tx_field(tx, &key, FIELD_DATE);
    tx_put(tx, &key, tx_recalled(tx) ? &record.base : &branch->base);
}

/* The totals count by it. */
static void tell_day(struct tx *tx, const Tefter__BranchRecord *branch)
{
    tx_figure(tx,
              &(struct figure){.kind = FIGURE_DAY, .branch = branch->branch, .date = branch->date});
}

static void branch_make(struct tx *tx, const Tefter__BranchRecord *branch)
{
    struct key codes = key_book(TABLE_BRANCH_CODE);
    branch_save(tx, branch);
    tell_day(tx, branch);
    word_put(tx, &codes, branch->code, branch->branch);
}

static uint32_t branch_with_code(struct tx *tx, const char *code)
{
    struct key codes = key_book(TABLE_BRANCH_CODE);
    uint64_t branch = 0;
    return word_taken(tx, &codes, code, &branch) ? (uint32_t)branch : 0;
}

/* ---- rules ---- */

static bool is_code(const char *code)
{
    size_t size = strlen(code);
    return size >= 1 && size <= BRANCH_CODE_MAX &&
           strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == size;
}

static Tefter__Refusal *check_offset(struct tx *tx, bool given, int32_t minutes)
{
    if (given && (minutes < UTC_OFFSET_MIN || minutes > UTC_OFFSET_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "utc_offset_minutes");
    return NULL;
}

static Tefter__BranchRecord *branch_new(struct tx *tx, uint32_t number, char *code, char *name,
                                        uint32_t date)
{
    Tefter__BranchRecord *branch = tx_new(tx, &tefter__branch_record__descriptor);
    branch->branch = number;
    branch->code = code;
    branch->name = name;
    branch->date = date;
    branch->next_invoice = 1;
    branch->next_credit_note = 1;
    branch->next_payment = 1;
    branch->next_reversal = 1;
    return branch;
}

/* The head office's day, seen from another time zone. Its business date may stand (a clock that is
 * not believed): the difference is that of the zones, not of the days. */
static uint32_t date_in_zone(struct tx *tx, int32_t utc_offset_minutes)
{
    const Tefter__BranchRecord *head = branch_need(tx, HEAD_OFFICE);
    int64_t now_ms = tx_now_ms(tx);
    int64_t date = (int64_t)head->date + date_of_instant(now_ms, utc_offset_minutes * 60) -
                   date_of_instant(now_ms, head->utc_offset_minutes * 60);
    return date < DATE_MIN ? DATE_MIN : date > DATE_MAX ? DATE_MAX : (uint32_t)date;
}

static uint32_t first_date(struct tx *tx, const Tefter__AddBranch *command)
{
    return tx_rule(tx, RULE_BRANCH_IN_ITS_ZONE) ? date_in_zone(tx, command->utc_offset_minutes)
                                                : branch_head_date(tx);
}

/* ---- changes ---- */

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddBranch *command)
{
    Tefter__Refusal *refusal = branch_check_code(tx, "code", command->code);
    if (refusal == NULL)
        refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_offset(tx, command->has_utc_offset_minutes, command->utc_offset_minutes);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "phone", command->phone, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "address", command->address, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    refusal = staff_check_office(tx, "branch", 0);
    if (refusal != NULL)
        return refusal;
    uint32_t existing = branch_with_code(tx, command->code);
    if (existing != 0)
        return refuse_existing(tx, "code", existing);
    return company_check_room(tx, "branch", COUNTS_BRANCHES, COMPANY_BRANCHES_MAX);
}

/* Refuses, in this order: code (FIELD_INVALID), name (field_line), utc_offset_minutes
 * (FIELD_INVALID outside -720..840), phone, address (field_line_or_none); BOUND_TO_BRANCH branch;
 * ALREADY_EXISTS code, TOO_MANY branch. */
Tefter__Refusal *apply_add_branch(struct tx *tx, const Tefter__AddBranch *command,
                                  Tefter__Done *done)
{
    Tefter__Refusal *refusal = look_add(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__BranchRecord *branch =
        branch_new(tx, company_take(tx, company, COUNTS_BRANCHES), command->code, command->name,
                   first_date(tx, command));
    branch->utc_offset_minutes = command->utc_offset_minutes;
    FIELD_COPY(branch, series_gaps, company);
    field_move_line(&branch->phone, command->phone);
    field_move_line(&branch->address, command->address);

    tx_decided(tx);
    branch_make(tx, branch);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__BRANCH_CHANGED, branch->branch, done);
    done->number = branch->code;
    return NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeBranch *command,
                                    Tefter__BranchRecord **ret_branch)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_offset(tx, command->has_utc_offset_minutes, command->utc_offset_minutes);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "phone", command->phone, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "address", command->address, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    *ret_branch = branch_get(tx, command->branch);
    return *ret_branch != NULL ? staff_check_office(tx, "branch", command->branch)
                               : refuse_not_found(tx, "branch");
}

static bool change_branch(Tefter__BranchRecord *branch, const Tefter__ChangeBranch *command)
{
    bool changed = field_move_line(&branch->name, command->name);
    changed |= field_move_int(command->has_blocked, command->blocked, NULL, &branch->blocked);
    changed |= field_move_int(command->has_utc_offset_minutes, command->utc_offset_minutes, NULL,
                              &branch->utc_offset_minutes);
    changed |= field_move_line(&branch->phone, command->phone);
    changed |= field_move_line(&branch->address, command->address);
    return changed;
}

/* Refuses, in this order: name (field_line), utc_offset_minutes (FIELD_INVALID outside -720..840),
 * phone, address (field_line_or_none); NOT_FOUND branch; BOUND_TO_BRANCH branch;
 * NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_change_branch(struct tx *tx, const Tefter__ChangeBranch *command,
                                     Tefter__Done *done)
{
    Tefter__BranchRecord *branch = NULL;
    Tefter__Refusal *refusal = look_change(tx, command, &branch);
    if (refusal != NULL)
        return refusal;
    if (!change_branch(branch, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    branch_save(tx, branch);
    event_done(tx, TEFTER__EVENT_KIND__BRANCH_CHANGED, branch->branch, done);
    return NULL;
}

static Tefter__Refusal *look_turn(struct tx *tx, const Tefter__BranchRecord *branch, uint32_t date)
{
    if (date == branch->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "date");
    if (date < branch->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "date");
    if (date - branch->date > TURN_DAYS_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date");
    return NULL;
}

/* Refuses, in this order: date (field_date); NOT_FOUND branch; against the branch's present
 * business date: NOTHING_TO_CHANGE date when equal, DATE_INVALID date when before it,
 * DATE_IN_FUTURE date when more than TURN_DAYS_MAX days after it. */
Tefter__Refusal *apply_turn_day(struct tx *tx, const Tefter__TurnDay *command, Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_date(tx, "date", command->date);
    if (refusal != NULL)
        return refusal;
    Tefter__BranchRecord *branch = branch_get(tx, command->branch);
    if (branch == NULL)
        return refuse_not_found(tx, "branch");
    refusal = look_turn(tx, branch, command->date);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    branch_move_date(tx, branch, command->date);
    event_done(tx, TEFTER__EVENT_KIND__DAY_TURNED, branch->branch, done);
    return NULL;
}

/* ---- services ---- */

size_t branch_list(struct tx *tx, const Tefter__BranchRecord ***ret_branches)
{
    struct key prefix = key_book(TABLE_BRANCH);
    size_t most = company_get(tx)->next_branch;
    size_t count = 0;
    struct tx_walk walk;
    *ret_branches = tx_take(tx, most * sizeof **ret_branches);
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && count < most;
         on = tx_walk_next(&walk))
        (*ret_branches)[count++] = tx_walk_record(&walk, &tefter__branch_record__descriptor);
    tx_walk_end(&walk);
    return count;
}

uint32_t branch_latest_date(struct tx *tx)
{
    struct key prefix = key_book(TABLE_BRANCH);
    uint32_t latest = DATE_NONE;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        uint32_t date = (uint32_t)tx_walk_field(&walk, FIELD_DATE);
        latest = date > latest ? date : latest;
    }
    tx_walk_end(&walk);
    return latest;
}

uint32_t branch_earliest_date(struct tx *tx)
{
    const Tefter__BranchRecord **branches;
    size_t count = branch_list(tx, &branches);
    uint32_t earliest = DATE_MAX;
    for (size_t i = 0; i < count; i++)
        if (!branches[i]->blocked && branches[i]->date < earliest)
            earliest = branches[i]->date;
    return earliest;
}

/* Somebody may settle soon, once any branch's day has turned. */
static void start_statements(struct tx *tx)
{
    Tefter__CompanyRecord *company = company_shared(tx);
    if (!company->settles)
        return;
    (void)job_start(tx, company, TEFTER__JOB_KIND__JOB_MAKE_STATEMENTS, 0);
    company_save(tx, company);
}

/* Rows of customers read as of the head office's day. */
void branch_move_date(struct tx *tx, Tefter__BranchRecord *branch, uint32_t date)
{
    if (branch->branch == HEAD_OFFICE && tx_rule(tx, RULE_TURNED_DAY_IS_TOLD)) {
        Tefter__CompanyRecord *company = company_shared(tx);
        job_start_of_day(tx, company, TEFTER__JOB_KIND__JOB_TELL_DAY, branch->date);
        company_save(tx, company);
    }
    branch->date = date;
    branch_save(tx, branch);
    if (!tx_recalled(tx))
        tell_day(tx, branch);
    start_statements(tx);
}

void branch_note_match(struct tx *tx, Tefter__BranchRecord *branch, uint32_t date,
                       uint64_t document)
{
    if (!tx_rule(tx, RULE_MATCHES_KEEP_THEIR_DAYS) ||
        (branch->has_matched_date && branch->matched_date >= date))
        return;
    FIELD_SET(branch, matched_date, date);
    FIELD_SET(branch, matched, document);
    branch_save(tx, branch);
}

Tefter__BranchRecord *branch_of_actor(struct tx *tx)
{
    const Tefter__Actor *actor = tx_actor(tx);
    Tefter__BranchRecord *branch = branch_need(tx, actor->has_branch ? actor->branch : HEAD_OFFICE);
    branch->date = (uint32_t)tx_settle(tx, SETTLED_DATE, 0, branch->date);
    return branch;
}

Tefter__BranchRecord *branch_of_paper(struct tx *tx, uint32_t branch)
{
    const Tefter__Actor *actor = tx_actor(tx);
    if (branch == (actor->has_branch ? actor->branch : HEAD_OFFICE))
        return branch_of_actor(tx);
    Tefter__BranchRecord *record = branch_need(tx, branch);
    record->date = (uint32_t)tx_settle(tx, SETTLED_DATE, branch, record->date);
    return record;
}

uint32_t branch_head_date(struct tx *tx)
{
    struct key key = branch_key(HEAD_OFFICE);
    return (uint32_t)tx_field(tx, &key, FIELD_DATE);
}

/* One that branches did not have from their beginning: it goes on behind what was left out. */
static uint32_t *late_counter(protobuf_c_boolean *has, uint32_t *next, uint32_t gaps)
{
    if (!*has)
        *next = 1 + gaps * SERIES_GAP;
    *has = 1;
    return next;
}

/* The branch's own counter of that kind, or that of a recovery. No default: a kind of document
 * without a series does not compile. */
static uint32_t *counter_of(Tefter__BranchRecord *branch, Tefter__MarkedSeries *marked,
                            Tefter__DocumentKind kind)
{
    switch (kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return marked ? &marked->next_invoice : &branch->next_invoice;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return marked ? &marked->next_credit_note : &branch->next_credit_note;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return marked ? &marked->next_payment : &branch->next_payment;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return marked ? &marked->next_reversal : &branch->next_reversal;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return marked ? late_counter(&marked->has_next_refund, &marked->next_refund, 0)
                      : late_counter(&branch->has_next_refund, &branch->next_refund,
                                     branch->series_gaps);
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
        return marked ? late_counter(&marked->has_next_money_move, &marked->next_money_move, 0)
                      : late_counter(&branch->has_next_money_move, &branch->next_money_move,
                                     branch->series_gaps);
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    fault_need(__FILE__, __LINE__, "a document of no kind");
}

static const char *infix_of(Tefter__DocumentKind kind)
{
    switch (kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return "";
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return "CN-";
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return "R-";
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return "X-";
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return "RF-";
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
        return "M-";
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    fault_need(__FILE__, __LINE__, "a document of no kind");
}

/* The branch's counters of this recovery, from 1. */
static void mark_series(struct tx *tx, Tefter__BranchRecord *branch, uint32_t recovery)
{
    if (branch->marked != NULL && branch->marked->recovery == recovery)
        return;
    Tefter__MarkedSeries *marked = tx_new(tx, &tefter__marked_series__descriptor);
    marked->recovery = recovery;
    marked->next_invoice = marked->next_credit_note = 1;
    marked->next_payment = marked->next_reversal = 1;
    branch->marked = marked;
}

/* A recovery was closed without all its papers: their numbers, which nobody knows, are left out. */
static void skip_series(Tefter__BranchRecord *branch, uint32_t gaps)
{
    uint32_t skipped = (gaps - branch->series_gaps) * SERIES_GAP;
    branch->next_invoice += skipped;
    branch->next_credit_note += skipped;
    branch->next_payment += skipped;
    branch->next_reversal += skipped;
    branch->next_refund += branch->has_next_refund ? skipped : 0;
    branch->next_money_move += branch->has_next_money_move ? skipped : 0;
    FIELD_SET(branch, series_gaps, gaps);
}

uint32_t *branch_series(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    if (company->recovering) {
        mark_series(tx, branch, company->recoveries);
        return counter_of(branch, branch->marked, kind);
    }
    if (company->series_gaps != branch->series_gaps)
        skip_series(branch, company->series_gaps);
    return counter_of(branch, NULL, kind);
}

/* The place in its series that the digits at the end of a number are. */
static bool place_in_series(const char *digits, uint32_t *ret_at)
{
    enum { DIGITS_LEAST = 5, DIGITS_MOST = 9 };
    size_t size = strspn(digits, "0123456789");
    *ret_at = 0;
    if (digits[size] != '\0' || size < DIGITS_LEAST || size > DIGITS_MOST)
        return false;
    for (size_t i = 0; i < size; i++)
        *ret_at = *ret_at * 10 + (uint32_t)(digits[i] - '0');
    return true;
}

/* Of the branch whose code the number begins with; 0: of none. */
static uint32_t branch_of_number(struct tx *tx, const char *number)
{
    char code[BRANCH_CODE_MAX + 1];
    size_t size = strcspn(number, "-");
    if (size == 0 || size > BRANCH_CODE_MAX || number[size] != '-')
        return 0;
    memcpy(code, number, size);
    code[size] = '\0';
    return branch_with_code(tx, code);
}

void branch_pass_number(struct tx *tx, Tefter__DocumentKind kind, const char *paper)
{
    uint32_t number = branch_of_number(tx, paper);
    if (number == 0)
        return;
    Tefter__BranchRecord *branch = branch_need(tx, number);
    const char *prefix = tx_format(tx, "%s-%s", branch->code, infix_of(kind));
    size_t size = strlen(prefix);
    uint32_t *next = counter_of(branch, NULL, kind);
    uint32_t at = 0;
    if (strncmp(paper, prefix, size) != 0 || !place_in_series(paper + size, &at) || at < *next)
        return; /* of another series, or passed already */
    *next = at + 1;
    branch_save(tx, branch);
}

bool branch_counts(struct tx *tx, const char *number, Tefter__DocumentKind *ret_kind)
{
    char folded[FOLD_KEY_MAX + 1];
    char code[BRANCH_CODE_MAX + 1];
    (void)fold_key(number, folded);
    size_t size = strcspn(folded, "-");
    if (size == 0 || size > BRANCH_CODE_MAX || folded[size] != '-')
        return false;
    memcpy(code, folded, size);
    code[size] = '\0';
    const ProtobufCEnumDescriptor *kinds = &tefter__document_kind__descriptor;
    const char *rest = folded + size + 1;
    bool counted = false;
    for (unsigned i = 0; i < kinds->n_values && !counted; i++) {
        *ret_kind = (Tefter__DocumentKind)kinds->values[i].value;
        const char *infix = infix_of(*ret_kind);
        uint32_t at;
        counted = strncasecmp(rest, infix, strlen(infix)) == 0 &&
                  place_in_series(rest + strlen(infix), &at);
    }
    return counted && branch_with_code(tx, code) != 0;
}

bool branch_writes(const char *number)
{
    char folded[FOLD_KEY_MAX + 1];
    size_t size = fold_key(number, folded);
    bool same = size == strlen(number);
    for (size_t i = 0; i < size && same; i++) {
        bool small = folded[i] >= 'a' && folded[i] <= 'z';
        same = number[i] == (small ? folded[i] - 'a' + 'A' : folded[i]);
    }
    return same;
}

/* "TD-R2-00001" of branch TD */
bool branch_marks(struct tx *tx, const char *number)
{
    size_t size = strcspn(number, "-");
    if (number[size] != '-' || number[size + 1] != 'R')
        return false;
    size_t digits = strspn(number + size + 2, "0123456789");
    return digits > 0 && number[size + 2 + digits] == '-' && branch_of_number(tx, number) != 0;
}

/* "TD-R-00001". Each paper asks for one, and printf takes longer than the search for it. */
static char *plain_number(struct tx *tx, const char *code, const char *infix, uint32_t at)
{
    enum { DIGITS_LEAST = 5, DIGITS_MOST = 10 };
    size_t code_size = strlen(code), infix_size = strlen(infix);
    char digits[DIGITS_MOST];
    size_t first = DIGITS_MOST;
    for (; at > 0 || first > DIGITS_MOST - DIGITS_LEAST; at /= 10)
        digits[--first] = (char)('0' + at % 10);
    char *number = tx_take(tx, code_size + 1 + infix_size + DIGITS_MOST + 1); /* ends in zeros */
    memcpy(number, code, code_size);
    number[code_size] = '-';
    memcpy(number + code_size + 1, infix, infix_size);
    memcpy(number + code_size + 1 + infix_size, digits + first, DIGITS_MOST - first);
    return number;
}

char *branch_number(struct tx *tx, const Tefter__BranchRecord *branch, Tefter__DocumentKind kind,
                    uint32_t at)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    const char *infix = infix_of(kind);
    return company->recovering
               ? tx_format(tx, "%s-R%u-%s%05u", branch->code, company->recoveries, infix, at)
               : plain_number(tx, branch->code, infix, at);
}

Tefter__Refusal *branch_check_code(struct tx *tx, const char *field, const char *code)
{
    return is_code(code) ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
}

void branch_add_head_office(struct tx *tx, uint32_t branch, char *code, char *name, uint32_t date)
{
    branch_make(tx, branch_new(tx, branch, code, name, date));
}

/* ---- views ---- */

Tefter__Refusal *view_branches(struct tx *tx, const Tefter__BranchList *query,
                               Tefter__BranchesAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_BRANCH);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->branches = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->branches);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__BranchRecord *branch = tx_walk_record(&walk, &tefter__branch_record__descriptor);
        if (!page_takes(&page, &branch->base))
            break;
        answer->branches[answer->n_branches++] = branch;
        last = branch->branch;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

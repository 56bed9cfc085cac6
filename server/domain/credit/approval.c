/*
 * Approvals: one sale of one amount is parked, and those who may decide are asked. What is sold
 * with it, and whether that is what was asked for, is known above (documents/parked.c).
 *
 *   waiting ──granted──▶ granted ──its sale──▶ spent
 *      │  └──refused──▶ refused       │
 *      └────── expires_ms passes ─────┴──▶ expired
 *
 * 1. An approval is spent by at most one document, of at most its amount. One that was granted for
 *    less than was asked also covers all of it, once so much was paid that the limit is passed by
 * no more than whoever granted it agreed to.
 * 2. Expiry is seen, not written: one that nobody came for is read as expired.
 *    Since RULE_APPROVALS_ARE_FOR_WHAT_WAS_SEEN it is for the excess and the walls of its decision:
 *    its sale runs into no other ones, and goes no further over.
 * 3. It serves the customer and branch that it was asked for. Who asked for it does not grant it,
 *    unless the company says so.
 * 4. The draft of a parked sale lies apart (TABLE_PARKED) as long as it may be sold: it goes when
 * its approval is refused or spent. Those of expired ones go when their place is wanted; so nobody
 * has more than PARKED_EACH_MAX, no customer more than PARKED_CUSTOMER_MAX, and the company no more
 * than PARKED_MAX. Since RULE_ASKS_HAVE_PLACES one without goods has such a place too, with a draft
 * of nothing.
 * 5. Names are not kept with it: they are filled in when it is read. So is when it was decided,
 * which stands beside it.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key approval_key(uint64_t approval)
{
    struct key key = key_book(TABLE_APPROVAL);
    key_u64(&key, approval);
    return key;
}

static struct key decided_key(uint64_t approval)
{
    struct key key = key_book(TABLE_APPROVAL_DECIDED);
    key_u64(&key, approval);
    return key;
}

/* Of the record: the draft beside it, under older rules, may have two thousand lines. */
enum { APPROVAL_ROW_FIELD = 1 };

static Tefter__ApprovalRecord *approval_get(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    return tx_get(tx, &key, &tefter__approval_record__descriptor);
}

static void approval_save(struct tx *tx, Tefter__ApprovalRecord *record)
{
    struct key key = approval_key(record->row->approval);
    FIELD_SET(record->row, seq, tx_seq(tx));
    tx_put(tx, &key, &record->base);
    tx_touch(tx, ROW_APPROVAL, record->row->approval);
}

/* By who asked, so that one person's lie side by side. */
static struct key parked_key(uint32_t staff, uint64_t approval)
{
    struct key key = key_book(TABLE_PARKED);
    key_u32(&key, staff);
    key_u64(&key, approval);
    return key;
}

static uint32_t asked_by(const Tefter__ApprovalRow *row)
{
    return row->asked_by != NULL ? row->asked_by->staff : 0;
}

static uint32_t asked_at(const Tefter__ApprovalRow *row)
{
    return row->asked_by != NULL && row->asked_by->has_branch ? row->asked_by->branch : HEAD_OFFICE;
}

Tefter__Refusal *approval_check_seen(struct tx *tx, const Tefter__ApprovalRow *row)
{
    return staff_check_paper(tx, "approval", asked_at(row));
}

uint32_t credit_approval_branch(const Tefter__ApprovalRow *row)
{
    return asked_at(row);
}

static char *login_of(struct tx *tx, const Tefter__Actor *actor)
{
    const Tefter__StaffRecord *staff =
        actor != NULL && actor->has_staff ? staff_get(tx, actor->staff) : NULL;
    return staff != NULL ? staff->login : NULL;
}

static char *code_of(struct tx *tx, uint32_t number)
{
    const Tefter__BranchRecord *branch = branch_get(tx, number);
    return branch != NULL ? branch->code : NULL;
}

/* What is not kept with it. */
static void fill_names(struct tx *tx, Tefter__ApprovalRow *row)
{
    const Tefter__CustomerRecord *customer = customer_get(tx, row->customer);
    if (customer != NULL) {
        row->customer_code = customer->code;
        row->customer_name = customer->name;
    }
    row->asked_login = login_of(tx, row->asked_by);
    row->branch_code = code_of(tx, asked_at(row));
    row->decided_login = login_of(tx, row->decided_by);
    struct key decided = decided_key(row->approval);
    uint64_t decided_ms = 0;
    bool is_decided = tx_get_u64(tx, &decided, &decided_ms);
    FIELD_SET_IF(row, decided_ms, is_decided, (int64_t)decided_ms);
    int64_t over_minor = row->decision != NULL ? credit_over(row->decision) : 0;
    FIELD_SET_IF(row, over_by_minor, over_minor > 0, over_minor);
}

/* ---- rules ---- */

/* One that was asked for after now was so while a clock was ahead: it does not wait for that day.
 */
static bool approval_lives(const struct tx *tx, const Tefter__ApprovalRow *row)
{
    bool ahead =
        tx_rule(tx, RULE_TIME_FOLLOWS_THE_CLOCK) && row->asked_ms > tx_now_ms(tx) + CLOCK_JUMP_MS;
    return row->expires_ms > tx_now_ms(tx) && !ahead;
}

static bool approval_open(const struct tx *tx, const Tefter__ApprovalRecord *record)
{
    return record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING &&
           approval_lives(tx, record->row);
}

static bool approval_covers(const struct tx *tx, const Tefter__ApprovalRecord *record,
                            const struct credit_request *request)
{
    return record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED &&
           approval_lives(tx, record->row) &&
           record->row->customer == request->customer->customer &&
           request->amount_minor <= record->row->approved_minor;
}

/* Waiting and granted ones that nobody came for are seen as expired; nothing is written for it. */
static void approval_age(const struct tx *tx, Tefter__ApprovalRow *row)
{
    bool open = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    if (open && !approval_lives(tx, row))
        row->state = TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED;
}

static Tefter__Refusal *refuse_use(struct tx *tx, Tefter__RefusalCode code,
                                   const Tefter__ApprovalRow *row)
{
    Tefter__Refusal *refusal = refuse(tx, code, "approval");
    FIELD_SET(refusal, approval, row->approval);
    return refusal;
}

static Tefter__Refusal *refuse_until(struct tx *tx, Tefter__RefusalCode code,
                                     const Tefter__ApprovalRow *row)
{
    Tefter__Refusal *refusal = refuse_use(tx, code, row);
    FIELD_SET(refusal, from_ms, row->expires_ms);
    return refusal;
}

static Tefter__Refusal *refuse_denied(struct tx *tx, const Tefter__ApprovalRow *row)
{
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_DENIED, row);
    refusal->by = login_of(tx, row->decided_by);
    refusal->reason = row->reason;
    return refusal;
}

static Tefter__Refusal *refuse_spent(struct tx *tx, const Tefter__ApprovalRecord *record)
{
    const Tefter__ApprovalRow *row = record->row;
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_USED_ALREADY, row);
    FIELD_SET(refusal, existing, row->has_document ? row->document : record->document);
    refusal->existing_number = row->number;
    refusal->by = row->used_by;
    return refusal;
}

/* To one who decides after somebody else did. */
static Tefter__Refusal *refuse_granted(struct tx *tx, const Tefter__ApprovalRow *row)
{
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, row);
    refusal->by = login_of(tx, row->decided_by);
    FIELD_SET(refusal, available_minor, row->approved_minor);
    return refusal;
}

/* Is it in that state? Else what became of it. */
static Tefter__Refusal *check_state(struct tx *tx, const Tefter__ApprovalRecord *record,
                                    Tefter__ApprovalState wanted)
{
    Tefter__ApprovalRow *row = record->row;
    approval_age(tx, row);
    if (row->state == wanted)
        return NULL;
    switch (row->state) {
    case TEFTER__APPROVAL_STATE__APPROVAL_WAITING:
        return refuse_until(tx, TEFTER__REFUSAL_CODE__APPROVAL_UNDECIDED, row);
    case TEFTER__APPROVAL_STATE__APPROVAL_GRANTED:
        return refuse_granted(tx, row);
    case TEFTER__APPROVAL_STATE__APPROVAL_REFUSED:
        return refuse_denied(tx, row);
    case TEFTER__APPROVAL_STATE__APPROVAL_SPENT:
        return refuse_spent(tx, record);
    case TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED:
        return refuse_until(tx, TEFTER__REFUSAL_CODE__APPROVAL_LAPSED, row);
    case _TEFTER__APPROVAL_STATE_IS_INT_SIZE:
        break;
    }
    tx_fault(tx, "ApprovalRow");
}

static Tefter__Refusal *check_asked_for(struct tx *tx, const Tefter__ApprovalRow *row,
                                        uint32_t customer, uint32_t branch)
{
    if (row->customer != customer)
        return refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_OTHER_CUSTOMER, row);
    if (asked_at(row) == branch)
        return NULL;
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_OTHER_BRANCH, row);
    refusal->branch = code_of(tx, asked_at(row));
    return refusal;
}

static Tefter__Refusal *check_goods(struct tx *tx, const Tefter__ApprovalRow *row,
                                    const struct credit_request *request)
{
    if (!row->has_lines || request->goods != GOODS_OTHER)
        return NULL;
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_OTHER_GOODS, row);
    refusal->goods = row->goods;
    return refusal;
}

/* Paying helps where nothing but the limit is in the way. */
static bool limit_alone(const Tefter__Decision *decision)
{
    return decision->n_walls == 0 ||
           (decision->n_walls == 1 &&
            decision->walls[0] == TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
}

static Tefter__Refusal *check_amount(struct tx *tx, const Tefter__ApprovalRow *row,
                                     const struct credit_request *request,
                                     Tefter__Decision *decision)
{
    if (request->amount_minor <= row->approved_minor)
        return NULL;
    bool pays =
        row->has_over_minor && request->amount_minor <= row->amount_minor && limit_alone(decision);
    int64_t pay_minor = pays ? decision->over_by_minor - row->over_minor : 0;
    if (pays && pay_minor <= 0)
        return NULL;
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS, row);
    refusal->decision = decision;
    refusal->by = login_of(tx, row->decided_by);
    refusal->reason = row->reason;
    FIELD_SET(refusal, over_by_minor, request->amount_minor - row->approved_minor);
    FIELD_SET(refusal, available_minor, row->approved_minor);
    if (pays)
        credit_way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, pay_minor);
    credit_way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, row->approved_minor);
    refusal->goods = row->goods;
    return refusal;
}

/* ---- rules: what was seen ---- */

static bool saw(const Tefter__Decision *seen, Tefter__RefusalCode wall)
{
    for (size_t i = 0; i < seen->n_walls; i++)
        if (seen->walls[i] == wall)
            return true;
    return false;
}

/* A wall that was there, of which there is more now. The limits' excess is looked at by itself. */
static bool grew(const Tefter__Decision *seen, const Tefter__Decision *now,
                 Tefter__RefusalCode wall)
{
    if (wall == TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD ||
        wall == TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH)
        return now->overdue_minor > seen->overdue_minor || now->too_old_minor > seen->too_old_minor;
    return wall == TEFTER__REFUSAL_CODE__UNPAID_TOO_MANY && now->unpaid_bills > seen->unpaid_bills;
}

/* Granted for less than was asked, it is so much less over. */
static int64_t seen_over(const Tefter__ApprovalRow *row, int64_t over_minor)
{
    int64_t left_minor = over_minor - (row->amount_minor - row->approved_minor);
    return left_minor > 0 ? left_minor : 0;
}

static int64_t seen_over_limit(const Tefter__ApprovalRow *row)
{
    return row->has_over_minor ? row->over_minor : seen_over(row, row->decision->over_by_minor);
}

static bool outgrown(const Tefter__ApprovalRow *row, const Tefter__Decision *now)
{
    const Tefter__Decision *seen = row->decision;
    for (size_t i = 0; i < now->n_walls; i++)
        if (!saw(seen, now->walls[i]) || grew(seen, now, now->walls[i]))
            return true;
    return now->over_by_minor > seen_over_limit(row) ||
           now->site_over_by_minor > seen_over(row, seen->site_over_by_minor);
}

Tefter__Refusal *approval_check_seen_walls(struct tx *tx, const struct credit_request *request,
                                           Tefter__Decision *decision)
{
    const Tefter__ApprovalRow *row = approval_get(tx, request->approval)->row;
    if (row->decision == NULL || !outgrown(row, decision))
        return NULL;
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__APPROVAL_OUTGROWN, row);
    int64_t pay_minor = decision->over_by_minor - seen_over_limit(row);
    refusal->decision = decision;
    refusal->by = login_of(tx, row->decided_by);
    refusal->goods = row->goods;
    FIELD_SET_IF(refusal, most, seen_over_limit(row) > 0, seen_over_limit(row));
    FIELD_SET_IF(refusal, over_by_minor, decision->over_by_minor > 0, decision->over_by_minor);
    FIELD_SET_IF(refusal, available_minor, !decision->unlimited,
                 decision->limit_minor - decision->exposure_minor);
    if (pay_minor > 0 && limit_alone(decision))
        credit_way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, pay_minor);
    credit_way_ask(tx, refusal);
    return refusal;
}

/* ---- rules: who grants ---- */

static bool may_grant_own(struct tx *tx)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    const Tefter__StaffRecord *staff = staff_get(tx, tx_actor(tx)->staff);
    switch (company->has_own_approval ? company->own_approval : TEFTER__OWN_APPROVAL__OWN_NOBODY) {
    case TEFTER__OWN_APPROVAL__OWN_ANYBODY:
        return true;
    case TEFTER__OWN_APPROVAL__OWN_OWNER:
        return staff != NULL && staff->role == TEFTER__ROLE__ROLE_OWNER;
    case TEFTER__OWN_APPROVAL__OWN_NOBODY:
    case _TEFTER__OWN_APPROVAL_IS_INT_SIZE:
        break;
    }
    return false;
}

static Tefter__Refusal *refuse_own(struct tx *tx, const Tefter__ApprovalRow *row)
{
    Tefter__Refusal *refusal = refuse_use(tx, TEFTER__REFUSAL_CODE__OWN_APPROVAL, row);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_APPROVE, refusal->roles);
    return refusal;
}

static Tefter__Refusal *check_four_eyes(struct tx *tx, const Tefter__ApprovalRow *row)
{
    const Tefter__Actor *actor = tx_actor(tx);
    bool own = actor->has_staff && actor->staff == asked_by(row);
    if (!own || tx_recalled(tx) || !tx_rule(tx, RULE_APPROVALS_BIND) || may_grant_own(tx))
        return NULL;
    return refuse_own(tx, row);
}

/* Where an owner alone grants their own, nobody else does with a login that they made. */
static Tefter__Refusal *check_made(struct tx *tx, const Tefter__ApprovalRow *row)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    bool strict =
        company->has_own_approval && company->own_approval == TEFTER__OWN_APPROVAL__OWN_OWNER;
    if (!strict || tx_recalled(tx) || !staff_made_by(tx, asked_by(row)))
        return NULL;
    return refuse_own(tx, row);
}

/* ---- rules: room for one more ---- */

/* Drafts that are over: their places are free. */
struct parked_gone {
    struct {
        uint32_t staff;
        uint64_t approval;
    } drafts[PARKED_PRUNED_EACH];
    size_t count;
};

/* May the draft still be sold? */
static bool parked_lives(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    Tefter__ApprovalRow *row =
        tx_part(tx, &key, APPROVAL_ROW_FIELD, &tefter__approval_row__descriptor);
    if (row == NULL)
        return false;
    approval_age(tx, row);
    return row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
           row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
}

/* How many below the key may be sold; of the others, as many as are looked for. */
static size_t count_parked(struct tx *tx, const struct key *prefix, struct parked_gone *gone)
{
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    size_t live = 0;
    bool on = tx_walk_first(scratch, prefix, NULL, &walk);
    for (; on && gone->count < PARKED_PRUNED_EACH; on = tx_walk_next(&walk)) {
        uint32_t staff = tx_walk_u32(&walk, KEY_BOOK_HEAD);
        uint64_t approval = tx_walk_u64(&walk, KEY_BOOK_HEAD + sizeof staff);
        tx_scratch_next(scratch);
        if (parked_lives(scratch, approval)) {
            live++;
            continue;
        }
        gone->drafts[gone->count].staff = staff;
        gone->drafts[gone->count++].approval = approval;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return live;
}

/* May it still be sold, and to that customer? */
static bool waits_for(struct tx *tx, uint64_t approval, uint32_t customer)
{
    struct key key = approval_key(approval);
    const Tefter__ApprovalRow *row =
        tx_part(tx, &key, APPROVAL_ROW_FIELD, &tefter__approval_row__descriptor);
    return row != NULL && row->customer == customer && parked_lives(tx, approval);
}

/* How many wait for a customer: looks at all places, which are PARKED_MAX at most. */
static size_t count_of_customer(struct tx *tx, uint32_t customer)
{
    struct key prefix = key_book(TABLE_PARKED);
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    size_t live = 0;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        uint64_t approval = tx_walk_u64(&walk, KEY_BOOK_HEAD + sizeof(uint32_t));
        tx_scratch_next(scratch);
        live += waits_for(scratch, approval, customer);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return live;
}

/* What was asked and done then is not asked anew. Refuses TOO_MANY draft (of who asks, of all) and
 * customer, with `most`. */
static Tefter__Refusal *check_room(struct tx *tx, const Tefter__CompanyRecord *company,
                                   uint32_t customer, struct parked_gone *ret_gone)
{
    struct key own = key_book(TABLE_PARKED);
    struct key all = key_book(TABLE_PARKED);
    key_u32(&own, tx_actor(tx)->staff);
    *ret_gone = (struct parked_gone){.count = 0};
    size_t live = count_parked(tx, &own, ret_gone);
    if (live >= PARKED_EACH_MAX && !tx_recalled(tx))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "draft", PARKED_EACH_MAX);
    bool bounded = tx_rule(tx, RULE_ASKS_HAVE_PLACES) && !tx_recalled(tx);
    if (bounded && count_of_customer(tx, customer) >= PARKED_CUSTOMER_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "customer", PARKED_CUSTOMER_MAX);
    if (ret_gone->count > 0 || company->parked < PARKED_MAX)
        return NULL;
    (void)count_parked(tx, &all, ret_gone);
    if (ret_gone->count == 0 && !tx_recalled(tx))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "draft", PARKED_MAX);
    return NULL;
}

/* ---- changes ---- */

/* On all records that are theirs. */
static int64_t owed_by(struct tx *tx, uint32_t customer)
{
    const Tefter__AccountRecord *account = tx_rule(tx, RULE_MERGED_ARE_ONE)
                                               ? account_together(tx, customer_get(tx, customer))
                                               : account_field(tx, customer);
    return account->balance_minor;
}

static Tefter__ApprovalRecord *approval_new(struct tx *tx, const struct approval_wish *wish,
                                            uint64_t number)
{
    enum { MINUTES = 15 };
    const Tefter__AskApproval *command = wish->command;
    Tefter__ApprovalRecord *record = tx_new(tx, &tefter__approval_record__descriptor);
    Tefter__ApprovalRow *row = tx_new(tx, &tefter__approval_row__descriptor);
    uint32_t minutes = command->has_minutes ? command->minutes : MINUTES;
    row->approval = number;
    row->customer = command->customer;
    row->amount_minor = command->amount_minor;
    row->state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    row->asked_ms = tx_now_ms(tx);
    row->expires_ms = tx_now_ms(tx) + (int64_t)minutes * 60000;
    row->asked_by = tx_actor_copy(tx);
    row->decision = wish->decision;
    row->note = command->note;
    record->row = row;
    if (!tx_rule(tx, RULE_APPROVALS_BIND)) {
        record->draft = command->draft;
        return record;
    }
    FIELD_SET(row, balance_minor, owed_by(tx, command->customer));
    int64_t left_minor;
    bool limited = credit_left(wish->decision, &left_minor);
    FIELD_SET_IF(row, available_minor, limited, left_minor);
    FIELD_SET_IF(row, lines, wish->draft != NULL, wish->lines);
    row->goods = wish->goods;
    return record;
}

/* The draft goes, if it is still there; the caller saves the company. */
static bool parked_drop(struct tx *tx, Tefter__CompanyRecord *company, uint32_t staff,
                        uint64_t approval)
{
    struct key key = parked_key(staff, approval);
    if (!tx_has(tx, &key))
        return false;
    tx_delete(tx, &key);
    company->parked -= company->parked > 0;
    return true;
}

static void parked_end(struct tx *tx, const Tefter__ApprovalRow *row)
{
    if (!row->has_lines && !tx_rule(tx, RULE_ASKS_HAVE_PLACES))
        return;
    Tefter__CompanyRecord *company = company_shared(tx);
    if (parked_drop(tx, company, asked_by(row), row->approval))
        company_save(tx, company);
}

/* draft NULL: it has no goods, and keeps its place all the same. */
static void parked_put(struct tx *tx, Tefter__CompanyRecord *company,
                       const Tefter__ApprovalRow *row, Tefter__IssueInvoice *draft)
{
    struct key key = parked_key(asked_by(row), row->approval);
    Tefter__IssueInvoice nothing = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__ParkedRecord record = TEFTER__PARKED_RECORD__INIT;
    record.draft = draft != NULL ? draft : &nothing;
    tx_put(tx, &key, &record.base);
    FIELD_SET(company, parked, company->parked + 1);
}

static void approval_emit(struct tx *tx, Tefter__EventKind kind, const Tefter__ApprovalRow *row)
{
    event_emit(tx, &(struct event){.kind = kind,
                                   .customer = row->customer,
                                   .about = row->approval,
                                   .has_amount = true,
                                   .amount_minor = row->amount_minor});
}

Tefter__Refusal *approval_check_form(struct tx *tx, const Tefter__AskApproval *command)
{
    Tefter__Refusal *refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal != NULL)
        return refusal;
    if (command->has_minutes && (command->minutes < 1 || command->minutes > APPROVAL_MINUTES_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "minutes");
    return field_text(tx, "note", command->note);
}

Tefter__Refusal *approval_ask(struct tx *tx, const struct approval_wish *wish, Tefter__Done *done)
{
    struct parked_gone gone = {.count = 0};
    Tefter__CompanyRecord *company = company_shared(tx);
    bool placed = wish->draft != NULL || tx_rule(tx, RULE_ASKS_HAVE_PLACES);
    Tefter__Refusal *refusal =
        placed ? check_room(tx, company, wish->command->customer, &gone) : NULL;
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    uint64_t number = company_take_approval(tx, company);
    Tefter__ApprovalRecord *record = approval_new(tx, wish, number);
    for (size_t i = 0; i < gone.count; i++)
        (void)parked_drop(tx, company, gone.drafts[i].staff, gone.drafts[i].approval);
    if (placed)
        parked_put(tx, company, record->row, wish->draft);
    company_save(tx, company);
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_ASKED, record->row);
    FIELD_SET(done, id, record->row->approval);
    done->decision = wish->decision;
    return NULL;
}

static Tefter__Refusal *check_decide(struct tx *tx, const Tefter__DecideApproval *command,
                                     Tefter__ApprovalRecord *record)
{
    if (!approval_open(tx, record)) {
        if (!tx_rule(tx, RULE_APPROVALS_BIND))
            return refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
        return check_state(tx, record, TEFTER__APPROVAL_STATE__APPROVAL_WAITING);
    }
    Tefter__Refusal *refusal = NULL;
    if (tx_rule(tx, RULE_THE_BOUND_STAY_BOUND))
        refusal = approval_check_seen(tx, record->row);
    if (refusal == NULL && command->approved)
        refusal = check_four_eyes(tx, record->row);
    if (refusal == NULL && command->approved)
        refusal = check_made(tx, record->row);
    if (refusal != NULL)
        return refusal;
    if (command->has_amount_minor && command->amount_minor > record->row->amount_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "amount_minor");
    return NULL;
}

static void grant(struct tx *tx, Tefter__ApprovalRow *row, bool has_amount, int64_t amount_minor)
{
    row->state = TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    FIELD_SET(row, approved_minor, has_amount ? amount_minor : row->amount_minor);
    const Tefter__CustomerRecord *customer = customer_get(tx, row->customer);
    if (row->approved_minor == row->amount_minor || customer == NULL ||
        !tx_rule(tx, RULE_APPROVALS_BIND))
        return;
    if (row->decision != NULL && tx_rule(tx, RULE_APPROVALS_ARE_FOR_WHAT_WAS_SEEN)) {
        FIELD_SET(row, over_minor, seen_over(row, row->decision->over_by_minor));
        return;
    }
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, row->customer),
        .amount_minor = row->approved_minor,
        .today = branch_of_actor(tx)->date,
    };
    FIELD_SET(row, over_minor, credit_over_by(tx, &request));
}

/* Refuses, in this order: amount_minor (field_amount), reason (field_text), FIELD_MISSING reason
 * when not approved; NOT_FOUND approval, what became of one that does not wait (approval: granted
 * APPROVAL_NOT_OPEN, APPROVAL_DENIED, APPROVAL_USED_ALREADY, APPROVAL_LAPSED; under rules before
 * RULE_APPROVALS_BIND always APPROVAL_NOT_OPEN), STAFF_OF_OTHER_BRANCH approval, OWN_APPROVAL
 * approval (of who asked, when it is granted, or of whom they made where an owner alone grants
 * their own), FIELD_INVALID amount_minor (more than was asked). */
Tefter__Refusal *apply_decide_approval(struct tx *tx, const Tefter__DecideApproval *command,
                                       Tefter__Done *done)
{
    Tefter__Refusal *refusal = NULL;
    if (command->has_amount_minor)
        refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    if (!command->approved && command->reason == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    Tefter__ApprovalRecord *record = approval_get(tx, command->approval);
    if (record == NULL)
        return refuse_not_found(tx, "approval");
    refusal = check_decide(tx, command, record);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__ApprovalRow *row = record->row;
    struct key decided = decided_key(row->approval);
    tx_put_u64(tx, &decided, (uint64_t)tx_now_ms(tx));
    row->decided_by = tx_actor_copy(tx);
    row->reason = command->reason;
    if (command->approved) {
        grant(tx, row, command->has_amount_minor, command->amount_minor);
        alarm_maker_grants(tx, row);
    } else {
        row->state = TEFTER__APPROVAL_STATE__APPROVAL_REFUSED;
        parked_end(tx, row);
    }
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_DECIDED, row);
    FIELD_SET(done, id, row->approval);
    return NULL;
}

/* ---- services ---- */

Tefter__Refusal *approval_serves(struct tx *tx, uint64_t approval, uint32_t customer,
                                 uint32_t branch)
{
    Tefter__ApprovalRecord *record = approval_get(tx, approval);
    if (record == NULL)
        return refuse_not_found(tx, "approval");
    if (!tx_rule(tx, RULE_APPROVALS_BIND))
        return NULL; /* approval_check says it, later */
    Tefter__Refusal *refusal = check_state(tx, record, TEFTER__APPROVAL_STATE__APPROVAL_GRANTED);
    return refusal != NULL ? refusal : check_asked_for(tx, record->row, customer, branch);
}

Tefter__Refusal *approval_check(struct tx *tx, const struct credit_request *request,
                                Tefter__Decision *decision)
{
    uint32_t customer = request->customer->customer;
    Tefter__Refusal *refusal = approval_serves(tx, request->approval, customer, request->branch);
    if (refusal != NULL)
        return refusal;
    const Tefter__ApprovalRecord *approval = approval_get(tx, request->approval);
    if (!tx_rule(tx, RULE_APPROVALS_BIND))
        return approval_covers(tx, approval, request)
                   ? NULL
                   : refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
    refusal = check_goods(tx, approval->row, request);
    return refusal != NULL ? refusal : check_amount(tx, approval->row, request, decision);
}

/* What it was for in the end. */
static void note_used(struct tx *tx, Tefter__ApprovalRow *row, const Tefter__Decision *decision)
{
    int64_t over_minor = decision != NULL ? credit_over(decision) : 0;
    FIELD_SET_IF(row, used_over_minor,
                 over_minor > 0 && tx_rule(tx, RULE_APPROVALS_ARE_FOR_WHAT_WAS_SEEN), over_minor);
}

void approval_spend(struct tx *tx, uint64_t approval, const Tefter__DocumentRecord *document)
{
    Tefter__ApprovalRecord *record = approval_get(tx, approval);
    need(record != NULL);
    record->row->state = TEFTER__APPROVAL_STATE__APPROVAL_SPENT;
    if (tx_rule(tx, RULE_APPROVALS_BIND)) {
        FIELD_SET(record->row, document, document->document);
        record->row->number = document->number;
        record->row->used_by = login_of(tx, tx_actor(tx));
        note_used(tx, record->row, document->decision);
        parked_end(tx, record->row);
    } else {
        FIELD_SET(record, document, document->document);
    }
    approval_save(tx, record);
    event_emit(tx, &(struct event){.kind = TEFTER__EVENT_KIND__APPROVAL_USED,
                                   .customer = record->row->customer,
                                   .about = approval,
                                   .document = document->document});
}

Tefter__IssueInvoice *approval_draft(struct tx *tx, uint64_t approval)
{
    enum { FIELD_DRAFT = 1 };
    struct key key = approval_key(approval);
    const Tefter__ApprovalRow *row =
        tx_part(tx, &key, APPROVAL_ROW_FIELD, &tefter__approval_row__descriptor);
    if (row == NULL || !row->has_lines)
        return NULL;
    struct key parked = parked_key(asked_by(row), approval);
    return tx_part(tx, &parked, FIELD_DRAFT, &tefter__issue_invoice__descriptor);
}

Tefter__ApprovalRow *credit_approval_row(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    Tefter__ApprovalRow *row =
        tx_part(tx, &key, APPROVAL_ROW_FIELD, &tefter__approval_row__descriptor);
    if (row == NULL)
        return NULL;
    approval_age(tx, row);
    fill_names(tx, row);
    return row;
}

/* ---- services: newest first ---- */

static bool walk_back(struct tx *tx, uint64_t before, struct tx_walk *walk)
{
    struct key prefix = key_book(TABLE_APPROVAL);
    struct key end = approval_key(before);
    return tx_walk_last(tx, &prefix, before != 0 ? &end : NULL, walk);
}

static Tefter__ApprovalRow *walk_row(const struct tx_walk *walk)
{
    Tefter__ApprovalRow *row =
        tx_walk_part(walk, APPROVAL_ROW_FIELD, &tefter__approval_row__descriptor);
    if (row == NULL)
        tx_fault(walk->tx, "ApprovalRow");
    approval_age(walk->tx, row);
    return row;
}

/* None is open longer than APPROVAL_MINUTES_MAX: whatever was asked before that is over, and so is
 * what was asked before it. */
static bool all_over(const struct tx *tx, const Tefter__ApprovalRow *row)
{
    return row->asked_ms + (int64_t)APPROVAL_MINUTES_MAX * 60000 <= tx_now_ms(tx);
}

void credit_open_approvals(struct tx *tx, uint64_t *cursor, uint64_t *ret_approvals, size_t most,
                           size_t *ret_count, bool *ret_more)
{
    struct page page = {.rows_most = (uint32_t)most};
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    *ret_count = 0;
    *ret_more = true;
    bool on = walk_back(scratch, *cursor, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        tx_scratch_next(scratch);
        *cursor = tx_walk_u64(&walk, KEY_BOOK_HEAD);
        const Tefter__ApprovalRow *row = walk_row(&walk);
        if (all_over(tx, row)) {
            on = false;
            break;
        }
        if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
            row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED)
            ret_approvals[(*ret_count)++] = row->approval;
        page.rows = (uint32_t)*ret_count;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    *ret_more = on;
}

/* ---- views ---- */

Tefter__Refusal *view_approvals(struct tx *tx, const Tefter__ApprovalList *query,
                                Tefter__ApprovalsAnswer *answer)
{
    uint64_t last; /* the oldest of the page before */
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = group_filter_check(tx, GROUPS_FILTER(query));
    if (refusal != NULL)
        return refusal;
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    uint32_t only = staff_branch(tx);
    answer->approvals = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__ApprovalRow *));
    struct tx_walk walk;
    bool on = walk_back(tx, last, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        Tefter__ApprovalRow *row = walk_row(&walk);
        bool wanted =
            (!query->waiting_only || row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING) &&
            (only == 0 || asked_at(row) == only) &&
            group_filter_takes(tx, GROUPS_FILTER(query), row->customer);
        if (query->waiting_only && all_over(tx, row)) {
            on = false;
            break;
        }
        if (wanted)
            fill_names(tx, row);
        if (wanted && !page_takes(&page, &row->base))
            break;
        if (wanted)
            answer->approvals[answer->n_approvals++] = row;
        last = row->approval;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

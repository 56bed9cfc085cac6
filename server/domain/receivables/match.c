/*
 * Matching: putting money and credit notes against bills. Works on open items only, so it stands
 * below payments.
 *
 *   matched ──undone──▶ undone        (both sides are open again; the match is kept, marked)
 *
 * 1. Of no item more is matched than it holds.
 * 2. Both sides are of one customer, or the money is of who pays for whose bill it is. Records that
 *    were merged are one customer, and the match is kept with the one whose money it is.
 * 3. A match is dated no earlier than both documents, and than what was undone of them: on no day
 *    more of an item is matched than it holds.
 * 4. One act names at most MATCH_PARTS_MAX pairs and makes at most MATCH_PAIRS_MAX. What is left
 * over stays open, the reply says how much, and it is matched by asking again.
 */
#include "domain/receivables/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

/* ---- records ---- */

static struct key match_key(uint32_t customer, uint64_t match)
{
    struct key key = key_customer(customer, TABLE_MATCH);
    key_u64(&key, match);
    return key;
}

/* Of the records that are one customer, each has the pairs of its money; the rest is the first
 * one's. */
static bool is_home(uint32_t customer, const Tefter__MatchedPair *pair, const uint32_t *records,
                    size_t count)
{
    uint32_t owner = document_customer(pair->credit);
    bool others = false;
    for (size_t i = 1; i < count; i++)
        others = others || records[i] == owner;
    return customer == (others ? owner : records[0]);
}

static void write_part(struct tx *tx, const struct match_plan *plan, uint32_t customer,
                       const uint32_t *records, size_t count)
{
    Tefter__MatchRecord part = *plan->record;
    struct key key = match_key(customer, part.match);
    part.n_pairs = 0;
    part.pairs = tx_take(tx, plan->record->n_pairs * sizeof *part.pairs);
    for (size_t i = 0; i < plan->record->n_pairs; i++)
        if (is_home(customer, plan->record->pairs[i], records, count))
            part.pairs[part.n_pairs++] = plan->record->pairs[i];
    if (part.n_pairs > 0)
        tx_put(tx, &key, &part.base);
}

void match_write(struct tx *tx, const struct match_plan *plan)
{
    if (plan->record->n_pairs == 0)
        return;
    size_t count;
    const uint32_t *records = account_records(tx, plan->account, &count);
    for (size_t i = 0; i < count; i++)
        write_part(tx, plan, records[i], records, count);
}

/* ---- rules ---- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool pairs_left(const struct match_plan *plan)
{
    return plan->record->n_pairs < plan->most;
}

/* 0: these two can be matched, as far as they are open. Else the bound that is reached. */
static uint32_t pair_full(const struct tx *tx, const struct match_plan *plan,
                          const struct item *debit, const struct item *credit)
{
    if (!pairs_left(plan))
        return (uint32_t)plan->most;
    uint32_t full = item_full(tx, debit);
    return full != 0 ? full : item_full(tx, credit);
}

static void leave(struct match_plan *plan, int64_t amount_minor, uint32_t full)
{
    plan->left_minor = smaller(plan->left_minor + amount_minor, MONEY_MAX);
    plan->full = full;
}

static Tefter__MatchedPair **pair_slot(struct tx *tx, struct match_plan *plan)
{
    Tefter__MatchRecord *record = plan->record;
    if (record->n_pairs >= plan->room) {
        plan->room = 2 * record->n_pairs + 4;
        Tefter__MatchedPair **pairs = tx_take(tx, plan->room * sizeof *pairs);
        for (size_t i = 0; i < record->n_pairs; i++)
            pairs[i] = record->pairs[i];
        record->pairs = pairs;
    }
    return &record->pairs[record->n_pairs++];
}

static void pair_put(struct tx *tx, struct match_plan *plan, struct item *debit,
                     struct item *credit, int64_t amount_minor)
{
    Tefter__MatchedPair *pair = tx_new(tx, &tefter__matched_pair__descriptor);
    pair->debit = debit->record->document;
    pair->credit = credit->record->document;
    pair->amount_minor = amount_minor;
    *pair_slot(tx, plan) = pair;
    plan->matched_minor += amount_minor;
    account_match(tx, debit, credit, amount_minor, plan->date);
}

/* ---- rules: what a command asks for ---- */

static bool is_money(struct tx *tx, uint64_t document)
{
    enum { FIELD_KIND = 2 };
    struct key key = document_key(document);
    return tx_field(tx, &key, FIELD_KIND) == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
}

static bool by_oldest_due(const Tefter__MatchItems *command)
{
    return command->has_order && command->order == TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
}

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__MatchItems *command)
{
    if (by_oldest_due(command) && command->n_parts > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "parts");
    if (!by_oldest_due(command) && command->n_credits > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "credits");
    if (!by_oldest_due(command) && command->n_parts == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "parts");
    for (size_t i = 0; i < command->n_parts; i++)
        if (command->parts[i]->has_amount_minor) {
            Tefter__Refusal *refusal = field_amount(tx, tx_format(tx, "parts[%zu].amount_minor", i),
                                                    command->parts[i]->amount_minor);
            if (refusal != NULL)
                return refusal;
        }
    return command->has_date ? field_date(tx, "date", command->date) : NULL;
}

static Tefter__Refusal *match_parts(struct tx *tx, const Tefter__MatchItems *command,
                                    struct match_plan *plan)
{
    for (size_t i = 0; i < command->n_parts; i++) {
        const Tefter__MatchPart *part = command->parts[i];
        struct item *debit;
        struct item *credit;
        Tefter__Refusal *refusal =
            match_find(tx, plan, part->debit, true, tx_format(tx, "parts[%zu].debit", i), &debit);
        if (refusal == NULL)
            refusal = match_find(tx, plan, part->credit, false,
                                 tx_format(tx, "parts[%zu].credit", i), &credit);
        if (refusal == NULL)
            refusal =
                match_pair(tx, plan, debit, credit, part->has_amount_minor ? part->amount_minor : 0,
                           tx_format(tx, "parts[%zu].amount_minor", i));
        if (refusal != NULL)
            return refusal;
    }
    return NULL;
}

static Tefter__Refusal *match_credits(struct tx *tx, const Tefter__MatchItems *command,
                                      struct match_plan *plan)
{
    for (size_t i = 0; i < command->n_credits; i++) {
        struct item *credit;
        Tefter__Refusal *refusal = match_find(tx, plan, command->credits[i], false,
                                              tx_format(tx, "credits[%zu]", i), &credit);
        if (refusal != NULL)
            return refusal;
        match_oldest_due(tx, plan, credit);
    }
    return NULL;
}

/* That the customer's money may pay. */
static int64_t open_bills(struct tx *tx, const struct match_plan *plan)
{
    const struct account *account = plan->account;
    bool pays = account->record->family != NULL;
    return (pays ? account_standing(tx, account) : account->record)->bills_minor;
}

static void match_all(struct tx *tx, struct match_plan *plan)
{
    struct item *credit = account_oldest_of_all(tx, plan->account, NULL);
    while (credit != NULL && pairs_left(plan) && open_bills(tx, plan) > 0) {
        match_oldest_due(tx, plan, credit);
        credit = account_oldest_of_all(tx, plan->account, credit);
    }
    const Tefter__AccountRecord *record = account_with_merged(tx, plan->account);
    plan->left_minor =
        smaller(record->unmatched_minor + record->waiting_minor, open_bills(tx, plan));
}

static Tefter__Refusal *match_as_asked(struct tx *tx, const Tefter__MatchItems *command,
                                       struct match_plan *plan)
{
    if (!by_oldest_due(command))
        return match_parts(tx, command, plan);
    if (command->n_credits > 0)
        return match_credits(tx, command, plan);
    match_all(tx, plan);
    return NULL;
}

/* Money that was taken in their branch pays any bill, as it does when it is taken; all else that is
 * matched is of their own. */
static Tefter__Refusal *check_papers(struct tx *tx, const Tefter__MatchRecord *match)
{
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; staff_bound(tx) && i < match->n_pairs && refusal == NULL; i++) {
        refusal = document_check_branch(tx, "document", match->pairs[i]->credit);
        if (refusal == NULL && !is_money(tx, match->pairs[i]->credit))
            refusal = document_check_branch(tx, "document", match->pairs[i]->debit);
    }
    return refusal;
}

/* Who is named; since RULE_MERGED_ARE_ONE of one who was merged whom they were merged into. 0:
 * there is nobody. */
static uint32_t matched_customer(struct tx *tx, uint32_t customer)
{
    if (customer_get(tx, customer) == NULL)
        return 0;
    return tx_rule(tx, RULE_MERGED_ARE_ONE) ? customer_leads_to(tx, customer) : customer;
}

/* Refuses, in this order: FIELD_INVALID parts (beside "oldest due"), FIELD_INVALID credits (without
 * it), FIELD_MISSING parts, of each part amount_minor (field_amount), date (field_date) · NOT_FOUND
 * customer, date (posting_date) · of each part match_find debit, match_find credit, match_pair
 * amount_minor; or of each credit match_find · STAFF_OF_OTHER_BRANCH document (check_papers),
 * MATCH_NOTHING, or TOO_MANY with the bound when only
 * that keeps them apart. */
static Tefter__Refusal *plan_match(struct tx *tx, const Tefter__MatchItems *command,
                                   struct match_plan *plan)
{
    Tefter__Refusal *refusal = check_form(tx, command);
    if (refusal != NULL)
        return refusal;
    uint32_t customer = matched_customer(tx, command->customer);
    if (customer == 0)
        return refuse_not_found(tx, "customer");
    uint32_t date;
    refusal = posting_date(tx, branch_of_actor(tx), command->has_date, command->date, false, &date);
    if (refusal != NULL)
        return refusal;
    match_begin(tx, account_open(tx, customer), date, plan);
    refusal = match_as_asked(tx, command, plan);
    if (refusal != NULL || plan->record->n_pairs > 0)
        return refusal != NULL ? refusal : check_papers(tx, plan->record);
    if (plan->left_minor > 0 && tx_rule(tx, RULE_BOUNDS_AGREE))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, NULL, plan->full);
    return refuse(tx, TEFTER__REFUSAL_CODE__MATCH_NOTHING, NULL);
}

/* ---- changes ---- */

Tefter__Refusal *apply_match_items(struct tx *tx, const Tefter__MatchItems *command,
                                   Tefter__Done *done)
{
    struct match_plan plan;
    Tefter__Refusal *refusal = plan_match(tx, command, &plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct event event = {.kind = TEFTER__EVENT_KIND__ITEMS_MATCHED,
                          .customer = plan.account->customer,
                          .about = plan.record->match};
    match_write(tx, &plan);
    branch_note_match(tx, branch_of_actor(tx), plan.date, plan.record->pairs[0]->debit);
    event_emit(tx, &event);
    account_save(tx, plan.account, &event);
    FIELD_SET(done, match, plan.record->match);
    FIELD_SET(done, matched_minor, plan.matched_minor);
    match_warn_left(tx, plan.left_minor, done);
    return NULL;
}

/* Pairs that a reversal has undone before are passed over. */
static int64_t undo_pairs(struct tx *tx, struct account *account, const Tefter__MatchRecord *record,
                          uint32_t date)
{
    int64_t undone = 0;
    for (size_t i = 0; i < record->n_pairs; i++) {
        struct item *debit = account_item(tx, account, record->pairs[i]->debit);
        Tefter__Match *edge =
            debit != NULL ? item_match(debit, record->match, record->pairs[i]->credit) : NULL;
        if (edge == NULL || edge->rounded_off)
            continue; /* what was rounded off goes with the bill or its payment */
        undone += edge->amount_minor;
        account_unmatch(tx, debit, edge, date);
    }
    return undone;
}

/* What is to be undone: of each record that is the customer's the match of that number. */
struct undoing {
    struct account *account;
    uint32_t *owners;
    Tefter__MatchRecord **matches;
    size_t count;
    int64_t undone_minor;
};

static void find_matches(struct tx *tx, uint64_t match, struct undoing *undoing)
{
    size_t count;
    const uint32_t *records = account_records(tx, undoing->account, &count);
    undoing->owners = tx_take(tx, count * sizeof *undoing->owners);
    undoing->matches = tx_take(tx, count * sizeof(Tefter__MatchRecord *));
    for (size_t i = 0; i < count; i++) {
        struct key key = match_key(records[i], match);
        Tefter__MatchRecord *record = tx_get(tx, &key, &tefter__match_record__descriptor);
        if (record == NULL)
            continue;
        undoing->owners[undoing->count] = records[i];
        undoing->matches[undoing->count++] = record;
    }
}

static Tefter__Refusal *plan_undoing(struct tx *tx, const Tefter__UndoMatch *command, uint32_t date,
                                     struct undoing *undoing)
{
    uint32_t customer = matched_customer(tx, command->customer);
    if (customer == 0)
        return refuse_not_found(tx, "customer");
    undoing->account = account_open(tx, customer);
    find_matches(tx, command->match, undoing);
    if (undoing->count == 0)
        return refuse_not_found(tx, "match");
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; i < undoing->count && refusal == NULL; i++)
        refusal = check_papers(tx, undoing->matches[i]);
    if (refusal != NULL)
        return refusal;
    for (size_t i = 0; i < undoing->count; i++)
        if (!undoing->matches[i]->has_undone_seq)
            undoing->undone_minor += undo_pairs(tx, undoing->account, undoing->matches[i], date);
    if (undoing->undone_minor == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__MATCH_UNDONE, "match");
    if (tx_rule(tx, RULE_BOUNDS_AGREE) && !account_fits(tx, undoing->account, 0))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "match");
    return account_check_paid(tx, customer, undoing->undone_minor);
}

static void note_undone(struct tx *tx, const struct undoing *undoing)
{
    for (size_t i = 0; i < undoing->count; i++) {
        Tefter__MatchRecord *record = undoing->matches[i];
        struct key key = match_key(undoing->owners[i], record->match);
        if (record->has_undone_seq)
            continue;
        FIELD_SET(record, undone_seq, tx_done_seq(tx));
        FIELD_SET_IF(record, undone_by, tx_rule(tx, RULE_WHO_UNDID_A_MATCH_FREED_IT),
                     tx_actor(tx)->staff);
        tx_put(tx, &key, &record->base);
    }
}

/* Refuses, in this order: reason (field_text), NOT_FOUND customer, NOT_FOUND match (of this
 * customer), STAFF_OF_OTHER_BRANCH document (check_papers), MATCH_UNDONE match (undone before, by
 * itself or by reversals of all its sides), AMOUNT_TOO_BIG match (more than an account may hold
 * would be open), CASH_SALE_UNPAID (account_check_paid). */
Tefter__Refusal *apply_undo_match(struct tx *tx, const Tefter__UndoMatch *command,
                                  Tefter__Done *done)
{
    struct undoing undoing = {.count = 0};
    Tefter__BranchRecord *branch = branch_of_actor(tx);
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = plan_undoing(tx, command, branch->date, &undoing);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    note_undone(tx, &undoing);
    branch_note_match(tx, branch, branch->date, undoing.matches[0]->pairs[0]->debit);
    struct event event = {.kind = TEFTER__EVENT_KIND__MATCH_UNDONE_EVENT,
                          .customer = undoing.account->customer,
                          .about = command->match};
    event_emit(tx, &event);
    account_save(tx, undoing.account, &event);
    FIELD_SET(done, match, command->match);
    FIELD_SET(done, matched_minor, -undoing.undone_minor);
    return NULL;
}

/* ---- services ---- */

uint32_t match_undone_by(struct tx *tx, uint32_t customer, uint64_t match)
{
    struct key key = match_key(customer, match);
    const Tefter__MatchRecord *record = tx_get(tx, &key, &tefter__match_record__descriptor);
    return record != NULL ? record->undone_by : 0;
}

void match_begin(struct tx *tx, struct account *account, uint32_t date, struct match_plan *ret_plan)
{
    Tefter__MatchRecord *record = tx_new(tx, &tefter__match_record__descriptor);
    record->match = tx_done_seq(tx);
    record->actor = tx_actor_copy(tx);
    record->at_ms = tx_now_ms(tx);
    *ret_plan = (struct match_plan){
        .account = account,
        .record = record,
        .most = tx_rule(tx, RULE_BOUNDS_AGREE) ? MATCH_PAIRS_MAX : MATCH_PARTS_MAX,
        .date = date,
    };
}

/* "bills[0].amount_minor" is the bill's; what is short is the money: "bills[0].money". */
static const char *of_money(struct tx *tx, const char *field)
{
    const char *dot = strrchr(field, '.');
    return dot != NULL ? tx_format(tx, "%.*s.money", (int)(dot - field), field) : field;
}

Tefter__Refusal *match_pair(struct tx *tx, struct match_plan *plan, struct item *debit,
                            struct item *credit, int64_t amount_minor, const char *field)
{
    int64_t open = smaller(debit->record->open_minor, credit->record->open_minor);
    int64_t amount = amount_minor == 0 ? open : amount_minor;
    if (amount > open || open == 0) {
        if (amount <= debit->record->open_minor && open < amount &&
            tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED))
            field = of_money(tx, field);
        Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH, field);
        FIELD_SET(refusal, available_minor, open);
        return refusal;
    }
    uint32_t full = pair_full(tx, plan, debit, credit);
    if (full != 0)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, field, full);
    pair_put(tx, plan, debit, credit, amount);
    return NULL;
}

void match_oldest_credits(struct tx *tx, struct match_plan *plan, struct item *debit)
{
    struct item *credit = account_oldest_of_all(tx, plan->account, NULL);
    for (; credit != NULL && debit->record->open_minor > 0;
         credit = account_oldest_of_all(tx, plan->account, credit)) {
        int64_t open = smaller(debit->record->open_minor, credit->record->open_minor);
        uint32_t full = pair_full(tx, plan, debit, credit);
        if (full == 0 && open > 0 && credit->record->final)
            pair_put(tx, plan, debit, credit, open);
        else if (full != 0 && open > 0)
            leave(plan, open, full);
    }
}

void match_again(struct tx *tx, struct match_plan *plan, struct item *debit, struct item *credit,
                 int64_t amount_minor)
{
    plan->most = MATCH_PAIRS_MAX;
    int64_t open = smaller(debit->record->open_minor, credit->record->open_minor);
    int64_t amount = smaller(open, amount_minor);
    uint32_t full = pair_full(tx, plan, debit, credit);
    if (amount > 0 && full == 0)
        pair_put(tx, plan, debit, credit, amount);
    else if (amount > 0)
        leave(plan, amount, full);
}

void match_rounded_off(struct tx *tx, struct match_plan *plan, struct item *debit,
                       struct item *credit, int64_t amount_minor)
{
    size_t before = plan->record->n_pairs;
    match_again(tx, plan, debit, credit, amount_minor);
    if (plan->record->n_pairs == before || !tx_rule(tx, RULE_ROUNDED_OFF_GOES_WITH_ITS_BILL))
        return;
    FIELD_SET(debit->record->matches[debit->record->n_matches - 1], rounded_off, true);
    FIELD_SET(credit->record->matches[credit->record->n_matches - 1], rounded_off, true);
}

void match_warn_left(struct tx *tx, int64_t left_minor, Tefter__Done *done)
{
    if (left_minor > 0)
        done_warn(tx, done, TEFTER__WARNING_KIND__WARNING_LEFT_UNMATCHED, left_minor);
}

static struct item *next_bill(struct tx *tx, const struct match_plan *plan, struct item *after)
{
    return plan->bills != NULL ? account_first_bill(tx, plan->bills)
                               : account_oldest_debit(tx, plan->account, after);
}

void match_oldest_due(struct tx *tx, struct match_plan *plan, struct item *credit)
{
    struct item *debit = NULL;
    uint32_t full = 0;
    if (plan->account->record->family != NULL && plan->bills == NULL)
        plan->bills = account_family_bills(tx, plan->account);
    while (credit->record->open_minor > 0) {
        debit = next_bill(tx, plan, debit);
        if (debit == NULL)
            break;
        uint32_t now = pair_full(tx, plan, debit, credit);
        full = now != 0 ? now : full;
        if (now == 0)
            pair_put(tx, plan, debit, credit,
                     smaller(debit->record->open_minor, credit->record->open_minor));
        else if (!pairs_left(plan) || item_full(tx, credit) != 0)
            break;
        else if (plan->bills != NULL)
            account_pass_bill(tx, plan->bills, debit);
    }
    if (full != 0)
        leave(plan, smaller(credit->record->open_minor, open_bills(tx, plan)), full);
}

/* A bill of the customer's own, or of a site of theirs; money of their own, also of a record that
 * was merged into theirs. */
static bool may_pay(struct tx *tx, const struct account *account, uint64_t document, bool debit)
{
    uint32_t customer = document_customer(document);
    bool site = account->record->family != NULL && account_payer(tx, customer) == account->customer;
    bool merged = site && tx_rule(tx, RULE_MERGED_ARE_ONE) &&
                  customer_leads_to(tx, customer) == account->customer;
    return customer == account->customer || (site && debit) || merged;
}

Tefter__Refusal *match_find(struct tx *tx, struct match_plan *plan, uint64_t document, bool debit,
                            const char *field, struct item **ret_item)
{
    *ret_item = NULL;
    if (!may_pay(tx, plan->account, document, debit))
        return refuse(tx,
                      document_exists(tx, document) ? TEFTER__REFUSAL_CODE__MATCH_OTHER_CUSTOMER
                                                    : TEFTER__REFUSAL_CODE__NOT_FOUND,
                      field);
    *ret_item = account_item(tx, plan->account, document);
    if (*ret_item == NULL)
        return refuse_not_found(tx, field);
    if ((*ret_item)->record->debit != debit)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
    return NULL;
}

/* ---- views ---- */

static struct item *imagined_money(struct tx *tx, struct account *account, uint32_t date,
                                   int64_t amount_minor)
{
    Tefter__DocumentRecord money = TEFTER__DOCUMENT_RECORD__INIT;
    money.document = document_id(0, date, 0); /* nobody's: no document has it */
    money.date = date;
    money.total_minor = amount_minor;
    return account_add_item(tx, account, &money, false, true);
}

static void show_pairs(struct tx *tx, const struct match_plan *plan, const struct item *imagined,
                       Tefter__PreviewMatchAnswer *answer)
{
    answer->parts = tx_take(tx, (plan->record->n_pairs + 1) * sizeof(Tefter__PreviewPart *));
    for (size_t i = 0; i < plan->record->n_pairs; i++) {
        const Tefter__MatchedPair *pair = plan->record->pairs[i];
        const Tefter__ItemRecord *bill = account_item(tx, plan->account, pair->debit)->record;
        Tefter__PreviewPart *part = tx_new(tx, &tefter__preview_part__descriptor);
        bool is_imagined = imagined != NULL && imagined->record->document == pair->credit;
        part->debit = pair->debit;
        part->credit = is_imagined ? 0 : pair->credit;
        part->amount_minor = pair->amount_minor;
        part->left_minor = bill->open_minor;
        part->number = bill->number;
        FIELD_SET(part, due, bill->due);
        answer->parts[answer->n_parts++] = part;
    }
    answer->matched_minor = plan->matched_minor;
    const Tefter__AccountRecord *record = account_with_merged(tx, plan->account);
    answer->rest_minor = imagined != NULL ? imagined->record->open_minor
                                          : record->unmatched_minor + record->waiting_minor;
}

static Tefter__Refusal *preview_money(struct tx *tx, const Tefter__PreviewMatch *query,
                                      Tefter__PreviewMatchAnswer *answer)
{
    struct match_plan plan;
    uint32_t today = branch_of_actor(tx)->date;
    Tefter__Refusal *refusal = field_amount(tx, "with_minor", query->with_minor);
    if (refusal != NULL)
        return refusal;
    uint32_t customer = matched_customer(tx, query->match->customer);
    if (customer == 0)
        return refuse_not_found(tx, "match.customer");
    match_begin(tx, account_open(tx, customer), today, &plan);
    struct item *money = imagined_money(tx, plan.account, today, query->with_minor);
    for (size_t i = 0; i < query->match->n_parts; i++) {
        const Tefter__MatchPart *part = query->match->parts[i];
        struct item *bill;
        if (part->has_amount_minor)
            refusal = field_amount(tx, "match.parts.amount_minor", part->amount_minor);
        if (refusal != NULL)
            return refusal;
        refusal = match_find(tx, &plan, part->debit, true, "match.parts.debit", &bill);
        if (refusal == NULL)
            refusal =
                match_pair(tx, &plan, bill, money, part->has_amount_minor ? part->amount_minor : 0,
                           "match.parts.amount_minor");
        if (refusal != NULL)
            return refusal;
    }
    if (by_oldest_due(query->match))
        match_oldest_due(tx, &plan, money);
    show_pairs(tx, &plan, money, answer);
    return NULL;
}

Tefter__Refusal *view_preview_match(struct tx *tx, const Tefter__PreviewMatch *query,
                                    Tefter__PreviewMatchAnswer *answer)
{
    if (query->has_with_minor)
        return preview_money(tx, query, answer);
    struct match_plan plan;
    answer->refusal = plan_match(tx, query->match, &plan);
    if (answer->refusal == NULL)
        show_pairs(tx, &plan, NULL, answer);
    return NULL;
}

/*
 * Recoveries and what terminals offer after a restore.
 *
 *   restore ──BeginRecovery──▶ open ──CloseRecovery──▶ closed
 *
 *   offered ──StageOffer──▶ waiting ──its turn──▶ back, or differing
 *                              │          └─────▶ refused ──ApplyOffers──▶ once more
 *                              └──DeclineOffer──▶ declined ◀── refused
 *
 * It is an offer's turn when all that terminals did before it is decided here: its receipt names
 * the seq before it. When nobody is waited for any more (all terminals were heard, or ApplyOffers),
 * it is everybody's turn, by old seq.
 *
 * 1. An offer stands once, whoever brings it, and is applied at most once.
 * 2. New ids, seqs and numbers lie beyond what a terminal may bring back.
 * 3. The counts of the newest recovery are those of all offers.
 */
#include "domain/recall/recall.h"

#include "base/limits.h"
#include "domain/org/org.h"
#include "wire/message.h"

enum {
    OFFERS_MAX = 200000,  /* waiting or refused: those hold their commands */
    LOOKED_AT_MAX = 256,  /* offers, in one step or page */
    NUMBERS_AHEAD = 1000, /* of what is few: branches, staff, terminals, groups, money accounts */
    MANY_AHEAD = 20000,   /* of customers and products */
    APPROVALS_AHEAD = 1000000,
    NONCE_SIZE = 8,
    COMMAND_ID_BYTES = 16,
};

/* ---- records ---- */

static struct key recovery_key(uint32_t recovery)
{
    struct key key = key_book(TABLE_RECOVERY);
    key_u32(&key, recovery);
    return key;
}

static struct key heard_key(uint32_t recovery, uint32_t terminal)
{
    struct key key = key_book(TABLE_HEARD);
    key_u32(&key, recovery);
    key_u32(&key, terminal);
    return key;
}

static struct key offer_key(uint64_t seq, uint32_t incarnation, ProtobufCBinaryData nonce)
{
    struct key key = key_book(TABLE_OFFER);
    key_u64(&key, seq);
    key_u32(&key, incarnation);
    key_u64(&key, be64_get(nonce.data));
    return key;
}

static struct key from_key(uint64_t seq)
{
    struct key key = key_book(TABLE_OFFER);
    key_u64(&key, seq);
    return key;
}

static Tefter__RecoveryRecord *recovery_shared(struct tx *tx, uint32_t recovery)
{
    struct key key = recovery_key(recovery);
    return recovery == 0 ? NULL : tx_get(tx, &key, &tefter__recovery_record__descriptor);
}

static Tefter__RecoveryRecord *newest_shared(struct tx *tx)
{
    return recovery_shared(tx, company_get(tx)->recoveries);
}

static void recovery_save(struct tx *tx, const Tefter__RecoveryRecord *recovery)
{
    struct key key = recovery_key(recovery->recovery);
    tx_put(tx, &key, &recovery->base);
}

static void offer_save(struct tx *tx, const Tefter__OfferRecord *offer)
{
    struct key key = offer_key(offer->seq, offer->incarnation, offer->incarnation_nonce);
    tx_put(tx, &key, &offer->base);
}

static struct key recall_key(void)
{
    return key_book(TABLE_RECALL);
}

/* The next look begins at the first of these seqs. */
static void recall_from(struct tx *tx, uint64_t seq, bool again)
{
    struct key key = recall_key();
    const Tefter__RecallRecord *before = tx_get(tx, &key, &tefter__recall_record__descriptor);
    Tefter__RecallRecord record = TEFTER__RECALL_RECORD__INIT;
    record.seq = before != NULL && before->seq < seq ? before->seq : seq;
    FIELD_SET_IF(&record, again, again || (before != NULL && before->again), true);
    tx_put(tx, &key, &record.base);
}

static const Tefter__Receipt *receipt_of(struct tx *tx, const Tefter__OfferRecord *offer)
{
    return tx_unpack(tx, &tefter__receipt__descriptor,
                     slice_of(offer->receipt.data, offer->receipt.len));
}

/* ---- rules ---- */

static uint64_t *count_of(Tefter__RecoveryRecord *recovery, Tefter__OfferState state)
{
    switch (state) {
    case TEFTER__OFFER_STATE__OFFER_WAITING:
        return &recovery->waiting;
    case TEFTER__OFFER_STATE__OFFER_BACK:
        return &recovery->back;
    case TEFTER__OFFER_STATE__OFFER_DIFFERS:
        return &recovery->differing;
    case TEFTER__OFFER_STATE__OFFER_REFUSED:
        return &recovery->refused;
    case TEFTER__OFFER_STATE__OFFER_DECLINED:
        return &recovery->declined;
    case _TEFTER__OFFER_STATE_IS_INT_SIZE:
        break;
    }
    fault_need(__FILE__, __LINE__, "an offer in no state");
}

static bool is_open(Tefter__OfferState state)
{
    return state == TEFTER__OFFER_STATE__OFFER_WAITING ||
           state == TEFTER__OFFER_STATE__OFFER_REFUSED;
}

static bool of_ended(const Tefter__RecoveryRecord *recovery, const Tefter__OfferRecord *offer)
{
    return offer->incarnation == recovery->incarnation &&
           slice_equal(slice_of(offer->incarnation_nonce.data, offer->incarnation_nonce.len),
                       slice_of(recovery->incarnation_nonce.data, recovery->incarnation_nonce.len));
}

static bool its_turn(const Tefter__RecoveryRecord *recovery, const Tefter__OfferRecord *offer,
                     const Tefter__Receipt *receipt)
{
    if (recovery->all_due)
        return true;
    return of_ended(recovery, offer) && !recovery->has_closed_ms && receipt->has_after &&
           receipt->after <= recovery->position;
}

static void offer_event(struct tx *tx, Tefter__EventKind kind, const Tefter__OfferRecord *offer)
{
    event_emit(tx, &(struct event){.kind = kind, .about = offer->seq, .number = offer->number});
}

static void changed(struct tx *tx, const Tefter__RecoveryRecord *recovery, Tefter__Done *done)
{
    event_done(tx, TEFTER__EVENT_KIND__RECOVERY_CHANGED, recovery->recovery, done);
}

/* ---- changes: the recovery ---- */

enum unheard {
    IS_WAITED_FOR, /* and is not blocked since */
    IS_ENROLLED,   /* whatever became of it */
};

/* Enrolled when the backup was made, and not heard in this recovery. A browser keeps nothing that
 * it could bring back. */
static bool is_unheard(struct tx *tx, const Tefter__RecoveryRecord *recovery,
                       const Tefter__TerminalRecord *terminal, enum unheard which)
{
    struct key key = heard_key(recovery->recovery, terminal->terminal);
    return terminal->has_serial && !terminal->has_key &&
           (which == IS_ENROLLED || !terminal->blocked) && terminal->has_enrolled_ms &&
           terminal->enrolled_ms <= recovery->began_ms && !tx_has(tx, &key);
}

static uint32_t count_unheard(struct tx *tx, const Tefter__RecoveryRecord *recovery,
                              enum unheard which)
{
    struct key prefix = key_book(TABLE_TERMINAL);
    struct tx_walk walk;
    uint32_t count = 0;
    struct tx *scratch = tx_scratch_begin(tx);
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        count += is_unheard(scratch, recovery,
                            tx_walk_record(&walk, &tefter__terminal_record__descriptor), which);
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return count;
}

/* 2: nothing that is made from now on takes the id of what may come back, by each of the restores
 * since this ledger's last one: other restores of the same backup have numbers between. */
static void jump_ahead(Tefter__CompanyRecord *company, uint32_t restores)
{
    static const enum company_count few[] = {COUNTS_BRANCHES, COUNTS_STAFF, COUNTS_TERMINALS,
                                             COUNTS_GROUPS, COUNTS_MONEY_ACCOUNTS};
    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++)
        company_skip(company, few[i], NUMBERS_AHEAD * restores);
    company_skip(company, COUNTS_CUSTOMERS, MANY_AHEAD * restores);
    company_skip(company, COUNTS_PRODUCTS, MANY_AHEAD * restores);
    if (company->has_next_statement)
        company_skip(company, COUNTS_STATEMENTS, MANY_AHEAD * restores);
    company->next_approval += (uint64_t)APPROVALS_AHEAD * restores;
}

static Tefter__RecoveryRecord *recovery_new(struct tx *tx, const Tefter__BeginRecovery *command,
                                            uint32_t number, const Tefter__RecoveryRecord *before)
{
    Tefter__RecoveryRecord *recovery = tx_new(tx, &tefter__recovery_record__descriptor);
    if (before != NULL) {
        recovery->waiting = before->waiting;
        recovery->back = before->back;
        recovery->differing = before->differing;
        recovery->refused = before->refused;
        recovery->declined = before->declined;
    }
    recovery->recovery = number;
    recovery->incarnation = command->incarnation;
    recovery->incarnation_nonce = command->incarnation_nonce;
    recovery->last_seq = recovery->position = command->last_seq;
    recovery->began_seq = tx_seq(tx);
    recovery->began_ms = tx_now_ms(tx);
    recovery->terminals = count_unheard(tx, recovery, IS_WAITED_FOR);
    return recovery;
}

/* 0: it is not one that may follow. */
static uint32_t number_of(const Tefter__BeginRecovery *command, uint32_t recoveries)
{
    if (!command->has_begins)
        return recoveries + 1;
    return command->begins > recoveries + 1 ? command->begins - 1 : 0;
}

/* Refuses, in this order: FIELD_INVALID incarnation_nonce, begins. */
Tefter__Refusal *apply_begin_recovery(struct tx *tx, const Tefter__BeginRecovery *command,
                                      Tefter__Done *done)
{
    if (command->incarnation_nonce.len != NONCE_SIZE)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "incarnation_nonce");
    Tefter__CompanyRecord *company = company_shared(tx);
    uint32_t number = number_of(command, company->recoveries);
    if (number == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "begins");
    uint32_t restores = number - company->recoveries;
    const Tefter__RecoveryRecord *before = newest_shared(tx);
    Tefter__RecoveryRecord *recovery = recovery_new(tx, command, number, before);

    tx_decided(tx);
    FIELD_SET(company, recoveries, recovery->recovery);
    FIELD_SET(company, recovering, true);
    jump_ahead(company, restores);
    company_save(tx, company);
    recovery_save(tx, recovery);
    event_done(tx, TEFTER__EVENT_KIND__RECOVERY_BEGUN, recovery->recovery, done);
    return NULL;
}

/* A terminal that the backup knew is one of those that are waited for. Refuses: NO_RECOVERY. */
Tefter__Refusal *apply_report_offers(struct tx *tx, const Tefter__ReportOffers *command,
                                     Tefter__Done *done)
{
    Tefter__RecoveryRecord *recovery = newest_shared(tx);
    if (recovery == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    struct key key = heard_key(recovery->recovery, command->terminal);
    bool again = tx_has(tx, &key);
    const Tefter__TerminalRecord *terminal = terminal_get(tx, command->terminal);
    Tefter__HeardRecord heard = TEFTER__HEARD_RECORD__INIT;
    heard.terminal = command->terminal;
    heard.at_ms = tx_now_ms(tx);
    heard.known = terminal != NULL && is_unheard(tx, recovery, terminal, IS_WAITED_FOR);

    tx_decided(tx);
    FIELD_SET(done, id, recovery->recovery);
    if (again)
        return NULL;
    tx_put(tx, &key, &heard.base);
    recovery->heard += heard.known ? 1 : 0;
    if (heard.known && !recovery->has_closed_ms &&
        count_unheard(tx, recovery, IS_WAITED_FOR) == 0) {
        FIELD_SET(recovery, all_due, true);
        recall_from(tx, 0, false);
    }
    recovery_save(tx, recovery);
    changed(tx, recovery, done);
    return NULL;
}

/* Refuses: NO_RECOVERY. */
Tefter__Refusal *apply_apply_offers(struct tx *tx, const Tefter__ApplyOffers *command,
                                    Tefter__Done *done)
{
    (void)command;
    Tefter__RecoveryRecord *recovery = newest_shared(tx);
    if (recovery == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    Tefter__Refusal *refusal = staff_check_office(tx, "offers", 0);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    FIELD_SET(recovery, all_due, true);
    recovery_save(tx, recovery);
    recall_from(tx, 0, true);
    changed(tx, recovery, done);
    return NULL;
}

static uint64_t outstanding(struct tx *tx, const Tefter__RecoveryRecord *recovery)
{
    return count_unheard(tx, recovery, IS_WAITED_FOR) + recovery->waiting + recovery->refused;
}

/* May there be papers that nobody has brought? A terminal that is blocked and was not heard may
 * hold some, found or not, and what came after them shows that they were. */
static bool some_are_out(struct tx *tx, const Tefter__RecoveryRecord *recovery)
{
    return outstanding(tx, recovery) > 0 || recovery->holes ||
           count_unheard(tx, recovery, IS_ENROLLED) > 0;
}

/* Refuses: NO_RECOVERY (or it is closed); BOUND_TO_BRANCH offers; RECOVERY_UNFINISHED with how many
 * terminals were not heard and offers are not decided, unless `unfinished`. */
Tefter__Refusal *apply_close_recovery(struct tx *tx, const Tefter__CloseRecovery *command,
                                      Tefter__Done *done)
{
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__RecoveryRecord *recovery = newest_shared(tx);
    if (recovery == NULL || !company->recovering)
        return refuse(tx, TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    Tefter__Refusal *refusal = staff_check_office(tx, "offers", 0);
    if (refusal != NULL)
        return refusal;
    uint64_t out = outstanding(tx, recovery);
    if (out > 0 && !command->unfinished)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__RECOVERY_UNFINISHED, NULL, (int64_t)out);

    tx_decided(tx);
    company->recovering = false;
    if (some_are_out(tx, recovery))
        FIELD_SET(company, series_gaps, company->series_gaps + 1);
    company_save(tx, company);
    FIELD_SET(recovery, closed_ms, tx_now_ms(tx));
    FIELD_SET(recovery, all_due, false);
    recovery_save(tx, recovery);
    changed(tx, recovery, done);
    return NULL;
}

/* ---- changes: offers ---- */

static Tefter__OfferRecord *offer_new(struct tx *tx, const Tefter__StageOffer *command,
                                      Tefter__Receipt *receipt)
{
    Tefter__OfferRecord *offer = tx_new(tx, &tefter__offer_record__descriptor);
    offer->seq = receipt->seq;
    offer->incarnation = command->incarnation;
    offer->incarnation_nonce = command->incarnation_nonce;
    offer->state = TEFTER__OFFER_STATE__OFFER_WAITING;
    offer->id = command->id;
    FIELD_SET(offer, command, command->command);
    FIELD_SET(offer, receipt, command->receipt);
    offer->kind = message_kind(slice_of(command->command.data, command->command.len));
    offer->staged_ms = tx_now_ms(tx);
    offer->actor = receipt->actor;
    offer->at_ms = receipt->at_ms;
    offer->number = receipt->number;
    FIELD_COPY(offer, total_minor, receipt);
    return offer;
}

static Tefter__Refusal *look_stage(struct tx *tx, const Tefter__StageOffer *command,
                                   Tefter__RecoveryRecord **ret_recovery,
                                   Tefter__Receipt **ret_receipt)
{
    *ret_receipt = tx_try_unpack(tx, &tefter__receipt__descriptor,
                                 slice_of(command->receipt.data, command->receipt.len));
    *ret_recovery = newest_shared(tx);
    if (*ret_receipt == NULL || command->id.len != COMMAND_ID_BYTES ||
        command->incarnation_nonce.len != NONCE_SIZE)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "receipt");
    if (*ret_recovery == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    if ((*ret_recovery)->waiting + (*ret_recovery)->refused >= OFFERS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "offers", OFFERS_MAX);
    return NULL;
}

/* One that is there stays as it is. Refuses, in this order: FIELD_INVALID receipt, NO_RECOVERY,
 * TOO_MANY offers. */
Tefter__Refusal *apply_stage_offer(struct tx *tx, const Tefter__StageOffer *command,
                                   Tefter__Done *done)
{
    Tefter__RecoveryRecord *recovery;
    Tefter__Receipt *receipt;
    Tefter__Refusal *refusal = look_stage(tx, command, &recovery, &receipt);
    if (refusal != NULL)
        return refusal;
    struct key key = offer_key(receipt->seq, command->incarnation, command->incarnation_nonce);
    bool again = tx_has(tx, &key);

    tx_decided(tx);
    FIELD_SET(done, id, receipt->seq);
    if (again)
        return NULL;
    Tefter__OfferRecord *offer = offer_new(tx, command, receipt);
    offer_save(tx, offer);
    recovery->waiting++;
    recovery_save(tx, recovery);
    if (its_turn(recovery, offer, receipt))
        recall_from(tx, offer->seq, false);
    offer_event(tx, TEFTER__EVENT_KIND__OFFER_STAGED, offer);
    return NULL;
}

/* The first offer of that old seq, an open one before others. */
static Tefter__OfferRecord *offer_of_seq(struct tx *tx, uint64_t seq)
{
    struct key prefix = from_key(seq);
    Tefter__OfferRecord *found = NULL;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk);
         on && (!found || !is_open(found->state)); on = tx_walk_next(&walk))
        found = tx_walk_record(&walk, &tefter__offer_record__descriptor);
    tx_walk_end(&walk);
    return found;
}

/* The offer is in `state` now; the next look begins with the one behind it. */
static void decide(struct tx *tx, Tefter__OfferRecord *offer, const Tefter__Receipt *receipt,
                   Tefter__OfferState state)
{
    Tefter__RecoveryRecord *recovery = newest_shared(tx);
    bool turn = its_turn(recovery, offer, receipt);
    (*count_of(recovery, offer->state))--;
    (*count_of(recovery, state))++;
    offer->state = state;
    if (!is_open(state))
        offer->has_command = offer->has_receipt = false;
    if (turn && of_ended(recovery, offer) && offer->seq > recovery->position) {
        if (receipt->after > recovery->position && offer_of_seq(tx, receipt->after) == NULL)
            FIELD_SET(recovery, holes, true);
        recovery->position = offer->seq;
    }
    offer_save(tx, offer);
    recovery_save(tx, recovery);
}

/* Refuses, in this order: reason (field_text_wanted), NOT_FOUND seq, OFFER_DECIDED seq. */
Tefter__Refusal *apply_decline_offer(struct tx *tx, const Tefter__DeclineOffer *command,
                                     Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_text_wanted(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    Tefter__OfferRecord *offer = offer_of_seq(tx, command->seq);
    if (offer == NULL)
        return refuse_not_found(tx, "seq");
    if (!is_open(offer->state))
        return refuse(tx, TEFTER__REFUSAL_CODE__OFFER_DECIDED, "seq");
    refusal = staff_check_office(tx, "offers", 0);
    if (refusal != NULL)
        return refusal;
    const Tefter__Receipt *receipt = receipt_of(tx, offer);

    tx_decided(tx);
    offer->reason = command->reason;
    offer->decided_by = tx_actor_copy(tx);
    for (size_t i = 0; i < receipt->n_settled;
         i++) /* whoever was handed the paper holds it still */
        if (receipt->settled[i]->what == SETTLED_NUMBER && receipt->settled[i]->text != NULL)
            branch_pass_number(tx, (Tefter__DocumentKind)(receipt->settled[i]->about & UINT8_MAX),
                               receipt->settled[i]->text);
    decide(tx, offer, receipt, TEFTER__OFFER_STATE__OFFER_DECLINED);
    recall_from(tx, offer->seq, false);
    offer_event(tx, TEFTER__EVENT_KIND__OFFER_DECLINED_EVENT, offer);
    FIELD_SET(done, id, offer->seq);
    return NULL;
}

/* ---- services: whose turn it is ---- */

bool recall_due(struct tx *tx)
{
    struct key key = recall_key();
    return tx_has(tx, &key);
}

static bool wanted(const Tefter__OfferRecord *offer, bool again)
{
    return offer->state == TEFTER__OFFER_STATE__OFFER_WAITING ||
           (again && offer->state == TEFTER__OFFER_STATE__OFFER_REFUSED);
}

void recall_find(struct tx *tx, struct recall *ret_recall)
{
    struct recall *recall = ret_recall;
    struct key key = recall_key();
    const Tefter__RecallRecord *record = tx_get(tx, &key, &tefter__recall_record__descriptor);
    *recall = (struct recall){.again = record != NULL && record->again};
    if (record == NULL)
        return;
    struct key prefix = key_book(TABLE_OFFER);
    struct key from = from_key(record->seq);
    struct tx_walk walk;
    int looked = 0;
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && recall->offer == NULL && looked < LOOKED_AT_MAX; looked++) {
        Tefter__OfferRecord *offer = tx_walk_record(&walk, &tefter__offer_record__descriptor);
        recall->from = offer->seq;
        if (wanted(offer, recall->again))
            recall->offer = offer;
        else
            on = tx_walk_next(&walk);
    }
    recall->more = on;
    tx_walk_end(&walk);
    if (recall->offer != NULL)
        recall->receipt = receipt_of(tx, recall->offer);
    if (recall->receipt != NULL && its_turn(newest_shared(tx), recall->offer, recall->receipt))
        return;
    recall->more = recall->more && recall->offer == NULL;
    recall->offer = NULL;
}

static struct key made_key(const Tefter__Settled *settled)
{
    static const enum book_table tables[] = {
        [0] = TABLE_BRANCH,
        [COUNTS_STAFF - COUNTS_BRANCHES] = TABLE_STAFF,
        [COUNTS_TERMINALS - COUNTS_BRANCHES] = TABLE_TERMINAL,
        [COUNTS_GROUPS - COUNTS_BRANCHES] = TABLE_GROUP,
        [COUNTS_PRODUCTS - COUNTS_BRANCHES] = TABLE_PRODUCT,
        [COUNTS_MONEY_ACCOUNTS - COUNTS_BRANCHES] = TABLE_PLACE,
        [COUNTS_APPROVALS - COUNTS_BRANCHES] = TABLE_APPROVAL,
    };
    uint32_t place = settled->about - COUNTS_BRANCHES;
    if (settled->about == COUNTS_CUSTOMERS)
        return key_customer((uint32_t)settled->number, TABLE_PROFILE);
    need(place < sizeof tables / sizeof tables[0]);
    struct key key = key_book(tables[place]);
    if (settled->about == COUNTS_APPROVALS)
        key_u64(&key, settled->number);
    else
        key_u32(&key, (uint32_t)settled->number);
    return key;
}

static bool takes_anothers(struct tx *tx, const Tefter__Settled *settled)
{
    struct key key;
    if (settled->what == SETTLED_ID)
        key = made_key(settled);
    else if (settled->what == SETTLED_DOCUMENT) {
        key = key_customer((uint32_t)(settled->number >> 36), TABLE_DOCUMENT);
        key_u64(&key, settled->number);
    } else
        return false;
    return tx_has(tx, &key);
}

Tefter__Refusal *recall_check(struct tx *tx, const Tefter__Receipt *receipt)
{
    if (receipt->actor->has_branch && branch_get(tx, receipt->actor->branch) == NULL)
        return refuse_not_found(tx, "branch");
    for (size_t i = 0; i < receipt->n_settled; i++)
        if (takes_anothers(tx, receipt->settled[i]))
            return refuse_existing(tx, "id", receipt->settled[i]->number);
    return NULL;
}

/* ---- services: what came of it ---- */

static void go_on(struct tx *tx, const struct recall *recall, uint64_t from)
{
    struct key key = recall_key();
    Tefter__RecallRecord record = TEFTER__RECALL_RECORD__INIT;
    record.seq = from;
    FIELD_SET_IF(&record, again, recall->again, true);
    if (recall->more)
        tx_put(tx, &key, &record.base);
    else
        tx_delete(tx, &key);
}

void recall_nothing(struct tx *tx, const struct recall *recall)
{
    go_on(tx, recall, recall->from);
}

/* Is the paper another than the one that was handed out? */
static bool differs(const Tefter__Receipt *receipt, const Tefter__Done *done)
{
    const char *number = done->number != NULL ? done->number : "";
    const char *then = receipt->number != NULL ? receipt->number : "";
    return done->id != receipt->id || strcmp(number, then) != 0 ||
           done->total_minor != receipt->total_minor ||
           done->matched_minor != receipt->matched_minor;
}

void recall_back(struct tx *tx, const struct recall *recall, const Tefter__Done *done,
                 bool over_limit)
{
    Tefter__OfferRecord *offer = recall->offer;
    bool other = done != NULL && differs(recall->receipt, done);
    FIELD_SET(offer, back_seq, tx_seq(tx));
    FIELD_SET_IF(offer, over_limit, over_limit, true);
    offer->refusal = NULL;
    decide(tx, offer, recall->receipt,
           other ? TEFTER__OFFER_STATE__OFFER_DIFFERS : TEFTER__OFFER_STATE__OFFER_BACK);
    go_on(tx, recall, offer->seq);
    offer_event(tx,
                other ? TEFTER__EVENT_KIND__OFFER_NOT_BACK : TEFTER__EVENT_KIND__OFFER_BACK_EVENT,
                offer);
}

void recall_refused(struct tx *tx, const struct recall *recall, Tefter__Refusal *refusal)
{
    Tefter__OfferRecord *offer = recall->offer;
    offer->refusal = refusal;
    decide(tx, offer, recall->receipt, TEFTER__OFFER_STATE__OFFER_REFUSED);
    go_on(tx, recall, offer->seq + recall->again);
    offer_event(tx, TEFTER__EVENT_KIND__OFFER_NOT_BACK, offer);
}

/* ---- services: for others ---- */

const Tefter__RecoveryRecord *recovery_newest(struct tx *tx)
{
    return newest_shared(tx);
}

bool recovery_heard(struct tx *tx, uint32_t terminal)
{
    struct key key = heard_key(company_get(tx)->recoveries, terminal);
    return tx_has(tx, &key);
}

const Tefter__RecoveryRecord *recovery_before(struct tx *tx, uint32_t recovery)
{
    const Tefter__RecoveryRecord *before = NULL;
    while (before == NULL && recovery > 1)
        before = recovery_shared(tx, --recovery);
    return before;
}

/* ---- views ---- */

static void unheard(struct tx *tx, const Tefter__RecoveryRecord *recovery,
                    Tefter__RecoveryAnswer *answer)
{
    struct key prefix = key_book(TABLE_TERMINAL);
    uint32_t only = staff_branch(tx);
    struct tx_walk walk;
    answer->unheard = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->unheard);
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && answer->n_unheard < PAGE_ROWS_MAX;
         on = tx_walk_next(&walk)) {
        const Tefter__TerminalRecord *terminal =
            tx_walk_record(&walk, &tefter__terminal_record__descriptor);
        if (!is_unheard(tx, recovery, terminal, IS_WAITED_FOR) ||
            (only != 0 && only != terminal->branch))
            continue;
        Tefter__UnheardTerminal *row = tx_new(tx, &tefter__unheard_terminal__descriptor);
        row->terminal = terminal->terminal;
        row->name = terminal->name;
        answer->unheard[answer->n_unheard++] = row;
    }
    tx_walk_end(&walk);
}

/* What was declined after an earlier restore comes back with the next one, before the word of the
 * office does: that is then refused, and names the paper. */
static Tefter__Refusal *refusal_of(struct tx *tx, const Tefter__OfferRecord *offer)
{
    bool late = offer->refusal != NULL && offer->has_command &&
                offer->kind == TEFTER__COMMAND__KIND_DECLINE_OFFER &&
                offer->refusal->code == TEFTER__REFUSAL_CODE__OFFER_DECIDED;
    const Tefter__Command *command =
        late ? tx_try_unpack(tx, &tefter__command__descriptor,
                             slice_of(offer->command.data, offer->command.len))
             : NULL;
    const Tefter__OfferRecord *about =
        command != NULL && command->kind_case == TEFTER__COMMAND__KIND_DECLINE_OFFER
            ? offer_of_seq(tx, command->decline_offer->seq)
            : NULL;
    if (about == NULL || about->state == TEFTER__OFFER_STATE__OFFER_DECLINED)
        return offer->refusal;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__OFFER_DECIDED, "declined_before");
    FIELD_SET(refusal, existing, about->seq);
    refusal->existing_number = about->number;
    return refusal;
}

static Tefter__OfferRow *offer_row(struct tx *tx, const Tefter__OfferRecord *offer)
{
    Tefter__OfferRow *row = tx_new(tx, &tefter__offer_row__descriptor);
    row->seq = offer->seq;
    row->state = offer->state;
    row->kind = offer->kind;
    row->at_ms = offer->at_ms;
    row->actor = offer->actor;
    row->number = offer->number;
    FIELD_COPY(row, total_minor, offer);
    row->refusal = refusal_of(tx, offer);
    FIELD_COPY(row, over_limit, offer);
    row->reason = offer->reason;
    FIELD_COPY(row, back_seq, offer);
    return row;
}

/* A page ends after so many rows, or so many offers that were looked at. */
static void offers(struct tx *tx, const Tefter__RecoveryView *query, uint64_t from_seq,
                   Tefter__RecoveryAnswer *answer)
{
    uint32_t most = page_rows(query->has_rows, query->rows);
    struct key prefix = key_book(TABLE_OFFER);
    struct key from = from_key(from_seq);
    struct tx_walk walk;
    uint32_t only = staff_branch(tx);
    answer->offers = tx_take(tx, most * sizeof *answer->offers);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (int looked = 0; on && answer->n_offers < most && looked < 40 * LOOKED_AT_MAX;
         on = tx_walk_next(&walk), looked++) {
        enum { FIELD_STATE = 4 };
        if (query->has_state && tx_walk_field(&walk, FIELD_STATE) != (uint64_t)query->state)
            continue;
        Tefter__OfferRow *row =
            offer_row(tx, tx_walk_record(&walk, &tefter__offer_record__descriptor));
        uint32_t branch = row->actor->has_branch ? row->actor->branch : HEAD_OFFICE;
        if (only == 0 || only == branch)
            answer->offers[answer->n_offers++] = row;
    }
    uint64_t next = on ? key_read_u64(tx_walk_key(&walk), KEY_BOOK_HEAD) : 0;
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &next, 1));
}

static void figures(const Tefter__RecoveryRecord *recovery, Tefter__RecoveryAnswer *answer)
{
    answer->recovery = recovery->recovery;
    answer->open = !recovery->has_closed_ms;
    FIELD_SET(answer, began_ms, recovery->began_ms);
    FIELD_SET(answer, last_seq, recovery->last_seq);
    FIELD_COPY(answer, all_due, recovery);
    FIELD_SET(answer, waiting, recovery->waiting);
    FIELD_SET(answer, back, recovery->back);
    FIELD_SET(answer, differing, recovery->differing);
    FIELD_SET(answer, refused, recovery->refused);
    FIELD_SET(answer, declined, recovery->declined);
    FIELD_SET(answer, terminals, recovery->terminals);
    FIELD_SET(answer, heard, recovery->heard);
    FIELD_SET_IF(answer, holes, recovery->holes, true);
}

/* Who belongs to a branch is shown its papers and devices alone. Refuses: FIELD_INVALID page. */
Tefter__Refusal *view_recovery(struct tx *tx, const Tefter__RecoveryView *query,
                               Tefter__RecoveryAnswer *answer)
{
    uint64_t from = 0;
    if (!page_read(query->has_page, query->page, &from, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    const Tefter__RecoveryRecord *recovery = newest_shared(tx);
    if (recovery == NULL)
        return NULL;
    figures(recovery, answer);
    if (from == 0)
        unheard(tx, recovery, answer);
    offers(tx, query, from, answer);
    return NULL;
}

/*
 * PINs of authorised buyers. Who edits customers sets them; the buyer types theirs at a till,
 * beside a sale. The ledger gets a hash, and a PIN that was right by its number alone: it asks
 * again whether that is the buyer's still. Wrong ones are counted for each buyer, over all tills.
 */
#include <stdio.h>
#include <stdlib.h>

#include "access/inside.h"

/* What the guesses of a buyer are counted as. */
static void name_buyer(struct hash_job *job, const Tefter__BuyerPin *pin)
{
    job->kind = THROTTLE_BUYER;
    job->customer = pin->customer;
    job->buyer = pin->buyer;
    (void)snprintf(job->login, sizeof job->login, "%u/%u", pin->customer, pin->buyer);
}

static void note_buyer(struct access *access, const struct principal *who, const char *event,
                       const char *name)
{
    char about[64];
    (void)snprintf(about, sizeof about, "of_buyer_%s", name);
    access_note(access, who,
                &(struct note){.event = event,
                               .key = guess_key(access, THROTTLE_BUYER, name),
                               .staff = who->staff,
                               .about = about});
}

/* ---- a new one ---- */

struct pin_request {
    struct access *access;
    struct access_asker asker;
    char name[LOGIN_MAX_BYTES + 1];
};

static void pin_set(void *context, const Tefter__Refusal *refused)
{
    struct pin_request *request_payload = context;
    struct access *access = request_payload->access;
    const struct principal *who = asker_principal(&request_payload->asker);
    const struct principal gone = {.device = 0};
    arena_reset(&access->arena);
    if (refused == NULL) {
        const struct principal *by = who != NULL ? who : &gone;
        guess_forgive(access, by, THROTTLE_BUYER, request_payload->name);
        note_buyer(access, by, "buyer_pin_set", request_payload->name);
    }
    if (who == NULL)
        return;
    if (refused != NULL)
        asker_refuse(&request_payload->asker, refused);
    else
        asker_accept(&request_payload->asker);
}

/* By the person, so that the customer's history names them, and without the terminal: it could
 * bring no such command back after a restore. */
static enum submit_answer submit_pin(struct access *access, const struct principal *who,
                                     struct hash_job *job)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetBuyerPin set = TEFTER__SET_BUYER_PIN__INIT;
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    struct pin_request *request_payload = malloc(sizeof *request_payload);
    if (request_payload == NULL)
        return SUBMIT_BUSY;
    *request_payload = (struct pin_request){.access = access, .asker = job->asker};
    (void)snprintf(request_payload->name, sizeof request_payload->name, "%s", job->login);
    set.customer = job->customer;
    set.buyer = job->buyer;
    set.has_pin_hash = job->pin_hash[0] != '\0';
    set.pin_hash = (ProtobufCBinaryData){strlen(job->pin_hash), (uint8_t *)job->pin_hash};
    command.kind_case = TEFTER__COMMAND__KIND_SET_BUYER_PIN;
    command.set_buyer_pin = &set;
    actor.has_staff = true;
    actor.staff = who->staff;
    actor.has_branch = who->branch != 0;
    actor.branch = who->branch;
    enum submit_answer answer = access_submit(access, &command, &actor, pin_set, request_payload);
    if (answer != SUBMIT_TAKEN)
        free(request_payload);
    return answer;
}

/* Are they there who asked? */
static bool asks_still(const struct principal *who, const struct hash_job *job)
{
    if (who->staff != 0 && who->staff == job->staff)
        return true;
    asker_refuse_code(&job->asker, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
    return false;
}

static void pin_hashed(struct access *access, struct principal *who, struct hash_job *job)
{
    if (!asks_still(who, job))
        return;
    enum submit_answer answer = job->made ? submit_pin(access, who, job) : SUBMIT_BUSY;
    if (answer != SUBMIT_TAKEN)
        asker_refuse_submit(access, &job->asker, answer);
}

void access_set_buyer_pin(struct access *access, const struct access_asker *asker,
                          const Tefter__BuyerPin *set)
{
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    const Tefter__Refusal *refused = access_needs(access, who, TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER);
    if (refused != NULL) {
        asker_refuse(asker, refused);
        return;
    }
    if (set->pin != NULL && pin_weak(set->pin)) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__PASSWORD_WEAK, "pin");
        return;
    }
    struct hash_job *job = hashing_job(access, asker);
    if (job == NULL)
        return;
    name_buyer(job, set);
    job->staff = who->staff;
    job->done = pin_hashed;
    if (set->pin != NULL)
        (void)snprintf(job->new_pin, sizeof job->new_pin, "%s", set->pin);
    hashing_queue(access, job);
}

/* ---- one that is typed ---- */

static void pin_wrong(struct access *access, const struct principal *who,
                      const struct hash_job *job)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    guess_charge(access, who, THROTTLE_BUYER, job->login);
    note_buyer(access, who, "buyer_pin_wrong", job->login);
    uint32_t wrong = guess_wrong(access, THROTTLE_BUYER, job->login);
    refusal.code = TEFTER__REFUSAL_CODE__PIN_WRONG;
    refusal.field = (char *)(uintptr_t) "buyer";
    refusal.has_tries_left = true;
    refusal.tries_left = wrong < BUYER_PIN_TRIES ? BUYER_PIN_TRIES - wrong : 0;
    refusal.has_retry_ms = refusal.tries_left == 0;
    if (refusal.has_retry_ms)
        refusal.retry_ms = guess_wait(access, who, THROTTLE_BUYER, job->login);
    asker_refuse(&job->asker, &refusal);
}

static void answer_right(const struct access_asker *asker, uint64_t pin, const void *carried)
{
    struct access_answer answer = {.kind = ACCESS_PIN_RIGHT};
    answer.right.pin = pin;
    answer.right.carried = carried;
    asker_answer(asker, &answer);
}

static void pin_looked_at(struct access *access, struct principal *who, struct hash_job *job)
{
    if (!asks_still(who, job))
        return;
    if (!job->right) {
        pin_wrong(access, who, job);
        return;
    }
    if (guess_wrong(access, THROTTLE_BUYER, job->login) > 0)
        note_buyer(access, who, "buyer_pin_right", job->login);
    guess_forgive(access, who, THROTTLE_BUYER, job->login);
    answer_right(&job->asker, job->pin, job->carried);
}

/* False: they have none. */
static bool find_pin(struct access *access, struct hash_job *job)
{
    struct ledger_view *view = access_view(access);
    const Tefter__BuyerPinRecord *record =
        view == NULL ? NULL : ledger_view_buyer_pin(view, job->customer, job->buyer);
    if (record != NULL && record->pin_hash.len < sizeof job->stored) {
        memcpy(job->stored, record->pin_hash.data, record->pin_hash.len);
        job->pin = record->pin;
    }
    access_view_end(view);
    return record != NULL || view == NULL;
}

void access_check_buyer_pin(struct access *access, const struct access_asker *asker,
                            const Tefter__BuyerPin *typed, void *carried)
{
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    struct hash_job *job = who == NULL ? NULL : hashing_job(access, asker);
    if (job == NULL) {
        free(carried);
        return;
    }
    name_buyer(job, typed);
    job->staff = who->staff;
    job->verify = true;
    job->done = pin_looked_at;
    job->carried = carried;
    const char *pin = typed->pin == NULL ? "" : typed->pin;
    uint32_t wait_ms = 0;
    if (!find_pin(access, job))
        answer_right(asker, 0, carried);
    else if ((wait_ms = guess_wait(access, who, THROTTLE_BUYER, job->login)) > 0)
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__PIN_LOCKED, wait_ms);
    else if (!pin_formed(pin))
        pin_wrong(access, who, job);
    else {
        (void)snprintf(job->given, sizeof job->given, "%s", pin);
        hashing_queue(access, job);
        return;
    }
    hashing_drop(job);
}

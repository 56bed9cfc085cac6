/*
 * New passwords and PINs: hashed on the pool, then told to the ledger as hashes. One's own needs
 * the old password; another's needs RIGHT_EDIT_STAFF, and an owner's only an owner changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/inside.h"
#include "base/guessable.h"

/* ---- rules ---- */

/* The words are the person's login and the company's name: their own name is in the vault. */
static bool password_weak(const char *password, const char *login, const char *company)
{
    const char *const words[] = {login, company};
    size_t size = strlen(password);
    return size < PASSWORD_MIN_BYTES || size > PASSWORD_MAX_BYTES ||
           password_guessable(password, words, 2);
}

bool pin_formed(const char *pin)
{
    size_t size = strlen(pin);
    return size >= PIN_MIN_DIGITS && size <= PIN_MAX_DIGITS && strspn(pin, "0123456789") == size;
}

bool pin_weak(const char *pin)
{
    return !pin_formed(pin) || pin_guessable(pin);
}

/* The field that will not do, NULL when all is well. */
static const char *weak_field(const Tefter__SetPassword *set, const char *login,
                              const char *company)
{
    if (set->password != NULL && password_weak(set->password, login, company))
        return "password";
    return set->pin != NULL && pin_weak(set->pin) ? "pin" : NULL;
}

/* NULL: they may set this one's. */
static const Tefter__Refusal *set_refused(struct access *access, const struct principal *who,
                                          const Tefter__StaffRecord *record)
{
    const Tefter__Role owner = TEFTER__ROLE__ROLE_OWNER;
    if (record->staff == who->staff)
        return NULL;
    const Tefter__Refusal *refusal = access_needs(access, who, TEFTER__RIGHT__RIGHT_EDIT_STAFF);
    if (refusal != NULL || record->role != owner || who->role == owner)
        return refusal;
    return access_wants_roles(access, who, TEFTER__RIGHT__RIGHT_EDIT_STAFF, &owner, 1);
}

/* ---- when it is hashed ---- */

struct set_request {
    struct access *access;
    struct access_asker asker;
    uint32_t staff;
};

static void note_set(struct access *access, const struct principal *who, uint32_t staff)
{
    char about[32];
    (void)snprintf(about, sizeof about, "of_staff_%u", staff);
    access_note(access, who,
                &(struct note){.event = "secret_set", .staff = who->staff, .about = about});
}

/* A new password ends all tokens of a person, but not the login that gave it. */
static void stay(struct access *access, struct principal *who)
{
    struct ledger_view *view = access_view(access);
    const Tefter__StaffRecord *record = view == NULL ? NULL : ledger_view_staff(view, who->staff);
    if (record != NULL)
        who->generation = record->generation;
    access_view_end(view);
}

static void set_done(void *context, const Tefter__Refusal *refused)
{
    struct set_request *request_payload = context;
    struct access *access = request_payload->access;
    struct principal *who = asker_principal(&request_payload->asker);
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    if (refused != NULL) {
        asker_refuse(&request_payload->asker, refused);
        return;
    }
    note_set(access, who, request_payload->staff);
    if (request_payload->staff == who->staff)
        stay(access, who);
    asker_accept(&request_payload->asker);
}

static ProtobufCBinaryData hash_bytes(char *hash)
{
    return (ProtobufCBinaryData){strlen(hash), (uint8_t *)hash};
}

static enum submit_answer submit_hashes(struct access *access, struct hash_job *job)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetSecret set = TEFTER__SET_SECRET__INIT;
    Tefter__Actor server = TEFTER__ACTOR__INIT;
    struct set_request *request_payload = malloc(sizeof *request_payload);
    if (request_payload == NULL)
        return SUBMIT_BUSY;
    *request_payload = (struct set_request){access, job->asker, job->staff};
    const struct principal *who = asker_principal(&job->asker);
    set.staff = job->staff;
    set.has_by = who != NULL && who->staff != 0;
    set.by = set.has_by ? who->staff : 0;
    set.has_password_hash = job->password_hash[0] != '\0';
    set.password_hash = hash_bytes(job->password_hash);
    set.has_pin_hash = job->pin_hash[0] != '\0';
    set.pin_hash = hash_bytes(job->pin_hash);
    command.kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    command.set_secret = &set;
    enum submit_answer answer = access_submit(access, &command, &server, set_done, request_payload);
    if (answer != SUBMIT_TAKEN)
        free(request_payload);
    return answer;
}

static void hashed(struct access *access, struct principal *who, struct hash_job *job)
{
    if (who->staff == 0) {
        asker_refuse_code(&job->asker, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
        return;
    }
    if (job->verify && job->right)
        guess_forgive(access, who, THROTTLE_LOGIN, job->login);
    if (!job->right) {
        guess_charge(access, who, THROTTLE_LOGIN, job->login);
        access_note(access, who,
                    &(struct note){.event = "login_wrong",
                                   .key = guess_key(access, THROTTLE_LOGIN, job->login),
                                   .staff = job->staff,
                                   .login = job->login,
                                   .about = "old_password"});
        asker_refuse_code(&job->asker, TEFTER__REFUSAL_CODE__LOGIN_WRONG, "old_password");
        return;
    }
    enum submit_answer answer = job->made ? submit_hashes(access, job) : SUBMIT_BUSY;
    if (answer != SUBMIT_TAKEN)
        asker_refuse_submit(access, &job->asker, answer);
}

/* ---- when it is asked ---- */

/* One's own, where there is one already: the old password is looked at first. */
static bool wants_old(const struct principal *who, const Tefter__StaffRecord *record,
                      struct hash_job *job)
{
    ProtobufCBinaryData hash = record->password_hash;
    if (record->staff != who->staff || !record->has_password_hash || hash.len == 0)
        return false;
    if (hash.len < sizeof job->stored)
        memcpy(job->stored, hash.data, hash.len);
    return true;
}

static void fill_job(struct hash_job *job, const Tefter__SetPassword *set,
                     const Tefter__StaffRecord *record)
{
    job->staff = record->staff;
    job->done = hashed;
    (void)snprintf(job->login, sizeof job->login, "%s", record->login);
    if (set->old_password != NULL)
        (void)snprintf(job->given, sizeof job->given, "%s", set->old_password);
    if (set->password != NULL)
        (void)snprintf(job->new_password, sizeof job->new_password, "%s", set->password);
    if (set->pin != NULL)
        (void)snprintf(job->new_pin, sizeof job->new_pin, "%s", set->pin);
}

static void start(struct access *access, const struct access_asker *asker,
                  const struct principal *who, const Tefter__SetPassword *set,
                  const Tefter__StaffRecord *record)
{
    struct hash_job *job = hashing_job(access, asker);
    if (job == NULL)
        return;
    job->verify = wants_old(who, record, job);
    fill_job(job, set, record);
    uint32_t wait_ms = job->verify ? guess_wait(access, who, THROTTLE_LOGIN, record->login) : 0;
    if (wait_ms == 0) {
        hashing_queue(access, job);
        return;
    }
    hashing_drop(job);
    asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, wait_ms);
}

void access_set_password(struct access *access, const struct access_asker *asker,
                         const Tefter__SetPassword *set)
{
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    uint32_t staff = set->has_staff && set->staff != 0 ? set->staff : who->staff;
    if (set->password == NULL && set->pin == NULL) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__FIELD_MISSING, "password");
        return;
    }
    struct ledger_view *view = access_view(access);
    const Tefter__StaffRecord *record = view == NULL ? NULL : ledger_view_staff(view, staff);
    const Tefter__CompanyRecord *company = view == NULL ? NULL : ledger_view_company(view);
    access_view_end(view);
    if (record == NULL || company == NULL) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__NOT_FOUND, "staff");
        return;
    }
    const Tefter__Refusal *refused = set_refused(access, who, record);
    const char *weak = refused == NULL ? weak_field(set, record->login, company->name) : NULL;
    if (refused != NULL)
        asker_refuse(asker, refused);
    else if (weak != NULL)
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__PASSWORD_WEAK, weak);
    else
        start(access, asker, who, set, record);
}

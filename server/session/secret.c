/*
 * New passwords and PINs: hashed on the pool, then told to the ledger as hashes. One's own needs
 * the old password; another's needs RIGHT_EDIT_STAFF, and an owner's only an owner changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "session/inside.h"

static void note_set(struct session *session, uint32_t staff)
{
    char about[32];
    (void)snprintf(about, sizeof about, "of_staff_%u", staff);
    audit_write(session->home->audit, &(struct audit_line){
                                          .event = "secret_set",
                                          .at_ms = sessions_now_ms(session->home),
                                          .staff = session->staff,
                                          .terminal = session->terminal,
                                          .about = about,
                                      });
}

/* ---- rules ---- */

static bool password_weak(const char *password, const char *login)
{
    size_t size = strlen(password);
    return size < PASSWORD_MIN_BYTES || size > PASSWORD_MAX_BYTES ||
           strcasecmp(password, login) == 0;
}

static bool pin_weak(const char *pin)
{
    size_t size = strlen(pin);
    return size < PIN_MIN_DIGITS || size > PIN_MAX_DIGITS || strspn(pin, "0123456789") != size;
}

/* The field that will not do, NULL when all is well. */
static const char *weak_field(const Tefter__SetPassword *set, const char *login)
{
    if (set->password != NULL && password_weak(set->password, login))
        return "password";
    return set->pin != NULL && pin_weak(set->pin) ? "pin" : NULL;
}

static bool may_set(struct session *session, const Tefter__FromTerminal *request,
                    const Tefter__StaffRecord *record)
{
    Tefter__Role owner = TEFTER__ROLE__ROLE_OWNER;
    if (record->staff == session->staff)
        return true;
    if (!session_may(session, request, TEFTER__RIGHT__RIGHT_EDIT_STAFF))
        return false;
    if (record->role != owner || session->role == owner)
        return true;
    session_refuse_roles(session, request, TEFTER__RIGHT__RIGHT_EDIT_STAFF, &owner, 1);
    return false;
}

/* ---- when it is hashed ---- */

struct set_parcel {
    uint32_t staff;
};

/* A new password ends all tokens of a person, but not the session that gave it. */
static void stay(struct session *session)
{
    struct ledger_view *view = sessions_view(session->home, &session->home->group);
    const Tefter__StaffRecord *record =
        view == NULL ? NULL : ledger_view_staff(view, session->staff);
    if (record != NULL)
        session->staff_generation = record->generation;
    sessions_view_end(view);
}

static void secret_done(struct sessions *home, struct session *session, const struct errand *errand,
                        const struct outcome *outcome)
{
    const struct set_parcel *parcel = errand->parcel;
    if (session == NULL)
        return;
    const Tefter__Refusal *refusal = outcome_refusal(home, outcome);
    if (refusal != NULL) {
        session_refuse_number(session, errand->request, refusal);
        return;
    }
    note_set(session, parcel->staff);
    if (parcel->staff == session->staff)
        stay(session);
    session_accept(session, errand->request);
}

static ProtobufCBinaryData hash_bytes(char *hash)
{
    return (ProtobufCBinaryData){strlen(hash), (uint8_t *)hash};
}

static enum submit_answer submit_secret(struct session *session, struct hash_job *job)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetSecret set = TEFTER__SET_SECRET__INIT;
    Tefter__Actor server = TEFTER__ACTOR__INIT;
    struct set_parcel *parcel = malloc(sizeof *parcel);
    if (parcel == NULL)
        return SUBMIT_BUSY;
    parcel->staff = set.staff = job->staff;
    set.has_password_hash = job->password_hash[0] != '\0';
    set.password_hash = hash_bytes(job->password_hash);
    set.has_pin_hash = job->pin_hash[0] != '\0';
    set.pin_hash = hash_bytes(job->pin_hash);
    command.kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    command.set_secret = &set;
    enum submit_answer answer =
        submit_own(session->home, session, job->request, &command, &server, secret_done, parcel);
    if (answer != SUBMIT_TAKEN)
        free(parcel);
    return answer;
}

static void hashed(struct session *session, struct hash_job *job)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    if (session == NULL || session->state != SESSION_LOGGED_IN)
        return;
    if (job->verify && job->right)
        login_forgive(session, THROTTLE_LOGIN, job->login);
    if (job->right && job->made) {
        enum submit_answer answer = submit_secret(session, job);
        if (answer == SUBMIT_TAKEN)
            return;
        refusal.code = submit_code(answer);
    } else {
        refusal.code = job->right ? TEFTER__REFUSAL_CODE__BUSY : TEFTER__REFUSAL_CODE__LOGIN_WRONG;
        refusal.field = "old_password";
    }
    session_refuse_number(session, job->request, &refusal);
}

/* ---- when it is asked ---- */

/* One's own, where there is one already: the old password is looked at first. */
static bool wants_old(struct session *session, const Tefter__StaffRecord *record,
                      struct hash_job *job)
{
    ProtobufCBinaryData hash = record->password_hash;
    if (record->staff != session->staff || !record->has_password_hash || hash.len == 0)
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

static void start(struct session *session, const Tefter__FromTerminal *request,
                  const Tefter__StaffRecord *record)
{
    struct hash_job *job = hashing_job(session, request);
    if (job == NULL)
        return;
    job->verify = wants_old(session, record, job);
    fill_job(job, request->set_password, record);
    if (job->verify && login_throttled(session, request, THROTTLE_LOGIN, record->login))
        free(job);
    else
        hashing_queue(session, job);
}

void secret_set(struct session *session, const Tefter__FromTerminal *request)
{
    const Tefter__SetPassword *set = request->set_password;
    struct sessions *home = session->home;
    uint32_t staff = set->has_staff && set->staff != 0 ? set->staff : session->staff;
    if (set->password == NULL && set->pin == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_MISSING, "password");
        return;
    }
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__StaffRecord *record = view == NULL ? NULL : ledger_view_staff(view, staff);
    sessions_view_end(view);
    if (record == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "staff");
        return;
    }
    if (!may_set(session, request, record))
        return;
    const char *weak = weak_field(set, record->login);
    if (weak != NULL)
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__PASSWORD_WEAK, weak);
    else
        start(session, request, record);
}

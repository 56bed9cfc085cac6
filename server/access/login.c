/*
 * Who uses a device. A password (or a token that rests on one) opens it; a PIN only changes the
 * person at a device that is open. Names that nobody has, persons without a password and wrong
 * passwords get the same answer after the same time.
 */
#include <stdio.h>

#include "access/inside.h"

static void note(struct access *access, const struct principal *who, const char *event,
                 uint64_t key, uint32_t staff, const char *login)
{
    access_note(access, who,
                &(struct note){.event = event, .key = key, .staff = staff, .login = login});
}

/* ---- being logged in ---- */

static size_t rights_of(const struct principal *who, Tefter__Right *ret_rights, size_t room)
{
    const ProtobufCEnumDescriptor *type = &tefter__right__descriptor;
    size_t count = 0;
    for (unsigned i = 0; i < type->n_values && count < room; i++) {
        Tefter__Right right = (Tefter__Right)type->values[i].value;
        if (ledger_may(who->role, right))
            ret_rights[count++] = right;
    }
    return count;
}

static void answer_logged_in(const struct access *access, const struct access_asker *asker,
                             struct ledger_view *view, const struct principal *who,
                             const Tefter__StaffRecord *record)
{
    const Tefter__BranchRecord *other = ledger_view_other_branch(view, record->login, who->branch);
    Tefter__LoggedIn in = TEFTER__LOGGED_IN__INIT;
    Tefter__Right rights[REPEATED_MAX];
    uint8_t token[TOKEN_SIZE];
    token_write(access, who, token);
    in.staff = record->staff;
    in.login = record->login;
    in.name = record->name;
    in.role = record->role;
    in.token = (ProtobufCBinaryData){sizeof token, token};
    in.expires_ms = who->proven_until_ms;
    in.n_rights = rights_of(who, rights, REPEATED_MAX);
    in.rights = rights;
    in.other_branch = other != NULL ? other->code : NULL;
    const Tefter__StaffRecord *setter =
        record->has_password_by ? ledger_view_staff(view, record->password_by) : NULL;
    in.password_by = setter != NULL ? setter->login : NULL;
    in.has_password_ms = setter != NULL;
    in.password_ms = setter != NULL ? record->password_ms : 0;
    in.has_bound_branch = record->has_branch && record->role != TEFTER__ROLE__ROLE_OWNER;
    in.bound_branch = in.has_bound_branch ? record->branch : 0;
    asker_answer(asker, &(struct access_answer){.kind = ACCESS_LOGGED_IN, .logged_in = &in});
}

/* With the login and the time that the principal has got. */
static void log_in(const struct access *access, const struct access_asker *asker,
                   struct ledger_view *view, struct principal *who,
                   const Tefter__StaffRecord *record)
{
    who->staff = record->staff;
    who->generation = record->generation;
    who->role = record->role;
    (void)snprintf(who->staff_login, sizeof who->staff_login, "%s", record->login);
    answer_logged_in(access, asker, view, who, record);
}

/* Its tokens count no longer, and whoever else rests on it is told. */
static void end_login(struct access *access, uint64_t login, int64_t until_ms)
{
    if (login == 0)
        return;
    ended_add(access->ended, login, until_ms, access_now_ms(access));
    contacts_forget_login(access->contacts, login);
    if (access->options.login_ended != NULL)
        access->options.login_ended(access->options.owner, login);
}

void access_logout(struct access *access, struct principal *who)
{
    const struct principal before = *who;
    if (who->staff != 0)
        access_note(access, who,
                    &(struct note){.event = "logout", .staff = who->staff, .noisy = true});
    who->staff = who->generation = 0;
    who->staff_login[0] = '\0';
    who->role = 0;
    who->login = 0;
    who->proven_until_ms = 0;
    end_login(access, before.login, before.proven_until_ms);
}

Tefter__RefusalCode access_recheck_staff(struct principal *who, const Tefter__StaffRecord *record)
{
    if (record == NULL || record->blocked)
        return TEFTER__REFUSAL_CODE__STAFF_BLOCKED;
    if (record->generation != who->generation)
        return TEFTER__REFUSAL_CODE__NOT_LOGGED_IN;
    who->role = record->role;
    return 0;
}

/* ---- password and PIN ---- */

static uint64_t fresh_login(void)
{
    uint64_t login = 0;
    while (login == 0)
        random_bytes(&login, sizeof login);
    return login;
}

/* What was guessed, when it is not the password. */
static const char *guess_field(enum throttle_kind kind)
{
    return kind == THROTTLE_PIN ? "pin" : NULL;
}

static void guessed_wrong(struct access *access, const struct principal *who,
                          const struct hash_job *job)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__LOGIN_WRONG;
    refusal.field = (char *)(uintptr_t)guess_field(job->kind);
    guess_charge(access, who, job->kind, job->login);
    note(access, who, job->kind == THROTTLE_PIN ? "pin_wrong" : "login_wrong",
         guess_key(access, job->kind, job->login), job->staff, job->staff == 0 ? NULL : job->login);
    asker_answer(&job->asker, &(struct access_answer){
                                  .kind = ACCESS_REFUSED, .guessed = true, .refused = &refusal});
}

static void guessed_right(struct access *access, struct ledger_view *view, struct principal *who,
                          const struct hash_job *job, const Tefter__StaffRecord *record)
{
    uint64_t key = guess_key(access, job->kind, job->login);
    guess_forgive(access, who, job->kind, job->login);
    if (record->blocked) {
        note(access, who, "login_blocked", key, record->staff, record->login);
        asker_refuse_code(&job->asker, TEFTER__REFUSAL_CODE__STAFF_BLOCKED, NULL);
        return;
    }
    bool pin = job->kind == THROTTLE_PIN;
    const struct principal before = *who;
    note(access, who, pin ? "switch_ok" : "login_ok", key, record->staff, record->login);
    who->login = fresh_login();
    if (!pin)
        who->proven_until_ms = access_now_ms(access) + TOKEN_LIFE_MS;
    log_in(access, &job->asker, view, who, record);
    contacts_entered(access->contacts, who); /* before what it rested on ends */
    end_login(access, before.login, before.proven_until_ms);
}

static void guessed(struct access *access, struct principal *who, struct hash_job *job)
{
    /* a PIN counts only while the device is still open */
    if (job->kind == THROTTLE_PIN && who->staff == 0) {
        asker_refuse_code(&job->asker, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
        return;
    }
    struct ledger_view *view = access_view(access);
    const Tefter__StaffRecord *record =
        view == NULL || job->staff == 0 ? NULL : ledger_view_staff(view, job->staff);
    if (job->right && record != NULL)
        guessed_right(access, view, who, job, record);
    else
        guessed_wrong(access, who, job);
    access_view_end(view);
}

/* What the name's person has to verify against; "" when there is none. */
static void find_stored(struct access *access, struct hash_job *job)
{
    struct ledger_view *view = access_view(access);
    const Tefter__StaffRecord *record = view == NULL ? NULL : ledger_view_login(view, job->login);
    if (record != NULL) {
        bool pin = job->kind == THROTTLE_PIN;
        ProtobufCBinaryData hash = pin ? record->pin_hash : record->password_hash;
        job->staff = record->staff;
        if ((pin ? record->has_pin_hash : record->has_password_hash) &&
            hash.len < sizeof job->stored)
            memcpy(job->stored, hash.data, hash.len);
    }
    access_view_end(view);
}

static void guess(struct access *access, const struct access_asker *asker,
                  const struct principal *who, enum throttle_kind kind, const char *login,
                  const char *given)
{
    if (strlen(login) > LOGIN_MAX_BYTES || strlen(given) > PASSWORD_MAX_BYTES) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__LOGIN_WRONG, guess_field(kind));
        return;
    }
    uint32_t wait_ms = guess_wait(access, who, kind, login);
    if (wait_ms > 0) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, wait_ms);
        return;
    }
    struct hash_job *job = hashing_job(access, asker);
    if (job == NULL)
        return;
    job->kind = kind;
    job->verify = true;
    job->done = guessed;
    (void)snprintf(job->login, sizeof job->login, "%s", login);
    (void)snprintf(job->given, sizeof job->given, "%s", given);
    find_stored(access, job);
    hashing_queue(access, job);
}

void access_login(struct access *access, const struct access_asker *asker, const char *login,
                  const char *password)
{
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    if (who != NULL)
        guess(access, asker, who, THROTTLE_LOGIN, login, password);
}

void access_switch(struct access *access, const struct access_asker *asker, const char *login,
                   const char *pin)
{
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    if (who->staff != 0 && access_proven(access, who->proven_until_ms))
        guess(access, asker, who, THROTTLE_PIN, login, pin);
    else
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
}

/* ---- by token ---- */

static Tefter__RefusalCode token_refused(const struct access *access,
                                         const Tefter__StaffRecord *record,
                                         const struct token *token)
{
    if (record == NULL || record->generation != token->generation ||
        ended_has(access->ended, token->login, token->expires_ms))
        return TEFTER__REFUSAL_CODE__LOGIN_WRONG;
    return record->blocked ? TEFTER__REFUSAL_CODE__STAFF_BLOCKED : 0;
}

size_t access_lend_token(const struct access *access, const struct principal *who, uint64_t lent,
                         uint8_t out[ACCESS_TOKEN_MAX])
{
    struct principal borrower = *who;
    _Static_assert((int)TOKEN_SIZE <= (int)ACCESS_TOKEN_MAX, "a token fits");
    if (who->staff == 0)
        return 0;
    borrower.lent = lent;
    token_write(access, &borrower, out);
    return TOKEN_SIZE;
}

void access_use_token(struct access *access, const struct access_asker *asker, struct slice bytes)
{
    struct principal *who = asker_principal(asker);
    struct token token;
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    if (!token_read(access, who, bytes, &token)) {
        access_note(access, who, &(struct note){.event = "token_wrong", .noisy = true});
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__LOGIN_WRONG, "token");
        return;
    }
    struct ledger_view *view = access_view(access);
    if (view == NULL) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, ACCESS_RETRY_MS);
        return;
    }
    const Tefter__StaffRecord *record = ledger_view_staff(view, token.staff);
    Tefter__RefusalCode code = token_refused(access, record, &token);
    if (code != 0) {
        access_note(access, who,
                    &(struct note){.event = "token_ended", .staff = token.staff, .noisy = true});
        asker_refuse_code(asker, code, "token");
    } else {
        who->login = token.login;
        who->proven_until_ms = token.expires_ms;
        log_in(access, asker, view, who, record);
    }
    access_view_end(view);
}

/*
 * Who uses a terminal. A password (or a token that rests on one) opens it; a PIN only changes the
 * person at a terminal that is open. Names that nobody has, persons without a password and wrong
 * passwords get the same answer after the same time.
 */
#include <stdio.h>

#include "base/text.h"
#include "session/inside.h"

enum { TOKEN_VERSION = 1, TOKEN_MAC_AT = TOKEN_SIZE - HASH_SIZE };

/* ---- throttling ---- */

/* The counters that one guess is charged to. */
struct charge {
    enum throttle_kind kind;
    uint64_t key;
    bool own; /* of this name: forgotten whole when the guess was right */
};
enum { CHARGES_MAX = 4 };
struct charges {
    struct charge all[CHARGES_MAX];
    int count;
};

static void add_charge(struct charges *charges, enum throttle_kind kind, uint64_t key, bool own)
{
    charges->all[charges->count++] = (struct charge){kind, key, own};
}

static uint64_t key_of_name(const struct throttle *throttle, enum throttle_kind kind,
                            const char *login)
{
    char folded[LOGIN_MAX_BYTES];
    size_t size = text_fold(login, strlen(login), folded, sizeof folded);
    return throttle_key(throttle, kind, slice_of(folded, size));
}

/* All that a guess with this key of a name touches; the key alone is in the audit log. */
static struct charges charges_of(const struct throttle *throttle, enum throttle_kind kind,
                                 uint64_t name_key, uint32_t terminal)
{
    struct charges charges = {.count = 0};
    const uint64_t here[] = {name_key, terminal};
    add_charge(&charges, kind, name_key, true);
    if (kind == THROTTLE_LOGIN)
        add_charge(&charges, THROTTLE_HERE,
                   throttle_key(throttle, THROTTLE_HERE, slice_of(here, sizeof here)), true);
    add_charge(&charges, THROTTLE_TERMINAL,
               throttle_key(throttle, THROTTLE_TERMINAL, slice_of(&terminal, sizeof terminal)),
               false);
    add_charge(&charges, THROTTLE_ALL, throttle_key(throttle, THROTTLE_ALL, slice_of("", 0)),
               false);
    return charges;
}

static struct charges charges_here(const struct session *session, enum throttle_kind kind,
                                   const char *login)
{
    const struct throttle *throttle = session->home->throttle;
    return charges_of(throttle, kind, key_of_name(throttle, kind, login), session->terminal);
}

static uint32_t wait_of(const struct throttle *throttle, const struct charges *charges,
                        int64_t now_ms)
{
    uint32_t longest_ms = 0;
    for (int i = 0; i < charges->count; i++) {
        const struct charge *charge = &charges->all[i];
        uint32_t wait_ms = throttle_wait(throttle, charge->kind, charge->key, now_ms);
        longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
    }
    return longest_ms;
}

static void charge_all(struct throttle *throttle, const struct charges *charges, int64_t now_ms)
{
    for (int i = 0; i < charges->count; i++)
        throttle_charge(throttle, charges->all[i].kind, charges->all[i].key, now_ms);
}

static void forgive_all(struct throttle *throttle, const struct charges *charges)
{
    for (int i = 0; i < charges->count; i++)
        throttle_forgive(throttle, charges->all[i].key, charges->all[i].own);
}

static int64_t clock_ms(const struct sessions *home)
{
    return (int64_t)loop_now_ms(home->options.loop);
}

static void note(struct session *session, const char *event, uint64_t key, uint32_t staff,
                 bool noisy)
{
    audit_write(session->home->audit, &(struct audit_line){
                                          .event = event,
                                          .at_ms = sessions_now_ms(session->home),
                                          .key = key,
                                          .staff = staff,
                                          .terminal = session->terminal,
                                          .address = session_address(session),
                                          .noisy = noisy,
                                      });
}

bool login_throttled(struct session *session, const Tefter__FromTerminal *request,
                     enum throttle_kind kind, const char *login)
{
    struct sessions *home = session->home;
    struct charges charges = charges_here(session, kind, login);
    int64_t now_ms = clock_ms(home);
    uint32_t wait_ms = wait_of(home->throttle, &charges, now_ms);
    if (wait_ms > 0) {
        note(session, "login_throttled", charges.all[0].key, 0, true);
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, wait_ms);
        return true;
    }
    charge_all(home->throttle, &charges, now_ms);
    return false;
}

void login_forgive(struct session *session, enum throttle_kind kind, const char *login)
{
    struct charges charges = charges_here(session, kind, login);
    forgive_all(session->home->throttle, &charges);
}

/* A guess of before the start, by its line in the audit log. */
static const struct {
    const char *event;
    enum throttle_kind kind;
    bool right;
} remembered[] = {
    {"login_wrong", THROTTLE_LOGIN, false},
    {"pin_wrong", THROTTLE_PIN, false},
    {"login_ok", THROTTLE_LOGIN, true},
    {"switch_ok", THROTTLE_PIN, true},
};

static void recall(void *context, const struct audit_line *line)
{
    struct sessions *home = context;
    int64_t age_ms = sessions_now_ms(home) - line->at_ms;
    for (size_t i = 0; i < sizeof remembered / sizeof remembered[0]; i++) {
        if (strcmp(line->event, remembered[i].event) != 0)
            continue;
        struct charges charges =
            charges_of(home->throttle, remembered[i].kind, line->key, line->terminal);
        charge_all(home->throttle, &charges, clock_ms(home) - (age_ms < 0 ? 0 : age_ms));
        if (remembered[i].right)
            forgive_all(home->throttle, &charges);
    }
}

void login_recall(struct sessions *home)
{
    audit_recall(home->audit, sessions_now_ms(home) - THROTTLE_MEMORY_MS, recall, home);
}

/* ---- tokens ---- */

static void token_mac(const struct sessions *home, const uint8_t token[TOKEN_SIZE],
                      struct hash *ret_mac)
{
    struct hash_state state;
    hash_begin_keyed(&state, home->options.token_key, sizeof home->options.token_key);
    hash_add(&state, token, TOKEN_MAC_AT);
    hash_end(&state, ret_mac);
}

static void token_write(const struct session *session, uint8_t out[TOKEN_SIZE])
{
    struct hash mac;
    out[0] = TOKEN_VERSION;
    be32_put(out + 1, session->staff);
    be32_put(out + 5, session->terminal);
    be32_put(out + 9, session->staff_generation);
    be64_put(out + 13, (uint64_t)session->proven_until_ms);
    token_mac(session->home, out, &mac);
    memcpy(out + TOKEN_MAC_AT, mac.bytes, HASH_SIZE);
}

struct token {
    uint32_t staff;
    uint32_t generation;
    int64_t expires_ms;
};

/* Ours, for this terminal, and not over. */
static bool token_read(const struct session *session, ProtobufCBinaryData bytes,
                       struct token *ret_token)
{
    struct hash mac;
    struct hash given;
    if (bytes.len != TOKEN_SIZE || bytes.data[0] != TOKEN_VERSION)
        return false;
    token_mac(session->home, bytes.data, &mac);
    memcpy(given.bytes, bytes.data + TOKEN_MAC_AT, HASH_SIZE);
    *ret_token = (struct token){be32_get(bytes.data + 1), be32_get(bytes.data + 9),
                                (int64_t)be64_get(bytes.data + 13)};
    return hash_equal(&mac, &given) && be32_get(bytes.data + 5) == session->terminal &&
           ret_token->expires_ms > sessions_now_ms(session->home);
}

/* ---- being logged in ---- */

static size_t rights_of(Tefter__Role role, Tefter__Right *ret_rights, size_t room)
{
    const ProtobufCEnumDescriptor *type = &tefter__right__descriptor;
    size_t count = 0;
    for (unsigned i = 0; i < type->n_values && count < room; i++) {
        Tefter__Right right = (Tefter__Right)type->values[i].value;
        if (ledger_may(role, right))
            ret_rights[count++] = right;
    }
    return count;
}

static void send_logged_in(struct session *session, uint64_t request,
                           const Tefter__StaffRecord *record)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__LoggedIn in = TEFTER__LOGGED_IN__INIT;
    Tefter__Right rights[REPEATED_MAX];
    uint8_t token[TOKEN_SIZE];
    struct texts texts;
    token_write(session, token);
    in.staff = record->staff;
    in.login = record->login;
    in.name = record->name;
    in.role = record->role;
    in.token = (ProtobufCBinaryData){sizeof token, token};
    in.expires_ms = session->proven_until_ms;
    in.n_rights = rights_of(record->role, rights, REPEATED_MAX);
    in.rights = rights;
    texts_begin(&texts, session->home->options.vault, &session->home->arena);
    texts_fill(&texts, &in.base);
    texts_end(&texts);
    message.body_case = TEFTER__TO_TERMINAL__BODY_LOGGED_IN;
    message.logged_in = &in;
    session_send(session, request, &message);
}

static void log_in(struct session *session, uint64_t request, const Tefter__StaffRecord *record,
                   int64_t proven_until_ms)
{
    session->state = SESSION_LOGGED_IN;
    session->staff = record->staff;
    session->staff_generation = record->generation;
    session->role = (uint8_t)record->role;
    session->proven_until_ms = proven_until_ms;
    session->login_by_ms = 0;
    session->frames.bound = FRAME_TO_SERVER_MAX;
    if (!ledger_may(record->role, TEFTER__RIGHT__RIGHT_SEE))
        feeds_drop(session);
    send_logged_in(session, request, record);
}

static void log_out(struct session *session)
{
    feeds_drop(session);
    session->state = SESSION_GREETED;
    session->staff = 0;
    session->role = 0;
    session->proven_until_ms = 0;
    session->login_by_ms = loop_now_ms(session->home->options.loop) + LOGIN_MS;
    session->frames.bound = FRAME_BEFORE_LOGIN_MAX;
}

void login_logout(struct session *session, const Tefter__FromTerminal *request)
{
    if (session->staff != 0)
        note(session, "logout", 0, session->staff, true);
    log_out(session);
    session_accept(session, request->request);
}

void login_recheck(struct session *session, const Tefter__StaffRecord *record)
{
    if (record == NULL || record->blocked)
        session_goodbye_code(session, "this person is blocked",
                             TEFTER__REFUSAL_CODE__STAFF_BLOCKED);
    else if (record->generation != session->staff_generation)
        session_goodbye_code(session, "this person was signed out",
                             TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    else
        session->role = (uint8_t)record->role;
    if (session->state != SESSION_CLOSING && !ledger_may(record->role, TEFTER__RIGHT__RIGHT_SEE))
        feeds_drop(session);
}

/* ---- password and PIN ---- */

static void refuse_job(struct session *session, const struct hash_job *job,
                       Tefter__RefusalCode code)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    session_refuse_number(session, job->request, &refusal);
}

static void guessed_wrong(struct session *session, const struct hash_job *job)
{
    uint64_t key = key_of_name(session->home->throttle, job->kind, job->login);
    session->login_by_ms =
        session->staff != 0 ? 0 : loop_now_ms(session->home->options.loop) + LOGIN_MS;
    note(session, job->kind == THROTTLE_PIN ? "pin_wrong" : "login_wrong", key, job->staff, false);
    refuse_job(session, job, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
}

static void guessed_right(struct session *session, const struct hash_job *job,
                          const Tefter__StaffRecord *record)
{
    uint64_t key = key_of_name(session->home->throttle, job->kind, job->login);
    login_forgive(session, job->kind, job->login);
    if (record->blocked) {
        note(session, "login_blocked", key, record->staff, false);
        refuse_job(session, job, TEFTER__REFUSAL_CODE__STAFF_BLOCKED);
        return;
    }
    bool pin = job->kind == THROTTLE_PIN;
    note(session, pin ? "switch_ok" : "login_ok", key, record->staff, false);
    log_in(session, job->request, record,
           pin ? session->proven_until_ms : sessions_now_ms(session->home) + TOKEN_LIFE_MS);
}

/* A PIN counts only while the terminal is still open. */
static bool in_place(const struct session *session, const struct hash_job *job)
{
    if (job->kind == THROTTLE_PIN)
        return session->state == SESSION_LOGGED_IN;
    return session->state == SESSION_GREETED || session->state == SESSION_LOGGED_IN;
}

static void guessed(struct session *session, struct hash_job *job)
{
    if (session == NULL || !in_place(session, job))
        return;
    struct sessions *home = session->home;
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__StaffRecord *record =
        view == NULL || job->staff == 0 ? NULL : ledger_view_staff(view, job->staff);
    if (job->right && record != NULL)
        guessed_right(session, job, record);
    else
        guessed_wrong(session, job);
    sessions_view_end(view);
}

/* What the name's person has to verify against; "" when there is none. */
static void find_stored(struct hash_job *job)
{
    struct sessions *home = job->home;
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__StaffRecord *record = view == NULL ? NULL : ledger_view_login(view, job->login);
    if (record != NULL) {
        bool pin = job->kind == THROTTLE_PIN;
        ProtobufCBinaryData hash = pin ? record->pin_hash : record->password_hash;
        job->staff = record->staff;
        if ((pin ? record->has_pin_hash : record->has_password_hash) &&
            hash.len < sizeof job->stored)
            memcpy(job->stored, hash.data, hash.len);
    }
    sessions_view_end(view);
}

static void guess(struct session *session, const Tefter__FromTerminal *request,
                  enum throttle_kind kind, const char *login, const char *given)
{
    if (strlen(login) > LOGIN_MAX_BYTES || strlen(given) > PASSWORD_MAX_BYTES) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__LOGIN_WRONG, NULL);
        return;
    }
    if (login_throttled(session, request, kind, login))
        return;
    struct hash_job *job = hashing_job(session, request);
    if (job == NULL) {
        login_forgive(session, kind, login);
        return;
    }
    job->kind = kind;
    job->verify = true;
    job->done = guessed;
    (void)snprintf(job->login, sizeof job->login, "%s", login);
    (void)snprintf(job->given, sizeof job->given, "%s", given);
    find_stored(job);
    hashing_queue(session, job);
}

void login_password(struct session *session, const Tefter__FromTerminal *request)
{
    guess(session, request, THROTTLE_LOGIN, request->login->login, request->login->password);
}

void login_pin(struct session *session, const Tefter__FromTerminal *request)
{
    bool open = session->state == SESSION_LOGGED_IN &&
                session->proven_until_ms > sessions_now_ms(session->home);
    if (open)
        guess(session, request, THROTTLE_PIN, request->switch_person->login,
              request->switch_person->pin);
    else
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN, NULL);
}

/* ---- by token ---- */

static Tefter__RefusalCode token_refused(const Tefter__StaffRecord *record,
                                         const struct token *token)
{
    if (record == NULL || record->generation != token->generation)
        return TEFTER__REFUSAL_CODE__LOGIN_WRONG;
    return record->blocked ? TEFTER__REFUSAL_CODE__STAFF_BLOCKED : 0;
}

void login_token(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    struct token token;
    if (!token_read(session, request->use_token->token, &token)) {
        note(session, "token_wrong", 0, 0, true);
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__LOGIN_WRONG, "token");
        return;
    }
    struct ledger_view *view = sessions_view(home, &home->arena);
    if (view == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    const Tefter__StaffRecord *record = ledger_view_staff(view, token.staff);
    Tefter__RefusalCode code = token_refused(record, &token);
    if (code == 0)
        log_in(session, request->request, record, token.expires_ms);
    else
        session_refuse_code(session, request, code, "token");
    sessions_view_end(view);
}

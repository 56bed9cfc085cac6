/*
 * How a device becomes a terminal, and stays one.
 *
 *   MakeCode ──▶ a secret, told once; its digest goes to the ledger
 *   Enrol{code, request} ──▶ digest found, open, in time ──▶ signed ──▶ EnrolTerminal ──▶ Enrolled
 *   Renew{request} ──▶ signed ──▶ RenewTerminal ──▶ Enrolled
 */
#include <stdio.h>
#include <stdlib.h>

#include "session/inside.h"

/* ---- making a code ---- */

void sessions_make_code(const struct hash *root, struct enrolment_code *ret_code)
{
    uint8_t secret[ENROL_SECRET_SIZE];
    random_bytes(secret, sizeof secret);
    enrol_code_write(secret, root, ret_code->text);
    enrol_code_digest(secret, &ret_code->digest);
    secret_wipe(secret, sizeof secret);
}

static void note(struct session *session, const char *event, uint32_t terminal, const char *about,
                 bool noisy)
{
    audit_write(session->home->audit, &(struct audit_line){
                                          .event = event,
                                          .at_ms = sessions_now_ms(session->home),
                                          .staff = session->staff,
                                          .terminal = terminal,
                                          .address = session_address(session),
                                          .about = about,
                                          .noisy = noisy,
                                      });
}

struct code_parcel {
    char text[ENROL_CODE_TEXT_SIZE];
    uint32_t terminal;
    int64_t expires_ms;
};

static void code_done(struct sessions *home, struct session *session, const struct errand *errand,
                      const struct outcome *outcome)
{
    struct code_parcel *parcel = errand->parcel;
    const Tefter__Refusal *refusal = outcome_refusal(home, outcome);
    if (session != NULL && refusal != NULL)
        session_refuse_number(session, errand->request, refusal);
    if (session != NULL && refusal == NULL) {
        Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
        Tefter__Code code = TEFTER__CODE__INIT;
        code.code = parcel->text;
        code.expires_ms = parcel->expires_ms;
        message.body_case = TEFTER__TO_TERMINAL__BODY_CODE;
        message.code = &code;
        note(session, "code_made", parcel->terminal, NULL, false);
        session_send(session, errand->request, &message);
    }
    secret_wipe(parcel, sizeof *parcel);
}

/* Who asked, where a person may ask for this command; else the server. */
static Tefter__Actor actor_of(const struct session *session, uint32_t kind)
{
    Tefter__Actor server = TEFTER__ACTOR__INIT;
    return ledger_command_right(kind) == TEFTER__RIGHT__RIGHT_SERVER ? server
                                                                     : session_actor(session);
}

static enum submit_answer submit_code_digest(struct session *session, uint64_t request,
                                             const struct hash *digest, struct code_parcel *parcel)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetEnrolmentCode set = TEFTER__SET_ENROLMENT_CODE__INIT;
    struct hash copy = *digest;
    set.terminal = parcel->terminal;
    set.code_digest = (ProtobufCBinaryData){sizeof copy.bytes, copy.bytes};
    set.expires_ms = parcel->expires_ms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE;
    command.set_enrolment_code = &set;
    Tefter__Actor actor = actor_of(session, TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE);
    return submit_own(session->home, session, request, &command, &actor, code_done, parcel);
}

void enrol_make_code(struct session *session, const Tefter__FromTerminal *request)
{
    struct enrolment_code code;
    struct code_parcel *parcel = calloc(1, sizeof *parcel);
    if (parcel == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    sessions_make_code(&session->home->root, &code);
    memcpy(parcel->text, code.text, sizeof parcel->text);
    parcel->terminal = request->make_code->terminal;
    parcel->expires_ms = sessions_now_ms(session->home) + CODE_LIFE_MS;
    enum submit_answer answer = submit_code_digest(session, request->request, &code.digest, parcel);
    secret_wipe(&code, sizeof code);
    if (answer == SUBMIT_TAKEN)
        return;
    secret_wipe(parcel, sizeof *parcel);
    free(parcel);
    submit_refuse(session, request, answer);
}

/* ---- signing ---- */

/* A certificate that waits for the ledger's word. */
struct signed_parcel {
    uint32_t terminal;
    bool renewal;
    uint64_t guess;     /* throttle key of an enrolment */
    struct hash before; /* fingerprint of the certificate that is renewed */
    struct hash fingerprint;
    int64_t not_after_ms;
    char name[NAME_MAX_BYTES + 1];
    char company[NAME_MAX_BYTES + 1];
    char certificate[]; /* PEM */
};

static uint64_t next_serial(struct sessions *home)
{
    uint64_t serial = (uint64_t)sessions_now_ms(home) << 10;
    if (serial <= home->last_serial)
        serial = home->last_serial + 1;
    home->last_serial = serial;
    return serial;
}

/* NULL: the request cannot be signed. */
static struct signed_parcel *sign(struct sessions *home, uint32_t terminal, const char *pem,
                                  uint64_t *ret_serial)
{
    struct ca_signed certificate;
    *ret_serial = next_serial(home);
    if (!ca_terminal_sign(&home->options.root, slice_text(pem), terminal, *ret_serial,
                          sessions_now_ms(home), &home->arena, &certificate, NULL))
        return NULL;
    struct signed_parcel *parcel = calloc(1, sizeof *parcel + certificate.certificate.size + 1);
    if (parcel == NULL)
        return NULL;
    parcel->terminal = terminal;
    parcel->fingerprint = certificate.fingerprint;
    parcel->not_after_ms = certificate.not_after_ms;
    memcpy(parcel->certificate, certificate.certificate.data, certificate.certificate.size);
    return parcel;
}

static void name_parcel(struct sessions *home, struct signed_parcel *parcel)
{
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__CompanyRecord *company = view == NULL ? NULL : ledger_view_company(view);
    const Tefter__TerminalRecord *terminal =
        view == NULL ? NULL : ledger_view_terminal(view, parcel->terminal);
    (void)snprintf(parcel->name, sizeof parcel->name, "%s", terminal == NULL ? "" : terminal->name);
    (void)snprintf(parcel->company, sizeof parcel->company, "%s",
                   company == NULL ? "" : company->name);
    sessions_view_end(view);
}

static void send_enrolled(struct session *session, uint64_t request, struct signed_parcel *parcel)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Enrolled enrolled = TEFTER__ENROLLED__INIT;
    struct hash root = session->home->root;
    enrolled.certificate = parcel->certificate;
    enrolled.terminal = parcel->terminal;
    enrolled.name = parcel->name;
    enrolled.company = parcel->company;
    enrolled.not_after_ms = parcel->not_after_ms;
    enrolled.root_hash = (ProtobufCBinaryData){sizeof root.bytes, root.bytes};
    message.body_case = TEFTER__TO_TERMINAL__BODY_ENROLLED;
    message.enrolled = &enrolled;
    session_send(session, request, &message);
}

static void signed_done(struct sessions *home, struct session *session, const struct errand *errand,
                        const struct outcome *outcome)
{
    struct signed_parcel *parcel = errand->parcel;
    const Tefter__Refusal *refusal = outcome_refusal(home, outcome);
    if (session == NULL)
        return;
    if (refusal != NULL) {
        session_refuse_number(session, errand->request, refusal);
        return;
    }
    note(session, parcel->renewal ? "terminal_renewed" : "terminal_enrolled", parcel->terminal,
         NULL, false);
    if (!parcel->renewal)
        throttle_forgive(home->throttle, parcel->guess, false);
    send_enrolled(session, errand->request, parcel);
}

static ProtobufCBinaryData hash_bytes(struct hash *hash)
{
    return (ProtobufCBinaryData){sizeof hash->bytes, hash->bytes};
}

static enum submit_answer submit_enrol(struct session *session, uint64_t request, uint64_t serial,
                                       struct hash *digest, struct signed_parcel *parcel)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__EnrolTerminal enrol = TEFTER__ENROL_TERMINAL__INIT;
    Tefter__Actor server = TEFTER__ACTOR__INIT;
    enrol.terminal = parcel->terminal;
    enrol.code_digest = hash_bytes(digest);
    enrol.serial = serial;
    enrol.fingerprint = hash_bytes(&parcel->fingerprint);
    enrol.not_after_ms = parcel->not_after_ms;
    command.kind_case = TEFTER__COMMAND__KIND_ENROL_TERMINAL;
    command.enrol_terminal = &enrol;
    return submit_own(session->home, session, request, &command, &server, signed_done, parcel);
}

static enum submit_answer submit_renew(struct session *session, uint64_t request, uint64_t serial,
                                       struct signed_parcel *parcel)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__RenewTerminal renew = TEFTER__RENEW_TERMINAL__INIT;
    Tefter__Actor server = TEFTER__ACTOR__INIT;
    renew.terminal = parcel->terminal;
    renew.serial = serial;
    renew.fingerprint = hash_bytes(&parcel->fingerprint);
    renew.not_after_ms = parcel->not_after_ms;
    renew.has_shown = true;
    renew.shown = hash_bytes(&parcel->before);
    command.kind_case = TEFTER__COMMAND__KIND_RENEW_TERMINAL;
    command.renew_terminal = &renew;
    return submit_own(session->home, session, request, &command, &server, signed_done, parcel);
}

static void finish_submit(struct session *session, const Tefter__FromTerminal *request,
                          enum submit_answer answer, struct signed_parcel *parcel)
{
    if (answer == SUBMIT_TAKEN)
        return;
    free(parcel);
    submit_refuse(session, request, answer);
}

/* ---- enrolment ---- */

/* The terminal whose code has this digest, NULL when none has. Codes live for minutes: the newest
 * terminals first. */
static const Tefter__TerminalRecord *terminal_of_digest(struct ledger_view *view,
                                                        const struct hash *digest)
{
    const Tefter__CompanyRecord *company = ledger_view_company(view);
    uint32_t next = company == NULL ? 0 : company->next_terminal;
    for (uint32_t number = next; number-- > 1;) {
        const Tefter__TerminalRecord *record = ledger_view_terminal(view, number);
        if (record != NULL && record->has_code_digest && record->code_digest.len == HASH_SIZE &&
            memcmp(record->code_digest.data, digest->bytes, HASH_SIZE) == 0)
            return record;
    }
    return NULL;
}

static Tefter__RefusalCode code_refused(const struct sessions *home,
                                        const Tefter__TerminalRecord *record)
{
    if (record == NULL)
        return TEFTER__REFUSAL_CODE__CODE_WRONG;
    if (record->blocked)
        return TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED;
    if (record->has_code_used && record->code_used)
        return TEFTER__REFUSAL_CODE__CODE_USED;
    if (record->code_expires_ms < sessions_now_ms(home))
        return TEFTER__REFUSAL_CODE__CODE_EXPIRED;
    return 0;
}

/* The digest of a code that names our root; false: no such code. */
static bool read_code(const struct sessions *home, const char *code, struct hash *ret_digest)
{
    uint8_t secret[ENROL_SECRET_SIZE];
    uint8_t root[ENROL_ROOT_SIZE];
    bool ours =
        enrol_code_read(code, strlen(code), secret, root) && enrol_root_matches(root, &home->root);
    if (ours)
        enrol_code_digest(secret, ret_digest);
    secret_wipe(secret, sizeof secret);
    return ours;
}

/* The terminal a code is for; 0 with the refusal. */
static uint32_t terminal_of_code(struct sessions *home, const char *code, struct hash *ret_digest,
                                 Tefter__RefusalCode *ret_refused)
{
    *ret_refused = TEFTER__REFUSAL_CODE__CODE_WRONG;
    if (!read_code(home, code, ret_digest))
        return 0;
    struct ledger_view *view = sessions_view(home, &home->arena);
    if (view == NULL) {
        *ret_refused = TEFTER__REFUSAL_CODE__BUSY;
        return 0;
    }
    const Tefter__TerminalRecord *record = terminal_of_digest(view, ret_digest);
    *ret_refused = code_refused(home, record);
    uint32_t terminal = *ret_refused == 0 ? record->terminal : 0;
    sessions_view_end(view);
    return terminal;
}

/* Charges a guess to the address it comes from; false: it was told to wait. */
static bool guess_allowed(struct session *session, const Tefter__FromTerminal *request,
                          uint64_t *ret_key)
{
    struct sessions *home = session->home;
    int64_t now_ms = (int64_t)loop_now_ms(home->options.loop);
    const char *address = session_address(session);
    const char *port = strrchr(address, ':');
    size_t size = port == NULL ? strlen(address) : (size_t)(port - address);
    *ret_key = throttle_key(home->throttle, THROTTLE_ADDRESS, slice_of(address, size));
    uint32_t wait_ms = throttle_wait(home->throttle, THROTTLE_ADDRESS, *ret_key, now_ms);
    if (wait_ms > 0) {
        note(session, "code_throttled", 0, NULL, true);
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, wait_ms);
        return false;
    }
    throttle_charge(home->throttle, THROTTLE_ADDRESS, *ret_key, now_ms);
    return true;
}

void enrol_terminal(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    struct hash digest;
    uint64_t guess;
    uint64_t serial;
    Tefter__RefusalCode refused;
    if (!guess_allowed(session, request, &guess))
        return;
    uint32_t terminal = terminal_of_code(home, request->enrol->code, &digest, &refused);
    if (terminal == 0) {
        note(session, "code_wrong", 0, NULL, true);
        session_refuse_code(session, request, refused, "code");
        return;
    }
    struct signed_parcel *parcel = sign(home, terminal, request->enrol->request, &serial);
    if (parcel == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, "request");
        return;
    }
    parcel->guess = guess;
    name_parcel(home, parcel);
    finish_submit(session, request,
                  submit_enrol(session, request->request, serial, &digest, parcel), parcel);
}

/* ---- renewal ---- */

void enrol_renew(struct session *session, const Tefter__FromTerminal *request)
{
    uint64_t serial;
    struct signed_parcel *parcel =
        sign(session->home, session->terminal, request->renew->request, &serial);
    if (parcel == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, "request");
        return;
    }
    parcel->renewal = true;
    parcel->before = session->fingerprint;
    name_parcel(session->home, parcel);
    finish_submit(session, request, submit_renew(session, request->request, serial, parcel),
                  parcel);
}

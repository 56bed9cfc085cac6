/*
 * How a device becomes one of ours, and stays one.
 *
 *   a code is made ──▶ a secret, told once; its digest goes to the ledger
 *   code, request ──▶ digest found, open, in time ──▶ signed ──▶ EnrolTerminal ──▶ ENROLLED
 *   code, key     ──▶ the same ──▶ signed by that key? ──▶ EnrolTerminal ──▶ BROWSER_ENROLLED
 *   request, past half of its life ──▶ signed ──▶ RenewTerminal ──▶ ENROLLED
 */
#include <stdio.h>
#include <stdlib.h>

#include "access/inside.h"
#include "base/log.h"
#include "net/browser_key.h"

enum { UNSIGNED_RETRY_MS = 5000 };

/* ---- making a code ---- */

void access_new_code(const struct hash *root, struct enrolment_code *ret_code)
{
    uint8_t secret[ENROL_SECRET_SIZE];
    random_bytes(secret, sizeof secret);
    enrol_secret_seal(secret);
    enrol_code_write(secret, root, ret_code->text);
    enrol_code_digest(secret, &ret_code->digest);
    secret_wipe(secret, sizeof secret);
}

struct code_request {
    struct access *access;
    struct access_asker asker;
    char text[ENROL_CODE_TEXT_SIZE];
    uint32_t device;
    int64_t expires_ms;
};

static void code_done(void *context, const Tefter__Refusal *refused)
{
    struct code_request *request_payload = context;
    const struct principal *who = asker_principal(&request_payload->asker);
    if (who != NULL && refused != NULL)
        asker_refuse(&request_payload->asker, refused);
    if (who != NULL && refused == NULL) {
        Tefter__Code code = TEFTER__CODE__INIT;
        code.code = request_payload->text;
        code.expires_ms = request_payload->expires_ms;
        access_note(request_payload->access, who,
                    &(struct note){.event = "code_made",
                                   .staff = who->staff,
                                   .device = request_payload->device});
        asker_answer(&request_payload->asker,
                     &(struct access_answer){.kind = ACCESS_CODE, .code = &code});
    }
    secret_wipe(request_payload->text, sizeof request_payload->text);
}

/* Who asked, where a person may ask for this command; else the server. */
static Tefter__Actor actor_of(const struct principal *who, uint32_t kind)
{
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    if (ledger_command_right(kind) == TEFTER__RIGHT__RIGHT_SERVER)
        return actor;
    actor.has_staff = who->staff != 0;
    actor.staff = who->staff;
    actor.has_terminal = who->device != 0;
    actor.terminal = who->device;
    actor.has_branch = who->branch != 0;
    actor.branch = who->branch;
    return actor;
}

static enum submit_answer submit_digest(struct access *access, const struct principal *who,
                                        struct hash *digest, struct code_request *request_payload)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetEnrolmentCode set = TEFTER__SET_ENROLMENT_CODE__INIT;
    set.terminal = request_payload->device;
    set.code_digest = (ProtobufCBinaryData){sizeof digest->bytes, digest->bytes};
    set.expires_ms = request_payload->expires_ms;
    set.has_by = who->staff != 0;
    set.by = who->staff;
    command.kind_case = TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE;
    command.set_enrolment_code = &set;
    Tefter__Actor actor = actor_of(who, TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE);
    return access_submit(access, &command, &actor, code_done, request_payload);
}

void access_make_code(struct access *access, const struct access_asker *asker, uint32_t device)
{
    struct enrolment_code code;
    const struct principal *who = asker_principal(asker);
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    const Tefter__Refusal *refused = access_needs(access, who, TEFTER__RIGHT__RIGHT_EDIT_TERMINALS);
    if (refused != NULL) {
        asker_refuse(asker, refused);
        return;
    }
    struct code_request *request_payload = calloc(1, sizeof *request_payload);
    if (request_payload == NULL) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, ACCESS_RETRY_MS);
        return;
    }
    access_new_code(&access->root, &code);
    *request_payload = (struct code_request){.access = access,
                                             .asker = *asker,
                                             .device = device,
                                             .expires_ms = access_now_ms(access) + CODE_LIFE_MS};
    memcpy(request_payload->text, code.text, sizeof request_payload->text);
    enum submit_answer answer = submit_digest(access, who, &code.digest, request_payload);
    secret_wipe(&code, sizeof code);
    if (answer == SUBMIT_TAKEN)
        return;
    secret_wipe(request_payload, sizeof *request_payload);
    free(request_payload);
    asker_refuse_submit(access, asker, answer);
}

/* ---- signing ---- */

/* A certificate that waits for the ledger's word. */
struct signed_request {
    struct access *access;
    struct access_asker asker;
    uint32_t device;
    bool renewal;
    uint64_t allowance; /* throttle key of a renewal */
    struct hash before; /* fingerprint of the certificate that is renewed */
    struct hash fingerprint;
    int64_t not_after_ms;
    char name[NAME_MAX_BYTES + 1];
    char company[NAME_MAX_BYTES + 1];
    uint32_t branch; /* these two of a browser */
    char branch_code[CODE_MAX_BYTES + 1];
    bool browser;
    char certificate[]; /* PEM; of a browser "" */
};

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Serials begin with the time, and a device's rise also when a clock that was ahead has been put
 * right. */
static uint64_t next_serial(struct access *access, uint32_t device)
{
    struct ledger_view *view = access_view(access);
    const Tefter__TerminalRecord *record = view == NULL ? NULL : ledger_view_terminal(view, device);
    uint64_t before = record != NULL && record->has_serial ? record->serial : 0;
    access_view_end(view);
    access->last_serial = later(later(before, access->last_serial) + 1,
                                (uint64_t)access_now_ms(access) << SERIAL_TIME_SHIFT);
    return access->last_serial;
}

static void name_request(struct access *access, struct signed_request *request_payload)
{
    struct ledger_view *view = access_view(access);
    const Tefter__CompanyRecord *company = view == NULL ? NULL : ledger_view_company(view);
    const Tefter__TerminalRecord *device =
        view == NULL ? NULL : ledger_view_terminal(view, request_payload->device);
    (void)snprintf(request_payload->name, sizeof request_payload->name, "%s",
                   device == NULL ? "" : device->name);
    (void)snprintf(request_payload->company, sizeof request_payload->company, "%s",
                   company == NULL ? "" : company->name);
    request_payload->branch = device == NULL ? 0 : device->branch;
    const Tefter__BranchRecord *branch =
        device == NULL ? NULL : ledger_view_branch(view, device->branch);
    (void)snprintf(request_payload->branch_code, sizeof request_payload->branch_code, "%s",
                   branch == NULL ? "" : branch->code);
    access_view_end(view);
}

/* Only what is wrong with the request is the asker's fault. */
static void refuse_unsigned(const struct access_asker *asker, const struct failure *failure)
{
    if (failure->fault == FAULT_PEER) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__FIELD_INVALID, "request");
        return;
    }
    log_line(LOG_ERROR, "certificate_not_signed", "reason",
             failure->text[0] ? failure->text : "no memory", NULL);
    asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, UNSIGNED_RETRY_MS);
}

/* NULL: the request cannot be signed, and that was answered. */
static struct signed_request *sign(struct access *access, const struct access_asker *asker,
                                   uint32_t device, const char *pem, uint64_t *ret_serial)
{
    struct ca_signed certificate;
    struct failure failure = {.fault = FAULT_NONE};
    struct signed_request *request_payload = NULL;
    *ret_serial = next_serial(access, device);
    if (ca_terminal_sign(&access->options.root, slice_text(pem), device, *ret_serial,
                         access_now_ms(access), &access->arena, &certificate, &failure))
        request_payload = calloc(1, sizeof *request_payload + certificate.certificate.size + 1);
    if (request_payload == NULL) {
        refuse_unsigned(asker, &failure);
        return NULL;
    }
    request_payload->access = access;
    request_payload->asker = *asker;
    request_payload->device = device;
    request_payload->fingerprint = certificate.fingerprint;
    request_payload->not_after_ms = certificate.not_after_ms;
    memcpy(request_payload->certificate, certificate.certificate.data,
           certificate.certificate.size);
    name_request(access, request_payload);
    return request_payload;
}

static void answer_enrolled(struct signed_request *request_payload)
{
    Tefter__Enrolled enrolled = TEFTER__ENROLLED__INIT;
    struct hash root = request_payload->access->root;
    enrolled.certificate = request_payload->certificate;
    enrolled.terminal = request_payload->device;
    enrolled.name = request_payload->name;
    enrolled.company = request_payload->company;
    enrolled.not_after_ms = request_payload->not_after_ms;
    enrolled.root_hash = (ProtobufCBinaryData){sizeof root.bytes, root.bytes};
    asker_answer(&request_payload->asker,
                 &(struct access_answer){.kind = ACCESS_ENROLLED, .enrolled = &enrolled});
}

static void answer_browser(struct signed_request *request_payload)
{
    Tefter__BrowserEnrolled enrolled = TEFTER__BROWSER_ENROLLED__INIT;
    enrolled.terminal = request_payload->device;
    enrolled.name = request_payload->name;
    enrolled.company = request_payload->company;
    enrolled.branch = request_payload->branch;
    enrolled.branch_code = request_payload->branch_code;
    asker_answer(&request_payload->asker, &(struct access_answer){.kind = ACCESS_BROWSER_ENROLLED,
                                                                  .browser_enrolled = &enrolled});
}

static void signed_done(void *context, const Tefter__Refusal *refused)
{
    struct signed_request *request_payload = context;
    struct access *access = request_payload->access;
    const struct principal *who = asker_principal(&request_payload->asker);
    if (who == NULL)
        return;
    if (refused != NULL) {
        if (request_payload->renewal)
            throttle_forgive(access->throttle, request_payload->allowance, true);
        asker_refuse(&request_payload->asker, refused);
        return;
    }
    if (!request_payload->renewal) {
        marks_forget(access->marks, request_payload->device);
        contacts_forget_terminal(access->contacts, request_payload->device);
    }
    access_note(
        access, who,
        &(struct note){.event = request_payload->renewal ? "terminal_renewed" : "terminal_enrolled",
                       .staff = who->staff,
                       .device = request_payload->device});
    if (request_payload->browser)
        answer_browser(request_payload);
    else
        answer_enrolled(request_payload);
}

static ProtobufCBinaryData hash_bytes(struct hash *hash)
{
    return (ProtobufCBinaryData){sizeof hash->bytes, hash->bytes};
}

/* The command is the server's own. */
static void submit_signed(const Tefter__Command *command, struct signed_request *request_payload)
{
    const Tefter__Actor server = TEFTER__ACTOR__INIT;
    const struct access_asker asker = request_payload->asker;
    struct access *access = request_payload->access;
    enum submit_answer answer =
        access_submit(access, command, &server, signed_done, request_payload);
    if (answer == SUBMIT_TAKEN)
        return;
    if (request_payload->renewal)
        throttle_forgive(access->throttle, request_payload->allowance, true);
    free(request_payload);
    asker_refuse_submit(access, &asker, answer);
}

/* key: of a browser; else empty. */
static void submit_enrol(uint64_t serial, struct hash *digest, ProtobufCBinaryData key,
                         struct signed_request *request_payload)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__EnrolTerminal enrol = TEFTER__ENROL_TERMINAL__INIT;
    enrol.terminal = request_payload->device;
    enrol.code_digest = hash_bytes(digest);
    enrol.serial = serial;
    enrol.fingerprint = hash_bytes(&request_payload->fingerprint);
    enrol.not_after_ms = request_payload->not_after_ms;
    enrol.has_key = key.len > 0;
    enrol.key = key;
    command.kind_case = TEFTER__COMMAND__KIND_ENROL_TERMINAL;
    command.enrol_terminal = &enrol;
    /* before it is durable, and after: a server that dies between the two alarms nobody */
    marks_forget(request_payload->access->marks, request_payload->device);
    submit_signed(&command, request_payload);
}

static void submit_renew(uint64_t serial, struct signed_request *request_payload)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__RenewTerminal renew = TEFTER__RENEW_TERMINAL__INIT;
    renew.terminal = request_payload->device;
    renew.serial = serial;
    renew.fingerprint = hash_bytes(&request_payload->fingerprint);
    renew.not_after_ms = request_payload->not_after_ms;
    renew.has_shown = true;
    renew.shown = hash_bytes(&request_payload->before);
    command.kind_case = TEFTER__COMMAND__KIND_RENEW_TERMINAL;
    command.renew_terminal = &renew;
    submit_signed(&command, request_payload);
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

/* What was used after a backup is unused in what is restored from it: no code of before counts. */
static Tefter__RefusalCode code_refused(const struct access *access,
                                        const Tefter__TerminalRecord *record, int64_t restored_ms)
{
    if (record == NULL)
        return TEFTER__REFUSAL_CODE__CODE_WRONG;
    if (record->blocked)
        return TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED;
    if (record->has_code_used && record->code_used)
        return TEFTER__REFUSAL_CODE__CODE_USED;
    if (!access_code_lives(access, record->code_expires_ms) ||
        record->code_expires_ms - CODE_LIFE_MS < restored_ms)
        return TEFTER__REFUSAL_CODE__CODE_EXPIRED;
    return 0;
}

/* The digest of a code that names our root; false: no such code. */
static bool read_code(const struct access *access, const char *code, struct hash *ret_digest)
{
    uint8_t secret[ENROL_SECRET_SIZE];
    uint8_t root[ENROL_ROOT_SIZE];
    bool ours = enrol_code_read(code, strlen(code), secret, root) &&
                enrol_root_matches(root, &access->root);
    if (ours)
        enrol_code_digest(secret, ret_digest);
    secret_wipe(secret, sizeof secret);
    return ours;
}

/* The terminal a code is for; 0 with the refusal. */
static uint32_t terminal_of_code(struct access *access, const char *code, struct hash *ret_digest,
                                 Tefter__RefusalCode *ret_refused)
{
    *ret_refused = TEFTER__REFUSAL_CODE__CODE_WRONG;
    if (!read_code(access, code, ret_digest))
        return 0;
    struct ledger_view *view = access_view(access);
    if (view == NULL) {
        *ret_refused = TEFTER__REFUSAL_CODE__BUSY;
        return 0;
    }
    const Tefter__TerminalRecord *record = terminal_of_digest(view, ret_digest);
    const Tefter__RecoveryRecord *recovery = ledger_view_recovery(view);
    *ret_refused = code_refused(access, record, recovery == NULL ? 0 : recovery->began_ms);
    uint32_t terminal = *ret_refused == 0 ? record->terminal : 0;
    access_view_end(view);
    return terminal;
}

uint32_t enrol_wait(struct access *access, const struct principal *who, uint64_t *ret_key)
{
    int64_t now_ms = access_clock_ms(access);
    const char *port = strrchr(who->address, ':');
    size_t size = port == NULL ? strlen(who->address) : (size_t)(port - who->address);
    *ret_key = throttle_key(access->throttle, THROTTLE_ADDRESS, slice_of(who->address, size));
    uint32_t wait_ms = throttle_wait(access->throttle, THROTTLE_ADDRESS, *ret_key, now_ms);
    if (wait_ms > 0)
        access_note(access, who,
                    &(struct note){.event = "code_throttled", .staff = who->staff, .noisy = true});
    return wait_ms;
}

/* The terminal that a code is for. 0: it is none that counts, and that was answered. A right one is
 * taken whoever else guesses at that address: its seal tells them apart before anything is looked
 * for. */
static uint32_t take_code(struct access *access, const struct access_asker *asker, const char *code,
                          struct hash *ret_digest)
{
    const struct principal *who = asker_principal(asker);
    Tefter__RefusalCode refused;
    uint64_t guess;
    uint32_t device = terminal_of_code(access, code, ret_digest, &refused);
    uint32_t wait_ms = device == 0 ? enrol_wait(access, who, &guess) : 0;
    if (wait_ms > 0) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, wait_ms);
    } else if (device == 0) {
        throttle_charge(access->throttle, THROTTLE_ADDRESS, guess, access_clock_ms(access));
        access_note(access, who,
                    &(struct note){.event = "code_wrong", .staff = who->staff, .noisy = true});
        asker_refuse_code(asker, refused, "code");
    }
    return device;
}

void access_enrol(struct access *access, const struct access_asker *asker, const char *code,
                  const char *request)
{
    struct hash digest;
    uint64_t serial;
    arena_reset(&access->arena);
    uint32_t device = asker_principal(asker) == NULL ? 0 : take_code(access, asker, code, &digest);
    struct signed_request *request_payload =
        device == 0 ? NULL : sign(access, asker, device, request, &serial);
    if (request_payload != NULL)
        submit_enrol(serial, &digest, (ProtobufCBinaryData){0, NULL}, request_payload);
}

/* ---- enrolment of a browser ---- */

/* Has it what it asks to be known by, here and now? Else it was answered. */
static bool has_key(struct access *access, const struct access_asker *asker,
                    const struct access_challenge *challenge, const Tefter__EnrolBrowser *enrol)
{
    const char *event = NULL;
    if (!browser_key_good(slice_of(enrol->key.data, enrol->key.len))) {
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__FIELD_INVALID, "key");
        return false;
    }
    if (!browser_origin_ours(access, enrol->origin)) {
        event = "origin_wrong";
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__ORIGIN_NOT_OURS, "origin");
    } else if (!browser_enrol_signed(challenge, enrol)) {
        event = "proof_wrong";
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__PROOF_WRONG, "signature");
    }
    const struct principal *who = asker_principal(asker);
    if (event != NULL && who != NULL)
        access_note(access, who, &(struct note){.event = event, .noisy = true});
    return event == NULL;
}

static struct signed_request *browser_request(struct access *access,
                                              const struct access_asker *asker, uint32_t device,
                                              ProtobufCBinaryData key)
{
    struct signed_request *request_payload = calloc(1, sizeof *request_payload + 1);
    if (request_payload == NULL) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, UNSIGNED_RETRY_MS);
        return NULL;
    }
    request_payload->access = access;
    request_payload->asker = *asker;
    request_payload->device = device;
    request_payload->browser = true;
    hash_of(key.data, key.len, &request_payload->fingerprint);
    name_request(access, request_payload);
    return request_payload;
}

/* The code comes first, so that nobody makes us look at signatures without one. */
void access_enrol_browser(struct access *access, const struct access_asker *asker,
                          const struct access_challenge *challenge,
                          const Tefter__EnrolBrowser *enrol)
{
    struct hash digest;
    arena_reset(&access->arena);
    uint32_t device =
        asker_principal(asker) == NULL ? 0 : take_code(access, asker, enrol->code, &digest);
    if (device == 0 || !has_key(access, asker, challenge, enrol))
        return;
    struct signed_request *request_payload = browser_request(access, asker, device, enrol->key);
    if (request_payload != NULL)
        submit_enrol(next_serial(access, device), &digest, enrol->key, request_payload);
}

/* ---- renewal ---- */

static void refuse_early(struct access *access, const struct access_asker *asker,
                         const struct principal *who, int64_t from_ms)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__RENEWAL_TOO_EARLY;
    refusal.has_from_ms = true;
    refusal.from_ms = from_ms;
    access_note(access, who,
                &(struct note){.event = "renewal_early", .staff = who->staff, .noisy = true});
    asker_refuse(asker, &refusal);
}

/* Milliseconds on the wall clock from when on it may; one that is under way counts already. */
static int64_t renewable_from_ms(struct access *access, const struct principal *who,
                                 const Tefter__TerminalRecord *record, uint64_t allowance)
{
    int64_t from_ms = renewal_from_ms(access, who, record);
    int64_t wait_ms =
        throttle_wait(access->throttle, THROTTLE_RENEWAL, allowance, access_now_ms(access));
    int64_t again_ms = wait_ms == 0 ? 0 : access_now_ms(access) + wait_ms;
    return from_ms > again_ms ? from_ms : again_ms;
}

/* Was it refused? */
static bool renewal_refused(struct access *access, const struct access_asker *asker,
                            const struct principal *who, uint64_t allowance)
{
    struct ledger_view *view = access_view(access);
    const Tefter__TerminalRecord *record =
        view == NULL ? NULL : ledger_view_terminal(view, who->device);
    int64_t from_ms =
        record == NULL || record->has_key ? 0 : renewable_from_ms(access, who, record, allowance);
    access_view_end(view);
    if (view == NULL)
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, ACCESS_RETRY_MS);
    else if (record == NULL)
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN, NULL);
    else if (record->has_key) /* a browser has no certificate */
        asker_refuse_code(asker, TEFTER__REFUSAL_CODE__FIELD_INVALID, "request");
    else if (from_ms > access_now_ms(access))
        refuse_early(access, asker, who, from_ms);
    else
        return false;
    return true;
}

/* The signature costs and the journal gets an entry: both are for a certificate that is needed. */
void access_renew(struct access *access, const struct access_asker *asker, const char *request)
{
    const struct principal *who = asker_principal(asker);
    uint64_t serial;
    arena_reset(&access->arena);
    if (who == NULL)
        return;
    uint64_t allowance = throttle_key(access->throttle, THROTTLE_RENEWAL,
                                      slice_of(&who->device, sizeof who->device));
    if (renewal_refused(access, asker, who, allowance))
        return;
    struct signed_request *request_payload = sign(access, asker, who->device, request, &serial);
    if (request_payload == NULL)
        return;
    request_payload->renewal = true;
    request_payload->allowance = allowance;
    request_payload->before = who->proof;
    throttle_charge(access->throttle, THROTTLE_RENEWAL, allowance, access_now_ms(access));
    submit_renew(serial, request_payload);
}

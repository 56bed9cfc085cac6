/*
 * Who is at the other end: the certificate names a terminal, and the terminal's record says whether
 * that certificate still counts. Checked at each handshake and again when the record changes, so
 * blocking a terminal cuts it at once.
 */
#include <stdlib.h>

#include "base/version.h"
#include "session/inside.h"

#define RENEW_BEFORE_MS ((int64_t)CA_TERMINAL_DAYS * 24 * 3600 * 1000 / 2)

static void note(struct session *session, const char *event, const char *about)
{
    audit_write(session->home->audit, &(struct audit_line){
                                          .event = event,
                                          .at_ms = sessions_now_ms(session->home),
                                          .terminal = session->terminal,
                                          .address = session_address(session),
                                          .about = about,
                                          .noisy = true,
                                      });
}

/* "terminal 7" is 7; 0: no such name. */
static uint32_t number_of_name(const char *name)
{
    static const char prefix[] = "terminal ";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return 0;
    const char *digits = name + sizeof prefix - 1;
    char *end = NULL;
    unsigned long number = *digits >= '1' && *digits <= '9' ? strtoul(digits, &end, 10) : 0;
    return end != NULL && *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static bool is_its(const struct session *session, bool known, ProtobufCBinaryData fingerprint)
{
    return known && fingerprint.len == HASH_SIZE &&
           memcmp(fingerprint.data, session->fingerprint.bytes, HASH_SIZE) == 0;
}

/* The newest of the terminal, or for some time the one before: the newest may never have reached
 * it. */
static bool certificate_counts(const struct session *session, const Tefter__TerminalRecord *record)
{
    if (record == NULL || is_its(session, record->has_fingerprint, record->fingerprint))
        return record != NULL;
    return is_its(session, record->has_before, record->before) &&
           sessions_now_ms(session->home) <= record->before_until_ms;
}

/* What keeps it out; 0: nothing. */
static Tefter__RefusalCode kept_out(const struct session *session,
                                    const Tefter__TerminalRecord *record)
{
    if (!certificate_counts(session, record))
        return TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN;
    return record->blocked ? TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED : 0;
}

static void turn_away(struct session *session, Tefter__RefusalCode code)
{
    bool blocked = code == TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED;
    note(session, blocked ? "terminal_blocked" : "terminal_unknown", NULL);
    session_goodbye_code(
        session, blocked ? "this terminal is blocked" : "this terminal is not known here", code);
}

static void identify(struct session *session, const struct tls_peer *peer)
{
    struct sessions *home = session->home;
    session->terminal = number_of_name(peer->name);
    session->fingerprint = peer->fingerprint;
    session->expired = peer->expired;
    arena_reset(&home->arena);
    struct ledger_view *view = sessions_view(home, &home->arena);
    if (view == NULL) {
        session_goodbye_code(session, "the ledger cannot be read", TEFTER__REFUSAL_CODE__BUSY);
        return;
    }
    const Tefter__TerminalRecord *record =
        session->terminal == 0 ? NULL : ledger_view_terminal(view, session->terminal);
    Tefter__RefusalCode code = kept_out(session, record);
    if (code == 0) {
        session->branch = record->branch;
        session->state = SESSION_CONNECTED;
    }
    sessions_view_end(view);
    if (code != 0)
        turn_away(session, code);
}

static bool is_of_terminals(const char *alpn)
{
    return strcmp(alpn, TLS_ALPN_TERMINAL) == 0 || strcmp(alpn, TLS_ALPN_TERMINAL_1) == 0;
}

void terminal_arrived(struct session *session)
{
    struct tls_peer peer;
    stream_peer(session->stream, &peer);
    session->heard_ms = loop_now_ms(session->home->options.loop);
    session->login_by_ms = session->heard_ms + LOGIN_MS;
    if (strcmp(peer.alpn, TLS_ALPN_ENROL) == 0)
        session->state = SESSION_ENROLLING;
    else if (is_of_terminals(peer.alpn) && peer.has_certificate)
        identify(session, &peer);
    else
        session_goodbye(session, "no protocol was agreed", NULL);
}

void terminal_recheck(struct session *session, const Tefter__TerminalRecord *record)
{
    Tefter__RefusalCode code = kept_out(session, record);
    if (code != 0)
        turn_away(session, code);
    else
        session->branch = record->branch;
}

/* ---- the greeting ---- */

static bool wire_known(struct session *session, const Tefter__FromTerminal *request)
{
    session->wire = (uint8_t)request->hello->wire;
    if (request->hello->wire >= WIRE_VERSION_OLDEST && request->hello->wire <= WIRE_VERSION)
        return true;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__VERSION_UNKNOWN;
    refusal.has_most = true;
    refusal.most = WIRE_VERSION;
    session_goodbye(session, "this server speaks another version", &refusal);
    return false;
}

static void fill_welcome(const struct session *session, struct ledger_view *view,
                         Tefter__Welcome *welcome)
{
    const Tefter__CompanyRecord *company = ledger_view_company(view);
    const Tefter__TerminalRecord *terminal = ledger_view_terminal(view, session->terminal);
    const Tefter__BranchRecord *branch = ledger_view_branch(view, session->branch);
    if (company != NULL) {
        welcome->company = company->name;
        welcome->currency = company->currency;
        welcome->exponent = company->exponent;
    }
    if (terminal != NULL) {
        welcome->terminal_name = terminal->name;
        welcome->renew = !is_its(session, terminal->has_fingerprint, terminal->fingerprint) ||
                         (terminal->has_not_after_ms &&
                          welcome->now_ms > terminal->not_after_ms - RENEW_BEFORE_MS);
    }
    if (branch != NULL) {
        welcome->branch_code = branch->code;
        welcome->date = branch->date;
    }
}

static void welcome_init(const struct session *session, Tefter__Welcome *welcome)
{
    struct sessions *home = session->home;
    tefter__welcome__init(welcome);
    welcome->wire = session->wire;
    welcome->program = (char *)(uintptr_t)version_tefterd;
    welcome->company = welcome->currency = welcome->terminal_name = welcome->branch_code = "";
    welcome->ledger = (ProtobufCBinaryData){sizeof home->ledger_id, home->ledger_id};
    welcome->incarnation = home->incarnation.number;
    welcome->has_incarnation_nonce = true;
    welcome->incarnation_nonce =
        (ProtobufCBinaryData){sizeof home->incarnation.nonce, home->incarnation.nonce};
    welcome->seq = hub_seq(home->hub);
    welcome->terminal = session->terminal;
    welcome->branch = session->branch;
    welcome->now_ms = sessions_now_ms(home);
    welcome->has_renew = true;
    welcome->has_heartbeat_ms = true;
    welcome->heartbeat_ms = HEARTBEAT_MS;
    welcome->has_features = session_passes_over(session);
    welcome->features = (ProtobufCBinaryData){home->features.size, (uint8_t *)home->features.data};
}

void terminal_hello(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    if (!wire_known(session, request))
        return;
    struct ledger_view *view = sessions_view(home, &home->arena);
    if (view == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Welcome welcome;
    welcome_init(session, &welcome);
    fill_welcome(session, view, &welcome);
    message.body_case = TEFTER__TO_TERMINAL__BODY_WELCOME;
    message.welcome = &welcome;
    session->state = SESSION_GREETED;
    session_send(session, request->request, &message);
    sessions_view_end(view);
}

/*
 * Who is at the other end: access knows the device by its certificate, at the handshake and again
 * when its record changes; then it is greeted.
 */
#include <stdio.h>

#include "base/version.h"
#include "session/inside.h"

static void turn_away(struct session *session, Tefter__RefusalCode code)
{
    bool blocked = code == TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED;
    session_goodbye_code(
        session, blocked ? "this terminal is blocked" : "this terminal is not known here", code);
}

/* ---- how many of them ---- */

static uint32_t most_of_terminal(const struct sessions *home)
{
    uint32_t set = home->options.per_terminal;
    return set > 0 ? set : SESSIONS_PER_DEVICE_MAX;
}

static uint32_t most_of_address(const struct session *session)
{
    const struct sessions *home = session->home;
    struct stream_listener_metrics listener;
    if (session->browser)
        return browsers_of_address(home);
    if (home->options.per_address > 0 || home->listener == NULL)
        return home->options.per_address;
    stream_listener_metrics(home->listener, &listener);
    return (uint32_t)((uint64_t)listener.places * SESSIONS_PER_ADDRESS_PERCENT / 100);
}

static void too_many(struct session *session, const char *of, uint32_t most)
{
    struct sessions *home = session->home;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = TEFTER__REFUSAL_CODE__TOO_MANY_CONNECTIONS;
    refusal.field = (char *)(uintptr_t)of;
    refusal.has_most = true;
    refusal.most = most;
    home->too_many++;
    if (strcmp(of, "terminal") == 0)
        (void)snprintf(home->too_many_last, sizeof home->too_many_last, "terminal %u %s",
                       session->who.device, session->who.device_name);
    else
        (void)snprintf(home->too_many_last, sizeof home->too_many_last, "%s", session->who.address);
    session_goodbye(session, "too many connections", &refusal);
}

static struct tally *tally_of_address(struct session *session)
{
    return session->browser ? &session->home->browsers_of_address : &session->home->of_address;
}

void terminal_take_place(struct session *session)
{
    struct sessions *home = session->home;
    uint32_t of_terminal = most_of_terminal(home);
    uint32_t of_address = most_of_address(session);
    if (tally_count(&home->of_terminal, session->who.device) >= of_terminal) {
        too_many(session, "terminal", of_terminal);
    } else if (tally_count(tally_of_address(session), session->address_key) >= of_address) {
        too_many(session, "address", of_address);
    } else {
        session->counted = true;
        tally_add(&home->of_terminal, session->who.device);
        tally_add(tally_of_address(session), session->address_key);
        session->state = SESSION_CONNECTED;
        stream_proven(session->stream);
    }
}

void terminal_left(struct session *session)
{
    if (!session->counted)
        return;
    session->counted = false;
    status_seen(session);
    status_left(session);
    tally_take(&session->home->of_terminal, session->who.device);
    tally_take(tally_of_address(session), session->address_key);
}

/* ---- who it is ---- */

static void identify(struct session *session, const struct tls_peer *peer)
{
    session->expired = peer->not_after_ms < sessions_now_ms(session->home);
    Tefter__RefusalCode code =
        access_identify(session->home->access, &session->who, peer->name, &peer->fingerprint);
    session->offer_only = code == TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN &&
                          session->who.device != 0 && offer_welcome(session->home);
    if (code == 0 || session->offer_only)
        terminal_take_place(session);
    else if (code == TEFTER__REFUSAL_CODE__BUSY)
        session_goodbye_code(session, "the ledger cannot be read", code);
    else
        turn_away(session, code);
}

static bool is_of_terminals(const char *alpn)
{
    return strcmp(alpn, TLS_ALPN_TERMINAL) == 0 || strcmp(alpn, TLS_ALPN_TERMINAL_1) == 0;
}

void terminal_arrived(struct session *session)
{
    struct tls_peer peer;
    struct principal *who = &session->who;
    stream_peer(session->stream, &peer);
    if (strcmp(peer.alpn, TLS_ALPN_TERMINAL) == 0)
        session->wire = WIRE_VERSION;
    who->carrier = CARRIER_TLS;
    session->address_key = stream_address_key(session->stream);
    stream_address(session->stream, who->address, sizeof who->address);
    session->heard_ms = loop_now_ms(session->home->options.loop);
    session_await_login(session);
    if (strcmp(peer.alpn, TLS_ALPN_ENROL) == 0)
        session->state = SESSION_ENROLLING;
    else if (is_of_terminals(peer.alpn) && peer.has_certificate)
        identify(session, &peer);
    else
        session_goodbye(session, "no protocol was agreed", NULL);
}

void terminal_lent(struct session *session)
{
    session->wire = WIRE_VERSION;
    session->heard_ms = loop_now_ms(session->home->options.loop);
    session->state = SESSION_CONNECTED;
    session_await_login(session);
}

void terminal_recheck(struct session *session, const Tefter__TerminalRecord *record)
{
    Tefter__RefusalCode code = access_recheck_device(session->home->access, &session->who, record);
    session->offer_only = session->offer_only && code == TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN;
    if (code != 0 && !session->offer_only)
        turn_away(session, code);
    printing_recheck(session, record);
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

/* As it was founded; to who passes over what they do not know. A practice ledger tells where a
 * company of one's own is founded: its page leads there. */
static void fill_founded(const struct session *session, const Tefter__CompanyRecord *company,
                         Tefter__Welcome *welcome)
{
    if (!session_passes_over(session))
        return;
    welcome->country = company->country;
    welcome->has_practice = company->has_practice;
    welcome->practice = company->practice;
    welcome->has_tax_bp = company->has_tax_bp;
    welcome->tax_bp = company->tax_bp;
    welcome->paper_language = company->paper_language;
    if (company->practice)
        welcome->found_link = (char *)(uintptr_t)session->home->options.found_link;
}

static void fill_welcome(const struct session *session, struct ledger_view *view,
                         Tefter__Welcome *welcome)
{
    const Tefter__CompanyRecord *company = ledger_view_company(view);
    const Tefter__TerminalRecord *terminal = ledger_view_terminal(view, session->who.device);
    const Tefter__BranchRecord *branch = ledger_view_branch(view, session->who.branch);
    if (company != NULL) {
        welcome->company = company->name;
        welcome->currency = company->currency;
        welcome->exponent = company->exponent;
        fill_founded(session, company, welcome);
    }
    if (terminal != NULL) {
        welcome->terminal_name = terminal->name;
        welcome->renew = access_renewal_due(session->home->access, &session->who, terminal);
    }
    if (branch != NULL) {
        welcome->branch_code = branch->code;
        welcome->date = branch->date;
        welcome->has_utc_offset_minutes = session_passes_over(session);
        welcome->utc_offset_minutes = branch->utc_offset_minutes;
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
    welcome->has_incarnation_nonce = session_passes_over(session);
    welcome->incarnation_nonce =
        (ProtobufCBinaryData){sizeof home->incarnation.nonce, home->incarnation.nonce};
    welcome->seq = hub_seq(home->hub);
    welcome->terminal = session->who.device;
    welcome->branch = session->who.branch;
    welcome->now_ms = sessions_now_ms(home);
    welcome->has_renew = true;
    welcome->has_heartbeat_ms = true;
    welcome->heartbeat_ms = HEARTBEAT_MS;
    Tefter__PrinterState printer;
    welcome->has_printer =
        session_passes_over(session) && printing_state(home, session->who.branch, &printer);
    if (welcome->has_printer)
        welcome->printer = printer;
    welcome->has_features = session_passes_over(session);
    welcome->features = (ProtobufCBinaryData){home->features.size, (uint8_t *)home->features.data};
}

/* What its profile says of itself; ret_mark lives as long as the greeting. */
static void look_at_profile(const struct session *session, const Tefter__Hello *hello,
                            struct access_mark *ret_mark)
{
    struct access *access = session->home->access;
    const struct access_shown shown = {.greeting = true,
                                       .reads_marks = hello->has_mark,
                                       .mark = slice_of(hello->mark.data, hello->mark.len)};
    *ret_mark = (struct access_mark){.old = false};
    if (session->offer_only || session->lent) /* its number may be another's by now; no profile */
        return;
    access_look_at_mark(access, &session->who, &shown, ret_mark);
    if (!hello->has_met)
        return;
    struct incarnation met =
        incarnation_of(hello->met, slice_of(hello->met_nonce.data,
                                            hello->has_met_nonce ? hello->met_nonce.len : 0));
    access_look_at_met(access, &session->who, &met);
}

void terminal_hello(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    session_await_login(session);
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
    welcome.recovery = offer_notice(session, view);
    if (welcome.recovery != NULL) /* offers are as large as commands, and need no login */
        session->frames.bound = FRAME_TO_SERVER_MAX;
    struct access_mark mark;
    look_at_profile(session, request->hello, &mark);
    welcome.has_mark_old = request->hello->has_mark; /* else it may not read that either */
    welcome.mark_old = mark.old;
    welcome.has_mark = mark.fresh;
    welcome.mark = (ProtobufCBinaryData){sizeof mark.bytes, mark.bytes};
    message.body_case = TEFTER__TO_TERMINAL__BODY_WELCOME;
    message.welcome = &welcome;
    session->state = SESSION_GREETED;
    session_send(session, request->request, &message);
    sessions_view_end(view);
}

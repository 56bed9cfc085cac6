/*
 * Terminals.
 *
 *   added ──code──▶ waiting ──enrolled──▶ enrolled ──renewed──▶ enrolled
 *                      ▲                      │
 *                      └───── a new code ◀────┘
 *   blocked / unblocked at any time.
 *
 * 1. A code enrols once, and only until it expires; a newer code replaces it.
 * 2. The digest stays when it is used, so that a second use is told as such.
 * 3. The serial of the certificate that counts only rises.
 * 4. A new code does not end the certificate of before; enrolling anew or blocking does. Renewed,
 * it counts for 30 days more.
 * 5. It has a certificate or, as a browser, a key: the newest enrolment says which. A key is not
 * renewed.
 */
#include "domain/org/org.h"

#include "base/limits.h"

#include <string.h>

enum { FINGERPRINT_MAX = 64, KEY_SIZE = 91 };
#define BEFORE_MS ((int64_t)30 * 24 * 3600 * 1000)

/* ---- records ---- */

static struct key terminal_key(uint32_t terminal)
{
    struct key key = key_book(TABLE_TERMINAL);
    key_u32(&key, terminal);
    return key;
}

const Tefter__TerminalRecord *terminal_get(struct tx *tx, uint32_t terminal)
{
    struct key key = terminal_key(terminal);
    return tx_cached(tx, &key, &tefter__terminal_record__descriptor);
}

static Tefter__TerminalRecord *terminal_shared(struct tx *tx, uint32_t terminal)
{
    struct key key = terminal_key(terminal);
    return tx_shared(tx, &key, &tefter__terminal_record__descriptor);
}

static void terminal_save(struct tx *tx, const Tefter__TerminalRecord *terminal)
{
    struct key key = terminal_key(terminal->terminal);
    tx_put(tx, &key, &terminal->base);
}

/* ---- rules ---- */

static Tefter__Refusal *check_digest(struct tx *tx, ProtobufCBinaryData digest)
{
    if (digest.len != HASH_SIZE)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "code_digest", HASH_SIZE);
    return NULL;
}

static Tefter__Refusal *check_serial(struct tx *tx, const Tefter__TerminalRecord *terminal,
                                     uint64_t serial)
{
    if (serial <= (terminal->has_serial ? terminal->serial : 0))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "serial");
    return NULL;
}

static Tefter__Refusal *check_key(struct tx *tx, const Tefter__EnrolTerminal *command)
{
    if (command->has_key && command->key.len != KEY_SIZE)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "key", KEY_SIZE);
    return NULL;
}

static bool digest_matches(const Tefter__TerminalRecord *terminal, ProtobufCBinaryData digest)
{
    return terminal->has_code_digest &&
           slice_equal(slice_of(terminal->code_digest.data, terminal->code_digest.len),
                       slice_of(digest.data, digest.len));
}

static Tefter__Refusal *check_code(struct tx *tx, const Tefter__TerminalRecord *terminal,
                                   ProtobufCBinaryData digest)
{
    if (!digest_matches(terminal, digest))
        return refuse(tx, TEFTER__REFUSAL_CODE__CODE_WRONG, "code_digest");
    if (terminal->code_used)
        return refuse(tx, TEFTER__REFUSAL_CODE__CODE_USED, "code_digest");
    if (terminal->code_expires_ms < tx_now_ms(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__CODE_EXPIRED, "code_digest");
    return NULL;
}

static Tefter__Refusal *check_blocked(struct tx *tx, const Tefter__TerminalRecord *terminal)
{
    if (terminal->blocked)
        return refuse(tx, TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED, "terminal");
    return NULL;
}

/* ---- changes ---- */

/* Refuses, in this order: name (field_line); NOT_FOUND branch; BOUND_TO_BRANCH branch; TOO_MANY
 * terminal. */
Tefter__Refusal *apply_add_terminal(struct tx *tx, const Tefter__AddTerminal *command,
                                    Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    Tefter__CompanyRecord *company = company_shared(tx);
    refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal == NULL)
        refusal = company_check_room(tx, "terminal", COUNTS_TERMINALS, COMPANY_TERMINALS_MAX);
    if (refusal != NULL)
        return refusal;
    Tefter__TerminalRecord *terminal = tx_new(tx, &tefter__terminal_record__descriptor);
    terminal->terminal = company_take(tx, company, COUNTS_TERMINALS);
    terminal->branch = command->branch;
    terminal->name = command->name;
    FIELD_SET_IF(terminal, printer, command->printer, true);

    tx_decided(tx);
    terminal_save(tx, terminal);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_CHANGED, terminal->terminal, done);
    return NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeTerminal *command,
                                    Tefter__TerminalRecord **ret_terminal)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    *ret_terminal = terminal_shared(tx, command->terminal);
    if (*ret_terminal == NULL)
        return refuse_not_found(tx, "terminal");
    if (command->has_branch && branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    refusal = staff_check_office(tx, "terminal", (*ret_terminal)->branch);
    if (refusal == NULL && command->has_branch)
        refusal = staff_check_office(tx, "branch", command->branch);
    return refusal;
}

static bool change_terminal(Tefter__TerminalRecord *terminal, const Tefter__ChangeTerminal *command)
{
    bool changed = field_move_line(&terminal->name, command->name);
    changed |= field_move_u32(command->has_branch, command->branch, NULL, &terminal->branch);
    changed |= field_move_int(command->has_blocked, command->blocked, NULL, &terminal->blocked);
    if (command->has_printer && command->printer != terminal->printer) {
        FIELD_SET_IF(terminal, printer, command->printer, true);
        changed = true;
    }
    return changed;
}

/* Refuses, in this order: name (field_line); NOT_FOUND terminal, branch; BOUND_TO_BRANCH terminal,
 * branch; NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_change_terminal(struct tx *tx, const Tefter__ChangeTerminal *command,
                                       Tefter__Done *done)
{
    Tefter__TerminalRecord *terminal = NULL;
    Tefter__Refusal *refusal = look_change(tx, command, &terminal);
    if (refusal != NULL)
        return refusal;
    bool was_blocked = terminal->blocked;
    if (!change_terminal(terminal, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    if (terminal->blocked && !was_blocked && tx_rule(tx, RULE_BLOCKED_TERMINALS_END_LOGINS))
        FIELD_SET(terminal, blocks, terminal->blocks + 1);

    tx_decided(tx);
    terminal_save(tx, terminal);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_CHANGED, terminal->terminal, done);
    return NULL;
}

/* Refuses, in this order: code_digest (FIELD_INVALID unless 32 bytes); NOT_FOUND terminal;
 * BOUND_TO_BRANCH terminal (of another branch than `by`). */
Tefter__Refusal *apply_set_enrolment_code(struct tx *tx, const Tefter__SetEnrolmentCode *command,
                                          Tefter__Done *done)
{
    Tefter__Refusal *refusal = check_digest(tx, command->code_digest);
    if (refusal != NULL)
        return refusal;
    Tefter__TerminalRecord *terminal = terminal_shared(tx, command->terminal);
    if (terminal == NULL)
        return refuse_not_found(tx, "terminal");
    refusal = staff_check_office_of(tx, command->by, "terminal", terminal->branch);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    FIELD_SET(terminal, code_digest, command->code_digest);
    FIELD_SET(terminal, code_expires_ms, command->expires_ms);
    FIELD_SET(terminal, code_used, false);
    terminal_save(tx, terminal);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_CHANGED, terminal->terminal, done);
    return NULL;
}

static void take_certificate(Tefter__TerminalRecord *terminal, uint64_t serial,
                             ProtobufCBinaryData fingerprint, int64_t not_after_ms)
{
    FIELD_SET(terminal, serial, serial);
    FIELD_SET(terminal, fingerprint, fingerprint);
    FIELD_SET(terminal, not_after_ms, not_after_ms);
}

/* Of a browser, in place of a certificate, whose end it has not. */
static void take_key(Tefter__TerminalRecord *terminal, const Tefter__EnrolTerminal *command)
{
    FIELD_SET_IF(terminal, key, command->has_key, command->key);
    FIELD_SET_IF(terminal, not_after_ms, !command->has_key, command->not_after_ms);
}

/* The answer with the new certificate may be lost, or the terminal die before it keeps it. */
static void keep_before(struct tx *tx, Tefter__TerminalRecord *terminal, bool shown,
                        ProtobufCBinaryData fingerprint)
{
    FIELD_SET_IF(terminal, before, shown, fingerprint);
    FIELD_SET_IF(terminal, before_until_ms, shown, shown ? tx_now_ms(tx) + BEFORE_MS : 0);
}

static Tefter__Refusal *look_enrol(struct tx *tx, const Tefter__EnrolTerminal *command,
                                   Tefter__TerminalRecord **ret_terminal)
{
    Tefter__Refusal *refusal = check_digest(tx, command->code_digest);
    if (refusal == NULL)
        refusal = field_bytes(tx, "fingerprint", command->fingerprint, FINGERPRINT_MAX);
    if (refusal == NULL)
        refusal = check_key(tx, command);
    if (refusal != NULL)
        return refusal;
    *ret_terminal = terminal_shared(tx, command->terminal);
    if (*ret_terminal == NULL)
        return refuse_not_found(tx, "terminal");
    refusal = check_code(tx, *ret_terminal, command->code_digest);
    if (refusal == NULL)
        refusal = check_blocked(tx, *ret_terminal);
    if (refusal == NULL)
        refusal = check_serial(tx, *ret_terminal, command->serial);
    return refusal;
}

/* Refuses, in this order: code_digest (FIELD_INVALID unless 32 bytes), fingerprint (field_bytes,
 * 64), key (FIELD_INVALID unless 91 bytes); NOT_FOUND terminal; CODE_WRONG (another digest, or none
 * set), CODE_USED, CODE_EXPIRED (expires_ms < now), TERMINAL_BLOCKED; FIELD_INVALID serial unless
 * above the present one. */
Tefter__Refusal *apply_enrol_terminal(struct tx *tx, const Tefter__EnrolTerminal *command,
                                      Tefter__Done *done)
{
    Tefter__TerminalRecord *terminal = NULL;
    Tefter__Refusal *refusal = look_enrol(tx, command, &terminal);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    take_certificate(terminal, command->serial, command->fingerprint, command->not_after_ms);
    take_key(terminal, command);
    keep_before(tx, terminal, false, (ProtobufCBinaryData){0, NULL});
    FIELD_SET(terminal, enrolled_ms, tx_now_ms(tx));
    FIELD_SET(terminal, code_used, true);
    terminal_save(tx, terminal);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_CHANGED, terminal->terminal, done);
    return NULL;
}

static Tefter__Refusal *look_renew(struct tx *tx, const Tefter__RenewTerminal *command,
                                   Tefter__TerminalRecord **ret_terminal)
{
    Tefter__Refusal *refusal =
        field_bytes(tx, "fingerprint", command->fingerprint, FINGERPRINT_MAX);
    if (refusal == NULL && command->has_shown)
        refusal = field_bytes(tx, "shown", command->shown, FINGERPRINT_MAX);
    if (refusal != NULL)
        return refusal;
    *ret_terminal = terminal_shared(tx, command->terminal);
    if (*ret_terminal == NULL)
        return refuse_not_found(tx, "terminal");
    if (!(*ret_terminal)->has_serial || (*ret_terminal)->has_key)
        return refuse(tx, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN, "terminal");
    refusal = check_blocked(tx, *ret_terminal);
    if (refusal == NULL)
        refusal = check_serial(tx, *ret_terminal, command->serial);
    return refusal;
}

/* Refuses, in this order: fingerprint, shown (field_bytes, 64); NOT_FOUND terminal;
 * TERMINAL_UNKNOWN (never enrolled, or a browser), TERMINAL_BLOCKED; FIELD_INVALID serial unless
 * above the present one. */
Tefter__Refusal *apply_renew_terminal(struct tx *tx, const Tefter__RenewTerminal *command,
                                      Tefter__Done *done)
{
    Tefter__TerminalRecord *terminal = NULL;
    Tefter__Refusal *refusal = look_renew(tx, command, &terminal);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    take_certificate(terminal, command->serial, command->fingerprint, command->not_after_ms);
    keep_before(tx, terminal, command->has_shown, command->shown);
    terminal_save(tx, terminal);
    event_done(tx, TEFTER__EVENT_KIND__TERMINAL_CHANGED, terminal->terminal, done);
    return NULL;
}

/* ---- views ---- */

static Tefter__TerminalMember *member_of(struct tx *tx, const Tefter__TerminalRecord *terminal)
{
    Tefter__TerminalMember *member = tx_new(tx, &tefter__terminal_member__descriptor);
    member->terminal = terminal->terminal;
    member->branch = terminal->branch;
    member->name = terminal->name;
    member->blocked = terminal->blocked;
    member->enrolled = terminal->has_serial;
    FIELD_COPY(member, not_after_ms, terminal);
    FIELD_SET_IF(member, browser, terminal->has_key, terminal->has_key);
    FIELD_COPY(member, printer, terminal);
    return member;
}

Tefter__Refusal *view_terminals(struct tx *tx, const Tefter__TerminalList *query,
                                Tefter__TerminalsAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_TERMINAL);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->terminals = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->terminals);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__TerminalMember *member =
            member_of(tx, tx_walk_record(&walk, &tefter__terminal_record__descriptor));
        bool wanted = !query->has_branch || member->branch == query->branch;
        if (wanted && !page_takes(&page, &member->base))
            break;
        if (wanted)
            answer->terminals[answer->n_terminals++] = member;
        last = member->terminal;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

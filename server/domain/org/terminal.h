#pragma once
/*
 * Terminals: a device of a branch, enrolled by a one-time code, known by its certificate.
 *
 *   added ──code──▶ waiting ──enrolled (code matches, not used, not expired)──▶ enrolled
 *                      ▲                                                           │
 *                      └────────────── a new code (lost device) ◀──────────────────┘
 *   blocked / unblocked at any time.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

const Tefter__TerminalRecord *terminal_get(struct tx *tx, uint32_t terminal);

Tefter__Refusal *apply_add_terminal(struct tx *tx, const Tefter__AddTerminal *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_change_terminal(struct tx *tx, const Tefter__ChangeTerminal *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_set_enrolment_code(struct tx *tx, const Tefter__SetEnrolmentCode *command,
                                          Tefter__Done *done);
Tefter__Refusal *apply_enrol_terminal(struct tx *tx, const Tefter__EnrolTerminal *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_renew_terminal(struct tx *tx, const Tefter__RenewTerminal *command,
                                      Tefter__Done *done);

/* `connected` and `staff` are left absent: the session knows them. */
Tefter__Refusal *view_terminals(struct tx *tx, const Tefter__TerminalList *query,
                                Tefter__TerminalsAnswer *answer);

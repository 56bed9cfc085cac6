/* Which approvals wait, and who decided one: also for the shell and the counter, which do without the rest of this folder. */
import type { Client } from "../lib/api";
import { ApprovalState, type ApprovalRow } from "../lib/messages";
import { namesOf } from "./live";

export const isWaiting = (row: ApprovalRow, now: number): boolean =>
    row.state === ApprovalState.APPROVAL_WAITING && Number(row.expires_ms) > now;

/* Who waits longest stands first; what is decided stands behind, newest first. */
export function waitingOf(rows: ReadonlyMap<bigint, ApprovalRow>, now: number): ApprovalRow[] {
    return [...rows.values()].filter((row) => isWaiting(row, now)).sort((a, b) => Number(a.expires_ms - b.expires_ms));
}

/* Granted, and for less than was asked. */
export const isForLess = (row: ApprovalRow): row is ApprovalRow & { approved_minor: bigint } =>
    row.approved_minor !== undefined && row.approved_minor < row.amount_minor;

export function decidedBy(client: Client, row: ApprovalRow): string {
    const names = namesOf(client);
    return row.decided_login === undefined
        ? names.person(row.decided_by?.staff)
        : names.personOfLogin(row.decided_login);
}

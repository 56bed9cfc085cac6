/* A sale that a manager is asked about: parked in the ledger, answered live, sold as it was asked for. */
import { effect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { decidedBy, isForLess } from "../board/waiting";
import type { Client, Replica } from "../lib/api";
import { ApprovalState, RefusalCode, type ApprovalRow, type Refusal } from "../lib/messages";
import { tell } from "../kit/head";
import { invoiceOf, isKnown, newDraft, unapproved, type Draft } from "./draft";
import * as drafts from "./drafts";
import { lineOfPaper } from "./products";
import { sentenceOf, type Said } from "./said";
import { doCommand, showStrip } from "./strip";
import { play } from "./sound";

type Rows = ReadonlyMap<bigint, ApprovalRow>;
const HEAD_OFFICE = 1;
const NONE: Rows = new Map();

/* One replica for all who look; what was heard of each is told once. */
export function useApprovals(client: Client): Rows {
    const replica: Replica<bigint, ApprovalRow> = useMemo(() => client.approvals(), [client]);
    useEffect(() => {
        const states = new Map<bigint, ApprovalState>();
        const stop = effect(() => {
            for (const row of replica.rows.value.values()) {
                const before = states.get(row.approval);
                states.set(row.approval, row.state);
                if (before === ApprovalState.APPROVAL_WAITING && before !== row.state) answered(client, row);
            }
            for (const draft of drafts.drafts.value) {
                const row = draft.approval === undefined ? undefined : replica.rows.value.get(draft.approval);
                if (
                    row?.state === ApprovalState.APPROVAL_GRANTED &&
                    draft.granted === undefined &&
                    draft.begun_ms === 0
                )
                    void takeGrant(client, draft, row);
                if (row?.state === ApprovalState.APPROVAL_SPENT && draft.begun_ms === 0) drafts.drop(draft.id);
            }
        });
        return () => {
            stop();
            replica.close();
        };
    }, [replica]);
    return replica.rows.value ?? NONE;
}

const heard = new Set<string>();

function answered(client: Client, row: ApprovalRow): void {
    const key = `${row.approval}:${row.state}`;
    const mine = drafts.drafts.value.find((draft) => draft.approval === row.approval);
    if (mine === undefined || heard.has(key)) return;
    heard.add(key);
    play(row.state === ApprovalState.APPROVAL_GRANTED ? "approved" : "refused");
    const said: Said & { kind: "answer" } = {
        kind: "answer",
        state:
            row.state === ApprovalState.APPROVAL_GRANTED
                ? "granted"
                : row.state === ApprovalState.APPROVAL_REFUSED
                  ? "refused"
                  : "lapsed",
        who: row.decided_login ?? "",
        customer: mine.customer_name,
        minor: isForLess(row) ? row.approved_minor : row.amount_minor,
        less: isForLess(row),
    };
    tell(sentenceOf({ ...said, who: decidedBy(client, row) }));
    showStrip({
        what: "approval",
        staff: mine.staff,
        customer: 0,
        customer_name: mine.customer_name,
        opens: mine.id,
        at_ms: client.clock(),
        state: "taken",
        note: row.reason?.value,
        said,
    });
}

export function approvalOf(rows: Rows, draft: Draft): ApprovalRow | undefined {
    return draft.approval === undefined ? undefined : rows.get(draft.approval);
}

/* The sale is parked as it stands; its tab waits for the answer. */
export async function askForIt(client: Client, draft: Draft, total: bigint): Promise<void> {
    drafts.setRefusal(draft.id, undefined);
    const asked = (draft.asked ?? 0) + 1;
    const came = await drafts.once(`ask ${draft.id} ${asked}`, () =>
        doCommand(client, "ask_approval", {
            customer: draft.customer,
            amount_minor: total,
            minutes: 15,
            note: (draft.to_manager ?? "").trim() === "" ? undefined : { value: draft.to_manager!.trim() },
            draft: invoiceOf(unapproved(draft), undefined),
        }),
    );
    if (came === "elsewhere") return; /* that page tells of it, and of the answer */
    if ("refused" in came) drafts.setRefusal(draft.id, came.refused);
    else if (came.done.id !== undefined) {
        const approval = came.done.id;
        drafts.change(draft.id, (each) => ({ ...unapproved(each), asked, approval, parked_ms: client.clock() }));
        await drafts.flush();
        drafts.begin();
    }
}

/* What may be sold now is the sale as the ledger holds it. */
export async function takeGrant(client: Client, draft: Draft, row: ApprovalRow): Promise<void> {
    const asked = await client.ask("approval", { approval: row.approval });
    if ("refused" in asked || asked.answer.draft === undefined) return;
    const granted = asked.answer.draft;
    drafts.change(draft.id, (each) =>
        each.granted !== undefined || each.begun_ms !== 0
            ? each
            : { ...each, granted, granted_lines: each.lines.filter(isKnown), parked_ms: 0 },
    );
}

/* What others of this counter's branch have parked, and anybody here who sells may sell once it is granted: the ledger
 * says who asked, who agreed and who sold it. */
export function parkedHere(client: Client, rows: Rows): ApprovalRow[] {
    const branch =
        client.device.value !== undefined && client.device.value !== "unknown" ? client.device.value.branch : 0;
    const ours = new Set(drafts.drafts.value.map((draft) => draft.approval));
    const open = [ApprovalState.APPROVAL_WAITING, ApprovalState.APPROVAL_GRANTED];
    return [...rows.values()]
        .filter(
            (row) =>
                row.lines !== undefined &&
                open.includes(row.state) &&
                (row.asked_by?.branch ?? HEAD_OFFICE) === branch &&
                !ours.has(row.approval),
        )
        .sort((a, b) => Number(a.asked_ms - b.asked_ms));
}

/* It becomes a draft of who opens it, as the ledger holds it. */
export async function openParked(client: Client, row: ApprovalRow): Promise<Refusal | undefined> {
    const asked = await client.ask("approval", { approval: row.approval });
    if ("refused" in asked) return asked.refused;
    const { draft: goods, lines, refusal } = asked.answer;
    if (goods === undefined) return refusal ?? { code: RefusalCode.APPROVAL_NOT_OPEN, roles: [], ways: [] };
    const fresh = newDraft(client.me.value!.staff, client.clock());
    const granted = row.state === ApprovalState.APPROVAL_GRANTED;
    const parked = lines.map((line, at) => lineOfPaper(line, at + 1));
    drafts.put({
        ...fresh,
        customer: row.customer,
        customer_name: row.customer_name?.value ?? row.customer_code ?? "",
        buyer: goods.buyer ?? 0,
        lines: parked,
        next: lines.length + 1,
        reference: goods.reference ?? "",
        note: goods.note?.value ?? "",
        total: row.amount_minor,
        approval: row.approval,
        granted: granted ? goods : undefined,
        granted_lines: granted ? parked : undefined,
        parked_ms: granted ? 0 : Number(row.asked_ms),
    });
    drafts.choose(fresh.id);
    location.assign("#/sale");
    return undefined;
}

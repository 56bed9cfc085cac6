/*
 * What the ledger would say to the sale on the screen, asked again at each change.
 *
 *     draft ──80 ms──▶ WhatIf (lines, total, decision) ──with money──▶ TryCommand (the same sale, paid)
 *
 * One question at a time; what changed meanwhile is asked next. The answer names the draft as it was asked about:
 * what is older than the screen is shown as the sums of this device, never as the ledger's.
 */
import { signal } from "@preact/signals";
import type { Client, Sent } from "../lib/api";
import {
    PaymentKind,
    RefusalCode,
    type Command,
    type Decision,
    type DocumentLine,
    type PaidPart,
    type Refusal,
} from "../lib/messages";
import { invoiceOf, isKnown, judgeKey, type Draft } from "./draft";
import { accountHere, place } from "./place";
import { canAsk } from "./products";

export interface Judged {
    key: string;
    total?: bigint;
    lines?: readonly DocumentLine[] /* of the draft's lines, in their order */;
    decision?: Decision;
    counts_money?: boolean /* the decision is about what is left after the money */;
    refusal?: Refusal;
    told?: ReadonlyMap<number, Told> /* by key of the line */;
}

/* A line's price by the lists, as it was told for just these goods; and another one before, while the sale was open. */
export interface Told {
    of: string;
    price: bigint;
    was?: bigint;
}

function toldOf(draft: Draft, found: Judged, before: ReadonlyMap<number, Told> | undefined): Judged["told"] {
    if (found.lines === undefined) return before;
    const told = new Map<number, Told>();
    draft.lines.forEach((line, at) => {
        const price = found.lines![at]!.price;
        if (line.price !== undefined || line.custom || line.was !== undefined) return;
        const of = `${draft.customer}|${line.product}|${line.unit}|${line.quantity}`;
        const old = before?.get(line.key);
        const first = old?.of === of ? (old.was ?? old.price) : price;
        told.set(line.key, { of, price, was: first === price ? undefined : first });
    });
    return told;
}

export const judged = signal<ReadonlyMap<string, Judged>>(new Map());

const WAIT_MS = 80;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;
let next: { client: Client; draft: Draft; given: bigint | undefined } | undefined;

/* Money belongs to the question, too: what is paid at once needs no credit. */
export function questionKey(draft: Draft, given: bigint | undefined): string {
    const parts = draft.parts.map(
        (part) => `${part.kind}:${part.amount ?? ""}:${part.account ?? ""}:${part.reference ?? ""}:${part.payer ?? ""}`,
    );
    return `${judgeKey(draft)}|${parts.join()}|${draft.customer === 0 ? "" : (given ?? "")}`;
}

export function judge(client: Client, draft: Draft, given: bigint | undefined, at_once = false): void {
    next = { client, draft, given };
    clearTimeout(timer);
    timer = setTimeout(
        () => {
            void run();
        },
        at_once ? 0 : WAIT_MS,
    );
}

export function paidParts(client: Client, draft: Draft, given: bigint | undefined): Sent<PaidPart>[] {
    const parts: Sent<PaidPart>[] = draft.parts.map((part) => ({
        kind: part.kind,
        amount_minor: part.amount,
        money_account: part.account ?? accountHere(client, part.kind),
        reference: part.reference || undefined,
        payer: part.payer ? { value: part.payer } : undefined,
    }));
    const rest_is_said = draft.parts.some((part) => part.amount === undefined);
    if (given !== undefined && given > 0n)
        parts.push({
            kind: PaymentKind.PAYMENT_CASH,
            amount_minor: given,
            money_account: accountHere(client, PaymentKind.PAYMENT_CASH),
        });
    else if (draft.customer === 0 && !rest_is_said && draft.parts.length === 0)
        parts.push({ kind: PaymentKind.PAYMENT_CASH, money_account: accountHere(client, PaymentKind.PAYMENT_CASH) });
    return parts;
}

/* The command that this draft is. */
export function saleCommand(
    client: Client,
    draft: Draft,
    given: bigint | undefined,
    total: bigint | undefined,
): Sent<Command> {
    const invoice = invoiceOf(draft, total);
    if (draft.corrects !== undefined)
        return {
            correct_invoice: {
                document: draft.corrects,
                invoice,
                reason: (draft.why ?? "").trim() === "" ? undefined : { value: draft.why!.trim() },
            },
        };
    const payments = paidParts(client, draft, given);
    return payments.length > 0 ? { sell_paid: { invoice, payments } } : { issue_invoice: invoice };
}

async function run(): Promise<void> {
    if (asking || next === undefined) return;
    const { client, draft, given } = next;
    next = undefined;
    if (!canAsk(client)) return;
    asking = true;
    try {
        const found = await ask(client, draft, given);
        if (found === undefined) return;
        const told = toldOf(draft, found, judged.value.get(draft.id)?.told);
        judged.value = new Map(judged.value).set(draft.id, { ...found, told });
    } finally {
        asking = false;
        if (next !== undefined) void run();
    }
}

/* An answer about the known lines, spread over all lines of the draft. */
function spread(draft: Draft, lines: readonly DocumentLine[]): DocumentLine[] | undefined {
    return draft.lines.every(isKnown) && lines.length === draft.lines.length ? [...lines] : undefined;
}

async function ask(client: Client, draft: Draft, given: bigint | undefined): Promise<Judged | undefined> {
    const key = questionKey(draft, given);
    const customer = draft.customer || place.value?.cash_customer;
    if (customer === undefined || draft.lines.filter(isKnown).length === 0) return { key };
    const command = saleCommand(client, draft, given, undefined);
    if (command.correct_invoice !== undefined) {
        const tried = await client.ask("try_command", { command });
        return "refused" in tried ? { key, refusal: tried.refused } : { key, refusal: tried.answer.refusal };
    }
    const asked = await client.ask("what_if", { customer, amount_minor: 0n, draft: invoiceOf(draft) });
    if ("refused" in asked) {
        const unpaid = asked.refused.code === RefusalCode.CASH_SALE_UNPAID && draft.customer === 0;
        return unpaid ? { key, total: asked.refused.over_by_minor } : { key, refusal: asked.refused };
    }
    const { decision, refusal, total_minor, lines } = asked.answer;
    const about: Judged = { key, total: total_minor, lines: spread(draft, lines), decision, refusal };
    if (draft.customer === 0)
        return {
            ...about,
            refusal: refusal?.code === RefusalCode.CASH_SALE_UNPAID ? undefined : refusal,
            decision: undefined,
        };
    if (command.sell_paid === undefined) return about;
    const tried = await client.ask("try_command", { command });
    const paid = "refused" in tried ? tried.refused : tried.answer.refusal;
    return {
        ...about,
        refusal: paid,
        decision: paid?.decision ?? decision,
        counts_money: paid?.decision !== undefined,
    };
}

/* Which line of the draft a refusal speaks of: "lines[3].price"; the server counts the known ones. */
export function refusedLine(draft: Draft, refusal: Refusal | undefined): number | undefined {
    const found = /lines\[(\d+)\]/.exec(refusal?.field ?? "");
    return found === null ? undefined : draft.lines.filter(isKnown)[Number(found[1])]?.key;
}

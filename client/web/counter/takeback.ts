/*
 * Taking a paper back, and with a sale the money that its own command took: what came in for it is handed back, as far
 * as the person may. The bill first, for money that pays a bill of the cash customer stays as long as the bill stands.
 */
import type { Client } from "../lib/api";
import {
    DocumentKind,
    PaymentKind,
    RefusalCode,
    type AccountRow,
    type Done,
    type DocumentAnswer,
    type DocumentRecord,
    type Refusal,
} from "../lib/messages";
import { money } from "../kit/format";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { kindWord } from "./words";

/* Money that came with a sale: its receipt, and how much of it was money. */
export interface With {
    payment: bigint;
    number: string;
    kind: PaymentKind;
    minor: bigint;
}
export interface TakenBack {
    reversal?: string;
    account?: AccountRow;
    back: With[];
    stays: { part: With; refusal: Refusal }[];
}

export const withOfDone = (done: Done): With[] =>
    done.payments.map((part) => ({
        payment: part.payment,
        number: part.number,
        kind: part.kind,
        minor: part.amount_minor,
    }));

/* What was rounded is no money. */
const inMoney = (paper: DocumentRecord): bigint =>
    paper.total_minor - (paper.rounding_minor ?? 0n) - (paper.discount_minor ?? 0n);

/* The money that the same command took; what was matched later is paid for another time. */
export async function withOfPaper(client: Client, answer: DocumentAnswer): Promise<With[]> {
    const found: With[] = [];
    if (answer.document.kind !== DocumentKind.DOCUMENT_INVOICE) return found;
    for (const touch of answer.touches) {
        const same = touch.match === answer.document.seq && touch.other_kind === DocumentKind.DOCUMENT_PAYMENT;
        if (!same || touch.undone) continue;
        const asked = await client.ask("document", { document: touch.other });
        const paper = "refused" in asked ? undefined : asked.answer.document;
        found.push({
            payment: touch.other,
            number: touch.other_number ?? "",
            kind: paper?.payment_kind ?? touch.payment_kind ?? PaymentKind.PAYMENT_CASH,
            minor: paper === undefined ? touch.amount_minor : inMoney(paper),
        });
    }
    return found;
}

export async function takeBack(
    client: Client,
    document: bigint,
    parts: readonly With[],
    reason: string,
): Promise<TakenBack | { refused: Refusal }> {
    const reverse = (one: bigint) =>
        client.submit("reverse_document", { document: one, reason: { value: reason } }).ended;
    const fate = await reverse(document);
    if (fate.kind === "refused") return { refused: fate.refused };
    if (fate.kind !== "done") return { refused: { code: RefusalCode.BUSY, roles: [], ways: [] } };
    const taken: TakenBack = { reversal: fate.done.reversal_number, account: fate.done.account, back: [], stays: [] };
    for (const part of parts) {
        const next = await reverse(part.payment);
        if (next.kind === "done") {
            taken.back.push(part);
            taken.account = next.done.account ?? taken.account;
        } else if (next.kind === "refused" && next.refused.code !== RefusalCode.ALREADY_REVERSED) {
            taken.stays.push({ part, refusal: next.refused }); /* else somebody was faster, and gave it back */
        }
    }
    return taken;
}

export const backWords = (taken: Pick<TakenBack, "back">): string[] =>
    taken.back.map(({ kind, minor }) =>
        kind === PaymentKind.PAYMENT_CASH
            ? say("Give back {amount} in cash.", { amount: money(undefined, minor) })
            : say("Give back {amount} ({kind}).", { amount: money(undefined, minor), kind: kindWord(kind) }),
    );

/* The bill is gone and its money is not: how much, why, and what is to be done now. */
export const staysWords = (client: Client, taken: Pick<TakenBack, "stays">): string[] =>
    taken.stays.map(({ part, refusal }) =>
        say(
            "{amount} of {number} was not reversed and stays to their credit: {reason} Whoever may do that reverses {number} too, or pays it out.",
            { amount: money(undefined, part.minor), number: part.number, reason: refusalText(refusal, client) },
        ),
    );

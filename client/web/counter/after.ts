/* What is shown of a sale or a payment that was taken, whichever screen is open: each of them calls followDone. */
import { signal } from "@preact/signals";
import { serverNow } from "../kit/format";
import { rememberCustomer } from "./customer";
import type { Draft } from "./draft";
import * as drafts from "./drafts";
import { stripOfPayment } from "./paid";
import { showStrip, strip, stripOfKept, stripOfSale } from "./strip";
import { readMoney } from "./typed";

interface Change {
    staff: number;
    number: string;
    given: bigint;
    due: bigint;
    minor: bigint;
}
export const change = signal<Change | undefined>(undefined);

/* What was given back of a sale that waits for the line: by what was taken here, as the till showed it. */
function backOf(draft: Draft): Change | undefined {
    const given = readMoney(draft.given) ?? 0n;
    const due = draft.taken ?? 0n;
    if (draft.pay !== undefined || draft.customer !== 0 || draft.parts.length > 0 || given <= due) return undefined;
    return { staff: draft.staff, number: "", given, due, minor: given - due };
}

export function followDone(): void {
    drafts.whenKept((draft, kept) => {
        if (kept) {
            const back = backOf(draft);
            if (draft.pay === undefined) change.value = back;
            showStrip(stripOfKept(draft, serverNow(), back?.minor));
        } else if (strip.peek()?.kept === draft.id) showStrip(undefined);
    });
    drafts.whenDone((draft, done, at_ms) => {
        const minor = done.change_minor ?? 0n;
        const given = readMoney(draft.given) ?? 0n;
        if (draft.pay === undefined)
            change.value =
                minor > 0n
                    ? { staff: draft.staff, number: done.number ?? "", given, due: given - minor, minor }
                    : undefined;
        showStrip(draft.pay !== undefined ? stripOfPayment(draft, done, at_ms) : stripOfSale(draft, done, at_ms));
        rememberCustomer(draft.customer);
    });
}

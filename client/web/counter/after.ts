/* What is shown of a sale or a payment that was taken, whichever screen is open: each of them calls followDone. */
import { signal } from "@preact/signals";
import { serverNow } from "../kit/format";
import { rememberCustomer } from "./customer";
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

export function followDone(): void {
    drafts.whenKept((draft, kept) => {
        if (kept) showStrip(stripOfKept(draft, serverNow()));
        else if (strip.peek()?.kept === draft.id) showStrip(undefined);
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

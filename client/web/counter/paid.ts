/* What the strip tells of a payment: the sale's screen too shows one that was kept and is taken now. */
import { PaymentKind, type Done } from "../lib/messages";
import type { Draft } from "./draft";
import { owedBefore, type Strip } from "./strip";

export function stripOfPayment(draft: Draft, done: Done, at_ms: number): Strip {
    return {
        what: "payment",
        staff: draft.staff,
        id: done.id,
        number: done.number,
        customer: draft.customer,
        customer_name: draft.customer_name,
        minor: done.total_minor ?? draft.pay?.minor,
        said: { kind: "money", of: draft.pay?.kind ?? PaymentKind.PAYMENT_CASH },
        account: done.account,
        was: owedBefore(draft, done, -(done.total_minor ?? draft.pay?.minor ?? 0n)),
        done,
        draft,
        at_ms,
        state: "taken",
        matched: done.matched_minor,
    };
}

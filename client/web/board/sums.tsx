/* What a customer's limit comes to: live while somebody decides, as it was once it is decided. */
import { useSignal } from "@preact/signals";
import type { Client } from "../lib/api";
import type { AccountRow, Decision } from "../lib/messages";
import { availableOf, LineThatAddsUp, Money, Sign, usedOf, type Adding } from "../kit";
import { say } from "../kit/words";
import { useCustomer } from "./live";

/* With a payer or sites it is the family's figures that add up, unless the site's own limit leaves less. What slips
 * free before they are confirmed lowers the exposure as money not yet matched does, and stands with it. */
export function addingOf(account: AccountRow): Adding {
    const figures = account.family !== undefined && account.site_binds !== true ? account.family : account;
    return {
        limit: account.unlimited
            ? undefined
            : account.site_binds === true
              ? (account.site_limit_minor ?? account.limit_minor)
              : account.limit_minor,
        bills: figures.bills_minor,
        cheques: figures.uncleared_minor === 0n ? undefined : figures.uncleared_minor,
        unmatched: figures.unmatched_minor + (account.freed_minor ?? 0n),
    };
}

export function addingOfDecision(decision: Decision): Adding {
    return {
        limit: decision.unlimited ? undefined : decision.limit_minor,
        bills: decision.bills_minor,
        cheques: decision.uncleared_minor === 0n ? undefined : decision.uncleared_minor,
        unmatched: decision.unmatched_minor + (decision.freed_minor ?? 0n),
    };
}

export function Sums({
    client,
    customer,
    sale,
    decision,
    waits,
}: {
    client: Client;
    customer: number;
    sale: bigint;
    decision: Decision | undefined;
    waits: boolean;
}) {
    const whole = useSignal(false);
    const account = useCustomer(client, customer)?.account;
    const terms =
        waits && account !== undefined
            ? addingOf(account)
            : decision === undefined
              ? undefined
              : addingOfDecision(decision);
    if (terms === undefined) return null;
    const available = availableOf(terms);
    const after = available === undefined ? undefined : available - sale;
    return (
        <div class={`sums${whole.value ? " whole" : ""}`}>
            <h3>{waits ? say("How it adds up") : say("How it added up then")}</h3>
            <div class="sums-long">
                <LineThatAddsUp form="phone" terms={{ ...terms, sale }} />
            </div>
            <button
                type="button"
                class="sums-short"
                aria-expanded={whole.value}
                onClick={() => {
                    whole.value = !whole.value;
                }}>
                <span class="sum-row">
                    <span class="label">{say("Limit")}</span>
                    {terms.limit === undefined ? say("none") : <Money minor={terms.limit} />}
                </span>
                <span class="sum-row">
                    <span class="label">
                        − {say("Used now")}{" "}
                        <span class="accent" aria-hidden="true">
                            ›
                        </span>
                    </span>
                    <Money minor={usedOf(terms)} />
                </span>
                <span class="sum-row">
                    <span class="label">− {say("This sale")}</span>
                    <Money minor={sale} />
                </span>
                {after !== undefined && (
                    <span class={`sum-row total ${after < 0n ? "over" : ""}`}>
                        <span class="label">= {after < 0n ? say("Over by") : say("Available")}</span>
                        <span class="nowrap">
                            {after < 0n && <Sign of="▲" />}
                            <Money minor={after < 0n ? -after : after} />
                        </span>
                    </span>
                )}
            </button>
        </div>
    );
}

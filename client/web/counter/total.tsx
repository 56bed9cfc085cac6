/* What the sale comes to, and the one button: it names what it does, and shows how far that is. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { day, money, notKept, percent, unit, whole } from "../kit/format";
import { Money } from "../kit/money";
import { Button, classes } from "../kit/parts";
import { say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import type { Paying } from "./cash";
import type { Sums } from "./draft";
import type { Underway } from "./drafts";
import { isPhone } from "./hooks";

export interface TotalProps {
    client: Client;
    sums: Sums;
    total: bigint;
    exact: boolean /* as the ledger says it */;
    paying: Paying | undefined /* cash, or money that comes with it */;
    cash: boolean;
    due: number | undefined;
    button: string;
    blocked: string | false;
    waits: boolean /* it is being added up: F9 counts when that is done */;
    underway: Underway | undefined;
    onCommit: () => void;
    items: number;
    toWays?: () => void /* phone: the ways are out of view */;
    ways: number;
    extra?: ComponentChildren;
}

/* "sending" only after 150 ms; a line that is cut says "asking again", and there is never a second button. */
function useSlow(underway: Underway | undefined): boolean {
    const [slow, setSlow] = useState(false);
    const on = underway !== undefined;
    useEffect(() => {
        if (!on) {
            setSlow(false);
            return undefined;
        }
        const timer = setTimeout(() => setSlow(true), 150);
        return () => clearTimeout(timer);
    }, [on]);
    return on && slow;
}

export function stepWords(underway: Underway): string {
    switch (underway.fate.kind) {
        case "asking again":
            return say("Asking again; it counts once");
        case "waiting":
            return underway.lost === true ? notKept(1) : say("Kept here, sends by itself");
        case "looking":
            return say("Looking up what became of it");
        default:
            return say("Sending …");
    }
}

function Rows({ sums, paying, cash, total }: TotalProps): JSX.Element {
    const rates = [...sums.rates];
    const rounding = paying?.rounding ?? 0n;
    if (!cash)
        return (
            <p class="small ink-2 total-line cut">
                {say("Goods")} <Money minor={sums.net} />
                {rates.map(([rate, tax]) => (
                    <span key={rate}>
                        {" "}
                        + {say("VAT {rate}", { rate: percent(rate) })} <Money minor={tax} />
                    </span>
                ))}
            </p>
        );
    return (
        <dl class="total-rows">
            <div>
                <dt>{say("Goods")}</dt>
                <dd>
                    <Money minor={sums.net} />
                </dd>
            </div>
            {rates.map(([rate, tax]) => (
                <div key={rate}>
                    <dt>{say("VAT {rate}", { rate: percent(rate) })}</dt>
                    <dd>
                        <Money minor={tax} />
                    </dd>
                </div>
            ))}
            {rounding !== 0n && (
                <div>
                    <dt>
                        {say("Rounding")}{" "}
                        <span class="small ink-2">{rounding > 0n ? say("down in cash") : say("up in cash")}</span>
                    </dt>
                    <dd>
                        <Money minor={-rounding} />
                    </dd>
                </div>
            )}
            {rounding === 0n && total !== sums.total && sums.whole && (
                <div>
                    <dt>{say("Rounding")}</dt>
                    <dd>
                        <Money minor={total - sums.total} />
                    </dd>
                </div>
            )}
        </dl>
    );
}

export function Total(props: TotalProps): JSX.Element {
    const { paying, cash, total, exact, underway } = props;
    const slow = useSlow(underway);
    const shown = cash && paying !== undefined && paying.other === 0n ? total - paying.rounding : total;
    const words = underway !== undefined && slow ? stepWords(underway) : props.button;
    const blocked = underway !== undefined ? words : props.waits ? false : props.blocked;
    const toWays = props.toWays !== undefined && props.ways > 0 && underway === undefined;
    return (
        <section class="panel total-box" aria-label={say("Total")}>
            {!isPhone.value && <Rows {...props} />}
            <div class="total-row">
                <span>
                    <b>{cash ? say("To pay") : say("Total")}</b>
                    {isPhone.value && (
                        <span class="small ink-2">
                            {" "}
                            {sayMany("{count} item, with VAT", "{count} items, with VAT", props.items)}
                        </span>
                    )}
                </span>
                <span class={classes("figure", !exact && props.items > 0 && "ink-2")}>
                    <Money minor={shown} />
                    <span class="unit">
                        {"\u00A0"}
                        {unit()}
                    </span>
                </span>
            </div>
            {!isPhone.value && !cash && (
                <p class="small ink-2 total-line row">
                    <span class="grow">
                        {say("Paid now")}{" "}
                        <Money
                            minor={paying === undefined ? 0n : total - paying.left > 0n ? total - paying.left : 0n}
                        />
                    </span>
                    {props.due !== undefined && <span>{say("due {day}", { day: day(props.due) })}</span>}
                </p>
            )}
            {props.extra}
            {toWays ? (
                <Button large wide class="to-ways" onClick={props.toWays}>
                    {sayMany("{count} way to go on", "{count} ways to go on", props.ways, { count: whole(props.ways) })}{" "}
                    <span aria-hidden="true">↓</span>
                </Button>
            ) : (
                <Button large wide filled hotkey="F9" blocked={blocked} onClick={props.onCommit} class="commit">
                    {words}
                </Button>
            )}
        </section>
    );
}

export function commitWords(
    client: Client,
    options: {
        cash: boolean;
        corrects?: string;
        total: bigint;
        paying: Paying | undefined;
        empty: boolean;
        approved: boolean;
    },
): string {
    const { cash, total, paying } = options;
    if (options.empty) return say("Nothing to sell yet");
    if (options.corrects !== undefined)
        return say("Correct {number} to {amount}", { number: options.corrects, amount: money(client, total) });
    if (cash && paying !== undefined && paying.other === 0n)
        return paying.change > 0n
            ? say("Take {amount} cash, give {change}", {
                  amount: money(client, paying.due),
                  change: money(client, paying.change),
              })
            : say("Take {amount} cash", { amount: money(client, paying.due) });
    if (cash) return say("Take {amount}", { amount: money(client, total) });
    if (paying !== undefined && (paying.given > 0n || paying.other > 0n)) {
        const now = total - paying.left;
        return paying.left <= 0n
            ? say("Sell, {amount} paid now", { amount: money(client, now) })
            : say("Sell, {now} now, {later} on credit", { now: money(client, now), later: money(client, paying.left) });
    }
    return options.approved
        ? say("Sell as approved {amount}", { amount: money(client, total) })
        : say("Sell on credit {amount}", { amount: money(client, total) });
}

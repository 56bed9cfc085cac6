/*
 * A refusal is a fork: what is in the way and by how much, and the ways on as equals, money first. Nothing typed is lost.
 */
import type { ComponentChildren, JSX } from "preact";
import type { Client } from "../lib/api";
import { RefusalCode, WayOutKind, type Refusal } from "../lib/messages";
import { money, whole } from "../kit/format";
import { Field, Kbd } from "../kit/parts";
import { refusalText, rolesText, wallTexts, wayText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import type { Draft, Line } from "./draft";
import * as drafts from "./drafts";

export interface Split {
    now: Line[];
    later: Line[];
    now_minor: bigint;
    later_minor: bigint;
}
export interface WayProps {
    client: Client;
    draft: Draft;
    refusal: Refusal;
    split: Split | undefined;
    onPay: (amount: bigint | undefined) => void;
    onPart: () => void;
    onPark: () => void;
    onAsk: () => void;
    more?: boolean /* something is paid already: it is not enough */;
}

export interface Way {
    key: string;
    title: string;
    note: ComponentChildren;
    run: () => void;
}

/* Does it stop the sale in a way that money, less goods, time or somebody else can change? */
export function isFork(refusal: Refusal | undefined): boolean {
    if (refusal === undefined) return false;
    return refusal.ways.length > 0 || (refusal.decision !== undefined && refusal.code !== RefusalCode.WITHIN_LIMIT);
}

export function waysOf(props: WayProps): Way[] {
    const { client, refusal, split } = props;
    const ways: Way[] = [];
    const of = (kind: WayOutKind): bigint | undefined => refusal.ways.find((way) => way.kind === kind)?.amount_minor;
    const pay = of(WayOutKind.WAY_PAY_NOW) ?? of(WayOutKind.WAY_PAY_OVERDUE);
    if (pay !== undefined && pay > 0n)
        ways.push({
            key: "F3",
            title: props.more
                ? say("Pay {amount} more now", { amount: money(client, pay) })
                : say("Pay {amount} now", { amount: money(client, pay) }),
            note: refusal.ways.some((way) => way.kind === WayOutKind.WAY_PAY_NOW)
                ? say("cash, POS or a transfer that is there")
                : say("the oldest bills, as a payment"),
            run: () => props.onPay(refusal.ways.some((way) => way.kind === WayOutKind.WAY_PAY_NOW) ? pay : undefined),
        });
    if (split !== undefined && split.now.length > 0 && split.later.length > 0)
        ways.push({
            key: "F4",
            title: say("Take part now, the rest later"),
            note: say("now {now} · later {later}", {
                now: money(client, split.now_minor),
                later: money(client, split.later_minor),
            }),
            run: props.onPart,
        });
    ways.push({
        key: "F6",
        title: say("Park it"),
        note: say("it is kept on this device until you take it up"),
        run: props.onPark,
    });
    const ask = refusal.ways.find((way) => way.kind === WayOutKind.WAY_ASK_APPROVAL);
    if (ask !== undefined || props.draft.granted !== undefined)
        ways.push({
            key: "F8",
            title: props.draft.granted === undefined ? say("Ask a manager") : say("Ask again for all of it"),
            note: say("{roles} · open for 15 min", { roles: rolesText(ask?.roles ?? []) ?? say("who may approve") }),
            run: props.onAsk,
        });
    return ways;
}

/* What nobody at the till can do, but somebody can. */
const ELSEWHERE: readonly WayOutKind[] = [
    WayOutKind.WAY_CONFIRM_MONEY,
    WayOutKind.WAY_RAISE_LIMIT,
    WayOutKind.WAY_UNLOCK,
    WayOutKind.WAY_CHANGE_TERMS,
];

export function Ways(props: WayProps): JSX.Element {
    const { client, refusal } = props;
    const ways = waysOf(props);
    const walls = wallTexts(refusal, client);
    const others = refusal.ways
        .filter((way) => ELSEWHERE.includes(way.kind))
        .map((way) => wayText(way, refusal, client))
        .filter((text) => text !== "");
    const counted =
        ways.length === 4
            ? say("The sale is kept. Four ways to go on:")
            : sayMany(
                  "The sale is kept. {count} way to go on:",
                  "The sale is kept. {count} ways to go on:",
                  ways.length,
                  { count: whole(ways.length) },
              );
    return (
        <section class="panel ways" id="ways" aria-label={say("Ways to go on")}>
            <p class="small ink-2 row">
                <span class="grow">{counted}</span>
                {refusal.decision !== undefined && (
                    <span class="ink-3">
                        {say("policy {number}", { number: whole(refusal.decision.policy_version) })}
                    </span>
                )}
            </p>
            {walls.length > 1 && (
                <ul class="small walls">
                    {walls.map((wall) => (
                        <li key={wall}>{wall}</li>
                    ))}
                </ul>
            )}
            {ways.map((way) => (
                <button key={way.key} type="button" class="way" onClick={way.run} aria-keyshortcuts={way.key}>
                    <span class="grow">
                        <b>{way.title}</b>
                        <span class="small ink-2">{way.note}</span>
                    </span>
                    <Kbd>{way.key}</Kbd>
                </button>
            ))}
            {ways.some((way) => way.key === "F8") && (
                <Field
                    label={say("A line for the manager, if you like")}
                    hideLabel
                    placeholder={say("A line for the manager, if you like")}
                    value={props.draft.to_manager ?? ""}
                    onText={(text) => drafts.change(props.draft.id, (each) => ({ ...each, to_manager: text }))}
                    onEnter={props.onAsk}
                    maxLength={200}
                    noNote
                    class="to-manager"
                />
            )}
            {others.length > 0 && <p class="small ink-2">{others.join(" · ")}</p>}
        </section>
    );
}

/* A refusal that is no fork: something in the sale itself is to be changed. */
export function Plain({
    client,
    refusal,
    end,
}: {
    client: Client;
    refusal: Refusal;
    end?: ComponentChildren;
}): JSX.Element {
    return (
        <section class="panel plain-refusal" role="alert">
            <b>
                <span class="sign" aria-hidden="true">
                    ▲
                </span>
                {refusalText(refusal, client)}
            </b>
            {end}
        </section>
    );
}

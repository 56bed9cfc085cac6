/* Amounts on a screen: each an isolate of its own, with the sign and the word that say what it means. */
import type { ComponentChildren, JSX } from "preact";
import { amount, change, currencyOf, paperNumber, quantity, unit, type Currency } from "./format";
import { ExcessPolicy, type AccountRow, type LimitTerms } from "../lib/messages";
import { direction, directionOf, language, listed, say } from "./words";

const persianClass = (): string => (language.value === "fa" ? "n fa" : "n");

/* What is in an element that isolates it needs no marks. */
const bare = (text: string): string => text.replace(/[\u2066\u2069]/g, "");

/* Any figure: number, code, date, time. `text` is formatted already. */
export function Figure({ text, class: more }: { text: string; class?: string }): JSX.Element {
    return (
        <bdi dir="ltr" class={more === undefined ? persianClass() : `${persianClass()} ${more}`}>
            {bare(text)}
        </bdi>
    );
}

export interface MoneyProps {
    minor: bigint;
    unit?: boolean /* with ₫, € … behind it */;
    signed?: boolean /* + before what is more than 0 */;
    currency?: Currency;
    class?: string;
}

export function Money({
    minor,
    unit: withUnit,
    signed,
    currency = currencyOf(),
    class: more,
}: MoneyProps): JSX.Element {
    const text = signed ? change(minor, currency) : amount(minor, currency);
    return (
        <bdi dir="ltr" class={more === undefined ? persianClass() : `${persianClass()} ${more}`}>
            {text}
            {withUnit && (
                <span class="unit">
                    {"\u00A0"}
                    {unit(currency)}
                </span>
            )}
        </bdi>
    );
}

/* A character that says what a colour says; its word is the label. */
/* Of somebody, where their whole name has no room: its last word tells more of them than its beginning and "…". */
export function shortName(name: string, letters: number): string {
    const whole = name.trim();
    if ([...whole].length <= letters) return whole;
    return /\S+$/.exec(whole)?.[0] ?? whole;
}

export function Sign({ of, word }: { of: string; word?: string }): JSX.Element {
    return (
        <>
            <span class="sign" aria-hidden="true">
                {of}
            </span>
            {word !== undefined && <span class="unseen">{word} </span>}
        </>
    );
}

/* "▲ over by 64,500,000"; without its word where the label beside says it. */
export function Over({
    minor,
    word = true,
    unit: withUnit,
}: {
    minor: bigint;
    word?: boolean;
    unit?: boolean;
}): JSX.Element {
    return (
        <span class="over nowrap">
            <Sign of="▲" word={word ? undefined : say("over by")} />
            {word && <>{say("over by")} </>}
            <Money minor={minor} unit={withUnit} />
        </span>
    );
}

/* Why nothing is available, whatever is left of the limit. */
export type Stopped = "locked" | "overdue";

export const stoppedText = (why: Stopped): string => (why === "locked" ? say("locked") : say("nothing: overdue"));

/* The facts that a row has; by which bills somebody is stopped the terms say, which only a card has. */
export function stoppedOf(
    row: { locked?: boolean } | undefined,
    account: AccountRow | undefined,
    terms?: LimitTerms,
    today = 0,
): Stopped | undefined {
    if (row?.locked === true || account?.locked === true || account?.payer_locked === true) return "locked";
    if (account?.oldest_due === undefined || terms === undefined || account.family !== undefined) return undefined;
    if (terms.policy === ExcessPolicy.EXCESS_WARN) return undefined;
    const old = terms.overdue_days !== undefined && today - account.oldest_due > terms.overdue_days;
    const much = terms.overdue_minor !== undefined && (account.overdue_minor ?? 0n) > terms.overdue_minor;
    return old || much ? "overdue" : undefined;
}

/* What is available, or by how much over it: one place in every list. Less than a twentieth of the limit is late's
 * colour. */
export function Available({
    minor,
    limit,
    word = true,
    stopped,
}: {
    minor: bigint;
    limit?: bigint;
    word?: boolean;
    stopped?: Stopped;
}): JSX.Element {
    if (stopped !== undefined)
        return (
            <span class="over nowrap">
                <Sign of={stopped === "locked" ? "⊘" : "◷"} />
                {stoppedText(stopped)}
            </span>
        );
    if (minor < 0n) return <Over minor={-minor} word={word} />;
    const little = limit !== undefined && minor * 20n < limit;
    return (
        <span class={little ? "late nowrap" : "nowrap"}>
            {word && <>{say("available")} </>}
            <Money minor={minor} />
        </span>
    );
}

/* A balance: in their favour it has its minus, its colour and its word. */
export function Balance({ minor, unit: withUnit }: { minor: bigint; unit?: boolean }): JSX.Element {
    if (minor >= 0n) return <Money minor={minor} unit={withUnit} />;
    return (
        <span class="credit nowrap">
            <Money minor={minor} unit={withUnit} /> <span class="small">{say("in credit")}</span>
        </span>
    );
}

export function Quantity({ thousandths, measure }: { thousandths: bigint; measure?: string }): JSX.Element {
    return <Figure text={quantity(thousandths, measure)} />;
}

const wordsOf = (children: ComponentChildren): string =>
    Array.isArray(children) ? children.map(wordsOf).join("") : typeof children === "string" ? children : "";

/* Names in a line with others: one of another direction stays where it stands. */
export function apart(text: string): string {
    const own = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text) ? "rtl" : "ltr";
    return text === "" || own === direction() ? text : `\u2068${text}\u2069`;
}

/* Several of them beside each other. */
export const named = (parts: readonly (string | undefined)[]): string =>
    listed(parts.map((part) => part && apart(part)));

/* A name from data, or whatever else somebody wrote: its own direction. */
export function Name({ children, class: more }: { children: ComponentChildren; class?: string }): JSX.Element {
    return (
        <bdi class={more} dir={directionOf(wordsOf(children))}>
            {children}
        </bdi>
    );
}

/* A sentence in which the numbers of papers are never broken at their hyphens. */
export const unbroken = (text: string): ComponentChildren =>
    text
        .split(/(\p{Lu}+(?:-\p{Lu}+)?-[0-9\u06f0-\u06f9]+)/u)
        .map((part, at) => (at % 2 === 0 ? part : <span class="nowrap">{part}</span>));

/* A number of a paper, a code, a phone, in an element of its own. */
export function Code({ children }: { children: string }): JSX.Element {
    return (
        <bdi dir="ltr" class="n">
            {bare(paperNumber(children))}
        </bdi>
    );
}

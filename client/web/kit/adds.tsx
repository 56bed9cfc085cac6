/*
 * The one line that adds up: always these terms, this order, this arithmetic.
 *
 *     limit + guarantees = unpaid bills + deliveries, holds + slips not cleared − not yet matched + available
 *
 * The result stands at the inline end on a soft ground, and its small line is the arithmetic.
 */
import type { ComponentChildren, JSX } from "preact";
import { amount, type Currency } from "./format";
import { Money, Sign, stoppedText, type Stopped } from "./money";
import { Bar, classes, type BarPart } from "./parts";
import { say } from "./words";

export interface Adding {
    limit: bigint | undefined /* none: no credit limit is set */;
    guarantees?: bigint /* undefined: the company has none, the term is not there */;
    bills: bigint;
    held?: bigint /* deliveries, holds */;
    cheques?: bigint /* and card slips; undefined: there are none, the term is not there */;
    unmatched: bigint;
    sale?: bigint /* what this sale adds, in a sale */;
    stopped?: Stopped /* nothing is available, whatever is left of the limit */;
}

export function usedOf(terms: Adding): bigint {
    return terms.bills + (terms.held ?? 0n) + (terms.cheques ?? 0n) - terms.unmatched;
}

/* Less than 0: over by. undefined: no limit. */
export function availableOf(terms: Adding): bigint | undefined {
    return terms.limit === undefined ? undefined : terms.limit + (terms.guarantees ?? 0n) - usedOf(terms);
}

interface Term {
    operator: string;
    label: string;
    value: bigint;
    colour?: string;
    class?: string;
    sign?: string;
}

function termsOf(terms: Adding): Term[] {
    const available = availableOf(terms);
    const rows: Term[] = [];
    if (terms.limit !== undefined) rows.push({ operator: "", label: say("Limit"), value: terms.limit });
    if (terms.guarantees !== undefined) rows.push({ operator: "+", label: say("Guarantees"), value: terms.guarantees });
    rows.push({
        operator: rows.length === 0 ? "" : "=",
        label: say("Unpaid bills"),
        value: terms.bills,
        colour: "var(--c1)",
    });
    if (terms.held !== undefined)
        rows.push({ operator: "+", label: say("Deliveries, holds"), value: terms.held, colour: "var(--c2)" });
    if (terms.cheques !== undefined)
        rows.push({ operator: "+", label: say("Slips not cleared"), value: terms.cheques, colour: "var(--c3)" });
    rows.push({ operator: "−", label: say("Not yet matched"), value: terms.unmatched, class: "credit" });
    if (available !== undefined)
        rows.push(
            available >= 0n
                ? {
                      operator: "+",
                      label: terms.stopped === undefined ? say("Available") : say("Left of the limit"),
                      value: available,
                      class: "strong",
                  }
                : { operator: "−", label: say("Over by"), value: -available, class: "strong over", sign: "▲" },
        );
    return rows;
}

/* Bills, deliveries and slips shortened from the end by what is not yet matched, this sale, what is beyond the
 * limit. */
export function barOf(terms: Adding): { parts: BarPart[]; all: bigint; limit: bigint | undefined } {
    const net = usedOf(terms);
    const used = net > 0n ? net : 0n;
    const sale = terms.sale ?? 0n;
    const credit = used - net; /* what is not yet matched beyond all bills: a sale has this room too */
    const cap = terms.limit === undefined ? used + sale : terms.limit + (terms.guarantees ?? 0n) + credit;
    const parts: BarPart[] = [];
    const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
    let room = least(used, cap);
    for (const [value, colour] of [
        [terms.bills, "var(--c1)"],
        [terms.held ?? 0n, "var(--c2)"],
        [terms.cheques ?? 0n, "var(--c3)"],
    ] as const) {
        const part = least(value, room);
        if (part > 0n) parts.push({ value: part, colour });
        room -= part > 0n ? part : 0n;
    }
    if (used > cap) parts.push({ value: used - cap, colour: "var(--over)" });
    const within = used < cap ? least(sale, cap - used) : 0n;
    if (within > 0n) parts.push({ value: within, colour: "", hatched: true });
    if (sale > within) parts.push({ value: sale - within, colour: "var(--over)" });
    const all = used + sale > cap ? used + sale : cap;
    return { parts, all, limit: terms.limit === undefined ? undefined : cap };
}

export interface ResultProps {
    how: ComponentChildren /* "Available − this sale" */;
    label: ComponentChildren;
    figure: ComponentChildren;
    tone?: "over" | "late";
    sign?: string;
    stopped?: Stopped /* as the server judged it, with the terms that count */;
}

/* The block that is seen first. */
export function Result({ how, label, figure, tone, sign }: ResultProps): JSX.Element {
    return (
        <div class={classes("result", tone)} role="status">
            <div class="result-how">{how}</div>
            <div class="result-row">
                <span class="result-label">{label}</span>
                <span class="result-figure">
                    {sign !== undefined && <Sign of={sign} />}
                    {figure}
                </span>
            </div>
        </div>
    );
}

export interface LineProps {
    terms: Adding;
    who?: ComponentChildren /* customer, what is known of them, "Change /" */;
    form?: "desk" | "phone" /* a row, or a column that starts at the limit */;
    currency?: Currency;
    at?: string /* the line is lost: "09:37" */;
    result?: ResultProps /* in place of available: slice left, after the payment … */;
    dimmed?: boolean;
}

function resultOf(terms: Adding, currency: Currency | undefined): ResultProps {
    const available = availableOf(terms);
    const sale = terms.sale;
    if (available === undefined)
        return {
            how: say("No limit is set"),
            label: say("Used"),
            figure: <Money minor={usedOf(terms) + (sale ?? 0n)} currency={currency} />,
        };
    if (terms.stopped !== undefined && available >= 0n)
        return {
            how: say("Limit {limit} − used {used}", {
                limit: amount(terms.limit! + (terms.guarantees ?? 0n), currency),
                used: amount(usedOf(terms), currency),
            }),
            label: say("Available"),
            tone: "over",
            sign: terms.stopped === "locked" ? "⊘" : "◷",
            figure: stoppedText(terms.stopped),
        };
    const after = available - (sale ?? 0n);
    const cap = terms.limit! + (terms.guarantees ?? 0n);
    const tone = after < 0n ? ("over" as const) : after * 20n < cap ? ("late" as const) : undefined;
    const text = (minor: bigint): string => amount(minor, currency);
    const how =
        sale !== undefined
            ? available < 0n
                ? say("Over by {over} + this sale {sale}", { over: text(-available), sale: text(sale) })
                : say("Available {available} − this sale {sale}", { available: text(available), sale: text(sale) })
            : say("Limit {limit} − used {used}", { limit: text(cap), used: text(usedOf(terms)) });
    const label =
        sale !== undefined
            ? after < 0n
                ? say("After it: over by")
                : say("After it: available")
            : after < 0n
              ? say("Over by")
              : say("Available");
    return {
        how,
        label,
        tone,
        sign: after < 0n ? "▲" : undefined,
        figure: <Money minor={after < 0n ? -after : after} currency={currency} />,
    };
}

export function LineThatAddsUp({ terms, who, form = "desk", currency, at, result, dimmed }: LineProps): JSX.Element {
    const rows = termsOf(terms);
    const bar = barOf(terms);
    const shown = result ?? resultOf(terms, currency);
    const label = rows.map((row) => `${row.operator} ${row.label} ${amount(row.value, currency)}`).join(" ");
    if (form === "phone")
        return <PhoneColumn rows={rows} terms={terms} currency={currency} bar={bar} shown={shown} dimmed={dimmed} />;
    return (
        <div class={classes("adds", dimmed && "dimmed")}>
            <div class="adds-left">
                {who !== undefined && <div class="adds-who">{who}</div>}
                <div class="terms">
                    {rows.map((row, index) => (
                        <>
                            {row.operator !== "" && (
                                <span key={`o${index}`} class="operator">
                                    {row.operator}
                                </span>
                            )}
                            <div
                                key={index}
                                class={classes(
                                    "term",
                                    row.class,
                                    row.value === 0n && row.class !== "strong" && "zero",
                                )}>
                                <span class="label">
                                    {row.colour !== undefined && (
                                        <i class="swatch" style={{ background: row.colour }} />
                                    )}
                                    {row.label}
                                    {at !== undefined && index === 0 && ` ${at}`}
                                </span>
                                <span>
                                    {row.sign !== undefined && <Sign of={row.sign} />}
                                    <Money minor={row.value} currency={currency} />
                                </span>
                            </div>
                        </>
                    ))}
                </div>
                <Bar parts={bar.parts} all={bar.all} limit={bar.limit} label={label} />
            </div>
            <Result {...shown} />
        </div>
    );
}

/* From the limit downward; same words. */
function PhoneColumn({
    rows,
    terms,
    currency,
    bar,
    shown,
    dimmed,
}: {
    rows: Term[];
    terms: Adding;
    currency?: Currency;
    bar: ReturnType<typeof barOf>;
    shown: ResultProps;
    dimmed?: boolean;
}): JSX.Element {
    const cap = terms.limit !== undefined;
    const turned = rows.map(
        (row): Term =>
            !cap || row.operator === ""
                ? row
                : row.class?.startsWith("strong")
                  ? { ...row, operator: "=" }
                  : { ...row, operator: row.colour !== undefined ? "−" : "+" },
    );
    return (
        <div class={classes("sum", dimmed && "dimmed")}>
            {turned.map((row, index) => (
                <div
                    key={index}
                    class={classes(
                        "sum-row",
                        row.class === "strong over" && "over",
                        row.class?.startsWith("strong") && "total",
                        row.value === 0n && !row.class?.startsWith("strong") && "zero",
                    )}>
                    <span class="operator">{row.operator}</span>
                    <span class="label">
                        {row.colour !== undefined && <i class="swatch" style={{ background: row.colour }} />}
                        {row.label}
                    </span>
                    <Money minor={row.value} currency={currency} />
                </div>
            ))}
            {terms.sale !== undefined && (
                <>
                    <div class="sum-row">
                        <span class="operator">−</span>
                        <span class="label">{say("This sale")}</span>
                        <Money minor={terms.sale} currency={currency} />
                    </div>
                    <div class={classes("sum-row total", shown.tone)}>
                        <span class="operator">=</span>
                        <span class="label">{shown.label}</span>
                        <span class="nowrap">
                            {shown.sign !== undefined && <Sign of={shown.sign} />}
                            {shown.figure}
                        </span>
                    </div>
                </>
            )}
            <div style={{ paddingBlock: "8px" }}>
                <Bar parts={bar.parts} all={bar.all} limit={bar.limit} />
            </div>
        </div>
    );
}

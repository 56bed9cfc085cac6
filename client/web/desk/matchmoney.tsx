/* The start side of the matching desk: each money with its age, its sender, and why it is likely for which bills. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { Age, documentHref } from "../board/parts";
import type { Client } from "../lib/api";
import { DocumentKind, DocumentState, MatchReason, type MoneyAccountRecord, type SuggestionRow } from "../lib/messages";
import { Button, clock, Code, day, dayOf, lasting, ledger, Money, Name, serverNow, Sign, useMark, whole } from "../kit";
import { useTick } from "../board/paced";
import { paymentKindText } from "../kit/labels";
import { classes } from "../kit/parts";
import { say } from "../kit/words";
import { placeName } from "./chosen";
import { sumOf } from "./matched";

/* "47 min": in minutes, hours, days, as it is read at a glance. */
export const waitText = (recorded_ms: bigint): string => lasting(Math.max(0, serverNow() - Number(recorded_ms)));

export function reasonText(row: SuggestionRow): string {
    const bills = row.bills.map((bill) => bill.number).join(", ");
    switch (row.reason) {
        case MatchReason.MATCH_REASON_NUMBER:
            return say("names {bills}", { bills });
        case MatchReason.MATCH_REASON_AMOUNT:
            return row.others
                ? say("amount of {bills}, and of another bill", { bills })
                : say("amount of {bills}", { bills });
        case MatchReason.MATCH_REASON_OLDEST:
            return say("the {count} oldest add up to it", { count: whole(row.bills.length) });
        case MatchReason.MATCH_REASON_ONLY:
            return say("their only bill, {bills}", { bills });
        default:
            return "";
    }
}

/* A reason that leaves no other bill. */
export const isSure = (row: SuggestionRow): boolean =>
    row.reason !== undefined && row.others !== true && row.reason !== MatchReason.MATCH_REASON_ONLY;

/* " · VCB 0071 · 23 Nov": each in its own direction. */
export function Each({ of }: { of: readonly (string | undefined)[] }): JSX.Element {
    return (
        <>
            {of
                .filter((part) => part !== undefined && part !== "")
                .map((part, at) => (
                    <span key={at}>
                        {" · "}
                        <Name>{part}</Name>
                    </span>
                ))}
        </>
    );
}

interface ListProps {
    client: Client;
    rows: readonly SuggestionRow[];
    places: readonly MoneyAccountRecord[];
    open: SuggestionRow | undefined;
    also: ReadonlySet<string>;
    gone: (row: SuggestionRow) => boolean;
    changed: (row: SuggestionRow) => number;
    onPick: (row: SuggestionRow) => void;
    onTick: (row: SuggestionRow) => void;
    more: (() => void) | undefined;
}

function MoneyRow({ row, props }: { row: SuggestionRow; props: ListProps }): JSX.Element {
    const { money } = row;
    const mark = useMark(props.changed(row));
    const on = props.open === row || props.open?.money.document === money.document;
    const same = props.open !== undefined && props.open.money.customer === money.customer;
    const ticked = on || props.also.has(String(money.document));
    const reason = reasonText(row);
    const how = [
        paymentKindText(money.payment_kind) || say("credit note"),
        placeName(props.places, money.money_account),
        money.reference,
        money.payer?.value,
    ];
    return (
        <li
            class={classes("match-row", mark.class, on && "on", props.gone(row) && "gone")}
            style={mark.style}
            data-money={String(money.document)}>
            {same && !on ? (
                <button
                    type="button"
                    class="match-tick"
                    role="checkbox"
                    aria-checked={ticked}
                    aria-label={say("Match it together: {number}", { number: money.number })}
                    onClick={() => props.onTick(row)}>
                    {ticked ? "☑" : "☐"}
                </button>
            ) : (
                <span class="match-time small ink-2">
                    {money.date === ledger.value.today && dayOf(money.recorded_ms) === money.date
                        ? clock(money.recorded_ms, false)
                        : day(money.date)}
                </span>
            )}
            <button type="button" class="match-open" aria-current={on || undefined} onClick={() => props.onPick(row)}>
                <span class="match-line">
                    <b class="cut">
                        <Name>{money.name?.value ?? money.code ?? "–"}</Name>
                    </b>
                    <span class="late nowrap small">
                        <Sign of="◷" /> {waitText(money.recorded_ms)}
                    </span>
                    {!money.final && <span class="late nowrap small">{say("not confirmed")}</span>}
                    <span class="grow" />
                    <Money minor={money.open_minor} />
                </span>
                <span class={classes("match-why small cut", isSure(row) ? "" : "late")}>
                    {reason || <span class="ink-3">{say("no bill stands out")}</span>}
                </span>
                <span class="match-how small ink-2 cut">
                    <Code>{money.number}</Code>
                    <Each of={how} />
                </span>
            </button>
        </li>
    );
}

/* What somebody has to look at comes first; what stands out by itself is below it. */
export function partsOf(
    rows: readonly SuggestionRow[],
): { title: string; note: string; rows: readonly SuggestionRow[] }[] {
    return [
        { title: say("To look at"), note: "", rows: rows.filter((row) => !isSure(row)) },
        { title: say("Suggested"), note: say("counts once taken"), rows: rows.filter(isSure) },
    ].filter((part) => part.rows.length > 0);
}

export function MoneyList(props: ListProps): JSX.Element {
    useTick(10_000);
    const box = useRef<HTMLDivElement>(null);
    const parts = partsOf(props.rows);
    /* What is gone stands there, struck out, until the list is sorted anew; it counts nowhere. */
    const standing = (part: { rows: readonly SuggestionRow[] }) => part.rows.filter((row) => !props.gone(row));
    const seen = parts.flatMap((part) => part.rows);
    const onKeyDown = (event: KeyboardEvent): void => {
        const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        const at = seen.findIndex((row) => row.money.document === props.open?.money.document);
        const next = seen[Math.max(0, Math.min(seen.length - 1, at + by))];
        if (next === undefined) return;
        props.onPick(next);
        box.current?.querySelector<HTMLElement>(`[data-money="${String(next.money.document)}"] .match-open`)?.focus();
    };
    return (
        <>
            <div ref={box} onKeyDown={onKeyDown}>
                {parts.map((part) => (
                    <section key={part.title} aria-label={part.title}>
                        {parts.length > 1 && (
                            <header class="match-part">
                                <b>{part.title}</b> <span class="tag">{whole(standing(part).length)}</span>
                                <span class="small ink-2">{part.note}</span>
                                <span class="grow" />
                                <b>
                                    <Money minor={sumOf(standing(part).map((row) => row.money))} />
                                </b>
                            </header>
                        )}
                        <ul class="match-rows">
                            {part.rows.map((row) => (
                                <MoneyRow key={String(row.money.document)} row={row} props={props} />
                            ))}
                        </ul>
                    </section>
                ))}
            </div>
            {props.more !== undefined && (
                <p class="section">
                    <Button onClick={props.more}>{say("More")}</Button>
                </p>
            )}
        </>
    );
}

/* Money of today that is matched whole, most of it as it was taken: each leads to what it went to, where it is undone. */
export function MatchedToday({ client, again }: { client: Client; again: unknown }): JSX.Element {
    const today = client.welcome.value?.date;
    const asked = useAsked(
        client,
        "documents",
        today === undefined
            ? undefined
            : {
                  kind: DocumentKind.DOCUMENT_PAYMENT,
                  state: DocumentState.DOCUMENT_CLOSED,
                  from: today,
                  to: today,
                  rows: 30,
              },
        { again: [client.seq.value, again].join(), every: 3000 },
    );
    const [open, setOpen] = useState(false);
    /* What is paid as it is sold needs nobody at this desk. */
    const cash = useAsked(client, "company", {}).answer?.cash_customer;
    const rows = (asked.answer?.rows ?? []).filter((row) => row.customer !== cash);
    return (
        <details class="match-today" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>
                <b>{say("Matched today")}</b>{" "}
                <span class="tag credit">
                    ✓ {whole(rows.length)}
                    {asked.more !== undefined && "+"}
                </span>
                <Age client={client} />
            </summary>
            <ul>
                {(open ? rows : []).map((row) => (
                    <li key={String(row.document)}>
                        <a class="match-done" href={documentHref(row.document)}>
                            <span class="small ink-2">
                                {row.recorded_ms === undefined ? "" : clock(row.recorded_ms, false)}
                            </span>
                            <span class="cut">
                                <Name>{row.name?.value ?? row.code ?? ""}</Name>{" "}
                                <span class="small ink-2">
                                    <Code>{row.number}</Code>
                                </span>
                            </span>
                            <Money minor={row.total_minor} />
                        </a>
                    </li>
                ))}
                {rows.length === 0 && <li class="region-note">{say("No money of today is matched yet.")}</li>}
            </ul>
        </details>
    );
}

/*
 * The matching desk. At the start what is not matched: who sent it, since when, which bills it is likely for and why;
 * then what today's money was matched with. At the end the bills of whose money is open, ticked, with what each gets;
 * under them what it comes to, which is what is written.
 *
 *     money ──Space, o──▶ ticks ──preview of the server──▶ After this ──F9──▶ match ──u──▶ undone
 */
import type { ComponentChild, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { namesOf, useCustomer } from "../board/live";
import { Age } from "../board/parts";
import type { Client } from "../lib/api";
import { EventKind, Right, type SuggestionRow } from "../lib/messages";
import { ago, Button, Head, Money, money as moneyText, Notice, Region, unit, useActions, whole } from "../kit";
import { useExport } from "../kit/export";
import type { FileColumn } from "../kit/files";
import { numberIn } from "../kit/filters";
import { paymentKindText } from "../kit/labels";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { Bench, type Written } from "./bench";
import { useMoneyAccounts } from "./chosen";
import { sumOf } from "./matched";
import { MatchedToday, MoneyList, partsOf, reasonText, waitText } from "./matchmoney";
import { usePaged, type AskPage } from "./paged";

const ROWS = 100;

const rowId = (row: SuggestionRow): string => String(row.money.document);
const pagesOf =
    (client: Client, customer: number | undefined, rows: number): AskPage<SuggestionRow> =>
    async (page) => {
        const asked = await client.ask("match_suggestions", { customer, rows, page });
        return "refused" in asked ? { refused: asked.refused } : { rows: asked.answer.rows, next: asked.answer.next };
    };

function fileColumns(client: Client, sum: bigint): FileColumn<SuggestionRow>[] {
    const names = namesOf(client);
    return [
        { head: say("Number"), kind: "text", of: (row) => row.money.number },
        { head: say("Date"), kind: "day", of: (row) => row.money.date },
        { head: say("Recorded"), kind: "moment", of: (row) => row.money.recorded_ms },
        { head: say("Code"), kind: "text", of: (row) => row.money.code },
        { head: say("Customer"), kind: "text", of: (row) => row.money.name?.value },
        { head: say("Payer"), kind: "text", of: (row) => row.money.payer?.value },
        { head: say("Branch"), kind: "text", of: (row) => names.branch(row.money.branch) },
        { head: say("Paid by"), kind: "text", of: (row) => paymentKindText(row.money.payment_kind) },
        { head: say("Reference"), kind: "text", of: (row) => row.money.reference },
        { head: say("Suggested"), kind: "text", of: (row) => row.bills.map((bill) => bill.number).join(" ") },
        { head: say("Why"), kind: "text", of: reasonText },
        {
            head: say("Not yet matched {unit}", { unit: unit() }),
            kind: "money",
            of: (row) => row.money.open_minor,
            sum,
        },
    ];
}

/* ---- what others did meanwhile ---- */

interface Meanwhile {
    text: string;
    seq: bigint;
}

/* Somebody else matched money of this customer while it lay open here. */
function useMeanwhile(client: Client, customer: number | undefined, mine: ReadonlySet<bigint>): Meanwhile | undefined {
    const live = useCustomer(client, customer);
    const last = live?.account?.last;
    const first = useRef<{ customer: number | undefined; seq: bigint | undefined }>({
        customer: undefined,
        seq: undefined,
    });
    if (first.current.customer !== customer) first.current = { customer, seq: undefined };
    if (first.current.seq === undefined) first.current.seq = last?.seq;
    if (last === undefined || last.seq === first.current.seq || mine.has(last.seq)) return undefined;
    const kinds: readonly EventKind[] = [EventKind.ITEMS_MATCHED, EventKind.MATCH_UNDONE_EVENT];
    if (!kinds.includes(last.kind)) return undefined;
    const who = namesOf(client).person(last.actor?.staff) || say("Somebody");
    const facts = { who, time: last.at_ms === undefined ? "" : ago(last.at_ms) };
    const text =
        last.kind === EventKind.ITEMS_MATCHED
            ? say("{who} matched money of this customer {time} ago. Your ticks are kept below.", facts)
            : say("{who} undid a match of this customer {time} ago. Your ticks are kept below.", facts);
    return { text, seq: last.seq };
}

/* ---- what was written last ---- */

function Last({
    client,
    written,
    onUndo,
}: {
    client: Client;
    written: Written | undefined;
    onUndo: () => void;
}): JSX.Element {
    if (written === undefined) return <div class="match-last" data-none />;
    const facts = {
        money: written.money,
        bills: written.bills,
        amount: moneyText(client, written.minor),
        time: ago(written.at_ms),
    };
    return (
        <div class="match-last" role="status" data-state={written.undone ? "undone" : "written"}>
            <span class="grow cut">
                {written.undone ? (
                    say("Match {number} is undone: {amount} is not matched again.", {
                        number: String(written.match),
                        amount: facts.amount,
                    })
                ) : (
                    <>
                        <span aria-hidden="true">✓ </span>
                        {say("{money} matched to {bills}, {amount} · {time} ago", facts)}
                    </>
                )}
            </span>
            {!written.undone && (
                <button type="button" onClick={onUndo}>
                    {say("Undo match {number}", { number: String(written.match) })} <kbd aria-hidden="true">u</kbd>
                </button>
            )}
        </div>
    );
}

/* ---- the screen ---- */

function titleOf(rows: readonly SuggestionRow[]): string {
    const oldest =
        rows.length === 0 ? undefined : rows.reduce((a, b) => (a.money.recorded_ms < b.money.recorded_ms ? a : b));
    const count = sayMany("{count} payment", "{count} payments", rows.length, { count: whole(rows.length) });
    return oldest === undefined
        ? count
        : say("{count} · oldest {age}", { count, age: waitText(oldest.money.recorded_ms) });
}

export function Matching({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const customer = at[0] === "customer" ? numberIn(at[1]) : undefined;
    const [inside, setInside] = useState(false);
    const ask = useMemo(() => pagesOf(client, customer, ROWS), [client, customer]);
    const paged = usePaged(client, `match|${customer ?? ""}`, ask, rowId, inside);
    const places = useMoneyAccounts(client);
    const [open, setOpen] = useState<string | undefined>(undefined);
    const [also, setAlso] = useState<ReadonlySet<string>>(new Set()); /* more money of the same customer */
    const [written, setWritten] = useState<Written | undefined>(undefined);
    const [problem, setProblem] = useState<string | undefined>(undefined);
    const mine = useRef(new Set<bigint>());
    const kept = useRef<SuggestionRow | undefined>(undefined);
    const rows = paged.rows ?? [];
    const here = partsOf(rows.filter((row) => !paged.gone(row))).flatMap((part) => part.rows);
    const found = rows.find((row) => rowId(row) === open);
    if (found !== undefined) kept.current = found;
    else if (kept.current !== undefined && rowId(kept.current) !== open) kept.current = undefined;
    const row = found ?? kept.current ?? (open === undefined ? here[0] : undefined);
    const chosen =
        row === undefined ? [] : [row, ...rows.filter((each) => also.has(rowId(each)) && rowId(each) !== rowId(row))];
    const meanwhile = useMeanwhile(client, row?.money.customer, mine.current);
    const gone = row !== undefined && (found === undefined ? open !== undefined : paged.gone(found));

    const pick = (next: SuggestionRow): void => {
        setOpen(rowId(next));
        setAlso(new Set());
        setProblem(undefined);
    };
    const tick = (each: SuggestionRow): void => {
        if (row === undefined || rowId(each) === rowId(row) || each.money.customer !== row.money.customer) return;
        const next = new Set(also);
        if (!next.delete(rowId(each))) next.add(rowId(each));
        setAlso(next);
    };
    const onWritten = (done: Written): void => {
        mine.current.add(done.seq);
        setWritten(done);
        setProblem(undefined);
        const at = here.findIndex((each) => rowId(each) === open || (row !== undefined && rowId(each) === rowId(row)));
        const next = here
            .slice(at + 1)
            .concat(here.slice(0, Math.max(0, at)))
            .find((each) => !chosen.includes(each));
        setAlso(new Set());
        /* What is left of it stays open; else the next one comes. */
        if (done.rest_minor === 0n) setOpen(next === undefined ? undefined : rowId(next));
        kept.current = undefined;
        paged.release();
    };
    const undo = async (): Promise<void> => {
        if (written === undefined || written.undone) return;
        const fate = await client.submit("undo_match", { customer: written.customer, match: written.match }).ended;
        if (fate.kind === "done") {
            mine.current.add(fate.seq);
            setWritten({ ...written, undone: true });
        } else if (fate.kind === "refused") setProblem(refusalText(fate.refused, client));
    };
    const sum = sumOf(here.map((each) => each.money));
    const out = useExport({
        client,
        title: say("Money not yet matched"),
        columns: fileColumns(client, sum),
        count: paged.more === undefined ? here.length : undefined,
        pages: pagesOf(client, customer, 500),
    });
    const step = (by: number): void => {
        const index = row === undefined ? -1 : here.findIndex((each) => rowId(each) === rowId(row));
        const next = here[Math.max(0, Math.min(here.length - 1, index + by))];
        if (next !== undefined) pick(next);
    };
    useActions([
        { id: "match.next", key: "n", title: say("Next money"), run: () => step(1) },
        { id: "match.before", key: "b", title: say("Money before"), run: () => step(-1) },
        {
            id: "match.undo",
            key: "u",
            title: say("Undo the last match"),
            run: () => void undo(),
            blocked: (written === undefined || written.undone) && say("Nothing was matched here yet"),
        },
    ]);
    /* The first of them is open by itself, and stays it when others come before it. */
    useEffect(() => {
        if (open === undefined && here[0] !== undefined) setOpen(rowId(here[0]));
    }, [open, here[0] === undefined ? "" : rowId(here[0])]);
    return (
        <div class="match-screen">
            <Head
                title={say("Matching")}
                end={
                    <Button small hotkey="x" onClick={out.open}>
                        {say("Export")}
                    </Button>
                }>
                {customer !== undefined && (
                    <a class="chip" href="#/matching">
                        {say("Show all customers")}
                    </a>
                )}
            </Head>
            <div class="match-two">
                <section
                    class="panel match-left"
                    aria-label={say("Money not yet matched")}
                    onPointerEnter={() => setInside(true)}
                    onPointerLeave={() => setInside(false)}>
                    <header class="match-head">
                        <b>{say("Not matched")}</b>
                        <span class={here.length > 0 ? "tag late" : "tag credit"}>{titleOf(here)}</span>
                        {paged.fresh + paged.left > 0 && (
                            <button type="button" class="match-new" onClick={paged.release}>
                                {sayMany("{count} changed", "{count} changed", paged.fresh + paged.left, {
                                    count: whole(paged.fresh + paged.left),
                                })}{" "}
                                ↑
                            </button>
                        )}
                        <span class="grow" />
                        <Age client={client} />
                        <b>
                            <Money minor={sum} />
                        </b>
                        {paged.more !== undefined && <span class="small late nowrap">{say("so far")}</span>}
                    </header>
                    <Region
                        class="match-list"
                        rows={6}
                        state={
                            paged.rows === undefined
                                ? { kind: "loading" }
                                : paged.refused !== undefined
                                  ? { kind: "refused", head: refusalText(paged.refused, client) }
                                  : rows.length === 0
                                    ? { kind: "empty", text: say("All money is matched.") }
                                    : { kind: "here" }
                        }>
                        <MoneyList
                            client={client}
                            rows={rows}
                            places={places}
                            open={row}
                            also={also}
                            gone={paged.gone}
                            changed={paged.changed}
                            onPick={pick}
                            onTick={tick}
                            more={paged.more}
                        />
                    </Region>
                    <MatchedToday client={client} again={written} />
                </section>
                <div class="match-right">
                    {(meanwhile !== undefined || gone) && (
                        <Notice tone="late" role="alert">
                            {meanwhile?.text ?? say("This money is not open any more. Your ticks are kept below.")}
                        </Notice>
                    )}
                    {problem !== undefined && (
                        <Notice tone="over" role="alert">
                            {problem}
                        </Notice>
                    )}
                    {row === undefined ? (
                        <section class="panel region-note">
                            {paged.rows === undefined
                                ? say("Still fetching")
                                : say("Choose money at the side, and its customer's bills come here.")}
                        </section>
                    ) : (
                        <Bench
                            key={row.money.customer}
                            client={client}
                            row={row}
                            chosen={chosen}
                            places={places}
                            may={client.may(Right.RIGHT_MATCH)}
                            onWritten={onWritten}
                        />
                    )}
                    <Last client={client} written={written} onUndo={() => void undo()} />
                </div>
            </div>
            {out.sheet}
        </div>
    );
}

/* My day: what I sold and took today. What cash comes to, and what was sold, is not told before the till is counted. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../lib/api";
import {
    ApprovalState,
    DocumentKind,
    DocumentState,
    PaymentKind,
    Right,
    type ApprovalRow,
    type DocumentRecord,
    type DocumentRow,
    type MoneyOfKind,
    type Refusal,
} from "../lib/messages";
import { dayInFull, money, whole } from "../kit/format";
import { Head } from "../kit/head";
import { useActions } from "../kit/keys";
import { Code, Figure, Money, Name } from "../kit/money";
import { Bar, Button, classes, Panel } from "../kit/parts";
import { refusalText } from "../kit/refusal";
import { Region } from "../kit/region";
import { say, sayMany } from "../kit/words";
import { approvalOf, openParked, parkedHere, useApprovals } from "./approval";
import * as drafts from "./drafts";
import { isPhone, useAnswer } from "./hooks";
import { changeOf, moveWord, touchesCash } from "./moves";
import { loadPlace, tillHere } from "./place";
import { canAsk } from "./products";
import { StripView } from "./strip";
import { Till } from "./till";
import { kindWord, paperWord } from "./words";

interface Kind {
    kind: PaymentKind;
    count: number;
    minor: bigint | undefined /* not told before the till is counted */;
}
interface Entry {
    row: DocumentRow;
    paper: DocumentRecord | undefined /* where a row alone does not say which way it went */;
}
interface Mine {
    sold: bigint;
    sales: number;
    open: bigint;
    hidden: boolean /* cash in what was paid of it is still to be counted */;
    openTold: boolean /* ... and `open` is what is open of it, not all that was sold */;
    kinds: Kind[] /* cash first */;
    credited: { count: number; minor: bigint };
    refunded: { count: number; minor: bigint | undefined };
    entries: Entry[];
}

const SHOWN = 8;

/* Adds up; one part that is not told leaves the sum untold. */
const plus = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
    a === undefined || b === undefined ? undefined : a + b;

function addKind(kinds: Kind[], part: MoneyOfKind): void {
    const there = kinds.find((each) => each.kind === part.kind);
    if (there === undefined) kinds.push({ kind: part.kind, count: part.count, minor: part.amount_minor });
    else {
        there.count += part.count;
        there.minor = plus(there.minor, part.amount_minor);
    }
}

async function askSums(client: Client): Promise<Omit<Mine, "entries"> | undefined> {
    const sums: Omit<Mine, "entries"> = {
        sold: 0n,
        sales: 0,
        open: 0n,
        hidden: false,
        openTold: true,
        kinds: [{ kind: PaymentKind.PAYMENT_CASH, count: 0, minor: 0n }],
        credited: { count: 0, minor: 0n },
        refunded: { count: 0, minor: 0n },
    };
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("staff_day", { page });
        if ("refused" in asked) return undefined;
        const part = asked.answer;
        sums.sold += part.sold_minor;
        sums.sales += part.sold;
        sums.open += part.open_minor;
        sums.hidden ||= part.paid_hidden ?? false;
        sums.openTold &&= part.paid_hidden !== true || part.sold_hidden === true;
        for (const each of part.collected) addKind(sums.kinds, each);
        sums.credited.count += part.credited;
        sums.credited.minor += part.credited_minor;
        sums.refunded.count += part.refunded;
        if (part.refunded > 0) sums.refunded.minor = plus(sums.refunded.minor, part.refunded_minor);
        page = part.next;
    } while (page !== undefined);
    return sums;
}

async function askEntry(client: Client, row: DocumentRow): Promise<Entry> {
    if (row.kind !== DocumentKind.DOCUMENT_REVERSAL && row.kind !== DocumentKind.DOCUMENT_MONEY_MOVE)
        return { row, paper: undefined };
    const asked = await client.ask("document", { document: row.document });
    return { row, paper: "refused" in asked ? undefined : asked.answer.document };
}

async function askDay(client: Client): Promise<Mine | undefined> {
    const date = client.welcome.value!.date;
    const [sums, rows] = await Promise.all([
        askSums(client),
        client.ask("documents", { staff: client.me.value!.staff, from: date, to: date, rows: SHOWN }),
    ]);
    if (sums === undefined || "refused" in rows) return undefined;
    return { ...sums, entries: await Promise.all(rows.answer.rows.map((row) => askEntry(client, row))) };
}

/* Plus is what makes debts grow; of money that was moved, what came into the drawer. */
function signOf({ row, paper }: Entry): bigint | undefined {
    if (paper !== undefined) return changeOf(paper);
    switch (row.kind) {
        case DocumentKind.DOCUMENT_PAYMENT:
        case DocumentKind.DOCUMENT_CREDIT_NOTE:
            return -row.total_minor;
        case DocumentKind.DOCUMENT_INVOICE:
        case DocumentKind.DOCUMENT_REFUND:
            return row.total_minor;
        default:
            return undefined;
    }
}

/* Nobody adds up here what the drawer should hold before it is counted. */
function isCash({ row, paper }: Entry): boolean {
    if (row.payment_kind !== undefined) return row.payment_kind === PaymentKind.PAYMENT_CASH;
    return row.kind === DocumentKind.DOCUMENT_REVERSAL && (paper === undefined || touchesCash(paper));
}

function EntryRow({ entry, hidden }: { entry: Entry; hidden: boolean }): JSX.Element {
    const { row, paper } = entry;
    const moved = row.kind === DocumentKind.DOCUMENT_MONEY_MOVE;
    const change = signOf(entry);
    return (
        <a class="day-row" href={`#/papers/${row.document}`}>
            <span class="grow cut-parts">
                {row.name?.value !== undefined ? (
                    <Name class="cut">{row.name.value}</Name>
                ) : !moved ? (
                    <span class="cut">{say("No customer")}</span>
                ) : paper === undefined ? (
                    paperWord(row.kind)
                ) : (
                    moveWord(paper)
                )}
                <span class="small ink-2 cut goes-first">
                    · <Code>{row.number}</Code>
                    {!moved && (
                        <> · {row.payment_kind !== undefined ? kindWord(row.payment_kind) : paperWord(row.kind)}</>
                    )}
                    {row.state === DocumentState.DOCUMENT_REVERSED && <> · {say("reversed")}</>}
                </span>
            </span>
            {hidden && isCash(entry) ? (
                <span class="small ink-3">{say("cash")}</span>
            ) : change === undefined ? (
                <Money minor={row.total_minor} />
            ) : (
                <Money
                    minor={change}
                    signed
                    class={
                        row.kind === DocumentKind.DOCUMENT_PAYMENT
                            ? "credit"
                            : row.kind === DocumentKind.DOCUMENT_REVERSAL
                              ? "ink-3"
                              : undefined
                    }
                />
            )}
        </a>
    );
}

const NEWS_MS = 400;

/* Somebody else opened or closed a till: it is looked at with the ledger's news, and never more often than this. */
function useTillNews(client: Client): void {
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    const { value: seq } = client.seq;
    useEffect(() => {
        timer.current ??= setTimeout(() => {
            timer.current = undefined;
            void loadPlace(client, true);
        }, NEWS_MS);
    }, [client, seq]);
    useEffect(
        () => () => {
            clearTimeout(timer.current);
            timer.current = undefined;
        },
        [client],
    );
}

export function Day({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    const staff = client.me.value?.staff ?? 0;
    useEffect(() => {
        if (staff === 0) return;
        void loadPlace(client);
        drafts.useDraftsOf(client, staff);
    }, [client, staff]);
    useTillNews(client);
    return at[0] === "till" ? <Till client={client} from={at[1]} /> : <MyDay client={client} />;
}

/* Several clerks serve one counter: what one of them parked, another may sell. */
function ParkedHere({ client, approvals }: { client: Client; approvals: ReadonlyMap<bigint, ApprovalRow> }) {
    const refused = useSignal<Refusal | undefined>(undefined);
    const rows = client.may(Right.RIGHT_SELL) ? parkedHere(client, approvals) : [];
    if (rows.length === 0) return null;
    return (
        <Panel
            title={sayMany("{count} parked by others here", "{count} parked by others here", rows.length, {
                count: whole(rows.length),
            })}>
            {rows.map((row) => (
                <button
                    key={String(row.approval)}
                    type="button"
                    class="day-row parked-other"
                    onClick={() => {
                        refused.value = undefined;
                        void openParked(client, row).then((refusal) => {
                            refused.value = refusal;
                        });
                    }}>
                    <span class="grow cut">
                        <Name>{row.customer_name?.value ?? row.customer_code ?? ""}</Name>
                        <span class="small ink-2">
                            {" "}
                            {row.state === ApprovalState.APPROVAL_WAITING
                                ? say("{who} parked it; waits for a manager", { who: row.asked_login ?? "" })
                                : say("{who} parked it; approved by {other}", {
                                      who: row.asked_login ?? "",
                                      other: row.decided_login ?? "",
                                  })}
                        </span>
                    </span>
                    <Money minor={row.amount_minor} />
                    <span aria-hidden="true">›</span>
                </button>
            ))}
            {refused.value !== undefined && <p class="over small">{refusalText(refused.value, client)}</p>}
        </Panel>
    );
}

function MyDay({ client }: { client: Client }): JSX.Element {
    const till = tillHere(client);
    const mine = useAnswer(
        canAsk(client) && client.me.value !== undefined
            ? `${client.me.value.staff}|${client.seq.value / 8n}|${till?.open_since ?? ""}|${till?.till_days ?? ""}`
            : undefined,
        () => askDay(client),
    );
    const approvals = useApprovals(client);
    const parked = drafts.drafts.value.filter(
        (each) => each.begun_ms === 0 && (each.parked_ms !== 0 || each.approval !== undefined) && each.lines.length > 0,
    );
    useActions([
        { id: "till", key: "t", title: say("Count and close the till"), run: () => location.assign("#/day/till") },
    ]);
    const kinds = mine?.kinds ?? [];
    const hidden =
        kinds.some((each) => each.minor === undefined) || (mine !== undefined && mine.refunded.minor === undefined);
    const paidHidden = mine?.hidden === true;
    const told = kinds.filter(
        (each) => each.minor !== undefined && !(hidden && each.kind === PaymentKind.PAYMENT_CASH),
    );
    const told_count = told.reduce((sum, each) => sum + each.count, 0);
    return (
        <div class={classes("counter day", isPhone.value && "phone")}>
            <StripView client={client} />
            <Head title={say("My day")}>
                <span class="small ink-2 cut">
                    <Name>{client.me.value?.name ?? ""}</Name>
                    {till !== undefined && (
                        <>
                            {" "}
                            · <Name>{till.name}</Name>
                        </>
                    )}{" "}
                    · {dayInFull(client.welcome.value?.date ?? 0)}
                </span>
            </Head>
            <div class="day-grid">
                <Panel label={say("Sold by me today")}>
                    <Region rows={4} state={mine === undefined ? { kind: "loading" } : { kind: "here" }}>
                        <div class="till-foot" style={{ border: 0 }}>
                            <span class="small ink-2">
                                {sayMany(
                                    "Sold by me today, {count} sale",
                                    "Sold by me today, {count} sales",
                                    mine?.sales ?? 0,
                                    { count: whole(mine?.sales ?? 0) },
                                )}
                            </span>
                            {paidHidden ? (
                                <span class="small ink-2">{say("shown after the count")}</span>
                            ) : (
                                <span class="figure">
                                    <Money minor={mine?.sold ?? 0n} unit />
                                </span>
                            )}
                            {!paidHidden && (
                                <Bar
                                    parts={[
                                        { value: mine?.open ?? 0n, colour: "var(--c1)" },
                                        { value: (mine?.sold ?? 0n) - (mine?.open ?? 0n), colour: "var(--c6)" },
                                    ]}
                                    all={mine?.sold ?? 0n}
                                />
                            )}
                            <div class="row">
                                <span class="grow">
                                    <span class="small ink-2">
                                        <i class="swatch" style={{ background: "var(--c1)" }} />
                                        {say("not paid yet")}
                                    </span>
                                    <br />
                                    {mine?.openTold === false ? (
                                        <span class="small ink-2">{say("shown after the count")}</span>
                                    ) : (
                                        <b>
                                            <Money minor={mine?.open ?? 0n} />
                                        </b>
                                    )}
                                </span>
                                <span class="end">
                                    <span class="small ink-2">
                                        <i class="swatch" style={{ background: "var(--c6)" }} />
                                        {say("paid or credited")}
                                    </span>
                                    <br />
                                    {paidHidden ? (
                                        <span class="small ink-2">{say("shown after the count")}</span>
                                    ) : (
                                        <b>
                                            <Money minor={(mine?.sold ?? 0n) - (mine?.open ?? 0n)} />
                                        </b>
                                    )}
                                </span>
                            </div>
                            {mine !== undefined && mine.credited.count > 0 && (
                                <span class="small ink-2">
                                    {sayMany(
                                        "{count} credit note by me today, {amount}",
                                        "{count} credit notes by me today, {amount}",
                                        mine.credited.count,
                                        {
                                            count: whole(mine.credited.count),
                                            amount: money(client, mine.credited.minor),
                                        },
                                    )}
                                </span>
                            )}
                        </div>
                    </Region>
                </Panel>
                <Panel title={say("Money I took")}>
                    <Region rows={3} state={mine === undefined ? { kind: "loading" } : { kind: "here" }}>
                        {kinds.map((each) => (
                            <div key={each.kind} class="day-row">
                                <span class="grow">
                                    {kindWord(each.kind)}{" "}
                                    <span class="small ink-2">
                                        <Figure text={whole(each.count)} />
                                    </span>
                                </span>
                                {each.minor === undefined || !told.includes(each) ? (
                                    <span class="small ink-2">{say("shown after the count")}</span>
                                ) : (
                                    <Money minor={each.minor} />
                                )}
                            </div>
                        ))}
                        <div class="day-row total">
                            <span class="grow">
                                {hidden ? say("Without cash") : say("Together")}{" "}
                                <span class="small ink-2">
                                    <Figure text={whole(told_count)} />
                                </span>
                            </span>
                            <Money minor={told.reduce((sum, each) => sum + (each.minor ?? 0n), 0n)} />
                        </div>
                        {mine !== undefined && mine.refunded.count > 0 && (
                            <div class="day-row">
                                <span class="grow">
                                    {say("Paid back to customers")}{" "}
                                    <span class="small ink-2">
                                        <Figure text={whole(mine.refunded.count)} />
                                    </span>
                                </span>
                                {mine.refunded.minor === undefined ? (
                                    <span class="small ink-2">{say("shown after the count")}</span>
                                ) : (
                                    <Money minor={-mine.refunded.minor} signed />
                                )}
                            </div>
                        )}
                    </Region>
                </Panel>
                {parked.length > 0 && (
                    <Panel
                        title={
                            <span class="late">
                                <span aria-hidden="true">‖ </span>
                                {sayMany("{count} parked sale", "{count} parked sales", parked.length, {
                                    count: whole(parked.length),
                                })}
                            </span>
                        }
                        note={say("may stay over night")}>
                        {parked.map((each) => (
                            <a key={each.id} class="day-row" href="#/sale" onClick={() => drafts.choose(each.id)}>
                                <span class="grow cut">
                                    {each.customer !== 0 ? <Name>{each.customer_name}</Name> : say("No customer")}
                                    <span class="small ink-2">
                                        {" "}
                                        {approvalOf(approvals, each)?.state === ApprovalState.APPROVAL_WAITING
                                            ? say("waits for a manager")
                                            : ""}
                                    </span>
                                </span>
                                <Money minor={each.total ?? 0n} />
                                <span aria-hidden="true">›</span>
                            </a>
                        ))}
                    </Panel>
                )}
                <ParkedHere client={client} approvals={approvals} />
                <Panel
                    title={say("Last entries")}
                    end={
                        <a href="#/papers" class="button plain small-button">
                            {say("All papers")} ›
                        </a>
                    }>
                    <Region
                        rows={4}
                        state={
                            mine === undefined
                                ? { kind: "loading" }
                                : mine.entries.length === 0
                                  ? { kind: "empty", text: say("Nothing yet today.") }
                                  : { kind: "here" }
                        }>
                        {mine?.entries.map((entry) => (
                            <EntryRow key={String(entry.row.document)} entry={entry} hidden={hidden} />
                        ))}
                    </Region>
                </Panel>
            </div>
            {till !== undefined && (
                <div class={isPhone.value ? "above-bar" : undefined}>
                    <Button large hotkey="t" onClick={() => location.assign("#/day/till")} wide={isPhone.value}>
                        {till.open_since === undefined
                            ? say("Open {till}", { till: till.name })
                            : say("Count and close {till}", { till: till.name })}
                    </Button>
                </div>
            )}
        </div>
    );
}

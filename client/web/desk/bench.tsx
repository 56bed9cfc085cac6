/* The end side of the matching desk: the customer's bills, what each gets, what it comes to, and the button that says so. */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { keyOf, useAsked } from "../board/asked";
import { dueText } from "../board/customer";
import { namesOf, useCustomer } from "../board/live";
import { Age, customerHref, documentHref } from "../board/parts";
import type { Client } from "../lib/api";
import {
    RefusalCode,
    type Bill,
    type MoneyAccountRecord,
    type PreviewMatchAnswer,
    type Refusal,
    type SuggestionRow,
} from "../lib/messages";
import {
    Available,
    stoppedOf,
    Button,
    Code,
    day,
    Money,
    money as moneyText,
    Name,
    Notice,
    Region,
    Table,
    unit,
    useActions,
    whole,
    type Column,
} from "../kit";
import { paymentKindText } from "../kit/labels";
import { classes } from "../kit/parts";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { placeName } from "./chosen";
import { afterOf, matchedOf, oldestOf, partsOf, sumOf, type Part } from "./matched";
import { Each, reasonText } from "./matchmoney";

/* A match as it was done here. */
export interface Written {
    customer: number;
    match: bigint;
    seq: bigint;
    money: string;
    bills: string;
    minor: bigint;
    rest_minor: bigint /* of the money */;
    at_ms: number;
    undone: boolean;
}

interface BenchProps {
    client: Client;
    row: SuggestionRow;
    chosen: readonly SuggestionRow[] /* it, and more of the same customer */;
    places: readonly MoneyAccountRecord[];
    may: boolean;
    onWritten: (done: Written) => void;
}

const NONE: readonly bigint[] = [];

/* ---- what the server says it comes to ---- */

interface Told {
    key: string;
    preview: PreviewMatchAnswer | undefined;
    refused: Refusal | undefined;
}

/* Asked for what is ticked now, and again when the customer's account changed. */
function usePreview(client: Client, customer: number, parts: readonly Part[], stamp: bigint): Told | undefined {
    const key = `${customer}|${stamp}|${keyOf(parts)}`;
    const [told, tell] = useState<Told | undefined>(undefined);
    const live = client.line.value.kind === "live";
    useEffect(() => {
        if (parts.length === 0) return undefined;
        let here = true;
        void client.ask("preview_match", { match: { customer, parts: [...parts] } }).then((asked) => {
            if (!here) return;
            if ("refused" in asked) tell({ key, preview: undefined, refused: asked.refused });
            else tell({ key, preview: asked.answer, refused: asked.answer.refusal });
        });
        return () => {
            here = false;
        };
    }, [key, live]);
    return parts.length > 0 && told?.key === key ? told : undefined;
}

/* ---- the bills ---- */

function BillTable(props: {
    bills: readonly Bill[];
    ticks: ReadonlySet<bigint>;
    matched: ReadonlyMap<bigint, bigint>;
    onTick: (bill: Bill) => void;
}): JSX.Element {
    const { bills, ticks, matched } = props;
    const ticked = bills.filter((bill) => ticks.has(bill.document));
    const gets = (bill: Bill): bigint => matched.get(bill.document) ?? 0n;
    const all = [...matched.values()].reduce((sum, each) => sum + each, 0n);
    const columns: Column<Bill>[] = [
        {
            id: "tick",
            head: "",
            width: "34px",
            cell: (bill) => (
                <span
                    role="checkbox"
                    aria-checked={ticks.has(bill.document)}
                    aria-label={say("Match bill {number}", { number: bill.number })}>
                    {ticks.has(bill.document) ? "☑" : "☐"}
                </span>
            ),
        },
        {
            id: "bill",
            head: say("Bill"),
            cell: (bill) => (
                <>
                    <a href={documentHref(bill.document)} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
                        <b class="nowrap">
                            <Code>{bill.number}</Code>
                        </b>
                    </a>
                    <span class="only-phone small">
                        {dueText(bill)} · <Money minor={bill.open_minor} />
                    </span>
                </>
            ),
            foot: say("{count} of {all} ticked", { count: whole(ticked.length), all: whole(bills.length) }),
        },
        { id: "due", head: say("Due"), class: "only-desk nowrap", cell: (bill) => day(bill.due) },
        { id: "age", head: say("Age"), class: "only-desk", cell: (bill) => <span class="small">{dueText(bill)}</span> },
        {
            id: "left",
            head: say("Left {unit}", { unit: unit() }),
            class: "only-desk",
            amount: true,
            cell: (bill) => <Money minor={bill.open_minor} />,
            foot: <Money minor={sumOf(bills)} />,
        },
        {
            id: "match",
            head: say("Match {unit}", { unit: unit() }),
            amount: true,
            cell: (bill) =>
                gets(bill) === 0n ? (
                    <span class="ink-3">–</span>
                ) : (
                    <b>
                        <Money minor={gets(bill)} />
                    </b>
                ),
            foot: <Money minor={all} />,
        },
        {
            id: "after",
            head: say("Left after"),
            amount: true,
            class: "only-desk",
            cell: (bill) =>
                gets(bill) === bill.open_minor ? (
                    <span class="credit">
                        <span aria-hidden="true">✓ </span>
                        <Money minor={0n} />
                    </span>
                ) : (
                    <Money minor={bill.open_minor - gets(bill)} />
                ),
            foot: <Money minor={sumOf(bills) - all} />,
        },
    ];
    return (
        <Table
            label={say("Unpaid bills")}
            columns={columns}
            rows={bills}
            id={(bill) => String(bill.document)}
            onOpen={props.onTick}
            onKey={(event, bill) => {
                if (event.key !== " ") return;
                event.preventDefault();
                event.stopPropagation();
                props.onTick(bill);
            }}
            tone={(bill) => (ticks.has(bill.document) ? "ticked" : undefined)}
            class="match-bills"
        />
    );
}

/* ---- after this ---- */

function AfterRow({
    label,
    before,
    after,
    late,
}: {
    label: string;
    before: JSX.Element;
    after: JSX.Element;
    late?: boolean;
}): JSX.Element {
    return (
        <>
            <dt>{label}</dt>
            <dd class="ink-2 amount">{before}</dd>
            <dd class="ink-3 match-arrow" aria-hidden="true">
                →
            </dd>
            <dd class={classes("amount", late && "late")}>
                <b>{after}</b>
            </dd>
        </>
    );
}

const daysText = (days: number | undefined): JSX.Element =>
    days === undefined ? <span class="ink-3">–</span> : <>{say("{count} d", { count: whole(days) })}</>;

function AfterThis(props: {
    client: Client;
    final: boolean /* the money counts already */;
    customer: number;
    money_minor: bigint;
    bills: readonly Bill[];
    preview: PreviewMatchAnswer | undefined;
}): JSX.Element {
    const { bills, preview, money_minor } = props;
    const before = afterOf(bills, new Map());
    const after = afterOf(bills, matchedOf(preview));
    const live = useCustomer(props.client, props.customer)?.account;
    return (
        <section class="panel match-after" aria-label={say("After this")}>
            <header class="panel-head">
                <h2>{say("After this")}</h2>
                <span class="grow">{say("exactly what is written")}</span>
                <Age client={props.client} />
            </header>
            <dl class="match-sums">
                <AfterRow
                    label={say("Left of the money")}
                    before={<Money minor={money_minor} />}
                    after={<Money minor={money_minor - (preview?.matched_minor ?? 0n)} />}
                />
                <AfterRow
                    label={say("Unpaid bills")}
                    before={<Money minor={before.bills_minor} />}
                    after={<Money minor={after.bills_minor} />}
                />
                <AfterRow
                    label={say("Overdue")}
                    before={<Money minor={before.overdue_minor} />}
                    after={<Money minor={after.overdue_minor} />}
                    late={after.overdue_minor > 0n}
                />
                <AfterRow
                    label={say("Oldest")}
                    before={daysText(before.oldest)}
                    after={daysText(after.oldest)}
                    late={after.oldest !== undefined}
                />
            </dl>
            {live !== undefined && (
                <p class="match-stays small ink-2">
                    {say("Owes")} <Money minor={live.balance_minor} /> ·{" "}
                    {live.unlimited ? (
                        say("no limit")
                    ) : (
                        <Available
                            minor={live.available_minor}
                            limit={live.limit_minor}
                            stopped={stoppedOf(undefined, live)}
                        />
                    )}{" "}
                    ·{" "}
                    {props.final
                        ? say("counted since the money came")
                        : say("this money counts only once it is confirmed")}
                </p>
            )}
        </section>
    );
}

/* ---- the bench ---- */

function From({ props, minor }: { props: BenchProps; minor: bigint }): JSX.Element {
    const { money } = props.row;
    const names = namesOf(props.client);
    const how = [
        paymentKindText(money.payment_kind) || say("credit note"),
        placeName(props.places, money.money_account),
        money.reference,
        day(money.date),
        names.branch(money.branch),
    ];
    return (
        <header class="match-from">
            <div class="grow">
                <div class="small ink-2 cut">
                    <a href={documentHref(money.document)}>
                        <Code>{money.number}</Code>
                    </a>
                    <Each of={how} />
                </div>
                <div class="title cut">
                    <a href={customerHref(money.customer)}>
                        <Name>{money.name?.value ?? money.code ?? ""}</Name>
                    </a>{" "}
                    {props.chosen.length > 1 && (
                        <span class="small ink-2">
                            {sayMany("{count} payment together", "{count} payments together", props.chosen.length, {
                                count: whole(props.chosen.length),
                            })}
                        </span>
                    )}
                </div>
            </div>
            <div class="match-to">
                <div class="small ink-2">{say("to match")}</div>
                <div class="figure">
                    <Money minor={minor} unit />
                </div>
            </div>
        </header>
    );
}

function useBills(client: Client, customer: number, stamp: bigint) {
    const asked = useAsked(client, "unpaid_bills", { customer }, { again: stamp, every: 300, most: 4 });
    const bills = useMemo(() => asked.pages.flatMap((page) => page.bills), [asked.pages]);
    return { bills, there: asked.answer !== undefined, refused: asked.refused, more: asked.more };
}

export function Bench(props: BenchProps): JSX.Element {
    const { client, row, chosen } = props;
    const { customer } = row.money;
    const account = useCustomer(client, customer)?.account;
    const stamp = account?.seq ?? 0n;
    const { bills, there, refused, more } = useBills(client, customer, stamp);
    const of = String(row.money.document);
    const [ticked, setTicked] = useState<{ of: string; list: readonly bigint[] }>({ of: "", list: NONE });
    const list = ticked.of === of ? ticked.list : row.bills.map((bill) => bill.document);
    const ticks = new Set(list);
    const put = (next: readonly bigint[]): void => setTicked({ of, list: next });
    const minor = chosen.reduce((sum, each) => sum + each.money.open_minor, 0n);
    const taken = bills.filter((bill) => ticks.has(bill.document));
    const parts = partsOf(
        chosen.map((each) => each.money),
        taken,
    );
    const told = usePreview(client, customer, parts, stamp);
    const last = useRef<PreviewMatchAnswer | undefined>(undefined);
    if (told?.preview !== undefined) last.current = told.preview;
    const preview = parts.length === 0 ? undefined : (told?.preview ?? last.current);
    const [sending, setSending] = useState(false);
    const [wrong, setWrong] = useState<Refusal | undefined>(undefined);
    useEffect(() => setWrong(undefined), [of, list]);
    const reason = reasonText(row);
    const live = client.line.value.kind === "live";
    const count = new Set(parts.map((part) => part.debit)).size;
    const blocked: string | false = !props.may
        ? say("Your role does not match money")
        : sending
          ? say("sending")
          : parts.length === 0
            ? say("Tick a bill first: Space, or o for the oldest")
            : !live
              ? say("Matching needs the line. Your ticks are kept.")
              : told?.refused !== undefined
                ? refusalText(told.refused, client)
                : told === undefined
                  ? say("The server is asked what it comes to")
                  : false;
    const commit = async (): Promise<void> => {
        if (blocked !== false || told?.preview === undefined) return;
        setSending(true);
        const sent = client.submit("match_items", { customer, parts });
        const fate = await sent.ended;
        setSending(false);
        if (fate.kind === "refused") setWrong(fate.refused);
        if (fate.kind !== "done") return;
        setTicked({ of: "", list: NONE });
        props.onWritten({
            customer,
            match: fate.done.match ?? fate.seq,
            seq: fate.seq,
            money: chosen.map((each) => each.money.number).join(", "),
            bills: taken
                .filter((bill) => parts.some((part) => part.debit === bill.document))
                .map((bill) => bill.number)
                .join(", "),
            minor: fate.done.matched_minor ?? told.preview.matched_minor,
            rest_minor: minor - (fate.done.matched_minor ?? told.preview.matched_minor),
            at_ms: client.clock(),
            undone: false,
        });
    };
    const oldest = (): void => put(oldestOf(bills, minor));
    const tick = (bill: Bill): void =>
        put(ticks.has(bill.document) ? list.filter((each) => each !== bill.document) : [...list, bill.document]);
    useActions([
        { id: "match.oldest", key: "o", title: say("Tick the oldest due bills"), run: oldest },
        { id: "match.commit", key: "F9", title: say("Match it"), run: () => void commit(), blocked },
    ]);
    const conflict = wrong?.code === RefusalCode.MATCH_TOO_MUCH;
    return (
        <>
            <section class="panel match-bench" aria-label={say("Bills of this customer")}>
                <From props={props} minor={minor} />
                <div class="match-reason">
                    <span class="grow cut">
                        {reason !== "" && (
                            <>
                                <b>{say("Why these:")}</b> {reason}
                            </>
                        )}
                    </span>
                    <Button plain small hotkey="o" onClick={oldest}>
                        {say("Oldest first")}
                    </Button>
                    <Button plain small onClick={() => put([])} blocked={list.length === 0 && say("Nothing is ticked")}>
                        {say("No ticks")}
                    </Button>
                </div>
                <Region
                    rows={6}
                    class="match-scroll"
                    state={
                        !there
                            ? refused !== undefined
                                ? { kind: "refused", head: refusalText(refused, client) }
                                : { kind: "loading" }
                            : bills.length === 0
                              ? {
                                    kind: "empty",
                                    text: props.row.money.final
                                        ? say(
                                              "This customer has no unpaid bill. The money stays theirs and counts for them at once.",
                                          )
                                        : say(
                                              "This customer has no unpaid bill. The money stays theirs, and counts for them once it is confirmed.",
                                          ),
                                }
                              : { kind: "here" }
                    }>
                    <BillTable bills={bills} ticks={ticks} matched={matchedOf(preview)} onTick={tick} />
                    {more !== undefined && (
                        <p class="section">
                            <Button onClick={more}>{say("More bills")}</Button>
                        </p>
                    )}
                </Region>
            </section>
            <AfterThis
                client={client}
                final={props.row.money.final}
                customer={customer}
                money_minor={minor}
                bills={bills}
                preview={preview}
            />
            {wrong !== undefined && (
                <Notice tone={conflict ? "late" : "over"} role="alert">
                    {refusalText(wrong, client)} {conflict && say("Your ticks are kept.")}
                </Notice>
            )}
            <div class="match-commit no-print">
                <Button filled large hotkey="F9" blocked={blocked} onClick={() => void commit()}>
                    {sending
                        ? say("sending")
                        : parts.length === 0
                          ? say("Match")
                          : sayMany("Match {amount} to {count} bill", "Match {amount} to {count} bills", count, {
                                amount: moneyText(client, preview?.matched_minor ?? 0n),
                                count: whole(count),
                            })}
                </Button>
                {typeof blocked === "string" && parts.length > 0 && !sending && told?.refused !== undefined && (
                    <span class="small over" role="alert">
                        {blocked}
                    </span>
                )}
            </div>
        </>
    );
}

/*
 * Approvals: what waits for a decision, and one request opened.
 *
 *  1 No reason is preset, and nothing is filled until one is chosen.
 *  2 A grant is for this draft, up to the amount on the button.
 *  3 Whoever decided first has decided: the other sees who and when, and what they chose stays.
 */
import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Client, Fate, Pending } from "../lib/api";
import {
    ApprovalState,
    DocumentKind,
    RefusalCode,
    Right,
    WayOutKind,
    type ApprovalAnswer,
    type ApprovalRow,
    type Decision,
} from "../lib/messages";
import {
    amount,
    AmountField,
    Button,
    day,
    Field,
    Head,
    isolate,
    moment,
    money,
    Money,
    Name,
    Quantity,
    tell,
    useActions,
    useForm,
    whole,
} from "../kit";
import { reasonText } from "../kit/reasons";
import { refusalText, wayText } from "../kit/refusal";
import { apart, named } from "../kit/money";
import { say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { namesOf, useCustomer, useReplica } from "./live";
import { usePaced, useTick } from "./paced";
import { Sums } from "./sums";
import { approvalHref, customerHref, documentHref, joined, TimeLeft } from "./parts";
import { decidedBy, isForLess, isWaiting, waitingOf } from "./waiting";

/* ---- which ---- */

export function useWaiting(client: Client): readonly ApprovalRow[] {
    const replica = useReplica(() => client.approvals(), [client]);
    useTick(1000);
    return waitingOf(
        usePaced(() => replica.rows.value, [replica]),
        client.clock(),
    );
}

export function customerOf(row: ApprovalRow): string {
    return row.customer_name?.value ?? row.customer_code ?? `#${row.customer}`;
}

function askedBy(client: Client, row: ApprovalRow): string {
    const names = namesOf(client);
    const who =
        row.asked_login === undefined ? names.person(row.asked_by?.staff) : names.personOfLogin(row.asked_login);
    return joined([apart(who), named([names.branch(row.asked_by?.branch), names.terminal(row.asked_by?.terminal)])]);
}

export function stateText(client: Client, row: ApprovalRow): { sign: string; tone: string; text: string } {
    const who = decidedBy(client, row);
    switch (row.state) {
        case ApprovalState.APPROVAL_GRANTED:
            return { sign: "✓", tone: "credit", text: say("Approved by {who}", { who }) };
        case ApprovalState.APPROVAL_SPENT:
            return {
                sign: "✓",
                tone: "credit",
                text: say("Approved by {who}, sold as {number}", { who, number: row.number ?? "" }),
            };
        case ApprovalState.APPROVAL_REFUSED:
            return { sign: "✕", tone: "over", text: say("Refused by {who}", { who }) };
        default:
            return isWaiting(row, client.clock())
                ? { sign: "‖", tone: "late", text: say("Waits") }
                : { sign: "◷", tone: "ink-2", text: say("Expired, no answer") };
    }
}

/* ---- the list ---- */

function Waits({ client, row, current }: { client: Client; row: ApprovalRow; current: boolean }) {
    return (
        <li>
            <a
                class={`ask${current ? " current" : ""}`}
                href={approvalHref(row.approval)}
                aria-current={current ? "true" : undefined}>
                <span class="ask-line">
                    <b class="grow">
                        <Name class="cut">{customerOf(row)}</Name>
                    </b>
                    <TimeLeft until={row.expires_ms} />
                </span>
                <span class="ask-line">
                    <span>
                        {say("Sale")} <Money minor={row.amount_minor} />
                    </span>
                    <OverBy row={row} />
                </span>
                <span class="small ink-2 cut">{askedBy(client, row)}</span>
            </a>
        </li>
    );
}

export function OverBy({ row }: { row: ApprovalRow }) {
    const over = overOf(row);
    if (over !== undefined && over > 0n)
        return (
            <b class="over nowrap">
                <span class="sign" aria-hidden="true">
                    ▲
                </span>
                {say("over by")} <Money minor={over} />
            </b>
        );
    return <span class="late nowrap">{wallsText(row.decision)}</span>;
}

export function overOf(row: ApprovalRow): bigint | undefined {
    return row.over_by_minor ?? row.decision?.over_by_minor;
}

function wallText(wall: RefusalCode, decision: Decision): string {
    switch (wall) {
        case RefusalCode.OVERDUE_TOO_OLD:
            return say("{days} d late", { days: whole(decision.oldest_overdue_days ?? 0) });
        case RefusalCode.OVERDUE_TOO_MUCH:
            return say("too much is overdue");
        case RefusalCode.UNPAID_TOO_MANY:
            return sayMany(
                "{count} unpaid bill, at most {most}",
                "{count} unpaid bills, at most {most}",
                decision.unpaid_bills ?? 0,
                { count: whole(decision.unpaid_bills ?? 0), most: whole(decision.unpaid_max ?? 0) },
            );
        case RefusalCode.DOCUMENT_TOO_BIG_FOR_CUSTOMER:
            return say("too big for one bill");
        case RefusalCode.SITE_LIMIT_EXCEEDED:
            return say("over the site's own limit");
        case RefusalCode.CUSTOMER_LOCKED:
            return say("locked");
        case RefusalCode.PAYER_LOCKED:
            return say("who pays for them is locked");
        default:
            return "";
    }
}

/* All that stops it beside the limit. */
export function wallsText(decision: Decision | undefined): string {
    return decision === undefined
        ? ""
        : decision.walls
              .map((wall) => wallText(wall, decision))
              .filter((text) => text !== "")
              .join(" · ");
}

function Decided({ client, row }: { client: Client; row: ApprovalRow }) {
    const state = stateText(client, row);
    return (
        <li>
            <a class="ask done" href={approvalHref(row.approval)}>
                <span class="ask-line">
                    <span class="grow">
                        <Name class="cut">{customerOf(row)}</Name>
                    </span>
                    {isForLess(row) ? (
                        <span class="nowrap">
                            {say("up to")} <Money minor={row.approved_minor} />
                        </span>
                    ) : (
                        <Money minor={row.amount_minor} />
                    )}
                </span>
                <span class="ask-line small ink-2">
                    <span class={`cut grow ${state.tone}`}>
                        <span aria-hidden="true">{state.sign} </span>
                        {state.text}
                    </span>
                    <span class="nowrap">{decidedText(row)}</span>
                </span>
                <Seen client={client} row={row} />
            </a>
        </li>
    );
}

/* What who decided saw; and, once it is sold, what it came to. */
function Seen({ client, row }: { client: Client; row: ApprovalRow }) {
    const over = overOf(row);
    const seen =
        over !== undefined && over > 0n
            ? say("over by {amount} when asked", { amount: money(client, over) })
            : wallsText(row.decision);
    const used =
        row.state !== ApprovalState.APPROVAL_SPENT
            ? ""
            : row.used_over_minor !== undefined
              ? say("{amount} over when sold", { amount: money(client, row.used_over_minor) })
              : "";
    const text = [seen, used].filter((each) => each !== "").join(" · ");
    return text === "" ? null : <span class="small ink-3 cut">{text}</span>;
}

/* Who decided it stands before this. */
function decidedText(row: ApprovalRow): string {
    return row.decided_ms !== undefined
        ? say("decided {time}", { time: isolate(moment(row.decided_ms)) })
        : say("asked {time}", { time: isolate(moment(row.asked_ms)) });
}

export function Approvals({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const replica = useReplica(() => client.approvals(), [client]);
    useTick(1000);
    const rows = usePaced(() => replica.rows.value, [replica]);
    const complete = replica.whole.value;
    const waiting = waitingOf(rows, client.clock());
    const earlier = useAsked(client, "approvals", {}, { again: client.seq.value, every: 4000 });
    const before = (earlier.answer?.approvals ?? [])
        .map((row) => rows.get(row.approval) ?? row)
        .filter((row) => !isWaiting(row, client.clock()))
        .slice(0, 50);
    useActions(
        at[0] === undefined
            ? []
            : [
                  {
                      id: "approvals.back",
                      key: "Esc",
                      title: say("All approvals"),
                      run: () => {
                          location.hash = "#/approvals";
                      },
                  },
              ],
    );
    useForm(at[0] !== undefined && client.may(Right.RIGHT_APPROVE));
    const opened = at[0] === undefined || !/^\d{1,19}$/.test(at[0]) ? undefined : BigInt(at[0]);
    /* The first of them is open by itself, and stays it once it is decided: no other one comes under the pointer. */
    const first = useRef<bigint | undefined>(undefined);
    first.current = opened === undefined ? (first.current ?? waiting[0]?.approval) : undefined;
    const shown = opened ?? first.current;
    const newest = waiting.reduce(
        (most: ApprovalRow | undefined, row) => (most === undefined || row.asked_ms > most.asked_ms ? row : most),
        undefined,
    );
    const heard = useRef(newest?.approval);
    useEffect(() => {
        if (newest !== undefined && newest.approval !== heard.current && complete)
            tell(say("{customer} waits for a decision", { customer: customerOf(newest) }));
        heard.current = newest?.approval;
    }, [newest?.approval]);
    return (
        <div class={`approvals${opened === undefined ? "" : " opened"}`}>
            <Head
                title={opened === undefined ? say("Approvals") : say("Approval")}
                back={
                    opened === undefined
                        ? undefined
                        : () => {
                              location.hash = "#/approvals";
                          }
                }
            />
            <section class="panel approvals-list" aria-label={say("Approvals")}>
                <div class="panel-head">
                    <h2>{say("Waiting for a decision")}</h2>
                    <span class="count">{whole(waiting.length)}</span>
                </div>
                {!complete && waiting.length === 0 ? (
                    <div class="bones-2">
                        <i class="bones" />
                        <i class="bones" />
                    </div>
                ) : waiting.length === 0 ? (
                    <p class="region-note">{say("Nothing waits. Sales over a limit come here by themselves.")}</p>
                ) : (
                    <ul class="asks">
                        {waiting.map((row) => (
                            <Waits
                                key={String(row.approval)}
                                client={client}
                                row={row}
                                current={row.approval === shown}
                            />
                        ))}
                    </ul>
                )}
                {before.length > 0 && (
                    <>
                        <div class="panel-head">
                            <h2>{say("Decided")}</h2>
                        </div>
                        <ul class="asks">
                            {before.map((row) => (
                                <Decided key={String(row.approval)} client={client} row={row} />
                            ))}
                        </ul>
                    </>
                )}
            </section>
            <div class="approvals-one">
                {shown === undefined ? (
                    <div class="panel region-note">{say("A request opens here.")}</div>
                ) : (
                    <Opened key={String(shown)} client={client} id={shown} live={rows.get(shown)} waiting={waiting} />
                )}
            </div>
        </div>
    );
}

/* ---- one opened ---- */

function Goods({ row, view }: { row: ApprovalRow; view: ApprovalAnswer | undefined }) {
    const all = useSignal(false);
    const lines = view?.lines ?? [];
    const charges = view?.charges ?? [];
    const count = row.lines ?? lines.length + charges.length;
    if (count === 0)
        return <p class="section small ink-2">{say("No goods are named: an amount alone was asked for.")}</p>;
    if (lines.length === 0)
        return (
            <p class="section">
                <b>{sayMany("{count} item:", "{count} items:", count, { count: whole(count) })}</b>{" "}
                <Name>{row.goods ?? ""}</Name>
            </p>
        );
    const shown = all.value ? lines : lines.slice(0, 3);
    const rest = lines.slice(shown.length);
    return (
        <section class={`section goods-part${all.value ? " whole" : ""}`}>
            <button
                type="button"
                class="goods-short"
                aria-expanded={all.value}
                onClick={() => {
                    all.value = true;
                }}>
                <span class="cut">
                    <b>{sayMany("{count} item:", "{count} items:", count, { count: whole(count) })}</b>{" "}
                    <Name>{row.goods ?? ""}</Name>
                </span>
                <span class="accent" aria-hidden="true">
                    ›
                </span>
            </button>
            <div class="section-head">
                <h3>{sayMany("Goods, {count} item", "Goods, {count} items", count, { count: whole(count) })}</h3>
                {(rest.length > 0 || all.value) && (
                    <button
                        type="button"
                        class="link"
                        aria-expanded={all.value}
                        onClick={() => {
                            all.value = !all.value;
                        }}>
                        {all.value ? say("Fewer") : say("All")}
                    </button>
                )}
            </div>
            <ul class="parked-goods">
                {shown.map((line, index) => (
                    <li key={index}>
                        <span class="grow">
                            <Name>{line.text ?? ""}</Name>{" "}
                            <span class="ink-2 nowrap">
                                <Quantity thousandths={line.quantity} measure={line.unit} />
                            </span>
                        </span>
                        <Money minor={line.net_minor + (line.tax_minor ?? 0n)} />
                    </li>
                ))}
                {rest.length > 0 && (
                    <li class="ink-2">
                        <span class="grow">
                            {sayMany("{count} more item", "{count} more items", rest.length, {
                                count: whole(rest.length),
                            })}
                        </span>
                        <Money minor={rest.reduce((sum, line) => sum + line.net_minor + (line.tax_minor ?? 0n), 0n)} />
                    </li>
                )}
                {charges.map((charge, index) => (
                    <li key={`c${index}`}>
                        <span class="grow">
                            <Name>{charge.title}</Name>
                        </span>
                        <Money minor={charge.amount_minor + (charge.tax_minor ?? 0n)} />
                    </li>
                ))}
            </ul>
            <p class="small ink-3">{say("Prices with tax, as when it was parked.")}</p>
        </section>
    );
}

function Facts({ client, row }: { client: Client; row: ApprovalRow }) {
    const customer = useCustomer(client, row.customer);
    const card = useAsked(
        client,
        "customer_card",
        { customer: row.customer },
        { again: customer?.account?.seq, every: 3000 },
    );
    const money_in = useAsked(
        client,
        "documents",
        { customer: row.customer, kind: DocumentKind.DOCUMENT_PAYMENT, rows: 1 },
        { again: customer?.account?.seq, every: 3000 },
    );
    const account = customer?.account ?? card.answer?.account;
    const bills = useAsked(
        client,
        "unpaid_bills",
        { customer: row.customer },
        { again: customer?.account?.seq, every: 3000 },
    );
    const late = Math.max(0, bills.answer?.bills[0]?.days_late ?? 0);
    const last = money_in.answer?.rows[0];
    const others = wallsText(row.decision);
    return (
        <section class="section">
            <dl class="facts">
                <div>
                    <dt>{say("owes")}</dt>
                    <dd>{account === undefined ? "–" : <Money minor={account.balance_minor} />}</dd>
                </div>
                <div>
                    <dt>{late > 0 ? say("overdue, {days} d", { days: whole(late) }) : say("overdue")}</dt>
                    <dd class={late > 0 ? "late" : ""}>
                        {account === undefined ? "–" : <Money minor={account.overdue_minor ?? 0n} />}
                    </dd>
                </div>
                <div>
                    <dt>{say("unpaid bills")}</dt>
                    <dd>{account === undefined ? "–" : whole(account.open_bills)}</dd>
                </div>
                <div>
                    <dt>{last === undefined ? say("last payment") : say("paid {day}", { day: day(last.date) })}</dt>
                    <dd class={last === undefined ? "ink-3" : "credit"}>
                        {last === undefined ? "–" : <Money minor={last.total_minor} />}
                    </dd>
                </div>
            </dl>
            {others !== "" && <p class="late">{say("Also in the way: {walls}", { walls: others })}</p>}
            <Help client={client} row={row} />
            {row.note?.value !== undefined && (
                <p>
                    {say("Note of who asks:")} <Name>“{row.note.value}”</Name>
                </p>
            )}
        </section>
    );
}

function Help({ client, row }: { client: Client; row: ApprovalRow }) {
    const asked = useAsked(
        client,
        "what_if",
        client.may(Right.RIGHT_SELL) ? { customer: row.customer, amount_minor: row.amount_minor } : undefined,
        { again: client.seq.value, every: 3000 },
    );
    const refusal = asked.answer?.refusal;
    const ways =
        refusal === undefined
            ? []
            : refusal.ways
                  .filter((way) => way.kind !== WayOutKind.WAY_ASK_APPROVAL && way.kind !== WayOutKind.WAY_RAISE_LIMIT)
                  .map((way) => wayText(way, refusal, client));
    if (asked.answer !== undefined && refusal === undefined)
        return <p class="credit">{say("It would pass now, without an approval.")}</p>;
    return (
        <p class="ink-2 help">{ways.length === 0 ? "" : say("What would help: {ways}", { ways: ways.join(" · ") })}</p>
    );
}

const REASONS = [
    () => say("Pays this week"),
    () => say("Long-time customer"),
    () => say("Agreed by phone"),
    () => say("Too much is overdue"),
    () => say("Pays first"),
];

function outcomeOf(client: Client, fate: Fate): { tone: string; text: string } {
    switch (fate.kind) {
        case "sending":
            return { tone: "", text: say("sending") };
        case "asking again":
            return { tone: "late", text: say("The line went. It is asked again, and counts once.") };
        case "waiting":
            return { tone: "late", text: say("No line. It is kept here and sends by itself.") };
        case "done":
            return { tone: "credit", text: "" };
        case "refused":
            return { tone: "over", text: refusalText(fate.refused, client) };
    }
}

function Opened({
    client,
    id,
    live,
    waiting,
}: {
    client: Client;
    id: bigint;
    live: ApprovalRow | undefined;
    waiting: readonly ApprovalRow[];
}) {
    const asked = useAsked(client, "approval", { approval: id }, { again: live?.seq });
    const row = live ?? asked.answer?.row;
    if (row === undefined) {
        if (asked.refused !== undefined)
            return (
                <div class="panel region-note">
                    <b>{refusalText(asked.refused, client)}</b>
                    <a href="#/approvals">{say("All approvals")}</a>
                </div>
            );
        return (
            <div class="panel approval bones-2" aria-busy="true">
                <i class="bones" />
                <i class="bones" />
                <i class="bones" />
            </div>
        );
    }
    const place = waiting.findIndex((each) => each.approval === id);
    const next = waiting[(place + 1) % Math.max(1, waiting.length)];
    const over = overOf(row);
    return (
        <article class="approval" aria-labelledby="approval-who">
            <div class="panel">
                <section class="section">
                    <div class="section-head">
                        <a class="title grow" id="approval-who" href={customerHref(row.customer)}>
                            <Name class="cut">{customerOf(row)}</Name>
                        </a>
                        {isWaiting(row, client.clock()) && <TimeLeft until={row.expires_ms} words />}
                    </div>
                    <p class="ask-line small ink-2">
                        <span class="grow">
                            {say("{who} asks at {time}", {
                                who: askedBy(client, row),
                                time: isolate(moment(row.asked_ms)),
                            })}
                        </span>
                        {place >= 0 && waiting.length > 1 && next !== undefined && (
                            <a class="link" href={approvalHref(next.approval)}>
                                {say("{place} of {count}", { place: whole(place + 1), count: whole(waiting.length) })}{" "}
                                <span aria-hidden="true">›</span>
                            </a>
                        )}
                    </p>
                    <div class="two">
                        <div>
                            <p class="small ink-2">{say("This sale")}</p>
                            <p class="figure plain-figure">
                                <Money minor={row.amount_minor} unit />
                            </p>
                        </div>
                        <div class="end">
                            {over !== undefined && over > 0n ? (
                                <>
                                    <p class="small over">
                                        <b>{say("Over the limit by")}</b>
                                    </p>
                                    <p class="figure over">
                                        <span class="sign" aria-hidden="true">
                                            ▲
                                        </span>
                                        <Money minor={over} />
                                    </p>
                                </>
                            ) : (
                                <>
                                    <p class="small late">
                                        <b>{say("Stopped by")}</b>
                                    </p>
                                    <p class="late">{wallsText(row.decision)}</p>
                                </>
                            )}
                        </div>
                    </div>
                </section>
                <Goods row={row} view={asked.answer} />
                <section class="section">
                    <Sums
                        client={client}
                        customer={row.customer}
                        sale={row.amount_minor}
                        decision={row.decision}
                        waits={isWaiting(row, client.clock())}
                    />
                </section>
                <Facts client={client} row={row} />
            </div>
            <Decide client={client} row={row} waiting={waiting} />
        </article>
    );
}

function Decide({ client, row, waiting }: { client: Client; row: ApprovalRow; waiting: readonly ApprovalRow[] }) {
    const reason = useSignal<string | undefined>(undefined);
    const other = useSignal("");
    const less = useSignal<bigint | undefined>(undefined);
    const lessText = useSignal("");
    const lessening = useSignal(false);
    const sent = useSignal<{ pending: Pending; approved: boolean } | undefined>(undefined);
    const hint = useSignal(false);
    const box = useRef<HTMLFieldSetElement>(null);
    const fate = useComputed(() => sent.value?.pending.fate.value).value;
    useEffect(() => {
        if (fate?.kind === "refused") sent.value = undefined;
    }, [fate?.kind]);
    const said = reason.value === "" ? other.value.trim() : reason.value;
    const chosen = said !== undefined && said !== "";
    const lost = client.line.value.kind === "lost" || client.line.value.kind === "connecting";
    const waits = isWaiting(row, client.clock());
    const looked = useRef(false); /* at it, while it waited */
    looked.current ||= waits;
    const granted = less.value ?? row.amount_minor;
    const refused = useSignal<Fate | undefined>(undefined);
    useEffect(() => {
        if (fate !== undefined) refused.value = fate.kind === "refused" ? fate : undefined;
    }, [fate]);

    if (!client.may(Right.RIGHT_APPROVE))
        return (
            <p class="region-note">
                {waits ? (
                    say("A manager, controller or owner decides this.")
                ) : (
                    <>
                        <State client={client} row={row} /> · {decidedText(row)}
                    </>
                )}
            </p>
        );
    if (!waits || fate?.kind === "done")
        return (
            <Ended
                client={client}
                row={row}
                waiting={waiting}
                mine={fate?.kind === "done"}
                looked={looked.current}
                kept={fate?.kind === "done" ? undefined : said}
            />
        );

    const decide = (approved: boolean) => {
        if (!chosen) {
            hint.value = true;
            box.current?.querySelector<HTMLElement>("button")?.focus();
            return;
        }
        sent.value = {
            approved,
            pending: client.submit("decide_approval", {
                approval: row.approval,
                approved,
                reason: { value: said },
                ...(approved && less.value !== undefined && less.value < row.amount_minor
                    ? { amount_minor: less.value }
                    : {}),
            }),
        };
    };
    const busy = fate !== undefined && fate.kind !== "refused";
    const wrong = lessening.value && lessText.value.trim() !== "" && less.value === undefined;
    const blocked = lost
        ? say("Not connected")
        : busy
          ? say("It is on its way")
          : wrong
            ? say("This amount cannot be approved")
            : false;
    const outcome = fate ?? refused.value;
    const told = outcome === undefined ? undefined : outcomeOf(client, outcome);
    return (
        <>
            <fieldset class="reasons" ref={box}>
                <legend class="small">
                    <b>{say("Reason, needed")}</b>{" "}
                    <span class={hint.value && !chosen ? "over" : "ink-2"}>
                        {hint.value && !chosen ? say("choose one first") : say("kept with your name")}
                    </span>
                </legend>
                <div class="chips">
                    {REASONS.map((text) => text()).map((text) => (
                        <button
                            type="button"
                            key={text}
                            class="chip pill"
                            aria-pressed={reason.value === text}
                            onClick={() => {
                                reason.value = reason.value === text ? undefined : text;
                            }}>
                            {text}
                        </button>
                    ))}
                    <button
                        type="button"
                        class="chip pill"
                        aria-pressed={reason.value === ""}
                        onClick={() => {
                            reason.value = reason.value === "" ? undefined : "";
                        }}>
                        {say("Other…")}
                    </button>
                </div>
                {reason.value === "" && (
                    <Field
                        label={say("Reason")}
                        hideLabel
                        value={other.value}
                        maxLength={200}
                        autofocus
                        noNote
                        onText={(text) => {
                            other.value = text;
                        }}
                    />
                )}
                {lessening.value ? (
                    <div class="less">
                        <AmountField
                            label={say("Approve up to")}
                            text={lessText.value}
                            autofocus
                            onText={(text, read) => {
                                lessText.value = text;
                                less.value =
                                    read.value !== undefined && read.value > 0n && read.value < row.amount_minor
                                        ? read.value
                                        : undefined;
                            }}
                            note={say("Less than {amount}; the till may leave out goods.", {
                                amount: money(client, row.amount_minor),
                            })}
                        />
                        <button
                            type="button"
                            class="link"
                            onClick={() => {
                                less.value = undefined;
                                lessText.value = "";
                                lessening.value = false;
                            }}>
                            {say("All of it")}
                        </button>
                    </div>
                ) : (
                    <button
                        type="button"
                        class="link"
                        onClick={() => {
                            lessening.value = true;
                            /* it opens above the buttons that lie over the foot of the page */
                            requestAnimationFrame(() =>
                                box.current?.querySelector(".less input")?.scrollIntoView({ block: "nearest" }),
                            );
                        }}>
                        {say("Approve less…")}
                    </button>
                )}
            </fieldset>
            <div class="bar-sticky" role="group" aria-label={say("Decision")}>
                <div role="status">
                    {(lost || told !== undefined) && (
                        <p class={`bar-note small ${told?.tone ?? "late"}`}>
                            {lost ? say("Not connected: decide when the line is back.") : told?.text}
                        </p>
                    )}
                </div>
                <div class="bar-buttons">
                    <Button danger large blocked={blocked} onClick={() => decide(false)}>
                        {busy && sent.value?.approved === false ? say("sending") : say("Refuse")}
                    </Button>
                    <Button
                        filled={chosen && blocked === false}
                        large
                        class="grow approve"
                        blocked={blocked}
                        onClick={() => decide(true)}>
                        {busy && sent.value?.approved === true
                            ? say("sending")
                            : say("Approve {amount} once", { amount: isolate(amount(granted)) })}
                    </Button>
                </div>
            </div>
        </>
    );
}

function State({ client, row }: { client: Client; row: ApprovalRow }) {
    const state = stateText(client, row);
    return (
        <b class={state.tone}>
            <span aria-hidden="true">{state.sign} </span>
            {state.text}
        </b>
    );
}

/* It is decided: by me, or by somebody else while I looked. */
function Ended({
    client,
    row,
    waiting,
    mine,
    looked,
    kept,
}: {
    client: Client;
    row: ApprovalRow;
    waiting: readonly ApprovalRow[];
    mine: boolean;
    looked: boolean;
    kept: string | undefined;
}) {
    const granted = row.state === ApprovalState.APPROVAL_GRANTED || row.state === ApprovalState.APPROVAL_SPENT;
    const branch = namesOf(client).branch(row.asked_by?.branch);
    const next = waiting.find((each) => each.approval !== row.approval);
    const text = stateText(client, row);
    return (
        <div class="bar-sticky">
            <div class={`notice ${text.tone}`} role="status">
                <div class="notice-text">
                    <p>
                        <State client={client} row={row} />
                        {isForLess(row) && (
                            <>
                                {" "}
                                {say("up to")} <Money minor={row.approved_minor} />
                            </>
                        )}
                    </p>
                    <p class="small ink-2">
                        {row.reason?.value !== undefined && (
                            <>
                                <Name>“{reasonText(row.reason.value)}”</Name> ·{" "}
                            </>
                        )}
                        {mine
                            ? say("{branch} has it on the screen", { branch })
                            : granted || row.state === ApprovalState.APPROVAL_REFUSED
                              ? looked
                                  ? say("decided while you looked")
                                  : decidedText(row)
                              : say("the sale stays parked at {branch}", { branch })}
                        {kept !== undefined && kept !== "" && (
                            <> · {say("your reason was not used: “{reason}”", { reason: kept })}</>
                        )}
                    </p>
                </div>
                {row.document !== undefined && (
                    <a class="button" href={documentHref(row.document)}>
                        {row.number ?? say("Bill")}
                    </a>
                )}
                {next !== undefined && (
                    <a class="button" href={approvalHref(next.approval)}>
                        {say("Next")} <span aria-hidden="true">›</span>
                    </a>
                )}
            </div>
        </div>
    );
}

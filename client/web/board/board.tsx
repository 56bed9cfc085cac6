/*
 * The board: what is owed, sold, overdue, collected and not yet matched, and what waits for somebody.
 *
 *  1 No region changes its height when figures change; each is painted at most four times a second.
 *  2 Every figure is of one state of the ledger: tiles and branches of the same set of rows.
 *  3 What the line has not told for some seconds says how old it is.
 */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import {
    DecisionKind,
    Right,
    type BranchNow,
    type DecisionRow,
    type StatusAnswer,
    type TotalsChange,
    type TotalsRow,
} from "../lib/messages";
import {
    ago,
    Bones,
    clock,
    dayInFull,
    everySecond,
    go,
    Code,
    Head,
    Kbd,
    lasting,
    money,
    Money,
    Name,
    Panel,
    percent,
    serverNow,
    share,
    Sign,
    unit,
    useActions,
    whole,
} from "../kit";
import { apart, named, shortName } from "../kit/money";
import { say, sayMany } from "../kit/words";
import { Ages } from "./ages";
import { customerOf, OverBy, useWaiting, wallsText } from "./approvals";
import { useAsked } from "./asked";
import { MoneyCharts } from "./charts";
import { Checklist, hasSteps } from "../desk/checklist";
import { ProductForm } from "../desk/forms";
import { Exposures } from "./exposures";
import { namesOf } from "./live";
import { Age, approvalHref, customerHref, TimeLeft, useNewsMark } from "./parts";
import { useTick } from "./paced";
import { COMPANY, hasTotals, owedOf, useDecisions, useStatus, useTotals } from "./totals";
import { Unusual } from "./unusual";
import { wall } from "./wall";

/* What is chosen stays, on this device: a manager of one branch looks at theirs each morning. */
const CHOSEN = "tefter.board.branch";
function keptChoice(): number | undefined {
    try {
        return Number(localStorage.getItem(CHOSEN)) || undefined;
    } catch {
        return undefined;
    }
}
const chosen = signal<number | undefined>(keptChoice());
function choose(branch: number | undefined): void {
    chosen.value = branch;
    try {
        if (branch === undefined) localStorage.removeItem(CHOSEN);
        else localStorage.setItem(CHOSEN, String(branch));
    } catch {
        /* until the page is closed */
    }
}

/* ---- tiles ---- */

function Change({ client, change, nothing }: { client: Client; change: TotalsChange | undefined; nothing: boolean }) {
    if (change === undefined)
        return (
            <span class="tile-note ink-3">
                {nothing ? say("no change yet") : say("no change since the server began")}
            </span>
        );
    const names = namesOf(client);
    const who = change.login === undefined ? names.person(change.actor?.staff) : names.personOfLogin(change.login);
    const where = names.branch(change.actor?.branch);
    return (
        <span class="tile-note tile-change">
            <span class="accent">
                <Money minor={change.amount_minor} signed />
            </span>
            {change.number !== undefined && (
                <span class="tile-number">
                    {" "}
                    · <Code>{change.number}</Code>
                </span>
            )}
            <span>
                {" "}
                · <Name>{ago(change.at_ms)}</Name>
            </span>
            {(who !== "" || where !== "") && (
                <span class="tile-who">
                    {" · "}
                    <span class="cut">{named([who, where])}</span>
                </span>
            )}
        </span>
    );
}

/* Before the count, who is to count it is not told what was taken in cash: no sum holds it. */
const keepsCash = (row: TotalsRow): boolean => row.collected_by_kind.some((each) => each.amount_minor === undefined);

function BoardTile({
    client,
    label,
    minor,
    tone,
    fact,
    change,
}: {
    client: Client;
    label: string;
    minor: bigint | undefined;
    tone?: string;
    fact: ComponentChild;
    change: TotalsChange | undefined;
}) {
    const mark = useNewsMark(minor === undefined ? undefined : `${minor} ${change?.seq ?? ""}`);
    return (
        <div class={`tile ${mark.class}`} style={mark.style}>
            <span class="tile-label">
                {label} <Age client={client} />
            </span>
            <span class={`figure ${minor === 0n ? "ink-3" : (tone ?? "")}`}>
                {minor === undefined ? <i class="bones bones-figure" /> : <Money minor={minor} unit />}
            </span>
            <span class="tile-note">{minor === undefined ? "" : fact}</span>
            {minor === undefined ? (
                <span class="tile-note" />
            ) : (
                <Change client={client} change={change} nothing={minor === 0n} />
            )}
        </div>
    );
}

const LEAVE_MS = 3000;

/* It comes with the pointer and goes when that rests: nobody points at a wall. */
function LeaveWall() {
    const [seen, setSeen] = useState(false);
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const moved = (): void => {
            setSeen(true);
            clearTimeout(timer);
            timer = setTimeout(() => setSeen(false), LEAVE_MS);
        };
        addEventListener("pointermove", moved);
        addEventListener("pointerdown", moved);
        return () => {
            clearTimeout(timer);
            removeEventListener("pointermove", moved);
            removeEventListener("pointerdown", moved);
        };
    }, []);
    useActions([
        {
            id: "board.leave-wall",
            key: "Esc",
            title: say("Leave the board for the wall"),
            run: () => {
                wall.value = false;
            },
        },
    ]);
    return seen ? (
        <button
            type="button"
            class="button leave-wall"
            onClick={() => {
                wall.value = false;
            }}>
            {say("Leave the board for the wall")} <Kbd>Esc</Kbd>
        </button>
    ) : null;
}

function Tiles({ client, row }: { client: Client; row: TotalsRow | undefined }) {
    const owed = row === undefined ? undefined : owedOf(row);
    const since = row?.unmatched_since_ms;
    return (
        <section class="panel tiles board-tiles" aria-label={say("Figures of today")}>
            <BoardTile
                client={client}
                label={say("Owed to us")}
                minor={owed}
                change={row?.last_owed}
                fact={
                    row !== undefined &&
                    (row.bills === 0 ? (
                        say("no bill yet")
                    ) : (
                        <>
                            {row.over_limit > 0 && (
                                <>
                                    <b class="over">
                                        <Sign of="▲" />
                                        {say("{count} over", { count: whole(row.over_limit) })}
                                    </b>{" "}
                                    ·{" "}
                                </>
                            )}
                            {sayMany("{count} bill", "{count} bills", row.bills, { count: whole(row.bills) })} ·{" "}
                            {sayMany("{count} owes", "{count} owe", row.owing, { count: whole(row.owing) })}
                        </>
                    ))
                }
            />
            <BoardTile
                client={client}
                label={row?.sold_hidden ? say("Sold on credit today") : say("Sold today")}
                minor={row?.sold_minor}
                change={row?.last_sold}
                fact={
                    row !== undefined &&
                    (row.sold_hidden ? (
                        say("what was paid at once: after the count")
                    ) : (
                        <>
                            {say("on credit")}{" "}
                            <b>
                                <Money minor={row.on_credit_minor} />
                            </b>
                            {row.sold_minor > 0n && <> · {percent(share(row.on_credit_minor, row.sold_minor))}</>}
                        </>
                    ))
                }
            />
            <BoardTile
                client={client}
                label={say("Overdue")}
                minor={row?.overdue_minor}
                tone="late"
                change={row?.last_overdue}
                fact={
                    row !== undefined &&
                    (row.overdue_minor === 0n ? (
                        say("nothing is late")
                    ) : (
                        <>
                            <b>{percent(share(row.overdue_minor, row.bills_minor))}</b> {say("of unpaid bills")} ·{" "}
                            {sayMany("{count} bill", "{count} bills", row.overdue_bills, {
                                count: whole(row.overdue_bills),
                            })}
                        </>
                    ))
                }
            />
            <BoardTile
                client={client}
                label={say("Collected today")}
                minor={row?.collected_minor}
                change={row?.last_collected}
                fact={
                    row !== undefined && (
                        <>
                            {row.collected === 0
                                ? say("no receipt yet")
                                : sayMany("{count} receipt", "{count} receipts", row.collected, {
                                      count: whole(row.collected),
                                  })}
                            {keepsCash(row) && <> · {say("Without cash")}</>}
                        </>
                    )
                }
            />
            <BoardTile
                client={client}
                label={say("Not yet matched")}
                minor={row?.unmatched_minor}
                change={row?.last_unmatched}
                fact={
                    row !== undefined &&
                    (since === undefined ? (
                        say("nothing waits")
                    ) : (
                        <>
                            {sayMany("{count} paper", "{count} papers", row.unmatched, { count: whole(row.unmatched) })}{" "}
                            · <b class="late">{say("oldest {age}", { age: ago(since) })}</b>
                        </>
                    ))
                }
            />
        </section>
    );
}

/* ---- branches ---- */

/* A device that left a moment ago comes back in a moment. */
const LOST_MS = 60_000;
const isLost = (now: BranchNow): boolean =>
    now.terminals > 0 &&
    (now.connected ?? 0) === 0 &&
    (now.heard_ms === undefined || serverNow() - Number(now.heard_ms) > LOST_MS);

/* `words`: it says what is counted, where no column does. */
function Device({ client, now, words }: { client: Client; now: BranchNow | undefined; words?: boolean }) {
    everySecond();
    const those = (count: number, all: number): string => {
        const facts = { count: whole(count), all: whole(all) };
        return words
            ? sayMany("{count} of {all} device", "{count} of {all} devices", all, facts)
            : say("{count} of {all}", facts);
    };
    const line = client.line.value;
    if (now === undefined) return <span class="ink-3">–</span>;
    if ((line.kind === "lost" || line.kind === "stale" || line.kind === "ended") && now.terminals > 0 && !now.blocked)
        return (
            <span class="ink-3 nowrap">
                <span aria-hidden="true">○ </span>
                {those(now.connected ?? 0, now.terminals)}
                {"heard" in line && <> · {lasting(performance.now() - line.heard)}</>}
            </span>
        );
    if (now.blocked)
        return (
            <span class="tag over">
                <span aria-hidden="true">⊘ </span>
                {say("blocked")}
            </span>
        );
    if (now.terminals === 0) return <span class="ink-3">{say("no device")}</span>;
    if ((now.connected ?? 0) > 0)
        return (
            <span class="nowrap">
                <span class="credit on-dot" aria-hidden="true" />
                {those(now.connected ?? 0, now.terminals)}
            </span>
        );
    if (!isLost(now)) return <span class="ink-2 nowrap">{those(0, now.terminals)}</span>;
    return (
        <span class="tag late">
            <span aria-hidden="true">○ </span>
            {now.heard_ms === undefined ? say("not heard") : say("lost {age}", { age: ago(now.heard_ms) })}
        </span>
    );
}

function tillText(now: BranchNow | undefined): string {
    if (now === undefined || now.tills === 0) return "–";
    if (now.tills_open === 0) return say("till::closed");
    if (now.tills_counted > 0) return say("{count} counted", { count: whole(now.tills_counted) });
    return now.tills_open === now.tills
        ? say("till::open")
        : say("{count}/{all} open", { count: whole(now.tills_open), all: whole(now.tills) });
}

function BranchRow({
    client,
    name,
    row,
    now,
    total,
}: {
    client: Client;
    name: string;
    row: TotalsRow;
    now: BranchNow | undefined;
    total?: boolean;
}) {
    const mark = useNewsMark(owedOf(row));
    const last = row.last_owed;
    const lost = now?.heard_ms !== undefined && isLost(now);
    return (
        <tr class={total ? "sum-row-all" : mark.class} style={total ? undefined : mark.style}>
            <td class="cut">
                <b>
                    <Name class="cut">{name}</Name>
                </b>
            </td>
            <td class="amount">
                <Money minor={owedOf(row)} />
            </td>
            <td class="amount small wide-only">
                {total ? (
                    ""
                ) : lost ? (
                    <span class="late">{say("figures of {time}", { time: clock(now!.heard_ms!, false) })}</span>
                ) : last === undefined ? (
                    <span class="ink-3">–</span>
                ) : (
                    <span class="ink-2">
                        <Money minor={last.amount_minor} signed /> · {ago(last.at_ms)}
                    </span>
                )}
            </td>
            <td class={`amount ${row.overdue_minor > 0n ? "late" : "ink-3"}`}>
                <Money minor={row.overdue_minor} />
            </td>
            <td class="amount small ink-2 wide-only">
                {row.bills_minor > 0n ? percent(share(row.overdue_minor, row.bills_minor)) : "–"}
            </td>
            <td class="amount">
                <Money minor={row.collected_minor} />
            </td>
            <td class="wide-only">{total ? "" : tillText(now)}</td>
            <td>{total ? "" : <Device client={client} now={now} />}</td>
        </tr>
    );
}

function Branches({
    client,
    rows,
    now,
    only,
}: {
    client: Client;
    rows: ReadonlyMap<number, TotalsRow>;
    now: readonly BranchNow[];
    only: number | undefined;
}) {
    const names = namesOf(client);
    const company = rows.get(COMPANY);
    const branches = [...rows.values()]
        .filter((row) => row.branch !== COMPANY && (only === undefined || row.branch === only))
        .sort((a, b) => a.branch - b.branch);
    return (
        <div class="table-box branches" tabIndex={0} role="region" aria-label={say("Branches")}>
            <table class="table">
                <thead>
                    <tr>
                        <th>{say("Branch")}</th>
                        <th class="amount">{say("Owed by their customers {unit}", { unit: unit() })}</th>
                        <th class="amount wide-only">{say("Last change")}</th>
                        <th class="amount">{say("Overdue {unit}", { unit: unit() })}</th>
                        <th class="amount wide-only">{say("share")}</th>
                        <th class="amount">{say("Collected {unit}", { unit: unit() })}</th>
                        <th class="wide-only">{say("Till")}</th>
                        <th>{say("Devices")}</th>
                    </tr>
                </thead>
                <tbody>
                    {branches.map((row) => (
                        <BranchRow
                            key={row.branch}
                            client={client}
                            name={names.branch(row.branch)}
                            row={row}
                            now={now.find((each) => each.branch === row.branch)}
                        />
                    ))}
                    {company !== undefined && only === undefined && branches.length > 1 && (
                        <BranchRow client={client} name={say("All")} row={company} now={undefined} total />
                    )}
                </tbody>
            </table>
        </div>
    );
}

/* On a phone each branch is two lines. */
function BranchCards({
    client,
    rows,
    now,
    only,
}: {
    client: Client;
    rows: ReadonlyMap<number, TotalsRow>;
    now: readonly BranchNow[];
    only: number | undefined;
}) {
    const names = namesOf(client);
    const branches = [...rows.values()]
        .filter((row) => row.branch !== COMPANY && (only === undefined || row.branch === only))
        .sort((a, b) => a.branch - b.branch);
    return (
        <ul class="cards">
            {branches.map((row) => {
                const here = now.find((each) => each.branch === row.branch);
                return (
                    <li key={row.branch}>
                        <span class="ask-line">
                            <span class="grow">
                                <Name class="cut">{names.branch(row.branch)}</Name>
                            </span>
                            <Money minor={owedOf(row)} />
                        </span>
                        <span class="ask-line small">
                            <span class="grow">
                                <Device client={client} now={here} words />
                                <span class="ink-2">
                                    {here === undefined || here.tills === 0
                                        ? ""
                                        : ` · ${sayMany("till {state}", "tills {state}", here.tills, { state: tillText(here) })}`}
                                </span>
                            </span>
                            <span class="late">
                                {row.overdue_minor > 0n ? (
                                    <>
                                        {say("overdue")} <Money minor={row.overdue_minor} /> ·{" "}
                                        {percent(share(row.overdue_minor, row.bills_minor))}
                                    </>
                                ) : (
                                    ""
                                )}
                            </span>
                        </span>
                    </li>
                );
            })}
        </ul>
    );
}

/* ---- as it happens ---- */

const HAPPENS: ReadonlySet<DecisionKind> = new Set([
    DecisionKind.DECISION_SALE_REFUSED,
    DecisionKind.DECISION_PARKED,
    DecisionKind.DECISION_APPROVED,
    DecisionKind.DECISION_DENIED,
    DecisionKind.DECISION_APPROVAL_USED,
]);
/* With a few branches it takes the room that the cards beside it leave. */
const FEED_ROWS = 6;
const feedRows = (branches: number): number => Math.max(FEED_ROWS, 10 - (branches > 1 ? branches + 1 : 1));

function happened(row: DecisionRow): { sign: string; tone: string; word: string } {
    switch (row.kind) {
        case DecisionKind.DECISION_SALE_REFUSED:
            return { sign: "▲", tone: "over", word: say("Refused") };
        case DecisionKind.DECISION_PARKED:
            return { sign: "‖", tone: "late", word: say("Parked") };
        case DecisionKind.DECISION_APPROVED:
            return { sign: "✓", tone: "credit", word: say("Approved") };
        case DecisionKind.DECISION_DENIED:
            return { sign: "✕", tone: "over", word: say("Denied") };
        case DecisionKind.DECISION_APPROVAL_USED:
            return { sign: "✓", tone: "credit", word: say("Sold by approval") };
        default:
            return { sign: "●", tone: "ink-2", word: say("Decided") };
    }
}

function whatHappened(client: Client, row: DecisionRow): string {
    const amount = row.amount_minor === undefined ? "" : money(client, row.amount_minor);
    if (row.over_by_minor !== undefined && row.over_by_minor > 0n)
        return say("{amount}, over by {over}", { amount, over: money(client, row.over_by_minor) });
    const walls = wallsText({ walls: row.walls } as Parameters<typeof wallsText>[0]);
    return walls === "" ? amount : say("{amount}, {why}", { amount, why: walls });
}

function Feed({
    client,
    rows,
    only,
    most,
}: {
    client: Client;
    rows: readonly DecisionRow[];
    only: number | undefined;
    most: number;
}) {
    const names = namesOf(client);
    const shown = rows
        .filter((row) => HAPPENS.has(row.kind) && (only === undefined || row.branch === only))
        .slice(0, most);
    return (
        <ul class="feed" style={{ "--rows": most }}>
            {shown.length === 0 && (
                <li class="ink-3">{say("Nothing was refused, parked or approved since the server began.")}</li>
            )}
            {shown.map((row) => {
                const what = happened(row);
                const href =
                    row.approval !== undefined
                        ? `#/approvals/${row.approval}`
                        : row.customer !== undefined
                          ? customerHref(row.customer)
                          : undefined;
                const who = row.login === undefined ? names.person(row.actor?.staff) : names.personOfLogin(row.login);
                return (
                    <li key={String(row.decision)}>
                        <span class="small ink-2 feed-time">{clock(row.at_ms)}</span>
                        <span class={`feed-word nowrap ${what.tone}`}>
                            <span aria-hidden="true">{what.sign} </span>
                            {what.word}
                        </span>
                        <a class="feed-what cut" href={href}>
                            <b>
                                <Name>{row.customer_name?.value ?? row.customer_code ?? ""}</Name>
                            </b>{" "}
                            {whatHappened(client, row)}
                            {row.times !== undefined && <span class="ink-2"> ×{whole(row.times)}</span>}
                        </a>
                        <span class="small ink-2 feed-who cut">
                            {[names.branch(row.branch), shortName(who, 10)]
                                .filter((part) => part !== "")
                                .map(apart)
                                .join(" · ")}
                        </span>
                    </li>
                );
            })}
        </ul>
    );
}

/* ---- what waits ---- */

function Waiting({ client, only }: { client: Client; only: number | undefined }) {
    const waiting = useWaiting(client).filter((row) => only === undefined || row.asked_by?.branch === only);
    return (
        <Panel
            class="waiting"
            title={say("Waiting for a decision")}
            note={waiting.length > 0 && <span class="count">{whole(waiting.length)}</span>}
            end={
                waiting.length > 0 && (
                    <span class="small ink-2 hint wide-only">
                        <kbd>a</kbd> {say("opens the first")}
                    </span>
                )
            }>
            <ul class="asks scrolls" tabIndex={waiting.length > 2 ? 0 : undefined}>
                {waiting.length === 0 && (
                    <li class="region-note">{say("Nothing waits. Sales over a limit come here by themselves.")}</li>
                )}
                {waiting.map((row) => (
                    <li key={String(row.approval)}>
                        <a class="ask" href={`#/approvals/${row.approval}`}>
                            <span class="ask-line">
                                <b class="grow">
                                    <Name class="cut">{customerOf(row)}</Name>
                                </b>
                                <TimeLeft until={row.expires_ms} words />
                            </span>
                            <span class="ask-line">
                                <span class="nowrap">
                                    {say("Sale")} <Money minor={row.amount_minor} />
                                </span>
                                <OverBy row={row} />
                            </span>
                            <span class="small ink-2 cut">
                                {[
                                    namesOf(client).personOfLogin(row.asked_login),
                                    namesOf(client).branch(row.asked_by?.branch),
                                    row.goods,
                                ]
                                    .filter((part) => part !== undefined && part !== "")
                                    .map((part) => apart(part ?? ""))
                                    .join(" · ")}
                            </span>
                        </a>
                    </li>
                ))}
            </ul>
        </Panel>
    );
}

/* The phone's first card. It has its height whether something waits or not. */
function WaitingFirst({ client, only }: { client: Client; only: number | undefined }) {
    const waiting = useWaiting(client).filter((row) => only === undefined || row.asked_by?.branch === only);
    const first = waiting[0];
    return (
        <section
            class={`panel first${first === undefined ? "" : " urgent"}`}
            aria-label={say("Waiting for a decision")}>
            {first === undefined ? (
                <>
                    <b>{say("Nothing waits for you")}</b>
                    <span class="small ink-2">{say("Sales over a limit come here by themselves.")}</span>
                </>
            ) : (
                <>
                    <span class="ask-line">
                        <b class="grow cut">
                            {sayMany("{count} sale waits for you", "{count} sales wait for you", waiting.length, {
                                count: whole(waiting.length),
                            })}
                        </b>
                        <TimeLeft until={first.expires_ms} words />
                    </span>
                    <span class="ask-line">
                        <span class="grow">
                            <Name class="cut">{customerOf(first)}</Name>
                        </span>
                        <OverBy row={first} />
                    </span>
                    <a
                        class="button filled large wide"
                        href={waiting.length === 1 ? `#/approvals/${first.approval}` : "#/approvals"}>
                        {say("Open approvals")}
                    </a>
                </>
            )}
        </section>
    );
}

/* ---- what is not well ---- */

const DAY_MS = 86_400_000;

function unwell(status: StatusAnswer | undefined, now: number): { tone: string; text: string }[] {
    if (status === undefined) return [];
    const said: { tone: string; text: string }[] = [];
    if (status.read_only === true)
        said.push({
            tone: "over",
            text: say("The server writes nothing now: {why}", { why: status.read_only_reason ?? "" }),
        });
    if (status.last_backup_ms === undefined) said.push({ tone: "late", text: say("There is no backup yet.") });
    else if (now - Number(status.last_backup_ms) > 2 * DAY_MS)
        said.push({ tone: "late", text: say("Last backup {age} ago", { age: ago(status.last_backup_ms) }) });
    if (status.disk_days_left !== undefined && status.disk_days_left < 30)
        said.push({
            tone: status.disk_days_left < 7 ? "over" : "late",
            text: sayMany("The disk is full in {count} day", "The disk is full in {count} days", status.disk_days_left),
        });
    if ((status.terminals_unheard ?? 0) > 0)
        said.push({
            tone: "late",
            text: sayMany(
                "{count} device was not heard since the restore",
                "{count} devices were not heard since the restore",
                status.terminals_unheard!,
            ),
        });
    return said;
}

/* ---- the screen ---- */

function BranchChoice({ client, rows }: { client: Client; rows: ReadonlyMap<number, TotalsRow> }) {
    const names = namesOf(client);
    const branches = [...rows.keys()].filter((branch) => branch !== COMPANY).sort((a, b) => a - b);
    if (branches.length < 2) return null;
    return (
        <label class="choice">
            <span class="unseen">{say("Branch")}</span>
            <select
                value={chosen.value ?? ""}
                onChange={(event) => {
                    choose(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value));
                }}>
                <option value="">{say("All branches")}</option>
                {branches.map((branch) => (
                    <option key={branch} value={branch}>
                        {names.branch(branch)}
                    </option>
                ))}
            </select>
        </label>
    );
}

function Empty({ client }: { client: Client }) {
    const [adding, setAdding] = useState(false);
    const [added, again] = useState(0);
    const products = useAsked(client, "products", { rows: 1 }, { again: added }).answer?.products.length;
    return (
        <section class="panel first-step" aria-labelledby="board-empty">
            <h2 id="board-empty" class="title">
                {say("No bill and no receipt yet")}
            </h2>
            <p class="ink-2">
                {say(
                    "Everything on this board is a true zero. The first sale on credit, or the file of your old program, fills it on every screen at once.",
                )}
            </p>
            {products === 0 && (
                <p class="row">
                    <b>{say("There is no product yet.")}</b>
                    {client.may(Right.RIGHT_EDIT_CATALOGUE) && (
                        <button type="button" class="button" onClick={() => setAdding(true)}>
                            {say("Add a product")}
                        </button>
                    )}
                </p>
            )}
            {adding && <ProductForm client={client} onClose={() => setAdding(false)} onMade={() => again(added + 1)} />}
            {client.may(Right.RIGHT_SELL) && products !== 0 && (
                <p>
                    <a class="button filled large" href="#/sale">
                        {say("Make the first sale")}
                    </a>
                </p>
            )}
        </section>
    );
}

export function Board({ client }: { client: Client }): ComponentChild {
    const table = useSignal(false);
    const back = useSignal(0);
    const { rows, whole } = useTotals(client);
    const decisions = useDecisions(client);
    const status = useStatus(client);
    useTick(1000);
    const only = rows.has(chosen.value ?? COMPANY) ? chosen.value : undefined;
    const own = rows.size === 1 ? [...rows.values()][0] : undefined;
    const row = rows.get(only ?? COMPANY) ?? own;
    const now = useAsked(client, "branches_now", hasTotals(client) ? {} : undefined, {
        again: Math.floor(performance.now() / 5000),
        every: 4000,
    });
    const waiting = useWaiting(client);

    useActions([
        {
            id: "board.waiting",
            key: "a",
            title: say("Open the first waiting decision"),
            blocked: waiting[0] === undefined && say("Nothing waits"),
            run: () => {
                if (waiting[0] !== undefined) location.hash = approvalHref(waiting[0].approval);
            },
        },
        {
            id: "board.table",
            key: "t",
            title: say("Charts as tables"),
            run: () => {
                table.value = !table.value;
            },
        },
        {
            id: "board.wall",
            key: "w",
            title: say("Board for the wall"),
            run: () => {
                wall.value = !wall.value;
            },
        },
        {
            id: "board.earlier",
            key: "←",
            title: say("Money in of the weeks before"),
            run: () => {
                back.value = Math.min(11, back.value + 1);
            },
        },
        {
            id: "board.later",
            key: "→",
            title: say("Money in of the weeks after"),
            run: () => {
                back.value = Math.max(0, back.value - 1);
            },
        },
    ]);
    useEffect(() => {
        document.documentElement.classList.toggle("wall", wall.value);
        return () => document.documentElement.classList.remove("wall");
    }, [wall.value]);

    if (!hasTotals(client))
        return (
            <div class="panel region-note">
                <b>{say("This server is older than the board.")}</b>
                <span>
                    {say(
                        "Customers, approvals and alarms work as they are. The board comes with the next version of the server.",
                    )}
                </span>
            </div>
        );
    const empty =
        row !== undefined &&
        row.bills === 0 &&
        row.owing === 0 &&
        row.sold === 0 &&
        row.collected === 0 &&
        row.in_credit_minor === 0n;
    return (
        <div class={`board${client.line.value.kind === "lost" ? " old" : ""}`}>
            <Head
                title={say("Board")}
                end={row === undefined ? undefined : <span class="small ink-2 cut">{dayInFull(row.date)}</span>}>
                <BranchChoice client={client} rows={rows} />
                {unwell(status, client.clock()).map((each) => (
                    <span key={each.text} class={`tag ${each.tone}`} role="status">
                        {each.text}
                    </span>
                ))}
            </Head>
            <div class="narrow-only">
                <WaitingFirst client={client} only={only} />
            </div>
            <Tiles key={only ?? COMPANY} client={client} row={whole || row !== undefined ? row : undefined} />
            {wall.value && <LeaveWall />}
            {hasSteps(client) && !wall.value && <Checklist client={client} onCode={() => go("recovery")} />}
            {empty && !hasSteps(client) && <Empty client={client} />}
            <div class="board-two">
                <section class="panel board-branches" aria-labelledby="board-branches">
                    <div class="panel-head">
                        <h2 id="board-branches">{say("Branches")}</h2>
                        <span class="grow small ink-2 cut">
                            {say("what its own customers owe, wherever they buy; money in today")}
                        </span>
                        <Age client={client} />
                    </div>
                    {rows.size === 0 ? (
                        <Bones rows={4} />
                    ) : (
                        <>
                            <div class="wide-table">
                                <Branches client={client} rows={rows} now={now.answer?.branches ?? []} only={only} />
                            </div>
                            <div class="narrow-table">
                                <BranchCards client={client} rows={rows} now={now.answer?.branches ?? []} only={only} />
                            </div>
                        </>
                    )}
                    <div class="panel-head">
                        <h2>{say("Refused, parked, approved")}</h2>
                        <span class="small ink-2">{say("as they happen")}</span>
                    </div>
                    <Feed
                        client={client}
                        rows={decisions}
                        only={only}
                        most={feedRows(
                            only === undefined ? [...rows.keys()].filter((each) => each !== COMPANY).length : 1,
                        )}
                    />
                </section>
                <div class="board-side">
                    <div class="wide-block">
                        <Waiting client={client} only={only} />
                    </div>
                    <Unusual client={client} decisions={decisions} only={only} rows={3} today={row} />
                </div>
            </div>
            <div class="board-three">
                <Ages client={client} only={only} />
                <MoneyCharts
                    client={client}
                    only={only}
                    table={table.value}
                    back={back.value}
                    onTable={() => {
                        table.value = !table.value;
                    }}
                    onBack={(by) => {
                        back.value = Math.max(0, Math.min(11, back.value + by));
                    }}
                />
                <Exposures client={client} only={only} />
            </div>
        </div>
    );
}

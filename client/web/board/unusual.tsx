/* What is unusual: passed limits, big discounts, papers dated back, reversed or undone, tills that differ, devices. */
import { useMemo } from "preact/hooks";
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import { DecisionKind, Right, TerminalAlarm, type AlarmRow, type DecisionRow, type TotalsRow } from "../lib/messages";
import { Name, Bones, clock, day, moment, money, Panel, percent, whole as count } from "../kit";
import { named } from "../kit/money";
import { say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { namesOf, useReplica } from "./live";
import { usePaced } from "./paced";
import { customerHref, documentHref } from "./parts";

export interface Item {
    key: string;
    at: number;
    tone: string;
    what: ComponentChild;
    who: string;
    branch: number | undefined;
    href: string | undefined;
    takesBack?: boolean /* a paper is reversed or corrected */;
}

const name = (row: AlarmRow | DecisionRow): string => row.customer_name?.value ?? row.customer_code ?? "";
const strong = (text: string): ComponentChild => (
    <b>
        <Name>{text}</Name>
    </b>
);

function terminalText(row: AlarmRow): string {
    const terminal = row.terminal_name ?? `#${row.terminal ?? 0}`;
    switch (row.what) {
        case TerminalAlarm.TERMINAL_COPIED:
            return say("{terminal} was copied, or came back from an old backup", { terminal });
        case TerminalAlarm.TERMINAL_MET_NEWER:
            return say("{terminal} has met a newer ledger than this one", { terminal });
        case TerminalAlarm.TERMINAL_MET_OTHER:
            return say("{terminal} has met another copy of this ledger", { terminal });
        default:
            return say("Something about {terminal}", { terminal });
    }
}

function alarmText(client: Client, row: AlarmRow): ComponentChild {
    if (row.terminal !== undefined) return terminalText(row);
    if (row.short_minor !== undefined)
        return say("Till {amount} below nothing by its books, with {number}", {
            amount: money(client, row.short_minor),
            number: row.number ?? "",
        });
    if (row.maker !== undefined) {
        const maker = namesOf(client).personOfLogin(row.maker_login ?? "");
        return (
            <>
                {strong(name(row))}{" "}
                {row.approval !== undefined
                    ? say("approval {number} granted by somebody whom {maker} made, who had asked", {
                          number: String(row.approval),
                          maker,
                      })
                    : say("{number} settled by somebody whom {maker} made, who had booked it", {
                          number: row.number ?? "",
                          maker,
                      })}
            </>
        );
    }
    if (row.undone_minor !== undefined)
        return (
            <>
                {strong(name(row))}{" "}
                {say("own sales undone at once, with {number} {amount} beyond what one takes back alone", {
                    number: row.number ?? "",
                    amount: money(client, row.undone_minor),
                })}
            </>
        );
    if (row.own_back_minor !== undefined)
        return (
            <>
                {strong(name(row))}{" "}
                {say("{amount} taken back by who had taken it, with {number}", {
                    number: row.number ?? "",
                    amount: money(client, row.own_back_minor),
                })}
            </>
        );
    if (row.cash_minor !== undefined)
        return row.difference_minor !== undefined
            ? row.difference_minor < 0n
                ? say("Counting the till: {amount} too little in it", { amount: money(client, -row.difference_minor) })
                : say("Counting the till: {amount} too much in it", { amount: money(client, row.difference_minor) })
            : say("{amount} of cash in or out of a till", { amount: money(client, row.cash_minor) });
    if ((row.documents ?? 0n) > 0n) {
        const left = row.documents! - (row.undone ?? 0n);
        return (
            <>
                {left > 0n
                    ? sayMany(
                          "{count} paper imported over a limit",
                          "{count} papers imported over a limit",
                          Number(left),
                      )
                    : sayMany(
                          "{count} paper imported over a limit and undone",
                          "{count} papers imported over a limit and undone",
                          Number(row.documents),
                      )}
                , {say("first")} {strong(name(row))}
            </>
        );
    }
    if ((row.over_by_minor ?? 0n) > 0n)
        return (
            <>
                {strong(name(row))}{" "}
                {say("over by {over} with {number}", {
                    over: money(client, row.over_by_minor!),
                    number: row.number ?? row.site_code ?? "",
                })}
            </>
        );
    if (row.document !== undefined && row.over_by_minor === undefined)
        return say("Till below nothing by its books, with {number}", { number: row.number ?? "" });
    return (
        <>
            {strong(name(row))} {say("passed a rule with {number}", { number: row.number ?? "" })}
        </>
    );
}

function decisionText(client: Client, row: DecisionRow): ComponentChild {
    const facts = {
        number: row.number ?? "",
        amount: row.amount_minor === undefined ? "" : money(client, row.amount_minor),
    };
    switch (row.kind) {
        case DecisionKind.DECISION_DISCOUNT:
            return (
                <>
                    {say("Discount {percent} on {number}", { ...facts, percent: percent(row.discount_bp ?? 0) })}{" "}
                    {strong(name(row))}
                </>
            );
        case DecisionKind.DECISION_BACKDATED:
            return (
                <>
                    {say("{number} dated {day}, {amount}", {
                        ...facts,
                        day: row.date === undefined ? "" : day(row.date),
                    })}{" "}
                    {strong(name(row))}
                </>
            );
        case DecisionKind.DECISION_APPROVAL_USED:
            return (
                <>
                    {strong(name(row))} {say("sold over the limit by approval with {number}, {amount}", facts)}
                </>
            );
        case DecisionKind.DECISION_REVERSED:
            return (
                <>
                    {say("{number} reversed, {amount}", facts)} {strong(name(row))}
                </>
            );
        case DecisionKind.DECISION_CORRECTED:
            return (
                <>
                    {say("{number} corrects an earlier paper, {amount}", facts)} {strong(name(row))}
                </>
            );
        default:
            return (
                <>
                    {say("Import of {number} undone", facts)} {strong(name(row))}
                </>
            );
    }
}

const UNUSUAL: ReadonlySet<DecisionKind> = new Set([
    DecisionKind.DECISION_APPROVAL_USED,
    DecisionKind.DECISION_DISCOUNT,
    DecisionKind.DECISION_BACKDATED,
    DecisionKind.DECISION_REVERSED,
    DecisionKind.DECISION_CORRECTED,
    DecisionKind.DECISION_IMPORT_UNDONE,
]);

const TAKES_BACK: ReadonlySet<DecisionKind> = new Set([
    DecisionKind.DECISION_REVERSED,
    DecisionKind.DECISION_CORRECTED,
]);

function hrefOf(row: AlarmRow | DecisionRow): string | undefined {
    return row.document !== undefined
        ? documentHref(row.document)
        : row.customer !== undefined
          ? customerHref(row.customer)
          : undefined;
}

export function useUnusual(
    client: Client,
    decisions: readonly DecisionRow[],
    rows: number,
): { items: readonly Item[]; whole: boolean; more: (() => void) | undefined } {
    const sees = client.may(Right.RIGHT_SEE_ALARMS);
    const replica = useReplica(() => client.alarms(), [client]);
    const live = usePaced(() => replica.rows.value, [replica]);
    const asked = useAsked(client, "alarms", sees ? { rows } : undefined, {});
    const names = namesOf(client);
    const items = useMemo(() => {
        const alarms = new Map<bigint, AlarmRow>();
        for (const page of asked.pages) for (const row of page.rows) alarms.set(row.alarm, row);
        for (const [key, row] of live) alarms.set(key, row);
        const all: Item[] = [...alarms.values()].map((row) => ({
            key: `a${row.alarm}`,
            at: Number(row.at_ms),
            tone: row.terminal !== undefined ? "late" : "over",
            what: alarmText(client, row),
            who:
                row.login === undefined
                    ? names.actor(row.actor)
                    : named([names.personOfLogin(row.login), names.branch(row.actor?.branch)]),
            branch: row.actor?.branch,
            href: hrefOf(row),
        }));
        for (const row of decisions)
            if (UNUSUAL.has(row.kind))
                all.push({
                    key: `d${row.decision}`,
                    at: Number(row.at_ms),
                    tone: "ink",
                    what: decisionText(client, row),
                    who: named([
                        row.login === undefined ? names.person(row.actor?.staff) : names.personOfLogin(row.login),
                        names.branch(row.branch),
                    ]),
                    branch: row.branch,
                    href: hrefOf(row),
                    takesBack: TAKES_BACK.has(row.kind),
                });
        return all.sort((a, b) => b.at - a.at);
    }, [asked.pages, live, decisions, names.allBranches.value, names.personOfLogin("")]);
    return { items, whole: !sees || asked.answer !== undefined, more: asked.more };
}

export function UnusualRow({ item, full }: { item: Item; full?: boolean }) {
    return (
        <li class="odd">
            <span class="small ink-2 odd-time">{full ? moment(item.at) : clock(item.at, false)}</span>
            <a class={`odd-what ${full ? "" : "odd-two"}`} href={item.href}>
                {item.tone === "over" && (
                    <span class="over">
                        <span aria-hidden="true">▲ </span>
                    </span>
                )}
                {item.what}
            </a>
            <span class={`small ink-2 odd-who ${full ? "" : "odd-two"}`}>{item.who}</span>
        </li>
    );
}

/* What was looked at: alarms are of the ledger, the rest is what the server told since it began. */
export const quiet = (): string =>
    say("No alarm. Since the server began nothing was dated back, discounted much, or sold over a limit by approval.");

export function Unusual({
    client,
    decisions,
    only,
    rows,
    today,
}: {
    client: Client;
    decisions: readonly DecisionRow[];
    only: number | undefined;
    rows: number;
    today: TotalsRow | undefined;
}) {
    const { items, whole } = useUnusual(client, decisions, 20);
    const shown = items.filter((item) => only === undefined || item.branch === only).slice(0, rows);
    const reversed = today?.reversed ?? 0;
    const told = items.some((item) => item.takesBack && (only === undefined || item.branch === only));
    return (
        <Panel
            class="unusual"
            title={say("Unusual")}
            end={
                <a class="link" href="#/alarms">
                    {say("All")}
                </a>
            }>
            <ul class="odds" style={{ "--rows": rows }}>
                {!whole ? (
                    <Bones rows={3} />
                ) : (
                    <>
                        {/* The ledger counts what the server forgot when it began anew. */}
                        {reversed > 0 && !told && (
                            <li class="region-note">
                                {today!.sold_hidden
                                    ? sayMany(
                                          "{count} paper reversed or corrected today",
                                          "{count} papers reversed or corrected today",
                                          reversed,
                                          { count: count(reversed) },
                                      )
                                    : sayMany(
                                          "{count} paper reversed or corrected today: {amount}",
                                          "{count} papers reversed or corrected today: {amount}",
                                          reversed,
                                          { count: count(reversed), amount: money(client, today!.reversed_minor) },
                                      )}
                            </li>
                        )}
                        {shown.length === 0 && <li class="region-note">{quiet()}</li>}
                        {shown.map((item) => (
                            <UnusualRow key={item.key} item={item} />
                        ))}
                    </>
                )}
            </ul>
        </Panel>
    );
}

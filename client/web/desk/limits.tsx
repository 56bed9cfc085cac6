/*
 * Limits proposed from what customers owed: the highest of the last twelve months times a factor, rounded up to two
 * figures. Nothing is written before they are taken; then each is an ordinary command, and one Undo takes those back
 * that nothing has happened on since.
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import {
    Button,
    Chips,
    Head,
    ledger,
    Money,
    Name,
    Notice,
    Panel,
    percent,
    Region,
    unit,
    whole,
    type RegionState,
} from "../kit";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import type { AccountRow, CustomerEntry, Refusal } from "../lib/messages";
import { hasOwnLimit, hasOwnTerms, setLimitOf } from "./forms";

const ROWS = 100,
    PAGES_MOST = 200,
    SHOWN = 200,
    AT_ONCE = 6,
    YEAR_DAYS = 365,
    HISTORY_PAGES_MOST = 20,
    FACTORS = [100, 110, 120, 150, 200] as const;

/* ---- the formula ---- */

/* 928,300,000 becomes 930,000,000: no limit looks more exact than it is. */
export function roundedUp(minor: bigint): bigint {
    if (minor <= 0n) return 0n;
    const step = 10n ** BigInt(Math.max(0, minor.toString().length - 2));
    return ((minor + step - 1n) / step) * step;
}

/* factor: percent of the highest debt. */
export const proposed = (highest: bigint, factor: number): bigint => roundedUp((highest * BigInt(factor) + 99n) / 100n);

export interface Debtor {
    entry: CustomerEntry;
    highest: bigint /* of the last twelve months, as far as it is read */;
    read: boolean;
    own: boolean /* somebody gave them a limit of their own */;
}

/* Whom it would stop now: they owe more than it would let them. */
export const stops = (debtor: Debtor, limit: bigint): boolean => debtor.entry.account.used_minor > limit;

/* Whether they would get more than they have: less, or the same, is set for nobody who was not ticked. */
export const raises = ({ entry: { account } }: Debtor, limit: bigint): boolean =>
    !account.unlimited && limit > account.limit_minor;

/* ---- what they owed ---- */

/* `seq`: where the ledger stood when the first of them were read; the last ones may be newer. */
async function everybody(client: Client): Promise<{ entries: CustomerEntry[]; seq: bigint } | Refusal> {
    const list: CustomerEntry[] = [];
    let seq = 0n;
    const cash = await client.ask("company", {});
    if ("refused" in cash) return cash.refused;
    let page: Uint8Array | undefined;
    for (let at = 0; at < PAGES_MOST; at++) {
        const asked = await client.ask(
            "customers",
            page === undefined ? { rows: ROWS, groups: [] } : { rows: ROWS, page, groups: [] },
        );
        if ("refused" in asked) return asked.refused;
        if (at === 0) seq = asked.seq;
        list.push(...asked.answer.rows.filter(({ who }) => who.customer !== cash.answer.cash_customer));
        page = asked.answer.next;
        if (page === undefined) break;
    }
    return { entries: list, seq };
}

async function highestOf(client: Client, customer: number, since: number, now: bigint): Promise<bigint> {
    let highest = now,
        page: Uint8Array | undefined;
    for (let at = 0; at < HISTORY_PAGES_MOST; at++) {
        const asked = await client.ask("history", page === undefined ? { customer } : { customer, page });
        if ("refused" in asked) break;
        for (const row of asked.answer.rows) {
            if (row.running_minor > highest) highest = row.running_minor;
            if (row.date < since) return highest; /* what they owed when the year began counts too */
        }
        page = asked.answer.next;
        if (page === undefined) break;
    }
    return highest;
}

function useDebtors(client: Client): {
    debtors: readonly Debtor[] | undefined;
    read: number;
    refused: Refusal | undefined;
    seq: bigint;
} {
    const [debtors, setDebtors] = useState<readonly Debtor[] | undefined>(undefined);
    const [read, setRead] = useState(0);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [seq, setSeq] = useState(0n);
    useEffect(() => {
        let over = false;
        void (async () => {
            const all = await everybody(client);
            if (over) return;
            if (!("entries" in all)) return setRefused(all);
            setSeq(all.seq);
            const list: Debtor[] = all.entries.map((entry) => ({
                entry,
                highest: entry.account.balance_minor > 0n ? entry.account.balance_minor : 0n,
                read: false,
                own: false,
            }));
            setDebtors(list);
            const since = ledger.value.today - YEAR_DAYS;
            let next = 0,
                done = 0;
            const work = async (): Promise<void> => {
                while (!over && next < list.length) {
                    const at = next++,
                        one = list[at]!;
                    const { customer } = one.entry.who;
                    const [highest, own] = await Promise.all([
                        highestOf(client, customer, since, one.highest),
                        hasOwnLimit(client, customer),
                    ]);
                    list[at] = { ...one, highest, own, read: true };
                    if (++done % 20 === 0 || done === list.length) {
                        if (over) return;
                        setDebtors([...list]);
                        setRead(done);
                    }
                }
            };
            await Promise.all(Array.from({ length: AT_ONCE }, work));
        })();
        return () => {
            over = true;
        };
    }, [client]);
    return { debtors, read, refused, seq };
}

/* ---- taking them ---- */

interface Taken {
    customer: number;
    before: AccountRow;
    own: boolean /* they had a limit of their own before */;
}
type Run =
    | { kind: "rest" }
    | { kind: "taking"; done: number; all: number }
    | { kind: "undoing"; done: number; all: number }
    | { kind: "taken"; taken: readonly Taken[]; wrong: readonly string[] }
    | { kind: "undone"; count: number; kept: number };

async function inTurn<T>(
    list: readonly T[],
    act: (one: T) => Promise<void>,
    told: (done: number) => void,
): Promise<void> {
    let next = 0,
        done = 0;
    const work = async (): Promise<void> => {
        while (next < list.length) {
            await act(list[next++]!);
            told(++done);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/* ---- the screen ---- */

export function Limits({ client }: { client: Client }): JSX.Element {
    const { debtors, read, refused, seq } = useDebtors(client);
    const [factor, setFactor] = useState<number>(120);
    const [ticked, setTicked] = useState<ReadonlyMap<number, boolean>>(new Map()); /* by hand */
    const [run, setRun] = useState<Run>({ kind: "rest" });
    const stands = useRef(true);
    useEffect(() => () => void (stands.current = false), []);
    const rows = useMemo(
        () =>
            (debtors ?? [])
                .map((debtor) => ({ debtor, limit: proposed(debtor.highest, factor) }))
                .filter(({ limit, debtor }) => limit > 0n || debtor.entry.account.used_minor > 0n)
                .sort((a, b) => (a.limit < b.limit ? 1 : a.limit > b.limit ? -1 : 0)),
        [debtors, factor],
    );
    const isOn = ({ debtor, limit }: { debtor: Debtor; limit: bigint }): boolean =>
        ticked.get(debtor.entry.who.customer) ?? (debtor.read && !debtor.own && raises(debtor, limit));
    const chosen = rows.filter(isOn);
    const owned = rows.filter(({ debtor }) => debtor.own);
    const free = rows.filter(({ debtor }) => !debtor.own);
    const kept = free.filter((row) => !isOn(row) && !raises(row.debtor, row.limit)).length;
    const stopped = chosen.filter(({ debtor, limit }) => stops(debtor, limit)).length;
    const tick = (customer: number, on: boolean): void => setTicked(new Map(ticked).set(customer, on));
    const busy = run.kind === "taking" || run.kind === "undoing";

    const take = async (): Promise<void> => {
        if (busy) return;
        const taken: Taken[] = [],
            wrong: string[] = [];
        setRun({ kind: "taking", done: 0, all: chosen.length });
        await inTurn(
            chosen,
            async ({ debtor, limit }) => {
                const { customer, code } = debtor.entry.who;
                const own = await hasOwnTerms(client, customer);
                const came = await setLimitOf(client, customer, limit);
                if ("wrong" in came) wrong.push(`${code}: ${came.wrong}`);
                else taken.push({ customer, before: debtor.entry.account, own });
            },
            (done) => setRun({ kind: "taking", done, all: chosen.length }),
        );
        if (stands.current) setRun({ kind: "taken", taken, wrong });
    };
    /* Until the first sale: on whom something was sold since, the limit stays, for the sale rests on it. */
    const undo = async (taken: readonly Taken[]): Promise<void> => {
        let count = 0,
            kept = 0;
        setRun({ kind: "undoing", done: 0, all: taken.length });
        await inTurn(
            taken,
            async (one) => {
                const card = await client.ask("customer_card", { customer: one.customer });
                if (!("answer" in card) || card.answer.account.bills_minor !== one.before.bills_minor) {
                    kept++;
                    return;
                }
                const came = await client.submit("set_credit_limit", {
                    customer: one.customer,
                    terms: !one.own
                        ? undefined
                        : one.before.unlimited
                          ? { unlimited: true }
                          : { limit_minor: one.before.limit_minor },
                    clear: [],
                }).ended;
                if (came.kind === "done") count++;
                else kept++;
            },
            (done) => setRun({ kind: "undoing", done, all: taken.length }),
        );
        if (stands.current) setRun({ kind: "undone", count, kept });
    };

    const state: RegionState =
        refused !== undefined
            ? { kind: "refused", head: refusalText(refused, client) }
            : debtors === undefined
              ? { kind: "loading" }
              : rows.length === 0
                ? { kind: "empty", text: say("Nobody owes anything yet. Limits are proposed from what customers owe.") }
                : { kind: "here" };
    return (
        <div class="screen">
            <Head title={say("Limits from today's debts")} />
            <Panel
                title={say("The formula")}
                note={
                    debtors !== undefined && read < debtors.length
                        ? sayMany("read {count} of {all} account", "read {count} of {all} accounts", debtors.length, {
                              count: whole(read),
                              all: whole(debtors.length),
                          })
                        : undefined
                }>
                <div class="limit-formula">
                    <p>
                        {say(
                            "Highest debt of the last 12 months × {factor}, rounded up to two figures. Of whom no more is known: today's debt.",
                            { factor: percent(factor * 100) },
                        )}
                    </p>
                    <Chips
                        label={say("Factor")}
                        value={factor}
                        options={FACTORS.map((each) => ({ id: each, text: percent(each * 100) }))}
                        onPick={setFactor}
                    />
                    <input
                        type="range"
                        min="50"
                        max="300"
                        step="5"
                        value={String(factor)}
                        aria-label={say("Factor")}
                        onInput={(event) => setFactor(Number(event.currentTarget.value))}
                    />
                    <p class={stopped > 0 ? "late" : "credit"} role="status">
                        {stopped > 0
                            ? sayMany("Would stop {count} customer now", "Would stop {count} customers now", stopped, {
                                  count: whole(stopped),
                              })
                            : say("Would stop nobody now")}{" "}
                        {debtors !== undefined && (
                            <span class="small ink-2">{say("as the ledger stood at {seq}", { seq: whole(seq) })}</span>
                        )}
                    </p>
                    {kept > 0 && (
                        <p class="ink-2">
                            {sayMany(
                                "{count} customer may owe as much or more already and is left as is. Tick them to set it all the same.",
                                "{count} customers may owe as much or more already and are left as they are. Tick who is to be set all the same.",
                                kept,
                                { count: whole(kept) },
                            )}
                        </p>
                    )}
                    <Outcome run={run} onUndo={(taken) => void undo(taken)} />
                    {run.kind !== "taken" && (
                        <div class="row">
                            <Button
                                filled
                                blocked={
                                    busy
                                        ? say("sending")
                                        : chosen.length === 0
                                          ? say("Nobody is chosen")
                                          : debtors !== undefined &&
                                            read < debtors.length &&
                                            say("Still reading the accounts")
                                }
                                onClick={() => void take()}>
                                {sayMany("Set {count} limit", "Set {count} limits", chosen.length, {
                                    count: whole(chosen.length),
                                })}
                            </Button>
                        </div>
                    )}
                </div>
            </Panel>
            <Panel title={say("Proposed")} note={unit()}>
                <Region state={state} rows={8}>
                    <Proposals rows={free} isOn={isOn} onTick={tick} />
                </Region>
            </Panel>
            {owned.length > 0 && (
                <Panel title={say("With a limit of their own")} note={say("Their limit stays, unless you tick them.")}>
                    <Proposals rows={owned} isOn={isOn} onTick={tick} over />
                </Panel>
            )}
        </div>
    );
}

interface Proposal {
    debtor: Debtor;
    limit: bigint;
}

interface ProposalsProps {
    rows: readonly Proposal[];
    isOn: (row: Proposal) => boolean;
    onTick: (customer: number, on: boolean) => void;
    over?: boolean /* by how much they owe more than they may, too */;
}

function Proposals({ rows, isOn, onTick, over }: ProposalsProps): JSX.Element {
    return (
        <>
            <div class="table-box">
                <table class="table">
                    <thead>
                        <tr>
                            <th />
                            <th>{say("Customer")}</th>
                            <th class="amount">{say("Owes now")}</th>
                            <th class="amount wide-only">{say("Highest of 12 months")}</th>
                            <th class={over ? "amount" : "amount only-desk"}>{say("Limit now")}</th>
                            {over && <th class="amount">{say("Over it")}</th>}
                            <th class="amount">{say("Proposed")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.slice(0, SHOWN).map((row) => (
                            <ProposalRow
                                key={row.debtor.entry.who.customer}
                                row={row}
                                on={isOn(row)}
                                onTick={onTick}
                                over={over === true}
                            />
                        ))}
                    </tbody>
                </table>
            </div>
            {rows.length > SHOWN && (
                <p class="small ink-2 region-note">
                    {say("The highest {count} of {all} are shown; all of them are set.", {
                        count: whole(SHOWN),
                        all: whole(rows.length),
                    })}
                </p>
            )}
        </>
    );
}

function ProposalRow({
    row,
    on,
    onTick,
    over,
}: {
    row: Proposal;
    on: boolean;
    onTick: (customer: number, on: boolean) => void;
    over: boolean;
}): JSX.Element {
    const { debtor, limit } = row;
    const { who, account } = debtor.entry;
    const above = account.unlimited ? 0n : account.used_minor - account.limit_minor;
    return (
        <tr>
            <td>
                <input
                    type="checkbox"
                    checked={on}
                    aria-label={who.name.value ?? who.code}
                    onChange={() => onTick(who.customer, !on)}
                />
            </td>
            <td class="cut">
                <Name class="cut">{who.name.value ?? who.code}</Name>
            </td>
            <td class="amount">
                <Money minor={account.balance_minor} />
            </td>
            <td class="amount wide-only">
                <Money minor={debtor.highest} />
            </td>
            <td class={over ? "amount" : "amount only-desk"}>
                {account.unlimited ? say("without a limit") : <Money minor={account.limit_minor} />}
            </td>
            {over && (
                <td class={above > 0n ? "amount over" : "amount"}>{above > 0n ? <Money minor={above} /> : "–"}</td>
            )}
            <td class={`amount ${on && stops(debtor, limit) ? "over" : ""}`}>
                <b>
                    <Money minor={limit} />
                </b>
            </td>
        </tr>
    );
}

function Outcome({ run, onUndo }: { run: Run; onUndo: (taken: readonly Taken[]) => void }): JSX.Element | null {
    if (run.kind === "rest") return null;
    if (run.kind === "taking" || run.kind === "undoing")
        return (
            <p role="status">
                <progress value={run.done} max={run.all} />{" "}
                {run.kind === "taking"
                    ? say("{count} of {all} set", { count: whole(run.done), all: whole(run.all) })
                    : say("{count} of {all} taken back", { count: whole(run.done), all: whole(run.all) })}
            </p>
        );
    if (run.kind === "undone")
        return (
            <Notice tone="credit" role="status">
                {sayMany("{count} limit was taken back", "{count} limits were taken back", run.count, {
                    count: whole(run.count),
                })}
                {run.kept > 0 && (
                    <>
                        {" "}
                        {sayMany(
                            "{count} stays: something was sold on it since.",
                            "{count} stay: something was sold on them since.",
                            run.kept,
                            { count: whole(run.kept) },
                        )}
                    </>
                )}
            </Notice>
        );
    return (
        <Notice
            tone={run.wrong.length > 0 ? "late" : "credit"}
            role="status"
            end={run.taken.length > 0 && <Button onClick={() => onUndo(run.taken)}>{say("Undo all of them")}</Button>}>
            {sayMany("{count} limit is set", "{count} limits are set", run.taken.length, {
                count: whole(run.taken.length),
            })}
            {run.wrong.length > 0 && (
                <>
                    {" "}
                    {say("Not set:")} {run.wrong.slice(0, 3).join(" · ")}
                    {run.wrong.length > 3 && " …"}
                </>
            )}
        </Notice>
    );
}

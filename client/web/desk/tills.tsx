/* The tills of all branches: which are open, what each was counted to, what differed and why. */
import type { ComponentChild, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { namesOf, type Names } from "../board/live";
import { Age } from "../board/parts";
import type { Client } from "../lib/api";
import { MoneyAccountKind, type MoneyAccountRecord, type Refusal, type TillDayRecord } from "../lib/messages";
import {
    Button,
    Chips,
    day,
    Head,
    Money,
    moment,
    Name,
    Region,
    Sign,
    Table,
    unit,
    Unknown,
    whole,
    type Column,
} from "../kit";
import { useExport } from "../kit/export";
import type { FileColumn } from "../kit/files";
import { among, filter, filtersOf, numberIn, unknownOf } from "../kit/filters";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { BranchSelect, FilterBar, useMoneyAccounts } from "./chosen";
import { MoneyTabs } from "./moneytabs";

interface Row {
    till: MoneyAccountRecord;
    day: TillDayRecord | undefined /* none: it was never opened */;
}

const DAYS = 14; /* of each till, the newest */

async function daysOf(client: Client, tills: readonly MoneyAccountRecord[]): Promise<Row[] | { refused: Refusal }> {
    const rows: Row[] = [];
    for (const till of tills) {
        const asked = await client.ask("till_days", { money_account: till.money_account, rows: DAYS });
        if ("refused" in asked) return { refused: asked.refused };
        if (asked.answer.days.length === 0) rows.push({ till, day: undefined });
        for (const each of asked.answer.days) rows.push({ till, day: each });
    }
    return rows;
}

/* Asked again with the ledger, a till at a time, and never more often than each few seconds. */
function useDays(client: Client, tills: readonly MoneyAccountRecord[]) {
    const [told, tell] = useState<Row[] | { refused: Refusal } | undefined>(undefined);
    const key = tills.map((till) => `${till.money_account}:${till.till_days ?? 0}:${till.open_since ?? ""}`).join();
    const stamp = client.seq.value / 16n;
    const live = client.line.value.kind === "live";
    useEffect(() => {
        let here = true;
        void daysOf(client, tills).then((found) => {
            if (here) tell(found);
        });
        return () => {
            here = false;
        };
    }, [client, key, stamp, live]);
    return told;
}

const isOpen = (row: Row): boolean => row.day !== undefined && row.day.closed_ms === undefined;
const countOf = (row: Row) => row.day?.counts[row.day.counts.length - 1];
const differs = (row: Row): boolean =>
    (row.day?.difference_minor ?? 0n) !== 0n || (row.day?.opening_difference_minor ?? 0n) !== 0n;

function stateText(row: Row): string {
    if (row.day === undefined) return say("never opened");
    if (row.day.closed_ms !== undefined) return say("closed");
    return row.day.counts.length > 0 ? say("counted") : say("open");
}

function Difference({ minor }: { minor: bigint | undefined }): JSX.Element {
    if (minor === undefined) return <span class="ink-3">–</span>;
    if (minor === 0n)
        return (
            <span class="credit">
                <Sign of="✓" />
                <Money minor={0n} />
            </span>
        );
    return (
        <span class="late nowrap">
            <Sign of="▲" word={minor < 0n ? say("short") : say("too much")} />
            <Money minor={minor} signed />
        </span>
    );
}

const reasonOf = (row: Row): string =>
    [row.day?.opening_reason?.value, row.day?.reason?.value].filter(Boolean).join(" · ");

function columnsOf(names: Names): Column<Row>[] {
    return [
        {
            id: "till",
            head: say("Till"),
            cell: (row) => (
                <>
                    <b>
                        <Name>{row.till.name}</Name>
                    </b>{" "}
                    <span class="small ink-2">{names.branch(row.till.branch)}</span>
                    <span class="only-phone small ink-2">
                        {row.day === undefined ? "" : `${day(row.day.opened_date)} · `}
                        {stateText(row)}
                    </span>
                </>
            ),
        },
        {
            id: "day",
            class: "only-desk",
            head: say("Day"),
            cell: (row) => <span class="nowrap">{row.day === undefined ? "–" : day(row.day.opened_date)}</span>,
        },
        {
            id: "state",
            class: "only-desk",
            head: say("State"),
            cell: (row) => <span class={isOpen(row) ? "nowrap" : "ink-2 nowrap"}>{stateText(row)}</span>,
        },
        {
            id: "who",
            head: say("Opened by"),
            class: "only-desk",
            cell: (row) => (
                <span class="small ink-2">{row.day === undefined ? "" : names.person(row.day.opened_by.staff)}</span>
            ),
        },
        {
            id: "float",
            head: say("Float {unit}", { unit: unit() }),
            amount: true,
            class: "only-desk",
            cell: (row) => (row.day === undefined ? "" : <Money minor={row.day.float_minor} />),
        },
        {
            id: "expected",
            head: say("Expected {unit}", { unit: unit() }),
            amount: true,
            class: "only-desk",
            cell: (row) => {
                const count = countOf(row);
                return count === undefined ? <span class="ink-3">–</span> : <Money minor={count.expected_minor} />;
            },
        },
        {
            id: "counted",
            head: say("Counted {unit}", { unit: unit() }),
            amount: true,
            class: "only-desk",
            cell: (row) => {
                const count = countOf(row);
                return count === undefined ? <span class="ink-3">–</span> : <Money minor={count.counted_minor} />;
            },
        },
        {
            id: "difference",
            head: say("Difference {unit}", { unit: unit() }),
            amount: true,
            cell: (row) => (
                <Difference
                    minor={
                        row.day === undefined || isOpen(row)
                            ? row.day?.opening_difference_minor
                            : (row.day.difference_minor ?? 0n)
                    }
                />
            ),
        },
        {
            id: "reason",
            head: say("Reason"),
            class: "only-desk",
            cell: (row) => <Name class="cut list-name">{reasonOf(row)}</Name>,
        },
        {
            id: "closed",
            head: say("Closed"),
            class: "only-desk",
            cell: (row) => (
                <span class="small ink-2 nowrap">
                    {row.day?.closed_ms === undefined
                        ? ""
                        : `${moment(row.day.closed_ms)} ${names.person(row.day.closed_by?.staff)}`}
                </span>
            ),
        },
    ];
}

const fileColumnsOf = (names: Names): FileColumn<Row>[] => [
    { head: say("Till"), kind: "text", of: (row) => row.till.name },
    { head: say("Branch"), kind: "text", of: (row) => names.branch(row.till.branch) },
    { head: say("Day"), kind: "day", of: (row) => row.day?.opened_date },
    { head: say("State"), kind: "text", of: stateText },
    { head: say("Opened by"), kind: "text", of: (row) => names.person(row.day?.opened_by.staff) },
    { head: say("Float {unit}", { unit: unit() }), kind: "money", of: (row) => row.day?.float_minor },
    { head: say("Expected {unit}", { unit: unit() }), kind: "money", of: (row) => countOf(row)?.expected_minor },
    { head: say("Counted {unit}", { unit: unit() }), kind: "money", of: (row) => countOf(row)?.counted_minor },
    { head: say("Difference {unit}", { unit: unit() }), kind: "money", of: (row) => row.day?.difference_minor },
    { head: say("Reason"), kind: "text", of: reasonOf },
    { head: say("Closed"), kind: "moment", of: (row) => row.day?.closed_ms },
];

type Which = "now" | "open" | "differs" | "days";

function taken(rows: readonly Row[], which: Which): readonly Row[] {
    if (which === "open") return rows.filter(isOpen);
    if (which === "differs") return rows.filter(differs);
    if (which === "days") return rows;
    return rows.filter((row, at) => at === 0 || rows[at - 1]!.till !== row.till);
}

export function Tills({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const filters = filtersOf(at);
    const set = (change: Readonly<Record<string, string | undefined>>): void =>
        filter("tills", { ...filters, ...change });
    const branch = numberIn(filters.branch);
    const bound = client.me.value?.bound_branch;
    const names = namesOf(client);
    const tills = useMoneyAccounts(client)
        .filter((each) => each.kind === MoneyAccountKind.MONEY_TILL && !each.retired)
        .filter(
            (each) =>
                (branch === undefined || each.branch === branch) && (bound === undefined || each.branch === bound),
        );
    const told = useDays(client, tills);
    const rows = told === undefined || "refused" in told ? [] : told;
    const which = (["now", "open", "differs", "days"] as const).find((each) => each === filters.show) ?? "now";
    const shown = taken(rows, which);
    const out = useExport({
        client,
        title: say("Tills of all branches"),
        columns: fileColumnsOf(names),
        count: shown.length,
        pages: async () => ({ rows: shown, next: undefined }),
    });
    const chips = [
        { id: "now" as const, text: say("Newest day of each") },
        { id: "open" as const, text: say("Open: {count}", { count: whole(rows.filter(isOpen).length) }) },
        {
            id: "differs" as const,
            text: say("With a difference: {count}", { count: whole(rows.filter(differs).length) }),
        },
        { id: "days" as const, text: say("All days") },
    ];
    return (
        <div class="list-screen">
            <Head
                title={say("Tills of all branches")}
                back={() => history.back()}
                end={
                    <Button small hotkey="x" onClick={out.open}>
                        {say("Export")}
                    </Button>
                }>
                <MoneyTabs client={client} on="tills" />
            </Head>
            <FilterBar>
                <Chips
                    label={say("Which")}
                    value={which}
                    options={chips}
                    onPick={(id) => set({ show: id === "now" ? undefined : id })}
                />
                <BranchSelect client={client} filters={filters} set={set} />
                <span class="grow" />
                <Age client={client} />
            </FilterBar>
            <Unknown
                parts={unknownOf(at, {
                    show: (value) => chips.some((chip) => chip.id === value),
                    branch: among(names.allBranches.value.keys()),
                })}
                onAway={() => filter("tills", {})}
            />
            <section class="panel list-panel scrolls" aria-label={say("Tills of all branches")}>
                <Region
                    rows={6}
                    state={
                        told === undefined
                            ? { kind: "loading" }
                            : "refused" in told
                              ? { kind: "refused", head: refusalText(told.refused, client) }
                              : shown.length === 0
                                ? {
                                      kind: "nothing",
                                      text:
                                          which === "differs"
                                              ? say("No till differed in its last {count} days.", {
                                                    count: whole(DAYS),
                                                })
                                              : say("No till is like this."),
                                  }
                                : { kind: "here" }
                    }>
                    <Table
                        label={say("Tills of all branches")}
                        columns={columnsOf(names)}
                        rows={shown}
                        id={(row) => `${row.till.money_account}-${row.day?.day ?? 0}`}
                        hold
                    />
                </Region>
            </section>
            {out.sheet}
        </div>
    );
}

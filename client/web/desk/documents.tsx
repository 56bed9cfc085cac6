/*
 * Every document of the company, newest first, in whatever it is narrowed to: what they come to, each opened by Enter,
 * all of them as a file or on paper.
 */
import type { ComponentChild, JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { keyOf, useAsked } from "../board/asked";
import { namesOf, useCustomer, type Names } from "../board/live";
import { useCalm } from "../counter/hooks";
import { Age, documentHref, begun } from "../board/parts";
import type { Client } from "../lib/api";
import {
    DocumentKind,
    DocumentState,
    type DocumentList,
    type DocumentRow,
    type DocumentTotal,
    type MoneyAccountRecord,
} from "../lib/messages";
import type { Sent } from "../lib/api";
import {
    Button,
    Chips,
    Code,
    Field,
    Head,
    Money,
    Name,
    Region,
    Sign,
    amount,
    day,
    readAmount,
    unit,
    Unknown,
    useActions,
    whole,
    type Column,
} from "../kit";
import { useExport } from "../kit/export";
import type { FileColumn } from "../kit/files";
import {
    among,
    anyDay,
    dayIn,
    filter,
    filtersOf,
    FIND_MOST,
    knownOf,
    numberIn,
    unknownOf,
    type Filters,
} from "../kit/filters";
import { documentKindText, documentStateText, paymentKindText } from "../kit/labels";
import { refusalText } from "../kit/refusal";
import { language, say } from "../kit/words";
import {
    BranchSelect,
    DaysFilter,
    described,
    FilterBar,
    PersonSelect,
    placeName,
    Select,
    useGroups,
    useMoneyAccounts,
    useStaff,
} from "./chosen";
import { usePaged, type AskPage } from "./paged";
import { LongList } from "./rows";

export type Narrowed = Sent<DocumentList>;
const ROWS = 100;
const FILE_ROWS = 500; /* of a page that nobody looks at */

/* ---- what it is narrowed to ---- */

const KINDS: readonly (readonly [string, DocumentKind])[] = [
    ["bill", DocumentKind.DOCUMENT_INVOICE],
    ["credit", DocumentKind.DOCUMENT_CREDIT_NOTE],
    ["payment", DocumentKind.DOCUMENT_PAYMENT],
    ["refund", DocumentKind.DOCUMENT_REFUND],
    ["reversal", DocumentKind.DOCUMENT_REVERSAL],
    ["move", DocumentKind.DOCUMENT_MONEY_MOVE],
];
const kindOf = (name: string | undefined): DocumentKind | undefined => KINDS.find(([id]) => id === name)?.[1];

type StateName = "open" | "part" | "paid" | "overdue" | "reversed";
const STATES: Readonly<Record<StateName, { state?: DocumentState; overdue?: boolean }>> = {
    open: { state: DocumentState.DOCUMENT_OPEN },
    part: { state: DocumentState.DOCUMENT_PART },
    paid: { state: DocumentState.DOCUMENT_CLOSED },
    overdue: { overdue: true },
    reversed: { state: DocumentState.DOCUMENT_REVERSED },
};
const stateIn = (name: string | undefined): StateName | undefined =>
    name !== undefined && Object.keys(STATES).includes(name) ? (name as StateName) : undefined;

function stateWord(state: StateName): string {
    switch (state) {
        case "open":
            return say("open");
        case "part":
            return say("part paid");
        case "paid":
            return say("closed");
        case "overdue":
            return say("overdue");
        case "reversed":
            return say("reversed");
    }
}

export function narrowed(filters: Filters): Narrowed {
    const state = stateIn(filters.state);
    const sum = filters.amount === undefined ? undefined : readAmount(filters.amount, language.value).value;
    return {
        kind: kindOf(filters.kind),
        ...(state === undefined ? {} : STATES[state]),
        branch: numberIn(filters.branch),
        staff: numberIn(filters.person),
        group: numberIn(filters.group),
        customer: numberIn(filters.customer),
        from: dayIn(filters.from),
        to: dayIn(filters.until),
        amount_minor: sum,
        text: (filters.text ?? "").length > FIND_MOST ? undefined : filters.text,
    };
}

/* ---- what they come to ---- */

/* The pages of totals together, by kind and what they are told apart by. */
export function added(pages: readonly { totals: readonly DocumentTotal[] }[]): DocumentTotal[] {
    const sums = new Map<string, DocumentTotal>();
    const plus = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
        a === undefined || b === undefined ? undefined : a + b;
    for (const total of pages.flatMap((page) => page.totals)) {
        const key = `${total.kind}|${total.of ?? ""}`;
        const sum = sums.get(key);
        sums.set(
            key,
            sum === undefined
                ? total
                : {
                      ...sum,
                      count: sum.count + total.count,
                      total_minor: plus(sum.total_minor, total.total_minor),
                      open_minor: plus(sum.open_minor, total.open_minor),
                      reversed: (sum.reversed ?? 0n) + (total.reversed ?? 0n),
                  },
        );
    }
    return [...sums.values()].sort((a, b) => a.kind - b.kind);
}

const TOTAL_PAGES = 20; /* of 50,000 papers each */

export function useTotals(client: Client, query: Narrowed, by?: DocumentList["by"]) {
    const asked = useAsked(
        client,
        "documents",
        { ...query, totals: true, by },
        { again: client.seq.value, every: 3000, most: TOTAL_PAGES },
    );
    return { totals: added(asked.pages), there: asked.answer !== undefined, whole: asked.more === undefined };
}

function kindsTitle(kind: DocumentKind): string {
    switch (kind) {
        case DocumentKind.DOCUMENT_INVOICE:
            return say("Bills");
        case DocumentKind.DOCUMENT_CREDIT_NOTE:
            return say("Credit notes");
        case DocumentKind.DOCUMENT_PAYMENT:
            return say("Payments");
        case DocumentKind.DOCUMENT_REFUND:
            return say("Refunds");
        default:
            return begun(documentKindText(kind));
    }
}

function Sums({ client, query }: { client: Client; query: Narrowed }): JSX.Element {
    const { totals, there, whole: all } = useTotals(client, query);
    const shown = totals.filter((total) => total.kind !== DocumentKind.DOCUMENT_MONEY_MOVE);
    return (
        <section class="panel list-sums" aria-label={say("What they come to")} aria-busy={!there || undefined}>
            {shown.map((total) => (
                <div key={total.kind} class="list-sum" data-kind={total.kind}>
                    <span class="small ink-2">
                        {kindsTitle(total.kind)} · {whole(total.count)}
                    </span>
                    <b>
                        {total.total_minor === undefined ? (
                            <span class="ink-3">{say("until the till is counted")}</span>
                        ) : (
                            <Money minor={total.total_minor} unit />
                        )}
                    </b>
                    <span class="small ink-2">
                        {total.total_minor === undefined ? undefined : total.open_minor !== undefined &&
                          total.open_minor !== 0n ? (
                            <>
                                {say("left")} <Money minor={total.open_minor} />
                            </>
                        ) : (
                            say("nothing left")
                        )}
                        {(total.reversed ?? 0n) > 0n && (
                            <> · {say("{count} reversed", { count: whole(total.reversed!) })}</>
                        )}
                    </span>
                </div>
            ))}
            {there && shown.length === 0 && <span class="ink-3">{say("These documents come to nothing.")}</span>}
            {!all && <span class="small late">{say("of the newest million documents")}</span>}
            <span class="grow" />
            <Age client={client} />
        </section>
    );
}

/* ---- one row ---- */

function State({ row, today }: { row: DocumentRow; today: number }): JSX.Element {
    if (row.state === DocumentState.DOCUMENT_REVERSED) return <span class="over nowrap">{say("reversed")}</span>;
    const late = row.kind === DocumentKind.DOCUMENT_INVOICE && row.open_minor > 0n && row.due !== undefined;
    if (late && row.due! < today)
        return (
            <span class="late nowrap">
                <Sign of="◷" />
                {say("{days} d late", { days: whole(today - row.due!) })}
            </span>
        );
    if (row.on_its_way) return <span class="late nowrap">{say("not confirmed")}</span>;
    return (
        <span class={row.state === DocumentState.DOCUMENT_CLOSED ? "credit nowrap" : "nowrap"}>
            {documentStateText(row.state)}
        </span>
    );
}

const kindWords = (row: DocumentRow): string =>
    [documentKindText(row.kind), row.payment_kind === undefined ? "" : paymentKindText(row.payment_kind)]
        .filter((each) => each !== "")
        .join(" · ");

export function columnsOf(names: Names, today: number): Column<DocumentRow>[] {
    return [
        {
            id: "number",
            head: say("Document"),
            cell: (row) => (
                <span class="paper-cell">
                    <a href={documentHref(row.document)} tabIndex={-1}>
                        <b class="nowrap">
                            <Code>{row.number}</Code>
                        </b>
                    </a>{" "}
                    <span class="small ink-2 nowrap">{kindWords(row)}</span>
                    <span class="only-phone small ink-2 cut">
                        <Name>{row.name?.value ?? row.code}</Name> · <Name>{day(row.date)}</Name>
                    </span>
                </span>
            ),
        },
        { id: "date", head: say("Date"), class: "only-desk nowrap", cell: (row) => day(row.date) },
        {
            id: "customer",
            head: say("Customer"),
            class: "only-desk",
            cell: (row) => <Name class="cut list-name">{row.name?.value ?? row.code ?? "–"}</Name>,
        },
        {
            id: "branch",
            head: say("Branch"),
            class: "only-desk",
            cell: (row) => <span class="small ink-2 nowrap">{names.branch(row.branch)}</span>,
        },
        {
            id: "person",
            head: say("Person"),
            class: "only-desk",
            cell: (row) => <span class="small ink-2 cut list-person">{names.personOfLogin(row.author)}</span>,
        },
        {
            id: "due",
            head: say("Due"),
            class: "only-desk nowrap",
            cell: (row) => (row.due === undefined ? <span class="ink-3">–</span> : day(row.due)),
        },
        { id: "state", head: say("State"), class: "only-desk", cell: (row) => <State row={row} today={today} /> },
        {
            id: "total",
            head: say("Total {unit}", { unit: unit() }),
            amount: true,
            cell: (row) => (
                <>
                    <Money minor={row.total_minor} />
                    <span class="only-phone small">
                        <State row={row} today={today} />
                    </span>
                </>
            ),
        },
        {
            id: "left",
            head: say("Left {unit}", { unit: unit() }),
            amount: true,
            class: "only-desk",
            cell: (row) =>
                row.open_minor === 0n ? (
                    <span class="ink-3">
                        <Money minor={0n} />
                    </span>
                ) : (
                    <Money minor={row.open_minor} />
                ),
        },
    ];
}

export function fileColumns(
    names: Names,
    places: readonly MoneyAccountRecord[],
    sums: readonly DocumentTotal[],
): FileColumn<DocumentRow>[] {
    /* Bills and money are not one sum: only a list of one kind has its sum on paper. */
    const one = sums.length === 1 ? sums[0] : undefined;
    return [
        { head: say("Number"), kind: "text", of: (row) => row.number },
        { head: say("Kind"), kind: "text", of: (row) => documentKindText(row.kind) },
        { head: say("Date"), kind: "day", of: (row) => row.date },
        { head: say("Due"), kind: "day", of: (row) => row.due },
        { head: say("Code"), kind: "text", of: (row) => row.code },
        { head: say("Customer"), kind: "text", of: (row) => row.name?.value },
        { head: say("Branch"), kind: "text", of: (row) => names.branch(row.branch) },
        { head: say("Person"), kind: "text", of: (row) => names.personOfLogin(row.author) },
        { head: say("Paid by"), kind: "text", of: (row) => paymentKindText(row.payment_kind) },
        { head: say("Place"), kind: "text", of: (row) => placeName(places, row.money_account) },
        { head: say("Reference"), kind: "text", of: (row) => row.reference },
        { head: say("State"), kind: "text", of: (row) => documentStateText(row.state) },
        {
            head: say("Total {unit}", { unit: unit() }),
            kind: "money",
            of: (row) => row.total_minor,
            sum: one?.total_minor,
        },
        {
            head: say("Left {unit}", { unit: unit() }),
            kind: "money",
            of: (row) => row.open_minor,
            sum: one?.open_minor,
        },
    ];
}

/* ---- the list ---- */

export const rowId = (row: DocumentRow): string => String(row.document);

export const pagesOf =
    (client: Client, query: Narrowed, rows: number): AskPage<DocumentRow> =>
    async (page) => {
        const asked = await client.ask("documents", { ...query, rows, page });
        return "refused" in asked ? { refused: asked.refused } : { rows: asked.answer.rows, next: asked.answer.next };
    };

export function useDocuments(client: Client, query: Narrowed) {
    const [inside, setInside] = useState(false);
    const [top, setTop] = useState(false);
    const key = keyOf(query);
    const ask = useMemo(() => pagesOf(client, query, ROWS), [client, key]);
    const paged = usePaged(client, key, ask, rowId, inside || top);
    return { paged, onInside: setInside, onScroll: (at: number) => setTop(at > 0) };
}

function Texts({
    filters,
    set,
}: {
    filters: Filters;
    set: (change: Record<string, string | undefined>) => void;
}): JSX.Element {
    const sum = filters.amount === undefined ? undefined : readAmount(filters.amount, language.value);
    return (
        <>
            <Field
                label={say("Text: number, reference, customer, payer")}
                hideLabel
                placeholder={say("Number, reference, customer …")}
                value={filters.text ?? ""}
                onText={(text) => set({ text: text.trimStart() || undefined })}
                type="search"
                noNote
                class="list-text"
            />
            <Field
                label={say("Amount")}
                hideLabel
                placeholder={say("Amount")}
                value={filters.amount ?? ""}
                onText={(text) => set({ amount: text.trim() || undefined })}
                wrong={sum !== undefined && sum.value === undefined ? say("This is no amount") : undefined}
                end={sum?.value !== undefined && <span class="small ink-2">= {amount(sum.value)}</span>}
                dir="ltr"
                inputMode="decimal"
                noNote
                class="list-amount"
            />
        </>
    );
}

/* A number alone names a paper; one that no paper can have is not passed over as a filter would be. */
export function Documents({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    if (at.length !== 1 || !/^[-+]?\d/.test(at[0]!)) return <AllDocuments client={client} at={at} />;
    return (
        <div class="panel region-note">
            <b>{say("There is no such paper: {number}.", { number: at[0]! })}</b>{" "}
            <a href="#/documents">{say("All documents")}</a>
        </div>
    );
}

function AllDocuments({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const filters = filtersOf(at);
    const set = (change: Readonly<Record<string, string | undefined>>): void =>
        filter("documents", { ...filters, ...change });
    /* What is typed is asked for once it rests: a list may be long. */
    const query = narrowed(JSON.parse(useCalm(JSON.stringify(filters), 200)) as Filters);
    const names = namesOf(client);
    const places = useMoneyAccounts(client);
    const groups = useGroups(client);
    const staff = useStaff(client);
    const { paged, onInside, onScroll } = useDocuments(client, query);
    const today = client.welcome.value?.date ?? 0;
    const { totals } = useTotals(client, query);
    const count = totals.reduce((sum, total) => sum + total.count + (total.reversed ?? 0n), 0n);
    const one = useCustomer(client, query.customer)?.row;
    const whose = one?.name.value ?? one?.code ?? "";
    const group = groups.find((each) => String(each.group) === filters.group);
    const state = stateIn(filters.state);
    const out = useExport({
        client,
        title: say("All documents"),
        about: described([
            query.kind === undefined ? undefined : kindsTitle(query.kind),
            state === undefined ? undefined : stateWord(state),
            whose,
            names.branch(query.branch),
            names.person(query.staff),
            group === undefined ? undefined : `${group.dimension}: ${group.name}`,
            query.from === undefined ? undefined : say("from {day}", { day: day(query.from) }),
            query.to === undefined ? undefined : say("until {day}", { day: day(query.to) }),
            filters.amount,
            filters.text,
        ]),
        columns: fileColumns(names, places, totals),
        count: Number(count),
        pages: pagesOf(client, query, FILE_ROWS),
    });
    const known = {
        kind: (value: string) => kindOf(value) !== undefined,
        state: (value: string) => stateIn(value) !== undefined,
        branch: among(names.allBranches.value.keys()),
        person: among(staff.map((each) => each.staff)),
        group: among(groups.map((each) => each.group)),
        customer: (value: string) => numberIn(value) !== undefined,
        from: anyDay,
        until: anyDay,
        amount: () => true /* its field says so */,
        text: (value: string) => value.length <= FIND_MOST,
    };
    const some = Object.keys(filters).length > 0;
    useActions([
        {
            id: "documents.search",
            key: "/",
            title: say("Find in this list"),
            run: () => document.querySelector<HTMLInputElement>(".list-text input")?.focus(),
        },
        {
            id: "documents.all",
            key: "a",
            title: say("Show all of them again"),
            run: () => filter("documents", {}),
            blocked: !some && say("Nothing is narrowed"),
        },
    ]);
    return (
        <div class="list-screen">
            <Head
                title={say("All documents")}
                end={
                    <Button small hotkey="x" onClick={out.open}>
                        {say("Export")}
                    </Button>
                }
            />
            <FilterBar>
                <Chips
                    label={say("State")}
                    value={state}
                    options={(Object.keys(STATES) as StateName[]).map((id) => ({ id, text: stateWord(id) }))}
                    onPick={(id) => set({ state: id === state ? undefined : id })}
                />
                <Select
                    label={say("Kind")}
                    all={say("All kinds")}
                    value={kindOf(filters.kind) === undefined ? undefined : filters.kind}
                    options={KINDS.map(([id, kind]) => ({ id, text: kindsTitle(kind) }))}
                    onPick={(kind) => set({ kind })}
                />
                <BranchSelect client={client} filters={filters} set={set} />
                <PersonSelect client={client} filters={filters} set={set} staff={staff} />
                <Select
                    label={say("Group")}
                    all={say("All groups")}
                    value={filters.group}
                    options={groups.map((each) => ({
                        id: String(each.group),
                        text: `${each.dimension}: ${each.name}`,
                    }))}
                    onPick={(picked) => set({ group: picked })}
                />
                <DaysFilter client={client} filters={filters} set={set} />
                <Texts filters={filters} set={set} />
                {query.customer !== undefined && (
                    <button
                        type="button"
                        class="chip on"
                        aria-label={say("Of all customers again")}
                        onClick={() => set({ customer: undefined })}>
                        <Name>{whose}</Name> <span aria-hidden="true">✕</span>
                    </button>
                )}
                {some && (
                    <Button plain small hotkey="a" onClick={() => filter("documents", {})}>
                        {say("All")}
                    </Button>
                )}
                <span class="only-phone">
                    <Button small onClick={out.open}>
                        {say("Export")}
                    </Button>
                </span>
            </FilterBar>
            <Unknown parts={unknownOf(at, known)} onAway={() => filter("documents", knownOf(at, known))} />
            <Sums client={client} query={query} />
            <section class="panel list-panel" aria-label={say("All documents")}>
                <Region
                    class="list-region"
                    rows={10}
                    state={
                        paged.rows === undefined
                            ? { kind: "loading" }
                            : paged.refused !== undefined
                              ? { kind: "refused", head: refusalText(paged.refused, client) }
                              : paged.rows.length > 0 || paged.fresh > 0
                                ? { kind: "here" }
                                : some
                                  ? {
                                        kind: "nothing",
                                        text: say("No document is like this."),
                                        step: (
                                            <Button hotkey="a" onClick={() => filter("documents", {})}>
                                                {say("Show all of them")}
                                            </Button>
                                        ),
                                    }
                                  : {
                                        kind: "empty",
                                        text: say("No documents yet. The first sale or payment makes one."),
                                    }
                    }>
                    <LongList
                        label={say("All documents")}
                        paged={paged}
                        columns={columnsOf(names, today)}
                        id={rowId}
                        onOpen={(row) => {
                            location.hash = documentHref(row.document);
                        }}
                        onInside={onInside}
                        onScroll={onScroll}
                    />
                </Region>
            </section>
            {out.sheet}
        </div>
    );
}

/*
 * Money that came and went: payments and refunds, told apart by day, branch, kind, place or person, with their sums; and
 * slips that nobody has said to have arrived, with the two words that end their wait.
 */
import type { ComponentChild, JSX } from "preact";
import { useState } from "preact/hooks";
import { namesOf, type Names } from "../board/live";
import { Age, documentHref } from "../board/parts";
import type { Client } from "../lib/api";
import {
    DocumentKind,
    DocumentsBy,
    PaymentKind,
    Right,
    type DocumentRow,
    type DocumentTotal,
    type MoneyAccountRecord,
} from "../lib/messages";
import {
    Button,
    Chips,
    day,
    Field,
    Head,
    Money,
    money as moneyText,
    Notice,
    Panel,
    Region,
    Sheet,
    Table,
    unit,
    useActions,
    whole,
    type Column,
    Unknown,
} from "../kit";
import { useExport } from "../kit/export";
import {
    among,
    anyDay,
    dayIn,
    filter,
    filtersOf,
    isoDay,
    knownOf,
    numberIn,
    unknownOf,
    type Filters,
} from "../kit/filters";
import { paymentKindText } from "../kit/labels";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import {
    BranchSelect,
    DaysFilter,
    described,
    FilterBar,
    PersonSelect,
    placeName,
    Select,
    useMoneyAccounts,
    useStaff,
} from "./chosen";
import { columnsOf, fileColumns, pagesOf, rowId, useDocuments, useTotals, type Narrowed } from "./documents";
import { MoneyTabs } from "./moneytabs";
import { LongList } from "./rows";

type By = "day" | "branch" | "kind" | "place" | "person";
const BY: Readonly<Record<By, DocumentsBy>> = {
    day: DocumentsBy.DOCUMENTS_BY_DAY,
    branch: DocumentsBy.DOCUMENTS_BY_BRANCH,
    kind: DocumentsBy.DOCUMENTS_BY_PAYMENT_KIND,
    place: DocumentsBy.DOCUMENTS_BY_PLACE,
    person: DocumentsBy.DOCUMENTS_BY_STAFF,
};

function byWord(by: By): string {
    switch (by) {
        case "day":
            return say("Day");
        case "branch":
            return say("Branch");
        case "kind":
            return say("Kind");
        case "place":
            return say("Place");
        case "person":
            return say("Person");
    }
}

const KINDS = [DocumentKind.DOCUMENT_PAYMENT, DocumentKind.DOCUMENT_REFUND];
const PAYMENT_KINDS = [
    PaymentKind.PAYMENT_CASH,
    PaymentKind.PAYMENT_POS,
    PaymentKind.PAYMENT_TRANSFER,
    PaymentKind.PAYMENT_SLIP,
];

function narrowed(filters: Filters): Narrowed {
    const kind = numberIn(filters.kind);
    return {
        kinds: KINDS,
        from: dayIn(filters.from),
        to: dayIn(filters.until),
        branch: numberIn(filters.branch),
        payment_kind: PAYMENT_KINDS.find((each) => each === kind),
        money_account: numberIn(filters.place),
        staff: numberIn(filters.person),
        on_its_way: filters.way === "waits" ? true : undefined,
    };
}

/* ---- sums ---- */

interface Group {
    of: number | undefined;
    taken: DocumentTotal | undefined;
    refunded: DocumentTotal | undefined;
}

function groupsOf(totals: readonly DocumentTotal[], by: By): Group[] {
    const groups = new Map<number | undefined, Group>();
    for (const total of totals) {
        const group = groups.get(total.of) ?? { of: total.of, taken: undefined, refunded: undefined };
        groups.set(total.of, {
            ...group,
            ...(total.kind === DocumentKind.DOCUMENT_REFUND ? { refunded: total } : { taken: total }),
        });
    }
    const sign = by === "day" ? -1 : 1;
    return [...groups.values()].sort((a, b) => sign * ((a.of ?? 0) - (b.of ?? 0)));
}

/* Undefined: cash in it is still to be counted. */
function minorOf(total: DocumentTotal | undefined): bigint | undefined {
    return total === undefined ? 0n : total.total_minor;
}
function netOf(group: Group): bigint | undefined {
    const [taken, refunded] = [minorOf(group.taken), minorOf(group.refunded)];
    return taken === undefined || refunded === undefined ? undefined : taken - refunded;
}
const sumOf = (all: readonly (bigint | undefined)[]): bigint | undefined =>
    all.reduce<bigint | undefined>(
        (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
        0n,
    );

function Told({ minor }: { minor: bigint | undefined }): JSX.Element {
    if (minor === undefined) return <span class="ink-3 small">{say("until the till is counted")}</span>;
    return minor === 0n ? (
        <span class="ink-3">
            <Money minor={0n} />
        </span>
    ) : (
        <Money minor={minor} />
    );
}

function nameOfGroup(by: By, of: number | undefined, names: Names, places: readonly MoneyAccountRecord[]): string {
    if (of === undefined) return say("none");
    switch (by) {
        case "day":
            return day(of);
        case "branch":
            return names.branch(of);
        case "kind":
            return paymentKindText(of as PaymentKind);
        case "place":
            return placeName(places, of);
        case "person":
            return names.person(of);
    }
}

/* The filter that leaves one group alone. */
function only(by: By, of: number): Readonly<Record<string, string>> {
    if (by === "day") return { from: isoDay(of), until: isoDay(of) };
    return { [by]: String(of) };
}

function Groups(props: {
    client: Client;
    by: By;
    query: Narrowed;
    places: readonly MoneyAccountRecord[];
    set: (change: Readonly<Record<string, string | undefined>>) => void;
}): JSX.Element {
    const { client, by, query, places } = props;
    const names = namesOf(client);
    const { totals, there, whole: all } = useTotals(client, query, BY[by]);
    const groups = groupsOf(totals, by);
    const count = groups.reduce((sum, group) => sum + (group.taken?.count ?? 0n) + (group.refunded?.count ?? 0n), 0n);
    const refunds = groups.some((group) => group.refunded !== undefined);
    const more: Column<Group>[] = [
        {
            id: "refunded",
            head: say("Refunded {unit}", { unit: unit() }),
            amount: true,
            class: "only-desk",
            cell: (group) => <Told minor={minorOf(group.refunded)} />,
            foot: <Told minor={sumOf(groups.map((group) => minorOf(group.refunded)))} />,
        },
        {
            id: "net",
            head: say("Together {unit}", { unit: unit() }),
            amount: true,
            cell: (group) => <Told minor={netOf(group)} />,
            foot: <Told minor={sumOf(groups.map(netOf))} />,
        },
    ];
    const columns: Column<Group>[] = [
        {
            id: "of",
            head: byWord(by),
            cell: (group) => <span class="nowrap">{nameOfGroup(by, group.of, names, places)}</span>,
            foot: say("Total"),
        },
        {
            id: "count",
            head: say("Number of"),
            amount: true,
            cell: (group) => whole((group.taken?.count ?? 0n) + (group.refunded?.count ?? 0n)),
            foot: whole(count),
        },
        {
            id: "taken",
            head: say("Received {unit}", { unit: unit() }),
            amount: true,
            cell: (group) => <Told minor={minorOf(group.taken)} />,
            foot: <Told minor={sumOf(groups.map((group) => minorOf(group.taken)))} />,
        },
        /* Where nothing was given back, received is all there is. */
        ...(refunds ? more : []),
    ];
    return (
        <Region
            rows={5}
            state={
                !there
                    ? { kind: "loading" }
                    : groups.length === 0
                      ? { kind: "nothing", text: say("No money came or went here.") }
                      : { kind: "here" }
            }>
            <Table
                label={say("Money by {what}", { what: byWord(by) })}
                columns={columns}
                rows={groups}
                id={(group) => String(group.of ?? "none")}
                onOpen={(group) => props.set(only(by, group.of!))}
                opens={(group) => group.of !== undefined}
            />
            {!all && <p class="section small late">{say("of the newest million documents")}</p>}
        </Region>
    );
}

/* ---- slips that wait ---- */

function NeverCame({ client, row, onClose }: { client: Client; row: DocumentRow; onClose: () => void }): JSX.Element {
    const [reason, setReason] = useState("");
    const [said, say_] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const commit = async (): Promise<void> => {
        if (reason.trim() === "" || busy) return;
        setBusy(true);
        const fate = await client.submit("confirm_payment", {
            payment: row.document,
            confirmed: false,
            reason: { value: reason.trim() },
        }).ended;
        setBusy(false);
        if (fate.kind === "done") onClose();
        else if (fate.kind === "refused") say_(refusalText(fate.refused, client));
    };
    const blocked = reason.trim() === "" ? say("Say why") : busy ? say("sending") : false;
    useActions([{ id: "never-came", key: "F9", title: say("It never came"), run: () => void commit(), blocked }]);
    return (
        <Sheet title={say("{number} never came", { number: row.number })} onClose={onClose}>
            <div class="stack">
                <p>
                    {say("The slip of {amount} is reversed, and the customer owes it again.", {
                        amount: moneyText(client, row.total_minor),
                    })}
                </p>
                <Field
                    label={say("Reason")}
                    value={reason}
                    onText={setReason}
                    onEnter={() => void commit()}
                    autofocus
                />
                {said !== undefined && (
                    <Notice tone="over" role="alert">
                        {said}
                    </Notice>
                )}
                <Button filled hotkey="F9" blocked={blocked} onClick={() => void commit()}>
                    {say("Reverse {number}", { number: row.number })}
                </Button>
            </div>
        </Sheet>
    );
}

function Came({ client, row, onNever }: { client: Client; row: DocumentRow; onNever: () => void }): JSX.Element {
    const [state, setState] = useState<{ text: string; good: boolean } | undefined>(undefined);
    const came = async (): Promise<void> => {
        setState({ text: say("sending"), good: true });
        const fate = await client.submit("confirm_payment", { payment: row.document, confirmed: true }).ended;
        if (fate.kind === "done") setState({ text: `✓ ${say("came")}`, good: true });
        else if (fate.kind === "refused") setState({ text: refusalText(fate.refused, client), good: false });
    };
    if (state !== undefined)
        return (
            <span class={state.good ? "credit small" : "over small"} role="status">
                {state.text}
            </span>
        );
    return (
        <span class="came nowrap" onClick={(event) => event.stopPropagation()}>
            <Button small onClick={() => void came()} label={say("{number} came", { number: row.number })}>
                {say("Came")}
            </Button>{" "}
            <Button small plain onClick={onNever} label={say("{number} did not come", { number: row.number })}>
                {say("Did not come")}
            </Button>
        </span>
    );
}

/* ---- the screen ---- */

export function MoneyScreen({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const address = filtersOf(at);
    const today = client.welcome.value?.date ?? 0;
    /* A week, where nobody said otherwise: of years nobody asks first. */
    const filters: Filters = Object.keys(address).length > 0 ? address : { from: isoDay(today - 6) };
    const set = (change: Readonly<Record<string, string | undefined>>): void =>
        filter("money", { ...filters, ...change });
    const by: By = Object.keys(BY).includes(filters.by ?? "") ? (filters.by as By) : "day";
    const query = narrowed(filters);
    const names = namesOf(client);
    const places = useMoneyAccounts(client);
    const staff = useStaff(client);
    const { paged, onInside, onScroll } = useDocuments(client, query);
    const { totals } = useTotals(client, query);
    const waits = useTotals(client, { kinds: KINDS, on_its_way: true });
    const waiting = waits.totals.reduce((sum, total) => sum + total.count, 0n);
    const [never, setNever] = useState<DocumentRow | undefined>(undefined);
    const confirms = client.may(Right.RIGHT_CONFIRM_MONEY);
    const out = useExport({
        client,
        title: say("Money"),
        about: described([
            query.from === undefined ? undefined : say("from {day}", { day: day(query.from) }),
            query.to === undefined ? undefined : say("until {day}", { day: day(query.to) }),
            names.branch(query.branch),
            paymentKindText(query.payment_kind),
            placeName(places, query.money_account),
            names.person(query.staff),
            query.on_its_way ? say("not confirmed") : undefined,
        ]),
        columns: fileColumns(names, places, totals),
        count: Number(totals.reduce((sum, total) => sum + total.count + (total.reversed ?? 0n), 0n)),
        pages: pagesOf(client, query, 500),
    });
    const known = {
        by: (value: string) => Object.keys(BY).includes(value),
        way: (value: string) => value === "waits",
        from: anyDay,
        until: anyDay,
        branch: among(names.allBranches.value.keys()),
        kind: among(PAYMENT_KINDS),
        place: among(places.map((place) => place.money_account)),
        person: among(staff.map((each) => each.staff)),
    };
    const columns: Column<DocumentRow>[] = [
        ...columnsOf(names, today).filter((column) => !["branch", "due", "left"].includes(column.id)),
        ...(query.on_its_way && confirms
            ? [
                  {
                      id: "came",
                      head: say("At the bank"),
                      cell: (row: DocumentRow) =>
                          row.on_its_way ? (
                              <Came client={client} row={row} onNever={() => setNever(row)} />
                          ) : (
                              <span class="ink-3">–</span>
                          ),
                  },
              ]
            : []),
    ];
    return (
        <div class="list-screen">
            <Head
                title={say("Money")}
                end={
                    <Button small hotkey="x" onClick={out.open}>
                        {say("Export")}
                    </Button>
                }>
                <MoneyTabs client={client} on="money" />
            </Head>
            <FilterBar>
                <span class="small ink-2">{say("Told apart by")}</span>
                <Chips
                    label={say("Told apart by")}
                    value={by}
                    options={(Object.keys(BY) as By[]).map((id) => ({ id, text: byWord(id) }))}
                    onPick={(id) => set({ by: id })}
                />
                <button
                    type="button"
                    class="chip"
                    aria-pressed={query.on_its_way === true}
                    onClick={() =>
                        query.on_its_way ? set({ way: undefined }) : filter("money", { way: "waits", by: filters.by })
                    }>
                    {say("Not confirmed: {count}", { count: whole(waiting) })}
                </button>
                <DaysFilter client={client} filters={filters} set={set} />
                <BranchSelect client={client} filters={filters} set={set} />
                <Select
                    label={say("Kind")}
                    all={say("All kinds")}
                    value={filters.kind}
                    options={PAYMENT_KINDS.map((kind) => ({ id: String(kind), text: paymentKindText(kind) }))}
                    onPick={(kind) => set({ kind })}
                />
                <Select
                    label={say("Place")}
                    all={say("All places")}
                    value={filters.place}
                    options={places.map((place) => ({ id: String(place.money_account), text: place.name }))}
                    onPick={(place) => set({ place })}
                />
                <PersonSelect client={client} filters={filters} set={set} staff={staff} />
            </FilterBar>
            <Unknown parts={unknownOf(at, known)} onAway={() => filter("money", knownOf(at, known))} />
            <div class="money-two">
                <Panel class="money-groups" title={say("Sums")} end={<Age client={client} />}>
                    <Groups client={client} by={by} query={query} places={places} set={set} />
                </Panel>
                <section class="panel list-panel" aria-label={say("Payments and refunds")}>
                    <Region
                        class="list-region"
                        rows={8}
                        state={
                            paged.rows === undefined
                                ? { kind: "loading" }
                                : paged.refused !== undefined
                                  ? { kind: "refused", head: refusalText(paged.refused, client) }
                                  : paged.rows.length > 0 || paged.fresh > 0
                                    ? { kind: "here" }
                                    : query.on_its_way
                                      ? { kind: "nothing", text: say("All money has arrived.") }
                                      : { kind: "nothing", text: say("No payment or refund is like this.") }
                        }>
                        <LongList
                            label={say("Payments and refunds")}
                            paged={paged}
                            columns={columns}
                            id={rowId}
                            onOpen={(row) => {
                                location.hash = documentHref(row.document);
                            }}
                            onInside={onInside}
                            onScroll={onScroll}
                        />
                    </Region>
                </section>
            </div>
            {never !== undefined && <NeverCame client={client} row={never} onClose={() => setNever(undefined)} />}
            {out.sheet}
        </div>
    );
}

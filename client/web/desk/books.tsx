/*
 * The trial balance: what each account of the books comes to, now or at the end of a day, and that all of it together is
 * nothing. Debits and credits are two columns, as accountants read them.
 */
import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { namesOf, type Names } from "../board/live";
import { Age } from "../board/parts";
import type { Client } from "../lib/api";
import { PostingAccount, type GlTotal, type MoneyAccountRecord, type Refusal } from "../lib/messages";
import { Button, dayInFull, Head, Money, Name, Region, Sign, Table, unit, Unknown, whole, type Column } from "../kit";
import { useExport } from "../kit/export";
import type { FileColumn } from "../kit/files";
import { among, anyDay, dayIn, filter, filtersOf, isoDay, numberIn, unknownOf } from "../kit/filters";
import { DayInput } from "../kit/dayinput";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { BranchSelect, FilterBar, placeName, useMoneyAccounts } from "./chosen";
import { MoneyTabs } from "./moneytabs";

const accounts: Readonly<Record<PostingAccount, () => string>> = {
    [PostingAccount.GL_RECEIVABLE]: () => say("Owed by customers"),
    [PostingAccount.GL_SALES]: () => say("Sales"),
    [PostingAccount.GL_TAX]: () => say("Tax"),
    [PostingAccount.GL_CHARGES]: () => say("Charges"),
    [PostingAccount.GL_CASH]: () => say("Cash"),
    [PostingAccount.GL_BANK]: () => say("Bank"),
    [PostingAccount.GL_POS_CLEARING]: () => say("Card machines"),
    [PostingAccount.GL_MONEY_ON_ITS_WAY]: () => say("Money not confirmed"),
    [PostingAccount.GL_CASH_ROUNDING]: () => say("Rounding of cash"),
    [PostingAccount.GL_SETTLEMENT_DISCOUNT]: () => say("Rounded off"),
    [PostingAccount.GL_MONEY_IN_TRANSIT]: () => say("Money on its way"),
    [PostingAccount.GL_BANK_FEES]: () => say("Bank fees"),
    [PostingAccount.GL_CASH_IN_OUT]: () => say("Put into tills and taken out"),
    [PostingAccount.GL_CASH_DIFFERENCE]: () => say("Differences of counts"),
    [PostingAccount.GL_OPENING]: () => say("Opening balances"),
};
const accountText = (account: PostingAccount): string => accounts[account]?.() ?? `#${account}`;

interface Books {
    totals: readonly GlTotal[];
    papers: bigint | undefined /* that were added up */;
    whole: boolean;
}

/* At the end of a day: what each page's papers come to, added up. */
async function booksOn(
    client: Client,
    as_of: number,
    stands: () => boolean,
    tell: (books: Books) => void,
): Promise<Refusal | undefined> {
    const sums = new Map<string, GlTotal>();
    let papers = 0n;
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("books_on", { as_of, page });
        if (!stands()) return undefined;
        if ("refused" in asked) return asked.refused;
        for (const total of asked.answer.totals) {
            const key = `${total.account}|${total.sub ?? 0}|${total.branch}`;
            const before = sums.get(key);
            sums.set(
                key,
                before === undefined ? total : { ...before, amount_minor: before.amount_minor + total.amount_minor },
            );
        }
        papers += asked.answer.papers;
        page = asked.answer.next;
        const totals = [...sums.values()].sort(
            (a, b) => a.account - b.account || (a.sub ?? 0) - (b.sub ?? 0) || a.branch - b.branch,
        );
        tell({ totals, papers, whole: page === undefined });
    } while (page !== undefined);
    return undefined;
}

function useBooks(
    client: Client,
    as_of: number | undefined,
): { books: Books | undefined; refused: Refusal | undefined } {
    const now = useAsked(client, "trial_balance", as_of === undefined ? {} : undefined, {
        again: client.seq.value,
        every: 2000,
        most: 50,
    });
    const [then, tell] = useState<{ of: number; books?: Books; refused?: Refusal } | undefined>(undefined);
    const live = client.line.value.kind === "live";
    useEffect(() => {
        if (as_of === undefined) return undefined;
        let here = true;
        void booksOn(
            client,
            as_of,
            () => here,
            (books) => tell({ of: as_of, books }),
        ).then((refused) => {
            if (here && refused !== undefined) tell({ of: as_of, refused });
        });
        return () => {
            here = false;
        };
    }, [client, as_of, live]);
    if (as_of !== undefined)
        return then?.of === as_of
            ? { books: then.books, refused: then.refused }
            : { books: undefined, refused: undefined };
    const books =
        now.answer === undefined
            ? undefined
            : { totals: now.pages.flatMap((page) => page.totals), papers: undefined, whole: now.more === undefined };
    return { books, refused: now.refused };
}

const inPlaces: ReadonlySet<PostingAccount> = new Set([
    PostingAccount.GL_CASH,
    PostingAccount.GL_BANK,
    PostingAccount.GL_POS_CLEARING,
    PostingAccount.GL_MONEY_ON_ITS_WAY,
    PostingAccount.GL_MONEY_IN_TRANSIT,
    PostingAccount.GL_BANK_FEES,
    PostingAccount.GL_CASH_IN_OUT,
    PostingAccount.GL_CASH_DIFFERENCE,
    PostingAccount.GL_OPENING,
]);
const placeOf = (total: GlTotal, places: readonly MoneyAccountRecord[]): string =>
    inPlaces.has(total.account) ? placeName(places, total.sub) : "";

const debit = (total: GlTotal): bigint => (total.amount_minor > 0n ? total.amount_minor : 0n);
const credit = (total: GlTotal): bigint => (total.amount_minor < 0n ? -total.amount_minor : 0n);
const sumOf = (totals: readonly GlTotal[], side: (total: GlTotal) => bigint): bigint =>
    totals.reduce((sum, total) => sum + side(total), 0n);

function columnsOf(totals: readonly GlTotal[], names: Names, places: readonly MoneyAccountRecord[]): Column<GlTotal>[] {
    const side = (of: (total: GlTotal) => bigint) => (total: GlTotal) =>
        of(total) === 0n ? <span class="ink-3">–</span> : <Money minor={of(total)} />;
    return [
        {
            id: "account",
            head: say("Account"),
            cell: (total) => (
                <>
                    {accountText(total.account)}{" "}
                    <span class="small ink-2 only-phone">
                        {[placeOf(total, places), names.branch(total.branch)].filter(Boolean).join(" · ")}
                    </span>
                </>
            ),
            foot: say("Total"),
        },
        { id: "place", head: say("Place"), class: "only-desk", cell: (total) => <Name>{placeOf(total, places)}</Name> },
        {
            id: "branch",
            head: say("Branch"),
            class: "only-desk",
            cell: (total) => <span class="ink-2">{names.branch(total.branch)}</span>,
        },
        {
            id: "debit",
            head: say("Debit {unit}", { unit: unit() }),
            amount: true,
            cell: side(debit),
            foot: <Money minor={sumOf(totals, debit)} />,
        },
        {
            id: "credit",
            head: say("Credit {unit}", { unit: unit() }),
            amount: true,
            cell: side(credit),
            foot: <Money minor={sumOf(totals, credit)} />,
        },
    ];
}

const fileColumnsOf = (
    totals: readonly GlTotal[],
    names: Names,
    places: readonly MoneyAccountRecord[],
): FileColumn<GlTotal>[] => [
    { head: say("Account"), kind: "text", of: (total) => accountText(total.account) },
    { head: say("Place"), kind: "text", of: (total) => placeOf(total, places) },
    { head: say("Branch"), kind: "text", of: (total) => names.branch(total.branch) },
    { head: say("Debit {unit}", { unit: unit() }), kind: "money", of: debit, sum: sumOf(totals, debit) },
    { head: say("Credit {unit}", { unit: unit() }), kind: "money", of: credit, sum: sumOf(totals, credit) },
];

export function Books({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const filters = filtersOf(at);
    const set = (change: Readonly<Record<string, string | undefined>>): void =>
        filter("books", { ...filters, ...change });
    const as_of = dayIn(filters.on);
    const branch = numberIn(filters.branch);
    const names = namesOf(client);
    const places = useMoneyAccounts(client);
    const { books, refused } = useBooks(client, as_of);
    const totals = (books?.totals ?? []).filter(
        (total) => total.amount_minor !== 0n && (branch === undefined || total.branch === branch),
    );
    const difference = sumOf(totals, debit) - sumOf(totals, credit);
    const title =
        as_of === undefined ? say("Trial balance, now") : say("Trial balance, end of {day}", { day: dayInFull(as_of) });
    const out = useExport({
        client,
        title: say("Trial balance"),
        about:
            [as_of === undefined ? undefined : dayInFull(as_of), names.branch(branch)].filter(Boolean).join(" · ") ||
            undefined,
        columns: fileColumnsOf(totals, names, places),
        count: totals.length,
        pages: async () => ({ rows: totals, next: undefined }),
    });
    return (
        <div class="list-screen">
            <Head
                title={say("Trial balance")}
                back={() => history.back()}
                end={
                    <Button small hotkey="x" onClick={out.open}>
                        {say("Export")}
                    </Button>
                }>
                <MoneyTabs client={client} on="books" />
            </Head>
            <Unknown
                parts={unknownOf(at, { on: anyDay, branch: among(names.allBranches.value.keys()) })}
                onAway={() => filter("books", {})}
            />
            <FilterBar>
                <label class="choice day-choice">
                    <span class="small ink-2">{say("At the end of")}</span>
                    <DayInput
                        class={as_of === undefined ? "chip" : "chip on"}
                        value={as_of}
                        onPick={(days) => set({ on: days === undefined ? undefined : isoDay(days) })}
                    />
                </label>
                {as_of !== undefined && (
                    <Button plain small onClick={() => set({ on: undefined })}>
                        {say("Now")}
                    </Button>
                )}
                <BranchSelect client={client} filters={filters} set={set} />
                {books?.whole === true && totals.length > 0 && branch === undefined && (
                    <span class={difference === 0n ? "tag credit" : "tag over"} role="status">
                        {difference === 0n ? (
                            <>
                                <Sign of="✓" />
                                {say("it balances")}
                            </>
                        ) : (
                            <>
                                <Sign of="✕" />
                                {say("it does not balance: tell whoever runs the server")}
                            </>
                        )}
                    </span>
                )}
                <span class="grow" />
                <Age client={client} />
            </FilterBar>
            <section class="panel list-panel scrolls" aria-label={title}>
                <header class="panel-head">
                    <h2>{title}</h2>
                    <span class="grow">
                        {books?.papers !== undefined &&
                            sayMany("{count} document added up", "{count} documents added up", books.papers, {
                                count: whole(books.papers),
                            })}
                    </span>
                </header>
                <Region
                    rows={8}
                    state={
                        refused !== undefined
                            ? { kind: "refused", head: refusalText(refused, client) }
                            : books === undefined || !books.whole
                              ? { kind: "loading" }
                              : totals.length === 0
                                ? {
                                      kind: "empty",
                                      text:
                                          as_of === undefined
                                              ? say("Nothing is booked yet.")
                                              : say("Nothing was booked until that day."),
                                  }
                                : { kind: "here" }
                    }>
                    <Table
                        label={title}
                        columns={columnsOf(totals, names, places)}
                        rows={totals}
                        id={(total) => `${total.account}-${total.sub ?? 0}-${total.branch}`}
                    />
                </Region>
            </section>
            {out.sheet}
        </div>
    );
}

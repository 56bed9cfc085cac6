/* The list of all customers: which of them, in which order, in pages that the server sorts. A tab holds the pages around
 * what is seen and no more, however many customers there are. While somebody looks, figures change and rows stay: what
 * stands elsewhere by now is counted. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Asked, Customer, Sent } from "../lib/api";
import { FIND_MOST } from "../kit/filters";
import { CustomerSort, type CustomerList, type ListCounts, type Refusal } from "../lib/messages";

export const enum Which {
    ALL,
    OVER,
    OVERDUE,
    LOCKED,
    CREDIT,
    UNMATCHED,
    IN_TIME,
}
export const WHICH = [
    Which.ALL,
    Which.OVER,
    Which.OVERDUE,
    Which.IN_TIME,
    Which.LOCKED,
    Which.CREDIT,
    Which.UNMATCHED,
] as const;
const whichWords = ["all", "over", "overdue", "locked", "credit", "unmatched", "in-time"];

export const enum Sorting {
    OWES,
    AVAILABLE,
    OVERDUE,
    OLDEST,
    CODE,
    BRANCH,
    CHANGE,
}
const sortingWords = ["owes", "available", "overdue", "oldest", "code", "branch", "change"];
const sorts = [
    CustomerSort.SORT_BALANCE,
    CustomerSort.SORT_AVAILABLE,
    CustomerSort.SORT_OVERDUE,
    CustomerSort.SORT_OLDEST,
    CustomerSort.SORT_CODE,
    CustomerSort.SORT_BRANCH,
    CustomerSort.SORT_CHANGE,
];

export interface Choice {
    which: Which;
    branch: number | undefined;
    groups: readonly number[] /* in all of them */;
    sorting: Sorting;
    turned: boolean /* the other way round */;
    text: string;
}

export const ANYBODY: Choice = {
    which: Which.ALL,
    branch: undefined,
    groups: [],
    sorting: Sorting.OWES,
    turned: false,
    text: "",
};

/* ---- in the address: #/customers/list/show-overdue.branch-2.groups-3+4.by-oldest.turned/nguyen ---- */

export function addressOf(choice: Choice): string[] {
    const parts = [
        choice.which === Which.ALL ? "" : `show-${whichWords[choice.which]}`,
        choice.branch === undefined ? "" : `branch-${choice.branch}`,
        choice.groups.length === 0 ? "" : `groups-${choice.groups.join("+")}`,
        choice.sorting === Sorting.OWES ? "" : `by-${sortingWords[choice.sorting]}`,
        choice.turned ? "turned" : "",
    ].filter((part) => part !== "");
    if (parts.length === 0 && choice.text === "") return ["customers"];
    return ["customers", "list", parts.join(".") || "all", ...(choice.text === "" ? [] : [choice.text])];
}

const number = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

const saidIn = (part: string): [string, string] => {
    const dash = part.indexOf("-");
    return dash < 0 ? [part, ""] : [part.slice(0, dash), part.slice(dash + 1)];
};

const findable = (text: string): boolean => text.length <= FIND_MOST;

const isKnown = (part: string): boolean => {
    const [name, value] = saidIn(part);
    if (name === "show") return whichWords.includes(value);
    if (name === "by") return sortingWords.includes(value);
    if (name === "branch") return number(value) !== undefined;
    if (name === "groups") return value.split("+").every((each) => number(each) !== undefined);
    return ["turned", "all", ""].includes(part);
};

/* What of it is not understood: an address may be old, or typed. */
export function unknownIn(at: readonly string[]): string[] {
    if (at.length > 0 && at[0] !== "list") return [at.join("/")];
    const parts = (at[1] ?? "").split(".").filter((part) => !isKnown(part));
    return [...parts, ...at.slice(2, 3).filter((text) => !findable(text)), ...at.slice(3)];
}

/* What is not understood is passed over, and said (unknownIn). */
export function choiceOf(at: readonly string[]): Choice {
    if (at[0] !== "list") return ANYBODY;
    const said = new Map((at[1] ?? "").split(".").map(saidIn));
    const which = whichWords.indexOf(said.get("show") ?? "all");
    const sorting = sortingWords.indexOf(said.get("by") ?? "owes");
    return {
        which: which < 0 ? Which.ALL : (which as Which),
        branch: number(said.get("branch") ?? ""),
        groups: (said.get("groups") ?? "").split("+").flatMap((text) => number(text) ?? []),
        sorting: sorting < 0 ? Sorting.OWES : (sorting as Sorting),
        turned: said.has("turned"),
        text: findable(at[2] ?? "") ? (at[2] ?? "") : "",
    };
}

/* ---- which of them ---- */

export const lateOf = (customer: Customer): bigint => customer.account?.overdue_minor ?? 0n;

export function isA(customer: Customer, which: Which): boolean {
    const { row, account } = customer;
    switch (which) {
        case Which.ALL:
            return true;
        case Which.OVER:
            return account !== undefined && !account.unlimited && account.available_minor < 0n;
        case Which.OVERDUE:
            return lateOf(customer) > 0n;
        case Which.LOCKED:
            return row.locked === true || account?.locked === true;
        case Which.CREDIT:
            return (account?.balance_minor ?? 0n) < 0n;
        case Which.UNMATCHED:
            return account !== undefined && account.unmatched_minor > 0n;
        case Which.IN_TIME:
            return lateOf(customer) === 0n;
    }
}

/* Without who pays at once, where nothing narrows the list but this: they owe nothing, and are in no branch or group. */
export function withoutCash(counts: ListCounts | undefined, choice: Choice): ListCounts | undefined {
    const whole = choice.branch === undefined && choice.groups.length === 0 && choice.text.trim() === "";
    return counts === undefined || !whole ? counts : { ...counts, all: counts.all - 1 };
}

export function countOf(counts: ListCounts, which: Which): number {
    const { all, over_limit, overdue, locked, in_credit, unmatched } = counts;
    return [all, over_limit, overdue, locked, in_credit, unmatched, all - overdue][which]!;
}

type Query = Sent<CustomerList>;

export function queryOf(choice: Choice): Query {
    const only: Query[] = [
        {},
        { over_limit: true },
        { overdue: true },
        { locked: true },
        { in_credit: true },
        { unmatched: true },
        { overdue: false },
    ];
    return {
        ...only[choice.which]!,
        ...(choice.branch === undefined ? {} : { branch: choice.branch }),
        ...(choice.groups.length === 0 ? {} : { groups: [...choice.groups] }),
        ...(choice.text.trim() === "" ? {} : { text: choice.text.trim() }),
        sort: sorts[choice.sorting]!,
        reverse: choice.turned,
    };
}

/* ---- the pages ---- */

export const PAGE = 100;
const KEPT = 8 /* pages; what is seen lies in three at most */,
    WINDOW = 4; /* asked for at once */

export interface Shown {
    total: number /* of those that are listed; 0 before the first answer */;
    counts: ListCounts | undefined;
    moved: number /* of those seen, stand elsewhere by now */;
    refused: Refusal | undefined;
}
const NOTHING: Shown = { total: 0, counts: undefined, moved: 0, refused: undefined };

type Ask = (query: Query) => Promise<Asked<"customers">>;

const same = (a: Customer, b: Customer): boolean =>
    a.row.seq === b.row.seq &&
    a.account?.last?.seq === b.account?.last?.seq &&
    a.account?.balance_minor === b.account?.balance_minor &&
    a.account?.available_minor === b.account?.available_minor;

export class Listing {
    private query: Query = {};
    private turn = 0; /* of what was chosen: an answer to what was chosen before is none */
    private readonly pages = new Map<number, readonly Customer[]>();
    private readonly asked = new Set<number>();
    private seen: readonly [number, number] = [0, 0]; /* first and last page */
    private newest: { first: number; rows: readonly Customer[]; total: number } | undefined; /* held back */
    private readonly told = signal(NOTHING);
    private flying = false;
    private nobody = 0; /* who pays at once is many people, and no row */
    private all = 0; /* rows, as the server counts */
    private passed: number | undefined /* where that one would stand, if a page has it */;

    constructor(private readonly ask: Ask) {}

    get shown(): ReadonlySignal<Shown> {
        return this.told;
    }
    at(index: number): Customer | undefined {
        return this.served(this.passed !== undefined && index >= this.passed ? index + 1 : index);
    }
    /* As the server counts. */
    private served(index: number): Customer | undefined {
        return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
    }
    /* 0: none. Who looks for their words sees them. */
    without(customer: number): void {
        if (this.nobody === customer) return;
        this.nobody = customer;
        this.tell({});
    }
    private tell(more: Partial<Shown>): void {
        this.passed = undefined;
        for (const [page, rows] of this.nobody === 0 ? [] : this.pages) {
            const at = rows.findIndex((one) => one.row.customer === this.nobody);
            if (at >= 0) this.passed = page * PAGE + at;
        }
        const { total, ...said } = { ...this.told.peek(), total: this.all, ...more };
        this.all = total;
        this.told.value = { ...said, total: total - (this.passed === undefined ? 0 : 1) };
    }
    /* How many rows lie in memory. */
    get held(): number {
        let all = 0;
        for (const page of this.pages.values()) all += page.length;
        return all;
    }

    /* Another choice: what is there stays until its first rows come. */
    choose(query: Query): void {
        this.query = query;
        this.turn++;
        this.seen = [0, 0];
        this.asked.clear();
        this.flying = false;
        void this.refresh(false, true);
    }

    /* Rows first to last are looked at. */
    look(first: number, last: number): void {
        const end = this.passed === undefined ? last : last + 1;
        this.seen = [Math.floor(first / PAGE), Math.floor(Math.max(first, end - 1) / PAGE)];
        for (let page = this.seen[0]; page <= this.seen[1]; page++)
            if (!this.pages.has(page) && page * PAGE < this.all) void this.fetch(page);
    }

    /* What is looked at is asked for anew; held: the rows stay where they are. */
    async refresh(held: boolean, anew = false): Promise<void> {
        if (this.flying) return;
        this.flying = true;
        const turn = this.turn;
        const [from, to] = anew ? [0, 0] : this.seen;
        const pages = Math.min(WINDOW, to - from + 1);
        const first = from * PAGE;
        const asked = await this.answered({ ...this.query, skip: first, rows: pages * PAGE, count: true });
        if (turn !== this.turn) return;
        this.flying = false;
        if (asked === undefined || "refused" in asked) {
            if (asked !== undefined) this.tell({ refused: asked.refused });
            return;
        }
        const counts = asked.answer.counts;
        const rows = this.read(asked.answer.rows);
        if (held && !anew) this.compare(first, rows, counts);
        else this.put(first, rows, counts, anew);
    }

    /* The order of now. */
    release(): void {
        if (this.newest !== undefined) this.put(this.newest.first, this.newest.rows, this.told.peek().counts, false);
        this.newest = undefined;
    }

    private async answered(query: Query): Promise<Asked<"customers"> | undefined> {
        try {
            return await this.ask(query);
        } catch {
            return undefined; /* the line went: what is there stays */
        }
    }

    /* Rows as they came; who is known and is another now is marked. */
    private read(rows: readonly { who: Customer["row"]; account: NonNullable<Customer["account"]> }[]): Customer[] {
        const known = new Map<number, Customer>();
        for (const page of this.pages.values()) for (const one of page) known.set(one.row.customer, one);
        return rows.map(({ who, account }) => {
            const before = known.get(who.customer);
            const now: Customer = { row: who, account, changed: before?.changed ?? 0 };
            return before === undefined || same(before, now) ? now : { ...now, changed: performance.now() };
        });
    }

    private put(first: number, rows: readonly Customer[], counts: ListCounts | undefined, anew: boolean): void {
        /* Whatever lies elsewhere may have moved by now. */
        this.pages.clear();
        this.asked.clear();
        this.newest = undefined;
        for (let at = 0; at < rows.length; at += PAGE) this.pages.set((first + at) / PAGE, rows.slice(at, at + PAGE));
        this.tell({ total: counts?.listed ?? rows.length, counts, moved: 0, refused: undefined });
        if (!anew) this.look(this.seen[0] * PAGE, (this.seen[1] + 1) * PAGE);
    }

    private compare(first: number, rows: readonly Customer[], counts: ListCounts | undefined): void {
        const now = new Map(rows.map((one) => [one.row.customer, one]));
        let moved = 0;
        rows.forEach((one, at) => {
            const stands = this.served(first + at);
            if (stands !== undefined && stands.row.customer !== one.row.customer) moved++;
        });
        const total = counts?.listed ?? this.all;
        const more = Math.abs(total - this.all);
        for (const [page, held] of this.pages)
            this.pages.set(
                page,
                held.map((one) => now.get(one.row.customer) ?? one),
            );
        this.newest = { first, rows, total };
        this.tell({ counts, moved: Math.max(moved, more), refused: undefined });
    }

    private async fetch(page: number): Promise<void> {
        if (this.asked.has(page)) return;
        this.asked.add(page);
        const turn = this.turn;
        const asked = await this.answered({ ...this.query, skip: page * PAGE, rows: PAGE });
        if (turn !== this.turn) return;
        this.asked.delete(page);
        if (asked === undefined || "refused" in asked) return;
        this.pages.set(page, this.read(asked.answer.rows));
        this.drop();
        this.tell({});
    }

    /* Those that lie farthest from what is seen. */
    private drop(): void {
        const middle = (this.seen[0] + this.seen[1]) / 2;
        const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
        for (const page of far.slice(0, Math.max(0, this.pages.size - KEPT))) this.pages.delete(page);
    }
}

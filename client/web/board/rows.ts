/* The list of all customers: which of them, in which order, and how the order is held while somebody looks.
 *
 *  1 A change costs what changed, not what is there: 100,000 rows are sorted once.
 *  2 While the order is held no row moves: what would move is counted, what would leave is marked, what is new waits. */
import type { Customer } from "../lib/api";
import type { CustomerRow } from "../lib/messages";

export const enum Which {
    ALL,
    OVER,
    OVERDUE,
    LOCKED,
    UNMATCHED,
}
export const WHICH = [Which.ALL, Which.OVER, Which.OVERDUE, Which.LOCKED, Which.UNMATCHED] as const;
export const enum Sorting {
    OWES,
    AVAILABLE,
    OVERDUE,
    NAME,
    CHANGE,
}

export interface Choice {
    which: Which;
    branch: number | undefined;
    sorting: Sorting;
    text: string /* folded; empty: all */;
    found: ReadonlySet<number> /* whom the server's search found for it */;
}

export const ANYBODY: Choice = {
    which: Which.ALL,
    branch: undefined,
    sorting: Sorting.OWES,
    text: "",
    found: new Set(),
};

const folded = new WeakMap<CustomerRow, string>();

/* Without marks, case and width: "Đại" is found by "dai". */
export function fold(text: string): string {
    return text
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/đ/g, "d")
        .replace(/ς/g, "σ")
        .replace(/\u200c/g, "");
}

function textOf(row: CustomerRow): string {
    let text = folded.get(row);
    if (text === undefined) {
        text = fold(`${row.name.value ?? ""}\n${row.code}\n${row.phone?.value ?? ""}\n${row.area ?? ""}`);
        folded.set(row, text);
    }
    return text;
}

/* What is overdue of them. */
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
        case Which.UNMATCHED:
            return account !== undefined && account.unmatched_minor > 0n;
    }
}

export function isWanted(customer: Customer, choice: Choice): boolean {
    if (choice.branch !== undefined && customer.row.branch !== choice.branch) return false;
    if (!isA(customer, choice.which)) return false;
    return choice.text === "" || choice.found.has(customer.row.customer) || textOf(customer.row).includes(choice.text);
}

/* The smaller stands first. */
function placeOf(customer: Customer, sorting: Sorting): number | string {
    const account = customer.account;
    switch (sorting) {
        case Sorting.OWES:
            return -Number(account?.balance_minor ?? 0n);
        case Sorting.AVAILABLE:
            return account === undefined || account.unlimited ? Infinity : Number(account.available_minor);
        case Sorting.OVERDUE:
            return -Number(lateOf(customer));
        case Sorting.NAME:
            return textOf(customer.row);
        case Sorting.CHANGE:
            return -Number(account?.last?.at_ms ?? 0n);
    }
}

export function compare(a: Customer, b: Customer, sorting: Sorting): number {
    const [left, right] = [placeOf(a, sorting), placeOf(b, sorting)];
    if (left !== right) return left < right ? -1 : 1;
    return a.row.customer - b.row.customer;
}

type Rows = ReadonlyMap<number, Customer>;

export class Listing {
    order: readonly number[] = [];
    counts: number[] = WHICH.map(() => 0); /* of the branch, by Which */
    owed = 0n; /* of those listed */
    moved = 0; /* would stand elsewhere */
    fresh = 0; /* would be listed */
    gone: ReadonlySet<number> = new Set(); /* would not */
    private rows: Rows = new Map();
    private choice: Choice = ANYBODY;
    private readonly waiting = new Set<number>(); /* changed while the order was held */

    /* Another choice begins anew, held or not. */
    update(rows: Rows, choice: Choice, held: boolean): void {
        const anew = choice !== this.choice || this.rows.size === 0;
        const changed = anew ? undefined : this.changedIn(rows);
        if (changed === undefined) this.countAll(rows, choice);
        else for (const number of changed) this.recount(number, rows);
        const before = this.rows;
        [this.rows, this.choice] = [rows, choice];
        if (changed === undefined) {
            this.sortAll();
            return;
        }
        for (const number of changed) {
            this.waiting.add(number);
            this.owed += this.listed(rows.get(number)) - this.listed(before.get(number));
        }
        if (held) this.judge();
        else this.release();
    }

    /* The order of now. */
    release(): void {
        if (this.waiting.size > 2000) this.sortAll();
        else if (this.waiting.size > 0) this.moveSome();
        this.waiting.clear();
        [this.moved, this.fresh, this.gone] = [0, 0, new Set()];
    }

    private changedIn(rows: Rows): ReadonlySet<number> {
        const changed = new Set<number>();
        if (rows !== this.rows)
            for (const [number, customer] of rows) if (this.rows.get(number) !== customer) changed.add(number);
        return changed;
    }

    private flags(customer: Customer | undefined, by: 1 | -1): void {
        if (customer === undefined || (this.choice.branch !== undefined && customer.row.branch !== this.choice.branch))
            return;
        for (const which of WHICH) if (isA(customer, which)) this.counts[which]! += by;
    }
    private recount(number: number, rows: Rows): void {
        this.flags(this.rows.get(number), -1);
        this.flags(rows.get(number), 1);
    }
    private countAll(rows: Rows, choice: Choice): void {
        this.counts = WHICH.map(() => 0);
        this.choice = choice;
        for (const customer of rows.values()) this.flags(customer, 1);
    }

    private listed(customer: Customer | undefined): bigint {
        return customer !== undefined && isWanted(customer, this.choice) ? (customer.account?.balance_minor ?? 0n) : 0n;
    }

    private sortAll(): void {
        const { sorting } = this.choice;
        const all: { customer: number; place: number | string }[] = [];
        this.owed = 0n;
        for (const customer of this.rows.values()) {
            if (!isWanted(customer, this.choice)) continue;
            all.push({ customer: customer.row.customer, place: placeOf(customer, sorting) });
            this.owed += customer.account?.balance_minor ?? 0n;
        }
        all.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.customer - b.customer));
        this.order = all.map(({ customer }) => customer);
        this.waiting.clear();
        [this.moved, this.fresh, this.gone] = [0, 0, new Set()];
    }

    private moveSome(): void {
        const kept = this.order.filter((number) => !this.waiting.has(number));
        for (const number of this.waiting) {
            const customer = this.rows.get(number);
            if (customer !== undefined && isWanted(customer, this.choice))
                kept.splice(this.placeIn(kept, customer), 0, number);
        }
        this.order = kept;
    }

    private placeIn(order: readonly number[], customer: Customer): number {
        let [low, high] = [0, order.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (compare(this.rows.get(order[middle]!)!, customer, this.choice.sorting) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private judge(): void {
        const at = new Map<number, number>();
        if (this.waiting.size > 0)
            this.order.forEach((number, index) => {
                if (this.waiting.has(number)) at.set(number, index);
            });
        const gone = new Set<number>();
        [this.moved, this.fresh] = [0, 0];
        for (const number of this.waiting) {
            const customer = this.rows.get(number)!;
            const index = at.get(number);
            const wanted = isWanted(customer, this.choice);
            if (index === undefined) this.fresh += wanted ? 1 : 0;
            else if (!wanted) gone.add(number);
            else if (this.stands(index, customer) !== 0) this.moved++;
        }
        this.gone = gone;
    }

    /* Between its neighbours? */
    private stands(index: number, customer: Customer): number {
        const [above, below] = [this.rows.get(this.order[index - 1] ?? -1), this.rows.get(this.order[index + 1] ?? -1)];
        if (above !== undefined && compare(above, customer, this.choice.sorting) > 0) return -1;
        if (below !== undefined && compare(customer, below, this.choice.sorting) > 0) return 1;
        return 0;
    }
}

/*
 * Which money goes to which bills: the order is the one that is seen, oldest due first, and nothing is rounded. What is
 * previewed by the server and what is sent are these same parts.
 */
import type { Bill, PreviewMatchAnswer } from "../lib/messages";

export interface Part {
    debit: bigint;
    credit: bigint;
    amount_minor: bigint;
}

interface Side {
    document: bigint;
    open_minor: bigint;
}

/* Each money in turn, over the ticked bills in turn. */
export function partsOf(money: readonly Side[], bills: readonly Side[]): Part[] {
    const parts: Part[] = [];
    const left = bills.map((bill) => bill.open_minor);
    for (const each of money) {
        let rest = each.open_minor;
        bills.forEach((bill, at) => {
            const amount_minor = rest < left[at]! ? rest : left[at]!;
            if (amount_minor <= 0n) return;
            parts.push({ debit: bill.document, credit: each.document, amount_minor });
            rest -= amount_minor;
            left[at] = left[at]! - amount_minor;
        });
    }
    return parts;
}

/* Ticks that take as much as there is: the oldest due until it is spent. */
export function oldestOf(bills: readonly Side[], minor: bigint): bigint[] {
    const ticks: bigint[] = [];
    let rest = minor;
    for (const bill of bills) {
        if (rest <= 0n) break;
        ticks.push(bill.document);
        rest -= bill.open_minor;
    }
    return ticks;
}

export const sumOf = (list: readonly { open_minor: bigint }[]): bigint =>
    list.reduce((sum, each) => sum + each.open_minor, 0n);

/* What each bill gets, by the server's preview. */
export function matchedOf(preview: PreviewMatchAnswer | undefined): ReadonlyMap<bigint, bigint> {
    const found = new Map<bigint, bigint>();
    for (const part of preview?.parts ?? []) found.set(part.debit, (found.get(part.debit) ?? 0n) + part.amount_minor);
    return found;
}

export interface After {
    bills_minor: bigint;
    overdue_minor: bigint;
    oldest: number | undefined /* days late of the oldest that is left */;
}

export function afterOf(bills: readonly Bill[], matched: ReadonlyMap<bigint, bigint>): After {
    const left = bills
        .map((bill) => ({ ...bill, open_minor: bill.open_minor - (matched.get(bill.document) ?? 0n) }))
        .filter((bill) => bill.open_minor > 0n);
    const late = left.filter((bill) => bill.days_late > 0);
    return {
        bills_minor: sumOf(left),
        overdue_minor: sumOf(late),
        oldest: late.length === 0 ? undefined : Math.max(...late.map((bill) => bill.days_late)),
    };
}

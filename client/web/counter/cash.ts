/* Cash: what is to pay when the company rounds it, what people hand over, and the change as notes. */
import type { Draft, Part } from "./draft";

/* Cash that pays the rest of a bill, by the company's unit (server/domain/documents/invoice.c, cash_due). */
export function cashDue(amount: bigint, unit: bigint): bigint {
    if (unit <= 1n || amount <= 0n) return amount;
    const units = amount / unit + ((amount % unit) * 2n >= unit ? 1n : 0n);
    return units > 0n ? units * unit : amount;
}

/* Notes and coins in minor units, largest first. What a currency not listed here has is guessed from its smallest unit. */
const PIECES: Readonly<Record<string, readonly number[]>> = {
    VND: [500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500],
    IRR: [1000000, 500000, 100000, 50000, 20000, 10000, 5000, 2000, 1000],
    EUR: [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
    USD: [10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1],
    CNY: [10000, 5000, 2000, 1000, 500, 100, 50, 10],
    GBP: [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
};

export function pieces(currency: string, exponent: number): readonly bigint[] {
    const known = PIECES[currency];
    if (known !== undefined) return known.map(BigInt);
    const one = 10n ** BigInt(exponent);
    return [1000n, 500n, 200n, 100n, 50n, 20n, 10n, 5n, 2n, 1n].map((each) => each * one);
}

/* What people are likely to hand over for it: exact, then rounded up in the currency's steps; at most six, of which
 * the finest go first: they are the ones nobody has in a hand. */
export function likelyGiven(due: bigint, all: readonly bigint[]): bigint[] {
    const found = [due];
    for (const piece of [...all].reverse()) {
        const up = ((due + piece - 1n) / piece) * piece;
        if (up > due && up < due * 3n && piece * 400n >= due && !found.includes(up)) found.push(up);
    }
    return [due, ...found.slice(1).slice(-5)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/* Change in as few pieces as there are; what is smaller than the smallest is left out. */
export function asPieces(amount: bigint, all: readonly bigint[]): { piece: bigint; count: bigint }[] {
    const found: { piece: bigint; count: bigint }[] = [];
    let left = amount;
    for (const piece of all) {
        if (left < piece) continue;
        found.push({ piece, count: left / piece });
        left %= piece;
    }
    return found;
}

export interface Paying {
    other: bigint /* in other kinds of money, with an amount */;
    due: bigint /* in cash, after rounding */;
    rounding: bigint /* what is taken less (negative: more) than the rest */;
    given: bigint;
    change: bigint;
    left: bigint /* stays on the customer's account */;
}

/* What is paid at once of a sale of `total` (server: split_paid). `given`: cash in the hand, undefined: none.
 * A part without an amount is the rest. */
export function paying(total: bigint, parts: readonly Part[], given: bigint | undefined, unit: bigint): Paying {
    const said = parts.reduce((sum, part) => sum + (part.amount ?? 0n), 0n);
    const takes_rest = parts.some((part) => part.amount === undefined);
    const rest = total - said;
    if (takes_rest) {
        const cash = given ?? 0n;
        return {
            other: said + (rest > cash ? rest - cash : 0n),
            due: cash,
            rounding: 0n,
            given: cash,
            change: 0n,
            left: 0n,
        };
    }
    const due = cashDue(rest, unit);
    const cash = given ?? 0n;
    const whole = given !== undefined && rest > 0n && cash >= due;
    return {
        other: said,
        due: rest > 0n ? due : 0n,
        rounding: whole || given === undefined ? rest - due : 0n,
        given: cash,
        change: whole ? cash - due : 0n,
        left: whole ? 0n : rest - cash,
    };
}

/* A draft without a customer is paid in cash unless other money was chosen. */
export const isCashSale = (draft: Draft): boolean => draft.customer === 0;

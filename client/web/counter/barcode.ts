/*
 * Codes as a scanner gives them; the same readings as client/lib/barcode.c. A label of a scale is an EAN-13 that begins
 * with 2, or a UPC-A that does, and holds a weight or a price: in the catalogue its product has the barcode with letters
 * where those digits stand (2112345WWWWWC for grams, 2112345PPPPPC for a price, V for a digit that checks the price).
 */
import type { ProductRecord } from "../lib/messages";
import { divided, ONE } from "./draft";

export interface Reading {
    code: string;
    holds: "article" | "weight" | "price";
    value: bigint;
}

function checks(digits: string): boolean {
    let sum = 0;
    for (let at = 0; at < digits.length; at++) sum += Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 1 : 3);
    return sum % 10 === 0;
}

/* `item` digits name the product, `value` digits before the last one are what it holds. */
function labels(digits: string, item: number, value: number): Reading[] {
    const held = BigInt(digits.slice(digits.length - 1 - value, digits.length - 1));
    const check = item + value + 2 === digits.length ? "V" : "";
    return [
        { code: `${digits.slice(0, item)}${check}${"W".repeat(value)}C`, holds: "weight", value: held },
        { code: `${digits.slice(0, item)}${check}${"P".repeat(value)}C`, holds: "price", value: held },
    ];
}

/* All that a code may mean, likeliest first; the code itself where it is none of these. */
export function readBarcode(digits: string): Reading[] {
    const self: Reading = { code: digits, holds: "article", value: 0n };
    const size = digits.length;
    if (!/^\d{8,14}$/.test(digits) || !checks(digits)) return [self];
    const found = [self];
    if (size === 12) found.push({ ...self, code: `0${digits}` });
    if (size > 12 && digits[0] === "0") found.push({ ...self, code: digits.slice(1) });
    if (size === 13 && digits[0] === "2")
        found.push(...labels(digits, 7, 5), ...labels(digits, 7, 4), ...labels(digits, 6, 6));
    if (size === 12 && digits[0] === "2") found.push(...labels(digits, 6, 5), ...labels(digits, 6, 4));
    return found;
}

const share = (value: bigint, of: bigint, by: bigint): bigint => (value * of + by / 2n) / by;

/* Without its tax; what a label says is what the customer pays. */
function netOf(total: bigint, tax_bp: bigint): bigint {
    const net = share(total, 10_000n, 10_000n + tax_bp);
    for (const each of [net - 1n, net, net + 1n]) if (each + divided(each * tax_bp, 10_000n) === total) return each;
    return net;
}

/* How much it is, and at which price if the catalogue's does not make the label's; undefined: they do not go together. */
export function ofLabel(
    reading: Reading,
    product: ProductRecord,
    exponent: number,
): { quantity: bigint; price?: bigint } | undefined {
    if (reading.holds === "article") return { quantity: ONE };
    if (reading.holds === "weight") return reading.value > 0n ? { quantity: reading.value } : undefined;
    const total = exponent >= 3 ? reading.value * 10n : reading.value;
    const price = product.price;
    if (total <= 0n || price === undefined || price <= 0n) return undefined;
    const net = netOf(total, BigInt(product.tax_bp ?? 0));
    const exact = share(net, 1_000_000n, price);
    const quantity = exact === 0n ? 1n : exact;
    if (divided(quantity * price, 1_000_000n) === net) return { quantity };
    const other = share(net, 1_000_000n, quantity);
    return divided(quantity * other, 1_000_000n) === net ? { quantity, price: other } : undefined;
}

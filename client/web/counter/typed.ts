/*
 * What is typed into the field for goods.
 *
 *     8934567001203        a barcode or code: that product
 *     3*8934567001203      three of it; "3*" alone waits for the scan
 *     12 · 2.5 m³          so much of the line before
 *     2 paint              two of what is found for "paint", where no item's name begins so
 *     xi mang              words: the catalogue is searched
 */
import { plainDigits, readAmount, readPrice, readQuantity } from "../kit/read";
import { mayBeQuantity } from "../kit/scan";
import { language } from "../kit/words";

export type Typed =
    | { kind: "nothing" }
    | { kind: "times"; quantity: bigint } /* a scan will follow */
    | { kind: "amount"; quantity: bigint; unit: string } /* of the line before, if it has that unit */
    | { kind: "goods"; quantity: bigint | undefined; text: string };

export { plainDigits };

/* Thousandths, more than 0; undefined for what is no number, or may be two. */
export function readCount(text: string): bigint | undefined {
    const { value } = readQuantity(text, language.value);
    return value !== undefined && value > 0n ? value : undefined;
}

export function readMoney(text: string): bigint | undefined {
    const { value } = readAmount(text, language.value);
    return value !== undefined && value >= 0n ? value : undefined;
}

export function readUnitPrice(text: string): bigint | undefined {
    const { value } = readPrice(text, language.value);
    return value !== undefined && value >= 0n ? value : undefined;
}

export function readTyped(text: string): Typed {
    const trimmed = text.trim();
    if (trimmed === "") return { kind: "nothing" };
    const times = /^([^*×✕]+?)\s*[*×✕]\s*(.*)$/.exec(trimmed);
    const count = times !== null ? readCount(times[1]!) : undefined;
    if (times !== null && count !== undefined)
        return times[2] === ""
            ? { kind: "times", quantity: count }
            : { kind: "goods", quantity: count, text: times[2]! };
    const amount = /^([\d٠-٩۰-۹０-９.,٫٬]+)\s*(.*)$/.exec(trimmed);
    const quantity = amount !== null && mayBeQuantity(plainDigits(amount[1]!)) ? readCount(amount[1]!) : undefined;
    if (quantity !== undefined && (amount![2] === "" || /^\D{1,12}$/.test(amount![2]!)))
        return { kind: "amount", quantity, unit: amount![2]! };
    return { kind: "goods", quantity: undefined, text: trimmed };
}

/* "2 paint": a number, a blank and words. */
export function readCounted(text: string): { quantity: bigint; text: string } | undefined {
    const found = /^([\d٠-٩۰-۹０-９.,٫٬]+)\s+(\S.*)$/.exec(text.trim());
    if (found === null || !/\p{L}/u.test(found[2]!) || !mayBeQuantity(plainDigits(found[1]!))) return undefined;
    const quantity = readCount(found[1]!);
    return quantity === undefined ? undefined : { quantity, text: found[2]! };
}

/* What was scanned when this stood in the field for goods: "3*" counts, however slowly it was typed. */
export function readScan(code: string, before: string): { quantity: bigint | undefined; code: string } {
    const typed = readTyped(before.trim() + code);
    if (typed.kind === "goods" && typed.quantity !== undefined && code.endsWith(typed.text))
        return { quantity: typed.quantity, code: typed.text };
    const times = /^(\d{1,7})[*x](.+)$/i.exec(code);
    return times === null ? { quantity: undefined, code } : { quantity: BigInt(times[1]!) * 1000n, code: times[2]! };
}

/* As people compare words: without case, accents and width; đ is d. */
export function folded(text: string): string {
    return plainDigits(text)
        .normalize("NFKD")
        .replace(/[\u0300-\u036f\u200c\u064b-\u0652]/g, "")
        .toLowerCase()
        .replace(/đ/g, "d")
        .replace(/ي/g, "ی")
        .replace(/ك/g, "ک")
        .replace(/ς/g, "σ")
        .trim();
}

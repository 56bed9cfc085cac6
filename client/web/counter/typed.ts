/*
 * What is typed into the field for goods.
 *
 *     8934567001203        a barcode or code: that product
 *     3*8934567001203      three of it; "3*" alone waits for the scan
 *     12 · 2.5 m³          so much of the line before
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

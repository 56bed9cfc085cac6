/*
 * A sale as it is being typed: lines, whom it is for, what is paid at once. Plain values; every change makes a
 * new draft, so that it can be kept as it is and compared.
 *
 *     typed or scanned → Line → IssueInvoice → WhatIf → what each line comes to
 *
 * The server says what a sale comes to. `lineSum` says the same for the moment in between and without a line: net
 * is rounded once, tax is of the rounded net (server/domain/documents/line.c).
 */
import type { Sent } from "../lib/api";
import { has } from "../lib/aside";
import {
    RefusalCode,
    type DocumentLine,
    type InvoiceLine,
    type IssueInvoice,
    type PaymentKind,
    type ProductRecord,
    type ProductUnit,
    type Refusal,
} from "../lib/messages";

export interface Line {
    readonly key: number;
    readonly product: number /* 0: not known yet, or a line of its own words */;
    readonly code: string /* of the product, or what was scanned */;
    readonly name: string;
    readonly unit: string /* "": the product's own */;
    readonly own_unit: string /* the product's own, as people call it */;
    readonly units: readonly { code: string; factor: bigint; price?: bigint }[];
    readonly quantity: bigint /* thousandths */;
    readonly listed?: bigint /* price by the lists, thousandths of a minor unit */;
    readonly price?: bigint /* another one, typed */;
    readonly then?: bigint /* by the lists when it was taken, and not booked */;
    readonly discount_bp?: number;
    readonly discount_minor?: bigint;
    readonly tax_bp: number;
    readonly serials: readonly string[];
    readonly wants_serials: boolean;
    readonly custom: boolean /* of its own words, not in the catalogue */;
    readonly was?: {
        line: number;
        price: bigint;
        discount_bp?: number;
        discount_minor?: bigint;
    } /* of a correction: as the bill has it */;
}

/* Money that comes with the sale. Cash: what is handed over; without an amount it is the rest. */
export interface Part {
    readonly kind: PaymentKind;
    readonly amount?: bigint;
    readonly account?: number;
    readonly reference?: string;
    readonly payer?: string;
}

/* A payment that is being typed; it is kept and sent as a sale is. */
export interface PayForm {
    readonly text: string /* the amount, as typed */;
    readonly kind: PaymentKind;
    readonly account?: number;
    readonly reference: string;
    readonly payer: string;
    readonly ticked?: readonly bigint[] /* these bills; none: the oldest due first */;
    readonly minor?: bigint /* when it was sent */;
}

export interface Draft {
    readonly pay?: PayForm;
    readonly id: string;
    readonly staff: number;
    readonly made_ms: number;
    readonly customer: number /* 0: nobody, a cash sale */;
    readonly customer_name: string;
    readonly buyer: number /* who takes the goods; 0: not said */;
    readonly lines: readonly Line[];
    readonly next: number /* key of the next line */;
    readonly typed: string /* in the field for goods, not yet a line */;
    readonly given: string /* in the field for cash */;
    readonly parts: readonly Part[] /* other kinds of money, F7 and F3 */;
    readonly reference: string;
    readonly note: string;
    readonly parked_ms: number /* 0: not parked */;
    readonly approval?: bigint /* asked for this sale */;
    readonly granted?: Sent<IssueInvoice> /* the sale as it was asked for: all of it is sold with it, or a part */;
    readonly granted_lines?: readonly Line[] /* of it, as they were then, in its order */;
    readonly changing?: boolean /* less of it is taken: the approval stays */;
    readonly corrects?: bigint /* the bill that this one replaces */;
    readonly corrects_number?: string;
    readonly corrects_owed?: { readonly customer: number; readonly minor: bigint } /* what it did to their debt */;
    readonly why?: string /* it is corrected */;
    readonly to_manager?: string /* a line that goes with F8 */;
    readonly corrects_minor?: bigint /* what the bill that is replaced comes to */;
    readonly total?: bigint /* as it was told last */;
    readonly asked?: number /* how often a manager was asked for it */;
    readonly begun_ms: number /* when F9 was pressed; 0: not */;
    readonly begun_by?: string /* the page where it was */;
    readonly sent: string /* the command it became */;
    readonly taken?: bigint /* what was handed over with it */;
    readonly waited?: boolean /* it was kept here and whoever sold it went on */;
    readonly unbooked?: Unbooked;
}

/* Goods and money changed hands while the line was lost, and the ledger refused it later. */
export interface Unbooked {
    readonly at_ms: number;
    readonly minor: bigint;
    readonly refusal?: Refusal;
}

const isLine = (what: unknown): what is Line =>
    has<Line>(what, { key: "number", product: "number", code: "string", name: "string", unit: "string" }) &&
    has<Line>(what, { own_unit: "string", quantity: "bigint", listed: "bigint?", price: "bigint?" }) &&
    has<Line>(what, { then: "bigint?" }) &&
    has<Line>(what, { discount_bp: "number?", discount_minor: "bigint?", tax_bp: "number", was: "object?" }) &&
    Array.isArray(what.units) &&
    Array.isArray(what.serials);
const isPart = (what: unknown): what is Part =>
    has<Part>(what, { kind: "number", amount: "bigint?", account: "number?", reference: "string?", payer: "string?" });
const isPayForm = (what: unknown): what is PayForm =>
    has<PayForm>(what, { text: "string", kind: "number", account: "number?", reference: "string", payer: "string" }) &&
    has<PayForm>(what, { minor: "bigint?" }) &&
    (what.ticked === undefined || Array.isArray(what.ticked));
const isUnbooked = (what: unknown): what is Unbooked =>
    has<Unbooked>(what, { at_ms: "number", minor: "bigint", refusal: "object?" });
const all = (what: unknown, is: (one: unknown) => boolean): boolean => Array.isArray(what) && what.every(is);

/* What was kept may be of a disk that fails, or of another version. */
export const isDraft = (what: unknown): what is Draft =>
    has<Draft>(what, {
        id: "string",
        staff: "number",
        made_ms: "number",
        customer: "number",
        customer_name: "string",
    }) &&
    has<Draft>(what, { buyer: "number", next: "number", typed: "string", given: "string", reference: "string" }) &&
    has<Draft>(what, {
        note: "string",
        parked_ms: "number",
        begun_ms: "number",
        sent: "string",
        approval: "bigint?",
    }) &&
    has<Draft>(what, { granted: "object?", corrects: "bigint?", corrects_number: "string?", why: "string?" }) &&
    has<Draft>(what, { corrects_minor: "bigint?", corrects_owed: "object?", total: "bigint?", taken: "bigint?" }) &&
    all(what.lines, isLine) &&
    all(what.parts, isPart) &&
    (what.granted_lines === undefined || all(what.granted_lines, isLine)) &&
    (what.pay === undefined || isPayForm(what.pay)) &&
    (what.unbooked === undefined || isUnbooked(what.unbooked));

export function newDraft(staff: number, now: number): Draft {
    const id = [...crypto.getRandomValues(new Uint8Array(8))]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("");
    return {
        id,
        staff,
        made_ms: now,
        customer: 0,
        customer_name: "",
        buyer: 0,
        lines: [],
        next: 1,
        typed: "",
        given: "",
        parts: [],
        reference: "",
        note: "",
        parked_ms: 0,
        begun_ms: 0,
        sent: "",
    };
}

export function isEmpty(draft: Draft): boolean {
    return (
        draft.lines.length === 0 &&
        draft.customer === 0 &&
        draft.typed === "" &&
        draft.approval === undefined &&
        draft.unbooked === undefined
    );
}

/* ---- lines ---- */

export const ONE = 1000n; /* of a quantity */
const LINE_SCALE = 1_000_000n;
const BASIS_POINTS = 10_000n;

/* Half away from zero. */
export function divided(value: bigint, by: bigint): bigint {
    const whole = value / by;
    const rest = value % by;
    if (rest < 0n) return -rest * 2n >= by ? whole - 1n : whole;
    return rest * 2n >= by ? whole + 1n : whole;
}

const sellable = (unit: ProductUnit): boolean => unit.retired !== true && unit.factor !== undefined;

/* The unit that a barcode names; "": the product's own. */
export function unitOfCode(product: ProductRecord, code: string): string {
    return product.units.find((unit) => sellable(unit) && unit.barcodes.includes(code))?.code ?? "";
}

export function lineOf(product: ProductRecord, unit: string, quantity: bigint, key: number): Line {
    return {
        key,
        product: product.product,
        code: product.code,
        name: product.name,
        unit,
        own_unit: product.unit ?? "",
        units: product.units
            .filter(sellable)
            .map(({ code, factor, price }) => ({ code, factor: factor ?? ONE, price })),
        quantity,
        listed: listPrice(product, unit),
        tax_bp: product.tax_bp ?? 0,
        serials: [],
        wants_serials: product.serials === true,
        custom: false,
    };
}

/* The catalogue's price of one; a price list or the customer's may be another, which the server tells. */
export function listPrice(product: Pick<ProductRecord, "price" | "units">, unit: string): bigint | undefined {
    if (unit === "") return product.price;
    const found = product.units.find((each) => each.code === unit);
    if (found?.price !== undefined || found?.factor === undefined || product.price === undefined) return found?.price;
    return divided(product.price * found.factor, ONE);
}

export interface LineSum {
    net: bigint;
    tax: bigint;
    gross: bigint;
}

export function lineSum(line: Line): LineSum | undefined {
    const price = line.price ?? line.listed;
    if (price === undefined) return undefined;
    const gross = divided(line.quantity * price, LINE_SCALE);
    const off =
        line.discount_bp !== undefined
            ? divided(gross * BigInt(line.discount_bp), BASIS_POINTS)
            : (line.discount_minor ?? 0n);
    const net = gross - off;
    return { net, tax: divided(net * BigInt(line.tax_bp), BASIS_POINTS), gross };
}

export interface Sums {
    net: bigint;
    tax: bigint;
    total: bigint;
    whole: boolean /* every line has a price */;
    rates: ReadonlyMap<number, bigint>;
}

export function sums(lines: readonly Line[], judged?: readonly DocumentLine[]): Sums {
    let net = 0n,
        tax = 0n,
        whole = true;
    const rates = new Map<number, bigint>();
    lines.forEach((line, at) => {
        const said = judged?.length === lines.length ? judged[at] : undefined;
        const sum = said !== undefined ? { net: said.net_minor, tax: said.tax_minor ?? 0n } : lineSum(line);
        if (sum === undefined) {
            whole = false;
            return;
        }
        net += sum.net;
        tax += sum.tax;
        if (sum.tax !== 0n) rates.set(line.tax_bp, (rates.get(line.tax_bp) ?? 0n) + sum.tax);
    });
    return { net, tax, total: net + tax, whole, rates };
}

const equalGoods = (a: Line, b: Line): boolean =>
    a.product !== 0 &&
    a.product === b.product &&
    a.unit === b.unit &&
    a.price === b.price &&
    a.discount_bp === b.discount_bp &&
    a.discount_minor === b.discount_minor &&
    !a.wants_serials;

/* The same goods again count up the line that is there. Answers the draft and the key of the line. */
export function addGoods(
    draft: Draft,
    product: ProductRecord,
    unit: string,
    quantity: bigint,
    price?: bigint,
): [Draft, number] {
    const line = { ...lineOf(product, unit, quantity, draft.next), price };
    const there = draft.lines.find((each) => equalGoods(each, line));
    if (there !== undefined) return [changeLine(draft, there.key, { quantity: there.quantity + quantity }), there.key];
    return [{ ...draft, lines: [...draft.lines, line], next: draft.next + 1 }, line.key];
}

/* What was scanned and nobody knows stays in its line until somebody says what it is. */
export function addUnknown(draft: Draft, code: string, quantity: bigint): Draft {
    const line: Line = {
        key: draft.next,
        product: 0,
        code,
        name: "",
        unit: "",
        own_unit: "",
        units: [],
        quantity,
        tax_bp: 0,
        serials: [],
        wants_serials: false,
        custom: false,
    };
    return { ...draft, lines: [...draft.lines, line], next: draft.next + 1 };
}

export function changeLine(draft: Draft, key: number, change: Partial<Line>): Draft {
    return { ...draft, lines: draft.lines.map((line) => (line.key === key ? { ...line, ...change } : line)) };
}

/* With the prices that the ledger told: what is shown is what is kept. */
export function asPriced(draft: Draft, told: readonly DocumentLine[] | undefined): Draft {
    if (told?.length !== draft.lines.length) return draft;
    const lines = draft.lines.map((line, at) =>
        line.price !== undefined || line.listed === told[at]!.price ? line : { ...line, listed: told[at]!.price },
    );
    return lines.every((line, at) => line === draft.lines[at]) ? draft : { ...draft, lines };
}

/* Sold anew at the prices of then, as if typed by hand. */
export const takenThen = (draft: Draft): Draft => ({
    ...draft,
    lines: draft.lines.map((line) => ({
        ...line,
        then: line.price === undefined ? line.listed : line.then,
        price: line.price ?? line.listed,
    })),
});

/* What the screen said is not what the ledger makes of it: a price or a rate has changed. */
export const isOtherTotal = (refusal: Refusal | undefined): boolean =>
    refusal?.code === RefusalCode.FIELD_INVALID && (refusal.field ?? "").endsWith("total_minor");

export function dropLine(draft: Draft, key: number): Draft {
    return { ...draft, lines: draft.lines.filter((line) => line.key !== key) };
}

/* The line is that product now; how much of it stays. */
export function nameLine(draft: Draft, key: number, product: ProductRecord): Draft {
    const was = draft.lines.find((line) => line.key === key);
    return was === undefined
        ? draft
        : changeLine(draft, key, lineOf(product, unitOfCode(product, was.code), was.quantity, key));
}

/* ---- what is sent ---- */

export const isKnown = (line: Line): boolean => line.product !== 0 || (line.custom && line.name !== "");

/* Of a correction only what is another than before is said; the rest stays. */
function correctedLine(line: Line, was: NonNullable<Line["was"]>): Sent<InvoiceLine> {
    const same = line.discount_bp === was.discount_bp && line.discount_minor === was.discount_minor;
    const none = line.discount_bp === undefined && line.discount_minor === undefined;
    return {
        line: was.line,
        quantity: line.quantity,
        price: line.price === undefined || line.price === was.price ? undefined : line.price,
        discount_bp: same ? undefined : none ? 0 : line.discount_bp,
        discount_minor: same ? undefined : line.discount_minor,
    };
}

function invoiceLine(line: Line): Sent<InvoiceLine> {
    if (line.was !== undefined) return correctedLine(line, line.was);
    return {
        product: line.product || undefined,
        text: line.custom ? line.name : undefined,
        quantity: line.quantity,
        price: line.price,
        discount_bp: line.discount_bp,
        discount_minor: line.discount_minor,
        tax_bp: line.custom && line.tax_bp !== 0 ? line.tax_bp : undefined,
        unit: line.unit || undefined,
        serials: line.serials.length > 0 ? [...line.serials] : undefined,
    };
}

const alike = (a: Line, b: Line): boolean =>
    a.product === b.product &&
    a.name === b.name &&
    a.unit === b.unit &&
    a.price === b.price &&
    a.discount_bp === b.discount_bp &&
    a.discount_minor === b.discount_minor;

/* What was approved is sold at its own prices, less of it too; of anything else the server says whether it may be. */
function grantedLines(draft: Draft, granted: Sent<IssueInvoice>): Sent<InvoiceLine>[] {
    const then = draft.granted_lines;
    if (then === undefined) return [...(granted.lines ?? [])];
    return draft.lines.filter(isKnown).map((line) => {
        const at = then.findIndex((each) => each.key === line.key);
        const [was, asked] = [then[at], granted.lines?.[at]];
        if (was === undefined || asked === undefined || !alike(was, line)) return invoiceLine(line);
        if (was.quantity === line.quantity) return asked;
        const off = asked.discount_minor;
        return {
            ...asked,
            quantity: line.quantity,
            discount_minor: off === undefined ? undefined : (off * line.quantity) / was.quantity,
            serials: line.serials.length > 0 ? [...line.serials] : undefined,
        };
    });
}

/* The sale goes on without what was approved. */
export const unapproved = (draft: Draft): Draft => ({
    ...draft,
    approval: undefined,
    granted: undefined,
    granted_lines: undefined,
    changing: undefined,
    parked_ms: 0,
});

/* `total`: what the screen shows; the server refuses another one. */
export function invoiceOf(draft: Draft, total?: bigint): Sent<IssueInvoice> {
    if (draft.granted !== undefined)
        return {
            ...draft.granted,
            lines: grantedLines(draft, draft.granted),
            approval: draft.approval,
            buyer: draft.buyer || draft.granted.buyer,
            total_minor: total,
        };
    return {
        customer: draft.customer || undefined,
        lines: draft.lines.filter(isKnown).map(invoiceLine),
        buyer: draft.buyer || undefined,
        reference: draft.reference || undefined,
        note: draft.note === "" ? undefined : { value: draft.note },
        total_minor: total,
    };
}

/* What changes what a sale comes to, or who may have it: two drafts with equal keys are judged alike. */
export function judgeKey(draft: Draft): string {
    return JSON.stringify(
        [
            draft.customer,
            draft.buyer,
            draft.granted === undefined ? 0 : draft.approval,
            draft.lines.map((line) => [
                line.product,
                line.name,
                line.unit,
                line.quantity,
                line.price,
                line.discount_bp,
                line.discount_minor,
                line.tax_bp,
                line.serials,
            ]),
        ],
        (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    );
}

/* ---- a part of it now ---- */

/* The lines that fit into `room` in their order, and what is left for later; a line is cut where it does not fit whole. */
export function splitFor(
    draft: Draft,
    room: bigint,
    judged?: readonly DocumentLine[],
): { now: Line[]; later: Line[]; now_minor: bigint; later_minor: bigint } {
    const now: Line[] = [],
        later: Line[] = [];
    let now_minor = 0n,
        later_minor = 0n;
    draft.lines.forEach((line, at) => {
        const sum = sums(
            [line],
            judged?.length === draft.lines.length && judged[at] !== undefined ? [judged[at]!] : undefined,
        );
        const left = room - now_minor;
        if (sum.total <= left) {
            now.push(line);
            now_minor += sum.total;
            return;
        }
        const pieces = sum.total <= 0n || line.serials.length > 0 ? 0n : (left * (line.quantity / ONE)) / sum.total;
        const cut = pieces * ONE;
        const part =
            cut > 0n ? sums([{ ...line, quantity: cut, listed: judged?.[at]?.price ?? line.listed }]) : undefined;
        if (part !== undefined && part.total <= left) {
            now.push({ ...line, quantity: cut });
            now_minor += part.total;
            later.push({ ...line, quantity: line.quantity - cut });
            later_minor += sum.total - part.total;
        } else {
            later.push(line);
            later_minor += sum.total;
        }
    });
    return { now, later, now_minor, later_minor };
}

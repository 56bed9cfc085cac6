/*
 * Protobuf by the table of messages.ts: a message's line is read when it is first met, so starting costs nothing.
 *
 * Reading is open to what a newer server says (unknown fields, values of enums) and strict in all else: whatever
 * does not fit throws Broken, and nothing of it is believed. Writing gives what the server takes: shortest varints,
 * fields in the order of their numbers, nothing packed. What does not fit there is the caller's bug: TypeError.
 */
import { TABLE, type Messages } from "./messages";

export class Broken extends Error {}
/* The server does not read this yet. */
export class Older extends Error {
    constructor(readonly field: string) {
        super(field);
    }
}

interface Field {
    number: number;
    name: string;
    kind: string;
    of: number;
    many: boolean;
    required: boolean;
    money: boolean;
    wire: number /* how its bytes come */;
}
interface Type {
    at: number;
    name: string;
    fields: Field[];
    by: Map<number, Field>;
}
/* By place of a type in the table: numbers of its fields or values that may be sent. */
export type Reads = ReadonlyMap<number, ReadonlySet<number>>;
type Bag = Record<string, unknown>;

const DEPTH_MAX = 32;
const MONEY_BELIEVED = 2n ** 62n; /* two amounts can be added, and one can be turned round */
/* Controls but tab and line feed, and what turns the direction of writing. */
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const toUtf8 = new TextEncoder();

const lines = TABLE.split("\n");
const types: (Type | undefined)[] = [];
const places = new Map(lines.map((line, at) => [line.split(",", 1)[0]!, at]));

export function typeAt(at: number): Type {
    return (types[at] ??= readType(at));
}

export function typeOf(name: string): Type {
    const at = places.get(name);
    if (at === undefined) throw new TypeError(`there is no message ${name}`);
    return typeAt(at);
}

function readType(at: number): Type {
    const [name, ...rows] = lines[at]!.split(",");
    const fields = rows.map((row) => {
        const [, number, field, kind, of, end] = /^(\d+) (\w+) ([a-zA-Z])(\d*)(.*)$/.exec(row)!;
        return {
            number: +number!,
            name: field!,
            kind: kind!,
            of: +of!,
            many: end === "*",
            required: end === "!",
            money: kind === "I" && field!.endsWith("_minor"),
            wire: /[sym]/.test(kind!) ? 2 : 0,
        };
    });
    fields.sort((a, b) => a.number - b.number);
    return { at, name: name!, fields, by: new Map(fields.map((field) => [field.number, field])) };
}

/* ---- reading ---- */

let bytes: Uint8Array, pos: number, end: number;

export function decode<K extends keyof Messages>(name: K, from: Uint8Array): Messages[K] {
    bytes = from;
    pos = 0;
    end = from.length;
    return readMessage(typeOf(name), 0) as unknown as Messages[K];
}

function broken(what: string): never {
    throw new Broken(what);
}

/* The low 32 bits; `high` has the rest. */
let high = 0;
function varint(): number {
    let low = 0;
    high = 0;
    for (let shift = 0; ; shift += 7) {
        if (pos >= end) broken("it is cut off");
        const byte = bytes[pos++]!;
        if (shift === 63 && byte > 1) broken("a number is too long");
        if (shift < 28) low |= (byte & 127) << shift;
        else if (shift === 28) {
            low |= byte << 28;
            high = (byte & 127) >>> 4;
        } else high |= (byte & 127) << (shift - 32);
        if (byte === 0 && shift > 0) broken("a number is longer than it need be");
        if (byte < 128) return low >>> 0;
    }
}

function uint32(): number {
    const low = varint();
    if (high !== 0) broken("a number is too big");
    return low;
}

function int32(): number {
    const low = varint() | 0;
    if ((high | 0) !== low >> 31) broken("a number is too big");
    return low;
}

function big(low: number): bigint {
    high >>>= 0;
    return high < 0x200000 ? BigInt(high * 0x100000000 + low) : (BigInt(high) << 32n) | BigInt(low);
}

function take(size: number): number {
    if (size > end - pos) broken("it is cut off");
    return (pos += size) - size;
}

function text(size: number): string {
    const from = take(size);
    let said = "";
    if (size < 24) {
        let at = from;
        while (at < pos && bytes[at]! >= 32 && bytes[at]! < 127) said += String.fromCharCode(bytes[at++]!);
        if (at === pos) return said;
    }
    try {
        said = utf8.decode(bytes.subarray(from, pos));
    } catch {
        broken("a text is no UTF-8");
    }
    return UNSEEN.test(said) ? broken("a text has what nobody sees") : said;
}

function value(field: Field, depth: number): unknown {
    switch (field.kind) {
        case "u":
            return uint32();
        case "i":
        case "e":
            return int32();
        case "b":
            return uint32() === 1;
        case "U":
            return big(varint());
        case "I": {
            const number = BigInt.asIntN(64, big(varint()));
            if (field.money && (number >= MONEY_BELIEVED || number <= -MONEY_BELIEVED)) broken("an amount is too big");
            return number;
        }
        case "s":
            return text(uint32());
        case "y": {
            const size = uint32();
            return bytes.slice(take(size), pos);
        }
        case "m":
            return inner(uint32(), () => readMessage(typeAt(field.of), depth + 1));
        default:
            throw new TypeError(`${field.name}: no message has had this kind so far`);
    }
}

/* Of the next `size` bytes alone. */
function inner<T>(size: number, read: () => T): T {
    const outer = end;
    end = take(size) + size;
    pos = end - size;
    const got = read();
    end = outer;
    return got;
}

function skip(wire: number): void {
    if (wire === 0) varint();
    else if (wire === 1) take(8);
    else if (wire === 2) take(uint32());
    else if (wire === 5) take(4);
    else broken("a field is of no kind");
}

function readMessage(type: Type, depth: number): Bag {
    const got: Bag = {};
    if (depth > DEPTH_MAX) broken("it is nested too deep");
    for (const field of type.fields) if (field.many) got[field.name] = [];
    while (pos < end) {
        const tag = uint32(),
            wire = tag & 7,
            field = type.by.get(tag >>> 3);
        if (tag < 8) broken("a field has no number");
        if (!field) skip(wire);
        else if (field.many && wire === 2 && field.wire !== 2)
            inner(uint32(), () => {
                while (pos < end) (got[field.name] as unknown[]).push(value(field, depth));
            });
        else if (wire !== field.wire) broken(`${field.name} is of another kind`);
        else if (field.many) (got[field.name] as unknown[]).push(value(field, depth));
        else got[field.name] = value(field, depth);
    }
    for (const field of type.fields)
        if (field.required && got[field.name] === undefined) broken(`${type.name} is without ${field.name}`);
    return got;
}

/* ---- writing: from the end towards the beginning, so that a length is known when it is written ---- */

let out = new Uint8Array(1024),
    at = 0;
let reads: Reads | undefined;

/* `what` may leave repeated fields out. With `may`, Older is thrown of what the server does not read. */
export function encode<K extends keyof Messages>(name: K, what: object, may?: Reads): Uint8Array {
    at = out.length;
    reads = may;
    writeMessage(typeOf(name), what as Bag, 0);
    return out.slice(at);
}

function room(size: number): void {
    if (at >= size) return;
    const bigger = new Uint8Array(out.length * 2 + size);
    bigger.set(out, out.length + size);
    at += out.length + size;
    out = bigger;
}

function writeBytes(some: Uint8Array): void {
    room(some.length);
    out.set(some, (at -= some.length));
}

function writeSmall(number: number): void {
    let size = 1;
    for (let rest = number; rest > 127; rest = Math.floor(rest / 128)) size++;
    room(size);
    at -= size;
    for (let i = 0; i < size; i++, number = Math.floor(number / 128))
        out[at + i] = number % 128 | (i < size - 1 ? 128 : 0);
}

function writeBig(number: bigint): void {
    if (number <= 0xffffffffn) return writeSmall(Number(number));
    const parts: number[] = [];
    for (; number > 127n; number >>= 7n) parts.push(Number(number & 127n) | 128);
    parts.push(Number(number));
    writeBytes(Uint8Array.from(parts));
}

function wrong(field: Field, what: unknown): never {
    throw new TypeError(`${field.name} cannot be ${String(what)}`);
}

function whole(field: Field, what: unknown, least: number, most: number): number {
    const fits = Number.isInteger(what) && (what as number) >= least && (what as number) <= most;
    return fits ? (what as number) : wrong(field, what);
}

function wide(field: Field, what: unknown, signed: boolean): bigint {
    const most = Number.MAX_SAFE_INTEGER;
    const number = typeof what === "bigint" ? what : BigInt(whole(field, what, -most, most));
    if ((signed ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number)) !== number) wrong(field, what);
    return number;
}

function writeValue(field: Field, what: unknown, depth: number): void {
    const begun = out.length - at;
    switch (field.kind) {
        case "u":
            return writeSmall(whole(field, what, 0, 0xffffffff));
        case "e":
        case "i":
            if (field.kind === "e" && reads && !reads.get(field.of)?.has(what as number)) throw new Older(field.name);
            return writeBig(BigInt.asUintN(64, BigInt(whole(field, what, -0x80000000, 0x7fffffff))));
        case "b":
            return writeSmall(typeof what === "boolean" ? +what : wrong(field, what));
        case "U":
            return writeBig(wide(field, what, false));
        case "I":
            return writeBig(BigInt.asUintN(64, wide(field, what, true)));
        case "s":
            writeBytes(toUtf8.encode(typeof what === "string" ? what : wrong(field, what)));
            break;
        case "y":
            writeBytes(what instanceof Uint8Array ? what : wrong(field, what));
            break;
        case "m":
            if (typeof what !== "object" || what === null) wrong(field, what);
            writeMessage(typeAt(field.of), what as Bag, depth + 1);
            break;
        default:
            wrong(field, what);
    }
    writeSmall(out.length - at - begun);
}

function writeMessage(type: Type, what: Bag, depth: number): void {
    for (const name in what)
        if (what[name] !== undefined && !type.fields.some((field) => field.name === name))
            throw new TypeError(`${type.name} has no ${name}`);
    for (let i = type.fields.length - 1; i >= 0; i--) {
        const field = type.fields[i]!,
            given = what[field.name];
        if (given === undefined && field.required) throw new TypeError(`${type.name} is without ${field.name}`);
        const some = field.many ? ((given as unknown[] | undefined) ?? []) : given === undefined ? [] : [given];
        if (some.length > 0 && reads && !reads.get(type.at)?.has(field.number)) throw new Older(field.name);
        for (let k = some.length - 1; k >= 0; k--) {
            writeValue(field, some[k], depth);
            writeSmall(field.number * 8 + field.wire);
        }
    }
}

/*
 * A browser as a terminal: a P-256 key that cannot be taken out, and what the server said it is. Browsers lose their
 * storage, and that is normal: whoever signs looks whether the key is still there, and enrolment is a code away.
 */
import type { Device, Enrolling, Sent } from "./api";
import { has } from "./aside";
import { Broken, encode } from "./codec";
import { framesOf, refusal } from "./link";
import { RefusalCode, type Challenge, type Hello, type Refusal, type ToTerminal, type Welcome } from "./messages";
import type { Store } from "./store";

export const PROGRAM = "tefter-web 0.1.0";
const WIRE = 2,
    SELF = "self",
    GREETING = "greeting",
    DAY_MS = 86_400_000,
    ENROL_MS = 20_000;

export interface Kept extends Device {
    keys: CryptoKeyPair;
    ledger: Uint8Array;
    met: number /* the newest incarnation; 0: none yet */;
    met_nonce: Uint8Array | undefined;
}

const utf8 = new TextEncoder();

/* Each part behind its length; `about` and a zero byte in front. */
function signed(about: string, parts: Uint8Array[]): Uint8Array {
    const pieces = [
        utf8.encode(`${about}\0`),
        ...parts.flatMap((part) => {
            const size = new Uint8Array(4);
            new DataView(size.buffer).setUint32(0, part.length);
            return [size, part];
        }),
    ];
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
        all.set(piece, at);
        at += piece.length;
    }
    return all;
}

export async function sign(
    keys: CryptoKeyPair,
    about: string,
    challenge: Challenge,
    more: Uint8Array[],
): Promise<Uint8Array> {
    const text = signed(about, [challenge.nonce, challenge.ledger, utf8.encode(location.origin), ...more]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    return new Uint8Array(await crypto.subtle.sign(how, keys.privateKey, text as BufferSource));
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/* What is damaged is no key: this browser is enrolled anew. */
export async function readDevice(
    store: Store,
    setAside?: (name: string, what: unknown) => Promise<boolean>,
): Promise<Kept | undefined> {
    const found = await store.get<unknown>("device", SELF).catch(() => undefined);
    if (found === undefined || isKept(found)) return found;
    if (await setAside?.(SELF, found)) await store.remove("device", SELF).catch(() => undefined);
    return undefined;
}

const isKept = (what: unknown): what is Kept =>
    has<Kept>(what, { terminal: "number", name: "string", company: "string", branch: "number", met: "number" }) &&
    has<Kept>(what, { branch_code: "string", keys: "object" }) &&
    what.keys.privateKey instanceof CryptoKey &&
    what.ledger instanceof Uint8Array;

export async function forgetDevice(store: Store): Promise<void> {
    for (const key of [SELF, GREETING]) await store.remove("device", key).catch(() => undefined);
}

/* A newer incarnation was met: an older one is not worked with any more. */
export async function keepMet(store: Store, kept: Kept): Promise<void> {
    if (await readDevice(store)) await store.put("device", SELF, kept).catch(() => undefined);
}

/* ---- what the server said last: the company, its money and its day, for a page that begins without a line ---- */

export interface Greeting {
    welcome: Welcome;
    ahead_ms: number /* the server's clock, of ours */;
}

export async function keepGreeting(store: Store, welcome: Welcome): Promise<void> {
    const { found_link: _link, recovery: _recovery, mark: _mark, printer: _printer, ...plain } = welcome;
    const greeting: Greeting = { welcome: plain, ahead_ms: Number(welcome.now_ms) - Date.now() };
    if (await readDevice(store)) await store.put("device", GREETING, greeting).catch(() => undefined);
}

const isGreeting = (what: unknown): what is Greeting =>
    has<Greeting>(what, { welcome: "object", ahead_ms: "number" }) &&
    has<Welcome>(what.welcome, { terminal: "number", now_ms: "bigint", date: "number", company: "string" }) &&
    has<Welcome>(what.welcome, { currency: "string", exponent: "number", terminal_name: "string", seq: "bigint" }) &&
    has<Welcome>(what.welcome, { utc_offset_minutes: "number?", country: "string?", tax_bp: "number?" }) &&
    what.welcome.ledger instanceof Uint8Array;

/* Of this terminal, with the day that it is now there. */
export async function readGreeting(store: Store, kept: Kept): Promise<Greeting | undefined> {
    const found = await store.get<unknown>("device", GREETING).catch(() => undefined);
    if (!isGreeting(found) || found.welcome.terminal !== kept.terminal || !same(found.welcome.ledger, kept.ledger))
        return undefined;
    const { welcome, ahead_ms } = found;
    const zone_ms = (welcome.utc_offset_minutes ?? 0) * 60_000;
    const day = (ms: number): number => Math.floor((ms + zone_ms) / DAY_MS);
    const passed = day(Date.now() + ahead_ms) - day(Number(welcome.now_ms));
    return { welcome: { ...welcome, date: welcome.date + Math.max(0, passed) }, ahead_ms };
}

/* undefined: this browser is no terminal of that ledger. */
export async function helloOf(store: Store, challenge: Challenge): Promise<Sent<Hello> | undefined> {
    const kept = await readDevice(store);
    if (!kept || !same(kept.ledger, challenge.ledger)) return undefined;
    return {
        ...(await helloAs(kept.keys, kept.terminal, challenge)),
        met: kept.met || undefined,
        met_nonce: kept.met ? kept.met_nonce : undefined,
    };
}

export async function helloAs(keys: CryptoKeyPair, terminal: number, challenge: Challenge): Promise<Sent<Hello>> {
    const signature = await sign(keys, "tefter browser hello 1", challenge, []);
    return { wire: WIRE, program: PROGRAM, browser: { terminal, signature, origin: location.origin } };
}

/* ---- becoming one: a connection of its own ---- */

export const FIRST = 1;

/* The first terminal of a ledger that was founded here. */
export async function adopt(
    store: Store,
    {
        keys,
        ledger,
        company,
        branch_code,
    }: { keys: CryptoKeyPair; ledger: Uint8Array; company: string; branch_code: string },
): Promise<void> {
    const device: Device = { terminal: FIRST, name: "office", company, branch: 1, branch_code };
    const kept: Kept = { ...device, keys, ledger, met: 0, met_nonce: undefined };
    await store.put("device", SELF, kept, true);
}

export async function enrolDevice(url: string, store: Store, code: string): Promise<Enrolling> {
    const talk = await converse(url);
    if (!talk) return { refused: refusal(RefusalCode.DEADLINE_PASSED) };
    try {
        const first = await talk.next();
        if (!first?.challenge) return { refused: refusalOf(first) };
        const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
        const key = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
        const signature = await sign(keys, "tefter browser enrol 1", first.challenge, [key, utf8.encode(code)]);
        const enrol_browser = { code, key, signature, origin: location.origin, program: PROGRAM };
        talk.send(encode("FromTerminal", { request: 1n, enrol_browser }));
        const answer = await talk.next(),
            enrolled = answer?.browser_enrolled;
        if (!enrolled) return { refused: refusalOf(answer) };
        const { terminal, name, company, branch, branch_code, ledger } = enrolled;
        const device: Device = { terminal, name, company, branch, branch_code };
        const kept: Kept = { ...device, keys, ledger, met: 0, met_nonce: undefined };
        await store.put("device", SELF, kept, true);
        return { enrolled: device };
    } finally {
        talk.close();
    }
}

export function refusalOf(frame: ToTerminal | undefined): Refusal {
    return frame?.refused ?? frame?.goodbye?.refused ?? refusal(RefusalCode.DEADLINE_PASSED);
}

export interface Talk {
    next(): Promise<ToTerminal | undefined>;
    send(body: Uint8Array): void;
    close(): void;
}

export function converse(url: string): Promise<Talk | undefined> {
    return new Promise((opened) => {
        const socket = new WebSocket(url, "tefter.v1");
        const came: ToTerminal[] = [];
        let wants: ((frame: ToTerminal | undefined) => void) | undefined,
            over = false;
        const give = (): void => {
            if (wants && (came.length > 0 || over)) {
                wants(came.shift());
                wants = undefined;
            }
        };
        const ended = (): void => {
            over = true;
            clearTimeout(timer);
            give();
            opened(undefined);
        };
        const timer = setTimeout(() => {
            socket.close();
            ended();
        }, ENROL_MS);
        const frames = framesOf((frame) => {
            came.push(frame);
            give();
        });
        socket.binaryType = "arraybuffer";
        socket.onclose = ended;
        socket.onmessage = ({ data }) => {
            try {
                if (!(data instanceof ArrayBuffer)) throw new Broken("a frame is text");
                frames(new Uint8Array(data));
            } catch {
                socket.close();
                ended();
            }
        };
        socket.onopen = () =>
            opened({
                next: () =>
                    new Promise((done) => {
                        wants = done;
                        give();
                    }),
                send(body) {
                    const packed = new Uint8Array(4 + body.length);
                    new DataView(packed.buffer).setUint32(0, body.length);
                    packed.set(body, 4);
                    if (socket.readyState === WebSocket.OPEN) socket.send(packed);
                },
                close() {
                    clearTimeout(timer);
                    socket.onclose = null;
                    socket.close();
                },
            });
    });
}

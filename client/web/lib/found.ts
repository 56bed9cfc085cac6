/*
 * A ledger is founded from this browser, by the link that tefterd printed. What is needed afterwards is kept before
 * anything is asked for: the key, the ledger's id and the recovery code. So whatever ends the connection, the next
 * challenge tells whether it was made: a ledger of that id without `founding`. Who else had the link may have been
 * first: it is ours when its first terminal is this browser's key.
 *
 *     challenge, founding ──open──▶ recovery code ──▶ kept ──found──▶ made ──▶ the server begins ──▶ adopted
 */
import type { Sent } from "./api";
import { encode } from "./codec";
import { adopt, converse, FIRST, helloAs, PROGRAM, refusalOf, same, sign, type Talk } from "./device";
import { refusal } from "./link";
import { RefusalCode, type Challenge, type Country, type FoundCompany, type Refusal } from "./messages";
import type { Store } from "./store";

const KEPT = "founding",
    BROWSER = "founding browser",
    PAUSE_MS = 400,
    PATIENCE_MS = 60_000;

/* What the owner says; the rest of FoundCompany is this browser's. */
export type Wish = Omit<Sent<FoundCompany>, "secret" | "key" | "signature" | "origin" | "program">;

export interface Recovery {
    login: string;
    code: string;
}

export type Looked =
    | { kind: "unreached" }
    | { kind: "ledger" } /* there is one, and it is not of this browser's founding */
    | { kind: "ours"; recovery: Recovery } /* it was made, and this browser is its first terminal */
    | { kind: "founding"; countries: readonly Country[]; refused?: Refusal }
    | {
          kind: "open";
          countries: readonly Country[];
          recovery: Recovery;
          others: number /* browsers that opened it too */;
      };

export type Founding =
    | { made: Recovery }
    | { refused: Refusal }
    | { broken: string } /* the server could not, in its words */;

interface Kept {
    keys: CryptoKeyPair;
    ledger: Uint8Array;
    recovery: Recovery;
    company: string;
    branch_code: string;
    made: boolean;
}

const readKept = (store: Store): Promise<Kept | undefined> => store.get<Kept>("device", KEPT).catch(() => undefined);

/* Until the owner says that they have it. */
export async function recoveryOf(store: Store): Promise<Recovery | undefined> {
    const kept = await readKept(store);
    return kept?.made === true ? kept.recovery : undefined;
}
export async function forgetRecovery(store: Store): Promise<void> {
    await store.remove("device", KEPT).catch(() => undefined);
}

async function begin(url: string): Promise<{ talk: Talk; challenge: Challenge } | undefined> {
    const talk = await converse(url);
    const first = await talk?.next();
    if (talk && first?.challenge) return { talk, challenge: first.challenge };
    talk?.close();
    return undefined;
}

/* What came of it when the ledger is there; undefined: the line went, and nothing is known. */
async function takeOver(talk: Talk, store: Store, challenge: Challenge): Promise<Recovery | "others" | undefined> {
    const kept = await readKept(store);
    if (!kept || kept.made || !same(kept.ledger, challenge.ledger)) return "others";
    talk.send(encode("FromTerminal", { request: 1n, hello: await helloAs(kept.keys, FIRST, challenge) }));
    const answer = await talk.next();
    if (!answer?.welcome) return answer && "others";
    await adopt(store, kept);
    await store.put("device", KEPT, { ...kept, made: true }, true);
    return kept.recovery;
}

/* The same for every page and reload of this browser: who opens the link with another is somebody else. */
function browserOf(store: Store): Promise<Uint8Array> {
    const look = async (): Promise<Uint8Array> => {
        const known = await store.get<Uint8Array>("device", BROWSER).catch(() => undefined);
        if (known !== undefined) return known;
        const fresh = crypto.getRandomValues(new Uint8Array(16));
        await store.put("device", BROWSER, fresh, true).catch(() => undefined);
        return fresh;
    };
    return navigator.locks ? navigator.locks.request("tefter founding browser", look) : look();
}

/* undefined: the line went, and nothing is known. */
async function open(
    talk: Talk,
    store: Store,
    secret: string,
): Promise<{ recovery: Recovery; others: number } | { refused: Refusal } | undefined> {
    const open_founding = { secret, origin: location.origin, browser: await browserOf(store) };
    talk.send(encode("FromTerminal", { request: 1n, open_founding }));
    const answer = await talk.next(),
        opened = answer?.founding_opened;
    if (opened) return { recovery: { login: opened.login, code: opened.recovery }, others: opened.others ?? 0 };
    return answer && { refused: refusalOf(answer) };
}

export async function lookAtFounding(url: string, store: Store, secret: string | undefined): Promise<Looked> {
    const begun = await begin(url);
    if (!begun) return { kind: "unreached" };
    const { talk, challenge } = begun;
    try {
        if (!challenge.founding) {
            const recovery = await takeOver(talk, store, challenge);
            if (!recovery) return { kind: "unreached" };
            return recovery === "others" ? { kind: "ledger" } : { kind: "ours", recovery };
        }
        const { countries } = challenge.founding;
        if (secret === undefined) return { kind: "founding", countries };
        const opened = await open(talk, store, secret);
        if (!opened) return { kind: "unreached" };
        return "recovery" in opened
            ? { kind: "open", countries, recovery: opened.recovery, others: opened.others }
            : { kind: "founding", countries, refused: opened.refused };
    } finally {
        talk.close();
    }
}

/* The same key for every try and every page of this browser: whichever of them is heard, it is the terminal. */
async function keysOf(store: Store): Promise<CryptoKeyPair> {
    const kept = await readKept(store);
    if (kept && !kept.made) return kept.keys;
    return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

/* One try; undefined: it is not known what came of it. */
async function tryOnce(url: string, store: Store, secret: string, wish: Wish): Promise<Founding | undefined> {
    const begun = await begin(url);
    if (!begun) return undefined;
    const { talk, challenge } = begun;
    try {
        if (!challenge.founding) {
            const recovery = await takeOver(talk, store, challenge);
            if (recovery === "others") return { refused: refusal(RefusalCode.CODE_USED, "secret") };
            return recovery && { made: recovery };
        }
        const opened = await open(talk, store, secret);
        if (!opened || "refused" in opened) return opened;
        const { recovery } = opened;
        const keys = await keysOf(store);
        const { company, branch_code } = wish;
        const kept: Kept = { keys, ledger: challenge.ledger, recovery, company, branch_code, made: false };
        await store.put("device", KEPT, kept, true);
        const key = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
        const signature = await sign(keys, "tefter browser found 1", challenge, [
            key,
            new TextEncoder().encode(secret),
        ]);
        const found_company = { ...wish, secret, key, signature, origin: location.origin, program: PROGRAM };
        talk.send(encode("FromTerminal", { request: 2n, found_company }));
        const answer = await talk.next();
        if (answer?.refused) return { refused: answer.refused };
        if (answer?.goodbye) return { broken: answer.goodbye.reason };
        return undefined; /* made, or the line went: the next challenge tells */
    } finally {
        talk.close();
    }
}

/* One page of this browser at a time: what is kept is of one try, and its recovery code counts when that try does. */
export async function foundLedger(url: string, store: Store, secret: string, wish: Wish): Promise<Founding> {
    const found = (): Promise<Founding> => foundAlone(url, store, secret, wish);
    return navigator.locks ? navigator.locks.request("tefter founding", found) : found();
}

async function foundAlone(url: string, store: Store, secret: string, wish: Wish): Promise<Founding> {
    const until = performance.now() + PATIENCE_MS;
    do {
        const came = await tryOnce(url, store, secret, wish);
        if (came) return came;
        await new Promise((done) => setTimeout(done, PAUSE_MS));
    } while (performance.now() < until);
    return { refused: refusal(RefusalCode.DEADLINE_PASSED) };
}

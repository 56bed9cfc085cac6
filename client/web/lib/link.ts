/*
 * The connection: one WebSocket, dialled again for as long as it may be. Whoever asks here hears an answer or Gone;
 * what is asked again after Gone is the caller's to decide, for only the caller knows whether it may count twice.
 *
 *     dial → challenge → hello → welcome → (login) → requests, rows → gone → wait → dial
 *
 * The line's state is told by two clocks: the page's own, and the wall's, which goes on while a machine sleeps.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Line, Sent } from "./api";
import { Broken, decode, encode, type Reads } from "./codec";
import { readsField, readsOf } from "./features";
import type { FromTerminal, Goodbye, Hello, PrinterState, Refusal, RefusalCode, ToTerminal, Welcome } from "./messages";

type Body = keyof Omit<FromTerminal, "request" | "deadline_ms">;
type Asking<K extends Body> = Sent<NonNullable<FromTerminal[K]>>;
type Said = keyof Omit<ToTerminal, "request">;

const PING_MS = 2_000,
    STALE_MS = 5_000,
    LOST_MS = 15_000,
    DIAL_MS = 10_000,
    TICK_MS = 500;
const RETRY_FIRST_MS = 200,
    RETRY_MOST_MS = 15_000,
    PROVEN_MS = 5_000;
const FRAME_MAX = 1_048_576,
    REQUESTS_MAX = 200;

/* Which answer a request has, but for a refusal. */
const ANSWERS: { [K in Body]?: Said } = {
    hello: "welcome",
    login: "logged_in",
    use_token: "logged_in",
    switch_staff: "logged_in",
    logout: "accepted",
    ping: "pong",
    submit: "reply",
    query: "answer",
    subscribe: "subscribed",
    unsubscribe: "accepted",
    set_password: "accepted",
    set_buyer_pin: "accepted",
    make_code: "code",
    server_status: "status",
    audit_list: "audit",
    watching: "accepted",
    notice_settings: "notices",
    put_push: "notices",
    remove_push: "notices",
    set_notices: "notices",
    test_notice: "notice_tested",
    print: "printed",
    import_open: "import_state",
    import_piece: "import_state",
    import_do: "import_state",
    import_look: "import_state",
    import_rejects: "import_rejected",
};

/* The connection went before there was an answer: what was asked may have been done. */
export class Gone extends Error {}

/* One that is said here. */
export function refusal(code: RefusalCode, field?: string): Refusal {
    return { code, field, roles: [], ways: [] };
}

export interface LinkEvents {
    /* What is said first, in answer to the server's first frame; undefined: the device is not known. */
    hello(first: ToTerminal): Promise<Sent<Hello> | undefined>;
    welcomed(welcome: Welcome): Refusal | undefined /* a refusal ends it all */;
    pushed(frame: ToTerminal): void /* what nobody asked for */;
    gone(why: Goodbye | undefined): void;
    behind(): bigint | undefined /* of the rows; undefined: not there, or fetched anew */;
}

export interface Link {
    readonly line: ReadonlySignal<Line>;
    readonly welcome: ReadonlySignal<Welcome | undefined>;
    readonly seq: ReadonlySignal<bigint>;
    readonly printer: ReadonlySignal<PrinterState | undefined>;
    reads(): Reads | undefined;
    knows(message: string, field: string): boolean;
    up(): boolean /* greeted, and not known to be gone */;
    clock(): number;
    steady(): number /* the same by a clock that nobody sets; behind by as long as the machine slept */;
    recall(welcome: Welcome, ahead_ms: number): void /* of the page before; until a server greets */;
    start(): void;
    again(): void /* after an end: another try */;
    end(why: Refusal | undefined): void;
    /* A broken peer: nothing of it is believed any more. */
    broken(why: string): void;
    ask<K extends Body>(kind: K, body: Asking<K>): Promise<ToTerminal>;
    /* The same, answered before the next frame is looked at. */
    askNow<K extends Body>(kind: K, body: Asking<K>, answered: Waiting["answered"], failed: Waiting["failed"]): void;
    newer(seq: bigint): void /* the ledger is as far as that, or further */;
    moved(): void /* the rows are another way behind */;
    look(): void /* at the clocks, before anything is painted */;
}

interface Waiting {
    kind: Body;
    answered(frame: ToTerminal): void;
    failed(why: Error): void;
}

export function makeLink(url: string, events: LinkEvents): Link {
    const line = signal<Line>({ kind: "connecting", since: performance.now() });
    const welcome = signal<Welcome | undefined>(undefined);
    const seq = signal(0n);
    const printer = signal<PrinterState | undefined>(undefined);
    let socket: WebSocket | undefined;
    let greeted = false,
        ended = false,
        started = false;
    let waiting = new Map<bigint, Waiting>(),
        queue: { begin(): void; failed(why: Error): void }[] = [];
    let number = 0n;
    let reads: Reads | undefined;
    let heard = 0,
        heardWall = 0; /* when something came last, by either clock */
    let greetedAt = 0,
        closedAt = 0;
    let tries = 0,
        redial: ReturnType<typeof setTimeout> | undefined,
        dialled = 0;
    let offset = 0,
        steady = 0; /* the server's clock less the wall's here, and less the page's own */
    let bestTrip = Infinity,
        pinged = 0;

    /* ---- the line's state ---- */

    function age(): number {
        return heard === 0 ? 0 : Math.max(performance.now() - heard, Date.now() - heardWall);
    }

    function stateOf(): Line["kind"] {
        const rest = age();
        if (ended) return "ended";
        if (!greeted) return closedAt === 0 ? "connecting" : "lost";
        if (rest >= LOST_MS) return "lost";
        if (rest >= STALE_MS) return "stale";
        const behind = events.behind();
        return behind === undefined ? "connecting" : behind > 0n ? "catching-up" : "live";
    }

    function told(why?: Refusal): void {
        const kind = stateOf(),
            old = line.peek(),
            now = performance.now();
        const since = old.kind === kind ? old.since : now;
        const at = heard === 0 ? 0 : now - age();
        if (kind === "catching-up") {
            const behind = events.behind() ?? 0n;
            if (old.kind !== kind || old.behind !== behind) line.value = { kind, since, behind };
        } else if (kind === "stale" || kind === "lost") {
            if (old.kind !== kind) line.value = { kind, since: at || now, heard: at };
        } else if (old.kind !== kind) {
            line.value = kind === "ended" ? { kind, since, why } : ({ kind, since } as Line);
        }
    }

    function look(): void {
        if (ended) return;
        if (socket && greeted && age() >= LOST_MS) drop(undefined);
        else if (socket && !greeted && performance.now() - dialled >= DIAL_MS) drop(undefined);
        told();
    }

    function tick(): void {
        look();
        if (greeted && performance.now() - pinged >= PING_MS) ping();
    }

    function newer(heardOf: bigint): void {
        if (heardOf > seq.peek()) seq.value = heardOf;
    }

    function ping(): void {
        const sent = performance.now();
        pinged = sent;
        ask("ping", {}).then(
            (frame) => {
                const trip = performance.now() - sent,
                    pong = frame.pong!;
                newer(pong.seq);
                printer.value = pong.printer;
                /* A quick answer knows the time best; what it knew fades, and a clock that was set makes it void. */
                const found = Number(pong.now_ms) + trip / 2 - performance.now();
                if (trip <= (bestTrip *= 1.1) || Math.abs(found - steady) > trip + bestTrip) {
                    bestTrip = Math.max(trip, 1);
                    steady = found;
                }
                offset = steady + performance.now() - Date.now();
                told();
            },
            () => undefined,
        );
    }

    /* ---- connections ---- */

    function dial(): void {
        clearTimeout(redial);
        redial = undefined;
        if (ended || socket) return;
        dialled = performance.now();
        const mine = (socket = new WebSocket(url, "tefter.v1"));
        mine.binaryType = "arraybuffer";
        let first = true;
        const frames = framesOf((frame) => {
            if (socket !== mine) return;
            heard = performance.now();
            heardWall = Date.now();
            if (first) {
                first = false;
                void greet(mine, frame);
            } else {
                take(frame);
            }
        });
        mine.onmessage = ({ data }) => {
            if (socket !== mine) return;
            try {
                if (!(data instanceof ArrayBuffer)) throw new Broken("a frame is text");
                frames(new Uint8Array(data));
            } catch (fault) {
                broken(fault);
            }
        };
        mine.onclose = () => {
            if (socket === mine) drop(undefined);
        };
    }

    async function greet(mine: WebSocket, first: ToTerminal): Promise<void> {
        try {
            const hello = first.goodbye || first.refused ? undefined : await events.hello(first);
            if (socket !== mine) return;
            if (first.goodbye) return drop(first.goodbye);
            if (first.refused) return drop({ reason: "", refused: first.refused });
            if (!hello) return end(undefined);
            const answer = await ask("hello", hello);
            if (socket !== mine) return;
            if (!answer.welcome) return drop({ reason: "", refused: answer.refused });
            greetedWith(answer.welcome);
        } catch (fault) {
            if (socket === mine && !(fault instanceof Gone)) broken(fault);
        }
    }

    function greetedWith(what: Welcome): void {
        const why = events.welcomed(what);
        if (why) return end(why);
        reads = what.features ? readsOf(what.features) : undefined;
        setClock(Number(what.now_ms));
        bestTrip = Infinity;
        seq.value = what.seq;
        printer.value = what.printer;
        greeted = true;
        greetedAt = performance.now();
        welcome.value = what;
        told();
        ping();
    }

    function recall(what: Welcome, ahead_ms: number): void {
        if (welcome.peek() !== undefined) return;
        reads = what.features ? readsOf(what.features) : undefined;
        setClock(Date.now() + ahead_ms);
        welcome.value = what;
    }

    function setClock(now_ms: number): void {
        offset = now_ms - Date.now();
        steady = now_ms - performance.now();
    }

    function drop(why: Goodbye | undefined): void {
        const old = socket,
            lost = [...waiting.values(), ...queue];
        if (!old) return;
        socket = undefined;
        old.onmessage = old.onclose = null;
        old.close();
        if (greeted && performance.now() - greetedAt >= PROVEN_MS) tries = 0;
        greeted = false;
        printer.value = undefined;
        closedAt = performance.now();
        waiting = new Map();
        queue = [];
        for (const one of lost) one.failed(new Gone());
        events.gone(why);
        told();
        const pause = Math.min(RETRY_FIRST_MS * 2 ** tries++, RETRY_MOST_MS) * (0.5 + Math.random() / 2);
        if (!ended) dialIn(why?.retry_ms ?? pause);
    }

    function dialIn(ms: number): void {
        clearTimeout(redial);
        redial = setTimeout(dial, ms);
    }

    function broken(why: unknown): void {
        console.error("the server is not believed:", why instanceof Error ? why.message : why);
        if (why instanceof TypeError) console.error(why);
        tries = Math.max(tries, 4); /* it will not be better in a moment */
        drop(undefined);
    }

    function end(why: Refusal | undefined): void {
        ended = true;
        drop(undefined);
        told(why);
    }

    /* ---- frames ---- */

    function take(frame: ToTerminal): void {
        if (frame.goodbye) return drop(frame.goodbye);
        if (frame.request === undefined) return events.pushed(frame);
        const one = waiting.get(frame.request);
        if (!one) throw new Broken("it answers what nobody asked");
        waiting.delete(frame.request);
        const kind = ANSWERS[one.kind];
        if (!frame.refused && (!kind || frame[kind] === undefined)) {
            one.failed(new Gone());
            throw new Broken(`it answers ${one.kind} with something else`);
        }
        one.answered(frame);
        queue.shift()?.begin();
    }

    function send(frame: Sent<FromTerminal>): void {
        const body = encode("FromTerminal", frame, greeted ? reads : undefined);
        const packed = new Uint8Array(4 + body.length);
        new DataView(packed.buffer).setUint32(0, body.length);
        packed.set(body, 4);
        socket!.send(packed);
    }

    function askNow<K extends Body>(
        kind: K,
        body: Asking<K>,
        answered: Waiting["answered"],
        failed: Waiting["failed"],
    ): void {
        function begin(): void {
            const request = ++number;
            try {
                send({ request, [kind]: body } as Sent<FromTerminal>);
                waiting.set(request, { kind, answered, failed });
            } catch (fault) {
                failed(fault as Error);
                queue.shift()?.begin();
            }
        }
        if (!socket || socket.readyState !== WebSocket.OPEN || (!greeted && kind !== "hello")) failed(new Gone());
        else if (waiting.size < REQUESTS_MAX || kind === "ping") begin();
        else queue.push({ begin, failed });
    }

    const ask: Link["ask"] = (kind, body) => new Promise((answered, failed) => askNow(kind, body, answered, failed));

    /* ---- what wakes it ---- */

    function woken(): void {
        look();
        if (!started || ended) return;
        if (greeted) ping();
        else if (!socket) dialIn(0);
    }

    function start(): void {
        if (started) return;
        started = true;
        setInterval(tick, TICK_MS);
        for (const name of ["online", "pageshow", "focus"]) addEventListener(name, woken);
        addEventListener("offline", () => {
            if (greeted) ping();
        });
        document.addEventListener("visibilitychange", woken);
        document.addEventListener("resume", woken);
        dial();
    }

    function again(): void {
        ended = false;
        tries = 0;
        closedAt = 0;
        told();
        dialIn(0);
    }

    return {
        line,
        welcome,
        seq,
        printer,
        recall,
        start,
        again,
        end,
        ask,
        askNow,
        look,
        newer,
        moved: told,
        reads: () => reads,
        up: () => greeted,
        /* A clock that is set back is passed over; one that is set forwards cannot be told from a machine that slept. */
        clock: () => Math.max(Date.now() + offset, performance.now() + steady),
        steady: () => performance.now() + steady,
        knows: (message, field) => !reads || readsField(reads, message, field),
        broken: (why) => broken(new Broken(why)),
    };
}

/* Cuts what comes, in pieces of any size, into frames. Pieces of a frame are joined once, when it is whole. */
export function framesOf(whole: (frame: ToTerminal) => void): (some: Uint8Array) => void {
    let pieces: Uint8Array[] = [],
        have = 0;

    function joined(): Uint8Array {
        if (pieces.length === 1) return pieces[0]!;
        const all = new Uint8Array(have);
        let at = 0;
        for (const piece of pieces) {
            all.set(piece, at);
            at += piece.length;
        }
        pieces = [all];
        return all;
    }

    let wanted = 4;
    return (some) => {
        pieces.push(some);
        have += some.length;
        while (have >= wanted) {
            const all = joined();
            const size = new DataView(all.buffer, all.byteOffset).getUint32(0);
            if (size === 0 || size > FRAME_MAX) throw new Broken("a frame's length cannot be");
            wanted = 4 + size;
            if (have < wanted) break;
            const frame = decode("ToTerminal", all.subarray(4, wanted));
            pieces = [all.subarray(wanted)];
            have -= wanted;
            wanted = 4;
            whole(frame);
        }
    };
}

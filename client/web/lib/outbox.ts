/*
 * Commands on their way. Each lies in IndexedDB, with its id and bytes, from before it is first sent until it is
 * answered, and is sent again with the same id and bytes after whatever loss: the server counts an id once.
 *
 * They go one after another, oldest first, so that a payment comes before the sale that needs it, and only while the
 * person who gave them is logged in here. A page sends what it wrote itself, without asking other pages; it holds a
 * lock in its own name as long as it lives. Whoever waits for that lock and gets it sends what the page left.
 *
 * An id has the time in it when it was made, by a clock that nobody sets. The ledger takes none from beyond tomorrow, and
 * looks first whether it knows it: one that is refused for that was never taken, and gets another id.
 */
import { batch, signal, type Signal } from "@preact/signals";
import type { Fate, Pending } from "./api";
import { has } from "./aside";
import { Broken, decode, encode } from "./codec";
import { Gone, refusal, type Link } from "./link";
import { RefusalCode, type BuyerPin, type Command, type Refusal, type Reply } from "./messages";
import type { Store } from "./store";

const AGAIN_MS = 1_000,
    ANSWER_MS = 60_000,
    WRITE_MS = 2_000,
    AHEAD_MS = 86_400_000 /* as far ahead of the server's clock an id may be */,
    SURE_MS = 60_000;
const RENEWED = "renewed ";

interface Entry {
    id: string;
    bytes: Uint8Array;
    kind: keyof Command;
    staff: number;
    login: string;
    at_ms: number;
    page: string /* that wrote it */;
    terminal: number;
    ledger: string;
}
interface Heard {
    added?: string;
    renewed?: string /* the id before */;
    answered?: string;
    fate?: Fate;
}
interface Item extends Pending {
    entry: Entry;
    fate: Signal<Fate>;
    kept: Signal<boolean>;
    end(fate: Fate): void;
    written: Promise<void>;
    sent: boolean /* once or more, by this page or another */;
    notBefore: number;
    pin: BuyerPin | undefined /* never written down, and gone with the first loss */;
}
export interface Person {
    staff: number;
    login: string;
}
export interface Place {
    terminal: number;
    ledger: string;
}

export interface Outbox {
    readonly pending: Signal<readonly Pending[]>;
    load(): Promise<void>;
    add(kind: keyof Command, bytes: Uint8Array, who: Person, where: Place, at_ms: number, pin?: BuyerPin): Pending;
    go(): void /* there is a line, and somebody is logged in */;
    gone(): void;
    person(): void /* another person, or nobody */;
    idNow(id: string): Promise<string> /* that it has by now */;
}

export function hex(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
export function unhex(text: string): Uint8Array {
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/* One that was answered or refused without being written. */
export function settled(fate: Fate, kind: keyof Command, command: Command, person: Person, at_ms: number): Pending {
    return {
        id: "",
        fate: signal(fate),
        ended: Promise.resolve(fate),
        kind,
        command,
        ...person,
        at_ms,
        kept: signal(true),
        foreign: false,
        discard: () => undefined,
    };
}

export function makeOutbox(
    store: Store,
    link: Link,
    me: () => Person | undefined,
    place: () => Place | undefined,
    loggedOut: () => void,
    setAside: (name: string, what: unknown) => Promise<boolean>,
): Outbox {
    const pending = signal<readonly Item[]>([]);
    const page = hex(crypto.getRandomValues(new Uint8Array(8)));
    const mine = new Set([page]); /* pages whose commands are sent from here */
    const inherited = new Map<string, AbortController>();
    const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("tefter outbox");
    const answered = new Set<string>(); /* what another page reads late is not taken for open */
    const chance = crypto.getRandomValues(new Uint8Array(3));
    let counter = 0,
        running = false,
        timer: ReturnType<typeof setTimeout> | undefined;

    function newId(terminal: number): string {
        const at_ms = Math.floor(link.steady());
        const id = new Uint8Array(16),
            view = new DataView(id.buffer);
        view.setUint16(0, Math.floor(at_ms / 0x100000000));
        view.setUint32(2, at_ms % 0x100000000);
        view.setUint32(6, terminal);
        id.set(chance, 10);
        counter = (counter + 1) & 0xffffff;
        view.setUint8(13, counter >> 16);
        view.setUint16(14, counter & 0xffff);
        return hex(id);
    }

    /* ---- what lies here ---- */

    function makeItem(entry: Entry, command: Command, fate: Fate): Item {
        let end!: (fate: Fate) => void;
        const ended = new Promise<Fate>((done) => {
            end = done;
        });
        const item: Item = {
            get id() {
                return item.entry.id;
            },
            entry,
            kind: entry.kind,
            command,
            staff: entry.staff,
            login: entry.login,
            at_ms: entry.at_ms,
            fate: signal(fate),
            kept: signal(true),
            ended,
            end,
            written: Promise.resolve(),
            sent: false,
            notBefore: 0,
            pin: undefined,
            get foreign() {
                return isForeign(entry);
            },
            discard() {
                if (isForeign(entry)) drop(item, item.fate.peek(), true);
            },
        };
        return item;
    }

    function isForeign(entry: Entry): boolean {
        const here = place();
        return here !== undefined && (here.terminal !== entry.terminal || here.ledger !== entry.ledger);
    }

    function show(items: readonly Item[]): void {
        pending.value = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    }

    /* It is answered, once: nobody sends it any more. */
    function drop(item: Item, fate: Fate, tell: boolean): void {
        batch(() => {
            item.fate.value = fate;
            show(pending.peek().filter((other) => other !== item));
        });
        answered.add(item.id);
        item.end(fate);
        if (!tell) return;
        void item.written.then(() => store.remove("outbox", item.id)).catch(() => undefined);
        channel?.postMessage({ answered: item.id, fate });
    }

    /* A new id, written down before it is sent with it; for whoever noted the old one, what it is now. While two may have
     * renewed it, or the old one may still lie there, it waits. */
    async function renew(item: Item, why: Refusal): Promise<void> {
        const { entry } = item;
        if (idMs(entry.id) <= link.steady() + AHEAD_MS + SURE_MS) return later(item, why); /* it will be taken */
        const id = newId(entry.terminal);
        const note = { key: RENEWED + entry.id, what: id };
        const moved = await store.move("outbox", entry.id, id, { ...entry, id }, note).catch(() => undefined);
        const alone = moved === false && navigator.locks !== undefined; /* the browser took its storage away */
        if (moved !== true && !alone && item.kept.peek()) return later(item, why);
        answered.add(entry.id);
        item.entry = { ...entry, id };
        item.sent = false;
        show(pending.peek());
        channel?.postMessage({ renewed: entry.id, added: id });
    }

    const idMs = (id: string): number => parseInt(id.slice(0, 12), 16);

    /* What cannot be read is no command that could be sent, and perhaps one that is in no book. */
    async function read(key: string, what: unknown, fate: Fate): Promise<void> {
        if (isEntry(what) && what.id === key && isCommand(what.bytes)) return take(what, fate);
        const bytes = (what as Partial<Entry> | null)?.bytes;
        const command = bytes instanceof Uint8Array ? commandOf(bytes) : undefined;
        const told = typeof what === "object" ? { ...what, command } : what;
        if (await setAside(`outbox ${key}`, told)) await store.remove("outbox", key).catch(() => undefined);
    }

    const isEntry = (what: unknown): what is Entry =>
        has<Entry>(what, { id: "string", kind: "string", staff: "number", login: "string", at_ms: "number" }) &&
        has<Entry>(what, { page: "string", terminal: "number", ledger: "string" }) &&
        /^[0-9a-f]{32}$/.test(what.id) &&
        what.bytes instanceof Uint8Array;

    function isCommand(bytes: Uint8Array): boolean {
        try {
            decode("Command", bytes);
            return bytes.length > 0;
        } catch (fault) {
            if (fault instanceof Broken) return false;
            throw fault;
        }
    }

    function take(entry: Entry, fate: Fate): void {
        if (answered.has(entry.id) || pending.peek().some((item) => item.id === entry.id)) return;
        const item = makeItem(entry, commandOf(entry.bytes), fate);
        item.sent = true; /* perhaps: who knows what the other page did */
        show([...pending.peek(), item]);
        inherit();
    }

    /* As it is sent. What somebody typed may have characters that are not read here; the server refuses them. */
    function commandOf(bytes: Uint8Array): Command {
        try {
            return decode("Command", bytes);
        } catch (fault) {
            if (fault instanceof Broken) return {};
            throw fault;
        }
    }

    if (channel)
        channel.onmessage = ({ data }: MessageEvent<Heard>) => {
            const old = pending.peek().find((item) => item.id === data.renewed);
            if (old && data.added) {
                answered.add(old.id);
                old.entry = { ...old.entry, id: data.added };
                return show(pending.peek());
            }
            const known = pending.peek().find((item) => item.id === data.answered);
            if (known && data.fate) drop(known, data.fate, false);
            if (data.answered) answered.add(data.answered);
            if (!data.added) return;
            store.get<Entry>("outbox", data.added).then(
                (entry) => {
                    if (isEntry(entry)) take(entry, { kind: "sending" });
                },
                () => undefined,
            );
        };

    /* ---- whose it is to send ---- */

    function inherit(): void {
        const person = me();
        for (const { entry } of pending.peek()) {
            if (mine.has(entry.page) || inherited.has(entry.page) || entry.staff !== person?.staff) continue;
            if (!navigator.locks) {
                mine.add(entry.page); /* two may send it: it counts once */
                continue;
            }
            const wait = new AbortController();
            inherited.set(entry.page, wait);
            navigator.locks
                .request(
                    lockOf(entry.page),
                    { signal: wait.signal },
                    () =>
                        new Promise<void>((release) => {
                            mine.add(entry.page);
                            wait.signal.addEventListener("abort", () => release());
                            if (wait.signal.aborted) release();
                            go();
                        }),
                )
                .catch(() => undefined);
        }
    }

    function person(): void {
        for (const [of, wait] of inherited) {
            mine.delete(of);
            wait.abort();
        }
        inherited.clear();
        for (const item of pending.peek()) if (item.staff !== me()?.staff) item.fate.value = { kind: "waiting" };
        inherit();
        go();
    }

    const lockOf = (of: string): string => `tefter page ${of}`;
    void navigator.locks?.request(lockOf(page), () => new Promise(() => undefined));

    /* ---- sending ---- */

    function isMine(item: Item): boolean {
        return item.entry.staff === me()?.staff && mine.has(item.entry.page) && !isForeign(item.entry);
    }

    function go(): void {
        if (running) return;
        running = true;
        clearTimeout(timer);
        void sendAll().finally(() => {
            running = false;
        });
    }

    async function sendAll(): Promise<void> {
        for (;;) {
            const item = pending.peek().find(isMine);
            if (!item || !link.up() || !place()) return;
            const early = item.notBefore - performance.now();
            if (early > 0) {
                timer = setTimeout(go, early);
                return;
            }
            await item.written;
            if (!pending.peek().includes(item)) continue;
            if (!(await send(item))) return;
        }
    }

    /* false: the line went. */
    async function send(item: Item): Promise<boolean> {
        const first = !item.sent,
            pin = item.pin;
        item.sent = true;
        item.fate.value = { kind: first ? "sending" : "asking again" };
        const late = setTimeout(() => link.broken("it does not answer a command"), ANSWER_MS);
        try {
            const frame = await link.ask("submit", { id: unhex(item.id), command: item.entry.bytes, buyer_pin: pin });
            const reply: Reply = frame.refused ? { seq: 0n, refused: frame.refused } : decode("Reply", frame.reply!);
            if (reply.done && reply.seq === 0n) throw new Broken("it did something at no place in the ledger");
            link.newer(reply.seq);
            await judge(item, reply, first);
            return true;
        } catch (fault) {
            if (fault instanceof Broken) link.broken(fault.message);
            else if (!(fault instanceof Gone)) throw fault;
            item.pin = undefined;
            return false;
        } finally {
            clearTimeout(late);
        }
    }

    async function judge(item: Item, reply: Reply, first: boolean): Promise<void> {
        const { done, seq } = reply;
        if (done) return drop(item, { kind: "done", done, seq, at_ms: link.clock() }, true);
        const refused = reply.refused ?? refusal(RefusalCode.CLIENT_OLDER);
        if (refused.code === RefusalCode.FIELD_INVALID && refused.field === "id") return renew(item, refused);
        if (seq > 0n) return drop(item, { kind: "refused", refused, seq }, true);
        if (isLater(refused)) return later(item, refused);
        /* It did not reach the ledger now; an earlier sending may have. */
        if (first || isOfId(refused)) return drop(item, { kind: "refused", refused, seq: 0n }, true);
        const frame = await link.ask("query", encode("Query", { command: { id: unhex(item.id) } }));
        const answer = frame.answer ? decode("Answer", frame.answer) : undefined,
            known = answer?.command;
        const unanswered = frame.refused ?? answer?.refused;
        if (unanswered && isLater(unanswered)) return later(item, unanswered);
        if (known?.reply) return judge(item, known.reply, false);
        drop(item, { kind: "refused", refused, seq: 0n }, true);
    }

    function isLater({ code }: Refusal): boolean {
        return [
            RefusalCode.BUSY,
            RefusalCode.READ_ONLY,
            RefusalCode.DEADLINE_PASSED,
            RefusalCode.NOT_LOGGED_IN,
            RefusalCode.TOO_MANY_CONNECTIONS,
        ].includes(code);
    }

    /* Nothing more is to be heard of it: too old, or not this terminal's. */
    function isOfId({ code }: Refusal): boolean {
        return [RefusalCode.COMMAND_ID_TOO_OLD, RefusalCode.COMMAND_ID_FOREIGN, RefusalCode.COMMAND_ID_REUSED].includes(
            code,
        );
    }

    function later(item: Item, why: Refusal): void {
        item.notBefore = performance.now() + (why.retry_ms ?? AGAIN_MS);
        item.fate.value = { kind: "waiting", why };
        if (why.code === RefusalCode.NOT_LOGGED_IN) loggedOut();
    }

    /* The line went. */
    function gone(): void {
        for (const item of pending.peek()) {
            item.notBefore = 0;
            if (item.fate.peek().kind === "sending") item.fate.value = { kind: item.sent ? "asking again" : "waiting" };
        }
    }

    async function write(item: Item): Promise<void> {
        const line = link.up();
        const put = store.put("outbox", item.id, item.entry, !line).then(
            () => true,
            () => false,
        );
        /* A disk that hangs keeps nobody from selling. */
        const kept = await Promise.race([put, new Promise<boolean>((done) => setTimeout(done, WRITE_MS, false))]);
        item.kept.value = kept;
        if (kept) channel?.postMessage({ added: item.id });
        else
            void put.then((after) => {
                item.kept.value = after;
            });
    }

    return {
        pending: pending as Signal<readonly Pending[]>,
        go,
        gone,
        person,
        async idNow(id) {
            const next = await store.get<string>("device", RENEWED + id).catch(() => undefined);
            return typeof next === "string" ? this.idNow(next) : id;
        },
        async load() {
            for (const [key, what] of await store.entries("outbox").catch(() => []))
                await read(key, what, { kind: "asking again" });
        },
        add(kind, bytes, who, where, at_ms, pin) {
            const entry = { id: newId(where.terminal), bytes, kind, ...who, at_ms, page, ...where };
            const item = makeItem(entry, commandOf(bytes), { kind: link.up() ? "sending" : "waiting" });
            item.pin = pin;
            item.written = write(item);
            show([...pending.peek(), item]);
            go();
            return item;
        },
    };
}

/*
 * The drafts of whoever is at this device, kept as they are typed, and what becomes of them.
 *
 *     typed ──F9──▶ begun (on the disk) ──▶ sent (command id on the disk) ──▶ done: gone, the strip says so
 *       ▲                                          └──▶ refused: as it was typed, with what the server said
 *       └── Undo brings it back
 *
 * 1. A draft is on the disk as begun before its command is made, and with the command's id right after. Whoever comes
 *    back to a draft that was begun asks what became of it before anything can be pressed again.
 * 2. A command counts once (lib/outbox); here only the draft and its command are held together.
 */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { Client, Fate, Pending } from "../lib/api";
import type { Done, Refusal } from "../lib/messages";
import { serverNow } from "../kit/format";
import { isEmpty, newDraft, type Draft } from "./draft";
import { found, keep, wipe } from "./store";

const MOST = 20;
const KEEP_MS = 300;

const all = signal<readonly Draft[]>([]);
const chosen = signal<Readonly<Record<number, string>>>({});
export const loaded = signal(false);
let person = 0;
let loading: Promise<void> | undefined;

const draftKey = (draft: Draft): string => `draft:${String(draft.staff).padStart(8, "0")}:${draft.id}`;

/* ---- the disk ---- */

const dirty = new Map<string, Draft | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

export async function flush(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    if (dirty.size === 0) return true;
    const changes = [...dirty];
    dirty.clear();
    return await keep(changes);
}

function keepSoon(key: string, draft: Draft | undefined): void {
    dirty.set(key, draft);
    timer ??= setTimeout(() => {
        void flush();
    }, KEEP_MS);
}

/* A page that goes away for any reason writes first; what is typed in the last moment is not lost. */
if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") void flush();
    });
    addEventListener("pagehide", () => {
        void flush();
    });
}

/* ---- reading and changing ---- */

const whose = signal(0);
const mine = computed(() => all.value.filter((draft) => draft.staff === whose.value));
export const drafts: ReadonlySignal<readonly Draft[]> = computed(() =>
    mine.value.filter((draft) => draft.pay === undefined),
);
export const payments: ReadonlySignal<readonly Draft[]> = computed(() =>
    mine.value.filter((draft) => draft.pay !== undefined),
);

/* Of everybody at this device: who comes next must see what the drawer holds and no book does. */
export const unbooked: ReadonlySignal<readonly Draft[]> = computed(() =>
    all.value.filter((draft) => draft.unbooked !== undefined && draft.begun_ms === 0),
);
export const isMine = (draft: Draft): boolean => draft.staff === whose.value;

/* The payment that is taken anew; others that were not booked stay as they are. */
export const anew = signal("");

interface Dismissed extends Draft {
    readonly dismissed_ms: number;
    readonly dismissed_by: number;
    readonly reason: string;
    readonly told?: boolean /* it is in the server's audit log */;
}

/* It was settled in another way; why, is kept beside what was taken, and told to the office. */
export function dismiss(client: Client, id: string, reason: string): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft?.unbooked === undefined) return;
    const gone: Dismissed = { ...draft, dismissed_ms: serverNow(), dismissed_by: whose.value, reason };
    void keep([[`dismissed:${id}`, gone]]).then(() => tellDismissed(client));
    setRefusal(id, undefined);
    drop(id);
}

/* Each once, by who dropped it: the log says whose words they are. */
let telling: Promise<void> = Promise.resolve();
export function tellDismissed(client: Client): Promise<void> {
    telling = telling.then(async () => {
        if (client.me.value === undefined || !client.knows("FromTerminal", "left_undone")) return;
        for (const gone of await found<Dismissed>("dismissed:")) {
            if (gone.told === true || gone.dismissed_by !== client.me.value?.staff) continue;
            const answer = await client.call("left_undone", {
                command: gone.pay === undefined ? "sell_paid" : "take_payment",
                customer: gone.customer_name === "" ? undefined : gone.customer_name,
                amount_minor: gone.unbooked?.minor,
                made_ms: BigInt(Math.floor(gone.unbooked?.at_ms ?? gone.made_ms)),
                reason: gone.reason,
            });
            if ("refused" in answer) return;
            await keep([[`dismissed:${gone.id}`, { ...gone, told: true }]]);
        }
    });
    return telling;
}

export const current: ReadonlySignal<Draft | undefined> = computed(() => {
    const open = drafts.value;
    return (
        open.find((draft) => draft.id === chosen.value[whose.value]) ??
        open.find((draft) => draft.begun_ms === 0) ??
        open[0]
    );
});

export function choose(id: string): void {
    chosen.value = { ...chosen.value, [whose.value]: id };
    void keep([[`chosen:${whose.value}`, { staff: whose.value, id }]]);
}

/* Other pages of this browser have the same drafts: none of them sells what another has sold. */
const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("tefter counter");
if (channel !== undefined)
    channel.onmessage = ({ data }: MessageEvent<{ put?: Draft; drop?: string }>) => {
        const { put: other, drop: gone } = data;
        if (other !== undefined)
            all.value = all.value.some((each) => each.id === other.id)
                ? all.value.map((each) => (each.id === other.id ? other : each))
                : [...all.value, other];
        if (gone !== undefined) all.value = all.value.filter((each) => each.id !== gone);
    };

export function put(draft: Draft): void {
    channel?.postMessage({ put: draft });
    const there = all.value.some((each) => each.id === draft.id);
    all.value = there ? all.value.map((each) => (each.id === draft.id ? draft : each)) : [...all.value, draft];
    keepSoon(draftKey(draft), draft);
}

export function change(id: string, how: (draft: Draft) => Draft): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined) return;
    const next = how(draft);
    if (next !== draft) put(next);
}

export function drop(id: string): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined) return;
    channel?.postMessage({ drop: id });
    all.value = all.value.filter((each) => each.id !== id);
    keepSoon(draftKey(draft), undefined);
    if (draft.pay === undefined && person !== 0 && drafts.value.every((each) => each.begun_ms !== 0)) begin();
}

/* A new draft, or an empty one that is there already. */
export function begin(): Draft {
    const empty = drafts.value.find((draft) => isEmpty(draft) && draft.begun_ms === 0);
    const draft = empty ?? newDraft(whose.value, serverNow());
    if (empty === undefined) put(draft);
    choose(draft.id);
    return draft;
}

/* Undo brings a payment's entries back, in place of a form that is still empty. What it corrected is reversed by then:
 * nothing is left to be corrected. */
export function putBack(draft: Draft): void {
    if (draft.pay !== undefined)
        for (const other of payments.value) if (other.begun_ms === 0 && other.unbooked === undefined) drop(other.id);
    put({
        ...draft,
        lines: draft.lines.map((line) => ({ ...line, was: undefined })),
        corrects: undefined,
        corrects_number: undefined,
        why: undefined,
        corrects_owed: undefined,
        corrects_minor: undefined,
        begun_ms: 0,
        sent: "",
        approval: undefined,
        granted: undefined,
        parked_ms: 0,
    });
    if (draft.pay === undefined) choose(draft.id);
}

export const isFull = computed(() => drafts.value.length >= MOST);

/* Whenever a server greets. */
let tellsBack = false;
function tellWhenBack(client: Client): void {
    if (tellsBack) return void tellDismissed(client);
    tellsBack = true;
    effect(() => {
        if (client.welcome.value !== undefined && client.me.value !== undefined)
            untracked(() => void tellDismissed(client));
    });
}

/* The drafts of this person are shown; those of others stay where they are. */
export function useDraftsOf(client: Client, staff: number): void {
    if (person === staff) return;
    person = staff;
    whose.value = staff;
    loading ??= (async () => {
        const [kept, last] = await Promise.all([
            found<Draft>("draft:"),
            found<{ staff: number; id: string }>("chosen:"),
        ]);
        const here = new Set(all.value.map((draft) => draft.id));
        all.value = [...kept.filter((draft) => !here.has(draft.id)), ...all.value].sort(
            (a, b) => a.made_ms - b.made_ms,
        );
        chosen.value = { ...Object.fromEntries(last.map((each) => [each.staff, each.id])), ...chosen.value };
        loaded.value = true;
    })();
    void loading.then(() => {
        if (whose.value !== staff) return;
        if (drafts.value.every((draft) => draft.begun_ms !== 0)) begin();
        tellWhenBack(client);
        for (const draft of mine.value) if (draft.begun_ms !== 0 && !watched.has(draft.id)) void resume(client, draft);
    });
}

/* ---- what becomes of them ---- */

export interface Underway {
    fate: Fate | { kind: "looking" };
    lost?: boolean /* the browser had no room for it: it goes with the page */;
}
/* By draft: the command it became, as long as it has no answer. */
export const underway = signal<ReadonlyMap<string, Underway>>(new Map());
export const refusals = signal<ReadonlyMap<string, Refusal>>(new Map());
const watched = new Set<string>();
type OnDone = (draft: Draft, done: Done, at_ms: number) => void;
type OnKept = (draft: Draft, kept: boolean) => void;
let onDone: OnDone = () => undefined;
let onKept: OnKept = () => undefined;

/* Who shows what was done; set once by the screens. */
export function whenDone(what: OnDone): void {
    onDone = what;
}

/* And what waits here for the line; false: it is a draft again. */
export function whenKept(what: OnKept): void {
    onKept = what;
}

/* The device was taken from the company: nothing of it stays here. */
export function forgetAll(): void {
    all.value = [];
    dirty.clear();
    void wipe();
}

function setUnderway(id: string, value: Underway | undefined): void {
    const next = new Map(underway.peek());
    if (value === undefined) next.delete(id);
    else next.set(id, value);
    underway.value = next;
}

export function setRefusal(id: string, refusal: Refusal | undefined): void {
    if (refusal === undefined && !refusals.peek().has(id)) return;
    const next = new Map(refusals.peek());
    if (refusal === undefined) next.delete(id);
    else next.set(id, refusal);
    refusals.value = next;
}

/* What waited here was handed over already: it does not become a draft like others. */
function reopened(id: string, refusal?: Refusal): void {
    const was = all.value.find((each) => each.id === id);
    if (was !== undefined) onKept(was, false);
    change(id, (draft) => ({
        ...draft,
        begun_ms: 0,
        sent: "",
        waited: undefined,
        unbooked:
            draft.waited === true
                ? {
                      at_ms: draft.unbooked?.at_ms ?? draft.begun_ms,
                      minor: draft.unbooked?.minor ?? draft.taken ?? draft.pay?.minor ?? draft.total ?? 0n,
                      refusal,
                  }
                : draft.unbooked,
    }));
    if (current.value === undefined || isEmpty(current.value)) choose(id);
    void flush();
}

function ended(id: string, fate: Fate, at_ms: number): void {
    watched.delete(id);
    setUnderway(id, undefined);
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined) return;
    if (fate.kind === "done") {
        const here = current.value?.id === id;
        drop(id);
        if (here && draft.pay === undefined && draft.staff === whose.value) begin();
        void flush();
        onDone(draft, fate.done, at_ms);
    } else if (fate.kind === "refused") {
        reopened(id, fate.refused);
        setRefusal(id, fate.refused);
    }
}

function keptHere(id: string): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined || draft.waited === true) return;
    change(id, (each) => ({ ...each, waited: true }));
    onKept(draft, true);
}

function watch(id: string, pending: Pending): void {
    watched.add(id);
    const stop = effect(() => {
        const fate = pending.fate.value;
        setUnderway(id, { fate, lost: !pending.kept.value });
        if (fate.kind === "waiting") untracked(() => keptHere(id));
    });
    void pending.ended.then((fate) => {
        stop();
        ended(id, fate, fate.kind === "done" ? fate.at_ms : serverNow());
    });
}

/* The draft becomes a command. Once: a second key finds it begun. */
export async function commit(id: string, submit: () => Pending, taken?: bigint): Promise<void> {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined || draft.begun_ms !== 0) return;
    setRefusal(id, undefined);
    setUnderway(id, { fate: { kind: "sending" } });
    put({ ...draft, begun_ms: serverNow(), taken });
    await flush();
    const pending = submit();
    change(id, (each) => ({ ...each, sent: pending.id }));
    void flush();
    watch(id, pending);
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

/* After a reload: it is in the outbox still, or the ledger knows it, or it was never sent. */
async function resume(client: Client, draft: Draft): Promise<void> {
    watched.add(draft.id);
    setUnderway(draft.id, { fate: { kind: "looking" } });
    await client.ready;
    const sent = draft.sent !== "" ? draft.sent : await unclaimed(client, draft);
    const pending = client.pending.value.find((each) => each.id === sent);
    if (pending !== undefined) {
        if (draft.sent === "") change(draft.id, (each) => ({ ...each, sent: pending.id }));
        watch(draft.id, pending);
        return;
    }
    if (sent === "" || sent === undefined) {
        ended(
            draft.id,
            { kind: "refused", refused: { code: 0 as Refusal["code"], roles: [], ways: [] }, seq: 0n },
            serverNow(),
        );
        setRefusal(draft.id, undefined);
        return;
    }
    await live(client);
    const asked = await client.ask("command", { id: bytesOf(sent) });
    if ("refused" in asked) {
        setTimeout(() => {
            void resume(client, draft);
        }, 2000);
        return;
    }
    const { known, reply } = asked.answer;
    if (known && reply?.done !== undefined)
        ended(draft.id, { kind: "done", done: reply.done, seq: reply.seq, at_ms: draft.begun_ms }, draft.begun_ms);
    else if (known && reply?.refused !== undefined)
        ended(draft.id, { kind: "refused", refused: reply.refused, seq: reply.seq }, serverNow());
    else {
        watched.delete(draft.id);
        setUnderway(draft.id, undefined);
        reopened(draft.id);
    }
}

/* Begun, and the page ended before its id was written: a command of the outbox that no other draft has. Outbox and
 * drafts are two databases; the outbox writes first and sends after, so what was sent lies there or is answered. */
async function unclaimed(client: Client, draft: Draft): Promise<string> {
    const claimed = new Set(all.value.map((each) => each.sent).filter((id) => id !== ""));
    const kinds =
        draft.pay !== undefined
            ? ["take_payment", "correct_payment"]
            : ["issue_invoice", "sell_paid", "correct_invoice"];
    const free = client.pending.value.filter(
        (pending) =>
            !claimed.has(pending.id) &&
            pending.staff === draft.staff &&
            kinds.includes(pending.kind) &&
            pending.at_ms >= draft.begun_ms - 60_000,
    );
    return free[0]?.id ?? "";
}

function live(client: Client): Promise<void> {
    return new Promise((resolve) => {
        const stop = effect(() => {
            if (client.line.value.kind !== "live" || client.me.value === undefined) return;
            resolve();
            queueMicrotask(() => stop());
        });
    });
}

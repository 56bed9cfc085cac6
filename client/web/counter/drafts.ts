/*
 * The drafts of whoever is at this device, kept as they are typed, and what becomes of them.
 *
 *     typed ──F9──▶ begun (on the disk) ──▶ sent (command id on the disk) ──▶ done: gone, the strip says so
 *       ▲    claimed by                            └──▶ refused: as it was typed, with what the server said
 *       │    one page
 *       └── Undo brings it back
 *
 * 1. A draft is on the disk as begun before its command is made, and with the command's id right after. Whoever comes
 *    back to a draft that was begun asks what became of it before anything can be pressed again.
 * 2. A command counts once (lib/outbox); here only the draft and its command are held together.
 * 3. Other pages of this browser show the same drafts. Whichever writes the claim of a draft first sends it; it is that
 *    page's as long as the page lives, and the others show what becomes of it.
 */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { Client, Fate, Pending } from "../lib/api";
import { has } from "../lib/aside";
import type { Done, Refusal } from "../lib/messages";
import { serverNow } from "../kit/format";
import { isDraft, isEmpty, isOtherTotal, newDraft, takenThen, type Draft } from "./draft";
import { claim, found, keep, wipe } from "./store";

const MOST = 20;
const KEEP_MS = 300;
const DAY_MS = 86_400_000;

const all = signal<readonly Draft[]>([]);
const chosen = signal<Readonly<Record<number, string>>>({});
export const loaded = signal(false);
let person = 0;
let loading: Promise<void> | undefined;

const draftKey = (draft: Draft): string => `draft:${String(draft.staff).padStart(8, "0")}:${draft.id}`;
const claimKey = (id: string): string => `begun:${id}`;
const onceKey = (id: string): string => `once:${id}`;

/* ---- the disk ---- */

const dirty = new Map<string, unknown>();
let timer: ReturnType<typeof setTimeout> | undefined;

export async function flush(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    if (dirty.size === 0) return true;
    const changes = [...dirty];
    dirty.clear();
    return await keep(changes);
}

function keepSoon(key: string, what: unknown): void {
    dirty.set(key, what);
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

const isDismissed = (what: unknown): what is Dismissed =>
    isDraft(what) && has<Dismissed>(what, { dismissed_ms: "number", dismissed_by: "number", reason: "string" });

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
        for (const gone of await found("dismissed:", isDismissed, client.setAside)) {
            if (gone.told === true || gone.dismissed_by !== client.me.value?.staff) continue;
            const answer = await once(`dismissed ${gone.id}`, () =>
                client.call("left_undone", {
                    command: gone.pay === undefined ? "sell_paid" : "take_payment",
                    customer: gone.customer_name === "" ? undefined : gone.customer_name,
                    amount_minor: gone.unbooked?.minor,
                    made_ms: BigInt(Math.floor(gone.unbooked?.at_ms ?? gone.made_ms)),
                    reason: gone.reason,
                }),
            );
            if (answer === "elsewhere") continue;
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

/* ---- other pages of this browser ---- */

const page = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
const lockOf = (of: string): string => `tefter counter ${of}`;
/* Held as long as this page lives. */
const living = new Promise<void>((held) => {
    if (locks === undefined) return held();
    locks
        .request(lockOf(page), () => {
            held();
            return new Promise(() => undefined);
        })
        .catch(() => held());
});

/* Who sends a draft, or did. */
interface Claim {
    id: string;
    by: string;
    at_ms: number;
    done?: boolean;
    number?: string;
}
const isClaim = (what: unknown): what is Claim =>
    has<Claim>(what, { id: "string", by: "string", at_ms: "number", done: "boolean?", number: "string?" });
interface Heard {
    put?: Draft;
    drop?: string;
    number?: string /* of the paper that it became */;
}

/* What was pressed here and is another page's: the person hears so. */
export interface Elsewhere {
    draft: Draft;
    done: boolean;
    number: string;
}
export const elsewhere = signal<Elsewhere | undefined>(undefined);

const isOthers = (draft: Draft): boolean =>
    draft.begun_ms !== 0 && draft.begun_by !== undefined && draft.begun_by !== page && locks !== undefined;

function show(draft: Draft): void {
    const there = all.value.some((each) => each.id === draft.id);
    all.value = there ? all.value.map((each) => (each.id === draft.id ? draft : each)) : [...all.value, draft];
}

const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("tefter counter");
if (channel !== undefined)
    channel.onmessage = ({ data }: MessageEvent<Heard>) => {
        const { put: other, drop: gone, number } = data;
        if (other !== undefined) {
            const ours = all.value.find((each) => each.id === other.id);
            if (ours?.begun_by === page && ours.begun_ms !== 0 && other.begun_ms === 0) return; /* from before */
            dirty.delete(draftKey(other));
            show(other);
            follow(other);
        }
        if (gone === undefined) return;
        const draft = all.value.find((each) => each.id === gone);
        if (draft !== undefined) dirty.delete(draftKey(draft));
        all.value = all.value.filter((each) => each.id !== gone);
        if (!watched.has(gone)) setUnderway(gone, undefined);
        if (elsewhere.value?.draft.id === gone)
            elsewhere.value = number === undefined ? undefined : { ...elsewhere.value, done: true, number };
    };

/* What becomes of it in the page that has it; when that page ends, it is this one's. */
const following = new Set<string>();
function follow(draft: Draft): void {
    const { id, begun_by } = draft;
    if (watched.has(id)) return;
    if (!isOthers(draft)) {
        if (underway.peek().has(id)) setUnderway(id, undefined);
        if (elsewhere.value?.draft.id === id) elsewhere.value = undefined;
        return;
    }
    setUnderway(id, { fate: { kind: draft.waited === true ? "waiting" : "sending" } });
    if (following.has(id)) return;
    following.add(id);
    void locks!
        .request(lockOf(begun_by!), () => undefined)
        .then(() => {
            following.delete(id);
            const now = all.value.find((each) => each.id === id);
            if (now === undefined || now.begun_ms === 0 || watched.has(id)) return;
            if (now.begun_by !== begun_by) return follow(now);
            if (now.staff === whose.value && resumes !== undefined) void resume(resumes, now);
        });
}

export function put(draft: Draft): void {
    channel?.postMessage({ put: draft } satisfies Heard);
    show(draft);
    keepSoon(draftKey(draft), draft);
}

export function change(id: string, how: (draft: Draft) => Draft): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined || isOthers(draft)) return;
    const next = how(draft);
    if (next !== draft) put(next);
}

/* `number`: of the paper that it became. */
export function drop(id: string, number?: string): void {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined) return;
    channel?.postMessage({ drop: id, number } satisfies Heard);
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
    const again = {
        ...draft,
        id: newDraft(draft.staff, draft.made_ms).id,
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
    };
    put(again);
    if (again.pay === undefined) choose(again.id);
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

const isChosen = (what: unknown): what is { staff: number; id: string } =>
    has<{ staff: number; id: string }>(what, { staff: "number", id: "string" });

/* As the disk has them. A page may write what was typed before it hears that another one has sent it. */
async function readDrafts(client: Client): Promise<Draft[]> {
    const [kept, claims, forms] = await Promise.all([
        found("draft:", isDraft, client.setAside),
        found("begun:", isClaim),
        found("once:", isClaim),
    ]);
    const by = new Map(claims.map((each) => [each.id, each]));
    const isOver = (each: Claim): boolean => each.done === true && serverNow() - each.at_ms > DAY_MS;
    const over = [
        ...kept.filter((draft) => by.get(draft.id)?.done === true).map(draftKey),
        ...claims.filter(isOver).map((each) => claimKey(each.id)),
        ...forms.filter(isOver).map((each) => onceKey(each.id)),
    ];
    if (over.length > 0) void keep(over.map((key) => [key, undefined]));
    return kept
        .filter((draft) => by.get(draft.id)?.done !== true)
        .map((draft) => {
            const claimed = by.get(draft.id);
            return claimed === undefined || draft.begun_ms !== 0
                ? draft
                : { ...draft, begun_ms: claimed.at_ms, begun_by: claimed.by };
        });
}

/* The drafts of this person are shown; those of others stay where they are. */
let resumes: Client | undefined;
export function useDraftsOf(client: Client, staff: number): void {
    resumes = client;
    if (person === staff) return;
    person = staff;
    whose.value = staff;
    loading ??= (async () => {
        const [kept, last] = await Promise.all([readDrafts(client), found("chosen:", isChosen)]);
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
        for (const draft of mine.value)
            if (isOthers(draft)) follow(draft);
            else if (draft.begun_ms !== 0 && !watched.has(draft.id)) void resume(client, draft);
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
    keepSoon(claimKey(id), undefined);
    change(id, (draft) => ({
        ...(draft.waited === true && isOtherTotal(refusal) ? takenThen(draft) : draft),
        begun_ms: 0,
        begun_by: undefined,
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
        const number = fate.done.number ?? "";
        keepSoon(claimKey(id), { id, by: page, at_ms: serverNow(), done: true, number } satisfies Claim);
        drop(id, number);
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

/* The draft becomes a command. Once: a second key finds it begun, in this page and in every other. */
export async function commit(id: string, submit: () => Pending, taken?: bigint): Promise<void> {
    const draft = all.value.find((each) => each.id === id);
    if (draft === undefined || draft.begun_ms !== 0) return;
    setRefusal(id, undefined);
    elsewhere.value = undefined;
    watched.add(id);
    setUnderway(id, { fate: { kind: "sending" } });
    const begun = { ...draft, begun_ms: serverNow(), begun_by: page, taken };
    show(begun);
    await living;
    dirty.set(draftKey(begun), begun);
    const changes = [...dirty];
    dirty.clear();
    const other = await claim<Claim>(claimKey(id), { id, by: page, at_ms: begun.begun_ms }, changes);
    if (other !== undefined) {
        const ours = other.by === page; /* of a try before, which the disk could not forget */
        for (const [key, what] of changes)
            if ((ours || key !== draftKey(begun)) && !dirty.has(key)) keepSoon(key, what);
        if (!ours) return isElsewhere(draft, other);
        await flush();
    }
    put(begun);
    const pending = submit();
    change(id, (each) => ({ ...each, sent: pending.id }));
    void flush();
    watch(id, pending);
}

/* Another page was faster. What it has told of the draft counts; else the draft is as that page took it. */
function isElsewhere(draft: Draft, other: Claim): void {
    const { id } = draft;
    watched.delete(id);
    setUnderway(id, undefined);
    elsewhere.value = { draft, done: other.done === true, number: other.number ?? "" };
    const now = all.value.find((each) => each.id === id);
    if (now === undefined) return;
    if (other.done === true) {
        all.value = all.value.filter((each) => each.id !== id);
        if (draft.pay === undefined && drafts.value.every((each) => each.begun_ms !== 0)) begin();
        return;
    }
    const theirs = isOthers(now) ? now : { ...draft, begun_ms: other.at_ms, begun_by: other.by };
    show(theirs);
    follow(theirs);
}

/* What a form without a draft sends, by what it was when it was shown: another page that shows the same sends it no more. */
export async function once<T extends object>(
    id: string,
    act: () => Promise<T | { refused: Refusal }>,
): Promise<T | { refused: Refusal } | "elsewhere"> {
    const ours: Claim = { id, by: page, at_ms: serverNow() };
    await living;
    const other = await claim(onceKey(id), ours, []);
    if (other !== undefined && (other.done === true || (await lives(other.by)))) return "elsewhere";
    const done = await act();
    await keep([[onceKey(id), "refused" in done ? undefined : { ...ours, done: true }]]);
    return done;
}

async function lives(of: string): Promise<boolean> {
    const { held = [] } = (await locks?.query()) ?? {};
    return held.some(({ name }) => name === lockOf(of));
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

/* After a reload: it is in the outbox still, or the ledger knows it, or it was never sent. */
async function resume(client: Client, draft: Draft): Promise<void> {
    watched.add(draft.id);
    if (draft.begun_by !== page) {
        await living;
        put({ ...draft, begun_by: page });
    }
    setUnderway(draft.id, { fate: { kind: "looking" } });
    await client.ready;
    const sent = draft.sent !== "" ? await client.idNow(draft.sent) : await unclaimed(client, draft);
    const pending = client.pending.value.find((each) => each.id === sent);
    if (pending !== undefined) {
        if (draft.sent !== sent) change(draft.id, (each) => ({ ...each, sent: pending.id }));
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

/*
 * A file on its way into the ledger, as this page knows it. The server keeps the file and the newest that was said of
 * it, so a page that comes later, or another one of the same person, finds the place again; what is half answered here
 * (columns, cells, words) goes along with each step.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../lib/api";
import { decode } from "../lib/codec";
import {
    ImportAction,
    ImportKind,
    RefusalCode,
    type ImportLooked,
    type ImportReport,
    type ImportResult,
    type ImportState,
    type Refusal,
} from "../lib/messages";

const PIECE = 64 * 1024,
    FILE_MAX = 64 * 1024 * 1024,
    BUSY_MS = 300,
    AGAIN_MS = 1000,
    REJECTS_MAX = 64 * 1024 * 1024;

export interface Edit {
    line: bigint;
    column: number;
    text: string;
}

/* What this person has said. */
export interface Said {
    kind: ImportKind | undefined;
    words: ReadonlyMap<string, string | undefined> /* as `tefter import` has them */;
    columns: readonly string[] /* a field for each column, "" for none; [] before it was looked at */;
    edits: readonly Edit[];
}
const NOTHING: Said = { kind: undefined, words: new Map(), columns: [], edits: [] };

export interface Sending {
    name: string;
    size: number;
    sent: number;
}

export type Trouble =
    | { kind: "too large" }
    | { kind: "empty" }
    | { kind: "other file" }
    | { kind: "changed" }
    | { kind: "refused"; why: Refusal };

export interface Importing {
    readonly state: ReadonlySignal<ImportState | undefined> /* undefined: not asked yet */;
    readonly report: ReadonlySignal<ImportReport | undefined> /* the newest */;
    readonly looked: ReadonlySignal<ImportLooked | undefined>;
    readonly tried: ReadonlySignal<ImportResult | undefined>;
    readonly said: ReadonlySignal<Said>;
    readonly sending: ReadonlySignal<Sending | undefined>;
    readonly trouble: ReadonlySignal<Trouble | undefined>;
    readonly pending: ReadonlySignal<boolean> /* a step was asked for, and is not begun */;
    start(): () => void;
    give(file: File): Promise<void>;
    put(change: Partial<Said>): void;
    word(name: string, value: string | undefined | null): void /* null: it is not said */;
    act(action: ImportAction): Promise<void>;
    stop(): Promise<void>;
    forget(): Promise<void>;
    rejects(): Promise<Blob | undefined>;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const passes = ({ code }: Refusal): boolean => code === RefusalCode.DEADLINE_PASSED || code === RefusalCode.BUSY;

export function makeImporting(client: Client): Importing {
    const state = signal<ImportState | undefined>(undefined);
    const report = signal<ImportReport | undefined>(undefined);
    const looked = signal<ImportLooked | undefined>(undefined);
    const tried = signal<ImportResult | undefined>(undefined);
    const said = signal<Said>(NOTHING);
    const sending = signal<Sending | undefined>(undefined);
    const trouble = signal<Trouble | undefined>(undefined);
    const pending = signal(false);
    let on = 0,
        wanted = 0 /* steps that were asked for here, */,
        settled = 0 /* and the newest that was begun */,
        begun = 0 /* of files that were given here: an older one's answers are not heard */,
        timer: ReturnType<typeof setTimeout> | undefined;

    function took(next: ImportState): void {
        const before = state.peek();
        if (
            before &&
            before.import === next.import &&
            before.revision === next.revision &&
            before.working === next.working
        )
            return;
        if (!before || before.import !== next.import) {
            looked.value = tried.value = report.value = undefined;
            said.value = NOTHING;
        }
        if (next.asked && said.peek() === NOTHING) said.value = saidOf(next.asked);
        const told = next.report && decode("ImportReport", next.report);
        if (told?.looked) {
            looked.value = told.looked;
            if (!next.working && wanted === settled) learn(told.looked);
        }
        if (told?.result && told.done && told.action === ImportAction.IMPORT_TRY) tried.value = told.result;
        report.value = told;
        state.value = next;
    }

    /* What the server guessed is what this person says, until they say otherwise. */
    function learn(from: ImportLooked): void {
        const now = said.peek();
        const words = new Map(now.words);
        if (from.header_line !== undefined && !words.has("skip")) words.set("skip", String(from.header_line - 1n));
        if (from.encoding !== undefined && !words.has("encoding")) words.set("encoding", from.encoding);
        said.value = { ...now, kind: from.kind, words, columns: from.columns.map((column) => column.field ?? "") };
    }

    function saidOf(packed: Uint8Array): Said {
        const what = decode("ImportDo", packed);
        return {
            kind: what.kind,
            words: new Map(what.settings.map(({ name, value }) => [name, value])),
            columns: what.columns.map((column) => column.field ?? ""),
            edits: what.edits,
        };
    }

    async function look(): Promise<void> {
        clearTimeout(timer);
        const asked = begun;
        const told = await client.call("import_look", {});
        if (asked !== begun) return;
        if ("answer" in told) took(told.answer);
        else if (!passes(told.refused)) trouble.value = { kind: "refused", why: told.refused };
        later();
    }

    /* While something goes on; another page of this person may have begun it. */
    function later(): void {
        clearTimeout(timer);
        if (on === 0) return;
        const now = state.peek();
        const busy = now?.working !== undefined || now?.waits_for !== undefined;
        timer = setTimeout(() => void look(), busy ? BUSY_MS : 4 * AGAIN_MS);
    }

    /* ---- the file ---- */

    async function digestOf(file: File): Promise<Uint8Array> {
        return new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    }

    async function open(file: File, digest: Uint8Array, mine: number): Promise<ImportState | undefined> {
        for (;;) {
            const told = await client.call("import_open", {
                name: file.name.slice(0, 60),
                size: BigInt(file.size),
                digest,
            });
            if (mine !== begun) return undefined;
            if ("answer" in told) return told.answer;
            if (!passes(told.refused)) {
                trouble.value = { kind: "refused", why: told.refused };
                return undefined;
            }
            if (told.refused.code === RefusalCode.BUSY) trouble.value = { kind: "refused", why: told.refused };
            await sleep(AGAIN_MS);
        }
    }

    async function give(file: File): Promise<void> {
        const mine = ++begun;
        trouble.value = undefined;
        if (file.size > FILE_MAX) return void (trouble.value = { kind: "too large" });
        if (file.size === 0) return void (trouble.value = { kind: "empty" });
        sending.value = { name: file.name, size: file.size, sent: 0 };
        const digest = await digestOf(file);
        let there = await open(file, digest, mine);
        while (there && mine === begun) {
            const from = Number(there.received ?? 0n);
            sending.value = { name: file.name, size: file.size, sent: from };
            if (from >= file.size) break;
            const data = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
            const told = await client.call("import_piece", { import: there.import, offset: BigInt(from), data });
            if (mine !== begun) return;
            if ("answer" in told) there = told.answer;
            else if (told.refused.code === RefusalCode.FIELD_INVALID && told.refused.field === "digest") {
                sending.value = undefined;
                trouble.value = { kind: "changed" };
                return;
            } else {
                await sleep(AGAIN_MS / 2);
                there = await open(file, digest, mine); /* where it stands, the server knows */
            }
        }
        if (mine !== begun) return;
        sending.value = undefined;
        if (!there) return;
        trouble.value = undefined;
        took(there);
        if (there.report === undefined && there.working === undefined) await act(ImportAction.IMPORT_LOOK);
        else later();
    }

    /* ---- steps ---- */

    async function act(action: ImportAction): Promise<void> {
        const now = state.peek();
        if (!now || now.import === 0n) return;
        const mine = ++wanted;
        pending.value = true;
        try {
            await begin(now, action, mine);
        } finally {
            if (mine === wanted) pending.value = false;
        }
    }

    async function begin(now: ImportState, action: ImportAction, mine: number): Promise<void> {
        while (state.peek()?.working !== undefined) {
            await sleep(BUSY_MS / 2); /* what goes on knows less than was said since */
            await look();
            if (mine !== wanted) return;
        }
        const { kind, words, columns, edits } = said.peek();
        for (;;) {
            const told = await client.call("import_do", {
                import: now.import,
                action,
                kind,
                settings: [...words].map(([name, value]) => ({ name, value })),
                columns: columns.map((field) => ({ field: field === "" ? undefined : field })),
                edits: [...edits],
            });
            if (state.peek()?.import !== now.import || mine !== wanted) return;
            if ("refused" in told) {
                if (!passes(told.refused)) return void (trouble.value = { kind: "refused", why: told.refused });
                await sleep(AGAIN_MS);
                continue;
            }
            trouble.value = undefined;
            settled = mine;
            took(told.answer);
            if (told.answer.waits_for === undefined) break;
            await sleep(AGAIN_MS); /* others are before us */
        }
        later();
    }

    async function plain(action: ImportAction): Promise<void> {
        const now = state.peek();
        if (!now || now.import === 0n) return;
        const told = await client.call("import_do", { import: now.import, action });
        if ("refused" in told) trouble.value = { kind: "refused", why: told.refused };
        await look();
    }

    return {
        state,
        report,
        looked,
        tried,
        said,
        sending,
        trouble,
        pending,
        start() {
            on++;
            void look();
            return () => {
                on--;
                if (on === 0) clearTimeout(timer);
            };
        },
        give,
        put(change) {
            said.value = { ...said.peek(), ...change };
        },
        word(name, value) {
            const words = new Map(said.peek().words);
            if (value === null) words.delete(name);
            else words.set(name, value);
            said.value = { ...said.peek(), words };
        },
        act,
        stop: () => plain(ImportAction.IMPORT_STOP),
        async forget() {
            begun++;
            sending.value = trouble.value = undefined;
            await plain(ImportAction.IMPORT_FORGET);
        },
        async rejects() {
            const now = state.peek();
            const parts: Uint8Array[] = [];
            let at = 0n;
            if (!now) return undefined;
            while (at < BigInt(REJECTS_MAX)) {
                const told = await client.call("import_rejects", { import: now.import, offset: at });
                if ("refused" in told) return undefined;
                if (told.answer.data.length === 0) break;
                parts.push(told.answer.data);
                at += BigInt(told.answer.data.length);
            }
            return new Blob(parts as BlobPart[], { type: "text/csv" });
        },
    };
}

/* Kinds in the order in which people have them, with the rights of each at the server. */
export const KINDS: readonly ImportKind[] = [
    ImportKind.KIND_CUSTOMERS_AND_BALANCES,
    ImportKind.KIND_CUSTOMERS,
    ImportKind.KIND_BALANCES,
    ImportKind.KIND_INVOICES,
    ImportKind.KIND_PAYMENTS,
    ImportKind.KIND_CREDIT_NOTES,
    ImportKind.KIND_PRODUCTS,
    ImportKind.KIND_PRICES,
    ImportKind.KIND_GROUPS,
];

/* Whose documents can be taken back. */
export const undoable = (kind: ImportKind | undefined): boolean =>
    kind !== undefined &&
    [
        ImportKind.KIND_CUSTOMERS_AND_BALANCES,
        ImportKind.KIND_BALANCES,
        ImportKind.KIND_INVOICES,
        ImportKind.KIND_PAYMENTS,
        ImportKind.KIND_CREDIT_NOTES,
    ].includes(kind);

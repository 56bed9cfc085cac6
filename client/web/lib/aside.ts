/*
 * What lies in this browser and cannot be read: a disk, a crash or another program damaged it. It is set aside as it is, so
 * that nothing stumbles over it again, and told to whoever is here, for it may be a sale that is in no book.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Aside } from "./api";
import type { Store } from "./store";

const ASIDE = "aside ",
    TEXT_MOST = 20_000;

export interface Asides {
    readonly all: ReadonlySignal<readonly Aside[]>;
    load(): Promise<void>;
    put(name: string, what: unknown): Promise<boolean>;
}

interface Kept {
    at_ms: number;
    what: unknown;
}

/* For people: whatever it is, as far as it is text or numbers. */
function textOf(what: unknown): string {
    const plain = (_: string, value: unknown): unknown =>
        typeof value === "bigint"
            ? String(value)
            : value instanceof Uint8Array
              ? Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")
              : value;
    try {
        return (JSON.stringify(what, plain, 1) ?? String(what)).slice(0, TEXT_MOST);
    } catch {
        return String(what);
    }
}

export function makeAsides(store: Store): Asides {
    const all = signal<readonly Aside[]>([]);

    function show(key: string, { at_ms, what }: Kept): void {
        const one: Aside = {
            key,
            at_ms,
            text: textOf(what),
            discard() {
                all.value = all.peek().filter((other) => other.key !== key);
                void store.remove("device", key).catch(() => undefined);
            },
        };
        all.value = [...all.peek().filter((other) => other.key !== key), one];
    }

    return {
        all,
        async load() {
            for (const [key, what] of await store.entries("device").catch(() => []))
                if (key.startsWith(ASIDE)) show(key, what as Kept);
        },
        async put(name, what) {
            const key = ASIDE + name,
                kept = { at_ms: Date.now(), what };
            const written = await store.put("device", key, kept, true).then(
                () => true,
                () => false,
            );
            show(key, kept);
            return written;
        },
    };
}

/* ---- is it what it should be? ---- */

type Kind = "string" | "number" | "bigint" | "boolean" | "object";

/* An object with these members of these kinds; "number?" may be missing. No number is NaN. */
export function has<T>(what: unknown, members: { readonly [K in keyof T]?: Kind | `${Kind}?` }): what is T {
    if (typeof what !== "object" || what === null) return false;
    return Object.entries(members as Record<string, string>).every(([name, kind]) => {
        const value = (what as Record<string, unknown>)[name];
        if (value === undefined) return kind.endsWith("?");
        return value !== null && typeof value === kind.replace("?", "") && !Number.isNaN(value);
    });
}

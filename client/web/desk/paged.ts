/*
 * A list that is longer than one answer, and lives. Pages come as somebody goes on; what is there stays in its order.
 *
 *  1 What changed is changed in place.
 *  2 What is new waits at the top and is counted while somebody is in the list; else it is put in.
 *  3 What is in it no more stays, struck through, until the list is let go.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { Refusal } from "../lib/messages";
import { keyOf } from "../board/asked";

export interface Page<Row> {
    rows: readonly Row[];
    next: Uint8Array | undefined;
}
export type AskPage<Row> = (page: Uint8Array | undefined) => Promise<Page<Row> | { refused: Refusal }>;

interface Listed<Row> {
    key: string;
    order: readonly string[];
    rows: ReadonlyMap<string, Row>;
    changed: ReadonlyMap<string, number>;
    fresh: readonly string[];
    gone: ReadonlySet<string>;
    next: Uint8Array | undefined;
    pages: number;
    refused: Refusal | undefined;
}

export interface Paged<Row> {
    rows: readonly Row[] | undefined /* undefined: none are there yet */;
    changed: (row: Row) => number;
    gone: (row: Row) => boolean;
    fresh: number /* new ones that wait */;
    left: number /* that are struck through */;
    release: () => void;
    more: (() => void) | undefined;
    refused: Refusal | undefined;
}

const EVERY_MS = 2000; /* between two looks at what changed */
const AGAIN_MOST = 10; /* pages of such a look */

function begun<Row>(key: string, refused?: Refusal): Listed<Row> {
    const none = { order: [], rows: new Map(), changed: new Map(), fresh: [], gone: new Set<string>() };
    return { key, ...none, next: undefined, pages: 0, refused };
}

/* With what was found of the first pages; `whole`: these are all that the list has loaded. */
export function merged<Row>(
    old: Listed<Row>,
    found: readonly Row[],
    whole: boolean,
    held: boolean,
    id: (row: Row) => string,
    now: number,
): Listed<Row> {
    const rows = new Map(old.rows);
    const changed = new Map(old.changed);
    const ids = found.map(id);
    const there = new Set(ids);
    const known = new Set(old.order);
    const fresh = ids.filter((each) => !known.has(each));
    for (const row of found) {
        const before = rows.get(id(row));
        if (before !== undefined && keyOf(before) !== keyOf(row)) changed.set(id(row), now);
        if (before === undefined || keyOf(before) !== keyOf(row)) rows.set(id(row), row);
    }
    /* Below the last one that was found nothing is known anew. */
    const last = whole ? old.order.length : Math.max(-1, ...ids.map((each) => old.order.indexOf(each)));
    const gone = new Set([
        ...old.order.filter((each, at) => at <= last && !there.has(each)),
        ...old.order.filter((each, at) => at > last && old.gone.has(each)),
    ]);
    if (held) return { ...old, rows, changed, fresh, gone, refused: undefined };
    for (const each of fresh) changed.set(each, now);
    const rest = old.order.filter((each, at) => at > last && !there.has(each));
    return { ...old, rows, changed, order: [...ids, ...rest], fresh: [], gone: new Set(), refused: undefined };
}

export function usePaged<Row>(
    client: Client,
    key: string | undefined,
    ask: AskPage<Row>,
    id: (row: Row) => string,
    held: boolean,
): Paged<Row> {
    const [listed, list] = useState<Listed<Row>>(() => begun(""));
    const state = useRef({ listed, held, key, flying: false, looked: 0, ask });
    Object.assign(state.current, { held, key, ask });
    const put = (next: Listed<Row>): void => {
        state.current.listed = next;
        list(next);
    };
    const live = client.line.value.kind === "live";
    const seq = client.seq.value;

    const append = async (from: Uint8Array | undefined): Promise<void> => {
        const mine = key;
        state.current.flying = true;
        const found = await state.current.ask(from);
        if (state.current.key !== mine || mine === undefined) return;
        state.current.flying = false;
        state.current.looked = performance.now();
        const old = state.current.listed.key === mine && from !== undefined ? state.current.listed : begun<Row>(mine);
        if ("refused" in found) {
            put({ ...old, refused: found.refused });
            return;
        }
        const rows = new Map(old.rows);
        for (const row of found.rows) rows.set(id(row), row);
        const order = [...old.order, ...found.rows.map(id).filter((each) => !old.rows.has(each))];
        put({ ...old, rows, order, next: found.next, pages: old.pages + 1, refused: undefined });
    };

    const look = async (): Promise<void> => {
        const mine = key;
        state.current.flying = true;
        const rows: Row[] = [];
        let page: Uint8Array | undefined;
        let pages = 0;
        const wanted = Math.min(AGAIN_MOST, Math.max(1, state.current.listed.pages));
        do {
            const found = await state.current.ask(page);
            if (state.current.key !== mine) return;
            if ("refused" in found) {
                state.current.flying = false;
                return;
            }
            rows.push(...found.rows);
            page = found.next;
        } while (++pages < wanted && page !== undefined);
        state.current.flying = false;
        state.current.looked = performance.now();
        const old = state.current.listed;
        if (old.key !== mine) return;
        const whole = page === undefined && old.next === undefined;
        put(merged(old, rows, whole, state.current.held, id, performance.now()));
    };

    useEffect(() => {
        state.current.flying = false; /* what was asked over a line that is lost is not answered */
        if (key === undefined || (state.current.listed.key === key && state.current.listed.refused === undefined))
            return;
        void append(undefined);
    }, [key, live]);
    useEffect(() => {
        if (key === undefined || !live) return undefined;
        const timer = setInterval(
            () => {
                if (state.current.flying || state.current.listed.key !== key) return;
                clearInterval(timer);
                void look();
            },
            Math.max(100, state.current.looked + EVERY_MS - performance.now()),
        );
        return () => clearInterval(timer);
    }, [key, seq, live, held, listed.refused]);

    const here = listed.key === key ? listed : undefined;
    return {
        rows: here === undefined ? undefined : here.order.flatMap((each) => here.rows.get(each) ?? []),
        changed: (row) => here?.changed.get(id(row)) ?? 0,
        gone: (row) => here?.gone.has(id(row)) ?? false,
        fresh: here?.fresh.length ?? 0,
        left: here?.gone.size ?? 0,
        release: () => {
            const now = state.current.listed;
            const order = [...now.fresh, ...now.order.filter((each) => !now.gone.has(each))];
            put({ ...now, order, fresh: [], gone: new Set() });
        },
        more:
            here?.next === undefined || here.refused !== undefined
                ? undefined
                : () => {
                      if (!state.current.flying) void append(state.current.listed.next);
                  },
        refused: here?.refused,
    };
}

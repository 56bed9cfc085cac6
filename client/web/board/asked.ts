/* Questions of a screen. The answer that is there stays until the next one is: nothing flickers, nothing jumps.
 * Asked again when what it is about changed, when the line is back, and never more often than `every`. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, Sent } from "../lib/api";
import type { Answer, Query, Refusal } from "../lib/messages";

type Kind = keyof Query & keyof Answer;
type Told<K extends Kind> = NonNullable<Answer[K]>;

export interface Asking<T> {
    answer: T | undefined /* of the first page */;
    pages: readonly T[];
    refused: Refusal | undefined;
    seq: bigint;
    at: number /* performance.now() of the answer */;
    asking: boolean;
    more: (() => void) | undefined /* there are more pages */;
}

export interface AskedOptions {
    again?: unknown /* asked again when it is another */;
    every?: number /* ms between two */;
    most?: number /* pages followed by themselves */;
}

const LONG_MS = 15_000; /* an answer that did not come by then does not come */
const NOTHING: Asking<never> = {
    answer: undefined,
    pages: [],
    refused: undefined,
    seq: 0n,
    at: 0,
    asking: true,
    more: undefined,
};

export function keyOf(query: unknown): string {
    return (
        JSON.stringify(query, (_, value) =>
            typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? Array.from(value) : value,
        ) ?? ""
    );
}

async function follow<K extends Kind>(client: Client, kind: K, query: object, most: number) {
    const pages: Told<K>[] = [];
    let seq = 0n;
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask(kind, { ...query, ...(page === undefined ? {} : { page }) } as Sent<
            NonNullable<Query[K]>
        >);
        if ("refused" in asked) return pages.length > 0 ? { pages, seq, next: page } : { refused: asked.refused };
        pages.push(asked.answer);
        seq = asked.seq;
        page = (asked.answer as { next?: Uint8Array }).next;
    } while (page !== undefined && pages.length < most);
    return { pages, seq, next: page };
}

export function useAsked<K extends Kind>(
    client: Client,
    kind: K,
    query: Sent<NonNullable<Query[K]>> | undefined,
    options: AskedOptions = {},
): Asking<Told<K>> {
    const { again, every = 1000, most = 1 } = options;
    const key = query === undefined ? undefined : keyOf(query);
    const live = client.line.value.kind === "live";
    const [told, tell] = useState<{ key: string | undefined; asking: Asking<Told<K>> }>({
        key: undefined,
        asking: NOTHING,
    });
    const [extra, setExtra] = useState<{ key: string | undefined; pages: number }>({ key: undefined, pages: 0 });
    const wanted = most + (extra.key === key ? extra.pages : 0);
    const asked = useRef({ at: -Infinity, key: "" as string | undefined, flying: false });
    const current = useRef({ key, wanted, stands: true });
    Object.assign(current.current, { key, wanted });
    useEffect(() => {
        current.current.stands = true;
        return () => {
            current.current.stands = false;
        };
    }, []);
    useEffect(() => {
        if (query === undefined || key === undefined) return;
        const begin = () => {
            Object.assign(asked.current, { at: performance.now(), key, flying: true });
            follow(client, kind, query as object, wanted).then(
                (found) => {
                    if (!current.current.stands || current.current.key !== key) return;
                    asked.current.flying = false;
                    tell((old) => {
                        if (!("refused" in found))
                            return {
                                key,
                                asking: {
                                    answer: found.pages[0],
                                    pages: found.pages,
                                    refused: undefined,
                                    seq: found.seq,
                                    at: performance.now(),
                                    asking: false,
                                    more:
                                        found.next === undefined
                                            ? undefined
                                            : () => setExtra({ key, pages: current.current.wanted }),
                                },
                            };
                        const kept = old.key === key ? old.asking : NOTHING;
                        return { key, asking: { ...kept, refused: found.refused, asking: false } };
                    });
                },
                () => {
                    asked.current.flying = false;
                },
            );
        };
        /* Another question is asked at once; the same one again waits its time, and for the answer that is on its way. */
        const same = asked.current.key === key;
        const left = same ? asked.current.at + every - performance.now() : 0;
        if (left <= 0 && !(same && asked.current.flying)) {
            begin();
            return;
        }
        const timer = setInterval(
            () => {
                if (asked.current.flying && performance.now() - asked.current.at < LONG_MS) return;
                clearInterval(timer);
                begin();
            },
            Math.max(50, left),
        );
        return () => clearInterval(timer);
    }, [client, kind, key, again, live, wanted]);
    return told.key === key && key !== undefined ? told.asking : NOTHING;
}

/* A region is painted at most four times a second, one whole set at a time: what comes in between is left out,
 * the newest is always shown in the end. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";

export const PACE_MS = 250;

export interface Paced<T> {
    shown: ReadonlySignal<T>;
    stop(): void;
}

export function pacedBy<T>(read: () => T, ms: number): Paced<T> {
    let painted = -Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let newest: T;
    const shown = signal(undefined as unknown as T);
    const paint = () => {
        timer = undefined;
        painted = performance.now();
        shown.value = newest;
    };
    const stop = effect(() => {
        newest = read();
        if (timer !== undefined) return;
        const left = painted + ms - performance.now();
        if (left <= 0) paint();
        else timer = setTimeout(paint, left);
    });
    return {
        shown,
        stop: () => {
            stop();
            clearTimeout(timer);
        },
    };
}

/* What `read` says of signals, at that pace. `read` is taken anew when one of `inputs` is another. */
export function usePaced<T>(read: () => T, inputs: readonly unknown[] = [], ms = PACE_MS): T {
    const paced = useMemo(() => pacedBy(read, ms), inputs);
    useEffect(() => paced.stop, [paced]);
    return paced.shown.value;
}

/* Paints again each `ms`, for what grows old by itself. */
export function useTick(ms: number): void {
    const [, tick] = useState(0);
    useEffect(() => {
        const timer = setInterval(() => {
            if (!document.hidden) tick((n) => n + 1);
        }, ms);
        return () => clearInterval(timer);
    }, [ms]);
}

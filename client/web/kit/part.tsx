/*
 * A part of the program that is fetched when somebody opens it, so that the first screen need not wait for all of them:
 *
 *     const office = part(() => import("./office"));
 *     view: ({ client }) => <Later part={office} client={client} view={({ Board }) => <Board client={client} />} />
 *
 * What is fetched stays. The shell fetches what a person may open as soon as there is nothing else to do (fetchParts): a
 * line that is lost later takes no screen away.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { ComponentChild, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { later } from "./later";
import { Button } from "./parts";
import { Region } from "./region";
import { say } from "./words";

export interface Part<T = unknown> {
    readonly here: ReadonlySignal<T | undefined>;
    /* False: it cannot be fetched now. */
    fetch(): Promise<boolean>;
}

/* `first`: it needs nothing of what everybody gets later. */
export function part<T>(load: () => Promise<T>, first = false): Part<T> {
    const here = signal<T | undefined>(undefined);
    let under: Promise<boolean> | undefined;
    const fetch = async (): Promise<boolean> => {
        try {
            if (here.peek() === undefined) [here.value] = await Promise.all([load(), first ? undefined : later()]);
            return true;
        } catch {
            return false;
        } finally {
            under = undefined;
        }
    };
    return { here, fetch: () => (under ??= fetch()) };
}

interface LaterProps<T> {
    part: Part<T>;
    client: Client;
    view: (loaded: T) => ComponentChild;
}

export function Later<T>({ part: { here, fetch }, client, view }: LaterProps<T>): JSX.Element {
    const [failed, setFailed] = useState(0);
    const up = client.line.value.kind === "live";
    const again = (): void => void fetch().then((good) => setFailed((count) => (good ? 0 : count + 1)));
    useEffect(() => {
        if (here.peek() === undefined) again();
    }, [here, up]);
    const loaded = here.value;
    if (loaded !== undefined) return <>{view(loaded)}</>;
    if (failed === 0)
        return (
            <div class="screen">
                <Region state={{ kind: "loading" }} />
            </div>
        );
    /* With the line up a server that has it no more is a newer one. */
    const newer = up && failed > 1;
    return (
        <div class="screen">
            <Region
                state={{
                    kind: "fault",
                    text: say("This screen cannot be fetched from the server now."),
                    step: newer ? (
                        <Button onClick={() => location.reload()}>{say("Load the page again")}</Button>
                    ) : (
                        <Button onClick={again}>{say("Try again")}</Button>
                    ),
                }}
            />
        </div>
    );
}

const QUIET_MS = 3000;

/* One after the other, while there is nothing else to do. Until what it gives back is called. */
export function fetchParts(parts: readonly (Part | undefined)[]): () => void {
    const waiting = [...new Set(parts)].filter((each) => each !== undefined && each.here.peek() === undefined);
    let ended = false;
    const next = async (): Promise<void> => {
        const first = waiting.shift();
        if (ended || first === undefined) return;
        await first.fetch();
        later();
    };
    const later = (): void => {
        if (typeof requestIdleCallback === "function") requestIdleCallback(() => void next(), { timeout: QUIET_MS });
        else setTimeout(() => void next(), QUIET_MS);
    };
    const timer = setTimeout(later, QUIET_MS);
    return () => {
        ended = true;
        clearTimeout(timer);
    };
}

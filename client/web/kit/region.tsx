/* What a region shows when it has no figures: one sentence, and a next step. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { whole } from "./format";
import { classes } from "./parts";
import { say } from "./words";

export type RegionState =
    | { kind: "here" }
    | { kind: "empty"; text: ComponentChildren; step?: ComponentChildren }
    | { kind: "nothing"; text: ComponentChildren; step?: ComponentChildren } /* empty by filter */
    | { kind: "loading"; have?: number; all?: number }
    | {
          kind: "refused";
          head: ComponentChildren;
          text?: ComponentChildren;
          ways?: ComponentChildren;
          rule?: ComponentChildren;
      }
    | { kind: "not-allowed"; text: ComponentChildren; step?: ComponentChildren }
    | { kind: "conflict"; text: ComponentChildren; step?: ComponentChildren }
    | { kind: "fault"; text: ComponentChildren; step?: ComponentChildren; number?: string };

export interface RegionProps {
    state: RegionState;
    rows?: number /* height of what comes, in rows, while it loads */;
    stale?: boolean /* figures of before, until the new set is whole */;
    children?: ComponentChildren;
    class?: string;
}

export function Region({ state, rows = 3, stale, children, class: more }: RegionProps): JSX.Element {
    if (state.kind === "here") return <div class={classes(stale && "dimmed", more)}>{children}</div>;
    if (state.kind === "loading")
        return (
            <div class={more} aria-busy="true">
                <Bones rows={rows} have={state.have} all={state.all} />
            </div>
        );
    const alert = state.kind === "refused" || state.kind === "fault" || state.kind === "conflict";
    return (
        <div class={more}>
            <div class={classes("region-note", state.kind)} role={alert ? "alert" : undefined}>
                {state.kind === "refused" && (
                    <b>
                        <span class="sign" aria-hidden="true">
                            ▲
                        </span>
                        {state.head}
                    </b>
                )}
                {state.text !== undefined && <div>{state.text}</div>}
                {state.kind === "refused" ? state.ways : state.step}
                {state.kind === "refused" && state.rule !== undefined && <div class="small">{state.rule}</div>}
                {state.kind === "fault" && state.number !== undefined && <div class="small">({state.number})</div>}
            </div>
            {alert && children}
        </div>
    );
}

/* Bars of the final height after 150 ms; after 5 s how far it is. */
export function Bones({ rows, have, all }: { rows: number; have?: number; all?: number }): JSX.Element {
    const [phase, setPhase] = useState(0);
    useEffect(() => {
        const timers = [setTimeout(() => setPhase(1), 150), setTimeout(() => setPhase(2), 5000)];
        return () => timers.forEach(clearTimeout);
    }, []);
    return (
        <div style={{ minHeight: `calc(${rows} * var(--row))` }}>
            {phase === 2 && (
                <div class="region-note small" role="status">
                    {all === undefined
                        ? say("Still fetching")
                        : say("Still fetching, {have} of {all}", { have: whole(have ?? 0), all: whole(all) })}
                </div>
            )}
            {phase > 0 &&
                Array.from({ length: rows }, (_, at) => (
                    <span key={at} class="bones" style={{ width: `${88 - ((at * 17) % 40)}%` }} />
                ))}
        </div>
    );
}

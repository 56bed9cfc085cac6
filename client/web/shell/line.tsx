/* The line's state: one mark with a word, top right on every screen; a band below it while the line is lost. */
import type { JSX } from "preact";
import {
    Button,
    clock,
    digits,
    Dot,
    everySecond,
    Figure,
    lasting,
    lastingExactly,
    moment,
    notKept,
    serverNow,
    whole,
} from "../kit";
import { say, sayMany } from "../kit/words";
import type { Client, Line } from "../lib/api";
import { newerPage } from "./version";

/* How long nothing was heard, by this page's clock. */
export function silence(line: Line): number {
    return performance.now() - ("heard" in line && line.heard > 0 ? line.heard : line.since);
}

export function lineWords(client: Client): string {
    const line = client.line.value;
    switch (line.kind) {
        case "connecting":
            return client.seq.value > 0n ? say("Fetching all figures again") : say("Connecting");
        case "live":
            return say("Live");
        case "catching-up":
            return say("Catching up");
        case "stale":
            return say("{age} old", { age: lasting(silence(line)) });
        case "lost":
            return say("NOT CONNECTED");
        case "ended":
            return say("Not connected any more");
    }
}

export function LineMark({ client }: { client: Client }): JSX.Element {
    everySecond();
    const line = client.line.value;
    const sign =
        line.kind === "live" ? "live" : line.kind === "connecting" || line.kind === "catching-up" ? "way" : "lost";
    return (
        <span class={`line-mark ${line.kind}`} data-line={line.kind}>
            <span class="line-sign">
                <Dot of={sign} />
            </span>
            <b class="line-word">{lineWords(client)}</b>
            {line.kind === "live" && (
                <span class="line-exact">
                    {say("exact at")} <Figure text={whole(client.seq.value)} /> ·
                </span>
            )}
            {line.kind === "live" && <Figure class="line-clock" text={clock(serverNow())} />}
            {line.kind === "catching-up" && <span>{say("{count} behind", { count: whole(line.behind) })}</span>}
            {line.kind === "lost" && <Figure text={lastingExactly(silence(line))} />}
        </span>
    );
}

const figuresOf = (at: string): JSX.Element => (
    <>
        {say("figures of")} <Figure text={digits(at)} />
    </>
);

/* What works now and what waits; only while nothing is heard. */
export function LostBand({ client }: { client: Client }): JSX.Element | null {
    const line = client.line.value;
    if (line.kind !== "lost") return null;
    const me = client.me.value?.staff;
    const mine = client.pending.value.filter(
        (each) =>
            each.staff === me && !each.foreign && ["waiting", "asking again", "sending"].includes(each.fate.value.kind),
    );
    const lost = mine.filter((each) => !each.kept.value).length;
    const kept = mine.length;
    const remembered = client.remembered_ms.value;
    const at = "heard" in line && line.heard > 0 ? clock(serverNow() - silence(line), false) : undefined;
    return (
        <div class="lost-band" role="status">
            <span>
                <b>{say("Works now")}</b> {say("cash sales · taking money · writing · the figures of before")}
            </span>
            <span>
                <b>{say("Waits")}</b> {say("credit · approvals · matching")}
            </span>
            <span class="lost-end">
                {lost > 0 ? (
                    <b class="over">{notKept(lost)}</b>
                ) : kept > 0 ? (
                    sayMany("{count} kept here, sends by itself", "{count} kept here, send by themselves", kept, {
                        count: whole(kept),
                    })
                ) : at !== undefined ? (
                    figuresOf(at)
                ) : (
                    remembered !== undefined && (
                        <>
                            {say("prices of")} <Figure text={digits(moment(remembered))} />
                        </>
                    )
                )}
            </span>
        </div>
    );
}

/* Never by itself: what is half typed stays until somebody wants the newer one. */
export function NewerBand(): JSX.Element | null {
    if (!newerPage.value) return null;
    return (
        <div class="newer-band" role="status">
            <span>{say("A newer page is here.")}</span>
            <Button plain onClick={() => location.reload()}>
                {say("Load it")}
            </Button>
        </div>
    );
}

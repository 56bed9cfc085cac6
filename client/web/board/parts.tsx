/* Small things that every screen of the board is made of. */
import { useRef } from "preact/hooks";
import type { Client } from "../lib/api";
import type { Refusal } from "../lib/messages";
import { Bones, clock, Countdown, left, serverNow, useMark } from "../kit";
import { refusalText } from "../kit/refusal";
import { isolated, language, say } from "../kit/words";

export const customerHref = (customer: number): string => `#/customers/${customer}`;
export const documentHref = (document: bigint): string => `#/documents/${document}`;
export const approvalHref = (approval: bigint): string => `#/approvals/${approval}`;

/* What is there of them, one after the other: "Minh · Thủ Đức". Each keeps its own order. */
export function joined(parts: readonly (string | undefined)[], between = " · "): string {
    return parts.flatMap((part) => (part === undefined || part === "" ? [] : isolated(part))).join(between);
}

/* Their code, where it is not their name as well. */
export const codeBeside = ({ code, name }: { code: string; name: { value?: string } }): string | undefined =>
    name.value === undefined || name.value.toLowerCase() === code.toLowerCase() ? undefined : code;

/* A word of a list, as it stands at the beginning of a title. */
export function begun(text: string): string {
    return text.charAt(0).toLocaleUpperCase(language.value) + text.slice(1);
}

/* ---- pieces ---- */

/* When `value` was last another than the one before (performance.now(), 0: never). The first one is no news. */
export function useNews(value: unknown): number {
    const seen = useRef({ value, at: 0 });
    const { current } = seen;
    if (current.value !== value && current.value !== undefined) current.at = performance.now();
    current.value = value;
    return current.at;
}

export function useNewsMark(value: unknown): ReturnType<typeof useMark> {
    return useMark(useNews(value));
}

/* What is not live says of when its figures are. */
export function Age({ client }: { client: Client }) {
    const line = client.line.value;
    if (line.kind !== "lost" && line.kind !== "stale") return null;
    return (
        <span class="late nowrap small">
            {say("at {time}", { time: clock(client.clock() - (performance.now() - line.heard)) })}
        </span>
    );
}

/* "4:12 left"; `words`: "expires in 4:12". */
export function TimeLeft({ until, words }: { until: bigint; words?: boolean }) {
    if (Number(until) <= serverNow()) return <span class="late nowrap small">{say("expired")}</span>;
    if (!words) return <Countdown until={until} />;
    return <span class="late nowrap small">{say("expires in {time}", { time: left(until) })}</span>;
}

/* Until the answer is there: bars of its height, or why there is none. */
export function NotYet({ client, refused, rows }: { client: Client; refused: Refusal | undefined; rows: number }) {
    return refused === undefined ? (
        <Bones rows={rows} />
    ) : (
        <p class="region-note" role="alert">
            {refusalText(refused, client)}
        </p>
    );
}

/* Axis text: the unit stands beside the title. */
export function scaleOf(most: number): { by: number; word: string } {
    if (most >= 2_000_000) return { by: 1_000_000, word: say("million") };
    if (most >= 20_000) return { by: 1000, word: say("thousand") };
    return { by: 1, word: "" };
}

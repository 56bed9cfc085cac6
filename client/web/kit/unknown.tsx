/* What of an address narrows nothing: an address may be old, or typed. It is said, and can be taken away. */
import type { JSX } from "preact";
import { Button } from "./parts";
import { Sign } from "./money";
import { say } from "./words";

const SHOWN_MOST = 40; /* letters of each */

export function Unknown({ parts, onAway }: { parts: readonly string[]; onAway: () => void }): JSX.Element | null {
    if (parts.length === 0) return null;
    const shown = parts.map((part) => (part.length > SHOWN_MOST ? `${part.slice(0, SHOWN_MOST)}…` : part)).join(", ");
    return (
        <p class="panel unknown no-print" role="status">
            <span class="grow">
                <Sign of="▲" /> {say("The address says something that is not known here, and it narrows nothing:")}{" "}
                <bdi class="strong">{shown}</bdi>
            </span>
            <Button small onClick={onAway}>
                {say("Take it away")}
            </Button>
        </p>
    );
}

/* What waits here to be sent. */
import type { JSX } from "preact";
import { clock, notKept, whole } from "../kit/format";
import { Money, Name } from "../kit/money";
import { classes } from "../kit/parts";
import { say, sayMany } from "../kit/words";
import * as drafts from "./drafts";

export function Kept(): JSX.Element | null {
    const waiting = drafts.drafts.value.filter(
        (each) =>
            each.begun_ms !== 0 &&
            ["waiting", "asking again", "looking"].includes(drafts.underway.value.get(each.id)?.fate.kind ?? ""),
    );
    if (waiting.length === 0) return null;
    const lost = waiting.filter((each) => drafts.underway.value.get(each.id)?.lost === true).length;
    return (
        <section class="panel kept" aria-label={say("Kept here")}>
            <p class="row">
                <b class={classes("grow", lost > 0 && "over")}>
                    {lost > 0 ? notKept(lost) : say("Kept here, sends by itself")}
                </b>
                <span class="small ink-2">{whole(waiting.length)}</span>
            </p>
            <ul>
                {waiting.map((each) => (
                    <li key={each.id} class="row small">
                        <span class="ink-2">{clock(each.begun_ms)}</span>
                        <span class="grow cut">
                            {each.customer !== 0 ? <Name>{each.customer_name}</Name> : say("Cash sale")} ·{" "}
                            {sayMany("{count} item", "{count} items", each.lines.length, {
                                count: whole(each.lines.length),
                            })}
                        </span>
                        <span>{each.total !== undefined && <Money minor={each.total} />}</span>
                    </li>
                ))}
            </ul>
            <p class="small ink-2">{say("Each counts once, however often it is sent.")}</p>
        </section>
    );
}

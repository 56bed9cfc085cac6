/* What is unusual, all of it, each leading to its paper or customer. */
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import { Bones, Button, Head } from "../kit";
import { say } from "../kit/words";

import { useDecisions } from "./totals";
import { quiet, UnusualRow, useUnusual } from "./unusual";

export function Alarms({ client }: { client: Client }): ComponentChild {
    const decisions = useDecisions(client);
    const { items, whole, more } = useUnusual(client, decisions, 100);
    return (
        <section class="panel alarms" aria-label={say("Unusual")}>
            <Head title={say("Unusual")} />
            <p class="section small ink-2">
                {say("Limits passed, papers dated back or reversed, big discounts, tills that differ, devices.")}
            </p>
            {!whole ? (
                <Bones rows={6} />
            ) : items.length === 0 ? (
                <p class="region-note">{quiet()}</p>
            ) : (
                <ul class="odds full">
                    {items.map((item) => (
                        <UnusualRow key={item.key} item={item} full />
                    ))}
                </ul>
            )}
            {more !== undefined && (
                <p class="section">
                    <Button onClick={more}>{say("Earlier")}</Button>
                </p>
            )}
        </section>
    );
}

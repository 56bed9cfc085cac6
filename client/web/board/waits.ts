/* How many sales wait for this person's decision: in the rail and the page's title, whatever screen is looked at. */
import { effect } from "@preact/signals";
import type { Client } from "../lib/api";
import { Right } from "../lib/messages";
import { everySecond, setWaits } from "../kit";
import { waitingOf } from "./waiting";

/* Until what it gives back is called. */
export function watchWaits(client: Client): () => void {
    if (!client.may(Right.RIGHT_APPROVE)) {
        setWaits(0);
        return () => undefined;
    }
    const replica = client.approvals();
    const stop = effect(() => {
        everySecond();
        setWaits(waitingOf(replica.rows.value, client.clock()).length);
    });
    return () => {
        stop();
        replica.close();
        setWaits(0);
    };
}

/* What another person gave at this device and the ledger has not booked yet, and what nobody can read any more: seldom there is
 * any, so what it looks like is fetched when there is. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { part } from "../kit/part";
import type { Client, Pending } from "../lib/api";

export interface Left {
    login: string;
    foreign: boolean;
    items: readonly Pending[];
}

/* By person, the oldest first; of whoever is logged in only what is sent no more. */
export function leftHere(client: Client): Left[] {
    const me = client.me.value?.staff;
    const left = new Map<string, { login: string; foreign: boolean; items: Pending[] }>();
    for (const item of client.pending.value) {
        const { login, staff, foreign } = item;
        if (staff === me && !foreign) continue;
        const key = `${staff} ${foreign}`;
        const known = left.get(key);
        if (known !== undefined) known.items.push(item);
        else left.set(key, { login, foreign, items: [item] });
    }
    return [...left.values()];
}

const told = part(() => import("./lefthere"));

function useTold(client: Client, some: boolean): typeof import("./lefthere") | undefined {
    const up = client.line.value.kind === "live";
    useEffect(() => {
        if (some) void told.fetch();
    }, [some, up]);
    return some ? told.here.value : undefined;
}

/* `onPerson`: where they log in. */
export function LeftHere(props: { client: Client; onPerson: (login: string) => void }): JSX.Element | null {
    const here = useTold(props.client, leftHere(props.client).length > 0);
    return here === undefined ? null : <here.LeftHere {...props} />;
}

export function AsideHere({ client }: { client: Client }): JSX.Element | null {
    const here = useTold(client, client.aside.value.length > 0);
    return here === undefined ? null : <here.Asides client={client} />;
}

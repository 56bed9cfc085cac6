/* What of the shell is fetched when it is wanted. */
import type { JSX } from "preact";
import { Later, part } from "../kit/part";
import type { Client } from "../lib/api";

export type House = typeof import("./house");
export const house = part<House>(() => import("./house"));

export function Founding(props: { client: Client; secret: string | undefined; onEnd: () => void }): JSX.Element {
    return (
        <Later<House> part={house} client={props.client} view={({ FoundingScreen }) => <FoundingScreen {...props} />} />
    );
}

/* What the shell knows of a screen. A screen is one folder or file of its own; shell/screens.ts lists them. */
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import type { Part } from "./part";

export interface Screen {
    id: string /* first part of the address: #/sale */;
    title(): string /* in the reader's language */;
    key: string /* g, then this letter */;
    icon: string /* path data of a 20 × 20 stroke icon */;
    may(client: Client): boolean /* else it is absent */;
    hidden?: boolean | ((client: Client) => boolean) /* an address alone: not in rail, tab bar and "More",
        and without a key */;
    found?: boolean /* hidden, and found by its title all the same */;
    part?: Part /* what has to be fetched for it */;
    view(props: { client: Client; at: readonly string[] }): ComponentChild;
    /* `at`: the parts of the address behind the id */
}

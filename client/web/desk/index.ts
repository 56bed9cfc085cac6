/* Where the owner sets the shop up: first steps, small forms, proposed limits. */
import { h, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Right } from "../lib/messages";
import type { Client } from "../lib/api";
import { icons, type Screen } from "../kit";
import { Later, part } from "../kit/part";
import { say } from "../kit/words";
import "./desk.css";

type Setup = typeof import("./setup");
const setup = part<Setup>(() => import("./setup"));

type Office = typeof import("./office");
const office = part<Office>(() => import("./office"));

type Importing = typeof import("./import");
const importing = part<Importing>(() => import("./import"));

const IMPORT_RIGHTS = [Right.RIGHT_BACKFILL, Right.RIGHT_EDIT_CATALOGUE, Right.RIGHT_EDIT_GROUPS];

export const screens: readonly Screen[] = [
    {
        id: "limits",
        title: () => say("Limits from today's debts"),
        key: "",
        hidden: true,
        found: true,
        icon: "M3 17h14M5 13V9M10 13V5M15 13V7",
        may: (client) => client.may(Right.RIGHT_SET_LIMIT),
        part: setup,
        view: ({ client }) => h(Later<Setup>, { part: setup, client, view: ({ Limits }) => h(Limits, { client }) }),
    },
    {
        id: "places",
        title: () => say("Branches, tills and accounts"),
        key: "",
        hidden: true,
        found: true,
        icon: "M3 17h14M4 14h12M4 7l6-4 6 4M6 8v5M10 8v5M14 8v5",
        may: (client) => client.may(Right.RIGHT_EDIT_BRANCHES),
        part: setup,
        view: ({ client }) => h(Later<Setup>, { part: setup, client, view: ({ Places }) => h(Places, { client }) }),
    },
    {
        id: "catalogue",
        title: () => say("Catalogue"),
        key: "k",
        icon: "M3 6l7-3.5L17 6v8l-7 3.500L3 14zM3 6l7 3.500L17 6M10 9.500v8",
        may: (client) => client.may(Right.RIGHT_EDIT_CATALOGUE) && client.knows("Query", "master_changes"),
        part: office,
        view: ({ client, at }) =>
            h(Later<Office>, { part: office, client, view: ({ Catalogue }) => h(Catalogue, { client, at }) }),
    },
    {
        id: "prices",
        title: () => say("Price lists"),
        key: "",
        hidden: true,
        found: true,
        icon: icons.file,
        may: (client) => client.may(Right.RIGHT_EDIT_CATALOGUE) && client.knows("Query", "master_changes"),
        part: office,
        view: ({ client, at }) =>
            h(Later<Office>, { part: office, client, view: ({ PriceLists }) => h(PriceLists, { client, at }) }),
    },
    {
        id: "policy",
        title: () => say("Credit policy"),
        key: "",
        hidden: true,
        found: true,
        icon: icons.settings,
        may: (client) => client.may(Right.RIGHT_SET_LIMIT) && client.knows("Query", "rehearse"),
        part: office,
        view: ({ client }) => h(Later<Office>, { part: office, client, view: ({ Policy }) => h(Policy, { client }) }),
    },
    {
        id: "import",
        title: () => say("Import"),
        key: "i",
        icon: icons.file,
        may: (client) =>
            IMPORT_RIGHTS.some((right) => client.may(right)) && client.knows("FromTerminal", "import_open"),
        part: importing,
        view: ({ client }) =>
            h(Later<Importing>, {
                part: importing,
                client,
                view: ({ Import }) => h("div", { class: "screen" }, h(Import, { client })),
            }),
    },
];

/* Of a practice ledger; there is none of it elsewhere. */
export function PracticeBand({ client }: { client: Client }): JSX.Element | null {
    const practice = client.welcome.value?.practice === true;
    const loaded = setup.here.value;
    useEffect(() => {
        if (practice) void setup.fetch();
    }, [practice]);
    return practice && loaded !== undefined ? h(loaded.PracticeBand, { client }) : null;
}

/* Where the owner sets the shop up, and the office works: first steps, small forms, proposed limits; lists, matching. */
import { h, type ComponentChild, type JSX } from "preact";
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

type Lists = typeof import("./lists");
const lists = part<Lists>(() => import("./lists"));
type Matching = typeof import("./match");
const matching = part<Matching>(() => import("./match"));

/* A list fills what is under the head and scrolls in itself. */
const list = (client: Client, view: (lists: Lists) => ComponentChild): ComponentChild =>
    h(Later<Lists>, { part: lists, client, view: (loaded) => h("div", { class: "screen fixed" }, view(loaded)) });
const atOffice = (client: Client): boolean => client.may(Right.RIGHT_SEE_ALARMS);

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
        id: "matching",
        title: () => say("Matching"),
        key: "m",
        icon: "M3 5.500h5M3 10h5M3 14.500h5M11 10l2.500 2.500 4-5.500",
        may: (client) => atOffice(client) && client.may(Right.RIGHT_MATCH),
        part: matching,
        view: ({ client, at }) =>
            h(Later<Matching>, {
                part: matching,
                client,
                view: ({ Matching: View }) => h("div", { class: "screen fixed" }, h(View, { client, at })),
            }),
    },
    {
        id: "money",
        title: () => say("Money"),
        key: "y",
        icon: "M3 6c0-1.400 3.100-2.500 7-2.500s7 1.100 7 2.500-3.100 2.500-7 2.500S3 7.400 3 6zM3 6v8c0 1.400 3.100 2.500 7 2.500s7-1.100 7-2.500V6M3 10c0 1.400 3.100 2.500 7 2.500s7-1.100 7-2.500",
        may: atOffice,
        part: lists,
        view: ({ client, at }) => list(client, ({ MoneyScreen }) => h(MoneyScreen, { client, at })),
    },
    {
        id: "tills",
        title: () => say("Tills of all branches"),
        key: "",
        hidden: true,
        icon: icons.till,
        may: atOffice,
        part: lists,
        view: ({ client, at }) => list(client, ({ Tills }) => h(Tills, { client, at })),
    },
    {
        id: "books",
        title: () => say("Trial balance"),
        key: "",
        hidden: true,
        icon: icons.papers,
        may: (client) => client.may(Right.RIGHT_SEE_TRIAL_BALANCE),
        part: lists,
        view: ({ client, at }) => list(client, ({ Books }) => h(Books, { client, at })),
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

/* Behind the address of documents, where it names none of them. */
export const documentList = (client: Client, at: readonly string[]): ComponentChild =>
    list(client, ({ Documents }) => h(Documents, { client, at }));
export { atOffice };

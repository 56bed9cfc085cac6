/* Reports of what stands, own reports, the audit log, and erasing a person. */
import { h, type ComponentChild } from "preact";
import { Right } from "../lib/messages";
import type { Client } from "../lib/api";
import type { Screen } from "../kit";
import { Later, part } from "../kit/part";
import { say } from "../kit/words";

type Reporting = typeof import("./reporting");
const reporting = part<Reporting>(() => import("./reporting"));

const screen = (client: Client, view: (loaded: Reporting) => ComponentChild): ComponentChild =>
    h(Later<Reporting>, { part: reporting, client, view: (loaded) => h("div", { class: "screen" }, view(loaded)) });

/* Those that this person may open, to be found by their names. */
export function reportsToFind(client: Client): readonly { id: string; title: string; href: string }[] {
    if (screens[0]?.may(client) !== true) return [];
    const named = [
        { id: "day", title: say("Summary of a day") },
        { id: "aging", title: say("Age of debts on a day") },
        { id: "unusual", title: say("What is unusual") },
    ];
    return [
        ...named.map((each) => ({ ...each, href: `#/reports/${each.id}` })),
        ...(client.may(Right.RIGHT_SEE_AUDIT) ? [{ id: "audit", title: say("Audit log"), href: "#/audit" }] : []),
    ];
}

export const screens: readonly Screen[] = [
    {
        id: "reports",
        title: () => say("Reports"),
        key: "r",
        icon: "M4 2.500h12v15H4zM7 14V9.500M10 14V6.500M13 14v-3",
        may: (client) => client.may(Right.RIGHT_SEE_ALARMS) && client.knows("Query", "report"),
        part: reporting,
        view: ({ client, at }) => screen(client, ({ Reports }) => h(Reports, { client, at })),
    },
    {
        id: "audit",
        title: () => say("Audit log"),
        key: "",
        hidden: true,
        icon: "M10 2.500l6 2.500v4.500c0 4-2.500 6.500-6 8-3.500-1.500-6-4-6-8V5zM7.500 10l2 2 3.500-4",
        may: (client) => client.may(Right.RIGHT_SEE_AUDIT),
        part: reporting,
        view: ({ client }) => screen(client, ({ Audit }) => h(Audit, { client })),
    },
    {
        id: "erase",
        title: () => say("Erase a person"),
        key: "",
        hidden: true,
        icon: "M6 6h8l-.700 11H6.700zM4 6h12M8 6V3.500h4V6",
        may: (client) => client.may(Right.RIGHT_EDIT_STAFF) && client.knows("Command", "erase_customer"),
        part: reporting,
        view: ({ client, at }) => screen(client, ({ Erase }) => h(Erase, { client, at })),
    },
];

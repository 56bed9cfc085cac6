/* All screens, in the order of the rail. Phones show the first four that this person may see, the others behind
 * More. */
import { screens as board } from "../board";
import { screens as counter } from "../counter";
import { h } from "preact";
import { screens as desk } from "../desk";
import { icons, Later, type Screen } from "../kit";
import { screens as report } from "../report";
import { say } from "../kit/words";
import type { Client } from "../lib/api";
import { Right } from "../lib/messages";
import { house, type House } from "./parts";

const own: readonly Screen[] = [
    {
        id: "people",
        title: () => say("Devices and staff"),
        key: "d",
        icon: icons.people,
        part: house,
        view: ({ client }) => h(Later<House>, { part: house, client, view: ({ People }) => h(People, { client }) }),
        may: (client) => client.may(Right.RIGHT_EDIT_TERMINALS) || client.may(Right.RIGHT_EDIT_STAFF),
    },
    {
        id: "recovery",
        title: () => say("Recovery code"),
        key: "",
        hidden: true,
        icon: icons.settings,
        part: house,
        view: ({ client }) =>
            h(Later<House>, { part: house, client, view: ({ RecoveryScreen }) => h(RecoveryScreen, { client }) }),
        may: (client) => client.may(Right.RIGHT_EDIT_STAFF),
    },
    {
        id: "settings",
        title: () => say("Settings"),
        key: ",",
        icon: icons.settings,
        part: house,
        view: ({ client }) => h(Later<House>, { part: house, client, view: ({ Settings }) => h(Settings, { client }) }),
        may: () => true,
    },
];

const order = [
    "board",
    "sale",
    "payment",
    "customers",
    "calls",
    "approvals",
    "papers",
    "day",
    "documents",
    "matching",
    "money",
    "alarms",
    "reports",
    "catalogue",
    "import",
];
const place = (screen: Screen): number => (order.indexOf(screen.id) + order.length + 1) % (order.length + 1);

export const screens: readonly Screen[] = [
    ...[...board, ...counter, ...desk, ...report].sort((a, b) => place(a) - place(b)),
    ...own,
];

/* That this person may open. */
export function screensOf(client: Client): Screen[] {
    return screens.filter((screen) => screen.may(client));
}

/* Of these, what the rail lists. */
export function listed(client: Client, all: readonly Screen[]): Screen[] {
    return all.filter(({ hidden }) => (typeof hidden === "function" ? !hidden(client) : hidden !== true));
}

const managers = ["board", "approvals", "customers", "sale"];

/* The order of a phone: who sees the board is asked first whether anything waits for them. */
export function onPhone(list: readonly Screen[]): readonly Screen[] {
    if (!list.some((screen) => screen.id === "board")) return list;
    const first = managers.flatMap((id) => list.filter((screen) => screen.id === id));
    return [...first, ...list.filter((screen) => !first.includes(screen))];
}

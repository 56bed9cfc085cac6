/* The screens of managers and of the office. */
import { h, type ComponentChild } from "preact";
import { Right } from "../lib/messages";
import type { Client } from "../lib/api";
import type { Screen } from "../kit";
import { Later, part } from "../kit/part";
import { say } from "../kit/words";
import { atOffice, documentList } from "../desk";

export { wall } from "./wall";
export { watchWaits } from "./waits";

type Office = typeof import("./office");
const office = part<Office>(() => import("./office"));

const screen = (client: Client, view: (office: Office) => ComponentChild, fixed = false): ComponentChild =>
    h(Later<Office>, {
        part: office,
        client,
        view: (loaded) => h("div", { class: fixed ? "screen fixed" : "screen" }, view(loaded)),
    });

export const screens: Screen[] = [
    {
        id: "board",
        title: () => say("Board"),
        key: "b",
        icon: "M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z",
        may: (client) => client.may(Right.RIGHT_SEE_ALARMS),
        part: office,
        view: ({ client }) => screen(client, ({ Board }) => h(Board, { client })),
    },
    {
        id: "approvals",
        title: () => say("Approvals"),
        key: "a",
        icon: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM6.5 10.2l2.4 2.4 4.6-5",
        may: (client) => client.may(Right.RIGHT_SEE),
        part: office,
        view: ({ client, at }) => screen(client, ({ Approvals }) => h(Approvals, { client, at })),
    },
    {
        id: "customers",
        title: () => say("Customers"),
        key: "c",
        icon: "M7.5 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 17c.3-3.2 2.4-5 5.500-5s5.200 1.800 5.500 5M13 3.400a3 3 0 0 1 0 5.400M14.500 12.300c2 .6 3.300 2.200 3.500 4.700",
        may: (client) => client.may(Right.RIGHT_SEE),
        part: office,
        view: ({ client, at }) =>
            screen(client, ({ Customers }) => h(Customers, { client, at }), !/^\d{1,9}$/.test(at[0] ?? "")),
    },
    {
        id: "calls",
        title: () => say("Call list"),
        key: "w",
        icon: "M4 3.500l3-.500 1.500 4-2 1.300c.800 2 2.200 3.400 4.200 4.200l1.300-2 4 1.500-.500 3c-6.500 1-12.500-5-11.500-11.500z",
        may: (client) => client.may(Right.RIGHT_SEE_ALARMS) && client.knows("CustomerList", "calls"),
        part: office,
        view: ({ client }) => screen(client, ({ Calls }) => h(Calls, { client }), true),
    },
    {
        id: "alarms",
        title: () => say("Unusual"),
        key: "u",
        icon: "M10 3l7.500 13.500h-15zM10 8v4M10 14.200v.3",
        may: (client) => client.may(Right.RIGHT_SEE_ALARMS),
        part: office,
        view: ({ client }) => screen(client, ({ Alarms }) => h(Alarms, { client })),
    },
    {
        id: "documents",
        title: () => say("All documents"),
        key: "o",
        /* At the counter papers have a list of their own; one of them opens here for everybody. */
        hidden: (client) => !atOffice(client),
        icon: "M5 2.500h7l3.500 3.500v11.500H5zM12 2.500V6h3.500M7.500 10h5.500M7.500 13h5.500",
        may: (client) => client.may(Right.RIGHT_SEE),
        part: office,
        view: ({ client, at }) =>
            /^\d+$/.test(at[0] ?? "") && BigInt(at[0]!) < 1n << 64n
                ? screen(client, ({ Document }) => h(Document, { client, at }))
                : documentList(client, at),
    },
];

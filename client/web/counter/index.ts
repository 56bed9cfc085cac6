/* The counter's screens, as the shell lists them. */
import { h, type ComponentChild } from "preact";
import { Right } from "../lib/messages";
import { Later, part } from "../kit/part";
import type { Screen } from "../kit/screen";
import { say } from "../kit/words";
import "./counter.css";

type Props = Parameters<Screen["view"]>[0];
type Counter = typeof import("./counter");
type Paying = typeof import("./paying");
type Desk = typeof import("./desk");
const counter = part<Counter>(() => import("./counter"), true);
const paying = part<Paying>(() => import("./paying"), true);
const desk = part<Desk>(() => import("./desk"));

const atCounter = (props: Props, view: (counter: Counter) => ComponentChild): ComponentChild =>
    h(Later<Counter>, { part: counter, client: props.client, view });
const atPaying = (props: Props, view: (paying: Paying) => ComponentChild): ComponentChild =>
    h(Later<Paying>, { part: paying, client: props.client, view });
const atDesk = (props: Props, view: (desk: Desk) => ComponentChild): ComponentChild =>
    h(Later<Desk>, { part: desk, client: props.client, view });

export const screens: Screen[] = [
    {
        id: "sale",
        title: () => say("Sale"),
        key: "s",
        icon: "M5 2.5h10v15l-2-1.3-1.5 1.3-1.5-1.3-1.5 1.3L7 16.2l-2 1.3zM7.5 6.5h5M7.5 9.5h5M7.5 12.5h3",
        may: (client) => client.may(Right.RIGHT_SELL),
        part: counter,
        view: (props) => atCounter(props, ({ Sale }) => h(Sale, props)),
    },
    {
        id: "payment",
        title: () => say("Payment"),
        key: "p",
        icon: "M2.5 5.5h15v9h-15zM10 8a2 2 0 100 4 2 2 0 000-4zM5 8v4M15 8v4",
        may: (client) => client.may(Right.RIGHT_TAKE_MONEY),
        part: paying,
        view: (props) => atPaying(props, ({ Payment }) => h(Payment, props)),
    },
    {
        id: "day",
        title: () => say("My day"),
        key: "t",
        icon: "M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 6v4.5l3 1.8",
        may: (client) => client.may(Right.RIGHT_TAKE_MONEY),
        part: desk,
        view: (props) => atDesk(props, ({ Day }) => h(Day, props)),
    },
    {
        id: "papers",
        title: () => say("Papers"),
        key: "l",
        icon: "M4 4.5h9v13H4zM7 4.5v-2h9v13h-3M6.5 8h4M6.5 11h4M6.5 14h2.5",
        may: (client) => client.may(Right.RIGHT_SEE) && client.may(Right.RIGHT_TAKE_MONEY),
        part: desk,
        view: (props) => atDesk(props, ({ Papers }) => h(Papers, props)),
    },
];

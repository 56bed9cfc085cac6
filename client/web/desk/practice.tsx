/*
 * The band of a practice ledger: it says so over the whole width, leads through a sale on the real screens, and to
 * where a company of one's own is founded. The guide looks at what is there (the draft, what waits) and points at the
 * next thing; it fills nothing in.
 */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApprovals } from "../counter/approval";
import * as drafts from "../counter/drafts";
import { Button, go, route } from "../kit";
import { say } from "../kit/words";
import type { Client } from "../lib/api";
import { has } from "../lib/aside";
import { ApprovalState, Right, Role } from "../lib/messages";
import { roundedUp } from "./limits";

const GUIDE = "tefter.guide",
    CODE_ROWS = 60;

interface Guide {
    customer: number;
    code: string;
    name: string;
    typed: string /* what to type into the field for goods */;
}

function kept(): Guide | undefined {
    try {
        const text = sessionStorage.getItem(GUIDE);
        const guide: unknown = text === null ? undefined : JSON.parse(text);
        const whole = has<Guide>(guide, { customer: "number", code: "string", name: "string", typed: "string" });
        return whole ? guide : undefined;
    } catch {
        return undefined;
    }
}
const guide = signal<Guide | undefined>(kept());
function keep(next: Guide | undefined): void {
    guide.value = next;
    try {
        if (next === undefined) sessionStorage.removeItem(GUIDE);
        else sessionStorage.setItem(GUIDE, JSON.stringify(next));
    } catch {
        /* a reload ends the guide */
    }
}

/* Somebody who may owe something, and so much of a product that it is more than they may. */
async function choose(client: Client): Promise<Guide | string> {
    const people = await client.ask("customers", { rows: CODE_ROWS, groups: [] });
    const goods = await client.ask("products", { rows: 20 });
    if ("refused" in people || "refused" in goods) return say("The practice company cannot be read just now.");
    const one = people.answer.rows
        .filter(({ account }) => !account.locked && !account.unlimited && account.available_minor > 0n)
        .sort((a, b) => (a.account.available_minor < b.account.available_minor ? -1 : 1))[0];
    const product = goods.answer.products.find((each) => (each.price ?? 0n) > 0n);
    if (one === undefined || product?.price === undefined)
        return say("Nobody here may owe anything: give a customer a limit first.");
    const pieces = roundedUp((one.account.available_minor * 1300n) / product.price + 1n);
    return {
        customer: one.who.customer,
        code: one.who.code,
        name: one.who.name.value ?? one.who.code,
        typed: `${pieces}*${product.code}`,
    };
}

interface Hint {
    text: string;
    at?: string /* what it points at */;
    window?: boolean /* the second one helps here */;
    over?: boolean;
}

function hintOf(client: Client, { customer, code, name, typed }: Guide, rows: ReturnType<typeof useApprovals>): Hint {
    const waits = [...rows.values()].filter((row) => row.customer === customer);
    if (
        client.may(Right.RIGHT_APPROVE) &&
        client.me.value?.role === Role.ROLE_OWNER &&
        route.value[0] === "approvals"
    ) {
        const open = waits.some((row) => row.state === ApprovalState.APPROVAL_WAITING);
        return open
            ? { text: say("Here the owner decides: give a reason, then approve once."), at: "main" }
            : { text: say("Decided. Go back to the window of the sale: it knows already."), over: true };
    }
    if (route.value[0] !== "sale") return { text: say("Go to the sale."), at: 'a[href="#/sale"]' };
    const parked = drafts.drafts.value.find((each) => each.customer === customer && each.approval !== undefined);
    const asked = parked?.approval === undefined ? undefined : rows.get(parked.approval);
    if (asked === undefined) {
        const draft = drafts.current.value;
        if (draft === undefined || draft.customer !== customer)
            return {
                text: say("1 Type {code} in the field for the customer, then Enter: it is {name}.", { code, name }),
                at: ".band-cell",
            };
        if (draft.lines.length === 0)
            return { text: say("2 Type {typed} in the field for goods, then Enter.", { typed }), at: ".goods-field" };
        return {
            text: say("3 It is more than they may owe. Look at the ways to go on, and ask for approval: F8."),
            at: "#ways",
        };
    }
    if (asked.state === ApprovalState.APPROVAL_WAITING)
        return {
            text: say("4 Open the owner's window, log in there as owner, and approve it. Then look here again."),
            at: ".draft-tabs",
            window: true,
        };
    if (asked.state === ApprovalState.APPROVAL_GRANTED)
        return drafts.current.value?.id === parked?.id
            ? { text: say("5 It is approved. F9 sells it as it was asked for."), at: ".act-cell" }
            : { text: say("It is approved. Open its tab above."), at: ".draft-tabs" };
    return { text: say("This one was refused. Change the sale, or begin another."), at: ".approval-box" };
}

/* One thing at a time has a frame around it. */
function usePointed(at: string | undefined): void {
    useEffect(() => {
        const point = (): void => {
            for (const old of document.querySelectorAll(".pointed")) old.classList.remove("pointed");
            if (at !== undefined) document.querySelector(at)?.classList.add("pointed");
        };
        point();
        const timer = setInterval(point, 500); /* what it points at may come later */
        return () => {
            clearInterval(timer);
            for (const old of document.querySelectorAll(".pointed")) old.classList.remove("pointed");
        };
    }, [at]);
}

export function PracticeBand({ client }: { client: Client }): JSX.Element | null {
    const practice = client.welcome.value?.practice === true;
    useEffect(() => {
        document.documentElement.classList.toggle("practice", practice);
        return () => document.documentElement.classList.remove("practice");
    }, [practice]);
    if (!practice) return null;
    return <Band client={client} />;
}

function Band({ client }: { client: Client }): JSX.Element {
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const link = client.welcome.value?.found_link;
    const begin = async (): Promise<void> => {
        const chosen = await choose(client);
        if (typeof chosen === "string") return setWrong(chosen);
        setWrong(undefined);
        keep(chosen);
        go("sale");
        drafts.begin();
    };
    return (
        <section class="practice-band" aria-label={say("Practice")}>
            <b class="practice-word">{say("PRACTICE")}</b>
            <span class="grow">{say("An invented company. Nothing here counts; try everything.")}</span>
            {wrong !== undefined && (
                <span class="late" role="alert">
                    {wrong}
                </span>
            )}
            {guide.value === undefined && client.may(Right.RIGHT_SELL) && (
                <Button onClick={() => void begin()}>{say("Make a sale yourself")}</Button>
            )}
            {link !== undefined && /^https?:\/\//.test(link) && (
                <a class="button" href={link} target="_blank" rel="noopener noreferrer">
                    {say("Start your own company")}
                </a>
            )}
            {guide.value !== undefined && <GuideLine client={client} guide={guide.value} />}
        </section>
    );
}

function GuideLine({ client, guide: now }: { client: Client; guide: Guide }): JSX.Element {
    const rows = useApprovals(client);
    const sold = useSold(client, now.customer);
    const hint: Hint = sold
        ? {
              text: say(
                  "Sold. The limit held, the owner decided from elsewhere, and every screen knew within the second.",
              ),
              over: true,
          }
        : hintOf(client, now, rows);
    usePointed(hint.at);
    return (
        <div class="guide-line" role="status">
            <span class="grow">{hint.text}</span>
            {hint.window && (
                <Button
                    filled
                    onClick={() => void window.open(`${location.pathname}#/approvals`, "_blank", "noopener")}>
                    {say("Open the owner's window")}
                </Button>
            )}
            <Button plain onClick={() => keep(undefined)}>
                {hint.over ? say("guide::Done") : say("Leave the guide")}
            </Button>
        </div>
    );
}

/* The approval of this customer was used since the guide began. */
function useSold(client: Client, customer: number): boolean {
    const [began] = useState(() => client.clock());
    const rows = useApprovals(client);
    return [...rows.values()].some(
        (row) =>
            row.customer === customer &&
            row.state === ApprovalState.APPROVAL_SPENT &&
            Number(row.asked_ms) >= began - 3_600_000,
    );
}

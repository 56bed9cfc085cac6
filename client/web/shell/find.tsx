/*
 * ? / Ctrl K — one place where everything is found: customers, papers, goods, reports, people, places, and every
 * action with its key. What a role may not do says who may. Empty, it has what was found here last.
 */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import {
    allActions,
    amount,
    classes,
    day,
    fold,
    href,
    Kbd,
    Name,
    readAmount,
    SearchField,
    Sheet,
    type Action,
} from "../kit";
import { documentKindText } from "../kit/labels";
import { language, say } from "../kit/words";
import type { Client } from "../lib/api";
import type { MoneyAccountRecord, SearchHit, StaffMember } from "../lib/messages";
import { reportsToFind } from "../report";
import { screensOf } from "./screens";

interface Found {
    id: string;
    group: string;
    title: string;
    about?: string;
    key?: string;
    dim?: boolean;
    run: () => void;
}

const ROWS = 24;
const WAIT_MS = 2500; /* for the server; actions are found without it */
const RECENT_MOST = 8;

/* In memory alone: names of customers are kept in no browser. */
const recent: { of: string; found: Found[] } = { of: "", found: [] };

function note(client: Client, found: Found): void {
    const of = client.me.peek()?.login ?? "";
    const before = recent.of === of ? recent.found : [];
    recent.of = of;
    recent.found = [found, ...before.filter((each) => each.id !== found.id)].slice(0, RECENT_MOST);
}
const noted = (client: Client): Found[] =>
    recent.of === (client.me.peek()?.login ?? "")
        ? recent.found.map((each) => ({ ...each, group: say("Found last") }))
        : [];

const goes = (to: string) => (): void => {
    location.hash = to;
};

/* ---- what the server finds ---- */

function ofHit(hit: SearchHit, reports: boolean): Found[] {
    const { customer, document, product } = hit;
    if (customer !== undefined) {
        const { who } = customer;
        return [
            {
                id: `c${who.customer}`,
                group: say("Customers"),
                title: who.name.value ?? who.code,
                about: [
                    who.code,
                    who.merged_code === undefined
                        ? [who.phone?.value, who.area].filter(Boolean).join(" · ")
                        : say("merged into {code}", { code: who.merged_code }),
                ]
                    .filter(Boolean)
                    .join(" · "),
                run: goes(href("customers", who.merged_into ?? who.customer)),
            },
        ];
    }
    if (document !== undefined)
        return [
            {
                id: `d${document.document}`,
                group: say("Papers"),
                title: document.number,
                about: [
                    documentKindText(document.kind),
                    document.name?.value ?? document.code,
                    day(document.date),
                    amount(document.total_minor),
                    hit.matched_field === undefined || hit.matched === document.number ? "" : hit.matched,
                ]
                    .filter(Boolean)
                    .join(" · "),
                run: goes(href("documents", document.document)),
            },
        ];
    if (product !== undefined && reports)
        return [
            {
                id: `p${product.product}`,
                group: say("Products"),
                title: product.name,
                about: [product.code, ...product.barcodes.slice(0, 1)].join(" · "),
                run: goes(href("reports", "view", `s=2&by=2&span=5&product=${product.product}`)),
            },
        ];
    return [];
}

async function asked(client: Client, text: string, reports: boolean): Promise<Found[]> {
    if (text.length < 2 || client.line.peek().kind !== "live") return [];
    const sum = readAmount(text, language.peek()).value;
    const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), WAIT_MS));
    const came = await Promise.race([
        client.ask("search", { text, rows: ROWS, ...(sum === undefined ? {} : { amounts_minor: [sum] }) }),
        late,
    ]);
    return came === undefined || "refused" in came ? [] : came.answer.hits.flatMap((hit) => ofHit(hit, reports));
}

/* ---- what the page knows itself ---- */

function ofAction(action: Action): Found {
    return {
        id: `a${action.id}`,
        group: say("Actions"),
        title: action.title,
        about: action.who ?? (action.blocked || undefined),
        key: action.key,
        dim: action.who !== undefined || Boolean(action.blocked),
        run: () => {
            if (!action.blocked && action.who === undefined) setTimeout(action.run);
        },
    };
}

const ofMember = (member: StaffMember): Found => ({
    id: `s${member.staff}`,
    group: say("People"),
    title: member.name?.value ?? member.login,
    about: member.login,
    run: goes(href("people")),
});
const ofPlace = (account: MoneyAccountRecord): Found => ({
    id: `m${account.money_account}`,
    group: say("Tills and accounts"),
    title: account.name,
    about: account.number,
    run: goes(href("places")),
});

/* People and places, for who has their screens; asked once while it is open. */
function useAround(client: Client): () => Promise<Found[]> {
    const kept = useRef<Promise<Found[]> | undefined>(undefined);
    const load = async (): Promise<Found[]> => {
        const may = new Set(screensOf(client).map((screen) => screen.id));
        if (client.line.peek().kind !== "live") return [];
        const [staff, places] = await Promise.all([
            may.has("people") ? client.ask("staff", {}) : undefined,
            may.has("places") ? client.ask("money_accounts", {}) : undefined,
        ]);
        return [
            ...(staff !== undefined && "answer" in staff ? staff.answer.staff.map(ofMember) : []),
            ...(places !== undefined && "answer" in places
                ? places.answer.money_accounts.filter((account) => !account.retired).map(ofPlace)
                : []),
        ];
    };
    return () => (kept.current ??= load());
}

function matching(all: readonly Found[], wanted: string): Found[] {
    const words = fold(wanted)
        .split(" ")
        .filter((word) => word !== "");
    return all.filter((each) => {
        const text = fold(`${each.title} ${each.about ?? ""}`);
        return words.every((word) => text.includes(word));
    });
}

export function Find({ client, onClose }: { client: Client; onClose: () => void }): JSX.Element {
    const known = useMemo(() => {
        const actions = allActions()
            .filter((action) => action.title !== "")
            .map(ofAction);
        const reports = reportsToFind(client).map((report) => ({
            id: `r${report.id}`,
            group: say("Reports"),
            title: report.title,
            run: goes(report.href),
        }));
        return { actions, reports };
    }, []);
    const around = useAround(client);
    const [text, setText] = useState("");
    const search = async (wanted: string): Promise<Found[]> => {
        const actions = matching(known.actions, wanted);
        if (wanted === "") return [...noted(client), ...actions, ...known.reports];
        const [there, beside] = await Promise.all([
            asked(client, wanted, known.reports.length > 0),
            around().then((all) => matching(all, wanted)),
        ]);
        const first = fold(wanted);
        const begun = actions.filter((each) => fold(each.title).startsWith(first));
        const found = [...actions, ...matching(known.reports, wanted)];
        /* What an action is called by comes before whoever has that in their name. */
        const all = begun.length > 0 ? [...found, ...there, ...beside] : [...there, ...found, ...beside];
        return grouped(all);
    };
    return (
        <Sheet title={say("Find anything")} onClose={onClose}>
            <SearchField<Found>
                label={say("Find anything")}
                hideLabel
                placeholder={say("Customer, paper, product, report, action …")}
                text={text}
                onText={setText}
                ofEmpty
                escOut
                autofocus
                class="find"
                search={search}
                id={(found) => found.id}
                group={(found) => found.group}
                row={(found) => (
                    <>
                        <span class={classes("grow cut", found.dim && "ink-3")}>
                            <Name>{found.title}</Name>
                        </span>
                        {found.about !== undefined && found.about !== "" && (
                            <span class="small ink-3 cut">
                                <Name>{found.about}</Name>
                            </span>
                        )}
                        {found.key !== undefined && <Kbd>{found.key}</Kbd>}
                    </>
                )}
                onPick={(found) => {
                    onClose();
                    if (found.dim !== true) note(client, found);
                    found.run();
                }}
            />
        </Sheet>
    );
}

/* Each group once, in the order in which it comes first. */
function grouped(all: readonly Found[]): Found[] {
    const groups = [...new Set(all.map((found) => found.group))];
    return groups.flatMap((group) => all.filter((found) => found.group === group));
}

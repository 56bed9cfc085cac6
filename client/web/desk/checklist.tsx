/*
 * The first steps of a company that was founded here. What is done is told by the ledger: how many devices, people,
 * tills, customers and products there are, whether something was sold and a copy made. Only that the recovery code is
 * kept, and that the list was put away, is of this browser.
 */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { useStatus } from "../board/totals";
import { Button, href, moment, Sheet, useActions, whole } from "../kit";
import { say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import {
    MoneyAccountKind,
    Right,
    Role,
    type BranchRecord,
    type MoneyAccountRecord,
    type StatusAnswer,
} from "../lib/messages";
import { BranchForm, CustomerForm, MoneyPlaceForm, ProductForm } from "./forms";

const EVERY_MS = 3000,
    PUT_AWAY = "tefter.steps.away";

/* ---- what is done ---- */

export interface Steps {
    code: boolean;
    device: boolean;
    staff: boolean;
    till: boolean;
    product: boolean;
    customer: boolean;
    sale: boolean;
    backup: boolean;
}

interface Facts {
    steps: Steps | undefined /* not known yet */;
    branches: readonly BranchRecord[];
    accounts: readonly MoneyAccountRecord[];
    customers: number;
    status: StatusAnswer | undefined;
    again: () => void;
}

/* The code may be shown again in this browser until they say that they have it. */
const codeWaits = signal<boolean | undefined>(undefined);
export async function lookForCode(client: Client): Promise<void> {
    codeWaits.value = (await client.founding.recovery()) !== undefined;
}

function useFacts(client: Client): Facts {
    const [turn, setTurn] = useState(0);
    const live = client.line.value.kind === "live";
    useEffect(() => {
        void lookForCode(client);
        const timer = setInterval(() => {
            if (document.visibilityState === "visible") setTurn((now) => now + 1);
        }, EVERY_MS);
        return () => clearInterval(timer);
    }, [client, live]);
    const how = { again: turn, every: EVERY_MS - 500 };
    const terminals = useAsked(client, "terminals", {}, how).answer?.terminals;
    const staff = useAsked(client, "staff", {}, how).answer?.staff;
    const accounts = useAsked(client, "money_accounts", {}, how).answer?.money_accounts;
    const products = useAsked(client, "products", { rows: 1 }, how).answer?.products;
    const company = useAsked(client, "company", {}, how).answer;
    const branches = useAsked(client, "branches", {}, how).answer?.branches;
    const status = useStatus(client);
    const known =
        codeWaits.value !== undefined &&
        terminals !== undefined &&
        staff !== undefined &&
        accounts !== undefined &&
        products !== undefined &&
        company !== undefined &&
        branches !== undefined &&
        status !== undefined;
    return {
        steps: known
            ? {
                  code: codeWaits.value === false,
                  device: terminals.filter((each) => each.enrolled && !each.blocked).length > 1,
                  staff: staff.some(
                      (each) => each.role !== Role.ROLE_OWNER && !each.blocked && (each.has_pin || each.has_password),
                  ),
                  till: accounts.some((each) => each.kind === MoneyAccountKind.MONEY_TILL),
                  product: products.length > 0,
                  customer: company.customers > 1,
                  sale: branches.some((each) => each.next_invoice > 1) /* imported bills have numbers of their own */,
                  backup: status.last_backup_ms !== undefined || status.follower_seq !== undefined,
              }
            : undefined,
        branches: branches ?? [],
        accounts: accounts ?? [],
        status,
        customers: Math.max(0, (company?.customers ?? 1) - 1),
        again: () => setTurn((now) => now + 1),
    };
}

/* ---- the list ---- */

function isAway(): boolean {
    try {
        return localStorage.getItem(PUT_AWAY) === "yes";
    } catch {
        return false;
    }
}
const away = signal(isAway());
function putAway(on: boolean): void {
    away.value = on;
    try {
        if (on) localStorage.setItem(PUT_AWAY, "yes");
        else localStorage.removeItem(PUT_AWAY);
    } catch {
        /* until the page is closed */
    }
}

/* Of a company that was founded with its country, by who may do all of it; no list for one that only practises. */
export const hasSteps = (client: Client): boolean =>
    client.welcome.value?.country !== undefined &&
    client.welcome.value.practice !== true &&
    client.me.value?.bound_branch === undefined &&
    client.may(Right.RIGHT_EDIT_BRANCHES) &&
    client.may(Right.RIGHT_EDIT_STAFF);

type Open = "till" | "product" | "customer" | "branch" | "backup" | undefined;

export function Checklist({ client, onCode }: { client: Client; onCode: () => void }): JSX.Element | null {
    const { steps, branches, accounts, customers, status, again } = useFacts(client);
    const [open, setOpen] = useState<Open>(undefined);
    useActions([
        { id: "steps", title: say("Show the first steps"), run: () => putAway(false) },
        { id: "add-branch", title: say("Add a branch"), run: () => setOpen("branch") },
        { id: "add-till", title: say("Add a till"), run: () => setOpen("till") },
        { id: "add-product", title: say("Add a product"), run: () => setOpen("product") },
        { id: "add-customer", title: say("Add a customer"), run: () => setOpen("customer") },
    ]);
    const close = (): void => {
        setOpen(undefined);
        again();
    };
    const list = steps !== undefined && !away.value && Object.values(steps).includes(false);
    return (
        <>
            {list && (
                <List
                    steps={steps}
                    customers={customers}
                    onOpen={setOpen}
                    onCode={onCode}
                    onAway={() => putAway(true)}
                />
            )}
            {open === "till" && (
                <MoneyPlaceForm
                    client={client}
                    branches={branches}
                    accounts={accounts}
                    kind={MoneyAccountKind.MONEY_TILL}
                    onClose={close}
                />
            )}
            {open === "product" && <ProductForm client={client} onClose={close} />}
            {open === "customer" && <CustomerForm client={client} onClose={close} />}
            {open === "branch" && <BranchForm client={client} onClose={close} />}
            {open === "backup" && <BackupSheet status={status} onClose={close} />}
        </>
    );
}

interface Item {
    done: boolean;
    title: string;
    text: string;
    ways: readonly { text: string; href?: string; run?: () => void }[];
}

function List({
    steps,
    customers,
    onOpen,
    onCode,
    onAway,
}: {
    steps: Steps;
    customers: number;
    onOpen: (open: Open) => void;
    onCode: () => void;
    onAway: () => void;
}): JSX.Element {
    const items: Item[] = [
        {
            done: steps.code,
            title: say("The recovery code is kept"),
            text: steps.code
                ? say("It is the owner's password, on every device of the shop.")
                : say(
                      "It is the owner's password, on every device of the shop. It can be shown once more in this browser.",
                  ),
            ways: [{ text: say("Show the code"), run: onCode }],
        },
        {
            done: steps.customer,
            title: say("Bring your customers and what they owe"),
            text: steps.customer
                ? sayMany("{count} customer", "{count} customers", customers, { count: whole(customers) })
                : say("A file of Excel or of your old program, or the first one by hand."),
            ways: [
                { text: say("Choose a file"), href: href("import") },
                { text: say("Add by hand"), run: () => onOpen("customer") },
            ],
        },
        {
            done: steps.product,
            title: say("What you sell"),
            text: say("From the same kind of file, or the first one by hand."),
            ways: [{ text: say("Add a product"), run: () => onOpen("product") }],
        },
        {
            done: steps.till,
            title: say("A till for cash"),
            text: say("Then cash that is taken has a drawer in which it must be found."),
            ways: [
                { text: say("Add a till"), run: () => onOpen("till") },
                { text: say("Card machine, bank account"), href: href("places") },
            ],
        },
        {
            done: steps.staff,
            title: say("Staff and their PINs"),
            text: say("Who sells, and who may allow a sale over the limit."),
            ways: [{ text: say("Add staff"), href: href("people") }],
        },
        {
            done: steps.device,
            title: say("A second device"),
            text: say("A phone or a till scans a code: about 20 seconds each."),
            ways: [{ text: say("Show the code to scan"), href: href("people") }],
        },
        {
            done: steps.backup,
            title: say("A place for copies"),
            text: say("A disk breaks one day. A copy elsewhere brings all of it back."),
            ways: [{ text: say("How"), run: () => onOpen("backup") }],
        },
        {
            done: steps.sale,
            title: say("Your first sale"),
            text: say("On credit or for cash; it can be taken back."),
            ways: [{ text: say("Make a sale"), href: href("sale") }],
        },
    ];
    const next = items.findIndex((each) => !each.done);
    const left = items.filter((each) => !each.done).length;
    return (
        <section class="panel first-steps" aria-labelledby="first-steps-title">
            <div class="panel-head">
                <h2 id="first-steps-title">
                    {sayMany("{count} step to a shop at work", "{count} steps to a shop at work", left, {
                        count: whole(left),
                    })}
                </h2>
                <span class="grow small ink-2">{say("this list goes when it is done")}</span>
                <Button plain onClick={onAway}>
                    {say("list::Hide")}
                </Button>
            </div>
            <ol>
                {items.map((item, at) => (
                    <li key={item.title} class={item.done ? "done" : at === next ? "next" : undefined}>
                        <span class="step-mark" aria-hidden="true">
                            {item.done ? "✓" : whole(items.slice(0, at + 1).filter((each) => !each.done).length)}
                        </span>
                        <span class="step-text">
                            <b>
                                {item.done && <span class="unseen">{say("done")}: </span>}
                                {item.title}
                            </b>
                            <span class="small ink-2">{item.text}</span>
                        </span>
                        {!item.done && (
                            <span class="step-ways">
                                {item.ways.map((way, index) =>
                                    way.href !== undefined ? (
                                        <a
                                            key={way.text}
                                            class={at === next && index === 0 ? "button filled" : "button"}
                                            href={way.href}>
                                            {way.text}
                                        </a>
                                    ) : (
                                        <Button
                                            key={way.text}
                                            filled={at === next && index === 0}
                                            onClick={() => way.run?.()}>
                                            {way.text}
                                        </Button>
                                    ),
                                )}
                            </span>
                        )}
                        {item.done && item.title === items[1]!.title && (
                            <a class="button plain" href={href("limits")}>
                                {say("Propose limits")}
                            </a>
                        )}
                    </li>
                ))}
            </ol>
            <p class="first-steps-foot small ink-2">
                {say("More than one shop?")}{" "}
                <Button plain small onClick={() => onOpen("branch")}>
                    {say("Add a branch")}
                </Button>
            </p>
        </section>
    );
}

/* The server does not take orders about its disks from a page: who is at that machine says where copies go. */
function BackupSheet({ status, onClose }: { status: StatusAnswer | undefined; onClose: () => void }): JSX.Element {
    const [copied, setCopied] = useState(false);
    const folder = status?.ledger_folder;
    const command = `tefterd backup --ledger ${inShell(folder ?? "DIR")} --to /media/disk/tefter --every 1h`;
    return (
        <Sheet title={say("A place for copies")} onClose={onClose}>
            <div class="stack">
                <p>
                    {folder === undefined
                        ? say(
                              "Copies are made at the computer on which tefterd runs, onto another disk or another machine. There, in a terminal, with the ledger's folder and that of the copies:",
                          )
                        : say(
                              "Copies are made at the computer on which tefterd runs, onto another disk or another machine. Type this there, in a terminal, with the place that you choose for them:",
                          )}
                </p>
                <pre class="command" dir="ltr">
                    {command}
                </pre>
                <div class="row">
                    <Button
                        small
                        onClick={() =>
                            void navigator.clipboard.writeText(command).then(
                                () => setCopied(true),
                                () => setCopied(false),
                            )
                        }>
                        {copied ? say("✓ copied") : say("Copy")}
                    </Button>
                </div>
                <p>{lastCopy(status)}</p>
                <p class="ink-2">
                    {say("It goes on while you sell. This step is ticked by itself when the first copy is there.")}
                </p>
            </div>
        </Sheet>
    );
}

function lastCopy(status: StatusAnswer | undefined): string {
    const place = status?.copies_at;
    if (status?.follower_seq !== undefined && place !== undefined)
        return say("A copy is kept up to date at {place}.", { place });
    if (status?.last_backup_ms === undefined) return say("No copy was made yet.");
    const when = moment(status.last_backup_ms);
    return place === undefined
        ? say("The last copy was made {when}.", { when })
        : say("The last copy was made {when}, at {place}.", { when, place });
}

/* A folder as a shell takes it whole. */
export const inShell = (path: string): string =>
    /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replace(/'/g, "'\\''")}'`;

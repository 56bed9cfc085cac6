/*
 * All customers, live. Figures change in place; the order is held while a cursor or pointer is in the list or it is
 * scrolled. Only the rows that are seen are drawn.
 */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client, Customer } from "../lib/api";
import { DocumentKind, type SearchHit } from "../lib/messages";
import {
    ago,
    amount,
    Available,
    Balance,
    Bones,
    Button,
    Chips,
    digits,
    Head,
    isolate,
    LineThatAddsUp,
    Money,
    Name,
    readAmount,
    Sign,
    unit,
    useActions,
    useMark,
    whole,
} from "../kit";
import { shortName } from "../kit/money";
import { language, say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { Card } from "./customer";
import { namesOf, useReplica } from "./live";
import { usePaced } from "./paced";
import { documentKindText } from "../kit/labels";
import { Age, codeBeside, customerHref, documentHref, joined } from "./parts";
import { ANYBODY, fold, lateOf, Listing, Sorting, Which, WHICH, type Choice } from "./rows";
import { addingOf } from "./sums";

/* What was chosen is there again when somebody comes back. */
const kept = signal<Choice>(ANYBODY);
const typed = signal("");
const cursor = signal<number | undefined>(undefined);

const MANY = 5000;
const SPARE = 8; /* rows drawn beyond each edge */
const NOBODY: ReadonlySet<number> = new Set();

function whichText(which: Which): string {
    switch (which) {
        case Which.ALL:
            return say("All");
        case Which.OVER:
            return say("Over the limit");
        case Which.OVERDUE:
            return say("Overdue");
        case Which.LOCKED:
            return say("Locked");
        case Which.UNMATCHED:
            return say("Not yet matched");
    }
}

function useNarrow(): boolean {
    const query = useMemo(() => matchMedia("(max-width: 760px)"), []);
    const [narrow, set] = useState(query.matches);
    useEffect(() => {
        const changed = () => set(query.matches);
        query.addListener(changed);
        return () => query.removeListener(changed);
    }, [query]);
    return narrow;
}

/* What the server finds for it: other scripts, phones, papers, amounts. */
function useSearch(
    client: Client,
    text: string,
): { found: ReadonlySet<number>; papers: readonly SearchHit[]; asking: boolean } {
    const [settled, settle] = useState(text);
    useEffect(() => {
        const timer = setTimeout(() => settle(text), 120);
        return () => clearTimeout(timer);
    }, [text]);
    const sum = readAmount(settled, language.value).value;
    const asked = useAsked(
        client,
        "search",
        settled.length < 2
            ? undefined
            : { text: settled, rows: 50, ...(sum === undefined ? {} : { amounts_minor: [sum] }) },
    );
    return useMemo(() => {
        const hits = text.length < 2 ? [] : (asked.answer?.hits ?? []);
        const found = new Set(hits.flatMap((hit) => (hit.customer === undefined ? [] : [hit.customer.who.customer])));
        return {
            found: found.size === 0 ? NOBODY : found,
            papers: hits.filter((hit) => hit.document !== undefined).slice(0, 4),
            asking: settled.length >= 2 && asked.asking,
        };
    }, [asked.answer, text, settled, asked.asking]);
}

/* ---- one row ---- */

function AvailableCell({ customer, word }: { customer: Customer; word: boolean }) {
    const { account, row } = customer;
    if (row.locked === true || account?.locked === true)
        return (
            <span class="over nowrap">
                <Sign of="⊘" />
                {say("locked")}
            </span>
        );
    if (account === undefined) return <span class="ink-3">–</span>;
    if (account.unlimited) return <span class="ink-2 nowrap">{say("no limit")}</span>;
    return (
        <Available
            minor={account.available_minor}
            limit={account.limit_minor}
            word={word || (account.available_minor < 0n && word)}
        />
    );
}

interface RowProps {
    client: Client;
    customer: Customer;
    index: number;
    narrow: boolean;
    current: boolean;
    gone: boolean;
    barOnly: boolean;
    onPick(): void;
}

function Row({ client, customer, index, narrow, current, gone, barOnly, onPick }: RowProps) {
    const mark = useMark(customer.changed, barOnly);
    const { row, account } = customer;
    const names = namesOf(client);
    const late = lateOf(customer);
    const last = account?.last;
    const name = row.name.value ?? row.code;
    const shared = {
        role: "row" as const,
        "aria-rowindex": index + 2,
        style: mark.style,
        "data-customer": row.customer,
        class: `customer-row ${mark.class}${current ? " cursor" : ""}${gone ? " gone" : ""}`,
    };
    if (narrow)
        return (
            <div {...shared}>
                <span role="cell">
                    <a class="customer-two" href={customerHref(row.customer)} onClick={onPick}>
                        <span class="ask-line">
                            <span class="grow">
                                <Name class="cut">{name}</Name>
                            </span>
                            <Balance minor={account?.balance_minor ?? 0n} />
                        </span>
                        <span class="ask-line small ink-2">
                            <span class="grow cut">
                                {joined([
                                    codeBeside(row),
                                    late > 0n
                                        ? say("overdue {amount}", { amount: isolate(amount(late)) })
                                        : row.phone?.value,
                                ])}
                            </span>
                            <AvailableCell customer={customer} word />
                        </span>
                    </a>
                </span>
            </div>
        );
    return (
        <div {...shared} onClick={onPick}>
            <span role="cell" class="name-cell">
                <a href={customerHref(row.customer)} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
                    <b>
                        <Name class="cut">{name}</Name>
                    </b>
                </a>
                <span class="small ink-3 nowrap">{codeBeside(row)}</span>
            </span>
            <span role="cell" class="small ink-2 cut">
                {names.branch(row.branch)}
            </span>
            <span role="cell" class="amount">
                <Balance minor={account?.balance_minor ?? 0n} />
            </span>
            <span role="cell" class="amount late">
                {late > 0n ? <Money minor={late} /> : <span class="ink-3">–</span>}
            </span>
            <span role="cell" class="amount">
                {(account?.unmatched_minor ?? 0n) > 0n ? (
                    <span class="credit">
                        <Money minor={account!.unmatched_minor} />
                    </span>
                ) : (
                    <span class="ink-3">–</span>
                )}
            </span>
            <span role="cell" class="amount">
                <AvailableCell customer={customer} word={false} />
            </span>
            <span role="cell" class="amount small ink-2">
                {last?.amount_minor === undefined ? "–" : <Money minor={last.amount_minor} signed />}
            </span>
            <span role="cell" class="small ink-2 who-when">
                {last?.at_ms !== undefined && (
                    <>
                        <span class="nowrap">{ago(last.at_ms)}</span>
                        <span class="cut" title={names.person(last.actor?.staff)}>
                            <Name>{shortName(names.person(last.actor?.staff), 6)}</Name>
                        </span>
                    </>
                )}
            </span>
        </div>
    );
}

/* ---- the list ---- */

function Columns({ choice, onSort }: { choice: Choice; onSort(sorting: Sorting): void }) {
    const sorts = (sorting: Sorting, text: string, amount = true) => (
        <span
            role="columnheader"
            class={amount ? "amount" : ""}
            aria-sort={choice.sorting === sorting ? "other" : undefined}>
            <button
                type="button"
                class={`sorts${choice.sorting === sorting ? " on" : ""}`}
                onClick={() => onSort(sorting)}>
                {text}
                {choice.sorting === sorting && <span aria-hidden="true"> ↓</span>}
            </button>
        </span>
    );
    return (
        <div class="customer-row customer-head" role="row" aria-rowindex={1}>
            {sorts(Sorting.NAME, say("Customer"), false)}
            <span role="columnheader">{say("Branch")}</span>
            {sorts(Sorting.OWES, say("Owes {unit}", { unit: unit() }))}
            {sorts(Sorting.OVERDUE, say("Overdue {unit}", { unit: unit() }))}
            <span role="columnheader" class="amount">
                {say("Not yet matched {unit}", { unit: unit() })}
            </span>
            {sorts(Sorting.AVAILABLE, say("Available {unit}", { unit: unit() }))}
            {sorts(Sorting.CHANGE, say("Last change {unit}", { unit: unit() }))}
            <span role="columnheader">{say("when, who")}</span>
        </div>
    );
}

function List({ client }: { client: Client }) {
    const replica = useReplica(() => client.customers(), [client]);
    const listing = useMemo(() => new Listing(), [client]);
    const narrow = useNarrow();
    const inside = useSignal(false);
    const top = useSignal(0);
    const height = useSignal(600);
    const letGo = useSignal(0);
    const box = useRef<HTMLDivElement>(null);
    const field = useRef<HTMLInputElement>(null);
    const text = fold(typed.value.trim());
    const search = useSearch(client, typed.value.trim());
    const choice = useMemo(
        (): Choice => ({ ...kept.value, text, found: search.found }),
        [kept.value, text, search.found],
    );
    const size = replica.rows.peek().size;
    const rows = usePaced(() => replica.rows.value, [replica, size > MANY], size > MANY ? 1000 : 250);
    const complete = replica.whole.value;
    const held = inside.value || top.value > 0;
    useMemo(() => listing.update(rows, choice, held), [rows, choice, held, complete]);
    useMemo(() => {
        if (letGo.value > 0) listing.release();
    }, [letGo.value]);

    const rowHeight = narrow ? 56 : 32;
    const first = Math.max(0, Math.floor(top.value / rowHeight) - SPARE);
    const last = Math.min(listing.order.length, Math.ceil((top.value + height.value) / rowHeight) + SPARE);
    const seen = listing.order.slice(first, last).flatMap((number) => rows.get(number) ?? []);
    const recent = seen.filter(
        (customer) => customer.changed > 0 && performance.now() - customer.changed < 8000,
    ).length;
    const waits = listing.moved + listing.fresh + listing.gone.size;

    useEffect(() => {
        const element = box.current;
        if (element === null) return;
        const measure = () => {
            height.value = element.clientHeight;
        };
        const watch = new ResizeObserver(measure);
        watch.observe(element);
        measure();
        return () => watch.disconnect();
    }, []);
    useEffect(() => {
        box.current?.scrollTo(0, 0);
    }, [choice.which, choice.branch, choice.sorting, text]);

    const step = (to: number) => {
        const at = Math.max(0, Math.min(listing.order.length - 1, to));
        cursor.value = listing.order[at];
        const element = box.current;
        if (element === null) return;
        const [from, until] = [at * rowHeight, (at + 1) * rowHeight + (narrow ? 0 : 32)];
        if (from < element.scrollTop) element.scrollTop = from;
        else if (until > element.scrollTop + element.clientHeight) element.scrollTop = until - element.clientHeight;
    };
    const at = () => (cursor.value === undefined ? -1 : listing.order.indexOf(cursor.value));
    const open = () => {
        if (cursor.value !== undefined) location.hash = customerHref(cursor.value);
    };
    const release = () => {
        letGo.value++;
    };
    useActions([
        { id: "customers.search", key: "/", title: say("Find a customer"), run: () => field.current?.focus() },
        { id: "customers.sort", key: "v", title: say("Sort the list anew"), run: release },
        { id: "customers.down", key: "↓", title: say("Next customer"), run: () => step(at() + 1) },
        { id: "customers.up", key: "↑", title: say("Customer before"), run: () => step(Math.max(0, at() - 1)) },
        { id: "customers.j", key: "j", title: say("Next customer"), run: () => step(at() + 1) },
        { id: "customers.k", key: "k", title: say("Customer before"), run: () => step(Math.max(0, at() - 1)) },
        { id: "customers.open", key: "Enter", title: say("Open the customer"), run: open },
    ]);
    const onKey = (event: KeyboardEvent) => {
        if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            if (event.key === "Enter" && listing.order[0] !== undefined) cursor.value = listing.order[0];
            if (event.key === "Enter") open();
            else {
                field.current?.blur();
                step(0);
            }
        } else if (event.key === "Escape") {
            typed.value = "";
            field.current?.blur();
        } else return;
        event.stopPropagation();
    };
    const branches = [...namesOf(client).allBranches.value.values()];
    const chosen = rows.get(cursor.value ?? listing.order[0] ?? 0);

    const find = (
        <div class="field-box customers-search">
            <label class="unseen" for="customers-find">
                {say("Name, phone, amount, bill")}
            </label>
            <input
                id="customers-find"
                ref={field}
                type="search"
                autocomplete="off"
                placeholder={say("Name, phone, amount, bill")}
                value={typed.value}
                dir="auto"
                onInput={(event) => {
                    typed.value = event.currentTarget.value;
                }}
                onKeyDown={onKey}
            />
            {typed.value !== "" ? (
                <button
                    type="button"
                    class="clear"
                    aria-label={say("Clear")}
                    onClick={() => {
                        typed.value = "";
                        field.current?.focus();
                    }}>
                    ✕
                </button>
            ) : (
                <span class="hint">
                    <kbd>/</kbd>
                </span>
            )}
        </div>
    );
    return (
        <div class="customers">
            <Head title={say("Customers")}>{narrow ? undefined : find}</Head>
            {narrow && find}
            <div class="customers-filter">
                <Chips
                    label={say("Which customers")}
                    value={choice.which}
                    onPick={(which) => {
                        kept.value = { ...kept.value, which };
                    }}
                    options={WHICH.map((which) => ({
                        id: which as number,
                        text: (
                            <>
                                {whichText(which)}{" "}
                                <span class="chip-count">{!complete ? "" : whole(listing.counts[which] ?? 0)}</span>
                            </>
                        ),
                    }))}
                />
                {branches.length > 1 && (
                    <select
                        class="chip"
                        aria-label={say("Branch")}
                        value={choice.branch ?? ""}
                        onChange={(event) => {
                            const { value } = event.currentTarget;
                            kept.value = { ...kept.value, branch: value === "" ? undefined : Number(value) };
                        }}>
                        <option value="">{say("All branches")}</option>
                        {branches.map((branch) => (
                            <option key={branch.branch} value={branch.branch}>
                                {branch.name}
                            </option>
                        ))}
                    </select>
                )}
            </div>
            {search.papers.length > 0 && (
                <ul class="panel papers">
                    {search.papers.map(
                        ({ document: paper }) =>
                            paper !== undefined && (
                                <li key={String(paper.document)}>
                                    <a class="ask-line" href={documentHref(paper.document)}>
                                        <span class="grow cut">
                                            {documentKindText(paper.kind)} <b>{digits(paper.number)}</b>{" "}
                                            <bdi>{paper.name?.value ?? paper.code ?? ""}</bdi>
                                        </span>
                                        <Money minor={paper.total_minor} />
                                    </a>
                                </li>
                            ),
                    )}
                </ul>
            )}
            <div class="customers-two">
                <div
                    class="panel customers-list"
                    onPointerEnter={() => {
                        inside.value = true;
                    }}
                    onPointerLeave={() => {
                        inside.value = false;
                    }}>
                    <div
                        class="customers-scroll"
                        ref={box}
                        role="table"
                        aria-label={say("Customers")}
                        aria-rowcount={listing.order.length + 1}
                        tabIndex={0}
                        onScroll={(event) => {
                            top.value = event.currentTarget.scrollTop;
                        }}>
                        {!narrow && (
                            <Columns
                                choice={choice}
                                onSort={(sorting) => {
                                    kept.value = { ...kept.value, sorting };
                                }}
                            />
                        )}
                        <div
                            class="customers-space"
                            role="rowgroup"
                            style={{ height: `${listing.order.length * rowHeight}px` }}>
                            <div class="customers-seen" style={{ transform: `translateY(${first * rowHeight}px)` }}>
                                {seen.map((customer, index) => (
                                    <Row
                                        key={customer.row.customer}
                                        client={client}
                                        customer={customer}
                                        index={first + index}
                                        narrow={narrow}
                                        current={customer.row.customer === cursor.value}
                                        gone={listing.gone.has(customer.row.customer)}
                                        barOnly={recent > 5}
                                        onPick={() => {
                                            cursor.value = customer.row.customer;
                                        }}
                                    />
                                ))}
                            </div>
                        </div>
                        {listing.order.length === 0 &&
                            (complete ? (
                                <Nobody
                                    choice={choice}
                                    typed={typed.value}
                                    asking={search.asking}
                                    branch={namesOf(client).branch(choice.branch)}
                                />
                            ) : (
                                <Bones rows={8} />
                            ))}
                    </div>
                    <footer class="customers-foot small">
                        <span>
                            <b>
                                {sayMany("{count} customer", "{count} customers", listing.order.length, {
                                    count: whole(listing.order.length),
                                })}
                            </b>
                        </span>
                        <span class="grow cut ink-2">
                            {say("owe")}{" "}
                            <b class="ink">
                                <Money minor={listing.owed} />
                            </b>{" "}
                            <Age client={client} />
                        </span>
                        <button type="button" class="link" hidden={waits === 0} onClick={release}>
                            {joined([
                                listing.moved > 0
                                    ? sayMany("{count} row moved", "{count} rows moved", listing.moved, {
                                          count: whole(listing.moved),
                                      })
                                    : undefined,
                                listing.fresh > 0 ? say("{count} new", { count: whole(listing.fresh) }) : undefined,
                                listing.gone.size > 0
                                    ? say("{count} left", { count: whole(listing.gone.size) })
                                    : undefined,
                            ])}{" "}
                            <span class="hint">
                                <kbd>v</kbd>
                            </span>
                        </button>
                    </footer>
                </div>
                {!narrow && <Side client={client} customer={chosen} />}
            </div>
        </div>
    );
}

function Nobody({
    choice,
    typed: text,
    asking,
    branch,
}: {
    choice: Choice;
    typed: string;
    asking: boolean;
    branch: string;
}) {
    if (asking) return <Bones rows={3} />;
    if (text !== "")
        return (
            <div class="region-note">
                <b>
                    {branch === ""
                        ? say("Nobody for “{text}”.", { text })
                        : say("Nobody for “{text}” in {branch}.", { text, branch })}
                </b>
                <Button
                    onClick={() => {
                        typed.value = "";
                        kept.value = { ...kept.value, which: Which.ALL, branch: undefined };
                    }}>
                    {say("Show all customers")}
                </Button>
            </div>
        );
    if (choice.which !== Which.ALL || choice.branch !== undefined)
        return (
            <div class="region-note">
                <b>{say("Nobody is in this list now.")}</b>
                <Button
                    onClick={() => {
                        kept.value = { ...kept.value, which: Which.ALL, branch: undefined };
                    }}>
                    {say("Show all customers")}
                </Button>
            </div>
        );
    return <p class="region-note">{say("No customer yet. The first one comes with the first sale on credit.")}</p>;
}

/* Whom the cursor is on. */
function Side({ client, customer }: { client: Client; customer: Customer | undefined }) {
    const paid = useAsked(
        client,
        "documents",
        customer === undefined
            ? undefined
            : { customer: customer.row.customer, kind: DocumentKind.DOCUMENT_PAYMENT, rows: 1 },
        { again: customer?.account?.seq },
    );
    if (customer === undefined)
        return (
            <aside class="panel customers-side region-note">
                {say("↑ and ↓ choose a customer; Enter opens them.")}
            </aside>
        );
    const { row, account } = customer;
    const last = paid.answer?.rows[0];
    return (
        <aside class="panel customers-side" aria-label={row.name.value ?? row.code}>
            <div class="section">
                <h2 class="title">
                    <Name class="cut">{row.name.value ?? row.code}</Name>
                </h2>
                <p class="small ink-2 cut">
                    {joined([
                        codeBeside(row),
                        namesOf(client).branch(row.branch),
                        row.term_days === undefined
                            ? undefined
                            : say("term {days} days", { days: whole(row.term_days) }),
                    ])}
                </p>
            </div>
            <div class="section two">
                <div>
                    <p class="small ink-2">{say("Phone")}</p>
                    <p>
                        <b>
                            {row.phone?.value === undefined ? (
                                "–"
                            ) : (
                                <a href={`tel:${row.phone.value}`}>
                                    <bdi dir="ltr">{row.phone.value}</bdi>
                                </a>
                            )}
                        </b>
                    </p>
                </div>
                <div class="end">
                    <p class="small ink-2">{say("Last payment")}</p>
                    <p class="credit">
                        {last === undefined ? <span class="ink-3">–</span> : <Money minor={last.total_minor} />}
                    </p>
                </div>
            </div>
            {account !== undefined && (
                <div class="side-sum">
                    <LineThatAddsUp form="phone" terms={addingOf(account)} />
                </div>
            )}
            {row.lock_reason?.value !== undefined && (
                <p class="section over">
                    <Sign of="⊘" />
                    <bdi>{row.lock_reason.value}</bdi>
                </p>
            )}
            <p class="section">
                <a class="button" href={customerHref(row.customer)}>
                    {say("Open")} <kbd aria-hidden="true">↵</kbd>
                </a>
            </p>
        </aside>
    );
}

export function Customers({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const number = at[0] !== undefined && /^\d{1,9}$/.test(at[0]) ? Number(at[0]) : undefined;
    return number === undefined ? <List client={client} /> : <Card key={number} client={client} number={number} />;
}

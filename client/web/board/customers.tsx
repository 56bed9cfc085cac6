/*
 * All customers, live. Figures change in place; the order is held while a cursor or pointer is in the list or it is
 * scrolled. Only the rows that are seen are drawn, and only the pages around them are here: rows.ts. What was chosen
 * stands in the address.
 */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client, Customer } from "../lib/api";
import { DocumentKind, Right, type CustomerEntry, type ListCounts, type SearchHit } from "../lib/messages";
import { CustomerForm } from "../desk/forms";
import { useExport } from "../kit/export";
import type { FileColumn } from "../kit/files";
import { FIND_MOST } from "../kit/filters";
import { go, replace } from "../kit/route";
import {
    ago,
    amount,
    AtMost,
    Available,
    Balance,
    Button,
    Chips,
    dayOf,
    Head,
    isolate,
    LineThatAddsUp,
    Money,
    Name,
    paperNumber,
    readAmount,
    Sign,
    stoppedOf,
    unit,
    Unknown,
    useActions,
    useMark,
    whole,
} from "../kit";
import { shortName } from "../kit/money";
import { directionOf, language, say, sayMany } from "../kit/words";
import { keyOf, useAsked } from "./asked";
import { Card } from "./customer";
import { namesOf } from "./live";
import { usePaced } from "./paced";
import { documentKindText } from "../kit/labels";
import { Age, codeBeside, customerHref, documentHref, joined, NotYet } from "./parts";
import {
    addressOf,
    ANYBODY,
    choiceOf,
    countOf,
    isA,
    lateOf,
    Listing,
    queryOf,
    Sorting,
    Which,
    WHICH,
    unknownIn,
    withoutCash,
    type Choice,
} from "./rows";
import { addingOf } from "./sums";

const cursor = signal<{ customer: number; index: number } | undefined>(undefined);

const SPARE = 8; /* rows drawn beyond each edge */
const SETTLED_MS = 400; /* nobody scrolls any more: those seen are followed */
const REFRESH_MS = 1000;
const WORDS_MS = 120; /* from one question of what is typed to the next */

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
        case Which.CREDIT:
            return say("In credit");
        case Which.UNMATCHED:
            return say("Not yet matched");
        case Which.IN_TIME:
            return say("Nothing overdue");
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

/* Papers and amounts that the words find, beside the customers. */
function usePapers(client: Client, text: string): readonly SearchHit[] {
    const sum = readAmount(text, language.value).value;
    const asked = useAsked(
        client,
        "search",
        text.length < 2 ? undefined : { text, rows: 50, ...(sum === undefined ? {} : { amounts_minor: [sum] }) },
    );
    return useMemo(
        () => (asked.answer?.hits ?? []).filter((hit) => hit.document !== undefined).slice(0, 4),
        [asked.answer],
    );
}

/* ---- one row ---- */

function AvailableCell({ customer, word }: { customer: Customer; word: boolean }) {
    const { account, row } = customer;
    if (row.merged_code !== undefined)
        return word ? (
            <span class="ink-2">{say("merged into {code}", { code: row.merged_code })}</span>
        ) : (
            <span class="ink-3">–</span>
        );
    if (row.erased === true) return <span class="ink-2">{say("Person erased")}</span>;
    const stopped = stoppedOf(row, account);
    if (stopped !== undefined) return <Available minor={0n} stopped={stopped} />;
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

/* "46 d": how long the oldest of it is overdue. */
function oldestText(client: Client, account: Customer["account"]): ComponentChild {
    if (account?.oldest_due === undefined) return <span class="ink-3">–</span>;
    return say("{days} d", { days: whole(dayOf(client.clock()) - account.oldest_due) });
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
                <span class="small ink-3 nowrap">
                    {row.merged_code === undefined
                        ? codeBeside(row)
                        : joined([row.code, say("merged into {code}", { code: row.merged_code })])}
                </span>
            </span>
            <span role="cell" class="small ink-2 cut">
                {names.branch(row.branch)}
            </span>
            <span role="cell" class="amount">
                {row.merged_code === undefined ? (
                    <Balance minor={account?.balance_minor ?? 0n} />
                ) : (
                    <span class="ink-3">–</span>
                )}
            </span>
            <span role="cell" class="amount late">
                {late > 0n ? <Money minor={late} /> : <span class="ink-3">–</span>}
            </span>
            <span role="cell" class="amount small late">
                {oldestText(client, account)}
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
    const sorts = (sorting: Sorting, text: string, amount = true) => {
        const on = choice.sorting === sorting;
        return (
            <span
                role="columnheader"
                class={amount ? "amount" : ""}
                aria-sort={!on ? undefined : choice.turned ? "ascending" : "descending"}>
                <button type="button" class={`sorts${on ? " on" : ""}`} onClick={() => onSort(sorting)}>
                    {text}
                    {on && <span aria-hidden="true"> {choice.turned ? "↑" : "↓"}</span>}
                </button>
            </span>
        );
    };
    return (
        <div class="customer-row customer-head" role="row" aria-rowindex={1}>
            {sorts(Sorting.CODE, say("Customer"), false)}
            {sorts(Sorting.BRANCH, say("Branch"), false)}
            {sorts(Sorting.OWES, say("Owes {unit}", { unit: unit() }))}
            {sorts(Sorting.OVERDUE, say("Overdue {unit}", { unit: unit() }))}
            {sorts(Sorting.OLDEST, say("Oldest"))}
            {sorts(Sorting.AVAILABLE, say("Available {unit}", { unit: unit() }))}
            {sorts(Sorting.CHANGE, say("Last change {unit}", { unit: unit() }))}
            <span role="columnheader">{say("when, who")}</span>
        </div>
    );
}

/* Whoever is seen is followed, once nobody scrolls any more. */
function useFollowed(client: Client, numbers: readonly number[]): ReadonlyMap<number, Customer> {
    const key = [...numbers].sort((a, b) => a - b).join();
    const [settled, settle] = useState("");
    useEffect(() => {
        const timer = setTimeout(() => settle(key), SETTLED_MS);
        return () => clearTimeout(timer);
    }, [key]);
    const replica = useMemo(
        () => (settled === "" ? undefined : client.customers(settled.split(",").map(Number))),
        [client, settled],
    );
    useEffect(() => () => replica?.close(), [replica]);
    return usePaced(() => replica?.rows.value ?? NOBODY, [replica], 250);
}

const NOBODY: ReadonlyMap<number, Customer> = new Map();

/* What is newer of the two. */
function newer(listed: Customer, live: Customer | undefined): Customer {
    if (live === undefined || (live.account?.seq ?? 0n) < (listed.account?.seq ?? 0n)) return listed;
    return live.changed > 0 ? live : { ...live, changed: listed.changed };
}

function useListing(client: Client, choice: Choice, held: boolean): Listing {
    const listing = useMemo(() => new Listing((query) => client.ask("customers", query)), [client]);
    const key = keyOf(queryOf(choice));
    const [settled, settle] = useState(key);
    /* The first letter is asked for at once, those that follow it together; all else is chosen at once. */
    const asked = useRef(-Infinity);
    useEffect(() => {
        const wait = choice.text === "" ? 0 : Math.max(0, asked.current + WORDS_MS - performance.now());
        const timer = setTimeout(() => {
            asked.current = performance.now();
            settle(key);
        }, wait);
        return () => clearTimeout(timer);
    }, [key]);
    const live = client.line.value.kind === "live";
    useEffect(() => listing.choose(queryOf(choice)), [listing, settled, live]);
    const holds = useRef(held);
    useEffect(() => {
        const let_go = holds.current && !held;
        holds.current = held;
        if (let_go) listing.release();
    }, [held]);
    useEffect(() => {
        let last = client.seq.peek();
        const timer = setInterval(() => {
            if (document.hidden || client.seq.peek() === last) return;
            last = client.seq.peek();
            void listing.refresh(holds.current);
        }, REFRESH_MS);
        return () => clearInterval(timer);
    }, [listing, client]);
    return listing;
}

/* ---- which of them ---- */

function Groups({
    client,
    choice,
    onPick,
}: {
    client: Client;
    choice: Choice;
    onPick(groups: readonly number[]): void;
}) {
    const asked = useAsked(client, "groups", {}, { most: 20 });
    const groups = asked.pages.flatMap((page) => page.groups);
    if (groups.length === 0) return null;
    const name = (group: number) => groups.find((each) => each.group === group)?.name ?? `#${group}`;
    return (
        <>
            <select
                class="chip"
                aria-label={say("Add a group")}
                value=""
                onChange={(event) => {
                    const { value } = event.currentTarget;
                    if (value !== "") onPick([...choice.groups, Number(value)]);
                }}>
                <option value="">{choice.groups.length === 0 ? say("All groups") : say("+ group")}</option>
                {groups
                    .filter((each) => !choice.groups.includes(each.group))
                    .map((each) => (
                        <option key={each.group} value={each.group}>
                            {each.dimension}: {each.name}
                        </option>
                    ))}
            </select>
            {choice.groups.map((group) => (
                <button
                    key={group}
                    type="button"
                    class="chip chosen-group"
                    aria-label={say("Without {group}", { group: name(group) })}
                    onClick={() => onPick(choice.groups.filter((each) => each !== group))}>
                    <Name>{name(group)}</Name> <span aria-hidden="true">✕</span>
                </button>
            ))}
        </>
    );
}

const FILE_ROWS = 500; /* of a page that goes into a file */

function fileColumns(client: Client, counts: ListCounts | undefined): FileColumn<CustomerEntry>[] {
    const names = namesOf(client);
    return [
        { head: say("Code"), kind: "text", of: ({ who }) => who.code },
        { head: say("Customer"), kind: "text", of: ({ who }) => who.name.value },
        { head: say("Phone"), kind: "text", of: ({ who }) => who.phone?.value },
        { head: say("Area"), kind: "text", of: ({ who }) => who.area },
        { head: say("Branch"), kind: "text", of: ({ who }) => names.branch(who.branch) },
        {
            head: say("Owes {unit}", { unit: unit() }),
            kind: "money",
            sum: counts?.balance_minor,
            of: ({ account }) => account.balance_minor,
        },
        {
            head: say("Overdue {unit}", { unit: unit() }),
            kind: "money",
            sum: counts?.overdue_minor,
            of: ({ account }) => account.overdue_minor ?? 0n,
        },
        { head: say("Oldest"), kind: "day", of: ({ account }) => account.oldest_due },
        {
            head: say("Limit"),
            kind: "money",
            of: ({ account }) => (account.unlimited === true ? undefined : account.limit_minor),
        },
        {
            head: say("Available {unit}", { unit: unit() }),
            kind: "money",
            of: ({ account }) => (account.unlimited === true ? undefined : account.available_minor),
        },
        {
            head: say("Locked"),
            kind: "text",
            of: ({ who, account }) => (who.locked === true || account.locked === true ? "⊘" : undefined),
        },
    ];
}

function List({ client, at: address }: { client: Client; at: readonly string[] }) {
    const narrow = useNarrow();
    const inside = useSignal(false);
    const top = useSignal(0);
    const height = useSignal(600);
    const box = useRef<HTMLDivElement>(null);
    const field = useRef<HTMLInputElement>(null);
    const choice = choiceOf(address);
    const choose = (change: Partial<Choice>) => replace(...addressOf({ ...choice, ...change }));
    const papers = usePapers(client, choice.text.trim());
    const held = inside.value || top.value > 0;
    const listing = useListing(client, choice, held);
    const { total, counts: said, moved, refused } = listing.shown.value;
    const cash = useAsked(client, "company", {}).answer?.cash_customer ?? 0;
    useEffect(() => listing.without(choice.text.trim() === "" ? cash : 0), [listing, cash, choice.text.trim() === ""]);
    const counts = cash === 0 ? said : withoutCash(said, choice);

    const rowHeight = narrow ? 56 : 32;
    const first = Math.max(0, Math.floor(top.value / rowHeight) - SPARE);
    const last = Math.min(total, Math.ceil((top.value + height.value) / rowHeight) + SPARE);
    useEffect(() => listing.look(first, last), [first, last, total]);
    const listed = Array.from({ length: Math.max(0, last - first) }, (_, index) => listing.at(first + index));
    const live = useFollowed(
        client,
        listed.flatMap((customer) => customer?.row.customer ?? []),
    );
    const seen = listed.map((customer) => customer && newer(customer, live.get(customer.row.customer)));
    const recent = seen.filter(
        (customer) => customer !== undefined && customer.changed > 0 && performance.now() - customer.changed < 8000,
    ).length;

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
        cursor.value = undefined;
    }, [address.join("/")]);

    const step = (to: number) => {
        const at = Math.max(0, Math.min(total - 1, to));
        const customer = listing.at(at);
        if (customer === undefined) return;
        cursor.value = { customer: customer.row.customer, index: at };
        const element = box.current;
        if (element === null) return;
        const [from, until] = [at * rowHeight, (at + 1) * rowHeight + (narrow ? 0 : 32)];
        if (from < element.scrollTop) element.scrollTop = from;
        else if (until > element.scrollTop + element.clientHeight) element.scrollTop = until - element.clientHeight;
    };
    const at = () => cursor.value?.index ?? -1;
    const open = () => {
        if (cursor.value !== undefined) location.hash = customerHref(cursor.value.customer);
    };
    const release = () => listing.release();
    const out = useExport({
        client,
        title: say("Customers"),
        about: joined([
            choice.which === Which.ALL ? undefined : whichText(choice.which),
            namesOf(client).branch(choice.branch),
            choice.text.trim(),
        ]),
        columns: fileColumns(client, counts),
        count: total,
        pages: async (page) => {
            const said = await client.ask("customers", { ...queryOf(choice), rows: FILE_ROWS, page });
            if ("refused" in said) return said;
            const rows = said.answer.rows.filter(({ who }) => choice.text.trim() !== "" || who.customer !== cash);
            return { rows, next: said.answer.next };
        },
    });
    const [adding, setAdding] = useState(false);
    const mayAdd = client.may(Right.RIGHT_EDIT_CUSTOMER);
    useActions([
        { id: "customers.search", key: "/", title: say("Find a customer"), run: () => field.current?.focus() },
        { id: "customers.sort", key: "v", title: say("Sort the list anew"), run: release },
        { id: "customers.down", key: "↓", title: say("Next customer"), run: () => step(at() + 1) },
        { id: "customers.up", key: "↑", title: say("Customer before"), run: () => step(Math.max(0, at() - 1)) },
        { id: "customers.j", key: "j", title: say("Next customer"), run: () => step(at() + 1) },
        { id: "customers.k", key: "k", title: say("Customer before"), run: () => step(Math.max(0, at() - 1)) },
        { id: "customers.open", key: "Enter", title: say("Open the customer"), run: open },
        {
            id: "customers.add",
            key: "+",
            title: say("Add a customer"),
            blocked: !mayAdd && say("not with your role"),
            run: () => setAdding(true),
        },
        { id: "customers.branches", key: "a", title: say("All branches"), run: () => choose({ branch: undefined }) },
    ]);
    const onKey = (event: KeyboardEvent) => {
        if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            const found = listing.at(0);
            if (event.key === "Enter" && found !== undefined) cursor.value = { customer: found.row.customer, index: 0 };
            if (event.key === "Enter") open();
            else {
                field.current?.blur();
                step(0);
            }
        } else if (event.key === "Escape") {
            choose({ text: "" });
            field.current?.blur();
        } else return;
        event.stopPropagation();
    };
    const branches = [...namesOf(client).allBranches.value.values()];
    const chosen =
        seen.find((customer) => customer !== undefined && customer.row.customer === cursor.value?.customer) ??
        (cursor.value === undefined ? listing.at(0) : listing.at(cursor.value.index));

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
                value={choice.text}
                dir={directionOf(choice.text) ?? "auto"}
                maxLength={FIND_MOST}
                onInput={(event) => choose({ text: event.currentTarget.value })}
                onKeyDown={onKey}
            />
            {choice.text.length >= FIND_MOST && <AtMost letters={FIND_MOST} />}
            {choice.text !== "" ? (
                <button
                    type="button"
                    class="clear"
                    aria-label={say("Clear")}
                    onClick={() => {
                        choose({ text: "" });
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
            <Head title={say("Customers")}>
                {narrow ? undefined : find}
                <Button onClick={out.open} hotkey="x">
                    {say("Export")}
                </Button>
                {mayAdd && (
                    <Button onClick={() => setAdding(true)} hotkey="+">
                        {say("New customer")}
                    </Button>
                )}
            </Head>
            {narrow && find}
            <div class="customers-filter">
                <Chips
                    label={say("Which customers")}
                    value={choice.which}
                    onPick={(which) => choose({ which })}
                    options={WHICH.map((which) => ({
                        id: which as number,
                        text: (
                            <>
                                {whichText(which)}{" "}
                                <span class="chip-count">
                                    {counts === undefined ? "" : whole(countOf(counts, which))}
                                </span>
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
                            choose({ branch: value === "" ? undefined : Number(value) });
                        }}>
                        <option value="">{say("All branches")}</option>
                        {branches.map((branch) => (
                            <option key={branch.branch} value={branch.branch}>
                                {branch.name}
                            </option>
                        ))}
                    </select>
                )}
                <Groups client={client} choice={choice} onPick={(groups) => choose({ groups })} />
            </div>
            <Unknown parts={unknownIn(address)} onAway={() => choose({})} />
            {papers.length > 0 && (
                <ul class="panel papers">
                    {papers.map(
                        ({ document: paper }) =>
                            paper !== undefined && (
                                <li key={String(paper.document)}>
                                    <a class="ask-line" href={documentHref(paper.document)}>
                                        <span class="grow cut">
                                            {documentKindText(paper.kind)} <b>{paperNumber(paper.number)}</b>{" "}
                                            <Name>{paper.name?.value ?? paper.code ?? ""}</Name>
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
                        aria-rowcount={total + 1}
                        tabIndex={0}
                        onScroll={(event) => {
                            top.value = event.currentTarget.scrollTop;
                        }}>
                        {!narrow && (
                            <Columns
                                choice={choice}
                                onSort={(sorting) =>
                                    choose({ sorting, turned: choice.sorting === sorting && !choice.turned })
                                }
                            />
                        )}
                        <div class="customers-space" role="rowgroup" style={{ height: `${total * rowHeight}px` }}>
                            <div class="customers-seen" style={{ transform: `translateY(${first * rowHeight}px)` }}>
                                {seen.map((customer, index) =>
                                    customer === undefined ? (
                                        <div key={first + index} class="customer-row" role="row">
                                            <span role="cell" class="bones" />
                                        </div>
                                    ) : (
                                        <Row
                                            key={first + index}
                                            client={client}
                                            customer={customer}
                                            index={first + index}
                                            narrow={narrow}
                                            current={customer.row.customer === cursor.value?.customer}
                                            gone={!isA(customer, choice.which)}
                                            barOnly={recent > 5}
                                            onPick={() => {
                                                cursor.value = {
                                                    customer: customer.row.customer,
                                                    index: first + index,
                                                };
                                            }}
                                        />
                                    ),
                                )}
                            </div>
                        </div>
                        {total === 0 &&
                            (counts === undefined ? (
                                <NotYet client={client} refused={refused} rows={8} />
                            ) : (
                                <Nobody
                                    choice={choice}
                                    branch={namesOf(client).branch(choice.branch)}
                                    onAll={() => choose(ANYBODY)}
                                />
                            ))}
                    </div>
                    <footer class="customers-foot small">
                        <span>
                            <b>{sayMany("{count} customer", "{count} customers", total, { count: whole(total) })}</b>
                        </span>
                        <span class="grow cut ink-2">
                            {say("owe")}{" "}
                            <b class="ink">
                                <Money minor={counts?.balance_minor ?? 0n} />
                            </b>{" "}
                            {say("overdue")}{" "}
                            <b class="late">
                                <Money minor={counts?.overdue_minor ?? 0n} />
                            </b>{" "}
                            <Age client={client} />
                        </span>
                        <button type="button" class="link" hidden={moved === 0} onClick={release}>
                            {sayMany("{count} row moved", "{count} rows moved", moved, { count: whole(moved) })}{" "}
                            <span class="hint">
                                <kbd>v</kbd>
                            </span>
                        </button>
                    </footer>
                </div>
                {!narrow && <Side client={client} customer={chosen} />}
            </div>
            {adding && (
                <CustomerForm
                    client={client}
                    onClose={() => setAdding(false)}
                    onMade={(id) => {
                        location.hash = customerHref(Number(id));
                    }}
                />
            )}
            {out.sheet}
        </div>
    );
}

function Nobody({ choice, branch, onAll }: { choice: Choice; branch: string; onAll(): void }) {
    const text = choice.text.trim();
    const all = <Button onClick={onAll}>{say("Show all customers")}</Button>;
    if (text !== "")
        return (
            <div class="region-note">
                <b>
                    {branch === ""
                        ? say("Nobody for “{text}”.", { text })
                        : say("Nobody for “{text}” in {branch}.", { text, branch })}
                </b>
                {all}
            </div>
        );
    if (choice.which !== Which.ALL || choice.branch !== undefined || choice.groups.length > 0)
        return (
            <div class="region-note">
                <b>{say("Nobody is in this list now.")}</b>
                {all}
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
                            : sayMany("term {days} day", "term {days} days", row.term_days, {
                                  days: whole(row.term_days),
                              }),
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
                    <LineThatAddsUp form="phone" terms={{ ...addingOf(account), stopped: stoppedOf(row, account) }} />
                </div>
            )}
            {row.lock_reason?.value !== undefined && (
                <p class="section over">
                    <Sign of="⊘" />
                    <Name>{row.lock_reason.value}</Name>
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

/* Where somebody comes back to from a card: the list as it was chosen. */
let listAddress: readonly string[] = ["customers"];
export const backToList = (): void => {
    go(...listAddress);
};

export function Customers({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const number = at[0] !== undefined && /^\d{1,9}$/.test(at[0]) ? Number(at[0]) : undefined;
    if (number === undefined) listAddress = ["customers", ...at];
    return number === undefined ? (
        <List client={client} at={at} />
    ) : (
        <Card key={number} client={client} number={number} onBack={backToList} />
    );
}

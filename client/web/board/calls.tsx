/*
 * Whom to call: those whose day has come, then what is overdue times its days. The form stands beside the list and stays
 * open during the call; F9 keeps what was said and goes to the next. The order is held while somebody works in it.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ComponentChild, JSX } from "preact";
import type { Client } from "../lib/api";
import {
    CallResult,
    CustomerSort,
    ListCalls,
    NoteKind,
    Right,
    type AccountRow,
    type CustomerEntry,
    type CustomerRow,
} from "../lib/messages";
import { Button, Chips, day, dayOf, Head, Money, Name, paperNumber, useActions, whole } from "../kit";
import { DayField, today } from "../kit/day";
import { shortName } from "../kit/money";
import { listed, say, sayMany } from "../kit/words";
import { saved } from "../desk/save";
import { useAsked } from "./asked";
import { dueText } from "./customer";
import { namesOf } from "./live";
import { NoteLines, Owner, resultText, Words } from "./notes";
import { Age, codeBeside, customerHref, documentHref, joined, NotYet } from "./parts";

const PAGE = 100;

type Which = "now" | "mine" | "all";

const nameOf = (row: CustomerRow): string => row.name.value ?? row.code;
const daysLate = (account: AccountRow): number =>
    account.oldest_due === undefined ? 0 : Math.max(0, today() - account.oldest_due);
const comesBack = (row: CustomerRow): boolean => row.again !== undefined && row.again <= today();

/* ---- one row ---- */

function Phone({ row, large }: { row: CustomerRow; large?: boolean }): JSX.Element {
    const number = row.phone?.value;
    if (number === undefined) return <span class="ink-3">{say("no phone")}</span>;
    return (
        <a
            class={`button call-phone${large === true ? " large" : ""}`}
            href={`tel:${number.replace(/[^\d+]/g, "")}`}
            aria-label={say("Call {name}: {phone}", { name: nameOf(row), phone: number })}
            onClick={(event) => event.stopPropagation()}>
            <bdi dir="ltr">{number}</bdi>
        </a>
    );
}

interface RowProps {
    client: Client;
    entry: CustomerEntry;
    most: number /* the heaviest weight in the list: the bar of all is measured by it */;
    current: boolean;
    onPick(): void;
}

function CallRow({ client, entry, most, current, onPick }: RowProps): JSX.Element {
    const { who, account } = entry;
    const names = namesOf(client);
    const late = account.overdue_minor ?? 0n;
    const share = most === 0 ? 0 : Math.round((100 * Number(late) * daysLate(account)) / most);
    return (
        <li
            class={`call-row${current ? " cursor" : ""}`}
            data-customer={who.customer}
            aria-current={current || undefined}>
            <button type="button" class="call-pick" onClick={onPick}>
                <span class="call-name">
                    <b>
                        <Name class="cut">{nameOf(who)}</Name>
                    </b>
                    <span class="small ink-2 cut">{joined([codeBeside(who), who.area])}</span>
                </span>
                <span class="call-late">
                    <span class={late > 0n ? "late" : "ink-3"}>
                        <Money minor={late} />
                    </span>
                    <span class="small ink-2">
                        {late > 0n ? say("{days} d late", { days: whole(daysLate(account)) }) : say("not overdue")}
                    </span>
                    <span class="call-weight" aria-hidden="true">
                        <span style={{ inlineSize: `${share}%` }} />
                    </span>
                </span>
                <span class="call-last small">
                    {who.contact_ms === undefined ? (
                        <span class="ink-3">{say("never called")}</span>
                    ) : (
                        <>
                            <span>{listed([dayText(who.contact_ms), names.person(who.contact_by)])}</span>
                            <span class="ink-2">{resultText(who.contact_result)}</span>
                        </>
                    )}
                </span>
                <span class="call-next small">
                    {comesBack(who) || who.again === undefined ? (
                        <b>
                            {who.again === undefined
                                ? say("now")
                                : who.again === today()
                                  ? say("today")
                                  : say("since {day}", { day: day(who.again) })}
                        </b>
                    ) : (
                        <span>{day(who.again)}</span>
                    )}
                    <span class="ink-2 cut">{names.person(who.again_owner)}</span>
                </span>
            </button>
            <Phone row={who} />
        </li>
    );
}

const dayText = (ms: bigint): string => day(dayOf(ms));

/* ---- the call ---- */

interface CallProps {
    client: Client;
    entry: CustomerEntry;
    next: CustomerEntry | undefined;
    onLogged(): void;
}

interface Draft {
    result: CallResult | undefined;
    text: string;
    again: number | undefined;
    owner: number | undefined;
}
const NOTHING_SAID: Draft = { result: undefined, text: "", again: undefined, owner: undefined };

/* What is half typed on somebody stays theirs, whomever one looks at meanwhile, until it is kept. */
const drafts = new Map<number, Draft>();

function Bills({ client, entry }: { client: Client; entry: CustomerEntry }): JSX.Element | null {
    const asked = useAsked(
        client,
        "unpaid_bills",
        { customer: entry.who.customer },
        { again: entry.account.last?.seq },
    );
    const late = (asked.answer?.bills ?? []).filter((bill) => bill.days_late > 0);
    if (late.length === 0) return null;
    return (
        <ul class="plain-list call-bills">
            {late.slice(0, 5).map((bill) => (
                <li key={String(bill.document)} class="ask-line small">
                    <a class="grow" href={documentHref(bill.document)}>
                        {paperNumber(bill.number)}
                    </a>
                    {dueText(bill)}
                    <Money minor={bill.open_minor} />
                </li>
            ))}
            {late.length > 5 && (
                <li class="small ink-2">
                    {sayMany("and {count} more", "and {count} more", late.length - 5, {
                        count: whole(late.length - 5),
                    })}
                </li>
            )}
        </ul>
    );
}

function Call({ client, entry, next, onLogged }: CallProps): JSX.Element {
    const { who, account } = entry;
    const [draft, setDraft] = useState<Draft>(drafts.get(who.customer) ?? NOTHING_SAID);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const notes = useAsked(client, "notes", { customer: who.customer, rows: 3 }, { again: who.noted_seq });
    const put = (change: Partial<Draft>): void => {
        const now = { ...draft, ...change };
        drafts.set(who.customer, now);
        setDraft(now);
    };
    const may = client.may(Right.RIGHT_EDIT_CUSTOMER);
    const text = draft.text.trim();
    const missing = !may
        ? say("not with your role")
        : draft.result === undefined
          ? say("Say whether they were reached")
          : text === "" && say("Write what was said");
    const log = async (): Promise<void> => {
        if (busy || missing !== false) return;
        setBusy(true);
        setWrong(undefined);
        const came = await saved(
            client,
            client.submit("add_note", {
                customer: who.customer,
                text: { value: text },
                kind: NoteKind.NOTE_CALL,
                result: draft.result,
                closes: true,
                again: draft.again,
                owner: draft.again === undefined ? undefined : (draft.owner ?? client.me.value?.staff),
            }),
        );
        setBusy(false);
        if ("wrong" in came) {
            setWrong(came.wrong);
            return;
        }
        drafts.delete(who.customer);
        onLogged();
    };
    useActions([{ id: "calls.log", key: "F9", title: say("Log the call"), blocked: missing, run: () => void log() }]);
    const then = next === undefined ? undefined : shortName(nameOf(next.who), 18);
    return (
        <aside class="panel call-form" aria-label={nameOf(who)}>
            <div class="section">
                <h2 class="title">
                    <Name class="cut">{nameOf(who)}</Name>
                </h2>
                <p class="small ink-2 cut">
                    {joined([codeBeside(who), namesOf(client).branch(who.branch), who.area])}{" "}
                    <a href={customerHref(who.customer)}>{say("Open")}</a>
                </p>
            </div>
            <div class="section call-number">
                <Phone row={who} large />
            </div>
            <div class="section">
                <p class="ask-line">
                    <span class="grow">{say("Overdue")}</span>
                    <b class={(account.overdue_minor ?? 0n) > 0n ? "late" : "ink-3"}>
                        <Money minor={account.overdue_minor ?? 0n} />
                    </b>
                </p>
                <Bills client={client} entry={entry} />
                <p class="ask-line small ink-2">
                    <span class="grow">{say("Owes")}</span>
                    <Money minor={account.balance_minor} />
                </p>
            </div>
            {(notes.answer?.notes.length ?? 0) > 0 && (
                <NoteLines client={client} customer={who.customer} notes={notes.answer!.notes} />
            )}
            <div class="section call-fields">
                <h3>{say("This call")}</h3>
                <Chips
                    label={say("Were they reached?")}
                    value={draft.result}
                    onPick={(result) => put({ result })}
                    options={[
                        { id: CallResult.CALL_REACHED, text: say("Reached") },
                        { id: CallResult.CALL_NO_ANSWER, text: say("No answer") },
                        { id: CallResult.CALL_WRONG_NUMBER, text: say("Wrong number") },
                    ]}
                />
                <Words label={say("What was said")} value={draft.text} onText={(said) => put({ text: said })} />
                <DayField
                    label={say("Again on")}
                    value={draft.again}
                    onPick={(again) => put({ again })}
                    none={say("never")}
                />
                {draft.again !== undefined && (
                    <Owner
                        client={client}
                        value={draft.owner ?? client.me.value?.staff ?? 0}
                        onPick={(owner) => put({ owner })}
                    />
                )}
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
            </div>
            <div class="section call-log">
                <Button filled wide hotkey="F9" blocked={busy ? say("sending") : missing} onClick={() => void log()}>
                    {then === undefined ? say("Log the call") : say("Log the call, then {name}", { name: then })}
                </Button>
            </div>
        </aside>
    );
}

/* ---- the list ---- */

function useCalls(client: Client, which: Which, branch: number | undefined) {
    const owner = which === "mine" ? client.me.value?.staff : undefined;
    const [seq, setSeq] = useState(client.seq.peek());
    useEffect(() => {
        const timer = setInterval(() => {
            if (!document.hidden) setSeq(client.seq.peek());
        }, 1000);
        return () => clearInterval(timer);
    }, [client]);
    return useAsked(
        client,
        "customers",
        {
            calls: which === "now" ? ListCalls.CALLS_NOW : ListCalls.CALLS_ALL,
            sort: CustomerSort.SORT_CALLS,
            rows: PAGE,
            skip: 0,
            count: true,
            ...(owner === undefined ? {} : { owner }),
            ...(branch === undefined ? {} : { branch }),
        },
        { again: seq, every: 2000 },
    );
}

export function Calls({ client }: { client: Client }): ComponentChild {
    const [which, setWhich] = useState<Which>("now");
    const [branch, setBranch] = useState<number | undefined>(undefined);
    const [cursor, setCursor] = useState<number | undefined>(undefined);
    const asked = useCalls(client, which, branch);
    const counts = asked.answer?.counts;
    const rows = asked.answer?.rows ?? [];
    /* Figures change in place; who comes and goes does so when the list is asked for another way, or a call is kept. */
    const held = useRef<{ key: string; order: number[] }>({ key: "", order: [] });
    const key = `${which} ${branch ?? ""}`;
    const [turn, setTurn] = useState(0);
    const shown = useMemo(() => {
        const now = new Map(rows.map((entry) => [entry.who.customer, entry]));
        const holds = held.current.key === `${key} ${turn}` && held.current.order.length > 0;
        const order = holds ? held.current.order.filter((one) => now.has(one)) : rows.map((one) => one.who.customer);
        const more = rows.map((one) => one.who.customer).filter((one) => !order.includes(one));
        held.current = { key: `${key} ${turn}`, order: [...order, ...more] };
        return held.current.order.flatMap((one) => now.get(one) ?? []);
    }, [asked.answer, key, turn]);
    const at = Math.max(
        0,
        shown.findIndex((entry) => entry.who.customer === cursor),
    );
    const current = shown[at];
    const next = shown[at + 1] ?? (at > 0 ? shown[0] : undefined);
    const most = Math.max(0, ...shown.map(({ account }) => Number(account.overdue_minor ?? 0n) * daysLate(account)));
    const step = (to: number): void => setCursor(shown[Math.max(0, Math.min(shown.length - 1, to))]?.who.customer);
    useActions([
        { id: "calls.down", key: "↓", title: say("Next customer"), run: () => step(at + 1) },
        { id: "calls.up", key: "↑", title: say("Customer before"), run: () => step(at - 1) },
        { id: "calls.j", key: "j", title: say("Next customer"), run: () => step(at + 1) },
        { id: "calls.k", key: "k", title: say("Customer before"), run: () => step(at - 1) },
        { id: "calls.sort", key: "v", title: say("Sort the list anew"), run: () => setTurn(turn + 1) },
        {
            id: "calls.open",
            key: "Enter",
            title: say("Open the customer"),
            run: () => {
                if (current !== undefined) location.hash = customerHref(current.who.customer);
            },
        },
    ]);
    const back = shown.filter(({ who }) => comesBack(who));
    const rest = shown.filter(({ who }) => !comesBack(who));
    const branches = [...namesOf(client).allBranches.value.values()];
    const group = (title: string, entries: readonly CustomerEntry[], note?: string) =>
        entries.length > 0 && (
            <section aria-label={title}>
                <h2 class="call-group">
                    <span class="grow">
                        {title} <span class="ink-2">{whole(entries.length)}</span>
                    </span>
                    {note !== undefined && <span class="small ink-2">{note}</span>}
                </h2>
                <ul class="call-rows">
                    {entries.map((entry) => (
                        <CallRow
                            key={entry.who.customer}
                            client={client}
                            entry={entry}
                            most={most}
                            current={entry.who.customer === current?.who.customer}
                            onPick={() => setCursor(entry.who.customer)}
                        />
                    ))}
                </ul>
            </section>
        );
    return (
        <div class="calls">
            <Head title={say("Call list")}>
                <Chips
                    label={say("Whom to call")}
                    value={which}
                    onPick={setWhich}
                    options={[
                        { id: "now" as Which, text: <Count text={say("Now")} of={counts?.calls_now} /> },
                        { id: "mine" as Which, text: say("Mine") },
                        { id: "all" as Which, text: <Count text={say("All")} of={counts?.calls_all} /> },
                    ]}
                />
                {branches.length > 1 && (
                    <select
                        class="chip"
                        aria-label={say("Branch")}
                        value={branch ?? ""}
                        onChange={(event) => {
                            const { value } = event.currentTarget;
                            setBranch(value === "" ? undefined : Number(value));
                        }}>
                        <option value="">{say("All branches")}</option>
                        {branches.map((one) => (
                            <option key={one.branch} value={one.branch}>
                                {one.name}
                            </option>
                        ))}
                    </select>
                )}
            </Head>
            <div class="calls-two">
                <div class="panel calls-list">
                    <div class="calls-scroll">
                        {asked.answer === undefined ? (
                            <NotYet client={client} refused={asked.refused} rows={6} />
                        ) : shown.length === 0 ? (
                            <p class="region-note">
                                <b>{say("Nobody is to be called now.")}</b>
                                {which !== "all" && (
                                    <Button onClick={() => setWhich("all")}>{say("Show all of the list")}</Button>
                                )}
                            </p>
                        ) : (
                            <>
                                {group(say("Again today"), back)}
                                {group(say("Overdue × age"), rest, say("the thin bar is amount × days"))}
                            </>
                        )}
                    </div>
                    <footer class="customers-foot small">
                        <span class="grow">
                            <b>
                                {sayMany("{count} customer", "{count} customers", counts?.listed ?? 0, {
                                    count: whole(counts?.listed ?? 0),
                                })}
                            </b>{" "}
                            {say("overdue")}{" "}
                            <b class="late">
                                <Money minor={counts?.overdue_minor ?? 0n} />
                            </b>{" "}
                            <Age client={client} />
                        </span>
                        {(counts?.listed ?? 0) > shown.length && (
                            <span class="ink-2">
                                {say("the first {count} are shown", { count: whole(shown.length) })}
                            </span>
                        )}
                    </footer>
                </div>
                {current !== undefined && (
                    <Call
                        key={current.who.customer}
                        client={client}
                        entry={current}
                        next={next}
                        onLogged={() => {
                            setCursor(next?.who.customer);
                        }}
                    />
                )}
            </div>
        </div>
    );
}

function Count({ text, of }: { text: string; of: number | undefined }): JSX.Element {
    return (
        <>
            {text} <span class="chip-count">{of === undefined ? "" : whole(of)}</span>
        </>
    );
}

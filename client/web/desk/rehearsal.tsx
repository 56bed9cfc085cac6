/*
 * A change of policy, of rights or of a role before it holds: whom it would stop or free, who could do less. It is the
 * server that judges, as it judges sales; here it is asked once nothing was typed for a moment, page after page.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { keyOf } from "../board/asked";
import { amount, Button, Code, href, isolate, moment, Money, Name, Over, Region, Table, whole } from "../kit";
import { refusalText, roleText } from "../kit/refusal";
import { rightText, thresholdText } from "../kit/refusals";
import { begin, say, sayMany } from "../kit/words";
import type { Client, Sent } from "../lib/api";
import {
    RefusalCode,
    type Command,
    type Decision,
    type Refusal,
    type RehearseAnswer,
    type RehearsedCustomer,
    type RehearsedPerson,
} from "../lib/messages";
import { mostText } from "./history";

const QUIET_MS = 400,
    ROWS_SHOWN = 50,
    LISTED_MOST = 1000; /* more are counted, and not listed */

/* Whose limit would be another one, and by how much together; who would have none at all is in no sum. */
interface Credit {
    raised: number;
    lowered: number;
    unbounded: number;
    raised_minor: bigint;
    lowered_minor: bigint;
}

const NO_CREDIT: Credit = { raised: 0, lowered: 0, unbounded: 0, raised_minor: 0n, lowered_minor: 0n };

export interface Rehearsed {
    key: string;
    done: boolean /* all customers were looked at */;
    customers: number;
    stopped: number;
    freed: number;
    rows: RehearsedCustomer[];
    people: RehearsedPerson[];
    less: number;
    more: number;
    credit: Credit;
    at_ms: bigint | undefined /* the ledger's time it was judged at */;
    refused: Refusal | undefined /* the command would be, or the question was */;
}

const addCredit = (sum: Credit, page: RehearseAnswer): Credit => ({
    raised: sum.raised + (page.raised ?? 0),
    lowered: sum.lowered + (page.lowered ?? 0),
    unbounded: sum.unbounded + (page.unbounded ?? 0),
    raised_minor: sum.raised_minor + (page.raised_minor ?? 0n),
    lowered_minor: sum.lowered_minor + (page.lowered_minor ?? 0n),
});

function add(sum: Rehearsed, page: RehearseAnswer): Rehearsed {
    return {
        ...sum,
        customers: sum.customers + page.customers,
        stopped: sum.stopped + page.stopped,
        freed: sum.freed + page.freed,
        rows: sum.rows.length < LISTED_MOST ? [...sum.rows, ...page.rows] : sum.rows,
        people: [...sum.people, ...page.people],
        less: sum.less + (page.people_less ?? 0),
        more: sum.more + (page.people_more ?? 0),
        credit: addCredit(sum.credit, page),
        at_ms: page.at_ms,
        refused: page.refusal,
        done: page.next === undefined,
    };
}

/* Of the newest command; undefined: nothing is to be rehearsed, or it was not asked yet. */
export function useRehearsal(client: Client, command: Sent<Command> | undefined): Rehearsed | undefined {
    const key = command === undefined ? "" : keyOf(command);
    const [told, tell] = useState<Rehearsed | undefined>(undefined);
    useEffect(() => {
        if (command === undefined) return undefined;
        let over = false;
        const run = async (): Promise<void> => {
            let sum: Rehearsed = {
                key,
                done: false,
                customers: 0,
                stopped: 0,
                freed: 0,
                rows: [],
                people: [],
                less: 0,
                more: 0,
                credit: NO_CREDIT,
                at_ms: undefined,
                refused: undefined,
            };
            let page: Uint8Array | undefined;
            do {
                const asked = await client.ask("rehearse", { command, rows: 500, page });
                if (over) return;
                if ("refused" in asked) {
                    tell({ ...sum, refused: asked.refused, done: true });
                    return;
                }
                sum = add(sum, asked.answer);
                page = asked.answer.next;
                tell(sum);
            } while (page !== undefined);
        };
        const timer = setTimeout(() => void run(), QUIET_MS);
        return () => {
            over = true;
            clearTimeout(timer);
        };
    }, [client, key]);
    return told !== undefined && told.key === key && command !== undefined ? told : undefined;
}

/* ---- customers ---- */

function wallText(code: RefusalCode | undefined): string {
    switch (code) {
        case RefusalCode.CREDIT_LIMIT_EXCEEDED:
        case RefusalCode.SITE_LIMIT_EXCEEDED:
        case RefusalCode.APPROVAL_NEEDED:
            return say("over the limit");
        case RefusalCode.OVERDUE_TOO_OLD:
            return say("a debt is too old");
        case RefusalCode.OVERDUE_TOO_MUCH:
            return say("too much is overdue");
        case RefusalCode.UNPAID_TOO_MANY:
            return say("too many unpaid bills");
        default:
            return say("stopped for another reason");
    }
}

/* By how much: over the limit, without the sale that they were judged with; or what is too old or too much. */
const overOf = (decision: Decision): bigint =>
    decision.over_by_minor > 0n
        ? decision.over_by_minor - decision.amount_minor
        : (decision.too_old_minor ?? decision.overdue_minor ?? 0n);

function LimitOf({ decision }: { decision: Decision }): JSX.Element {
    return decision.unlimited ? <>{say("without a limit")}</> : <Money minor={decision.limit_minor} />;
}

function Customers({ rows }: { rows: readonly RehearsedCustomer[] }): JSX.Element {
    return (
        <Table
            label={say("Whom it stops")}
            rows={rows.slice(0, ROWS_SHOWN)}
            id={(row) => row.who.customer}
            columns={[
                {
                    id: "who",
                    head: say("Customer"),
                    class: "cut",
                    cell: (row) => (
                        <a href={href("customers", row.who.customer)} class="cut">
                            <Name>{row.who.name?.value ?? row.who.code}</Name> <Code>{row.who.code}</Code>
                        </a>
                    ),
                },
                {
                    id: "why",
                    head: say("Why"),
                    class: "only-desk",
                    cell: (row) => (row.stopped ? wallText(row.code) : say("sells again")),
                },
                {
                    id: "used",
                    head: say("Used"),
                    amount: true,
                    class: "only-desk",
                    cell: (row) => <Money minor={row.after.exposure_minor} />,
                },
                {
                    id: "before",
                    head: say("Limit now"),
                    amount: true,
                    class: "only-desk",
                    cell: (row) => <LimitOf decision={row.before} />,
                },
                {
                    id: "over",
                    head: say("By how much"),
                    amount: true,
                    cell: (row) =>
                        row.stopped ? (
                            <Over minor={overOf(row.after)} word={false} />
                        ) : (
                            <LimitOf decision={row.after} />
                        ),
                },
            ]}
        />
    );
}

/* ---- people ---- */

function People({ client, people }: { client: Client; people: readonly RehearsedPerson[] }): JSX.Element {
    return (
        <ul class="plain-list rehearsed">
            {people.map((person) => (
                <li key={person.staff}>
                    <b>
                        <Name>{person.name?.value ?? person.login}</Name>
                    </b>{" "}
                    <span class="ink-2">{begin(roleText(person.role))}</span>
                    <ul class="changed">
                        {person.rights.map((each) => (
                            <li key={`r${each.right}`} class={each.lost ? "over" : "credit"}>
                                {each.lost
                                    ? say("no longer may {right}", { right: rightText(each.right) })
                                    : say("may {right}", { right: rightText(each.right) })}
                                {each.lost && each.others === 0 && <b> · {say("nobody else may")}</b>}
                            </li>
                        ))}
                        {person.thresholds.map((each) => (
                            <li key={`t${each.threshold}`}>
                                <span class="ink-2">{begin(thresholdText(each.threshold))}</span>
                                <s class="ink-3">
                                    <Name>{mostText(client, each.threshold, each.before)}</Name>
                                </s>
                                <span aria-hidden="true" class="turns">
                                    →
                                </span>
                                <b class={each.less ? "over" : "credit"}>
                                    <Name>{mostText(client, each.threshold, each.after)}</Name>
                                </b>
                            </li>
                        ))}
                    </ul>
                </li>
            ))}
        </ul>
    );
}

/* ---- the whole ---- */

export function stopsText(told: Rehearsed): string {
    if (told.stopped === 0) return say("Would stop nobody now");
    return sayMany("Would stop {count} customer now", "Would stop {count} customers now", told.stopped, {
        count: whole(told.stopped),
    });
}

export function losesText(told: Rehearsed): string {
    if (told.less === 0) return say("Nobody could do less");
    return sayMany("{count} person could do less", "{count} people could do less", told.less, {
        count: whole(told.less),
    });
}

/* How much credit it gives and takes. */
function CreditGiven({ credit }: { credit: Credit }): JSX.Element | null {
    const bounded = credit.raised - credit.unbounded;
    const lines = [
        bounded > 0 &&
            sayMany(
                "Raises the limit of {count} customer, by {amount}",
                "Raises the limits of {count} customers, by {amount} together",
                bounded,
                { count: whole(bounded), amount: isolate(amount(credit.raised_minor)) },
            ),
        credit.unbounded > 0 &&
            sayMany(
                "Leaves {count} customer without a limit",
                "Leaves {count} customers without a limit",
                credit.unbounded,
                { count: whole(credit.unbounded) },
            ),
        credit.lowered > 0 &&
            sayMany(
                "Lowers the limit of {count} customer, by {amount}",
                "Lowers the limits of {count} customers, by {amount} together",
                credit.lowered,
                { count: whole(credit.lowered), amount: isolate(amount(credit.lowered_minor)) },
            ),
    ].filter((line) => line !== false);
    return lines.length === 0 ? null : <p class="small rehearsal-credit">{lines.join(" · ")}</p>;
}

/* `of`: what is asked about, so that it says something while nothing was told yet. */
export function Rehearsal({
    client,
    told,
    of,
}: {
    client: Client;
    told: Rehearsed | undefined;
    of: "customers" | "people";
}): JSX.Element {
    const [all, setAll] = useState(false);
    if (told?.refused !== undefined && told.refused.code !== RefusalCode.NOTHING_TO_CHANGE)
        return <Region state={{ kind: "refused", head: refusalText(told.refused, client) }} />;
    if (told === undefined) return <Region rows={2} state={{ kind: "loading" }} />;
    const text = of === "customers" ? stopsText(told) : losesText(told);
    const bad = of === "customers" ? told.stopped > 0 : told.less > 0;
    const rows = told.rows.filter((row) => row.stopped || all);
    return (
        <div class="rehearsal" aria-busy={!told.done || undefined}>
            <p class={bad ? "over rehearsal-head" : "rehearsal-head"} role="status">
                <b>{text}</b>{" "}
                <span class="small ink-2">
                    {of === "customers"
                        ? told.at_ms === undefined
                            ? say("of {count} looked at", { count: whole(told.customers) })
                            : say("of {count} looked at, as of {time}", {
                                  count: whole(told.customers),
                                  time: isolate(moment(told.at_ms)),
                              })
                        : told.more > 0 &&
                          sayMany("{count} person could do more", "{count} people could do more", told.more, {
                              count: whole(told.more),
                          })}
                </span>{" "}
                {told.freed > 0 && (
                    <Button plain pressed={all} onClick={() => setAll(!all)}>
                        {sayMany(
                            "{count} customer would be free again",
                            "{count} customers would be free again",
                            told.freed,
                            { count: whole(told.freed) },
                        )}
                    </Button>
                )}
            </p>
            {of === "customers" && <CreditGiven credit={told.credit} />}
            {of === "customers" && rows.length > 0 && <Customers rows={rows} />}
            {of === "customers" && rows.length > ROWS_SHOWN && (
                <p class="small ink-2 region-note">
                    {say("The first {count} of {all} are shown.", {
                        count: whole(ROWS_SHOWN),
                        all: whole(rows.length),
                    })}
                </p>
            )}
            {of === "people" && told.people.length > 0 && <People client={client} people={told.people} />}
        </div>
    );
}

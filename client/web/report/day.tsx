/* A day on one page, for who owns the shop: each figure leads to what it is made of. */
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import {
    DecisionKind,
    ReportBy,
    ReportOdd,
    ReportSource,
    type DecisionRow,
    type ReportDefinition,
    type ReportRow,
    type TillDayRecord,
} from "../lib/messages";
import { Bones, Button, dayInFull, Head, ledger, Money, Name, Panel, replace, useActions, whole, dayOf } from "../kit";
import { refusalText } from "../kit/refusal";
import { paymentKindText } from "../kit/labels";
import { say } from "../kit/words";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import { useDecisions } from "../board/totals";
import { total, useCounted } from "./count";
import { ODDS, oddText, toAddress } from "./definition";
import { OddCount, oddReport } from "./odd";
import { DayField } from "./parts";

const view = (what: ReportDefinition): string => `#/reports/view/${encodeURIComponent(toAddress(what))}`;

/* A figure with its word, leading to what it is made of. */
function Line({
    word,
    href,
    children,
    tone,
}: {
    word: ComponentChild;
    href: string;
    children: ComponentChild;
    tone?: string;
}): ComponentChild {
    return (
        <li>
            <a class="day-line" href={href}>
                <span class="grow">{word}</span>
                <b class={tone}>{children}</b>
            </a>
        </li>
    );
}

function Figures({ client, date }: { client: Client; date: number }): ComponentChild {
    const what: ReportDefinition = {
        source: ReportSource.REPORT_DOCUMENTS,
        by: [ReportBy.BY_BRANCH],
        from: date,
        until: date,
        columns: [],
    };
    const counted = useCounted(client, what, client.seq.value);
    const money = useCounted(
        client,
        { ...what, source: ReportSource.REPORT_PAYMENTS, by: [ReportBy.BY_PAYMENT_KIND] },
        client.seq.value,
    );
    if (counted.refused !== undefined)
        return (
            <p class="panel region-note" role="alert">
                {refusalText(counted.refused, client)}
            </p>
        );
    if (!counted.whole)
        return (
            <div class="panel">
                <Bones rows={6} />
            </div>
        );
    const all = total(counted.rows);
    const papers = (more: Partial<ReportDefinition>): string => view({ ...what, by: [ReportBy.BY_DOCUMENT], ...more });
    const amount = (minor: bigint | undefined): ComponentChild =>
        minor === undefined ? <span class="ink-3">{say("not counted yet")}</span> : <Money minor={minor} unit />;
    return (
        <>
            <Panel title={say("Sold and taken")} class="day-panel">
                <ul class="day-lines">
                    <Line word={say("Sold")} href={papers({ kind: 1, columns: ["sold", "credit", "discount"] })}>
                        {amount(all.sold_minor ?? (all.sold_hidden ? undefined : 0n))}
                    </Line>
                    <Line word={say("of it on credit")} href={papers({ kind: 1, columns: ["sold", "credit", "open"] })}>
                        {amount(all.on_credit_minor ?? 0n)}
                    </Line>
                    <Line
                        word={say("Collected")}
                        href={view({
                            ...what,
                            source: ReportSource.REPORT_PAYMENTS,
                            by: [ReportBy.BY_DOCUMENT],
                            columns: ["collected", "unmatched"],
                        })}
                        tone="credit">
                        {amount(all.collected_minor ?? (all.money_hidden ? undefined : 0n))}
                    </Line>
                    {money.rows.map((row) => (
                        <Line
                            key={row.payment_kind}
                            word={<span class="small ink-2">{paymentKindText(row.payment_kind)}</span>}
                            href={view({
                                ...what,
                                source: ReportSource.REPORT_PAYMENTS,
                                payment_kind: row.payment_kind,
                                by: [ReportBy.BY_DOCUMENT],
                                columns: ["collected", "unmatched"],
                            })}>
                            {amount(row.collected_minor)}
                        </Line>
                    ))}
                    <Line word={say("Credited")} href={papers({ kind: 2, columns: ["credited"] })}>
                        {amount(all.credited_minor ?? 0n)}
                    </Line>
                    <Line word={say("Discounts given")} href={papers({ kind: 1, columns: ["sold", "discount"] })}>
                        {amount(all.discount_minor ?? (all.sold_hidden ? undefined : 0n))}
                    </Line>
                    <Line
                        word={say("Cancelled")}
                        href={view(oddReport(ReportOdd.ODD_REVERSED, { from: date, until: date }))}
                        tone={(all.reversed ?? 0n) > 0n ? "late" : undefined}>
                        {whole(all.reversed ?? 0n)}
                    </Line>
                </ul>
            </Panel>
            {counted.rows.length > 1 && <Branches client={client} rows={counted.rows} what={what} />}
        </>
    );
}

function Branches({
    client,
    rows,
    what,
}: {
    client: Client;
    rows: readonly ReportRow[];
    what: ReportDefinition;
}): ComponentChild {
    const names = namesOf(client);
    return (
        <Panel title={say("By branch")} class="day-panel">
            <ul class="day-lines">
                {rows.map((row) => (
                    <Line
                        key={row.branch}
                        word={<Name>{names.branch(row.branch)}</Name>}
                        href={view({
                            ...what,
                            by: [ReportBy.BY_STAFF],
                            branch: row.branch,
                            columns: ["sold", "credit", "collected"],
                        })}>
                        {row.sold_hidden ? (
                            <span class="ink-3">{say("not counted yet")}</span>
                        ) : (
                            <Money minor={row.sold_minor ?? 0n} unit />
                        )}
                    </Line>
                ))}
            </ul>
        </Panel>
    );
}

/* ---- what was decided; of the newest that the server has ---- */

const DECIDED: readonly { kind: DecisionKind; word: () => string; href: string }[] = [
    { kind: DecisionKind.DECISION_SALE_REFUSED, word: () => say("Sales refused"), href: "#/board" },
    { kind: DecisionKind.DECISION_APPROVAL_USED, word: () => say("Sold by approval"), href: "#/alarms" },
];

function Decided({ client, date }: { client: Client; date: number }): ComponentChild {
    const rows: readonly DecisionRow[] = useDecisions(client).filter((row) => dayOf(row.at_ms) === date);
    return (
        <Panel title={say("Refused and approved")} note={say("of the newest 200 decisions")} class="day-panel">
            <ul class="day-lines">
                {DECIDED.map(({ kind, word, href }) => {
                    const some = rows.filter((row) => row.kind === kind);
                    const sum = some.reduce((all, row) => all + (row.amount_minor ?? 0n), 0n);
                    return (
                        <Line key={kind} word={word()} href={href}>
                            {whole(some.length)}
                            {sum > 0n && (
                                <>
                                    {" · "}
                                    <Money minor={sum} unit />
                                </>
                            )}
                        </Line>
                    );
                })}
            </ul>
        </Panel>
    );
}

function Unusual({ client, date }: { client: Client; date: number }): ComponentChild {
    const days = { from: date, until: date };
    return (
        <Panel title={say("What is unusual")} class="day-panel">
            <ul class="day-lines">
                {ODDS.map((odd) => (
                    <Line key={odd} word={oddText(odd)} href={view(oddReport(odd, days))}>
                        <OddCount client={client} odd={odd} days={days} />
                    </Line>
                ))}
            </ul>
        </Panel>
    );
}

/* ---- tills ---- */

function Tills({ client, date }: { client: Client; date: number }): ComponentChild {
    const accounts = useAsked(client, "money_accounts", {}, { again: client.seq.value, every: 10_000 });
    const tills = (accounts.answer?.money_accounts ?? []).filter((account) => account.kind === 1 && !account.retired);
    return (
        <Panel title={say("Tills' differences")} class="day-panel">
            {accounts.answer !== undefined && tills.length === 0 ? (
                <p class="region-note">{say("There is no till that keeps days.")}</p>
            ) : (
                <ul class="day-lines">
                    {tills.map((till) => (
                        <Till
                            key={till.money_account}
                            client={client}
                            date={date}
                            number={till.money_account}
                            name={till.name}
                        />
                    ))}
                </ul>
            )}
        </Panel>
    );
}

const differenceOf = (days: readonly TillDayRecord[], of: (day: TillDayRecord) => bigint | undefined): bigint =>
    days.reduce((sum, day) => sum + (of(day) ?? 0n), 0n);

function Till({
    client,
    date,
    number,
    name,
}: {
    client: Client;
    date: number;
    number: number;
    name: string;
}): ComponentChild {
    const asked = useAsked(
        client,
        "till_days",
        { money_account: number, rows: 20 },
        { again: client.seq.value, every: 10_000 },
    );
    const days: readonly TillDayRecord[] = asked.answer?.days ?? [];
    const ended = days.filter((day) => day.closed_date === date);
    const off = differenceOf(ended, (day) => day.difference_minor);
    const before = differenceOf(
        days.filter((day) => day.opened_date === date),
        (day) => day.opening_difference_minor,
    );
    return (
        <Line word={<Name>{name}</Name>} href={`#/tills`} tone={off !== 0n || before !== 0n ? "over" : undefined}>
            {before !== 0n && (
                <>
                    <span class="small ink-2">{say("at opening")}</span> <Money minor={before} signed unit />
                    {" · "}
                </>
            )}
            {ended.length === 0 ? (
                <span class="ink-3">{say("not closed that day")}</span>
            ) : off === 0n ? (
                say("agrees")
            ) : (
                <Money minor={off} signed unit />
            )}
        </Line>
    );
}

export function Day({ client, at }: { client: Client; at: string | undefined }): ComponentChild {
    const said = Number(at);
    const date = Number.isInteger(said) && said > 0 ? said : ledger.value.today;
    const to = (day: number): void => replace("reports", "day", day);
    useActions([
        { id: "day.before", key: "←", title: say("The day before"), run: () => to(date - 1) },
        { id: "day.after", key: "→", title: say("The day after"), run: () => to(date + 1) },
    ]);
    if (date === 0) return null;
    return (
        <div class="report">
            <Head
                title={say("Summary of a day")}
                back={() => {
                    location.hash = "#/reports";
                }}>
                <span class="small ink-2">{dayInFull(date)}</span>
            </Head>
            <div class="report-bar no-print">
                <DayField label={say("Day")} value={date} onPick={(day) => day !== undefined && to(day)} />
                <Button onClick={() => to(date - 1)} hotkey="←">
                    {say("The day before")}
                </Button>
                {date < ledger.value.today && (
                    <Button onClick={() => to(date + 1)} hotkey="→">
                        {say("The day after")}
                    </Button>
                )}
            </div>
            <div class="day-page">
                <Figures client={client} date={date} />
                <Decided client={client} date={date} />
                <Unusual client={client} date={date} />
                <Tills client={client} date={date} />
            </div>
        </div>
    );
}

/* Age of debts on a day: sums by age, and who they are of. What it comes to is what the ledger says is owed. */
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { AgingAnswer, AgingRow } from "../lib/messages";
import {
    Balance,
    Button,
    Chips,
    currencyOf,
    Head,
    ledger,
    Money,
    Name,
    Code,
    Region,
    replace,
    Table,
    useActions,
    whole,
    type Column,
} from "../kit";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { useAsked } from "../board/asked";
import { customerHref } from "../board/parts";
import { csv, plainAmount, plainDay, saveFile } from "./csv";
import { BranchChoice, DayField, GroupChoice } from "./parts";

const PAGES = 40; /* followed by themselves */

function ageHead(from: number, to: number | undefined): string {
    if (to === 0 || from <= 0) return say("Not due");
    if (to === undefined) return sayMany("over {days} day", "over {days} days", from - 1, { days: whole(from - 1) });
    return say("{from}–{to} days", { from: whole(from), to: whole(to) });
}

function columnsOf(answer: AgingAnswer): Column<AgingRow>[] {
    return [
        {
            id: "who",
            head: say("Customer"),
            cell: (row) => (
                <a class="report-two" href={customerHref(row.customer)}>
                    <Name class="cut">{row.name?.value ?? row.code ?? ""}</Name>
                    {row.code !== undefined && (
                        <span class="small ink-3">
                            <Code>{row.code}</Code>
                        </span>
                    )}
                </a>
            ),
            foot: say("Together"),
        },
        ...answer.buckets.map((bucket, at) => ({
            id: `age${at}`,
            head: ageHead(bucket.from_days, bucket.to_days),
            amount: true,
            cell: (row: AgingRow) => <Money minor={row.buckets_minor[at] ?? 0n} />,
            foot: <Money minor={bucket.amount_minor} />,
        })),
        {
            id: "unmatched",
            head: say("Not yet matched"),
            amount: true,
            cell: (row) => <Money minor={-row.unmatched_minor} class={row.unmatched_minor > 0n ? "credit" : "ink-3"} />,
            foot: <Money minor={-answer.unmatched_minor} />,
        },
        {
            id: "owes",
            head: say("Owes"),
            amount: true,
            cell: (row) => <Balance minor={row.balance_minor} />,
            foot: (
                <b data-total>
                    <Money minor={answer.balance_minor} />
                </b>
            ),
        },
    ];
}

function file(client: Client, answer: AgingAnswer, rows: readonly AgingRow[]): string {
    const { exponent } = currencyOf(client);
    const money = (minor: bigint): string => plainAmount(minor, exponent);
    return csv(
        [
            say("Code"),
            say("Customer"),
            ...answer.buckets.map((bucket) => ageHead(bucket.from_days, bucket.to_days)),
            say("Not yet matched"),
            say("Owes"),
        ],
        rows.map((row) => [
            row.code,
            row.name?.value,
            ...answer.buckets.map((_, at) => money(row.buckets_minor[at] ?? 0n)),
            money(-row.unmatched_minor),
            money(row.balance_minor),
        ]),
    );
}

/* Address: day, then "d" by date of the bill. */
export function Aging({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const said = Number(at[0]);
    const as_of = Number.isInteger(said) && said > 0 ? said : ledger.value.today;
    const byDate = at[1] === "d";
    const [branch, setBranch] = useState<number | undefined>(client.me.value?.bound_branch);
    const [group, setGroup] = useState<number | undefined>(undefined);
    const asked = useAsked(
        client,
        "aging",
        as_of === 0 ? undefined : { as_of, by_customer: true, by_document_date: byDate, branch, group },
        { most: PAGES, again: client.seq.value, every: 15_000 },
    );
    const { answer } = asked;
    const rows = asked.pages.flatMap((page) => page.rows);
    const title = say("Age of debts on a day");
    const download = (): void => {
        if (answer !== undefined) saveFile(`aging-${plainDay(answer.as_of)}.csv`, file(client, answer, rows));
    };
    useActions([
        {
            id: "report.file",
            key: "x",
            title: say("Save as a file"),
            run: download,
            blocked: answer === undefined || asked.more !== undefined ? say("It is not counted to its end yet") : false,
        },
    ]);
    return (
        <div class="report">
            <Head
                title={title}
                back={() => {
                    location.hash = "#/reports";
                }}
            />
            <div class="report-bar no-print">
                <DayField
                    label={say("As it stood on")}
                    value={as_of}
                    onPick={(day) => day !== undefined && replace("reports", "aging", day, ...(byDate ? ["d"] : []))}
                />
                <Chips<string>
                    label={say("Age by")}
                    value={byDate ? "d" : "due"}
                    options={[
                        { id: "due", text: say("by due date") },
                        { id: "d", text: say("by date of the bill") },
                    ]}
                    onPick={(id) => replace("reports", "aging", as_of, ...(id === "d" ? ["d"] : []))}
                />
                <BranchChoice client={client} value={branch} onPick={setBranch} />
                <GroupChoice client={client} value={group} onPick={setGroup} />
                <span class="grow" />
                <Button onClick={download} hotkey="x">
                    {say("Save as a file")}
                </Button>
            </div>
            {answer === undefined ? (
                <Region
                    state={
                        asked.refused !== undefined
                            ? { kind: "refused", head: refusalText(asked.refused, client) }
                            : { kind: "loading" }
                    }
                    rows={8}
                />
            ) : rows.length === 0 ? (
                <Region state={{ kind: "nothing", text: say("Nobody owed anything on that day.") }} />
            ) : (
                <section class="panel report-panel" aria-label={title} data-whole>
                    <Table<AgingRow, number>
                        label={title}
                        columns={columnsOf(answer)}
                        rows={rows}
                        id={(row) => row.customer}
                        class="report-table"
                        onOpen={(row) => {
                            location.hash = customerHref(row.customer);
                        }}
                    />
                    {asked.more !== undefined && (
                        <p class="section">
                            <Button onClick={asked.more}>
                                {sayMany("All {count} customer", "All {count} customers", answer.customers, {
                                    count: whole(answer.customers),
                                })}
                            </Button>
                        </p>
                    )}
                </section>
            )}
        </div>
    );
}

/* The table of a report: its rows, what they come to together, each leading to what it is made of. */
import type { ComponentChild } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { ReportBy, type ReportDefinition, type ReportRow } from "../lib/messages";
import { Button, classes, currencyOf, Region, Table, useActions, whole, type Column } from "../kit";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { total, useCounted, type Counted } from "./count";
import { csv, saveFile } from "./csv";
import { behind, byText, shownColumns, toAddress, type ReportColumn } from "./definition";
import { figureOf, hrefOfRow, keyOfRow, keysOf, plainFigure, textOfRow, type KeyColumn } from "./parts";

const SHOWN = 300; /* rows drawn at once */

/* Days and papers newest first; all else by its first figure, the largest first. */
function inOrder(what: ReportDefinition, columns: readonly ReportColumn[], rows: readonly ReportRow[]): ReportRow[] {
    const dated = what.by.some((by) => by <= ReportBy.BY_MONTH || by === ReportBy.BY_DOCUMENT);
    const first = columns.find((column) => column.form !== "count") ?? columns[0];
    const size = (row: ReportRow): bigint => {
        const value = first?.of(row) ?? 0n;
        return value < 0n ? -value : value;
    };
    return [...rows].sort((a, b) => {
        if (dated && a.date !== b.date) return (b.date ?? 0) - (a.date ?? 0);
        const [x, y] = [size(a), size(b)];
        return x === y ? 0 : x < y ? 1 : -1;
    });
}

const idOf = (row: ReportRow): string =>
    [row.date, row.branch, row.staff, row.customer, row.kind, row.product, row.payment_kind, row.document].join("-");

function file(client: Client, what: ReportDefinition, rows: readonly ReportRow[]): string {
    const keys = keysOf(what);
    const columns = shownColumns(what);
    const { exponent } = currencyOf(client);
    return csv(
        [...keys.map((key) => byText(key.by)), ...columns.map((column) => column.title())],
        rows.map((row) => [
            ...keys.map((key) => textOfRow(client, key, row)),
            ...columns.map((column) => plainFigure(column, row, exponent)),
        ]),
    );
}

function columnsOfTable(
    client: Client,
    what: ReportDefinition,
    keys: readonly KeyColumn[],
    columns: readonly ReportColumn[],
    all: ReportRow,
): Column<ReportRow>[] {
    return [
        ...keys.map((key, at) => ({
            id: key.id,
            head: byText(key.by),
            cell: (row: ReportRow): ComponentChild => {
                const told = keyOfRow(client, what, key, row);
                const to = at === 0 ? (hrefOfRow(what, row) ?? linkBehind(what, row)) : undefined;
                return to === undefined ? told : <a href={to}>{told}</a>;
            },
            foot: at === 0 ? say("Together") : undefined,
        })),
        ...columns.map((column) => ({
            id: column.id,
            head: column.title(),
            amount: true,
            cell: (row: ReportRow): ComponentChild => figureOf(column, row),
            foot: figureOf(column, all),
        })),
    ];
}

function linkBehind(what: ReportDefinition, row: ReportRow): string | undefined {
    const papers = behind(what, row);
    return papers === undefined ? undefined : `#/reports/view/${encodeURIComponent(toAddress(papers))}`;
}

function Progress({ counted }: { counted: Counted }): ComponentChild {
    if (counted.whole) return null;
    return (
        <p class="section small ink-2" role="status">
            {sayMany("{count} paper looked at so far", "{count} papers looked at so far", counted.looked, {
                count: whole(counted.looked),
            })}
        </p>
    );
}

export function ReportTable({
    client,
    what,
    title,
    again,
}: {
    client: Client;
    what: ReportDefinition;
    title: string;
    again?: unknown;
}): ComponentChild {
    const counted = useCounted(client, what, again);
    const [more, setMore] = useState(SHOWN);
    const keys = keysOf(what);
    const columns = shownColumns(what);
    const rows = useMemo(() => inOrder(what, columns, counted.rows), [counted, toAddress(what)]);
    const all = useMemo(() => total(counted.rows), [counted]);
    const download = (): void => saveFile(`${title}.csv`, file(client, what, rows));
    useActions([
        {
            id: "report.file",
            key: "x",
            title: say("Save as a file"),
            run: download,
            blocked: counted.whole && rows.length > 0 ? false : say("It is not counted to its end yet"),
        },
    ]);
    if (counted.refused !== undefined)
        return <Region state={{ kind: "refused", head: refusalText(counted.refused, client) }} />;
    if (counted.pages === 0) return <Region state={{ kind: "loading" }} rows={8} />;
    if (rows.length === 0 && counted.whole)
        return <Region state={{ kind: "nothing", text: say("No papers of this kind in these days.") }} />;
    return (
        <section class="panel report-panel" aria-label={title} data-whole={counted.whole || undefined}>
            <Progress counted={counted} />
            {(all.sold_hidden || all.money_hidden) && (
                <p class="section small ink-2">
                    {say("What would tell how much cash lies in a till is shown once the till is counted.")}
                </p>
            )}
            <Table<ReportRow, string>
                label={title}
                columns={columnsOfTable(client, what, keys, columns, all)}
                rows={rows.slice(0, more)}
                id={idOf}
                class={classes("report-table", !counted.whole && "dimmed")}
                onOpen={(row) => {
                    const to = hrefOfRow(what, row) ?? linkBehind(what, row);
                    if (to !== undefined) location.hash = to;
                }}
            />
            {rows.length > more && (
                <p class="section">
                    <Button onClick={() => setMore(more + SHOWN)}>
                        {sayMany("{count} more row", "{count} more rows", rows.length - more, {
                            count: whole(rows.length - more),
                        })}
                    </Button>
                </p>
            )}
        </section>
    );
}

/*
 * A list to take away: as CSV, as a workbook, on paper. All rows of the selection, fetched in pages while it says how
 * far it is; Esc leaves. What makes files is fetched when somebody asks for one.
 *
 *     const out = useExport({ client, title, about, columns, total: () => count, pages: (page) => … });
 *     <Button onClick={out.open} hotkey="x">{say("Export")}</Button> {out.sheet}
 */
import { render, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { Refusal } from "../lib/messages";
import type { FileColumn } from "./files";
import { amount, clock, day, dayInFull, dayOf, digits, moment, whole } from "./format";
import { useActions } from "./keys";
import { Figure, Money, Name } from "./money";
import { Button, Notice, Sheet } from "./parts";
import { refusalText } from "./refusal";
import { direction, say, sayMany } from "./words";

export interface ExportPage<Row> {
    rows: readonly Row[];
    next: Uint8Array | undefined;
}

export interface ExportOf<Row> {
    client: Client;
    title: string;
    about?: string /* what it was narrowed to, on paper */;
    columns: readonly FileColumn<Row>[];
    count?: number /* how many there are, where it is known */;
    pages: (page: Uint8Array | undefined) => Promise<ExportPage<Row> | { refused: Refusal }>;
}

type Form = "csv" | "xlsx" | "paper";
const FILE_MOST = 100_000;
const PAPER_MOST = 5000; /* rows that a browser lays out in seconds */

type State =
    | { kind: "asked" }
    | { kind: "fetching"; form: Form; rows: number }
    | { kind: "refused"; text: string }
    | { kind: "done"; rows: number; cut: boolean };

export function useExport<Row>(what: ExportOf<Row>): { open: () => void; sheet: JSX.Element | null } {
    const [shown, show] = useState(false);
    const open = (): void => show(true);
    useActions([{ id: "export", key: "x", title: say("Take this list as a file or print it"), run: open }]);
    return { open, sheet: shown ? <ExportSheet what={what} onClose={() => show(false)} /> : null };
}

/* Undefined: it was left, or refused (which `tell` heard). */
async function fetchAll<Row>(
    what: ExportOf<Row>,
    most: number,
    stands: () => boolean,
    tell: (state: State) => void,
    form: Form,
): Promise<{ rows: Row[]; cut: boolean } | undefined> {
    const rows: Row[] = [];
    let page: Uint8Array | undefined;
    do {
        const found = await what.pages(page);
        if (!stands()) return undefined;
        if ("refused" in found) {
            tell({ kind: "refused", text: refusalText(found.refused, what.client) });
            return undefined;
        }
        for (const row of found.rows) rows.push(row);
        page = found.next;
        tell({ kind: "fetching", form, rows: Math.min(rows.length, most) });
    } while (page !== undefined && rows.length < most);
    return { rows: rows.slice(0, most), cut: page !== undefined || rows.length > most };
}

function ExportSheet<Row>({ what, onClose }: { what: ExportOf<Row>; onClose: () => void }): JSX.Element {
    const [state, tell] = useState<State>({ kind: "asked" });
    const run = useRef(0);
    useEffect(
        () => () => {
            run.current = -1;
        },
        [],
    );
    const take = async (form: Form): Promise<void> => {
        const mine = ++run.current;
        const stands = (): boolean => run.current === mine;
        tell({ kind: "fetching", form, rows: 0 });
        const files = await import("./files");
        const most = form === "paper" ? PAPER_MOST : FILE_MOST;
        const found = await fetchAll(what, most, stands, tell, form);
        if (found === undefined) return;
        if (form === "paper") printList(what, found.rows, found.cut);
        else {
            const blob =
                form === "csv"
                    ? files.csvOf(what.columns, found.rows)
                    : await files.xlsxOf(what.title, what.columns, found.rows, direction() === "rtl");
            if (!stands()) return;
            files.download(blob, files.fileName(what.title, form));
        }
        tell({ kind: "done", rows: found.rows.length, cut: found.cut });
    };
    const busy = state.kind === "fetching";
    const forms: readonly (readonly [Form, string, string])[] = [
        ["xlsx", say("Workbook (XLSX)"), "1"],
        ["csv", say("Table as text (CSV)"), "2"],
        ["paper", say("Print"), "3"],
    ];
    useActions(
        forms.map(([form, title, key]) => ({
            id: `export-${form}`,
            key,
            title,
            run: () => void take(form),
            blocked: busy && say("The rows are being fetched"),
        })),
    );
    return (
        <Sheet title={say("Take away: {list}", { list: what.title })} onClose={onClose}>
            <div class="stack">
                {what.about !== undefined && <p class="small ink-2">{what.about}</p>}
                <div class="export-forms">
                    {forms.map(([form, title, key]) => (
                        <Button
                            key={form}
                            hotkey={key}
                            onClick={() => void take(form)}
                            blocked={busy && say("The rows are being fetched")}>
                            {title}
                        </Button>
                    ))}
                </div>
                <div class="export-state" role="status" data-state={state.kind}>
                    <Told what={what} state={state} />
                </div>
            </div>
        </Sheet>
    );
}

function Told<Row>({ what, state }: { what: ExportOf<Row>; state: State }): JSX.Element {
    switch (state.kind) {
        case "asked":
            return (
                <span class="small ink-2">
                    {say("All rows of the selection: at most {most} in a file, {paper} on paper.", {
                        most: whole(FILE_MOST),
                        paper: whole(PAPER_MOST),
                    })}
                </span>
            );
        case "fetching":
            return (
                <span>
                    {what.count === undefined
                        ? sayMany("Fetching, {have} row so far", "Fetching, {have} rows so far", state.rows, {
                              have: whole(state.rows),
                          })
                        : sayMany(
                              "Fetching, {have} of {all} row",
                              "Fetching, {have} of {all} rows",
                              Math.max(what.count, state.rows),
                              { have: whole(state.rows), all: whole(Math.max(what.count, state.rows)) },
                          )}{" "}
                    <span class="small ink-2">{say("Esc leaves")}</span>
                </span>
            );
        case "refused":
            return <Notice tone="over">{state.text}</Notice>;
        case "done":
            return state.cut ? (
                <Notice tone="late">
                    {say("Only the first {count} rows: the list is longer. Narrow it to take the rest.", {
                        count: whole(state.rows),
                    })}
                </Notice>
            ) : (
                <span class="credit">
                    <span aria-hidden="true">✓ </span>
                    {sayMany("{count} row, all of them", "{count} rows, all of them", state.rows, {
                        count: whole(state.rows),
                    })}
                </span>
            );
    }
}

/* ---- on paper ---- */

function PaperCell<Row>({ column, row }: { column: FileColumn<Row>; row: Row }): JSX.Element {
    const value = column.of(row);
    if (value === undefined || value === "") return <td />;
    if (column.kind === "money")
        return (
            <td class="amount">
                <Money minor={BigInt(value)} />
            </td>
        );
    if (column.kind === "number")
        return (
            <td class="amount">
                <Figure text={whole(BigInt(value))} />
            </td>
        );
    if (column.kind === "day") return <td class="nowrap">{day(Number(value))}</td>;
    if (column.kind === "moment") return <td class="nowrap">{moment(value as bigint)}</td>;
    return (
        <td>
            <Name>{digits(String(value))}</Name>
        </td>
    );
}

function Paper<Row>({ what, rows, cut }: { what: ExportOf<Row>; rows: readonly Row[]; cut: boolean }): JSX.Element {
    const { client } = what;
    /* A column that is empty all the way down takes no room. */
    const columns = what.columns.filter((column) => rows.some((row) => (column.of(row) ?? "") !== ""));
    const device = client.device.value;
    const sums = columns.some((column) => column.sum !== undefined);
    return (
        <>
            <header>
                <b>{typeof device === "object" ? device.company : ""}</b>
                <h1>{what.title}</h1>
                <p>
                    {[what.about, sayMany("{count} row", "{count} rows", rows.length, { count: whole(rows.length) })]
                        .filter(Boolean)
                        .join(" · ")}
                    {cut && ` · ${say("the list is longer")}`}
                </p>
                <p>
                    {client.me.value?.name} · {dayInFull(dayOf(client.clock()))} {clock(client.clock(), false)}
                </p>
            </header>
            <table>
                <thead>
                    <tr>
                        {columns.map((column, at) => (
                            <th key={at} class={column.kind === "money" || column.kind === "number" ? "amount" : ""}>
                                {column.head}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row, at) => (
                        <tr key={at}>
                            {columns.map((column, index) => (
                                <PaperCell key={index} column={column} row={row} />
                            ))}
                        </tr>
                    ))}
                    {sums && (
                        <tr class="list-paper-sum">
                            {columns.map((column, at) => (
                                <td key={at} class={column.sum === undefined ? "" : "amount"}>
                                    {column.sum !== undefined ? amount(column.sum) : at === 0 ? say("Total") : ""}
                                </td>
                            ))}
                        </tr>
                    )}
                </tbody>
            </table>
        </>
    );
}

/* The paper stands beside the page while it is printed: styles hide the page from it. */
function printList<Row>(what: ExportOf<Row>, rows: readonly Row[], cut: boolean): void {
    const paper = document.createElement("main");
    paper.className = "list-paper";
    document.body.append(paper);
    render(<Paper what={what} rows={rows} cut={cut} />, paper);
    document.documentElement.classList.add("printing-list");
    const ended = (): void => {
        window.removeEventListener("afterprint", ended);
        document.documentElement.classList.remove("printing-list");
        render(null, paper);
        paper.remove();
    };
    window.addEventListener("afterprint", ended);
    window.print();
}

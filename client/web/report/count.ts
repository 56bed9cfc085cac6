/*
 * Counting a report: its pages one after the other, rows of the same key added up. What is counted so far is shown
 * as it comes; it is whole when the last page was there. Another question ends it.
 */
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { Refusal, ReportDefinition, ReportRow } from "../lib/messages";
import { keyOf } from "../board/asked";

export interface Counted {
    rows: readonly ReportRow[];
    from: number;
    until: number;
    looked: number /* papers, or customers */;
    pages: number;
    whole: boolean;
    refused: Refusal | undefined;
}
const NOTHING: Counted = { rows: [], from: 0, until: 0, looked: 0, pages: 0, whole: false, refused: undefined };

const SUMS = [
    "sold_minor",
    "on_credit_minor",
    "credited_minor",
    "net_minor",
    "tax_minor",
    "discount_minor",
    "open_minor",
    "overdue_minor",
    "quantity",
    "cost_minor",
    "margin_minor",
    "reversed",
    "corrected",
    "over_limit",
    "backdated",
    "written",
    "reversed_minor",
] as const;
/* Absent where cash in it is still to be counted: then the sum is not told either. */
const HIDDEN = ["collected_minor", "refunded_minor", "unmatched_minor", "balance_minor"] as const;

const keyed = (row: ReportRow): string =>
    [row.date, row.branch, row.staff, row.customer, row.kind, row.product, row.payment_kind, row.document].join();

/* One that papers added nothing of the kind to has it absent, too: only of another that has papers is it hidden. */
function hides(row: ReportRow, name: (typeof HIDDEN)[number], papers: boolean): boolean {
    return papers && row[name] === undefined && row.balance_minor === undefined && row.count > 0n;
}

export function add(into: ReportRow, row: ReportRow, papers: boolean): ReportRow {
    const sum: ReportRow = { ...into, count: into.count + row.count };
    for (const name of SUMS) if (row[name] !== undefined) sum[name] = (into[name] ?? 0n) + row[name]!;
    for (const name of HIDDEN) {
        if (hides(into, name, papers) || hides(row, name, papers)) delete sum[name];
        else if (row[name] !== undefined) sum[name] = (into[name] ?? 0n) + row[name]!;
    }
    return sum;
}

export function merge(
    rows: ReadonlyMap<string, ReportRow>,
    more: readonly ReportRow[],
    papers: boolean,
): Map<string, ReportRow> {
    const all = new Map(rows);
    for (const row of more) {
        const key = keyed(row);
        const before = all.get(key);
        all.set(key, before === undefined ? row : add(before, row, papers));
    }
    return all;
}

/* What all rows come to. */
export function total(rows: readonly ReportRow[], papers: boolean): ReportRow {
    return rows.reduce<ReportRow>((sum, row) => add(sum, row, papers), { count: 0n } as ReportRow);
}

export const ofPapers = (what: ReportDefinition): boolean => what.source === 1 || what.source === 3;

export async function count(
    client: Client,
    what: ReportDefinition,
    tell: (counted: Counted) => boolean /* false: nobody listens any more */,
): Promise<void> {
    let page: Uint8Array | undefined;
    let rows = new Map<string, ReportRow>();
    let now = NOTHING;
    do {
        const asked = await client.ask("report", { what, ...(page === undefined ? {} : { page }) });
        if ("refused" in asked) {
            tell({ ...now, refused: asked.refused });
            return;
        }
        const { answer } = asked;
        rows = merge(rows, answer.rows, ofPapers(what));
        page = answer.next;
        now = {
            rows: [...rows.values()],
            from: answer.from,
            until: answer.until,
            looked: now.looked + answer.looked,
            pages: now.pages + 1,
            whole: page === undefined,
            refused: undefined,
        };
        if (!tell(now)) return;
    } while (page !== undefined);
}

/* undefined: nothing is asked. Counted anew when the line is back and when `again` changes. */
export function useCounted(client: Client, what: ReportDefinition | undefined, again?: unknown): Counted {
    const key = what === undefined ? undefined : keyOf(what);
    const live = client.line.value.kind === "live";
    const [told, tell] = useState<{ key: string | undefined; counted: Counted }>({ key: undefined, counted: NOTHING });
    useEffect(() => {
        if (what === undefined || !live) return undefined;
        let listens = true;
        void count(client, what, (counted) => {
            /* What was whole stays until the new one is. */
            if (listens && (counted.whole || counted.refused !== undefined || told.key !== key)) tell({ key, counted });
            return listens;
        });
        return () => {
            listens = false;
        };
    }, [client, key, live, again]);
    return told.key === key ? told.counted : NOTHING;
}

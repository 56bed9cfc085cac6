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
    "on_credit_minor",
    "credited_minor",
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
/* Absent where cash is still to be counted that they would tell: then the sum is not told either. */
const SOLD = ["sold_minor", "net_minor", "tax_minor", "discount_minor", "open_minor", "overdue_minor"] as const;
const MONEY = ["collected_minor", "refunded_minor", "unmatched_minor"] as const;

const keyed = (row: ReportRow): string =>
    [row.date, row.branch, row.staff, row.customer, row.kind, row.product, row.payment_kind, row.document].join();

export function add(into: ReportRow, row: ReportRow): ReportRow {
    const sold_hidden = into.sold_hidden || row.sold_hidden;
    const money_hidden = into.money_hidden || row.money_hidden;
    const sum: ReportRow = { ...into, count: into.count + row.count, sold_hidden, money_hidden };
    const put = (names: readonly (keyof ReportRow & `${string}`)[], hidden?: boolean): void => {
        const sums = sum as unknown as Record<string, bigint | undefined>;
        for (const name of names) {
            const more = row[name] as bigint | undefined;
            if (hidden) delete sums[name];
            else if (more !== undefined) sums[name] = (sums[name] ?? 0n) + more;
        }
    };
    put(SUMS);
    put(SOLD, sold_hidden);
    put(MONEY, money_hidden);
    put(["balance_minor"], sold_hidden || money_hidden);
    return sum;
}

export function merge(rows: ReadonlyMap<string, ReportRow>, more: readonly ReportRow[]): Map<string, ReportRow> {
    const all = new Map(rows);
    for (const row of more) {
        const key = keyed(row);
        const before = all.get(key);
        all.set(key, before === undefined ? row : add(before, row));
    }
    return all;
}

/* What all rows come to. */
export function total(rows: readonly ReportRow[]): ReportRow {
    return rows.reduce<ReportRow>(add, { count: 0n } as ReportRow);
}

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
        rows = merge(rows, answer.rows);
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

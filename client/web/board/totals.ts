/* The board's figures: live rows of the company and each branch. A server that does not know them has no board. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { DecisionRow, StatusAnswer, TotalsRow } from "../lib/messages";
import { usePaced } from "./paced";

export const COMPANY = 0;

export const hasTotals = (client: Client): boolean => client.knows("Query", "totals");

export interface Totals {
    rows: ReadonlyMap<number, TotalsRow>;
    whole: boolean;
    seq: bigint;
}

const NO_TOTALS: Totals = { rows: new Map(), whole: false, seq: 0n };

export function useTotals(client: Client): Totals {
    const known = hasTotals(client);
    const replica = useMemo(() => (known ? client.totals() : undefined), [client, known]);
    useEffect(() => () => replica?.close(), [replica]);
    return usePaced(
        () =>
            replica === undefined
                ? NO_TOTALS
                : { rows: replica.rows.value, whole: replica.whole.value, seq: replica.seq.value },
        [replica],
    );
}

export function useDecisions(client: Client): readonly DecisionRow[] {
    const known = hasTotals(client);
    const replica = useMemo(() => (known ? client.decisions() : undefined), [client, known]);
    useEffect(() => () => replica?.close(), [replica]);
    const rows = usePaced(() => replica?.rows.value, [replica]);
    return useMemo(
        () => (rows === undefined ? [] : [...rows.values()].sort((a, b) => (a.decision < b.decision ? 1 : -1))),
        [rows],
    );
}

export function useStatus(client: Client): StatusAnswer | undefined {
    const [status, tell] = useState<StatusAnswer | undefined>(undefined);
    const live = client.line.value.kind === "live";
    const stands = useRef(true);
    useEffect(() => {
        stands.current = true;
        const ask = () =>
            void client.call("server_status", {}).then(
                (told) => {
                    if (stands.current && "answer" in told) tell(told.answer);
                },
                () => undefined,
            );
        if (!live) return;
        ask();
        const timer = setInterval(ask, 60_000);
        return () => {
            stands.current = false;
            clearInterval(timer);
        };
    }, [client, live]);
    return status;
}

/* What all of them owe together, less what we owe to those in credit. */
export const owedOf = (row: TotalsRow): bigint => row.owed_minor - row.in_credit_minor;

/* Small hooks of the counter: the width of the screen, text that waits a moment, live customers. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock, dayOf, serverNow } from "../kit/format";
import type { Client, Customer } from "../lib/api";
import { has } from "../lib/aside";
import { RefusalCode, type CustomerRow, type Refusal } from "../lib/messages";
import { canAsk } from "./products";
import { found, keep } from "./store";

const narrow = signal(false);
if (typeof matchMedia === "function") {
    const query = matchMedia("(max-width: 760px)");
    narrow.value = query.matches;
    query.addEventListener?.("change", (event) => {
        narrow.value = event.matches;
    });
}
export const isPhone: ReadonlySignal<boolean> = narrow;

/* The value once it has not changed for `ms`. */
export function useCalm<T>(value: T, ms: number): T {
    const [calm, setCalm] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setCalm(() => value), ms);
        return () => clearTimeout(timer);
    }, [value, ms]);
    return calm;
}

/* When something was heard last, where the line is lost; undefined: it is not, or nothing was heard yet. */
export function lostAt(client: Client): number | undefined {
    const line = client.line.value;
    if (canAsk(client) || !("heard" in line) || line.heard === 0) return undefined;
    return serverNow() - (performance.now() - line.heard);
}

/* Customers as they were seen last while there was a line, for the time without one. Not for whoever comes next; on the
 * disk, beside the drafts, are the names of today alone, so that a page that is loaded again finds whom it found before. */
interface Seen {
    customer: Customer;
    at_ms?: number /* of its figures; without: it has none */;
}
interface SeenNames {
    staff: number;
    day: number;
    rows: readonly Customer["row"][];
}
const SEEN_MOST = 200;
const seen = new Map<number, Seen>();
let seen_by = 0;
let recalled_by = 0;
let recalling: Promise<void> = Promise.resolve();

/* No sum and no day of anything: what finds them. */
const nameOnly = ({ customer, code, name, phone, branch, erased }: Customer["row"]): Customer["row"] => ({
    customer,
    code,
    name,
    phone,
    branch,
    erased,
    groups: [],
    buyers: [],
});

function seenBy(staff: number): void {
    if (staff !== seen_by) seen.clear();
    seen_by = staff;
}

function note(client: Client, customer: Customer): void {
    const staff = client.me.peek()?.staff ?? 0;
    seenBy(staff);
    const before = seen.get(customer.row.customer);
    seen.set(customer.row.customer, { customer, at_ms: serverNow() });
    if (before !== undefined || staff === 0) return;
    void recallSeen(client).then(() => {
        if (seen_by !== staff) return;
        const rows = [...seen.values()].slice(-SEEN_MOST).map((each) => nameOnly(each.customer.row));
        const names: SeenNames = { staff, day: dayOf(serverNow()), rows };
        void keep([[`seen:${staff}`, names]]);
    });
}

const isSeen = (what: unknown): what is SeenNames =>
    has<SeenNames>(what, { staff: "number", day: "number" }) &&
    Array.isArray(what.rows) &&
    what.rows.every(
        (row: unknown) =>
            has<CustomerRow>(row, { customer: "number", code: "string", name: "object" }) &&
            Array.isArray(row.buyers) &&
            Array.isArray(row.groups),
    );

/* Once a person: before anything is searched without a line, and before what is kept is kept anew. */
export function recallSeen(client: Client): Promise<void> {
    const staff = client.me.peek()?.staff ?? 0;
    if (staff === recalled_by) return recalling;
    recalled_by = staff;
    recalling = found(`seen:${staff}`, isSeen).then((all) => {
        const kept = all.find((each) => each.staff === staff && each.day === dayOf(serverNow()));
        if (kept === undefined || client.me.peek()?.staff !== staff) return;
        seenBy(staff);
        for (const row of kept.rows)
            if (!seen.has(row.customer)) seen.set(row.customer, { customer: { row, account: undefined, changed: 0 } });
    });
    return recalling;
}
function seenHere(client: Client, number: number): Seen | undefined {
    return seen_by === client.me.value?.staff ? seen.get(number) : undefined;
}
export const customersSeen = (client: Client): Customer[] =>
    seen_by === client.me.value?.staff ? [...seen.values()].map((each) => each.customer) : [];

/* One customer, live; without a line as they were seen last; undefined as long as they are not there. */
export function useCustomer(client: Client, number: number): Customer | undefined {
    return useCustomers(client, number === 0 ? NOBODY : [number])[0];
}
const NOBODY: readonly number[] = [];

export function useCustomers(client: Client, numbers: readonly number[]): readonly Customer[] {
    const key = numbers.join();
    const replica = useMemo(() => (numbers.length === 0 ? undefined : client.customers(numbers)), [client, key]);
    const online = canAsk(client);
    const rows = replica?.rows.value;
    const last = useRef(rows);
    last.current = rows;
    useEffect(() => {
        if (online) rows?.forEach((each) => note(client, each));
    }, [rows, online]);
    useEffect(
        () => () => {
            if (canAsk(client)) last.current?.forEach((each) => note(client, each));
            replica?.close();
        },
        [replica],
    );
    return numbers
        .map((number) => rows?.get(number) ?? (online ? undefined : seenHere(client, number)?.customer))
        .filter((each): each is Customer => each !== undefined);
}

/* Of when a customer's figures are, where the line is lost: "09:37". */
export function figuresAt(client: Client, number: number): string | undefined {
    const lost = lostAt(client);
    const at = seenHere(client, number)?.at_ms ?? lost;
    return lost === undefined || at === undefined ? undefined : clock(Math.min(at, lost), false);
}

/* No answer, or one that says "later": it is asked again. */
function isLater(value: unknown): boolean {
    if (value === undefined) return true;
    const refused =
        typeof value === "object" && value !== null && "refused" in value
            ? (value as { refused?: Refusal }).refused
            : undefined;
    return (
        refused !== undefined &&
        [RefusalCode.DEADLINE_PASSED, RefusalCode.BUSY, RefusalCode.NOT_LOGGED_IN].includes(refused.code)
    );
}

/* The answer to a question that is asked when `key` changes, and again until there is one; the newest question wins. */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): T | undefined {
    const [answer, setAnswer] = useState<{ key: string; value: T } | undefined>(undefined);
    useEffect(() => {
        if (key === undefined) return undefined;
        let here = true;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const once = async (): Promise<void> => {
            const value = await ask();
            if (!here) return;
            setAnswer({ key, value });
            if (isLater(value))
                timer = setTimeout(() => {
                    void once();
                }, 1000);
        };
        void once();
        return () => {
            here = false;
            clearTimeout(timer);
        };
    }, [key]);
    return answer !== undefined && key !== undefined && answer.key === key ? answer.value : undefined;
}

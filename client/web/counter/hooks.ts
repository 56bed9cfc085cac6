/* Small hooks of the counter: the width of the screen, text that waits a moment, live customers. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Client, Customer } from "../lib/api";
import { RefusalCode, type Refusal } from "../lib/messages";

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

/* One customer, live; undefined as long as they are not there. */
export function useCustomer(client: Client, number: number): Customer | undefined {
    const replica = useMemo(() => (number === 0 ? undefined : client.customers([number])), [client, number]);
    useEffect(() => () => replica?.close(), [replica]);
    const row = useMemo(() => computed(() => replica?.rows.value.get(number)), [replica, number]);
    return row.value;
}

export function useCustomers(client: Client, numbers: readonly number[]): readonly Customer[] {
    const key = numbers.join();
    const replica = useMemo(() => (numbers.length === 0 ? undefined : client.customers(numbers)), [client, key]);
    useEffect(() => () => replica?.close(), [replica]);
    const rows = replica?.rows.value;
    return numbers.map((number) => rows?.get(number)).filter((each): each is Customer => each !== undefined);
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

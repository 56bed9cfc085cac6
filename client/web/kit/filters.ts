/*
 * What a list is narrowed to, in its address: #/documents/kind/payment/from/2026-11-23. So it is there again with "back",
 * after a reload, and for whoever is sent the address.
 */
import { href, replace } from "./route";

/* Letters of what is looked for: whatever the alphabet, the server takes so many. */
export const FIND_MOST = 80;

export type Filters = Readonly<Record<string, string>>;

/* `at`: the parts of the address behind the screen's id. A name without a value counts for nothing. */
export function filtersOf(at: readonly string[]): Filters {
    const found: Record<string, string> = {};
    for (let index = 0; index + 1 < at.length; index += 2) found[at[index]!] = at[index + 1]!;
    return found;
}

/* What of the address narrows nothing: a name or a value that is not known; `known` says of each name which values are. */
export function unknownOf(
    at: readonly string[],
    known: Readonly<Record<string, (value: string) => boolean>>,
): string[] {
    const parts: string[] = [];
    for (let index = 0; index < at.length; index += 2) {
        const [name, value] = [at[index]!, at[index + 1]];
        if (value === undefined || !Object.keys(known).includes(name) || !known[name]!(value))
            parts.push(value === undefined ? name : `${name}/${value}`);
    }
    return parts;
}
/* The same address without that. */
export function knownOf(at: readonly string[], known: Readonly<Record<string, (value: string) => boolean>>): Filters {
    return Object.fromEntries(
        Object.entries(filtersOf(at)).filter(
            ([name, value]) => Object.keys(known).includes(name) && known[name]!(value),
        ),
    );
}
/* A number that is one of these, or may be: they are not here yet. */
export const among =
    (numbers: Iterable<number>) =>
    (value: string): boolean => {
        const all = new Set(numbers);
        const number = numberIn(value);
        return number !== undefined && (all.size === 0 || all.has(number));
    };
export const anyDay = (value: string): boolean => dayIn(value) !== undefined;

const partsOf = (filters: Readonly<Record<string, string | undefined>>): string[] =>
    Object.entries(filters).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [name, value]));

export function filtered(screen: string, filters: Readonly<Record<string, string | undefined>>): string {
    return href(screen, ...partsOf(filters));
}

/* Without a step for "back". */
export function filter(screen: string, filters: Readonly<Record<string, string | undefined>>): void {
    replace(screen, ...partsOf(filters));
}

/* A number of the address; undefined: it is none. */
export function numberIn(value: string | undefined): number | undefined {
    return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : undefined;
}

/* A day of the address, "2026-11-23", as the ledger counts days. */
export function dayIn(value: string | undefined): number | undefined {
    if (value === undefined || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined;
    const ms = Date.parse(`${value}T00:00:00Z`);
    return Number.isNaN(ms) || ms < 0 ? undefined : ms / 86_400_000;
}

/* The other way: 2026-11-23. */
export const isoDay = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

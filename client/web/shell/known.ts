/* Who was here lately: names and logins alone, for F10. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Client, Me } from "../lib/api";

export interface Known {
    staff: number;
    login: string;
    name: string;
}
const KEY = "tefter.people",
    MOST = 8;

function read(): Known[] {
    try {
        const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
        return Array.isArray(list)
            ? list
                  .filter((each: Known) => typeof each?.login === "string" && typeof each.name === "string")
                  .slice(0, MOST)
            : [];
    } catch {
        return [];
    }
}

const people = signal<readonly Known[]>(read());
export const known: ReadonlySignal<readonly Known[]> = people;

function keep(list: readonly Known[]): void {
    people.value = list.slice(0, MOST);
    try {
        localStorage.setItem(KEY, JSON.stringify(people.value));
    } catch {
        /* the list is a comfort only */
    }
}

export function wasHere(me: Me): void {
    const { staff, login, name } = me;
    if (people.value[0]?.login !== login || people.value[0].name !== name)
        keep([{ staff, login, name }, ...people.value.filter((each) => each.login !== login)]);
}

export function forgetPerson(login: string): void {
    keep(people.value.filter((each) => each.login !== login));
}

export const typed = (login: string): Known => ({ staff: 0, login, name: login });

/* Who has a PIN, by login, as far as the server told: of others a PIN or a password is taken. */
const pins = signal<ReadonlyMap<string, boolean>>(new Map());
export const hasPin = (login: string | undefined): boolean | undefined => pins.value.get(login ?? "");

export async function askPins(client: Client): Promise<void> {
    const told = new Map<string, boolean>();
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("staff", page === undefined ? {} : { page });
        if ("refused" in asked) return;
        for (const { login, has_pin } of asked.answer.staff) told.set(login, has_pin);
        page = asked.answer.next;
    } while (page !== undefined);
    pins.value = told;
}

/* "LM" */
export function initials(name: string): string {
    const words = name.trim().split(/\s+/);
    const letters =
        words.length > 1
            ? [words[0]!, words[words.length - 1]!].map((word) => [...word][0] ?? "")
            : [...(words[0] ?? "")].slice(0, /[\u2E80-\u9FFF]/.test(name) ? 1 : 2);
    return letters.join("").toLocaleUpperCase();
}

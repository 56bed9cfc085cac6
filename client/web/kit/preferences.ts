/*
 * How a person likes to see it, kept on this device: language, size, theme, toman go with the person, sounds and the
 * lock with the device. Before anyone is logged in it is as the last person had it.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { setToman } from "./format";
import { direction, language as shown, languageToBegin, setLanguage } from "./words";

export type Theme = "system" | "light" | "dark";
export interface Preferences {
    language: string;
    size: 100 | 115 | 130;
    theme: Theme;
    toman: boolean;
}

const PERSON = "tefter.person.",
    LAST = "tefter.person",
    SOUNDS = "tefter.sounds",
    LOCK = "tefter.lock",
    PRINT = "tefter.print";
let of = LAST;

function store(key: string, value: string): void {
    try {
        localStorage.setItem(key, value);
    } catch {
        /* not kept: it holds until the page is closed */
    }
}
function stored(key: string): string | null {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

function first(): Preferences {
    const browser = typeof navigator === "undefined" ? [] : navigator.languages;
    return { language: languageToBegin("", undefined, browser), size: 100, theme: "system", toman: false };
}

/* What is damaged of it is as it was at first. */
function mended(kept: unknown): Preferences {
    const { language, size, theme, toman } = (kept ?? {}) as Partial<Preferences>;
    const was = first();
    return {
        language: typeof language === "string" ? language : was.language,
        size: size === 115 || size === 130 ? size : was.size,
        theme: theme === "light" || theme === "dark" ? theme : was.theme,
        toman: toman === true,
    };
}
const MINUTES = 10;
const minutesOf = (text: string | null): number => {
    const minutes = Number(text ?? MINUTES);
    return Number.isFinite(minutes) && minutes >= 0 ? minutes : MINUTES;
};

function readAt(key: string): Preferences | undefined {
    try {
        const text = stored(key);
        return text === null ? undefined : mended(JSON.parse(text));
    } catch {
        return undefined;
    }
}

const own = signal<Preferences>(first());
const loud = signal(stored(SOUNDS) !== "off");
const idle = signal(minutesOf(stored(LOCK)));
const prints = signal(stored(PRINT) === "on");

export const preferences: ReadonlySignal<Preferences> = own;
export const sounds: ReadonlySignal<boolean> = loud;
export const lockMinutes: ReadonlySignal<number> = idle; /* 0: never */

export const printsBySelf: ReadonlySignal<boolean> = prints; /* a slip of each sale and payment, once it is saved */

export function setSounds(on: boolean): void {
    loud.value = on;
    store(SOUNDS, on ? "on" : "off");
}
export function setPrintsBySelf(on: boolean): void {
    prints.value = on;
    store(PRINT, on ? "on" : "off");
}
export function setLockMinutes(minutes: number): void {
    idle.value = minutes;
    store(LOCK, String(minutes));
}

async function apply(): Promise<void> {
    const { language, size, theme, toman } = own.value;
    await setLanguage(language); /* else it stays: its words cannot be fetched now */
    const root = document.documentElement;
    if (theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = theme;
    root.style.setProperty("--size", String(size / 100));
    setToman(toman);
    root.lang = shown.value;
    root.dir = direction();
}

/* As this person had it; undefined: as the last one did. */
export async function usePerson(staff: number | undefined): Promise<void> {
    of = staff === undefined ? LAST : PERSON + staff;
    own.value = readAt(of) ?? readAt(LAST) ?? first();
    own.value = { ...own.value, language: languageToBegin(location.search, own.value.language, []) };
    await apply();
}

export async function prefer(change: Partial<Preferences>): Promise<void> {
    own.value = { ...own.value, ...change };
    store(of, JSON.stringify(own.value));
    store(LAST, JSON.stringify(own.value));
    await apply();
}

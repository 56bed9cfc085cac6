/*
 * What people read, in their language. The English sentence is the key of its translations:
 *
 *     say("Over by {amount}", { amount: money(client, over) })
 *     sayMany("{count} bill", "{count} bills", bills.length)
 *     sayParts("Over by {amount}", { amount: <Money minor={over} /> })      as children of an element
 *
 * Facts are texts that are formatted already, or numbers. "{{" is a brace; what stands before "::" tells two meanings of a word apart
 * and is not shown: say("money back::Change"). Each language but English is a module
 * of its own (words/vi.ts, and words/vi-later.ts with what the first screens do not say), written by tools/words from
 * shared/words/*.po and loaded when it is wanted. Who calls
 * say() while drawing is drawn anew when the language changes. shared/words/words.c is the same engine for C.
 */
import { batch, signal, type ReadonlySignal } from "@preact/signals";
import type { ComponentChild } from "preact";

export type Facts = Readonly<Record<string, string | number | bigint | undefined>>;
export type Catalogue = Readonly<Record<string, string | readonly string[]>>;
export interface Language {
    readonly code: string;
    readonly name: string /* in itself */;
    readonly direction: "ltr" | "rtl";
    readonly plural: (count: number) => number /* which form, as Plural-Forms of the .po says */;
    readonly load: () => Promise<{ catalogue: Catalogue }> /* what the first screens say */;
    readonly loadLater: () => Promise<{ catalogue: Catalogue }> /* everything else */;
    readonly pseudo?: true /* English in disguise, to see what does not fit */;
}

/* ---- languages ---- */

const notOne = (count: number): number => (count === 1 ? 0 : 1);
const aboveOne = (count: number): number => (count > 1 ? 1 : 0);
const always = (): number => 0;
const none = (): Promise<{ catalogue: Catalogue }> => Promise.resolve({ catalogue: {} });

export const languages: readonly Language[] = [
    { code: "en", name: "English", direction: "ltr", plural: notOne, load: none, loadLater: none },
    {
        code: "vi",
        name: "Tiếng Việt",
        direction: "ltr",
        plural: always,
        load: () => import("./words/vi"),
        loadLater: () => import("./words/vi-later"),
    },
    {
        code: "zh",
        name: "中文",
        direction: "ltr",
        plural: always,
        load: () => import("./words/zh"),
        loadLater: () => import("./words/zh-later"),
    },
    {
        code: "fa",
        name: "فارسی",
        direction: "rtl",
        plural: aboveOne,
        load: () => import("./words/fa"),
        loadLater: () => import("./words/fa-later"),
    },
    {
        code: "el",
        name: "Ελληνικά",
        direction: "ltr",
        plural: notOne,
        load: () => import("./words/el"),
        loadLater: () => import("./words/el-later"),
    },
];
const unspoken = languages[0]!;

/* For tests: ?lang=xx, and ?lang=xr from right to left. */
const pseudo: readonly Language[] = [
    { code: "xx", name: "Pseudo", direction: "ltr", plural: notOne, load: none, loadLater: none, pseudo: true },
    { code: "xr", name: "Pseudo RTL", direction: "rtl", plural: notOne, load: none, loadLater: none, pseudo: true },
];

interface Spoken {
    language: Language;
    catalogue: Catalogue;
}
const spoken = signal<Spoken>({ language: unspoken, catalogue: {} });
const code = signal("en");

/* The code of the language that is shown. */
export const language: ReadonlySignal<string> = code;

/* Which way words of people's own run: those with letters of the page's own side as the page does, even if they begin
 * with a word of the other, "XM40 سیمان"; undefined: as they begin. */
export function directionOf(text: string): "rtl" | undefined {
    return direction() === "rtl" && /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text) ? "rtl" : undefined;
}

export function direction(): "ltr" | "rtl" {
    return spoken.value.language.direction;
}

/* English for a code that is not known. What is shown changes when the words are there; when they cannot be loaded,
 * it stays as it is, and false is returned. */
export async function setLanguage(wanted: string): Promise<boolean> {
    const found = [...languages, ...pseudo].find((each) => each.code === wanted) ?? unspoken;
    const loaded = await found.load().catch(() => undefined);
    const more = wantsAll ? await found.loadLater().catch(() => undefined) : { catalogue: {} };
    if (loaded === undefined || more === undefined) return false;
    spoken.value = { language: found, catalogue: { ...loaded.catalogue, ...more.catalogue } };
    code.value = found.code;
    return true;
}

/* What `act` says in another language than the page's: a paper is for who gets it. As the page does, where its words
 * cannot be had. */
export async function inLanguage<T>(wanted: string | undefined, act: () => T): Promise<T> {
    const found = languages.find((each) => each.code === wanted);
    if (found === undefined || found.code === code.peek()) return act();
    const loaded = await Promise.all([found.load(), found.loadLater()]).catch(() => undefined);
    if (loaded === undefined) return act();
    return batch(() => {
        const was = [spoken.peek(), code.peek()] as const;
        spoken.value = { language: found, catalogue: { ...loaded[0].catalogue, ...loaded[1].catalogue } };
        code.value = found.code;
        try {
            return act();
        } finally {
            [spoken.value, code.value] = was;
        }
    });
}

let wantsAll = false;

/* The words beyond the first screens', of this language and of each that is chosen from now on. */
export async function fetchWords(): Promise<void> {
    for (;;) {
        const { language } = spoken.peek();
        const { catalogue } = await language.loadLater();
        if (spoken.peek().language !== language) continue; /* another one was chosen meanwhile */
        wantsAll = true;
        spoken.value = { language, catalogue: { ...spoken.peek().catalogue, ...catalogue } };
        return;
    }
}

/* The language to begin with: of the address (?lang=vi), else the one that was chosen, else the first of the browser's that is ours. */
export function languageToBegin(search: string, chosen: string | null | undefined, browser: readonly string[]): string {
    const asked = /[?&]lang=([a-z]{2})\b/.exec(search)?.[1];
    const wanted = [asked, chosen ?? undefined, ...browser.map((each) => each.slice(0, 2).toLowerCase())];
    return (
        wanted.find((each) => each !== undefined && [...languages, ...pseudo].some((known) => known.code === each)) ??
        "en"
    );
}

/* ---- sentences ---- */

const PLACE = /\{\{|\{([^{}]*)\}/g;
const LTR = /[0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff\u2e80-\u9fff]/;

/* From right to left, a fact in other letters or with digits keeps its own order; what format.ts made is isolated already. */
export function isolated(value: string): string {
    return spoken.value.language.direction === "rtl" && LTR.test(value) && !/^[\u2066-\u2068]/.test(value)
        ? `\u2068${value}\u2069`
        : value;
}

function disguised(text: string): string {
    const worn = text.replace(/\{\{|\{[^{}]*\}|[a-zA-Z]/g, (part) => {
        const at = "aceinouyACEINOUYszdlt".indexOf(part);
        return at < 0 ? part : "åçéïñöûýÅÇÉÏÑÖÛÝšžđłţ"[at]!;
    });
    return `[${worn}${"·".repeat(Math.ceil(text.replace(PLACE, "").length * 0.3))}]`;
}

/* The message in the language of the reader, with its places still open. */
export function translate(message: string): string {
    const { language, catalogue } = spoken.value;
    const found = catalogue[message];
    const english = message.replace(/^[^:{|]*::/, "");
    if (language.pseudo)
        return english
            .split("|")
            .map((clause) => (clause === "" ? "" : disguised(clause)))
            .join("|");
    return typeof found === "string" ? found : english;
}

export function translateMany(one: string, many: string, count: number | bigint): string {
    const { language, catalogue } = spoken.value;
    const number = Math.abs(Number(count));
    if (language.pseudo) return disguised(number === 1 ? one : many);
    const found = catalogue[one];
    return Array.isArray(found) ? String(found[language.plural(number)] ?? found[0]) : number === 1 ? one : many;
}

/* A number that is a fact has the digits of the language. */
function inDigits(value: number | bigint): string {
    const text = String(value);
    return spoken.value.language.code === "fa"
        ? text.replace(/[0-9]/g, (digit) => String.fromCharCode(0x06f0 + Number(digit)))
        : text;
}

/* A fact that is missing stays visible as its name: it is a mistake of the caller. */
function fill(pattern: string, facts: Facts | undefined): string {
    return pattern.replace(PLACE, (all, name: string | undefined) => {
        const value = name === undefined ? "{" : facts?.[name];
        return value === undefined
            ? all
            : typeof value === "string" && name !== undefined
              ? isolated(value)
              : typeof value === "string"
                ? value
                : inDigits(value);
    });
}

export function say(message: string, facts?: Facts): string {
    return fill(translate(message), facts);
}

/* {count} is a fact already, unless `facts` gives it formatted. */
export function sayMany(one: string, many: string, count: number | bigint, facts?: Facts): string {
    return fill(translateMany(one, many, count), { count, ...facts });
}

/* With elements as facts: what an element holds, in the order of the language. */
export function sayParts(message: string, facts: Readonly<Record<string, ComponentChild>>): ComponentChild[] {
    const pattern = translate(message);
    const parts: ComponentChild[] = [];
    let from = 0;
    for (const place of pattern.matchAll(PLACE)) {
        parts.push(pattern.slice(from, place.index), place[1] === undefined ? "{" : (facts[place[1]] ?? place[0]));
        from = place.index + place[0].length;
    }
    parts.push(pattern.slice(from));
    return parts.filter((part) => part !== "");
}

/* A pattern's clauses are divided by '|'; one of which a fact is not known is left out. */
export function sentence(pattern: string, fact: (name: string) => string | undefined): string {
    return pattern
        .split("|")
        .map((clause) => {
            let known = true;
            const written = clause.replace(PLACE, (_, name: string | undefined) => {
                const value = name === undefined ? "{" : fact(name);
                if (value === undefined) known = false;
                return value ?? "";
            });
            return known ? written : "";
        })
        .join("");
}

const COMMAS: Readonly<Record<string, string>> = { fa: "، ", zh: "、" };

/* What there is of these, one after the other: "cash, transfer". */
export function listed(parts: readonly (string | undefined)[]): string {
    return parts.filter((part) => part !== undefined && part !== "").join(COMMAS[code.value] ?? ", ");
}

/* The first letter large, as at the beginning of a sentence. */
export function begin(text: string): string {
    const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
    return text === ""
        ? text
        : first.toUpperCase() /* not by the locale: Greek would lose its accent */ + text.slice(first.length);
}

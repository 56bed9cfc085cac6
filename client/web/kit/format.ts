/*
 * Figures as people write them in their language. Exact: bigint in, digits out, never a float.
 *
 *     money(client, 117600000n)      "117,600,000 ₫"      with its unit, for a sentence
 *     amount(117600000n)             "117,600,000"        without, for columns whose head names it
 *     quantity(2500n)                "2.5"                thousandths
 *     percent(2120)                  "21.2%"              hundredths of a percent
 *     day(20780)                     "23 Nov"             days since 1970, by the reader's calendar
 *     clock(ms)                      "09:41:07"           by the branch's clock
 *     ago(ms)                        "4 s"                how long since, by the server's clock
 *
 * The shell tells which ledger it is (setLedger). What is drawn by these is drawn anew when language, ledger or unit
 * change.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../lib/api";
import { direction, language, say, sayMany } from "./words";

export interface Currency {
    code: string;
    exponent: number;
}
export interface Ledger extends Currency {
    utc_offset_minutes: number;
    today: number;
}

const facts = signal<Ledger>({ code: "EUR", exponent: 2, utc_offset_minutes: 0, today: 0 });
const counted = signal(false);
let now: () => number = Date.now;

/* ---- what it depends on ---- */

export const ledger: ReadonlySignal<Ledger> = facts;

/* Rial are shown and typed as toman: each person's own choice. */
export const toman: ReadonlySignal<boolean> = counted;
export function setToman(on: boolean): void {
    counted.value = on;
}

export function setLedger(client: Client): void {
    const welcome = client.welcome.value;
    now = client.clock;
    if (welcome !== undefined)
        facts.value = {
            code: welcome.currency,
            exponent: welcome.exponent,
            utc_offset_minutes: welcome.utc_offset_minutes ?? 0,
            today: welcome.date,
        };
}

export function serverNow(): number {
    return now();
}

const ticking = signal(0);
let timer: ReturnType<typeof setInterval> | undefined;
/* Grows each second: who reads it is drawn anew. */
export function everySecond(): number {
    if (timer === undefined && typeof document !== "undefined") {
        const tick = (): void => {
            if (document.visibilityState !== "hidden") ticking.value++;
        };
        timer = setInterval(tick, 1000);
        document.addEventListener("visibilitychange", tick); /* what slept is not shown with the times of before */
    }
    return ticking.value;
}

/* ---- digits ---- */

interface Look {
    group: string;
    decimal: string;
    zero: number;
}
const latin = 48;
const persian = 0x6f0;

export function lookOf(code: string): Look {
    if (code === "fa") return { group: "\u066C", decimal: "\u066B", zero: persian };
    if (code === "vi" || code === "el") return { group: ".", decimal: ",", zero: latin };
    return { group: ",", decimal: ".", zero: latin };
}

/* Digits of the reader: times, counts. */
export function digits(text: string): string {
    return language.value === "fa"
        ? text.replace(/[0-9]/g, (digit) => String.fromCharCode(persian + Number(digit)))
        : text;
}

/* Any number with `exponent` decimals; zeros at the end are left out, down to `least` of them. */
export function decimal(value: bigint, exponent = 0, least = exponent): string {
    const look = lookOf(language.value);
    const plain = (value < 0n ? -value : value).toString().padStart(exponent + 1, "0");
    let part = exponent > 0 ? plain.slice(-exponent) : "";
    while (part.length > least && part.endsWith("0")) part = part.slice(0, -1);
    const whole = plain.slice(0, plain.length - exponent).replace(/\B(?=(\d{3})+$)/g, look.group);
    return (value < 0n ? "\u2212" : "") + digits(whole) + (part === "" ? "" : look.decimal + digits(part));
}

export function whole(value: number | bigint): string {
    return decimal(BigInt(value), 0);
}

/* Of what this browser had no room for. */
export const notKept = (count: number): string =>
    sayMany(
        "{count} not kept: it is lost when this page closes",
        "{count} not kept: they are lost when this page closes",
        count,
        { count: whole(count) },
    );

/* One isolate from left to right, so that sign and unit keep their side in a Persian sentence. */
export function isolate(text: string): string {
    return direction() === "rtl" ? "\u2066" + text + "\u2069" : text;
}

/* The number of a paper, a code, a phone: beside Latin letters its digits are Latin, as it is typed and as it stands on the
 * paper; in a Persian line it keeps its order, "R-TD-5530". */
export function paperNumber(text: string): string {
    return isolate(/[A-Za-z]/.test(text) ? text : digits(text));
}

/* ---- money ---- */

export function currencyOf(client?: Client): Currency {
    const welcome = client?.welcome.value;
    return welcome === undefined ? facts.value : { code: welcome.currency, exponent: welcome.exponent };
}

function countsInToman(currency: Currency): boolean {
    return currency.code === "IRR" && counted.value;
}

const signs: Readonly<Record<string, string>> = {
    VND: "₫",
    EUR: "€",
    CNY: "¥",
    USD: "$",
    GBP: "£",
    JPY: "¥",
    INR: "₹",
    TRY: "₺",
    KRW: "₩",
    RUB: "₽",
    UAH: "₴",
    ILS: "₪",
    THB: "฿",
    PHP: "₱",
    PLN: "zł",
};

/* "₫", "€", "toman": for the head of a column. */
export function unit(currency: Currency = facts.value): string {
    if (currency.code === "IRR") return countsInToman(currency) ? say("toman") : say("rial");
    return signs[currency.code] ?? currency.code;
}

/* Digits alone. A toman is ten rial: one decimal more, which is not shown when it is 0. */
export function amount(minor: bigint, currency: Currency = facts.value): string {
    const more = countsInToman(currency) ? 1 : 0;
    return decimal(minor, currency.exponent + more, currency.exponent);
}

/* With its sign on both sides of zero, for what moved: "+112,400,000", "−86,000,000". */
export function change(minor: bigint, currency: Currency = facts.value): string {
    return (minor > 0n ? "+" : "") + amount(minor, currency);
}

/* With its unit, as a fact of a sentence. */
export function money(client: Client | undefined, minor: bigint): string {
    const currency = currencyOf(client);
    return isolate(`${amount(minor, currency)}\u00A0${unit(currency)}`);
}

/* Unit prices have three decimals more than the currency: what is not 0 of them is shown. */
export function price(thousandths: bigint, currency: Currency = facts.value): string {
    const more = countsInToman(currency) ? 1 : 0;
    return decimal(thousandths, currency.exponent + 3 + more, currency.exponent);
}

export function quantity(thousandths: bigint, measure?: string): string {
    const text = decimal(thousandths, 3, 0);
    return measure === undefined || measure === "" ? text : isolate(`${text}\u00A0${measure}`);
}

export function percent(hundredths: number | bigint): string {
    const tenths = BigInt(Math.round(Number(hundredths) / 10));
    return isolate(decimal(tenths, 1, 0) + (language.value === "fa" ? "٪" : "%"));
}

/* Of a whole, in hundredths of a percent; nothing has no share. */
export function share(part: bigint, all: bigint): number {
    return all === 0n ? 0 : (Number((part * 100000n) / all + (part < 0n ? -5n : 5n)) / 10) | 0;
}

/* ---- days and times ---- */

const DAY = 86_400_000;
const locales: Readonly<Record<string, string>> = {
    en: "en-GB",
    vi: "vi-VN",
    zh: "zh-CN",
    el: "el-GR",
    fa: "fa-IR-u-ca-persian-nu-arabext",
};
const formats = new Map<string, Intl.DateTimeFormat>();

const FARTHEST = 1e8; /* days that a Date can be; whoever typed an address may have said more */

function dated(days: number, name: string, options: Intl.DateTimeFormatOptions): string {
    if (!(Math.abs(days) <= FARTHEST)) return "–";
    const locale = locales[language.value] ?? "en-GB";
    const key = locale + name;
    let format = formats.get(key);
    if (format === undefined)
        formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" })));
    return format.format(days * DAY);
}

/* "23 Nov", and the year where it is not this one. */
export function day(days: number): string {
    const year = (each: number): string => dated(each, "year", { year: "numeric" });
    const short = { day: "numeric", month: language.value === "fa" ? "long" : "short" } as const;
    if (facts.value.today !== 0 && year(days) === year(facts.value.today)) return dated(days, "short", short);
    return dated(days, "short-year", { ...short, year: "numeric" });
}

/* "Nov 2026" of a month that begins on that day. The books' months are Gregorian: in Persian its days are said. */
export function monthOf(first: number): string {
    if (language.value !== "fa") return dated(first, "month", { month: "short", year: "numeric" });
    const date = new Date(first * DAY);
    return `${day(first)} – ${day(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0) / DAY)}`;
}

/* "Monday 23 November 2026"; in Persian Chromium puts the year first. */
export function dayInFull(days: number): string {
    const whole = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
    if (language.value !== "fa") return dated(days, "full", whole).replace(/^(\w+),/, "$1");
    const part = (name: keyof typeof whole): string => dated(days, name, { [name]: whole[name] });
    return `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}`;
}

/* "November 2026", in the calendar of the language. */
export function monthInFull(first: number): string {
    if (language.value !== "fa") return dated(first, "month-full", { month: "long", year: "numeric" });
    return `${dated(first, "month-name", { month: "long" })} ${dated(first, "year", { year: "numeric" })}`;
}

/* "Mon" */
export function weekdayShort(days: number): string {
    return dated(days, "weekday", { weekday: language.value === "fa" ? "narrow" : "short" });
}

/* "23/11/2026", for columns; each as wide as the next. */
export function dayInColumn(days: number): string {
    return isolate(dated(days, "column", { day: "2-digit", month: "2-digit", year: "numeric" }));
}

/* The branch's day of a moment. */
export function dayOf(ms: number | bigint): number {
    return Math.floor((Number(ms) + facts.value.utc_offset_minutes * 60_000) / DAY);
}

/* "09:41:07", without seconds "09:41". */
export function clock(ms: number | bigint, seconds = true): string {
    const local = new Date(Number(ms) + facts.value.utc_offset_minutes * 60_000);
    return digits(local.toISOString().slice(11, seconds ? 19 : 16));
}

/* Today its time, before that its day. */
export function moment(ms: number | bigint): string {
    return dayOf(ms) === facts.value.today ? clock(ms, false) : `${day(dayOf(ms))} ${clock(ms, false)}`;
}

/* "4 s", "3 min", "2 h 10 min", "5 d" */
export function lasting(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (seconds < 60) return say("{count} s", { count: whole(seconds) });
    if (minutes < 60) return say("{count} min", { count: whole(minutes) });
    if (hours < 24 && minutes % 60 === 0) return say("{count} h", { count: whole(hours) });
    if (hours < 24) return say("{hours} h {minutes} min", { hours: whole(hours), minutes: whole(minutes % 60) });
    return say("{count} d", { count: whole(Math.floor(hours / 24)) });
}

/* "3 min 12 s": while it is waited for. */
export function lastingExactly(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    return seconds < 60 || seconds >= 3600
        ? lasting(ms)
        : say("{minutes} min {seconds} s", { minutes: whole(Math.floor(seconds / 60)), seconds: whole(seconds % 60) });
}

/* How long since that moment. */
export function ago(ms: number | bigint): string {
    everySecond();
    return lasting(now() - Number(ms));
}

/* "4:12" left until then; "0:00" when it is over. */
export function left(ms: number | bigint): string {
    everySecond();
    const seconds = Math.max(0, Math.ceil((Number(ms) - now()) / 1000));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const shown = parts[0]! > 0 ? parts : parts.slice(1);
    return digits(shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0"))).join(":"));
}

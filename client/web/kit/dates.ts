/* Days as people type them, in the order and the calendar of their language: 23/11/2026, 2026/11/23, ۱۴۰۵/۹/۲. What
 * begins with a year of four digits is taken everywhere. */
import { plainDigits } from "./read";

const DAY_MS = 86_400_000;
const JALALI_MOST = 1700; /* a year below it is none of the Gregorian calendar here */

export interface Parts {
    year: number;
    month: number;
    date: number;
}

export const isJalali = (language: string): boolean => language === "fa";

const jalali = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    timeZone: "UTC",
});

/* A day of the ledger in the calendar of that language. */
export function partsOf(days: number, language: string): Parts {
    const at = new Date(days * DAY_MS);
    if (!isJalali(language)) return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() };
    const part = (type: string): number =>
        Number(
            jalali
                .formatToParts(at)
                .find((each) => each.type === type)
                ?.value.replace(/\D/g, ""),
        );
    return { year: part("year"), month: part("month"), date: part("day") };
}

function gregorian({ year, month, date }: Parts): number | undefined {
    const at = new Date(Date.UTC(year, month - 1, date));
    const there = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === date;
    return there ? Math.round(at.getTime() / DAY_MS) : undefined;
}

/* Its year begins around 21 March; months 1 to 6 have 31 days, the others 30 or fewer. */
function ofJalali(wanted: Parts): number | undefined {
    const { year, month, date } = wanted;
    if (month < 1 || month > 12 || date < 1 || date > 31) return undefined;
    const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
    const near = Math.round(Date.UTC(year + 621, 2, 21) / DAY_MS) + before + date - 1;
    for (const days of [near, near - 1, near + 1, near - 2, near + 2]) {
        const found = partsOf(days, "fa");
        if (found.year === year && found.month === month && found.date === date) return days;
    }
    return undefined;
}

/* undefined: it is no day, or not all of one; `done`: nobody types on, so a year may be short or left out. */
export function readDay(text: string, language: string, today: number, done: boolean): number | undefined {
    const numbers = plainDigits(text)
        .split(/\D+/)
        .filter((part) => part !== "");
    if (numbers.length > 3 || numbers.length < 2 || numbers.some((part) => part.length > 4)) return undefined;
    const yearFirst = numbers[0]!.length > 2 || (isJalali(language) && numbers.length === 3) || language === "zh";
    const now = partsOf(today, language);
    const [a, b, c] = numbers.map(Number) as [number, number, number | undefined];
    if (c === undefined) {
        if (!done) return undefined;
        const monthFirst = yearFirst || isJalali(language);
        return dayOfParts({ year: now.year, month: monthFirst ? a : b, date: monthFirst ? b : a }, language);
    }
    const written = numbers[yearFirst ? 0 : 2]!;
    if (written.length < 4 && !done) return undefined;
    const year = written.length <= 2 ? now.year - (now.year % 100) + Number(written) : Number(written);
    return dayOfParts({ year, month: b, date: yearFirst ? c : a }, language);
}

export function dayOfParts(parts: Parts, language: string): number | undefined {
    const days = isJalali(language) && parts.year < JALALI_MOST ? ofJalali(parts) : gregorian(parts);
    return days === undefined || days < 0 ? undefined : days;
}

/* ---- a month on a page ---- */

/* The first day of the month that the day is in, and of the one so many months on. */
export function monthStart(days: number, language: string, on = 0): number {
    const start = days - partsOf(days, language).date + 1;
    if (on === 0) return start;
    return monthStart(on > 0 ? start + 32 : start - 1, language, on > 0 ? on - 1 : on + 1);
}

/* Its days in weeks that begin on Monday, in Persian on Saturday; undefined: of another month. */
export function weeksOf(start: number, language: string): (number | undefined)[][] {
    const next = monthStart(start, language, 1);
    const first = isJalali(language) ? 6 : 1;
    const before = (new Date(start * DAY_MS).getUTCDay() - first + 7) % 7;
    const weeks: (number | undefined)[][] = [];
    for (let day = start - before; day < next; day += 7)
        weeks.push(Array.from({ length: 7 }, (_, at) => (day + at < start || day + at >= next ? undefined : day + at)));
    return weeks;
}

/*
 * Numbers as people type them: the same results as client/lib/amount.c (tests/web/read.test.mjs runs the cases of
 * tests/client/test_typed_amounts.c on both).
 *
 *     [sign] [currency] number [unit] [number unit …] [number] [currency]
 */
import type { Currency } from "./format";
import { ledger, toman } from "./format";
import { say } from "./words";

export type Read =
    | { value: bigint; why?: undefined }
    | { why: string; readings?: readonly [string, string]; value?: undefined };
export type Habit = "en" | "vi" | "zh" | "fa" | "el";

const MOST = 9_000_000_000_000n;
const DIGITS_MOST = 19;

/* ---- folding: digits of every script are 0-9, small letters without marks ---- */

const zeros = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x17e0, 0x1810,
];
const dashes = /[\u02D7\u058A\u05BE\u1806\u2010-\u2015\u2043\u2212\uFE58\uFE63\uFF0D]/;
const quotes = /[`\u00B4\u02B9\u02BB-\u02BD\u02C8\u02CA\u02CB\u2018-\u201B\u2032\u2035\uFF07]/;
const blanks = /[\t-\r\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000]/;
const dropped = /[\u00AD\u034F\u061C\u0640\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]/;
const letters: Readonly<Record<string, string>> = {
    ي: "ی",
    ى: "ی",
    ك: "ک",
    đ: "d",
    ς: "σ",
    萬: "万",
    億: "亿",
    ة: "ه",
    ı: "i",
};

/* Digits of any keyboard as 0-9, everything else as it is: a PIN, a code. */
export function plainDigits(text: string): string {
    return text.replace(/[٠-٩۰-۹０-９]/g, (digit) => {
        const code = digit.charCodeAt(0);
        return String(code >= 0xff10 ? code - 0xff10 : code >= 0x06f0 ? code - 0x06f0 : code - 0x0660);
    });
}

export function fold(text: string): string {
    let out = "";
    for (const raw of text) {
        if (dropped.test(raw)) continue;
        if (blanks.test(raw)) {
            out += " ";
            continue;
        }
        if (dashes.test(raw)) {
            out += "-";
            continue;
        }
        if (quotes.test(raw)) {
            out += "'";
            continue;
        }
        for (const part of raw.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()) {
            const point = part.codePointAt(0)!;
            const zero = zeros.find((each) => point >= each && point <= each + 9);
            out += zero !== undefined ? String(point - zero) : (letters[part] ?? part);
        }
    }
    return out.replace(/ +/g, " ").trim();
}

/* ---- words, as they fold ---- */

interface Unit {
    word: string;
    digits: number;
    takesDecimals: boolean;
}
const unitRows = `k3+ thousand3 nghin3+ ngan3+ ng3+ هزار3 χιλιαδεσ3 χιλ.3 χιλ3 百万6 千万7 千3 十万5 万4 亿8 百2 millions6 million6 mio6 m6 trieu6+ tr6+
میلیون6 εκατομμυρια6 εκατομμυριο6 εκ.6 εκ6 billions9 billion9 bn9 ty9+ ti9+ میلیارد9 δισεκατομμυρια9 δισεκατομμυριο9 δισ.9 δισ9`;
const units: readonly Unit[] = unitRows.split(/\s+/).map((row) => {
    const [, word, digits, plus] = /^(.*?)(\d)(\+?)$/.exec(row)!;
    return { word: word!, digits: Number(digits), takesDecimals: plus === "+" };
});
const names: Readonly<Record<string, readonly string[]>> = {
    VND: ["dong", "vnd", "d"],
    EUR: ["ευρω", "euros", "euro"],
    CNY: ["人民币", "元", "块", "rmb", "yuan"],
    IRR: ["rials", "rial", "ریال"],
    IRT: ["tomans", "toman", "تومان", "تومن"],
};
const signs: Readonly<Record<string, readonly string[]>> = {
    VND: ["₫"],
    EUR: ["€"],
    CNY: ["¥"],
    IRR: ["﷼"],
    JPY: ["¥"],
    USD: ["$"],
    GBP: ["£"],
    INR: ["₹"],
    TRY: ["₺"],
};
const joiners = ["and", "και", "و"];

class Unclear extends Error {
    constructor(
        public why: string,
        public readings?: readonly [string, string],
    ) {
        super(why);
    }
}

const THREES = (): string => say("The digits are not grouped in threes.");
const ALIEN = (): string => say("There is a character that does not belong in a number.");
const FINER = (): string => say("There are more decimals than are possible here.");

/* ---- reading ---- */

type Mark = "." | "," | " " | "decimal" | "group";
interface Numeral {
    digits: string;
    first: number;
    last: number;
    runs: number;
    threes: boolean;
    marks: Mark[];
    zeroFirst: boolean;
    tooLong: boolean;
}

class Reading {
    at = 0;
    sum = 0n;
    shift = 0;
    negative = false;

    constructor(
        readonly text: string,
        readonly code: string,
        readonly habit: Habit,
        readonly exponent: number,
        readonly own: number,
        readonly counts: boolean,
    ) {}

    isDigit(at: number): boolean {
        const c = this.text[at];
        return c !== undefined && c >= "0" && c <= "9";
    }
    skip(): void {
        while (this.text[this.at] === " ") this.at++;
    }

    /* Chinese has no blanks between words. */
    word(word: string): boolean {
        if (word === "" || !this.text.startsWith(word, this.at)) return false;
        const behind = this.text[this.at + word.length];
        const han = word.charCodeAt(0) >= 0x3000;
        if (!han && behind !== undefined && (/[a-z]/.test(behind) || behind.charCodeAt(0) >= 0x80)) return false;
        this.at += word.length;
        return true;
    }

    unit(): Unit | undefined {
        return units.find((unit) => this.word(unit.word));
    }

    /* Rial and toman are told apart by their words, whichever a person counts in. */
    currency(): void {
        this.skip();
        if (this.counts || this.at >= this.text.length) return;
        const is = (code: string): boolean => (names[code] ?? []).some((word) => this.word(word));
        const rial = this.code === "IRR",
            counted = this.code === "IRT";
        if ((rial || counted) && is("IRR")) this.shift = counted ? -1 : 0;
        else if ((rial || counted) && is("IRT")) this.shift = rial ? 1 : 0;
        else if (!is(this.code) && !this.word(this.code.toLowerCase()))
            (signs[this.code] ?? []).some((sign) => this.word(fold(sign)));
        this.skip();
    }

    mark(at: number): Mark | undefined {
        const c = this.text[at];
        if (c === "/" && this.habit === "fa") return "decimal";
        if (c === "." || c === ",") return c;
        if (c === " " || c === "'" || c === "_") return " ";
        if (c === "\u066B") return "decimal";
        return c === "\u066C" || c === "\u060C" ? "group" : undefined;
    }

    /* A blank parts groups only when three digits follow, and no more. */
    goesOn(mark: Mark | undefined): boolean {
        if (mark === undefined || !this.isDigit(this.at + 1)) return false;
        return mark !== " " || /^\d{3}(?!\d)/.test(this.text.slice(this.at + 1));
    }

    run(numeral: Numeral): number {
        let size = 0;
        for (; this.isDigit(this.at); this.at++, size++) {
            const digit = this.text[this.at]!;
            const zero = numeral.digits === "" && digit === "0";
            if (!zero && numeral.digits.length < DIGITS_MOST) numeral.digits += digit;
            else if (!zero) numeral.tooLong = true;
        }
        return size;
    }

    numeral(): Numeral | undefined {
        const c = this.text[this.at];
        const dot = (c === "." || c === ",") && this.isDigit(this.at + 1);
        if (!dot && !this.isDigit(this.at)) return undefined;
        const numeral: Numeral = {
            digits: "",
            first: 0,
            last: 0,
            runs: 1,
            threes: true,
            marks: [],
            zeroFirst: c === "0",
            tooLong: false,
        };
        numeral.first = numeral.last = this.run(numeral);
        for (
            let mark = this.mark(this.at);
            this.goesOn(mark) && numeral.runs <= DIGITS_MOST;
            mark = this.mark(this.at)
        ) {
            numeral.threes = numeral.threes && (numeral.runs === 1 || numeral.last === 3);
            numeral.marks.push(mark!);
            this.at++;
            numeral.last = this.run(numeral);
            numeral.runs++;
        }
        return numeral;
    }

    /* "1.234" read both ways, and how each is written clearly, with its unit; decimals that are not possible are
     * not offered. */
    askWhich(numeral: Numeral, unit: Unit | undefined): never {
        const all = numeral.digits;
        const grouped = all.replace(/\B(?=(\d{3})+$)/g, ",");
        const before = all.slice(0, -3),
            behind = all.slice(-3);
        const word = unit === undefined ? "" : (unit.word.length > 1 ? " " : "") + unit.word;
        let kept = 3;
        while (kept > 0 && behind[kept - 1] === "0") kept--;
        if (kept > this.exponent + (unit?.digits ?? 0))
            throw new Unclear(
                say(
                    "This can be {whole}, or {part} with more decimals than are possible here: write {first} for the first.",
                    { whole: grouped, part: `${before}.${behind}`, first: all },
                ),
            );
        const least = unit !== undefined ? 0 : this.counts || this.own < 2 ? 1 : 2;
        kept = Math.max(kept, least);
        const first = all + word;
        const other = before + (kept > 0 ? "." : "") + behind.slice(0, kept) + (kept === 3 ? "0" : "") + word;
        throw new Unclear(
            say("This can be {whole} or {part}: write {first} for the first, {other} for the other.", {
                whole: grouped + word,
                part: `${before}.${behind}${word}`,
                first,
                other,
            }),
            [first, other],
        );
    }

    /* How many of the digits are decimals. */
    decimals(numeral: Numeral, unit: Unit | undefined): number {
        const last = numeral.marks[numeral.marks.length - 1];
        if (last === undefined) return 0;
        const habit = this.habit === "vi" || this.habit === "el" ? "." : ",";
        const same = numeral.marks.filter((mark) => mark === last).length;
        const mixed = same < numeral.marks.length;
        const leads = numeral.first >= 1 && numeral.first <= 3 && !numeral.zeroFirst;
        const count = numeral.digits.length;
        if (numeral.marks.slice(0, -1).some((mark) => mark !== numeral.marks[0])) throw new Unclear(THREES());
        const separates = last !== " " && last !== "group";
        if (mixed || last === "decimal" || (numeral.runs === 2 && separates && numeral.last !== 3)) {
            const good = separates && same === 1 && (numeral.runs === 2 || (numeral.threes && leads));
            if (!good) throw new Unclear(THREES());
            return numeral.last;
        }
        const groups = numeral.last === 3 && numeral.threes && leads && (numeral.runs > 2 || count > 3 || last === " ");
        if (numeral.runs > 2 || !separates) {
            if (!groups) throw new Unclear(THREES());
            return 0;
        }
        if (!leads || count <= 3) return 3; /* 0.500, .500, 12345.678 */
        const wholeOnly = this.own === 0 && unit === undefined;
        const round = this.counts && numeral.digits.endsWith("00"); /* 1.333 is what a scale writes;
            1.500 of goods may be fifteen hundred */
        const part = last !== habit && unit === undefined && !round && this.own >= 3;
        if (!wholeOnly && !part && last !== habit) this.askWhich(numeral, unit);
        if (this.counts && last === habit && habit === "." && unit === undefined) this.askWhich(numeral, unit);
        return part ? 3 : 0;
    }

    add(numeral: Numeral, decimals: number, shift: number): void {
        const most = 1n << 100n;
        let value = BigInt(numeral.digits === "" ? "0" : numeral.digits);
        const scale = this.exponent + shift - decimals;
        if (scale < 0) {
            const by = 10n ** BigInt(-scale);
            if (value % by !== 0n)
                throw new Unclear(this.own === 0 && !this.counts ? say("There is no part of one here.") : FINER());
            value /= by;
        } else value *= 10n ** BigInt(scale);
        this.sum += value;
        if (value >= most || this.sum >= most || numeral.tooLong) throw new Unclear(say("The number is too large."));
    }

    /* "1tr5", "2 tỷ 3", "3万5": decimals of the unit before. */
    rest(unit: Unit, numeral: Numeral): void {
        const size = numeral.first;
        const clear = size === 1 || size === unit.digits || (unit.takesDecimals && size < unit.digits);
        if (numeral.runs > 1 || !clear)
            throw new Unclear(
                say('It is unclear what follows "{unit}": write the unit behind it, or all digits.', {
                    unit: unit.word,
                }),
            );
        this.add(numeral, size, unit.digits);
    }

    parts(): void {
        let before: Unit | undefined;
        let numeral = this.numeral();
        if (numeral === undefined)
            throw new Unclear(this.at >= this.text.length ? say("There is no number here.") : ALIEN());
        for (; numeral !== undefined; numeral = this.numeral()) {
            this.skip();
            const unit: Unit | undefined = this.counts ? undefined : this.unit();
            if (unit === undefined && before !== undefined) return this.rest(before, numeral);
            if (before !== undefined && unit!.digits >= before.digits)
                throw new Unclear(
                    say('"{unit}" does not stand behind "{before}".', { unit: unit!.word, before: before.word }),
                );
            this.add(numeral, this.decimals(numeral, unit), unit?.digits ?? 0);
            if (unit === undefined) return;
            before = unit;
            this.skip();
            if (joiners.some((word) => this.word(word))) this.skip();
        }
    }

    all(): void {
        this.skip();
        this.negative = this.text[this.at] === "-";
        if (this.negative || this.text[this.at] === "+") this.at++;
        this.currency();
        this.parts();
        this.currency();
        this.skip();
        if (this.at < this.text.length) throw new Unclear(ALIEN());
    }
}

function read(
    text: string,
    code: string,
    habit: Habit,
    exponent: number,
    own: number,
    counts: boolean,
    most: bigint,
): Read {
    const folded = fold(text);
    let first: Unclear | undefined;
    for (const shift of [0, 1, -1]) {
        /* no word of money, toman for rial, rial for toman */
        if (own + shift < 0) continue;
        const reading = new Reading(folded, code, habit, exponent + shift, own + shift, counts);
        try {
            reading.all();
        } catch (error) {
            if (!(error instanceof Unclear)) throw error;
            first ??= error;
            continue;
        }
        if (reading.shift !== shift) {
            first ??= new Unclear(FINER());
            continue;
        }
        if (reading.sum > most) return { why: say("This is more than any single amount may be.") };
        return { value: reading.negative ? -reading.sum : reading.sum };
    }
    return { why: first!.why, readings: first!.readings };
}

const habitOf = (language: string): Habit =>
    (["vi", "zh", "fa", "el"] as const).find((each) => each === language) ?? "en";

/* As this person counts: rial, or toman with one decimal more. */
function own(currency: Currency): { code: string; exponent: number } {
    return currency.code === "IRR" && toman.value ? { code: "IRT", exponent: currency.exponent + 1 } : currency;
}

/* Minor units. */
export function readAmount(text: string, language: string, currency: Currency = ledger.value): Read {
    const { code, exponent } = own(currency);
    return read(text, code, habitOf(language), exponent, exponent, false, MOST);
}

/* Of one unit, in thousandths of a minor unit. */
export function readPrice(text: string, language: string, currency: Currency = ledger.value): Read {
    const { code, exponent } = own(currency);
    return read(text, code, habitOf(language), exponent + 3, exponent, false, 1000n * MOST);
}

/* Thousandths. */
export function readQuantity(text: string, language: string): Read {
    return read(text, "", habitOf(language), 3, 3, true, MOST);
}

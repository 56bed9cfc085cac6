/*
 * Amounts in words, as they are asked for before an unusual commit and printed on papers.
 *
 *     inWords(117600000n)      "one hundred seventeen million six hundred thousand đồng"
 *
 * The rest of a unit is written as on a cheque: "and 50/100".
 */
import { digits, ledger, toman, type Currency } from "./format";
import { language } from "./words";

type Spell = (value: bigint) => string;

/* ---- by groups of three ---- */

function groups(value: bigint): number[] {
    const found: number[] = [];
    for (let rest = value; rest > 0n; rest /= 1000n) found.push(Number(rest % 1000n));
    return found.reverse();
}

const list = (text: string): string[] => text.split(" ");

const enOnes = list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
);
const enTens = list("- - twenty thirty forty fifty sixty seventy eighty ninety");
function english(value: bigint): string {
    const under = (part: number): string => {
        const hundreds = Math.floor(part / 100),
            rest = part % 100;
        const small =
            rest < 20 ? enOnes[rest]! : enTens[Math.floor(rest / 10)]! + (rest % 10 > 0 ? `-${enOnes[rest % 10]}` : "");
        return [hundreds > 0 ? `${enOnes[hundreds]} hundred` : "", rest > 0 ? small : ""].filter(Boolean).join(" ");
    };
    return scaled(value, "zero", under, ["", "thousand", "million", "billion", "trillion", "quadrillion"], " ");
}

/* Parts that are not 0, each with its scale. */
function scaled(
    value: bigint,
    zero: string,
    under: (part: number) => string,
    scales: readonly string[],
    joint: string,
): string {
    if (value === 0n) return zero;
    const parts = groups(value);
    return parts
        .map((part, at) => (part === 0 ? "" : [under(part), scales[parts.length - 1 - at]].filter(Boolean).join(" ")))
        .filter(Boolean)
        .join(joint);
}

const faOnes = list("صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده");
const faTens = list("- - بیست سی چهل پنجاه شصت هفتاد هشتاد نود");
const faHundreds = list("- صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد");
function persian(value: bigint): string {
    const under = (part: number): string => {
        const hundreds = Math.floor(part / 100),
            rest = part % 100;
        const words = [hundreds > 0 ? faHundreds[hundreds]! : ""];
        if (rest > 0 && rest < 20) words.push(faOnes[rest]!);
        else words.push(rest >= 20 ? faTens[Math.floor(rest / 10)]! : "", rest % 10 > 0 ? faOnes[rest % 10]! : "");
        return words.filter(Boolean).join(" و ");
    };
    return scaled(value, "صفر", under, ["", "هزار", "میلیون", "میلیارد", "تریلیون", "کوادریلیون"], " و ");
}

/* Thousands are feminine, all else here is neuter. */
const elOnes = list(
    "μηδέν ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα έντεκα δώδεκα δεκατρία δεκατέσσερα δεκαπέντε δεκαέξι δεκαεπτά δεκαοκτώ δεκαεννέα",
);
const elTens = list("- - είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα");
const elHundreds = list("- εκατό διακόσια τριακόσια τετρακόσια πεντακόσια εξακόσια επτακόσια οκτακόσια εννιακόσια");
const elFeminine: Readonly<Record<number, string>> = {
    1: "μία",
    3: "τρεις",
    4: "τέσσερις",
    13: "δεκατρείς",
    14: "δεκατέσσερις",
};
function greek(value: bigint): string {
    if (value === 0n) return "μηδέν";
    const under = (part: number, feminine: boolean): string => {
        const hundreds = Math.floor(part / 100),
            rest = part % 100;
        const one = (small: number): string => (feminine ? elFeminine[small] : undefined) ?? elOnes[small]!;
        const hundred =
            hundreds === 1
                ? rest > 0
                    ? "εκατόν"
                    : "εκατό"
                : feminine && hundreds > 1
                  ? elHundreds[hundreds]!.replace(/α$/, "ες")
                  : elHundreds[hundreds]!;
        return [
            hundreds > 0 ? hundred : "",
            rest > 0 && rest < 20 ? one(rest) : "",
            rest >= 20 ? elTens[Math.floor(rest / 10)]! : "",
            rest >= 20 && rest % 10 > 0 ? one(rest % 10) : "",
        ]
            .filter(Boolean)
            .join(" ");
    };
    const scales = ["", "", "εκατομμύρι", "δισεκατομμύρι", "τρισεκατομμύρι", "τετράκις εκατομμύρι"];
    const parts = groups(value);
    return parts
        .map((part, at) => {
            const scale = parts.length - 1 - at;
            if (part === 0) return "";
            if (scale === 0) return under(part, false);
            if (scale === 1) return part === 1 ? "χίλια" : `${under(part, true)} χιλιάδες`;
            return `${under(part, false)} ${scales[scale]}${part === 1 ? "ο" : "α"}`;
        })
        .filter(Boolean)
        .join(" ");
}

/* An inner group is read in full: "không trăm lẻ năm". Above a thousand million it begins anew: "nghìn tỷ". */
const viOnes = list("không một hai ba bốn năm sáu bảy tám chín");
function vietnamese(value: bigint): string {
    if (value === 0n) return "không";
    const under = (part: number, full: boolean): string => {
        const hundreds = Math.floor(part / 100),
            tens = Math.floor(part / 10) % 10,
            one = part % 10;
        const words: string[] = [];
        if (hundreds > 0 || full) words.push(viOnes[hundreds]!, "trăm");
        if (tens === 0 && one > 0 && words.length > 0) words.push("lẻ");
        if (tens === 1) words.push("mười");
        if (tens > 1) words.push(viOnes[tens]!, "mươi");
        if (one > 0) words.push(tens > 1 && one === 1 ? "mốt" : tens > 0 && one === 5 ? "lăm" : viOnes[one]!);
        return words.join(" ");
    };
    const below = (rest: bigint, full: boolean): string => {
        const parts = groups(rest);
        while (full && parts.length < 3) parts.unshift(0);
        let begun = full;
        return parts
            .map((part, at) => {
                if (part === 0) return "";
                const text = [under(part, begun), ["", "nghìn", "triệu"][parts.length - 1 - at]]
                    .filter(Boolean)
                    .join(" ");
                begun = true;
                return text;
            })
            .filter(Boolean)
            .join(" ");
    };
    const billions = value / 1_000_000_000n,
        rest = value % 1_000_000_000n;
    if (billions === 0n) return below(rest, false);
    return `${vietnamese(billions)} tỷ${rest > 0n ? ` ${below(rest, true)}` : ""}`;
}

/* 大写, as on bills: it cannot be changed by a stroke. */
const zhOnes = [..."零壹贰叁肆伍陆柒捌玖"];
function chinese(value: bigint): string {
    if (value === 0n) return "零";
    const under = (part: number): string => {
        let text = "",
            gap = false;
        for (const [unit, word] of [
            [1000, "仟"],
            [100, "佰"],
            [10, "拾"],
            [1, ""],
        ] as const) {
            const digit = Math.floor(part / unit) % 10;
            if (digit === 0) {
                gap = text !== "";
                continue;
            }
            text += (gap ? "零" : "") + zhOnes[digit] + word;
            gap = false;
        }
        return text;
    };
    const big = value / 100_000_000n,
        middle = Number((value / 10_000n) % 10_000n),
        low = Number(value % 10_000n);
    let text = big > 0n ? `${chinese(big)}亿` : "";
    if (middle > 0) text += `${text !== "" && middle < 1000 ? "零" : ""}${under(middle)}万`;
    if (low > 0) text += `${text !== "" && (low < 1000 || middle === 0) ? "零" : ""}${under(low)}`;
    return text;
}

/* ---- with its unit ---- */

const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    en: { VND: "đồng", EUR: "euros", CNY: "yuan", IRR: "rials", IRT: "tomans", USD: "dollars" },
    vi: { VND: "đồng", EUR: "euro", CNY: "nhân dân tệ", IRR: "rial", IRT: "toman", USD: "đô la" },
    zh: { VND: "越南盾", EUR: "欧元", CNY: "元", IRR: "里亚尔", IRT: "土曼", USD: "美元" },
    fa: { VND: "دونگ", EUR: "یورو", CNY: "یوان", IRR: "ریال", IRT: "تومان", USD: "دلار" },
    el: { VND: "ντονγκ", EUR: "ευρώ", CNY: "γουάν", IRR: "ριάλ", IRT: "τομάν", USD: "δολάρια" },
};
const spells: Readonly<Record<string, Spell>> = { en: english, vi: vietnamese, zh: chinese, fa: persian, el: greek };
const joints: Readonly<Record<string, string>> = { en: "and", vi: "và", fa: "و", el: "και" };
const minus: Readonly<Record<string, string>> = { en: "minus ", vi: "âm ", zh: "负", fa: "منفی ", el: "μείον " };

/* The number alone. */
export function spelled(value: bigint, lang: string = language.value): string {
    const code = lang in spells ? lang : "en";
    return (value < 0n ? minus[code]! : "") + spells[code]!(value < 0n ? -value : value);
}

export function inWords(minor: bigint, lang: string = language.value, currency: Currency = ledger.value): string {
    const code = lang in spells ? lang : "en";
    const counted = currency.code === "IRR" && toman.value;
    const exponent = currency.exponent + (counted ? 1 : 0);
    const one = 10n ** BigInt(exponent),
        size = minor < 0n ? -minor : minor;
    const whole = size / one,
        part = size % one;
    const money = counted ? "IRT" : currency.code;
    const name = names[code]![money] ?? money;
    const text = (minor < 0n ? minus[code]! : "") + spells[code]!(whole);
    if (code === "zh") return text + name + chinesePart(part, exponent, money);
    if (part === 0n) return `${text} ${name}`;
    const fraction = `${part.toString().padStart(exponent, "0")}/${one}`;
    return `${text} ${name} ${joints[code]} ${lang === "fa" ? digits(fraction) : fraction}`;
}

function chinesePart(part: bigint, exponent: number, money: string): string {
    if (part === 0n) return "整";
    if (exponent !== 2) return `又${chinese(10n ** BigInt(exponent))}分之${chinese(part)}`;
    const tenth = Number(part / 10n),
        hundredth = Number(part % 10n);
    if (money !== "CNY") return `${chinese(part)}分`;
    return (tenth > 0 ? `${zhOnes[tenth]}角` : "零") + (hundredth > 0 ? `${zhOnes[hundredth]}分` : "整");
}

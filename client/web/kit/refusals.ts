/*
 * Refusals as sentences. The patterns are those of shared/words/refusals.def, which the command line uses too; here
 * stands which of them is told, and what its facts are (client/lib/refusal.c says the same in C; a test compares them).
 * A clause without its facts is left out, so every refusal makes a sentence whatever it knows.
 *
 * It is fetched later: screens ask kit/refusal.ts.
 *
 *     refusalText(refusal, client)     all of it
 *     wallTexts(refusal, client)       each wall that stopped a sale
 *     wayText(way, refusal, client)    one way out; "" for one that only a later version knows
 */
import type { Client } from "../lib/api";
import {
    ReadOnlyCause,
    RefusalCode,
    Right,
    Role,
    Threshold,
    WayOutKind,
    type Decision,
    type Refusal,
    type WayOut,
} from "../lib/messages";
import * as format from "./format";
import { reasonText } from "./reasons";
import { roleText } from "./refusal";
import { begin, isolated, say, sayMany, sentence, translate } from "./words";
import {
    fields,
    overThreshold,
    phrases,
    plurals,
    readOnly,
    refusals,
    refusalsOf,
    rights,
    thresholds,
    walls,
} from "./words/refusals";

type Fact = string | undefined;

/* How figures are written. */
export interface Formats {
    money(minor: bigint): string /* with its unit */;
    amount(minor: bigint): string /* without */;
    whole(count: number | bigint): string;
    percent(hundredths: number): string;
    day(days: number): string;
    moment(ms: bigint): string;
}

function formatsOf(client: Client | undefined): Formats {
    return {
        ...format,
        money: (minor) => format.money(client, minor),
        amount: (minor) => format.amount(minor, format.currencyOf(client)),
    };
}

/* ---- words of enums ---- */

/* Behind "may" and "may not": "take money". */
export function rightText(right: Right): string {
    return say(rights[right] ?? phrases.OTHER_RIGHT);
}

/* The head of a row of what roles may up to so much. */
export function thresholdText(threshold: Threshold): string {
    return say(thresholds[threshold] ?? phrases.OTHER_THRESHOLD);
}

/* "manager, controller or owner" */
export function rolesText(who: readonly Role[]): Fact {
    let list: Fact;
    who.forEach((role, at) => {
        const next = roleText(role);
        list =
            list === undefined
                ? next
                : at + 1 === who.length
                  ? say(phrases.LIST_LAST, { list, last: next })
                  : say(phrases.LIST_NEXT, { list, next });
    });
    return list;
}

/* ---- fields ---- */

interface Part {
    name: string;
    at: number | undefined;
}

/* "lines[3].product_code"; "person.1" counts from one already. */
function partsOf(path: string): Part[] {
    const parts: Part[] = [];
    for (const piece of path.split(".")) {
        const [, name = "", at] = /^([^[]*)(?:\[(\d+))?/.exec(piece) ?? [];
        const before = parts[parts.length - 1];
        if (before !== undefined && /^\d+$/.test(name)) before.at = Number(name) - 1;
        else parts.push({ name, at: at === undefined ? undefined : Number(at) });
    }
    return parts.slice(-8);
}

/* What people call it: "product of line 4". Of what holds it, they are told the places in lists only. */
export function fieldText(path: string | undefined, whole: Formats["whole"] = format.whole): Fact {
    const parts = path === undefined || path === "" ? [] : partsOf(path);
    let text: Fact;
    for (const part of parts.reverse()) {
        if (text !== undefined && part.at === undefined) continue;
        const name = translate(fields.get(part.name)?.[0] ?? part.name.replace(/_/g, " "));
        const words = part.at === undefined ? name : say(phrases.FIELD_NUMBER, { name, number: whole(part.at + 1) });
        text = text === undefined ? words : say(phrases.FIELD_OF, { part: text, whole: words });
    }
    return text;
}

/* ---- which pattern ---- */

const isSerial = (field: string): boolean => field.startsWith("lines[") && field.includes("].serials");

/* A lock with something behind it that unlocking does not lift. */
function lockedPattern(refusal: Refusal): Fact {
    if (refusal.ways.length > 0) return undefined;
    if (refusal.code === RefusalCode.PAYER_LOCKED && refusal.decision !== undefined) return phrases.PAYER_LOCKED_TWICE;
    if (refusal.code !== RefusalCode.CUSTOMER_LOCKED) return undefined;
    if (refusal.decision !== undefined) return phrases.LOCKED_TWICE;
    return refusal.payer_code === undefined ? undefined : phrases.BOTH_LOCKED;
}

function patternOf(refusal: Refusal): string {
    const { code, field = "" } = refusal;
    const locked = lockedPattern(refusal);
    if (locked !== undefined) return locked;
    if (code === RefusalCode.READ_ONLY && refusal.cause !== undefined)
        return readOnly[refusal.cause as ReadOnlyCause] ?? refusals[code];
    if (code === RefusalCode.APPROVAL_NOT_OPEN && refusal.approval !== undefined) return phrases.GRANTED;
    if (code === RefusalCode.FIELD_MISSING && (refusal.over_by_minor ?? 0n) > 0n) return phrases.COUNTED_MORE;
    if (code === RefusalCode.FIELD_MISSING && (refusal.available_minor ?? 0n) > 0n) return phrases.COUNTED_LESS;
    const last = code === RefusalCode.MATCH_TOO_MUCH ? field.slice(field.lastIndexOf(".") + 1) : field;
    const told = refusalsOf.get(`${code} ${last}`);
    if (told !== undefined) return told;
    if (code === RefusalCode.FIELD_MISSING && isSerial(field)) return phrases.SERIAL_MISSING;
    if (code === RefusalCode.ALREADY_EXISTS && isSerial(field)) return phrases.SERIAL_SOLD;
    if (code === RefusalCode.ALREADY_EXISTS && refusal.existing_number === undefined) return phrases.EXISTS_SOMEWHERE;
    if (code === RefusalCode.AMOUNT_NOT_POSITIVE && field.startsWith("prices[")) return phrases.LIST_PRICE_ZERO;
    return refusals[code] ?? phrases.UNKNOWN_CODE;
}

/* ---- thresholds ---- */

const inPercent: readonly Threshold[] = [
    Threshold.THRESHOLD_DISCOUNT,
    Threshold.THRESHOLD_BELOW_LIST,
    Threshold.THRESHOLD_BELOW_FLOOR,
    Threshold.THRESHOLD_CUSTOM_SHARE,
    Threshold.THRESHOLD_MOVE_FEE,
];
const inDays: readonly Threshold[] = [Threshold.THRESHOLD_LATER_DUE, Threshold.THRESHOLD_TERM_DAYS];
const inMoney: readonly Threshold[] = [
    Threshold.THRESHOLD_CUSTOM_AMOUNT,
    Threshold.THRESHOLD_REVERSAL,
    Threshold.THRESHOLD_OPENING_LIMIT,
    Threshold.THRESHOLD_CASH_OUT,
    Threshold.THRESHOLD_CASH_IN,
];

/* "12.5%", "3 days", "1,200.00 €" */
export function measureText(threshold: Threshold, value: bigint, by: Formats): string {
    if (inPercent.includes(threshold)) return by.percent(Number(value));
    if (inDays.includes(threshold)) return sayMany(...plurals.DAYS, value, { count: by.whole(value) });
    if (inMoney.includes(threshold)) return by.money(value);
    return say(value === 0n ? phrases.NO : phrases.YES);
}

/* What rounding takes off is as good as a discount. */
function roundingPattern(refusal: Refusal): Fact {
    if (refusal.threshold !== Threshold.THRESHOLD_DISCOUNT) return undefined;
    if (refusal.field === "lines") return phrases.ROUNDED_LINES;
    return refusal.field?.endsWith(".quantity") ? phrases.ROUNDED_QUANTITY : undefined;
}

function thresholdFact(refusal: Refusal, by: Formats): Fact {
    const { threshold, wanted, most, field } = refusal;
    const pattern =
        roundingPattern(refusal) ??
        (threshold === undefined ? undefined : overThreshold[threshold]) ??
        phrases.OVER_UNKNOWN_THRESHOLD;
    const text = sentence(translate(pattern), (name) => {
        if (name === "where") return field?.includes("[") ? fieldText(field, by.whole) : undefined;
        if (wanted === undefined || most === undefined || threshold === undefined) return undefined;
        if (name === "most" && most <= 0n) return undefined; /* up to nothing: not at all */
        return isolated(
            measureText(threshold, name === "wanted" ? wanted : name === "most" ? most : wanted - most, by),
        );
    });
    return text === "" ? undefined : text;
}

/* ---- walls ---- */

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const corrects = (decision: Decision): boolean => decision.replaces_minor !== undefined;

/* A server that tells no walls: the one of the code; an approval is needed over the limit. */
function stoppedBy(refusal: Refusal, wall: RefusalCode): boolean {
    if (refusal.decision !== undefined && refusal.decision.walls.length > 0)
        return refusal.decision.walls.includes(wall);
    return (
        refusal.code === wall ||
        (refusal.code === RefusalCode.APPROVAL_NEEDED && wall === RefusalCode.CREDIT_LIMIT_EXCEEDED)
    );
}

/* The decision is on what is not paid at once. */
function saleText(refusal: Refusal, amount: string): string {
    return say(refusal.paid_minor === undefined ? phrases.SALE_IS : phrases.REST_IS, { amount });
}

/* The highest total of one invoice is told as the last way to take a part. */
function largest(refusal: Refusal): bigint | undefined {
    if (refusal.most !== undefined || !refusal.decision?.walls.includes(RefusalCode.DOCUMENT_TOO_BIG_FOR_CUSTOMER))
        return refusal.most;
    return refusal.ways.filter((way) => way.kind === WayOutKind.WAY_PART_NOW).pop()?.amount_minor;
}

/* Facts of walls; each is known only with a decision. */
function decisionFact(name: string, refusal: Refusal, decision: Decision, by: Formats): Fact {
    const money = (minor: bigint | undefined): Fact => (minor === undefined ? undefined : by.money(minor));
    switch (name) {
        case "available":
            if (decision.unlimited) return undefined;
            return decision.limit_minor > decision.exposure_minor
                ? by.amount(decision.limit_minor - decision.exposure_minor)
                : say(phrases.NOTHING);
        case "asks": {
            const amount = by.amount(decision.amount_minor);
            return corrects(decision) ? say(phrases.CORRECTION_ADDS, { amount }) : saleText(refusal, amount);
        }
        case "whole": {
            const amount = by.amount(decision.amount_minor + (decision.replaces_minor ?? 0n));
            return corrects(decision) ? say(phrases.IT_WOULD_BE, { amount }) : saleText(refusal, amount);
        }
        case "overdue$":
            return money(decision.overdue_minor);
        case "old$":
            return money(decision.too_old_minor ?? decision.overdue_minor);
        case "unpaid":
            if (decision.unpaid_bills === undefined || decision.unpaid_max === undefined) return undefined;
            return say(phrases.UNPAID, { count: by.whole(decision.unpaid_bills), most: by.whole(decision.unpaid_max) });
        case "site_over$":
            return money(decision.site_over_by_minor);
        case "site_available":
            if (decision.site_limit_minor === undefined) return undefined;
            return by.amount(larger(decision.site_limit_minor - (decision.site_exposure_minor ?? 0n), 0n));
        default:
            return undefined;
    }
}

function wallsOf(refusal: Refusal, by: Formats): string[] {
    return walls
        .filter(([code]) => stoppedBy(refusal, code))
        .map(([, pattern]) => sentence(translate(pattern), (name) => fact(name, refusal, by)));
}

/* ---- ways out ---- */

/* The site's own limit and something of the payer's are both in the way. */
function ofBoth(refusal: Refusal): boolean {
    return refusal.payer_code !== undefined && (refusal.decision?.walls.length ?? 0) > 1;
}

function wayPattern(way: WayOut, refusal: Refusal): Fact {
    const others = way.customer_code !== undefined;
    switch (way.kind) {
        case WayOutKind.WAY_PAY_NOW:
            return phrases.WAY_PAY_NOW;
        case WayOutKind.WAY_PART_NOW:
            return refusal.decision !== undefined && corrects(refusal.decision)
                ? phrases.WAY_CORRECT_TO
                : phrases.WAY_PART_NOW;
        case WayOutKind.WAY_CONFIRM_MONEY:
            return phrases.WAY_CONFIRM_MONEY;
        case WayOutKind.WAY_ASK_APPROVAL:
            return way.roles.length > 0 ? phrases.WAY_ASK_ROLES : phrases.WAY_ASK_APPROVAL;
        case WayOutKind.WAY_RAISE_LIMIT:
            return phrases.WAY_RAISE_LIMIT;
        case WayOutKind.WAY_UNLOCK:
            return others ? phrases.WAY_UNLOCK_OTHER : phrases.WAY_UNLOCK;
        case WayOutKind.WAY_PAY_OVERDUE:
            return phrases.WAY_PAY_OVERDUE;
        case WayOutKind.WAY_CHANGE_TERMS:
            if (others) return phrases.WAY_CHANGE_TERMS_OTHER;
            return ofBoth(refusal) ? phrases.WAY_CHANGE_TERMS_BOTH : phrases.WAY_CHANGE_TERMS;
        default:
            return undefined;
    }
}

/* As it stands within a sentence: with a small letter. */
function wayWords(way: WayOut, refusal: Refusal, by: Formats): string {
    const pattern = wayPattern(way, refusal);
    if (pattern === undefined) return "";
    return sentence(translate(pattern), (name) => {
        if (name === "roles") return rolesText(way.roles);
        const text =
            name === "whose"
                ? way.customer_code
                : name === "payer"
                  ? refusal.payer_code
                  : way.amount_minor === undefined
                    ? undefined
                    : by.amount(way.amount_minor);
        return text === undefined ? undefined : isolated(text);
    });
}

/* Each of them leads past all walls. */
function waysFact(refusal: Refusal, by: Formats): Fact {
    let ways: Fact;
    for (const way of refusal.ways.map((each) => wayWords(each, refusal, by)).filter((each) => each !== ""))
        ways = ways === undefined ? way : sentence(translate(phrases.WAYS), (name) => (name === "ways" ? ways : way));
    return ways === undefined ? undefined : begin(sentence(translate(phrases.WAYS_END), () => ways));
}

/* ---- facts ---- */

function retryText(ms: number, by: Formats): string {
    const seconds = Math.ceil(ms / 1000);
    const minutes = Math.ceil(seconds / 60);
    return seconds >= 120
        ? sayMany(...plurals.MINUTES, minutes, { count: by.whole(minutes) })
        : sayMany(...plurals.SECONDS, seconds, { count: by.whole(seconds) });
}

function sumOf(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
    return a === undefined || b === undefined ? undefined : a + b;
}

function plainFact(name: string, refusal: Refusal, by: Formats): Fact {
    const { decision } = refusal;
    const given = <T>(value: T | undefined, text: (value: T) => string): Fact =>
        value === undefined ? undefined : text(value);
    switch (name) {
        case "over$": {
            const decided = decision !== undefined && decision.over_by_minor > 0n ? decision.over_by_minor : undefined;
            return given(refusal.over_by_minor ?? decided, by.money);
        }
        case "available$":
            return given(refusal.available_minor, by.money);
        case "most":
            return given(refusal.most, by.whole);
        case "most$":
            return given(refusal.most, by.money);
        case "above$":
            return given(refusal.above_minor ?? sumOf(refusal.available_minor, refusal.most), by.money);
        case "day$":
            return given(refusal.day_minor, by.money);
        case "largest$":
            return given(largest(refusal), by.money);
        case "days":
            return given(refusal.days, (days) => sayMany(...plurals.DAYS, days, { count: by.whole(days) }));
        case "date":
            return given(refusal.date, by.day);
        case "retry":
            return given(refusal.retry_ms, (ms) => retryText(ms, by));
        case "tries":
            return refusal.tries_left
                ? sayMany(...plurals.TRIES, refusal.tries_left, { count: by.whole(refusal.tries_left) })
                : undefined;
        case "from":
            return given(refusal.from_ms, by.moment);
        case "approval":
            return given(refusal.approval, String);
        case "parked":
            return refusal.goods === undefined ? undefined : given(refusal.approval, String);
        case "existing":
            return refusal.existing_number || given(refusal.existing, (id) => `#${id}`);
        case "point":
            return given(refusal.point, (point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`);
        case "at":
            return given(refusal.at, by.whole);
        case "code":
            return String(refusal.code);
        case "goods":
            return refusal.goods || undefined;
        case "units":
            return refusal.units || undefined;
        case "branch":
            return refusal.branch || undefined;
        case "by":
            return refusal.by || undefined;
        case "replacement":
            return refusal.replaced_by || undefined;
        case "reason":
            return refusal.reason?.value ? reasonText(refusal.reason.value) : undefined;
        case "payer":
            return refusal.payer_code || undefined;
        default:
            return undefined;
    }
}

/* Facts that are sentences themselves are not kept apart from the rest. */
function fact(name: string, refusal: Refusal, by: Formats): Fact {
    switch (name) {
        case "walls":
            return wallsOf(refusal, by).join(" ") || undefined;
        case "ways":
            return waysFact(refusal, by);
        case "threshold":
            return thresholdFact(refusal, by);
        case "roles":
            return rolesText(refusal.roles);
        case "right":
            return refusal.right === undefined ? undefined : rightText(refusal.right);
        case "field":
            return fieldText(refusal.field, by.whole);
        case "form": {
            const form = fields.get(refusal.field === undefined ? "" : (partsOf(refusal.field).pop()?.name ?? ""))?.[1];
            return form === undefined ? undefined : translate(form);
        }
        case "asks":
        case "whole":
        case "unpaid":
            return refusal.decision === undefined ? undefined : decisionFact(name, refusal, refusal.decision, by);
        default: {
            const known =
                plainFact(name, refusal, by) ??
                (refusal.decision === undefined ? undefined : decisionFact(name, refusal, refusal.decision, by));
            return known === undefined ? undefined : isolated(known);
        }
    }
}

/* ---- the sentences ---- */

export function refusalSentence(refusal: Refusal, by: Formats): string {
    return sentence(translate(patternOf(refusal)), (name) => fact(name, refusal, by)).trim();
}

export function refusalText(refusal: Refusal, client?: Client): string {
    return refusalSentence(refusal, formatsOf(client));
}

/* Each wall that stopped a sale, with its facts: "Over the limit by 49,253,280 ₫: 117,600,000 is available, …" */
export function wallTexts(refusal: Refusal, client?: Client): string[] {
    return wallsOf(refusal, formatsOf(client));
}

/* What a decision ran into; [] when nothing. */
export function decisionTexts(decision: Decision, client?: Client): string[] {
    if (decision.walls.length === 0) return [];
    const refusal = {
        code: decision.walls[0]!,
        decision,
        ways: [],
        roles: [],
        payer_code: decision.payer_code,
    } as Refusal;
    return wallsOf(refusal, formatsOf(client));
}

/* "Pay 49,253,280 now": one way out, as it stands on a button or in a list. */
export function wayText(way: WayOut, refusal: Refusal, client?: Client): string {
    return begin(wayWords(way, refusal, formatsOf(client)));
}

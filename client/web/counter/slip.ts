/*
 * Slips of 80 and 58 mm by the browser's print. The paper's height is measured first: "80mm auto" falls back to a
 * whole page (Chromium), so the page is made as long as the slip.
 */
import type { Client } from "../lib/api";
import {
    DocumentKind,
    DocumentState,
    PaymentKind,
    type AccountRow,
    type Done,
    type DocumentAnswer,
} from "../lib/messages";
import {
    amount,
    clock,
    dayInColumn,
    serverNow,
    dayOf,
    paperNumber,
    percent,
    price,
    quantity,
    unit,
} from "../kit/format";
import { reasonText } from "../kit/reasons";
import { direction, directionOf, inLanguage, language, say } from "../kit/words";
import { kindWord } from "./words";

interface Row {
    start: string;
    end?: string;
    kind?: "rule" | "strong" | "small" | "title" | "place";
}
export interface Slip {
    rows: Row[];
    text: string /* the same, to be shared */;
}

const WIDTH = "tefter.slip";
const HIDE_BALANCE = "tefter.slip.balance";

export function slipWidth(): 80 | 58 {
    try {
        return localStorage.getItem(WIDTH) === "58" ? 58 : 80;
    } catch {
        return 80;
    }
}
export function setSlipWidth(mm: 80 | 58): void {
    try {
        localStorage.setItem(WIDTH, String(mm));
    } catch {
        /* for now only */
    }
}

/* Some customers do not want others to read what they owe: then no slip of theirs has it. Their record says so; a server
 * of before keeps nothing of it, and then this device does. */
export function debtShown(customer: number): boolean {
    try {
        return !(JSON.parse(localStorage.getItem(HIDE_BALANCE) ?? "[]") as number[]).includes(customer);
    } catch {
        return true;
    }
}
export function showDebt(customer: number, on: boolean): void {
    try {
        const off = (JSON.parse(localStorage.getItem(HIDE_BALANCE) ?? "[]") as number[]).filter(
            (each) => each !== customer,
        );
        localStorage.setItem(HIDE_BALANCE, JSON.stringify(on ? off : [...off, customer]));
    } catch {
        /* not kept */
    }
}

const nameOf = (answer: DocumentAnswer): string => answer.customer?.name.value ?? "";

function paperTitle(answer: DocumentAnswer): string {
    switch (answer.document.kind) {
        case DocumentKind.DOCUMENT_PAYMENT:
            return say("RECEIPT");
        case DocumentKind.DOCUMENT_CREDIT_NOTE:
            return say("CREDIT NOTE");
        case DocumentKind.DOCUMENT_REVERSAL:
            return say("REVERSAL");
        case DocumentKind.DOCUMENT_REFUND:
            return say("PAID OUT");
        default:
            return isPaidAtOnce(answer) ? say("SALES RECEIPT") : say("INVOICE");
    }
}

/* Over the counter, to nobody who would owe it: the paper of the sale is the receipt of its money too. */
const isPaidAtOnce = (answer: DocumentAnswer): boolean =>
    answer.document.kind === DocumentKind.DOCUMENT_INVOICE && (nameOf(answer) === "" || answer.document.customer === 1);

interface Vat {
    bp: number;
    net: bigint;
    tax: bigint;
}

/* What is taxed, and by how much, at each rate; the lowest first. Where nothing is taxed there is none. */
export function vatOf({ document }: DocumentAnswer): Vat[] {
    const rates = new Map<number, Vat>();
    const add = (bp: number, net: bigint, tax: bigint): void => {
        const before = rates.get(bp) ?? { bp, net: 0n, tax: 0n };
        rates.set(bp, { bp, net: before.net + net, tax: before.tax + tax });
    };
    for (const line of document.lines) add(line.tax_bp ?? 0, line.net_minor, line.tax_minor ?? 0n);
    for (const charge of document.charges) add(charge.tax_bp ?? 0, charge.amount_minor, charge.tax_minor ?? 0n);
    const all = [...rates.values()].sort((a, b) => a.bp - b.bp);
    return all.some((each) => each.tax !== 0n) ? all : [];
}

function goodsRows(answer: DocumentAnswer): Row[] {
    const { document } = answer;
    const rows: Row[] = document.lines.flatMap((line): Row[] => [
        { start: line.text || line.code || "" },
        {
            /* the text is whoever's who wrote the bill: the code says what was sold */
            start: `${line.text && line.code ? `${line.code} · ` : ""}${quantity(line.quantity, line.unit)} × ${price(line.price)}${line.discount_minor ? ` −${amount(line.discount_minor)}` : ""}`,
            end: amount(line.net_minor),
            kind: "small",
        },
    ]);
    for (const charge of document.charges) rows.push({ start: charge.title, end: amount(charge.amount_minor) });
    for (const each of vatOf(answer))
        rows.push({
            start: say("VAT {rate} on {amount}", { rate: percent(each.bp), amount: amount(each.net) }),
            end: amount(each.tax),
            kind: "small",
        });
    return rows;
}

/* What the answer about a paper does not say itself. */
interface About {
    tax_code?: string;
    terminal?: string /* where the paper was made */;
    language?: string /* of the paper */;
}
export interface SlipOptions extends About {
    copy?: boolean;
    account?: AccountRow;
    was?: bigint;
    done?: Done;
}

/* `account`, `was`: their debt after it and before, as told with the answer. It is on the first slip alone: later, and
 * once the paper is reversed, it is no longer what they owe. */
function slipOf(client: Client, answer: DocumentAnswer, options: SlipOptions): Slip {
    const { document } = answer;
    const welcome = client.welcome.value;
    /* a copy is of the till that made the paper, whichever prints it; a number begins with its branch */
    const at = options.copy
        ? [/^(.*?)(?:-[A-Z]+)?-\d+$/.exec(document.number)?.[1], options.terminal]
        : [welcome?.branch_code, welcome?.terminal_name];
    const rows: Row[] = [
        { start: welcome?.company ?? "", kind: "title" },
        { start: [...at, dayInColumn(document.date)].filter((part) => (part ?? "") !== "").join(" · "), kind: "place" },
        { start: "", kind: "rule" },
        {
            start: `${paperTitle(answer)} ${paperNumber(document.number)}`,
            end: clock(document.recorded_ms),
            kind: "strong",
        },
    ];
    if (options.copy)
        rows.push(
            { start: say("COPY"), kind: "strong" },
            {
                start: say("printed again by {who}", { who: client.me.value?.name ?? "" }),
                end: clock(serverNow()),
                kind: "small",
            },
        );
    if (answer.state === DocumentState.DOCUMENT_REVERSED) rows.push({ start: say("REVERSED"), kind: "strong" });
    const cash = nameOf(answer) === "" || document.customer === 1;
    if (!cash) rows.push({ start: nameOf(answer) });
    if (!cash && (options.tax_code ?? "") !== "")
        rows.push({ start: `${say("Tax number")}: ${options.tax_code}`, kind: "small" });
    if (document.kind === DocumentKind.DOCUMENT_CREDIT_NOTE && (document.note?.value ?? "") !== "")
        rows.push({ start: `${say("Reason")}: ${reasonText(document.note!.value!)}`, kind: "small" });
    if (document.kind === DocumentKind.DOCUMENT_PAYMENT)
        rows.push({
            start: kindWord(document.payment_kind ?? PaymentKind.PAYMENT_CASH),
            end: amount(document.total_minor),
        });
    else {
        rows.push(...goodsRows(answer));
        rows.push({ start: `${say("TOTAL")} ${unit()}`, end: amount(document.total_minor), kind: "strong" });
    }
    for (const touch of answer.touches.slice(0, 12))
        if (!touch.undone && touch.other_number !== undefined)
            rows.push({
                start:
                    touch.other_kind === DocumentKind.DOCUMENT_PAYMENT
                        ? `${kindWord(touch.payment_kind ?? PaymentKind.PAYMENT_CASH)} ${paperNumber(touch.other_number)}`
                        : say("for {number}", { number: paperNumber(touch.other_number) }),
                end: amount(touch.amount_minor),
                kind: "small",
            });
    if ((options.done?.change_minor ?? document.change_minor ?? 0n) > 0n)
        rows.push({
            start: say("money back::Change"),
            end: amount(options.done?.change_minor ?? document.change_minor!),
            kind: "small",
        });
    if (document.due !== undefined && answer.open_minor > 0n)
        rows.push({ start: say("To be paid by"), end: dayInColumn(document.due), kind: "small" });
    const stands = answer.state !== DocumentState.DOCUMENT_REVERSED && document.kind !== DocumentKind.DOCUMENT_REVERSAL;
    if (
        !cash &&
        stands &&
        !options.copy &&
        options.account !== undefined &&
        debtShown(document.customer) &&
        answer.customer?.no_debt_on_slips !== true
    ) {
        rows.push({ start: "", kind: "rule" });
        if (options.was !== undefined) rows.push({ start: say("Owed before"), end: amount(options.was) });
        rows.push({ start: say("OWED NOW"), end: amount(options.account.balance_minor), kind: "strong" });
    }
    rows.push({ start: "", kind: "rule" }, { start: answer.author ?? client.me.value?.name ?? "", kind: "small" });
    const text = rows
        .filter((row) => row.kind !== "rule")
        .map((row) => (row.end === undefined ? row.start : `${row.start}  ${row.end}`))
        .filter(Boolean)
        .join("\n");
    return { rows, text };
}

/* Papers are in the language of who gets them, else in the company's; a copy names its till. */
async function aboutPaper(client: Client, answer: DocumentAnswer, copy: boolean | undefined): Promise<About> {
    const { customer, actor } = answer.document;
    const named = customer !== 1 && answer.customer !== undefined;
    const [card, terminal] = await Promise.all([
        named ? client.ask("customer_card", { customer }) : undefined,
        copy === true ? terminalName(client, actor.terminal) : undefined,
    ]);
    const record = card === undefined || "refused" in card ? undefined : card.answer.record;
    return {
        tax_code: record?.tax_code?.value,
        language: record?.language ?? client.welcome.value?.paper_language,
        terminal,
    };
}

async function terminalName(client: Client, terminal: number | undefined): Promise<string | undefined> {
    if (terminal === client.welcome.value?.terminal) return client.welcome.value?.terminal_name;
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("terminals", { page });
        if ("refused" in asked) return undefined;
        const found = asked.answer.terminals.find((each) => each.terminal === terminal);
        if (found !== undefined) return found.name;
        page = asked.answer.next;
    } while (page !== undefined);
    return undefined;
}

/* Does `what` with the slip of a paper, in the paper's language. */
export async function withSlip<T>(
    client: Client,
    answer: DocumentAnswer,
    options: SlipOptions,
    what: (slip: Slip) => Promise<T>,
): Promise<T> {
    const about = await aboutPaper(client, answer, options.copy);
    return inLanguage(about.language, () => what(slipOf(client, answer, { ...options, ...about })));
}

/* ---- onto paper ---- */

function draw(slip: Slip, mm: 80 | 58): HTMLElement {
    const paper = document.createElement("section");
    paper.className = `slip slip-${mm}`;
    paper.dir = direction();
    paper.lang = language.value;
    for (const row of slip.rows) {
        const line = paper.appendChild(document.createElement("p"));
        line.className = row.kind ?? "plain";
        const start = line.appendChild(document.createElement("bdi"));
        start.dir = directionOf(row.start) ?? "auto";
        /* numbers of papers are not broken at their hyphens */
        for (const [at, part] of row.start.split(/(\S*-\S*)/).entries()) {
            const piece = start.appendChild(document.createElement("span"));
            piece.textContent = part;
            if (at % 2 === 1) piece.className = "nowrap";
        }
        if (row.end === undefined) continue;
        const end = line.appendChild(document.createElement("bdi"));
        end.dir = "ltr";
        end.className = "n";
        end.textContent = row.end;
    }
    if (practises()) {
        const over = paper.appendChild(document.createElement("div"));
        over.className = "slip-practice";
        over.textContent = say("PRACTICE");
    }
    return paper;
}

/* Of a ledger to practise with, every paper says so. */
const practises = (): boolean => document.documentElement.classList.contains("practice");

const MM_OF_PX = 25.4 / 96;

/* True when the browser's print was opened. Nothing stays on the page. */
export async function printSlip(slip: Slip): Promise<boolean> {
    const mm = slipWidth();
    const paper = draw(slip, mm);
    document.body.append(paper);
    document.documentElement.classList.add("printing-slip");
    await document.fonts?.ready;
    const height = Math.ceil(paper.getBoundingClientRect().height * MM_OF_PX) + 6;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { size: ${mm}mm ${height}mm; margin: 0 }`);
    const before = document.adoptedStyleSheets;
    document.adoptedStyleSheets = [...before, sheet];
    const end = (): void => {
        document.documentElement.classList.remove("printing-slip");
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
        paper.remove();
    };
    addEventListener("afterprint", end, { once: true });
    try {
        window.print();
        return true;
    } catch {
        end();
        return false;
    }
}

/* By the device's own sharing where there is one, else onto the clipboard. */
export async function shareText(text: string): Promise<"shared" | "copied" | "left" | "failed"> {
    try {
        if (typeof navigator.share === "function") {
            await navigator.share({ text });
            return "shared";
        }
        await navigator.clipboard.writeText(text);
        return "copied";
    } catch (error) {
        return error instanceof DOMException && error.name === "AbortError" ? "left" : "failed";
    }
}

export const dayOfPaper = (ms: bigint): string => dayInColumn(dayOf(ms));

/*
 * What a report counts: its form as the server reads it, its words, and how it stands in the address, so that a
 * report can be sent as a link and "back" leads to it.
 *
 *     s=1&by=1.3&span=3&branch=2&cols=sold.collected
 */
import {
    DocumentKind,
    PaymentKind,
    ReportBy,
    ReportOdd,
    ReportSource,
    ReportSpan,
    type ReportDefinition,
    type ReportRow,
} from "../lib/messages";
import { say } from "../kit/words";

export const SOURCES: readonly ReportSource[] = [
    ReportSource.REPORT_DOCUMENTS,
    ReportSource.REPORT_LINES,
    ReportSource.REPORT_PAYMENTS,
    ReportSource.REPORT_CUSTOMERS,
];

export function sourceText(source: ReportSource): string {
    switch (source) {
        case ReportSource.REPORT_DOCUMENTS:
            return say("Papers");
        case ReportSource.REPORT_LINES:
            return say("Goods on bills");
        case ReportSource.REPORT_PAYMENTS:
            return say("Money taken");
        case ReportSource.REPORT_CUSTOMERS:
            return say("Customers as they stand");
    }
}

export function byText(by: ReportBy): string {
    switch (by) {
        case ReportBy.BY_DAY:
            return say("Day");
        case ReportBy.BY_MONTH:
            return say("Month");
        case ReportBy.BY_BRANCH:
            return say("Branch");
        case ReportBy.BY_STAFF:
            return say("Person");
        case ReportBy.BY_CUSTOMER:
            return say("Customer");
        case ReportBy.BY_KIND:
            return say("Kind of paper");
        case ReportBy.BY_PRODUCT:
            return say("Product");
        case ReportBy.BY_PAYMENT_KIND:
            return say("Kind of money");
        case ReportBy.BY_DOCUMENT:
            return say("Paper");
    }
}

/* What an import brought is nobody's work: it has a row of its own, of this person. */
export const IMPORTED = 0;

export const BY_MOST = 3;

/* By what each can be counted: as the server has it. */
export function bysOf(source: ReportSource): readonly ReportBy[] {
    if (source === ReportSource.REPORT_CUSTOMERS) return [ReportBy.BY_BRANCH, ReportBy.BY_CUSTOMER];
    const papers = [
        ReportBy.BY_DAY,
        ReportBy.BY_MONTH,
        ReportBy.BY_BRANCH,
        ReportBy.BY_STAFF,
        ReportBy.BY_CUSTOMER,
        ReportBy.BY_KIND,
        ReportBy.BY_DOCUMENT,
    ];
    return [...papers, source === ReportSource.REPORT_LINES ? ReportBy.BY_PRODUCT : ReportBy.BY_PAYMENT_KIND];
}

export function spanText(span: ReportSpan): string {
    switch (span) {
        case ReportSpan.SPAN_TODAY:
            return say("Today");
        case ReportSpan.SPAN_WEEK:
            return say("Last 7 days");
        case ReportSpan.SPAN_MONTH:
            return say("This month");
        case ReportSpan.SPAN_LAST_MONTH:
            return say("Last month");
        case ReportSpan.SPAN_YEAR:
            return say("This year");
    }
}
export const SPANS: readonly ReportSpan[] = [
    ReportSpan.SPAN_TODAY,
    ReportSpan.SPAN_WEEK,
    ReportSpan.SPAN_MONTH,
    ReportSpan.SPAN_LAST_MONTH,
    ReportSpan.SPAN_YEAR,
];

export const ODDS: readonly ReportOdd[] = [
    ReportOdd.ODD_JUMP,
    ReportOdd.ODD_BACKDATED,
    ReportOdd.ODD_DISCOUNT,
    ReportOdd.ODD_REVERSED,
    ReportOdd.ODD_CORRECTED,
    ReportOdd.ODD_OVER_LIMIT,
];
export function oddText(odd: ReportOdd): string {
    switch (odd) {
        case ReportOdd.ODD_JUMP:
            return say("Jump of a balance");
        case ReportOdd.ODD_BACKDATED:
            return say("Dated back");
        case ReportOdd.ODD_DISCOUNT:
            return say("Big discount");
        case ReportOdd.ODD_REVERSED:
            return say("Reversed");
        case ReportOdd.ODD_CORRECTED:
            return say("Corrected");
        case ReportOdd.ODD_OVER_LIMIT:
            return say("Over the limit");
    }
}

/* ---- columns ---- */

type Form = "money" | "count" | "quantity" | "rate";
export interface ReportColumn {
    id: string;
    form: Form;
    title(): string;
    of(row: ReportRow): bigint | undefined /* undefined: not told, or nothing of the kind */;
    sources: readonly ReportSource[];
    of_staff?: boolean /* a cancellation counts for who wrote it */;
}
const {
    REPORT_DOCUMENTS: PAPERS,
    REPORT_LINES: LINES,
    REPORT_PAYMENTS: MONEY,
    REPORT_CUSTOMERS: WHO,
} = {
    REPORT_DOCUMENTS: ReportSource.REPORT_DOCUMENTS,
    REPORT_LINES: ReportSource.REPORT_LINES,
    REPORT_PAYMENTS: ReportSource.REPORT_PAYMENTS,
    REPORT_CUSTOMERS: ReportSource.REPORT_CUSTOMERS,
};

const per1000 = (row: ReportRow): bigint | undefined => {
    const written = row.written ?? 0n;
    return written === 0n ? undefined : ((row.reversed ?? 0n) * 10_000n) / written;
};

export const COLUMNS: readonly ReportColumn[] = [
    {
        id: "count",
        form: "count",
        title: () => say("Count"),
        of: (row) => row.count,
        sources: [PAPERS, LINES, MONEY, WHO],
    },
    { id: "sold", form: "money", title: () => say("Sold"), of: (row) => row.sold_minor, sources: [PAPERS] },
    { id: "credit", form: "money", title: () => say("On credit"), of: (row) => row.on_credit_minor, sources: [PAPERS] },
    { id: "credited", form: "money", title: () => say("Credited"), of: (row) => row.credited_minor, sources: [PAPERS] },
    {
        id: "collected",
        form: "money",
        title: () => say("Collected"),
        of: (row) => row.collected_minor,
        sources: [PAPERS, MONEY],
    },
    { id: "refunded", form: "money", title: () => say("Paid out"), of: (row) => row.refunded_minor, sources: [PAPERS] },
    { id: "quantity", form: "quantity", title: () => say("Quantity"), of: (row) => row.quantity, sources: [LINES] },
    { id: "net", form: "money", title: () => say("Net"), of: (row) => row.net_minor, sources: [PAPERS, LINES] },
    { id: "tax", form: "money", title: () => say("Tax"), of: (row) => row.tax_minor, sources: [PAPERS, LINES] },
    {
        id: "discount",
        form: "money",
        title: () => say("Discount"),
        of: (row) => row.discount_minor,
        sources: [PAPERS, LINES],
    },
    { id: "cost", form: "money", title: () => say("Cost today"), of: (row) => row.cost_minor, sources: [LINES] },
    { id: "margin", form: "money", title: () => say("Margin"), of: (row) => row.margin_minor, sources: [LINES] },
    { id: "owed", form: "money", title: () => say("Owed"), of: (row) => row.balance_minor, sources: [WHO] },
    {
        id: "moved",
        form: "money",
        title: () => say("Balance moved by"),
        of: (row) => row.balance_minor,
        sources: [PAPERS],
    },
    { id: "open", form: "money", title: () => say("Unpaid"), of: (row) => row.open_minor, sources: [PAPERS, WHO] },
    {
        id: "overdue",
        form: "money",
        title: () => say("Overdue"),
        of: (row) => row.overdue_minor,
        sources: [PAPERS, WHO],
    },
    {
        id: "unmatched",
        form: "money",
        title: () => say("Not yet matched"),
        of: (row) => row.unmatched_minor,
        sources: [PAPERS, MONEY, WHO],
    },
    { id: "written", form: "count", title: () => say("Written"), of: (row) => row.written, sources: [PAPERS] },
    { id: "reversed", form: "count", title: () => say("Cancelled"), of: (row) => row.reversed, sources: [PAPERS] },
    { id: "corrected", form: "count", title: () => say("Corrected"), of: (row) => row.corrected, sources: [PAPERS] },
    { id: "per1000", form: "rate", title: () => say("Cancelled in 1,000"), of: per1000, sources: [PAPERS] },
    { id: "over", form: "count", title: () => say("Over the limit"), of: (row) => row.over_limit, sources: [PAPERS] },
    { id: "back", form: "count", title: () => say("Dated back"), of: (row) => row.backdated, sources: [PAPERS] },
];

export function columnsOf(source: ReportSource): readonly ReportColumn[] {
    return COLUMNS.filter((column) => column.sources.includes(source));
}

const USUAL: Readonly<Record<ReportSource, readonly string[]>> = {
    [ReportSource.REPORT_DOCUMENTS]: ["count", "sold", "credited", "collected"],
    [ReportSource.REPORT_LINES]: ["quantity", "net", "cost", "margin"],
    [ReportSource.REPORT_PAYMENTS]: ["count", "collected", "unmatched"],
    [ReportSource.REPORT_CUSTOMERS]: ["count", "owed", "open", "overdue", "unmatched"],
};

/* Those that are said and that there are, in their order; none said: the usual ones. */
export function shownColumns(what: ReportDefinition): readonly ReportColumn[] {
    const all = columnsOf(what.source);
    const said = what.columns.flatMap((id) => all.find((column) => column.id === id) ?? []);
    return said.length > 0 ? said : USUAL[what.source].flatMap((id) => all.find((column) => column.id === id) ?? []);
}

/* ---- the address ---- */

const NUMBERS = [
    "span",
    "from",
    "until",
    "branch",
    "group",
    "customer",
    "staff",
    "product",
    "kind",
    "payment_kind",
    "odd",
] as const;

export function toAddress(what: ReportDefinition): string {
    const parts = [`s=${what.source}`];
    if (what.by.length > 0) parts.push(`by=${what.by.join(".")}`);
    for (const name of NUMBERS) if (what[name] !== undefined) parts.push(`${name}=${what[name]}`);
    if (what.overdue !== undefined) parts.push(`overdue=${what.overdue ? 1 : 0}`);
    if (what.columns.length > 0) parts.push(`cols=${what.columns.join(".")}`);
    return parts.join("&");
}

const natural = (text: string | undefined): number | undefined =>
    text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

const KINDS: readonly number[] = [
    DocumentKind.DOCUMENT_INVOICE,
    DocumentKind.DOCUMENT_CREDIT_NOTE,
    DocumentKind.DOCUMENT_PAYMENT,
    DocumentKind.DOCUMENT_REFUND,
    DocumentKind.DOCUMENT_REVERSAL,
    DocumentKind.DOCUMENT_MONEY_MOVE,
];
const MONEYS: readonly number[] = [
    PaymentKind.PAYMENT_CASH,
    PaymentKind.PAYMENT_POS,
    PaymentKind.PAYMENT_TRANSFER,
    PaymentKind.PAYMENT_SLIP,
];
const among = (values: readonly number[]) => (value: number) => values.includes(value);
const any = (): boolean => true;
const VALUES: Readonly<Record<(typeof NUMBERS)[number], (value: number) => boolean>> = {
    span: among(SPANS),
    from: any,
    until: any,
    branch: any,
    group: any,
    customer: any,
    staff: any,
    product: any,
    kind: among(KINDS),
    payment_kind: among(MONEYS),
    odd: among(ODDS),
};

/* What each counts anything by. */
function narrows(source: ReportSource, name: string): boolean {
    if (source === ReportSource.REPORT_CUSTOMERS) return ["branch", "group", "customer", "overdue"].includes(name);
    return name === "product" ? source === ReportSource.REPORT_LINES : name !== "overdue";
}

interface Said {
    what: ReportDefinition | undefined /* it says nothing that could be counted */;
    unknown: string[] /* parts that narrow and show nothing, as they stand there */;
}

/* What is not understood is passed over, and said: an address may be old, or typed. */
export function saidIn(address: string): Said {
    const parts = address.split("&").map((part) => part.split("=", 2) as [string, string | undefined]);
    const source = SOURCES.find((each) => each === natural(new Map(parts).get("s")));
    if (source === undefined) return { what: undefined, unknown: [address] };
    const what: ReportDefinition = { source, by: [], columns: [] };
    const said = new Set<string>();
    const unknown: string[] = [];
    const list = (name: string, value: string, take: (item: string) => boolean): void => {
        const left = value === "" ? [] : value.split(".").filter((item) => !take(item));
        if (left.length > 0) unknown.push(`${name}=${left.join(".")}`);
    };
    const takeBy = (text: string): boolean => {
        const by = bysOf(source).find((each) => each === natural(text));
        return by !== undefined && !what.by.includes(by) && what.by.length < BY_MOST && what.by.push(by) > 0;
    };
    const takeColumn = (id: string): boolean =>
        columnsOf(source).some((column) => column.id === id) && !what.columns.includes(id) && what.columns.push(id) > 0;
    const takeNumber = (name: string, value: string): boolean => {
        const number = natural(value);
        const known = NUMBERS.find((each) => each === name);
        if (number === undefined || !narrows(source, name)) return false;
        if (name === "overdue" && number <= 1) what.overdue = number === 1;
        else if (known !== undefined && VALUES[known](number)) Object.assign(what, { [known]: number });
        else return false;
        return true;
    };
    for (const [name, value = ""] of parts) {
        const again = said.has(name);
        said.add(name);
        if (!again && name === "s") continue;
        if (!again && name === "by") list(name, value, takeBy);
        else if (!again && name === "cols") list(name, value, takeColumn);
        else if (again || !takeNumber(name, value)) unknown.push(value === "" ? name : `${name}=${value}`);
    }
    if (what.span !== undefined)
        for (const name of ["from", "until"] as const) {
            if (what[name] !== undefined) unknown.push(`${name}=${what[name]}`);
            delete what[name];
        }
    return { what, unknown };
}

export const ofAddress = (address: string | undefined): ReportDefinition | undefined =>
    address === undefined ? undefined : saidIn(address).what;

/* The papers, or the goods, that a row of a report is made of. */
export function behind(what: ReportDefinition, row: ReportRow): ReportDefinition | undefined {
    if (what.source === ReportSource.REPORT_CUSTOMERS) return undefined;
    const days = daysOf(what, row);
    return {
        ...what,
        ...days,
        by: [ReportBy.BY_DOCUMENT],
        branch: row.branch ?? what.branch,
        staff: row.staff ?? what.staff,
        customer: row.customer ?? what.customer,
        kind: row.kind ?? what.kind,
        product: row.product !== undefined && row.product !== 0 ? row.product : what.product,
        payment_kind: row.payment_kind ?? what.payment_kind,
    };
}

/* The last day of a month, by its first. */
export function monthEnd(first: number): number {
    const date = new Date(first * 86_400_000);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 86_400_000 - 1;
}

function daysOf(what: ReportDefinition, row: ReportRow): Partial<ReportDefinition> {
    if (row.date === undefined) return {};
    const month = what.by.includes(ReportBy.BY_MONTH) && !what.by.includes(ReportBy.BY_DAY);
    return { span: undefined, from: row.date, until: month ? monthEnd(row.date) : row.date };
}

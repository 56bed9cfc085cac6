/* The reports that everybody has, each a definition like those that people make. */
import { ReportBy, ReportSource, ReportSpan, Right, type ReportDefinition } from "../lib/messages";
import type { Client } from "../lib/api";
import { say } from "../kit/words";
import { toAddress } from "./definition";

export interface Known {
    id: string;
    title(): string;
    about(): string;
    may(client: Client): boolean;
    href: string;
    what?: ReportDefinition /* where it is one like those that people make */;
}

const view = (what: ReportDefinition): string => `#/reports/view/${encodeURIComponent(toAddress(what))}`;
const everybody = (): boolean => true;
const seesPeople = (client: Client): boolean => client.may(Right.RIGHT_SEE_TRIAL_BALANCE);

const SALES: ReportDefinition = {
    source: ReportSource.REPORT_DOCUMENTS,
    by: [ReportBy.BY_DAY],
    span: ReportSpan.SPAN_MONTH,
    columns: ["sold", "credit", "credited", "collected", "refunded"],
};
const STAFF: ReportDefinition = {
    source: ReportSource.REPORT_DOCUMENTS,
    by: [ReportBy.BY_STAFF],
    span: ReportSpan.SPAN_MONTH,
    columns: ["sold", "discount", "collected", "over", "reversed", "corrected", "back", "overdue"],
};
const PRODUCTS: ReportDefinition = {
    source: ReportSource.REPORT_LINES,
    by: [ReportBy.BY_PRODUCT],
    span: ReportSpan.SPAN_MONTH,
    columns: ["quantity", "net", "discount", "cost", "margin"],
};
const ERRORS: ReportDefinition = {
    source: ReportSource.REPORT_DOCUMENTS,
    by: [ReportBy.BY_MONTH],
    span: ReportSpan.SPAN_YEAR,
    columns: ["written", "reversed", "corrected", "per1000"],
};
const CUSTOMERS: ReportDefinition = {
    source: ReportSource.REPORT_CUSTOMERS,
    by: [ReportBy.BY_BRANCH],
    columns: ["count", "owed", "open", "overdue", "unmatched"],
};

export const known: readonly Known[] = [
    {
        id: "day",
        title: () => say("Summary of a day"),
        about: () => say("Sold, on credit, collected, refused, approved, unusual, tills that differ: one page."),
        may: everybody,
        href: "#/reports/day",
    },
    {
        id: "aging",
        title: () => say("Age of debts on a day"),
        about: () => say("By due date or by date of the bill; by customer; with what is not yet matched."),
        may: everybody,
        href: "#/reports/aging",
    },
    {
        id: "sales",
        title: () => say("Sales and money"),
        about: () => say("By day, month, branch or person."),
        may: everybody,
        href: view(SALES),
        what: SALES,
    },
    {
        id: "products",
        title: () => say("Sales by product"),
        about: () => say("Quantity and net; with cost and margin for those who may see costs."),
        may: everybody,
        href: view(PRODUCTS),
        what: PRODUCTS,
    },
    {
        id: "staff",
        title: () => say("What staff did"),
        about: () =>
            say("Sales, discounts, collections, limits passed, cancellations, what of their sales is overdue."),
        may: seesPeople,
        href: view(STAFF),
        what: STAFF,
    },
    {
        id: "errors",
        title: () => say("Corrections in 1,000 papers"),
        about: () => say("How many papers were taken back or corrected, month by month."),
        may: everybody,
        href: view(ERRORS),
        what: ERRORS,
    },
    {
        id: "unusual",
        title: () => say("What is unusual"),
        about: () =>
            say("Jumps of a balance, papers dated back, big discounts, what was reversed or went over a limit."),
        may: everybody,
        href: "#/reports/unusual",
    },
    {
        id: "customers",
        title: () => say("Customers as they stand"),
        about: () => say("Owed, unpaid, overdue, by branch or customer."),
        may: everybody,
        href: view(CUSTOMERS),
        what: CUSTOMERS,
    },
];

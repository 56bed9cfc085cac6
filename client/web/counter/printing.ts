/*
 * Onto paper: by the printer of the branch where one is connected, else by the browser's print. A slip is never asked
 * for twice by itself: what nobody knows is said so, and the person looks at the printer.
 */
import type { Client } from "../lib/api";
import { PaymentKind, PrintOutcome, type AccountRow, type Done } from "../lib/messages";
import { later } from "../kit/later";
import { language, say } from "../kit/words";

/* What a slip says is fetched behind the first screen: nobody prints before they have sold. */
export const slip = async (): Promise<typeof import("./slip")> => (await Promise.all([import("./slip"), later()]))[0];

/* "browser": its window was opened; what came of it nobody tells a page. "sent": the printer took all of it, and is one
 * that never says whether it printed. */
export type Printing = "printing" | "browser" | "copy" | "sent" | "failed" | PrintOutcome;

export interface Printable {
    document: bigint;
    copy?: boolean;
    account?: AccountRow;
    was?: bigint;
    done?: Done;
    cash?: boolean /* money lies on the counter: the drawer opens */;
}

export async function printByBrowser(client: Client, what: Printable): Promise<Printing> {
    const asked = await client.ask("document", { document: what.document });
    if ("refused" in asked) return "failed";
    const { printSlip, withSlip } = await slip();
    return (await withSlip(client, asked.answer, what, printSlip)) ? "browser" : "failed";
}

export async function printByPrinter(client: Client, what: Printable): Promise<Printing> {
    const { debtShown } = await slip();
    const answer = await client.print({
        document: what.document,
        copy: what.copy,
        drawer: what.cash,
        language: client.welcome.value?.paper_language ?? language.value /* of who has none of their own */,
        without_debt: !debtShown(what.account?.customer ?? 0),
    });
    if ("refused" in answer) return "failed";
    if (answer.outcome !== PrintOutcome.PRINT_DONE) return answer.outcome;
    return answer.silent ? "sent" : answer.copy ? "copy" : answer.outcome;
}

/* Another branch's papers are not for this branch's printer. */
export async function printOut(client: Client, what: Printable): Promise<Printing> {
    if (client.printer.value === undefined) return printByBrowser(client, what);
    const how = await printByPrinter(client, what);
    return how === PrintOutcome.PRINT_OTHER_BRANCH || how === PrintOutcome.PRINT_TOO_BIG
        ? printByBrowser(client, what)
        : how;
}

/* It is known that it came out: only that bears a tick. */
const isSure = (how: Printing): boolean => how === "copy" || how === PrintOutcome.PRINT_DONE;
/* Perhaps it did, and nothing speaks against it: printed once more, it is a copy. */
export const isPrinted = (how: Printing | undefined): boolean =>
    how !== undefined && (how === "browser" || how === "sent" || isSure(how));

export const printingWords = (how: Printing): string => `${isSure(how) ? "✓ " : ""}${printingText(how)}`;

export function printingText(how: Printing): string {
    switch (how) {
        case "printing":
            return say("printing …");
        case "browser":
            return say("given to the browser to print");
        case "sent":
            return say("sent to the printer; it does not say whether it printed");
        case PrintOutcome.PRINT_DONE:
            return say("printed");
        case "copy":
            return say("printed, as a copy");
        case PrintOutcome.PRINT_NO_PAPER:
            return say("the printer has no paper: {key} prints again", { key: "Ctrl P" });
        case PrintOutcome.PRINT_COVER_OPEN:
            return say("the printer is open: {key} prints again", { key: "Ctrl P" });
        case PrintOutcome.PRINT_NOT_REACHABLE:
            return say("the printer is switched off or cannot be reached: {key} prints again", { key: "Ctrl P" });
        case PrintOutcome.PRINT_NO_PRINTER:
            return say("no printer is connected now: {key} prints by the browser", { key: "Ctrl P" });
        case PrintOutcome.PRINT_UNKNOWN:
            return say("nobody knows whether it was printed: look at the printer");
        case PrintOutcome.PRINT_TOO_MANY:
            return say("the printer has too much to do: {key} prints again", { key: "Ctrl P" });
        default:
            return say("could not be printed");
    }
}

export const isCash = (done: Done | undefined, kind: PaymentKind | undefined): boolean =>
    kind === PaymentKind.PAYMENT_CASH || (done?.payments ?? []).some((part) => part.kind === PaymentKind.PAYMENT_CASH);

/* What a paper changed, with its sign: of money moved, the drawer's; of any other, what the customer owes. */
import { DocumentKind, MoneyMoveKind, PostingAccount, type DocumentRecord, type DocumentRow } from "../lib/messages";
import { say } from "../kit/words";

const inCash = (paper: DocumentRecord): bigint =>
    paper.postings.reduce((sum, each) => (each.account === PostingAccount.GL_CASH ? sum + each.amount_minor : sum), 0n);

export const touchesCash = (paper: DocumentRecord): boolean =>
    paper.postings.some((each) => each.account === PostingAccount.GL_CASH);

/* Undefined: it has no sign, as money between two places has none. */
export function changeOf(paper: DocumentRecord): bigint | undefined {
    if (paper.kind !== DocumentKind.DOCUMENT_MONEY_MOVE && paper.balance_minor !== 0n) return paper.balance_minor;
    const cash = inCash(paper);
    return cash === 0n ? undefined : cash;
}

export function moveWord(paper: DocumentRecord): string {
    return wordOf(paper.move, inCash(paper));
}

/* Of a row in a list; an older server tells no kind. */
export function rowMoveWord(row: DocumentRow): string {
    return wordOf(row.move, row.cash_minor ?? 0n);
}

function wordOf(move: MoneyMoveKind | undefined, cash_minor: bigint): string {
    switch (move) {
        case MoneyMoveKind.MOVE_CASH_IN:
            return say("Cash put in");
        case MoneyMoveKind.MOVE_CASH_OUT:
            return say("Cash taken out");
        case MoneyMoveKind.MOVE_DIFFERENCE:
            return cash_minor < 0n ? say("Till was short") : say("Till was over");
        default:
            return say("Money moved");
    }
}

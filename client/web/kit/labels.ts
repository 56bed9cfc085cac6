/*
 * Words for the enums of the schema, for chips, columns and lists. Each is a whole record: a new value without a
 * word does not compile. "" stands for what only a later version knows.
 */
import {
    ApprovalState,
    DocumentKind,
    DocumentState,
    LimitSource,
    MoneyAccountKind,
    MoneyMoveKind,
    PaymentKind,
    PrinterState,
    TerminalAlarm,
    Verdict,
    WarningKind,
} from "../lib/messages";
import { say } from "./words";

type Words<T extends number> = Readonly<Record<T, () => string>>;

function told<T extends number>(words: Words<T>, value: T | undefined): string {
    return value === undefined ? "" : (words[value]?.() ?? "");
}

const documentKinds: Words<DocumentKind> = {
    [DocumentKind.DOCUMENT_INVOICE]: () => say("bill"),
    [DocumentKind.DOCUMENT_CREDIT_NOTE]: () => say("credit note"),
    [DocumentKind.DOCUMENT_PAYMENT]: () => say("payment"),
    [DocumentKind.DOCUMENT_REVERSAL]: () => say("reversal"),
    [DocumentKind.DOCUMENT_REFUND]: () => say("refund"),
    [DocumentKind.DOCUMENT_MONEY_MOVE]: () => say("money move"),
};
export const documentKindText = (kind: DocumentKind | undefined): string => told(documentKinds, kind);

const documentStates: Words<DocumentState> = {
    [DocumentState.DOCUMENT_OPEN]: () => say("open"),
    [DocumentState.DOCUMENT_PART]: () => say("part paid"),
    [DocumentState.DOCUMENT_CLOSED]: () => say("closed"),
    [DocumentState.DOCUMENT_REVERSED]: () => say("reversed"),
};
export const documentStateText = (state: DocumentState | undefined): string => told(documentStates, state);

const paymentKinds: Words<PaymentKind> = {
    [PaymentKind.PAYMENT_CASH]: () => say("Cash"),
    [PaymentKind.PAYMENT_POS]: () => say("Card"),
    [PaymentKind.PAYMENT_TRANSFER]: () => say("Transfer"),
    [PaymentKind.PAYMENT_SLIP]: () => say("Bank slip"),
};
export const paymentKindText = (kind: PaymentKind | undefined): string => told(paymentKinds, kind);

const printerStates: Words<PrinterState> = {
    [PrinterState.PRINTER_READY]: () => say("ready"),
    [PrinterState.PRINTER_NO_PAPER]: () => say("no paper"),
    [PrinterState.PRINTER_COVER_OPEN]: () => say("cover open"),
    [PrinterState.PRINTER_NOT_REACHABLE]: () => say("cannot be reached"),
};
/* None: no printer is connected. */
export const printerText = (state: PrinterState | undefined): string =>
    state === undefined ? say("none: slips are printed by the browser") : told(printerStates, state);

const approvalStates: Words<ApprovalState> = {
    [ApprovalState.APPROVAL_WAITING]: () => say("waits for its answer"),
    [ApprovalState.APPROVAL_GRANTED]: () => say("granted"),
    [ApprovalState.APPROVAL_REFUSED]: () => say("refused"),
    [ApprovalState.APPROVAL_SPENT]: () => say("used"),
    [ApprovalState.APPROVAL_EXPIRED]: () => say("lapsed"),
};
export const approvalStateText = (state: ApprovalState | undefined): string => told(approvalStates, state);

const verdicts: Words<Verdict> = {
    [Verdict.VERDICT_ALLOWED]: () => say("within the limit"),
    [Verdict.VERDICT_WARNED]: () => say("over the limit, with a warning"),
    [Verdict.VERDICT_APPROVED]: () => say("over the limit, approved"),
    [Verdict.VERDICT_POSTED]: () => say("over the limit, posted"),
    [Verdict.VERDICT_BLOCKED]: () => say("not possible"),
    [Verdict.VERDICT_NEEDS_APPROVAL]: () => say("needs an approval"),
};
export const verdictText = (verdict: Verdict | undefined): string => told(verdicts, verdict);

const limitSources: Words<LimitSource> = {
    [LimitSource.LIMIT_OF_CUSTOMER]: () => say("the customer's own limit"),
    [LimitSource.LIMIT_OF_GROUP]: () => say("the group's limit"),
    [LimitSource.LIMIT_OF_COMPANY]: () => say("the company's limit"),
};
export const limitSourceText = (source: LimitSource | undefined): string => told(limitSources, source);

const moneyAccounts: Words<MoneyAccountKind> = {
    [MoneyAccountKind.MONEY_TILL]: () => say("till"),
    [MoneyAccountKind.MONEY_BANK_ACCOUNT]: () => say("bank account"),
    [MoneyAccountKind.MONEY_POS_DEVICE]: () => say("card device"),
};
export const moneyAccountText = (kind: MoneyAccountKind | undefined): string => told(moneyAccounts, kind);

const moneyMoves: Words<MoneyMoveKind> = {
    [MoneyMoveKind.MOVE_BETWEEN]: () => say("moved"),
    [MoneyMoveKind.MOVE_CASH_IN]: () => say("put in"),
    [MoneyMoveKind.MOVE_CASH_OUT]: () => say("taken out"),
    [MoneyMoveKind.MOVE_DIFFERENCE]: () => say("difference of a count"),
};
export const moneyMoveText = (kind: MoneyMoveKind | undefined): string => told(moneyMoves, kind);

const warnings: Words<WarningKind> = {
    [WarningKind.WARNING_OVER_LIMIT]: () => say("Over the limit"),
    [WarningKind.WARNING_LIKELY_DOUBLE]: () => say("Perhaps entered twice"),
    [WarningKind.WARNING_BACKDATED]: () => say("Dated before today"),
    [WarningKind.WARNING_LEFT_UNMATCHED]: () => say("Not all of it was matched"),
};
export const warningText = (kind: WarningKind | undefined): string => told(warnings, kind);

const terminalAlarms: Words<TerminalAlarm> = {
    [TerminalAlarm.TERMINAL_COPIED]: () => say("This device was copied, or an old backup of it is in use."),
    [TerminalAlarm.TERMINAL_MET_NEWER]: () =>
        say("This device has met a newer state of the ledger than this server has."),
    [TerminalAlarm.TERMINAL_MET_OTHER]: () =>
        say("This device has met another ledger of the same number: one backup was restored twice."),
};
export const terminalAlarmText = (alarm: TerminalAlarm | undefined): string => told(terminalAlarms, alarm);

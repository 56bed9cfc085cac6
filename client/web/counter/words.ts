/* The counter's words for kinds of money, papers and people. */
import { DocumentKind, PaymentKind } from "../lib/messages";
import { say } from "../kit/words";

export function kindWord(kind: PaymentKind): string {
    switch (kind) {
        case PaymentKind.PAYMENT_CASH:
            return say("Cash");
        case PaymentKind.PAYMENT_POS:
            return say("POS");
        case PaymentKind.PAYMENT_TRANSFER:
            return say("Transfer");
        case PaymentKind.PAYMENT_SLIP:
            return say("Slip");
        default:
            return say("Other money");
    }
}

/* What a payment cannot be found by later, when it is not typed. */
export function missingWords(kind: PaymentKind): string {
    switch (kind) {
        case PaymentKind.PAYMENT_POS:
            return say("The card payment needs its reference");
        case PaymentKind.PAYMENT_TRANSFER:
            return say("The transfer needs its reference");
        case PaymentKind.PAYMENT_SLIP:
            return say("The slip needs its number");
        default:
            return say("The payment needs its reference");
    }
}

/* "Take 50,000,000 cash" needs the kind inside a sentence. */
export function takeWords(kind: PaymentKind, amount: string): string {
    switch (kind) {
        case PaymentKind.PAYMENT_CASH:
            return say("Take {amount} cash", { amount });
        case PaymentKind.PAYMENT_POS:
            return say("Take {amount} by POS", { amount });
        case PaymentKind.PAYMENT_TRANSFER:
            return say("Take {amount} by transfer", { amount });
        case PaymentKind.PAYMENT_SLIP:
            return say("Take {amount} by slip", { amount });
        default:
            return say("Take {amount}", { amount });
    }
}

export function paperWord(kind: DocumentKind): string {
    switch (kind) {
        case DocumentKind.DOCUMENT_INVOICE:
            return say("Bill");
        case DocumentKind.DOCUMENT_CREDIT_NOTE:
            return say("Credit note");
        case DocumentKind.DOCUMENT_PAYMENT:
            return say("Receipt");
        case DocumentKind.DOCUMENT_REVERSAL:
            return say("Reversal");
        case DocumentKind.DOCUMENT_REFUND:
            return say("Paid out");
        case DocumentKind.DOCUMENT_MONEY_MOVE:
            return say("Money moved");
        default:
            return say("Paper");
    }
}

/*
 * What the strip says, kept as facts: the sentence is made when it is shown, in the language of that moment.
 */
import type { PaymentKind } from "../lib/messages";
import { money } from "../kit/format";
import { say } from "../kit/words";

export type Said =
    | { kind: "money"; of: PaymentKind }
    | { kind: "opened"; till: string; float: bigint; difference: bigint }
    | { kind: "closed"; till: string; difference: bigint; banked?: string | undefined }
    | {
          kind: "answer";
          state: "granted" | "refused" | "lapsed";
          who: string;
          customer: string;
          minor: bigint;
          less?: boolean;
      };

const size = (minor: bigint): bigint => (minor < 0n ? -minor : minor);

/* Of what is no paper. */
export function sentenceOf(said: Said | undefined): string {
    switch (said?.kind) {
        case "opened": {
            const facts = {
                till: said.till,
                amount: money(undefined, said.float),
                difference: money(undefined, size(said.difference)),
            };
            return said.difference === 0n
                ? say("{till} is open with {amount}", facts)
                : said.difference < 0n
                  ? say("{till} is open with {amount}, {difference} less than by the books", facts)
                  : say("{till} is open with {amount}, {difference} more than by the books", facts);
        }
        case "closed": {
            const facts = { till: said.till, amount: money(undefined, size(said.difference)) };
            const closed =
                said.difference === 0n
                    ? say("{till} is closed; nothing was missing", facts)
                    : said.difference < 0n
                      ? say("{till} is closed, short by {amount}", facts)
                      : say("{till} is closed, over by {amount}", facts);
            return said.banked === undefined
                ? closed
                : `${closed} · ${say("On its way to the bank: {number}", { number: said.banked })}`;
        }
        case "answer": {
            const facts = { customer: said.customer, amount: money(undefined, said.minor), who: said.who };
            return said.state === "granted"
                ? said.less === true
                    ? say("{who} approved the sale to {customer} up to {amount}", facts)
                    : say("{who} approved the sale to {customer}, {amount}", facts)
                : said.state === "refused"
                  ? say("{who} refused the sale to {customer}, {amount}", facts)
                  : say("Nobody answered in time: the sale to {customer}, {amount}", facts);
        }
        default:
            return "";
    }
}

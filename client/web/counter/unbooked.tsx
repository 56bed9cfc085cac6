/*
 * What was taken and is in no book: goods or money changed hands while the line was lost, and the ledger refused it when
 * it came. It is said with time and sum, and who can settle it, over reloads and to whoever comes next to this device.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { RefusalCode, type Refusal } from "../lib/messages";
import { clock, money, price } from "../kit/format";
import { Money, Name, Sign } from "../kit/money";
import { Button, Field, Notice, Sheet } from "../kit/parts";
import { refusalText, rolesText } from "../kit/refusal";
import { say } from "../kit/words";
import { isOtherTotal, type Draft, type Line } from "./draft";
import * as drafts from "./drafts";

function whoSettles(refusal: Refusal | undefined): string {
    if (isOtherTotal(refusal))
        return say(
            "A price has changed since. Sell it anew at the prices at which it was taken, or at those of now: the money is settled with the customer.",
        );
    const roles = refusal === undefined ? undefined : rolesText(refusal.roles);
    if (roles !== undefined) return say("{roles} can settle it.", { roles });
    return refusal?.code === RefusalCode.TILL_CLOSED || refusal?.code === RefusalCode.TILL_COUNTED
        ? say(
              "Its money lies in the drawer: leave it out of the float when you open the till, then sell it anew. Or tell the manager who counts this till.",
          )
        : say("Sell it anew when nothing is in the way, or tell the manager of this branch.");
}

const isAsThen = (line: Line): boolean => line.then !== undefined && line.price === line.then;
const atPricesOfThen = (draft: Draft): Draft => ({
    ...draft,
    lines: draft.lines.map((line) => ({ ...line, price: line.price ?? line.then })),
});
const atPricesOfNow = (draft: Draft): Draft => ({
    ...draft,
    lines: draft.lines.map((line) => (isAsThen(line) ? { ...line, price: undefined } : line)),
});

/* The price has changed while the sale was open. */
export function PriceWas({ was, now }: { was: bigint; now: bigint }): JSX.Element {
    return (
        <span class="small late price-was">
            {say("price was {old}, is {price} now", { old: price(was), price: price(now) })}
        </span>
    );
}

export function Priced(): JSX.Element {
    return (
        <Notice tone="late" role="alert">
            {say("A price has changed, and nothing is sold yet: look at the total, then press F9.")}
        </Notice>
    );
}

/* It is sold anew at the prices of then, where the seller may; else at those of now, and the difference changes hands. */
export function TakenFor({ draft, total, exact }: { draft: Draft; total: bigint; exact: boolean }): JSX.Element | null {
    if (draft.pay !== undefined || !isOtherTotal(draft.unbooked?.refusal)) return null;
    const taken = draft.unbooked!.minor;
    const then = draft.lines.some(isAsThen);
    const sums = { taken: money(undefined, taken), total: money(undefined, total) };
    const told =
        !exact || total === taken
            ? say("{taken} was taken for it.", sums)
            : total > taken
              ? say("{taken} was taken for it, and it comes to {total}: {amount} more is to be taken.", {
                    ...sums,
                    amount: money(undefined, total - taken),
                })
              : say("{taken} was taken for it, and it comes to {total}: {amount} goes back.", {
                    ...sums,
                    amount: money(undefined, taken - total),
                });
    return (
        <section class="panel taken-for" aria-label={say("Sell it anew")}>
            <p>{told}</p>
            <p class="small ink-2">
                {then
                    ? say(
                          "Its prices are those of then, as if typed by hand. If you may not sell at them: sell it at the prices of now, or have somebody who may enter it, and say “It is settled …”.",
                      )
                    : say("Its prices are those of now.")}
            </p>
            <Button small onClick={() => drafts.change(draft.id, then ? atPricesOfNow : atPricesOfThen)}>
                {then ? say("Sell it at the prices of now") : say("Sell it at the prices of then")}
            </Button>
        </section>
    );
}

/* Above whatever is typed next, until somebody sells it anew or says how it was settled. */
export function Unbooked({ client, onSell }: { client: Client; onSell: (draft: Draft) => void }): JSX.Element | null {
    const [dropping, setDropping] = useState<Draft | undefined>(undefined);
    const open = drafts.unbooked.value;
    if (open.length === 0) return null;
    return (
        <section class="panel unbooked" role="alert" aria-label={say("Taken, not booked")}>
            <b class="over">
                <Sign of="▲" />
                {say("Taken, not booked")}
            </b>
            {open.map((each) => {
                const { at_ms, minor, refusal } = each.unbooked!;
                return (
                    <div key={each.id} class="unbooked-one">
                        <p class="row small">
                            <span class="ink-2">{clock(at_ms, false)}</span>
                            <span class="grow cut">
                                {each.customer !== 0 ? <Name class="cut">{each.customer_name}</Name> : say("Cash sale")}
                            </span>
                            <b>
                                <Money minor={minor} unit />
                            </b>
                        </p>
                        {refusal !== undefined && (refusal.code as number) !== 0 && (
                            <p class="small">{refusalText(refusal, client)}</p>
                        )}
                        <p class="small ink-2">
                            {drafts.isMine(each) ? whoSettles(refusal) : say("Someone else took it at this device.")}
                        </p>
                        {drafts.isMine(each) && (
                            <p class="row">
                                <Button
                                    small
                                    onClick={() => {
                                        if (each.pay === undefined) onSell(each);
                                        else {
                                            drafts.anew.value = each.id;
                                            location.assign("#/payment");
                                        }
                                    }}>
                                    {each.pay === undefined ? say("Sell it anew") : say("Take it anew")}
                                </Button>
                                <Button plain small onClick={() => setDropping(each)}>
                                    {say("It is settled …")}
                                </Button>
                            </p>
                        )}
                    </div>
                );
            })}
            {dropping !== undefined && (
                <SettledSheet
                    onClose={() => setDropping(undefined)}
                    onReason={(reason) => {
                        drafts.dismiss(client, dropping.id, reason);
                        setDropping(undefined);
                    }}
                />
            )}
        </section>
    );
}

function SettledSheet({ onReason, onClose }: { onReason: (reason: string) => void; onClose: () => void }): JSX.Element {
    const [reason, setReason] = useState("");
    const said = reason.trim();
    return (
        <Sheet title={say("How was it settled?")} onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    if (said !== "") onReason(said);
                }}>
                <Field
                    label={say("Reason")}
                    value={reason}
                    onText={setReason}
                    autofocus
                    maxLength={200}
                    note={say("The mark goes away; the reason is kept on this device.")}
                />
                <Button filled submit wide blocked={said === "" && say("Say how it was settled")}>
                    {say("It is settled")}
                </Button>
            </form>
        </Sheet>
    );
}

/* What another person gave at this device and the ledger has not booked yet: only their login sends it, so whoever
 * stands here has to know of it. */
import type { JSX } from "preact";
import { Button, clock, money, moment, serverNow, whole } from "../kit";
import { say, sayMany } from "../kit/words";
import type { Client, Pending } from "../lib/api";
import type { Command } from "../lib/messages";
import { leftHere, type Left } from "./left";

export { Asides } from "./aside";

const DAY_MS = 86_400_000;

/* What the command itself says of its money. */
export function amountOf({ sell_paid, take_payment }: Command): bigint | undefined {
    if (take_payment !== undefined) return take_payment.amount_minor;
    if (sell_paid === undefined || sell_paid.payments.some((part) => part.amount_minor === undefined)) return undefined;
    return sell_paid.payments.reduce((sum, part) => sum + part.amount_minor!, 0n);
}

const isSale = ({ kind }: Pending): boolean => ["sell_paid", "issue_invoice"].includes(kind);

function whatOf(items: readonly Pending[]): string {
    const count = items.length;
    const facts = { count: whole(count) };
    if (items.every(isSale)) return sayMany("{count} sale", "{count} sales", count, facts);
    if (items.every(({ kind }) => kind === "take_payment"))
        return sayMany("{count} payment", "{count} payments", count, facts);
    return sayMany("{count} entry", "{count} entries", count, facts);
}

export function leftText(client: Client, { login, items }: Left): string {
    const amounts = items.map(({ command }) => amountOf(command));
    const at = items[0]!.at_ms;
    const facts = { what: whatOf(items), login, time: serverNow() - at < DAY_MS ? clock(at, false) : moment(at) };
    if (amounts.some((amount) => amount === undefined))
        return sayMany(
            "{what} of {login}, {time}, is not booked yet.",
            "{what} of {login}, {time}, are not booked yet.",
            items.length,
            facts,
        );
    const sum = amounts.reduce<bigint>((all, amount) => all + amount!, 0n);
    return sayMany(
        "{what} of {login}, {amount}, {time}, is not booked yet.",
        "{what} of {login}, {amount}, {time}, are not booked yet.",
        items.length,
        { ...facts, amount: money(client, sum) },
    );
}

/* `onPerson`: where they log in. */
export function LeftHere({
    client,
    onPerson,
}: {
    client: Client;
    onPerson: (login: string) => void;
}): JSX.Element | null {
    const left = leftHere(client);
    if (left.length === 0) return null;
    return (
        <div class="left-here" role="status">
            {left.map((each) => (
                <div key={`${each.login} ${each.foreign}`}>
                    <span class="left-text">
                        <b>{leftText(client, each)}</b>{" "}
                        {each.foreign
                            ? say("It was kept while this browser was another device, and is not sent any more.")
                            : say("It is kept on this device. Only {login} can send it.", { login: each.login })}
                    </span>
                    {each.foreign ? (
                        client.me.value !== undefined && (
                            <Button onClick={() => each.items.forEach((item) => item.discard())}>
                                {say("It is written down, remove it")}
                            </Button>
                        )
                    ) : (
                        <Button onClick={() => onPerson(each.login)}>
                            {say("Log in as {login} to send it", { login: each.login })}
                        </Button>
                    )}
                </div>
            ))}
        </div>
    );
}

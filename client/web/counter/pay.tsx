/* Money that comes with a sale: cash in the hand and its change, or several kinds (F7); of a credit sale, what is paid now (F3). */
import type { JSX, Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { PaymentKind, type MoneyAccountRecord, type Refusal } from "../lib/messages";
import { AmountField } from "../kit/amounts";
import { amount, currencyOf, whole } from "../kit/format";
import { useActions } from "../kit/keys";
import { Figure, Money, Sign } from "../kit/money";
import { Button, Choice, Field } from "../kit/parts";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { asPieces, likelyGiven, pieces, type Paying } from "./cash";
import type { Draft, Part } from "./draft";
import { accountHere, accountsFor, chooseTill, isShut, kindsHere, loadPlace, tillHere } from "./place";
import { canAsk } from "./products";
import { doCommand } from "./strip";
import { readMoney } from "./typed";
import { kindWord, missingWords } from "./words";

export interface PayProps {
    client: Client;
    draft: Draft;
    paying: Paying;
    givenRef: Ref<HTMLInputElement>;
    onDraft: (how: (draft: Draft) => Draft) => void;
    onEnter: () => void;
    onKinds: () => void;
    missing?: number /* of its parts the one whose reference is missing */;
    onLess?: () => void /* a credit sale: nothing is paid now after all */;
}

/* Why no cash goes into a till that is closed. */
const shutWords = (client: Client, till: MoneyAccountRecord): string =>
    canAsk(client)
        ? say("{till} is closed: open it before cash goes in.", { till: till.name })
        : say("{till} is closed, and only the line can open it: no cash is taken until then.", { till: till.name });

/* Which till takes the cash, where the branch has several. */
export function TillChoice({ client }: { client: Client }): JSX.Element | null {
    const tills = accountsFor(PaymentKind.PAYMENT_CASH);
    if (tills.length < 2) return null;
    return (
        <Choice
            label={say("Till")}
            value={tillHere(client)?.money_account}
            options={tills.map((till) => ({ id: till.money_account, text: till.name }))}
            onPick={chooseTill}
            noNote
            class="till-choice"
        />
    );
}

/* Cash may go into a till that nobody ever opened, and then nobody counts it; one that is closed takes none. Both are said
 * before, with the way out; a till is opened by the ledger, so that without a line only the first half is. */
export function TillShut({ client, from }: { client: Client; from: "sale" | "payment" }): JSX.Element | null {
    const till = tillHere(client);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const online = canAsk(client);
    const shut = till !== undefined && till.open_since === undefined && (online || isShut(till));
    useEffect(() => {
        if (shut && online) void loadPlace(client, true); /* another device may have opened it since */
    }, [till?.money_account, shut]);
    const openEmpty = async (): Promise<void> => {
        if (busy || till === undefined) return;
        setBusy(true);
        const done = await doCommand(client, "open_till", { money_account: till.money_account, float_minor: 0n });
        /* something is in it by the books: the form asks how much, and why */
        if ("refused" in done && done.refused.field === "opening_reason") location.assign(`#/day/till/${from}`);
        else if ("refused" in done) setRefused(done.refused);
        await loadPlace(client, true);
        setBusy(false);
    };
    /* Of a till that was closed with money in it "empty" is never true. */
    const fresh = till?.till_days === undefined;
    useActions(
        shut && fresh && online
            ? [
                  {
                      id: "open-empty",
                      key: "Alt T",
                      title: say("Open the till with nothing in it"),
                      run: () => void openEmpty(),
                      inFields: true,
                  },
              ]
            : [],
    );
    if (!shut) return null;
    return (
        <div class="till-shut small" role="status">
            <p class={refused === undefined ? "late" : "over"}>
                <Sign of="▲" />
                {refused !== undefined
                    ? refusalText(refused, client)
                    : isShut(till)
                      ? shutWords(client, till)
                      : say("{till} is not open: nobody will count what goes into it now.", { till: till.name })}
            </p>
            <div class="row" hidden={!online}>
                <Button small onClick={() => location.assign(`#/day/till/${from}`)}>
                    {say("Open it")}
                </Button>
                {fresh && online && (
                    <Button small hotkey="Alt T" blocked={busy && say("Sending …")} onClick={() => void openEmpty()}>
                        {say("Open it empty")}
                    </Button>
                )}
            </div>
        </div>
    );
}

function Given(props: PayProps): JSX.Element {
    const { client, draft, paying, onDraft } = props;
    const currency = currencyOf(client);
    const all = pieces(currency.code, currency.exponent);
    const given = readMoney(draft.given);
    const set = (text: string): void => onDraft((each) => ({ ...each, given: text }));
    const likely = paying.due > 0n ? likelyGiven(paying.due, all) : [];
    const change = asPieces(paying.change, all);
    return (
        <>
            <AmountField
                label={draft.customer === 0 ? say("Given in cash") : say("Cash now")}
                text={draft.given}
                onText={set}
                onEnter={props.onEnter}
                inputRef={props.givenRef}
                class="given"
                note={draft.customer === 0 && draft.given === "" ? say("Enter on an empty line") : undefined}
            />
            {draft.customer === 0 && (
                <div class="likely">
                    {likely.map((each, at) => (
                        <button
                            key={String(each)}
                            type="button"
                            class="button"
                            aria-pressed={given === each}
                            onClick={() => {
                                set(amount(each, currency));
                            }}>
                            {at === 0 ? say("Exact") : <Money minor={each} />}
                        </button>
                    ))}
                </div>
            )}
            {paying.change > 0n && change.length > 0 && (
                <p class="small ink-2 row change-pieces">
                    <span class="grow">{say("Change as notes")}</span>
                    <Figure
                        text={change
                            .map(
                                ({ piece, count }) =>
                                    `${count > 1n ? `${whole(count)} × ` : ""}${amount(piece, currency)}`,
                            )
                            .join(" + ")}
                    />
                </p>
            )}
        </>
    );
}

function PartRow({
    client,
    part,
    at,
    missing,
    onChange,
    onDrop,
}: {
    client: Client;
    part: Part;
    at: number;
    missing: boolean /* its reference */;
    onChange: (part: Part) => void;
    onDrop: () => void;
}): JSX.Element {
    const kinds = kindsHere().filter((kind) => kind !== PaymentKind.PAYMENT_CASH);
    const accounts = accountsFor(part.kind);
    return (
        <fieldset class="part">
            <legend class="unseen">{say("Money {count}", { count: whole(at + 1) })}</legend>
            <div class="row part-head">
                <Choice
                    label={say("Kind")}
                    hideLabel
                    value={part.kind}
                    options={kinds.map((kind) => ({ id: kind as number, text: kindWord(kind) }))}
                    onPick={(kind) => onChange({ ...part, kind, account: accountHere(client, kind) })}
                    noNote
                    class="grow"
                />
                <Button plain small onClick={onDrop} label={say("Remove")}>
                    <span aria-hidden="true">✕</span>
                </Button>
            </div>
            <AmountField
                label={say("Amount")}
                class="part-amount"
                hideLabel
                text={part.amount === undefined ? "" : amount(part.amount, currencyOf(client))}
                noNote
                onText={(text) =>
                    onChange({ ...part, amount: text.trim() === "" ? undefined : (readMoney(text) ?? part.amount) })
                }
                start={part.amount === undefined ? <span class="small ink-2">{say("the rest")}</span> : undefined}
            />
            {accounts.length > 1 && (
                <Choice
                    label={say("Into")}
                    hideLabel
                    value={part.account ?? accounts[0]?.money_account}
                    noNote
                    options={accounts.map((each) => ({ id: each.money_account, text: each.name }))}
                    onPick={(account) => onChange({ ...part, account })}
                />
            )}
            <Field
                label={part.kind === PaymentKind.PAYMENT_SLIP ? say("Slip number") : say("Reference")}
                hideLabel
                placeholder={part.kind === PaymentKind.PAYMENT_SLIP ? say("Slip number") : say("Reference")}
                value={part.reference ?? ""}
                noNote={!missing}
                dir="ltr"
                wrong={missing ? missingWords(part.kind) : undefined}
                onText={(reference) => onChange({ ...part, reference })}
            />
            {part.kind === PaymentKind.PAYMENT_SLIP && (
                <Field
                    label={say("Who paid")}
                    hideLabel
                    placeholder={say("Who paid")}
                    value={part.payer ?? ""}
                    noNote
                    onText={(payer) => onChange({ ...part, payer })}
                />
            )}
        </fieldset>
    );
}

export function Pay(props: PayProps): JSX.Element {
    const { client, draft, onDraft } = props;
    const box = useRef<HTMLElement>(null);
    const count = useRef(draft.parts.length);
    useEffect(() => {
        if (draft.parts.length > count.current) {
            const row = box.current?.querySelector<HTMLElement>(".part:last-of-type");
            row?.querySelector<HTMLElement>(".part-amount input")?.focus();
            row?.scrollIntoView({ block: "nearest" });
        }
        count.current = draft.parts.length;
    }, [draft.parts.length]);
    const others = kindsHere().some((kind) => kind !== PaymentKind.PAYMENT_CASH);
    const setPart = (at: number, part: Part | undefined): void =>
        onDraft((each) => ({
            ...each,
            parts:
                part === undefined
                    ? each.parts.filter((_, index) => index !== at)
                    : each.parts.map((old, index) => (index === at ? part : old)),
        }));
    return (
        <section class="panel pay" aria-label={say("Money")} ref={box}>
            {draft.customer !== 0 && (
                <div class="row pay-head">
                    <h2 class="grow">{say("Paid now")}</h2>
                    {props.onLess !== undefined && (
                        <Button plain small onClick={props.onLess}>
                            {say("Nothing now")}
                        </Button>
                    )}
                </div>
            )}
            <TillChoice client={client} />
            {(draft.customer === 0 || draft.given !== "") && <TillShut client={client} from="sale" />}
            {tillHere(client) !== undefined ? (
                <Given {...props} />
            ) : (
                <p class="small late">{say("This branch has no till for cash yet.")}</p>
            )}
            {draft.parts.map((part, at) => (
                <PartRow
                    key={at}
                    client={client}
                    part={part}
                    at={at}
                    missing={props.missing === at}
                    onChange={(next) => setPart(at, next)}
                    onDrop={() => setPart(at, undefined)}
                />
            ))}
            {others && draft.parts.length < 3 && (
                <Button wide hotkey="F7" class="start" onClick={props.onKinds}>
                    {draft.parts.length === 0 ? say("POS, transfer or split") : say("One more kind")}
                </Button>
            )}
        </section>
    );
}

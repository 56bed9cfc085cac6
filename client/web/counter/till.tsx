/*
 * A till's day: opened with its float, counted blind, closed. What should be in it is not asked for before the count is
 * in the ledger, so nobody can see it here; a second count stays on record beside the first.
 */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { has } from "../lib/aside";
import {
    PaymentKind,
    RefusalCode,
    Right,
    type Done,
    type MoneyDayRecord,
    type Refusal,
    type TillDayAnswer,
} from "../lib/messages";
import { Result } from "../kit/adds";
import { AmountField } from "../kit/amounts";
import { amount, currencyOf, dayInFull, money, unit, whole } from "../kit/format";
import { Head } from "../kit/head";
import { useActions } from "../kit/keys";
import { Money, Name, Sign } from "../kit/money";
import { Button, Chips, classes, Field, Notice } from "../kit/parts";
import { Region } from "../kit/region";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { pieces } from "./cash";
import * as drafts from "./drafts";
import { isPhone, useAnswer } from "./hooks";
import { TillChoice } from "./pay";
import { accountsFor, loadPlace, tillHere } from "./place";
import { canAsk } from "./products";
import { doCommand, showStrip, StripView } from "./strip";
import { plainDigits, readMoney } from "./typed";

/* `from`: the form that wanted it open, which waits. */
export function Till({ client, from }: { client: Client; from?: string }): JSX.Element {
    const [again, setAgain] = useState(0);
    const till = tillHere(client);
    const asked = useAnswer(
        till === undefined || !canAsk(client) ? undefined : `${till.money_account}|${again}`,
        async () => {
            const day = await client.ask("till_day", { money_account: till!.money_account });
            if (!("refused" in day)) return { day: day.answer };
            return day.refused.code === RefusalCode.NOT_FOUND ? { day: undefined } : { refused: day.refused };
        },
    );
    const anew = (): void => {
        setAgain(again + 1);
        void loadPlace(client, true);
    };
    /* What was opened is not counted at once: they go on where they were. */
    const opened = (): void => {
        void loadPlace(client, true);
        location.replace(from === "sale" || from === "payment" ? `#/${from}` : "#/day");
    };
    const head = (
        <Head title={till === undefined ? say("Till") : till.name} back={() => location.assign("#/day")}>
            <span class="small ink-2 cut">
                <Name>{client.me.value?.name ?? ""}</Name> · {dayInFull(client.welcome.value?.date ?? 0)}
            </span>
            <a href="#/day" class="button plain small-button">
                {say("My day")}
            </a>
        </Head>
    );
    if (till === undefined)
        return (
            <div class="counter">
                {head}
                <Region
                    state={{
                        kind: "empty",
                        text: say("This branch has no till yet. Whoever may edit branches adds one."),
                        step: client.may(Right.RIGHT_EDIT_BRANCHES) && (
                            <a class="button" href="#/places">
                                {say("Add a till")}
                            </a>
                        ),
                    }}
                />
            </div>
        );
    const day = asked !== undefined && "day" in asked ? asked.day : undefined;
    const isOpen = day !== undefined && day.day.closed_date === undefined;
    return (
        <div class={classes("counter till", isPhone.value && "phone")}>
            <StripView client={client} what={["till"]} />
            {head}
            <TillChoice client={client} />
            <Region
                rows={8}
                state={
                    asked === undefined
                        ? canAsk(client)
                            ? { kind: "loading" }
                            : { kind: "nothing", text: say("The till is counted when the line is back.") }
                        : "refused" in asked && asked.refused !== undefined
                          ? { kind: "refused", head: refusalText(asked.refused, client) }
                          : { kind: "here" }
                }>
                {asked !== undefined &&
                    (isOpen ? (
                        <Count client={client} till={till.money_account} name={till.name} day={day} onDone={anew} />
                    ) : (
                        <OpenIt client={client} till={till.money_account} name={till.name} last={day} onDone={opened} />
                    ))}
            </Region>
        </div>
    );
}

/* ---- pieces ---- */

interface Pieces {
    counts: Readonly<Record<string, string>>;
    loose: string;
}
const NONE: Pieces = { counts: {}, loose: "" };

const isPieces = (what: unknown): what is Pieces =>
    has<Pieces>(what, { counts: "object", loose: "string" }) &&
    Object.values(what.counts).every((each) => typeof each === "string");

/* How many pieces; undefined: that is no number of them, as -30 is none. */
export function readPieces(text: string): bigint | undefined {
    const plain = plainDigits(text).trim();
    if (plain === "") return 0n;
    return /^\d{1,7}$/.test(plain) ? BigInt(plain) : undefined;
}

/* What is counted so far is kept as a half-typed sale is: for this person, this till and this day of it. */
const countName = (day: TillDayAnswer): string => `count/${day.day.money_account}/${day.day.day}`;

function useCounting(client: Client, name: string): [Pieces, (next: Pieces) => void, () => void] {
    const [typed, setTyped] = useState<Pieces>(NONE);
    const touched = useRef(false);
    useEffect(() => {
        touched.current = false;
        setTyped(NONE);
        void client.drafts.get<unknown>(name).then(
            (kept) => {
                if (isPieces(kept) && !touched.current) setTyped(kept);
            },
            () => undefined,
        );
    }, [client, name]);
    const put = (next: Pieces): void => {
        touched.current = true;
        setTyped(next);
        void client.drafts.put(name, next);
    };
    return [typed, put, () => void client.drafts.remove(name)];
}

interface Counting {
    sum: bigint;
    wrong: string | undefined /* why it is no sum */;
    table: JSX.Element;
    forget: () => void;
}

function usePieces(client: Client, name: string): Counting {
    const currency = currencyOf(client);
    const all = pieces(currency.code, currency.exponent);
    const [{ counts, loose }, put, forget] = useCounting(client, name);
    const setCounts = (next: Pieces["counts"]): void => put({ counts: next, loose });
    const setLoose = (next: string): void => put({ counts, loose: next });
    const first = useRef<HTMLInputElement>(null);
    useEffect(() => {
        if (!isPhone.value) first.current?.focus();
    }, []);
    const typedFor = (piece: bigint): string => counts[String(piece)] ?? "";
    const of = (piece: bigint): bigint => readPieces(typedFor(piece)) ?? 0n;
    const isWrong = (piece: bigint): boolean => readPieces(typedFor(piece)) === undefined;
    const noPieces = all.find(isWrong);
    const noMoney = loose.trim() !== "" && readMoney(loose) === undefined;
    const wrong =
        noPieces !== undefined
            ? say("{text} is no number of pieces.", { text: typedFor(noPieces).trim() })
            : noMoney
              ? say("How much lies in it?")
              : undefined;
    const sum = all.reduce((total, piece) => total + piece * of(piece), 0n) + (readMoney(loose) ?? 0n);
    const next = (event: KeyboardEvent): void => {
        if (event.key !== "Enter" && event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        const cells = [...document.querySelectorAll<HTMLElement>(".pieces input")];
        cells[cells.indexOf(event.currentTarget as HTMLElement) + (event.key === "ArrowUp" ? -1 : 1)]?.focus();
    };
    const table = (
        <table class="table pieces">
            <thead>
                <tr>
                    <th class="amount">{say("Note or coin {unit}", { unit: unit(currency) })}</th>
                    <th class="amount">{say("Pieces")}</th>
                    <th class="amount">{say("Amount {unit}", { unit: unit(currency) })}</th>
                </tr>
            </thead>
            <tbody>
                {all.map((piece, at) => (
                    <tr key={String(piece)}>
                        <td class="amount">
                            <Money minor={piece} />
                        </td>
                        <td class="amount">
                            <input
                                class="cell n"
                                dir="ltr"
                                inputMode="numeric"
                                aria-label={say("Pieces of {amount}", { amount: amount(piece, currency) })}
                                value={typedFor(piece)}
                                aria-invalid={isWrong(piece) || undefined}
                                ref={at === 0 ? first : undefined}
                                onInput={(event) =>
                                    setCounts({ ...counts, [String(piece)]: event.currentTarget.value })
                                }
                                onKeyDown={next}
                                onFocus={(event) => event.currentTarget.select()}
                            />
                        </td>
                        <td class="amount">
                            {isWrong(piece) ? (
                                <span class="over">?</span>
                            ) : (
                                <Money minor={piece * of(piece)} class={of(piece) === 0n ? "ink-3" : undefined} />
                            )}
                        </td>
                    </tr>
                ))}
                <tr>
                    <td class="amount ink-2">{say("Other")}</td>
                    <td class="amount">
                        <input
                            class="cell n"
                            dir="ltr"
                            inputMode="decimal"
                            aria-label={say("Other money in the till")}
                            value={loose}
                            onInput={(event) => setLoose(event.currentTarget.value)}
                            onKeyDown={next}
                        />
                    </td>
                    <td class="amount">
                        {noMoney ? <span class="over">?</span> : <Money minor={readMoney(loose) ?? 0n} class="ink-3" />}
                    </td>
                </tr>
            </tbody>
        </table>
    );
    return { sum, wrong, table, forget };
}

/* ---- what is typed before it is asked ---- */

const SEEN_MS = 150; /* nobody reads a question and answers it in less */

/* Keys that were typed before a question stood there do not answer it. `question`: what is asked, undefined: nothing. */
function useAhead(question: unknown, busy: boolean): { ahead: () => boolean; onKeyDownCapture: (e: Event) => void } {
    const since = useRef(0);
    useLayoutEffect(() => {
        since.current = question === undefined ? 0 : performance.now();
    }, [question]);
    const ahead = (): boolean => busy || (since.current !== 0 && performance.now() - since.current < SEEN_MS);
    return {
        ahead,
        onKeyDownCapture: (event) => {
            if (!ahead()) return;
            event.preventDefault();
            event.stopPropagation();
        },
    };
}

/* ---- opening ---- */

function OpenIt({
    client,
    till,
    name,
    last,
    onDone,
}: {
    client: Client;
    till: number;
    name: string;
    last: TillDayAnswer | undefined;
    onDone: () => void;
}): JSX.Element {
    const [text, setText] = useState("");
    const [reason, setReason] = useState("");
    const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const { ahead, onKeyDownCapture } = useAhead(refusal, busy);
    const float = readMoney(text);
    const blocked = float === undefined ? say("How much lies in it?") : false;
    const commit = async (): Promise<void> => {
        if (float === undefined || busy) return;
        setBusy(true);
        /* A new till has nothing by the books: its first change money says itself why it is there, to
         * a ledger of rules that ask. */
        const why = reason.trim() === "" && last === undefined ? say("Change money to begin with") : reason.trim();
        const done = await doCommand(client, "open_till", {
            money_account: till,
            float_minor: float,
            reason: why === "" ? undefined : { value: why },
        });
        setBusy(false);
        if ("refused" in done) {
            setRefusal(done.refused);
            return;
        }
        showStrip({
            what: "till",
            staff: client.me.value!.staff,
            customer: 0,
            customer_name: "",
            at_ms: client.clock(),
            state: "taken",
            said: {
                kind: "opened",
                till: name,
                float,
                difference: last === undefined && reason.trim() === "" ? 0n : (done.done.difference_minor ?? 0n),
            },
            note: why === "" ? undefined : why,
        });
        onDone();
    };
    useActions([
        {
            id: "open",
            key: "F9",
            title: say("Open the till"),
            run: () => {
                if (!ahead()) void commit();
            },
            blocked,
        },
    ]);
    return (
        <section class="panel" style={{ maxWidth: "500px" }} onKeyDownCapture={onKeyDownCapture}>
            <div class="till-foot" style={{ border: 0 }}>
                {last?.day.closed_ms !== undefined && (
                    <p class="small ink-2">
                        {say("It was closed last after {count}. count.", { count: whole(last.day.counts.length) })}
                    </p>
                )}
                <AmountField
                    label={say("What lies in it, counted")}
                    text={text}
                    onText={setText}
                    autofocus={!isPhone.value}
                    onEnter={() => {
                        void commit();
                    }}
                />
                <KeptCash client={client} />
                {refusal !== undefined && (
                    <Notice tone="over" role="alert">
                        <b>
                            <Sign of="▲" />
                            {refusalText(refusal, client)}
                        </b>
                    </Notice>
                )}
                {refusal !== undefined && (
                    <Field
                        label={say("Reason, when it is not what was left in it")}
                        value={reason}
                        onText={setReason}
                        onEnter={() => {
                            void commit();
                        }}
                        autofocus
                        noNote
                    />
                )}
                <Button
                    filled
                    large
                    wide
                    hotkey="F9"
                    blocked={blocked}
                    onClick={() => {
                        void commit();
                    }}>
                    {float === undefined
                        ? say("Open {till}", { till: name })
                        : say("Open {till} with {amount}", { till: name, amount: money(client, float) })}
                </Button>
            </div>
        </section>
    );
}

/* What was taken while the till was closed is booked when it is open: counted in its float too, it would be missing. */
function KeptCash({ client }: { client: Client }): JSX.Element | null {
    const staff = client.me.value?.staff ?? 0;
    useEffect(() => {
        if (staff !== 0) drafts.useDraftsOf(client, staff);
    }, [client, staff]);
    const sum = drafts.unbooked.value
        .filter((each) => each.pay === undefined || each.pay.kind === PaymentKind.PAYMENT_CASH)
        .filter((each) => each.unbooked?.refusal?.code === RefusalCode.TILL_CLOSED)
        .reduce((all, each) => all + each.unbooked!.minor, 0n);
    if (sum === 0n) return null;
    return (
        <Notice tone="late" role="status">
            {say("{amount} in it is of sales that are not booked yet: leave it out, they are booked when it is open.", {
                amount: money(client, sum),
            })}
        </Notice>
    );
}

/* ---- counting, and what should have been there ---- */

interface Counted {
    counted: bigint;
    expected: bigint;
    difference: bigint;
}

function Count({
    client,
    till,
    name,
    day,
    onDone,
}: {
    client: Client;
    till: number;
    name: string;
    day: TillDayAnswer;
    onDone: () => void;
}): JSX.Element {
    const { sum, wrong, table, forget } = usePieces(client, countName(day));
    const [counted, setCounted] = useState<Counted | undefined>(() => standing(day, client.me.value?.staff));
    const [after, setAfter] = useState<TillDayAnswer | undefined>(counted === undefined ? undefined : day);
    const [bank, setBank] = useState("");
    const [bankAccount, setBankAccount] = useState<number | undefined>(undefined);
    const [counts, setCounts] = useState(day.day.counts.length);
    const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
    const [reason, setReason] = useState("");
    const [other, setOther] = useState(false);
    const [busy, setBusy] = useState(false);
    const { ahead, onKeyDownCapture } = useAhead(counted, busy);
    const banks = client.knows("CloseTill", "to_bank_minor") ? accountsFor(PaymentKind.PAYMENT_TRANSFER) : [];
    const toBank = bank.trim() === "" ? 0n : readMoney(bank);
    const aboveFloat = counted === undefined ? 0n : counted.counted - day.day.float_minor;
    const blockedCount = wrong ?? (busy && say("Sending …"));
    const count = async (): Promise<void> => {
        if (busy || wrong !== undefined) return;
        setBusy(true);
        const done = await doCommand(client, "count_till", { money_account: till, counted_minor: sum, counts });
        const told = "done" in done ? await client.ask("till_day", { money_account: till }) : undefined;
        setBusy(false);
        if ("refused" in done) {
            setRefusal(done.refused);
            if (done.refused.code === RefusalCode.TILL_COUNTED && done.refused.most !== undefined)
                setCounts(Number(done.refused.most));
            return;
        }
        setRefusal(undefined);
        setCounts(counts + 1);
        setCounted(countedOf(done.done, sum));
        if (told !== undefined && !("refused" in told)) setAfter(told.answer);
    };
    const difference = counted?.difference ?? 0n;
    const blockedClose =
        counted === undefined
            ? say("Count first")
            : difference !== 0n && reason.trim() === ""
              ? say("A reason is needed")
              : toBank === undefined || toBank > counted.counted
                ? say("How much goes to the bank?")
                : false;
    const close = async (): Promise<void> => {
        if (busy || blockedClose !== false) return;
        setBusy(true);
        const done = await doCommand(client, "close_till", {
            money_account: till,
            reason: reason.trim() === "" ? undefined : { value: reason.trim() },
            ...(toBank === undefined || toBank === 0n
                ? {}
                : { to_bank_minor: toBank, bank_account: bankAccount ?? banks[0]?.money_account }),
        });
        setBusy(false);
        if ("refused" in done) {
            setRefusal(done.refused);
            return;
        }
        showStrip({
            what: "till",
            staff: client.me.value!.staff,
            customer: 0,
            customer_name: "",
            at_ms: client.clock(),
            state: "taken",
            said: { kind: "closed", till: name, difference, banked: done.done.banked_number },
        });
        forget();
        onDone();
        location.assign("#/day");
    };
    const usual = [say("Wrong change"), say("Entry missing"), say("Not known")];
    const pickReason = (text: string): void => {
        setOther(text === "other");
        setReason(text === "other" ? "" : text);
    };
    useActions([
        ...(counted !== undefined && difference !== 0n
            ? [...usual, "other"].map((each, at) => ({
                  id: `reason-${at}`,
                  key: String(at + 1),
                  title: each === "other" ? say("Other…") : each,
                  run: () => {
                      if (!ahead()) pickReason(each);
                  },
              }))
            : []),
        counted === undefined
            ? {
                  id: "count",
                  key: "F9",
                  title: say("Counted"),
                  run: () => {
                      void count();
                  },
                  blocked: blockedCount,
              }
            : {
                  id: "close",
                  key: "F9",
                  title: say("Close the till"),
                  run: () => {
                      if (!ahead()) void close();
                  },
                  blocked: blockedClose,
              },
    ]);
    const off = day.day.opening_difference_minor ?? 0n;
    const why = day.day.opening_reason?.value ?? "";
    return (
        <div class="till-grid">
            <div>
                <h2>
                    {say("1 Count")}{" "}
                    <span class="small ink-2">{say("the expected sum is not here yet, nor was it sent")}</span>
                </h2>
                {(off !== 0n || why !== "") && counted === undefined && (
                    <p class="small late till-off">
                        <Sign of="▲" />
                        {off === 0n
                            ? say(
                                  "At opening it did not hold what the books said: by how much is shown after the count.",
                              )
                            : off < 0n
                              ? say("At opening it held {amount} less than by the books.", {
                                    amount: money(client, -off),
                                })
                              : say("At opening it held {amount} more than by the books.", {
                                    amount: money(client, off),
                                })}{" "}
                        <Name>{why}</Name>
                    </p>
                )}
                <section class="panel">
                    <fieldset class="bare" disabled={counted !== undefined}>
                        {table}
                    </fieldset>
                </section>
            </div>
            <div
                class={classes("till-side", counted !== undefined && "counted")}
                onKeyDownCapture={counted === undefined ? undefined : onKeyDownCapture}>
                <section class="panel">
                    <div class="till-foot till-sum">
                        <div class="row">
                            <b class="grow">{say("Counted")}</b>
                            <b class="figure">
                                <Money minor={counted?.counted ?? sum} unit />
                            </b>
                        </div>
                        {counts > 0 && counted === undefined && (
                            <p class="small ink-2">
                                {sayMany(
                                    "It was counted {count} time before; that stays on record.",
                                    "It was counted {count} times before; that stays on record.",
                                    counts,
                                    { count: whole(counts) },
                                )}
                            </p>
                        )}
                        {refusal !== undefined && counted === undefined && (
                            <p class="small over" role="alert">
                                <Sign of="▲" />
                                {refusalText(refusal, client)}
                            </p>
                        )}
                        {wrong !== undefined && counted === undefined && (
                            <p class="small over" role="alert">
                                <Sign of="▲" />
                                {wrong}
                            </p>
                        )}
                        {counted === undefined && (
                            <Button
                                filled
                                large
                                wide
                                hotkey="F9"
                                blocked={blockedCount}
                                onClick={() => {
                                    void count();
                                }}>
                                {say("Counted {amount}, show the difference", { amount: money(client, sum) })}
                            </Button>
                        )}
                    </div>
                </section>
                {counted !== undefined && (
                    <>
                        <h2>
                            {say("2 Difference")}{" "}
                            <span class="small ink-2">
                                {say("the count is fixed; counting again is a second count")}
                            </span>
                        </h2>
                        <section class="panel">
                            <Result
                                how={say("Counted {counted} − expected {expected}", {
                                    counted: amount(counted.counted),
                                    expected: amount(counted.expected),
                                })}
                                tone={difference !== 0n ? "late" : undefined}
                                label={
                                    difference < 0n
                                        ? say("Short by")
                                        : difference > 0n
                                          ? say("Over by")
                                          : say("Nothing is missing")
                                }
                                figure={<Money minor={difference < 0n ? -difference : difference} unit />}
                            />
                            {after?.day.moved !== undefined && <Moved day={after} expected={counted.expected} />}
                            <div class="till-foot">
                                {difference !== 0n && (
                                    <>
                                        <b>
                                            {say("Reason, needed")}{" "}
                                            <span class="small ink-2">{say("kept with your name")}</span>
                                        </b>
                                        <Chips
                                            label={say("Reason")}
                                            value={other ? "other" : usual.includes(reason) ? reason : undefined}
                                            options={[
                                                ...usual.map((each, at) => ({
                                                    id: each,
                                                    text: each,
                                                    hotkey: String(at + 1),
                                                })),
                                                { id: "other", text: say("Other…"), hotkey: String(usual.length + 1) },
                                            ]}
                                            onPick={pickReason}
                                        />
                                        {other && (
                                            <Field
                                                label={say("Reason")}
                                                hideLabel
                                                value={reason}
                                                onText={setReason}
                                                noNote
                                                autofocus
                                            />
                                        )}
                                    </>
                                )}
                                {banks.length > 0 && (
                                    <>
                                        <AmountField
                                            label={say("To the bank now")}
                                            text={bank}
                                            onText={setBank}
                                            note={
                                                toBank !== undefined && toBank > 0n ? (
                                                    say("{amount} stays in it", {
                                                        amount: money(client, counted.counted - toBank),
                                                    })
                                                ) : aboveFloat > 0n ? (
                                                    <Button
                                                        plain
                                                        small
                                                        onClick={() => setBank(amount(aboveFloat, currencyOf(client)))}>
                                                        {say("All above the float, {amount}", {
                                                            amount: money(client, aboveFloat),
                                                        })}
                                                    </Button>
                                                ) : undefined
                                            }
                                            wrong={
                                                toBank !== undefined && toBank > counted.counted
                                                    ? say("How much goes to the bank?")
                                                    : undefined
                                            }
                                        />
                                        {banks.length > 1 && (
                                            <Chips
                                                label={say("Bank account")}
                                                value={String(bankAccount ?? banks[0]!.money_account)}
                                                options={banks.map((each) => ({
                                                    id: String(each.money_account),
                                                    text: each.name,
                                                }))}
                                                onPick={(id) => setBankAccount(Number(id))}
                                            />
                                        )}
                                    </>
                                )}
                                {refusal !== undefined && (
                                    <p class="small over" role="alert">
                                        <Sign of="▲" />
                                        {refusalText(refusal, client)}
                                    </p>
                                )}
                                <div class="row">
                                    <Button
                                        large
                                        onClick={() => {
                                            setCounted(undefined);
                                            setRefusal(undefined);
                                        }}>
                                        {say("Count again")}
                                    </Button>
                                    <span class="grow">
                                        <Button
                                            filled
                                            large
                                            wide
                                            hotkey="F9"
                                            blocked={blockedClose}
                                            onClick={() => {
                                                void close();
                                            }}>
                                            {closeWords(client, name, difference)}
                                        </Button>
                                    </span>
                                </div>
                            </div>
                        </section>
                    </>
                )}
            </div>
        </div>
    );
}

function countedOf(done: Done, counted: bigint): Counted {
    const expected = done.expected_minor ?? counted - (done.difference_minor ?? 0n);
    return { counted, expected, difference: done.difference_minor ?? counted - expected };
}

/* What they counted is in the ledger, and is still what counts: it goes on at the difference. */
function standing({ day, expected_minor }: TillDayAnswer, staff: number | undefined): Counted | undefined {
    const last = day.counts[day.counts.length - 1];
    if (last === undefined || day.moved === undefined || last.actor.staff !== staff) return undefined;
    if (expected_minor !== last.expected_minor) return undefined;
    const { counted_minor: counted, expected_minor: expected } = last;
    return { counted, expected, difference: counted - expected };
}

function closeWords(client: Client, till: string, difference: bigint): string {
    const facts = { till, amount: money(client, difference < 0n ? -difference : difference) };
    return difference === 0n
        ? say("Close {till}", facts)
        : difference < 0n
          ? say("Close {till}, short by {amount}", facts)
          : say("Close {till}, over by {amount}", facts);
}

/* How the expected sum adds up; what the records do not tell apart stands as one row, so that it always does. */
function Moved({ day, expected }: { day: TillDayAnswer; expected: bigint }): JSX.Element {
    const moved: MoneyDayRecord = day.day.moved!;
    const rows: { sign: string; text: string; minor: bigint }[] = [
        { sign: "", text: say("Float at opening"), minor: day.day.float_minor },
        {
            sign: "+",
            text: sayMany("Taken in cash, {count} receipt", "Taken in cash, {count} receipts", moved.taken ?? 0, {
                count: whole(moved.taken ?? 0),
            }),
            minor: moved.taken_minor ?? 0n,
        },
        { sign: "−", text: say("Paid back to customers"), minor: -(moved.refunded_minor ?? 0n) },
        { sign: "+", text: say("Put in"), minor: moved.in_minor ?? 0n },
        { sign: "−", text: say("Taken out"), minor: -(moved.out_minor ?? 0n) },
        { sign: "+", text: say("From other places"), minor: moved.received_minor ?? 0n },
        { sign: "−", text: say("To other places"), minor: -(moved.sent_minor ?? 0n) },
        { sign: "±", text: say("Reversed"), minor: moved.reversed_minor ?? 0n },
    ];
    const rest = expected - rows.reduce((sum, row) => sum + row.minor, 0n);
    if (rest !== 0n) rows.push({ sign: "±", text: say("Other"), minor: rest });
    return (
        <div>
            {rows
                .filter((row) => row.minor !== 0n || row.sign === "")
                .map((row) => (
                    <div key={row.text} class="day-row">
                        <span class="grow">
                            {row.sign} {row.text}
                        </span>
                        <Money minor={row.minor < 0n && row.sign !== "±" ? -row.minor : row.minor} />
                    </div>
                ))}
            <div class="day-row total">
                <span class="grow">{say("Expected in the drawer")}</span>
                <Money minor={expected} />
            </div>
        </div>
    );
}

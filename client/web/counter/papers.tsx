/*
 * Papers of this till: today's last, or one that is searched for; opened, it can be printed again, corrected, reversed,
 * and goods of a bill taken back by lines. What is written stays: each of these is a paper of its own.
 */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import {
    DocumentKind,
    DocumentState,
    PaymentKind,
    Right,
    type BranchRecord,
    type DocumentAnswer,
    type DocumentRow,
    type Refusal,
} from "../lib/messages";
import { namesOf } from "../board/live";
import { amount, clock, day, dayInFull, money, paperNumber, price, quantity, unit } from "../kit/format";
import { Head } from "../kit/head";
import { useActions } from "../kit/keys";
import { Code, Figure, Money, Name, Sign } from "../kit/money";
import { Button, Field, Notice, Panel, Sheet, classes } from "../kit/parts";
import { Region } from "../kit/region";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { divided, newDraft, type Line } from "./draft";
import * as drafts from "./drafts";
import { isPhone, useAnswer, useCalm } from "./hooks";
import { changeOf, moveWord, rowMoveWord } from "./moves";
import { accountHere, loadPlace, place } from "./place";
import { canAsk, lineOfPaper } from "./products";
import { printingText, printingWords, printOut } from "./printing";
import { debtShown, setSlipWidth, shareText, showDebt, slipWidth, withSlip } from "./slip";
import { doCommand, showStrip, StripView } from "./strip";
import { backWords, staysWords, takeBack, withOfPaper } from "./takeback";
import { readCount } from "./typed";
import { kindWord, paperWord } from "./words";

/* ---- the list ---- */

type Asked<T> = { value: T } | { refused: Refusal };

interface Listed {
    rows: DocumentRow[];
    more: boolean;
}
const PAGE = 60;

/* Of a day, newest first, so many pages of them. No branch: all of them. */
async function papersOf(
    client: Client,
    branch: number | undefined,
    date: number | undefined,
    pages: number,
): Promise<Asked<Listed>> {
    const rows: DocumentRow[] = [];
    let page: Uint8Array | undefined;
    for (let at = 0; at < pages && (at === 0 || page !== undefined); at++) {
        const asked = await client.ask("documents", { branch, from: date, to: date, rows: PAGE, page });
        if ("refused" in asked) return { refused: asked.refused };
        rows.push(...asked.answer.rows);
        page = asked.answer.next;
    }
    return { value: { rows, more: page !== undefined } };
}

/* The nearest day with papers before that one, or after it. */
async function dayBeside(
    client: Client,
    branch: number | undefined,
    date: number,
    later: boolean,
): Promise<number | undefined> {
    const beyond = later ? { from: date + 1, oldest_first: true } : { to: date - 1 };
    const asked = await client.ask("documents", { branch, rows: 1, ...beyond });
    return "refused" in asked ? undefined : asked.answer.rows[0]?.date;
}

async function branchesOf(client: Client): Promise<BranchRecord[] | undefined> {
    const all: BranchRecord[] = [];
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("branches", { page });
        if ("refused" in asked) return undefined;
        all.push(...asked.answer.branches);
        page = asked.answer.next;
    } while (page !== undefined && all.length < 1000);
    return all;
}

const seesAll = (client: Client): boolean => client.may(Right.RIGHT_SEE_TRIAL_BALANCE);
const ALL = 0;
const chosenBranch = signal<number | undefined>(undefined); /* none yet: all, for who may see them */

function BranchChoice({ branches, branch }: { branches: readonly BranchRecord[]; branch: number }): JSX.Element {
    return (
        <label class="choice">
            <span class="unseen">{say("Branch")}</span>
            <select
                value={branch}
                onChange={(event) => {
                    chosenBranch.value = Number(event.currentTarget.value);
                }}>
                <option value={ALL}>{say("All branches")}</option>
                {branches.map((each) => (
                    <option key={each.branch} value={each.branch}>
                        {each.name || each.code}
                    </option>
                ))}
            </select>
        </label>
    );
}

async function findPapers(client: Client, text: string): Promise<Asked<Listed>> {
    const asked = await client.ask("search", { text, rows: 30 });
    return "refused" in asked
        ? { refused: asked.refused }
        : {
              value: {
                  rows: asked.answer.hits
                      .map((hit) => hit.document)
                      .filter((row): row is DocumentRow => row !== undefined),
                  more: false,
              },
          };
}

export function Papers({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    useEffect(() => {
        void loadPlace(client);
    }, [client, client.me.value?.staff]);
    return at[0] !== undefined && at[0] !== "" ? (
        <Paper client={client} number={BigInt(/^\d+$/.test(at[0]) ? at[0] : 0)} credit={at[1] === "back"} key={at[0]} />
    ) : (
        <PaperList client={client} />
    );
}

function PaperList({ client }: { client: Client }): JSX.Element {
    const [text, setText] = useState("");
    const calm = useCalm(text.trim(), 150);
    const home = client.welcome.value?.branch;
    const wide = seesAll(client);
    const branch = wide ? (chosenBranch.value ?? ALL) : (home ?? ALL);
    const branches = useAnswer(wide && canAsk(client) ? "branches" : undefined, () => branchesOf(client));
    const code =
        branch === home ? client.welcome.value?.branch_code : branches?.find((each) => each.branch === branch)?.code;
    const today = client.welcome.value?.date;
    const [chosen, setChosen] = useState<number | undefined>(undefined); /* none: today, and it goes on with the day */
    const [pages, setPages] = useState(1);
    const [none, setNone] = useState(false); /* earlier */
    const date = chosen ?? today;
    const isToday = date === today;
    const only = branch === ALL ? undefined : branch;
    const rows = useAnswer(
        canAsk(client)
            ? `${calm}|${calm === "" ? `${branch}|${date}|${pages}|${isToday ? client.seq.value / 4n : ""}` : ""}`
            : undefined,
        () => (calm === "" ? papersOf(client, only, date, pages) : findPapers(client, calm)),
    );
    const [last, setLast] = useState<Asked<Listed> | undefined>(undefined);
    if (rows !== undefined && rows !== last) setLast(rows);
    const shown = rows ?? last;
    const go = async (later: boolean): Promise<void> => {
        if (date === undefined || (later && isToday)) return;
        const found = await dayBeside(client, only, date, later);
        setPages(1);
        setNone(!later && found === undefined);
        if (found !== undefined) setChosen(found === today ? undefined : found);
        else if (later) setChosen(undefined);
    };
    useEffect(() => setNone(false), [branch]);
    useActions([
        { id: "papers.earlier", key: "←", title: say("Earlier papers"), run: () => void go(false) },
        {
            id: "papers.later",
            key: "→",
            title: say("Later papers"),
            run: () => void go(true),
            blocked: isToday && say("These are today's"),
        },
    ]);
    return (
        <div class={classes("counter papers", isPhone.value && "phone")}>
            <Head title={say("Papers")} />
            <StripView client={client} />
            <Panel
                title={say("Last papers")}
                note={
                    calm !== "" || date === undefined ? undefined : (
                        <span class="day-steps">
                            <Button small blocked={none && say("There are none before")} onClick={() => void go(false)}>
                                <span aria-hidden="true">‹ </span>
                                {say("Earlier")}
                            </Button>
                            <b class="nowrap" aria-live="polite">
                                {isToday ? say("today") : dayInFull(date)}
                            </b>
                            <Button small blocked={isToday && say("These are today's")} onClick={() => void go(true)}>
                                {say("Later")}
                                <span aria-hidden="true"> ›</span>
                            </Button>
                            {!isToday && (
                                <Button
                                    plain
                                    small
                                    onClick={() => {
                                        setPages(1);
                                        setNone(false);
                                        setChosen(undefined);
                                    }}>
                                    {say("Today")}
                                </Button>
                            )}
                        </span>
                    )
                }
                end={
                    <>
                        {branches !== undefined && branches.length > 1 && calm === "" && (
                            <BranchChoice branches={branches} branch={branch} />
                        )}
                        <Field
                            label={say("Number, reference or serial")}
                            hideLabel
                            placeholder={say("Number, reference or serial")}
                            value={text}
                            onText={setText}
                            type="search"
                            noNote
                            autofocus={!isPhone.value}
                            dir="ltr"
                        />
                    </>
                }>
                <Region
                    rows={6}
                    state={
                        shown === undefined
                            ? canAsk(client)
                                ? { kind: "loading" }
                                : { kind: "nothing", text: say("Papers are shown again when the line is back.") }
                            : "refused" in shown
                              ? { kind: "refused", head: refusalText(shown.refused, client) }
                              : shown.value.rows.length === 0
                                ? calm === ""
                                    ? !isToday
                                        ? { kind: "empty", text: say("No papers on this day.") }
                                        : {
                                              kind: "empty",
                                              text:
                                                  branch === ALL || code === undefined
                                                      ? say("No papers today yet.")
                                                      : say("No papers in {branch} today yet.", { branch: code }),
                                          }
                                    : { kind: "nothing", text: say("No paper with ‘{text}’.", { text: calm }) }
                                : { kind: "here" }
                    }>
                    {shown !== undefined && "value" in shown && (
                        <ul>
                            {shown.value.rows.map((row) => (
                                <li key={String(row.document)}>
                                    <a class="day-row" href={`#/papers/${row.document}`}>
                                        <span class="grow cut-parts">
                                            <Code>{row.number}</Code>
                                            <span class="small ink-2 nowrap">
                                                {row.kind === DocumentKind.DOCUMENT_MONEY_MOVE
                                                    ? rowMoveWord(row)
                                                    : paperWord(row.kind)}
                                                {row.payment_kind !== undefined && ` · ${kindWord(row.payment_kind)}`}
                                            </span>
                                            {row.name?.value !== undefined && (
                                                <>
                                                    <span aria-hidden="true">·</span>
                                                    <Name class="cut">{row.name.value}</Name>
                                                </>
                                            )}
                                            {row.state === DocumentState.DOCUMENT_REVERSED && (
                                                <span class="small over nowrap">· {say("reversed")}</span>
                                            )}
                                        </span>
                                        <span class="small ink-2 nowrap">{day(row.date)}</span>
                                        <span class="paper-amount">
                                            {row.cash_minor === undefined ? (
                                                <Money minor={row.total_minor} />
                                            ) : (
                                                <Money minor={row.cash_minor} signed />
                                            )}
                                        </span>
                                    </a>
                                </li>
                            ))}
                            {shown.value.more && (
                                <li class="section">
                                    <Button onClick={() => setPages(pages + 1)}>{say("More of this day")}</Button>
                                </li>
                            )}
                        </ul>
                    )}
                </Region>
            </Panel>
        </div>
    );
}

/* ---- one paper ---- */

function correctBill(client: Client, answer: DocumentAnswer): void {
    const { document } = answer;
    const lines = document.lines.map(
        (line, at): Line => ({
            ...lineOfPaper(line, at + 1),
            was: {
                line: at + 1,
                price: line.price,
                discount_bp: line.discount_bp,
                discount_minor: line.discount_bp === undefined ? line.discount_minor : undefined,
            },
        }),
    );
    const draft = newDraft(client.me.value!.staff, client.clock());
    drafts.put({
        ...draft,
        lines,
        next: lines.length + 1,
        customer: document.customer === place.value?.cash_customer ? 0 : document.customer,
        customer_name: answer.customer?.name.value ?? "",
        corrects: document.document,
        corrects_number: document.number,
        corrects_owed: { customer: document.customer, minor: document.balance_minor },
        corrects_minor: document.total_minor,
        total: document.total_minor,
    });
    drafts.choose(draft.id);
    location.assign("#/sale");
}

function correctMoney(client: Client, answer: DocumentAnswer): void {
    const { document } = answer;
    const open = drafts.payments.value.find((each) => each.begun_ms === 0 && each.unbooked === undefined);
    drafts.put({
        ...(open ?? newDraft(client.me.value!.staff, client.clock())),
        why: undefined,
        customer: document.customer,
        customer_name: answer.customer?.name.value ?? "",
        corrects: document.document,
        corrects_number: document.number,
        corrects_owed: { customer: document.customer, minor: document.balance_minor },
        pay: {
            text: amount(document.total_minor),
            kind: document.payment_kind ?? PaymentKind.PAYMENT_CASH,
            account: document.money_account,
            reference: document.reference ?? "",
            payer: document.payer?.value ?? "",
        },
    });
    location.assign("#/payment");
}

function Paper({ client, number, credit }: { client: Client; number: bigint; credit: boolean }): JSX.Element {
    const [again, setAgain] = useState(0);
    const [reversing, setReversing] = useState(false);
    const [note, setNote] = useState<string | undefined>(undefined);
    const [stays, setStays] = useState<readonly string[]>([]);
    const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
    const [, redraw] = useState(0);
    const asked = useAnswer(canAsk(client) ? `${number}|${again}` : undefined, () =>
        client.ask("document", { document: number }),
    );
    const answer = asked !== undefined && "answer" in asked ? asked.answer : undefined;
    const document = answer?.document;
    const stands =
        answer !== undefined &&
        answer.state !== DocumentState.DOCUMENT_REVERSED &&
        document!.kind !== DocumentKind.DOCUMENT_REVERSAL;
    const bill = document?.kind === DocumentKind.DOCUMENT_INVOICE;
    const money_in = document?.kind === DocumentKind.DOCUMENT_PAYMENT;
    const isCredit = money_in || document?.kind === DocumentKind.DOCUMENT_CREDIT_NOTE;
    const print = (): void => {
        setNote(client.printer.value === undefined ? undefined : printingText("printing"));
        void printOut(client, { document: number, copy: true }).then((how) =>
            setNote(how === "browser" ? undefined : printingWords(how)),
        );
    };
    const keepsSlips = client.knows("ChangeCustomer", "no_debt_on_slips") && client.may(Right.RIGHT_EDIT_CUSTOMER);
    const onSlips =
        answer !== undefined && debtShown(answer.document.customer) && answer.customer?.no_debt_on_slips !== true;
    const showOnSlips = async (on: boolean): Promise<void> => {
        if (answer === undefined) return;
        const { customer } = answer.document;
        if (keepsSlips) {
            const done = await doCommand(client, "change_customer", { customer, no_debt_on_slips: !on });
            if ("refused" in done) setRefusal(done.refused);
        }
        if (!keepsSlips || on) showDebt(customer, on);
        setAgain(again + 1);
    };
    const share = (): void => {
        if (answer !== undefined)
            void withSlip(client, answer, { copy: true }, ({ text }) => shareText(text)).then((how) =>
                setNote(
                    how === "copied" ? say("Copied.") : how === "failed" ? say("It could not be copied.") : undefined,
                ),
            );
    };
    const reverse = async (reason: string): Promise<void> => {
        setReversing(false);
        const parts = answer === undefined ? [] : await withOfPaper(client, answer);
        const taken = await takeBack(client, number, parts, reason);
        if ("refused" in taken) setRefusal(taken.refused);
        else {
            setRefusal(undefined);
            setNote([say("Reversed by {number}.", { number: taken.reversal ?? "" }), ...backWords(taken)].join(" "));
            setStays(staysWords(client, taken));
            setAgain(again + 1);
        }
    };
    const payOut = async (): Promise<void> => {
        const till = accountHere(client, PaymentKind.PAYMENT_CASH);
        if (answer === undefined || till === undefined) return;
        const done = await doCommand(client, "refund_money", {
            customer: document!.customer,
            kind: PaymentKind.PAYMENT_CASH,
            amount_minor: answer.open_minor,
            money_account: till,
            credits: [number],
            reason: { value: say("paid back") },
        });
        if ("refused" in done) setRefusal(done.refused);
        else {
            setRefusal(undefined);
            setNote(
                say("{number}: give {amount} back.", {
                    number: done.done.number ?? "",
                    amount: money(client, answer.open_minor),
                }),
            );
            setAgain(again + 1);
        }
    };
    useActions([
        {
            id: "paper.print",
            key: "Ctrl P",
            title: say("Print again"),
            run: print,
            blocked: answer === undefined && say("Not there yet"),
        },
        { id: "paper.share", key: "Alt S", title: say("Share"), run: share },
        {
            id: "paper.reverse",
            key: "u",
            title: say("Reverse"),
            run: () => setReversing(true),
            blocked: !stands && say("It does not stand any more."),
        },
        { id: "back", key: "Esc", title: say("Back to the papers"), run: () => location.assign("#/papers") },
    ]);
    if (answer === undefined || document === undefined)
        return (
            <div class="counter papers">
                <Region
                    rows={6}
                    state={
                        asked !== undefined && "refused" in asked
                            ? {
                                  kind: "refused",
                                  head: refusalText(asked.refused, client),
                                  ways: <a href="#/papers">{say("Back to the papers")}</a>,
                              }
                            : { kind: "loading" }
                    }
                />
            </div>
        );
    if (credit && bill)
        return (
            <TakeBack
                client={client}
                answer={answer}
                onDone={() => {
                    location.assign(`#/papers/${number}`);
                    setAgain(again + 1);
                }}
            />
        );
    const customer = answer.customer?.name.value;
    const move = document.kind === DocumentKind.DOCUMENT_MONEY_MOVE;
    return (
        <div class={classes("counter papers", isPhone.value && "phone")}>
            <Head title={paperNumber(document.number)} back={() => location.assign("#/papers")} />
            <StripView client={client} under />
            {refusal !== undefined && (
                <Notice
                    tone="over"
                    role="alert"
                    end={
                        <Button small onClick={() => setRefusal(undefined)}>
                            {say("Leave it")}
                        </Button>
                    }>
                    <b>
                        <Sign of="▲" />
                        {refusalText(refusal, client)}
                    </b>
                </Notice>
            )}
            {note !== undefined && (
                <Notice tone="credit" role="status">
                    <b>{note}</b>
                </Notice>
            )}
            {stays.map((words) => (
                <Notice key={words} tone="over" role="alert">
                    <b>
                        <Sign of="▲" />
                        {words}
                    </b>
                </Notice>
            ))}
            <Panel
                title={
                    <>
                        {move ? moveWord(document) : paperWord(document.kind)} <Code>{document.number}</Code>
                    </>
                }
                note={
                    <>
                        {day(document.date)} · {clock(document.recorded_ms)}
                        {answer.author !== undefined && (
                            <>
                                {" "}
                                · <Name>{namesOf(client).personOfLogin(answer.author)}</Name>
                            </>
                        )}
                    </>
                }
                end={
                    <a href="#/papers" class="button plain small-button">
                        {say("All papers")}
                    </a>
                }>
                <div class="paper-sum">
                    <span>
                        {customer !== undefined ? <Name>{customer}</Name> : !move && say("No customer")}
                        {document.payment_kind !== undefined && <> · {kindWord(document.payment_kind)}</>}
                        {answer.buyer_name !== undefined && (
                            <span class="ink-2">
                                {" "}
                                · {say("taken by {name}", { name: answer.buyer_name.value ?? "" })}
                            </span>
                        )}
                    </span>
                    <b class="figure">
                        {move && changeOf(document) !== undefined ? (
                            <Money minor={changeOf(document)!} signed unit />
                        ) : (
                            <Money minor={document.total_minor} unit />
                        )}
                    </b>
                </div>
                {answer.reversed_by !== undefined && (
                    <p class="paper-sum over">{say("Reversed by {number}", { number: answer.reversed_by.number })}</p>
                )}
                {answer.corrects !== undefined && (
                    <p class="paper-sum ink-2">{say("replaces {number}", { number: answer.corrects.number })}</p>
                )}
                {document.note?.value !== undefined && document.note.value !== "" && (
                    <p class="paper-sum">
                        <Name>{document.note.value}</Name>
                    </p>
                )}
                {answer.about !== undefined && (
                    <p class="paper-sum ink-2">
                        {say("about")}{" "}
                        <a href={`#/papers/${answer.about.document}`}>
                            <Code>{answer.about.number}</Code>
                        </a>
                    </p>
                )}
                {document.lines.length > 0 && (
                    <div class="table-box">
                        <table class="table">
                            <thead>
                                <tr>
                                    <th>{say("Item")}</th>
                                    <th class="amount">{say("Quantity")}</th>
                                    <th class="amount">{say("Price {unit}", { unit: unit() })}</th>
                                    <th class="amount">{say("Line {unit}", { unit: unit() })}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {document.lines.map((line, at) => (
                                    <tr key={at}>
                                        <td>
                                            <Name>{line.text ?? line.code ?? ""}</Name>
                                            {(line.credited_quantity ?? 0n) > 0n && (
                                                <span class="small ink-2">
                                                    {" "}
                                                    ·{" "}
                                                    {say("{quantity} taken back", {
                                                        quantity: quantity(line.credited_quantity!),
                                                    })}
                                                </span>
                                            )}
                                        </td>
                                        <td class="amount">
                                            <Figure text={quantity(line.quantity, line.unit)} />
                                        </td>
                                        <td class="amount">
                                            <Figure text={price(line.price)} />
                                        </td>
                                        <td class="amount">
                                            <Money minor={line.net_minor} />
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                            <tfoot>
                                <tr>
                                    <td colSpan={3}>
                                        {say("with tax {tax}", { tax: amount(document.tax_minor ?? 0n) })}
                                    </td>
                                    <td class="amount">
                                        <Money minor={document.total_minor} />
                                    </td>
                                </tr>
                            </tfoot>
                        </table>
                    </div>
                )}
                {answer.touches
                    .filter((touch) => !touch.undone)
                    .map((touch) => (
                        <a
                            key={String(touch.match) + String(touch.other)}
                            class="day-row"
                            href={`#/papers/${touch.other}`}>
                            <span class="grow">
                                <Code>{touch.other_number ?? ""}</Code>
                                <span class="small ink-2">
                                    {" "}
                                    {touch.other_kind !== undefined && paperWord(touch.other_kind)} · {day(touch.date)}
                                </span>
                            </span>
                            <Money minor={touch.amount_minor} />
                        </a>
                    ))}
                {(bill || isCredit) && stands && (
                    <div class="day-row total">
                        <span class="grow">{bill ? say("Left to pay") : say("Not yet matched")}</span>
                        <Money minor={answer.open_minor} />
                    </div>
                )}
                <div class="act-row">
                    <Button hotkey="Ctrl P" onClick={print}>
                        {say("Print again")}
                    </Button>
                    <Button hotkey="Alt S" onClick={share}>
                        {say("Share")}
                    </Button>
                    {stands && bill && <Button onClick={() => correctBill(client, answer)}>{say("Correct")}</Button>}
                    {stands && money_in && (
                        <Button onClick={() => correctMoney(client, answer)}>{say("Correct")}</Button>
                    )}
                    {stands && bill && client.may(Right.RIGHT_CREDIT_NOTE) && (
                        <a class="button" href={`#/papers/${number}/back`}>
                            {say("Take goods back")}
                        </a>
                    )}
                    {stands && isCredit && answer.open_minor > 0n && client.may(Right.RIGHT_REFUND) && (
                        <Button
                            onClick={() => {
                                void payOut();
                            }}>
                            {say("Pay {amount} back in cash", { amount: money(client, answer.open_minor) })}
                        </Button>
                    )}
                    {stands && (
                        <Button hotkey="u" onClick={() => setReversing(true)}>
                            {say("Reverse")}
                        </Button>
                    )}
                </div>
                <div class="act-row small">
                    {([80, 58] as const).map((mm) => (
                        <button
                            key={mm}
                            type="button"
                            class="chip"
                            aria-pressed={slipWidth() === mm}
                            onClick={() => {
                                setSlipWidth(mm);
                                redraw((count) => count + 1);
                            }}>
                            {say("slips of {mm} mm", { mm })}
                        </button>
                    ))}
                    {customer !== undefined && (
                        <button
                            type="button"
                            class="chip"
                            aria-pressed={onSlips}
                            onClick={() => void showOnSlips(!onSlips)}>
                            {say("their debt on their slips")}
                        </button>
                    )}
                </div>
            </Panel>
            {reversing && (
                <Reason
                    title={say("Why is {number} reversed?", { number: document.number })}
                    warning={
                        answer.corrects &&
                        say("{number} replaced {other}: without it both are gone. To go back, correct it again.", {
                            number: document.number,
                            other: answer.corrects.number,
                        })
                    }
                    onReason={(reason) => {
                        void reverse(reason);
                    }}
                    onClose={() => setReversing(false)}
                />
            )}
        </div>
    );
}

export function Reason({
    title,
    warning,
    onReason,
    onClose,
}: {
    title: string;
    warning?: string;
    onReason: (reason: string) => void;
    onClose: () => void;
}): JSX.Element {
    const [text, setText] = useState("");
    const usual = [say("Wrong customer"), say("Wrong goods or amount"), say("Not paid"), say("Entered twice")];
    return (
        <Sheet title={title} onClose={onClose}>
            {warning !== undefined && <p class="over">▲ {warning}</p>}
            <p class="small ink-2">{say("It is reversed, not erased; both papers stay, with your name.")}</p>
            <div class="stack">
                {usual.map((each) => (
                    <Button key={each} wide class="start" onClick={() => onReason(each)}>
                        {each}
                    </Button>
                ))}
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (text.trim() !== "") onReason(text.trim());
                    }}>
                    <Field
                        label={say("Other reason")}
                        value={text}
                        onText={setText}
                        noNote
                        end={
                            <Button plain small submit>
                                {say("Reverse")}
                            </Button>
                        }
                    />
                </form>
            </div>
        </Sheet>
    );
}

/* ---- goods that come back ---- */

function TakeBack({
    client,
    answer,
    onDone,
}: {
    client: Client;
    answer: DocumentAnswer;
    onDone: () => void;
}): JSX.Element {
    const { document } = answer;
    const [back, setBack] = useState<Readonly<Record<number, string>>>({});
    const [reason, setReason] = useState("");
    const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [elsewhere, setElsewhere] = useState(false);
    const left = (at: number): bigint => document.lines[at]!.quantity - (document.lines[at]!.credited_quantity ?? 0n);
    const counts = document.lines.map((_, at) =>
        back[at] === undefined || back[at] === "" ? 0n : (readCount(back[at]) ?? -1n),
    );
    const bad = counts.some((count, at) => count < 0n || count > left(at));
    const any = counts.some((count) => count > 0n);
    const sum = document.lines.reduce(
        (all, line, at) =>
            all +
            (counts[at]! > 0n ? divided((line.net_minor + (line.tax_minor ?? 0n)) * counts[at]!, line.quantity) : 0n),
        0n,
    );
    const blocked = !any
        ? say("What comes back?")
        : bad
          ? say("More than was sold, or no number")
          : reason.trim() === ""
            ? say("Why does it come back?")
            : false;
    const commit = async (): Promise<void> => {
        if (blocked !== false || busy) return;
        setBusy(true);
        const before = document.lines.map((line) => line.credited_quantity ?? 0n).join();
        const done = await drafts.once(`credit ${document.document} ${before}`, () =>
            doCommand(client, "issue_credit_note", {
                invoice: document.document,
                reason: { value: reason.trim() },
                credit: counts.map((count, line) => ({ line, quantity: count })).filter((each) => each.quantity > 0n),
            }),
        );
        setBusy(false);
        if (done === "elsewhere") {
            setElsewhere(true);
            return;
        }
        if ("refused" in done) {
            setRefusal(done.refused);
            return;
        }
        showStrip({
            what: "credit-note",
            staff: client.me.value!.staff,
            id: done.done.id,
            number: done.done.number,
            customer: document.customer,
            customer_name: answer.customer?.name.value ?? "",
            minor: done.done.total_minor,
            account: done.done.account,
            was:
                done.done.account === undefined
                    ? undefined
                    : done.done.account.balance_minor + (done.done.total_minor ?? 0n),
            done: done.done,
            at_ms: client.clock(),
            state: "taken",
        });
        onDone();
    };
    useActions([
        {
            id: "commit",
            key: "F9",
            title: say("Take goods back"),
            run: () => {
                void commit();
            },
            blocked,
        },
        { id: "back", key: "Esc", title: say("Back"), run: () => location.assign(`#/papers/${document.document}`) },
    ]);
    return (
        <div class={classes("counter papers", isPhone.value && "phone")}>
            <Head title={paperNumber(document.number)} back={() => location.assign(`#/papers/${document.document}`)} />
            {refusal !== undefined && (
                <Notice tone="over" role="alert">
                    <b>
                        <Sign of="▲" />
                        {refusalText(refusal, client)}
                    </b>
                </Notice>
            )}
            {elsewhere && (
                <Notice
                    tone="late"
                    role="alert"
                    end={
                        <Button small onClick={onDone}>
                            {say("Look at {number}", { number: document.number })}
                        </Button>
                    }>
                    <b>
                        {say(
                            "Another tab is taking goods of this bill back. Look at the bill before you take back more.",
                        )}
                    </b>
                </Notice>
            )}
            <Panel
                title={<>{say("Goods of {number} that come back", { number: document.number })}</>}
                end={
                    <a href={`#/papers/${document.document}`} class="button plain small-button">
                        {say("Leave it")}
                    </a>
                }>
                <div class="table-box">
                    <table class="table pieces">
                        <thead>
                            <tr>
                                <th>{say("Item")}</th>
                                <th class="amount">{say("Sold")}</th>
                                <th class="amount">{say("Comes back")}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {document.lines.map((line, at) => (
                                <tr key={at}>
                                    <td>
                                        <Name>{line.text ?? line.code ?? ""}</Name>
                                    </td>
                                    <td class="amount">
                                        <Figure text={quantity(left(at), line.unit)} />
                                    </td>
                                    <td class="amount">
                                        <input
                                            class={classes("cell n", counts[at]! > left(at) && "wrong")}
                                            inputMode="decimal"
                                            dir="ltr"
                                            aria-label={say("How much of {item} comes back", {
                                                item: line.text ?? line.code ?? "",
                                            })}
                                            value={back[at] ?? ""}
                                            onInput={(event) => setBack({ ...back, [at]: event.currentTarget.value })}
                                        />
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
                <div class="till-foot">
                    <Field label={say("Reason")} value={reason} onText={setReason} noNote />
                    <div class="row">
                        <b class="grow">{say("Comes to about")}</b>
                        <b class="figure">
                            <Money minor={sum} unit />
                        </b>
                    </div>
                    <Button
                        filled
                        large
                        wide
                        hotkey="F9"
                        blocked={busy ? say("Sending …") : blocked}
                        onClick={() => {
                            void commit();
                        }}>
                        {blocked === false ? say("Write the credit note") : blocked}
                    </Button>
                </div>
            </Panel>
        </div>
    );
}

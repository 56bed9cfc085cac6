/*
 * Money that a customer brings: the amount first, then which bills it pays. What is shown before is what is done:
 * the preview is the server's own.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, Customer, Sent } from "../lib/api";
import {
    MatchOrder,
    PaymentKind,
    Right,
    type Bill,
    type BillsAnswer,
    type PreviewMatchAnswer,
    type Refusal,
    type TakePayment,
    RefusalCode,
} from "../lib/messages";
import { AmountField } from "../kit/amounts";
import { amount, currencyOf, day, money, serverNow, whole } from "../kit/format";
import { Head, useForm } from "../kit/head";
import { useActions } from "../kit/keys";
import { Available, Code, Figure, Money, Name, Sign, stoppedOf } from "../kit/money";
import { Button, Choice, classes, Field, Notice } from "../kit/parts";
import { Region } from "../kit/region";
import { refusalText } from "../kit/refusal";
import { inWords } from "../kit/spell";
import { unless } from "../kit/why";
import { say, sayMany } from "../kit/words";
import { followDone } from "./after";
import { CustomerField, nameOf, Recent, rememberCustomer } from "./customer";
import { newDraft, type Draft, type PayForm } from "./draft";
import * as drafts from "./drafts";
import { figuresAt, isPhone, useAnswer, useCalm, useCustomer } from "./hooks";
import { TillChoice, TillShut } from "./pay";
import { accountHere, accountsFor, isShut, kindsHere, loadPlace, place, useTill } from "./place";
import { canAsk } from "./products";
import { StripView } from "./strip";
import { focusWhy, whyMissing } from "./reason";
import { Seldomly } from "./seldomly";
import { play } from "./sound";
import { stepWords } from "./total";
import { readMoney } from "./typed";
import { kindWord, takeWords } from "./words";

followDone();

const EMPTY: PayForm = { text: "", kind: PaymentKind.PAYMENT_CASH, reference: "", payer: "" };

/* ---- which bills ---- */

export async function unpaidBills(client: Client, customer: number): Promise<BillsAnswer | undefined> {
    let whole_answer: BillsAnswer | undefined;
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("unpaid_bills", { customer, page });
        if ("refused" in asked) return whole_answer;
        whole_answer =
            whole_answer === undefined
                ? asked.answer
                : { ...whole_answer, bills: [...whole_answer.bills, ...asked.answer.bills] };
        page = asked.answer.next;
    } while (page !== undefined && whole_answer.bills.length < 2000);
    return whole_answer;
}

/* The ticked bills in their order, each with what is left of the money for it. */
function billAmounts(
    bills: readonly Bill[],
    ticked: readonly bigint[],
    minor: bigint,
): { bill: bigint; amount_minor: bigint }[] {
    const found: { bill: bigint; amount_minor: bigint }[] = [];
    let left = minor;
    for (const bill of bills) {
        if (!ticked.includes(bill.document) || left <= 0n) continue;
        const part = bill.open_minor < left ? bill.open_minor : left;
        found.push({ bill: bill.document, amount_minor: part });
        left -= part;
    }
    return found;
}

function commandOf(
    client: Client,
    draft: Draft,
    form: PayForm,
    minor: bigint,
    bills: readonly Bill[],
): Sent<TakePayment> {
    const chosen = form.ticked === undefined ? undefined : billAmounts(bills, form.ticked, minor);
    return {
        customer: draft.customer,
        kind: form.kind,
        amount_minor: minor,
        money_account: form.account ?? accountHere(client, form.kind),
        reference: form.reference.trim() || undefined,
        payer: form.payer.trim() === "" ? undefined : { value: form.payer.trim() },
        match: chosen === undefined ? MatchOrder.MATCH_OLDEST_DUE : undefined,
        bills: chosen,
    };
}

interface Told {
    preview: PreviewMatchAnswer | undefined;
    refusal: Refusal | undefined;
}

async function preview(
    client: Client,
    draft: Draft,
    form: PayForm,
    minor: bigint,
    bills: readonly Bill[],
): Promise<Told> {
    const command = commandOf(client, draft, form, minor, bills);
    const parts = command.bills?.map(({ bill, amount_minor }) => ({ debit: bill!, credit: 0n, amount_minor }));
    const [matched, tried] = await Promise.all([
        client.ask("preview_match", {
            with_minor: minor,
            match: {
                customer: draft.customer,
                order: parts === undefined ? MatchOrder.MATCH_OLDEST_DUE : MatchOrder.MATCH_PARTS_ONLY,
                parts,
            },
        }),
        client.ask("try_command", { command: { take_payment: command } }),
    ]);
    return {
        preview: "refused" in matched ? undefined : matched.answer,
        refusal:
            "refused" in tried
                ? tried.refused
                : (tried.answer.refusal ?? ("refused" in matched ? matched.refused : matched.answer.refusal)),
    };
}

/* ---- the screen ---- */

const open = (): Draft | undefined => {
    const free = drafts.payments.value.filter((draft) => draft.begun_ms === 0);
    return free.find((draft) => draft.id === drafts.anew.value) ?? free.find((draft) => draft.unbooked === undefined);
};

function beginPayment(staff: number, customer?: { number: number; name: string }): void {
    if (customer !== undefined) drafts.anew.value = "";
    const there = open();
    const draft = there ?? { ...newDraft(staff, serverNow()), pay: EMPTY };
    drafts.put(
        customer === undefined
            ? draft
            : {
                  ...draft,
                  customer: customer.number,
                  customer_name: customer.name,
                  pay: { ...EMPTY, kind: draft.pay?.kind ?? EMPTY.kind },
              },
    );
}

export function Payment({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    const staff = client.me.value?.staff ?? 0;
    useEffect(() => {
        if (staff === 0) return;
        drafts.useDraftsOf(client, staff);
        void loadPlace(client);
    }, [client, staff]);
    const draft = open();
    const ready = drafts.loaded.value;
    useEffect(() => {
        if (ready && draft === undefined && staff !== 0) beginPayment(staff);
    }, [ready, draft === undefined, staff]);
    const wanted = Number(at[0] ?? 0);
    useEffect(() => {
        if (!ready || wanted === 0) return;
        location.replace("#/payment");
        void client.ask("customer_card", { customer: wanted }).then((asked) => {
            if (!("refused" in asked))
                beginPayment(staff, { number: wanted, name: asked.answer.row.name.value ?? asked.answer.row.code });
        });
    }, [ready, wanted]);
    if (draft?.pay === undefined) return <div class="counter payment" aria-busy="true" />;
    return (
        <>
            <Head title={say("Payment")} back={() => history.back()} />
            <Form client={client} draft={draft} form={draft.pay} key={draft.id} />
        </>
    );
}

function sellAnew(draft: Draft): void {
    drafts.choose(draft.id);
    location.assign("#/sale");
}

function Waiting({ client }: { client: Client }): JSX.Element | null {
    const waiting = drafts.payments.value.filter((each) => each.begun_ms !== 0 && drafts.underway.value.has(each.id));
    if (waiting.length === 0) return null;
    return (
        <>
            {waiting.map((each) => {
                const under = drafts.underway.value.get(each.id)!;
                return (
                    <Notice key={each.id} tone={under.fate.kind === "waiting" ? "late" : undefined} role="status">
                        <b>{takeWords(each.pay!.kind, money(client, each.pay!.minor ?? 0n))}</b>{" "}
                        <Name>{each.customer_name}</Name>
                        <div class="small ink-2">{stepWords(under)}</div>
                    </Notice>
                );
            })}
        </>
    );
}

function Form({ client, draft, form }: { client: Client; draft: Draft; form: PayForm }): JSX.Element {
    const amountRef = useRef<HTMLInputElement>(null);
    const customerRef = useRef<HTMLInputElement>(null);
    useForm(draft.customer !== 0);
    const [keypad, setKeypad] = useState(false);
    const [fold, setFold] = useState(true);
    const customer = useCustomer(client, draft.customer);
    const till = useTill(client);
    const stamp = customer?.account?.seq ?? 0n;
    const bills = useAnswer(draft.customer === 0 || !canAsk(client) ? undefined : `${draft.customer}|${stamp}`, () =>
        unpaidBills(client, draft.customer),
    );
    const last = useRef<BillsAnswer | undefined>(undefined);
    if (bills !== undefined) last.current = bills;
    const list = bills ?? (last.current?.customer === draft.customer ? last.current : undefined);
    const minor = readMoney(form.text);
    const asked = useCalm(
        `${draft.customer}|${minor ?? ""}|${form.kind}|${form.account ?? ""}|${form.reference}|${form.payer}|${form.ticked?.join() ?? "oldest"}|${stamp}|${list?.bills.length ?? ""}|${till?.open_since ?? ""}`,
        120,
    );
    const told = useAnswer(
        draft.customer === 0 || minor === undefined || minor <= 0n || list === undefined || !canAsk(client)
            ? undefined
            : asked,
        () => preview(client, draft, form, minor!, list!.bills),
    );
    const said = drafts.refusals.value.get(draft.id);
    const shut = form.kind === PaymentKind.PAYMENT_CASH && isShut(till);
    const refusal = said ?? told?.refusal;
    const set = (change: Partial<PayForm>): void => {
        drafts.setRefusal(draft.id, undefined);
        drafts.change(draft.id, (each) => ({ ...each, pay: { ...form, ...change } }));
    };
    useEffect(() => {
        if (whyMissing(draft) !== false) focusWhy();
        else if (!isPhone.value) (draft.customer === 0 ? customerRef : amountRef).current?.focus();
    }, [draft.customer]);
    useEffect(() => {
        if (said !== undefined) play("refused");
        if (said?.code === RefusalCode.TILL_CLOSED) void loadPlace(client, true); /* it was closed elsewhere */
    }, [said]);
    useEffect(() => {
        if (till?.open_since !== undefined && said?.code === RefusalCode.TILL_CLOSED)
            drafts.setRefusal(draft.id, undefined);
    }, [till?.open_since]);

    const blocked: string | false =
        draft.customer === 0
            ? say("For which customer?")
            : minor === undefined || minor <= 0n
              ? say("How much?")
              : accountHere(client, form.kind) === undefined
                ? say("There is no place for this money yet")
                : shut && till !== undefined
                  ? say("{till} is closed", { till: till.name })
                  : whyMissing(draft) !== false
                    ? whyMissing(draft)
                    : refusal !== undefined && canAsk(client)
                      ? refusalText(refusal, client)
                      : false;
    const commit = (): void => {
        if (blocked !== false || minor === undefined) return;
        const command = commandOf(client, draft, form, minor, list?.bills ?? []);
        rememberCustomer(draft.customer);
        drafts.change(draft.id, (each) => ({ ...each, pay: { ...form, minor } }));
        void drafts.commit(draft.id, () =>
            draft.corrects !== undefined
                ? client.submit("correct_payment", {
                      document: draft.corrects,
                      payment: command,
                      reason: { value: (draft.why ?? "").trim() },
                  })
                : client.submit("take_payment", command),
        );
        setKeypad(false);
    };
    const onPick = (each: Customer): void => {
        rememberCustomer(each.row.customer);
        drafts.change(draft.id, (was) => ({
            ...was,
            customer: each.row.customer,
            customer_name: nameOf(each),
            pay: { ...form, ticked: undefined },
        }));
        requestAnimationFrame(() => amountRef.current?.focus());
    };
    const leave = (): void => {
        drafts.anew.value = "";
        if (draft.unbooked !== undefined) return; /* it stays what it was */
        drafts.change(draft.id, (each) => ({
            ...each,
            customer: 0,
            customer_name: "",
            pay: { ...EMPTY, kind: form.kind },
            corrects: undefined,
            why: undefined,
        }));
    };
    useActions([
        { id: "take", key: "F9", title: say("Take the money"), run: commit, blocked },
        {
            id: "customer",
            key: "/",
            title: say("Customer"),
            run: () => {
                if (draft.customer !== 0) leave();
                requestAnimationFrame(() => customerRef.current?.focus());
            },
        },
        { id: "oldest-due", key: "Alt O", title: say("Oldest due first"), run: () => set({ ticked: undefined }) },
    ]);

    const currency = currencyOf(client);
    const due =
        list?.bills.filter((bill) => bill.days_late >= 0).reduce((sum, bill) => sum + bill.open_minor, 0n) ?? 0n;
    const balance =
        customer?.account?.balance_minor ?? (list === undefined ? undefined : list.bills_minor - list.credits_minor);
    const at = balance === undefined ? undefined : figuresAt(client, draft.customer);
    /* What is not known is no 0. */
    const chips: { text: string; minor: bigint | undefined }[] = [
        { text: say("All due"), minor: list === undefined ? undefined : due },
        { text: say("Oldest"), minor: list === undefined ? undefined : (list.bills[0]?.open_minor ?? 0n) },
        { text: say("All"), minor: balance === undefined || balance > 0n ? balance : 0n },
    ];
    const button = (
        <div class="pay-commit">
            {refusal !== undefined && canAsk(client) && !(shut && refusal.code === RefusalCode.TILL_CLOSED) && (
                <p class="small over pay-refusal" role="alert">
                    <Sign of="▲" />
                    {refusalText(refusal, client)}
                </p>
            )}
            {refusal?.code === RefusalCode.TILL_CLOSED && canAsk(client) && !shut && (
                <Button small onClick={() => location.assign("#/day/till/payment")}>
                    {say("Open the till's day")}
                </Button>
            )}
            {!canAsk(client) && (
                <p class="small late">
                    {say(
                        "The line is lost: it is kept here and sends by itself. The bills are matched when it arrives.",
                    )}
                </p>
            )}
            <Button filled large wide hotkey="F9" blocked={blocked} onClick={commit}>
                {minor === undefined || minor <= 0n
                    ? say("Take …")
                    : draft.corrects !== undefined
                      ? say("Correct {number} to {amount}", {
                            number: draft.corrects_number ?? "",
                            amount: money(client, minor),
                        })
                      : takeWords(form.kind, money(client, minor))}
            </Button>
        </div>
    );
    const head =
        draft.customer === 0 ? (
            <section class="panel payment-head">
                <CustomerField
                    client={client}
                    onPick={onPick}
                    inputRef={customerRef}
                    placeholder={say("Customer, phone, card or paper number")}
                    autofocus={!isPhone.value}
                />
                <Recent client={client} most={isPhone.value ? 8 : 4} onPick={onPick} />
            </section>
        ) : null;
    return (
        <div class={classes("counter payment", isPhone.value && "phone", keypad && "with-keypad")}>
            <StripView client={client} what={["payment", "paper"]} />
            <Seldomly when={drafts.elsewhere.value !== undefined} view={({ Elsewhere }) => <Elsewhere />} />
            <Seldomly
                when={drafts.unbooked.value.length > 0}
                view={({ Unbooked }) => <Unbooked client={client} onSell={sellAnew} />}
            />
            <Waiting client={client} />
            <Seldomly
                when={draft.corrects !== undefined}
                view={({ Correcting }) => <Correcting draft={draft} onLeave={leave} />}
            />
            {head}
            {draft.customer !== 0 && (
                <div class="payment-grid">
                    <div class="stack">
                        <section class="panel amount-card">
                            <div class="row">
                                <h2 class="title cut grow">
                                    <Name>{draft.customer_name}</Name>
                                </h2>
                                {balance !== undefined && (
                                    <span class="ink-2 nowrap">
                                        {balance < 0n ? say("in credit") : say("owes")}{" "}
                                        <Money minor={balance < 0n ? -balance : balance} />
                                        {at !== undefined && (
                                            <span class="late small figures-at"> {say("at {time}", { time: at })}</span>
                                        )}
                                    </span>
                                )}
                                <Button
                                    plain
                                    small
                                    hotkey="/"
                                    onClick={() => {
                                        leave();
                                        requestAnimationFrame(() => customerRef.current?.focus());
                                    }}>
                                    {say("Change")}
                                </Button>
                            </div>
                            <div
                                onFocusCapture={() => {
                                    if (isPhone.value) setKeypad(true);
                                }}>
                                <AmountField
                                    label={say("Amount")}
                                    hideLabel
                                    text={form.text}
                                    onText={(text) => set({ text })}
                                    onEnter={commit}
                                    own={isPhone.value}
                                    inputRef={amountRef}
                                    class="big-amount"
                                    note={
                                        minor === undefined || minor === 0n ? undefined : (
                                            <>
                                                {amount(minor, currency) !== form.text && (
                                                    <>
                                                        <Figure text={`= ${amount(minor, currency)}`} /> ·{" "}
                                                    </>
                                                )}
                                                {inWords(minor)}
                                            </>
                                        )
                                    }
                                />
                            </div>
                        </section>
                        <div class="amount-chips">
                            {chips.map((chip) => (
                                <button
                                    key={chip.text}
                                    type="button"
                                    class="button amount-chip"
                                    aria-pressed={minor === chip.minor && (chip.minor ?? 0n) > 0n}
                                    {...unless(
                                        chip.minor === undefined
                                            ? say("Not known without the line")
                                            : chip.minor <= 0n && say("They owe nothing of this"),
                                        () => set({ text: amount(chip.minor ?? 0n, currency) }),
                                    )}>
                                    <span class="small ink-2">{chip.text}</span>
                                    {chip.minor === undefined ? (
                                        <span class="ink-3" aria-hidden="true">
                                            –
                                        </span>
                                    ) : (
                                        <Money minor={chip.minor} />
                                    )}
                                </button>
                            ))}
                        </div>
                        <Kinds client={client} form={form} onKind={(kind) => set({ kind, account: undefined })} />
                        <Details client={client} form={form} set={set} />
                        <Bills
                            bills={list}
                            form={form}
                            told={told?.preview}
                            minor={minor}
                            set={set}
                            fold={fold}
                            onFold={() => setFold(!fold)}
                            lost={!canAsk(client)}
                        />
                        {isPhone.value && (
                            <After
                                client={client}
                                customer={customer}
                                balance={balance}
                                at={at}
                                form={form}
                                minor={minor}
                                told={told?.preview}
                            />
                        )}
                    </div>
                    {!isPhone.value && (
                        <aside class="stack">
                            <After
                                client={client}
                                customer={customer}
                                balance={balance}
                                at={at}
                                form={form}
                                minor={minor}
                                told={told?.preview}
                            />
                            <section class="panel total-box">{button}</section>
                        </aside>
                    )}
                </div>
            )}
            {isPhone.value && draft.customer !== 0 && (
                <div class="sticky-end">
                    {button}
                    {keypad && (
                        <Keypad
                            text={form.text}
                            onText={(text) => set({ text })}
                            onDone={() => {
                                setKeypad(false);
                                amountRef.current?.blur();
                            }}
                        />
                    )}
                </div>
            )}
        </div>
    );
}

function Kinds({
    client,
    form,
    onKind,
}: {
    client: Client;
    form: PayForm;
    onKind: (kind: PaymentKind) => void;
}): JSX.Element {
    const kinds = kindsHere();
    const some = kinds.length < 4 && place.value !== undefined && client.may(Right.RIGHT_EDIT_BRANCHES);
    return (
        <div class="kinds" role="radiogroup" aria-label={say("Kind of money")}>
            {kinds.map((kind) => (
                <button
                    key={kind}
                    type="button"
                    role="radio"
                    aria-checked={kind === form.kind}
                    onClick={() => onKind(kind)}>
                    {kindWord(kind)}
                </button>
            ))}
            {kinds.length === 0 && (
                <span class="small late">
                    {place.value === undefined ? "" : say("This branch has no till, card device or bank account yet.")}
                </span>
            )}
            {some && (
                <a class="button plain small-button" href="#/places">
                    {say("+ Card machine, bank account")}
                </a>
            )}
        </div>
    );
}

function Details({
    client,
    form,
    set,
}: {
    client: Client;
    form: PayForm;
    set: (change: Partial<PayForm>) => void;
}): JSX.Element | null {
    if (form.kind === PaymentKind.PAYMENT_CASH)
        return (
            <>
                <TillChoice client={client} />
                <TillShut client={client} from="payment" />
            </>
        );
    const accounts = accountsFor(form.kind);
    const slip = form.kind === PaymentKind.PAYMENT_SLIP;
    return (
        <section class="panel details">
            {accounts.length > 1 && (
                <Choice
                    label={form.kind === PaymentKind.PAYMENT_POS ? say("Device") : say("Account")}
                    value={form.account ?? accounts[0]?.money_account}
                    options={accounts.map((each) => ({ id: each.money_account, text: each.name }))}
                    onPick={(account) => set({ account })}
                    noNote
                />
            )}
            <Field
                label={slip ? say("Slip number") : say("Reference")}
                value={form.reference}
                onText={(reference) => set({ reference })}
                dir="ltr"
                noNote
            />
            {slip && <Field label={say("Who paid")} value={form.payer} onText={(payer) => set({ payer })} noNote />}
        </section>
    );
}

interface BillsProps {
    bills: BillsAnswer | undefined;
    form: PayForm;
    told: PreviewMatchAnswer | undefined;
    minor: bigint | undefined;
    set: (change: Partial<PayForm>) => void;
    fold: boolean;
    onFold: () => void;
    lost: boolean;
}

function Bills({ bills, form, told, minor, set, fold, onFold, lost }: BillsProps): JSX.Element {
    const all = bills?.bills ?? [];
    const paidOf = (bill: Bill): bigint =>
        told?.parts.filter((part) => part.debit === bill.document).reduce((sum, part) => sum + part.amount_minor, 0n) ??
        0n;
    const most = isPhone.value ? 2 : 8;
    const shown = fold
        ? all.filter((bill, at) => at < most || paidOf(bill) > 0n || form.ticked?.includes(bill.document))
        : all;
    const hidden = all.filter((bill) => !shown.includes(bill));
    const toggle = (bill: Bill): void => {
        const ticked = form.ticked ?? all.filter((each) => paidOf(each) > 0n).map((each) => each.document);
        const next = ticked.includes(bill.document)
            ? ticked.filter((each) => each !== bill.document)
            : [...ticked, bill.document];
        set({
            ticked: next,
            text:
                form.text === ""
                    ? amount(
                          all
                              .filter((each) => next.includes(each.document))
                              .reduce((sum, each) => sum + each.open_minor, 0n),
                      )
                    : form.text,
        });
    };
    return (
        <section class="panel bills" aria-label={say("Bills")}>
            <header class="panel-head">
                <h2 class="grow">{say("Pays these bills")}</h2>
                {form.ticked === undefined ? (
                    <span class="small ink-2">{say("Oldest due first")}</span>
                ) : (
                    <Button plain small onClick={() => set({ ticked: undefined })}>
                        {say("Oldest due first")}
                    </Button>
                )}
            </header>
            <Region
                rows={2}
                state={
                    bills === undefined
                        ? lost
                            ? { kind: "nothing", text: say("The bills are shown again when the line is back.") }
                            : { kind: "loading" }
                        : all.length === 0
                          ? {
                                kind: "empty",
                                text: say("No unpaid bills. The money stays in their favour, not yet matched."),
                            }
                          : { kind: "here" }
                }>
                <ul>
                    {shown.map((bill) => {
                        const paid = paidOf(bill);
                        const on = form.ticked?.includes(bill.document) ?? paid > 0n;
                        return (
                            <li key={String(bill.document)}>
                                <label class="bill">
                                    <input type="checkbox" class="unseen" checked={on} onChange={() => toggle(bill)} />
                                    <span class="tick" aria-hidden="true">
                                        {on ? "☑" : "☐"}
                                    </span>
                                    <span class="grow">
                                        <Code>{bill.number}</Code>
                                        <span class={classes("small bill-late", bill.days_late > 0 ? "late" : "ink-2")}>
                                            {bill.days_late > 0
                                                ? sayMany("{count} d late", "{count} d late", bill.days_late, {
                                                      count: whole(bill.days_late),
                                                  })
                                                : say("due {day}", { day: day(bill.due) })}
                                        </span>
                                    </span>
                                    <span class="bill-amounts">
                                        <Money minor={paid} class={paid === 0n ? "ink-3" : undefined} />
                                        <span class="small ink-2">
                                            {say("left")} <Money minor={bill.open_minor - paid} />
                                        </span>
                                    </span>
                                </label>
                            </li>
                        );
                    })}
                </ul>
                <div class="bill bill-foot small ink-2">
                    {hidden.length > 0 ? (
                        <Button plain small onClick={onFold}>
                            {sayMany("{count} more bill, {sum}", "{count} more bills, {sum}", hidden.length, {
                                count: whole(hidden.length),
                                sum: amount(hidden.reduce((sum, bill) => sum + bill.open_minor, 0n)),
                            })}
                        </Button>
                    ) : (
                        <span class="grow" />
                    )}
                    <span class="grow end">
                        {minor !== undefined && told !== undefined && (
                            <>
                                {say("not matched")} <Money minor={told.rest_minor} />
                            </>
                        )}
                    </span>
                </div>
            </Region>
        </section>
    );
}

function After({
    client,
    customer,
    balance,
    at,
    form,
    minor,
    told,
}: {
    client: Client;
    customer: Customer | undefined;
    balance: bigint | undefined /* not known */;
    at: string | undefined /* the line is lost: of when it is */;
    form: PayForm;
    minor: bigint | undefined;
    told: PreviewMatchAnswer | undefined;
}): JSX.Element {
    if (balance === undefined)
        return (
            <section class="panel after" aria-label={say("After this")}>
                <b>{say("After this")}</b>
                <p class="small ink-2">
                    {!canAsk(client) &&
                        say("What they owe is not known here without the line; it is shown when the line is back.")}
                </p>
            </section>
        );
    const paid = minor ?? 0n;
    const after = balance - paid;
    const account = customer?.account;
    const final = form.kind !== PaymentKind.PAYMENT_SLIP;
    const available =
        account === undefined || account.unlimited ? undefined : account.available_minor + (final ? paid : 0n);
    const words = (value: bigint): ComponentChildren =>
        value < 0n ? (
            <span class="over">
                <Sign of="▲" />
                {say("over by")} <Money minor={-value} />
            </span>
        ) : (
            <Available minor={value} stopped={stoppedOf(customer?.row, account)} />
        );
    return (
        <section class="panel after" aria-label={say("After this")}>
            <div class="row">
                <b class="grow">
                    {say("After this")}
                    {at !== undefined && (
                        <span class="late small figures-at"> {say("by the figures of {time}", { time: at })}</span>
                    )}
                </b>
                <span>
                    {after < 0n ? say("in credit") : say("owes")}{" "}
                    <b>
                        <Money minor={after < 0n ? -after : after} />
                    </b>
                </span>
            </div>
            <div class="row small">
                <span class="grow ink-2">
                    {account !== undefined &&
                        !account.unlimited &&
                        (account.available_minor < 0n ? (
                            <>
                                {say("was over by")} <Money minor={-account.available_minor} />
                            </>
                        ) : (
                            <>
                                {say("was available")} <Money minor={account.available_minor} />
                            </>
                        ))}
                </span>
                <span>{available !== undefined && words(available)}</span>
            </div>
            {!final && <p class="small ink-2">{say("A slip counts when the bank has confirmed it.")}</p>}
            {told !== undefined && told.rest_minor > 0n && paid > 0n && (
                <p class="small ink-2">
                    <Figure text={amount(told.rest_minor)} /> {say("stays not yet matched.")}
                </p>
            )}
        </section>
    );
}

/* Never mirrored; keys of a keyboard work too. Done hides it and never commits. */
function Keypad({
    text,
    onText,
    onDone,
}: {
    text: string;
    onText: (text: string) => void;
    onDone: () => void;
}): JSX.Element {
    const minor = readMoney(text);
    const digits = text.replace(/\D/g, "");
    const put = (more: string): void => {
        const plain = (/[.,٫]\d{0,2}$/.test(text) && minor === undefined ? text : digits) + more;
        const read = readMoney(plain);
        onText(read === undefined ? plain : amount(read));
    };
    const times = (zeros: string): void => {
        if (digits !== "") put(zeros);
    };
    const back = (): void => {
        const less = digits.slice(0, -1);
        onText(less === "" ? "" : amount(readMoney(less) ?? 0n));
    };
    const key = (label: string, run: () => void, words?: string): JSX.Element => (
        <button
            key={label}
            type="button"
            class={words === undefined ? "keypad-key" : "keypad-key keypad-act"}
            aria-label={words}
            onMouseDown={(event) => event.preventDefault()}
            onClick={run}>
            {label}
        </button>
    );
    return (
        <div class="keypad" dir="ltr" role="group" aria-label={say("Keypad")}>
            {["7", "8", "9"].map((each) => key(each, () => put(each)))}
            {key("⌫", back, say("Delete the last digit"))}
            {["4", "5", "6"].map((each) => key(each, () => put(each)))}
            {key("×1,000", () => times("000"), say("times 1,000"))}
            {["1", "2", "3"].map((each) => key(each, () => put(each)))}
            {key("×1,000,000", () => times("000000"), say("times 1,000,000"))}
            {["0", "00", "000"].map((each) => key(each, () => put(each)))}
            {key(say("Done"), onDone, say("Done"))}
        </div>
    );
}

export const mayTake = (client: Client): boolean => client.may(Right.RIGHT_TAKE_MONEY);

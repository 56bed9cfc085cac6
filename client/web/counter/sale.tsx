/*
 * The sale: goods first, the customer later or nobody; what it does to the customer's credit is seen as it is typed.
 *
 *     drafts as tabs · what was done last
 *     who, the line that adds up                │ the result
 *     goods                                     │ ways on, or the money
 *     who takes them                            │ total, F9
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { decidedBy } from "../board/waiting";
import type { Client, Customer, Pending } from "../lib/api";
import {
    ApprovalState,
    PaymentKind,
    RefusalCode,
    Right,
    WayOutKind,
    type AccountRow,
    type ApprovalRow,
    type Refusal,
} from "../lib/messages";
import type { ResultProps } from "../kit/adds";
import { amount, clock, everySecond, lasting, money, serverNow, whole } from "../kit/format";
import { Head, useForm } from "../kit/head";
import { useActions } from "../kit/keys";
import { Money, Name, Sign, stoppedText } from "../kit/money";
import { Button, classes, Notice, Sheet } from "../kit/parts";
import { refusalText } from "../kit/refusal";
import { Bones } from "../kit/region";
import { useScan } from "../kit/scan";
import { unless } from "../kit/why";
import { say, sayMany } from "../kit/words";
import { approvalOf, askForIt, useApprovals } from "./approval";
import { paying as payingOf, type Paying } from "./cash";
import { Band, nameOf, rememberCustomer } from "./customer";
import {
    asPriced,
    isEmpty,
    isKnown,
    isOtherTotal,
    ONE,
    splitFor,
    unapproved,
    sums as sumsOf,
    type Draft,
} from "./draft";
import * as drafts from "./drafts";
import { Goods, takeScan, type Settled } from "./goods";
import { figuresAt, isPhone, lostAt, useCustomer } from "./hooks";
import { judge, judged, questionKey, refusedLine, saleCommand, type Judged } from "./judge";
import { Pay } from "./pay";
import { change, followDone } from "./after";
import { accountHere, isShut, kindsHere, loadPlace, place, tillHere, useTill } from "./place";
import { canAsk, loadCatalogue, priceFor } from "./products";
import { kept } from "./store";
import { putAway, showStrip, strip, StripView } from "./strip";
import { focusWhy, whyMissing } from "./reason";
import { Seldomly } from "./seldomly";
import { play } from "./sound";
import { missingWords } from "./words";
import { commitWords, Total } from "./total";
import { readMoney } from "./typed";
import { isFork, Plain, Ways, waysOf, type WayProps } from "./ways";

/* The change of the sale before, until something of the next one is typed. */
followDone();

/* Everything a drawing of the sale needs, computed once. */
interface View {
    draft: Draft;
    judged: Judged | undefined /* about exactly this draft */;
    refusal: Refusal | undefined;
    total: bigint;
    exact: boolean;
    given: bigint | undefined;
    paying: Paying;
    account: AccountRow | undefined;
    cash: boolean;
    money: boolean /* something is paid at once */;
    offline: boolean;
    approval: ApprovalRow | undefined;
    fixed: boolean;
}

/* ---- tabs ---- */

function TabMark({
    client,
    draft,
    row,
}: {
    client: Client;
    draft: Draft;
    row: ApprovalRow | undefined;
}): JSX.Element | null {
    everySecond(); /* here: whoever draws it does not draw it anew for the time alone */
    if (draft.unbooked !== undefined)
        return (
            <span class="over small">
                <Sign of="▲" />
                {say("taken {time}, not booked", { time: clock(draft.unbooked.at_ms, false) })}
            </span>
        );
    if (row !== undefined)
        switch (row.state) {
            case ApprovalState.APPROVAL_WAITING:
                return (
                    <span class="late small">
                        <span aria-hidden="true">‖ </span>
                        {say("parked for {duration}, waits for a manager", {
                            duration: lasting(serverNow() - Number(row.asked_ms)),
                        })}
                    </span>
                );
            case ApprovalState.APPROVAL_GRANTED:
                return (
                    <span class="credit small">
                        <Sign of="✓" />
                        {say("approved by {who}", { who: decidedBy(client, row) })}
                    </span>
                );
            case ApprovalState.APPROVAL_REFUSED:
                return (
                    <span class="over small">
                        <Sign of="✕" />
                        {say("refused by {who}", { who: decidedBy(client, row) })}
                    </span>
                );
            case ApprovalState.APPROVAL_EXPIRED:
                return (
                    <span class="late small">
                        <Sign of="◷" />
                        {say("the request lapsed")}
                    </span>
                );
            default:
                return null;
        }
    if (draft.parked_ms !== 0)
        return (
            <span class="late small">
                <span aria-hidden="true">‖ </span>
                {say("parked for {duration}", { duration: lasting(serverNow() - draft.parked_ms) })}
            </span>
        );
    return null;
}

function DraftTabs({ client, open }: { client: Client; open: Draft }): JSX.Element {
    const approvals = useApprovals(client);
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        /* with the frame: now it would be laid out twice */
        const frame = requestAnimationFrame(() =>
            box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" }),
        );
        return () => cancelAnimationFrame(frame);
    }, [open.id, open.total]);
    const shown = drafts.drafts.value.filter((each) => each.begun_ms === 0 || each.id === open.id);
    return (
        <div class="draft-tabs">
            <div class="tabs" role="tablist" aria-label={say("Sales that are open")} ref={box}>
                {shown.map((each) => (
                    <button
                        key={each.id}
                        type="button"
                        role="tab"
                        class="tab"
                        aria-selected={each.id === open.id}
                        onClick={() => takeUp(each)}>
                        <span class="cut tab-name">
                            {each.customer !== 0 ? <Name class="cut">{each.customer_name}</Name> : say("No customer")}
                        </span>
                        {each.total !== undefined && each.lines.length > 0 && (
                            <span class="small ink-2">
                                <Money minor={each.total} />
                            </span>
                        )}
                        <TabMark client={client} draft={each} row={approvalOf(approvals, each)} />
                    </button>
                ))}
            </div>
            <button
                type="button"
                class="tab"
                {...unless(drafts.isFull.value && say("Too many sales are begun: finish one first"), () => {
                    drafts.begin();
                    focusGoods();
                })}>
                {say("+ New")}
            </button>
        </div>
    );
}

/* Whoever opens a parked sale has taken it up again. */
function takeUp(draft: Draft): void {
    if (draft.parked_ms !== 0 && (draft.approval === undefined || draft.granted !== undefined))
        drafts.change(draft.id, (each) => ({ ...each, parked_ms: 0 }));
    drafts.choose(draft.id);
    focusGoods();
}

const focusGoods = (): void => {
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".goods-field input")?.focus());
};

/* ---- result ---- */

function changeBefore(draft: Draft): ResultProps | undefined {
    const last = change.value;
    if (last === undefined || last.staff !== draft.staff || draft.typed !== "") return undefined;
    if (strip.value?.number === last.number && strip.value.state === "reversed") return undefined;
    const sum = { given: amount(last.given), due: amount(last.due) };
    return {
        how:
            last.number === ""
                ? say("Kept here: given {given} − to pay {due}", sum)
                : say("{number}: given {given} − to pay {due}", { number: last.number, ...sum }),
        label: say("money back::Change"),
        figure: (
            <span class="change-figure">
                <Money minor={last.minor} unit />
            </span>
        ),
    };
}

/* What the customer owes more when this is sold: without what is paid now, and without the bill it replaces. */
function onCredit(view: View): bigint {
    const { draft, total } = view;
    if (draft.corrects !== undefined) return total - (draft.corrects_minor ?? 0n);
    if (!view.money) return total;
    const decided = view.judged?.counts_money === true ? view.judged.decision?.amount_minor : undefined;
    return decided ?? (view.paying.left > 0n ? view.paying.left : 0n);
}

/* A correction is not asked about as a sale is: the figures are those of the customer's row. */
function resultOfCorrection(view: View): ResultProps | undefined {
    const account = view.account;
    if (account === undefined || account.unlimited) return undefined;
    const old = view.draft.corrects_minor ?? 0n;
    const after = account.available_minor + old - view.total;
    return {
        how:
            account.available_minor < 0n
                ? say("Old bill {old} − this one {sale} − over by {over}", {
                      old: amount(old),
                      sale: amount(view.total),
                      over: amount(-account.available_minor),
                  })
                : say("Available {available} + old bill {old} − this one {sale}", {
                      available: amount(account.available_minor),
                      old: amount(old),
                      sale: amount(view.total),
                  }),
        label: after < 0n ? say("After it: over by") : say("After it: available"),
        figure: <Money minor={after < 0n ? -after : after} />,
        sign: after < 0n ? "▲" : undefined,
        tone: after < 0n ? "over" : after * 20n < account.limit_minor ? "late" : undefined,
    };
}

function resultOf(view: View): ResultProps | undefined {
    const { draft, total, given, judged: found, offline } = view;
    if (draft.lines.length === 0) return changeBefore(draft);
    if (view.cash) {
        const pay = payingOf(total, draft.parts, given, place.value?.cash_unit ?? 0n);
        const short = given !== undefined && given < pay.due;
        return {
            how: say("Given {given} − to pay {due}", { given: amount(given ?? 0n), due: amount(pay.due) }),
            label: short ? say("Still missing") : say("money back::Change"),
            figure: <Money minor={short ? pay.due - given : pay.change} unit />,
            tone: short ? "late" : undefined,
        };
    }
    if (offline)
        return { how: say("the line is lost"), label: say("Credit waits for the line"), figure: "–", tone: "late" };
    if (draft.corrects !== undefined) return resultOfCorrection(view);
    const decision = found?.decision;
    if (decision === undefined || decision.unlimited) return undefined;
    const credit = view.money ? onCredit(view) : decision.amount_minor;
    const now = total - credit;
    const room = decision.limit_minor - decision.exposure_minor;
    const after = room - credit;
    const paid = decision.amount_minor - credit;
    const siteOver = decision.site_over_by_minor === undefined ? 0n : decision.site_over_by_minor - paid;
    const site = siteOver > 0n && siteOver > -after;
    const over = site ? siteOver : -after;
    const how =
        view.money && now > 0n && room >= 0n
            ? say("Available {available} − on credit {sale}", { available: amount(room), sale: amount(credit) })
            : room < 0n
              ? say("Over by {over} + this sale {sale}", { over: amount(-room), sale: amount(credit) })
              : say("Available {available} − this sale {sale}", { available: amount(room), sale: amount(credit) });
    const bad = after < 0n || site;
    const late = decision.walls.some(
        (wall) => wall === RefusalCode.OVERDUE_TOO_OLD || wall === RefusalCode.OVERDUE_TOO_MUCH,
    );
    if (late && !bad && credit > 0n)
        return {
            how: say("Limit {limit} − used {used}", {
                limit: amount(decision.limit_minor),
                used: amount(decision.exposure_minor),
            }),
            label: say("Available"),
            figure: stoppedText("overdue"),
            sign: "◷",
            tone: "over",
            stopped: "overdue",
        };
    return {
        how,
        label: bad ? say("After it: over by") : say("After it: available"),
        figure: <Money minor={bad ? over : after} />,
        sign: bad ? "▲" : undefined,
        tone: bad ? "over" : after * 20n < decision.limit_minor ? "late" : undefined,
    };
}

/* ---- who takes the goods ---- */

function Taker({
    client,
    draft,
    customer,
    onDraft,
}: {
    client: Client;
    draft: Draft;
    customer: Customer | undefined;
    onDraft: (how: (draft: Draft) => Draft) => void;
}): JSX.Element | null {
    const [choosing, setChoosing] = useState(false);
    const buyers = customer?.row.buyers ?? [];
    const choose = (): void => setChoosing(true);
    useActions([
        {
            id: "taker",
            key: "F2",
            title: say("Who takes the goods"),
            run: choose,
            blocked: buyers.length === 0 && say("Nobody is authorised to buy on this account."),
        },
    ]);
    const only = customer?.row.buyers_only === true;
    if (draft.customer === 0 || (buyers.length === 0 && !only)) return null;
    const chosen = buyers.find((each) => each.buyer === draft.buyer);
    const nobody = only ? say("Say who: only authorised buyers") : say("the customer");
    return (
        <section class="panel taker row">
            <b class="nowrap">{say("Takes the goods")}</b>
            {chosen === undefined ? (
                <span class={classes("grow cut", only ? "late" : "ink-2")}>{nobody}</span>
            ) : (
                <span class="grow cut">
                    <Name>{chosen.name.value ?? ""}</Name>
                    <span class="small ink-2">
                        {chosen.cap_sale_minor !== undefined && (
                            <> · {say("up to {amount}", { amount: money(client, chosen.cap_sale_minor) })}</>
                        )}
                        {chosen.with_pin && <> · {say("types their PIN at the end")}</>}
                    </span>
                </span>
            )}
            <Button
                plain
                small
                hotkey="F2"
                blocked={buyers.length === 0 && say("Nobody is authorised to buy on this account.")}
                onClick={choose}>
                {only && chosen === undefined ? say("Choose") : say("Someone else")}
            </Button>
            {choosing && (
                <Sheet title={say("Who takes the goods?")} onClose={() => setChoosing(false)}>
                    <div class="stack">
                        {(only ? buyers : [undefined, ...buyers]).map((each) => (
                            <Button
                                key={each?.buyer ?? 0}
                                wide
                                class="start"
                                pressed={draft.buyer === (each?.buyer ?? 0)}
                                onClick={() => {
                                    onDraft((was) => ({ ...was, buyer: each?.buyer ?? 0 }));
                                    setChoosing(false);
                                    focusGoods();
                                }}>
                                {each === undefined ? say("The customer") : <Name>{each.name.value ?? ""}</Name>}
                            </Button>
                        ))}
                    </div>
                </Sheet>
            )}
        </section>
    );
}

/* ---- the screen ---- */

/* Prices of a sale without a customer: the server's lists by product and quantity, as WhatIf tells them for a customer. */
function useListPrices(client: Client, draft: Draft | undefined): void {
    const lines =
        draft !== undefined && draft.customer === 0 && draft.granted === undefined
            ? draft.lines.filter((line) => line.product !== 0 && line.price === undefined)
            : [];
    const key = lines.map((line) => `${line.key}:${line.product}:${line.unit}:${line.quantity}`).join();
    const asked = useRef(new Map<string, bigint | undefined>());
    useEffect(() => {
        if (draft === undefined) return;
        for (const line of lines) {
            const one = `${line.product}:${line.unit}:${line.quantity}`;
            if (asked.current.has(one)) continue;
            asked.current.set(one, undefined);
            void priceFor(client, line.product, 0, line.unit, line.quantity).then((listed) => {
                if (listed !== undefined)
                    drafts.change(draft.id, (each) => ({
                        ...each,
                        lines: each.lines.map((other) =>
                            other.product === line.product &&
                            other.unit === line.unit &&
                            other.quantity === line.quantity &&
                            other.listed !== listed
                                ? { ...other, listed }
                                : other,
                        ),
                    }));
            });
        }
    }, [key]);
}

export function Sale({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    const staff = client.me.value?.staff ?? 0;
    useEffect(() => {
        if (staff === 0) return;
        drafts.useDraftsOf(client, staff);
        void loadPlace(client);
        void loadCatalogue(client);
    }, [client, staff]);
    useEffect(() => {
        if (client.device.value === "unknown") drafts.forgetAll();
    }, [client.device.value]);
    const draft = drafts.current.value;
    useEffect(() => {
        if (at[0] === "customer" && draft !== undefined && Number(at[1]) > 0) beginFor(client, Number(at[1]));
    }, [at.join("/"), draft === undefined]);
    if (draft === undefined || !drafts.loaded.value)
        return (
            <div class="counter sale">
                <Bones rows={8} />
            </div>
        );
    return (
        <>
            <Head
                title={say("Sale")}
                tabs={isPhone.value ? undefined : <DraftTabs client={client} open={draft} />}
                back={() => history.back()}>
                {isPhone.value && <DraftTabs client={client} open={draft} />}
            </Head>
            <Open client={client} draft={draft} key={draft.id} />
        </>
    );
}

/* From a customer's card: a sale for them, in an empty draft. */
function beginFor(client: Client, number: number): void {
    location.replace("#/sale");
    const draft = drafts.begin();
    void client.ask("customer_card", { customer: number }).then((asked) => {
        if (!("refused" in asked))
            drafts.change(draft.id, (each) => ({
                ...each,
                customer: number,
                customer_name: asked.answer.row.name.value ?? asked.answer.row.code,
            }));
    });
}

function Open({ client, draft }: { client: Client; draft: Draft }): JSX.Element {
    const [paysNow, setPaysNow] = useState(draft.parts.length > 0 || (draft.customer !== 0 && draft.given !== ""));
    const [choosing, setChoosing] = useState(false);
    const [pin, setPin] = useState(false);
    const [wanted, setWanted] = useState<{ key: string; total: bigint | undefined } | undefined>(undefined);
    const [entry, setEntry] = useState<Entry | undefined>(undefined);
    const settleRef = useRef<(() => Settled) | undefined>(undefined);
    const fieldRef = useRef<HTMLInputElement>(null);
    const givenRef = useRef<HTMLInputElement>(null);
    const customerRef = useRef<HTMLInputElement>(null);
    const customer = useCustomer(client, draft.customer);
    const approvals = useApprovals(client);
    const till = useTill(client);
    useListPrices(client, draft);
    useForm();

    const offline = !canAsk(client);
    const given = readMoney(draft.given);
    const cash = draft.customer === 0 && draft.corrects === undefined;
    const key = questionKey(draft, given);
    const stamp = `${key}|${customer?.account?.seq ?? ""}|${offline}|${place.value?.cash_customer ?? ""}|${approvalOf(approvals, draft)?.state ?? ""}|${till?.open_since ?? ""}`;
    useEffect(() => {
        if (draft.begun_ms === 0) judge(client, draft, given);
    }, [stamp]);

    const told = judged.value.get(draft.id);
    const outdated = useRef(told); /* when the ledger found that something is another now */
    const about = told?.key === key ? told : undefined;
    const sums = sumsOf(draft.lines, about?.lines);
    const total = about?.total ?? sums.total;
    const paying = payingOf(total, draft.parts, given, place.value?.cash_unit ?? 0n);
    const approval = approvalOf(approvals, draft);
    const said = drafts.refusals.value.get(draft.id);
    const refusal = said ?? about?.refusal;
    const underway = drafts.underway.value.get(draft.id);
    const missing = missingReference(draft);
    const waiting = approval?.state === ApprovalState.APPROVAL_WAITING;
    const view: View = {
        draft,
        judged: about,
        refusal,
        total,
        exact: about?.total !== undefined || (about !== undefined && draft.corrects !== undefined),
        given,
        paying,
        account: customer?.account,
        cash,
        offline,
        approval,
        money: (given !== undefined && given > 0n) || draft.parts.length > 0,
        fixed: (draft.granted !== undefined && draft.changing !== true) || underway !== undefined || waiting,
    };

    const onDraft = (how: (draft: Draft) => Draft): void => {
        setEntry(undefined);
        drafts.setRefusal(draft.id, undefined);
        drafts.change(draft.id, how);
    };
    useEffect(() => {
        if (draft.total !== total && draft.begun_ms === 0) drafts.change(draft.id, (each) => ({ ...each, total }));
    }, [total]);
    useEffect(() => {
        if (draft.lines.length > 0) change.value = undefined;
    }, [draft.lines.length > 0]);
    const lines = useRef(draft.lines.length);
    useEffect(() => {
        if (draft.lines.length > lines.current) drafts.elsewhere.value = undefined; /* it was of the sale before */
        lines.current = draft.lines.length;
    }, [draft.lines.length]);
    useEffect(() => {
        if (whyMissing(draft) !== false) focusWhy();
        else if (!isPhone.value) fieldRef.current?.focus();
    }, []);
    useEffect(() => {
        if (said !== undefined) play("refused");
        if (said?.code === RefusalCode.TILL_CLOSED) void loadPlace(client, true); /* it was closed elsewhere */
        if (said?.code === RefusalCode.PIN_NEEDED || said?.code === RefusalCode.PIN_WRONG) setPin(true);
        if (isOtherTotal(said)) {
            outdated.current = told;
            judge(client, draft, given, true);
        }
    }, [said]);
    /* A price changed while it was open: what it comes to now is shown before F9 sells it. */
    useEffect(() => {
        if (!isOtherTotal(said) || told === undefined || told === outdated.current) return;
        drafts.setRefusal(draft.id, undefined);
        if (draft.unbooked === undefined) setEntry({ priced: true });
        for (const [line, { was }] of told.told ?? []) {
            const product = draft.lines.find((each) => each.key === line)?.product;
            if (was !== undefined && product !== undefined)
                void priceFor(client, product, draft.customer, "", ONE); /* the list of goods has it too */
        }
    }, [told, said]);
    useEffect(() => {
        const priced = draft.customer === 0 && draft.begun_ms === 0 ? asPriced(draft, about?.lines) : draft;
        if (priced !== draft) drafts.change(draft.id, () => priced);
    }, [about?.lines]);
    useEffect(() => {
        if (till?.open_since !== undefined && said?.code === RefusalCode.TILL_CLOSED)
            drafts.setRefusal(draft.id, undefined);
    }, [till?.open_since]);
    useEffect(() => {
        if (underway?.fate.kind === "waiting") drafts.begin();
    }, [underway?.fate.kind]);

    /* Is everything that is typed part of the sale? What is not yet is taken, as Enter takes it, or asked about: the sale
     * goes on with the next press, when its total is seen. */
    const isEntered = (): boolean => {
        if (view.fixed) return true;
        const cell = document.activeElement;
        const figure = cell instanceof HTMLInputElement && cell.dataset.cell !== undefined ? cell : undefined;
        const figured = figure !== undefined && figure.value !== figure.dataset.raw ? figure.value : undefined;
        figure?.blur();
        if (figured !== undefined) {
            const changed = drafts.current.value?.lines !== draft.lines;
            setEntry(changed ? {} : { typed: figured });
            play(changed ? "scan" : "refused");
            return false;
        }
        const settled = settleRef.current?.() ?? "nothing";
        if (settled === "nothing") return true;
        setEntry(settled === "unclear" ? { typed: draft.typed.trim() } : {});
        play(settled === "unclear" ? "refused" : "scan");
        focusGoods();
        return false;
    };

    /* ---- ways on ---- */
    const fork =
        !cash &&
        !offline &&
        draft.begun_ms === 0 &&
        isFork(refusal) &&
        !waiting &&
        (draft.granted !== undefined || approval?.state !== ApprovalState.APPROVAL_GRANTED)
            ? refusal
            : undefined;
    const room =
        fork?.ways.find((way) => way.kind === WayOutKind.WAY_PART_NOW)?.amount_minor ??
        (about?.decision === undefined ? undefined : about.decision.limit_minor - about.decision.exposure_minor);
    const split =
        fork !== undefined && room !== undefined && room > 0n ? splitFor(draft, room, about?.lines) : undefined;
    const focusGiven = (): void => {
        requestAnimationFrame(() => givenRef.current?.focus());
    };
    const startPaying = (least: bigint | undefined): void => {
        setPaysNow(true);
        if (least !== undefined) onDraft((each) => ({ ...each, given: amount((given ?? 0n) + least) }));
        focusGiven();
    };
    const ways: WayProps | undefined =
        fork === undefined
            ? undefined
            : {
                  client,
                  draft,
                  refusal: fork,
                  split,
                  onPay: (least) =>
                      least === undefined ? location.assign(`#/payment/${draft.customer}`) : startPaying(least),
                  onPart: () => takePart(draft, split),
                  onPark: () => park(draft),
                  onAsk: () => {
                      if (isEntered()) void askForIt(client, draft, total);
                  },
              };
    const list = ways === undefined ? [] : waysOf(ways);

    /* ---- F9 ---- */
    const unknown = draft.lines.filter((line) => !isKnown(line)).length;
    const blocked = blockedBy(client, view, {
        unknown,
        whole: sums.whole,
        ways: list.length,
        waiting,
        paying: paying.due,
    });
    const commit = (withPin?: string): void => {
        if (blocked === addingUp()) {
            setWanted({ key, total: sums.whole ? total : undefined });
            return;
        } /* F9 was faster than the answer */
        if (blocked !== false && withPin === undefined) return;
        if (withPin === undefined && !isEntered()) return;
        const command = saleCommand(
            client,
            draft,
            cash ? (given ?? (draft.parts.length === 0 ? paying.due : undefined)) : given,
            total,
        );
        const options =
            withPin === undefined
                ? undefined
                : { buyer_pin: { customer: draft.customer, buyer: draft.buyer, pin: withPin } };
        setPin(false);
        drafts.change(draft.id, (each) => asPriced(each, about?.lines));
        const taken = cash && draft.parts.length === 0 ? paying.due : total - atLeast0(paying.left);
        const submit = (): Pending => {
            if (command.sell_paid !== undefined) return client.submit("sell_paid", command.sell_paid, options);
            if (command.correct_invoice !== undefined)
                return client.submit("correct_invoice", command.correct_invoice, options);
            return client.submit("issue_invoice", command.issue_invoice!, options);
        };
        void drafts.commit(draft.id, submit, command.sell_paid === undefined ? undefined : taken);
    };
    useEffect(() => {
        if (wanted === undefined || blocked === addingUp()) return;
        setWanted(undefined);
        if (wanted.key !== key) return;
        if (wanted.total !== undefined && wanted.total !== total) setEntry({ priced: true });
        else commit();
    });
    const focusCustomer = (): void => {
        setChoosing(draft.customer !== 0);
        requestAnimationFrame(() => customerRef.current?.focus());
    };
    useActions([
        { id: "sell", key: "F9", title: say("Sell"), run: commit, blocked: blocked !== addingUp() && blocked },
        { id: "customer", key: "/", title: say("Customer"), run: focusCustomer },
        {
            id: "pay-now",
            key: "F3",
            title: say("Pay now"),
            run: () => {
                const way = list.find((each) => each.key === "F3");
                if (way !== undefined) way.run();
                else startPaying(undefined);
            },
            blocked: (draft.lines.length === 0 || draft.corrects !== undefined) && say("Nothing to sell yet"),
        },
        {
            id: "part-now",
            key: "F4",
            title: say("Part now, the rest later"),
            run: () => list.find((each) => each.key === "F4")?.run(),
            blocked: list.every((each) => each.key !== "F4") && say("Not needed now"),
        },
        {
            id: "park",
            key: "F6",
            title: say("Park the sale"),
            run: () => park(draft),
            blocked: isEmpty(draft) && say("Nothing to park"),
        },
        {
            id: "kinds",
            key: "F7",
            title: say("Several kinds of money"),
            run: () => addKind(client, draft, () => setPaysNow(true)),
        },
        {
            id: "ask",
            key: "F8",
            title: say("Ask a manager"),
            run: () => list.find((each) => each.key === "F8")?.run(),
            blocked: list.every((each) => each.key !== "F8") && say("Not needed now"),
        },
        ...(strip.value === undefined || strip.value.state === "asking" || strip.value.state === "reversing"
            ? []
            : [
                  {
                      id: "put-away",
                      key: "Esc",
                      title: say("Put away what was done last"),
                      run: () => showStrip(undefined),
                  },
              ]),
        {
            id: "new",
            key: "Alt N",
            title: say("New sale"),
            run: () => {
                drafts.begin();
                focusGoods();
            },
        },
    ]);
    useScan((code, field, before) => {
        if (view.fixed) {
            play("refused");
            return;
        }
        /* by the field, not by this drawing: a scan is faster than what it types is drawn */
        const stood = field === fieldRef.current ? before : (fieldRef.current?.value ?? "");
        void takeScan(client, code, stood, onDraft);
        fieldRef.current?.focus();
    });

    const onPick = (each: Customer): void => {
        setChoosing(false);
        rememberCustomer(each.row.customer);
        onDraft((was) => ({
            ...was,
            customer: each.row.customer,
            customer_name: nameOf(each),
            buyer: 0,
            approval: undefined,
        }));
        if (draft.given !== "" && draft.customer === 0) setPaysNow(true);
        focusGoods();
    };
    const waysOut = useWaysOutOfView(list.length > 0);
    const showPay = cash ? draft.lines.length > 0 : paysNow || draft.parts.length > 0;
    const lost = lostAt(client);
    const since = lost === undefined ? undefined : clock(lost, false);
    return (
        <div class={classes("counter sale", isPhone.value && "phone")}>
            <div class="strip-line">
                <StripView client={client} what={["sale", "credit-note", "approval", "paper"]} />
                <button
                    type="button"
                    class="strip-away"
                    aria-label={say("Put away what was done last")}
                    title={say("Put away what was done last")}
                    onClick={putAway}>
                    <span aria-hidden="true">✕</span>
                </button>
            </div>
            <Seldomly when={drafts.elsewhere.value !== undefined} view={({ Elsewhere }) => <Elsewhere />} />
            {!kept.value && (
                <Notice tone="late">
                    {say("This browser keeps nothing: what is typed is lost when the page closes.")}
                </Notice>
            )}
            <Seldomly
                when={draft.corrects !== undefined}
                view={({ Correcting }) => (
                    <Correcting draft={draft} onLeave={() => drafts.drop(draft.id)}>
                        {say("The old bill is reversed and this one takes its place.")}
                    </Correcting>
                )}
            />
            <div class="sale-grid">
                <div class="band-cell">
                    <Band
                        client={client}
                        customer={customer}
                        number={draft.customer}
                        name={draft.customer_name}
                        sale={draft.customer !== 0 && draft.lines.length > 0 ? atLeast0(onCredit(view)) : undefined}
                        result={resultOf(view)}
                        fixed={view.fixed || draft.approval !== undefined}
                        lost={figuresAt(client, draft.customer)}
                        choosing={choosing}
                        fieldRef={customerRef}
                        onPick={onPick}
                        onChange={() => {
                            setChoosing(true);
                            requestAnimationFrame(() => customerRef.current?.focus());
                        }}
                        onEmptyEnter={() => {
                            setChoosing(false);
                            focusGoods();
                        }}
                    />
                </div>
                <div class="goods-cell">
                    <Goods
                        client={client}
                        draft={draft}
                        lines={about?.lines}
                        told={about?.told}
                        refused={refusedLine(draft, refusal)}
                        fixed={view.fixed}
                        lost={since}
                        fieldRef={fieldRef}
                        settleRef={settleRef}
                        onDraft={onDraft}
                        onCustomer={focusCustomer}
                        onEmptyEnter={() => {
                            if (cash && draft.lines.length > 0) focusGiven();
                            else if (draft.lines.length > 0 && draft.customer === 0) focusCustomer();
                        }}
                    />
                    <Taker client={client} draft={draft} customer={customer} onDraft={onDraft} />
                </div>
                <aside class="act-cell">
                    <div class="act-scroll">
                        {entry !== undefined && <EntryNotice entry={entry} />}
                        <Seldomly
                            when={drafts.unbooked.value.length > 0}
                            view={({ Unbooked, TakenFor }) => (
                                <>
                                    <Unbooked client={client} onSell={takeUp} />
                                    <TakenFor draft={draft} total={paying.due} exact={view.exact} />
                                </>
                            )}
                        />
                        <Seldomly when={drafts.underway.value.size > 0} view={({ Kept }) => <Kept />} />
                        <Seldomly
                            when={approval !== undefined}
                            view={({ ApprovalBox }) => (
                                <ApprovalBox client={client} draft={draft} row={approval} toGoods={focusGoods} />
                            )}
                        />
                        {refusal !== undefined &&
                            fork === undefined &&
                            !isPin(refusal) &&
                            !waiting &&
                            !(refusal.code === RefusalCode.TILL_CLOSED && isShut(till)) &&
                            !isReference(refusal) && (
                                <Plain
                                    client={client}
                                    refusal={refusal}
                                    end={wayOfTill(refusal) ?? wayOfApproval(draft)}
                                />
                            )}
                        {showPay && draft.begun_ms === 0 && (
                            <Pay
                                client={client}
                                draft={draft}
                                paying={paying}
                                missing={said !== undefined && isReference(said) && missing >= 0 ? missing : undefined}
                                givenRef={givenRef}
                                onDraft={onDraft}
                                onEnter={commit}
                                onKinds={() => addKind(client, draft, () => setPaysNow(true))}
                                onLess={() => {
                                    setPaysNow(false);
                                    onDraft((each) => ({ ...each, parts: [], given: "" }));
                                    focusGoods();
                                }}
                            />
                        )}
                        {ways !== undefined && <Ways {...ways} more={view.money} />}
                        {!showPay &&
                            fork === undefined &&
                            draft.customer !== 0 &&
                            draft.lines.length > 0 &&
                            draft.begun_ms === 0 &&
                            draft.approval === undefined &&
                            draft.corrects === undefined && (
                                <section class="panel quiet">
                                    <Button wide class="start" hotkey="F3" onClick={() => startPaying(undefined)}>
                                        {say("Pay a part or all of it now")}
                                    </Button>
                                    <Button wide class="start" hotkey="F6" onClick={() => park(draft)}>
                                        {say("Park it")}
                                    </Button>
                                </section>
                            )}
                    </div>
                    <Total
                        client={client}
                        sums={sums}
                        total={total}
                        exact={view.exact}
                        paying={cash || view.money ? paying : undefined}
                        cash={cash}
                        due={undefined}
                        items={draft.lines.length}
                        button={
                            blocked !== false && blocked !== addingUp() && draft.lines.length > 0
                                ? blocked
                                : commitWords(client, {
                                      cash,
                                      corrects: draft.corrects_number,
                                      total,
                                      paying: cash || view.money ? paying : undefined,
                                      empty: draft.lines.length === 0,
                                      approved: draft.granted !== undefined,
                                  })
                        }
                        blocked={blocked}
                        waits={blocked === addingUp()}
                        underway={underway}
                        onCommit={commit}
                        ways={list.length}
                        toWays={waysOut ? toWays : undefined}
                    />
                </aside>
            </div>
            {pin && said !== undefined && (
                <Seldomly
                    when
                    view={({ PinSheet }) => (
                        <PinSheet
                            client={client}
                            refusal={said}
                            onPin={(typed) => commit(typed)}
                            onClose={() => {
                                setPin(false);
                                drafts.setRefusal(draft.id, undefined);
                            }}
                        />
                    )}
                />
            )}
        </div>
    );
}

/* What stood in a field when F9 was pressed: it is in the sale now, or `typed` is not. */
interface Entry {
    typed?: string;
    priced?: boolean /* nothing was typed: the ledger has another price than was shown */;
}
function EntryNotice({ entry }: { entry: Entry }): JSX.Element {
    if (entry.priced === true) return <Seldomly when view={({ Priced }) => <Priced />} />;
    return (
        <Notice tone="late" role="alert">
            {entry.typed === undefined
                ? say("What was typed is in the sale now: look at the total, then press F9.")
                : say("‘{text}’ is not in the sale yet: Enter takes it, or delete it.", { text: entry.typed })}
        </Notice>
    );
}

/* Said under its field already. */
const isReference = (refusal: Refusal): boolean =>
    refusal.code === RefusalCode.FIELD_MISSING && /^payments\[\d+\]\.reference$/.test(refusal.field ?? "");
const atLeast0 = (minor: bigint): bigint => (minor > 0n ? minor : 0n);
const isPin = (refusal: Refusal): boolean =>
    refusal.code === RefusalCode.PIN_NEEDED || refusal.code === RefusalCode.PIN_WRONG;
/* Which of its parts cannot be found again later for want of a reference; −1: none. */
const missingReference = (draft: Draft): number =>
    draft.parts.findIndex((part) => (part.reference ?? "").trim() === "");

const wayOfTill = (refusal: Refusal): JSX.Element | undefined =>
    refusal.code === RefusalCode.TILL_CLOSED ? (
        <Button small onClick={() => location.assign("#/day/till/sale")}>
            {say("Open the till's day")}
        </Button>
    ) : undefined;

/* What is no part of what was approved: it stops being so, or somebody is asked anew. */
const wayOfApproval = (draft: Draft): JSX.Element | undefined =>
    draft.granted !== undefined ? (
        <Button small onClick={() => drafts.change(draft.id, unapproved)}>
            {say("Go on without the approval")}
        </Button>
    ) : undefined;

const takesCash = ({ draft, given }: View): boolean =>
    draft.corrects === undefined &&
    ((given !== undefined && given > 0n) ||
        (draft.customer === 0 && draft.parts.length === 0) ||
        draft.parts.some((part) => part.kind === PaymentKind.PAYMENT_CASH));

const chooseWords = (count: number): string =>
    count === 4
        ? say("Choose one of the four above")
        : sayMany("Choose the one above", "Choose one of the {count} above", count, { count: whole(count) });

const addingUp = (): string => say("Being added up …");

/* Why F9 does nothing now, in words; false: it sells. */
function blockedBy(
    client: Client,
    view: View,
    facts: { unknown: number; whole: boolean; ways: number; waiting: boolean; paying: bigint },
): string | false {
    const { draft, refusal, given } = view;
    if (draft.lines.filter(isKnown).length === 0) return say("Nothing to sell yet");
    if (facts.unknown > 0) return say("A line is not known yet");
    if (facts.waiting) return say("Waits for a manager");
    if (view.offline && !view.cash) return say("Credit needs the line: take cash, or park it");
    if (view.cash && view.offline && draft.parts.length > 0) return say("Without the line only cash is taken");
    if (view.cash && draft.parts.length === 0 && tillHere(client) === undefined)
        return say("This branch has no till for cash yet");
    const till = tillHere(client);
    if (till !== undefined && isShut(till) && takesCash(view)) return say("{till} is closed", { till: till.name });
    if (view.cash && given !== undefined && given < facts.paying) return say("Not enough is given");
    if (!facts.whole && view.offline) return say("A price is not known without the line");
    if (view.offline) return false;
    const why = whyMissing(draft);
    if (why !== false) return why;
    const missing = missingReference(draft);
    if (missing >= 0) return missingWords(draft.parts[missing]!.kind);
    if (refusal !== undefined && !isPin(refusal))
        return facts.ways > 0 ? chooseWords(facts.ways) : refusalText(refusal, client);
    if (view.draft.corrects !== undefined ? view.judged === undefined : view.judged?.total === undefined)
        return addingUp();
    return false;
}

/* ---- ways, done ---- */

function takePart(draft: Draft, split: ReturnType<typeof splitFor> | undefined): void {
    if (split === undefined) return;
    const rest = drafts.begin();
    drafts.change(rest.id, (each) => ({
        ...each,
        customer: draft.customer,
        customer_name: draft.customer_name,
        lines: split.later,
        next: draft.next,
        parked_ms: serverNow(),
        total: split.later_minor,
    }));
    drafts.change(draft.id, (each) => ({ ...each, lines: split.now }));
    drafts.choose(draft.id);
    focusGoods();
}

function park(draft: Draft): void {
    drafts.change(draft.id, (each) => ({ ...each, parked_ms: serverNow() }));
    drafts.begin();
    focusGoods();
}

function addKind(client: Client, draft: Draft, then: () => void): void {
    const kind = kindsHere().find((each) => each !== PaymentKind.PAYMENT_CASH);
    if (kind === undefined || draft.parts.length >= 3) return;
    const rest_is_there = draft.parts.some((part) => part.amount === undefined);
    drafts.change(draft.id, (each) => ({
        ...each,
        parts: [...each.parts, { kind, account: accountHere(client, kind), amount: rest_is_there ? 0n : undefined }],
    }));
    then();
}

/* ---- phone: are the ways in view? ---- */

function useWaysOutOfView(there: boolean): boolean {
    const [out, setOut] = useState(false);
    useEffect(() => {
        const ways = document.getElementById("ways");
        if (!there || !isPhone.value || ways === null || typeof IntersectionObserver === "undefined") {
            setOut(false);
            return undefined;
        }
        const observer = new IntersectionObserver(
            (entries) => setOut(entries.every((entry) => entry.intersectionRatio < 0.6)),
            { rootMargin: "0px 0px -130px 0px", threshold: [0, 0.3, 0.6, 0.9] },
        );
        observer.observe(ways);
        return () => observer.disconnect();
    }, [there]);
    return out;
}

const toWays = (): void => {
    document.getElementById("ways")?.scrollIntoView({ block: "start" });
};

export const maySell = (client: Client): boolean => client.may(Right.RIGHT_SELL);

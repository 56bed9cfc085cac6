/*
 * One customer, whole: how to reach them, what they owe, the line that adds up, their unpaid bills and what touched
 * each, their movements, limits and people. All of it changes while it is looked at.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client, Customer } from "../lib/api";
import {
    DocumentKind,
    DocumentState,
    ExcessPolicy,
    LimitSource,
    Right,
    type Bill,
    type BillsAnswer,
    type CustomerCardAnswer,
    type HistoryRow,
    type LimitRecord,
    type Touch,
} from "../lib/messages";
import {
    Name,
    amount,
    Balance,
    Bones,
    Button,
    day,
    paperNumber,
    Head,
    LineThatAddsUp,
    stoppedOf,
    moment,
    money,
    Money,
    Panel,
    Sign,
    Table,
    useActions,
    whole,
    type Column,
} from "../kit";
import { LimitForm } from "../desk/forms";
import { refusalText } from "../kit/refusal";
import { named } from "../kit/money";
import { listed, say, sayMany } from "../kit/words";
import { useAsked, type Asking } from "./asked";
import { namesOf, useCustomer } from "./live";
import { Notes } from "./notes";
import { BuyerForm, Changes, EditForm, Groups, LockForm, MergedNotice, MergeForm, OneWith, UnlockForm } from "./record";
import { documentKindText, paymentKindText } from "../kit/labels";
import { Age, codeBeside, documentHref, joined, NotYet } from "./parts";
import { addingOf } from "./sums";

/* ---- unpaid bills ---- */

export function dueText(bill: { days_late: number }): ComponentChild {
    if (bill.days_late > 0)
        return <span class="late due">{say("{days} d late", { days: whole(bill.days_late) })}</span>;
    return (
        <span class="due">
            {bill.days_late === 0 ? say("due today") : say("due in {days} d", { days: whole(-bill.days_late) })}
        </span>
    );
}

export function touchText(touch: Touch): string {
    const kind = touch.other_kind === undefined ? say("Paper") : documentKindText(touch.other_kind);
    return joined([
        `${kind} ${paperNumber(touch.other_number ?? `#${touch.other}`)}`,
        paymentKindText(touch.payment_kind),
        touch.undone ? say("match undone") : undefined,
    ]);
}

/* What touched a bill, down to what is left of it. */
function Touched({ client, bill, seq }: { client: Client; bill: Bill; seq: bigint | undefined }) {
    const asked = useAsked(client, "document", { document: bill.document }, { again: seq, most: 10 });
    if (asked.answer === undefined) return <Bones rows={2} />;
    const touches = asked.pages.flatMap((page) => page.touches).filter((touch) => touch.undone !== true);
    const paper = asked.answer.document;
    return (
        <table class="plain-table touched">
            <tbody>
                <tr>
                    <td class="small ink-2">{day(paper.date)}</td>
                    <td>
                        <a class="begin" href={documentHref(bill.document)}>
                            {documentKindText(paper.kind)} {paperNumber(paper.number)}
                        </a>
                    </td>
                    <td class="small ink-2">
                        {named([
                            asked.answer.author === undefined
                                ? undefined
                                : namesOf(client).personOfLogin(asked.answer.author),
                            namesOf(client).branch(paper.branch),
                        ])}
                    </td>
                    <td class="amount">
                        <Money minor={paper.total_minor} signed />
                    </td>
                </tr>
                {touches.map((touch) => (
                    <tr key={`${touch.match}-${touch.other}`}>
                        <td class="small ink-2">{day(touch.date)}</td>
                        <td>
                            <a class="begin" href={documentHref(touch.other)}>
                                {touchText(touch)}
                            </a>
                        </td>
                        <td />
                        <td class="amount credit">
                            <Money minor={-touch.amount_minor} />
                        </td>
                    </tr>
                ))}
            </tbody>
            <tfoot>
                <tr>
                    <td />
                    <td>{say("Left to pay")}</td>
                    <td />
                    <td class="amount">
                        <Money minor={bill.open_minor} />
                    </td>
                </tr>
            </tfoot>
        </table>
    );
}

function Bills({ client, seq, asked }: { client: Client; seq: bigint | undefined; asked: Asking<BillsAnswer> }) {
    const opened = useSignal<bigint | undefined>(undefined);
    const bills = asked.pages.flatMap((page) => page.bills);
    const credits = asked.pages.flatMap((page) => page.credits);
    const first = asked.answer;
    const columns: Column<Bill>[] = [
        {
            id: "bill",
            head: say("Bill"),
            cell: (bill) => (
                <b class="nowrap">
                    <span class="ink-3" aria-hidden="true">
                        {opened.value === bill.document ? "▾ " : "▸ "}
                    </span>
                    {paperNumber(bill.number)}
                </b>
            ),
            foot: sayMany("{count} bill", "{count} bills", bills.length, { count: whole(bills.length) }),
        },
        {
            id: "date",
            head: say("Date"),
            cell: (bill) => <span class="ink-2 nowrap">{day(bill.date)}</span>,
            class: "wide-only",
        },
        {
            id: "due",
            head: say("Due"),
            cell: (bill) => <span class="ink-2 nowrap">{day(bill.due)}</span>,
            class: "wide-only",
        },
        { id: "age", head: say("Age"), cell: dueText },
        {
            id: "paid",
            head: say("Paid so far"),
            cell: (bill) =>
                bill.payments === 0 ? (
                    <span class="ink-3">–</span>
                ) : (
                    <span class="small ink-2">
                        {say("{amount} of {total}", {
                            amount: amount(bill.total_minor - bill.open_minor),
                            total: amount(bill.total_minor),
                        })}
                    </span>
                ),
            class: "wide-only",
        },
        {
            id: "left",
            head: say("Left to pay"),
            amount: true,
            cell: (bill) => <Money minor={bill.open_minor} />,
            foot: first === undefined ? "" : <Money minor={first.bills_minor} />,
        },
    ];
    return (
        <Panel
            title={say("Unpaid bills")}
            note={say("oldest due first")}
            end={
                <>
                    <Age client={client} />
                    <span class="small ink-2 hint wide-only">
                        <kbd>↵</kbd> {say("opens what touched a bill")}
                    </span>
                </>
            }>
            {first === undefined ? (
                <NotYet client={client} refused={asked.refused} rows={4} />
            ) : bills.length === 0 ? (
                <p class="region-note">{say("No unpaid bills.")}</p>
            ) : (
                <Table
                    label={say("Unpaid bills")}
                    columns={columns}
                    rows={bills}
                    id={(bill) => bill.document}
                    onOpen={(bill) => {
                        opened.value = opened.value === bill.document ? undefined : bill.document;
                    }}
                    opened={(bill) =>
                        opened.value === bill.document ? <Touched client={client} bill={bill} seq={seq} /> : undefined
                    }
                />
            )}
            {credits.length > 0 && (
                <>
                    <div class="panel-head second">
                        <h2>{say("Not yet matched")}</h2>
                        <span class="grow small ink-2">{say("money and credit notes that no bill has used")}</span>
                    </div>
                    <ul class="plain-list">
                        {credits.map((credit) => (
                            <li key={String(credit.document)} class="ask-line">
                                <a class="grow cut" href={documentHref(credit.document)}>
                                    {paperNumber(credit.number)} <span class="small ink-2">{day(credit.date)}</span>
                                </a>
                                <span class="credit">
                                    <Money minor={-credit.open_minor} />
                                </span>
                            </li>
                        ))}
                    </ul>
                </>
            )}
            {asked.more !== undefined && (
                <p class="section">
                    <Button onClick={asked.more}>{say("More bills")}</Button>
                </p>
            )}
        </Panel>
    );
}

/* ---- movements ---- */

function Movements({ client, number, seq }: { client: Client; number: number; seq: bigint | undefined }) {
    const asked = useAsked(client, "history", { customer: number, rows: 25 }, { again: seq });
    const rows = asked.pages.flatMap((page) => page.rows);
    const names = namesOf(client);
    const reversed = (row: HistoryRow) => (row.state === DocumentState.DOCUMENT_REVERSED ? "gone-paper" : "");
    const columns: Column<HistoryRow>[] = [
        { id: "when", head: say("When"), cell: (row) => <span class="ink-2 nowrap">{moment(row.recorded_ms)}</span> },
        {
            id: "what",
            head: say("What"),
            cell: (row) => (
                <a class={`begin ${reversed(row)}`} href={documentHref(row.document)}>
                    {documentKindText(row.kind)} {paperNumber(row.number)}
                </a>
            ),
        },
        {
            id: "who",
            head: say("Who"),
            cell: (row) => <span class="small ink-2">{names.actor(row.actor)}</span>,
            class: "wide-only",
        },
        {
            id: "change",
            head: say("amount::Change"),
            amount: true,
            cell: (row) => (
                <span class={row.amount_minor < 0n ? "credit" : ""}>
                    <Money minor={row.amount_minor} signed />
                </span>
            ),
        },
        {
            id: "balance",
            head: say("Balance"),
            amount: true,
            cell: (row) => <Money minor={row.running_minor} />,
            class: "wide-only",
        },
    ];
    return (
        <Panel title={say("Movements")} note={say("newest first, running balance")} end={<Age client={client} />}>
            {asked.answer === undefined ? (
                <NotYet client={client} refused={asked.refused} rows={5} />
            ) : rows.length === 0 ? (
                <p class="region-note">{say("No movement yet.")}</p>
            ) : (
                <Table
                    label={say("Movements")}
                    columns={columns}
                    rows={rows}
                    id={(row) => row.document}
                    onOpen={(row) => {
                        location.hash = documentHref(row.document);
                    }}
                />
            )}
            {asked.more !== undefined && (
                <p class="section">
                    <Button onClick={asked.more}>{say("Earlier")}</Button>
                </p>
            )}
        </Panel>
    );
}

/* ---- limits as steps ---- */

function limitText(client: Client, limit: LimitRecord): ComponentChild {
    if (limit.withdrawn) return say("own terms withdrawn");
    const { terms } = limit;
    const said: string[] = [];
    if (terms.unlimited) said.push(say("no limit"));
    else if (terms.limit_minor !== undefined) said.push(money(client, terms.limit_minor));
    if (terms.policy === ExcessPolicy.EXCESS_BLOCK) said.push(say("over it nothing is sold"));
    else if (terms.policy === ExcessPolicy.EXCESS_WARN) said.push(say("over it only a warning"));
    else if (terms.policy === ExcessPolicy.EXCESS_APPROVE) said.push(say("over it somebody has to approve"));
    if (terms.overdue_days !== undefined) said.push(say("at most {days} d late", { days: whole(terms.overdue_days) }));
    if (terms.overdue_minor !== undefined)
        said.push(say("overdue up to {amount}", { amount: money(client, terms.overdue_minor) }));
    if (terms.document_max_minor !== undefined)
        said.push(say("a bill up to {amount}", { amount: money(client, terms.document_max_minor) }));
    if (terms.unpaid_max !== undefined)
        said.push(sayMany("{count} unpaid bill", "{count} unpaid bills", terms.unpaid_max));
    if (terms.valid_until !== undefined) said.push(say("until {day}", { day: day(terms.valid_until) }));
    return said.length === 0 ? say("terms changed") : listed(said);
}

function Limits({
    client,
    number,
    live,
    card,
}: {
    client: Client;
    number: number;
    live: Customer | undefined /* who they are and how they stand: a limit changes the one or the other */;
    card: CustomerCardAnswer | undefined;
}) {
    const asked = useAsked(client, "limits", { customer: number }, { again: live });
    const limits = asked.pages.flatMap((page) => page.limits).slice(0, 8);
    const source = card?.terms_of;
    const [setting, setSetting] = useState(false);
    const may = client.may(Right.RIGHT_SET_LIMIT) && card !== undefined;
    useActions([
        {
            id: "customer.limit",
            key: "l",
            title: say("Set the limit"),
            blocked: !may && say("not with your role"),
            run: () => setSetting(true),
        },
    ]);
    return (
        <Panel
            title={say("Limit")}
            end={
                may && (
                    <Button onClick={() => setSetting(true)} hotkey="l">
                        {say("Set the limit")}
                    </Button>
                )
            }
            note={
                source === LimitSource.LIMIT_OF_CUSTOMER
                    ? say("their own")
                    : source === LimitSource.LIMIT_OF_GROUP
                      ? say("of their group")
                      : say("of the company")
            }>
            {asked.answer === undefined ? (
                <Bones rows={2} />
            ) : (
                <ol class="steps">
                    {limits.length === 0 && <li class="ink-2">{say("No limit of their own was ever set.")}</li>}
                    {limits.map((limit) => (
                        <li key={String(limit.seq)}>
                            <span class="small ink-2 nowrap">{moment(limit.set_ms)}</span>
                            <span>
                                <b>{limitText(client, limit)}</b>{" "}
                                <span class="small ink-2">
                                    {joined([namesOf(client).person(limit.set_by.staff), limit.reason?.value], ": ")}
                                </span>
                            </span>
                        </li>
                    ))}
                </ol>
            )}
            {setting && card !== undefined && (
                <LimitForm
                    client={client}
                    customer={number}
                    name={card.row.name.value ?? card.row.code}
                    limit={card.account.unlimited ? undefined : card.account.limit_minor}
                    used={(live?.account ?? card.account).used_minor}
                    policy={card.terms?.policy}
                    onClose={() => setSetting(false)}
                />
            )}
        </Panel>
    );
}

/* ---- people ---- */

function People({
    client,
    customer,
    card,
}: {
    client: Client;
    customer: Customer;
    card: CustomerCardAnswer | undefined;
}) {
    const { row, account } = customer;
    const record = card?.record;
    const [adding, setAdding] = useState(false);
    const may = client.may(Right.RIGHT_EDIT_CUSTOMER) && row.merged_into === undefined;
    return (
        <Panel
            title={say("of a customer::People")}
            note={say("who may take goods, who pays")}
            end={may && <Button onClick={() => setAdding(true)}>{say("Add")}</Button>}>
            <ul class="plain-list">
                {row.payer !== undefined && (
                    <li class="ask-line">
                        <span class="grow">
                            {say("Paid for by")}{" "}
                            <a href={`#/customers/${row.payer}`}>
                                <b>{row.payer_code ?? `#${row.payer}`}</b>
                            </a>
                        </span>
                        {account?.payer_locked && (
                            <span class="over">
                                <Sign of="⊘" />
                                {say("locked")}
                            </span>
                        )}
                    </li>
                )}
                {(row.sites ?? 0) > 0 && (
                    <li class="ask-line">
                        <span class="grow">
                            {sayMany("Pays for {count} site", "Pays for {count} sites", row.sites!)}
                        </span>
                        {account?.family !== undefined && (
                            <span>
                                {say("together")} <Money minor={account.family.balance_minor} />
                            </span>
                        )}
                    </li>
                )}
                {row.buyers_only === true && (
                    <li class="ask-line">
                        <span class="grow">
                            <Sign of="!" />
                            {row.buyers.length === 0
                                ? say("Only authorised buyers take goods, and nobody is authorised.")
                                : say("Only these take goods:")}
                        </span>
                    </li>
                )}
                {row.buyers.map((buyer) => (
                    <li key={buyer.buyer} class="ask-line">
                        <span class="grow cut">
                            <b>
                                <Name>{buyer.name.value ?? ""}</Name>
                            </b>{" "}
                            {buyer.phone?.value !== undefined && (
                                <a class="small" href={`tel:${buyer.phone.value}`}>
                                    <bdi dir="ltr">{buyer.phone.value}</bdi>
                                </a>
                            )}
                        </span>
                        <span class="small ink-2">
                            {joined([
                                buyer.cap_sale_minor === undefined
                                    ? undefined
                                    : say("{amount} a sale", { amount: money(client, buyer.cap_sale_minor) }),
                                buyer.cap_day_minor === undefined
                                    ? undefined
                                    : say("{amount} a day", { amount: money(client, buyer.cap_day_minor) }),
                                buyer.valid_until === undefined
                                    ? undefined
                                    : say("until {day}", { day: day(buyer.valid_until) }),
                                buyer.with_pin ? say("with PIN") : undefined,
                            ])}
                        </span>
                        {may && (
                            <Button
                                small
                                label={say("Take out {name}", { name: buyer.name.value ?? "" })}
                                onClick={() => {
                                    client.submit("revoke_buyer", { customer: row.customer, buyer: buyer.buyer });
                                }}>
                                {say("Take out")}
                            </Button>
                        )}
                    </li>
                ))}
                {record?.tax_code?.value !== undefined && (
                    <li class="ask-line">
                        <span class="grow ink-2">{say("Tax code")}</span>
                        <bdi dir="ltr">{record.tax_code.value}</bdi>
                    </li>
                )}
                {record?.address?.value !== undefined && (
                    <li>
                        <Name>{record.address.value}</Name>
                    </li>
                )}
                {record?.note?.value !== undefined && (
                    <li class="ink-2">
                        <Name>{record.note.value}</Name>
                    </li>
                )}
                {row.buyers.length === 0 && row.buyers_only !== true && (
                    <li class="ink-2">{say("Whoever comes may take goods on this account.")}</li>
                )}
            </ul>
            {adding && (
                <BuyerForm
                    client={client}
                    customer={row.customer}
                    name={row.name.value ?? row.code}
                    onClose={() => setAdding(false)}
                />
            )}
        </Panel>
    );
}

/* ---- the card ---- */

export function Card({ client, number, onBack }: { client: Client; number: number; onBack(): void }): ComponentChild {
    const live = useCustomer(client, number);
    const seq = live?.account?.seq ?? live?.account?.last?.seq;
    const asked = useAsked(client, "customer_card", { customer: number }, { again: live });
    const bills = useAsked(client, "unpaid_bills", { customer: number }, { again: seq, most: 10 });
    const paid = useAsked(
        client,
        "documents",
        { customer: number, kind: DocumentKind.DOCUMENT_PAYMENT, rows: 1 },
        { again: seq },
    );
    const [form, setForm] = useState<"edit" | "lock" | "merge" | undefined>(undefined);
    const record = asked.answer?.record;
    const known = live?.row ?? asked.answer?.row;
    const alone = known?.merged_into === undefined;
    const trades = alone && known?.erased !== true; /* nothing is written to who was merged or erased */
    const mayEdit = client.may(Right.RIGHT_EDIT_CUSTOMER) && trades; /* the form comes when the record is there */
    const mayLock = client.may(Right.RIGHT_LOCK) && trades;
    const mayMerge = client.may(Right.RIGHT_SET_LIMIT) && trades && client.knows("Command", "merge_customers");
    const no = say("not with your role");
    const ofRecord = [
        {
            id: "customer.edit",
            key: "e",
            title: say("Change the record"),
            blocked: !mayEdit && no,
            run: () => setForm("edit"),
        },
        {
            id: "customer.lock",
            key: "L",
            title: known?.locked === true ? say("Unlock") : say("Lock"),
            blocked: !mayLock && no,
            run: () => setForm("lock"),
        },
        {
            id: "customer.merge",
            title: say("Merge with another record"),
            blocked: !mayMerge && no,
            run: () => setForm("merge"),
        },
    ];
    useActions([
        ...(trades ? ofRecord : []),
        { id: "customer.back", key: "Esc", title: say("All customers"), run: onBack },
        ...(trades && client.may(Right.RIGHT_TAKE_MONEY)
            ? [
                  {
                      id: "customer.payment",
                      key: "p",
                      title: say("Take a payment"),
                      run: () => {
                          location.hash = `#/payment/${number}`;
                      },
                  },
              ]
            : []),
        ...(trades && client.may(Right.RIGHT_SELL)
            ? [
                  {
                      id: "customer.sale",
                      key: "n",
                      title: say("Sell on credit"),
                      run: () => {
                          location.hash = `#/sale/customer/${number}`;
                      },
                  },
              ]
            : []),
        ...(trades && client.may(Right.RIGHT_EDIT_STAFF) && client.knows("Command", "erase_customer")
            ? [
                  {
                      id: "customer.erase",
                      title: say("Erase a person"),
                      run: () => {
                          location.hash = `#/erase/${number}`;
                      },
                  },
              ]
            : []),
    ]);
    const card = asked.answer;
    const customer: Customer | undefined =
        live ?? (card === undefined ? undefined : { row: card.row, account: card.account, changed: 0 });
    if (customer === undefined)
        return asked.refused !== undefined ? (
            <div class="panel region-note">
                <b>{refusalText(asked.refused, client)}</b>
                <a href="#/customers">{say("All customers")}</a>
            </div>
        ) : (
            <div class="panel">
                <Bones rows={8} />
            </div>
        );
    const { row, account } = customer;
    const late = Math.max(0, bills.answer?.bills[0]?.days_late ?? 0);
    const last = paid.answer?.rows[0];
    const name = row.name.value ?? row.code;
    const close = (): void => setForm(undefined);
    const locked = row.locked === true || account?.locked === true;
    const stopped = stoppedOf(row, account, asked.answer?.terms, asked.answer?.today);
    return (
        <article class="card" aria-label={row.name.value ?? row.code}>
            <Head title={row.name.value ?? row.code} back={onBack}>
                <span class="small ink-2 cut">
                    {joined([
                        codeBeside(row),
                        namesOf(client).branch(row.branch),
                        row.area,
                        row.term_days === undefined
                            ? undefined
                            : sayMany("term {days} day", "term {days} days", row.term_days, {
                                  days: whole(row.term_days),
                              }),
                        ...(card?.groups ?? []).map((group) => group.name),
                    ])}
                </span>
            </Head>
            {row.erased === true && (
                <div class="notice">
                    <div class="notice-text">
                        {say("The person behind {code} is erased. Papers, sums and numbers stay.", { code: row.code })}
                    </div>
                </div>
            )}
            <MergedNotice client={client} customer={customer} />
            {alone &&
                (record?.sites ?? []).map((site) => <OneWith key={site} client={client} site={site} into={row} />)}
            {alone && locked && row.erased !== true && (
                <div class="notice over">
                    <div class="notice-text">
                        <b>
                            <Sign of="⊘" />
                            {say("Locked: nothing more on credit. Payments are taken as ever.")}
                        </b>
                        <p class="small">
                            {joined([
                                row.lock_reason?.value,
                                row.locked_until === undefined
                                    ? undefined
                                    : say("until {day}", { day: day(row.locked_until) }),
                                card?.record.locked_by === undefined
                                    ? undefined
                                    : namesOf(client).actor(card.record.locked_by),
                                card?.record.locked_ms === undefined ? undefined : moment(card.record.locked_ms),
                            ])}
                        </p>
                    </div>
                </div>
            )}
            {alone && (
                <section class="panel card-band">
                    <dl class="card-facts">
                        <div>
                            <dt>{say("Phone")}</dt>
                            <dd>
                                {row.phone?.value === undefined ? (
                                    <span class="ink-3">–</span>
                                ) : (
                                    <b>
                                        <a href={`tel:${row.phone.value}`}>
                                            <bdi dir="ltr" class="n">
                                                {row.phone.value}
                                            </bdi>
                                        </a>
                                    </b>
                                )}
                            </dd>
                        </div>
                        <div>
                            <dt>
                                {last === undefined
                                    ? say("Last payment")
                                    : say("Last payment, {day}", { day: day(last.date) })}
                            </dt>
                            <dd class="credit">
                                <b>
                                    {last === undefined ? (
                                        <span class="ink-3">–</span>
                                    ) : (
                                        <Money minor={last.total_minor} />
                                    )}
                                </b>
                            </dd>
                        </div>
                        <div>
                            <dt>
                                {say("Owes")} <Age client={client} />
                            </dt>
                            <dd>
                                <b>
                                    <Balance minor={account?.balance_minor ?? 0n} unit />
                                </b>
                            </dd>
                        </div>
                        <div>
                            <dt>{late > 0 ? say("Overdue, {days} d", { days: whole(late) }) : say("Overdue")}</dt>
                            <dd class={(account?.overdue_minor ?? 0n) > 0n ? "late" : "ink-3"}>
                                <b>
                                    <Money minor={account?.overdue_minor ?? 0n} />
                                </b>
                            </dd>
                        </div>
                    </dl>
                    <div class="card-actions no-print">
                        {trades && client.may(Right.RIGHT_TAKE_MONEY) && (
                            <a class="button filled" href={`#/payment/${number}`}>
                                {say("Payment")} <kbd aria-hidden="true">p</kbd>
                            </a>
                        )}
                        {trades && client.may(Right.RIGHT_SELL) && (
                            <a class="button" href={`#/sale/customer/${number}`}>
                                {say("Sale")} <kbd aria-hidden="true">n</kbd>
                            </a>
                        )}
                        {mayEdit && (
                            <Button onClick={() => setForm("edit")} hotkey="e">
                                {say("Change")}
                            </Button>
                        )}
                        {mayLock && (
                            <Button onClick={() => setForm("lock")} hotkey="L">
                                {locked ? say("Unlock") : say("Lock")}
                            </Button>
                        )}
                        {mayMerge && <Button onClick={() => setForm("merge")}>{say("Merge")}</Button>}
                    </div>
                </section>
            )}
            {trades && account !== undefined && (
                <>
                    <div class="card-line wide-block">
                        <LineThatAddsUp terms={{ ...addingOf(account), stopped }} />
                    </div>
                    <div class="panel card-line narrow-only">
                        <LineThatAddsUp form="phone" terms={{ ...addingOf(account), stopped }} />
                    </div>
                </>
            )}
            <div class="card-two">
                <div class="card-main">
                    {alone && <Bills client={client} seq={seq} asked={bills} />}
                    {alone && <Movements client={client} number={number} seq={seq} />}
                    <Changes client={client} customer={number} seq={record?.changed_seq} />
                </div>
                {row.erased !== true && (
                    <div class="card-side">
                        <Notes client={client} customer={customer} name={name} />
                        {alone && <Limits client={client} number={number} live={live} card={card} />}
                        {alone && <People client={client} customer={customer} card={card} />}
                        {alone && <Groups client={client} customer={number} groups={card?.groups ?? []} />}
                    </div>
                )}
            </div>
            {form === "edit" && record !== undefined && (
                <EditForm client={client} customer={number} name={name} record={record} onClose={close} />
            )}
            {form === "lock" &&
                (locked ? (
                    <UnlockForm client={client} customer={number} name={name} onClose={close} />
                ) : (
                    <LockForm client={client} customer={number} name={name} onClose={close} />
                ))}
            {form === "merge" && <MergeForm client={client} customer={number} name={name} onClose={close} />}
        </article>
    );
}

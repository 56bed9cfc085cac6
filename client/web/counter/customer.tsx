/* Whom the sale is for: found by name, phone or code in any script; or nobody, and it is paid at once. */
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Client, Customer } from "../lib/api";
import type { AccountRow, CustomerEntry } from "../lib/messages";
import { LineThatAddsUp, Result, type Adding, type ResultProps } from "../kit/adds";
import { amount, day, whole } from "../kit/format";
import { Available, Code, Money, Name, Sign, stoppedOf } from "../kit/money";
import { Button, classes } from "../kit/parts";
import { say, sayMany } from "../kit/words";
import { customersSeen, isPhone, recallSeen, useAnswer, useCalm, useCustomers } from "./hooks";
import { Pick } from "./pick";
import { place } from "./place";
import { canAsk } from "./products";
import { found, keep } from "./store";
import { folded } from "./typed";

/* ---- this till's last eight ---- */

const RECENT_MOST = 8;
const recent = signal<readonly number[]>([]);
const isNumbers = (what: unknown): what is number[] => Array.isArray(what) && what.every(Number.isInteger);
void found("recent", isNumbers).then((kept) => {
    if (recent.value.length === 0) recent.value = kept[0] ?? [];
});

export function rememberCustomer(number: number): void {
    if (number === 0 || number === place.value?.cash_customer) return;
    recent.value = [number, ...recent.value.filter((each) => each !== number)].slice(0, RECENT_MOST);
    void keep([["recent", recent.value]]);
}

export function Recent({
    client,
    most,
    onPick,
}: {
    client: Client;
    most: number;
    onPick: (customer: Customer) => void;
}): JSX.Element | null {
    const [all, setAll] = useState(false);
    const customers = useCustomers(client, recent.value);
    if (customers.length === 0) return null;
    const shown = all ? customers : customers.slice(0, most);
    return (
        <div class="recent">
            <span class="small ink-2 nowrap">{say("Last at this till")}</span>
            {shown.map((each) => (
                <button key={each.row.customer} type="button" class="chip cut" onClick={() => onPick(each)}>
                    <Name class="cut">{nameOf(each)}</Name>
                </button>
            ))}
            {customers.length > shown.length && (
                <Button plain small onClick={() => setAll(true)}>
                    {say("{count} more", { count: whole(customers.length - shown.length) })}
                </Button>
            )}
        </div>
    );
}

export const nameOf = (customer: { row: Customer["row"] }): string => customer.row.name.value ?? customer.row.code;

/* ---- finding ---- */

const asCustomer = (entry: CustomerEntry): Customer => ({ row: entry.who, account: entry.account, changed: 0 });

/* Of those seen here: every word begins a word of name or code, or the phone has the digits. */
function searchSeen(client: Client, text: string): Customer[] {
    const words = folded(text).split(/\s+/).filter(Boolean);
    return customersSeen(client)
        .filter(({ row }) => {
            if (row.customer === place.value?.cash_customer || row.erased === true) return false;
            const own = folded(`${row.name.value ?? ""} ${row.code} ${row.phone?.value ?? ""}`).split(/\s+/);
            return words.every((word) => own.some((each) => each.startsWith(word)));
        })
        .slice(0, 8);
}

async function searchCustomers(client: Client, text: string): Promise<Customer[]> {
    if (!canAsk(client)) {
        await recallSeen(client);
        return searchSeen(client, text);
    }
    const asked = await client.ask("search", { text, rows: 16 });
    if ("refused" in asked) return [];
    const own = client.welcome.value?.branch;
    const hits = asked.answer.hits
        .map((hit) => hit.customer)
        .filter((each): each is CustomerEntry => each !== undefined)
        .map(asCustomer)
        .filter((each) => each.row.customer !== place.value?.cash_customer && each.row.erased !== true);
    return [...hits.filter((each) => each.row.branch === own), ...hits.filter((each) => each.row.branch !== own)].slice(
        0,
        8,
    );
}

/* Who was merged is led on to whom they were merged into. */
async function asTheyStand(client: Client, customer: Customer): Promise<Customer> {
    const into = customer.row.merged_into;
    if (into === undefined) return customer;
    const seen = customersSeen(client).find((each) => each.row.customer === into);
    if (seen !== undefined || !canAsk(client)) return seen ?? customer;
    const asked = await client.ask("customer_card", { customer: into });
    return "answer" in asked ? { row: asked.answer.row, account: asked.answer.account, changed: 0 } : customer;
}

export interface CustomerFieldProps {
    client: Client;
    onPick: (customer: Customer) => void;
    autofocus?: boolean;
    inputRef?: Ref<HTMLInputElement>;
    placeholder?: string;
    onEmptyEnter?: () => void;
}

export function CustomerField(props: CustomerFieldProps): JSX.Element {
    const [text, setText] = useState("");
    const calm = useCalm(text.trim(), 120);
    const online = canAsk(props.client);
    const hits = useAnswer(calm === "" ? undefined : `${online ? "" : "here:"}${calm}`, () =>
        searchCustomers(props.client, calm),
    );
    return (
        <Pick
            label={say("Customer")}
            value={text}
            onText={setText}
            options={calm === "" ? undefined : hits}
            fresh={calm === text.trim() && hits !== undefined}
            id={(each) => each.row.customer}
            placeholder={props.placeholder ?? say("Customer, phone, card")}
            hotkey="/"
            autofocus={props.autofocus}
            inputRef={props.inputRef}
            class="customer-field"
            show={(each) => <CustomerHit customer={each} />}
            none={
                online
                    ? say("Nobody for ‘{text}’.", { text: calm })
                    : say(
                          "Customers are looked up when the line is back. Those seen here today can be chosen, and cash sales need nobody.",
                      )
            }
            onKey={(event) => {
                if (event.key === "/" && text === "") event.preventDefault(); /* the key that led here */
            }}
            onEnter={(typed) => {
                if (typed.trim() !== "") return false;
                props.onEmptyEnter?.();
                return true;
            }}
            onPick={(each) => {
                setText("");
                void asTheyStand(props.client, each).then((customer) => {
                    rememberCustomer(customer.row.customer);
                    props.onPick(customer);
                });
            }}
        />
    );
}

function CustomerHit({ customer }: { customer: Customer }): JSX.Element {
    const { row, account } = customer;
    const stopped = stoppedOf(row, account);
    return (
        <>
            <span class="grow cut">
                <Name>{nameOf(customer)}</Name>{" "}
                <span class="small ink-3">
                    <Code>{row.code}</Code>
                    {row.phone?.value !== undefined && (
                        <>
                            {" "}
                            · <Code>{row.phone.value}</Code>
                        </>
                    )}
                    {row.area !== undefined && (
                        <>
                            {" "}
                            · <Name>{row.area}</Name>
                        </>
                    )}
                </span>
            </span>
            {row.merged_code !== undefined ? (
                <span class="nowrap small ink-2">{say("merged into {code}", { code: row.merged_code })}</span>
            ) : (
                (stopped !== undefined || (account !== undefined && !account.unlimited)) && (
                    <span class="small">
                        <Available
                            minor={account?.available_minor ?? 0n}
                            limit={account?.limit_minor}
                            stopped={stopped}
                        />
                    </span>
                )
            )}
        </>
    );
}

/* ---- the band: who, the line that adds up, the result ---- */

/* The payer's figures stand for all whom they pay for, unless the site's own limit leaves less. */
export function addingOf(account: AccountRow, sale: bigint | undefined): Adding {
    const family = account.family !== undefined && account.site_binds !== true ? account.family : undefined;
    const uncleared = (family?.uncleared_minor ?? account.uncleared_minor) - (account.freed_minor ?? 0n);
    return {
        limit: account.unlimited ? undefined : account.limit_minor,
        bills: family?.bills_minor ?? account.bills_minor,
        cheques: uncleared !== 0n ? uncleared : undefined,
        unmatched: family?.unmatched_minor ?? account.unmatched_minor,
        sale,
    };
}

function whoFacts(customer: Customer, today: number): ComponentChildren {
    const { row, account } = customer;
    const late = account?.oldest_due !== undefined && account.oldest_due < today ? today - account.oldest_due : 0;
    return (
        <span class="small ink-2 cut grow">
            <Code>{row.code}</Code>
            {row.term_days !== undefined && (
                <> · {sayMany("term {count} d", "term {count} d", row.term_days, { count: whole(row.term_days) })}</>
            )}
            {late > 0 && (
                <>
                    {" "}
                    ·{" "}
                    <span class="late">
                        {sayMany("oldest bill {count} d late", "oldest bill {count} d late", late, {
                            count: whole(late),
                        })}
                    </span>
                </>
            )}
            {account !== undefined && (
                <>
                    {" "}
                    · {say("owes")} <Money minor={account.balance_minor} />
                </>
            )}
            {row.payer_code !== undefined && <> · {say("{payer} pays for them", { payer: row.payer_code })}</>}
            {row.locked && (
                <>
                    {" "}
                    ·{" "}
                    <span class="over">
                        <Sign of="⊘" />
                        {say("locked")}
                        {row.locked_until !== undefined && ` ${say("until {day}", { day: day(row.locked_until) })}`}
                    </span>
                </>
            )}
        </span>
    );
}

export interface BandProps {
    client: Client;
    customer: Customer | undefined;
    name: string /* as long as they are not there */;
    number: number;
    sale: bigint | undefined;
    result?: ResultProps;
    fixed: boolean /* the customer of this sale is not changed any more */;
    lost?: string /* the line is lost: since when the figures stand */;
    onPick: (customer: Customer) => void;
    onChange: () => void;
    choosing: boolean;
    fieldRef: Ref<HTMLInputElement>;
    onEmptyEnter: () => void;
}

export function Band(props: BandProps): JSX.Element {
    const [open, setOpen] = useState(false);
    useEffect(() => setOpen(false), [props.number]);
    if (props.number === 0 || props.choosing) return <NoCustomer {...props} />;
    const { customer } = props;
    const today = props.client.welcome.value?.date ?? 0;
    const who = (
        <>
            <h2 class="title cut">
                <Name>{customer !== undefined ? nameOf(customer) : props.name}</Name>
            </h2>
            {customer !== undefined ? whoFacts(customer, today) : <span class="grow" />}
            {!props.fixed && (
                <Button plain small hotkey="/" onClick={props.onChange}>
                    {say("Change")}
                </Button>
            )}
        </>
    );
    if (customer?.account === undefined)
        return (
            <div class="adds" aria-busy={canAsk(props.client) || undefined}>
                <div class="adds-left">
                    <div class="adds-who">{who}</div>
                    {canAsk(props.client) ? (
                        <span class="bones" />
                    ) : (
                        <p class="small late">{say("Their figures are not known here without the line.")}</p>
                    )}
                </div>
                <Result {...((!canAsk(props.client) && props.result) || { how: "", label: "", figure: "" })} />
            </div>
        );
    const stopped = stoppedOf(customer.row, customer.account) ?? props.result?.stopped;
    const terms = { ...addingOf(customer.account, props.sale), stopped };
    /* What would be left after the sale is nothing to a locked customer. */
    const result = stopped === "locked" && props.result?.tone !== "over" ? undefined : props.result;
    if (!isPhone.value) return <LineThatAddsUp terms={terms} who={who} result={result} at={props.lost} />;
    return (
        <section class="panel phone-band">
            <div class="adds-who">{who}</div>
            <button
                type="button"
                class={classes("phone-result", result?.tone)}
                aria-expanded={open}
                onClick={() => setOpen(!open)}>
                <span class="small row">
                    <span class="grow cut">
                        <Available minor={customer.account.available_minor} stopped={stopped} />
                        {props.lost !== undefined && (
                            <span class="late"> {say("at {time}", { time: props.lost })}</span>
                        )}
                    </span>
                    <span class="ink-2">
                        {say("how it adds up")} <span aria-hidden="true">{open ? "▴" : "▾"}</span>
                    </span>
                </span>
                {result !== undefined && (
                    <span class="row">
                        <b class="grow">{result.label}</b>
                        <b class="result-figure">
                            {result.sign !== undefined && <Sign of={result.sign} />}
                            {result.figure}
                        </b>
                    </span>
                )}
            </button>
            {open && <LineThatAddsUp terms={terms} form="phone" result={result} />}
        </section>
    );
}

function NoCustomer(props: BandProps): JSX.Element {
    const field = (
        <CustomerField
            client={props.client}
            onPick={props.onPick}
            inputRef={props.fieldRef}
            onEmptyEnter={props.onEmptyEnter}
            autofocus={props.choosing}
        />
    );
    const head = (
        <div class="adds-who">
            <h2 class="title">{say("No customer")}</h2>
            {!isPhone.value && (
                <span class="small ink-2 cut">
                    {say("cash sale; name a customer to sell on credit or to print a company's bill")}
                </span>
            )}
        </div>
    );
    if (isPhone.value)
        return (
            <section class="panel phone-band">
                {head}
                {field}
                {props.result !== undefined && (
                    <div class={classes("phone-result", props.result.tone)}>
                        <span class="row">
                            <b class="grow">{props.result.label}</b>
                            <b class="result-figure">{props.result.figure}</b>
                        </span>
                    </div>
                )}
            </section>
        );
    return (
        <div class="adds">
            <div class="adds-left">
                {head}
                <div class="row choose">
                    {field}
                    <Recent
                        client={props.client}
                        most={4}
                        onPick={(each) => {
                            rememberCustomer(each.row.customer);
                            props.onPick(each);
                        }}
                    />
                </div>
            </div>
            <Result
                {...(props.result ?? {
                    how: say("Given − to pay"),
                    label: say("money back::Change"),
                    figure: <span class="ink-3">{amount(0n)}</span>,
                })}
            />
        </div>
    );
}

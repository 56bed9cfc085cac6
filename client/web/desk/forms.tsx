/*
 * Small forms for what a shop is made of, each one command: a branch, a place of money, a customer, a product, a limit. A form
 * stays open on a refusal, with what was typed.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
    Name,
    AmountField,
    amount,
    Button,
    Chips,
    Choice,
    Code,
    currencyOf,
    Field,
    fold,
    money,
    percent,
    readAmount,
    Sheet,
    useId,
    type Read,
} from "../kit";
import { language, say } from "../kit/words";
import type { Client } from "../lib/api";
import {
    ExcessPolicy,
    MoneyAccountKind,
    Right,
    type BranchRecord,
    type CustomerEntry,
    type MoneyAccountRecord,
} from "../lib/messages";
import { saved, type Saved } from "./save";

export interface FormProps {
    client: Client;
    onClose: () => void;
    onMade?: (id: bigint) => void;
}

const CODE_MOST = 8,
    SMALL_PRICE = 1000n; /* a price is in thousandths of a minor unit */

/* ---- what all of them are ---- */

export function FormSheet({
    title,
    act,
    missing,
    save,
    onClose,
    onMade,
    children,
}: {
    title: string;
    act: string /* what the button does */;
    missing: string | false;
    save: () => Promise<Saved>;
    onClose: () => void;
    onMade?: (id: bigint) => void;
    children: ComponentChildren;
}): JSX.Element {
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const id = useId("form");
    const run = async (): Promise<void> => {
        if (busy || missing !== false) return;
        setBusy(true);
        setWrong(undefined);
        const came = await save();
        setBusy(false);
        if ("wrong" in came) {
            setWrong(came.wrong);
            return;
        }
        onMade?.(came.id);
        onClose();
    };
    return (
        <Sheet title={title} onClose={onClose}>
            <form
                id={id}
                class="desk-form"
                onSubmit={(event) => {
                    event.preventDefault();
                    void run();
                }}
                onKeyDown={(event) => {
                    const { target } = event;
                    const acts = event.key === "F9" || (event.key === "Enter" && event.ctrlKey);
                    const steps = event.key === "Enter" && target instanceof HTMLInputElement;
                    if (event.isComposing || !(acts || steps)) return;
                    event.preventDefault();
                    event.stopPropagation();
                    const next = acts ? undefined : nextField(event.currentTarget, target as HTMLElement, missing);
                    if (next !== undefined) next.focus();
                    else void run();
                }}>
                {children}
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                <div class="row">
                    <Button filled submit blocked={busy ? say("sending") : missing}>
                        {act}
                    </Button>
                </div>
            </form>
        </Sheet>
    );
}

/* Enter goes on to the next text, at the last of them it does what the button does. A day or a choice that nobody needs is no
 * stop on that way; where something is missing still, it is. */
function nextField(form: HTMLElement, from: HTMLElement, missing: string | false): HTMLElement | undefined {
    const all = [...form.querySelectorAll<HTMLElement>("input, select, textarea")];
    const after = all.slice(all.indexOf(from) + 1);
    const isText = (field: HTMLElement): boolean =>
        !(field instanceof HTMLSelectElement) &&
        !(field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) &&
        field.closest(".day-input") === null;
    return after.find(isText) ?? (missing === false ? undefined : after[0]);
}

/* "Thủ Đức" is TD: what stands before the numbers of its papers. */
export function codeOf(name: string): string {
    const words = fold(name)
        .toUpperCase()
        .split(/[^0-9A-Z]+/)
        .filter((word) => word !== "");
    const first = words.length > 1 ? words.map((word) => word[0]).join("") : (words[0] ?? "").slice(0, 2);
    return first.slice(0, CODE_MOST);
}

const asCode = (text: string): string =>
    fold(text)
        .toUpperCase()
        .replace(/[^0-9A-Z]/g, "")
        .slice(0, CODE_MOST);

export function BranchChoice({
    branches,
    value,
    onPick,
}: {
    branches: readonly BranchRecord[];
    value: number | undefined;
    onPick: (branch: number) => void;
}): JSX.Element | null {
    if (branches.length < 2) return null;
    return (
        <Choice
            label={say("Branch")}
            noNote
            value={value}
            options={branches.map((each) => ({ id: each.branch, text: each.name }))}
            onPick={onPick}
        />
    );
}

/* ---- the five ---- */

export function BranchForm({ client, onClose, onMade }: FormProps): JSX.Element {
    const [name, setName] = useState("");
    const [typed, setTyped] = useState<string | undefined>(undefined);
    const code = typed ?? codeOf(name);
    return (
        <FormSheet
            title={say("Add a branch")}
            act={name.trim() === "" ? say("Add") : say("Add {name}", { name: name.trim() })}
            missing={
                name.trim() === ""
                    ? say("Say what it is called")
                    : code === "" && say("Give it letters for its papers, as TD")
            }
            save={() =>
                saved(
                    client,
                    client.submit("add_branch", {
                        code,
                        name: name.trim(),
                        utc_offset_minutes: client.welcome.value?.utc_offset_minutes,
                    }),
                )
            }
            onClose={onClose}
            onMade={onMade}>
            <Field label={say("Name")} value={name} onText={setName} noNote autofocus />
            <Field
                label={say("Letters of its papers")}
                value={code}
                dir="ltr"
                onText={(text) => setTyped(asCode(text))}
                note={say("Latin capitals and digits; they stay as they are for good")}
            />
        </FormSheet>
    );
}

const placeKinds = (): { id: MoneyAccountKind; text: string }[] => [
    { id: MoneyAccountKind.MONEY_TILL, text: say("Till") },
    { id: MoneyAccountKind.MONEY_POS_DEVICE, text: say("Card machine") },
    { id: MoneyAccountKind.MONEY_BANK_ACCOUNT, text: say("Bank account") },
];

function placeAbout(kind: MoneyAccountKind): string {
    switch (kind) {
        case MoneyAccountKind.MONEY_TILL:
            return say("A till is a drawer with money in it. It is opened and counted each day.");
        case MoneyAccountKind.MONEY_POS_DEVICE:
            return say("What cards pay comes through it into a bank account.");
        default:
            return say("Transfers and paying-in slips go into it.");
    }
}

/* A place of money: each kind of payment asks for one of its own. */
export function MoneyPlaceForm({
    client,
    branches,
    accounts,
    kind: first,
    onClose,
    onMade,
}: FormProps & {
    branches: readonly BranchRecord[];
    accounts: readonly MoneyAccountRecord[];
    kind: MoneyAccountKind;
}): JSX.Element {
    const banks = accounts.filter((each) => each.kind === MoneyAccountKind.MONEY_BANK_ACCOUNT);
    const [kind, setKind] = useState(first);
    const [typed, setName] = useState<string | undefined>(undefined);
    const [branch, setBranch] = useState<number | undefined>(client.welcome.value?.branch ?? branches[0]?.branch);
    const [number, setNumber] = useState("");
    const [bank, setBank] = useState("");
    const [into, setInto] = useState<number | undefined>(banks[0]?.money_account);
    const name = typed ?? (kind === MoneyAccountKind.MONEY_TILL ? say("till 1") : "");
    const bound = client.me.value?.bound_branch;
    const isBank = kind === MoneyAccountKind.MONEY_BANK_ACCOUNT;
    const isCard = kind === MoneyAccountKind.MONEY_POS_DEVICE;
    const save = (): Promise<Saved> => {
        const called = name.trim();
        if (isBank)
            return saved(
                client,
                client.submit("add_bank_account", {
                    name: called,
                    number: number.trim(),
                    bank: bank.trim() === "" ? undefined : bank.trim(),
                }),
            );
        return saved(
            client,
            isCard
                ? client.submit("add_pos_device", { branch: branch ?? 1, name: called, bank_account: into! })
                : client.submit("add_till", { branch: branch ?? 1, name: called }),
        );
    };
    return (
        <FormSheet
            title={say("Add a place for money")}
            act={name.trim() === "" ? say("Add") : say("Add {name}", { name: name.trim() })}
            missing={
                isCard && into === undefined
                    ? say("Add the bank account first that cards pay into")
                    : name.trim() === ""
                      ? say("Say what it is called")
                      : isBank && number.trim() === "" && say("Give the number of the account")
            }
            save={save}
            onClose={onClose}
            onMade={onMade}>
            <Chips
                label={say("What is it?")}
                value={kind}
                options={placeKinds().filter(
                    (each) => bound === undefined || each.id !== MoneyAccountKind.MONEY_BANK_ACCOUNT,
                )}
                onPick={(id) => setKind(id)}
            />
            <p class="ink-2">{placeAbout(kind)}</p>
            {isCard && banks.length === 0 && (
                <p class="late">{say("There is no bank account yet. Add it first; then the card machine.")}</p>
            )}
            {!isBank && (
                <BranchChoice
                    branches={branches.filter((each) => bound === undefined || each.branch === bound)}
                    value={branch}
                    onPick={setBranch}
                />
            )}
            <Field label={say("Name")} value={name} onText={setName} noNote autofocus />
            {isBank && (
                <>
                    <Field
                        label={say("Number of the account, or IBAN")}
                        value={number}
                        onText={setNumber}
                        dir="ltr"
                        noNote
                    />
                    <Field label={say("Bank, if you like")} value={bank} onText={setBank} noNote />
                </>
            )}
            {isCard && banks.length > 1 && (
                <Choice
                    label={say("Pays into")}
                    noNote
                    value={into}
                    options={banks.map((each) => ({ id: each.money_account, text: each.name }))}
                    onPick={setInto}
                />
            )}
        </FormSheet>
    );
}

/* Who may be the same, once nobody types any more. */
function useDoubles(client: Client, name: string, phone: string): readonly CustomerEntry[] {
    const [found, setFound] = useState<{ of: string; rows: readonly CustomerEntry[] }>({ of: "", rows: [] });
    const of = `${name}\n${phone}`;
    useEffect(() => {
        if (name.length < 3 && phone.length < 5) return;
        let stands = true;
        const timer = setTimeout(() => {
            client
                .ask("likely_doubles", {
                    name: name === "" ? undefined : { value: name },
                    phone: phone === "" ? undefined : { value: phone },
                })
                .then(
                    (asked) => {
                        if (stands && "answer" in asked) setFound({ of, rows: asked.answer.rows.slice(0, 4) });
                    },
                    () => undefined /* the line went: it is asked again with the next letter */,
                );
        }, 300);
        return () => {
            stands = false;
            clearTimeout(timer);
        };
    }, [client, of]);
    return found.of === of ? found.rows : [];
}

export function CustomerForm({ client, onClose, onMade }: FormProps): JSX.Element {
    const [name, setName] = useState("");
    const [phone, setPhone] = useState("");
    const [area, setArea] = useState("");
    const [limit, setLimit] = useState("");
    const read = readAmount(limit, language.value, currencyOf(client));
    const may = client.may(Right.RIGHT_SET_LIMIT);
    const doubles = useDoubles(client, name.trim(), phone.trim());
    const [made, setMade] = useState<bigint | undefined>(undefined);
    /* Two commands: what was opened is not opened twice when its limit is refused. */
    const save = async (): Promise<Saved> => {
        let id = made;
        if (id === undefined) {
            const opened = await saved(
                client,
                client.submit("open_customer", {
                    name: { value: name.trim() },
                    phone: { value: phone.trim() },
                    area: area.trim(),
                }),
            );
            if ("wrong" in opened) return opened;
            id = opened.id;
            setMade(id);
        }
        if (limit.trim() === "" || read.value === undefined) return { id };
        return setLimitOf(client, Number(id), read.value);
    };
    return (
        <FormSheet
            title={say("Add a customer")}
            act={
                name.trim() === ""
                    ? say("Add")
                    : doubles.length > 0
                      ? say("Add {name} all the same", { name: name.trim() })
                      : say("Add {name}", { name: name.trim() })
            }
            missing={
                name.trim() === ""
                    ? say("Say what they are called")
                    : phone.trim() === ""
                      ? say("Give their phone: it tells two of one name apart")
                      : area.trim() === ""
                        ? say("Say where they are: a street, a quarter, a route")
                        : limit.trim() !== "" && read.value === undefined && say("Look at the limit again")
            }
            save={save}
            onClose={onClose}
            onMade={onMade}>
            <Field label={say("Name")} value={name} onText={setName} noNote autofocus />
            <Field label={say("Phone")} type="tel" value={phone} onText={setPhone} dir="ltr" noNote />
            <Field label={say("Area")} value={area} onText={setArea} noNote />
            {doubles.length > 0 && (
                <section class="notice late" aria-label={say("They may be here already")}>
                    <div class="notice-text">
                        <b>{say("They may be here already:")}</b>
                        <ul class="plain-list">
                            {doubles.map(({ who }) => (
                                <li key={who.customer}>
                                    <a href={`#/customers/${who.customer}`} onClick={onClose}>
                                        <b>
                                            <Name>{who.name.value ?? who.code}</Name>
                                        </b>
                                    </a>{" "}
                                    <span class="small">
                                        <Code>{who.code}</Code> <bdi dir="ltr">{who.phone?.value ?? ""}</bdi>{" "}
                                        {who.area ?? ""}
                                    </span>
                                </li>
                            ))}
                        </ul>
                    </div>
                </section>
            )}
            {may && (
                <AmountField
                    label={say("Limit")}
                    text={limit}
                    onText={(text) => setLimit(text)}
                    currency={currencyOf(client)}
                    note={say("so much they may owe; left empty, they pay at once")}
                />
            )}
        </FormSheet>
    );
}

export function ProductForm({ client, onClose, onMade }: FormProps): JSX.Element {
    const usual = client.welcome.value?.tax_bp;
    const [name, setName] = useState("");
    const [code, setCode] = useState("");
    const [measure, setMeasure] = useState("");
    const [price, setPrice] = useState("");
    const [taxed, setTaxed] = useState(true);
    const read = readAmount(price, language.value, currencyOf(client));
    return (
        <FormSheet
            title={say("Add a product")}
            act={name.trim() === "" ? say("Add") : say("Add {name}", { name: name.trim() })}
            missing={
                name.trim() === ""
                    ? say("Say what it is called")
                    : code.trim() === ""
                      ? say("Give it a code: it is found by it at the till")
                      : read.value === undefined && say("Give its price first")
            }
            save={() =>
                saved(
                    client,
                    client.submit("add_product", {
                        code: code.trim(),
                        name: name.trim(),
                        unit: measure.trim() === "" ? undefined : measure.trim(),
                        price: read.value! * SMALL_PRICE,
                        tax_bp: taxed && usual !== undefined && usual > 0 ? usual : undefined,
                    }),
                )
            }
            onClose={onClose}
            onMade={onMade}>
            <Field label={say("Name")} value={name} onText={setName} noNote autofocus />
            <div class="two-fields">
                <Field label={say("Code")} value={code} onText={setCode} dir="ltr" noNote />
                <Field
                    label={say("Unit")}
                    value={measure}
                    onText={setMeasure}
                    placeholder={say("bag, kg, piece")}
                    noNote
                />
            </div>
            <AmountField
                label={say("Price of one, without tax")}
                text={price}
                onText={(text: string, _: Read) => setPrice(text)}
                currency={currencyOf(client)}
            />
            {usual !== undefined && usual > 0 && (
                <label class="row">
                    <input
                        type="checkbox"
                        checked={taxed}
                        onChange={(event) => setTaxed(event.currentTarget.checked)}
                    />
                    {say("with VAT {rate}", { rate: percent(usual) })}
                </label>
            )}
        </FormSheet>
    );
}

/* The amount alone: what happens over it stays as the company, a group or the customer's own terms have it. */
export async function setLimitOf(client: Client, customer: number, minor: bigint): Promise<Saved> {
    return saved(client, client.submit("set_credit_limit", { customer, terms: { limit_minor: minor } }));
}

export async function hasOwnTerms(client: Client, customer: number): Promise<boolean> {
    const asked = await client.ask("limits", { customer });
    return "answer" in asked && asked.answer.own_terms.length > 0;
}

/* A limit, or none at all, that is theirs and not of all or of a group: terms may be days alone. */
export async function hasOwnLimit(client: Client, customer: number): Promise<boolean> {
    const asked = await client.ask("limits", { customer });
    return (
        "answer" in asked &&
        asked.answer.own_terms.some(({ terms }) => terms.limit_minor !== undefined || terms.unlimited === true)
    );
}

/* As a change of policy is rehearsed before it holds: what this one would do to their next sale. */
function rehearsed(
    used: bigint,
    next: bigint,
    policy: ExcessPolicy | undefined,
): { over: boolean; text: (said: string) => string; minor: bigint } {
    const over = used - next;
    if (over <= 0n)
        return {
            over: false,
            minor: -over,
            text: (amount) => say("Would not stop their next sale: {amount} is available", { amount }),
        };
    return {
        over: true,
        minor: over,
        text: (amount) =>
            policy === ExcessPolicy.EXCESS_APPROVE
                ? say("Their next sale on credit would wait for a yes: they are over it by {amount}", { amount })
                : policy === ExcessPolicy.EXCESS_WARN
                  ? say("Would warn at their next sale on credit: they are over it by {amount}", { amount })
                  : say("Would stop their next sale on credit: they are over it by {amount}", { amount }),
    };
}

export function LimitForm({
    client,
    customer,
    name,
    limit,
    used,
    policy,
    onClose,
    onMade,
}: FormProps & {
    customer: number;
    name: string;
    limit: bigint | undefined;
    used: bigint;
    policy: ExcessPolicy | undefined /* for who is over a limit, as it holds for them */;
}): JSX.Element {
    const currency = currencyOf(client);
    const [text, setText] = useState(limit === undefined ? "" : amount(limit, currency));
    const read = readAmount(text, language.value, currency);
    const then = read.value === undefined || read.value === limit ? undefined : rehearsed(used, read.value, policy);
    return (
        <FormSheet
            title={say("Limit of {name}", { name })}
            act={say("Set the limit")}
            missing={read.value === undefined && say("Say how much they may owe")}
            save={async () => setLimitOf(client, customer, read.value!)}
            onClose={onClose}
            onMade={onMade}>
            <AmountField label={say("They may owe")} text={text} onText={(typed) => setText(typed)} autofocus />
            <p class={then?.over ? "over rehearsal-head" : "rehearsal-head"} role="status">
                {then !== undefined && <b>{then.text(money(client, then.minor))}</b>}
            </p>
        </FormSheet>
    );
}

/* What is changed of a customer's record on their card: who they are, their lock, groups, buyers, and two records that are one.
 * And who changed what. */
import { useRef, useState } from "preact/hooks";
import type { ComponentChild, JSX } from "preact";
import type { Client, Customer } from "../lib/api";
import {
    Right,
    type ChangeCustomer,
    type CustomerRecord,
    type CustomerRow,
    type GroupRecord,
    type Text,
} from "../lib/messages";
import {
    AmountField,
    Available,
    Balance,
    Bones,
    Button,
    currencyOf,
    day,
    Field,
    moment,
    money,
    Money,
    Name,
    Notice,
    Panel,
    readAmount,
    SearchField,
    Table,
    useActions,
    type Column,
} from "../kit";
import { DayField } from "../kit/day";
import { refusalText } from "../kit/refusal";
import { fieldText } from "../kit/refusals";
import { language, say, sayMany } from "../kit/words";
import { FormSheet } from "../desk/forms";
import { saved } from "../desk/save";
import { useAsked } from "./asked";
import { namesOf } from "./live";
import { customerHref, joined } from "./parts";

interface OfCustomer {
    client: Client;
    customer: number;
    name: string;
    onClose: () => void;
}

/* ---- the lock ---- */

export function LockForm({ client, customer, name, onClose }: OfCustomer): JSX.Element {
    const [reason, setReason] = useState("");
    const [until, setUntil] = useState<number | undefined>(undefined);
    return (
        <FormSheet
            title={say("Lock {name}", { name })}
            act={until === undefined ? say("Lock") : say("Lock until {day}", { day: day(until) })}
            missing={reason.trim() === "" && say("Say why: the till shows it")}
            save={() =>
                saved(client, client.submit("lock_customer", { customer, reason: { value: reason.trim() }, until }))
            }
            onClose={onClose}>
            <p class="ink-2">{say("Only credit stops, at every branch at once. They can pay, and buy for cash.")}</p>
            <Field label={say("Reason")} value={reason} onText={setReason} noNote autofocus />
            <DayField label={say("Last day")} value={until} onPick={setUntil} none={say("no end")} until />
        </FormSheet>
    );
}

export function UnlockForm({ client, customer, name, onClose }: OfCustomer): JSX.Element {
    const [reason, setReason] = useState("");
    return (
        <FormSheet
            title={say("Unlock {name}", { name })}
            act={say("Unlock")}
            missing={false}
            save={() =>
                saved(
                    client,
                    client.submit("unlock_customer", {
                        customer,
                        reason: reason.trim() === "" ? undefined : { value: reason.trim() },
                    }),
                )
            }
            onClose={onClose}>
            <Field label={say("Reason, if you like")} value={reason} onText={setReason} noNote autofocus />
        </FormSheet>
    );
}

/* ---- who they are; two may change it at once ---- */

const FIELDS = ["name", "phone", "area", "nickname", "tax_code", "address", "note"] as const;
type FieldName = (typeof FIELDS)[number];
type Values = Record<FieldName, string>;

const plain = (value: Text | string | undefined): string =>
    value === undefined ? "" : typeof value === "string" ? value : (value.value ?? "");

function valuesOf(record: CustomerRecord): Values {
    return Object.fromEntries(FIELDS.map((field) => [field, plain(record[field])])) as Values;
}

function fieldLabel(field: FieldName): string {
    switch (field) {
        case "name":
            return say("Name");
        case "phone":
            return say("Phone");
        case "area":
            return say("Area");
        case "nickname":
            return say("What people call them");
        case "tax_code":
            return say("Tax code");
        case "address":
            return say("Address");
        case "note":
            return say("Note");
    }
}

/* What is sent: only what was typed and differs from what is there, so that what others changed meanwhile stays. */
export function changesOf(typed: Partial<Values>, now: Values): Partial<Values> {
    return Object.fromEntries(
        Object.entries(typed).filter(([field, value]) => value.trim() !== now[field as FieldName]),
    ) as Partial<Values>;
}

export function EditForm({
    client,
    customer,
    name,
    record,
    onClose,
}: OfCustomer & { record: CustomerRecord /* as it is now: it may change while somebody types */ }): JSX.Element {
    const began = useRef(valuesOf(record));
    const [typed, setTyped] = useState<Partial<Values>>({});
    const now = valuesOf(record);
    const others = FIELDS.filter((field) => now[field] !== began.current[field]);
    const mine = changesOf(typed, now);
    const asked = useAsked(client, "customer_changes", others.length === 0 ? undefined : { customer }, {
        again: record.changed_seq,
    });
    const last = asked.answer?.changes[0];
    const text = (field: FieldName): Record<string, unknown> => {
        const value = mine[field];
        return value === undefined ? {} : { [field]: field === "area" ? value.trim() : { value: value.trim() } };
    };
    return (
        <FormSheet
            title={say("Change {name}", { name })}
            act={say("Keep the changes")}
            missing={
                Object.keys(mine).length === 0
                    ? say("Nothing is changed yet")
                    : mine.name?.trim() === "" && say("Say what they are called")
            }
            save={() =>
                saved(
                    client,
                    client.submit("change_customer", {
                        customer,
                        ...Object.assign({}, ...FIELDS.map(text)),
                    } as ChangeCustomer),
                )
            }
            onClose={onClose}>
            {others.length > 0 && (
                <Notice tone="late">
                    <b>
                        {last === undefined
                            ? say("Somebody changed this record while it was open here.")
                            : say("{name} changed this record while it was open here.", {
                                  name: namesOf(client).person(last.actor.staff),
                              })}
                    </b>
                    <ul class="plain-list small">
                        {others.map((field) => (
                            <li key={field}>
                                {fieldLabel(field)}: <s>{began.current[field]}</s> → <b>{now[field]}</b>
                                {mine[field] !== undefined && (
                                    <>
                                        {" "}
                                        {say("You typed “{text}”.", { text: mine[field]! })}{" "}
                                        <Button
                                            small
                                            onClick={() => {
                                                const { [field]: _, ...rest } = typed;
                                                setTyped(rest);
                                            }}>
                                            {say("Take theirs")}
                                        </Button>
                                    </>
                                )}
                            </li>
                        ))}
                    </ul>
                    <p class="small">{say("Theirs is kept. Yours is kept where you typed.")}</p>
                </Notice>
            )}
            {FIELDS.map((field) => (
                <Field
                    key={field}
                    label={fieldLabel(field)}
                    value={typed[field] ?? now[field]}
                    onText={(value) => setTyped({ ...typed, [field]: value })}
                    dir={field === "phone" || field === "tax_code" ? "ltr" : "auto"}
                    noNote
                    autofocus={field === "name"}
                />
            ))}
        </FormSheet>
    );
}

/* ---- groups ---- */

export function Groups({
    client,
    customer,
    groups,
}: {
    client: Client;
    customer: number;
    groups: readonly GroupRecord[];
}): JSX.Element | null {
    const may = client.may(Right.RIGHT_EDIT_GROUPS);
    const asked = useAsked(client, "groups", may ? {} : undefined, { most: 20 });
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = asked.pages
        .flatMap((page) => page.groups)
        .filter((group) => !groups.some((one) => one.group === group.group));
    const run = async (kind: "join_group" | "leave_group", group: number): Promise<void> => {
        const came = await saved(client, client.submit(kind, { customer, group }));
        setWrong("wrong" in came ? came.wrong : undefined);
    };
    if (groups.length === 0 && others.length === 0) return null;
    return (
        <Panel title={say("Groups")}>
            <ul class="plain-list">
                {groups.map((group) => (
                    <li key={group.group} class="ask-line">
                        <span class="grow">
                            <span class="small ink-2">{group.dimension}</span> <b>{group.name}</b>
                        </span>
                        {may && (
                            <Button
                                small
                                label={say("Take out {name}", { name: group.name })}
                                onClick={() => void run("leave_group", group.group)}>
                                {say("Take out")}
                            </Button>
                        )}
                    </li>
                ))}
                {may && others.length > 0 && (
                    <li>
                        <select
                            class="chip"
                            aria-label={say("Put into a group")}
                            value=""
                            onChange={(event) => {
                                const { value } = event.currentTarget;
                                if (value !== "") void run("join_group", Number(value));
                            }}>
                            <option value="">{say("Put into a group …")}</option>
                            {others.map((group) => (
                                <option key={group.group} value={group.group}>
                                    {group.dimension}: {group.name}
                                </option>
                            ))}
                        </select>
                    </li>
                )}
            </ul>
            {wrong !== undefined && (
                <p class="section over" role="alert">
                    {wrong}
                </p>
            )}
        </Panel>
    );
}

/* ---- who may take goods ---- */

export function BuyerForm({ client, customer, name, onClose }: OfCustomer): JSX.Element {
    const [who, setWho] = useState("");
    const [phone, setPhone] = useState("");
    const [cap, setCap] = useState("");
    const [until, setUntil] = useState<number | undefined>(undefined);
    const currency = currencyOf(client);
    const read = readAmount(cap, language.value, currency);
    return (
        <FormSheet
            title={say("Who may take goods for {name}", { name })}
            act={who.trim() === "" ? say("Add") : say("Add {name}", { name: who.trim() })}
            missing={
                who.trim() === ""
                    ? say("Say what they are called")
                    : cap.trim() !== "" && read.value === undefined && say("Look at the amount again")
            }
            save={() =>
                saved(
                    client,
                    client.submit("authorise_buyer", {
                        customer,
                        name: { value: who.trim() },
                        phone: phone.trim() === "" ? undefined : { value: phone.trim() },
                        cap_day_minor: cap.trim() === "" ? undefined : read.value,
                        valid_until: until,
                    }),
                )
            }
            onClose={onClose}>
            <Field label={say("Name")} value={who} onText={setWho} noNote autofocus />
            <Field label={say("Phone")} type="tel" value={phone} onText={setPhone} dir="ltr" noNote />
            <AmountField
                label={say("At most in a day")}
                text={cap}
                onText={(typed) => setCap(typed)}
                currency={currency}
                note={say("left empty, there is no bound")}
            />
            <DayField label={say("Last day")} value={until} onPick={setUntil} none={say("no end")} until />
        </FormSheet>
    );
}

/* ---- who changed what ---- */

interface ChangeLine {
    id: string;
    at: bigint;
    who: string;
    field: string;
    before: ComponentChild;
    now: ComponentChild;
}

/* What has no word of its own among the fields. */
const CHANGED: Readonly<Record<string, () => string>> = {
    lock_reason: () => say("Reason"),
    locked_until: () => say("Last day"),
    payer_reason: () => say("Reason"),
    erased: () => say("Person erased"),
};

export function Changes({ client, customer, seq }: { client: Client; customer: number; seq: unknown }): JSX.Element {
    const asked = useAsked(client, "customer_changes", { customer }, { again: seq });
    const shown = (field: string, text: Text | undefined, value: string | undefined): ComponentChild => {
        if (text?.value !== undefined) return <Name>{text.value}</Name>;
        if (value === undefined) return <span class="ink-3">–</span>;
        if (value === "true" || value === "yes") return say("yes");
        if (value === "false") return say("no");
        if (/_minor$/.test(field) && /^-?\d+$/.test(value)) return money(client, BigInt(value));
        if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(Math.round(Date.parse(`${value}T00:00:00Z`) / 86_400_000));
        return <Name>{value}</Name>;
    };
    const lines: ChangeLine[] = asked.pages.flatMap((page) =>
        page.changes.flatMap((change) =>
            change.fields.map((field, index) => ({
                id: `${change.seq}/${index}`,
                at: change.at_ms,
                who: namesOf(client).person(change.actor.staff),
                field: CHANGED[field.field]?.() ?? fieldText(field.field) ?? field.field,
                before: shown(field.field, field.old_text, field.old_value),
                now: shown(field.field, field.new_text, field.new_value),
            })),
        ),
    );
    const columns: Column<ChangeLine>[] = [
        { id: "when", head: say("When"), cell: (line) => <span class="ink-2 nowrap">{moment(line.at)}</span> },
        { id: "who", head: say("Who"), cell: (line) => <span class="small ink-2 nowrap">{line.who}</span> },
        { id: "what", head: say("What"), cell: (line) => line.field },
        { id: "old", head: say("Before"), cell: (line) => <span class="ink-2">{line.before}</span> },
        { id: "new", head: say("Then"), cell: (line) => line.now },
    ];
    return (
        <Panel title={say("Changes")} note={say("who, when, what it was")}>
            {asked.answer === undefined ? (
                <Bones rows={3} />
            ) : lines.length === 0 ? (
                <p class="region-note">{say("Nothing was changed yet.")}</p>
            ) : (
                <Table label={say("Changes")} columns={columns} rows={lines} id={(line) => line.id} />
            )}
            {asked.more !== undefined && (
                <p class="section">
                    <Button onClick={asked.more}>{say("Earlier")}</Button>
                </p>
            )}
        </Panel>
    );
}

/* ---- two records of one customer ---- */

const nameOf = (row: CustomerRow): string => row.name.value ?? row.code;

function Side({ title, row, minor }: { title: string; row: CustomerRow; minor: bigint }): JSX.Element {
    return (
        <li class="ask-line">
            <span class="grow">
                <span class="small ink-2">{title}</span>
                <br />
                <b>
                    <Name>{nameOf(row)}</Name>
                </b>{" "}
                <span class="small ink-2">{joined([row.code, row.phone?.value])}</span>
            </span>
            <Balance minor={minor} />
        </li>
    );
}

export function MergeForm({ client, customer, name, onClose }: OfCustomer): JSX.Element {
    const [into, setInto] = useState<CustomerRow | undefined>(undefined);
    const [reason, setReason] = useState("");
    const asked = useAsked(
        client,
        "merge_preview",
        into === undefined ? undefined : { customer, into: into.customer },
        { again: client.seq.value },
    );
    const preview = asked.answer;
    const find = async (text: string): Promise<CustomerRow[]> => {
        const found = await client.ask("customers", { text, rows: 8 });
        if (!("answer" in found)) return [];
        return found.answer.rows
            .map((entry) => entry.who)
            .filter((row) => row.customer !== customer && row.merged_into === undefined && row.erased !== true);
    };
    return (
        <FormSheet
            title={say("{name} is another record of …", { name })}
            act={into === undefined ? say("Merge") : say("Merge into {code}", { code: into.code })}
            missing={
                into === undefined
                    ? say("Choose the record that stays")
                    : asked.refused !== undefined
                      ? refusalText(asked.refused, client)
                      : preview === undefined && say("Still fetching")
            }
            save={() =>
                saved(
                    client,
                    client.submit("merge_customers", {
                        customer,
                        into: into!.customer,
                        reason: reason.trim() === "" ? undefined : { value: reason.trim() },
                    }),
                )
            }
            onClose={onClose}
            onMade={() => {
                location.hash = customerHref(into!.customer);
            }}>
            <SearchField
                label={say("The record that stays")}
                placeholder={say("Name, phone, code")}
                search={find}
                id={(row) => row.customer}
                row={(row) => (
                    <>
                        <b>{nameOf(row)}</b> <span class="small ink-2">{joined([row.code, row.phone?.value])}</span>
                    </>
                )}
                onPick={setInto}
                noNote
                autofocus
            />
            {asked.refused !== undefined && into !== undefined && (
                <p class="over" role="alert">
                    {refusalText(asked.refused, client)}
                </p>
            )}
            {preview !== undefined && into !== undefined && (
                <section class="merge-preview" aria-label={say("After it")}>
                    <ul class="plain-list">
                        <Side
                            title={say("goes")}
                            row={preview.customer.who}
                            minor={preview.customer.account.balance_minor}
                        />
                        <Side title={say("stays")} row={preview.into.who} minor={preview.into.account.balance_minor} />
                        <li class="ask-line total">
                            <b class="grow">{say("owe together")}</b>
                            <b>
                                <Money minor={preview.balance_minor} />
                            </b>
                        </li>
                        {!preview.unlimited && (
                            <li class="ask-line">
                                <span class="grow">
                                    {say("Limit {amount}, as it is", { amount: money(client, preview.limit_minor) })}
                                </span>
                                <Available minor={preview.available_minor} limit={preview.limit_minor} word />
                            </li>
                        )}
                        {preview.buyers > 0 && (
                            <li>
                                {sayMany(
                                    "{count} buyer may take goods on it too.",
                                    "{count} buyers may take goods on it too.",
                                    preview.buyers,
                                )}
                            </li>
                        )}
                    </ul>
                    <p class="small ink-2">
                        {say(
                            "They are one customer then: one row, one list of papers, and money of both pays bills of both. The old number leads there; limits are not added up. It can be undone: what was matched between the two by then stays matched.",
                        )}
                    </p>
                </section>
            )}
            <Field label={say("Reason, if you like")} value={reason} onText={setReason} noNote />
        </FormSheet>
    );
}

/* ---- and two after all ---- */

/* It asks first: what will be is said before. */
function TwoAfterAll({
    client,
    gone,
    stays,
    onClose,
}: {
    client: Client;
    gone: CustomerRow;
    stays: string;
    onClose: () => void;
}): JSX.Element {
    return (
        <FormSheet
            title={say("{name} and {other} are two after all", { name: nameOf(gone), other: stays })}
            act={say("Make two of them again")}
            missing={false}
            save={() => saved(client, client.submit("undo_merge", { customer: gone.customer }))}
            onClose={onClose}>
            <p>
                {say(
                    "{name} is a customer of its own again, with its papers, what it owes and its number. What was sold or paid since they are one stays with {other}, and what was matched between the two stays matched.",
                    { name: nameOf(gone), other: stays },
                )}
            </p>
        </FormSheet>
    );
}

function useUndoMerge(may: boolean): { asking: boolean; ask: () => void; close: () => void } {
    const [asking, setAsking] = useState(false);
    const ask = (): void => setAsking(true);
    useActions(may ? [{ id: "customer.unmerge", title: say("Undo the merge: they are two after all"), run: ask }] : []);
    return { asking, ask, close: () => setAsking(false) };
}

/* On a card: the record was merged, and can be taken apart again. */
export function MergedNotice({ client, customer }: { client: Client; customer: Customer }): JSX.Element | null {
    const { row } = customer;
    const may = row.merged_into !== undefined && client.may(Right.RIGHT_SET_LIMIT) && row.erased !== true;
    const { asking, ask, close } = useUndoMerge(may);
    if (row.merged_into === undefined) return null;
    const into = row.merged_code ?? `#${row.merged_into}`;
    return (
        <div class="notice late">
            <div class="notice-text">
                <b>
                    {say("This record was merged into")} <a href={customerHref(row.merged_into)}>{into}</a>.
                </b>
                <p class="small">
                    {say(
                        "Its papers and what it owes are shown there, and new business is done there. Taken apart again, what was matched between the two stays matched.",
                    )}
                </p>
            </div>
            {may && <Button onClick={ask}>{say("They are two after all …")}</Button>}
            {asking && <TwoAfterAll client={client} gone={row} stays={into} onClose={close} />}
        </div>
    );
}

/* On the card of who stays: the other record, if `site` was merged and does not only pay through them. */
export function OneWith({
    client,
    site,
    into,
}: {
    client: Client;
    site: number;
    into: CustomerRow;
}): JSX.Element | null {
    const asked = useAsked(client, "customer_card", { customer: site }, { again: into.seq });
    const card = asked.answer;
    const merged = card !== undefined && card.row.merged_into === into.customer;
    const may = merged && client.may(Right.RIGHT_SET_LIMIT) && card.row.erased !== true;
    const { asking, ask, close } = useUndoMerge(may);
    if (!merged) return null;
    const { row, record } = card;
    return (
        <div class="notice one-with">
            <div class="notice-text">
                {say("One with")}{" "}
                <a href={customerHref(row.customer)}>
                    <Name>{nameOf(row)}</Name>
                </a>{" "}
                <span class="small ink-2">
                    {joined([
                        row.code,
                        record.merge === undefined
                            ? undefined
                            : say("since {day}", { day: moment(record.merge.at_ms) }),
                        record.merge === undefined ? undefined : namesOf(client).person(record.merge.actor.staff),
                    ])}
                </span>
            </div>
            {may && <Button onClick={ask}>{say("They are two after all …")}</Button>}
            {asking && <TwoAfterAll client={client} gone={row} stays={nameOf(into)} onClose={close} />}
        </div>
    );
}

/*
 * The credit policy: what holds for who has no terms of their own, of groups, and of cash. Each change is rehearsed
 * before it holds, and who set which version stands beside it.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import {
    amount,
    AmountField,
    Button,
    Choice,
    Code,
    currencyOf,
    Field,
    Figure,
    Head,
    Money,
    Name,
    Panel,
    Region,
    Table,
    useActions,
    useForm,
    whole,
} from "../kit";
import { readAmount } from "../kit/read";
import { refusalText } from "../kit/refusal";
import { language, say } from "../kit/words";
import type { Client, Sent } from "../lib/api";
import {
    MasterKind,
    OwnApproval,
    Right,
    TermField,
    type CompanyAnswer,
    type GroupRecord,
    type SetCashPolicy,
    type SetCreditPolicy,
} from "../lib/messages";
import { useTyped } from "./fields";
import { FormSheet } from "./forms";
import { History, OthersNotice, ownApprovalText, useOthers } from "./history";
import { Rehearsal, stopsText, useRehearsal } from "./rehearsal";
import { saved } from "./save";
import { TermsFields, useTerms } from "./terms";

export function Policy({ client }: { client: Client }): JSX.Element {
    const asked = useAsked(client, "company", {}, { again: client.seq.value });
    const company = asked.answer;
    useForm();
    return (
        <div class="screen">
            <Head title={say("Credit policy")}>
                {company !== undefined && (
                    <span class="small ink-2 nowrap">
                        {say("version")} <Code>{String(company.policy_version)}</Code>
                    </span>
                )}
                <a href="#/people" class="button plain small-button">
                    {say("Devices and staff")}
                </a>
            </Head>
            <Region
                rows={10}
                state={
                    asked.refused !== undefined
                        ? { kind: "refused", head: refusalText(asked.refused, client) }
                        : company === undefined
                          ? { kind: "loading" }
                          : { kind: "here" }
                }>
                {company !== undefined && <Body client={client} company={company} />}
            </Region>
        </div>
    );
}

/* ---- the company's ---- */

const minor = (text: string): bigint | undefined => readAmount(text, language.value).value;

/* What would be otherwise stands beside what is typed. */
function Body({ client, company }: { client: Client; company: CompanyAnswer }): JSX.Element {
    const currency = currencyOf(client);
    const money = (value: bigint | undefined): string => (value === undefined ? "" : amount(value, currency));
    const form = useTerms(client, company.policy, company.term_days);
    const typed = useTyped({
        title: company.policy_title ?? "",
        notes: money(company.credit_note_approve_minor),
        reversal: money(company.own_reversal_minor),
    });
    const [own, setOwn] = useState<OwnApproval | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_POLICY, 0);
    const may = client.may(Right.RIGHT_SET_LIMIT);
    const staff = client.may(Right.RIGHT_EDIT_STAFF);
    const emptied = (key: "title" | "notes" | "reversal"): boolean => typed.changed(key) && typed.of(key).trim() === "";
    const clear = [
        ...form.clear,
        ...(emptied("title") ? [TermField.TERM_TITLE] : []),
        ...(emptied("notes") ? [TermField.TERM_CREDIT_NOTE_APPROVE] : []),
        ...(emptied("reversal") ? [TermField.TERM_OWN_REVERSAL] : []),
    ];
    const said = (key: "notes" | "reversal"): bigint | undefined =>
        typed.changed(key) && !emptied(key) ? minor(typed.of(key)) : undefined;
    const command: Sent<SetCreditPolicy> = {
        terms: form.terms,
        term_days: form.term_days,
        title: typed.changed("title") && !emptied("title") ? typed.of("title").trim() : undefined,
        credit_note_approve_minor: said("notes"),
        own_reversal_minor: said("reversal"),
        own_approval: own !== undefined && own !== (company.own_approval ?? OwnApproval.OWN_NOBODY) ? own : undefined,
        clear,
    };
    const changed = form.changed || typed.any || command.own_approval !== undefined;
    const wrongMoney = (["notes", "reversal"] as const).some(
        (key) => typed.of(key).trim() !== "" && minor(typed.of(key)) === undefined,
    );
    const missing = !may
        ? say("not with your role")
        : !changed
          ? say("Nothing was changed yet.")
          : form.missing !== false
            ? form.missing
            : wrongMoney && say("Look at the amounts again");
    const told = useRehearsal(client, missing === false ? { set_credit_policy: command } : undefined);
    const save = async (): Promise<void> => {
        if (busy || missing !== false || told === undefined || !told.done) return;
        setBusy(true);
        setWrong(undefined);
        if (!(await others.check())) {
            setBusy(false);
            return;
        }
        const came = await saved(client, client.submit("set_credit_policy", command));
        setBusy(false);
        if ("wrong" in came) {
            setWrong(came.wrong);
            return;
        }
        others.mine();
        form.done();
        typed.clear();
        setOwn(undefined);
    };
    useActions(may ? [{ id: "policy.save", key: "F9", title: say("Set the policy"), run: () => void save() }] : []);
    return (
        <div class="columns">
            <div class="stack">
                <Panel title={say("For who has no terms of their own")}>
                    <form
                        class="section desk-form"
                        onSubmit={(event) => {
                            event.preventDefault();
                            void save();
                        }}>
                        <OthersNotice client={client} others={others} />
                        <fieldset class="bare stack" disabled={!may}>
                            <TermsFields client={client} form={form} />
                            <Field
                                label={say("What this policy says, in a line")}
                                value={typed.of("title")}
                                onText={(text) => typed.put("title", text)}
                                noNote
                            />
                            {staff && (
                                <>
                                    <Choice
                                        label={say("Who grants what they asked for themselves")}
                                        value={own ?? company.own_approval ?? OwnApproval.OWN_NOBODY}
                                        options={[
                                            OwnApproval.OWN_NOBODY,
                                            OwnApproval.OWN_OWNER,
                                            OwnApproval.OWN_ANYBODY,
                                        ].map((each) => ({ id: each as number, text: ownApprovalText(each) }))}
                                        onPick={(each) => setOwn(each as OwnApproval)}
                                        noNote
                                    />
                                    <div class="two-fields">
                                        <AmountField
                                            label={say("Credit notes without an approval, of a customer in a day")}
                                            text={typed.of("notes")}
                                            onText={(text) => typed.put("notes", text)}
                                            currency={currency}
                                            note={say("empty: any amount")}
                                        />
                                        <AmountField
                                            label={say("Money that one person takes back alone in a day")}
                                            text={typed.of("reversal")}
                                            onText={(text) => typed.put("reversal", text)}
                                            currency={currency}
                                            note={say("empty: any amount")}
                                        />
                                    </div>
                                </>
                            )}
                        </fieldset>
                        {wrong !== undefined && (
                            <p class="over" role="alert">
                                {wrong}
                            </p>
                        )}
                        <div class="row policy-foot">
                            <Button
                                filled
                                submit
                                hotkey="F9"
                                blocked={
                                    busy
                                        ? say("sending")
                                        : missing !== false
                                          ? missing
                                          : told?.done !== true
                                            ? say("It is being rehearsed")
                                            : told.refused !== undefined && refusalText(told.refused, client)
                                }>
                                {say("Set the policy")}
                            </Button>
                            {missing === false && told?.done === true && told.refused === undefined && (
                                <span class={told.stopped > 0 ? "over" : "ink-2"}>{stopsText(told)}</span>
                            )}
                            {missing === false && (
                                <Button
                                    plain
                                    onClick={() => {
                                        form.done();
                                        typed.clear();
                                        setOwn(undefined);
                                    }}>
                                    {say("Leave it as it is")}
                                </Button>
                            )}
                        </div>
                    </form>
                </Panel>
                <Cash client={client} company={company} />
            </div>
            <div class="stack">
                {missing === false && (
                    <Panel title={say("If it held now")}>
                        <div class="section">
                            <Rehearsal client={client} told={told} of="customers" />
                        </div>
                    </Panel>
                )}
                <Groups client={client} />
                <Panel title={say("What was changed")}>
                    <History client={client} kind={MasterKind.MASTER_POLICY} />
                </Panel>
            </div>
        </div>
    );
}

/* ---- cash ---- */

type CashKey = "unit" | "off" | "day" | "refund" | "confirm";

function Cash({ client, company }: { client: Client; company: CompanyAnswer }): JSX.Element {
    const currency = currencyOf(client);
    const money = (value: bigint | undefined): string => (value === undefined ? "" : amount(value, currency));
    const typed = useTyped<CashKey>({
        unit: money(company.cash_unit_minor),
        off: money(company.round_off_minor),
        day: money(company.round_off_day_minor),
        refund: money(company.refund_alone_minor),
        confirm: company.own_confirm_any ? "" : money(company.own_confirm_minor),
    });
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const may = client.may(Right.RIGHT_EDIT_BRANCHES);
    const said = (key: CashKey): bigint | undefined =>
        typed.changed(key) ? (typed.of(key).trim() === "" ? 0n : minor(typed.of(key))) : undefined;
    const command: Sent<SetCashPolicy> = {
        unit_minor: said("unit"),
        round_off_minor: said("off"),
        round_off_day_minor: said("day"),
        refund_alone_minor: typed.of("refund").trim() === "" ? undefined : said("refund"),
        refund_any: typed.changed("refund") && typed.of("refund").trim() === "" ? true : undefined,
        own_confirm_minor: said("confirm"),
    };
    const bad = (["unit", "off", "day", "refund", "confirm"] as const).some(
        (key) => typed.of(key).trim() !== "" && minor(typed.of(key)) === undefined,
    );
    const missing = !may
        ? say("not with your role")
        : !typed.any
          ? say("Nothing was changed yet.")
          : bad && say("Look at the amounts again");
    const save = async (): Promise<void> => {
        if (busy || missing !== false) return;
        setBusy(true);
        const came = await saved(client, client.submit("set_cash_policy", command));
        setBusy(false);
        setWrong("wrong" in came ? came.wrong : undefined);
        if (!("wrong" in came)) typed.clear();
    };
    const field = (key: CashKey) => ({ text: typed.of(key), onText: (text: string) => typed.put(key, text), currency });
    return (
        <Panel title={say("Cash at the till")}>
            <form
                class="section desk-form"
                onSubmit={(event) => {
                    event.preventDefault();
                    void save();
                }}>
                <fieldset class="bare stack" disabled={!may}>
                    <div class="two-fields">
                        <AmountField
                            label={say("Cash is rounded to")}
                            {...field("unit")}
                            note={say("empty: it is not")}
                        />
                        <AmountField
                            label={say("So much short still settles a bill")}
                            {...field("off")}
                            note={say("empty: none")}
                        />
                    </div>
                    <div class="two-fields">
                        <AmountField
                            label={say("Of that, one person in a day")}
                            {...field("day")}
                            note={say("empty: none")}
                        />
                        <AmountField
                            label={say("Paid out by one person alone in a day")}
                            {...field("refund")}
                            note={say("empty: any amount")}
                        />
                    </div>
                    <AmountField
                        label={say("Of their own money one person confirms in a day")}
                        {...field("confirm")}
                        note={company.own_confirm_any ? say("now: any amount") : say("empty: none")}
                    />
                </fieldset>
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                <div class="row">
                    <Button submit blocked={busy ? say("sending") : missing}>
                        {say("Keep the changes")}
                    </Button>
                </div>
            </form>
        </Panel>
    );
}

/* ---- groups ---- */

function Groups({ client }: { client: Client }): JSX.Element {
    const [open, setOpen] = useState<number | "new" | undefined>(undefined);
    const asked = useAsked(client, "groups", {}, { again: client.seq.value, most: 20 });
    const groups = asked.pages.flatMap((page) => page.groups);
    const may = client.may(Right.RIGHT_EDIT_GROUPS);
    const group = groups.find((each) => each.group === open);
    useActions(may ? [{ id: "policy.group", title: say("Add a group"), run: () => setOpen("new") }] : []);
    return (
        <Panel
            title={say("Groups of customers")}
            end={may && <Button onClick={() => setOpen("new")}>{say("Add a group")}</Button>}>
            <Region
                rows={3}
                state={
                    asked.refused !== undefined
                        ? { kind: "refused", head: refusalText(asked.refused, client) }
                        : asked.answer === undefined
                          ? { kind: "loading" }
                          : groups.length === 0
                            ? { kind: "empty", text: say("No groups yet: the policy holds for all.") }
                            : { kind: "here" }
                }>
                <Table
                    label={say("Groups of customers")}
                    rows={groups}
                    id={(row) => row.group}
                    onOpen={may ? (row) => setOpen(row.group) : undefined}
                    columns={[
                        {
                            id: "name",
                            head: say("Name"),
                            class: "cut",
                            cell: (row) => (
                                <>
                                    <b>
                                        <Name>{row.name}</Name>
                                    </b>{" "}
                                    <span class="small ink-2">
                                        <Name>{row.dimension}</Name>
                                    </span>
                                </>
                            ),
                        },
                        {
                            id: "members",
                            head: say("Customers"),
                            amount: true,
                            class: "only-desk",
                            cell: (row) => <Figure text={whole(row.members)} />,
                        },
                        {
                            id: "limit",
                            head: say("Limit"),
                            amount: true,
                            cell: ({ limit }) =>
                                limit?.unlimited ? (
                                    say("without a limit")
                                ) : limit?.limit_minor === undefined ? (
                                    "–"
                                ) : (
                                    <Money minor={limit.limit_minor} />
                                ),
                        },
                    ]}
                />
            </Region>
            {open === "new" && <NewGroup client={client} onClose={() => setOpen(undefined)} />}
            {group !== undefined && <GroupSheet client={client} group={group} onClose={() => setOpen(undefined)} />}
        </Panel>
    );
}

function NewGroup({ client, onClose }: { client: Client; onClose: () => void }): JSX.Element {
    const [name, setName] = useState("");
    const [dimension, setDimension] = useState("");
    return (
        <FormSheet
            title={say("Add a group")}
            act={name.trim() === "" ? say("Add") : say("Add {name}", { name: name.trim() })}
            missing={
                name.trim() === ""
                    ? say("Say what it is called")
                    : dimension.trim() === "" && say("Say what it groups by, as: trade, route")
            }
            save={() => saved(client, client.submit("add_group", { dimension: dimension.trim(), name: name.trim() }))}
            onClose={onClose}>
            <Field label={say("Name")} value={name} onText={setName} noNote autofocus />
            <Field
                label={say("Groups by")}
                value={dimension}
                onText={setDimension}
                placeholder={say("trade, route")}
                noNote
            />
        </FormSheet>
    );
}

function GroupSheet({
    client,
    group,
    onClose,
}: {
    client: Client;
    group: GroupRecord;
    onClose: () => void;
}): JSX.Element {
    const form = useTerms(client, group.limit, group.term_days);
    const typed = useTyped({ name: group.name });
    const others = useOthers(client, MasterKind.MASTER_GROUP, group.group);
    const terms = Object.values(form.terms).some((each) => each !== undefined) ? form.terms : undefined;
    const command = {
        group: group.group,
        name: typed.changed("name") ? typed.of("name").trim() : undefined,
        term_days: form.term_days,
        limit: terms,
        clear: form.clear,
    };
    const missing =
        typed.of("name").trim() === ""
            ? say("Say what it is called")
            : !form.changed && !typed.any
              ? say("Nothing was changed yet.")
              : form.missing;
    const told = useRehearsal(client, missing === false ? { change_group: command } : undefined);
    return (
        <FormSheet
            title={group.name}
            act={
                told === undefined || told.stopped === 0
                    ? say("Keep the changes")
                    : `${say("Keep the changes")} · ${stopsText(told)}`
            }
            missing={missing !== false ? missing : told?.done !== true && say("It is being rehearsed")}
            save={async () => {
                if (!(await others.check())) return { wrong: say("Somebody else was first: look above.") };
                return saved(client, client.submit("change_group", command));
            }}
            onClose={onClose}>
            <OthersNotice client={client} others={others} />
            <Field label={say("Name")} value={typed.of("name")} onText={(text) => typed.put("name", text)} noNote />
            <TermsFields client={client} form={form} group />
            {missing === false && <Rehearsal client={client} told={told} of="customers" />}
            <h3 class="small ink-2">{say("What was changed")}</h3>
            <History client={client} kind={MasterKind.MASTER_GROUP} id={group.group} rows={5} />
        </FormSheet>
    );
}

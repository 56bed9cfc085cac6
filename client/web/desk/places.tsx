/*
 * Branches, and where money is kept: tills, card machines, bank accounts. Each is made here, opened, changed or blocked;
 * what still holds money is not retired, and says how much.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { Button, Code, Field, Head, Name, Panel, Region, Sheet, useActions } from "../kit";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import type { Client } from "../lib/api";
import { MasterKind, MoneyAccountKind, type BranchRecord, type MoneyAccountRecord } from "../lib/messages";
import { useTyped } from "./fields";
import { BranchForm, FormSheet, MoneyPlaceForm } from "./forms";
import { History, OthersNotice, useOthers } from "./history";
import { saved } from "./save";

const ORDER: readonly MoneyAccountKind[] = [
    MoneyAccountKind.MONEY_TILL,
    MoneyAccountKind.MONEY_POS_DEVICE,
    MoneyAccountKind.MONEY_BANK_ACCOUNT,
];

function kindTitle(kind: MoneyAccountKind): string {
    switch (kind) {
        case MoneyAccountKind.MONEY_TILL:
            return say("Tills");
        case MoneyAccountKind.MONEY_POS_DEVICE:
            return say("Card machines");
        default:
            return say("Bank accounts");
    }
}

function addTitle(kind: MoneyAccountKind): string {
    switch (kind) {
        case MoneyAccountKind.MONEY_TILL:
            return say("Add a till");
        case MoneyAccountKind.MONEY_POS_DEVICE:
            return say("Add a card machine");
        default:
            return say("Add a bank account");
    }
}

function noneText(kind: MoneyAccountKind): string {
    switch (kind) {
        case MoneyAccountKind.MONEY_TILL:
            return say("None yet: without one no cash is taken.");
        case MoneyAccountKind.MONEY_POS_DEVICE:
            return say("None yet: without one no card is taken.");
        default:
            return say("None yet: without one no transfer and no slip is taken, and a card machine pays into one.");
    }
}

/* Where it stands, or which account it is. */
function about(
    each: MoneyAccountRecord,
    all: readonly MoneyAccountRecord[],
    branches: readonly BranchRecord[],
): string {
    const branch = branches.find((one) => one.branch === each.branch);
    const into = all.find((one) => one.money_account === each.bank_account);
    return [branch?.name, each.number, each.bank, into?.name].filter((part) => (part ?? "") !== "").join(" · ");
}

export function Places({ client }: { client: Client }): JSX.Element {
    const [adding, setAdding] = useState<MoneyAccountKind | undefined>(undefined);
    const [turn, setTurn] = useState(0);
    const asked = useAsked(client, "money_accounts", {}, { again: `${turn}|${client.seq.value / 8n}`, most: 20 });
    const branches = useAsked(client, "branches", {}, { again: turn }).answer?.branches ?? [];
    const every = asked.pages.flatMap((page) => page.money_accounts);
    const all = every.filter((each) => !each.retired);
    const [open, setOpen] = useState<number | undefined>(undefined);
    const place = every.find((each) => each.money_account === open);
    const bound = client.me.value?.bound_branch; /* a bank account is of no branch */
    const made = ORDER.filter((kind) => bound === undefined || kind !== MoneyAccountKind.MONEY_BANK_ACCOUNT);
    useActions(made.map((kind) => ({ id: `places.add${kind}`, title: addTitle(kind), run: () => setAdding(kind) })));
    return (
        <div class="screen stack">
            <Head title={say("Branches, tills and accounts")}>
                <a href="#/people" class="button plain small-button">
                    {say("Devices and staff")}
                </a>
            </Head>
            <Branches client={client} branches={branches} onChanged={() => setTurn(turn + 1)} />
            {ORDER.map((kind) => {
                const here = every.filter((each) => each.kind === kind);
                return (
                    <Panel
                        key={kind}
                        title={kindTitle(kind)}
                        end={made.includes(kind) && <Button onClick={() => setAdding(kind)}>{addTitle(kind)}</Button>}>
                        <Region
                            rows={1}
                            state={
                                asked.refused !== undefined
                                    ? { kind: "refused", head: refusalText(asked.refused, client) }
                                    : asked.answer === undefined
                                      ? { kind: "loading" }
                                      : here.length === 0
                                        ? { kind: "empty", text: noneText(kind) }
                                        : { kind: "here" }
                            }>
                            <ul class="plain-list">
                                {here.map((each) => (
                                    <li key={each.money_account}>
                                        <button
                                            type="button"
                                            class="list-row"
                                            onClick={() => setOpen(each.money_account)}>
                                            <b class="grow cut">
                                                <Name>{each.name}</Name>
                                            </b>
                                            {each.retired && <Gone />}
                                            <bdi class="small ink-2">{about(each, all, branches)}</bdi>
                                        </button>
                                    </li>
                                ))}
                            </ul>
                        </Region>
                    </Panel>
                );
            })}
            {place !== undefined && (
                <Place
                    client={client}
                    place={place}
                    about={about(place, every, branches)}
                    onClose={() => {
                        setOpen(undefined);
                        setTurn(turn + 1);
                    }}
                />
            )}
            {adding !== undefined && (
                <MoneyPlaceForm
                    client={client}
                    branches={branches}
                    accounts={all}
                    kind={adding}
                    onClose={() => {
                        setAdding(undefined);
                        setTurn(turn + 1);
                    }}
                />
            )}
        </div>
    );
}

const Gone = (): JSX.Element => (
    <span class="over small nowrap">
        <span aria-hidden="true">✕ </span>
        {say("blocked")}
    </span>
);

/* ---- one place of money ---- */

function Place({
    client,
    place,
    about: text,
    onClose,
}: {
    client: Client;
    place: MoneyAccountRecord;
    about: string;
    onClose: () => void;
}): JSX.Element {
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const bound = client.me.value?.bound_branch;
    const mine = bound === undefined || place.branch === bound;
    const retire = async (): Promise<void> => {
        setBusy(true);
        const came = await saved(
            client,
            client.submit("retire_money_account", { money_account: place.money_account, retired: !place.retired }),
        );
        setBusy(false);
        if ("wrong" in came) setWrong(came.wrong);
        else onClose();
    };
    return (
        <Sheet title={place.name} onClose={onClose}>
            <div class="stack">
                <p class="ink-2">
                    <Name>{text}</Name>
                </p>
                {!place.retired && (
                    <p class="small">
                        {say(
                            "It can be blocked once it holds nothing. Nothing is taken into it then; its papers stay.",
                        )}
                    </p>
                )}
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                {mine && (
                    <div class="row">
                        <Button danger={!place.retired} blocked={busy && say("sending")} onClick={() => void retire()}>
                            {place.retired ? say("Use it again") : say("Block {name}", { name: place.name })}
                        </Button>
                    </div>
                )}
                <h3 class="small ink-2">{say("What was changed")}</h3>
                <History client={client} kind={MasterKind.MASTER_MONEY_ACCOUNT} id={place.money_account} rows={5} />
            </div>
        </Sheet>
    );
}

/* ---- branches ---- */

function Branches({
    client,
    branches,
    onChanged,
}: {
    client: Client;
    branches: readonly BranchRecord[];
    onChanged: () => void;
}): JSX.Element {
    const [open, setOpen] = useState<number | "new" | undefined>(undefined);
    const bound = client.me.value?.bound_branch;
    const branch = branches.find((each) => each.branch === open);
    const close = (): void => {
        setOpen(undefined);
        onChanged();
    };
    useActions(
        bound === undefined ? [{ id: "places.branch", title: say("Add a branch"), run: () => setOpen("new") }] : [],
    );
    return (
        <Panel
            title={say("Branches")}
            end={bound === undefined && <Button onClick={() => setOpen("new")}>{say("Add a branch")}</Button>}>
            <Region rows={1} state={branches.length === 0 ? { kind: "loading" } : { kind: "here" }}>
                <ul class="plain-list">
                    {branches.map((each) => {
                        const row = (
                            <>
                                <Code>{each.code}</Code>
                                <b class="grow cut">
                                    <Name>{each.name}</Name>
                                </b>
                                {each.blocked && <Gone />}
                                <bdi class="small ink-2">
                                    {[each.phone, each.address].filter((part) => (part ?? "") !== "").join(" · ")}
                                </bdi>
                            </>
                        );
                        return (
                            <li key={each.branch}>
                                {bound === undefined || bound === each.branch ? (
                                    <button type="button" class="list-row" onClick={() => setOpen(each.branch)}>
                                        {row}
                                    </button>
                                ) : (
                                    <div class="list-row">{row}</div>
                                )}
                            </li>
                        );
                    })}
                </ul>
            </Region>
            {open === "new" && <BranchForm client={client} onClose={close} />}
            {branch !== undefined && <BranchSheet client={client} branch={branch} onClose={close} />}
        </Panel>
    );
}

function BranchSheet({
    client,
    branch,
    onClose,
}: {
    client: Client;
    branch: BranchRecord;
    onClose: () => void;
}): JSX.Element {
    const typed = useTyped({ name: branch.name, phone: branch.phone ?? "", address: branch.address ?? "" });
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_BRANCH, branch.branch);
    const said = (key: "name" | "phone" | "address"): string | undefined =>
        typed.changed(key) ? typed.of(key).trim() : undefined;
    const block = async (): Promise<void> => {
        const came = await saved(
            client,
            client.submit("change_branch", { branch: branch.branch, blocked: !branch.blocked }),
        );
        if ("wrong" in came) setWrong(came.wrong);
        else onClose();
    };
    const text = (key: "name" | "phone" | "address") => ({
        value: typed.of(key),
        onText: (now: string) => typed.put(key, now),
        noNote: true,
    });
    return (
        <FormSheet
            title={branch.name}
            act={say("Keep the changes")}
            missing={
                typed.of("name").trim() === ""
                    ? say("Say what it is called")
                    : !typed.any && say("Nothing was changed yet.")
            }
            save={async () => {
                if (!(await others.check())) return { wrong: say("Somebody else was first: look above.") };
                return saved(
                    client,
                    client.submit("change_branch", {
                        branch: branch.branch,
                        name: said("name"),
                        phone: said("phone"),
                        address: said("address"),
                    }),
                );
            }}
            onClose={onClose}>
            <OthersNotice client={client} others={others} />
            <Field label={say("Name")} {...text("name")} />
            <Field label={say("Phone")} type="tel" dir="ltr" {...text("phone")} />
            <Field label={say("Address")} {...text("address")} />
            <p class="small ink-2">
                {branch.blocked
                    ? say("Blocked: nothing is sold there. Money is still taken.")
                    : say("Blocked, a branch sells nothing more; it still takes money and reverses papers.")}
            </p>
            {wrong !== undefined && (
                <p class="over" role="alert">
                    {wrong}
                </p>
            )}
            <div class="row">
                <Button danger={!branch.blocked} onClick={() => void block()}>
                    {branch.blocked ? say("Open it again") : say("Block {name}", { name: branch.name })}
                </Button>
            </div>
            <h3 class="small ink-2">{say("What was changed")}</h3>
            <History client={client} kind={MasterKind.MASTER_BRANCH} id={branch.branch} rows={5} />
        </FormSheet>
    );
}

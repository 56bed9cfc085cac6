/*
 * Where money is kept: tills, card machines, bank accounts. A payment of each kind asks for one of its own, so each can
 * be made here.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { Button, Head, Name, Panel, Region, useActions } from "../kit";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import type { Client } from "../lib/api";
import { MoneyAccountKind, type BranchRecord, type MoneyAccountRecord } from "../lib/messages";
import { MoneyPlaceForm } from "./forms";

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
    const all = asked.pages.flatMap((page) => page.money_accounts).filter((each) => !each.retired);
    const bound = client.me.value?.bound_branch; /* a bank account is of no branch */
    const made = ORDER.filter((kind) => bound === undefined || kind !== MoneyAccountKind.MONEY_BANK_ACCOUNT);
    useActions(made.map((kind) => ({ id: `places.add${kind}`, title: addTitle(kind), run: () => setAdding(kind) })));
    return (
        <div class="screen stack">
            <Head title={say("Tills and accounts")} />
            {ORDER.map((kind) => {
                const here = all.filter((each) => each.kind === kind);
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
                                    <li key={each.money_account} class="row">
                                        <b class="grow cut">
                                            <Name>{each.name}</Name>
                                        </b>
                                        <bdi class="small ink-2">{about(each, all, branches)}</bdi>
                                    </li>
                                ))}
                            </ul>
                        </Region>
                    </Panel>
                );
            })}
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

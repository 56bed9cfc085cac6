/*
 * What each role may do, and up to how much. Rights are fixed; how much is the company's to say: a change of it is
 * typed in the table itself, rehearsed, and set together.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
    amount,
    Button,
    Chips,
    classes,
    Code,
    currencyOf,
    decimal,
    Figure,
    moment,
    Name,
    Panel,
    percent,
    Region,
    TableBox,
    unit,
    useActions,
    useId,
    whole,
    type RegionState,
} from "../kit";
import { readAmount, readQuantity } from "../kit/read";
import { refusalText, roleText } from "../kit/refusal";
import { rightText, thresholdText } from "../kit/refusals";
import { begin, language, listed, say, sayMany } from "../kit/words";
import { useAsked } from "../board/asked";
import { History, OthersNotice, useOthers, whoText } from "../desk/history";
import { Rehearsal, useRehearsal } from "../desk/rehearsal";
import { saved } from "../desk/save";
import type { Client, Sent } from "../lib/api";
import {
    MasterKind,
    Right,
    Role,
    Threshold,
    type RightsAnswer,
    type RoleThreshold,
    type ThresholdRow,
} from "../lib/messages";

export const roles: readonly Role[] = [
    Role.ROLE_SALES,
    Role.ROLE_CONTROLLER,
    Role.ROLE_ACCOUNTANT,
    Role.ROLE_MANAGER,
    Role.ROLE_OWNER,
];
const shownFirst: readonly Right[] = [
    Right.RIGHT_SELL,
    Right.RIGHT_APPROVE,
    Right.RIGHT_TAKE_MONEY,
    Right.RIGHT_REFUND,
    Right.RIGHT_MATCH,
    Right.RIGHT_CREDIT_NOTE,
    Right.RIGHT_REVERSE,
    Right.RIGHT_SET_LIMIT,
    Right.RIGHT_LOCK,
    Right.RIGHT_EDIT_CUSTOMER,
    Right.RIGHT_EDIT_CATALOGUE,
    Right.RIGHT_EDIT_STAFF,
    Right.RIGHT_EDIT_TERMINALS,
];
const money: readonly Threshold[] = [
    Threshold.THRESHOLD_CUSTOM_AMOUNT,
    Threshold.THRESHOLD_REVERSAL,
    Threshold.THRESHOLD_OPENING_LIMIT,
    Threshold.THRESHOLD_CASH_OUT,
    Threshold.THRESHOLD_CASH_IN,
];
const days: readonly Threshold[] = [Threshold.THRESHOLD_LATER_DUE, Threshold.THRESHOLD_TERM_DAYS];
const yesNo: readonly Threshold[] = [
    Threshold.THRESHOLD_OTHER_TAX,
    Threshold.THRESHOLD_OWN_NUMBER,
    Threshold.THRESHOLD_BELOW_COST,
];

/* ---- what a cell says ---- */

function most(client: Client, threshold: Threshold, value: bigint | undefined): JSX.Element {
    if (value === undefined)
        return (
            <span class="credit">
                <span aria-hidden="true">✓</span>
                <span class="unseen">{say("without a limit")}</span>
            </span>
        );
    if (yesNo.includes(threshold)) return value > 0n ? <Mark yes /> : <Mark />;
    if (value === 0n) return <Mark />;
    return (
        <Figure
            text={
                money.includes(threshold)
                    ? amount(value, currencyOf(client))
                    : days.includes(threshold)
                      ? whole(value)
                      : percent(value)
            }
        />
    );
}

function Mark({ yes }: { yes?: boolean }): JSX.Element {
    return yes ? (
        <span class="credit">
            <span aria-hidden="true">✓</span>
            <span class="unseen">{say("yes")}</span>
        </span>
    ) : (
        <span class="ink-3">
            <span aria-hidden="true">–</span>
            <span class="unseen">{say("no")}</span>
        </span>
    );
}

/* Who sells and may not approve asks for it: the sale waits. Nothing else is asked for. */
function RightMark({ rights, right, role }: { rights: RightsAnswer; right: Right; role: Role }): JSX.Element {
    const may = (which: Right): boolean => rights.rights.some((row) => row.right === which && row.roles.includes(role));
    if (may(right)) return <Mark yes />;
    return right === Right.RIGHT_APPROVE && may(Right.RIGHT_SELL) ? (
        <span class="right-asks nowrap">{say("asks {key}", { key: "F8" })}</span>
    ) : (
        <Mark />
    );
}

function order(right: Right): number {
    const at = shownFirst.indexOf(right);
    return at < 0 ? 100 + right : at;
}

const thresholdsOf = (rights: RightsAnswer): Threshold[] => [
    ...new Set(rights.thresholds.filter((row) => row.applies).map((row) => row.threshold)),
];
const rowOf = (rights: RightsAnswer, threshold: Threshold, role: Role): ThresholdRow | undefined =>
    rights.thresholds.find((one) => one.threshold === threshold && one.role === role && one.applies);

/* ---- beside the choice of a role ---- */

export function RoleSummary({ client, role }: { client: Client; role: Role }): JSX.Element | null {
    const { answer: rights } = useAsked(client, "rights", {});
    if (rights === undefined) return null;
    const may = rights.rights.filter((row) => row.roles.includes(role) && shownFirst.includes(row.right));
    const not = rights.rights.filter((row) => !row.roles.includes(role) && shownFirst.includes(row.right));
    const asks =
        not.some((row) => row.right === Right.RIGHT_APPROVE) && may.some((row) => row.right === Right.RIGHT_SELL);
    const byOrder = (rows: typeof may): string =>
        listed([...rows].sort((a, b) => order(a.right) - order(b.right)).map((row) => rightText(row.right)));
    return (
        <div class="role-summary">
            <h3 class="small ink-2">{say("What the role {role} may do", { role: roleText(role) })}</h3>
            <p>
                <span class="credit" aria-hidden="true">
                    ✓{" "}
                </span>
                {byOrder(may)}
            </p>
            {not.length > 0 && (
                <p class="ink-2">
                    <span aria-hidden="true">– </span>
                    {byOrder(not.filter((row) => !asks || row.right !== Right.RIGHT_APPROVE))}
                </p>
            )}
            {asks && (
                <p class="late">
                    {say("For a sale over the limit they ask with {key}; the sale waits.", { key: "F8" })}
                </p>
            )}
            <ul class="role-amounts">
                {thresholdsOf(rights).map((threshold) => {
                    const row = rowOf(rights, threshold, role);
                    return (
                        row !== undefined && (
                            <li key={threshold}>
                                <span class="ink-2">{begin(thresholdText(threshold))}</span>{" "}
                                {most(client, threshold, row.most)}
                            </li>
                        )
                    );
                })}
            </ul>
        </div>
    );
}

/* ---- typing in it ---- */

type Cells = ReadonlyMap<string, string>;
const cellKey = (threshold: Threshold, role: Role): string => `${threshold} ${role}`;

function typedOf(client: Client, row: ThresholdRow): string {
    if (row.most === undefined) return "";
    if (yesNo.includes(row.threshold)) return row.most > 0n ? "1" : "0";
    if (money.includes(row.threshold)) return amount(row.most, currencyOf(client));
    return days.includes(row.threshold) ? whole(row.most) : decimal(row.most, 2, 0);
}

/* undefined: it cannot be read; "any": as much as they want. */
function readCell(threshold: Threshold, text: string): bigint | "any" | undefined {
    if (text.trim() === "") return "any";
    if (money.includes(threshold)) return readAmount(text, language.value).value;
    const read = readQuantity(text.replace(/[%٪]/g, ""), language.value).value;
    if (read === undefined) return undefined;
    const step = days.includes(threshold) || yesNo.includes(threshold) ? 1000n : 10n;
    return read % step === 0n ? read / step : undefined;
}

function Cell({ row, text, onText }: { row: ThresholdRow; text: string; onText: (text: string) => void }): JSX.Element {
    const label = `${begin(roleText(row.role))}: ${thresholdText(row.threshold)}`;
    if (yesNo.includes(row.threshold))
        return (
            <input
                type="checkbox"
                aria-label={label}
                checked={text !== "0"}
                onChange={(event) => onText(event.currentTarget.checked ? "1" : "0")}
            />
        );
    return (
        <input
            class="cell-input"
            dir="ltr"
            inputMode="decimal"
            autocomplete="off"
            aria-label={label}
            aria-invalid={readCell(row.threshold, text) === undefined || undefined}
            placeholder="✓"
            value={text}
            onInput={(event) => onText(event.currentTarget.value)}
        />
    );
}

interface Editing {
    cells: Cells;
    put(threshold: Threshold, role: Role, text: string): void;
    may(role: Role): boolean;
}

/* ---- the panel ---- */

/* `lit`: the role of whoever is open; else one's own. */
export function Matrix({ client, lit }: { client: Client; lit?: Role }): JSX.Element {
    const asked = useAsked(client, "rights", {}, { again: client.seq.value });
    const newest = useAsked(
        client,
        "master_changes",
        { kind: MasterKind.MASTER_RIGHTS, rows: 1 },
        { again: client.seq.value },
    );
    const rights = asked.answer;
    const [all, setAll] = useState(false);
    const [cells, setCells] = useState<Cells | undefined>(undefined); /* none: nobody types */
    const edits =
        client.may(Right.RIGHT_EDIT_STAFF) && client.me.value?.bound_branch === undefined && rights?.held === true;
    const change = newest.answer?.changes[0];
    const state: RegionState =
        asked.refused !== undefined
            ? { kind: "refused", head: refusalText(asked.refused, client) }
            : rights === undefined
              ? { kind: "loading" }
              : { kind: "here" };
    const editing: Editing | undefined =
        cells === undefined
            ? undefined
            : {
                  cells,
                  put: (threshold, role, text) => setCells(new Map(cells).set(cellKey(threshold, role), text)),
                  may: (role) =>
                      role !== Role.ROLE_OWNER &&
                      (role !== Role.ROLE_MANAGER || client.me.value?.role === Role.ROLE_OWNER),
              };
    useActions(
        edits
            ? [{ id: "rights.edit", title: say("Change what roles may do"), run: () => setCells(cells ?? new Map()) }]
            : [],
    );
    return (
        <Panel
            title={say("What each role may do")}
            note={
                change !== undefined ? (
                    <>
                        {say("as it holds since")} <Figure text={moment(change.at_ms)} />,{" "}
                        <Name>{whoText(client, change)}</Name>
                    </>
                ) : (
                    rights !== undefined && (
                        <>
                            {say("policy")} <Code>{String(rights.version)}</Code>
                        </>
                    )
                )
            }
            end={
                rights !== undefined && (
                    <>
                        <Button plain pressed={all} onClick={() => setAll(!all)}>
                            {all ? say("The usual") : say("rights::All of it")}
                        </Button>
                        {edits && cells === undefined && (
                            <Button onClick={() => setCells(new Map())}>{say("Rehearse a change")}</Button>
                        )}
                    </>
                )
            }>
            <Region state={state} rows={8}>
                {rights !== undefined && (
                    <RoleTable client={client} rights={rights} all={all} lit={lit} editing={editing} />
                )}
                {rights !== undefined && cells !== undefined && (
                    <Change client={client} rights={rights} cells={cells} onDone={() => setCells(undefined)} />
                )}
                {change !== undefined && (
                    <details class="section">
                        <summary>{say("What was changed")}</summary>
                        <History client={client} kind={MasterKind.MASTER_RIGHTS} />
                    </details>
                )}
            </Region>
        </Panel>
    );
}

function RoleTable({
    client,
    rights,
    all,
    lit,
    editing,
}: {
    client: Client;
    rights: RightsAnswer;
    all: boolean;
    lit: Role | undefined;
    editing: Editing | undefined;
}): JSX.Element {
    const [looked, setLooked] = useState<Role | undefined>(undefined); /* on a phone: one role at a time has room */
    const id = useId("m");
    const role = lit ?? client.me.value?.role;
    const shown = looked ?? role ?? Role.ROLE_SALES;
    const cell = (each: Role): string => classes(each === role && "lit", each !== shown && "not-on-phone");
    const rows = rights.rights
        .filter((row) => all || shownFirst.includes(row.right))
        .sort((a, b) => order(a.right) - order(b.right));
    return (
        <>
            <div class="section only-phone">
                <Chips
                    label={say("Role")}
                    value={shown as number}
                    options={roles.map((each) => ({ id: each as number, text: begin(roleText(each)) }))}
                    onPick={(each) => setLooked(each)}
                />
            </div>
            <TableBox label={say("What each role may do")} rows={rows.length}>
                <table class="table matrix" aria-labelledby={id}>
                    <caption id={id} class="unseen">
                        {say("What each role may do")}
                    </caption>
                    <thead>
                        <tr>
                            <th scope="col">
                                {say("Amounts in {unit}, the most for one at a time", {
                                    unit: unit(currencyOf(client)),
                                })}
                            </th>
                            {roles.map((each) => (
                                <th key={each} scope="col" class={cell(each)}>
                                    {begin(roleText(each))}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map((row) => (
                            <tr key={row.right}>
                                <td>{begin(rightText(row.right))}</td>
                                {roles.map((each) => (
                                    <td key={each} class={cell(each)}>
                                        <RightMark rights={rights} right={row.right} role={each} />
                                    </td>
                                ))}
                            </tr>
                        ))}
                        {thresholdsOf(rights).map((threshold) => (
                            <tr key={`t${threshold}`}>
                                <td>{begin(thresholdText(threshold))}</td>
                                {roles.map((each) => {
                                    const row = rowOf(rights, threshold, each);
                                    return (
                                        <td key={each} class={cell(each)}>
                                            {row === undefined ? (
                                                <Mark />
                                            ) : editing?.may(each) ? (
                                                <Cell
                                                    row={row}
                                                    text={
                                                        editing.cells.get(cellKey(threshold, each)) ??
                                                        typedOf(client, row)
                                                    }
                                                    onText={(text) => editing.put(threshold, each, text)}
                                                />
                                            ) : (
                                                most(client, threshold, row.most)
                                            )}
                                        </td>
                                    );
                                })}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </TableBox>
        </>
    );
}

/* What was typed and is another than now; bad: it cannot be read. */
function changesOf(rights: RightsAnswer, cells: Cells): { said: Sent<RoleThreshold>[]; bad: boolean } {
    const said: Sent<RoleThreshold>[] = [];
    let bad = false;
    for (const row of rights.thresholds) {
        const text = cells.get(cellKey(row.threshold, row.role));
        const now = text === undefined ? undefined : readCell(row.threshold, text);
        bad ||= text !== undefined && now === undefined;
        if (now === undefined || (now === "any" ? undefined : now) === row.most) continue;
        said.push({ threshold: row.threshold, role: row.role, most: now === "any" ? undefined : now });
    }
    return { said, bad };
}

function Change({
    client,
    rights,
    cells,
    onDone,
}: {
    client: Client;
    rights: RightsAnswer;
    cells: Cells;
    onDone: () => void;
}): JSX.Element {
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_RIGHTS, 0);
    const { said, bad } = changesOf(rights, cells);
    const told = useRehearsal(client, bad || said.length === 0 ? undefined : { set_thresholds: { thresholds: said } });
    useEffect(() => setWrong(undefined), [cells]);
    const save = async (): Promise<void> => {
        if (busy || said.length === 0 || bad || told?.done !== true) return;
        setBusy(true);
        if (!(await others.check())) {
            setBusy(false);
            return;
        }
        const came = await saved(client, client.submit("set_thresholds", { thresholds: said }));
        setBusy(false);
        if ("wrong" in came) setWrong(came.wrong);
        else onDone();
    };
    return (
        <div class="section stack matrix-change">
            <OthersNotice client={client} others={others} />
            <p class="small ink-2">{say("Type how much each role may; empty is as much as they want.")}</p>
            {said.length > 0 && !bad && <Rehearsal client={client} told={told} of="people" />}
            {wrong !== undefined && (
                <p class="over" role="alert">
                    {wrong}
                </p>
            )}
            <div class="row">
                <Button
                    filled
                    onClick={() => void save()}
                    blocked={
                        busy
                            ? say("sending")
                            : bad
                              ? say("Look at the amounts again")
                              : said.length === 0
                                ? say("Nothing was changed yet.")
                                : told?.done !== true && say("It is being rehearsed")
                    }>
                    {sayMany("Set {count} bound", "Set {count} bounds", said.length, { count: whole(said.length) })}
                </Button>
                <Button onClick={onDone}>{say("Leave it as it is")}</Button>
            </div>
        </div>
    );
}

/*
 * Who changed what of one thing, when; and, while somebody has it open, what another changed of it meanwhile. What
 * was changed comes as two commands that say no more than what differs (MasterChange).
 */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import {
    amount,
    Button,
    dayInColumn,
    Figure,
    moment,
    Name,
    Notice,
    percent,
    price,
    quantity,
    Region,
    whole,
} from "../kit";
import { refusalText, roleText } from "../kit/refusal";
import { fieldText, measureText, thresholdText } from "../kit/refusals";
import * as format from "../kit/format";
import { begin, listed, say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import {
    ExcessPolicy,
    MasterKind,
    OwnApproval,
    type Command,
    type MasterChange,
    type PriceEntry,
    type ProductUnit,
    type Role,
    type RoleThreshold,
    type Text,
    type Threshold,
} from "../lib/messages";

/* What numbers of other things are called; none: the number. */
export interface Names {
    branch?: (number: number) => string | undefined;
    group?: (number: number) => string | undefined;
    product?: (number: number) => string | undefined;
}

/* ---- words of values ---- */

export function excessText(policy: ExcessPolicy | undefined): string {
    if (policy === ExcessPolicy.EXCESS_WARN) return say("over it only a warning");
    return policy === ExcessPolicy.EXCESS_APPROVE
        ? say("over it somebody has to approve")
        : say("over it nothing is sold");
}

export function ownApprovalText(own: OwnApproval | undefined): string {
    if (own === OwnApproval.OWN_ANYBODY) return say("whoever may approve");
    return own === OwnApproval.OWN_OWNER ? say("the owner alone") : say("nobody: a second person has to");
}

export function mostText(client: Client, threshold: Threshold, most: bigint | undefined): string {
    if (most === undefined) return say("without a limit");
    return measureText(threshold, most, {
        ...format,
        money: (minor) => format.money(client, minor),
        amount: (minor) => format.amount(minor, format.currencyOf(client)),
    });
}

const yesNo = (on: unknown): string => (on === true ? say("yes") : say("no"));
const asUnit = (each: ProductUnit): string =>
    [
        `${each.code} = ${quantity(each.factor ?? 0n)}`,
        each.price !== undefined && price(each.price),
        ...each.barcodes,
        each.retired && say("blocked"),
    ]
        .filter(Boolean)
        .join(" · ");

const PRICES = new Set(["price", "floor", "cost"]),
    DAYS = new Set(["valid_from", "valid_until"]),
    FLAGS = new Set(["blocked", "retired", "serials", "printer", "unlimited", "own_confirm_any", "refund_any"]);

/* One field, as people read it. */
function valueText(name: string, value: unknown, names: Names): string {
    if (FLAGS.has(name)) return yesNo(value);
    if (value === undefined) return "–";
    if (Array.isArray(value)) {
        const each = value.map((one: unknown) => valueText(name, one, names));
        if (each.length > 0) return listed(each);
        return name === "groups" ? say("all customers") : name === "branches" ? say("all branches") : "–";
    }
    if (name === "units") return asUnit(value as ProductUnit);
    if (PRICES.has(name)) return price(value as bigint);
    if (DAYS.has(name)) return dayInColumn(value as number);
    if (name.endsWith("_minor")) return amount(value as bigint);
    if (name.endsWith("_bp")) return percent(value as number);
    if (name === "slip_weight") return percent((value as number) * 100);
    if (name === "role") return begin(roleText(value as Role));
    if (name === "policy") return excessText(value as ExcessPolicy);
    if (name === "own_approval") return ownApprovalText(value as OwnApproval);
    if (name === "branch" || name === "branches")
        return value === 0 ? say("all") : (names.branch?.(value as number) ?? String(value));
    if (name === "groups") return names.group?.(value as number) ?? String(value);
    if (typeof value === "number" || typeof value === "bigint") return whole(value);
    return typeof value === "object" ? ((value as Text).value ?? "") : String(value);
}

/* ---- rows of a change ---- */

export interface Changed {
    what: string;
    before: string | undefined /* none: nothing is told of before */;
    after: string;
}

type Fields = Readonly<Record<string, unknown>>;
const IDS = new Set(["product", "staff", "terminal", "group", "money_account", "list", "clear"]);

function member(command: Command | undefined): [string, Fields] | undefined {
    const entry = command === undefined ? undefined : Object.entries(command).find(([, value]) => value !== undefined);
    return entry as [string, Fields] | undefined;
}

const isTerms = (value: unknown): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("id" in value) && !("value" in value);

function differences(before: Fields, after: Fields, names: Names, ids: ReadonlySet<string>): Changed[] {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !ids.has(key));
    return keys.flatMap((key) => {
        const old = before[key],
            now = after[key];
        const empty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
        if (empty(old) && empty(now)) return [];
        if ((key === "terms" || key === "limit") && (isTerms(old) || isTerms(now)))
            return differences((old ?? {}) as Fields, (now ?? {}) as Fields, names, new Set());
        const [was, is] = [valueText(key, old, names), valueText(key, now, names)];
        return was === is ? [] : [{ what: begin(fieldText(key) ?? key), before: was, after: is }];
    });
}

function thresholdRows(client: Client, before: readonly RoleThreshold[], after: readonly RoleThreshold[]): Changed[] {
    return after.map((each, at) => ({
        what: `${begin(roleText(each.role))}: ${thresholdText(each.threshold)}`,
        before: before[at] === undefined ? undefined : mostText(client, each.threshold, before[at].most),
        after: mostText(client, each.threshold, each.most),
    }));
}

function priceRow(each: PriceEntry, names: Names): Changed {
    const called =
        each.product_code ??
        (each.product === undefined ? "" : (names.product?.(each.product) ?? String(each.product)));
    const from =
        (each.from_quantity ?? 0n) > 0n ? say("from {quantity}", { quantity: quantity(each.from_quantity!) }) : "";
    const day = each.valid_from === undefined ? "" : say("since {day}", { day: dayInColumn(each.valid_from) });
    return {
        what: [called, each.unit, from, day].filter((part) => (part ?? "") !== "").join(" · "),
        before: undefined,
        after: each.price === undefined ? say("no price") : price(each.price),
    };
}

export function changedRows(client: Client, change: MasterChange, names: Names): Changed[] {
    const after = member(change.after),
        before = member(change.before);
    if (after === undefined) return [{ what: say("made"), before: undefined, after: "" }];
    const [kind, now] = after;
    if (kind === "set_secret") return [{ what: say("A new password or PIN"), before: undefined, after: "" }];
    if (kind === "set_prices") {
        const prices = (now["prices"] as PriceEntry[]).map((each) => priceRow(each, names));
        const more = (change.prices ?? prices.length) - prices.length;
        return more > 0
            ? [
                  ...prices,
                  {
                      what: sayMany("and {count} more", "and {count} more", more, { count: whole(more) }),
                      before: undefined,
                      after: "",
                  },
              ]
            : prices;
    }
    if (kind === "set_thresholds")
        return thresholdRows(
            client,
            (before?.[1]["thresholds"] ?? []) as RoleThreshold[],
            now["thresholds"] as RoleThreshold[],
        );
    const ids = kind === "change_branch" ? new Set([...IDS, "branch"]) : IDS;
    return differences(before?.[1] ?? {}, now, names, ids);
}

export function whoText(client: Client, change: MasterChange): string {
    return change.actor.staff === client.me.value?.staff && change.login !== undefined
        ? say("you")
        : change.login === undefined
          ? say("the server")
          : namesOf(client).personOfLogin(change.login);
}

function ChangedList({ rows }: { rows: readonly Changed[] }): JSX.Element {
    return (
        <ul class="changed">
            {rows.map((row, at) => (
                <li key={at}>
                    <span class="ink-2">{row.what}</span>
                    {row.before !== undefined && row.before !== "" && (
                        <>
                            {row.before === "–" ? (
                                <span class="ink-3">–</span>
                            ) : (
                                <s class="ink-3">
                                    <Name>{row.before}</Name>
                                </s>
                            )}
                            <span aria-hidden="true" class="turns">
                                →
                            </span>
                        </>
                    )}
                    {row.after !== "" && (
                        <b>
                            <Name>{row.after}</Name>
                        </b>
                    )}
                </li>
            ))}
        </ul>
    );
}

/* ---- the list ---- */

export interface HistoryProps {
    client: Client;
    kind: MasterKind;
    id?: number;
    names?: Names;
    rows?: number;
}

export function History({ client, kind, id = 0, names = {}, rows = 20 }: HistoryProps): JSX.Element {
    const asked = useAsked(client, "master_changes", { kind, id: BigInt(id), rows }, { again: client.seq.value });
    const changes = asked.pages.flatMap((page) => page.changes);
    return (
        <Region
            rows={2}
            state={
                asked.refused !== undefined
                    ? { kind: "refused", head: refusalText(asked.refused, client) }
                    : asked.answer === undefined
                      ? { kind: "loading" }
                      : changes.length === 0
                        ? { kind: "empty", text: say("Nothing was changed yet.") }
                        : { kind: "here" }
            }>
            <ol class="history">
                {changes.map((change) => (
                    <li key={String(change.seq)}>
                        <div class="small ink-2">
                            <Figure text={moment(change.at_ms)} /> · <Name>{whoText(client, change)}</Name>
                        </div>
                        <ChangedList rows={changedRows(client, change, names)} />
                    </li>
                ))}
            </ol>
            {asked.more !== undefined && (
                <div class="section">
                    <Button plain onClick={asked.more}>
                        {say("Show more")}
                    </Button>
                </div>
            )}
        </Region>
    );
}

/* ---- two people at one thing ---- */

export interface Others {
    change: MasterChange | undefined /* what somebody else changed since it was opened, or was read last */;
    read(): void /* the person has seen it */;
    mine(): void /* the next change is this person's own */;
    /* False: somebody was first, and it is told. */
    check(): Promise<boolean>;
}

/* Of what is made anew there is nobody else: id 0. */
export function useOthers(client: Client, kind: MasterKind, id: number, on = true): Others {
    const base = useRef<bigint | undefined>(undefined);
    const own = useRef(false);
    const [, turn] = useState(0);
    const [late, setLate] = useState<MasterChange | undefined>(undefined);
    const query = { kind, id: BigInt(id), rows: 1 };
    const asked = useAsked(client, "master_changes", on ? query : undefined, { again: client.seq.value });
    const newest = asked.answer === undefined ? undefined : (asked.answer.changes[0] ?? "none");
    const seqOf = (change: MasterChange | "none"): bigint => (change === "none" ? 0n : change.seq);
    if (newest !== undefined && base.current === undefined) base.current = seqOf(newest);
    if (newest !== undefined && own.current && seqOf(newest) > (base.current ?? 0n)) {
        base.current = seqOf(newest);
        own.current = false;
    }
    const seen =
        newest === undefined || newest === "none" ? late : late !== undefined && late.seq > newest.seq ? late : newest;
    const change = seen !== undefined && base.current !== undefined && seen.seq > base.current ? seen : undefined;
    return {
        change,
        read: () => {
            if (change !== undefined) base.current = change.seq;
            turn((count) => count + 1);
        },
        mine: () => {
            own.current = true;
        },
        check: async () => {
            if (!on) return true;
            const told = await client.ask("master_changes", query);
            const first = "answer" in told ? told.answer.changes[0] : undefined;
            if (first === undefined || first.seq <= (base.current ?? 0n)) return change === undefined;
            setLate(first);
            return false;
        },
    };
}

/* What the first one did; what this one typed stays below. */
export function OthersNotice({
    client,
    others,
    names = {},
}: {
    client: Client;
    others: Others;
    names?: Names;
}): JSX.Element | null {
    const { change } = others;
    if (change === undefined) return null;
    return (
        <Notice tone="late" role="alert" end={<Button onClick={others.read}>{say("I have seen it")}</Button>}>
            <b>
                {say("{who} changed this at {time}. What you typed is kept below.", {
                    who: whoText(client, change),
                    time: moment(change.at_ms),
                })}
            </b>
            <ChangedList rows={changedRows(client, change, names)} />
        </Notice>
    );
}

/* Pieces of the screens of reports: days that are picked, filters, keys and figures of a row. */
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import { ReportBy, type ReportDefinition, type ReportRow } from "../lib/messages";
import { Choice, Code, dayInColumn, decimal, Figure, Money, monthOf, Name, Quantity, whole } from "../kit";
import { documentKindText, paymentKindText } from "../kit/labels";
import { DayInput } from "../kit/dayinput";
import { useId } from "../kit/parts";
import { say } from "../kit/words";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import { begun, customerHref, documentHref } from "../board/parts";
import { IMPORTED, type ReportColumn } from "./definition";
import { plainAmount, plainDay } from "./csv";

export function DayField({
    label,
    value,
    onPick,
}: {
    label: string;
    value: number | undefined;
    onPick: (day: number | undefined) => void;
}): ComponentChild {
    const id = useId("d");
    return (
        <div class="field report-day">
            <label class="field-label" for={id}>
                {label}
            </label>
            <div class="field-box">
                <DayInput id={id} value={value} onPick={onPick} />
            </div>
            <div class="field-note" />
        </div>
    );
}

const ALL = 0;

export function BranchChoice({
    client,
    value,
    onPick,
}: {
    client: Client;
    value: number | undefined;
    onPick: (branch: number | undefined) => void;
}): ComponentChild {
    const branches = [...namesOf(client).allBranches.value.values()];
    const bound = client.me.value?.bound_branch;
    if (branches.length < 2 || bound !== undefined) return null;
    return (
        <Choice<number>
            label={say("Branch")}
            value={value ?? ALL}
            options={[
                { id: ALL, text: say("All branches") },
                ...branches.map((branch) => ({ id: branch.branch, text: branch.name })),
            ]}
            onPick={(branch) => onPick(branch === ALL ? undefined : branch)}
            class="report-choice"
        />
    );
}

export function GroupChoice({
    client,
    value,
    onPick,
}: {
    client: Client;
    value: number | undefined;
    onPick: (group: number | undefined) => void;
}): ComponentChild {
    const groups = useAsked(client, "groups", {}).answer?.groups ?? [];
    if (groups.length === 0) return null;
    return (
        <Choice<number>
            label={say("Group")}
            value={value ?? ALL}
            options={[
                { id: ALL, text: say("All customers") },
                ...groups.map((group) => ({ id: group.group, text: `${group.dimension}: ${group.name}` })),
            ]}
            onPick={(group) => onPick(group === ALL ? undefined : group)}
            class="report-choice"
        />
    );
}

/* ---- what a row is about ---- */

function keyCell(client: Client, by: ReportBy, row: ReportRow, month: boolean): ComponentChild {
    const names = namesOf(client);
    switch (by) {
        case ReportBy.BY_DAY:
            return row.date === undefined ? "" : <Figure text={dayInColumn(row.date)} />;
        case ReportBy.BY_MONTH:
            return row.date === undefined || !month ? "" : <Name>{monthOf(row.date)}</Name>;
        case ReportBy.BY_BRANCH:
            return <Name>{names.branch(row.branch)}</Name>;
        case ReportBy.BY_STAFF:
            return row.staff === IMPORTED ? (
                say("imported")
            ) : (
                <Name>{row.login === undefined ? names.person(row.staff) : names.personOfLogin(row.login)}</Name>
            );
        case ReportBy.BY_CUSTOMER:
            return customerCell(row);
        case ReportBy.BY_KIND:
            return begun(documentKindText(row.kind));
        case ReportBy.BY_PRODUCT:
            return productCell(row);
        case ReportBy.BY_PAYMENT_KIND:
            return row.payment_kind === undefined ? "–" : paymentKindText(row.payment_kind);
        case ReportBy.BY_DOCUMENT:
            return (
                <span class="report-two">
                    <Code>{row.number ?? ""}</Code>
                    {row.staff === undefined && row.login !== undefined && (
                        <span class="small ink-3">
                            <Name>{names.personOfLogin(row.login)}</Name>
                        </span>
                    )}
                </span>
            );
    }
}

const customerCell = (row: ReportRow): ComponentChild => (
    <span class="report-two">
        <Name class="cut">{row.name?.value ?? row.code ?? ""}</Name>
        {row.code !== undefined && row.name?.value !== undefined && (
            <span class="small ink-3">
                <Code>{row.code}</Code>
            </span>
        )}
    </span>
);

const productCell = (row: ReportRow): ComponentChild =>
    row.product_name === undefined ? (
        say("Custom lines")
    ) : (
        <span class="report-two">
            <Name class="cut">{row.product_name}</Name>
            <span class="small ink-3">
                <Code>{row.product_code ?? ""}</Code>
            </span>
        </span>
    );

/* Words of a row for a file, and to sort by. */
function keyText(client: Client, by: ReportBy, row: ReportRow): string {
    const names = namesOf(client);
    switch (by) {
        case ReportBy.BY_DAY:
            return row.date === undefined ? "" : plainDay(row.date);
        case ReportBy.BY_MONTH:
            return row.date === undefined ? "" : plainDay(row.date).slice(0, 7);
        case ReportBy.BY_BRANCH:
            return names.branch(row.branch);
        case ReportBy.BY_STAFF:
            return row.staff === IMPORTED ? say("imported") : (row.login ?? names.person(row.staff));
        case ReportBy.BY_CUSTOMER:
            return row.code ?? "";
        case ReportBy.BY_KIND:
            return documentKindText(row.kind);
        case ReportBy.BY_PRODUCT:
            return row.product_code ?? "";
        case ReportBy.BY_PAYMENT_KIND:
            return row.payment_kind === undefined ? "" : paymentKindText(row.payment_kind);
        case ReportBy.BY_DOCUMENT:
            return row.number ?? "";
    }
}

/* What stands before the figures: a paper says also its day, kind, customer and who wrote it. */
export interface KeyColumn {
    id: string;
    by: ReportBy;
}
export function keysOf(what: ReportDefinition): readonly KeyColumn[] {
    const bys = what.by.flatMap((by) =>
        by !== ReportBy.BY_DOCUMENT
            ? [by]
            : [ReportBy.BY_DOCUMENT, ReportBy.BY_DAY, ReportBy.BY_KIND, ReportBy.BY_CUSTOMER, ReportBy.BY_STAFF],
    );
    return [...new Set(bys)].map((by) => ({ id: `by${by}`, by }));
}
export const keyOfRow = (client: Client, what: ReportDefinition, key: KeyColumn, row: ReportRow): ComponentChild =>
    keyCell(client, key.by, row, !what.by.includes(ReportBy.BY_DAY));
export const textOfRow = (client: Client, key: KeyColumn, row: ReportRow): string => keyText(client, key.by, row);

/* Where it leads by itself: its paper, its customer. */
export function hrefOfRow(what: ReportDefinition, row: ReportRow): string | undefined {
    if (row.document !== undefined) return documentHref(row.document);
    if (what.by.length === 1 && what.by[0] === ReportBy.BY_CUSTOMER && row.customer !== undefined && what.source === 4)
        return customerHref(row.customer);
    return undefined;
}

/* ---- figures ---- */

const RATE_DECIMALS = 1;

export function figureOf(column: ReportColumn, row: ReportRow): ComponentChild {
    const value = column.of(row);
    if (value === undefined) return <span class="ink-3">–</span>;
    const tone = value === 0n ? "ink-3" : undefined;
    if (column.form === "money") return <Money minor={value} class={tone} />;
    if (column.form === "quantity") return <Quantity thousandths={value} />;
    if (column.form === "rate") return <Figure text={decimal(value, RATE_DECIMALS)} class={tone} />;
    return <Figure text={whole(value)} class={tone} />;
}

export function plainFigure(column: ReportColumn, row: ReportRow, exponent: number): string | undefined {
    const value = column.of(row);
    if (value === undefined) return undefined;
    if (column.form === "money") return plainAmount(value, exponent);
    if (column.form === "quantity") return plainAmount(value, 3);
    if (column.form === "rate") return plainAmount(value, RATE_DECIMALS);
    return value.toString();
}

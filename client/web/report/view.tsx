/* One report: its days and filters above, its table below; columns and grouping in a sheet; saved with a name. */
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import {
    DocumentKind,
    PaymentKind,
    ReportBy,
    ReportSource,
    Right,
    type ReportDefinition,
    type SavedReportRow,
} from "../lib/messages";
import { Name, Button, Chips, Choice, Field, Head, replace, Sheet, useActions } from "../kit";
import { documentKindText, paymentKindText } from "../kit/labels";
import { listed, say } from "../kit/words";
import { namesOf } from "../board/live";
import { begun } from "../board/parts";
import { saved as savedOf } from "../desk/save";
import {
    BY_MOST,
    bysOf,
    byText,
    columnsOf,
    IMPORTED,
    ODDS,
    oddText,
    shownColumns,
    sourceText,
    SOURCES,
    SPANS,
    spanText,
    toAddress,
} from "./definition";
import { known } from "./known";
import { BranchChoice, DayField, GroupChoice } from "./parts";
import { ReportTable } from "./table";

const OWN_DAYS = 0;

/* One of those that everybody has keeps its name, whatever days and branch it is of. */
export function titleOf(what: ReportDefinition): string {
    const named = known.find(
        ({ what: its }) => its?.source === what.source && its.columns.join() === what.columns.join(),
    );
    if (named !== undefined && what.odd === undefined) return named.title();
    const by = listed(what.by.map(byText));
    return by === "" ? sourceText(what.source) : `${sourceText(what.source)} · ${by}`;
}

export function ReportView({
    client,
    what,
    saved,
}: {
    client: Client;
    what: ReportDefinition;
    saved: SavedReportRow | undefined;
}): ComponentChild {
    const [sheet, setSheet] = useState<"form" | "save" | undefined>(undefined);
    const title = saved?.report.name ?? titleOf(what);
    const place = saved === undefined ? ["view"] : ["saved", saved.report.report];
    const change = (more: Partial<ReportDefinition>): void =>
        replace("reports", ...place, toAddress({ ...what, ...more }));
    useActions([
        { id: "report.form", key: "e", title: say("Columns and filters"), run: () => setSheet("form") },
        { id: "report.save", key: "s", title: say("Save this report"), run: () => setSheet("save") },
    ]);
    return (
        <div class="report">
            <Head
                title={title}
                back={() => {
                    location.hash = "#/reports";
                }}
            />
            <div class="report-bar no-print">
                <Period what={what} onChange={change} />
                <BranchChoice client={client} value={what.branch} onPick={(branch) => change({ branch })} />
                {what.by.length === 1 && (
                    <Choice<ReportBy>
                        label={say("By")}
                        value={what.by[0]}
                        options={offered(client, what).map((by) => ({ id: by, text: byText(by) }))}
                        onPick={(by) => change({ by: [by] })}
                        class="report-choice"
                    />
                )}
                <span class="grow" />
                <Button onClick={() => setSheet("form")} hotkey="e">
                    {say("Columns and filters")}
                </Button>
                <Button onClick={() => setSheet("save")} hotkey="s">
                    {say("Save")}
                </Button>
            </div>
            <Filters client={client} what={what} onChange={change} />
            <ReportTable client={client} what={what} title={title} />
            {sheet === "form" && (
                <Form client={client} what={what} onChange={change} onClose={() => setSheet(undefined)} />
            )}
            {sheet === "save" && (
                <SaveSheet client={client} what={what} saved={saved} onClose={() => setSheet(undefined)} />
            )}
        </div>
    );
}

/* By other people is for who sees the trial balance. */
const offered = (client: Client, what: ReportDefinition): readonly ReportBy[] =>
    bysOf(what.source).filter((by) => by !== ReportBy.BY_STAFF || client.may(Right.RIGHT_SEE_TRIAL_BALANCE));

interface PartProps {
    what: ReportDefinition;
    onChange: (more: Partial<ReportDefinition>) => void;
}

function Period({ what, onChange }: PartProps): ComponentChild {
    if (what.source === ReportSource.REPORT_CUSTOMERS) return null;
    return (
        <>
            <Choice<number>
                label={say("Days")}
                value={what.span ?? OWN_DAYS}
                options={[
                    ...SPANS.map((span) => ({ id: span as number, text: spanText(span) })),
                    { id: OWN_DAYS, text: say("From … to …") },
                ]}
                onPick={(id) => {
                    const span = SPANS.find((each) => each === id);
                    onChange(span === undefined ? { span } : { span, from: undefined, until: undefined });
                }}
                class="report-choice"
            />
            {what.span === undefined && (
                <>
                    <DayField label={say("From")} value={what.from} onPick={(from) => onChange({ from })} />
                    <DayField label={say("Until")} value={what.until} onPick={(until) => onChange({ until })} />
                </>
            )}
        </>
    );
}

/* What else it is narrowed to, each taken away by a press. */
function Filters({ client, what, onChange }: PartProps & { client: Client }): ComponentChild {
    const names = namesOf(client);
    const all: { name: keyof ReportDefinition; text: string }[] = [];
    if (what.staff !== undefined)
        all.push({ name: "staff", text: what.staff === IMPORTED ? say("imported") : names.person(what.staff) });
    if (what.customer !== undefined)
        all.push({ name: "customer", text: say("Customer {number}", { number: what.customer }) });
    if (what.product !== undefined)
        all.push({ name: "product", text: say("Product {number}", { number: what.product }) });
    if (what.kind !== undefined) all.push({ name: "kind", text: begun(documentKindText(what.kind)) });
    if (what.payment_kind !== undefined) all.push({ name: "payment_kind", text: paymentKindText(what.payment_kind) });
    if (what.odd !== undefined) all.push({ name: "odd", text: oddText(what.odd) });
    if (what.overdue !== undefined) all.push({ name: "overdue", text: overdueText(what.overdue) });
    if (all.length === 0) return null;
    return (
        <div class="report-filters" aria-label={say("Filters")}>
            {all.map(({ name, text }) => (
                <button
                    key={name}
                    type="button"
                    class="chip"
                    aria-label={say("Without {filter}", { filter: text })}
                    onClick={() => onChange({ [name]: undefined })}>
                    <Name>{text}</Name> <span aria-hidden="true">✕</span>
                </button>
            ))}
        </div>
    );
}

/* ---- columns, grouping, filters ---- */

function toggled<T>(list: readonly T[], item: T): T[] {
    return list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
}

function Form({
    client,
    what,
    onChange,
    onClose,
}: PartProps & { client: Client; onClose: () => void }): ComponentChild {
    const shown = shownColumns(what).map((column) => column.id);
    const bys = offered(client, what);
    return (
        <Sheet title={say("Columns and filters")} onClose={onClose}>
            <div class="stack report-form">
                <Choice<ReportSource>
                    label={say("What is counted")}
                    value={what.source}
                    options={SOURCES.map((source) => ({ id: source, text: sourceText(source) }))}
                    onPick={(source) =>
                        onChange({
                            source,
                            by: what.by.filter((by) => bysOf(source).includes(by)),
                            columns: [],
                            kind: undefined,
                            product: undefined,
                            payment_kind: undefined,
                            overdue: undefined,
                            ...(source === ReportSource.REPORT_CUSTOMERS
                                ? {
                                      span: undefined,
                                      from: undefined,
                                      until: undefined,
                                      odd: undefined,
                                      staff: undefined,
                                  }
                                : {}),
                        })
                    }
                    noNote
                />
                <fieldset>
                    <legend class="field-label">{say("By what (three at most)")}</legend>
                    <div class="report-ticks">
                        {bys.map((by) => (
                            <label key={by} class="report-tick">
                                <input
                                    type="checkbox"
                                    checked={what.by.includes(by)}
                                    disabled={!what.by.includes(by) && what.by.length >= BY_MOST}
                                    onChange={() => onChange({ by: toggled(what.by, by) })}
                                />
                                {byText(by)}
                            </label>
                        ))}
                    </div>
                </fieldset>
                <fieldset>
                    <legend class="field-label">{say("Columns")}</legend>
                    <div class="report-ticks">
                        {columnsOf(what.source).map((column) => (
                            <label key={column.id} class="report-tick">
                                <input
                                    type="checkbox"
                                    checked={shown.includes(column.id)}
                                    onChange={() => onChange({ columns: toggled(shown, column.id) })}
                                />
                                {column.title()}
                            </label>
                        ))}
                    </div>
                </fieldset>
                <Narrowing client={client} what={what} onChange={onChange} />
            </div>
        </Sheet>
    );
}

const overdueText = (overdue: boolean): string => (overdue ? say("Overdue") : say("Nothing overdue"));

const ANY = 0;
const KINDS = [
    DocumentKind.DOCUMENT_INVOICE,
    DocumentKind.DOCUMENT_CREDIT_NOTE,
    DocumentKind.DOCUMENT_PAYMENT,
    DocumentKind.DOCUMENT_REFUND,
];
const MONEYS = [
    PaymentKind.PAYMENT_CASH,
    PaymentKind.PAYMENT_POS,
    PaymentKind.PAYMENT_TRANSFER,
    PaymentKind.PAYMENT_SLIP,
];

function Narrowing({ client, what, onChange }: PartProps & { client: Client }): ComponentChild {
    const papers = what.source === ReportSource.REPORT_DOCUMENTS;
    const money = papers || what.source === ReportSource.REPORT_PAYMENTS;
    return (
        <>
            <GroupChoice client={client} value={what.group} onPick={(group) => onChange({ group })} />
            {papers && (
                <Choice<number>
                    label={say("Kind of paper")}
                    value={what.kind ?? ANY}
                    options={[
                        { id: ANY, text: say("All") },
                        ...KINDS.map((kind) => ({ id: kind as number, text: begun(documentKindText(kind)) })),
                    ]}
                    onPick={(kind) => onChange({ kind: KINDS.find((each) => each === kind) })}
                    noNote
                />
            )}
            {money && (
                <Choice<number>
                    label={say("Kind of money")}
                    value={what.payment_kind ?? ANY}
                    options={[
                        { id: ANY, text: say("All") },
                        ...MONEYS.map((kind) => ({ id: kind as number, text: paymentKindText(kind) })),
                    ]}
                    onPick={(kind) => onChange({ payment_kind: MONEYS.find((each) => each === kind) })}
                    noNote
                />
            )}
            {what.source === ReportSource.REPORT_CUSTOMERS && client.knows("ReportDefinition", "overdue") && (
                <Chips<string>
                    label={say("Which customers")}
                    value={what.overdue === undefined ? "all" : what.overdue ? "overdue" : "none"}
                    options={[
                        { id: "all", text: say("All") },
                        { id: "overdue", text: overdueText(true) },
                        { id: "none", text: overdueText(false) },
                    ]}
                    onPick={(id) => onChange({ overdue: id === "all" ? undefined : id === "overdue" })}
                />
            )}
            {what.source !== ReportSource.REPORT_CUSTOMERS && (
                <Choice<number>
                    label={say("Only what is unusual")}
                    value={what.odd ?? ANY}
                    options={[
                        { id: ANY, text: say("All") },
                        ...ODDS.map((odd) => ({ id: odd as number, text: oddText(odd) })),
                    ]}
                    onPick={(odd) => onChange({ odd: ODDS.find((each) => each === odd) })}
                    noNote
                />
            )}
        </>
    );
}

/* ---- saving ---- */

function SaveSheet({
    client,
    what,
    saved,
    onClose,
}: {
    client: Client;
    what: ReportDefinition;
    saved: SavedReportRow | undefined;
    onClose: () => void;
}): ComponentChild {
    const mine = saved?.mine === true ? saved.report : undefined;
    const [name, setName] = useState(saved?.report.name ?? "");
    const [shared, setShared] = useState(mine?.shared ?? false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [under, setUnder] = useState(false);
    const save = async (): Promise<void> => {
        setUnder(true);
        const came = await savedOf(
            client,
            client.submit("save_report", {
                ...(mine === undefined ? {} : { report: mine.report }),
                name: name.trim(),
                what,
                shared,
            }),
        );
        setUnder(false);
        if ("wrong" in came) setWrong(came.wrong);
        else {
            onClose();
            location.hash = `#/reports/saved/${came.id}`;
        }
    };
    return (
        <Sheet title={say("Save this report")} onClose={onClose}>
            <div class="stack report-form">
                <Field
                    label={say("Name of the report")}
                    value={name}
                    onText={(text) => {
                        setName(text);
                        setWrong(undefined);
                    }}
                    onEnter={() => void save()}
                    wrong={wrong}
                    maxLength={100}
                    autofocus
                />
                <Chips<string>
                    label={say("Who sees it")}
                    value={shared ? "all" : "me"}
                    options={[
                        { id: "me", text: say("Only me") },
                        { id: "all", text: say("Everybody who sees reports") },
                    ]}
                    onPick={(id) => setShared(id === "all")}
                />
                <p class="small ink-2">{say("Each person sees in it what they may see.")}</p>
                <Button
                    filled
                    onClick={() => void save()}
                    blocked={
                        under ? say("It is being saved") : name.trim() === "" ? say("Give it a name first") : false
                    }>
                    {mine === undefined ? say("Save the report") : say("Save the changes")}
                </Button>
            </div>
        </Sheet>
    );
}

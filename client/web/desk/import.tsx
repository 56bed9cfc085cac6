/*
 * From somebody's file to the ledger: what it is, three of its own rows as they stand and as they are read, a dry run,
 * the rows that need somebody, the booking, and the way back. What stands above is always the sum that adds up: clear +
 * need you = your file = ledger.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChild, ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import {
    Bones,
    Button,
    Choice,
    classes,
    day,
    Field,
    Figure,
    Head,
    isolate,
    Kbd,
    ledger,
    Money,
    Name,
    Notice,
    Panel,
    percent,
    price,
    useActions,
    useForm,
    whole,
} from "../kit";
import { daysOf } from "../kit/day";
import { DayInput } from "../kit/dayinput";
import { refusalText } from "../kit/refusal";
import { listed, say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import {
    ImportAction,
    ImportKind,
    type ImportCell,
    type ImportChange,
    type ImportDouble,
    type ImportLooked,
    type ImportNeed,
    type ImportProgress,
    type ImportResult,
} from "../lib/messages";
import { KINDS, makeImporting, undoable, type Edit, type Importing } from "./importing";
import { answeredText, answersOf, DELIMITERS, ENCODINGS, fieldName, kindText, questionText, reasonText } from "./words";

const FILES = ".csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const UPDATES = [
    ImportKind.KIND_CUSTOMERS_AND_BALANCES,
    ImportKind.KIND_CUSTOMERS,
    ImportKind.KIND_PRODUCTS,
    ImportKind.KIND_PRICES,
    ImportKind.KIND_GROUPS,
];
const SHOWN = 100; /* rows that need somebody, at once */

/* What was answered of a dry run and not tried yet: it outlives a look at the columns. */
interface Open {
    answers: ReadonlyMap<string, Answered> /* by line/column */;
    others: ReadonlySet<string> /* likely doubles that are other customers, by line/code */;
}
const NOTHING_OPEN: Open = { answers: new Map(), others: new Set() };

const known = new WeakMap<Client, Importing>();
function importingOf(client: Client): Importing {
    const there = known.get(client) ?? makeImporting(client);
    known.set(client, there);
    return there;
}

export function Import({ client }: { client: Client }): ComponentChild {
    const importing = importingOf(client);
    const { state, report, looked, sending, trouble } = importing;
    useEffect(() => importing.start(), [importing]);
    const now = state.value,
        told = report.value;
    const name = now && now.import !== 0n ? now.name : undefined;
    const working = now?.working;
    const result = told?.done ? told.result : undefined;
    const [open, setOpen] = useState<Open>(NOTHING_OPEN);
    const file = now?.import;
    useEffect(() => setOpen(NOTHING_OPEN), [file]);
    const [columns, setColumns] = useState(false); /* back at the columns, though it was tried */
    const again = (): void => setColumns(false);
    let body: ComponentChild;
    if (sending.value) body = <Sending importing={importing} />;
    else if (now === undefined) body = <Bones rows={8} />;
    else if (name === undefined) body = <Drop importing={importing} />;
    else if (Number(now.received ?? 0n) < Number(now.size ?? 0n)) body = <Broken importing={importing} />;
    else if (now.waits_for !== undefined) body = <Waits />;
    else if (working !== undefined && working !== ImportAction.IMPORT_LOOK)
        body = <Works importing={importing} action={working} progress={told?.progress} />;
    else if (now.ended !== undefined) body = <Ended importing={importing} killed={now.killed === true} />;
    else if (told?.undone && told.done) body = <Undone importing={importing} />;
    else if (result && told?.action === ImportAction.IMPORT_BOOK)
        body = <Booked client={client} importing={importing} result={result} failure={told.failure} />;
    else if (result && told?.action === ImportAction.IMPORT_TRY && !columns)
        body = (
            <Review
                key={String(now.revision)}
                client={client}
                importing={importing}
                result={result}
                failure={told.failure}
                open={open}
                setOpen={setOpen}
                toColumns={() => setColumns(true)}
            />
        );
    else if (looked.value)
        body = (
            <Columns
                client={client}
                importing={importing}
                looked={looked.value}
                busy={working !== undefined || importing.pending.value}
                onTry={again}
                onColumns={(gone) =>
                    setOpen({
                        ...open,
                        answers: new Map(
                            [...open.answers].filter(([key]) => !gone.includes(Number(key.split("/")[1]))),
                        ),
                    })
                }
            />
        );
    else if (working !== undefined) body = <Works importing={importing} action={working} progress={told?.progress} />;
    else body = <Unread importing={importing} failure={told?.failure} />;
    return (
        <div class="import">
            <Head
                title={say("Import")}
                end={
                    name !== undefined && (
                        <span class="small ink-2">
                            <Name>{name}</Name>
                        </span>
                    )
                }
            />
            {trouble.value && (
                <Notice tone="over" role="alert">
                    {trouble.value.kind === "too large"
                        ? say("This file has more than 64 MB. Import it with the command line, or in parts.")
                        : trouble.value.kind === "empty"
                          ? say("This file is empty.")
                          : trouble.value.kind === "other file"
                            ? say("That is another file than the one that was begun.")
                            : trouble.value.kind === "changed"
                              ? say("The file changed while it was sent, and nothing of it is kept. Drop it again.")
                              : refusalText(trouble.value.why, client)}
                </Notice>
            )}
            {body}
        </div>
    );
}

/* ---- choosing ---- */

/* Where nothing is dropped: fingers, and no mouse beside them. */
const touched = (): boolean => matchMedia("(hover: none) and (pointer: coarse)").matches;

function Drop({ importing, small }: { importing: Importing; small?: string }): ComponentChild {
    const over = useSignal(false);
    const input = useRef<HTMLInputElement>(null);
    const take = (files: FileList | null | undefined): void => {
        const file = files?.[0];
        if (file) void importing.give(file);
    };
    useActions([{ id: "import-choose", key: "o", title: say("Choose a file"), run: () => input.current?.click() }]);
    return (
        <section
            class={classes("panel import-drop", over.value && "is-over")}
            aria-label={say("A file to import")}
            onDragOver={(event) => {
                event.preventDefault();
                over.value = true;
            }}
            onDragLeave={() => (over.value = false)}
            onDrop={(event) => {
                event.preventDefault();
                over.value = false;
                take(event.dataTransfer?.files);
            }}>
            <p class="import-drop-title">{small ?? (touched() ? say("Choose a file") : say("Drop a file here"))}</p>
            <p class="ink-2">
                {say(
                    "A workbook (xlsx) or a table of text (csv), as your program or spreadsheet writes it. Nothing is booked before you have seen what comes of it.",
                )}
            </p>
            <Button filled hotkey="o" onClick={() => input.current?.click()}>
                {say("Choose a file")}
            </Button>
            <input
                ref={input}
                class="unseen"
                type="file"
                accept={FILES}
                aria-label={say("A file to import")}
                tabIndex={-1}
                onChange={(event) => {
                    take(event.currentTarget.files);
                    event.currentTarget.value = "";
                }}
            />
            <p class="small ink-2">
                {say("Customers, what they owe, products, prices, invoices, credit notes, payments, groups.")}
            </p>
        </section>
    );
}

function Bar({ part, all, label }: { part: number; all: number; label: string }): ComponentChild {
    const share = all > 0 ? Math.min(100, Math.floor((part * 100) / all)) : 0;
    return (
        <div
            class="bar"
            role="progressbar"
            aria-label={label}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={share}>
            <span style={{ width: `${share}%` }} />
        </div>
    );
}

function Sending({ importing }: { importing: Importing }): ComponentChild {
    const { name, size, sent } = importing.sending.value!;
    return (
        <Panel title={say("The file is sent")} note={<Name>{name}</Name>}>
            <div class="panel-body stack">
                <Bar part={sent} all={size} label={say("The file is sent")} />
                <p class="small ink-2" role="status">
                    {say("{sent} of {all} kB. If the line is cut it goes on where it stopped.", {
                        sent: whole(Math.floor(sent / 1024)),
                        all: whole(Math.ceil(size / 1024)),
                    })}
                </p>
                <div>
                    <Button onClick={() => void importing.forget()}>{say("Cancel")}</Button>
                </div>
            </div>
        </Panel>
    );
}

/* A page was closed in the middle of it, or another one is sending. */
function Broken({ importing }: { importing: Importing }): ComponentChild {
    const now = importing.state.value!;
    return (
        <>
            <Notice tone="late">
                {say(
                    "{part} of {all} kB of “{name}” are here. Another page sends the rest, or drop the same file again: it goes on where it stopped.",
                    {
                        part: whole(Number(now.received ?? 0n) >> 10),
                        all: whole(Math.ceil(Number(now.size ?? 0n) / 1024)),
                        name: now.name ?? "",
                    },
                )}
            </Notice>
            <Drop
                importing={importing}
                small={touched() ? say("Choose it again, or another one") : say("Drop it again, or another one")}
            />
        </>
    );
}

function Waits(): ComponentChild {
    return (
        <Notice role="status">
            {say("Two other imports are being read. Yours begins by itself when one of them ends.")}
        </Notice>
    );
}

/* What stands there, and both ways on. */
function Again({
    importing,
    first = say("Look at it again"),
    children,
}: {
    importing: Importing;
    first?: string;
    children?: ComponentChildren;
}): ComponentChild {
    return (
        <>
            {children}
            <div class="row buttons">
                <Button filled onClick={() => void importing.act(ImportAction.IMPORT_LOOK)}>
                    {first}
                </Button>
                <Button onClick={() => void importing.forget()}>{say("Another file")}</Button>
            </div>
        </>
    );
}

function Ended({ importing, killed }: { importing: Importing; killed: boolean }): ComponentChild {
    return (
        <Again importing={importing}>
            <Notice tone="over" role="alert">
                {killed
                    ? say(
                          "This file was given up: reading it took more time or memory than any real one. Save it as CSV and try again. The ledger is not touched by it.",
                      )
                    : say(
                          "Reading this file ended early. What was booked until then stays; the same file goes on, and nothing counts twice.",
                      )}
            </Notice>
        </Again>
    );
}

function Unread({ importing, failure }: { importing: Importing; failure: string | undefined }): ComponentChild {
    return (
        <Again importing={importing}>
            {failure !== undefined && (
                <Notice tone="over" role="alert">
                    {say("This file cannot be read:")} <Name>{failure}</Name>
                </Notice>
            )}
        </Again>
    );
}

/* ---- columns ---- */

interface ColumnsProps {
    client: Client;
    importing: Importing;
    looked: ImportLooked;
    busy: boolean;
    onTry: () => void;
    onColumns: (gone: readonly number[]) => void /* these mean something else from here on */;
}

/* Papers: of them a day is needed. */
const DATED = [
    ImportKind.KIND_CUSTOMERS_AND_BALANCES,
    ImportKind.KIND_BALANCES,
    ImportKind.KIND_INVOICES,
    ImportKind.KIND_PAYMENTS,
    ImportKind.KIND_CREDIT_NOTES,
];

function Columns({ client, importing, looked, busy, onTry, onColumns }: ColumnsProps): ComponentChild {
    const said = importing.said.value;
    const question = importing.report.value?.question;
    const failure = question === undefined ? importing.report.value?.failure : undefined;
    const kind = said.kind ?? looked.kind;
    const chosen =
        said.columns.length === looked.columns.length ? said.columns : looked.columns.map((c) => c.field ?? "");
    const has = (name: string): boolean =>
        chosen.includes(name) || ((name === "code" || name === "name") && chosen.includes("code_name"));
    const missing = looked.fields
        .filter(({ name, required_here }) => required_here && !has(name))
        .filter(({ name }) => name !== "date" || (kind !== ImportKind.KIND_BALANCES && !said.words.has("as-of")))
        .map(({ name }) => fieldName(name));
    const twice = chosen.filter((name, at) => name !== "" && chosen.indexOf(name) !== at);
    const money = looked.columns.filter((column, at) => column.of_money && chosen[at] === "");
    const balances = kind === ImportKind.KIND_BALANCES || kind === ImportKind.KIND_CUSTOMERS_AND_BALANCES;
    const dated = DATED.includes(kind);
    const branch = client.welcome.value?.branch_code;
    const again = (): void => void importing.act(ImportAction.IMPORT_LOOK);
    const blocked: string | false =
        missing.length > 0
            ? say("No column is said to be: {fields}", { fields: listed(missing) })
            : twice.length > 0
              ? say("Two columns are said to be: {field}", { field: fieldName(twice[0]!) })
              : question !== undefined
                ? say("Answer the question first")
                : busy
                  ? say("It is being read")
                  : false;
    const tryIt = (): void => {
        onTry();
        void importing.act(ImportAction.IMPORT_TRY);
    };
    const answers = question ? answersOf(question) : [];
    const answer = (at: number): void => {
        const one = answers[at];
        if (!one) return;
        importing.word(one.name, one.value);
        again();
    };
    useForm();
    useActions([
        { id: "import-try", key: "F9", title: say("See what comes of it"), run: tryIt, blocked },
        ...answers.map((one, at) => ({
            id: `import-answer-${at}`,
            key: String(at + 1),
            title: one.text,
            run: () => answer(at),
        })),
    ]);
    const pickKind = (next: ImportKind): void => {
        importing.put({ kind: next, columns: [], edits: [] });
        onColumns(chosen.map((_, at) => at));
        again();
    };
    const pickWord = (name: string, value: string): void => {
        importing.put({ columns: [], edits: [] }); /* other cells stand in other places */
        onColumns(chosen.map((_, at) => at));
        importing.word("skip", null);
        importing.word(name, value);
        again();
    };
    const pickColumn = (at: number, field: string): void => {
        const next = chosen.map((old, place) => (place === at ? field : old === field ? "" : old));
        const gone = next.flatMap((each, place) => (each === chosen[place] ? [] : [place]));
        importing.put({ kind, columns: next, edits: said.edits.filter(({ column }) => !gone.includes(column)) });
        onColumns(gone);
        again();
    };
    const options = [
        { id: "", text: say("not used") },
        ...looked.fields.map(({ name }) => ({ id: name, text: fieldName(name) })),
        ...(looked.fields.some(({ name }) => name === "code") && looked.fields.some(({ name }) => name === "name")
            ? [{ id: "code_name", text: fieldName("code_name") }]
            : []),
    ];
    return (
        <>
            <div class="panel import-what">
                <Choice
                    label={say("What is it?")}
                    noNote
                    value={kind}
                    options={KINDS.map((id) => ({ id, text: kindText(id) }))}
                    onPick={pickKind}
                />
                {looked.sheets.length > 1 && (
                    <Choice
                        label={say("Sheet")}
                        noNote
                        value={looked.sheet}
                        options={looked.sheets.map((id) => ({ id, text: id }))}
                        onPick={(id) => pickWord("sheet", id)}
                    />
                )}
                {looked.format === undefined && (
                    <Choice
                        label={say("Its letters")}
                        noNote
                        value={said.words.get("encoding") ?? looked.encoding ?? "utf-8"}
                        options={ENCODINGS.map(([id, text]) => ({ id, text: text() }))}
                        onPick={(id) => pickWord("encoding", id)}
                    />
                )}
                {looked.format === undefined && looked.delimiter !== undefined && (
                    <Choice
                        label={say("Between the cells")}
                        noNote
                        value={said.words.get("delimiter") ?? looked.delimiter}
                        options={DELIMITERS.map(([id, text]) => ({ id, text: text() }))}
                        onPick={(id) => pickWord("delimiter", id)}
                    />
                )}
                {looked.header_line !== undefined && (
                    <Choice
                        label={say("Headings in line")}
                        noNote
                        value={String(looked.header_line)}
                        options={linesTo(Number(looked.header_line)).map((id) => ({ id, text: id }))}
                        onPick={(id) => pickWord("skip", String(Number(id) - 1))}
                    />
                )}
                {dated && !chosen.includes("date") && (
                    <AsOf importing={importing} today={balances ? looked.as_of : undefined} />
                )}
                <Field
                    label={say("Known by")}
                    noNote
                    value={said.words.get("source") ?? looked.source ?? ""}
                    maxLength={40}
                    onText={(text) => importing.word("source", text === "" ? null : text)}
                />
            </div>
            {question && (
                <section class="panel import-question" role="alert" aria-label={say("A question")}>
                    <b>{questionText(question)}</b>
                    <div class="row buttons">
                        {answers.map((one, at) => (
                            <Button key={one.text} hotkey={String(at + 1)} onClick={() => answer(at)}>
                                <Figure text={one.text} />
                            </Button>
                        ))}
                    </div>
                </section>
            )}
            <Answered importing={importing} />
            {failure !== undefined && (
                <Notice tone="over" role="alert">
                    <Name>{failure}</Name>
                </Notice>
            )}
            {money.length > 0 && (
                <Notice tone="late">
                    {say("These columns look like money and are not used: {columns}", {
                        columns: listed(money.map(({ header }) => isolate(header ?? ""))),
                    })}
                </Notice>
            )}
            {kind === ImportKind.KIND_PRODUCTS && !chosen.includes("tax") && (
                <Tax client={client} importing={importing} onPick={() => undefined} />
            )}
            <Panel title={say("Your columns")} note={say("three of your own rows; below each what Tefter reads")}>
                <div
                    class={classes("file-box", busy && "dimmed")}
                    tabIndex={0}
                    role="group"
                    aria-label={say("Your columns")}>
                    <table class="file-columns">
                        <thead>
                            <tr>
                                {looked.columns.map((column, at) => (
                                    <th key={at} scope="col">
                                        <select
                                            class={chosen[at] === "" ? "unused" : undefined}
                                            aria-label={say("What “{column}” is", { column: column.header ?? "" })}
                                            value={chosen[at]}
                                            onChange={(event) => pickColumn(at, event.currentTarget.value)}>
                                            {options.map(({ id, text }) => (
                                                <option key={id} value={id}>
                                                    {text}
                                                </option>
                                            ))}
                                        </select>
                                        <span class="small ink-2">
                                            <Name>{column.header ?? ""}</Name>
                                        </span>
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {looked.rows.map((row) => (
                                <tr key={String(row.line)}>
                                    {row.cells.map((cell, at) => (
                                        <td key={at} class={cell.amount_minor !== undefined ? "amount" : undefined}>
                                            <Name>{cell.text === "" ? "–" : cell.text}</Name>
                                            <Read cell={cell} open={question !== undefined} />
                                        </td>
                                    ))}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            </Panel>
            {dated && branch !== undefined && !chosen.includes("branch") && (
                <p class="small ink-2">
                    {say(
                        "All rows are booked at branch {branch}, where this device is. What belongs to another branch is imported at a device there.",
                        { branch: isolate(branch) },
                    )}
                </p>
            )}
            {UPDATES.includes(kind) && (
                <label class="import-update">
                    <input
                        type="checkbox"
                        checked={said.words.has("update")}
                        onChange={(event) => importing.word("update", event.currentTarget.checked ? undefined : null)}
                    />{" "}
                    {say("Change those that are in the ledger already with other words")}
                </label>
            )}
            {missing.length > 0 && (
                <p class="late" role="status">
                    {say("No column is said to be: {fields}", { fields: listed(missing) })}
                </p>
            )}
            <div class="row buttons foot">
                <Button filled hotkey="F9" blocked={blocked} onClick={tryIt}>
                    {say("See what comes of it")}
                </Button>
                <Button onClick={() => void importing.forget()}>{say("Another file")}</Button>
            </div>
        </>
    );
}

/* What was answered before can be answered anew. */
function Answered({ importing }: { importing: Importing }): ComponentChild {
    const given = [...importing.said.value.words].flatMap(([name, value]) => {
        const text = answeredText(name, value);
        return text === undefined ? [] : [{ name, text }];
    });
    if (given.length === 0) return null;
    return (
        <ul class="import-answered small" aria-label={say("Your answers")}>
            {given.map(({ name, text }) => (
                <li key={name} class="row">
                    <span class="ink-2">{text}</span>
                    <Button
                        onClick={() => {
                            importing.word(name, null);
                            void importing.act(ImportAction.IMPORT_LOOK);
                        }}>
                        {say("Ask me again")}
                    </Button>
                </li>
            ))}
        </ul>
    );
}

/* Of new products, where no column says it: the company's rate, as in the form for one of them. */
function Tax({
    client,
    importing,
    onPick,
}: {
    client: Client;
    importing: Importing;
    onPick: () => void;
}): ComponentChild {
    const usual = client.welcome.value?.tax_bp ?? 0;
    const said = importing.said.value.words.get("tax");
    if (usual === 0) return null;
    return (
        <div class="panel import-what">
            <Choice
                label={say("No column says the tax of new products. They get:")}
                noNote
                value={said === "none" ? "none" : "usual"}
                options={[
                    { id: "usual", text: say("the company's rate, {rate}", { rate: percent(usual) }) },
                    { id: "none", text: say("no tax") },
                ]}
                onPick={(id) => {
                    importing.word("tax", id === "none" ? "none" : null);
                    onPick();
                }}
            />
        </div>
    );
}

/* What is read of a cell, where that is not just what stands there. */
function Read({ cell, open }: { cell: ImportCell; open: boolean }): ComponentChild {
    if (cell.wrong && open) return <span class="read">?</span>;
    if (cell.wrong) return <span class="read over">▲ {reasonText(cell.read ?? "")}</span>;
    if (cell.amount_minor !== undefined)
        return (
            <span class="read">
                <Money minor={cell.amount_minor} />
            </span>
        );
    if (cell.date !== undefined)
        return (
            <span class="read">
                <Figure text={day(cell.date)} />
            </span>
        );
    return (
        <span class="read">
            <Name>{cell.read !== undefined && cell.read !== cell.text.trim() ? cell.read : " "}</Name>
        </span>
    );
}

const iso = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

/* The browser writes the day by its own habit: here it stands as everywhere on this page. */
function DayRead({ iso: text }: { iso: string }): ComponentChild {
    const ms = Date.parse(`${text}T00:00:00Z`);
    return <span class="small ink-2">{Number.isNaN(ms) ? "\u00A0" : <Figure text={day(ms / 86_400_000)} />}</span>;
}

const linesTo = (line: number): string[] => Array.from({ length: Math.max(15, line + 5) }, (_, at) => String(at + 1));

function AsOf({ importing, today }: { importing: Importing; today: number | undefined }): ComponentChild {
    const value = importing.said.value.words.get("as-of") ?? (today !== undefined ? iso(today) : "");
    return (
        <div class="field">
            <label class="field-label" for="as-of">
                {say("Owed on")}
            </label>
            <div class="field-box">
                <DayInput
                    id="as-of"
                    value={daysOf(value)}
                    onPick={(days) => importing.word("as-of", days === undefined ? null : iso(days))}
                />
            </div>
            <DayRead iso={value} />
        </div>
    );
}

/* ---- working ---- */

interface WorksProps {
    importing: Importing;
    action: ImportAction;
    progress: ImportProgress | undefined;
}

function Works({ importing, action, progress }: WorksProps): ComponentChild {
    const title =
        action === ImportAction.IMPORT_TRY
            ? say("It is tried, nothing is booked")
            : action === ImportAction.IMPORT_BOOK
              ? say("It is booked")
              : action === ImportAction.IMPORT_LOOK
                ? say("The file is being read")
                : say("It is taken back");
    return (
        <Panel title={title} note={<Name>{importing.state.value?.name ?? ""}</Name>}>
            <div class="panel-body stack">
                <Bar part={Number(progress?.at ?? 0n)} all={Number(progress?.size ?? 1n)} label={title} />
                <p class="small ink-2" role="status">
                    {progress
                        ? sayMany("{done} done, {rows} row read", "{done} done, {rows} rows read", progress.rows, {
                              done: whole(progress.done),
                              rows: whole(progress.rows),
                          })
                        : say("The file is being read")}
                </p>
                <p class="small ink-2">
                    {say("It goes on at the server when this page is closed; come back here to see how it ended.")}
                </p>
                <div>
                    <Button onClick={() => void importing.stop()}>{say("Stop")}</Button>
                </div>
            </div>
        </Panel>
    );
}

/* ---- the sum that adds up ---- */

interface SumProps {
    result: ImportResult;
    booked?: boolean;
}

/* clear + need you = your file = ledger. Of what is no money, rows. */
export function Sum({ result, booked }: SumProps): ComponentChild {
    const money = result.money === true;
    const need = result.rejected_rows,
        clear = result.rows - need;
    const clearMinor = result.clear_minor ?? 0n,
        needMinor = result.need_minor ?? 0n;
    const fileMinor = clearMinor + needMinor;
    const ledgerMinor = booked ? (result.ledger_minor ?? clearMinor) : clearMinor;
    const sign = booked && ledgerMinor < 0n && fileMinor > 0n ? -1n : 1n; /* money and credit are less than nothing */
    const ledgerShown = ledgerMinor * sign;
    const there = result.sent + result.there + (result.changed ?? 0n);
    const same = money ? ledgerShown === fileMinor && (result.need_unread ?? 0n) === 0n : need === 0n;
    const shown = (minor: bigint, rows: bigint, unit = false): ComponentChild =>
        money ? <Money minor={minor} unit={unit} /> : <Figure text={whole(rows)} />;
    return (
        <section class="panel adds-up" aria-label={say("What your file comes to")}>
            <div>
                <span class="small ink-2">
                    {sayMany("{count} row, clear", "{count} rows, clear", clear, { count: whole(clear) })}
                </span>
                <span class="adds-part">{shown(clearMinor, clear)}</span>
            </div>
            <span class="adds-sign">+</span>
            <div>
                <span class={classes("small", need > 0n ? "late bold" : "ink-2")}>
                    {sayMany("{count} row needs you", "{count} rows need you", need, { count: whole(need) })}
                </span>
                <span class="adds-part">
                    {money && need > 0n && result.need_unread === need ? "?" : shown(needMinor, need)}
                </span>
                {(result.need_unread ?? 0n) > 0n && (
                    <span class="small ink-2">
                        {sayMany(
                            "of {count} the amount cannot be read",
                            "of {count} the amount cannot be read",
                            result.need_unread!,
                            { count: whole(result.need_unread!) },
                        )}
                    </span>
                )}
            </div>
            <span class="adds-sign">=</span>
            <div class="grow">
                <span class="small ink-2">
                    {sayMany("Your file, {count} row", "Your file, {count} rows", result.rows, {
                        count: whole(result.rows),
                    })}
                </span>
                <span class="adds-all">{shown(fileMinor, result.rows, true)}</span>
            </div>
            <span class="adds-sign">=</span>
            <div class={classes("adds-ledger", same ? "is-same" : "is-other")}>
                <span class="small">{booked ? say("Ledger") : say("Ledger, once it is booked")}</span>
                <span class="adds-all">
                    <span class="adds-mark">{same ? <>✓ {say("the same")}</> : <>▲ {say("not all of it")}</>}</span>{" "}
                    {shown(ledgerShown, booked ? there : clear, true)}
                </span>
            </div>
        </section>
    );
}

/* The file's own total row, beside what its rows come to. */
function OwnTotal({ result }: { result: ImportResult }): ComponentChild {
    const own = result.totals_minor,
        rows = (result.clear_minor ?? 0n) + (result.need_minor ?? 0n);
    if (own === undefined) return null;
    if (own === rows)
        return (
            <p class="small ink-2 own-total">
                ✓ {say("The file's own total says the same:")} <Money minor={own} unit />
            </p>
        );
    return (
        <Notice tone="late" role="alert">
            {say("The file's own total is another one. Look for a row that is missing, stands twice or reads wrong:")}{" "}
            <Money minor={own} unit /> ≠ <Money minor={rows} unit />
        </Notice>
    );
}

/* What else is to be known of it: nothing is left out unsaid. */
function Notes({ result, booked }: SumProps): ComponentChild {
    const lines: ComponentChildren[] = [];
    if (result.there > 0n)
        lines.push(
            sayMany(
                "{count} was in the ledger already and counts once",
                "{count} were in the ledger already and count once",
                result.there,
                { count: whole(result.there) },
            ),
        );
    if ((result.customers_made ?? 0n) > 0n)
        lines.push(
            booked
                ? sayMany("{count} new customer", "{count} new customers", result.customers_made!, {
                      count: whole(result.customers_made!),
                  })
                : sayMany("{count} customer would be new", "{count} customers would be new", result.customers_made!, {
                      count: whole(result.customers_made!),
                  }),
        );
    if ((result.products_made ?? 0n) > 0n)
        lines.push(
            sayMany("{count} new product", "{count} new products", result.products_made!, {
                count: whole(result.products_made!),
            }),
        );
    if ((result.totals ?? 0n) > 0n)
        lines.push(
            sayMany(
                "{count} row sums up others and is no debt (“{word}”)",
                "{count} rows sum up others and are no debts (“{word}”)",
                result.totals!,
                { count: whole(result.totals!), word: result.totals_example ?? "" },
            ),
        );
    if ((result.nothing_owed ?? 0n) > 0n)
        lines.push(
            sayMany("{count} row is 0", "{count} rows are 0", result.nothing_owed!, {
                count: whole(result.nothing_owed!),
            }),
        );
    if (result.left_out !== undefined) lines.push(say("not used: {columns}", { columns: result.left_out }));
    if (result.first_date !== undefined && result.last_date !== undefined)
        lines.push(
            result.first_date === result.last_date
                ? say("all of {day}", { day: isolate(day(result.first_date)) })
                : say("from {first} to {last}", {
                      first: isolate(day(result.first_date)),
                      last: isolate(day(result.last_date)),
                  }),
        );
    if (lines.length === 0) return null;
    return <p class="small ink-2 import-notes">{lines.flatMap((line, at) => (at === 0 ? [line] : [" · ", line]))}</p>;
}

/* ---- review ---- */

type Answered = { text: string; shown: ComponentChild } | "out";

const doubleKey = (double: ImportDouble): string => `${double.line}/${double.other_code ?? ""}`;

/* Customers who may be somebody else of the file or of the ledger. */
function Doubles({
    doubles,
    onSame,
    onOther,
}: {
    doubles: readonly ImportDouble[];
    onSame: (double: ImportDouble) => void;
    onOther: (which: readonly ImportDouble[]) => void;
}): ComponentChild {
    return (
        <Panel title={say("Perhaps the same customer")}>
            <ul class="import-reasons import-doubles">
                {doubles.map((double) => (
                    <li key={doubleKey(double)}>
                        <span class="small ink-2">
                            <Figure text={whole(double.line)} />
                        </span>{" "}
                        <b>
                            <Name>{double.label}</Name>
                        </b>{" "}
                        ={" "}
                        <b>
                            <Name>{double.other}</Name>
                        </b>
                        ? <Name>{double.other_code ?? ""}</Name>{" "}
                        <span class="small ink-2">
                            {double.by_phone ? say("the same telephone") : say("the same name")}
                            {" · "}
                            {double.other_line !== undefined
                                ? say("in line {line}", { line: whole(double.other_line) })
                                : say("in the ledger")}
                        </span>{" "}
                        {double.same.length > 0 && (
                            <Button onClick={() => onSame(double)}>{say("The same customer")}</Button>
                        )}{" "}
                        <Button onClick={() => onOther([double])}>{say("Another customer")}</Button>
                    </li>
                ))}
            </ul>
            {doubles.length > 1 && (
                <div class="row buttons section">
                    <Button onClick={() => onOther(doubles)}>{say("All of them are other customers")}</Button>
                </div>
            )}
        </Panel>
    );
}

const OF_MONEY = ["price", "cost", "floor", "limit", "pack_price"];

/* Money as elsewhere: the importer says it as a plain number with a point. */
function Value({ field, text }: { field: string; text: string }): ComponentChild {
    const [, sign, units = "", parts = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const places = ledger.value.exponent + 3;
    if (!OF_MONEY.includes(field) || sign === undefined || parts.length > places) return <Name>{text}</Name>;
    return <Figure text={price(BigInt(`${sign}${units}${parts.padEnd(places, "0")}`))} />;
}

/* What is there already and becomes what the file has. */
function Changes({ changes, count }: { changes: readonly ImportChange[]; count: bigint }): ComponentChild {
    const more = count - BigInt(changes.length);
    return (
        <Panel title={say("What it changes")}>
            <ul class="import-reasons import-changes">
                {changes.map((change) => (
                    <li key={`${change.line}/${change.label}`}>
                        <span class="small ink-2">
                            <Figure text={whole(change.line)} />
                        </span>{" "}
                        <b>
                            <Name>{change.label}</Name>
                        </b>{" "}
                        {change.differences.map((one, place) => (
                            <span key={place}>
                                {place > 0 && " · "}
                                {fieldName(one.field)}{" "}
                                <s class="ink-2">
                                    <Value field={one.field} text={one.there} />
                                </s>
                                {one.there !== "" && " "}
                                <Value field={one.field} text={one.here} />
                            </span>
                        ))}
                    </li>
                ))}
            </ul>
            {more > 0n && (
                <p class="small ink-2">
                    {sayMany("and {count} more", "and {count} more", Number(more), { count: whole(more) })}
                </p>
            )}
        </Panel>
    );
}

/* It says which two amounts, and not which name or telephone. */
const isDebt = (double: ImportDouble): boolean => double.by_phone === undefined;

/* The same customer in two rows, without a number or a day that tells the debts apart. */
function Debts({
    debts,
    onOne,
    onTwo,
}: {
    debts: readonly ImportDouble[];
    onOne: (which: readonly ImportDouble[]) => void;
    onTwo: (which: readonly ImportDouble[]) => void;
}): ComponentChild {
    const same = debts.filter(({ label, other }) => label === other);
    return (
        <Panel title={say("Twice in the file: one debt, or two?")}>
            <ul class="import-reasons import-debts">
                {debts.map((double) => (
                    <li key={doubleKey(double)}>
                        <b>
                            <Name>{double.other_code ?? ""}</Name>
                        </b>{" "}
                        {say("in lines {one} and {other}:", {
                            one: whole(double.other_line ?? 0n),
                            other: whole(double.line),
                        })}{" "}
                        {double.label === double.other ? (
                            <>
                                {say("twice the same,")} <Name>{double.label}</Name>
                            </>
                        ) : (
                            <>
                                <Name>{double.other}</Name> + <Name>{double.label}</Name>
                            </>
                        )}{" "}
                        <Button onClick={() => onTwo([double])}>{say("Two debts")}</Button>{" "}
                        {double.same.length > 0 && (
                            <Button onClick={() => onOne([double])}>
                                {say("One debt, line {line} alone", { line: whole(double.other_line ?? 0n) })}
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
            {debts.length > 1 && (
                <div class="row buttons section">
                    <Button onClick={() => onTwo(debts)}>{say("All of them are two debts")}</Button>
                    {same.length > 1 && (
                        <Button onClick={() => onOne(same)}>{say("All that are the same are one debt")}</Button>
                    )}
                </div>
            )}
        </Panel>
    );
}

/* Asked once for all of them. */
function Undated({ importing, result }: { importing: Importing; result: ImportResult }): ComponentChild {
    const [text, setText] = useState("");
    const many = result.reasons
        .filter(({ field, why }) => field === "date" && why === "date is empty")
        .reduce((sum, { count }) => sum + count, 0n);
    if (many === 0n) return null;
    return (
        <div class="panel import-what undated">
            <div class="field">
                <label class="field-label" for="undated">
                    {sayMany("The day of {count} row without one", "The day of {count} rows without one", many, {
                        count: whole(many),
                    })}
                </label>
                <div class="field-box">
                    <DayInput
                        id="undated"
                        value={daysOf(text)}
                        onPick={(days) => setText(days === undefined ? "" : iso(days))}
                    />
                </div>
                <DayRead iso={text} />
            </div>
            <Button
                blocked={text === "" ? say("Say first which day") : false}
                onClick={() => {
                    importing.word("as-of", text);
                    void importing.act(ImportAction.IMPORT_TRY);
                }}>
                {say("This day for all of them")}
            </Button>
        </div>
    );
}

function Review({
    client,
    importing,
    result,
    failure,
    open,
    setOpen,
    toColumns,
}: {
    client: Client;
    importing: Importing;
    result: ImportResult;
    failure: string | undefined;
    open: Open;
    setOpen: (open: Open) => void;
    toColumns: () => void;
}): ComponentChild {
    const { answers } = open;
    const setAnswers = (next: ReadonlyMap<string, Answered>): void => setOpen({ ...open, answers: next });
    const asked = result.doubles.filter((double) => !open.others.has(doubleKey(double)));
    const doubles = asked.filter((double) => !isDebt(double));
    const debts = asked.filter(isDebt);
    const sameAs = (edits: readonly Edit[]): void => {
        const old = importing.said
            .peek()
            .edits.filter((each) => !edits.some((one) => one.line === each.line && one.column === each.column));
        importing.put({ edits: [...old, ...edits] });
        void importing.act(ImportAction.IMPORT_TRY);
    };
    const others = (which: readonly ImportDouble[]): void =>
        setOpen({ ...open, others: new Set([...open.others, ...which.map(doubleKey)]) });
    const [past, setPast] = useState<readonly string[]>([]);
    const [cursor, setCursor] = useState(0);
    const [group, setGroup] = useState("");
    const [typing, setTyping] = useState<string | undefined>(undefined);
    const keyOf = (need: ImportNeed): string => `${need.line}/${need.column ?? ""}`;
    const groups = useMemo(() => {
        const counts = new Map<string, number>();
        for (const need of result.needs) counts.set(groupOf(need), (counts.get(groupOf(need)) ?? 0) + 1);
        return [...counts].sort((a, b) => b[1] - a[1]);
    }, [result]);
    const listed = result.needs.filter((need) => group === "" || groupOf(need) === group).slice(0, SHOWN);
    const at = Math.min(cursor, Math.max(0, listed.length - 1));
    const edits = result.needs.filter((each) => (answers.get(keyOf(each)) ?? "out") !== "out");
    const pointed = useRef(false); /* by a pointer: the list stays where it is under it */
    const point = (place: number, open?: string): void => {
        pointed.current = true;
        setCursor(place);
        setTyping(open);
    };
    const onKeys = (act: () => void) => (): void => {
        pointed.current = false;
        act();
    };
    const answer = (place: number, what: Answered): void => {
        const of = listed[place];
        if (!of) return;
        setAnswers(new Map(answers).set(keyOf(of), what));
        setPast([...past, keyOf(of)]);
        setTyping(undefined);
        setCursor(Math.min(place + 1, listed.length - 1));
    };
    /* Each row of that name becomes a customer of their own: the first keeps the code, the others get another. */
    const apart = (of: ImportNeed): void => {
        const rows = result.needs.filter((each) => isTwice(each) && each.text === of.text);
        const next = new Map(answers);
        rows.forEach((each, turn) => {
            const text = each.text ?? "";
            next.set(keyOf(each), {
                text: turn === 0 ? text : `${text}||${turn + 1}`,
                shown: turn === 0 ? say("A customer of their own") : say("Another customer, with another code"),
            });
        });
        setAnswers(next);
        setPast([...past, ...rows.map(keyOf)]);
        setTyping(undefined);
    };
    const pick = (place: number, which: number): void => {
        const of = listed[place];
        const first = of && isTwice(of) ? 1 : 0;
        const reading = of?.readings[which - first];
        if (of && which < first) apart(of);
        else if (reading) answer(place, { text: reading.answer, shown: <Reading reading={reading} /> });
        else if (of?.column !== undefined && which === first + of.readings.length) {
            setCursor(place);
            setTyping("");
        }
    };
    const back = (): void => {
        const last = past[past.length - 1];
        if (last === undefined) return;
        const next = new Map(answers);
        next.delete(last);
        setAnswers(next);
        setPast(past.slice(0, -1));
        const place = listed.findIndex((each) => keyOf(each) === last);
        if (place >= 0) setCursor(place);
    };
    const tryAgain = (): void => {
        const fresh = result.needs.flatMap((each) => {
            const what = answers.get(keyOf(each));
            return what === undefined || what === "out" || each.column === undefined
                ? []
                : [{ line: each.line, column: each.column, text: what.text }];
        });
        const old = importing.said
            .peek()
            .edits.filter((each) => !fresh.some((one) => one.line === each.line && one.column === each.column));
        importing.put({ edits: [...old, ...fresh] });
        setAnswers(new Map());
        void importing.act(ImportAction.IMPORT_TRY);
    };
    const book = (): void => void importing.act(ImportAction.IMPORT_BOOK);
    const count = result.sent + result.there + (result.changed ?? 0n);
    const blocked: string | false =
        edits.length > 0
            ? say("Your answers are not tried yet")
            : failure !== undefined
              ? failure
              : doubles.length > 0
                ? say("Say first who is the same customer")
                : debts.length > 0
                  ? say("Say first which debts stand there twice")
                  : result.sent + (result.changed ?? 0n) === 0n && result.there === 0n
                    ? say("No row can be booked")
                    : false;
    useForm();
    useActions([
        { id: "import-1", key: "1", title: say("The first answer"), run: onKeys(() => pick(at, 0)) },
        { id: "import-2", key: "2", title: say("The second answer"), run: onKeys(() => pick(at, 1)) },
        { id: "import-3", key: "3", title: say("The third answer"), run: onKeys(() => pick(at, 2)) },
        {
            id: "import-next",
            key: "Enter",
            title: say("Next row"),
            run: onKeys(() => setCursor(Math.min(at + 1, listed.length - 1))),
        },
        {
            id: "import-down",
            key: "↓",
            title: say("Next row"),
            run: onKeys(() => setCursor(Math.min(at + 1, listed.length - 1))),
        },
        { id: "import-up", key: "↑", title: say("Row above"), run: onKeys(() => setCursor(Math.max(0, at - 1))) },
        { id: "import-back", key: "z", title: say("Take the answer back"), run: onKeys(back) },
        edits.length > 0
            ? { id: "import-again", key: "F9", title: say("Try again with your answers"), run: tryAgain }
            : { id: "import-book", key: "F9", title: say("Book it"), run: book, blocked },
    ]);
    const rows = new Set(result.needs.map((each) => each.line)).size; /* each cell that is wrong is a line of its own */
    const hidden = Number(result.rejected_rows) - rows;
    return (
        <>
            <Sum result={result} />
            <OwnTotal result={result} />
            <Notes result={result} />
            <Undated importing={importing} result={result} />
            {importing.said.value.kind === ImportKind.KIND_PRODUCTS &&
                !importing.said.value.columns.includes("tax") && (
                    <Tax
                        client={client}
                        importing={importing}
                        onPick={() => void importing.act(ImportAction.IMPORT_TRY)}
                    />
                )}
            {result.changes.length > 0 && <Changes changes={result.changes} count={result.changed ?? 0n} />}
            {doubles.length > 0 && (
                <Doubles doubles={doubles} onSame={(double) => sameAs(double.same)} onOther={others} />
            )}
            {debts.length > 0 && (
                <Debts debts={debts} onOne={(which) => sameAs(which.flatMap(({ same }) => same))} onTwo={others} />
            )}
            {failure !== undefined && (
                <Notice tone="over" role="alert">
                    <Name>{failure}</Name>
                </Notice>
            )}
            {result.needs.length > 0 && (
                <Panel
                    title={sayMany("{count} row to look at", "{count} rows to look at", rows, { count: whole(rows) })}
                    note={say("1 or 2 answers · Enter next · z takes the answer back")}
                    class="needs">
                    <div class="chips section" role="radiogroup" aria-label={say("Reasons")}>
                        {[["", result.needs.length] as [string, number], ...groups].slice(0, 9).map(([id, many]) => (
                            <button
                                key={id}
                                type="button"
                                class="chip"
                                role="radio"
                                aria-checked={group === id}
                                onClick={() => {
                                    setGroup(id);
                                    setCursor(0);
                                }}>
                                {id === "" ? say("reasons::All") : id} {whole(many)}
                            </button>
                        ))}
                    </div>
                    <ul class="need-list">
                        {listed.map((each, place) => (
                            <NeedRow
                                key={keyOf(each)}
                                need={each}
                                here={place === at}
                                answered={answers.get(keyOf(each))}
                                typing={place === at ? typing : undefined}
                                still={pointed.current}
                                onHere={() => point(place)}
                                onPick={(which) => {
                                    pointed.current = true;
                                    pick(place, which);
                                }}
                                onType={setTyping}
                                onTyped={(text) => answer(place, { text, shown: <Name>{text}</Name> })}
                                onOut={() => {
                                    pointed.current = true;
                                    answer(place, "out");
                                }}
                            />
                        ))}
                    </ul>
                    {(hidden > 0 || result.needs.length > SHOWN) && (
                        <p class="section small ink-2">
                            {say("All of them are in the table of rejected rows, with their reasons.")}
                        </p>
                    )}
                </Panel>
            )}
            <div class="row buttons foot">
                {edits.length > 0 ? (
                    <Button filled hotkey="F9" onClick={tryAgain}>
                        {sayMany("Try again with {count} answer", "Try again with {count} answers", edits.length, {
                            count: whole(edits.length),
                        })}
                    </Button>
                ) : (
                    <Button filled hotkey="F9" blocked={blocked} onClick={book}>
                        {sayMany("Book {count} entry", "Book {count} entries", count, { count: whole(count) })}
                    </Button>
                )}
                <Button onClick={toColumns}>{say("Change the columns")}</Button>
                <Rejected importing={importing} count={result.rejected_rows} />
                <Button onClick={() => void importing.forget()}>{say("Another file")}</Button>
            </div>
            {result.rejected_rows > 0n && edits.length === 0 && (
                <p class="small ink-2">
                    {say(
                        "What you do not answer is not booked: it stays in a table of its own, with the reason, to mend and import again.",
                    )}
                </p>
            )}
        </>
    );
}

function groupOf(need: ImportNeed): string {
    const why = reasonText(need.why);
    if (isTwice(need)) return say("The same name or code twice");
    const name = need.field !== undefined ? `${fieldName(need.field)}: ${why}` : why;
    return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}

function Reading({
    reading,
}: {
    reading: { answer: string; amount_minor?: bigint | undefined; date?: number | undefined };
}): ComponentChild {
    if (reading.amount_minor !== undefined) return <Money minor={reading.amount_minor} />;
    return <Figure text={reading.date !== undefined ? day(reading.date) : reading.answer} />;
}

/* Two rows say other things of one customer. */
const isTwice = (need: ImportNeed): boolean =>
    need.column !== undefined && / stands in the file twice: /.test(need.why);

interface NeedRowProps {
    need: ImportNeed;
    still: boolean /* a pointer is on the list, which does not move then */;
    here: boolean;
    answered: Answered | undefined;
    typing: string | undefined;
    onHere: () => void;
    onPick: (which: number) => void;
    onType: (text: string | undefined) => void;
    onTyped: (text: string) => void;
    onOut: () => void;
}

/* It has its room on every row, so that no button moves when another row is chosen. */
function Key({ of, here }: { of: number; here: boolean }): ComponentChild {
    return (
        <span class={here ? undefined : "kbd-room"} aria-hidden={!here || undefined}>
            <Kbd>{String(of)}</Kbd>
        </span>
    );
}

function NeedRow(props: NeedRowProps): ComponentChild {
    const { need, here, answered, typing } = props;
    const line = useRef<HTMLLIElement>(null);
    useEffect(() => {
        if (here && !props.still) line.current?.scrollIntoView({ block: "nearest" });
    }, [here]);
    const why = reasonText(need.why);
    const twice = isTwice(need),
        first = twice ? 1 : 0;
    return (
        <li
            ref={line}
            class={classes("need", here && "is-here", answered !== undefined && "is-answered")}
            aria-current={here || undefined}>
            <button type="button" class="need-what" onClick={props.onHere}>
                <span class="need-line small ink-2">
                    <Figure text={whole(need.line)} />
                </span>
                <span class="need-label">
                    {need.label !== undefined ? <Name>{need.label}</Name> : <span class="ink-3">{say("no name")}</span>}
                </span>
                <span class="need-text">
                    {need.text !== undefined && <Name>{need.text === "" ? "–" : need.text}</Name>}
                </span>
                <span class="need-why">
                    {need.field !== undefined && !twice && <b>{fieldName(need.field)}: </b>}
                    {why}
                </span>
            </button>
            <span class="need-answers">
                {answered === "out" ? (
                    <span class="ink-2">{say("left out")}</span>
                ) : answered !== undefined ? (
                    <b>→ {answered.shown}</b>
                ) : typing !== undefined ? (
                    <Field
                        label={say("What stands there")}
                        hideLabel
                        noNote
                        autofocus
                        value={typing}
                        onText={props.onType}
                        onEnter={() => props.onTyped(typing)}
                        onKey={(event) => {
                            if (event.key === "Escape") props.onType(undefined);
                        }}
                    />
                ) : (
                    <>
                        {twice && (
                            <button type="button" class="button" onClick={() => props.onPick(0)}>
                                {say("Another customer")} <Key of={1} here={here} />
                            </button>
                        )}
                        {need.readings.map((reading, at) => (
                            <button
                                key={reading.answer}
                                type="button"
                                class="button"
                                onClick={() => props.onPick(first + at)}>
                                <Reading reading={reading} /> <Key of={first + at + 1} here={here} />
                            </button>
                        ))}
                        {need.column !== undefined && (
                            <button
                                type="button"
                                class="button"
                                onClick={() => props.onPick(first + need.readings.length)}>
                                {say("Type it")} <Key of={first + need.readings.length + 1} here={here} />
                            </button>
                        )}
                        <button type="button" class="button plain" onClick={props.onOut}>
                            {say("Leave it out")}
                        </button>
                    </>
                )}
            </span>
        </li>
    );
}

/* ---- rejected rows, as a table ---- */

function Rejected({ importing, count }: { importing: Importing; count: bigint }): ComponentChild {
    const save = async (): Promise<void> => {
        const blob = await importing.rejects();
        if (!blob) return;
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${importing.state.peek()?.name ?? "import"}.rejects.csv`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    if (count === 0n) return null;
    return (
        <Button onClick={() => void save()}>
            {sayMany("Save {count} rejected row as a table", "Save {count} rejected rows as a table", count, {
                count: whole(count),
            })}
        </Button>
    );
}

/* ---- booked ---- */

interface BookedProps {
    client: Client;
    importing: Importing;
    result: ImportResult;
    failure: string | undefined;
}

function Booked({ importing, result, failure }: BookedProps): ComponentChild {
    const kind = importing.said.value.kind;
    const [sure, setSure] = useState(false);
    const count = result.sent + result.there + (result.changed ?? 0n);
    const goOn = (): void => void importing.act(ImportAction.IMPORT_BOOK);
    return (
        <>
            <Sum result={result} booked />
            <Notes result={result} booked />
            {failure !== undefined ? (
                <Notice tone="late" role="alert" end={<Button onClick={goOn}>{say("Go on")}</Button>}>
                    {say("It ended before its time; what is booked stays, and nothing counts twice.")}{" "}
                    <Name>{failure}</Name>
                </Notice>
            ) : (
                <Notice role="status">
                    {sayMany(
                        "{count} entry of this file is in the ledger.",
                        "{count} entries of this file are in the ledger.",
                        count,
                        { count: whole(count) },
                    )}
                </Notice>
            )}
            <Reasons result={result} />
            <div class="row buttons foot">
                <Button filled onClick={() => void importing.forget()}>
                    {say("Next file")}
                </Button>
                <Rejected importing={importing} count={result.rejected_rows} />
                {undoable(kind) &&
                    result.sent + result.there > 0n &&
                    (sure ? (
                        <>
                            <Button danger onClick={() => void importing.act(ImportAction.IMPORT_UNDO)}>
                                {say("Yes, take all of it back")}
                            </Button>
                            <Button onClick={() => setSure(false)}>{say("Keep it")}</Button>
                        </>
                    ) : (
                        <Button onClick={() => setSure(true)}>{say("Undo all of it")}</Button>
                    ))}
            </div>
            {!undoable(kind) && (
                <p class="small ink-2">
                    {say(
                        "This cannot be taken back as a whole, for sales may rest on it at once. To put it right, mend the file and import it again with “Change those that are in the ledger already with other words”.",
                    )}
                </p>
            )}
            {undoable(kind) && (
                <p class="small ink-2">
                    {say(
                        "One undo, until the first sale to one of them: it takes back every paper known by {source}. Customers and products stay.",
                        { source: importing.said.value.words.get("source") ?? result.source ?? "" },
                    )}
                </p>
            )}
        </>
    );
}

function Reasons({ result }: { result: ImportResult }): ComponentChild {
    if (result.reasons.length === 0) return null;
    return (
        <Panel title={say("Not booked, by reason")}>
            <ul class="import-reasons">
                {result.reasons.map((reason) => (
                    <li key={`${reason.field ?? ""}${reason.why}${reason.line}`}>
                        <b>
                            <Figure text={whole(reason.count)} />
                        </b>{" "}
                        {reason.field !== undefined && <>{fieldName(reason.field)}: </>}
                        {reasonText(reason.why)}{" "}
                        {reason.line > 0n && (
                            <span class="small ink-2">{say("first in line {line}", { line: whole(reason.line) })}</span>
                        )}
                    </li>
                ))}
            </ul>
        </Panel>
    );
}

function Undone({ importing }: { importing: Importing }): ComponentChild {
    const undone = importing.report.value!.undone!;
    const failure = importing.report.value!.failure;
    const left = undone.documents - undone.done;
    return (
        <Again importing={importing} first={say("Look at the file again")}>
            <Notice tone={left > 0n || failure !== undefined ? "late" : undefined} role="status">
                {sayMany(
                    "{count} paper was taken back, as if it had never been.",
                    "{count} papers were taken back, as if they had never been.",
                    undone.done,
                    { count: whole(undone.done) },
                )}{" "}
                {left > 0n && sayMany("{count} stays.", "{count} stay.", left, { count: whole(left) })}
                {failure !== undefined && <Name>{failure}</Name>}
            </Notice>
            {undone.reasons.length > 0 && (
                <Panel title={say("Not taken back, by reason")}>
                    <ul class="import-reasons">
                        {undone.reasons.map((reason) => (
                            <li key={reason.why}>
                                <b>
                                    <Figure text={whole(reason.count)} />
                                </b>{" "}
                                <Name>{reason.why}</Name>
                            </li>
                        ))}
                    </ul>
                </Panel>
            )}
        </Again>
    );
}

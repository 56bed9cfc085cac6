/* The audit log, for who may see it: who tried to get in, what was refused, what was done at the keyboard. */
import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { AuditLine, AuditList, Refusal } from "../lib/messages";
import { Button, Choice, Field, Figure, Head, ledger, moment, Name, Region, Table, whole, type Column } from "../kit";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import { DayField } from "./parts";

const ROWS = 100;
const PAGES = 8; /* of the log, followed by themselves while nothing fits */
const DAY = 86_400_000;
const ANY = 0;

const EVENTS: Readonly<Record<string, () => string>> = {
    login: () => say("Logged in"),
    logout: () => say("Logged out"),
    login_wrong: () => say("Wrong password"),
    login_throttled: () => say("Too many wrong tries"),
    pin_wrong: () => say("Wrong PIN"),
    right_missing: () => say("Not with their role"),
    terminal_unknown: () => say("Unknown device"),
    terminal_blocked: () => say("Blocked device"),
    code_wrong: () => say("Wrong code for a device"),
    code_made: () => say("Code for a device made"),
    enrolled: () => say("Device enrolled"),
    token_ended: () => say("Login had ended"),
    left_undone: () => say("Not sent, with a reason"),
    customer_erased: () => say("Person erased"),
    log_begins: () => say("The log begins"),
};
const eventText = (event: string): string => EVENTS[event]?.() ?? event;

interface Filter {
    staff?: number;
    terminal?: number;
    event?: string;
    day?: number;
    about?: string;
}

function query(filter: Filter): Partial<AuditList> {
    const from = filter.day === undefined ? undefined : filter.day * DAY - ledger.value.utc_offset_minutes * 60_000;
    return {
        staff: filter.staff,
        terminal: filter.terminal,
        event: filter.event,
        about: filter.about === "" ? undefined : filter.about,
        from_ms: from === undefined ? undefined : BigInt(from),
        until_ms: from === undefined ? undefined : BigInt(from + DAY),
    };
}

interface Told {
    lines: readonly AuditLine[];
    next: bigint | undefined;
    refused: Refusal | undefined;
    asking: boolean;
}

/* Pages newest first; one that has no line of what is asked leads on. */
function useLog(client: Client, filter: Filter): { told: Told; more: () => void } {
    const [told, tell] = useState<Told>({ lines: [], next: undefined, refused: undefined, asking: true });
    const turn = useRef(0);
    const read = async (before: bigint | undefined, kept: readonly AuditLine[]): Promise<void> => {
        const mine = ++turn.current;
        let next = before;
        let lines = kept;
        for (let page = 0; page < PAGES && lines.length < kept.length + ROWS; page++) {
            const asked = await client.call("audit_list", { ...query(filter), rows: ROWS, before: next });
            if (mine !== turn.current) return;
            if ("refused" in asked) {
                tell({ lines, next, refused: asked.refused, asking: false });
                return;
            }
            lines = [...lines, ...asked.answer.lines];
            next = asked.answer.next;
            if (next === undefined) break;
        }
        tell({ lines, next, refused: undefined, asking: false });
    };
    const key = JSON.stringify(filter);
    const live = client.line.value.kind === "live";
    useEffect(() => {
        if (!live) return undefined;
        tell((old) => ({ ...old, asking: true }));
        const timer = setTimeout(() => void read(undefined, []), 150);
        return () => clearTimeout(timer);
    }, [client, key, live]);
    return { told, more: () => void read(told.next, told.lines) };
}

function columnsOf(client: Client): Column<AuditLine>[] {
    const names = namesOf(client);
    return [
        { id: "when", head: say("When"), cell: (line) => <Figure text={moment(line.at_ms)} class="nowrap" /> },
        {
            id: "what",
            head: say("What"),
            cell: (line) => (
                <>
                    {eventText(line.event)}
                    {line.left_out !== undefined && (
                        <span class="small ink-2">
                            {" · "}
                            {sayMany("{count} more like it", "{count} more like it", line.left_out, {
                                count: whole(line.left_out),
                            })}
                        </span>
                    )}
                    {line.changed && <span class="over"> · {say("this line was changed")}</span>}
                </>
            ),
        },
        {
            id: "who",
            head: say("Person"),
            cell: (line) => <Name>{line.login === undefined ? "–" : names.personOfLogin(line.login)}</Name>,
        },
        {
            id: "where",
            head: say("terminal::Device"),
            cell: (line) => <Name class="ink-2">{line.terminal_name ?? names.terminal(line.terminal)}</Name>,
        },
        {
            id: "from",
            head: say("address::From"),
            cell: (line) => (
                <bdi dir="ltr" class="small ink-2">
                    {line.address ?? ""}
                </bdi>
            ),
        },
        {
            id: "about",
            head: say("About"),
            cell: (line) => <Name class="small ink-2">{(line.about ?? "").replace(/_/g, " ")}</Name>,
        },
    ];
}

export function Audit({ client }: { client: Client }): ComponentChild {
    const [filter, setFilter] = useState<Filter>({});
    const { told, more } = useLog(client, filter);
    const staff = useAsked(client, "staff", {}, { most: 20 });
    const terminals = useAsked(client, "terminals", {}, { most: 20 });
    const put = (part: Filter): void => setFilter({ ...filter, ...part });
    const filtered = Object.values(filter).some((value) => value !== undefined && value !== "");
    return (
        <div class="report">
            <Head title={say("Audit log")} />
            <div class="report-bar no-print">
                <Choice<number>
                    label={say("Person")}
                    value={filter.staff ?? ANY}
                    options={[
                        { id: ANY, text: say("All") },
                        ...staff.pages
                            .flatMap((page) => page.staff)
                            .map((member) => ({ id: member.staff, text: member.name?.value ?? member.login })),
                    ]}
                    onPick={(id) => put({ staff: id === ANY ? undefined : id })}
                    class="report-choice"
                />
                <Choice<number>
                    label={say("terminal::Device")}
                    value={filter.terminal ?? ANY}
                    options={[
                        { id: ANY, text: say("All") },
                        ...terminals.pages
                            .flatMap((page) => page.terminals)
                            .map((terminal) => ({ id: terminal.terminal, text: terminal.name })),
                    ]}
                    onPick={(id) => put({ terminal: id === ANY ? undefined : id })}
                    class="report-choice"
                />
                <Choice<string>
                    label={say("What")}
                    value={filter.event ?? ""}
                    options={[
                        { id: "", text: say("All") },
                        ...Object.keys(EVENTS).map((event) => ({ id: event, text: eventText(event) })),
                    ]}
                    onPick={(event) => put({ event: event === "" ? undefined : event })}
                    class="report-choice"
                />
                <DayField label={say("Day")} value={filter.day} onPick={(day) => put({ day })} />
                <Field
                    label={say("About (customer's code)")}
                    value={filter.about ?? ""}
                    onText={(about) => put({ about })}
                    class="report-choice"
                />
            </div>
            {told.refused !== undefined ? (
                <Region state={{ kind: "refused", head: refusalText(told.refused, client) }} />
            ) : told.lines.length === 0 ? (
                <Region
                    state={
                        told.asking
                            ? { kind: "loading" }
                            : filtered
                              ? { kind: "nothing", text: say("Nothing of this kind is in the log.") }
                              : { kind: "empty", text: say("The log is empty.") }
                    }
                    rows={8}
                />
            ) : (
                <section class="panel report-panel" aria-label={say("Audit log")}>
                    <Table<AuditLine, bigint>
                        label={say("Audit log")}
                        columns={columnsOf(client)}
                        rows={told.lines}
                        id={(line) => line.line}
                        class={told.asking ? "report-table dimmed" : "report-table"}
                    />
                </section>
            )}
            {told.next !== undefined && (
                <p class="section">
                    <Button onClick={more}>{say("Earlier")}</Button>
                </p>
            )}
        </div>
    );
}

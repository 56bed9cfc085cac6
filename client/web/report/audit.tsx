/* The audit log, for who may see it: who tried to get in, what was refused, what was done at the keyboard. */
import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { Right, type AuditLine, type AuditList, type Refusal } from "../lib/messages";
import {
    Button,
    Choice,
    Field,
    Figure,
    Head,
    ledger,
    moment,
    money,
    Name,
    Region,
    Table,
    whole,
    type Column,
} from "../kit";
import { refusalText } from "../kit/refusal";
import { rightText } from "../kit/refusals";
import { say, sayMany } from "../kit/words";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import { DayField } from "./parts";

const ROWS = 100;
const PAGES = 8; /* of the log, followed by themselves while nothing fits */
const DAY = 86_400_000;
const ANY = 0;

/* As the server writes them; those behind the empty line come from whoever runs its machine. */
const EVENTS: Readonly<Record<string, () => string>> = {
    login_ok: () => say("Logged in"),
    switch_ok: () => say("Took over by PIN"),
    logout: () => say("Logged out"),
    login_wrong: () => say("Wrong password"),
    pin_wrong: () => say("Wrong PIN"),
    login_blocked: () => say("Blocked person tried to log in"),
    login_throttled: () => say("Too many wrong tries"),
    token_wrong: () => say("Login that is not valid"),
    token_ended: () => say("Login had ended"),
    right_missing: () => say("Not with their role"),
    secret_set: () => say("A new password or PIN"),
    buyer_pin_set: () => say("PIN of a buyer set"),
    buyer_pin_right: () => say("PIN of a buyer, right again"),
    buyer_pin_wrong: () => say("Wrong PIN of a buyer"),
    buyer_pin_locked: () => say("Too many wrong PINs of a buyer"),
    code_made: () => say("Code for a device made"),
    code_wrong: () => say("Wrong code for a device"),
    code_throttled: () => say("Too many wrong codes for a device"),
    terminal_enrolled: () => say("Device enrolled"),
    terminal_renewed: () => say("Certificate of a device renewed"),
    renewal_early: () => say("Certificate asked for too early"),
    terminal_unknown: () => say("Unknown device"),
    terminal_blocked: () => say("Blocked device"),
    origin_wrong: () => say("Page of another address"),
    proof_wrong: () => say("Device that could not prove which it is"),
    profile_copied: () => say("Device copied, or from an old backup"),
    met_newer_server: () => say("Device that knows a newer ledger"),
    met_other_server: () => say("Device of another ledger"),
    left_undone: () => say("Not sent, with a reason"),
    customer_erased: () => say("Person erased"),
    log_begins: () => say("The log begins"),

    status: () => say("State looked at"),
    backup: () => say("Backup made"),
    backup_failed: () => say("Backup failed"),
    verify: () => say("Ledger verified"),
    verify_failed: () => say("Verification failed"),
    restored: () => say("Restored from a backup"),
    upgrade: () => say("Ledger upgraded"),
    upgrade_failed: () => say("Upgrade failed"),
    quarantine: () => say("Entry passed over"),
    quarantine_failed: () => say("Entry not passed over"),
    recover: () => say("Password set at the server"),
    recover_failed: () => say("Password not set at the server"),
    code_failed: () => say("Code for a device not made"),
    "web-name": () => say("Name of the page set"),
    "web-root": () => say("Root of the page's certificate made"),
};
export const eventText = (event: string): string => EVENTS[event]?.() ?? event;

/* ---- about what ---- */

const RIGHTS: Readonly<Record<string, Right>> = {
    RIGHT_SELL: Right.RIGHT_SELL,
    RIGHT_TAKE_MONEY: Right.RIGHT_TAKE_MONEY,
    RIGHT_MATCH: Right.RIGHT_MATCH,
    RIGHT_CREDIT_NOTE: Right.RIGHT_CREDIT_NOTE,
    RIGHT_REVERSE: Right.RIGHT_REVERSE,
    RIGHT_EDIT_CUSTOMER: Right.RIGHT_EDIT_CUSTOMER,
    RIGHT_LOCK: Right.RIGHT_LOCK,
    RIGHT_SET_LIMIT: Right.RIGHT_SET_LIMIT,
    RIGHT_APPROVE: Right.RIGHT_APPROVE,
    RIGHT_EDIT_CATALOGUE: Right.RIGHT_EDIT_CATALOGUE,
    RIGHT_CUSTOM_LINE: Right.RIGHT_CUSTOM_LINE,
    RIGHT_BACKDATE: Right.RIGHT_BACKDATE,
    RIGHT_BACKFILL: Right.RIGHT_BACKFILL,
    RIGHT_CONFIRM_MONEY: Right.RIGHT_CONFIRM_MONEY,
    RIGHT_EDIT_GROUPS: Right.RIGHT_EDIT_GROUPS,
    RIGHT_EDIT_STAFF: Right.RIGHT_EDIT_STAFF,
    RIGHT_EDIT_BRANCHES: Right.RIGHT_EDIT_BRANCHES,
    RIGHT_EDIT_TERMINALS: Right.RIGHT_EDIT_TERMINALS,
    RIGHT_SEE: Right.RIGHT_SEE,
    RIGHT_SEE_TRIAL_BALANCE: Right.RIGHT_SEE_TRIAL_BALANCE,
    RIGHT_SEE_ALARMS: Right.RIGHT_SEE_ALARMS,
    RIGHT_SEE_AUDIT: Right.RIGHT_SEE_AUDIT,
    RIGHT_REFUND: Right.RIGHT_REFUND,
    RIGHT_SEE_COST: Right.RIGHT_SEE_COST,
};

/* The log has "_" for what stands between words. */
const UNDONE = /^(?:\(\+(\d+)\)_)?(sell_paid|take_payment|\w+?)_([^_\s]+)_(-?\d+):_?(.*)$/;

function undoneText(client: Client, about: string): string | undefined {
    const [, more, command, who, minor, reason] = UNDONE.exec(about) ?? [];
    if (minor === undefined) return undefined;
    return [
        command === "take_payment" ? say("Payment") : say("Sale"),
        who === "-" ? "" : who,
        money(client, BigInt(minor)),
        (reason ?? "").replace(/_/g, " "),
        more === undefined ? "" : sayMany("{count} more like it", "{count} more like it", Number(more)),
    ]
        .filter((part) => part !== "")
        .join(" · ");
}

function aboutText(client: Client, line: AuditLine): string {
    const about = line.about ?? "";
    const right = RIGHTS[about];
    if (right !== undefined) return rightText(right);
    if (about === "old_password") return say("old password");
    const staff = /^of_staff_(\d+)$/.exec(about)?.[1];
    if (staff !== undefined) return namesOf(client).person(Number(staff));
    const number = /^(?:customer_|of_buyer_)(\d+)/.exec(about)?.[1];
    if (number !== undefined) return say("Customer {number}", { number });
    return (line.event === "left_undone" ? undoneText(client, about) : undefined) ?? about.replace(/_/g, " ");
}

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
            cell: (line) => (
                <Name class="ink-2">
                    {names.terminal(line.terminal) || (line.terminal_name ?? "").replace(/_/g, " ")}
                </Name>
            ),
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
        { id: "about", head: say("About"), cell: (line) => <Name class="small ink-2">{aboutText(client, line)}</Name> },
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

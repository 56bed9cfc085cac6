/*
 * What screens see of the ledger. Messages are those of the schema (messages.ts): names as there, int64 as
 * bigint, absent as undefined, repeated always an array. What is sent may leave arrays out (Sent).
 *
 *     screen → client → connection → relay → tefterd → delta → replica → signal → screen
 *
 * One object, made by the shell and given to every screen. Nothing here throws for what a server may say: a
 * refusal is a value. What throws is a bug.
 */
import type { Founding, Looked, Recovery, Wish } from "./found";
import type { ReadonlySignal } from "@preact/signals";
import type {
    AccountRow,
    AlarmRow,
    Answer,
    ApprovalRow,
    AuditAnswer,
    Code,
    Command,
    CustomerRow,
    DecisionRow,
    Done,
    FromTerminal,
    ImportRejected,
    ImportState,
    LoggedIn,
    NoticeSettingsAnswer,
    NoticeTested,
    Print,
    Printed,
    PrinterState,
    Query,
    Refusal,
    Right,
    Role,
    StatusAnswer,
    TotalsRow,
    Welcome,
} from "./messages";

type Plain = Uint8Array | bigint | number | string | boolean | undefined;
export type Sent<T> = T extends Plain
    ? T
    : T extends (infer U)[]
      ? Sent<U>[]
      : { [K in keyof T as T[K] extends unknown[] ? K : never]?: Sent<T[K]> } & {
            [K in keyof T as T[K] extends unknown[] ? never : K]: Sent<T[K]>;
        };

/* The state of the line, as people see it. `since` is performance.now() of when it began. */
export type Line =
    | { kind: "connecting"; since: number }
    | { kind: "live"; since: number }
    | { kind: "catching-up"; since: number; behind: bigint }
    | { kind: "stale"; since: number; heard: number } /* 5 s without a beat */
    | { kind: "lost"; since: number; heard: number } /* closed, or 15 s without a beat */
    | { kind: "ended"; since: number; why: Refusal | undefined }; /* revoked, too old, unknown: not tried again */

/* Who is logged in at this device. */
export interface Me {
    staff: number;
    login: string;
    name: string;
    role: Role;
    rights: ReadonlySet<Right>;
    expires_ms: bigint;
    password_by: string | undefined /* login of somebody else, who set their password */;
    password_ms: bigint /* ... when */;
    bound_branch: number | undefined /* they look after that one only: its staff, devices and tills */;
}

export type Asked<K extends keyof Query & keyof Answer> =
    | { answer: NonNullable<Answer[K]>; seq: bigint }
    | { refused: Refusal };

/* A command on its way. It counts once, whatever happens to line, tab or server: it lies in the outbox (IndexedDB)
 * from before it is first sent until it is answered, and is sent again with the same id. */
export type Fate =
    | { kind: "sending" }
    | { kind: "asking again" } /* sent, then the line went: not known yet */
    | { kind: "waiting"; why?: Refusal } /* no line, or told to come later: kept, sends by itself */
    | { kind: "done"; done: Done; seq: bigint; at_ms: number }
    | { kind: "refused"; refused: Refusal; seq: bigint };
export interface Pending {
    readonly id: string;
    readonly fate: ReadonlySignal<Fate>;
    readonly ended: Promise<Fate>;
    readonly kind: keyof Command;
    readonly command: Command /* with that member set; or empty, if it cannot be read */;
    readonly staff: number /* who gave it; only their login sends it */;
    readonly login: string;
    readonly at_ms: number;
    readonly kept: ReadonlySignal<boolean> /* false: storage is full or closed; the page must stay */;
    readonly foreign: boolean /* of another terminal that this was: sent no more */;
    discard(): void /* of what is foreign, when somebody has read it */;
}

/* What lay in this browser and could not be read, to be looked at and then put away. */
export interface Aside {
    readonly key: string;
    readonly at_ms: number;
    readonly text: string;
    discard(): void;
}

export interface Customer {
    row: CustomerRow;
    account: AccountRow | undefined;
    changed: number /* performance.now(); 0: with the snapshot */;
}

/* A live set of rows. `rows` changes as a whole, once a delta; a row that did not change is the same object. */
export interface Replica<Key, Value> {
    readonly rows: ReadonlySignal<ReadonlyMap<Key, Value>>;
    readonly whole: ReadonlySignal<boolean> /* the snapshot is there to its end */;
    readonly seq: ReadonlySignal<bigint> /* exact at */;
    close(): void;
}

/* What this browser is among the company's terminals. */
export interface Device {
    terminal: number;
    name: string;
    company: string;
    branch: number;
    branch_code: string;
}
export type Enrolling = { enrolled: Device } | { refused: Refusal };

/* Requests that are neither commands nor questions, and what they answer. */
export interface Calls {
    set_password: true;
    set_buyer_pin: true;
    make_code: Code;
    server_status: StatusAnswer;
    audit_list: AuditAnswer;
    watching: true;
    notice_settings: NoticeSettingsAnswer;
    put_push: NoticeSettingsAnswer;
    remove_push: NoticeSettingsAnswer;
    set_notices: NoticeSettingsAnswer;
    test_notice: NoticeTested;
    left_undone: true;
    import_open: ImportState;
    import_piece: ImportState;
    import_do: ImportState;
    import_look: ImportState;
    import_rejects: ImportRejected;
}
export type Called<K extends keyof Calls> = { answer: Calls[K] } | { refused: Refusal };

/* What is half typed, kept in this browser for the person who is logged in; gone when the device is revoked. */
export interface Drafts {
    get<T>(name: string): Promise<T | undefined>;
    put(name: string, what: unknown): Promise<boolean> /* false: it was not kept */;
    remove(name: string): Promise<void>;
    names(): Promise<string[]>;
}

export type Entering = { entered: LoggedIn } | { refused: Refusal };

export interface Client {
    readonly line: ReadonlySignal<Line>;
    readonly welcome: ReadonlySignal<Welcome | undefined>;
    readonly me: ReadonlySignal<Me | undefined>;
    readonly seq: ReadonlySignal<bigint> /* the newest that was heard of */;
    readonly pending: ReadonlySignal<readonly Pending[]> /* the outbox, oldest first */;
    readonly aside: ReadonlySignal<readonly Aside[]>;
    /* false: it could not be kept there, and must stay where it is. */
    setAside(name: string, what: unknown): Promise<boolean>;
    idNow(id: string): Promise<string> /* of a command, if it had to be given another one */;
    readonly clock: () => number /* the server's time now, ms since 1970 */;

    readonly device: ReadonlySignal<Device | "unknown" | undefined> /* undefined: not read yet; "unknown": enrol */;
    readonly ready: Promise<void> /* the device and the outbox were read */;
    readonly drafts: Drafts;
    /* What a till needs of its shop to go on without a line: places of money, goods and prices. Whoever is logged in may know
     * it; no customer's figures. Gone with the device. */
    readonly shop: Drafts;
    readonly remembered_ms: ReadonlySignal<number | undefined> /* until a server greets: when one did last */;
    enrol(code: string): Promise<Enrolling>;
    readonly founding: {
        look(secret?: string): Promise<Looked>;
        found(secret: string, wish: Wish): Promise<Founding>;
        recovery(): Promise<Recovery | undefined> /* the code, as long as the owner has not said that they have it */;
        recoveryKept(): Promise<void>;
    };

    login(login: string, password: string): Promise<Entering>;
    switchStaff(login: string, pin: string): Promise<Entering>;
    logout(): Promise<void>;
    may(right: Right): boolean;
    knows(message: string, field: string): boolean /* does the server read it (Features) */;

    ask<K extends keyof Query & keyof Answer>(kind: K, query: Sent<NonNullable<Query[K]>>): Promise<Asked<K>>;
    submit<K extends keyof Command>(
        kind: K,
        command: Sent<NonNullable<Command[K]>>,
        options?: { buyer_pin?: { customer: number; buyer: number; pin: string } },
    ): Pending;
    attempt<K extends keyof Command>(kind: K, command: Sent<NonNullable<Command[K]>>): Promise<Refusal | undefined>;

    readonly printer: ReadonlySignal<PrinterState | undefined> /* of the branch; undefined: none is connected */;
    /* Never asked twice by itself: what is not known to be printed is told so (PRINT_UNKNOWN). */
    print(what: Sent<Print>): Promise<Printed | { refused: Refusal }>;

    call<K extends keyof Calls>(kind: K, body: Sent<NonNullable<FromTerminal[K]>>): Promise<Called<K>>;

    customers(numbers?: readonly number[]): Replica<number, Customer>;
    approvals(): Replica<bigint, ApprovalRow>;
    alarms(): Replica<bigint, AlarmRow>;
    totals(): Replica<number, TotalsRow> /* by branch, 0: the company; an older server has none */;
    decisions(): Replica<bigint, DecisionRow> /* the newest as they happen; likewise */;
}

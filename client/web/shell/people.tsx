/* Devices as they are now, a new one by QR code; staff and what each role may do. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
    Button,
    Chips,
    Choice,
    classes,
    Code,
    Countdown,
    currencyOf,
    Dot,
    everySecond,
    Field,
    Figure,
    Head,
    Name,
    Notice,
    Panel,
    Region,
    serverNow,
    Sheet,
    Table,
    TableBox,
    tell,
    unit,
    useActions,
    useId,
    whole,
    amount,
    percent,
    type RegionState,
} from "../kit";
import { passwordGuessable, pinGuessable } from "../kit/guessable";
import { printerText } from "../kit/labels";
import { refusalText, roleText } from "../kit/refusal";
import { rightText, thresholdText } from "../kit/refusals";
import { begin, say, sayMany } from "../kit/words";
import type { Asked, Client, Fate } from "../lib/api";
import {
    PrinterState,
    Right,
    Role,
    Threshold,
    type BranchRecord,
    type Code as EnrolCode,
    type Refusal,
    type RightsAnswer,
    type StaffMember,
    type TerminalMember,
} from "../lib/messages";
import { QrPicture } from "./qr-picture";
import { GiveRoot, usePageRoot } from "./root";

const EVERY_MS = 3000,
    PAGES_MOST = 50;
const roles: readonly Role[] = [
    Role.ROLE_SALES,
    Role.ROLE_CONTROLLER,
    Role.ROLE_ACCOUNTANT,
    Role.ROLE_MANAGER,
    Role.ROLE_OWNER,
];

/* ---- lists ---- */

type Paged = "terminals" | "staff" | "branches";
async function all<Row>(client: Client, kind: Paged, rows: (answer: never) => Row[]): Promise<Row[] | Refusal> {
    const list: Row[] = [];
    let page: Uint8Array | undefined;
    for (let at = 0; at < PAGES_MOST; at++) {
        const asked: Asked<Paged> = await client.ask(kind, page === undefined ? {} : { page });
        if ("refused" in asked) return asked.refused;
        list.push(...rows(asked.answer as never));
        page = asked.answer.next;
        if (page === undefined || page.length === 0) break;
    }
    return list;
}

interface Lists {
    terminals: TerminalMember[];
    staff: StaffMember[];
    branches: BranchRecord[];
}

/* Asked again while it is looked at: who is connected is told by nobody. */
function useLists(client: Client): { lists: Lists | undefined; refused: Refusal | undefined; again: () => void } {
    const [lists, setLists] = useState<Lists | undefined>(undefined);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        let over = false,
            timer: ReturnType<typeof setTimeout> | undefined;
        const look = async (): Promise<void> => {
            const [terminals, staff, branches] = await Promise.all([
                all<TerminalMember>(client, "terminals", (answer: { terminals: TerminalMember[] }) => answer.terminals),
                client.may(Right.RIGHT_EDIT_STAFF) || client.may(Right.RIGHT_SEE)
                    ? all<StaffMember>(client, "staff", (answer: { staff: StaffMember[] }) => answer.staff)
                    : [],
                all<BranchRecord>(client, "branches", (answer: { branches: BranchRecord[] }) => answer.branches),
            ]);
            if (over) return;
            if (Array.isArray(terminals) && Array.isArray(branches)) {
                setLists({ terminals, staff: Array.isArray(staff) ? staff : [], branches });
                setRefused(undefined);
            } else setRefused(Array.isArray(terminals) ? (branches as Refusal) : terminals);
            timer = setTimeout(look, EVERY_MS);
        };
        void look();
        return () => {
            over = true;
            clearTimeout(timer);
        };
    }, [client, turn]);
    return { lists, refused, again: () => setTurn(turn + 1) };
}

async function done(client: Client, ended: Promise<Fate>): Promise<bigint | string> {
    const fate = await ended;
    if (fate.kind === "done") return fate.done.id ?? 0n;
    return fate.kind === "refused" ? refusalText(fate.refused, client) : say("It is sent as soon as there is a line.");
}

/* ---- the screen ---- */

export function People({ client }: { client: Client }): JSX.Element {
    const { lists, refused, again } = useLists(client);
    const [adding, setAdding] = useState<
        "device" | "person" | "root" | { terminal: TerminalMember } | { person: StaffMember } | undefined
    >(undefined);
    const fingerprint = usePageRoot();
    const devices = client.may(Right.RIGHT_EDIT_TERMINALS),
        people = client.may(Right.RIGHT_EDIT_STAFF);
    useActions([
        ...(devices
            ? [{ id: "add-device", key: "+", title: say("Add a device"), run: () => setAdding("device") }]
            : []),
        ...(people ? [{ id: "add-person", title: say("Add a person"), run: () => setAdding("person") }] : []),
    ]);
    const state: RegionState =
        refused !== undefined
            ? {
                  kind: "refused",
                  head: refusalText(refused, client),
                  ways: <Button onClick={again}>{say("Ask again")}</Button>,
              }
            : lists === undefined
              ? { kind: "loading" }
              : { kind: "here" };
    const bound = client.me.value?.bound_branch;
    const branchName = (number: number): string => lists?.branches.find((each) => each.branch === number)?.name ?? "–";
    const close = (): void => {
        setAdding(undefined);
        again();
    };
    return (
        <div class="screen">
            <Head title={say("Devices and staff")}>
                {lists !== undefined && (
                    <span class="small ink-2 nowrap">
                        {sayMany("{count} device", "{count} devices", lists.terminals.length, {
                            count: whole(lists.terminals.length),
                        })}
                        {lists.staff.length > 0 && (
                            <>
                                {" "}
                                ·{" "}
                                {sayMany("{count} person", "{count} people", lists.staff.length, {
                                    count: whole(lists.staff.length),
                                })}
                            </>
                        )}
                    </span>
                )}
                {client.may(Right.RIGHT_EDIT_BRANCHES) && (
                    <a href="#/places" class="button plain small-button">
                        {say("Tills and accounts")}
                    </a>
                )}
            </Head>
            <div class="columns">
                <Panel
                    title={say("Devices")}
                    note={say("as they are now")}
                    end={
                        devices && (
                            <Button filled onClick={() => setAdding("device")} hotkey="+">
                                {say("Add a device")}
                            </Button>
                        )
                    }>
                    {fingerprint !== undefined && (
                        <Notice end={<Button onClick={() => setAdding("root")}>{say("Give the root")}</Button>}>
                            {say("A new device has to be given the root of this page, once.")}
                        </Notice>
                    )}
                    <Region state={state} rows={6}>
                        {lists !== undefined && (
                            <Devices
                                client={client}
                                lists={lists}
                                branchName={branchName}
                                onOpen={devices ? (terminal) => setAdding({ terminal }) : undefined}
                                opens={(terminal) => bound === undefined || terminal.branch === bound}
                            />
                        )}
                    </Region>
                </Panel>
                <div class="stack">
                    <Panel
                        title={say("Staff")}
                        end={people && <Button onClick={() => setAdding("person")}>{say("Add a person")}</Button>}>
                        <Region state={state} rows={6}>
                            {lists !== undefined && (
                                <Staff
                                    client={client}
                                    lists={lists}
                                    branchName={branchName}
                                    onOpen={people ? (person) => setAdding({ person }) : undefined}
                                    opens={(person) => bound === undefined || person.branch === bound}
                                />
                            )}
                        </Region>
                    </Panel>
                    <Matrix client={client} />
                </div>
            </div>
            {adding === "root" && fingerprint !== undefined && <GiveRoot fingerprint={fingerprint} onClose={close} />}
            {adding === "device" && <NewDevice client={client} lists={lists} onClose={close} />}
            {typeof adding === "object" && "terminal" in adding && (
                <Device
                    client={client}
                    terminal={
                        lists?.terminals.find((each) => each.terminal === adding.terminal.terminal) ?? adding.terminal
                    }
                    lists={lists}
                    onClose={close}
                />
            )}
            {adding === "person" && <Person client={client} lists={lists} onClose={close} />}
            {typeof adding === "object" && "person" in adding && (
                <Person client={client} lists={lists} person={adding.person} onClose={close} />
            )}
        </div>
    );
}

/* ---- devices ---- */

interface DevicesProps {
    client: Client;
    lists: Lists;
    branchName: (branch: number) => string;
    onOpen: ((terminal: TerminalMember) => void) | undefined;
    opens: (terminal: TerminalMember) => boolean;
}

function Devices({ client, lists, branchName, onOpen, opens }: DevicesProps): JSX.Element {
    const own = client.welcome.value?.terminal;
    const me = client.me.value;
    const nameOf = (staff: number): string => {
        const known = lists.staff.find((each) => each.staff === staff);
        return known?.name?.value ?? known?.login ?? (staff === me?.staff ? me.name : "–");
    };
    const person = (row: TerminalMember): string =>
        row.terminal === own && me !== undefined
            ? me.name
            : !row.connected || row.staff === undefined || row.staff === 0
              ? "–"
              : nameOf(row.staff);
    return (
        <Table
            label={say("Devices")}
            rows={lists.terminals}
            id={(row) => row.terminal}
            onOpen={onOpen}
            opens={opens}
            columns={[
                {
                    id: "name",
                    head: say("terminal::Device"),
                    class: "cut",
                    cell: (row) => (
                        <>
                            <b>
                                <Name class="cut">{row.name}</Name>
                            </b>
                            <span class="small ink-2 only-phone">
                                <Name>{branchName(row.branch)}</Name>
                            </span>
                            {row.terminal === own && <span class="small ink-2"> {say("this one")}</span>}
                        </>
                    ),
                },
                {
                    id: "branch",
                    head: say("Branch"),
                    class: "cut only-desk",
                    cell: (row) => <Name class="cut">{branchName(row.branch)}</Name>,
                },
                { id: "line", head: say("Connection"), cell: (row) => <DeviceLine row={row} /> },
                {
                    id: "person",
                    head: say("Person"),
                    class: "cut only-desk",
                    cell: (row) => <Name class="cut">{person(row)}</Name>,
                },
            ]}
        />
    );
}

/* One of them opened: a new code, or no more. */
function Device({
    client,
    terminal,
    lists,
    onClose,
}: {
    client: Client;
    terminal: TerminalMember;
    lists: Lists | undefined;
    onClose: () => void;
}): JSX.Element {
    const [step, setStep] = useState<"look" | "code" | "block">("look");
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const own = terminal.terminal === client.welcome.value?.terminal;
    const { name } = terminal;
    const block = async (): Promise<void> => {
        const said = await done(
            client,
            client.submit("change_terminal", { terminal: terminal.terminal, blocked: !terminal.blocked }).ended,
        );
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    return (
        <Sheet title={name} onClose={onClose}>
            {step === "code" ? (
                <NewCode
                    client={client}
                    terminal={terminal.terminal}
                    lists={lists}
                    printer={terminal.printer === true}
                />
            ) : (
                <div class="stack">
                    <p class="ink-2">
                        <DeviceLine row={terminal} />
                    </p>
                    {wrong !== undefined && (
                        <Notice tone="over" role="alert">
                            {wrong}
                        </Notice>
                    )}
                    {step === "block" && (
                        <p>
                            {say(
                                "It is cut within a second, and nothing is taken from it any more. What it sold stays. It can be allowed again with a new code.",
                            )}
                        </p>
                    )}
                    <div class="row">
                        {step === "look" && !terminal.blocked && (
                            <Button onClick={() => setStep("code")}>{say("New code")}</Button>
                        )}
                        {step === "look" &&
                            !own &&
                            (terminal.blocked ? (
                                <Button onClick={() => void block()}>{say("Allow again")}</Button>
                            ) : (
                                <Button danger onClick={() => setStep("block")}>
                                    {say("Block …")}
                                </Button>
                            ))}
                        {step === "block" && (
                            <>
                                <Button danger onClick={() => void block()}>
                                    {say("Block {name}", { name })}
                                </Button>
                                <Button onClick={() => setStep("look")}>{say("Leave it")}</Button>
                            </>
                        )}
                    </div>
                </div>
            )}
        </Sheet>
    );
}

function DeviceLine({ row }: { row: TerminalMember }): JSX.Element {
    if (row.blocked)
        return (
            <span class="over nowrap">
                <span aria-hidden="true">✕ </span>
                {say("blocked")}
            </span>
        );
    if (!row.enrolled)
        return (
            <span class="ink-2 nowrap">
                <Dot of="way" />
                {say("waits for its code")}
            </span>
        );
    if (row.printer && row.connected && row.printer_state !== PrinterState.PRINTER_READY)
        return (
            <span class="late nowrap">
                <Dot of="way" />
                {row.printer_state === undefined ? say("does not print") : printerText(row.printer_state)}
            </span>
        );
    return row.connected ? (
        <span class="nowrap">
            <Dot of="live" />
            {row.printer ? say("prints") : say("live")}
        </span>
    ) : (
        <span class="ink-2 nowrap">
            <Dot of="lost" />
            {say("not connected")}
        </span>
    );
}

function NewDevice({
    client,
    lists,
    onClose,
}: {
    client: Client;
    lists: Lists | undefined;
    onClose: () => void;
}): JSX.Element {
    const bound = client.me.value?.bound_branch;
    const branches =
        lists?.branches.filter((each) => !each.blocked && (bound === undefined || each.branch === bound)) ?? [];
    const [name, setName] = useState("");
    const [branch, setBranch] = useState<number | undefined>(
        branches.length === 1 ? branches[0]!.branch : client.welcome.value?.branch,
    );
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [terminal, setTerminal] = useState<number | undefined>(undefined);
    const [printer, setPrinter] = useState(false);
    const add = async (): Promise<void> => {
        if (busy || name.trim() === "" || branch === undefined) return;
        setBusy(true);
        const what = { branch, name: name.trim(), printer: printer || undefined };
        const said = await done(client, client.submit("add_terminal", what).ended);
        setBusy(false);
        if (typeof said === "string") setWrong(said);
        else setTerminal(Number(said));
    };
    if (terminal !== undefined)
        return (
            <Sheet title={name} onClose={onClose}>
                <NewCode client={client} terminal={terminal} lists={lists} printer={printer} />
            </Sheet>
        );
    return (
        <Sheet title={say("Add a device")} onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void add();
                }}>
                <div class="form-row">
                    <Field
                        label={say("Name")}
                        value={name}
                        onText={(text) => {
                            setName(text);
                            setWrong(undefined);
                        }}
                        placeholder={say("Till 3")}
                        wrong={wrong}
                        onEnter={() => void add()}
                    />
                    <Choice
                        label={say("Branch")}
                        value={branch}
                        options={branches.map((each) => ({ id: each.branch, text: each.name }))}
                        onPick={setBranch}
                    />
                </div>
                {client.knows("AddTerminal", "printer") && (
                    <Chips
                        label={say("What it is")}
                        value={printer ? "printer" : "till"}
                        options={[
                            { id: "till", text: say("Till, phone or office") },
                            { id: "printer", text: say("Printer of slips") },
                        ]}
                        onPick={(each) => setPrinter(each === "printer")}
                    />
                )}
                <Button
                    filled
                    wide
                    large
                    submit
                    blocked={
                        busy
                            ? say("sending")
                            : (name.trim() === "" && say("Give it a name first")) ||
                              (branch === undefined && say("Choose its branch first"))
                    }>
                    {say("Make its code")}
                </Button>
            </form>
        </Sheet>
    );
}

/* The link of the page with the code in its fragment: it is never sent to a server. */
export function enrolLink(page: Location, code: string): string {
    return `${page.origin}${page.pathname}#enrol=${encodeURIComponent(code)}`;
}

/* Where the command line reaches the server: the port that it listens on, at the name by which the page is here, unless it
 * listens on one address alone. A server of before does not say. */
export function enrolAddress(host: string, listens: string | undefined): string {
    const at = listens?.lastIndexOf(":") ?? -1;
    if (listens === undefined || at < 0) return `${host}:7420`;
    const own = listens.slice(0, at),
        port = listens.slice(at + 1);
    const any = own === "" || own === "0.0.0.0" || own === "[::]" || own === "::" || own === "*";
    return `${any ? host : own}:${port}`;
}

/* The page's own address is no other device's where it is this machine's to itself. */
const isLoopback = (host: string): boolean =>
    host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

function CopyLink({ link }: { link: string }): JSX.Element {
    const [copied, setCopied] = useState<boolean | undefined>(undefined);
    useEffect(() => setCopied(undefined), [link]);
    /* Where the page has no clipboard the link is shown, to be marked and copied. */
    if (copied === false)
        return (
            <p class="small mono enrol-link" dir="ltr">
                {link}
            </p>
        );
    const copy = async (): Promise<void> => {
        try {
            await navigator.clipboard.writeText(link);
            setCopied(true);
        } catch {
            setCopied(false);
        }
    };
    return (
        <div class="row">
            <Button small onClick={() => void copy()}>
                {copied === true ? say("✓ copied") : say("Copy link")}
            </Button>
        </div>
    );
}

function NewCode({
    client,
    terminal,
    lists,
    printer,
}: {
    client: Client;
    terminal: number;
    lists: Lists | undefined;
    printer: boolean;
}): JSX.Element {
    const [code, setCode] = useState<EnrolCode | undefined>(undefined);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [before] = useState(() => lists?.terminals.find((each) => each.terminal === terminal));
    const [listens, setListens] = useState<string | undefined>(undefined);
    useEffect(() => {
        if (printer)
            void client.call("server_status", {}).then((told) => "answer" in told && setListens(told.answer.listens));
    }, [client, printer]);
    const ask = async (): Promise<void> => {
        setRefused(undefined);
        const answer = await client.call("make_code", { terminal });
        if ("refused" in answer) setRefused(answer.refused);
        else setCode(answer.answer);
    };
    useEffect(() => {
        void ask();
    }, [terminal]);
    const now = lists?.terminals.find((each) => each.terminal === terminal);
    const here =
        code !== undefined &&
        now?.enrolled === true &&
        (now.not_after_ms !== before?.not_after_ms ||
            before?.enrolled !== true ||
            (now.connected === true && before.connected !== true));
    useEffect(() => {
        if (here) tell(say("{name} is a device now", { name: now?.name ?? "" }));
    }, [here]);
    everySecond();
    if (refused !== undefined)
        return (
            <Notice tone="over" role="alert" end={<Button onClick={() => void ask()}>{say("Ask again")}</Button>}>
                {refusalText(refused, client)}
            </Notice>
        );
    if (code === undefined) return <Region state={{ kind: "loading" }} rows={5} />;
    const over = serverNow() > Number(code.expires_ms);
    return (
        <div class="stack">
            {here ? (
                <Notice tone="credit" role="status">
                    <b>
                        <span aria-hidden="true">✓ </span>
                        {say("{name} is a device now", { name: now?.name ?? "" })}
                    </b>
                </Notice>
            ) : over ? (
                <Notice tone="late" end={<Button onClick={() => void ask()}>{say("New code")}</Button>}>
                    {say("This code is too old. It opens nothing any more.")}
                </Notice>
            ) : (
                <>
                    <div class="enrol">
                        {!printer && <QrPicture text={enrolLink(location, code.code)} />}
                        <div class="stack grow">
                            <p>
                                {printer
                                    ? say("On the machine beside the printer type this, with the server's address")
                                    : say("Scan it with the new device, or open this page there and type")}
                            </p>
                            {printer ? (
                                <p class="mono" dir="ltr">
                                    tefter enrol {enrolAddress(location.hostname, listens)} {code.code}
                                    <br />
                                    tefter printer --to 192.168.1.50
                                </p>
                            ) : (
                                <div class="enrol-code">{code.code}</div>
                            )}
                            <p class="ink-2 small">
                                {say("It counts once.")} {say("Valid for")} <Countdown until={code.expires_ms} />
                            </p>
                            <p class="ink-2 small mono cut" dir="ltr">
                                {location.origin}
                                {location.pathname}
                            </p>
                            {!printer && <CopyLink link={enrolLink(location, code.code)} />}
                        </div>
                    </div>
                    {!printer && isLoopback(location.hostname) && (
                        <Notice tone="late">
                            <div class="stack">
                                <span>
                                    {say(
                                        "Other devices cannot reach this address: it is this machine's own, and serves for another browser here. For tills and phones start the server with an address of the network and a certificate:",
                                    )}
                                </span>
                                <span class="mono small" dir="ltr">
                                    tefterd web-root {say("NAME")} --ledger {say("FOLDER")}
                                    <br />
                                    tefterd --ledger {say("FOLDER")} --web 0.0.0.0:8443
                                </span>
                            </div>
                        </Notice>
                    )}
                    <div class="row">
                        <span class="grow ink-2" role="status">
                            <Dot of="way" />
                            {say("waiting for the device to answer")}
                        </span>
                        <Button onClick={() => void ask()}>{say("New code")}</Button>
                    </div>
                </>
            )}
        </div>
    );
}

/* ---- staff ---- */

interface StaffProps {
    client: Client;
    lists: Lists;
    branchName: (branch: number) => string;
    onOpen: ((person: StaffMember) => void) | undefined;
    opens: (person: StaffMember) => boolean;
}

function Staff({ lists, branchName, onOpen, opens }: StaffProps): JSX.Element {
    const at = (person: StaffMember): TerminalMember | undefined =>
        lists.terminals.find((each) => each.connected && each.staff === person.staff);
    return (
        <Table
            label={say("Staff")}
            rows={lists.staff}
            id={(row) => row.staff}
            onOpen={onOpen}
            opens={opens}
            columns={[
                {
                    id: "name",
                    head: say("Name"),
                    class: "cut",
                    cell: (row) => (
                        <>
                            <b>
                                <Name class="cut">{row.name?.value ?? row.login}</Name>
                            </b>
                            <span class="small ink-2 only-phone">{begin(roleText(row.role))}</span>
                        </>
                    ),
                },
                {
                    id: "login",
                    head: say("Logs in as"),
                    class: "cut only-desk",
                    cell: (row) => <Code>{row.login}</Code>,
                },
                { id: "role", head: say("Role"), class: "only-desk", cell: (row) => begin(roleText(row.role)) },
                {
                    id: "branch",
                    head: say("Branch"),
                    class: "cut only-desk",
                    cell: (row) =>
                        row.branch === undefined ? say("all") : <Name class="cut">{branchName(row.branch)}</Name>,
                },
                {
                    id: "now",
                    head: say("Now"),
                    class: "cut",
                    cell: (row) =>
                        row.blocked ? (
                            <span class="over nowrap">
                                <span aria-hidden="true">✕ </span>
                                {say("blocked")}
                            </span>
                        ) : at(row) !== undefined ? (
                            <span class="nowrap">
                                <Dot of="live" />
                                <Name>{at(row)!.name}</Name>
                            </span>
                        ) : !row.has_password && !row.has_pin ? (
                            <span class="late">{say("no PIN yet")}</span>
                        ) : (
                            "–"
                        ),
                },
            ]}
        />
    );
}

function Person({
    client,
    lists,
    person,
    onClose,
}: {
    client: Client;
    lists: Lists | undefined;
    person?: StaffMember;
    onClose: () => void;
}): JSX.Element {
    const [name, setName] = useState(person?.name?.value ?? "");
    const [login, setLogin] = useState(person?.login ?? "");
    const [role, setRole] = useState<Role>(person?.role ?? Role.ROLE_SALES);
    const bound = client.me.value?.bound_branch;
    const [branch, setBranch] = useState<number>(person?.branch ?? bound ?? 0);
    const [pin, setPin] = useState("");
    const [password, setPassword] = useState("");
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [made, setMade] = useState<number | undefined>(person?.staff);
    const branches = [
        ...(bound === undefined ? [{ id: 0, text: say("all") }] : []),
        ...(lists?.branches ?? [])
            .filter((each) => bound === undefined || each.branch === bound)
            .map((each) => ({ id: each.branch, text: each.name })),
    ];
    const mine = bound !== undefined && person?.staff === client.me.value?.staff; /* nobody promotes themselves */
    const save = async (): Promise<void> => {
        if (busy || name.trim() === "" || login.trim() === "") return;
        setBusy(true);
        const text = { value: name.trim() },
            home = branch === 0 ? undefined : branch;
        let staff = made;
        let said: bigint | string = 0n;
        if (staff === undefined) {
            said = await done(
                client,
                client.submit("add_staff", { login: login.trim(), name: text, role, branch: home }).ended,
            );
            if (typeof said === "bigint") setMade((staff = Number(said)));
        } else if (
            person !== undefined &&
            (name.trim() !== (person.name?.value ?? "") || role !== person.role || branch !== (person.branch ?? 0))
        ) {
            said = await done(
                client,
                client.submit("change_staff", {
                    staff,
                    name: name.trim() === (person.name?.value ?? "") ? undefined : text,
                    role: role === person.role ? undefined : role,
                    branch: branch === (person.branch ?? 0) ? undefined : branch,
                }).ended,
            );
        }
        if (typeof said === "bigint" && staff !== undefined && (pin !== "" || password !== "")) {
            const answer = await client.call("set_password", {
                staff,
                pin: pin === "" ? undefined : pin,
                password: password === "" ? undefined : password,
            });
            if ("refused" in answer) said = refusalText(answer.refused, client);
        }
        setBusy(false);
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    const block = async (): Promise<void> => {
        if (person === undefined) return;
        const said = await done(
            client,
            client.submit("change_staff", { staff: person.staff, blocked: !person.blocked }).ended,
        );
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    return (
        <Sheet
            title={person !== undefined ? (person.name?.value ?? person.login) : say("Add a person")}
            onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void save();
                }}>
                <p class="small ink-2">
                    {say(
                        "The short name and the password let them in on a device for the first time in a day. The PIN is for the rest of it: taking over the till with F10, and opening the lock.",
                    )}
                </p>
                <div class="form-row">
                    <Field label={say("Name, as others know them")} value={name} onText={setName} noNote />
                    {person === undefined && (
                        <Field
                            label={say("Short name to log in with, as: lan")}
                            value={login}
                            onText={(text) => {
                                setLogin(text);
                                setWrong(undefined);
                            }}
                            dir="ltr"
                            noNote
                        />
                    )}
                </div>
                <div class="form-row">
                    <Choice
                        label={say("Role")}
                        value={role}
                        options={roles
                            .filter((each) =>
                                mine ? each === role : bound === undefined || each !== Role.ROLE_OWNER || each === role,
                            )
                            .map((each) => ({ id: each as number, text: begin(roleText(each)) }))}
                        onPick={(each) => setRole(each)}
                        noNote
                    />
                    <Choice label={say("Branch")} value={branch} options={branches} onPick={setBranch} noNote />
                </div>
                <div class="form-row">
                    <Field
                        label={person?.has_pin ? say("New PIN") : say("PIN, 4 to 12 digits")}
                        type="password"
                        inputMode="numeric"
                        value={pin}
                        onText={setPin}
                        dir="ltr"
                        autocomplete="new-password"
                        wrong={pinGuessable(pin) ? say("This PIN is too easy to guess: choose another") : undefined}
                        note={say("quick, on a device where they are known")}
                    />
                    <Field
                        label={person?.has_password ? say("New password") : say("Password")}
                        type="password"
                        value={password}
                        onText={setPassword}
                        dir="ltr"
                        autocomplete="new-password"
                        wrong={
                            passwordGuessable(password, [person?.login ?? login, name, client.welcome.value?.company])
                                ? say("This password is too easy to guess: choose another")
                                : undefined
                        }
                        note={say("8 characters or more, to log in")}
                    />
                </div>
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                <div class="row">
                    <Button
                        filled
                        submit
                        blocked={
                            busy
                                ? say("sending")
                                : (name.trim() === "" || login.trim() === "") && say("Give name and login first")
                        }>
                        {person === undefined ? say("Add {name}", { name: name.trim() }) : say("Keep the changes")}
                    </Button>
                    <span class="grow" />
                    {person !== undefined && person.staff !== client.me.value?.staff && (
                        <Button danger={!person.blocked} onClick={() => void block()}>
                            {person.blocked ? say("Allow again") : say("Block")}
                        </Button>
                    )}
                </div>
            </form>
        </Sheet>
    );
}

/* ---- what each role may do ---- */

const shownFirst: readonly Right[] = [
    Right.RIGHT_SELL,
    Right.RIGHT_TAKE_MONEY,
    Right.RIGHT_REFUND,
    Right.RIGHT_MATCH,
    Right.RIGHT_CREDIT_NOTE,
    Right.RIGHT_REVERSE,
    Right.RIGHT_APPROVE,
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

function Matrix({ client }: { client: Client }): JSX.Element {
    const [rights, setRights] = useState<RightsAnswer | undefined>(undefined);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [whole_, setWhole] = useState(false);
    const [looked, setLooked] = useState<Role | undefined>(undefined); /* on a phone: one role at a time has room */
    const id = useId("m");
    useEffect(() => {
        void client
            .ask("rights", {})
            .then((asked) => ("refused" in asked ? setRefused(asked.refused) : setRights(asked.answer)));
    }, [client]);
    const role = client.me.value?.role;
    const shown = looked ?? role ?? Role.ROLE_SALES;
    const cell = (each: Role): string => classes(each === role && "lit", each !== shown && "not-on-phone");
    const state: RegionState =
        refused !== undefined
            ? { kind: "refused", head: refusalText(refused, client) }
            : rights === undefined
              ? { kind: "loading" }
              : { kind: "here" };
    const rows =
        rights?.rights
            .filter((row) => whole_ || shownFirst.includes(row.right))
            .sort((a, b) => order(a.right) - order(b.right)) ?? [];
    const thresholds = [...new Set(rights?.thresholds.filter((row) => row.applies).map((row) => row.threshold) ?? [])];
    return (
        <Panel
            title={say("What each role may do")}
            note={
                rights !== undefined ? (
                    <>
                        {say("policy")} <Code>{String(rights.version)}</Code>
                    </>
                ) : undefined
            }
            end={
                rights !== undefined && (
                    <Button plain pressed={whole_} onClick={() => setWhole(!whole_)}>
                        {whole_ ? say("The usual") : say("rights::All of it")}
                    </Button>
                )
            }>
            <Region state={state} rows={8}>
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
                                    {unit(currencyOf(client))}, {say("for one at a time::once each")}
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
                                            <Mark yes={row.roles.includes(each)} />
                                        </td>
                                    ))}
                                </tr>
                            ))}
                            {thresholds.map((threshold) => (
                                <tr key={`t${threshold}`}>
                                    <td>{begin(thresholdText(threshold))}</td>
                                    {roles.map((each) => {
                                        const row = rights!.thresholds.find(
                                            (one) => one.threshold === threshold && one.role === each,
                                        );
                                        return (
                                            <td key={each} class={cell(each)}>
                                                {row === undefined || !row.applies ? (
                                                    <Mark />
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
            </Region>
        </Panel>
    );
}

function order(right: Right): number {
    const at = shownFirst.indexOf(right);
    return at < 0 ? 100 + right : at;
}
